"""The check of all records sees what was changed past the program in batches, the ledger, bank files and contracts."""

from collections.abc import Callable
from pathlib import Path

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from paying import BATCH, booked, confirmed, exported_group, frozen_group
from people import CALL, FILIP, FRANKA, PAID_ON, WORKER, go_to, group
from sqlmodel import col, select
from tampering import CHANGES, rewritten, unprotected

from flows.adapters.office import Office
from flows.steps.audit import FullAudit, verify_records
from flows.steps.bank_reports import mark_paid, mark_returned
from flows.steps.batch_freezing import discard
from flows.steps.contracts import issue_contracts
from flows.steps.documents import export, newest
from flows.steps.rotation import rotate
from models.tables import IssuedContract, PayBatchItem, Stipend


def verified(office: Office) -> FullAudit:
    with office.reading(people.ADAM) as session:
        return verify_records(office, session, actor=people.ADAM)


def confirmed_group(office: Office, people: int) -> list[str]:
    """… and whose transfers the bank carried out, as it says in a file."""
    registered = exported_group(office, people)
    confirmed(office, booked(office))
    return registered


def returned_group(office: Office, people: int) -> list[str]:
    """… the first of which was sent back before it was carried out, and the second after."""
    registered = exported_group(office, people)
    with office.reading(WORKER) as session:
        bills = select(Stipend.number).join(PayBatchItem, col(PayBatchItem.stipend_id) == Stipend.id)
        first, second = session.exec(bills.order_by(col(PayBatchItem.position))).all()
    with office.writing(FILIP) as session:
        mark_returned(session, first, on=PAID_ON, reason="zły numer", actor=FILIP, now=office.now())
    with office.writing(FILIP) as session:
        mark_paid(session, BATCH, on=PAID_ON, actor=FILIP, now=office.now())
    with office.writing(FILIP) as session:
        mark_returned(session, second, on=PAID_ON, reason="zły numer", actor=FILIP, now=office.now())
    return registered


def contracted(office: Office, people: int) -> list[str]:
    registered = group(office, people)
    go_to(office, "2018-09-03T09:00")
    with office.writing(FILIP) as session:
        issue_contracts(office, session, CALL, actor=FILIP, now=office.now())
    return registered


@pytest.mark.parametrize("stage", [frozen_group, confirmed_group, returned_group])
def test_what_nobody_touched_agrees(sqlite_staged: Staged, stage: Callable[[Office, int], list[str]]) -> None:
    office, _ = sqlite_staged(stage, 2)
    found = verified(office)
    assert (found.broken, found.batches.batches) == ((), 1)
    rotate(office.store, actor=people.ADAM, now=office.now())
    assert verified(office).broken == ()


def test_a_batch_that_was_given_up_agrees(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(frozen_group, 2)
    with office.writing(FILIP) as session:
        discard(session, BATCH, reason="próba", actor=FILIP, now=office.now())
    assert verified(office).broken == ()


def test_a_batch_whose_file_nobody_authorised_agrees_and_its_file_lies_apart(
    sqlite_staged: Staged, tmp_path: Path
) -> None:
    office, _ = sqlite_staged(exported_group, 2)
    with office.writing(FRANKA) as session:
        discard(session, BATCH, reason="zły plik", not_authorised=True, actor=FRANKA, now=office.now())
    assert verified(office).broken == ()
    written = [path.relative_to(tmp_path) for path in export(office, tmp_path / "eksport", actor=FILIP)]
    assert [path.parent for path in written if "przelewy" in path.parts] == [Path("eksport/przelewy/nieaktualne")]


@pytest.mark.parametrize(("change", "said"), CHANGES[::3], ids=lambda one: getattr(one, "__name__", ""))
def test_what_was_changed_after_freezing_is_named(
    sqlite_staged: Staged, change: Callable[[Office], None], said: str
) -> None:
    office, _ = sqlite_staged(frozen_group, 2)
    change(office)
    found = verified(office).batches.flaws
    assert any(one.startswith(f"lista {BATCH}: ") and said in one for one in found)
    assert "607" not in " ".join(found)


APPROVAL = f"lista {BATCH}: zatwierdzenia nie dał ten, kto jest wpisany, albo zatwierdzono co innego."
LEDGER = f"lista {BATCH}: {CALL}/0002: księga wypłat mówi co innego niż stan przelewu."


def test_an_approval_that_nobody_gave_is_named(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(confirmed_group, 2)
    rewritten(office, "pay_batch", "id = 1", approved_by="ktos-inny")
    assert verified(office).broken == (APPROVAL,)


def test_an_approval_that_was_taken_away_is_named(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 2)
    rewritten(office, "pay_batch", "id = 1", approved_by="", approval="")
    assert verified(office).broken == (APPROVAL,)


@pytest.mark.parametrize(
    ("stage", "change"),
    [
        (confirmed_group, "UPDATE pay_entry SET amount = amount + 1 WHERE item_id = 2"),
        (confirmed_group, "UPDATE pay_entry SET amount = 0 WHERE item_id = 2"),
        (confirmed_group, "UPDATE pay_entry SET kind = 'returned' WHERE item_id = 2"),
        (returned_group, "UPDATE pay_entry SET amount = -60719 WHERE item_id = 2 AND kind = 'returned'"),
        (returned_group, "UPDATE pay_entry SET amount = 0 WHERE item_id = 2 AND kind = 'returned'"),
        (returned_group, "DELETE FROM pay_entry WHERE item_id = 2 AND kind = 'paid'"),
        (returned_group, "DELETE FROM pay_entry WHERE item_id = 2 AND kind = 'returned'"),
    ],
)
def test_a_ledger_that_says_something_else_is_named(
    sqlite_staged: Staged, stage: Callable[[Office, int], list[str]], change: str
) -> None:
    office, _ = sqlite_staged(stage, 2)
    with unprotected(office, "pay_entry") as connection:
        assert connection.execute(sa.text(change)).rowcount == 1
    assert LEDGER in verified(office).batches.flaws


def test_money_that_came_back_without_having_left_is_named(staged: Staged) -> None:
    office, _ = staged(returned_group, 2)
    with unprotected(office, "pay_entry") as connection:
        connection.execute(sa.text("UPDATE pay_entry SET amount = -60720 WHERE item_id = 1"))
    assert verified(office).broken == (LEDGER.replace("/0002:", "/0001:"),)


def test_a_state_of_a_transfer_that_the_ledger_does_not_know_is_named(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 2)
    rewritten(office, "pay_batch_item", "position = 2", state="paid")
    found = verified(office).batches.flaws
    assert found == (f"lista {BATCH}: stan listy nie wynika ze stanów jej przelewów.", LEDGER)


def test_another_file_in_the_place_of_one_that_was_kept_is_named(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(confirmed_group, 2)
    with office.reading(WORKER) as session:
        bank_file, report = newest(session, "bank_file", BATCH), newest(session, "bank_report", "PB/0001")
    assert bank_file is not None
    assert report is not None
    paths = [office.files.root / row.stored_as[:2] / row.stored_as for row in (bank_file, report)]
    first, second = (path.read_bytes() for path in paths)
    paths[0].write_bytes(second)
    paths[1].write_bytes(first)
    assert verified(office).broken == (
        f"lista {BATCH}: plik dla banku nie jest tym, który sporządzono.",
        "potwierdzenia PB/0001: plik z banku nie jest tym, który wczytano.",
    )
    paths[0].unlink()
    assert "nie ma go w magazynie" in verified(office).broken[0]


def test_the_digest_of_a_file_that_was_changed_too_is_named(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(confirmed_group, 2)
    rewritten(office, "pay_batch", "id = 1", file_digest=f"{BATCH}:{'0' * 64}")
    rewritten(office, "bank_report", "id = 1", paid=1)
    assert verified(office).broken == (
        f"lista {BATCH}: plik dla banku nie jest tym, który sporządzono.",
        "potwierdzenia PB/0001: w księdze wypłat jest inna liczba wpisów z tego pliku, niż odnotowano.",
    )


def test_what_cannot_be_read_any_more_is_named_and_the_rest_goes_on(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(frozen_group, 2)
    with unprotected(office, "pay_batch_item") as connection:
        connection.execute(sa.text("UPDATE pay_batch_item SET body = x'6b00' WHERE position = 2"))
    found = verified(office).batches.flaws
    assert found == (f"lista {BATCH}: zapisanej treści nie da się odczytać: bajty w bazie zmieniono.",)


def test_a_contract_that_says_something_else_is_named(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(contracted, 2)
    assert (verified(office).broken, verified(office).contracts.contracts) == ((), 2)
    with office.reading(WORKER) as session:
        first, second = session.exec(select(IssuedContract).order_by("id")).all()
    rewritten(office, "issued_contract", "id = 1", terms=first.terms.replace('"Próbna', '"Inna'))
    rewritten(office, "issued_contract", "id = 2", rate_grosze=second.rate_grosze + 1)
    assert verified(office).broken == (
        f"umowa {first.number}, wersja 1: zapisana treść nie zgadza się ze swoim skrótem.",
        f"umowa {second.number}, wersja 1: w rejestrze jest co innego niż w treści umowy: rate.",
    )
