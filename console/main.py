"""``nabor``: the command line. Each group of commands has a file of its own."""

import errno
import gc
import io
import json
import sys
from functools import cache
from pathlib import Path

import typer
from sqlalchemy.exc import SQLAlchemyError
from typer._click.exceptions import ClickException, NoArgsIsHelpError  # typer ships its own click
from typer.core import TyperGroup

from console import (
    admissions,
    agreements,
    appeals,
    applications,
    appointments,
    assessments,
    attendance,
    audit,
    batches,
    calls,
    commission,
    contracts,
    costs,
    forms,
    intake,
    keeping,
    letters,
    mailbox,
    meeting_papers,
    meeting_schedule,
    meetings,
    money,
    nominations,
    officers,
    outbox,
    projects,
    rates,
    rehearsal,
    reserve,
    server_room,
    support,
    teams,
    templates,
    terc,
    time_rehearsal,
    typing_in,
    unit_declarations,
    units,
)
from console.polish_help import PolishGroup, in_polish
from models.errors import BadInput, DatabaseNotReady, DefinitionFaulty, NaborError, ScheduleFaulty

app = typer.Typer(
    cls=PolishGroup,
    help="Nabór: rekrutacja do grup projektów finansowanych z Unii Europejskiej.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
typing_in.register(applications.app)
reserve.register(calls.app)
rehearsal.register(calls.app)
rates.register(money.app)
costs.register(money.app)
meeting_schedule.register(meetings.app)
meeting_papers.register(meetings.app)
terc.register(units.app)
unit_declarations.register(units.app)
for group in (
    projects,
    units,
    agreements,
    teams,
    forms,
    applications,
    calls,
    nominations,
    admissions,
    commission,
    assessments,
    appeals,
    outbox,
    templates,
    letters,
    mailbox,
    meetings,
    attendance,
    support,
    money,
    batches,
    contracts,
    appointments,
    officers,
    keeping,
    audit,
):
    app.add_typer(group.app)
intake.register(app)
server_room.register(app)
time_rehearsal.register(app)


def run() -> None:
    """The entry point: Polish errors on standard error, exit codes as the contract says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A letter that the terminal does not know is no reason to fail after the work is done.
            stream.reconfigure(errors="backslashreplace")
    gc.freeze()  # what was imported stays: looking it through again and again took a sixth of long work
    sys.exit(main(sys.argv[1:]))


@cache
def _whole() -> TyperGroup:
    """All commands, made ready once."""
    whole = typer.main.get_command(app)
    assert isinstance(whole, TyperGroup)
    return whole


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit code."""
    try:
        result = _whole()(args=arguments, standalone_mode=False, prog_name="nabor")
    except (DefinitionFaulty, ScheduleFaulty) as error:
        return _refuse(arguments, error, [str(problem) for problem in error.problems])
    except NaborError as error:
        return _refuse(arguments, error, [])
    except NoArgsIsHelpError as error:
        sys.stdout.write((error.ctx.get_help() if error.ctx else "") + "\n")
        return 2
    except ClickException as error:
        sys.stderr.write(f"Złe użycie. {in_polish(error)} Pomoc: dodaj --help.\n")
        return 2
    except OSError as error:
        if error.errno not in _OF_FILES:
            raise  # not of a file that somebody named
        return _refuse(arguments, BadInput(_of_file(error)), [])
    except SQLAlchemyError:
        # The driver's own words are English and may quote a row.
        sentence = (
            "Baza danych nie przyjęła polecenia. Niczego nie zapisano. Proszę sprawdzić, czy baza działa i czy plik "
            "nie jest uszkodzony; gdy to się powtarza, zawiadomić administratora."
        )
        return _refuse(arguments, DatabaseNotReady(sentence), [])
    except (typer.Abort, KeyboardInterrupt):
        result = _INTERRUPTED
    if result == _INTERRUPTED:
        sys.stderr.write("Przerwano.\n")
        return 1
    return result if isinstance(result, int) else 0


_INTERRUPTED = 130
"""What typer makes of a Ctrl-C within a command."""
_OF_FILES = {
    errno.ENOENT: "nie ma takiego pliku ani folderu",
    errno.EISDIR: "to folder, a potrzebny jest plik",
    errno.ENOTDIR: "na tej ścieżce stoi plik tam, gdzie miał być folder",
    errno.EACCES: "brakuje uprawnień",
    errno.EPERM: "brakuje uprawnień",
    errno.EEXIST: "taki plik albo folder już jest",
    errno.ENAMETOOLONG: "nazwa jest za długa",
    errno.ELOOP: "dowiązania prowadzą w kółko",
    errno.EROFS: "na tym dysku nie można zapisywać",
    errno.ENOSPC: "na dysku nie ma już miejsca",
    errno.EDQUOT: "na dysku nie ma już miejsca",
    errno.EFBIG: "plik jest za duży dla tego dysku",
    errno.EIO: "dysk odpowiada błędem",
}
"""What can be the matter with a file or folder that an officer named; each ends in a sentence, not in a traceback."""


def _of_file(error: OSError) -> str:
    name = Path(str(error.filename or "")).name[:100]
    what = f"Nie można odczytać ani zapisać „{name}”" if name else "Nie można odczytać ani zapisać pliku"
    return f"{what}: {_OF_FILES[error.errno or 0]}."


def _refuse(arguments: list[str], error: NaborError, details: list[str]) -> int:
    if "--json" in arguments:
        answer = {"error": type(error).__name__, "message": str(error), "problems": details}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stderr.write("\n".join([str(error), *details]) + "\n")
    return 1
