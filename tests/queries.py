"""What a step asks of the database, for tests that it does not ask more as a project grows."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from flows.adapters.office import Office


@contextmanager
def statements_of(office: Office) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    sa.event.listen(office.store.engine, "before_cursor_execute", listen)
    yield asked
    sa.event.remove(office.store.engine, "before_cursor_execute", listen)
