"""``nabor``: the command line. Each group of commands has a file of its own."""

import json
import sys

import click
import typer
from typer import rich_utils

from console import (
    applications,
    calls,
    forms,
    intake,
    keeping,
    meetings,
    money,
    officers,
    outbox,
    projects,
    server_room,
)
from models.errors import DefinitionFaulty, NaborError

rich_utils.OPTIONS_PANEL_TITLE = "Opcje"
rich_utils.ARGUMENTS_PANEL_TITLE = "Argumenty"
rich_utils.COMMANDS_PANEL_TITLE = "Polecenia"
rich_utils.ERRORS_PANEL_TITLE = "Błąd"
rich_utils.DEFAULT_STRING = "[domyślnie: {}]"
rich_utils.REQUIRED_LONG_STRING = "[wymagane]"

app = typer.Typer(
    help="Nabór: rekrutacja do grup projektów finansowanych z Unii Europejskiej.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (projects, forms, applications, calls, outbox, meetings, money, officers, keeping):
    app.add_typer(group.app)
intake.register(app)
server_room.register(app)


def run() -> None:
    """The entry point: Polish errors on standard error, exit codes as the contract says."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit code."""
    try:
        result = app(args=arguments, standalone_mode=False, prog_name="nabor")
    except DefinitionFaulty as error:
        return _refuse(arguments, error, [str(problem) for problem in error.problems])
    except NaborError as error:
        return _refuse(arguments, error, [])
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        sys.stderr.write(f"Złe użycie: {error.format_message()}\nPomoc: dodaj --help.\n")
        return 2
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("Przerwano.\n")
        return 1
    return result if isinstance(result, int) else 0


def _refuse(arguments: list[str], error: NaborError, details: list[str]) -> int:
    if "--json" in arguments:
        answer = {"error": type(error).__name__, "message": str(error), "problems": details}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stderr.write("\n".join([str(error), *details]) + "\n")
    return 1
