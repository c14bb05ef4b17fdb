"""What a bank says became of our transfers, read from a statement: MT940 or CSV.

A line of a statement is ours by its reference, which every transfer carries (in its own field, in the title, or both);
all other movements of the account are counted and passed over.
"""

import re
from enum import StrEnum

from flows.adapters.mt940 import read_mt940
from flows.adapters.statement_csv import CsvColumns, read_csv
from flows.adapters.statement_lines import Statement, StatementUnreadable, text_of
from models.rules.bank_profiles import Encoding
from models.rules.transfers import Confirmation

__all__ = ["CsvColumns", "Statement", "StatementKind", "StatementUnreadable", "read_confirmations", "read_statement"]


class StatementKind(StrEnum):
    MT940 = "mt940"
    CSV = "csv"


def read_statement(
    content: bytes,
    *,
    kind: StatementKind,
    references: re.Pattern[str],
    account: str = "",
    encoding: Encoding | None = None,
    columns: CsvColumns | None = None,
) -> Statement:
    """What a statement says about our transfers, in the file's order, and how many movements are not ours.

    ``references``: what a reference of ours looks like; it counts where it stands as a word of its own, in any case.
    ``account``: the payer's 26 digits, for an MT940 file with several accounts. ``encoding``: only where the guess
    spoils the bank's explanations. ``columns``: only for a CSV whose header is not found by itself.

    The answer is the file's, not the books': whether a reference was ordered, and for that amount, is the caller's to
    check. Raises :class:`StatementUnreadable` with every faulty line; then nothing of the file counts.
    """
    text = text_of(content, encoding)
    if kind is StatementKind.MT940:
        return read_mt940(text, references, account)
    return read_csv(text, references, columns)


def read_confirmations(
    content: bytes,
    *,
    kind: StatementKind,
    references: re.Pattern[str],
    account: str = "",
    encoding: Encoding | None = None,
    columns: CsvColumns | None = None,
) -> list[Confirmation]:
    """:func:`read_statement` without its counts."""
    return list(
        read_statement(
            content, kind=kind, references=references, account=account, encoding=encoding, columns=columns
        ).confirmations
    )
