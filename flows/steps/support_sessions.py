"""Group support: planning a session of several people, calling it off, and the list that they sign."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, select

from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.steps.applications import current_values
from flows.steps.calls import group_of
from flows.steps.documents import issue, letterhead
from flows.steps.people import value_of
from flows.steps.projects import newest_version
from flows.steps.support import Claim, claim_of, covering_grant, kind_in, require_seat_then
from flows.steps.support_entry import LONGEST, one_line, refuse_clash, span_of
from flows.steps.support_lists import Listed, listed_in, still_covered
from flows.steps.support_time import lock_people, meeting_remarks, time_of
from models.actor import Actor, Right
from models.errors import BadInput, NaborError, NotFound, NotYet
from models.events import Happened
from models.project import UNKNOWN, ProjectDefinition
from models.project_bytes import from_canonical
from models.rules.sheet_codes import SupportListKey
from models.support_rules import SupportForm, SupportKind
from models.tables import Application, Call, IssuedDocument, Person, SupportAttendance, SupportGrant, SupportSession
from models.tables.support import COUNTING, SupportSessionState
from models.transitions import Facts, enter, move, note, reference
from templates.documents.support_list import SupportedPerson, SupportListDocument, support_list


@dataclass(frozen=True)
class Planned:
    """A session of a group, by the clock in Warsaw."""

    on: date
    starts: time
    ends: time
    topic: str
    coach: str = ""
    place: str = ""


def plan_session(
    session: Session,
    code: str,
    numbers: Sequence[str],
    planned: Planned,
    *,
    instead_of: int | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[int, list[str]]:
    """Puts a session of a group on record, to come or held, with the people on its list: all of them, or nothing.

    ``instead_of``: a session that was entered wrongly, which stays on record and no longer counts. Returns the id and
    remarks. Raises ``BadInput`` with a line for everybody who cannot be on the list.
    """
    actor.require(Right.ATTENDANCE)
    topic, coach = one_line(planned.topic, planned.coach)
    place = planned.place.strip()
    if len(place) > LONGEST or not place.isprintable():
        raise BadInput(f"Miejsce to jeden wiersz, najwyżej {LONGEST} znaków.")
    starts, ends = span_of(planned.on, planned.starts, planned.ends)
    claims = _claims(session, code, numbers)
    kind, project = claims[0].kind, claims[0].definition.code
    if kind.form is not SupportForm.GROUP:
        raise BadInput(f"„{kind.name}” to wsparcie indywidualne; sesję wpisuje się poleceniem: nabor support record.")
    # Sessions before people, as whoever enters presence locks them.
    replaced = _to_replace(session, instead_of, project)
    lock_people(session, [one.membership.person_id for one in claims])
    time_by_person = time_of(session, [one.membership.person_id for one in claims])
    grants: list[SupportGrant] = []
    faults: list[str] = []
    for claim in claims:
        number = claim.application.number
        try:
            grants.append(covering_grant(session, claim, planned.on))
            require_seat_then(session, claim, starts, ends)
            others = [
                one.spent
                for one in time_by_person[claim.membership.person_id]
                if not (replaced is not None and one.spent.grouped and one.spent.session_id == replaced.id)
            ]
            refuse_clash(others, number, starts, ends)
        except (BadInput, NotYet) as fault:
            faults.append(str(fault))
    if faults:
        raise BadInput("Niczego nie wpisano.\n" + "\n".join(faults))
    made = SupportSession(
        area=_common_area([one.area for one in grants]),
        project=project,
        kind=kind.code,
        starts_at=starts,
        ends_at=ends,
        topic=topic,
        coach=coach,
        place=place,
        replaces_id=replaced.id if replaced else None,
        recorded_at=now,
        recorded_by=actor.login,
    )
    facts: Facts = {"kind": kind.code, "day": planned.on.isoformat(), "people": len(grants)}
    enter(session, made, happened=Happened.SUPPORT_PLANNED, actor=actor, now=now, facts=facts)
    assert made.id is not None
    if replaced is not None:
        move(
            session,
            replaced,
            SupportSessionState.REPLACED,
            happened=Happened.SUPPORT_REPLACED,
            actor=actor,
            now=now,
            facts={"by": made.id},
        )
    for grant in grants:
        assert grant.id is not None
        session.add(
            SupportAttendance(
                area=grant.area,
                session_id=made.id,
                grant_id=grant.id,
                version=1,
                recorded_at=now,
                recorded_by=actor.login,
            )
        )
        note_at_session(session, grant, Happened.SUPPORT_LISTED, made, actor=actor, now=now)
    session.flush()
    remarks = [
        remark
        for claim in claims
        for remark in meeting_remarks(session, claim.membership.person_id, claim.application.number, starts, ends)
    ]
    return made.id, remarks


def cancel_session(session: Session, session_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Calls off a session that did not take place. Raises ``BadInput`` without a reason, ``NotYet`` for one held."""
    actor.require(Right.ATTENDANCE)
    if not reason.strip():
        raise BadInput("Odwołanie sesji wymaga powodu (--reason).")
    row = find_session(session, session_id)
    if row.state is not SupportSessionState.PLANNED:
        raise NotYet(
            f"Sesji {session_id} nie można odwołać: odbyła się albo już jej nie ma. Pomyłkę poprawia --instead-of."
        )
    row.reason = reason.strip()
    session.add(row)
    move(session, row, SupportSessionState.CANCELLED, happened=Happened.SUPPORT_CANCELLED, actor=actor, now=now)


def find_session(session: Session, session_id: int) -> SupportSession:
    """A session of a group within the actor's scope. Raises ``NotFound``."""
    row = session.exec(select(SupportSession).where(SupportSession.id == session_id)).first()
    if row is None:
        raise NotFound(f"Nie ma sesji grupowej {session_id} (albo leży poza obszarem tego konta).")
    return row


NOBODY_LEFT = "W dniu sesji {0} nikt z listy nie miał już wsparcia. Odwołuje ją: nabor support cancel {0} --reason."


def issue_support_list(office: Office, session_id: int, *, actor: Actor) -> IssuedDocument:
    """Makes the list of a session for signatures (Word). Raises ``NotYet`` for a session that does not take place."""
    actor.require(Right.ATTENDANCE)
    now = office.now()
    with office.writing(actor) as session:
        row = find_session(session, session_id)
        if row.state not in COUNTING:
            raise NotYet(f"Sesję {session_id} odwołano albo zastąpiono; listy na nią się nie sporządza.")
        definition, kind = kind_of_session(session, row)
        starts = warsaw(row.starts_at)
        listed = listed_in(session, row)
        covered = still_covered(session, row, listed)
        if not covered:
            raise NotYet(NOBODY_LEFT.format(session_id))
        content = support_list(
            SupportListDocument(
                letterhead=letterhead(definition),
                support=kind.name,
                topic=row.topic,
                place=row.place,
                coach=row.coach or (kind.led_by if kind.led_by != UNKNOWN else ""),
                key=list_key(session, row, [one for one in listed if one.number in covered]),
                people=[_supported(session, one) for one in listed if one.number in covered],
            )
        )
        return issue(
            office,
            session,
            kind="support_list",
            subject=f"support_session/{session_id}",
            file_name=f"{row.project}-{row.kind}-{starts:%Y-%m-%d}-sesja-{session_id}-lista.docx",
            content=content,
            area=row.area,
            actor=actor,
            now=now,
        )


def list_key(session: Session, row: SupportSession, people: Sequence[Listed]) -> SupportListKey:
    """What the list of a session is known by; its numbers are shortened where all the people are of one call."""
    assert row.id is not None
    starts, ends = warsaw(row.starts_at), warsaw(row.ends_at)
    calls = {one.number.rpartition("/")[0] for one in people}
    call = calls.pop() if len(calls) == 1 else ""
    return SupportListKey(call, row.id, starts.date(), (_clock(starts), _clock(ends)))


def _clock(at: datetime) -> time:
    return at.time().replace(tzinfo=None)


def _supported(session: Session, one: Listed) -> SupportedPerson:
    person = session.get_one(Person, one.membership.person_id)
    application = session.get_one(Application, one.membership.application_id)
    return SupportedPerson(
        first_name=person.first_name,
        last_name=person.last_name,
        institution=value_of(current_values(session, application), "instytucja.nazwa"),
        group=group_of(session, session.get_one(Call, application.call_id)).kind,
        number=one.number,
    )


def _claims(session: Session, code: str, numbers: Sequence[str]) -> list[Claim]:
    """The claims of everybody who is to be on a list. Raises ``BadInput`` with a line for each who cannot be."""
    if not numbers:
        raise BadInput("Podaj zgłoszenia osób, które mają być na sesji.")
    claims: list[Claim] = []
    faults = [f"Zgłoszenie {number} podano dwa razy." for number, times in Counter(numbers).items() if times > 1]
    for number in dict.fromkeys(numbers):
        try:
            claims.append(claim_of(session, number, code))
        except NaborError as fault:
            faults.append(str(fault))
    people: dict[int, str] = {}
    for claim in claims:
        number = claim.application.number
        if claim.membership.person_id in people:
            first = people[claim.membership.person_id]
            faults.append(f"Zgłoszenia {first} i {number} są tej samej osoby; na liście stoi ona raz.")
        people.setdefault(claim.membership.person_id, number)
        if claim.definition.code != claims[0].definition.code:
            faults.append(f"Zgłoszenie {number} należy do innego projektu.")
    if faults:
        raise BadInput("Niczego nie wpisano.\n" + "\n".join(dict.fromkeys(faults)))
    return claims


def _to_replace(session: Session, instead_of: int | None, project: str) -> SupportSession | None:
    if instead_of is None:
        return None
    row = find_session(session, instead_of)
    session.refresh(row, with_for_update=True)
    if row.state not in COUNTING or row.project != project:
        raise NotFound(f"Nie ma sesji grupowej {instead_of}, którą można zastąpić.")
    return row


def kind_of_session(session: Session, row: SupportSession) -> tuple[ProjectDefinition, SupportKind]:
    """The project of a session as it is now, and the kind of support that the session is of."""
    definition = from_canonical(newest_version(session, row.project).body)
    return definition, kind_in(definition, row.kind)


def _common_area(areas: Sequence[str]) -> str:
    """The smallest unit that all of these lie in: a gmina, a powiat, a voivodship or the whole project."""
    for digits in (7, 4, 2):
        if len({area[:digits] for area in areas}) == 1 and len(areas[0]) >= digits:
            return areas[0][:digits]
    return ""


def note_at_session(
    session: Session,
    grant: SupportGrant,
    happened: Happened,
    row: SupportSession,
    *,
    actor: Actor,
    now: datetime,
    minutes: int | None = None,
) -> None:
    """Puts into the log of a support what became of it at a session."""
    facts: dict[str, str | int | None] = {"session": row.id, "day": warsaw(row.starts_at).date().isoformat()}
    if minutes is not None:
        facts["minutes"] = minutes
    note(session, reference(grant), happened=happened, actor=actor, now=now, area=grant.area, facts=facts)
