"""Who holds a seat by the decisions that stand, or in an institution's name."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from flows.steps.memberships import newest_membership
from flows.steps.portions import AT_ONCE, portions
from models.tables import Application, Decision, Membership, Person
from models.tables.applications import ApplicationState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import SEATED, MembershipState

MAY_HOLD_A_SEAT = (ApplicationState.ACCEPTED, ApplicationState.ANNOUNCED)
_SITS = (*MAY_HOLD_A_SEAT, ApplicationState.ADMITTED)


def newest_decision(session: Session, application: Application) -> Decision | None:
    """The decision that counts."""
    return session.exec(
        select(Decision).where(Decision.application_id == application.id).order_by(col(Decision.version).desc())
    ).first()


def announced_decision(session: Session, application: Application) -> Decision | None:
    """The decision that was made known last; it is what people know while a newer one is made."""
    return session.exec(
        select(Decision)
        .where(Decision.application_id == application.id, col(Decision.announced_at).is_not(None))
        .order_by(col(Decision.version).desc())
    ).first()


def decisions_on(session: Session, applications: Sequence[Application]) -> dict[int, list[Decision]]:
    """Everything decided on many applications, by the application's id, the newest decision first."""
    found: dict[int, list[Decision]] = {}
    for portion in portions(applications, AT_ONCE):
        rows = session.exec(
            select(Decision)
            .where(col(Decision.application_id).in_([one.id for one in portion]))
            .order_by(col(Decision.version).desc())
        )
        for row in rows:
            found.setdefault(row.application_id, []).append(row)
    return found


def seat_by(session: Session, application: Application) -> Decision | None:
    """The decision by which the application holds a seat, or is about to; ``None`` when it holds none."""
    decision, membership = newest_decision(session, application), newest_membership(session, application)
    if decision is None or decision.outcome is not DecisionOutcome.ACCEPTED:
        return None
    return decision if _holds(application, membership.state if membership else None) else None


def seats_by(session: Session, call_id: int) -> list[tuple[Application, Decision]]:
    """``seat_by`` of every application of a call that has a seat, by number, in two queries however many they are."""
    newer = aliased(Decision)
    rows = session.exec(
        select(Application, Decision)
        .join(Decision, col(Decision.application_id) == Application.id)
        .where(
            Application.call_id == call_id,
            col(Application.state).in_(MAY_HOLD_A_SEAT),
            Decision.outcome == DecisionOutcome.ACCEPTED,
            ~select(newer.id)
            .where(newer.application_id == Application.id, newer.version > Decision.version)
            .correlate(Application, Decision)
            .exists(),
        )
        .order_by(Application.number)
    ).all()
    members = session.exec(
        select(Membership.application_id, Membership.state)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Application.call_id == call_id)
        .order_by(col(Membership.id))
    ).all()
    newest = {application: MembershipState(state) for application, state in members}
    return [(row, decision) for row, decision in rows if _holds(row, newest.get(row.id or 0))]


def _holds(application: Application, membership: MembershipState | None) -> bool:
    """Not announced yet: whatever became of an earlier offer, the decision makes a new one."""
    if application.state is ApplicationState.ACCEPTED:
        return True
    return membership is None or membership in {MembershipState.OFFERED, *SEATED}


def reserve_by(session: Session, call_id: int) -> list[tuple[Application, Decision]]:
    """Applications of a call whose newest decision puts them in reserve and was announced."""
    newer = aliased(Decision)
    rows = session.exec(
        select(Application, Decision)
        .join(Decision, col(Decision.application_id) == Application.id)
        .where(
            Application.call_id == call_id,
            Application.state == ApplicationState.ANNOUNCED,
            Decision.outcome == DecisionOutcome.RESERVE,
            col(Decision.announced_at).is_not(None),
            ~select(newer.id)
            .where(newer.application_id == Application.id, newer.version > Decision.version)
            .correlate(Application, Decision)
            .exists(),
        )
        .order_by(Application.number)
    ).all()
    return list(rows)


def lock_people(session: Session, applications: Iterable[Application]) -> None:
    """Holds these people until the transaction ends: of two calls that would seat one person, one waits here.

    To be called before ``seat_elsewhere`` by whoever gives seats; what the other one did is then seen. Applications are
    locked before people, as by every step that changes both, and each in the order of ids, so nobody waits in a circle.
    """
    rows = list(applications)
    session.exec(
        select(Application)
        .where(col(Application.id).in_([row.id for row in rows]))
        .order_by(col(Application.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    # Not against whoever only refers to the person, such as a new membership.
    session.exec(
        select(Person.id)
        .where(col(Person.id).in_([row.person_id for row in rows]))
        .order_by(col(Person.id))
        .with_for_update(key_share=True)
    ).all()


def seat_elsewhere(session: Session, application: Application, project: str) -> Application | None:
    """Another application of the same person to the same project that holds a seat.

    Units have none: the person on their application only answers for them, and may sit in a group of their own.
    Groups outside the account's area are not seen; who announces for a wider area is told.
    """
    if application.unit is not None:
        return None
    others = session.exec(
        select(Application)
        .where(
            Application.person_id == application.person_id,
            Application.call_id != application.call_id,
            col(Application.unit).is_(None),
            col(Application.number).startswith(f"{project}/", autoescape=True),
            col(Application.state).in_(_SITS),
        )
        .order_by(Application.number)
    ).all()
    return next((other for other in others if _sits(session, other)), None)


def _sits(session: Session, application: Application) -> bool:
    """By a decision, or in the seat of an institution; a meeting that anybody may register for keeps nobody out."""
    if application.state is not ApplicationState.ADMITTED:
        return seat_by(session, application) is not None
    membership = newest_membership(session, application)
    return application.seat_id is not None and membership is not None and membership.state in SEATED


def seats_elsewhere(session: Session, applications: Sequence[Application], project: str) -> dict[str, Application]:
    """The same of many applications, by number: the seat elsewhere of each whose person has one."""
    found: dict[str, Application] = {}
    for portion in portions(applications, AT_ONCE):
        calls: dict[int, set[int]] = {}
        for person, call in session.exec(
            select(Application.person_id, Application.call_id).where(
                col(Application.person_id).in_([one.person_id for one in portion]),
                col(Application.unit).is_(None),
                col(Application.number).startswith(f"{project}/", autoescape=True),
                col(Application.state).in_(_SITS),
            )
        ).all():
            calls.setdefault(person, set()).add(call)
        for one in portion:
            # Hardly anybody is in two calls; only those are looked at one by one.
            also = calls.get(one.person_id, set()) - {one.call_id}
            seat = seat_elsewhere(session, one, project) if also else None
            if seat is not None:
                found[one.number] = seat
    return found
