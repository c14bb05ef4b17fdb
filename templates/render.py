"""From a letter to a mail: subject, text and HTML of one event, in office Polish.

Templates lie in ``mail/<event>/``; an office may lay its own beside them in a folder of the same shape. They run in a
sandbox, know only the placeholders that the letter declares, and a misspelt one stops the mail: no gap is ever sent.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import EnumType
from functools import lru_cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Literal, cast, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import AwareDatetime

from models.errors import BadInput, Problem
from templates import polish
from templates.letters import EVENTS, Letter, MeetingDayLine

WARSAW = ZoneInfo("Europe/Warsaw")
FILES = ("subject.txt", "body.txt", "body.html")
SUBJECT_FIELDS = ("public_number", "days", "office")
"""All that a subject is given, whatever the letter holds: subjects are seen by everybody on the way."""
ADDRESS_FORMS = {case.name.lower(): case for case in polish.Case}
_COMPUTED = {"salutation", "you"}

_TAG = re.compile(r"(<[^>]*>)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class RenderedMail:
    """The three texts of one mail. ``subject`` is one line; the texts end with a line break."""

    subject: str
    text: str
    html: str


def render_mail(event: str, letter: Letter, *, override: Path | None = None) -> RenderedMail:
    """The mail of ``event`` for one letter; templates in the folder ``override`` go before ours.

    Raises:
        BadInput: no such event, a letter of another event, or a template with a mistake (which one, and the line).
    """
    declared = EVENTS.get(event)
    if declared is None or not isinstance(letter, declared):
        raise BadInput(f"Nie ma wiadomości „{event}” dla takich danych ({type(letter).__name__}).")
    values: dict[str, object] = {field.name: getattr(letter, field.name) for field in fields(letter)}
    subject_values = {name: values[name] for name in SUBJECT_FIELDS if name in values}
    subject = " ".join(_rendered(event, "subject.txt", subject_values, override).split())
    if not subject or _CONTROL.search(subject):
        raise BadInput(f"Temat wiadomości „{event}” jest pusty albo zawiera znaki sterujące.")
    values["salutation"] = polish.salutation(letter.sex)
    values["you"] = {name: polish.noun(polish.Noun.ADDRESS, case, letter.sex) for name, case in ADDRESS_FORMS.items()}
    text = _rendered(event, "body.txt", values, override)
    html = _rendered(event, "body.html", {**values, "subject": subject}, override)
    return RenderedMail(subject, _tidy(polish.nbsp(text)), _tidy(_nbsp_between_tags(html)))


def check_templates(override: Path | None = None) -> tuple[Problem, ...]:
    """Renders every event with made-up data, each optional value once given and once absent; returns the mistakes."""
    return tuple(
        problem for event, declared in EVENTS.items() for problem in _event_problems(event, declared, override)
    )


def _event_problems(event: str, declared: type[Letter], override: Path | None) -> list[Problem]:
    problems = [problem for file in FILES for problem in _undeclared(event, file, declared, override)]
    for given in () if problems else (True, False):
        try:
            render_mail(event, _made_up(declared, given=given), override=override)
        except BadInput as mistake:
            problems.append(Problem(event, 0, str(mistake)))
    return problems


def _undeclared(event: str, file: str, declared: type[Letter], override: Path | None) -> Iterator[Problem]:
    """Placeholders the letter does not declare, also in branches that no rendering reaches."""
    environment = _environment(override)
    name = f"{event}/{file}"
    try:
        source, _, _ = cast(BaseLoader, environment.loader).get_source(environment, name)
        used = find_undeclared_variables(environment.parse(source))
    except TemplateNotFound:
        yield Problem(name, 0, "Brakuje tego szablonu.")
        return
    except TemplateSyntaxError as mistake:
        yield Problem(name, mistake.lineno, "Szablon ma błąd składni.")
        return
    known = {field.name for field in fields(declared)}
    allowed = known & set(SUBJECT_FIELDS) if file == "subject.txt" else known | _COMPUTED
    if file == "body.html":
        allowed |= {"subject"}
    for variable in sorted(used - allowed):
        line = next((at for at, text in enumerate(source.splitlines(), start=1) if variable in text), 0)
        yield Problem(name, line, f"Wiadomość nie zna danej „{variable}”.")


def _rendered(event: str, file: str, values: dict[str, object], override: Path | None) -> str:
    name = f"{event}/{file}"
    try:
        return _environment(override).get_template(name).render(values)
    except TemplateSyntaxError as mistake:
        raise BadInput(f"Szablon „{mistake.name or name}” ma błąd składni w wierszu {mistake.lineno}.") from None
    except TemplateNotFound:
        raise BadInput(f"Brakuje szablonu „{name}” albo pliku, do którego się odwołuje.") from None
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as mistake:
        # A template may do anything wrong with the values; what Python says of it may quote one.
        raise BadInput(
            f"Szablon „{name}” używa danych, których nie ma, albo używa ich błędnie ({type(mistake).__name__})."
        ) from None


@lru_cache(maxsize=4)
def _environment(override: Path | None) -> ImmutableSandboxedEnvironment:
    ours = PackageLoader("templates", "mail")
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(override), ours]) if override else ours,
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment


def _local_date(moment: date) -> date:
    return moment.astimezone(WARSAW).date() if isinstance(moment, datetime) else moment


def _clock(moment: datetime | time) -> str:
    local = moment.astimezone(WARSAW) if isinstance(moment, datetime) else moment
    return f"{local.hour}:{local.minute:02d}"


FILTERS: dict[str, Callable[..., str]] = {
    "short_date": lambda moment: polish.short_date(_local_date(moment)),
    "long_date": lambda moment: polish.long_date(_local_date(moment)),
    "day": lambda moment: f"{polish.weekday(_local_date(moment))}, {polish.long_date(_local_date(moment))}",
    "clock": _clock,
    "span": lambda days: polish.date_span(day.date for day in cast(tuple[MeetingDayLine, ...], days)),
    "amount": polish.amount_zl,
    "duration": polish.hours,
}
"""What templates may apply to a value. Every date of theirs ends with „r.”: no full stop after it."""


def _nbsp_between_tags(html: str) -> str:
    return "".join(piece if piece.startswith("<") else polish.nbsp(piece) for piece in _TAG.split(html))


def _tidy(text: str) -> str:
    """No control characters, no blanks at line ends, never two empty lines on end, one line break at the end."""
    lines = [line.rstrip(" \t") for line in _CONTROL.sub("", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _made_up(declared: type[Letter], *, given: bool) -> Letter:
    return cast(Letter, _made_up_value(declared, given=given, turn=0))


def _made_up_value(kind: object, *, given: bool, turn: int) -> object:
    """A value of the annotated kind; not ``given``, whatever may be absent is. Choices differ by ``turn`` in a list."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _made_up_value(arguments[0], given=given, turn=turn)
    if origin is Literal:
        return arguments[turn % len(arguments)]
    if NoneType in arguments:
        return _made_up_value(arguments[0], given=True, turn=turn) if given else None
    if origin is tuple:
        return tuple(_made_up_value(arguments[0], given=given, turn=item) for item in range(3 if given else 1))
    if isinstance(kind, EnumType):
        return next(iter(kind))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        chosen = [field.name for field in fields(kind) if given or field.default is MISSING]
        return kind(**{name: _made_up_value(hints[name], given=given, turn=turn) for name in chosen})
    plain: dict[object, object] = {
        str: "przykład",
        bool: given,
        int: 123456,
        date: date(2018, 11, 24),
        time: time(9, 0),
        AwareDatetime: datetime(2018, 10, 12, 7, 41, tzinfo=UTC),
    }
    return plain[kind]
