"""Verification: every complete application of a call is judged by the formal criteria.

Each gets a verdict sheet: meets, does not meet, cannot be told. What cannot be told waits for an officer.
Facts already judged under the same rules get no second sheet, so the flow may run as often as one likes.
"""

from functools import reduce
from operator import add

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import progress, publish_call
from flows.failures import office_at_work, record_failure
from flows.orders import CallOrder, checked
from flows.states import End, ended
from flows.steps import verification as steps
from flows.steps.portions import portions
from models.actor import process

ACTOR = process("verify")


@flow(
    name="verify",
    validate_parameters=False,
    persist_result=False,
    on_failure=[record_failure],
    on_crashed=[record_failure],
)
def verify(order: CallOrder) -> State[None]:
    """Sprawdza kryteria formalne wszystkich kompletnych zgłoszeń naboru.

    Args:
        order: Który nabór
    """
    call = checked(CallOrder, order).call
    waiting = to_verify(call)
    if not waiting:
        return ended(End.NOTHING_TO_DO, "Żadne zgłoszenie nie czeka na ocenę.")
    with progress("Ocena formalna", len(waiting)) as advance:
        counts = reduce(add, [advance(judge(portion), len(portion)) for portion in portions(waiting)])
    publish_call(call)
    said = f"Spełnia: {counts.eligible}, nie spełnia: {counts.not_eligible}, nie można ustalić: {counts.cannot_tell}."
    return ended(End.WAITING_FOR_OFFICER if counts.cannot_tell else End.DONE, said)


@task(name="to-verify", cache_policy=NO_CACHE, persist_result=False)
def to_verify(call: str) -> list[int]:
    with office_at_work() as office, office.reading(ACTOR) as session:
        return steps.to_verify(session, call)


@task(name="judge", cache_policy=NO_CACHE, persist_result=False)
def judge(application_ids: list[int]) -> steps.VerificationCounts:
    with office_at_work() as office, office.writing(ACTOR) as session:
        return steps.verify(session, application_ids, actor=ACTOR, now=office.now())
