"""The register of hours of each person of a paid group: one meeting at a time, or everything of one person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw, warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import call_of, find_application
from flows.steps.attendance import days_not_entered, minutes_by_day
from flows.steps.calls import find_call, group_of
from flows.steps.documents import content_of, issue, letterhead, newest
from flows.steps.outbox import sex_of
from flows.steps.pay_sources import contracts_on
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.project import ProjectDefinition
from models.tables import Application, Call, Contract, Group, Meeting, Membership, Person
from models.tables.meetings import MeetingState
from templates.documents.bill import ContractReference
from templates.documents.hours_register import HoursRegisterDocument, WorkedDay, hours_register

KIND = "hours_register"


@dataclass(frozen=True)
class HoursCounts:
    """What became of the registers that were asked for."""

    documents: int
    unchanged: int
    missing: tuple[str, ...]
    """Numbers of applications whose attendance is not entered for every day: what nobody confirmed is not proved."""


def issue_hours(office: Office, call_code: str, what: str, *, actor: Actor) -> HoursCounts:
    """Issues a register for each member who was at a meeting, or one of all meetings of one person.

    ``what``: the code of a meeting of the call's group, or the number of an application of the call. The same register
    again changes nothing; changed hours make its next version. Raises ``NotYet`` when no hours were confirmed, and
    for groups that are not paid by a contract of mandate, which need no register.
    """
    actor.require(Right.MONEY)
    with office.writing(actor) as session:
        call = find_call(session, call_code)
        group = group_of(session, call)
        definition = definition_for(session, call)
        pay = definition.group_kind(group.kind).pay
        if pay is None or pay.kind != "wynagrodzenie":
            raise NotYet(
                f"Grupa {group.kind} nie dostaje wynagrodzenia z umowy zlecenia; ewidencji godzin się dla niej nie "
                "prowadzi."
            )
        meetings, applications, suffix = _asked_for(session, call, group, what)
        documents = unchanged = 0
        missing = []
        for application in applications:
            memberships = _memberships(session, application, group)
            if any(days_not_entered(session, meeting, one) for meeting in meetings for one in memberships):
                missing.append(application.number)
                continue
            days = _worked(session, meetings, memberships)
            if not days:
                continue
            new = _issue_one(office, session, definition, group, application, memberships, days, suffix, actor=actor)
            documents += new
            unchanged += not new
        if not documents and not unchanged and not missing:
            raise NotYet(f"Dla „{what}” nie ma potwierdzonych godzin; najpierw wpisz obecność (nabor meeting attend).")
    return HoursCounts(documents, unchanged, tuple(missing))


def _asked_for(
    session: Session, call: Call, group: Group, what: str
) -> tuple[Sequence[Meeting], Sequence[Application], str]:
    """The meetings and the applications, and what tells the register of one meeting from the one of all."""
    held = session.exec(
        select(Meeting)
        .where(Meeting.group_id == group.id, col(Meeting.state) != MeetingState.CANCELLED)
        .order_by(col(Meeting.id))
    ).all()
    if chosen := [meeting for meeting in held if meeting.code == what]:
        applications = session.exec(
            select(Application)
            .where(col(Application.id).in_(select(Membership.application_id).where(Membership.group_id == group.id)))
            .order_by(col(Application.number))
        ).all()
        return chosen, applications, f":{what}"
    try:
        application = find_application(session, what)
    except NotFound:
        raise NotFound(f"Nabór {call.code} nie ma spotkania ani zgłoszenia „{what}”.") from None
    if call_of(session, application).id != call.id:
        raise BadInput(f"Zgłoszenie {what} należy do innego naboru niż {call.code}.")
    # Days of a meeting that nobody has held yet are missing from no register.
    return [meeting for meeting in held if meeting.state is MeetingState.HELD], [application], ""


def _memberships(session: Session, application: Application, group: Group) -> Sequence[Membership]:
    """Every seat that the application ever had in the group: who left it worked until then."""
    return session.exec(
        select(Membership)
        .where(Membership.application_id == application.id, Membership.group_id == group.id)
        .order_by(col(Membership.id))
    ).all()


def _worked(session: Session, meetings: Iterable[Meeting], memberships: Iterable[Membership]) -> list[WorkedDay]:
    return [
        WorkedDay(
            on=day.on,
            meeting=meeting.title,
            starts=warsaw(day.starts_at).time(),
            ends=warsaw(day.ends_at).time(),
            minutes=minutes,
        )
        for meeting in meetings
        for membership in memberships
        for day, minutes in minutes_by_day(session, meeting, membership)
        if minutes
    ]


def _issue_one(
    office: Office,
    session: Session,
    definition: ProjectDefinition,
    group: Group,
    application: Application,
    memberships: Sequence[Membership],
    days: Sequence[WorkedDay],
    suffix: str,
    *,
    actor: Actor,
) -> bool:
    """Whether a new version was needed."""
    person = session.get_one(Person, application.person_id)
    held = [one.id or 0 for one in memberships]
    contracts = contracts_on(session, held, max(day.on for day in days))
    subject = f"{application.number}{suffix}"

    def made(on: date) -> bytes:
        return hours_register(
            HoursRegisterDocument(
                letterhead=letterhead(definition),
                number=application.number,
                issued_on=on,
                principal=f"{definition.buyer.name}\n{definition.buyer.address}",
                first_name=person.first_name,
                last_name=person.last_name,
                sex=sex_of(person),
                contract=_contract([contracts[one] for one in held if one in contracts]),
                group=group.name,
                worked_days=days,
            )
        )

    last = newest(session, KIND, subject)
    if last is not None and content_of(office, session, last) == made(warsaw_date(last.made_at)):
        return False
    now = office.now()
    issue(
        office,
        session,
        kind=KIND,
        subject=subject,
        file_name=f"{subject.replace('/', '-').replace(':', '-')}-ewidencja-godzin.docx",
        content=made(warsaw_date(now)),
        area=application.area,
        actor=actor,
        now=now,
        person_id=person.id,
    )
    return True


def _contract(contracts: Sequence[Contract]) -> ContractReference | None:
    """Of the newest seat that had one."""
    if not contracts:
        return None
    return ContractReference(number=contracts[-1].number, signed_on=contracts[-1].signed_on)
