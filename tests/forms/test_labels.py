"""A question is known by its own words; by words nearly its own it is only suggested, and by others not at all."""

import pytest
from form_filling import EVERY_TYPE, kes_forms
from hypothesis import given
from hypothesis import strategies as st

from forms import labels
from forms.labels import Labels, _distance, forget_document, labels_of

KES = Labels(kes_forms()[0])


def keys(text: str) -> tuple[str, ...]:
    return tuple(leaf.key for leaf in KES.named(text).leaves)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Nazwisko", "nazwisko"),
        ("3. NAZWISKO: *", "nazwisko"),
        ("b) Numer telefonu", "telefon"),
        ("Adres zamieszkania – kod pocztowy", "adres.kod"),
        ("tel.", "telefon"),
    ],
)
def test_own_words_are_known_whatever_their_signs(text: str, key: str) -> None:
    assert (keys(text), KES.named(text).likeness) == ((key,), 100)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Nazwsko", "nazwisko"),
        ("Numer telfonu", "telefon"),
        ("Numertelefonu", "telefon"),
        ("Adress e-mail", "email"),
        ("PESLE", "pesel"),
        ("Data urodznia", "data_urodzenia"),
        ("Miejscowosść", "adres.miejscowosc"),
        ("Stanowsko / funcja", "instytucja.stanowisko"),
    ],
)
def test_a_slip_of_the_keyboard_suggests(text: str, key: str) -> None:
    named = KES.named(text)
    assert keys(text) == (key,)
    assert 70 <= named.likeness < 100


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ("Obszar koperacji", True),
        ("Nr telefomu", True),
        ("Dta urodzenia", True),
        ("PESLE", False),
        ("Numer PESLE", True),
        ("Nazwisk", False),
        ("Dta urozenia", False),
        ("Gmina siedziby lub dzałania instytucij", True),
    ],
)
def test_one_slip_in_a_name_far_from_all_others_is_clear(text: str, clear: bool) -> None:
    named = KES.named(text)
    assert named.likeness < 100
    assert named.clear is clear


def test_the_first_words_of_one_long_label_suggest_it_and_those_of_a_statement_nothing() -> None:
    rgr = Labels(kes_forms()[2])
    cut = rgr.named("Staż pracy w obszarze kooperacji")

    assert [leaf.key for leaf in cut.leaves] == ["staz_lat"]
    assert cut.likeness < 100
    assert cut.clear
    for text in ("Staż pracy", "Wezmę udział w jednodniowych spotkaniach grupy", "Czy jest Pani / Pan"):
        assert not rgr.named(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Nr konta",
            "Imię matki",
            "Nazwisko rodowe",
            "Nazwisko panieńskie",
            "Data i miejsce urodzenia",
            "Data wydania",
        ),
        *(
            "Nr dowodu",
            "Data wydania",
            "REGON",
            "Kod kreskowy",
            "Telefon faks",
            "Drugie imię",
            "Kod pocztowy nie",
            "Poziom wody",
        ),
        *("nie", "tak", "Anna", "Kartuzy", "Żukowo", ""),
    ],
)
def test_other_words_name_nothing(text: str) -> None:
    assert not KES.named(text)


def test_a_name_of_several_questions_names_them_all() -> None:
    assert {leaf.key for leaf in Labels(EVERY_TYPE).named("Kod pocztwy").leaves} == {"adres.kod", "korespondencja.kod"}


def test_headings_of_composite_questions_are_known_and_suggested() -> None:
    assert KES.group("Adres zamieszkania") == ("adres", 100)
    key, likeness = KES.group("Ades zamieszkania")
    assert key == "adres"
    assert likeness < 100
    assert KES.group("Adres") == ("", 0)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Imię: Anna  Nazwisko: Próbna", ["imie", "nazwisko"]),
        ("Imię ____ Nazwsko ____", ["imie", "nazwisko"]),
        ("- Imię:", ["imie"]),
        ("1) Imię ....", ["imie"]),
        ("Stanowsko / funkcja: radca", ["instytucja.stanowisko"]),
        ("Drugie imię: Maria", []),
        ("Numer dowodu i PESEL matki: x", []),
        ("Nazwisko i imię wpisujemy drukowanymi literami", []),
    ],
)
def test_labels_within_a_line(line: str, found: list[str]) -> None:
    assert [leaf.key for piece in KES.pieces(line) for leaf in piece.named.leaves] == found


def test_what_the_form_prints_is_nobodys_answer() -> None:
    form = kes_forms()[0]
    for text in (form.title, form.intro, "I. " + form.sections[0].title, form.signature_line, "11 cyfr"):
        assert KES.is_own_text(text) is (text != "11 cyfr")


def test_the_names_of_a_form_are_made_once() -> None:
    form = kes_forms()[0]
    assert labels_of(form) is labels_of(form)
    assert labels_of(form) is not labels_of(form.model_copy(update={"version": "2.0"}))


def slips(one: str, other: str) -> int:
    """The whole table of distances, as the definition has it."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            ways = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (one[i - 1] != other[j - 1])]
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                ways.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(ways)
    return table[len(one), len(other)]


@given(st.text("ab c", max_size=9), st.text("ab c", max_size=9), st.integers(0, 4))
def test_slips_up_to_the_limit_are_counted_as_defined(one: str, other: str, limit: int) -> None:
    assert _distance(one, other, limit) == min(slips(one, other), limit + 1)


def test_nothing_of_a_document_is_kept_when_it_has_been_read() -> None:
    form = kes_forms()[0]
    kept = (labels_of(form)._kept, labels_of(form)._kept_groups, labels.plain, labels._letters_in)
    labels_of(form).named("Zmyślona Próbna")
    labels_of(form).group("Zmyślona Próbna")
    assert all(one.cache_info().currsize for one in kept)
    forget_document()
    assert not any(one.cache_info().currsize for one in kept)
