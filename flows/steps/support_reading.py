"""A filled list of a session of group support that came back: first shown row by row, then entered, and kept.

What a row says is understood as on sheets of meetings, and held to what is held to when it is typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.attendance_files import keep, kept_already
from flows.steps.attendance_reading import read_in_isolation, refuse_unanswered
from flows.steps.sheet_lines import (
    MENDED,
    ListPreview,
    ListWords,
    RowSaid,
    SheetEntered,
    Source,
    mended_since,
    rows_said,
)
from flows.steps.support_entry import LONGEST
from flows.steps.support_lists import Listed
from flows.steps.support_presence import (
    HeldSession,
    Presence,
    Reasons,
    full_number,
    held_session,
    is_excused,
    lock_sessions,
    over_limit_remarks,
    reasons_not_needed,
    record_presence,
    refuse_presence,
    says_anew,
)
from flows.steps.support_sessions import find_session
from flows.steps.support_time import meeting_remarks, when
from forms.attendance_sheet import SheetRow, SupportListReading
from forms.attended_hours import WHOLE_SESSION, Doubt
from forms.pool import ReadingPool
from forms.reading import Unreadable
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.project_bytes import from_canonical
from models.rules.sheet_codes import LED_BY, PLACE
from models.tables import Person, ProjectVersion, SupportAttendance, SupportSession
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
    content: bytes,
    answers: Mapping[str, str],
    reasons: Reasons,
    *,
    actor: Actor,
    now: datetime,
) -> SupportListPreview:
    """The list against the session that it was printed for. ``answers``: what an officer says of a number (or its end).

    What would be refused when typed is asked here: an excuse without a reason, hours beyond the limit, presence of
    somebody who was elsewhere or had no support any more; and a row whose entry was put right since this very file
    (``content``) was entered. Raises ``NotFound`` for a session that is not the actor's to see, ``NotYet`` for one that
    is to come or no longer counts, ``BadInput`` for a list of another session, and for answers about somebody else or
    that cannot be understood.
    """
    actor.require(Right.ATTENDANCE)
    held = _session_of(session, reading, now)
    told, remarks = _told(session, held, reading, content, answers, reasons)
    return SupportListPreview(
        session=reading.session_id,
        kind=held.kind.name,
        on=reading.on,
        lines=tuple(one.line for one in told),
        remarks=remarks,
    )


def enter_list(
    office: Office,
    session: Session,
    reading: SupportListReading,
    content: bytes,
    *,
    name: str,
    answers: Mapping[str, str],
    reasons: Reasons,
    partial: bool = False,
    actor: Actor,
) -> SheetEntered:
    """Enters a list in the caller's transaction: every row that was read or answered, with its file and place.

    Rows that nobody has an answer for stop it, unless ``partial`` leaves them for later. Raises as
    :func:`preview_list` does.
    """
    actor.require(Right.ATTENDANCE)
    now = office.now()
    lock_sessions(session, [reading.session_id])
    held = _session_of(session, reading, now)
    told, _ = _told(session, held, reading, content, answers, reasons)
    asked = sum(isinstance(one.said, Doubt) for one in told)
    refuse_unanswered(told, partial=partial)
    if asked == len(told):
        raise BadInput("Niczego nie wpisano: na liście nie ma ani jednego wiersza, który dałoby się wpisać.")
    file = keep(office, session, content, of=held.row, kind=AttendanceFileKind.SHEET, name=name, actor=actor)
    assert file.id is not None
    done = record_presence(session, held, _presences(told, file.id), reasons, actor=actor, now=now)
    _complete(session, held, reading, actor=actor, now=now)
    return SheetEntered(done.changed + done.unchanged, done.changed, asked, file.id)


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
    session: Session,
    held: HeldSession,
    reading: SupportListReading,
    content: bytes,
    answers: Mapping[str, str],
    reasons: Reasons,
) -> tuple[tuple[RowSaid, ...], tuple[str, ...]]:
    """What each row says, or asks, and the remarks of the whole list."""
    row = held.row
    understood = rows_said(
        reading.rows,
        {number: _name_of(session, one) for number, one in held.listed.items()},
        held.hours,
        printed=reading.printed,
        expected=held.covered,
        explained={number for number, one in held.listed.items() if reasons.excuse.strip() or is_excused(one)},
        answers={full_number(number, held.listed): text for number, text in answers.items()},
        words=ListWords(
            box=WHOLE_SESSION,
            stranger=f"Tej osoby nie ma na sesji {row.id}.",
            strangers=f"Tych zgłoszeń nie ma na sesji {row.id}:",
        ),
    )
    told: list[RowSaid] = []
    remarks = [*reading.remarks, *(one.remark for one in _head_of(session, held, reading) if one.remark)]
    mended = _mended_since(session, row, content)
    for one in understood:
        number = one.row.number
        listed = held.listed.get(number)
        if listed is None:
            told.append(one)
            continue
        if number not in held.covered and isinstance(one.said, Doubt) and _is_empty(one.row):
            remarks.append(f"Zgłoszenie {number}: w dniu sesji nie miało już wsparcia; pusty wiersz pominięto.")
            continue
        held_to = _held_to(held, one, reasons, mended=listed.grant.id in mended)
        told.append(held_to)
        if isinstance(held_to.said, Doubt):
            continue
        remarks += _changes(held, number, Presence(held_to.said, held_to.raw), reasons)
        remarks += over_limit_remarks(held, number, held_to.said)
        if held_to.said.minutes:
            remarks += meeting_remarks(session, listed.membership.person_id, number, row.starts_at, row.ends_at)
    remarks += reasons_not_needed(held, _presences(told), reasons)
    return tuple(told), tuple(remarks)


def _is_empty(row: SheetRow) -> bool:
    return row.shape and not (row.raw or row.signed or row.crossed_hours)


def _presences(told: Sequence[RowSaid], file_id: int | None = None) -> dict[str, Presence]:
    """What is said of each number that nothing is asked about."""
    return {
        one.row.number: Presence(one.said, one.raw, file_id=file_id, place=one.place)
        for one in told
        if not isinstance(one.said, Doubt)
    }


def _mended_since(session: Session, row: SupportSession, content: bytes) -> frozenset[int]:
    """The grants of those whose entries were put right since this file was entered."""
    file = kept_already(session, content, of=row)
    if file is None:
        return frozenset()
    sources: dict[int, list[Source]] = {}
    for grant_id, file_id, place in session.exec(
        select(SupportAttendance.grant_id, SupportAttendance.file_id, SupportAttendance.place)
        .where(SupportAttendance.session_id == row.id)
        .order_by(col(SupportAttendance.version))
    ).all():
        sources.setdefault(grant_id, []).append(Source(file_id, place))
    return frozenset(grant_id for grant_id, known in sources.items() if mended_since(file.id, known))


def _changes(held: HeldSession, number: str, presence: Presence, reasons: Reasons) -> list[str]:
    """A sentence where the list changes what is on record: the presence, or the reason of an absence."""
    before = held.listed[number]
    if before.minutes is None or not says_anew(held, number, presence, reasons):
        return []
    if before.minutes != presence.said.minutes:
        known = hours(before.minutes) if before.minutes else "nieobecność"
        return [f"Zgłoszenie {number}: wpisano już co innego ({known}); lista to zmieni."]
    known = "inny powód" if before.reason else "to bez powodu"
    return [f"Zgłoszenie {number}: wpisano już {known}; lista to zmieni."]


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
        return bool(self.told) and not self.known and self._storable

    @property
    def _storable(self) -> bool:
        return len(self.told) <= LONGEST and self.told.isprintable()

    @property
    def remark(self) -> str:
        if self.fills_in:
            return f"{self.name}: {self.told} (z listy; w sesji tego nie wpisano)."
        if self.told and not self.known:
            return (
                f"{self.name}: tego, co stoi na liście, nie zapisano: może to być jeden wiersz, najwyżej {LONGEST} "
                "znaków."
            )
        if self.known and self.told and _flat(self.known) != _flat(self.told):
            return f"{self.name}: na liście „{self.told}”, w sesji „{self.known}”; zostaje to, co w sesji."
        return ""


def _head_of(session: Session, held: HeldSession, reading: SupportListReading) -> tuple[_OfHead, ...]:
    row = held.row
    coach = reading.coach
    # Where nobody was known to lead, the list was printed with who led sessions of the kind at that time.
    if coach and not row.coach and _flat(coach) in _led_by(session, row):
        coach = ""
    return _OfHead("coach", LED_BY, row.coach, coach), _OfHead("place", PLACE, row.place, reading.place)


def _led_by(session: Session, row: SupportSession) -> frozenset[str]:
    """Who leads sessions of the kind, by every version of the project."""
    versions = session.exec(select(ProjectVersion).where(ProjectVersion.code == row.project)).all()
    kinds = (one for version in versions for one in from_canonical(version.body).support)
    return frozenset(_flat(one.led_by) for one in kinds if one.code == row.kind)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _complete(session: Session, held: HeldSession, reading: SupportListReading, *, actor: Actor, now: datetime) -> None:
    """Puts on record who led the session and where, where only the list says so."""
    filled_in = {one.field: one.told for one in _head_of(session, held, reading) if one.fills_in}
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


def _held_to(held: HeldSession, one: RowSaid, reasons: Reasons, *, mended: bool) -> RowSaid:
    """The row, asked where it would be refused, or would undo what was put right since."""
    if isinstance(one.said, Doubt):
        return one
    try:
        refuse_presence(held, one.row.number, one.said, reasons)
    except BadInput as fault:
        return replace(one, said=Doubt(str(fault).removeprefix(f"Zgłoszenie {one.row.number}: ")))
    if mended and one.answer is None and says_anew(held, one.row.number, Presence(one.said, one.raw), reasons):
        return replace(one, said=MENDED)
    return one


def _name_of(session: Session, one: Listed) -> str:
    person = session.get_one(Person, one.membership.person_id)
    return f"{person.first_name} {person.last_name}"
