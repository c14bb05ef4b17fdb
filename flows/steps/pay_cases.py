"""What each member of a group is due for one meeting, and what stands in the way of paying it.

Hours that nobody entered, a missing statement and an account that two people gave block; earlier payments of the
month count, wherever they were made.
"""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.attendance import days_not_entered, minutes_by_day
from flows.steps.meetings import days_of
from flows.steps.memberships import contract_of, statement_on, statements_in
from models.actor import process
from models.project import GroupKind
from models.rules.pay import Amounts, EarlierPayment, PaymentKind, RatePer, Remark, Settlement, Statements, Work
from models.rules.settlement import gross_for, settle
from models.tables import Contract, Group, Meeting, MeetingDay, Membership, PayStatement, Person, Stipend
from models.tables.stipends import COUNTED
from templates.polish import short_date

WHOLE_PROJECT = process("settle")
"""Sees every area; used only to add up a person's month and to compare accounts."""
_PAYMENT_KINDS = {
    "wynagrodzenie": PaymentKind.REMUNERATION,
    "stypendium": PaymentKind.STIPEND,
    "zwrot": PaymentKind.TRAVEL,
}


@dataclass(frozen=True)
class Case:
    """One member's payment for one meeting, with everything its documents show."""

    membership: Membership
    person: Person
    statement: PayStatement | None
    contract: Contract | None
    days: tuple[MeetingDay, ...]
    settlement: Settlement
    remarks: tuple[Remark, ...]

    @property
    def amounts(self) -> Amounts | None:
        """``None`` when nothing could be computed."""
        return self.settlement.amounts


def cases_of(
    office: Office, session: Session, group: Group, meeting: Meeting, kind: GroupKind, paid_on: date
) -> list[Case]:
    """A case for every member who was there, or of whom hours are missing; none while nobody's were entered."""
    members = session.exec(select(Membership).where(Membership.group_id == group.id).order_by(col(Membership.id))).all()
    cases, entered = [], False
    for membership in members:
        known = minutes_by_day(session, meeting, membership)
        entered = entered or bool(known)
        attended = [(day, minutes) for day, minutes in known if minutes]
        missing = days_not_entered(session, meeting, membership)
        if attended or missing:
            earlier = _earlier(office, membership, meeting, paid_on)
            cases.append(_case(session, meeting, membership, kind, attended, missing, earlier, paid_on))
    return cases if entered else []


def _case(
    session: Session,
    meeting: Meeting,
    membership: Membership,
    kind: GroupKind,
    attended: list[tuple[MeetingDay, int]],
    missing: list[MeetingDay],
    earlier: list[EarlierPayment],
    paid_on: date,
) -> Case:
    assert kind.pay is not None
    minutes = sum(minutes for _, minutes in attended)
    gross = gross_for(minutes, kind.pay.rate_grosze, RatePer(kind.pay.per), days=len(attended))
    statement, contract = statement_on(session, membership, paid_on), contract_of(session, membership)
    statements = statements_in(statement) if statement else Statements(None, None, None, None, None)
    settlement = settle(
        Work(
            minutes=minutes,
            gross=gross,
            contract_amount=contract.amount_grosze if contract else None,
            kind=_PAYMENT_KINDS[kind.pay.kind],
        ),
        statements,
        paid_on=paid_on,
        worked_on=max((day.on for day, _ in attended), default=days_of(session, meeting)[-1].on),
        earlier=earlier,
    )
    return Case(
        membership=membership,
        person=session.get_one(Person, membership.person_id),
        statement=statement,
        contract=contract,
        days=tuple(day for day, _ in attended),
        settlement=settlement,
        remarks=(*_attendance_remarks(missing), *_settlement_remarks(settlement, missing)),
    )


def _settlement_remarks(settlement: Settlement, missing: list[MeetingDay]) -> list[Remark]:
    """What the rules say stands in the way; that there is nothing to pay is not known while hours are missing."""
    return [remark for remark in settlement.blocked_by if not (missing and remark.code == "nothing_to_pay")]


def _attendance_remarks(missing: list[MeetingDay]) -> list[Remark]:
    """Hours that nobody has entered are not absence (law 5)."""
    if not missing:
        return []
    days = ", ".join(short_date(day.on) for day in missing)
    return [Remark("missing_attendance", f"Nie wpisano obecności: {days}; wpisz minuty, a za nieobecność 0.")]


def _earlier(office: Office, membership: Membership, meeting: Meeting, paid_on: date) -> list[EarlierPayment]:
    """What the same person is paid in the same month for meetings settled before this one, in that order.

    Read for the whole project: a month adds up over areas that the officer need not see. A meeting settled anew keeps
    its turn in the month, or two of them would each count the other.
    """
    with office.reading(WHOLE_PROJECT) as session:
        rows = session.exec(
            select(Stipend)
            .join(Membership, col(Membership.id) == Stipend.membership_id)
            .where(Membership.person_id == membership.person_id)
            .order_by(col(Stipend.id))
        ).all()
        turns: dict[tuple[int, int], int] = {}
        for row in rows:
            turns.setdefault((row.membership_id, row.meeting_id), len(turns))
        own = turns.get((membership.id or 0, meeting.id or 0), len(turns))
        return [
            _payment(json.loads(row.snapshot)["payment"])
            for row in rows
            if turns[(row.membership_id, row.meeting_id)] < own
            and row.state in COUNTED
            and (row.paid_on.year, row.paid_on.month) == (paid_on.year, paid_on.month)
        ]


def _payment(body: dict[str, Any]) -> EarlierPayment:
    return EarlierPayment(**{**body, "paid_on": date.fromisoformat(body["paid_on"])})


def with_account_checks(office: Office, cases: list[Case], paid_on: date) -> list[Case]:
    """Blocks a payee whose account somebody else gave, too, and one who gave two (domain §6), wherever that was."""
    with office.reading(WHOLE_PROJECT) as session:
        return [replace(case, remarks=(*case.remarks, *_account_remarks(session, case, paid_on))) for case in cases]


def _account_remarks(session: Session, case: Case, paid_on: date) -> list[Remark]:
    if case.statement is None:
        return []
    account, person_id = case.statement.account_lookup, case.membership.person_id
    remarks = []
    same = session.exec(
        select(Membership)
        .join(PayStatement, col(PayStatement.membership_id) == Membership.id)
        .where(PayStatement.account_lookup == account, Membership.person_id != person_id)
    ).all()
    # A number that somebody corrected since is nobody's any more.
    if any(_account_on(session, other, paid_on) == account for other in same):
        remarks.append(Remark("shared_account", "To samo konto podała inna osoba; wyjaśnij przed wypłatą."))
    own = session.exec(
        select(Membership).where(Membership.person_id == person_id, Membership.id != case.membership.id)
    ).all()
    if any(_account_on(session, other, paid_on) not in (None, account) for other in own):
        remarks.append(Remark("two_accounts", "Ta osoba podała w innej grupie inne konto; wyjaśnij przed wypłatą."))
    return remarks


def _account_on(session: Session, membership: Membership, day: date) -> str | None:
    statement = statement_on(session, membership, day)
    return statement.account_lookup if statement else None
