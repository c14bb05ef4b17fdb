"""``nabor stipend costs``: what payments cost, against the budget."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, command
from flows.steps.cost_workbook import export_costs
from flows.steps.costs import Costs, Spent, costs
from templates.documents.costs import used_words
from templates.polish import amount_zl


def show_costs(
    desk: Desk,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Plik Excela z tabelami i wykresem, np. koszty.xlsx")
    ] = None,
) -> None:
    """Koszty wypłat: na grupę i wobec jej budżetu, na spotkanie i na miesiąc.

    Przykład: nabor stipend costs -o koszty.xlsx
    """
    with desk.office() as (office, actor):
        if output is not None:
            found = export_costs(office, output, actor=actor)
        else:
            with office.reading(actor) as session:
                found = costs(session, actor=actor)
    if desk.as_json:
        desk.say("", **_plain(found), file=str(output) if output else None)
        return
    desk.show(
        found.groups,
        {
            "Grupa": lambda line: line.call,
            "Wypłaty": lambda line: line.spent.payments,
            "Brutto": lambda line: amount_zl(line.spent.gross),
            "W tym zlecone": lambda line: amount_zl(line.spent.committed),
            "Składki płatnika": lambda line: amount_zl(line.spent.payer),
            "Koszt": lambda line: amount_zl(line.spent.total),
            "Budżet": lambda line: "" if line.budget is None else amount_zl(line.budget),
            "Wykorzystano": lambda line: used_words(line.used),
            "Wstrzymane": lambda line: line.spent.blocked,
        },
        empty="Nie ma grup płatnych.",
    )
    if output is not None:
        desk.say(f"Zapisano {output.name}: grupy z wykresem, spotkania, miesiące.")


def _plain(found: Costs) -> dict[str, object]:
    def sums(spent: Spent) -> dict[str, object]:
        return {**asdict(spent), "total": spent.total}

    return {
        "groups": [
            {**asdict(one), "spent": sums(one.spent), "used_basis_points": one.used, "left": one.left}
            for one in found.groups
        ],
        "meetings": [{**asdict(one), "spent": sums(one.spent)} for one in found.meetings],
        "months": [{**asdict(one), "spent": sums(one.spent)} for one in found.months],
        "total": sums(found.total),
    }


def register(app: typer.Typer) -> None:
    """Adds it to the commands of money."""
    command(app, "costs")(show_costs)
