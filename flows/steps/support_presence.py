"""Who was at a session of group support: entered in an officer's words or from the list that came back, by one door."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw
from flows.steps.support_entry import beyond_limit, refuse_beyond_limit, refuse_clash
from flows.steps.support_files import list_scan_of
from flows.steps.support_lists import Listed, listed_in, still_covered
from flows.steps.support_sessions import NOBODY_LEFT, find_session, kind_of_session, note_at_session
from flows.steps.support_time import PersonTime, lock_people, meeting_remarks, time_of
from forms.attended_hours import Attended, DayHours, Doubt, read_hours
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.support import Spent
from models.support_rules import SupportKind
from models.tables import SupportAttendance, SupportSession
from models.tables.support import COUNTING, SupportSessionState
from models.transitions import move
from templates.polish import hours


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
class Reasons:
    """Given for a whole command: of whoever is excused without a reason of their own, and why hours may go beyond the
    limit. Neither stands in for the other."""

    excuse: str = ""
    over_limit: str = ""


@dataclass(frozen=True)
class PresenceEntered:
    """What became of what was said: entries that are new or changed, those that stay as they were, and remarks."""

    changed: int
    unchanged: int
    remarks: tuple[str, ...]


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
        starts, ends = (warsaw(at).time().replace(tzinfo=None) for at in (self.row.starts_at, self.row.ends_at))
        return DayHours(starts, ends, session=True)


def lock_sessions(session: Session, session_ids: Collection[int]) -> None:
    """Keeps others from entering presence at the sessions, or hours of their people, until the transaction ends.

    All sessions come before all people, so that two who lock some of the same never wait for each other.
    """
    rows = [find_session(session, one) for one in sorted(set(session_ids))]
    for row in rows:
        session.refresh(row, with_for_update=True)
    lock_people(session, [one.membership.person_id for row in rows for one in listed_in(session, row)])


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
    over_limit: str = "",
    scan: int | None = None,
    actor: Actor,
    now: datetime,
) -> PresenceEntered:
    """Enters who was there, by number in an officer's words: all of it, or nothing. The same again changes nothing.

    ``all_full``: whoever is not in ``words`` was there the whole time, but for those whose support or seat had ended by
    then. ``reason``: that of the one person in ``words``; of several, it is kept of whoever is excused without a reason
    of their own. ``over_limit``: why the limit of hours may be passed, kept of whoever passes it. ``scan``: the kept
    picture that it is typed from. Raises ``BadInput``.
    """
    actor.require(Right.ATTENDANCE)
    lock_sessions(session, [session_id])
    held = held_session(session, session_id, now=now)
    file_id = list_scan_of(session, scan, held.row).id if scan is not None else None
    named = _full_numbers(words, held.listed)
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
    return record_presence(session, held, told, Reasons(reason, over_limit), faults=faults, actor=actor, now=now)


def record_presence(
    session: Session,
    held: HeldSession,
    told: Mapping[str, Presence],
    reasons: Reasons,
    *,
    faults: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> PresenceEntered:
    """Puts on record what is said of each number, all of it or nothing; the session and its people are locked before.

    What was known already gains the file that says it too, where it came from none. ``faults``: what is known to be
    wrong already. Returns and raises what :func:`attend_session` does.
    """
    wrong = list(faults)
    row = held.row
    assert row.id is not None
    changed = unchanged = 0
    remarks: list[str] = []
    for number, presence in told.items():
        said = presence.said
        try:
            refuse_presence(held, number, said, reasons)
        except BadInput as fault:
            wrong.append(str(fault))
            continue
        one = held.listed[number]
        reason = _reason_of(held, number, presence, reasons)
        if not says_anew(held, number, presence, reasons):
            if one.file_id is not None or presence.file_id is None:
                unchanged += 1
                continue
            reason = one.reason or ""
        changed += 1
        assert one.grant.id is not None
        session.add(
            SupportAttendance(
                area=one.grant.area,
                session_id=row.id,
                grant_id=one.grant.id,
                version=one.version + 1,
                minutes=said.minutes,
                reason=reason or None,
                raw=presence.raw,
                file_id=presence.file_id,
                place=presence.place[:_LONGEST_PLACE],
                recorded_at=now,
                recorded_by=actor.login,
            )
        )
        note_at_session(session, one.grant, Happened.SUPPORT_ATTENDED, row, actor=actor, now=now, minutes=said.minutes)
        remarks += over_limit_remarks(held, number, said)
        if said.minutes:
            remarks += meeting_remarks(session, one.membership.person_id, number, row.starts_at, row.ends_at)
    if wrong:
        raise BadInput("Niczego nie wpisano.\n" + "\n".join(wrong))
    if row.state is SupportSessionState.PLANNED:
        move(session, row, SupportSessionState.HELD, happened=Happened.SUPPORT_HELD, actor=actor, now=now)
    return PresenceEntered(changed, unchanged, (*remarks, *reasons_not_needed(held, told, reasons)))


_LONGEST_PLACE = 120


def says_anew(held: HeldSession, number: str, presence: Presence, reasons: Reasons) -> bool:
    """Whether what is said of somebody on the list is not on record yet; no reason says nothing of one known."""
    one = held.listed[number]
    own = _reason_of(held, number, presence, reasons)
    return presence.said.minutes != one.minutes or own not in ("", one.reason)


def _reason_of(held: HeldSession, number: str, presence: Presence, reasons: Reasons) -> str:
    """The reason that is kept: their own, or the one for all who are excused; and why hours go beyond the limit."""
    own = presence.reason or presence.said.reason
    if not own and presence.said.excused and not is_excused(held.listed[number]):
        own = reasons.excuse
    over = reasons.over_limit if _beyond(held, number, presence.said) else ""
    return "; ".join(part.strip() for part in (own, over) if part.strip())


def reasons_not_needed(held: HeldSession, told: Mapping[str, Presence], reasons: Reasons) -> list[str]:
    """A sentence for each reason that was given and concerns nobody: it is not kept."""
    found = []
    if reasons.excuse.strip() and not any(
        one.reason or (one.said.excused and not one.said.reason and not is_excused(held.listed[number]))
        for number, one in told.items()
    ):
        found.append("Powodu z --reason nie zapisano: nikt nie jest usprawiedliwiony bez własnego powodu.")
    if reasons.over_limit.strip() and not any(_beyond(held, number, one.said) for number, one in told.items()):
        found.append("Powodu z --over-limit nie zapisano: nikt nie przekracza limitu godzin.")
    return found


def over_limit_remarks(held: HeldSession, number: str, said: Attended) -> list[str]:
    """A sentence where the session takes somebody over the limit of hours, and that was not on record before."""
    beyond = _beyond(held, number, said)
    if not beyond or said.minutes == held.listed[number].minutes:
        return []
    return [f"Zgłoszenie {number}: z tą sesją o {hours(beyond)} ponad limit wsparcia „{held.kind.name}”."]


def refuse_presence(held: HeldSession, number: str, said: Attended, reasons: Reasons) -> None:
    """Raises ``BadInput`` for somebody who is not on the list, an excuse without a reason, presence of who had no
    support or seat any more, who was elsewhere at the time, and hours beyond the limit without a reason."""
    one = held.listed.get(number)
    if one is None:
        raise BadInput(f"Zgłoszenie {number}: nie ma go na liście sesji {held.row.id}.")
    if said.excused and not (reasons.excuse.strip() or said.reason or is_excused(one)):
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
    refuse_beyond_limit(
        held.definition,
        held.kind,
        number,
        held.times[one.membership.person_id],
        said.minutes,
        reason=reasons.over_limit,
        option="--over-limit",
        but=_spent_here(held, number),
    )


def is_excused(one: Listed) -> bool:
    """Whether an absence is on record with its reason."""
    return one.minutes == 0 and bool(one.reason)


def full_number(number: str, listed: Mapping[str, Listed]) -> str:
    """A number that may be given by its end alone, where only one on the list has it."""
    if "/" in number:
        return number
    ending = [one for one in listed if one.endswith(f"/{number}")]
    return ending[0] if len(ending) == 1 else number


def _full_numbers(words: Mapping[str, str], listed: Mapping[str, Listed]) -> dict[str, str]:
    """What is said of each number. Raises ``BadInput`` for one that is there whole and by its end."""
    named: dict[str, str] = {}
    for number, text in words.items():
        whole = full_number(number, listed)
        if whole in named:
            raise BadInput(f"Zgłoszenie {whole} podano dwa razy.")
        named[whole] = text
    return named


def _here(held: HeldSession, one: PersonTime) -> bool:
    return one.spent.grouped and one.spent.session_id == held.row.id


def _spent_here(held: HeldSession, number: str) -> Spent | None:
    """What is on record of this very session."""
    sessions = held.times[held.listed[number].membership.person_id]
    return next((one.spent for one in sessions if _here(held, one)), None)


def _beyond(held: HeldSession, number: str, said: Attended) -> int:
    """By how many minutes presence takes somebody over the limit of hours."""
    if not said.minutes:
        return 0
    sessions = held.times[held.listed[number].membership.person_id]
    return beyond_limit(held.definition, held.kind, sessions, said.minutes, but=_spent_here(held, number))


def _understood(number: str, text: str, held: HeldSession) -> Attended:
    said = read_hours(text, held.hours)
    if said is None:
        raise BadInput(f"Zgłoszenie {number}: nie wpisano, jak było z obecnością.")
    if isinstance(said, Doubt):
        raise BadInput(f"Zgłoszenie {number}: „{text.strip()[:40]}”. {said.sentence}")
    return said
