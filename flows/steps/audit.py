"""The whole check of an office's records: seals, states against the log, every call's lists and protocols, every
payment, computed again, and every batch, line of the ledger and contract against what was frozen."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.batch_checks import BatchAudit, check_batches
from flows.steps.contract_audit import ContractAudit, check_contracts
from flows.steps.nominations import strayed_seats
from flows.steps.protocol_checks import check_call
from flows.steps.sealing import Audit, audit_log
from flows.steps.stipend_checks import StipendAudit, check_stipends
from models.actor import Actor, Right
from models.glossary import AGGREGATES, label
from models.tables import Call, Event, Promotion
from models.transitions import LIFECYCLES


@dataclass(frozen=True)
class FullAudit:
    """``strayed``: rows whose state the log does not know; ``protocols``: what verifying the calls found."""

    log: Audit
    states: int
    strayed: tuple[str, ...]
    calls: int
    promotions: int
    """Promotions from the reserve whose choice was made again; what differs stands among ``protocols``."""
    protocols: tuple[str, ...]
    seats: tuple[str, ...]
    """Seats of institutions that do not stand as the steps into them and out of them say."""
    stipends: StipendAudit
    """What computing every payment again found."""
    batches: BatchAudit
    contracts: ContractAudit

    @property
    def broken(self) -> tuple[str, ...]:
        return (
            *self.log.broken,
            *self.strayed,
            *self.protocols,
            *self.seats,
            *self.stipends.flaws,
            *self.batches.flaws,
            *self.contracts.flaws,
        )


def verify_records(office: Office, session: Session, *, actor: Actor) -> FullAudit:
    """Recomputes every seal and every payment, compares every stored state with its last event, every batch with what
    was frozen and the ledger with its transfers, and verifies every call and contract."""
    actor.require_everywhere(Right.READ)
    counted, strayed = states_against_log(session)
    calls = session.exec(select(Call.code).order_by(Call.code)).all()
    flaws = tuple(f"{code}: {flaw}" for code in calls for flaw in check_call(office, session, code, actor=actor).flaws)
    promotions = len(session.exec(select(Promotion.id)).all())
    return FullAudit(
        log=audit_log(session, actor=actor),
        states=counted,
        strayed=strayed,
        calls=len(calls),
        promotions=promotions,
        protocols=flaws,
        seats=strayed_seats(session),
        stipends=check_stipends(session),
        batches=check_batches(office, session),
        contracts=check_contracts(session),
    )


def states_against_log(session: Session) -> tuple[int, tuple[str, ...]]:
    """How many stored states were compared with the log, and a sentence for each that it does not tell of."""
    kinds: dict[str, type[StrEnum]] = {
        table.__name__.lower(): type(next(iter(lifecycle.start))) for table, lifecycle in LIFECYCLES.items()
    }
    told: dict[str, StrEnum] = {}
    for subject, facts in session.exec(select(Event.subject, Event.facts).order_by(col(Event.id))):
        kind = kinds.get(subject.partition("/")[0])
        state = facts.get("to", facts.get("state"))
        if kind is not None and state in set(kind):
            told[subject] = kind(state)
    counted, strayed = 0, []
    for table, lifecycle in LIFECYCLES.items():
        name = table.__name__.lower()
        for row_id, state in session.exec(select(table.id, table.state).order_by(col(table.id))):
            counted += 1
            stored, known = kinds[name](state), told.get(f"{name}/{row_id}")
            if known is not stored:
                said = "nic" if known is None else f"„{label(known)}”"
                strayed.append(
                    f"{AGGREGATES[lifecycle.aggregate]} nr {row_id}: w bazie stan „{label(stored)}”, w dzienniku {said}"
                )
    return counted, tuple(strayed)
