"""What payments cost: by group and against its budget, by meeting and by month of payment, in grosze.

Counted is what is owed, ordered or paid. Money that was paid too much stands apart: nothing was taken off, so it is
still spent. What the payer adds is reckoned on the month of each payee, within the area that the officer sees.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from flows.steps.projects import definition_for, definition_of, newest_version
from flows.steps.rates import confirmed_rows
from models.actor import Actor, Right
from models.rules.payer_cost import payer_lines
from models.tables import Call, Group, Meeting, MeetingDay, Membership, Stipend
from models.tables.stipends import COMMITTED, COUNTED, StipendState


@dataclass(frozen=True)
class Spent:
    """Sums in grosze, each over some payments."""

    payments: int = 0
    gross: int = 0
    committed: int = 0
    """The part of ``gross`` that was ordered or paid."""
    net: int = 0
    payer: int = 0
    """Contributions of the payer on top of gross, by rates that are confirmed."""
    payer_open: int = 0
    """Those by rates that nobody has confirmed; not part of ``total``."""
    overpaid: int = 0
    """Gross that was paid though less was due; still part of ``gross``."""
    blocked: int = 0
    """How many payments wait for a person; their sums are in no total."""
    minutes: int = 0

    @property
    def total(self) -> int:
        """What it costs the office."""
        return self.gross + self.payer

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class GroupCost:
    project: str
    call: str
    group: str
    meetings: int
    spent: Spent
    budget: int | None
    """Grosze of gross; ``None``: not watched."""

    @property
    def used(self) -> int | None:
        """Basis points of the budget, rounded down."""
        return None if self.budget is None else self.spent.gross * 10_000 // self.budget

    @property
    def left(self) -> int | None:
        return None if self.budget is None else self.budget - self.spent.gross


@dataclass(frozen=True)
class MeetingCost:
    call: str
    meeting: str
    title: str
    first: date
    last: date
    spent: Spent


@dataclass(frozen=True)
class MonthCost:
    """``month`` as ``2018-10``: of the day of payment."""

    project: str
    month: str
    spent: Spent


@dataclass(frozen=True)
class Costs:
    groups: tuple[GroupCost, ...]
    meetings: tuple[MeetingCost, ...]
    months: tuple[MonthCost, ...]

    @property
    def total(self) -> Spent:
        return sum((one.spent for one in self.groups), Spent())


def costs(session: Session, *, actor: Actor) -> Costs:
    """Everything within the actor's area. A paid group without a payment has its budget and nothing spent."""
    actor.require(Right.MONEY)
    paid = _payments(session)
    meetings = session.exec(select(Meeting).order_by(col(Meeting.id))).all()
    days = _days(session)
    calls = {row.id: row for row in session.exec(select(Call)).all()}
    by_meeting: dict[int, Spent] = defaultdict(Spent)
    by_month: dict[tuple[str, str], Spent] = defaultdict(Spent)
    project_of: dict[int | None, str] = {}
    of_group: dict[int | None, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        of_group[meeting.group_id].append(meeting)
        project_of[meeting.id] = definition_of(session, meeting.project_version_id).code
    for row, spent in paid:
        by_meeting[row.meeting_id] += spent
        by_month[project_of[row.meeting_id], f"{row.paid_on:%Y-%m}"] += spent
    groups, of_meetings = [], []
    for group in session.exec(select(Group).order_by(col(Group.id))).all():
        call = calls[group.call_id]
        project, budget, is_paid = _budget(session, call, group)
        ours = of_group[group.id]
        if not is_paid and not any(meeting.id in by_meeting for meeting in ours):
            continue
        spent = sum((by_meeting[meeting.id] for meeting in ours if meeting.id in by_meeting), Spent())
        groups.append(GroupCost(project, call.code, group.name, len(ours), spent, budget))
        of_meetings += [
            MeetingCost(call.code, one.code, one.title, *days[one.id], by_meeting[one.id])
            for one in ours
            if one.id in by_meeting and one.id in days
        ]
    months = [MonthCost(project, month, spent) for (project, month), spent in sorted(by_month.items())]
    return Costs(tuple(groups), tuple(of_meetings), tuple(months))


def _payments(session: Session) -> list[tuple[Stipend, Spent]]:
    """What each standing record costs, in the order they were made, so that a payee's month adds up."""
    confirmed = confirmed_rows(session)
    bases: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    found = []
    rows: Iterable[tuple[Stipend, int]] = session.exec(
        select(Stipend, Membership.person_id)
        .join(Membership, col(Membership.id) == Stipend.membership_id)
        .where(Stipend.state != StipendState.SUPERSEDED)
        .order_by(col(Stipend.id))
    )
    for row, person_id in rows:
        if row.state not in COUNTED:
            found.append((row, Spent(blocked=1, overpaid=max(0, -row.gross))))
            continue
        spent = Spent(
            payments=1,
            gross=row.gross,
            committed=row.gross if row.state in COMMITTED else 0,
            net=row.net,
            minutes=row.minutes,
        )
        # Who pays social contributions pays them on the whole gross.
        if row.social:
            month = bases[person_id, row.paid_on.year, row.paid_on.month]
            lines = payer_lines(row.gross, paid_on=row.paid_on, bases_before=month, confirmed=confirmed)
            month.append(row.gross)
            spent = replace(
                spent,
                payer=sum(line.amount for line in lines if line.counted),
                payer_open=sum(line.amount for line in lines if not line.counted),
            )
        found.append((row, spent))
    return found


def _days(session: Session) -> dict[int | None, tuple[date, date]]:
    found: dict[int | None, tuple[date, date]] = {}
    for meeting_id, on in session.exec(select(MeetingDay.meeting_id, col(MeetingDay.on)).order_by(col(MeetingDay.on))):
        first, _ = found.get(meeting_id, (on, on))
        found[meeting_id] = (first, on)
    return found


def _budget(session: Session, call: Call, group: Group) -> tuple[str, int | None, bool]:
    """The project, the budget as its newest version has it, and whether the group is paid at all."""
    code = definition_for(session, call).code
    version = newest_version(session, code)
    assert version.id is not None
    kinds: Sequence[tuple[str, int | None, bool]] = [
        (kind.code, kind.pay.budget_grosze if kind.pay else None, kind.pay is not None)
        for kind in definition_of(session, version.id).group_kinds
    ]
    for kind, budget, is_paid in kinds:
        if kind == group.kind:
            return code, budget, is_paid
    return code, None, False
