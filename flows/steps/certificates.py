"""Certificates of participation: who is entitled, by the project's rule, and what the certificate says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.calls import find_call, group_of
from flows.steps.certificate_grounds import Ground, grounds, held
from flows.steps.documents import issue, letterhead
from flows.steps.memberships import membership_of
from flows.steps.outbox import sex_of
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.project import ProjectDefinition
from models.tables import Application, Certificate, Group, Membership, Person
from models.transitions import note, reference
from templates.documents.certificate import CertificateDocument, certificate


@dataclass(frozen=True)
class CertificateLine:
    """What became of one member: a certificate's number, or why there is none, or why the one that is out is wrong."""

    application: str
    number: str
    version: int
    new: bool
    minutes: int
    percent: int
    why_not: str


def issue_certificates(
    office: Office, call_code: str, *, numbers: Sequence[str] = (), actor: Actor
) -> list[CertificateLine]:
    """Makes a certificate for every member of the group who is entitled, or for those named.

    Who has one that says the same keeps it; other hours make another version of it; of one whose ground is gone it is
    told that it must be withdrawn. Everybody's waits until the group
    has no meeting ahead (``NotYet``); somebody named may have one before. Raises ``BadInput`` for a number that is not
    of this group.
    """
    actor.require(Right.MEETINGS)
    now = office.now()
    lines = []
    with office.writing(actor) as session:
        call = find_call(session, call_code)
        group = group_of(session, call)
        # Numbers follow one another: whoever issues in this group waits for the other.
        session.refresh(group, with_for_update=True)
        definition = definition_for(session, call)
        over = held(session, group, now=now)
        if over.ahead and not numbers:
            raise NotYet(
                f"Grupa ma jeszcze przed sobą spotkania: {', '.join(over.ahead)}. Zaświadczenie dla jednej osoby można "
                "wystawić wcześniej: --number NUMER."
            )
        members = _members(session, group, numbers)
        found = grounds(session, members, over, definition, now=now)
        for membership in members:
            ground = found[membership.id or 0]
            lines.append(_one(office, session, call_code, group, membership, ground, definition, actor=actor, now=now))
    return lines


def _members(session: Session, group: Group, numbers: Sequence[str]) -> list[Membership]:
    if not numbers:
        # In the order of the register, so that nobody reads the ranking off the numbers of certificates.
        rows = session.exec(
            select(Membership)
            .join(Application, col(Application.id) == col(Membership.application_id))
            .where(Membership.group_id == group.id)
            .order_by(col(Application.number), col(Membership.id))
        ).all()
        return list(rows)
    found = [membership_of(session, number) for number in numbers]
    for number, membership in zip(numbers, found, strict=True):
        if membership.group_id != group.id:
            raise BadInput(f"Zgłoszenie {number} nie ma miejsca w grupie tego naboru.")
    return found


def _one(
    office: Office,
    session: Session,
    call_code: str,
    group: Group,
    membership: Membership,
    ground: Ground,
    definition: ProjectDefinition,
    *,
    actor: Actor,
    now: datetime,
) -> CertificateLine:
    application = session.get_one(Application, membership.application_id)
    days, minutes, percent = ground.days, ground.minutes, ground.percent
    last = session.exec(
        select(Certificate).where(Certificate.membership_id == membership.id).order_by(col(Certificate.version).desc())
    ).first()
    if ground.why_not:
        number, version = (last.number, last.version) if last else ("", 0)
        return CertificateLine(application.number, number, version, False, minutes, percent, _told(ground, last))
    body = [{"meeting": day.meeting, "day": day.on.isoformat(), "minutes": day.minutes} for day in days]
    if last is not None and last.attended == body:
        return CertificateLine(application.number, last.number, last.version, False, minutes, percent, "")
    row = _row(session, call_code, group, membership, last, body, actor=actor, now=now)
    person = session.get_one(Person, membership.person_id)
    content = certificate(
        CertificateDocument(
            letterhead=letterhead(definition),
            number=row.number,
            place=definition.unit.postcode_town.partition(" ")[2],
            issued_on=warsaw_date(now),
            sex=sex_of(person),
            first_name=person.first_name,
            last_name=person.last_name,
            group=group.name,
            days=days,
            signed_by=definition.certificates.signed_by,
        )
    )
    issue(
        office,
        session,
        kind="certificate",
        subject=row.number,
        file_name=f"{row.number.replace('/', '-')}-zaswiadczenie.docx",
        content=content,
        area=group.area,
        actor=actor,
        now=now,
        person_id=membership.person_id,
    )
    note(
        session,
        reference(membership),
        happened=Happened.CERTIFICATE_ISSUED,
        actor=actor,
        now=now,
        area=group.area,
        facts={"number": row.number, "version": row.version, "minutes": minutes},
    )
    return CertificateLine(application.number, row.number, row.version, True, minutes, percent, "")


def _told(ground: Ground, last: Certificate | None) -> str:
    """Why there is no certificate now, and what that means for one that is out already."""
    if last is None:
        return ground.why_not
    withdraw = "trzeba je wycofać: " if ground.gone else ""
    return f"zaświadczenie {last.number} już wystawiono; {withdraw}{ground.why_not}"


def _row(
    session: Session,
    call_code: str,
    group: Group,
    membership: Membership,
    last: Certificate | None,
    body: list[dict[str, object]],
    *,
    actor: Actor,
    now: datetime,
) -> Certificate:
    assert group.id is not None
    assert membership.id is not None
    if last is None:
        used = session.exec(select(func.max(Certificate.ordinal)).where(Certificate.group_id == group.id)).one() or 0
        ordinal, version = used + 1, 1
        number = f"ZU/{call_code}/{ordinal:03d}"
    else:
        ordinal, version, number = last.ordinal, last.version + 1, last.number
    row = Certificate(
        area=group.area,
        group_id=group.id,
        membership_id=membership.id,
        ordinal=ordinal,
        number=number,
        version=version,
        attended=body,
        issued_at=now,
        issued_by=actor.login,
    )
    session.add(row)
    session.flush()
    return row
