"""The bank file: an approved batch of payments becomes the file that a person imports into the bank.

It is made once and kept encrypted; ordered again, it is the same bytes. The officer takes it with
``nabor batch export``; here are counts and the sum of the whole batch. Signed with a single-use ticket: it is money.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_batch
from flows.failures import office_at_work, record_failure
from flows.orders import BatchExportForm, checked
from flows.states import End, ended
from flows.steps import batch_files as steps
from flows.steps.officers import redeem
from models.actor import process

ACTOR = process("export-batch")


@flow(
    name="export-batch",
    validate_parameters=False,
    persist_result=False,
    on_failure=[record_failure],
    on_crashed=[record_failure],
)
def export_batch(form: BatchExportForm) -> State[None]:
    """Sporządza plik dla banku z zatwierdzonej listy przelewów.

    Args:
        form: Która lista i kto sporządza plik
    """
    order = checked(BatchExportForm, form)
    new = write_file(order)
    publish_batch(order.batch)
    if not new:
        return ended(End.NOTHING_TO_DO, f"Plik listy {order.batch} powstał już wcześniej i się nie zmienił.")
    return ended(End.WAITING_FOR_OFFICER, f"Plik listy {order.batch} jest gotowy (nabor batch export).")


@task(name="write-file", cache_policy=NO_CACHE, persist_result=False)
def write_file(form: BatchExportForm) -> bool:
    with office_at_work() as office:
        with office.writing(ACTOR) as session:
            officer = redeem(session, form.officer, form.ticket.get_secret_value(), now=office.now())
        return steps.export_batch(office, form.batch, actor=officer).new
