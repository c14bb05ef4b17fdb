"""Fillable PDF forms as offices make them, written object by object, and filled in as a viewer does."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from form_filling import EVERY_TYPE, Answers
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from forms.blank_marks import FORM_PROPERTY, VERSION_PROPERTY, box_tag, footer_id
from forms.pdf import boxes_of
from models.form_definition import FormDefinition, LeafType

HIDDEN = 2
ON = "Tak"


@dataclass
class Made:
    """A field to write: ``kind`` is Tx, Ch, Btn (one box, or one button for each of ``states``) or Sig."""

    name: str
    title: str = ""
    kind: str = "Tx"
    value: str | Sequence[str] = ""
    states: Sequence[str] = (ON,)
    options: Sequence[tuple[str, str]] = ()
    shown: str | None = None
    """State that is shown, where it is not that of the value."""
    flags: int = 0
    extra: Mapping[str, PdfObject] = field(default_factory=dict)


def pdf_of(
    fields: Sequence[Made] = (),
    *,
    printed: str = "",
    info: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    xfa: bool = False,
    catalogue: Mapping[str, PdfObject] | None = None,
    password: str = "",
    owner_only: bool = False,
) -> bytes:
    """A PDF of one page."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = writer._add_object(_names(Type="Font", Subtype="Type1", BaseFont="Helvetica"))
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 10 Tf 50 50 Td ({printed}) Tj ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(content)
    widgets = ArrayObject()
    top = ArrayObject(_field(writer, one, widgets) for one in fields)
    for subtype in notes:
        widgets.append(writer._add_object(_names(Type="Annot", Subtype=subtype)))
    page[NameObject("/Annots")] = widgets
    if fields or xfa:
        acro = DictionaryObject({NameObject("/Fields"): top})
        if xfa:
            acro[NameObject("/XFA")] = TextStringObject("<xdp/>")
        writer.root_object[NameObject("/AcroForm")] = writer._add_object(acro)
    for key, value in (catalogue or {}).items():
        writer.root_object[NameObject(key)] = value
    writer.add_metadata({f"/{key}": value for key, value in (info or {}).items()})
    if password or owner_only:
        writer.encrypt(password, owner_password="biuro", algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _names(**entries: str) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): NameObject(f"/{value}") for key, value in entries.items()})


def script() -> DictionaryObject:
    action = _names(S="JavaScript")
    action[NameObject("/JS")] = TextStringObject("app.alert(1)")
    return action


def _field(writer: PdfWriter, one: Made, widgets: ArrayObject) -> PdfObject:
    parts = one.name.split(".")
    node = _names(FT=one.kind)
    node[NameObject("/T")] = TextStringObject(parts[-1])
    node[NameObject("/Ff")] = NumberObject((1 << 15) if len(one.states) > 1 else 0)
    if one.title:
        node[NameObject("/TU")] = TextStringObject(one.title)
    node.update({NameObject(key): value for key, value in one.extra.items()})
    if one.options:
        node[NameObject("/Opt")] = ArrayObject(
            ArrayObject([TextStringObject(stored), TextStringObject(shown)]) for stored, shown in one.options
        )
    if one.kind == "Btn":
        node[NameObject("/V")] = NameObject(f"/{one.value or 'Off'}")
        kids = ArrayObject(_widget(writer, one, widgets, state) for state in one.states)
        node[NameObject("/Kids")] = kids
    else:
        values = [one.value] if isinstance(one.value, str) else list(one.value)
        texts = [TextStringObject(value) for value in values]
        node[NameObject("/V")] = texts[0] if len(texts) == 1 else ArrayObject(texts)
        node.update(_place(one.flags))
    reference = writer._add_object(node)
    if one.kind != "Btn":
        widgets.append(reference)
    for part in reversed(parts[:-1]):
        above = DictionaryObject({NameObject("/Kids"): ArrayObject([reference])})
        above[NameObject("/T")] = TextStringObject(part)
        reference = writer._add_object(above)
    return reference


def _place(flags: int) -> DictionaryObject:
    widget = _names(Type="Annot", Subtype="Widget")
    widget[NameObject("/Rect")] = ArrayObject(FloatObject(number) for number in (50, 700, 250, 720))
    widget[NameObject("/F")] = NumberObject(4 | flags)
    return widget


def _widget(writer: PdfWriter, one: Made, widgets: ArrayObject, state: str) -> PdfObject:
    widget = _place(one.flags)
    drawn = {NameObject(f"/{name}"): writer._add_object(DecodedStreamObject()) for name in (state, "Off")}
    widget[NameObject("/AP")] = DictionaryObject({NameObject("/N"): DictionaryObject(drawn)})
    shown = (state if one.value == state else "Off") if one.shown is None else one.shown
    widget[NameObject("/AS")] = NameObject(f"/{shown}")
    reference = writer._add_object(widget)
    widgets.append(reference)
    return reference


IDENTITY = {FORM_PROPERTY: EVERY_TYPE.key, VERSION_PROPERTY: EVERY_TYPE.version}
FOOTER = footer_id(EVERY_TYPE.key, EVERY_TYPE.version)


def fields_of(form: FormDefinition, answers: Answers, *, named: bool) -> list[Made]:
    """Every question as a field: with the form's own keys as names, or with numbers as names and labels as titles."""
    made: list[Made] = []

    def add(key: str, title: str, **more: object) -> None:
        made.append(Made(key if named else f"Pole{len(made)}", "" if named else title, **more))  # type: ignore[arg-type]

    labels = {question.key: question.label for section in form.sections for question in section.fields}
    for leaf in form.leaves:
        title = f"{labels[leaf.group]}: {leaf.label}" if leaf.group else leaf.label
        answer = answers.get(leaf.key, "")
        if leaf.type == LeafType.CHOICES:
            for code, words in boxes_of(leaf):
                ticked = ON if answers.get(box_tag(leaf.key, code)) else ""
                add(box_tag(leaf.key, code), f"{title} {words}", kind="Btn", value=ticked)
        elif leaf.type == LeafType.CHOICE and leaf.key == "plec":
            codes = [option.code for option in leaf.options]
            chosen = next((option.code for option in leaf.options if option.label == answer), "")
            add(leaf.key, title, kind="Btn", value=chosen, states=codes)
        elif leaf.type == LeafType.CHOICE:
            options = [(str(number), option.label) for number, option in enumerate(leaf.options)]
            stored = next((number for number, label in options if label == answer), "")
            add(leaf.key, title, kind="Ch", value=stored, options=options)
        elif leaf.type in (LeafType.STATEMENT, LeafType.CONSENT):
            add(leaf.key, title, kind="Btn", value=ON if answer else "")
        else:
            add(leaf.key, title, value=str(answer))
            if leaf.type == LeafType.PESEL:
                add(box_tag(leaf.key, "brak"), "nie mam numeru PESEL", kind="Btn")
    return made
