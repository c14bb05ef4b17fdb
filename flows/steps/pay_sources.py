"""What the payments of a meeting are computed from, read for all its members at once.

A settlement asks a handful of questions of the database, however many members there are. What a person is paid in a
month, and who else gave an account, is read for the whole project: a month adds up over areas that the officer need
not see.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.meetings import days_of
from flows.steps.portions import AT_ONCE, portions
from flows.steps.rates import confirmed_rows
from flows.steps.seat_times import held_seat
from models.actor import process
from models.rules.pay import EarlierPayment
from models.tables import (
    Attendance,
    Contract,
    Group,
    IssuedContract,
    Meeting,
    MeetingDay,
    Membership,
    PayStatement,
    Stipend,
)
from models.tables.stipends import COMMITTED, COUNTED, StipendState

WHOLE_PROJECT = process("settle")
"""Sees every area; used only to add up a person's month and to compare accounts."""


@dataclass(frozen=True)
class Turn:
    """One record of a person among all of theirs, without its sums: enough to say which come before which."""

    id: int
    membership_id: int
    meeting_id: int
    corrects_id: int | None
    state: StipendState
    paid_on: date
    gross: int

    @property
    def key(self) -> tuple[int, int, int | None]:
        """Versions of one record share a turn; a correction has its own, after what it corrects."""
        return self.membership_id, self.meeting_id, self.corrects_id


@dataclass(frozen=True)
class Account:
    """The account that somebody's newest statement names on the day of payment, as a keyed look-up."""

    person_id: int
    lookup: str


@dataclass(frozen=True)
class Sources:
    """Everything about one meeting and one day of payment. Maps go by membership id unless they say otherwise."""

    paid_on: date
    days: Sequence[MeetingDay]
    members: Sequence[Membership]
    minutes: Mapping[int, Sequence[tuple[MeetingDay, int]]]
    """Confirmed minutes of each day that somebody entered."""
    missing: Mapping[int, Sequence[MeetingDay]]
    """Days on which the member held a seat and nobody has said whether they were there."""
    statements: Mapping[int, PayStatement]
    contracts: Mapping[int, Contract]
    records: Mapping[int, Sequence[Stipend]]
    """Records of this meeting that were not superseded, the oldest first."""
    versions: Mapping[int, int]
    """The newest version of a record of this meeting."""
    confirmed: frozenset[str]
    accounts: Mapping[int, Account]
    """Also of memberships elsewhere that share an account or a person with one of these members."""
    turns: Mapping[int, Sequence[Turn]]
    """By person id: all records of the person in the order they were first made."""
    payments: Mapping[int, EarlierPayment] = field(default_factory=dict)
    """By record id: what was paid in the month of payment."""

    @cached_property
    def givers(self) -> Mapping[str, set[int]]:
        """Who gave an account: ids of people by its look-up."""
        found: dict[str, set[int]] = defaultdict(set)
        for one in self.accounts.values():
            found[one.lookup].add(one.person_id)
        return found

    @cached_property
    def given(self) -> Mapping[int, set[str]]:
        """Which accounts a person gave: look-ups by the id of the person."""
        found: dict[int, set[str]] = defaultdict(set)
        for one in self.accounts.values():
            found[one.person_id].add(one.lookup)
        return found

    @property
    def entered(self) -> bool:
        """Whether anybody's attendance was entered at all."""
        return any(self.minutes.values())

    def committed(self, membership: Membership) -> list[Stipend]:
        """What is already ordered or paid for this meeting: from here on only a difference can be added."""
        return [row for row in self.records.get(membership.id or 0, ()) if row.state in COMMITTED]

    def added_to(self, membership: Membership) -> list[Stipend]:
        """Open records that something ordered or paid adds to: a transfer that came back after its addition was paid,
        or one whose batch was given up. They go out again as they are."""
        rows = {row.id: row for row in self.records.get(membership.id or 0, ())}
        found: dict[int | None, Stipend] = {}
        for at in self.committed(membership):
            before = rows.get(at.corrects_id)
            while before is not None and before.id not in found:
                found[before.id] = before
                before = rows.get(before.corrects_id)
        return [row for row in rows.values() if row.id in found and row.state not in COMMITTED]

    def earlier(
        self, membership: Membership, meeting: Meeting, corrects_id: int | None, kept: Collection[int | None] = ()
    ) -> list[EarlierPayment]:
        """What the same person is paid in the same month beside this payment, in the order it was settled.

        A payment settled anew keeps its turn, or two of them would each count the other. One that is ordered or paid
        counts whatever its turn: it can no longer follow. Of the same meeting only those count, and ``kept``, the
        records that will still be paid: any other is what this payment takes the place of.
        """
        mine = (membership.id or 0, meeting.id or 0, corrects_id)
        turns = self.turns.get(membership.person_id, ())
        order: dict[tuple[int, int, int | None], int] = {}
        for turn in turns:
            order.setdefault(turn.key, len(order))
        own = order.get(mine, len(order))
        return [
            self.payments[turn.id]
            for turn in turns
            if turn.id in self.payments
            and turn.key != mine
            and (_stays(turn, kept) or (order[turn.key] < own and turn.key[:2] != mine[:2]))
        ]

    def year_before(self, membership: Membership, meeting: Meeting, kept: Collection[int | None] = ()) -> int:
        """Gross in grosze of the person's payments in the months before, in the same year; of the same meeting those
        alone that stay."""
        first, mine = self.paid_on.replace(day=1), (membership.id or 0, meeting.id or 0)
        return sum(
            turn.gross
            for turn in self.turns.get(membership.person_id, ())
            if turn.state in COUNTED
            and turn.paid_on.year == first.year
            and turn.paid_on < first
            and (turn.key[:2] != mine or _stays(turn, kept))
        )


def _stays(turn: Turn, kept: Collection[int | None]) -> bool:
    return turn.state in COMMITTED or turn.id in kept


def sources_of(office: Office, session: Session, group: Group, meeting: Meeting, paid_on: date) -> Sources:
    """Reads everything. ``session`` sees the officer's area; the month and the accounts are read beside it."""
    days = days_of(session, meeting)
    members = session.exec(select(Membership).where(Membership.group_id == group.id).order_by(col(Membership.id))).all()
    ids = [member.id or 0 for member in members]
    minutes = minutes_entered(session, days, ids)
    records, versions = _records(session, meeting)
    persons = {member.person_id for member in members}
    statements = _statements(session, ids, paid_on)
    with office.reading(WHOLE_PROJECT) as whole:
        turns = _turns(whole, persons)
        payments = _payments(whole, turns, paid_on)
        accounts = _accounts(whole, persons, {row.account_lookup for row in statements.values()}, paid_on)
    return Sources(
        paid_on=paid_on,
        days=days,
        members=members,
        minutes=minutes,
        missing={member.id or 0: _missing(session, days, minutes, member) for member in members},
        statements=statements,
        contracts=contracts_on(session, ids, days[-1].on),
        records=records,
        versions=versions,
        confirmed=confirmed_rows(session),
        accounts=accounts,
        turns=turns,
        payments=payments,
    )


def minutes_entered(
    session: Session, days: Sequence[MeetingDay], members: Collection[int]
) -> dict[int, list[tuple[MeetingDay, int]]]:
    """Confirmed minutes of each day that somebody entered, as they stand now, by membership id."""
    known: dict[tuple[int, int], int] = {}
    rows = session.exec(
        select(Attendance.membership_id, Attendance.meeting_day_id, Attendance.minutes)
        .where(col(Attendance.meeting_day_id).in_([day.id for day in days]))
        .order_by(col(Attendance.version))
    )
    for membership_id, day_id, minutes in rows:
        known[membership_id, day_id] = minutes
    return {
        member: [(day, known[member, day.id or 0]) for day in days if (member, day.id or 0) in known]
        for member in members
    }


def _missing(
    session: Session,
    days: Sequence[MeetingDay],
    minutes: Mapping[int, Sequence[tuple[MeetingDay, int]]],
    member: Membership,
) -> list[MeetingDay]:
    entered = {day.id for day, _ in minutes[member.id or 0]}
    return [day for day in days if day.id not in entered and held_seat(session, member, day)]


def _statements(session: Session, members: Sequence[int], day: date) -> dict[int, PayStatement]:
    """The newest statement valid on a day, as ``memberships.statement_on`` finds it for one member."""
    found: dict[int, PayStatement] = {}
    for some in portions(members, AT_ONCE):
        rows = session.exec(
            select(PayStatement)
            .where(col(PayStatement.membership_id).in_(some), col(PayStatement.valid_from) <= day)
            .order_by(col(PayStatement.valid_from), col(PayStatement.id))
        )
        found.update((row.membership_id, row) for row in rows)
    return found


def contracts_on(session: Session, members: Sequence[int], worked_on: date) -> dict[int, Contract]:
    """The newest contract that had begun when the work was done; when one began that was typed in is not known."""
    found: dict[int, Contract] = {}
    for some in portions(members, AT_ONCE):
        rows = session.exec(
            select(Contract, IssuedContract)
            .outerjoin(IssuedContract, col(IssuedContract.id) == Contract.issued_id)
            .where(col(Contract.membership_id).in_(some))
            .order_by(col(Contract.id))
        )
        for row, made in rows:
            if row.membership_id not in found or made is None or made.starts <= worked_on:
                found[row.membership_id] = row
    return found


def _records(session: Session, meeting: Meeting) -> tuple[dict[int, list[Stipend]], dict[int, int]]:
    standing: dict[int, list[Stipend]] = defaultdict(list)
    rows = session.exec(
        select(Stipend)
        .where(Stipend.meeting_id == meeting.id, Stipend.state != StipendState.SUPERSEDED)
        .order_by(col(Stipend.version))
    )
    for row in rows:
        standing[row.membership_id].append(row)
    versions: dict[int, int] = {}
    for membership_id, version in session.exec(
        select(Stipend.membership_id, Stipend.version).where(Stipend.meeting_id == meeting.id)
    ):
        versions[membership_id] = max(version, versions.get(membership_id, 0))
    return standing, versions


def _turns(session: Session, persons: Collection[int]) -> dict[int, list[Turn]]:
    found: dict[int, list[Turn]] = defaultdict(list)
    for some in portions(sorted(persons), AT_ONCE):
        rows = session.exec(
            select(  # type: ignore[call-overload]
                Membership.person_id,
                Stipend.id,
                Stipend.membership_id,
                Stipend.meeting_id,
                Stipend.corrects_id,
                Stipend.state,
                Stipend.paid_on,
                Stipend.gross,
            )
            .join(Membership, col(Membership.id) == Stipend.membership_id)
            .where(col(Membership.person_id).in_(some))
            .order_by(col(Stipend.id))
        )
        for person_id, *rest in rows:
            found[person_id].append(Turn(*rest))
    return found


def _payments(session: Session, turns: Mapping[int, Sequence[Turn]], paid_on: date) -> dict[int, EarlierPayment]:
    month = (paid_on.year, paid_on.month)
    wanted = [
        turn.id
        for rows in turns.values()
        for turn in rows
        if turn.state in COUNTED and (turn.paid_on.year, turn.paid_on.month) == month
    ]
    found: dict[int, EarlierPayment] = {}
    for some in portions(wanted, AT_ONCE):
        for record_id, snapshot in session.exec(select(Stipend.id, Stipend.snapshot).where(col(Stipend.id).in_(some))):
            found[record_id or 0] = payment_in(json.loads(snapshot)["payment"])
    return found


def payment_in(body: dict[str, Any]) -> EarlierPayment:
    """The payment that a snapshot holds, as the month of the next one takes it."""
    return EarlierPayment(**{**body, "paid_on": date.fromisoformat(body["paid_on"])})


def _accounts(session: Session, persons: Collection[int], lookups: Collection[str], day: date) -> dict[int, Account]:
    """The account on a day of every membership that has to do with these people or these accounts. A number that
    somebody corrected since is nobody's any more."""
    whose: dict[int, int] = {}
    for some in portions(sorted(persons), AT_ONCE):
        whose.update(_persons(session, col(Membership.person_id).in_(some)))
    for named in portions(sorted(lookups), AT_ONCE):
        sharing = select(PayStatement.membership_id).where(col(PayStatement.account_lookup).in_(named))
        whose.update(_persons(session, col(Membership.id).in_(sharing)))
    current: dict[int, str] = {}
    for few in portions(sorted(whose), AT_ONCE):
        rows = session.exec(
            select(PayStatement.membership_id, PayStatement.account_lookup)
            .where(col(PayStatement.membership_id).in_(few), col(PayStatement.valid_from) <= day)
            .order_by(col(PayStatement.valid_from), col(PayStatement.id))
        )
        current.update((membership_id, lookup) for membership_id, lookup in rows)
    return {membership_id: Account(whose[membership_id], lookup) for membership_id, lookup in current.items()}


def _persons(session: Session, which: ColumnElement[bool]) -> Iterable[tuple[int, int]]:
    rows = session.exec(select(Membership.id, Membership.person_id).where(which)).all()
    return [(membership_id or 0, person_id) for membership_id, person_id in rows]
