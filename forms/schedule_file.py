"""A Harmonogram in a file that an officer brings: YAML, CSV or Excel, told apart by the name, read whole or refused."""

from pathlib import Path
from typing import Final

from forms.schedule_columns import Column
from forms.schedule_rows import PlannedMeeting, meetings_in
from forms.schedule_table import Row, Table, rows_of_csv, rows_of_excel
from models.errors import BadInput, DefinitionFaulty, Problem, ScheduleFaulty
from models.project_faults import Location
from models.project_yaml import Data, Source, read_source

MEETINGS: Final = "spotkania"
_DAYS: Final = "dni"
_OF_DAY: Final = frozenset({Column.DATE, Column.STARTS, Column.ENDS})
_OF_MEETING: Final = frozenset(Column) - _OF_DAY
_DAY_PATTERN: Final = 'Dzień zapisuje się tak: {data: 2018-09-22, od: "9:00", do: "15:00"}.'
_LISTS: Final = frozenset({Column.AGENDA, Column.WITHOUT})


def read_schedule(path: Path) -> tuple[PlannedMeeting, ...]:
    """The meetings of a file, series unfolded.

    Raises ``ScheduleFaulty`` with every mistake by row and column, ``BadInput`` for a file of another kind. In YAML
    the „row” is the line in which the meeting or its day begins.
    """
    match path.suffix.lower():
        case ".xlsx":
            table = rows_of_excel(path.read_bytes(), path.name)
        case ".csv" | ".txt":
            table = rows_of_csv(path.read_bytes(), path.name)
        case ".yaml" | ".yml":
            table = _rows_of_yaml(path)
        case _:
            raise BadInput(f"„{path.name}”: harmonogram wczytuje się z pliku .xlsx, .csv albo .yaml.")
    read = meetings_in(table.rows, path.name)
    problems = {*table.problems, *read.problems}
    if problems:
        raise ScheduleFaulty(tuple(sorted(problems, key=lambda one: (one.line, one.sentence))))
    return read.meetings


def _rows_of_yaml(path: Path) -> Table:
    try:
        source = read_source(path.parent, Path(path.name))
    except DefinitionFaulty as error:
        raise ScheduleFaulty(error.problems) from None
    problems = list(source.problems)
    problems += [
        source.problem((name,), f"Nieznane pole „{name}”; plik ma jedno pole: {MEETINGS}.")
        for name in source.data
        if name != MEETINGS
    ]
    listed = source.data.get(MEETINGS)
    if not isinstance(listed, list) or not listed:
        problems.append(Problem(path.name, 1, f"Plik musi mieć pole „{MEETINGS}” z listą spotkań."))
        listed = []
    rows: list[Row] = []
    for index, entry in enumerate(listed):
        rows += _rows_of(source, (MEETINGS, index), entry, problems)
    return Table(tuple(rows), tuple(problems))


def _rows_of(source: Source, at: Location, entry: Data, problems: list[Problem]) -> list[Row]:
    if not isinstance(entry, dict):
        problems.append(source.problem(at, "Spotkanie to pola w zapisie „nazwa: wartość”."))
        return []
    shared = _cells(source, at, {name: one for name, one in entry.items() if name != _DAYS}, _OF_MEETING, problems)
    days = entry.get(_DAYS)
    if not isinstance(days, list) or not days:
        problems.append(source.problem(at, f"Spotkanie musi mieć pole „{_DAYS}” z listą dni."))
        return []
    rows = []
    for number, day in enumerate(days):
        place = (*at, _DAYS, number)
        if not isinstance(day, dict):
            problems.append(source.problem(place, _DAY_PATTERN))
            continue
        cells = _cells(source, place, day, _OF_DAY, problems)
        line = source.lines[source.find(at if number == 0 else place)]
        rows.append(Row(line, shared | cells))
    return rows


def _cells(
    source: Source, at: Location, values: dict[str, Data], allowed: frozenset[Column], problems: list[Problem]
) -> dict[Column, str]:
    cells: dict[Column, str] = {}
    for name, value in values.items():
        if name not in {column.value for column in allowed}:
            known = ", ".join(sorted(allowed))
            problems.append(source.problem((*at, name), f"Nieznane pole „{name}”. Są: {known}."))
            continue
        column = Column(name)
        whole = value if isinstance(value, list) and column in _LISTS else [value]
        if any(isinstance(one, list | dict | bool) for one in whole):
            problems.append(source.problem((*at, name), f"Pole „{name}” nie może mieć takiej wartości."))
            continue
        texts = [_text(source, (*at, name, n) if whole is value else (*at, name), one) for n, one in enumerate(whole)]
        cells[column] = "\n".join(text for text in texts if text)
    return cells


def _text(source: Source, at: Location, value: Data) -> str:
    """The value as it was written: a number must not lose its zeros."""
    return "" if value is None else source.texts.get(at, str(value)).strip()
