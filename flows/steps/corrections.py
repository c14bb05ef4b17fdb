"""Corrections: what is missing, what to ask for, what came back, and an officer's word beside the read one."""

import json
from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.addresses import EMAIL, record_confirmation
from flows.steps.answers import decide_change, overtake
from flows.steps.applications import (
    Gap,
    call_of,
    current_values,
    find_application,
    form_of,
    gaps,
    leaf_of,
    open_correction,
)
from flows.steps.applying_units import learn_unit
from flows.steps.correction_letters import address_waiting, announce_attachment, request_message, topic_of
from flows.steps.notices import notice
from flows.steps.outbox import told_at, withdraw_contrary
from flows.steps.people import learn, note_difference, reassign, recognise
from flows.steps.projects import definition_for
from flows.steps.seat_claims import learn_seat
from flows.steps.territory import territory_of
from forms.typed import typed_value
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.facts import FieldStatus
from models.rules.working_days import deadline
from models.tables import Application, Call, Correction, FieldValue, Person
from models.tables.applications import ApplicationState, CorrectionState, Origin
from models.transitions import enter, move, note, queue, reference
from templates.letters.applications import ClosedIncompleteLetter, CompletedLetter


def assess(session: Session, application: Application, *, actor: Actor, now: datetime) -> bool:
    """Decides whether a *received* or *corrected* application is complete; asks for what is missing if it is not.

    Returns whether it is complete.
    """
    call = call_of(session, application)
    definition = definition_for(session, call)
    rounds = len(session.exec(select(Correction.id).where(Correction.application_id == application.id)).all())
    missing = gaps(form_of(definition, application), current_values(session, application), first_round=rounds == 0)
    late = came_too_late(definition, call, application)
    spent = rounds >= definition.deadlines.correction_rounds
    if missing and spent and not late:
        # Nobody is asked for ever, and no machine turns anybody down: what hangs on it cannot be told, and is a case
        # for a person.
        note(
            session,
            reference(application),
            happened=Happened.CORRECTION_ROUNDS_SPENT,
            actor=actor,
            now=now,
            area=application.area,
            facts={"fields": [gap.key for gap in missing]},
        )
    if not missing or late or spent:
        move(
            session,
            application,
            ApplicationState.COMPLETE,
            happened=Happened.APPLICATION_COMPLETE,
            actor=actor,
            now=now,
        )
        return True
    ask(session, application, missing, actor=actor, now=now)
    return False


def came_too_late(definition: ProjectDefinition, call: Call, application: Application) -> bool:
    """Whether the regulation settles the matter by the time of receipt alone.

    Nobody is then asked to complete a form that cannot be accepted any more, and the call does not wait for it.
    """
    kinds = {definition.criterion(code).test.kind for code in definition.group_kind(call.group_kind).criteria}
    return "received_in_time" in kinds and application.received_at > call.closes_at


def ask(session: Session, application: Application, missing: list[Gap], *, actor: Actor, now: datetime) -> Correction:
    """Opens one correction request: the application waits, the letter lists every field with its reason.

    Raises ``BadInput`` while another one is open: a candidate has one letter to answer, not two.
    """
    if open_correction(session, application) is not None:
        raise BadInput(
            "Na to zgłoszenie czeka już prośba o uzupełnienie. Następną można wysłać, gdy tamta się zakończy."
        )
    # What was said of the request before this one, and has not left yet.
    withdraw_contrary(session, topic_of(application), actor=actor, now=now)
    call = call_of(session, application)
    definition = definition_for(session, call)
    rounds = session.exec(select(Correction.round).where(Correction.application_id == application.id)).all()
    assert application.id is not None
    correction = Correction(
        area=application.area,
        application_id=application.id,
        round=max(rounds, default=0) + 1,
        items=[{"key": gap.key, "reason_code": gap.reason_code} for gap in missing],
        due_at=deadline(now, definition.deadlines.correction_working_days),
        asked_at=now,
    )
    enter(
        session,
        correction,
        happened=Happened.CORRECTION_ASKED,
        actor=actor,
        now=now,
        facts={"application": application.number, "fields": [gap.key for gap in missing]},
    )
    message = request_message(session, application, correction, missing, actor=actor, now=now)
    move(
        session,
        application,
        ApplicationState.INCOMPLETE,
        happened=Happened.APPLICATION_INCOMPLETE,
        actor=actor,
        now=now,
        facts={"fields": [gap.key for gap in missing]},
        messages=[message] if message else [],
    )
    if message is not None:
        announce_attachment(session, message, application, correction)
    return correction


def answered(session: Session, application: Application, *, actor: Actor, now: datetime) -> bool:
    """A corrected form has come and its values are stored: the request is answered and the application judged anew.

    Returns whether it is complete now.
    """
    correction = open_correction(session, application)
    if correction is not None:
        move(
            session,
            correction,
            CorrectionState.ANSWERED,
            happened=Happened.CORRECTION_ANSWERED,
            actor=actor,
            now=now,
        )
    withdraw_contrary(session, topic_of(application), actor=actor, now=now)
    move(
        session,
        application,
        ApplicationState.CORRECTED,
        happened=Happened.APPLICATION_CORRECTED,
        actor=actor,
        now=now,
    )
    complete = assess(session, application, actor=actor, now=now)
    if complete:
        _confirm(session, application, actor=actor, now=now)
    return complete


def _confirm(session: Session, application: Application, *, actor: Actor, now: datetime) -> None:
    """Tells the candidate that the answer came and that nothing more is asked for."""
    rounds = session.exec(select(Correction.round).where(Correction.application_id == application.id)).all()
    call = call_of(session, application)
    definition = definition_for(session, call)
    form = form_of(definition, application)
    messages = notice(
        session,
        application,
        "completed",
        CompletedLetter,
        occasion=f"round-{max(rounds, default=0)}",
        topic=topic_of(application),
        actor=actor,
        now=now,
        complete=not gaps(form, current_values(session, application), first_round=False),
    )
    queue(session, messages, actor=actor, now=now)


def overrule(session: Session, number: str, key: str, text: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Puts an officer's value beside the read one, with a reason; the application is then judged anew.

    Raises ``BadInput`` when the text is no valid value of that field, or the application is decided already.
    """
    actor.require(Right.CORRECT)
    application = find_application(session, number)
    session.refresh(application, with_for_update=True)
    if not reason.strip():
        raise BadInput("Zmiana wartości wymaga uzasadnienia (--reason).")
    if application.state not in OPEN_TO_CHANGE:
        raise BadInput(_DECIDED)
    definition = definition_for(session, call_of(session, application))
    leaf = leaf_of(form_of(definition, application), key)
    reading = typed_value(leaf, text, territory=territory_of(session))
    if reading.status is not FieldStatus.READ:
        raise BadInput(f"Pole „{leaf.label}”: {reading.reason or 'tej wartości nie da się przyjąć.'}")
    assert application.id is not None
    row = FieldValue(
        area=application.area,
        application_id=application.id,
        key=key,
        origin=Origin.OFFICER,
        status=FieldStatus.READ,
        raw=text,
        value=json.dumps(reading.value, ensure_ascii=False),
        method="officer",
        certainty=100,
        reason=reason.strip(),
        recorded_at=now,
        recorded_by=actor.login,
    )
    session.add(row)
    session.flush()
    note(
        session,
        reference(application),
        happened=Happened.VALUE_OVERRULED,
        actor=actor,
        now=now,
        area=application.area,
        facts={"key": key, "value_row": row.id},
    )
    overtake(session, application, key, actor=actor, now=now)
    identify_anew(session, application, (key,), actor=actor, now=now)
    judge_anew(session, application, actor=actor, now=now)
    address_waiting(session, application, anew=key == EMAIL, actor=actor, now=now)


RECEIVED_AT = "received_at"
"""Under this key an officer's word on the time of receipt stands among the values, with its reason."""


def correct_receipt(
    session: Session, number: str, received_at: datetime, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Puts right when an application came in, with a reason; it is then judged anew. Raises ``BadInput``."""
    actor.require(Right.CORRECT)
    application = find_application(session, number)
    session.refresh(application, with_for_update=True)
    if not reason.strip():
        raise BadInput("Zmiana czasu wpływu wymaga uzasadnienia (--reason).")
    if received_at > now:
        raise BadInput("Czas wpływu jest późniejszy niż obecna chwila.")
    if application.state not in OPEN_TO_CHANGE:
        raise BadInput(_DECIDED)
    assert application.id is not None
    row = FieldValue(
        area=application.area,
        application_id=application.id,
        key=RECEIVED_AT,
        origin=Origin.OFFICER,
        status=FieldStatus.READ,
        raw=received_at.isoformat(),
        value=json.dumps(received_at.isoformat()),
        method="officer",
        certainty=100,
        reason=reason.strip(),
        recorded_at=now,
        recorded_by=actor.login,
    )
    before, application.received_at = application.received_at, received_at
    session.add_all([row, application])
    session.flush()
    note(
        session,
        reference(application),
        happened=Happened.RECEIPT_CORRECTED,
        actor=actor,
        now=now,
        area=application.area,
        facts={"from": before.isoformat(), "to": received_at.isoformat(), "value_row": row.id},
    )
    judge_anew(session, application, actor=actor, now=now)


def confirm_address(session: Session, number: str, address: str, *, reason: str, actor: Actor, now: datetime) -> int:
    """An officer vouches for an address; the letter that waited for one leaves. Returns how many letters do."""
    application = record_confirmation(session, number, address, reason=reason, actor=actor, now=now)
    return address_waiting(session, application, anew=True, actor=actor, now=now)


def settle_change(
    session: Session, number: str, key: str, *, accepts: bool, reason: str, actor: Actor, now: datetime
) -> None:
    """An officer accepts or refuses a change that nobody asked for; an accepted one has the application judged anew."""
    application = find_application(session, number)
    if accepts and application.state not in OPEN_TO_CHANGE:
        raise BadInput(_DECIDED)
    application, value = decide_change(session, number, key, accepts=accepts, reason=reason, actor=actor, now=now)
    if value is not None:
        identify_anew(session, application, (key,), actor=actor, now=now)
        judge_anew(session, application, actor=actor, now=now)


_DECIDED = "O tym zgłoszeniu już zdecydowano albo je zamknięto; wartości zmienia się przed decyzją."
OPEN_TO_CHANGE = frozenset(
    {
        ApplicationState.INCOMPLETE,
        ApplicationState.COMPLETE,
        ApplicationState.ELIGIBLE,
        ApplicationState.NOT_ELIGIBLE,
        ApplicationState.RANKED,
    }
)
"""States in which an officer may still overrule values: nothing was decided over them."""


def identify_anew(
    session: Session,
    application: Application,
    written: Collection[str],
    *,
    by_officer: bool = True,
    actor: Actor,
    now: datetime,
) -> None:
    """Puts the application under the person whom its values name now; ``written`` are the keys that changed.

    What an officer overrules is believed (``by_officer``); what was typed from paper is the candidate's word, and must
    not turn somebody known into another: ``FormUnreadable`` then.
    """
    known = session.get_one(Person, application.person_id)
    values = current_values(session, application)
    person = recognise(session, values, now=now, known=known, by_officer=by_officer)
    reassign(session, application, person)
    learn(session, person, values, written=written if by_officer else ())
    learn_unit(session, application, values)
    learn_seat(session, application, actor=actor, now=now)
    if not by_officer:
        note_difference(session, application, person, values, actor=actor, now=now)


def judge_anew(session: Session, application: Application, *, actor: Actor, now: datetime) -> None:
    """Judges an application whose values an officer changed; a request is closed once all it asked for is answered."""
    correction = open_correction(session, application)
    if application.state is ApplicationState.INCOMPLETE and correction is not None:
        values = current_values(session, application)
        form = form_of(definition_for(session, call_of(session, application)), application)
        asked = {item["key"] for item in correction.items}
        if gaps(form, values, first_round=correction.round == 1) or any(
            values[key].origin is not Origin.OFFICER for key in asked if key in values
        ):
            return  # something that was asked is still to be answered
        move(
            session,
            correction,
            CorrectionState.CLOSED,
            happened=Happened.CORRECTION_CLOSED,
            actor=actor,
            now=now,
        )
        withdraw_contrary(session, topic_of(application), actor=actor, now=now)
    was_asked = application.state is ApplicationState.INCOMPLETE
    move(
        session,
        application,
        ApplicationState.CORRECTED,
        happened=Happened.APPLICATION_CORRECTED,
        actor=actor,
        now=now,
    )
    if assess(session, application, actor=actor, now=now) and was_asked:
        # The request may have left: nobody should go on looking for what it asked for.
        _confirm(session, application, actor=actor, now=now)


def close_expired(session: Session, correction_id: int, *, actor: Actor, now: datetime) -> bool:
    """Closes an application whose request was not answered in time. Returns whether there was something to close."""
    correction = session.get_one(Correction, correction_id, with_for_update=True)
    ends = period_ends(session, correction)
    if correction.state is not CorrectionState.OPEN or ends is None or ends >= now:
        return False
    application = session.get_one(Application, correction.application_id)
    move(session, correction, CorrectionState.EXPIRED, happened=Happened.CORRECTION_EXPIRED, actor=actor, now=now)
    withdraw_contrary(session, topic_of(application), actor=actor, now=now)
    move(
        session,
        application,
        ApplicationState.CLOSED_INCOMPLETE,
        happened=Happened.APPLICATION_CLOSED,
        actor=actor,
        now=now,
        messages=notice(
            session,
            application,
            "closed_incomplete",
            ClosedIncompleteLetter,
            occasion=f"round-{correction.round}",
            topic=topic_of(application),
            actor=actor,
            now=now,
            due_on=warsaw_date(ends),
        ),
    )
    return True


def expired_corrections(session: Session, *, now: datetime) -> list[int]:
    """Open requests whose last day is over."""
    rows = session.exec(
        select(Correction)
        .where(Correction.state == CorrectionState.OPEN, col(Correction.due_at) < now)
        .order_by(col(Correction.id))
    ).all()
    ended = [(row.id, period_ends(session, row)) for row in rows]
    return [row_id for row_id, ends in ended if row_id is not None and ends is not None and ends < now]


def period_ends(session: Session, correction: Correction) -> datetime | None:
    """The last instant for an answer, counted from when the letter left if it left late; ``None`` while it has not.

    Nobody loses anything over a letter that never reached the post: no address, held back, refused.
    """
    application = session.get_one(Application, correction.application_id)
    told = told_at(session, reference(application), "correction_request", f"round-{correction.round}")
    if told is None:
        return None
    days = definition_for(session, call_of(session, application)).deadlines.correction_working_days
    return max(correction.due_at, deadline(told, days))
