"""The correction letter: to a confirmed address only, with the applicant's own document, once, and in time."""

import io
import zipfile
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache

import people
import pytest
from conftest import Staged
from people import (
    CALL,
    KINGA,
    RITA,
    WORKER,
    Postbox,
    deliver_all,
    go_to,
    moment,
    open_kes_call,
    reading,
    send_in,
    unread,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.applications import find_application, gaps, open_correction
from flows.steps.call_clocks import clock_of, clock_sentence
from flows.steps.calls import find_call
from flows.steps.correction_letters import attached_to, attachment_bytes, export_attachments, make_ready
from flows.steps.corrections import ask, confirm_address, overrule
from flows.steps.delivery import deliver
from flows.steps.outbox import edit, find_message, release
from flows.steps.reminders import due_occasions, remind
from flows.steps.sent_by_hand import record_handed
from flows.steps.todo import waiting_for_whom
from forms.reader import read_form
from forms.reading import FormReading
from models.errors import BadInput, NotAllowed
from models.events import Happened
from models.rules.facts import FieldStatus
from models.tables import Correction, Event, IssuedDocument, Message, MessageAttachment
from models.tables.applications import ApplicationState, CorrectionState
from models.tables.outbox import MessageState

NUMBER = f"{CALL}/0001"
ADDRESS = "osoba1@example.org"


@cache
def document() -> bytes:
    """A real form without a telephone, in which the candidate also wrote her PESEL into the free text."""
    answers = people.candidate(1, telefon="", motywacja=f"Chcę. Mój numer: {people.pesel(1)}.")
    return people.filled({key: value for key, value in answers.items() if value != ""})


@cache
def document_read() -> FormReading:
    return read_form(document(), people.definition().forms)


def without_telephone(office: Office) -> None:
    """Asked on Monday, 28 May at 8:00 for the telephone; the form came by mail from the address that stands in it."""
    open_kes_call(office)
    send_in(office, document_read(), content=document())


def on_paper(office: Office) -> None:
    """The same form, brought on paper: nobody stands behind the address in it."""
    open_kes_call(office)
    send_in(office, document_read(), sender="", content=document())


def requests(office: Office) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(
            session.exec(select(Message).where(Message.event == "correction_request").order_by(col(Message.id))).all()
        )


def letter(office: Office) -> Message:
    return requests(office)[-1]


def mails(postbox: Postbox, start: str = "Prośba o uzupełnienie") -> list[EmailMessage]:
    found = [message_from_bytes(data, policy=default) for _, _, data in postbox.mails]
    return [mail for mail in found if isinstance(mail, EmailMessage) and str(mail["Subject"]).startswith(start)]


# What goes with the letter


def test_the_own_document_goes_with_the_letter_marked_and_masked(staged: Staged) -> None:
    office, _ = staged(without_telephone)
    (mail,) = mails(deliver_all(office, "2018-05-28T09:00"))
    (attachment,) = mail.iter_attachments()
    with office.reading(WORKER) as session:
        public = find_application(session, NUMBER).public_number
    assert attachment.get_filename() == f"zgloszenie-{public}-do-uzupelnienia.docx"
    assert public in str(mail["Subject"])
    sent = attachment.get_payload(decode=True)
    assert isinstance(sent, bytes)
    after = read_form(sent, people.definition().forms)
    changed = {old.key for old, new in zip(document_read().fields, after.fields, strict=True) if old.raw != new.raw}
    assert changed == {"pesel", "motywacja"}
    assert after.application_token.startswith(f"{public}.")
    with zipfile.ZipFile(io.BytesIO(sent)) as archive:
        assert all(people.pesel(1).encode() not in archive.read(name) for name in archive.namelist())
        assert archive.read("word/document.xml").count(b"FFF3A3") == 1
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Gdzie: tabela " in text
    assert "żółte tło" in text
    assert people.pesel(1) not in text


def test_the_copy_is_made_once_kept_encrypted_and_is_what_leaves(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(without_telephone)
    for _ in range(2):
        make_ready(office, actor=WORKER)
    with office.reading(WORKER) as session:
        (row,) = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "correction_copy")).all()
        (attached,) = attached_to(session, letter(office))
        kept = attachment_bytes(office, session, attached)
    assert (row.personal, row.version, attached.issued_document_id) == (True, 1, row.id)
    assert b"PK" not in (office.files.root / row.stored_as[:2] / row.stored_as).read_bytes()[:64]
    (mail,) = mails(deliver_all(office, "2018-05-28T09:00"))
    assert [one.get_payload(decode=True) for one in mail.iter_attachments()] == [kept]
    with office.reading(WORKER) as session:
        copies = select(IssuedDocument).where(IssuedDocument.kind == "correction_copy")
        assert len(session.exec(copies).all()) == 1


def test_a_letter_whose_document_is_not_made_yet_does_not_leave(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(without_telephone)
    make_ready(office, actor=WORKER)
    with office.writing(WORKER) as session:
        (row,) = session.exec(select(MessageAttachment)).all()
        row.issued_document_id = None  # as a run leaves it that was killed in between
        row.about = "correction/1"
        session.add(row)
        document_row = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "correction_copy")).one()
        session.delete(document_row)
    assert len(mails(deliver_all(office, "2018-05-28T09:00"))) == 1, "it is made first, and then the letter leaves"


def test_where_no_copy_can_be_made_the_blank_form_goes_and_the_letter_says_so(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.open_kes_call)
    send_in(office, reading(1, {"telefon": None}), content=b"to nie jest plik Word")
    (mail,) = mails(deliver_all(office, "2018-05-28T09:00"))
    (attachment,) = mail.iter_attachments()
    sent = attachment.get_payload(decode=True)
    assert isinstance(sent, bytes)
    assert str(attachment.get_filename()).startswith("formularz-ZG-")
    blank = read_form(sent, people.definition().forms)
    assert {field.status for field in blank.fields if field.key in ("imie", "pesel", "telefon")} == {FieldStatus.BLANK}
    assert blank.application_token
    with zipfile.ZipFile(io.BytesIO(sent)) as archive:
        assert archive.read("word/document.xml").count(b"FFF3A3") == 1
    body = mail.get_body(("plain",))
    assert body is not None
    assert "czysty formularz" in body.get_content()
    assert "Gdzie:" not in body.get_content()
    with office.reading(WORKER) as session:
        told = session.exec(select(Event.facts).where(Event.kind == Happened.COPY_NOT_MADE)).all()
    assert told == [{"code": "not_zip"}], "an officer sees in the story why no copy went"


def test_a_number_that_is_asked_for_is_to_be_typed_anew(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    wrong = unread("pesel").model_copy(update={"raw": "02611200021"})
    send_in(sqlite_office, reading(1, {"pesel": wrong}))
    assert "trzeba wpisać go w\u00a0całości" in letter(sqlite_office).text
    assert "nie trzeba go wpisywać ponownie" not in letter(sqlite_office).text


def test_who_has_no_number_is_told_nothing_of_hidden_ones(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    send_in(sqlite_office, reading(1, {"pesel": "brak", "telefon": None}))
    assert "znakami" not in letter(sqlite_office).text


def test_an_officer_can_look_at_what_goes_with_a_letter(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(without_telephone)
    message_id = letter(office).id
    assert message_id is not None
    folder = office.settings.data.parent / "do-obejrzenia"
    (path,) = export_attachments(office, message_id, folder, actor=RITA)
    assert path.read_bytes().startswith(b"PK")
    with pytest.raises(BadInput, match="folderze danych"):
        export_attachments(office, message_id, office.settings.data / "x", actor=RITA)
    with pytest.raises(NotAllowed):
        export_attachments(office, message_id, folder, actor=KINGA)


# Where it may go


def test_nothing_leaves_to_an_address_that_nobody_stands_behind(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(on_paper)
    postbox = deliver_all(office, "2018-05-28T09:00")
    assert mails(postbox) == []
    assert len(mails(postbox, "Potwierdzenie")) == 1, "what holds no data of the form goes to the stated address"
    assert (letter(office).state, letter(office).recipient) == (MessageState.UNADDRESSED, "")
    with office.reading(RITA) as session:
        todo = [line.what for line in waiting_for_whom(session, now=office.now())]
    assert "prośba o uzupełnienie czeka na potwierdzony adres" in todo
    assert "uzupełnienie formularza (prośba jeszcze nie wyszła)" in todo


def test_once_confirmed_the_waiting_letter_leaves_with_a_new_period(staged: Staged) -> None:
    office, _ = staged(on_paper)
    deliver_all(office, "2018-05-28T09:00")
    now = go_to(office, "2018-06-11T08:00")
    with office.writing(RITA) as session:
        assert confirm_address(session, NUMBER, ADDRESS, reason="rozmowa", actor=RITA, now=now) == 1
    assert "poniedziałek, 18\u00a0czerwca 2018" in letter(office).text, "five working days from Monday, 11 June"
    postbox = deliver_all(office, "2018-06-11T08:01")
    assert [to for _, to, _ in postbox.mails] == [ADDRESS]
    now = go_to(office, "2018-06-14T08:00")
    with office.writing(WORKER) as session:
        assert [one.kind for one in due_occasions(session, now=now)] == ["correction_due"]
        assert remind(session, due_occasions(session, now=now), actor=WORKER, now=now) == 1
    assert [to for _, to, _ in deliver_all(office, "2018-06-14T09:00").mails] == [ADDRESS]
    with office.reading(WORKER) as session:
        assert due_occasions(session, now=moment("2018-06-18T23:59")) == []
    now = go_to(office, "2018-06-19T00:00")
    with office.writing(WORKER) as session:
        assert remind(session, due_occasions(session, now=now), actor=WORKER, now=now) == 1
        assert find_application(session, NUMBER).state is ApplicationState.CLOSED_INCOMPLETE


def test_nobody_is_reminded_of_a_letter_that_has_not_left(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(on_paper)
    with office.reading(WORKER) as session:
        for day in ("2018-06-01T08:00", "2018-06-04T08:00", "2018-06-08T08:00", "2018-07-02T08:00"):
            assert due_occasions(session, now=moment(day)) == []


def test_a_letter_handed_over_starts_its_period(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(on_paper)
    now = go_to(office, "2018-06-11T08:00")
    message_id = letter(office).id
    assert message_id is not None
    with office.writing(RITA) as session:
        record_handed(session, message_id, actor=RITA, now=now)
    with office.reading(WORKER) as session:
        assert [one.kind for one in due_occasions(session, now=moment("2018-06-19T00:00"))] == ["close_correction"]


def test_a_second_document_with_the_same_address_confirms_it(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(on_paper)
    send_in(office, reading(1, {"telefon": None}), at="2018-06-06T10:00", sender="")
    make_ready(office, actor=WORKER)
    with office.reading(WORKER) as session:
        assert [(row.state, row.recipient) for row in requests(office)] == [
            (MessageState.WITHDRAWN, ""),
            (MessageState.DUE, ADDRESS),
        ]
        assert open_correction(session, find_application(session, NUMBER)) is not None


def test_an_address_typed_by_an_officer_is_confirmed_by_that(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(on_paper)
    with office.writing(RITA) as session:
        overrule(session, NUMBER, "email", "nowy@example.org", reason="rozmowa", actor=RITA, now=office.now())
    assert (letter(office).state, letter(office).recipient) == (MessageState.DUE, "nowy@example.org")


def test_the_letter_goes_to_where_the_form_came_from(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    send_in(sqlite_office, reading(1, {"telefon": None}), sender="sekretariat@example.com")
    assert letter(sqlite_office).recipient == "sekretariat@example.com"


def test_nobody_readdresses_such_a_letter_past_the_confirmation(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(on_paper)
    message_id = letter(office).id
    assert message_id is not None
    with pytest.raises(BadInput, match="confirm-address"), office.writing(RITA) as session:
        edit(session, message_id, recipient="obcy@example.com", actor=RITA, now=office.now())
    with pytest.raises(BadInput, match="nie ma adresu"), office.writing(RITA) as session:
        release(session, message_id, actor=RITA, now=office.now())


@pytest.mark.parametrize(
    ("address", "reason", "said"),
    [("nie adres", "rozmowa", "adresu nie można"), (ADDRESS, "  ", "uzasadnienia"), ("a@gmail.con", "x", "literówkę")],
)
def test_a_confirmation_needs_an_address_and_a_reason(
    sqlite_staged: Staged, address: str, reason: str, said: str
) -> None:
    office, _ = sqlite_staged(on_paper)
    with pytest.raises(BadInput, match=said), office.writing(RITA) as session:
        confirm_address(session, NUMBER, address, reason=reason, actor=RITA, now=office.now())
    with pytest.raises(NotAllowed), office.writing(KINGA) as session:
        confirm_address(session, NUMBER, ADDRESS, reason="x", actor=KINGA, now=office.now())
    assert letter(office).state is MessageState.UNADDRESSED


def test_an_officers_own_words_stay_when_the_address_comes(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(on_paper)
    message_id = letter(office).id
    assert message_id is not None
    with office.writing(RITA) as session:
        edit(session, message_id, text="Proszę zadzwonić.", actor=RITA, now=office.now())
        confirm_address(session, NUMBER, ADDRESS, reason="rozmowa", actor=RITA, now=office.now())
    assert letter(office).text == "Proszę zadzwonić."


# One at a time


def test_a_second_request_is_refused_while_one_is_open(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(without_telephone)
    with pytest.raises(BadInput, match="czeka już prośba"), office.writing(WORKER) as session:
        application = find_application(session, NUMBER)
        ask(session, application, gaps_of(), actor=WORKER, now=office.now())


def gaps_of() -> list:
    form = people.definition().form("zalacznik_1_pgr")
    return gaps(form, {}, first_round=True)


def test_the_database_refuses_a_second_open_request(staged: Staged) -> None:
    office, _ = staged(without_telephone)
    with pytest.raises(IntegrityError), office.writing(WORKER) as session:
        session.add(
            Correction(area="2205", application_id=1, round=2, items=[], due_at=office.now(), asked_at=office.now())
        )


def test_nobody_is_asked_more_often_than_the_project_says(sqlite_staged: Staged) -> None:
    """Twice; what is still missing then is not held against anybody by a machine: an officer sees it."""
    office, _ = sqlite_staged(without_telephone)
    for day in (6, 7):
        send_in(office, reading(1, {"telefon": None}), at=f"2018-06-0{day}T10:00")
    with office.reading(WORKER) as session:
        rounds = session.exec(select(Correction.state).order_by(col(Correction.id))).all()
        assert list(rounds) == [CorrectionState.ANSWERED, CorrectionState.ANSWERED]
        assert find_application(session, NUMBER).state is ApplicationState.COMPLETE
        (event,) = session.exec(select(Event).where(Event.kind == Happened.CORRECTION_ROUNDS_SPENT)).all()
        assert event.facts == {"fields": ["telefon"]}
        todo = [line.what for line in waiting_for_whom(session, now=office.now())]
    assert "mimo próśb brakuje odpowiedzi; zgłoszenie czeka na weryfikację" in todo


def test_the_second_letter_takes_the_newest_document(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(without_telephone)
    deliver_all(office, "2018-05-28T09:00")
    answers = {key: value for key, value in people.candidate(1).items() if key != "telefon"}
    newer = people.filled({**answers, "instytucja.stanowisko": "nowe stanowisko"})
    send_in(office, read_form(newer, people.definition().forms), content=newer, number=NUMBER)
    (mail,) = mails(deliver_all(office, "2018-05-28T10:00"))
    (attachment,) = mail.iter_attachments()
    sent = attachment.get_payload(decode=True)
    assert isinstance(sent, bytes)
    assert str(attachment.get_filename()).endswith("-do-uzupelnienia-2.docx")
    assert read_form(sent, people.definition().forms).field("instytucja.stanowisko").raw == "nowe stanowisko"


# The clock of the call


def test_the_clock_of_the_call_stands_while_a_candidate_is_waited_for(staged: Staged) -> None:
    """The call closed on Friday, 22 June. Ten working days later is 6 July; the answer comes on Wednesday, the 27th."""
    office, _ = staged(without_telephone)
    now = go_to(office, "2018-06-26T10:00")
    with office.reading(WORKER) as session:
        call = find_call(session, CALL)
        assert (clock_of(session, call, now=now).stood, clock_of(session, call, now=now).stands) == (2, True)
        line = next(one for one in waiting_for_whom(session, now=now) if one.reference == CALL)
        assert "zegar naboru stał dni roboczych: 2; teraz stoi" in line.what
        assert line.due == moment("2018-07-10T00:00").date()
    go_to(office, "2018-06-27T10:00")
    send_in(office, reading(1), at="2018-06-01T10:00", number=NUMBER)
    now = go_to(office, "2018-07-02T10:00")
    with office.reading(WORKER) as session:
        clock = clock_of(session, find_call(session, CALL), now=now)
        assert (clock.due, clock.stood, clock.stands) == (moment("2018-07-11T00:00").date(), 3, False)
        assert clock_sentence(session, CALL, now=now) == (
            "Termin weryfikacji zgłoszeń: 11.07.2018; zegar naboru stał dni roboczych: 3."
        )


def test_a_missing_document_is_a_case_for_an_officer_and_stops_nobody_else(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(without_telephone)
    send_in(office, reading(2))
    make_ready(office, actor=WORKER)
    with office.reading(WORKER) as session:
        row = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "correction_copy")).one()
    (office.files.root / row.stored_as[:2] / row.stored_as).unlink()
    go_to(office, "2018-05-28T09:00")
    counts = deliver(office, actor=WORKER, transport=Postbox())
    assert (counts.refused, counts.sent) == (1, 2)
    message_id = letter(office).id
    assert message_id is not None
    with office.reading(WORKER) as session:
        assert find_message(session, message_id).state is MessageState.REFUSED


def test_the_due_day_of_an_unsent_letter_is_not_shown(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(on_paper)
    with office.reading(RITA) as session:
        (line,) = [one for one in waiting_for_whom(session, now=office.now()) if one.who == "kandydat"]
    assert line.due is None
    assert line.since == (office.now() + timedelta(hours=2)).date()
