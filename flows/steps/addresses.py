"""Confirmed addresses: where a letter with personal data may go (law 7), and letters that wait for one."""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import find_application
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.identifiers import Email, check_email
from models.rules.addresses import ConfirmedTo, StatedAddress, confirmed_to
from models.rules.facts import FieldStatus
from models.tables import Application, ConfirmedAddress, FieldValue, SubmittedFile
from models.tables.applications import Aside, Origin
from models.transitions import note, reference

EMAIL = "email"


def confirmed_address(session: Session, application: Application) -> ConfirmedTo | None:
    """Where a letter with personal data about this application may go; ``None`` while nobody stands behind any address.

    What an officer wrote last counts most: a confirmation, or the address as a value with a reason.
    """
    rows = _stated(session, application)
    typed = [row for row in rows if row.origin is Origin.OFFICER and row.application_id == application.id]
    given = session.exec(
        select(ConfirmedAddress)
        .where(ConfirmedAddress.application_id == application.id)
        .order_by(col(ConfirmedAddress.id).desc())
    ).first()
    vouched = given.address if given else None
    if typed and (given is None or typed[-1].recorded_at > given.confirmed_at):
        vouched = _address(typed[-1])
    read = [row for row in rows if row.origin is Origin.FORM]
    own = [row for row in read if row.application_id == application.id]
    senders = session.exec(
        select(SubmittedFile)
        .where(SubmittedFile.application_id == application.id)
        .order_by(col(SubmittedFile.received_at), col(SubmittedFile.id))
    ).all()
    return confirmed_to(
        vouched=vouched,
        # The application's own answer last: it is the one that is preferred.
        stated=[
            StatedAddress(_address(row), row.certainty, row.file_id or 0, row.times or 1)
            for row in [*(row for row in read if row not in own), *own]
        ],
        senders=[row.sender for row in senders if row.sender],
    )


def _stated(session: Session, application: Application) -> list[FieldValue]:
    """Every address read in this person's applications, the oldest first, but for changes not yet accepted."""
    rows = session.exec(
        select(FieldValue)
        .join(Application, col(Application.id) == FieldValue.application_id)
        .where(
            Application.person_id == application.person_id,
            FieldValue.key == EMAIL,
            FieldValue.status == FieldStatus.READ,
        )
        .order_by(col(FieldValue.id))
    ).all()
    return [row for row in rows if row.aside != Aside.UNASKED and _address(row)]


def stated_address(session: Session, application: Application) -> str:
    """What stands in the form as the address, confirmed or not; empty when nothing was read."""
    own = [row for row in _stated(session, application) if row.application_id == application.id]
    return _address(own[-1]) if own else ""


def _address(row: FieldValue) -> str:
    value = json.loads(row.value) if row.value is not None else ""
    return value if isinstance(value, str) else ""


def record_confirmation(
    session: Session, number: str, address: str, *, reason: str, actor: Actor, now: datetime
) -> Application:
    """An officer vouches for an address of an application. Raises ``BadInput`` for none, or without a reason.

    The letters that waited are let go by ``flows.steps.correction_letters.address_waiting``.
    """
    actor.require(Right.CORRECT)
    application = find_application(session, number)
    actor.require(Right.CORRECT, area=application.area)
    checked = check_email(address)
    if not isinstance(checked, Email):
        raise BadInput(f"Tego adresu nie można przyjąć. {checked.sentence}")
    if not reason.strip():
        raise BadInput("Potwierdzenie adresu wymaga uzasadnienia (--reason), na przykład „rozmowa telefoniczna”.")
    assert application.id is not None
    session.add(
        ConfirmedAddress(
            area=application.area,
            application_id=application.id,
            address=checked.address,
            reason=reason.strip(),
            confirmed_at=now,
            confirmed_by=actor.login,
        )
    )
    note(
        session,
        reference(application),
        happened=Happened.ADDRESS_CONFIRMED,
        actor=actor,
        now=now,
        area=application.area,
    )
    return application
