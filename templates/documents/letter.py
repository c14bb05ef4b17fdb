"""A letter on paper (pismo): what a message says, for whoever is not written to by e-mail."""

from dataclasses import dataclass
from datetime import date

from docx.document import Document

from templates.markdown import Block
from templates.polish import long_date
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import bullets, heading, paragraph


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
    greeting: str
    words: tuple[Block, ...]
    attachments: tuple[str, ...]
    contact: str
    """Where to call, write or come, on one line."""
    small_print: tuple[str, ...]
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
    if one.greeting:
        paragraph(document, one.greeting)
    _write(document, one.words)
    paragraph(document, f"Z poważaniem\n{one.signed_by}", align=Align.RIGHT)
    if one.attachments:
        paragraph(document, "Załączniki:", bold=True, keep_with_next=True)
        bullets(document, one.attachments)
    paragraph(document, f"Kontakt: {one.contact}")
    for line in one.small_print:
        paragraph(document, line)
    return to_bytes(document)


def _write(document: Document, words: tuple[Block, ...]) -> None:
    for one in words:
        match one.kind:
            case "heading":
                heading(document, one.text)
            case "item":
                bullets(document, [one.text])
            case _:
                paragraph(document, one.mark.lstrip() + one.text)
