"""The files of one mail: forms make applications, everything beside them goes to the same application."""

from collections.abc import Mapping
from itertools import count

import people
import pytest
from form_filling import fill
from mails import SENDER, letter
from people import (
    CALL,
    WORKER,
    Letterbox,
    candidate,
    definition,
    file_all,
    filled,
    go_to,
    moment,
    open_kes_call,
    reading,
    send_in,
)
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.calls import open_call
from flows.steps.documents import export_submitted
from flows.steps.filing import IntakeCounts, file_reading
from flows.steps.forms import blank_form
from flows.steps.intake import read_and_file, unread_files
from flows.steps.mail_files import forms_first, mails_of, with_siblings
from flows.steps.mail_words import NO_FORM, UNOPENED
from flows.steps.mailbox import collect
from flows.steps.overview import story
from forms.reading import FormReading, Unreadable
from models.tables import Application, DataKey, Message, ReceivedMail, SubmittedFile
from models.tables.files import FileState
from models.tables.mail import MailState

SCAN = Unreadable(code="not_word", sentence="To nie jest plik Word.")
CV = Unreadable(code="form_unknown", sentence="To nie jest nasz formularz.")
LOCKED = Unreadable(code="encrypted", sentence="Plik jest zabezpieczony hasłem.")

Read = FormReading | Unreadable
_boxes = count(1)


def come_in(office: Office, readings: Mapping[str, Read], *, raw: bytes = b"", **told: object) -> IntakeCounts:
    """A mail with files of these names arrives, and each file is filed as its reading says."""
    files = {name: name.encode() for name in readings}
    box = Letterbox(raw or letter(files, **told), uidvalidity=next(_boxes))  # type: ignore[arg-type]
    collect(office, box, actor=WORKER)
    return file_all(office, readings)


def filed(session: Session) -> dict[str, tuple[FileState, str | None]]:
    """Every file by name: its state and the number of its application."""
    numbers = {one.id: one.number for one in session.exec(select(Application)).all()}
    return {
        row.name or "": (row.state, numbers.get(row.application_id))
        for row in session.exec(select(SubmittedFile)).all()
    }


def mail_of(session: Session) -> ReceivedMail:
    return session.exec(select(ReceivedMail).order_by(col(ReceivedMail.id).desc())).first()  # type: ignore[return-value]


def sent(session: Session, event: str) -> int:
    return len(session.exec(select(Message).where(Message.event == event)).all())


def test_a_form_makes_the_application_and_the_rest_goes_with_it(office: Office) -> None:
    open_kes_call(office)
    counts = come_in(office, {"skan.pdf": SCAN, "cv.docx": CV, "formularz.docx": reading(1), "zdjęcie.jpg": SCAN})
    assert counts == IntakeCounts(complete=1, further=3)
    number = f"{CALL}/0001"
    with office.reading(WORKER) as session:
        assert filed(session) == dict.fromkeys(
            ("skan.pdf", "cv.docx", "formularz.docx", "zdjęcie.jpg"), (FileState.FILED, number)
        )
        mail = mail_of(session)
        application = find_application(session, number)
        assert (mail.state, mail.application_id, mail.area) == (MailState.FILED, application.id, "2205")
        keys = [mail.data_key_id, *session.exec(select(SubmittedFile.data_key_id)).all()]
        assert {session.get_one(DataKey, key).person_id for key in keys} == {application.person_id}
        assert sent(session, "unreadable_form") == 0
        assert [line.what for line in story(session, number)].count("dołączono plik do zgłoszenia") == 3


def test_the_further_files_are_exported_with_the_form(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    come_in(sqlite_office, {"skan.pdf": SCAN, "formularz.docx": reading(1)})
    officer = people.Actor("rekrutacja", frozenset({people.Role.RECRUITMENT}))
    folder = sqlite_office.settings.data.parent / "odczyt"
    written = export_submitted(sqlite_office, f"{CALL}/0001", folder, actor=officer)
    assert sorted(path.suffix for path in written) == [".docx", ".pdf"]


def test_forms_of_two_people_are_two_applications_and_a_paper_of_nobody_is_a_case(office: Office) -> None:
    open_kes_call(office)
    counts = come_in(office, {"a.docx": reading(1), "b.docx": reading(2), "skan.pdf": SCAN})
    assert counts == IntakeCounts(complete=2, unreadable=1)
    with office.reading(WORKER) as session:
        assert filed(session)["skan.pdf"] == (FileState.UNREADABLE, None)
        mail = mail_of(session)
        assert (mail.state, mail.application_id, mail.area) == (MailState.FILED, None, "2205")
        assert sent(session, "unreadable_form") == 0, "nobody asks again for what was sent"


def test_the_same_form_saved_twice_is_one_application(office: Office) -> None:
    open_kes_call(office)
    assert come_in(office, {"a.docx": reading(1), "a.pdf": reading(1)}) == IntakeCounts(complete=1, further=1)


def test_two_forms_of_one_person_that_differ_are_not_taken_for_one(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    other = reading(1, {"motywacja": "Zmieniłam zdanie."})
    counts = come_in(sqlite_office, {"a.docx": reading(1), "b.docx": other})
    assert counts == IntakeCounts(complete=2, duplicates=1)


def test_a_document_that_does_not_open_beside_a_form_is_looked_at(office: Office) -> None:
    """It may be the form for a second group."""
    open_kes_call(office)
    assert come_in(office, {"a.docx": reading(1), "b.docx": LOCKED}) == IntakeCounts(complete=1, further=1)
    with office.reading(WORKER) as session:
        mail = mail_of(session)
        assert (mail.state, mail.remarks) == (MailState.WAITING, [UNOPENED])


def test_a_scan_alone_stands_for_itself_and_is_answered_once(office: Office) -> None:
    open_kes_call(office)
    assert come_in(office, {"1.jpg": SCAN, "2.jpg": SCAN}) == IntakeCounts(unreadable=2)
    with office.reading(WORKER) as session:
        assert {state for state, _ in filed(session).values()} == {FileState.UNREADABLE}
        assert sent(session, "unreadable_form") == 1
        assert session.exec(select(Message)).one().recipient == SENDER
        assert mail_of(session).state is MailState.FILED


def test_whoever_was_answered_today_is_not_answered_again(sqlite_office: Office) -> None:
    """Two machines that do not say what they are would write to each other for ever."""
    open_kes_call(sqlite_office)
    for at in ("2018-06-08T10:00", "2018-06-08T18:00", "2018-06-10T10:00"):
        go_to(sqlite_office, at)
        come_in(sqlite_office, {f"{at}.jpg": SCAN})
    with sqlite_office.reading(WORKER) as session:
        assert sent(session, "unreadable_form") == 2


def test_an_answer_by_mail_completes_the_application_it_names(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1, {"telefon": None}), at="2018-06-05T09:00")
    with office.reading(WORKER) as session:
        public = find_application(session, f"{CALL}/0001").public_number
    counts = come_in(office, {"poprawiony.docx": reading(1), "skan.pdf": SCAN}, subject=f"Re: uzupełnienie {public}")
    assert counts == IntakeCounts(answers=1, further=1)
    with office.reading(WORKER) as session:
        assert filed(session)["skan.pdf"] == (FileState.FILED, f"{CALL}/0001")


def test_a_number_of_another_group_does_not_spoil_a_form(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    send_in(sqlite_office, reading(1))
    with sqlite_office.writing(WORKER) as session:
        find_application(session, f"{CALL}/0001").form_key = "zalacznik_2_pgd"
    assert come_in(sqlite_office, {"a.docx": reading(2)}, subject=f"{CALL}/0001") == IntakeCounts(complete=1)
    with sqlite_office.reading(WORKER) as session:
        assert filed(session)["a.docx"] == (FileState.FILED, f"{CALL}/0002")


def test_papers_without_a_form_go_to_the_application_that_the_mail_names(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1))
    assert come_in(office, {"oświadczenie.pdf": SCAN}, subject=f"do zgłoszenia {CALL}/0001") == IntakeCounts(further=1)
    with office.reading(WORKER) as session:
        mail = mail_of(session)
        assert (mail.state, mail.remarks) == (MailState.WAITING, [NO_FORM])
        assert filed(session)["oświadczenie.pdf"] == (FileState.FILED, f"{CALL}/0001")
        assert sent(session, "unreadable_form") == 0


def test_a_form_sent_again_takes_its_new_papers_along(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    send_in(sqlite_office, reading(1), content=b"form")
    raw = letter({"formularz.docx": b"form", "cv.docx": b"curriculum"})
    assert come_in(sqlite_office, {"cv.docx": CV}, raw=raw) == IntakeCounts(further=1)
    with sqlite_office.reading(WORKER) as session:
        assert filed(session)["cv.docx"] == (FileState.FILED, f"{CALL}/0001")


def test_a_form_that_cannot_be_filed_is_a_case_and_not_a_paper(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    stranger = reading(2, {"pesel": people.pesel(1), "imie": "Ktoś", "nazwisko": "Całkiem-Inny"})
    counts = come_in(sqlite_office, {"a.docx": reading(1), "b.docx": stranger})
    assert counts == IntakeCounts(complete=1, unreadable=1)


@pytest.mark.parametrize("split", [0, 1, 2])
def test_a_run_that_dies_between_two_files_is_finished_by_the_next(sqlite_office: Office, split: int) -> None:
    open_kes_call(sqlite_office)
    readings: dict[str, Read] = {"skan.pdf": SCAN, "formularz.docx": reading(1), "cv.docx": CV}
    collect(sqlite_office, Letterbox(letter({name: name.encode() for name in readings})), actor=WORKER)
    with sqlite_office.reading(WORKER) as session:
        ids = with_siblings(session, unread_files(session))
        read = {one: readings[session.get_one(SubmittedFile, one).name or ""] for one in ids}
        order = forms_first(ids, read, mails_of(session, ids))
    for file_id in order[:split]:
        with sqlite_office.writing(WORKER) as session:
            file_reading(session, file_id, read[file_id], actor=WORKER, now=sqlite_office.now())
    file_all(sqlite_office, readings)
    with sqlite_office.reading(WORKER) as session:
        assert set(filed(session).values()) == {(FileState.FILED, f"{CALL}/0001")}
        assert mail_of(session).state is MailState.FILED


def test_read_by_the_pool_whichever_file_is_asked_for(sqlite_office: Office) -> None:
    """The real reader: forms of one person for two groups, and a picture; asked for the picture alone."""
    open_kes_call(sqlite_office)
    with sqlite_office.writing(people.RITA) as session:
        opens, closes = moment("2018-06-04T08:00"), moment("2018-06-22T15:30")
        open_call(session, "KES", "PGD", "2205", opens_at=opens, closes_at=closes, actor=people.RITA, now=opens)
    known = {leaf.key for leaf in definition().form("zalacznik_2_pgd").leaves}
    other = fill(
        blank_form(definition(), "zalacznik_2_pgd"), {key: said for key, said in candidate(1).items() if key in known}
    )
    raw = letter({"skan.jpg": b"\xff\xd8\xff\xe0 picture", "pgd.docx": other, "pgr.docx": filled(candidate(1))})
    collect(sqlite_office, Letterbox(raw), actor=WORKER)
    with sqlite_office.reading(WORKER) as session:
        (picture,) = [one for one in unread_files(session) if session.get_one(SubmittedFile, one).name == "skan.jpg"]
    counts = read_and_file(sqlite_office, [picture], actor=WORKER)
    assert (counts.complete + counts.incomplete, counts.further, counts.unreadable) == (2, 1, 0)
    with sqlite_office.reading(WORKER) as session:
        files = filed(session)
        assert files["pgr.docx"] == (FileState.FILED, f"{CALL}/0001")
        assert files["pgd.docx"] == files["skan.jpg"] == (FileState.FILED, "KES/PGD/2205/2018/0001")
