"""Declaration of cooperation (deklaracja współpracy): what a unit of local government signs before recruitment."""

from dataclasses import dataclass
from datetime import date

from models.tables.institutions import InstitutionKind
from templates.word_base import Letterhead, start, to_bytes
from templates.word_parts import bullets, key_values, paragraph, signature_lines


@dataclass(frozen=True, kw_only=True)
class CooperationDeclaration:
    """Both sides in full, so that the paper stands by itself. Whoever signs may be known or not."""

    letterhead: Letterhead
    issued_on: date
    unit: str
    """„Gmina Brusy”, in the nominative."""
    unit_kind: InstitutionKind
    unit_address: str
    representatives: tuple[tuple[str, str], ...]
    """Name and function of each who signs for the unit; empty: places to be filled in by hand."""
    buyer: str
    """Whose project it is, with the address on one line."""
    office: str
    """The unit that runs the recruitment, with the address on one line."""


_BLANK = "…" * 30
_FORMS = {
    InstitutionKind.GMINA: ("reprezentowana", "na terenie gminy"),
    InstitutionKind.POWIAT: ("reprezentowany", "na terenie powiatu"),
    InstitutionKind.VOIVODSHIP: ("reprezentowane", "na terenie województwa"),
}
"""By the gender of the noun."""


def cooperation_declaration(document_: CooperationDeclaration) -> bytes:
    """The .docx declaration, ready to be signed by hand or to be saved as PDF and signed electronically."""
    one = document_
    represented, ground = _FORMS[one.unit_kind]
    document = start("Deklaracja współpracy", one.letterhead, one.issued_on)
    signs = [f"{name} – {function}" for name, function in one.representatives] or [_BLANK]
    key_values(
        document,
        (
            ("Jednostka", one.unit),
            ("Adres", one.unit_address or _BLANK),
            (f"{represented.capitalize()} przez", "\n".join(signs)),
        ),
        caption="Kto deklaruje współpracę",
        label_width_cm=4.5,
    )
    key_values(
        document,
        (
            ("Projekt", f"„{one.letterhead.project_title}”, nr {one.letterhead.project_number}"),
            ("Realizator", one.buyer),
            ("Biuro projektu", one.office),
        ),
        caption="Z kim",
        label_width_cm=4.5,
    )
    paragraph(document, f"{one.unit}, {represented} jak wyżej, deklaruje współpracę przy realizacji projektu, w tym:")
    bullets(
        document,
        (
            f"wsparcie rekrutacji uczestniczek i uczestników projektu {ground},",
            "wskazanie osoby do kontaktu i przekazywanie informacji potrzebnych do realizacji projektu,",
            "umożliwienie pracownicom i pracownikom swoich instytucji udziału w pracach grup projektu,",
            "niezwłoczne zawiadomienie biura projektu, gdyby współpraca okazała się niemożliwa.",
        ),
    )
    paragraph(
        document,
        "Deklaracja nie rodzi zobowiązań finansowych. Jej podpisanie jest warunkiem rozpoczęcia rekrutacji osób "
        f"{ground}. Projekt jest współfinansowany ze środków Unii Europejskiej.",
    )
    lines = ["miejscowość i data"]
    lines += [f"podpis: {name}, {function}" for name, function in one.representatives] or [
        "pieczęć i podpis za jednostkę"
    ]
    signature_lines(document, tuple(lines))
    return to_bytes(document)
