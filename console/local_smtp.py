"""A real SMTP server on this computer, for the demo: it remembers how many mails came, for how many people."""

from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

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
        head = content.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        ids = [line.partition(":")[2].strip() for line in head.splitlines() if line.lower().startswith("message-id:")]
        self.received.message_ids += ids
        self.received.recipients.update(envelope.rcpt_tos)
        return "250 2.0.0 przyjeto"


@contextmanager
def local_smtp() -> Iterator[tuple[int, Received]]:
    """A server on a free port of 127.0.0.1 while the block runs: its port, and what it has received."""
    received = Received()
    controller = Controller(_Mailbox(received), hostname="127.0.0.1", port=0, ready_timeout=10)
    controller.start()
    try:
        assert isinstance(controller.server, Server)
        yield controller.server.sockets[0].getsockname()[1], received
    finally:
        controller.stop()
