"""Records of payment: versions that supersede one another, numbered in a row; a signed one is left and doubted, and
one that is ordered or paid is only ever added to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlmodel import Session, select

from flows.steps.bills import bill_topic, receipt, receipt_topic
from flows.steps.counters import locked_counter, next_of
from flows.steps.outbox import withdraw_contrary
from flows.steps.pay_cases import Case
from flows.steps.pay_sources import Sources
from flows.steps.statements import statement_on, statements_in
from models.actor import Actor
from models.columns import canonical
from models.errors import BadInput, NotFound
from models.events import Happened
from models.pay_labels import labels_of
from models.rules.pay import EarlierPayment, Remark
from models.storage import keyring_in
from models.tables import Meeting, Membership, Stipend
from models.tables.stipends import COMMITTED, StipendState
from models.transitions import Entry, enter_all, move, note, reference
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
    taken_back: int = 0
    """Records that were superseded and nothing put in their place."""
    unchanged: int = 0
    made: list[dict[str, Any]] = field(default_factory=list)
    """New records by their columns, not yet numbered and written."""

    @property
    def replaces_signed(self) -> bool:
        return self.reason is not None


def take_back(hand: Hand, sources: Sources, cases: Sequence[Case]) -> None:
    """Supersedes records of those who have no confirmed minutes any more; signed ones are left and doubted."""
    present = {case.membership.id for case in cases}
    gone = Remark("absent_now", "Według wpisanej teraz obecności tej osoby nie było na spotkaniu.")
    for membership_id, rows in sources.records.items():
        if membership_id not in present:
            for row in rows:
                _give_up(hand, row, gone)


def store_all(hand: Hand, sources: Sources, cases: Sequence[Case]) -> list[StipendState]:
    """The records of all cases: the standing one where nothing changed or it is signed, else a new version.

    The new ones are written together. Returns the states they begin in.
    """
    for case in cases:
        _store(hand, sources, case)
    numbers = _next_numbers(hand.session, hand.paid_on.year, len(hand.made))
    entries = []
    for columns, number in zip(hand.made, numbers, strict=True):
        # A code may tell what the person declared; the log holds the words of a page of counts.
        blocks = labels_of(block["code"] for block in columns["blocks"])
        happened = Happened.STIPEND_BLOCKED if blocks else Happened.STIPEND_CALCULATED
        facts = {"number": number, "meeting": hand.meeting.code, "blocks": blocks}
        entries.append(Entry({**columns, "number": number}, happened, facts))
    enter_all(hand.session, Stipend, entries, actor=hand.actor, now=hand.now)
    return [columns["state"] for columns in hand.made]


def _store(hand: Hand, sources: Sources, case: Case) -> None:
    standing = sources.records.get(case.membership.id or 0, ())
    for row in standing:
        if row.state in COMMITTED:
            _question(hand, row, case.membership)
    for row in case.kept:
        _reinstate(hand, row)
    kept = {row.id for row in case.kept}
    open_rows = [row for row in standing if row.state not in COMMITTED and row.id not in kept]
    corrected = case.corrects.id if case.corrects else None
    added_to = {row.id for row in sources.added_to(case.membership)}
    fitting = [
        row
        for row in open_rows
        if row.corrects_id == corrected or row.state is StipendState.RETURNED or row.id in added_to
    ]
    last = fitting[-1] if fitting and not case.settled else None
    for row in open_rows:
        if row is not last:
            _give_up(hand, row, case.needless if case.settled else _SETTLED_ANEW)
    if case.settled:
        hand.unchanged += 1
        return
    version = sources.versions.get(case.membership.id or 0, 0) + 1
    body = _snapshot(case, [case.membership.id, hand.meeting.id, version])
    text = canonical(body)
    if last is not None:
        if _says_the_same(last, json.loads(text)):
            _believe(hand, last)
            hand.unchanged += 1
            return
        if last.state is StipendState.SIGNED and not hand.replaces_signed:
            _keep(hand, last, [_difference(last, case, hand.paid_on), *case.remarks])
            return
        _supersede(hand, last)
    hand.made.append(_record(hand, case, version, text))


_SETTLED_ANEW = Remark("settled_anew", "Należność za to spotkanie obejmuje inny rachunek; tego nie należy wypłacać.")


def _record(hand: Hand, case: Case, version: int, text: str) -> dict[str, Any]:
    """Every column of a new record but its number."""
    amounts, settlement = case.amounts, case.settlement
    return {
        "area": hand.meeting.area,
        "membership_id": case.membership.id,
        "meeting_id": hand.meeting.id,
        "version": version,
        "corrects_id": case.corrects.id if case.corrects else None,
        "minutes": case.minutes,
        "paid_on": hand.paid_on,
        "gross": case.gross,
        "social": amounts.social if amounts else 0,
        "health": amounts.health if amounts else 0,
        "tax": amounts.tax if amounts else 0,
        "net": amounts.net if amounts else 0,
        "algorithm": settlement.algorithm if settlement else "",
        "snapshot": text,
        "snapshot_lookup": keyring_in(hand.session).lookup("stipend", text),
        "blocks": [{"code": remark.code, "sentence": remark.sentence} for remark in case.remarks],
        "doubts": [],
        "replaced_because": None,
        "warnings": [{"code": one.code, "sentence": one.sentence} for one in settlement.warnings] if settlement else [],
        "made_at": hand.now,
        "made_by": hand.actor.login,
        "state": StipendState.BLOCKED if case.remarks else StipendState.CALCULATED,
    }


def _give_up(hand: Hand, row: Stipend, why: Remark) -> None:
    """Supersedes a record for which nothing is due any more. A signed one is left and doubted, and what is ordered or
    paid is not touched."""
    if row.state in COMMITTED:
        return
    if row.state is StipendState.SIGNED and not hand.replaces_signed:
        _keep(hand, row, [why])
        return
    _supersede(hand, row)
    hand.taken_back += 1


def _keep(hand: Hand, stipend: Stipend, doubts: list[Remark]) -> None:
    """Leaves a signed record as it is, with what speaks against it, for an officer to see."""
    hand.kept.append(stipend.number)
    if _doubt(hand, stipend, doubts, Happened.SIGNED_BILL_KEPT):
        hand.relist = hand.relist or stipend.paid_on == hand.paid_on


def _doubt(hand: Hand, stipend: Stipend, doubts: list[Remark], happened: Happened) -> bool:
    """Notes what speaks against a record. Returns whether it is new."""
    found = [{"code": doubt.code, "sentence": doubt.sentence} for doubt in doubts]
    if stipend.doubts == found:
        return False
    stipend.doubts = found
    hand.session.add(stipend)
    note(
        hand.session,
        reference(stipend),
        happened=happened,
        actor=hand.actor,
        now=hand.now,
        area=stipend.area,
        facts={"number": stipend.number, "doubts": labels_of(doubt.code for doubt in doubts)},
    )
    return True


def _question(hand: Hand, paid: Stipend, member: Membership) -> None:
    """Taxes of what is ordered or paid rest on the statement of its day. Where a later one says otherwise of that day,
    a person sees to it with the tax and insurance offices; no record does."""
    statement = statement_on(hand.session, member, paid.paid_on)
    said = statements_in(statement).stated() if statement else None
    if said == json.loads(paid.snapshot)["statements"]:
        if paid.doubts:
            paid.doubts = []
            hand.session.add(paid)
        return
    sentence = (
        "Po zleceniu wypłaty przyjęto inne oświadczenie na jej dzień; składki i podatek tej wypłaty sprawdza "
        "pracownik księgowości."
    )
    _doubt(hand, paid, [Remark("other_statement", sentence)], Happened.PAYMENT_QUESTIONED)


def _supersede(hand: Hand, stipend: Stipend) -> None:
    session, actor, now = hand.session, hand.actor, hand.now
    if stipend.state is StipendState.SIGNED:
        stipend.replaced_because = hand.reason
        session.add(stipend)
    for topic in (bill_topic(stipend), receipt_topic(stipend)):
        withdraw_contrary(session, topic, actor=actor, now=now)
    move(session, stipend, StipendState.SUPERSEDED, happened=Happened.STIPEND_SUPERSEDED, actor=actor, now=now)


def record_signed_bill(session: Session, number: str, *, actor: Actor, now: datetime) -> None:
    """The bill came back signed; its member is told so. Raises ``BadInput`` for one that is ordered already: its state
    says where the money is."""
    stipend = session.exec(select(Stipend).where(Stipend.number == number)).first()
    if stipend is None:
        raise NotFound(f"Nie ma rachunku {number}.")
    session.refresh(stipend, with_for_update=True)
    if stipend.state is StipendState.ORDERED:
        raise BadInput(
            f"Rachunek {number} jest już na liście przelewów; podpis odnotowuje się, dopóki wypłaty nie zlecono."
        )
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
    withdraw_contrary(session, bill_topic(stipend), actor=actor, now=now, except_event="stipend_ready")


def _says_the_same(last: Stipend, body: dict[str, Any]) -> bool:
    """Whether a record says what is computed now. What it was computed from may differ where nothing follows from it;
    a contract entered later than a bill was signed changes no sum; and an older record knows fewer things."""
    unsaid = set(_INPUTS)
    if last.state is StipendState.SIGNED:
        unsaid.add("contract")
    if last.state is StipendState.RETURNED:
        unsaid.add("corrects")
    before = json.loads(last.snapshot)
    return all(body.get(key) == value for key, value in before.items() if key not in unsaid)


_INPUTS = ("of", "inputs", "attendance", "already")


def _believe(hand: Hand, stipend: Stipend) -> None:
    """What spoke against a signed record is gone."""
    if stipend.doubts:
        hand.relist = hand.relist or any(doubt["code"] != _OTHER_DAY for doubt in stipend.doubts)
        stipend.doubts = []
        hand.session.add(stipend)


def _reinstate(hand: Hand, kept: Stipend) -> None:
    """It goes out again as it is: what an earlier settlement said against it is overtaken."""
    _believe(hand, kept)


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
    if (signed.gross, signed.net) != (case.gross, net):
        return Remark("other_sums", "Nowe obliczenie daje inne kwoty niż podpisany rachunek.")
    return Remark("other_data", "Dane, z których powstał podpisany rachunek, zmieniły się.")


def _next_numbers(session: Session, year: int, many: int) -> list[str]:
    """The next bill numbers of a year; the counter is a locked row, so two settlements never share one."""
    if not many:
        return []
    first = next_of(session, locked_counter(session, f"bills/{year}"), many)
    return [f"R/{number:04d}/{year}" for number in range(first, first + many)]


def _snapshot(case: Case, of: list[int | None]) -> dict[str, object]:
    """Everything the amounts came from and every line of how; dates in ISO form.

    ``of``: the membership, the meeting and the version, so that no snapshot passes for that of another record.
    """
    payment = EarlierPayment.of(case.settlement) if case.settlement and case.settlement.amounts else None
    inputs = case.inputs
    said = statements_in(case.statement) if inputs is None and case.statement else inputs and inputs.statements
    stated = said.stated() if said else None
    return {
        "of": of,
        "gross": case.gross,
        "minutes": case.minutes,
        "settlement": _plain(case.settlement),
        "statements": stated if case.statement else None,
        "account": case.statement.account if case.statement else None,
        "contract": {"number": case.contract.number, "signed_on": case.contract.signed_on.isoformat()}
        if case.contract
        else None,
        "days": [day.on.isoformat() for day, _ in case.attended],
        "payment": _plain(payment),
        "blocks": [remark.code for remark in case.remarks],
        "rate": {"grosze": case.pay.rate_grosze, "per": case.pay.per.value, "kind": case.pay.kind.value},
        "corrects": case.corrects.number if case.corrects else None,
        "already": case.already,
        "attendance": [[day.on.isoformat(), minutes] for day, minutes in case.attended],
        "inputs": {
            "work": _plain(inputs.work),
            "statements": stated,
            "earlier": _plain(inputs.earlier),
            "year_before": inputs.year_before,
            "confirmed": list(inputs.confirmed),
        }
        if inputs
        else None,
    }


def _plain(value: object) -> Any:
    """A value as JSON has it: objects by their fields, dates in ISO form."""
    return orjson.loads(orjson.dumps(value))
