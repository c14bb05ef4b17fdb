"""The run of admission: it judges and seats whom it may, each once, and leaves the rest to an officer."""

from datetime import date

import pytest
from conftest import Staged
from nominating import invited, letters, name
from people import CALL, RITA, WORKER, go_to
from prefect.artifacts import Artifact
from sqlmodel import select

from flows import admission
from flows.adapters.office import Office
from flows.states import End
from flows.steps.institution_seats import seat_lines
from flows.steps.nominees import replace_nominee
from models.tables import Application, Incident, Membership
from models.tables.applications import ApplicationState

pytestmark = [pytest.mark.usefixtures("prefect"), pytest.mark.slow]


def named(office: Office) -> list[str]:
    """Three institutions were invited; two have named a person, and one person does not meet a criterion."""
    invited(office)
    found = [name(office, 1, "I1", at="2018-06-05T10:00"), name(office, 2, "I2", at="2018-06-05T11:00")]
    found.append(name(office, 3, "I3", at="2018-06-05T12:00", praca_bezposrednia="nie"))
    go_to(office, "2018-06-06T09:00")
    return found


@pytest.fixture
def office(sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office that flows open by the environment."""
    staged, _ = sqlite_staged(named)
    monkeypatch.setenv("NABOR_DATA", str(staged.settings.data))
    monkeypatch.setenv("NABOR_KEYS", str(staged.settings.keys))
    return staged


def test_a_run_seats_everybody_once_and_refuses_nobody(office: Office) -> None:
    state = admission.admit(return_state=True)
    assert (state.name, state.message) == (
        End.DONE,
        "Przyjęci: 2. Ocenione zgłoszenia: 3. Zwolnione miejsca instytucji: 0.",
    )
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Membership)).all()) == 2
        states = session.exec(select(Application.state).order_by(Application.number)).all()
    assert list(states) == [ApplicationState.ADMITTED] * 2 + [ApplicationState.NOT_ELIGIBLE]
    assert admission.admit(return_state=True).name == End.NOTHING_TO_DO
    assert (len(letters(office, "named")), len(letters(office, "refused"))) == (2, 0)
    told = str(getattr(Artifact.get("nabor-kes-pgr-2205-2018"), "data", ""))
    assert "| miejsca instytucji: osoba w grupie | 2 |" in told
    assert [word for word in ("Próbna", "Zmyślona", "7781346888", "@example") if word in told] == []


def test_what_only_an_officer_can_say_ends_the_run_so(office: Office) -> None:
    admission.admit()
    name(office, 4, "I1", at="2018-06-06T08:00")
    state = admission.admit(return_state=True)
    assert state.name == End.WAITING_FOR_OFFICER
    assert "Czekają na pracownika: 1." in str(state.message)


def test_a_run_that_dies_between_verdict_and_seat_is_finished_by_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(admission.steps, "admit_call", die)
        with pytest.raises(KeyboardInterrupt):
            admission.admit()
    with office.reading(WORKER) as session:
        assert session.exec(select(Membership)).all() == []
    assert admission.admit(return_state=True).message.startswith("Przyjęci: 2.")  # type: ignore[union-attr]


def test_one_call_that_fails_stops_none_of_the_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission.steps, "calls_to_admit", lambda *_: ["KES/PGR/9999/2018", CALL])
    state = admission.admit(return_state=True)
    assert state.is_failed()
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Membership)).all()) == 2
        (incident,) = session.exec(select(Incident)).all()
    assert (incident.flow, incident.code) == ("admit", "NotFound")


def test_a_change_that_was_written_down_happens_on_its_day(office: Office) -> None:
    admission.admit()
    other = name(office, 4, "I1", at="2018-06-06T08:00")
    admission.admit()
    with office.writing(RITA) as session:
        replace_nominee(session, other, on=date(2018, 9, 1), actor=RITA, now=office.now())
    assert admission.admit(return_state=True).name == End.NOTHING_TO_DO
    # Three days of no runs.
    go_to(office, "2018-09-04T06:40")
    state = admission.admit(return_state=True)
    assert (state.name, str(state.message)[:12]) == (End.DONE, "Przyjęci: 1.")
    with office.reading(RITA) as session:
        (line,) = [one for one in seat_lines(session, CALL, on=date(2018, 9, 1)) if one.institution == "I1"]
    assert (line.number, line.since) == (other, date(2018, 9, 1))
    assert admission.admit(return_state=True).name == End.NOTHING_TO_DO
