"""The clock of a call, from its requests and the log that says when each of them ended."""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.calls import find_call
from flows.steps.projects import definition_for
from models.events import Happened
from models.rules.call_clock import CallClock, Wait, call_clock
from models.tables import Application, Call, Correction, Event
from models.tables.applications import CorrectionState
from models.transitions import reference

_ENDS = (Happened.CORRECTION_ANSWERED, Happened.CORRECTION_EXPIRED, Happened.CORRECTION_CLOSED)


def clock_of(session: Session, call: Call, *, now: datetime) -> CallClock:
    """When the call's verification is due, if days on which a candidate is waited for do not count."""
    requests = session.exec(
        select(Correction)
        .join(Application, col(Application.id) == Correction.application_id)
        .where(Application.call_id == call.id)
    ).all()
    ended = dict(
        session.exec(
            select(Event.subject, Event.at).where(
                col(Event.kind).in_(_ENDS), col(Event.subject).in_([reference(one) for one in requests])
            )
        ).all()
    )
    waits = [
        Wait(
            warsaw_date(one.asked_at),
            None if one.state is CorrectionState.OPEN else warsaw_date(ended.get(reference(one), one.due_at)),
        )
        for one in requests
    ]
    days = definition_for(session, call).deadlines.verification_working_days
    return call_clock(warsaw_date(call.closes_at), days, waits, warsaw_date(now))


def stood_words(clock: CallClock) -> str:
    """What a due day alone does not tell."""
    said = f"; zegar naboru stał dni roboczych: {clock.stood}" if clock.stood else ""
    return said + ("; teraz stoi, bo trwa uzupełnianie zgłoszeń" if clock.stands else "")


def clock_sentence(session: Session, call_code: str, *, now: datetime) -> str:
    """Until when the applications of a call are to be verified, and for how long that stood still."""
    call = find_call(session, call_code)
    clock = clock_of(session, call, now=now)
    return f"Termin weryfikacji zgłoszeń: {clock.due:%d.%m.%Y}{stood_words(clock)}."
