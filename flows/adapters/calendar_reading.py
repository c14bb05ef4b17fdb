"""Reads the answer to an invitation out of a mail (iMIP, RFC 6047): which event, who, what, when.

Calendars write it as an alternative of the text, as an attachment, or as both; in base64 or quoted-printable; with
folded lines, foreign names of time zones and properties of their own. Everything in it was written by a stranger.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from email.message import Message
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, vCalAddress

from flows.adapters.mail_decoding import MOST_PARTS, DecodedMail, in_letters
from models.rules.invitation_answers import AnswerOutcome
from models.tables.meetings import AnswerMethod

WARSAW = ZoneInfo("Europe/Warsaw")
_LARGEST = 256 * 1024
_MOST_CALENDARS = 10
_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/x-ics"})
_METHODS = {method.name: method for method in AnswerMethod}
_SAID = re.compile(r"^METHOD[^:\r\n]*:[ \t]*(REPLY|COUNTER|REFRESH)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_LONGEST_COMMENT, _LONGEST_ADDRESS, _LARGEST_SEQUENCE = 2000, 320, 2**31 - 1


@dataclass(frozen=True)
class CalendarAnswer:
    """What one answer says. Addresses are plain; ``stamped_at`` is DTSTAMP in UTC, ``None`` when it is missing.

    ``starts`` and ``ends`` are the event's hours as the answer has them, aware: what a counter-proposal proposes.
    ``instance``: the beginning of the one day of a repeated event that it is about.
    """

    method: AnswerMethod
    uid: str = field(repr=False)
    sequence: int
    stamped_at: datetime | None
    attendee: str = field(repr=False)
    sent_by: str = field(repr=False)
    partstat: str
    delegate: str = field(repr=False)
    comment: str = field(repr=False)
    starts: datetime | None
    ends: datetime | None
    instance: datetime | None


@dataclass(frozen=True)
class FaultyAnswer:
    """An answer that cannot be used, why, and which event it names if that can be told."""

    why: AnswerOutcome
    method: AnswerMethod = AnswerMethod.REPLY
    uid: str = field(default="", repr=False)


def is_calendar(name: str, content: bytes) -> bool:
    """Whether an attachment is a calendar file: never a form, whoever sent it."""
    return name.lower().endswith((".ics", ".vcs")) or content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(
        b"BEGIN:VCALENDAR"
    )


def read_answer(mail: DecodedMail) -> CalendarAnswer | FaultyAnswer | None:
    """The answer in a mail; ``None`` when there is none. Calendars that invite, cancel or publish are no answers."""
    answers: list[CalendarAnswer | FaultyAnswer] = []
    for part in _calendars(mail.root):
        one = _answer_in(part)
        if one is not None and one not in answers:
            answers.append(one)
    if len(answers) > 1:
        whole = [one for one in answers if isinstance(one, CalendarAnswer)]
        # The same answer twice, once of them spoilt on the way: the whole one is meant.
        if len(whole) == 1 and all(isinstance(one, CalendarAnswer) or _spoilt(one) for one in answers):
            return whole[0]
        return FaultyAnswer(AnswerOutcome.SEVERAL_EVENTS, answers[0].method)
    return answers[0] if answers else None


def _spoilt(one: FaultyAnswer) -> bool:
    return one.why is AnswerOutcome.UNREADABLE


def _calendars(root: Message) -> Iterator[Message]:
    """Parts with a calendar, of the mail itself: not of mails that were forwarded or came back."""
    waiting, seen, found = [root], 0, 0
    while waiting and seen < MOST_PARTS and found < _MOST_CALENDARS:
        part = waiting.pop(0)
        seen += 1
        if part.get_content_maintype() == "message":
            continue
        within = part.get_payload() if part.is_multipart() else None
        if isinstance(within, list):
            waiting[:0] = [one for one in within if isinstance(one, Message)]
            continue
        name = str(part.get_filename("") or "").lower()
        if part.get_content_type() in _TYPES or name.endswith((".ics", ".vcs")):
            found += 1
            yield part


def _answer_in(part: Message) -> CalendarAnswer | FaultyAnswer | None:
    content = part.get_payload(decode=True)
    text = in_letters(content, part.get_content_charset()) if isinstance(content, bytes) else ""
    text = text.lstrip("\ufeff \r\n\t")
    given = part.get_param("method", "")
    announced = given.upper() if isinstance(given, str) else ""
    said = _SAID.search(text[:_LARGEST])
    method = _METHODS.get(announced) or (_METHODS[said[1].upper()] if said else None)
    if method is None:
        return None
    if len(text) > _LARGEST:
        return FaultyAnswer(AnswerOutcome.UNREADABLE, method)
    try:
        return _read(text, announced, method)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError):
        return FaultyAnswer(AnswerOutcome.UNREADABLE, method)


def _read(text: str, announced: str, method: AnswerMethod) -> CalendarAnswer | FaultyAnswer:
    with warnings.catch_warnings():
        # It tells on standard error when it guesses a zone from a name of a program's own making.
        warnings.simplefilter("ignore")
        calendars = Calendar.from_ical(text, multiple=True)
    if len(calendars) != 1:
        why = AnswerOutcome.SEVERAL_EVENTS if calendars else AnswerOutcome.UNREADABLE
        return FaultyAnswer(why, method)
    (calendar,) = calendars
    events = [one for one in calendar.walk("VEVENT") if isinstance(one, Event)]
    uids = {_text(event, "UID") for event in events}
    uid = uids.pop() if len(uids) == 1 else ""
    if len(events) != 1:
        why = AnswerOutcome.SEVERAL_EVENTS if events else AnswerOutcome.UNREADABLE
        return FaultyAnswer(why, method, uid)
    own = _text(calendar, "METHOD").upper()
    if announced and own and announced != own:
        return FaultyAnswer(AnswerOutcome.METHOD_DIFFERS, method, uid)
    (event,) = events
    attendees = _several(event, "ATTENDEE")
    if not uid or len(attendees) != 1:
        why = AnswerOutcome.WRONG_ATTENDEE if attendees else AnswerOutcome.UNREADABLE
        return FaultyAnswer(why, method, uid)
    attendee = attendees[0]
    parameters = attendee.params if isinstance(attendee, vCalAddress) else {}
    return CalendarAnswer(
        method=method,
        uid=uid,
        sequence=_sequence(event),
        stamped_at=_moment(event, "DTSTAMP", UTC),
        attendee=_address(attendee),
        sent_by=_address(parameters.get("SENT-BY", "")),
        partstat=str(parameters.get("PARTSTAT", "")).strip().upper()[:20],
        delegate=_address(_first(parameters.get("DELEGATED-TO", ""))),
        comment="\n".join(_shown(str(one)) for one in _several(event, "COMMENT"))[:_LONGEST_COMMENT],
        starts=_moment(event, "DTSTART", WARSAW),
        ends=_end(event),
        instance=_moment(event, "RECURRENCE-ID", WARSAW),
    )


def _several(component: Component, name: str) -> list[object]:
    value = component.get(name)
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _first(value: object) -> object:
    return value[0] if isinstance(value, list | tuple) and value else value


def _text(component: Component, name: str) -> str:
    values = _several(component, name)
    return str(values[0]).strip() if values else ""


def _sequence(event: Event) -> int:
    """Raises ``ValueError`` for what is no count; a missing one is 0 (RFC 5545 §3.8.7.4)."""
    number = int(_text(event, "SEQUENCE") or 0)
    if not 0 <= number <= _LARGEST_SEQUENCE:
        raise ValueError("a sequence that nobody writes")
    return number


def _address(value: object) -> str:
    text = str(value).strip().strip('"').strip()
    bare = text[7:] if text[:7].lower() == "mailto:" else text
    return unquote(bare).strip().casefold()[:_LONGEST_ADDRESS]


def _moment(event: Event, name: str, zone: tzinfo) -> datetime | None:
    """An instant in UTC. A time without a zone, or in one that the file does not explain, is meant in ``zone``."""
    values = _several(event, name)
    told = getattr(values[0], "dt", None) if values else None
    if isinstance(told, datetime):
        return (told if told.utcoffset() is not None else told.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(told, date):
        return datetime(told.year, told.month, told.day, tzinfo=WARSAW).astimezone(UTC)
    return None


def _end(event: Event) -> datetime | None:
    end, start = _moment(event, "DTEND", WARSAW), _moment(event, "DTSTART", WARSAW)
    duration = getattr(event.get("DURATION"), "dt", None)
    return end if end is not None or start is None or duration is None else start + duration


def _shown(text: str) -> str:
    """What a stranger wrote is shown at a terminal, which would obey control characters."""
    return "".join(letter if letter == "\n" or letter.isprintable() else " " for letter in text).strip()
