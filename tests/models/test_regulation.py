"""The regulation as printed: what the engine enforces stands in it, and nothing of it is typed by hand."""

import io
from datetime import date
from pathlib import Path

import docx
import pytest

from flows.steps.regulation import regulation_html, regulation_word
from models.errors import BadInput
from models.project import ProjectDefinition
from models.project_file import load_project
from models.regulation import Place, place_of
from models.regulation_text import Marks, UnknownMark, printed
from models.rules.assessment import AssessmentRules, Reckoning

KES = Path(__file__).parents[2] / "projects" / "kes"


@pytest.fixture(scope="module")
def kes() -> ProjectDefinition:
    return load_project(KES)


def plain(text: str) -> str:
    return " ".join(text.split())


def word_text(definition: ProjectDefinition) -> str:
    document = docx.Document(io.BytesIO(regulation_word(definition, date(2018, 5, 28))))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return plain(" ".join((*(one.text for one in document.paragraphs), *cells)))


@pytest.mark.parametrize(
    ("quoted", "place"),
    [
        ("§ 4 ust. 1 pkt 2", Place(4, 1, 2)),
        ("§\u00a04 ust.\u00a01", Place(4, 1)),
        ("§ 12", Place(12)),
        ("ust. 1", None),
        ("§ 4 lit. a", None),
    ],
)
def test_a_place_is_read_as_people_quote_it(quoted: str, place: Place | None) -> None:
    assert place_of(quoted) == place
    assert place is None or place_of(str(place)) == place


def test_every_criterion_and_every_rule_stands_where_it_is_quoted(kes: ProjectDefinition) -> None:
    paragraphs = {one.number: one for one in printed(kes).paragraphs}
    for one in (*kes.criteria, *kes.merit):
        place = place_of(one.paragraph)
        assert place is not None
        passage = paragraphs[place.paragraph].passages[place.passage - 1]
        text = passage.points[place.point - 1] if place.point else passage.text
        assert one.title[1:] in text, one.code


@pytest.mark.parametrize("said", ["word", "page"])
def test_both_forms_say_everything(kes: ProjectDefinition, said: str) -> None:
    text = word_text(kes) if said == "word" else plain(regulation_html(kes, date(2018, 5, 28)).decode())
    for one in (*kes.criteria, *kes.merit):
        assert one.title in text
        assert one.paragraph in text
    for sentence in ("§ 14. Postanowienia końcowe", "Założenie – do zmiany przez biuro", "Razem"):
        assert sentence in text
    assert "{" not in text.rpartition("</style>")[2]


def test_what_is_enforced_is_what_is_printed(kes: ProjectDefinition) -> None:
    changed = kes.model_copy(
        update={
            "deadlines": kes.deadlines.model_copy(update={"answer_working_days": 9, "result_working_days": 3}),
            "group_kinds": tuple(one.model_copy(update={"seats": 11}) for one in kes.group_kinds),
        }
    )
    before, after = word_text(kes), word_text(changed)
    assert "w ciągu 4 dni roboczych" in before
    assert "w ciągu 1 dnia roboczego od ogłoszenia" in before
    assert "w ciągu 9 dni roboczych" in after
    assert "w ciągu 3 dni roboczych od ogłoszenia" in after
    assert "Liczba miejsc w PGR: 7 na liście" in before
    assert "Liczba miejsc w PGR: 11 na liście" in after


def test_the_document_is_numbered_titled_and_polish(kes: ProjectDefinition) -> None:
    content = regulation_word(kes, date(2018, 5, 28))
    document = docx.Document(io.BytesIO(content))
    assert kes.regulation is not None
    assert document.core_properties.title == kes.regulation.title
    assert document.core_properties.language == "pl-PL"
    headings = [one.text for one in document.paragraphs if one.style and one.style.name == "Heading 1"]
    assert headings[0] == "§\u00a01. Postanowienia ogólne"
    assert len(headings) == len(kes.regulation.paragraphs) + 1
    assert any(one.text.startswith("1)\t") for one in document.paragraphs)
    assert plain(kes.funding_line) in plain(document.sections[0].footer.paragraphs[0].text)
    assert regulation_word(kes, date(2018, 5, 28)) == content


def test_a_statement_that_the_forms_word_differently_is_given_in_each_wording(kes: ProjectDefinition) -> None:
    text = word_text(kes)
    assert "dwudniowych spotkaniach grupy, które odbywają się poza godzinami pracy” (PGR)" in text
    assert "spotkaniach grupy, które odbywają się w dni robocze” (RGR)" in text


@pytest.mark.parametrize(
    ("written", "between", "last"),
    [
        ("do dnia 05.12.2018 r.", "do dnia 05.12.2018 r.;", "do dnia 05.12.2018 r."),
        ("do dnia 05.12.2018 r.;", "do dnia 05.12.2018 r.;", "do dnia 05.12.2018 r."),
        ("szkolenia, warsztaty itp.", "szkolenia, warsztaty itp.;", "szkolenia, warsztaty itp."),
        ("zebrane w 2018r.", "zebrane w 2018r.;", "zebrane w 2018r."),
        ("osoby z powiatu.", "osoby z powiatu;", "osoby z powiatu."),
        ("jeden dyrektor.", "jeden dyrektor;", "jeden dyrektor."),
        ("co najmniej 8 pkt.", "co najmniej 8 pkt;", "co najmniej 8 pkt."),
        ("bez kropki", "bez kropki;", "bez kropki."),
        ("przecinek ,", "przecinek;", "przecinek."),
    ],
)
def test_a_point_ends_with_one_sign_and_an_abbreviation_keeps_its_stop(
    kes: ProjectDefinition, written: str, between: str, last: str
) -> None:
    assert kes.regulation is not None
    first, *others = kes.regulation.paragraphs
    passage, *further = first.passages
    passage = passage.model_copy(update={"points": (written, written)})
    paragraphs = (first.model_copy(update={"passages": (passage, *further)}), *others)
    changed = kes.model_copy(update={"regulation": kes.regulation.model_copy(update={"paragraphs": paragraphs})})

    assert printed(changed).paragraphs[0].passages[0].points == (between, last)


def test_a_project_without_a_regulation_says_so(kes: ProjectDefinition) -> None:
    with pytest.raises(BadInput, match="nie zawiera regulaminu"):
        printed(kes.model_copy(update={"regulation": None}))


@pytest.mark.parametrize(
    ("rules", "sentences"),
    [
        (
            AssessmentRules(),
            "Każda osoba oceniająca ocenia samodzielnie; liczba osób: 2. Punkty zgłoszenia w każdym kryterium to "
            "średnia ocen, zaokrąglona do całych punktów. Każdą ocenę trzeba uzasadnić.",
        ),
        (
            AssessmentRules(assessors=3, reckoning=Reckoning.SUM, justified=False),
            "Każda osoba oceniająca ocenia samodzielnie; liczba osób: 3. Punkty zgłoszenia w każdym kryterium to suma "
            "ocen.",
        ),
        (
            AssessmentRules(spread=5, further_assessor=True, justified=False),
            "Każda osoba oceniająca ocenia samodzielnie; liczba osób: 2. Punkty zgłoszenia w każdym kryterium to "
            "średnia ocen, zaokrąglona do całych punktów. Gdy oceny różnią się łącznie o 5 pkt lub więcej, ocenia "
            "jeszcze jedna osoba.",
        ),
        (
            AssessmentRules(assessors=1, justified=False),
            "Zgłoszenie ocenia jedna osoba; jej punkty są punktami zgłoszenia.",
        ),
    ],
)
def test_the_commissions_assessment_is_printed_as_it_is_reckoned(
    kes: ProjectDefinition, rules: AssessmentRules, sentences: str
) -> None:
    assert Marks(kes.model_copy(update={"assessment": rules})).text("{assessment}") == sentences


def test_an_assessment_that_the_project_does_not_have_cannot_be_printed(kes: ProjectDefinition) -> None:
    with pytest.raises(UnknownMark):
        Marks(kes).text("{assessment}")
