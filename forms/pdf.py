"""A fillable PDF form: its fields, and which question each answers.

Only the fields count (ISO 32000-2, 12.7). Text drawn on a page loses its order and its boxes, so a scan, a print-out or
a form that somebody wrote over is left to an officer. Nothing in the file is run.
"""

import io
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Never

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject, TextStringObject

from forms.blank_marks import NO_PESEL, NO_PESEL_LABEL, box_tag
from forms.document import Block, Cell, Document, Paragraph, Row, Table, Text
from forms.gathering import BOXED_TYPES, TICKED_TYPES, Found, Mark
from forms.matching import Answers
from forms.reading import FieldReading
from forms.safety import MAX_BYTES, refuse
from models.errors import FormUnreadable
from models.form_definition import FieldType, FormDefinition, Leaf, LeafType
from models.rules.facts import FieldStatus
from models.territory import plain

_LOG: Final = logging.getLogger(__name__)
# It reports every oddity of a file as a warning, with what stands there.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

MAX_PAGES: Final = 50
MAX_FIELDS: Final = 2_000
MAX_OBJECTS: Final = 20_000
MAX_DRAWN: Final = 1_000_000
"""Bytes that draw one page and name its letters; a page of text has some ten thousand."""
MAX_TEXT: Final = 1_000_000
_MAX_DEPTH: Final = 20
_PAGES_FOR_IDENTITY: Final = 10

BY_PDF_FIELD: Final = "pole formularza PDF"

_SENTENCES: Final = {
    "pdf_password": "Plik PDF jest zabezpieczony hasłem, więc nie można go odczytać. "
    "Potrzebny jest formularz bez hasła.",
    "pdf_xfa": "To jest formularz PDF w technice XFA, którą odczytuje tylko program Adobe. "
    "Potrzebny jest formularz w formacie .docx.",
    "pdf_too_complex": "Plik PDF ma za dużo stron, pól lub obiektów; tak nie wygląda formularz. "
    "Nie został otwarty ze względów bezpieczeństwa.",
    "pdf_damaged": "Plik PDF jest uszkodzony i nie da się go odczytać. Trzeba przesłać go jeszcze raz.",
}
_WRITTEN_OVER: Final = (
    "W pliku PDF wpisano lub narysowano coś na stronie, a nie w polach formularza, i brakuje odpowiedzi. "
    "Program tego nie odczyta; odpowiedzi przepisze pracownik biura, chyba że przyjdzie plik .docx."
)
_SCRIPTS: Final = "Plik PDF zawiera skrypty (JavaScript); nie uruchomiono ich."
_ATTACHMENTS: Final = "W pliku PDF są załączniki; nie otwarto ich."
_HIDDEN: Final = "Plik PDF zawiera ukryte pola; pominięto je."
_NOTES: Final = "Na stronach pliku PDF są dopiski lub rysunki poza polami; nie uznano ich za odpowiedzi."
_SIGNED: Final = "Plik PDF zawiera podpis elektroniczny; programu nie przygotowano do jego sprawdzania."


@dataclass(frozen=True)
class PdfField:
    """One field as it stands in the file. ``name`` is the qualified one (``adres.kod``), ``title`` what a person is
    told of it. A box or radio button is a mark whose label is the name of its state."""

    name: str
    title: str
    page: int
    text: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def filled(self) -> bool:
        return bool(self.text.strip()) or any(mark.checked is not False for mark in self.marks)

    @property
    def place(self) -> str:
        where = f", strona {self.page}" if self.page else ""
        return f"{BY_PDF_FIELD} „{(self.title or self.name)[:80]}”{where}"


@dataclass(frozen=True)
class PdfForm:
    """The fields of a PDF and what tells which form it is."""

    fields: tuple[PdfField, ...]
    lines: tuple[str, ...]
    """Title, subject and the printed lines: they tell which form it is, never an answer."""
    properties: Mapping[str, str]
    written_over: bool = False
    """Somebody typed or drew on a page beside the fields: a signature, or answers."""
    remarks: tuple[str, ...] = ()

    def as_document(self) -> Document:
        """The form as the recognition of forms knows documents: printed lines, and a row a field."""
        lines = [Paragraph((Text(line),), "", f"pdf/line[{n}]") for n, line in enumerate(self.lines)]
        rows = tuple(_row(one, number) for number, one in enumerate(self.fields))
        blocks: tuple[Block, ...] = (*lines, Table(rows, "", "pdf/fields"))
        return Document(blocks, tuple(lines), (), "", self.properties)


def _row(one: PdfField, number: int) -> Row:
    cells = []
    for column, text in enumerate((one.title or one.name, one.text)):
        path = f"pdf/fields/{number}/{column}"
        cells.append(Cell((Paragraph((Text(text),), "", path),), "", path, column))
    return Row(tuple(cells))


def refuse_pdf(code: str) -> Never:
    raise FormUnreadable(code, _SENTENCES[code])


# --- what stands in the file -----------------------------------------------------------------------------------------


def read_pdf(data: bytes) -> PdfForm:
    """The fields of a PDF. To be called in a process with limits on time and memory, like all reading.

    Raises :class:`FormUnreadable`: with code ``pdf`` when there is no filled-in field, so that an officer has to type.
    """
    if len(data) > MAX_BYTES:
        refuse("too_large")
    if data.count(b" obj") > MAX_OBJECTS:
        refuse_pdf("pdf_too_complex")
    try:
        return _read(data)
    except (FormUnreadable, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001
        # A broken PDF raises anything there is, and the message may quote what somebody wrote.
        _LOG.warning("a PDF could not be read: %s", type(error).__name__)
        raise FormUnreadable("pdf_damaged", _SENTENCES["pdf_damaged"]) from None


def _read(data: bytes) -> PdfForm:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        refuse_pdf("pdf_password")
    root = reader.root_object
    acro = _dict(root.get("/AcroForm"))
    if "/XFA" in acro:
        refuse_pdf("pdf_xfa")
    _count_pages(_dict(root.get("/Pages")))
    survey = _Survey(acro)
    survey.pages(reader.pages)
    survey.fields_of(_list(acro.get("/Fields")), _Inherited(), 0)
    names = _dict(root.get("/Names"))
    if "/JavaScript" in names or _runs_script(root):
        survey.remarks[_SCRIPTS] = None
    if "/EmbeddedFiles" in names:
        survey.remarks[_ATTACHMENTS] = None
    if not any(one.filled for one in survey.fields):
        refuse("pdf")
    information = {str(key): str(value) for key, value in (reader.metadata or {}).items()}
    lines = [information.get("/Title", ""), information.get("/Subject", "")]
    for page in reader.pages[:_PAGES_FOR_IDENTITY]:
        lines += _printed(page)
    return PdfForm(
        fields=tuple(survey.fields),
        lines=tuple(text for line in lines if (text := " ".join(line.split()))),
        properties={key.lstrip("/"): value for key, value in information.items()},
        written_over=survey.written_over,
        remarks=tuple(survey.remarks),
    )


def _count_pages(node: DictionaryObject) -> None:
    """Refuses a tree of too many pages before the library lays it out flat."""
    nodes, seen = [node], 0
    while nodes:
        kids = _list(nodes.pop().get("/Kids"))
        seen += len(kids)
        if seen > 2 * MAX_PAGES:
            refuse_pdf("pdf_too_complex")
        nodes += [_dict(kid) for kid in kids]


def _printed(page: PageObject) -> list[str]:
    """The lines of a page; none where drawing it would take long. A page that is drawn in a broken way may still bear
    whole fields."""
    try:
        resources = _dict(page.get("/Resources"))
        fonts = (_dict(font) for font in _dict(resources.get("/Font")).values())
        streams = [page.get("/Contents"), *_list(page.get("/Contents")), *(font.get("/ToUnicode") for font in fonts)]
        if sum(_size(stream) for stream in streams) > MAX_DRAWN:
            return []
        # Drawings within drawings are left out: they hold no footer of ours, and may repeat without end.
        resources.pop("/XObject", None)
        return page.extract_text().splitlines()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001
        _LOG.warning("the text of a PDF page could not be read: %s", type(error).__name__)
        return []


@dataclass(frozen=True)
class _Inherited:
    """What a field has from those above it (ISO 32000-2, table 226)."""

    name: str = ""
    title: str = ""
    kind: str = ""
    flags: int = 0
    value: PdfObject | None = None
    options: tuple[tuple[str, str], ...] = ()


_PUSH_BUTTON: Final = 1 << 16
_NOT_SHOWN: Final = 2 | 32
"""Flags of a widget that nobody sees: hidden, not viewed."""


@dataclass
class _Survey:
    """One walk over pages and fields."""

    acro: DictionaryObject
    fields: list[PdfField] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    written_over: bool = False
    _page_of: dict[int, int] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def pages(self, pages: Sequence[PageObject]) -> None:
        for number, page in enumerate(pages, start=1):
            if _runs_script(page):
                self.remarks[_SCRIPTS] = None
            for reference in _list(page.get("/Annots")):
                note = _dict(reference)
                if isinstance(reference, IndirectObject):
                    self._page_of[reference.idnum] = number
                if str(note.get("/Subtype")) in ("/FreeText", "/Ink", "/Stamp"):
                    self.written_over = True
                    self.remarks[_NOTES] = None

    def fields_of(self, references: Iterable[PdfObject], above: _Inherited, depth: int) -> None:
        if depth > _MAX_DEPTH:
            refuse_pdf("pdf_too_complex")
        for reference in references:
            if isinstance(reference, IndirectObject):
                if reference.idnum in self._seen:
                    continue
                self._seen.add(reference.idnum)
            node = _dict(reference)
            own = _inherit(node, above)
            kids = _list(node.get("/Kids"))
            if any("/T" in _dict(kid) for kid in kids):
                self.fields_of(kids, own, depth + 1)
                continue
            if len(self.fields) >= MAX_FIELDS:
                refuse_pdf("pdf_too_complex")
            self._field(node, own, kids or [reference])

    def _field(self, node: DictionaryObject, own: _Inherited, references: Sequence[PdfObject]) -> None:
        widgets = [_dict(reference) for reference in references]
        if any(_runs_script(one) for one in (node, *widgets)):
            self.remarks[_SCRIPTS] = None
        if own.kind == "/Sig":
            if own.value is not None:
                self.remarks[_SIGNED] = None
            return
        if own.kind not in ("/Tx", "/Ch", "/Btn") or (own.kind == "/Btn" and own.flags & _PUSH_BUTTON):
            return
        if all(_number(widget.get("/F")) & _NOT_SHOWN for widget in widgets):
            self.remarks[_HIDDEN] = None
            return
        numbers = [ref.idnum for ref in references if isinstance(ref, IndirectObject)]
        page = next((self._page_of[number] for number in numbers if number in self._page_of), 0)
        one = PdfField(own.name, own.title, page)
        if own.kind == "/Btn":
            self.fields.append(replace(one, marks=tuple(_marks(own, widgets))))
        else:
            shown = dict(own.options)
            texts = [shown.get(text, text) for text in _texts(own.value)]
            self.fields.append(replace(one, text="\n".join(texts).replace("\r\n", "\n").replace("\r", "\n")))


def _inherit(node: DictionaryObject, above: _Inherited) -> _Inherited:
    part = _text(node.get("/T"))
    name = ".".join(word for word in (above.name, part) if word)
    options = tuple(_option(item) for item in _list(node.get("/Opt")))
    value = _resolved(node.get("/V"))
    return _Inherited(
        name=name,
        title=_text(node.get("/TU")) or above.title,
        kind=str(node.get("/FT", above.kind)),
        flags=_number(node.get("/Ff")) or above.flags,
        value=above.value if value is None else value,
        options=options or above.options,
    )


def _option(item: PdfObject) -> tuple[str, str]:
    """What a choice is stored as, and what is shown for it."""
    pair = [_text(part) for part in _list(item)]
    return (pair[0], pair[1]) if len(pair) == 2 else (_text(item), _text(item))


def _marks(own: _Inherited, widgets: Sequence[DictionaryObject]) -> Iterator[Mark]:
    """Each box of a field with whether it is ticked: ``None`` where its value and what is shown disagree, or where one
    of them is a state the box does not have (LibreOffice writes such), because viewers show that differently."""
    value = "/" + str(own.value).lstrip("/") if own.value is not None else ""
    states = [_state_of(widget) for widget in widgets]
    known = {"", _OFF, *states}
    for number, (widget, state) in enumerate(zip(widgets, states, strict=True)):
        shown = str(widget.get("/AS", ""))
        checked: bool | None = value == state if state else value not in known
        if state and (value not in known or shown not in known):
            checked = None
        elif state and shown and (shown == state) != checked:
            checked = None if value else shown == state
        label = own.options[number][1] if len(own.options) == len(widgets) else state.lstrip("/")
        yield Mark(checked, label)


_OFF: Final = "/Off"


def _state_of(widget: DictionaryObject) -> str:
    """The state of a box that is ticked, by the drawings it has (ISO 32000-2, 12.7.5.2.3)."""
    return next((str(name) for name in _dict(_dict(widget.get("/AP")).get("/N")) if str(name) != _OFF), "")


def _runs_script(node: DictionaryObject) -> bool:
    actions = [node.get("/A"), node.get("/OpenAction"), *_dict(node.get("/AA")).values()]
    return any(str(_dict(action).get("/S")) == "/JavaScript" for action in actions)


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if value is not None else None


def _dict(value: PdfObject | None) -> DictionaryObject:
    found = _resolved(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _list(value: PdfObject | None) -> list[PdfObject]:
    found = _resolved(value)
    return list(found) if isinstance(found, ArrayObject) else []


def _number(value: PdfObject | None) -> int:
    found = _resolved(value)
    return found if isinstance(found, int) else 0


def _size(value: PdfObject | None) -> int:
    found = _resolved(value)
    return len(found.get_data()) if isinstance(found, StreamObject) else 0


def _text(value: PdfObject | None) -> str:
    found = _resolved(value)
    if isinstance(found, StreamObject):
        if _size(found) > MAX_TEXT:
            refuse_pdf("pdf_too_complex")
        # Long text may lie in a stream, in the same encodings as a short one.
        data = found.get_data()
        return data.decode("utf-16", "replace") if data[:2] in (b"\xfe\xff", b"\xff\xfe") else data.decode("utf-8")
    return str(found) if isinstance(found, TextStringObject) else ""


def _texts(value: PdfObject | None) -> list[str]:
    return [_text(item) for item in _list(value)] if isinstance(value, ArrayObject) else [_text(value)]


# --- which question a field answers ----------------------------------------------------------------------------------

_NUMBERING: Final = re.compile(r"^(?:\d{1,2}|[a-z]) (?=\S)")

_Targets = Mapping[str, str]
"""Keys of leaves, each with the code of one of its boxes or nothing."""


class _Names:
    """What the questions of a form, and the boxes of their options, may be called in a field's name or title."""

    def __init__(self, form: FormDefinition) -> None:
        self._tags: dict[str, _Targets] = {}
        self._words: dict[str, dict[str, str]] = {}
        options: dict[str, dict[str, str]] = {}
        for section in form.sections:
            for question in section.fields:
                composite = question.type in (FieldType.ADDRESS, FieldType.INSTITUTION)
                groups = (question.label, *question.aliases) if composite else ()
                for leaf in question.leaves():
                    self._add_leaf(leaf, groups, options)
        for words, targets in options.items():
            # Without its question an option counts only if no other question has it.
            if len(targets) == 1:
                self._words.setdefault(words, targets)

    def _add_leaf(self, leaf: Leaf, groups: tuple[str, ...], options: dict[str, dict[str, str]]) -> None:
        self._tags[leaf.key] = {leaf.key: ""}
        labels = [leaf.label, *leaf.aliases, leaf.key]
        labels += [f"{group} {label}" for group in groups for label in (leaf.label, *leaf.aliases)]
        for label in labels:
            self._words.setdefault(plain(label), {})[leaf.key] = ""
        for code, words in boxes_of(leaf):
            self._tags[box_tag(leaf.key, code)] = {leaf.key: code}
            if leaf.type not in TICKED_TYPES:
                options.setdefault(plain(words), {})[leaf.key] = code
            for label in labels:
                self._words.setdefault(plain(f"{label} {words}"), {})[leaf.key] = code

    def of(self, one: PdfField) -> tuple[_Targets, int]:
        """What a field may answer, and how sure that is. Several questions are unclear: a label that fits more than
        one, or a name and a title that disagree."""
        tag = self._tags.get(one.name, {})
        by_name = tag or self._called(one.name) or self._called(one.name.rpartition(".")[2])
        by_title = self._called(one.title)
        both = {key: by_name[key] or by_title[key] for key in by_name.keys() & by_title.keys()}
        return both or {**by_title, **by_name}, 100 if tag else 95

    def _called(self, text: str) -> dict[str, str]:
        words = plain(text)
        found = self._words.get(words) or self._words.get(_NUMBERING.sub("", words)) or {}
        return found if words else {}


def boxes_of(leaf: Leaf) -> tuple[tuple[str, str], ...]:
    """Code and words of every box a question may have."""
    if leaf.type == LeafType.PESEL:
        return ((NO_PESEL, NO_PESEL_LABEL),)
    if leaf.type in TICKED_TYPES:
        return (("tak", "tak"), ("nie", "nie"))
    return tuple((option.code, option.label) for option in leaf.options)


def find_pdf_answers(pdf: PdfForm, form: FormDefinition) -> Answers:
    """Every field that answers a question of the form; filled ones that answer none are *stray*."""
    names = _Names(form)
    texts: dict[str, list[Found]] = {}
    boxes: dict[str, list[Found]] = {}
    stray: list[str] = []
    for one in pdf.fields:
        targets, certainty = names.of(one)
        if one.filled and not targets:
            stray.append(f"{BY_PDF_FIELD} na stronie {one.page}")
        unclear = len(targets) > 1
        for key, code in targets.items():
            leaf = form.leaf(key)
            found = Found(
                text=one.text,
                marks=_named(one.marks, leaf, code),
                place=one.place,
                path=f"pdf/{one.name}",
                method=BY_PDF_FIELD,
                certainty=certainty,
                unclear=unclear,
            )
            if one.marks and leaf.type not in BOXED_TYPES:
                chosen = ", ".join(mark.label for mark in one.marks if mark.checked)
                texts.setdefault(key, []).append(replace(found, text=chosen, marks=()))
            elif one.marks:
                known = boxes.setdefault(key, [])
                if code and known and code not in {mark.code for mark in known[-1].marks}:
                    # The boxes of a question are one answer; the same box once more is another.
                    found = _together(known.pop(), found)
                known.append(found)
            else:
                texts.setdefault(key, []).append(found)
    for key, places in boxes.items():
        beside = texts.get(key, [])
        # A text and the boxes beside it („nie mam numeru PESEL”) are one answer as well.
        texts[key] = [_together(beside[0], places[0]), *beside[1:], *places[1:]] if beside else places
    return Answers({key: tuple(places) for key, places in texts.items()}, tuple(stray), {})


def refuse_written_over(pdf: PdfForm, form: FormDefinition, readings: Mapping[str, FieldReading]) -> None:
    """Raises :class:`FormUnreadable` (``pdf``) when a required answer is missing and somebody typed beside the
    fields."""
    missing = any(leaf.required and readings[leaf.key].status == FieldStatus.BLANK for leaf in form.leaves)
    if pdf.written_over and missing:
        raise FormUnreadable("pdf", _WRITTEN_OVER)


def _named(marks: tuple[Mark, ...], leaf: Leaf, code: str) -> tuple[Mark, ...]:
    """The marks with the words of the option the field stands for; else by the names of their states."""
    words = dict(boxes_of(leaf)).get(code)
    return marks if words is None else tuple(Mark(mark.checked, words, code) for mark in marks)


def _together(first: Found, second: Found) -> Found:
    places = first.place if first.place == second.place else f"{first.place}; {second.place}"
    return replace(
        first,
        text=first.text or second.text,
        marks=(*first.marks, *second.marks),
        place=places,
        certainty=min(first.certainty, second.certainty),
        unclear=first.unclear or second.unclear,
    )
