"""Answers to correction requests: compared with what is known, field by field (the rule is ``models.rules.answers``).

Every field of the answer is recorded as it was read. What was asked for counts; what nobody asked about and yet is
different waits for an officer, who sees both and says why one of them is right.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import (
    call_of,
    current_values,
    find_application,
    form_of,
    leaf_of,
    newest_correction,
    parsed,
    value_rows,
)
from flows.steps.correction_letters import hidden_numbers, sent_out_blank
from flows.steps.projects import definition_for
from forms.contradictions import cross_check
from forms.reading import FieldReading, FormReading
from models.actor import Actor, Right
from models.errors import BadInput, NotFound
from models.events import Happened
from models.masking import came_back_masked
from models.rules.answers import Bearing, Said, bearing
from models.rules.facts import FieldStatus
from models.tables import Application, FieldValue, UnaskedChange
from models.tables.applications import Aside, ChangeState, Origin
from models.transitions import enter, move, note, reference

_ASIDE = {Bearing.COUNTS: None, Bearing.UNCHANGED: Aside.UNCHANGED, Bearing.UNASKED: Aside.UNASKED}


_NOTHING = Said(FieldStatus.BLANK)


@dataclass(frozen=True)
class ChangeLine:
    """One unasked change as an officer sees it: what counted, what the answer says, and where each stands."""

    key: str
    label: str
    state: ChangeState
    seen_at: datetime
    before: str
    before_place: str
    after: str
    after_status: str
    after_place: str
    reason: str


def record_answer(
    session: Session, application: Application, reading: FormReading, *, file_id: int, actor: Actor, now: datetime
) -> None:
    """Stores every field of an answer, those that do not count set aside, and notes the changes nobody asked for."""
    form = form_of(definition_for(session, call_of(session, application)), application)
    last = newest_correction(session, application)
    asked = {item["key"] for item in last.items} if last is not None else set()
    blank_sent = last is not None and sent_out_blank(session, last)
    current = current_values(session, application)
    history: dict[str, list[FieldValue]] = {}
    for row in session.exec(
        select(FieldValue).where(FieldValue.application_id == application.id).order_by(col(FieldValue.id))
    ).all():
        history.setdefault(row.key, []).append(row)
    numbers = hidden_numbers(session, application, form)
    masked = {
        field.key
        for field in reading.fields
        if any(came_back_masked(row.raw, field.raw, numbers) for row in history.get(field.key, ()))
    }
    # A hidden number is the one we know: what was corrected beside it is checked against that.
    known = {
        field.key: _known_again(field, current[field.key]) if field.key in masked and field.key in current else field
        for field in reading.fields
    }
    checked = cross_check(form, known)
    readings = [field if field.key in masked else checked[field.key] for field in reading.fields]
    assert application.id is not None
    for row in value_rows(
        readings, application_id=application.id, area=application.area, file_id=file_id, actor=actor, now=now
    ):
        counting = current.get(row.key)
        sent = None if blank_sent else _newest_read(history.get(row.key, []))
        verdict = bearing(
            # An empty box of a blank form says as little as an empty line of it.
            _NOTHING if blank_sent and row.value == "false" else _said(row),
            current=_said(counting) if counting else None,
            sent=_said(sent) if sent else None,
            asked=row.key in asked,
            masked=row.key in masked,
        )
        row.aside = _ASIDE[verdict]
        session.add(row)
        session.flush()
        taken_back = verdict is Bearing.UNCHANGED and counting is not None and _said(row).says_what(_said(counting))
        if verdict is not Bearing.UNCHANGED or taken_back:
            overtake(session, application, row.key, actor=actor, now=now)
        if verdict is Bearing.UNASKED:
            _note_change(session, application, row, counting, actor=actor, now=now)


def _newest_read(rows: list[FieldValue]) -> FieldValue | None:
    """What the newest document said, whether it counted or not."""
    return next((row for row in reversed(rows) if row.file_id and row.origin is Origin.FORM), None)


def _said(row: FieldValue) -> Said:
    return Said(row.status, parsed(row), row.raw)


def _known_again(field: FieldReading, row: FieldValue) -> FieldReading:
    return field.model_copy(update={"status": row.status, "value": parsed(row), "certainty": row.certainty})


def _note_change(
    session: Session,
    application: Application,
    row: FieldValue,
    before: FieldValue | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    assert application.id is not None
    assert row.id is not None
    change = UnaskedChange(
        area=application.area,
        application_id=application.id,
        key=row.key,
        value_id=row.id,
        before_id=before.id if before else None,
        seen_at=now,
    )
    enter(session, change, happened=Happened.CHANGE_SEEN, actor=actor, now=now, facts={"key": row.key})
    note(
        session,
        reference(application),
        happened=Happened.CHANGE_SEEN,
        actor=actor,
        now=now,
        area=application.area,
        facts={"key": row.key},
    )


def _waiting(session: Session, application: Application, key: str) -> list[UnaskedChange]:
    rows = session.exec(
        select(UnaskedChange).where(
            UnaskedChange.application_id == application.id,
            UnaskedChange.key == key,
            UnaskedChange.state == ChangeState.WAITING,
        )
    ).all()
    return list(rows)


def overtake(session: Session, application: Application, key: str, *, actor: Actor, now: datetime) -> None:
    """A later word on the same field makes a waiting change pointless."""
    for change in _waiting(session, application, key):
        move(session, change, ChangeState.OVERTAKEN, happened=Happened.CHANGE_OVERTAKEN, actor=actor, now=now)


def changes_of(session: Session, number: str) -> list[ChangeLine]:
    """Every unasked change of an application, those that wait first."""
    application = find_application(session, number)
    form = form_of(definition_for(session, call_of(session, application)), application)
    labels = {leaf.key: leaf.label for leaf in form.leaves}
    lines = []
    for change in session.exec(
        select(UnaskedChange).where(UnaskedChange.application_id == application.id).order_by(col(UnaskedChange.id))
    ).all():
        after = session.get_one(FieldValue, change.value_id)
        before = session.get_one(FieldValue, change.before_id) if change.before_id is not None else None
        lines.append(
            ChangeLine(
                key=change.key,
                label=labels.get(change.key, change.key),
                state=change.state,
                seen_at=change.seen_at,
                before=before.raw if before else "",
                before_place=before.place if before else "",
                after=after.raw,
                after_status=after.status,
                after_place=after.place,
                reason=change.reason or "",
            )
        )
    return sorted(lines, key=lambda line: line.state is not ChangeState.WAITING)


def decide_change(
    session: Session, number: str, key: str, *, accepts: bool, reason: str, actor: Actor, now: datetime
) -> tuple[Application, FieldValue | None]:
    """An officer takes an unasked change over, or leaves the old value. Returns the application and the value that
    counts from now on, if it is another one.

    Raises ``BadInput`` without a reason, ``NotFound`` when nothing of that field waits.
    """
    actor.require(Right.CORRECT)
    application = find_application(session, number)
    session.refresh(application, with_for_update=True)
    form = form_of(definition_for(session, call_of(session, application)), application)
    leaf_of(form, key)
    if not reason.strip():
        raise BadInput("Ta decyzja wymaga uzasadnienia (--reason).")
    waiting = _waiting(session, application, key)
    if not waiting:
        raise NotFound(f"W polu „{key}” nie ma zmiany, która czeka na pracownika (nabor application changes).")
    change = waiting[-1]
    change.reason = reason.strip()
    session.add(change)
    move(
        session,
        change,
        ChangeState.ACCEPTED if accepts else ChangeState.REFUSED,
        happened=Happened.CHANGE_ACCEPTED if accepts else Happened.CHANGE_REFUSED,
        actor=actor,
        now=now,
        facts={"key": key},
    )
    note(
        session,
        reference(application),
        happened=Happened.CHANGE_ACCEPTED if accepts else Happened.CHANGE_REFUSED,
        actor=actor,
        now=now,
        area=application.area,
        facts={"key": key},
    )
    if not accepts:
        return application, None
    read = session.get_one(FieldValue, change.value_id)
    row = FieldValue(
        **read.model_dump(exclude={"id", "aside", "recorded_at", "recorded_by"}),
        recorded_at=now,
        recorded_by=actor.login,
    )
    session.add(row)
    session.flush()
    return application, row
