"""A form that was read is put to the application that it belongs to, whatever it is for."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from forms.reading import FormReading
from models.actor import Actor
from models.events import Happened
from models.tables import Application, DataKey, SubmittedFile
from models.tables.files import FileState
from models.transitions import move


def put_to(
    session: Session,
    row: SubmittedFile,
    reading: FormReading,
    application: Application,
    *,
    area: str,
    remarks: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """The file lies under the key of the application's person from now on. ``remarks``: what was noticed beside what
    the reader itself remarked."""
    session.get_one(DataKey, row.data_key_id).person_id = application.person_id
    row.area, row.application_id = area, application.id
    session.add(row)
    move(
        session,
        row,
        FileState.FILED,
        happened=Happened.FILE_FILED,
        actor=actor,
        now=now,
        facts={
            "application": application.number,
            "form": f"{reading.form_key} {reading.form_version}",
            "recognised_by": reading.recognised_by,
            "remarks": [*reading.remarks, *remarks],
        },
    )
