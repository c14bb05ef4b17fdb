"""Column types: what is stored is what the law of storage says, on both databases."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa
from conftest import Staged
from hypothesis import given
from hypothesis import strategies as st
from people import WORKER, everything
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import SQLModel, select

from flows.adapters.office import Office
from models.columns import Encrypted, Grosze, Moment, canonical, keyring_of
from models.errors import KeysMissing
from models.tables import Application, Person, Stipend
from models.tables.outbox import MessageState

ENCRYPTED = [
    (table.name, column.name)
    for table in SQLModel.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Encrypted)
]


def test_every_encrypted_column_is_bound_to_its_own_place() -> None:
    bound = {
        (table.name, column.name): column.type.bound_to
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Encrypted)
    }
    assert bound == {(table, column): f"{table}.{column}" for table, column in bound}


def test_what_must_be_encrypted_is() -> None:
    """Law 7, by the columns that hold what somebody said about themselves."""
    assert {
        ("person", "pesel"),
        ("person", "last_name"),
        ("person", "email"),
        ("field_value", "raw"),
        ("field_value", "value"),
        ("field_value", "reason"),
        ("submitted_file", "name"),
        ("submitted_file", "sender"),
        ("pay_statement", "account"),
        ("pay_statement", "body"),
        ("stipend", "snapshot"),
        ("ranking", "snapshot"),
        ("message", "recipient"),
        ("message", "text"),
        ("message", "html"),
        ("message", "calendar"),
        ("decision", "note"),
        ("officer", "name"),
    } <= set(ENCRYPTED)


def test_no_bytes_of_the_database_tell_who_it_is_about(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.reading(WORKER) as session:
        people = session.exec(select(Person)).all()
        known = [text for one in people for text in (one.last_name, one.pesel, one.email) if text]
    assert len(known) == 12
    with office.store.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            plain = sa.text(f'SELECT * FROM "{table.name}"')
            stored = "\n".join(repr(tuple(row)) for row in connection.execute(plain))
            assert [text for text in known if text in stored] == [], table.name


def test_a_ciphertext_moved_to_another_column_does_not_open(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE person SET first_name = last_name WHERE id = 1"))
    with office.reading(WORKER) as session, pytest.raises(KeysMissing):
        session.get(Person, 1)
    with office.reading(WORKER) as session:
        assert session.get_one(Person, 2).first_name == "Zmyślona"


def test_a_database_opened_without_keys_gives_nothing_away(tmp_path: object) -> None:
    engine = sa.create_engine("sqlite://")
    with pytest.raises(TypeError, match="bez kluczy"):
        keyring_of(engine.dialect)


@pytest.mark.parametrize("amount", [1.0, 1.5, True, Decimal(1), "1"])
def test_money_is_whole_grosze_and_nothing_else(amount: object) -> None:
    with pytest.raises(TypeError, match="groszy"):
        Grosze().process_bind_param(amount, sa.create_engine("sqlite://").dialect)  # type: ignore[arg-type]


def test_a_fraction_of_a_grosz_does_not_reach_the_database(staged: Staged) -> None:
    office, _ = staged(everything)
    with pytest.raises((TypeError, StatementError)), office.writing(WORKER) as session:
        stipend = session.exec(select(Stipend)).first()
        assert stipend is not None
        stipend.net = 0.5  # type: ignore[assignment]
        session.add(stipend)
        session.flush()


def test_times_come_back_as_the_same_instant_in_utc(office: Office) -> None:
    eastern = datetime(2018, 6, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    with office.writing(WORKER) as session:
        session.add(Person(first_name="Zmyślona", last_name="Próbna", created_at=eastern))
    with office.reading(WORKER) as session:
        stored = session.exec(select(Person.created_at)).one()
        assert stored == eastern
        assert stored.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused() -> None:
    dialect = sa.create_engine("sqlite://").dialect
    with pytest.raises(TypeError, match="bez strefy"):
        Moment().process_bind_param(datetime(2018, 6, 1), dialect)  # noqa: DTZ001 - the mistake itself
    assert Moment().process_bind_param(datetime(2018, 6, 1, tzinfo=UTC), dialect) == datetime(2018, 6, 1, tzinfo=UTC)


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=5))
def test_equal_values_have_one_spelling(value: dict[str, int | str]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_letters_are_kept_as_letters() -> None:
    assert canonical({"ł": "Żukowo"}) == '{"ł":"Żukowo"}'


def test_no_unknown_state_enters_by_any_road(staged: Staged) -> None:
    office, _ = staged(everything)
    for table in ("application", "call", "message", "stipend", "membership", "submitted_file"):
        with office.store.engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(sa.text(f"UPDATE {table} SET state = 'invented'"))
    call = SQLModel.metadata.tables["call"]
    with office.writing(WORKER) as session, pytest.raises(StatementError):
        session.execute(sa.update(call).values(state="invented"))


def test_states_come_back_as_states(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.reading(WORKER) as session:
        states = session.exec(select(Application.state)).all()
    assert all(type(state).__name__ == "ApplicationState" for state in states)
    assert MessageState("due") is MessageState.DUE


WHOLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=4)
        | st.dictionaries(st.integers(), inner, max_size=2)
    ),
    max_leaves=12,
)


@given(WHOLE)
def test_the_one_spelling_is_that_of_the_standard_library(value: object) -> None:
    """Digests taken before are over its bytes, so a faster encoder may not spell one of them otherwise."""
    assert canonical(value) == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize("value", [datetime(2018, 7, 3, tzinfo=UTC), {1, 2}, Decimal("1.50"), {"a": 1, 2: "b"}])
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)
