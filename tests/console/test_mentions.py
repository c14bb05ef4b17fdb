"""What our texts tell people to type must exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import typer.core
from typer.main import get_command

from console.main import app

ROOT = Path(__file__).resolve().parents[2]
MENTION = re.compile(r"nabor ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")
ROOMS = ("models", "forms", "templates", "flows", "console")


def known() -> dict[str, set[str]]:
    """Every command, and the ones below it."""
    group = get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    return {
        name: set(command.commands) if isinstance(command, typer.core.TyperGroup) else set()
        for name, command in group.commands.items()
    }


def mentions() -> Iterator[tuple[str, str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for found in MENTION.finditer(node.value):
                        yield path.relative_to(ROOT).as_posix(), found[1], found[2] or ""


def test_every_command_that_a_text_names_exists() -> None:
    commands = known()
    named = list(mentions())
    wrong = [
        (path, first, second)
        for path, first, second in named
        if first not in commands or (second and commands[first] and second not in commands[first])
    ]
    assert len(named) > 40
    assert wrong == []
