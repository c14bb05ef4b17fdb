"""The office's mailbox: mails are read whole, put away after they were taken in, and never deleted.

Identity on the server is UIDVALIDITY with UID (RFC 3501 §2.3.1.1). Only these commands change anything there: CREATE of
the folder for handled mails, MOVE into it, and STORE of a mark where the server knows no MOVE. imap-tools' own ``move``
and ``flag`` are not used: without MOVE the first deletes, and both expunge what others have marked as deleted.

Server answers may quote addresses, so none is passed on.
"""

import hashlib
import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from ssl import SSLContext, SSLError, create_default_context
from types import TracebackType
from typing import Protocol, Self

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.utils import encode_folder

from models.errors import MailboxRefused, MailboxUnreachable, SettingsFaulty

LARGEST_MAIL = 30 * 1024 * 1024
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HANDLED_MARK = "NaborPrzyjete"
"""The keyword that handled mails bear where the server cannot move them."""

_LONGEST_HEAD = 65536
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_INTERNALDATE = re.compile(rb'INTERNALDATE "([ \d]\d)-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"')
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")


@dataclass(frozen=True)
class Fetched:
    """One mail of the server. ``whole`` is false for one too large: then ``raw`` holds its header only."""

    uid: int
    raw: bytes = field(repr=False)
    size: int
    arrived_at: datetime | None
    """INTERNALDATE: when the server took it; ``None`` when the server does not say."""
    whole: bool = True


class Mailbox(Protocol):
    """Where mails come from."""

    box: str
    uidvalidity: int
    keeps_in_place: bool
    """Whether mails that were put away stay among the others: a server that can neither move nor mark."""

    def uids(self) -> list[int]:
        """UIDs of the mails that are not put away, oldest first."""

    def fetch(self, uid: int) -> Fetched | None:
        """One mail, left unread on the server; ``None`` when somebody took it away meanwhile."""

    def put_away(self, uid: int) -> None:
        """Moves a mail that was taken in out of the way. Nothing is lost when this does not happen."""


class ImapMailbox:
    """A ``Mailbox`` over one connection, for a ``with`` block. ``timeout`` is in seconds and holds for each answer."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        security: str = "tls",
        user: str,
        password: str,
        folder: str = "INBOX",
        handled_folder: str,
        timeout: float = 60,
        tls_context: SSLContext | None = None,
        look_only: bool = False,
    ) -> None:
        if security == "none" and host not in LOOPBACK:
            raise SettingsFaulty("Pocztę nieszyfrowaną (NABOR_IMAP_SECURITY=none) odbiera się tylko z tego komputera.")
        self._host, self._port, self._security, self._timeout = host, port, security, timeout
        self._user, self._password = user, password
        self._folder, self._handled, self._look_only = folder, handled_folder, look_only
        self._tls_context = tls_context or create_default_context()
        self._server: BaseMailBox | None = None
        self._can_move = self._can_mark = self.keeps_in_place = False
        self.box = hashlib.sha256("\n".join((host, user, folder)).encode()).hexdigest()
        self.uidvalidity = 0

    def __enter__(self) -> Self:
        """Connects, logs in, opens the folder.

        Raises:
            MailboxUnreachable: no connection, or no encryption on it.
            MailboxRefused: the login or a folder was refused.
        """
        with translated("połączenia"):
            self._server = self._connected()
        try:
            self._log_in()
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def uids(self) -> list[int]:
        only = f"UNKEYWORD {HANDLED_MARK}" if self._can_mark and not self._can_move else "ALL"
        with translated("listy wiadomości"):
            return sorted(int(uid) for uid in self._box.uids(only, charset=None))

    def fetch(self, uid: int) -> Fetched | None:
        with translated("odczytania wiadomości"):
            told = b" ".join(_lines(self._ask(uid, "(UID INTERNALDATE RFC822.SIZE)")))
            size = _SIZE.search(told)
            if size is None:
                return None
            length = int(size[1])
            whole = length <= LARGEST_MAIL
            raw = _literal(self._ask(uid, "(BODY.PEEK[])" if whole else f"(BODY.PEEK[HEADER]<0.{_LONGEST_HEAD}>)"))
        return None if raw is None else Fetched(uid, raw, length, _arrived(told), whole)

    def put_away(self, uid: int) -> None:
        if self._look_only:
            raise RuntimeError("a mailbox that is only looked at is not changed")
        with translated("przeniesienia wiadomości"):
            if self._can_move:
                answer = self._box.client.uid("MOVE", str(uid), _folder_argument(self._handled))
            else:
                mark = HANDLED_MARK if self._can_mark else "\\Seen"
                answer = self._box.client.uid("STORE", str(uid), "+FLAGS.SILENT", f"({mark})")
            if answer[0] != "OK":
                raise MailboxRefused("Serwer poczty nie pozwolił odłożyć przyjętej wiadomości do osobnego folderu.")

    @property
    def _box(self) -> BaseMailBox:
        if self._server is None:
            raise RuntimeError("ImapMailbox works inside a with block")
        return self._server

    def _connected(self) -> BaseMailBox:
        if self._security == "tls":
            return MailBox(self._host, self._port, timeout=self._timeout, ssl_context=self._tls_context)
        if self._security == "starttls":
            return MailBoxStartTls(self._host, self._port, timeout=self._timeout, ssl_context=self._tls_context)
        return MailBoxUnencrypted(self._host, self._port, timeout=self._timeout)

    def _log_in(self) -> None:
        log_in = self._box.login if (self._user + self._password).isascii() else self._box.login_utf8
        with translated("logowania"):
            try:
                log_in(self._user, self._password, initial_folder=None)
            except (MailboxLoginError, imaplib.IMAP4.error) as refusal:
                if isinstance(refusal, imaplib.IMAP4.abort):
                    raise
                raise MailboxRefused(
                    "Serwer poczty odrzucił logowanie. Proszę sprawdzić NABOR_IMAP_USER i NABOR_IMAP_PASSWORD."
                ) from None

    def _open(self) -> None:
        """Selects the folder and finds out how handled mails can be put away."""
        with translated("otwarcia folderu"):
            told = self._box.client.capability()[1]  # anew: servers say more after the login
            self._can_move = b"MOVE" in b" ".join(_lines(told)).upper().split()
            if self._can_move and not self._look_only:
                self._handled = self._made_folder(self._handled)
            try:
                self._box.folder.set(self._folder, readonly=self._look_only)
            except MailboxFolderSelectError:
                raise MailboxRefused("Na serwerze poczty nie ma folderu podanego w NABOR_IMAP_FOLDER.") from None
            validity = self._box.client.response("UIDVALIDITY")[1][0]
            permanent = b" ".join(_lines(self._box.client.response("PERMANENTFLAGS")[1]))
        if not isinstance(validity, bytes) or not validity.isdigit():
            raise MailboxRefused("Serwer poczty nie podaje UIDVALIDITY, więc nie da się rozróżniać wiadomości.")
        self.uidvalidity = int(validity)
        self._can_mark = b"\\*" in permanent or HANDLED_MARK.encode() in permanent
        self.keeps_in_place = not self._can_move and not self._can_mark

    def _made_folder(self, name: str) -> str:
        """The folder for handled mails, made if it is missing; under INBOX where the server allows no other place."""
        inbox = next((one for one in self._box.folder.list("", "INBOX")), None)
        below = f"INBOX{inbox.delim}{name}" if inbox is not None and inbox.delim else name
        for candidate in (name, below):
            if self._box.folder.exists(candidate):
                return candidate
        for candidate in (name, below):
            with suppress(ImapToolsError):
                self._box.folder.create(candidate)
                return candidate
        raise MailboxRefused(
            "Serwer poczty nie pozwolił utworzyć folderu na przyjęte wiadomości. Proszę utworzyć go ręcznie "
            "i podać w NABOR_IMAP_HANDLED_FOLDER."
        )

    def _ask(self, uid: int, what: str) -> list[object]:
        status, answer = self._box.client.uid("FETCH", str(uid), what)
        if status != "OK":
            raise MailboxRefused("Serwer poczty nie wydał wiadomości.")
        return list(answer)

    def _close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            # What was done stands; how the server takes its leave changes nothing. LOGOUT, never CLOSE: that expunges.
            with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                server.logout()


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Errors of the line and of the server as ours, without the server's words. ``what``: in the Polish genitive."""
    try:
        yield
    except (SSLError, OSError, imaplib.IMAP4.abort) as trouble:
        if isinstance(trouble, SSLError):
            raise MailboxUnreachable(
                "Nie udało się nawiązać szyfrowanego połączenia z serwerem poczty przychodzącej. "
                "Proszę sprawdzić NABOR_IMAP_SECURITY i certyfikat serwera."
            ) from None
        raise MailboxUnreachable(
            "Nie ma połączenia z serwerem poczty przychodzącej albo zostało przerwane. "
            "Spróbujemy przy następnym odbiorze."
        ) from None
    except (imaplib.IMAP4.error, ImapToolsError, ValueError):
        raise MailboxRefused(f"Serwer poczty przychodzącej odmówił {what}. Proszę sprawdzić ustawienia.") from None


def _lines(answer: object) -> Iterator[bytes]:
    """Every piece of an answer that is not a literal."""
    for item in answer if isinstance(answer, list) else []:
        if isinstance(item, tuple):
            yield item[0]
        elif isinstance(item, bytes):
            yield item


def _literal(answer: list[object]) -> bytes | None:
    for item in answer:
        if isinstance(item, tuple) and isinstance(item[1], bytes):
            return item[1]
    return None


def _arrived(told: bytes) -> datetime | None:
    found = _INTERNALDATE.search(told)
    if found is None or found[2].title() not in _MONTHS:
        return None
    day, year, hour, minute, second, ahead, behind = (int(found[n]) for n in (1, 3, 4, 5, 6, 8, 9))
    offset = timedelta(hours=ahead, minutes=behind)
    try:
        zone = timezone(-offset if found[7] == b"-" else offset)
        month = _MONTHS.index(found[2].title()) + 1
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _folder_argument(name: str) -> str:
    return encode_folder(name).decode("ascii")
