"""Rows of the tables of rates follow one another, have ids, and are chosen by one date."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from models.rules.pay_tables import ROWS, RowStatus, SelectedBy, Table, find_row


@pytest.mark.parametrize("table", list(Table))
def test_rows_of_a_table_follow_each_other_without_gap_or_overlap(table: Table) -> None:
    rows = sorted((row for row in ROWS if row.table is table), key=lambda row: row.valid_from)
    assert rows
    for before, after in pairwise(rows):
        assert before.valid_to is not None
        assert after.valid_from - before.valid_to == timedelta(days=1)
    assert {row.selected_by for row in rows} == {
        SelectedBy.WORKED if table is Table.MINIMUM_HOURLY else SelectedBy.PAID
    }


def test_rows_have_ids_of_their_own_and_unconfirmed_ones_say_why() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS)
    assert all(row.note for row in ROWS if row.status is RowStatus.UNCONFIRMED)
    assert all(row.source for row in ROWS)


def test_only_the_selecting_date_chooses_a_row() -> None:
    row = find_row(Table.MINIMUM_HOURLY, paid_on=date(2019, 1, 10), worked_on=date(2018, 12, 15))
    assert row is not None
    assert row.value == 13_70
    row = find_row(Table.INCOME_TAX, paid_on=date(2019, 10, 1), worked_on=date(2019, 9, 28))
    assert row is not None
    assert row.value == 1700
