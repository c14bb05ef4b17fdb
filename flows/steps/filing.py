"""One reading is filed: as an application, as an answer to a correction request, or as a row for an officer."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.steps.answers import record_answer
from flows.steps.applications import current_values, store_values, value_rows
from flows.steps.applying_units import has_other_of_unit, is_for_units, learn_unit
from flows.steps.belonging import asked_of, call_for, claimed, has_other, named_in, waiting_of, waiting_of_unit
from flows.steps.corrections import answered, assess
from flows.steps.filed_forms import put_to
from flows.steps.mail_files import conclude, drop_misleading_number, file_beside, home_of
from flows.steps.people import IDENTIFYING, learn, note_difference, reassign, recognise, value_of
from flows.steps.registration import acknowledge, register
from flows.steps.scans import file_scan
from flows.steps.seat_claims import learn_seat
from flows.steps.statement_filing import file_statement
from flows.steps.transcription import TO_BE_TYPED
from flows.steps.unreadable_files import leave_to_officer
from forms.contradictions import against_receipt
from forms.reading import FormReading, Unreadable
from models.actor import Actor
from models.errors import FormUnreadable
from models.events import Happened
from models.form_definition import FormPurpose
from models.group_kinds import UNIT_FIELD
from models.tables import Application, Person, SubmittedFile
from models.tables.files import FileState
from models.transitions import note, reference


@dataclass(frozen=True)
class IntakeCounts:
    """What became of files that were read. ``duplicates`` are counted among complete and incomplete ones, too.

    ``further`` are files that came in one mail with a form and were filed to its application.
    """

    complete: int = 0
    incomplete: int = 0
    answers: int = 0
    duplicates: int = 0
    unreadable: int = 0
    to_type: int = 0
    """Scans and pictures that became applications, or answers, for an officer to type in."""
    further: int = 0
    statements: int = 0
    """Statements of members of paid groups, which wait for an officer to check them."""

    def __add__(self, other: "IntakeCounts") -> "IntakeCounts":
        return IntakeCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def file_reading(
    session: Session, file_id: int, reading: FormReading | Unreadable, *, actor: Actor, now: datetime
) -> IntakeCounts:
    """Makes of one reading an application, an answer, or a row for the officer. A file already filed stays as it is."""
    row = session.get_one(SubmittedFile, file_id, with_for_update=True)
    if row.state is not FileState.STORED:
        return IntakeCounts()
    counts = _file(session, row, reading, actor=actor, now=now)
    if row.mail_id is not None:
        conclude(session, row.mail_id, actor=actor, now=now)
    return counts


def _file(
    session: Session, row: SubmittedFile, reading: FormReading | Unreadable, *, actor: Actor, now: datetime
) -> IntakeCounts:
    if isinstance(reading, FormReading) and reading.purpose is FormPurpose.PAY_STATEMENT:
        return _file_statement(session, row, reading, actor=actor, now=now)
    if row.mail_id is not None:
        home = home_of(session, row, reading)
        if isinstance(home, Application):
            file_beside(session, row, home, reading, actor=actor, now=now)
            return IntakeCounts(further=1)
        if isinstance(home, Unreadable):
            reading = home
        elif isinstance(reading, FormReading):
            drop_misleading_number(session, row, reading)
    # From here on a file stands for itself, whichever way it came: a scan alone in a mail, too.
    if isinstance(reading, FormReading):
        try:
            with session.begin_nested():
                return _file_form(session, row, reading, actor=actor, now=now)
        except FormUnreadable as error:
            session.refresh(row)
            reading = Unreadable(code=error.code, sentence=str(error))
    elif reading.code in TO_BE_TYPED:
        try:
            with session.begin_nested():
                if file_scan(session, row, actor=actor, now=now):
                    return IntakeCounts(to_type=1)
        except FormUnreadable as error:
            session.refresh(row)
            reading = Unreadable(code=error.code, sentence=str(error))
    leave_to_officer(session, row, reading, actor=actor, now=now)
    return IntakeCounts(unreadable=1)


def _file_statement(
    session: Session, row: SubmittedFile, reading: FormReading, *, actor: Actor, now: datetime
) -> IntakeCounts:
    """A statement is no application: it goes to the seat of its member, or to an officer."""
    try:
        with session.begin_nested():
            file_statement(session, row, reading, actor=actor, now=now)
            return IntakeCounts(statements=1)
    except FormUnreadable as error:
        session.refresh(row)
        trouble = Unreadable(code=error.code, sentence=str(error))
    leave_to_officer(session, row, trouble, actor=actor, now=now)
    return IntakeCounts(unreadable=1)


_GMINA = "instytucja.gmina"
_TELLING = IDENTIFYING | {UNIT_FIELD, _GMINA}
"""Keys of the answers that say whose form it is and what it was sent to."""


def _file_form(
    session: Session, row: SubmittedFile, reading: FormReading, *, actor: Actor, now: datetime
) -> IntakeCounts:
    assert row.id is not None
    fields = against_receipt(reading.fields, warsaw_date(row.received_at))
    reading = reading.model_copy(update={"fields": fields})
    # Rows that belong to no application yet: enough to recognise the person and the call by.
    telling = [one for one in fields if one.key in _TELLING]
    drafts = {
        value.key: value
        for value in value_rows(telling, application_id=0, area="", file_id=row.id, actor=actor, now=now)
    }
    named = claimed(session, row, reading)
    unit = value_of(drafts, UNIT_FIELD)
    call = call_for(session, named.number, row, reading, unit or value_of(drafts, _GMINA))
    for_units = is_for_units(session, call)
    application = named_in(session, named, row, reading)
    if application is None and for_units:
        application = waiting_of_unit(session, row, call, unit)
    known = session.get_one(Person, application.person_id) if application is not None else None
    person = recognise(session, drafts, now=now, known=known)
    if application is None and not for_units:
        application = waiting_of(session, row, call, person)
    answer = application is not None
    duplicate = False
    if application is None:
        duplicate = has_other_of_unit(session, call, unit) if for_units else has_other(session, call, person)
        application = register(
            session,
            call,
            person,
            form=(reading.form_key, reading.form_version),
            received_at=row.received_at,
            channel=row.channel,
            actor=actor,
            now=now,
        )
    assert application.id is not None
    if answer:
        record_answer(session, application, reading, file_id=row.id, actor=actor, now=now)
        reassign(session, application, person)
        learn(session, person, current_values(session, application), written=asked_of(session, application))
    else:
        store_values(
            session, fields, application_id=application.id, area=call.area, file_id=row.id, actor=actor, now=now
        )
        learn(session, person, drafts)
    # Of a new application the answers of ``_TELLING`` are at hand; whoever asks for others reads them.
    values = current_values(session, application) if answer else drafts
    learn_unit(session, application, values)
    learn_seat(session, application, actor=actor, now=now)
    put_to(session, row, reading, application, area=call.area, remarks=named.remarks, actor=actor, now=now)
    for remark in named.remarks:
        note(
            session,
            reference(application),
            happened=Happened.FALSE_ID_SEEN,
            actor=actor,
            now=now,
            area=call.area,
            facts={"remark": remark},
        )
    if duplicate:
        note(
            session,
            reference(application),
            happened=Happened.DUPLICATE_SEEN,
            actor=actor,
            now=now,
            area=call.area,
        )
    note_difference(session, application, person, values, actor=actor, now=now)
    if answer:
        answered(session, application, actor=actor, now=now)
        return IntakeCounts(answers=1)
    complete = assess(session, application, actor=actor, now=now)
    acknowledge(session, application, call, person, complete=complete, actor=actor, now=now)
    return IntakeCounts(complete=int(complete), incomplete=int(not complete), duplicates=int(duplicate))
