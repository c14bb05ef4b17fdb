"""Who was at a session of group support: entered in an officer's words or from the list that came back, by one door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw
from flows.steps.support_entry import refuse_beyond_limit, refuse_clash
from flows.steps.support_files import list_scan_of
from flows.steps.support_lists import Listed, listed_in, still_covered
from flows.steps.support_sessions import NOBODY_LEFT, find_session, kind_of_session, note_at_session
from flows.steps.support_time import PersonTime, lock_people, meeting_remarks, time_of
from forms.attended_hours import Attended, DayHours, Doubt, read_hours
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.project import ProjectDefinition
from models.support_rules import SupportKind
from models.tables import SupportAttendance, SupportSession
from models.tables.support import COUNTING, SupportSessionState
from models.transitions import move


@dataclass(frozen=True)
class Presence:
    """What is said of one person at a session, as it was written, and where in which file."""

    said: Attended
    raw: str
    reason: str = ""
    """Given for this person alone."""
    file_id: int | None = None
    place: str = ""


@dataclass(frozen=True)
class HeldSession:
    """A session that took place: who is on its list by number, whom it still concerns, and what else they were at."""

    row: SupportSession
    definition: ProjectDefinition
    kind: SupportKind
    listed: Mapping[str, Listed]
    covered: frozenset[str]
    times: Mapping[int, Sequence[PersonTime]]

    @property
    def hours(self) -> DayHours:
        """When it began and ended, by the clock in Warsaw."""
        return DayHours(*(warsaw(at).time().replace(tzinfo=None) for at in (self.row.starts_at, self.row.ends_at)))


def lock_session(session: Session, session_id: int) -> None:
    """Keeps others from entering presence at the session, or hours of its people, until the transaction ends."""
    row = find_session(session, session_id)
    session.refresh(row, with_for_update=True)
    lock_people(session, [one.membership.person_id for one in listed_in(session, row)])


def held_session(session: Session, session_id: int, *, now: datetime) -> HeldSession:
    """A session as it stands now. Raises ``NotFound``, and ``NotYet`` for one that is to come or no longer counts."""
    row = find_session(session, session_id)
    if row.state not in COUNTING:
        raise NotYet(f"Sesję {session_id} odwołano albo zastąpiono; obecności na niej się nie wpisuje.")
    if row.ends_at > now:
        raise NotYet("Obecność wpisuje się po tym, jak sesja się odbyła.")
    definition, kind = kind_of_session(session, row)
    listed = {one.number: one for one in listed_in(session, row)}
    return HeldSession(
        row=row,
        definition=definition,
        kind=kind,
        listed=listed,
        covered=still_covered(session, row, list(listed.values())),
        times=time_of(session, [one.membership.person_id for one in listed.values()]),
    )


def attend_session(
    session: Session,
    session_id: int,
    words: Mapping[str, str],
    *,
    all_full: bool = False,
    reason: str = "",
    scan: int | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[int, list[str]]:
    """Enters who was there, by number in an officer's words: all of it, or nothing. The same again changes nothing.

    ``all_full``: whoever is not in ``words`` was there the whole time, but for those whose support or seat had ended by
    then. ``reason``: that of the one person in ``words``; of several, it is kept of whoever is excused without a reason
    of their own, whose entry changes, or who may pass the limit of hours. ``scan``: the kept picture that it is typed
    from. Returns how many entries are new or changed, and remarks. Raises ``BadInput``.
    """
    actor.require(Right.ATTENDANCE)
    lock_session(session, session_id)
    held = held_session(session, session_id, now=now)
    file_id = list_scan_of(session, scan, held.row).id if scan is not None else None
    named = {full_number(number, held.listed): text for number, text in words.items()}
    alone = reason.strip() if len(named) == 1 else ""
    given = named
    if all_full:
        if not held.covered and not named:
            raise NotYet(NOBODY_LEFT.format(session_id))
        given = {**{number: "cały dzień" for number in held.listed if number in held.covered}, **named}
    if not given:
        raise BadInput("Podaj, kto był: NUMER=OBECNOŚĆ albo --all-full.")
    told: dict[str, Presence] = {}
    faults: list[str] = []
    for number, text in given.items():
        try:
            own = alone if number in named else ""
            told[number] = Presence(_understood(number, text, held), text, own, file_id)
        except BadInput as fault:
            faults.append(str(fault))
    return record_presence(session, held, told, faults=faults, reason=reason, actor=actor, now=now)


def record_presence(
    session: Session,
    held: HeldSession,
    told: Mapping[str, Presence],
    *,
    faults: Sequence[str] = (),
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> tuple[int, list[str]]:
    """Puts on record what is said of each number, all of it or nothing; the session and its people are locked before.

    ``faults``: what is known to be wrong already. Returns and raises what :func:`attend_session` does.
    """
    wrong = list(faults)
    row = held.row
    assert row.id is not None
    changed, remarks = 0, []
    for number, presence in told.items():
        said = presence.said
        try:
            refuse_presence(held, number, said, reason)
        except BadInput as fault:
            wrong.append(str(fault))
            continue
        one = held.listed[number]
        own = presence.reason or said.reason or (reason.strip() if said.excused else "")
        if said.minutes == one.minutes and own in ("", one.reason):
            continue
        changed += 1
        if one.minutes is not None or _beyond_limit(held, number, said):
            own = own or reason.strip()
        assert one.grant.id is not None
        session.add(
            SupportAttendance(
                area=one.grant.area,
                session_id=row.id,
                grant_id=one.grant.id,
                version=one.version + 1,
                minutes=said.minutes,
                reason=own or None,
                raw=presence.raw,
                file_id=presence.file_id,
                place=presence.place[:_LONGEST_PLACE],
                recorded_at=now,
                recorded_by=actor.login,
            )
        )
        note_at_session(session, one.grant, Happened.SUPPORT_ATTENDED, row, actor=actor, now=now, minutes=said.minutes)
        if said.minutes:
            remarks += meeting_remarks(session, one.membership.person_id, number, row.starts_at, row.ends_at)
    if wrong:
        raise BadInput("Niczego nie wpisano.\n" + "\n".join(wrong))
    if row.state is SupportSessionState.PLANNED:
        move(session, row, SupportSessionState.HELD, happened=Happened.SUPPORT_HELD, actor=actor, now=now)
    return changed, remarks


_LONGEST_PLACE = 120


def refuse_presence(held: HeldSession, number: str, said: Attended, reason: str) -> None:
    """Raises ``BadInput`` for somebody who is not on the list, an excuse without a reason, presence of who had no
    support or seat any more, who was elsewhere at the time, and hours beyond the limit without a reason."""
    one = held.listed.get(number)
    if one is None:
        raise BadInput(f"Zgłoszenie {number}: nie ma go na liście sesji {held.row.id}.")
    if said.excused and not (reason.strip() or said.reason or is_excused(one)):
        raise BadInput(f"Zgłoszenie {number}: usprawiedliwienie wymaga powodu (--reason).")
    if not said.minutes or said.minutes == one.minutes:
        return
    if number not in held.covered:
        raise BadInput(
            f"Zgłoszenie {number}: w dniu sesji nie miało już tego wsparcia albo miejsca w grupie; "
            "można wpisać tylko nieobecność."
        )
    others = [spent.spent for spent in held.times[one.membership.person_id] if not _here(held, spent)]
    refuse_clash(others, number, held.row.starts_at, held.row.ends_at)
    _refuse_beyond_limit(held, number, said, reason)


def is_excused(one: Listed) -> bool:
    """Whether an absence is on record with its reason."""
    return one.minutes == 0 and bool(one.reason)


def full_number(number: str, listed: Mapping[str, Listed]) -> str:
    """A number that may be given by its end alone, where only one on the list has it."""
    if "/" in number:
        return number
    ending = [one for one in listed if one.endswith(f"/{number}")]
    return ending[0] if len(ending) == 1 else number


def _here(held: HeldSession, one: PersonTime) -> bool:
    return one.spent.grouped and one.spent.session_id == held.row.id


def _refuse_beyond_limit(held: HeldSession, number: str, said: Attended, reason: str) -> None:
    sessions = held.times[held.listed[number].membership.person_id]
    own = next((one.spent for one in sessions if _here(held, one)), None)
    refuse_beyond_limit(held.definition, held.kind, number, sessions, said.minutes, reason=reason, but=own)


def _beyond_limit(held: HeldSession, number: str, said: Attended) -> bool:
    if not said.minutes:
        return False
    try:
        _refuse_beyond_limit(held, number, said, "")
    except BadInput:
        return True
    return False


def _understood(number: str, text: str, held: HeldSession) -> Attended:
    said = read_hours(text, held.hours)
    if said is None:
        raise BadInput(f"Zgłoszenie {number}: nie wpisano, jak było z obecnością.")
    if isinstance(said, Doubt):
        raise BadInput(f"Zgłoszenie {number}: „{text.strip()[:40]}”. {said.sentence}")
    return said
