"""What a calendar makes of our invitations, read back by icalendar and dateutil."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from models.errors import BadInput
from templates.calendar import VTIMEZONE, meeting_invitation
from templates.letters.frame import MeetingDayLine

WARSAW = ZoneInfo("Europe/Warsaw")
Span = tuple[datetime, datetime]


def day(when: date, starts: int = 9, ends: int = 15) -> MeetingDayLine:
    return MeetingDayLine(date=when, starts=time(starts), ends=time(ends))


SATURDAY, SUNDAY = day(date(2018, 11, 24)), day(date(2018, 11, 25))


def invitation(days: Sequence[MeetingDayLine] = (SATURDAY, SUNDAY), **changed: object) -> bytes:
    given: dict[str, object] = {
        "method": "REQUEST",
        "uid": "spotkanie-1.osoba-7@rops.example",
        "sequence": 0,
        "now": datetime(2018, 11, 5, 12, 30, tzinfo=WARSAW),
        "summary": "I spotkanie Powiatowej Grupy Refleksyjnej – powiat kartuski",
        "place": "Kartuzy, ul. Przykładowa 1; sala 2",
        "description": "Program:\n– otwarcie, przerwa\n– warsztat",
        "organizer_name": "Ośrodek, Gdańsk",
        "organizer_address": "rekrutacja@rops.example",
        "attendee_address": "zofia@poczta.example",
        "attendee_name": "Zofia Wymyślona",
        **changed,
    }
    return meeting_invitation(given.pop("method"), days, **given)  # type: ignore[arg-type]


def events(file: bytes) -> list[Event]:
    return list(Calendar.from_ical(file).events)


def shown(file: bytes) -> list[Span]:
    """The hours a calendar shows: the series by its rule, minus what is left out, with its exceptions put in."""
    master, *exceptions = events(file)
    starts, ends = master["dtstart"].dt.replace(tzinfo=None), master["dtend"].dt.replace(tzinfo=None)
    rule = master["rrule"].to_ical().decode() if "rrule" in master else "FREQ=DAILY;COUNT=1"
    left_out = {moment.dt.replace(tzinfo=None) for moment in master["exdate"].dts} if "exdate" in master else set()
    instances = {
        start: (start, start + (ends - starts)) for start in rrulestr(rule, dtstart=starts) if start not in left_out
    }
    for exception in exceptions:
        replaced = exception["recurrence-id"].dt.replace(tzinfo=None)
        assert replaced in instances
        instances[replaced] = (
            exception["dtstart"].dt.replace(tzinfo=None),
            exception["dtend"].dt.replace(tzinfo=None),
        )
    return sorted(instances.values())


def meant(days: Sequence[MeetingDayLine]) -> list[Span]:
    return sorted((datetime.combine(d.date, d.starts), datetime.combine(d.date, d.ends)) for d in days)


def test_two_days_are_two_entries_with_their_hours() -> None:
    (event,) = events(invitation())
    assert event["rrule"].to_ical() == b"FREQ=DAILY;COUNT=2"
    assert event["dtstart"].to_ical() == b"20181124T090000"
    assert event["dtstart"].params["TZID"] == "Europe/Warsaw"
    assert shown(invitation()) == meant((SATURDAY, SUNDAY))


def test_one_day_does_not_repeat() -> None:
    (event,) = events(invitation([SATURDAY]))
    assert "rrule" not in event
    assert shown(invitation([SATURDAY])) == meant([SATURDAY])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.builds(day, st.dates(date(2018, 1, 1), date(2018, 3, 31)), st.integers(7, 9), st.integers(13, 18)),
        min_size=1,
        max_size=6,
        unique_by=lambda line: line.date,
    )
)
def test_any_days_at_any_hours_are_shown_as_meant(days: list[MeetingDayLine]) -> None:
    file = invitation(days)
    assert shown(file) == meant(days)
    assert len({str(event["uid"]) for event in events(file)}) == 1


def test_one_person_is_asked_to_answer() -> None:
    (event,) = events(invitation())
    attendee, organizer = event["attendee"], event["organizer"]
    assert str(attendee) == "mailto:zofia@poczta.example"
    assert (attendee.params["RSVP"], attendee.params["PARTSTAT"]) == ("TRUE", "NEEDS-ACTION")
    assert (str(organizer), organizer.params["CN"]) == ("mailto:rekrutacja@rops.example", "Ośrodek, Gdańsk")
    assert event["dtstamp"].to_ical() == b"20181105T113000Z"
    assert str(event["description"]) == "Program:\n– otwarcie, przerwa\n– warsztat"
    assert str(event["location"]) == "Kartuzy, ul. Przykładowa 1; sala 2"


def test_a_cancellation_keeps_the_uid_and_asks_nothing() -> None:
    short_sunday = day(SUNDAY.date, ends=13)
    file = invitation([SATURDAY, short_sunday], method="CANCEL", sequence=2)
    (event,) = events(file)
    assert Calendar.from_ical(file)["method"] == "CANCEL"
    assert (str(event["uid"]), event["sequence"], str(event["status"])) == (
        str(events(invitation())[0]["uid"]),
        2,
        "CANCELLED",
    )
    assert "RSVP" not in event["attendee"].params


def test_lines_are_folded_at_75_octets_and_end_with_crlf() -> None:
    file = invitation(summary="Spotkanie – źdźbło żółci " * 12, attendee_name="Żółć " * 30)
    assert file.count(b"\n") == file.count(b"\r\n")
    assert max(map(len, file.split(b"\r\n"))) <= 75
    (event,) = events(file)
    assert str(event["summary"]) == "Spotkanie – źdźbło żółci " * 12
    file.decode("utf-8")


def test_our_time_zone_is_the_real_one() -> None:
    ours = tzical(StringIO(VTIMEZONE)).get("Europe/Warsaw")
    assert ours is not None
    moment, end = datetime(2018, 1, 1, 0, 30, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
    while moment < end:
        local = moment.astimezone(WARSAW)
        # Hours that a change makes ambiguous or skips are nobody's meeting; every other hour has to agree.
        if local.hour not in (1, 2, 3):
            assert ours.utcoffset(local.replace(tzinfo=None)) == local.utcoffset(), local
        moment += timedelta(hours=5)
    for year in range(2018, 2036):
        for month in (3, 10):
            last = max(date(year, month, d) for d in range(25, 32) if date(year, month, d).weekday() == 6)
            for hour in (0, 5, 23):
                local = datetime.combine(last, time(hour))
                assert ours.utcoffset(local) == local.replace(tzinfo=WARSAW).utcoffset()


@pytest.mark.parametrize(
    ("days", "changed"),
    [
        ([], {}),
        ([SATURDAY, SATURDAY], {}),
        ([day(date(2018, 11, 24), 15, 9)], {}),
        ([SATURDAY], {"now": datetime(2018, 11, 5)}),  # noqa: DTZ001
        ([SATURDAY], {"attendee_address": "zofia@poczta.example\r\nATTENDEE:mailto:obcy@poczta.example"}),
        ([SATURDAY], {"organizer_address": "biuro"}),
    ],
)
def test_what_cannot_be_a_meeting_is_refused(days: list[MeetingDayLine], changed: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refusal:
        invitation(days, **changed)
    assert "zofia" not in str(refusal.value)


@pytest.mark.parametrize("field", ["summary", "place", "description", "uid", "attendee_name"])
def test_no_value_adds_a_line_of_its_own(field: str) -> None:
    (event,) = events(invitation(**{field: "a\r\nATTENDEE:mailto:obcy@poczta.example\nX-A:b"}))
    assert not isinstance(event["attendee"], list)
    assert "X-A" not in event
