"""The second project is data: other groups, another order of steps, and nothing invented where nothing is published."""

from datetime import date
from pathlib import Path

import pytest

from models.group_kinds import Admission
from models.project import UNKNOWN, ProjectDefinition
from models.project_bytes import canonical_bytes, from_canonical
from models.project_file import load_project
from models.rules.meeting_kinds import MeetingKind


@pytest.fixture(scope="module")
def liderzy() -> ProjectDefinition:
    return load_project(Path(__file__).parents[2] / "projects" / "liderzy")


def test_it_carries_what_is_published(liderzy: ProjectDefinition) -> None:
    assert [one.voivodship for one in liderzy.partners] == ["18", "20", "06", "26", "14"]
    assert liderzy.partners[-1].unit == "Mazowieckie Centrum Polityki Społecznej"
    names = liderzy.area.names()
    assert {code: name for code, name in names.items() if len(code) > 2} == {"1419": "płocki", "1419122": "Słupno"}
    [kind] = liderzy.group_kinds
    assert (kind.code, kind.admission, kind.pay) == ("G-PZK", Admission.NOMINATION, None)
    assert (kind.merit, kind.reserve_seats) == ((), 0)


def test_the_schedule_has_a_meeting_a_month_two_trainings_a_focus_study_and_an_exchange(
    liderzy: ProjectDefinition,
) -> None:
    days: dict[MeetingKind, list[list[date]]] = {}
    for meeting in liderzy.schedule:
        days.setdefault(meeting.kind, []).append([day.date for day in meeting.days])
    assert [[day.month for day in one] for one in days[MeetingKind.MEETING]] == [[7], [8], [9], [10], [11], [12]]
    assert all(date(2018, 7, 1) <= day <= date(2018, 9, 30) for one in days[MeetingKind.TRAINING] for day in one)
    assert {kind: len(one) for kind, one in days.items()} == {
        MeetingKind.MEETING: 6,
        MeetingKind.TRAINING: 2,
        MeetingKind.FOCUS_STUDY: 1,
        MeetingKind.EXCHANGE: 1,
    }
    assert len(days[MeetingKind.EXCHANGE][0]) == 3


def test_what_nobody_has_published_is_said_to_be_unknown(liderzy: ProjectDefinition) -> None:
    unknown = (liderzy.number, liderzy.leader.name, liderzy.buyer.nip, liderzy.unit.address, liderzy.unit.phone)
    assert set(unknown) == {UNKNOWN}


def test_it_is_stored_and_read_again(liderzy: ProjectDefinition) -> None:
    assert from_canonical(canonical_bytes(liderzy)) == liderzy
