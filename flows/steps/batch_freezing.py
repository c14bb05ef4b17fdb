"""Freezing: payments become a batch that nobody can change; a batch that is given up leaves them as they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.bank_files import profile_of
from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.batch_candidates import Candidate, LeftOut, due_records, sorted_out, transfer_for
from flows.steps.batch_records import batch_body, find_batch, item_body, lines_of_batch
from flows.steps.calls import find_call
from flows.steps.counters import locked_counter, next_of
from flows.steps.meetings import find_meeting
from flows.steps.pay_guards import Finding, check_day, guard
from flows.steps.payment_letters import withdraw_earlier
from flows.steps.projects import definition_of, newest_version
from models.actor import Actor, Right
from models.errors import BadInput, NotAllowed, NotYet, PaymentsBlocked
from models.events import Happened
from models.pay_rules import PaymentRules
from models.project import ProjectDefinition
from models.rules.area import common_area
from models.rules.transfers import Payer, Transfer, total
from models.storage import keyring_in
from models.tables import PayBatch, PayBatchItem, PayEntry, ProjectVersion
from models.tables.batches import BatchState, ItemState
from models.tables.stipends import StipendState
from models.transitions import enter, move

_MOST_IN_A_BATCH = 9999
"""As many as a reference has places for."""


@dataclass(frozen=True)
class FrozenBatch:
    """What was frozen, who was left out and why, and what whoever approves has to know of."""

    number: str
    payments: int
    total: int
    left_out: tuple[LeftOut, ...]
    to_acknowledge: tuple[Finding, ...]


def freeze(
    office: Office,
    *,
    paid_on: date,
    call: str | None = None,
    meeting: str | None = None,
    project: str | None = None,
    leave_out: bool = False,
    actor: Actor,
) -> FrozenBatch:
    """Freezes what may be paid on a day into a batch: of a meeting, of a call, or all of a project that is due.

    Who waits for a signature or an explanation is left out and told of. Where a guard stops a payment nothing is
    frozen, unless ``leave_out``: then the others are. Raises ``PaymentsBlocked`` with every sentence, ``NotYet`` when
    nobody is left, ``BadInput`` for a day on which nothing can be paid.
    """
    actor.require(Right.MONEY)
    if meeting is not None and call is None:
        raise BadInput("Kod spotkania (--meeting) podaje się razem z naborem.")
    now = office.now()
    check_day(paid_on, warsaw_date(now))
    with office.writing(actor) as session:
        if call is not None and meeting is not None:
            find_meeting(session, call, meeting)
        elif call is not None:
            find_call(session, call)
        # The first lock: who comes second waits here and then sees what the first took.
        sequence = next_of(session, locked_counter(session, f"batches/{paid_on.year}"))
        candidates = due_records(session, paid_on, call=call, meeting=meeting)
        version = _version(session, candidates, project)
        assert version.id is not None
        definition = definition_of(session, version.id)
        rules, payer = paying(definition)
        candidates = [one for one in candidates if one.call.code.partition("/")[0] == version.code]
        ready, waiting = sorted_out(candidates, rules)
        _require_some(ready, waiting)
        transfers = _transfers(session, ready, rules, definition.code, sequence, paid_on.year)
        found = guard(
            office,
            ready,
            transfers,
            definition=definition,
            profile=profile_of(rules.profile),
            payer=payer,
            paid_on=paid_on,
        )
        stopped = [finding for finding in found if finding.stops]
        if stopped and not leave_out:
            raise PaymentsBlocked("Listy nie sporządzono.", tuple(str(finding) for finding in stopped))
        if stopped:
            ready, waiting = _without(ready, waiting, stopped)
            transfers = _transfers(session, ready, rules, definition.code, sequence, paid_on.year)
        _require_some(ready, waiting)
        batch = _store(
            session, version, rules, payer, ready, transfers, sequence=sequence, paid_on=paid_on, actor=actor, now=now
        )
        kept = {one.number for one in ready}
        notes = tuple(finding for finding in found if not finding.stops and finding.number in kept)
        return FrozenBatch(batch.number, batch.payments, batch.total, tuple(waiting), notes)


def _require_some(ready: Sequence[Candidate], waiting: Sequence[LeftOut]) -> None:
    if not ready:
        raise NotYet(" ".join(["Nie ma nic do wypłaty.", *(f"{one.number}: {one.sentence}" for one in waiting)]))


def paying(definition: ProjectDefinition) -> tuple[PaymentRules, Payer]:
    """How the project pays, and whose account it is. Raises ``NotYet`` where the project does not say."""
    if definition.payments is None:
        raise NotYet(
            f"Projekt {definition.code} nie ma części „payments” (konto płatnika i profil banku). Dopisz ją w "
            "project.yaml i wczytaj projekt ponownie (nabor project load)."
        )
    rules, buyer = definition.payments, definition.buyer
    name, address = rules.payer_name or buyer.name, rules.payer_address or buyer.address
    return rules, Payer(name=name, address=address, account=rules.account)


def _version(session: Session, candidates: Sequence[Candidate], project: str | None) -> ProjectVersion:
    """The newest version of the one project that is paid for. Raises ``BadInput`` where there are several."""
    codes = sorted({one.call.code.partition("/")[0] for one in candidates})
    if project is None and len(codes) > 1:
        raise BadInput(f"Wypłaty czekają w kilku projektach ({', '.join(codes)}). Wskaż jeden: --project.")
    if project is None and not codes:
        raise NotYet("Nie ma nic do wypłaty: żaden rachunek nie czeka.")
    return newest_version(session, project or codes[0])


def _transfers(
    session: Session, ready: Sequence[Candidate], rules: PaymentRules, project: str, sequence: int, year: int
) -> list[Transfer]:
    if len(ready) > _MOST_IN_A_BATCH:
        raise BadInput(f"Na liście mieści się najwyżej {_MOST_IN_A_BATCH} przelewów. Sporządź ją dla jednego naboru.")
    return [
        transfer_for(session, one, rules, project, reference=f"LP{sequence:04d}/{year % 100:02d}/{place:04d}")
        for place, one in enumerate(ready, start=1)
    ]


def _without(
    ready: Sequence[Candidate], waiting: Sequence[LeftOut], stopped: Sequence[Finding]
) -> tuple[list[Candidate], list[LeftOut]]:
    """Leaves out whom a guard stops; a finding about a group or about the file itself stops all that it is about."""
    names = {finding.number for finding in stopped}
    if "plik" in names:
        raise PaymentsBlocked("Listy nie sporządzono.", tuple(str(one) for one in stopped if one.number == "plik"))
    staying = [one for one in ready if not names & {one.number, one.call.code}]
    return staying, [*waiting, *(LeftOut(one.number, one.sentence) for one in stopped)]


def _store(
    session: Session,
    version: ProjectVersion,
    rules: PaymentRules,
    payer: Payer,
    ready: Sequence[Candidate],
    transfers: Sequence[Transfer],
    *,
    sequence: int,
    paid_on: date,
    actor: Actor,
    now: datetime,
) -> PayBatch:
    """Writes batch and items, and moves the records onto it."""
    keyring = keyring_in(session)
    number = f"LP/{sequence:04d}/{paid_on.year}"
    bodies = []
    for one, transfer in zip(ready, transfers, strict=True):
        assert one.statement is not None
        bodies.append(item_body(transfer, one.stipend, one.person, one.statement, batch=number, paid_on=paid_on))
    body = batch_body(number=number, paid_on=paid_on, profile=rules.profile, payer=payer, bodies=bodies)
    assert version.id is not None
    batch = PayBatch(
        area=common_area(one.stipend.area for one in ready),
        number=number,
        project_version_id=version.id,
        paid_on=paid_on,
        profile=rules.profile,
        payments=len(transfers),
        total=total(transfers),
        body=body,
        digest=keyring.lookup("pay_batch", body),
        made_at=now,
        made_by=actor.login,
    )
    enter(
        session,
        batch,
        happened=Happened.BATCH_FROZEN,
        actor=actor,
        now=now,
        facts={"number": number, "payments": len(transfers)},
    )
    assert batch.id is not None
    for place, (one, transfer, text) in enumerate(zip(ready, transfers, bodies, strict=True), start=1):
        _order(session, batch, place, one, transfer, text, actor=actor, now=now)
    return batch


def _order(
    session: Session,
    batch: PayBatch,
    place: int,
    one: Candidate,
    transfer: Transfer,
    body: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    keyring = keyring_in(session)
    assert batch.id is not None
    assert one.stipend.id is not None
    assert one.person.id is not None
    move(
        session,
        one.stipend,
        StipendState.ORDERED,
        happened=Happened.STIPEND_ORDERED,
        actor=actor,
        now=now,
        facts={"batch": batch.number},
    )
    item = PayBatchItem(
        area=one.stipend.area,
        batch_id=batch.id,
        position=place,
        stipend_id=one.stipend.id,
        person_id=one.person.id,
        amount=transfer.amount,
        account=transfer.payee_account,
        account_lookup=keyring.lookup("account", transfer.payee_account),
        reference=transfer.reference,
        body=body,
        digest=keyring.lookup("pay_batch_item", body),
        stipend_was=one.was,
    )
    enter(
        session,
        item,
        happened=Happened.TRANSFER_ORDERED,
        actor=actor,
        now=now,
        facts={"batch": batch.number, "bill": one.stipend.number},
    )
    withdraw_earlier(session, item, actor=actor, now=now)


def discard(
    session: Session, number: str, *, reason: str, not_authorised: bool = False, actor: Actor, now: datetime
) -> int:
    """Gives a batch up: its records are again what they were, and nobody is written to. Returns how many.

    Once there is a file, only another officer than who exported it, with the right to approve payments, may say
    (``not_authorised``) that nobody authorised it in the bank, and only while the bank has answered nothing. The file
    itself stays on record. Raises ``IllegalMove`` after an answer, ``NotAllowed``, and ``BadInput`` without a reason
    or without that word.
    """
    if not reason.strip():
        raise BadInput("Zaniechanie listy wymaga uzasadnienia (--reason).")
    batch = find_batch(session, number)
    session.refresh(batch, with_for_update=True)
    if batch.state is BatchState.EXPORTED:
        _require_never_authorised(session, batch, not_authorised=not_authorised, actor=actor)
    elif not_authorised and batch.state in (BatchState.FROZEN, BatchState.APPROVED):
        raise BadInput(f"Lista {number} nie ma jeszcze pliku dla banku; zaniechaj jej bez --not-authorised.")
    move(
        session,
        batch,
        BatchState.DISCARDED,
        happened=Happened.BATCH_DISCARDED,
        actor=actor,
        now=now,
        facts={"number": batch.number, "not_authorised": not_authorised},
    )
    batch.discarded_because = reason.strip()
    session.add(batch)
    lines = lines_of_batch(session, batch)
    for line in lines:
        move(
            session,
            line.item,
            ItemState.RELEASED,
            happened=Happened.TRANSFER_RELEASED,
            actor=actor,
            now=now,
            facts={"batch": batch.number},
        )
        move(
            session,
            line.stipend,
            line.item.stipend_was,
            happened=Happened.STIPEND_GIVEN_BACK,
            actor=actor,
            now=now,
            facts={"batch": batch.number},
        )
    return len(lines)


def _require_never_authorised(session: Session, batch: PayBatch, *, not_authorised: bool, actor: Actor) -> None:
    """Raises unless another officer than who made the file says that the bank was never told to carry it out."""
    if not not_authorised:
        raise BadInput(
            f"Plik listy {batch.number} już sporządzono. Sprawdź w banku, że nikt go nie autoryzował, usuń go tam i z "
            "dysku, a potem zaniechaj listy z --not-authorised. Jeśli bank wykonał choć jeden przelew, wpisz jego "
            "odpowiedź (nabor batch confirm)."
        )
    actor.require(Right.APPROVE_PAYMENTS, area=batch.area)
    if batch.exported_by == actor.login:
        raise NotAllowed(
            f"Konto „{actor.login}” sporządziło plik listy {batch.number}, więc nie potwierdza, że go nie "
            "autoryzowano: robi to druga osoba."
        )
    answered = session.exec(
        select(PayEntry.id)
        .join(PayBatchItem, col(PayBatchItem.id) == PayEntry.item_id)
        .where(PayBatchItem.batch_id == batch.id)
    ).first()
    if answered is not None:
        raise BadInput(f"Bank odpowiedział już o przelewach listy {batch.number}; nie można jej zaniechać.")
