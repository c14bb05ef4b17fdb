"""Invitations for calendars: one meeting, one person, one file (RFC 5545, RFC 5546).

A meeting of several days is *one* event that repeats by the day, since Outlook takes only the first of several events
with different UIDs and no client agrees with another on RDATE. Days further apart are a longer interval with the days
between left out, and a day with hours of its own is an exception of the same UID: all clients know these three.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import gcd
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vRecur, vText

from models.errors import BadInput
from templates.letters.frame import MeetingDayLine

WARSAW = ZoneInfo("Europe/Warsaw")
PRODUCER = "-//Nabor//Nabor//PL"
_ADDRESS = re.compile(r"[!-~]+@[!-~]+")

# The rule of the European Union since 1996 (today Directive 2000/84/EC) in two lines, instead of a list of every change
# to 2038. A test compares it with the zone database.
VTIMEZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/Warsaw
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def meeting_invitation(
    method: Literal["REQUEST", "CANCEL"],
    days: Sequence[MeetingDayLine],
    *,
    uid: str,
    sequence: int,
    now: datetime,
    summary: str,
    place: str,
    description: str,
    organizer_name: str,
    organizer_address: str,
    attendee_address: str,
    attendee_name: str | None = None,
    answered: Literal["ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"] | None = None,
) -> bytes:
    """The calendar file of one person's invitation, or of its cancellation.

    ``uid`` stays the same for this meeting and person for ever; ``sequence`` grows with every change and with the
    cancellation (RFC 5546 §2.1.4). ``organizer_address`` is the visible sender of the mail. Hours are Polish local
    time; ``now`` is aware and becomes DTSTAMP in UTC. ``answered`` is an answer that stays valid: it is not asked for
    again (RFC 5546 §3.2.2.1), and calendars keep showing it.

    Raises:
        BadInput: no day, a day twice, an end not after its start, a time without a zone, an address that is none.
    """
    if now.tzinfo is None:
        raise BadInput("Chwila wystawienia zaproszenia nie ma strefy czasowej.")
    first, *later = _checked(days)

    def event_of(day: MeetingDayLine) -> Event:
        event = Event()
        event.add("uid", uid)
        event.add("sequence", sequence)
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", _starts(day))
        event.add("dtend", datetime.combine(day.date, day.ends, WARSAW))
        event.add("summary", summary)
        event.add("location", place)
        event.add("description", description)
        event.add("organizer", _person(organizer_address, organizer_name))
        event.add("attendee", _attendee(attendee_address, attendee_name, asked=method == "REQUEST", answered=answered))
        event.add("status", "CONFIRMED" if method == "REQUEST" else "CANCELLED")
        event.add("transp", "OPAQUE")
        return event

    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(Timezone.from_ical(VTIMEZONE))
    series = event_of(first)
    calendar.add_component(series)
    if later:
        _repeat(series, first, later)
    # A cancellation of the series takes its exceptions along.
    for day in later if method == "REQUEST" else ():
        if (day.starts, day.ends) != (first.starts, first.ends):
            exception = event_of(day)
            exception.add("recurrence-id", datetime.combine(day.date, first.starts, WARSAW))
            calendar.add_component(exception)
    encoded: bytes = calendar.to_ical()
    return encoded


def _repeat(series: Event, first: MeetingDayLine, later: Sequence[MeetingDayLine]) -> None:
    """Makes ``series`` fall on its later days: by the widest step that meets them all, minus the days between."""
    distances = [(day.date - first.date).days for day in later]
    step = gcd(*distances)
    count = distances[-1] // step + 1
    rule = {"freq": "daily", "count": count}
    series.add("rrule", vRecur({**rule, "interval": step} if step > 1 else rule))
    wanted = {day.date for day in later}
    steps: list[date] = [first.date + timedelta(days=step * number) for number in range(1, count)]
    left_out = [datetime.combine(day, first.starts, WARSAW) for day in steps if day not in wanted]
    if left_out:
        series.add("exdate", left_out)


def _checked(days: Sequence[MeetingDayLine]) -> list[MeetingDayLine]:
    in_order = sorted(days, key=lambda day: day.date)
    if not in_order or len({day.date for day in in_order}) < len(in_order):
        raise BadInput("Spotkanie musi mieć co najmniej jeden dzień, a każdy dzień tylko raz.")
    if any(day.ends <= day.starts for day in in_order):
        raise BadInput("Godzina zakończenia dnia spotkania musi być późniejsza niż godzina rozpoczęcia.")
    return in_order


def _starts(day: MeetingDayLine) -> datetime:
    return datetime.combine(day.date, day.starts, WARSAW)


def _person(address: str, name: str | None) -> vCalAddress:
    if not _ADDRESS.fullmatch(address):
        raise BadInput("Adres w zaproszeniu do kalendarza ma niewłaściwą postać.")
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = vText(name)
    return person


def _attendee(address: str, name: str | None, *, asked: bool, answered: str | None) -> vCalAddress:
    attendee = _person(address, name)
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    if asked:
        attendee.params["PARTSTAT"] = vText(answered or "NEEDS-ACTION")
        attendee.params["RSVP"] = vText("FALSE" if answered else "TRUE")
    return attendee
