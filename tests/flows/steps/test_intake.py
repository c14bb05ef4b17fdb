"""Files are read in a pool and filed in the order of receipt, and none of them stops the batch."""

import pytest
from conftest import Inbox
from people import CALL, WORKER, candidate, filled, go_to, moment, numbers, open_kes_call, reading, send_in
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.filing import IntakeCounts, file_reading
from flows.steps.intake import read_and_file, unread_files
from flows.steps.kept_files import store_folder
from models.tables import Application, Message

HEADER = "file,received_at,channel"


def messages(session: Session, event: str) -> list[Message]:
    return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


def test_numbers_follow_the_order_of_receipt_not_of_names(office: Office, inbox: Inbox) -> None:
    open_kes_call(office)
    lines = ["a.docx,2018-06-07T10:00,email", "b.docx,2018-06-05T10:00,email", "c.docx,2018-06-06T10:00,email"]
    folder = inbox({"a.docx": b"1", "b.docx": b"2", "c.docx": b"3"}, "\n".join([HEADER, *lines]))
    store_folder(office, folder, actor=WORKER)
    with office.writing(WORKER) as session:
        for i, file_id in enumerate(unread_files(session)):
            file_reading(session, file_id, reading(i), actor=WORKER, now=office.now())
    with office.reading(WORKER) as session:
        received = session.exec(select(Application.received_at).order_by(Application.number)).all()
    assert list(received) == [moment(f"2018-06-0{day}T10:00") for day in (5, 6, 7)]


def test_a_file_that_is_filed_is_not_filed_again(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, reading(1))
    with office.writing(WORKER) as session:
        again = file_reading(session, sent.file_id, reading(1), actor=WORKER, now=office.now())
        assert again == IntakeCounts()
        assert unread_files(session) == []
    assert numbers(office) == [f"{CALL}/0001"]


# The whole road, with real files in real worker processes
def test_real_files_are_read_in_the_pool_and_a_bad_one_stops_nothing(sqlite_office: Office, inbox: Inbox) -> None:
    open_kes_call(sqlite_office)
    go_to(sqlite_office, "2018-06-25T12:00")
    files = {
        "a.docx": filled(candidate(1)),
        "b.docx": filled(candidate(2, pesel="02611200000")),
        "c.jpg": b"\xff\xd8\xff\xe0 not word",
        "d.docx": b"PK\x03\x04 broken",
    }
    times = "\n".join(f"{name},2018-06-{5 + day:02d}T10:00,email" for day, name in enumerate(files))
    store_folder(sqlite_office, inbox(files, f"{HEADER}\n{times}\n"), actor=WORKER)
    with sqlite_office.reading(WORKER) as session:
        waiting = unread_files(session)
    counts = read_and_file(sqlite_office, waiting, actor=WORKER)
    assert counts == IntakeCounts(complete=1, incomplete=1, to_type=1, unreadable=1)
    with sqlite_office.reading(WORKER) as session:
        (request,) = messages(session, "correction_request")
        assert "PESEL" in request.text
        assert "02611200000" not in request.text


def test_portions_are_read_ahead_and_numbers_still_follow_the_order(
    sqlite_office: Office, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A portion that reads slowly is not overtaken by the next one, and each file is told of once."""
    monkeypatch.setattr("flows.steps.intake._PORTION", 2)
    open_kes_call(sqlite_office)
    go_to(sqlite_office, "2018-06-25T12:00")
    files = {f"{letter}.docx": filled(candidate(number)) for number, letter in enumerate("edcba")}
    times = "\n".join(f"{name},2018-06-{5 + day:02d}T10:00,email" for day, name in enumerate(files))
    store_folder(sqlite_office, inbox(files, f"{HEADER}\n{times}\n"), actor=WORKER)
    with sqlite_office.reading(WORKER) as session:
        waiting = unread_files(session)
    told: list[int] = []
    assert read_and_file(sqlite_office, waiting, actor=WORKER, told=told.append).complete == 5
    assert told == [2, 2, 1]
    with sqlite_office.reading(WORKER) as session:
        rows = session.exec(select(Application).order_by(col(Application.number))).all()
        assert [row.received_at.day for row in rows] == [5, 6, 7, 8, 9]
    assert read_and_file(sqlite_office, [], actor=WORKER) == IntakeCounts()
