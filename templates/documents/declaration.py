"""Declaration of participation (deklaracja uczestnictwa): what a person signs who takes the offered seat."""

from dataclasses import dataclass
from datetime import date

from templates.word_base import Letterhead, start, to_bytes
from templates.word_parts import bullets, key_values, paragraph, signature_lines


@dataclass(frozen=True, kw_only=True)
class DeclarationDocument:
    """Holds no PESEL: the application, named by its number, does."""

    letterhead: Letterhead
    issued_on: date
    first_name: str
    last_name: str
    public_number: str
    group: str
    area: str


def declaration(document_: DeclarationDocument) -> bytes:
    """The .docx declaration, ready to be signed."""
    letterhead = document_.letterhead
    document = start("Deklaracja uczestnictwa w projekcie", letterhead, document_.issued_on)
    key_values(
        document,
        (
            ("Projekt", f"„{letterhead.project_title}”, nr {letterhead.project_number}"),
            ("Grupa", document_.group),
            ("Obszar", document_.area),
            ("Imię i nazwisko", f"{document_.first_name} {document_.last_name}"),
            ("Numer zgłoszenia", document_.public_number),
        ),
        caption="Kto i do czego przystępuje",
        label_width_cm=4.5,
    )
    paragraph(document, "Deklaruję udział w projekcie i w grupie wymienionych wyżej. Oświadczam, że:")
    bullets(
        document,
        (
            "znam regulamin rekrutacji i uczestnictwa w projekcie i zgadzam się na jego zasady,",
            "dane podane w formularzu zgłoszeniowym są aktualne, a o ich zmianie zawiadomię biuro projektu,",
            "wiem, że projekt jest współfinansowany ze środków Unii Europejskiej,",
            "jeśli dalszy udział okaże się niemożliwy, zawiadomię o tym biuro projektu.",
        ),
    )
    signature_lines(document, ("miejscowość i data", "czytelny podpis"))
    return to_bytes(document)
