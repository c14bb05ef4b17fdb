"""Digest: every Monday each officer reads what waits for them, by number, with the oldest first.

Scheduled on Mondays at half past seven; a run that was missed is made up for by the next one of the week.
One mail a week and officer: ten late runs write one. Who has no address is named. The page tells how projects stand.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_projects, publish_todo
from flows.failures import office_at_work, record_failure
from flows.states import End, ended
from flows.steps import digest as steps
from flows.steps.portions import portions
from models.actor import process

ACTOR = process("digest")


@flow(name="digest", persist_result=False, on_failure=[record_failure], on_crashed=[record_failure])
def digest() -> State[None]:
    """Wysyła pracownikom tygodniowy przegląd spraw, które na nich czekają."""
    done = [write(portion) for portion in portions(officers())]
    publish_todo()
    publish_projects()
    written = sum(len(one.written) for one in done)
    unaddressed = [login for one in done for login in one.unaddressed]
    said = f"Przeglądy tygodnia w skrzynce nadawczej: {written}."
    if unaddressed:
        said += f" Bez adresu e-mail, więc pominięte konta: {', '.join(unaddressed)} (nabor officer email)."
        return ended(End.WAITING_FOR_OFFICER, said)
    if not written:
        return ended(End.NOTHING_TO_DO, "Na nikogo nic nie czeka albo przegląd tego tygodnia już napisano.")
    return ended(End.DONE, said)


@task(name="officers", cache_policy=NO_CACHE, persist_result=False)
def officers() -> list[int]:
    with office_at_work() as office, office.reading(ACTOR) as session:
        return steps.digests_to_write(session)


@task(name="write", cache_policy=NO_CACHE, persist_result=False)
def write(officers: list[int]) -> steps.Digests:
    with office_at_work() as office:
        return steps.write_digests(office, officers, actor=ACTOR)
