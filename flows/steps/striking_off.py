"""Striking off for absence: proposed to a person by default, done by the rule only where the project says so.

The seat comes free as any other does, and goes to the reserve by the way that it has.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of
from flows.steps.memberships import membership_of
from flows.steps.nominations import free_seat
from flows.steps.notices import notice
from flows.steps.outbox import withdraw_contrary
from flows.steps.presence import Watched, explain_until, ruled_calls, struck_by_rule, topic_of, watched, watched_in
from flows.steps.projects import definition_for
from flows.steps.withdrawal import let_go
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.rules.presence import ALGORITHM, StrikeOff, to_be_struck_off
from models.tables import Application, Attendance, Membership, StrikingOff
from models.tables.memberships import SEATED, MembershipState
from models.transitions import move, reference
from templates.letters.meetings import StruckOffLetter
from templates.polish import hours, short_date

LETTER = "struck_off"


@dataclass(frozen=True)
class Proposal:
    """A member whose share can no longer be met, and why, as a sentence without personal data; since which day."""

    number: str
    sentence: str
    since: date


def proposals(session: Session, *, now: datetime) -> list[Proposal]:
    """Whom an officer may strike off by the project's rule; by number."""
    found = []
    for call in ruled_calls(session):
        rules = definition_for(session, call).attendance
        if rules is None or rules.strike_off is not StrikeOff.PROPOSE:
            continue
        for one in watched_in(session, call, now=now):
            if to_be_struck_off(one.standing):
                found.append(Proposal(one.application.number, basis_in_words(one), _entered_last(session, one, now)))
    return found


def _entered_last(session: Session, one: Watched, now: datetime) -> date:
    last = session.exec(
        select(Attendance.recorded_at)
        .where(Attendance.membership_id == one.membership.id)
        .order_by(col(Attendance.recorded_at).desc())
    ).first()
    return warsaw_date(last or now)


def basis_in_words(one: Watched) -> str:
    """Why somebody may be struck off: figures and days only."""
    standing = one.standing
    days = ", ".join(short_date(day) for day in standing.missed)
    return (
        f"obecność {standing.percent}% przy wymaganych {one.required}%; nawet przy pełnej obecności na pozostałych "
        f"spotkaniach najwyżej {standing.best_percent}% (dni z brakami: {days})"
    )


def strike_off(session: Session, number: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """An officer strikes a member off for absence, with the reason that the member reads.

    Raises ``BadInput`` without a reason, ``NotYet`` for one who holds no seat and for one whose attendance meets what
    is asked for or can still meet it: that is no ground. ``NotYet`` too while a warning waits for their explanation.
    """
    actor.require(Right.MEMBERSHIP)
    if not reason.strip():
        raise BadInput("Skreślenie wymaga uzasadnienia (--reason); przeczyta je osoba skreślona.")
    membership = membership_of(session, number)
    session.refresh(membership, with_for_update=True)
    if membership.state not in SEATED:
        raise NotYet(f"Zgłoszenie {number} nie ma miejsca w grupie; nie ma kogo skreślić.")
    one = watched(session, membership, now=now)
    if one.rules is not None and one.rules.strike_off is StrikeOff.NEVER:
        raise NotYet("Zasady tego projektu nie przewidują skreślenia za nieobecności (attendance: strike_off).")
    if not to_be_struck_off(one.standing):
        raise NotYet(
            f"Zgłoszenie {number}: próg obecności ({one.required}%) jest osiągnięty albo można go jeszcze osiągnąć; "
            "nie ma podstawy do skreślenia. Jak jest: nabor attendance standing NABÓR."
        )
    until = explain_until(session, one)
    if until is not None and warsaw_date(now) <= until:
        raise NotYet(
            f"Zgłoszenie {number}: list z ostrzeżeniem mówi, że na wyjaśnienie czekamy do {short_date(until)} "
            "Skreślić można od następnego dnia; uzasadnienie (--reason) tego terminu nie skraca."
        )
    _strike(session, one, reason.strip(), by_rule=False, actor=actor, now=now)


def strike_off_by_rule(session: Session, membership_id: int, *, actor: Actor, now: datetime) -> bool:
    """Carries out the project's rule, where it says that nobody has to decide. Returns whether it did."""
    membership = session.get_one(Membership, membership_id, with_for_update=True)
    if membership.state not in SEATED:
        return False
    one = watched(session, membership, now=now)
    if not struck_by_rule(session, one, now=now):
        return False
    sentence = basis_in_words(one)
    _strike(session, one, f"{sentence[:1].upper()}{sentence[1:]}", by_rule=True, actor=actor, now=now)
    return True


def _strike(session: Session, one: Watched, reason: str, *, by_rule: bool, actor: Actor, now: datetime) -> None:
    membership, standing = one.membership, one.standing
    application = session.get_one(Application, membership.application_id)
    call = call_of(session, application)
    withdraw_contrary(session, topic_of(membership), actor=actor, now=now)
    support = let_go(session, membership, actor=actor, now=now)
    assert membership.id is not None
    session.add(
        StrikingOff(
            area=membership.area,
            membership_id=membership.id,
            algorithm=ALGORITHM,
            basis={
                "attended": standing.attended,
                "counted": standing.counted,
                "required_percent": one.required,
                "best_percent": standing.best_percent,
                "missed": [day.isoformat() for day in standing.missed],
                "excused": [day.isoformat() for day in standing.excused],
                "not_entered": [day.isoformat() for day in standing.not_entered],
                "days_left": standing.days_left,
            },
            by_rule=by_rule,
            reason=reason,
            decided_at=now,
            decided_by=actor.login,
        )
    )
    messages = notice(
        session,
        application,
        LETTER,
        StruckOffLetter,
        occasion="struck_off",
        topic=topic_of(membership),
        subject_ref=reference(membership),
        actor=actor,
        now=now,
        struck_off_on=warsaw_date(now),
        reason=reason,
        attended=hours(standing.attended),
        counted=hours(standing.counted),
        percent=standing.percent or 0,
        required_percent=one.required,
        paragraph=one.rules.paragraph if one.rules else "",
        by_rule=by_rule,
        paid=definition_for(session, call).group_kind(call.group_kind).pay is not None and standing.attended > 0,
        support=support,
    )
    move(
        session,
        membership,
        MembershipState.STRUCK_OFF,
        happened=Happened.SEAT_STRUCK_OFF,
        actor=actor,
        now=now,
        facts={"ground": "attendance", "by_rule": by_rule, "percent": standing.percent, "required": one.required},
        messages=messages,
    )
    free_seat(session, membership, actor=actor, now=now)
