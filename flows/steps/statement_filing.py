"""A statement form that came in is filed to the seat that it belongs to, and waits there for an officer."""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import call_of, find_application
from flows.steps.belonging import claimed
from flows.steps.filed_forms import put_to
from flows.steps.memberships import newest_membership
from flows.steps.projects import newest_for
from flows.steps.seat_times import held_any_seat
from flows.steps.statement_forms import forms_in
from forms.reading import FormReading
from models.actor import Actor
from models.errors import FormUnreadable, NotFound
from models.events import Happened
from models.rules.facts import FieldStatus
from models.storage import keyring_in
from models.tables import (
    Application,
    Group,
    Membership,
    Person,
    StatementAnswer,
    StatementForm,
    SubmittedFile,
)
from models.tables.contracts import StatementFormState
from models.transitions import enter, move

_NUMBER = "numer_zgloszenia"
_PESEL = "pesel"


def file_statement(
    session: Session, row: SubmittedFile, reading: FormReading, *, actor: Actor, now: datetime
) -> StatementForm:
    """Files a statement form to the member's seat. An older form that still waits is overtaken.

    Raises ``FormUnreadable`` when it is not clear whose it is, or the person has no seat in a paid group.
    """
    membership = _membership(session, row, reading)
    application = session.get_one(Application, membership.application_id)
    assert membership.id is not None
    assert row.id is not None
    for waiting in forms_in(session, membership, StatementFormState.WAITING):
        move(
            session,
            waiting,
            StatementFormState.OVERTAKEN,
            happened=Happened.STATEMENT_OVERTAKEN,
            actor=actor,
            now=now,
        )
    put_to(session, row, reading, application, area=membership.area, actor=actor, now=now)
    form = StatementForm(
        area=membership.area,
        membership_id=membership.id,
        file_id=row.id,
        form_key=reading.form_key,
        form_version=reading.form_version,
        received_at=row.received_at,
    )
    enter(
        session,
        form,
        happened=Happened.STATEMENT_CAME,
        actor=actor,
        now=now,
        facts={"application": application.number, "form": f"{reading.form_key} {reading.form_version}"},
    )
    assert form.id is not None
    for field in reading.fields:
        session.add(
            StatementAnswer(
                area=membership.area,
                form_id=form.id,
                key=field.key,
                status=field.status,
                raw=field.raw,
                value=None if field.value is None else json.dumps(field.value, ensure_ascii=False),
                place=field.place[:200],
                path=field.path[:400],
                method=field.method,
                certainty=field.certainty,
                reason_code=field.reason_code,
                reason=field.reason or None,
                recorded_at=now,
                recorded_by=actor.login,
            )
        )
    session.flush()
    return form


# Whose it is


def _membership(session: Session, row: SubmittedFile, reading: FormReading) -> Membership:
    """The seat of the number that the file names, or else of the only seat in a paid group of the person whose PESEL
    it gives; both must mean one person."""
    pesel = _read(reading, _PESEL)
    lookup = keyring_in(session).lookup("pesel", pesel) if pesel and pesel != "brak" else None
    number = _named(session, row, reading)
    if number:
        application = find_application(session, number)
        membership = newest_membership(session, application)
        known = session.get_one(Person, application.person_id).pesel_lookup
        if lookup is not None and known is not None and known != lookup:
            raise FormUnreadable(
                "person_contradicts",
                "Oświadczenie podaje numer PESEL innej osoby niż zgłoszenie, którego numerem je oznaczono. "
                "Pracownik musi sprawdzić, czyje to oświadczenie.",
            )
        found = [membership] if membership is not None and _may_be_paid(session, membership) else []
    else:
        rows = session.exec(
            select(Membership)
            .join(Person, col(Person.id) == Membership.person_id)
            .where(col(Person.pesel_lookup).is_not(None), Person.pesel_lookup == lookup)
            .order_by(col(Membership.id))
        ).all()
        found = [one for one in rows if _may_be_paid(session, one)] if lookup is not None else []
    if len(found) > 1:
        raise FormUnreadable(
            "statement_unclear",
            "Oświadczenie jest czytelne, ale ta osoba należy do kilku płatnych grup. Proszę wskazać zgłoszenie: "
            "nabor contract read PLIK NUMER.",
        )
    if not found:
        raise FormUnreadable(
            "no_seat",
            "Oświadczenie jest czytelne, ale nie wiadomo, do czyjego miejsca w płatnej grupie należy. "
            "Proszę wskazać zgłoszenie: nabor contract read PLIK NUMER.",
        )
    return found[0]


def _named(session: Session, row: SubmittedFile, reading: FormReading) -> str:
    """The number by the mail, the manifest or an officer, else by our own blank, else as the member wrote it."""
    named = claimed_number(session, row, reading) or _read(reading, _NUMBER).strip()
    if not named:
        return ""
    try:
        return find_application(session, named).number
    except NotFound:
        raise FormUnreadable(
            "unknown_number", "Oświadczenie oznaczono numerem zgłoszenia, którego nie ma w rejestrze."
        ) from None


def claimed_number(session: Session, row: SubmittedFile, reading: FormReading) -> str:
    """What the road or the hidden id of our blank says, with its check proven."""
    return claimed(session, row, reading, only_awaited=False).number


def _may_be_paid(session: Session, membership: Membership) -> bool:
    group = session.get_one(Group, membership.group_id)
    application = session.get_one(Application, membership.application_id)
    definition = newest_for(session, call_of(session, application))
    return definition.group_kind(group.kind).pay is not None and held_any_seat(session, membership)


def _read(reading: FormReading, key: str) -> str:
    """The certain text under a key; ``""`` for a form without it, or an answer in doubt."""
    for field in reading.fields:
        if field.key == key and field.status is FieldStatus.READ and isinstance(field.value, str):
            return field.value
    return ""
