"""Assessment sheet (karta oceny): what one member of the commission fills in about one application."""

from dataclasses import dataclass
from datetime import date

from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, data_table, heading, key_values, paragraph, signature_lines


@dataclass(frozen=True)
class AssessedRule:
    """A rule of the regulation whose points the commission gives: from 0 to ``most`` by one assessor."""

    title: str
    paragraph: str
    most: int


@dataclass(frozen=True, kw_only=True)
class AssessmentSheetDocument:
    """Holds the name and the answers that the commission may see; no PESEL, address, telephone or account."""

    letterhead: Letterhead
    issued_on: date
    call: str
    group: str
    number: str
    candidate: str
    institution: str
    assessor: str
    """Name and symbol."""
    answers: tuple[tuple[str, str], ...]
    rules: tuple[AssessedRule, ...]
    how: str
    """How the points of several assessors become one, as a sentence."""


def assessment_sheet(document_: AssessmentSheetDocument) -> bytes:
    """The .docx sheet, ready to be filled in by hand and signed."""
    document = start("Karta oceny merytorycznej", document_.letterhead, document_.issued_on)
    key_values(
        document,
        (
            ("Nabór", document_.call),
            ("Grupa", document_.group),
            ("Numer zgłoszenia", document_.number),
            ("Osoba kandydująca", document_.candidate),
            ("Instytucja", document_.institution),
            ("Osoba oceniająca", document_.assessor),
        ),
        caption="Czego dotyczy karta",
        label_width_cm=4.5,
    )
    heading(document, "Oświadczenie o bezstronności")
    paragraph(
        document,
        "Konflikt interesów to w szczególności: praca w tej samej instytucji, pokrewieństwo lub powinowactwo, "
        "zależność służbowa albo inna okoliczność, która mogłaby budzić wątpliwości co do bezstronności.",
    )
    paragraph(document, "☐  Nie zachodzi konflikt interesów między mną a osobą kandydującą. Oceniam to zgłoszenie.")
    paragraph(document, "☐  Zachodzi konflikt interesów. Wyłączam się; niczego poniżej nie wypełniam.")
    heading(document, "Odpowiedzi z formularza")
    data_table(
        document,
        (Column("Pytanie", 6.5, prose=True), Column("Odpowiedź", 10.5, prose=True)),
        document_.answers,
        caption="Odpowiedzi, które widzi Komisja",
    )
    heading(document, "Ocena")
    paragraph(document, document_.how, keep_with_next=True)
    rows = [(f"{rule.title} ({rule.paragraph})", f"0–{rule.most}", "", "") for rule in document_.rules]
    most = sum(rule.most for rule in document_.rules)
    data_table(
        document,
        (
            Column("Kryterium", 5.5, prose=True),
            Column("Możliwe punkty", 2.2, Align.CENTER),
            Column("Punkty", 1.8, Align.CENTER),
            Column("Uzasadnienie", 7.5),
        ),
        [*rows, ("Razem", f"0–{most}", "", "")],
        caption="Punkty i uzasadnienia",
        row_height_cm=2.2,
        last_row_bold=True,
        keep_with_next=True,
    )
    signature_lines(document, ("data", "czytelny podpis osoby oceniającej"))
    return to_bytes(document)
