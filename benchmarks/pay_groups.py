"""Invented groups that have met: members with statements and confirmed minutes, ready to be settled.

Put into the store directly, past the recruitment that would have led to them: for measuring and for properties of
money over many meetings. Whoever reads the log for how somebody came to a seat finds nothing about these people.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import insert
from sqlmodel import Session

from benchmarks.inputs import PROJECT
from flows.adapters.clock import WARSAW
from models.actor import Actor, Role
from models.pay_rules import Pay, PayKind, PayPer
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, digest
from models.project_file import load_project
from models.rules.pay import Statements
from models.rules.presence import status_of
from models.storage import Store, keyring_in
from models.tables import (
    Application,
    Attendance,
    Call,
    Group,
    Meeting,
    MeetingDay,
    Membership,
    PayStatement,
    Person,
    ProjectVersion,
)
from models.tables.memberships import MembershipState

LEAD: Final = Actor("benchmark", frozenset(Role))
AREA: Final = "2205"
_LONG: Final = 360
"""Minutes of a day."""

EMPLOYED: Final = Statements(True, False, False, date(1985, 3, 15), False)
INSURED: Final = Statements(False, False, False, date(1985, 3, 15), False)
INSURED_SICKNESS: Final = Statements(False, False, True, date(1985, 3, 15), False)
USUAL_PAY: Final = Pay(kind=PayKind.WYNAGRODZENIE, contract="umowa zlecenie", rate_grosze=6000, per=PayPer.HOUR)
SEVERAL_PAYS: Final = (
    USUAL_PAY,
    USUAL_PAY.model_copy(update={"rate_grosze": 37_41}),
    USUAL_PAY.model_copy(update={"rate_grosze": 250_01, "per": PayPer.DAY}),
    USUAL_PAY.model_copy(update={"rate_grosze": 333_33, "per": PayPer.MEETING}),
)


@dataclass(frozen=True)
class MetGroup:
    """A meeting to settle, by the codes of its call and its own."""

    call: str
    meeting: str
    meeting_id: int
    ended_on: date


@dataclass(frozen=True)
class Crowd:
    """What is made up: so many groups of so many members, who met on days from ``first`` on, so many days each."""

    groups: int
    members: int
    days: int = 2
    first: date = date(2018, 9, 22)
    spread: int = 0
    """Over how many days the meetings begin."""
    people: int | None = None
    """How many people there are to fill the seats; ``None``: another one for each seat."""
    pays: Sequence[Pay] = (USUAL_PAY,)
    statements: Sequence[Statements] = (EMPLOYED, INSURED, INSURED_SICKNESS)
    whole_days: bool = True
    """Whether everybody was there all the time; else somebody comes late, leaves early or stays away."""


def account_of(number: int) -> str:
    """A valid account number of a bank that does not exist (NRB, modulo 97)."""
    rest = f"99990000{number:016d}"
    return f"{98 - int(rest + '252100') % 97:02d}{rest}"


def fill_groups(store: Store, crowd: Crowd, chance: random.Random) -> list[MetGroup]:
    """Makes the groups, each in a transaction of its own."""
    with store.writing(LEAD) as session:
        versions = [_version(session, number, pay) for number, pay in enumerate(crowd.pays, start=1)]
        people = _people(session, crowd.people or crowd.groups * crowd.members)
    made = []
    for number in range(1, crowd.groups + 1):
        seats = (
            chance.sample(people, crowd.members)
            if crowd.people
            else people[(number - 1) * crowd.members : number * crowd.members]
        )
        with store.writing(LEAD) as session:
            made.append(_group(session, crowd, number, chance.choice(versions), seats, chance))
    return made


def _version(session: Session, number: int, pay: Pay) -> int:
    definition: ProjectDefinition = load_project(PROJECT)
    kinds = tuple(
        kind.model_copy(update={"pay": pay}) if kind.code == "PGR" else kind for kind in definition.group_kinds
    )
    body = canonical_bytes(definition.model_copy(update={"group_kinds": kinds}))
    row = ProjectVersion(
        code="KES",
        version=number,
        schema_version=1,
        digest=digest(body),
        body=body,
        loaded_at=datetime(2018, 4, 1, tzinfo=WARSAW),
        loaded_by=LEAD.login,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def _people(session: Session, many: int) -> list[int]:
    made_at = datetime(2018, 4, 1, tzinfo=WARSAW)
    rows = [Person(first_name="Zmyślona", last_name=f"Próbna-{number}", created_at=made_at) for number in range(many)]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows if row.id is not None]


def _group(
    session: Session, crowd: Crowd, number: int, version: int, seats: Sequence[int], chance: random.Random
) -> MetGroup:
    begins = crowd.first + timedelta(days=chance.randrange(crowd.spread) if crowd.spread else 0)
    at = datetime(begins.year, begins.month, begins.day, 9, 0, tzinfo=WARSAW)
    before = at - timedelta(days=60)
    call = Call(
        area=AREA,
        code=f"KES/PGR/{number:05d}/{begins.year}",
        project_version_id=version,
        group_kind="PGR",
        year=begins.year,
        opens_at=before,
        closes_at=before,
    )
    session.add(call)
    session.flush()
    group = Group(area=AREA, call_id=call.id or 0, kind="PGR", name="Powiatowa Grupa Robocza")
    session.add(group)
    session.flush()
    meeting = Meeting(
        area=AREA,
        group_id=group.id or 0,
        project_version_id=version,
        code="spotkanie_1",
        title="Spotkanie",
        place="Kartuzy",
        agenda=["Praca w grupie"],
    )
    applications = [
        Application(
            area=AREA,
            number=f"{call.code}/{place:04d}",
            public_number=f"ZG-{number:05d}-{place:04d}",
            call_id=call.id or 0,
            person_id=person,
            form_key="zalacznik_1_pgr",
            form_version=1,
            received_at=before,
            channel="folder",
        )
        for place, person in enumerate(seats, start=1)
    ]
    session.add_all([meeting, *applications])
    session.flush()
    days = [
        MeetingDay(
            area=AREA,
            meeting_id=meeting.id or 0,
            on=begins + timedelta(days=day),
            starts_at=at + timedelta(days=day),
            ends_at=at + timedelta(days=day, minutes=_LONG),
        )
        for day in range(crowd.days)
    ]
    members = [
        Membership(
            area=AREA,
            application_id=application.id or 0,
            group_id=group.id or 0,
            person_id=application.person_id,
            offered_at=before,
            answer_due_at=before,
            answered_at=before,
            state=MembershipState.MEMBER,
        )
        for application in applications
    ]
    session.add_all([*days, *members])
    session.flush()
    _state(session, crowd, members, chance)
    _attend(session, crowd, members, days, chance)
    assert meeting.id is not None
    return MetGroup(call.code, meeting.code, meeting.id, days[-1].on)


def _state(session: Session, crowd: Crowd, members: Sequence[Membership], chance: random.Random) -> None:
    keyring = keyring_in(session)
    rows = []
    for member in members:
        # What a person declares does not change from group to group, nor does the account.
        said = crowd.statements[member.person_id % len(crowd.statements)]
        account = account_of(member.person_id)
        rows.append(
            {
                "area": AREA,
                "membership_id": member.id,
                "body": json.dumps(said.stated()),
                "account": account,
                "account_lookup": keyring.lookup("account", account),
                "valid_from": date(2018, 4, 1),
                "recorded_at": member.offered_at,
                "recorded_by": LEAD.login,
            }
        )
    session.execute(insert(PayStatement), rows)


def _attend(
    session: Session, crowd: Crowd, members: Sequence[Membership], days: Sequence[MeetingDay], chance: random.Random
) -> None:
    def there() -> int:
        return _LONG if crowd.whole_days else chance.choice((_LONG, _LONG, chance.randrange(_LONG + 1), 0))

    rows = [
        {
            "area": AREA,
            "meeting_day_id": day.id,
            "membership_id": member.id,
            "version": 1,
            "minutes": minutes,
            "status": status_of(minutes, _LONG),
            "recorded_at": day.ends_at,
            "recorded_by": LEAD.login,
        }
        for member in members
        for day in days
        for minutes in (there(),)
    ]
    session.execute(insert(Attendance), rows)
