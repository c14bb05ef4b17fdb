"""``nabor admission``: groups without ranking and decision, into which one is named or registers."""

from typing import Annotated

import typer

from console.calls import Code, Number
from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from flows.steps.admission import admission_lines, admit_call
from flows.steps.declarations import declare_members
from flows.steps.refusals import refuse
from flows.steps.verification import to_verify, verify
from models.actor import Right

app = typer.Typer(
    cls=PolishGroup, name="admission", help="Przyjmowanie do grup bez listy rankingowej", no_args_is_help=True
)


@command(app, "run")
def run(desk: Desk, code: Code, dry_run: DryRun = False) -> None:
    """Ocenia kompletne zgłoszenia i przyjmuje tych, którzy spełniają kryteria i mają miejsce. Nikomu nie odmawia.

    Przykład: nabor admission run LK/G-PZK/1419/2018
    """
    with desk.office(trial=dry_run) as (office, actor), office.writing(actor) as session:
        now = office.now()
        counts = verify(session, to_verify(session, code), actor=actor, now=now)
        done = admit_call(session, code, actor=actor, now=now)
        declared = declare_members(office, session, code, actor=actor, now=now)
    lines = [f"Przyjęto: {len(done.admitted)}. Lista oczekujących: {len(done.waiting)}."]
    if counts.not_eligible:
        lines.append(f"Nie spełnia kryterium, rozstrzyga pracownik (nabor todo): {counts.not_eligible}.")
    if counts.cannot_tell:
        lines.append(f"Nie można jeszcze ustalić: {counts.cannot_tell}.")
    if declared:
        lines.append(f"Deklaracje uczestnictwa do podpisania (nabor office export): {declared}.")
    lines += [f"Czeka na pracownika {one.number}: {one.why}." for one in done.held]
    desk.say(
        "\n".join(lines),
        call=code,
        admitted=list(done.admitted),
        waiting=list(done.waiting),
        held=[{"number": one.number, "why": one.why} for one in done.held],
        not_eligible=counts.not_eligible,
        cannot_tell=counts.cannot_tell,
        freed=done.freed,
        declarations=declared,
    )


@command(app, "list")
def list_(desk: Desk, code: Code) -> None:
    """Zgłoszenia w kolejności wpływu: kto jest w grupie, kto na liście oczekujących i na co kto czeka.

    Przykład: nabor admission list LK/G-PZK/1419/2018
    """
    with desk.reading() as (session, actor, now):
        actor.require(Right.READ)
        lines = admission_lines(session, code, now=now)
    desk.show(
        lines,
        {
            "Numer": lambda line: line.number,
            "Wpłynęło": lambda line: line.received_at,
            "Stan": lambda line: line.state_label,
            "Miejsce": lambda line: line.place,
            "Na co czeka": lambda line: line.waits,
        },
        empty="Nie ma jeszcze zgłoszeń.",
    )


@command(app, "refuse")
def refuse_(
    desk: Desk,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Uzasadnienie, które przeczyta kandydat")],
    dry_run: DryRun = False,
) -> None:
    """Odmawia przyjęcia do grupy, z uzasadnieniem; list mówi też, jak się odwołać. Program sam nikomu nie odmawia.

    Przykład: nabor admission refuse NUMER --reason "Instytucja działa poza obszarem projektu."
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        row = refuse(session, number, reason=reason, actor=actor, now=now)
        state = row.state
    desk.say(f"Odmówiono: {number}. List z uzasadnieniem czeka na wysłanie.", number=number, state=state)
