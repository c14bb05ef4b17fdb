"""Where something stands in a JSON document: from a place in its text to a path, and how a path is written."""

import json
import re
from collections.abc import Iterator
from enum import Enum
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
_SCALAR = re.compile(r"-?[0-9.eE+-]+|true|false|null")


def spelled(path: Path) -> str:
    """``("places", 3, "list")`` as ``$.places[3].list``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def path_at(text: str, at: int) -> Path:
    """The innermost value whose text, key or comma stands at an index of a compact JSON text.

    Within a text that is itself a JSON document the path goes on into that. Raises ``ValueError`` for a broken text.
    """
    try:
        return _walk(text, 0, (), at)[1] or ()
    except (IndexError, RecursionError) as error:
        raise ValueError("not a JSON document") from error


def _walk(text: str, start: int, path: Path, at: int) -> tuple[int, Path | None]:
    """Where the value ends, and the path to ``at`` if it lies within."""
    match text[start]:
        case "{":
            return _walk_members(text, start, path, at)
        case "[":
            return _walk_items(text, start, path, at)
        case '"':
            _, end = scanstring(text, start + 1)
            return end, _into(text, start, end, path, at) if start <= at < end else None
        case _:
            found = _SCALAR.match(text, start)
            if found is None:
                raise ValueError("not a JSON document")
            return found.end(), path if start <= at < found.end() else None


def _walk_members(text: str, start: int, path: Path, at: int) -> tuple[int, Path | None]:
    here = path if at == start else None
    index = start + 1
    while text[index] != "}":
        key, colon = scanstring(text, index + 1)
        inner = (*path, key)
        here = here or (inner if index <= at <= colon else None)
        index, found = _walk(text, colon + 1, inner, at)
        here = here or found or (path if at == index else None)
        index += text[index] == ","
    return index + 1, here or (path if at == index else None)


def _walk_items(text: str, start: int, path: Path, at: int) -> tuple[int, Path | None]:
    here = path if at == start else None
    index, number = start + 1, 0
    while text[index] != "]":
        index, found = _walk(text, index, (*path, number), at)
        here = here or found or (path if at == index else None)
        index, number = index + (text[index] == ","), number + 1
    return index + 1, here or (path if at == index else None)


def _into(text: str, start: int, end: int, path: Path, at: int) -> Path:
    """On into a text that holds a JSON document."""
    inner = json.loads(text[start:end])
    if not inner.startswith(("{", "[")):
        return path
    before = next(_decoded(text[start + 1 : at - back] for back in range(7)), "")
    try:
        return (*path, *path_at(inner, min(len(before), len(inner) - 1)))
    except ValueError:
        return path


def _decoded(beginnings: Iterator[str]) -> Iterator[str]:
    """Of a text cut anywhere, also within an escape, the part before the cut."""
    for one in beginnings:
        try:
            yield json.loads(f'"{one}"')
        except ValueError:
            continue


def number_of(document: object, path: Path) -> str:
    """The application number of the innermost object on the way that bears one (``number``), or ``""``."""
    found, value = "", document
    for step in path:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                return found
        match value, step:
            case dict(), str() if step in value:
                value = value[step]
            case list(), int() if step < len(value):
                value = value[step]
            case _:
                return found
        if isinstance(value, dict) and isinstance(value.get("number"), str):
            found = value["number"]
    return found


class Absent(Enum):
    """What stands where nothing does: not even ``null``."""

    ABSENT = "nic"


def differences(expected: object, found: object, path: Path = ()) -> Iterator[tuple[Path, object, object]]:
    """Every place at which two JSON values differ, with what stands there in each, ``Absent.ABSENT`` for nothing."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            one, other = expected.get(key, Absent.ABSENT), found.get(key, Absent.ABSENT)
            yield from differences(one, other, (*path, key))
    elif isinstance(expected, list) and isinstance(found, list):
        for index in range(max(len(expected), len(found))):
            one = expected[index] if index < len(expected) else Absent.ABSENT
            other = found[index] if index < len(found) else Absent.ABSENT
            yield from differences(one, other, (*path, index))
    elif type(expected) is not type(found) or expected != found:
        yield path, expected, found
