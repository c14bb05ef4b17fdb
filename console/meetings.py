"""``nabor meeting`` and attendance."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer
from sqlmodel import Session, select

from console.desk import Desk, DryRun, command, local
from console.polish_help import PolishGroup
from console.typed_days import day_of
from flows.steps.attendance import record
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.calls import find_call, group_of
from flows.steps.counter_proposals import accept_counter, decline_counter, open_counters
from flows.steps.invitation_answers import answer_invitation, answer_lines
from flows.steps.invitation_links import link_of
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.link_answers import answer_by_token, read_token, tokens_for
from flows.steps.meeting_changes import Wanted, cancel_meeting, move_meeting
from flows.steps.meeting_papers import prepared_for
from flows.steps.meetings import day_in, days_of, plan_meetings, schedule_differences
from flows.steps.schedule import warnings_of
from models.glossary import label
from models.rules.meeting_kinds import MeetingKind
from models.tables import Meeting
from models.tables.meetings import MeetingOrigin, MeetingState
from templates.polish import titled

app = typer.Typer(cls=PolishGroup, name="meeting", help="Spotkania i obecność", no_args_is_help=True)
Call = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru grupy")]
Code = Annotated[str, typer.Argument(metavar="SPOTKANIE", help="Kod spotkania z harmonogramu")]
Reason = Annotated[str, typer.Option("--reason", help="Powód; przeczytają go osoby, do których napiszemy")]
Days = Annotated[
    list[str] | None, typer.Option("--day", help="Dzień z godzinami, np. 2018-09-29T09:00-15:00; można podać kilka")
]
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia")]


class Verdict(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"


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
                "kind": meeting.kind.value,
                "origin": meeting.origin.value,
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
            "Tytuł": lambda line: titled(line["title"], MeetingKind(line["kind"])),
            "Dni": lambda line: ", ".join(line["days"]),
            "Miejsce": lambda line: line["place"],
            "Stan": lambda line: label(MeetingState(line["state"])),
            "Skąd": lambda line: label(MeetingOrigin(line["origin"])),
        },
        empty="Grupa nie ma spotkań.",
    )


@command(app, "plan")
def plan(desk: Desk, call: Call, dry_run: DryRun = False) -> None:
    """Wpisuje spotkania z najnowszego harmonogramu projektu.

    Przykład: nabor meeting plan KES/PGR/2205/2018
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        found = find_call(session, call)
        made = plan_meetings(session, found, actor=actor, now=now)
        differing = schedule_differences(session, found)
        warnings = warnings_of(session, _meetings_of(session, found.code)) if made else []
    said = "".join(
        f"\nSpotkanie {one.code} zostaje, jak było; w harmonogramie jest inaczej: {' '.join(one.sentences)} "
        f"Jeśli tak ma być: nabor meeting move {call} {one.code}."
        for one in differing
    )
    said += "".join(f"\nUwaga: {one}" for one in warnings)
    desk.say(
        f"Nowe spotkania: {made}.{said}",
        planned=made,
        differing=[asdict(one) for one in differing],
        warnings=warnings,
    )


def _meetings_of(session: Session, call: str) -> list[tuple[str, str]]:
    group = group_of(session, find_call(session, call))
    return [(call, code) for code in session.exec(select(Meeting.code).where(Meeting.group_id == group.id)).all()]


@command(app, "invite")
def invite_(desk: Desk, dry_run: DryRun = False) -> None:
    """Zaprasza członków, którzy nie mają jeszcze zaproszenia.

    Przykład: nabor meeting invite
    """
    written, url = 0, desk.settings.answer_url
    with desk.writing(trial=dry_run) as (session, actor, now):
        for meeting_id in meetings_to_invite(session, now=now):
            written += invite(session, meeting_id, answer_url=url, actor=actor, now=now)
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
        answer_invitation(
            session,
            call,
            meeting,
            number,
            accepts=not decline,
            answer_url=desk.settings.answer_url,
            actor=actor,
            now=now,
        )
    desk.say("Odnotowano odpowiedź.", number=number, accepted=not decline)


@command(app, "move")
def move_(
    desk: Desk,
    call: Call,
    meeting: Code,
    reason: Reason,
    day: Days = None,
    place: Annotated[str | None, typer.Option("--place", help="Nowe miejsce")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Nowy tytuł")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Kto poprowadzi spotkanie")] = None,
    kind: Annotated[
        MeetingKind | None,
        typer.Option(
            "--kind", help="Rodzaj: meeting – spotkanie, training – szkolenie, focus_study, exchange, coaching"
        ),
    ] = None,
    agenda: Annotated[
        list[str] | None, typer.Option("--agenda", help="Punkt nowego programu; można podać kilka razy")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Zmienia termin, miejsce, tytuł, prowadzenie albo program spotkania i pisze o tym do zaproszonych.

    Nowy termin oznacza, że o odpowiedź prosimy od nowa; --day podaje się dla każdego dnia spotkania.

    Przykład: nabor meeting move NABÓR SPOTKANIE --day 2018-09-29T09:00-15:00 --reason "Sala jest zajęta."
    """
    wanted = Wanted(
        days=tuple(day_in(one) for one in day) if day else None,
        place=place,
        title=title,
        agenda=tuple(agenda) if agenda else None,
        host=host,
        kind=kind,
    )
    with desk.writing(trial=dry_run) as (session, actor, now):
        papers = prepared_for(session, call, meeting)
        changed = move_meeting(
            session,
            call,
            meeting,
            wanted,
            reason=reason,
            answer_url=desk.settings.answer_url,
            actor=actor,
            now=now,
        )
        warnings = warnings_of(session, [(call, meeting)])
    answers = "O odpowiedź prosimy od nowa." if changed.asks_anew else "Dotychczasowe odpowiedzi pozostają ważne."
    stale = (
        f"\nDokumenty sprzed zmiany ({papers}: listy obecności, lista dla prowadzącego) są nieaktualne; sporządź nowe: "
        f"nabor meeting sheets {call} {meeting}."
        if papers
        else ""
    )
    said = "".join(f"\nUwaga: {one}" for one in warnings)
    desk.say(
        f"Zmieniono spotkanie. {answers} Wiadomości w skrzynce nadawczej: {changed.told}, "
        f"wycofane, bo nieaktualne: {changed.withdrawn}.{stale}{said}",
        **asdict(changed),
        outdated_papers=papers,
        warnings=warnings,
    )


@command(app, "cancel")
def cancel(
    desk: Desk,
    call: Call,
    meeting: Code,
    reason: Reason,
    new_date_follows: Annotated[
        bool, typer.Option("--new-date-follows", help="Zapowiedz w wiadomości, że będzie nowy termin")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Odwołuje spotkanie; kto o nim wie, dostaje odwołanie, a kto nie wie, nie dostaje nic.

    Przykład: nabor meeting cancel NABÓR SPOTKANIE --reason "Choroba prowadzącej." --new-date-follows
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        papers = prepared_for(session, call, meeting)
        changed = cancel_meeting(
            session, call, meeting, reason=reason, new_date_follows=new_date_follows, actor=actor, now=now
        )
    stale = f" Dokumenty przygotowane na to spotkanie ({papers}) są nieaktualne." if papers else ""
    desk.say(
        f"Odwołano spotkanie. Odwołania w skrzynce nadawczej: {changed.told}, "
        f"wycofane wiadomości: {changed.withdrawn}.{stale}",
        **asdict(changed),
        outdated_papers=papers,
    )


@command(app, "answers")
def answers_(desk: Desk, call: Call, meeting: Code) -> None:
    """Wszystkie odpowiedzi na zaproszenia na spotkanie, także nieuwzględnione, i co się z nimi stało.

    Przykład: nabor meeting answers NABÓR SPOTKANIE
    """
    with desk.reading() as (session, _actor, _now):
        lines = answer_lines(session, call, meeting)
    desk.show(
        lines,
        {
            "Kiedy": lambda line: line.at,
            "Numer": lambda line: line.number,
            "Odpowiedź": lambda line: line.said,
            "Droga": lambda line: label(line.road),
            "Co z nią": lambda line: label(line.outcome),
            "List": lambda line: line.mail_id,
            "Wskazana osoba": lambda line: line.delegate,
            "Dopisek": lambda line: line.comment,
        },
        empty="Nie ma jeszcze odpowiedzi.",
    )


@command(app, "counters")
def counters(desk: Desk) -> None:
    """Propozycje innego terminu, które czekają na pracownika.

    Przykład: nabor meeting counters
    """
    with desk.reading() as (session, _actor, _now):
        lines = open_counters(session)
    desk.show(
        lines,
        {
            "Propozycja": lambda line: line.answer_id,
            "Nabór": lambda line: line.call,
            "Spotkanie": lambda line: line.meeting,
            "Numer": lambda line: line.number,
            "Zamiast dnia": lambda line: line.instead_of,
            "Od": lambda line: line.starts,
            "Do": lambda line: line.ends,
            "Dopisek": lambda line: line.comment,
        },
        empty="Nie ma propozycji innego terminu.",
    )


@command(app, "counter")
def counter(
    desk: Desk,
    verdict: Annotated[Verdict, typer.Argument(metavar="ROZSTRZYGNIĘCIE", help="accept – przyjmij, decline – odmów")],
    proposal: Annotated[int, typer.Argument(metavar="PROPOZYCJA", help="Numer z listy: nabor meeting counters")],
    reason: Reason,
    day: Days = None,
    dry_run: DryRun = False,
) -> None:
    """Przyjmuje propozycję innego terminu (spotkanie zmienia się dla wszystkich) albo uprzejmie jej odmawia.

    Przykład: nabor meeting counter decline 5 --reason "Innym osobom ten dzień nie odpowiada."
    """
    url = desk.settings.answer_url
    warnings: list[str] = []
    with desk.writing(trial=dry_run) as (session, actor, now):
        if verdict is Verdict.DECLINE:
            decline_counter(session, proposal, reason=reason, answer_url=url, actor=actor, now=now)
            changed = None
        else:
            days = tuple(day_in(one) for one in day or ())
            of = [(one.call, one.meeting) for one in open_counters(session) if one.answer_id == proposal]
            changed = accept_counter(session, proposal, days=days, reason=reason, answer_url=url, actor=actor, now=now)
            warnings = warnings_of(session, of)
    if changed is None:
        desk.say("Nie przyjęto propozycji; odpowiedź jest w skrzynce nadawczej.", proposal=proposal, accepted=False)
        return
    desk.say(
        f"Zmieniono spotkanie. O odpowiedź prosimy od nowa. Wiadomości w skrzynce nadawczej: {changed.told}."
        + "".join(f"\nUwaga: {one}" for one in warnings),
        proposal=proposal,
        accepted=True,
        told=changed.told,
        warnings=warnings,
    )


@command(app, "link")
def link(desk: Desk, call: Call, meeting: Code, number: Number) -> None:
    """Podaje odnośniki (albo same tokeny), którymi osoba może odpowiedzieć na zaproszenie jednym kliknięciem.

    Przykład: nabor meeting link NABÓR SPOTKANIE NUMER
    """
    with desk.reading() as (session, actor, now):
        tokens = tokens_for(session, call, meeting, number, actor=actor, now=now)
    url = desk.settings.answer_url
    shown = {name: link_of(url, token) or token for name, token in asdict(tokens).items() if name != "expires_at"}
    desk.say(
        f"Będę: {shown['accepts']}\nNie mogę przyjść: {shown['declines']}\nWażne do: {local(tokens.expires_at)}",
        expires_at=tokens.expires_at,
        **shown,
    )


@command(app, "answer-link")
def answer_link(
    desk: Desk,
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="Token z odnośnika")],
    confirm: Annotated[bool, typer.Option("--confirm", help="Zapisz tę odpowiedź; bez tego tylko pokaż")] = False,
    dry_run: DryRun = False,
) -> None:
    """Odczytuje odpowiedź z odnośnika, a z --confirm zapisuje ją.

    Przykład: nabor meeting answer-link TOKEN --confirm
    """
    if not confirm:
        with desk.reading() as (session, _actor, now):
            read = read_token(session, token, now=now)
    else:
        with desk.writing(trial=dry_run) as (session, actor, now):
            read = answer_by_token(
                session, token, confirmed=confirm, answer_url=desk.settings.answer_url, actor=actor, now=now
            )
    what = "osoba przyjdzie" if read.accepts else "osoba nie przyjdzie"
    done = "Zapisano" if read.changed else "Nic nie zmieniono" if confirm else "Odnośnik mówi"
    desk.say(f"{done}: {what} („{read.meeting_title}”).", accepts=read.accepts, changed=read.changed)


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
        record(session, call, meeting, day_of(day), number, minutes, actor=actor, now=now)
    desk.say(f"Wpisano {minutes} min.", number=number, minutes=minutes)
