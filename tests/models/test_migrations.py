"""Migrations: what they make is what the models say, up and down, on both databases."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from conftest import DATABASES
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from models import migrations
from models.errors import DatabaseNotReady
from models.keys import create_key_file
from models.storage import connect, open_store


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest) -> str | None:
    """Where an empty database is; ``None`` is the data folder."""
    if request.param == "sqlite":
        return None
    address = request.getfixturevalue("postgres_url")
    assert isinstance(address, str)
    return address


@pytest.fixture(scope="module", params=DATABASES)
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database that was migrated up from empty, which takes a while; each test leaves it there."""
    with ExitStack() as stack:
        address = None
        if request.param == "postgresql":
            address = stack.enter_context(request.getfixturevalue("new_database")())
        engine = connect(tmp_path_factory.mktemp("migrated"), address)
        stack.callback(engine.dispose)
        migrations.upgrade(engine)
        yield engine


def test_an_empty_database_has_no_revision(tmp_path: Path, url: str | None) -> None:
    engine = connect(tmp_path / "data", url)
    assert migrations.current_revision(engine) is None
    engine.dispose()


def test_what_the_migrations_make_is_what_the_models_say(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_checks_know_exactly_the_states_that_the_models_know(migrated: Engine) -> None:
    """Alembic does not compare them: a state added to an enum alone would be refused by the database."""
    inspector = sa.inspect(migrated)
    known, stored = {}, {}
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.Enum):
                known[table.name, column.name] = set(column.type.enums)
        for check in inspector.get_check_constraints(table.name):
            column_name = re.search(r"\w+", check["sqltext"])
            assert column_name is not None
            stored[table.name, column_name.group()] = set(re.findall(r"'([^']*)'", check["sqltext"]))
    assert stored == known


def test_migrating_again_changes_nothing(migrated: Engine) -> None:
    migrations.upgrade(migrated)
    assert migrations.current_revision(migrated) == migrations.head_revision()


def test_down_to_nothing_and_up_again(migrated: Engine) -> None:
    with _alembic(migrated) as config:
        command.downgrade(config, "base")
    assert set(sa.inspect(migrated).get_table_names()) <= {"alembic_version"}
    if migrated.dialect.name == "postgresql":
        with migrated.connect() as connection:
            functions = (
                "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
            )
            assert connection.execute(sa.text(functions)).all() == []
    migrations.upgrade(migrated)
    assert migrations.current_revision(migrated) == migrations.head_revision()


@contextmanager
def _alembic(engine: Engine) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with migrations._rebuilding(engine) as connection, connection.begin():
        config.attributes["connection"] = connection
        yield config


def test_a_database_of_another_release_is_left_alone(tmp_path: Path, url: str | None) -> None:
    create_key_file(tmp_path / "keys.json")
    engine = connect(tmp_path / "data", url)
    with _alembic(engine) as config:
        command.stamp(config, "head")
    with engine.execution_options(nabor_writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseNotReady, match="nabor office upgrade"):
        open_store(tmp_path / "data", tmp_path / "keys.json", url)


def test_there_is_one_line_of_migrations() -> None:
    assert re.fullmatch(r"[0-9a-z_]+", migrations.head_revision())


def test_rows_of_earlier_releases_are_carried_over(tmp_path: Path, url: str | None) -> None:
    engine = connect(tmp_path / "data", url)
    with _alembic(engine) as config:
        command.upgrade(config, "0001")
    with engine.execution_options(nabor_writes=True).begin() as connection:
        _put(connection, {}, "message", key="k", state="sent")
    with _alembic(engine) as config:
        command.upgrade(config, "0018")
    with engine.execution_options(nabor_writes=True).begin() as connection:
        hours = {"starts_at": datetime(2018, 9, 22, 7, tzinfo=UTC), "ends_at": datetime(2018, 9, 22, 13, tzinfo=UTC)}
        known: dict[str, object] = {}
        known["meeting_day"] = _put(connection, known, "meeting_day", **hours)
        for table in ("attendance", "substitute_attendance"):
            for version, minutes in enumerate((0, 240, 360), start=1):
                _put(connection, known, table, id=version, version=version, minutes=minutes)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        messages = connection.execute(sa.text("SELECT key, state, not_after FROM message")).all()
        assert messages == [("k", "sent", None)]
        for table in ("attendance", "substitute_attendance"):
            found = connection.execute(sa.text(f"SELECT minutes, status, place FROM {table} ORDER BY version")).all()
            assert found == [(0, "absent", ""), (240, "partial", ""), (360, "present", "")]
    engine.dispose()


@pytest.mark.parametrize(
    "release", ["0001", *(pytest.param(older, marks=pytest.mark.slow) for older in ("0012", "0017", "0023", "0031"))]
)
def test_a_full_office_of_an_earlier_release_loses_nothing(tmp_path: Path, url: str | None, release: str) -> None:
    """Tables that others refer to are rebuilt on SQLite, which refuses to drop them while it checks references."""
    engine = connect(tmp_path / "data", url)
    with _alembic(engine) as config:
        command.upgrade(config, release)
    with engine.execution_options(nabor_writes=True).begin() as connection:
        known: dict[str, object] = {}
        tables = sorted(set(sa.inspect(connection).get_table_names()) - {"alembic_version"})
        for name in tables:
            if name not in known:
                known[name] = _put(connection, known, name)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        left = {name: connection.execute(sa.text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables}
        assert set(left.values()) == {1}, left
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    engine.dispose()


@pytest.mark.slow
def test_the_newest_migrations_go_down_and_up_again_with_rows(tmp_path: Path, url: str | None) -> None:
    """What the release before has no room for is shortened or left out; every other row is there again."""
    engine = connect(tmp_path / "data", url)
    migrations.upgrade(engine)
    with engine.execution_options(nabor_writes=True).begin() as connection:
        known: dict[str, object] = {}
        tables = sorted(set(sa.inspect(connection).get_table_names()) - {"alembic_version"})
        for name in tables:
            if name not in known:
                known[name] = _put(connection, known, name, **_OF_A_MEETING.get(name, {}))
        another = {"id": 2, "content_lookup": "y", "stored_as": "y"}
        _put(connection, known, "submitted_file", **another, answers_number="POW/" + "Ł" * 76)
        session = {"meeting_id": None, "support_session_id": known["support_session"]}
        _put(connection, known, "attendance_file", **another, **session)
    with _alembic(engine) as config:
        command.downgrade(config, "0031")
    with engine.connect() as connection:
        numbers = connection.execute(sa.text("SELECT answers_number FROM submitted_file ORDER BY id")).scalars().all()
        assert numbers == [None, "POW/" + "Ł" * 56]
        kept = _counts(connection)
    assert kept == {name: 2 if name == "submitted_file" else 1 for name in tables if name != "seat_change"}
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert _counts(connection) == {**kept, "seat_change": 0}
    engine.dispose()


_OF_A_MEETING = {"attendance_file": {"meeting_id": 1}}


def _counts(connection: sa.Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    return {name: connection.execute(sa.text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables}


@pytest.mark.slow
def test_answers_of_who_was_to_come_outlive_the_way_down_and_up(tmp_path: Path, url: str | None) -> None:
    """Earlier releases know no such invitation; the answers to it are kept for ever, and refer to it."""
    engine = connect(tmp_path / "data", url)
    migrations.upgrade(engine)
    with engine.execution_options(nabor_writes=True).begin() as connection:
        known: dict[str, object] = {}
        invitation = _put(connection, known, "invitation", role="successor", state="accepted")
        _put(connection, known, "invitation_answer", invitation_id=invitation)
        _put(connection, known, "seat_change", state="awaited")
    with _rebuilt(engine) as config:
        command.downgrade(config, "0031")
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT role, state FROM invitation")).all()
        answers = connection.execute(sa.text("SELECT invitation_id FROM invitation_answer")).scalars().all()
    assert (found, answers) == ([("substitute", "cancelled")], [invitation])
    assert "seat_change" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT role, state FROM invitation")).all() == found
        assert connection.execute(sa.text("SELECT invitation_id FROM invitation_answer")).scalars().all() == answers
        assert connection.execute(sa.text("SELECT count(*) FROM seat_change")).scalar_one() == 0
    engine.dispose()


@contextmanager
def _rebuilt(engine: Engine) -> Iterator[Config]:
    """As an upgrade is made: SQLite rebuilds tables that others refer to, and looks at all references at the end."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.connect().execution_options(nabor_writes=True) as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        if connection.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            config.attributes["connection"] = connection
            yield config
            if connection.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        if connection.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys=ON")


def _put(connection: sa.Connection, known: dict[str, object], name: str, **values: object) -> object:
    """A row with whatever it needs to be one, and with the rows that it belongs to; its key. ``known``: what is there
    already, by table."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    allowed = {}
    for check in sa.inspect(connection).get_check_constraints(name):
        column, *states = re.findall(r"^\W*(\w+)|'([^']*)'", check["sqltext"])
        allowed[column[0]] = states[0][1]
    for one in table.columns:
        if one.nullable or one.name in values or (one.server_default is not None and not one.primary_key):
            continue
        (parent, *_) = [*(key.column.table.name for key in one.foreign_keys), ""]
        if parent and parent not in known:
            known[parent] = _put(connection, known, parent)
        values[one.name] = known[parent] if parent else allowed.get(one.name, _SOMETHING[one.type._type_affinity])
    connection.execute(table.insert().values(**values))
    return values[next(iter(table.primary_key.columns)).name]


_SOMETHING: dict[type[sa.types.TypeEngine[object]] | None, object] = {
    sa.Integer: 1,
    sa.String: "x",
    sa.Text: "{}",
    sa.LargeBinary: b"x",
    sa.types._Binary: b"x",
    sa.Boolean: False,
    sa.Date: date(2018, 9, 22),
    sa.DateTime: datetime(2018, 9, 22, 7, tzinfo=UTC),
}
