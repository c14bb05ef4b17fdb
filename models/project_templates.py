"""Letters that an office words itself: the files of a project's folder ``templates``, which belong to its version.

What they may say is judged where letters are rendered (``templates.check``); here only what can be a template at all.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from models.errors import Problem
from models.form_definition import Strict

TEMPLATES = "templates"
"""Both the folder and the section that its files fill."""
LARGEST = 50_000
"""Bytes of one file: twenty times the longest letter of ours."""
MOST = 200
_NAME = r"[a-z_]{1,40}/[a-z_]{1,40}\.(md|txt|css)"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\U000f0000-\U0010ffff]")


class TemplateFile(Strict):
    """One file in place of a shipped one: ``<event>/body.md``, ``<event>/subject.txt``, or one of ``_base``."""

    name: Annotated[str, Field(pattern=f"^{_NAME}$")]
    source: Annotated[str, Field(max_length=LARGEST)]


def read_templates(folder: Path, problems: list[Problem]) -> tuple[TemplateFile, ...]:
    """The templates of a project folder, sorted by name; adds to ``problems`` what cannot be one.

    Nothing outside the folder is read: no link is followed. Names that begin with a dot are other programs' business.
    """
    root = folder / TEMPLATES
    if not root.is_dir() and not root.is_symlink():
        return ()
    found: list[TemplateFile] = []
    for path in _files(root, problems):
        name = path.relative_to(root).as_posix()
        if len(found) == MOST:
            problems.append(Problem(TEMPLATES, 1, f"Folder szablonów ma więcej niż {MOST} plików."))
            break
        if not re.fullmatch(_NAME, name):
            problems.append(Problem(f"{TEMPLATES}/{name}", 1, _SHAPE))
            continue
        source = _source(path, f"{TEMPLATES}/{name}", problems)
        if source is not None:
            found.append(TemplateFile(name=name, source=source))
    return tuple(found)


_SHAPE = (
    "Tu nie ma miejsca na ten plik. Szablon to plik „wiadomość/body.md” albo „wiadomość/subject.txt”; nazwy wiadomości "
    "wymienia: nabor template list."
)
_ENCODING = "Plik nie jest zapisany w kodowaniu UTF-8; proszę zapisać go ponownie jako UTF-8."
_LINK = "Szablon nie może być dowiązaniem do innego miejsca; proszę wstawić sam plik."


def _files(root: Path, problems: list[Problem]) -> Iterator[Path]:
    for path in [root] if root.is_symlink() else sorted(root.iterdir()):
        shown = f"{TEMPLATES}/{path.name}" if path != root else TEMPLATES
        if path.name.startswith("."):
            continue
        if path.is_symlink():
            problems.append(Problem(shown, 1, _LINK))
        elif not path.is_dir():
            problems.append(Problem(shown, 1, _SHAPE))
        else:
            for inner in sorted(path.iterdir()):
                if inner.name.startswith("."):
                    continue
                if inner.is_symlink():
                    problems.append(Problem(f"{shown}/{inner.name}", 1, _LINK))
                elif not inner.is_file():
                    problems.append(Problem(f"{shown}/{inner.name}", 1, _SHAPE))
                else:
                    yield inner


def _source(path: Path, file: str, problems: list[Problem]) -> str | None:
    with path.open("rb") as opened:
        body = opened.read(LARGEST + 1)
    if len(body) > LARGEST:
        problems.append(Problem(file, 1, f"Plik jest za duży: szablon ma najwyżej {LARGEST // 1000} kB."))
        return None
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        problems.append(Problem(file, line, _ENCODING))
        return None
    odd = _UNPRINTABLE.search(text)
    if odd is not None:
        line = text.count("\n", 0, odd.start()) + 1
        problems.append(Problem(file, line, "W pliku jest znak sterujący albo znak prywatny; proszę go usunąć."))
        return None
    return text
