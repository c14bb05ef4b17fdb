"""Numbers and addresses by which people, institutions and applications are known.

Every ``check_*`` takes what a person typed and answers with a small frozen value or with a :class:`Fault`: a wrong
digit is an everyday answer of a form, not an error of the program. Nothing here asks the network.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from email_validator import EmailNotValidError, validate_email
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number
from stdnum import iban
from stdnum.exceptions import ValidationError
from stdnum.pl import nip as stdnum_nip
from stdnum.pl import pesel as stdnum_pesel


@dataclass(frozen=True)
class Fault:
    """Why a value cannot be used: a code that is safe to log, and a Polish sentence that never quotes the value."""

    code: str
    sentence: str


class Sex(StrEnum):
    WOMAN = "woman"
    MAN = "man"


@dataclass(frozen=True)
class Pesel:
    """A valid PESEL number and what it tells. The digits are left out of ``repr``, which may end in a log."""

    digits: str = field(repr=False)
    born: date = field(repr=False)
    sex: Sex


@dataclass(frozen=True)
class Nip:
    """A valid tax number, ten digits."""

    digits: str


@dataclass(frozen=True)
class Nrb:
    """A valid Polish account number, 26 digits without the country code."""

    digits: str = field(repr=False)


@dataclass(frozen=True)
class Postcode:
    """A postcode in the form ``NN-NNN``. Whether the post office knows it is not checked."""

    text: str


@dataclass(frozen=True)
class Phone:
    """A telephone number as it is dialled from anywhere: ``+48600100200``."""

    e164: str = field(repr=False)


@dataclass(frozen=True)
class Email:
    """An address that can be written to as far as its spelling goes; domain in lower case."""

    address: str = field(repr=False)


_GAPS = re.compile(r"[\s\u00a0\u2007\u202f._\-\u2010-\u2015\u2212/]+")


def _compact(text: str) -> str:
    """Without spaces, dots and dashes of any kind, full-width digits made plain."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text))


def _digits(text: str) -> str | None:
    compact = _compact(text)
    return compact if compact.isascii() and compact.isdigit() else None


def check_pesel(text: str) -> Pesel | Fault:
    """A PESEL of eleven digits, with birth date and sex (act on population registers, art. 15).

    Months carry the century: +80 for the 1800s, +20 for the 2000s, +40 and +60 for the 2100s and 2200s.
    """
    digits = _digits(re.sub(r"^\s*(nr|numer)?\s*PESEL\s*:?", "", text, flags=re.IGNORECASE))
    if digits is None:
        return Fault("pesel_characters", "Numer PESEL składa się z samych cyfr (11 cyfr, na przykład 02611210085).")
    if len(digits) != 11:
        missing = "za mało" if len(digits) < 11 else "za dużo"
        return Fault(
            "pesel_length", f"Numer PESEL ma 11 cyfr (na przykład 02611210085), a w formularzu jest ich {missing}."
        )
    try:
        stdnum_pesel.validate(digits)
        born = stdnum_pesel.get_birth_date(digits)
    except ValidationError:
        return Fault(
            "pesel_checksum",
            "W numerze PESEL jest pomyłka: cyfra kontrolna lub data się nie zgadza. "
            "Proszę przepisać 11 cyfr z dowodu osobistego (na przykład 02611210085).",
        )
    return Pesel(digits, born, Sex.WOMAN if int(digits[9]) % 2 == 0 else Sex.MAN)


def check_nip(text: str) -> Nip | Fault:
    """A NIP of ten digits; a leading ``PL`` is dropped, ten equal digits are refused though 0000000000 adds up."""
    digits = _digits(re.sub(r"^\s*(NIP)?[:\s]*(PL)?", "", text, flags=re.IGNORECASE))
    if digits is None or len(digits) != 10:
        return Fault("nip_length", "NIP ma 10 cyfr, na przykład 778-13-46-888.")
    if not stdnum_nip.is_valid(digits) or len(set(digits)) == 1:
        return Fault(
            "nip_checksum",
            "W numerze NIP jest pomyłka: cyfra kontrolna się nie zgadza. Proszę podać 10 cyfr, "
            "na przykład 778-13-46-888.",
        )
    return Nip(digits)


def check_nrb(text: str) -> Nrb | Fault:
    """A Polish account number of 26 digits with its check digits (IBAN, modulo 97); a leading ``PL`` is dropped."""
    digits = _digits(re.sub(r"^\s*PL", "", text, flags=re.IGNORECASE))
    if digits is None or len(digits) != 26:
        return Fault(
            "nrb_length", "Numer rachunku ma 26 cyfr, zwykle zapisanych tak: 12 3456 7890 1234 5678 9012 3456."
        )
    if not iban.is_valid("PL" + digits) or len(set(digits)) == 1:
        return Fault(
            "nrb_checksum",
            "W numerze rachunku jest pomyłka: cyfry kontrolne się nie zgadzają. Proszę przepisać 26 cyfr z umowy "
            "lub strony banku, zwykle zapisanych tak: 12 3456 7890 1234 5678 9012 3456.",
        )
    return Nrb(digits)


_POSTCODE = re.compile(r"(?<![\d-])(\d{2})[ \u00a0]?[-\u2010-\u2015\u2212]?[ \u00a0]?(\d{3})(?![\d-])")


def check_postcode(text: str) -> Postcode | Fault:
    """A postcode; the name of the post office behind it is allowed, a second postcode is not."""
    found = {f"{head}-{tail}" for head, tail in _POSTCODE.findall(unicodedata.normalize("NFKC", text))}
    if len(found) != 1 or "00-000" in found:
        return Fault("postcode", "Kod pocztowy ma pięć cyfr z kreską po drugiej, na przykład 83-300.")
    return Postcode(found.pop())


_TRUNK_ZERO = re.compile(r"(?<![\d+])\(?0[ \u00a0]?\)?(?=[ \u00a0(]*[1-9])(?=(?:\D{0,2}\d){9}(?!\d))")


def check_phone(text: str) -> Phone | Fault:
    """One telephone number within the text; Polish unless it says otherwise.

    The old trunk zero (``058 123 45 67``) is dropped. Words beside the number are left out, never dialled
    as letters.
    """
    plain = _TRUNK_ZERO.sub("", unicodedata.normalize("NFKC", text))
    found = {
        format_number(match.number, PhoneNumberFormat.E164)
        for match in PhoneNumberMatcher(plain, "PL", leniency=Leniency.VALID)
    }
    if not found:
        return Fault(
            "phone",
            "To nie wygląda na pełny numer telefonu. Proszę podać dziewięć cyfr, na przykład 600 100 200, "
            "a przy numerze zagranicznym także kierunkowy kraju, na przykład +49.",
        )
    if len(found) > 1:
        return Fault(
            "phone_several", "Podano więcej niż jeden numer telefonu. Proszę wybrać jeden, na przykład 600 100 200."
        )
    return Phone(found.pop())


# What people mean when their mail provider's name is misspelt. Closed lists: guessing by likeness would accuse
# honest domains (vp.pl is a provider, not a misspelt wp.pl).
_PROVIDER_TYPOS: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("gmail.con", "gmail.co", "gmail.cm", "gmail.om", "gmail.pl", "gmail.comm", "gmail.vom", "gmai.com",
         "gmial.com", "gmal.com", "gamil.com", "gmil.com", "gmail.coml", "gnail.com", "gmaill.com", "g.mail.com"),
        "gmail.com",
    ),
    **dict.fromkeys(("wp.lp", "wp.p", "wp.pll", "wp.ol", "wp.com.pl", "w.pl"), "wp.pl"),
    **dict.fromkeys(("o2.lp", "o2.p", "o2.ol", "02.pl"), "o2.pl"),
    **dict.fromkeys(("onet.lp", "onet.p", "onet.ol", "onte.pl", "oent.pl", "one.pl", "onet.com.pl"), "onet.pl"),
    **dict.fromkeys(("interia.lp", "interia.p", "interia.ol", "intera.pl", "inetria.pl", "interai.pl"), "interia.pl"),
    **dict.fromkeys(("outlok.com", "outlook.con", "outloo.com"), "outlook.com"),
    **dict.fromkeys(("hotmial.com", "hotmail.con", "hotmal.com"), "hotmail.com"),
    **dict.fromkeys(("yaho.com", "yahoo.con", "yahooo.com"), "yahoo.com"),
    **dict.fromkeys(("poczta.onet.lp", "poczta.onet.p", "poczta.oent.pl"), "poczta.onet.pl"),
}  # fmt: skip

_EMAIL_TOKEN = re.compile(r"[^\s<>,;()\"]+@[^\s<>,;()\"]+")


def check_email(text: str) -> Email | Fault:
    """One e-mail address within the text. DNS is not asked; a local part outside ASCII is refused, because most
    Polish mail servers refuse it too. A likely slip in the provider's name is a fault with a hint."""
    plain = unicodedata.normalize("NFKC", text).replace("mailto:", "").strip()
    tokens = {token.strip(".:") for token in _EMAIL_TOKEN.findall(plain)}
    if len(tokens) > 1:
        return Fault(
            "email_several", "Podano więcej niż jeden adres e-mail. Proszę wybrać jeden, na przykład imie@example.pl."
        )
    candidate = tokens.pop() if tokens else plain
    if not candidate.rpartition("@")[0].isascii():
        return Fault(
            "email_letters",
            "Adres e-mail zawiera przed znakiem @ litery z ogonkami. Proszę podać adres bez nich, "
            "na przykład imie@example.pl.",
        )
    try:
        checked = validate_email(candidate, check_deliverability=False)
    except EmailNotValidError:
        return Fault(
            "email", "To nie wygląda na pełny adres e-mail. Proszę podać jeden adres, na przykład imie@example.pl."
        )
    meant = _PROVIDER_TYPOS.get(checked.ascii_domain.lower())
    if meant:
        return Fault(
            "email_typo",
            f"W adresie e-mail nazwa poczty po znaku @ wygląda na literówkę; czy chodziło o {meant}? "
            "Proszę podać adres jeszcze raz, na przykład imie@example.pl.",
        )
    return Email(f"{checked.local_part}@{checked.domain.lower()}")


_CLEAR_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without 0 and O, 1 and I: public numbers are read out over the telephone."""


def new_public_number() -> str:
    """A random number under which an application is published, such as ``ZG-7K3M-QX9D``; 40 random bits.

    It tells nothing about the order of receipt. The caller makes sure that it is not taken yet.
    """
    letters = "".join(secrets.choice(_CLEAR_LETTERS) for _ in range(8))
    return f"ZG-{letters[:4]}-{letters[4:]}"


def application_number(project: str, kind: str, area: str, year: int, sequence: int) -> str:
    """The register's number of an application: ``KES/PGR/2205/2018/0001``."""
    return f"{project}/{kind}/{area}/{year}/{sequence:04d}"


_IN_SUBJECT: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:(?P<public>ZG[\s\-\u2010-\u2015]?[A-HJ-NP-Z2-9]{4}[\s\-\u2010-\u2015]?[A-HJ-NP-Z2-9]{4})"
    r"|(?P<register>[A-Z]{2,12}/[A-Z-]{2,12}/\d{2,7}/\d{4}/\d{4,6}))(?![0-9A-Za-z])",
    re.IGNORECASE,
)


def application_in_subject(subject: str) -> str | None:
    """The number of an application that a subject names: ``ZG-7K3M-QX9D`` or the register's, spelt as we spell it.

    ``None`` when it names none, or several different ones. Whether the number exists is not known here.
    """
    found = set()
    for match in _IN_SUBJECT.finditer(unicodedata.normalize("NFKC", subject)):
        if match["register"]:
            found.add(match["register"].upper())
        else:
            letters = re.sub(r"[^0-9A-Za-z]", "", match["public"]).upper()
            found.add(f"ZG-{letters[2:6]}-{letters[6:]}")
    return found.pop() if len(found) == 1 else None
