"""Delivery: each message leaves once, whatever dies on the way, and what left is kept byte for byte."""

import threading
from collections.abc import Callable
from datetime import timedelta

import people
import pytest
from conftest import Staged
from people import WORKER, Postbox, go_to, open_kes_call, reading, send_in
from sqlmodel import Session, col, select

from flows.adapters.clock import PlayedClock
from flows.adapters.office import Office
from flows.adapters.smtp import DeliveryUncertain
from flows.steps.delivery import LEASE, TRIES, DeliveryCounts, deliver
from flows.steps.documents import content_of, newest
from flows.steps.outbox import discard, edit
from models.actor import Actor
from models.errors import DeliveryFailed, NotAllowed
from models.tables import IssuedDocument, Message
from models.tables.outbox import MessageState

BUSY = DeliveryFailed(450, "skrzynka zajęta", temporary=True)
NOBODY = DeliveryFailed(550, "nie ma takiej skrzynki", temporary=False)
NO_LINE = DeliveryFailed(0, "nie ma połączenia", temporary=True)


def three_letters(office: Office) -> int:
    """Three acknowledgements, older than the quarter of an hour that officers have to look at them."""
    open_kes_call(office)
    go_to(office, "2018-06-06T11:00")
    people.take_in(office, range(3))
    go_to(office, "2018-06-06T12:00")
    return 3


def later(office: Office, after: timedelta) -> None:
    assert isinstance(office.clock, PlayedClock)
    office.clock.move_to(office.now() + after)


def send(office: Office, postbox: Postbox, limit: int = 50) -> DeliveryCounts:
    return deliver(office, actor=WORKER, transport=postbox, limit=limit)


def letters(session: Session) -> list[Message]:
    return list(session.exec(select(Message).order_by(col(Message.id))).all())


def states(office: Office) -> list[str]:
    with office.reading(WORKER) as session:
        return [message.state.value for message in letters(session)]


def test_what_is_due_leaves_once(staged: Staged) -> None:
    office, _ = staged(three_letters)
    postbox = Postbox()
    assert send(office, postbox) == DeliveryCounts(sent=3)
    assert send(office, postbox) == DeliveryCounts()
    assert [(sender, recipient) for sender, recipient, _ in postbox.mails] == [
        ("rekrutacja@rops.example.org", f"osoba{i}@example.org") for i in range(3)
    ]
    assert len({data for *_, data in postbox.mails}) == 3
    with office.reading(WORKER) as session:
        assert [(one.state, one.sent_at, one.attempts) for one in letters(session)] == [
            (MessageState.SENT, office.now(), 1)
        ] * 3


def test_what_is_kept_is_what_was_sent(staged: Staged) -> None:
    office, _ = staged(three_letters)
    postbox = Postbox()
    send(office, postbox)
    with office.reading(WORKER) as session:
        for message, (*_, data) in zip(letters(session), postbox.mails, strict=True):
            kept = newest(session, "mail", f"message/{message.id}")
            assert kept is not None
            assert content_of(office, session, kept) == data
            assert message.message_id.encode() in data
            assert "Próbna" not in kept.file_name
            assert kept.personal


def test_officers_have_a_quarter_of_an_hour_to_look(staged: Staged) -> None:
    office, _ = staged(three_letters)
    send_in(office, reading(7))
    later(office, timedelta(minutes=14))
    assert send(office, Postbox()).sent == 3
    later(office, timedelta(minutes=1))
    assert send(office, Postbox()).sent == 1


def test_a_portion_leaves_and_the_rest_is_counted(staged: Staged) -> None:
    office, _ = staged(three_letters)
    assert send(office, Postbox(), limit=2) == DeliveryCounts(sent=2, remaining=1)
    assert send(office, Postbox(), limit=2) == DeliveryCounts(sent=1)


# The server's answers


def test_a_temporary_no_is_tried_again_later_and_later(staged: Staged) -> None:
    office, _ = staged(three_letters)
    assert send(office, Postbox(BUSY)) == DeliveryCounts(sent=2, delayed=1)
    pauses = []
    for _ in range(2, TRIES):
        waited = 0
        while send(office, Postbox(BUSY)) == DeliveryCounts():
            waited += 5
            later(office, timedelta(minutes=5))
        pauses.append(waited)
    assert pauses == [5, 10, 20, 40, 80, 160]
    later(office, timedelta(hours=4))
    assert send(office, Postbox(BUSY)) == DeliveryCounts(refused=1), "the last of its tries"
    with office.reading(WORKER) as session:
        message = letters(session)[0]
        assert (message.state, message.attempts, message.last_code) == (MessageState.REFUSED, TRIES, 450)


def test_a_message_that_was_delayed_still_leaves_once(staged: Staged) -> None:
    office, _ = staged(three_letters)
    postbox = Postbox(BUSY)
    send(office, postbox)
    later(office, timedelta(minutes=5))
    assert send(office, postbox) == DeliveryCounts(sent=1)
    assert sorted(recipient for _, recipient, _ in postbox.mails) == [f"osoba{i}@example.org" for i in range(3)]
    with office.reading(WORKER) as session:
        kept = session.exec(
            select(IssuedDocument.version)
            .where(IssuedDocument.subject == "message/1")
            .order_by(col(IssuedDocument.version))
        ).all()
        assert list(kept) == [1, 2], "each try is kept"


def test_a_permanent_no_waits_for_a_person(staged: Staged) -> None:
    office, _ = staged(three_letters)
    assert send(office, Postbox(NOBODY)) == DeliveryCounts(sent=2, refused=1)
    later(office, timedelta(days=3))
    assert send(office, Postbox()) == DeliveryCounts()
    with office.reading(WORKER) as session:
        assert letters(session)[0].last_code == 550


def test_a_line_that_is_down_costs_no_message_its_tries(staged: Staged) -> None:
    office, _ = staged(three_letters)
    for _ in range(TRIES + 2):
        assert send(office, Postbox(NO_LINE)) == DeliveryCounts(delayed=3)
        later(office, timedelta(minutes=5))
    with office.reading(WORKER) as session:
        assert [one.attempts for one in letters(session)] == [0, 0, 0]
    assert send(office, Postbox()) == DeliveryCounts(sent=3)


def test_a_line_that_stays_down_for_days_is_a_persons_case(staged: Staged) -> None:
    office, _ = staged(three_letters)
    send(office, Postbox(NO_LINE))
    later(office, timedelta(days=6))
    send(office, Postbox(NO_LINE))
    assert states(office) == ["refused"] * 3


def test_an_answer_that_never_came_is_unknown_and_is_not_repeated(staged: Staged) -> None:
    office, _ = staged(three_letters)
    assert send(office, Postbox(DeliveryUncertain())) == DeliveryCounts(sent=2, unknown=1)
    later(office, timedelta(days=1))
    assert send(office, Postbox()) == DeliveryCounts()
    assert states(office) == ["unknown", "sent", "sent"]


def test_an_address_that_fits_no_mail_is_refused(staged: Staged) -> None:
    office, _ = staged(three_letters)
    with office.writing(people.RITA) as session:
        edit(session, 1, recipient="bez domeny@", actor=people.RITA, now=office.now())
    postbox = Postbox()
    assert send(office, postbox).sent == 2
    assert states(office) == ["refused", "sent", "sent"]
    assert len(postbox.mails) == 2


# Workers that die


class Killed(BaseException):
    """The process is gone: nothing after this is done."""


def dying(office: Office) -> Postbox:
    """A delivery that is killed while the first mail is with the server; the others are claimed."""
    postbox = Postbox()
    postbox.answers = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        send(office, postbox)
    return postbox


def test_a_death_in_sending_is_unknown_only_when_the_lease_is_over(staged: Staged) -> None:
    office, _ = staged(three_letters)
    dying(office)
    assert states(office) == ["sending", "claimed", "claimed"]
    later(office, LEASE)
    assert send(office, Postbox()) == DeliveryCounts()
    assert states(office) == ["sending", "claimed", "claimed"]
    later(office, timedelta(seconds=1))
    postbox = Postbox()
    assert send(office, postbox) == DeliveryCounts(sent=2, unknown=1)
    assert states(office) == ["unknown", "sent", "sent"]
    assert [recipient for _, recipient, _ in postbox.mails] == ["osoba1@example.org", "osoba2@example.org"]


def test_two_deliveries_at_once_send_nothing_twice(staged: Staged) -> None:
    office, _ = staged(three_letters)
    people.take_in(office, range(20, 30))
    later(office, timedelta(hours=1))
    postbox, start, troubles = Postbox(), threading.Barrier(2), []

    def work() -> None:
        start.wait()
        try:
            while send(office, postbox, limit=3).remaining:
                pass
        except Exception as trouble:  # noqa: BLE001 - told by the test below
            troubles.append(trouble)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert troubles == []
    send(office, postbox)
    recipients = [recipient for _, recipient, _ in postbox.mails]
    assert len(recipients) == len(set(recipients)) == 13
    assert set(states(office)) == {"sent"}


# Taken back at the last moment


class Interrupting(Postbox):
    """Somebody else acts while the first mail is under way."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.act = act

    def send(self, sender: str, recipient: str, data: bytes) -> str:
        if not self.mails:
            self.act()
        return super().send(sender, recipient, data)


def test_what_is_withdrawn_while_it_is_claimed_does_not_leave(staged: Staged) -> None:
    office, _ = staged(three_letters)

    def withdraw_the_second() -> None:
        with office.writing(people.RITA) as session:
            discard(session, 2, actor=people.RITA, now=office.now())

    postbox = Interrupting(withdraw_the_second)
    assert send(office, postbox) == DeliveryCounts(sent=2)
    assert states(office) == ["sent", "withdrawn", "sent"]
    assert [recipient for _, recipient, _ in postbox.mails] == ["osoba0@example.org", "osoba2@example.org"]


def test_without_a_mail_server_the_mails_stay_here_and_that_is_said(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(three_letters)
    assert deliver(office, actor=WORKER) == DeliveryCounts(sent=3)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(IssuedDocument).where(IssuedDocument.kind == "mail")).all()) == 3


@pytest.mark.parametrize("actor", [people.KINGA, people.FILIP, people.ADAM])
def test_only_recruitment_and_the_schedule_send(sqlite_staged: Staged, actor: Actor) -> None:
    office, _ = sqlite_staged(three_letters)
    with pytest.raises(NotAllowed):
        deliver(office, actor=actor, transport=Postbox())
