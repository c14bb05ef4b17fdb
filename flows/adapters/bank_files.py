"""Payment files for a bank: Elixir-O and pain.001.001.09, checked whole before one byte exists.

Equal input gives equal bytes. A file only prepares orders: a person authorises them in the bank.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final, TypeVar, cast

from lxml import etree

from models.errors import BadInput
from models.rules.bank_profiles import PROFILES, BankFormat, BankProfile, Quoting, ReferenceStyle
from models.rules.transfer_checks import PartyLines, faults, party_lines, title_lines, title_of
from models.rules.transfers import Payer, Transfer, TransferFault, total

__all__ = ["PROFILES", "PaymentRefused", "faults", "payment_file", "profile_of"]

_Lines = TypeVar("_Lines")

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
# The stubs know no default namespace, which has no prefix.
_NAMESPACES = cast("dict[str, str]", {None: _NAMESPACE})
# ISO 20022's external code for the Polish national clearing numbers: digits 3–10 of an NRB.
_POLISH_CLEARING: Final = "PLKNR"
_MESSAGE_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9./-]{0,33}[A-Za-z0-9])?")


class PaymentRefused(BadInput):
    """The file cannot be written; ``faults`` says why, by reference."""

    def __init__(self, found: Sequence[TransferFault]) -> None:
        super().__init__(
            "Pliku dla banku nie utworzono. "
            + " ".join(fault.sentence for fault in found[:10])
            + (f" Takich przeszkód jest więcej: razem {len(found)}." if len(found) > 10 else "")
        )
        self.faults = tuple(found)


def profile_of(code: str) -> BankProfile:
    """The profile of a code that an officer wrote; :class:`BadInput` names those that there are."""
    try:
        return PROFILES[code]
    except KeyError:
        raise BadInput(f"Nie ma profilu banku „{code}”. Do wyboru są: {', '.join(sorted(PROFILES))}.") from None


def payment_file(
    profile: BankProfile,
    payer: Payer,
    transfers: Sequence[Transfer],
    *,
    on: date,
    created_at: datetime,
    message_id: str,
) -> bytes:
    """The file as the bank imports it, transfers in the order given.

    ``on``: when the bank is to carry them out. ``created_at`` (aware) and ``message_id`` (at most 35 characters) are
    written into pain.001 only; Elixir-O has no header. Raises :class:`PaymentRefused` with every fault.
    """
    if found := faults(profile, payer, transfers, on=on):
        raise PaymentRefused(found)
    if profile.format is BankFormat.ELIXIR_O:
        return _elixir_o(profile, payer, transfers, on)
    if not _MESSAGE_ID.fullmatch(message_id):
        raise BadInput(
            "Oznaczenie pliku dla banku może mieć do 35 liter bez ogonków, cyfr, łączników, kropek i ukośników."
        )
    return _pain_001(profile, payer, transfers, on, created_at, message_id)


def _elixir_o(profile: BankProfile, payer: Payer, transfers: Sequence[Transfer], on: date) -> bytes:
    """One line a transfer, 16 fields by commas, CRLF after each, no header."""

    def text(value: str) -> str:
        return f'"{value}"' if profile.quoting is Quoting.TEXT else value

    def block(lines: Sequence[str]) -> str:
        padding = [""] * (4 - len(lines)) if profile.every_line else []
        return text("|".join([*lines, *padding]))

    written = []
    for transfer in transfers:
        fields = (
            "110",
            f"{on:%Y%m%d}",
            str(transfer.amount),
            payer.account[2:10],
            "0",
            text(payer.account),
            text(transfer.payee_account),
            block(_fitting(party_lines(profile, payer.name, payer.address)).all),
            block(_fitting(party_lines(profile, transfer.payee_name, transfer.payee_address)).all),
            "0",
            transfer.payee_account[2:10],
            block(_fitting(title_lines(profile, title_of(profile, transfer)))),
            text(""),
            text(""),
            text("51"),
            text(_field_16(profile.reference, transfer.reference)),
        )
        written.append(",".join(fields) + "\r\n")
    return "".join(written).encode(profile.encoding)


def _field_16(style: ReferenceStyle, reference: str) -> str:
    match style:
        case ReferenceStyle.NONE:
            return ""
        case ReferenceStyle.PLAIN:
            return reference
        case ReferenceStyle.DOLLARS:
            return f"$$${reference}$$$"


def _fitting(lines: _Lines | None) -> _Lines:
    """Lines that the check has found to fit."""
    if lines is None:
        raise AssertionError("a text that does not fit came through the check")
    return lines


def _pain_001(
    profile: BankProfile,
    payer: Payer,
    transfers: Sequence[Transfer],
    on: date,
    created_at: datetime,
    message_id: str,
) -> bytes:
    """One payment information block of credit transfers (PmtMtd TRF) in PLN."""
    count, control_sum = str(len(transfers)), _decimal(total(transfers))
    document = etree.Element(f"{{{_NAMESPACE}}}Document", nsmap=_NAMESPACES)
    initiation = _in(document, "CstmrCdtTrfInitn")

    header = _in(initiation, "GrpHdr")
    _in(header, "MsgId", message_id)
    _in(header, "CreDtTm", f"{created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _in(header, "NbOfTxs", count)
    _in(header, "CtrlSum", control_sum)
    party = _fitting(party_lines(profile, payer.name, payer.address))
    _in(_in(header, "InitgPty"), "Nm", party.name[0])

    payment = _in(initiation, "PmtInf")
    _in(payment, "PmtInfId", message_id)
    _in(payment, "PmtMtd", "TRF")
    _in(payment, "NbOfTxs", count)
    _in(payment, "CtrlSum", control_sum)
    _in(_in(payment, "ReqdExctnDt"), "Dt", on.isoformat())
    _party(payment, "Dbtr", party)
    _account(payment, "DbtrAcct", payer.account)
    _bank(payment, "DbtrAgt", payer.account)
    for transfer in transfers:
        one = _in(payment, "CdtTrfTxInf")
        _in(_in(one, "PmtId"), "EndToEndId", transfer.reference)
        _in(_in(one, "Amt"), "InstdAmt", _decimal(transfer.amount)).set("Ccy", "PLN")
        _bank(one, "CdtrAgt", transfer.payee_account)
        _party(one, "Cdtr", _fitting(party_lines(profile, transfer.payee_name, transfer.payee_address)))
        _account(one, "CdtrAcct", transfer.payee_account)
        _in(_in(one, "RmtInf"), "Ustrd", _fitting(title_lines(profile, title_of(profile, transfer)))[0])
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _in(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}")
    child.text = text
    return child


def _party(parent: etree._Element, name: str, lines: PartyLines) -> None:
    party = _in(parent, name)
    _in(party, "Nm", lines.name[0])
    if lines.address:
        address = _in(party, "PstlAdr")
        # No country: an address of one text does not say which, and none is guessed.
        for line in lines.address:
            _in(address, "AdrLine", line)


def _account(parent: etree._Element, name: str, account: str) -> None:
    _in(_in(_in(parent, name), "Id"), "IBAN", f"PL{account}")


def _bank(parent: etree._Element, name: str, account: str) -> None:
    """By its clearing number, which the account holds; the BIC is in no document of the office."""
    member = _in(_in(_in(parent, name), "FinInstnId"), "ClrSysMmbId")
    _in(_in(member, "ClrSysId"), "Cd", _POLISH_CLEARING)
    _in(member, "MmbId", account[2:10])


def _decimal(grosze: int) -> str:
    return f"{grosze // 100}.{grosze % 100:02d}"
