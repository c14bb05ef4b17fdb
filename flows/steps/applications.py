"""Applications: their values with provenance, what is missing in them, and an officer's word beside the read one."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy import insert
from sqlmodel import Session, col, or_, select

from flows.steps.portions import AT_ONCE, portions
from forms.reading import FieldReading
from models.actor import Actor
from models.errors import BadInput, NotFound
from models.events import Happened
from models.form_definition import FormDefinition, Leaf, LeafType
from models.project import ProjectDefinition
from models.rules.facts import FactValue, FieldStatus
from models.tables import Application, Call, Correction, Event, FieldValue, SubmittedFile
from models.tables.applications import CorrectionState, Origin
from models.transitions import reference


@dataclass(frozen=True)
class Gap:
    """One answer to be asked for. ``reason`` is the sentence for the candidate; it never quotes the value."""

    key: str
    label: str
    reason_code: str
    reason: str


def find_application(session: Session, number: str) -> Application:
    """By register number or public number, within the actor's scope. Raises ``NotFound``."""
    row = session.exec(
        select(Application).where(or_(Application.number == number, Application.public_number == number))
    ).first()
    if row is None:
        raise NotFound(f"Nie ma zgłoszenia „{number}” (albo leży poza obszarem tego konta).")
    return row


def call_of(session: Session, application: Application) -> Call:
    return session.get_one(Call, application.call_id)


def form_of(definition: ProjectDefinition, application: Application) -> FormDefinition:
    return definition.form(application.form_key)


def current_values(session: Session, application: Application) -> dict[str, FieldValue]:
    """The value that counts for each key: the newest row that was not set aside."""
    rows = session.exec(
        select(FieldValue)
        .where(FieldValue.application_id == application.id, col(FieldValue.aside).is_(None))
        .order_by(col(FieldValue.id))
    ).all()
    return {row.key: row for row in rows}


def value_rows(
    readings: Sequence[FieldReading], *, application_id: int, area: str, file_id: int, actor: Actor, now: datetime
) -> list[FieldValue]:
    """Readings as rows, with everything that says where each came from (law 5)."""
    return [
        FieldValue(area=area, application_id=application_id, file_id=file_id, **_columns(reading, actor=actor, now=now))
        for reading in readings
    ]


def store_values(
    session: Session,
    readings: Sequence[FieldReading],
    *,
    application_id: int,
    area: str,
    file_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Stores what ``value_rows`` would make, all in one statement. The session does not hold the rows afterwards."""
    about: dict[str, object] = {"area": area, "application_id": application_id, "file_id": file_id}
    session.flush()
    if readings:
        rows = [{**about, **_columns(one, actor=actor, now=now)} for one in readings]
        session.execute(insert(FieldValue), rows, execution_options={"render_nulls": True})


class _Columns(TypedDict):
    key: str
    origin: Origin
    status: FieldStatus
    raw: str
    value: str | None
    place: str
    path: str
    method: str
    certainty: int
    times: int | None
    reason_code: str
    reason: str | None
    recorded_at: datetime
    recorded_by: str


def _columns(reading: FieldReading, *, actor: Actor, now: datetime) -> _Columns:
    return {
        "key": reading.key,
        "origin": Origin.FORM,
        "status": reading.status,
        "raw": reading.raw,
        "value": None if reading.value is None else json.dumps(reading.value, ensure_ascii=False),
        # As long as their columns: a hostile document may nest its tables without end.
        "place": reading.place[:200],
        "path": reading.path[:400],
        "method": reading.method,
        "certainty": reading.certainty,
        "times": reading.times,
        "reason_code": reading.reason_code,
        "reason": reading.reason or None,
        "recorded_at": now,
        "recorded_by": actor.login,
    }


def values_under(
    session: Session, applications: Sequence[Application], keys: Collection[str]
) -> Mapping[int, dict[str, FieldValue]]:
    """``current_values`` of many applications by id, those under some keys only; the others stay encrypted."""
    found: defaultdict[int, dict[str, FieldValue]] = defaultdict(dict)
    for portion in portions(applications, AT_ONCE):
        rows = session.exec(
            select(FieldValue)
            .where(
                col(FieldValue.application_id).in_([one.id for one in portion]),
                col(FieldValue.key).in_(sorted(keys)),
                col(FieldValue.aside).is_(None),
            )
            .order_by(col(FieldValue.id))
        )
        for row in rows:
            found[row.application_id][row.key] = row
    return found


def gaps(form: FormDefinition, values: dict[str, FieldValue], *, first_round: bool) -> list[Gap]:
    """What must be asked for before the application can be judged.

    A required statement that is not ticked is asked about once: people overlook boxes. Left open in the answer
    too, it is a statement withheld, and the criterion says what follows.
    """
    found = []
    for leaf in form.leaves:
        row = values.get(leaf.key)
        status = row.status if row else FieldStatus.BLANK
        if status is FieldStatus.READ:
            if first_round and leaf.type == LeafType.STATEMENT and row is not None and row.value == "false":
                found.append(
                    Gap(
                        leaf.key,
                        leaf.label,
                        "statement_unticked",
                        "Oświadczenie nie jest zaznaczone. Aby je złożyć, prosimy zaznaczyć kratkę, "
                        "na przykład znakiem X.",
                    )
                )
            continue
        if status is FieldStatus.BLANK and not leaf.required:
            continue
        code = (row.reason_code if row else "") or "required_blank"
        reason = (row.reason if row else None) or "Nie znaleźliśmy tu odpowiedzi. Prosimy ją wpisać."
        found.append(Gap(leaf.key, leaf.label, code, reason))
    return found


CANNOT_TELL = (
    "Z tej odpowiedzi nie wynika, czy warunek udziału jest spełniony. Prosimy odpowiedzieć jednoznacznie, tak jak "
    "podpowiada opis pola w formularzu."
)
"""Why a readable answer is asked about: a criterion hangs on it and cannot be decided."""


def parsed(row: FieldValue) -> FactValue:
    """The normalised value of a row as rules see it."""
    return parsed_value(row.value)


def parsed_value(stored: str | None) -> FactValue:
    """The normalised value as rules see it, from the JSON text it is stored as."""
    if stored is None:
        return None
    if stored[:1] == '"' and "\\" not in stored:
        return stored[1:-1]  # most are plain text, and there are hundreds of thousands of them
    value = json.loads(stored)
    return tuple(value) if isinstance(value, list) else value


def leaf_of(form: FormDefinition, key: str) -> Leaf:
    try:
        return form.leaf(key)
    except KeyError:
        known = ", ".join(leaf.key for leaf in form.leaves)
        raise BadInput(f"Formularz nie ma pola „{key}”. Pola: {known}.") from None


def file_remarks(session: Session, application: Application) -> dict[int, list[str]]:
    """What the reader remarked on each file of an application (macros, tracked changes), by the file's id."""
    files = session.exec(select(SubmittedFile).where(SubmittedFile.application_id == application.id)).all()
    of_subject = {reference(row): row.id for row in files if row.id is not None}
    filed = session.exec(
        select(Event)
        .where(col(Event.subject).in_(of_subject), Event.kind == Happened.FILE_FILED)
        .order_by(col(Event.id))
    ).all()
    return {of_subject[event.subject]: event.facts["remarks"] for event in filed if event.facts.get("remarks")}


def newest_correction(session: Session, application: Application) -> Correction | None:
    """The last request, whatever became of it."""
    return session.exec(
        select(Correction).where(Correction.application_id == application.id).order_by(col(Correction.round).desc())
    ).first()


def open_correction(session: Session, application: Application) -> Correction | None:
    """The request that waits for an answer, if one does."""
    return session.exec(
        select(Correction).where(Correction.application_id == application.id, Correction.state == CorrectionState.OPEN)
    ).first()
