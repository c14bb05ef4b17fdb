"""Reconciliation: what the bank says became of our transfers is taken in, whole or not at all.

The officer puts the bank's file into ``bank/in`` of the data folder and names it. Its bytes are kept encrypted, and
the open file is taken away once they are. Signed with a single-use ticket: it is money.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_reconciliation
from flows.failures import office_at_work, record_failure
from flows.orders import ReconciliationForm, checked
from flows.states import End, ended
from flows.steps import bank_inbox as steps
from flows.steps.bank_reports import Reconciled
from flows.steps.officers import redeem
from models.actor import process

ACTOR = process("reconcile")


@flow(
    name="reconcile",
    validate_parameters=False,
    persist_result=False,
    on_failure=[record_failure],
    on_crashed=[record_failure],
)
def reconcile(form: ReconciliationForm) -> State[None]:
    """Odnotowuje, co bank zrobił z przelewami.

    Args:
        form: Który plik i kto go wczytuje
    """
    done = take_in(checked(ReconciliationForm, form))
    if done.again or not (done.paid or done.returned or done.carried_out):
        return ended(End.NOTHING_TO_DO, f"Nic nowego; znane wcześniej: {done.known}.")
    publish_reconciliation(done)
    said = f"Wykonane przelewy: {done.paid}, zwrócone: {done.returned}, znane wcześniej: {done.known}."
    return ended(End.WAITING_FOR_OFFICER if done.returned or done.carried_out else End.DONE, said)


@task(name="take-in", cache_policy=NO_CACHE, persist_result=False)
def take_in(form: ReconciliationForm) -> Reconciled:
    with office_at_work() as office:
        with office.writing(ACTOR) as session:
            officer = redeem(session, form.officer, form.ticket.get_secret_value(), now=office.now())
        return steps.take_in(office, form.file, kind=form.kind.kind, actor=officer)
