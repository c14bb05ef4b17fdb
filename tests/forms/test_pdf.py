"""Fillable PDF forms: fields matched by meaning, and everything else left to an officer or refused with a sentence."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from form_filling import CORPUS, EVERY_TYPE, TYPED, VALUES
from pdf_filling import FOOTER, HIDDEN, IDENTITY, ON, Made, fields_of, pdf_of, script
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from forms import pdf
from forms.pool import ReadingPool
from forms.reader import read_form
from forms.reading import FormReading, Unreadable
from forms.safety import MAX_BYTES
from models.errors import FormUnreadable
from models.rules.facts import FieldStatus

NAMED = fields_of(EVERY_TYPE, TYPED, named=True)
TITLED = fields_of(EVERY_TYPE, TYPED, named=False)


def read(data: bytes) -> FormReading:
    return read_form(data, (EVERY_TYPE,))


def said(reading: FormReading) -> dict[str, object]:
    return {field.key: field.value for field in reading.fields}


def changed(key: str, **changes: object) -> list[Made]:
    """The filled-in form with one field another."""
    assert any(one.name == key for one in NAMED)
    return [replace(one, **changes) if one.name == key else one for one in NAMED]  # type: ignore[arg-type]


def without(*keys: str) -> list[Made]:
    return [one for one in NAMED if one.name not in keys]


@pytest.mark.parametrize(
    ("data", "how", "certainty"),
    [
        (pdf_of(NAMED, info=IDENTITY), "ukryty identyfikator formularza", 100),
        (pdf_of(NAMED, printed=FOOTER), "stopka formularza", 100),
        (pdf_of(TITLED, info={"Subject": FOOTER}), "stopka formularza", 95),
        (pdf_of(TITLED, info={"Title": "Formularz próbny"}), "tytuł dokumentu", 95),
        (pdf_of(NAMED, info=IDENTITY, owner_only=True), "ukryty identyfikator formularza", 100),
    ],
    ids=["names", "footer", "titles", "title", "encrypted without password"],
)
def test_every_type_of_question_is_read_from_its_field(data: bytes, how: str, certainty: int) -> None:
    reading = read(data)
    assert said(reading) == VALUES
    assert {field.status for field in reading.fields} == {FieldStatus.READ}
    assert reading.recognised_by.startswith(how)
    assert reading.field("imie").certainty == certainty
    assert reading.field("imie").method == "pole formularza PDF"
    assert reading.field("imie").place.endswith("”, strona 1")
    assert reading.remarks == ()


def test_a_form_without_identity_is_known_by_its_questions() -> None:
    reading = read(pdf_of(TITLED))
    assert reading.recognised_by.startswith("pytania formularza")
    assert said(reading) == VALUES


@pytest.mark.parametrize("answer", [key for key in TYPED if ":" not in key])
def test_a_deleted_answer_turns_exactly_its_own_field_blank(answer: str) -> None:
    rest = {key: value for key, value in TYPED.items() if key != answer}
    reading = read(pdf_of(fields_of(EVERY_TYPE, rest, named=True), info=IDENTITY))
    wanted: dict[str, object] = dict(VALUES)
    # An empty box of a statement or a consent says no, as in Word.
    wanted[answer] = False if answer in ("osw_prawda", "zgoda_wizerunek") else None
    assert said(reading) == wanted


def test_values_are_normalised_and_questioned_as_in_word() -> None:
    reading = read(pdf_of(changed("pesel", value="02611210086"), info=IDENTITY))
    assert reading.field("pesel").reason_code == "pesel_checksum"
    reading = read(pdf_of(changed("data_urodzenia", value="13 stycznia 2202"), info=IDENTITY))
    assert reading.field("pesel").status is reading.field("data_urodzenia").status is FieldStatus.CONTRADICTORY


def test_no_pesel_is_a_box_beside_the_number() -> None:
    fields = [replace(one, value="") if one.name == "pesel" else one for one in changed("pesel:brak", value=ON)]
    assert read(pdf_of(fields, info=IDENTITY)).field("pesel").value == "brak"
    both = read(pdf_of(changed("pesel:brak", value=ON), info=IDENTITY)).field("pesel")
    assert both.reason_code == "pesel_and_none"


def test_consent_may_be_a_pair_of_buttons() -> None:
    for value, wanted in (("tak", True), ("nie", False)):
        fields = changed("zgoda_wizerunek", value=value, states=("tak", "nie"))
        assert read(pdf_of(fields, info=IDENTITY)).field("zgoda_wizerunek").value is wanted


def test_several_choices_may_be_one_list() -> None:
    rest = without("zakres:rodziny", "zakres:mlodziez", "zakres:seniorzy")
    chosen = Made("zakres", kind="Ch", value=("a", "c"), options=[("a", "rodziny z dziećmi"), ("c", "młodzież")])
    assert said(read(pdf_of([*rest, chosen], info=IDENTITY))) == VALUES


def test_states_without_meaning_are_asked_for_not_guessed() -> None:
    fields = changed("plec", value="Wybór1", states=("Wybór1", "Wybór2"))
    assert read(pdf_of(fields, info=IDENTITY)).field("plec").reason_code == "choice_unknown"


def test_a_box_that_shows_another_state_than_it_keeps_is_unclear() -> None:
    fields = changed("osw_prawda", value=ON, shown="Off")
    assert read(pdf_of(fields, info=IDENTITY)).field("osw_prawda").reason_code == "box_unclear"


def test_a_state_that_a_box_does_not_have_is_unclear() -> None:
    """LibreOffice writes a box that is ticked from the start as „Yes”, and draws it only as „on”."""
    fields = changed("osw_prawda", value="Yes", shown="Yes")
    assert read(pdf_of(fields, info=IDENTITY)).field("osw_prawda").reason_code == "box_unclear"


def test_a_form_made_in_libreoffice_and_filled_in_elsewhere_is_read() -> None:
    writer = PdfWriter(clone_from=io.BytesIO((CORPUS / "formats" / "formularz-libreoffice.pdf").read_bytes()))
    typed = {one.name: one.value for one in NAMED if one.value and one.kind != "Btn"}
    labels = {leaf.key: [option.label for option in leaf.options] for leaf in EVERY_TYPE.leaves}
    typed |= {one.name: labels[one.name][int(str(one.value))] for one in NAMED if one.kind == "Ch"}
    typed |= {
        one.name: f"/{one.value if len(one.states) > 1 else 'on'}" for one in NAMED if one.kind == "Btn" and one.value
    }
    for page in writer.pages:
        writer.update_page_form_field_values(page, typed, auto_regenerate=False)
    target = io.BytesIO()
    writer.write(target)
    reading = read(target.getvalue())
    assert said(reading) == VALUES
    assert reading.recognised_by == "tytuł dokumentu"


def test_a_label_of_two_questions_is_asked_for() -> None:
    """Order on the page does not decide: „Kod pocztowy” alone may be either address."""
    fields = [*without("adres.kod", "korespondencja.kod"), Made("P1", "Kod pocztowy", value="83-330")]
    reading = read(pdf_of(fields, info=IDENTITY))
    for key in ("adres.kod", "korespondencja.kod"):
        assert reading.field(key).reason_code == "label_ambiguous"


def test_a_name_and_a_title_that_disagree_are_asked_for() -> None:
    reading = read(pdf_of(changed("imie", title="Nazwisko"), info=IDENTITY))
    assert reading.field("imie").reason_code == "label_ambiguous"
    assert reading.field("nazwisko").reason_code == "label_ambiguous"


def test_two_fields_of_one_question_that_differ_are_contradictory() -> None:
    fields = [*NAMED, Made("Pole9", "Nazwisko", value="Inna")]
    assert read(pdf_of(fields, info=IDENTITY)).field("nazwisko").reason_code == "two_answers"
    twice = [*NAMED, Made("Pole9", "Podane informacje są zgodne z prawdą.", kind="Btn")]
    assert read(pdf_of(twice, info=IDENTITY)).field("osw_prawda").reason_code == "two_answers"


def test_an_answer_in_a_field_of_unknown_name_is_never_shown_as_blank() -> None:
    fields = [*without("telefon"), Made("Pole77", value="600 100 200")]
    reading = read(pdf_of(fields, info=IDENTITY))
    assert (reading.field("telefon").status, reading.field("telefon").reason_code) == (
        FieldStatus.UNREADABLE,
        "question_missing",
    )
    assert read(pdf_of(without("telefon"), info=IDENTITY)).field("telefon").status is FieldStatus.BLANK


def test_hidden_fields_scripts_signatures_and_drawings_are_remarked() -> None:
    fields = [*NAMED, Made("ukryte", "Nazwisko", value="Inna", flags=HIDDEN)]
    assert read(pdf_of(fields, info=IDENTITY)).remarks == (pdf._HIDDEN,)
    fields = changed("imie", extra={"/AA": DictionaryObject({NameObject("/K"): script()})})
    assert read(pdf_of(fields, info=IDENTITY)).remarks == (pdf._SCRIPTS,)
    assert read(pdf_of(NAMED, info=IDENTITY, catalogue={"/OpenAction": script()})).remarks == (pdf._SCRIPTS,)
    fields = [*NAMED, Made("podpis", kind="Sig")]
    assert read(pdf_of(fields, info=IDENTITY)).remarks == (pdf._SIGNED,)
    reading = read(pdf_of(NAMED, info=IDENTITY, notes=["Stamp"]))
    assert (said(reading), reading.remarks) == (VALUES, (pdf._NOTES,))
    files = DictionaryObject({NameObject("/EmbeddedFiles"): DictionaryObject()})
    assert read(pdf_of(NAMED, info=IDENTITY, catalogue={"/Names": files})).remarks == (pdf._ATTACHMENTS,)


BLANKS = fields_of(EVERY_TYPE, {}, named=True)


def pages_of(count: int, *, kids: str = "", fields: str = "") -> bytes:
    """Pages and nothing on them, whatever the tree says of their number."""
    numbers = " ".join(f"{n + 3} 0 R" for n in range(count))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>",
        f"<</Type/Pages/Count 1/Kids[{kids or numbers}]>>",
        *["<</Type/Page/Parent 2 0 R>>"] * count,
    ]
    out, table = "%PDF-1.7\n", f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    for number, text in enumerate(objects, start=1):
        table += f"{len(out):010d} 00000 n \n"
        out += f"{number} 0 obj\n{text}\nendobj\n"
    return f"{out}{table}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF".encode()


def streamed(where: str, size: int) -> bytes:
    """The filled-in form with a stream that unpacks to so many bytes: as an answer, or as what draws the page."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf_of(NAMED, info=IDENTITY)))
    stream = DecodedStreamObject()
    stream.set_data(b"BT (A) Tj ET " * (size // 13))
    reference = writer._add_object(stream.flate_encode())
    if where == "Fields":
        fields = writer.root_object["/AcroForm"].get_object()["/Fields"]  # type: ignore[index]
        fields[0].get_object()[NameObject("/V")] = reference
    else:
        writer.pages[0][NameObject("/Contents")] = reference
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


REFUSED: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "a scan": ("pdf", pdf_of),
    "a print-out with the form's footer": ("pdf", lambda: pdf_of(printed=FOOTER)),
    "a blank form": ("pdf", lambda: pdf_of(BLANKS, info=IDENTITY)),
    "a form written over": ("pdf", lambda: pdf_of(changed("imie", value=""), info=IDENTITY, notes=["FreeText"])),
    "a form drawn over": ("pdf", lambda: pdf_of(changed("imie", value=""), info=IDENTITY, notes=["Ink"])),
    "another form": ("form_unknown", lambda: pdf_of([Made("Kwota", value="100")])),
    "a password": ("pdf_password", lambda: pdf_of(NAMED, password="tajne")),
    "XFA": ("pdf_xfa", lambda: pdf_of(NAMED, xfa=True)),
    "half a file": ("pdf_damaged", lambda: pdf_of(NAMED)[:300]),
    "only a head": ("pdf_damaged", lambda: b"%PDF-1.7\n%\xe2\xe3"),
    "a large file": ("too_large", lambda: pdf_of(NAMED) + bytes(MAX_BYTES)),
    "many objects": ("pdf_too_complex", lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 20_001),
    "many pages": ("pdf_too_complex", lambda: pages_of(101)),
    "pages in a ring": ("pdf_too_complex", lambda: pages_of(1, kids="2 0 R")),
    "a stream as an answer": ("pdf_too_complex", lambda: streamed("Fields", 5_000_000)),
    "many fields": ("pdf_too_complex", lambda: pages_of(1, fields="<</FT/Tx/T(a)/V(x)>>" * 2_001)),
    "deep fields": ("pdf_too_complex", lambda: pdf_of([Made(".".join("abcdefghijklmnopqrstuvwxyz"), value="x")])),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_read_is_refused_with_its_own_code(what: str) -> None:
    code, make = REFUSED[what]
    with pytest.raises(FormUnreadable) as refusal:
        read(make())
    assert refusal.value.code == code
    assert str(refusal.value).endswith(".")


def test_every_sentence_has_a_test_that_reaches_it() -> None:
    assert set(pdf._SENTENCES) <= {code for code, _ in REFUSED.values()}


def test_a_field_tree_that_bites_its_tail_ends() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf_of(NAMED, info=IDENTITY)))
    fields = writer.root_object["/AcroForm"].get_object()["/Fields"]  # type: ignore[index]
    fields[0].get_object()[NameObject("/Kids")] = ArrayObject([fields[0], fields[1]])
    target = io.BytesIO()
    writer.write(target)
    assert read(target.getvalue()).field("nazwisko").value == VALUES["nazwisko"]


def test_a_page_that_takes_long_to_draw_costs_no_answer() -> None:
    assert said(read(streamed("Contents", 5_000_000))) == VALUES


def test_pdfs_are_read_in_the_pool_beside_word_files() -> None:
    items = {1: pdf_of(NAMED, info=IDENTITY), 2: pdf_of(), 3: b"%PDF-1.7"}
    with ReadingPool((EVERY_TYPE,), workers=1) as pool:
        answers = dict(pool.read_all(items.items()))
    first = answers[1]
    assert isinstance(first, FormReading)
    assert said(first) == VALUES
    assert [answers[n].code for n in (2, 3) if isinstance(answers[n], Unreadable)] == ["pdf", "pdf_damaged"]
