"""A filled list of a session of group support that came back: first shown row by row, then entered, and kept.

What a row says is understood as on sheets of meetings, and held to what is held to when it is typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, select

from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.attendance_files import keep
from flows.steps.attendance_reading import read_in_isolation, refuse_unanswered
from flows.steps.sheet_lines import ListPreview, ListWords, RowSaid, SheetEntered, rows_said
from flows.steps.support_entry import LONGEST
from flows.steps.support_lists import Listed
from flows.steps.support_presence import (
    HeldSession,
    Presence,
    full_number,
    held_session,
    is_excused,
    lock_session,
    record_presence,
    refuse_presence,
)
from flows.steps.support_sessions import find_session
from flows.steps.support_time import meeting_remarks, when
from forms.attendance_sheet import SupportListReading
from forms.attended_hours import Doubt
from forms.pool import ReadingPool
from forms.reading import Unreadable
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.rules.sheet_codes import LED_BY, PLACE
from models.tables import Person, SupportSession
from models.tables.meetings import AttendanceFileKind
from models.tables.support import SupportSessionState
from models.transitions import note, reference
from templates.polish import clock, hours, short_date


@dataclass(frozen=True, kw_only=True)
class SupportListPreview(ListPreview):
    """The list of one session as it would be entered. ``kind``: what its support is called."""

    session: int
    kind: str
    on: date


def read_lists(files: Mapping[Path, bytes], settings: Settings) -> dict[Path, SupportListReading | Unreadable]:
    """What each file says, read in isolated worker processes; a file that is no list says why. Raises nothing."""
    return read_in_isolation(files, settings, ReadingPool.read_support_lists, scan=_SCAN)


_SCAN = (
    "To jest skan, zdjęcie albo PDF; program nie odczyta z niego podpisów ani godzin. Proszę przekazać go do "
    "przepisania: nabor support scan SESJA PLIK."
)


def preview_list(
    session: Session,
    reading: SupportListReading,
    answers: Mapping[str, str],
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> SupportListPreview:
    """The list against the session that it was printed for. ``answers``: what an officer says of a number (or its end).

    What would be refused when typed is asked here: an excuse without a reason, hours beyond the limit, presence of
    somebody who was elsewhere or had no support any more. Raises ``NotFound`` for a session that is not the actor's to
    see, ``NotYet`` for one that is to come or no longer counts, ``BadInput`` for a list of another session, and for
    answers about somebody else or that cannot be understood.
    """
    actor.require(Right.ATTENDANCE)
    held = _session_of(session, reading, now)
    told, remarks = _told(session, held, reading, answers, reason)
    return SupportListPreview(
        session=reading.session_id,
        kind=held.kind.name,
        on=reading.on,
        lines=tuple(one.line for one in told),
        remarks=remarks,
    )


def enter_list(
    office: Office,
    reading: SupportListReading,
    content: bytes,
    *,
    name: str,
    answers: Mapping[str, str],
    partial: bool = False,
    reason: str = "",
    actor: Actor,
) -> SheetEntered:
    """Enters a list: every row that was read or answered, in one transaction, with the file and the place of each.

    Rows that nobody has an answer for stop it, unless ``partial`` leaves them for later. Raises as
    :func:`preview_list` does.
    """
    actor.require(Right.ATTENDANCE)
    now = office.now()
    with office.writing(actor) as session:
        lock_session(session, reading.session_id)
        held = _session_of(session, reading, now)
        told, _ = _told(session, held, reading, answers, reason)
        asked = sum(isinstance(one.said, Doubt) for one in told)
        refuse_unanswered(asked, partial=partial)
        if asked == len(told):
            raise BadInput("Niczego nie wpisano: na liście nie ma ani jednego wiersza, który dałoby się wpisać.")
        file = keep(office, session, content, of=held.row, kind=AttendanceFileKind.SHEET, name=name, actor=actor)
        assert file.id is not None
        presences = {
            one.row.number: Presence(one.said, one.raw, file_id=file.id, place=one.place)
            for one in told
            if not isinstance(one.said, Doubt)
        }
        changed, _ = record_presence(session, held, presences, reason=reason, actor=actor, now=now)
        _complete(session, held, reading, actor=actor, now=now)
        return SheetEntered(len(presences), changed, asked, file.id)


def _session_of(session: Session, reading: SupportListReading, now: datetime) -> HeldSession:
    """The session that the list is of, as it stands now. Raises ``NotFound``, ``NotYet`` and ``BadInput``."""
    row = find_session(session, reading.session_id)
    starts, ends = reading.printed.starts, reading.printed.ends
    begun, ended = warsaw(row.starts_at), warsaw(row.ends_at)
    if (begun.date(), begun.time().replace(tzinfo=None), ended.time().replace(tzinfo=None)) != (
        reading.on,
        starts,
        ends,
    ):
        printed = f"{short_date(reading.on)}, {clock(starts)}–{clock(ends)}"
        raise BadInput(
            f"To nie jest lista sesji {row.id} z tego biura: wydrukowano ją na {printed}, a ta sesja była "
            f"{when(row.starts_at, row.ends_at)}. Proszę sprawdzić, skąd pochodzi plik."
        )
    if row.state is SupportSessionState.REPLACED:
        newer = session.exec(select(SupportSession.id).where(SupportSession.replaces_id == row.id)).first()
        what_now = (
            "Zastąpiła ją sesja, która leży poza obszarem tego konta."
            if newer is None
            else f"Zastąpiła ją sesja {newer}: jej listę sporządza nabor support sheet --session {newer}, a obecność "
            f"można wpisać poleceniem nabor support attend {newer}."
        )
        raise NotYet(f"To nieaktualna lista: sesja {row.id} już się nie liczy. {what_now}")
    held = held_session(session, reading.session_id, now=now)
    if reading.call and not any(number.startswith(f"{reading.call}/") for number in held.listed):
        raise BadInput(f"Na liście są zgłoszenia naboru {reading.call}, a na sesji {row.id} nie ma z niego nikogo.")
    return held


def _told(
    session: Session, held: HeldSession, reading: SupportListReading, answers: Mapping[str, str], reason: str
) -> tuple[tuple[RowSaid, ...], tuple[str, ...]]:
    """What each row says, or asks, and the remarks of the whole list."""
    row = held.row
    understood = rows_said(
        reading.rows,
        {number: _name_of(session, one) for number, one in held.listed.items()},
        held.hours,
        printed=reading.printed,
        expected=held.covered,
        explained={number for number, one in held.listed.items() if reason.strip() or is_excused(one)},
        answers={full_number(number, held.listed): text for number, text in answers.items()},
        words=ListWords(
            box="cała sesja",
            stranger=f"Tej osoby nie ma na sesji {row.id}.",
            strangers=f"Tych zgłoszeń nie ma na sesji {row.id}:",
        ),
    )
    told: list[RowSaid] = []
    remarks = [*reading.remarks, *(one.remark for one in _head_of(held, reading) if one.remark)]
    for one in understood:
        number = one.row.number
        listed = held.listed.get(number)
        if listed is None:
            told.append(one)
            continue
        if number not in held.covered and isinstance(one.said, Doubt) and not one.row.raw:
            remarks.append(f"Zgłoszenie {number}: w dniu sesji nie miało już wsparcia; pusty wiersz pominięto.")
            continue
        held_to = _held_to(held, one, reason)
        told.append(held_to)
        if isinstance(held_to.said, Doubt):
            continue
        if listed.minutes is not None and listed.minutes != held_to.said.minutes:
            before = hours(listed.minutes) if listed.minutes else "nieobecność"
            remarks.append(f"Zgłoszenie {number}: wpisano już co innego ({before}); lista to zmieni.")
        if held_to.said.minutes:
            remarks += meeting_remarks(session, listed.membership.person_id, number, row.starts_at, row.ends_at)
    return tuple(told), tuple(remarks)


@dataclass(frozen=True)
class _OfHead:
    """One thing of the head of a list: what the session has on record, and what the list says."""

    field: str
    name: str
    known: str
    told: str

    @property
    def fills_in(self) -> bool:
        """Whether the list says what nobody knew, in words that can be stored."""
        return bool(self.told) and not self.known and len(self.told) <= LONGEST and self.told.isprintable()

    @property
    def remark(self) -> str:
        if self.fills_in:
            return f"{self.name}: {self.told} (z listy; w sesji tego nie wpisano)."
        if self.known and self.told and " ".join(self.known.split()) != " ".join(self.told.split()):
            return f"{self.name}: na liście „{self.told}”, w sesji „{self.known}”; zostaje to, co w sesji."
        return ""


def _head_of(held: HeldSession, reading: SupportListReading) -> tuple[_OfHead, ...]:
    row = held.row
    # Where nobody was known to lead, the list was printed with who leads sessions of the kind.
    coach = reading.coach if row.coach or reading.coach != held.kind.led_by else ""
    return _OfHead("coach", LED_BY, row.coach, coach), _OfHead("place", PLACE, row.place, reading.place)


def _complete(session: Session, held: HeldSession, reading: SupportListReading, *, actor: Actor, now: datetime) -> None:
    """Puts on record who led the session and where, where only the list says so."""
    filled_in = {one.field: one.told for one in _head_of(held, reading) if one.fills_in}
    if not filled_in:
        return
    row = held.row
    row.coach, row.place = filled_in.get("coach", row.coach), filled_in.get("place", row.place)
    session.add(row)
    note(
        session,
        reference(row),
        happened=Happened.SUPPORT_COMPLETED,
        actor=actor,
        now=now,
        area=row.area,
        facts={"fields": sorted(filled_in)},
    )


def _held_to(held: HeldSession, one: RowSaid, reason: str) -> RowSaid:
    """The row, asked where it would be refused."""
    if isinstance(one.said, Doubt):
        return one
    try:
        refuse_presence(held, one.row.number, one.said, reason)
    except BadInput as fault:
        return replace(one, said=Doubt(str(fault).removeprefix(f"Zgłoszenie {one.row.number}: ")))
    return one


def _name_of(session: Session, one: Listed) -> str:
    person = session.get_one(Person, one.membership.person_id)
    return f"{person.first_name} {person.last_name}"
