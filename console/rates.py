"""``nabor stipend rates`` and ``confirm-rate``: what payments are computed by, and the office's word for it."""

from typing import Annotated

import typer

from console.desk import Desk, DryRun, command, local
from console.typed_days import day_of
from flows.steps.rates import OFFICE, RateLine, confirm_rate, rates, revoke_rate
from models.rules.pay_tables import RowStatus

_STATUS = {RowStatus.CONFIRMED: "z przepisów", RowStatus.UNCONFIRMED: "niepotwierdzone", OFFICE: "potwierdziło biuro"}


def show_rates(
    desk: Desk,
    on: Annotated[str | None, typer.Option("--on", help="Tylko obowiązujące tego dnia, np. 2018-10-10")] = None,
) -> None:
    """Stawki i granice, według których liczy się wypłaty: kiedy obowiązują, skąd są, czy można na nich polegać.

    Przykład: nabor stipend rates --on 2022-03-10
    """
    day = day_of(on) if on else None
    with desk.reading() as (session, actor, _now):
        lines = rates(session, on=day, actor=actor)
    desk.show(
        lines,
        {
            "Stawka": lambda line: line.row,
            "Co": lambda line: line.table,
            "Wartość": lambda line: line.value,
            "Od": lambda line: line.valid_from,
            "Do": lambda line: line.valid_to,
            "Wybiera dzień": lambda line: "wypłaty" if line.selected_by == "paid" else "pracy",
            "Status": _status,
            "Źródło i uwagi": lambda line: f"{line.source}. {line.note}".strip(),
        },
        empty="Tego dnia nie obowiązuje żadna stawka z tabel.",
    )


def _status(line: RateLine) -> str:
    if line.status != OFFICE:
        return _STATUS[line.status]
    said = f"{_STATUS[line.status]}: {line.confirmed_by}, {local(line.confirmed_at)}, {line.confirmed_because}"
    return f"{said} ({line.confirmed_source})" if line.confirmed_source else said


def confirm(
    desk: Desk,
    row: Annotated[str, typer.Argument(metavar="STAWKA", help="Oznaczenie z „nabor stipend rates”")],
    reason: Annotated[str, typer.Option("--reason", help="Dlaczego biuro na niej polega; zostaje w aktach")],
    source: Annotated[str, typer.Option("--source", help="Skąd to wiadomo: pismo, interpretacja, przepis")] = "",
    revoke: Annotated[bool, typer.Option("--revoke", help="Cofnij wcześniejsze potwierdzenie")] = False,
    dry_run: DryRun = False,
) -> None:
    """Potwierdza stawkę oznaczoną „niepotwierdzone”, żeby wypłaty według niej nie były wstrzymane.

    Przykład: nabor stipend confirm-rate lump-sum-tax-2018 --reason "tak liczy księgowość" --source "pismo z 3.09.2018"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        if revoke:
            revoke_rate(session, row, reason=reason, actor=actor, now=now)
        else:
            confirm_rate(session, row, reason=reason, source=source, actor=actor, now=now)
    done = "Cofnięto potwierdzenie stawki" if revoke else "Potwierdzono stawkę"
    desk.say(f"{done} {row}. Wypłaty zmieni dopiero ponowne rozliczenie spotkań.", row=row, confirmed=not revoke)


def register(app: typer.Typer) -> None:
    """Adds both to the commands of money."""
    command(app, "rates")(show_rates)
    command(app, "confirm-rate")(confirm)
