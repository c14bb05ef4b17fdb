"""Individual coaching: sessions on record, one row each on the sheet, and mistakes that stay on record."""

import io
from datetime import date, time

import people
import pytest
from conftest import Staged
from docx import Document
from people import CALL, KINGA, RITA, STRANGER, WORKER, go_to, invited_group, redefined
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.coaching import Coaching, coaching_of, issue_coaching_sheet, record_coaching
from flows.steps.documents import content_of, newest
from models.actor import Actor
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.tables import CoachingSession

HELD = Coaching(date(2018, 10, 5), time(16), time(17, 30), "Praca z rodziną w kryzysie", "Jan Wymyślony")


def members(office: Office) -> list[str]:
    """Two members in a project that names no kinds of support."""
    registered = invited_group(office, 2)
    redefined(office, support=())
    go_to(office, "2018-10-15T09:00")
    return registered


def enter(
    office: Office, number: str, held: Coaching = HELD, *, instead_of: int | None = None, actor: Actor = RITA
) -> int:
    with office.writing(actor) as session:
        return record_coaching(session, number, held, instead_of=instead_of, actor=actor, now=office.now())


def test_a_session_is_recorded_once_and_printed(staged: Staged) -> None:
    office, (number, _) = staged(members)
    made = enter(office, number)
    assert enter(office, number) == made
    later = Coaching(date(2018, 10, 12), time(16), time(17), "Granice w pracy")
    enter(office, number, later)
    with office.reading(RITA) as session:
        assert [(row.starts, row.minutes, row.topic) for row in coaching_of(session, number, actor=RITA)] == [
            ("16:00", 90, "Praca z rodziną w kryzysie"),
            ("16:00", 60, "Granice w pracy"),
        ]
    issue_coaching_sheet(office, number, actor=RITA)
    with office.reading(WORKER) as session:
        row = newest(session, "coaching_sheet", number)
        assert row is not None
        assert (row.personal, "Próbna" in row.file_name) == (True, False)
        document = Document(io.BytesIO(content_of(office, session, row)))
    cells = [[cell.text.replace("\u00a0", " ") for cell in line.cells] for line in document.tables[1].rows]
    assert cells[1][:4] == [
        "1.",
        "05.10.2018 r.",
        "16:00–17:30",
        "Praca z rodziną w kryzysie\n(prowadzi: Jan Wymyślony)",
    ]
    assert len(cells) == 9, "a heading and room for eight"


def test_a_mistake_is_replaced_and_stays_on_record(staged: Staged) -> None:
    office, (number, _) = staged(members)
    wrong = enter(office, number)
    right = enter(office, number, Coaching(HELD.on, time(17), time(18), HELD.topic), instead_of=wrong)
    with office.reading(RITA) as session:
        assert [row.id for row in coaching_of(session, number, actor=RITA)] == [right]
        assert len(session.exec(select(CoachingSession)).all()) == 2
    with pytest.raises(NotFound):
        enter(office, number, instead_of=wrong)


@pytest.mark.parametrize(
    "held",
    [
        Coaching(HELD.on, time(17), time(16), "x"),
        Coaching(date(2018, 10, 16), time(9), time(10), "x"),
        Coaching(HELD.on, time(9), time(10), "  "),
        Coaching(HELD.on, time(9), time(10), "x" * 201),
        Coaching(HELD.on, time(17), time(18), "dwie naraz"),
    ],
)
def test_hours_and_words_that_cannot_be(sqlite_staged: Staged, held: Coaching) -> None:
    office, (number, _) = sqlite_staged(members)
    enter(office, number)
    with pytest.raises(BadInput):
        enter(office, number, held)


def test_only_members_and_only_by_who_may(sqlite_staged: Staged) -> None:
    office, (number, _) = sqlite_staged(members)
    for actor, error in ((KINGA, NotAllowed), (STRANGER, NotFound)):
        with pytest.raises(error):
            enter(office, number, actor=actor)
    with pytest.raises(NotFound):
        enter(office, f"{CALL}/0099")


def test_without_a_seat_there_is_no_sheet(sqlite_staged: Staged) -> None:
    office, (number, _) = sqlite_staged(people.announced_call, 2)
    with pytest.raises(NotYet):
        issue_coaching_sheet(office, number, actor=RITA)
