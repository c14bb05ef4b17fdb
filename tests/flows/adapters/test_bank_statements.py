"""Statements of banks: what became of our transfers and nothing else; a bad file is refused by its lines."""

import io
import random
import re
import time
from contextlib import suppress
from datetime import date
from decimal import Decimal

import mt940
import pytest
from bank_samples import PAYER, TRANSFERS, account_of
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.adapters.bank_statements import (
    CsvColumns,
    Statement,
    StatementKind,
    StatementUnreadable,
    read_confirmations,
    read_statement,
)
from flows.adapters.statement_lines import LARGEST_FILE, day_in, grosze_in, ours_in
from models.rules.bank_profiles import Encoding
from models.rules.transfers import Confirmation

OURS = re.compile(r"LW\d+-\d{4}")
PAYEE = TRANSFERS[0].payee_account


def mt(text: str, *, account: str = "", encoding: str = "utf-8") -> Statement:
    return read_statement(
        text.replace("\n", "\r\n").encode(encoding), kind=StatementKind.MT940, references=OURS, account=account
    )


def sheet(text: str, *, encoding: str = "utf-8", columns: CsvColumns | None = None) -> Statement:
    return read_statement(text.encode(encoding), kind=StatementKind.CSV, references=OURS, columns=columns)


def refused(content: str | bytes, kind: StatementKind = StatementKind.MT940) -> tuple[tuple[int, str], ...]:
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(StatementUnreadable) as error:
        read_statement(raw, kind=kind, references=OURS)
    return error.value.faults


PAID = Confirmation(2, "LW1-0001", "", 81400, date(2018, 12, 14), returned=False)


def one(movement: str, description: str = "Wynagrodzenie LW1-0001") -> str:
    return f":20:1\n:61:{movement}\n:86:{description}\n-\n"


# MT940


def block(*movements: str, opening: int = 1_000_000, account: str = PAYER.account) -> str:
    """A block of a statement whose balances agree with its movements (debits and credits of zł 1,00 up)."""
    closing = opening
    for movement in movements:
        if match := re.match(r":61:\d{6}\d{4}(R?[DC])(\d+),(\d\d)", movement):
            change = int(match[2]) * 100 + int(match[3])
            closing += change if match[1] in {"C", "RD"} else -change
    return "\n".join(
        (
            ":20:ST181214",
            f":25:PL{account}",
            ":28C:8/1",
            f":60F:C181213PLN{opening // 100},{opening % 100:02d}",
            *movements,
            f":62F:C181214PLN{closing // 100},{closing % 100:02d}",
            "-",
            "",
        )
    )


STATEMENT = block(
    ":61:1812141214D814,00NTRFLW1-0001//BR18348",
    ":86:020~00PRZELEW KRAJOWY",
    "~20Wynagrodzenie za spotkanie~21PGR LW1-0001",
    f"~30{PAYEE[2:10]}~31{PAYEE}",
    "~32Żaneta Próbna-Zmyślona",
    ":61:1812141217C5,01NTRFNONREF",
    ":86:020~00ZWROT PRZELEWU~20ZWROT: rachunek zamknięty~21LW1-0002",
    f"~38PL{PAYEE}",
    ":61:1812141214D7,00NTRFNONREF",
    ":86:Opłata za prowadzenie rachunku",
    ":61:1812311231RD1,00NTRFLW1-0003",
    ":86:storno",
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp852", "iso8859-2", "cp1250"])
def test_transfers_that_went_and_came_back_are_told_in_any_encoding(encoding: str) -> None:
    assert mt(STATEMENT, encoding=encoding) == Statement(
        (
            Confirmation(5, "LW1-0001", PAYEE, 81400, date(2018, 12, 14), returned=False),
            Confirmation(
                10,
                "LW1-0002",
                PAYEE,
                501,
                date(2018, 12, 17),
                returned=True,
                reason="ZWROT PRZELEWU ZWROT: rachunek zamknięty LW1-0002",
            ),
            Confirmation(15, "LW1-0003", "", 100, date(2018, 12, 31), returned=True, reason="storno"),
        ),
        others=1,
    )


@pytest.mark.parametrize(
    "description",
    [
        "020?00PRZELEW?20Wynagro?21dzenie LW1-0001",
        "944~00VE02~20Wynagrodzenie LW1-~210001",
        "<00PRZELEW<20Wynagrodzenie<21LW1-0001",
        "020^00PRZELEW^20$$$LW1-0001$$$",
        "020+00PRZELEW+20Wynagrodzenie LW1-0001",
        "Wynagrodzenie za spotkanie; LW1-0001; PLN",
        "/OCMT/PLN814,/REF/LW1-0001/TXT/Wynagrodzenie",
        "WYNAGRODZENIE LW1-00\n01 DZIEKUJEMY",
        "wynagrodzenie lw1-0001",
        "020~00PRZELEW~20bez tytułu~63REF LW1-0001",
    ],
)
def test_the_reference_is_found_wherever_banks_put_it(description: str) -> None:
    assert mt(one("1812141214D814,00NTRFNONREF", description)).confirmations == (PAID,)


@pytest.mark.parametrize(
    "movement",
    [
        "1812141214D814,00NTRFLW1-0001",
        "181214D814,NTRFLW1-0001//B1",
        "181214    D814,0S020LW1-0001",
        "1812141214DN814,00NTRFNONREF//LW1-0001",
        "1812141214D814,00$$$LW1-0001$$$",
        "1812141214D814,00NTRFNONREF\nLW1-0001",
    ],
)
def test_a_movement_has_many_shapes(movement: str) -> None:
    assert mt(one(movement, "bez opisu")).confirmations == (PAID,)


def test_the_booking_day_takes_the_year_that_is_nearest() -> None:
    assert mt(one("1812310102D1,00NTRFLW1-0001")).confirmations[0].booked_on == date(2019, 1, 2)
    assert mt(one("1901021231D1,00NTRFLW1-0001")).confirmations[0].booked_on == date(2018, 12, 31)


@pytest.mark.parametrize(
    "description",
    ["Wynagrodzenie LW1-00012", "XLW1-0001", "LW1-0001-2", "czynsz za grudzień", "LW1 - 0001", "FAKTURA 1-0001"],
)
def test_what_only_resembles_a_reference_is_not_ours(description: str) -> None:
    assert mt(one("1812141214D814,00NTRFNONREF", description)) == Statement((), others=1)


def test_the_swift_frame_and_the_signs_around_blocks_are_passed_over() -> None:
    framed = "\x01{1:F01BANKPLPWXXX}{2:O940}{4:\n" + STATEMENT.rstrip("\n") + "}\x03\n"
    assert mt(framed).confirmations[0].reference == "LW1-0001"
    assert mt("{1:F01X}{4::20:1\n:61:1812141214D814,00NTRFLW1-0001\n-}").confirmations == (PAID,)


def test_blocks_of_other_accounts_are_passed_over() -> None:
    paid = ":61:1812141214D814,00NTRFLW1-0001"
    other = block(paid.replace("0001", "0009"), account=account_of(7))
    both = other + block(paid)
    assert [found.reference for found in mt(both, account=PAYER.account).confirmations] == ["LW1-0001"]
    assert mt(both, account=PAYER.account).others == 1
    assert [found.reference for found in mt(both).confirmations] == ["LW1-0009", "LW1-0001"]


def test_a_statement_that_lost_or_changed_a_line_is_refused_by_its_balance() -> None:
    lines = STATEMENT.split("\n")
    without = "\n".join(line for line in lines if "D7,00" not in line)
    ((line, sentence),) = refused(without)
    assert without.split("\n")[line - 1].startswith(":62F:")
    assert "saldo zamknięcia nie zgadza się" in sentence
    assert refused(STATEMENT.replace("D814,00", "D814,01"))[0][1] == sentence


def test_every_faulty_line_is_told_at_once() -> None:
    broken = block(
        ":61:1813141214D814,00NTRFLW1-0001",
        ":61:1812141399D814,00NTRFLW1-0001",
        ":61:1812141214D814NTRFLW1-0001",
        ":61:1812141214X814,00NTRFLW1-0001",
        ":61:1812141214D0,00NTRFLW1-0001",
        ":61:1812141214RC814,00NTRFLW1-0001",
        ":61:1812141214D814,00NTRFLW1-0002 LW1-0003",
        ":61:1812141214D814,00NTRFLW1-0004",
        ":61:1812141214D814,00NTRFLW1-0004",
    )
    told = refused(broken)
    assert [line for line, _ in told] == [5, 6, 7, 8, 9, 10, 11, 13]
    for (_, sentence), part in zip(
        told,
        ("data", "data księgowania", "nieczytelna", "nieczytelna", "kwotę zero", "RC", "kilka naszych", "w wierszu 12"),
        strict=True,
    ):
        assert part in sentence.replace("datę", "data")


def test_nothing_of_the_file_is_repeated_in_the_refusal() -> None:
    for _, sentence in refused(STATEMENT.replace("1812141214D814,00", "1812141214D814")):
        for private in ("Żaneta", "Próbna", PAYEE, "814"):
            assert private not in sentence


def test_another_currency_and_broken_balances_are_refused() -> None:
    assert "innej walucie" in refused(STATEMENT.replace("PLN", "EUR"))[0][1]
    assert "saldo otwarcia" in refused(STATEMENT.replace(":60F:C181213", ":60F:181213"))[0][1]
    assert "saldo zamknięcia jest nieczytelne" in refused(STATEMENT.replace(":62F:C181214", ":62F:"))[0][1]


def test_what_is_no_mt940_is_told_so() -> None:
    for text in ("Data;Kwota\n2018-12-14;1,00\n", "Dzień dobry", ":20:1\n:86:LW1-0001\n"):
        ((line, sentence),) = refused(text)
        assert line == 0
        assert "To nie jest wyciąg MT940" in sentence


_MOVEMENTS = st.lists(
    st.tuples(
        st.dates(min_value=date(2018, 1, 1), max_value=date(2026, 12, 31)),
        st.sampled_from(["D", "C", "RD"]),
        st.integers(min_value=1, max_value=10**11),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(movements=_MOVEMENTS)
def test_another_library_reads_the_same_days_sides_and_amounts(movements: list[tuple[date, str, int]]) -> None:
    text = ":20:ST\n:25:PL1\n:28C:1/1\n:60F:C180101PLN1,00\n" + "".join(
        f":61:{day:%y%m%d%m%d}{mark}{grosze // 100},{grosze % 100:02d}NTRFLW1-{number:04d}//B{number}\n:86:opis\n"
        for number, (day, mark, grosze) in enumerate(movements)
    )
    theirs = mt940.parse(io.StringIO(text))
    assert [(found.reference, found.booked_on, Decimal(found.amount) / 100) for found in mt(text).confirmations] == [
        (one.data["customer_reference"], one.data["entry_date"], abs(one.data["amount"].amount)) for one in theirs
    ]
    assert [found.returned for found in mt(text).confirmations] == [one.data["status"] in {"C", "RD"} for one in theirs]


# CSV

HISTORY = """Historia rachunku
Za okres;2018-12-01;2018-12-31

#Data księgowania;#Data operacji;#Opis operacji;#Rachunek kontrahenta;#Kwota;#Waluta;#Saldo
2018-12-14;2018-12-14;"PRZELEW Wynagrodzenie LW1-0001";'20 9999 0000 0000 0000 0000 0001';-1 234,56;PLN;10 000,00
17.12.2018;17.12.2018;"ZWROT, rachunek
zamknięty LW1-0002";;5,01;PLN;10 005,01
2018-12-18;2018-12-18;Czynsz;;nic;PLN;
Razem;2
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp852", "iso8859-2", "cp1250"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_history_tells_by_the_sign_what_went_and_what_came_back(encoding: str, delimiter: str) -> None:
    assert sheet(HISTORY.replace(";", delimiter), encoding=encoding) == Statement(
        (
            Confirmation(5, "LW1-0001", PAYEE, 123456, date(2018, 12, 14), returned=False),
            Confirmation(
                6,
                "LW1-0002",
                "",
                501,
                date(2018, 12, 17),
                returned=True,
                reason="ZWROT, rachunek zamknięty LW1-0002",
            ),
        ),
        others=2,
    )


@pytest.mark.parametrize(
    ("header", "row", "returned"),
    [
        ("Data,Tytuł,Kwota", '2018-12-14,LW1-0001,"-814,00"', False),
        ("Data,Tytuł,Kwota", "2018-12-14,LW1-0001,-814.00 PLN", False),
        ("Data operacji;Obciążenia;Uznania;Opis", "2018-12-14;814,00;;LW1-0001", False),
        ("Data operacji;Obciążenia;Uznania;Opis", "2018-12-14;-814,00;0,00;LW1-0001", False),
        ("Data operacji;Obciążenia;Uznania;Opis", "2018-12-14;;814,00;LW1-0001", True),
        ("Data;Kwota;Strona;Opis", "2018-12-14;814,00;Wn;LW1-0001", False),
        ("Data;Kwota;Strona;Opis", "2018-12-14;814,00;Ma;LW1-0001", True),
        ("Data;Kwota;D/C;Opis", "2018-12-14;814,00;-;LW1-0001", False),
        ("Referencja;Data realizacji;Kwota;Status", "LW1-0001;20181214;814,00;Zrealizowany", False),
        ("Referencja;Data realizacji;Kwota;Status", "LW1-0001;14.12.2018 10:15;814,00;ODRZUCONY", True),
        ("Data;Kwota;Status;Opis", "2018-12-14;-814,00;Zaksięgowana;LW1-0001", False),
        ("Data;Kwota;Status;Opis", "2018-12-13;-1,00;Zaksięgowana;x\n2018-12-14;814,00;Zaksięgowana;LW1-0001", True),
    ],
)
def test_banks_tell_the_side_in_many_ways(header: str, row: str, returned: bool) -> None:
    (found,) = sheet(f"{header}\n{row}\n").confirmations
    assert (found.reference, found.amount, found.booked_on, found.returned) == (
        "LW1-0001",
        81400,
        date(2018, 12, 14),
        returned,
    )


def test_a_transfer_that_waits_is_counted_and_not_confirmed() -> None:
    assert sheet("Data;Kwota;Status;Opis\n2018-12-14;814,00;W realizacji;LW1-0001\n") == Statement((), 0, pending=1)


def test_columns_of_any_bank_can_be_given() -> None:
    columns = CsvColumns(booked_on="Kiedy", amount="Ile", texts=("Po co",), reason=("Uwaga",), account="Dokąd")
    text = f"Kiedy;Ile;Po co;Uwaga;Dokąd;Inne\n2018-12-14;1,00;LW1-0001;konto zamknięte;{PAYEE};LW9-9999\n"
    (found,) = sheet(text, columns=columns).confirmations
    assert found == Confirmation(2, "LW1-0001", PAYEE, 100, date(2018, 12, 14), returned=True, reason="konto zamknięte")
    with pytest.raises(StatementUnreadable, match="z podanymi nazwami kolumn"):
        sheet(HISTORY, columns=columns)


def test_every_faulty_row_of_ours_is_told_at_once_and_rows_of_others_never() -> None:
    text = "\n".join(
        (
            "Data;Opis;Kwota;Waluta;Saldo",
            "jutro;LW1-0001;-1,00;PLN;1",
            "2018-02-30;LW1-0002;-1,00;PLN;1",
            "2018-12-14;LW1-0003;1.234;PLN;1",
            "2018-12-14;LW1-0004;;PLN;1",
            "2018-12-14;LW1-0005;0,00;PLN;1",
            "2018-12-14;LW1-0006;-1,00;EUR;1",
            "2018-12-14;LW1-0007;-1,00;PLN;1;9",
            "2018-12-14;LW1-0008",
            "2018-12-14;LW1-0009 i LW1-0010;-1,00;PLN;1",
            "2018-12-14;LW1-0011;-1,00;PLN;1",
            "2018-12-15;LW1-0011;-1,00;PLN;1",
            "2018-12-16;LW1-0011;1,00;PLN;1",
            "kiedyś;czynsz;tysiąc;USD;1;2;3",
            "",
        )
    )
    told = refused(text, StatementKind.CSV)
    assert [line for line, _ in told] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 12]
    for (_, sentence), part in zip(
        told,
        ("daty", "daty", "dwuznaczna", "nieczytelna", "zero", "walucie", "6 kolumn", "2 kolumn", "kilka", "wierszu 11"),
        strict=True,
    ):
        assert part in sentence


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Data;Kwota;Status;Opis\n2018-12-14;1,00;Zaksięgowana;LW1-0001\n", "wyszły, czy wróciły"),
        ("Data;Kwota;Status;Opis\n2018-12-14;1,00;Dziwny;LW1-0001\n", "status, którego nie znamy"),
        ("Data;Kwota;Strona;Opis\n2018-12-14;1,00;obie;LW1-0001\n", "obciążenie, czy uznanie"),
        ("Data;Obciążenia;Uznania;Opis\n2018-12-14;1,00;2,00;LW1-0001\n", "dwuznaczna"),
        ("Data;Opis\n2018-12-14;LW1-0001\n", "z nazwami kolumn"),
        ('Data;Opis;Kwota\n2018-12-14;"LW1-0001;-1,00\n', "cudzysłowy"),
        ('Data;Opis;Kwota\n2018-12-14;LW1-0001;-1,00\n2018-12-14;"a"b;-1,00\n', "cudzysłowy"),
    ],
)
def test_what_could_mean_two_things_is_refused(text: str, why: str) -> None:
    assert why in refused(text, StatementKind.CSV)[0][1]


@pytest.mark.parametrize(
    ("text", "grosze"),
    [
        ("1 234,56", 123456),
        ("1\u00a0234,56", 123456),
        ("1\u202f234\u202f567,8", 123456780),
        ("-1.234,56 PLN", -123456),
        ("1,234.56", 123456),
        ("1234.5", 123450),
        ("−0,01 zł", -1),
        ("+12", 1200),
        ("- 12,00", -1200),
        ("0,00", 0),
        ("1.234", None),
        ("1,234", None),
        ("12,345", None),
        ("1 23,00", None),
        ("1.23.4,00", None),
        ("1e3", None),
        ("٣,00", None),
        ("--1,00", None),
        ("", None),
        ("PLN", None),
        ("9" * 16, None),
    ],
)
def test_amounts_are_read_to_the_grosz_or_not_at_all(text: str, grosze: int | None) -> None:
    assert grosze_in(text) == grosze


@given(grosze=st.integers(min_value=-(10**14), max_value=10**14), space=st.sampled_from(["", " ", "\u00a0", "."]))
def test_an_amount_written_in_polish_comes_back(grosze: int, space: str) -> None:
    whole = f"{abs(grosze) // 100:,}".replace(",", space)
    assert grosze_in(f"{'-' if grosze < 0 else ''}{whole},{abs(grosze) % 100:02d}") == grosze


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-12-14", date(2018, 12, 14)),
        ("2018-12-14T09:30:00Z", date(2018, 12, 14)),
        ("4.1.2018", date(2018, 1, 4)),
        ("14/12/2018 9:30", date(2018, 12, 14)),
        ("29.02.2018", None),
        ("14.12.18", None),
        ("2018-14-12", None),
        ("١٤.١٢.٢٠١٨", None),
        ("", None),
    ],
)
def test_days_are_read_in_the_ways_that_banks_write_them(text: str, day: date | None) -> None:
    assert day_in(text) == day


def test_a_reference_that_stands_whole_comes_before_one_that_only_joining_makes() -> None:
    assert ours_in(["LW1-0001", "2 dni"], OURS) == ["LW1-0001"]
    assert ours_in(["LW1-00", "02"], OURS) == ["LW1-0002"]


# Hostile files


@pytest.mark.parametrize("kind", StatementKind)
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "pusty"),
        (b"\r\n  ", "pusty"),
        (b"PK\x03\x04....", "Excela"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0xx", "starego Excela"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"<!doctype html>", "strona internetowa"),
        (b"Data;Kwota\n\0;1", "tekstowy"),
        (b"x" * (LARGEST_FILE + 1), "10 MB"),
        (b"Data;Kwota\n" + b"x" * 20_001, "20000 znaków"),
    ],
    ids=range(10),
)
def test_what_is_no_statement_is_refused_kindly(kind: StatementKind, content: bytes, why: str) -> None:
    ((_, sentence),) = refused(content, kind)
    assert why in sentence


def test_a_given_encoding_is_used_and_a_wrong_one_is_told_by_its_line() -> None:
    content = HISTORY.encode("cp852")
    (_, back) = read_confirmations(content, kind=StatementKind.CSV, references=OURS, encoding=Encoding.CP852)
    assert "zamknięty" in back.reason
    with pytest.raises(StatementUnreadable, match=r"Wiersz 4: .*UTF_8"):
        read_statement(content, kind=StatementKind.CSV, references=OURS, encoding=Encoding.UTF_8)


def test_a_long_list_of_faults_is_counted() -> None:
    text = "Data;Opis;Kwota\n" + "".join(f"?;LW1-{number:04d};1\n" for number in range(30))
    with pytest.raises(StatementUnreadable, match="razem 30") as error:
        sheet(text)
    assert len(error.value.faults) == 30
    assert str(error.value).startswith("Wyciągu z banku nie wczytano i niczego nie zmieniono. Wiersz 2: ")


def _mangled(text: str, chance: random.Random) -> bytes:
    content = bytearray(text.encode())
    for _ in range(chance.randrange(1, 8)):
        at, until = sorted((chance.randrange(len(content)), chance.randrange(len(content))))
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : min(until, at + 40)]
            case 2:
                content[at:at] = content[at : min(until, at + 40)]
            case _:
                content[at:at] = bytes(chance.choices(b":;,\"'\r\n~?-061286DC \xff", k=chance.randrange(1, 9)))
    return bytes(content)


def _fuzzed(kind: StatementKind, rounds: int) -> tuple[int, int]:
    """How many mangled statements were read, and how many were refused."""
    text = {StatementKind.MT940: STATEMENT, StatementKind.CSV: HISTORY}[kind]
    chance = random.Random(37)
    read = told = 0
    for _ in range(rounds):
        try:
            found = read_statement(_mangled(text, chance), kind=kind, references=OURS)
        except StatementUnreadable:
            told += 1
            continue
        read += 1
        assert all(one.amount > 0 and OURS.fullmatch(one.reference) for one in found.confirmations)
    return read, told


@pytest.mark.parametrize("kind", StatementKind)
def test_a_mangled_statement_is_read_or_refused_and_nothing_else(kind: StatementKind) -> None:
    assert min(_fuzzed(kind, 1000)) > 30


@pytest.mark.slow
@pytest.mark.parametrize("kind", StatementKind)
def test_very_many_mangled_statements_are_read_or_refused(kind: StatementKind) -> None:
    assert min(_fuzzed(kind, 20_000)) > 600


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400), kind=st.sampled_from(StatementKind))
def test_nonsense_ends_in_a_refusal(content: bytes, kind: StatementKind) -> None:
    assert refused(content, kind)


_SLOW = {
    "one long number": ":61:" + "1" * 19_000,
    "one long mark": ":61:181214" + "D" * 19_000,
    "a reference that never ends": ":20:1\n:61:1812141214D1,00NTRF" + "LW1-" * 4_000,
    "a description of nothing but sub-fields": ":20:1\n:61:1812141214D1,00NTRFX\n:86:" + "~20" * 6_000,
    "very many movements": "\n".join([":61:1812141214D1,00NTRFNONREF"] * 20_000),
    "very many quotes": "Data;Kwota;Opis\n" + '"";' * 6_000,
    "very many spaces": "Data;Kwota;Opis\n2018-12-14;" + " " * 19_000 + ";LW1-0001",
    "an amount that never ends": "Data;Kwota;Opis\n2018-12-14;" + "1 111" * 3_900 + ";LW1-0001",
}


@pytest.mark.parametrize("name", _SLOW)
@pytest.mark.parametrize("kind", StatementKind)
def test_a_file_made_to_be_slow_is_not(name: str, kind: StatementKind) -> None:
    begun = time.process_time()
    with suppress(StatementUnreadable):
        read_statement(_SLOW[name].encode(), kind=kind, references=OURS)
    assert time.process_time() - begun < 5
