"""Templates before they are used: placeholders nobody declared, mistakes in any branch, and what no letter may lack."""

import re
from collections.abc import Collection, Iterator
from dataclasses import fields, replace

from jinja2 import TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables

from models.errors import Problem
from models.identifiers import Sex
from models.project_templates import TEMPLATES
from templates.letters.events import EVENTS
from templates.letters.frame import Letter
from templates.made_up import made_up_letter, variations
from templates.render import (
    BASE,
    BODY,
    COMPUTED,
    EARLIER,
    FILES,
    STYLE,
    SUBJECT,
    SUBJECT_FIELDS,
    SYNTAX,
    WORDS,
    Overrides,
    TemplateMistake,
    environment_for,
    render_mail,
    source_of,
)

COMMON = COMPUTED | {"office"}
"""Placeholders that every body has."""
_HTML = re.compile(r"<!--|</?[A-Za-z][^<>{}\n]*>")
_FETCHED = re.compile(r"url\s*\(|@import", re.I)


def check_templates(overrides: Overrides = (), events: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Every mistake of our templates with the office's in their place, by file and line; none when all is well.

    Renders each event with made-up data: each optional value once given and once absent, for both sexes and neither.
    ``events`` limits it to some; by default all are looked at that the overrides can reach (without any: all).
    """
    problems = [problem for file in overrides for problem in _misplaced(file.name, file.source)]
    known = tuple(file for file in overrides if not any(one.file == file.name and not one.line for one in problems))
    for name in base_files(known):
        problems.extend(_undeclared(name, _names(Letter) | COMPUTED | ({"words"} if name == WORDS else set()), known))
    for event in (_reached(known) if known or not overrides else ()) if events is None else events:
        problems.extend(_event_problems(event, known))
    return tuple(dict.fromkeys(problems))


def template_problems(overrides: Overrides) -> tuple[Problem, ...]:
    """Every mistake that an office's own templates bring, by file and line as they lie in the project folder."""
    own = {file.name for file in overrides}
    return tuple(
        Problem(
            f"{TEMPLATES}/{one.file}" if one.file in own else f"{one.file} (szablon wbudowany)",
            max(one.line, 1),
            one.sentence,
        )
        for one in check_templates(overrides)
    )


def placeholders(event: str) -> tuple[str, ...]:
    """What the body of an event may ask for."""
    return (*sorted(_names(EVENTS[event]) - {"sex", "salutation_override", "instead_of"}), *sorted(COMPUTED))


def _reached(overrides: Overrides) -> tuple[str, ...]:
    # A style changes no word; nothing in it can fail once it has been looked through.
    folders = {file.name.partition("/")[0] for file in overrides if file.name != STYLE}
    if overrides and not folders:
        return ()
    return tuple(event for event in EVENTS if not folders or BASE in folders or event in folders)


def base_files(overrides: Overrides = ()) -> tuple[str, ...]:
    """What all letters share: the frame, its pieces and the foot, ours or the office's."""
    shipped = (f"{BASE}/body.md", f"{BASE}/footer.md", f"{BASE}/parts.md", EARLIER, WORDS)
    own = (file.name for file in overrides if file.name.startswith(f"{BASE}/") and file.name.endswith(".md"))
    return tuple(dict.fromkeys((*shipped, *own)))


def _misplaced(name: str, source: str) -> Iterator[Problem]:
    """A file that no letter would use, and what does not belong into one."""
    folder, _, file = name.partition("/")
    if folder == BASE:
        if name != STYLE and not file.endswith(".md"):
            yield Problem(name, 0, f"W folderze „{BASE}” mogą być tylko pliki .md i style.css.")
    elif folder not in EVENTS:
        yield Problem(name, 0, f"Nie ma wiadomości „{folder}”. Nazwy wymienia: nabor template list.")
    elif file not in FILES:
        yield Problem(name, 0, f"Wiadomość ma tylko pliki {SUBJECT} i {BODY}.")
    for number, line in enumerate(source.splitlines(), start=1):
        if name == STYLE and _FETCHED.search(line):
            yield Problem(name, number, "Styl nie może niczego pobierać z sieci (url, @import).")
        elif file.endswith(".md") and _HTML.search(line):
            yield Problem(name, number, "Szablon nie może zawierać znaczników HTML; służy do tego Markdown.")


def _event_problems(event: str, overrides: Overrides) -> list[Problem]:
    known = _names(EVENTS[event])
    problems = [
        *_undeclared(f"{event}/{SUBJECT}", known & set(SUBJECT_FIELDS), overrides),
        *_undeclared(f"{event}/{BODY}", known | COMPUTED, overrides),
    ]
    if problems:
        return problems
    whole = made_up_letter(event)
    for letter in (*variations(event), *(replace(whole, sex=sex) for sex in (*Sex, None))):
        try:
            text = render_mail(event, letter, overrides=overrides).text
        except TemplateMistake as mistake:
            problems.append(Problem(mistake.file, mistake.line, mistake.sentence))
        else:
            problems.extend(_lacking(event, letter, text.replace("\u00a0", " ")))
    return problems


def _lacking(event: str, letter: Letter, text: str) -> Iterator[Problem]:
    """What every letter of a co-financed project must say, wherever its templates say it."""
    for needed, words in (
        (letter.office.funding_line, "zdania o dofinansowaniu (office.funding_line)"),
        (letter.office.unit_name, "nazwy biura (office.unit_name)"),
        (letter.office.email, "adresu, pod którym można się skontaktować (office.email)"),
        (letter.office.iod, "kontaktu do inspektora ochrony danych (office.iod)"),
    ):
        if needed not in text:
            yield Problem(f"{event}/{BODY}", 0, f"W wiadomości brakuje {words}.")


def _names(declared: type[Letter]) -> frozenset[str]:
    return frozenset(one.name for one in fields(declared))


def _undeclared(name: str, allowed: frozenset[str], overrides: Overrides) -> Iterator[Problem]:
    """Placeholders the letter does not declare, also in branches that no rendering reaches."""
    try:
        tree = environment_for(overrides).parse(source_of(name, overrides))
        unknown = find_undeclared_variables(tree) - allowed
    except TemplateNotFound:
        yield Problem(name, 0, "Brakuje tego szablonu.")
        return
    except TemplateSyntaxError as mistake:
        yield Problem(name, mistake.lineno, SYNTAX)
        return
    for variable in sorted(unknown):
        line = min(node.lineno for node in tree.find_all(nodes.Name) if node.name == variable)
        yield Problem(name, line, f"Wiadomość nie zna danej „{variable}”.")
