"""Ruling on an appeal (rozstrzygnięcie odwołania): what was decided about a candidate's objection, and why."""

from dataclasses import dataclass
from datetime import date

from templates.polish import long_date
from templates.word_base import Letterhead, start, to_bytes
from templates.word_parts import heading, key_values, paragraph, signature_line


@dataclass(frozen=True, kw_only=True)
class AppealRulingDocument:
    """Names the candidate and lies under the candidate's key; holds no PESEL and no address."""

    letterhead: Letterhead
    place: str
    ruled_on: date
    appeal_number: str
    """The number that the candidate knows."""
    public_number: str
    first_name: str
    last_name: str
    call: str
    group: str
    decided_on: date
    """When the decision was taken that the appeal is against."""
    decision: str
    """Its outcome in words: „niezakwalifikowane”."""
    decision_reason: str
    received_on: date
    period_ended_on: date | None
    """Last day for filing; ``None`` when no period ran."""
    late: bool
    upheld: bool
    reason: str
    seat_rule: str
    """What an upheld appeal leads to when the group is full, as a Polish sentence."""
    remedies: str
    who: str
    """The body that rules, in the nominative."""
    ruled_by: str
    """Login of the person who recorded the ruling."""


def appeal_ruling(document_: AppealRulingDocument) -> bytes:
    """The .docx ruling, ready to be signed and handed out."""
    one = document_
    document = start("Rozstrzygnięcie odwołania", one.letterhead, one.ruled_on)
    paragraph(document, f"{one.place}, {long_date(one.ruled_on)}")
    in_time = "po terminie" if one.late else "w terminie"
    period = f" (termin minął {long_date(one.period_ended_on)})" if one.late and one.period_ended_on else ""
    key_values(
        document,
        (
            ("Numer odwołania", one.appeal_number),
            ("Imię i nazwisko", f"{one.first_name} {one.last_name}"),
            ("Numer zgłoszenia", one.public_number),
            ("Nabór", one.call),
            ("Grupa", one.group),
            ("Decyzja objęta odwołaniem", f"{one.decision}, {long_date(one.decided_on)}"),
            ("Powód tej decyzji", one.decision_reason),
            ("Wpływ odwołania", f"{long_date(one.received_on)} – {in_time}{period}"),
            ("Rozpatruje", one.who),
        ),
        caption="Sprawa",
        label_width_cm=5.0,
    )
    heading(document, "Rozstrzygnięcie")
    paragraph(
        document,
        "Odwołanie zostało uwzględnione." if one.upheld else "Odwołanie nie zostało uwzględnione.",
        bold=True,
    )
    heading(document, "Uzasadnienie")
    for part in one.reason.splitlines():
        if part.strip():
            paragraph(document, part.strip())
    if one.upheld:
        heading(document, "Skutki")
        paragraph(
            document,
            "Zgłoszenie podlega ponownej ocenie, sporządza się nową wersję listy rankingowej, a Komisja Rekrutacyjna "
            f"podejmuje nową decyzję. {one.seat_rule}",
        )
    else:
        heading(document, "Pouczenie")
        paragraph(document, one.remedies)
    paragraph(
        document,
        "Rozstrzygnięcie wydała osoba inna niż ta, która podjęła decyzję objętą odwołaniem. "
        f"Zapisano je z konta „{one.ruled_by}”.",
        keep_with_next=True,
    )
    signature_line(document, "podpis osoby, która rozstrzygnęła odwołanie")
    return to_bytes(document)
