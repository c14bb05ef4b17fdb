"""The store: who sees what, writers that queue, and tables that only grow."""

import threading
from collections.abc import Callable
from pathlib import Path

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from people import CALL, RITA, STRANGER, WORKER, Everything, everything, open_kes_call, reading
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, func, select

from flows.adapters.office import Office
from flows.steps.filing import file_reading
from flows.steps.intake import unread_files
from flows.steps.kept_files import store_folder
from models.actor import Actor, Role
from models.errors import DatabaseNotReady, KeysMissing, SettingsFaulty
from models.keys import create_key_file
from models.storage import SCOPED, acting, connect, has_tables, keyring_in, open_store
from models.tables import (
    AgreementParty,
    AppealRuling,
    Application,
    Attendance,
    AttendanceFile,
    Call,
    CoachingSession,
    DayConfirmation,
    Event,
    GroupPreference,
    InstitutionRepresentative,
    Person,
    ProjectVersion,
    Promotion,
    RateConfirmation,
    Seal,
    StrikingOff,
    SubmittedFile,
    SupportAttendance,
    SupportVerdict,
    VerdictSheet,
)
from models.tables.rows import Scoped

APPEND_ONLY = (
    AgreementParty,
    AppealRuling,
    Attendance,
    AttendanceFile,
    CoachingSession,
    DayConfirmation,
    Event,
    GroupPreference,
    InstitutionRepresentative,
    Promotion,
    RateConfirmation,
    Seal,
    ProjectVersion,
    StrikingOff,
    SupportAttendance,
    SupportVerdict,
    VerdictSheet,
)

Look = Callable[[Session, type[Scoped]], int]
LOOKS: dict[str, Look] = {
    "rows": lambda session, table: len(session.exec(select(table)).all()),
    "one column": lambda session, table: len(session.exec(select(table.area)).all()),
    "count of rows": lambda session, table: session.exec(select(func.count()).select_from(table)).one(),
    "count of a column": lambda session, table: session.exec(select(func.count(col(table.area)))).one(),
    "largest value": lambda session, table: int(session.exec(select(func.max(table.area))).one() is not None),
    "under another name": lambda session, table: len(session.exec(select(aliased(table))).all()),
    "as a subquery": lambda session, table: session.exec(
        select(func.count()).select_from(select(table.area).subquery())
    ).one(),
    "in a condition": lambda session, table: len(
        session.exec(select(ProjectVersion.id).where(select(table.area).exists())).all()
    ),
    "by a join": lambda session, table: len(session.exec(select(ProjectVersion.id).join(table, sa.true())).all()),
    "as one of two": lambda session, table: len(
        session.execute(select(table.area).union_all(select(table.area))).all()
    ),
}


def test_every_table_with_an_area_is_scoped() -> None:
    with_area = {name for name, table in SQLModel.metadata.tables.items() if "area" in table.columns}
    # Who decides is no secret to any officer.
    assert with_area - {"commission_member"} == {str(table.__tablename__) for table in SCOPED}


def test_the_example_office_has_a_row_of_every_table(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(everything)
    with office.reading(WORKER) as session:
        empty = [
            name
            for name, table in SQLModel.metadata.tables.items()
            if session.execute(select(func.count()).select_from(table)).scalar_one() == 0
        ]
    assert empty == []


NEWCOMER = Actor("nowa", frozenset({Role.RECRUITMENT}), "04")
"""An officer of an area in which nothing happened, not even the adding of her account."""


def test_an_officer_of_another_area_sees_nothing_by_any_road(staged: Staged) -> None:
    """Law 3 for every table and every kind of query."""
    office, _ = staged(everything)
    seen_by_worker, seen_by_rita, seen_by_newcomer = (
        {(table.__name__, look): count(session, table) for table in SCOPED for look, count in LOOKS.items()}
        for session in _sessions(office, WORKER, RITA, NEWCOMER)
    )
    assert [key for key, count in seen_by_worker.items() if count == 0] == []
    assert [key for key, count in seen_by_rita.items() if count == 0] == []
    assert {key: count for key, count in seen_by_newcomer.items() if count != 0} == {}


def test_an_officer_is_told_of_the_adding_of_accounts_of_the_own_area_only(staged: Staged) -> None:
    office, _ = staged(everything)
    (told,) = (session.exec(select(Event)).all() for session in _sessions(office, STRANGER))
    assert [(one.kind, one.area, one.facts["scope"]) for one in told] == [("OfficerAdded", "30", "30")]


def _sessions(office: Office, *actors: Actor):  # type: ignore[no-untyped-def]
    for actor in actors:
        with office.reading(actor) as session:
            yield session


def test_a_row_of_another_area_cannot_be_got_by_its_id(staged: Staged) -> None:
    office, _ = staged(everything)
    for table in SCOPED:
        stored = SQLModel.metadata.tables[str(table.__tablename__)]
        with office.reading(WORKER) as session:
            key = session.execute(select(stored.c.id).where(stored.c.area == "2205")).scalars().first()
            assert session.get(table, key) is not None
        with office.reading(STRANGER) as session:
            assert session.get(table, key) is None, table


def test_what_belongs_to_no_area_yet_is_seen_by_the_whole_project_only(staged: Staged) -> None:
    office, _ = staged(everything)
    unfiled = select(func.count(col(SubmittedFile.id))).where(SubmittedFile.area == "")
    with office.reading(WORKER) as session:
        assert session.exec(unfiled).one() == 1
    with office.reading(RITA) as session:
        assert session.exec(unfiled).one() == 0


def test_a_person_is_not_found_through_applications_out_of_sight(staged: Staged) -> None:
    office, _ = staged(everything)
    through = select(Person.id).where(col(Person.id).in_(select(Application.person_id)))
    with office.reading(WORKER) as session:
        assert len(session.exec(through).all()) == 4
    with office.reading(STRANGER) as session:
        assert session.exec(through).all() == []


def test_a_scope_with_wildcards_widens_nothing(staged: Staged) -> None:
    office, _ = staged(everything)
    for scope in ("%", "_", "2_"):
        with office.reading(Actor("x", frozenset({Role.RECRUITMENT}), scope)) as session:
            assert session.exec(select(Call.code)).all() == []


def test_two_who_register_at_once_give_out_every_number_once(office: Office, tmp_path: Path) -> None:
    open_kes_call(office)
    folder = tmp_path / "inbox"
    folder.mkdir()
    for i in range(12):
        (folder / f"{i:02d}.docx").write_bytes(bytes([i]))
    store_folder(office, folder, actor=WORKER)
    with office.reading(WORKER) as session:
        files = unread_files(session)
    start, troubles = threading.Barrier(2), []

    def register(mine: list[int]) -> None:
        start.wait()
        for file_id in mine:
            try:
                with office.writing(WORKER) as session:
                    file_reading(session, file_id, reading(file_id), actor=WORKER, now=office.now())
            except Exception as trouble:  # noqa: BLE001 - told by the test below
                troubles.append(trouble)

    workers = [threading.Thread(target=register, args=(files[half::2],)) for half in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert troubles == []
    assert people.numbers(office) == [f"{CALL}/{number:04d}" for number in range(1, 13)]


def test_two_who_file_the_same_file_at_once_make_one_application_of_it(office: Office, tmp_path: Path) -> None:
    open_kes_call(office)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.docx").write_bytes(b"a")
    store_folder(office, tmp_path / "inbox", actor=WORKER)
    start = threading.Barrier(2)

    def register() -> None:
        start.wait()
        with office.writing(WORKER) as session:
            file_reading(session, 1, reading(1), actor=WORKER, now=office.now())

    workers = [threading.Thread(target=register) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert people.numbers(office) == [f"{CALL}/0001"]


def test_what_is_written_on_trial_or_while_reading_is_not_kept(office: Office) -> None:
    open_kes_call(office)
    for session_of in (office.on_trial().writing, office.reading):
        with session_of(WORKER) as session:
            call = session.exec(select(Call)).one()
            call.last_sequence = 7
            session.add(call)
            session.flush()
    with office.reading(WORKER) as session:
        assert session.exec(select(Call.last_sequence)).one() == 0


def test_what_was_written_before_a_failure_is_not_kept(office: Office) -> None:
    open_kes_call(office)
    with pytest.raises(ZeroDivisionError), office.writing(WORKER) as session:
        call = session.exec(select(Call)).one()
        call.last_sequence = 7
        session.add(call)
        session.flush()
        raise ZeroDivisionError
    with office.reading(WORKER) as session:
        assert session.exec(select(Call.last_sequence)).one() == 0


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_database_itself_refuses_to_change_what_only_grows(staged: Staged, verb: str) -> None:
    office, _ = staged(everything)
    if verb == "TRUNCATE" and office.store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    statements = {
        "UPDATE": "UPDATE {} SET id = id + 1000",
        "DELETE": "DELETE FROM {}",
        "TRUNCATE": "TRUNCATE {} CASCADE",
    }
    for table in APPEND_ONLY:
        statement = sa.text(statements[verb].format(table.__tablename__))
        with office.store.engine.connect() as connection, pytest.raises(DBAPIError, match="is append-only"):
            connection.execute(statement)


def test_a_session_knows_its_actor_and_its_keys(sqlite_office: Office) -> None:
    with sqlite_office.reading(RITA) as session:
        assert acting(session) is RITA
        assert keyring_in(session) is sqlite_office.store.keyring


def test_an_error_of_the_database_quotes_no_value(office: Office) -> None:
    with pytest.raises(IntegrityError) as trouble, office.writing(WORKER) as session:
        for _ in range(2):
            session.add(Person(first_name="A", last_name="Tajna", pesel_lookup="tajny-skrot", created_at=office.now()))
    assert "Tajna" not in str(trouble.value)
    assert "tajny-skrot" not in str(trouble.value).partition("DETAIL")[0]


def test_the_data_folder_is_the_owners_alone(sqlite_office: Office) -> None:
    assert sqlite_office.settings.data.stat().st_mode & 0o777 == 0o700


def test_only_postgresql_is_taken_for_a_database_server(tmp_path: Path) -> None:
    with pytest.raises(SettingsFaulty, match="PostgreSQL"):
        connect(tmp_path, "mysql://example.org/nabor")


def test_a_store_without_keys_is_not_opened_nor_made(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing):
        open_store(tmp_path / "data", tmp_path / "keys.json")
    assert not (tmp_path / "data").exists()


def test_looking_whether_there_is_a_store_makes_none(tmp_path: Path, postgres_url: str) -> None:
    assert not has_tables(tmp_path / "data")
    assert not (tmp_path / "data").exists()
    assert not has_tables(tmp_path / "data", postgres_url)
    assert not has_tables(tmp_path / "data", postgres_url), "the first look made nothing"
    with pytest.raises(DatabaseNotReady):
        has_tables(tmp_path / "data", "postgresql://nobody@127.0.0.1:1/nothing")


def test_a_store_opens_again_with_what_it_held(tmp_path: Path, postgres_url: str) -> None:
    create_key_file(tmp_path / "keys.json")
    for url in (None, postgres_url):
        for _ in range(2):
            store = open_store(tmp_path / "data", tmp_path / "keys.json", url)
            with store.writing(WORKER) as session:
                session.add(Person(first_name="Zmyślona", last_name="Próbna", created_at=people.moment("2018-06-01")))
            store.close()
        assert has_tables(tmp_path / "data", url)
        with open_store(tmp_path / "data", tmp_path / "keys.json", url).reading(WORKER) as session:
            assert [row.first_name for row in session.exec(select(Person)).all()] == ["Zmyślona"] * 2


def test_rita_sees_what_the_example_says(staged: Staged) -> None:
    office, example = staged(everything)
    assert isinstance(example, Everything)
    with office.reading(RITA) as session:
        assert session.exec(select(Application.number).order_by(col(Application.number))).all() == [
            *example.members,
            example.changed,
            example.incomplete,
        ]


@pytest.mark.parametrize(
    "address", ["postgresql://nikt:tajne@127.0.0.1:abc/nic", "tajne", "mysql://nikt:tajne@127.0.0.1/nic"]
)
def test_an_address_that_is_none_is_told_without_its_words(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsFaulty, match="NABOR_DATABASE_URL") as told:
        connect(tmp_path, address)
    assert "tajne" not in str(told.value)
