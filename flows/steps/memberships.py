"""Membership after acceptance: the offered seat, its confirmation, and the statement that pay depends on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of, find_application
from flows.steps.calls import group_of
from flows.steps.notices import notice
from flows.steps.outbox import compose, office_block, sex_of, told_at, withdraw_contrary
from flows.steps.portions import AT_ONCE, portions
from flows.steps.projects import definition_for, newest_for
from flows.steps.unit_consent import consent_of
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.identifiers import Nrb, check_nrb
from models.rules.pay import Statements
from models.rules.working_days import deadline, start_of_day
from models.storage import keyring_in
from models.tables import (
    Application,
    Contract,
    Decision,
    Event,
    Group,
    IssuedContract,
    MeetingDay,
    Membership,
    Nomination,
    PayStatement,
    Person,
)
from models.tables.applications import ApplicationState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import SEATED, MembershipState
from models.tables.nominations import BY_THE_INSTITUTION, NominationStep
from models.transitions import Facts, enter, move, note, reference
from templates.letters import OfferConfirmedLetter, OfferDeclinedLetter, OfferLapsedLetter


def offer_seat(session: Session, application: Application, *, actor: Actor, now: datetime) -> Membership:
    """Offers the accepted person a seat with an answer deadline; a standing offer stays as it is.

    The seat of a unit that has agreed already is confirmed at once.
    """
    standing = newest_membership(session, application)
    if standing is not None and standing.state in {MembershipState.OFFERED, *SEATED}:
        return standing
    days = definition_for(session, call_of(session, application)).deadlines.answer_working_days
    membership = _membership(session, application, answer_due_at=deadline(now, days), now=now)
    enter(
        session,
        membership,
        happened=Happened.SEAT_OFFERED,
        actor=actor,
        now=now,
        facts={"application": application.number},
    )
    consent = consent_of(session, application)
    if consent is not None:
        membership.answered_at = now
        session.add(membership)
        move(
            session,
            membership,
            MembershipState.CONFIRMED,
            happened=Happened.SEAT_CONFIRMED,
            actor=actor,
            now=now,
            facts={"signed_on": consent.signed_on.isoformat() if consent.signed_on else None},
        )
    return membership


def seat_at_once(
    session: Session, application: Application, *, actor: Actor, now: datetime, facts: Facts | None = None
) -> Membership:
    """A confirmed seat without an offer: for whom an institution named, or who registered. Nobody is asked again."""
    membership = _membership(
        session, application, answer_due_at=now, answered_at=now, state=MembershipState.CONFIRMED, now=now
    )
    enter(
        session,
        membership,
        happened=Happened.SEAT_CONFIRMED,
        actor=actor,
        now=now,
        facts={"application": application.number, **(facts or {})},
    )
    return membership


def _membership(
    session: Session,
    application: Application,
    *,
    answer_due_at: datetime,
    answered_at: datetime | None = None,
    state: MembershipState = MembershipState.OFFERED,
    now: datetime,
) -> Membership:
    """A seat of the call's group for the person of an application, not yet entered."""
    group = group_of(session, call_of(session, application))
    assert application.id is not None
    assert group.id is not None
    return Membership(
        area=application.area,
        application_id=application.id,
        group_id=group.id,
        person_id=application.person_id,
        offered_at=now,
        answer_due_at=answer_due_at,
        answered_at=answered_at,
        state=state,
    )


def newest_membership(session: Session, application: Application) -> Membership | None:
    """The membership that counts for an application."""
    return session.exec(
        select(Membership).where(Membership.application_id == application.id).order_by(col(Membership.id).desc())
    ).first()


def newest_memberships(session: Session, applications: Sequence[Application]) -> dict[int, Membership]:
    """The same of many applications, by the application's id; who was never offered a seat is not in it."""
    found: dict[int, Membership] = {}
    for portion in portions(applications, AT_ONCE):
        rows = session.exec(
            select(Membership)
            .where(col(Membership.application_id).in_([one.id for one in portion]))
            .order_by(col(Membership.id))
        )
        found |= {row.application_id: row for row in rows}
    return found


def membership_of(session: Session, number: str) -> Membership:
    """The membership of an application number. Raises ``NotYet`` when no seat was offered."""
    membership = newest_membership(session, find_application(session, number))
    if membership is None:
        raise NotYet(f"Zgłoszeniu {number} nie zaproponowano miejsca.")
    return membership


def member_on(session: Session, number: str, day: MeetingDay) -> Membership | None:
    """The membership by which an application held a seat on a day of a meeting, if it did."""
    application = find_application(session, number)
    rows = session.exec(
        select(Membership).where(Membership.application_id == application.id).order_by(col(Membership.id).desc())
    ).all()
    return next((row for row in rows if held_seat(session, row, day)), None)


def answer_offer(session: Session, number: str, *, accepts: bool, actor: Actor, now: datetime) -> None:
    """Records that the person confirms, in writing or on the telephone, or declines."""
    membership = membership_of(session, number)
    session.refresh(membership, with_for_update=True)
    application = session.get_one(Application, membership.application_id)
    if accepts and application.state is not ApplicationState.ANNOUNCED:
        raise NotYet(f"O zgłoszeniu {number} podjęto nową decyzję, której jeszcze nie ogłoszono.")
    call = call_of(session, application)
    definition = definition_for(session, call)
    membership.answered_at = now
    session.add(membership)
    if not accepts:
        withdraw_contrary(session, f"offer/{membership.id}", actor=actor, now=now)
        move(
            session,
            membership,
            MembershipState.DECLINED,
            happened=Happened.SEAT_DECLINED,
            actor=actor,
            now=now,
            messages=notice(
                session,
                application,
                "offer_declined",
                OfferDeclinedLetter,
                subject_ref=reference(membership),
                occasion="declined",
                topic=f"result/{application.id}",
                actor=actor,
                now=now,
                declined_on=warsaw_date(now),
            ),
        )
        return
    person = session.get_one(Person, membership.person_id)
    message = compose(
        session,
        "offer_confirmed",
        OfferConfirmedLetter(
            office=office_block(definition),
            sex=sex_of(person),
            public_number=application.public_number,
            group_name=group_of(session, call).name,
            confirmed_on=warsaw_date(now),
            paid=definition.group_kind(call.group_kind).pay is not None,
        ),
        subject_ref=reference(membership),
        area=membership.area,
        occasion="confirmed",
        actor=actor,
        now=now,
        person=person,
        contradicts=f"seat/{membership.id}",
        definition=definition,
    )
    withdraw_contrary(session, f"offer/{membership.id}", actor=actor, now=now)
    move(
        session,
        membership,
        MembershipState.CONFIRMED,
        happened=Happened.SEAT_CONFIRMED,
        actor=actor,
        now=now,
        messages=[message] if message else [],
    )


def expire_offer(session: Session, membership_id: int, *, actor: Actor, now: datetime) -> bool:
    """Lets an unanswered offer lapse after its deadline. Returns whether it did.

    A unit whose declaration was recorded at the very moment of the offer saw none to answer: it keeps the seat.
    """
    membership = session.get_one(Membership, membership_id, with_for_update=True)
    ends = offer_ends(session, membership)
    if membership.state is not MembershipState.OFFERED or ends is None or ends >= now:
        return False
    application = session.get_one(Application, membership.application_id)
    if application.state is ApplicationState.ANNOUNCED and consent_of(session, application) is not None:
        answer_offer(session, application.number, accepts=True, actor=actor, now=now)
        return False
    withdraw_contrary(session, f"offer/{membership.id}", actor=actor, now=now)
    move(
        session,
        membership,
        MembershipState.EXPIRED,
        happened=Happened.SEAT_EXPIRED,
        actor=actor,
        now=now,
        messages=notice(
            session,
            application,
            "offer_lapsed",
            OfferLapsedLetter,
            subject_ref=reference(membership),
            occasion="lapsed",
            topic=f"result/{application.id}",
            actor=actor,
            now=now,
            answer_until=warsaw_date(ends),
        ),
    )
    return True


def expired_offers(session: Session, *, now: datetime) -> list[int]:
    """Offers whose answer deadline is over."""
    rows = session.exec(
        select(Membership)
        .where(Membership.state == MembershipState.OFFERED, col(Membership.answer_due_at) < now)
        .order_by(col(Membership.id))
    ).all()
    ended = [(row.id, offer_ends(session, row)) for row in rows]
    return [row_id for row_id, ends in ended if row_id is not None and ends is not None and ends < now]


def offer_ends(session: Session, membership: Membership) -> datetime | None:
    """The last instant for an answer, counted from when the letter left if it left late; ``None`` while it has not.

    Only a letter of this very offer counts: of a decision announced with it or since, not of one before a refusal.
    """
    application = session.get_one(Application, membership.application_id)
    versions = session.exec(
        select(Decision.version).where(
            Decision.application_id == application.id,
            Decision.outcome == DecisionOutcome.ACCEPTED,
            col(Decision.announced_at) >= membership.offered_at,
        )
    ).all()
    letters = [
        told_at(session, reference(application), event, f"decision-{version}")
        for version in versions
        for event in OFFER_LETTERS
    ]
    told = min((at for at in letters if at is not None), default=None)
    if told is None:
        return None
    days = definition_for(session, call_of(session, application)).deadlines.answer_working_days
    return max(membership.answer_due_at, deadline(told, days))


OFFER_LETTERS = ("accepted", "promoted")
"""Letters that offer a seat."""


def seated(session: Session, group_id: int) -> list[Membership]:
    """Those who hold a seat in the group, in the order of their offers."""
    return list(
        session.exec(
            select(Membership)
            .where(Membership.group_id == group_id, col(Membership.state).in_(SEATED))
            .order_by(col(Membership.id))
        ).all()
    )


def held_seat(session: Session, membership: Membership, day: MeetingDay) -> bool:
    """Whether the member held the seat on a day of a meeting, whatever became of it afterwards.

    Read from the log: confirmed before the day ended, and not given up or taken back before it began.
    """
    return held_during(_seat_times(session, membership), day)


SeatTimes: TypeAlias = tuple[datetime | None, datetime | None]
"""When a seat was confirmed and when it was let go of; ``None`` for what has not happened."""


def held_during(times: SeatTimes, day: MeetingDay) -> bool:
    """Whether a seat with these times was held on a day of a meeting."""
    return held_between(times, day.starts_at, day.ends_at)


def held_between(times: SeatTimes, starts: datetime, ends: datetime) -> bool:
    """Whether a seat with these times was held at some moment between two others."""
    begun, ended = times
    return begun is not None and begun < ends and (ended is None or ended > starts)


def seat_times(session: Session, memberships: Sequence[Membership]) -> dict[int, SeatTimes]:
    """The times of many seats, by id, in two queries however many they are."""
    subjects = {reference(one): one.id for one in memberships}
    at: dict[int, dict[str, datetime]] = {one.id: {} for one in memberships if one.id is not None}
    for subject, kind, moment in session.exec(
        select(Event.subject, Event.kind, Event.at)
        .where(col(Event.subject).in_(subjects), col(Event.kind).in_((Happened.SEAT_CONFIRMED, *_SEAT_ENDS)))
        .order_by(col(Event.id))
    ).all():
        at[subjects[subject] or 0][kind] = moment
    times = {row: _times(found) for row, found in at.items()}
    for step in session.exec(
        select(Nomination).where(col(Nomination.membership_id).in_(at)).order_by(col(Nomination.id))
    ).all():
        # An institution names whom it sends from a day on, whenever that was written down.
        begun, ended = times[step.membership_id]
        if step.step is NominationStep.SEATED:
            begun = start_of_day(step.on_day)
        elif step.cause in BY_THE_INSTITUTION:
            ended = start_of_day(step.on_day)
        times[step.membership_id] = (begun, ended)
    return times


def _seat_times(session: Session, membership: Membership) -> SeatTimes:
    assert membership.id is not None
    return seat_times(session, [membership])[membership.id]


def _times(at: Mapping[str, datetime]) -> SeatTimes:
    return at.get(Happened.SEAT_CONFIRMED), min((at[end] for end in _SEAT_ENDS if end in at), default=None)


_SEAT_ENDS = (Happened.SEAT_LEFT, Happened.SEAT_STRUCK_OFF, Happened.SEAT_REVOKED, Happened.SEAT_REPLACED)


def held_any_seat(session: Session, membership: Membership) -> bool:
    """Whether the member holds a seat or once held one: who left may still be owed for a meeting."""
    return membership.state in SEATED or _seat_times(session, membership)[0] is not None


def require_seat(session: Session, membership: Membership, number: str, what: str) -> None:
    """Raises ``NotYet`` for one who holds no seat and never held one: who left may still be owed for a meeting."""
    if not held_any_seat(session, membership):
        raise NotYet(f"Zgłoszenie {number} nie ma potwierdzonego miejsca; {what} po nim.")


def record_contract(
    session: Session,
    number: str,
    *,
    contract_number: str,
    signed_on: date,
    amount_grosze: int | None = None,
    issued_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Records the contract that the member's bills refer to; the same again changes nothing. Raises ``BadInput``.

    ``amount_grosze``: the sum that the contract itself states (``None``: nothing is said of it), ``issued_id``: the
    contract if it was made out here.
    """
    actor.require(Right.MONEY)
    membership = membership_of(session, number)
    require_seat(session, membership, number, "umowę wpisuje się")
    written = contract_number.strip()
    if not written or len(written) > _LONGEST_NUMBER or not written.isprintable():
        raise BadInput(f"Numer umowy to jeden wiersz, od 1 do {_LONGEST_NUMBER} znaków.")
    if signed_on > warsaw_date(now):
        raise BadInput("Data umowy nie może być późniejsza niż dziś.")
    if issued_id is None:
        # Number and day of a contract that was made out here are that contract, however they came.
        made = session.exec(
            select(IssuedContract).where(
                IssuedContract.membership_id == membership.id,
                IssuedContract.number == written,
                IssuedContract.signed_on == signed_on,
            )
        ).first()
        if made is not None:
            issued_id = made.id
            amount_grosze = made.amount_grosze if amount_grosze is None else amount_grosze
    last = contract_of(session, membership)
    # Number and day alone, typed again, take nothing away from what was said of the same contract before.
    unchanged = last is not None and (last.number, last.signed_on) == (written, signed_on)
    if last is not None and unchanged and amount_grosze in (None, last.amount_grosze):
        return
    assert membership.id is not None
    session.add(
        Contract(
            area=membership.area,
            membership_id=membership.id,
            number=written,
            signed_on=signed_on,
            amount_grosze=amount_grosze,
            issued_id=issued_id,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    note(
        session,
        reference(membership),
        happened=Happened.CONTRACT_RECORDED,
        actor=actor,
        now=now,
        area=membership.area,
    )


_LONGEST_NUMBER = 60


def contract_of(session: Session, membership: Membership) -> Contract | None:
    """The contract that was entered last for a member."""
    return session.exec(
        select(Contract).where(Contract.membership_id == membership.id).order_by(col(Contract.id).desc())
    ).first()


@dataclass(frozen=True)
class Requests:
    """What a member asked for or said of PPK, as an officer types it in; ``None``: as in the earlier statement."""

    pit2: bool | None = None
    no_advance: bool | None = None
    copyright_costs: bool | None = None
    ppk: bool | None = None

    def over(self, statements: Statements, earlier: Statements | None) -> Statements:
        """``statements`` with these requests; what is not said here stands as it did earlier."""
        stood = earlier or statements
        return replace(
            statements,
            pit2=stood.pit2 if self.pit2 is None else self.pit2,
            no_advance=stood.no_advance if self.no_advance is None else self.no_advance,
            copyright_costs=stood.copyright_costs if self.copyright_costs is None else self.copyright_costs,
            ppk=stood.ppk if self.ppk is None else self.ppk,
        )


def record_statement(
    session: Session,
    number: str,
    statements: Statements,
    *,
    account: str,
    valid_from: date,
    requests: Requests | None = None,
    form_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Statements:
    """Records a member's statement for taxes and insurance and the account to pay to; returns what stands in it.

    Asked only from members of paid groups, after acceptance (domain §5): without a seat it is refused. ``requests``
    are put over the statement that stood until then; without them ``statements`` is the whole answer.
    Raises ``BadInput``.
    """
    actor.require(Right.MONEY)
    membership = membership_of(session, number)
    require_seat(session, membership, number, "oświadczenie przyjmuje się")
    group = session.get_one(Group, membership.group_id)
    definition = newest_for(session, call_of(session, session.get_one(Application, membership.application_id)))
    if definition.group_kind(group.kind).pay is None:
        raise BadInput("Ta grupa nie jest płatna; oświadczenia do wypłaty się nie zbiera.")
    nrb = check_nrb(account)
    if not isinstance(nrb, Nrb):
        raise BadInput(nrb.sentence)
    if requests is not None:
        earlier = statement_on(session, membership, valid_from) or _newest_statement(session, membership)
        statements = requests.over(statements, statements_in(earlier) if earlier else None)
    assert membership.id is not None
    session.add(
        PayStatement(
            area=membership.area,
            membership_id=membership.id,
            body=json.dumps(statements.stated()),
            account=nrb.digits,
            account_lookup=keyring_in(session).lookup("account", nrb.digits),
            form_id=form_id,
            valid_from=valid_from,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    note(
        session,
        reference(membership),
        happened=Happened.STATEMENT_RECORDED,
        actor=actor,
        now=now,
        area=membership.area,
    )
    return statements


def statement_on(session: Session, membership: Membership, day: date) -> PayStatement | None:
    """The newest statement valid on a day."""
    return session.exec(
        select(PayStatement)
        .where(PayStatement.membership_id == membership.id, col(PayStatement.valid_from) <= day)
        .order_by(col(PayStatement.valid_from).desc(), col(PayStatement.id).desc())
    ).first()


def _newest_statement(session: Session, membership: Membership) -> PayStatement | None:
    """The statement that was entered last, whenever it begins."""
    return session.exec(
        select(PayStatement).where(PayStatement.membership_id == membership.id).order_by(col(PayStatement.id).desc())
    ).first()


def statements_in(row: PayStatement) -> Statements:
    """The stored statement as the pay rules take it."""
    body = json.loads(row.body)
    born = body.pop("birth_date")
    return Statements(**body, birth_date=date.fromisoformat(born) if born else None)
