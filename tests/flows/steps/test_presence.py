"""The required share of hours: shown to everybody, watched where the project says so, and what follows from it."""

import nominating
import people
import pytest
from conftest import Staged
from people import CALL, FILIP, KINGA, MEETING, MEETING_DAYS, RITA, STRANGER, WORKER, go_to, redefined
from sqlalchemy import event
from sqlmodel import col, func, select

from flows.adapters.office import Office
from flows.steps.attendance import Entry, enter, record
from flows.steps.calls import find_call
from flows.steps.memberships import membership_of
from flows.steps.outbox import discard
from flows.steps.presence import standing_lines, watched_in
from flows.steps.promotion import promote_call
from flows.steps.reminders import due_occasions, remind
from flows.steps.reserve import vacancies
from flows.steps.striking_off import strike_off
from flows.steps.todo import waiting_for_whom
from models.attendance_rules import AttendanceRules
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.project_checks import faults
from models.rules.presence import ExcusedDays, Presence, StrikeOff, Warn
from models.tables import Application, Invitation, Meeting, Membership, Message, StrikingOff
from models.tables.meetings import InvitationState
from models.tables.memberships import MembershipState
from models.tables.outbox import MessageState


def group(office: Office, rules: AttendanceRules) -> list[str]:
    numbers = people.announced_call(office, 3, seats=2, reserve_seats=1)
    redefined(office, attendance=rules)
    go_to(office, "2018-07-09T10:00")
    with office.reading(WORKER) as session:
        members = sorted(
            session.exec(
                select(Application.number).join(Membership, col(Membership.application_id) == Application.id)
            ).all()
        )
    for number in members:
        people.confirm(office, number)
    now = go_to(office, "2018-09-03T09:00")
    with office.writing(WORKER) as session:
        for meeting in people.meetings_to_invite(session, now=now):
            people.invite(session, meeting, actor=WORKER, now=now)
    people.further_meeting(office)
    go_to(office, "2018-09-24T09:00")
    return [*members, *(number for number in numbers if number not in members)]


def proposing(office: Office) -> list[str]:
    return group(office, AttendanceRules())


def automatic(office: Office) -> list[str]:
    return group(office, AttendanceRules(strike_off=StrikeOff.AUTOMATIC, warn=Warn.NEVER))


def attend(office: Office, number: str, *minutes: int | None) -> None:
    with office.writing(RITA) as session:
        for day, length in zip(MEETING_DAYS, minutes, strict=False):
            if length is not None:
                record(session, CALL, MEETING, day, number, length, actor=RITA, now=office.now())


def run(office: Office) -> int:
    with office.writing(WORKER) as session:
        return remind(session, due_occasions(session, now=office.now()), actor=WORKER, now=office.now())


def letters(office: Office, event: str) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


def todo(office: Office) -> list[tuple[str, str]]:
    with office.reading(RITA) as session:
        lines = waiting_for_whom(session, now=office.now())
    return [(line.reference, line.what) for line in lines if "skreślenia" in line.what]


def test_everybody_has_a_standing(staged: Staged) -> None:
    office, (first, second, _) = staged(proposing)
    attend(office, first, 360, 360)
    attend(office, second, 360, 0)
    with office.reading(RITA) as session:
        one, other = standing_lines(session, CALL, now=office.now())
    assert (one.number, one.percent, one.verdict, one.days_left) == (first, 100, Presence.AT_RISK, 1)
    assert (other.percent, other.best_percent, other.required, other.verdict) == (50, 66, 80, Presence.LOST)
    assert other.missed == ("2018-09-23",)


def test_the_rule_holds_where_institutions_name_the_members(sqlite_staged: Staged) -> None:
    """No announcement ever ends such a call."""
    office, (member, _) = sqlite_staged(nominating.seated)
    redefined(office, attendance=AttendanceRules())
    people.further_meeting(office)
    go_to(office, "2018-09-24T09:00")
    attend(office, member, 360, 0)
    assert run(office) == 1
    assert len(letters(office, "attendance_warning")) == 1
    assert [number for number, _ in todo(office)] == [member]


def test_a_warning_is_written_once_an_occasion_and_says_what_follows(staged: Staged) -> None:
    office, (first, second, _) = staged(proposing)
    attend(office, first, 360, 360)
    attend(office, second, 360, 200)
    assert run(office) == 1
    for _ in range(3):
        assert run(office) == 0
    (letter,) = letters(office, "attendance_warning")
    text = letter.text.replace("\u00a0", " ")
    assert "9 godz. 20 min z 12 godz., czyli 77%" in text
    assert "co najmniej 80% godzin" in text
    assert "23.09.2018 r." in text
    assert "Nic jeszcze nie jest stracone" in text
    assert "do: poniedziałek, 1 października 2018 r." in text
    assert "bez dokumentów i szczegółów o zdrowiu" in text
    attend(office, second, 360, 0)
    assert run(office) == 1, "that it is out of reach is another occasion"
    first_, second_ = letters(office, "attendance_warning")
    assert first_.state is MessageState.WITHDRAWN, "it said what is no longer true, and had not left"
    assert "zdecyduje pracownik projektu, nie program komputerowy" in second_.text.replace("\u00a0", " ")


def test_a_correction_takes_back_a_warning_that_has_not_left(sqlite_staged: Staged) -> None:
    office, (_, second, _) = sqlite_staged(proposing)
    attend(office, second, 360, 200)
    run(office)
    attend(office, second, 360, 360)
    run(office)
    (letter,) = letters(office, "attendance_warning")
    assert letter.state is MessageState.WITHDRAWN


def test_who_falls_below_again_is_warned_again_unless_an_officer_withdrew_it(staged: Staged) -> None:
    office, (_, second, _) = staged(proposing)
    for _ in range(2):
        attend(office, second, 360, 200)
        assert run(office) == 1
        attend(office, second, 360, 360)
        run(office)
    attend(office, second, 360, 200)
    assert run(office) == 1
    told = letters(office, "attendance_warning")
    assert [one.state for one in told][:2] == [MessageState.WITHDRAWN] * 2
    assert [one.key.rpartition(":")[2] for one in told] == [f"below-2018-09-23{number}" for number in ("", ".2", ".3")]
    assert run(office) == 0
    with office.writing(RITA) as session:
        discard(session, told[-1].id or 0, actor=RITA, now=office.now())
    assert run(office) == 0, "an officer withdraws for good"


def test_an_excused_day_is_left_out_by_default(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(proposing)
    attend(office, first, 360)
    with office.writing(RITA) as session:
        excused = Entry(minutes=0, excused=True, reason="Sąd.")
        enter(session, CALL, MEETING, MEETING_DAYS[1], first, excused, actor=RITA, now=office.now())
    assert run(office) == 0
    with office.reading(RITA) as session:
        (line, _) = standing_lines(session, CALL, now=office.now())
    assert (line.percent, line.excused) == (100, ("2018-09-23",))


def test_without_a_rule_figures_are_shown_and_nothing_follows(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(people.invited_group, 2)
    go_to(office, "2018-09-24T09:00")
    people.further_meeting(office)
    attend(office, first, 0, 0)
    with office.reading(RITA) as session:
        assert standing_lines(session, CALL, now=office.now())[0].verdict is Presence.LOST
    run(office)
    assert letters(office, "attendance_warning") == []
    assert todo(office) == []


def test_a_person_strikes_off_with_the_basis_before_them(staged: Staged) -> None:
    office, (first, second, waiting) = staged(proposing)
    attend(office, first, 360, 360)
    attend(office, second, 360, 0)
    run(office)
    ((number, what),) = todo(office)
    assert number == second
    assert "50% przy wymaganych 80%" in what.replace("\u00a0", " ")
    go_to(office, "2018-10-02T09:00")
    with office.writing(RITA) as session:
        strike_off(session, second, reason="Nieobecność bez wyjaśnienia.", actor=RITA, now=office.now())
    assert todo(office) == []
    with office.reading(RITA) as session:
        assert membership_of(session, second).state is MembershipState.STRUCK_OFF
        row = session.exec(select(StrikingOff)).one()
        assert (row.reason, row.by_rule, row.basis["attended"], row.algorithm) == (
            "Nieobecność bez wyjaśnienia.",
            False,
            360,
            "presence-1",
        )
        (vacancy,) = vacancies(session, find_call(session, CALL))
        assert vacancy.application.number == second, "the seat goes to the reserve by the way it has"
    with office.reading(RITA) as session:
        before = session.exec(select(func.count(col(Membership.id)))).one()
    assert len(promote_call(office, CALL, actor=RITA).made) == 1
    with office.reading(RITA) as session:
        assert session.exec(select(func.count(col(Membership.id)))).one() == before + 1
        assert membership_of(session, waiting).state is MembershipState.OFFERED
    (letter,) = letters(office, "struck_off")
    text = letter.text.replace("\u00a0", " ")
    assert "Nieobecność bez wyjaśnienia." in text
    assert "Decyzję podjął człowiek, a nie program komputerowy." in text
    assert letters(office, "attendance_warning")[0].state is MessageState.WITHDRAWN


def test_what_was_to_come_goes_with_the_seat(sqlite_staged: Staged) -> None:
    office, (_, second, _) = sqlite_staged(proposing)
    with office.writing(WORKER) as session:
        for meeting in people.meetings_to_invite(session, now=go_to(office, "2018-10-02T09:00")):
            people.invite(session, meeting, actor=WORKER, now=office.now())
    attend(office, second, 0, 0)
    with office.writing(RITA) as session:
        strike_off(session, second, reason="Nieobecność.", actor=RITA, now=office.now())
        membership = membership_of(session, second)
        rows = session.exec(
            select(Invitation.state)
            .join(Meeting, col(Meeting.id) == Invitation.meeting_id)
            .where(Invitation.membership_id == membership.id, Meeting.code == "pgr_kartuski_2")
        ).all()
    assert rows == [InvitationState.CANCELLED]


def test_who_confirmed_and_never_came_can_be_struck_off(sqlite_staged: Staged) -> None:
    office, (_, second, _) = sqlite_staged(proposing)
    attend(office, second, 0, 0)
    with office.writing(RITA) as session:
        assert membership_of(session, second).state is MembershipState.CONFIRMED
        strike_off(session, second, reason="Nieobecność.", actor=RITA, now=office.now())
        assert membership_of(session, second).state is MembershipState.STRUCK_OFF


def test_there_is_no_striking_off_without_ground_right_or_reason(sqlite_staged: Staged) -> None:
    office, (first, second, waiting) = sqlite_staged(proposing)
    attend(office, first, 360, 360)
    attend(office, second, 360, 0)

    def strike(number: str, error: type[Exception], *, reason: str = "x", actor: people.Actor = RITA) -> None:
        with office.writing(actor) as session, pytest.raises(error):
            strike_off(session, number, reason=reason, actor=actor, now=office.now())

    strike(first, NotYet)
    strike(waiting, NotYet)
    strike(second, BadInput, reason=" ")
    for actor, error in ((KINGA, NotAllowed), (FILIP, NotAllowed), (STRANGER, NotFound)):
        strike(second, error, actor=actor)
    strike(f"{CALL}/0099", NotFound)


def test_the_rule_strikes_off_alone_where_the_project_says_so(staged: Staged) -> None:
    office, (first, second, _) = staged(automatic)
    attend(office, first, 360, 360)
    attend(office, second, 360, 0)
    assert run(office) == 1
    assert run(office) == 0
    with office.reading(RITA) as session:
        assert membership_of(session, second).state is MembershipState.STRUCK_OFF
        row = session.exec(select(StrikingOff)).one()
        assert (row.by_rule, row.decided_by) == (True, WORKER.login)
    (letter,) = letters(office, "struck_off")
    assert "Na prośbę sprawę zbada pracownik." in letter.text.replace("\u00a0", " ")


def warning_first(office: Office) -> list[str]:
    return group(office, AttendanceRules(strike_off=StrikeOff.AUTOMATIC, warn=Warn.BELOW))


def test_the_rule_waits_for_the_explanation_that_its_letter_asks_for(staged: Staged) -> None:
    office, (_, second, _) = staged(warning_first)
    attend(office, second, 360, 0)
    assert run(office) == 1, "who went straight out of reach is written to first"
    (letter,) = letters(office, "attendance_warning")
    assert "do: poniedziałek, 1 października 2018 r." in letter.text.replace("\u00a0", " ")
    for day, struck in (("2018-09-24T10:00", 0), ("2018-10-01T09:00", 0), ("2018-10-02T09:00", 1)):
        go_to(office, day)
        assert (run(office), len(letters(office, "struck_off"))) == (struck, struck)


def test_a_warning_that_was_withdrawn_gives_the_rule_no_ground(sqlite_staged: Staged) -> None:
    office, (_, second, _) = sqlite_staged(warning_first)
    attend(office, second, 360, 0)
    run(office)
    attend(office, second, 360, 360)
    run(office)
    go_to(office, "2018-10-03T09:00")
    attend(office, second, 360, 0)
    assert run(office) == 1
    assert letters(office, "struck_off") == []
    assert [one.state is MessageState.WITHDRAWN for one in letters(office, "attendance_warning")] == [True, False]


def test_an_officer_waits_for_the_explanation_too(sqlite_staged: Staged) -> None:
    office, (_, second, _) = sqlite_staged(proposing)
    attend(office, second, 360, 0)
    run(office)
    go_to(office, "2018-10-01T09:00")
    with (
        office.writing(RITA) as session,
        pytest.raises(NotYet, match=r"czekamy do 01\.10\.2018.*--reason\) tego terminu nie skraca"),
    ):
        strike_off(session, second, reason="Nieobecność.", actor=RITA, now=office.now())
    go_to(office, "2018-10-02T09:00")
    with office.writing(RITA) as session:
        strike_off(session, second, reason="Nieobecność.", actor=RITA, now=office.now())
        assert membership_of(session, second).state is MembershipState.STRUCK_OFF


@pytest.mark.parametrize("number", [0, 1])
def test_the_rule_leaves_alone_whoever_can_still_meet_it(sqlite_staged: Staged, number: int) -> None:
    office, members = sqlite_staged(automatic)
    attend(office, members[number], 360, 300)
    assert run(office) == 0


def test_a_section_without_a_share_is_a_mistake() -> None:
    definition = people.definition()
    watched = definition.model_copy(update={"attendance": AttendanceRules()})
    assert faults(watched) == faults(definition)
    nothing = watched.deadlines.model_copy(update={"min_attendance_percent": 0})
    (fault,) = set(faults(watched.model_copy(update={"deadlines": nothing}))) - set(faults(definition))
    assert "Nie ma czego pilnować" in fault.sentence
    assert AttendanceRules() == AttendanceRules(
        excused=ExcusedDays.LEFT_OUT, warn=Warn.BELOW, strike_off=StrikeOff.PROPOSE, explain_working_days=5
    )


def test_a_group_of_many_costs_no_more_queries_than_one_of_few(sqlite_staged: Staged) -> None:
    office, members = sqlite_staged(proposing)
    for number in members[:2]:
        attend(office, number, 360, 360)
    with office.reading(RITA) as session:
        call = find_call(session, CALL)
        asked: list[str] = []
        event.listen(office.store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert len(watched_in(session, call, now=office.now())) == 2
    assert len(asked) <= 7
