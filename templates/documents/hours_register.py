"""The register of hours (ewidencja godzin) of one person: what proves the hours of a contract of mandate.

Art. 8b of the Act of 10 October 2002 on the minimum wage: the hours of a mandate are confirmed in the way that the
contract names, before the payment. The register confirms those that were signed for on the attendance sheets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from models.identifiers import Sex
from templates.documents.bill import ContractReference
from templates.polish import Case, Noun, clock, counted, date_span, hours, long_date, noun, weekday
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, data_table, key_values, paragraph, signature_lines


@dataclass(frozen=True, kw_only=True)
class WorkedDay:
    """One day of a meeting; ``minutes`` are those that were confirmed, at most from ``starts`` to ``ends``."""

    on: date
    meeting: str
    starts: time
    ends: time
    minutes: int


@dataclass(frozen=True, kw_only=True)
class HoursRegisterDocument:
    """``worked_days`` has at least one day, in any order; ``contract`` ``None`` leaves dotted lines."""

    letterhead: Letterhead
    number: str
    """Of the application: what the office knows the person by."""
    issued_on: date
    principal: str
    """Who ordered the work, with address."""
    first_name: str
    last_name: str
    sex: Sex | None
    contract: ContractReference | None
    group: str
    worked_days: Sequence[WorkedDay]

    def __post_init__(self) -> None:
        if not self.worked_days:
            raise ValueError("a register needs a day")


_COLUMNS = (
    Column("Lp.", 1.0, Align.CENTER),
    Column("Dzień", 4.4),
    Column("Spotkanie", 6.2, prose=True),
    Column("Godziny spotkania", 2.5, Align.CENTER),
    Column("Potwierdzone godziny", 2.9, Align.RIGHT),
)


def hours_register(register: HoursRegisterDocument) -> bytes:
    """The .docx register, days in order, with their total."""
    document = start("Ewidencja godzin wykonania zlecenia", register.letterhead, register.issued_on)
    contract = register.contract
    days = sorted(register.worked_days, key=lambda day: (day.on, day.starts))
    key_values(
        document,
        (
            ("Zleceniodawca", register.principal),
            (
                noun(Noun.CONTRACTOR, Case.NOMINATIVE, register.sex).capitalize(),
                f"{register.first_name} {register.last_name}",
            ),
            ("Zgłoszenie", register.number),
            (
                "Umowa",
                f"nr {contract.number} z dnia {long_date(contract.signed_on)}"
                if contract
                else "nr …………………… z dnia ……………………",
            ),
            ("Grupa", register.group),
            ("Dni", date_span(day.on for day in days)),
        ),
        caption="Strony i umowa",
        label_width_cm=4.0,
    )
    rows = [
        (
            f"{number}.",
            f"{weekday(day.on)},\n{long_date(day.on)}",
            day.meeting,
            f"{clock(day.starts)}–{clock(day.ends)}",
            hours(day.minutes),
        )
        for number, day in enumerate(days, start=1)
    ]
    minutes = sum(day.minutes for day in days)
    rows.append(("", "Razem", "", "", hours(minutes)))
    data_table(document, _COLUMNS, rows, caption="Dni i godziny", last_row_bold=True, keep_with_next=True)
    count = counted(len({day.on for day in days}), "dnia", "dni", "dni")
    paragraph(
        document,
        f"Zgłoszenie {register.number}: razem {hours(minutes)} w ciągu {count}. Godziny podano "
        "według podpisanych list obecności. Ewidencja potwierdza liczbę godzin wykonania zlecenia (art. 8b ustawy "
        "z dnia 10 października 2002 r. o minimalnym wynagrodzeniu za pracę).",
        keep_with_next=True,
    )
    signature_lines(
        document,
        [
            f"data i podpis {noun(Noun.CONTRACTOR, Case.GENITIVE, register.sex)}",
            "data i podpis osoby potwierdzającej godziny w imieniu zleceniodawcy",
        ],
    )
    return to_bytes(document)
