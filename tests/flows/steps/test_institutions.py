"""Institutions: entered once, found again, changed on record, and written to through the same outbox as people."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import openpyxl
import people
import pytest
from conftest import Staged
from docx import Document
from people import ADAM, RITA, STRANGER, WORKER, go_to
from sqlalchemy import func
from sqlmodel import col, select
from terc_files import as_csv

from flows.adapters.office import Office
from flows.steps.documents import newest
from flows.steps.institution_closing import close_institution, reopen_institution
from flows.steps.institution_letters import letter_to
from flows.steps.institution_table import RowsFaulty, TakenIn, import_institutions
from flows.steps.institutions import (
    Added,
    Signatory,
    Stated,
    add_institution,
    add_units,
    code_of,
    find_institution,
    institutions_in,
    name_representative,
    set_institution,
    signatories,
)
from flows.steps.merging import merge_waiting
from flows.steps.outbox import edit, office_block, take_apart
from flows.steps.paper_letters import print_letters
from flows.steps.people import OFFICE_KEY
from flows.steps.territory import load_terc
from flows.steps.todo import waiting_for_whom
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from models.mail_rules import MergeRule
from models.tables import Event, Institution, Message, StoreNote
from models.tables.institutions import InstitutionKind, InstitutionState
from models.tables.outbox import Channel, MessageState
from models.transitions import queue
from templates.letters.officers import ReminderOfficersLetter, WaitingLine

CULTURE = "kultura_sport_turystyka"
LIBRARY = Stated("Biblioteka Próbna w Kartuzach", area="2205023", sector=CULTURE, email="biblioteka@example.org")


def opened(office: Office) -> None:
    people.open_kes_call(office)


def add(office: Office, stated: Stated, actor: people.Actor = RITA) -> Added:
    with office.writing(actor) as session:
        return add_institution(session, "KES", stated, actor=actor, now=office.now())


def change(office: Office, code: str, stated: Stated) -> list[str]:
    with office.writing(RITA) as session:
        return set_institution(session, "KES", code, stated, actor=RITA, now=office.now())[1]


def name(office: Office, code: str, who: str, function: str, since: str, place: int = 1) -> bool:
    with office.writing(RITA) as session:
        return name_representative(
            session,
            code,
            Signatory(who, function),
            since=date.fromisoformat(since),
            place=place,
            actor=RITA,
            now=office.now(),
        )


def write_to(office: Office, institution: Institution, occasion: str = "1", about: str = "") -> Message | None:
    with office.writing(WORKER) as session:
        definition = people.definition()
        lines = (WaitingLine(number="X"),)
        message = letter_to(
            session,
            institution,
            "reminder_officers",
            ReminderOfficersLetter(office=office_block(definition), matter="próba", lines=lines),
            subject_ref=about or f"institution/{institution.id}",
            area=institution.area,
            occasion=occasion,
            actor=WORKER,
            now=office.now(),
            definition=definition,
        )
        queue(session, [message] if message else [], actor=WORKER, now=office.now())
        return message


def messages(office: Office) -> list[Message]:
    with office.writing(WORKER) as session:
        return list(session.exec(select(Message).order_by(col(Message.id))).all())


def count(office: Office) -> int:
    with office.reading(WORKER) as session:
        return session.exec(select(func.count(col(Institution.id)))).one()


def test_an_institution_is_entered_once_however_it_is_spelt(staged: Staged) -> None:
    office, _ = staged(opened)
    first = add(office, LIBRARY)
    again = add(office, Stated("BIBLIOTEKA  próbna w Kartuzach", area="2205023", nip="778-13-46-888"))
    assert (first.new, again.new, again.institution.id) == (True, False, first.institution.id)
    assert again.changed == ("name", "nip")
    by_nip = add(office, Stated("Biblioteka Próbna w Kartuzach", area="2205", nip="7781346888"))
    assert (by_nip.new, by_nip.institution.id, by_nip.remarks) == (
        False,
        first.institution.id,
        ("siedziba w rejestrze to 2205023; zostaje bez zmian",),
    )
    other = add(office, Stated("Przedszkole Próbne w Kartuzach", area="2205023", nip="7781346888"))
    assert other.new, "bodies of one gmina may share its NIP"
    assert "ten sam NIP ma" in other.remarks[0]
    assert count(office) == 2


def test_the_units_of_the_project_know_their_names(staged: Staged) -> None:
    office, _ = staged(opened)
    gmina = add(office, Stated(kind=InstitutionKind.GMINA, area="2205023")).institution
    assert (gmina.name, gmina.teryt) == ("Gmina Kartuzy", "2205023")
    with office.writing(RITA) as session:
        entered = {one.institution.area for one in add_units(session, "KES", actor=RITA, now=office.now())}
    definition = people.definition()
    assert entered == {code for code in definition.area.names() if code.startswith("22")} - {"2205023"}
    with office.writing(RITA) as session:
        assert add_units(session, "KES", actor=RITA, now=office.now()) == []
        assert find_institution(session, "2205").name == "Powiat kartuski"
        assert find_institution(session, "22").name == "Województwo pomorskie"


def test_the_name_that_an_officer_gave_a_unit_stays(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(opened)
    gmina = Stated(kind=InstitutionKind.GMINA, area="2205023")
    code = code_of(add(office, gmina).institution)
    change(office, code, Stated("Urząd Miejski w Kartuzach"))
    assert add(office, gmina).changed == ()
    assert take(office, table(tmp_path, TABLE)).changed == (code,), "its address and sector"
    assert messages(office) == []
    with office.reading(RITA) as session:
        assert find_institution(session, code).name == "Urząd Miejski w Kartuzach"
    assert add(office, replace(gmina, name="Gmina Kartuzy")).changed == ("name",), "what is typed counts"


def test_a_body_entered_under_the_name_of_its_unit_becomes_the_unit(staged: Staged) -> None:
    office, _ = staged(opened)
    body = add(office, Stated("Gmina Kartuzy", area="2205023", email="urzad@example.org")).institution
    assert (body.kind, body.teryt) == (InstitutionKind.OTHER, None)
    with office.writing(RITA) as session:
        found = {one.institution.area: one for one in add_units(session, "KES", actor=RITA, now=office.now())}
    unit = found["2205023"]
    assert (unit.new, unit.changed, unit.institution.id) == (False, ("kind", "teryt"), body.id)
    with office.reading(RITA) as session:
        again = find_institution(session, "2205023")
        assert (again.kind, again.email) == (InstitutionKind.GMINA, "urzad@example.org")
    assert not add(office, Stated("Gmina Kartuzy", area="2205023")).new
    assert count(office) == len(found)


IMPOSSIBLE = (
    (Stated("Szkoła"), "TERYT"),
    (Stated("Szkoła", area="1465011"), "województwie, którego projekt nie obejmuje"),
    (Stated(" – ", area="2205023"), "musi mieć nazwę"),
    (Stated(kind=InstitutionKind.GMINA, area="2205"), "ma 7 cyfr"),
    (Stated(kind=InstitutionKind.GMINA, area="2205999"), "proszę podać jej nazwę"),
    (Stated("Szkoła", area="2205023", nip="1234567890"), "NIP"),
    (Stated("Szkoła", area="2205023", sector="sport"), "Projekt nie zna obszaru „sport”"),
    (Stated("Szkoła", area="2205023", level="osiedle"), "Projekt nie zna poziomu „osiedle”"),
    (Stated("Szkoła", area="2205023", email="szkola"), "adres e-mail"),
    (Stated("Szkoła", area="2205023", edelivery="AE:PL-1"), "AE:PL-"),
    (Stated("S" * 301, area="2205023"), "najwyżej 300 znaków, a jest 301"),
    (Stated("Szkoła \u202eakswo", area="2205023"), "znaki, których nie widać"),
    (Stated("Szko\u200bła", area="2205023"), "znaki, których nie widać"),
    (Stated("Szkoła", area="407033"), "zginęło chyba zero na początku; jeśli tak, kod brzmi 0407033"),
)


def test_what_cannot_be_an_institution_is_said(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(opened)
    for stated, said in IMPOSSIBLE:
        with pytest.raises(BadInput, match=said):
            add(office, stated)
    assert count(office) == 0


def test_a_seat_that_the_loaded_register_does_not_know_is_remarked_on(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(opened)
    assert add(office, Stated("Szkoła Pierwsza", area="2205999")).remarks == (), "the small table knows few units"
    with office.writing(ADAM) as session:
        load_terc(session, as_csv().encode(), actor=ADAM, now=office.now())
    (remark,) = add(office, Stated("Szkoła Druga", area="2205999")).remarks
    assert "nie zna jednostki 2205999" in remark
    assert add(office, Stated("Szkoła Trzecia", area="2205993")).remarks == ()


def test_nobody_enters_changes_or_finds_one_of_another_area(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(opened)
    library = add(office, LIBRARY).institution
    for actor in (STRANGER, ADAM):
        with pytest.raises(NotAllowed):
            add(office, Stated("Szkoła Próbna", area="2205083"), actor)
    with office.writing(STRANGER) as session:
        assert institutions_in(session) == []
        with pytest.raises(NotFound):
            set_institution(
                session, "KES", code_of(library), Stated(email="x@example.org"), actor=STRANGER, now=office.now()
            )
    assert count(office) == 1


def test_closed_it_is_listed_no_more_until_it_works_again(staged: Staged) -> None:
    office, _ = staged(opened)
    code = code_of(add(office, LIBRARY).institution)
    with office.writing(RITA) as session:
        assert close_institution(session, code, actor=RITA, now=office.now()).state is InstitutionState.CLOSED
        assert institutions_in(session) == []
        assert [one.name for one in institutions_in(session, area="2205", closed=True)] == [LIBRARY.name]
        with pytest.raises(IllegalMove):
            close_institution(session, code, actor=RITA, now=office.now())
        assert reopen_institution(session, code, actor=RITA, now=office.now()).state is InstitutionState.ACTIVE


# Who signs


def test_who_signs_is_known_for_every_day(staged: Staged) -> None:
    office, _ = staged(opened)
    row = add(office, LIBRARY).institution
    code = code_of(row)
    assert name(office, code, "Zmyślona Próbna", "dyrektorka", "2019-01-01")
    assert not name(office, code, "Zmyślona  Próbna", "dyrektorka", "2019-06-01"), "that is known"
    assert name(office, code, "Zmyślony Próbny", "główny księgowy", "2019-03-01", place=2)
    assert name(office, code, "Wymyślona Inna", "dyrektorka", "2020-01-01")
    assert name(office, code, "", "", "2020-02-01", place=2)
    assert row.id is not None
    found = {}
    with office.reading(RITA) as session:
        for day in ("2018-12-31", "2019-02-01", "2019-03-01", "2020-01-15", "2020-02-01"):
            found[day] = [one.name for one in signatories(session, row.id, on=date.fromisoformat(day))]
    assert found == {
        "2018-12-31": [],
        "2019-02-01": ["Zmyślona Próbna"],
        "2019-03-01": ["Zmyślona Próbna", "Zmyślony Próbny"],
        "2020-01-15": ["Wymyślona Inna", "Zmyślony Próbny"],
        "2020-02-01": ["Wymyślona Inna"],
    }
    with office.reading(WORKER) as session:
        facts = [event.facts for event in session.exec(select(Event).where(Event.subject == f"institution/{row.id}"))]
    assert "Zmyślona" not in str(facts)


@pytest.mark.parametrize(
    ("who", "function", "place"),
    [("Zmyślona Próbna", "", 1), ("", "dyrektorka", 1), ("Zmyślona Próbna", "dyrektorka", 6), ("Z\x07", "x", 1)],
)
def test_who_signs_has_a_name_a_function_and_a_place(
    sqlite_staged: Staged, who: str, function: str, place: int
) -> None:
    office, _ = sqlite_staged(opened)
    code = code_of(add(office, LIBRARY).institution)
    with pytest.raises(BadInput):
        name(office, code, who, function, "2019-01-01", place)


# Tables


def take(office: Office, path: Path) -> TakenIn:
    with office.writing(RITA) as session:
        return import_institutions(session, "KES", path, actor=RITA, now=office.now())


TABLE = (
    "nazwa;rodzaj;siedziba;obszar;e-mail\n"
    ";gmina;2205023;samorzad;urzad@example.org\n"
    "Biblioteka Próbna w Kartuzach;;2205023;kultura_sport_turystyka;\n"
)


def table(folder: Path, text: str) -> Path:
    path = folder / "instytucje.csv"
    path.write_text(text.replace("e-mail\n", "email\n", 1), encoding="utf-8-sig")
    return path


def test_a_table_is_taken_in_whole_and_again_changes_only_what_differs(staged: Staged, tmp_path: Path) -> None:
    office, _ = staged(opened)
    taken = take(office, table(tmp_path, TABLE))
    assert (len(taken.new), taken.changed, taken.unchanged) == (2, (), 0)
    again = take(office, table(tmp_path, TABLE.replace(f"{CULTURE};", f"{CULTURE};biblioteka@example.org")))
    assert (again.new, len(again.changed), again.unchanged) == ((), 1, 1)


def test_a_table_of_excel_brings_who_signs(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(opened)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nazwa", "Siedziba", "Reprezentant", "Funkcja", "Od", "Kanał", "Adres"])
    row = ["Biblioteka Próbna", "2205023", "Zmyślona Próbna", "dyrektorka", date(2019, 1, 1), "papier", "ul. Próbna 1"]
    sheet.append([*row[:6], "ul. Próbna 1; 83-300 Kartuzy"])
    book.save(tmp_path / "i.xlsx")
    (code,) = take(office, tmp_path / "i.xlsx").new
    with office.reading(RITA) as session:
        found = find_institution(session, code)
        assert (found.channel, found.recipient) == (Channel.PAPER, "ul. Próbna 1\n83-300 Kartuzy")
        assert signatories(session, found.id or 0, on=date(2019, 1, 1)) == (Signatory("Zmyślona Próbna", "dyrektorka"),)


def test_one_bad_row_and_nothing_is_taken_in(staged: Staged, tmp_path: Path) -> None:
    office, _ = staged(opened)
    text = TABLE + "Szkoła Próbna;;1465011;;\n;gmina;2205023;;\nInna;dzielnica;2205023;;\nJeszcze inna;;3021163;;\n"
    with pytest.raises(RowsFaulty) as faulty:
        take(office, table(tmp_path, text))
    said = str(faulty.value)
    assert said.startswith("Niczego nie wpisano. ")
    assert "Wiersz 4: Obszar 1465011" in said
    assert "Wiersz 5: Ta sama instytucja stoi już w wierszu 2." in said
    assert "Wiersz 6: Rodzaj to:" in said
    assert "Wiersz 7: Konto „rita” działa na obszarze 22" in said
    assert count(office) == 0


NO_TABLES = (
    ("nazwa;gmina\nA;2205023\n", "Nieznana kolumna „gmina”. Brakuje kolumny „siedziba”."),
    ("nazwa;nazwa;siedziba\n", "Kolumna „nazwa” jest dwa razy"),
    ("nazwa;siedziba;reprezentant;funkcja;od\nA;2205023;B;C;31.02.2018\n", "31.02.2018”: nie ma takiego dnia"),
    ("nazwa;siedziba;reprezentant\nA;2205023;B\n", "kolumny „reprezentant” i „funkcja”"),
    ("nazwa;siedziba\n", "nie ma żadnej instytucji"),
    ("nazwa;siedziba\nA;2205023;x\n", "więcej pól"),
    ('nazwa;siedziba\n"A;2205023\n', "Wiersz 2: nie da się go odczytać"),
)


def test_what_is_no_table_is_said(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(opened)
    for text, said in NO_TABLES:
        with pytest.raises(BadInput, match=said):
            take(office, table(tmp_path, text))


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: text.encode("cp1250"),
        lambda text: text.replace(";", "\t").encode("utf-16"),
        lambda text: text.replace(";", ",").encode("utf-8-sig"),
        lambda text: ("sep=;\n" + text).replace("\n", "\r\n").encode(),
    ],
    ids=["Windows", "Unicode text", "commas", "sep"],
)
def test_however_excel_saved_the_table_it_is_the_same(
    sqlite_staged: Staged, tmp_path: Path, saved: Callable[[str], bytes]
) -> None:
    office, _ = sqlite_staged(opened)
    path = tmp_path / "zapisana.csv"
    path.write_bytes(
        saved("nazwa;siedziba;reprezentant;funkcja;od\nSzkoła Żółta;2205083;Ala Ćma;dyrektorka;1.09.2018\n")
    )
    (code,) = take(office, path).new
    with office.reading(RITA) as session:
        found = find_institution(session, code)
        assert (found.name, found.area) == ("Szkoła Żółta", "2205083")
        assert signatories(session, found.id or 0, on=date(2018, 9, 1)) == (Signatory("Ala Ćma", "dyrektorka"),)


# Letters


def test_a_letter_goes_to_the_official_address_once(staged: Staged) -> None:
    office, _ = staged(opened)
    library = add(office, LIBRARY).institution
    assert write_to(office, library) is not None
    assert write_to(office, library) is None, "the same event, subject, institution and occasion"
    assert write_to(office, library, "2") is not None
    postbox = people.deliver_all(office, "2018-06-05T10:00")
    assert [recipient for _, recipient, _ in postbox.mails] == ["biblioteka@example.org"] * 2
    mail = message_from_bytes(postbox.mails[0][2], policy=policy.default)
    assert "Biblioteka Próbna w Kartuzach" in str(mail["To"])
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith("Szanowni Państwo,")
    with office.reading(WORKER) as session:
        kept = newest(session, "mail", f"message/{messages(office)[0].id}")
        assert kept is not None
        assert (kept.personal, kept.data_key_id) == (False, session.get_one(StoreNote, OFFICE_KEY).value)


def test_without_an_address_it_waits_until_somebody_enters_one(staged: Staged) -> None:
    office, _ = staged(opened)
    library = add(office, Stated(LIBRARY.name, area="2205023")).institution
    write_to(office, library)
    assert messages(office)[0].state is MessageState.UNADDRESSED
    with office.reading(RITA) as session:
        lines = waiting_for_whom(session, now=office.now())
    assert ("wiadomość bez adresu", "wiadomość 1") in {(line.what, line.reference) for line in lines}
    assert change(office, code_of(library), Stated(email="nowa@example.org")) == ["email"]
    assert [(row.state, row.recipient) for row in messages(office)] == [(MessageState.DUE, "nowa@example.org")]


def test_a_new_address_takes_what_waits_unless_an_officer_addressed_it(staged: Staged) -> None:
    office, _ = staged(opened)
    library = add(office, LIBRARY).institution
    for occasion in "12":
        write_to(office, library, occasion)
    with office.writing(RITA) as session:
        edit(session, 2, recipient="sekretariat@example.org", actor=RITA, now=office.now())
    change(office, code_of(library), Stated(email="nowa@example.org"))
    assert [row.recipient for row in messages(office)] == ["nowa@example.org", "sekretariat@example.org"]
    assert change(office, code_of(library), Stated(email="nowa@example.org")) == []


def test_an_address_that_is_struck_out_stops_what_waits(staged: Staged) -> None:
    office, _ = staged(opened)
    library = add(office, LIBRARY).institution
    for occasion in "123":
        write_to(office, library, occasion)
    with office.writing(RITA) as session:
        edit(session, 1, text="Inne słowa.", actor=RITA, now=office.now())
        edit(session, 2, recipient="sekretariat@example.org", actor=RITA, now=office.now())
    change(office, code_of(library), Stated(email=""))
    assert [(row.state, row.recipient) for row in messages(office)] == [
        (MessageState.UNADDRESSED, ""),
        (MessageState.DUE, "sekretariat@example.org"),
        (MessageState.UNADDRESSED, ""),
    ]
    assert len(people.deliver_all(office, "2018-06-05T10:00").mails) == 1
    change(office, code_of(library), Stated(email="nowa@example.org"))
    assert [row.recipient for row in messages(office)][::2] == ["nowa@example.org"] * 2


def test_what_was_merged_turns_with_its_carrier(staged: Staged) -> None:
    office, _ = staged(opened)
    rule = MergeRule(events=("reminder_officers", "acknowledgement"), within_minutes=60)
    people.redefined(office, mail=people.definition().mail.model_copy(update={"merge": (rule,)}))
    library = add(office, LIBRARY).institution
    with office.reading(WORKER) as session:
        call = people.find_call_id(session)
    for occasion in "12":
        write_to(office, library, occasion, about=f"call/{call}")
    now = go_to(office, "2018-06-05T10:00")
    with office.writing(WORKER) as session:
        assert merge_waiting(session, grace=timedelta(0), actor=WORKER, now=now) == 1
    change(office, code_of(library), Stated(email=""))
    assert [(row.state, row.recipient) for row in messages(office)] == [
        *[(MessageState.MERGED, "")] * 2,
        (MessageState.UNADDRESSED, ""),
    ]
    carrier = messages(office)[0]
    with office.writing(WORKER) as session:
        assert take_apart(session, carrier, actor=WORKER, now=now)
    assert [row.state for row in messages(office)] == [
        *[MessageState.UNADDRESSED] * 2,
        MessageState.WITHDRAWN,
    ]


def test_on_paper_it_is_addressed_to_the_institution(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(opened)
    library = add(office, LIBRARY).institution
    with office.writing(WORKER) as session:
        definition = people.definition()
        call = people.find_call_id(session)
        message = letter_to(
            session,
            library,
            "reminder_officers",
            ReminderOfficersLetter(office=office_block(definition), matter="próba", lines=(WaitingLine(number="X"),)),
            subject_ref=f"call/{call}",
            area="2205",
            occasion="1",
            actor=WORKER,
            now=office.now(),
            definition=definition,
        )
        assert message is not None
        queue(session, [message], actor=WORKER, now=office.now())
    change(office, code_of(library), Stated(channel=Channel.PAPER, address="ul. Próbna 1; 83-300 Kartuzy"))
    go_to(office, "2018-06-05T10:00")
    (printed,) = print_letters(office, [], tmp_path / "pisma", actor=RITA)
    said = "\n".join(paragraph.text for paragraph in Document(str(printed.files[0])).paragraphs).replace("\xa0", " ")
    assert "Biblioteka Próbna w Kartuzach\nul. Próbna 1\n83-300 Kartuzy" in said
    assert "Szanowni Państwo," in said
