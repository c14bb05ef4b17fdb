"""The payment list (lista wypłat) in Word: what is printed, checked and signed beside the workbook of the same number.

It leaves out PESEL and what only a computation needs; the workbook has both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from templates.documents.bill import spaced_account
from templates.documents.payment_list import Payee
from templates.polish import NBSP, amount, amount_in_words, amount_zl, counted, long_date, person_key, short_date
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, bullets, data_table, key_values, paragraph, signature_lines


@dataclass(frozen=True, kw_only=True)
class PaymentListWordDocument:
    """``about``: what the list pays for, as rows of label and text („Spotkanie”, „Grupa” …)."""

    letterhead: Letterhead
    number: str
    about: Sequence[tuple[str, str]]
    issued_on: date
    paid_on: date
    payees: Sequence[Payee]
    digest: str = ""
    """The frozen list's digest, which binds the paper to the list that is exported; empty while it is not frozen."""


_COLUMNS = (
    Column("Lp.", 1.0, Align.CENTER),
    Column("Nr rachunku", 2.9),
    Column("Nazwisko i imię", 5.1),
    Column("Numer konta", 3.8),
    Column("Brutto", 2.5, Align.RIGHT),
    Column("Składki społeczne", 2.5, Align.RIGHT),
    Column("Składka zdrowotna", 2.5, Align.RIGHT),
    Column("Podatek", 2.5, Align.RIGHT),
    Column("Do wypłaty", 2.7, Align.RIGHT),
)
_MONEY = 5


def payment_list_word(payments: PaymentListWordDocument) -> bytes:
    """The .docx list, in Polish order of names, with a total of every column and the sum to pay in words."""
    document = start(f"Lista wypłat nr {payments.number}", payments.letterhead, payments.issued_on, landscape=True)
    key_values(
        document,
        (
            *payments.about,
            ("Sporządzono", short_date(payments.issued_on)),
            ("Wypłata", f"{long_date(payments.paid_on)}, przelewem na konta podane niżej"),
        ),
        caption="Czego dotyczy lista wypłat",
        label_width_cm=4.0,
    )
    payees = sorted(payments.payees, key=lambda payee: person_key(payee.last_name, payee.first_name))
    rows = [
        (
            f"{number}.",
            payee.bill_number,
            f"{payee.last_name} {payee.first_name}",
            _in_two_lines(spaced_account(payee.account)),
            *map(amount, _sums(payee)),
        )
        for number, payee in enumerate(payees, start=1)
    ]
    sums = [sum(column) for column in zip(*map(_sums, payees), strict=True)] or [0] * _MONEY
    rows.append(("", "", "Razem", "", *map(amount, sums)))
    data_table(document, _COLUMNS, rows, caption="Osoby i kwoty w złotych", last_row_bold=True, keep_with_next=True)
    to_pay, people = sums[-1], counted(len(payees), "osoby", "osób", "osób")
    paragraph(
        document,
        f"Lista nr {payments.number}: do wypłaty {amount_zl(to_pay)} dla {people}, słownie: {amount_in_words(to_pay)}.",
        bold=True,
        keep_with_next=True,
    )
    if remarks := [(number, payee.remark) for number, payee in enumerate(payees, start=1) if payee.remark]:
        paragraph(document, "Uwagi", bold=True, keep_with_next=True)
        bullets(document, [f"poz. {number}: {remark}" for number, remark in remarks])
    if payments.digest:
        paragraph(document, f"Skrót zamkniętej listy: {payments.digest}", keep_with_next=True)
    signature_lines(
        document,
        ["sporządzono – data i podpis", "sprawdzono – data i podpis", "zatwierdzono do wypłaty – data i podpis"],
        per_row=3,
    )
    return to_bytes(document)


def _sums(payee: Payee) -> tuple[int, ...]:
    """Grosze in the order of the columns: gross less the three that are withheld is what is paid."""
    amounts = payee.amounts
    return (amounts.gross, amounts.social, amounts.health, amounts.tax, amounts.net)


def _in_two_lines(account: str) -> str:
    """Broken where the eye can follow: two digits and three groups, then four groups."""
    groups = account.split(" ")
    return "\n".join(NBSP.join(part) for part in (groups[:4], groups[4:]) if part)
