"""Admission to groups without a selection: judge what is complete, seat whom an institution named or who registered.

Nobody is turned down: who does not meet the criteria, and whatever a machine cannot tell, waits for an officer.
It asks who may be seated now, so ten late runs seat everybody once; each call is a transaction of its own.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_call, publish_todo
from flows.failures import StepFailed, office_at_work, record_failure
from flows.states import End, ended
from flows.steps import admission as steps
from flows.steps import verification
from flows.steps.declarations import declare_members
from flows.steps.portions import portions
from models.actor import process

ACTOR = process("admit")


@flow(name="admit", persist_result=False, on_failure=[record_failure], on_crashed=[record_failure])
def admit() -> State[None]:
    """Ocenia zgłoszenia do grup bez rankingu i przyjmuje osoby wskazane przez instytucje albo zarejestrowane."""
    admitted = judged = freed = waits = declared = 0
    failed: dict[str, StepFailed] = {}
    for call in waiting():
        # Each call by itself: one that fails stops none of the others.
        try:
            verdicts = sum(judge(portion) for portion in portions(to_judge(call)))
            done = seat(call)
        except StepFailed as failure:
            failed[call] = failure
            continue
        judged, admitted, freed, waits = judged + verdicts, admitted + done[0], freed + done[1], waits + done[2]
        declared += done[3]
        if verdicts or done[0] or done[1]:
            publish_call(call)
    publish_todo()
    said = f"Przyjęci: {admitted}. Ocenione zgłoszenia: {judged}. Zwolnione miejsca instytucji: {freed}."
    if declared:
        said += f" Deklaracje uczestnictwa do podpisania: {declared}."
    if failed:
        which = ", ".join(f"{call} ({failure.code})" for call, failure in failed.items())
        raise StepFailed(next(iter(failed.values())).code, f"{said} Nie udało się w naborach: {which}.")
    if waits:
        return ended(End.WAITING_FOR_OFFICER, f"{said} Czekają na pracownika: {waits}.")
    if not (admitted or judged or freed or declared):
        return ended(End.NOTHING_TO_DO, "Nikt nie czeka na ocenę ani na miejsce, które można dać.")
    return ended(End.DONE, said)


@task(name="calls-to-admit", cache_policy=NO_CACHE, persist_result=False)
def waiting() -> list[str]:
    """Calls without a selection in which somebody waits."""
    with office_at_work() as office, office.reading(ACTOR) as session:
        return steps.calls_to_admit(session)


@task(name="to-judge", cache_policy=NO_CACHE, persist_result=False)
def to_judge(call: str) -> list[int]:
    with office_at_work() as office, office.reading(ACTOR) as session:
        return verification.to_verify(session, call)


@task(name="judge-to-admit", cache_policy=NO_CACHE, persist_result=False)
def judge(application_ids: list[int]) -> int:
    with office_at_work() as office, office.writing(ACTOR) as session:
        counts = verification.verify(session, application_ids, actor=ACTOR, now=office.now())
        return counts.eligible + counts.not_eligible


@task(name="seat", cache_policy=NO_CACHE, persist_result=False)
def seat(call: str) -> tuple[int, int, int, int]:
    """How many were admitted, how many seats came free, how many wait for an officer, and how many declarations were
    made out."""
    with office_at_work() as office, office.writing(ACTOR) as session:
        done = steps.admit_call(session, call, actor=ACTOR, now=office.now())
        declared = declare_members(office, session, call, actor=ACTOR, now=office.now())
        return len(done.admitted), done.freed, len(done.held), declared
