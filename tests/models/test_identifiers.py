"""Identifiers as people type them."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.pl import pesel as stdnum_pesel

from models.identifiers import (
    Email,
    Fault,
    Nip,
    Nrb,
    Pesel,
    Phone,
    Postcode,
    Sex,
    application_in_subject,
    application_number,
    application_token,
    check_email,
    check_nip,
    check_nrb,
    check_pesel,
    check_phone,
    check_postcode,
    new_public_number,
    split_token,
)


def code_of(result: object) -> str:
    assert isinstance(result, Fault)
    return result.code


@pytest.mark.parametrize(
    ("typed", "born", "sex"),
    [
        ("85031500127", date(1985, 3, 15), Sex.WOMAN),
        ("850315 00134", date(1985, 3, 15), Sex.MAN),
        ("01290600141", date(2001, 9, 6), Sex.WOMAN),
        ("PESEL: 0261121-0085", date(2202, 1, 12), Sex.WOMAN),
        ("0 2 6 1 1 2 1 0 0 8 5", date(2202, 1, 12), Sex.WOMAN),
        ("026112-10085", date(2202, 1, 12), Sex.WOMAN),
        ("nr PESEL 026112 10085", date(2202, 1, 12), Sex.WOMAN),
        ("８５０３１５００１２７", date(1985, 3, 15), Sex.WOMAN),
    ],
)
def test_pesel_tells_birth_date_and_sex(typed: str, born: date, sex: Sex) -> None:
    pesel = check_pesel(typed)
    assert isinstance(pesel, Pesel)
    assert (pesel.born, pesel.sex) == (born, sex)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("8503150012", "pesel_length"),
        ("850315001277", "pesel_length"),
        ("85031500128", "pesel_checksum"),
        ("85131500120", "pesel_checksum"),
        ("00000000000", "pesel_checksum"),
        ("8503150012O", "pesel_characters"),
        ("", "pesel_characters"),
    ],
)
def test_a_wrong_pesel_is_refused_with_its_reason(typed: str, code: str) -> None:
    assert code_of(check_pesel(typed)) == code


@given(st.integers(2200, 2299), st.integers(1, 12), st.integers(1, 28), st.integers(0, 9999))
def test_every_pesel_of_the_2200s_is_read_and_any_changed_digit_is_noticed(
    year: int, month: int, day: int, serial: int
) -> None:
    head = f"{year % 100:02d}{month + 60:02d}{day:02d}{serial:04d}"
    digits = head + stdnum_pesel.calc_check_digit(head)
    pesel = check_pesel(digits)
    assert isinstance(pesel, Pesel)
    assert pesel.born == date(year, month, day)
    changed = digits[:10] + str((int(digits[10]) + 1) % 10)
    assert isinstance(check_pesel(changed), Fault)


@pytest.mark.parametrize(
    "typed", ["778-13-46-888", "7781346888", "PL 7781346888", "NIP: 778 13 46 888", "PL778-134-68-88"]
)
def test_nip_is_read_as_ten_digits(typed: str) -> None:
    assert check_nip(typed) == Nip("7781346888")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7781346889", "nip_checksum"),
        ("0000000000", "nip_checksum"),
        ("000-000-00-00", "nip_checksum"),
        ("PL 778134688", "nip_length"),
        ("DE7781346888", "nip_length"),
        ("778134688", "nip_length"),
        ("", "nip_length"),
    ],
)
def test_a_wrong_nip_is_refused(typed: str, code: str) -> None:
    assert code_of(check_nip(typed)) == code


def test_nrb_is_read_with_and_without_the_country() -> None:
    assert check_nrb("30 1140 2004 0000 3000 0000 0017") == Nrb("30114020040000300000000017")
    assert check_nrb("PL66102055610000300000000025") == Nrb("66102055610000300000000025")
    assert code_of(check_nrb("30 1140 2004 0000 3000 0000 0018")) == "nrb_checksum"
    assert code_of(check_nrb("1140 2004 0000 3000 0000 0017")) == "nrb_length"
    assert code_of(check_nrb("0" * 26)) == "nrb_checksum"


@pytest.mark.parametrize(
    "typed",
    [
        "30114020040000300000000017",
        "PL30 1140 2004 0000 3000 0000 0017",
        "pl 30-1140-2004-0000-3000-0000-0017",
        "nr rachunku: 30 1140 2004 0000 3000 0000 0017",
        "30 1140 2004 0000 3000 0000 0017 (Bank Zmyślony)",
        "IBAN PL 30114020040000300000000017.",
    ],
)
def test_an_account_is_read_with_the_words_beside_it(typed: str) -> None:
    assert check_nrb(typed) == Nrb("30114020040000300000000017")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("30 1140 2004 0000 3000 0000 0017 lub 66 1020 5561 0000 3000 0000 0025", "nrb_several"),
        ("DE89 3704 0044 0532 0130 00", "nrb_length"),
        ("30 1140 2004 0000 3000 0000 00171", "nrb_length"),
        ("nie mam", "nrb_length"),
    ],
)
def test_what_is_no_one_polish_account_is_refused(typed: str, code: str) -> None:
    assert code_of(check_nrb(typed)) == code


@given(st.integers(0, 10**24 - 1), st.integers(0, 25), st.integers(1, 9))
def test_every_account_is_read_and_any_changed_digit_is_noticed(rest: int, place: int, by: int) -> None:
    body = f"{rest:024d}"
    digits = f"{98 - int(body + '252100') % 97:02d}{body}"
    result = check_nrb(digits)
    assert result == Nrb(digits) or len(set(digits)) == 1
    changed = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert isinstance(check_nrb(changed), Fault)


@pytest.mark.parametrize("typed", ["83-300", "83300", "83 300", "83 - 300 Kartuzy", "83–300"])
def test_postcode_is_written_with_its_dash(typed: str) -> None:
    assert check_postcode(typed) == Postcode("83-300")


@pytest.mark.parametrize("typed", ["8-300", "83-3000", "Kartuzy", "83-300 i 83-330", "00-000"])
def test_what_is_no_postcode_is_refused(typed: str) -> None:
    assert code_of(check_postcode(typed)) == "postcode"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("600 100 200", "+48600100200"),
        ("+48 600-100-200", "+48600100200"),
        ("0048600100200", "+48600100200"),
        ("tel. 600100200 (syn)", "+48600100200"),
        ("042 632 11 22", "+48426321122"),
        ("(058) 681-11-22", "+48586811122"),
        ("600100200, 600 100 200", "+48600100200"),
        ("+49 30 901820", "+4930901820"),
        ("tel. 600 100 200 (po 16)", "+48600100200"),
        ("600 100 200 w godz. 8-16", "+48600100200"),
        ("600.100.200", "+48600100200"),
    ],
)
def test_phone_is_read_as_it_is_dialled(typed: str, number: str) -> None:
    assert check_phone(typed) == Phone(number)


def test_a_phone_that_cannot_be_dialled_and_two_phones_are_refused() -> None:
    assert code_of(check_phone("600 100")) == "phone"
    assert code_of(check_phone("zadzwonię sama")) == "phone"
    assert code_of(check_phone("600 100 200 lub 58 681 11 22")) == "phone_several"
    assert code_of(check_phone("kom. 600100200 / 601100200")) == "phone_several"
    assert code_of(check_phone("600 100 200 lub 58 681 11 2")) == "phone_several"


@pytest.mark.parametrize(
    "typed", ["58 681 11 22 wew. 15", "58 681 11 22 w. 15", "(058) 681-11-22 wewn. 15", "586811122 #15"]
)
def test_an_extension_is_kept_beside_the_number(typed: str) -> None:
    phone = check_phone(typed)
    assert isinstance(phone, Phone)
    assert phone.dialled == "+48586811122;ext=15"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Imie.N@Example.PL", "Imie.N@example.pl"),
        ("mailto:imie@example.pl", "imie@example.pl"),
        ("<imie@example.pl>", "imie@example.pl"),
        ("e-mail: imie@example.pl.", "imie@example.pl"),
        ("imie@vp.pl", "imie@vp.pl"),
    ],
)
def test_email_keeps_its_local_part_and_lowers_its_domain(typed: str, address: str) -> None:
    assert check_email(typed) == Email(address)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("imie(at)example.pl", "email"),
        ("imie@", "email"),
        ("źdźbło@example.pl", "email_letters"),
        ("imie@gmail.con", "email_typo"),
        ("imie@onet.com.pl", "email_typo"),
        ("imie@ops.example.con", "email_typo"),
        ("imie@example.lp", "email_typo"),
        ("imie [at] example.pl", "email"),
        ("imie.example.pl", "email"),
        ("imie@example,pl", "email"),
        ("a@example.pl lub b@example.pl", "email_several"),
        ("a@example.pl, b@example.pl", "email_several"),
    ],
)
def test_a_doubtful_email_is_refused(typed: str, code: str) -> None:
    assert code_of(check_email(typed)) == code


def test_the_hint_names_the_provider_that_was_probably_meant() -> None:
    fault = check_email("imie@gmial.com")
    assert isinstance(fault, Fault)
    assert "gmail.com" in fault.sentence


@given(st.text(max_size=60))
def test_any_text_gives_a_value_or_a_fault_that_does_not_quote_it(text: str) -> None:
    for check in (check_pesel, check_nip, check_nrb, check_postcode, check_phone, check_email):
        result = check(text)
        if isinstance(result, Fault) and len(text.strip()) > 3 and "@" in text:
            assert text.strip() not in result.sentence


def test_personal_values_stay_out_of_repr() -> None:
    values = (check_pesel("85031500127"), check_phone("600100200"), check_email("imie@example.pl"))
    assert not re.search(r"85031500127|600100200|imie", repr(values))


def test_public_numbers_are_readable_aloud_and_do_not_repeat() -> None:
    numbers = {new_public_number() for _ in range(2_000)}
    assert len(numbers) == 2_000
    assert all(re.fullmatch(r"ZG-[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}", number) for number in numbers)


def test_application_numbers_name_project_kind_area_year_and_sequence() -> None:
    assert application_number("KES", "PGR", "2205", 2018, 1) == "KES/PGR/2205/2018/0001"
    assert application_number("KES", "PGR", "2205", 2018, 12345) == "KES/PGR/2205/2018/12345"


# Numbers in the subject of a mail


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Re: Prośba o uzupełnienie zgłoszenia ZG-7K3M-QX9D – KES", "ZG-7K3M-QX9D"),
        ("Odp: FW: zg-7k3m-qx9d", "ZG-7K3M-QX9D"),
        ("Re: zgłoszenie ZG-7K3M-QX9D (ZG-7K3M-QX9D)", "ZG-7K3M-QX9D"),
        ("uzupełnienie KES/PGR/2205/2018/0017", "KES/PGR/2205/2018/0017"),
        ("uzupełnienie KES/G-PZK/22/2018/0003.", "KES/G-PZK/22/2018/0003"),
        ("Re: ZG-7K3M-QX9D.0123456789ABCDEF01234567", "ZG-7K3M-QX9D.0123456789abcdef01234567"),
        ("ZG-7K3M-QX9D i ZG-AAAA-BBBB", None),
        ("ZG-7K3M-QX9D1", None),
        ("AZG-7K3M-QX9D", None),
        ("ZG-0000-1111", None),
        ("Formularz zgłoszeniowy", None),
        ("ZG 7K3M QX9D", "ZG-7K3M-QX9D"),
        ("(ZG\u20117K3M\u2013QX9D)", "ZG-7K3M-QX9D"),
        ("ZG-7K3M-QX9", None),
        ("KES/PGR/2205/2018", None),
        ("", None),
    ],
)
def test_the_application_that_a_subject_names(subject: str, number: str | None) -> None:
    assert application_in_subject(subject) == number


def test_a_token_holds_its_number_and_its_check() -> None:
    token = application_token("ZG-7K3M-QX9D", "0123456789abcdef" * 4)
    assert split_token(token) == ("ZG-7K3M-QX9D", "0123456789abcdef01234567")
    for other in ("ZG-7K3M-QX9D", token[:-1], token + "0", token.upper(), "", f" {token}"):
        assert split_token(other) is None


def test_every_number_we_give_is_found_again() -> None:
    for _ in range(50):
        given = new_public_number()
        assert application_in_subject(f"Re: {given}.") == given
