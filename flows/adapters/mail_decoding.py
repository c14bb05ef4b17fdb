"""Takes a mail as it came over the wire apart: who, about what, with which files. Hardly ever raises over it.

The standard library's forgiving parser is used (``compat32``): the newer one raises on malformed headers, and puts
spaces between the words of long Polish names. Every name and text here was written by a stranger and is only shown or
kept, never used as a path.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

from models.identifiers import Email, check_email

DEEPEST = 3
"""So many mails within mails are searched for files."""
MOST_PARTS = 200
_MOST_BOUNDARIES, _LARGEST_HEAD = 5000, 256 * 1024
_LONGEST_SHOWN = 20_000

INLINE_PICTURES = "inline_pictures"
ARCHIVE = "archive"
TNEF = "tnef"
SEALED = "sealed"
EMPTY_ATTACHMENT = "empty_attachment"
TOO_DEEP = "nested_too_deep"
TOO_MANY_PARTS = "too_many_parts"

_NOT_SHOWN = frozenset({"script", "style", "head", "title"})
_NEW_LINE = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table"})
_ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"})
_ARCHIVE_TYPES = frozenset(
    {"application/zip", "application/x-zip-compressed", "application/x-7z-compressed", "application/vnd.rar"}
)
_SIGNATURES = frozenset(
    {
        *("application/pkcs7-signature", "application/x-pkcs7-signature"),
        *("application/pgp-signature", "application/pgp-keys"),
    }
)
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
# What servers write on the way. The same mail sent to two addresses of one mailbox differs in nothing else.
_TRACES = re.compile(
    rb"(return-path|received|delivered-to|x-original-to|envelope-to|x-envelope-[\w-]+|x-received|received-spf"
    rb"|authentication-results|arc-[\w-]+|dkim-signature|x-spam-[\w-]+)[ \t]*:",
    re.IGNORECASE,
)
_NAME_OF_PATH = re.compile(r"[^/\\]*$")
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_LONGEST_NAME, _LONGEST_SUBJECT, _LONGEST_HEADER = 200, 500, 10_000


@dataclass(frozen=True)
class Attachment:
    """One file of a mail. The name is the sender's, without folders and control characters."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class DecodedMail:
    """What a mail says. ``sender`` is the plain address of its one author, or ``None``."""

    message_id: str | None = field(repr=False)
    sender: str | None = field(repr=False)
    subject: str = field(repr=False)
    sent_at: datetime | None
    answers: tuple[str, ...] = field(repr=False)
    """Message-IDs it answers, the nearest first."""
    attachments: tuple[Attachment, ...]
    remarks: tuple[str, ...]
    root: Message = field(repr=False)


class _Bounded(Message):
    """A message whose headers are no longer than anybody honest writes them: taking apart a long one is quadratic."""

    def set_raw(self, name: str, value: str) -> None:
        super().set_raw(name, value[:_LONGEST_HEADER])


def decode_mail(raw: bytes) -> DecodedMail:
    """Raises ``RecursionError`` for a mail nested without end, and nothing else."""
    blank = re.search(rb"\r?\n\r?\n", raw)
    head = blank.start() if blank else len(raw)
    monstrous = raw.count(b"\n--") > _MOST_BOUNDARIES or head > _LARGEST_HEAD
    root = message_from_bytes(raw[: min(head, _LARGEST_HEAD)] if monstrous else raw, _class=_Bounded)
    attachments, remarks = ((), (TOO_MANY_PARTS,)) if monstrous else _files_of(root)
    ids = _MESSAGE_ID.findall(_plain(root.get("Message-ID")))
    return DecodedMail(
        message_id=ids[0] if ids else None,
        sender=_sender(root),
        subject=decoded(root.get("Subject"))[:_LONGEST_SUBJECT],
        sent_at=_date(root.get("Date")),
        answers=_answers(root),
        attachments=attachments,
        remarks=remarks,
        root=root,
    )


def digest_of(raw: bytes) -> str:
    """SHA-256 of what the sender sent: the whole mail without the header fields that servers add on the way."""
    end = re.search(rb"\r?\n\r?\n", raw)
    head, rest = (raw[: end.start()], raw[end.start() :]) if end else (raw, b"")
    fields = re.split(rb"\r?\n(?![ \t])", head)
    digest = hashlib.sha256(b"\r\n".join(one for one in fields if not _TRACES.match(one)))
    digest.update(rest)
    return digest.hexdigest()


def text_of(root: Message) -> str:
    """What a person reads in the mail: its plain text, else the words of its HTML."""
    found = {"text/plain": "", "text/html": ""}
    for part in _parts(root, 0):
        kind = part.get_content_type()
        if kind in found and not found[kind] and not _is_file(part):
            found[kind] = in_letters(_bytes_of(part), part.get_content_charset())
    text = found["text/plain"].strip() or _words_of_html(found["text/html"])
    # What a stranger wrote is shown at a terminal, which would obey control characters.
    return "".join(letter if letter in "\n\t" or letter.isprintable() else " " for letter in text)


def decoded(value: object) -> str:
    """A header as people read it (RFC 2047). What cannot be decoded stays as it is."""
    if value is None:
        return ""
    try:
        parts = decode_header(value)  # type: ignore[arg-type]
    except (HeaderParseError, ValueError, TypeError, LookupError):
        return _clean(str(value))
    words = [part if isinstance(part, str) else in_letters(part, charset) for part, charset in parts]
    return _clean("".join(words))


def in_letters(content: bytes, charset: str | None) -> str:
    """Bytes as text: by the charset they name, else as UTF-8, else as Polish Windows writes."""
    for name in (charset, "utf-8", "cp1250"):
        try:
            return content.decode(name or "utf-8")
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("iso-8859-2")


def _clean(text: str) -> str:
    """One line that can be stored and printed."""
    storable = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in storable).split())


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _sender(root: Message) -> str | None:
    """The address of the From line when it names exactly one; nobody is answered on a guess."""
    addresses = {
        address
        for _, address in getaddresses([_clean(_plain(one)) for one in root.get_all("From", [])[:3]])
        if address.count("@") == 1
    }
    if len(addresses) != 1:
        return None
    checked = check_email(addresses.pop())
    return checked.address if isinstance(checked, Email) else None


def _date(value: object) -> datetime | None:
    try:
        moment = parsedate_to_datetime(_plain(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _answers(root: Message) -> tuple[str, ...]:
    nearest = _MESSAGE_ID.findall(_plain(root.get("In-Reply-To")))
    earlier = _MESSAGE_ID.findall(_plain(root.get("References")))
    return tuple(dict.fromkeys([*nearest, *reversed(earlier)]))[:50]


def _files_of(root: Message) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    parts, remarks = [], []
    for number, part in enumerate(_parts(root, 0)):
        if number == MOST_PARTS:
            remarks.append(TOO_MANY_PARTS)
            break
        if part.get_content_type() == "message/rfc822":
            remarks.append(TOO_DEEP)  # the walk goes into nearer ones and hands on what is in them
        parts.append(part)
    shown = _shown_in_html(parts)
    files: list[Attachment] = []
    for part in parts:
        kind, name = part.get_content_type(), _name_of(part)
        if kind in _SIGNATURES or kind.startswith("multipart/") or not _is_file(part):
            continue
        if kind == "application/ms-tnef" or name.lower() == "winmail.dat":
            remarks.append(TNEF)
        elif kind in _SEALED or name.lower().endswith((".p7m", ".pgp")):
            remarks.append(SEALED)
        elif (kind in _ARCHIVE_TYPES and not name.lower().endswith((".docx", ".odt"))) or _suffix(name) in _ARCHIVES:
            remarks.append(ARCHIVE)
        elif part.get_content_maintype() == "image" and _content_id(part) in shown:
            remarks.append(INLINE_PICTURES)
        elif content := _bytes_of(part):
            files.append(Attachment(name or f"zalacznik-{len(files) + 1}", content))
        else:
            remarks.append(EMPTY_ATTACHMENT)
    return tuple(files), tuple(dict.fromkeys(remarks))


def _parts(part: Message, depth: int) -> Iterator[Message]:
    """Every part that holds something itself, also of mails within the mail down to ``DEEPEST``."""
    if part.get_content_maintype() == "message" and part.get_content_type() != "message/rfc822":
        return  # delivery reports and the like: for machines
    # Asked for only where it is a list: of a text it would be decoded, by a charset that may be no name at all.
    within = part.get_payload() if part.is_multipart() else None
    if not isinstance(within, list):
        yield part
        return
    if part.get_content_type() == "message/rfc822":
        depth += 1
        if depth > DEEPEST:
            yield part
            return
    for one in within:
        if isinstance(one, Message):
            yield from _parts(one, depth)


def _is_file(part: Message) -> bool:
    if part.get_content_type() == "message/rfc822":
        return False
    disposition = (part.get_content_disposition() or "").lower()
    return bool(
        disposition == "attachment" or _name_of(part) or part.get_content_maintype() not in ("text", "multipart")
    )


def _shown_in_html(parts: list[Message]) -> frozenset[str]:
    """Content-IDs of the pictures that are part of a text, such as the logo of a signature."""
    found: set[str] = set()
    for part in parts:
        if part.get_content_type() == "text/html" and not _is_file(part):
            body = in_letters(_bytes_of(part), part.get_content_charset())
            found |= {name.strip().lower() for name in re.findall(r"cid:([^\"'\s)>]+)", body, re.IGNORECASE)}
    return frozenset(found)


def _content_id(part: Message) -> str | None:
    return _plain(part.get("Content-ID")).strip().strip("<>").lower() or None


def _name_of(part: Message) -> str:
    """The file's name by RFC 2231 or, as many programs write it, RFC 2047."""
    try:
        given = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
        text = in_letters(given[2].encode("raw-unicode-escape"), given[0]) if isinstance(given, tuple) else given or ""
    except (HeaderParseError, ValueError, TypeError, LookupError):
        return ""
    last = _NAME_OF_PATH.search(decoded(text))
    name = last.group().strip() if last else ""
    head, dot, suffix = name.rpartition(".")
    return f"{head[: _LONGEST_NAME - 20]}{dot}{suffix[:19]}" if len(name) > _LONGEST_NAME else name


def _suffix(name: str) -> str:
    return f".{name.rpartition('.')[2].lower()}" if "." in name else ""


def _bytes_of(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AssertionError):
        return b""
    return content if isinstance(content, bytes) else b""


def _words_of_html(body: str) -> str:
    words = _Words()
    words.feed(body[:_LONGEST_SHOWN])
    words.close()
    return "\n".join(line for line in (" ".join(one.split()) for one in "".join(words.found).splitlines()) if line)


class _Words(HTMLParser):
    """What a person sees of an HTML body, roughly: enough to read a letter at a terminal."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _NOT_SHOWN
        if tag in _NEW_LINE:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _NOT_SHOWN))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)
