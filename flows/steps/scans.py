"""Scans and pictures are filed to the call or application that is named, and wait there to be typed in."""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import find_application
from flows.steps.belonging import awaits, call_named
from flows.steps.calls import find_call
from flows.steps.transcription import answered_by_scan, attach, register_untyped, tell_sender
from models.actor import Actor, Right
from models.errors import BadInput, FormUnreadable, NotFound
from models.tables import Application, Call, SubmittedFile
from models.tables.applications import ApplicationState
from models.tables.files import FileState


def file_scan(session: Session, row: SubmittedFile, *, actor: Actor, now: datetime) -> bool:
    """Makes of a scan an application that awaits typing, or part of the one it names. Returns whether its call could
    be told: named, or the only one open when it came. Raises ``FormUnreadable`` for a name that leads nowhere."""
    if row.answers_number:
        try:
            application = find_application(session, row.answers_number)
        except NotFound:
            raise FormUnreadable(
                "unknown_number", "Plik oznaczono numerem zgłoszenia, którego nie ma w rejestrze."
            ) from None
        _join_scan(session, row, application, actor=actor, now=now)
        return True
    if row.call_code:
        call = call_named(session, row.call_code)
    else:
        open_then = session.exec(
            select(Call).where(col(Call.opens_at) <= row.received_at, col(Call.closes_at) >= row.received_at)
        ).all()
        if len(open_then) != 1:
            return False
        call = open_then[0]
    _register_scan(session, row, call, actor=actor, now=now)
    return True


def _register_scan(session: Session, row: SubmittedFile, call: Call, *, actor: Actor, now: datetime) -> Application:
    application = register_untyped(
        session, call, received_at=row.received_at, channel=row.channel, sender=row.sender, actor=actor, now=now
    )
    attach(session, row, application, actor=actor, now=now)
    tell_sender(session, application, row, answer=False, actor=actor, now=now)
    return application


def _join_scan(session: Session, row: SubmittedFile, application: Application, *, actor: Actor, now: datetime) -> None:
    """Puts a scan to the application it names: the answer to a request, or one more page of what waits to be typed."""
    waits = application.state is ApplicationState.AWAITING_TYPING
    if not waits and not awaits(session, application, row.received_at):
        raise FormUnreadable("not_awaited", "Plik oznaczono numerem zgłoszenia, które nie czeka na uzupełnienie.")
    attach(session, row, application, actor=actor, now=now)
    if not waits:
        answered_by_scan(session, application, actor=actor, now=now)
        tell_sender(session, application, row, answer=True, actor=actor, now=now)


def open_scan(
    session: Session, file_id: int, *, call: str = "", application: str = "", actor: Actor, now: datetime
) -> Application:
    """An officer says what a scan is whose call could not be told: an application to ``call``, or part of
    ``application``. The time of receipt stays. Raises ``BadInput`` for a file that was filed or settled already."""
    actor.require(Right.TAKE_IN)
    if bool(call) == bool(application):
        raise BadInput("Proszę podać jedno: nabór (--call) albo numer zgłoszenia (--application).")
    row = session.get(SubmittedFile, file_id)
    if row is None:
        raise NotFound(f"Nie ma pliku {file_id}.")
    session.refresh(row, with_for_update=True)
    if row.state is not FileState.UNREADABLE:
        raise BadInput(f"Plik {file_id} nie czeka na decyzję pracownika; nie ma czego otwierać.")
    if call:
        return _register_scan(session, row, find_call(session, call), actor=actor, now=now)
    joined = find_application(session, application)
    _join_scan(session, row, joined, actor=actor, now=now)
    return joined
