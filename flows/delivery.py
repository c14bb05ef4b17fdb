"""Delivery: messages of the outbox that are due leave through the mail server, each once.

Scheduled every five minutes, in portions over a few connections. A temporary refusal waits for its next attempt,
a permanent one and an unknown outcome (the line broke in mid-send) wait for an officer.
"""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.tasks import exponential_backoff

from flows.artifacts import publish_delivery
from flows.failures import is_temporary, office_at_work, record_failure
from flows.states import End, ended
from flows.steps import delivery as steps
from models.actor import process
from models.errors import DeliveryFault

ACTOR = process("deliver")


@flow(name="deliver", persist_result=False, on_failure=[record_failure], on_crashed=[record_failure])
def deliver() -> State[None]:
    """Wysyła wiadomości ze skrzynki nadawczej, których czas nadszedł."""
    total = counts = send_portion()
    for _ in range(steps.PORTIONS_A_RUN - 1):
        if not counts.remaining or not counts.moved or counts.down:
            break
        counts = send_portion()
        total = total + counts
    remaining = counts.remaining
    if total.stopped:
        publish_delivery(total, remaining=remaining)
        return ended(End.WAITING_FOR_OFFICER, f"Poczta jest zatrzymana (NABOR_MAIL_STOPPED). Czeka: {total.stopped}.")
    if not total.moved and not remaining:
        return ended(End.NOTHING_TO_DO, "Nie ma nic do wysłania.")
    publish_delivery(total, remaining=remaining)
    said = (
        f"Wysłane: {total.sent}, odłożone przez serwer: {total.delayed}, odrzucone: {total.refused}, "
        f"niepewne: {total.unknown}, zostało: {remaining}."
    )
    if total.kept:
        said += f" Zachowane, nie wysłane, bo nie skonfigurowano SMTP: {total.kept}."
    if total.expired:
        said += f" Nie wyszły w porę: {total.expired}."
    if total.down is not None and total.down in steps.BROKE_OFF:
        said += f" {steps.BROKE_OFF[total.down]}"
    if total.down in (DeliveryFault.LOGIN, DeliveryFault.ENCRYPTION):
        return ended(End.WAITING_FOR_OFFICER, said)
    if total.refused or total.unknown or total.kept or total.expired:
        return ended(End.WAITING_FOR_OFFICER, said)
    return ended(End.PARTLY_SENT if total.delayed or remaining else End.DONE, said)


# Retried: the server may be restarting. Messages that already left are rows in state "sent" and do not leave again.
@task(
    name="send-portion",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=3,
    retry_delay_seconds=exponential_backoff(backoff_factor=2),
    retry_condition_fn=is_temporary,
)
def send_portion() -> steps.DeliveryCounts:
    with office_at_work() as office:
        return steps.deliver(office, actor=ACTOR, limit=steps.PORTION)
