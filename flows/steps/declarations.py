"""Declarations of participation: one for everybody who is offered a seat, kept until it is printed and signed."""

from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import call_of
from flows.steps.calls import call_area, group_of
from flows.steps.cooperation import issue_cooperation_declaration
from flows.steps.documents import issue, letterhead
from flows.steps.projects import definition_for
from flows.steps.unit_consent import consent_of
from models.actor import Actor
from models.tables import Application, IssuedDocument, Person
from templates.documents.declaration import DeclarationDocument, declaration

DECLARATION = "declaration"


def issue_declaration(
    office: Office, session: Session, application: Application, *, actor: Actor, now: datetime
) -> IssuedDocument | None:
    """Makes the declaration of an accepted person and keeps it under the person's key, as the next version; a unit
    that was chosen signs a declaration of cooperation, unless it has agreed already (``None``)."""
    call = call_of(session, application)
    if consent_of(session, application) is not None:
        return None
    if application.unit:
        return issue_cooperation_declaration(
            office, session, definition_for(session, call).code, application.unit, actor=actor, now=now
        )
    definition = definition_for(session, call)
    person = session.get_one(Person, application.person_id)
    content = declaration(
        DeclarationDocument(
            letterhead=letterhead(definition),
            issued_on=warsaw_date(now),
            first_name=person.first_name,
            last_name=person.last_name,
            public_number=application.public_number,
            group=group_of(session, call).name,
            area=call_area(definition, call.area),
        )
    )
    return issue(
        office,
        session,
        kind=DECLARATION,
        subject=application.number,
        file_name=f"{application.number.replace('/', '-')}-deklaracja.docx",
        content=content,
        area=application.area,
        actor=actor,
        now=now,
        person_id=person.id,
    )
