"""The bill (rachunek) to a contract of mandate: what was done, what is withheld and by which rates, what is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.rules.pay import Line
from templates.polish import (
    Case,
    Noun,
    amount,
    amount_in_words,
    date_span,
    hours,
    long_date,
    noun,
    percent,
    short_date,
)
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, bullets, data_table, heading, key_values, paragraph, signature_lines


class Disclosure(StrEnum):
    """Whether PESEL and account stand in full, as on the copy to be signed, or masked, as on a preview."""

    MASKED = "masked"
    FULL = "full"


@dataclass(frozen=True, kw_only=True)
class Party:
    name: str
    address: str
    nip: str = ""


@dataclass(frozen=True, kw_only=True)
class Contractor:
    first_name: str
    last_name: str
    sex: str | None
    address: str
    pesel: str | None
    """``None`` for somebody without a PESEL."""
    account: str
    """26 digits."""


@dataclass(frozen=True, kw_only=True)
class ContractReference:
    number: str
    signed_on: date


@dataclass(frozen=True, kw_only=True)
class BillDocument:
    """Sums in grosze. ``lines`` are those of the settlement; withheld ones must make up gross less net."""

    letterhead: Letterhead
    number: str
    issued_on: date
    place: str
    paid_on: date
    buyer: Party
    unit: Party
    contractor: Contractor
    contract: ContractReference | None
    """``None`` leaves dotted lines, to be filled in by hand."""
    group: str
    meeting: str
    days: Sequence[date]
    minutes: int
    rate: str
    """„50,00 zł za godzinę”."""
    gross: int
    lines: Sequence[Line]
    net: int
    replaces: str | None = None
    """Number of the bill that this one takes the place of."""
    corrects: str | None = None
    """Number of the bill that this one adds to, and that still stands."""
    already: int = 0
    """Gross in grosze billed for the same meeting before."""
    notes: Sequence[str] = ()
    """Remarks on taxes, as Polish sentences."""

    def __post_init__(self) -> None:
        if self.gross - sum(line.amount for line in self.lines if line.withheld) != self.net:
            raise ValueError("lines that are withheld do not make up gross less net")


def bill(document_: BillDocument, *, disclosure: Disclosure) -> bytes:
    """The .docx bill."""
    contractor = document_.contractor
    full = disclosure is Disclosure.FULL
    document = start(f"Rachunek nr {document_.number}", document_.letterhead, document_.issued_on)
    paragraph(document, _to_contract(document_.contract), align=Align.CENTER)
    if document_.replaces:
        paragraph(document, f"zastępuje rachunek nr {document_.replaces}", align=Align.CENTER, bold=True)
    if document_.corrects:
        paragraph(document, f"dopłata do rachunku nr {document_.corrects}", align=Align.CENTER, bold=True)
    paragraph(document, f"{document_.place}, {long_date(document_.issued_on)}", align=Align.RIGHT)
    key_values(
        document,
        (
            ("Zleceniodawca", _party(document_.buyer)),
            ("Jednostka", _party(document_.unit)),
            (
                noun(Noun.CONTRACTOR, Case.NOMINATIVE, contractor.sex).capitalize(),
                f"{contractor.first_name} {contractor.last_name}\n{contractor.address}\n"
                f"{_pesel(contractor.pesel, full=full)}",
            ),
            ("Przedmiot zlecenia", f"{document_.meeting}, {document_.group}"),
            ("Termin i godziny", f"{date_span(document_.days)}, {hours(document_.minutes)} według list obecności"),
            ("Stawka", document_.rate),
        ),
        caption="Strony i przedmiot rachunku",
        label_width_cm=4.5,
    )
    withheld = sum(line.amount for line in document_.lines if line.withheld)
    rows = [("Wynagrodzenie brutto", "", "", amount(document_.gross))]
    if document_.corrects:
        before, whole = amount(document_.already), amount(document_.gross + document_.already)
        rows = [(f"Dopłata brutto (do {whole}, rozliczono już {before})", "", "", amount(document_.gross))]
    rows += [
        (
            line.label,
            "" if line.base is None else amount(line.base),
            "" if line.rate is None else percent(line.rate),
            amount(line.amount),
        )
        for line in document_.lines
    ]
    rows += [
        ("Razem potrącenia (składki i podatek)", "", "", amount(withheld)),
        ("Do wypłaty", "", "", amount(document_.net)),
    ]
    heading(document, "Rozliczenie")
    data_table(
        document,
        (
            Column("Pozycja", 8.6),
            Column("Podstawa (zł)", 3.0, Align.RIGHT),
            Column("Stawka", 2.2, Align.RIGHT),
            Column("Kwota (zł)", 3.2, Align.RIGHT),
        ),
        rows,
        caption="Rozliczenie wynagrodzenia",
        last_row_bold=True,
    )
    key_values(
        document,
        (
            ("Słownie", amount_in_words(document_.net)),
            ("Rachunek bankowy", spaced_account(contractor.account) if full else masked_account(contractor.account)),
        ),
        caption="Kwota do wypłaty",
        label_width_cm=4.5,
    )
    heading(document, "Uwagi podatkowe")
    bullets(
        document,
        (
            f"Składki i podatek obliczono według przepisów z dnia wypłaty: {short_date(document_.paid_on)}",
            *document_.notes,
        ),
    )
    heading(document, "Oświadczenie")
    paragraph(
        document,
        "Oświadczam, że zlecenie zostało wykonane osobiście i zgodnie z umową, w godzinach potwierdzonych na listach "
        "obecności, a dane podane w rachunku są prawdziwe.",
        keep_with_next=True,
    )
    signature_lines(
        document,
        ("data i podpis osoby wystawiającej rachunek", "stwierdzam wykonanie zlecenia – data i podpis"),
        keep_with_next=True,
    )
    signature_lines(
        document,
        (
            "sprawdzono pod względem merytorycznym",
            "sprawdzono pod względem formalnym i rachunkowym",
            "zatwierdzono do wypłaty",
        ),
        per_row=3,
    )
    return to_bytes(document)


def spaced_account(account: str) -> str:
    """An account of 26 digits as banks print it: ``30 1140 2004 …``; anything else unchanged."""
    digits = "".join(account.split())
    if len(digits) != 26:
        return account
    return " ".join([digits[:2], *(digits[at : at + 4] for at in range(2, 26, 4))])


def masked_account(account: str) -> str:
    """Only the last four digits."""
    return f"** **** **** **** **** **** {''.join(account.split())[-4:]}"


def _pesel(pesel: str | None, *, full: bool) -> str:
    if pesel is None:
        return "brak numeru PESEL"
    return f"PESEL {pesel if full else '*' * len(pesel)}"


def _to_contract(contract: ContractReference | None) -> str:
    if contract is None:
        return f"do umowy zlecenia nr {_BY_HAND} z dnia {_BY_HAND}"
    return f"do umowy zlecenia nr {contract.number} z dnia {short_date(contract.signed_on)}"


_BY_HAND = "…" * 14


def _party(party: Party) -> str:
    lines = [party.name, party.address]
    return "\n".join(lines + ([f"NIP {party.nip}"] if party.nip else []))
