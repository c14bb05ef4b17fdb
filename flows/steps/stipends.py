"""Stipends: from confirmed minutes to records in grosze, bills and the payment list."""

import calendar
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import current_values
from flows.steps.attendance import days_not_entered, minutes_by_day
from flows.steps.documents import issue, letterhead, newest
from flows.steps.meetings import day_lines, days_of, find_meeting
from flows.steps.memberships import contract_of, statement_on, statements_in
from flows.steps.outbox import compose, office_block, sex_of, withdraw_contrary
from flows.steps.people import value_of
from flows.steps.projects import definition_of
from models.actor import Actor, Right, process
from models.columns import canonical
from models.errors import BadInput, NotFound, NotYet
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
    Contract,
    Group,
    Meeting,
    MeetingDay,
    Membership,
    PayStatement,
    Person,
    Stipend,
    StoreNote,
)
from models.tables.stipends import StipendState
from models.transitions import enter, move, note, queue, reference
from templates.documents.bill import BillDocument, Contractor, ContractReference, Disclosure, Party, bill
from templates.documents.payment_list import Payee, PaymentListDocument, payment_list
from templates.letters import AmountLine, StipendReadyLetter
from templates.polish import amount_zl, counted, short_date

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
    kept: tuple[str, ...] = ()
    """Numbers of signed bills that were left as they are, though they would be computed differently now."""


@dataclass(frozen=True)
class _Case:
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
        return self.settlement.amounts


def settle_meeting(
    office: Office,
    call_code: str,
    meeting_code: str,
    *,
    paid_on: date,
    replace_signed: bool = False,
    reason: str = "",
    actor: Actor,
) -> SettlementCounts:
    """Settles a meeting for everybody who held a seat on its days, in one transaction.

    The same inputs again change nothing; changed ones make a new version of the record that supersedes the old one,
    and who turns out not to have been there loses it. A signed record is left and doubted instead, unless
    ``replace_signed`` comes with a ``reason``. Raises ``NotYet`` when the group is not paid or nobody's attendance was
    entered, ``BadInput`` for a day of payment that cannot be meant.
    """
    actor.require(Right.MONEY)
    if replace_signed and not reason.strip():
        raise BadInput("Zastąpienie podpisanego rachunku wymaga uzasadnienia (--reason).")
    if reason.strip() and not replace_signed:
        raise BadInput("Uzasadnienie (--reason) podaje się razem z --replace-signed.")
    now = office.now()
    with office.writing(actor) as session:
        call, group, meeting = find_meeting(session, call_code, meeting_code)
        definition = definition_of(session, meeting.project_version_id)
        kind = definition.group_kind(group.kind)
        if kind.pay is None:
            raise NotYet(f"Grupa {group.kind} nie jest płatna.")
        _check_day(office, session, meeting, paid_on)
        hand = _Hand(session, meeting, paid_on, reason.strip() or None, actor, now)
        cases = _cases(office, session, group, meeting, kind, paid_on)
        taken_back = _take_back(hand, cases)
        if not cases and not taken_back and not hand.kept:
            raise NotYet(f"Dla spotkania {meeting_code} nie wpisano jeszcze obecności.")
        calculated = blocked = unchanged = documents = 0
        payable = [(_payee_of(session, row), row) for row in hand.left]
        for case in _with_account_checks(office, cases, paid_on):
            stipend, new = _store(hand, case)
            if stipend.state is not StipendState.BLOCKED:
                payable.append((case.person, stipend))
            if stipend.number in hand.kept:
                continue
            if not new:
                unchanged += 1
            elif stipend.state is StipendState.BLOCKED:
                blocked += 1
            else:
                calculated += 1
                replaced = _replaced_bill(session, stipend)
                _issue_bill(
                    office, session, group, meeting, definition, kind, case, stipend, replaced, actor=actor, now=now
                )
                _tell(session, meeting, definition, case, stipend, replaced, actor=actor, now=now)
                documents += 1
        # A list that named somebody who is blocked or gone by now must not stay the newest one.
        if calculated or (
            (blocked or taken_back or hand.relist) and newest(session, "payment_list", _list_number(call, meeting))
        ):
            _issue_payment_list(
                office, session, call, group, meeting, definition, payable, paid_on, actor=actor, now=now
            )
            documents += 1
    return SettlementCounts(calculated, blocked, unchanged, documents, tuple(hand.kept))


@dataclass
class _Hand:
    """One settlement as it writes its records: for which meeting and day of payment, by whom, and what it left."""

    session: Session
    meeting: Meeting
    paid_on: date
    reason: str | None
    """Why signed records may be replaced; ``None`` leaves them."""
    actor: Actor
    now: datetime
    kept: list[str] = field(default_factory=list)
    relist: bool = False
    """Whether remarks on the payment list changed. A slip in the day is no reason for a list of that day."""
    left: list[Stipend] = field(default_factory=list)
    """Signed records of those who were not there by what is entered now."""


def _check_day(office: Office, session: Session, meeting: Meeting, paid_on: date) -> None:
    """Raises ``BadInput`` for a payment before the meeting is over, or so long after it that it must be a slip."""
    last = days_of(session, meeting)[-1].on
    if paid_on < last:
        raise BadInput(
            f"Data wypłaty {short_date(paid_on)} jest wcześniejsza niż koniec spotkania ({short_date(last)}). Popraw."
        )
    months = office.settings.payment_months
    latest = months_after(last, months)
    if paid_on > latest:
        raise BadInput(
            f"Data wypłaty {short_date(paid_on)} wypada ponad {counted(months, 'miesiąc', 'miesiące', 'miesięcy')} po "
            f"spotkaniu; najpóźniejsza to {short_date(latest)} Popraw datę albo ustawienie NABOR_PAYMENT_MONTHS."
        )


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _take_back(hand: _Hand, cases: list[_Case]) -> int:
    """Supersedes records of those who have no confirmed minutes any more. Returns how many; signed ones are left."""
    present = {case.membership.id for case in cases}
    rows = hand.session.exec(
        select(Stipend)
        .where(Stipend.meeting_id == hand.meeting.id, Stipend.state != StipendState.SUPERSEDED)
        .order_by(col(Stipend.id))
    ).all()
    taken = 0
    for row in rows:
        if row.membership_id in present:
            continue
        if row.state is StipendState.SIGNED and hand.reason is None:
            hand.left.append(row)
            _keep(hand, row, [Remark("absent_now", "Według wpisanej teraz obecności tej osoby nie było na spotkaniu.")])
            continue
        _supersede(hand, row)
        taken += 1
    return taken


def _keep(hand: _Hand, stipend: Stipend, doubts: list[Remark]) -> None:
    """Leaves a signed record as it is, with what speaks against it, for an officer to see."""
    hand.kept.append(stipend.number)
    found = [{"code": doubt.code, "sentence": doubt.sentence} for doubt in doubts]
    if stipend.doubts == found:
        return
    hand.relist = hand.relist or stipend.paid_on == hand.paid_on
    stipend.doubts = found
    hand.session.add(stipend)
    note(
        hand.session,
        reference(stipend),
        happened=Happened.SIGNED_BILL_KEPT,
        actor=hand.actor,
        now=hand.now,
        area=stipend.area,
        facts={"number": stipend.number, "doubts": [doubt.code for doubt in doubts]},
    )


def _supersede(hand: _Hand, stipend: Stipend) -> None:
    session, actor, now = hand.session, hand.actor, hand.now
    if stipend.state is StipendState.SIGNED:
        stipend.replaced_because = hand.reason
        session.add(stipend)
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
        worked_on=max((day.on for day, _ in attended), default=days_of(session, meeting)[-1].on),
        earlier=earlier,
    )
    return _Case(
        membership=membership,
        person=session.get_one(Person, membership.person_id),
        statement=statement,
        contract=contract_of(session, membership),
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


def _store(hand: _Hand, case: _Case) -> tuple[Stipend, bool]:
    """The record of the case: the standing one when nothing changed or it is signed, else a new version."""
    session, meeting, paid_on, actor, now = hand.session, hand.meeting, hand.paid_on, hand.actor, hand.now
    last = session.exec(
        select(Stipend)
        .where(Stipend.membership_id == case.membership.id, Stipend.meeting_id == meeting.id)
        .order_by(col(Stipend.version).desc())
    ).first()
    body = _snapshot(case)
    snapshot = canonical(body)
    lookup = keyring_in(session).lookup("stipend", snapshot)
    if last is not None and last.state is not StipendState.SUPERSEDED:
        if last.snapshot_lookup == lookup or _signed_says(last, body):
            _believe(hand, last)
            return last, False
        if last.state is StipendState.SIGNED and hand.reason is None:
            _keep(hand, last, [_difference(last, case, paid_on), *case.remarks])
            return last, False
        _supersede(hand, last)
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


def _signed_says(last: Stipend, body: dict[str, object]) -> bool:
    """Whether a signed bill says what is computed now. A contract entered later than it was signed changes no sum."""
    return last.state is StipendState.SIGNED and _without_contract(json.loads(last.snapshot)) == _without_contract(
        json.loads(canonical(body))
    )


def _without_contract(body: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in body.items() if key != "contract"}


def _believe(hand: _Hand, stipend: Stipend) -> None:
    """What spoke against a signed record is gone."""
    if stipend.doubts:
        hand.relist = hand.relist or any(doubt["code"] != _OTHER_DAY for doubt in stipend.doubts)
        stipend.doubts = []
        hand.session.add(stipend)


_OTHER_DAY = "other_day"


def _difference(signed: Stipend, case: _Case, paid_on: date) -> Remark:
    """In what a new computation departs from a signed bill."""
    if signed.paid_on != paid_on:
        return Remark(
            _OTHER_DAY,
            f"Podpisany rachunek jest na dzień wypłaty {short_date(signed.paid_on)}, a rozliczono na "
            f"{short_date(paid_on)}",
        )
    net = case.amounts.net if case.amounts else 0
    if (signed.gross, signed.net) != (case.settlement.gross, net):
        return Remark("other_sums", "Nowe obliczenie daje inne kwoty niż podpisany rachunek.")
    return Remark("other_data", "Dane, z których powstał podpisany rachunek, zmieniły się.")


def _replaced_bill(session: Session, stipend: Stipend) -> str | None:
    """The number of the newest bill that this one takes the place of; a blocked record never was a bill."""
    earlier = session.exec(
        select(Stipend.number)
        .where(
            Stipend.membership_id == stipend.membership_id,
            Stipend.meeting_id == stipend.meeting_id,
            Stipend.version < stipend.version,
        )
        .order_by(col(Stipend.version).desc())
    ).all()
    return next((number for number in earlier if newest(session, "bill", number)), None)


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
        "contract": {"number": case.contract.number, "signed_on": case.contract.signed_on.isoformat()}
        if case.contract
        else None,
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
    replaced: str | None,
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
            contract=ContractReference(number=case.contract.number, signed_on=case.contract.signed_on)
            if case.contract
            else None,
            replaces=replaced,
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
    replaced: str | None,
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
            bill_number=stipend.number,
            replaces=replaced or "",
            return_until=bill_due(stipend, definition),
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


def bill_due(stipend: Stipend, definition: ProjectDefinition) -> date:
    """Until when the bill should come back signed, as its letter says."""
    return add_working_days(warsaw_date(stipend.made_at), definition.deadlines.bill_working_days)


def deductions(lines: tuple[Line, ...]) -> tuple[AmountLine, ...]:
    """What is taken off the gross, as the letter lists it."""
    return tuple(AmountLine(label=line.label, grosze=line.amount) for line in lines if line.withheld and line.amount)


def _payee_of(session: Session, stipend: Stipend) -> Person:
    return session.get_one(Person, session.get_one(Membership, stipend.membership_id).person_id)


def _list_number(call: Call, meeting: Meeting) -> str:
    return f"LW/{call.code}/{meeting.code}"


def _issue_payment_list(
    office: Office,
    session: Session,
    call: Call,
    group: Group,
    meeting: Meeting,
    definition: ProjectDefinition,
    payable: list[tuple[Person, Stipend]],
    paid_on: date,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    payees = []
    for person, stipend in payable:
        # From the record alone: a signed one that was left says something else than today's computation.
        body = json.loads(stipend.snapshot)
        payees.append(
            Payee(
                bill_number=stipend.number,
                first_name=person.first_name,
                last_name=person.last_name,
                pesel=person.pesel,
                account=body["account"],
                amounts=Amounts(**body["settlement"]["amounts"]),
                remark=" ".join(["Do wyjaśnienia:", *(doubt["sentence"] for doubt in stipend.doubts)])
                if stipend.doubts
                else "",
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
