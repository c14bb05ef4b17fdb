"""What a step reads does not grow with the rest of the project, and says the same as when it read everything."""

import hashlib
import random
import threading
from collections import defaultdict
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from queries import statements_of
from sqlmodel import Session, col, select

from benchmarks.project import LEAD, begin
from benchmarks.synthetic_project import CLOSES, DECIDED, SEALED, Plan, definition_of, reading_of, rows_of, territory_of
from flows.adapters.office import Office
from flows.steps import projects, sealing
from flows.steps.belonging import call_for
from flows.steps.people import office_data_key
from flows.steps.preferences import _connected
from flows.steps.projects import definition_of as stored_definition
from flows.steps.sealing import audit_log, seal_days
from models.columns import canonical
from models.events import Happened
from models.tables import Application, Call, DataKey, Event, Person, Seal, SubmittedFile
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.transitions import note

PLAN = Plan(partners=3, groups=24, applications=1)


def waiting_in(office: Office, incidence: list[tuple[int, int]], ranked: set[int]) -> None:
    """People (by number from 1) who wait in calls, and the calls that have a list."""
    with office.writing(LEAD) as session:
        for person in range(1, max(person for person, _ in incidence) + 1):
            session.add(Person(id=person, first_name="", last_name="", created_at=DECIDED))
        session.flush()
        for place, (person, call) in enumerate(incidence):
            code = PLAN.calls[call - 1]
            session.add(
                Application(
                    area=code.split("/")[2],
                    number=f"{code}/{place:04d}",
                    public_number=f"ZG-{place}",
                    call_id=call,
                    person_id=person,
                    form_key="zalacznik_1_pgr",
                    form_version="1.0",
                    received_at=CLOSES,
                    channel="table",
                    state=ApplicationState.RANKED,
                )
            )
        session.flush()
        session.connection().execute(sa.update(Call).where(col(Call.id).in_(ranked)).values(state=CallState.RANKED))


def reached_from(own: int, incidence: list[tuple[int, int]], ranked: set[int]) -> set[int]:
    """The calls that a call's persons wait in, and so on: the plain way, over everything that there is."""
    people, calls = defaultdict(set), defaultdict(set)
    for person, call in incidence:
        people[call].add(person)
        calls[person].add(call)
    found, newly = set[int](), people[own]
    while more := {call for person in newly for call in calls[person]} & (ranked - {own}) - found:
        found |= more
        newly = {person for call in more for person in people[call]}
    return found


@pytest.mark.parametrize("seed", range(2))
def test_the_calls_that_persons_connect_are_found_from_the_persons_on(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    incidence = sorted({(chance.randint(1, 30), chance.randint(1, 24)) for _ in range(40)})
    ranked = {call for call in range(1, 25) if chance.random() < 0.8}
    begin(office, PLAN, definition_of(PLAN))
    waiting_in(office, incidence, ranked)
    with office.reading(LEAD) as session:
        for own in range(1, 25):
            persons = {person for person, call in incidence if call == own}
            connected = _connected(session, session.get_one(Call, own), definition_of(PLAN), persons)
            assert {one.id for one in connected} == reached_from(own, incidence, ranked)
            assert [one.code for one in connected] == sorted(one.code for one in connected)


def test_a_form_finds_its_call_without_reading_all_calls(office: Office) -> None:
    definition = definition_of(PLAN)
    begin(office, PLAN, definition)
    row = next(rows_of(PLAN, 17))
    reading = reading_of(definition, row, territory_of(definition))
    file = SubmittedFile(
        content_lookup="",
        size=1,
        stored_as="",
        data_key_id="",
        received_at=row.received_at,
        channel="",
        taken_in_at=CLOSES,
    )
    read: list[str] = []

    def count(call: Call, _context: object) -> None:
        read.append(call.code)

    sa.event.listen(Call, "load", count)
    try:
        with office.reading(LEAD) as session:
            assert call_for(session, "", file, reading, row.answers["instytucja.gmina"]).code == PLAN.calls[17]
    finally:
        sa.event.remove(Call, "load", count)
    assert read == [PLAN.calls[17]]


def test_a_definition_is_read_once_a_process_and_asked_for_once_a_session(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(office, PLAN, definition_of(PLAN))
    monkeypatch.setattr(projects, "_READ", {})
    for bodies in (1, 0):
        with office.reading(LEAD) as session, statements_of(office) as asked:
            definitions = [stored_definition(session, 1) for _ in range(5)]
        assert definitions == [definition_of(PLAN)] * 5
        assert len(asked) == 1 + bodies
    monkeypatch.setattr(projects, "_READ", {"0" * 64: definition_of(PLAN)})
    with office.reading(LEAD) as session, statements_of(office) as asked:
        stored_definition(session, 1)
    assert len(asked) == 2, "what was read of another digest is not taken for this one"


def test_the_first_two_to_need_the_offices_key_have_the_same_one(office_on: Callable[[str], Office]) -> None:
    office = office_on("postgresql")
    got: list[tuple[str, bytes]] = []

    def second() -> None:
        with office.writing(LEAD) as session:
            got.append(office_data_key(session, now=CLOSES))

    with office.writing(LEAD) as session:
        got.append(office_data_key(session, now=CLOSES))
        thread = threading.Thread(target=second)
        thread.start()
        _until_somebody_waits(session)
    thread.join(timeout=30)
    assert len(got) == 2
    assert got[0] == got[1]
    with office.reading(LEAD) as session:
        assert session.exec(select(DataKey.id)).all() == [got[0][0]], "and no other key is left behind"


def _until_somebody_waits(session: Session) -> None:
    for _ in range(3_000):
        waiting = session.connection().execute(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()
        if waiting:
            return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits for the key")


def test_a_seal_over_many_portions_is_the_digest_of_all_its_events(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_AT_A_TIME", 3)
    with office.writing(LEAD) as session:
        for number in range(10):
            note(session, f"call/{number}", happened=Happened.CALL_OPENED, actor=LEAD, now=DECIDED, facts={"n": number})
    with office.writing(LEAD) as session:
        assert seal_days(session, actor=LEAD, now=SEALED) == 1
    with office.reading(LEAD) as session:
        (seal,) = session.exec(select(Seal)).all()
        events = session.exec(select(Event).order_by(col(Event.id))).all()
        lines = [[e.id, e.at.isoformat(), e.actor, e.kind, e.subject, e.area, e.facts] for e in events]
        body = "0" * 64 + "".join(canonical(line) + "\n" for line in lines)
        assert seal.digest == hashlib.sha256(body.encode()).hexdigest()
        assert (seal.first_event, seal.last_event, seal.events) == (events[0].id, events[-1].id, 10)
        assert audit_log(session, actor=LEAD).broken == ()
