"""Membership after acceptance: the offered seat, its answer, and what becomes of one that nobody answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of, find_application
from flows.steps.calls import group_of
from flows.steps.notices import notice
from flows.steps.outbox import compose, office_block, sex_of, told_at, withdraw_contrary
from flows.steps.portions import AT_ONCE, portions
from flows.steps.projects import definition_for
from flows.steps.seat_times import held_seat
from flows.steps.unit_consent import consent_of
from models.actor import Actor
from models.errors import NotYet
from models.events import Happened
from models.rules.working_days import deadline
from models.tables import Application, Decision, MeetingDay, Membership, Person
from models.tables.applications import ApplicationState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import SEATED, MembershipState
from models.transitions import Facts, enter, move, reference
from templates.letters.decisions import OfferConfirmedLetter, OfferDeclinedLetter, OfferLapsedLetter


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
