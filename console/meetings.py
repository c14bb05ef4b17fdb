"""``nabor meeting`` and attendance."""

from datetime import date
from typing import Annotated

import typer
from sqlmodel import select

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from flows.steps.attendance import issue_sheets, record
from flows.steps.calls import find_call, group_of
from flows.steps.invitations import answer_invitation, invite, meetings_to_invite
from flows.steps.meetings import days_of, plan_meetings
from models.errors import BadInput
from models.glossary import label
from models.tables import Meeting
from models.tables.meetings import MeetingState

app = typer.Typer(cls=PolishGroup, name="meeting", help="Spotkania i obecność", no_args_is_help=True)
Call = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru grupy")]
Code = Annotated[str, typer.Argument(metavar="SPOTKANIE", help="Kod spotkania z harmonogramu")]
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia")]


@command(app, "list")
def list_(desk: Desk, call: Call) -> None:
    """Spotkania grupy.

    Przykład: nabor meeting list KES/PGR/2205/2018
    """
    with desk.reading() as (session, _actor, _now):
        group = group_of(session, find_call(session, call))
        lines = [
            {
                "code": meeting.code,
                "title": meeting.title,
                "place": meeting.place,
                "state": meeting.state.value,
                "days": [day.on.isoformat() for day in days_of(session, meeting)],
            }
            for meeting in session.exec(select(Meeting).where(Meeting.group_id == group.id)).all()
        ]
    desk.show(
        lines,
        {
            "Kod": lambda line: line["code"],
            "Tytuł": lambda line: line["title"],
            "Dni": lambda line: ", ".join(line["days"]),
            "Miejsce": lambda line: line["place"],
            "Stan": lambda line: label(MeetingState(line["state"])),
        },
        empty="Grupa nie ma spotkań.",
    )


@command(app, "plan")
def plan(desk: Desk, call: Call, dry_run: DryRun = False) -> None:
    """Wpisuje spotkania z najnowszego harmonogramu projektu.

    Przykład: nabor meeting plan KES/PGR/2205/2018
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        made = plan_meetings(session, find_call(session, call), actor=actor, now=now)
    desk.say(f"Nowe spotkania: {made}.", planned=made)


@command(app, "invite")
def invite_(desk: Desk, dry_run: DryRun = False) -> None:
    """Zaprasza członków, którzy nie mają jeszcze zaproszenia.

    Przykład: nabor meeting invite
    """
    written = 0
    with desk.writing(trial=dry_run) as (session, actor, now):
        for meeting_id in meetings_to_invite(session, now=now):
            written += invite(session, meeting_id, actor=actor, now=now)
    desk.say(f"Zaproszenia w skrzynce nadawczej: {written}.", invited=written)


@command(app, "answer")
def answer(
    desk: Desk,
    call: Call,
    meeting: Code,
    number: Number,
    decline: Annotated[bool, typer.Option("--decline", help="Osoba nie przyjdzie")] = False,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje odpowiedź na zaproszenie.

    Przykład: nabor meeting answer NABÓR SPOTKANIE NUMER
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        answer_invitation(session, call, meeting, number, accepts=not decline, actor=actor, now=now)
    desk.say("Odnotowano odpowiedź.", number=number, accepted=not decline)


@command(app, "sheets")
def sheets(desk: Desk, call: Call, meeting: Code, dry_run: DryRun = False) -> None:
    """Przygotowuje listy obecności, osobną na każdy dzień.

    Przykład: nabor meeting sheets NABÓR SPOTKANIE
    """
    with desk.office(trial=dry_run) as (office, actor):
        made = issue_sheets(office, call, meeting, actor=actor)
    desk.say(f"Listy obecności: {made}. Zapisz je poleceniem: nabor office export FOLDER.", sheets=made)


@command(app, "attend")
def attend(
    desk: Desk,
    call: Call,
    meeting: Code,
    day: Annotated[str, typer.Argument(metavar="DZIEŃ", help="Dzień, np. 2018-09-22")],
    number: Number,
    minutes: Annotated[int, typer.Argument(metavar="MINUTY", help="Potwierdzone minuty; 0 = nieobecność")],
    dry_run: DryRun = False,
) -> None:
    """Wpisuje potwierdzoną obecność.

    Przykład: nabor meeting attend NABÓR SPOTKANIE 2018-09-22 NUMER 360
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        record(session, call, meeting, _day(day), number, minutes, actor=actor, now=now)
    desk.say(f"Wpisano {minutes} min.", number=number, minutes=minutes)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"„{text}” nie jest datą. Wzór: 2018-09-22.") from None
