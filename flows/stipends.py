"""Stipends: attendance at a meeting becomes payment records, bills and a payment list.

Amounts follow from confirmed minutes and the rates of the payment date, in grosze. What a rule or a missing
agreement blocks is listed for an officer. Signed with a single-use ticket, because it is money.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_settlement
from flows.failures import office_at_work, record_failure
from flows.orders import SettlementForm, checked
from flows.states import End, ended
from flows.steps import stipends as steps
from flows.steps.officers import redeem
from models.actor import process

ACTOR = process("settle")


@flow(
    name="settle",
    validate_parameters=False,
    persist_result=False,
    on_failure=[record_failure],
    on_crashed=[record_failure],
)
def settle(form: SettlementForm) -> State[None]:
    """Rozlicza spotkanie: wynagrodzenia, rachunki i lista wypłat.

    Args:
        form: Które spotkanie i kto rozlicza
    """
    order = checked(SettlementForm, form)
    counts = calculate(order)
    if not (counts.calculated or counts.blocked or counts.kept):
        return ended(End.NOTHING_TO_DO, f"Nic się nie zmieniło; rozliczonych wcześniej: {counts.unchanged}.")
    publish_settlement(order.call, order.meeting)
    said = (
        f"Obliczono: {counts.calculated}, wstrzymano: {counts.blocked}, bez zmian: {counts.unchanged}. "
        f"Dokumenty: {counts.documents}."
    )
    if counts.kept:
        said += f" Podpisane rachunki, które różnią się od obliczenia i zostały bez zmian: {len(counts.kept)}."
    return ended(End.WAITING_FOR_OFFICER if counts.blocked or counts.kept else End.DONE, said)


@task(name="calculate", cache_policy=NO_CACHE, persist_result=False)
def calculate(form: SettlementForm) -> steps.SettlementCounts:
    with office_at_work() as office:
        with office.writing(ACTOR) as session:
            officer = redeem(session, form.officer, form.ticket.get_secret_value(), now=office.now())
        return steps.settle_meeting(office, form.call, form.meeting, paid_on=form.paid_on, actor=officer)
