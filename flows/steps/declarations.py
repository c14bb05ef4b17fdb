"""Declarations of participation: one for everybody who is offered a seat, kept until it is printed and signed.

Who comes in without a selection gets one where the project says so for the kind of group.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import call_of
from flows.steps.calls import call_area, find_call, group_of
from flows.steps.cooperation import issue_cooperation_declaration
from flows.steps.documents import issue, letterhead
from flows.steps.memberships import seated
from flows.steps.projects import definition_for
from flows.steps.unit_consent import consent_of
from models.actor import Actor
from models.tables import Application, Call, IssuedDocument, Person
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


def undeclared(session: Session, call: Call) -> list[Application]:
    """Who sits in a group without a selection, is to sign a declaration, and has none made out yet."""
    kind = definition_for(session, call).group_kind(call.group_kind)
    if kind.selects or not kind.declaration:
        return []
    members = [
        session.get_one(Application, one.application_id) for one in seated(session, group_of(session, call).id or 0)
    ]
    made = set(
        session.exec(
            select(IssuedDocument.subject).where(
                IssuedDocument.kind == DECLARATION, col(IssuedDocument.subject).in_([one.number for one in members])
            )
        ).all()
    )
    return [one for one in members if one.number not in made]


def declare_members(office: Office, session: Session, call_code: str, *, actor: Actor, now: datetime) -> int:
    """Makes the declarations that are lacking in a group without a selection; the same again makes none.

    Returns how many. The call is locked until the end.
    """
    call = find_call(session, call_code)
    session.refresh(call, with_for_update=True)
    lacking = undeclared(session, call)
    for application in lacking:
        issue_declaration(office, session, application, actor=actor, now=now)
    return len(lacking)
