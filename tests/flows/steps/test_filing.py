"""A reading becomes a numbered application with its values and its letter."""

import people
import pytest
from people import CALL, RITA, WORKER, go_to, moment, open_kes_call, reading, send_in
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.applications import current_values, find_application
from flows.steps.corrections import correct_receipt, overrule
from flows.steps.facts import facts_for
from flows.steps.filing import IntakeCounts
from flows.steps.people import value_of
from flows.steps.todo import waiting_for_whom
from forms.reading import FieldReading
from models.errors import BadInput
from models.events import Happened
from models.tables import Application, Call, DataKey, Event, Message, Person, SubmittedFile
from models.tables.applications import ApplicationState
from models.tables.files import FileState


def messages(session: Session, event: str) -> list[Message]:
    return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


def test_a_form_from_before_the_call_is_asked_for_again_and_stands_in_nobodys_way(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1), at="2018-06-03T12:00")
    send_in(office, reading(1), at="2018-06-05T12:00")
    with office.reading(WORKER) as session:
        early, timely = messages(session, "acknowledgement")
        assert "przed rozpoczęciem naboru" in early.text
        assert "4 czerwca 2018" in early.text.replace("\u00a0", " ")
        assert "nie trzeba nic robić" in timely.text
        second = find_application(session, f"{CALL}/0002")
        [(_, facts)] = facts_for(session, session.get_one(Call, second.call_id), [second], keys=())
        assert facts.duplicates == ()


def test_whoever_gives_no_address_is_written_to_where_the_form_came_from(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1, {"email": None}), sender="znana@example.org")
    with office.reading(WORKER) as session:
        assert {one.recipient for one in session.exec(select(Message)).all()} == {"znana@example.org"}


def test_an_officer_puts_the_time_of_receipt_right_with_a_reason(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1), at="2018-06-23T10:00")
    go_to(office, "2018-06-25T09:00")
    number, stamp = f"{CALL}/0001", moment("2018-06-21T14:00")
    for at, reason, said in ((stamp, " ", "uzasadnienia"), (moment("2018-06-26T10:00"), "stempel", "późniejszy")):
        with office.writing(RITA) as session, pytest.raises(BadInput, match=said):
            correct_receipt(session, number, at, reason=reason, actor=RITA, now=office.now())
    with office.writing(RITA) as session:
        correct_receipt(session, number, stamp, reason="data stempla", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        assert (application.received_at, application.state) == (stamp, ApplicationState.COMPLETE)
        event = session.exec(select(Event).where(Event.kind == Happened.RECEIPT_CORRECTED)).one()
        assert (event.actor, "stempla" in str(event.facts)) == ("rita", False)
        assert current_values(session, application)["received_at"].reason == "data stempla"


# From a form to an application
def test_a_complete_form_becomes_a_numbered_application_with_a_letter(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, reading(1))
    assert sent.counts == IntakeCounts(complete=1)
    with office.reading(WORKER) as session:
        application = find_application(session, f"{CALL}/0001")
        assert (application.state, application.received_at, application.channel, application.area) == (
            ApplicationState.COMPLETE,
            moment("2018-06-05T10:00"),
            "email",
            "2205",
        )
        assert application.public_number not in application.number
        assert find_application(session, application.public_number).id == application.id
        person = session.get_one(Person, application.person_id)
        assert (person.last_name, person.pesel, person.email) == ("Próbna-b", people.pesel(1), "osoba1@example.org")
        (letter,) = messages(session, "acknowledgement")
        assert letter.recipient == "osoba1@example.org"
        assert application.public_number in letter.text
        row = session.get_one(SubmittedFile, sent.file_id)
        assert (row.state, row.application_id, row.area) == (FileState.FILED, application.id, "2205")
        assert session.get_one(DataKey, row.data_key_id).person_id == person.id


def test_every_value_is_kept_with_where_it_came_from(office: Office) -> None:
    open_kes_call(office)
    form = reading(1)
    sent = send_in(office, form)
    with office.reading(WORKER) as session:
        values = current_values(session, find_application(session, f"{CALL}/0001"))
        assert set(values) == {field.key for field in form.fields}
        field, row = form.field("instytucja.gmina"), values["instytucja.gmina"]
        assert (row.raw, row.place, row.path, row.method, row.certainty, row.file_id, row.value, row.origin) == (
            field.raw,
            field.place,
            field.path,
            field.method,
            field.certainty,
            sent.file_id,
            f'"{field.value}"',
            "form",
        )


def test_the_same_person_twice_is_two_applications_and_is_shown(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1))
    counts = send_in(office, reading(1, {"email": "inny@example.org"})).counts
    assert counts == IntakeCounts(complete=1, duplicates=1)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Person)).all()) == 1
        seen = session.exec(select(Event).where(Event.kind == Happened.DUPLICATE_SEEN)).one()
        assert seen.subject == "application/2"


def test_whoever_knows_a_pesel_gets_nobodys_letters(office: Office) -> None:
    """A second form with somebody's PESEL renames nobody and redirects nothing; an officer is shown the difference."""
    open_kes_call(office)
    send_in(office, reading(1))
    send_in(office, reading(1, {"nazwisko": "Obca", "email": "obca@example.org"}))
    with office.reading(WORKER) as session:
        person = session.exec(select(Person)).one()
        first, second = session.exec(select(Application).order_by(col(Application.id))).all()
        was = current_values(session, first)
        assert (person.last_name, person.email) == (value_of(was, "nazwisko"), value_of(was, "email"))
        assert {one.recipient for one in messages(session, "acknowledgement")} == {person.email}
        seen = session.exec(select(Event).where(Event.kind == Happened.PERSON_DIFFERS)).one()
        assert (seen.subject, seen.facts) == ("application/2", {"fields": ["nazwisko", "email"]})
        waiting = [line for line in waiting_for_whom(session, now=office.now()) if line.what.startswith("dane inne")]
        assert [line.reference for line in waiting] == [second.number]
    for key, said in (("telefon", "600100201"), ("nazwisko", value_of(was, "nazwisko"))):
        with office.writing(RITA) as session:
            overrule(session, second.number, key, said, reason="rozmowa", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert session.exec(select(Person)).one().email == value_of(was, "email")
    with office.writing(RITA) as session:
        overrule(session, second.number, "email", "nowy@example.org", reason="rozmowa", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert session.exec(select(Person)).one().email == "nowy@example.org"
        assert not any(line.what.startswith("dane inne") for line in waiting_for_whom(session, now=office.now()))


def test_people_without_a_pesel_are_told_apart_by_name_birth_and_institution(office: Office) -> None:
    open_kes_call(office)
    for changes in (
        {"pesel": "brak"},
        {"pesel": "brak"},
        {"pesel": "brak", "data_urodzenia": "2203-01-01"},
        {"pesel": "brak", "nazwisko": "PRÓBNA-B"},
        {"pesel": "brak", "instytucja.nip": "5260250274"},
    ):
        send_in(office, reading(1, dict(changes)))
    with office.reading(WORKER) as session:
        owners = session.exec(select(Application.person_id).order_by(Application.number)).all()
    first, again, younger, shouted, elsewhere = owners
    assert first == again == shouted
    assert len({first, younger, elsewhere}) == 3


def test_two_numbers_are_two_people_however_alike_the_names(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1))
    assert send_in(office, reading(1, {"pesel": people.pesel(2)})).counts.duplicates == 0


def test_a_hostile_form_fits_into_its_columns(office: Office) -> None:
    """PostgreSQL refuses what is too long; one such file must not stop the batch."""
    open_kes_call(office)
    field = reading(1).field("imie")
    deep = FieldReading(**field.model_dump() | {"path": "/tbl" * 500, "place": "tabela " * 200, "raw": "x" * 20_000})
    assert send_in(office, reading(1, {"imie": deep})).counts.complete == 1


def test_the_counter_of_the_register_is_the_calls_own(office: Office) -> None:
    open_kes_call(office)
    people.take_in(office, range(3))
    with office.reading(WORKER) as session:
        assert session.exec(select(Call.last_sequence)).one() == 3
