"""From a letter to a mail: subject, text and HTML of one event, in office Polish.

Templates lie in ``mail/<event>/``: ``subject.txt``, and ``body.md`` from which both the text and the HTML come. An
office may put its own in their place, file by file. They run in a sandbox, know only the placeholders that the letter
declares, and a misspelt one stops the mail: no gap is ever sent.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias, cast
from zoneinfo import ZoneInfo

from css_inline import CSSInliner
from jinja2 import (
    BaseLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.errors import BadInput
from models.project_templates import TemplateFile
from templates import polish
from templates.letters.events import EVENTS
from templates.letters.frame import Letter, MeetingDayLine
from templates.letters.free import Words
from templates.literal import hide, show
from templates.markdown import as_html, as_text, parsed

WARSAW = ZoneInfo("Europe/Warsaw")
SUBJECT, BODY = "subject.txt", "body.md"
FILES = (SUBJECT, BODY)
BASE = "_base"
FOOTER, STYLE = f"{BASE}/footer.md", f"{BASE}/style.css"
"""What stands under every letter, and how all of them look."""
WORDS, EARLIER = f"{BASE}/words.md", f"{BASE}/earlier.md"
"""Words that are known already, in the frame; and the sentence that says which letter this one takes the place of."""
SUBJECT_FIELDS = ("public_number", "days", "office", "title", "kind")
"""All that a subject is given, whatever the letter holds: subjects are seen by everybody on the way."""
ADDRESS_FORMS = {case.name.lower(): case for case in polish.Case}
SYNTAX = "Szablon ma błąd składni albo używa filtra, którego nie ma."
COMPUTED = frozenset({"salutation", "you"})
"""What a body is given beside the fields of its letter: the opening, and „Pani/Pan/Państwo” by case."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

Overrides: TypeAlias = tuple[TemplateFile, ...]


@dataclass(frozen=True)
class RenderedMail:
    """The three texts of one mail. ``subject`` is one line; the texts end with a line break."""

    subject: str
    text: str
    html: str
    content: str | None = None
    """What it says, as Markdown without salutation and signature (values hidden); ``None`` where an office's own
    template keeps the two together."""


class TemplateMistake(BadInput):
    """A template asks for what is not there; ``file`` and ``line`` tell where (line 0: the file as a whole)."""

    def __init__(self, file: str, line: int, sentence: str) -> None:
        super().__init__(f"Szablon „{file}”, wiersz {line}: {sentence}" if line else f"Szablon „{file}”: {sentence}")
        self.file = file
        self.line = line
        self.sentence = sentence


def render_mail(event: str, letter: Letter, *, overrides: Overrides = ()) -> RenderedMail:
    """The mail of ``event`` for one letter; the office's templates in ``overrides`` go before ours.

    Raises:
        BadInput: no such event, or a letter of another event.
        TemplateMistake: a template with a mistake (which one, and the line); it quotes no value.
    """
    declared = EVENTS.get(event)
    if declared is None or not isinstance(letter, declared):
        raise BadInput(f"Nie ma wiadomości „{event}” dla takich danych ({type(letter).__name__}).")
    values: dict[str, object] = {field.name: getattr(letter, field.name) for field in fields(letter)}
    subject_values = {name: values[name] for name in SUBJECT_FIELDS if name in values}
    subject = " ".join(show(_rendered(f"{event}/{SUBJECT}", subject_values, overrides)).split())
    if not subject or _CONTROL.search(subject):
        raise TemplateMistake(f"{event}/{SUBJECT}", 0, "Temat jest pusty albo zawiera znaki sterujące.")
    values |= _addressed(letter)
    body = _rendered(f"{event}/{BODY}", values, overrides)
    return _laid_out(subject, body, values, overrides, content=_content(event, values, overrides))


def set_anew(letter: Letter, subject: str, content: str, *, overrides: Overrides = ()) -> RenderedMail:
    """Words that are known already, in the frame of a letter: what an officer rewrote, or what several letters say.

    ``content`` is Markdown as ``RenderedMail.content`` holds it, or as somebody wrote it.
    """
    values: dict[str, object] = {field.name: getattr(letter, field.name) for field in fields(letter)}
    values |= {**_addressed(letter), "words": _MarkdownSource(content)}
    return _laid_out(subject, _rendered(WORDS, values, overrides), values, overrides, content=content)


def small_print(letter: Letter, *, overrides: Overrides = ()) -> str:
    """What stands under every letter, as text: the project, who pays, and what happens to personal data."""
    return as_text(parsed(_rendered(FOOTER, {"office": letter.office, **_addressed(letter)}, overrides)), _spelled)


def greeting(letter: Letter) -> str:
    """How a letter begins, without the comma."""
    return letter.salutation_override or polish.salutation(letter.sex)


def _addressed(letter: Letter) -> dict[str, object]:
    """How a letter speaks to whom it goes."""
    return {
        "salutation": greeting(letter),
        "you": {name: polish.noun(polish.Noun.ADDRESS, case, letter.sex) for name, case in ADDRESS_FORMS.items()},
    }


def _content(event: str, values: dict[str, object], overrides: Overrides) -> str | None:
    """What stands between salutation and signature, and before it which letter it takes the place of."""
    template = environment_for(overrides).get_template(f"{event}/{BODY}")
    block = template.blocks.get("content")
    if block is None:
        return None
    try:
        said = "".join(block(template.new_context(values)))
    except TemplateError:
        return None  # an office's own template that builds on the block of ours: only the whole is known
    earlier = _rendered(EARLIER, values, overrides) if values["instead_of"] else ""
    return f"{earlier.strip()}\n\n{said.strip()}".strip() + "\n"


def _laid_out(
    subject: str, source: str, values: dict[str, object], overrides: Overrides, *, content: str | None
) -> RenderedMail:
    body = parsed(source)
    footer = parsed(_rendered(FOOTER, values, overrides))
    page = _page().render(subject=subject, body=as_html(body, _spelled), footer=as_html(footer, _spelled))
    return RenderedMail(
        subject,
        _tidy(f"{as_text(body, _spelled)}\n\n{as_text(footer, _spelled)}"),
        # Mail programs read the character as well as its name, and so do people who look into the source.
        _tidy(_inliner(overrides).inline(page).replace("&nbsp;", polish.NBSP)),
        content,
    )


def source_of(name: str, overrides: Overrides = ()) -> str:
    """The template of that name, the office's before ours. Raises ``TemplateNotFound``."""
    return cast(BaseLoader, environment_for(overrides).loader).get_source(environment_for(overrides), name)[0]


class _MarkdownSource(str):
    """What templates have written, values hidden: it may be written again as it is. Every other text is a value."""


class LetterEnvironment(ImmutableSandboxedEnvironment):
    """Writes Markdown: what a template says is source, what it is given is hidden and so can only be letters."""

    @staticmethod
    def concat(pieces: Sequence[str]) -> _MarkdownSource:  # type: ignore[override]
        """Joins what a template, a block or a macro has written; Jinja calls it."""
        return _MarkdownSource("".join(pieces))


class _Loader(BaseLoader):
    """The office's files first, then ours. No name leads out of them."""

    def __init__(self, overrides: Overrides) -> None:
        self.own = {file.name: file.source for file in overrides}
        self.shipped = PackageLoader("templates", "mail")

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        own = self.own.get(template)
        # The name as file name: a mistake is then found by it in the traceback.
        source = own if own is not None else self.shipped.get_source(environment, template)[0]
        return source, template, lambda: True


@lru_cache(maxsize=16)
def environment_for(overrides: Overrides = ()) -> LetterEnvironment:
    """Where templates run, with the office's files before ours."""
    environment = LetterEnvironment(
        loader=_Loader(overrides),
        undefined=StrictUndefined,
        finalize=_finalized,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment


def _finalized(value: object) -> str:
    """A value as it goes into the Markdown. Only text and whole numbers can be put into a letter as they are."""
    if isinstance(value, _MarkdownSource):
        return value
    if isinstance(value, Words):
        return _MarkdownSource(value)
    if isinstance(value, Undefined):
        return str(value)  # raises, and names what is missing
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError("a template must say how a value of this kind is written")
    return hide(str(value))


def _rendered(name: str, values: dict[str, object], overrides: Overrides) -> str:
    try:
        return environment_for(overrides).get_template(name).render(values)
    except TemplateSyntaxError as mistake:
        raise TemplateMistake(mistake.name or name, mistake.lineno, SYNTAX) from None
    except TemplateNotFound:
        raise TemplateMistake(name, 0, "Brakuje tego szablonu albo pliku, do którego się odwołuje.") from None
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as mistake:
        # A template may do anything wrong with the values; what Python says of it may quote one.
        file, line = _place(mistake, name)
        raise TemplateMistake(
            file, line, f"Szablon używa danych, których nie ma, albo używa ich błędnie ({type(mistake).__name__})."
        ) from None


def _place(mistake: Exception, name: str) -> tuple[str, int]:
    """The innermost line of a template on the way to the mistake."""
    found, trace = (name, 0), mistake.__traceback__
    while trace is not None:
        if "__jinja_template__" in trace.tb_frame.f_globals or trace.tb_frame.f_code.co_filename.endswith(
            (".md", ".txt")
        ):
            found = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return found


@lru_cache(maxsize=1)
def _page() -> Template:
    return Environment(loader=PackageLoader("templates", "mail"), autoescape=True).get_template(f"{BASE}/page.html")


@lru_cache(maxsize=16)
def _inliner(overrides: Overrides) -> CSSInliner:
    own = next((file.source for file in overrides if file.name == STYLE), None)
    css = own if own is not None else (files("templates") / "mail" / STYLE).read_text("utf-8")
    return CSSInliner(extra_css=css, inline_style_tags=False, load_remote_stylesheets=False)


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
    "accusative": lambda kind: polish.MEETING_ACCUSATIVE[kind],
}
"""What templates may apply to a value. Every date of theirs ends with „r.”: no full stop after it."""


def _spelled(text: str) -> str:
    return polish.nbsp(_CONTROL.sub("", text))


def _tidy(text: str) -> str:
    """No blanks at line ends, never two empty lines on end, one line break at the end."""
    lines = [line.rstrip(" \t") for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"
