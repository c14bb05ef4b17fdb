"""Answers: matched to their application, compared field by field, and what nobody asked about shown to an officer."""

from functools import cache

import people
import pytest
from conftest import Staged
from people import CALL, KINGA, RITA, WORKER, deliver_all, open_kes_call, reading, send_in, unread
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.answers import changes_of
from flows.steps.applications import current_values, find_application
from flows.steps.correction_letters import attached_to, attachment_bytes
from flows.steps.corrections import overrule, settle_change
from flows.steps.filing import IntakeCounts
from flows.steps.hidden_ids import token_of
from flows.steps.overview import story
from flows.steps.todo import waiting_for_whom
from forms.reader import read_form
from forms.reading import FieldReading, FormReading
from models.errors import BadInput, NotAllowed, NotFound
from models.rules.facts import FactValue, FieldStatus
from models.tables import Application, Correction, Event, FieldValue, Message, Person, SubmittedFile, UnaskedChange
from models.tables.applications import ApplicationState, Aside, ChangeState, CorrectionState, Origin

NUMBER = f"{CALL}/0001"
Answers = dict[str, FactValue | FieldReading]


def asked_for_telephone(office: Office) -> str:
    open_kes_call(office)
    send_in(office, reading(1, {"telefon": None}))
    return NUMBER


def asked_for_pesel(office: Office) -> str:
    open_kes_call(office)
    wrong = unread("pesel").model_copy(update={"raw": "02611200021"})
    send_in(office, reading(1, {"pesel": wrong}))
    return NUMBER


def answer(office: Office, changes: Answers, *, number: str = NUMBER, token: str = "") -> IntakeCounts:
    form = reading(1, changes).model_copy(update={"application_token": token})
    return send_in(office, form, number=number, at="2018-06-06T10:00").counts


def hidden(number: str = people.pesel(1)) -> FieldReading:
    """The PESEL as it comes back from our copy."""
    return FieldReading(
        key="pesel", status=FieldStatus.UNREADABLE, raw="x" * len(number), reason_code="pesel_characters", reason="…"
    )


def values(office: Office) -> dict[str, FactValue]:
    with office.reading(WORKER) as session:
        rows = current_values(session, find_application(session, NUMBER))
        return {key: row.value for key, row in rows.items()}


def waiting(office: Office) -> list[str]:
    with office.reading(RITA) as session:
        return [line.key for line in changes_of(session, NUMBER) if line.state is ChangeState.WAITING]


def settle(office: Office, key: str, *, accepts: bool, reason: str = "rozmowa") -> None:
    with office.writing(RITA) as session:
        settle_change(session, NUMBER, key, accepts=accepts, reason=reason, actor=RITA, now=office.now())


def state(office: Office) -> ApplicationState:
    with office.reading(WORKER) as session:
        return find_application(session, NUMBER).state


# What counts


def test_what_was_asked_for_counts_and_what_is_the_same_makes_no_noise(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked_for_telephone)
    before = values(office)
    assert answer(office, {"pesel": hidden()}) == IntakeCounts(answers=1)
    assert state(office) is ApplicationState.COMPLETE
    assert values(office) == before | {"telefon": '"+48600100200"'}
    assert waiting(office) == []
    with office.reading(WORKER) as session:
        rows = session.exec(select(FieldValue).where(col(FieldValue.file_id) == 2)).all()
        aside = {row.key for row in rows if row.aside == Aside.UNCHANGED}
        assert len(rows) == len(before), "everything is on record as it was read"
        assert aside == {row.key for row in rows} - {"telefon"}


def test_a_hidden_number_is_the_one_we_know(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked_for_telephone)
    answer(office, {"pesel": hidden()})
    with office.reading(WORKER) as session:
        assert session.exec(select(Person)).one().pesel == people.pesel(1)
    assert values(office)["pesel"] == f'"{people.pesel(1)}"'


def test_a_hidden_number_is_no_answer_when_it_was_asked_for(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked_for_pesel)
    assert answer(office, {"pesel": hidden("02611200021")}) == IntakeCounts(answers=1)
    with office.reading(WORKER) as session:
        first, second = session.exec(select(Correction).order_by(col(Correction.id))).all()
        assert (first.state, second.state) == (CorrectionState.ANSWERED, CorrectionState.OPEN)
        assert second.items == first.items, "asked again, for the same reason"
    answer(office, {})
    assert values(office)["pesel"] == f'"{people.pesel(1)}"'


def test_what_is_corrected_beside_a_hidden_number_is_checked_against_it(sqlite_staged: Staged) -> None:
    """The date of birth was missing; the one that came contradicts the PESEL that we know and did not show."""
    office, _ = sqlite_staged(open_kes_call)
    send_in(office, reading(1, {"data_urodzenia": None}))
    answer(office, {"data_urodzenia": "2202-01-13", "pesel": hidden()})
    with office.reading(WORKER) as session:
        rows = current_values(session, find_application(session, NUMBER))
        assert rows["data_urodzenia"].status is FieldStatus.CONTRADICTORY
        assert rows["pesel"].status is FieldStatus.READ
    assert state(office) is ApplicationState.INCOMPLETE


def test_an_officers_word_is_not_undone_by_a_place_that_was_left_as_it_was(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(open_kes_call)
    send_in(office, reading(1, {"telefon": None, "motywacja": None}))
    with office.writing(RITA) as session:
        overrule(session, NUMBER, "telefon", "600 100 300", reason="rozmowa", actor=RITA, now=office.now())
    answer(office, {"telefon": None})
    assert values(office)["telefon"] == '"+48600100300"'
    assert state(office) is ApplicationState.COMPLETE


# What nobody asked for


def test_an_unasked_change_waits_and_the_old_value_counts(staged: Staged) -> None:
    office, _ = staged(asked_for_telephone)
    answer(office, {"instytucja.stanowisko": "dyrektorka", "email": "nowa@example.com", "motywacja": None})
    assert state(office) is ApplicationState.COMPLETE
    assert waiting(office) == ["email", "instytucja.stanowisko", "motywacja"]
    assert (values(office)["instytucja.stanowisko"], values(office)["email"]) == (
        '"specjalistka"',
        '"osoba1@example.org"',
    )
    with office.reading(RITA) as session:
        assert session.exec(select(Person)).one().email == "osoba1@example.org", "nor do letters go there"
        (todo,) = [one for one in waiting_for_whom(session, now=office.now()) if "nie pytano" in one.what]
        assert (todo.reference, todo.who) == (NUMBER, "pracownik")
        assert todo.what.endswith("email, instytucja.stanowisko, motywacja")
        line = next(one for one in changes_of(session, NUMBER) if one.key == "instytucja.stanowisko")
        assert (line.before, line.after) == ("specjalistka", "dyrektorka")
        assert line.before_place != ""
        events = session.exec(select(Event.facts).where(Event.kind == "ChangeSeen")).all()
    assert all("dyrektorka" not in str(facts) and "nowa" not in str(facts) for facts in events)


def test_an_accepted_change_counts_and_says_who_accepted_it(staged: Staged) -> None:
    office, _ = staged(asked_for_telephone)
    answer(office, {"instytucja.stanowisko": "dyrektorka", "email": "nowa@example.com"})
    settle(office, "email", accepts=True, reason="potwierdzone telefonicznie")
    assert waiting(office) == ["instytucja.stanowisko"]
    assert values(office)["email"] == '"nowa@example.com"'
    assert state(office) is ApplicationState.COMPLETE
    with office.reading(WORKER) as session:
        row = current_values(session, find_application(session, NUMBER))["email"]
        assert (row.origin, row.recorded_by, row.file_id, row.aside) == (Origin.FORM, "rita", 2, None)
        assert session.exec(select(Person)).one().email == "nowa@example.com"
        change = session.exec(select(UnaskedChange).where(UnaskedChange.state == ChangeState.ACCEPTED)).one()
        assert change.reason == "potwierdzone telefonicznie"
        told = [line.what for line in story(session, NUMBER)]
    assert "przyjęto zmianę, o którą nie pytano" in told


def test_a_refused_change_leaves_everything_as_it_was(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked_for_telephone)
    answer(office, {"instytucja.stanowisko": "dyrektorka"})
    settle(office, "instytucja.stanowisko", accepts=False)
    assert waiting(office) == []
    assert values(office)["instytucja.stanowisko"] == '"specjalistka"'
    with pytest.raises(NotFound, match="nie ma zmiany"):
        settle(office, "instytucja.stanowisko", accepts=True)


def test_an_accepted_change_has_a_judged_application_judged_anew(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked_for_telephone)
    answer(office, {"praca_bezposrednia": "nie"})
    people.verified(office)
    assert state(office) is ApplicationState.ELIGIBLE, "the old value counts"
    settle(office, "praca_bezposrednia", accepts=True)
    people.verified(office, "2018-07-03T09:10")
    assert state(office) is ApplicationState.NOT_ELIGIBLE


def test_what_was_refused_or_still_waits_is_not_reported_again(sqlite_staged: Staged) -> None:
    """The candidate's document still says it when it comes back a second time."""
    office, _ = sqlite_staged(open_kes_call)
    send_in(office, reading(1, {"telefon": None, "motywacja": None}))
    changed: Answers = {"telefon": None, "instytucja.stanowisko": "dyrektorka", "adres.ulica": "ul. Nowa 1"}
    answer(office, changed)
    settle(office, "adres.ulica", accepts=False)
    answer(office, {**changed, "telefon": "+48600100200"})
    assert waiting(office) == ["instytucja.stanowisko"]
    with office.reading(WORKER) as session:
        assert len(session.exec(select(UnaskedChange)).all()) == 2


def test_a_change_that_is_taken_back_or_typed_over_waits_no_more(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(open_kes_call)
    send_in(office, reading(1, {"telefon": None, "motywacja": None}))
    answer(office, {"telefon": None, "instytucja.stanowisko": "dyrektorka", "adres.ulica": "ul. Nowa 1"})
    answer(office, {"adres.ulica": "ul. Nowa 1"})
    assert waiting(office) == ["adres.ulica"]
    with office.writing(RITA) as session:
        overrule(session, NUMBER, "adres.ulica", "ul. Inna 2", reason="rozmowa", actor=RITA, now=office.now())
    assert waiting(office) == []


def test_an_officer_gives_a_reason_and_decides_before_the_commission_does(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked_for_telephone)
    answer(office, {"instytucja.stanowisko": "dyrektorka"})
    with pytest.raises(BadInput, match="uzasadnienia"):
        settle(office, "instytucja.stanowisko", accepts=True, reason=" ")
    with pytest.raises(BadInput, match="Pola: imie"):
        settle(office, "numer_buta", accepts=True)
    with pytest.raises(NotAllowed), office.writing(KINGA) as session:
        settle_change(session, NUMBER, "instytucja.stanowisko", accepts=True, reason="x", actor=KINGA, now=office.now())
    people.verified(office)
    people.ranked(office)
    people.adopted(office)
    with pytest.raises(BadInput, match="przed decyzją"):
        settle(office, "instytucja.stanowisko", accepts=True)


# Whose answer it is


def token(office: Office) -> str:
    with office.reading(WORKER) as session:
        return token_of(session, find_application(session, NUMBER))


NAMELESS: Answers = {
    "imie": None,
    "nazwisko": None,
    "pesel": hidden(),
    "data_urodzenia": None,
    "instytucja.nip": None,
}
"""An answer that names nobody."""


def test_an_answer_is_known_by_the_hidden_id_alone(staged: Staged) -> None:
    office, _ = staged(asked_for_telephone)
    assert answer(office, NAMELESS, number="", token=token(office)) == IntakeCounts(answers=1)
    assert values(office)["telefon"] == '"+48600100200"'


def test_an_answer_is_known_by_a_token_in_the_subject(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked_for_telephone)
    assert answer(office, NAMELESS, number=token(office)) == IntakeCounts(answers=1)


@pytest.mark.parametrize("false", ["check", "plain number", "of nobody"])
def test_a_false_id_is_never_trusted_and_is_said(sqlite_staged: Staged, false: str) -> None:
    office, _ = sqlite_staged(asked_for_telephone)
    public = token(office).partition(".")[0]
    forged = {"check": f"{public}.{'0' * 24}", "plain number": public, "of nobody": "ZG-AAAA-BBBB." + "0" * 24}[false]
    assert answer(office, NAMELESS, number="", token=forged).answers == 0
    assert values(office)["telefon"] is None
    assert answer(office, {}, number="", token=forged) == IntakeCounts(answers=1), "by the person, as ever"
    with office.reading(RITA) as session:
        assert "nie uznano identyfikatora w pliku" in [line.what for line in story(session, NUMBER)]


def test_the_id_of_an_application_that_waits_for_nothing_is_left_out(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked_for_telephone)
    old = token(office)
    answer(office, {})
    assert answer(office, {}, number="", token=old) == IntakeCounts(complete=1, duplicates=1)


def test_an_answer_with_two_numbers_is_left_to_the_officer(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked_for_telephone)
    send_in(office, reading(2, {"telefon": None}))
    assert answer(office, {}, number=f"{CALL}/0002", token=token(office)) == IntakeCounts(unreadable=1)
    with office.reading(WORKER) as session:
        assert session.exec(select(SubmittedFile.reason_code).order_by(col(SubmittedFile.id).desc())).first() == (
            "numbers_differ"
        )


def test_an_id_does_not_make_one_person_another(sqlite_staged: Staged) -> None:
    """A copy that was passed on to a colleague, who typed over it."""
    office, _ = sqlite_staged(asked_for_telephone)
    other = reading(3, {"imie": "Inna"}).model_copy(update={"application_token": token(office)})
    assert send_in(office, other).counts == IntakeCounts(unreadable=1)


# There and back again


@cache
def document() -> bytes:
    answers = people.candidate(1, motywacja=f"Chcę. Mój numer: {people.pesel(1)}.")
    return people.filled({key: value for key, value in answers.items() if key != "telefon"})


def read(data: bytes) -> FormReading:
    return read_form(data, people.definition().forms)


def sent_document(office: Office) -> None:
    open_kes_call(office)
    send_in(office, read(document()), content=document())
    deliver_all(office, "2018-05-28T09:00")


def test_the_copy_that_went_out_comes_back_filled_in_and_changes_one_field(staged: Staged) -> None:
    office, _ = staged(sent_document)
    with office.reading(WORKER) as session:
        message = session.exec(select(Message).where(Message.event == "correction_request")).one()
        (attached,) = attached_to(session, message)
        copy = attachment_bytes(office, session, attached)
    before = values(office)
    filled_in = people.fill(copy, {"telefon": "600 100 200"})
    counts = send_in(
        office, read(filled_in), content=filled_in, at="2018-06-01T10:00", sender="obcy@example.com"
    ).counts
    assert counts == IntakeCounts(answers=1)
    assert values(office) == before | {"telefon": '"+48600100200"'}
    assert (waiting(office), state(office)) == ([], ApplicationState.COMPLETE)


def sent_blank(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1, {"telefon": None}), content=b"skan")
    deliver_all(office, "2018-05-28T09:00")


def test_a_blank_form_with_nothing_but_the_answer_changes_one_field(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(sent_blank)
    with office.reading(WORKER) as session:
        message = session.exec(select(Message).where(Message.event == "correction_request")).one()
        (attached,) = attached_to(session, message)
        blank = attachment_bytes(office, session, attached)
    before = values(office)
    filled_in = people.fill(blank, {"imie": "Zmyślona", "nazwisko": "Próbna-b", "telefon": "600 100 200"})
    assert send_in(office, read(filled_in), content=filled_in, at="2018-06-01T10:00").counts.answers == 1
    assert values(office) == before | {"telefon": '"+48600100200"'}
    assert (waiting(office), state(office)) == ([], ApplicationState.COMPLETE)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Application)).all()) == 1
