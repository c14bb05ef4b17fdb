"""Tables of a Word document, their rows and cells, as XML made in one go."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import oxml_parser
from lxml import etree

from templates.polish import nbsp

SHADE = "EDEDED"


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True)
class Box:
    """A cell of a table with a box to tick. ``tag`` names it to programs, ``title`` says to people what it means."""

    tag: str
    title: str


_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Text without the characters that XML cannot hold; line ends as ``\\n``."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _twips(width_cm: float) -> str:
    return str(round(width_cm * 1440 / 2.54))


def _element(tag: str, **attributes: str) -> etree._Element:
    element: etree._Element = oxml_parser.makeelement(_name(tag), nsmap=_NAMES)
    for name, value in attributes.items():
        element.set(_name(name), value)
    return element


_NAMES = {"w": nsmap["w"]}


@cache
def _name(tag: str) -> str:
    return qn(f"w:{tag}")


def table_element(widths_cm: Sequence[float], caption: str, *, first_row: bool, borders: bool) -> etree._Element:
    """An empty table; children in the order that the schema asks for."""
    table = _element("tbl")
    properties = _element("tblPr")
    properties.append(_element("tblStyle", val="TableGrid" if borders else "TableNormal"))
    properties.append(_element("tblW", w=_twips(sum(widths_cm)), type="dxa"))
    properties.append(_element("jc", val="center"))
    properties.append(_element("tblLayout", type="fixed"))
    margins = _element("tblCellMar")
    for side, twips in (("top", "28"), ("left", "85"), ("bottom", "28"), ("right", "85")):
        margins.append(_element(side, w=twips, type="dxa"))
    properties.append(margins)
    properties.append(_element("tblLook", val="0420" if first_row else "0480"))
    properties.append(_element("tblCaption", val=clean(caption)))
    table.append(properties)
    grid = _element("tblGrid")
    for width in widths_cm:
        grid.append(_element("gridCol", w=_twips(width)))
    table.append(grid)
    return table


def table_row(*, header: bool, height_cm: float) -> etree._Element:
    """An empty row, of at least this height; a header row repeats on each page."""
    row = _element("tr")
    properties = _element("trPr")
    properties.append(_element("cantSplit"))
    if height_cm:
        properties.append(_element("trHeight", val=_twips(height_cm), hRule="atLeast"))
    if header:
        properties.append(_element("tblHeader"))
    row.append(properties)
    return row


def table_cell(
    text: str, width_cm: float, align: Align, *, bold: bool = False, shaded: bool = False, keep: bool = False
) -> etree._Element:
    """A cell with a text. ``keep``: on one page with the row below."""
    cell = _element("tc")
    properties = _element("tcPr")
    properties.append(_element("tcW", w=_twips(width_cm), type="dxa"))
    if shaded:
        properties.append(_element("shd", val="clear", color="auto", fill=SHADE))
    properties.append(_element("vAlign", val="center"))
    cell.append(properties)
    written = _element("p")
    format_ = _element("pPr")
    if keep:
        format_.append(_element("keepNext"))
    format_.append(_element("spacing", before="0", after="0"))
    format_.append(_element("jc", val=align.value))
    written.append(format_)
    written.append(_run(text, bold=bold, size=9))
    cell.append(written)
    return cell


def box_cell(box: Box, width_cm: float, *, keep: bool) -> etree._Element:
    """A check box as Word makes them: a click ticks it, and other programs show the sign."""
    cell = table_cell("☐", width_cm, Align.CENTER, keep=keep)
    run = next(cell.iter(qn("w:r")))
    control = _element("sdt")
    properties = _element("sdtPr")
    properties.append(_element("alias", val=box.title))
    properties.append(_element("tag", val=box.tag))
    check = etree.SubElement(properties, f"{{{_W14}}}checkbox", nsmap={"w14": _W14})
    etree.SubElement(check, f"{{{_W14}}}checked").set(f"{{{_W14}}}val", "0")
    for state, sign in (("checkedState", "2612"), ("uncheckedState", "2610")):
        shown = etree.SubElement(check, f"{{{_W14}}}{state}")
        shown.set(f"{{{_W14}}}val", sign)
        shown.set(f"{{{_W14}}}font", _BOX_FONT)
    fonts = _element("rFonts", ascii=_BOX_FONT, hAnsi=_BOX_FONT, eastAsia=_BOX_FONT, hint="eastAsia")
    next(run.iter(qn("w:rPr"))).insert(0, fonts)
    next(run.iter(qn("w:sz"))).set(qn("w:val"), "28")
    content = _element("sdtContent")
    run.addprevious(control)
    content.append(run)
    control.append(properties)
    control.append(content)
    return cell


_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_BOX_FONT = "MS Gothic"


def _run(text: str, *, bold: bool, size: int) -> etree._Element:
    run = _element("r")
    properties = _element("rPr")
    if bold:
        properties.append(_element("b"))
    properties.append(_element("sz", val=str(size * 2)))
    run.append(properties)
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            run.append(_element("br"))
        shown = _element("t")
        shown.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        shown.text = line
        run.append(shown)
    return run


def signature_cell(label: str, width_cm: float) -> etree._Element:
    """A cell with a dotted line and what it is for underneath; without a label it is empty."""
    cell = _element("tc")
    properties = _element("tcPr")
    properties.append(_element("tcW", w=_twips(width_cm), type="dxa"))
    cell.append(properties)
    written = _element("p")
    format_ = _element("pPr")
    format_.append(_element("keepNext"))
    if label:
        borders = _element("pBdr")
        borders.append(_element("top", val="dotted", sz="6", space="3", color="000000"))
        format_.append(borders)
    # Room above the line for a hand-written name, and a gap between neighbouring lines.
    format_.append(_element("spacing", before="680", after="0"))
    format_.append(_element("ind", left="170", right="170"))
    format_.append(_element("jc", val="center"))
    written.append(format_)
    written.append(_run(nbsp(label), bold=False, size=8))
    cell.append(written)
    return cell
