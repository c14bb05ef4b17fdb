"""Invitations: members of a group are invited to the next meeting with a calendar entry.

Scheduled daily: it asks which meetings are near enough and not yet (fully) announced to their members,
and writes one message a member and meeting, whatever number of runs was missed before.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_todo
from flows.failures import office_at_work, record_failure
from flows.states import End, ended
from flows.steps import invitations as steps
from models.actor import process

ACTOR = process("invite")


@flow(name="invite", persist_result=False, on_failure=[record_failure], on_crashed=[record_failure])
def invite() -> State[None]:
    """Zaprasza członkinie i członków grup na najbliższe spotkania."""
    meetings = meetings_to_invite()
    if not meetings:
        return ended(End.NOTHING_TO_DO, "Na żadne spotkanie nie trzeba teraz zapraszać.")
    written = sum(invite_to(meeting) for meeting in meetings)
    publish_todo()
    return ended(End.DONE, f"Spotkania: {len(meetings)}. Zaproszenia w skrzynce nadawczej: {written}.")


@task(name="meetings-to-invite", cache_policy=NO_CACHE, persist_result=False)
def meetings_to_invite() -> list[int]:
    with office_at_work() as office, office.reading(ACTOR) as session:
        return steps.meetings_to_invite(session, now=office.now())


@task(name="invite-to", cache_policy=NO_CACHE, persist_result=False)
def invite_to(meeting_id: int) -> int:
    with office_at_work() as office, office.writing(ACTOR) as session:
        url = office.settings.answer_url
        return steps.invite(session, meeting_id, answer_url=url, actor=ACTOR, now=office.now())
