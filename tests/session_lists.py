"""The list of a session of support, printed, filled by hands, shown and entered, in one line each."""

from collections.abc import Mapping, Sequence
from datetime import date, time

from conftest import Staged
from people import CALL, RITA, WORKER
from sheet_filling import Hand, filled
from supporting import DAY, plan, read, social_workers

from flows.adapters.office import Office
from flows.steps.documents import content_of, newest
from flows.steps.sheet_lines import SheetEntered
from flows.steps.support_lists import listed_in
from flows.steps.support_presence import Reasons
from flows.steps.support_reading import SupportListPreview, enter_list, preview_list
from flows.steps.support_sessions import find_session, issue_support_list
from forms.attendance_sheet import SupportListReading, read_support_list
from models.actor import Actor
from models.rules.sheet_codes import SupportListKey

FROM, TO = time(9), time(11)


def held(staged: Staged) -> tuple[Office, int, bytes, list[str]]:
    """A session of three that took place, and its list as it was printed."""
    office, registered = staged(social_workers)
    made = plan(office, registered, FROM, TO)
    return office, made, printed(office, made), registered


def printed(office: Office, session_id: int) -> bytes:
    issue_support_list(office, session_id, actor=RITA)
    with office.reading(WORKER) as session:
        row = newest(session, "support_list", f"support_session/{session_id}")
        assert row is not None
        return content_of(office, session, row)


def bound(session_id: int, on: date = DAY) -> str:
    return SupportListKey(CALL, session_id, on, (FROM, TO)).binding


def by_hand(content: bytes, session_id: int, hands: Mapping[str, Hand]) -> bytes:
    return filled(content, hands, bound_to=bound(session_id))


def shown(
    office: Office,
    content: bytes,
    answers: Mapping[str, str] | None = None,
    *,
    reading: SupportListReading | None = None,
    **given: str,
) -> SupportListPreview:
    reading, reasons = reading or read_support_list(content), Reasons(**given)
    with office.reading(RITA) as session:
        return preview_list(session, reading, content, answers or {}, reasons, actor=RITA, now=office.now())


def entered(
    office: Office,
    content: bytes,
    answers: Mapping[str, str] | None = None,
    *,
    reading: SupportListReading | None = None,
    partial: bool = False,
    actor: Actor = RITA,
    **given: str,
) -> SheetEntered:
    with office.writing(actor) as session:
        return enter_list(
            office,
            session,
            reading or read_support_list(content),
            content,
            name="lista.docx",
            answers=answers or {},
            reasons=Reasons(**given),
            partial=partial,
            actor=actor,
        )


def on_record(office: Office, session_id: int) -> list[tuple[int | None, str | None]]:
    return read(
        office, lambda s: [(one.minutes, one.reason) for one in listed_in(s, find_session(s, session_id))], WORKER
    )


def asks(office: Office, content: bytes, **given: str) -> dict[str, str]:
    return {line.number: line.asks for line in shown(office, content, **given).asked}


def everybody(numbers: Sequence[str]) -> dict[str, Hand]:
    return {number: Hand(tick=True) for number in numbers}
