"""What only the office can say: units' declarations and documents among the files, and what follows from them."""

from datetime import date

import pytest
from people import CALL, KINGA, RITA, STRANGER, WORKER, definition, go_to, moment, reading, send_in
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select, update

from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.calls import open_call
from flows.steps.facts import facts_for
from flows.steps.projects import definition_for
from flows.steps.said_by_office import declare_unit, note_document
from flows.steps.verification import facts_lookup, newest_sheet, propose, rules_of, to_verify, verify
from models.actor import Actor, Role
from models.errors import BadInput, NotAllowed, NotFound
from models.events import Happened
from models.project import Labelled
from models.project_bytes import canonical_bytes, digest
from models.rules.conditions import DeclarationSigned, DocumentAttached
from models.rules.criteria import Criterion
from models.tables import Call, Correction, Event, ProjectVersion, UnitDeclaration, VerdictSheet
from models.tables.applications import ApplicationState

NUMBER = f"{CALL}/0001"


def with_two_more(office: Office, *, level_field: str | None = None, level: str = "gmina") -> None:
    """The shipped project, asking two things more of the PGR: the gmina's declaration and a consent of the employer.

    ``level_field``: the declaration is that of the unit of the institution's own level.
    """
    kes = definition()
    more = (
        Criterion(
            code="deklaracja_gminy",
            title="Deklaracja gminy",
            paragraph="§ 4 ust. 7",
            test=DeclarationSigned(kind="declaration_signed", level_field=level_field),
            met="Gmina podpisała deklarację.",
            not_met="Gmina nie podpisała deklaracji.",
            cannot_tell="Nie wiadomo, czy gmina podpisała deklarację.",
        ),
        Criterion(
            code="zgoda_pracodawcy",
            title="Zgoda pracodawcy",
            paragraph="§ 4 ust. 8",
            test=DocumentAttached(kind="document_attached", document="zgoda"),
            met="Dołączono zgodę.",
            not_met="Nie dołączono zgody.",
            cannot_tell="Nie sprawdzono, czy dołączono zgodę.",
        ),
    )
    pgr = kes.group_kind("PGR")
    wider = pgr.model_copy(update={"criteria": (*pgr.criteria, *(one.code for one in more))})
    changed = kes.model_copy(
        update={
            "criteria": (*kes.criteria, *more),
            "documents": (Labelled(code="zgoda", label="zgoda pracodawcy"),),
            "group_kinds": (wider, *kes.group_kinds[1:]),
        }
    )
    body = canonical_bytes(changed)
    now = office.now()
    with office.writing(WORKER) as session:
        session.add(
            ProjectVersion(
                code="KES", version=1, schema_version=1, digest=digest(body), body=body, loaded_at=now, loaded_by="adam"
            )
        )
    opens, closes = moment("2018-06-04T08:00"), moment("2018-06-22T15:30")
    with office.writing(RITA) as session:
        open_call(session, "KES", "PGR", "2205", opens_at=opens, closes_at=closes, actor=RITA, now=now)
    send_in(office, reading(1, {"instytucja.gmina": "2205083", "instytucja.poziom": level}))
    go_to(office, "2018-07-03T09:00")


def judged(office: Office) -> tuple[ApplicationState, dict[str, str]]:
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())
    with office.reading(WORKER) as session:
        application = find_application(session, NUMBER)
        sheet = newest_sheet(session, application)
        assert sheet is not None
        lines = {line["code"]: line["result"] for line in sheet.verdicts["verdicts"]}
        return application.state, {code: lines[code] for code in ("deklaracja_gminy", "zgoda_pracodawcy")}


def declare(office: Office, unit: str, day: date | None) -> None:
    with office.writing(RITA) as session:
        declare_unit(session, "KES", unit, signed_on=day, actor=RITA, now=office.now())


def document(office: Office, found: bool) -> None:
    with office.writing(RITA) as session:
        note_document(session, NUMBER, "zgoda", found=found, actor=RITA, now=office.now())


def test_what_the_office_has_not_said_is_open_and_nobody_is_asked_for_it(office: Office) -> None:
    with_two_more(office)
    assert judged(office) == (
        ApplicationState.COMPLETE,
        {"deklaracja_gminy": "cannot_tell", "zgoda_pracodawcy": "cannot_tell"},
    )
    with office.reading(WORKER) as session:
        assert session.exec(select(Correction)).all() == []
    declare(office, "2205083", date(2018, 5, 21))
    document(office, True)
    assert judged(office) == (ApplicationState.ELIGIBLE, {"deklaracja_gminy": "met", "zgoda_pracodawcy": "met"})


def test_a_later_word_counts_and_the_earlier_one_stays(office: Office) -> None:
    with_two_more(office)
    declare(office, "2205083", date(2018, 5, 21))
    document(office, True)
    judged(office)
    document(office, False)
    declare(office, "2205083", None)
    assert judged(office) == (
        ApplicationState.NOT_ELIGIBLE,
        {"deklaracja_gminy": "not_met", "zgoda_pracodawcy": "not_met"},
    )
    with office.reading(WORKER) as session:
        assert len(session.exec(select(UnitDeclaration)).all()) == 2
        told = session.exec(select(Event).where(Event.kind == Happened.UNIT_DECLARED).order_by(col(Event.id))).all()
    assert [one.facts["signed_on"] for one in told] == ["2018-05-21", None]


def test_what_was_said_cannot_be_changed(office: Office) -> None:
    with_two_more(office)
    declare(office, "2205083", date(2018, 5, 21))
    with pytest.raises(DatabaseError, match="append-only"), office.writing(RITA) as session:
        session.execute(update(UnitDeclaration).values(signed_on=None))


def refused(session: Session, office: Office, unit: str, day: date | None) -> None:
    declare_unit(session, "KES", unit, signed_on=day, actor=RITA, now=office.now())


def test_only_units_of_the_project_and_days_that_were_can_be_recorded(sqlite_office: Office) -> None:
    office = sqlite_office
    with_two_more(office)
    with office.writing(RITA) as session:
        for unit, day in (("2205999", None), ("22", None), ("2205083", date(2018, 7, 4))):
            with pytest.raises(BadInput):
                refused(session, office, unit, day)
        with pytest.raises(BadInput, match="Dokumenty: zgoda"):
            note_document(session, NUMBER, "dyplom", found=True, actor=RITA, now=office.now())


def test_today_is_a_day_of_warsaw(sqlite_office: Office) -> None:
    """After midnight there it is still the day before by UTC."""
    with_two_more(sqlite_office)
    go_to(sqlite_office, "2018-07-04T00:30")
    assert sqlite_office.now().date() == date(2018, 7, 3)
    declare(sqlite_office, "2205083", date(2018, 7, 4))
    with pytest.raises(BadInput, match="jeszcze nie nadszedł"):
        declare(sqlite_office, "2205083", date(2018, 7, 5))


def test_who_may_say_so_is_the_recruitment_of_the_area(sqlite_office: Office) -> None:
    office = sqlite_office
    with_two_more(office)
    for actor in (KINGA, STRANGER):
        with office.writing(actor) as session:
            with pytest.raises(NotAllowed):
                declare_unit(session, "KES", "2205083", signed_on=None, actor=actor, now=office.now())
            with pytest.raises((NotAllowed, NotFound)):
                note_document(session, NUMBER, "zgoda", found=True, actor=actor, now=office.now())


def sheets_and_events(office: Office) -> tuple[int, int]:
    with office.reading(WORKER) as session:
        opened = session.exec(select(Event).where(Event.kind == Happened.VERIFICATION_OPEN)).all()
        return len(session.exec(select(VerdictSheet)).all()), len(opened)


def test_the_word_of_another_gmina_makes_no_new_sheet(office: Office) -> None:
    with_two_more(office)
    judged(office)
    assert sheets_and_events(office) == (1, 1)
    declare(office, "2205023", date(2018, 5, 21))
    judged(office)
    judged(office)
    assert sheets_and_events(office) == (1, 1)
    declare(office, "2205083", date(2018, 5, 21))
    judged(office)
    assert sheets_and_events(office) == (2, 2)
    # Its own powiat may say what it likes: the gmina has its own word.
    declare(office, "2205", date(2018, 5, 21))
    judged(office)
    assert sheets_and_events(office) == (2, 2)


def test_another_word_of_the_same_outcome_is_kept_on_a_new_sheet(sqlite_office: Office) -> None:
    with_two_more(sqlite_office)
    declare(sqlite_office, "2205083", date(2018, 5, 21))
    judged(sqlite_office)
    declare(sqlite_office, "2205083", date(2018, 5, 22))
    judged(sqlite_office)
    assert sheets_and_events(sqlite_office) == (2, 2)


def test_a_sheet_of_a_release_that_digested_the_whole_area_still_stands(office: Office) -> None:
    """Its digest took in all declarations of that day: what was said elsewhere since makes no wave of new sheets."""
    with_two_more(office)
    declare(office, "2205023", date(2018, 5, 21))
    with office.writing(WORKER) as session:
        application = find_application(session, NUMBER)
        call = session.get_one(Call, application.call_id)
        rules = rules_of(definition_for(session, call), call)
        [(_, facts)] = facts_for(session, call, [application], keys=rules.keys)
        of_the_whole_area = facts_lookup(session, facts, facts.declarations)
        assert facts.declarations
        assert of_the_whole_area != facts_lookup(session, facts, {})
    judged(office)
    with office.writing(WORKER) as session:
        sheet = newest_sheet(session, find_application(session, NUMBER))
        assert sheet is not None
        copied = sheet.model_dump(exclude={"id", "version", "facts_lookup"})
        session.add(VerdictSheet(**copied, version=2, facts_lookup=of_the_whole_area))
    go_to(office, "2018-07-04T09:00")
    declare(office, "2205023", None)
    judged(office)
    assert sheets_and_events(office) == (2, 1)
    declare(office, "2205083", None)
    judged(office)
    assert sheets_and_events(office)[0] == 3


@pytest.mark.parametrize(
    ("level", "unit", "others"),
    [("gmina", "2205083", ("2205", "22")), ("powiat", "2205", ("2205083", "22")), ("wojewodztwo", "22", ("2205083",))],
)
def test_the_unit_of_the_institutions_level_signs_and_nobody_for_it(
    office: Office, level: str, unit: str, others: tuple[str, ...]
) -> None:
    with_two_more(office, level_field="instytucja.poziom", level=level)
    for other in others:
        declare(office, other, date(2018, 5, 21))
    assert judged(office)[1]["deklaracja_gminy"] == "cannot_tell"
    declare(office, unit, date(2018, 5, 21))
    assert judged(office)[1]["deklaracja_gminy"] == "met"


def test_what_a_voivodship_said_does_not_depend_on_who_asks(office: Office) -> None:
    """An officer of the powiat sees the same verdict, though the voivodship's row lies outside that area."""
    with_two_more(office, level_field="instytucja.poziom", level="wojewodztwo")
    declare(office, "22", date(2018, 5, 21))
    local = Actor("lena", frozenset({Role.RECRUITMENT}), "2205")
    with office.reading(local) as session:
        [effect] = propose(session, to_verify(session, CALL))
    assert {one.code: one.result for one in effect.verdicts}["deklaracja_gminy"] == "met"
    with pytest.raises(NotAllowed), office.writing(local) as session:
        declare_unit(session, "KES", "22", signed_on=None, actor=local, now=office.now())
