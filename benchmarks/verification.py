"""Verifying the applications of one call: every criterion judged, every verdict sheet stored, every state moved.

    python -m benchmarks.verification [N [ONE_BY_ONE]]        (10 000 and 1 000 by default)

Prints the seconds of the step as ``nabor call verify`` runs it, and beside it those of a plain loop over ``ONE_BY_ONE``
applications that does the same work one application at a time. Both begin from the same stored, encrypted answers in
SQLite and end with the same sheets and states, which is checked. Everybody in it is invented; making them does not
count.
"""

import gc
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import insert
from sqlmodel import Session, col, select

from benchmarks.inputs import PROJECT
from flows.adapters.clock import WARSAW
from flows.steps.calls import find_call, open_call
from flows.steps.said_by_office import declare_unit
from flows.steps.verification import VerificationCounts, to_verify, verify
from models.actor import Actor, Role
from models.events import Happened
from models.form_definition import FormDefinition, LeafType
from models.keys import create_key_file
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, digest
from models.project_file import load_project
from models.rules.conditions import Answered
from models.rules.criteria import Criterion
from models.rules.facts import FieldStatus
from models.storage import Store, open_store
from models.tables import Application, FieldValue, Person, ProjectVersion, VerdictSheet
from models.tables.applications import ApplicationState, Origin
from models.transitions import Move, move_all

LEAD: Final = Actor("benchmark", frozenset(Role))
CRITERIA: Final = 20
OPENS: Final = datetime(2018, 6, 4, 8, 0, tzinfo=WARSAW)
CLOSES: Final = datetime(2018, 6, 22, 15, 30, tzinfo=WARSAW)
NOW: Final = datetime(2018, 7, 3, 9, 0, tzinfo=WARSAW)
CALL: Final = "KES/PGR/2205/2018"


@dataclass(frozen=True)
class Seconds:
    """By the clock on the wall, and of the processor: a busy computer makes the first longer."""

    wall: float
    processor: float


def main(number: int, one_by_one: int) -> None:
    """Prints the figures; raises if the two ways do not end the same."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create_key_file(folder / "keys.json")
        definition = with_twenty_criteria(load_project(PROJECT))
        store = open_store(folder / "data", folder / "keys.json")
        made = _timed(lambda: fill_call(store, definition, number))
        store.close()
        shutil.copytree(folder / "data", folder / "loop")
        kind = definition.group_kind("PGR")
        sys.stdout.write(
            f"{number} applications x {len(kind.criteria)} criteria and {len(kind.merit)} point rules, "
            f"made in {made.wall:.1f} s\n"
        )
        together, states = _run(folder, "data", number, _at_once)
        _say("nabor call verify", number, together, states)
        alone, few_states = _run(folder, "loop", one_by_one, _one_by_one)
        _say("one at a time", one_by_one, alone, few_states)
        if few_states != states[:one_by_one]:
            raise AssertionError("the two ways differ")
        times = alone.processor / one_by_one / (together.processor / number)
        sys.stdout.write(f"the same sheets and states; {times:.1f} times the processor's work one at a time\n")


def with_twenty_criteria(definition: ProjectDefinition) -> ProjectDefinition:
    """The project with as many criteria for the PGR as regulations reach: its own, and one for each further answer."""
    form = definition.form("zalacznik_1_pgr")
    kind = definition.group_kind("PGR")
    further = [
        Criterion(
            code=f"pole_{leaf.key.replace('.', '_')}",
            title=f"Odpowiedź: {leaf.label}",
            paragraph=f"§ 40 ust. 1 pkt {place}",
            test=Answered(kind="answered", field=leaf.key),
            met="Odpowiedzi udzielono.",
            not_met="Odpowiedzi nie udzielono.",
            cannot_tell="Nie można ustalić, czy odpowiedzi udzielono.",
        )
        for place, leaf in enumerate((one for one in form.leaves if one.required), start=1)
    ][: CRITERIA - len(kind.criteria)]
    wider = kind.model_copy(update={"criteria": (*kind.criteria, *(one.code for one in further))})
    return definition.model_copy(
        update={
            "criteria": (*definition.criteria, *further),
            "group_kinds": tuple(wider if one.code == "PGR" else one for one in definition.group_kinds),
        }
    )


def fill_call(store: Store, definition: ProjectDefinition, number: int) -> None:
    """A call with complete applications; one in four fails a criterion."""
    chance = random.Random(2018)  # noqa: S311 - made-up answers
    body = canonical_bytes(definition)
    with store.writing(LEAD) as session:
        session.add(
            ProjectVersion(
                code="KES",
                version=1,
                schema_version=1,
                digest=digest(body),
                body=body,
                loaded_at=OPENS,
                loaded_by="benchmark",
            )
        )
        session.flush()
        call = open_call(session, "KES", "PGR", "2205", opens_at=OPENS, closes_at=CLOSES, actor=LEAD, now=OPENS)
        declare_unit(session, "KES", "2205", signed_on=OPENS.date(), actor=LEAD, now=OPENS)
        call_id = call.id
    assert call_id is not None
    for start in range(0, number, 500):
        with store.writing(LEAD) as session:
            people = [
                Person(first_name="Zmyślona", last_name="Próbna", created_at=OPENS)
                for _ in range(start, min(start + 500, number))
            ]
            session.add_all(people)
            session.flush()
            form = definition.form("zalacznik_1_pgr")
            rows = [_application(form, call_id, person, place) for place, person in enumerate(people, start=start + 1)]
            session.add_all(rows)
            session.flush()
            for place, row in enumerate(rows, start=start + 1):
                session.execute(insert(FieldValue), list(_answers(form, row, place, chance)))
            done = [Move(row, ApplicationState.COMPLETE, Happened.APPLICATION_COMPLETE) for row in rows]
            move_all(session, done, actor=LEAD, now=OPENS)


def _application(form: FormDefinition, call_id: int, person: Person, place: int) -> Application:
    assert person.id is not None
    return Application(
        area="2205",
        number=f"{CALL}/{place:05d}",
        public_number=f"ZG-{place:06d}",
        call_id=call_id,
        person_id=person.id,
        form_key=form.key,
        form_version=form.version,
        received_at=OPENS + timedelta(minutes=place),
        channel="folder",
    )


_BY_TYPE: Final[Mapping[LeafType, object]] = {
    LeafType.STATEMENT: True,
    LeafType.CONSENT: False,
    LeafType.PESEL: "85031500127",
    LeafType.GMINA: "2205023",
    LeafType.DATE: "1985-03-15",
}


def _answers(form: FormDefinition, row: Application, place: int, chance: random.Random) -> Iterator[dict[str, object]]:
    assert row.id is not None
    for leaf in form.leaves:
        value = _BY_TYPE.get(leaf.type, "odpowiedź")
        if leaf.options:
            value = chance.choice(leaf.options).code
        if leaf.type == LeafType.CHOICES:
            value = [option.code for option in leaf.options if chance.random() < 0.4] or [leaf.options[0].code]
        if leaf.key == "praca_bezposrednia":
            value = "nie" if place % 4 == 0 else "tak"
        yield {
            "area": "2205",
            "application_id": row.id,
            "key": leaf.key,
            "origin": Origin.FORM,
            "status": FieldStatus.READ,
            "raw": str(value),
            "value": json.dumps(value, ensure_ascii=False),
            "certainty": 100,
            "recorded_at": OPENS,
            "recorded_by": "benchmark",
        }


def _run(
    folder: Path, data: str, number: int, way: Callable[[Session, Sequence[int]], VerificationCounts]
) -> tuple[Seconds, list[tuple[str, str, int, int]]]:
    """Seconds until everything is committed, and what is stored then."""
    store = open_store(folder / data, folder / "keys.json")
    gc.collect()
    gc.freeze()  # as the command line does when it begins

    def work() -> None:
        with store.writing(LEAD) as session:
            way(session, to_verify(session, CALL)[:number])

    seconds = _timed(work)
    with store.reading(LEAD) as session:
        stored = session.exec(
            select(Application.number, Application.state, VerdictSheet.verdicts, VerdictSheet.merit)
            .join(VerdictSheet, col(VerdictSheet.application_id) == Application.id)
            .where(Application.call_id == find_call(session, CALL).id)
            .order_by(Application.number)
        ).all()
    store.close()
    if len(stored) != number:
        raise AssertionError(f"{len(stored)} sheets of {number}")
    return seconds, [(row[0], row[1], len(row[2]["verdicts"]), row[3]) for row in stored]


def _at_once(session: Session, ids: Sequence[int]) -> VerificationCounts:
    return verify(session, ids, actor=LEAD, now=NOW)


def _one_by_one(session: Session, ids: Sequence[int]) -> VerificationCounts:
    counts = VerificationCounts()
    for application_id in ids:
        counts += verify(session, [application_id], actor=LEAD, now=NOW)
    return counts


def _timed(work: Callable[[], None]) -> Seconds:
    wall, processor = time.monotonic(), time.process_time()
    work()
    return Seconds(time.monotonic() - wall, time.process_time() - processor)


def _say(way: str, number: int, seconds: Seconds, stored: Sequence[tuple[str, str, int, int]]) -> None:
    eligible = sum(state == ApplicationState.ELIGIBLE for _, state, _, _ in stored)
    sys.stdout.write(
        f"{way:>18}: {number} in {seconds.wall:.2f} s (processor {seconds.processor:.2f} s), eligible {eligible}, "
        f"not eligible {len(stored) - eligible}\n"
    )


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [10_000, 1_000][len(given) :]))
