"""The WordprocessingML that people's programs write, in strings: text, tables, controls, fields, text boxes, a file."""

import io
import zipfile
from html import escape
from typing import Final

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006"
_MICROSOFT: Final = "http://schemas.microsoft.com/office/word/2010"
NAMESPACES: Final = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:w14="{_MICROSOFT}/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    f'xmlns:wps="{_MICROSOFT}/wordprocessingShape" '
    f'xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" mc:Ignorable="w14 w15"'
)
FILLER: Final = "…" * 24
UNDERSCORES: Final = "_" * 30


def text(words: str) -> str:
    return f'<w:t xml:space="preserve">{escape(words, quote=False)}</w:t>'


def run(words: str, properties: str = "") -> str:
    """A run; line breaks of the text become breaks of the line."""
    inside = "<w:br/>".join(text(line) for line in words.split("\n"))
    return f"<w:r><w:rPr>{properties}</w:rPr>{inside}</w:r>" if properties else f"<w:r>{inside}</w:r>"


def symbol(char: str, font: str = "Wingdings") -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'


def in_font(char: str, font: str) -> str:
    return run(char, f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}"/>')


def struck(words: str) -> str:
    return run(words, "<w:strike/>")


def paragraph(*runs: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def words(line: str, style: str = "") -> str:
    return paragraph(run(line), style=style)


def cell(*content: str, span: int = 1, merge: str = "", width: int = 3000) -> str:
    """A cell of paragraphs; bare runs are put into one."""
    blocks = [piece if piece.startswith(("<w:p>", "<w:tbl>")) else paragraph(piece) for piece in content]
    blocks = blocks or [paragraph()]
    if blocks[-1].startswith("<w:tbl>"):
        blocks.append(paragraph())
    properties = f'<w:tcW w:w="{width * span}" w:type="dxa"/>'
    properties += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties += {"": "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[merge]
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(blocks)}</w:tc>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


_EDGES: Final = "".join(f'<w:{edge} w:val="single" w:sz="4"/>' for edge in
                        ("top", "left", "bottom", "right", "insideH", "insideV"))  # fmt: skip


def table(*rows: str, columns: int = 2, width: int = 9000) -> str:
    grid = f'<w:gridCol w:w="{width // columns}"/>' * columns
    properties = f'<w:tblW w:w="{width}" w:type="dxa"/><w:tblBorders>{_EDGES}</w:tblBorders>'
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


# Controls and fields


class Numbers:
    """Ids, each once."""

    def __init__(self) -> None:
        self._last = 1000

    def next(self) -> int:
        self._last += 1
        return self._last


def control(
    number: int, content: str, *, kind: str = "<w:text/>", tag: str = "", alias: str = "", prompt: bool = False
) -> str:
    """A content control; ``content`` decides at which level it stands."""
    properties = f'<w:id w:val="{number}"/>'
    properties += f'<w:alias w:val="{escape(alias)}"/>' if alias else ""
    properties += f'<w:tag w:val="{escape(tag)}"/>' if tag else ""
    properties += ("<w:showingPlcHdr/>" if prompt else "") + kind
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def drop_down(number: int, shown: str, options: tuple[str, ...], *, prompt: bool) -> str:
    items = "".join(f'<w:listItem w:displayText="{escape(o)}" w:value="{escape(o)}"/>' for o in options)
    return control(number, run(shown), kind=f"<w:dropDownList>{items}</w:dropDownList>", prompt=prompt)


def check_box(number: int, *, checked: bool) -> str:
    state = (
        f'<w14:checkbox><w14:checked w14:val="{int(checked)}"/><w14:checkedState w14:val="2612" '
        'w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>'
    )
    return control(number, in_font("☒" if checked else "☐", "MS Gothic"), kind=state)


def form_field(name: str, data: str, instruction: str, shown: str = "") -> str:
    def mark(kind: str, inside: str = "") -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}">{inside}</w:fldChar></w:r>'

    begin = mark("begin", f'<w:ffData><w:name w:val="{name}"/><w:enabled/><w:calcOnExit w:val="0"/>{data}</w:ffData>')
    code = f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
    return begin + code + mark("separate") + (shown and run(shown)) + mark("end")


def form_box(name: str, *, checked: bool) -> str:
    state = '<w:checked w:val="1"/>' if checked else ""
    return form_field(name, f'<w:checkBox><w:sizeAuto/><w:default w:val="0"/>{state}</w:checkBox>', "FORMCHECKBOX")


def form_text(name: str, answer: str) -> str:
    # An empty field of Word shows five wide spaces.
    return form_field(name, "<w:textInput/>", "FORMTEXT", answer or "\u2002" * 5)


def form_list(name: str, options: tuple[str, ...], chosen: int) -> str:
    entries = "".join(f'<w:listEntry w:val="{escape(option[:255])}"/>' for option in options)
    result = f'<w:result w:val="{chosen}"/>' if chosen else ""
    return form_field(name, f"<w:ddList>{result}{entries}</w:ddList>", "FORMDROPDOWN")


def text_box(number: int, *paragraphs: str) -> str:
    """A run with a text box as Word writes it: the drawing, and the same again for old versions."""
    content = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    drawing = (
        '<w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" '
        'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="column"><wp:posOffset>2500000</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        '<wp:extent cx="3000000" cy="300000"/><wp:wrapSquare wrapText="bothSides"/>'
        f'<wp:docPr id="{number}" name="Pole tekstowe {number}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{_MICROSOFT}/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>'
        '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="3000000" cy="300000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )
    old = (
        f'<w:pict><v:shape id="box{number}" type="#_x0000_t202" style="position:absolute;width:236pt;height:24pt">'
        f"<v:textbox>{content}</v:textbox></v:shape></w:pict>"
    )
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"
    )


# The file


def inserted(runs: str) -> str:
    return f'<w:ins w:id="9001" w:author="Ktoś" w:date="2018-06-01T10:00:00Z">{runs}</w:ins>'


def deleted(old: str) -> str:
    content = f'<w:r><w:delText xml:space="preserve">{escape(old, quote=False)}</w:delText></w:r>'
    return f'<w:del w:id="9002" w:author="Ktoś" w:date="2018-06-01T10:00:00Z">{content}</w:del>'


_STYLES: Final = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Tytu"><w:name w:val="Title"/><w:basedOn w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Nagwek1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
    '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
)


def package(body: str, *, footer: str = "") -> bytes:
    """A .docx with this body; ``footer`` is a line at the foot of every page."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    page = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1000" w:right="1000" w:bottom="1000" w:left="1000" '
    page += 'w:header="500" w:footer="500" w:gutter="0"/>'
    reference = '<w:footerReference w:type="default" r:id="rId2"/>' if footer else ""
    related = f'<Relationship Id="rId1" Type="{OFFICE}/styles" Target="styles.xml"/>'
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{kind}.{content}+xml"/>'
        for name, content in (("document", "document.main"), ("styles", "styles"), ("footer1", "footer"))
        if footer or name != "footer1"
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="{rels}"/><Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/styles.xml": f"<w:styles {NAMESPACES}>{_STYLES}</w:styles>",
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}<w:sectPr>{reference}{page}</w:sectPr>"
        "</w:body></w:document>",
    }
    if footer:
        related += f'<Relationship Id="rId2" Type="{OFFICE}/footer" Target="footer1.xml"/>'
        parts["word/footer1.xml"] = f"<w:ftr {NAMESPACES}>{words(footer)}</w:ftr>"
    parts["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'
    return zipped({name: content.encode() for name, content in parts.items()})


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content if content.startswith(b"<?xml") else b'<?xml version="1.0"?>' + content)
    return buffer.getvalue()
