"""Documents, reopened as their readers' programs would: what they say, and what they must never say."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import docx
import openpyxl
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.table import Table
from meeting_samples import WORD as MEETINGS
from payees import EMPLOYED
from people import KES

from models.errors import BadInput
from models.identifiers import Sex
from models.project_file import load_project
from models.rules.pay import Settlement, Statements, Work
from models.rules.settlement import settle
from models.rules.sheet_codes import SheetKey, SupportListKey, list_code, row_code, sheet_code
from templates.documents.agreement import AgreementDocument, AgreementParty, accession_sheet, agreement
from templates.documents.appeal_ruling import AppealRulingDocument, appeal_ruling
from templates.documents.appointment_act import Appointed, AppointmentActDocument, appointment_act
from templates.documents.attendance_sheet import AttendanceSheetDocument, Attendee, attendance_sheet
from templates.documents.bill import (
    BillDocument,
    Contractor,
    ContractReference,
    Disclosure,
    Party,
    bill,
    masked_account,
    spaced_account,
)
from templates.documents.coaching_sheet import CoachingLine, CoachingSheetDocument, coaching_sheet
from templates.documents.declaration import DeclarationDocument, declaration
from templates.documents.hours_register import HoursRegisterDocument, WorkedDay, hours_register
from templates.documents.payment_list import Payee, PaymentListDocument, payment_list
from templates.documents.payment_list_word import PaymentListWordDocument, payment_list_word
from templates.documents.protocol import (
    CommissionMember,
    Deviation,
    Ground,
    Placing,
    ProtocolDocument,
    SessionMinutes,
    protocol,
)
from templates.documents.ranking_lists import RankedEntry, RankingListDocument, internal_list, public_list
from templates.documents.support_list import SupportedPerson, SupportListDocument, support_list
from templates.polish import amount_in_words, amount_zl
from templates.word_base import Letterhead, Logo, start, to_bytes
from templates.word_cells import clean
from templates.word_parts import paragraph

LETTERHEAD = Letterhead(
    office="Regionalny Ośrodek Polityki Społecznej w Gdańsku",
    project_title="Kooperacja – efektywna i skuteczna",
    project_number="POWR.02.05.00-00-0207/17-00",
    funding_line="Projekt współfinansowany przez Unię Europejską ze środków Europejskiego Funduszu Społecznego "
    "w ramach Programu Operacyjnego Wiedza Edukacja Rozwój 2014–2020",
    logo_line="Fundusze Europejskie · Rzeczpospolita Polska · Unia Europejska, Europejski Fundusz Społeczny",
)
SECTORS = ("pomoc i integracja społeczna", "oświata", "ochrona zdrowia", "rynek pracy", "policja", "inne")


def entry(number: int, status: str, *, position: int | None, points: int | None) -> RankedEntry:
    return RankedEntry(
        public_number=f"Z-{(number * 7919) % 10_000:04d}",
        application_number=f"KES/PGR/2205/2018/{number:04d}",
        status=status,
        position=position,
        points=points,
        premium=None if points is None else number % 3,
        sector=SECTORS[number % len(SECTORS)],
        level="gminny" if number % 2 else "powiatowy",
        tie_break="wpływ 12.11.2018 r., 09:14" if number == 4 else "",
    )


MAIN = [entry(n, "zakwalifikowane", position=n, points=30 - n) for n in range(1, 8)]
RESERVE = [entry(n, "lista rezerwowa", position=n - 7, points=30 - n) for n in range(8, 11)]
REJECTED = [entry(n, "niespełnione kryteria formalne", position=None, points=None) for n in range(11, 14)]

RANKING = RankingListDocument(
    letterhead=LETTERHEAD,
    call="Nabór do Powiatowych Grup Refleksyjnych, jesień 2018",
    group="Powiatowa Grupa Refleksyjna",
    area="powiat kartuski",
    issued_on=date(2018, 11, 20),
    place="Gdańsk",
    seats=7,
    order_rule="liczba punktów malejąco, punkty premiujące malejąco, chwila wpływu rosnąco, numer zgłoszenia rosnąco.",
    main=MAIN,
    reserve=RESERVE,
    rejected=REJECTED,
    closing="Osoby z listy podstawowej potwierdzają udział do 27.11.2018 r. przez podpisanie deklaracji.",
)

PROTOCOL = ProtocolDocument(
    letterhead=LETTERHEAD,
    number="3/PGR/2018",
    call=RANKING.call,
    group=RANKING.group,
    area=RANKING.area,
    met_on=date(2018, 11, 19),
    place="Gdańsk, ul. Przykładowa 1",
    seats=7,
    rules_version="Regulamin rekrutacji, definicja projektu wersja 1",
    rules_digest="3f1c" * 16,
    algorithm="ranking-1",
    snapshot_digest="9ab0" * 16,
    order_rule=RANKING.order_rule,
    main=MAIN,
    reserve=RESERVE,
    rejected=REJECTED,
    refusals=tuple(Ground(entry.application_number, "Liczba punktów nie dała miejsca.") for entry in REJECTED),
    beyond_seats=(Ground("KES/PGR/2205/2018/0003", "Instytucja zgodziła się na ósme miejsce."),),
    shortfalls=("Obszar „sądownictwo”: wymagana co najmniej 1 osoba, na liście podstawowej 0.",),
    deviations=(
        Deviation(
            application_number="KES/PGR/2205/2018/0008",
            proposed="lista podstawowa, pozycja 7",
            decided="lista rezerwowa, pozycja 1",
            reason="Dwie osoby z tej samej instytucji; Komisja zapewniła udział obszaru „rynek pracy”.",
        ),
    ),
    commission=(
        CommissionMember(name="Wzorzysława Przykładowa", role="osoba przewodnicząca Komisji"),
        CommissionMember(name="Testosław Próbny", role="osoba w składzie Komisji"),
        CommissionMember(name="Łucja Zmyślona", role="osoba w składzie Komisji"),
    ),
    decided_by="w.przykladowa",
)

DECLARATION = DeclarationDocument(
    letterhead=LETTERHEAD,
    issued_on=date(2018, 11, 19),
    first_name="Świętosława",
    last_name="Ćwiek-Próbna",
    public_number="ZG-K7M4-Q2XR",
    group="Powiatowa Grupa Refleksyjna",
    area="powiat kartuski",
)

RULING = AppealRulingDocument(
    letterhead=LETTERHEAD,
    place="Poznań",
    ruled_on=date(2018, 11, 26),
    appeal_number="ZG-K7M4-Q2XR/O1",
    public_number="ZG-K7M4-Q2XR",
    first_name="Świętosława",
    last_name="Ćwiek-Próbna",
    call="KES/PGR/2205/2018",
    group="Powiatowa Grupa Refleksyjna – powiat kartuski",
    decided_on=date(2018, 11, 5),
    decision="odrzucone",
    decision_reason="Zgłoszenie nie spełnia co najmniej jednego kryterium formalnego.",
    received_on=date(2018, 11, 12),
    period_ended_on=date(2018, 11, 14),
    late=False,
    upheld=True,
    reason="Z zaświadczenia pracodawcy wynika, że kandydatka pracuje bezpośrednio z rodzinami.\n\nKryterium z § 4 "
    "ust. 1 pkt 4 Regulaminu jest spełnione.",
    seat_rule="Jeśli w grupie nie ma wolnego miejsca, przyjęcie następuje ponad liczbę miejsc; nikt z wcześniej "
    "przyjętych nie traci miejsca.",
    remedies="To rozstrzygnięcie kończy postępowanie odwoławcze w projekcie.",
    who="Komisja Rekrutacyjna w innym składzie",
    ruled_by="wanda",
)
LATE_RULING = replace(RULING, upheld=False, late=True, received_on=date(2018, 11, 20), reason="Wniesiono po terminie.")

SHEET_CALL = "KES/PGR/2205/2018"
PEOPLE = [
    Attendee(
        first_name="Żelisława",
        last_name="Łąkowa",
        institution="Szkoła Podstawowa nr 900 w Żukowie",
        number=f"{SHEET_CALL}/0001",
    ),
    Attendee(
        first_name="Adam",
        last_name="Lisowicz",
        institution="Ośrodek Pomocy Społecznej w Kartuzach",
        number=f"{SHEET_CALL}/0002",
    ),
    Attendee(
        first_name="Świętosława",
        last_name="Ćwiek-Próbna",
        institution="Powiatowy Urząd Pracy w Kartuzach",
        number=f"{SHEET_CALL}/0003",
    ),
    Attendee(
        first_name="Celina",
        last_name="Cyprysowa",
        institution="Fundacja „Zmyślona” & Wspólnicy <Żukowo>",
        number=f"{SHEET_CALL}/0004",
    ),
    Attendee(
        first_name="Ludomir",
        last_name="Mak",
        institution="Komenda Powiatowa Policji w Kartuzach",
        number=f"{SHEET_CALL}/0005",
    ),
    Attendee(
        first_name="Zenobia",
        last_name="Żabia",
        institution="Gminna Biblioteka Publiczna w Chmielnie",
        number=f"{SHEET_CALL}/0006",
    ),
    Attendee(
        first_name="Ździsław",
        last_name="Zielny",
        institution="Poradnia Psychologiczno-Pedagogiczna w Kartuzach",
        number=f"{SHEET_CALL}/0007",
    ),
]
SHEET = AttendanceSheetDocument(
    letterhead=LETTERHEAD,
    group="Powiatowa Grupa Refleksyjna – powiat kartuski",
    meeting="Pierwsze spotkanie grupy",
    day=date(2018, 12, 1),
    day_number=1,
    days=2,
    starts=time(9),
    ends=time(17),
    place="Kartuzy, ul. Przykładowa 2, sala 12",
    key=SheetKey(SHEET_CALL, "pgr_kartuski_1", date(2018, 12, 1)),
    attendees=PEOPLE,
)
SUPPORT_LIST = SupportListDocument(
    letterhead=LETTERHEAD,
    support="coaching grupowy",
    topic="Granice w pracy z rodziną w kryzysie",
    place="",
    coach="Jan Wymyślony",
    key=SupportListKey(SHEET_CALL, 3, date(2018, 10, 12), (time(16), time(18))),
    people=[
        SupportedPerson(
            first_name="Zmyślona",
            last_name=f"{name}-Próbna",
            institution="MGOPS",
            group="PGR",
            number=f"{SHEET_CALL}/000{place}",
        )
        for place, name in enumerate(("Żak", "Łuk", "Lis"), start=1)
    ],
)
COACHING = CoachingSheetDocument(
    letterhead=LETTERHEAD,
    issued_on=date(2018, 12, 10),
    group="Powiatowa Grupa Refleksyjna – powiat kartuski",
    number=f"{SHEET_CALL}/0001",
    name="Żelisława Łąkowa",
    institution="Szkoła Podstawowa nr 900 w Żukowie",
    lines=(
        CoachingLine(date(2018, 12, 3), "16:00", "17:30", 90, "Praca z rodziną w kryzysie", "Jan Wymyślony"),
        CoachingLine(date(2018, 12, 10), "16:00", "17:00", 60, "Granice w pracy", ""),
    ),
)

# Plainly invented: born in the 2200s.
PESEL = "01650112344"
ACCOUNT = "30114020040000300000000017"


def paid(gross: int, statements: Statements = EMPLOYED) -> Settlement:
    return settle(Work(960, gross), statements, paid_on=date(2018, 12, 14), worked_on=date(2018, 12, 2))


def bill_of(settlement: Settlement) -> BillDocument:
    assert settlement.amounts is not None
    return BillDocument(
        letterhead=LETTERHEAD,
        number="KES/R/2018/0007",
        issued_on=date(2018, 12, 3),
        place="Kartuzy",
        paid_on=settlement.paid_on,
        buyer=Party(name="Województwo Pomorskie", address="ul. Przykładowa 21/27, 80-000 Gdańsk", nip="000-00-00-000"),
        unit=Party(name=LETTERHEAD.office, address="ul. Przykładowa 1, 80-000 Gdańsk"),
        contractor=Contractor(
            first_name="Żelisława",
            last_name="Łąkowa",
            sex=Sex.WOMAN,
            address="ul. Zmyślona 5/7, 83-330 Żukowo",
            pesel=PESEL,
            account=ACCOUNT,
        ),
        contract=ContractReference(number="12/PGR/2018", signed_on=date(2018, 11, 26)),
        group="Powiatowa Grupa Refleksyjna – powiat kartuski",
        meeting="Pierwsze spotkanie grupy",
        days=(date(2018, 12, 1), date(2018, 12, 2)),
        minutes=settlement.minutes,
        rate="62,50 zł za godzinę",
        gross=settlement.gross,
        lines=settlement.lines,
        net=settlement.amounts.net,
        notes=("Osoba oświadczyła, że jest zatrudniona gdzie indziej co najmniej za minimalne wynagrodzenie.",),
    )


BILL = bill_of(paid(1000_00))


def payee(number: int, first_name: str, last_name: str, gross: int) -> Payee:
    amounts = paid(gross).amounts
    assert amounts is not None
    return Payee(
        bill_number=f"KES/R/2018/{number:04d}",
        first_name=first_name,
        last_name=last_name,
        pesel=PESEL,
        account=spaced_account(ACCOUNT),
        amounts=amounts,
    )


PAYMENTS = PaymentListDocument(
    number="KES/W/2018/0001",
    office=LETTERHEAD.office,
    project_title=LETTERHEAD.project_title,
    project_number=LETTERHEAD.project_number,
    group="Powiatowa Grupa Refleksyjna – powiat kartuski",
    meeting="Pierwsze spotkanie grupy, 1–2 grudnia 2018 r.",
    issued_on=date(2018, 12, 10),
    paid_on=date(2018, 12, 14),
    payees=[
        payee(number, person.first_name, person.last_name, 1000_00 - 31_25 * number)
        for number, person in enumerate(PEOPLE, start=1)
    ],
)

PAYMENTS_ON_PAPER = PaymentListWordDocument(
    letterhead=LETTERHEAD,
    number=PAYMENTS.number,
    about=[("Spotkanie", PAYMENTS.meeting), ("Grupa", PAYMENTS.group)],
    issued_on=PAYMENTS.issued_on,
    paid_on=PAYMENTS.paid_on,
    payees=[replace(one, account=ACCOUNT) for one in PAYMENTS.payees],
    digest="3f1c" * 16,
)

HOURS = HoursRegisterDocument(
    letterhead=LETTERHEAD,
    number="KES/PGR/2205/2018/0002",
    issued_on=date(2018, 12, 10),
    principal="Województwo Próbne\nul. Zmyślona 1, 00-000 Brak",
    first_name="Żaneta",
    last_name="Próbna",
    sex=Sex.WOMAN,
    contract=ContractReference(number="UZ/1/2018", signed_on=date(2018, 9, 10)),
    group=PAYMENTS.group,
    worked_days=[
        WorkedDay(on=date(2018, 12, 2), meeting="Spotkanie 1", starts=time(9), ends=time(15), minutes=330),
        WorkedDay(on=date(2018, 12, 1), meeting="Spotkanie 1", starts=time(9), ends=time(15), minutes=360),
    ],
)

PARTIES = [
    AgreementParty(
        name="Gmina Swarzędz", seat="ul. Próbna 1, 62-020 Swarzędz", signatories=(("Zmyślona Próbna", "Burmistrz"),)
    ),
    AgreementParty(name="Szkoła Podstawowa nr 1 w Swarzędzu", seat="", signatories=()),
    AgreementParty(
        name="Stowarzyszenie Próbne w Swarzędzu",
        seat="ul. Próbna 2, 62-020 Swarzędz",
        signatories=(("Zmyślony Próbny", "prezes"), ("Wymyślona Inna", "skarbnik")),
    ),
]
_RULES = load_project(KES).agreements
assert _RULES is not None
AGREEMENT = AgreementDocument(
    letterhead=LETTERHEAD,
    issued_on=date(2019, 12, 2),
    title="Porozumienie o współpracy – gmina Swarzędz",
    code="KES/POR/3021163/2019",
    number=1,
    area="gmina Swarzędz",
    sign_by=date(2020, 2, 28),
    parties=PARTIES,
    preamble=_RULES.preamble,
    subject=_RULES.subject,
    commitments=_RULES.commitments,
    accession=_RULES.accession,
    closing=_RULES.closing,
    statement=_RULES.statement,
)

_ACTS = load_project(KES).appointment("RGR")
assert _ACTS is not None
assert _ACTS.recall is not None
ACT = AppointmentActDocument(
    letterhead=LETTERHEAD,
    number="POW/RGR/0001/2018",
    place="Poznań",
    issued_on=date(2018, 11, 5),
    since=date(2018, 11, 12),
    organ=_ACTS.organ,
    assumption=_ACTS.assumption,
    sex=Sex.WOMAN,
    first_name="Zmyślona",
    last_name="Próbna",
    institution="Wojewódzki Urząd Próbny w Gdańsku",
    group="Regionalna Grupa Refleksyjna – województwo pomorskie",
    area="województwo pomorskie",
    tasks=load_project(KES).group_kind("RGR").tasks,
    text=_ACTS.appointment,
    appointed=None,
    definition=load_project(KES),
)
RECALL = replace(
    ACT,
    number="ODW/RGR/0001/2018",
    text=_ACTS.recall,
    appointed=Appointed(number="POW/RGR/0001/2018", since=date(2018, 11, 12)),
)

WORD: dict[str, Callable[[], bytes]] = {
    "public_list": lambda: public_list(RANKING),
    "internal_list": lambda: internal_list(RANKING),
    "protocol": lambda: protocol(PROTOCOL),
    "declaration": lambda: declaration(DECLARATION),
    "agreement": lambda: agreement(AGREEMENT),
    "accession_sheet": lambda: accession_sheet(replace(AGREEMENT, parties=PARTIES[:1])),
    "accession_sheet_by_hand": lambda: accession_sheet(replace(AGREEMENT, parties=PARTIES[1:2])),
    "appointment_act": lambda: appointment_act(ACT),
    "recall_act": lambda: appointment_act(RECALL),
    "appeal_upheld": lambda: appeal_ruling(RULING),
    "appeal_rejected": lambda: appeal_ruling(LATE_RULING),
    "attendance_sheet": lambda: attendance_sheet(SHEET),
    "coaching_sheet": lambda: coaching_sheet(COACHING),
    "support_list": lambda: support_list(SUPPORT_LIST),
    "bill_full": lambda: bill(BILL, disclosure=Disclosure.FULL),
    "bill_masked": lambda: bill(BILL, disclosure=Disclosure.MASKED),
    "payment_list_word": lambda: payment_list_word(PAYMENTS_ON_PAPER),
    "hours_register": lambda: hours_register(HOURS),
    **MEETINGS,
}


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """All text of the body, a paragraph a line, with ordinary spaces."""
    body = opened(content).element.body
    lines = ["".join(part.text or "" for part in written.iter(qn("w:t"))) for written in body.iter(qn("w:p"))]
    return "\n".join(lines).replace("\u00a0", " ")


def table_property(table: Table, tag: str) -> str | None:
    found = table._tbl.tblPr.find(qn(tag))
    return None if found is None else found.get(qn("w:val"))


def table_of(content: bytes, caption: str) -> list[list[str]]:
    for table in opened(content).tables:
        if table_property(table, "w:tblCaption") == caption:
            return [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in table.rows]
    raise AssertionError(f"no table {caption}")


# Every Word document


@pytest.mark.parametrize("name", WORD)
def test_word_documents_are_polish_a4_with_title_and_author(name: str) -> None:
    content = WORD[name]()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        everything = b"".join(parts.read(part) for part in parts.namelist())
        styles = parts.read("word/styles.xml").decode()
    assert b"en-US" not in everything
    assert b"python-docx" not in everything
    assert 'w:lang w:val="pl-PL"' in styles
    document = opened(content)
    assert document.core_properties.language == "pl-PL"
    assert document.core_properties.author == LETTERHEAD.office
    assert str(document.core_properties.title) in text_of(content)
    section = document.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    sides = sorted((section.page_width, section.page_height))
    assert [abs(side - expected) < Cm(0.05) for side, expected in zip(sides, (Cm(21), Cm(29.7)), strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("name", WORD)
def test_word_documents_bring_every_style_and_list_they_name_and_no_others(name: str) -> None:
    document = opened(WORD[name]())
    sheet, numbering = document.styles.element, document.part.numbering_part.element
    section = document.sections[0]
    written = [document.element.body, section.header._element, section.footer._element, sheet, numbering]
    known = {style.get(qn("w:styleId")) for style in sheet.iter(qn("w:style"))}
    lists = {one.get(qn("w:numId")) for one in numbering.iter(qn("w:num"))}
    tags = ("w:pStyle", "w:rStyle", "w:tblStyle", "w:basedOn", "w:next", "w:link")
    assert {one.get(qn("w:val")) for part in written for tag in tags for one in part.iter(qn(tag))} <= known
    assert {one.get(qn("w:val")) for part in written for one in part.iter(qn("w:numId"))} <= lists
    assert len(known) < 20


@pytest.mark.parametrize("name", WORD)
def test_word_documents_carry_project_and_funding(name: str) -> None:
    section = opened(WORD[name]()).sections[0]
    header = " ".join(written.text for written in section.header.paragraphs).replace("\u00a0", " ")
    footer = " ".join(written.text for written in section.footer.paragraphs).replace("\u00a0", " ")
    assert "Projekt „Kooperacja – efektywna i skuteczna”, nr POWR.02.05.00-00-0207/17-00" in header
    assert LETTERHEAD.logo_line in header
    assert LETTERHEAD.funding_line in footer
    assert "Strona 1 z 1" in footer
    fields = [code.text for code in section.footer._element.iter(qn("w:instrText"))]
    assert fields == [" PAGE ", " NUMPAGES "]


@pytest.mark.parametrize("name", WORD)
def test_same_document_is_the_same_bytes(name: str) -> None:
    assert WORD[name]() == WORD[name]()


@pytest.mark.parametrize("name", WORD)
def test_header_rows_repeat_and_rows_stay_whole(name: str) -> None:
    for table in opened(WORD[name]()).tables:
        rows = [row._tr for row in table.rows]
        assert all(row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in rows)
        if table_property(table, "w:tblLook") == "0420":
            assert rows[0].find(qn("w:trPr")).find(qn("w:tblHeader")) is not None


@pytest.mark.parametrize("name", WORD)
def test_tables_fit_the_page_and_have_captions(name: str) -> None:
    document = opened(WORD[name]())
    section = document.sections[0]
    assert section.page_width is not None
    room = section.page_width - Cm(4)
    for table in document.tables:
        widths = [int(str(column.get(qn("w:w")))) for column in table._tbl.tblGrid.iter(qn("w:gridCol"))]
        assert sum(widths) * 635 <= room + Cm(0.05)
        assert table_property(table, "w:tblCaption")


def test_logos_take_the_place_of_the_line() -> None:
    document = start(
        "Próba", replace(LETTERHEAD, logos=(Logo(PIXEL, "Znak pierwszy"), Logo(PIXEL, "Znak drugi"))), date(2018, 1, 2)
    )
    header = opened(to_bytes(document)).sections[0].header
    assert LETTERHEAD.logo_line not in " ".join(written.text for written in header.paragraphs)
    drawn = [drawing.get("descr") for drawing in header._element.iter(qn("wp:docPr"))]
    assert drawn == ["Znak pierwszy", "Znak drugi"]


def test_long_logo_strip_shrinks_to_the_page() -> None:
    wide = png(400, 20)
    document = start("Próba", replace(LETTERHEAD, logos=(Logo(wide, "a"), Logo(wide, "b"))), date(2018, 1, 2))
    header = opened(to_bytes(document)).sections[0].header
    widths = [int(extent.get("cx")) for extent in header._element.iter(qn("wp:extent"))]
    assert sum(widths) <= Cm(17)
    assert min(widths) > Cm(7)


@pytest.mark.parametrize("logos", [(Logo(b"not a picture", "x"),), (Logo(b"", "x"),)])
def test_broken_logo_is_refused(logos: tuple[Logo, ...]) -> None:
    with pytest.raises(BadInput):
        start("Próba", replace(LETTERHEAD, logos=logos), date(2018, 1, 2))


def test_a_fifth_logo_is_refused() -> None:
    with pytest.raises(BadInput, match="najwyżej 4"):
        start("Próba", replace(LETTERHEAD, logos=(Logo(PIXEL, "x"),) * 5), date(2018, 1, 2))


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    document = start("Próba", LETTERHEAD, date(2018, 1, 2))
    paragraph(document, "a\x00b\x0bc\ufffe")
    assert "abc" in text_of(to_bytes(document))
    assert clean("a\r\nb\rc") == "a\nb\nc"


# Ranking lists


def test_public_list_tells_number_points_and_status_only() -> None:
    text = text_of(public_list(RANKING))
    for candidate in (*MAIN, *RESERVE, *REJECTED):
        assert candidate.public_number in text
        assert candidate.application_number not in text
    assert not [sector for sector in SECTORS if sector in text.replace(RANKING.closing, "")]
    assert "powiatowy" not in text
    assert "wpływ" not in text


def test_public_list_sections_in_order_with_positions() -> None:
    content = public_list(RANKING)
    assert table_of(content, "Lista podstawowa")[:2] == [
        ["Lp.", "Numer zgłoszenia", "Liczba punktów", "Status"],
        ["1", "Z-7919", "29", "zakwalifikowane"],
    ]
    assert [row[0] for row in table_of(content, "Lista rezerwowa")] == ["Pozycja", "1", "2", "3"]
    rejected = table_of(content, "Zgłoszenia odrzucone i niezakwalifikowane")[1:]
    assert [row[1] for row in rejected] == sorted(row[1] for row in rejected)
    assert {row[2] for row in rejected} == {"–"}


def test_a_list_of_units_names_each_and_asks_for_no_workplace() -> None:
    units = replace(
        RANKING, main=[replace(MAIN[0], unit="Gmina Kartuzy", sector="", level="")], reserve=[], rejected=[]
    )
    (table,) = docx.Document(io.BytesIO(internal_list(units))).tables
    heads, told = ([cell.text for cell in row.cells] for row in table.rows)
    assert told[heads.index("Jednostka")] == "Gmina Kartuzy"
    assert not {"Obszar kooperacji", "Poziom"} & set(heads)


def test_a_protocol_names_the_place_where_the_commission_met() -> None:
    def met(minutes: ProtocolDocument) -> str:
        tables = docx.Document(io.BytesIO(protocol(minutes))).tables
        rows = [[cell.text.replace("\u00a0", " ") for cell in row.cells] for table in tables for row in table.rows]
        (told,) = [row[1] for row in rows if row[0] == "Data i miejsce posiedzenia"]
        return told

    hall = "Toruń, sala posiedzeń"
    day = date(2018, 5, 11)
    session = SessionMinutes(number=1, held_on=day, place=hall, remote=False, present=(), quorum="", ballots=())
    later = replace(session, number=2, held_on=date(2018, 5, 14))
    assert met(PROTOCOL).endswith(PROTOCOL.place)
    assert met(replace(PROTOCOL, sessions=[session, later])) == (
        "11 maja 2018 r., Toruń, sala posiedzeń; 14 maja 2018 r., Toruń, sala posiedzeń"
    )


def test_internal_list_adds_what_the_office_needs() -> None:
    content = internal_list(RANKING)
    rows = table_of(content, "Lista podstawowa")
    assert rows[4] == [
        "4",
        "KES/PGR/2205/2018/0004",
        "Z-1676",
        "policja",
        "powiatowy",
        "26",
        "1",
        "wpływ 12.11.2018 r., 09:14",
        "zakwalifikowane",
    ]
    assert "Kolejność: liczba punktów malejąco" in text_of(content)


def test_a_list_ends_with_a_line_to_sign_on_that_is_no_table() -> None:
    for made in (public_list, internal_list):
        document = opened(made(RANKING))
        last = document.paragraphs[-1]
        assert document._element.body[-2] is last._element, "a table at the end brings an empty page along"
        assert last.text.replace("\xa0", " ") == "podpis osoby przewodniczącej Komisji Rekrutacyjnej"
        assert [child.tag for child in last._element.pPr][:1] == [qn("w:pBdr")]
        assert last.paragraph_format.left_indent


def test_empty_lists_say_so() -> None:
    text = text_of(public_list(replace(RANKING, main=[], reserve=[], rejected=[])))
    assert text.count("Na tej liście nie ma zgłoszeń.") == 3
    assert "razem 0 zgłoszeń" in text


# Minutes


def test_protocol_names_rules_digests_and_order() -> None:
    text = text_of(protocol(PROTOCOL))
    for said in (
        "Protokół nr 3/PGR/2018 z posiedzenia Komisji Rekrutacyjnej",
        "ranking-1",
        "3f1c" * 16,
        "9ab0" * 16,
        RANKING.order_rule,
        "19 listopada 2018 r., Gdańsk",
        "13 zgłoszeń",
        "Wzorzysława Przykładowa – osoba przewodnicząca Komisji",
        "w.przykladowa",
        "Obszar „sądownictwo”: wymagana co najmniej 1 osoba",
    ):
        assert said in text, said


def test_protocol_gives_the_reason_of_every_refusal_and_of_every_seat_too_many() -> None:
    rows = table_of(protocol(PROTOCOL), "Uzasadnienie odmów")
    assert [row[0] for row in rows[1:]] == [entry.application_number for entry in REJECTED]
    assert table_of(protocol(PROTOCOL), "Zgłoszenia przyjęte ponad liczbę miejsc")[1] == [
        "KES/PGR/2205/2018/0003",
        "Instytucja zgodziła się na ósme miejsce.",
    ]
    text = text_of(protocol(replace(PROTOCOL, rejected=(), refusals=(), beyond_seats=())))
    assert "Uzasadnienie odmów" not in text
    assert "ponad liczbę" not in text


def test_a_ruling_says_what_it_is_about_why_and_what_follows() -> None:
    upheld, refused = text_of(appeal_ruling(RULING)), text_of(appeal_ruling(LATE_RULING))
    rows = dict(table_of(appeal_ruling(RULING), "Sprawa"))
    assert rows["Decyzja objęta odwołaniem"] == "odrzucone, 5 listopada 2018 r."
    assert rows["Wpływ odwołania"] == "12 listopada 2018 r. – w terminie"
    assert "Odwołanie zostało uwzględnione." in upheld
    assert "nikt z wcześniej przyjętych nie traci miejsca" in upheld
    assert "Pouczenie" not in upheld
    late = dict(table_of(appeal_ruling(LATE_RULING), "Sprawa"))["Wpływ odwołania"]
    assert late == "20 listopada 2018 r. – po terminie (termin minął 14 listopada 2018 r.)"
    assert "Odwołanie nie zostało uwzględnione." in refused
    assert RULING.remedies in refused
    assert "Skutki" not in refused


def test_protocol_says_why_each_place_and_by_which_draw() -> None:
    placings = (
        Placing(
            "KES/PGR/2205/2018/0001", 1, "Miejsce 1 w kolejności mieści się w liczbie miejsc (7).", "", "3fa9" * 16
        ),
        Placing("KES/PGR/2205/2018/0009", 0, "Nie bierze udziału w układaniu tej listy.", "", ""),
    )
    minutes = replace(
        PROTOCOL,
        standings=("obszar „policja”: co najmniej 1 – spełnione",),
        placings=placings,
        seed="Lotto, 3 lipca 2018 r.: 4 8 15",
        checked="proof-1: zgodne z propozycją",
    )
    assert table_of(protocol(minutes), "Uzasadnienie miejsc")[1:] == [
        [placings[0].application_number, "1", placings[0].reason, f"Klucz losowania: {'3fa9' * 16}."],
        [placings[1].application_number, "–", placings[1].reason, ""],
    ]
    rules = dict(table_of(protocol(minutes), "Zasady propozycji"))
    assert rules["Ziarno losowania"] == "Lotto, 3 lipca 2018 r.: 4 8 15"
    assert rules["Niezależne sprawdzenie"] == "proof-1: zgodne z propozycją"
    assert "obszar „policja”: co najmniej 1 – spełnione" in text_of(protocol(minutes))
    assert "Ziarno" not in text_of(protocol(PROTOCOL))


def test_declaration_names_the_person_the_group_and_the_project_and_no_pesel() -> None:
    rows = dict(table_of(declaration(DECLARATION), "Kto i do czego przystępuje"))
    assert rows["Imię i nazwisko"] == "Świętosława Ćwiek-Próbna"
    assert rows["Numer zgłoszenia"] == "ZG-K7M4-Q2XR"
    assert "PESEL" not in text_of(declaration(DECLARATION))


def test_protocol_shows_where_people_decided_otherwise() -> None:
    rows = table_of(protocol(PROTOCOL), "Rozstrzygnięcia inne niż propozycja")
    assert rows[1][:3] == ["KES/PGR/2205/2018/0008", "lista podstawowa, pozycja 7", "lista rezerwowa, pozycja 1"]
    text = text_of(protocol(replace(PROTOCOL, deviations=(), shortfalls=())))
    assert "Wszystkie rozstrzygnięcia są zgodne z propozycją." in text
    assert "Lista podstawowa spełnia wszystkie wymagania dotyczące składu grupy." in text


# Attendance


def test_attendance_sheet_is_in_polish_order_with_room_to_sign() -> None:
    rows = table_of(attendance_sheet(SHEET), "Osoby na spotkaniu")
    assert [row[2] for row in rows[1:]] == [
        "Celina Cyprysowa",
        "Świętosława Ćwiek-Próbna",
        "Adam Lisowicz",
        "Żelisława Łąkowa",
        "Ludomir Mak",
        "Ździsław Zielny",
        "Zenobia Żabia",
    ]
    assert [row[0] for row in rows[1:]] == [f"{number}." for number in range(1, 8)]
    assert {tuple(row[5:]) for row in rows[1:]} == {("", "")}
    assert rows[1][1] == row_code(SHEET_CALL, f"{SHEET_CALL}/0004")
    assert rows[1][3] == "Fundacja „Zmyślona” & Wspólnicy <Żukowo>"


def test_attendance_sheet_says_which_day() -> None:
    rows = dict(table_of(attendance_sheet(SHEET), "Dane spotkania"))
    assert rows["Data"] == "sobota, 1 grudnia 2018 r. (dzień 1 z 2)"
    assert rows["Godziny spotkania"] == "9:00–17:00"
    alone = dict(table_of(attendance_sheet(replace(SHEET, days=1)), "Dane spotkania"))
    assert alone["Data"] == "sobota, 1 grudnia 2018 r."


def test_attendance_sheet_carries_its_code_and_says_who_stands_in() -> None:
    stands_in = replace(PEOPLE[0], substitute=True)
    made = attendance_sheet(replace(SHEET, attendees=[stands_in]))
    assert dict(table_of(made, "Dane spotkania"))["Kod listy"] == sheet_code(SHEET.key)
    assert table_of(made, "Osoby na spotkaniu")[1][2] == "Żelisława Łąkowa\n(w zastępstwie)"


def test_a_coaching_sheet_says_what_was_granted() -> None:
    granted = replace(COACHING, led_by="zespół", limit_hours=10, first_day=date(2018, 10, 1))
    text = text_of(coaching_sheet(granted))
    assert "Okres wsparcia" in text
    assert "razem 2 godz. 30 min z 10 godz." in text
    assert "godz.." not in text
    assert "Limit godzin" not in text_of(coaching_sheet(COACHING))


def test_a_support_list_has_a_row_a_person_in_polish_order() -> None:
    rows = table_of(support_list(SUPPORT_LIST), "Osoby na sesji")
    assert [row[2] for row in rows[1:]] == ["Zmyślona Lis-Próbna", "Zmyślona Łuk-Próbna", "Zmyślona Żak-Próbna"]
    assert {row[3] for row in rows[1:]} == {"MGOPS (PGR)"}
    key = SUPPORT_LIST.key
    assert rows[1][1] == row_code(SHEET_CALL, f"{SHEET_CALL}/0003", bound_to=key.binding)
    assert dict(table_of(support_list(SUPPORT_LIST), "Dane sesji"))["Kod listy"] == list_code(key)
    text = text_of(support_list(SUPPORT_LIST))
    assert "16:00–18:00 (2 godz.)" in text
    assert "Jan Wymyślony" in text


def test_coaching_sheet_has_a_row_a_session_and_room_for_more() -> None:
    rows = table_of(coaching_sheet(COACHING), "Sesje wsparcia")
    assert [row[2] for row in rows[1:3]] == ["16:00–17:30", "16:00–17:00"]
    assert len(rows) == 9
    assert "Wpisane sesje: 2, razem 2 godz. 30 min." in text_of(coaching_sheet(COACHING))


# Bill


def test_bill_itemises_the_settlement() -> None:
    rows = table_of(bill(BILL, disclosure=Disclosure.FULL), "Rozliczenie wynagrodzenia")
    assert rows[1:] == [
        ["Wynagrodzenie brutto", "", "", "1 000,00"],
        ["Składka zdrowotna", "1 000,00", "9%", "90,00"],
        ["Koszty uzyskania przychodu", "1 000,00", "20%", "200,00"],
        ["Podstawa opodatkowania (pełne złote)", "", "", "800,00"],
        ["Składka zdrowotna odliczana od podatku", "1 000,00", "7,75%", "77,50"],
        ["Zaliczka na podatek dochodowy (pełne złote)", "800,00", "18%", "67,00"],
        ["Razem potrącenia (składki i podatek)", "", "", "157,00"],
        ["Do wypłaty", "", "", "843,00"],
    ]


def test_bill_says_the_sum_in_words_and_both_parties() -> None:
    text = text_of(bill(BILL, disclosure=Disclosure.FULL))
    for said in (
        "osiemset czterdzieści trzy złote 00/100",
        "Województwo Pomorskie",
        "Regionalny Ośrodek Polityki Społecznej w Gdańsku",
        "Zleceniobiorczyni",
        "do umowy zlecenia nr 12/PGR/2018 z dnia 26.11.2018 r.",
        "1–2 grudnia 2018 r., 16 godz. według list obecności",
        "30 1140 2004 0000 3000 0000 0017",
        PESEL,
    ):
        assert said in text, said


def test_masked_bill_holds_no_account_and_no_pesel_anywhere_in_the_file() -> None:
    content = bill(BILL, disclosure=Disclosure.MASKED)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        everything = b"".join(parts.read(part) for part in parts.namelist()).decode("utf-8", "replace")
    digits = re.sub(r"[ \u00a0]", "", everything)
    assert PESEL not in digits
    assert ACCOUNT not in digits
    assert "** **** **** **** **** **** 0017" in text_of(content)


@pytest.mark.parametrize(
    ("sex", "label"),
    [(Sex.WOMAN, "Zleceniobiorczyni"), (Sex.MAN, "Zleceniobiorca"), (None, "Osoba wykonująca zlecenie")],
)
def test_bill_names_the_contractor_by_sex(sex: Sex | None, label: str) -> None:
    text = text_of(bill(replace(BILL, contractor=replace(BILL.contractor, sex=sex)), disclosure=Disclosure.MASKED))
    assert label in text.split("\n")


def test_bill_of_somebody_without_pesel_says_so() -> None:
    contractor = replace(BILL.contractor, pesel=None)
    assert "brak numeru PESEL" in text_of(bill(replace(BILL, contractor=contractor), disclosure=Disclosure.FULL))


def test_bill_names_the_contract_that_was_entered_and_leaves_room_for_one_that_was_not() -> None:
    assert "do umowy zlecenia nr 12/PGR/2018 z dnia 26.11.2018 r." in text_of(bill(BILL, disclosure=Disclosure.FULL))
    text = text_of(bill(replace(BILL, contract=None), disclosure=Disclosure.FULL))
    assert "do umowy zlecenia nr ………" in text
    assert "z dnia ………" in text


def test_bill_says_which_one_it_takes_the_place_of() -> None:
    assert "zastępuje" not in text_of(bill(BILL, disclosure=Disclosure.FULL))
    text = text_of(bill(replace(BILL, replaces="R/0001/2018"), disclosure=Disclosure.FULL))
    assert "zastępuje rachunek nr R/0001/2018" in text


def test_bill_of_an_addition_says_what_it_adds_to() -> None:
    added = replace(BILL, corrects="R/0001/2018", already=600_00)
    text = text_of(bill(added, disclosure=Disclosure.FULL)).replace("\xa0", " ")
    assert "dopłata do rachunku nr R/0001/2018" in text
    assert "zastępuje" not in text
    assert "Dopłata brutto (do 1 600,00, rozliczono już 600,00)" in text


def test_bill_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="gross less net"):
        replace(BILL, net=BILL.net + 1)


def test_accounts() -> None:
    assert spaced_account(ACCOUNT) == "30 1140 2004 0000 3000 0000 0017"
    assert spaced_account("brak") == "brak"
    assert masked_account(spaced_account(ACCOUNT)).endswith(" 0017")


# Payment list


def workbook(*, values: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(payment_list(PAYMENTS)), data_only=values)


def test_payment_list_keeps_identifiers_as_text_and_sorts_by_name() -> None:
    sheet = workbook(values=True)["Lista wypłat"]
    assert [sheet.cell(6, column).value for column in range(1, 7)] == [
        "Lp.",
        "Nr rachunku",
        "Nazwisko i imię",
        "PESEL",
        "Numer konta",
        "Brutto",
    ]
    assert [sheet.cell(row, 3).value for row in range(7, 14)] == [
        "Cyprysowa Celina",
        "Ćwiek-Próbna Świętosława",
        "Lisowicz Adam",
        "Łąkowa Żelisława",
        "Mak Ludomir",
        "Zielny Ździsław",
        "Żabia Zenobia",
    ]
    assert (sheet["D7"].value, sheet["D7"].data_type) == (PESEL, "s")
    assert (sheet["E7"].value, sheet["E7"].data_type) == ("30 1140 2004 0000 3000 0000 0017", "s")


def test_payment_list_totals_are_formulas_with_values_and_a_control_row() -> None:
    net = sum(payee.amounts.net for payee in PAYMENTS.payees)
    assert workbook(values=False)["Lista wypłat"]["N14"].value == "=ROUND(SUM(N7:N13),2)"
    sheet = workbook(values=True)["Lista wypłat"]
    for total in (
        sheet["N14"].value,
        sheet["N15"].value,
        sum(float(str(sheet[f"N{row}"].value)) for row in range(7, 14)),
    ):
        assert round(float(str(total)) * 100) == net


def test_payment_list_prints_on_a4_landscape_with_a_repeated_header() -> None:
    sheet = workbook(values=True)["Lista wypłat"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.print_title_rows == "$6:$6"
    assert sheet.freeze_panes == "D7"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0


def test_nothing_typed_by_people_becomes_a_formula_or_a_link() -> None:
    hostile = replace(
        PAYMENTS.payees[0], last_name="=HYPERLINK(1)", remark="https://example.org", bill_number="@SUM(A1)"
    )
    content = payment_list(replace(PAYMENTS, payees=[hostile]))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Lista wypłat"]
    assert {sheet[cell].data_type for cell in ("B7", "C7", "O7")} == {"s"}
    assert sheet["O7"].hyperlink is None


def test_payment_list_is_the_same_bytes_and_works_empty() -> None:
    assert payment_list(PAYMENTS) == payment_list(PAYMENTS)
    sheet = openpyxl.load_workbook(io.BytesIO(payment_list(replace(PAYMENTS, payees=[]))))["Lista wypłat"]
    assert sheet["N7"].value == "=0"


def png(width: int, height: int) -> bytes:
    """A grey picture of a given size, written by hand so that no picture has to be shipped."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\x00" + b"\x99" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


PIXEL = png(20, 20)


# Payment list in Word


def test_the_printed_payment_list_adds_up_and_says_the_sum_in_words() -> None:
    content = payment_list_word(PAYMENTS_ON_PAPER)
    header, *rows, total = table_of(content, "Osoby i kwoty w złotych")
    assert header[-5:] == ["Brutto", "Składki społeczne", "Składka zdrowotna", "Podatek", "Do wypłaty"]
    assert [row[2] for row in rows] == [
        workbook(values=True)["Lista wypłat"].cell(row, 3).value for row in range(7, 7 + len(rows))
    ]
    money = [[int(cell.replace(" ", "").replace(",", "")) for cell in row[-5:]] for row in rows]
    assert all(gross == social + health + tax + net for gross, social, health, tax, net in money)
    assert [int(cell.replace(" ", "").replace(",", "")) for cell in total[-5:]] == [
        sum(column) for column in zip(*money, strict=True)
    ]
    to_pay = sum(one.amounts.net for one in PAYMENTS.payees)
    said = text_of(content)
    assert f"Lista nr {PAYMENTS.number}: do wypłaty {amount_zl(to_pay)} dla".replace("\u00a0", " ") in said
    assert f"słownie: {amount_in_words(to_pay)}." in said
    for place in (
        "sporządzono – data i podpis",
        "sprawdzono – data i podpis",
        "zatwierdzono do wypłaty – data i podpis",
    ):
        assert place in said
    assert "3f1c3f1c" in said


def test_the_printed_payment_list_has_accounts_in_two_lines_remarks_by_place_and_no_pesel() -> None:
    odd = replace(PAYMENTS_ON_PAPER.payees[0], remark="Do wyjaśnienia: inna data.")
    content = payment_list_word(replace(PAYMENTS_ON_PAPER, payees=[odd, *PAYMENTS_ON_PAPER.payees[1:]], digest=""))
    rows = table_of(content, "Osoby i kwoty w złotych")
    assert rows[1][3] == "30 1140 2004 0000\n3000 0000 0017"
    place = next(row[0] for row in rows if row[1] == odd.bill_number)
    said = text_of(content)
    assert f"poz. {place[:-1]}: Do wyjaśnienia: inna data." in said
    assert "Skrót" not in said
    assert PESEL not in said


def test_an_empty_printed_payment_list_says_zero() -> None:
    said = text_of(payment_list_word(replace(PAYMENTS_ON_PAPER, payees=[])))
    assert "do wypłaty 0,00 zł dla 0 osób, słownie: zero złotych 00/100." in said


# Register of hours


def test_a_register_of_hours_has_its_days_in_order_and_their_sum() -> None:
    content = hours_register(HOURS)
    _, first, second, total = table_of(content, "Dni i godziny")
    assert first == ["1.", "sobota,\n1 grudnia 2018 r.", "Spotkanie 1", "9:00–15:00", "6 godz."]
    assert second[1:] == ["niedziela,\n2 grudnia 2018 r.", "Spotkanie 1", "9:00–15:00", "5 godz. 30 min"]
    assert (total[1], total[-1]) == ("Razem", "11 godz. 30 min")
    said = text_of(content)
    for told in ("art. 8b", "nr UZ/1/2018 z dnia 10 września 2018 r.", "1–2 grudnia 2018 r.", "w ciągu 2 dni"):
        assert told in said


@pytest.mark.parametrize(
    ("sex", "label", "signs"),
    [
        (Sex.WOMAN, "Zleceniobiorczyni", "podpis zleceniobiorczyni"),
        (Sex.MAN, "Zleceniobiorca", "podpis zleceniobiorcy"),
        (None, "Osoba wykonująca zlecenie", "podpis osoby wykonującej zlecenie"),
    ],
)
def test_a_register_of_hours_names_the_contractor_by_sex(sex: Sex | None, label: str, signs: str) -> None:
    said = text_of(hours_register(replace(HOURS, sex=sex, contract=None)))
    assert f"{label}\n" in said
    assert signs in said
    assert "nr …………………… z dnia ……………………" in said


def test_a_register_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a day"):
        replace(HOURS, worked_days=())


# Agreements


@pytest.mark.parametrize(
    ("sex", "said"),
    [
        (Sex.WOMAN, ("\nPani\nZmyślona Próbna\nWojewódzki", "powołuję Panią z dniem", "reprezentuje Pani instytucję")),
        (Sex.MAN, ("\nPan\nZmyślona Próbna\nWojewódzki", "powołuję Pana z dniem", "reprezentuje Pan instytucję")),
        (None, ("r.\nZmyślona Próbna\nWojewódzki", "powołuję Państwa z dniem", "reprezentują Państwo instytucję")),
    ],
)
def test_an_act_of_appointment_speaks_to_the_person_by_sex(sex: Sex | None, said: tuple[str, ...]) -> None:
    text = text_of(appointment_act(replace(ACT, sex=sex)))
    assert [part for part in said if part not in text] == []
    assert "12 listopada 2018 r." in text
    assert "5 listopada 2018 r." in text
    assert "/a" not in text
    assert "{" not in text


def test_an_act_of_recall_names_the_act_that_it_ends() -> None:
    text = text_of(appointment_act(RECALL))
    assert "Akt odwołania\nnr ODW/RGR/0001/2018" in text
    assert "odwołuję Panią z dniem 12 listopada 2018 r." in text
    assert "akt powołania nr POW/RGR/0001/2018, obowiązujący od 12 listopada 2018 r." in text
    assert "Dziękuję Pani za pracę" in text


def test_an_agreement_numbers_its_parties_and_says_who_signs_for_each() -> None:
    content = agreement(AGREEMENT)
    assert table_of(content, "Strony porozumienia") == [
        ["Lp.", "Instytucja", "Reprezentowana przez"],
        ["1", "Gmina Swarzędz, ul. Próbna 1, 62-020 Swarzędz", "Zmyślona Próbna, Burmistrz"],
        ["2", "Szkoła Podstawowa nr 1 w Swarzędzu", "……………………"],
        [
            "3",
            "Stowarzyszenie Próbne w Swarzędzu, ul. Próbna 2, 62-020 Swarzędz",
            "Zmyślony Próbny, prezes; Wymyślona Inna, skarbnik",
        ],
    ]
    said = text_of(content)
    headings = ("Przedmiot porozumienia", "Zobowiązania stron", "Podpisanie", "Przystąpienie kolejnych instytucji")
    for number, title in enumerate((*headings, "Postanowienia końcowe"), start=1):
        assert f"§ {number}. {title}" in said
    assert "do 28 lutego 2020 r." in said
    assert "1. Porozumienie jest otwarte." in said
    assert "Partnerskim Zespole Kooperacji (PZK)" in said
    assert "2. Szkoła Podstawowa nr 1 w Swarzędzu" in said.partition("Podpisy stron")[2]
    assert "§ 5" not in text_of(agreement(replace(AGREEMENT, closing=())))


def test_who_is_a_party_already_does_not_sign_the_next_text() -> None:
    first = replace(PARTIES[0], since=date(2019, 12, 5))
    said = text_of(agreement(replace(AGREEMENT, parties=[first, *PARTIES[1:]], number=2)))
    assert "Nr KES/POR/3021163/2019, tekst 2 z 2 grudnia 2019 r." in said
    assert "Gmina Swarzędz, ul. Próbna 1, 62-020 Swarzędz (strona od 5 grudnia 2019 r.)" in said
    assert "są już stronami i nie podpisują ponownie" in said
    assert "nie podpisują ponownie" not in text_of(agreement(AGREEMENT))
    _, _, signatures = said.partition("Podpisy stron (nr KES/POR/3021163/2019, tekst 2)")
    assert "2. Szkoła Podstawowa nr 1 w Swarzędzu" in signatures
    assert "1. Gmina" not in signatures
    assert "Podpisy stron" not in text_of(agreement(replace(AGREEMENT, parties=[first])))


def test_an_accession_sheet_names_one_institution_and_the_terms() -> None:
    said = text_of(WORD["accession_sheet"]())
    assert "Gmina Swarzędz" in said
    assert "Szkoła Podstawowa" not in said
    assert "przystępuje do porozumienia z dniem podpisania tej karty" in said
    assert "może przystąpić do niego w każdej chwili" in said
    assert "imię i nazwisko, funkcja, podpis" in text_of(WORD["accession_sheet_by_hand"]())
