"""What cannot be read is an officer's case, and its sender is told when there is something to do."""

import pytest
from conftest import Staged
from people import RITA, WORKER, go_to, open_kes_call, reading, send_in
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.filing import IntakeCounts, file_reading
from flows.steps.intake import unread_files
from flows.steps.unreadable_files import settle_file
from forms.reading import Unreadable
from models.actor import Actor
from models.tables import Message, SubmittedFile
from models.tables.files import FileState

NOT_WORD = Unreadable(code="not_word", sentence="To nie jest plik Word.")


def messages(session: Session, event: str) -> list[Message]:
    return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


@pytest.mark.parametrize("code", ["not_in_store", "program_error_KeyError", "person_contradicts", "unknown_number"])
def test_what_only_the_office_can_mend_is_not_written_to_the_sender(office: Office, code: str) -> None:
    open_kes_call(office)
    send_in(office, Unreadable(code=code, sentence="Pliku nie ma w magazynie."), sender="ktos@example.org")
    with office.reading(WORKER) as session:
        assert session.exec(select(Message)).all() == []
        assert [row.state for row in session.exec(select(SubmittedFile)).all()] == [FileState.UNREADABLE]


# Files that give no application
def test_an_unreadable_file_is_left_to_the_officer_and_its_sender_is_told(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, NOT_WORD, sender="nadawca@example.org")
    assert sent.counts == IntakeCounts(unreadable=1)
    with office.reading(WORKER) as session:
        row = session.get_one(SubmittedFile, sent.file_id)
        assert (row.state, row.reason_code, row.reason) == (FileState.UNREADABLE, "not_word", NOT_WORD.sentence)
        (letter,) = messages(session, "unreadable_form")
        assert letter.recipient == "nadawca@example.org"
        assert NOT_WORD.sentence in letter.text


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2018-06-05T10:00", "Nabór trwa do 22 czerwca 2018 r., do godz. 15:30"),
        ("2018-06-22T16:00", "nie trwa żaden nabór"),
    ],
)
def test_the_sender_is_told_whether_there_is_still_time(staged: Staged, at: str, told: str) -> None:
    office, _ = staged(open_kes_call)
    go_to(office, at)
    send_in(office, NOT_WORD, at=at, sender="nadawca@example.org")
    with office.reading(WORKER) as session:
        (letter,) = messages(session, "unreadable_form")
        assert told in letter.text.replace("\u00a0", " ")


def test_nobody_is_written_to_when_the_sender_is_unknown(office: Office) -> None:
    open_kes_call(office)
    send_in(office, NOT_WORD)
    with office.reading(WORKER) as session:
        assert session.exec(select(Message)).all() == []


def test_an_unreadable_file_in_an_office_without_a_project_is_kept_too(office: Office) -> None:
    assert send_in(office, NOT_WORD, sender="nadawca@example.org").counts.unreadable == 1


def test_an_unreadable_file_can_be_read_again_or_laid_aside(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, NOT_WORD)
    whole = Actor("rita", RITA.roles)
    with office.writing(whole) as session:
        settle_file(session, sent.file_id, again=True, actor=whole, now=office.now())
        assert unread_files(session) == [sent.file_id]
        assert file_reading(session, sent.file_id, reading(1), actor=WORKER, now=office.now()).complete == 1
    laid_aside = send_in(office, NOT_WORD)
    with office.writing(whole) as session:
        settle_file(session, laid_aside.file_id, actor=whole, now=office.now())
        assert unread_files(session) == []
        assert session.get_one(SubmittedFile, laid_aside.file_id).state is FileState.SETTLED
