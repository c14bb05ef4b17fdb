"""Stipends: from confirmed minutes to records in grosze, bills and the payment list."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import current_values
from flows.steps.attendance import minutes_by_day
from flows.steps.documents import issue, letterhead, newest
from flows.steps.meetings import day_lines, days_of, find_meeting
from flows.steps.memberships import statement_on, statements_in
from flows.steps.outbox import compose, office_block, sex_of, withdraw_contrary
from flows.steps.people import value_of
from flows.steps.projects import definition_of
from models.actor import Actor, Right, process
from models.columns import canonical
from models.errors import NotFound, NotYet
from models.events import Happened
from models.project import GroupKind, ProjectDefinition
from models.rules.pay import (
    Amounts,
    EarlierPayment,
    Line,
    PaymentKind,
    RatePer,
    Remark,
    Settlement,
    Statements,
    Work,
    gross_for,
    settle,
)
from models.rules.working_days import add_working_days
from models.storage import keyring_in
from models.tables import (
    Application,
    Call,
    Group,
    Meeting,
    MeetingDay,
    Membership,
    PayStatement,
    Person,
    Stipend,
    StoreNote,
)
from models.tables.memberships import MembershipState
from models.tables.stipends import StipendState
from models.transitions import enter, move, queue
from templates.documents.bill import BillDocument, Contractor, Disclosure, Party, bill
from templates.documents.payment_list import Payee, PaymentListDocument, payment_list
from templates.letters import AmountLine, StipendReadyLetter
from templates.polish import amount_zl

WHOLE_PROJECT = process("settle")
"""Sees every area; used only to add up a person's month and to compare accounts."""
_PAYMENT_KINDS = {
    "wynagrodzenie": PaymentKind.REMUNERATION,
    "stypendium": PaymentKind.STIPEND,
    "zwrot": PaymentKind.TRAVEL,
}
_PER_WORDS = {RatePer.HOUR: "za godzinę", RatePer.DAY: "za dzień", RatePer.MEETING: "za spotkanie"}


@dataclass(frozen=True)
class SettlementCounts:
    calculated: int
    blocked: int
    unchanged: int
    documents: int


@dataclass(frozen=True)
class _Case:
    """One member's payment for one meeting, with everything its documents show."""

    membership: Membership
    person: Person
    statement: PayStatement | None
    days: tuple[MeetingDay, ...]
    settlement: Settlement
    remarks: tuple[Remark, ...]

    @property
    def amounts(self) -> Amounts | None:
        return self.settlement.amounts


def settle_meeting(
    office: Office, call_code: str, meeting_code: str, *, paid_on: date, actor: Actor
) -> SettlementCounts:
    """Settles a meeting for everybody with confirmed minutes, in one transaction.

    The same inputs again change nothing; changed ones make a new version of the record that supersedes the old one,
    and who turns out not to have been there loses it. Raises ``NotYet`` when the group is not paid or nobody's
    attendance was entered.
    """
    actor.require(Right.MONEY)
    now = office.now()
    with office.writing(actor) as session:
        call, group, meeting = find_meeting(session, call_code, meeting_code)
        definition = definition_of(session, meeting.project_version_id)
        kind = definition.group_kind(group.kind)
        if kind.pay is None:
            raise NotYet(f"Grupa {group.kind} nie jest płatna.")
        cases = _cases(office, session, group, meeting, kind, paid_on)
        taken_back = _take_back(session, meeting, cases, actor=actor, now=now)
        if not cases and not taken_back:
            raise NotYet(f"Dla spotkania {meeting_code} nie wpisano jeszcze obecności.")
        calculated = blocked = unchanged = documents = 0
        payable: list[tuple[_Case, Stipend]] = []
        for case in _with_account_checks(office, cases, paid_on):
            stipend, new = _store(session, meeting, case, paid_on, actor=actor, now=now)
            if stipend.state is not StipendState.BLOCKED:
                payable.append((case, stipend))
            if not new:
                unchanged += 1
            elif stipend.state is StipendState.BLOCKED:
                blocked += 1
            else:
                calculated += 1
                _issue_bill(office, session, group, meeting, definition, kind, case, stipend, actor=actor, now=now)
                _tell(session, meeting, definition, case, stipend, actor=actor, now=now)
                documents += 1
        # A list that named somebody who is blocked or gone by now must not stay the newest one.
        if calculated or ((blocked or taken_back) and newest(session, "payment_list", _list_number(call, meeting))):
            _issue_payment_list(
                office, session, call, group, meeting, definition, payable, paid_on, actor=actor, now=now
            )
            documents += 1
    return SettlementCounts(calculated, blocked, unchanged, documents)


def _take_back(session: Session, meeting: Meeting, cases: list[_Case], *, actor: Actor, now: datetime) -> int:
    """Supersedes records of those who have no confirmed minutes any more. Returns how many."""
    present = {case.membership.id for case in cases}
    rows = session.exec(
        select(Stipend).where(Stipend.meeting_id == meeting.id, Stipend.state != StipendState.SUPERSEDED)
    ).all()
    gone = [row for row in rows if row.membership_id not in present]
    for row in gone:
        _supersede(session, row, actor=actor, now=now)
    return len(gone)


def _supersede(session: Session, stipend: Stipend, *, actor: Actor, now: datetime) -> None:
    withdraw_contrary(session, f"stipend/{stipend.membership_id}/{stipend.meeting_id}", actor=actor, now=now)
    move(session, stipend, StipendState.SUPERSEDED, happened=Happened.STIPEND_SUPERSEDED, actor=actor, now=now)


def record_signed_bill(session: Session, number: str, *, actor: Actor, now: datetime) -> None:
    """The bill came back signed."""
    stipend = session.exec(select(Stipend).where(Stipend.number == number)).first()
    if stipend is None:
        raise NotFound(f"Nie ma rachunku {number}.")
    move(session, stipend, StipendState.SIGNED, happened=Happened.BILL_SIGNED, actor=actor, now=now)
    topic = f"stipend/{stipend.membership_id}/{stipend.meeting_id}"
    withdraw_contrary(session, topic, actor=actor, now=now, except_event="stipend_ready")


def _cases(
    office: Office, session: Session, group: Group, meeting: Meeting, kind: GroupKind, paid_on: date
) -> list[_Case]:
    members = session.exec(
        select(Membership)
        .where(
            Membership.group_id == group.id,
            col(Membership.state).in_(
                (MembershipState.MEMBER, MembershipState.LEFT, MembershipState.STRUCK_OFF, MembershipState.REPLACED)
            ),
        )
        .order_by(col(Membership.id))
    ).all()
    cases = []
    for membership in members:
        attended = [(day, minutes) for day, minutes in minutes_by_day(session, meeting, membership) if minutes]
        if attended:
            earlier = _earlier(office, membership, meeting, paid_on)
            cases.append(_case(session, membership, kind, attended, earlier, paid_on))
    return cases


def _case(
    session: Session,
    membership: Membership,
    kind: GroupKind,
    attended: list[tuple[MeetingDay, int]],
    earlier: list[EarlierPayment],
    paid_on: date,
) -> _Case:
    assert kind.pay is not None
    minutes = sum(minutes for _, minutes in attended)
    gross = gross_for(minutes, kind.pay.rate_grosze, RatePer(kind.pay.per), days=len(attended))
    statement = statement_on(session, membership, paid_on)
    statements = statements_in(statement) if statement else Statements(None, None, None, None, None)
    settlement = settle(
        Work(minutes=minutes, gross=gross, kind=_PAYMENT_KINDS[kind.pay.kind]),
        statements,
        paid_on=paid_on,
        worked_on=max(day.on for day, _ in attended),
        earlier=earlier,
    )
    return _Case(
        membership=membership,
        person=session.get_one(Person, membership.person_id),
        statement=statement,
        days=tuple(day for day, _ in attended),
        settlement=settlement,
        remarks=settlement.blocked_by,
    )


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
            and row.state in (StipendState.CALCULATED, StipendState.SIGNED)
            and (row.paid_on.year, row.paid_on.month) == (paid_on.year, paid_on.month)
        ]


def _payment(body: dict[str, Any]) -> EarlierPayment:
    return EarlierPayment(**{**body, "paid_on": date.fromisoformat(body["paid_on"])})


def _with_account_checks(office: Office, cases: list[_Case], paid_on: date) -> list[_Case]:
    """Blocks a payee whose account somebody else gave, too, and one who gave two (domain §6), wherever that was."""
    with office.reading(WHOLE_PROJECT) as session:
        return [replace(case, remarks=(*case.remarks, *_account_remarks(session, case, paid_on))) for case in cases]


def _account_remarks(session: Session, case: _Case, paid_on: date) -> list[Remark]:
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


def _store(
    session: Session, meeting: Meeting, case: _Case, paid_on: date, *, actor: Actor, now: datetime
) -> tuple[Stipend, bool]:
    """The record of the case: the standing one when nothing changed, else a new version."""
    last = session.exec(
        select(Stipend)
        .where(Stipend.membership_id == case.membership.id, Stipend.meeting_id == meeting.id)
        .order_by(col(Stipend.version).desc())
    ).first()
    snapshot = canonical(_snapshot(case))
    lookup = keyring_in(session).lookup("stipend", snapshot)
    if last is not None and last.state is not StipendState.SUPERSEDED and last.snapshot_lookup == lookup:
        return last, False
    if last is not None and last.state is not StipendState.SUPERSEDED:
        _supersede(session, last, actor=actor, now=now)
    version = (last.version if last else 0) + 1
    amounts = case.amounts
    assert case.membership.id is not None
    assert meeting.id is not None
    stipend = Stipend(
        area=meeting.area,
        number=_next_number(session, paid_on.year),
        membership_id=case.membership.id,
        meeting_id=meeting.id,
        version=version,
        minutes=case.settlement.minutes,
        paid_on=paid_on,
        gross=case.settlement.gross,
        social=amounts.social if amounts else 0,
        health=amounts.health if amounts else 0,
        tax=amounts.tax if amounts else 0,
        net=amounts.net if amounts else 0,
        algorithm=case.settlement.algorithm,
        snapshot=snapshot,
        snapshot_lookup=lookup,
        blocks=[{"code": remark.code, "sentence": remark.sentence} for remark in case.remarks],
        made_at=now,
        made_by=actor.login,
        state=StipendState.BLOCKED if case.remarks else StipendState.CALCULATED,
    )
    enter(
        session,
        stipend,
        happened=Happened.STIPEND_BLOCKED if case.remarks else Happened.STIPEND_CALCULATED,
        actor=actor,
        now=now,
        facts={"number": stipend.number, "meeting": meeting.code, "blocks": [remark.code for remark in case.remarks]},
    )
    return stipend, True


def _next_number(session: Session, year: int) -> str:
    """The next bill number of a year; the counter is a locked row, so two settlements never share one."""
    name = f"bills/{year}"
    counter = session.get(StoreNote, name, with_for_update=True) or StoreNote(name=name, value="0")
    counter.value = str(int(counter.value) + 1)
    session.add(counter)
    session.flush()
    return f"R/{int(counter.value):04d}/{year}"


def _snapshot(case: _Case) -> dict[str, object]:
    """Everything the amounts came from and every line of how; dates in ISO form."""
    statements = statements_in(case.statement) if case.statement else None
    payment = EarlierPayment.of(case.settlement) if case.settlement.amounts else None
    return {
        "settlement": _plain(asdict(case.settlement)),
        "statements": _plain(asdict(statements)) if statements else None,
        "account": case.statement.account if case.statement else None,
        "days": [day.on.isoformat() for day in case.days],
        "payment": _plain(asdict(payment)) if payment else None,
        "blocks": [remark.code for remark in case.remarks],
    }


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _issue_bill(
    office: Office,
    session: Session,
    group: Group,
    meeting: Meeting,
    definition: ProjectDefinition,
    kind: GroupKind,
    case: _Case,
    stipend: Stipend,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    assert case.statement is not None
    assert kind.pay is not None
    application = session.get_one(Application, case.membership.application_id)
    values = current_values(session, application)
    buyer, unit = definition.buyer, definition.unit
    content = bill(
        BillDocument(
            letterhead=letterhead(definition),
            number=stipend.number,
            issued_on=warsaw_date(now),
            place=unit.postcode_town.partition(" ")[2],
            paid_on=stipend.paid_on,
            buyer=Party(name=buyer.name, address=buyer.address, nip=buyer.nip),
            unit=Party(name=unit.name, address=f"{unit.address}, {unit.postcode_town}"),
            contractor=Contractor(
                first_name=case.person.first_name,
                last_name=case.person.last_name,
                sex=sex_of(case.person),
                address=", ".join(
                    part
                    for part in (
                        value_of(values, "adres.ulica"),
                        f"{value_of(values, 'adres.kod')} {value_of(values, 'adres.miejscowosc')}".strip(),
                    )
                    if part
                ),
                pesel=case.person.pesel,
                account=case.statement.account,
            ),
            contract_number=f"UZ/{application.number}",
            contract_date=warsaw_date(case.membership.answered_at or case.membership.offered_at),
            group=group.name,
            meeting=meeting.title,
            days=[day.on for day in case.days],
            minutes=stipend.minutes,
            rate=f"{amount_zl(kind.pay.rate_grosze)} {_PER_WORDS[RatePer(kind.pay.per)]}",
            gross=stipend.gross,
            lines=case.settlement.lines,
            net=stipend.net,
            notes=[warning.sentence for warning in case.settlement.warnings],
        ),
        disclosure=Disclosure.FULL,
    )
    issue(
        office,
        session,
        kind="bill",
        subject=stipend.number,
        file_name=f"{stipend.number.replace('/', '-')}-rachunek.docx",
        content=content,
        area=meeting.area,
        actor=actor,
        now=now,
        person_id=case.person.id,
    )


def _tell(
    session: Session,
    meeting: Meeting,
    definition: ProjectDefinition,
    case: _Case,
    stipend: Stipend,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    message = compose(
        session,
        "stipend_ready",
        StipendReadyLetter(
            office=office_block(definition),
            sex=sex_of(case.person),
            meeting_name=meeting.title,
            days=day_lines(days_of(session, meeting)),
            place=meeting.place,
            minutes=stipend.minutes,
            gross=stipend.gross,
            deductions=deductions(case.settlement.lines),
            net=stipend.net,
            attached=False,
            return_until=add_working_days(warsaw_date(now), definition.deadlines.bill_working_days),
        ),
        subject_ref=f"stipend/{stipend.id}",
        area=meeting.area,
        occasion=f"version-{stipend.version}",
        actor=actor,
        now=now,
        person=case.person,
        contradicts=f"stipend/{case.membership.id}/{meeting.id}",
        definition=definition,
    )
    queue(session, [message] if message else [], actor=actor, now=now)


def deductions(lines: tuple[Line, ...]) -> tuple[AmountLine, ...]:
    """What is taken off the gross, as the letter lists it."""
    return tuple(AmountLine(label=line.label, grosze=line.amount) for line in lines if line.withheld and line.amount)


def _list_number(call: Call, meeting: Meeting) -> str:
    return f"LW/{call.code}/{meeting.code}"


def _issue_payment_list(
    office: Office,
    session: Session,
    call: Call,
    group: Group,
    meeting: Meeting,
    definition: ProjectDefinition,
    payable: list[tuple[_Case, Stipend]],
    paid_on: date,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    payees = []
    for case, stipend in payable:
        assert case.amounts is not None
        assert case.statement is not None
        payees.append(
            Payee(
                bill_number=stipend.number,
                first_name=case.person.first_name,
                last_name=case.person.last_name,
                pesel=case.person.pesel,
                account=case.statement.account,
                amounts=case.amounts,
            )
        )
    number = _list_number(call, meeting)
    content = payment_list(
        PaymentListDocument(
            number=number,
            office=definition.unit.name,
            project_title=definition.title,
            project_number=definition.number,
            group=group.name,
            meeting=meeting.title,
            issued_on=warsaw_date(now),
            paid_on=paid_on,
            payees=payees,
        )
    )
    issue(
        office,
        session,
        kind="payment_list",
        subject=number,
        file_name=f"{number.replace('/', '-')}-lista-wyplat.xlsx",
        content=content,
        area=meeting.area,
        actor=actor,
        now=now,
    )
