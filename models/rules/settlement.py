"""From confirmed hours to what a payee gets: contributions, tax and net pay on a contract of mandate (umowa zlecenia).

Pure and in whole grosze. Rates come from ``pay_tables``; the date of *payment* selects taxes and contributions, the
date of *work* the minimum hourly rate. Contributions are computed on the payee's sum of the calendar month, so that
two payments give the same contributions as one; the tax advance is taken from each payment by itself (art. 41 ust. 1
of the income tax act). Nothing is assumed: a missing statement gives a settlement without amounts and with the
reason, an unconfirmed row one with amounts that may not be paid yet.

Not decided here, only shown to a person: work for one's own employer (art. 8 ust. 2a of the social insurance act),
a payee in the employee capital plans (PPK), and a health contribution above the tax advance (art. 83 of the health care
benefits act; sums of a few złoty). The yearly ceiling of the pension base is not watched: pay of a working group stays
far below it; nor is what other payers paid, of which only the payee knows.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from models.rules.contributions import compute
from models.rules.grosze import zloty
from models.rules.pay import (
    Amounts,
    EarlierPayment,
    Line,
    MinimumRate,
    PaymentKind,
    RatePer,
    Remark,
    Settlement,
    Statements,
    Work,
)
from models.rules.pay_case import case_of
from models.rules.pay_law import Law
from models.rules.pay_tables import Row, RowStatus, Table

ALGORITHM = "pay-1"


def gross_for(minutes: int, rate: int, per: RatePer, *, days: int = 0) -> int:
    """Gross pay in grosze for confirmed attendance; ``rate`` in grosze, a part of an hour counts half up to a grosz.

    Pay by the day counts the days attended, pay by the meeting is one sum for any attendance at all.
    """
    if minutes < 0 or rate < 0 or days < 0:
        raise ValueError("minutes, rate and days are never negative")
    match per:
        case RatePer.HOUR:
            return (minutes * rate + 30) // 60
        case RatePer.DAY:
            return days * rate
        case RatePer.MEETING:
            return rate if minutes or days else 0


def gross_by_day(minutes: Sequence[int], rate: int, per: RatePer) -> tuple[int, ...]:
    """What each day of a meeting comes to, in grosze, so that the days add up to ``gross_for`` of all of them.

    ``minutes`` of each day, nothing for a day of absence. A part of a grosz falls to the day on which the running sum
    reaches it; one sum for the meeting is spread by minutes.
    """
    shares: list[int] = []
    whole, attended, so_far = sum(minutes), 0, 0
    for place, day in enumerate(minutes, start=1):
        attended += day > 0
        running = sum(minutes[:place])
        if per is RatePer.MEETING:
            due = rate * running // whole if whole else 0
        else:
            due = gross_for(running, rate, per, days=attended)
        shares.append(due - so_far)
        so_far = due
    return tuple(shares)


def settle(
    work: Work,
    statements: Statements,
    *,
    paid_on: date,
    worked_on: date,
    earlier: Sequence[EarlierPayment] = (),
    year_before: int = 0,
    confirmed: Collection[str] = (),
    kept: Mapping[str, Row] | None = None,
) -> Settlement:
    """Settle one payment made on ``paid_on`` for work done on ``worked_on``.

    ``earlier`` are the payee's other payments of the same calendar month, ``year_before`` the gross in grosze of those
    in the months before it in the same year, ``confirmed`` the ids of table rows that the office has confirmed.
    ``kept`` are rows as they stood when the same payment was computed before. Raises ``ValueError`` when an earlier
    payment is of another month.
    """
    if any((payment.paid_on.year, payment.paid_on.month) != (paid_on.year, paid_on.month) for payment in earlier):
        raise ValueError("earlier payments must be of the month of payment")
    warnings, blocks = _circumstances(work, paid_on, worked_on)
    case, missing = case_of(work, statements, paid_on=paid_on, worked_on=worked_on, kept=kept)
    blocks += missing
    law = Law(paid_on, worked_on, kept)
    minimum_rate = _minimum_rate(work, law)
    if minimum_rate and not minimum_rate.met:
        warnings.append(
            Remark(
                "minimum_hourly_rate",
                f"Stawka {zloty(minimum_rate.reached)} za godzinę jest niższa od minimalnej "
                f"({zloty(minimum_rate.required)}).",
            )
        )
    amounts: Amounts | None = None
    lines: tuple[Line, ...] = ()
    if case is not None:
        amounts, lines = compute(work, statements, case, earlier, law, year_before=year_before)
        warnings += law.warnings
        blocks += law.blocks
    for row in law.rows:
        if row.status is RowStatus.UNCONFIRMED and row.id not in confirmed:
            blocks.append(Remark(row.id, f"Niepotwierdzone ({row.source}): {row.note}"))
        elif row.note:
            warnings.append(Remark(row.id, row.note))
    blocks += law.missing
    return Settlement(
        algorithm=ALGORITHM,
        kind=work.kind,
        paid_on=paid_on,
        worked_on=worked_on,
        minutes=work.minutes,
        gross=work.gross,
        case=case,
        amounts=amounts,
        lines=lines,
        minimum_rate=minimum_rate,
        rows=tuple(law.rows),
        warnings=tuple(warnings),
        blocked_by=tuple(blocks),
    )


ALGORITHMS: Mapping[str, Callable[..., Settlement]] = {ALGORITHM: settle}
"""Every way that payments were ever computed, by the id their records name: an old one stays runnable."""


def _circumstances(work: Work, paid_on: date, worked_on: date) -> tuple[list[Remark], list[Remark]]:
    warnings: list[Remark] = []
    blocks: list[Remark] = []
    if work.gross == 0:
        blocks.append(Remark("nothing_to_pay", "Nie ma nic do wypłaty: kwota brutto wynosi 0,00 zł."))
    elif work.minutes == 0 and work.kind is PaymentKind.REMUNERATION:
        blocks.append(Remark("no_hours", "Nie ma potwierdzonych godzin, a wypłata należy się za godziny potwierdzone."))
    if paid_on < worked_on:
        warnings.append(Remark("paid_before_work", "Dzień wypłaty jest wcześniejszy niż dzień pracy."))
    return warnings, blocks


def _minimum_rate(work: Work, law: Law) -> MinimumRate | None:
    if work.kind is not PaymentKind.REMUNERATION or not work.minutes:
        return None
    row = law.must(Table.MINIMUM_HOURLY)
    if row is None:
        return None
    return MinimumRate(
        required=row.value,
        reached=(work.gross + work.already) * 60 // work.minutes,
        met=(work.gross + work.already) * 60 >= row.value * work.minutes,
    )
