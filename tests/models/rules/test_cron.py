"""Schedules: when a cron line runs, as Prefect's own reader of them says."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest
from prefect._vendor.croniter import croniter

from flows.catalogue import CATALOGUE
from models.rules.cron import parse_cron
from models.rules.working_days import LOCAL

LINES = sorted(
    {one.cron for one in CATALOGUE if one.cron} | {"15 9 1,15 * *", "0 6-20/2 * 3-5 *", "5 0 * * 0", "0 0 * * 7"}
)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("begins", ["2018-03-20", "2018-10-23", "2018-12-28"])
def test_a_line_runs_when_prefect_would_run_it(line: str, begins: str) -> None:
    """Ten days each, two of them with a change of the clock."""
    first = datetime.fromisoformat(begins)
    last = first + timedelta(days=10)
    asked = croniter(line, first)  # by the clock on the wall, as Prefect asks it
    wall = takewhile(lambda at: at <= last, iter(lambda: asked.get_next(datetime), None))
    said = [at.replace(tzinfo=LOCAL).astimezone(UTC) for at in wall]
    assert list(parse_cron(line).between(first.replace(tzinfo=LOCAL), last.replace(tzinfo=LOCAL))) == said


@pytest.mark.parametrize("line", ["* * * *", "61 * * * *", "5-1 * * * *", "*/0 * * * *", "0 8 1 * 1", "a * * * *"])
def test_what_is_no_schedule_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        parse_cron(line)
