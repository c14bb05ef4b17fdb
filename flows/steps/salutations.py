"""How letters greet a person: by sex, or as an officer has put down because the person asked for it."""

import json
from datetime import datetime

from sqlmodel import Session

from flows.steps.applications import find_application
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.rules.facts import FieldStatus
from models.tables import FieldValue, Person
from models.tables.applications import Origin
from models.transitions import note, reference

SALUTATION = "salutation"
"""Under this key the officer's words stand among the values of the application, with the reason."""
LONGEST = 80


def set_salutation(session: Session, number: str, text: str, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Has every further letter to the person of this application begin with ``text``; an empty one brings back the
    greeting by sex. Letters already written stay as they are. Returns whether the person is greeted in words of their
    own now.

    Raises ``BadInput`` for more than one line, more than ``LONGEST`` signs, or without a reason.
    """
    actor.require(Right.CORRECT)
    application = find_application(session, number)
    actor.require(Right.CORRECT, area=application.area)
    if not text.isprintable():
        raise BadInput("Zwrot grzecznościowy to jeden wiersz, bez znaków sterujących.")
    # The comma is the letter's.
    wanted = " ".join(text.split()).rstrip(",;. ")
    if len(wanted) > LONGEST:
        raise BadInput(f"Zwrot grzecznościowy ma najwyżej {LONGEST} znaków.")
    if not reason.strip():
        raise BadInput("Zmiana zwrotu wymaga uzasadnienia (--reason), na przykład „prośba kandydatki”.")
    assert application.id is not None
    person = session.get_one(Person, application.person_id, with_for_update=True)
    person.salutation = wanted or None
    row = FieldValue(
        area=application.area,
        application_id=application.id,
        key=SALUTATION,
        origin=Origin.OFFICER,
        status=FieldStatus.READ,
        raw=text,
        value=json.dumps(wanted, ensure_ascii=False),
        method="officer",
        certainty=100,
        reason=reason.strip(),
        recorded_at=now,
        recorded_by=actor.login,
    )
    session.add_all([person, row])
    session.flush()
    note(
        session,
        reference(application),
        happened=Happened.SALUTATION_SET,
        actor=actor,
        now=now,
        area=application.area,
        facts={"value_row": row.id, "removed": not wanted},
    )
    return bool(wanted)
