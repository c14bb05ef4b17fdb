"""Contracts: made out in a row, anew while unsigned, never touched once signed; what a member's file lacks."""

import io
import json
from datetime import date
from pathlib import Path

import people
import pytest
from conftest import Staged
from docx import Document
from people import (
    ACCOUNTS,
    CALL,
    FILIP,
    MEETING,
    PAID_ON,
    RITA,
    WORKER,
    go_to,
    group,
    met_group,
    redefined,
    state_pay,
    version_after,
)
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.contract_records import contract_of, record_contract
from flows.steps.contracts import ContractLine, give_up, issue_contracts, sign_contract
from flows.steps.documents import content_of, export, newest
from flows.steps.memberships import membership_of
from flows.steps.missing_papers import MissingPaper, missing_papers
from flows.steps.stipends import settle_meeting
from flows.steps.todo import waiting_for_whom
from models.contract_rules import ContractRules, Paper, States
from models.errors import BadInput, IllegalMove, NotAllowed, NotYet
from models.group_kinds import GroupKind
from models.pay_rules import PayPer
from models.rules.statement_validity import StatementValidity
from models.tables import Call, Event, IssuedContract, Meeting, Person, Stipend
from models.tables.contracts import ContractState
from models.tables.stipends import StipendState

DAY = date(2018, 9, 5)


def two(office: Office) -> list[str]:
    registered = group(office, 2)
    go_to(office, "2018-09-03T09:00")
    return registered


def two_met(office: Office) -> list[str]:
    """Two who were there, for 12 hours, and whose statements are there."""
    registered = met_group(office, 2)
    for number, account in zip(registered, ACCOUNTS, strict=False):
        state_pay(office, number, account)
    return registered


def issue(office: Office, which: str = CALL, *, replace_signed: bool = False) -> list[ContractLine]:
    with office.writing(FILIP) as session:
        return issue_contracts(office, session, which, replace_signed=replace_signed, actor=FILIP, now=office.now())


def sign(office: Office, number: str, day: date = DAY) -> None:
    go_to(office, "2018-09-06T09:00")
    with office.writing(FILIP) as session:
        sign_contract(session, number, signed_on=day, actor=FILIP, now=office.now())


def rename(office: Office, number: str, last_name: str) -> None:
    with office.writing(WORKER) as session:
        person = session.get_one(Person, membership_of(session, number).person_id)
        person.last_name = last_name
        session.add(person)


def paid(office: Office, **settings: object) -> None:
    """The group is paid otherwise from now on."""
    redefined(office, group_kinds=kinds_paid(**settings))


def kinds_paid(**settings: object) -> tuple[GroupKind, ...]:
    return tuple(
        kind.model_copy(update={"pay": kind.pay.model_copy(update=settings)}) if kind.pay else kind
        for kind in people.definition().group_kinds
    )


def rules(office: Office, **settings: object) -> None:
    """The project's section on contracts says otherwise from now on."""
    shipped = people.definition().contracts
    assert shipped is not None
    redefined(office, contracts=shipped.model_copy(update=settings))


def planned_anew(office: Office) -> None:
    """The meeting is settled by the rules that the call follows now."""
    with office.writing(WORKER) as session:
        call = session.exec(select(Call).where(Call.code == CALL)).one()
        for meeting in session.exec(select(Meeting)).all():
            meeting.project_version_id = call.project_version_id
            session.add(meeting)


def bill_of(office: Office, number: str) -> str:
    with office.reading(WORKER) as session:
        membership = membership_of(session, number)
        return session.exec(select(Stipend.number).where(Stipend.membership_id == membership.id)).one()


def contracts(office: Office, number: str) -> list[tuple[str, int, ContractState]]:
    with office.reading(WORKER) as session:
        membership = membership_of(session, number)
        rows = session.exec(
            select(IssuedContract).where(IssuedContract.membership_id == membership.id).order_by(col(IssuedContract.id))
        ).all()
        return [(row.number, row.version, row.state) for row in rows]


def paper(office: Office, number: str) -> str:
    with office.reading(WORKER) as session:
        row = newest(session, "contract", number)
        assert row is not None
        assert row.personal
        document = Document(io.BytesIO(content_of(office, session, row)))
    cells = [cell.text for table in document.tables for one in table.rows for cell in one.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells]).replace("\xa0", " ")


def missing(office: Office) -> dict[str, list[MissingPaper]]:
    found: dict[str, list[MissingPaper]] = {}
    with office.reading(FILIP) as session:
        for one in missing_papers(session, CALL, now=office.now()):
            found.setdefault(one.application, []).append(one)
    return found


def test_contracts_are_numbered_in_a_row_and_made_once(staged: Staged) -> None:
    office, (first, second) = staged(two)
    lines = issue(office)
    assert [(one.application, one.number, one.version, one.outcome) for one in lines] == [
        (first, "UZ/0001/2018", 1, "issued"),
        (second, "UZ/0002/2018", 1, "issued"),
    ]
    assert [one.outcome for one in issue(office)] == ["unchanged", "unchanged"]
    go_to(office, "2018-09-04T09:00")
    assert [one.outcome for one in issue(office, second)] == ["unchanged"], "the day of issue is no change"
    said = paper(office, "UZ/0001/2018")
    assert "Zmyślona Próbna-A" in said or "Zmyślona Próbna-a" in said
    assert f"PESEL {people.pesel(0)}" in said
    assert "720,00 zł brutto (słownie: siedemset dwadzieścia złotych 00/100)" in said
    assert "od 03.09.2018 r. do 31.03.2021 r." in said


def test_a_changed_name_or_rate_makes_a_new_version_until_it_is_signed(staged: Staged) -> None:
    office, (first, second) = staged(two)
    issue(office)
    rename(office, first, "Przezwana")
    assert [(one.number, one.version, one.outcome) for one in issue(office)] == [
        ("UZ/0001/2018", 2, "new_version"),
        ("UZ/0002/2018", 1, "unchanged"),
    ]
    assert "Przezwana" in paper(office, "UZ/0001/2018")
    sign(office, second)
    paid(office, rate_grosze=7000)
    lines = issue(office)
    assert [(one.number, one.version, one.outcome) for one in lines] == [
        ("UZ/0001/2018", 3, "new_version"),
        ("UZ/0002/2018", 1, "signed_differs"),
    ]
    assert "--replace-signed" in lines[1].warnings[0]
    assert contracts(office, second) == [("UZ/0002/2018", 1, ContractState.SIGNED)]
    assert [state for _, _, state in contracts(office, first)] == [
        ContractState.REPLACED,
        ContractState.REPLACED,
        ContractState.ISSUED,
    ]


def test_a_signed_one_stays_until_its_replacement_is_signed(staged: Staged) -> None:
    office, (first, _) = staged(two)
    issue(office, first)
    sign(office, first)
    paid(office, rate_grosze=7000)
    (line,) = issue(office, first, replace_signed=True)
    assert (line.number, line.outcome, line.rate_grosze) == ("UZ/0002/2018", "replacement", 7000)
    assert "zastępuje umowę nr UZ/0001/2018 z dnia 05.09.2018 r." in paper(office, "UZ/0002/2018")
    assert contracts(office, first)[0] == ("UZ/0001/2018", 1, ContractState.SIGNED)
    with office.reading(WORKER) as session:
        standing = contract_of(session, membership_of(session, first))
        assert standing is not None
        assert standing.number == "UZ/0001/2018", "bills still refer to what is signed"
    # Changed once more before it is signed: the new version still says what it replaces.
    paid(office, rate_grosze=7500)
    (again,) = issue(office, first, replace_signed=True)
    assert (again.number, again.version, again.outcome) == ("UZ/0002/2018", 2, "new_version")
    assert "zastępuje umowę nr UZ/0001/2018" in paper(office, "UZ/0002/2018")
    sign(office, first, date(2018, 9, 6))
    assert [state for _, _, state in contracts(office, first)] == [
        ContractState.REPLACED,
        ContractState.REPLACED,
        ContractState.SIGNED,
    ]


def drop(office: Office, number: str) -> None:
    with office.writing(FILIP) as session:
        give_up(session, number, actor=FILIP, now=office.now())


def test_a_dropped_replacement_leaves_the_signed_one_in_force(staged: Staged) -> None:
    office, (first, _) = staged(two)
    issue(office, first)
    sign(office, first)
    paid(office, rate_grosze=7000)
    issue(office, first, replace_signed=True)
    drop(office, first)
    (line,) = issue(office, first)
    assert (line.number, line.outcome) == ("UZ/0001/2018", "signed_differs"), "nobody asked for another"
    assert [state for _, _, state in contracts(office, first)] == [ContractState.SIGNED, ContractState.GIVEN_UP]
    (again,) = issue(office, first, replace_signed=True)
    assert (again.number, again.outcome) == ("UZ/0003/2018", "replacement")
    assert "zastępuje umowę nr UZ/0001/2018" in paper(office, "UZ/0003/2018")


def test_a_dropped_contract_is_missing_again(staged: Staged) -> None:
    office, (first, _) = staged(two)
    issue(office, first)
    drop(office, first)
    papers = [one.paper for one in missing(office)[first]]
    assert Paper.CONTRACT_ISSUED in papers
    assert Paper.CONTRACT_SIGNED in papers


def test_only_what_is_planned_within_its_period_is_counted(staged: Staged) -> None:
    """A meeting of 12 hours in September, and one of 6 hours on 20 October."""
    office, (first, second) = staged(two)
    people.further_meeting(office)
    issue(office, first)
    assert "nie przekroczy kwoty 1 080,00 zł" in paper(office, "UZ/0001/2018")
    with office.writing(FILIP) as session:
        issue_contracts(office, session, second, ends=date(2018, 10, 19), actor=FILIP, now=office.now())
    assert "nie przekroczy kwoty 720,00 zł" in paper(office, "UZ/0002/2018")


def test_what_replaces_a_signed_one_starts_when_it_is_made(staged: Staged) -> None:
    office, (first, _) = staged(two)
    people.further_meeting(office)
    issue(office, first)
    sign(office, first)
    go_to(office, "2018-10-01T09:00")
    assert [one.outcome for one in issue(office, first, replace_signed=True)] == ["unchanged"], "a day is no change"
    paid(office, rate_grosze=7000)
    with office.writing(FILIP) as session, pytest.raises(BadInput, match="zaczynać w przeszłości"):
        issue_contracts(office, session, first, starts=DAY, replace_signed=True, actor=FILIP, now=office.now())
    issue(office, first, replace_signed=True)
    said = paper(office, "UZ/0002/2018")
    assert "od 01.10.2018 r. do 31.03.2021 r." in said
    assert "nie przekroczy kwoty 420,00 zł" in said, "6 hours are still to come"
    go_to(office, "2018-10-02T09:00")
    assert [one.outcome for one in issue(office, first)] == ["unchanged"], "it keeps its day until it is signed"


def test_a_contract_typed_in_is_left_unless_it_is_to_be_replaced(staged: Staged) -> None:
    office, (first, second) = staged(two)
    go_to(office, "2018-09-10T09:00")
    people.sign_contract(office, first, "UZ/7/2018")
    lines = issue(office)
    assert [(one.application, one.number, one.outcome) for one in lines] == [
        (first, "UZ/7/2018", "by_hand"),
        (second, "UZ/0001/2018", "issued"),
    ]
    assert (lines[0].version, lines[0].rate_grosze) == (None, None)
    assert contracts(office, first) == []
    (line,) = issue(office, first, replace_signed=True)
    assert (line.number, line.outcome) == ("UZ/0002/2018", "replacement")
    assert "zastępuje umowę nr UZ/7/2018 z dnia 10.09.2018 r." in paper(office, "UZ/0002/2018")
    assert [one.outcome for one in issue(office, first)] == ["unchanged"], "it waits to be signed"
    # The same of one that was made out here, and signed under another number.
    go_to(office, "2018-09-11T09:00")
    people.sign_contract(office, second, "UZ/8/2018")
    assert [one.outcome for one in issue(office, second)] == ["by_hand"]
    (other,) = issue(office, second, replace_signed=True)
    assert (other.number, other.outcome) == ("UZ/0003/2018", "replacement")
    assert contracts(office, second)[0] == ("UZ/0001/2018", 1, ContractState.REPLACED)


def test_dropped_and_replaced_contracts_do_not_lie_among_those_to_sign(staged: Staged, tmp_path: Path) -> None:
    office, (first, second) = staged(two)
    issue(office)

    def exported() -> list[str]:
        export(office, tmp_path, actor=FILIP)
        folder = tmp_path / "umowy"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.docx"))

    assert exported() == ["UZ-0001-2018-umowa.docx", "UZ-0002-2018-umowa.docx"]
    drop(office, second)
    rename(office, first, "Przezwana")
    issue(office, first)
    assert exported() == ["UZ-0001-2018-umowa.docx", "zastapione/UZ-0002-2018-umowa.docx"], "a new version is to sign"
    sign(office, first)
    paid(office, rate_grosze=7000)
    issue(office, first, replace_signed=True)
    assert "UZ-0001-2018-umowa.docx" in exported(), "it holds until the other one is signed"
    sign(office, first, date(2018, 9, 6))
    assert exported() == [
        "UZ-0003-2018-umowa.docx",
        "zastapione/UZ-0001-2018-umowa.docx",
        "zastapione/UZ-0002-2018-umowa.docx",
    ]


def test_signing_is_recorded_once_and_bills_refer_to_it(staged: Staged) -> None:
    office, (first, second) = staged(two_met)
    issue(office)
    with office.writing(FILIP) as session:
        sign_contract(session, first, signed_on=DAY, actor=FILIP, now=office.now())
        sign_contract(session, first, signed_on=DAY, actor=FILIP, now=office.now())
        with pytest.raises(BadInput, match="jest już podpisana"):
            sign_contract(session, first, signed_on=date(2018, 9, 6), actor=FILIP, now=office.now())
        with pytest.raises(BadInput, match="późniejsza niż dziś"):
            sign_contract(session, second, signed_on=date(2019, 9, 6), actor=FILIP, now=office.now())
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    with office.reading(WORKER) as session:
        bill = newest(session, "bill", bill_of(office, first))
        assert bill is not None
        said = "\n".join(one.text for one in Document(io.BytesIO(content_of(office, session, bill))).paragraphs)
    assert "do umowy zlecenia nr UZ/0001/2018 z dnia 05.09.2018" in said.replace("\xa0", " ")


def test_a_stated_amount_decides_on_the_lump_sum_tax_and_a_rate_does_not(staged: Staged) -> None:
    """12 hours at 10,00 zł: a contract over 120,00 zł that states the sum is taxed by a lump sum of 18 % (2018)."""
    office, (first, second) = staged(two_met)
    paid(office, rate_grosze=1000)
    shipped = people.definition().contracts
    assert shipped is not None
    (rate,) = issue(office, second)
    kinds = tuple(
        kind.model_copy(update={"pay": kind.pay.model_copy(update={"rate_grosze": 1000})}) if kind.pay else kind
        for kind in people.definition().group_kinds
    )
    redefined(office, group_kinds=kinds, contracts=shipped.model_copy(update={"states": States.AMOUNT}))
    (amount,) = issue(office, first)
    assert (rate.amount_grosze, amount.amount_grosze) == (None, 12000)
    for number in (first, second):
        with office.writing(FILIP) as session:
            sign_contract(session, number, signed_on=DAY, actor=FILIP, now=office.now())
    planned_anew(office)
    assert any("minimalnej stawki" in warning for warning in amount.warnings), "10,00 zł is below 13,70 zł"
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    with office.reading(WORKER) as session:
        by_number = {
            number: session.exec(
                select(Stipend).where(Stipend.membership_id == membership_of(session, number).id)
            ).one()
            for number in (first, second)
        }
        # The lump sum knows no costs and no health deduction: 18 % of 120 zł is 21,60 zł.
        assert (by_number[first].gross, by_number[first].tax) == (12000, 2200)
        # Costs 24,00 zł, base 96 zł, 17,28 − 9,30 = 7,98 zł.
        assert (by_number[second].gross, by_number[second].tax) == (12000, 800)


def test_what_is_not_allowed_is_refused(staged: Staged) -> None:
    office, (first, second) = staged(two)
    with office.writing(FILIP) as session:
        with pytest.raises(NotYet, match="nie ma sporządzonej umowy"):
            sign_contract(session, first, signed_on=DAY, actor=FILIP, now=office.now())
        with pytest.raises(BadInput, match="kończyć wcześniej"):
            issue_contracts(office, session, first, starts=DAY, ends=date(2018, 9, 1), actor=FILIP, now=office.now())
        with pytest.raises(NotAllowed):
            issue_contracts(office, session, first, actor=RITA, now=office.now())
    issue(office)
    with office.writing(FILIP) as session:
        assert give_up(session, first, actor=FILIP, now=office.now()).state is ContractState.GIVEN_UP
        with pytest.raises(IllegalMove):
            sign_contract(session, first, signed_on=date(2018, 9, 3), actor=FILIP, now=office.now())
    assert [(one.number, one.outcome) for one in issue(office)] == [
        ("UZ/0003/2018", "issued"),
        ("UZ/0002/2018", "unchanged"),
    ]
    redefined(office, contracts=ContractRules())
    with office.writing(FILIP) as session, pytest.raises(BadInput, match="nie zawiera treści umowy"):
        issue_contracts(office, session, second, actor=FILIP, now=office.now())


def test_a_rehearsal_leaves_nothing(staged: Staged) -> None:
    office, (first, _) = staged(two)
    trial = office.on_trial()
    with trial.writing(FILIP) as session:
        (line,) = issue_contracts(trial, session, first, actor=FILIP, now=office.now())
        assert line.number == "UZ/0001/2018"
    assert contracts(office, first) == []
    assert issue(office, first)[0].number == "UZ/0001/2018"


def test_events_and_todo_hold_no_personal_data(staged: Staged) -> None:
    office, (first, _) = staged(two)
    rules(office, watched=True)
    issue(office)
    sign(office, first)
    with office.reading(WORKER) as session:
        said = repr([(one.subject, one.kind, one.facts) for one in session.exec(select(Event)).all()])
        said += repr(waiting_for_whom(session, now=office.now()))
    assert "UZ/0001/2018" in said
    for secret in ("Próbna", people.pesel(0), people.pesel(1), "Wymyślona", *ACCOUNTS):
        assert secret not in said


# What is missing


def test_what_each_members_file_lacks_since_when(staged: Staged) -> None:
    office, (first, second) = staged(two)
    found = missing(office)
    assert set(found) == {first, second}
    assert [one.paper for one in found[first]] == [
        Paper.STATEMENT,
        Paper.ACCOUNT,
        Paper.CONTRACT_ISSUED,
        Paper.CONTRACT_SIGNED,
    ]
    confirmed = found[first][0].since
    assert confirmed < date(2018, 9, 3)
    assert "nie poproszono" in found[first][0].words
    state_pay(office, first, ACCOUNTS[0])
    issue(office)
    (left,) = missing(office)[first]
    assert (left.paper, left.since) == (Paper.CONTRACT_SIGNED, date(2018, 9, 3))
    assert "UZ/0001/2018, do podpisu" in left.words
    sign(office, first)
    assert first not in missing(office)
    assert second in missing(office)


def test_a_bill_that_did_not_come_back_is_missing(staged: Staged) -> None:
    office, (first, _) = staged(two_met)
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    papers = {one.paper: one for one in missing(office)[first]}
    assert papers[Paper.BILL].words == f"podpisany rachunek ({bill_of(office, first)})"
    assert papers[Paper.BILL].since == date(2018, 10, 1)


def test_what_is_watched_stands_in_todo_and_only_there(staged: Staged) -> None:
    office, (first, _) = staged(two)

    def lines() -> list[str]:
        with office.reading(FILIP) as session:
            return [
                one.what
                for one in waiting_for_whom(session, now=office.now())
                if one.reference == first and one.what.startswith("brakuje")
            ]

    assert lines() == []
    rules(office, watched=True)
    assert any("oświadczenie" in line for line in lines())
    state_pay(office, first, ACCOUNTS[0])
    issue(office)
    sign(office, first)
    assert lines() == []


def test_a_statement_that_lapsed_blocks_its_payment_and_is_missing(staged: Staged) -> None:
    office, (first, _) = staged(two_met)
    rules(office, validity=StatementValidity(same_year=True))
    planned_anew(office)
    assert settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP).blocked == 0
    counts = settle_meeting(office, CALL, MEETING, paid_on=date(2019, 1, 10), actor=FILIP)
    assert (counts.calculated, counts.blocked) == (0, 2)
    with office.reading(WORKER) as session:
        row = session.exec(select(Stipend).where(Stipend.state == StipendState.BLOCKED)).first()
        assert row is not None
        assert [one["code"] for one in row.blocks] == ["statement_old"]
    go_to(office, "2019-01-11T09:00")
    words = [one.words for one in missing(office)[first] if one.paper is Paper.STATEMENT]
    assert words == [
        "oświadczenie do celów podatkowych i ubezpieczeniowych (Oświadczenie jest z 2018 r., a wypłata z 2019 r.; "
        "potrzebne jest nowe.)"
    ]


def test_a_contract_follows_the_newest_version_of_the_project_as_meetings_do(staged: Staged) -> None:
    office, (first, _) = staged(two)
    version_after(office, group_kinds=kinds_paid(rate_grosze=7000))
    assert [one.rate_grosze for one in issue(office, first)] == [7000]
    assert "70,00 zł brutto" in paper(office, "UZ/0001/2018")
    version_after(office, contracts=ContractRules(needed=()))
    assert missing(office) == {}, "and so does what is looked for"


def test_another_rate_than_that_of_the_signed_contract_blocks_the_payment(staged: Staged) -> None:
    office, (first, second) = staged(two_met)
    version_after(office, group_kinds=kinds_paid(rate_grosze=7000))
    for number in (first, second):
        issue(office, number)
    with office.writing(FILIP) as session:
        sign_contract(session, first, signed_on=DAY, actor=FILIP, now=office.now())
    counts = settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    assert (counts.calculated, counts.blocked) == (1, 1), "the meeting was planned at 60,00 zł; one did not sign"
    with office.reading(WORKER) as session:
        row = session.exec(select(Stipend).where(Stipend.state == StipendState.BLOCKED)).one()
        assert row.membership_id == membership_of(session, first).id
        (block,) = row.blocks
    assert block["code"] == "contract_rate_differs"
    said = str(block["sentence"]).replace("\xa0", " ")
    assert "umowa UZ/0001/2018 podaje stawkę 70,00 zł za godzinę" in said
    assert "rozlicza się po 60,00 zł za godzinę" in said
    # The work was done by another contract, which is entered: then nothing stands in the way.
    people.sign_contract(office, first, "UZ/7/2018")
    assert settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP).blocked == 0


def test_a_payment_goes_by_the_contract_that_had_begun_when_the_work_was_done(staged: Staged) -> None:
    office, (first, _) = staged(two_met)
    issue(office, first)
    with office.writing(FILIP) as session:
        sign_contract(session, first, signed_on=DAY, actor=FILIP, now=office.now())
    now = go_to(office, "2018-10-02T09:00")
    version_after(office, group_kinds=kinds_paid(rate_grosze=7000))
    issue(office, first, replace_signed=True)
    with office.writing(FILIP) as session:
        sign_contract(session, first, signed_on=now.date(), actor=FILIP, now=now)
    assert settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP).blocked == 0
    with office.reading(WORKER) as session:
        snapshot = session.exec(
            select(Stipend.snapshot).where(Stipend.membership_id == membership_of(session, first).id)
        ).one()
    assert json.loads(snapshot)["contract"]["number"] == "UZ/0001/2018"


def test_a_contract_made_out_here_and_typed_in_by_its_number_is_the_same_contract(staged: Staged) -> None:
    office, (first, _) = staged(two_met)
    issue(office, first)
    with office.writing(FILIP) as session:
        sign_contract(session, first, signed_on=DAY, actor=FILIP, now=office.now())
    people.sign_contract(office, first, "UZ/7/2018")
    with office.writing(FILIP) as session:
        record_contract(session, first, contract_number="UZ/0001/2018", signed_on=DAY, actor=FILIP, now=office.now())
        known = contract_of(session, membership_of(session, first))
    assert known is not None
    assert (known.number, known.issued_id is not None) == ("UZ/0001/2018", True)


def test_pay_by_the_meeting_and_by_the_day_is_planned_so(staged: Staged) -> None:
    office, (first, second) = staged(two)
    paid(office, rate_grosze=20000, per=PayPer.DAY)
    issue(office, first)
    assert "200,00 zł brutto (słownie: dwieście złotych 00/100) za każdy dzień" in paper(office, "UZ/0001/2018")
    assert "nie przekroczy kwoty 400,00 zł" in paper(office, "UZ/0001/2018")
    paid(office, rate_grosze=50000, per=PayPer.MEETING)
    issue(office, second)
    assert "nie przekroczy kwoty 500,00 zł" in paper(office, "UZ/0002/2018")
