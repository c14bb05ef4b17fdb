"""Answers that are numbers or addresses with rules of their own: PESEL, NIP, account, telephone, e-mail, postcode."""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from forms.blank_marks import NO_PESEL, NO_PESEL_LABEL
from forms.consents import undecided_box
from forms.filler import one_line
from forms.gathering import Mark
from forms.outcome import Outcome, blank
from models.form_definition import Leaf, LeafType
from models.identifiers import (
    Email,
    Fault,
    Nip,
    Nrb,
    Phone,
    Postcode,
    check_email,
    check_nip,
    check_nrb,
    check_pesel,
    check_phone,
    check_postcode,
)
from models.rules.facts import FieldStatus
from models.territory import plain

_AMBIGUOUS_FAULTS: Final = frozenset({"phone_several", "email_several", "email_typo", "nrb_several"})
_Checked = TypeVar("_Checked")


def _fault(fault: Fault) -> Outcome:
    status = FieldStatus.AMBIGUOUS if fault.code in _AMBIGUOUS_FAULTS else FieldStatus.UNREADABLE
    return Outcome(status, None, fault.code, fault.sentence, 0)


def _by(check: Callable[[str], _Checked | Fault], value: Callable[[_Checked], str]) -> Callable[[str], Outcome]:
    def read(text: str) -> Outcome:
        checked = check(one_line(text))
        return _fault(checked) if isinstance(checked, Fault) else Outcome(FieldStatus.READ, value(checked))

    return read


def _e164(phone: Phone) -> str:
    return phone.dialled


def _address(email: Email) -> str:
    return email.address


def _account_digits(account: Nrb) -> str:
    return account.digits


def _nip_digits(nip: Nip) -> str:
    return nip.digits


def _postcode_text(postcode: Postcode) -> str:
    return postcode.text


CHECKS: Final[Mapping[LeafType, Callable[[str], Outcome]]] = {
    LeafType.PHONE: _by(check_phone, _e164),
    LeafType.EMAIL: _by(check_email, _address),
    LeafType.ACCOUNT: _by(check_nrb, _account_digits),
    LeafType.NIP: _by(check_nip, _nip_digits),
    LeafType.POSTCODE: _by(check_postcode, _postcode_text),
}
_NO_PESEL: Final = re.compile(
    r"(?:brak(?: (?:nr|numeru))?(?: pesel)?|nie (?:mam|posiadam|dotyczy)(?: (?:nr|numeru))?(?: pesel)?)"
)


def pesel_in(leaf: Leaf, marks: tuple[Mark, ...], text: str) -> Outcome:
    """A PESEL number, or that there is none: ticked or written."""
    says_none = bool(_NO_PESEL.fullmatch(plain(text)))
    undecided = any(mark.checked is None for mark in marks)
    ticked = any(mark.checked for mark in marks)
    if text and not says_none and (ticked or undecided):
        return Outcome(
            FieldStatus.CONTRADICTORY,
            None,
            "pesel_and_none",
            f"Wpisano numer PESEL i zaznaczono „{NO_PESEL_LABEL}”. Proszę zostawić jedno z dwojga: "
            "11 cyfr numeru (na przykład 02611210085) albo zaznaczoną kratkę.",
            0,
        )
    if says_none or ticked:
        return Outcome(FieldStatus.READ, NO_PESEL)
    if undecided:
        return undecided_box()
    if not text:
        return blank(leaf)
    checked = check_pesel(text)
    return _fault(checked) if isinstance(checked, Fault) else Outcome(FieldStatus.READ, checked.digits)
