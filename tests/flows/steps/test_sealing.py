"""Seals over the log: what is sealed cannot be changed unseen, and nothing of today is sealed."""

import pytest
import sqlalchemy as sa
from conftest import Staged
from people import ADAM, RITA, STRANGER, WORKER, everything, go_to, moment, open_kes_call
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.sealing import Audit, audit_log, seal_days
from models.actor import Actor, Role
from models.errors import NotAllowed
from models.events import Happened
from models.tables import Event, Seal
from models.transitions import note


def sealed(office: Office, at: str) -> int:
    now = go_to(office, at)
    with office.writing(ADAM) as session:
        return seal_days(session, actor=ADAM, now=now)


def audit(office: Office) -> Audit:
    with office.reading(ADAM) as session:
        return audit_log(session, actor=ADAM)


def tell(office: Office, at: str, count: int = 1) -> None:
    """Something happened at a time in Warsaw, and is written down now."""
    with office.writing(ADAM) as session:
        for _ in range(count):
            note(session, "call/1", happened=Happened.CALL_OPENED, actor=ADAM, now=moment(at))


def seals(office: Office) -> list[tuple[str, int]]:
    with office.reading(ADAM) as session:
        return [(seal.day.isoformat(), seal.events) for seal in session.exec(select(Seal).order_by(col(Seal.id)))]


def three_days(office: Office) -> None:
    """Two events on each of three days, and one today."""
    for day in ("2018-06-01", "2018-06-02", "2018-06-04"):
        tell(office, f"{day}T10:00", 2)
    tell(office, "2018-06-05T00:00")


def test_each_day_that_is_over_gets_one_seal(office: Office) -> None:
    three_days(office)
    assert sealed(office, "2018-06-05T00:30") == 3
    assert seals(office) == [("2018-06-01", 2), ("2018-06-02", 2), ("2018-06-04", 2)]
    assert sealed(office, "2018-06-05T23:59") == 0
    assert audit(office) == Audit(seals=3, events=6, unsealed=1, broken=())


def test_the_day_ends_at_midnight_in_warsaw(office: Office) -> None:
    tell(office, "2018-06-01T23:59")
    tell(office, "2018-06-02T00:01")
    assert sealed(office, "2018-06-02T12:00") == 1
    assert seals(office) == [("2018-06-01", 1)]


def test_a_late_event_goes_to_a_later_seal(office: Office) -> None:
    three_days(office)
    sealed(office, "2018-06-05T00:30")
    tell(office, "2018-06-02T09:00")
    assert sealed(office, "2018-06-06T00:30") == 1
    assert seals(office)[:3] == [("2018-06-01", 2), ("2018-06-02", 2), ("2018-06-04", 2)]
    assert seals(office)[3] == ("2018-06-05", 2)
    assert audit(office).broken == ()


def test_nothing_waits_behind_what_belongs_to_today(office: Office) -> None:
    """An event of yesterday that is written after one of today waits for the next seal, and is then sealed."""
    tell(office, "2018-06-05T08:00")
    tell(office, "2018-06-04T08:00")
    assert sealed(office, "2018-06-05T12:00") == 0
    assert sealed(office, "2018-06-06T00:30") == 1
    assert audit(office) == Audit(seals=1, events=2, unsealed=0, broken=())


def test_an_empty_log_needs_no_seal(office: Office) -> None:
    assert sealed(office, "2018-06-05T00:30") == 0
    assert audit(office) == Audit(0, 0, 0, ())


def tamper(office: Office, statement: str) -> None:
    """What somebody with the database in their hands can do: take the guards away and change a row."""
    with office.store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(sa.text(f"DROP TRIGGER event_no_{verb}"))
        else:
            connection.execute(sa.text("DROP TRIGGER event_append_only ON event"))
        connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'ktos-inny' WHERE id = 3",
        'UPDATE event SET facts = \'{"outcome":"accepted"}\' WHERE id = 3',
        "UPDATE event SET kind = 'Decided' WHERE id = 3",
        "UPDATE event SET subject = 'call/2' WHERE id = 3",
        "UPDATE event SET area = '30' WHERE id = 3",
        "UPDATE event SET at = '2018-06-02 08:00:01' WHERE id = 3",
        "DELETE FROM event WHERE id = 3",
        "UPDATE event SET id = 99 WHERE id = 3",
    ],
)
def test_a_change_of_the_past_is_named(office: Office, statement: str) -> None:
    three_days(office)
    sealed(office, "2018-06-05T00:30")
    tamper(office, statement)
    (broken,) = audit(office).broken
    assert broken == "pieczęć z 2018-06-02: zdarzenia 3–4 różnią się od opieczętowanych"


def test_a_seal_made_anew_does_not_join_the_next(office: Office) -> None:
    three_days(office)
    sealed(office, "2018-06-05T00:30")
    with office.store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text("DROP TRIGGER seal_no_update"))
        else:
            connection.execute(sa.text("DROP TRIGGER seal_append_only ON seal"))
        connection.execute(sa.text(f"UPDATE seal SET digest = '{'0' * 64}' WHERE id = 2"))
    assert any("nie łączy się" in sentence for sentence in audit(office).broken)


def test_only_who_sees_everything_seals_and_audits(sqlite_staged: Staged) -> None:
    """An officer of one area would see a part of the events and take the rest for missing."""
    office, _ = sqlite_staged(everything)
    of_one_area = Actor("ala", frozenset({Role.ADMINISTRATOR}), "22")
    for actor in (RITA, STRANGER, of_one_area):
        with office.reading(actor) as session, pytest.raises(NotAllowed):
            audit_log(session, actor=actor)
        with office.writing(actor) as session, pytest.raises(NotAllowed):
            seal_days(session, actor=actor, now=office.now())
    with office.writing(WORKER) as session:
        assert seal_days(session, actor=WORKER, now=office.now()) >= 0


def test_the_example_office_is_intact(staged: Staged) -> None:
    office, _ = staged(everything)
    found = audit(office)
    assert found.broken == ()
    assert found.events > 50
    with office.reading(ADAM) as session:
        assert found.events + found.unsealed == len(session.exec(select(Event.id)).all())


def test_the_call_is_in_the_log(office: Office) -> None:
    open_kes_call(office)
    assert audit(office).unsealed == 1
