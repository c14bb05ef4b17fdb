"""Transfers as a bank file orders them and a bank statement confirms them: values, all amounts in whole grosze."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Payer:
    """Whose account is charged; ``account`` are the 26 digits of an NRB."""

    name: str
    address: str
    account: str


@dataclass(frozen=True)
class Transfer:
    """One payee's money. ``reference`` is ours, at most 16 characters, and names no person."""

    reference: str
    payee_name: str
    payee_address: str
    payee_account: str
    amount: int
    title: str


@dataclass(frozen=True)
class TransferFault:
    """Why a transfer cannot be written, by its reference; empty where the fault is the payer's or the file's."""

    reference: str
    sentence: str


@dataclass(frozen=True)
class Confirmation:
    """What a bank says became of one transfer: carried out, or sent back with the bank's reason."""

    line: int
    """Where it stands in the file, counted from 1."""
    reference: str
    account: str
    """26 digits, or empty where the bank does not repeat it."""
    amount: int
    booked_on: date
    returned: bool
    reason: str = ""


def total(transfers: Sequence[Transfer]) -> int:
    """What all of them take from the account."""
    return sum(transfer.amount for transfer in transfers)
