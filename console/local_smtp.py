"""A real SMTP server on this computer, for the demo: it remembers how many mails came, for how many people."""

from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """What has arrived: Message-IDs, so that a mail that came twice would show, and the number of addressees."""

    message_ids: list[str] = field(default_factory=list)
    recipients: set[str] = field(default_factory=set)

    @property
    def twice(self) -> int:
        return len(self.message_ids) - len(set(self.message_ids))


class _Mailbox:
    def __init__(self, received: Received) -> None:
        self.received = received

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.received.message_ids.append(str(BytesHeaderParser().parsebytes(content)["Message-ID"]).strip())
        self.received.recipients.update(envelope.rcpt_tos)
        return "250 2.0.0 przyjeto"


class _AnyPort(Controller):
    """Takes a free port; the library itself would call on port 0 to see whether the server has started."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def local_smtp() -> Iterator[tuple[int, Received]]:
    """A server on a free port of 127.0.0.1 while the block runs: its port, and what it has received."""
    received = Received()
    controller = _AnyPort(_Mailbox(received), hostname="127.0.0.1", port=0, ready_timeout=10)
    controller.start()
    try:
        yield controller.port, received
    finally:
        controller.stop()
