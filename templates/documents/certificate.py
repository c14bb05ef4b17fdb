"""Certificate of participation (zaświadczenie) for one person: meetings, days and hours that were confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.identifiers import Sex
from models.rules.meeting_kinds import MeetingKind
from templates.polish import Case, Noun, by_sex, hours, long_date, noun, short_date, titled
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, data_table, paragraph, signature_line


@dataclass(frozen=True, kw_only=True)
class AttendedDay:
    """Confirmed minutes of one day."""

    on: date
    meeting: str
    kind: MeetingKind
    minutes: int


@dataclass(frozen=True, kw_only=True)
class CertificateDocument:
    """``sex`` unknown gives wording that fits everybody. Holds no PESEL: the number leads to the papers."""

    letterhead: Letterhead
    number: str
    place: str
    issued_on: date
    sex: Sex | None
    first_name: str
    last_name: str
    group: str
    days: Sequence[AttendedDay]
    signed_by: str


def certificate(one: CertificateDocument) -> bytes:
    """The .docx certificate, ready to be signed."""
    letterhead = one.letterhead
    document = start(f"Zaświadczenie nr {one.number}", letterhead, one.issued_on)
    paragraph(document, f"{one.place}, {long_date(one.issued_on)}", align=Align.RIGHT)
    participant = noun(Noun.PARTICIPANT, Case.NOMINATIVE, one.sex)
    took_part = by_sex(one.sex, "wzięła udział", "wziął udział", "wzięła udział")
    project = by_sex(one.sex, "projektu", "projektu", "w realizacji projektu")
    paragraph(document, "Zaświadcza się, że", align=Align.CENTER)
    name = f"{by_sex(one.sex, 'Pani ', 'Pan ', '')}{one.first_name} {one.last_name},"
    paragraph(document, name, align=Align.CENTER, bold=True)
    paragraph(document, f"{participant} {project} „{letterhead.project_title}”,", align=Align.CENTER)
    paragraph(document, f"nr {letterhead.project_number},", align=Align.CENTER)
    paragraph(document, f"{took_part} w spotkaniach grupy „{one.group}”:", align=Align.CENTER)
    total = sum(day.minutes for day in one.days)
    data_table(
        document,
        (
            Column("Lp.", 1.0, Align.CENTER),
            Column("Data", 3.0, Align.CENTER),
            Column("Spotkanie", 9.6, prose=True),
            Column("Wymiar", 3.4, Align.CENTER),
        ),
        [
            *(
                (f"{number}.", short_date(day.on), titled(day.meeting, day.kind), hours(day.minutes))
                for number, day in enumerate(one.days, start=1)
            ),
            ("", "", "Razem", hours(total)),
        ],
        caption="Spotkania i potwierdzony wymiar udziału",
        last_row_bold=True,
        keep_with_next=True,
    )
    paragraph(
        document,
        "Wymiar udziału wynika z list obecności. Zaświadczenie sporządzono w jednym egzemplarzu; rejestr zaświadczeń "
        "prowadzi biuro projektu.",
        keep_with_next=True,
    )
    signature_line(document, one.signed_by)
    return to_bytes(document)
