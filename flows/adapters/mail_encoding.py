"""A mail as the bytes that go over the wire, header folding included.

The standard library alters about four subjects in a hundred when it folds Polish text, and differently at each patch
level, so headers are folded here: RFC 2047 encoded words in base64, none longer than 75 characters, no line with one
longer than 76. Bodies are base64, so no server on the way needs 8BITMIME. The same ``Mail`` always gives the same
bytes: boundaries follow from the Message-ID.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal
from urllib.parse import quote

from models.errors import BadInput

CRLF = "\r\n"
LINE = 76
"""RFC 2047 §2: a header line that holds an encoded word has at most 76 characters."""
WORD = 75
"""RFC 2047 §2: an encoded word has at most 75 characters."""
WORD_FRAME = len("=?utf-8?B??=")
INVITE_FILE = "invite.ics"

CalendarMethod = Literal["REQUEST", "CANCEL"]

# What may stand in a header as it is: no quoting, no comment, nothing that looks like an encoded word, single blanks.
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9.,/:()-]+( [A-Za-z0-9.,/:()-]+)*", re.ASCII)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9-]+( [A-Za-z0-9-]+)*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
)
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_REFERENCE = re.compile(r"[a-z]+/[0-9]+")
_CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_ASCII_FALLBACK = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")


@dataclass(frozen=True)
class Attachment:
    """A document that goes with a mail. ``filename`` is seen by everybody on the way: it holds no personal data."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """One mail to one person. ``date`` is aware; ``message_id`` (with its angle brackets) was stored before sending."""

    from_name: str
    from_address: str
    to_address: str
    subject: str
    text: str
    html: str
    """Empty for a mail of plain text only, such as one that an officer rewrote."""
    message_id: str
    date: datetime
    to_name: str | None = None
    reply_to: str | None = None
    refers_to: str | None = None
    """Message-ID of the earlier mail that this one takes the place of; programs show the two as one conversation."""
    calendar: bytes | None = None
    calendar_method: CalendarMethod = "REQUEST"
    """Must equal the METHOD inside ``calendar``, or clients show no buttons (RFC 6047 §2.4)."""
    attachments: tuple[Attachment, ...] = ()
    stands_for: str = ""
    """In a test office: which message of the outbox this is. By its number, since a header is read on the way."""


def encode_mail(mail: Mail) -> bytes:
    """The mail as RFC 5322 bytes: ASCII only, CRLF, ready for DATA.

    Raises:
        BadInput: a line break or other control character in a header, an address that is none, a date without a zone.
    """
    if mail.date.tzinfo is None:
        raise BadInput("Data wiadomości nie ma strefy czasowej.")
    if mail.stands_for and not _REFERENCE.fullmatch(mail.stands_for):
        raise BadInput("Oznaczenie wiadomości ma niewłaściwą postać.")
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise BadInput("Identyfikator wiadomości (Message-ID) ma niewłaściwą postać.")
    if mail.refers_to and not _MESSAGE_ID.fullmatch(mail.refers_to):
        raise BadInput("Identyfikator wcześniejszej wiadomości ma niewłaściwą postać.")
    headers = [
        _mailbox("From", mail.from_name, mail.from_address),
        _mailbox("To", mail.to_name, mail.to_address),
        *([_mailbox("Reply-To", None, mail.reply_to)] if mail.reply_to else []),
        _text_header("Subject", mail.subject),
        f"Date: {format_datetime(mail.date)}",
        f"Message-ID:{CRLF} {mail.message_id}",
        *([f"{name}:{CRLF} {mail.refers_to}" for name in ("In-Reply-To", "References")] if mail.refers_to else []),
        "MIME-Version: 1.0",
        "Content-Language: pl",
        # RFC 3834: keeps auto-responders silent; the second says the same to Exchange.
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        *([f"X-Nabor-Redirected: {mail.stands_for}"] if mail.stands_for else []),
    ]
    return (CRLF.join(headers) + CRLF + _body(mail)).encode("ascii")


def _body(mail: Mail) -> str:
    """The content, beginning with its own Content-Type header.

    The invitation stands twice, as an alternative and as an attached file: some clients act on the one, some on the
    other. Alternatives go from plain to rich (RFC 2046 §5.1.4).
    """
    seed = sha256(mail.message_id.encode("ascii")).hexdigest()[:24]
    alternatives = [_text_part("plain", mail.text), *([_text_part("html", mail.html)] if mail.html else [])]
    attached = [_attachment(attachment) for attachment in mail.attachments]
    if mail.calendar is not None:
        kind = f"text/calendar; charset=utf-8; method={mail.calendar_method}"
        alternatives.append(_part(f"Content-Type: {kind}", mail.calendar))
        attached.insert(0, _attachment(Attachment(INVITE_FILE, "application/ics", mail.calendar)))
    alternative = _multipart("alternative", f"=_a{seed}", alternatives)
    return _multipart("mixed", f"=_m{seed}", [alternative, *attached]) if attached else alternative


def _multipart(subtype: str, boundary: str, parts: list[str]) -> str:
    head = f'Content-Type: multipart/{subtype};{CRLF} boundary="{boundary}"{CRLF}{CRLF}'
    return head + "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts) + f"--{boundary}--{CRLF}"


def _text_part(subtype: str, text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", CRLF)
    return _part(f"Content-Type: text/{subtype}; charset=utf-8", lines.encode())


def _attachment(attachment: Attachment) -> str:
    if not _CONTENT_TYPE.fullmatch(attachment.content_type):
        raise BadInput("Typ załącznika ma niewłaściwą postać.")
    if _CONTROL.search(attachment.filename) or not attachment.filename:
        raise BadInput("Nazwa załącznika jest pusta albo zawiera niedozwolone znaki.")
    # Old webmail reads only name=; everybody else reads the exact name of Content-Disposition (RFC 2231).
    fallback = re.sub(r"[^A-Za-z0-9._-]", "_", attachment.filename.translate(_ASCII_FALLBACK), flags=re.ASCII)[-60:]
    head = f'Content-Type: {attachment.content_type};{CRLF} name="{fallback}"{CRLF}Content-Disposition: attachment'
    return _part(head + _filename_parameter(attachment.filename), attachment.data)


def _filename_parameter(name: str) -> str:
    """``filename`` as a parameter by RFC 2231: percent-encoded UTF-8, continued over several lines when long."""
    triplets = re.findall(r"%..|.", quote(name, safe="-._"))
    pieces: list[str] = [""]
    for triplet in triplets:
        if len(pieces[-1]) + len(triplet) > 50:
            pieces.append("")
        pieces[-1] += triplet
    if len(pieces) == 1:
        return f";{CRLF} filename*=utf-8''{pieces[0]}"
    continued = [f";{CRLF} filename*{number}*={piece}" for number, piece in enumerate(pieces[1:], start=1)]
    return f";{CRLF} filename*0*=utf-8''{pieces[0]}" + "".join(continued)


def _part(head: str, data: bytes) -> str:
    encoded = b64encode(data).decode("ascii")
    lines = CRLF.join(encoded[start : start + LINE] for start in range(0, len(encoded), LINE))
    return f"{head}{CRLF}Content-Transfer-Encoding: base64{CRLF}{CRLF}{lines}"


def _mailbox(header: str, name: str | None, address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise BadInput(f"Adres w nagłówku {header} ma niewłaściwą postać.")
    if not name:
        return f"{header}: {address}"
    return f"{_text_header(header, name, plain=_PLAIN_NAME)}{CRLF} <{address}>"


def _text_header(header: str, text: str, *, plain: re.Pattern[str] = _PLAIN_TEXT) -> str:
    """``Header: text``, as encoded words throughout unless the text is plain ASCII that fits in one line."""
    if _CONTROL.search(text):
        raise BadInput(f"Nagłówek {header} zawiera znak końca wiersza lub inny znak sterujący.")
    start = f"{header}: "
    if plain.fullmatch(text) and len(start) + len(text) <= LINE:
        return start + text
    return start + f"{CRLF} ".join(_encoded_words(text, first_room=LINE - len(start)))


def _encoded_words(text: str, *, first_room: int) -> list[str]:
    """The text as RFC 2047 words that each hold whole characters. ``first_room`` is what the first line leaves."""
    chunks: list[bytes] = [b""]
    for character in text:
        encoded = character.encode()
        room = WORD if len(chunks) > 1 else min(first_room, WORD)
        if len(chunks[-1]) + len(encoded) > (room - WORD_FRAME) // 4 * 3:
            chunks.append(b"")
        chunks[-1] += encoded
    return [f"=?utf-8?B?{b64encode(chunk).decode('ascii')}?=" for chunk in chunks]
