"""Collecting mail: each mail is kept whole and once, and machines are neither answered nor taken for people."""

import people
import pytest
from mails import AUTO_REPLY, SENDER, bounce, forwarded, letter
from people import CALL, RITA, STRANGER, WORKER, Letterbox, moment, open_kes_call, reading, send_in, unread
from sqlmodel import Session, col, select

from flows.adapters.mail_nature import MAYBE_AUTOMATIC
from flows.adapters.mailbox import Fetched
from flows.adapters.office import Office
from flows.steps import mailbox as steps
from flows.steps.applications import find_application
from flows.steps.mail_words import (
    ATTACHMENT_KNOWN,
    MESSAGE_ID_REPEATED,
    NEED_A_PERSON,
    NUMBER_UNKNOWN,
    NUMBERS_DISAGREE,
    ONLY_TO_KNOW,
    PROGRAM_ERROR,
    SENT_LONG_AGO,
    TOO_LARGE,
    WITH_ATTACHMENTS,
    WORDS,
)
from flows.steps.mailbox import CollectCounts, collect
from flows.steps.people import open_data_key
from flows.steps.received_mails import find_mail, settle_mail
from flows.steps.reminders import due_occasions, remind
from flows.steps.rotation import rotate
from flows.steps.todo import waiting_for_whom
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from models.tables import Event, MailPlace, Message, ReceivedMail, SubmittedFile
from models.tables.mail import MailKind, MailState

FORM = {"formularz.docx": b"form"}


def mails(session: Session) -> list[ReceivedMail]:
    return list(session.exec(select(ReceivedMail).order_by(col(ReceivedMail.id))).all())


def only(office: Office) -> ReceivedMail:
    with office.reading(WORKER) as session:
        (mail,) = mails(session)
        return mail


def files(office: Office) -> list[SubmittedFile]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(SubmittedFile).order_by(col(SubmittedFile.id))).all())


def letters_of_ours(office: Office) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).order_by(col(Message.id))).all())


# Kept once


def test_a_mail_is_kept_whole_with_its_files_and_put_away(office: Office) -> None:
    raw = letter({"zgłoszenie.docx": b"form", "skan.pdf": b"scan"}, subject="Zgłoszenie żółć")
    box = Letterbox(raw)
    assert collect(office, box, actor=WORKER) == CollectCounts(new=1, files=2)
    assert (box.uids(), box.away) == ([], {1: raw})
    with office.reading(WORKER) as session:
        (mail,) = mails(session)
        assert mail.stored_as is not None
        assert mail.data_key_id is not None
        assert office.files.read(mail.stored_as, open_data_key(session, mail.data_key_id)) == raw
    assert (mail.kind, mail.state, mail.sender, mail.subject) == (
        MailKind.APPLICATION,
        MailState.STORED,
        SENDER,
        "Zgłoszenie żółć",
    )
    assert [(one.name, one.mail_id, one.channel, one.sender, one.received_at) for one in files(office)] == [
        (name, mail.id, "email", SENDER, moment("2018-06-05T10:00")) for name in ("zgłoszenie.docx", "skan.pdf")
    ]


def test_the_time_of_receipt_is_the_servers_not_the_senders(office: Office) -> None:
    """Whoever sends decides what stands under Date."""
    box = Letterbox(letter(FORM), at="2018-06-22T15:31")
    collect(office, box, actor=WORKER)
    mail = only(office)
    assert mail.received_at == moment("2018-06-22T15:31")
    assert mail.sent_at == moment("2018-06-05T09:59:58")
    assert mail.remarks == [SENT_LONG_AGO]
    assert files(office)[0].received_at == mail.received_at


def test_nothing_is_taken_in_twice_whatever_the_server_says(office: Office) -> None:
    raw = letter(FORM)
    collect(office, Letterbox(raw), actor=WORKER)
    delivered_again = Letterbox(raw, raw, b"Received: by another road\r\n" + raw)
    numbered_anew = Letterbox(raw, uidvalidity=99)
    assert collect(office, delivered_again, actor=WORKER).new == 0
    assert collect(office, numbered_anew, actor=WORKER) == CollectCounts(known=1)
    assert delivered_again.uids() == numbered_anew.uids() == []
    assert len(files(office)) == 1
    only(office)


def test_what_was_taken_in_and_not_put_away_is_put_away_without_being_fetched(office: Office) -> None:
    box = Letterbox(letter(FORM))
    collect(office, box, actor=WORKER)
    left = Letterbox(b"anything else under this number")
    assert collect(office, left, actor=WORKER) == CollectCounts(known=1)
    assert left.uids() == []
    only(office)


def test_a_mailbox_that_can_put_nothing_away_is_remembered_by_number(office: Office) -> None:
    class Immovable(Letterbox):
        keeps_in_place = True
        calls = 0

        def put_away(self, uid: int) -> None:
            self.calls += 1

    box = Immovable(letter(FORM), letter())
    assert collect(office, box, actor=WORKER).new == 2
    assert collect(office, box, actor=WORKER) == CollectCounts()
    assert box.calls == 2


def test_the_same_message_id_with_another_text_is_two_mails_and_a_case(office: Office) -> None:
    twice = [letter({"a.docx": text.encode()}, text=text, message_id="<1@example.org>") for text in ("raz", "dwa")]
    assert collect(office, Letterbox(*twice), actor=WORKER) == CollectCounts(new=2, files=2)
    with office.reading(WORKER) as session:
        assert [one.remarks for one in mails(session)] == [[], [MESSAGE_ID_REPEATED]]


def test_a_mail_is_known_under_new_keys_too(office: Office) -> None:
    raw = letter(FORM, message_id="<1@example.org>")
    collect(office, Letterbox(raw), actor=WORKER)
    rotate(office.store, actor=people.ADAM, now=office.now())
    assert collect(office, Letterbox(raw, uidvalidity=8), actor=WORKER) == CollectCounts(known=1)
    collect(office, Letterbox(letter(message_id="<1@example.org>"), uidvalidity=9), actor=WORKER)
    with office.reading(WORKER) as session:
        assert [one.remarks for one in mails(session)] == [[], [MESSAGE_ID_REPEATED]]


def test_mails_are_taken_in_portions(sqlite_office: Office) -> None:
    box = Letterbox(*(letter(text=f"{i}") for i in range(5)))
    first = collect(sqlite_office, box, actor=WORKER, limit=2)
    assert (first.new, first.remaining, len(box.uids())) == (2, 3, 3)
    total = first + collect(sqlite_office, box, actor=WORKER, limit=50)
    assert (total.new, total.remaining) == (5, 0)


def test_a_trial_keeps_nothing_and_moves_nothing(office: Office) -> None:
    box = Letterbox(letter(FORM))
    assert collect(office.on_trial(), box, actor=WORKER).new == 1
    assert box.uids() == [1]
    assert files(office) == []
    with office.reading(WORKER) as session:
        assert mails(session) == []
        assert session.exec(select(MailPlace)).all() == []


def test_a_mail_that_somebody_took_away_meanwhile_is_passed_over(sqlite_office: Office) -> None:
    class Emptied(Letterbox):
        def fetch(self, uid: int) -> Fetched | None:
            return None

    assert collect(sqlite_office, Emptied(letter()), actor=WORKER) == CollectCounts()


@pytest.mark.parametrize("actor", [people.KINGA, RITA])
def test_whoever_may_not_take_in_for_the_whole_office_collects_nothing(
    sqlite_office: Office, actor: people.Actor
) -> None:
    with pytest.raises(NotAllowed):
        collect(sqlite_office, Letterbox(letter()), actor=actor)


# Kinds


@pytest.mark.parametrize(
    ("raw", "kind", "state", "remarks"),
    [
        (letter(), MailKind.EMPTY, MailState.WAITING, []),
        (AUTO_REPLY, MailKind.AUTO_REPLY, MailState.SET_ASIDE, []),
        (
            letter(FORM, headers={"Auto-Submitted": "auto-generated"}),
            MailKind.AUTO_REPLY,
            MailState.WAITING,
            [WITH_ATTACHMENTS],
        ),
        (
            letter(headers={"X-Auto-Response-Suppress": "All"}),
            MailKind.OTHER,
            MailState.WAITING,
            [MAYBE_AUTOMATIC],
        ),
        (letter({"a.zip": b"PK"}), MailKind.EMPTY, MailState.WAITING, ["archive"]),
        (letter({"winmail.dat": b"\x78"}), MailKind.EMPTY, MailState.WAITING, ["tnef"]),
        (bounce("<x@example.org>"), MailKind.BOUNCE, MailState.WAITING, ["report_about_nobody"]),
        (bounce("<x@example.org>", action="delayed"), MailKind.AUTO_REPLY, MailState.SET_ASIDE, ["delivery_delayed"]),
    ],
    ids=["empty", "auto", "auto with files", "maybe", "zip", "tnef", "bounce", "delay"],
)
def test_what_is_no_application_is_kept_and_never_answered(
    sqlite_office: Office, raw: bytes, kind: MailKind, state: MailState, remarks: list[str]
) -> None:
    counts = collect(sqlite_office, Letterbox(raw), actor=WORKER)
    mail = only(sqlite_office)
    assert (mail.kind, mail.state, mail.remarks) == (kind, state, remarks)
    assert (counts.for_officer, counts.set_aside) == (state is MailState.WAITING, state is MailState.SET_ASIDE)
    assert files(sqlite_office) == []
    assert letters_of_ours(sqlite_office) == []


def test_a_mail_too_large_is_a_row_and_no_crash(sqlite_office: Office) -> None:
    class Huge(Letterbox):
        def fetch(self, uid: int) -> Fetched | None:
            return Fetched(uid, b"Subject: film\r\n\r\n", 31 * 1024 * 1024, self.arrived_at, whole=False)

    assert collect(sqlite_office, Huge(b""), actor=WORKER).for_officer == 1
    mail = only(sqlite_office)
    assert (mail.kind, mail.state, mail.remarks, mail.stored_as) == (
        MailKind.OTHER,
        MailState.WAITING,
        [TOO_LARGE],
        None,
    )
    assert (mail.subject, mail.size) == ("film", 31 * 1024 * 1024)


@pytest.mark.parametrize("where", ["decode_mail", "_about"])
def test_a_mail_that_the_program_trips_over_does_not_stop_the_others(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    real = getattr(steps, where)

    def tripping(*given: object) -> object:
        if any("potknięcie" in str(getattr(one, "subject", one)) or one == stumbling for one in given):
            raise RuntimeError("row of 02611200001")
        return real(*given)

    stumbling = letter(subject="potknięcie")
    monkeypatch.setattr(steps, where, tripping)
    assert collect(sqlite_office, Letterbox(stumbling, letter(FORM)), actor=WORKER).new == 2
    with sqlite_office.reading(WORKER) as session:
        first, second = mails(session)
    assert (first.kind, first.state, first.remarks) == (MailKind.OTHER, MailState.WAITING, [PROGRAM_ERROR])
    assert second.kind is MailKind.APPLICATION
    (told,) = [record.getMessage() for record in caplog.records if record.name == steps.__name__]
    assert told.startswith("a mail was not understood: RuntimeError in tripping, line ")


def test_a_bounce_tells_which_letter_of_ours_did_not_arrive(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1))
    (sent,) = letters_of_ours(office)
    collect(office, Letterbox(bounce(sent.message_id)), actor=WORKER)
    mail = only(office)
    assert (mail.kind, mail.letter_id) == (MailKind.BOUNCE, sent.id)
    with office.reading(WORKER) as session:
        (line,) = [one for one in waiting_for_whom(session, now=office.now()) if one.reference == f"list {mail.id}"]
        assert line.what.startswith(
            f"zwrot poczty: nasza wiadomość nie dotarła (wiadomość {sent.id}): zwrot dotyczy innego"
        )
        assert session.get_one(Message, sent.id).state == sent.state


# Which application it is about


def test_an_answer_to_our_letter_names_its_application(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1))
    (ours,) = letters_of_ours(office)
    collect(office, Letterbox(letter(FORM, headers={"In-Reply-To": ours.message_id})), actor=WORKER)
    mail = only(office)
    assert (mail.answers_number, mail.letter_id) == (f"{CALL}/0001", ours.id)
    assert files(office)[-1].answers_number == f"{CALL}/0001"


def test_an_answer_to_a_reminder_is_about_the_same_application(sqlite_office: Office) -> None:
    office = sqlite_office
    open_kes_call(office)
    send_in(office, reading(0, {"pesel": unread("pesel")}))
    people.deliver_all(office, "2018-06-05T12:00")
    now = people.go_to(office, "2018-06-08T09:00")
    with office.writing(WORKER) as session:
        assert remind(session, due_occasions(session, now=now), actor=WORKER, now=now) == 1
    (ours,) = [one for one in letters_of_ours(office) if one.event == "reminder_correction"]
    answer = letter(FORM, subject="Odp.", headers={"In-Reply-To": ours.message_id})
    collect(office, Letterbox(answer, at="2018-06-09T10:00"), actor=WORKER)
    assert only(office).answers_number == f"{CALL}/0001"


@pytest.mark.parametrize("spelt", ["{public}", "Re: uzupełnienie {public}", "nr {register}", "{lower}"])
def test_a_number_in_the_subject_names_it_too(sqlite_office: Office, spelt: str) -> None:
    open_kes_call(sqlite_office)
    send_in(sqlite_office, reading(1))
    with sqlite_office.reading(WORKER) as session:
        public = find_application(session, f"{CALL}/0001").public_number
    subject = spelt.format(public=public, register=f"{CALL}/0001", lower=public.lower())
    collect(sqlite_office, Letterbox(letter(FORM, subject=subject)), actor=WORKER)
    assert only(sqlite_office).answers_number == f"{CALL}/0001"


def test_a_number_that_is_nobodys_is_remarked_and_left(sqlite_office: Office) -> None:
    collect(sqlite_office, Letterbox(letter(FORM, subject="ZG-AAAA-AAAA")), actor=WORKER)
    mail = only(sqlite_office)
    assert (mail.answers_number, mail.remarks) == (None, [NUMBER_UNKNOWN])
    assert files(sqlite_office)[0].answers_number is None


def test_a_subject_that_contradicts_the_thread_names_nothing(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    send_in(sqlite_office, reading(1))
    send_in(sqlite_office, reading(2))
    ours = letters_of_ours(sqlite_office)[0]
    raw = letter(FORM, subject=f"{CALL}/0002", headers={"References": ours.message_id})
    collect(sqlite_office, Letterbox(raw), actor=WORKER)
    mail = only(sqlite_office)
    assert (mail.answers_number, mail.remarks) == (None, [NUMBERS_DISAGREE])


def test_the_same_form_in_another_mail_is_known_and_no_second_application(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, reading(1), content=b"form")
    counts = collect(office, Letterbox(forwarded(letter(FORM))), actor=WORKER)
    assert counts == CollectCounts(new=1)
    mail = only(office)
    assert (mail.state, mail.remarks) == (MailState.FILED, [ATTACHMENT_KNOWN])
    with office.reading(WORKER) as session:
        assert mail.application_id == session.get_one(SubmittedFile, sent.file_id).application_id
    assert mail.area == "2205"


def test_a_paper_that_anybody_may_have_sent_leads_to_nobody(sqlite_office: Office) -> None:
    """The same blank clause comes with many applications; a mail that brings nothing else is looked at by a person."""
    send_in(sqlite_office, people.Unreadable(code="not_word", sentence="Nie Word."), content=b"clause")
    collect(sqlite_office, Letterbox(letter({"klauzula.pdf": b"clause"})), actor=WORKER)
    mail = only(sqlite_office)
    assert (mail.state, mail.application_id, mail.remarks) == (MailState.WAITING, None, [ATTACHMENT_KNOWN])


# Officers


def test_what_waits_is_shown_and_settled_with_a_reason(office: Office) -> None:
    collect(office, Letterbox(letter(subject="Pytanie o termin")), actor=WORKER)
    mail = only(office)
    assert mail.id is not None
    with office.reading(WORKER) as session:
        (line,) = waiting_for_whom(session, now=office.now())
    assert (line.what, line.reference, line.who) == ("wiadomość bez załącznika", f"list {mail.id}", "pracownik")
    officer = people.Actor("rekrutacja", frozenset({people.Role.RECRUITMENT}))
    with office.writing(officer) as session:
        with pytest.raises(BadInput):
            settle_mail(session, mail.id, reason=" ", actor=officer, now=office.now())
        settle_mail(session, mail.id, reason="Oddzwoniono do Zmyślonej", actor=officer, now=office.now())
    with office.writing(officer) as session, pytest.raises(IllegalMove):
        settle_mail(session, mail.id, reason="znowu", actor=officer, now=office.now())
    with office.reading(WORKER) as session:
        assert find_mail(session, mail.id).settled_reason == "Oddzwoniono do Zmyślonej"
        assert waiting_for_whom(session, now=office.now()) == []
        assert "Zmyślon" not in str([event.facts for event in session.exec(select(Event)).all()])
    with office.reading(STRANGER) as session, pytest.raises(NotFound):
        find_mail(session, mail.id)


def test_every_remark_has_words_of_its_own() -> None:
    assert len(set(WORDS.values())) == len(WORDS) == len(NEED_A_PERSON) + len(ONLY_TO_KNOW)
    assert {PROGRAM_ERROR, TOO_LARGE, MAYBE_AUTOMATIC} <= set(NEED_A_PERSON)
