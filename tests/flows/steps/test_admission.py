"""Admission without a selection: who registers is admitted in the order of receipt, and nobody is turned down by it."""

from datetime import date
from threading import Thread

import pytest
from conftest import Staged
from nominating import (
    admit,
    invited,
    letters,
    name,
    open_nominations,
    open_registration,
    register,
    said,
    seated,
)
from people import CALL, KINGA, RITA, WORKER, attend, definition, deliver_all, go_to, moment, redefined
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.catalogue import CATALOGUE
from flows.steps.admission import admission_lines, calls_to_admit
from flows.steps.announcement import announce
from flows.steps.appeals import file_appeal, rule, take_up
from flows.steps.audit import states_against_log
from flows.steps.calls import open_call
from flows.steps.certificates import issue_certificates
from flows.steps.corrections import overrule
from flows.steps.decisions import decide, decide_as_proposed
from flows.steps.institution_closing import close_institution
from flows.steps.institution_seat_letters import reminder_to_name
from flows.steps.institution_seats import invite_institutions
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.meetings import days_of
from flows.steps.nominees import replace_nominee
from flows.steps.overview import funnel, story
from flows.steps.promotion import promote_call
from flows.steps.ranking import rank_call
from flows.steps.refusals import refuse
from flows.steps.reminders import due_occasions, remind
from flows.steps.seat_times import held_seat
from flows.steps.seats import seat_elsewhere
from flows.steps.time_rehearsal import rehearse_time
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotYet
from models.events import Happened
from models.group_kinds import Admission
from models.nomination_rules import NominationRules, Replacement
from models.project_bytes import canonical_bytes, from_canonical
from models.reminder_rules import ReminderEvent, ReminderRule
from models.tables import Application, Call, Group, Invitation, Meeting, Membership
from models.tables.applications import ApplicationState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import MembershipState
from models.tables.outbox import MessageState
from models.transitions import enter


def registered(office: Office) -> list[str]:
    """Four people for two places; the third form came before the second one was received."""
    open_registration(office)
    found = [register(office, i, at=f"2018-06-0{day}T10:00") for i, day in ((1, 5), (2, 7), (3, 6), (4, 8))]
    go_to(office, "2018-06-11T09:00")
    return found


def states(office: Office) -> list[ApplicationState]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Application.state).order_by(col(Application.id))).all())


def test_places_go_in_the_order_of_receipt(staged: Staged) -> None:
    office, (first, third, second, fourth) = staged(registered)
    done = admit(office)
    assert (done.admitted, done.waiting, done.held) == ((first, second), (third, fourth), ())
    assert len(letters(office, "registered")) == len(letters(office, "waiting_list")) == 2
    assert admit(office).admitted == ()
    assert len(letters(office, "waiting_list")) == 2
    with office.reading(RITA) as session:
        lines = [
            (line.number, line.state_label, line.place) for line in admission_lines(session, CALL, now=office.now())
        ]
    assert lines == [
        (first, "przyjęte do grupy", None),
        (second, "przyjęte do grupy", None),
        (third, "lista oczekujących", 1),
        (fourth, "lista oczekujących", 2),
    ]
    # A place comes free: the next one moves up, and is told so.
    now = go_to(office, "2018-06-12T09:00")
    with office.writing(RITA) as session:
        withdraw(session, first, actor=RITA, now=now)
    assert admit(office).admitted == (third,)
    with office.reading(RITA) as session:
        assert "lista oczekujących" not in str(story(session, first))
        assert [line.place for line in admission_lines(session, CALL, now=office.now())] == [None, None, None, 1]


def test_who_was_told_to_wait_is_told_of_the_place(sqlite_staged: Staged) -> None:
    office, (first, third, _, _) = sqlite_staged(registered)
    admit(office)
    deliver_all(office, "2018-06-11T10:00")
    with office.writing(RITA) as session:
        withdraw(session, first, actor=RITA, now=office.now())
    assert admit(office).admitted == (third,)
    assert "zwolniło się miejsce" in said(letters(office, "registered")[-1])


def test_nobody_is_admitted_twice(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(registered)
    admit(office)
    again = register(office, 1, at="2018-06-09T10:00")
    # It is a second form of one person, which the criteria of the project do not allow.
    assert admit(office).admitted == ()
    with office.reading(WORKER) as session:
        state = session.exec(select(Application.state).where(Application.number == again)).one()
        lines = [line.what for line in waiting_for_whom(session, now=office.now()) if line.reference == again]
    assert state is ApplicationState.NOT_ELIGIBLE
    assert any("nabor admission refuse" in what for what in lines)


def test_a_criterion_not_met_is_for_an_officer_who_says_why(staged: Staged) -> None:
    office, _ = staged(invited)
    number = name(office, 1, "I1", at="2018-06-05T10:00", praca_bezposrednia="nie")
    now = go_to(office, "2018-06-06T09:00")
    assert admit(office).admitted == ()
    assert letters(office, "refused") == []
    with office.writing(RITA) as session:
        with pytest.raises(BadInput, match="uzasadnienia"):
            refuse(session, number, reason=" ", actor=RITA, now=now)
        refuse(session, number, reason="Praca nie jest bezpośrednia.", actor=RITA, now=now)
    (letter,) = letters(office, "refused")
    assert "Powód: Praca nie jest bezpośrednia." in said(letter)
    assert "Złożyć odwołanie" in said(letter)
    (asked,) = letters(office, "seat_vacant")
    assert "bezpośrednia" not in said(asked)
    assert states(office) == [ApplicationState.REFUSED]
    with office.writing(RITA) as session, pytest.raises(NotYet, match="nieprzyjęte do grupy"):
        refuse(session, number, reason="Jeszcze raz.", actor=RITA, now=now)
    appeal = file_appeal(
        office,
        number,
        file_name="odwolanie.pdf",
        content=b"%PDF",
        received_at=now,
        channel="email",
        actor=RITA,
    )
    assert appeal == f"{number}/O1"
    # Another person upholds it; the officer puts the value right, and the next run seats whom the institution named.
    with office.writing(KINGA) as session:
        take_up(session, appeal, actor=KINGA, now=now)
    rule(office, appeal, upholds=True, reason="Zakres obowiązków to potwierdza.", actor=KINGA)
    (told,) = letters(office, "appeal_upheld")
    assert "Komisja Rekrutacyjna podejmie" not in said(told)
    with office.writing(RITA) as session:
        overrule(session, number, "praca_bezposrednia", "tak", reason="uwzględnione odwołanie", actor=RITA, now=now)
    assert admit(office).admitted == (number,)


def test_what_belongs_to_a_selection_is_refused_in_words(sqlite_staged: Staged) -> None:
    office, (school, _) = sqlite_staged(seated)
    now, refused = office.now(), "osoby wskazują instytucje"
    with office.writing(RITA) as session, pytest.raises(BadInput, match=refused):
        rank_call(session, CALL, actor=RITA, now=now)
    with office.writing(KINGA) as session:
        with pytest.raises(BadInput, match=refused):
            decide_as_proposed(session, CALL, actor=KINGA, now=now)
        with pytest.raises(BadInput, match=refused):
            decide(session, school, outcome=DecisionOutcome.REJECTED, reason_code="x", note=None, actor=KINGA, now=now)
    with pytest.raises(BadInput, match=refused):
        announce(office, CALL, actor=RITA)
    with pytest.raises(BadInput, match=refused):
        promote_call(office, CALL, actor=RITA)


def test_members_are_invited_and_sit_by_the_days_of_their_institution(staged: Staged) -> None:
    office, (school, _) = staged(seated)
    now = go_to(office, "2018-09-03T09:00")
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=now):
            assert invite(session, meeting, actor=WORKER, now=now) == 2
    other = name(office, 3, "I1", at="2018-09-03T10:00")
    now = go_to(office, "2018-09-24T09:00")
    admit(office)
    with office.writing(RITA) as session:
        # Written down after the meeting of 22 and 23 September, in force since its second day.
        replace_nominee(session, other, on=date(2018, 9, 23), actor=RITA, now=now)
    with office.reading(RITA) as session:
        days = days_of(session, session.exec(select(Meeting)).one())
        rows = {}
        for application, row in session.exec(
            select(Application, Membership).join(Membership, col(Membership.application_id) == Application.id)
        ).all():
            rows[application.number] = row
        assert [held_seat(session, rows[school], day) for day in days] == [True, False]
        assert [held_seat(session, rows[other], day) for day in days] == [False, True]
        assert states_against_log(session)[1] == ()
        assert ("miejsca instytucji: osoba w grupie", 2) in funnel(session, CALL)
        assert len(session.exec(select(Invitation)).all()) == 2


RULE = ReminderRule(code="wskazanie", event=ReminderEvent.NOMINATION_DUE, offset_working_days=3, times=1)


def test_who_registered_attends_and_is_certified_like_any_member(sqlite_staged: Staged) -> None:
    office, (first, _, second, _) = sqlite_staged(registered)
    admit(office)
    now = go_to(office, "2018-09-03T09:00")
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=now):
            assert invite(session, meeting, actor=WORKER, now=now) == 2
    go_to(office, "2018-09-24T09:00")
    attend(office, first, 360, 360)
    attend(office, second, 0, 0)
    lines = [(one.application, bool(one.number)) for one in issue_certificates(office, CALL, actor=RITA)]
    assert sorted(lines) == sorted([(first, True), (second, False)])


def test_nobody_is_replaced_from_a_day_on_which_they_were_there(sqlite_staged: Staged) -> None:
    office, (school, _) = sqlite_staged(seated)
    now = go_to(office, "2018-09-24T09:00")
    attend(office, school, 360, 0)
    other = name(office, 3, "I1", at="2018-09-20T10:00")
    admit(office)
    with office.writing(RITA) as session:
        with pytest.raises(BadInput, match=r"wpisano obecność 22\.09\.2018"):
            replace_nominee(session, other, on=date(2018, 9, 22), actor=RITA, now=now)
        replace_nominee(session, other, on=date(2018, 9, 23), actor=RITA, now=now)


def replacing_at_once(office: Office) -> str:
    """The school sits in a group into which a run itself replaces; the library is invited."""
    open_nominations(office, Replacement.AUTOMATIC)
    go_to(office, "2018-06-04T09:00")
    invite_institutions(office, CALL, ("I1", "I2"), actor=RITA)
    number = name(office, 1, "I1", at="2018-06-05T10:00")
    admit(office)
    return number


def test_who_is_there_today_is_replaced_by_the_first_run_after_it(sqlite_staged: Staged) -> None:
    office, school = sqlite_staged(replacing_at_once)
    go_to(office, "2018-09-23T16:00")
    attend(office, school, 360, 360)
    other = name(office, 3, "I1", at="2018-09-20T10:00")
    library = name(office, 2, "I2", at="2018-09-20T11:00")
    done = admit(office)
    assert (done.admitted, [one.number for one in done.held]) == ((library,), [other])
    assert "była dziś na spotkaniu" in done.held[0].why
    go_to(office, "2018-09-24T06:00")
    assert admit(office).admitted == (other,)


def test_an_institution_that_is_silent_is_reminded_once(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited)
    redefined(office, reminders=(RULE,))
    assert chased(office, "2018-06-13T09:00") == [], "the letter that asks has not left"
    deliver_all(office, "2018-06-13T10:00")
    name(office, 1, "I1", at="2018-06-05T10:00")
    admit(office)
    assert chased(office, "2018-06-13T12:00") == ["biblioteka@example.org", "osrodek@example.org"]
    assert chased(office, "2018-06-13T13:00") == []
    go_to(office, "2018-06-20T09:00")
    with office.reading(WORKER) as session:
        lines = waiting_for_whom(session, now=office.now())
    waits = [(line.reference, line.who, line.due) for line in lines if line.reference.startswith(f"{CALL} I")]
    assert waits == [(f"{CALL} I{n}", "pracownik", date(2018, 6, 18)) for n in (2, 3)]


def test_an_institution_whose_form_has_come_is_not_told_that_it_is_silent(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited)
    redefined(office, reminders=(RULE,))
    deliver_all(office, "2018-06-12T10:00")
    name(office, 1, "I1", at="2018-06-10T10:00")
    with office.writing(WORKER) as session:
        assert reminder_to_name(session, 1, occasion="próba", actor=WORKER, now=office.now()) is None
    assert chased(office, "2018-06-13T12:00") == ["biblioteka@example.org", "osrodek@example.org"]
    assert seats_waited_for(office, "2018-06-20T09:00") == [f"{CALL} I2", f"{CALL} I3"]


def test_nobody_writes_to_an_institution_that_works_no_more(sqlite_staged: Staged) -> None:
    office, (school, _) = sqlite_staged(seated)
    redefined(office, reminders=(RULE,))
    now = go_to(office, "2018-06-07T10:00")
    with office.writing(RITA) as session:
        close_institution(session, "I1", actor=RITA, now=now)
        close_institution(session, "I3", actor=RITA, now=now)
        withdraw(session, school, actor=RITA, now=now)
    assert [one.state for one in letters(office, "seat_invited")][2] is MessageState.WITHDRAWN
    assert letters(office, "seat_vacant") == []
    with office.writing(WORKER) as session:
        assert reminder_to_name(session, 1, occasion="próba", actor=WORKER, now=now) is None
    go_to(office, "2018-07-20T09:00")
    with office.reading(WORKER) as session:
        lines = waiting_for_whom(session, now=office.now())
    waits = {line.reference: line.what for line in lines if line.reference.startswith(f"{CALL} I")}
    assert set(waits) == {f"{CALL} I1", f"{CALL} I3"}
    assert set(waits.values()) == {"instytucja nie działa, a ma miejsce w grupie (nabor nomination end --close)"}


def test_an_institution_asked_before_it_closed_is_not_reminded(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited)
    redefined(office, reminders=(RULE,))
    deliver_all(office, "2018-06-12T10:00")
    with office.writing(RITA) as session:
        close_institution(session, "I3", actor=RITA, now=office.now())
    assert chased(office, "2018-06-13T12:00") == ["szkola@example.org", "biblioteka@example.org"]


def seats_waited_for(office: Office, at: str) -> list[str]:
    go_to(office, at)
    with office.reading(WORKER) as session:
        lines = waiting_for_whom(session, now=office.now())
    return [line.reference for line in lines if line.reference.startswith(f"{CALL} I")]


def chased(office: Office, at: str) -> list[str]:
    """Whom the scheduled reminders write to at a time."""
    now = go_to(office, at)
    known = len(letters(office, "reminder_seat"))
    with office.writing(WORKER) as session:
        remind(session, due_occasions(session, now=now), actor=WORKER, now=now)
    return [one.recipient for one in letters(office, "reminder_seat")[known:]]


def test_the_rules_leave_no_trace_where_nothing_is_said() -> None:
    assert b"nominations" not in canonical_bytes(definition())
    said_so = definition().model_copy(update={"nominations": NominationRules(answer_working_days=5)})
    assert from_canonical(canonical_bytes(said_so)) == said_so
    selecting = tuple(kind for kind in definition().group_kinds if kind.selects)
    assert {kind.admission for kind in selecting} == {Admission.SELECTION}
    assert b"admission" not in canonical_bytes(definition().model_copy(update={"group_kinds": selecting}))


@pytest.mark.slow
def test_two_workers_at_once_seat_everybody_once(postgres_staged: Staged) -> None:
    office, _ = postgres_staged(registered)
    failures: list[Exception] = []

    def work() -> None:
        try:
            admit(office)
        except Exception as error:  # noqa: BLE001  a thread tells nobody else
            failures.append(error)

    workers = [Thread(target=work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert failures == []
    with office.reading(WORKER) as session:
        members = session.exec(select(Membership.state)).all()
        assert calls_to_admit(session) == [CALL]
    assert members == [MembershipState.CONFIRMED] * 2
    assert len(letters(office, "registered")) == len(letters(office, "waiting_list")) == 2


def test_a_rehearsal_of_time_admits_as_the_runs_will(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(registered)
    schedule = {one.flow: one.cron for one in CATALOGUE if one.cron}
    told = [line.event for line in rehearse_time(office, schedule, weeks=1, actor=RITA).letters]
    assert (told.count("registered"), told.count("waiting_list")) == (2, 2)
    assert letters(office, "registered") == []


def in_another_call(session: Session, office: Office, number: str) -> tuple[Call, Application]:
    """The same person applies to another group of the project as well."""
    open_call(
        session,
        "KES",
        "PGD",
        "2205",
        opens_at=moment("2018-06-04T08:00"),
        closes_at=moment("2018-06-22T15:30"),
        actor=RITA,
        now=office.now(),
    )
    other = session.exec(select(Call).where(Call.group_kind == "PGD")).one()
    named = session.exec(select(Application).where(Application.number == number)).one()
    also = Application(
        **named.model_dump(exclude={"id", "number", "public_number", "call_id", "seat_id", "state"}),
        number="KES/PGD/2205/2018/0001",
        public_number="INNY-0001",
        call_id=other.id or 0,
    )
    enter(session, also, happened=Happened.APPLICATION_RECEIVED, actor=RITA, now=office.now())
    return other, also


def test_who_sits_for_an_institution_takes_no_seat_elsewhere(sqlite_staged: Staged) -> None:
    office, (school, _) = sqlite_staged(seated)
    with office.writing(RITA) as session:
        _, also = in_another_call(session, office, school)
        found = seat_elsewhere(session, also, "KES")
        assert found is not None
        assert found.number == school
        withdraw(session, school, actor=RITA, now=office.now())
        assert seat_elsewhere(session, also, "KES") is None


def test_an_officer_seats_nobody_a_second_time(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    now = go_to(office, "2018-06-09T10:00")
    again = name(office, 1, "I3", at="2018-06-08T10:00")
    assert [one.number for one in admit(office).held] == [again]
    with office.writing(RITA) as session, pytest.raises(BadInput, match="jest już w tej grupie"):
        replace_nominee(session, again, on=date(2018, 6, 9), actor=RITA, now=now)


def test_a_seat_elsewhere_keeps_a_person_out_unless_they_only_answer_for_a_unit(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    now = go_to(office, "2018-06-09T10:00")
    number = name(office, 3, "I3", at="2018-06-08T10:00")
    with office.writing(RITA) as session:
        other, also = in_another_call(session, office, number)
        group = session.exec(select(Group).where(Group.call_id == other.id)).one()
        membership = Membership(
            area=also.area,
            application_id=also.id or 0,
            person_id=also.person_id,
            group_id=group.id or 0,
            offered_at=now,
            answer_due_at=now,
            state=MembershipState.CONFIRMED,
        )
        enter(session, membership, happened=Happened.SEAT_CONFIRMED, actor=RITA, now=now)
    (waits,) = admit(office).held
    assert f"jest już w innej grupie projektu ({other.code})" in waits.why
    with office.writing(RITA) as session, pytest.raises(BadInput, match="w innej grupie projektu"):
        replace_nominee(session, number, on=date(2018, 6, 9), actor=RITA, now=now)
    with office.writing(RITA) as session:
        session.get_one(Application, also.id).unit = "2205023"
    assert admit(office).admitted == (number,)
