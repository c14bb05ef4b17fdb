"""The audit computes every payment again, and names what differs by number and without a sum."""

import json
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import Staged
from people import ACCOUNTS, CALL, FILIP, MEETING, PAID_ON, WORKER, met_group, state_pay
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.stipend_checks import StipendAudit, check_stipends
from flows.steps.stipends import settle_meeting
from models.columns import canonical
from models.rules import pay_tables
from models.storage import keyring_in
from models.tables import Stipend


def settled_group(office: Office) -> list[str]:
    registered = met_group(office, 3)
    for number, account in zip(registered[:2], ACCOUNTS, strict=False):
        state_pay(office, number, account)
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    return registered


def check(office: Office) -> StipendAudit:
    with office.reading(WORKER) as session:
        return check_stipends(session)


def forge(office: Office, change: dict[str, Any], **columns: object) -> None:
    """Somebody with the keys and the database writes another snapshot for the first payment, digest and all."""
    with office.writing(WORKER) as session:
        row = session.exec(select(Stipend).order_by(Stipend.id)).first()  # type: ignore[arg-type]
        assert row is not None
        body = json.loads(row.snapshot)
        for path, value in change.items():
            place = body
            *way, last = path.split(".")
            for step in way:
                place = place[step]
            place[last] = value
        row.snapshot = canonical(body)
        row.snapshot_lookup = keyring_in(session).lookup("stipend", row.snapshot)
        for name, value in columns.items():
            setattr(row, name, value)
        session.add(row)


def test_every_payment_follows_from_its_own_snapshot(staged: Staged) -> None:
    office, _ = staged(settled_group)
    assert check(office) == StipendAudit(again=3, older=0, flaws=())


@pytest.mark.parametrize(
    ("change", "columns", "said"),
    [
        ({}, {"net": 99_999_00}, "w rejestrze jest co innego niż w zapisanym obliczeniu: net."),
        ({"settlement.amounts.net": 70000, "payment.gross": 1}, {"net": 70000}, "daje co innego: amounts."),
        ({"attendance": [["2018-09-22", 720]]}, {}, ""),
        ({"attendance": [["2018-09-22", 700]]}, {}, "kwota brutto nie wynika z zapisanych godzin"),
        ({"of": [1, 1, 7]}, {}, "należy do innej osoby"),
        ({"settlement.algorithm": "pay-0"}, {}, "nie da się powtórzyć (KeyError)"),
    ],
)
def test_what_differs_is_named(
    sqlite_staged: Staged, change: dict[str, Any], columns: dict[str, object], said: str
) -> None:
    office, _ = sqlite_staged(settled_group)
    forge(office, change, **columns)
    flaws = check(office).flaws
    assert len(flaws) == (1 if said else 0)
    for flaw in flaws:
        assert flaw.startswith("wypłata R/0001/2018: ")
        assert said in flaw
        assert "700" not in flaw


def test_a_changed_snapshot_does_not_fit_its_digest(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(settled_group)
    with office.writing(WORKER) as session:
        session.execute(sa.text("UPDATE stipend SET snapshot_lookup = 'x' WHERE number = 'R/0001/2018'"))
    assert check(office).flaws == ("wypłata R/0001/2018: zapisane obliczenie nie zgadza się ze swoim skrótem.",)


def test_bytes_that_no_key_opens_are_named(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(settled_group)
    with office.writing(WORKER) as session:
        session.execute(sa.text("UPDATE stipend SET snapshot = x'00' WHERE number = 'R/0001/2018'"))
    (flaw,) = check(office).flaws
    assert "nie da się odczytać" in flaw


def test_a_later_change_of_a_rate_does_not_touch_what_was_computed(
    sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is corrected in the tables under its old name: the record holds the row as it stood."""
    office, _ = sqlite_staged(settled_group)
    changed = {
        table: tuple(replace(row, value=row.value + 100, source="inne") for row in rows)
        for table, rows in pay_tables._BY_TABLE.items()
    }
    monkeypatch.setattr(pay_tables, "_BY_TABLE", changed)
    assert check(office).flaws == ()


def test_an_algorithm_that_computes_otherwise_is_found(sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    office, _ = sqlite_staged(settled_group)
    monkeypatch.setattr("models.rules.contributions.percent", lambda amount, points: amount * points // 10_000 + 1)
    assert any("daje co innego: amounts, lines" in flaw for flaw in check(office).flaws)


def test_a_release_that_words_its_lines_otherwise_finds_no_fault_in_older_payments(
    sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _ = sqlite_staged(settled_group)
    monkeypatch.setattr(
        "models.rules.contributions.TABLE_LABELS", {table: f"inaczej: {table}" for table in pay_tables.Table}
    )
    assert check(office).flaws == ()
