"""Every mistake in a project folder is told by file, line and a Polish sentence."""

import re
from contextlib import suppress
from pathlib import Path

import pytest

from models.errors import DefinitionFaulty, Problem
from models.project import ProjectDefinition
from models.project_file import load_project
from models.project_yaml import Source, read_source

KES = Path(__file__).parents[2] / "projects" / "kes"
PROJECT = "project.yaml"
PGR_FORM = "forms/zalacznik_1_pgr.yaml"
OF_UNITS = (
    *("jednostka_z_obszaru", "gmina_miejsko_wiejska", "oswiadczenia_jednostki", "jedno_zgloszenie_jednostki"),
    *("doswiadczenie", "premia_osoba_do_kontaktu"),
)
"""Criteria and points of the calls for units, which the shortened project leaves out."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project KES with its first group alone and without four sections, so that the many cases stay quick."""
    text = (KES / PROJECT).read_text(encoding="utf-8")
    text = re.sub(r"(?s)  - code: PGD\n.*?(?=\n# Kryteria formalne)", "", text)
    text = re.sub(r"(?s)  - code: pgd_kartuski_1\n.*?(?=\n# założenie)", "", text)
    for code in ("poziom_wojewodzki", "stanowisko_decyzyjne", "partnerstwa", "zasieg", *OF_UNITS):
        text = re.sub(rf"(?ms)^  - code: {code}\n.*?(?=^  - code|^$)", "", text)
    for section in ("regulation", "contracts", "appointments", "support"):
        text = re.sub(rf"(?ms)^{section}:\n.*?(?=^[#\w]|\Z)", "", text)
    text = text.replace("group_preference: [RGR, PGR, PGD]", "group_preference: [PGR]")
    (tmp_path / "forms").mkdir()
    (tmp_path / PROJECT).write_text(text, encoding="utf-8")
    (tmp_path / PGR_FORM).write_bytes((KES / PGR_FORM).read_bytes())
    return tmp_path


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Replaces the first ``old`` and returns the line it stood in."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionFaulty) as caught:
        load_project(folder)
    return caught.value.problems


@pytest.mark.parametrize(
    ("file", "old", "new", "lines_below", "sentence"),
    [
        # the shape of a field
        (PROJECT, "    seats: 7  # ogłoszono „około 7”\n", "", -3, "Brakuje pola „seats”."),
        (PROJECT, 'title: "Kooperacja', 'titel: "Kooperacja', 0, "Nieznane pole „titel”. Czy chodziło o „title”?"),
        (PROJECT, "    seats: 7  #", "    sets: 7  #", 0, "Nieznane pole „sets”. Czy chodziło o „seats”?"),
        (PROJECT, "code: KES", "code: KES\nkolor: zielony", 1, "Nieznane pole „kolor”."),
        (
            PROJECT,
            'teryt: "0410"\n',
            "teryt: 0410\n",
            0,
            'Pole „teryt” musi być tekstem: wartość trzeba ująć w cudzysłów ("0410"), '
            "bo bez niego kod traci zero na początku.",
        ),
        (
            PROJECT,
            'powiat: "2205"',
            "powiat: 2205",
            0,
            'Pole „powiat” musi być tekstem: wartość trzeba ująć w cudzysłów ("2205").',
        ),
        (PROJECT, 'phone: "nieustalone"', "phone:", 0, "Pole „phone” jest puste, a musi być tekstem."),
        (PROJECT, 'phone: "nieustalone"', "phone: [a]", 0, "Pole „phone” musi być tekstem."),
        (PROJECT, 'phone: "nieustalone"', 'phone: " "', 0, "Pole „phone” nie może być puste."),
        (PROJECT, "    seats: 7 ", '    seats: "7" ', 0, "Pole „seats” musi być liczbą całkowitą, bez cudzysłowu."),
        (PROJECT, "    seats: 7 ", "    seats: 7.5 ", 0, "Pole „seats” musi być liczbą całkowitą."),
        (PROJECT, "    seats: 7 ", "    seats: 0 ", 0, "Pole „seats” musi wynosić co najmniej 1."),
        (PROJECT, "rate_grosze: 6000", "rate_grosze: 0", 0, "Pole „rate_grosze” musi być większe niż 0."),
        (PROJECT, "percent: 80", "percent: 180", 0, "Pole „min_attendance_percent” może wynosić najwyżej 100."),
        (PROJECT, "allow_two_groups: false", "allow_two_groups: nie", 0, "musi mieć wartość true albo false."),
        (PROJECT, "[staz, zakres_wsparcia, premia_gmina]", "staz", 0, "Pole „merit” musi być listą: pozycje"),
        (PROJECT, "mail:\n", "mail: x\nposta:\n", 0, "Pole „mail” musi się składać z pól w zapisie „nazwa: wartość”."),
        (PROJECT, "agenda:\n", "agenda: []\n    program:\n", 0, "Pole „agenda” nie może być puste: potrzeba"),
        (PROJECT, "ends: 2021-03-31", "ends: marzec", 0, "Pole „ends” musi być datą w zapisie RRRR-MM-DD."),
        (PROJECT, "ends: 2021-03-31", "ends: 2021-02-31", 0, "Nie ma takiej daty: 2021-02-31;"),
        (PROJECT, '"09:00"', '"dziewiąta"', 0, 'Pole „starts” musi być godziną w cudzysłowie, na przykład "09:00".'),
        (PROJECT, "code: KES", "code: kes", 0, "Pole „code” może zawierać tylko wielkie litery"),
        (PROJECT, '"2205023"', '"22O5023"', 0, "Pole „teryt” musi być kodem TERYT gminy"),
        (PROJECT, 'reply_to: "rekrutacja@', 'reply_to: "rekrutacja', 0, "Pole „reply_to” musi być adresem e-mail."),
        (PROJECT, "per: hour", "per: week", 0, "niedozwoloną wartość „week”. Dozwolone: hour, day, meeting."),
        (PROJECT, "[points_desc", "[points", 0, "Pole „order” (pozycja 1) ma niedozwoloną wartość „points”."),
        (PROJECT, "schema_version: 1", "schema_version: 2", 0, "Pole „schema_version” ma niedozwoloną wartość „2”."),
        (PROJECT, "{kind: received_in_time}", "{kind: on_time}", 0, "Nieznany rodzaj reguły (kind) „on_time”."),
        (PROJECT, "{kind: received_in_time}", "{}", 0, "Pole „test” potrzebuje rodzaju reguły (kind)."),
        (PROJECT, "field: osw_prawda", "pole: osw_prawda", 0, "Brakuje pola „field”."),
        (PROJECT, "level: gmina, minimum: 2}", "level: gmina, minimum: x}", 0, "Pole „minimum” musi być liczbą"),
        (PGR_FORM, "type: pesel", "type: peesel", 0, "Pole „type” ma niedozwoloną wartość „peesel”. Dozwolone: text,"),
        (PGR_FORM, "key: nazwisko", "key: Nazwisko", 0, "Pole „key” może zawierać tylko małe litery"),
        (PGR_FORM, "      - key: motywacja\n", "      - key: imie\n", 0, "Klucze pól powtarzają się: imie."),
        (PGR_FORM, '          - {code: tak, label: "tak"}\n', "", -6, "Pole „praca_bezposrednia” jest wyborem,"),
        # what YAML says
        (PROJECT, "\nleader:", "\n\tleader:", 1, "Użyto tabulatora; wcięcia robi się spacjami."),
        (PROJECT, 'iod: "iod@', 'iod: @"iod', 0, "Ten znak ma w YAML osobne znaczenie"),
        (
            PROJECT,
            'not_met: "Zgłoszenie wpłynęło poza terminem naboru."',
            'not_met: ""',
            0,
            "„not_met” nie może być puste.",
        ),
        (PROJECT, "code: KES", "code: KES: x", 0, "Dwukropek stoi w nieoczekiwanym miejscu"),
        (PROJECT, "level: gmina, minimum: 2}", "level: gmina, minimum: 2", 1, "Nie domknięto nawiasu"),
        (
            PROJECT,
            "code: KES\n",
            "code: KES\ncode: KES2\n",
            1,
            "Pole „code” powtarza się; pierwszy raz stoi w wierszu 9.",
        ),
        (PROJECT, "code: KES\n", "code: !tajne KES\n", 0, "Znaczniki YAML (znak !) nie są obsługiwane"),
        (
            PROJECT,
            "code: KES\n",
            "code: &kod KES\ntitle2: *kod\n",
            1,
            "Odwołania YAML (znaki & i *) nie są obsługiwane",
        ),
        (PROJECT, "code: KES\n", "code: \x01KES\n", 0, "Plik zawiera znak sterujący"),
        (PROJECT, "code: KES\n", "code: KES\n---\n", 1, "Plik może zawierać tylko jeden dokument YAML"),
        # what must agree
        (
            PROJECT,
            "      - oswiadczenia\n",
            "      - oswiadczenie\n",
            0,
            "Grupa PGR wskazuje nieznane kryterium „oswiadczenie”.",
        ),
        (PROJECT, "      - oswiadczenia\n", "      - w_terminie\n", 0, "„w_terminie” powtarza się"),
        (PROJECT, "merit: [staz,", "merit: [starz,", 0, "Grupa PGR wskazuje nieznane kryterium punktowe „starz”."),
        (
            PROJECT,
            "form: zalacznik_1_pgr",
            "form: zalacznik_9",
            0,
            "Grupa PGR wskazuje nieznany formularz „zalacznik_9”.",
        ),
        (PGR_FORM, "group_kind: PGR", "group_kind: PGX", None, "„zalacznik_1_pgr”, który jest przeznaczony dla PGX."),
        (PGR_FORM, "group_kind: PGR", "group_kind: PGX", 0, "Formularz wskazuje nieznany rodzaj grupy „PGX”."),
        (
            PGR_FORM,
            "[praca_bezposrednia]",
            "[praca]",
            0,
            "Pole „praca_bezposrednia” wskazuje nieznane kryterium „praca”.",
        ),
        (
            PGR_FORM,
            "key: praca_bezposrednia",
            "key: praca",
            None,
            "Kryterium „praca_bezposrednia” korzysta z pola „praca_bezposrednia”, o które formularz "
            "„zalacznik_1_pgr” (PGR) nie pyta.",
        ),
        (PGR_FORM, "key: staz_lat", "key: staz", None, "Reguła punktowa „staz” korzysta z pola „staz_lat”"),
        (
            PGR_FORM,
            "{code: oswiata,",
            "{code: oswiaty,",
            0,
            "Nieznany obszar kooperacji „oswiaty”: nie ma go w project.yaml",
        ),
        (PGR_FORM, "{code: gmina,", "{code: solectwo,", 0, "Nieznany poziom instytucji „solectwo”"),
        (PROJECT, "values: [tak]", "values: [moze]", 0, "nie ma w polu „praca_bezposrednia” odpowiedzi „moze”."),
        (PROJECT, "ponad_10: 7", "ponad_12: 7", 0, "nie ma w polu „staz_lat” odpowiedzi „ponad_12”."),
        (
            PROJECT,
            "field: osw_udzial",
            "field: zgoda_wizerunek",
            0,
            "Warunek „statement_ticked” potrzebuje pola oświadczenia",
        ),
        (PROJECT, "        - oswiata\n", "        - nauka\n", 0, "Nieznany obszar kooperacji „nauka”."),
        (
            PROJECT,
            "{kind: sectors_covered, minimum: 4}",
            "{kind: sectors_covered, minimum: 8}",
            0,
            "nie może objąć 8 obszarów",
        ),
        (
            PROJECT,
            "level: gmina, minimum: 2}",
            "level: gmina, minimum: 2, maximum: 1}",
            0,
            "Skład grupy PGR: Maksimum (1) jest mniejsze niż minimum (2).",
        ),
        (
            PROJECT,
            "level: gmina, minimum: 2}",
            "level: gmina, minimum: 6}",
            -3,
            "Skład grupy PGR: Minima poziomów wymagają razem 8 miejsc, a grupa ma ich 7.",
        ),
        (PROJECT, "778-13-46-888", "778-13-46-889", 0, "NIP nabywcy (778-13-46-889) jest błędny"),
        (PROJECT, "778-13-46-888", "nieustalone", 0, "NIP nabywcy jest nieustalony, a stoi"),  # somebody is paid
        (PROJECT, '"2205023"', '"2204023"', 0, "Gmina 2204023 nie leży w powiecie 2205"),
        (PROJECT, '{teryt: "2202"', '{teryt: "3202"', 0, "Powiat 3202 nie leży w województwie 22"),
        (PROJECT, '"2205083"', '"2205023"', 0, "Kod TERYT 2205023 powtarza się."),
        (PROJECT, "planned_powiats: 4", "planned_powiats: 3", 0, "Powiatów wpisano 4, a zaplanowano 3."),
        (PROJECT, "planned_gminas: 30", "planned_gminas: 15", 0, "Gmin wpisano 16, a zaplanowano 15."),
        (PROJECT, 'powiat: "2205"', 'powiat: "1465"', 0, "Obszar 1465 nie należy do projektu (area)."),
        (PROJECT, "group_kind: PGR\n", "group_kind: PZK\n", 0, "Spotkanie wskazuje nieznany rodzaj grupy „PZK”."),
        (
            PROJECT,
            "meeting: {days: 2,",
            "meeting: {days: 3,",
            None,
            "Liczba dni spotkania: 2, a spotkania PGR mają ich 3.",
        ),
        (PROJECT, "date: 2018-09-23", "date: 2018-09-21", 0, "Dni spotkania muszą stać w kolejności dat, każdy raz."),
        (PROJECT, 'starts: "09:00"', 'starts: "16:00"', 0, "Spotkanie musi się kończyć później, niż się zaczyna."),
        (PROJECT, "ends: 2021-03-31", "ends: 2017-03-31", 0, "Koniec projektu jest wcześniejszy niż jego początek."),
        (PROJECT, "from: 2021-03-01", "from: 2018-03-01", 0, "Wersje okresu muszą stać w kolejności zapisania"),
        (PROJECT, "ends: 2020-06-30", "ends: 2019-06-30", 0, "Koniec kamienia milowego jest wcześniejszy"),
        (PROJECT, "{code: oswiata,", "{code: policja,", 4, "„policja” powtarza się"),
        (PROJECT, "[points_desc, premium", "[draw, premium", 0, "„draw” nie ma już równych zgłoszeń"),
        (PROJECT, "[points_desc, premium", "[points:sila, premium", 0, "nie przyznaje punktów „sila” (merit)."),
        (PROJECT, "[points_desc, premium", "[points:Siła, premium", 0, "musi mieć zapis „points:” i kod reguły"),
        (PROJECT, "{kind: each_sector, maximum: 2}", "{kind: sectors_covered, minimum: 3}", 0, "powtarza wcześniejsze"),
        (
            PROJECT,
            "{kind: each_sector, maximum: 2}",
            '{kind: gmina, gmina: "22050", minimum: 1}',
            0,
            "musi być kodem TERYT gminy: sześć albo siedem cyfr",
        ),
        (PROJECT, "group_preference: [PGR]", "group_preference: [PGX]", 0, "Nieznany rodzaj grupy „PGX”."),
        (PROJECT, "used_for: [main_for_composition]", "used_for: []", None, "przypadku „main_for_composition”"),
        (PROJECT, "used_for: [proposed_main]", "used_for: []", None, "Brakuje powodu dla przypadku „proposed_main”"),
        (PROJECT, "used_for: [incomplete]", "used_for: [not_eligible]", 0, "„not_eligible” ma już inny powód."),
        (
            PROJECT,
            "used_for: [proposed_main]",
            "used_for: [incomplete]",
            0,
            "wymaga powodu o wyniku (outcome) „rejected”",
        ),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(
    folder: Path, file: str, old: str, new: str, lines_below: int | None, sentence: str
) -> None:
    line = change(folder, file, old, new)

    told = {(problem.file, problem.line) for problem in problems_of(folder) if sentence in problem.sentence}

    # Without a distance the mistake shows elsewhere than where it was made; the sentence alone is asked for.
    assert told == {(file, line + lines_below)} if lines_below is not None else told


def test_the_shortened_project_is_sound(folder: Path) -> None:
    assert isinstance(load_project(folder), ProjectDefinition)


def test_a_field_missing_at_the_top_is_told_at_the_top_of_its_file(folder: Path) -> None:
    change(folder, PGR_FORM, 'title: "Formularz', 'subtitel: "Formularz')

    assert Problem(PGR_FORM, 1, "Brakuje pola „title”.") in problems_of(folder)


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path) -> None:
    nip = change(folder, PROJECT, "778-13-46-888", "778-13-46-889")
    seats = change(folder, PROJECT, "    seats: 7", '    seats: "7"')
    twice = change(folder, PROJECT, "{code: potwierdzenie", "{code: uzupelnienie")
    label = change(folder, PGR_FORM, 'label: "PESEL"', "label: 11")
    days = change(folder, PROJECT, "date: 2018-09-23", "date: 2018-09-22")

    assert [(problem.file, problem.line) for problem in problems_of(folder)] == [
        (PGR_FORM, label),
        (PROJECT, nip),
        (PROJECT, seats),
        (PROJECT, twice),
        (PROJECT, days),
    ]


def test_a_broken_section_brings_no_false_mistakes_elsewhere(folder: Path) -> None:
    line = change(folder, PROJECT, "  - code: gotowosc_udzialu\n    title", "  - code: gotowosc_udzialu\n    tytul")

    assert [problem.line for problem in problems_of(folder)] == [line, line + 1]


def test_forms_are_checked_while_the_project_file_is_unreadable(folder: Path) -> None:
    tab = change(folder, PROJECT, "\nleader:", "\n\tleader:") + 1
    label = change(folder, PGR_FORM, 'label: "PESEL"', "label: 11")

    assert [(problem.file, problem.line) for problem in problems_of(folder)] == [(PGR_FORM, label), (PROJECT, tab)]


def test_every_field_written_twice_is_told(folder: Path) -> None:
    first = change(folder, PROJECT, "code: KES\n", "code: KES\ncode: KES\n") + 1
    second = change(folder, PROJECT, "phone: ", "phone: x\n  phone: ") + 1

    assert [problem.line for problem in problems_of(folder)] == [first, second]


def test_whichever_line_is_lost_only_told_mistakes_follow(folder: Path) -> None:
    lines = (folder / PROJECT).read_text(encoding="utf-8").split("\n")
    for lost in range(0, len(lines), 17):
        (folder / PROJECT).write_text("\n".join(lines[:lost] + lines[lost + 1 :]), encoding="utf-8")
        with suppress(DefinitionFaulty):  # a lost comment is no mistake
            load_project(folder)


def test_a_folder_that_is_no_project_says_what_is_missing(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "nie-ma") == (Problem(PROJECT, 1, "Brakuje tego pliku w folderze projektu."),)


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (b"", 1, "Plik jest pusty."),
        (b"# nic\n", 1, "Plik jest pusty."),
        (b"- KES\n", 1, "Plik musi się składać z pól w zapisie „nazwa: wartość”."),
        (b"code: KES\ntitle: \xb3\xf3d\xbc\n", 2, "Plik nie jest zapisany w kodowaniu UTF-8"),
        (b"a: " + b"[" * 700, 1, "Plik jest zbyt głęboko zagnieżdżony."),
    ],
)
def test_a_file_that_is_no_definition_is_refused(folder: Path, content: bytes, line: int, sentence: str) -> None:
    (folder / PROJECT).write_bytes(content)

    [problem] = problems_of(folder)

    assert (problem.file, problem.line) == (PROJECT, line)
    assert sentence in problem.sentence


def test_a_form_of_another_ending_is_not_overlooked(folder: Path) -> None:
    (folder / PGR_FORM).rename(folder / "forms" / "zalacznik_1_pgr.yml")

    assert Problem(
        "forms/zalacznik_1_pgr.yml", 1, "Nazwa pliku formularza musi się kończyć na „.yaml”."
    ) in problems_of(folder)


def test_forms_are_not_written_into_the_project_file(folder: Path) -> None:
    line = change(folder, PROJECT, "code: KES\n", "code: KES\nforms: []\n") + 1

    [problem] = problems_of(folder)

    assert (problem.line, problem.sentence) == (
        line,
        "Formularzy nie wpisuje się tutaj: każdy ma plik w folderze „forms”.",
    )


SCALARS = "yes no on off y n 012 0o12 0x1F 1_000 12:30 1e3 1.5 .inf ~ null Null 2018-06-04 0b11 +1 -0 1. .5 true TRUE"
PLAIN = [
    *((KES / path).read_text(encoding="utf-8") for path in (PROJECT, PGR_FORM)),
    "a:\n" + "".join(f"  - {one}\n" for one in SCALARS.split()),
    "a: {b:1}\n",
    "a: [x, y,]\n",
    "? x\n: y\n",
    "a:\n- b: c\n  d: |\n    x\n\n    y\n- e: >\n    z\n    ż\n",
    "---\na: 1\n...\n",
    "a: b # c\na: 'it''s'\nb: \"\\u017c\"\n",
    "a: {b: {c: [1, {d: e}]}}\n",
]


@pytest.mark.parametrize("text", PLAIN, ids=range(len(PLAIN)))
def test_the_fast_parser_and_the_thorough_one_read_the_same(tmp_path: Path, text: str) -> None:
    def read(end: str) -> Source:
        (tmp_path / PROJECT).write_text(text + end, encoding="utf-8")
        return read_source(tmp_path, Path(PROJECT))

    # A comment with a tab in it is for the thorough parser.
    assert read("# x\n") == read("#\t\n")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_no_depth_brings_the_program_down(folder: Path, opening: str) -> None:
    (folder / PROJECT).write_text("a: [" + opening * 2_000)

    assert problems_of(folder)
