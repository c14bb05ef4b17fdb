"""Corrections: what is asked, once and with a reason; what an officer's word changes; what expires."""

from datetime import timedelta

import people
import pytest
from conftest import Staged
from people import (
    CALL,
    KINGA,
    RITA,
    WORKER,
    deliver_all,
    go_to,
    moment,
    numbers,
    open_kes_call,
    reading,
    send_in,
    unread,
)
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.applications import current_values, find_application, open_correction
from flows.steps.corrections import close_expired, expired_corrections, overrule
from flows.steps.reminders import due_occasions, remind
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotAllowed
from models.rules.facts import FieldStatus
from models.tables import Application, Correction, FieldValue, Message, Person
from models.tables.applications import ApplicationState, CorrectionState, Origin
from models.tables.outbox import MessageState

NUMBER = f"{CALL}/0001"


def with_gaps(office: Office) -> str:
    """An application without a telephone and with an unreadable PESEL; asked on Monday, 28 May at 8:00."""
    open_kes_call(office)
    send_in(office, reading(1, {"telefon": None, "pesel": unread("pesel")}))
    return NUMBER


def told_of_gaps(office: Office) -> str:
    """The same, and the letter that says so has left: the five working days run."""
    with_gaps(office)
    deliver_all(office, "2018-05-28T09:00")
    return NUMBER


def with_one_statement_open(office: Office) -> str:
    open_kes_call(office)
    send_in(office, reading(1, {"osw_udzial": False}))
    return NUMBER


def state(office: Office, number: str = NUMBER) -> ApplicationState:
    with office.reading(WORKER) as session:
        return find_application(session, number).state


def corrections(session: Session) -> list[Correction]:
    return list(session.exec(select(Correction).order_by(col(Correction.id))).all())


def say(office: Office, key: str, value: str, reason: str = "rozmowa telefoniczna") -> None:
    with office.writing(RITA) as session:
        overrule(session, NUMBER, key, value, reason=reason, actor=RITA, now=office.now())


# What is asked


def test_a_request_lists_every_gap_with_its_reason_and_no_value(staged: Staged) -> None:
    office, number = staged(with_gaps)
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        assert application.state is ApplicationState.INCOMPLETE
        (request,) = corrections(session)
        assert request.items == [
            {"key": "pesel", "reason_code": "pesel_checksum"},
            {"key": "telefon", "reason_code": "required_blank"},
        ]
        letter = session.exec(select(Message).where(Message.event == "correction_request")).one()
        assert "PESEL" in letter.text
        assert "Telefon kontaktowy" in letter.text
        assert "Prosimy sprawdzić tę odpowiedź." in letter.text
        assert letter.recipient == "osoba1@example.org"


def test_a_candidate_has_five_working_days(staged: Staged) -> None:
    """From Monday, 28 May 2018; Thursday the 31st was Corpus Christi, so the last day is Tuesday."""
    office, _ = staged(with_gaps)
    with office.reading(WORKER) as session:
        (request,) = corrections(session)
        assert moment("2018-06-05T23:59") < request.due_at < moment("2018-06-06T00:00")


def test_what_need_not_be_answered_is_not_asked_for(office: Office) -> None:
    open_kes_call(office)
    assert send_in(office, reading(1, {"potrzeby": None, "preferencja": None})).counts.complete == 1


def test_an_unreadable_answer_is_asked_about_even_where_none_was_needed(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, reading(1, {"preferencja": unread("preferencja", FieldStatus.AMBIGUOUS, "two_marks")}))
    assert sent.counts.incomplete == 1


def test_an_open_box_of_a_statement_is_asked_about_once(staged: Staged) -> None:
    """Left open in the answer too, the statement is withheld: complete, and the criterion says what follows."""
    office, _number = staged(with_one_statement_open)
    with office.reading(WORKER) as session:
        (request,) = corrections(session)
        assert request.items == [{"key": "osw_udzial", "reason_code": "statement_unticked"}]
    send_in(office, reading(1, {"osw_udzial": False}))
    assert state(office) is ApplicationState.COMPLETE
    people.verified(office)
    assert state(office) is ApplicationState.NOT_ELIGIBLE


def test_an_answer_that_is_still_incomplete_is_asked_again(staged: Staged) -> None:
    office, _ = staged(with_gaps)
    send_in(office, reading(1, {"telefon": None}))
    with office.reading(WORKER) as session:
        first, second = corrections(session)
        assert (first.state, second.state) == (CorrectionState.ANSWERED, CorrectionState.OPEN)
        assert second.items == [{"key": "telefon", "reason_code": "required_blank"}]
        requests = session.exec(
            select(Message.state).where(Message.event == "correction_request").order_by(col(Message.id))
        ).all()
    assert list(requests) == [MessageState.WITHDRAWN, MessageState.DUE], "the first had not left, and is untrue now"


def test_no_application_ever_has_two_open_requests(staged: Staged) -> None:
    office, _ = staged(with_gaps)
    for _ in range(3):
        send_in(office, reading(1, {"telefon": None, "motywacja": None}))
    with office.reading(WORKER) as session:
        open_ones = [one for one in corrections(session) if one.state is CorrectionState.OPEN]
    assert len(open_ones) == 1


def test_an_answer_takes_back_the_unsent_reminder(staged: Staged) -> None:
    office, _ = staged(told_of_gaps)
    now = go_to(office, "2018-06-04T08:00")
    with office.writing(WORKER) as session:
        assert remind(session, due_occasions(session, now=now), actor=WORKER, now=now) == 1
    send_in(office, reading(1))
    with office.reading(WORKER) as session:
        assert {
            (one.event, one.state) for one in session.exec(select(Message)).all() if one.event != "acknowledgement"
        } == {
            ("correction_request", MessageState.SENT),
            ("reminder_correction", MessageState.WITHDRAWN),
            ("completed", MessageState.DUE),
        }


def test_without_an_address_the_request_waits_for_one(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1, {"email": unread("email", code="email_syntax")}))
    with office.reading(WORKER) as session:
        request = session.exec(select(Message).where(Message.event == "correction_request")).one()
        assert (request.state, request.recipient) == (MessageState.UNADDRESSED, "")
    say(office, "email", "znaleziony@example.org")
    assert state(office) is ApplicationState.COMPLETE


# An officer's word


def test_an_officers_value_stands_beside_the_read_one(staged: Staged) -> None:
    office, number = staged(with_gaps)
    say(office, "telefon", "600 100 300")
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        rows = session.exec(select(FieldValue).where(FieldValue.key == "telefon").order_by(col(FieldValue.id))).all()
        assert [(row.origin, row.status, row.value) for row in rows] == [
            (Origin.FORM, FieldStatus.BLANK, None),
            (Origin.OFFICER, FieldStatus.READ, '"+48600100300"'),
        ]
        assert (rows[1].reason, rows[1].recorded_by, rows[1].raw) == ("rozmowa telefoniczna", "rita", "600 100 300")
        assert current_values(session, application)["telefon"].id == rows[1].id
        assert application.state is ApplicationState.INCOMPLETE, "the PESEL is still to come"
        assert open_correction(session, application) is not None


def test_the_last_gap_filled_closes_the_request(staged: Staged) -> None:
    office, _ = staged(with_gaps)
    say(office, "telefon", "600 100 300")
    say(office, "pesel", people.pesel(1))
    with office.reading(WORKER) as session:
        (request,) = corrections(session)
        assert request.state is CorrectionState.CLOSED
        letter = session.exec(select(Message).where(Message.event == "correction_request")).one()
        assert letter.state is MessageState.WITHDRAWN
        assert session.exec(select(Person)).one().pesel == people.pesel(1)
    assert state(office) is ApplicationState.COMPLETE


def test_a_judged_application_is_judged_anew_after_a_changed_value(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1, {"praca_bezposrednia": "nie"}))
    people.verified(office)
    assert state(office) is ApplicationState.NOT_ELIGIBLE
    say(office, "praca_bezposrednia", "tak")
    assert state(office) is ApplicationState.COMPLETE
    people.verified(office, "2018-07-03T09:10")
    assert state(office) is ApplicationState.ELIGIBLE


@pytest.mark.parametrize(
    ("key", "value", "reason", "said"),
    [
        ("pesel", "02611200000", "rozmowa", "PESEL"),
        ("telefon", "600 100 300", "  ", "uzasadnienia"),
        ("numer_buta", "43", "rozmowa", "Pola: imie"),
        ("instytucja.poziom", "europejski", "rozmowa", "Poziom instytucji"),
        ("email", "", "rozmowa", "Adres e-mail"),
    ],
)
def test_a_value_that_cannot_stand_is_refused(
    sqlite_staged: Staged, key: str, value: str, reason: str, said: str
) -> None:
    office, _ = sqlite_staged(with_gaps)
    with pytest.raises(BadInput, match=said) as trouble:
        say(office, key, value, reason)
    assert "02611200000" not in str(trouble.value)
    with office.reading(WORKER) as session:
        assert session.exec(select(FieldValue).where(FieldValue.origin == Origin.OFFICER)).all() == []


def test_values_are_changed_before_the_decision_only(sqlite_office: Office) -> None:
    people.ranked_call(sqlite_office, 1)
    people.adopted(sqlite_office)
    with pytest.raises(BadInput, match="przed decyzją"):
        say(sqlite_office, "telefon", "600 100 300")


def test_the_commission_changes_no_values(sqlite_staged: Staged) -> None:
    office, number = sqlite_staged(with_gaps)
    with pytest.raises(NotAllowed), office.writing(KINGA) as session:
        overrule(session, number, "telefon", "600 100 300", reason="x", actor=KINGA, now=office.now())


# Deadlines


def test_a_request_is_open_to_the_last_instant_of_its_last_day(staged: Staged) -> None:
    office, number = staged(told_of_gaps)
    with office.reading(WORKER) as session:
        (request,) = corrections(session)
        due_at, late = request.due_at, request.due_at + timedelta(microseconds=1)
        assert expired_corrections(session, now=due_at) == []
        assert expired_corrections(session, now=late) == [1]
    with office.writing(WORKER) as session:
        assert not close_expired(session, 1, actor=WORKER, now=due_at)
        assert close_expired(session, 1, actor=WORKER, now=late)
        assert not close_expired(session, 1, actor=WORKER, now=late), "done is done"
    with office.reading(WORKER) as session:
        assert find_application(session, number).state is ApplicationState.CLOSED_INCOMPLETE
        (request,) = corrections(session)
        assert request.state is CorrectionState.EXPIRED


def test_no_period_runs_before_its_letter_has_left(staged: Staged) -> None:
    office, number = staged(with_gaps)
    now = go_to(office, "2018-07-02T08:00")
    with office.reading(WORKER) as session:
        assert expired_corrections(session, now=now) == []
    deliver_all(office, "2018-07-02T09:00")
    with office.reading(WORKER) as session:
        # Five working days from Monday, 2 July.
        assert expired_corrections(session, now=moment("2018-07-09T23:59")) == []
        assert expired_corrections(session, now=moment("2018-07-10T00:00")) == [1]
        assert find_application(session, number).state is ApplicationState.INCOMPLETE


def test_an_answer_in_time_that_was_taken_in_late_still_counts(staged: Staged) -> None:
    office, number = staged(told_of_gaps)
    now = go_to(office, "2018-06-11T08:00")
    with office.writing(WORKER) as session:
        remind(session, due_occasions(session, now=now), actor=WORKER, now=now)
    assert send_in(office, reading(1), at="2018-06-05T20:00").counts.answers == 1
    assert state(office, number) is ApplicationState.COMPLETE


def test_in_time_is_counted_from_when_the_letter_left(sqlite_staged: Staged) -> None:
    """It left on Monday, 2 July: the answer of Monday, the 9th is in time, also when it is found after the closing."""
    office, number = sqlite_staged(with_gaps)
    deliver_all(office, "2018-07-02T09:00")
    now = go_to(office, "2018-07-10T08:00")
    with office.writing(WORKER) as session:
        remind(session, due_occasions(session, now=now), actor=WORKER, now=now)
    assert state(office, number) is ApplicationState.CLOSED_INCOMPLETE
    assert send_in(office, reading(1), at="2018-07-09T20:00").counts.answers == 1
    assert state(office, number) is ApplicationState.COMPLETE


def test_an_answer_after_the_deadline_is_a_new_application(staged: Staged) -> None:
    office, _ = staged(told_of_gaps)
    now = go_to(office, "2018-06-11T08:00")
    with office.writing(WORKER) as session:
        remind(session, due_occasions(session, now=now), actor=WORKER, now=now)
    assert send_in(office, reading(1), at="2018-06-11T09:00").counts.complete == 1
    assert [state(office, number) for number in numbers(office)] == [
        ApplicationState.CLOSED_INCOMPLETE,
        ApplicationState.COMPLETE,
    ]


def test_a_withdrawn_application_is_asked_and_reminded_no_more(staged: Staged) -> None:
    """Nor does its open request stop the reminders of everybody else when its deadline passes."""
    office, number = staged(with_gaps)
    with office.writing(RITA) as session:
        withdraw(session, number, actor=RITA, now=office.now())
    for day in ("2018-06-04T08:00", "2018-06-11T08:00"):
        now = go_to(office, day)
        with office.writing(WORKER) as session:
            assert due_occasions(session, now=now) == []
    with office.reading(WORKER) as session:
        (request,) = corrections(session)
        assert request.state is CorrectionState.CLOSED
        assert session.exec(select(Application.state)).all() == [ApplicationState.WITHDRAWN]
        letter = session.exec(select(Message).where(Message.event == "correction_request")).one()
        assert letter.state is MessageState.WITHDRAWN
