"""A batch that says something else than what was frozen: changed in the database itself, and refused by name."""

import pytest
import sqlalchemy as sa
from conftest import Staged
from paying import BATCH, account, approved, batch_of, exported, frozen_group
from people import ADAM, WORKER
from sqlmodel import select
from tampering import CHANGES, Change, rewritten

from flows.steps.documents import newest
from flows.steps.rotation import rotate
from models.errors import BatchAltered
from models.tables import IssuedDocument
from models.tables.batches import BatchState


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=lambda one: getattr(one, "__name__", ""))
def test_what_was_changed_after_freezing_is_refused_by_name(staged: Staged, change: Change, said: str) -> None:
    office, _ = staged(frozen_group, 2)
    change(office)
    with pytest.raises(BatchAltered) as refused:
        approved(office)
    assert said in str(refused.value)
    assert batch_of(office).state is BatchState.FROZEN


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=lambda one: getattr(one, "__name__", ""))
def test_what_was_changed_after_approval_never_becomes_a_file(sqlite_staged: Staged, change: Change, said: str) -> None:
    office, _ = sqlite_staged(frozen_group, 2)
    approved(office)
    change(office)
    with pytest.raises(BatchAltered) as refused:
        exported(office)
    assert said in str(refused.value) or "zatwierdzenie" in str(refused.value)
    with office.reading(WORKER) as session:
        assert newest(session, "bank_file", BATCH) is None


def test_a_changed_record_or_statement_is_refused(staged: Staged) -> None:
    office, _ = staged(frozen_group, 1)
    rewritten(office, "stipend", "id = 1", net=60721)
    rewritten(office, "pay_statement", "id = 1", account=account(7))
    with pytest.raises(BatchAltered, match="kwota") as refused:
        approved(office)
    assert "numer konta" in str(refused.value)


def test_a_state_that_somebody_wrote_is_no_approval(staged: Staged) -> None:
    office, _ = staged(frozen_group, 1)
    rewritten(office, "pay_batch", "id = 1", state="approved", approved_by="franka", approval="0" * 64)
    with pytest.raises(BatchAltered, match="zatwierdzenie"):
        exported(office)


def test_somebody_elses_name_under_an_approval_is_seen(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(frozen_group, 1)
    approved(office)
    rewritten(office, "pay_batch", "id = 1", approved_by="ktos-inny")
    with pytest.raises(BatchAltered, match="zatwierdzenie"):
        exported(office)


def test_another_file_in_the_place_of_the_kept_one_is_seen(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(frozen_group, 1)
    approved(office)
    exported(office)
    with office.reading(WORKER) as session:
        row = newest(session, "bank_file", BATCH)
        other = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "payment_list")).first()
    assert row is not None
    assert other is not None
    kept = office.files.root / other.stored_as[:2] / other.stored_as
    (office.files.root / row.stored_as[:2] / row.stored_as).write_bytes(kept.read_bytes())
    with pytest.raises(BatchAltered, match="plik dla banku"):
        exported(office)


@pytest.mark.parametrize("column", ["amount", "person_id", "stipend_id", "position", "batch_id"])
def test_the_database_itself_refuses_to_change_whom_and_how_much(staged: Staged, column: str) -> None:
    office, _ = staged(frozen_group, 1)
    engine = office.store.engine.execution_options(nabor_writes=True)
    for statement in (f"UPDATE pay_batch_item SET {column} = 7", "DELETE FROM pay_batch_item"):
        with engine.connect() as connection, connection.begin(), pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text(statement))


def test_a_rotation_of_keys_alters_nothing(staged: Staged) -> None:
    office, _ = staged(frozen_group, 2)
    rotate(office.store, actor=ADAM, now=office.now())
    approved(office)
    rotate(office.store, actor=ADAM, now=office.now())
    first = exported(office)
    rotate(office.store, actor=ADAM, now=office.now())
    assert exported(office).content == first.content
