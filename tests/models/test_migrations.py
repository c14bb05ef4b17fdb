"""Migrations: what they make is what the models say, up and down, on both databases."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
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


@pytest.fixture
def migrated(tmp_path: Path, url: str | None) -> Iterator[Engine]:
    """A database that was migrated up from empty."""
    engine = connect(tmp_path / "data", url)
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


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
    with engine.execution_options(nabor_writes=True).begin() as connection:
        config.attributes["connection"] = connection
        yield config


def test_a_database_of_another_release_is_left_alone(tmp_path: Path, url: str | None) -> None:
    create_key_file(tmp_path / "keys.json")
    store = open_store(tmp_path / "data", tmp_path / "keys.json", url)
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(DatabaseNotReady, match="nabor office upgrade"):
        open_store(tmp_path / "data", tmp_path / "keys.json", url)


def test_there_is_one_line_of_migrations() -> None:
    assert re.fullmatch(r"[0-9a-z_]+", migrations.head_revision())


def test_messages_of_the_release_before_are_carried_over(tmp_path: Path, url: str | None) -> None:
    engine = connect(tmp_path / "data", url)
    with _alembic(engine) as config:
        command.upgrade(config, "0001")
    columns = {
        "area": "2205",
        "key": "k",
        "event": "accepted",
        "subject_ref": "application/1",
        **dict.fromkeys(("recipient", "subject", "text", "html"), b"x"),
        **dict.fromkeys(("sender_name", "sender_address", "reply_to", "calendar_method", "contradicts"), ""),
        **dict.fromkeys(("claimed_by", "edited_by"), ""),
        "message_id": "m",
        "attempts": 1,
        "created_by": "rita",
        "state": "sent",
        **dict.fromkeys(("not_before", "created_at"), "2018-07-06 09:00:00+00"),
    }
    names = ", ".join(columns)
    places = ", ".join(f":{name}" for name in columns)
    with engine.execution_options(nabor_writes=True).begin() as connection:
        connection.execute(sa.text(f"INSERT INTO message ({names}) VALUES ({places})"), columns)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT key, state, not_after FROM message")).all() == [("k", "sent", None)]
    engine.dispose()
