"""Contradictions between rules, forms and the regulation, each told by file, line and sentence."""

import shutil
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from models.errors import DefinitionFaulty, Problem
from models.project import ProjectDefinition
from models.project_file import load_project
from models.rule_worlds import outcomes
from models.rules.conditions import Condition
from models.rules.ternary import Result

KES = Path(__file__).parents[2] / "projects" / "kes"
PROJECT = "project.yaml"
CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped project, to be spoilt."""
    (tmp_path / "forms").mkdir()
    for path in (PROJECT, *(f"forms/{one.name}" for one in (KES / "forms").glob("*.yaml"))):
        shutil.copy(KES / path, tmp_path / path)
    return tmp_path


@pytest.fixture(scope="module")
def kes() -> ProjectDefinition:
    return load_project(KES)


def change(folder: Path, old: str, new: str) -> int:
    """Replaces the first ``old`` of the project file and returns the line it stood in."""
    path = folder / PROJECT
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionFaulty) as caught:
        load_project(folder)
    return caught.value.problems


STATEMENT = "test: {kind: statement_ticked, field: osw_udzial}"
BOTH_WAYS = (
    "test: {kind: all_of, of: [{kind: statement_ticked, field: osw_udzial}, "
    "{kind: none_of, of: [{kind: statement_ticked, field: osw_udzial}]}]}"
)
EITHER_WAY = (
    "test: {kind: any_of, of: [{kind: statement_ticked, field: osw_udzial}, "
    "{kind: none_of, of: [{kind: statement_ticked, field: osw_udzial}]}]}"
)
DIRECT = "test: {kind: value_in, field: praca_bezposrednia, values: [tak]}"
YEARS = "table: {do_2: 1, od_3_do_5: 3, od_6_do_10: 5, ponad_10: 7}"
BY_YEARS = (
    'kind: points_by_table\n    title: "Staż pracy"\n    paragraph: "§ 5 ust. 1 pkt 1"\n'
    f"    field: staz_lat\n    {YEARS}"
)
ASSESSMENT = "assessment: {assessors: 2}"
BY_COMMISSION = 'kind: points_by_assessor\n    title: "Ocena"\n    paragraph: "§ 5 ust. 1 pkt 1"\n    maximum: 7'


@pytest.mark.parametrize(
    ("old", "new", "lines_below", "sentence"),
    [
        # what the form asks and offers
        (STATEMENT, "test: {kind: answered, field: hobby}", 0, "korzysta z pola „hobby”, o które formularz"),
        (
            DIRECT,
            "test: {kind: declaration_signed, level_field: praca_bezposrednia}",
            0,
            "spośród: wojewodztwo, powiat, gmina; takie nie jest pole „praca_bezposrednia”",
        ),
        (DIRECT, "test: {kind: declaration_signed, level_field: poziom}", 0, "korzysta z pola „poziom”, o które"),
        (DIRECT, "test: {kind: value_in, field: praca_bezposrednia, values: [czasem]}", 0, "odpowiedzi „czasem”."),
        (DIRECT, "test: {kind: institution_kind_in, field: staz_lat, kinds: [ops]}", 0, "odpowiedzi „ops”."),
        (DIRECT, "test: {kind: chosen_at_least, field: staz_lat, minimum: 1}", 0, "potrzebuje pola wyboru wielu"),
        (DIRECT, "test: {kind: number_between, field: staz_lat, minimum: 1}", 0, "potrzebuje pola tekstu"),
        (DIRECT, "test: {kind: date_between, field: pesel, not_after: 2018-01-01}", 0, "potrzebuje pola daty"),
        (DIRECT, "test: {kind: document_attached, document: zgoda}", 0, "Nieznany dokument „zgoda”"),
        ("field: zakres_wsparcia\n", "field: motywacja\n", 0, "Reguła „points_by_count” potrzebuje pola wyboru"),
        # bounds and conditions that go one way only
        (
            DIRECT,
            "test: {kind: age_between, minimum: 60, maximum: 18}",
            0,
            "Najwyższy wiek (18) jest niższy niż najniższy (60).",
        ),
        (
            DIRECT,
            "test: {kind: number_between, field: motywacja, minimum: 9, maximum: 3}",
            0,
            "Największa liczba (3) jest mniejsza niż najmniejsza (9).",
        ),
        (
            DIRECT,
            "test: {kind: date_between, field: data_urodzenia, not_before: 2001-01-01, not_after: 2000-01-01}",
            0,
            "Ostatnia dopuszczalna data jest wcześniejsza niż pierwsza.",
        ),
        (STATEMENT, BOTH_WAYS, 0, "Warunku „gotowosc_udzialu” nie spełni żadna odpowiedź"),
        (STATEMENT, EITHER_WAY, 0, "Warunek „gotowosc_udzialu” spełnia każda odpowiedź"),
        (
            DIRECT,
            "test: {kind: all_of, of: [{kind: age_between, minimum: 60}, {kind: age_between, maximum: 30}]}",
            0,
            "Warunku „praca_bezposrednia” nie spełni żadna odpowiedź",
        ),
        (
            DIRECT,
            "test: {kind: chosen_at_least, field: zakres_wsparcia, minimum: 9}",
            0,
            "Warunku „praca_bezposrednia” nie spełni żadna odpowiedź",
        ),
        # points
        (YEARS, "table: {do_2: 0, ponad_10: 0}", -5, "Reguła „staz” nie może dać żadnego punktu."),
        (YEARS, f"minimum: 8\n    {YEARS}", 0, "wymaga co najmniej 8 pkt, a można w niej otrzymać najwyżej 7."),
        ("    maximum: 8\n", "    maximum: 18\n", 0, "najwyższej liczby punktów (18) nie można osiągnąć"),
        (
            "    order: [points_desc",
            "    minimum: {points: 18, paragraph: § 5 ust. 3}\n    order: [points_desc",
            0,
            "Grupa PGR wymaga co najmniej 18 pkt, a jej reguły dają razem najwyżej 17.",
        ),
        (
            BY_YEARS,
            BY_COMMISSION,
            0,
            "to ocena Komisji, a projekt nie mówi, jak się ocenia (assessment).",
        ),
        (
            "\ndeadlines:\n",
            "\nassessment: {assessors: 2}\ndeadlines:\n",
            1,
            "a żadna reguła punktowa jej nie przewiduje.",
        ),
        # what nobody uses, and what is there twice
        ("      - praca_bezposrednia\n", "", None, "Kryterium „praca_bezposrednia” nie stosuje żadna grupa"),
        ("merit: [staz, partnerstwa, premia", "merit: [staz, premia", None, "„partnerstwa” nie stosuje żadna grupa"),
        ("deadlines:\n", "documents: [{code: zgoda, label: zgoda}]\ndeadlines:\n", 0, "O dokument „zgoda” nie pyta"),
        (
            'paragraph: "§ 4 ust. 1 pkt 2"',
            'paragraph: "§ 4 ust. 1 pkt 1"',
            0,
            "„obszar_kooperacji” i „obszar_realizacji” powołują się na ten sam przepis (§ 4 ust. 1 pkt 1).",
        ),
        (
            'not_met: "Zgłoszenie wpłynęło poza terminem naboru."',
            'not_met: "Zgłoszenie wpłynęło w terminie naboru."',
            0,
            "Kryterium „w_terminie” mówi to samo w „met” i w „not_met”.",
        ),
        (
            'not_met: "Zgłoszenie wpłynęło poza terminem naboru."',
            'not_met: " "',
            0,
            "Kryterium „w_terminie” nie ma zdania „not_met”.",
        ),
        ("  - code: staz\n", "  - code: oswiadczenia\n", 0, "Kod „oswiadczenia” ma już kryterium formalne"),
        # seats
        (
            "{kind: level, level: powiat, minimum: 2}",
            "{kind: level, level: powiat, minimum: 6}",
            None,
            "Skład grupy PGR:",
        ),
        # the regulation
        ('"§ 3 ust. 1"', '"§ 33 ust. 1"', 0, "powołuje się na § 33 ust. 1, którego nie ma w regulaminie."),
        ('"§ 3 ust. 1"', '"paragraf trzeci"', 0, "„paragraf trzeci” nie wskazuje przepisu"),
        (
            "{criterion:w_terminie}",
            "zgłoszenie na czas",
            None,
            "ten przepis go nie przytacza; trzeba w nim wpisać {cri",
        ),
        ('"§ 4 ust. 1 pkt 4"', '"§ 4 ust. 1 pkt 6"', None, "numery muszą iść po kolei od 1."),
        ("{deadlines.answer_working_days}", "{deadlines.odpowiedz}", 0, "nieznany znacznik {deadlines.odpowiedz}."),
        ("{composition:PGR}", "{composition:PZX}", 0, "nieznany znacznik {composition:PZX}."),
        ("{deadlines.answer_working_days}", "8 dni roboczych", 0, "wpisano liczbę 8 (dni roboczych)"),
        ("{deadlines.answer_working_days}", "ośmiu dni roboczych", 0, "wpisano liczbę 8 (dni roboczych)"),
        ("{PGR.seats} na liście podstawowej", "9 miejsc na liście podstawowej", 0, "wpisano liczbę 9 (miejsc)"),
        ("w PGR – {maximum:PGR}", "w PGR – 19 pkt", 0, "wpisano liczbę 19 (punktów)"),
        ("{deadlines.min_attendance_percent}", "70%", 0, "wpisano liczbę 70 (procent)"),
    ],
)
def test_a_contradiction_is_told_with_its_line(
    folder: Path, old: str, new: str, lines_below: int | None, sentence: str
) -> None:
    line = change(folder, old, new)

    told = {(one.file, one.line) for one in problems_of(folder) if sentence in one.sentence}

    # Without a distance the mistake shows elsewhere than where it was made; the sentence alone is asked for.
    assert told == {(PROJECT, line + lines_below)} if lines_below is not None else told


@pytest.mark.parametrize("kind", ["all_of", "any_of"])
def test_a_condition_that_only_asks_for_answers_decides_something(folder: Path, kind: str) -> None:
    """A blank answer leaves it open, so that the candidate is asked."""
    answers = "{kind: answered, field: motywacja}, {kind: answered, field: telefon}"
    change(folder, DIRECT, f"test: {{kind: {kind}, of: [{answers}]}}")

    load_project(folder)


def test_a_number_typed_by_hand_that_is_right_is_let_be(folder: Path) -> None:
    change(folder, "{deadlines.answer_working_days}", "4 dni roboczych")

    load_project(folder)


def test_a_project_without_a_regulation_is_sound(folder: Path) -> None:
    path = folder / PROJECT
    path.write_text(path.read_text(encoding="utf-8").partition("\nregulation:")[0], encoding="utf-8")

    assert load_project(folder).regulation is None


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"kind": "received_in_time"}, {Result.MET, Result.NOT_MET}),
        ({"kind": "not_duplicate"}, {Result.MET, Result.NOT_MET}),
        ({"kind": "within_area", "field": "instytucja.gmina"}, {Result.MET, Result.NOT_MET}),
        ({"kind": "declaration_signed"}, {Result.MET, Result.NOT_MET}),
        ({"kind": "declaration_signed", "level_field": "instytucja.poziom"}, {Result.MET, Result.NOT_MET}),
        ({"kind": "document_attached", "document": "zgoda"}, {Result.MET, Result.NOT_MET}),
        ({"kind": "identifier_valid", "field": "pesel", "identifier": "pesel"}, {Result.MET, Result.NOT_MET}),
        ({"kind": "gmina_type_in", "types": ("wiejska",)}, {Result.MET, Result.NOT_MET}),
        ({"kind": "unit_data_between", "table": "ludnosc", "minimum": 5, "maximum": 9}, {Result.MET, Result.NOT_MET}),
        ({"kind": "answered", "field": "motywacja"}, {Result.MET}),
        ({"kind": "experience_at_least", "field": "motywacja", "years": 3}, {Result.MET, Result.NOT_MET}),
    ],
)
def test_both_sides_of_a_condition_are_tried(
    kes: ProjectDefinition, test: dict[str, object], expected: set[Result]
) -> None:
    assert outcomes(CONDITION.validate_python(test, strict=False), kes.form("zalacznik_1_pgr")) == expected


def test_a_sum_of_points_is_shared_by_the_assessors(folder: Path) -> None:
    change(folder, BY_YEARS, BY_COMMISSION)
    change(folder, "\ndeadlines:\n", "\nassessment: {assessors: 2, reckoning: sum}\ndeadlines:\n")

    assert any("7 pkt nie dzieli się na 2 osoby oceniające" in one.sentence for one in problems_of(folder))


def test_points_of_the_commission_need_nothing_but_a_way_to_assess(folder: Path) -> None:
    change(folder, BY_YEARS, BY_COMMISSION)
    change(folder, "\ndeadlines:\n", "\nassessment: {assessors: 2, spread: 3, further_assessor: true}\ndeadlines:\n")

    assert load_project(folder).assessment is not None


def test_letters_are_named_by_events_that_there_are(folder: Path) -> None:
    reply = '  reply_to: "rekrutacja@rops.example.org"\n'
    wrong = (
        "  approve: [rejected, odrzucone]\n"
        "  merge:\n    - {events: [acknowledgement, potwierdzenie], within_minutes: 60}\n"
        "    - {events: [accepted, accepted], within_minutes: 60}\n"
    )
    change(folder, reply, reply + wrong)
    said = [one.sentence for one in problems_of(folder)]
    assert sorted(said) == [
        "Każde zdarzenie wymienia się w regule łączenia tylko raz.",
        "Nie ma wiadomości „odrzucone”.",
        "Nie ma wiadomości „potwierdzenie”.",
    ]
