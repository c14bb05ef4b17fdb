"""A mail server to order: at any stage it refuses, hangs up or falls silent, and it tells what it took."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

STAGES = ("MAIL", "RCPT", "DATA", "TEXT")
HANG_UP, SILENCE, NONSENSE, HANG_UP_HAVING_TAKEN = "hang up", "silence", "nonsense", "hang up having taken"


@dataclass
class FaultyServer:
    """``act(stage, nth, recipient)`` says what happens when a stage is come to the ``nth`` time; ``None``: it works."""

    act: Callable[[str, int, str], str | None] = lambda _stage, _nth, _recipient: None
    taken: list[str] = field(default_factory=list)
    """Message-IDs of the mails it has, whether it said so or not."""
    recipients: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    connections: int = 0
    most_at_once: int = 0
    seconds: float = 0.0
    _open: int = 0
    _come_to: Counter[str] = field(default_factory=Counter)

    async def stage(self, name: str, server: SMTP, recipient: str = "") -> str | None:
        """What to answer instead of going on; the connection may be gone by then."""
        self._come_to[name] += 1
        what = self.act(name, self._come_to[name], recipient)
        if what in (HANG_UP, HANG_UP_HAVING_TAKEN):
            server.transport.abort()
            return "421 gone"
        if what == SILENCE:
            await asyncio.sleep(1.5)
            return "421 too late"
        return "what? kto tam?" if what == NONSENSE else what

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self.stage("MAIL", server)
        if answer is None:
            envelope.mail_from = address
            self.options += options
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self.stage("RCPT", server, address)
        if answer is None:
            envelope.rcpt_tos.append(address)
            self.options += options
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            await asyncio.sleep(self.seconds)
            (recipient,) = envelope.rcpt_tos
            nth = self._come_to["TEXT"] + 1
            takes = self.act("TEXT", nth, recipient) in (None, HANG_UP_HAVING_TAKEN, SILENCE, NONSENSE)
            if takes:
                assert isinstance(envelope.content, bytes)
                self.taken.append(str(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"]).strip())
                self.recipients.append(recipient)
                self.contents.append(envelope.content)
            return await self.stage("TEXT", server, recipient) or "250 OK"
        finally:
            self._open -= 1


class _Line(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        server: FaultyServer = self.event_handler
        recipient = self.envelope.rcpt_tos[0] if self.envelope and self.envelope.rcpt_tos else ""
        answer = await server.stage("DATA", self, recipient)
        if answer is None:
            await super().smtp_DATA(arg)
        elif not self.transport.is_closing():
            await self.push(answer)


class _Server(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self) -> SMTP:
        self.handler.connections += 1
        return _Line(self.handler, **self.SMTP_kwargs)


@contextmanager
def running(server: FaultyServer, **options: object) -> Iterator[int]:
    """The server on a free port while the block runs."""
    controller = _Server(server, hostname="127.0.0.1", port=0, server_hostname="test", ready_timeout=10, **options)
    controller.start()
    server.connections = 0  # the controller opens one itself to see that it runs
    try:
        yield int(controller.port)
    finally:
        controller.stop()


def self_signed(folder: Path) -> ssl.SSLContext:
    """The server's side of a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nabor")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain = folder / "chain.pem"
    chain.write_bytes(
        certificate.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    return context
