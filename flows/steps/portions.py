"""Work in portions: so many at a time as a task takes, or as a query takes."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final, TypeVar

PORTION: Final = 50
"""A task takes about fifty ids, so that 1,000 applications cost 20 task runs and not 1,000."""
AT_ONCE: Final = 200
"""So many ids go into one query: well below what any database takes, and no more rows in memory than needed."""

T = TypeVar("T")


def portions(items: Collection[T], size: int = PORTION) -> Iterator[list[T]]:
    """The items in their order, at most ``size`` at a time."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
