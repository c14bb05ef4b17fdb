"""``nabor call reserve/promote``: the reserve list, and seats that came free."""

import typer

from console.calls import Code
from console.desk import Desk, DryRun, command
from flows.steps.promotion import promote_call
from flows.steps.reserve import reserve_lines


def register(app: typer.Typer) -> None:
    """Adds the commands to the group ``call``."""
    command(app, "reserve")(reserve)
    command(app, "promote")(promote)


def reserve(desk: Desk, code: Code) -> None:
    """Lista rezerwowa: kto jest następny na które zwolnione miejsce i kto byłby po czyim odejściu.

    Przykład: nabor call reserve KES/PGR/2205/2018
    """
    with desk.reading() as (session, _actor, _now):
        lines = reserve_lines(session, code)
    desk.show(
        lines,
        {
            "Pozycja": lambda line: line.position,
            "Numer": lambda line: line.number,
            "Obszar": lambda line: line.sector,
            "Poziom": lambda line: line.level,
            "Punkty": lambda line: line.points,
            "Następne na miejsce po": lambda line: ", ".join(line.next_for),
            "Byłoby po odejściu": lambda line: ", ".join(line.next_if_left),
        },
        empty="Na liście rezerwowej nikt nie czeka.",
    )


def promote(desk: Desk, code: Code, dry_run: DryRun = False) -> None:
    """Proponuje zwolnione miejsca kolejnym osobom z listy rezerwowej, z terminem na odpowiedź.

    Przykład: nabor call promote KES/PGR/2205/2018 --dry-run
    """
    with desk.office(trial=dry_run) as (office, actor):
        found = promote_call(office, code, actor=actor)
    said = [f"Za {one.vacancy}: {one.number}. {one.sentence}" for one in found.made]
    said += [f"Za {one.vacancy}: nikt. {one.sentence}" for one in found.kept]
    desk.say(
        "\n".join(said) or "Nie ma zwolnionego miejsca, na które ktoś czeka.",
        promoted=[
            {"vacancy": one.vacancy, "number": one.number, "position": one.position, "sentence": one.sentence}
            for one in found.made
        ],
        kept_free=[{"vacancy": one.vacancy, "sentence": one.sentence} for one in found.kept],
    )
