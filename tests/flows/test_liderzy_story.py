"""What the story of Liderzy kooperacji comes to, against figures that were worked out by hand from its samples."""

from collections.abc import Iterator
from datetime import date

import pytest
from script_player import Scripted, scripted
from sqlmodel import col, select

from flows.steps.institution_seats import seat_lines, sitting_lines
from models.actor import process
from models.tables import IssuedDocument, Message

pytestmark = pytest.mark.slow

CALL = "LK/G-PZK/1419/2018"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripted]:
    with scripted("liderzy", tmp_path_factory.mktemp("liderzy")) as story:
        yield story


def test_nine_institutions_have_a_person_in_the_team_and_one_names_nobody(told: Scripted) -> None:
    assert (told.figures.files, told.figures.unreadable) == (11, 0)
    assert told.figures.seats == {CALL: {"declined": 1, "named": 9}}
    assert told.figures.members == {CALL: {"member": 9, "replaced": 1}}
    assert told.figures.calls[CALL]["zgłoszenia razem"] == 10
    assert told.figures.waiting == 0


def test_the_seat_of_the_labour_office_outlives_the_person(told: Scripted) -> None:
    with told.office.reading(process("test")) as session:
        before, after = (
            {line.institution: line.number for line in seat_lines(session, CALL, on=day)}
            for day in (date(2018, 9, 2), date(2018, 9, 3))
        )
        sat = [(one.number, one.since, one.until) for one in sitting_lines(session, CALL) if one.institution == "I7"]
    assert (before["I7"], after["I7"]) == (f"{CALL}/0007", f"{CALL}/0010")
    assert {code for code in before if before[code] != after[code]} == {"I7"}
    assert sat == [
        (f"{CALL}/0007", date(2018, 6, 18), date(2018, 9, 3)),
        (f"{CALL}/0010", date(2018, 9, 3), None),
    ]


def test_ten_meetings_their_invitations_and_who_was_there(told: Scripted) -> None:
    """Nine members are invited to ten meetings; the tenth person to the seven that were still to come, for which her
    predecessor's invitations are taken back. Of 12 days for nine seats six are missed: one by 0008, five by 0005."""
    mails = told.figures.mails_by_event
    assert told.figures.meetings == 10
    assert (mails["invitation"], mails["invitation_withdrawn"]) == (9 * 10 + 7, 7)
    assert told.figures.attended == 12 * 9 - 6
    assert (mails["seat_invited"], mails["seat_taken"], mails["named"], mails["nomination_ended"]) == (10, 10, 10, 1)
    assert (mails["reminder_seat"], mails["correction_request"], mails["completed"]) == (3, 1, 1)


def test_certificates_go_to_all_but_who_missed_too_much(told: Scripted) -> None:
    """0005 was there on 7 of 12 days; 0008 for 63 of 72 hours; 0007 on each of three days."""
    with told.office.reading(process("test")) as session:
        papers = session.exec(
            select(IssuedDocument.subject).where(IssuedDocument.kind == "certificate").order_by(col(IssuedDocument.id))
        ).all()
    holders = {subject for subject in papers if f"{CALL}/0005" not in subject}
    assert len(papers) == len(holders) == 9


def test_nothing_goes_out_twice_and_no_letter_to_an_institution_names_a_person(told: Scripted) -> None:
    assert (told.figures.mails_twice, told.figures.unaddressed) == (0, 0)
    assert told.figures.mails_received == told.figures.mails_sent
    with told.office.reading(process("test")) as session:
        letters = [one for one in session.exec(select(Message)).all() if one.recipient.startswith("instytucja")]
    assert len(letters) == 10 + 3 + 10
    surnames = (
        "Urzędow",
        "Pomocna",
        "Tablicow",
        "Regałow",
        "Społeczny",
        "Rodzinna",
        "Zawodow",
        "Dzielnicow",
        "Następna",
    )
    assert [name for one in letters for name in surnames if name in one.text] == []
