"""A picture of a whole project: voivodships as blocks, powiats as tiles in them, gminas as tiles in these (SVG).

It can be read without colour (each state has a sign and its words), loads nothing from elsewhere, and is the same bytes
for the same project. Text is measured by a wide font and broken between words, so it stays in its tile whatever the
reader's font. Contrast of all text and signs is that of WCAG 2.1 AA.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape


class GroupMark(StrEnum):
    """How it stands with a planned group."""

    FULL = "full"
    SHORT = "short"
    OPEN = "open"
    TO_OPEN = "to_open"
    DECIDING = "deciding"
    NO_CALL = "no_call"
    UNKNOWN = "unknown"
    OUTSIDE = "outside"


class UnitMark(StrEnum):
    """What a unit said to its declaration of cooperation."""

    SIGNED = "signed"
    DECLINED = "declined"
    MISSING = "missing"
    NOT_ASKED = "not_asked"
    """Nothing is said, and nothing has to be: the declaration of a gmina is the one that recruitment waits for."""
    OUTSIDE = "outside"


class AgreementMark(StrEnum):
    """How it stands with the agreement of a powiat or a gmina."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    CLOSED = "closed"
    MISSING = "missing"
    IN_GMINA = "in_gmina"
    NOT_PLANNED = "not_planned"
    OUTSIDE = "outside"


_OUTSIDE = "poza zakresem konta"
GROUP_WORDS: Mapping[GroupMark, str] = {
    GroupMark.FULL: "skład pełny",
    GroupMark.SHORT: "skład niepełny",
    GroupMark.OPEN: "nabór otwarty",
    GroupMark.TO_OPEN: "nabór zapowiedziany",
    GroupMark.DECIDING: "nabór w rozstrzyganiu",
    GroupMark.NO_CALL: "brak naboru",
    GroupMark.UNKNOWN: "nieustalone",
    GroupMark.OUTSIDE: _OUTSIDE,
}
DECLARATION_WORDS: Mapping[UnitMark, str] = {
    UnitMark.SIGNED: "deklaracja podpisana",
    UnitMark.DECLINED: "deklaracji odmówiono",
    UnitMark.MISSING: "brak deklaracji",
    UnitMark.NOT_ASKED: "–",
    UnitMark.OUTSIDE: _OUTSIDE,
}
AGREEMENT_WORDS: Mapping[AgreementMark, str] = {
    AgreementMark.SIGNED: "porozumienie podpisane",
    AgreementMark.UNSIGNED: "porozumienie czeka na podpisy",
    AgreementMark.CLOSED: "porozumienie zamknięte",
    AgreementMark.MISSING: "brak porozumienia",
    AgreementMark.IN_GMINA: "porozumienie w gminie",
    AgreementMark.NOT_PLANNED: "–",
    AgreementMark.OUTSIDE: _OUTSIDE,
}


class Look(StrEnum):
    """How a line of a tile looks: a sign of its own and a colour."""

    GOOD = "good"
    SHORT = "short"
    OPEN = "open"
    WAITING = "waiting"
    LACKING = "lacking"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    OUTSIDE = "outside"


LOOK_OF: Mapping[StrEnum, Look] = {
    GroupMark.FULL: Look.GOOD,
    GroupMark.SHORT: Look.SHORT,
    GroupMark.OPEN: Look.OPEN,
    GroupMark.TO_OPEN: Look.WAITING,
    GroupMark.DECIDING: Look.WAITING,
    GroupMark.NO_CALL: Look.LACKING,
    GroupMark.UNKNOWN: Look.UNKNOWN,
    GroupMark.OUTSIDE: Look.OUTSIDE,
}
LOOK_OF_UNIT: Mapping[UnitMark, Look] = {
    UnitMark.SIGNED: Look.GOOD,
    UnitMark.DECLINED: Look.REFUSED,
    UnitMark.MISSING: Look.LACKING,
    UnitMark.NOT_ASKED: Look.LACKING,
    UnitMark.OUTSIDE: Look.OUTSIDE,
}
LOOK_OF_AGREEMENT: Mapping[AgreementMark, Look] = {
    AgreementMark.SIGNED: Look.GOOD,
    AgreementMark.UNSIGNED: Look.SHORT,
    AgreementMark.CLOSED: Look.GOOD,
    AgreementMark.MISSING: Look.LACKING,
    AgreementMark.IN_GMINA: Look.GOOD,
    AgreementMark.NOT_PLANNED: Look.LACKING,
    AgreementMark.OUTSIDE: Look.OUTSIDE,
}
_LEGEND: Mapping[Look, str] = {
    Look.GOOD: "skład pełny; podpisano",
    Look.SHORT: "brakuje osób albo podpisów",
    Look.OPEN: "nabór otwarty",
    Look.WAITING: "nabór zapowiedziany albo w rozstrzyganiu",
    Look.LACKING: "jeszcze nie ma: naboru, deklaracji, porozumienia",
    Look.REFUSED: "odmowa",
    Look.UNKNOWN: "nieustalone",
    Look.OUTSIDE: _OUTSIDE,
}


@dataclass(frozen=True)
class MapLine:
    """One line of a tile: what is said, and how it looks."""

    text: str
    look: Look


@dataclass(frozen=True)
class MapTile:
    """A unit: its name, its lines, and the tiles of the units in it. ``unknown``: nobody has published which it is."""

    name: str
    lines: tuple[MapLine, ...] = ()
    tiles: tuple["MapTile", ...] = ()
    unknown: bool = False


@dataclass(frozen=True)
class ProjectMap:
    """What the picture shows. ``summary``: sentences above it, which are its description for those who do not see."""

    title: str
    summary: tuple[str, ...]
    blocks: tuple[MapTile, ...]


_WIDTH, _MARGIN, _GAP, _PAD = 1280, 24, 16, 10
_COLUMNS, _TILES_A_ROW = 2, 2
_FONT, _NAME, _HEAD, _TITLE = 12, 13, 16, 20
_LEADING = 1.35
_WIDEST = 0.62
"""Width of an average letter of a wide font (Verdana, DejaVu Sans), in its size."""
_WIDEST_BOLD = 0.7
_SIGN = 16
_INK = "#1b1b1b"
# The colour behind a line, and that of its border and sign, which stands out from it and from white.
_COLOURS: Mapping[Look, tuple[str, str]] = {
    Look.GOOD: ("#dcf1e0", "#1b6b2f"),
    Look.SHORT: ("#fde6d3", "#9a3b00"),
    Look.OPEN: ("#dbe9fb", "#174b8f"),
    Look.WAITING: ("#ece3f8", "#5a2f91"),
    Look.LACKING: ("#f4f1e4", "#5f5420"),
    Look.REFUSED: ("#fbdcdf", "#9b1c2e"),
    Look.UNKNOWN: ("#ffffff", "#555555"),
    Look.OUTSIDE: ("#e6e6e6", "#555555"),
}
# Drawn in a square of 16, so that no font is asked for them.
_SIGNS: Mapping[Look, str] = {
    Look.GOOD: '<circle cx="8" cy="8" r="7.5" fill="{c}"/><path d="M4 8.5 7 11.5 12 5" {s}/>',
    Look.SHORT: '<path d="M8 .5 15.8 15H.2Z" fill="{c}"/><path d="M8 5.5V10M8 12.2V13.4" {s}/>',
    Look.OPEN: '<circle cx="8" cy="8" r="7.5" fill="{c}"/><path d="M3.8 8H11.6M8.4 4.6 11.8 8 8.4 11.4" {s}/>',
    Look.WAITING: '<circle cx="8" cy="8" r="7.5" fill="{c}"/><path d="M8 3.6V8.4L11 10.4" {s}/>',
    Look.LACKING: '<circle cx="8" cy="8" r="6.6" fill="#fff" stroke="{c}" stroke-width="1.8"/>',
    Look.REFUSED: '<rect x=".5" y=".5" width="15" height="15" fill="{c}"/>'
    '<path d="M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5" {s}/>',
    Look.UNKNOWN: '<circle cx="8" cy="8" r="7" fill="#fff" stroke="{c}" stroke-width="1.4" stroke-dasharray="2.5 2"/>'
    '<path d="M5.8 6.2A2.2 2.2 0 1 1 8 8.6V9.8M8 11.6V12.6" fill="none" stroke="{c}" stroke-width="1.5"/>',
    Look.OUTSIDE: '<rect x="1" y="1" width="14" height="14" fill="#fff" stroke="{c}" stroke-width="1.5"/>'
    '<path d="M2 14 14 2" stroke="{c}" stroke-width="1.5"/>',
}
_STROKE = 'fill="none" stroke="#fff" stroke-width="1.9"'


def project_map(shown: ProjectMap) -> bytes:
    """The picture, as UTF-8 bytes of well-formed XML."""
    top = _MARGIN
    body: list[str] = []
    for size, text in [(_TITLE, shown.title), *((_NAME, sentence) for sentence in shown.summary)]:
        lines = _wrapped(text, _WIDTH - 2 * _MARGIN, size, bold=size == _TITLE)
        body += _text(lines, _MARGIN, top, size, bold=size == _TITLE)
        top += _height(lines, size) + 4
    top += _GAP
    drawn, bottom = _columns(shown.blocks, top)
    body += drawn
    legend, bottom = _legend(bottom + _GAP)
    body += legend
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="pl" lang="pl" role="img" aria-labelledby="tytul opis" '
        f'width="{_WIDTH}" height="{bottom + _MARGIN}" viewBox="0 0 {_WIDTH} {bottom + _MARGIN}" '
        f'font-family="Verdana, \'DejaVu Sans\', sans-serif" fill="{_INK}">'
    )
    told = (
        f'<title id="tytul">{escape(shown.title)}</title>',
        f'<desc id="opis">{escape(" ".join(shown.summary))}</desc>',
        f'<rect width="{_WIDTH}" height="{bottom + _MARGIN}" fill="#ffffff"/>',
    )
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *told, *body, "</svg>", ""]).encode()


def _columns(blocks: Iterable[MapTile], top: int) -> tuple[list[str], int]:
    """The blocks in columns, each below the column that ends first, so that a small one leaves no hole."""
    width = (_WIDTH - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) // _COLUMNS
    ends = [top] * _COLUMNS
    body: list[str] = []
    for block in blocks:
        column = ends.index(min(ends))
        height = _tile_height(block, width, 0)
        body += _tile(block, _MARGIN + column * (width + _GAP), ends[column], width, height, 0)
        ends[column] += height + _GAP
    return body, max(ends) - _GAP


def _rows(tiles: Iterable[MapTile], left: int, top: int, width: int, many: int, *, depth: int) -> tuple[list[str], int]:
    """Tiles in rows of so many, all of a row as high as the highest; what was drawn, and where it ends."""
    listed = list(tiles)
    body: list[str] = []
    for first in range(0, len(listed), many):
        row = listed[first : first + many]
        height = max(_tile_height(tile, width, depth) for tile in row)
        for place, tile in enumerate(row):
            body += _tile(tile, left + place * (width + _gap(depth)), top, width, height, depth)
        top += height + _gap(depth)
    return body, top - (_gap(depth) if listed else 0)


def _gap(depth: int) -> int:
    return (_GAP, 10, 6)[min(depth, 2)]


def _inner(width: int, depth: int) -> tuple[int, int]:
    """How wide the tiles in a tile are, and how many stand in a row: gminas one below the other."""
    many = _TILES_A_ROW if depth == 0 else 1
    return (width - 2 * _PAD - (many - 1) * _gap(depth + 1)) // many, many


def _tile_height(tile: MapTile, width: int, depth: int) -> int:
    height = _PAD + _height(_name_lines(tile, width, depth), _name_size(depth)) + 6
    height += sum(_line_height(line, width) + 4 for line in tile.lines)
    if tile.tiles:
        inner, many = _inner(width, depth)
        listed = list(tile.tiles)
        for first in range(0, len(listed), many):
            height += max(_tile_height(one, inner, depth + 1) for one in listed[first : first + many])
            height += _gap(depth + 1)
    return height + _PAD - 4


def _tile(tile: MapTile, left: int, top: int, width: int, height: int, depth: int) -> list[str]:
    fill = ("#f7f8fa", "#ffffff", "#fbfbfb")[min(depth, 2)]
    dashes = ' stroke-dasharray="6 4"' if tile.unknown else ""
    body = [
        f"<g><title>{escape(_spoken(tile))}</title>",
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="6" fill="{fill}" stroke="#6b7280"{dashes}/>',
    ]
    top += _PAD
    names = _name_lines(tile, width, depth)
    body += _text(names, left + _PAD, top, _name_size(depth), bold=True)
    top += _height(names, _name_size(depth)) + 6
    for line in tile.lines:
        body += _line(line, left + _PAD, top, width - 2 * _PAD)
        top += _line_height(line, width) + 4
    if tile.tiles:
        inner, many = _inner(width, depth)
        drawn, _ = _rows(tile.tiles, left + _PAD, top + 2, inner, many, depth=depth + 1)
        body += drawn
    return [*body, "</g>"]


def _spoken(tile: MapTile) -> str:
    return f"{tile.name}: {'; '.join(line.text for line in tile.lines)}" if tile.lines else tile.name


def _name_size(depth: int) -> int:
    return (_HEAD, _NAME, _FONT)[min(depth, 2)]


def _name_lines(tile: MapTile, width: int, depth: int) -> list[str]:
    return _wrapped(tile.name, width - 2 * _PAD, _name_size(depth), bold=True)


def _said(line: MapLine, width: int) -> list[str]:
    return _wrapped(line.text, width - _SIGN - 18, _FONT)


def _line_height(line: MapLine, tile_width: int) -> int:
    return max(_SIGN, _height(_said(line, tile_width - 2 * _PAD), _FONT)) + 8


def _line(line: MapLine, left: int, top: int, width: int) -> list[str]:
    fill, ink = _COLOURS[line.look]
    said = _said(line, width)
    height = max(_SIGN, _height(said, _FONT)) + 8
    dashes = ' stroke-dasharray="4 3"' if line.look is Look.UNKNOWN else ""
    return [
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="4" fill="{fill}" stroke="{ink}"{dashes}/>',
        f'<g transform="translate({left + 6} {top + (height - _SIGN) // 2})">{_sign(line.look)}</g>',
        *_text(said, left + _SIGN + 12, top + (height - _height(said, _FONT)) // 2, _FONT),
    ]


def _sign(look: Look) -> str:
    return _SIGNS[look].replace("{c}", _COLOURS[look][1]).replace("{s}", _STROKE)


def _legend(top: int) -> tuple[list[str], int]:
    body = _text(["Objaśnienia"], _MARGIN, top, _NAME, bold=True)
    top += _height(["Objaśnienia"], _NAME) + 6
    width = (_WIDTH - 2 * _MARGIN - 3 * _GAP) // 4
    lines = [MapLine(text, look) for look, text in _LEGEND.items()]
    for first in range(0, len(lines), 4):
        row = lines[first : first + 4]
        height = max(_line_height(line, width + 2 * _PAD) for line in row)
        for place, line in enumerate(row):
            body += _line(line, _MARGIN + place * (width + _GAP), top, width)
        top += height + 6
    return body, top - 6


def _height(lines: list[str], size: int) -> int:
    return round(len(lines) * size * _LEADING)


def _text(lines: list[str], left: int, top: int, size: int, *, bold: bool = False) -> list[str]:
    weight = ' font-weight="bold"' if bold else ""
    return [
        f'<text x="{left}" y="{round(top + size + number * size * _LEADING)}" font-size="{size}"{weight}>'
        f"{escape(line)}</text>"
        for number, line in enumerate(lines)
    ]


def _wrapped(text: str, width: int, size: int, *, bold: bool = False) -> list[str]:
    """The text in lines that fit, broken at spaces; a single word that is too long is broken anywhere."""
    most = max(1, int(width / (size * (_WIDEST_BOLD if bold else _WIDEST))))
    lines = [""]
    for word in text.split(" "):
        while len(word) > most:
            if lines[-1]:
                lines.append("")
            lines[-1], word = word[:most], word[most:]
            lines.append("")
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines if lines[-1] or len(lines) == 1 else lines[:-1]
