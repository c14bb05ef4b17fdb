"""Through what an application moves, and what a group costs: two sheets laid side by side."""

import pytest

from models.rules.criteria import Result
from models.rules.pay import RatePer
from models.rules.ranking import ListKind, Place
from models.rules.rehearsal import Cause, Sheet, causes, forecast

SEATED = Place("1", 1, ListKind.MAIN, 9, 0, "O kolejności zdecydował czas.", rank=1, reason="Miejsce 1.")


def sheet(results: dict[str, Result], points: dict[str, int] | None = None) -> Sheet:
    outcome = Result.MET if set(results.values()) <= {Result.MET} else Result.NOT_MET
    verdicts = [
        {"code": code, "result": result.value, "paragraph": "§ 1", "sentence": f"{code} {result.value}"}
        for code, result in results.items()
    ]
    lines = [{"code": code, "title": code.upper(), "points": number} for code, number in (points or {}).items()]
    return Sheet(outcome, {"verdicts": verdicts, "points": lines}, sum((points or {}).values()), 0)


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        (sheet({"a": Result.MET}), sheet({"a": Result.NOT_MET, "b": Result.MET}), ["a"]),
        (sheet({"a": Result.MET}), sheet({"a": Result.MET, "b": Result.CANNOT_TELL}), ["b"]),
        (sheet({"a": Result.NOT_MET, "b": Result.MET}), sheet({"b": Result.MET}), ["a"]),
        (sheet({"a": Result.NOT_MET}), sheet({"a": Result.NOT_MET}), ["a"]),
        (sheet({}, {"p": 7, "q": 2}), sheet({}, {"p": 5, "q": 2, "r": 1}), ["p", "r"]),
        (None, sheet({"a": Result.MET}, {"p": 7}), []),
        (sheet({"a": Result.MET}), None, []),
    ],
    ids=["not met any more", "a new one", "gone", "none has changed", "points", "judged first", "not judged"],
)
def test_what_tells_the_sheets_apart_is_the_cause(before: Sheet | None, after: Sheet | None, codes: list[str]) -> None:
    assert [cause.code for cause in causes(before, after, None)] == codes


def test_the_place_on_the_list_comes_last_with_what_decided_among_equals() -> None:
    found = causes(sheet({}, {"p": 7}), sheet({}, {"p": 9}), SEATED)
    assert found == (
        Cause("p", "Punkty „P”: 7 → 9."),
        Cause("ranking", "Miejsce 1. O kolejności zdecydował czas."),
    )


@pytest.mark.parametrize(
    ("per", "grosze"), [(RatePer.HOUR, 7 * 2 * 12 * 6000), (RatePer.DAY, 7 * 2 * 2 * 6000), (RatePer.MEETING, 84000)]
)
def test_a_group_costs_what_its_seats_hours_and_rate_make(per: RatePer, grosze: int) -> None:
    assert forecast(6000, per, people=7, meetings=2, days=2, hours_per_day=6) == grosze
    assert forecast(6000, per, people=7, meetings=0, days=2, hours_per_day=6) == 0
