"""What the story of the units comes to, against figures that were worked out by hand."""

import io
from collections.abc import Iterator

import docx
import pytest
from script_player import Scripted, scripted
from sqlmodel import col, select

from flows.steps.agreement_parties import find_agreement, parties_of
from flows.steps.documents import content_of
from models.actor import process
from models.tables import Application, IssuedDocument, Message

pytestmark = pytest.mark.slow

TEAM = "KES/PZK/3021163/2020"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripted]:
    with scripted("units", tmp_path_factory.mktemp("units")) as story:
        yield story


def test_sixteen_gminas_apply_and_are_chosen_and_eleven_powiats_send_their_card(told: Scripted) -> None:
    """All published gminas are of type 3; the seventeenth form is a second one of Śrem."""
    assert (told.figures.files, told.figures.unreadable) == (39, 0)  # 16 + 1 forms, 1 completion, 11 cards, 10 persons
    calls = {code: lines for code, lines in told.figures.calls.items() if "/PZK/" not in code}
    assert calls == {
        "KES/GMINY/PL/2018": {"zgłoszenia razem": 17, "ogłoszono: przyjęte": 16, "ogłoszono: odrzucone": 1},
        "KES/KARTA/PL/2018": {"zgłoszenia razem": 11, "spełnia kryteria formalne": 11},
    }
    assert told.figures.members["KES/GMINY/PL/2018"] == {"confirmed": 16}
    assert (told.figures.declarations, told.figures.refusals) == (16, 0)
    with told.office.reading(process("test")) as session:
        units = session.exec(
            select(Application.unit).where(col(Application.unit).is_not(None)).order_by(col(Application.id))
        ).all()
    assert {len(unit or "") for unit in units[:17]} == {7}
    assert {len(unit or "") for unit in units[17:]} == {4}
    assert len(set(units)) == 16 + 11


def test_the_agreement_has_nine_founders_and_a_newcomer_of_whom_all_are_told_once(told: Scripted) -> None:
    with told.office.reading(process("test")) as session:
        parties = parties_of(session, find_agreement(session, "KES/POR/3021163/2020"))
        notices = session.exec(select(Message).where(Message.event == "agreement_joined")).all()
    assert [one.name for one in parties][-1] == "Biblioteka Publiczna w Swarzędzu"
    assert len(parties) == 10
    assert len({one.recipient for one in notices}) == len(notices) == 9
    assert all("Biblioteka Publiczna w Swarzędzu" in one.text.replace("\xa0", " ") for one in notices)


def test_the_team_follows_the_parties_and_its_record_says_what_is_missing(told: Scripted) -> None:
    """Nine parties have a seat from the first day, the newcomer from the day of its accession; one was not there."""
    assert told.figures.seats == {TEAM: {"named": 10}}
    assert told.figures.members[TEAM] == {"member": 9, "confirmed": 1}
    assert (told.figures.meetings, told.figures.attended) == (1, 9)
    assert (told.figures.documents["appointment_act"], told.figures.documents["meeting_protocol"]) == (10, 1)
    with told.office.reading(process("test")) as session:
        record = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "meeting_protocol")).one()
        paper = docx.Document(io.BytesIO(content_of(told.office, session, record)))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    words = " ".join([*(one.text for one in paper.paragraphs), *cells])
    assert "Gmina Swarzędz" in words
    assert "Centrum Sportu w Swarzędzu" not in words  # the one that was not there
    missing = words[words.index("rak") :]
    assert all(sector in missing for sector in ("ochrona zdrowia", "sądownictwo", "policja"))


def test_every_mail_that_is_due_goes_out_once(told: Scripted) -> None:
    mails = told.figures.mails_by_event
    expected = {"unit_invited": 16, "acknowledgement": 38, "accepted": 16, "rejected": 1, "offer_confirmed": 16}
    # Four gminas and three institutions are reminded; eleven powiats asked; nine founders invited, and told once.
    expected |= {"reminder_confirmation": 4, "reminder_agreement": 3, "unit_card_asked": 11}
    expected |= {"seat_invited": 10, "seat_taken": 10, "named": 10, "invitation": 10}
    expected |= {"agreement_invitation": 9, "agreement_joined": 9, "completed": 1, "correction_request": 1}
    assert {event: mails.get(event) for event in expected} == expected
    assert (told.figures.mails_twice, told.figures.unaddressed) == (0, 0)
    assert told.figures.mails_received == told.figures.mails_sent == sum(mails.values())
    assert told.figures.log_intact
