"""``nabor appointment``: acts of appointment and of recall of members, and how they came back signed."""

from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from console.signatures import MannerOption, SignedFileOption, manner_of, signed_file_of
from console.typed_days import day_of
from flows.adapters.clock import warsaw_date
from flows.steps import appointments as steps
from models.actor import Right
from models.glossary import label

app = typer.Typer(
    cls=PolishGroup,
    name="appointment",
    help="Akty powołania i odwołania członkiń i członków grup",
    no_args_is_help=True,
)
Call = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru grupy, np. KES/RGR/22/2018")]
Numbers = Annotated[list[str] | None, typer.Option("--number", help="Tylko to zgłoszenie; można podać kilka")]


@command(app, "issue")
def issue(
    desk: Desk,
    call: Call,
    number: Numbers = None,
    since: Annotated[str, typer.Option("--from", help="Od którego dnia; domyślnie od dziś")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Sporządza niepodpisany akt jeszcze raz, pod tym samym numerem")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Sporządza akt powołania każdej osobie w grupie, która go nie ma, albo tylko wskazanym.

    Przykład: nabor appointment issue KES/RGR/22/2018
    """
    with desk.office(trial=dry_run) as (office, actor):
        lines = steps.issue_acts(
            office, call, numbers=number or [], since=day_of(since) if since else None, again=again, actor=actor
        )
    _say(desk, f"Akty powołania sporządzone teraz: {sum(line.new for line in lines)}.", lines)


@command(app, "recall")
def recall(
    desk: Desk,
    call: Call,
    number: Numbers = None,
    since: Annotated[str, typer.Option("--from", help="Od którego dnia; domyślnie od dziś")] = "",
    dry_run: DryRun = False,
) -> None:
    """Sporządza akt odwołania każdemu, kto był powołany, a nie jest już w grupie, albo tylko wskazanym.

    Przykład: nabor appointment recall KES/RGR/22/2018
    """
    with desk.office(trial=dry_run) as (office, actor):
        lines = steps.recall_acts(
            office, call, numbers=number or [], since=day_of(since) if since else None, actor=actor
        )
    _say(desk, f"Akty odwołania sporządzone teraz: {sum(line.new for line in lines)}.", lines)


def _say(desk: Desk, first: str, lines: list[steps.ActLine]) -> None:
    told = [
        f"  {line.application}: "
        + ("; ".join(filter(None, (line.number, line.why_not))) + ("" if line.new or line.why_not else " (już jest)"))
        for line in lines
    ]
    closing = ["Zapisz je poleceniem: nabor office export FOLDER."] if any(line.new for line in lines) else []
    desk.say("\n".join([first, *told, *closing]), issued=sum(line.new for line in lines), members=lines)


@command(app, "sign")
def sign(
    desk: Desk,
    number: Annotated[str, typer.Argument(metavar="AKT", help="Numer aktu, np. POW/RGR/0001/2018")],
    on: Annotated[str, typer.Option("--on", help="Dzień podpisu, np. 2018-11-05; domyślnie dziś")] = "",
    manner: MannerOption = None,
    file: SignedFileOption = None,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje podpis pod aktem: dzień, sposób i podpisany plik.

    Przykład: nabor appointment sign POW/RGR/0001/2018 --on 2018-11-05 --manner paper --file akt.pdf
    """
    how, signed_file = manner_of(manner), signed_file_of(file)
    with desk.office(trial=dry_run) as (office, actor):
        day = day_of(on) if on else warsaw_date(office.now())
        before = steps.sign_act(office, number, on=day, manner=how, signed_file=signed_file, actor=actor)
    told = [f"Podpis pod aktem {number} odnotowano."]
    if before is not None:
        told.append(
            "Podpis był już odnotowany; liczy się najnowszy wpis. "
            f"Poprzednio: {before.signed_on:%d.%m.%Y}, {label(before.manner)}."
        )
    if before is not None and before.file_left:
        told.append("Zachowany wtedy plik już się nie liczy. Jeżeli ma zostać, proszę powtórzyć polecenie z --file.")
    desk.say(" ".join(told), number=number, signed_on=day, file=file is not None, before=before)


@command(app, "list")
def list_(desk: Desk, call: Call) -> None:
    """Akty powołania i odwołania jednej grupy: numery, dni, podpisy.

    Przykład: nabor appointment list KES/RGR/22/2018
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.READ)
        lines = steps.acts_of(session, call)
    desk.show(
        lines,
        {
            "Numer": lambda line: line.number,
            "Akt": lambda line: label(line.kind),
            "Dotyczy": lambda line: line.application,
            "Od": lambda line: line.since,
            "Sporządzono": lambda line: line.issued_on,
            "Podpisano": lambda line: line.signed_on,
            "Jak": lambda line: label(line.manner) if line.manner else "",
            "Plik": lambda line: line.file_kept,
            "Odwołany aktem": lambda line: line.recalled_by,
        },
        empty="W tej grupie nie sporządzono żadnego aktu. Sporządza je: nabor appointment issue.",
    )
