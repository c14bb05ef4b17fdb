"""The bill of a payment, the letter that brings it, and until when it should come back signed.

A bill says what its record says, whatever has been entered since: it may be issued a moment after the record was made.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import current_values
from flows.steps.documents import issue, letterhead, newest
from flows.steps.meetings import day_lines, days_of
from flows.steps.outbox import compose, office_block, sex_of
from flows.steps.people import value_of
from flows.steps.projects import definition_of
from models.actor import Actor
from models.project import ProjectDefinition
from models.rules.pay import Line, RatePer
from models.rules.working_days import add_working_days
from models.tables import Application, Group, Meeting, Membership, Message, Person, Stipend
from models.tables.stipends import StipendState
from models.transitions import queue, reference
from templates.documents.bill import BillDocument, Contractor, ContractReference, Disclosure, Party, bill
from templates.letters.pay import AmountLine, BillReceivedLetter, StipendReadyLetter
from templates.polish import amount_zl

PER_WORDS = {RatePer.HOUR: "za godzinę", RatePer.DAY: "za dzień", RatePer.MEETING: "za spotkanie"}


@dataclass(frozen=True)
class Bill:
    """What a record has to say: its snapshot opened, and the bills it has to do with."""

    stipend: Stipend
    person: Person
    body: dict[str, Any]
    replaces: str | None
    """The number of the bill that this one takes the place of."""
    corrects: str | None
    """The number of the bill that this one adds to, and that stands beside it."""

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(Line(**line) for line in self.body["settlement"]["lines"])

    @property
    def minutes(self) -> int:
        """Confirmed minutes of the whole meeting, also where this payment only adds to an earlier one."""
        return int(self.body["settlement"]["minutes"])


def bill_of(session: Session, stipend: Stipend) -> Bill:
    """The bill of a record that can be paid."""
    membership = session.get_one(Membership, stipend.membership_id)
    corrected = session.get(Stipend, stipend.corrects_id) if stipend.corrects_id else None
    return Bill(
        stipend=stipend,
        person=session.get_one(Person, membership.person_id),
        body=json.loads(stipend.snapshot),
        replaces=replaced_bill(session, stipend),
        corrects=corrected.number if corrected else None,
    )


def bill_topic(stipend: Stipend) -> str:
    """What letters about a bill are about: all its versions, and a correction apart from what it corrects."""
    topic = f"stipend/{stipend.membership_id}/{stipend.meeting_id}"
    return f"{topic}/{stipend.corrects_id}" if stipend.corrects_id else topic


def replaced_bill(session: Session, stipend: Stipend) -> str | None:
    """The number of the newest bill that this one takes the place of; a blocked record never was a bill."""
    earlier = session.exec(
        select(Stipend.number)
        .where(
            Stipend.membership_id == stipend.membership_id,
            Stipend.meeting_id == stipend.meeting_id,
            Stipend.version < stipend.version,
            Stipend.state == StipendState.SUPERSEDED,
            Stipend.corrects_id == stipend.corrects_id,
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
    paper: Bill,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Issues the bill of a record, with all its lines."""
    stipend, person, body = paper.stipend, paper.person, paper.body
    membership = session.get_one(Membership, stipend.membership_id)
    application = session.get_one(Application, membership.application_id)
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
                first_name=person.first_name,
                last_name=person.last_name,
                sex=sex_of(person),
                address=", ".join(
                    part
                    for part in (
                        value_of(values, "adres.ulica"),
                        f"{value_of(values, 'adres.kod')} {value_of(values, 'adres.miejscowosc')}".strip(),
                    )
                    if part
                ),
                pesel=person.pesel,
                account=body["account"],
            ),
            contract=ContractReference(
                number=body["contract"]["number"], signed_on=date.fromisoformat(body["contract"]["signed_on"])
            )
            if body["contract"]
            else None,
            replaces=paper.replaces,
            corrects=paper.corrects,
            already=body["already"],
            group=group.name,
            meeting=meeting.title,
            days=[date.fromisoformat(day) for day in body["days"]],
            minutes=paper.minutes,
            rate=f"{amount_zl(body['rate']['grosze'])} {PER_WORDS[RatePer(body['rate']['per'])]}",
            gross=stipend.gross,
            lines=paper.lines,
            net=stipend.net,
            notes=[warning["sentence"] for warning in stipend.warnings],
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
        person_id=person.id,
    )


def tell(
    session: Session, meeting: Meeting, definition: ProjectDefinition, paper: Bill, *, actor: Actor, now: datetime
) -> None:
    """Queues the letter that brings the bill."""
    stipend = paper.stipend
    message = compose(
        session,
        "stipend_ready",
        StipendReadyLetter(
            office=office_block(definition),
            sex=sex_of(paper.person),
            meeting_name=meeting.title,
            days=day_lines(days_of(session, meeting)),
            place=meeting.place,
            minutes=paper.minutes,
            gross=stipend.gross,
            deductions=deductions(paper.lines),
            net=stipend.net,
            attached=False,
            bill_number=stipend.number,
            replaces=paper.replaces or "",
            corrects=paper.corrects or "",
            return_until=bill_due(stipend, definition),
            signed_first=waits_for_signature(definition),
        ),
        subject_ref=f"stipend/{stipend.id}",
        area=meeting.area,
        occasion=f"version-{stipend.version}",
        actor=actor,
        now=now,
        person=paper.person,
        contradicts=bill_topic(stipend),
        definition=definition,
    )
    queue(session, [message] if message else [], actor=actor, now=now)


def waits_for_signature(definition: ProjectDefinition) -> bool:
    """Whether the project orders a payment only once its bill has come back signed."""
    return definition.payments is None or definition.payments.signed_bill


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
