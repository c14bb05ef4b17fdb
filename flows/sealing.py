"""Sealing: every past day of the log is closed with a digest over its events and the seal before it.

Scheduled shortly after midnight. Days missed while the server was off are sealed by the next run,
and a day that is sealed stays as it is: what is written later belongs to a later seal.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.failures import office_at_work, record_failure
from flows.states import End, ended
from flows.steps import sealing as steps
from models.actor import process

ACTOR = process("seal")


@flow(name="seal", persist_result=False, on_failure=[record_failure], on_crashed=[record_failure])
def seal() -> State[None]:
    """Pieczętuje dziennik zdarzeń dni minionych."""
    days = seal_days()
    if not days:
        return ended(End.NOTHING_TO_DO, "Wszystkie minione dni są opieczętowane.")
    return ended(End.DONE, f"Opieczętowane dni: {days}.")


@task(name="seal-days", cache_policy=NO_CACHE, persist_result=False)
def seal_days() -> int:
    with office_at_work() as office, office.writing(ACTOR) as session:
        return steps.seal_days(session, actor=ACTOR, now=office.now())
