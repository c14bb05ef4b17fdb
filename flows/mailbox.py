"""Incoming mail: every mail of the office's mailbox is kept and taken in once, then moved aside on the server.

Attachments become the files of applications and are read and filed as any other; what machines sent is set aside.
A mail without an attachment, a mail that came back and whatever cannot be told for certain wait for an officer.
"""

from functools import reduce
from operator import add

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.tasks import exponential_backoff

from flows.artifacts import progress, publish_mail
from flows.failures import is_temporary, office_at_work, record_failure
from flows.intake import read, unread
from flows.states import End, ended
from flows.steps import mailbox as steps
from flows.steps.filing import IntakeCounts
from flows.steps.portions import PORTION, portions
from models.actor import process

ACTOR = process("collect-mail")
PORTIONS_A_RUN = 20


@flow(name="collect-mail", persist_result=False, on_failure=[record_failure], on_crashed=[record_failure])
def collect_mail() -> State[None]:
    """Odbiera pocztę przychodzącą i przyjmuje z niej formularze."""
    counts = collect()
    if counts is None:
        return ended(End.NOTHING_TO_DO, "Nie skonfigurowano skrzynki (NABOR_IMAP_HOST).")
    total = counts
    for _ in range(PORTIONS_A_RUN - 1):
        if not counts.remaining:
            break
        counts = collect() or counts
        total = total + counts
    waiting = unread()
    if not total.new and not waiting:
        return ended(End.NOTHING_TO_DO, "Nie ma nowych listów.")
    with progress("Czytanie formularzy", len(waiting)) as advance:
        read_now = [advance(read(portion), len(portion)) for portion in portions(waiting)]
    filed = reduce(add, read_now, IntakeCounts())
    publish_mail(total, filed)
    said = (
        f"Nowe listy: {total.new}, załączniki: {total.files}, odłożone: {total.set_aside}, "
        f"odpowiedzi na zaproszenia: {total.replies}, do pracownika: {total.for_officer}. "
        f"Zgłoszenia kompletne: {filed.complete}, do uzupełnienia: {filed.incomplete}, odpowiedzi: {filed.answers}, "
        f"pliki dodatkowe: {filed.further}, nieczytelne: {filed.unreadable}."
    )
    return ended(End.WAITING_FOR_OFFICER if total.for_officer or filed.unreadable else End.DONE, said)


# Retried: the server may be restarting. Mails that were taken in are known and are not taken in again.
@task(
    name="collect",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=3,
    retry_delay_seconds=exponential_backoff(backoff_factor=2),
    retry_condition_fn=is_temporary,
)
def collect() -> steps.CollectCounts | None:
    """One portion of mails; ``None`` when the office has no mailbox."""
    with office_at_work() as office:
        mailbox = steps.mailbox_of(office.settings)
        if mailbox is None:
            return None
        with mailbox as opened:
            return steps.collect(office, opened, actor=ACTOR, limit=PORTION)
