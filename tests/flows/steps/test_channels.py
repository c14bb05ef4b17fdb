"""Channels: who is written to by e-Doręczenia or on paper, how the letter is produced, and when it counts as sent."""

from datetime import date
from pathlib import Path

import people
import pytest
from conftest import Staged
from docx import Document
from people import RITA, STRANGER, WORKER, go_to, reading, unread
from sqlmodel import col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.channels import choose_channel
from flows.steps.corrections import period_ends
from flows.steps.documents import content_of, newest
from flows.steps.outbox import find_message, release
from flows.steps.paper_letters import KIND, print_letters
from flows.steps.sent_by_hand import record_handed, record_returned
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotFound
from models.events import Happened
from models.tables import Correction, Event, Message, Person
from models.tables.outbox import Channel, MessageState

ADDRESS = "ul. Wymyślona 5\n83-300 Kartuzy"
EDORECZENIA = "AE:PL-12345-67890-ABCDE-12"


def two_applications(office: Office) -> list[str]:
    """One complete, one that must be completed; their letters wait to be looked at."""
    people.open_kes_call(office)
    people.send_in(office, reading(0))
    people.send_in(office, reading(1, {"pesel": unread("pesel")}), at="2018-06-05T11:00")
    go_to(office, "2018-06-06T12:00")
    return people.numbers(office)


def choose(office: Office, number: str, channel: Channel = Channel.PAPER, address: str = ADDRESS) -> int:
    with office.writing(RITA) as session:
        return choose_channel(session, number, channel, address=address, reason="Prośba.", actor=RITA, now=office.now())


def messages(office: Office, event: str = "") -> list[Message]:
    with office.writing(WORKER) as session:
        rows = session.exec(select(Message).order_by(col(Message.id))).all()
        return [row for row in rows if not event or row.event == event]


def test_what_waits_goes_by_the_channel_of_the_person_and_nothing_of_it_by_mail(staged: Staged, tmp_path: Path) -> None:
    office, (first, _) = staged(two_applications)
    assert choose(office, first) == 1
    sent = people.deliver_all(office, "2018-06-06T12:30")
    assert len(sent.mails) == len(messages(office)) - 1
    (letter,) = print_letters(office, [], tmp_path / "pisma", actor=RITA)
    said = "\n".join(paragraph.text for paragraph in Document(str(letter.files[0])).paragraphs).replace("\xa0", " ")
    assert "Zmyślona Próbna-" in said
    assert "ul. Wymyślona 5\n83-300 Kartuzy" in said
    assert "Potwierdzenie wpływu" in said
    row = next(one for one in messages(office) if one.id == letter.message_id)
    assert row.state is MessageState.PRINTED
    with office.reading(WORKER) as session:
        kept = newest(session, KIND, f"message/{letter.message_id}")
        assert kept is not None
        assert content_of(office, session, kept) == letter.files[0].read_bytes()


def test_printing_once_more_gives_the_files_again_and_changes_nothing(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, (first, _) = sqlite_staged(two_applications)
    choose(office, first)
    (letter,) = print_letters(office, [], tmp_path / "a", actor=RITA)
    assert print_letters(office, [], tmp_path / "b", actor=RITA) == []
    (again,) = print_letters(office, [letter.message_id], tmp_path / "c", actor=RITA)
    assert again.files[0].read_bytes() == letter.files[0].read_bytes()
    assert messages(office)[0].state is MessageState.PRINTED


def test_a_period_runs_from_the_day_the_letter_was_posted(staged: Staged, tmp_path: Path) -> None:
    office, (_, second) = staged(two_applications)
    choose(office, second)
    printed = print_letters(office, [], tmp_path / "pisma", actor=RITA)
    request = next(row for row in messages(office, "correction_request"))
    files = next(one.files for one in printed if one.message_id == request.id)
    assert [path.suffix for path in files] == [".docx", ".docx"], "the marked copy is printed along with the letter"
    with office.reading(WORKER) as session:
        assert period_ends(session, session.exec(select(Correction)).one()) is None
    go_to(office, "2018-06-11T09:00")
    assert request.id is not None
    with office.writing(RITA) as session:
        record_handed(
            session, request.id, on=date(2018, 6, 8), receipt="00259007731234567890", actor=RITA, now=office.now()
        )
    with office.reading(WORKER) as session:
        ends = period_ends(session, session.exec(select(Correction)).one())
        # Five working days from Friday, 8 June.
        assert ends is not None
        assert warsaw_date(ends) == date(2018, 6, 15)
        row = find_message(session, request.id)
        assert (row.state, row.receipt) == (MessageState.SENT, "00259007731234567890")
        noted = session.exec(select(Event).where(Event.kind == Happened.MESSAGE_SENT)).one()
        assert noted.facts["on"] == "2018-06-08"


def test_a_letter_that_comes_back_told_nobody_until_it_is_sent_anew(staged: Staged, tmp_path: Path) -> None:
    office, (_, second) = staged(two_applications)
    choose(office, second)
    print_letters(office, [], tmp_path / "a", actor=RITA)
    request = messages(office, "correction_request")[0].id or 0
    with office.writing(RITA) as session:
        record_handed(session, request, actor=RITA, now=office.now())
        record_returned(session, request, actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert period_ends(session, session.exec(select(Correction)).one()) is None
    choose(office, second, address="ul. Zmyślona 7\n83-300 Kartuzy")
    with office.writing(RITA) as session:
        assert find_message(session, request).recipient.startswith("ul. Zmyślona 7")
        release(session, request, actor=RITA, now=office.now())
    again = [one.message_id for one in print_letters(office, [], tmp_path / "b", actor=RITA)]
    assert request in again
    assert len(again) == 2, "what was printed for the old address is printed anew, too"


def test_what_went_by_mail_comes_back_by_the_servers_report_only(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_applications)
    people.deliver_all(office, "2018-06-06T12:30")
    with pytest.raises(BadInput, match="poza pocztą"), office.writing(RITA) as session:
        record_returned(session, 1, actor=RITA, now=office.now())


@pytest.mark.parametrize("on", [date(2018, 6, 7), date(2018, 5, 27)])
def test_nothing_was_posted_tomorrow_or_before_it_was_written(sqlite_staged: Staged, tmp_path: Path, on: date) -> None:
    office, (first, _) = sqlite_staged(two_applications)
    choose(office, first)
    (letter,) = print_letters(office, [], tmp_path / "pisma", actor=RITA)
    with pytest.raises(BadInput, match="Dzień doręczenia"), office.writing(RITA) as session:
        record_handed(session, letter.message_id, on=on, actor=RITA, now=office.now())


def test_back_to_mail_a_letter_with_data_goes_only_to_a_confirmed_address(sqlite_staged: Staged) -> None:
    office, (_, second) = sqlite_staged(two_applications)
    before = {row.id: (row.channel, row.recipient) for row in messages(office)}
    choose(office, second, Channel.EDORECZENIA, EDORECZENIA)
    assert {row.recipient for row in messages(office)} >= {EDORECZENIA}
    choose(office, second, Channel.EMAIL, "")
    assert {row.id: (row.channel, row.recipient) for row in messages(office)} == before


def test_later_letters_go_by_the_channel_too(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(two_applications)
    choose(office, first)
    with office.writing(RITA) as session:
        withdraw(session, first, actor=RITA, now=office.now())
    (told,) = messages(office, "withdrawn")
    assert told.calendar is None
    assert (told.channel, told.recipient, told.state) == (Channel.PAPER, ADDRESS, MessageState.DUE)


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.EDORECZENIA, "AE:PL-12345"),
        (Channel.EDORECZENIA, ""),
        (Channel.PAPER, ""),
        (Channel.PAPER, "x" * 301),
        (Channel.PAPER, "ul. Wymyślona\x07 5"),
        (Channel.EMAIL, "ktos@example.org"),
    ],
)
def test_an_address_the_channel_cannot_use_is_refused(sqlite_staged: Staged, channel: Channel, address: str) -> None:
    office, (first, _) = sqlite_staged(two_applications)
    with pytest.raises(BadInput):
        choose(office, first, channel, address)
    with office.reading(WORKER) as session:
        assert {one.channel for one in session.exec(select(Person)).all()} == {Channel.EMAIL}


def test_an_officer_of_elsewhere_neither_sees_nor_turns_it(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(two_applications)
    with pytest.raises(NotFound), office.writing(STRANGER) as session:
        choose_channel(
            session, first, Channel.PAPER, address=ADDRESS, reason="Prośba.", actor=STRANGER, now=office.now()
        )


def test_todo_says_what_is_to_be_printed_and_what_to_be_confirmed(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, (first, _) = sqlite_staged(two_applications)
    choose(office, first)

    def todo() -> str:
        with office.reading(RITA) as session:
            return "\n".join(line.what for line in waiting_for_whom(session, now=office.now()))

    assert "pisma do wydrukowania lub e-Doręczenia: 1" in todo()
    print_letters(office, [], tmp_path / "pisma", actor=RITA)
    assert "pismo wydrukowane, ale nie potwierdzono, że poszło" in todo()


def test_what_goes_by_mail_is_not_printed(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(two_applications)
    with pytest.raises(BadInput, match="nabor application channel"):
        print_letters(office, [1], tmp_path / "pisma", actor=RITA)
    with pytest.raises(BadInput, match="folderze danych"):
        print_letters(office, [], office.settings.data / "pisma", actor=RITA)
