"""Letters in an office's own words, and in the form of address a person asked for: from the version to the outbox."""

import shutil
from pathlib import Path

import people
import pytest
from conftest import Staged
from people import ADAM, KES, RITA, STRANGER, WORKER, open_kes_call, reading, redefined, send_in
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.people import reassign
from flows.steps.projects import checked_project, load_version, newest_version, stored_version
from flows.steps.salutations import LONGEST, SALUTATION, set_salutation
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, DefinitionFaulty, NotAllowed, NotFound
from models.events import Happened
from models.project_templates import TemplateFile
from models.tables import Application, Event, FieldValue, Message, Person

OWN = TemplateFile(
    name="withdrawn/body.md",
    source='{% extends "_base/body.md" %}{% block content %}\n**po naszemu** o {{ public_number }}\n{% endblock %}',
)


def one_application(office: Office) -> str:
    open_kes_call(office)
    send_in(office, reading(0))
    (number,) = people.numbers(office)
    return number


def letters(office: Office) -> list[tuple[str, str]]:
    with office.reading(WORKER) as session:
        return [(row.event, row.text) for row in session.exec(select(Message).order_by(col(Message.id))).all()]


def set_to(office: Office, number: str, text: str, reason: str = "prośba kandydatki") -> bool:
    with office.writing(RITA) as session:
        return set_salutation(session, number, text, reason=reason, actor=RITA, now=office.now())


def take_back(office: Office, number: str) -> None:
    with office.writing(RITA) as session:
        withdraw(session, number, actor=RITA, now=office.now())


def test_a_version_words_its_letters_and_drafts_already_made_stay_as_they_are(staged: Staged) -> None:
    office, number = staged(one_application)
    redefined(office, templates=(OWN,))
    take_back(office, number)
    before = letters(office)
    assert [event for event, _ in before] == ["acknowledgement", "withdrawn"]
    assert "dziękujemy za zgłoszenie" in before[0][1]
    assert before[1][1].startswith("Szanowna Pani,\n\npo naszemu o\xa0ZG-")
    redefined(office, templates=(OWN.model_copy(update={"source": "zupełnie inaczej"}),))
    assert letters(office) == before


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(KES / "forms", tmp_path / "kes" / "forms")
    shutil.copy(KES / "project.yaml", tmp_path / "kes")
    (tmp_path / "kes" / "templates" / "withdrawn").mkdir(parents=True)
    return tmp_path / "kes"


def test_loading_takes_the_letters_into_the_version(sqlite_staged: Staged, folder: Path) -> None:
    office, _ = sqlite_staged(one_application)
    (folder / "templates" / "withdrawn" / "body.md").write_text(OWN.source)
    with office.writing(ADAM) as session:
        loaded = load_version(session, folder, actor=ADAM, now=office.now())
    assert loaded.new
    with office.reading(WORKER) as session:
        assert newest_version(session, "KES").version == loaded.version
        assert stored_version(session, f"KES/{loaded.version}").templates == (OWN,)


def test_a_letter_with_a_mistake_is_not_loaded(sqlite_staged: Staged, folder: Path) -> None:
    office, _ = sqlite_staged(one_application)
    (folder / "templates" / "withdrawn" / "body.md").write_text(OWN.source.replace("public_number", "public_numer"))
    with pytest.raises(DefinitionFaulty) as refused:
        checked_project(folder)
    assert [str(problem) for problem in refused.value.problems] == [
        "templates/withdrawn/body.md:2: Wiadomość nie zna danej „public_numer”."
    ]
    with pytest.raises(DefinitionFaulty), office.writing(ADAM) as session:
        load_version(session, folder, actor=ADAM, now=office.now())
    with office.reading(WORKER) as session:
        assert newest_version(session, "KES").version == 1


def test_a_person_is_greeted_as_they_asked_in_every_letter_after(staged: Staged) -> None:
    office, number = staged(one_application)
    assert set_to(office, number, " Szanowna  Pani Doktor, ")
    take_back(office, number)
    (_, first), (_, second) = letters(office)
    assert first.startswith("Szanowna Pani,\n")
    assert second.startswith("Szanowna Pani Doktor,\n\nzgodnie z\xa0Pani prośbą")
    with office.reading(WORKER) as session:
        noted = session.exec(select(Event).where(Event.kind == Happened.SALUTATION_SET)).one()
        value = session.exec(select(FieldValue).where(FieldValue.key == SALUTATION)).one()
        assert noted.facts == {"value_row": value.id, "removed": False}
        assert (value.value, value.reason) == ('"Szanowna Pani Doktor"', "prośba kandydatki")


def test_an_empty_greeting_brings_back_the_one_by_sex(sqlite_staged: Staged) -> None:
    office, number = sqlite_staged(one_application)
    set_to(office, number, "Szanowna Pani Profesor")
    assert not set_to(office, number, "  ")
    take_back(office, number)
    assert letters(office)[-1][1].startswith("Szanowna Pani,\n")
    with office.reading(WORKER) as session:
        assert session.exec(select(Person)).one().salutation is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [("raz\ndwa", "x"), ("Szanowna\x07", "x"), ("S" * (LONGEST + 1), "x"), ("Szanowna Pani Doktor", "  ")],
)
def test_what_cannot_open_a_letter_is_refused(sqlite_staged: Staged, text: str, reason: str) -> None:
    office, number = sqlite_staged(one_application)
    with pytest.raises(BadInput):
        set_to(office, number, text, reason)
    with office.reading(WORKER) as session:
        assert session.exec(select(Person)).one().salutation is None


def test_only_who_corrects_here_may_say_how_to_greet(sqlite_staged: Staged) -> None:
    office, number = sqlite_staged(one_application)
    for actor, error in ((STRANGER, NotFound), (people.KINGA, NotAllowed)):
        with pytest.raises(error), office.writing(actor) as session:
            set_salutation(session, number, "Szanowna Pani", reason="x", actor=actor, now=office.now())


def test_the_greeting_goes_along_when_two_turn_out_to_be_one(sqlite_staged: Staged) -> None:
    office, number = sqlite_staged(one_application)
    set_to(office, number, "Szanowna Pani Doktor")
    with office.writing(WORKER) as session:
        application = session.exec(select(Application).where(Application.number == number)).one()
        session.get_one(Person, application.person_id).pesel_lookup = None
        other = Person(first_name="Zmyślona", last_name="Próbna", created_at=office.now())
        session.add(other)
        session.flush()
        reassign(session, application, other)
        assert other.salutation == "Szanowna Pani Doktor"
        assert session.exec(select(Person)).all() == [other]
