"""Individual support of a member: sessions on record, and the sheet of them that is signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.steps.applications import call_of, current_values
from flows.steps.calls import group_of
from flows.steps.documents import issue, letterhead
from flows.steps.memberships import membership_of
from flows.steps.people import value_of
from flows.steps.projects import newest_for
from flows.steps.support import Claim, claim_of, covering_grant, kind_in, require_seat_then
from flows.steps.support_ends import grants_of
from flows.steps.support_entry import minutes_of, one_line, refuse_beyond_limit, refuse_clash, span_of
from flows.steps.support_time import lock_people, time_of
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.project import UNKNOWN, ProjectDefinition
from models.support_rules import SupportForm
from models.tables import Application, CoachingSession, IssuedDocument, Membership, Person, SupportGrant
from models.tables.memberships import SEATED
from models.transitions import note, reference
from templates.documents.coaching_sheet import CoachingLine, CoachingSheetDocument, coaching_sheet


@dataclass(frozen=True)
class Coaching:
    """A session as it was held, by the clock in Warsaw."""

    on: date
    starts: time
    ends: time
    topic: str
    coach: str = ""


@dataclass(frozen=True)
class CoachingRow:
    """A session on record. ``id`` is what a later one may take the place of; minutes are whole."""

    id: int
    on: date
    starts: str
    ends: str
    minutes: int
    topic: str
    coach: str
    kind: str = ""
    """Code of the kind of support; empty for one recorded before the project named any."""


def record_coaching(
    session: Session,
    number: str,
    held: Coaching,
    *,
    kind: str = "",
    instead_of: int | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> int:
    """Records a session of a member; returns its id. The same again changes nothing.

    ``kind``: code of the individual support that it is a session of; empty in a project without kinds of support, and
    for the kind that takes such sessions. ``instead_of`` is the id of a session that was entered wrongly: it stays on
    record and is printed no more. ``reason``: why the limit of hours may be passed. Raises ``NotYet`` for one who held
    no seat or was not granted the support, ``BadInput`` for hours that cannot be, for two sessions at once and for
    hours beyond the limit.
    """
    actor.require(Right.ATTENDANCE)
    membership = membership_of(session, number)
    definition = newest_for(session, call_of(session, session.get_one(Application, membership.application_id)))
    lock_people(session, [membership.person_id])
    session.refresh(membership, with_for_update=True)
    topic, coach = one_line(held.topic, held.coach)
    starts, ends = span_of(held.on, held.starts, held.ends)
    if ends > now:
        raise BadInput("Sesję wpisuje się po tym, jak się odbyła.")
    known = _rows(session, membership)
    replaced = None
    if instead_of is not None:
        replaced = next((row for row in known if row.id == instead_of), None)
        if replaced is None:
            raise NotFound(f"Zgłoszenie {number} nie ma sesji {instead_of}, którą można zastąpić.")
    claim, grant = _granted(session, number, kind, membership, definition, held.on)
    if claim is not None:
        require_seat_then(session, claim, starts, ends)
    grant_id = grant.id if grant else None
    if replaced is None:
        said = (starts, ends, topic, coach)
        for row in known:
            # Sessions from before there were kinds say none, and are the same sessions all the same.
            if (row.starts_at, row.ends_at, row.topic, row.coach) == said and row.grant_id in (None, grant_id):
                assert row.id is not None
                return row.id
    sessions = time_of(session, [membership.person_id])[membership.person_id]
    old = next(
        (
            one.spent
            for one in sessions
            if replaced is not None and one.spent.session_id == replaced.id and not one.spent.grouped
        ),
        None,
    )
    refuse_clash([one.spent for one in sessions if one.spent != old], number, starts, ends, mended=True)
    if claim is not None:
        refuse_beyond_limit(definition, claim.kind, number, sessions, minutes_of(starts, ends), reason=reason, but=old)
    assert membership.id is not None
    made = CoachingSession(
        area=membership.area,
        membership_id=membership.id,
        grant_id=grant_id,
        starts_at=starts,
        ends_at=ends,
        topic=topic,
        coach=coach,
        reason=reason.strip() or None,
        replaces_id=replaced.id if replaced else None,
        recorded_at=now,
        recorded_by=actor.login,
    )
    session.add(made)
    session.flush()
    note(
        session,
        reference(membership),
        happened=Happened.COACHING_RECORDED,
        actor=actor,
        now=now,
        area=membership.area,
        facts={
            "session": made.id,
            "day": held.on.isoformat(),
            "instead_of": instead_of,
            **({"kind": claim.kind.code} if claim is not None else {}),
        },
    )
    assert made.id is not None
    return made.id


def _granted(
    session: Session, number: str, kind: str, membership: Membership, definition: ProjectDefinition, on: date
) -> tuple[Claim | None, SupportGrant | None]:
    """The support that a session is of; none in a project that names no kinds. Raises ``BadInput`` and ``NotYet``."""
    if not kind:
        kind = next((one.code for one in definition.support if one.takes_earlier), "")
    if not kind and not definition.support:
        if membership.state not in SEATED:
            raise NotYet(
                f"Zgłoszenie {number} nie ma potwierdzonego miejsca w grupie; wsparcie wpisuje się jej członkom."
            )
        return None, None
    if not kind:
        raise BadInput("Podaj rodzaj wsparcia: nabor support record NUMER RODZAJ (rodzaje: nabor support show NUMER).")
    claim = claim_of(session, number, kind)
    if claim.kind.form is not SupportForm.INDIVIDUAL:
        raise BadInput(f"„{claim.kind.name}” to wsparcie grupowe; sesję wpisuje się poleceniem: nabor support plan.")
    return claim, covering_grant(session, claim, on)


def coaching_of(session: Session, number: str, *, actor: Actor) -> list[CoachingRow]:
    """The sessions of a member that stand, of every kind, the earliest first."""
    actor.require(Right.ATTENDANCE)
    kinds = {grant.id: grant.kind for grant in grants_of(session, membership_of(session, number))}
    return [_shown(row, kinds) for row in _rows(session, membership_of(session, number))]


def _rows(session: Session, membership: Membership) -> list[CoachingSession]:
    replaced = select(CoachingSession.replaces_id).where(col(CoachingSession.replaces_id).is_not(None))
    return list(
        session.exec(
            select(CoachingSession)
            .where(CoachingSession.membership_id == membership.id, col(CoachingSession.id).not_in(replaced))
            .order_by(col(CoachingSession.starts_at))
        ).all()
    )


def _shown(row: CoachingSession, kinds: Mapping[int | None, str]) -> CoachingRow:
    assert row.id is not None
    starts, ends = warsaw(row.starts_at), warsaw(row.ends_at)
    minutes = minutes_of(row.starts_at, row.ends_at)
    kind = kinds.get(row.grant_id, "")
    return CoachingRow(row.id, starts.date(), f"{starts:%H:%M}", f"{ends:%H:%M}", minutes, row.topic, row.coach, kind)


def issue_coaching_sheet(office: Office, number: str, kind: str = "", *, actor: Actor) -> IssuedDocument:
    """Makes the member's sheet of sessions, with room for those to come: of one kind, or of a project without kinds.

    Raises ``NotYet`` without a seat and for a support that was never granted.
    """
    actor.require(Right.ATTENDANCE)
    now = office.now()
    with office.writing(actor) as session:
        membership = membership_of(session, number)
        application = session.get_one(Application, membership.application_id)
        rows = _rows(session, membership)
        if membership.state not in SEATED and not rows:
            raise NotYet(f"Zgłoszenie {number} nie ma miejsca w grupie ani wpisanych sesji wsparcia.")
        person = session.get_one(Person, membership.person_id)
        call = call_of(session, application)
        definition = newest_for(session, call)
        shown_kind = kind or next((one.code for one in definition.support if one.takes_earlier), "")
        support = kind_in(definition, shown_kind) if shown_kind else None
        if support is not None and support.form is not SupportForm.INDIVIDUAL:
            raise BadInput(
                f"„{support.name}” to wsparcie grupowe; listę sporządza: nabor support sheet --session SESJA."
            )
        grants = {grant.id: grant for grant in grants_of(session, membership)}
        granted = [one for one in grants.values() if one.kind == shown_kind and one.first_day is not None]
        if support is not None:
            rows = [row for row in rows if _is_of(row, shown_kind, grants, takes_earlier=support.takes_earlier)]
            if not granted and not rows:
                raise NotYet(f"Zgłoszeniu {number} nie przyznano wsparcia „{support.name}”: nabor support grant.")
        lines = [_shown(row, {}) for row in rows]
        content = coaching_sheet(
            CoachingSheetDocument(
                letterhead=letterhead(definition),
                issued_on=warsaw(now).date(),
                group=group_of(session, call).name,
                number=application.number,
                name=f"{person.first_name} {person.last_name}",
                institution=value_of(current_values(session, application), "instytucja.nazwa"),
                support=support.name if support else "coaching indywidualny",
                led_by=support.led_by if support and support.led_by != UNKNOWN else "",
                limit_hours=support.limit_hours if support else None,
                first_day=granted[-1].first_day if granted else None,
                last_day=granted[-1].last_day if granted else None,
                lines=tuple(
                    CoachingLine(one.on, one.starts, one.ends, one.minutes, one.topic, one.coach) for one in lines
                ),
            )
        )
        return issue(
            office,
            session,
            kind="coaching_sheet",
            subject=f"{application.number}:{kind}" if kind else application.number,
            file_name=f"{application.number.replace('/', '-')}-karta-wsparcia{f'-{kind}' if kind else ''}.docx",
            content=content,
            area=application.area,
            actor=actor,
            now=now,
            person_id=membership.person_id,
        )


def _is_of(row: CoachingSession, kind: str, grants: Mapping[int | None, SupportGrant], *, takes_earlier: bool) -> bool:
    """Whether a session counts as one of a kind."""
    return takes_earlier if row.grant_id is None else grants[row.grant_id].kind == kind
