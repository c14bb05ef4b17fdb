"""What pydantic finds wrong in a definition, as Polish sentences with file and line."""

import difflib
import re
from collections.abc import Iterable, Iterator

from pydantic_core import ErrorDetails

from models.errors import Problem
from models.project_faults import Location
from models.project_yaml import Source


def mistakes(source: Source, errors: Iterable[ErrorDetails]) -> Iterator[Problem]:
    """One problem an error. The paths of ``errors`` begin at the top of the file."""
    listed = _without_echoes(list(errors))
    missing: dict[Location, list[str]] = {}
    for error in listed:
        if error["type"] == "missing":
            missing.setdefault(error["loc"][:-1], []).append(str(error["loc"][-1]))
    for error in listed:
        location = error["loc"] or _repeated_key(source)
        yield source.problem(location, _sentence(source, error, missing.get(error["loc"][:-1], [])))


def _without_echoes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leaves out lists that are too short only because pydantic does not count their faulty items."""
    return [
        error
        for error in errors
        if error["type"] != "too_short"
        or not any(len(other["loc"]) > len(error["loc"]) and _inside(other["loc"], error["loc"]) for other in errors)
    ]


def _inside(location: Location, outer: Location) -> bool:
    return location[: len(outer)] == outer


def _repeated_key(source: Source) -> Location:
    """Where a form says a key again. The form as a whole is refused for it, so pydantic gives no place."""
    seen: set[str] = set()
    for location, text in source.texts.items():
        if location[0] == "sections" and location[-1] == "key":
            if text in seen:
                return location
            seen.add(text)
    return ()


_FORM_CODE = "może zawierać tylko małe litery bez polskich znaków, cyfry i podkreślenia; zaczyna się od litery"
PATTERNS = {
    r"\S": "nie może być puste",
    r"^[a-z][a-z0-9_]*$": _FORM_CODE,
    r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$": "musi być kluczem pola formularza, na przykład „instytucja.obszar”",
    r"^[A-Z][A-Z0-9-]*$": "może zawierać tylko wielkie litery bez polskich znaków, cyfry i łączniki",
    r"^[A-Z][A-Z0-9/-]{0,15}$": (
        "musi zaczynać się wielką literą i mieć najwyżej 16 znaków: wielkie litery bez polskich znaków, cyfry, "
        "łączniki i ukośniki, na przykład „UZ”"
    ),
    r"^[A-Z0-9{][A-Za-z0-9{}./-]{0,59}$": (
        "musi być wzorem numeru: litery bez polskich znaków, cyfry, łączniki, kropki, ukośniki i znaczniki w klamrach, "
        "na przykład „POW/{kind}/{number}/{year}”"
    ),
    r"^[0-9]{2}$": "musi być kodem TERYT województwa: dwie cyfry w cudzysłowie",
    r"^[0-9]{26}$": "musi być numerem konta: 26 cyfr w cudzysłowie, bez „PL” i bez odstępów",
    r"^[0-9]{4}$": "musi być kodem TERYT powiatu: cztery cyfry w cudzysłowie",
    r"^[0-9]{7}$": "musi być kodem TERYT gminy: siedem cyfr w cudzysłowie",
    r"^[0-9]{6,7}$": "musi być kodem TERYT gminy: sześć albo siedem cyfr w cudzysłowie",
    r"^points:[a-z][a-z0-9_]*$": "musi mieć zapis „points:” i kod reguły punktowej, na przykład „points:staz”",
    r"^[0-9]{2}([0-9]{2}([0-9]{3})?)?$": "musi być kodem TERYT o 2, 4 albo 7 cyfrach, w cudzysłowie",
    r"^(call|[0-9]{2}|[0-9]{4}|[0-9]{6,7})$": "musi być słowem „call” albo kodem TERYT w cudzysłowie",
    r"^[a-z_]{1,40}/[a-z_]{1,40}\.(md|txt|css)$": "musi być ścieżką szablonu, na przykład „accepted/body.md”",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": "musi być adresem e-mail",
}
_LIMITS = {
    "greater_than": ("musi być większe niż", "gt"),
    "greater_than_equal": ("musi wynosić co najmniej", "ge"),
    "less_than": ("musi być mniejsze niż", "lt"),
    "less_than_equal": ("może wynosić najwyżej", "le"),
}
_FIELDS = "musi się składać z pól w zapisie „nazwa: wartość”"
_LIST = "musi być listą: pozycje po myślnikach w osobnych wierszach albo w nawiasach [ ]"
_SHAPES = {
    "int_type": "musi być liczbą całkowitą, bez cudzysłowu",
    "bool_type": "musi mieć wartość true albo false",
    "tuple_type": _LIST,
    "model_type": _FIELDS,
    "model_attributes_type": _FIELDS,
    "dict_type": _FIELDS,
    "string_too_short": "nie może być puste",
    "union_tag_not_found": "potrzebuje rodzaju reguły (kind)",
}


def _sentence(source: Source, error: ErrorDetails, missing: list[str]) -> str:
    kind, context, location = error["type"], error.get("ctx", {}), error["loc"]
    name = _name(location)
    match kind:
        case "missing":
            return f"Brakuje pola „{location[-1]}”."
        case "extra_forbidden":
            close = difflib.get_close_matches(str(location[-1]), missing, n=1)
            return f"Nieznane pole „{location[-1]}”." + (f" Czy chodziło o „{close[0]}”?" if close else "")
        case "int_type" if isinstance(error["input"], float):
            return f"{name} musi być liczbą całkowitą."
        case "string_type":
            return _text_sentence(source, location, error["input"])
        case "string_pattern_mismatch":
            return f"{name} {PATTERNS.get(str(context.get('pattern')), 'ma niedozwolony zapis')}."
        case "enum" | "literal_error":
            return f"{name} ma niedozwoloną wartość „{error['input']}”. Dozwolone: {_choices(context['expected'])}."
        case "union_tag_invalid":
            allowed = _choices(context["expected_tags"])
            return f"Nieznany rodzaj reguły (kind) „{context['tag']}”. Dozwolone: {allowed}."
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            words, bound = _LIMITS[kind]
            return f"{name} {words} {context[bound]}."
        case "too_short":
            return f"{name} nie może być puste: potrzeba co najmniej jednej pozycji."
        case "value_error":
            said = str(context["error"])
            return f"{said[:1].upper()}{said[1:]}."
    if kind.startswith("date"):
        return f"{name} musi być datą w zapisie RRRR-MM-DD."
    if kind.startswith("time"):
        return f'{name} musi być godziną w cudzysłowie, na przykład "09:00".'
    return f"{name} {_SHAPES.get(kind, 'ma niedozwoloną wartość')}."


def _text_sentence(source: Source, location: Location, given: object) -> str:
    name = _name(location)
    if given is None:
        return f"{name} jest puste, a musi być tekstem."
    if not isinstance(given, bool | int | float):
        return f"{name} musi być tekstem."
    written = source.texts.get(source.find(location), "")
    why = ", bo bez niego kod traci zero na początku" if re.match(r"0[0-9]", written) else ""
    return f'{name} musi być tekstem: wartość trzeba ująć w cudzysłów ("{written}"){why}.'


def _name(location: Location) -> str:
    """How the value is called in a sentence, in the neuter: its field, or the field of the list and the place in it."""
    if location and isinstance(location[-1], int) and len(location) > 1:
        return f"Pole „{location[-2]}” (pozycja {location[-1] + 1})"
    return f"Pole „{location[-1]}”" if location else "Plik"


def _choices(expected: object) -> str:
    """The allowed values out of pydantic's English list."""
    return ", ".join(re.findall(r"'([^']*)'", str(expected))) or str(expected)
