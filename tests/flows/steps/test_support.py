"""Support beside a seat: granted by rule, refused by people alone, ended with the seat, counted against a limit."""

import io
from datetime import date, time

import people
import pytest
from conftest import Staged
from docx import Document
from people import ADAM, CALL, KINGA, RITA, STRANGER, WORKER, go_to
from queries import statements_of
from sqlmodel import col, select
from supporting import (
    ALONE,
    DAY,
    HELD,
    TOGETHER,
    attend,
    grant,
    members,
    plan,
    read,
    record,
    social_workers,
    write,
)

from flows.adapters.office import Office
from flows.steps.audit import states_against_log
from flows.steps.coaching import Coaching, coaching_of, issue_coaching_sheet
from flows.steps.documents import content_of, newest
from flows.steps.overview import story
from flows.steps.support import end_support, grant_support, newest_verdict, refuse_support
from flows.steps.support_entry import one_line
from flows.steps.support_hours import condition_lines, grant_lines, hours_lines
from flows.steps.support_lists import listed_in, session_lines
from flows.steps.support_sessions import (
    cancel_session,
    find_session,
    issue_support_list,
)
from flows.steps.support_time import meeting_remarks, time_of
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.rules.criteria import Result
from models.support_rules import SupportKind, SupportPeriod
from models.tables import CoachingSession, Membership, Message, SupportAttendance, SupportGrant, SupportVerdict
from models.tables.outbox import MessageState
from models.tables.support import SupportSessionState, SupportState


def letters(office: Office, event: str) -> list[MessageState]:
    return read(
        office,
        lambda s: list(s.exec(select(Message.state).where(Message.event == event).order_by(col(Message.id))).all()),
    )


def test_who_meets_the_conditions_is_granted_and_told_once(staged: Staged) -> None:
    office, (number, *_) = staged(members)
    assert grant(office, number) is SupportState.GRANTED
    assert grant(office, number) is SupportState.GRANTED
    assert letters(office, "support_granted") == [MessageState.DUE]
    with office.reading(RITA) as session:
        row = session.exec(select(SupportGrant)).one()
        verdict = newest_verdict(session, row)
        version = people.newest_version(session, "KES")
        assert (verdict.outcome, verdict.algorithm, verdict.version) == ("met", "support-1", 1)
        assert (verdict.rules_digest, verdict.project_version_id) == (version.digest, version.id)
        assert [(one["code"], one["result"]) for one in verdict.verdicts] == [
            ("miejsce_w_grupie", "met"),
            ("pomoc_spoleczna", "met"),
        ]
        told = [line.what for line in story(session, number)]
        assert told[-3:] == ["rozpoczęto sprawę wsparcia", "sprawdzono warunki wsparcia", "przyznano wsparcie"]
        counted, strayed = states_against_log(session)
        assert counted > 0
        assert strayed == ()


def test_the_machine_never_refuses(sqlite_staged: Staged) -> None:
    """What is not met waits for an officer, and the todo says so; only a person says no, with a reason."""
    office, (_, other, third) = sqlite_staged(members)
    assert grant(office, other) is SupportState.WAITING
    assert letters(office, "support_refused") == []
    waiting = [
        line for line in read(office, lambda s: waiting_for_whom(s, now=office.now())) if "wsparcie" in line.what
    ]
    assert [(line.reference, "nie każdy warunek jest spełniony" in line.what) for line in waiting] == [(other, True)]
    with pytest.raises(BadInput):
        write(office, lambda s: refuse_support(s, other, ALONE, reason=" ", actor=RITA, now=office.now()))
    write(
        office, lambda s: refuse_support(s, other, ALONE, reason="To nie praca socjalna.", actor=RITA, now=office.now())
    )
    assert letters(office, "support_refused") == [MessageState.DUE]
    text = read(office, lambda s: s.exec(select(Message).where(Message.event == "support_refused")).one().text)
    assert "To nie praca socjalna." in text
    assert "Coaching jest dla osób z instytucji pomocy i integracji społecznej" in text.replace("\u00a0", " ")
    with pytest.raises(NotYet):
        write(office, lambda s: refuse_support(s, other, ALONE, reason="Jeszcze raz.", actor=RITA, now=office.now()))
    # An officer may grant what the rule does not: the reason is kept, the verdict says what it said.
    assert grant(office, third, reason="Pracuje w świetlicy OPS.") is SupportState.GRANTED
    with office.reading(RITA) as session:
        row = session.exec(select(SupportGrant).where(SupportGrant.state == SupportState.GRANTED)).one()
        assert (row.reason, newest_verdict(session, row).outcome) == ("Pracuje w świetlicy OPS.", "not_met")


def test_other_rules_are_judged_anew(sqlite_staged: Staged) -> None:
    office, (number, other, _) = sqlite_staged(members)
    assert grant(office, other) is SupportState.WAITING
    assert grant(office, other) is SupportState.WAITING
    assert read(office, lambda s: len(s.exec(select(SupportVerdict)).all())) == 1, "the same facts make no second one"
    wider = tuple(one.model_copy(update={"conditions": ()}) for one in people.definition().support)
    people.redefined(office, support=wider)
    assert grant(office, other) is SupportState.GRANTED
    verdicts = read(office, lambda s: s.exec(select(SupportVerdict).order_by(col(SupportVerdict.id))).all())
    assert [(one.version, one.outcome) for one in verdicts] == [(1, "not_met"), (2, "met")]
    lines = read(office, lambda s: condition_lines(s, number, actor=RITA, now=office.now()))
    assert [(line.kind, line.granted, line.result) for line in lines] == [
        (ALONE, False, Result.MET),
        (TOGETHER, False, Result.MET),
    ]


def test_who_may(sqlite_staged: Staged) -> None:
    office, (number, *_) = sqlite_staged(members)
    for actor, error in ((KINGA, NotAllowed), (STRANGER, NotFound), (ADAM, NotAllowed)):
        with pytest.raises(error):
            write(office, lambda s, a=actor: grant_support(s, number, ALONE, actor=a, now=office.now()), actor)
    with pytest.raises(NotFound, match="Rodzaje: coaching_indywidualny, coaching_grupowy"):
        grant(office, number, "masaz")
    grant(office, number)
    record(office, number)
    assert read(office, lambda s: grant_lines(s), STRANGER) == []
    assert read(office, lambda s: hours_lines(s, actor=STRANGER), STRANGER) == []


def test_an_individual_session_needs_a_grant_of_its_day(staged: Staged) -> None:
    office, (number, *_) = staged(members)
    with pytest.raises(NotYet, match="nabor support grant"):
        record(office, number)
    grant(office, number, first_day=date(2018, 10, 5), last_day=date(2018, 10, 12))
    made = record(office, number)
    assert record(office, number) == made
    for day in (date(2018, 10, 4), date(2018, 10, 13)):
        with pytest.raises(NotYet, match="w tym dniu nie było wsparcia"):
            record(office, number, Coaching(day, time(9), time(10), "x"))
    with pytest.raises(BadInput, match="grupowe"):
        record(office, number, kind=TOGETHER)
    with office.reading(RITA) as session:
        assert [(row.id, row.kind) for row in coaching_of(session, number, actor=RITA)] == [(made, ALONE)]


def test_the_limit_is_passed_only_with_a_reason(sqlite_staged: Staged) -> None:
    office, (number, *_) = sqlite_staged(members)
    grant(office, number)
    record(office, number, Coaching(date(2018, 10, 1), time(8), time(17), "cały dzień"))
    with pytest.raises(BadInput, match=r"„coaching indywidualny” to 10.godz\., wpisano już 9.godz\."):
        record(office, number, Coaching(date(2018, 10, 2), time(8), time(9, 30), "za dużo"))
    exact = record(office, number, Coaching(date(2018, 10, 2), time(8), time(9), "akurat"))
    # Put right, a session is not counted twice.
    record(office, number, Coaching(date(2018, 10, 2), time(8), time(9), "akurat tyle"), instead_of=exact)
    over = record(office, number, Coaching(date(2018, 10, 3), time(8), time(9), "ponad"), reason="Zgoda kierowniczki.")
    with office.reading(RITA) as session:
        assert session.get_one(CoachingSession, over).reason == "Zgoda kierowniczki."
        [line] = hours_lines(session, actor=RITA)
        assert (line.individual_sessions, line.individual_minutes, line.minutes) == (3, 660, 660)
        assert [(one.kind, one.limit_minutes, one.left_minutes) for one in line.kinds] == [(ALONE, 600, 0)]
        [line] = hours_lines(session, since=date(2018, 10, 3), actor=RITA)
        assert (line.minutes, line.kinds[0].left_minutes) == (60, 0)


def test_sessions_from_before_count_towards_the_kind_that_takes_them(staged: Staged) -> None:
    office, (number, *_) = staged(members)
    kinds = people.definition().support
    people.redefined(office, support=())
    before = record(office, number, kind="")
    people.redefined(office, support=(kinds[0].model_copy(update={"led_by": "zespół coachów"}), *kinds[1:]))
    with office.reading(RITA) as session:
        row = session.get_one(CoachingSession, before)
        assert row.grant_id is None
        [line] = hours_lines(session, actor=RITA)
        assert (line.minutes, [(one.kind, one.left_minutes) for one in line.kinds]) == (90, [(ALONE, 510)])
    grant(office, number)
    assert record(office, number, kind="") == before, "the same session is not entered a second time under its kind"
    record(office, number, Coaching(DAY, time(18), time(19), "nowa"), kind="")
    with office.reading(RITA) as session:
        assert [(one.kind, one.minutes) for one in coaching_of(session, number, actor=RITA)] == [("", 90), (ALONE, 60)]
    issue_coaching_sheet(office, number, ALONE, actor=RITA)
    with office.reading(WORKER) as session:
        row = newest(session, "coaching_sheet", f"{number}:{ALONE}")
        assert row is not None
        text = "\n".join(one.text for one in Document(io.BytesIO(content_of(office, session, row))).paragraphs)
    assert "razem 2 godz. 30 min z 10 godz." in text.replace("\u00a0", " ")


def test_one_person_is_in_one_session_at_a_time(staged: Staged) -> None:
    office, (first, second, third) = staged(social_workers)
    record(office, first, Coaching(DAY, time(16), time(17), "sama"))
    with pytest.raises(BadInput, match="w tym czasie jest już wpisana sesja"):
        plan(office, [first, second], time(16, 30), time(18))
    together = plan(office, [first, second], time(17), time(18))
    with pytest.raises(BadInput, match=f"sesja grupowa {together}"):
        record(office, second, Coaching(DAY, time(17, 30), time(19), "sama"))
    attend(office, together, {second: "nieob."}, all_full=True)
    # Who was absent may have been elsewhere – and cannot be made present afterwards.
    record(office, second, Coaching(DAY, time(17, 30), time(19), "sama"))
    with pytest.raises(BadInput, match="w tym czasie jest już wpisana sesja"):
        attend(office, together, {second: "cały dzień"})
    assert third


def test_a_group_session_from_the_list_to_the_hours(staged: Staged) -> None:
    office, (first, second, third) = staged(social_workers)
    made = plan(office, [first, second, third], time(9), time(11), on=date(2018, 10, 20))
    with pytest.raises(NotYet, match="po tym, jak sesja się odbyła"):
        attend(office, made, {}, all_full=True)
    issue_support_list(office, made, actor=RITA)
    with office.reading(WORKER) as session:
        row = newest(session, "support_list", f"support_session/{made}")
        assert row is not None
        assert "Próbna" not in row.file_name
        document = Document(io.BytesIO(content_of(office, session, row)))
        assert [cell.text for cell in document.tables[1].columns[2].cells][1:] == [
            "Zmyślona Próbna-a",
            "Zmyślona Próbna-b",
            "Zmyślona Próbna-c",
        ]
    go_to(office, "2018-10-22T09:00")
    waiting = [line.what for line in read(office, lambda s: waiting_for_whom(s, now=office.now()))]
    assert any("sesji wsparcia grupowego, osób: 3" in what for what in waiting)
    assert attend(office, made, {second[-4:]: "9:00-10:00", third: "nieob."}, all_full=True) == (3, [])
    assert attend(office, made, {second: "9:00-10:00"}) == (0, [])
    assert attend(office, made, {third: "10:30-11:00"}) == (1, [])
    with office.reading(RITA) as session:
        [line] = session_lines(session)
        assert (line.state, line.listed, line.present, line.not_entered) == (SupportSessionState.HELD, 3, 3, 0)
        assert [(one.number, one.minutes) for one in listed_in(session, find_session(session, made))] == [
            (first, 120),
            (second, 60),
            (third, 30),
        ]
        assert len(session.exec(select(SupportAttendance)).all()) == 3 + 3 + 1, "what was corrected stays on record"
        record_of = {line.number: (line.group_minutes, line.minutes) for line in hours_lines(session, actor=RITA)}
        assert record_of == {first: (120, 120), second: (60, 60), third: (30, 30)}
        told = [line.what for line in story(session, third)]
        assert told.count("wpisano obecność na sesji wsparcia") == 2
    assert not any(
        "sesji wsparcia" in line.what for line in read(office, lambda s: waiting_for_whom(s, now=office.now()))
    )


def test_who_left_before_a_session_is_expected_at_it_no_more(sqlite_staged: Staged) -> None:
    office, (first, second, third) = sqlite_staged(social_workers)
    made, emptied = (plan(office, who, time(9), time(11), on=date(2018, 10, 25)) for who in ([first, second], [third]))
    for gone in (second, third):
        write(office, lambda s, n=gone: withdraw(s, n, actor=RITA, now=office.now()))
    issue_support_list(office, made, actor=RITA)
    with office.reading(WORKER) as session:
        row = newest(session, "support_list", f"support_session/{made}")
        assert row is not None
        document = Document(io.BytesIO(content_of(office, session, row)))
        assert len(document.tables[1].rows) == 1 + 1
        assert [(line.listed, line.not_entered) for line in session_lines(session)] == [(2, 1), (1, 0)]
        people_ = [one.membership.person_id for one in listed_in(session, find_session(session, made))]
        assert [len(time_of(session, people_)[one]) for one in people_] == [1, 0], "nor does it clash with another one"
    with pytest.raises(NotYet, match="nikt z listy"):
        issue_support_list(office, emptied, actor=RITA)
    go_to(office, "2018-10-26T09:00")
    with pytest.raises(BadInput, match="tylko nieobecność"):
        attend(office, made, {second: "cały dzień"}, all_full=True)
    with pytest.raises(NotYet, match="nabor support cancel"):
        attend(office, emptied, {}, all_full=True)
    assert attend(office, made, {}, all_full=True) == (1, [])
    assert attend(office, made, {second: "nieob."}) == (1, [])
    with office.reading(RITA) as session:
        assert {line.number: line.minutes for line in hours_lines(session, actor=RITA)}[first] == 120
        assert [(line.present, line.not_entered) for line in session_lines(session)] == [(1, 0), (0, 0)]


def test_many_sessions_cost_no_more_queries_than_one(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(social_workers)
    counts = []
    for day in (8, 9, 10):
        plan(office, registered, time(9), time(10), on=date(2018, 10, day))
        with office.reading(RITA) as session, statements_of(office) as asked:
            lines = session_lines(session)
            assert {(line.listed, line.not_entered) for line in lines} == {(3, 3)}
        counts.append((len(lines), len(asked)))
    assert [sessions for sessions, _ in counts] == [1, 2, 3]
    assert len({queries for _, queries in counts}) == 1


def test_all_or_nobody_comes_onto_a_list(sqlite_staged: Staged) -> None:
    office, (first, second, third) = sqlite_staged(members)
    grant(office, first, TOGETHER)
    with pytest.raises(BadInput) as refused:
        plan(office, [first, second, third], time(9), time(10))
    assert str(refused.value).count("nie przyznano wsparcia") == 2
    assert read(office, session_lines) == []
    with pytest.raises(BadInput, match="Nie ma zgłoszenia"):
        plan(office, [first, f"{CALL}/0099"], time(9), time(10))


def test_a_group_session_is_put_right_or_called_off(sqlite_staged: Staged) -> None:
    office, (first, second, _) = sqlite_staged(social_workers)
    wrong = plan(office, [first], time(9), time(10))
    attend(office, wrong, {}, all_full=True)
    right = plan(office, [first, second], time(9), time(11), instead_of=wrong)
    attend(office, right, {}, all_full=True)
    dropped = plan(office, [first], time(12), time(13))
    write(office, lambda s: cancel_session(s, dropped, reason="Choroba.", actor=RITA, now=office.now()))
    for gone in (wrong, dropped):
        with pytest.raises(NotYet):
            attend(office, gone, {}, all_full=True)
    with pytest.raises(NotYet):
        write(office, lambda s: cancel_session(s, right, reason="Za późno.", actor=RITA, now=office.now()))
    with office.reading(RITA) as session:
        assert [line.state for line in session_lines(session)] == [
            SupportSessionState.REPLACED,
            SupportSessionState.HELD,
            SupportSessionState.CANCELLED,
        ]
        assert [line.minutes for line in hours_lines(session, actor=RITA)] == [120, 120, 0]


def test_a_meeting_at_the_same_time_is_a_remark(sqlite_staged: Staged) -> None:
    office, (number, *_) = sqlite_staged(social_workers)
    people.attend(office, number, 360, 0)
    made = plan(office, [number], time(14), time(16), on=people.MEETING_DAYS[0])
    _, remarks = attend(office, made, {}, all_full=True)
    assert [number in one and people.MEETING in one for one in remarks] == [True]
    with office.reading(RITA) as session:
        membership = session.exec(select(Membership).order_by(col(Membership.id))).first()
        assert membership is not None
        second_day = people.moment("2018-09-23T09:00"), people.moment("2018-09-23T10:00")
        assert meeting_remarks(session, membership.person_id, number, *second_day) == [], "who was absent was not there"


def test_support_ends_with_the_seat_or_on_a_day(staged: Staged) -> None:
    office, (first, second, third) = staged(social_workers)
    record(office, first)

    def end(number: str, on: date) -> SupportState:
        return write(
            office, lambda s: end_support(s, number, ALONE, on=on, reason="Prośba.", actor=RITA, now=office.now()).state
        )

    with pytest.raises(BadInput, match="Sesje są wpisane do"):
        end(first, date(2018, 10, 4))
    assert end(first, DAY) is SupportState.ENDED
    assert end(second, date(2018, 10, 31)) is SupportState.GRANTED
    assert end(second, date(2018, 10, 31)) is SupportState.GRANTED
    assert letters(office, "support_ended") == [MessageState.DUE, MessageState.DUE]
    with pytest.raises(NotYet):
        record(office, first, Coaching(date(2018, 10, 6), time(9), time(10), "po końcu"))
    record(office, first, Coaching(DAY, time(9), time(10), "w ostatnim dniu"))
    write(office, lambda s: withdraw(s, third, actor=RITA, now=office.now()))
    with office.reading(RITA) as session:
        states = {(one.number, one.kind): (one.state, one.last_day) for one in grant_lines(session)}
    assert states[third, ALONE] == (SupportState.ENDED, date(2018, 10, 15))
    assert states[third, TOGETHER] == (SupportState.ENDED, date(2018, 10, 15))
    assert states[second, ALONE] == (SupportState.GRANTED, date(2018, 10, 31))
    # What was granted had been told of in a letter that has not left: it is not true any more.
    assert letters(office, "support_granted").count(MessageState.WITHDRAWN) == 4
    record(office, third, Coaching(DAY, time(9), time(10), "sprzed odejścia"))
    go_to(office, "2018-10-20T09:00")
    with pytest.raises(NotYet):
        record(office, third, Coaching(date(2018, 10, 16), time(9), time(10), "po odejściu"))
    with pytest.raises(NotYet):
        grant(office, third)


def test_a_support_whose_days_are_over_is_granted_anew_and_never_prolonged(sqlite_staged: Staged) -> None:
    office, (number, *_) = sqlite_staged(members)
    grant(office, number, last_day=date(2018, 10, 10))
    go_to(office, "2018-11-20T09:00")
    with pytest.raises(BadInput, match=r"Ostatni dzień tego wsparcia to 10\.10\.2018.*nabor support grant"):
        write(
            office,
            lambda s: end_support(s, number, ALONE, on=date(2018, 11, 20), reason="x", actor=RITA, now=office.now()),
        )
    with pytest.raises(NotYet):
        record(office, number, Coaching(date(2018, 11, 5), time(9), time(10), "po końcu"))
    # The same said again is nothing new.
    grant(office, number, last_day=date(2018, 10, 10))
    assert len(letters(office, "support_granted")) == 1
    assert grant(office, number, first_day=date(2018, 11, 20)) is SupportState.GRANTED
    assert len(letters(office, "support_granted")) == 2
    lines = read(office, grant_lines)
    assert [(line.state, line.first_day, line.last_day) for line in lines] == [
        (SupportState.ENDED, date(2018, 9, 1), date(2018, 10, 10)),
        (SupportState.GRANTED, date(2018, 11, 20), None),
    ]
    record(office, number, Coaching(date(2018, 11, 20), time(7), time(8), "od nowa"))
    record(office, number, HELD)


def test_a_support_has_its_days(sqlite_staged: Staged) -> None:
    office, (number, *_) = sqlite_staged(members)
    kinds = people.definition().support

    def running(starts: date, ends: date) -> tuple[SupportKind, ...]:
        return (kinds[0].model_copy(update={"period": SupportPeriod(starts=starts, ends=ends)}),)

    people.redefined(office, support=running(date(2018, 6, 1), date(2018, 8, 31)))
    with pytest.raises(BadInput, match="trwa od"):
        grant(office, number)
    people.redefined(office, support=running(date(2018, 10, 1), date(2018, 12, 31)))
    assert grant(office, number) is SupportState.GRANTED
    [line] = read(office, grant_lines)
    assert (line.first_day, line.last_day) == (date(2018, 10, 1), date(2018, 12, 31))


@pytest.mark.parametrize(
    ("topic", "coach", "said"),
    [
        (" ", "", "Sesja musi mieć temat"),
        ("Granice \u202eycarp", "", "Temat: są w tym znaki, których nie widać"),
        ("Granice", "Jan\u200b Wymyślony", "Osoba prowadząca: są w tym znaki, których nie widać"),
        ("a" * 201, "", "Temat: najwyżej 200 znaków, a jest 201"),
    ],
)
def test_what_is_no_line_of_text_is_said_by_its_cause(topic: str, coach: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        one_line(topic, coach)
