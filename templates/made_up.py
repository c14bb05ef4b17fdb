"""Letters about nobody: every event with made-up data, to check templates by and to look at."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import EnumType
from types import NoneType
from typing import Annotated, Any, Literal, cast, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime

from templates.letters.events import EVENTS
from templates.letters.frame import Letter
from templates.letters.free import Words

# Looking like the real thing, so that a preview reads as a letter. What is not named here says „przykład”.
_WORDS: Mapping[str, str] = {
    "project_title": "Przykładowy projekt kooperacji",
    "project_short_title": "PRZYKŁAD",
    "project_number": "POWR.00.00.00-00-0000/00",
    "unit_name": "Przykładowy Ośrodek Polityki Społecznej",
    "unit_address": "ul. Przykładowa 1, 00-000 Przykładowo",
    "phone": "58 000 00 00",
    "email": "rekrutacja@osrodek.example",
    "hours": "poniedziałek–piątek, 7:30–15:30",
    "iod": "iod@osrodek.example",
    "funding_line": "Projekt współfinansowany przez Unię Europejską w ramach Europejskiego Funduszu Społecznego.",
    "salutation_override": "Szanowna Pani Doktor",
    "public_number": "ZG-PRZY-KLAD",
    "group_name": "Powiatowa Grupa Refleksyjna – powiat przykładowy",
    "unit": "Gmina Przykładowo",
    "gminas": "Gmina Przykładowo",
    "appeal_number": "ZG-PRZY-KLAD/O1",
    "who": "Komisja Rekrutacyjna w innym składzie",
    "remedies": "To rozstrzygnięcie kończy postępowanie odwoławcze w projekcie.",
    "reason": "Przykładowy powód, jednym zdaniem.",
    "label": "Obszar kooperacji",
    "title": "Staż pracy",
    "subject": "Wynik rekrutacji",
    "example": "jedna zaznaczona odpowiedź",
    "sentence": "Instytucja działa w powiecie.",
    "paragraph": "§ 4 ust. 1 pkt 1 Regulaminu",
    "closing_paragraph": "§ 6 ust. 3 Regulaminu",
    "appeal_paragraph": "§ 9 Regulaminu",
    "documents": "deklaracja uczestnictwa w projekcie",
    "meeting_name": "I spotkanie Powiatowej Grupy Refleksyjnej",
    "place": "Przykładowo, ul. Wymyślona 2, sala 3",
    "agenda": "9:00 – powitanie",
    "changes": "Spotkanie odbędzie się w innej sali.",
    "file_name": "zgloszenie.docx",
    "bill_number": "R/0002/2018",
    "replaces": "R/0001/2018",
    "corrects": "R/0001/2018",
    "support_name": "coaching indywidualny",
    "led_by": "zespół coachów projektu",
}
_NUMBERS: Mapping[str, int] = {"position": 3, "points": 5, "maximum": 7, "minutes": 630, "limit_hours": 10}


def made_up_letter(event: str, *, given: bool = True, **changed: object) -> Letter:
    """The letter of ``event`` with whatever may be absent ``given`` or absent; ``changed`` fields as they are told."""
    whole = {"salutation_override": "", "instead_of": None, **changed}
    return cast(Letter, _made_up(EVENTS[event], given=given, turn=0, whole=whole))


def variations(event: str) -> Iterator[Letter]:
    """Letters enough to reach what a template makes depend on one value: all given, all absent, and from each of the
    two every optional value the other way and every choice in turn."""
    for given in (True, False):
        yield made_up_letter(event, given=given)
        yield made_up_letter(event, given=given, salutation_override=_WORDS["salutation_override"])
        hints = get_type_hints(EVENTS[event], include_extras=True)
        for one in fields(EVENTS[event]):
            kind = hints[one.name]
            if one.name in ("office", "salutation_override"):
                continue
            for value in _choices(kind) if not _may_be_absent(one, kind) else _other(one, kind, given=given):
                yield made_up_letter(event, given=given, **{one.name: value})


def _may_be_absent(one: Field[Any], kind: object) -> bool:
    return (one.default is not MISSING or kind is bool) and not _choices(kind)


def _other(one: Field[Any], kind: object, *, given: bool) -> Iterator[object]:
    yield _value(kind, one.name, given=not given, turn=0) if not given or one.default is MISSING else one.default
    if kind is bool and one.default is not MISSING:
        yield not one.default


def _choices(kind: object) -> tuple[object, ...]:
    """The values of a closed set; empty for any other kind."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _choices(arguments[0])
    if origin is Literal:
        return arguments
    if NoneType in arguments:
        inner = _choices(arguments[0])
        return (*inner, None) if inner else ()
    return tuple(kind) if isinstance(kind, EnumType) else ()


def _made_up(kind: type[object], *, given: bool, turn: int, whole: Mapping[str, object] = {}) -> object:
    hints = get_type_hints(kind, include_extras=True)
    chosen = [one.name for one in fields(cast(Any, kind)) if given or one.default is MISSING]
    values = {name: _value(hints[name], name, given=given, turn=turn) for name in chosen}
    return kind(**{**values, **whole})


def _value(kind: object, name: str, *, given: bool, turn: int) -> object:
    """A value of the annotated kind; not ``given``, whatever may be absent is. Choices differ by ``turn`` in a list."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _value(arguments[0], name, given=given, turn=turn)
    if origin is Literal:
        return arguments[turn % len(arguments)]
    if NoneType in arguments:
        return _value(arguments[0], name, given=True, turn=turn) if given else None
    if origin is tuple:
        return tuple(_value(arguments[0], name, given=given, turn=item) for item in range(3 if given else 1))
    if isinstance(kind, EnumType):
        return next(iter(kind))
    if isinstance(kind, type) and is_dataclass(kind):
        return _made_up(kind, given=given, turn=turn)
    plain: dict[object, object] = {
        str: _WORDS.get(name, "przykład"),
        bool: given,
        Words: Words("Przykładowa treść listu.\n\n- punkt pierwszy,\n- punkt drugi."),
        int: _NUMBERS.get(name, 123456),
        date: date(2018, 11, 24 + turn),
        time: time(15 if name == "ends" else 9, 0),
        AwareDatetime: datetime(2018, 10, 12, 7, 41, tzinfo=UTC),
    }
    return plain[kind]
