"""The outbox: what officers read and change before it leaves, and what they settle afterwards."""

from datetime import timedelta

import people
import pytest
from conftest import Staged
from people import CALL, FILIP, KINGA, RITA, STRANGER, WORKER, Postbox, go_to, open_kes_call, reading, send_in, unread
from sqlmodel import col, select

from flows.adapters.clock import PlayedClock
from flows.adapters.office import Office
from flows.adapters.smtp import DeliveryUncertain
from flows.steps.corrections import confirm_address
from flows.steps.delivery import deliver
from flows.steps.outbox import discard, edit, find_message, hold, release
from flows.steps.reminders import due_occasions
from flows.steps.sent_by_hand import confirm_sent, record_handed
from flows.steps.stipends import settle_meeting
from models.errors import BadInput, DeliveryFailed, IllegalMove, NotAllowed, NotFound
from models.events import Happened
from models.tables import Event, Message
from models.tables.outbox import MessageState

FIRST = 1


def one_letter(office: Office) -> int:
    """One acknowledgement that could leave now."""
    open_kes_call(office)
    send_in(office, reading(0))
    go_to(office, "2018-06-06T12:00")
    return FIRST


def deliver_to(office: Office, *answers: Exception) -> Postbox:
    postbox = Postbox(*answers)
    deliver(office, actor=WORKER, transport=postbox)
    return postbox


def message(office: Office, message_id: int = FIRST) -> Message:
    with office.writing(RITA) as session:
        return find_message(session, message_id)


def change(office: Office, **changed: str) -> None:
    with office.writing(RITA) as session:
        edit(session, FIRST, actor=RITA, now=office.now(), **changed)


def test_what_an_officer_wrote_is_what_leaves(staged: Staged) -> None:
    office, _ = staged(one_letter)
    change(office, subject="Zmieniony temat", text="Zupełnie inna treść.\n", recipient="inny@example.org")
    ((_, recipient, data),) = deliver_to(office).mails
    assert recipient == "inny@example.org"
    assert b"text/html" not in data, "the old wording must not go along in the other version"
    row = message(office)
    assert (row.subject, row.html, row.edited_by) == ("Zmieniony temat", "", "rita")
    with office.reading(WORKER) as session:
        noted = session.exec(select(Event).where(Event.kind == Happened.MESSAGE_EDITED)).one()
        assert noted.facts == {"changed": ["subject", "text", "recipient"]}


@pytest.mark.parametrize(
    "changed",
    [{"subject": " "}, {"subject": "dwa\nwiersze"}, {"recipient": "nikt"}, {"recipient": "a@b@c"}, {}],
)
def test_what_makes_no_message_is_refused(sqlite_staged: Staged, changed: dict[str, str]) -> None:
    office, _ = sqlite_staged(one_letter)
    before = message(office).model_dump()
    with pytest.raises(BadInput):
        change(office, **changed)
    assert message(office).model_dump() == before


def test_what_has_left_is_not_changed_held_or_taken_back(staged: Staged) -> None:
    office, _ = staged(one_letter)
    deliver_to(office)
    with pytest.raises(BadInput, match="już wyszła"):
        change(office, subject="Za późno")
    for act in (hold, release, discard):
        with pytest.raises(IllegalMove), office.writing(RITA) as session:
            act(session, FIRST, actor=RITA, now=office.now())


def test_a_held_message_waits_until_it_is_released(staged: Staged) -> None:
    office, _ = staged(one_letter)
    with office.writing(RITA) as session:
        hold(session, FIRST, actor=RITA, now=office.now())
    assert deliver_to(office).mails == []
    with office.writing(RITA) as session:
        release(session, FIRST, actor=RITA, now=office.now())
    assert len(deliver_to(office).mails) == 1


def test_a_discarded_message_stays_on_record_and_never_leaves(staged: Staged) -> None:
    office, _ = staged(one_letter)
    with office.writing(RITA) as session:
        discard(session, FIRST, actor=RITA, now=office.now())
    assert deliver_to(office).mails == []
    assert message(office).state is MessageState.WITHDRAWN
    with pytest.raises(IllegalMove), office.writing(RITA) as session:
        release(session, FIRST, actor=RITA, now=office.now())


def test_a_message_without_an_address_waits_for_one(staged: Staged) -> None:
    office, _ = staged(one_letter)
    send_in(office, reading(1, {"email": unread("email", code="email_syntax")}))
    go_to(office, "2018-06-06T13:00")
    deliver_to(office)
    with office.reading(RITA) as session:
        unaddressed = select(Message.id).where(Message.state == MessageState.UNADDRESSED).order_by(col(Message.id))
        waiting = session.exec(unaddressed).all()
    assert len(waiting) == 2, "the request for a correction and the acknowledgement"
    with pytest.raises(BadInput, match="--to"), office.writing(RITA) as session:
        release(session, waiting[1] or 0, actor=RITA, now=office.now())
    with office.writing(RITA) as session:
        edit(session, waiting[1] or 0, recipient="znaleziony@example.org", actor=RITA, now=office.now())
        release(session, waiting[1] or 0, actor=RITA, now=office.now())
        record_handed(session, waiting[0] or 0, actor=RITA, now=office.now())
    assert [recipient for _, recipient, _ in deliver_to(office).mails] == ["znaleziony@example.org"]
    assert message(office, waiting[0] or 0).state is MessageState.SENT


def test_a_refused_message_leaves_at_once_when_its_address_was_mended(staged: Staged) -> None:
    office, _ = staged(one_letter)
    deliver_to(office, DeliveryFailed(550, "nie ma takiej skrzynki", temporary=False))
    change(office, recipient="poprawny@example.org")
    with office.writing(RITA) as session:
        release(session, FIRST, actor=RITA, now=office.now())
    assert [recipient for _, recipient, _ in deliver_to(office).mails] == ["poprawny@example.org"]


def test_an_unknown_message_is_settled_by_a_person(staged: Staged) -> None:
    office, _ = staged(one_letter)
    with pytest.raises(BadInput, match="nie wiadomo"), office.writing(RITA) as session:
        confirm_sent(session, FIRST, actor=RITA, now=office.now())
    deliver_to(office, DeliveryUncertain())
    with office.writing(RITA) as session:
        confirm_sent(session, FIRST, actor=RITA, now=office.now())
    assert message(office).state is MessageState.SENT
    assert deliver_to(office).mails == []


def test_an_unknown_message_may_be_sent_again_on_purpose_under_its_own_id(staged: Staged) -> None:
    office, _ = staged(one_letter)
    known = message(office).message_id
    deliver_to(office, DeliveryUncertain())
    with office.writing(RITA) as session:
        release(session, FIRST, actor=RITA, now=office.now())
    ((*_, data),) = deliver_to(office).mails
    assert known.encode() in data


def test_only_what_has_no_address_or_no_answer_is_handed_over_by_hand(staged: Staged) -> None:
    office, _ = staged(one_letter)
    with pytest.raises((BadInput, IllegalMove)), office.writing(RITA) as session:
        record_handed(session, FIRST, actor=RITA, now=office.now())
    killed = Postbox()
    killed.answers = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        deliver(office, actor=WORKER, transport=killed)
    assert message(office).state is MessageState.SENDING
    with pytest.raises(BadInput), office.writing(RITA) as session:
        record_handed(session, FIRST, actor=RITA, now=office.now())


def two_versions(office: Office) -> tuple[int, int]:
    """Two letters about one bill: of the first nobody knows whether it left, then the amount changed."""
    registered = people.met_group(office, 1)
    people.state_pay(office, registered[0], people.ACCOUNTS[0])
    people.deliver_all(office, "2018-10-01T09:00")
    for minutes in (360, 240):
        people.attend(office, registered[0], 360, minutes)
        settle_meeting(office, people.CALL, people.MEETING, paid_on=people.PAID_ON, actor=FILIP)
        if minutes == 360:
            assert isinstance(office.clock, PlayedClock)
            office.clock.move_to(office.now() + timedelta(minutes=16))
            deliver_to(office, DeliveryUncertain())
    with office.reading(WORKER) as session:
        first, second = session.exec(select(Message.id).where(Message.event == "stipend_ready").order_by("id")).all()
    assert first is not None
    assert second is not None
    return first, second


def test_an_older_letter_is_not_sent_after_a_newer_one(staged: Staged) -> None:
    office, (older, newer) = staged(two_versions)
    assert message(office, older).state is MessageState.UNKNOWN
    with pytest.raises(BadInput, match="nowsza"), office.writing(RITA) as session:
        release(session, older, actor=RITA, now=office.now())
    with office.writing(RITA) as session:
        hold(session, newer, actor=RITA, now=office.now())
        release(session, newer, actor=RITA, now=office.now())


def test_a_refused_request_leaves_when_another_address_is_confirmed(sqlite_office: Office) -> None:
    office = sqlite_office
    open_kes_call(office)
    send_in(office, reading(0, {"telefon": None}))
    go_to(office, "2018-05-28T09:00")
    deliver_to(office, *[DeliveryFailed(550, "nie ma takiej skrzynki", temporary=False)] * 2)
    now = go_to(office, "2018-06-01T08:00")
    with office.writing(WORKER) as session:
        assert due_occasions(session, now=now) == [], "nobody is reminded of what never arrived"
    with office.writing(RITA) as session:
        confirm_address(session, f"{CALL}/0001", "poprawny@example.org", reason="rozmowa", actor=RITA, now=now)
    assert [recipient for _, recipient, _ in deliver_to(office).mails] == ["poprawny@example.org"]


def test_others_change_nothing_here(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(one_letter)
    for actor, refusal in ((KINGA, NotAllowed), (FILIP, NotAllowed), (STRANGER, NotFound)):
        for act in (hold, release, discard):
            with pytest.raises(refusal), office.writing(actor) as session:
                act(session, FIRST, actor=actor, now=office.now())
        with pytest.raises(refusal), office.writing(actor) as session:
            edit(session, FIRST, subject="x", actor=actor, now=office.now())
