"""A rehearsal of time: it equals what is really sent when the clock then advances, and it leaves no trace."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import people
import pytest
from conftest import Offices, Staged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import ADAM, CALL, RITA, STRANGER, WORKER, add_officers, go_to, invited_group, moment
from sqlmodel import SQLModel, col, select

from console.local_smtp import Received, local_smtp
from flows.adapters.clock import WARSAW, PlayedClock, playing, warsaw_date
from flows.adapters.office import Office
from flows.catalogue import CATALOGUE
from flows.steps.admission import admit_call, calls_to_admit
from flows.steps.applications import find_application
from flows.steps.delivery import deliver, transport_of
from flows.steps.digest import digests_to_write, write_digests
from flows.steps.incidents import record_incident
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.letter_lines import rule_of
from flows.steps.memberships import answer_offer, expire_offer, expired_offers, membership_of, newest_membership
from flows.steps.message_frames import application_behind
from flows.steps.officers import set_address
from flows.steps.promotion import promote_call
from flows.steps.reminders import due_occasions, remind
from flows.steps.reserve import calls_to_promote
from flows.steps.time_rehearsal import Rehearsed, rehearse_time
from flows.steps.verification import to_verify, verify
from models.actor import process
from models.errors import BadInput
from models.mail_rules import QuietHours
from models.reminder_rules import ReminderEvent, ReminderRule, ReminderTo, UnlessWritten
from models.rules.cron import parse_cron
from models.rules.due import FreeDay
from models.rules.mail_calendar import Concern
from models.tables import Meeting, MeetingDay, Message, Officer, Person, ProjectVersion
from models.tables.outbox import MessageState

SCHEDULE = {one.flow: one.cron for one in CATALOGUE if one.cron}
SELDOM = {**SCHEDULE, "remind": "0 6,8,16 * * *", "deliver": "25 8,12,16 * * *"}
"""Fewer runs a day, so that six weeks are really played in seconds."""
SOMETIMES = {**SCHEDULE, "deliver": "25 6-20 * * *"}
Line = tuple[date, str, str, str]


@contextmanager
def posted(office: Office) -> Iterator[tuple[Office, Received]]:
    """The office with a real mail server on this computer."""
    with local_smtp() as (port, received):
        changes = {
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": "none",
            "smtp_allow_reserved": True,
            "smtp_rate_per_minute": 1_000_000,
        }
        yield replace(office, settings=office.settings.model_copy(update=changes)), received


def foretold(office: Office, weeks: int, schedule: Mapping[str, str] = SELDOM, *, every_run: bool = False) -> Rehearsed:
    return rehearse_time(office, schedule, weeks=weeks, every_run=every_run, actor=ADAM)


def lines(found: Rehearsed) -> list[Line]:
    return sorted((warsaw_date(one.at), one.number, one.event, one.rule) for one in found.letters)


def advance(office: Office, weeks: int, schedule: Mapping[str, str] = SELDOM) -> list[Line]:
    """Really plays the schedule: every run of every flow, at its time, over a real mail server. What was sent."""
    clock = office.clock
    assert isinstance(clock, PlayedClock)
    began = clock.now()
    ends = datetime.combine(warsaw_date(began) + timedelta(weeks=weeks), time(0), WARSAW)
    names = [name for name in schedule if name in RUNS]
    slots = sorted(
        (at, names.index(name), name) for name in names for at in parse_cron(schedule[name]).between(began, ends)
    )
    for at, _, name in slots:
        clock.move_to(at)
        RUNS[name](office)
    with office.reading(WORKER) as session:
        sent = session.exec(
            select(Message).where(Message.state == MessageState.SENT, col(Message.sent_at) > began)
        ).all()
        found = []
        for message in sent:
            about = application_behind(session, message)
            if about is not None:
                number = about.number
            else:
                number = f"konto {session.get_one(Officer, int(message.subject_ref.partition('/')[2])).login}"
            assert message.sent_at is not None
            found.append((warsaw_date(message.sent_at), number, message.event, rule_of(message)))
        return sorted(found)


def run_invite(office: Office) -> None:
    with office.writing(process("invite")) as session:
        for meeting in meetings_to_invite(session, now=office.now()):
            invite(session, meeting, actor=process("invite"), now=office.now())


def run_remind(office: Office) -> None:
    with office.writing(process("remind")) as session:
        remind(session, due_occasions(session, now=office.now()), actor=process("remind"), now=office.now())


def run_promote(office: Office) -> None:
    actor = process("promote")
    with office.writing(actor) as session:
        for one in expired_offers(session, now=office.now()):
            expire_offer(session, one, actor=actor, now=office.now())
        calls = calls_to_promote(session, now=office.now())
    for call in calls:
        promote_call(office, call, actor=actor)


def run_admit(office: Office) -> None:
    actor = process("admit")
    with office.reading(actor) as session:
        calls = calls_to_admit(session)
    for call in calls:
        with office.writing(actor) as session:
            verify(session, to_verify(session, call), actor=actor, now=office.now())
            admit_call(session, call, actor=actor, now=office.now())


def run_digest(office: Office) -> None:
    actor = process("digest")
    with office.reading(actor) as session:
        officers = digests_to_write(session)
    write_digests(office, officers, actor=actor)


def run_deliver(office: Office) -> None:
    with transport_of(office.settings) as transport:
        deliver(office, actor=process("deliver"), limit=1000, transport=transport)


RUNS = {
    "invite": run_invite,
    "remind": run_remind,
    "promote": run_promote,
    "admit": run_admit,
    "digest": run_digest,
    "deliver": run_deliver,
}


def rows_of(office: Office) -> str:
    """A digest of everything in every table."""
    found = hashlib.sha256()
    with office.store.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}" ORDER BY 1'):
                found.update(repr(tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)).encode())
    return found.hexdigest()


def files_of(office: Office) -> dict[str, bytes]:
    """Every file of the data folder; the log and index that SQLite keeps beside its database may be made anew."""
    folder = office.settings.data
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def offered(office: Office) -> list[str]:
    """Three seats offered on Friday, 6 July, two more people in reserve, and an officer with an address."""
    add_officers(office)
    registered = people.announced_call(office, 5, seats=3, reserve_seats=2)
    with office.writing(ADAM) as session:
        set_address(session, "rita", "rita@example.org", actor=ADAM, now=office.now())
        record_incident(session, flow="rank", run="przebieg-1", code="NotFound", now=office.now())
    people.confirm(office, registered[0])
    return registered


def test_six_weeks_come_as_they_were_rehearsed(sqlite_staged: Staged) -> None:
    """Offers are reminded of and lapse, the reserve is offered their seats, and that lapses too; digests on Mondays."""
    office, _ = sqlite_staged(offered)
    with posted(office) as (office, received):
        before = lines(foretold(office, 6))
        really = advance(office, 6)
    assert before == really
    assert {"accepted", "promoted", "reminder_confirmation", "digest"} <= {event for _, _, event, _ in really}
    assert len(received.message_ids) == len(really)
    assert received.twice == 0


@pytest.mark.slow
def test_a_rehearsal_that_leaves_runs_out_is_one_that_leaves_none_out(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    with posted(office) as (office, _received):
        quick, whole = foretold(office, 2, SOMETIMES), foretold(office, 2, SOMETIMES, every_run=True)
    assert quick.letters == whole.letters
    assert quick.warnings == whole.warnings
    assert whole.runs == whole.slots
    assert quick.runs < whole.runs / 4


def test_nothing_of_a_rehearsal_is_left(staged: Staged) -> None:
    office, _ = staged(offered)
    with posted(office) as (office, received):
        rows, files, now = rows_of(office), files_of(office), office.now()
        assert foretold(office, 1).letters
        assert (rows_of(office), files_of(office), office.now()) == (rows, files, now)
        assert received.message_ids == []


def test_a_rehearsal_from_a_later_day_shows_only_what_comes_then(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    with posted(office) as (office, _received):
        whole = foretold(office, 2)
        later = rehearse_time(office, SELDOM, weeks=1, begins=moment("2018-07-10T00:00"), actor=ADAM)
    assert later.letters == tuple(
        one for one in whole.letters if date(2018, 7, 10) <= warsaw_date(one.at) < date(2018, 7, 17)
    )
    assert later.letters


@pytest.mark.parametrize(("weeks", "begins"), [(0, None), (27, None), (2, "2018-05-27T08:00")])
def test_the_past_and_the_far_future_are_refused(sqlite_office: Office, weeks: int, begins: str | None) -> None:
    with pytest.raises(BadInput):
        rehearse_time(sqlite_office, SELDOM, weeks=weeks, begins=moment(begins) if begins else None, actor=ADAM)


def test_an_officer_sees_the_own_area_only(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    with posted(office) as (office, _received):
        hers = rehearse_time(office, SELDOM, weeks=1, actor=RITA)
        others = rehearse_time(office, SELDOM, weeks=1, actor=STRANGER)
    assert hers.letters
    assert others.letters == ()
    assert not any(CALL in one.sentence for one in others.warnings)


def test_nobody_and_nothing_is_named_but_by_number(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    with posted(office) as (office, _received):
        said = repr(foretold(office, 1))
    for secret in ("Próbna", "Zmyślona", "osoba1@example.org", people.pesel(1)):
        assert secret not in said


def test_who_cannot_be_reached_is_warned_of(sqlite_staged: Staged) -> None:
    """One has lost the address before the reminder is written; another's is one that no mail server would be given."""
    office, registered = sqlite_staged(invited_group, 2)
    with office.writing(WORKER) as session:
        person = session.get_one(Person, membership_of(session, registered[0]).person_id)
        person.email = ""
        session.add(person)
    with posted(office) as (office, _received):
        found = foretold(office, 1)
        strict = replace(office, settings=office.settings.model_copy(update={"smtp_allow_reserved": False}))
        refused = foretold(strict, 1)
    lost = [one for one in found.warnings if one.concern is Concern.NO_ADDRESS]
    assert [one.sentence for one in lost] == [f"Brak adresu: {registered[0]} (reminder_invitation)."]
    assert [number for _, number, event, _ in lines(found) if event == "reminder_invitation"] == [registered[1]]
    assert any(one.concern is Concern.REFUSED and registered[1] in one.sentence for one in refused.warnings)
    assert lines(refused) == []


def test_an_office_without_a_mail_server_is_told_that_nothing_would_leave(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    found = foretold(office, 1)
    assert any("nie ma serwera poczty" in remark for remark in found.remarks)
    assert all(event != "reminder_confirmation" for _, _, event, _ in lines(found))


def test_a_meeting_at_the_weekend_reminded_of_in_the_night_is_warned_of(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 3)
    early = ReminderRule(
        code="rano", event=ReminderEvent.MEETING_TOMORROW, offset_hours=4, times=1, free_day=FreeDay.KEEP
    )
    people.redefined(office, reminders=(early,))
    go_to(office, "2018-09-20T08:00")
    with posted(office) as (office, _received):
        schedule = {**SCHEDULE, "remind": "0 5-20 * * *"}
        found = rehearse_time(office, schedule, weeks=1, flood=2, actor=ADAM)
    day = date(2018, 9, 22)
    assert {one.concern for one in found.warnings if one.day == day} == {
        Concern.FREE_DAY,
        Concern.NIGHT,
        Concern.FLOOD,
    }


def test_every_scheduled_flow_is_played_or_said_not_to_be() -> None:
    assert set(RUNS) | {"intake", "collect-mail", "seal"} == set(SCHEDULE)


RULES = st.lists(
    st.builds(
        lambda event, unit, offset, times, free_day, to, unless: ReminderRule.model_validate(
            {
                "code": f"r_{event}",
                "event": event,
                f"offset_{unit}": offset,
                "times": times,
                "free_day": free_day,
                "to": to,
                "unless": unless,
            }
        ),
        st.sampled_from(
            (ReminderEvent.CONFIRMATION_DUE, ReminderEvent.INVITATION_UNANSWERED, ReminderEvent.MEETING_TOMORROW)
        ),
        st.sampled_from(("working_days", "days", "hours")),
        st.integers(1, 4),
        st.integers(1, 3),
        st.sampled_from((None, FreeDay.PREVIOUS, FreeDay.KEEP)),
        st.sampled_from(ReminderTo),
        st.sampled_from(((), (UnlessWritten(kind="written_within", days=2),))),
    ),
    max_size=3,
    unique_by=lambda rule: rule.event,
)


@pytest.mark.slow
@given(
    rules=RULES,
    answers=st.lists(st.sampled_from(("yes", "no", "silent")), min_size=3, max_size=3),
    meets_in=st.integers(2, 12),
    quiet=st.sampled_from((None, QuietHours(starts=time(19), ends=time(7), free_days=True))),
    grace=st.sampled_from((0, 15)),
)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_small_office_goes_as_it_was_rehearsed(
    offices: Offices,
    tmp_path_factory: pytest.TempPathFactory,
    rules: list[ReminderRule],
    answers: list[str],
    meets_in: int,
    quiet: QuietHours | None,
    grace: int,
) -> None:
    """Some of those who were offered a seat answer, the group meets some day, the project reminds by some rules."""
    source = offices.at_stage("sqlite", offered, ())
    clock = PlayedClock(source.at)
    with playing(clock), offices.copy(source, tmp_path_factory.mktemp("any")) as plain, posted(plain) as (office, _):
        office = replace(office, settings=office.settings.model_copy(update={"outbox_grace_minutes": grace}))
        mail = people.definition().mail.model_copy(update={"quiet": quiet})
        people.redefined(office, reminders=tuple(rules), mail=mail)
        with office.writing(WORKER) as session:
            number = session.exec(select(ProjectVersion.id).order_by(col(ProjectVersion.id).desc())).first()
            for meeting in session.exec(select(Meeting)).all():
                meeting.project_version_id = number or 0
                session.add(meeting)
            first = warsaw_date(office.now()) + timedelta(days=meets_in)
            for place, day in enumerate(session.exec(select(MeetingDay).order_by(col(MeetingDay.on))).all()):
                day.on = first + timedelta(days=place)
                day.starts_at = datetime.combine(day.on, time(9), WARSAW)
                day.ends_at = datetime.combine(day.on, time(15), WARSAW)
                session.add(day)
        run_deliver(office)
        for registered, answer in zip(source.returned[1:], answers, strict=False):  # type: ignore[index]
            with office.reading(WORKER) as session:
                member = newest_membership(session, find_application(session, registered))
            if member is not None and answer != "silent":
                with office.writing(RITA) as session:
                    answer_offer(session, registered, accepts=answer == "yes", actor=RITA, now=office.now())
        quick, whole = foretold(office, 2), foretold(office, 2, every_run=True)
        assert (quick.letters, quick.warnings) == (whole.letters, whole.warnings)
        assert lines(quick) == advance(office, 2)


@pytest.mark.slow
def test_a_week_of_the_real_schedule_comes_as_it_was_rehearsed(postgres_staged: Staged) -> None:
    """Every five minutes of it, on PostgreSQL."""
    office, _ = postgres_staged(offered)
    with posted(office) as (office, received):
        before = lines(foretold(office, 1, SCHEDULE))
        assert before
        assert before == advance(office, 1, SCHEDULE)
    assert received.twice == 0
