"""What an officer is told of days that are not as the kind of group meets."""

from datetime import date, time

import pytest

from models.rules.collisions import Hours
from models.rules.meeting_days import day_warnings
from models.rules.meeting_kinds import MeetingKind


def told(*days: Hours, kind: MeetingKind = MeetingKind.MEETING, outside: bool = True, count: int = 1) -> list[str]:
    return list(day_warnings(days, kind=kind, outside_working_hours=outside, day_count=count, hours_per_day=6))


def day(on: str, starts: int = 9, ends: int = 15) -> Hours:
    return Hours(date.fromisoformat(on), time(starts), time(ends))


@pytest.mark.parametrize(
    ("hours", "outside", "said"),
    [
        (day("2018-09-22"), True, []),
        (day("2018-09-21"), True, ["21.09.2018 r. wypada w piątek w godzinach pracy"]),
        (day("2018-09-21", 16, 22), True, []),
        (day("2018-09-22"), False, ["22.09.2018 r. wypada w sobotę, a ta grupa spotyka się w dni robocze."]),
        (day("2018-10-16"), False, []),
        (day("2018-10-16", 16, 22), False, ["16.10.2018 r. spotkanie jest poza godzinami pracy"]),
        (day("2018-11-11"), True, ["11.11.2018 r. jest święto: Narodowe Święto Niepodległości."]),
        (day("2018-11-12"), False, ["12.11.2018 r. jest święto:"]),
        (day("2018-09-22", 9, 14), True, ["22.09.2018 r. trwa 5 godz.; dzień spotkania tej grupy ma 6 godz."]),
    ],
)
def test_days(hours: Hours, outside: bool, said: list[str]) -> None:
    found = told(hours, outside=outside)
    assert len(found) == len(said)
    assert all(sentence.startswith(begin) for sentence, begin in zip(found, said, strict=True))


def test_only_a_plain_meeting_has_the_shape_of_its_group() -> None:
    days = (day("2018-09-22"), Hours(date(2018, 9, 23), time(9), time(12, 30)))
    assert told(*days) == [
        "Liczba dni: 2; spotkania tej grupy mają ich 1.",
        "23.09.2018 r. trwa 3 godz. 30 min; dzień spotkania tej grupy ma 6 godz.",
    ]
    assert told(*days, kind=MeetingKind.TRAINING) == []
