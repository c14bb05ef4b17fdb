"""Agreement of institutions (porozumienie) and the accession sheet (karta przystąpienia) by which one joins later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from docx.document import Document

from templates.polish import long_date
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, data_table, heading, key_values, paragraph, signature_lines

UNKNOWN = "……………………"
"""What is still to be filled in by hand."""


@dataclass(frozen=True, kw_only=True)
class AgreementParty:
    """An institution as the agreement names it, with everybody who signs for it: name and function."""

    name: str
    seat: str
    signatories: tuple[tuple[str, str], ...]
    since: date | None = None
    """Since when it has been a party; it does not sign again."""


@dataclass(frozen=True, kw_only=True)
class AgreementDocument:
    """The clauses are the project's. An accession sheet names one party: the one that joins."""

    letterhead: Letterhead
    issued_on: date
    title: str
    code: str
    number: int = 0
    """Which text of the agreement it is; a sheet has none."""
    area: str
    sign_by: date
    parties: Sequence[AgreementParty]
    preamble: Sequence[str]
    subject: Sequence[str]
    commitments: Sequence[str]
    accession: Sequence[str]
    closing: Sequence[str]
    statement: Sequence[str]


def agreement(document_: AgreementDocument) -> bytes:
    """The .docx agreement, with a place to sign for every party, by its number."""
    one = document_
    document = start(one.title, one.letterhead, one.issued_on)
    paragraph(document, f"Nr {one.code}, tekst {one.number} z {long_date(one.issued_on)}", align=Align.CENTER)
    paragraph(
        document,
        f"zawarte w projekcie „{one.letterhead.project_title}”, nr {one.letterhead.project_number}; "
        f"obszar: {one.area}. Każda strona zawiera je z dniem swojego podpisu.",
    )
    for clause in one.preamble:
        paragraph(document, clause)
    paragraph(document, "Strony porozumienia:", bold=True, keep_with_next=True)
    _parties(document, one.parties)
    for number, (title, clauses) in enumerate(_sections(one), start=1):
        heading(document, f"§ {number}. {title}")
        _numbered(document, clauses)
    to_sign = [_signs(number, party) for number, party in enumerate(one.parties, start=1) if party.since is None]
    if to_sign:
        # A page of signatures may be all that comes back.
        paragraph(document, f"Podpisy stron (nr {one.code}, tekst {one.number})", bold=True, keep_with_next=True)
        signature_lines(document, to_sign)
    return to_bytes(document)


def accession_sheet(document_: AgreementDocument) -> bytes:
    """The .docx accession sheet of the one party that the document names."""
    one = document_
    (party,) = one.parties
    document = start("Karta przystąpienia do porozumienia", one.letterhead, one.issued_on)
    key_values(
        document,
        (
            ("Porozumienie", one.title),
            ("Numer", one.code),
            ("Obszar", one.area),
            ("Instytucja", party.name),
            ("Siedziba", party.seat or UNKNOWN),
            ("Reprezentowana przez", _represented(party)),
        ),
        caption="Kto i do czego przystępuje",
        label_width_cm=4.5,
    )
    paragraph(document, "Instytucja oświadcza, że:")
    _numbered(document, one.statement)
    heading(document, "Warunki przystąpienia")
    _numbered(document, one.accession)
    labels = ["miejscowość i data", *(f"{name}, {function}" for name, function in party.signatories)]
    if not party.signatories:
        labels.append("imię i nazwisko, funkcja, podpis")
    signature_lines(document, labels)
    return to_bytes(document)


def _sections(one: AgreementDocument) -> list[tuple[str, Sequence[str]]]:
    signing = (
        f"Biuro projektu prosi instytucje wymienione w porozumieniu o podpis do {long_date(one.sign_by)} "
        "Podpisać można także później.",
        "Porozumienie obowiązuje każdą stronę od dnia jej podpisu.",
        *(
            ["Instytucje, przy których stoi dzień podpisu, są już stronami i nie podpisują ponownie."]
            if any(party.since for party in one.parties)
            else []
        ),
    )
    sections: list[tuple[str, Sequence[str]]] = [
        ("Przedmiot porozumienia", one.subject),
        ("Zobowiązania stron", one.commitments),
        ("Podpisanie", signing),
        ("Przystąpienie kolejnych instytucji", one.accession),
    ]
    return [*sections, ("Postanowienia końcowe", one.closing)] if one.closing else sections


def _parties(document: Document, parties: Sequence[AgreementParty]) -> None:
    data_table(
        document,
        (
            Column("Lp.", 1.2, Align.CENTER),
            Column("Instytucja", 8.3, prose=True),
            Column("Reprezentowana przez", 6.5, prose=True),
        ),
        [(f"{number}", _named(party), _represented(party)) for number, party in enumerate(parties, start=1)],
        caption="Strony porozumienia",
    )


def _named(party: AgreementParty) -> str:
    named = f"{party.name}, {party.seat}" if party.seat else party.name
    return f"{named} (strona od {long_date(party.since)})" if party.since else named


def _represented(party: AgreementParty) -> str:
    return "; ".join(f"{name}, {function}" for name, function in party.signatories) or UNKNOWN


def _numbered(document: Document, clauses: Sequence[str]) -> None:
    for number, clause in enumerate(clauses, start=1):
        paragraph(document, f"{number}. {clause}" if len(clauses) > 1 else clause)


def _signs(number: int, party: AgreementParty) -> str:
    names = ", ".join(name for name, _ in party.signatories)
    return f"{number}. {party.name}" + (f" – {names}" if names else "")
