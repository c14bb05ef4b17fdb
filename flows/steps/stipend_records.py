"""Records of payment: versions that supersede one another, numbered in a row; a signed one is left and doubted."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.steps.bills import receipt, receipt_topic
from flows.steps.memberships import statements_in
from flows.steps.outbox import withdraw_contrary
from flows.steps.pay_cases import Case
from models.actor import Actor
from models.columns import canonical
from models.errors import NotFound
from models.events import Happened
from models.rules.pay import EarlierPayment, Remark
from models.storage import keyring_in
from models.tables import Meeting, Stipend, StoreNote
from models.tables.stipends import StipendState
from models.transitions import enter, move, note, reference
from templates.polish import short_date


@dataclass
class Hand:
    """One settlement as it writes its records: for which meeting and day of payment, by whom, and what it left."""

    session: Session
    meeting: Meeting
    paid_on: date
    reason: str | None
    """Why signed records may be replaced; ``None`` leaves them."""
    actor: Actor
    now: datetime
    kept: list[str] = field(default_factory=list)
    relist: bool = False
    """Whether remarks on the payment list changed. A slip in the day is no reason for a list of that day."""
    left: list[Stipend] = field(default_factory=list)
    """Signed records of those who were not there by what is entered now."""


def take_back(hand: Hand, cases: list[Case]) -> int:
    """Supersedes records of those who have no confirmed minutes any more. Returns how many; signed ones are left."""
    present = {case.membership.id for case in cases}
    rows = hand.session.exec(
        select(Stipend)
        .where(Stipend.meeting_id == hand.meeting.id, Stipend.state != StipendState.SUPERSEDED)
        .order_by(col(Stipend.id))
    ).all()
    taken = 0
    for row in rows:
        if row.membership_id in present:
            continue
        if row.state is StipendState.SIGNED and hand.reason is None:
            hand.left.append(row)
            _keep(hand, row, [Remark("absent_now", "Według wpisanej teraz obecności tej osoby nie było na spotkaniu.")])
            continue
        _supersede(hand, row)
        taken += 1
    return taken


def _keep(hand: Hand, stipend: Stipend, doubts: list[Remark]) -> None:
    """Leaves a signed record as it is, with what speaks against it, for an officer to see."""
    hand.kept.append(stipend.number)
    found = [{"code": doubt.code, "sentence": doubt.sentence} for doubt in doubts]
    if stipend.doubts == found:
        return
    hand.relist = hand.relist or stipend.paid_on == hand.paid_on
    stipend.doubts = found
    hand.session.add(stipend)
    note(
        hand.session,
        reference(stipend),
        happened=Happened.SIGNED_BILL_KEPT,
        actor=hand.actor,
        now=hand.now,
        area=stipend.area,
        facts={"number": stipend.number, "doubts": [doubt.code for doubt in doubts]},
    )


def _supersede(hand: Hand, stipend: Stipend) -> None:
    session, actor, now = hand.session, hand.actor, hand.now
    if stipend.state is StipendState.SIGNED:
        stipend.replaced_because = hand.reason
        session.add(stipend)
    for topic in (f"stipend/{stipend.membership_id}/{stipend.meeting_id}", receipt_topic(stipend)):
        withdraw_contrary(session, topic, actor=actor, now=now)
    move(session, stipend, StipendState.SUPERSEDED, happened=Happened.STIPEND_SUPERSEDED, actor=actor, now=now)


def record_signed_bill(session: Session, number: str, *, actor: Actor, now: datetime) -> None:
    """The bill came back signed; its member is told so."""
    stipend = session.exec(select(Stipend).where(Stipend.number == number)).first()
    if stipend is None:
        raise NotFound(f"Nie ma rachunku {number}.")
    message = receipt(session, stipend, actor=actor, now=now)
    move(
        session,
        stipend,
        StipendState.SIGNED,
        happened=Happened.BILL_SIGNED,
        actor=actor,
        now=now,
        messages=[message] if message else [],
    )
    topic = f"stipend/{stipend.membership_id}/{stipend.meeting_id}"
    withdraw_contrary(session, topic, actor=actor, now=now, except_event="stipend_ready")


def store(hand: Hand, case: Case) -> tuple[Stipend, bool]:
    """The record of the case: the standing one when nothing changed or it is signed, else a new version."""
    session, meeting, paid_on, actor, now = hand.session, hand.meeting, hand.paid_on, hand.actor, hand.now
    last = session.exec(
        select(Stipend)
        .where(Stipend.membership_id == case.membership.id, Stipend.meeting_id == meeting.id)
        .order_by(col(Stipend.version).desc())
    ).first()
    body = _snapshot(case)
    snapshot = canonical(body)
    lookup = keyring_in(session).lookup("stipend", snapshot)
    if last is not None and last.state is not StipendState.SUPERSEDED:
        if last.snapshot_lookup == lookup or _signed_says(last, body):
            _believe(hand, last)
            return last, False
        if last.state is StipendState.SIGNED and hand.reason is None:
            _keep(hand, last, [_difference(last, case, paid_on), *case.remarks])
            return last, False
        _supersede(hand, last)
    version = (last.version if last else 0) + 1
    amounts = case.amounts
    assert case.membership.id is not None
    assert meeting.id is not None
    stipend = Stipend(
        area=meeting.area,
        number=_next_number(session, paid_on.year),
        membership_id=case.membership.id,
        meeting_id=meeting.id,
        version=version,
        minutes=case.settlement.minutes,
        paid_on=paid_on,
        gross=case.settlement.gross,
        social=amounts.social if amounts else 0,
        health=amounts.health if amounts else 0,
        tax=amounts.tax if amounts else 0,
        net=amounts.net if amounts else 0,
        algorithm=case.settlement.algorithm,
        snapshot=snapshot,
        snapshot_lookup=lookup,
        blocks=[{"code": remark.code, "sentence": remark.sentence} for remark in case.remarks],
        made_at=now,
        made_by=actor.login,
        state=StipendState.BLOCKED if case.remarks else StipendState.CALCULATED,
    )
    enter(
        session,
        stipend,
        happened=Happened.STIPEND_BLOCKED if case.remarks else Happened.STIPEND_CALCULATED,
        actor=actor,
        now=now,
        facts={"number": stipend.number, "meeting": meeting.code, "blocks": [remark.code for remark in case.remarks]},
    )
    return stipend, True


def _signed_says(last: Stipend, body: dict[str, object]) -> bool:
    """Whether a signed bill says what is computed now. A contract entered later than it was signed changes no sum."""
    return last.state is StipendState.SIGNED and _without_contract(json.loads(last.snapshot)) == _without_contract(
        json.loads(canonical(body))
    )


def _without_contract(body: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in body.items() if key != "contract"}


def _believe(hand: Hand, stipend: Stipend) -> None:
    """What spoke against a signed record is gone."""
    if stipend.doubts:
        hand.relist = hand.relist or any(doubt["code"] != _OTHER_DAY for doubt in stipend.doubts)
        stipend.doubts = []
        hand.session.add(stipend)


_OTHER_DAY = "other_day"


def _difference(signed: Stipend, case: Case, paid_on: date) -> Remark:
    """In what a new computation departs from a signed bill."""
    if signed.paid_on != paid_on:
        return Remark(
            _OTHER_DAY,
            f"Podpisany rachunek jest na dzień wypłaty {short_date(signed.paid_on)}, a rozliczono na "
            f"{short_date(paid_on)}",
        )
    net = case.amounts.net if case.amounts else 0
    if (signed.gross, signed.net) != (case.settlement.gross, net):
        return Remark("other_sums", "Nowe obliczenie daje inne kwoty niż podpisany rachunek.")
    return Remark("other_data", "Dane, z których powstał podpisany rachunek, zmieniły się.")


def _next_number(session: Session, year: int) -> str:
    """The next bill number of a year; the counter is a locked row, so two settlements never share one."""
    name = f"bills/{year}"
    counter = session.get(StoreNote, name, with_for_update=True) or StoreNote(name=name, value="0")
    counter.value = str(int(counter.value) + 1)
    session.add(counter)
    session.flush()
    return f"R/{int(counter.value):04d}/{year}"


def _snapshot(case: Case) -> dict[str, object]:
    """Everything the amounts came from and every line of how; dates in ISO form."""
    statements = statements_in(case.statement) if case.statement else None
    payment = EarlierPayment.of(case.settlement) if case.settlement.amounts else None
    return {
        "settlement": _plain(asdict(case.settlement)),
        "statements": statements.stated() if statements else None,
        "account": case.statement.account if case.statement else None,
        "contract": {"number": case.contract.number, "signed_on": case.contract.signed_on.isoformat()}
        if case.contract
        else None,
        "days": [day.on.isoformat() for day in case.days],
        "payment": _plain(asdict(payment)) if payment else None,
        "blocks": [remark.code for remark in case.remarks],
    }


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
