"""What stops a payment before it is frozen, and what whoever approves has to know of."""

from datetime import date, datetime
from typing import Any

import people
import pytest
from conftest import Staged
from paying import account, approved, exported, frozen, record_of, sign, signed_group
from people import CALL, FILIP, MEETING, PAID_ON, WORKER, attend, state_pay
from sqlmodel import select

from flows.adapters.clock import WARSAW
from flows.adapters.office import Office
from flows.steps.memberships import membership_of
from flows.steps.stipends import settle_meeting
from models.errors import PaymentsBlocked
from models.storage import keyring_in
from models.tables import Application, Call, Group, Meeting, MeetingDay, Membership, PayStatement, Person, Stipend
from models.tables.stipends import StipendState


def stopped(office: Office, **how: Any) -> str:
    with pytest.raises(PaymentsBlocked) as refused:
        frozen(office, **how)
    assert "Próbna" not in str(refused.value)
    return str(refused.value).replace("\xa0", " ")


def give_account(office: Office, number: str, other: str) -> None:
    """A statement that says another account, entered past every check: what a mistake of years ago looks like."""
    with office.writing(WORKER) as session:
        membership = membership_of(session, number)
        statement = session.exec(select(PayStatement).where(PayStatement.membership_id == membership.id)).one()
        record = session.exec(select(Stipend).where(Stipend.membership_id == membership.id)).one()
        statement.account, statement.account_lookup = other, keyring_in(session).lookup("account", other)
        record.snapshot = record.snapshot.replace(record.snapshot.partition('"account":"')[2][:26], other)
        record.snapshot_lookup = keyring_in(session).lookup("stipend", record.snapshot)
        session.add(statement)
        session.add(record)


def test_two_payees_with_one_account_are_both_stopped(staged: Staged) -> None:
    office, (first, second, third) = staged(signed_group, 3)
    give_account(office, second, account(0))
    said = stopped(office)
    assert f"{first}: to samo konto ma także inna osoba" in said
    assert f"{second}: to samo konto ma także inna osoba" in said
    assert third not in said
    made = frozen(office, leave_out=True)
    assert made.payments == 1
    assert {one.number for one in made.left_out} == {first, second}
    assert record_of(office, first).state is StipendState.SIGNED


def test_one_person_with_two_accounts_is_stopped(staged: Staged) -> None:
    office, (first, _) = staged(signed_group, 2)
    _in_a_second_group(office, first, account(6))
    assert f"{first}: ta osoba ma w różnych grupach różne konta" in stopped(office)


def test_a_statement_that_is_not_valid_on_the_day_stops(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(signed_group, 2)
    with office.writing(WORKER) as session:
        membership = membership_of(session, first)
        statement = session.exec(select(PayStatement).where(PayStatement.membership_id == membership.id)).one()
        statement.valid_from = date(2018, 11, 1)
        session.add(statement)
    assert f"{first}: na dzień 10.10.2018 r. nie ma ważnego oświadczenia" in stopped(office)


def test_an_account_that_changed_since_the_bill_stops(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(signed_group, 2)
    state_pay(office, first, account(6))
    assert f"{first}: konto w oświadczeniu jest inne niż na rachunku" in stopped(office)


def test_a_signed_bill_in_doubt_stops(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(signed_group, 2)
    attend(office, first, 360, 240)
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    assert f"{first}: podpisany rachunek jest do wyjaśnienia" in stopped(office)


def test_a_blocked_record_waits_and_says_why(sqlite_staged: Staged) -> None:
    office, members = sqlite_staged(people.met_group, 2)
    state_pay(office, members[0], account(0))
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    sign(office, members[0])
    made = frozen(office)
    assert made.payments == 1
    ((number, sentence),) = [(one.number, one.sentence) for one in made.left_out]
    assert number == members[1]
    assert sentence.startswith("rozliczenie jest wstrzymane: ")


def test_another_day_of_the_month_is_acknowledged_and_another_month_stops(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(signed_group, 1)
    assert "rozlicz spotkanie na ten dzień" in stopped(office, paid_on=date(2018, 11, 2))
    made = frozen(office, paid_on=date(2018, 10, 12))
    assert {one.code for one in made.to_acknowledge} == {"new_account", "other_day"}
    with pytest.raises(PaymentsBlocked, match="other_day=POWÓD"):
        approved(office, made.number)
    approved(office, made.number, other_day="bank był nieczynny")


def test_a_group_over_its_budget_is_stopped(staged: Staged) -> None:
    office, _ = staged(signed_group, 2)
    _with_budget(office, 2 * 72000 - 1)
    said = stopped(office)
    assert f"{CALL}: wypłaty grupy wyniosłyby 1 440,00 zł brutto, a jej budżet to 1 439,99 zł" in said
    _with_budget(office, 2 * 72000)
    assert frozen(office).payments == 2


def test_two_payments_for_the_same_hours_are_stopped_across_groups(staged: Staged) -> None:
    office, (first, _) = staged(signed_group, 2)
    other = _in_a_second_group(office, first, account(0), ordered=True)
    said = stopped(office)
    assert f"{first}: za dzień 22.09.2018 r. ta osoba ma też rachunek {other}" in said
    assert "godziny spotkań się pokrywają" in said


def test_two_payments_for_one_day_at_other_hours_are_acknowledged(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(signed_group, 2)
    _in_a_second_group(office, first, account(0), ordered=True, starts=17)
    made = frozen(office)
    assert [one.number for one in made.to_acknowledge if one.code == "same_day"] == [first, first]
    with pytest.raises(PaymentsBlocked, match="same_day=POWÓD"):
        approved(office, made.number)
    approved(office, made.number, same_day="dwie różne grupy, rano i wieczorem")


def test_what_nobody_acknowledged_stops_the_file(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(signed_group, 2)
    made = frozen(office)
    approved(office, made.number)
    _in_a_second_group(office, first, account(0), ordered=True, starts=17)
    with pytest.raises(PaymentsBlocked) as refused:
        exported(office, made.number)
    assert len(refused.value.found) == 2, "one for each day, and none for the new accounts, which were acknowledged"
    assert all(said.startswith(f"{first}: za dzień ") for said in refused.value.found)
    assert "--acknowledge" not in str(refused.value), "that is an option of the approval"


def test_a_record_that_does_not_correct_another_is_not_paid_beside_it(sqlite_staged: Staged) -> None:
    office, (first,) = sqlite_staged(signed_group, 1)
    frozen(office)
    second = _beside(office, first)
    assert "zlecono już rachunek R/0001/2018" in stopped(office)
    with office.writing(WORKER) as session:
        row = session.exec(select(Stipend).where(Stipend.number == second)).one()
        row.corrects_id = record_id(office, "R/0001/2018")
        session.add(row)
    assert frozen(office).payments == 1


@pytest.mark.parametrize(
    ("digits", "said"),
    [("20999900000000000000000002", "rachunek odbiorcy ma błędną cyfrę")],
)
def test_a_wrong_digit_never_reaches_a_file(sqlite_staged: Staged, digits: str, said: str) -> None:
    office, (first,) = sqlite_staged(signed_group, 1)
    give_account(office, first, digits)
    assert f"{first}: Przelew LP0001/18/0001: {said}" in stopped(office)


def test_a_sign_that_no_bank_takes_is_named(sqlite_staged: Staged) -> None:
    office, (first,) = sqlite_staged(signed_group, 1)
    with office.writing(WORKER) as session:
        person = session.get_one(Person, membership_of(session, first).person_id)
        person.last_name = "Próbna|Wymyślona"
        session.add(person)
    assert "kreska pionowa" in stopped(office)


def record_id(office: Office, bill: str) -> int:
    with office.reading(WORKER) as session:
        found = session.exec(select(Stipend.id).where(Stipend.number == bill)).one()
        assert found is not None
        return found


def _with_budget(office: Office, grosze: int) -> None:
    kinds = tuple(
        kind.model_copy(update={"pay": kind.pay.model_copy(update={"budget_grosze": grosze})}) if kind.pay else kind
        for kind in people.definition().group_kinds
    )
    people.redefined(office, group_kinds=kinds)


def _beside(office: Office, number: str) -> str:
    """A second signed record of the same member for the same meeting."""
    with office.writing(WORKER) as session:
        membership = membership_of(session, number)
        old = session.exec(select(Stipend).where(Stipend.membership_id == membership.id)).one()
        fields = old.model_dump(exclude={"id", "number", "version", "state", "corrects_id"})
        session.add(
            Stipend(
                **fields,
                number="R/0999/2018",
                version=2,
                state=StipendState.SIGNED,
            )
        )
    return "R/0999/2018"


def _in_a_second_group(office: Office, number: str, its_account: str, *, ordered: bool = False, starts: int = 9) -> str:
    """The same person in a group elsewhere, with a statement of its own and, if wanted, a payment on its way."""
    with office.writing(WORKER) as session:
        here = membership_of(session, number)
        application = session.get_one(Application, here.application_id)
        group = session.get_one(Group, here.group_id)
        meeting = session.exec(select(Meeting).where(Meeting.group_id == group.id)).one()
        call = session.get_one(Call, group.call_id)
        told = call.model_dump(exclude={"id", "code", "area"})
        elsewhere = Call(**told, code="KES/PGR/2213/2018", area="2213")
        session.add(elsewhere)
        session.flush()
        other_group = Group(area="2213", call_id=elsewhere.id or 0, kind=group.kind, name="Druga grupa")
        session.add(other_group)
        session.flush()
        other_application = Application(
            **application.model_dump(exclude={"id", "number", "public_number", "area", "call_id"}),
            number="KES/PGR/2213/2018/0001",
            public_number="ZG-DRUGA",
            area="2213",
            call_id=elsewhere.id or 0,
        )
        session.add(other_application)
        session.flush()
        other = Membership(
            **here.model_dump(exclude={"id", "application_id", "group_id", "area"}),
            area="2213",
            application_id=other_application.id or 0,
            group_id=other_group.id or 0,
        )
        session.add(other)
        session.flush()
        given = session.exec(select(PayStatement).where(PayStatement.membership_id == here.id)).one()
        session.add(
            PayStatement(
                **given.model_dump(exclude={"id", "membership_id", "account", "account_lookup", "area"}),
                area="2213",
                membership_id=other.id or 0,
                account=its_account,
                account_lookup=keyring_in(session).lookup("account", its_account),
            )
        )
        other_meeting = Meeting(
            **meeting.model_dump(exclude={"id", "group_id", "code", "area"}),
            area="2213",
            group_id=other_group.id or 0,
            code="drugie",
        )
        session.add(other_meeting)
        session.flush()
        for day in people.MEETING_DAYS:
            session.add(
                MeetingDay(
                    area="2213",
                    meeting_id=other_meeting.id or 0,
                    on=day,
                    starts_at=datetime(day.year, day.month, day.day, starts, tzinfo=WARSAW),
                    ends_at=datetime(day.year, day.month, day.day, starts + 3, tzinfo=WARSAW),
                )
            )
        if ordered:
            own = session.exec(select(Stipend).where(Stipend.membership_id == here.id)).one()
            session.add(
                Stipend(
                    **own.model_dump(exclude={"id", "number", "membership_id", "meeting_id", "area", "state"}),
                    number="R/0998/2018",
                    area="2213",
                    membership_id=other.id or 0,
                    meeting_id=other_meeting.id or 0,
                    state=StipendState.ORDERED,
                )
            )
    return "R/0998/2018"
