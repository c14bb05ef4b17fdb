"""The shapes in which a form comes back: the office's own blank, and what people make of it.

A layout is a function from a pen (one person's answers in one encoding) to the bytes of a .docx file.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from form_filling import HEADER, without_tags
from lxml import etree

from forms.blank_marks import box_tag, footer_id
from forms.blanks import write_blank
from generated import wordml as w
from generated.encodings import Manner
from generated.pen import DIGITS, TICKED, Pen, groups
from models.form_definition import FormSection, Leaf, LeafType

Layout: TypeAlias = Callable[[Pen], bytes]
Write: TypeAlias = Callable[[Pen], str]
"""The body of a document."""

# --- the office's blank, filled in where it asks ----------------------------------------------------------------------


def official(pen: Pen) -> bytes:
    """The blank of the office; each control overwritten by what the encoding puts there."""
    blank = write_blank(pen.form, HEADER)
    with zipfile.ZipFile(io.BytesIO(blank)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    root = etree.fromstring(parts["word/document.xml"])
    # The statements of the blank name the leaf in their tags, boxes of several name leaf and option.
    leaves = {leaf.key: (leaf, "") for leaf in pen.form.leaves}
    leaves |= {box_tag(leaf.key, o.code): (leaf, o.code) for leaf in pen.form.leaves for o in leaf.options}
    for sdt in list(root.iter(f"{{{w.W}}}sdt")):
        tag = sdt.find(f"{{{w.W}}}sdtPr/{{{w.W}}}tag")
        name = "" if tag is None else str(tag.get(f"{{{w.W}}}val"))
        if name in leaves:
            _fill(pen, sdt, *leaves[name])
    for leaf in pen.form.leaves:
        _misspell(pen, root, leaf)
    if pen.tracked:
        body = root[0]
        body.insert(len(body) - 1, _element(w.paragraph(w.deleted("Nazwisko: Usunięta"))))
    parts["word/document.xml"] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return w.zipped(parts)


def official_without_tags(pen: Pen) -> bytes:
    """The same, with tags, titles and marks of prompts lost, as a program may save it."""
    return without_tags(official(pen))


def _fill(pen: Pen, sdt: etree._Element, leaf: Leaf, code: str) -> None:
    answer = pen.answer(leaf)
    if leaf.type in TICKED:
        # Where words are typed, the box has been deleted for them.
        new = pen.tick(leaf) or w.run(" ")
    elif code:
        if pen.encoding.manner in (Manner.WORDS, Manner.STRUCK):
            # The line of the box becomes the words; the others go, as people delete what does not apply.
            _reword(pen, sdt, leaf, code)
            return
        new = pen.box(code in answer.chosen)
    elif leaf.options and pen.encoding.manner in (Manner.STRUCK, Manner.OLD_LIST, Manner.BOXES):
        new = pen.inline(leaf)
    elif not answer.typed:
        return
    else:
        new = ""
    content = sdt.find(f"{{{w.W}}}sdtContent")
    assert content is not None
    if new:
        # Another way of answering stands in the place of the control.
        _replace(sdt, new)
        return
    flag = sdt.find(f"{{{w.W}}}sdtPr/{{{w.W}}}showingPlcHdr")
    if flag is not None:
        flag.getparent().remove(flag)  # type: ignore[union-attr]
    for child in list(content):
        content.remove(child)
    for run in _elements(pen.wrote(answer.typed)):
        content.append(run)


def _reword(pen: Pen, sdt: etree._Element, leaf: Leaf, code: str) -> None:
    paragraph = next(sdt.iterancestors(f"{{{w.W}}}p"))
    cell = paragraph.getparent()
    assert cell is not None
    paragraphs = [one for one in cell if one.tag == f"{{{w.W}}}p"]
    if code == leaf.options[0].code:
        fresh = _element(w.paragraph(pen.inline(leaf)))
        cell.replace(paragraph, fresh)
    elif len(paragraphs) > 1:
        cell.remove(paragraph)


def _misspell(pen: Pen, root: etree._Element, leaf: Leaf) -> None:
    """Spoils the words of a label where they stand in the blank; its tag remains."""
    wrong = pen.misspelt.get(leaf.key)
    for text in root.iter(f"{{{w.W}}}t") if wrong else ():
        if (text.text or "").replace("\u00a0", " ").removesuffix("*").strip() == leaf.label:
            text.text = wrong
            return


def _elements(runs: str) -> list[etree._Element]:
    return list(_element(f"<w:p>{runs}</w:p>"))


def _element(xml: str) -> etree._Element:
    return etree.fromstring(f"<w:root {w.NAMESPACES}>{xml}</w:root>")[0]


def _replace(old: etree._Element, runs: str) -> None:
    parent = old.getparent()
    assert parent is not None
    position = parent.index(old)
    parent.remove(old)
    for number, run in enumerate(_elements(runs)):
        parent.insert(position + number, run)


# --- layouts people make ----------------------------------------------------------------------------------------------


def _form(write: Write, *, footer: bool = False, titled: bool = True) -> Layout:
    def layout(pen: Pen) -> bytes:
        head = [w.words(pen.form.title, style="Tytu")] if titled else []
        tail = [w.words("……………………………………………"), w.words(pen.form.signature_line)]
        tail += [w.words(part) for part in pen.form.closing.split("\n\n")]
        gone = [w.paragraph(w.deleted("Nazwisko: Usunięta"))] if pen.tracked else []
        body = "".join([*head, write(pen), *gone, *tail])
        return w.package(body, footer=footer_id(pen.form.key, pen.form.version) if footer else "")

    return layout


def _sections(pen: Pen) -> Iterator[tuple[str, FormSection]]:
    for section in pen.form.sections:
        heading = w.words(section.title, style="Nagwek1")
        yield heading + (w.words(section.intro) if section.intro else ""), section


def _ticks(section: FormSection) -> list[Leaf]:
    return [leaf for one in section.fields for leaf in one.leaves() if leaf.type in TICKED]


def _asked(section: FormSection) -> Iterator[tuple[str, str, tuple[Leaf, ...]]]:
    """Heading of the group, help and leaves of each question that is no statement."""
    for one in section.fields:
        heading, leaves = groups(one)
        if leaves[0].type not in TICKED:
            yield heading, one.help, leaves


def _tick_table(pen: Pen, section: FormSection) -> str:
    """Statements in a table: box and words, or words and „tak”."""
    ticks = _ticks(section)
    if not ticks:
        return ""
    rows = []
    for leaf in ticks:
        mark, label = w.cell(w.paragraph(pen.tick(leaf)), width=1000), w.cell(w.run(pen.label(leaf)), width=8000)
        rows.append(w.row(mark, label) if pen.ticks_stand_before else w.row(label, mark))
    return w.table(*rows) + w.paragraph()


def _tick_lines(pen: Pen, section: FormSection) -> str:
    lines = []
    for leaf in _ticks(section):
        if pen.ticks_stand_before:
            lines.append(w.paragraph(pen.tick(leaf), w.run(f" {pen.label(leaf)}")))
        else:
            lines.append(w.paragraph(w.run(f"{pen.label(leaf)}: "), pen.tick(leaf)))
    return "".join(lines)


def _cells(pen: Pen) -> str:
    """A table of two columns: the label, and the answer beside it."""
    body = ""
    for heading, section in _sections(pen):
        rows = []
        for group, note, leaves in _asked(section):
            if group:
                rows.append(w.row(w.cell(w.run(group), span=2)))
            for leaf in leaves:
                label = [w.words(pen.label(leaf)), *([w.words(note)] if note and not group else [])]
                rows.append(w.row(w.cell(*label), w.cell(*map(w.paragraph, pen.lines(leaf)))))
        body += heading + (w.table(*rows) + w.paragraph() if rows else "") + _tick_table(pen, section)
    return body


def _title_rows(pen: Pen) -> str:
    """Labels in one row, answers in the row below; wide answers in a table of one column."""
    body = ""
    for heading, section in _sections(pen):
        body += heading
        waiting: list[Leaf] = []

        def flush(waiting: list[Leaf] = waiting) -> str:
            if not waiting:
                return ""
            labels = w.row(*(w.cell(w.run(pen.label(leaf))) for leaf in waiting))
            values = w.row(*(w.cell(*map(w.paragraph, pen.lines(leaf))) for leaf in waiting))
            made = w.table(labels, values, columns=len(waiting)) + w.paragraph()
            waiting.clear()
            return made

        for group, _, leaves in _asked(section):
            if group:
                body += flush() + w.words(group)
            for leaf in leaves:
                if leaf.type in (LeafType.CHOICES, LeafType.LONG_TEXT):
                    body += flush()
                    waiting.append(leaf)
                    body += flush()
                    continue
                waiting.append(leaf)
                body += flush() if len(waiting) == 3 else ""
            body += flush() if group else ""
        body += flush() + _tick_table(pen, section)
    return body


def _one_cell(pen: Pen) -> str:
    """Label and answer in one cell: a break of the line or a new paragraph between them."""
    body = ""
    for heading, section in _sections(pen):
        cells: list[str] = []
        rows: list[str] = []
        for group, _, leaves in _asked(section):
            if group:
                rows += [w.row(*cells)] if cells else []
                cells = []
                rows.append(w.row(w.cell(w.run(group), span=2)))
            for leaf in leaves:
                answer = pen.lines(leaf)
                if len(answer) == 1 and pen.dice.randrange(2):
                    cells.append(w.cell(w.paragraph(w.run(pen.label(leaf) + "\n"), *answer)))
                else:
                    cells.append(w.cell(w.words(pen.label(leaf)), *map(w.paragraph, answer)))
                if len(cells) == 2:
                    rows.append(w.row(*cells))
                    cells = []
        rows += [w.row(*cells)] if cells else []
        body += heading + (w.table(*rows) + w.paragraph() if rows else "") + _tick_table(pen, section)
    return body


def _label_above(pen: Pen) -> str:
    """A table of one column, or bare lines: the label, and the answer under it."""
    body = ""
    for number, (heading, section) in enumerate(_sections(pen)):
        body += heading
        for group, note, leaves in _asked(section):
            body += w.words(group) if group else ""
            for leaf in leaves:
                # One section in tables; the other as bare lines, whose empty answers are empty lines.
                if number % 2:
                    rows = w.row(w.cell(w.run(pen.label(leaf)))), w.row(w.cell(*map(w.paragraph, pen.lines(leaf))))
                    body += w.table(*rows, columns=1) + w.paragraph()
                else:
                    body += w.words(pen.label(leaf)) + (w.words(note) if note and not group else "")
                    body += "".join(map(w.paragraph, pen.lines(leaf)))
        body += _tick_lines(pen, section)
    return body


def _dotted(pen: Pen) -> str:
    """A line a question, the answer typed into the dots."""
    body = ""
    for heading, section in _sections(pen):
        body += heading
        for group, note, leaves in _asked(section):
            body += w.words(group) if group else ""
            for leaf in leaves:
                if leaf.options and pen.encoding.manner == Manner.BOXES and leaf.type == LeafType.CHOICES:
                    body += w.words(f"{pen.label(leaf)}:") + (w.words(note) if note else "")
                    body += "".join(map(w.paragraph, pen.lines(leaf)))
                elif leaf.options:
                    body += w.paragraph(w.run(f"{pen.label(leaf)}: "), pen.inline(leaf))
                else:
                    dots = w.FILLER[: pen.dice.randrange(3, 20)]
                    body += w.paragraph(w.run(f"{pen.label(leaf)} {dots}"), pen.inline(leaf), w.run(w.FILLER))
        body += _tick_lines(pen, section)
    return body


def _shared_lines(pen: Pen) -> str:
    """Several questions on a line, underscored; a long answer goes on where the next line is underscored."""
    body = ""
    for heading, section in _sections(pen):
        body += heading
        for group, _, leaves in _asked(section):
            body += w.words(f"{group}:") if group else ""
            short = [leaf for leaf in leaves if not leaf.options and leaf.type != LeafType.LONG_TEXT]
            for first in range(0, len(short), 2):
                pair = short[first : first + 2]
                tabs = bool(pen.dice.randrange(2))
                pieces = [_underscored(pen, leaf, tabs=tabs) for leaf in pair]
                body += w.paragraph(w.run("\t" if tabs else "  ").join(pieces))
            for leaf in leaves:
                if leaf.type == LeafType.LONG_TEXT:
                    lines = pen.answer(leaf).typed.split("\n")
                    body += w.paragraph(w.run(f"{pen.label(leaf)}: {w.UNDERSCORES}{w.UNDERSCORES}"))
                    body += "".join(
                        w.paragraph(w.run("__"), pen.wrote(line), w.run(w.UNDERSCORES)) for line in (*lines, "")
                    )
                elif leaf.options:
                    body += w.paragraph(w.run(f"{pen.label(leaf)}: "), pen.inline(leaf))
        body += _tick_lines(pen, section)
    return body


def _underscored(pen: Pen, leaf: Leaf, *, tabs: bool) -> str:
    if tabs:
        return w.run(f"{pen.label(leaf)}:\t") + pen.inline(leaf)
    return w.run(f"{pen.label(leaf)} ____") + pen.inline(leaf) + w.run(w.UNDERSCORES)


def _digits(pen: Pen) -> str:
    """Numbers with one character a cell, in the row of the label or in a table of their own within its cell."""
    pen.one_digit_a_cell = True
    body = ""
    for heading, section in _sections(pen):
        body += heading
        rows: list[str] = []
        for group, _, leaves in _asked(section):
            if group:
                body += _flushed(rows) + w.words(group)
            for leaf in leaves:
                if leaf.type in DIGITS:
                    boxes = _boxes_of(leaf, pen)
                    if pen.dice.randrange(2) and leaf.type != LeafType.DATE:
                        inner = w.table(w.row(*boxes), columns=len(boxes), width=6000)
                        rows.append(w.row(w.cell(w.run(pen.label(leaf))), w.cell(inner, w.paragraph())))
                    else:
                        body += _flushed(rows)
                        label = w.cell(w.run(pen.label(leaf)), width=2000)
                        body += w.table(w.row(label, *boxes), columns=len(boxes) + 1) + w.paragraph()
                else:
                    rows.append(w.row(w.cell(w.run(pen.label(leaf))), w.cell(*map(w.paragraph, pen.lines(leaf)))))
            if group:
                body += _flushed(rows)
        body += _flushed(rows) + _tick_table(pen, section)
    return body


def _flushed(rows: list[str]) -> str:
    made = w.table(*rows) + w.paragraph() if rows else ""
    rows.clear()
    return made


def _boxes_of(leaf: Leaf, pen: Pen) -> list[str]:
    gold = pen.answer(leaf).gold
    digits = str(gold or "")
    if leaf.type == LeafType.DATE and digits:
        digits = f"{digits[8:]}-{digits[5:7]}-{digits[:4]}"
    sizes = {LeafType.PESEL: 11, LeafType.NIP: 10, LeafType.POSTCODE: 6, LeafType.DATE: 10}
    return [w.cell(w.paragraph(pen.wrote(digit.strip())), width=500) for digit in digits.ljust(sizes[leaf.type])]


def _text_boxes(pen: Pen) -> str:
    """Lines of labels, and the answers in text boxes laid over the page."""
    body = ""
    for heading, section in _sections(pen):
        body += heading
        for group, _, leaves in _asked(section):
            body += w.words(group) if group else ""
            for leaf in leaves:
                box = w.text_box(pen.numbers.next(), *map(w.paragraph, pen.lines(leaf)))
                body += w.paragraph(w.run(f"{pen.label(leaf)}:"), box)
        body += _tick_lines(pen, section)
    return body


def _joined(pen: Pen) -> str:
    """Four columns and no paragraph between the tables, so that programs join them; merged cells."""
    body = ""
    for heading, section in _sections(pen):
        rows: list[str] = []
        tables: list[str] = []
        for group, _, leaves in _asked(section):
            narrow = [leaf for leaf in leaves if not leaf.options and leaf.type != LeafType.LONG_TEXT]
            wide = [leaf for leaf in leaves if leaf not in narrow]
            if group:
                rows.append(w.row(w.cell(w.run(group), span=4)))
            for first in range(0, len(narrow), 2):
                pair = narrow[first : first + 2]
                cells = [
                    made
                    for leaf in pair
                    for made in (
                        w.cell(w.run(pen.label(leaf)), width=2000),
                        w.cell(w.paragraph(pen.inline(leaf)), width=2500),
                    )
                ]
                rows.append(w.row(*cells, *([w.cell(span=2, width=2250)] if len(pair) == 1 else [])))
            tables += [w.table(*rows, columns=4)] if rows else []
            rows = []
            for leaf in wide:
                lines = pen.lines(leaf)
                label = w.run(pen.label(leaf))
                if len(lines) > 1:
                    # One row an option, the label's cell merged down beside them.
                    made = [
                        w.row(
                            w.cell(label if not n else w.run(""), merge="continue" if n else "restart"),
                            w.cell(w.paragraph(line)),
                        )
                        for n, line in enumerate(lines)
                    ]
                    tables.append(w.table(*made))
                else:
                    tables.append(
                        w.table(w.row(w.cell(label, span=2), w.cell(*map(w.paragraph, lines), span=2)), columns=4)
                    )
        body += heading + "".join(tables) + (w.paragraph() if tables else "") + _tick_table(pen, section)
    return body


def _nested(pen: Pen) -> str:
    """A frame of one cell a section, the questions in tables within, groups in tables within those."""
    body = ""
    for heading, section in _sections(pen):
        rows: list[str] = []
        for group, _, leaves in _asked(section):
            inner = [w.row(w.cell(w.run(pen.label(o))), w.cell(*map(w.paragraph, pen.lines(o)))) for o in leaves]
            if group:
                rows.append(w.row(w.cell(w.run(group)), w.cell(w.table(*inner, width=6000))))
            else:
                rows += inner
        frame = w.table(w.row(w.cell(w.words(section.title), w.table(*rows), w.paragraph())), columns=1)
        body += (frame if rows else heading) + w.paragraph() + _tick_table(pen, section)
    return body


def _retyped(pen: Pen) -> str:
    """Typed anew, as on a phone: a line a question, dashes, no styles."""
    body = ""
    for _, section in _sections(pen):
        body += w.words(section.title.upper())
        for group, _, leaves in _asked(section):
            body += w.words(f"{group}:") if group else ""
            for leaf in leaves:
                dash = "- " if group else ""
                if leaf.type == LeafType.CHOICES and pen.encoding.manner == Manner.BOXES:
                    body += w.words(f"{pen.label(leaf)}")
                    body += "".join(map(w.paragraph, pen.lines(leaf)))
                else:
                    typed = pen.inline(leaf)
                    body += w.paragraph(w.run(f"{dash}{pen.label(leaf)}: "), typed)
        body += _tick_lines(pen, section)
    return body


def _old_fields(pen: Pen) -> str:
    """Form fields of old Word in the cells beside the labels."""
    pen.legacy = True
    return _cells(pen)


def _structured(pen: Pen) -> str:
    """Controls around rows and cells, in a repeating section; titles, no tags."""
    body = ""
    repeating = "<w15:repeatingSection/>"
    for heading, section in _sections(pen):
        rows: list[str] = []
        for group, _, leaves in _asked(section):
            made = [w.row(w.cell(w.run(group), span=2))] if group else []
            for leaf in leaves:
                # LibreOffice forgets breaks of lines in a control around a cell, so long answers are paragraphs.
                inside = w.cell(*(w.paragraph(line) for line in _lines_apart(pen, leaf)))
                # LibreOffice 7.4 makes plain text of what lies in such a control: strokes, fonts and boxes are gone
                # from the file, so only answers in words have one here.
                answer = inside if leaf.options else w.control(pen.numbers.next(), inside, kind="<w:richText/>")
                title = f"{group} – {leaf.label}" if group else leaf.label
                label = w.cell(w.run(pen.label(leaf)))
                row = w.control(pen.numbers.next(), w.row(label, answer), kind="<w:richText/>", alias=title[:60])
                made.append(row)
            rows.append(w.control(pen.numbers.next(), "".join(made), kind=repeating) if group else "".join(made))
        made_table = w.table(*rows) + w.paragraph() if rows else ""
        body += heading + made_table + _tick_table(pen, section)
    return body


def _lines_apart(pen: Pen, leaf: Leaf) -> list[str]:
    if leaf.type == LeafType.LONG_TEXT:
        return [pen.wrote(line) for line in pen.answer(leaf).typed.split("\n")]
    return pen.lines(leaf)


LAYOUTS: Final[dict[str, Layout]] = {
    "official": official,
    "official without tags": official_without_tags,
    "cells": _form(_cells),
    "title rows": _form(_title_rows),
    "one cell": _form(_one_cell),
    "label above": _form(_label_above),
    "dotted": _form(_dotted, footer=True, titled=False),
    "shared lines": _form(_shared_lines, footer=True),
    "digits": _form(_digits),
    "text boxes": _form(_text_boxes),
    "joined tables": _form(_joined),
    "nested tables": _form(_nested),
    "retyped": _form(_retyped),
    "old fields": _form(_old_fields),
    "structured": _form(_structured),
}
