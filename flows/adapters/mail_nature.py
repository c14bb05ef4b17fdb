"""Tells a letter of a person from what machines send: auto-replies, newsletters, reports of mails that did not arrive.

A machine is never answered, or two of them would write to each other without end (RFC 3834 §2).
"""

import re
from dataclasses import dataclass, field
from email.message import Message
from enum import StrEnum

from flows.adapters.delivery_reports import (
    DELAYED,
    MESSAGE_ID,
    DeliveryReport,
    delivery_report,
    few_parts,
    plain_text,
    returned_ids,
)
from flows.adapters.mail_decoding import DecodedMail

DELIVERY_DELAYED = "delivery_delayed"
SUBJECT_OF_AUTO_REPLY = "subject_of_auto_reply"
MAYBE_AUTOMATIC = "maybe_automatic"

# De facto headers of vacation programs, beside those of RFC 3834.
_AUTOMATIC_HEADERS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Autoresponse",
    "X-Auto-Reply",
    "X-Mail-Autoreply",
    "Autoresponder",
    "List-Id",
)
_PRECEDENCE = frozenset({"bulk", "junk", "auto_reply", "list"})
_SUBJECT = re.compile(
    r"^\W*(automatyczna odpowied|autoodpowied|odpowied\w+ automatyczna|poza biurem|nieobecno|out of (the )?office"
    r"|automatic reply|auto(matic)?[- ]?reply|abwesenheit)",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"(?:^|[\s<\"])(mailer-daemon|mail-daemon|maildaemon)(?:@|[\s>\"]|$)", re.IGNORECASE)


class Nature(StrEnum):
    LETTER = "letter"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"


@dataclass(frozen=True)
class Recognised:
    """``reported``: Message-IDs that a bounce may be about. ``remarks``: codes of what is uncertain. ``report``: what
    a server says became of a mail, where it says so in a form that can be relied on."""

    nature: Nature
    reported: tuple[str, ...] = field(default=(), repr=False)
    remarks: tuple[str, ...] = ()
    report: DeliveryReport | None = field(default=None, compare=False)


def recognise_nature(mail: DecodedMail) -> Recognised:
    """What kind of sender wrote, by headers; the subject alone decides nothing, since people answer to it."""
    root = mail.root
    if _parameter(root, "report-type") == "delivery-status" or _is_report(root):
        report = delivery_report(root)
        if report is not None and not report.failed:
            delayed = any(one.action == DELAYED for one in report.recipients)
            remarks = (DELIVERY_DELAYED,) if delayed else ()
            return Recognised(Nature.AUTOMATIC, remarks=remarks, report=report if delayed else None)
        return Recognised(Nature.BOUNCE, _reported(root, mail), report=report)
    null_path = "Return-Path" in root and not str(root["Return-Path"]).strip().strip("<>").strip()
    author = str(root.get("From", ""))[:1000]
    from_daemon, from_postmaster = bool(_DAEMON.search(author)), "postmaster@" in author.lower()
    if from_daemon or "X-Failed-Recipients" in root or (null_path and from_postmaster):
        return Recognised(Nature.BOUNCE, _reported(root, mail), report=delivery_report(root))
    if root.get_content_type() == "multipart/report" or null_path or _says_automatic(root):
        return Recognised(Nature.AUTOMATIC)
    remarks = (SUBJECT_OF_AUTO_REPLY,) if _SUBJECT.match(mail.subject) else ()
    if root.get("X-Auto-Response-Suppress") is not None:
        # It asks not to be answered by machines. Exchange writes it into auto-replies, some offices into every mail.
        return Recognised(Nature.AUTOMATIC, remarks=(*remarks, MAYBE_AUTOMATIC))
    return Recognised(Nature.LETTER, remarks=remarks)


def _says_automatic(root: Message) -> bool:
    submitted = str(root.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(root.get("Precedence", "")).strip().lower()
    return submitted not in ("no", "") or precedence in _PRECEDENCE or any(name in root for name in _AUTOMATIC_HEADERS)


def _is_report(root: Message) -> bool:
    return any(part.get_content_type() == "message/delivery-status" for part in few_parts(root))


def _reported(root: Message, mail: DecodedMail) -> tuple[str, ...]:
    """Message-IDs of the mail that came back: from its returned headers, else from anywhere in the report."""
    returned: list[str] = list(returned_ids(root))
    if not returned:
        returned = [one for part in [root, *few_parts(root)] for one in MESSAGE_ID.findall(plain_text(part))]
    return tuple(dict.fromkeys([*returned, *mail.answers]))[:50]


def _parameter(root: Message, name: str) -> str:
    given = root.get_param(name, "")
    return given.lower() if isinstance(given, str) else ""
