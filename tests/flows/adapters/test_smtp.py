"""Against a real SMTP server in this process: what the outbox learns from each way a delivery can go."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from flows.adapters.mail_encoding import Mail, encode_mail
from flows.adapters.smtp import DeliveryUncertain, MinuteLimit, SmtpTransport, TlsMode, guard_recipient
from models.errors import DeliveryFailed, DeliveryFault, SettingsFaulty

OFFICE = "rekrutacja@rops.example"
ZOFIA = "zofia.przykladna@poczta.example"
TEXT = b"Subject: proba\r\n\r\n.kropka\r\nkoniec\r\n"


@dataclass
class Postman:
    """A mail server to order: answers by stage, breaks the connection at a stage, counts what it sees."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    hang_up_at: str = ""
    silent_at: str = ""
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0

    def answer(self, stage: str, server: SMTP) -> str:
        if self.hang_up_at == stage:
            server.transport.abort()
        waiting = self.answers.get(stage, [])
        return waiting.pop(0) if waiting else "250 OK"

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answer("MAIL", server)
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answer("RCPT", server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.silent_at == "TEXT":
            await asyncio.sleep(2)
        answer = self.answer("TEXT", server)
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.mails.append((envelope.rcpt_tos[0], envelope.content))
        return answer


class Line(SMTP):
    """One connection; may break before it asks for the text."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        postman: Postman = self.event_handler
        if postman.hang_up_at == "DATA":
            self.transport.abort()
        elif postman.answers.get("DATA"):
            await self.push(postman.answers["DATA"].pop(0))
        else:
            await super().smtp_DATA(arg)


class Office(Controller):
    """The server on a free port, with its connections counted."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self) -> SMTP:
        self.handler.connections += 1
        return Line(self.handler, **self.SMTP_kwargs)


Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Office] = []

    def start(postman: Postman, **options: object) -> int:
        office = Office(postman, hostname="127.0.0.1", port=0, server_hostname="test", **options)
        office.start()
        running.append(office)
        postman.connections = 0  # the controller opens one itself to see that it runs
        return int(office.port)

    yield start
    for office in running:
        office.stop()


def transport(port: int, *, tls: TlsMode = TlsMode.NONE, timeout: float = 5, **options: object) -> SmtpTransport:
    return SmtpTransport(
        "127.0.0.1",
        port,
        tls=tls,
        timeout=timeout,
        allow_reserved=True,
        local_hostname="nabor",
        **options,  # type: ignore[arg-type]
    )


def send(smtp: SmtpTransport, sender: str, recipient: str, data: bytes) -> str:
    """One mail, as the outbox sends it: the envelope first, then the text."""
    smtp.open_envelope(sender, recipient)
    return smtp.hand_over(data)


def test_a_mail_arrives_byte_for_byte(serve: Serve) -> None:
    postman = Postman()
    with transport(serve(postman)) as smtp:
        assert send(smtp, OFFICE, ZOFIA, TEXT) == "250 OK"
    assert postman.mails == [(ZOFIA, TEXT)]


def test_many_mails_share_one_connection(serve: Serve) -> None:
    postman = Postman()
    with transport(serve(postman)) as smtp:
        for number in range(30):
            send(smtp, OFFICE, f"osoba{number}@poczta.example", TEXT)
    assert postman.connections == 1
    assert [address for address, _ in postman.mails] == [f"osoba{number}@poczta.example" for number in range(30)]


def test_polish_subject_is_intact_on_the_wire(serve: Serve) -> None:
    subject = "Uzupełnienie zgłoszenia K7M4-Q2XR –  prosimy  do 19.10.2018 r. („Kooperacja – efektywna i skuteczna”)"
    mail = Mail(
        from_name="Ośrodek",
        from_address=OFFICE,
        to_address=ZOFIA,
        subject=subject,
        text="Żółć.",
        html="<p>Żółć.</p>",
        message_id="<1@rops.example>",
        date=datetime(2018, 10, 12, tzinfo=UTC),
    )
    postman = Postman()
    with transport(serve(postman)) as smtp:
        send(smtp, OFFICE, ZOFIA, encode_mail(mail))
    ((_, received),) = postman.mails
    assert received == encode_mail(mail)
    assert str(make_header(decode_header(message_from_bytes(received)["Subject"]))) == subject


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "TEXT"])
@pytest.mark.parametrize(
    ("answer", "temporary"),
    [
        ("450 4.2.0 <zofia.przykladna@poczta.example> greylisted, try later", True),
        ("451 4.7.1 try later", True),
        ("550 5.1.1 <zofia.przykladna@poczta.example> no such user", False),
        ("554 5.7.1 rejected as spam", False),
        ("530 5.7.0 authentication required", True),
    ],
)
def test_a_refusal_is_certain_and_the_next_mail_goes_over_the_same_connection(
    serve: Serve, stage: str, answer: str, temporary: bool
) -> None:
    postman = Postman(answers={stage: [answer]})
    with transport(serve(postman)) as smtp:
        with pytest.raises(DeliveryFailed) as failure:
            send(smtp, OFFICE, ZOFIA, TEXT)
        assert (failure.value.code, failure.value.temporary) == (int(answer[:3]), temporary)
        assert answer.split()[1] in str(failure.value)
        assert "zofia" not in str(failure.value)
        assert failure.value.__cause__ is None
        assert failure.value.__suppress_context__ or failure.value.__context__ is None
        send(smtp, OFFICE, ZOFIA, TEXT)
    assert len(postman.mails) == 1
    assert postman.connections == 1


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_connection_lost_before_the_text_is_a_temporary_failure(serve: Serve, stage: str) -> None:
    postman = Postman(hang_up_at=stage)
    with transport(serve(postman)) as smtp:
        with pytest.raises(DeliveryFailed) as failure:
            send(smtp, OFFICE, ZOFIA, TEXT)
        assert failure.value.temporary
        postman.hang_up_at = ""
        send(smtp, OFFICE, ZOFIA, TEXT)
    assert len(postman.mails) == 1


def test_connection_lost_after_the_text_leaves_it_uncertain(serve: Serve) -> None:
    postman = Postman(hang_up_at="TEXT")
    with transport(serve(postman)) as smtp:
        with pytest.raises(DeliveryUncertain):
            send(smtp, OFFICE, ZOFIA, TEXT)
        postman.hang_up_at = ""
        send(smtp, OFFICE, "inna@poczta.example", TEXT)
    # This server had taken the first mail: sending it again would have doubled it.
    assert [address for address, _ in postman.mails] == [ZOFIA, "inna@poczta.example"]


def test_silence_after_the_text_leaves_it_uncertain(serve: Serve) -> None:
    postman = Postman(silent_at="TEXT")
    with transport(serve(postman), timeout=0.3) as smtp, pytest.raises(DeliveryUncertain):
        send(smtp, OFFICE, ZOFIA, TEXT)


def test_an_answer_outside_the_protocol_leaves_it_uncertain(serve: Serve) -> None:
    postman = Postman(answers={"TEXT": ["354 go on"]})
    with transport(serve(postman)) as smtp, pytest.raises(DeliveryUncertain):
        send(smtp, OFFICE, ZOFIA, TEXT)


@pytest.mark.parametrize("goodbye", ["421 4.7.0 too many mails on this connection", "hang up"])
def test_a_connection_gone_stale_is_replaced_unnoticed(serve: Serve, goodbye: str) -> None:
    postman = Postman()
    with transport(serve(postman)) as smtp:
        send(smtp, OFFICE, ZOFIA, TEXT)
        if goodbye == "hang up":
            postman.hang_up_at = "MAIL"
            with pytest.raises(DeliveryFailed):  # the new connection is cut as well
                send(smtp, OFFICE, ZOFIA, TEXT)
            postman.hang_up_at = ""
        else:
            postman.answers["MAIL"] = [goodbye]
        send(smtp, OFFICE, ZOFIA, TEXT)
    assert len(postman.mails) == 2


def test_a_server_that_is_away_is_a_temporary_failure(serve: Serve) -> None:
    office = Office(Postman(), hostname="127.0.0.1", port=0)
    office.start()
    office.stop()
    with transport(office.port) as smtp, pytest.raises(DeliveryFailed) as failure:
        send(smtp, OFFICE, ZOFIA, TEXT)
    assert failure.value.temporary


def test_a_wrong_password_fails_no_mail_for_good(serve: Serve) -> None:
    def refuse(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    port = serve(Postman(), authenticator=refuse, auth_require_tls=False)
    with transport(port, username="biuro", password="nie-to") as smtp, pytest.raises(DeliveryFailed) as failure:
        send(smtp, OFFICE, ZOFIA, TEXT)
    assert failure.value.temporary
    assert failure.value.code == 535
    assert "hasło" in str(failure.value)


def test_a_server_without_encryption_gets_nothing_when_encryption_is_set(serve: Serve) -> None:
    postman = Postman()
    with transport(serve(postman), tls=TlsMode.STARTTLS) as smtp, pytest.raises(DeliveryFailed) as failure:
        send(smtp, OFFICE, ZOFIA, TEXT)
    assert "szyfrowania" in str(failure.value)
    assert postman.mails == []


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for 127.0.0.1 as the server's side and as the client's side that trusts it."""
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
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain = tmp_path / "chain.pem"
    pem = certificate.public_bytes(Encoding.PEM)
    chain.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(chain)
    return server, ssl.create_default_context(cadata=pem.decode())


def test_starttls_carries_the_mail(serve: Serve, certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    postman = Postman()
    port = serve(postman, tls_context=certificate[0], require_starttls=True)
    with transport(port, tls=TlsMode.STARTTLS, tls_context=certificate[1]) as smtp:
        send(smtp, OFFICE, ZOFIA, TEXT)
    assert postman.mails == [(ZOFIA, TEXT)]


def test_a_certificate_nobody_vouches_for_stops_the_mail(
    serve: Serve, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    postman = Postman()
    port = serve(postman, tls_context=certificate[0], require_starttls=True)
    with transport(port, tls=TlsMode.STARTTLS) as smtp, pytest.raises(DeliveryFailed) as failure:
        send(smtp, OFFICE, ZOFIA, TEXT)
    assert "szyfrowanego" in str(failure.value)
    assert postman.mails == []


def test_it_works_inside_a_running_loop(serve: Serve) -> None:
    postman = Postman()
    port = serve(postman)

    async def flow() -> str:
        with transport(port) as smtp:
            return send(smtp, OFFICE, ZOFIA, TEXT)

    assert asyncio.run(flow()) == "250 OK"


def test_the_receipt_quotes_no_address(serve: Serve) -> None:
    postman = Postman(answers={"TEXT": [f"250 2.0.0 queued for <{ZOFIA}> as 4F2A"]})
    with transport(serve(postman)) as smtp:
        assert send(smtp, OFFICE, ZOFIA, TEXT) == "250 2.0.0 queued for … as 4F2A"


def test_a_trial_installation_sends_all_to_one_box(serve: Serve) -> None:
    postman = Postman()
    with transport(serve(postman), redirect_to="proba@rops.example") as smtp:
        send(smtp, OFFICE, ZOFIA, TEXT)
        assert "próbny" in smtp.describe()
    assert postman.mails == [("proba@rops.example", TEXT)]


@pytest.mark.parametrize(
    "address",
    ["a@example.org", "a@Example.COM", "a@poczta.example", "a@x.example.net", "a@b.test", "a@b.invalid", "a@example.",
     "żółw@rops.pl", "bez-malpy", "a@", "@rops.pl", "a b@rops.pl", "a@rops.pl\r\nRCPT TO:<b@rops.pl>"],
)  # fmt: skip
def test_addresses_that_nobody_can_own_are_refused_for_good(address: str) -> None:
    with pytest.raises(DeliveryFailed) as failure:
        guard_recipient(address)
    assert not failure.value.temporary


def test_real_addresses_pass() -> None:
    assert guard_recipient("biuro@example-rops.pl") == "biuro@example-rops.pl"
    assert guard_recipient("a@poczta.example", allow_reserved=True) == "a@poczta.example"
    assert guard_recipient("a@poczta.example", redirect_to="proba@rops.pl") == "proba@rops.pl"


def test_no_minute_sees_more_mails_than_the_provider_allows() -> None:
    now = 1000.0
    sent: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        assert seconds > 0
        now += seconds

    limit = MinuteLimit(20, sleep=sleep, monotonic=lambda: now)
    for _ in range(65):
        limit.wait()
        sent.append(now)
        now += 0.7
    for start in sent:
        assert sum(start <= moment < start + 60 for moment in sent) <= 20
    assert sent[-1] - sent[0] <= 3 * 60 + 5 * 0.7


def test_a_limit_of_nothing_is_a_mistake() -> None:
    with pytest.raises(SettingsFaulty):
        MinuteLimit(0, sleep=lambda _: None, monotonic=lambda: 0.0)


async def _with_reports(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: list[str]) -> None:
    """A server that offers reports of what becomes of mails (RFC 3461)."""
    writer.write(b"220 test\r\n")
    in_text = False
    while line := (await reader.readline()).decode().rstrip():
        heard.append(line)
        verb = line[:4].upper()
        answers = {"EHLO": "250-test\r\n250-8BITMIME\r\n250 DSN", "DATA": "354 go on", "QUIT": "221 bye"}
        in_text = in_text or verb == "DATA"
        writer.write(f"{answers.get(verb, '250 OK')}\r\n".encode())
        if in_text:
            while (await reader.readline()) != b".\r\n":
                pass
            writer.write(b"250 OK\r\n")
            in_text = False
    writer.close()


def test_a_server_that_offers_it_is_asked_to_report_with_our_envelopes_id() -> None:
    heard: list[str] = []

    async def flow() -> None:
        server = await asyncio.start_server(lambda r, w: _with_reports(r, w, heard), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        def deliver() -> None:
            with transport(port, own_thread=False) as smtp:
                smtp.open_envelope(OFFICE, "zofia+nabor@poczta.example", envelope_id="0a1b=")
                smtp.hand_over(TEXT)

        await asyncio.to_thread(deliver)
        server.close()

    asyncio.run(flow())
    assert f"MAIL FROM:<{OFFICE}> RET=HDRS ENVID=0a1b+3D" in heard
    (recipient,) = [line for line in heard if line.startswith("RCPT")]
    assert recipient.endswith(" NOTIFY=FAILURE,DELAY ORCPT=rfc822;zofia+2Bnabor@poczta.example")


def test_a_server_that_does_not_is_not_asked(serve: Serve) -> None:
    postman = Postman()
    with transport(serve(postman)) as smtp:
        smtp.open_envelope(OFFICE, ZOFIA, envelope_id="0a1b")
        smtp.hand_over(TEXT)
    assert len(postman.mails) == 1


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("421 4.7.0 Too many messages from your IP, slow down", DeliveryFault.RATE),
        ("450 4.7.28 unusual rate of mail", DeliveryFault.RATE),
        ("452 4.5.3 too many recipients this hour", DeliveryFault.RATE),
        ("451 4.3.2 system not accepting network messages", DeliveryFault.RATE),
        ("454 4.7.1 rate limit exceeded", DeliveryFault.RATE),
        ("421 4.4.2 connection idle", DeliveryFault.LINE),
        ("451 4.7.1 Greylisting in action, limit 5 minutes", DeliveryFault.MAIL),
        ("450 4.2.0 mailbox busy", DeliveryFault.MAIL),
        ("452 4.2.2 mailbox full", DeliveryFault.MAIL),
        ("550 5.7.1 too many complaints", DeliveryFault.MAIL),
        ("535 5.7.8 bad credentials", DeliveryFault.LOGIN),
    ],
)
def test_whose_fault_a_no_is(serve: Serve, answer: str, fault: DeliveryFault) -> None:
    postman = Postman(answers={"RCPT": [answer]})
    with transport(serve(postman)) as smtp, pytest.raises(DeliveryFailed) as failure:
        smtp.open_envelope(OFFICE, ZOFIA)
    assert failure.value.fault is fault
