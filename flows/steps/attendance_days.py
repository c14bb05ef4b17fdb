"""A day of a meeting as a whole: everybody's presence at once, the list of what is known, and its confirmation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlmodel import Session, select

from flows.adapters.clock import warsaw
from flows.steps.attendance import (
    Entry,
    OnTheList,
    Row,
    confirmation_of,
    day_of,
    enter,
    entries_of,
    on_the_list,
    refuse_called_off,
)
from flows.steps.attendance_files import scan_of
from flows.steps.meetings import days_of, find_meeting
from forms.attended_hours import Attended, DayHours, Doubt, read_hours
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.rules.presence import AttendanceStatus
from models.tables import DayConfirmation, Invitation, MeetingDay, Membership
from models.tables.meetings import InvitationState
from models.transitions import note, reference


def hours_of(day: MeetingDay) -> DayHours:
    """The local hours of a day."""
    return DayHours(_clock(day.starts_at), _clock(day.ends_at))


def _clock(at: datetime) -> time:
    return warsaw(at).time().replace(tzinfo=None)


def entry_of(attended: Attended, *, raw: str, reason: str = "", file_id: int | None = None, place: str = "") -> Entry:
    """What was understood, as it is entered."""
    return Entry(
        minutes=attended.minutes,
        arrived=attended.arrived,
        left=attended.left,
        excused=attended.excused,
        reason=reason.strip() or attended.reason,
        raw=raw,
        file_id=file_id,
        place=place,
    )


def understood(number: str, text: str, day: MeetingDay) -> Attended:
    """What an officer wrote of somebody's day. Raises ``BadInput`` with what is asked for."""
    said = read_hours(text, hours_of(day))
    if said is None:
        raise BadInput(f"Zgłoszenie {number}: nie wpisano, jak było z obecnością.")
    if isinstance(said, Doubt):
        raise BadInput(f"Zgłoszenie {number}: „{text.strip()[:40]}”. {said.sentence}")
    return said


def full_number(call: str, text: str) -> str:
    """An application number, which may be given by its end alone: ``0003``."""
    return text if "/" in text else f"{call}/{text}"


def enter_words(
    session: Session,
    call: str,
    meeting_code: str,
    on: date,
    number: str,
    text: str,
    *,
    reason: str = "",
    file_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Attended:
    """Enters one person's day as an officer says it. An excused absence needs its reason. Raises ``BadInput``."""
    actor.require(Right.ATTENDANCE)
    _, _, meeting = find_meeting(session, call, meeting_code)
    day = day_of(session, meeting, on)
    if file_id is not None:
        scan_of(session, file_id, day)
    said = understood(number, text, day)
    entry = entry_of(said, raw=text, reason=reason, file_id=file_id, place="przepisano ze skanu" if file_id else "")
    if said.excused and not entry.reason:
        raise BadInput("Usprawiedliwienie wymaga powodu (--reason); zapisujemy go zaszyfrowany.")
    enter(session, call, meeting_code, on, number, entry, actor=actor, now=now)
    return replace(said, reason="")


def enter_all(
    session: Session,
    call: str,
    meeting_code: str,
    on: date,
    exceptions: Mapping[str, str],
    *,
    reason: str = "",
    file_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[int, int]:
    """Enters the whole day for everybody but the exceptions, of whom it is said how it was: all of it, or nothing.

    Who declined, or is a substitute that has not accepted, is nobody's whole day unless that is said: they must stand
    among the exceptions. ``reason`` is that of who is excused or whose entry changes, and has none of their own.
    Returns how many were entered and how many of these have changed. Raises ``BadInput``.
    """
    actor.require(Right.ATTENDANCE)
    _, _, meeting = find_meeting(session, call, meeting_code)
    day = day_of(session, meeting, on)
    if file_id is not None:
        scan_of(session, file_id, day)
    people = {one.number: one for one in on_the_list(session, meeting, day)}
    faults = [
        f"Zgłoszenie {one}: nie miało w tym dniu miejsca w tej grupie." for one in exceptions if one not in people
    ]
    unsure = [
        number for number, one in people.items() if number not in exceptions and _may_be_absent(session, one, day)
    ]
    faults += [
        f"Zgłoszenie {one}: odmówiono udziału albo nie przyjęto zastępstwa; jak było, podaj w --except {one}=…"
        for one in unsure
    ]
    entries: dict[str, Entry] = {}
    for number in people:
        text = exceptions.get(number, "cały dzień")
        try:
            said = understood(number, text, day)
        except BadInput as error:
            faults.append(str(error))
            continue
        place = "przepisano ze skanu" if file_id else ""
        entry = entry_of(said, raw=text, file_id=file_id, place=place)
        entries[number] = replace(entry, shared_reason=reason)
        if said.excused and not entry.reason and not reason.strip():
            faults.append(f"Zgłoszenie {number}: usprawiedliwienie wymaga powodu, np. „usp. choroba dziecka”.")
    if faults:
        raise BadInput("Niczego nie wpisano.\n" + "\n".join(faults))
    if not entries:
        raise NotYet(f"Nikt nie miał w dniu {on} miejsca w tej grupie.")
    changed = sum(
        enter(session, call, meeting_code, on, number, entry, actor=actor, now=now) for number, entry in entries.items()
    )
    return len(entries), changed


def _may_be_absent(session: Session, one: OnTheList, day: MeetingDay) -> bool:
    if isinstance(one.by, Invitation):
        return one.by.state is not InvitationState.ACCEPTED
    invitation = _invitation(session, one.by, day)
    return invitation is not None and invitation.state in {InvitationState.DECLINED, InvitationState.DELEGATED}


def _invitation(session: Session, membership: Membership, day: MeetingDay) -> Invitation | None:
    return session.exec(
        select(Invitation).where(Invitation.membership_id == membership.id, Invitation.meeting_id == day.meeting_id)
    ).first()


@dataclass(frozen=True)
class DayLine:
    """One person on one day, as far as it is known. Times are local; ``minutes`` is ``None`` while nobody said."""

    day: date
    number: str
    substitute: bool
    minutes: int | None
    status: AttendanceStatus | None
    arrived: str
    left: str
    file_id: int | None
    place: str
    confirmed: bool


def day_lines(session: Session, call: str, meeting_code: str) -> list[DayLine]:
    """Every day of a meeting with everybody who was to be there; by day and number."""
    _, _, meeting = find_meeting(session, call, meeting_code)
    lines = []
    for day in days_of(session, meeting):
        people = on_the_list(session, meeting, day)
        rows = entries_of(session, day, people)
        confirmed = stands_confirmed(session, day, people, rows)
        lines += [_line(day, one, rows.get(one.number), confirmed=confirmed) for one in people]
    return lines


def _line(day: MeetingDay, one: OnTheList, row: Row | None, *, confirmed: bool) -> DayLine:
    return DayLine(
        day=day.on,
        number=one.number,
        substitute=one.substitute,
        minutes=row.minutes if row else None,
        status=row.status if row else None,
        arrived=f"{warsaw(row.arrived_at):%H:%M}" if row and row.arrived_at else "",
        left=f"{warsaw(row.left_at):%H:%M}" if row and row.left_at else "",
        file_id=row.file_id if row else None,
        place=row.place if row else "",
        confirmed=confirmed,
    )


def confirm_day(session: Session, call: str, meeting_code: str, on: date, *, actor: Actor, now: datetime) -> int:
    """Confirms a day: everybody has an entry, and changes need a reason from now on. The same again changes nothing.

    Entering with the right to do so counts for pay by itself; this says that a person looked at the whole day. Returns
    how many entries it covers. Raises ``NotYet`` while somebody has none.
    """
    actor.require(Right.ATTENDANCE)
    _, _, meeting = find_meeting(session, call, meeting_code)
    refuse_called_off(meeting, "nie ma czego potwierdzać")
    day = day_of(session, meeting, on)
    if day.ends_at > now:
        raise NotYet(f"Dzień {on} jeszcze trwa albo się nie zaczął; potwierdza się go po nim.")
    people = on_the_list(session, meeting, day)
    rows = entries_of(session, day, people)
    missing = [one.number for one in people if one.number not in rows]
    if missing or not people:
        raise NotYet(f"Dnia {on} nie można potwierdzić; brakuje wpisów: {', '.join(missing) or 'nikogo nie było'}.")
    if not stands_confirmed(session, day, people, rows):
        assert day.id is not None
        session.add(
            DayConfirmation(
                area=meeting.area,
                meeting_day_id=day.id,
                entries=_named(people, rows),
                confirmed_at=now,
                confirmed_by=actor.login,
            )
        )
        note(
            session,
            reference(meeting),
            happened=Happened.DAY_CONFIRMED,
            actor=actor,
            now=now,
            area=meeting.area,
            facts={"meeting": meeting.code, "day": on.isoformat(), "entries": len(rows)},
        )
    return len(rows)


def stands_confirmed(session: Session, day: MeetingDay, people: Sequence[OnTheList], rows: Mapping[str, Row]) -> bool:
    """Whether the day was confirmed as it stands now."""
    last = confirmation_of(session, day)
    return last is not None and last.entries == _named(people, rows)


def _named(people: Sequence[OnTheList], rows: Mapping[str, Row]) -> dict[str, list[int]]:
    """The rows that count, members' and substitutes' apart, by id."""
    found: dict[str, list[int]] = {"members": [], "substitutes": []}
    for one in people:
        row = rows.get(one.number)
        if row is not None and row.id is not None:
            found["substitutes" if one.substitute else "members"].append(row.id)
    return {name: sorted(ids) for name, ids in found.items()}
