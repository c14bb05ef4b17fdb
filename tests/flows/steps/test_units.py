"""A call for units: invited, applying by Word form, ranked with a reserve, chosen, and signing the declaration."""

import io
import re
from datetime import date, timedelta
from pathlib import Path

import docx
import pytest
from conftest import Staged
from people import RITA, WORKER, go_to, moment, open_kes_call, reading, send_in
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select, update
from units import APPLYING, CALL, CARDS, ZOFIA, applied, apply, card_form, chosen, gmina_form, open_unit_calls

from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.calls import open_call
from flows.steps.cooperation import issue_cooperation_declaration, record_declaration, standings, waiting_for_units
from flows.steps.corrections import overrule
from flows.steps.documents import content_of, export
from flows.steps.institutions import Signatory, Stated, name_representative, set_institution
from flows.steps.memberships import newest_membership
from flows.steps.promotion import promote_call
from flows.steps.todo import waiting_for_whom
from flows.steps.unit_invitations import invite_units
from flows.steps.verification import to_verify, verify
from models.errors import BadInput, NotAllowed
from models.tables import (
    Application,
    DeclarationSigning,
    Institution,
    IssuedDocument,
    Message,
    MessageAttachment,
    Person,
    UnitDeclaration,
)
from models.tables.applications import ApplicationState
from models.tables.memberships import MembershipState
from models.tables.outbox import MessageState
from models.tables.projects import Manner


def states(office: Office) -> dict[str, MembershipState | None]:
    with office.reading(WORKER) as session:
        rows = session.exec(select(Application).order_by(Application.number)).all()
        seats = {row.number: newest_membership(session, row) for row in rows}
        return {number[-4:]: seat.state if seat else None for number, seat in seats.items()}


def letters(office: Office, event: str) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


def spaced(message: Message) -> str:
    """The words without what keeps them on one line."""
    return message.text.replace("\xa0", " ")


# Inviting


def test_every_unit_of_the_area_is_invited_once_with_the_form(office: Office) -> None:
    open_unit_calls(office)
    first = invite_units(office, CALL, actor=ZOFIA)
    assert (len(first.invited), len(first.before), len(first.unaddressed), first.not_yet) == (16, 0, 16, ())
    with office.writing(ZOFIA) as session:
        set_institution(
            session, "KES", "2202023", Stated(email="urzad@brusy.example.org"), actor=ZOFIA, now=office.now()
        )
    again = invite_units(office, CALL, actor=ZOFIA)
    assert (len(again.invited), len(again.before)) == (0, 16)
    sent = letters(office, "unit_invited")
    assert len(sent) == 16
    assert [one.state for one in sent].count(MessageState.DUE) == 1
    (brusy,) = [one for one in sent if one.area == "2202023"]
    assert brusy.recipient == "urzad@brusy.example.org"
    assert "Szanowni Państwo," in brusy.text
    assert "Gmina Brusy" in brusy.text
    assert "do 15 czerwca 2018 r., godz. 15:30" in spaced(brusy)
    assert re.search(r"\bPan(i|a)?\b", brusy.text) is None
    with office.reading(WORKER) as session:
        attached = session.exec(select(MessageAttachment)).all()
        (form,) = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "call_form")).all()
        assert {row.issued_document_id for row in attached} == {form.id}
        assert len(attached) == 16


def test_who_is_no_unit_is_not_invited_and_a_closed_call_invites_nobody(office: Office) -> None:
    open_kes_call(office)
    with pytest.raises(BadInput, match="jest dla osób"):
        invite_units(office, "KES/PGR/2205/2018", actor=RITA)
    with pytest.raises(BadInput, match="dla powiatu albo województwa"), office.writing(ZOFIA) as session:
        open_call(
            session,
            "KES",
            "PGR",
            "PL",
            opens_at=office.now(),
            closes_at=office.now() + timedelta(days=9),
            actor=ZOFIA,
            now=office.now(),
        )


def test_only_an_officer_of_the_whole_project_works_on_a_call_for_it(office: Office) -> None:
    open_unit_calls(office)
    with pytest.raises(Exception, match="Nie ma naboru"):
        invite_units(office, CALL, actor=RITA)
    go_to(office, "2018-06-15T16:00")
    with pytest.raises(BadInput, match="zamknięty"):
        invite_units(office, CALL, actor=ZOFIA)


# Applying


def test_a_unit_applies_by_its_form_and_a_second_one_of_it_is_a_duplicate(office: Office) -> None:
    numbers = applied(office, ("Brusy", "Kartuzy"))
    apply(office, gmina_form("gmina Brusy, powiat chojnicki", imie="Inna", nazwisko="Osoba"), at="2018-06-05T10:00")
    apply(office, gmina_form("Żukowo", imie="Zmyślona"), at="2018-06-06T10:00")  # the same contact as Brusy's
    now = go_to(office, "2018-06-18T09:00")
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=now)
    with office.reading(WORKER) as session:
        rows = session.exec(select(Application).order_by(Application.number)).all()
        assert [(row.unit, row.state) for row in rows] == [
            ("2202023", ApplicationState.ELIGIBLE),
            ("2205023", ApplicationState.ELIGIBLE),
            ("2202023", ApplicationState.NOT_ELIGIBLE),
            ("2205083", ApplicationState.ELIGIBLE),
        ]
        assert {session.get_one(Person, row.person_id).sex for row in rows} == {None}
    first = letters(office, "acknowledgement")[0]
    assert numbers[0] == f"{CALL}/0001"
    assert "Szanowni Państwo," in first.text
    assert "O wyborze jednostek zdecyduje" in spaced(first)
    assert "bez nazwisk" not in first.text


def test_the_rules_of_units_look_at_type_and_numbers(office: Office) -> None:
    """Swarzędz has too many people, Czerniejewo too few, of Tuchola the table knows nothing; Słupno is rural."""
    applied(office, ("Swarzędz", "Czerniejewo", "Tuchola", "Słupno", "Brusy"))
    now = go_to(office, "2018-06-18T09:00")
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=now)
    with office.reading(WORKER) as session:
        found = [row.state for row in session.exec(select(Application).order_by(Application.number)).all()]
    assert found == [
        ApplicationState.NOT_ELIGIBLE,
        ApplicationState.NOT_ELIGIBLE,
        ApplicationState.COMPLETE,  # waits for the office's table: nobody is asked
        ApplicationState.NOT_ELIGIBLE,
        ApplicationState.ELIGIBLE,
    ]
    assert letters(office, "correction_request") == []


def test_a_form_that_does_not_say_the_unit_is_asked_about_and_completed(office: Office) -> None:
    open_unit_calls(office)
    apply(office, gmina_form("nie wiem jaka"), at="2018-06-05T10:00")
    with office.reading(WORKER) as session:
        row = find_application(session, f"{CALL}/0001")
        assert (row.unit, row.state) == ("", ApplicationState.INCOMPLETE)
    apply(office, gmina_form("Brusy"), at="2018-06-06T10:00", number=f"{CALL}/0001")
    with office.reading(WORKER) as session:
        row = find_application(session, f"{CALL}/0001")
        assert (row.unit, row.state) == ("2202023", ApplicationState.COMPLETE)
    with office.writing(ZOFIA) as session:
        overrule(session, f"{CALL}/0001", "jednostka", "Kartuzy", reason="rozmowa", actor=ZOFIA, now=office.now())
        assert find_application(session, f"{CALL}/0001").unit == "2205023"


# Choosing: eight, and two of them from the reserve


def test_eight_are_chosen_and_two_of_them_come_from_the_reserve(staged: Staged) -> None:
    office, numbers = staged(chosen)
    before = states(office)
    offered = [number for number, state in before.items() if state is MembershipState.OFFERED]
    assert (len(numbers), len(offered)) == (len(APPLYING), 8)
    accepted = letters(office, "accepted")
    assert len(accepted) == 8
    assert all("podpisana deklaracja współpracy" in spaced(one) for one in accepted)
    assert all("Szanowni Państwo," in one.text and "kolejna jednostka" in spaced(one) for one in accepted)
    with office.reading(WORKER) as session:
        papers = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "cooperation_declaration")).all()
        units = {
            number: session.exec(select(Application.unit).where(Application.number == f"{CALL}/{number}")).one()
            for number in offered
        }
    assert {paper.subject for paper in papers} == {f"KES/{unit}" for unit in units.values()}
    go_to(office, "2018-06-22T09:00")
    for number in offered[:2]:
        done = record_declaration(office, "KES", units[number] or "", signed_on=None, actor=ZOFIA)
        assert done.seats == (f"{CALL}/{number}",)
    for number in offered[2:]:
        record_declaration(
            office, "KES", units[number] or "", signed_on=date(2018, 6, 22), manner=Manner.PAPER, actor=ZOFIA
        )
    promoted = promote_call(office, CALL, actor=ZOFIA)
    assert len(promoted.made) == 2
    after = states(office)
    fresh = [number for number, state in after.items() if state is MembershipState.OFFERED]
    assert len(fresh) == 2
    assert set(fresh).isdisjoint(offered)
    assert "jednostka" in letters(office, "promoted")[0].text
    with office.reading(WORKER) as session:
        taken = [find_application(session, f"{CALL}/{number}").unit or "" for number in fresh]
    for unit in taken:
        record_declaration(
            office,
            "KES",
            unit,
            signed_on=date(2018, 6, 22),
            manner=Manner.QUALIFIED,
            signed_file=("d.pdf", f"%PDF {unit}".encode()),
            actor=ZOFIA,
        )
    final = list(states(office).values())
    assert final.count(MembershipState.CONFIRMED) == 8
    assert final.count(MembershipState.DECLINED) == 2


# The declaration


def test_a_declaration_names_both_sides_and_who_signs(office: Office) -> None:
    open_unit_calls(office)
    invite_units(office, CALL, actor=ZOFIA)
    with office.writing(ZOFIA) as session:
        name_representative(
            session,
            "2202023",
            Signatory("Zmyślona Próbna", "burmistrz"),
            since=date(2018, 1, 1),
            actor=ZOFIA,
            now=office.now(),
        )
        made = issue_cooperation_declaration(office, session, "KES", "2202023", actor=ZOFIA, now=office.now())
        text = words(content_of(office, session, made))
    assert "Gmina Brusy" in text
    assert "Reprezentowana przez" in text
    assert "Zmyślona Próbna – burmistrz" in text
    assert "Województwo Wielkopolskie" in text  # the buyer
    assert "na terenie gminy" in text
    with office.writing(ZOFIA) as session:
        powiat = issue_cooperation_declaration(office, session, "KES", "2205", actor=ZOFIA, now=office.now())
        text = words(content_of(office, session, powiat))
    assert "Powiat kartuski" in text
    assert "Reprezentowany przez" in text
    assert "………" in text
    with pytest.raises(BadInput, match="nie należy"), office.writing(ZOFIA) as session:
        issue_cooperation_declaration(office, session, "KES", "0201011", actor=ZOFIA, now=office.now())


def words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_how_it_was_signed_and_the_file_are_kept_for_good(office: Office, tmp_path: Path) -> None:
    open_unit_calls(office)
    record_declaration(
        office,
        "KES",
        "2205083",
        signed_on=date(2018, 5, 28),
        manner=Manner.QUALIFIED,
        signed_file=("deklaracja.PDF", b"%PDF podpisana"),
        actor=ZOFIA,
    )
    record_declaration(office, "KES", "2205023", signed_on=None, actor=ZOFIA)
    with office.reading(ZOFIA) as session:
        found = {one.teryt: one for one in standings(session, "KES", actor=ZOFIA)}
    assert (found["2205083"].state, found["2205083"].manner, found["2205083"].file_kept) == (
        "signed",
        Manner.QUALIFIED,
        True,
    )
    assert (found["2205023"].state, found["2205023"].manner) == ("declined", None)
    assert found["2202023"].state == "none"
    written = export(office, tmp_path / "out", actor=ZOFIA)
    (kept,) = [path for path in written if path.parent.name == "podpisane"]
    assert kept.name.startswith("KES-2205083-podpis-")
    assert (kept.suffix, kept.read_bytes()) == (".pdf", b"%PDF podpisana")
    with pytest.raises(DatabaseError), office.writing(ZOFIA) as session:
        session.execute(update(DeclarationSigning).values(manner=Manner.PAPER))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"signed_on": None, "manner": Manner.PAPER}, "przy podpisanej"),
        ({"signed_on": date(2018, 5, 28), "signed_file": ("a.pdf", b"x")}, "jak podpisano"),
        ({"signed_on": date(2018, 5, 28), "manner": Manner.PAPER, "signed_file": ("a.exe", b"x")}, "rodzajów"),
        ({"signed_on": date(2018, 5, 28), "manner": Manner.PAPER, "signed_file": ("a.pdf", b"")}, "pusty"),
        ({"signed_on": date(2019, 5, 28)}, "nie nadszedł"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_nothing_is(
    sqlite_office: Office, given: dict[str, object], said: str
) -> None:
    open_unit_calls(sqlite_office)
    with pytest.raises(BadInput, match=said):
        record_declaration(sqlite_office, "KES", "2205083", actor=ZOFIA, **given)  # type: ignore[arg-type]
    with sqlite_office.reading(WORKER) as session:
        assert session.exec(select(UnitDeclaration)).all() == []
        assert session.exec(select(IssuedDocument)).all() == []
    with pytest.raises(NotAllowed):
        record_declaration(sqlite_office, "KES", "3021163", signed_on=date(2018, 5, 28), actor=RITA)


# The gate


def test_persons_wait_for_the_declaration_of_their_unit(office: Office) -> None:
    open_unit_calls(office)
    opens, closes = "2018-06-04T08:00", "2018-06-22T15:30"
    with office.writing(RITA) as session:
        open_call(
            session,
            "KES",
            "PGR",
            "2205",
            opens_at=moment(opens),
            closes_at=moment(closes),
            actor=RITA,
            now=office.now(),
        )
    for i, gmina in ((1, "2205083"), (2, "2205083"), (3, "2205023")):
        send_in(office, reading(i, {"instytucja.gmina": gmina, "instytucja.poziom": "gmina"}), at="2018-06-05T10:00")
    pgr = "KES/PGR/2205/2018"
    now = go_to(office, "2018-07-03T09:00")
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, pgr), actor=WORKER, now=now)
        assert waiting_for_units(session, "KES") == {
            "2205083": [f"{pgr}/0001", f"{pgr}/0002"],
            "2205023": [f"{pgr}/0003"],
        }
        lines = [line for line in waiting_for_whom(session, now=now) if line.reference.startswith("jednostka")]
        assert [(line.reference, "zgłoszenia: 2" in line.what) for line in lines] == [
            ("jednostka 2205023", False),
            ("jednostka 2205083", True),
        ]
    record_declaration(office, "KES", "2205083", signed_on=date(2018, 6, 20), manner=Manner.PAPER, actor=ZOFIA)
    record_declaration(office, "KES", "2205023", signed_on=None, actor=ZOFIA)
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, pgr), actor=WORKER, now=now)
        assert waiting_for_units(session, "KES") == {}
        rows = session.exec(select(Application).order_by(Application.number)).all()
        assert [row.state for row in rows] == [
            ApplicationState.ELIGIBLE,
            ApplicationState.ELIGIBLE,
            ApplicationState.NOT_ELIGIBLE,
        ]


# The powiat's card


def test_a_powiat_is_asked_for_its_card_when_its_gminas_have_declared(office: Office) -> None:
    open_unit_calls(office)
    now = go_to(office, "2018-06-25T09:00")
    assert now
    assert invite_units(office, CARDS, actor=ZOFIA).invited == ()
    for unit, day in (("2205023", date(2018, 6, 20)), ("2213093", None)):
        record_declaration(office, "KES", unit, signed_on=day, actor=ZOFIA)
    asked = invite_units(office, CARDS, actor=ZOFIA)
    assert asked.invited == ()  # Żukowo has said nothing, and the only gmina of powiat starogardzki declined
    assert {"2205", "2213"} <= set(asked.not_yet)
    record_declaration(office, "KES", "2205083", signed_on=None, actor=ZOFIA)
    asked = invite_units(office, CARDS, actor=ZOFIA)
    assert len(asked.invited) == 1
    (letter,) = letters(office, "unit_card_asked")
    assert "Powiat kartuski" in letter.text
    assert "Gmina Kartuzy" in letter.text
    assert "Gmina Żukowo" not in letter.text
    apply(office, card_form("kartuski"), at="2018-07-02T10:00")
    with office.reading(WORKER) as session:
        row = find_application(session, f"{CARDS}/0001")
        assert (row.unit, row.state) == ("2205", ApplicationState.COMPLETE)
        assert session.exec(select(Institution.name).where(Institution.teryt == "2205")).one() == "Powiat kartuski"
