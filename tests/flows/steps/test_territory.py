"""The register that an office loads: versions that stay, and everything that reads a gmina goes by the newest."""

from datetime import date

import pytest
from people import ADAM, CALL, RITA, WORKER, candidate, definition, filled, moment, open_kes_call
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, func, select, update
from terc_files import INVENTED, as_csv, as_xml

from flows.adapters.office import Office
from flows.steps.applications import current_values, find_application
from flows.steps.corrections import overrule
from flows.steps.intake import read_and_file, unread_files
from flows.steps.kept_files import store_files
from flows.steps.manifest import Incoming
from flows.steps.people import value_of
from flows.steps.territory import LoadedRegister, load_terc, names_of_units, territory_of
from models.errors import BadInput, NotAllowed
from models.events import Happened
from models.tables import Event, TercRegister
from models.territory import SHIPPED


def load(office: Office, text: str, as_of: date | None = None) -> LoadedRegister:
    with office.writing(ADAM) as session:
        return load_terc(session, text.encode(), as_of=as_of, actor=ADAM, now=office.now())


def test_the_newest_day_counts_and_nothing_loaded_is_lost(office: Office) -> None:
    with office.reading(WORKER) as session:
        assert territory_of(session) is SHIPPED
    first = load(office, as_csv())
    assert (first.new, first.counts, first.as_of) == (True, True, date(2026, 1, 1))
    again = load(office, as_xml())  # the same units of the same day, in the other format
    assert (again.new, again.counts, again.digest) == (False, True, first.digest)
    older = load(office, as_csv(day="").replace("Zmyślona Wola", "Dawna Wola"), date(2018, 1, 1))
    assert (older.new, older.counts) == (True, False)
    with office.reading(WORKER) as session:
        assert territory_of(session).as_of == "2026-01-01"
        assert names_of_units(session, definition())[INVENTED[0]] == INVENTED[1]
        rows = session.exec(select(TercRegister).order_by(TercRegister.as_of)).all()
        assert [(row.as_of.year, row.units, row.loaded_by) for row in rows] == [
            (2018, first.units, "adam"),
            (2026, first.units, "adam"),
        ]
        loads = select(func.count()).where(Event.kind == Happened.TERC_LOADED)
        assert session.exec(loads).one() == 2
    with pytest.raises(DatabaseError), office.writing(ADAM) as session:
        session.execute(update(TercRegister).values(units=1))


def test_of_one_day_the_register_that_was_loaded_last_counts_and_an_earlier_one_may_come_back(office: Office) -> None:
    right, wrong = as_csv(), as_csv().replace("Zmyślona Wola", "Błędna Wola")
    assert [(load(office, text).new, load(office, text).counts) for text in (right, wrong, right)] == [(True, True)] * 3
    assert not load(office, right).new
    with office.reading(WORKER) as session:
        assert territory_of(session).name(INVENTED[0]) == INVENTED[1]


def test_a_wrong_file_loads_nothing_and_an_officer_of_one_area_may_not_load(office: Office) -> None:
    with pytest.raises(BadInput, match=r"wiersz 3"):
        load(office, as_csv().replace("04;;;;", "4;;;;"))
    with pytest.raises(NotAllowed), office.writing(RITA) as session:
        load_terc(session, as_csv().encode(), actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert session.exec(select(TercRegister)).all() == []


@pytest.mark.parametrize("loaded", [True, False], ids=["loaded", "shipped"])
def test_forms_are_read_and_answers_typed_by_the_loaded_register(
    office: Office, tmp_path: object, loaded: bool
) -> None:
    """The worker processes of the reading pool get it, too."""
    open_kes_call(office)
    if loaded:
        load(office, as_csv())
    content = filled(candidate(1, **{"instytucja.gmina": "gmina Zmyślona Wola"}))
    path = office.settings.data.parent / "z.docx"
    path.write_bytes(content)
    told = Incoming(path, moment("2018-06-05T10:00"), "email", "", "")
    store_files(office, [told], actor=WORKER)
    with office.reading(WORKER) as session:
        waiting = unread_files(session)
    read_and_file(office, waiting, actor=WORKER)
    assert gmina(office) == (INVENTED[0] if loaded else "")
    if not loaded:
        with pytest.raises(BadInput), office.writing(RITA) as session:
            typed(session, office)
        load(office, as_csv())
    with office.writing(RITA) as session:
        typed(session, office)
    assert gmina(office) == INVENTED[0]


def typed(session: Session, office: Office) -> None:
    overrule(
        session, f"{CALL}/0001", "instytucja.gmina", "Zmyślona Wola", reason="telefon", actor=RITA, now=office.now()
    )


def gmina(office: Office) -> str:
    with office.reading(WORKER) as session:
        return value_of(current_values(session, find_application(session, f"{CALL}/0001")), "instytucja.gmina")
