"""Payment files: byte for byte as agreed, readable by others, and refused by name before they exist."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from bank_samples import (
    CREATED_AT,
    GOLDEN,
    MESSAGE_ID,
    ON,
    PAYER,
    TRANSFERS,
    Read,
    account_of,
    expected,
    read_elixir,
    read_pain,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from flows.adapters.bank_files import PROFILES, PaymentRefused, faults, payment_file, profile_of
from models.errors import BadInput
from models.rules.bank_profiles import (
    POLISH_LETTERS,
    BankFormat,
    BankProfile,
    ForeignLetters,
    Quoting,
    ReferenceStyle,
    likeness,
)
from models.rules.transfers import Payer, Transfer, TransferFault, total

ELIXIR = [profile for profile in PROFILES.values() if profile.format is BankFormat.ELIXIR_O]
PAIN = [profile for profile in PROFILES.values() if profile.format is BankFormat.PAIN_001]
EVERY = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
ISO = PROFILES["elixir-iso"]
ONE = TRANSFERS[0]


def written(
    profile: BankProfile, transfers: Sequence[Transfer] = TRANSFERS, payer: Payer = PAYER, on: date = ON
) -> bytes:
    return payment_file(profile, payer, transfers, on=on, created_at=CREATED_AT, message_id=MESSAGE_ID)


def read(profile: BankProfile, content: bytes) -> list[Read]:
    return read_elixir(content, profile) if profile.format is BankFormat.ELIXIR_O else read_pain(content)[0]


def found(profile: BankProfile, *transfers: Transfer, payer: Payer = PAYER, on: date = ON) -> list[TransferFault]:
    """The faults, after proof that no file can be had with them."""
    told = faults(profile, payer, transfers, on=on)
    if told:
        with pytest.raises(PaymentRefused) as refused:
            written(profile, transfers, payer, on)
        assert refused.value.faults == tuple(told)
    else:
        written(profile, transfers, payer, on)
    return told


def only(profile: BankProfile, transfer: Transfer) -> str:
    (fault,) = found(profile, transfer)
    assert fault.reference == transfer.reference
    return fault.sentence


# The file


@EVERY
def test_the_file_is_the_agreed_one_byte_for_byte(profile: BankProfile) -> None:
    golden = (GOLDEN / f"{profile.code}.{'xml' if profile.format is BankFormat.PAIN_001 else 'pli'}").read_bytes()
    assert written(profile) == golden
    assert written(profile) == written(profile)


def test_every_profile_has_an_agreed_file_and_no_other_is_left() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(PROFILES)


def test_a_line_is_the_sixteen_fields_of_the_format() -> None:
    assert written(ISO, [ONE]).decode("iso8859-2") == (
        "110,20181214,84300,11402004,0,30114020040000300000000017,20999900000000000000000001,"
        "Ośrodek Próbny Kooperacji w|Zmyślonej Górze|ul. Wymyślna 12a lok. 3 00-000|Zmyślona Góra,"
        "Żaneta Próbna-Zmyślona|ul. Śródziemna 3/4 00-000 Łękołody|Źdźbłowe,0,99990000,"
        "Wynagrodzenie za spotkanie PGR w|dniach 1 i 2 grudnia 2018 r.|Kooperacja w gminie Żółćin LW1-0001,"
        ",,51,LW1-0001\r\n"
    )


@pytest.mark.parametrize(
    ("code", "letter"),
    [
        ("elixir-iso", b"\xb1"),
        ("elixir-cp852-quoted", b"\xa5"),
        ("elixir-cp1250-quoted", b"\xb9"),
        ("elixir-utf8", b"\xc4\x85"),
        ("pain-001", b"\xc4\x85"),
        ("pain-001-latin", b"a"),
    ],
)
def test_a_letter_is_written_as_the_profile_encodes_it(code: str, letter: bytes) -> None:
    content = written(PROFILES[code], [replace(ONE, title="Xą1")])
    assert b"X" + letter + b"1" in content


def test_quoting_lines_and_references_are_the_profiles() -> None:
    fields = {profile.code: written(profile, TRANSFERS[2:]).decode(profile.encoding) for profile in ELIXIR}
    assert fields["elixir-iso"].endswith(",Jan Ćmił,0,99990000,Wynagrodzenie za spotkanie LW1-0003,,,51,LW1-0003\r\n")
    assert fields["elixir-cp852-quoted"].endswith(
        ',"Jan Ćmił|||",0,99990000,"Wynagrodzenie za spotkanie LW1-0003|||","","","51","$$$LW1-0003$$$"\r\n'
    )
    assert fields["elixir-utf8"].endswith(",Wynagrodzenie za spotkanie LW1-0003,,,51,\r\n")


@EVERY
def test_the_alphabet_can_be_written_and_parts_no_fields(profile: BankProfile) -> None:
    for sign in profile.alphabet:
        assert sign.encode(profile.encoding).decode(profile.encoding) == sign
    if profile.format is BankFormat.ELIXIR_O:
        assert not profile.alphabet & set(',|"\r\n')
        assert set(POLISH_LETTERS) <= profile.alphabet


def test_a_profile_cannot_promise_a_letter_that_its_encoding_lacks() -> None:
    with pytest.raises(UnicodeEncodeError):
        replace(ISO, alphabet=ISO.alphabet | {"ñ"})


def test_an_unknown_profile_is_told_with_those_that_there_are() -> None:
    assert profile_of("elixir-iso") is ISO
    with pytest.raises(BadInput, match="elixir-cp852-quoted"):
        profile_of("mój-bank")


# pain.001 and its schema


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """ISO 20022's own schema, as a package that only tests need brings it."""
    return etree.XMLSchema(etree.fromstring((files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_bytes()))


@pytest.mark.parametrize("profile", PAIN, ids=lambda profile: profile.code)
def test_pain_001_is_valid_against_its_schema(profile: BankProfile, schema: etree.XMLSchema) -> None:
    content = written(profile)
    schema.assertValid(etree.fromstring(content))
    read_back, count, control_sum = read_pain(content)
    assert (len(read_back), count, control_sum) == (3, 3, total(TRANSFERS))


def test_the_schema_would_refuse_a_wrong_document(schema: etree.XMLSchema) -> None:
    content = written(PROFILES["pain-001"])
    for right, wrong in ((b"843.00", b"843.000001"), (b"PL2099", b"2099"), (b"<PmtMtd>TRF", b"<PmtMtd>PRZ")):
        assert content.count(right)
        assert not schema.validate(etree.fromstring(content.replace(right, wrong)))


@pytest.mark.parametrize("message_id", ["", "-", "ą", "X" * 36, "A B", "A-"])
def test_a_message_id_that_no_bank_takes_is_refused(message_id: str) -> None:
    with pytest.raises(BadInput, match="35"):
        payment_file(PROFILES["pain-001"], PAYER, TRANSFERS, on=ON, created_at=CREATED_AT, message_id=message_id)


# Reading the file back

_WORD = st.text(alphabet="abcdefgżółńĄŚ0123456789-.", min_size=1, max_size=14).filter(lambda word: word.isalnum())
_WORDS = st.lists(_WORD, min_size=1, max_size=3).map(" ".join)


@st.composite
def _transfers(draw: st.DrawFn) -> list[Transfer]:
    amounts = draw(st.lists(st.integers(min_value=1, max_value=99_999_999), min_size=1, max_size=12))
    return [
        Transfer(
            f"LW{number}-{amount % 9999:04d}",
            draw(_WORDS),
            draw(_WORDS | st.just("")),
            account_of(draw(st.integers(min_value=1, max_value=10**15))),
            amount,
            draw(_WORDS),
        )
        for number, amount in enumerate(amounts)
    ]


@pytest.mark.parametrize("profile", [*ELIXIR, PROFILES["pain-001"]], ids=lambda profile: profile.code)
@settings(max_examples=12, deadline=None)
@given(transfers=_transfers())
def test_another_reader_finds_the_same_transfers_and_the_same_sum(
    profile: BankProfile, transfers: list[Transfer]
) -> None:
    content = written(profile, transfers)
    read_back = read(profile, content)
    assert read_back == expected(profile, PAYER, transfers, ON)
    assert sum(one.amount for one in read_back) == total(transfers)
    if profile.format is BankFormat.PAIN_001:
        assert read_pain(content)[1:] == (len(transfers), total(transfers))


# What is refused


def test_what_is_right_has_no_faults() -> None:
    for profile in PROFILES.values():
        assert found(profile, *TRANSFERS) == []


@EVERY
@pytest.mark.parametrize("where", ["payee_name", "payee_address", "title"])
@pytest.mark.parametrize(("sign", "named"), [(",", "przecinek"), ("|", "kreska pionowa"), ('"', "cudzysłów")])
def test_a_sign_that_would_part_the_file_is_refused_by_name(
    profile: BankProfile, where: str, sign: str, named: str
) -> None:
    if sign in profile.alphabet:
        # In XML a comma is a comma; what is escaped there is another test's.
        assert (profile.format, sign) == (BankFormat.PAIN_001, ",")
        return
    text = getattr(ONE, where)
    for place in {*range(0, len(text), 5), len(text)}:
        sentence = only(profile, replace(ONE, **{where: text[:place] + sign + text[place:]}))
        assert f"„{sign}” ({named})" in sentence
        assert "LW1-0001" in sentence


@settings(max_examples=120, deadline=None)
@given(sign=st.characters(codec="utf-8"), data=st.data())
def test_no_sign_is_lost_or_turned_into_a_question_mark(sign: str, data: st.DataObject) -> None:
    profile = data.draw(st.sampled_from(list(PROFILES.values())))
    transfer = replace(ONE, payee_name=f"Jan {sign}Próbny", payee_address="")
    if faults(profile, PAYER, [transfer], on=ON):
        found(profile, transfer)
        return
    (back,) = read(profile, written(profile, [transfer]))
    polish = profile.alphabet >= set(POLISH_LETTERS)
    sign = unicodedata.normalize("NFC", sign)
    shown = sign if sign in profile.alphabet else likeness(sign) if sign.strip() and likeness(sign) else " "
    assert back.payee == " ".join(f"Jan {shown}{'Próbny' if polish else 'Probny'}".split())


def test_foreign_letters_lose_their_marks_only_where_the_profile_says_so() -> None:
    foreign = replace(ONE, payee_name="Nuñez „Ø” Łoś")
    (back,) = read(ISO, written(ISO, [foreign]))
    assert back.payee.startswith("Nunez 'O' Łoś ")
    (back,) = read(PROFILES["pain-001-latin"], written(PROFILES["pain-001-latin"], [foreign]))
    assert back.payee.startswith("Nunez 'O' Los ")
    strict = PROFILES["elixir-cp1250-quoted"]
    assert strict.foreign is ForeignLetters.REFUSED
    assert [sign for fault in found(strict, foreign) for sign in "ñ„Ø”" if f"„{sign}”" in fault.sentence] == list(
        "ñ„Ø”"
    )


def test_a_name_in_another_script_is_refused_and_never_spelled_by_us() -> None:
    told = found(ISO, replace(ONE, payee_name="Київ"))
    assert len(told) == 4
    assert "znak „К”" in told[0].sentence


def test_an_invisible_sign_is_named_by_its_number() -> None:
    assert "znak niewidoczny (U+0007)" in only(ISO, replace(ONE, title="Wynagro\x07dzenie"))


def test_spaces_and_ends_of_lines_become_single_spaces() -> None:
    (back,) = read(ISO, written(ISO, [replace(ONE, payee_address="ul. Próbna\u00a01\r\n00-000\tBrak ")]))
    assert back.payee == "Żaneta Próbna-Zmyślona ul. Próbna 1 00-000 Brak"


@pytest.mark.parametrize("place", range(26))
def test_any_wrong_digit_is_refused_and_the_check_is_told(place: int) -> None:
    right = ONE.payee_account
    for digit in "0123456789":
        account = right[:place] + digit + right[place + 1 :]
        if account == right:
            continue
        sentence = only(ISO, replace(ONE, payee_account=account))
        where = "cyfr 3–10" if 2 <= place < 10 else "cyfrach 1–2"
        assert "modulo 97" in sentence
        assert where in sentence
        assert account not in sentence


@pytest.mark.parametrize(
    ("account", "why"),
    [
        ("", "same cyfry"),
        ("PL20999900000000000000000001", "same cyfry"),
        ("2099990000000000000000000", "ma ich 25"),
        ("209999000000000000000000011", "ma ich 27"),
        ("٢0999900000000000000000001", "same cyfry"),
        ("0" * 26, "powtórzonej cyfry"),
    ],
)
def test_an_account_of_another_shape_is_refused(account: str, why: str) -> None:
    assert why in only(ISO, replace(ONE, payee_account=account))
    (fault,) = found(ISO, ONE, payer=replace(PAYER, account=account))
    assert fault.reference == ""
    assert fault.sentence.startswith("Rachunek płatnika")
    assert why in fault.sentence


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount": 0}, "kwota wynosi 0,00 zł"),
        ({"amount": -1}, "kwota jest ujemna (-0,01 zł)"),
        ({"amount": 100_000_000}, "kwota 1\u00a0000\u00a0000,00 zł przekracza 999\u00a0999,99 zł"),
        ({"payee_name": ""}, "brak nazwy odbiorcy"),
        ({"payee_name": " - "}, "brak nazwy odbiorcy"),
        ({"payee_name": "X" * 36}, "nazwa i adres odbiorcy są za długie"),
        ({"payee_address": "słowo " * 24}, "nazwa i adres odbiorcy są za długie"),
        ({"title": ""}, "brak tytułu"),
        ({"title": "słowo " * 30}, "tytuł jest za długi"),
        ({"payee_account": PAYER.account}, "rachunkiem płatnika"),
    ],
)
def test_what_a_bank_would_not_take_is_refused(change: dict[str, str | int], why: str) -> None:
    assert why in only(ISO, replace(ONE, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("", "brak referencji"),
        ("X" * 17, "ma 17 znaków"),
        ("lw1", "wielkie litery"),
        ("LW 1", "wielkie litery"),
        ("LW,1", "wielkie litery"),
        ("$$$", "wielkie litery"),
        ("-LW1", "wielkie litery"),
    ],
)
def test_a_reference_that_could_not_come_back_is_refused(reference: str, why: str) -> None:
    sentence = only(ISO, replace(ONE, reference=reference))
    assert why in sentence
    assert sentence.startswith("Przelew bez referencji: ")


def test_the_longest_reference_fits_every_style() -> None:
    for profile in PROFILES.values():
        (back,) = read(profile, written(profile, [replace(ONE, reference="ABCDEFGH-1234567")]))
        nowhere = profile.reference is ReferenceStyle.NONE
        assert back.reference == ("" if nowhere else "ABCDEFGH-1234567")
        assert back.title.endswith(" ABCDEFGH-1234567")


def test_two_transfers_with_one_reference_are_refused() -> None:
    (fault,) = found(ISO, ONE, replace(TRANSFERS[1], reference=ONE.reference))
    assert fault.reference == "LW1-0001"
    assert "tę samą referencję" in fault.sentence


def test_the_number_of_transfers_is_the_banks() -> None:
    assert {profile.most_transfers for profile in PROFILES.values()} == {5000}
    small = replace(ISO, most_transfers=50)
    many = [replace(ONE, reference=f"LW{number}", payee_account=account_of(number)) for number in range(1, 52)]
    assert found(small, *many[:50]) == []
    (fault,) = found(small, *many)
    assert "51 przelewów, a bank przyjmuje w jednym 50" in fault.sentence
    assert "ani jednego przelewu" in found(ISO)[0].sentence


def test_the_payers_own_data_are_checked_and_belong_to_no_transfer() -> None:
    told = found(ISO, ONE, payer=Payer("Ośrodek, Próbny", "x" * 36, "1"), on=date(1899, 1, 1))
    assert [fault.reference for fault in told] == [""] * 4
    shown = " ".join(fault.sentence for fault in told)
    for part in ("Data przelewów", "Rachunek płatnika", "nazwie płatnika", "Nazwa i adres płatnika"):
        assert part in shown
    assert "Brak nazwy płatnika" in found(ISO, ONE, payer=replace(PAYER, name=" "))[0].sentence


def test_everything_is_told_at_once_and_in_the_order_of_the_file() -> None:
    told = found(ISO, replace(TRANSFERS[1], amount=0, title="a|b"), replace(ONE, payee_name=""))
    assert [fault.reference for fault in told] == ["LW1-0002", "LW1-0002", "LW1-0001"]


def test_no_sentence_names_a_person_or_an_account() -> None:
    bad = replace(ONE, payee_name="Żaneta, Próbna", payee_account="20999900000000000000000002", amount=0, title="")
    with pytest.raises(PaymentRefused) as refused:
        written(ISO, [bad])
    for private in ("Żaneta", "Próbna", "Śródziemna", "2099990000"):
        assert private not in str(refused.value)
    assert str(refused.value).startswith("Pliku dla banku nie utworzono. Przelew LW1-0001: ")


def test_a_long_list_of_faults_is_counted() -> None:
    with pytest.raises(PaymentRefused, match="razem 12"):
        written(ISO, [replace(ONE, reference=f"LW{number}", amount=0) for number in range(12)])


def test_a_day_without_banks_is_no_fault_of_the_file() -> None:
    assert found(ISO, ONE, on=date(2018, 12, 25)) == []


def test_pain_escapes_what_xml_needs() -> None:
    assert {"&", "<", ">"}.isdisjoint(PROFILES["pain-001"].alphabet)
    assert "znak „&”" in only(PROFILES["pain-001"], replace(ONE, title="a & b"))


def test_quoted_profiles_quote_every_text_and_no_number() -> None:
    for profile in ELIXIR:
        line = written(profile, [ONE]).decode(profile.encoding)
        assert line.count('"') == (18 if profile.quoting is Quoting.TEXT else 0)
