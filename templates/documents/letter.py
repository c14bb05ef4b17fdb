"""A letter on paper (pismo): what a message says, for whoever is not written to by e-mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from docx.document import Document

from templates.polish import long_date
from templates.word_base import Align, Letterhead, bullets, paragraph, start, to_bytes

_ITEM = re.compile(r"– (.+)")


@dataclass(frozen=True, kw_only=True)
class LetterDocument:
    """Names the person and their address; lies under the person's key."""

    letterhead: Letterhead
    place: str
    written_on: date
    recipient: tuple[str, ...]
    """Name and address, in lines."""
    reference: str
    """What it is about, by number: „zgłoszenie R7QK-…”; empty when it is about none."""
    subject: str
    text: str
    """As the plain text of the mail: paragraphs apart by an empty line, items of a list behind a dash."""
    attachments: tuple[str, ...]
    contact: str
    """Where to call, write or come, on one line."""
    small_print: str
    signed_by: str


def letter(document_: LetterDocument) -> bytes:
    """The .docx letter, ready to be signed and posted, or to be attached in e-Doręczenia."""
    one = document_
    document = start(one.subject, one.letterhead, one.written_on)
    title = document.paragraphs[0]
    before = paragraph(document, f"{one.place}, {long_date(one.written_on)}", align=Align.RIGHT)
    title._p.addprevious(before._p)
    for line in one.recipient:
        title._p.addprevious(paragraph(document, line)._p)
    if one.reference:
        paragraph(document, f"Dotyczy: {one.reference}")
    _write(document, one.text)
    paragraph(document, f"Z poważaniem\n{one.signed_by}", align=Align.RIGHT)
    if one.attachments:
        paragraph(document, "Załączniki:", bold=True, keep_with_next=True)
        bullets(document, one.attachments)
    paragraph(document, f"Kontakt: {one.contact}")
    _write(document, one.small_print)
    return to_bytes(document)


def _write(document: Document, text: str) -> None:
    for lines in _blocks(text):
        items = [_ITEM.fullmatch(line) for line in lines]
        if all(items):
            bullets(document, [item.group(1) for item in items if item])
            continue
        for line, item in zip(lines, items, strict=True):
            if item:
                bullets(document, [item.group(1)])
            else:
                paragraph(document, line)


def _blocks(text: str) -> Iterator[list[str]]:
    """Paragraphs as lists of lines."""
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield lines
            lines = []
