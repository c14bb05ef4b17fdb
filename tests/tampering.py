"""What somebody who owns the database may do to batches, past the program and its triggers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from paying import account, batch_of
from people import WORKER
from sqlmodel import SQLModel, select

from flows.adapters.office import Office
from models.tables import PayBatchItem

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
