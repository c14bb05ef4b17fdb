"""Changes of the person in a seat that cannot be, are called off, or meet a moved meeting: all are told what is so."""

from datetime import date, time, timedelta

import pytest
from agreeing import text_of
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
    plan,
    run_invitations,
    sits,
    told,
    told_ahead,
    written,
)
from conftest import Staged
from nominating import CENTRE, LIBRARY, SCHOOL, admit, letters, name, project, said
from people import ADAM, CALL, RITA, WORKER, deliver_all, go_to, load, open_another_call
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.admission import admission_lines
from flows.steps.calls import find_call, group_of
from flows.steps.documents import content_of, newest
from flows.steps.host_lists import issue_host_list
from flows.steps.institution_closing import close_institution, reopen_institution
from flows.steps.institution_seat_letters import reminder_to_name
from flows.steps.institution_seats import invite_institutions, silent_seats
from flows.steps.institutions import add_institution
from flows.steps.meeting_changes import Wanted, move_meeting
from flows.steps.memberships import seated
from flows.steps.nominees import end_nomination
from flows.steps.todo import TodoLine, waiting_for_whom
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotYet
from models.group_kinds import Admission
from models.tables import Application, InstitutionSeat, Invitation, Message, SeatChange
from models.tables.meetings import InvitationState
from models.tables.nominations import SeatChangeState
from models.tables.outbox import MessageState
from templates.letters.frame import MeetingDayLine


def withdrawn(office: Office, number: str) -> None:
    with office.writing(RITA) as session:
        withdraw(session, number, actor=RITA, now=office.now())


def open_invitations(office: Office, number: str) -> int:
    """Of a person who is to come: those of which they may still be reminded."""
    with office.reading(WORKER) as session:
        rows = session.exec(
            select(Invitation.id)
            .join(Application, col(Application.id) == Invitation.application_id)
            .where(Application.number == number, Invitation.state != InvitationState.CANCELLED)
        ).all()
        return len(rows)


def to(office: Office, house: str, *events: str) -> list[Message]:
    return [one for one in live(office, *events) if one.institution_id == int(house[1:])]


# One change


@pytest.mark.slow
def test_of_one_application_one_change_is_awaited(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(told)
    _belongs_to(office, other, "I3")
    with pytest.raises(NotYet, match=f"od 22.09.2018.*miejsce I1 zajmie osoba ze zgłoszenia {other}"):
        change(office, other, date(2018, 10, 1))
    with pytest.raises(NotYet, match="nabor nomination withdraw"):
        change(office, other, date(2018, 6, 8))
    called_off(office, other)
    change(office, other, date(2018, 10, 1))
    assert changes(office) == [SeatChangeState.CALLED_OFF, SeatChangeState.AWAITED]


def _belongs_to(office: Office, number: str, house: str) -> None:
    """As by a later form, at which nobody looked."""
    with office.writing(RITA) as session:
        row = session.exec(select(Application).where(Application.number == number)).one()
        row.seat_id = session.exec(
            select(InstitutionSeat.id).where(InstitutionSeat.institution_id == int(house[1:]))
        ).one()
        session.add(row)


@pytest.mark.slow
@pytest.mark.parametrize("same", ["seat_id", "application_id"])
def test_the_database_keeps_a_second_one_out(staged: Staged, same: str) -> None:
    office, _ = staged(written)
    with office.reading(WORKER) as session:
        first = session.exec(select(SeatChange)).one()
        values = {**first.model_dump(exclude={"id"}), "seat_id": 3, "application_id": 1}
        values[same] = getattr(first, same)
    with pytest.raises(IntegrityError), office.writing(RITA) as session:
        session.add(SeatChange(**values))
        session.flush()
    with office.writing(RITA) as session:
        session.add(SeatChange(**{**values, "state": SeatChangeState.CALLED_OFF}))


def _a_full_group(office: Office) -> str:
    """Two places. The person of the school has left, the library and the centre sit there, and somebody is to come for
    the school; their number."""
    with office.writing(ADAM) as session:
        load(session, project(Admission.NOMINATION, seats=2), now=office.now())
    open_another_call(office, "2205")
    with office.writing(RITA) as session:
        for one in (SCHOOL, LIBRARY, CENTRE):
            add_institution(session, "KES", one, actor=RITA, now=office.now())
    go_to(office, "2018-06-04T09:00")
    invite_institutions(office, CALL, ("I1", "I2", "I3"), actor=RITA)
    first = name(office, 1, "I1", at="2018-06-05T10:00")
    name(office, 2, "I2", at="2018-06-05T11:00")
    go_to(office, "2018-06-06T09:00")
    admit(office)
    other = name(office, 3, "I1", at="2018-06-07T10:00")
    go_to(office, "2018-06-07T12:00")
    admit(office)
    change(office, other, date(2018, 6, 20))
    withdrawn(office, first)
    name(office, 4, "I3", at="2018-06-09T10:00")
    go_to(office, "2018-06-09T12:00")
    admit(office)
    return other


@pytest.mark.slow
def test_nobody_is_seated_beyond_the_places_of_the_group(sqlite_staged: Staged) -> None:
    office, other = sqlite_staged(_a_full_group)
    go_to(office, "2018-06-20T07:00")
    done = admit(office)
    assert done.admitted == ()
    (why,) = [one.why for one in done.held if one.number == other]
    assert "wszystkie miejsca w grupie są zajęte (2)" in why
    assert f"nabor nomination withdraw {other}" in why
    with office.reading(RITA) as session:
        assert len(seated(session, group_of(session, find_call(session, CALL)).id or 0)) == 2


# Letters and invitations of a change that does not take place


def test_who_withdraws_is_invited_no_more_at_once(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(told)
    go_to(office, "2018-06-09T10:00")
    assert open_invitations(office, other) == 1
    withdrawn(office, other)
    assert open_invitations(office, other) == 0
    assert "zgłoszenie zostało wycofane" in said(live(office, "invitation_withdrawn")[-1])
    assert "inna osoba" not in said(live(office, "invitation_withdrawn")[-1])


@pytest.mark.slow
def test_an_invitation_that_has_not_left_stays_here(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(written)
    run_invitations(office)
    withdrawn(office, other)
    assert open_invitations(office, other) == 0
    assert letters(office, "invitation")[-1].state is MessageState.WITHDRAWN


@pytest.mark.slow
def test_whose_change_is_called_off_is_invited_no_more_at_once_and_again_once_it_is_on(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(told)
    go_to(office, "2018-06-09T10:00")
    called_off(office, other)
    assert open_invitations(office, other) == 0
    off = said(live(office, "invitation_withdrawn")[-1])
    assert "zmiana w składzie grupy, którą zapowiadaliśmy, nie nastąpi" in off
    deliver_all(office, "2018-06-09T12:00")
    change(office, other)
    run_invitations(office)
    assert "jednak nastąpi" in said(live(office, "invitation_update")[-1])


@pytest.mark.slow
def test_a_change_that_is_on_again_is_not_told_to_be_off(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(told)
    go_to(office, "2018-06-09T10:00")
    called_off(office, other)
    assert [len(live(office, event)) for event in AHEAD] == [2, 2, 2]
    change(office, other, date(2018, 10, 1))
    assert not [one for one in live(office, *AHEAD) if "nie nastąpi" in said(one)]
    # Called off once more before anything has left, it is told to be off: they know of the first one.
    called_off(office, other)
    due = [one for one in live(office, *AHEAD) if one.state is MessageState.DUE]
    assert [("nie nastąpi" in said(one)) for one in due] == [True, True, True]


@pytest.mark.slow
def test_who_is_seated_at_once_after_all_is_not_told_that_nothing_happens(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(told)
    go_to(office, "2018-06-09T10:00")
    called_off(office, other)
    change(office, other, date(2018, 6, 9))
    assert sits(office, date(2018, 6, 9)) == other
    assert not [one for one in live(office, *AHEAD) if "nie nastąpi" in said(one)]


# Who is expected


@pytest.mark.slow
def test_the_host_is_told_one_person_a_seat(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told)
    plan(office, "pazdziernik", date(2018, 10, 10))
    run_invitations(office)
    first, second, third = (_guests_of(office, one) for one in (JULY, SEPTEMBER, "pazdziernik"))
    assert ("Próbna-b" in first, "Próbna-d" in first) == (True, False)
    assert ("Próbna-b" in second, "Próbna-d" in second) == (False, True)
    assert ("Próbna-b" in third, "Próbna-d" in third) == (False, True)


@pytest.mark.slow
def test_the_host_is_told_so_before_the_invitations_are_made(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(written)
    assert "Próbna-d" in _guests_of(office, SEPTEMBER)
    assert issue_host_list(office, CALL, SEPTEMBER, with_names=True, actor=RITA) == 2


def _guests_of(office: Office, meeting: str) -> str:
    issue_host_list(office, CALL, meeting, with_names=True, actor=RITA)
    with office.reading(RITA) as session:
        row = newest(session, "host_list", f"{CALL}:{meeting}")
        assert row is not None
        return text_of(content_of(office, session, row))


@pytest.mark.slow
def test_a_day_within_a_meeting_is_refused_with_the_days_that_are_not(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(told_ahead)
    with pytest.raises(BadInput, match=r"pgr_kartuski_1.*najpóźniej 22\.09\.2018.*albo najwcześniej 24\.09\.2018"):
        change(office, other, date(2018, 9, 23))
    go_to(office, "2018-09-22T06:00")
    with pytest.raises(BadInput, match=r"Zmiana może nastąpić najwcześniej 24\.09\.2018"):
        change(office, other, date(2018, 9, 23))
    change(office, other, date(2018, 9, 24))
    assert changes(office) == [SeatChangeState.AWAITED]


@pytest.mark.slow
@pytest.mark.parametrize(("to_day", "lost", "comes"), [(date(2018, 9, 15), 1, 0), (date(2018, 9, 29), 0, 1)])
def test_a_moved_meeting_asks_whoever_sits_then_and_calls_off_the_other(
    sqlite_staged: Staged, to_day: date, lost: int, comes: int
) -> None:
    office, numbers = sqlite_staged(_written_for_later if comes else told)
    go_to(office, "2018-06-10T10:00")
    before = len(letters(office, "invitation_update"))
    _move(office, to_day)
    changed = letters(office, "invitation_update")[before:]
    assert len(changed) == 1, "that of the library"
    off = letters(office, "invitation_withdrawn")[-1]
    assert (off.recipient, "inna osoba" in said(off)) == (_address(office, numbers[lost]), True)
    assert numbers[lost] not in expected(office, SEPTEMBER)
    deliver_all(office, "2018-06-10T12:00")
    go_to(office, "2018-06-11T07:00")
    run_invitations(office)
    assert (numbers[lost] in expected(office, SEPTEMBER), numbers[comes] in expected(office, SEPTEMBER)) == (
        False,
        True,
    )
    assert run_invitations(office) == 0


def _written_for_later(office: Office) -> tuple[str, str]:
    numbers = told_ahead(office)
    change(office, numbers[1], DAY + timedelta(days=5))
    run_invitations(office)
    deliver_all(office, "2018-06-08T12:00")
    return numbers


def _move(office: Office, *days: date) -> None:
    lines = tuple(MeetingDayLine(date=one, starts=time(9), ends=time(15)) for one in days)
    with office.writing(RITA) as session:
        move_meeting(
            session, CALL, SEPTEMBER, Wanted(days=lines), reason="Sala jest zajęta.", actor=RITA, now=office.now()
        )


def _address(office: Office, number: str) -> str:
    """As the letters of an application are addressed."""
    with office.reading(RITA) as session:
        row = session.exec(select(Application).where(Application.number == number)).one()
        return session.exec(select(Message.recipient).where(Message.person_id == row.person_id)).first() or ""


@pytest.mark.slow
def test_what_was_said_of_the_meetings_stays_true_when_one_is_moved_onto_the_day(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(told)
    go_to(office, "2018-06-10T10:00")
    _move(office, date(2018, 9, 21), date(2018, 9, 22))
    deliver_all(office, "2018-06-10T12:00")
    run_invitations(office)
    assert school in expected(office, SEPTEMBER)
    assert "które się przed nim kończą, są aktualne. Pozostałe zaproszenia odwołamy osobno." in said(
        letters(office, "nomination_ending")[0]
    )
    deliver_all(office, "2018-06-11T12:00")
    go_to(office, "2018-09-22T06:40")
    assert admit(office).admitted == (other,)
    off = letters(office, "invitation_withdrawn")[-1]
    assert (off.recipient, off.state) == (_address(office, school), MessageState.DUE)
    run_invitations(office)
    assert (school in expected(office, SEPTEMBER), other in expected(office, SEPTEMBER)) == (False, True)


# Institutions


@pytest.mark.slow
def test_who_has_named_somebody_for_later_is_not_reminded_to_name(sqlite_staged: Staged) -> None:
    office, (school, other) = sqlite_staged(told_ahead)
    go_to(office, "2018-06-09T10:00")
    change(office, other, date(2018, 6, 9))
    change(office, school, date(2018, 9, 1))
    withdrawn(office, other)
    go_to(office, "2018-07-10T10:00")
    assert _reminded(office) == (False, False)
    called_off(office, school)
    assert _reminded(office) == (True, True)


def _reminded(office: Office) -> tuple[bool, bool]:
    """Whether the school counts among the silent, and would get a reminder."""
    with office.writing(RITA) as session:
        seat = session.exec(select(InstitutionSeat).where(InstitutionSeat.institution_id == 1)).one()
        silent = seat.id in {one.id for one, _ in silent_seats(session)}
        letter = reminder_to_name(session, seat.id or 0, occasion="x", actor=RITA, now=office.now())
        return silent, letter is not None


@pytest.mark.slow
def test_a_change_of_an_institution_that_works_no_more_is_the_officers_with_the_next_step(
    sqlite_staged: Staged,
) -> None:
    office, (_, other) = sqlite_staged(told)
    go_to(office, "2018-06-12T10:00")
    _works(office, again=False)
    step = f"I1 już nie działa; odwołuje ją: nabor nomination withdraw {other}"
    (line,) = [one for one in _todo(office, other) if one.who == "pracownik"]
    assert (step in line.what, line.due) == (True, DAY)
    assert [one for one in _todo(office, other) if one.who == "program"] == []
    with office.reading(RITA) as session:
        waits = {one.number: one.waits for one in admission_lines(session, CALL, now=office.now())}[other]
    assert (step in waits, "nastąpi to samo" in waits) == (True, False)
    go_to(office, "2018-09-22T06:40")
    (why,) = [one.why for one in admit(office).held if one.number == other]
    assert step in why
    assert [one.who for one in _todo(office, other) if step in one.what] == ["pracownik"]


def _todo(office: Office, number: str) -> list[TodoLine]:
    with office.reading(RITA) as session:
        return [one for one in waiting_for_whom(session, now=office.now()) if one.reference == number]


def _works(office: Office, *, again: bool) -> None:
    act = reopen_institution if again else close_institution
    with office.writing(RITA) as session:
        act(session, "I1", actor=RITA, now=office.now())


@pytest.mark.slow
def test_what_was_called_off_meanwhile_is_told_once_the_institution_works_again(sqlite_staged: Staged) -> None:
    office, (_, other) = sqlite_staged(told)
    go_to(office, "2018-06-12T10:00")
    _works(office, again=False)
    called_off(office, other)
    assert len(to(office, "I1", "seat_change")) == 1
    for _ in range(2):
        _works(office, again=True)
        (_, off) = to(office, "I1", "seat_change")
        assert "nadal reprezentuje ta sama osoba" in said(off)
        deliver_all(office, "2018-06-12T12:00")
        _works(office, again=False)


@pytest.mark.slow
@pytest.mark.parametrize("then", ["told before", "on again", "never known", "seat closed"])
def test_what_the_institution_knows_or_never_knew_is_not_told_again(sqlite_staged: Staged, then: str) -> None:
    office, (_, other) = sqlite_staged(written if then == "never known" else told)
    go_to(office, "2018-06-12T10:00")
    if then == "told before":
        called_off(office, other)
        deliver_all(office, "2018-06-12T12:00")
    _works(office, again=False)
    if then != "told before":
        called_off(office, other)
    if then == "on again":
        change(office, other)
    if then == "seat closed":
        with office.writing(RITA) as session:
            end_nomination(
                session, CALL, "I1", on=date(2018, 6, 12), reason="Koniec.", close=True, actor=RITA, now=office.now()
            )
    before = len(to(office, "I1", "seat_change"))
    _works(office, again=True)
    assert len(to(office, "I1", "seat_change")) == before
