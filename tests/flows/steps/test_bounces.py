"""Mails that came back: which reports are believed, and what follows for the message and for the periods it began."""

from itertools import count

import people
import pytest
from conftest import Staged
from mails import AUTO_REPLY, letter
from people import RITA, WORKER, Letterbox, Postbox, go_to
from reports import SHAPES, postfix
from sqlmodel import col, select

from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.steps.delivery import DeliveryCounts, deliver
from flows.steps.mailbox import CollectCounts, collect
from flows.steps.outbox import discard, edit, release, told_at
from flows.steps.sent_by_hand import record_handed
from flows.steps.todo import waiting_for_whom
from models.errors import BadInput
from models.events import Happened
from models.tables import Event, Message, ReceivedMail
from models.tables.mail import MailKind, MailState
from models.tables.outbox import MessageState

_boxes = count(1000)
BACK_AT = "2018-06-06T12:30"


def sent_letters(office: Office) -> int:
    """Two acknowledgements that have left."""
    people.open_kes_call(office)
    go_to(office, "2018-06-06T11:00")
    people.take_in(office, range(2))
    go_to(office, "2018-06-06T12:00")
    assert deliver(office, actor=WORKER, transport=Postbox()).sent == 2
    return 2


def first(office: Office) -> Message:
    with office.reading(WORKER) as session:
        return session.exec(select(Message).order_by(col(Message.id))).first()  # type: ignore[return-value]


def mail_of(office: Office) -> ReceivedMail:
    with office.reading(WORKER) as session:
        return session.exec(select(ReceivedMail).order_by(col(ReceivedMail.id).desc())).first()  # type: ignore[return-value]


def comes_back(office: Office, raw: bytes, *, at: str = BACK_AT) -> CollectCounts:
    go_to(office, at)
    return collect(office, Letterbox(raw, at=at, uidvalidity=next(_boxes)), actor=WORKER)


def envelope_of(message: Message) -> str:
    return message.message_id.strip("<>").partition("@")[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_mail_that_came_back_is_a_message_that_did_not_arrive(staged: Staged, shape: str) -> None:
    office, _ = staged(sent_letters)
    sent = first(office)
    assert comes_back(office, SHAPES[shape](sent.message_id, sent.recipient)) == CollectCounts(new=1)
    back, mail = first(office), mail_of(office)
    assert (back.state, back.bounce_status[:3]) == (MessageState.BOUNCED, "5.1")
    assert (mail.kind, mail.state, mail.letter_id, mail.area) == (
        MailKind.BOUNCE,
        MailState.FILED,
        sent.id,
        sent.area,
    )
    with office.reading(WORKER) as session:
        others = session.exec(select(Message.state).where(Message.id != sent.id)).all()
        assert list(others) == [MessageState.SENT]
        facts = session.exec(select(Event.facts).where(Event.kind == Happened.MESSAGE_BOUNCED)).one()
        assert facts == {"from": "sent", "to": "bounced", "status": back.bounce_status, "mail": mail.id}
        assert "@" not in str(facts)
        told = [line.what for line in waiting_for_whom(session, now=office.now()) if line.reference == "wiadomość 1"]
        assert len(told) == 1
        assert "nie ma takiego adresu" in told[0]
        assert "popraw adres" in told[0]
        assert not [line for line in waiting_for_whom(session, now=office.now()) if "list" in line.reference]


def test_the_envelopes_id_is_enough(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(sent_letters)
    sent = first(office)
    comes_back(office, postfix("", sent.recipient, envelope_id=envelope_of(sent)))
    assert first(office).state is MessageState.BOUNCED


def test_a_mail_that_is_late_is_only_remarked(staged: Staged) -> None:
    office, _ = staged(sent_letters)
    sent = first(office)
    comes_back(office, postfix(sent.message_id, sent.recipient, action="delayed", status="4.4.1"))
    mail = mail_of(office)
    assert (first(office).state, mail.state, mail.letter_id) == (MessageState.SENT, MailState.SET_ASIDE, sent.id)
    with office.reading(WORKER) as session:
        facts = session.exec(select(Event.facts).where(Event.kind == Happened.MESSAGE_HELD_UP)).one()
        assert facts == {"mail": mail.id, "status": "4.4.1"}


def test_what_is_forged_or_about_another_address_changes_nothing_and_is_shown(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(sent_letters)
    sent = first(office)
    for number, (raw, remark) in enumerate(
        [
            (postfix("<0123456789abcdef0123456789abcdef@rops.example.org>", sent.recipient), "report_about_nobody"),
            (postfix("", sent.recipient, envelope_id="0" * 32), "report_about_nobody"),
            (postfix("", sent.recipient, envelope_id="%"), "report_about_nobody"),
            (postfix(sent.message_id, "inna@example.com"), "report_other_address"),
            (postfix(sent.message_id, f"x{sent.recipient}"), "report_other_address"),
        ]
    ):
        assert comes_back(office, raw, at=f"2018-06-06T12:3{number}") == CollectCounts(new=1, for_officer=1)
        mail = mail_of(office)
        assert (mail.state, mail.kind, mail.remarks) == (MailState.WAITING, MailKind.BOUNCE, [remark])
        assert first(office).state is MessageState.SENT


def test_a_report_about_what_has_not_left_changes_nothing(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(sent_letters)
    people.take_in(office, range(7, 8))
    with office.reading(WORKER) as session:
        due = session.exec(select(Message).where(Message.state == MessageState.DUE)).one()
    comes_back(office, postfix(due.message_id, due.recipient))
    assert mail_of(office).remarks == ["report_not_applicable"]
    with office.reading(WORKER) as session:
        assert session.get_one(Message, due.id).state is MessageState.DUE


def test_an_officer_corrects_the_address_and_it_goes_again(staged: Staged) -> None:
    office, _ = staged(sent_letters)
    sent = first(office)
    report = postfix(sent.message_id, sent.recipient)
    comes_back(office, report)
    with pytest.raises(BadInput, match="takiego adresu nie ma"), office.writing(RITA) as session:
        release(session, 1, actor=RITA, now=office.now())
    with office.writing(RITA) as session:
        edit(session, 1, recipient="poprawna@example.org", actor=RITA, now=office.now())
        release(session, 1, actor=RITA, now=office.now())
    go_to(office, "2018-06-06T13:00")
    postbox = Postbox()
    assert deliver(office, actor=WORKER, transport=postbox) == DeliveryCounts(sent=1)
    assert [to for _, to, _ in postbox.mails] == ["poprawna@example.org"]
    assert first(office).bounce_status == ""
    # The servers of the old address may go on reporting.
    comes_back(office, postfix(sent.message_id, sent.recipient, status="5.4.4"), at="2018-06-06T13:05")
    assert first(office).state is MessageState.SENT


def test_a_full_mailbox_may_be_tried_again_at_the_same_address(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(sent_letters)
    sent = first(office)
    comes_back(office, postfix(sent.message_id, sent.recipient, status="5.2.2"))
    with office.writing(RITA) as session:
        release(session, 1, actor=RITA, now=office.now())
    go_to(office, "2018-06-06T14:00")
    deliver(office, actor=WORKER, transport=Postbox())
    # A second report of the first sending, which arrived before the mail left again.
    collect(
        office,
        Letterbox(postfix(sent.message_id, sent.recipient, status="5.2.2"), at="2018-06-06T12:40", uidvalidity=99),
        actor=WORKER,
    )
    assert (first(office).state, mail_of(office).remarks) == (MessageState.SENT, ["report_not_applicable"])


def test_what_was_handed_over_on_paper_does_not_come_back_any_more(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(sent_letters)
    sent = first(office)
    comes_back(office, postfix(sent.message_id, sent.recipient))
    with office.writing(RITA) as session:
        record_handed(session, 1, actor=RITA, now=office.now())
    comes_back(office, postfix(sent.message_id, sent.recipient, status="5.4.7"), at="2018-06-06T15:00")
    assert (first(office).state, mail_of(office).remarks) == (MessageState.SENT, ["report_not_applicable"])


def test_the_period_of_a_letter_that_came_back_does_not_run(staged: Staged) -> None:
    office, _ = staged(sent_letters)
    sent = first(office)
    occasion = sent.key.rpartition(":")[2]

    def told() -> str:
        with office.reading(WORKER) as session:
            at = told_at(session, sent.subject_ref, sent.event, occasion)
        return warsaw(at).isoformat(timespec="minutes")[:16] if at else ""

    assert told() == "2018-06-06T12:00"
    comes_back(office, postfix(sent.message_id, sent.recipient))
    assert told() == ""
    go_to(office, "2018-06-08T09:00")
    with office.writing(RITA) as session:
        record_handed(session, 1, actor=RITA, now=office.now())
    assert told() == "2018-06-08T09:00", "it begins with the day on which the person was told"


def test_what_came_back_can_be_withdrawn(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(sent_letters)
    sent = first(office)
    comes_back(office, postfix(sent.message_id, sent.recipient))
    with office.writing(RITA) as session:
        discard(session, 1, actor=RITA, now=office.now())
    assert first(office).state is MessageState.WITHDRAWN


def test_no_machine_is_ever_answered(sqlite_staged: Staged) -> None:
    """An auto-reply, a report and our own mail coming back (a redirect to our own mailbox) make no letter."""
    office, _ = sqlite_staged(sent_letters)
    sent = first(office)
    postbox = Postbox()
    people.take_in(office, range(7, 8))
    go_to(office, "2018-06-06T14:00")
    deliver(office, actor=WORKER, transport=postbox)
    own = postbox.mails[0][2]
    chatty = letter(
        subject="Odp: Potwierdzenie", text="Na urlopie.", headers={"Precedence": "auto_reply", "X-Autoreply": "yes"}
    )
    for minute, raw in enumerate([own, AUTO_REPLY, chatty, postfix(sent.message_id, sent.recipient)]):
        with office.reading(WORKER) as session:
            before = len(session.exec(select(Message.id)).all())
        comes_back(office, raw, at=f"2018-06-06T{15 + minute}:00")
        go_to(office, f"2018-06-06T{15 + minute}:30")
        assert deliver(office, actor=WORKER, transport=postbox).sent == 0
        with office.reading(WORKER) as session:
            assert len(session.exec(select(Message.id)).all()) == before
    with office.reading(WORKER) as session:
        kinds = session.exec(select(ReceivedMail.state, ReceivedMail.kind).order_by(col(ReceivedMail.id))).all()
    assert kinds == [(MailState.SET_ASIDE, MailKind.AUTO_REPLY)] * 3 + [(MailState.FILED, MailKind.BOUNCE)]
