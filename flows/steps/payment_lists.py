"""The list by which the payments of a meeting are made."""

import json
from datetime import date, datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.documents import issue
from models.actor import Actor
from models.project import ProjectDefinition
from models.rules.pay import Amounts
from models.tables import Call, Group, Meeting, Membership, Person, Stipend
from templates.documents.payment_list import Payee, PaymentListDocument, payment_list


def payee_of(session: Session, stipend: Stipend) -> Person:
    """Whom a record pays."""
    return session.get_one(Person, session.get_one(Membership, stipend.membership_id).person_id)


def list_number(call: Call, meeting: Meeting) -> str:
    """The number of the payment list of a meeting."""
    return f"LW/{call.code}/{meeting.code}"


def issue_payment_list(
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
    """Issues the list of all who can be paid, as a new version of the meeting's list."""
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
    number = list_number(call, meeting)
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
