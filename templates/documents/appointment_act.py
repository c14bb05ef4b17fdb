"""Act of appointment (akt powołania) of a member of a group, and the act of recall (akt odwołania).

The act speaks to the person („powołuję Panią”), whose name stands above in the nominative, so that no name has to be
declined. Its words are data of the project; what stands here is how they are laid out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from models.appointment_rules import CASES, ActText
from models.errors import BadInput
from models.identifiers import Sex
from models.project import ProjectDefinition
from models.regulation import MARK, Passage
from models.regulation_text import Marks, UnknownMark, closed
from templates.polish import Case, Noun, by_sex, long_date, noun
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import bullets, paragraph, signature_line


@dataclass(frozen=True, kw_only=True)
class Appointed:
    """The act of appointment that a recall ends."""

    number: str
    since: date


@dataclass(frozen=True, kw_only=True)
class AppointmentActDocument:
    """``sex`` unknown gives wording that fits everybody. Holds no PESEL: the number leads to the papers."""

    letterhead: Letterhead
    number: str
    place: str
    issued_on: date
    since: date
    organ: str
    assumption: str
    sex: Sex | None
    first_name: str
    last_name: str
    institution: str
    group: str
    area: str
    tasks: Sequence[str]
    text: ActText
    appointed: Appointed | None
    definition: ProjectDefinition


def appointment_act(one: AppointmentActDocument) -> bytes:
    """The .docx act, ready to be signed by the organ."""
    words = _Words(one)
    document = start(words.text(one.text.title), one.letterhead, one.issued_on)
    paragraph(document, f"nr {one.number}", align=Align.CENTER, bold=True)
    if one.assumption:
        paragraph(document, one.assumption, align=Align.CENTER)
    paragraph(document, f"{one.place}, {long_date(one.issued_on)}", align=Align.RIGHT)
    to = [by_sex(one.sex, "Pani", "Pan", ""), f"{one.first_name} {one.last_name}", one.institution]
    for line in filter(None, to):
        paragraph(document, line, bold=line == to[1], keep_with_next=True)
    paragraph(document, words.text(one.text.basis), keep_with_next=True)
    for passage in one.text.passages:
        paragraph(document, words.text(passage.text), keep_with_next=bool(passage.points))
        bullets(document, list(closed(list(words.points(passage)))))
    signature_line(document, one.organ)
    return to_bytes(document)


class _Words:
    """Writes out the marks of an act: what it is about, and the person in the forms of their sex."""

    def __init__(self, one: AppointmentActDocument) -> None:
        self._one = one
        self._marks = Marks(one.definition)
        self._plain = {
            "act": one.number,
            "organ": one.organ,
            "group": one.group,
            "area": one.area,
            "tasks": "; ".join(one.tasks),
            "name": f"{one.first_name} {one.last_name}",
            "institution": one.institution,
            "since": long_date(one.since),
        }
        if one.appointed is not None:
            self._plain["appointed.act"] = one.appointed.number
            self._plain["appointed.since"] = long_date(one.appointed.since)

    def text(self, text: str) -> str:
        return MARK.sub(lambda found: self._inline(found[1]), text)

    def points(self, passage: Passage) -> Iterator[str]:
        for point in passage.points:
            if point.strip() == "{tasks}":
                yield from self._one.tasks
            else:
                yield self.text(point)

    def _inline(self, mark: str) -> str:
        name, colon, rest = mark.partition(":")
        if name == "sex" and colon:
            feminine, masculine, neutral = rest.split("|")
            return by_sex(self._one.sex, feminine, masculine, neutral)
        if name in ("you", "member") and colon:
            case = list(Case)[CASES.index(rest)]
            return noun(Noun.ADDRESS if name == "you" else Noun.MEMBER, case, self._one.sex)
        if mark in self._plain:
            return self._plain[mark]
        try:
            return self._marks.inline(mark)
        except UnknownMark:
            raise BadInput(f"Akt zawiera nieznany znacznik {{{mark}}}.") from None
