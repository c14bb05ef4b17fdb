"""Every grosz is the same grosz: in the days, the records, the batch, the bank's file and the ledger.

Meetings at random, of people who declared whatever they liked; the file is read back by its description alone.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from fractions import Fraction

import pytest
from conftest import Staged
from payees import EMPLOYED, INSURED, INSURED_SICKNESS, STUDENT, settled
from paying import REASON, Booked, account, history, read_elixir
from people import CALL, FILIP, FRANKA, PAID_ON, WORKER, definition, go_to, group, redefined
from sqlmodel import Session, col, func, select

from flows.adapters.bank_statements import StatementKind
from flows.adapters.office import Office
from flows.steps.bank_reports import confirm
from flows.steps.batch_approval import approve
from flows.steps.batch_files import export_batch
from flows.steps.batch_freezing import freeze
from models.columns import canonical
from models.events import Happened
from models.rules.pay import RatePer
from models.rules.presence import status_of
from models.rules.settlement import gross_for
from models.storage import keyring_in
from models.tables import (
    Application,
    Attendance,
    Call,
    Group,
    Meeting,
    MeetingDay,
    Membership,
    PayBatch,
    PayBatchItem,
    PayEntry,
    PayStatement,
    Person,
    Stipend,
)
from models.tables.stipends import StipendState
from models.transitions import move

DECLARED = (EMPLOYED, INSURED, INSURED_SICKNESS, STUDENT)
RATE = 6000
MANY = int(os.environ.get("MANY_MEETINGS", "600"))
"""Ten thousand on demand: they take a quarter of an hour (docs/measurements.md)."""
MOST = 900
"""Records of one batch in this test; a file takes 5,000."""


@dataclass(frozen=True)
class Member:
    membership_id: int
    account: str


@pytest.mark.parametrize(
    ("meetings", "seed"),
    [(100, 1), pytest.param(MANY, 2, marks=pytest.mark.slow)],
)
def test_days_records_batches_files_and_ledger_come_to_the_same(
    sqlite_staged: Staged, meetings: int, seed: int
) -> None:
    office, (pattern,) = sqlite_staged(group, 1)
    go_to(office, "2018-10-05T10:00")
    chance = random.Random(seed)
    rules = definition().payments
    assert rules is not None
    redefined(office, payments=rules.model_copy(update={"letters": False}))
    members = list(_members(office, pattern, people=20 if meetings <= 100 else 500))
    _hold(office, members, meetings, chance)
    in_file = 0
    while waiting := _waiting(office):
        _sign(office, waiting[:MOST])
        made = freeze(office, call=CALL, paid_on=PAID_ON, actor=FILIP)
        reasons = {**REASON, "same_day": "nie zdarza się"}
        approve(office, made.number, acknowledged=reasons, actor=FRANKA)
        rows = read_elixir(export_batch(office, made.number, actor=FILIP).content)
        assert (len(rows), sum(int(row["amount"]) for row in rows)) == (made.payments, made.total)
        in_file += sum(int(row["amount"]) for row in rows)
        bank = [Booked(row["reference"], int(row["amount"]), row["account"], date(2018, 10, 5)) for row in rows]
        confirm(office, history(bank), kind=StatementKind.CSV, actor=FILIP)
    with office.reading(WORKER) as session:
        days = session.exec(select(func.sum(Attendance.minutes))).one()
        records = session.exec(select(Stipend)).all()
        paid_minutes, gross = sum(one.minutes for one in records), sum(one.gross for one in records)
        net = sum(one.net for one in records)
        batches = session.exec(select(func.sum(PayBatch.total))).one()
        items = session.exec(select(func.sum(PayBatchItem.amount))).one()
        in_ledger = session.exec(select(func.sum(PayEntry.amount))).one()
        hours_paid = sum(_rounded(Fraction(one.minutes * RATE, 60)) for one in records)
        assert {one.state for one in records} == {StipendState.PAID}
        assert len({one.meeting_id for one in records}) == meetings
    assert paid_minutes == days
    assert gross == hours_paid
    assert all(one.net + one.social + one.health + one.tax == one.gross for one in records)
    assert net == batches == items == in_file == in_ledger > 0


def _rounded(exact: Fraction) -> int:
    """Half up, by fractions and not by the code under test."""
    return int(exact + Fraction(1, 2))


def _members(office: Office, pattern: str, *, people: int) -> Iterator[Member]:
    """People beside the first one, as rows: each with a membership and an account."""
    with office.writing(WORKER) as session:
        application = session.exec(select(Application).where(Application.number == pattern)).one()
        membership = session.exec(select(Membership).where(Membership.application_id == application.id)).one()
        person = session.get_one(Person, membership.person_id)
        for i in range(people):
            another = Person(first_name="Próbna", last_name=f"Osoba{i}", sex=person.sex, created_at=person.created_at)
            session.add(another)
            session.flush()
            told = application.model_dump(exclude={"id", "number", "public_number", "person_id"})
            own = Application(**told, number=f"{CALL}/{1000 + i}", public_number=f"ZG-{i}", person_id=another.id or 0)
            session.add(own)
            session.flush()
            seat = membership.model_dump(exclude={"id", "application_id", "person_id"})
            row = Membership(**seat, application_id=own.id or 0, person_id=another.id or 0)
            session.add(row)
            session.flush()
            digits = account(100 + i)
            session.add(
                PayStatement(
                    area=row.area,
                    membership_id=row.id or 0,
                    body="{}",
                    account=digits,
                    account_lookup=keyring_in(session).lookup("account", digits),
                    valid_from=date(2018, 1, 1),
                    recorded_at=office.now(),
                    recorded_by=FILIP.login,
                )
            )
            yield Member(row.id or 0, digits)


def _hold(office: Office, members: list[Member], meetings: int, chance: random.Random) -> None:
    """Meetings of two days each, with one to three of the members, who take turns so that nobody is at two at once."""
    place, day, seats = 0, date(2018, 9, 29), len(members)
    with office.writing(WORKER) as session:
        call = session.exec(select(Call).where(Call.code == CALL)).one()
        group_id = session.exec(select(Group.id).where(Group.call_id == call.id)).one()
        for m in range(meetings):
            size = chance.choice((1, 1, 1, 2))
            if place + size > seats:
                place, day = 0, day - timedelta(days=2)
            attending, place = members[place : place + size], place + size
            meeting = Meeting(
                area=call.area,
                group_id=group_id or 0,
                project_version_id=call.project_version_id,
                code=f"losowe_{m}",
                title="Losowe",
                place="Sala",
                agenda=[],
            )
            session.add(meeting)
            session.flush()
            days = []
            for on in (day, day + timedelta(days=1)):
                days.append(
                    MeetingDay(
                        area=call.area, meeting_id=meeting.id or 0, on=on, starts_at=office.now(), ends_at=office.now()
                    )
                )
                session.add(days[-1])
            session.flush()
            for one in attending:
                _pay(session, office, meeting, days, one, chance)


def _pay(
    session: Session, office: Office, meeting: Meeting, days: list[MeetingDay], member: Member, chance: random.Random
) -> None:
    """Attendance at random, and the record that the pure rules make of it, ready to be signed."""
    minutes = [chance.randint(1, 480), chance.choice((0, chance.randint(1, 480)))]
    for day, length in zip(days, minutes, strict=True):
        session.add(
            Attendance(
                area=meeting.area,
                meeting_day_id=day.id or 0,
                membership_id=member.membership_id,
                version=1,
                minutes=length,
                status=status_of(length, 480),
                recorded_at=office.now(),
                recorded_by="rita",
            )
        )
    gross = gross_for(sum(minutes), RATE, RatePer.HOUR)
    amounts = settled(gross, chance.choice(DECLARED), PAID_ON, minutes=sum(minutes)).amounts
    assert amounts is not None
    snapshot = canonical(
        {
            "settlement": {"amounts": asdict(amounts)},
            "account": member.account,
            "days": [day.on.isoformat() for day, length in zip(days, minutes, strict=True) if length],
        }
    )
    session.add(
        Stipend(
            area=meeting.area,
            number=f"R/{meeting.id}-{member.membership_id}/2018",
            membership_id=member.membership_id,
            meeting_id=meeting.id or 0,
            version=1,
            minutes=sum(minutes),
            paid_on=PAID_ON,
            gross=gross,
            social=amounts.social,
            health=amounts.health,
            tax=amounts.tax,
            net=amounts.net,
            algorithm="pay-1",
            snapshot=snapshot,
            snapshot_lookup=keyring_in(session).lookup("stipend", snapshot),
            blocks=[],
            made_at=office.now(),
            made_by=FILIP.login,
            state=StipendState.CALCULATED,
        )
    )


def _waiting(office: Office) -> list[int]:
    with office.reading(WORKER) as session:
        return list(
            session.exec(
                select(Stipend.id).where(Stipend.state == StipendState.CALCULATED).order_by(col(Stipend.id))
            ).all()
        )


def _sign(office: Office, records: list[int]) -> None:
    with office.writing(FILIP) as session:
        for one in records:
            row = session.get_one(Stipend, one)
            move(session, row, StipendState.SIGNED, happened=Happened.BILL_SIGNED, actor=FILIP, now=office.now())
