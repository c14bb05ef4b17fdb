"""The paper of a contract: what it says about the work and the person, and the document kept under the person's key."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import current_values
from flows.steps.calls import area_name
from flows.steps.documents import issue, letterhead
from flows.steps.outbox import sex_of
from flows.steps.people import value_of
from models.actor import Actor
from models.project import ProjectDefinition
from models.rules.pay import RatePer
from models.rules.pay_tables import Table, find_row
from models.rules.settlement import gross_for
from models.tables import Application, Group, IssuedContract, Meeting, MeetingDay, Membership, Person
from models.tables.meetings import MeetingState
from templates.documents.bill import Contractor, Party
from templates.documents.contract import ContractDocument, ContractTerms, Replaced, contract

CONTRACT = "contract"
"""Kind of the issued document; its subject is the number, its version that of the contract."""


@dataclass(frozen=True)
class Planned:
    """What is agreed on: the period, the planned work and its price. Money in grosze."""

    starts: date
    ends: date
    minutes: int
    rate: int
    per: RatePer
    most: int


def planned_minutes(
    session: Session, membership: Membership, definition: ProjectDefinition, *, starts: date, ends: date
) -> tuple[int, int, int]:
    """Minutes, days and meetings of the group that are planned within a period; one meeting of the usual shape while
    none is."""
    days = session.exec(
        select(MeetingDay)
        .join(Meeting, col(Meeting.id) == MeetingDay.meeting_id)
        .where(
            Meeting.group_id == membership.group_id,
            Meeting.state != MeetingState.CANCELLED,
            col(MeetingDay.on) >= starts,
            col(MeetingDay.on) <= ends,
        )
    ).all()
    if days:
        minutes = sum(int((day.ends_at - day.starts_at).total_seconds()) // 60 for day in days)
        return minutes, len(days), len({day.meeting_id for day in days})
    shape = definition.group_kind(session.get_one(Group, membership.group_id).kind).meeting
    return shape.days * shape.hours_per_day * 60, shape.days, 1


def most_of(rate: int, per: RatePer, *, minutes: int, days: int, meetings: int) -> int:
    """What all planned work comes to, in grosze."""
    return rate * meetings if per is RatePer.MEETING else gross_for(minutes, rate, per, days=days)


def minimum_rate_on(day: date) -> int | None:
    """The minimum hourly rate of a day in grosze; ``None`` for a day that the tables do not know."""
    row = find_row(Table.MINIMUM_HOURLY, paid_on=day, worked_on=day)
    return row.value if row is not None else None


def terms_of(
    session: Session, membership: Membership, definition: ProjectDefinition, planned: Planned, *, amount: int | None
) -> dict[str, object]:
    """Everything that is printed and may change: a contract that says the same need not be made out again."""
    rules = definition.contracts
    assert rules is not None
    person = contractor_of(session, membership)
    return {
        "contractor": {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "sex": person.sex,
            "address": person.address,
            "pesel": person.pesel,
        },
        "starts": planned.starts.isoformat(),
        "ends": planned.ends.isoformat(),
        "minutes": planned.minutes,
        "rate": planned.rate,
        "per": planned.per.value,
        "most": planned.most,
        "amount": amount,
        "buyer": definition.buyer.model_dump(mode="json"),
        "unit": [definition.unit.name, definition.unit.address, definition.unit.postcode_town],
        "words": [rules.title, rules.represented_by, rules.preamble],
        "clauses": [clause.model_dump(mode="json") for clause in rules.clauses],
    }


def contractor_of(session: Session, membership: Membership) -> Contractor:
    """The person as a party of a contract: name and PESEL from the register, the address from the application."""
    person = session.get_one(Person, membership.person_id)
    values = current_values(session, session.get_one(Application, membership.application_id))
    town = f"{value_of(values, 'adres.kod')} {value_of(values, 'adres.miejscowosc')}".strip()
    return Contractor(
        first_name=person.first_name,
        last_name=person.last_name,
        sex=sex_of(person),
        address=", ".join(part for part in (value_of(values, "adres.ulica"), town) if part),
        pesel=person.pesel,
        account="",
    )


def issue_paper(
    office: Office,
    session: Session,
    membership: Membership,
    definition: ProjectDefinition,
    row: IssuedContract,
    *,
    minutes: int,
    most: int,
    replaces: Replaced | None,
    minimum_rate: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keeps the contract as a Word document, to be exported, printed and signed."""
    group = session.get_one(Group, membership.group_id)
    buyer, unit = definition.buyer, definition.unit
    content = contract(
        ContractDocument(
            letterhead=letterhead(definition),
            issued_on=warsaw_date(now),
            place=unit.postcode_town.partition(" ")[2],
            buyer=Party(name=buyer.name, address=buyer.address, nip=buyer.nip),
            unit=Party(name=unit.name, address=f"{unit.address}, {unit.postcode_town}"),
            terms=ContractTerms(
                number=row.number,
                contractor=contractor_of(session, membership),
                group=group.name,
                area=area_name(definition, membership.area),
                tasks=definition.group_kind(group.kind).tasks,
                starts=row.starts,
                ends=row.ends,
                minutes=minutes,
                rate=row.rate_grosze,
                per=row.per,
                most=most,
                amount=row.amount_grosze,
                minimum_rate=minimum_rate,
                replaces=replaces,
            ),
            definition=definition,
        )
    )
    issue(
        office,
        session,
        kind=CONTRACT,
        subject=row.number,
        file_name=f"{row.number.replace('/', '-')}-umowa.docx",
        content=content,
        area=membership.area,
        actor=actor,
        now=now,
        person_id=membership.person_id,
        at_least=row.version,
    )
