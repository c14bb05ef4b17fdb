"""The list for the host of a meeting: how many come and what they need; their names only when the office says so."""

from datetime import date

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.attendance import refuse_called_off
from flows.steps.documents import issue, letterhead
from flows.steps.expected_seats import expected_on, others_on
from flows.steps.meeting_letters import invited_application
from flows.steps.meetings import day_lines, days_of, find_meeting
from flows.steps.member_needs import needs_of
from flows.steps.memberships import seated
from flows.steps.projects import definition_of
from models.actor import Actor, Right
from models.glossary import label
from models.tables import Application, Group, Invitation, Meeting, Person
from models.tables.meetings import AWAITED, EXPECTED, InvitationRole, InvitationState
from templates.documents.host_list import ExpectedDay, Guest, HostListDocument, Wanted, host_list


def issue_host_list(
    office: Office, call_code: str, meeting_code: str, *, with_names: bool = False, actor: Actor
) -> int:
    """Makes the list of a meeting as things stand. Returns how many are expected.

    Raises ``NotYet`` for a meeting that was called off.
    """
    actor.require(Right.MEETINGS)
    now = office.now()
    with office.writing(actor) as session:
        _, group, meeting = find_meeting(session, call_code, meeting_code)
        refuse_called_off(meeting, "nie ma czego przygotowywać")
        definition = definition_of(session, meeting.project_version_id)
        asked = session.exec(
            select(Invitation).where(Invitation.meeting_id == meeting.id).order_by(col(Invitation.id))
        ).all()
        first = min(day.on for day in days_of(session, meeting))
        others = others_on(session, meeting.group_id, first)
        asked = [one for one in asked if invited_application(session, one).id not in others]
        guests = _guests(session, group, asked, first, actor=actor)
        content = host_list(
            HostListDocument(
                letterhead=letterhead(definition),
                issued_on=warsaw_date(now),
                group=group.name,
                meeting=meeting.title,
                kind=meeting.kind,
                place=meeting.place,
                host=meeting.host,
                days=_days(session, meeting),
                accepted=sum(one.state is InvitationState.ACCEPTED for one in asked),
                unanswered=len(guests) - sum(one.state in EXPECTED - AWAITED for one in asked),
                guests=guests,
                with_names=with_names,
            )
        )
        issue(
            office,
            session,
            kind="host_list",
            subject=f"{call_code}:{meeting_code}",
            file_name=f"{call_code.replace('/', '-')}-{meeting_code}-dla-prowadzacego.docx",
            content=content,
            area=meeting.area,
            actor=actor,
            now=now,
        )
    return len(guests)


def _days(session: Session, meeting: Meeting) -> list[ExpectedDay]:
    lines = day_lines(days_of(session, meeting))
    return [ExpectedDay(on=day.date, starts=day.starts, ends=day.ends) for day in lines]


def _guests(session: Session, group: Group, asked: list[Invitation], first: date, *, actor: Actor) -> list[Guest]:
    """Who may come, for all that is known: those whose seats are theirs on the first day and who have not refused,
    invited yet or not, and substitutes. ``asked``: without those who do not sit on that day."""
    assert group.id is not None
    # An invitation that was called off while its seat stands comes back with the next run.
    away = [one for one in asked if one.state not in EXPECTED | {InvitationState.CANCELLED}]
    refused = {invited_application(session, one).id for one in away if one.role is not InvitationRole.SUBSTITUTE}
    members = {one.application_id: one for one in seated(session, group.id)}
    guests = []
    for application in expected_on(session, group.id, first):
        if application.id in refused:
            continue
        membership = members.get(application.id or 0)
        lines = needs_of(session, membership, actor=actor) if membership is not None else []
        wanted = [Wanted(what=label(line.need), text=line.text) for line in lines if line.text]
        guests.append(_guest(session, application, wanted))
    for one in asked:
        if one.role is InvitationRole.SUBSTITUTE and one.membership_id is None and one.state in EXPECTED:
            guests.append(_guest(session, invited_application(session, one), []))
    return guests


def _guest(session: Session, application: Application, wanted: list[Wanted]) -> Guest:
    person = session.get_one(Person, application.person_id)
    return Guest(first_name=person.first_name, last_name=person.last_name, wanted=wanted)
