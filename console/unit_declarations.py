"""``nabor unit declaration``, ``waiting`` and ``invite``: what units sign, who waits for it, and asking them."""

from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from flows.steps.cooperation import ask_declaration, standings
from flows.steps.unit_invitations import invite_units
from models.actor import Right
from models.glossary import label

_STATES = {"signed": "podpisana", "declined": "odmowa", "none": "brak"}


def register(app: typer.Typer) -> None:
    """Adds the commands to those about units."""
    command(app, "invite")(invite)
    command(app, "declaration")(declaration)
    command(app, "waiting")(waiting)


def invite(
    desk: Desk,
    call: Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru jednostek, np. KES/GMINY/PL/2018")],
    dry_run: DryRun = False,
) -> None:
    """Zaprasza do naboru jednostek każdą jednostkę z jego obszaru: jeden list z formularzem na jednostkę i nabór.

    Kartę powiatu można wysłać dopiero, gdy wszystkie gminy powiatu wypowiedziały się o deklaracji.

    Przykład: nabor unit invite KES/GMINY/PL/2018
    """
    with desk.office(trial=dry_run) as (office, actor):
        done = invite_units(office, call, actor=actor)
    said = f"Zaproszono: {len(done.invited)}, zaproszonych wcześniej: {len(done.before)}."
    if done.unaddressed:
        said += f" Bez adresu (nabor unit set): {', '.join(done.unaddressed)}."
    if done.not_yet:
        said += f" Czeka na deklaracje gmin: {', '.join(done.not_yet)}."
    desk.say(
        said,
        invited=list(done.invited),
        before=list(done.before),
        unaddressed=list(done.unaddressed),
        not_yet=list(done.not_yet),
    )


def declaration(
    desk: Desk,
    project: Annotated[str, typer.Argument(metavar="PROJEKT", help="Kod projektu, np. KES")],
    unit: Annotated[str, typer.Argument(metavar="TERYT", help="Gmina, powiat albo województwo, np. 2205023")],
    dry_run: DryRun = False,
) -> None:
    """Sporządza deklarację współpracy jednostki (Word, do podpisu); zapisuje ją „nabor office export”.

    Przykład: nabor unit declaration KES 2205023
    """
    with desk.office(trial=dry_run) as (office, actor), office.writing(actor) as session:
        made = ask_declaration(office, session, project, unit, actor=actor, now=office.now())
        name, version = made.file_name, made.version
    desk.say(f"Sporządzono: {name} (wersja {version}).", file=name, version=version)


def waiting(
    desk: Desk,
    project: Annotated[str, typer.Argument(metavar="PROJEKT", help="Kod projektu, np. KES")],
    lacking: Annotated[bool, typer.Option("--lacking", help="Tylko jednostki bez deklaracji")] = False,
) -> None:
    """Deklaracje współpracy gmin i powiatów oraz zgłoszenia osób, które na nie czekają.

    Przykład: nabor unit waiting KES --lacking
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.READ)
        lines = [one for one in standings(session, project, actor=actor) if not lacking or one.state == "none"]
    desk.show(
        lines,
        {
            "Jednostka": lambda one: f"{one.teryt} {one.name}",
            "Deklaracja": lambda one: _STATES[one.state],
            "Dzień": lambda one: one.signed_on,
            "Jak": lambda one: label(one.manner) if one.manner else "",
            "Plik": lambda one: one.file_kept,
            "Czekają": lambda one: ", ".join(one.waiting),
        },
        empty="Nie ma takich jednostek.",
    )
