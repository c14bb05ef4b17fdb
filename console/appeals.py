"""``nabor appeal``: appeals against decisions, from the letter to the ruling."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command, local
from console.polish_help import PolishGroup
from console.typed_days import moment_of
from flows.steps.appeal_records import find_appeal
from flows.steps.appeals import appeal_lines, file_appeal, line_of, rule, take_up, withdraw_appeal
from forms.safety import MAX_BYTES
from models.actor import Right
from models.errors import BadInput

app = typer.Typer(cls=PolishGroup, name="appeal", help="Odwołania od decyzji Komisji", no_args_is_help=True)
AppealNumber = Annotated[str, typer.Argument(metavar="ODWOŁANIE", help="Numer odwołania: numer zgłoszenia i /O1")]


@command(app, "file")
def file(
    desk: Desk,
    number: Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia, którego decyzja dotyczy")],
    received: Annotated[str, typer.Option("--received", help="Czas wpływu, np. 2018-07-12T10:00")],
    letter: Annotated[Path, typer.Option("--file", help="Plik z odwołaniem; zostaje zaszyfrowany w aktach")],
    channel: Annotated[
        str | None, typer.Option("--channel", help="Jak wpłynęło: email (gdy nie podano), post, in_person, epuap")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Zapisuje odwołanie i przygotowuje potwierdzenie; spóźnione też, z taką adnotacją.

    Przykład: nabor appeal file NUMER --received 2018-07-12T10:00 --file odwolanie.pdf
    """
    if letter.stat().st_size > MAX_BYTES:
        raise BadInput(f"Plik odwołania jest większy niż {MAX_BYTES // 1024**2} MB.")
    with desk.office(trial=dry_run) as (office, actor):
        filed = file_appeal(
            office,
            number,
            file_name=letter.name,
            content=letter.read_bytes(),
            received_at=moment_of(received),
            channel=channel or "email",
            actor=actor,
        )
    desk.say(f"Zapisano odwołanie {filed}.", appeal=filed, number=number)


@command(app, "list")
def list_(
    desk: Desk,
    call: Annotated[str, typer.Argument(metavar="[NABÓR]", help="Kod naboru; bez niego wszystkie")] = "",
) -> None:
    """Odwołania z terminami; najpierw te, które czekają na rozstrzygnięcie.

    Przykład: nabor appeal list KES/PGR/2205/2018
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.READ)
        lines = appeal_lines(session, call)
    if desk.as_json:
        desk.show(lines, {}, empty="")
        return
    desk.show(
        lines,
        {
            "Numer": lambda line: line.number,
            "Stan": lambda line: line.state_label,
            "Od decyzji": lambda line: line.against,
            "Wpłynęło": lambda line: line.received_at,
            "Po terminie": lambda line: line.late,
            "Termin rozstrzygnięcia": lambda line: line.ruling_due_at,
        },
        empty="Nie ma odwołań.",
    )


@command(app, "show")
def show(desk: Desk, number: AppealNumber) -> None:
    """Jedno odwołanie: terminy, stan i rozstrzygnięcie. Sam list: nabor application export.

    Przykład: nabor appeal show KES/PGR/2205/2018/0007/O1
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.APPEAL if actor.has(Right.APPEAL) else Right.CORRECT)
        line = line_of(session, find_appeal(session, number))
    if desk.as_json:
        desk.say(
            "",
            number=line.number,
            application=line.application,
            state=line.state,
            against=line.against,
            received_at=line.received_at,
            late=line.late,
            period_ended_at=line.period_ended_at,
            ruling_due_at=line.ruling_due_at,
            ruled_at=line.ruled_at,
            ruled_by=line.ruled_by,
            reason=line.reason,
        )
        return
    ended = local(line.period_ended_at) or "nie biegł (wiadomość z wynikiem nie wyszła)"
    desk.say(f"Odwołanie {line.number}: {line.state_label}. Od decyzji: {line.against}.")
    desk.say(f"Wpłynęło: {local(line.received_at)}{', po terminie' if line.late else ''}. Termin na złożenie: {ended}.")
    desk.say(f"Termin rozstrzygnięcia: {local(line.ruling_due_at)}.")
    if line.ruled_at is not None:
        desk.say(f"Rozstrzygnięto {local(line.ruled_at)} (konto {line.ruled_by}). Uzasadnienie: {line.reason}")


@command(app, "review")
def review(desk: Desk, number: AppealNumber, dry_run: DryRun = False) -> None:
    """Podejmuje odwołanie do rozpatrzenia; nie może tego zrobić osoba, która podjęła decyzję.

    Przykład: nabor appeal review KES/PGR/2205/2018/0007/O1
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        take_up(session, number, actor=actor, now=now)
    desk.say(f"Odwołanie {number} jest rozpatrywane.", appeal=number)


@command(app, "decide")
def decide(
    desk: Desk,
    number: AppealNumber,
    upholds: Annotated[bool, typer.Option("--uphold/--reject", help="Uwzględnić albo nie uwzględnić")],
    reason: Annotated[str, typer.Option("--reason", help="Uzasadnienie, które przeczyta kandydat")],
    dry_run: DryRun = False,
) -> None:
    """Zapisuje rozstrzygnięcie odwołania, z uzasadnieniem; uwzględnione kieruje zgłoszenie do ponownej oceny.

    Przykład: nabor appeal decide KES/PGR/2205/2018/0007/O1 --reject --reason "Punkty policzono zgodnie z § 5."
    """
    with desk.office(trial=dry_run) as (office, actor):
        rule(office, number, upholds=upholds, reason=reason, actor=actor)
    said = "uwzględniono; zgłoszenie wraca do oceny" if upholds else "nie uwzględniono"
    desk.say(f"Odwołanie {number}: {said}.", appeal=number, upheld=upholds)


@command(app, "withdraw")
def withdraw(desk: Desk, number: AppealNumber, dry_run: DryRun = False) -> None:
    """Odnotowuje, że kandydat wycofał odwołanie.

    Przykład: nabor appeal withdraw KES/PGR/2205/2018/0007/O1
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        withdraw_appeal(session, number, actor=actor, now=now)
    desk.say(f"Odwołanie {number} wycofano.", appeal=number)
