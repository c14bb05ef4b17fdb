"""Contracts of members of paid groups: made out in a row of the year, signed, and replaced when something changed.

Before a contract is signed, a changed rate or name makes the next version of it under the same number. One that is
signed is never changed: on an officer's word another contract takes its place and says so.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import call_of
from flows.steps.calls import find_call, group_of
from flows.steps.contract_papers import Planned, issue_paper, minimum_rate_on, most_of, planned_minutes, terms_of
from flows.steps.contract_records import contract_of, record_contract
from flows.steps.counters import locked_counter, next_of
from flows.steps.memberships import membership_of, seated
from flows.steps.projects import newest_for
from flows.steps.seat_times import require_seat
from models.actor import Actor, Right
from models.columns import canonical
from models.contract_rules import States
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.pay_rules import Pay, PayKind
from models.project import ProjectDefinition
from models.rules.pay import RatePer
from models.storage import keyring_in
from models.tables import Application, Contract, Group, IssuedContract, Membership
from models.tables.contracts import ContractState
from models.transitions import enter, move
from templates.documents.contract import Replaced, rules_of


@dataclass(frozen=True)
class ContractLine:
    """What became of one member's contract, by numbers."""

    application: str
    number: str
    version: int | None
    outcome: str
    """``issued``, ``new_version``, ``replacement``, ``unchanged``, ``signed_differs`` or ``by_hand``: an
    officer typed the contract in, so its rate and version are not known here."""
    rate_grosze: int | None
    amount_grosze: int | None
    warnings: tuple[str, ...] = ()


def issue_contracts(
    office: Office,
    session: Session,
    which: str,
    *,
    starts: date | None = None,
    ends: date | None = None,
    replace_signed: bool = False,
    actor: Actor,
    now: datetime,
) -> list[ContractLine]:
    """Makes out the contracts of a call's seated members, or of one application's member.

    What says the same as before is left. A signed contract that would say something else now is left, too, and told,
    and so is one that an officer typed in, unless ``replace_signed``; what takes its place starts on the day it is
    made, or later. Raises ``NotYet`` without a confirmed seat, ``BadInput`` for a group that is not paid, a project
    without clauses or a day that cannot be meant.
    """
    actor.require(Right.MONEY)
    return [
        _issue(office, session, number, starts=starts, ends=ends, replace_signed=replace_signed, actor=actor, now=now)
        for number in _numbers(session, which)
    ]


def _numbers(session: Session, which: str) -> list[str]:
    """The applications meant by a call's code or by a number. A number that leads nowhere says so."""
    try:
        call = find_call(session, which)
    except NotFound:
        return [session.get_one(Application, membership_of(session, which).application_id).number]
    members = seated(session, group_of(session, call).id or 0)
    if not members:
        raise NotYet(f"W grupie naboru {which} nikt nie ma jeszcze potwierdzonego miejsca.")
    return sorted(session.get_one(Application, one.application_id).number for one in members)


def _issue(
    office: Office,
    session: Session,
    number: str,
    *,
    starts: date | None,
    ends: date | None,
    replace_signed: bool,
    actor: Actor,
    now: datetime,
) -> ContractLine:
    membership = membership_of(session, number)
    # Two officers at once must not make two numbers of one contract.
    session.refresh(membership, with_for_update=True)
    require_seat(session, membership, number, "umowę sporządza się")
    definition = newest_for(session, call_of(session, session.get_one(Application, membership.application_id)))
    pay = pay_of(session, membership, definition)
    rules = rules_of(definition)
    standing = contract_in_force(session, membership)
    typed = _typed_in(session, membership)
    # Whoever had another made out after it was typed in has said that it is to be replaced.
    holds = typed is not None and (standing is None or standing.made_at < typed.recorded_at)
    if typed is not None and holds and not replace_signed:
        told = "Umowę wpisano ręcznie; nową w jej miejsce sporządza się z --replace-signed."
        return ContractLine(number, typed.number, None, "by_hand", None, typed.amount_grosze, (told,))
    today = warsaw_date(now)
    draft = _drafted(session, membership, definition, pay, standing, starts, ends, today=today)
    warnings = _warnings(pay, draft.planned, today)
    if standing is not None and not holds and standing.terms_lookup == draft.lookup:
        return _line(number, standing, "unchanged", warnings)
    if standing is not None and standing.state is ContractState.SIGNED and not replace_signed:
        told = "Podpisana umowa mówi co innego niż obecne dane; nową sporządza się z --replace-signed."
        return _line(number, standing, "signed_differs", (*warnings, told))
    signed = standing if standing is not None and standing.state is ContractState.SIGNED else None
    replaces = signed or _pending(session, standing)
    replaced = _as_replaced(typed or replaces)
    if replaced is not None and starts is not None and starts < today:
        raise BadInput("Umowa w miejsce podpisanej nie może się zaczynać w przeszłości; popraw --from.")
    if signed is not None or holds:
        # What was done until today was done by the contract that is signed.
        draft = _drafted(session, membership, definition, pay, standing, starts or today, ends, today=today)
        warnings = _warnings(pay, draft.planned, today)
    planned = draft.planned
    if standing is not None and standing.state is ContractState.ISSUED:
        move(
            session,
            standing,
            ContractState.REPLACED,
            happened=Happened.CONTRACT_REPLACED,
            actor=actor,
            now=now,
            facts={"number": standing.number, "version": standing.version},
        )
    anew = standing is not None and signed is None and not holds
    assert membership.id is not None
    row = IssuedContract(
        area=membership.area,
        membership_id=membership.id,
        number=standing.number if anew and standing else _next_number(session, rules.number_prefix, today),
        version=standing.version + 1 if anew and standing else 1,
        replaces_id=replaces.id if replaces is not None else None,
        starts=planned.starts,
        ends=planned.ends,
        rate_grosze=planned.rate,
        per=planned.per,
        amount_grosze=draft.amount,
        terms=draft.terms,
        terms_lookup=draft.lookup,
        made_at=now,
        made_by=actor.login,
    )
    enter(
        session,
        row,
        happened=Happened.CONTRACT_ISSUED,
        actor=actor,
        now=now,
        facts={"number": row.number, "version": row.version, "application": number},
    )
    issue_paper(
        office,
        session,
        membership,
        definition,
        row,
        minutes=planned.minutes,
        most=planned.most,
        replaces=replaced,
        minimum_rate=minimum_rate_on(today),
        actor=actor,
        now=now,
    )
    return _line(number, row, "new_version" if anew else "replacement" if replaced else "issued", warnings)


def _pending(session: Session, standing: IssuedContract | None) -> IssuedContract | None:
    """The signed contract that an unsigned replacement, made out before, is to take the place of."""
    if standing is None or standing.replaces_id is None:
        return None
    return session.get_one(IssuedContract, standing.replaces_id)


def _typed_in(session: Session, membership: Membership) -> Contract | None:
    """The contract that bills refer to, if an officer typed it in."""
    contract = contract_of(session, membership)
    return contract if contract is not None and contract.issued_id is None else None


def _as_replaced(row: IssuedContract | Contract | None) -> Replaced | None:
    if row is None or row.signed_on is None:
        return None
    return Replaced(number=row.number, signed_on=row.signed_on)


def pay_of(session: Session, membership: Membership, definition: ProjectDefinition) -> Pay:
    """What the member's group is paid. Raises ``BadInput`` for a group that is not."""
    group = session.get_one(Group, membership.group_id)
    pay = definition.group_kind(group.kind).pay
    if pay is None:
        raise BadInput(f"Grupa {group.kind} nie jest płatna; umowy się w niej nie zawiera.")
    return pay


@dataclass(frozen=True)
class _Draft:
    """A contract as it would be made out now. ``terms``: everything that it would say, ``lookup`` what they are
    compared by."""

    planned: Planned
    amount: int | None
    terms: str
    lookup: str


def _drafted(
    session: Session,
    membership: Membership,
    definition: ProjectDefinition,
    pay: Pay,
    standing: IssuedContract | None,
    starts: date | None,
    ends: date | None,
    *,
    today: date,
) -> _Draft:
    planned = _planned(session, membership, definition, pay, standing, starts, ends, today=today)
    amount = planned.most if rules_of(definition).states is States.AMOUNT else None
    terms = canonical(terms_of(session, membership, definition, planned, amount=amount))
    return _Draft(planned, amount, terms, keyring_in(session).lookup("contract", terms))


def _planned(
    session: Session,
    membership: Membership,
    definition: ProjectDefinition,
    pay: Pay,
    standing: IssuedContract | None,
    starts: date | None,
    ends: date | None,
    *,
    today: date,
) -> Planned:
    """The period keeps to what was made out before unless an officer says otherwise; else it begins today and ends
    with the project."""
    first = starts or (standing.starts if standing else today)
    last = ends or (standing.ends if standing else definition.period.on(today).ends)
    if last < first:
        raise BadInput("Umowa nie może się kończyć wcześniej, niż się zaczyna (--from, --until).")
    minutes, days, meetings = planned_minutes(session, membership, definition, starts=first, ends=last)
    per = RatePer(pay.per)
    return Planned(
        starts=first,
        ends=last,
        minutes=minutes,
        rate=pay.rate_grosze,
        per=per,
        most=most_of(pay.rate_grosze, per, minutes=minutes, days=days, meetings=meetings),
    )


def _warnings(pay: Pay, planned: Planned, today: date) -> tuple[str, ...]:
    least = minimum_rate_on(today)
    if least is None or pay.kind is not PayKind.WYNAGRODZENIE or planned.most * 60 >= least * planned.minutes:
        return ()
    return ("Stawka jest niższa od minimalnej stawki godzinowej z dnia sporządzenia umowy.",)


def sign_contract(session: Session, number: str, *, signed_on: date, actor: Actor, now: datetime) -> IssuedContract:
    """Records that the newest contract of a member came back signed; from then on bills refer to it.

    The signed contract that it replaces ends with that. Raises ``NotYet`` when none was made out, ``BadInput`` for a
    day that has not come.
    """
    actor.require(Right.MONEY)
    membership = membership_of(session, number)
    row = newest_contract(session, membership)
    if row is None:
        raise NotYet(f"Zgłoszenie {number} nie ma sporządzonej umowy. Sporządza ją: nabor contract issue {number}.")
    if row.state is ContractState.SIGNED:
        if row.signed_on == signed_on:
            return row
        raise BadInput(f"Umowa {row.number} jest już podpisana; jej daty nie zmienia się.")
    record_contract(
        session,
        number,
        contract_number=row.number,
        signed_on=signed_on,
        amount_grosze=row.amount_grosze,
        issued_id=row.id,
        actor=actor,
        now=now,
    )
    row.signed_on = signed_on
    session.add(row)
    session.flush()
    move(
        session,
        row,
        ContractState.SIGNED,
        happened=Happened.CONTRACT_SIGNED,
        actor=actor,
        now=now,
        facts={"number": row.number, "version": row.version},
    )
    before = session.get_one(IssuedContract, row.replaces_id) if row.replaces_id is not None else None
    if before is not None and before.state is ContractState.SIGNED:
        move(
            session,
            before,
            ContractState.REPLACED,
            happened=Happened.CONTRACT_REPLACED,
            actor=actor,
            now=now,
            facts={"number": before.number, "by": row.number},
        )
    return row


def give_up(session: Session, number: str, *, actor: Actor, now: datetime) -> IssuedContract:
    """A contract that was made out will not be signed. Raises ``NotYet`` when none was made out."""
    actor.require(Right.MONEY)
    row = newest_contract(session, membership_of(session, number))
    if row is None:
        raise NotYet(f"Zgłoszenie {number} nie ma sporządzonej umowy.")
    move(
        session,
        row,
        ContractState.GIVEN_UP,
        happened=Happened.CONTRACT_GIVEN_UP,
        actor=actor,
        now=now,
        facts={"number": row.number, "version": row.version},
    )
    return row


def newest_contract(session: Session, membership: Membership) -> IssuedContract | None:
    """The contract that was made out last for a member, whatever became of it."""
    return session.exec(
        select(IssuedContract)
        .where(IssuedContract.membership_id == membership.id)
        .order_by(col(IssuedContract.id).desc())
    ).first()


def contract_in_force(session: Session, membership: Membership) -> IssuedContract | None:
    """The contract that waits to be signed, or else the one that is signed: one that was dropped ends neither."""
    return session.exec(
        select(IssuedContract)
        .where(
            IssuedContract.membership_id == membership.id,
            col(IssuedContract.state).in_((ContractState.ISSUED, ContractState.SIGNED)),
        )
        .order_by(col(IssuedContract.id).desc())
    ).first()


def _next_number(session: Session, prefix: str, today: date) -> str:
    """The next number of a year; the counter is a locked row, so two officers never share one."""
    number = next_of(session, locked_counter(session, f"contracts/{prefix}/{today.year}"))
    return f"{prefix}/{number:04d}/{today.year}"


def _line(number: str, row: IssuedContract, outcome: str, warnings: tuple[str, ...]) -> ContractLine:
    return ContractLine(number, row.number, row.version, outcome, row.rate_grosze, row.amount_grosze, warnings)
