"""A call for units: invited, applying by Word form, ranked with a reserve, chosen, and signing the declaration."""

import io
import re
from datetime import date, timedelta
from pathlib import Path

import docx
import openpyxl
import pytest
from conftest import Staged
from people import KES, RITA, WORKER, deliver_all, go_to, send_in
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select, update
from units import (
    APPLYING,
    CALL,
    CARDS,
    GROUP,
    ZOFIA,
    applied,
    apply,
    card_form,
    chosen,
    decided,
    definition,
    gmina_form,
    open_unit_calls,
    person_form,
)

from flows.adapters.office import Office
from flows.steps.appeals import file_appeal
from flows.steps.applications import find_application
from flows.steps.calls import open_call
from flows.steps.cooperation import (
    ask_declaration,
    issue_cooperation_declaration,
    record_declaration,
    standings,
    waiting_for_units,
)
from flows.steps.corrections import overrule
from flows.steps.documents import content_of, export
from flows.steps.filing import file_reading
from flows.steps.institutions import Signatory, Stated, add_institution, name_representative, set_institution
from flows.steps.memberships import expire_offer, newest_membership
from flows.steps.outbox import compose, office_block
from flows.steps.promotion import promote_call
from flows.steps.said_by_office import declare_unit
from flows.steps.signed_papers import SignedFile
from flows.steps.todo import waiting_for_whom
from flows.steps.typing_in import type_in
from flows.steps.typing_sheets import sheet_of
from flows.steps.unit_invitations import invite_units
from flows.steps.unreadable_files import settle_file
from flows.steps.verification import to_verify, verify
from flows.steps.withdrawal import withdraw
from forms.reader import read_form
from forms.reading import Unreadable
from models.actor import process
from models.errors import BadInput, NotAllowed
from models.events import Happened
from models.project_bytes import canonical_bytes, digest
from models.tables import (
    Appeal,
    Application,
    Correction,
    DeclarationSigning,
    Event,
    Institution,
    IssuedDocument,
    Membership,
    Message,
    MessageAttachment,
    Person,
    ProjectVersion,
    SubmittedFile,
    UnitDeclaration,
)
from models.tables.applications import ApplicationState
from models.tables.institutions import InstitutionKind
from models.tables.memberships import MembershipState
from models.tables.outbox import MessageState
from models.tables.projects import Manner
from models.transitions import enter, reference
from templates.letters.applications import WithdrawnLetter

PICTURE = (KES / "samples" / "inbox" / "skan0001.jpg").read_bytes()


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
    assert (len(first.invited), len(first.before), len(first.unaddressed), first.not_yet) == (15, 0, 15, ())
    with office.writing(ZOFIA) as session:
        set_institution(
            session, "ZAG", "2202023", Stated(email="urzad@brusy.example.org"), actor=ZOFIA, now=office.now()
        )
    again = invite_units(office, CALL, actor=ZOFIA)
    assert (len(again.invited), len(again.before)) == (0, 15)
    sent = letters(office, "unit_invited")
    assert len(sent) == 15
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
        assert len(attached) == 15


def test_who_is_no_unit_is_not_invited_and_a_closed_call_invites_nobody(office: Office) -> None:
    open_unit_calls(office)
    with pytest.raises(BadInput, match="jest dla osób"):
        invite_units(office, GROUP, actor=RITA)
    with pytest.raises(BadInput, match="dla powiatu albo województwa"), office.writing(ZOFIA) as session:
        open_call(
            session,
            "ZAG",
            "GRUPA",
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


def test_a_second_form_of_a_unit_is_seen_when_it_comes_as_a_scan(sqlite_office: Office) -> None:
    """Its contact is another person each time: units are told apart by their code."""
    office = sqlite_office
    applied(office, ("Brusy",))
    picture = Unreadable(code="image", sentence="To jest zdjęcie lub skan.")
    send_in(office, picture, at="2018-06-05T10:00", call=CALL, sender="inny@example.org", content=PICTURE)
    number = f"{CALL}/0002"
    answers = {"jednostka": "Brusy", "imie": "Inna", "nazwisko": "Osoba", "email": "inny@example.org"}
    answers |= {"telefon": "600 100 200", "osw_prawda": "tak"}
    with office.writing(ZOFIA) as session:
        sheet = filled_in(office, session, number, answers)
        type_in(session, number, sheet, reason="przepisano", actor=ZOFIA, now=office.now())
        row = find_application(session, number)
        assert row.unit == "2202023"
        told = select(Event.kind).where(Event.subject == f"application/{row.id}")
        assert Happened.DUPLICATE_SEEN in session.exec(told).all()


def filled_in(office: Office, session: Session, number: str, answers: dict[str, str]) -> bytes:
    """The sheet of an application with these answers typed in, by row key."""
    book = openpyxl.load_workbook(io.BytesIO(sheet_of(office, session, find_application(session, number))))
    rows = {row[0].value: row for row in book.worksheets[0].iter_rows() if row[0].value}
    for key, text in answers.items():
        rows[key][2].value = text
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_rules_of_units_look_at_type_and_numbers(office: Office) -> None:
    """Swarzędz has too many people, Czerniejewo too few, of Tuchola the table knows nothing; Słupno is rural and not of
    the project."""
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


def test_nobody_completes_an_application_by_knowing_the_name_of_its_unit(sqlite_office: Office) -> None:
    """Name and code of a gmina are public: the answer counts from a known address, and else an officer decides."""
    office = sqlite_office
    open_unit_calls(office)
    for day, name in enumerate(("Brusy", "Kartuzy", "Żukowo"), start=4):
        apply(office, gmina_form(name, telefon=""), at=f"2018-06-0{day}T10:00", sender=f"{day}@example.org")
    with office.writing(ZOFIA) as session:
        stated = Stated(kind=InstitutionKind.GMINA, area="2205023", email="urzad@kartuzy.example.org")
        add_institution(session, "ZAG", stated, actor=ZOFIA, now=office.now())
    answer = {"imie": "", "nazwisko": "", "email": ""}
    strange = apply(office, gmina_form("Brusy", **answer), at="2018-06-07T10:00", sender="obcy@example.net")
    nobody = apply(office, gmina_form("Żukowo", **answer), at="2018-06-07T11:00", sender="")
    assert (strange.counts.unreadable, nobody.counts.unreadable) == (1, 1)
    own = apply(
        office, gmina_form("Brusy", **answer, telefon="600 100 201"), at="2018-06-07T12:00", sender="4@Example.org"
    )
    official = apply(office, gmina_form("Kartuzy", **answer), at="2018-06-07T13:00", sender="urzad@kartuzy.example.org")
    assert (own.counts.answers, official.counts.answers) == (1, 1)
    number = f"{CALL}/0003"
    with office.reading(WORKER) as session:
        assert session.get_one(SubmittedFile, strange.file_id).reason_code == "unit_sender_unknown"
        assert find_application(session, number).state is ApplicationState.INCOMPLETE
        first = find_application(session, f"{CALL}/0001")
        senders = select(SubmittedFile.sender).where(SubmittedFile.application_id == first.id)
        assert {one.casefold() for one in session.exec(senders).all() if one} == {"4@example.org"}
    with pytest.raises(BadInput, match="--again"), office.writing(ZOFIA) as session:
        settle_file(session, nobody.file_id, answers=number, actor=ZOFIA, now=office.now())
    with office.writing(ZOFIA) as session:
        settle_file(session, nobody.file_id, again=True, answers=number, actor=ZOFIA, now=office.now())
        read = read_form(gmina_form("Żukowo", **answer), definition().forms)
        assert file_reading(session, nobody.file_id, read, actor=WORKER, now=office.now()).answers == 1


def test_a_unit_that_the_project_does_not_name_is_outside_a_call_of_all_of_it(sqlite_office: Office) -> None:
    """Anybody in the country may send a card: it is no reason to choose them, nor one that holds all others up. Whose
    card is accepted has nothing to sign."""
    office = sqlite_office
    open_unit_calls(office)
    for day, name in ((2, "kartuski"), (3, "płocki")):
        apply(office, card_form(name), at=f"2018-07-0{day}T10:00")
    decided(office, CARDS, "2018-10-01")
    assert states(office) == {"0001": MembershipState.CONFIRMED, "0002": None}
    (accepted,) = letters(office, "accepted")
    assert "wystarczy przysłany formularz" in spaced(accepted)
    assert "deklaracj" not in accepted.text
    (refused,) = letters(office, "rejected")
    assert "Jednostka nie należy do obszaru naboru (§ 2)" in spaced(refused)
    with office.writing(ZOFIA) as session:  # chosen by the rules of an earlier version, say
        made = issue_cooperation_declaration(office, session, "ZAG", "1419", actor=ZOFIA, now=office.now())
        assert "Powiat płocki" in words(content_of(office, session, made))
        with pytest.raises(BadInput, match="Obszar 1419 nie należy do projektu"):
            declare_unit(session, "ZAG", "1419", signed_on=date(2018, 10, 1), actor=ZOFIA, now=office.now())
        refused_one = find_application(session, f"{CARDS}/0002")
        enter(
            session,
            Membership(
                area=refused_one.area,
                application_id=refused_one.id or 0,
                person_id=refused_one.person_id,
                group_id=session.exec(select(Membership.group_id)).first() or 0,
                offered_at=office.now(),
                answer_due_at=office.now(),
            ),
            happened=Happened.SEAT_OFFERED,
            actor=ZOFIA,
            now=office.now(),
        )
        told = declare_unit(session, "ZAG", "1419", signed_on=date(2018, 10, 1), actor=ZOFIA, now=office.now())
        assert told == "powiat płocki"


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
        lists = select(IssuedDocument).where(col(IssuedDocument.kind).in_(("internal_list", "protocol")))
        listed = [
            docx.Document(io.BytesIO(content_of(office, session, one))).tables for one in session.exec(lists).all()
        ]
    assert len(listed) == 2
    for tables in listed:
        told = [cell.text for table in tables for row in table.rows for cell in row.cells]
        assert "Jednostka" in told
        assert {"Gmina Kartuzy", "Gmina Żukowo"} <= set(told)
        assert not {"Obszar kooperacji", "Poziom"} & set(told), "columns in which nothing could stand"
    assert {paper.subject for paper in papers} == {f"ZAG/{unit}" for unit in units.values()}
    go_to(office, "2018-06-22T09:00")
    promoted = []
    for number, actor in zip(offered[:2], (process("promote"), ZOFIA), strict=True):
        done = record_declaration(office, "ZAG", units[number] or "", signed_on=None, actor=ZOFIA)
        assert done.seats == (f"{CALL}/{number}",)
        promoted += promote_call(office, CALL, actor=actor).made  # the seat by night, and at an officer's word
    for number in offered[2:]:
        record_declaration(
            office, "ZAG", units[number] or "", signed_on=date(2018, 6, 22), manner=Manner.PAPER, actor=ZOFIA
        )
    assert len(promoted) == 2
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
            "ZAG",
            unit,
            signed_on=date(2018, 6, 22),
            manner=Manner.QUALIFIED,
            signed_file=SignedFile("d.pdf", f"%PDF {unit}".encode()),
            actor=ZOFIA,
        )
    final = list(states(office).values())
    assert final.count(MembershipState.CONFIRMED) == 8
    assert final.count(MembershipState.DECLINED) == 2


def test_who_has_signed_before_is_asked_for_nothing_more(office: Office) -> None:
    applied(office, ("Brusy", "Kartuzy"))
    record_declaration(office, "ZAG", "2205023", signed_on=date(2018, 6, 1), manner=Manner.PAPER, actor=RITA)
    decided(office, CALL, "2018-06-18")
    assert states(office) == {"0001": MembershipState.OFFERED, "0002": MembershipState.CONFIRMED}
    settled, asked = letters(office, "accepted")
    assert "Przekażemy ją do podpisu" in spaced(asked)
    assert "Mamy już deklarację współpracy podpisaną 1 czerwca 2018 r." in spaced(settled)
    assert "Termin:" not in settled.text
    with office.reading(WORKER) as session:
        papers = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "cooperation_declaration")).all()
    assert [paper.subject for paper in papers] == ["ZAG/2202023"]
    with pytest.raises(BadInput, match=f"ma już potwierdzone miejsce .{CALL}/0002."):
        record_declaration(office, "ZAG", "2205023", signed_on=None, actor=ZOFIA)
    deliver_all(office, "2018-06-19T09:00")
    with office.writing(ZOFIA) as session:  # as two at once would leave it: the word is there, the offer not answered
        declare_unit(session, "ZAG", "2202023", signed_on=date(2018, 6, 18), actor=ZOFIA, now=office.now())
        seat = newest_membership(session, find_application(session, f"{CALL}/0001"))
    assert seat is not None
    go_to(office, "2018-08-01T09:00")
    with office.writing(process("remind")) as session:
        assert not expire_offer(session, seat.id or 0, actor=process("remind"), now=office.now())
    assert states(office) == {"0001": MembershipState.CONFIRMED, "0002": MembershipState.CONFIRMED}


def test_a_declaration_that_decides_on_a_seat_is_recorded_by_who_sees_the_seat(staged: Staged) -> None:
    office, _ = staged(chosen)
    with pytest.raises(NotAllowed, match="ZAG/GMINY/PL/2018"):
        record_declaration(office, "ZAG", "2205083", signed_on=date(2018, 6, 18), manner=Manner.PAPER, actor=RITA)
    with office.reading(WORKER) as session:
        assert session.exec(select(UnitDeclaration)).all() == []


def test_every_letter_about_an_application_of_a_unit_speaks_of_units(staged: Staged) -> None:
    """Whatever row names the application: itself, its seat, its appeal, a request to complete it."""
    office, numbers = staged(chosen)
    go_to(office, "2018-06-19T09:00")
    waits = next(number for number in numbers if states(office)[number[-4:]] is None)
    file_appeal(
        office,
        waits,
        file_name="odwolanie.pdf",
        content=b"%PDF-1.4 odwolanie",
        received_at=office.now(),
        channel="email",
        actor=ZOFIA,
    )
    (received,) = letters(office, "appeal_received")
    assert "w naborze „Gminy w projekcie – cały obszar projektu”" in spaced(received)
    with office.writing(ZOFIA) as session:
        application = find_application(session, waits)
        asked = Correction(
            area="",
            application_id=application.id or 0,
            round=1,
            items=[],
            asked_at=office.now(),
            due_at=office.now(),
        )
        session.add(asked)
        session.flush()
        seat = session.exec(select(Membership)).first()
        appeal = session.exec(select(Appeal)).one()
        for row in (application, seat, appeal, asked):
            assert row is not None
            letter = WithdrawnLetter(
                office=office_block(definition()),
                public_number="AAAA-BBBB",
                group_name="Gminy",
                withdrawn_on=date(2018, 6, 19),
            )
            message = compose(
                session,
                "withdrawn",
                letter,
                subject_ref=reference(row),
                area="",
                occasion="tried",
                actor=ZOFIA,
                now=office.now(),
                recipient="kontakt@example.org",
                definition=definition(),
            )
            assert message is not None
            assert "w naborze „Gminy”" in message.text.replace("\xa0", " "), reference(row)


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
        made = issue_cooperation_declaration(office, session, "ZAG", "2202023", actor=ZOFIA, now=office.now())
        text = words(content_of(office, session, made))
    assert "Gmina Brusy" in text
    assert "Reprezentowana przez" in text
    assert "Zmyślona Próbna – burmistrz" in text
    assert "Województwo Zmyślone" in text  # the buyer
    assert "na terenie gminy" in text
    with office.writing(ZOFIA) as session:
        powiat = issue_cooperation_declaration(office, session, "ZAG", "2205", actor=ZOFIA, now=office.now())
        text = words(content_of(office, session, powiat))
    assert "Powiat kartuski" in text
    assert "Reprezentowany przez" in text
    assert "………" in text
    with pytest.raises(BadInput, match="nie należy"), office.writing(ZOFIA) as session:
        ask_declaration(office, session, "ZAG", "0201011", actor=ZOFIA, now=office.now())


def without(office: Office, *dropped: str) -> None:
    """A newer version of the project, which names these gminas no more; the calls go on under their own."""
    said = definition()
    voivodships = tuple(
        one.model_copy(
            update={
                "powiats": tuple(
                    powiat.model_copy(
                        update={"gminas": tuple(gmina for gmina in powiat.gminas if gmina.teryt not in dropped)}
                    )
                    for powiat in one.powiats
                )
            }
        )
        for one in said.area.voivodships
    )
    body = canonical_bytes(said.model_copy(update={"area": said.area.model_copy(update={"voivodships": voivodships})}))
    with office.writing(WORKER) as session:
        session.add(
            ProjectVersion(
                code=said.code,
                version=2,
                schema_version=said.schema_version,
                digest=digest(body),
                body=body,
                loaded_at=office.now(),
                loaded_by="adam",
            )
        )


def test_a_chosen_unit_that_a_newer_version_drops_may_still_sign(staged: Staged) -> None:
    office, _ = staged(chosen)
    with office.reading(WORKER) as session:
        seated = select(Application).join(Membership, col(Membership.application_id) == col(Application.id))
        # Not of the powiat in whose call persons wait for units.
        first, second = [
            row
            for row in session.exec(seated.order_by(Application.number)).all()
            if row.unit and not row.unit.startswith("2205")
        ][:2]
    unit, other = first.unit or "", second.unit or ""
    name = definition().area.names()[unit]
    without(office, unit, other)
    with office.reading(ZOFIA) as session:
        found = {one.teryt: one for one in standings(session, "ZAG", actor=ZOFIA)}
    assert (found[unit].name, found[unit].state) == (name, "none")
    with office.writing(ZOFIA) as session:
        made = ask_declaration(office, session, "ZAG", unit, actor=ZOFIA, now=office.now())
        assert f"Gmina {name}" in words(content_of(office, session, made))
    done = record_declaration(office, "ZAG", unit, signed_on=date(2018, 6, 18), manner=Manner.PAPER, actor=ZOFIA)
    assert (done.unit, done.seats) == (f"gmina {name}", (first.number,))
    assert states(office)[first.number[-4:]] is MembershipState.CONFIRMED
    with office.writing(ZOFIA) as session:
        withdraw(session, second.number, actor=ZOFIA, now=office.now())
    with pytest.raises(BadInput, match=f"Obszar {other} nie należy do projektu"):
        record_declaration(office, "ZAG", other, signed_on=date(2018, 6, 18), actor=ZOFIA)
    with pytest.raises(BadInput, match="Obszar 0201011 nie należy do projektu"):
        record_declaration(office, "ZAG", "0201011", signed_on=date(2018, 6, 18), actor=ZOFIA)


def test_persons_do_not_wait_for_good_for_a_unit_that_a_newer_version_drops(sqlite_office: Office) -> None:
    """Their call goes on under its own version, which asks for the declaration of the gmina."""
    office = sqlite_office
    open_unit_calls(office)
    without(office, "2205083")
    apply(office, person_form("Pierwsza", "Żukowo"), at="2018-06-05T10:00")
    now = go_to(office, "2018-07-03T09:00")
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, GROUP), actor=WORKER, now=now)
        waits = {one.teryt: (one.name, len(one.waiting)) for one in standings(session, "ZAG", actor=WORKER)}
        assert waits["2205083"] == ("Żukowo", 1), "as the version of its call names it"
        made = issue_cooperation_declaration(office, session, "ZAG", "2205083", actor=WORKER, now=now)
        assert "Gmina Żukowo" in words(content_of(office, session, made))
    with office.writing(RITA) as session:
        assert (
            declare_unit(session, "ZAG", "2205083", signed_on=date(2018, 5, 28), actor=RITA, now=office.now())
            == "gmina Żukowo"
        )


def words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_how_it_was_signed_and_the_file_are_kept_for_good(office: Office, tmp_path: Path) -> None:
    open_unit_calls(office)
    record_declaration(
        office,
        "ZAG",
        "2205083",
        signed_on=date(2018, 5, 28),
        manner=Manner.QUALIFIED,
        signed_file=SignedFile("deklaracja.PDF", b"%PDF podpisana"),
        actor=ZOFIA,
    )
    record_declaration(office, "ZAG", "2205023", signed_on=None, actor=ZOFIA)
    with office.reading(ZOFIA) as session:
        found = {one.teryt: one for one in standings(session, "ZAG", actor=ZOFIA)}
    assert (found["2205083"].state, found["2205083"].manner, found["2205083"].file_kept) == (
        "signed",
        Manner.QUALIFIED,
        True,
    )
    assert (found["2205023"].state, found["2205023"].manner) == ("declined", None)
    assert found["2202023"].state == "none"
    written = export(office, tmp_path / "out", actor=ZOFIA)
    (kept,) = [path for path in written if path.parent.name == "podpisane"]
    assert kept.name.startswith("ZAG-2205083-podpis-")
    assert (kept.suffix, kept.read_bytes()) == (".pdf", b"%PDF podpisana")
    with pytest.raises(DatabaseError), office.writing(ZOFIA) as session:
        session.execute(update(DeclarationSigning).values(manner=Manner.PAPER))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"signed_on": None, "manner": Manner.PAPER}, "przy podpisanej"),
        ({"signed_on": date(2018, 5, 28), "signed_file": SignedFile("a.pdf", b"x")}, "jak podpisano"),
        (
            {"signed_on": date(2018, 5, 28), "manner": Manner.PAPER, "signed_file": SignedFile("a.exe", b"x")},
            "rodzajów",
        ),
        ({"signed_on": date(2018, 5, 28), "manner": Manner.PAPER, "signed_file": SignedFile("a.pdf", b"")}, "pusty"),
        ({"signed_on": date(2019, 5, 28)}, "nie nadszedł"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_nothing_is(
    sqlite_office: Office, given: dict[str, object], said: str
) -> None:
    open_unit_calls(sqlite_office)
    with pytest.raises(BadInput, match=said):
        record_declaration(sqlite_office, "ZAG", "2205083", actor=ZOFIA, **given)  # type: ignore[arg-type]
    with sqlite_office.reading(WORKER) as session:
        assert session.exec(select(UnitDeclaration)).all() == []
        assert session.exec(select(IssuedDocument)).all() == []
    with pytest.raises(NotAllowed):
        record_declaration(sqlite_office, "ZAG", "3021163", signed_on=date(2018, 5, 28), actor=RITA)


# The gate


def test_persons_wait_for_the_declaration_of_their_unit(office: Office) -> None:
    open_unit_calls(office)
    for day, (name, gmina) in enumerate((("Pierwsza", "Żukowo"), ("Druga", "Żukowo"), ("Trzecia", "Kartuzy")), start=5):
        apply(office, person_form(name, gmina), at=f"2018-06-0{day}T10:00")
    now = go_to(office, "2018-07-03T09:00")
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, GROUP), actor=WORKER, now=now)
        assert waiting_for_units(session, "ZAG") == {
            "2205083": [f"{GROUP}/0001", f"{GROUP}/0002"],
            "2205023": [f"{GROUP}/0003"],
        }
        lines = [line for line in waiting_for_whom(session, now=now) if line.reference.startswith("jednostka")]
        assert sorted((line.reference, "zgłoszenia: 2" in line.what) for line in lines) == [
            ("jednostka 2205023", False),
            ("jednostka 2205083", True),
        ]
    record_declaration(office, "ZAG", "2205083", signed_on=date(2018, 6, 20), manner=Manner.PAPER, actor=ZOFIA)
    record_declaration(office, "ZAG", "2205023", signed_on=None, actor=ZOFIA)
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, GROUP), actor=WORKER, now=now)
        assert waiting_for_units(session, "ZAG") == {}
        rows = session.exec(select(Application).order_by(Application.number)).all()
        assert [row.state for row in rows] == [
            ApplicationState.ELIGIBLE,
            ApplicationState.ELIGIBLE,
            ApplicationState.NOT_ELIGIBLE,
        ]


def test_whoever_answers_for_a_unit_may_sit_in_a_group_too(sqlite_office: Office) -> None:
    """And for two units: it is not the person who has their seats."""
    office = sqlite_office
    applied(office, ("Brusy", "Żukowo"))
    record_declaration(office, "ZAG", "2205083", signed_on=date(2018, 6, 2), actor=RITA)
    apply(office, person_form("Pierwsza", "Żukowo"), at="2018-06-05T10:00")
    with office.writing(WORKER) as session:
        rows = session.exec(select(Application).order_by(col(Application.id))).all()
        for row in rows:
            row.person_id = rows[0].person_id
            session.add(row)
    for call, day in ((CALL, "2018-06-25"), (GROUP, "2018-06-26")):
        decided(office, call, day)
    with office.reading(WORKER) as session:
        rows = session.exec(select(Application).order_by(Application.number)).all()
        seats = {row.number: seat.state for row in rows if (seat := newest_membership(session, row)) is not None}
    assert seats == {
        f"{GROUP}/0001": MembershipState.OFFERED,
        f"{CALL}/0001": MembershipState.OFFERED,
        f"{CALL}/0002": MembershipState.CONFIRMED,
    }


# The powiat's card


def test_a_powiat_is_asked_for_its_card_when_its_gminas_have_declared(office: Office) -> None:
    open_unit_calls(office)
    now = go_to(office, "2018-06-25T09:00")
    assert now
    assert invite_units(office, CARDS, actor=ZOFIA).invited == ()
    for unit, day in (("2205023", date(2018, 6, 20)), ("2213093", None)):
        record_declaration(office, "ZAG", unit, signed_on=day, actor=ZOFIA)
    asked = invite_units(office, CARDS, actor=ZOFIA)
    assert asked.invited == ()  # Żukowo has said nothing, and the only gmina of powiat starogardzki declined
    assert {"2205", "2213"} <= set(asked.not_yet)
    record_declaration(office, "ZAG", "2205083", signed_on=None, actor=ZOFIA)
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
