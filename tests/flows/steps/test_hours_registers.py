"""Registers of hours: one for each who was there, of confirmed hours only, kept under the person's key."""

import io
import json

import people
import pytest
from conftest import Staged
from docx import Document
from people import ADAM, CALL, FILIP, MEETING, RITA, WORKER, attend, go_to, met_group, sign_contract
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.calls import open_call
from flows.steps.contracts import issue_contracts
from flows.steps.contracts import sign_contract as sign_made_out
from flows.steps.documents import content_of, newest
from flows.steps.hours_registers import KIND, HoursCounts, issue_hours
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.tables import DataKey, Event, IssuedDocument, Person


def text_of(office: Office, subject: str) -> str:
    """The newest register under a subject, cells and paragraphs a line each, with ordinary spaces."""
    with office.reading(WORKER) as session:
        row = newest(session, KIND, subject)
        assert row is not None
        document = Document(io.BytesIO(content_of(office, session, row)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(written.text for written in document.paragraphs)]).replace("\u00a0", " ")


def registers(office: Office) -> list[IssuedDocument]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(IssuedDocument).where(IssuedDocument.kind == KIND)).all())


def test_a_meeting_gives_a_register_to_each_who_was_there(staged: Staged) -> None:
    office, numbers = staged(met_group, 3)
    attend(office, numbers[1], 330, 0)
    attend(office, numbers[2], 0, 0)
    sign_contract(office, numbers[0])
    assert issue_hours(office, CALL, MEETING, actor=FILIP) == HoursCounts(2, 0, ())
    first, second = (text_of(office, f"{number}:{MEETING}") for number in numbers[:2])
    for told in ("nr UZ/1/2018 z dnia 10 września 2018 r.", "sobota,\n22 września 2018 r.", "9:00–15:00", "12 godz."):
        assert told in first
    assert "5 godz. 30 min" in second
    assert "23 września" not in second
    assert "nr …" in second
    assert {row.subject for row in registers(office)} == {f"{number}:{MEETING}" for number in numbers[:2]}


def test_the_same_again_is_no_version_and_changed_hours_are_one(staged: Staged) -> None:
    office, numbers = staged(met_group, 2)
    issue_hours(office, CALL, MEETING, actor=FILIP)
    go_to(office, "2018-10-02T09:00")
    assert issue_hours(office, CALL, MEETING, actor=FILIP) == HoursCounts(0, 2, ())
    attend(office, numbers[0], 300, 360)
    assert issue_hours(office, CALL, MEETING, actor=FILIP) == HoursCounts(1, 1, ())
    assert "11 godz." in text_of(office, f"{numbers[0]}:{MEETING}")
    assert sorted(row.version for row in registers(office)) == [1, 1, 2]


def test_hours_that_nobody_entered_make_no_register(sqlite_staged: Staged) -> None:
    office, numbers = sqlite_staged(people.invited_group, 2)
    go_to(office, "2018-09-24T09:00")
    attend(office, numbers[0], 360)
    attend(office, numbers[1], 360, 360)
    assert issue_hours(office, CALL, MEETING, actor=FILIP) == HoursCounts(1, 0, (numbers[0],))
    assert issue_hours(office, CALL, numbers[0], actor=FILIP) == HoursCounts(0, 0, (numbers[0],))
    assert [row.subject for row in registers(office)] == [f"{numbers[1]}:{MEETING}"]


def test_one_person_gets_a_register_of_all_meetings_that_were_held(sqlite_staged: Staged) -> None:
    office, numbers = sqlite_staged(met_group, 2)
    assert issue_hours(office, CALL, numbers[0], actor=FILIP) == HoursCounts(1, 0, ())
    assert "12 godz." in text_of(office, numbers[0])
    assert [row.subject for row in registers(office)] == [numbers[0]]


def test_who_left_afterwards_still_proves_the_hours(sqlite_staged: Staged) -> None:
    office, numbers = sqlite_staged(met_group, 2)
    with office.writing(RITA) as session:
        withdraw(session, numbers[0], actor=RITA, now=office.now())
    assert issue_hours(office, CALL, MEETING, actor=FILIP) == HoursCounts(2, 0, ())


def test_a_register_lies_under_its_persons_key_and_names_nobody_outside(sqlite_staged: Staged) -> None:
    office, numbers = sqlite_staged(met_group, 2)
    issue_hours(office, CALL, MEETING, actor=FILIP)
    rows = registers(office)
    assert all(row.personal for row in rows)
    with office.reading(WORKER) as session:
        owners = {session.get_one(DataKey, row.data_key_id).person_id for row in rows}
        names = [name for one in session.exec(select(Person)).all() for name in (one.first_name, one.last_name)]
        told = " ".join(json.dumps(event.facts) for event in session.exec(select(Event)).all())
    assert len(owners) == 2
    assert None not in owners
    said = told + " ".join(row.file_name for row in rows)
    assert [name for name in names if name in said] == []
    assert sorted(row.file_name for row in rows) == [
        f"{number.replace('/', '-')}-{MEETING}-ewidencja-godzin.docx" for number in numbers
    ]


def test_what_cannot_be_issued_is_told(sqlite_staged: Staged) -> None:
    office, numbers = sqlite_staged(people.invited_group, 1)
    with pytest.raises(NotFound, match="ani zgłoszenia „inne”"):
        issue_hours(office, CALL, "inne", actor=FILIP)
    with pytest.raises(NotYet, match="nie ma potwierdzonych godzin"):
        issue_hours(office, CALL, numbers[0], actor=FILIP)
    with pytest.raises(NotAllowed):
        issue_hours(office, CALL, MEETING, actor=RITA)
    with office.writing(ADAM) as session:
        open_call(
            session,
            "KES",
            "PGD",
            "2205",
            opens_at=office.now(),
            closes_at=office.now().replace(hour=20),
            actor=RITA,
            now=office.now(),
        )
    with pytest.raises(NotYet, match="nie dostaje wynagrodzenia"):
        issue_hours(office, "KES/PGD/2205/2018", numbers[0], actor=FILIP)


def test_a_number_of_another_call_is_refused(sqlite_staged: Staged) -> None:
    office, numbers = sqlite_staged(met_group, 1)
    with office.writing(ADAM) as session:
        other = open_call(
            session,
            "KES",
            "PGR",
            "2213",
            opens_at=office.now(),
            closes_at=office.now().replace(hour=20),
            actor=RITA,
            now=office.now(),
        ).code
    with pytest.raises(BadInput, match="należy do innego naboru"):
        issue_hours(office, other, numbers[0], actor=FILIP)


def test_the_register_names_the_contract_that_had_begun_when_the_work_was_done(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(met_group, 1)
    (number,) = registered
    attend(office, number, 360, 360)
    with office.writing(FILIP) as session:
        issue_contracts(office, session, number, actor=FILIP, now=office.now())
        sign_made_out(session, number, signed_on=office.now().date(), actor=FILIP, now=office.now())
    before = text_of_first(office, number)
    now = go_to(office, "2018-10-08T09:00")
    dearer = tuple(
        kind.model_copy(update={"pay": kind.pay.model_copy(update={"rate_grosze": 7000})}) if kind.pay else kind
        for kind in people.definition().group_kinds
    )
    people.version_after(office, group_kinds=dearer)
    with office.writing(FILIP) as session:
        issue_contracts(office, session, number, replace_signed=True, actor=FILIP, now=now)
        sign_made_out(session, number, signed_on=now.date(), actor=FILIP, now=now)
    assert issue_hours(office, CALL, MEETING, actor=FILIP) == HoursCounts(0, 1, ())
    assert "UZ/0001/2018" in before


def text_of_first(office: Office, number: str) -> str:
    issue_hours(office, CALL, MEETING, actor=FILIP)
    return text_of(office, f"{number}:{MEETING}")
