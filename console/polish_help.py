"""Help and usage errors of the command line in Polish: typer itself speaks only English."""

from enum import Enum
from typing import get_args

from typer import Context
from typer._click.exceptions import (  # typer ships its own click; these names are nowhere else
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
    UsageError,
)
from typer.core import TyperCommand, TyperGroup

_WORDS = (
    ("Usage:", "Użycie:"),
    ("[OPTIONS]", "[OPCJE]"),
    ("COMMAND [ARGS]...", "POLECENIE [ARGUMENTY]…"),
    ("Options:", "Opcje:"),
    ("Arguments:", "Argumenty:"),
    ("Commands:", "Polecenia:"),
    ("Show this message and exit.", "Pokaż tę pomoc."),
    ("[required]", "[wymagane]"),
    ("[default: ", "[domyślnie: "),
    (" <str>", " <tekst>"),
    (" <path>", " <ścieżka>"),
    (" <int>", " <liczba>"),
)


def _translated(text: str) -> str:
    for english, polish in _WORDS:
        text = text.replace(english, polish)
    return text


class PolishCommand(TyperCommand):
    def get_help(self, ctx: Context) -> str:  # type: ignore[override]
        return _translated(super().get_help(ctx))


class PolishGroup(TyperGroup):
    def get_help(self, ctx: Context) -> str:  # type: ignore[override]
        return _translated(super().get_help(ctx))


def in_polish(error: ClickException) -> str:
    """What was wrong with the way a command was called. Never quotes a value: it may be somebody's PESEL."""
    match error:
        case MissingParameter(param=param) if param is not None:
            return f"Brakuje: {_name(param)}."
        case NoSuchOption():
            return f"Nie ma opcji {error.option_name}."
        case BadParameter(param=param) if param is not None:
            choices = _choices(getattr(getattr(param, "type_descriptor", None), "annotation", None))
            return f"Zła wartość: {_name(param)}." + (f" Może być: {', '.join(choices)}." if choices else "")
        case UsageError() if "No such command" in error.message:
            return "Nie ma takiego polecenia."
        case UsageError() if "unexpected extra argument" in error.message:
            return "Podano za dużo argumentów."
        case UsageError() if "requires an argument" in error.message:
            return "Opcja wymaga wartości."
        case UsageError() if "does not take a value" in error.message:
            return "Ta opcja nie przyjmuje wartości."
        case _:
            return "Polecenia nie da się tak wywołać."


def _choices(annotation: object) -> list[str]:
    """What a parameter may be, where that is one of few words."""
    kinds = [annotation, *get_args(annotation)]
    return [str(one.value) for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum) for one in kind]


def _name(param: object) -> str:
    options = [name for name in getattr(param, "opts", []) if name.startswith("-")]
    return options[0] if options else str(getattr(param, "metavar", None) or getattr(param, "name", ""))
