"""Approval: another person looks at a frozen batch, and the list for the accountants is issued."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from flows.adapters.bank_files import profile_of
from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.batch_candidates import Candidate, candidate_of
from flows.steps.batch_lists import issue_lists
from flows.steps.batch_records import (
    Line,
    approval_text,
    find_batch,
    lines_of_batch,
    payer_of,
    require_unaltered,
    transfer_of,
)
from flows.steps.pay_guards import ACKNOWLEDGED, Finding, check_day, guard
from flows.steps.projects import definition_of
from models.actor import Actor, Right
from models.errors import BadInput, NotAllowed, PaymentsBlocked
from models.events import Happened
from models.storage import keyring_in
from models.tables import PayAcknowledgement, PayBatch
from models.tables.batches import BatchState
from models.transitions import move


def approve(office: Office, number: str, *, acknowledged: Mapping[str, str], actor: Actor) -> PayBatch:
    """Lets a frozen batch go, and issues the list for the accountants, in one transaction.

    ``acknowledged``: why each kind of finding (``new_account``) may go all the same; the reasons are kept with every
    transfer that they are about. Raises ``NotAllowed`` for one who prepared any of it, ``BatchAltered`` when it does
    not say any more what was frozen, and ``PaymentsBlocked`` for what stops it or was not acknowledged.
    """
    actor.require(Right.APPROVE_PAYMENTS)
    for code, reason in acknowledged.items():
        if code not in ACKNOWLEDGED:
            raise BadInput(f"„{code}” nie jest uwagą do potwierdzenia. Są: {', '.join(ACKNOWLEDGED)}.")
        if not reason.strip():
            raise BadInput(f"Potwierdzenie uwagi „{code}” wymaga uzasadnienia.")
    now = office.now()
    with office.writing(actor) as session:
        batch = find_batch(session, number)
        session.refresh(batch, with_for_update=True)
        lines = lines_of_batch(session, batch)
        _require_other_hands(batch, lines, actor)
        if batch.state is BatchState.FROZEN:
            require_unaltered(session, batch, lines)
            found = findings(office, session, batch, lines)
            _require_cleared(found, acknowledged)
            _keep(session, lines, found, acknowledged, actor=actor, now=now)
        check_day(batch.paid_on, warsaw_date(now))
        move(
            session,
            batch,
            BatchState.APPROVED,
            happened=Happened.BATCH_APPROVED,
            actor=actor,
            now=now,
            facts={"number": batch.number, "acknowledged": sorted(acknowledged)},
        )
        batch.approved_at, batch.approved_by = now, actor.login
        batch.approval = keyring_in(session).lookup("pay_approval", approval_text(batch))
        session.add(batch)
        issue_lists(office, session, batch, lines, actor=actor, now=now)
        return batch


def findings(office: Office, session: Session, batch: PayBatch, lines: Sequence[Line]) -> list[Finding]:
    """What the guards say of a batch as things stand now."""
    return guard(
        office,
        [_candidate(session, batch, line) for line in lines],
        [transfer_of(line.item) for line in lines],
        definition=definition_of(session, batch.project_version_id),
        profile=profile_of(batch.profile),
        payer=payer_of(batch),
        paid_on=batch.paid_on,
    )


def _candidate(session: Session, batch: PayBatch, line: Line) -> Candidate:
    return candidate_of(session, line.stipend, batch.paid_on, was=line.item.stipend_was)


def _require_other_hands(batch: PayBatch, lines: Sequence[Line], actor: Actor) -> None:
    """Raises ``NotAllowed`` for who froze the batch or computed any payment in it (four eyes)."""
    if batch.made_by == actor.login:
        raise NotAllowed(
            f"Konto „{actor.login}” sporządziło listę {batch.number}, więc jej nie zatwierdza: przygotowanie i "
            "zatwierdzenie wypłat należą do dwóch osób."
        )
    computed = sorted({line.number for line in lines if line.stipend.made_by == actor.login})
    if computed:
        raise NotAllowed(
            f"Konto „{actor.login}” rozliczyło wypłaty z listy {batch.number} ({', '.join(computed)}), więc jej nie "
            "zatwierdza: przygotowanie i zatwierdzenie wypłat należą do dwóch osób."
        )


def _require_cleared(found: Sequence[Finding], acknowledged: Mapping[str, str]) -> None:
    standing = [finding for finding in found if finding.stops or finding.code not in acknowledged]
    if not standing:
        return
    sentences = [
        str(finding) if finding.stops else f"{finding} [--acknowledge {finding.code}=POWÓD]" for finding in standing
    ]
    raise PaymentsBlocked("Listy nie zatwierdzono.", tuple(sentences))


def _keep(
    session: Session,
    lines: Sequence[Line],
    found: Sequence[Finding],
    acknowledged: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keeps each reason with every transfer that it lets go."""
    items = {line.number: line.item for line in lines}
    for code, number in dict.fromkeys((finding.code, finding.number) for finding in found):
        item = items[number]
        assert item.id is not None
        session.add(
            PayAcknowledgement(
                area=item.area,
                item_id=item.id,
                code=code,
                reason=acknowledged[code].strip(),
                given_at=now,
                given_by=actor.login,
            )
        )
    session.flush()
