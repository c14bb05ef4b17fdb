"""The bill of a payment, the letter that brings it, and until when it should come back signed."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import current_values
from flows.steps.documents import issue, letterhead, newest
from flows.steps.meetings import day_lines, days_of
from flows.steps.outbox import compose, office_block, sex_of
from flows.steps.pay_cases import Case
from flows.steps.people import value_of
from flows.steps.projects import definition_of
from models.actor import Actor
from models.project import GroupKind, ProjectDefinition
from models.rules.pay import Line, RatePer
from models.rules.working_days import add_working_days
from models.tables import Application, Group, Meeting, Membership, Message, Person, Stipend
from models.transitions import queue, reference
from templates.documents.bill import BillDocument, Contractor, ContractReference, Disclosure, Party, bill
from templates.letters import AmountLine, BillReceivedLetter, StipendReadyLetter
from templates.polish import amount_zl

_PER_WORDS = {RatePer.HOUR: "za godzinę", RatePer.DAY: "za dzień", RatePer.MEETING: "za spotkanie"}


def replaced_bill(session: Session, stipend: Stipend) -> str | None:
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


def issue_bill(
    office: Office,
    session: Session,
    group: Group,
    meeting: Meeting,
    definition: ProjectDefinition,
    kind: GroupKind,
    case: Case,
    stipend: Stipend,
    replaced: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Issues the bill of a new record, with all its lines."""
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


def tell(
    session: Session,
    meeting: Meeting,
    definition: ProjectDefinition,
    case: Case,
    stipend: Stipend,
    replaced: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Queues the letter that brings the bill."""
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


def receipt_topic(stipend: Stipend) -> str:
    """What the letter that a signed bill came may be contrary about: the bill may be replaced after all."""
    return f"bill/{stipend.id}"


def receipt(session: Session, stipend: Stipend, *, actor: Actor, now: datetime) -> Message | None:
    """The letter that the signed bill has come, as a row not yet added."""
    meeting = session.get_one(Meeting, stipend.meeting_id)
    definition = definition_of(session, meeting.project_version_id)
    person = session.get_one(Person, session.get_one(Membership, stipend.membership_id).person_id)
    return compose(
        session,
        "bill_received",
        BillReceivedLetter(
            office=office_block(definition),
            sex=sex_of(person),
            meeting_name=meeting.title,
            days=day_lines(days_of(session, meeting)),
            place=meeting.place,
            bill_number=stipend.number,
            paid_on=stipend.paid_on if stipend.paid_on >= warsaw_date(now) else None,
        ),
        subject_ref=reference(stipend),
        area=stipend.area,
        occasion=f"version-{stipend.version}",
        actor=actor,
        now=now,
        person=person,
        contradicts=receipt_topic(stipend),
        definition=definition,
    )


def bill_due(stipend: Stipend, definition: ProjectDefinition) -> date:
    """Until when the bill should come back signed, as its letter says."""
    return add_working_days(warsaw_date(stipend.made_at), definition.deadlines.bill_working_days)


def deductions(lines: tuple[Line, ...]) -> tuple[AmountLine, ...]:
    """What is taken off the gross, as the letter lists it."""
    return tuple(AmountLine(label=line.label, grosze=line.amount) for line in lines if line.withheld and line.amount)
