"""What a page of counts, or the log, may say of why a payment waits: a few words by code, never the sentence.

The sentence of a finding tells what one person declared or is owed; it stands in ``nabor todo`` and
``nabor stipend list`` only. A code without words of its own gets the same ones as every other, so that a new finding
cannot tell more by being forgotten here.
"""

from collections.abc import Iterable, Mapping

from models.rules.pay_tables import ROWS

UNCLEAR = "do wyjaśnienia (nabor stipend show)"
STATEMENT = "oświadczenie do wyjaśnienia"
_ACCOUNT = "konto do wyjaśnienia"

PAY_LABELS: Mapping[str, str] = {
    "overpaid": "nadpłata do rozliczenia",
    "shared_account": _ACCOUNT,
    "two_accounts": _ACCOUNT,
    "missing_attendance": "brak wpisanej obecności",
    "absent_now": "obecność do wyjaśnienia",
    "other_statement": STATEMENT,
    "statement_later": STATEMENT,
    "statement_old": STATEMENT,
    "own_employer": STATEMENT,
    "ppk": STATEMENT,
    "contradiction_student_age": STATEMENT,
    "contradiction_sickness": STATEMENT,
    "above_contract": "umowa do wyjaśnienia",
    "other_day": "inny dzień wypłaty niż na rachunku",
    "other_sums": "rachunek do zastąpienia",
    "other_data": "rachunek do zastąpienia",
    "minimum_hourly_rate": "stawka do sprawdzenia",
    "paid_before_work": "dzień wypłaty do sprawdzenia",
}
_MISSING, _NO_ROW = "missing_", "no_row_"
"""What codes begin with: a statement that is missing, and a rate that the tables do not know."""
_RATES = frozenset(row.id for row in ROWS)


def pay_label(code: str) -> str:
    """What the page says for the code of a finding."""
    if code in PAY_LABELS:
        return PAY_LABELS[code]
    if code in _RATES or code.startswith(_NO_ROW):
        return "stawka niepotwierdzona"
    return STATEMENT if code.startswith(_MISSING) else UNCLEAR


def labels_of(codes: Iterable[str]) -> list[str]:
    """Each label once, in the order of the codes."""
    return list(dict.fromkeys(pay_label(code) for code in codes))


def pay_labels(codes: Iterable[str]) -> str:
    """The same in one line."""
    return ", ".join(labels_of(codes))
