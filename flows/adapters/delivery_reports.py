"""Reports that a mail of ours did not arrive, or not yet: what the servers of recipients write about it (RFC 3464).

Older Exim writes no such report but a letter in English with a header of its own, and copies our mail beneath it. What
a report says is only claimed: it is believed when it names a mail of ours by what nobody outside can guess.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message

FAILED, DELAYED = "failed", "delayed"
UNTOLD = "5.0.0"
"""RFC 3463: failed, and nothing more is known."""

MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>;,\"]+@[^\s<>;,\"]+")
_COPIED_ID = re.compile(r"(?im)^Message-ID:\s*(<[^<>\s@]{1,200}@[^<>\s@]{1,200}>)")
_COPY_BEGINS = re.compile(r"(?m)^-{4,} This is a copy of .*$")
_MOST = 50


@dataclass(frozen=True)
class ReportedRecipient:
    """What became of a mail for one recipient. ``addresses``: by which it is called, in lower case."""

    action: str
    status: str
    addresses: frozenset[str] = field(repr=False)


@dataclass(frozen=True)
class DeliveryReport:
    """What a server reports. ``message_ids`` stand in the mail that it returns, ``envelope_id`` is what we gave it."""

    recipients: tuple[ReportedRecipient, ...]
    message_ids: tuple[str, ...] = field(default=(), repr=False)
    envelope_id: str = field(default="", repr=False)

    @property
    def failed(self) -> bool:
        return any(one.action == FAILED for one in self.recipients)


def delivery_report(root: Message) -> DeliveryReport | None:
    """The report that a mail is; ``None`` for any other mail."""
    parts = few_parts(root)
    blocks: list[Message] = []
    for part in parts:
        within = part.get_payload() if part.get_content_type() == "message/delivery-status" else None
        if isinstance(within, list):
            blocks += [block for block in within[:_MOST] if isinstance(block, Message)]
    recipients = tuple(_recipient(block) for block in blocks if "Action" in block)
    if recipients:
        given = next((str(block["Original-Envelope-Id"]) for block in blocks if "Original-Envelope-Id" in block), "")
        return DeliveryReport(recipients, _returned(parts), given.strip()[:200])
    if "X-Failed-Recipients" in root:
        return _exim(root)
    return None


def few_parts(root: Message) -> list[Message]:
    """The parts of a report: the mail's own and nothing deeper."""
    within = root.get_payload()
    return [part for part in within[:20] if isinstance(part, Message)] if isinstance(within, list) else []


def plain_text(part: Message) -> str:
    """A part's text, read without caring for its letters: only ASCII is looked for in it."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AssertionError):
        return ""
    return content.decode("latin-1")[:100_000] if isinstance(content, bytes) else ""


def returned_ids(root: Message) -> tuple[str, ...]:
    """Message-IDs of the mail that is returned with a report."""
    return _returned(few_parts(root))


def _recipient(block: Message) -> ReportedRecipient:
    called = " ".join(str(block.get(name, "")) for name in ("Original-Recipient", "Final-Recipient"))[:2000]
    status = _STATUS.search(str(block.get("Status", "")))
    return ReportedRecipient(
        action=str(block["Action"]).partition(";")[0].strip().lower()[:20],
        status=status.group() if status else UNTOLD,
        addresses=frozenset(found.lower() for found in _ADDRESS.findall(called)),
    )


def _returned(parts: Sequence[Message]) -> tuple[str, ...]:
    found: list[str] = []
    for part in parts:
        if part.get_content_type() in ("message/rfc822", "message/rfc822-headers", "text/rfc822-headers"):
            within = part.get_payload()
            inner = within[0] if isinstance(within, list) and within else within
            told = inner.get("Message-ID", "") if isinstance(inner, Message) else ""
            found += MESSAGE_ID.findall(str(told)) or _COPIED_ID.findall(plain_text(part))
    return tuple(dict.fromkeys(found))[:_MOST]


def _exim(root: Message) -> DeliveryReport:
    text = "\n".join(plain_text(part) for part in [root, *few_parts(root)])
    begins = _COPY_BEGINS.search(text)
    said, copy = (text[: begins.start()], text[begins.end() :]) if begins else (text, "")
    status = _STATUS.search(said)
    addresses = _ADDRESS.findall(str(root["X-Failed-Recipients"])[:5000])
    ids = (*returned_ids(root), *_COPIED_ID.findall(copy)[:1])
    return DeliveryReport(
        tuple(
            ReportedRecipient(FAILED, status.group() if status else UNTOLD, frozenset({address.lower()}))
            for address in addresses[:_MOST]
        ),
        tuple(dict.fromkeys(ids)),
    )
