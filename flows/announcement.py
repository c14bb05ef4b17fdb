"""Announcement: the decided call is made known.

Lists and the protocol are written, every applicant gets a mail with the result and the reasons into the outbox,
and the accepted become members. An officer signs it with a single-use ticket; mails leave after their grace time.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import publish_call
from flows.failures import office_at_work, record_failure
from flows.orders import AnnouncementForm, checked
from flows.states import End, ended
from flows.steps import announcement as steps
from flows.steps.officers import redeem
from models.actor import process

ACTOR = process("announce")


@flow(
    name="announce",
    validate_parameters=False,
    persist_result=False,
    on_failure=[record_failure],
    on_crashed=[record_failure],
)
def announce(form: AnnouncementForm) -> State[None]:
    """Ogłasza wyniki naboru: listy, protokół, wiadomości.

    Args:
        form: Który nabór i kto ogłasza
    """
    form = checked(AnnouncementForm, form)
    counts = make_known(form)
    if not (counts.accepted or counts.reserve or counts.rejected):
        return ended(End.NOTHING_TO_DO, "Wszystkie decyzje tego naboru są już ogłoszone.")
    publish_call(form.call, counts.remarks)
    said = (
        f"Przyjęci: {counts.accepted}, rezerwa: {counts.reserve}, odrzuceni: {counts.rejected}. "
        f"Dokumenty: {counts.documents}."
        + (f" Uwagi o innych naborach: {len(counts.remarks)}." if counts.remarks else "")
    )
    return ended(End.DONE, said)


@task(name="make-known", cache_policy=NO_CACHE, persist_result=False)
def make_known(form: AnnouncementForm) -> steps.AnnouncementCounts:
    with office_at_work() as office:
        with office.writing(ACTOR) as session:
            officer = redeem(session, form.officer, form.ticket.get_secret_value(), now=office.now())
        return steps.announce(office, form.call, actor=officer)
