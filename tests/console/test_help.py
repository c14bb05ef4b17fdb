"""Help: every command explains itself in Polish, with an example that is a call of that very command."""

import re
import shlex
from collections.abc import Iterator

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from console.main import app, main

ROOT_COMMAND = typer.main.get_command(app)
ENGLISH = re.compile(
    r"\b(Usage|Options|Arguments|Commands|Show this|exit|required|default|TEXT|PATH|INTEGER|Error|the|this|with)\b"
)


def tree(command: object = ROOT_COMMAND, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    """Every command with the words it is called by; groups are left out."""
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from tree(inner, (*path, name))
    else:
        assert isinstance(command, TyperCommand)
        yield path, command


COMMANDS = dict(tree())
GROUPS = [(), *sorted({path[:1] for path in COMMANDS if len(path) > 1})]


def example_of(path: tuple[str, ...]) -> list[str]:
    """The example of a command as its writer gave it, without the first word."""
    (example,) = re.findall(r"Przykład: nabor (.*)", COMMANDS[path].help or "")
    return shlex.split(example)


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments, "--help"]) == 0
    return capsys.readouterr().out


def test_the_commands_of_the_contract_are_there() -> None:
    """design.md §6: scripts depend on these."""
    contract = {
        *("demo", "up", "project check", "project load", "form blank", "form read", "intake", "todo", "run"),
        *("application list", "application show", "application set", "application export"),
        *("call verify", "call rank", "call announce", "call decide"),
        *("outbox list", "outbox show", "outbox edit", "outbox discard", "outbox send"),
        *("meeting list", "meeting attend", "stipend settle", "stipend list"),
        *("batch freeze", "batch approve", "batch export", "batch confirm"),
    }
    assert contract <= {" ".join(path) for path in COMMANDS}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_explains_itself_in_polish_with_an_example(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    said = shown(capsys, *path)
    assert f"Użycie: nabor {' '.join(path)}" in said
    assert "Opcje:" in said
    assert ENGLISH.findall(said) == []
    assert "Przykład: nabor" in said
    assert example_of(path)[: len(path)] == list(path)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_argument_and_option_is_described(path: tuple[str, ...]) -> None:
    parameters = COMMANDS[path].params
    assert {parameter.name for parameter in parameters if not getattr(parameter, "help", None)} == set()
    for flag in ("--data", "--as", "--json"):
        assert flag in {option for parameter in parameters for option in parameter.opts}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_example_is_a_call_that_the_command_takes(path: tuple[str, ...]) -> None:
    """Arguments are parsed as they stand; nothing is run."""
    context = COMMANDS[path].make_context(" ".join(path), example_of(path)[len(path) :])
    assert context.args == []


CHANGES_NOTHING = {
    "rehearse",
    *("todo", "demo", "up", "run", "project check", "form blank", "form read", "application list", "application show"),
    *(
        "meeting answers",
        "meeting counters",
        "meeting link",
        "application verdict",
        "application files",
        "application changes",
        "call show",
        "call rehearse",
        "call reserve",
        "appeal list",
        "appeal show",
        "outbox list",
        "outbox show",
        "meeting list",
        "meeting import-template",
        "meeting schedule",
    ),
    *(
        "stipend list",
        "stipend show",
        "stipend rates",
        "stipend costs",
        "office audit",
        "mailbox list",
        "mailbox show",
        "project regulation",
        "project diff",
    ),
    *("contract show", "contract missing"),
    "unit waiting",
    *("template list", "template show", "template check", "template preview"),
    *("project view", "call verify-protocol", "commission show", "audit verify", "assessment list", "assessment show"),
    *("outbox today", "letter list", "batch list", "batch show", "unit list", "unit show"),
    *("attendance list", "attendance standing", "attendance coaching-list"),
    *("nomination list", "admission list"),
    *("agreement parties", "agreement list", "agreement show", "agreement coverage"),
    *("team show", "team list", "appointment list"),
    *("support list", "support show", "support sessions", "support hours"),
}
ONCE_ONLY = {
    # What these do cannot be rehearsed: keys, accounts, tickets, seals, and files that leave the store.
    *("office create-keys", "office rotate-keys", "office upgrade", "office seal", "office export"),
    *("office settle-incident", "officer add", "officer ticket", "application export", "application sheet"),
    *("agreement sheet", "agreement text", "outbox attachments", "outbox print", "mailbox export", "assessment sheets"),
    *("attendance table", "attendance file"),
}
ABOUT_TO_GET_IT = {"intake"}
"""Reads in worker processes; a rehearsal would have to keep the files to read them."""


def test_every_step_that_changes_something_can_be_rehearsed() -> None:
    rehearsed = {
        " ".join(path)
        for path, command in COMMANDS.items()
        if any("--dry-run" in parameter.opts for parameter in command.params)
    }
    assert {" ".join(path) for path in COMMANDS} - rehearsed - CHANGES_NOTHING - ONCE_ONLY - ABOUT_TO_GET_IT == set()
    assert rehearsed & CHANGES_NOTHING == set()


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_a_group_lists_its_commands_in_polish(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, *path)
    assert "Polecenia:" in said
    assert ENGLISH.findall(said) == []
    for name in {inner[len(path)] for inner in COMMANDS if inner[: len(path)] == path}:
        assert re.search(rf"^  {name}  ", said, re.MULTILINE)


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_a_call_without_a_command_shows_the_help(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(list(path)) == 2
    said = capsys.readouterr()
    assert "Polecenia:" in said.out + said.err
