"""What if: other rules are tried out in memory, nothing is written, and the real run gives the same bytes."""

import hashlib
import shutil
from pathlib import Path

import people
import pytest
from conftest import Staged
from people import CALL, FILIP, KES, KINGA, RITA, STRANGER, WORKER, open_kes_call, reading, redefined, send_in
from sqlalchemy import text
from sqlmodel import SQLModel, select

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.calls import find_call
from flows.steps.decisions import decide, reason_for
from flows.steps.projects import definition_for
from flows.steps.ranking import newest_ranking
from flows.steps.rehearsal import Basis, LetterLine, Rehearsal, rehearse, rules_to_try
from models.errors import BadInput, DefinitionFaulty, NotAllowed, NotFound, NotYet
from models.project import ProjectDefinition
from models.project_file import load_project
from models.rules.composition import LevelSeats
from models.rules.criteria import Minimum
from models.rules.order import OrderKey
from models.rules.rehearsal import Stand
from models.tables import Application, Message, Ranking, VerdictSheet
from models.tables.decisions import DecisionOutcome
from models.tables.outbox import MessageState
from models.transitions import reference

A, R, X = Stand.ACCEPTED, Stand.RESERVE, Stand.REJECTED
ONE_FROM_THE_POWIAT = LevelSeats(kind="level", level="powiat", maximum=1)


def five(office: Office) -> list[str]:
    """Three seats, one in reserve: the third has no direct contact and is turned down, the fifth came last."""
    open_kes_call(office, seats=3, reserve_seats=1, composition=())
    send_in(office, reading(0), at="2018-06-05T10:00")
    send_in(office, reading(2), at="2018-06-06T10:00")
    send_in(office, reading(4, {"praca_bezposrednia": "nie"}), at="2018-06-07T10:00")
    send_in(office, reading(6, {"staz_lat": "od_6_do_10"}), at="2018-06-08T10:00")
    send_in(office, reading(1, {"staz_lat": "do_2"}), at="2018-06-22T15:00")
    people.verified(office)
    return people.numbers(office)


def ranked_five(office: Office) -> list[str]:
    registered = five(office)
    people.ranked(office)
    return registered


def announced_five(office: Office) -> list[str]:
    registered = ranked_five(office)
    people.adopted(office)
    people.go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    return registered


def own_rules(office: Office) -> ProjectDefinition:
    with office.reading(WORKER) as session:
        return definition_for(session, find_call(session, CALL))


def other_rules(office: Office, **changes: object) -> ProjectDefinition:
    """The call's rules, in which direct contact is no criterion any more; and what else the group should have."""
    own = own_rules(office)
    pgr = own.group_kind("PGR")
    criteria = tuple(code for code in pgr.criteria if code != "praca_bezposrednia")
    kind = pgr.model_copy(update={"criteria": criteria, **changes})
    return own.model_copy(update={"group_kinds": tuple(kind if one.code == "PGR" else one for one in own.group_kinds)})


def tried(office: Office, rules: ProjectDefinition | None = None, **how: object) -> Rehearsal:
    with office.reading(RITA) as session:
        return rehearse(session, CALL, rules=rules, actor=RITA, now=office.now(), **how)  # type: ignore[arg-type]


def moves(found: Rehearsal) -> dict[str, tuple[Stand, Stand]]:
    return {one.number[-4:]: (one.now, one.then) for one in found.moved}


PURPOSES = {Stand.ACCEPTED: "main", Stand.RESERVE: "reserve", Stand.REJECTED: "beyond"}


def letters(office: Office) -> dict[LetterLine, MessageState]:
    """Every letter about an application, and how far it is."""
    with office.reading(WORKER) as session:
        numbers = {reference(one): one.number for one in session.exec(select(Application)).all()}
        rows = session.exec(select(Message)).all()
        return {
            LetterLine(row.event, numbers[row.subject_ref]): row.state for row in rows if row.subject_ref in numbers
        }


def whole_store(office: Office) -> tuple[str, dict[str, str]]:
    """A digest over every row of every table as it is stored, and of every file of the office's folder."""
    digest = hashlib.sha256()
    with office.reading(WORKER) as session:
        for table in SQLModel.metadata.sorted_tables:
            rows = session.connection().execute(text(f'SELECT * FROM "{table.name}"')).all()
            digest.update(repr((table.name, sorted(map(repr, rows)))).encode())
    root = office.settings.data.parent
    files = {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        # SQLite's own notebook of who reads.
        if path.is_file() and not path.name.endswith("-shm")
    }
    return digest.hexdigest(), files


def test_who_moves_and_through_which_criterion(sqlite_staged: Staged) -> None:
    """The third comes in for want of the criterion, and pushes the fourth into the reserve, the fifth off it."""
    office, registered = sqlite_staged(ranked_five)
    found = tried(office, other_rules(office))
    assert found.basis is Basis.RANKING
    assert moves(found) == {"0003": (X, A), "0004": (A, R), "0005": (R, X)}
    third = next(one for one in found.moved if one.number == registered[2])
    assert third.causes[0].code == "praca_bezposrednia"
    assert "tego kryterium już by nie było" in third.causes[0].sentence
    fourth = next(one for one in found.moved if one.number == registered[3])
    assert [one.code for one in fourth.causes] == ["ranking"]
    assert fourth.causes[0].sentence.startswith("Lista rezerwowa: miejsce 4 ")
    assert (found.counts_now[A], found.counts_then[A], found.counts_then[X]) == (3, 3, 1)
    assert {one.name for one in found.moved} == {None}


def test_points_that_change_are_told_rule_by_rule(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(ranked_five)
    own = own_rules(office)
    years = own.point_rule("staz")
    table = {code: 0 if code == "ponad_10" else points for code, points in years.table.items()}  # type: ignore[union-attr]
    merit = tuple(one.model_copy(update={"table": table}) if one is years else one for one in own.merit)
    found = tried(office, own.model_copy(update={"merit": merit}))
    first = {one.number[-4:]: [cause.sentence for cause in one.causes if cause.code == "staz"] for one in found.moved}
    assert moves(found) == {"0002": (A, R), "0005": (R, A)}
    assert first == {"0002": [f"Punkty „{years.title}”: 7 → 0."], "0005": []}


def test_a_sheet_of_an_algorithm_that_does_not_know_the_new_rules_is_made_anew(sqlite_staged: Staged) -> None:
    """The first algorithm knew no minimum of points."""
    office, _ = sqlite_staged(ranked_five)
    with office.writing(WORKER) as session:
        for sheet in session.exec(select(VerdictSheet)).all():
            copied = sheet.model_dump(exclude={"id", "version", "algorithm"})
            session.add(VerdictSheet(**copied, version=2, algorithm="rules-1"))
    assert tried(office).moved == ()
    found = tried(office, other_rules(office, minimum=Minimum(points=8, paragraph="§ 5 ust. 3")))
    assert moves(found) == {"0003": (X, A), "0004": (A, X), "0005": (R, X)}
    (fourth,) = [one for one in found.moved if one.number.endswith("0004")]
    assert [one.sentence for one in fourth.causes] == ["§ 5 ust. 3: Uzyskano punktów: 7, a potrzeba co najmniej 8."]


def test_nothing_is_written(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_five)
    before = whole_store(office)
    found = tried(office, other_rules(office), names=True, closes_at=people.moment("2018-06-20T12:00"))
    assert found.moved
    assert whole_store(office) == before
    with office.writing(WORKER) as session:
        row = session.exec(select(Message)).first()
        assert row is not None
        row.attempts += 1
        session.add(row)
    assert whole_store(office)[0] != before[0], "and the digest would have told"


def test_the_real_run_gives_the_same_bytes_and_places(sqlite_staged: Staged) -> None:
    """Rehearsed before the list and after it, the new rules give what they give when the call runs under them."""
    office, _ = sqlite_staged(ranked_five)
    rules = other_rules(office, seats=2, composition=(ONE_FROM_THE_POWIAT,), order=(OrderKey.RECEIVED_ASC,))
    found = tried(office, rules)
    redefined(office, group_kinds=rules.group_kinds)  # type: ignore[arg-type]
    people.verified(office, "2018-07-04T09:00")
    people.ranked(office, "2018-07-04T09:30")
    with office.reading(WORKER) as session:
        row = newest_ranking(session, find_call(session, CALL))
        assert row is not None
        assert row.version == 2
        assert row.rules_digest == found.rules_digest
        assert row.snapshot.encode() == found.snapshot.encode()
        assert row.snapshot_digest == found.snapshot_digest
        assert row.places == list(found.places)
        assert row.shortfalls == list(found.group_then.shortfalls)
    again = tried(office)
    assert again.moved == (), "and then nothing is left to change"
    known = set(letters(office))
    people.adopted(office)
    people.go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    assert set(letters(office)) - known == set(found.created) == set(again.created)
    assert tried(office).created == ()


def test_before_the_list_it_is_compared_with_what_the_present_rules_would_give(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(five)
    found = tried(office, other_rules(office))
    assert found.basis is Basis.RULES
    assert moves(found) == {"0003": (X, A), "0004": (A, R), "0005": (R, X)}
    present = tried(office)
    assert present.basis is Basis.VERDICTS
    assert moves(present)["0001"] == (Stand.ELIGIBLE, A)
    people.ranked(office)
    with office.reading(WORKER) as session:
        row = session.exec(select(Ranking)).one()
        assert (row.snapshot, row.places) == (present.snapshot, list(present.places))


def test_another_closing_time_makes_the_late_late(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(ranked_five)
    found = tried(office, closes_at=people.moment("2018-06-22T12:00"))
    assert moves(found) == {"0005": (R, X)}
    assert found.moved[0].causes[0].code == "w_terminie"
    with pytest.raises(BadInput, match="później, niż się zaczyna"):
        tried(office, closes_at=people.moment("2018-06-01T12:00"))


def test_letters_composition_and_cost_follow(sqlite_staged: Staged) -> None:
    """One seat fewer: the commission had taken everybody as proposed, and the letters have not left yet."""
    office, registered = sqlite_staged(announced_five)
    minimum = LevelSeats(kind="level", level="gmina", minimum=2)
    own = own_rules(office)
    kind = own.group_kind("PGR").model_copy(update={"seats": 2, "composition": (minimum,)})
    kinds = tuple(kind if one.code == "PGR" else one for one in own.group_kinds)
    found = tried(office, own.model_copy(update={"group_kinds": kinds}))
    assert moves(found) == {"0002": (A, R), "0004": (A, X), "0005": (R, A)}
    assert found.created == tuple(
        LetterLine(event, registered[i]) for i, event in ((1, "reserve"), (3, "rejected"), (4, "accepted"))
    )
    assert [(one.event, one.number[-4:]) for one in found.withdrawn] == [
        ("accepted", "0002"),
        ("accepted", "0004"),
        ("reserve", "0005"),
    ]
    assert found.group_now is not None
    assert (found.group_now.seated, found.group_now.shortfalls) == (3, ())
    assert [one.amount for one in found.group_then.composition] == [1]
    assert "gminn" in found.group_then.shortfalls[0]
    # Two days of six hours at 60,00 zł.
    assert (found.cost_now.grosze, found.cost_then.grosze) == (3 * 12 * 6000, 2 * 12 * 6000)
    assert any("Komisja już zdecydowała" in remark for remark in found.remarks)
    redefined(office, group_kinds=kinds)  # type: ignore[arg-type]
    known = set(letters(office))
    with office.writing(KINGA) as session:
        for one in found.moved:
            decide(
                session,
                one.number,
                outcome=DecisionOutcome(one.then.value),
                reason_code=reason_for(own, f"proposed_{PURPOSES[one.then]}"),
                note=None,
                actor=KINGA,
                now=office.now(),
            )
    announce(office, CALL, actor=RITA)
    after = letters(office)
    assert {line for line in after if line not in known} == set(found.created)
    assert {line for line, state in after.items() if state is MessageState.WITHDRAWN} == set(found.withdrawn)


def test_new_rules_are_read_as_a_project_is(sqlite_staged: Staged, tmp_path: Path) -> None:
    """One file goes with the forms of the call; a mistake is told by file and line."""
    office, _ = sqlite_staged(ranked_five)
    alone = tmp_path / "nowe.yaml"
    shutil.copy(KES / "project.yaml", alone)
    with office.reading(RITA) as session:
        assert rules_to_try(session, CALL, alone) == rules_to_try(session, CALL, KES) == load_project(KES)
    alone.write_text(alone.read_text().replace("seats: 15\n", "seats: wiele\n"))
    with office.reading(RITA) as session, pytest.raises(DefinitionFaulty) as faulty:
        rules_to_try(session, CALL, alone)
    (problem,) = faulty.value.problems
    line = alone.read_text().splitlines().index("    seats: wiele") + 1
    assert (problem.file, problem.line) == ("nowe.yaml", line)


def test_rules_that_do_not_fit_and_people_who_may_not_are_refused(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(ranked_five)
    own = own_rules(office)
    with pytest.raises(BadInput, match="projektu „INNY”"):
        tried(office, own.model_copy(update={"code": "INNY"}))
    with pytest.raises(BadInput, match="PGR"):
        tried(office, own.model_copy(update={"group_kinds": own.group_kinds[1:]}))
    with pytest.raises(NotYet, match="Na próbę się nie losuje"):
        tried(office, other_rules(office, order=(OrderKey.DRAW,)))
    for actor, error in ((FILIP, NotAllowed), (STRANGER, NotFound)):
        with office.reading(actor) as session, pytest.raises(error):
            rehearse(session, CALL, actor=actor, now=office.now())
    with office.reading(KINGA) as session:
        assert rehearse(session, CALL, actor=KINGA, now=office.now()).moved == ()
    with office.reading(KINGA) as session, pytest.raises(NotAllowed):
        rehearse(session, CALL, names=True, actor=KINGA, now=office.now())


def unclear(office: Office) -> list[str]:
    """Whether the second works within the area cannot be told: nobody has asked yet."""
    open_kes_call(office)
    send_in(office, reading(1))
    send_in(office, reading(3, {"instytucja.gmina": "22"}), at="2018-06-06T10:00")
    people.go_to(office, "2018-07-03T09:00")
    return people.numbers(office)


def test_who_would_be_asked_is_told_and_is_then_asked(sqlite_staged: Staged) -> None:
    office, (first, second) = sqlite_staged(unclear)
    found = tried(office)
    assert moves(found) == {"0001": (Stand.OPEN, A)}
    assert found.created == (LetterLine("accepted", first), LetterLine("correction_request", second))
    assert any(second in remark for remark in found.remarks)
    known = set(letters(office))
    people.verified(office)
    assert set(letters(office)) - known == {LetterLine("correction_request", second)}
