"""Ranking: the eligible applications of a call in the order of points, with seats, reserve and shortfalls.

The ranking is a proposal, stored with the snapshot and the rules it came from. Nobody is accepted by it:
the run ends where the commission begins.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_call
from flows.failures import office_at_work, record_failure
from flows.orders import CallOrder, checked
from flows.states import End, ended
from flows.steps import ranking as steps
from models.actor import process

ACTOR = process("rank")


@flow(
    name="rank",
    validate_parameters=False,
    persist_result=False,
    on_failure=[record_failure],
    on_crashed=[record_failure],
)
def rank(order: CallOrder) -> State[None]:
    """Układa listę rankingową naboru: propozycję dla Komisji Rekrutacyjnej.

    Args:
        order: Który nabór
    """
    call = checked(CallOrder, order).call
    counts = propose(call)
    publish_call(call, counts.remarks)
    said = (
        f"Lista nr {counts.version}: podstawowa {counts.main}, rezerwowa {counts.reserve}, "
        f"poza listami {counts.beyond}."
        + (f" Niedobory składu: {len(counts.shortfalls)}." if counts.shortfalls else "")
        + (f" Uwagi o innych naborach: {len(counts.remarks)}." if counts.remarks else "")
        + " Decyzja należy do Komisji."
    )
    return ended(End.WAITING_FOR_COMMISSION, said)


@task(name="propose", cache_policy=NO_CACHE, persist_result=False)
def propose(call: str) -> steps.RankingCounts:
    with office_at_work() as office, office.writing(ACTOR) as session:
        return steps.rank_call(session, call, actor=ACTOR, now=office.now())
