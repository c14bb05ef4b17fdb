"""Individual coaching of a member: sessions on record, and the sheet of them that is signed."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from flows.adapters.clock import WARSAW, warsaw
from flows.adapters.office import Office
from flows.steps.applications import call_of, current_values
from flows.steps.calls import group_of
from flows.steps.documents import issue, letterhead
from flows.steps.memberships import membership_of
from flows.steps.people import value_of
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.tables import Application, CoachingSession, IssuedDocument, Membership, Person
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


def record_coaching(
    session: Session, number: str, held: Coaching, *, instead_of: int | None = None, actor: Actor, now: datetime
) -> int:
    """Records a session of a member; returns its id. The same again changes nothing.

    ``instead_of`` is the id of a session that was entered wrongly: it stays on record and is printed no more. Raises
    ``NotYet`` for one who held no seat, ``BadInput`` for hours that cannot be, and for two sessions at once.
    """
    actor.require(Right.ATTENDANCE)
    membership = membership_of(session, number)
    session.refresh(membership, with_for_update=True)
    if membership.state not in SEATED:
        raise NotYet(f"Zgłoszenie {number} nie ma potwierdzonego miejsca w grupie; wsparcie wpisuje się jej członkom.")
    topic, coach = held.topic.strip(), held.coach.strip()
    starts, ends = (datetime.combine(held.on, at, WARSAW) for at in (held.starts, held.ends))
    if (
        not topic
        or len(topic) > _LONGEST
        or not topic.isprintable()
        or len(coach) > _LONGEST
        or not coach.isprintable()
    ):
        raise BadInput(f"Temat to jeden wiersz, od 1 do {_LONGEST} znaków; osoba prowadząca najwyżej {_LONGEST}.")
    if starts >= ends:
        raise BadInput("Koniec sesji musi być późniejszy niż jej początek (--from, --to).")
    if ends > now:
        raise BadInput("Sesję wpisuje się po tym, jak się odbyła.")
    known = _rows(session, membership)
    replaced = None
    if instead_of is not None:
        replaced = next((row for row in known if row.id == instead_of), None)
        if replaced is None:
            raise NotFound(f"Zgłoszenie {number} nie ma sesji {instead_of}, którą można zastąpić.")
    for row in known:
        if replaced is not None and row.id == replaced.id:
            continue
        if (row.starts_at, row.ends_at, row.topic, row.coach) == (starts, ends, topic, coach) and replaced is None:
            assert row.id is not None
            return row.id
        if row.starts_at < ends and starts < row.ends_at:
            raise BadInput(
                f"W tym czasie jest już wpisana sesja {row.id}. Pomyłkę poprawia się z --instead-of {row.id}."
            )
    assert membership.id is not None
    made = CoachingSession(
        area=membership.area,
        membership_id=membership.id,
        starts_at=starts,
        ends_at=ends,
        topic=topic,
        coach=coach,
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
        facts={"session": made.id, "day": held.on.isoformat(), "instead_of": instead_of},
    )
    assert made.id is not None
    return made.id


_LONGEST = 200


def coaching_of(session: Session, number: str, *, actor: Actor) -> list[CoachingRow]:
    """The sessions of a member that stand, the earliest first."""
    actor.require(Right.ATTENDANCE)
    return [_shown(row) for row in _rows(session, membership_of(session, number))]


def _rows(session: Session, membership: Membership) -> list[CoachingSession]:
    replaced = select(CoachingSession.replaces_id).where(col(CoachingSession.replaces_id).is_not(None))
    return list(
        session.exec(
            select(CoachingSession)
            .where(CoachingSession.membership_id == membership.id, col(CoachingSession.id).not_in(replaced))
            .order_by(col(CoachingSession.starts_at))
        ).all()
    )


def _shown(row: CoachingSession) -> CoachingRow:
    assert row.id is not None
    starts, ends = warsaw(row.starts_at), warsaw(row.ends_at)
    minutes = int((row.ends_at - row.starts_at).total_seconds()) // 60
    return CoachingRow(row.id, starts.date(), f"{starts:%H:%M}", f"{ends:%H:%M}", minutes, row.topic, row.coach)


def issue_coaching_sheet(office: Office, number: str, *, actor: Actor) -> IssuedDocument:
    """Makes the member's sheet of sessions, with room for those to come. Raises ``NotYet`` without a seat."""
    actor.require(Right.ATTENDANCE)
    now = office.now()
    with office.writing(actor) as session:
        membership = membership_of(session, number)
        application = session.get_one(Application, membership.application_id)
        if membership.state not in SEATED and not _rows(session, membership):
            raise NotYet(f"Zgłoszenie {number} nie ma miejsca w grupie ani wpisanych sesji wsparcia.")
        person = session.get_one(Person, membership.person_id)
        call = call_of(session, application)
        definition = definition_for(session, call)
        lines = [_shown(row) for row in _rows(session, membership)]
        content = coaching_sheet(
            CoachingSheetDocument(
                letterhead=letterhead(definition),
                issued_on=warsaw(now).date(),
                group=group_of(session, call).name,
                number=application.number,
                name=f"{person.first_name} {person.last_name}",
                institution=value_of(current_values(session, application), "instytucja.nazwa"),
                lines=tuple(
                    CoachingLine(one.on, one.starts, one.ends, one.minutes, one.topic, one.coach) for one in lines
                ),
            )
        )
        return issue(
            office,
            session,
            kind="coaching_sheet",
            subject=application.number,
            file_name=f"{application.number.replace('/', '-')}-karta-wsparcia.docx",
            content=content,
            area=application.area,
            actor=actor,
            now=now,
            person_id=membership.person_id,
        )
