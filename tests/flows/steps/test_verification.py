"""Verification: one sheet for the same facts, and questions asked once."""

from collections.abc import Iterator
from contextlib import contextmanager

import people
import pytest
from conftest import Staged
from people import CALL, KINGA, RITA, WORKER, go_to, open_kes_call, reading, send_in, unread
from sqlalchemy import event
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.corrections import overrule
from flows.steps.verification import VerificationCounts, newest_sheet, propose, to_verify, verify
from models.errors import NotAllowed
from models.events import Happened
from models.rules.criteria import Result
from models.rules.facts import FieldStatus
from models.tables import Application, Correction, Event, Message, VerdictSheet
from models.tables.applications import ApplicationState


def three_kinds(office: Office) -> list[int]:
    """One who meets the criteria, one who does not, and one who came too late."""
    open_kes_call(office)
    send_in(office, reading(1))
    send_in(office, reading(2, {"praca_bezposrednia": "nie"}))
    send_in(office, reading(3), at="2018-06-22T15:31")
    go_to(office, "2018-07-03T09:00")
    with office.reading(WORKER) as session:
        return to_verify(session, CALL)


def judge(office: Office) -> VerificationCounts:
    with office.writing(WORKER) as session:
        return verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())


def sheets(office: Office) -> list[tuple[int, int, str, int, int]]:
    with office.reading(WORKER) as session:
        rows = session.exec(select(VerdictSheet).order_by(col(VerdictSheet.id))).all()
        return [(row.application_id, row.version, row.outcome, row.merit, row.premium) for row in rows]


def test_everyone_gets_a_sheet_and_a_state(staged: Staged) -> None:
    """Points: more than ten years 7, one kind of support 2; candidates 1 and 3 are from a gmina, premium 2."""
    office, waiting = staged(three_kinds)
    assert waiting == [1, 2, 3]
    assert judge(office) == VerificationCounts(eligible=1, not_eligible=2)
    assert sheets(office) == [(1, 1, "met", 9, 2), (2, 1, "not_met", 9, 0), (3, 1, "not_met", 9, 2)]
    with office.reading(WORKER) as session:
        assert session.exec(select(Application.state).order_by(Application.number)).all() == [
            ApplicationState.ELIGIBLE,
            ApplicationState.NOT_ELIGIBLE,
            ApplicationState.NOT_ELIGIBLE,
        ]


def test_a_sheet_tells_by_which_rules_and_holds_no_answer(staged: Staged) -> None:
    office, _ = staged(three_kinds)
    judge(office)
    with office.reading(WORKER) as session:
        sheet = session.exec(select(VerdictSheet).where(VerdictSheet.application_id == 2)).one()
        assert (sheet.algorithm, len(sheet.rules_digest), sheet.judged_by) == ("rules-2", 64, "process:test")
        verdicts = {line["code"]: line["result"] for line in sheet.verdicts["verdicts"]}
        assert [code for code, result in verdicts.items() if result != "met"] == ["praca_bezposrednia"]
        assert "Próbna" not in str(sheet.verdicts)


def test_verified_again_nothing_happens(staged: Staged) -> None:
    office, waiting = staged(three_kinds)
    judge(office)
    before = sheets(office)
    with office.writing(WORKER) as session:
        assert verify(session, waiting, actor=WORKER, now=office.now()) == VerificationCounts()
    assert sheets(office) == before


def test_the_same_facts_make_no_second_sheet_and_other_facts_do(staged: Staged) -> None:
    office, _ = staged(three_kinds)
    judge(office)
    for value in ("do_2", "ponad_10", "ponad_10"):
        with office.writing(RITA) as session:
            overrule(session, f"{CALL}/0001", "staz_lat", value, reason="x", actor=RITA, now=office.now())
        judge(office)
    assert [(version, merit) for application, version, _, merit, _ in sheets(office) if application == 1] == [
        (1, 9),
        (2, 3),
        (3, 9),
    ]


def test_a_sheet_of_the_algorithm_before_stays_as_it_is(staged: Staged) -> None:
    """Nobody is judged anew because the program is of a newer release: only because something has changed."""
    office, _ = staged(three_kinds)
    judge(office)
    with office.writing(WORKER) as session:
        newest = newest_sheet(session, find_application(session, f"{CALL}/0001"))
        assert newest is not None
        copied = newest.model_dump(exclude={"id", "version", "algorithm", "facts_lookup"})
        session.add(VerdictSheet(**copied, version=2, algorithm="rules-1", facts_lookup="of another time"))
    with office.reading(WORKER) as session:
        assert to_verify(session, CALL) == []
    with office.writing(RITA) as session:
        overrule(session, f"{CALL}/0001", "staz_lat", "do_2", reason="x", actor=RITA, now=office.now())
    judge(office)
    with office.reading(WORKER) as session:
        newest = newest_sheet(session, find_application(session, f"{CALL}/0001"))
        assert newest is not None
        assert (newest.version, newest.algorithm, newest.merit) == (3, "rules-2", 3)


def stored_anew(office: Office, **changes: object) -> None:
    """A further sheet of the first application, as a release before this one might have stored it."""
    with office.writing(WORKER) as session:
        newest = newest_sheet(session, find_application(session, f"{CALL}/0001"))
        assert newest is not None
        copied = newest.model_dump(exclude={"id", "version"})
        session.add(VerdictSheet(**{**copied, **changes}, version=newest.version + 1))


def lines_of(office: Office, part: str, **changes: object) -> dict[str, list[dict[str, object]]]:
    """The stored lines of the first application, the first verdict or line of points changed."""
    with office.reading(WORKER) as session:
        newest = newest_sheet(session, find_application(session, f"{CALL}/0001"))
        assert newest is not None
        first, *others = newest.verdicts[part]
        return {**newest.verdicts, part: [{**first, **changes}, *others]}


def test_other_words_are_no_other_verdict(sqlite_staged: Staged) -> None:
    """A release that puts a sentence better freezes no call whose applications are judged."""
    office, _ = sqlite_staged(three_kinds)
    judge(office)
    stored_anew(office, verdicts=lines_of(office, "verdicts", sentence="Tak mówiło poprzednie wydanie."))
    stored_anew(office, verdicts=lines_of(office, "points", title="Staż"))
    with office.reading(WORKER) as session:
        assert to_verify(session, CALL) == []


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("verdicts", {"result": "not_met"}),
        ("verdicts", {"code": "inne"}),
        ("points", {"points": 1}),
        ("points", {"known": False}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(*value),
)
def test_a_sheet_that_judges_otherwise_is_replaced_though_the_facts_are_the_same(
    sqlite_staged: Staged, part: str, changes: dict[str, object]
) -> None:
    office, _ = sqlite_staged(three_kinds)
    judge(office)
    stored_anew(office, verdicts=lines_of(office, part, **changes))
    with office.reading(WORKER) as session:
        assert to_verify(session, CALL) == [1]
    assert judge(office) == VerificationCounts(eligible=1)
    assert [version for application, version, *_ in sheets(office) if application == 1] == [1, 2, 3]
    with office.reading(WORKER) as session:
        assert to_verify(session, CALL) == []


def test_how_many_queries_does_not_depend_on_how_many_applications(sqlite_office: Office) -> None:
    office = sqlite_office
    open_kes_call(office)
    counts = []
    for first, last in ((1, 2), (3, 8)):
        ids = list(range(first, last + 1))
        for i in ids:
            send_in(office, reading(i), at=f"2018-06-05T10:{i:02d}")
        with office.writing(WORKER) as session, counted(session) as statements:
            assert verify(session, ids, actor=WORKER, now=office.now()).eligible == len(ids)
        counts.append(len(statements))
    assert counts[0] == counts[1]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", listen)
    yield statements
    event.remove(engine, "before_cursor_execute", listen)


def test_a_proposal_has_no_effect(staged: Staged) -> None:
    office, waiting = staged(three_kinds)
    with office.reading(WORKER) as session:
        effects = propose(session, waiting)
    assert [effect.outcome for effect in effects] == [Result.MET, Result.NOT_MET, Result.NOT_MET]
    assert sheets(office) == []


def test_who_may_not_verify_does_not(sqlite_staged: Staged) -> None:
    office, waiting = sqlite_staged(three_kinds)
    with pytest.raises(NotAllowed), office.writing(KINGA) as session:
        verify(session, waiting, actor=KINGA, now=office.now())


def unclear(office: Office) -> str:
    """Complete, but one answer that a criterion rests on reads two ways: an officer had vouched for the rest."""
    open_kes_call(office)
    send_in(office, reading(1, {"instytucja.gmina": "22"}))
    go_to(office, "2018-07-03T09:00")
    return f"{CALL}/0001"


def test_what_cannot_be_told_is_asked_once(staged: Staged) -> None:
    """A voivodship is given where a gmina is asked: nothing can be said, and nobody is turned away for it."""
    office, number = staged(unclear)
    assert judge(office) == VerificationCounts(cannot_tell=1)
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        assert application.state is ApplicationState.INCOMPLETE
        (request,) = session.exec(select(Correction)).all()
        assert request.items == [{"key": "instytucja.gmina", "reason_code": "cannot_tell"}]
        assert "Gmina siedziby" in session.exec(select(Message).where(Message.event == "correction_request")).one().text
    # The answer says the same: no second letter, an officer's case now.
    send_in(office, reading(1, {"instytucja.gmina": "22"}), at="2018-07-04T10:00")
    assert judge(office) == VerificationCounts(cannot_tell=1)
    assert judge(office) == VerificationCounts(cannot_tell=1)
    with office.reading(WORKER) as session:
        assert find_application(session, number).state is ApplicationState.COMPLETE
        assert len(session.exec(select(Correction)).all()) == 1
        # One sheet, one event: the answer said the same, and nothing has changed since.
        assert len(session.exec(select(Event).where(Event.kind == Happened.VERIFICATION_OPEN)).all()) == 1


def test_a_duplicate_is_not_eligible_and_the_first_is(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1), at="2018-06-06T10:00")
    send_in(office, reading(1, {"motywacja": "Druga."}), at="2018-06-05T10:00")
    go_to(office, "2018-07-03T09:00")
    assert judge(office) == VerificationCounts(eligible=1, not_eligible=1)
    with office.reading(WORKER) as session:
        # The second to be registered was received first.
        assert find_application(session, f"{CALL}/0002").state is ApplicationState.ELIGIBLE


def test_an_answer_that_could_not_be_read_never_counts_against_anyone(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1, {"praca_bezposrednia": unread("praca_bezposrednia", FieldStatus.CONTRADICTORY, "two")}))
    go_to(office, "2018-07-03T09:00")
    with office.reading(WORKER) as session:
        (effect,) = propose(session, [1])
    assert effect.outcome is Result.CANNOT_TELL
    assert effect.ask == ("praca_bezposrednia",)


def test_points_are_those_of_the_regulation(office: Office) -> None:
    """By hand: years 1/3/5/7; two points for each kind of support, at most 8; two for a gmina."""
    open_kes_call(office)
    expected = {
        ("do_2", ("rodziny",), "powiat"): (1 + 2, 0),
        ("od_3_do_5", ("rodziny", "seniorzy"), "gmina"): (3 + 4, 2),
        ("od_6_do_10", ("rodziny", "seniorzy", "bezrobotni", "bezdomni"), "powiat"): (5 + 8, 0),
        ("ponad_10", ("rodziny", "seniorzy", "bezrobotni", "bezdomni", "mlodziez"), "gmina"): (7 + 8, 2),
    }
    for i, (years, kinds, level) in enumerate(expected):
        send_in(office, reading(i, {"staz_lat": years, "zakres_wsparcia": kinds, "instytucja.poziom": level}))
    people.verified(office)
    assert [(merit, premium) for *_, merit, premium in sheets(office)] == list(expected.values())
