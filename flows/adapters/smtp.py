"""The office's mail server: one connection for many mails, and an honest answer about each.

What the outbox must know is not only *whether* a mail went, but whether it *may* have gone. So the phases of RFC 5321
are driven one by one, and every failure is one of two:

- ``DeliveryFailed``: nothing was handed over. The server said no, or the connection broke before the text was sent.
- ``DeliveryUncertain``: the text was on its way when the connection broke or fell silent. The mail may have gone.

Server answers and the causes of errors may quote an address, so neither is passed on as it is.
"""

import asyncio
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from enum import StrEnum
from ssl import SSLContext, SSLError
from types import TracebackType
from typing import Protocol, Self, TypeVar

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from models.errors import DeliveryFailed, DeliveryFault, NaborError, SettingsFaulty

NO_ANSWER = 0
"""``DeliveryFailed.code`` when no server was asked or none answered."""
SERVICE_CLOSING = 421
AUTHENTICATION = frozenset({530, 534, 535, 538})
"""RFC 4954 §6: the server wants another login. The office's settings are wrong, not the mail."""

# RFC 2606 and RFC 6761: names that can never be anybody's mailbox.
RESERVED = re.compile(r"(^|\.)(example(\.(org|com|net))?|test|invalid|localhost)$")
_ADDRESS_IN_TEXT = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_MAY_BE_RATE = frozenset({421, 450, 451, 452, 454})
# RFC 3463 and the IANA registry: system not accepting, congestion, too many recipients, rate of a sender.
_RATE_STATUS = frozenset({"4.3.2", "4.4.5", "4.5.3", "4.7.28"})
_TOO_MANY = re.compile(r"too (many|much|fast|quick)|rate|throttl|limit|slow down|exceed", re.IGNORECASE)
_GREYLISTED = re.compile(r"gr[ae]y[- ]?list", re.IGNORECASE)
_REPORTS = ("NOTIFY=FAILURE,DELAY",)
_LEADING_DOT = re.compile(rb"(?m)^\.")
_LINE_END = re.compile(rb"\r\n|\r|\n")

T = TypeVar("T")


class DeliveryUncertain(NaborError):
    """The connection was lost after the text had been sent: the mail may have left. Nobody may resend it unasked."""

    def __init__(self) -> None:
        super().__init__(
            "Połączenie z serwerem poczty przerwało się w trakcie wysyłania: wiadomość mogła wyjść. "
            "Proszę sprawdzić na koncie pocztowym, czy została wysłana, i rozstrzygnąć, czy wysłać ją ponownie."
        )


class TlsMode(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Transport(Protocol):
    """Whatever takes an encoded mail away: a mail server, or a folder when none is configured."""

    @property
    def delivers(self) -> bool:
        """Whether mails leave the house this way."""

    def open_envelope(self, sender: str, recipient: str, *, envelope_id: str = "") -> None:
        """Asks for leave to hand over one mail to one recipient. Whatever happens here, nothing has left.

        ``envelope_id`` comes back in the report of a mail that cannot be delivered (RFC 3461 §4.4).

        Raises:
            DeliveryFailed: the mail will not be taken.
        """

    def hand_over(self, data: bytes) -> str:
        """Sends the text for the open envelope, as it is, and returns the receipt.

        Raises:
            DeliveryFailed: the mail was not taken.
            DeliveryUncertain: nobody can say whether it was.
        """

    def drop_envelope(self) -> None:
        """Takes back the open envelope: its mail is not to leave after all."""

    def describe(self) -> str:
        """Where the mails go, as a Polish phrase for the officer."""


def guard_recipient(address: str, *, redirect_to: str | None = None, allow_reserved: bool = False) -> str:
    """The address a mail for ``address`` really goes to: itself, or ``redirect_to`` in a trial installation.

    Raises:
        DeliveryFailed: never temporary: a reserved domain of invented people, or an address SMTP cannot carry.
    """
    goal = redirect_to or address
    local, _, domain = goal.rpartition("@")
    if not local or not domain or not goal.isascii() or not goal.isprintable() or " " in goal:
        raise DeliveryFailed(
            NO_ANSWER, "Adresu odbiorcy nie da się użyć w poczcie. Proszę go poprawić.", temporary=False
        )
    if RESERVED.search(domain.lower().rstrip(".")) and not allow_reserved:
        raise DeliveryFailed(
            NO_ANSWER,
            "Adres odbiorcy leży w domenie zastrzeżonej dla przykładów, więc wiadomość nie została wysłana.",
            temporary=False,
        )
    return goal


class MinuteLimit:
    """No more than ``per_minute`` mails in any 60 seconds, since providers count that way; ``None`` sets no limit."""

    def __init__(
        self, per_minute: int | None, *, sleep: Callable[[float], None], monotonic: Callable[[], float]
    ) -> None:
        if per_minute is not None and per_minute < 1:
            raise SettingsFaulty("Limit wiadomości na minutę musi być liczbą większą od zera.")
        self._per_minute = per_minute
        self._sleep = sleep
        self._monotonic = monotonic
        self._sent: deque[float] = deque()

    def wait(self) -> None:
        """Returns when one more mail is allowed, and counts it."""
        if self._per_minute is None:
            return
        while len(self._sent) >= self._per_minute:
            left = self._sent[0] + 60 - self._monotonic()
            if left <= 0:
                self._sent.popleft()
            else:
                self._sleep(left)
        self._sent.append(self._monotonic())


class SmtpTransport:
    """A ``Transport`` over one reused connection, for a ``with`` block; connects when the first envelope is opened.

    aiosmtplib lives in an event loop in a thread of its own, so it may be called with or without a loop running.
    One caller at a time. Never sends twice: a second connection is tried only while nothing was sent. ``timeout`` is in
    seconds and holds for each answer of the server; ``text_timeout`` for its answer to the text, for which servers take
    their time (RFC 5321 §4.5.3.2.6). ``own_thread`` is not needed by a caller that never runs in an event loop.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: TlsMode = TlsMode.STARTTLS,
        username: str | None = None,
        password: str | None = None,
        timeout: float = 60,
        text_timeout: float | None = None,
        per_minute: int | None = None,
        redirect_to: str | None = None,
        allow_reserved: bool = False,
        tls_context: SSLContext | None = None,
        local_hostname: str | None = None,
        own_thread: bool = True,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._username = username
        self._password = password
        self._timeout = timeout
        self._text_timeout = timeout if text_timeout is None else text_timeout
        self._redirect_to = redirect_to
        self._allow_reserved = allow_reserved
        self._tls_context = tls_context
        self._local_hostname = local_hostname
        self._own_thread = own_thread
        self._limit = MinuteLimit(per_minute, sleep=sleep, monotonic=monotonic)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: aiosmtplib.SMTP | None = None
        self._envelope: aiosmtplib.SMTP | None = None

    @property
    def delivers(self) -> bool:
        return True

    @property
    def connected(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._client is not None and self._client.is_connected

    def __enter__(self) -> Self:
        loop = asyncio.new_event_loop()
        self._loop = loop
        if self._own_thread:
            self._thread = threading.Thread(target=loop.run_forever, name="nabor-smtp", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        loop, thread = self._loop, self._thread
        if loop is None:
            return
        try:
            self._run(self._close(politely=kind is None))
        finally:
            if thread is not None:
                loop.call_soon_threadsafe(loop.stop)
                thread.join()
            loop.close()
            self._loop = self._thread = None

    def describe(self) -> str:
        where = f"serwer poczty {self._host}:{self._port}"
        return f"{where} (wszystkie wiadomości na adres próbny)" if self._redirect_to else where

    def open_envelope(self, sender: str, recipient: str, *, envelope_id: str = "") -> None:
        """Waits for the rate limit, connects if need be, and has the server accept MAIL and RCPT.

        Raises:
            DeliveryFailed: it did not; ``temporary`` after a 4xx answer or trouble with the line.
        """
        if not sender.isascii():
            raise SettingsFaulty("Adres nadawcy poczty może zawierać tylko znaki ASCII.")
        goal = guard_recipient(recipient, redirect_to=self._redirect_to, allow_reserved=self._allow_reserved)
        self._limit.wait()
        self._envelope = self._run(self._addressed(sender, goal, envelope_id))

    def hand_over(self, data: bytes) -> str:
        """DATA and the text; returns the server's reply (code and text, addresses in it masked).

        Raises:
            DeliveryFailed: the mail was not taken; ``temporary`` after a 4xx answer or trouble with the line.
            DeliveryUncertain: the connection was lost, or fell silent, after the text had been sent.
        """
        client, self._envelope = self._envelope, None
        if client is None:
            raise RuntimeError("hand_over comes after open_envelope")
        return self._run(self._handed_over(client, data))

    def drop_envelope(self) -> None:
        client, self._envelope = self._envelope, None
        if client is not None:
            self._run(self._cleared(client))

    def _run(self, work: Coroutine[object, object, T]) -> T:
        if self._loop is None:
            work.close()
            raise RuntimeError("SmtpTransport works inside a with block")
        if self._thread is None:
            return self._loop.run_until_complete(work)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _addressed(self, sender: str, recipient: str, envelope_id: str) -> aiosmtplib.SMTP:
        client = await self._envelope_opened(sender, envelope_id)
        reports = (*_REPORTS, f"ORCPT=rfc822;{_xtext(recipient)}") if client.supports_extension("dsn") else None
        try:
            await client.rcpt(recipient, options=reports)
        except SMTPResponseException as refusal:
            # from None, here and below: the cause quotes the address and would be logged with the traceback.
            raise await self._refused(client, refusal, "adresu odbiorcy") from None
        except (SMTPException, OSError):
            client.close()
            raise _unreachable() from None
        return client

    async def _handed_over(self, client: aiosmtplib.SMTP, data: bytes) -> str:
        try:
            # Not client.data(): it cannot tell a connection lost before the text from one lost after it.
            go_ahead = await client.execute_command(b"DATA")
        except SMTPResponseException as refusal:
            raise await self._refused(client, refusal, "wiadomości") from None
        except (SMTPException, OSError):
            client.close()
            raise _unreachable() from None
        if go_ahead.code != aiosmtplib.SMTPStatus.start_input:
            refused = SMTPResponseException(go_ahead.code, go_ahead.message)
            raise await self._refused(client, refused, "wiadomości")
        return await self._text_sent(client, data)

    async def _text_sent(self, client: aiosmtplib.SMTP, data: bytes) -> str:
        protocol = client.protocol
        if protocol is None:
            raise _unreachable()
        try:
            protocol.write(_transparent(data))
            answer = await protocol.read_response(timeout=self._text_timeout)
        except (SMTPException, OSError):
            # An answer that makes no sense counts as none: the server has the text.
            client.close()
            raise DeliveryUncertain from None
        if answer.code // 100 == 2:
            return f"{answer.code} {_ADDRESS_IN_TEXT.sub('…', answer.message)}"
        if answer.code // 100 in (4, 5):
            raise await self._refused(client, SMTPResponseException(answer.code, answer.message), "wiadomości")
        client.close()
        raise DeliveryUncertain

    async def _envelope_opened(self, sender: str, envelope_id: str) -> aiosmtplib.SMTP:
        """A connection that has accepted MAIL. One that went stale since the last mail is replaced, once."""
        while True:
            fresh = self._client is None or not self._client.is_connected
            client = await self._connected() if fresh or self._client is None else self._client
            wanted = ["RET=HDRS", *([f"ENVID={_xtext(envelope_id)}"] if envelope_id else [])]
            try:
                await client.mail(sender, options=wanted if client.supports_extension("dsn") else None)
            except SMTPResponseException as refusal:
                if refusal.code == SERVICE_CLOSING and not fresh:
                    client.close()
                    continue
                raise await self._refused(client, refusal, "adresu nadawcy") from None
            except (SMTPException, OSError):
                client.close()
                if fresh:
                    raise _unreachable() from None
                continue
            return client

    async def _connected(self) -> aiosmtplib.SMTP:
        """A new connection, logged in. Nothing that goes wrong here is the fault of a mail: all of it is temporary."""
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._tls == TlsMode.TLS,
            start_tls=self._tls == TlsMode.STARTTLS,
            username=self._username,
            password=self._password,
            timeout=self._timeout,
            tls_context=self._tls_context,
            local_hostname=self._local_hostname,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                # What it offers has to be known before MAIL; one that knows only HELO offers nothing.
                with suppress(aiosmtplib.SMTPHeloError):
                    await client.ehlo()
        except aiosmtplib.SMTPAuthenticationError as refusal:
            raise DeliveryFailed(
                refusal.code,
                f"Serwer poczty odrzucił logowanie (kod {refusal.code}). Proszę sprawdzić użytkownika i hasło poczty.",
                temporary=True,
                fault=DeliveryFault.LOGIN,
            ) from None
        except SMTPResponseException as refusal:
            raise DeliveryFailed(
                refusal.code,
                f"Serwer poczty odmówił połączenia (kod {refusal.code}). Wiadomość poczeka na następną próbę.",
                temporary=True,
                fault=DeliveryFault.RATE if _too_many(refusal) else DeliveryFault.LINE,
            ) from None
        except OSError as trouble:
            client.close()
            if isinstance(trouble, SSLError) or isinstance(trouble.__cause__, SSLError):
                raise _badly_set("Nie udało się nawiązać szyfrowanego połączenia z serwerem poczty.") from None
            raise _unreachable() from None
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPConnectError, aiosmtplib.SMTPTimeoutError):
            client.close()
            raise _unreachable() from None
        except SMTPException:
            client.close()
            raise _badly_set("Serwer poczty nie oferuje szyfrowania albo logowania podanego w ustawieniach.") from None
        self._client = client
        return client

    async def _refused(self, client: aiosmtplib.SMTP, refusal: SMTPResponseException, what: str) -> DeliveryFailed:
        """The error for a definite no, with the envelope cleared for the next mail."""
        if refusal.code // 100 in (4, 5) and refusal.code != SERVICE_CLOSING:
            await self._cleared(client)
        else:
            client.close()
        status = _STATUS.search(refusal.message)
        code = f"{refusal.code}, {status.group()}" if status else str(refusal.code)
        temporary = refusal.code // 100 != 5 or refusal.code in AUTHENTICATION
        fault = DeliveryFault.MAIL
        if refusal.code in AUTHENTICATION:
            fault = DeliveryFault.LOGIN
        elif _too_many(refusal):
            fault = DeliveryFault.RATE
        elif refusal.code == SERVICE_CLOSING or refusal.code // 100 not in (4, 5):
            fault = DeliveryFault.LINE
        advice = "Wiadomość poczeka na następną próbę." if temporary else "Proszę sprawdzić adres i ustawienia poczty."
        return DeliveryFailed(
            refusal.code,
            f"Serwer poczty nie przyjął {what} (kod {code}). {advice}",
            temporary=temporary,
            fault=fault,
        )

    async def _cleared(self, client: aiosmtplib.SMTP) -> None:
        """Clears the envelope for the next mail; a connection that will not is given up."""
        try:
            await client.rset()
        except (SMTPException, OSError):
            client.close()

    async def _close(self, *, politely: bool) -> None:
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            # Every mail already has its answer: what the server says to QUIT changes none.
            with suppress(SMTPException, OSError):
                if politely:
                    await client.quit()
            client.close()
        left_over = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left_over:
            task.cancel()
        await asyncio.gather(*left_over, return_exceptions=True)
        # One turn of the loop lets the transport close its socket.
        await asyncio.sleep(0)
        await asyncio.get_running_loop().shutdown_default_executor()


def _unreachable() -> DeliveryFailed:
    return DeliveryFailed(
        NO_ANSWER,
        "Nie ma połączenia z serwerem poczty albo zostało przerwane przed wysłaniem. "
        "Wiadomość poczeka na następną próbę.",
        temporary=True,
        fault=DeliveryFault.LINE,
    )


def _badly_set(sentence: str) -> DeliveryFailed:
    return DeliveryFailed(
        NO_ANSWER,
        f"{sentence} Proszę sprawdzić ustawienia poczty.",
        temporary=True,
        fault=DeliveryFault.ENCRYPTION,
    )


def _too_many(refusal: SMTPResponseException) -> bool:
    """Whether the server complains of our pace, and not of one mail: greylisting is about one recipient."""
    if refusal.code not in _MAY_BE_RATE or _GREYLISTED.search(refusal.message):
        return False
    status = _STATUS.search(refusal.message)
    return bool(_TOO_MANY.search(refusal.message)) or (status is not None and status.group() in _RATE_STATUS)


def _xtext(text: str) -> str:
    """RFC 3461 §4: printable ASCII as it is, the rest and ``+`` and ``=`` by number."""
    return "".join(
        sign if "!" <= sign <= "~" and sign not in "+=" else f"+{byte:02X}" for sign in text for byte in sign.encode()
    )


def _transparent(data: bytes) -> bytes:
    """The text as DATA carries it: CRLF line ends, leading dots doubled (RFC 5321 §4.5.2), the closing dot."""
    lines = _LINE_END.sub(b"\r\n", data)
    closed = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return _LEADING_DOT.sub(b"..", closed) + b".\r\n"
