"""Decision: what the commission decided about applications is recorded, with reasons, under an officer's name.

The officer signs with a single-use ticket, which is used up first and on its own: it stands in Prefect's database,
so it must be worthless by then. All decisions of the form are then recorded in one transaction, or none is.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_call
from flows.failures import office_at_work, record_failure
from flows.orders import DecisionForm, checked
from flows.states import End, ended
from flows.steps import decisions as steps
from flows.steps.officers import redeem
from models.actor import process

ACTOR = process("decide")


@flow(
    name="decide",
    validate_parameters=False,
    persist_result=False,
    on_failure=[record_failure],
    on_crashed=[record_failure],
)
def decide(form: DecisionForm) -> State[None]:
    """Zapisuje decyzje Komisji Rekrutacyjnej.

    Args:
        form: Decyzje z jednego posiedzenia
    """
    form = checked(DecisionForm, form)
    recorded, left = record(form)
    publish_call(form.call)
    if left:
        return ended(End.WAITING_FOR_COMMISSION, f"Zapisano decyzji: {recorded}. Bez decyzji zostało: {left}.")
    return ended(End.DONE, f"Zapisano decyzji: {recorded}. Wszystkie zgłoszenia naboru mają decyzję.")


@task(name="record", cache_policy=NO_CACHE, persist_result=False)
def record(form: DecisionForm) -> tuple[int, int]:
    """Records the decisions of the form; how many they are, and how many applications of the call have none yet."""
    with office_at_work() as office:
        with office.writing(ACTOR) as session:
            officer = redeem(session, form.officer, form.ticket.get_secret_value(), now=office.now())
        with office.writing(officer) as session:
            for line in form.decisions:
                steps.decide(
                    session,
                    line.number,
                    outcome=line.decision.outcome,
                    reason_code=line.reason_code,
                    note=None,
                    actor=officer,
                    now=office.now(),
                )
            recorded = len(form.decisions)
            if form.others_as_proposed:
                others = steps.decide_as_proposed(session, form.call, actor=officer, now=office.now())
                recorded += others.accepted + others.reserve + others.rejected
            return recorded, steps.waiting(session, form.call)
