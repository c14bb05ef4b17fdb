"""The large synthetic project: its checks pass for what the steps made, and see what somebody made of it since."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from tampering import unprotected

from benchmarks import project
from benchmarks.project_checks import flaws_of, seal_and_audit
from benchmarks.synthetic_project import SEALED, Plan, definition_of, plan_of, rows_of
from flows.adapters.clock import PlayedClock
from flows.adapters.office import Office

SMALL = Plan(partners=1, groups=2, applications=8)
CHANGES = {
    "DELETE FROM message WHERE subject_ref = 'application/1'": ("letters", "applications written to"),
    "DELETE FROM field_value WHERE id = (SELECT max(id) FROM field_value)": ("values of an application",),
    "UPDATE membership SET person_id = (SELECT min(person_id) FROM membership)": ("people with two seats",),
    "UPDATE decision SET outcome = 'reserve' WHERE id = (SELECT min(id) FROM decision WHERE outcome = 'accepted')": (
        "accepted who sit",
        "decisions that differ from their list",
    ),
    "UPDATE call SET last_sequence = last_sequence + 1": ("calls whose numbers do not end where they should",),
    "UPDATE application SET state = 'withdrawn' WHERE id = 1": ("applications by state",),
}


def test_what_came_out_is_right_and_what_was_changed_since_is_seen(sqlite_office: Office) -> None:
    project.play(sqlite_office, SMALL)
    later = replace(sqlite_office, clock=PlayedClock(SEALED))
    found = flaws_of(later, SMALL, actor=project.LEAD) + seal_and_audit(later, actor=project.LEAD)
    assert found.flaws == ()
    assert (found.rows["application"], found.rows["message"], found.rows["decision"]) == (16, 32, 16)
    for statement, sentences in CHANGES.items():
        with unprotected(later, "field_value", "decision", "message") as connection:
            connection.execute(sa.text("PRAGMA foreign_keys=OFF"))
            connection.execute(sa.text(statement))
        said = [flaw.partition(":")[0] for flaw in flaws_of(later, SMALL, actor=project.LEAD).flaws]
        assert set(sentences) <= set(said), statement
    with unprotected(later, "event") as connection:
        connection.execute(sa.text("UPDATE event SET actor = 'nikt' WHERE id = 5"))
    assert len(seal_and_audit(later, actor=project.LEAD).flaws) == 1


@pytest.mark.slow
def test_several_workers_play_two_sizes_and_say_how_it_grows(capsys: pytest.CaptureFixture[str]) -> None:
    assert project.main(["100", "200", "--workers", "2", "--at-most", "0.01"]) == 1
    said = capsys.readouterr().out
    assert "100 applications to 2 groups of 1 partners, 2 workers" in said
    assert "200 applications to 4 groups of 2 partners, 2 workers" in said
    assert said.count("altogether") == 2
    assert "100 to 200: an application costs" in said
    assert "steeper than allowed" in said


def test_the_full_size_is_the_one_that_was_asked_for() -> None:
    plan = plan_of(100_000)
    assert (plan.partners, plan.groups, plan.total) == (50, 2_000, 100_000)
    assert len(set(plan.calls)) == 2_000
    assert [len(pair) for pair in plan.pairs()] == [2] * 1_000
    definition = definition_of(plan)
    assert len({one.voivodship for one in definition.partners}) == 50
    assert sum(len(one.powiats) for one in definition.area.voivodships) == 2_000


def test_the_same_answers_are_made_every_time() -> None:
    plan = plan_of(10_000)
    first, second = (list(rows_of(plan, place)) for place in (0, 1))
    assert first == list(rows_of(plan, 0))
    pesels = [row.answers["pesel"] for row in (*first, *second)]
    assert len(pesels) - len(set(pesels)) == 2 + 2 + 2, "two doubles in each call, and two who apply to both"
    assert len({row.content for row in (*first, *second)}) == 100
