"""What a meeting worked out and verified, version by version, and the record (protokół spotkania) made of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.attendance import minutes_by_day, newest_entry, refuse_called_off
from flows.steps.calls import area_name
from flows.steps.documents import issue, letterhead
from flows.steps.meeting_letters import invited_application
from flows.steps.meetings import day_lines, days_of, find_meeting
from flows.steps.member_institutions import coverage_of, institution_of
from flows.steps.projects import definition_of
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.group_kinds import Admission
from models.project import UNKNOWN, ProjectDefinition
from models.rules.sector_coverage import UNSETTLED, Coverage, Placed
from models.tables import (
    Application,
    Group,
    Invitation,
    Meeting,
    MeetingDay,
    MeetingRecord,
    Membership,
    Person,
)
from models.transitions import note, reference
from templates.documents.meeting_protocol import HeldDay, MeetingProtocolDocument, Present, meeting_protocol

_LONGEST = 1000
_MOST = 40


@dataclass(frozen=True)
class Findings:
    """What was worked out, and whose assumptions were verified; each a list of sentences. And who were the hosts."""

    worked_out: tuple[str, ...] = ()
    verified: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    @property
    def body(self) -> dict[str, list[str]]:
        """As a version keeps them; hosts leave no trace where nobody named any."""
        whole = {"worked_out": list(self.worked_out), "verified": list(self.verified)}
        return {**whole, "hosts": list(self.hosts)} if self.hosts else whole


def record_findings(
    session: Session,
    call_code: str,
    meeting_code: str,
    *,
    worked_out: Sequence[str],
    verified: Sequence[str],
    hosts: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> int:
    """Keeps what a meeting came to as its next version, whole; the same again changes nothing. Returns the version.

    Raises ``NotYet`` before the meeting has begun and for one that was called off, ``BadInput`` for nothing at all.
    """
    actor.require(Right.MEETINGS)
    _, _, meeting = find_meeting(session, call_code, meeting_code)
    session.refresh(meeting, with_for_update=True)
    _require_begun(session, meeting, now=now)
    findings = Findings(_sentences(worked_out), _sentences(verified), _sentences(hosts))
    if findings == Findings():
        raise BadInput(
            "Podaj, co wypracowano (--worked-out), czyje założenia zweryfikowano (--verified) albo kto był gospodarzem "
            "(--host)."
        )
    last = _newest(session, meeting)
    if last is not None and _in(last) == findings:
        return last.version
    assert meeting.id is not None
    version = (last.version if last else 0) + 1
    session.add(
        MeetingRecord(
            area=meeting.area,
            meeting_id=meeting.id,
            version=version,
            body=json.dumps(findings.body, ensure_ascii=False),
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    note(
        session,
        reference(meeting),
        happened=Happened.MEETING_RECORDED,
        actor=actor,
        now=now,
        area=meeting.area,
        facts={"version": version},
    )
    return version


def findings_of(session: Session, meeting: Meeting) -> Findings:
    """What was recorded last; empty when nothing was."""
    last = _newest(session, meeting)
    return Findings() if last is None else _in(last)


def issue_protocol(
    office: Office, call_code: str, meeting_code: str, *, by_institution: bool = False, actor: Actor
) -> int:
    """Makes the record of a meeting, with everybody whose presence was entered. Returns how many were there.

    Raises ``NotYet`` before the meeting, and while nobody's presence has been entered.
    """
    actor.require(Right.MEETINGS)
    now = office.now()
    with office.writing(actor) as session:
        call, group, meeting = find_meeting(session, call_code, meeting_code)
        _require_begun(session, meeting, now=now)
        definition = definition_of(session, meeting.project_version_id)
        present = _present(session, group, meeting, definition)
        if not present:
            raise NotYet(f"Nikomu nie wpisano jeszcze obecności na spotkaniu „{meeting_code}”; wpisz ją najpierw.")
        findings, days = findings_of(session, meeting), day_lines(days_of(session, meeting))
        team = definition.group_kind(group.kind).admission is Admission.NOMINATION
        content = meeting_protocol(
            MeetingProtocolDocument(
                letterhead=letterhead(definition),
                issued_on=warsaw_date(now),
                kind=meeting.kind,
                title=meeting.title,
                group=group.name,
                area=area_name(definition, call.area),
                gminas=_gminas(definition, call.area),
                days=[HeldDay(on=day.date, starts=day.starts, ends=day.ends) for day in days],
                place=meeting.place,
                host=meeting.host,
                tasks=definition.group_kind(group.kind).tasks,
                agenda=meeting.agenda,
                present=present,
                worked_out=findings.worked_out,
                verified=findings.verified,
                by_institution=by_institution,
                powiat=definition.area.names().get(call.area[:4], UNKNOWN) if team and len(call.area) >= 4 else "",
                hosts=findings.hosts,
                coverage=_coverage(definition, present) if team else None,
            )
        )
        issue(
            office,
            session,
            kind="meeting_protocol",
            subject=f"{call_code}:{meeting_code}" + (":instytucje" if by_institution else ""),
            file_name=f"{call_code.replace('/', '-')}-{meeting_code}-protokol"
            + ("-instytucje" if by_institution else "")
            + ".docx",
            content=content,
            area=meeting.area,
            actor=actor,
            now=now,
        )
    return len(present)


def _coverage(definition: ProjectDefinition, present: Sequence[Present]) -> Coverage:
    """Of the institutions that were there, each counted once however many came from it."""
    codes = {one.label: one.code for one in definition.sectors}
    there = dict.fromkeys((one.institution, one.sector) for one in present)
    return coverage_of(definition, (Placed(name, codes.get(sector, "")) for name, sector in there))


def _require_begun(session: Session, meeting: Meeting, *, now: datetime) -> None:
    refuse_called_off(meeting, "nie ma z niego protokołu")
    if days_of(session, meeting)[0].starts_at > now:
        raise NotYet(f"Spotkanie „{meeting.code}” jeszcze się nie zaczęło.")


def _sentences(texts: Sequence[str]) -> tuple[str, ...]:
    found = tuple(" ".join(text.split()) for text in texts if text.strip())
    if len(found) > _MOST or any(len(text) > _LONGEST or not text.isprintable() for text in found):
        raise BadInput(f"Można podać do {_MOST} ustaleń, każde do {_LONGEST} znaków.")
    return found


def _newest(session: Session, meeting: Meeting) -> MeetingRecord | None:
    return session.exec(
        select(MeetingRecord).where(MeetingRecord.meeting_id == meeting.id).order_by(col(MeetingRecord.version).desc())
    ).first()


def _in(row: MeetingRecord) -> Findings:
    body = json.loads(row.body)
    return Findings(tuple(body["worked_out"]), tuple(body["verified"]), tuple(body.get("hosts", ())))


def _present(session: Session, group: Group, meeting: Meeting, definition: ProjectDefinition) -> list[Present]:
    """Members with confirmed minutes, whatever became of their seat since, and substitutes."""
    found = []
    members = session.exec(select(Membership).where(Membership.group_id == group.id).order_by(col(Membership.id))).all()
    for membership in members:
        days = [day for day, minutes in minutes_by_day(session, meeting, membership) if minutes]
        if days:
            application = session.get_one(Application, membership.application_id)
            found.append(_one(session, application, days, definition, substitute=False))
    for invitation, days in _substitutes(session, meeting):
        found.append(_one(session, invited_application(session, invitation), days, definition, substitute=True))
    return found


def _substitutes(session: Session, meeting: Meeting) -> list[tuple[Invitation, list[MeetingDay]]]:
    found = []
    for invitation in session.exec(select(Invitation).where(Invitation.meeting_id == meeting.id)).all():
        days = [
            day
            for day in days_of(session, meeting)
            if (last := newest_entry(session, day, invitation)) is not None and last.minutes
        ]
        if days:
            found.append((invitation, days))
    return found


def _one(
    session: Session,
    application: Application,
    days: Sequence[MeetingDay],
    definition: ProjectDefinition,
    *,
    substitute: bool,
) -> Present:
    person = session.get_one(Person, application.person_id)
    institution = institution_of(session, application)
    labels = {one.code: one.label for one in definition.sectors}
    return Present(
        first_name=person.first_name,
        last_name=person.last_name,
        institution=institution.name,
        sector=labels.get(institution.sector, UNSETTLED),
        days=[day.on for day in days],
        substitute=substitute,
    )


def _gminas(definition: ProjectDefinition, area: str) -> list[str]:
    names = definition.area.names()
    return [name for code, name in names.items() if len(code) == 7 and code.startswith(area)]
