"""Which contributions are due by what the payee declared, or what stands in the way of knowing."""

from collections.abc import Mapping
from datetime import date

from models.rules.pay import PayCase, PaymentKind, Remark, Statements, Work
from models.rules.pay_tables import Row, Table, find_row


def case_of(
    work: Work, statements: Statements, *, paid_on: date, worked_on: date, kept: Mapping[str, Row] | None = None
) -> tuple[PayCase | None, list[Remark]]:
    """Which contributions are due, or what stands in the way of knowing."""
    if work.kind is not PaymentKind.REMUNERATION:
        return PayCase.EXEMPT, []
    missing: list[Remark] = []
    if statements.employed_by_payer is None:
        missing.append(_missing("employed_by_payer", "czy osoba jest pracownikiem płatnika"))
    elif statements.employed_by_payer:
        missing.append(
            Remark(
                "own_employer",
                "Osoba jest pracownikiem płatnika: obowiązują inne składki (art. 8 ust. 2a ustawy o systemie "
                "ubezpieczeń społecznych). Rozliczenie ustala pracownik księgowości.",
            )
        )
    if statements.ppk:
        missing.append(
            Remark(
                "ppk",
                "Osoba uczestniczy w pracowniczych planach kapitałowych (PPK) u płatnika: dochodzą wpłaty do PPK. "
                "Rozliczenie ustala pracownik księgowości.",
            )
        )
    birthday = birthday_26(statements.birth_date)
    student = statements.student_under_26
    if student is None and birthday is not None and worked_on >= birthday:
        student = False
    relief = find_row(Table.YOUNG_RELIEF, paid_on=paid_on, worked_on=worked_on, kept=kept)
    if birthday is None and (relief is not None or student):
        missing.append(_missing("birth_date", "data urodzenia"))
    if student is None:
        missing.append(_missing("student_under_26", "czy osoba uczy się lub studiuje i nie ukończyła 26 lat"))
    elif student:
        if birthday is not None and worked_on >= birthday:
            missing.append(
                Remark(
                    "contradiction_student_age",
                    "Oświadczenie o statusie ucznia lub studenta do 26 lat przeczy dacie urodzenia.",
                )
            )
        return (PayCase.STUDENT if not missing else None), missing
    elif statements.employed_elsewhere_at_minimum is None:
        missing.append(
            _missing(
                "employed_elsewhere_at_minimum",
                "czy osoba jest zatrudniona gdzie indziej co najmniej za minimalne wynagrodzenie",
            )
        )
    elif statements.employed_elsewhere_at_minimum:
        if statements.voluntary_sickness:
            missing.append(
                Remark(
                    "contradiction_sickness",
                    "Dobrowolne ubezpieczenie chorobowe nie jest możliwe bez obowiązkowych składek społecznych; "
                    "wyjaśnij oświadczenie.",
                )
            )
        return (PayCase.HEALTH_ONLY if not missing else None), missing
    elif statements.voluntary_sickness is None:
        missing.append(_missing("voluntary_sickness", "czy osoba wnosi o dobrowolne ubezpieczenie chorobowe"))
    return (PayCase.FULL_SOCIAL if not missing else None), missing


def birthday_26(birth_date: date | None) -> date | None:
    """The day somebody turns 26; the last of February for one born on the 29th (art. 112 of the Civil Code)."""
    if birth_date is None:
        return None
    if (birth_date.month, birth_date.day) == (2, 29):
        return date(birth_date.year + 26, 2, 28)
    return birth_date.replace(year=birth_date.year + 26)


def _missing(code: str, what: str) -> Remark:
    return Remark(f"missing_{code}", f"Brak oświadczenia: {what}.")
