"""What a blank form is written with: runs, paragraphs and content controls of WordprocessingML."""

import re
from collections.abc import Mapping
from typing import Final, cast

from lxml import etree

from forms.blank_marks import PLACEHOLDERS
from forms.wordml import MC, W14, Element, W
from models.form_definition import Leaf, LeafType

_MAX_TAG: Final = 64
"""Word refuses longer tags and titles of controls."""

RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES: Final[dict[str | None, str]] = {"w": W, "w14": W14, "r": RELATIONSHIPS, "mc": MC}
_XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


class Maker:
    """Makes elements of one namespace; ``qualified`` tells whether their attributes belong to it too."""

    def __init__(self, namespace: str, nsmap: Mapping[str | None, str], *, qualified: bool = False) -> None:
        self._namespace = namespace
        # The stubs do not know that lxml takes None for the default namespace.
        self._nsmap = cast(Mapping[str, str], nsmap)
        self._qualified = qualified

    def __call__(self, tag: str, /, *children: Element, text: str = "", **attributes: str | int) -> Element:
        element = etree.Element(f"{{{self._namespace}}}{tag}", None, self._nsmap)
        for key, value in attributes.items():
            element.set(f"{{{self._namespace}}}{key}" if self._qualified else key, str(value))
        if text:
            element.text = text
        element.extend(children)
        return element


el = Maker(W, _NAMESPACES, qualified=True)
el14 = Maker(W14, _NAMESPACES, qualified=True)


def valued(name: str, value: str | int) -> Element:
    """An element with a ``w:val``."""
    return el(name, val=value)


_LONELY_LETTER: Final = re.compile(r"(?<![^\s\u00a0(„\"/–-])([aiouwzAIOUWZ]) (?=\S)")
_SHORT_FORM: Final = re.compile(r"\b(nr|art\.|ust\.|lit\.|pkt|ul\.|al\.|tel\.|np\.|§) (?=\S)")
_TRAILING: Final = re.compile(r"(?<=\d) (?=(?:r\.|zł|%)(?![^\W\d_]))")


def tie(text: str) -> str:
    """The text with non-breaking spaces where a Polish line must not end: after one-letter words and ``nr``."""
    return _TRAILING.sub("\u00a0", _SHORT_FORM.sub("\\1\u00a0", _LONELY_LETTER.sub("\\1\u00a0", text)))


def text_run(text: str, *properties: Element) -> Element:
    """A run of text, with its spaces as they are."""
    content = el("t", text=text)
    content.set(_XML_SPACE, "preserve")
    return el("r", el("rPr", *properties), content) if properties else el("r", content)


def paragraph_in(style: str, *content: Element, keep: bool = False) -> Element:
    """A paragraph in one of the form's styles. ``keep``: on one page with the next."""
    properties = [valued("pStyle", style)]
    if keep:
        properties.append(el("keepNext"))
    return el("p", el("pPr", *properties), *content)


def words_in(style: str, text: str, *, keep: bool = False) -> Element:
    """A paragraph of words, with lines that end where Polish ones may."""
    return paragraph_in(style, text_run(tie(text)), keep=keep)


def page_field(instruction: str) -> Element:
    """A number that Word reckons: of this page, or of all."""
    return el("fldSimple", text_run("1"), instr=f" {instruction} ")


class Controls:
    """Makes the content controls of one document, each with an id of its own.

    The order of the elements in ``w:sdtPr`` is that of the schema (ISO/IEC 29500-4, CT_SdtPr); Word insists on it.
    """

    def __init__(self) -> None:
        self._count = 0

    def _properties(self, tag: str, title: str) -> list[Element]:
        self._count += 1
        found = [valued("alias", title if len(title) <= _MAX_TAG else title[: _MAX_TAG - 1] + "…")]
        if len(tag) <= _MAX_TAG:
            found.append(valued("tag", tag))
        return [*found, valued("id", 410_000_000 + self._count), valued("lock", "sdtLocked")]

    def answer(self, leaf: Leaf) -> Element:
        """A control to type into or to choose from, showing its placeholder."""
        kind: Element
        if leaf.type == LeafType.DATE:
            kind = el(
                "date",
                valued("dateFormat", "dd.MM.yyyy"),
                valued("lid", "pl-PL"),
                valued("storeMappedDataAs", "dateTime"),
                valued("calendar", "gregorian"),
            )
        elif leaf.type == LeafType.CHOICE:
            items = [el("listItem", displayText=option.label, value=option.code) for option in leaf.options]
            kind = el("dropDownList", *items)
        else:
            # LibreOffice turns controls of plain text into input fields that show no placeholder.
            kind = el("richText")
        properties = [
            *self._properties(leaf.key, leaf.label),
            el("placeholder", valued("docPart", part_name(leaf.type))),
            el("showingPlcHdr"),
            kind,
        ]
        shown = text_run(PLACEHOLDERS[leaf.type], valued("rStyle", "PlaceholderText"))
        return el("sdt", el("sdtPr", *properties), el("sdtContent", shown))

    def box(self, tag: str, title: str) -> Element:
        """A check box, not ticked."""
        font = "MS Gothic"
        state = el14(
            "checkbox",
            el14("checked", val=0),
            el14("checkedState", val="2612", font=font),
            el14("uncheckedState", val="2610", font=font),
        )
        sign = text_run("☐", el("rFonts", ascii=font, hAnsi=font, eastAsia=font, hint="eastAsia"))
        return el("sdt", el("sdtPr", *self._properties(tag, title), state), el("sdtContent", sign))


def part_name(leaf_type: LeafType) -> str:
    """Name of the glossary part that holds the placeholder of a type."""
    return f"nabor_{leaf_type.value}"


WIDTH: Final = 9638
"""Text width of the page in twentieths of a point: A4 less 2 cm on either side."""
