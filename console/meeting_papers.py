"""``nabor meeting record/protocol/certificates/needs/host-list``: what is written of a meeting, and for it."""

from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from flows.steps.certificates import issue_certificates
from flows.steps.host_lists import issue_host_list
from flows.steps.meeting_records import issue_protocol, record_findings
from flows.steps.member_needs import needs_by_number, set_needs
from models.glossary import label
from models.rules.member_needs import Need

_CALL = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru grupy")]
_CODE = Annotated[str, typer.Argument(metavar="SPOTKANIE", help="Kod spotkania z harmonogramu")]
_ORIGINS = {"form": "formularz", "officer": "pracownik", "": ""}


def register(app: typer.Typer) -> None:
    """Adds the commands to ``nabor meeting``."""
    command(app, "record")(record)
    command(app, "protocol")(protocol)
    command(app, "certificates")(certificates)
    command(app, "needs")(needs)
    command(app, "host-list")(host_list)


def record(
    desk: Desk,
    call: _CALL,
    meeting: _CODE,
    worked_out: Annotated[
        list[str] | None, typer.Option("--worked-out", help="Co wypracowano, jednym zdaniem; można podać kilka razy")
    ] = None,
    verified: Annotated[
        list[str] | None,
        typer.Option("--verified", help="Czyje założenia zweryfikowano; można podać kilka razy"),
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option("--host", help="Gospodarz spotkania (instytucja); można podać kilka razy")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Zapisuje ustalenia spotkania do protokołu; ponowny zapis zastępuje poprzedni, a poprzedni zostaje w rejestrze.

    Przykład: nabor meeting record NABÓR SPOTKANIE --worked-out "Spisano założenia." --verified "PGR w Kartuzach"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        version = record_findings(
            session,
            call,
            meeting,
            worked_out=worked_out or [],
            verified=verified or [],
            hosts=host or [],
            actor=actor,
            now=now,
        )
    desk.say(f"Zapisano ustalenia (wersja {version}). Protokół: nabor meeting protocol.", version=version)


def protocol(
    desk: Desk,
    call: _CALL,
    meeting: _CODE,
    institutions: Annotated[
        bool, typer.Option("--institutions", help="Wymień same instytucje, bez imion i nazwisk")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Sporządza protokół spotkania z listą obecnych, programem i ustaleniami.

    Przykład: nabor meeting protocol NABÓR SPOTKANIE
    """
    with desk.office(trial=dry_run) as (office, actor):
        present = issue_protocol(office, call, meeting, by_institution=institutions, actor=actor)
    desk.say(f"Protokół gotowy, osób obecnych: {present}. Zapisz go poleceniem: nabor office export.", present=present)


def certificates(
    desk: Desk,
    call: _CALL,
    number: Annotated[list[str] | None, typer.Option("--number", help="Tylko to zgłoszenie; można podać kilka")] = None,
    dry_run: DryRun = False,
) -> None:
    """Wystawia zaświadczenia o udziale osobom, którym przysługują według zasady projektu.

    Przykład: nabor meeting certificates NABÓR
    """
    with desk.office(trial=dry_run) as (office, actor):
        lines = issue_certificates(office, call, numbers=number or [], actor=actor)
    new = sum(line.new for line in lines)
    told = [
        f"  {line.application}: " + (line.why_not or f"{line.number}{' (nowe)' if line.new else ' (już wystawione)'}")
        for line in lines
    ]
    closing = ["Zapisz je poleceniem: nabor office export FOLDER."] if new else []
    desk.say("\n".join([f"Nowe zaświadczenia: {new}.", *told, *closing]), issued=new, members=lines)


def needs(
    desk: Desk,
    number: Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia")],
    access: Annotated[
        str | None, typer.Option("--access", help="Dostępność i szczególne potrzeby; puste: nie ma")
    ] = None,
    diet: Annotated[str | None, typer.Option("--diet", help="Dieta; puste: nie ma")] = None,
    lodging: Annotated[str | None, typer.Option("--lodging", help="Nocleg; puste: nie potrzeba")] = None,
    travel: Annotated[str | None, typer.Option("--travel", help="Dojazd; puste: nie potrzeba")] = None,
    dry_run: DryRun = False,
) -> None:
    """Pokazuje, czego osoba potrzebuje na spotkaniach, a z opcjami zapisuje to obok odpowiedzi z formularza.

    Przykład: nabor meeting needs NUMER --diet wegetariańska --lodging "z piątku na sobotę"
    """
    given = {Need.ACCESS: access, Need.DIET: diet, Need.LODGING: lodging, Need.TRAVEL: travel}
    said = {need: text for need, text in given.items() if text is not None}
    if said:
        with desk.writing(trial=dry_run) as (session, actor, now):
            lines = set_needs(session, number, said, actor=actor, now=now)
    else:
        with desk.reading() as (session, actor, _now):
            lines = needs_by_number(session, number, actor=actor)
    desk.show(
        lines,
        {
            "Czego dotyczy": lambda line: label(line.need),
            "Potrzeba": lambda line: line.text or "–",
            "Skąd": lambda line: _ORIGINS[line.origin],
        },
        empty="",
    )


def host_list(
    desk: Desk,
    call: _CALL,
    meeting: _CODE,
    names: Annotated[bool, typer.Option("--names", help="Podaj imiona i nazwiska; bez tego same liczby")] = False,
    dry_run: DryRun = False,
) -> None:
    """Sporządza listę dla osoby prowadzącej: ile osób przyjdzie i czego potrzebują. Zawiera dane osobowe.

    Przykład: nabor meeting host-list NABÓR SPOTKANIE
    """
    with desk.office(trial=dry_run) as (office, actor):
        expected = issue_host_list(office, call, meeting, with_names=names, actor=actor)
    desk.say(
        f"Lista gotowa, oczekiwanych osób: {expected}. Zawiera dane osobowe; przekaż ją tylko osobie, która "
        "przygotowuje spotkanie. Zapisz ją poleceniem: nabor office export FOLDER.",
        expected=expected,
    )
