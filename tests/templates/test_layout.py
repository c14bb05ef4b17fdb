"""How the lists and the protocol look when printed: LibreOffice lays them out, and the pages are read back."""

import re
import shutil
import subprocess
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from bank_samples import account_of
from docx.shared import Pt
from pypdf import PdfReader

from models.rules.pay import Amounts
from templates.documents.hours_register import HoursRegisterDocument, WorkedDay, hours_register
from templates.documents.payment_list import Payee
from templates.documents.payment_list_word import PaymentListWordDocument, payment_list_word
from templates.documents.protocol import (
    AppealEntry,
    CommissionMember,
    Deviation,
    Ground,
    PromotionEntry,
    ProtocolDocument,
    protocol,
)
from templates.documents.ranking_lists import RankedEntry, RankingListDocument, internal_list, public_list
from templates.word_base import Letterhead, start, to_bytes
from templates.word_parts import paragraph, signature_lines

pytestmark = [pytest.mark.libreoffice, pytest.mark.xdist_group("layout")]

TIE = (
    "Równa liczba punktów (15): o kolejności zdecydowała liczba punktów premiowych, a następnie czas wpływu zgłoszenia."
)
SECTORS = ("kultura, sport i turystyka", "organizacje pozarządowe", "pomoc i integracja społeczna", "sądownictwo")


LETTERHEAD = Letterhead(
    office="Ośrodek Próbny",
    project_title="Kooperacja – efektywna i skuteczna",
    project_number="POWR.02.05.00-00-0207/17-00",
    funding_line="Projekt współfinansowany ze środków Unii Europejskiej",
    logo_line="Fundusze Europejskie",
)
CALL, GROUP, AREA, ORDER = "Nabór KES/PGR/2205/2018", "Powiatowa Grupa Refleksyjna", "powiat kartuski", "od najwyższej."


def listed(numbers: range, status: str, *, reserve_from: int | None = None) -> list[RankedEntry]:
    return [
        RankedEntry(
            public_number=f"ZG-6Y56-{number:04d}",
            application_number=f"KES/PGR/2205/2018/{number:04d}",
            status=status,
            position=None if reserve_from is None else number - reserve_from,
            points=15,
            premium=number % 3,
            sector=SECTORS[number % len(SECTORS)],
            level="gminny" if number % 2 else "powiatowy",
            tie_break=TIE,
        )
        for number in numbers
    ]


RESERVE = listed(range(31, 34), "lista rezerwowa", reserve_from=30)
REJECTED = listed(range(41, 55), "niezakwalifikowane")
SIZES = range(5, 11)


def made(size: int) -> dict[str, bytes]:
    main = listed(range(1, size + 1), "zakwalifikowane – rezygnacja")
    ranking = RankingListDocument(
        letterhead=LETTERHEAD,
        call=CALL,
        group=GROUP,
        area=AREA,
        issued_on=date(2018, 7, 13),
        place="Miasto Próbne",
        seats=7,
        order_rule=ORDER,
        main=main,
        reserve=RESERVE,
        rejected=REJECTED,
    )
    minutes = ProtocolDocument(
        letterhead=LETTERHEAD,
        number="1",
        call=CALL,
        group=GROUP,
        area=AREA,
        met_on=date(2018, 7, 5),
        place="Miasto Próbne",
        seats=7,
        rules_version="wersja 1",
        rules_digest="0123456789abcdef" * 4,
        algorithm="ranking-1",
        snapshot_digest="fedcba9876543210" * 4,
        order_rule=ORDER,
        main=main,
        reserve=RESERVE,
        rejected=REJECTED,
        refusals=[Ground(entry.application_number, "Liczba punktów nie dała miejsca.") for entry in REJECTED],
        shortfalls=(),
        deviations=[
            Deviation(
                application_number="KES/PGR/2205/2018/0012",
                proposed="niezakwalifikowane",
                decided="zakwalifikowane",
                reason="Zwolnione miejsce.",
            )
        ],
        appeals=[
            AppealEntry(
                number="KES/PGR/2205/2018/0012/O1",
                received="09.07.2018 r. (po terminie)",
                ruling="do dnia protokołu nie rozstrzygnięto",
                paragraph="§ 11 Regulaminu",
                effect="zgłoszenie oceniane ponownie",
            )
        ],
        promotions=[
            PromotionEntry(
                application_number="KES/PGR/2205/2018/0012",
                instead_of="KES/PGR/2205/2018/0001",
                position=3,
                ground="Uwzględnione odwołanie",
                sentence="Miejsce należy się w pierwszej kolejności po uwzględnionym odwołaniu.",
                algorithm="promotion-2",
            )
        ],
        commission=[CommissionMember(name="Wzorzysława Przykładowa", role="osoba przewodnicząca Komisji")],
        decided_by="kinga",
    )
    return {
        f"internal-{size}": internal_list(ranking),
        f"protocol-{size}": protocol(minutes),
        f"public-{size}": public_list(ranking),
    } | (of_pay(size) if size % 2 else {})


def of_pay(size: int) -> dict[str, bytes]:
    return {
        f"paid-{size}": payment_list_word(paid(6 * size)),
        f"hours-{size}": hours_register(worked(6 * size)),
    }


def paid(people: int) -> PaymentListWordDocument:
    """Every one of them with sums as long as sums get here."""
    amounts = Amounts(
        gross=99_999_99,
        social_base=0,
        pension=11_111_11,
        disability=0,
        sickness_base=0,
        sickness=0,
        health_base=0,
        health=11_111_11,
        health_deduction=0,
        costs=0,
        tax_base=0,
        tax_reduction=0,
        tax=11_111_00,
        net=66_666_77,
    )
    return PaymentListWordDocument(
        letterhead=LETTERHEAD,
        number="LW/KES/PGR/2205/2018/pgr_kartuski_1",
        about=[("Spotkanie", "Pierwsze spotkanie grupy, 1–2 grudnia 2018 r."), ("Grupa", GROUP)],
        issued_on=date(2018, 12, 10),
        paid_on=date(2018, 12, 14),
        payees=[
            Payee(
                bill_number=f"R/{number:04d}/2018",
                first_name="Wszebor",
                last_name="Niewydarzony-Przykładowski",
                pesel=None,
                account=account_of(number),
                amounts=amounts,
            )
            for number in range(1, people + 1)
        ],
    )


def worked(days: int) -> HoursRegisterDocument:
    return HoursRegisterDocument(
        letterhead=LETTERHEAD,
        number="KES/PGR/2205/2018/0002",
        issued_on=date(2018, 12, 10),
        principal="Województwo Próbne, ul. Zmyślona 1, 00-000 Brak",
        first_name="Wszebor",
        last_name="Niewydarzony-Przykładowski",
        sex=None,
        contract=None,
        group=GROUP,
        worked_days=[
            WorkedDay(
                on=date(2018, 9, 1) + timedelta(days=number),
                meeting="Spotkanie Powiatowej Grupy Refleksyjnej",
                starts=time(9),
                ends=time(15, 30),
                minutes=390,
            )
            for number in range(days)
        ],
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The text of each page of each document, without what stands at the head and foot of all."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("layout")
    for size in SIZES:
        for name, content in made(size).items():
            (folder / f"{name}.docx").write_bytes(content)
    subprocess.run(
        [
            *(office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"),
            *("--outdir", str(folder), *(str(path) for path in sorted(folder.glob("*.docx")))),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {path.stem: read(path) for path in sorted(folder.glob("*.pdf"))}


def read(path: Path) -> list[str]:
    return [_HEAD_AND_FOOT.sub("", page.extract_text()).strip() for page in PdfReader(path).pages]


_HEAD_AND_FOOT = re.compile(r"^ *(Fundusze Europejskie|Projekt „.*17-00|Projekt współ.*|Strona \d.*) *$", re.MULTILINE)


def test_no_word_is_broken_inside_a_column(pages: dict[str, list[str]]) -> None:
    whole = ("Punkty", "powiatowy", "niezakwalifikowane", "zakwalifikowane", "KES/PGR/2205/2018/0001")
    wrong = []
    for name, texts in pages.items():
        text = "\n".join(texts)
        if name.partition("-")[0] in _OF_PAY:
            continue
        wanted = whole[2:4] if name.startswith("public") else (*whole, "Premia", "pozarządowe", "społeczna")
        if name.startswith("protocol"):
            wanted = (*wanted, "Rozstrzygnięcie", "promotion-2", "KES/PGR/2205/2018/0012/O1")
        wrong += [(name, word) for word in wanted if word not in text]
    assert wrong == []


def test_no_page_is_empty_and_the_first_begins_its_table(pages: dict[str, list[str]]) -> None:
    assert len(pages) == 3 * len(SIZES) + 2 * sum(size % 2 for size in SIZES)
    assert [name for name, texts in pages.items() if not all(texts)] == []
    first_rows = {"internal": "KES/PGR/2205/2018/0002", "public": "zakwalifikowane"}
    assert [
        name
        for name, texts in pages.items()
        if name.partition("-")[0] in first_rows and first_rows[name.partition("-")[0]] not in texts[0]
    ] == []


_OF_PAY = {
    "paid": (
        *("Nazwisko i imię", "Numer konta", "społeczne", "zdrowotna", "Do wypłaty", "Niewydarzony-Przykładowski"),
        *("R/0001/2018", "99 999,99", "11 111,11", "66 666,77"),
    ),
    "hours": ("Potwierdzone", "9:00–15:30", "6 godz. 30 min", "1 września 2018 r."),
}
_SUM = {
    "paid": ("Lista nr LW/KES/PGR/2205/2018/pgr_kartuski_1: do wypłaty ", " słownie: "),
    "hours": ("Zgłoszenie KES/PGR/2205/2018/0002: razem ", "godz."),
}
_SIGNED = {"paid": "zatwierdzono do wypłaty", "hours": "podpis osoby potwierdzającej"}


def test_papers_of_pay_break_no_word_and_no_amount_and_repeat_their_header(pages: dict[str, list[str]]) -> None:
    for name, texts in pages.items():
        kind = name.partition("-")[0]
        if kind not in _OF_PAY:
            continue
        plain = [text.replace("\u00a0", " ") for text in texts]
        assert [word for word in _OF_PAY[kind] if word not in plain[0]] == []
        with_rows = [text for text in plain if re.search(r"^\d+\. ", text, re.MULTILINE)]
        assert len(with_rows) > 1
        assert all("Lp." in text for text in with_rows)
        # Who signs has the sum on the same page, and of what: LibreOffice parts a table from what follows.
        (last,) = (text for text in plain if _SIGNED[kind] in text)
        assert [word for word in _SUM[kind] if word not in " ".join(last.split())] == []


def test_a_heading_never_ends_a_page(pages: dict[str, list[str]]) -> None:
    headings = re.compile(r"(Lista podstawowa|Lista rezerwowa|Zgłoszenia odrzucone i niezakwalifikowane)$")
    assert [name for name, texts in pages.items() if any(headings.search(text) for text in texts)] == []


def test_signatures_at_the_very_end_of_a_page_leave_no_empty_one(tmp_path: Path) -> None:
    """The paragraph that must follow a table takes no room, wherever the table ends."""
    office = shutil.which("soffice")
    assert office is not None
    for points in range(560, 640, 2):
        document = start("Dokument próbny", LETTERHEAD, date(2018, 12, 10))
        paragraph(document, "Koniec.").paragraph_format.space_before = Pt(points)
        signature_lines(document, ["podpis", "podpis"])
        (tmp_path / f"{points}.docx").write_bytes(to_bytes(document))
    subprocess.run(
        [
            *(office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"),
            *("--outdir", str(tmp_path), *(str(path) for path in sorted(tmp_path.glob("*.docx")))),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    pages = {path.stem: read(path) for path in tmp_path.glob("*.pdf")}
    assert {len(one) for one in pages.values()} == {1, 2}, "ends are tried on both sides of the page's"
    assert [name for name, one in sorted(pages.items()) if "" in one] == []
