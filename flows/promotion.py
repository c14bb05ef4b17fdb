"""Promotion: offers not answered in time lapse, and every seat that came free goes to the next in reserve.

The commission decided the order of the reserve; the run carries it out, where the project leaves that to it.
It asks what is free now, so ten late runs offer one seat once; who waits when all meetings are over is told the end.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_call, publish_todo
from flows.failures import StepFailed, office_at_work, record_failure
from flows.states import End, ended
from flows.steps import promotion as steps
from flows.steps import reserve
from flows.steps.memberships import expire_offer, expired_offers
from flows.steps.portions import portions
from flows.steps.reserve_end import tell_end, waiting_in_vain
from models.actor import process
from models.errors import NotYet

ACTOR = process("promote")


@flow(name="promote", persist_result=False, on_failure=[record_failure], on_crashed=[record_failure])
def promote() -> State[None]:
    """Zamyka propozycje bez odpowiedzi w terminie i proponuje zwolnione miejsca kolejnym osobom z listy rezerwowej."""
    lapsed = sum(lapse(portion) for portion in portions(overdue()))
    offered = 0
    calls, left = waiting()
    failed: dict[str, StepFailed] = {}
    for call in calls:
        # Each call is a transaction of its own: one that fails stops none of the others.
        try:
            offered += fill(call)
        except StepFailed as failure:
            failed[call] = failure
            continue
        publish_call(call)
    farewells = sum(farewell(portion) for portion in portions(in_vain()))
    publish_todo()
    said = f"Wygasłe propozycje: {lapsed}. Zaproponowane miejsca: {offered}."
    if farewells:
        said += f" Zawiadomienia o końcu listy rezerwowej: {farewells}."
    later = [call for call, failure in failed.items() if failure.code == NotYet.__name__]
    broken = {call: failure.code for call, failure in failed.items() if call not in later}
    if left:
        said += f" Na polecenie pracownika czekają nabory: {', '.join(left)}."
    if later:
        said += f" Nie teraz, bo ich wyniki są w toku: {', '.join(later)}."
    if broken:
        which = ", ".join(f"{call} ({code})" for call, code in broken.items())
        raise StepFailed(next(iter(broken.values())), f"{said} Nie udało się w naborach: {which}.")
    if left or later:
        return ended(End.WAITING_FOR_OFFICER, said)
    if not (lapsed or offered or farewells):
        return ended(End.NOTHING_TO_DO, "Żadna propozycja nie wygasła i nie ma miejsca, które można zaproponować.")
    return ended(End.DONE, said)


@task(name="overdue", cache_policy=NO_CACHE, persist_result=False)
def overdue() -> list[int]:
    """Offers whose answer deadline is over."""
    with office_at_work() as office, office.reading(ACTOR) as session:
        return expired_offers(session, now=office.now())


@task(name="lapse", cache_policy=NO_CACHE, persist_result=False)
def lapse(offers: list[int]) -> int:
    with office_at_work() as office, office.writing(ACTOR) as session:
        return sum(expire_offer(session, one, actor=ACTOR, now=office.now()) for one in offers)


@task(name="waiting", cache_policy=NO_CACHE, persist_result=False)
def waiting() -> tuple[list[str], list[str]]:
    """Calls whose free seats this run may offer, and those where an officer has to."""
    with office_at_work() as office, office.reading(ACTOR) as session:
        now = office.now()
        return reserve.calls_to_promote(session, now=now), reserve.calls_for_officers(session, now=now)


@task(name="in-vain", cache_policy=NO_CACHE, persist_result=False)
def in_vain() -> list[int]:
    """Applications in the reserve of a group that has met for the last time."""
    with office_at_work() as office, office.reading(ACTOR) as session:
        return waiting_in_vain(session, now=office.now())


@task(name="farewell", cache_policy=NO_CACHE, persist_result=False)
def farewell(applications: list[int]) -> int:
    with office_at_work() as office, office.writing(ACTOR) as session:
        return sum(tell_end(session, one, actor=ACTOR, now=office.now()) for one in applications)


@task(name="fill", cache_policy=NO_CACHE, persist_result=False)
def fill(call: str) -> int:
    """Offers the free seats of one call; how many."""
    with office_at_work() as office:
        return len(steps.promote_call(office, call, actor=ACTOR).made)
