"""The contract as a document: both parties, the person in the forms of their sex, sums in words, every clause."""

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.documents import letterhead
from models.contract_rules import ContractRules
from models.errors import BadInput
from models.identifiers import Sex
from models.project import ProjectDefinition
from models.project_file import load_project
from models.rules.pay import RatePer
from templates.documents.bill import Contractor, Party
from templates.documents.contract import ContractDocument, ContractTerms, ContractWords, Replaced, contract
from templates.polish import amount_in_words

KES = load_project(Path(__file__).parents[2] / "projects" / "kes")
PERSON = Contractor(
    first_name="Zmyślona",
    last_name="Próbna",
    sex=Sex.WOMAN,
    address="ul. Wymyślona 5, 83-300 Kartuzy",
    pesel="02611200006",
    account="",
)
TERMS = ContractTerms(
    number="UZ/0001/2018",
    contractor=PERSON,
    group="Powiatowa Grupa Refleksyjna – powiat kartuski",
    area="powiat kartuski",
    tasks=("wypracowanie założeń modelu",),
    starts=date(2018, 9, 3),
    ends=date(2021, 3, 31),
    minutes=720,
    rate=6000,
    per=RatePer.HOUR,
    most=72000,
    amount=None,
    minimum_rate=1370,
)


def made(terms: ContractTerms = TERMS, definition: ProjectDefinition = KES) -> bytes:
    return contract(
        ContractDocument(
            letterhead=letterhead(definition),
            issued_on=date(2018, 9, 3),
            place="Poznań",
            buyer=Party(name=definition.buyer.name, address=definition.buyer.address, nip=definition.buyer.nip),
            unit=Party(name=definition.unit.name, address=definition.unit.address),
            terms=terms,
            definition=definition,
        )
    )


def text_of(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells]).replace("\xa0", " ")


def test_it_names_both_parties_and_the_price_in_words() -> None:
    said = text_of(made())
    for words in (
        "Umowa zlecenie nr UZ/0001/2018",
        "Województwo Wielkopolskie",
        "NIP 778-13-46-888",
        "Regionalny Ośrodek Polityki Społecznej w Poznaniu",
        "PESEL 02611200006",
        "60,00 zł brutto (słownie: sześćdziesiąt złotych 00/100) za każdą godzinę",
        "720,00 zł brutto (słownie: siedemset dwadzieścia złotych 00/100)",
        "wynosi ona 13,70 zł",
        "od 03.09.2018 r. do 31.03.2021 r.",
        "§ 1. Przedmiot umowy",
        "iod@rops.example.org",
        "listy obecności",
        "5 dni roboczych",
    ):
        assert words in said, words
    assert "{" not in said


@pytest.mark.parametrize(
    ("sex", "preamble", "dative"),
    [
        (
            Sex.WOMAN,
            "a Panią – osobą, której dane podano niżej – zwaną dalej „Zleceniobiorczynią”",
            "Zleceniobiorczyni",
        ),
        (Sex.MAN, "a Panem – osobą, której dane podano niżej – zwanym dalej „Zleceniobiorcą”", "Zleceniobiorcy"),
        (
            None,
            "a Panią / Panem – osobą, której dane podano niżej – zwaną dalej „Osobą wykonującą zlecenie”",
            "Osobie wykonującej zlecenie",
        ),
    ],
)
def test_grammar_follows_sex(sex: Sex | None, preamble: str, dative: str) -> None:
    said = text_of(made(replace(TERMS, contractor=replace(PERSON, sex=sex))))
    assert preamble in said
    assert f"Za należyte wykonanie zlecenia {dative} przysługuje wynagrodzenie" in said
    forms = {Sex.WOMAN: r"Zleceniobiorczyn", Sex.MAN: r"Zleceniobiorc(?!zyn)", None: r"Osob\w+ wykonuj"}
    assert [other for other, pattern in forms.items() if re.search(pattern, said)] == [sex]


def test_somebody_without_a_pesel_and_a_replaced_contract_are_said() -> None:
    terms = replace(
        TERMS,
        contractor=replace(PERSON, pesel=None),
        replaces=Replaced(number="UZ/0007/2018", signed_on=date(2018, 8, 1)),
    )
    said = text_of(made(terms))
    assert "brak numeru PESEL" in said
    assert "zastępuje umowę nr UZ/0007/2018 z dnia 01.08.2018 r." in said


def test_attendance_lists_confirm_hours_and_are_no_register_of_them() -> None:
    """Art. 8b ust. 1: the parties agree on how hours are confirmed; art. 8a ust. 6: the minimum is paid each month."""
    said = text_of(made())
    assert "jest to sposób potwierdzania liczby godzin, o którym mowa w art. 8b ust. 1" in said
    assert "Na ich podstawie Zleceniodawca sporządza ewidencję godzin." in said
    assert "stanowią one ewidencję" not in said
    assert "co najmniej raz w miesiącu (art. 8a ust. 6" in said


def test_the_same_terms_are_the_same_bytes() -> None:
    assert made() == made()


def test_a_project_without_clauses_makes_no_contract() -> None:
    with pytest.raises(BadInput, match="sekcja contracts"):
        made(definition=KES.model_copy(update={"contracts": ContractRules()}))


def test_marks_of_the_office_are_written_out_as_the_definition_says() -> None:
    words = ContractWords(KES, TERMS)
    assert words.text("{sex:zwaną|zwanym|zwaną} {you:celownik} {contractor:biernik}") == "zwaną Pani Zleceniobiorczynię"
    assert words.text("{deadlines.bill_working_days}") == "5 dni roboczych"
    with pytest.raises(BadInput, match="nieznany znacznik"):
        words.text("{nie.ma.takiego}")


# Sums in words, by a reader of its own

_UNITS = """zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście
czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście"""
_TENS = "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt"
_HUNDREDS = "sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset"
_WORTH = {
    **{word: number for number, word in enumerate(_UNITS.split())},
    **{word: 10 * number for number, word in enumerate(_TENS.split(), start=2)},
    **{word: 100 * number for number, word in enumerate(_HUNDREDS.split(), start=1)},
}


def read_back(words: str) -> int:
    """Grosze of „jeden tysiąc dwieście złotych 00/100”; knows nothing of the code that wrote it."""
    *spelled, currency, rest = words.split()
    total = part = 0
    for word in spelled:
        if word in ("tysiąc", "tysiące", "tysięcy"):
            assert word == _form(part, "tysiąc", "tysiące", "tysięcy")
            total, part = total + 1000 * part, 0
        else:
            part += _WORTH[word]
    total += part
    assert currency == _form(total, "złoty", "złote", "złotych")
    grosze, hundred = rest.split("/")
    assert (len(grosze), hundred) == (2, "100")
    return 100 * total + int(grosze)


def _form(number: int, one: str, few: str, many: str) -> str:
    if number == 1:
        return one
    return few if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else many


@given(st.integers(0, 10**7))
def test_a_sum_in_words_reads_back_as_the_sum(grosze: int) -> None:
    assert read_back(amount_in_words(grosze)) == grosze


@pytest.mark.parametrize(
    ("grosze", "words"),
    [
        (0, "zero złotych 00/100"),
        (1, "zero złotych 01/100"),
        (100, "jeden złoty 00/100"),
        (200, "dwa złote 00/100"),
        (1200, "dwanaście złotych 00/100"),
        (2200, "dwadzieścia dwa złote 00/100"),
        (120000, "jeden tysiąc dwieście złotych 00/100"),
        (100_000_00, "sto tysięcy złotych 00/100"),
    ],
)
def test_sums_at_the_turns(grosze: int, words: str) -> None:
    assert amount_in_words(grosze) == words
