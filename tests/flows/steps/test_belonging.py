"""A file is put to the call and the application it belongs to, or left to an officer."""

import people
import pytest
from conftest import Staged
from people import CALL, RITA, WORKER, moment, numbers, open_kes_call, reading, send_in, unread
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.calls import open_call
from flows.steps.corrections import overrule, settle_change
from flows.steps.filing import IntakeCounts
from models.actor import Actor, Role
from models.tables import Application, Person, SubmittedFile
from models.tables.applications import ApplicationState


# Answers to correction requests
def incomplete_call(office: Office) -> str:
    """An application without a telephone number, and one with an unreadable PESEL."""
    open_kes_call(office)
    send_in(office, reading(1, {"telefon": None}))
    send_in(office, reading(2, {"pesel": unread("pesel")}))
    return CALL


def reasons(office: Office) -> list[str]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(SubmittedFile.reason_code).order_by(col(SubmittedFile.id))).all())


@pytest.mark.parametrize(
    ("candidate_number", "named"),
    [(1, ""), (1, f"{CALL}/0001"), (2, ""), (2, f"{CALL}/0002")],
    ids=["by PESEL", "by number", "by identity", "by number, number new"],
)
def test_an_answer_completes_the_application_it_belongs_to(staged: Staged, candidate_number: int, named: str) -> None:
    office, _ = staged(incomplete_call)
    sent = send_in(office, reading(candidate_number), at="2018-06-12T10:00", number=named)
    assert sent.counts == IntakeCounts(answers=1)
    with office.reading(WORKER) as session:
        application = find_application(session, f"{CALL}/{candidate_number:04d}")
        assert application.state is ApplicationState.COMPLETE
        assert application.received_at == moment("2018-06-05T10:00"), "a correction keeps the first receipt"
        assert session.get_one(Person, application.person_id).pesel == people.pesel(candidate_number)
        assert len(session.exec(select(Person)).all()) == 2
        assert session.get_one(SubmittedFile, sent.file_id).application_id == application.id
    assert len(numbers(office)) == 2


def test_an_answer_by_number_may_correct_the_name_itself_if_an_officer_agrees(staged: Staged) -> None:
    office, _ = staged(incomplete_call)
    changes = {"nazwisko": "Poprawiona", "pesel": people.pesel(77), "data_urodzenia": "2202-01-12"}
    send_in(office, reading(2, dict(changes)), number=f"{CALL}/0002")
    with office.reading(WORKER) as session:
        assert sorted(one.last_name for one in session.exec(select(Person))) == ["Próbna-b", "Próbna-c"]
    with office.writing(RITA) as session:
        settle_change(session, f"{CALL}/0002", "nazwisko", accepts=True, reason="dowód", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert sorted(one.last_name for one in session.exec(select(Person))) == ["Poprawiona", "Próbna-b"]


def test_what_nobody_asked_for_is_left_to_the_officer_or_is_a_new_application(staged: Staged) -> None:
    office, _ = staged(incomplete_call)
    send_in(office, reading(1), number=f"{CALL}/0001")
    assert send_in(office, reading(1), number=f"{CALL}/0001").counts == IntakeCounts(unreadable=1)
    assert reasons(office)[-1] == "not_awaited"
    assert send_in(office, reading(1)).counts == IntakeCounts(complete=1, duplicates=1)


def test_an_answer_on_another_form_or_of_another_person_is_left_to_the_officer(staged: Staged) -> None:
    office, _ = staged(incomplete_call)
    other_form = reading(1).model_copy(update={"form_key": "zalacznik_2_pgd"})
    send_in(office, other_form, number=f"{CALL}/0001")
    send_in(office, reading(3, {"imie": "Inna"}), number=f"{CALL}/0001")
    assert reasons(office)[-2:] == ["wrong_form", "person_contradicts"]
    with office.reading(WORKER) as session:
        person = session.exec(select(Person).order_by(col(Person.id))).first()
        assert person is not None
        assert (person.last_name, person.pesel) == ("Próbna-b", people.pesel(1))


def test_a_form_that_belongs_to_no_call_says_so(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1).model_copy(update={"form_key": "zalacznik_2_pgd"}))
    send_in(office, reading(1), number=f"{CALL}/0099")
    assert reasons(office) == ["no_call", "unknown_number"]


def test_between_two_calls_the_institutions_gmina_tells(office: Office) -> None:
    open_kes_call(office)
    with office.writing(RITA) as session:
        opens, closes = moment("2018-06-04T08:00"), moment("2018-06-22T15:30")
        open_call(session, "KES", "PGR", "2213", opens_at=opens, closes_at=closes, actor=RITA, now=office.now())
    send_in(office, reading(1, {"instytucja.gmina": "2213093"}))
    send_in(office, reading(2))
    send_in(office, reading(3, {"instytucja.gmina": None}))
    send_in(office, reading(4, {"instytucja.gmina": "3021163"}))
    assert numbers(office) == [f"{CALL}/0001", "KES/PGR/2213/2018/0001"]
    assert reasons(office) == ["", "", "call_unclear", "call_unclear"]


def test_an_officer_of_one_powiat_corrects_whoever_also_applied_in_another(office: Office) -> None:
    open_kes_call(office)
    with office.writing(RITA) as session:
        opens, closes = moment("2018-06-04T08:00"), moment("2018-06-22T15:30")
        open_call(session, "KES", "PGR", "2213", opens_at=opens, closes_at=closes, actor=RITA, now=office.now())
    nobody = {"pesel": "brak"}
    send_in(office, reading(1, nobody))
    send_in(office, reading(1, {**nobody, "instytucja.gmina": "2213093"}))
    send_in(office, reading(2))
    local = Actor("lokalna", frozenset({Role.RECRUITMENT}), scope="2205")
    with office.writing(local) as session:
        overrule(session, f"{CALL}/0001", "pesel", people.pesel(2), reason="dowód", actor=local, now=office.now())
    with office.reading(WORKER) as session:
        of_person = [one.person_id for one in session.exec(select(Application).order_by(col(Application.id))).all()]
        assert of_person == [2, 1, 2]


def test_a_form_belongs_to_the_call_that_had_begun_when_it_came(office: Office) -> None:
    open_kes_call(office)
    with office.writing(RITA) as session:
        opens, closes = moment("2019-06-03T08:00"), moment("2019-06-22T15:30")
        open_call(session, "KES", "PGR", "2205", opens_at=opens, closes_at=closes, actor=RITA, now=office.now())
    send_in(office, reading(1), at="2018-06-05T10:00")
    send_in(office, reading(2), at="2019-06-05T10:00")
    assert numbers(office) == [f"{CALL}/0001", "KES/PGR/2205/2019/0001"]
