"""A batch that says something else than what was frozen: changed in the database itself, and refused by name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from conftest import Staged
from paying import BATCH, account, approved, batch_of, exported, frozen_group
from people import ADAM, WORKER
from sqlmodel import SQLModel, select

from flows.adapters.office import Office
from flows.steps.documents import newest
from flows.steps.rotation import rotate
from models.errors import BatchAltered
from models.tables import IssuedDocument, PayBatchItem
from models.tables.batches import BatchState

Change = Callable[[Office], None]


@contextmanager
def unprotected(office: Office, *tables: str) -> Iterator[sa.Connection]:
    """An intruder who owns the database takes its triggers away, writes, and puts them back."""
    with office.store.engine.execution_options(nabor_writes=True).begin() as connection:
        if connection.dialect.name == "sqlite":
            for table in tables:
                for verb in ("update", "delete"):
                    connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
            yield connection
            return
        for table in tables:
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield connection
        for table in tables:
            connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def rewritten(office: Office, table: str, where: str, **values: object) -> None:
    """Writes columns past the program, encrypted ones under the right key: more than a database alone can do."""
    stored = SQLModel.metadata.tables[table]
    with unprotected(office, table) as connection:
        done = connection.execute(sa.update(stored).where(sa.text(where)).values(**values))
        assert done.rowcount == 1


def other_cent(office: Office) -> None:
    rewritten(office, "pay_batch_item", "position = 2", amount=60721)


def other_digit(office: Office) -> None:
    rewritten(office, "pay_batch_item", "position = 2", account=account(7))


def other_person(office: Office) -> None:
    rewritten(office, "pay_batch_item", "position = 2", person_id=1)


def other_person_behind_the_record(office: Office) -> None:
    rewritten(office, "membership", f"id = {_membership(office)}", person_id=1)


def other_record(office: Office) -> None:
    """The record of the first, whose own transfer is made to look as if it had come back."""
    with office.reading(WORKER) as session:
        first, _ = session.exec(select(PayBatchItem).order_by("position")).all()
    rewritten(office, "pay_batch_item", "position = 1", state="returned")
    rewritten(office, "pay_batch_item", "position = 2", stipend_id=first.stipend_id)


def other_body(office: Office) -> None:
    """The whole text of another transfer, with its digest."""
    with office.reading(WORKER) as session:
        first, _ = session.exec(select(PayBatchItem).order_by("position")).all()
        body, digest = first.body, first.digest
    rewritten(office, "pay_batch_item", "position = 2", body=body, digest=digest)


def body_alone(office: Office) -> None:
    with office.reading(WORKER) as session:
        _, second = session.exec(select(PayBatchItem).order_by("position")).all()
        body = second.body.replace("60720", "90720")
    rewritten(office, "pay_batch_item", "position = 2", body=body, amount=90720)


def one_less(office: Office) -> None:
    with unprotected(office, "pay_batch_item", "pay_acknowledgement") as connection:
        # What was acknowledged goes with it; the database itself would not let it stand alone.
        connection.execute(sa.text("DELETE FROM pay_acknowledgement"))
        connection.execute(sa.text("DELETE FROM pay_batch_item WHERE position = 2"))


def other_day(office: Office) -> None:
    rewritten(office, "pay_batch", "id = 1", paid_on=sa.text("'2018-10-12'"))


def other_payer(office: Office) -> None:
    body = batch_of(office).body
    rewritten(office, "pay_batch", "id = 1", body=body.replace("57999900000000201800000001", account(9)))


def _membership(office: Office) -> int:
    with office.reading(WORKER) as session:
        _, second = session.exec(select(PayBatchItem).order_by("position")).all()
        stipends = SQLModel.metadata.tables["stipend"]
        chosen = sa.select(stipends.c.membership_id).where(stipends.c.id == second.stipend_id)
        return int(session.connection().execute(chosen).scalar_one())


SECOND = "KES/PGR/2205/2018/0002: "
CHANGES: list[tuple[Change, str]] = [
    (other_cent, SECOND + "kwota"),
    (other_digit, SECOND + "numer konta"),
    (other_person, SECOND + "osoba"),
    (other_person_behind_the_record, SECOND + "osoba"),
    (other_record, "osoba"),
    (other_body, SECOND + "osoba"),
    (body_alone, SECOND + "przelew (skrót nie zgadza się z treścią)"),
    (one_less, "lista: skład, dzień albo płatnik"),
    (other_day, "lista: skład, dzień albo płatnik"),
    (other_payer, "lista: skład, dzień albo płatnik"),
]


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
