"""What every story is made of: acts at their moments, and the hands that run the processes for it.

A story knows no Prefect. It is handed ``Hands`` that run the processes: the demo's hands call flows against a server,
the tests' hands call the steps directly, and both must come to the same end.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeAlias

from flows.adapters.clock import WARSAW, PlayedClock
from flows.adapters.office import Office
from flows.steps.officers import issue_ticket, log_in
from models.actor import Actor, process

SECRET = "to-tylko-demo"  # noqa: S105 - the demo's officers are nobody
Ticket: TypeAlias = Callable[[], str]
"""Issues the officer's signature when it is needed."""


class Hands(Protocol):
    """Who runs the processes. ``ticket`` is the officer's signature where a process asks for one."""

    def intake(self, folder: Path) -> None: ...
    def verify(self, call: str) -> None: ...
    def rank(self, call: str) -> None: ...
    def decide(
        self, call: str, lines: list[tuple[str, str, str]], *, rest_as_proposed: bool, officer: str, ticket: Ticket
    ) -> None: ...
    def announce(self, call: str, *, officer: str, ticket: Ticket) -> None: ...
    def admit(self) -> None: ...
    def invite(self) -> None: ...
    def settle(self, call: str, meeting: str, paid_on: date, *, officer: str, ticket: Ticket) -> None: ...
    def export_batch(self, batch: str, *, officer: str, ticket: Ticket) -> None: ...
    def reconcile(self, file: str, *, officer: str, ticket: Ticket) -> None: ...
    def remind(self) -> None: ...
    def deliver(self) -> None: ...
    def seal(self) -> None: ...


@dataclass(frozen=True)
class Act:
    """What happens at a moment."""

    at: datetime
    title: str
    play: Callable[[], None]


def played(acts: Sequence[Act], clock: PlayedClock) -> Iterator[Act]:
    """Plays the acts in order, each at its moment; yields each one before it is played."""
    for act in acts:
        if act.at > clock.now():
            clock.move_to(act.at)
        yield act
        act.play()


def moment(text: str) -> datetime:
    """An instant by the clock in Warsaw."""
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


def officer_of(office: Office, login: str) -> Actor:
    """An officer of the story, logged in."""
    with office.reading(process("demo")) as session:
        return log_in(session, login, SECRET)


def ticket_of(office: Office, login: str) -> Ticket:
    """The officer's signature, issued when a process asks for it."""

    def issue() -> str:
        actor = officer_of(office, login)
        with office.writing(actor) as session:
            return issue_ticket(session, actor=actor, now=office.now())

    return issue
