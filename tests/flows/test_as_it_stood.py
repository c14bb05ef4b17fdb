"""As it stood: asked later about a moment, a call answers what it said then; and erasing somebody changes no answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from people import CALL, RITA, WORKER
from sqlmodel import Session, col, select
from story_player import Told, opened

from console.stories.persons import CALL as STORY_CALL
from flows.adapters.clock import WARSAW
from flows.adapters.office import Office
from flows.steps.audit import states_against_log, verify_records
from flows.steps.corrections import correct_receipt
from flows.steps.protocol_checks import check_call
from flows.steps.standing import call_at, call_now
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotFound
from models.keys import Keyring
from models.storage import keyring_in
from models.tables import Application, DataKey, Decision, Event, FieldValue, Person, SubmittedFile

pytestmark = pytest.mark.xdist_group("told")


@pytest.fixture(scope="module")
def told_session(told: Told) -> Iterator[tuple[Session, datetime]]:
    with (
        opened(told.settings, at=datetime(2019, 1, 1, tzinfo=WARSAW)) as (office, _),
        office.reading(WORKER) as session,
    ):
        yield session, office.now()


@pytest.mark.slow
def test_every_moment_of_the_story_is_told_later_as_it_was_told_then(
    told: Told, told_session: tuple[Session, datetime]
) -> None:
    session, now = told_session
    assert len(told.stood) > 30
    differing = [
        (moment.isoformat(), line, other)
        for moment, then, _ in told.stood
        for line, other in zip(
            (then.state, then.funnel, then.ranking, then.places, then.shortfalls, *then.applications),
            (lambda one: (one.state, one.funnel, one.ranking, one.places, one.shortfalls, *one.applications))(
                call_at(session, STORY_CALL, moment, now=now)
            ),
            strict=True,
        )
        if line != other
    ]
    assert differing == []


def test_the_funnel_of_then_is_the_funnel_that_was_shown(told: Told) -> None:
    assert [then.funnel for _, then, _ in told.stood] == [funnel for _, _, funnel in told.stood]


def test_the_records_of_the_story_agree_and_both_its_protocols_are_sound(told: Told) -> None:
    with (
        opened(told.settings, at=datetime(2019, 1, 1, tzinfo=WARSAW)) as (office, _),
        office.reading(WORKER) as session,
    ):
        assert verify_records(office, session, actor=WORKER).broken == ()
        checked = check_call(office, session, STORY_CALL, actor=WORKER).checked
    assert [line for line in checked if line.startswith("Protokół")] == [
        f"Protokół nr {number}: załącznik porównano z bazą, głosy policzono ponownie." for number in (1, 2)
    ]


def test_the_story_moves_so_the_answers_differ(told: Told) -> None:
    assert len({str(then) for _, then, _ in told.stood}) >= 12


def test_it_is_the_same_on_the_other_database(staged: Staged) -> None:
    """Each stage of a recruitment, asked about at its end."""
    office, registered = staged(people.announced_call, 3)
    moment = office.now()
    with office.reading(WORKER) as session:
        then = call_now(session, CALL)
        assert call_at(session, CALL, moment, now=moment) == then
    now = people.go_to(office, "2018-07-09T10:00")
    with office.writing(RITA) as session:
        withdraw(session, registered[0], actor=RITA, now=now)
    with office.reading(WORKER) as session:
        assert call_at(session, CALL, moment, now=now) == then
        assert call_now(session, CALL) != then
        assert call_at(session, CALL, now, now=now) == call_now(session, CALL)
        before_decisions = call_at(session, CALL, people.moment("2018-07-04T12:00"), now=now)
        assert {line.decision for line in before_decisions.applications} == {None}
        assert {line.state for line in before_decisions.applications} == {"ranked"}
        early = call_at(session, CALL, people.moment("2018-06-01T12:00"), now=now)
        assert (early.state, early.places, early.funnel[0]) == ("open", (), ("zgłoszenia razem", 3))


def test_a_corrected_date_is_not_taken_for_a_state(sqlite_staged: Staged) -> None:
    """Its event tells of a ``from`` and a ``to`` as well."""
    office, registered = sqlite_staged(people.ranked_call, 2)
    then = office.now()
    now = people.go_to(office, "2018-07-04T10:00")
    with office.writing(RITA) as session:
        correct_receipt(session, registered[1], people.moment("2018-06-05T08:00"), reason="x", actor=RITA, now=now)
    with office.reading(WORKER) as session:
        assert [line.state for line in call_at(session, CALL, then, now=now).applications] == ["ranked", "ranked"]
        assert call_at(session, CALL, now, now=now) == call_now(session, CALL)
        assert states_against_log(session)[1] == ()


def test_a_moment_before_the_call_or_after_now_has_no_answer(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.announced_call, 1)
    with office.reading(WORKER) as session:
        with pytest.raises(NotFound, match="później"):
            call_at(session, CALL, people.moment("2018-05-01T12:00"), now=office.now())
        with pytest.raises(BadInput, match="nie nadeszła"):
            call_at(session, CALL, office.now() + timedelta(seconds=1), now=office.now())


def test_asking_writes_nothing(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.announced_call, 2)
    with office.store.engine.connect() as connection:
        before = connection.execute(sa.text("SELECT count(*), max(id) FROM event")).one()
    with office.reading(WORKER) as session:
        call_at(session, CALL, office.now(), now=office.now())
        assert not session.new
        assert not session.dirty
    with office.store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*), max(id) FROM event")).one() == before


def test_the_records_of_everything_agree(staged: Staged) -> None:
    office, _ = staged(people.everything)
    with office.reading(people.ADAM) as session:
        found = verify_records(office, session, actor=people.ADAM)
    assert found.broken == ()
    assert (found.log.seals > 0, found.calls, found.states > 20) == (True, 1, True)


def test_a_state_changed_past_the_door_is_named(staged: Staged) -> None:
    office, _ = staged(people.announced_call, 2)
    with office.store.engine.execution_options(nabor_writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE application SET state = 'withdrawn' WHERE id = 1"))
    with office.reading(WORKER) as session:
        counted, strayed = states_against_log(session)
    assert strayed == ("zgłoszenie nr 1: w bazie stan „wycofane”, w dzienniku „wynik ogłoszony”",)
    assert counted > 4


def test_erasing_a_person_breaks_neither_the_log_nor_the_protocol_nor_the_past(staged: Staged) -> None:
    """What an erasure takes: the data key, every encrypted word about the person, the look-ups. Numbers stay."""
    office, example = staged(people.everything)
    moment = office.now()
    with office.reading(people.ADAM) as session:
        before = verify_records(office, session, actor=people.ADAM)
        then = call_at(session, CALL, moment, now=moment)
    erase(office, example.members[0])
    with office.reading(people.ADAM) as session:
        assert verify_records(office, session, actor=people.ADAM) == before
        assert call_at(session, CALL, moment, now=moment) == then
        assert call_now(session, CALL) == then
        application = session.exec(select(Application).where(Application.number == example.members[0])).one()
        assert session.exec(select(Decision).where(Decision.application_id == application.id)).all()
        assert session.exec(select(Event).where(col(Event.subject) == f"application/{application.id}")).all()


def erase(office: Office, number: str) -> None:
    with office.writing(people.ADAM) as session:
        keyring = keyring_in(session)
        assert isinstance(keyring, Keyring)
        application = session.exec(select(Application).where(Application.number == number)).one()
        person = session.get_one(Person, application.person_id)
        for key in session.exec(select(DataKey).where(DataKey.person_id == person.id)).all():
            key.wrapped, key.dropped_at = None, office.now()
            session.add(key)
        for value in session.exec(select(FieldValue).where(FieldValue.application_id == application.id)).all():
            value.raw, value.value, value.reason = "", None, None
            session.add(value)
        for file in session.exec(select(SubmittedFile).where(SubmittedFile.application_id == application.id)).all():
            file.name, file.sender, file.content_digest = None, None, None
            session.add(file)
        person.first_name, person.last_name = "", ""
        person.sex = person.email = person.pesel = person.pesel_lookup = None
        person.identity = person.identity_lookup = None
        person.erased_at = office.now()
        session.add(person)
