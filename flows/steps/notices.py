"""Short letters by which a person learns where an application stands, where no longer letter says it."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from flows.steps.applications import call_of
from flows.steps.calls import group_of
from flows.steps.outbox import compose, office_block, sex_of
from flows.steps.projects import definition_for
from models.actor import Actor
from models.tables import Application, Message, Person
from models.transitions import reference
from templates.letters.frame import ApplicationLetter


def notice(
    session: Session,
    application: Application,
    event: str,
    letter: Callable[..., ApplicationLetter],
    *,
    occasion: str,
    topic: str,
    subject_ref: str = "",
    actor: Actor,
    now: datetime,
    **said: object,
) -> list[Message]:
    """The letter about an application as a row not yet added: one, or none when this occasion has its letter.

    ``said`` is what the letter holds beside the number and the group; ``topic`` is what it may be contrary about.
    """
    call = call_of(session, application)
    definition = definition_for(session, call)
    person = session.get_one(Person, application.person_id)
    message = compose(
        session,
        event,
        letter(
            office=office_block(definition),
            sex=sex_of(person),
            public_number=application.public_number,
            group_name=group_of(session, call).name,
            **said,
        ),
        subject_ref=subject_ref or reference(application),
        area=application.area,
        occasion=occasion,
        actor=actor,
        now=now,
        person=person,
        contradicts=topic,
        definition=definition,
    )
    return [message] if message else []
