"""Random meetings through the steps and the database: what is stored is the money of the hours."""

import json
import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from benchmarks.pay_groups import LEAD, SEVERAL_PAYS, Crowd, MetGroup, fill_groups
from flows.adapters.office import Office
from flows.steps.costs import costs
from flows.steps.stipend_checks import check_stipends
from flows.steps.stipends import settle_records
from models.rules.pay import RatePer
from models.rules.pay_tables import Table, find_row
from models.rules.settlement import gross_by_day
from models.tables import Attendance, Membership, Stipend
from models.tables.stipends import COUNTED, StipendState

CROWD = Crowd(
    groups=25,
    members=4,
    first=date(2018, 4, 3),
    spread=1000,
    people=40,
    pays=SEVERAL_PAYS,
    whole_days=False,
)


def settled(office: Office, crowd: Crowd, seed: int) -> list[MetGroup]:
    """Random meetings, settled in the order in which they were held, each paid some days later."""
    chance = random.Random(seed)
    met = sorted(fill_groups(office.store, crowd, chance), key=lambda one: one.ended_on)
    for one in met:
        paid_on = one.ended_on + timedelta(days=chance.randrange(20))
        with office.writing(LEAD) as session:
            settle_records(office, session, one.call, one.meeting, paid_on=paid_on, actor=LEAD, now=office.now())
    return met


@pytest.mark.parametrize("groups", [25, pytest.param(400, marks=pytest.mark.slow)])
def test_days_records_months_and_costs_are_the_same_money(office: Office, groups: int) -> None:
    crowd = Crowd(**{**vars(CROWD), "groups": groups})
    settled(office, crowd, seed=groups)
    by_days = 0
    months: dict[tuple[int, int, int], list[dict[str, int]]] = defaultdict(list)
    with office.reading(LEAD) as session:
        rows = session.exec(
            select(Stipend, Membership.person_id)
            .join(Membership, col(Membership.id) == Stipend.membership_id)
            .order_by(col(Stipend.id))
        ).all()
        hours = session.exec(select(Attendance)).all()
        told = costs(session, actor=LEAD)
        checked = check_stipends(session)
    assert checked.flaws == ()
    assert checked.again == len(rows)
    assert sum(row.minutes for row, _ in rows) == sum(one.minutes for one in hours)
    for row, person_id in rows:
        body = json.loads(row.snapshot)
        shares = gross_by_day(
            [minutes for _, minutes in body["attendance"]], body["rate"]["grosze"], RatePer(body["rate"]["per"])
        )
        assert sum(shares) == row.gross
        assert row.state in {*COUNTED, StipendState.BLOCKED}
        if row.state in COUNTED:
            by_days += sum(shares)
            assert row.gross == row.net + row.social + row.health + row.tax
            months[person_id, row.paid_on.year, row.paid_on.month].append(body["settlement"]["amounts"])
    counted = [row for row, _ in rows if row.state in COUNTED]
    assert by_days == sum(row.gross for row in counted) == told.total.gross
    assert told.total.net == sum(row.net for row in counted)
    assert sum(one.spent.gross for one in told.meetings) == sum(one.spent.gross for one in told.months) == by_days
    for (_, year, month), parts in months.items():
        row = find_row(Table.HEALTH, paid_on=date(year, month, 1), worked_on=date(year, month, 1))
        assert row is not None
        whole = (sum(part["health_base"] for part in parts) * row.value + 5_000) // 10_000
        assert sum(part["health"] for part in parts) == whole


def test_settled_again_in_any_order_nothing_changes(sqlite_office: Office) -> None:
    chance = random.Random(7)
    met = fill_groups(sqlite_office.store, Crowd(groups=6, members=3, people=8), chance)
    for one in [*met, *chance.sample(met, len(met))]:
        with sqlite_office.writing(LEAD) as session:
            counts = settle_records(
                sqlite_office,
                session,
                one.call,
                one.meeting,
                paid_on=date(2018, 10, 10),
                actor=LEAD,
                now=sqlite_office.now(),
            )
    assert (counts.calculated, counts.unchanged) == (0, 3)
    with sqlite_office.reading(LEAD) as session:
        assert len(session.exec(select(Stipend)).all()) == 18
