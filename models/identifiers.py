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
    extension: str = field(default="", repr=False)

    @property
    def dialled(self) -> str:
        """With the extension as RFC 3966 writes it: ``+48586811122;ext=15``."""
        return f"{self.e164};ext={self.extension}" if self.extension else self.e164


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


_ACCOUNT: Final = re.compile(r"(?<!\d)\d(?:[ .\-\u2010-\u2015]{0,3}\d){25}(?![ .\-\u2010-\u2015]?\d)")


def check_nrb(text: str) -> Nrb | Fault:
    """A Polish account number of 26 digits with its check digits (IBAN, modulo 97); a leading ``PL`` and words beside
    the number, such as the bank's name, are dropped. Two accounts are a fault: nobody may choose between them."""
    plain = unicodedata.normalize("NFKC", text)
    found = {re.sub(r"\D", "", one) for one in _ACCOUNT.findall(plain)}
    if len(found) > 1:
        return Fault(
            "nrb_several",
            "Podano więcej niż jeden numer rachunku. Proszę zostawić jeden, "
            "zwykle zapisany tak: 12 3456 7890 1234 5678 9012 3456.",
        )
    digits = found.pop() if found else ""
    if len(digits) != 26:
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


_EXTENSION: Final = re.compile(r"\b(?:wewn?|w|ext)\b[\s.:]*(\d{1,6})(?!\d)|#\s*(\d{1,6})(?!\d)", re.IGNORECASE)
_LONGEST_REST: Final = 5
"""Digits beside a number that may be an hour or a year; more of them are most likely a second number, mistyped."""
_TRUNK_ZERO = re.compile(r"(?<![\d+])\(?0[ \u00a0]?\)?(?=[ \u00a0(]*[1-9])(?=(?:\D{0,2}\d){9}(?!\d))")


def check_phone(text: str) -> Phone | Fault:
    """One telephone number within the text; Polish unless it says otherwise.

    The old trunk zero (``058 123 45 67``) is dropped, an extension („wew. 15”) is kept. Words beside the number are
    left out, never dialled as letters.
    """
    plain = unicodedata.normalize("NFKC", text)
    extension = _EXTENSION.search(plain)
    plain = _TRUNK_ZERO.sub("", _EXTENSION.sub(" ", plain))
    matches = list(PhoneNumberMatcher(plain, "PL", leniency=Leniency.VALID))
    found = {format_number(match.number, PhoneNumberFormat.E164) for match in matches}
    if not found:
        return Fault(
            "phone",
            "To nie wygląda na pełny numer telefonu. Proszę podać dziewięć cyfr, na przykład 600 100 200, "
            "a przy numerze zagranicznym także kierunkowy kraju, na przykład +49.",
        )
    for match in matches:
        plain = plain.replace(match.raw_string, "\n")
    rest = max((len(re.sub(r"\D", "", run)) for run in re.findall(r"\d[\d \-]*", plain)), default=0)
    if len(found) > 1 or rest > _LONGEST_REST:
        return Fault(
            "phone_several", "Podano więcej niż jeden numer telefonu. Proszę wybrać jeden, na przykład 600 100 200."
        )
    return Phone(found.pop(), (extension[1] or extension[2]) if extension else "")


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

_ENDING_TYPOS: Final[dict[str, str]] = {
    **dict.fromkeys(("con", "comm", "cmo", "ocm", "vom", "cpm", "coom", "xom"), "com"),
    **dict.fromkeys(("lp", "pll", "ppl", "ol"), "pl"),
    **dict.fromkeys(("ogr", "orgg"), "org"),
}
"""Endings that no domain in the world has, and what was meant."""

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
    domain = checked.ascii_domain.lower()
    ending = _ENDING_TYPOS.get(domain.rpartition(".")[2])
    meant = _PROVIDER_TYPOS.get(domain) or (f"końcówkę „.{ending}”" if ending else "")
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


WHOLE_PROJECT = "PL"
"""How the numbers of a call for the whole project say its area, which is no TERYT code."""


def call_code(project: str, kind: str, area: str, year: int) -> str:
    """The code of a call: ``KES/PGR/2205/2018``; of one for units of the whole project, ``KES/GMINY/PL/2018``."""
    return f"{project}/{kind}/{area or WHOLE_PROJECT}/{year}"


def application_number(project: str, kind: str, area: str, year: int, sequence: int) -> str:
    """The register's number of an application: ``KES/PGR/2205/2018/0001``."""
    return f"{call_code(project, kind, area, year)}/{sequence:04d}"


_PUBLIC_NUMBER = rf"ZG-[{_CLEAR_LETTERS}]{{4}}-[{_CLEAR_LETTERS}]{{4}}"
_TOKEN = re.compile(rf"({_PUBLIC_NUMBER})\.([0-9a-f]{{24}})", re.ASCII)
_DASH = r"[\s\-\u2010-\u2015]?"
_IN_SUBJECT = re.compile(
    rf"(?<![0-9A-Za-z])(?:ZG{_DASH}(?P<first>[{_CLEAR_LETTERS}]{{4}}){_DASH}(?P<last>[{_CLEAR_LETTERS}]{{4}})"
    r"(?P<check>\.[0-9A-F]{24})?"
    r"|(?P<register>[A-Z][A-Z0-9-]*/[A-Z][A-Z0-9-]*/(?:[0-9]{2,7}|PL)/[0-9]{4}/[0-9]{4,9}))(?![0-9A-Za-z])",
    re.IGNORECASE,
)


def application_in_subject(subject: str) -> str | None:
    """The application a mail's subject names: a public number (or a whole token), or a number of the register.

    Spelt as we spell it, whatever dashes a program put in. ``None`` when it names none, or more than one. Whether it is
    in the register, nobody has asked yet.
    """
    found = set()
    for match in _IN_SUBJECT.finditer(unicodedata.normalize("NFKC", subject)):
        if match["register"]:
            found.add(match["register"].upper())
        else:
            found.add(f"ZG-{match['first']}-{match['last']}".upper() + (match["check"] or "").lower())
    return found.pop() if len(found) == 1 else None


def application_token(public_number: str, check: str) -> str:
    """The hidden id of a copy that goes out: the public number and a keyed check of it (hexadecimal)."""
    return f"{public_number}.{check[:24]}"


def split_token(token: str) -> tuple[str, str] | None:
    """Public number and check of a token; ``None`` for anything else, such as a plain number."""
    match = _TOKEN.fullmatch(token)
    return (match[1], match[2]) if match else None
