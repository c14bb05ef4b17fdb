"""Attendance that changes between settling and paying: the old sum does not leave."""

import json
from datetime import date

import pytest
from conftest import Staged
from paying import (
    BATCH,
    Booked,
    approved,
    batch_of,
    booked,
    confirmed,
    exported,
    exported_group,
    frozen,
    frozen_group,
    signed_group,
)
from people import CALL, FILIP, MEETING, PAID_ON, WORKER, attend, go_to
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.batch_freezing import discard
from flows.steps.memberships import membership_of
from flows.steps.stipend_records import record_signed_bill
from flows.steps.stipends import settle_meeting
from models.columns import canonical
from models.errors import PaymentsBlocked
from models.storage import keyring_in
from models.tables import Stipend
from models.tables.batches import BatchState
from models.tables.stipends import StipendState

CHANGED = "obecność zmieniła się po rozliczeniu"
TOO_MUCH = "za to spotkanie rozliczono za dużo"


def standing(office: Office, number: str) -> list[Stipend]:
    with office.reading(WORKER) as session:
        membership = membership_of(session, number)
        return list(
            session.exec(
                select(Stipend)
                .where(Stipend.membership_id == membership.id, Stipend.state != StipendState.SUPERSEDED)
                .order_by(col(Stipend.version))
            ).all()
        )


def settle(office: Office, *, reason: str = "") -> None:
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, replace_signed=bool(reason), reason=reason, actor=FILIP)


def give_up(office: Office) -> None:
    with office.writing(FILIP) as session:
        discard(session, BATCH, reason="zmiana obecności", actor=FILIP, now=office.now())


def sign(office: Office, bill: str) -> None:
    with office.writing(FILIP) as session:
        record_signed_bill(session, bill, actor=FILIP, now=office.now())


def five_hours(office: Office) -> str:
    """One member whose signed bill is for five hours on each of the two days."""
    (first,) = signed_group(office, 1)
    attend(office, first, 300, 300)
    settle(office, reason="krótsza obecność")
    sign(office, standing(office, first)[-1].number)
    return first


def stopped(office: Office) -> str:
    with pytest.raises(PaymentsBlocked) as refused:
        frozen(office)
    return str(refused.value).replace("\xa0", " ")


def test_a_bill_signed_before_attendance_changed_is_not_frozen(staged: Staged) -> None:
    office, (first, second) = staged(signed_group, 2)
    attend(office, first, 0, 0)
    said = stopped(office)
    assert f"{first}: {CHANGED}; rozlicz spotkanie jeszcze raz (nabor stipend settle)." in said
    assert second not in said
    made = frozen(office, leave_out=True)
    assert (made.payments, [one.number for one in made.left_out]) == (1, [first])


def test_only_what_settling_would_mend_is_a_change(sqlite_staged: Staged) -> None:
    office, first = sqlite_staged(five_hours)
    attend(office, first, 360, 240)
    assert CHANGED not in str(frozen(office.on_trial())), "the days and the minutes in all are the same"
    attend(office, first, 300, 0)
    assert CHANGED in stopped(office)
    settle(office, reason="jeden dzień")
    sign(office, standing(office, first)[-1].number)
    assert frozen(office).payments == 1


def test_a_record_of_an_older_release_is_compared_by_its_minutes(sqlite_staged: Staged) -> None:
    office, first = sqlite_staged(five_hours)
    with office.writing(WORKER) as session:
        row = session.exec(select(Stipend).where(Stipend.state == StipendState.SIGNED)).one()
        row.snapshot = canonical({key: said for key, said in json.loads(row.snapshot).items() if key != "attendance"})
        row.snapshot_lookup = keyring_in(session).lookup("stipend", row.snapshot)
        session.add(row)
    attend(office, first, 300, 310)
    assert CHANGED in stopped(office)
    attend(office, first, 290, 310)
    assert frozen(office).payments == 1


def test_hours_cut_after_freezing_stop_the_approval_before_and_after_they_are_settled(staged: Staged) -> None:
    office, (first,) = staged(frozen_group, 1)
    attend(office, first, 300, 360)
    with pytest.raises(PaymentsBlocked, match=CHANGED):
        approved(office)
    settle(office)
    with pytest.raises(PaymentsBlocked) as refused:
        approved(office)
    assert f"{first}: {TOO_MUCH} o 60,00 zł brutto" in str(refused.value).replace("\xa0", " ")
    assert "zaniechaj listę (nabor batch discard) i rozlicz spotkanie jeszcze raz" in str(refused.value)
    assert batch_of(office).state is BatchState.FROZEN


def test_hours_added_after_freezing_go_their_own_way_once_settled(sqlite_staged: Staged) -> None:
    office, first = sqlite_staged(five_hours)
    frozen(office)
    attend(office, first, 340, 300)
    settle(office)
    assert [row.gross for row in standing(office, first)] == [600_00, 40_00]
    assert approved(office).state is BatchState.APPROVED


def test_what_a_given_up_batch_leaves_is_not_frozen_beside_its_overpayment(sqlite_staged: Staged) -> None:
    office, (first,) = sqlite_staged(frozen_group, 1)
    attend(office, first, 300, 360)
    settle(office)
    give_up(office)
    assert TOO_MUCH in stopped(office)
    settle(office, reason="krótsza obecność")
    (anew,) = standing(office, first)
    assert anew.gross == 660_00
    sign(office, anew.number)
    assert frozen(office).payments == 1


def test_money_that_came_back_does_not_leave_again_beside_its_overpayment(sqlite_staged: Staged) -> None:
    office, (first,) = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    confirmed(office, [one])
    attend(office, first, 300, 360)
    settle(office)
    confirmed(office, [Booked(one.reference, one.amount, one.account, date(2018, 10, 11), returned=True)])
    assert [(row.state, row.gross) for row in standing(office, first)] == [
        (StipendState.RETURNED, 720_00),
        (StipendState.BLOCKED, -60_00),
    ]
    with pytest.raises(PaymentsBlocked, match=TOO_MUCH):
        frozen(office, paid_on=date(2018, 10, 16))
    settle(office)
    assert [(row.state, row.gross) for row in standing(office, first)] == [(StipendState.CALCULATED, 660_00)]


@pytest.mark.parametrize("settled", [False, True])
def test_hours_cut_after_the_approval_stop_the_file_and_the_batch_can_be_given_up(
    staged: Staged, settled: bool
) -> None:
    office, (first, _) = staged(frozen_group, 2)
    approved(office)
    attend(office, first, 300, 360)
    if settled:
        settle(office)
    with pytest.raises(PaymentsBlocked) as refused:
        exported(office)
    (said,) = refused.value.found
    assert said.startswith(f"{first}: {TOO_MUCH if settled else CHANGED}")
    assert "Pliku dla banku nie sporządzono" in str(refused.value)
    assert batch_of(office).state is BatchState.APPROVED
    give_up(office)
    assert standing(office, first)[0].state is StipendState.SIGNED


def test_money_that_came_back_under_its_paid_addition_goes_out_again(sqlite_staged: Staged) -> None:
    office, first = sqlite_staged(five_hours)
    attend(office, first, 300, 0)
    settle(office, reason="jeden dzień")
    sign(office, standing(office, first)[-1].number)
    frozen(office)
    attend(office, first, 340, 0)
    settle(office)
    sign(office, standing(office, first)[-1].number)
    second = frozen(office).number
    for number in (BATCH, second):
        approved(office, number)
        exported(office, number)
    go_to(office, "2018-10-11T09:00")
    (one,), (added,) = booked(office), booked(office, second)
    confirmed(office, [one, added])
    confirmed(office, [Booked(one.reference, one.amount, one.account, date(2018, 10, 11), returned=True)])
    # The other day, and the same sum: nothing can be settled anew.
    attend(office, first, 0, 340)
    settle(office)
    assert [(row.state, row.gross) for row in standing(office, first)] == [
        (StipendState.RETURNED, 300_00),
        (StipendState.PAID, 40_00),
    ]
    again = frozen(office, paid_on=date(2018, 10, 16))
    assert (again.payments, again.total) == (1, one.amount)
    attend(office, first, 0, 330)
    with pytest.raises(PaymentsBlocked, match=CHANGED):
        approved(office, again.number, returned_account="bank się pomylił")
