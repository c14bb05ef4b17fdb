"""Bringing in a Harmonogram from a file: what is new becomes a meeting, what is known stays, what differs is told.

A meeting is a row, and has one origin: the project's own schedule or a file. Whichever names it first makes it; every
later word on it is only compared, because people may know of it already (``nabor meeting move`` tells them).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from flows.adapters.clock import WARSAW
from flows.adapters.office import Office
from flows.steps.calls import find_call, group_of
from flows.steps.documents import issue, next_version
from flows.steps.meetings import ScheduleDiffers, enter_meeting, present_facts
from flows.steps.projects import definition_for, newest_version
from flows.steps.schedule import warnings_of
from forms.schedule_file import read_schedule
from forms.schedule_rows import PlannedMeeting
from models.actor import Actor, Right
from models.errors import NotFound, Problem, ScheduleFaulty
from models.events import Happened
from models.tables import Call, Group, Meeting
from models.tables.meetings import MeetingOrigin, MeetingState
from models.transitions import note
from templates.letters.frame import MeetingDayLine
from templates.meeting_changes import MeetingFacts, change_sentences

KIND = "schedule_import"


@dataclass(frozen=True)
class Unfolded:
    """A meeting of the file, as it stands in the database now."""

    call: str
    code: str
    days: tuple[str, ...]
    new: bool
    series: str


@dataclass(frozen=True)
class Imported:
    """What became of a file."""

    meetings: tuple[Unfolded, ...]
    new: int
    unchanged: int
    differing: tuple[ScheduleDiffers, ...]
    warnings: tuple[str, ...]


def import_schedule(office: Office, path: Path, *, actor: Actor) -> Imported:
    """Takes in all meetings of a file, or none. The file is kept when anything of it was new.

    Raises ``ScheduleFaulty`` with every mistake by row and column; an unknown call is one of them.
    """
    actor.require(Right.MEETINGS)
    planned = read_schedule(path)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    now = office.now()
    with office.writing(actor) as session:
        groups = _groups(session, planned, path.name)
        unfolded: list[Unfolded] = []
        differing: list[ScheduleDiffers] = []
        for one in planned:
            call, group = groups[one.call]
            known = session.exec(select(Meeting).where(Meeting.group_id == group.id, Meeting.code == one.code)).first()
            if known is None:
                _enter(session, one, call, group, source=f"sha256:{digest} {one.line}", actor=actor, office=office)
            else:
                differing += _differences(session, known, one)
            days = tuple(f"{day.on.isoformat()}T{day.starts:%H:%M}-{day.ends:%H:%M}" for day in one.days)
            unfolded.append(Unfolded(one.call, one.code, days, known is None, one.series))
        new = sum(one.new for one in unfolded)
        if new:
            subject = f"{actor.scope or 'biuro'}"
            version = next_version(session, KIND, subject)
            kept = issue(
                office,
                session,
                kind=KIND,
                subject=subject,
                file_name=f"harmonogram-{actor.scope or 'biuro'}{path.suffix.lower()}",
                content=content,
                area=actor.scope,
                actor=actor,
                now=now,
            )
            note(
                session,
                f"document/{kept.id}",
                happened=Happened.SCHEDULE_IMPORTED,
                actor=actor,
                now=now,
                area=actor.scope,
                facts={"digest": digest, "version": version, "meetings": len(planned), "new": new},
            )
        late = [
            f"{one.code}: wszystkie dni już minęły; zaproszenia na to spotkanie nie wyjdą."
            for one, row in zip(planned, unfolded, strict=True)
            if row.new and all(datetime.combine(day.on, day.starts, WARSAW) <= now for day in one.days)
        ]
        warnings = late + warnings_of(session, {(one.call, one.code) for one in planned})
    return Imported(tuple(unfolded), new, len(unfolded) - new - len(differing), tuple(differing), tuple(warnings))


def _groups(session: Session, planned: Sequence[PlannedMeeting], file: str) -> dict[str, tuple[Call, Group]]:
    found: dict[str, tuple[Call, Group]] = {}
    problems: list[Problem] = []
    for one in planned:
        if one.call in found:
            continue
        try:
            call = find_call(session, one.call)
        except NotFound as error:
            problems.append(Problem(file, one.line, f"kolumna „Nabór”: {error}"))
            continue
        found[one.call] = call, group_of(session, call)
    if problems:
        raise ScheduleFaulty(tuple(sorted(set(problems), key=lambda one: (one.line, one.sentence))))
    return found


def _enter(
    session: Session, one: PlannedMeeting, call: Call, group: Group, *, source: str, actor: Actor, office: Office
) -> None:
    version = newest_version(session, definition_for(session, call).code)
    assert version.id is not None
    assert group.id is not None
    meeting = Meeting(
        area=call.area,
        group_id=group.id,
        project_version_id=version.id,
        code=one.code,
        title=one.title,
        place=one.place,
        host=one.host,
        agenda=list(one.agenda),
        kind=one.kind,
        origin=MeetingOrigin.IMPORT,
        source=source,
    )
    enter_meeting(session, meeting, _days(one), actor=actor, now=office.now())


def _differences(session: Session, known: Meeting, one: PlannedMeeting) -> list[ScheduleDiffers]:
    if known.state is MeetingState.CANCELLED:
        return [ScheduleDiffers(one.code, ("Spotkanie jest odwołane; nowe musi mieć inny kod.",), one.call)]
    there = MeetingFacts(
        days=tuple(_days(one)), place=one.place, title=one.title, agenda=one.agenda, host=one.host, kind=one.kind
    )
    sentences = change_sentences(present_facts(session, known), there)
    return [ScheduleDiffers(one.code, sentences, one.call)] if sentences else []


def _days(one: PlannedMeeting) -> list[MeetingDayLine]:
    return [MeetingDayLine(date=day.on, starts=day.starts, ends=day.ends) for day in one.days]
