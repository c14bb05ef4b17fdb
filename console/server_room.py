"""``nabor demo``, ``nabor up``, ``nabor run``: the commands that work with a Prefect server.

Prefect is imported only inside the commands: it takes a second, and no other command needs it.
"""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, command
from models.errors import BadInput


def register(app: typer.Typer) -> None:
    """Adds the commands to the top level."""
    command(app, "demo")(demo)
    command(app, "up")(up)
    command(app, "run")(run)


def demo(
    desk: Desk,
    story: Annotated[
        str, typer.Argument(metavar="HISTORIA", help="kes (osoby), units (gminy i powiaty) albo liderzy (instytucje)")
    ] = "kes",
    folder: Annotated[Path, typer.Option("--folder", help="Nowy folder na demo")] = Path("demo"),
    keep: Annotated[bool, typer.Option("--keep", help="Zostaw serwer Prefect i podaj adres strony")] = False,
) -> None:
    """Cała historia z dołączonych formularzy: rekrutacja osób, nabór jednostek albo zespół z nominacji instytucji.

    Przykład: nabor demo units --folder demo-jednostki
    """
    from console.demo import PERSONS, run_demo, run_story

    if story == PERSONS:
        run_demo(folder, keep=keep, as_json=desk.as_json)
    else:
        run_story(story, folder, keep=keep, as_json=desk.as_json)


def up(desk: Desk) -> None:
    """Serwer Prefect, przepływy i harmonogramy na 127.0.0.1, do Ctrl-C.

    Przykład: nabor up
    """
    from console.up import up as start

    start(desk.settings)


def run(
    desk: Desk,
    flow: Annotated[str, typer.Argument(metavar="PRZEPŁYW", help="intake, verify, rank, remind, deliver …")],
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="nazwa=wartość; można kilka razy")] = None,
) -> None:
    """Uruchamia przepływ na działającym serwerze i czeka na wynik.

    Przykład: nabor run rank -p call=KES/PGR/2205/2018
    """
    from console.run import run_flow

    parameters: dict[str, str] = {}
    for pair in param or []:
        name, found, value = pair.partition("=")
        if not found:
            raise BadInput(f"Parametr „{pair}” powinien mieć postać nazwa=wartość.")
        parameters[name] = value
    result = run_flow(desk.settings, flow, parameters)
    if not result.ok:
        raise BadInput(f"Przepływ {flow}: {result.label}. {result.message} {result.page}")
    desk.say(f"Przepływ {flow}: {result.label}. {result.message}\n{result.page}", run=result)
