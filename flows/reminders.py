"""Reminders: who owes an answer, and who should know what happens tomorrow.

Scheduled by the hour in the daytime; each rule knows its hour, and on free days only what keeps them is due.
The flow asks what is due, not what a missed run would have done: ten late runs write one reminder an occasion.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_todo
from flows.failures import office_at_work, record_failure
from flows.states import End, ended
from flows.steps import reminders as steps
from flows.steps.portions import portions
from flows.steps.reminder_letters import Occasion
from models.actor import process

ACTOR = process("remind")


@flow(name="remind", persist_result=False, on_failure=[record_failure], on_crashed=[record_failure])
def remind() -> State[None]:
    """Przypomina o terminach: uzupełnieniach, potwierdzeniach, zaproszeniach, jutrzejszych spotkaniach i rachunkach."""
    occasions = due()
    written = sum(remind_of(portion) for portion in portions(occasions))
    publish_todo()
    if not written:
        return ended(End.NOTHING_TO_DO, "O niczym nie trzeba dziś przypominać i żaden termin nie minął.")
    return ended(End.DONE, f"Przypomnienia i zamknięte terminy: {written}.")


@task(name="due", cache_policy=NO_CACHE, persist_result=False)
def due() -> list[Occasion]:
    """Occasions that are due and not yet done."""
    with office_at_work() as office, office.reading(ACTOR) as session:
        return steps.due_occasions(session, now=office.now())


@task(name="remind-of", cache_policy=NO_CACHE, persist_result=False)
def remind_of(occasions: list[Occasion]) -> int:
    with office_at_work() as office, office.writing(ACTOR) as session:
        return steps.remind(session, occasions, actor=ACTOR, now=office.now())
