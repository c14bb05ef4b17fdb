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
from flows.steps import departure
from flows.steps.delivery import LEASE, DeliveryCounts, deliver
from flows.steps.departure import TRIES
from flows.steps.documents import content_of, newest
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.outbox import discard, hold, release, release_kept
from flows.steps.sent_by_hand import record_handed
from flows.steps.todo import waiting_for_whom
from models.actor import Actor
from models.errors import BadInput, DeliveryFailed, IllegalMove, NotAllowed
from models.events import Happened
from models.tables import Event, IssuedDocument, Message
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
        # No officer can type this any more; it may stand in a row of an earlier release.
        session.get_one(Message, 1).recipient = "bez domeny@"
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


@pytest.mark.parametrize("where", ["rate, MAIL or RCPT", "envelope open"])
def test_a_death_before_data_leaves_nothing_unknown(
    staged: Staged, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was handed over yet, so the next delivery simply sends it."""
    office, _ = staged(three_letters)
    with monkeypatch.context() as patch:
        postbox = Postbox(to_envelopes=[Killed()] if where != "envelope open" else [])
        patch.setattr(departure, "about_to_leave", _die)
        with pytest.raises(Killed):
            send(office, postbox)
    assert states(office) == ["claimed"] * 3
    later(office, LEASE + timedelta(seconds=1))
    assert send(office, Postbox()) == DeliveryCounts(sent=3)


def _die(*_: object, **__: object) -> None:
    raise Killed


def test_a_no_to_the_envelope_is_certain_and_never_passes_through_sending(staged: Staged) -> None:
    office, _ = staged(three_letters)
    assert send(office, Postbox(to_envelopes=[NOBODY, BUSY])) == DeliveryCounts(sent=1, delayed=1, refused=1)
    assert states(office) == ["refused", "delayed", "sent"]
    with office.reading(WORKER) as session:
        assert [(one.attempts, one.last_code) for one in letters(session)] == [(1, 550), (1, 450), (1, None)]
        began = session.exec(select(Event.subject).where(Event.kind == Happened.MESSAGE_SENDING)).all()
        assert list(began) == ["message/3"]


def test_a_line_that_is_down_at_the_envelope_costs_no_tries(staged: Staged) -> None:
    office, _ = staged(three_letters)
    assert send(office, Postbox(to_envelopes=[NO_LINE])) == DeliveryCounts(delayed=3)
    with office.reading(WORKER) as session:
        assert [one.attempts for one in letters(session)] == [0, 0, 0]


def test_what_is_withdrawn_while_its_envelope_is_opened_does_not_leave(staged: Staged) -> None:
    office, _ = staged(three_letters)

    class Slow(Postbox):
        def open_envelope(self, sender: str, recipient: str, *, envelope_id: str = "") -> None:
            super().open_envelope(sender, recipient)
            if recipient.startswith("osoba0"):
                with office.writing(people.RITA) as session:
                    discard(session, 1, actor=people.RITA, now=office.now())

    postbox = Slow()
    assert send(office, postbox) == DeliveryCounts(sent=2)
    assert (states(office), postbox.dropped) == (["withdrawn", "sent", "sent"], 1)


# What comes too late


def invitation_at(office: Office, at: str) -> int:
    """Two members are invited on the eve of their meeting, and the line is down until ``at``."""
    people.group(office, 2)
    people.deliver_all(office, "2018-07-09T12:00")
    now = go_to(office, "2018-09-21T20:00")
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=now):
            invite(session, meeting, actor=WORKER, now=now)
        first = session.exec(select(Message.id).where(Message.event == "invitation").order_by(col(Message.id))).first()
    assert first is not None
    go_to(office, at)
    return first


def invited_too_late(office: Office) -> int:
    return invitation_at(office, "2018-09-22T09:00")


def test_an_invitation_does_not_leave_when_the_meeting_has_begun(staged: Staged) -> None:
    office, first = staged(invited_too_late)
    postbox = Postbox()
    with office.writing(people.RITA) as session:
        hold(session, first, actor=people.RITA, now=office.now())
    assert send(office, postbox) == DeliveryCounts(expired=2)
    assert postbox.mails == []
    with office.reading(WORKER) as session:
        late = [one for one in letters(session) if one.event == "invitation"]
        assert [one.state for one in late] == [MessageState.EXPIRED] * 2
        noted = session.exec(select(Event.subject).where(Event.kind == Happened.MESSAGE_EXPIRED)).all()
        assert sorted(noted) == sorted(f"message/{one.id}" for one in late)
        said = [(line.who, line.what) for line in waiting_for_whom(session, now=office.now())]
        assert said.count(("pracownik", "wiadomość nie wyszła w porę i już nie wyjdzie")) == 2
    with pytest.raises(IllegalMove), office.writing(people.RITA) as session:
        session.get_one(Message, first).not_after = None
        release(session, first, actor=people.RITA, now=office.now())
    with office.writing(people.RITA) as session:
        discard(session, first, actor=people.RITA, now=office.now())


def test_nor_when_it_begins_while_the_mail_waits_for_the_rate(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invitation_at_dawn)

    class Slow(Postbox):
        def open_envelope(self, sender: str, recipient: str, *, envelope_id: str = "") -> None:
            super().open_envelope(sender, recipient)
            go_to(office, "2018-09-22T09:00")

    postbox = Slow()
    assert send(office, postbox) == DeliveryCounts(expired=2)
    assert (postbox.mails, postbox.dropped) == ([], 2)


def invitation_at_dawn(office: Office) -> int:
    return invitation_at(office, "2018-09-22T08:59")


def test_a_late_message_cannot_be_released(sqlite_staged: Staged) -> None:
    office, first = sqlite_staged(invitation_at_dawn)
    with office.writing(people.RITA) as session:
        hold(session, first, actor=people.RITA, now=office.now())
    go_to(office, "2018-09-22T09:00")
    with pytest.raises(BadInput, match="Pora"), office.writing(people.RITA) as session:
        release(session, first, actor=people.RITA, now=office.now())


# Workers side by side


def test_two_deliveries_at_once_send_nothing_twice(staged: Staged) -> None:
    office, _ = staged(three_letters)
    people.take_in(office, range(20, 30))
    later(office, timedelta(hours=1))
    postboxes, start, troubles = [Postbox(), Postbox()], threading.Barrier(2), []

    def work(postbox: Postbox) -> None:
        start.wait()
        try:
            while send(office, postbox, limit=3).remaining:
                pass
        except Exception as trouble:  # noqa: BLE001 - told by the test below
            troubles.append(trouble)

    workers = [threading.Thread(target=work, args=[postbox]) for postbox in postboxes]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert troubles == []
    send(office, postboxes[0])
    recipients = [recipient for postbox in postboxes for _, recipient, _ in postbox.mails]
    assert len(recipients) == len(set(recipients)) == 13
    assert set(states(office)) == {"sent"}


# Taken back at the last moment


class Interrupting(Postbox):
    """Somebody else acts while the first mail is under way."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.act = act

    def hand_over(self, data: bytes) -> str:
        if not self.mails:
            self.act()
        return super().hand_over(data)


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
    assert deliver(office, actor=WORKER) == DeliveryCounts(kept=3)
    assert states(office) == ["kept"] * 3
    with office.reading(WORKER) as session:
        assert [one.sent_at for one in letters(session)] == [None] * 3, "nobody was told"
        assert len(session.exec(select(IssuedDocument).where(IssuedDocument.kind == "mail")).all()) == 3
        said = [(line.who, line.what) for line in waiting_for_whom(session, now=office.now())]
        assert ("pracownik", "wiadomości zachowane, bo nie ma serwera poczty: 3") in said
    assert deliver(office, actor=WORKER) == DeliveryCounts(), "they are kept once"


def test_what_was_kept_leaves_when_a_server_is_set_or_is_handed_over(staged: Staged) -> None:
    office, _ = staged(three_letters)
    deliver(office, actor=WORKER)
    later(office, timedelta(days=1))
    with office.writing(people.RITA) as session:
        record_handed(session, 1, actor=people.RITA, now=office.now())
        discard(session, 2, actor=people.RITA, now=office.now())
        assert release_kept(session, actor=people.RITA, now=office.now()) == 1
    postbox = Postbox()
    assert send(office, postbox) == DeliveryCounts(sent=1)
    assert states(office) == ["sent", "withdrawn", "sent"]
    assert [recipient for _, recipient, _ in postbox.mails] == ["osoba2@example.org"]
    with office.reading(WORKER) as session:
        assert letters(session)[0].sent_at == office.now()


@pytest.mark.parametrize("actor", [people.KINGA, people.FILIP, people.ADAM])
def test_only_recruitment_and_the_schedule_send(sqlite_staged: Staged, actor: Actor) -> None:
    office, _ = sqlite_staged(three_letters)
    with pytest.raises(NotAllowed):
        deliver(office, actor=actor, transport=Postbox())
