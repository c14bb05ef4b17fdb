"""How the lists and the protocol look when printed: LibreOffice lays them out, and the pages are read back."""

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

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
from templates.word_base import Letterhead

pytestmark = pytest.mark.libreoffice

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
    }


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
        wanted = whole[2:4] if name.startswith("public") else (*whole, "Premia", "pozarządowe", "społeczna")
        if name.startswith("protocol"):
            wanted = (*wanted, "Rozstrzygnięcie", "promotion-2", "KES/PGR/2205/2018/0012/O1")
        wrong += [(name, word) for word in wanted if word not in text]
    assert wrong == []


def test_no_page_is_empty_and_the_first_begins_its_table(pages: dict[str, list[str]]) -> None:
    assert len(pages) == 3 * len(SIZES)
    assert [name for name, texts in pages.items() if not all(texts)] == []
    first_rows = {"internal": "KES/PGR/2205/2018/0002", "public": "zakwalifikowane"}
    assert [
        name
        for name, texts in pages.items()
        if name.partition("-")[0] in first_rows and first_rows[name.partition("-")[0]] not in texts[0]
    ] == []


def test_a_heading_never_ends_a_page(pages: dict[str, list[str]]) -> None:
    headings = re.compile(r"(Lista podstawowa|Lista rezerwowa|Zgłoszenia odrzucone i niezakwalifikowane)$")
    assert [name for name, texts in pages.items() if any(headings.search(text) for text in texts)] == []
