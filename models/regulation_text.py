"""The regulation as it is printed: its marks written out from the rules of the project."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from models.errors import BadInput
from models.group_kinds import GroupKind
from models.project import ProjectDefinition
from models.regulation import MARK, QUOTED, Passage, Place, block_of, place_of
from models.rule_words import Words, assessment_in_words, short_date
from models.rules.criteria import Criterion
from models.rules.grosze import zloty
from models.rules.points import PointRule, reachable


@dataclass(frozen=True)
class PrintedPassage:
    number: int
    text: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class PrintedParagraph:
    number: int
    title: str
    passages: tuple[PrintedPassage, ...]


@dataclass(frozen=True)
class PrintedTable:
    """A table of the annex. The first column names the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PrintedRegulation:
    title: str
    assumption: str
    paragraphs: tuple[PrintedParagraph, ...]
    tables: tuple[PrintedTable, ...]


class UnknownMark(LookupError):
    """A mark that nothing stands behind. The message is the mark."""


def printed(definition: ProjectDefinition) -> PrintedRegulation:
    """The whole text. Raises ``BadInput`` for a project without a regulation; a checked one has no unknown marks."""
    if definition.regulation is None:
        raise BadInput("Definicja projektu nie zawiera regulaminu (regulation).")
    marks = Marks(definition)
    try:
        paragraphs = tuple(
            PrintedParagraph(
                number,
                paragraph.title,
                tuple(
                    marks.passage(Place(number, index), passage)
                    for index, passage in enumerate(paragraph.passages, start=1)
                ),
            )
            for number, paragraph in enumerate(definition.regulation.paragraphs, start=1)
        )
    except UnknownMark as unknown:
        raise BadInput(f"Regulamin zawiera nieznany znacznik {{{unknown}}}.") from None
    return PrintedRegulation(
        definition.regulation.title, definition.regulation.assumption, paragraphs, tuple(_tables(definition))
    )


class Marks:
    """Writes out the marks of one project's regulation. Raises ``UnknownMark``."""

    def __init__(self, definition: ProjectDefinition) -> None:
        self._definition = definition
        self._words = Words(definition)

    def passage(self, place: Place, passage: Passage) -> PrintedPassage:
        points = [written for point in passage.points for written in self._point(place, point)]
        return PrintedPassage(place.passage, self.text(passage.text), tuple(closed(points)))

    def text(self, text: str) -> str:
        return MARK.sub(lambda found: self.inline(found[1]), text)

    def _point(self, place: Place, point: str) -> list[str]:
        block = block_of(point)
        return [self.text(point)] if block is None else self.block(place, block)

    def block(self, place: Place, block: str) -> list[str]:
        """The points a block becomes."""
        name, _, code = block.partition(":")
        if name == QUOTED:
            return [
                self.criterion(one) if isinstance(one, Criterion) else self.rule(one)
                for _, one in quoting(self._definition, place)
            ]
        kind = self._kind(code, block)
        words = self._words
        match name:
            case "criteria":
                chosen = [self._definition.criterion(one) for one in kind.criteria]
                return [f"{one.title} ({one.paragraph})" for one in chosen]
            case "merit":
                rules = [self._definition.point_rule(one) for one in kind.merit]
                return [f"{one.title} – najwyżej {reachable(one)} pkt ({one.paragraph})" for one in rules]
            case "order":
                return words.order(kind.order)
            case "composition":
                return [words.constraint(one) for one in kind.composition]
            case _:
                return list(kind.tasks)

    def inline(self, mark: str) -> str:
        """What a mark within a sentence stands for."""
        name, colon, code = mark.partition(":")
        try:
            match name:
                case "criterion" if colon:
                    return _within_sentence(self.criterion(self._definition.criterion(code)))
                case "points" if colon:
                    return _within_sentence(self.rule(self._definition.point_rule(code)))
                case "minimum" if colon:
                    minimum = self._kind(code, mark).minimum
                    return f"{minimum.points} pkt" if minimum else "bez wymaganego minimum"
                case "maximum" if colon:
                    return f"{self._words.total(self._kind(code, mark))} pkt"
                case "assessment" if not colon and self._definition.assessment is not None:
                    return assessment_in_words(self._definition.assessment)
        except KeyError:
            raise UnknownMark(mark) from None
        return self._at(mark)

    def criterion(self, criterion: Criterion) -> str:
        said = f"{criterion.title} – {self._words.condition(criterion.test)}"
        return said + self._for(self._words.kinds_with(lambda kind: kind.criteria, criterion.code))

    def rule(self, rule: PointRule) -> str:
        said = f"{rule.title} – {self._words.points(rule)}"
        return said + self._for(self._words.kinds_with(lambda kind: kind.merit, rule.code))

    def _for(self, kinds: str) -> str:
        everybody = ", ".join(kind.code for kind in self._definition.group_kinds)
        return "" if kinds == everybody else f" (dotyczy: {kinds or 'żadnej z grup'})"

    def _kind(self, code: str, mark: str) -> GroupKind:
        try:
            return self._definition.group_kind(code)
        except KeyError:
            raise UnknownMark(mark) from None

    def _at(self, path: str) -> str:
        """A number or a text of the definition by its path; the first step may be the code of a group."""
        steps = path.split(".")
        value: object = self._definition
        if steps[0] in {kind.code for kind in self._definition.group_kinds}:
            value = self._definition.group_kind(steps.pop(0))
        for step in steps:
            if not isinstance(value, BaseModel) or step not in type(value).model_fields:
                raise UnknownMark(path)
            value = getattr(value, step)
        return _shown(steps[-1] if steps else path, value, path)


def _shown(name: str, value: object, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | date):
        raise UnknownMark(path)
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, str):
        return value
    if name.endswith("_working_days"):
        return f"{value} {'dnia roboczego' if value == 1 else 'dni roboczych'}"
    if name.endswith("_percent"):
        return f"{value}%"
    if name.endswith("_grosze"):
        return zloty(value)
    return str(value)


def _within_sentence(said: str) -> str:
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]


def quoting(definition: ProjectDefinition, place: Place) -> list[tuple[Place, Criterion | PointRule]]:
    """The criteria and point rules that name a point of the passage as their paragraph, by that point."""
    found = []
    for one in (*definition.criteria, *definition.merit):
        quoted = place_of(one.paragraph)
        if quoted and quoted.point and (quoted.paragraph, quoted.passage) == (place.paragraph, place.passage):
            found.append((quoted, one))
    return sorted(found, key=lambda pair: pair[0])


def closed(points: list[str]) -> Iterator[str]:
    """Points of a list end with a semicolon, the last one with a full stop."""
    for number, point in enumerate(points, start=1):
        said = point.rstrip(" ;,")
        if not _ABBREVIATED.search(said):
            said = said.removesuffix(".").rstrip()
        end = "." if number == len(points) else ";"
        yield said if end == "." and said.endswith(".") else said + end


# „pkt” is not among them: it ends like the word it stands for and takes no full stop.
_ABBREVIATED = re.compile(r"(?<![^\W\d_])(?:r|itp|itd|m\.in|ust|art|godz|tys)\.$")
"""A full stop that belongs to the last word, not to the sentence."""


def _tables(definition: ProjectDefinition) -> Iterator[PrintedTable]:
    for kind in definition.group_kinds:
        words = Words(definition, kind)
        criteria = [definition.criterion(code) for code in kind.criteria]
        yield PrintedTable(
            f"{kind.code} – kryteria formalne",
            ("Kryterium", "Przepis", "Warunek"),
            tuple((one.title, one.paragraph, words.condition(one.test)) for one in criteria),
        )
        rules = [definition.point_rule(code) for code in kind.merit]
        if rules:
            yield PrintedTable(
                f"{kind.code} – punkty",
                ("Kryterium", "Przepis", "Sposób przyznania", "Najwyżej", "Rodzaj"),
                (
                    *(
                        (
                            one.title,
                            one.paragraph,
                            words.points(one),
                            str(reachable(one)),
                            "premiowe" if one.group == "premium" else "merytoryczne",
                        )
                        for one in rules
                    ),
                    ("Razem", "", "", str(words.total(kind)), ""),
                ),
            )
