"""Nobody's standing changes without a word: who learns what, once, and what is kept back when it turns out untrue."""

from datetime import timedelta

import people
import pytest
from conftest import Staged
from people import CALL, FILIP, RITA, WORKER, deliver_all, go_to, open_kes_call, reading, send_in, unread
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.appeals import file_appeal, withdraw_appeal
from flows.steps.applications import find_application
from flows.steps.corrections import close_expired, expired_corrections, overrule
from flows.steps.memberships import answer_offer, expire_offer, expired_offers
from flows.steps.promotion import promote_call
from flows.steps.reserve_end import tell_end, waiting_in_vain
from flows.steps.stipend_records import record_signed_bill
from flows.steps.stipends import settle_meeting
from flows.steps.withdrawal import withdraw
from models.events import Happened
from models.tables import Meeting, MeetingDay, Message, Stipend
from models.tables.applications import ApplicationState
from models.tables.meetings import MeetingState
from models.transitions import move

GAPS = {"telefon": None, "pesel": unread("pesel")}


def asked(office: Office) -> str:
    """An application without a telephone and with an unreadable PESEL; the letter that asks for them has left."""
    open_kes_call(office)
    send_in(office, reading(1, GAPS))
    deliver_all(office, "2018-05-28T09:00")
    return f"{CALL}/0001"


def offered(office: Office) -> list[str]:
    """One seat, two in reserve; the letters have left and the four working days of the first are over."""
    registered = people.announced_call(office, 3, seats=1, reserve_seats=2)
    deliver_all(office, "2018-07-06T10:00")
    go_to(office, "2018-07-13T08:20")
    return registered


def told(office: Office, event: str) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


def states(office: Office, event: str) -> list[str]:
    return [one.state.value for one in told(office, event)]


def text(office: Office, event: str) -> str:
    (letter,) = told(office, event)
    return letter.text.replace("\u00a0", " ")


def close(office: Office) -> None:
    now = go_to(office, "2018-06-11T08:00")
    with office.writing(WORKER) as session:
        (due,) = expired_corrections(session, now=now)
        assert close_expired(session, due, actor=WORKER, now=now)
        assert not close_expired(session, due, actor=WORKER, now=now)


def lapse(office: Office) -> None:
    with office.writing(WORKER) as session:
        (due,) = expired_offers(session, now=office.now())
        assert expire_offer(session, due, actor=WORKER, now=office.now())
        assert not expire_offer(session, due, actor=WORKER, now=office.now())


# Completing


def test_who_completes_the_form_learns_that_nothing_is_missing(staged: Staged) -> None:
    office, _ = staged(asked)
    send_in(office, reading(1))
    assert "W formularzu niczego już nie brakuje." in text(office, "completed")
    assert told(office, "completed")[0].recipient == "osoba1@example.org"


def test_who_answers_in_part_is_asked_again_and_told_nothing_else(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked)
    send_in(office, reading(1, {"telefon": None}))
    assert told(office, "completed") == []
    assert states(office, "correction_request") == ["sent", "due"]


def test_after_the_last_round_it_is_not_said_that_nothing_is_missing(sqlite_staged: Staged) -> None:
    office, number = sqlite_staged(asked)
    for _ in range(people.definition().deadlines.correction_rounds):
        send_in(office, reading(1, {"telefon": None}))
    with office.reading(WORKER) as session:
        assert find_application(session, number).state is ApplicationState.COMPLETE
    assert "Zgłoszenie ocenimy na podstawie tego, co w nim teraz jest." in text(office, "completed")


def test_who_answers_by_telephone_need_not_look_for_the_form_any_more(sqlite_staged: Staged) -> None:
    office, number = sqlite_staged(asked)
    for key, value in (("telefon", "600100200"), ("pesel", people.pesel(1))):
        assert told(office, "completed") == []
        with office.writing(RITA) as session:
            overrule(session, number, key, value, reason="rozmowa", actor=RITA, now=office.now())
    assert len(told(office, "completed")) == 1


def test_an_officers_change_to_a_complete_form_is_no_news(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    send_in(sqlite_office, reading(1))
    with sqlite_office.writing(RITA) as session:
        overrule(session, f"{CALL}/0001", "telefon", "600100201", reason="rozmowa", actor=RITA, now=sqlite_office.now())
    assert told(sqlite_office, "completed") == []


def test_who_does_not_answer_is_told_that_the_application_is_closed(staged: Staged) -> None:
    office, _ = staged(asked)
    close(office)
    said = text(office, "closed_incomplete")
    assert "Termin minął: wtorek, 5 czerwca 2018 r." in said
    assert "Decyzję w sprawie zgłoszenia podejmie Komisja Rekrutacyjna." in said


def test_an_answer_found_after_all_takes_the_closing_back(sqlite_staged: Staged) -> None:
    office, number = sqlite_staged(asked)
    close(office)
    send_in(office, reading(1), at="2018-06-04T10:00", number=number)
    with office.reading(WORKER) as session:
        assert find_application(session, number).state is ApplicationState.COMPLETE
    assert states(office, "closed_incomplete") == ["withdrawn"]
    assert states(office, "completed") == ["due"]


# Seats


def test_who_lets_an_offer_lapse_is_told_so_once(staged: Staged) -> None:
    office, _ = staged(offered)
    lapse(office)
    said = text(office, "offer_lapsed")
    assert "Termin minął: czwartek, 12 lipca 2018 r." in said
    assert "miejsce zaproponujemy teraz kolejnej osobie" in said
    deliver_all(office, "2018-07-13T09:00")
    assert states(office, "offer_lapsed") == ["sent"]


def test_who_declines_gets_a_confirmation_and_who_withdraws_another(staged: Staged) -> None:
    office, _ = staged(offered)
    holder = f"{CALL}/0002"
    with office.writing(RITA) as session:
        answer_offer(session, holder, accepts=False, actor=RITA, now=office.now())
    assert "Data rezygnacji: 13 lipca 2018 r." in text(office, "offer_declined")
    with office.writing(RITA) as session:
        withdraw(session, holder, actor=RITA, now=office.now())
    assert states(office, "offer_declined") == ["withdrawn"], "one letter says it all"
    assert states(office, "withdrawn") == ["due"]


def test_who_withdraws_an_offered_seat_gets_one_letter(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    with office.writing(RITA) as session:
        withdraw(session, f"{CALL}/0002", actor=RITA, now=office.now())
    assert states(office, "withdrawn") == ["due"]
    assert told(office, "offer_declined") == []


def meet(office: Office, at: str) -> None:
    """The days of the group's meetings have passed; the second of the reserve never got a seat."""
    lapse(office)
    assert len(promote_call(office, CALL, actor=WORKER).made) == 1
    go_to(office, at)


def in_vain(office: Office) -> int:
    now = office.now()
    with office.writing(WORKER) as session:
        return sum(tell_end(session, one, actor=WORKER, now=now) for one in waiting_in_vain(session, now=now))


def test_who_waited_in_vain_is_told_when_the_last_meeting_is_over(staged: Staged) -> None:
    office, _ = staged(offered)
    meet(office, "2018-07-14T08:00")
    assert in_vain(office) == 0, "there is time yet"
    with office.reading(WORKER) as session:
        last = max(session.exec(select(MeetingDay.ends_at)).all())
    office.clock.move_to(last + timedelta(minutes=1))  # type: ignore[attr-defined]
    assert in_vain(office) == 1
    assert in_vain(office) == 0, "once"
    (letter,) = told(office, "reserve_ended")
    assert letter.recipient == told(office, "reserve")[-1].recipient
    assert "lista rezerwowa" in letter.text.replace("\u00a0", " ")


def test_the_end_of_the_reserve_is_taken_back_when_a_seat_comes_after_all(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    lapse(office)
    with office.writing(WORKER) as session:
        last = max(session.exec(select(MeetingDay.ends_at)).all())
    office.clock.move_to(last + timedelta(minutes=1))  # type: ignore[attr-defined]
    assert in_vain(office) == 2
    assert len(promote_call(office, CALL, actor=WORKER).made) == 1
    assert sorted(states(office, "reserve_ended")) == ["due", "withdrawn"]


def test_without_meetings_no_reserve_ends(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    with office.writing(WORKER) as session:
        for meeting in session.exec(select(Meeting)).all():
            move(
                session,
                meeting,
                MeetingState.CANCELLED,
                happened=Happened.MEETING_CANCELLED,
                actor=RITA,
                now=office.now(),
            )
    go_to(office, "2020-01-01T08:00")
    assert in_vain(office) == 0


# Appeals and bills


def appeal(office: Office, received: str) -> str:
    return file_appeal(
        office,
        f"{CALL}/0003",
        file_name="odwołanie.pdf",
        content=f"odwołanie {received}".encode(),
        received_at=people.moment(received),
        channel="email",
        actor=RITA,
    )


def test_who_takes_an_appeal_back_gets_a_confirmation(staged: Staged) -> None:
    office, _ = staged(offered)
    number = appeal(office, "2018-07-09T09:00")
    with office.writing(RITA) as session:
        withdraw_appeal(session, number, actor=RITA, now=office.now())
    assert "Data wycofania: 13 lipca 2018 r." in text(office, "appeal_withdrawn")
    assert states(office, "appeal_received") == ["withdrawn"]


def test_an_appeal_entered_anew_says_nothing_of_the_slip_before(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    slip = appeal(office, "2018-07-09T09:00")
    with office.writing(RITA) as session:
        withdraw_appeal(session, slip, actor=RITA, now=office.now())
    appeal(office, "2018-07-10T09:00")
    assert states(office, "appeal_withdrawn") == ["withdrawn"]
    assert states(office, "appeal_received") == ["withdrawn", "due"]


def settled(office: Office) -> str:
    """The bill of one member, sent out."""
    (number,) = people.met_group(office, 1)
    people.state_pay(office, number, people.ACCOUNTS[0])
    people.sign_contract(office, number)
    settle_meeting(office, CALL, people.MEETING, paid_on=people.PAID_ON, actor=FILIP)
    return number


@pytest.mark.parametrize(
    ("at", "planned"),
    [("2018-10-05T08:00", "Planowany dzień wypłaty: 10 października 2018 r."), ("2018-10-11T08:00", "")],
)
def test_who_sends_the_bill_back_learns_that_it_came(sqlite_staged: Staged, at: str, planned: str) -> None:
    office, _ = sqlite_staged(settled)
    now = go_to(office, at)
    with office.writing(FILIP) as session:
        bill = session.exec(select(Stipend)).one()
        record_signed_bill(session, bill.number, actor=FILIP, now=now)
        number = bill.number
    said = text(office, "bill_received")
    assert f"rachunek nr {number}" in said
    assert planned in said if planned else "Planowany" not in said


def test_a_bill_replaced_after_all_takes_its_receipt_back(staged: Staged) -> None:
    office, number = staged(settled)
    now = go_to(office, "2018-10-05T08:00")
    with office.writing(FILIP) as session:
        record_signed_bill(session, session.exec(select(Stipend)).one().number, actor=FILIP, now=now)
    people.attend(office, number, 60, 60)
    settle_meeting(
        office, CALL, people.MEETING, paid_on=people.PAID_ON, actor=FILIP, replace_signed=True, reason="pomyłka"
    )
    assert states(office, "bill_received") == ["withdrawn"]
