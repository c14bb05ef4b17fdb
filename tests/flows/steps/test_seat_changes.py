"""Another person for an institution's seat from a day to come on: written down ahead, done on its day, exactly once."""

from collections.abc import Callable
from datetime import date

import pytest
from changing_seats import (
    AHEAD,
    DAY,
    JULY,
    SEPTEMBER,
    called_off,
    change,
    changes,
    expected,
    live,
    run_invitations,
    sits,
    told,
    written,
)
from conftest import Staged
from fault_points import Point, watched
from nominating import admit, invited, letters, name, open_nominations, said
from people import CALL, FILIP, RITA, WORKER, deliver_all, go_to
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.admission import admission_lines, calls_to_admit
from flows.steps.calls import find_call, group_of
from flows.steps.expected_seats import expected_on
from flows.steps.institution_seats import invite_institutions, seat_lines
from flows.steps.memberships import member_on
from flows.steps.nominations import strayed_seats
from flows.steps.nominees import end_nomination
from flows.steps.overview import story
from flows.steps.refusals import refuse
from flows.steps.seat_changes import withdraw_change
from flows.steps.time_rehearsal import rehearse_time
from flows.steps.todo import waiting_for_whom
from flows.steps.verification import to_verify, verify
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotAllowed, NotYet
from models.nomination_rules import Replacement
from models.tables import Application, Invitation, Meeting, MeetingDay
from models.tables.meetings import InvitationRole
from models.tables.nominations import SeatChangeState
from models.tables.outbox import MessageState


def test_a_change_is_written_down_today_and_happens_on_its_day(staged: Staged) -> None:
    office, (school, other) = staged(told)
    library = next(one for one in expected(office, JULY) if one != school)
    assert (expected(office, JULY), expected(office, SEPTEMBER)) == (
        sorted([school, library]),
        sorted([other, library]),
    )
    to_house, to_other, to_first = (letters(office, event) for event in AHEAD)
    assert "zajmie miejsce instytucji „Szkoła Próbna w Kartuzach” od 22 września 2018 r." in said(to_house[0])
    assert "Próbna-" not in said(to_house[0])
    assert "czeka na Panią od 22 września 2018 r." in said(to_other[0])
    assert "będzie ją reprezentować inna osoba od 22 września 2018 r." in said(to_first[0])
    (called,) = letters(office, "invitation_withdrawn")
    assert "na tym spotkaniu instytucję będzie reprezentować inna osoba" in said(called)
    with office.reading(WORKER) as session:
        group = group_of(session, find_call(session, CALL)).id or 0
        on_sheets = [{one.number for one in expected_on(session, group, day)} for day in (date(2018, 9, 21), DAY)]
    assert on_sheets == [{school, library}, {other, library}]
    go_to(office, "2018-09-21T20:40")
    with office.reading(RITA) as session:
        (line,) = [one for one in seat_lines(session, CALL, on=date(2018, 9, 21)) if one.institution == "I1"]
        waits = {one.number: one.waits for one in admission_lines(session, CALL, now=office.now())}
        (todo,) = [one for one in waiting_for_whom(session, now=office.now()) if one.who == "program"]
        assert calls_to_admit(session) == [CALL]
    assert (line.number, line.next_number, line.next_since) == (school, other, DAY)
    assert "od 22.09.2018" in waits[other]
    assert (todo.reference, todo.due) == (other, DAY)
    done = admit(office)
    assert (done.admitted, done.held, sits(office, DAY)) == ((), (), school)
    go_to(office, "2018-09-22T06:40")
    assert admit(office).admitted == (other,)
    assert admit(office).admitted == ()
    assert (sits(office, date(2018, 9, 21)), sits(office, DAY)) == (school, other)
    assert changes(office) == [SeatChangeState.DONE]
    with office.reading(WORKER) as session:
        assert set(session.exec(select(Invitation.role)).all()) == {InvitationRole.MEMBER}, "with the seat, not later"
    assert [len(letters(office, event)) for event in (*AHEAD, "named", "nomination_ended")] == [1, 1, 1, 3, 1]
    run_invitations(office)
    assert expected(office, SEPTEMBER) == sorted([other, library])
    with office.reading(WORKER) as session:
        (day, _) = session.exec(select(MeetingDay).join(Meeting).where(Meeting.code == SEPTEMBER)).all()
        held = [member_on(session, number, day) is not None for number in (school, other)]
        assert strayed_seats(session) == ()
        told_of = [one.what for one in story(session, other)]
    assert held == [False, True]
    assert [one for one in told_of if "zmian" in one] == [
        "zapisano na później zmianę osoby w miejscu instytucji",
        "nastąpiła zapisana wcześniej zmiana osoby w miejscu instytucji",
    ]


@pytest.mark.slow
def test_a_late_run_counts_from_the_day_that_was_written_down(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(told)
    go_to(office, "2018-09-25T06:40")
    assert admit(office).admitted == (other,)
    assert (sits(office, date(2018, 9, 21)), sits(office, DAY)) == (school, other)


@pytest.mark.slow
@pytest.mark.parametrize("where", [Point.BEFORE_COMMIT, Point.AFTER_COMMIT])
def test_a_run_that_dies_is_done_by_the_next_once(sqlite_staged: Staged, where: Point) -> None:
    office, (_, other) = sqlite_staged(told)
    go_to(office, "2018-09-22T06:40")

    def die(point: Point) -> None:
        if point is where:
            raise _Died

    with pytest.raises(_Died), watched(die):
        admit(office)
    admit(office)
    assert (sits(office, DAY), changes(office)) == (other, [SeatChangeState.DONE])
    assert (len(letters(office, "nomination_ended")), len(letters(office, "named"))) == (1, 3)


class _Died(BaseException):
    """The process is gone."""


@pytest.mark.slow
def test_what_is_called_off_before_anybody_was_told_leaves_no_letter(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(written)
    called_off(office, other)
    assert live(office, *AHEAD) == []
    with office.writing(RITA) as session, pytest.raises(NotYet, match="nie ma zapisanej na później zmiany"):
        withdraw_change(session, other, actor=RITA, now=office.now())
    go_to(office, "2018-09-22T06:40")
    (held,) = admit(office).held
    assert (held.number, sits(office, DAY)) == (other, school)


@pytest.mark.slow
def test_who_was_told_is_told_that_it_does_not_happen_and_is_invited_again(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(told)
    go_to(office, "2018-09-03T10:00")
    called_off(office, other)
    house, successor, first = (letters(office, event)[1] for event in AHEAD)
    assert "nie nastąpi" in said(house)
    assert "nadal reprezentuje ta sama osoba" in said(house)
    assert "Ta zmiana nie nastąpi." in said(successor)
    assert "pozostaje bez zmian" in said(first)
    run_invitations(office)
    assert other not in expected(office, SEPTEMBER)
    assert school in expected(office, SEPTEMBER)
    (again,) = letters(office, "invitation_update")
    assert "Spotkanie odbędzie się jednak tak, jak podaliśmy wcześniej." in said(again)
    assert run_invitations(office) == 0
    # Written down once more, it happens all the same.
    deliver_all(office, "2018-09-03T12:00")
    change(office, other)
    run_invitations(office)
    assert (other in expected(office, SEPTEMBER), school in expected(office, SEPTEMBER)) == (True, False)
    go_to(office, "2018-09-22T06:40")
    assert admit(office).admitted == (other,)
    assert changes(office) == [SeatChangeState.CALLED_OFF, SeatChangeState.DONE]


@pytest.mark.slow
def test_a_meeting_that_is_moved_across_the_day_is_for_whoever_sits_then(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(told)
    with office.writing(RITA) as session:
        for day in session.exec(select(MeetingDay).join(Meeting).where(Meeting.code == SEPTEMBER)).all():
            day.on = date(2018, 9, day.on.day - 7)
            session.add(day)
    run_invitations(office)
    assert (other in expected(office, SEPTEMBER), school in expected(office, SEPTEMBER)) == (False, True)


@pytest.mark.slow
def test_who_leaves_before_the_day_leaves_the_seat_to_who_is_named_already(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(told)
    go_to(office, "2018-07-12T10:00")
    with office.writing(RITA) as session:
        withdraw(session, school, actor=RITA, now=office.now())
    assert letters(office, "seat_vacant") == []
    done = admit(office)
    assert (done.admitted, done.held) == ((), ())
    go_to(office, "2018-09-22T06:40")
    assert admit(office).admitted == (other,)


@pytest.mark.slow
def test_who_is_to_come_and_withdraws_calls_it_off(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(told)
    go_to(office, "2018-07-12T10:00")
    with office.writing(RITA) as session:
        withdraw(session, other, actor=RITA, now=office.now())
    assert changes(office) == [SeatChangeState.CALLED_OFF]
    assert [len(letters(office, event)) for event in AHEAD] == [2, 1, 2]
    run_invitations(office)
    assert (other in expected(office, SEPTEMBER), school in expected(office, SEPTEMBER)) == (False, True)
    go_to(office, "2018-09-22T06:40")
    assert (admit(office).admitted, sits(office, DAY)) == ((), school)


@pytest.mark.slow
def test_a_closed_seat_calls_off_what_was_to_come(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(told)
    now = go_to(office, "2018-07-12T10:00")
    with office.writing(RITA) as session:
        end_nomination(session, CALL, "I1", on=date(2018, 7, 12), reason="Koniec.", close=True, actor=RITA, now=now)
    assert changes(office) == [SeatChangeState.CALLED_OFF]
    assert [len(letters(office, event)) for event in AHEAD] == [1, 2, 1], "the others learn it by other letters"
    run_invitations(office)
    assert other not in expected(office, SEPTEMBER)


@pytest.mark.slow
def test_what_stands_in_the_way_on_the_day_waits_for_an_officer(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(told)
    with office.writing(RITA) as session:
        # A later form said otherwise, and nobody looked.
        row = session.exec(select(Application).where(Application.number == other)).one()
        row.seat_id = None
        session.add(row)
    go_to(office, "2018-09-22T06:40")
    done = admit(office)
    assert (done.admitted, sits(office, DAY)) == ((), school)
    assert any("nie mogła nastąpić" in one.why for one in done.held if one.number == other)
    with office.reading(RITA) as session:
        lines = [one for one in waiting_for_whom(session, now=office.now()) if one.reference == other]
    assert [one.who for one in lines if "nie mogła nastąpić" in one.what] == ["pracownik"]
    assert [one for one in lines if one.who == "program"] == []


@pytest.mark.slow
def test_one_change_at_a_time_and_no_slip_of_the_year(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(written)
    third = name(office, 4, "I1", at="2018-06-09T09:00")
    go_to(office, "2018-06-10T08:00")
    (held,) = admit(office).held
    assert (held.number, "nabor nomination withdraw" in held.why) == (third, True)
    for number, day in ((third, date(2018, 9, 1)), (third, date(2018, 6, 10)), (other, date(2018, 10, 1))):
        with pytest.raises(NotYet, match=f"od 22.09.2018.*{other}"):
            change(office, number, day)
    with office.writing(FILIP) as session, pytest.raises(NotAllowed):
        withdraw_change(session, other, actor=FILIP, now=office.now())
    called_off(office, other)
    with pytest.raises(BadInput, match="za ponad rok"):
        change(office, other, date(2081, 9, 22))
    # Sooner than it was written down.
    change(office, other)
    change(office, other, date(2018, 6, 9))
    assert (sits(office, date(2018, 6, 9)), changes(office)[-1]) == (other, SeatChangeState.DONE)
    assert live(office, *AHEAD) == []


def _automatic(office: Office) -> str:
    open_nominations(office, Replacement.AUTOMATIC)
    go_to(office, "2018-06-04T09:00")
    invite_institutions(office, CALL, ("I1",), actor=RITA)
    name(office, 1, "I1", at="2018-06-05T10:00")
    admit(office)
    other = name(office, 3, "I1", at="2018-06-06T10:00")
    go_to(office, "2018-06-06T11:00")
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())
    return other


@pytest.mark.slow
def test_no_run_is_quicker_than_the_officer_said(sqlite_staged: Staged) -> None:
    office, other = sqlite_staged(_automatic)
    change(office, other)
    assert admit(office).admitted == ()
    called_off(office, other)
    (held,) = admit(office).held
    assert (held.number, "odwołano" in held.why) == (other, True)


def _free(office: Office) -> str:
    invited(office)
    other = name(office, 1, "I1", at="2018-06-05T10:00")
    go_to(office, "2018-06-06T08:00")
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())
    return other


@pytest.mark.slow
@pytest.mark.parametrize("how", [called_off, lambda office, number: refused(office, number)])
def test_a_free_seat_waits_for_its_day_and_asks_again_when_it_is_called_off(
    sqlite_staged: Staged, how: Callable[[Office, str], None]
) -> None:
    office, other = sqlite_staged(_free)
    change(office, other)
    assert admit(office).admitted == ()
    assert {one.state for one in letters(office, "seat_invited") if one.recipient.startswith("szkola")} == {
        MessageState.WITHDRAWN
    }
    how(office, other)
    asked = [one for one in live(office, "seat_invited", "seat_vacant") if one.recipient.startswith("szkola")]
    assert len(asked) == 1


def refused(office: Office, number: str) -> None:
    with office.writing(RITA) as session:
        row = session.exec(select(Application).where(Application.number == number)).one()
        assert row.id is not None
        refuse(session, number, reason="Instytucja działa poza powiatem.", actor=RITA, now=office.now())


@pytest.mark.slow
def test_a_rehearsal_of_the_coming_weeks_shows_the_letters_of_the_day(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(told)
    go_to(office, "2018-09-17T08:00")
    schedule = {"admit": "40 6-20 * * *", "deliver": "*/10 * * * *"}
    found = rehearse_time(office, schedule, weeks=1, actor=RITA)
    of_the_day = {(one.number, one.event) for one in found.letters if one.at.date() == DAY}
    assert {(other, "named"), (school, "nomination_ended"), (CALL, "seat_taken")} <= of_the_day
    assert changes(office) == [SeatChangeState.AWAITED]
