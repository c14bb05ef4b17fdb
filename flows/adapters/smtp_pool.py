"""A few connections to one mail server, lent to whoever has a mail ready.

They are opened one after the other, and only when they are needed: a wrong password is tried once, not once a
connection. One that the server will not have (it allows fewer) is given up while others work.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Protocol, Self

from flows.adapters.smtp import SmtpTransport, Transport
from models.errors import DeliveryFailed, DeliveryFault


class Line(Protocol):
    """The way out: one transport or several. Whoever is lent one has it alone."""

    @property
    def connections(self) -> int:
        """How many mails may be under way at once."""

    @property
    def delivers(self) -> bool:
        """Whether mails leave the house this way."""

    def lend(self) -> "Lent":
        """Waits for a free transport."""

    def describe(self) -> str:
        """Where the mails go, as a Polish phrase for the officer."""


class Lent(Protocol):
    """A transport on loan, for a ``with`` block that ends as soon as the server has answered."""

    def __enter__(self) -> Transport: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> bool | None: ...


class OneTransport:
    """A line of one transport."""

    connections = 1

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def delivers(self) -> bool:
        return self._transport.delivers

    @contextmanager
    def lend(self) -> Iterator[Transport]:
        yield self._transport

    def describe(self) -> str:
        return self._transport.describe()


class SmtpPool:
    """A line of up to ``size`` connections, for a ``with`` block."""

    delivers = True

    def __init__(self, make: Callable[[], SmtpTransport], size: int) -> None:
        self.connections = size
        self._members = [make() for _ in range(size)]
        self._idle: list[SmtpTransport] = []
        self._change = threading.Condition()
        self._connecting = threading.Lock()
        self._opened = ExitStack()
        self._down: DeliveryFailed | None = None

    def __enter__(self) -> Self:
        self._idle = [self._opened.enter_context(one) for one in self._members]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, traceback)

    def describe(self) -> str:
        return self._members[0].describe()

    @contextmanager
    def lend(self) -> Iterator[Transport]:
        member = _Member(self, self._take())
        try:
            yield member
        finally:
            with self._change:
                self._idle.append(member.transport)
                self._change.notify()

    def _take(self) -> SmtpTransport:
        with self._change:
            while not self._idle:
                self._change.wait()
            # Those that are connected already go first, so no more are opened than are needed.
            at = next((i for i, one in enumerate(self._idle) if one.connected), 0)
            return self._idle.pop(at)

    def open_envelope(self, lent: "_Member", sender: str, recipient: str, *, envelope_id: str) -> None:
        """As ``Transport.open_envelope``; whoever would connect waits until the one before has done so."""
        while not lent.transport.connected:
            with self._connecting:
                if self._down is not None:
                    raise self._down
                try:
                    return lent.transport.open_envelope(sender, recipient, envelope_id=envelope_id)
                except DeliveryFailed as failure:
                    if lent.transport.connected:
                        raise  # a no to this mail
                    if failure.fault in _OFFICES or not self._others_work(lent.transport):
                        self._down = failure
                        raise
            # The server will not have one more connection. This one is given up, and the mail waits for another.
            lent.transport = self._take()
        return lent.transport.open_envelope(sender, recipient, envelope_id=envelope_id)

    def _others_work(self, member: SmtpTransport) -> bool:
        return any(one.connected for one in self._members if one is not member)


_OFFICES = frozenset({DeliveryFault.LOGIN, DeliveryFault.ENCRYPTION})
"""Faults that another connection would meet as well."""


class _Member:
    """What is lent: a connection of the pool, as a ``Transport``."""

    delivers = True

    def __init__(self, pool: SmtpPool, transport: SmtpTransport) -> None:
        self._pool = pool
        self.transport = transport

    def open_envelope(self, sender: str, recipient: str, *, envelope_id: str = "") -> None:
        self._pool.open_envelope(self, sender, recipient, envelope_id=envelope_id)

    def hand_over(self, data: bytes) -> str:
        return self.transport.hand_over(data)

    def drop_envelope(self) -> None:
        self.transport.drop_envelope()

    def describe(self) -> str:
        return self.transport.describe()
