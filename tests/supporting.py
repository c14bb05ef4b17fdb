"""Members with support beside their seat, and what officers do with it, in one line each."""

from collections.abc import Callable, Sequence
from datetime import date, time
from typing import TypeVar

from people import RITA, go_to, invited_group
from sqlmodel import Session

from flows.adapters.office import Office
from flows.steps.coaching import Coaching, record_coaching
from flows.steps.support import grant_support
from flows.steps.support_presence import attend_session
from flows.steps.support_sessions import Planned, plan_session
from models.actor import Actor
from models.tables.support import SupportState

ALONE, TOGETHER = "coaching_indywidualny", "coaching_grupowy"
DAY = date(2018, 10, 5)
HELD = Coaching(DAY, time(16), time(17, 30), "Praca z rodziną", "Jan Wymyślony")
T = TypeVar("T")


def members(office: Office) -> list[str]:
    """Three members: the first of social assistance, the others of other sectors. It is October, after the meeting."""
    registered = invited_group(office, 3)
    go_to(office, "2018-10-15T09:00")
    return registered


def social_workers(office: Office) -> list[str]:
    """The same members, all of social assistance and with both kinds of support since September."""
    registered = members(office)
    for number in registered:
        for kind in (ALONE, TOGETHER):
            write(
                office,
                lambda s, n=number, k=kind: grant_support(
                    s, n, k, first_day=date(2018, 9, 1), reason="wyjątek", actor=RITA, now=office.now()
                ),
            )
    return registered


def write(office: Office, act: Callable[[Session], T], actor: Actor = RITA) -> T:
    with office.writing(actor) as session:
        return act(session)


def read(office: Office, look: Callable[[Session], T], actor: Actor = RITA) -> T:
    with office.reading(actor) as session:
        return look(session)


def grant(office: Office, number: str, kind: str = ALONE, **given: object) -> SupportState:
    first = {"first_day": date(2018, 9, 1), **given}
    return write(
        office,
        lambda s: grant_support(s, number, kind, actor=RITA, now=office.now(), **first).grant.state,  # type: ignore[arg-type]
    )


def record(office: Office, number: str, held: Coaching = HELD, kind: str = ALONE, **given: object) -> int:
    return write(
        office,
        lambda s: record_coaching(s, number, held, kind=kind, actor=RITA, now=office.now(), **given),  # type: ignore[arg-type]
    )


def plan(office: Office, numbers: Sequence[str], starts: time, ends: time, *, on: date = DAY, **given: object) -> int:
    made, _ = write(
        office,
        lambda s: plan_session(
            s,
            TOGETHER,
            numbers,
            Planned(on, starts, ends, "Superwizja"),
            actor=RITA,
            now=office.now(),
            **given,  # type: ignore[arg-type]
        ),
    )
    return made


def attend(office: Office, session_id: int, words: dict[str, str], **given: object) -> tuple[int, list[str]]:
    done = write(
        office,
        lambda s: attend_session(s, session_id, words, actor=RITA, now=office.now(), **given),  # type: ignore[arg-type]
    )
    return done.changed, list(done.remarks)
