"""``nabor team``: teams of agreements (PZK), the seats of their parties, and the sectors that they cover."""

from typing import Annotated

import typer

from console.coverage_table import show_coverage
from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from console.typed_days import day_of
from flows.adapters.clock import warsaw_date
from flows.steps import teams as steps
from models.actor import Right
from models.rules.sector_coverage import UNSETTLED

app = typer.Typer(
    cls=PolishGroup,
    name="team",
    help="Zespoły porozumień (PZK): miejsca stron i obszary kooperacji",
    no_args_is_help=True,
)
OnOption = Annotated[str, typer.Option("--on", help="Kto był w zespole tego dnia; domyślnie dziś")]


@command(app, "open")
def open_(
    desk: Desk,
    agreement: Annotated[str, typer.Argument(metavar="POROZUMIENIE", help="Kod porozumienia")],
    kind: Annotated[
        str,
        typer.Option("--kind", help="Rodzaj grupy, gdy projekt ma kilka takich, do których wskazują instytucje"),
    ] = "",
    answer_by: Annotated[
        str, typer.Option("--answer-by", help="Do kiedy strony mają wskazać osoby; domyślnie według projektu")
    ] = "",
    dry_run: DryRun = False,
) -> None:
    """Tworzy zespół porozumienia: każda strona dostaje miejsce i list z formularzem, aby wskazała osobę.

    Przykład: nabor team open KES/POR/3021163/2019 --answer-by 2020-01-15
    """
    with desk.office(trial=dry_run) as (office, actor):
        made = steps.open_team(
            office, agreement, kind=kind, answer_by=day_of(answer_by) if answer_by else None, actor=actor
        )
    said = f"{made.group}: nabór {made.call}. Zaproszono stron: {len(made.invited)}, "
    said += f"odpowiedź do {made.answer_by:%d.%m.%Y}."
    if made.unaddressed:
        said += f" Bez adresu (nabor unit set): {', '.join(made.unaddressed)}."
    desk.say(
        said,
        call=made.call,
        group=made.group,
        invited=list(made.invited),
        unaddressed=list(made.unaddressed),
        answer_by=made.answer_by,
    )


@command(app, "show")
def show(
    desk: Desk,
    call: Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru zespołu, np. KES/PZK/3021163/2019")],
    on: OnOption = "",
) -> None:
    """Miejsca zespołu z osobami (numery zgłoszeń) oraz obszary kooperacji, które są i których brakuje.

    Przykład: nabor team show KES/PZK/3021163/2019 --on 2020-03-01
    """
    with desk.reading() as (session, actor, now):
        actor.require(Right.READ)
        team = steps.team_shown(session, call, on=day_of(on) if on else warsaw_date(now))
    if desk.as_json:
        show_coverage(desk, team.coverage, call=team.call, name=team.name, agreement=team.agreement, seats=team.seats)
        return
    labels = {one.code: one.label for one in team.coverage.sectors}
    desk.say(f"{team.name} (porozumienie {team.agreement})")
    desk.show(
        team.seats,
        {
            "Lp.": lambda line: line.number_in_list,
            "Symbol": lambda line: line.institution,
            "Instytucja": lambda line: line.name,
            "Obszar": lambda line: labels.get(line.sector, UNSETTLED),
            # Who sat is of the day asked about, where a seat stands is of today.
            ("Miejsce dziś" if on else "Miejsce"): lambda line: line.state_label,
            "Zgłoszenie": lambda line: line.number,
            "Od": lambda line: line.since,
        },
        empty="Zespół nie ma miejsc.",
    )
    desk.say("Obszary kooperacji osób w zespole:")
    show_coverage(desk, team.coverage)


@command(app, "list")
def list_(
    desk: Desk,
    area: Annotated[str, typer.Option("--area", help="Tylko z tego obszaru (początek kodu TERYT)")] = "",
    on: OnOption = "",
) -> None:
    """Zespoły porozumień: ile mają miejsc i osób, jakich obszarów kooperacji brakuje.

    Przykład: nabor team list --area 30
    """
    with desk.reading() as (session, actor, now):
        actor.require(Right.READ)
        lines = steps.team_lines(session, area=area, on=day_of(on) if on else warsaw_date(now))
    desk.show(
        lines,
        {
            "Nabór": lambda line: line.call,
            "Zespół": lambda line: line.name,
            "Porozumienie": lambda line: line.agreement,
            "Miejsc": lambda line: line.seats,
            "Osób": lambda line: line.named,
            "Brakuje obszarów": lambda line: ", ".join(line.missing),
        },
        empty="Nie ma tu żadnego zespołu. Tworzy go: nabor team open.",
    )
