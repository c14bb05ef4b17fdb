"""Polish as an office writes it: amounts in words, dates, plurals, forms by sex, order of names, line breaks."""

import unicodedata
from datetime import date
from decimal import Decimal
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from models.identifiers import Sex
from templates.polish import (
    NBSP,
    Case,
    Noun,
    amount,
    amount_in_words,
    amount_zl,
    collation_key,
    counted,
    date_span,
    hours,
    long_date,
    nbsp,
    noun,
    participant,
    percent,
    person_key,
    plural,
    salutation,
    short_date,
    weekday,
)


def spaces(text: str) -> str:
    """Non-breaking spaces made visible."""
    return text.replace(NBSP, "~")


@pytest.mark.parametrize(
    ("plain", "bound"),
    [
        ("spotkanie w Kartuzach i w Żukowie", "spotkanie w~Kartuzach i~w~Żukowie"),
        ("W dniu 5 grudnia 2018 r. o godz. 9:00", "W~dniu 5 grudnia 2018~r. o~godz.~9:00"),
        ("kwota 1000,00 zł brutto", "kwota 1000,00~zł brutto"),
        (
            "zgodnie z załącznikiem nr 5 oraz art. 22 ust. 9 pkt 4",
            "zgodnie z~załącznikiem~nr~5 oraz art.~22 ust.~9~pkt~4",
        ),
        ("na podstawie § 4 ust. 2", "na podstawie §~4 ust.~2"),
        ("plan A jest gotowy", "plan A~jest gotowy"),
        ("5 złotych, 12 rodzin", "5 złotych, 12 rodzin"),
        ("oraz raz za razem", "oraz raz za razem"),
        ("koniec w\nnowym wierszu", "koniec w\nnowym wierszu"),
        ("80 pkt i 5 dni", "80~pkt i~5~dni"),
        ("", ""),
    ],
)
def test_words_that_must_not_part_are_bound(plain: str, bound: str) -> None:
    assert spaces(nbsp(plain)) == bound


@given(st.text(alphabet="aiwzArnł. \t\n15,§", max_size=40))
def test_binding_changes_spaces_only_and_only_once(text: str) -> None:
    once = nbsp(text)
    assert nbsp(once) == once
    assert [part for part in once.split() if part] == [part for part in text.split() if part]


@pytest.mark.parametrize(
    ("grosze", "text"),
    [(0, "0,00~zł"), (5, "0,05~zł"), (99_99, "99,99~zł"), (1234_56, "1~234,56~zł"), (1_234_567_80, "1~234~567,80~zł")],
)
def test_amount_in_figures(grosze: int, text: str) -> None:
    assert spaces(amount_zl(grosze)) == text


def test_negative_amount_keeps_its_sign() -> None:
    assert amount(-5) == "−0,05"


def normalised(text: str) -> str:
    """One spelling of each letter; the same name typed in two ways is one name."""
    return unicodedata.normalize("NFC", text).strip()


WORDS = [
    (0, "zero złotych 00/100"),
    (1, "zero złotych 01/100"),
    (1_00, "jeden złoty 00/100"),
    (2_00, "dwa złote 00/100"),
    (4_99, "cztery złote 99/100"),
    (5_00, "pięć złotych 00/100"),
    (12_00, "dwanaście złotych 00/100"),
    (21_00, "dwadzieścia jeden złotych 00/100"),
    (22_05, "dwadzieścia dwa złote 05/100"),
    (100_00, "sto złotych 00/100"),
    (101_00, "sto jeden złotych 00/100"),
    (112_00, "sto dwanaście złotych 00/100"),
    (722_53, "siedemset dwadzieścia dwa złote 53/100"),
    (843_00, "osiemset czterdzieści trzy złote 00/100"),
    (1000_00, "jeden tysiąc złotych 00/100"),
    (1234_56, "jeden tysiąc dwieście trzydzieści cztery złote 56/100"),
    (2000_00, "dwa tysiące złotych 00/100"),
    (5000_10, "pięć tysięcy złotych 10/100"),
    (21_001_00, "dwadzieścia jeden tysięcy jeden złotych 00/100"),
    (1_001_000_00, "jeden milion jeden tysiąc złotych 00/100"),
    (2_000_002_00, "dwa miliony dwa złote 00/100"),
]


@pytest.mark.parametrize(("grosze", "words"), WORDS)
def test_amount_in_words(grosze: int, words: str) -> None:
    assert amount_in_words(grosze) == words


@given(st.integers(min_value=0, max_value=9_999_999))
def test_amount_in_words_agrees_with_the_library_apart_from_jeden(zloty: int) -> None:
    spelled = amount_in_words(zloty * 100).removesuffix(" 00/100").replace("jeden tysiąc", "tysiąc")
    expected = num2words(Decimal(zloty), lang="pl", to="currency", currency="PLN", cents=False, separator="")
    assert spelled.replace("jeden milion", "milion") == expected.removesuffix(" 00 groszy")


def test_negative_sums_are_not_written_in_words() -> None:
    with pytest.raises(ValueError):
        amount_in_words(-1)


@pytest.mark.parametrize(
    ("points", "text"), [(900, "9%"), (976, "9,76%"), (150, "1,5%"), (245, "2,45%"), (775, "7,75%")]
)
def test_rates(points: int, text: str) -> None:
    assert percent(points) == text


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (0, "osób"),
        (1, "osoba"),
        (2, "osoby"),
        (4, "osoby"),
        (5, "osób"),
        (12, "osób"),
        (21, "osób"),
        (22, "osoby"),
        (112, "osób"),
    ],
)
def test_plural(number: int, form: str) -> None:
    assert plural(number, "osoba", "osoby", "osób") == form


def test_days_count_as_in_speech() -> None:
    assert [spaces(counted(n, "dzień", "dni", "dni")) for n in (1, 2, 5)] == ["1~dzień", "2~dni", "5~dni"]


@pytest.mark.parametrize(
    ("minutes", "text"), [(960, "16~godz."), (450, "7~godz. 30~min"), (45, "45~min"), (0, "0~godz.")]
)
def test_hours(minutes: int, text: str) -> None:
    assert spaces(hours(minutes)) == text


def test_dates() -> None:
    day = date(2018, 12, 5)
    assert spaces(short_date(day)) == "05.12.2018~r."
    assert spaces(long_date(day)) == "5~grudnia 2018~r."
    assert weekday(day) == "środa"


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ([date(2018, 12, 1)], "1~grudnia 2018~r."),
        ([date(2018, 12, 2), date(2018, 12, 1)], "1–2~grudnia 2018~r."),
        ([date(2018, 12, 1), date(2018, 12, 8)], "1 i~8~grudnia 2018~r."),
        ([date(2018, 12, 1), date(2018, 12, 8), date(2018, 12, 15)], "1, 8 i~15~grudnia 2018~r."),
        ([date(2018, 11, 30), date(2018, 12, 1)], "30~listopada i~1~grudnia 2018~r."),
        ([date(2018, 12, 31), date(2019, 1, 1)], "31~grudnia 2018~r. i~1~stycznia 2019~r."),
    ],
)
def test_days_of_a_meeting(days: list[date], text: str) -> None:
    assert spaces(date_span(days)) == text


def test_a_span_without_days_is_refused() -> None:
    with pytest.raises(ValueError):
        date_span([])


@pytest.mark.parametrize(
    "in_order",
    [
        ["Lis", "Lubicz", "Łącki", "Maj"],
        ["Aa", "Ab", "Ąb", "Bąk"],
        ["Cieślak", "Czech", "Ćwik", "Dąb"],
        ["Sowa", "Szok", "Ślad", "Tur"],
        ["Zych", "Źródło", "Żak", "Żuk"],
        ["Nowak", "Nowak-Zięba", "Nowakowska"],
        ["Muller", "Müller", "Munk"],
        ["Novak", "Novák", "Nowak"],
        ["Grupa 1", "Grupa 2", "Grupa A"],
        ["de Laval", "Debski", "Dębski"],
    ],
)
def test_polish_order(in_order: list[str]) -> None:
    for given_order in permutations(in_order):
        assert sorted(given_order, key=collation_key) == in_order


def test_people_sort_by_last_name_then_first() -> None:
    people = [("Łoś", "Adam"), ("Los", "Zofia"), ("Łoś", "Ćwiekosława"), ("Łoś", "Celina"), ("Lis", "Żaneta")]
    assert sorted(people, key=lambda person: person_key(*person)) == [
        ("Lis", "Żaneta"),
        ("Los", "Zofia"),
        ("Łoś", "Adam"),
        ("Łoś", "Celina"),
        ("Łoś", "Ćwiekosława"),
    ]


@given(st.lists(st.text(max_size=12), max_size=8), st.randoms())
def test_order_does_not_depend_on_the_order_given(names: list[str], random: Random) -> None:
    shuffled = random.sample(names, k=len(names))
    assert sorted(map(normalised, shuffled), key=collation_key) == sorted(map(normalised, names), key=collation_key)


@pytest.mark.parametrize(
    ("sex", "opening", "who"),
    [
        (Sex.WOMAN, "Szanowna Pani", "uczestniczka"),
        ("K", "Szanowna Pani", "uczestniczka"),
        (Sex.MAN, "Szanowny Panie", "uczestnik"),
        ("M", "Szanowny Panie", "uczestnik"),
        (None, "Szanowni Państwo", "osoba uczestnicząca"),
        ("", "Szanowni Państwo", "osoba uczestnicząca"),
    ],
)
def test_address_follows_sex(sex: str | None, opening: str, who: str) -> None:
    assert salutation(sex) == opening
    assert participant(sex) == who


@pytest.mark.parametrize(
    ("which", "case", "feminine", "masculine"),
    [
        (Noun.ADDRESS, Case.NOMINATIVE, "Pani", "Pan"),
        (Noun.ADDRESS, Case.GENITIVE, "Pani", "Pana"),
        (Noun.ADDRESS, Case.DATIVE, "Pani", "Panu"),
        (Noun.ADDRESS, Case.ACCUSATIVE, "Panią", "Pana"),
        (Noun.ADDRESS, Case.INSTRUMENTAL, "Panią", "Panem"),
        (Noun.PARTICIPANT, Case.DATIVE, "uczestniczce", "uczestnikowi"),
        (Noun.PARTICIPANT, Case.INSTRUMENTAL, "uczestniczką", "uczestnikiem"),
        (Noun.CANDIDATE, Case.ACCUSATIVE, "kandydatkę", "kandydata"),
        (Noun.CONTRACTOR, Case.ACCUSATIVE, "zleceniobiorczynię", "zleceniobiorcę"),
        (Noun.MEMBER, Case.INSTRUMENTAL, "członkinią", "członkiem"),
    ],
)
def test_nouns_in_their_cases(which: Noun, case: Case, feminine: str, masculine: str) -> None:
    assert (noun(which, case, Sex.WOMAN), noun(which, case, Sex.MAN)) == (feminine, masculine)


@pytest.mark.parametrize("which", list(Noun))
@pytest.mark.parametrize("case", list(Case))
@pytest.mark.parametrize("sex", [*Sex, None])
def test_every_noun_has_every_form_without_slashes(which: Noun, case: Case, sex: str | None) -> None:
    form = noun(which, case, sex)
    assert form
    assert "/" not in form
