"""Numbers about units that rules may ask for, such as how many people live in a gmina: tables of a project.

A project lists its tables (``unit_data``), and the numbers of each stand beside it in ``unit_data/<code>.csv``
(``teryt;value``). They belong to the version of the project: another number is another version.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from models.errors import Problem
from models.form_definition import KEY, Strict
from models.rules.conditions import MOST
from models.rules.unit_numbers import unit_key

UNIT_DATA: Final = "unit_data"
"""Both the folder and the section that lists its files."""
LARGEST: Final = 500_000
"""Bytes of one table: three times all gminas of the country."""
_HEADER: Final = ["teryt", "value"]
_NUMBER: Final = re.compile(r"[0-9]{1,10}|[0-9]{1,3}(?:[ \u00a0][0-9]{3})+")


class UnitTable(Strict):
    """One table. ``title`` in the nominative, as regulations say it: „liczba mieszkańców”; ``as_of`` and ``source``
    tell where the numbers are from."""

    code: Annotated[str, Field(pattern=KEY)]
    title: Annotated[str, Field(pattern=r"\S")]
    source: Annotated[str, Field(pattern=r"\S")]
    as_of: date
    values: dict[Annotated[str, Field(pattern=r"^[0-9]{4}([0-9]{3})?$")], Annotated[int, Field(ge=0, le=MOST)]]
    """By TERYT of the powiat or of the gmina."""


def numbers_of(tables: Sequence[UnitTable]) -> dict[str, Mapping[str, int]]:
    """The tables as rules look at them: by code, and by what tells a unit from others."""
    return {table.code: {unit_key(code): value for code, value in table.values.items()} for table in tables}


def read_values(folder: Path, code: str, problems: list[Problem]) -> dict[str, int] | None:
    """The numbers of a table from ``unit_data/<code>.csv``; ``None``, with every mistake told, where it is faulty.

    A unit without a number is left out: nobody knows it. Nothing outside the folder is read.
    """
    path, file = folder / UNIT_DATA / f"{code}.csv", f"{UNIT_DATA}/{code}.csv"
    if path.is_symlink() or path.parent.is_symlink():
        return _faulty(problems, file, 1, "Tabela nie może być dowiązaniem do innego miejsca; proszę wstawić sam plik.")
    if not path.is_file():
        return _faulty(problems, file, 1, f"Brakuje tego pliku, a project.yaml wymienia tabelę „{code}” (unit_data).")
    data = path.read_bytes()
    if len(data) > LARGEST:
        return _faulty(problems, file, 1, f"Tabela jest za duża: najwyżej {LARGEST // 1000} kB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _faulty(problems, file, line, "Plik nie jest zapisany w kodowaniu UTF-8; proszę zapisać go ponownie.")
    return _values(text, file, problems)


def _values(text: str, file: str, problems: list[Problem]) -> dict[str, int] | None:
    before = len(problems)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    values: dict[str, int] = {}
    lines: dict[str, int] = {}
    try:
        if [cell.strip().lower() for cell in next(rows, [])] != _HEADER:
            return _faulty(problems, file, 1, "Pierwszy wiersz tabeli musi brzmieć: teryt;value.")
        for row in rows:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            sentence = _mistake(cells, lines)
            if sentence:
                problems.append(Problem(file, rows.line_num, sentence))
                continue
            lines[unit_key(cells[0])] = rows.line_num
            if cells[1]:
                values[cells[0]] = int(re.sub(r"\D", "", cells[1]))
    except csv.Error:
        return _faulty(problems, file, rows.line_num, "Tego wiersza nie da się podzielić na kolumny.")
    if not values and len(problems) == before:
        problems.append(Problem(file, 1, "Tabela nie podaje żadnej liczby."))
    return values if len(problems) == before else None


def _mistake(cells: Sequence[str], lines: Mapping[str, int]) -> str:
    if len(cells) != len(_HEADER):
        return f"Kolumny są dwie (teryt;value), a komórek w tym wierszu: {len(cells)}."
    code, value = cells
    if not re.fullmatch(r"[0-9]{4}|[0-9]{6}[1-3]", code):
        return "Kod TERYT ma cztery cyfry (powiat) albo siedem (gmina; ostatnia to 1, 2 albo 3)."
    if unit_key(code) in lines:
        return f"Ta jednostka stoi już w wierszu {lines[unit_key(code)]}."
    if value and not (_NUMBER.fullmatch(value) and int(re.sub(r"\D", "", value)) <= MOST):
        return "Wartość musi być liczbą całkowitą, na przykład 31 200; gdy nie jest znana, zostaje pusta."
    return ""


def _faulty(problems: list[Problem], file: str, line: int, sentence: str) -> dict[str, int] | None:
    problems.append(Problem(file, line, sentence))
    return None
