"""``nabor meeting import``, ``import-template`` and ``schedule``: the Harmonogram as a whole."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from console.desk import Desk, DryRun, command
from flows.adapters.clock import warsaw_date
from flows.steps.calls import area_name, find_call, group_of
from flows.steps.documents import letterhead
from flows.steps.projects import definition_for
from flows.steps.schedule import ScheduleLine, schedule
from flows.steps.schedule_import import Imported, import_schedule
from forms.schedule_table import empty_table
from models.errors import NotFound
from models.glossary import label
from models.tables import Call
from models.tables.meetings import MeetingState
from templates.documents.harmonogram import HarmonogramDocument, HarmonogramLine, harmonogram
from templates.polish import clock, titled

_FILE = Annotated[Path, typer.Argument(metavar="PLIK", help="Harmonogram: .xlsx, .csv albo .yaml")]


def register(app: typer.Typer) -> None:
    """Adds the commands to ``nabor meeting``."""
    command(app, "import")(import_)
    command(app, "import-template")(import_template)
    command(app, "schedule")(schedule_)


def import_(desk: Desk, file: _FILE, dry_run: DryRun = False) -> None:
    """Wpisuje spotkania z harmonogramu w pliku: wszystkie albo żadne; z --dry-run pokazuje, co by powstało.

    Ten sam plik wczytany drugi raz niczego nie zmienia. Spotkanie, które jest już wpisane, a w pliku wygląda inaczej,
    zostaje, jak było; zmienia je polecenie move, z powodem.

    Przykład: nabor meeting import harmonogram.xlsx --dry-run
    """
    with desk.office(trial=dry_run) as (office, actor):
        done = import_schedule(office, file, actor=actor)
    desk.say(_said(done), **asdict(done))


def _said(done: Imported) -> str:
    lines = [f"Nowe spotkania: {done.new}, bez zmian: {done.unchanged}, inne w pliku: {len(done.differing)}."]
    lines += [
        f"  {'+' if one.new else '='} {one.call} {one.code}: {', '.join(_day(day) for day in one.days)}"
        + (f" ({one.series})" if one.series else "")
        for one in done.meetings
    ]
    lines += [
        f"Spotkanie {one.code} zostaje, jak było; w pliku jest inaczej: {' '.join(one.sentences)} "
        f"Jeśli tak ma być: nabor meeting move {one.call} {one.code}."
        for one in done.differing
    ]
    lines += [f"Uwaga: {one}" for one in done.warnings]
    return "\n".join(lines)


def _day(text: str) -> str:
    on, _, hours = text.partition("T")
    return f"{on[8:]}.{on[5:7]}.{on[:4]} {hours.replace('-', '–')}"


def import_template(
    desk: Desk, output: Annotated[Path, typer.Option("-o", "--output", help="Dokąd zapisać pusty plik .xlsx")]
) -> None:
    """Zapisuje pusty plik Excela z nagłówkami harmonogramu, listą rodzajów i objaśnieniami.

    Przykład: nabor meeting import-template -o harmonogram.xlsx
    """
    output.write_bytes(empty_table())
    desk.say(f"Zapisano: {output}", file=str(output))


def schedule_(
    desk: Desk,
    call: Annotated[str, typer.Option("--call", help="Tylko spotkania grupy tego naboru")] = "",
    area: Annotated[str, typer.Option("--area", help="Tylko ten obszar, np. 22 albo 2205")] = "",
    month: Annotated[str, typer.Option("--month", help="Tylko ten miesiąc, np. 2018-09")] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Zapisz harmonogram jako dokument Word, do ogłoszenia")
    ] = None,
) -> None:
    """Cały harmonogram według dat, z uwagami: kolizje, weekendy i święta, liczba dni i godzin.

    Dokument Word (-o) jest do ogłoszenia: uwag w nim nie ma.

    Przykład: nabor meeting schedule --month 2018-09 -o harmonogram.docx
    """
    with desk.reading() as (session, _actor, now):
        lines = schedule(session, call=call, area=area, month=month)
        if output is not None:
            output.write_bytes(_document(session, lines, call=call, area=area, month=month, now=now))
    if output is not None:
        desk.say(f"Zapisano: {output} (dni spotkań: {len(lines)}).", file=str(output), days=len(lines))
        return
    desk.show(
        lines,
        {
            "Data": lambda line: line.on,
            "Godziny": lambda line: f"{clock(line.starts)}–{clock(line.ends)}",
            "Spotkanie": lambda line: f"{line.call}\n{line.code}\n{titled(line.title, line.kind)}",
            "Miejsce": lambda line: line.place,
            "Stan": lambda line: label(line.state),
            "Uwagi": lambda line: "\n".join(line.warnings),
        },
        empty="Nie ma takich spotkań.",
    )


def _document(session: Session, lines: list[ScheduleLine], *, call: str, area: str, month: str, now: datetime) -> bytes:
    """Under the head of the project that the meetings belong to. Raises ``NotFound`` where there is none."""
    known = find_call(session, call) if call else session.exec(select(Call).order_by(col(Call.id))).first()
    if known is None:
        raise NotFound("Nie ma jeszcze żadnego naboru.")
    definition = definition_for(session, known)
    narrowed = [
        *([group_of(session, known).name] if call else []),
        *([area_name(definition, area)] if area else []),
        *([f"{month[5:]}.{month[:4]}"] if month else []),
    ]
    return harmonogram(
        HarmonogramDocument(
            letterhead=letterhead(definition),
            issued_on=warsaw_date(now),
            lines=[
                HarmonogramLine(
                    on=line.on,
                    starts=line.starts,
                    ends=line.ends,
                    group=line.group,
                    kind=line.kind,
                    title=line.title,
                    place=line.place,
                    host=line.host,
                    cancelled=line.state is MeetingState.CANCELLED,
                )
                for line in lines
            ],
            narrowed=", ".join(narrowed),
        )
    )
