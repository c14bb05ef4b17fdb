"""Whole forms: what was filled in comes back, what was not is said, and nothing but a refusal is ever raised."""

import io
import random
import shutil
import subprocess
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from form_filling import (
    BLANK,
    CORPUS,
    EVERY_TYPE,
    HEADER,
    TYPED,
    VALUES,
    Answers,
    W,
    body_of,
    edit,
    fill,
    kes_forms,
    paragraph,
    table,
    without_tags,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from forms import labels
from forms.blanks import write_blank
from forms.labels import labels_of
from forms.reader import read_form
from forms.reading import FormReading
from models.errors import FormUnreadable
from models.form_definition import FormDefinition, Leaf, LeafType
from models.rules.facts import FieldStatus

FILLED = fill(BLANK, TYPED)
TICKS = (LeafType.STATEMENT, LeafType.CONSENT)


def read(data: bytes, *forms: FormDefinition) -> FormReading:
    return read_form(data, forms or (EVERY_TYPE,))


def values(reading: FormReading) -> dict[str, object]:
    return {field.key: field.value for field in reading.fields if field.status == FieldStatus.READ}


def read_with(**answers: str | bool) -> FormReading:
    return read(fill(BLANK, {**TYPED, **answers}))


def test_what_is_filled_in_comes_back() -> None:
    reading = read(FILLED)
    assert values(reading) == VALUES
    assert [field.key for field in reading.fields] == [leaf.key for leaf in EVERY_TYPE.leaves]
    assert {field.certainty for field in reading.fields} == {100}
    assert reading.remarks == ()
    assert reading.recognised_by == "ukryty identyfikator formularza: zalacznik_probny, wersja 1.0"


def test_every_value_knows_where_it_came_from() -> None:
    field = read(FILLED).field("adres.kod")
    assert (field.place, field.path, field.method) == (
        "tabela 1, wiersz 8", "body/tbl[1]/tr[8]/tc[2]", "pole formularza",
    )  # fmt: skip
    assert field.raw == "83-330"


def test_without_tags_and_marks_the_labels_are_enough() -> None:
    reading = read(without_tags(FILLED))
    assert values(reading) == VALUES
    assert {field.method for field in reading.fields} == {"komórka obok etykiety"}


@pytest.mark.parametrize("data", [BLANK, without_tags(BLANK)], ids=["as written", "without tags"])
def test_the_blank_reads_blank(data: bytes) -> None:
    for field in read(data).fields:
        leaf = EVERY_TYPE.leaf(field.key)
        if leaf.type in TICKS:
            assert (field.status, field.value) == (FieldStatus.READ, False)
        else:
            assert (field.status, field.value, field.raw) == (FieldStatus.BLANK, None, "")
            assert field.reason_code == ("required_blank" if leaf.required else "")


@pytest.mark.parametrize("tagged", [True, False], ids=["tags", "no tags"])
@pytest.mark.parametrize("leaf", EVERY_TYPE.leaves, ids=lambda leaf: leaf.key)
def test_taking_one_answer_away_makes_exactly_that_leaf_blank(leaf: Leaf, tagged: bool) -> None:
    answers: Answers = {tag: value for tag, value in TYPED.items() if tag.partition(":")[0] != leaf.key}
    data = fill(BLANK, answers)
    rest = values(read(data if tagged else without_tags(data)))
    expected = {key: value for key, value in VALUES.items() if key != leaf.key}
    if leaf.type in TICKS:
        expected[leaf.key] = False
    assert rest == expected


@pytest.mark.parametrize("tagged", [True, False], ids=["tags", "no tags"])
def test_a_deleted_row_is_a_missing_answer_even_for_a_statement(tagged: bool) -> None:
    def drop(root: etree._Element) -> None:
        rows = [row for row in root.iter(f"{W}tr") if "zgodne" in "".join(str(t) for t in row.itertext())]
        for row in rows:
            parent = row.getparent()
            assert parent is not None
            parent.remove(row)

    data = edit(FILLED, drop)
    field = read(data if tagged else without_tags(data)).field("osw_prawda")
    assert (field.status, field.reason_code) == (FieldStatus.BLANK, "required_blank")


def test_text_typed_beside_the_control_is_not_lost() -> None:
    def type_beside(root: etree._Element) -> None:
        for sdt in root.iter(f"{W}sdt"):
            tag = sdt.find(f"{W}sdtPr/{W}tag")
            if tag is not None and tag.get(f"{W}val") == "adres.kod":
                paragraph = sdt.getparent()
                assert paragraph is not None
                run = etree.SubElement(paragraph, f"{W}r")
                etree.SubElement(run, f"{W}t").text = " 83-330"

    blank_beside = edit(fill(BLANK, {**TYPED, "adres.kod": ""}), type_beside)
    assert read(blank_beside).field("adres.kod").value == "83-330"
    both = edit(fill(BLANK, {**TYPED, "adres.kod": "80-001"}), type_beside)
    assert read(both).field("adres.kod").status == FieldStatus.UNREADABLE


def test_a_control_that_was_deleted_and_typed_over_is_found_by_its_label() -> None:
    def unwrap(root: etree._Element) -> None:
        for sdt in list(root.iter(f"{W}sdt")):
            parent, content = sdt.getparent(), sdt.find(f"{W}sdtContent")
            assert parent is not None
            assert content is not None
            for child in list(content):
                sdt.addprevious(child)
            parent.remove(sdt)

    assert values(read(edit(FILLED, unwrap))) == VALUES


def test_a_mark_of_a_placeholder_that_libreoffice_left_standing_hides_nothing() -> None:
    def mark_all(root: etree._Element) -> None:
        for properties in root.iter(f"{W}sdtPr"):
            if properties.find(f"{W}showingPlcHdr") is None:
                properties.insert(3, etree.Element(f"{W}showingPlcHdr"))

    assert values(read(edit(FILLED, mark_all))) == VALUES


def test_pesel_and_birth_date_that_differ_are_both_in_doubt() -> None:
    reading = read_with(data_urodzenia="13.01.2202")
    for key in ("pesel", "data_urodzenia"):
        field = reading.field(key)
        assert (field.status, field.reason_code) == (FieldStatus.CONTRADICTORY, "pesel_birth_date")
    assert reading.field("plec").status == FieldStatus.READ


def test_pesel_and_sex_that_differ_are_both_in_doubt() -> None:
    reading = read_with(plec="mężczyzna")
    for key in ("pesel", "plec"):
        assert (reading.field(key).status, reading.field(key).reason_code) == (FieldStatus.CONTRADICTORY, "pesel_sex")
    assert reading.field("data_urodzenia").status == FieldStatus.READ


def test_all_three_may_be_in_doubt_at_once() -> None:
    reading = read_with(plec="mężczyzna", data_urodzenia="13.01.2202")
    assert {reading.field(key).status for key in ("pesel", "plec", "data_urodzenia")} == {FieldStatus.CONTRADICTORY}


def test_no_pesel_contradicts_nothing() -> None:
    reading = read(fill(BLANK, {**TYPED, "pesel": "brak PESEL", "plec": "mężczyzna"}))
    assert (reading.field("pesel").value, reading.field("plec").value) == ("brak", "mezczyzna")


def test_two_different_answers_to_one_question_are_in_doubt() -> None:
    def add(text: str) -> bytes:
        extra = etree.fromstring(body_part(table(("Imię", text))))
        return edit(FILLED, lambda root: root[0].insert(0, extra))

    field = read(add("Inna")).field("imie")
    assert (field.status, field.reason_code, field.value) == (FieldStatus.CONTRADICTORY, "two_answers", None)
    assert ";" in field.place
    assert read(add("Wierzbina")).field("imie").value == "Wierzbina"
    assert read(add("……")).field("imie").value == "Wierzbina"


def body_part(xml: str) -> str:
    return xml.replace(">", ' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">', 1)


def test_a_form_retyped_by_hand_is_known_by_its_title_or_its_questions() -> None:
    rows = [(leaf.label, TYPED[leaf.key]) for leaf in EVERY_TYPE.leaves if isinstance(TYPED.get(leaf.key), str)]
    own = body_of(paragraph("Formularz próbny") + table(*((label, str(answer)) for label, answer in rows[:5])))
    assert read(own).recognised_by == "tytuł dokumentu"
    assert read(own).field("nazwisko").value == "Próbna-Łącka"
    untitled = body_of(table(*((label, str(answer).replace("<b>", "")) for label, answer in rows)).replace(" & ", " "))
    assert "pytania formularza" in read(untitled).recognised_by


def test_another_version_is_read_with_a_remark() -> None:
    newer = EVERY_TYPE.model_copy(update={"version": "2.0"})
    assert read(FILLED, EVERY_TYPE, newer).form_version == "1.0"
    reading = read(FILLED, newer)
    assert reading.form_version == "2.0"
    assert any("wersji 2.0" in remark for remark in reading.remarks)


def test_two_versions_are_told_apart_by_mark_footer_or_questions() -> None:
    first, *others = EVERY_TYPE.sections
    (name, *rest) = first.fields
    renamed = name.model_copy(update={"label": "Wszystkie imiona z dowodu", "aliases": ()})
    changed = EVERY_TYPE.model_copy(
        update={"version": "2.0", "sections": (first.model_copy(update={"fields": (renamed, *rest)}), *others)}
    )
    newer = FormDefinition.model_validate_json(changed.model_dump_json())
    forms = (EVERY_TYPE, newer)
    for form in forms:
        data = fill(write_blank(form, HEADER), TYPED)
        assert (read(data, *forms).form_version, read(data, *forms).field("imie").value) == (form.version, "Wierzbina")
        unmarked = edit(without_tags(data), lambda root: root.clear(), "docProps/custom.xml")
        assert read(unmarked, *forms).recognised_by == f"stopka formularza: {form.key}, wersja {form.version}"
        own = body_of(paragraph(form.title) + table(*((leaf.label, "x") for leaf in form.leaves)))
        reading = read(own, *forms)
        assert (reading.form_version, reading.recognised_by) == (
            form.version,
            f"tytuł dokumentu i pytania wersji {form.version}",
        )


def test_an_answer_beside_a_misspelt_label_is_offered_for_confirmation() -> None:
    field = read(body_of(paragraph("Formularz próbny") + table(("Imię", "Anna"), ("Nazwsko", "Próbna")))).field(
        "nazwisko"
    )
    assert (field.status, field.value, field.raw) == (FieldStatus.AMBIGUOUS, None, "Próbna")
    assert (field.reason_code, field.place) == ("label_similar", "tabela 1, wiersz 2")
    assert 0 < field.certainty < 80
    assert "potwierdzić" in field.reason


@pytest.mark.parametrize(
    ("label", "typed", "key", "value"),
    [
        ("Numer PESLE", "02611210085", "pesel", "02611210085"),
        ("Dta urodzenia", "12 stycznia 2202 r.", "data_urodzenia", "2202-01-12"),
        ("Adres e-mal", "anna@example.pl", "email", "anna@example.pl"),
        ("Nr telefomu", "+48 600 100 200", "telefon", "+48600100200"),
        ("Obszar koperacji", "oświata", "instytucja.obszar", "oswiata"),
        ("Obszar koperacji", "☐ oświata ☒ policja", "instytucja.obszar", "policja"),
        ("Gmina siedziby instytcji", "Żukowo, powiat kartuski", "instytucja.gmina", "2205083"),
    ],
)
def test_a_value_that_fits_nothing_else_confirms_a_slip_in_its_label(
    label: str, typed: str, key: str, value: str
) -> None:
    form = kes_forms()[0]
    reading = read(body_of(paragraph(form.title) + table(("Imię", "Anna"), (label, typed))), form)
    field = reading.field(key)
    assert (field.status, field.value) == (FieldStatus.READ, value)
    assert field.certainty < 80
    assert field.method.startswith("etykieta podobna")
    assert any("tabela 1, wiersz 2" in remark for remark in reading.remarks)


@pytest.mark.parametrize(
    ("label", "typed"),
    [
        ("Numer PESLE", "02611210086"),
        ("Numer PESLE", "brak"),
        ("PESLE", "02611210085"),
        ("Nr PESEL matki", "02611210085"),
        ("Dta urodzenia", "około 12.01.2202"),
        ("Adres e-mal", "anna@example.pl albo telefon"),
        ("Nr telefomu", "600 100 200 po 16"),
        ("Obszar koperacji", "oświata, ale nie tylko"),
        ("Czy pracuje Pani / Pan bezpośredno z osobami potrzebującymi wsparcia?", "tak"),
        ("Miejscowosść", "Kartuzy"),
    ],
)
def test_any_other_value_under_a_slip_stays_a_suggestion(label: str, typed: str) -> None:
    form = kes_forms()[0]
    reading = read(body_of(paragraph(form.title) + table(("Imię", "Anna"), (label, typed))), form)
    assert [field.key for field in reading.fields if field.status is FieldStatus.READ] == ["imie"]
    assert any(field.raw and field.key != "imie" for field in reading.fields)


def test_a_slip_confirms_nothing_where_the_question_stands_in_its_own_words() -> None:
    form = kes_forms()[0]
    rows = (("Obszar kooperacji", ""), ("Obszar koperacji", "oświata"))
    field = read(body_of(paragraph(form.title) + table(*rows)), form).field("instytucja.obszar")
    assert field.reason_code == "label_similar"


def test_a_misspelt_label_without_an_answer_is_blank() -> None:
    field = read(body_of(paragraph("Formularz próbny") + table(("Imię", "Anna"), ("Nazwsko", "")))).field("nazwisko")
    assert (field.status, field.reason_code) == (FieldStatus.BLANK, "required_blank")


def test_a_question_that_is_not_there_is_blank_only_if_nothing_is_left_unread() -> None:
    rows = table(("Imię", "Anna"))
    assert read(body_of(paragraph("Formularz próbny") + rows)).field("nazwisko").status == FieldStatus.BLANK
    reading = read(body_of(paragraph("Formularz próbny") + rows + paragraph("Próbna-Łącka")))
    field = reading.field("nazwisko")
    assert (field.status, field.reason_code) == (FieldStatus.UNREADABLE, "question_missing")
    (remark,) = reading.remarks
    assert "akapit 2" in remark
    assert "Próbna" not in remark


def test_an_address_in_one_piece_is_asked_for_in_parts() -> None:
    rows = (("Adres zamieszkania", "Zmyślona 5, 83-300 Żukowo"), ("Kod pocztowy", ""), ("Nazwisko", "Próbna"))
    reading = read(body_of(paragraph("Formularz próbny") + table(*rows)))
    assert {reading.field(f"adres.{part}").reason_code for part in ("ulica", "kod", "miejscowosc", "gmina")} == {
        "parts_together"
    }


def test_a_list_of_old_word_left_at_its_prompt_is_blank() -> None:
    def choice(result: str) -> str:
        entries = "".join(f'<w:listEntry w:val="{entry}"/>' for entry in ("wybierz", "kobieta", "mężczyzna"))
        begin = (
            f'<w:fldChar w:fldCharType="begin"><w:ffData><w:ddList>{result}{entries}</w:ddList></w:ffData></w:fldChar>'
        )
        return f'<w:p><w:r>{begin}</w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'

    def sex(result: str) -> tuple[FieldStatus, object]:
        field = read(body_of(paragraph("Formularz próbny") + table(("Płeć", choice(result))))).field("plec")
        return field.status, field.value

    assert sex("") == (FieldStatus.BLANK, None)
    assert sex('<w:result w:val="2"/>') == (FieldStatus.READ, "mezczyzna")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("kobieta / mężczyzna", (FieldStatus.BLANK, None)),
        ("[kobieta] mężczyzna", (FieldStatus.AMBIGUOUS, None)),
        ("○ kobieta ● mężczyzna", (FieldStatus.AMBIGUOUS, None)),
        ("jestem kobieta", (FieldStatus.READ, "kobieta")),
    ],
)
def test_printed_options_with_somebodys_sign_among_them_are_not_blank(
    answer: str, expected: tuple[FieldStatus, str | None]
) -> None:
    field = read(body_of(paragraph("Formularz próbny") + table(("Płeć", answer)))).field("plec")
    assert (field.status, field.value) == expected
    assert field.certainty < 80


def test_words_beside_known_options_are_asked_about() -> None:
    xml = paragraph("Formularz próbny") + table(("Z kim Pani / Pan pracuje?", "osoby starsze; sąsiedzi"))
    assert read(body_of(xml)).field("zakres").reason_code == "choice_partly"


def test_a_plus_typed_in_place_of_a_box_is_a_tick() -> None:
    xml = paragraph("Formularz próbny") + table(("+", "Podane informacje są zgodne z prawdą."))
    assert read(body_of(xml)).field("osw_prawda").value is True


def test_a_document_that_is_no_form_is_refused() -> None:
    for xml in ("", paragraph("Dzień dobry, chciałabym wziąć udział w projekcie.")):
        with pytest.raises(FormUnreadable) as refusal:
            read(body_of(xml))
        assert refusal.value.code == "form_unknown"


def test_our_identifier_without_any_question_is_refused() -> None:
    def empty(root: etree._Element) -> None:
        for child in list(root[0]):
            root[0].remove(child)

    with pytest.raises(FormUnreadable) as refusal:
        read(edit(FILLED, empty))
    assert refusal.value.code == "no_fields"


def test_the_forms_of_the_shipped_project_are_told_apart_and_read() -> None:
    forms = kes_forms()
    assert len(forms) == 5
    for form in forms:
        blank = write_blank(form, HEADER)
        for data in (blank, without_tags(blank)):
            reading = read(data, *forms)
            assert (reading.form_key, reading.form_version) == (form.key, form.version)
            read_keys = {field.key for field in reading.fields if field.status == FieldStatus.READ}
            assert read_keys == {leaf.key for leaf in form.leaves if leaf.type in TICKS}


def test_a_file_that_libreoffice_saved() -> None:
    """Filled in and saved by LibreOffice 7.4: no tags, marks of placeholders left on filled fields."""
    data = (CORPUS / "libreoffice_7_4.docx").read_bytes()
    assert values(read(data)) == VALUES


@pytest.mark.libreoffice
def test_a_round_trip_through_libreoffice(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "in").mkdir()
    for name, data in (("filled.docx", FILLED), ("blank.docx", BLANK)):
        (tmp_path / "in" / name).write_bytes(data)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    files = sorted(str(path) for path in (tmp_path / "in").iterdir())
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "docx", "--outdir", str(tmp_path / "out"), *files],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert values(read((tmp_path / "out" / "filled.docx").read_bytes())) == VALUES
    blank = values(read((tmp_path / "out" / "blank.docx").read_bytes()))
    assert blank == {"osw_prawda": False, "zgoda_wizerunek": False}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_bytes_that_changed_on_the_way_are_read_or_refused(seed: int, changes: int) -> None:
    dice = random.Random(seed)
    data = bytearray(FILLED)
    for _ in range(changes):
        data[dice.randrange(len(data))] = dice.randrange(256)
    _read_or_refused(bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["word/document.xml", "_rels/.rels", "word/styles.xml"]))
def test_parts_whose_text_changed_are_read_or_refused(seed: int, name: str) -> None:
    dice = random.Random(seed)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILLED)) as source, zipfile.ZipFile(buffer, "w") as target:
        for part in source.namelist():
            content = bytearray(source.read(part))
            for _ in range(dice.randrange(1, 5) if part == name else 0):
                content[dice.randrange(len(content))] = dice.choice(b'<>"/=0xw& ')
            target.writestr(part, bytes(content))
    _read_or_refused(buffer.getvalue())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_tree_that_was_shuffled_is_read_or_refused(seed: int) -> None:
    dice = random.Random(seed)

    def shuffle(root: etree._Element) -> None:
        elements = list(root.iter())
        for _ in range(dice.randrange(1, 12)):
            element = dice.choice(elements[2:])
            parent = element.getparent()
            if parent is None:
                continue
            action = dice.randrange(3)
            if action == 0:
                parent.remove(element)
            elif action == 1:
                element.tag = dice.choice(elements).tag
            else:
                element.attrib.clear()

    _read_or_refused(edit(FILLED, shuffle))


def _read_or_refused(data: bytes) -> None:
    try:
        reading = read(data)
    except FormUnreadable:
        return
    assert [field.key for field in reading.fields] == [leaf.key for leaf in EVERY_TYPE.leaves]


RETYPED = "".join(
    paragraph(f"{label}: {answer}")
    for label, answer in (
        ("Imię", "Anna"),
        ("Nazwisko", "Próbna"),
        ("PESEL", "02611210085"),
        ("Data urodzenia", "12.01.2202"),
        ("Płeć", "kobieta"),
        ("Kod pocztowy", "83-300"),
        ("Miejscowość", "Kartuzy"),
        ("Adres e-mail", "anna@example.org"),
        ("Telefon", "600 100 200"),
        ("Nazwa instytucji", "Ośrodek Próbny"),
        ("NIP", "0001111115"),
        ("Stanowisko", "referentka"),
    )
)
"""Questions that all three forms ask."""


@pytest.mark.parametrize(
    ("above", "key"),
    [
        ("Zgłoszenie – PGD", "zalacznik_2_pgd"),
        ("Powiatowa Grupa Decydentów: zgłoszenie", "zalacznik_2_pgd"),
        ("Zgłaszam się do Regionalnej Grupy Refleksyjnej.", "zalacznik_3_rgr"),
    ],
)
def test_a_retyped_form_is_known_by_the_group_named_above_its_questions(above: str, key: str) -> None:
    reading = read_form(body_of(paragraph(above) + RETYPED), kes_forms())

    assert reading.form_key == key
    assert "napisano go od nowa" in reading.remarks[0]


@pytest.mark.parametrize("above", ["Zgłoszenie", "Zgłoszenie do PGR albo PGD", "Grupa Refleksyjna"])
def test_a_retyped_form_that_names_no_group_or_two_is_refused(above: str) -> None:
    for xml in (paragraph(above) + RETYPED, paragraph(above) + RETYPED + paragraph("Najważniejsza grupa: PGR")):
        with pytest.raises(FormUnreadable) as refusal:
            read_form(body_of(xml), kes_forms())
        assert refusal.value.code in ("form_unknown", "form_ambiguous")


def test_each_part_is_unpacked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: Counter[str] = Counter()
    read_one = zipfile.ZipFile.read

    def counted(archive: zipfile.ZipFile, name: str) -> bytes:
        unpacked[name] += 1
        return read_one(archive, name)

    monkeypatch.setattr(zipfile.ZipFile, "read", counted)
    read(FILLED)
    assert unpacked["word/document.xml"] == 1
    assert set(unpacked.values()) == {1}


@pytest.mark.parametrize("data", [FILLED, body_of(paragraph("Zmyślona Próbna"))])
def test_no_words_of_a_file_stay_in_memory_for_the_next(data: bytes) -> None:
    with suppress(FormUnreadable):
        read(data)
    kept = (labels.plain, labels._letters_in, labels_of(EVERY_TYPE)._kept, labels_of(EVERY_TYPE)._kept_groups)
    assert not any(one.cache_info().currsize for one in kept)
