"""How a blank form looks: its styles of paragraphs, placeholders and tables."""

from dataclasses import dataclass
from typing import Final

from forms.blank_elements import WIDTH, el, valued
from forms.wordml import Element, W

_INK: Final = "1F2A37"
_NAVY: Final = "1F3A5F"
_GREY: Final = "595959"


@dataclass(frozen=True)
class _Style:
    """A paragraph style. Sizes in half points, spacing and indents in twentieths of a point."""

    id: str
    name: str
    size: int = 20
    bold: bool = False
    italic: bool = False
    color: str = _INK
    before: int = 0
    after: int = 0
    align: str = "left"
    left: int = 0
    hanging: int = 0
    keep: bool = False
    outline: int | None = None
    border: str = ""
    border_color: str = "8A94A0"
    tabs: tuple[tuple[str, int], ...] = ()
    custom: bool = True


_STYLES: Final = (
    _Style("Title", "Title", 30, bold=True, color=_NAVY, before=200, after=60, align="center", keep=True, custom=False),
    _Style("Subtitle", "Subtitle", 20, color=_GREY, after=200, align="center", custom=False),
    _Style(
        "Heading1", "heading 1", 24, bold=True, color=_NAVY, before=240, after=80, keep=True, outline=0, custom=False
    ),
    _Style("Footer", "footer", 16, color=_GREY, border="top", tabs=(("right", WIDTH),), custom=False),
    _Style("FormText", "Formularz – tekst", after=100),
    _Style("FormOffice", "Formularz – adnotacje biura", 16, color=_GREY, before=60, align="right"),
    _Style("FormLabel", "Formularz – pytanie", bold=True, before=50, after=30),
    _Style("FormHelp", "Formularz – objaśnienie", 17, color=_GREY, after=50),
    _Style("FormAnswer", "Formularz – odpowiedź", before=50, after=50),
    _Style("FormBox", "Formularz – kratka", before=20, after=20, left=397, hanging=397, tabs=(("left", 397),)),
    _Style("FormTick", "Formularz – oświadczenie", 24, align="center"),
    _Style("FormGap", "Formularz – odstęp", 8),
    _Style("FormSignature", "Formularz – podpis", 17, color=_GREY, before=1300, after=320, align="center", left=4820,
           border="top"),
    _Style("FormNotice", "Formularz – informacja", 16, color=_GREY, after=80, align="both"),
    _Style("FormFunding", "Formularz – finansowanie", 16, color=_GREY, after=40, align="center"),
    _Style("FormProject", "Formularz – projekt", 18, bold=True, color=_NAVY, after=40, align="center"),
    _Style("FormUnit", "Formularz – biuro", 16, color=_GREY, after=60, align="center", border="bottom"),
)  # fmt: skip


def _paragraph_style(style: _Style) -> Element:
    paragraph: list[Element] = []
    if style.keep:
        paragraph += [el("keepNext"), el("keepLines")]
    if style.border:
        paragraph.append(el("pBdr", el(style.border, val="single", sz=4, space=4, color=style.border_color)))
    if style.tabs:
        paragraph.append(el("tabs", *(el("tab", val=kind, pos=position) for kind, position in style.tabs)))
    paragraph.append(el("spacing", before=style.before, after=style.after))
    if style.left or style.hanging:
        paragraph.append(el("ind", left=style.left, hanging=style.hanging))
    paragraph.append(valued("jc", style.align))
    if style.outline is not None:
        paragraph.append(valued("outlineLvl", style.outline))
    run: list[Element] = []
    if style.bold:
        run.append(el("b"))
    if style.italic:
        run.append(el("i"))
    run += [valued("color", style.color), valued("sz", style.size), valued("szCs", style.size)]
    element = el(
        "style",
        valued("name", style.name),
        valued("basedOn", "Normal"),
        *([valued("next", "Normal")] if style.keep else []),
        el("qFormat"),
        el("pPr", *paragraph),
        el("rPr", *run),
        type="paragraph",
        styleId=style.id,
    )
    if style.custom:
        element.set(f"{{{W}}}customStyle", "1")
    return element


def styles() -> Element:
    """The style sheet of the document, and of its glossary."""
    font = "Arial"
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    return el(
        "styles",
        el(
            "docDefaults",
            el(
                "rPrDefault",
                el(
                    "rPr",
                    el("rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font),
                    valued("sz", 20),
                    valued("szCs", 20),
                    el("lang", val="pl-PL", eastAsia="pl-PL", bidi="ar-SA"),
                ),
            ),
            el("pPrDefault", el("pPr", el("spacing", after=0, line=252, lineRule="auto"))),
        ),
        el("style", valued("name", "Normal"), el("qFormat"), type="paragraph", default=1, styleId="Normal"),
        el(
            "style",
            valued("name", "Default Paragraph Font"),
            valued("uiPriority", 1),
            el("semiHidden"),
            type="character",
            default=1,
            styleId="DefaultParagraphFont",
        ),
        el(
            "style",
            valued("name", "Placeholder Text"),
            valued("basedOn", "DefaultParagraphFont"),
            el("rPr", valued("color", "6B7280")),
            type="character",
            styleId="PlaceholderText",
        ),
        el(
            "style",
            valued("name", "Normal Table"),
            valued("uiPriority", 99),
            el("semiHidden"),
            el(
                "tblPr",
                el("tblInd", w=0, type="dxa"),
                el(
                    "tblCellMar",
                    el("top", w=0, type="dxa"),
                    el("left", w=108, type="dxa"),
                    el("bottom", w=0, type="dxa"),
                    el("right", w=108, type="dxa"),
                ),
            ),
            type="table",
            default=1,
            styleId="TableNormal",
        ),
        el(
            "style",
            valued("name", "Formularz – tabela"),
            valued("basedOn", "TableNormal"),
            el(
                "tblPr",
                el("tblBorders", *(el(edge, val="single", sz=4, space=0, color="A6AEB8") for edge in edges)),
                el("tblCellMar", el("top", w=45, type="dxa"), el("bottom", w=45, type="dxa")),
            ),
            type="table",
            customStyle=1,
            styleId="FormTable",
        ),
        *(_paragraph_style(style) for style in _STYLES),
    )
