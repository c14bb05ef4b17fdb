"""Schema migrations (Alembic). The tables of an empty database come from here too, never from ``create_all``."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


@cache
def head_revision() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "a release without migrations"
    return head


def current_revision(engine: Engine) -> str | None:
    """The revision the database stands at; ``None`` for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Moves the database up in one transaction; two starters at once wait for each other."""
    config = _config()
    with engine.execution_options(nabor_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20180401)")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
