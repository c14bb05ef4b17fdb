"""Money as the Prefect page may show it: counts, sums of many, and what stops whom, by application number.

Prefect's database holds ids and counts only (law 1). A sum of a few people would tell what one of them gets, so sums
are told of three payees and more; and the sentence of a finding tells what one declared or is owed, so only a label by
its code is shown.
"""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from flows.steps.batch_records import find_batch, lines_of_batch
from flows.steps.meetings import find_meeting
from models.glossary import label
from models.pay_labels import pay_labels
from models.tables import Application, Membership, Stipend
from models.tables.stipends import COUNTED, StipendState
from templates.polish import amount_zl

FEWEST = 3
"""Of so many payees a sum says nothing about one."""


@dataclass(frozen=True)
class PayOverview:
    """Labels with what belongs to them, and who waits for what."""

    totals: tuple[tuple[str, str], ...]
    waiting: tuple[tuple[str, str], ...]


def settled_meeting(session: Session, call_code: str, meeting_code: str) -> PayOverview:
    """The payments of a meeting: how many in which state, their sums, and what stops whom."""
    _, _, meeting = find_meeting(session, call_code, meeting_code)
    rows = session.exec(
        select(Stipend, Application.number)
        .join(Membership, col(Membership.id) == Stipend.membership_id)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Stipend.meeting_id == meeting.id, Stipend.state != StipendState.SUPERSEDED)
        .order_by(Application.number, col(Stipend.version))
    ).all()
    states = Counter(stipend.state for stipend, _ in rows)
    counted = [stipend for stipend, _ in rows if stipend.state in COUNTED]
    return PayOverview(
        totals=(
            *((f"Rozliczenia: {label(state)}", str(states[state])) for state in StipendState if states[state]),
            ("Brutto razem", _sum([one.gross for one in counted])),
            ("Do wypłaty razem", _sum([one.net for one in counted])),
        ),
        waiting=tuple(
            (number, pay_labels(str(one["code"]) for one in (*stipend.blocks, *stipend.doubts)))
            for stipend, number in rows
            if stipend.blocks or stipend.doubts
        ),
    )


def batch_totals(session: Session, number: str) -> PayOverview:
    """A batch: its state, how many transfers stand where, and their sum."""
    batch = find_batch(session, number)
    lines = lines_of_batch(session, batch)
    states = Counter(line.item.state for line in lines)
    return PayOverview(
        totals=(
            ("Stan listy", label(batch.state)),
            ("Dzień wypłaty", f"{batch.paid_on:%d.%m.%Y}"),
            *((f"Przelewy: {label(state)}", str(count)) for state, count in states.items()),
            ("Razem", _sum([line.item.amount for line in lines])),
        ),
        waiting=(),
    )


def _sum(amounts: list[int]) -> str:
    return amount_zl(sum(amounts)) if len(amounts) >= FEWEST else f"mniej niż {FEWEST} osoby; kwoty: nabor stipend list"
