"""Numbers in a row: bills, batches, contracts and the bank's answers are counted by rows that are locked meanwhile."""

import sqlalchemy as sa
from sqlmodel import Session

from models.tables import StoreNote


def locked_counter(session: Session, name: str) -> StoreNote:
    """The row that counts something. It stays locked until the transaction ends, so whoever comes second waits here
    and then sees what the first did."""
    # Two that come first at the same moment must find one row, not make two.
    session.connection().execute(_FIRST, {"name": name})
    return session.get_one(StoreNote, name, with_for_update=True, populate_existing=True)


def next_of(session: Session, counter: StoreNote, many: int = 1) -> int:
    """The next number of a locked counter, or the first of so many that are taken at once."""
    first = int(counter.value) + 1
    counter.value = str(first + many - 1)
    session.add(counter)
    session.flush()
    return first


_FIRST = sa.text("INSERT INTO store_note (name, value) VALUES (:name, '0') ON CONFLICT (name) DO NOTHING")
