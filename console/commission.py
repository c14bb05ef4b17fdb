"""``nabor commission``: members, sessions, presence, recusals and votes of the commission."""

from typing import Annotated

import typer

from console.desk import Desk, DryRun, command, local
from console.polish_help import PolishGroup
from console.typed_days import day_of
from flows.steps import commission as steps
from flows.steps.ballots import BallotResult, vote
from flows.steps.calls import find_call
from flows.steps.four_eyes import rules_for
from flows.steps.session_records import ballot_lines, recusal_lines, session_lines
from models.errors import BadInput
from models.glossary import label
from models.rules.voting import Voice
from models.tables.commission import MemberFunction
from models.tables.decisions import DecisionOutcome

app = typer.Typer(
    cls=PolishGroup,
    name="commission",
    help="Komisja Rekrutacyjna: skład, posiedzenia, głosowania",
    no_args_is_help=True,
)
Code = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru, np. KES/PGR/2205/2018")]
Body = Annotated[str, typer.Argument(metavar="KOMISJA", help="Kod projektu (KES) albo naboru, który ma własną Komisję")]
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="Konto osoby ze składu Komisji")]
Scope = Annotated[str, typer.Option("--scope", help="Obszar Komisji projektu (początek TERYT); pusty: cały projekt")]
For = Annotated[str, typer.Option("--for", help="Kto jest za: loginy po przecinku")]
Against = Annotated[str, typer.Option("--against", help="Kto jest przeciw")]
Abstain = Annotated[str, typer.Option("--abstain", help="Kto wstrzymuje się od głosu")]


@command(app, "appoint")
def appoint(
    desk: Desk,
    body: Body,
    login: Login,
    function: Annotated[MemberFunction, typer.Option("--function", help="chair, secretary albo member")],
    scope: Scope = "",
    no_vote: Annotated[bool, typer.Option("--no-vote", help="Bez prawa głosu (np. sekretarz)")] = False,
    nip: Annotated[
        str | None, typer.Option("--nip", help="NIP własnej instytucji: zgłoszenia z niej wyłączają się same")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Powołuje osobę do Komisji projektu albo jednego naboru.

    Przykład: nabor commission appoint KES kinga --function chair --scope 22
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        symbol = steps.appoint(
            session,
            body,
            login,
            function=function,
            scope=scope,
            votes=not no_vote,
            institution_nip=nip,
            actor=actor,
            now=now,
        )
    desk.say(f"{login}: {label(function)} (oznaczenie {symbol}).", login=login, function=function, symbol=symbol)


@command(app, "dismiss")
def dismiss(desk: Desk, body: Body, login: Login, scope: Scope = "", dry_run: DryRun = False) -> None:
    """Odwołuje osobę z Komisji; co przegłosowano, zostaje.

    Przykład: nabor commission dismiss KES kinga --scope 22
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        steps.dismiss(session, body, login, scope=scope, actor=actor, now=now)
    desk.say(f"Odwołano: {login}.", login=login)


@command(app, "open-session")
def open_session(
    desk: Desk,
    code: Code,
    place: Annotated[str, typer.Option("--place", help="Gdzie się odbywa; stoi w protokole")],
    remote: Annotated[bool, typer.Option("--remote", help="Posiedzenie zdalne")] = False,
    held_on: Annotated[str, typer.Option("--on", help="Dzień, jeśli nie dziś, np. 2018-07-05")] = "",
    dry_run: DryRun = False,
) -> None:
    """Otwiera posiedzenie w sprawie naboru.

    Przykład: nabor commission open-session KES/PGR/2205/2018 --place "siedziba ROPS, sala 2"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        row = steps.open_session(
            session,
            code,
            place=place,
            remote=remote,
            held_on=day_of(held_on) if held_on else None,
            actor=actor,
            now=now,
        )
        number = row.number
    desk.say(f"Otwarto posiedzenie nr {number} w sprawie naboru {code}.", call=code, session=number)


@command(app, "close-session")
def close_session(desk: Desk, code: Code, dry_run: DryRun = False) -> None:
    """Zamyka posiedzenie.

    Przykład: nabor commission close-session KES/PGR/2205/2018
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        number = steps.close_session(session, code, actor=actor, now=now)
    desk.say(f"Zamknięto posiedzenie nr {number}.", call=code, session=number)


@command(app, "attend")
def attend(
    desk: Desk,
    code: Code,
    logins: Annotated[list[str], typer.Argument(metavar="LOGIN…", help="Kto przyszedł")],
    leave: Annotated[bool, typer.Option("--leave", help="Kto wyszedł")] = False,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje obecność na posiedzeniu, które trwa.

    Przykład: nabor commission attend KES/PGR/2205/2018 kinga konrad klara
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        there = steps.attend(session, code, logins, leaves=leave, actor=actor, now=now)
    desk.say(f"Obecni: {', '.join(there) or 'nikt'}.", call=code, present=there)


@command(app, "recuse")
def recuse(
    desk: Desk,
    code: Code,
    login: Login,
    number: Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia")],
    reason: Annotated[str, typer.Option("--reason", help="Powód, bez danych osobowych kandydata")],
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje, że ktoś z Komisji wyłącza się ze sprawy jednego zgłoszenia.

    Przykład: nabor commission recuse KES/PGR/2205/2018 konrad NUMER --reason "wspólna praca do 2017 r."
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        steps.recuse(session, code, login, number, reason=reason, actor=actor, now=now)
    desk.say(f"{login} nie bierze udziału w sprawie {number}.", call=code, login=login, number=number)


@command(app, "vote")
def vote_(
    desk: Desk,
    code: Code,
    number: Annotated[str | None, typer.Argument(metavar="NUMER", help="Zgłoszenie; bez niego cała propozycja")] = None,
    outcome: Annotated[
        DecisionOutcome | None, typer.Argument(metavar="DECYZJA", help="accepted, reserve albo rejected")
    ] = None,
    in_favour: For = "",
    against: Against = "",
    abstain: Abstain = "",
    dry_run: DryRun = False,
) -> None:
    """Zapisuje głosowanie: nad całą listą rankingową albo nad jednym zgłoszeniem.

    Przykład: nabor commission vote KES/PGR/2205/2018 --for kinga,konrad --against klara
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        result = vote(
            session,
            code,
            number=number,
            outcome=outcome,
            voices=voices_of(in_favour, against, abstain),
            actor=actor,
            now=now,
        )
    desk.say(sentence_of(result), call=code, **fields_of(result))


@command(app, "show")
def show(desk: Desk, code: Code) -> None:
    """Skład Komisji naboru, posiedzenia, wyłączenia i głosowania.

    Przykład: nabor commission show KES/PGR/2205/2018
    """
    with desk.reading() as (session, _actor, now):
        call = find_call(session, code)
        members = steps.member_lines(session, call, at=now)
        sessions = session_lines(session, call)
        recusals = recusal_lines(session, call, at=now)
        ballots = ballot_lines(session, call)
        rules = rules_for(session, call)
    if desk.as_json:
        desk.say(
            "",
            call=code,
            rules=rules.model_dump(mode="json"),
            members=members,
            sessions=sessions,
            recusals=recusals,
            ballots=ballots,
        )
        return
    desk.show(
        members,
        {
            "Login": lambda one: one.login,
            "Osoba": lambda one: one.name,
            "Funkcja": lambda one: one.function,
            "Oznaczenie": lambda one: one.symbol,
            "Głos": lambda one: one.votes,
            "Od": lambda one: local(one.since),
            "Do": lambda one: local(one.until),
            "Na posiedzeniu": lambda one: one.present,
        },
        empty="Nikogo nie powołano.",
    )
    desk.show(
        sessions,
        {
            "Posiedzenie": lambda one: one.number,
            "Dzień": lambda one: one.held_on,
            "Miejsce": lambda one: one.place + (" (zdalnie)" if one.remote else ""),
            "Stan": lambda one: one.state,
        },
        empty="Nie było posiedzeń.",
    )
    if recusals:
        desk.show(
            recusals,
            {
                "Numer": lambda one: one.number,
                "Wyłączenie": lambda one: one.symbol,
                "Przyczyna": lambda one: one.cause,
            },
            empty="",
        )
    desk.show(
        ballots,
        {
            "Głosowanie": lambda one: one.name,
            "Nad czym": lambda one: one.motion,
            "Za": lambda one: one.in_favour,
            "Przeciw": lambda one: one.against,
            "Wstrzymało się": lambda one: one.abstained,
            "Wynik": lambda one: one.result,
        },
        empty="Nie było głosowań.",
    )


def voices_of(in_favour: str, against: str, abstain: str) -> dict[str, Voice]:
    """Voices by login, as typed after the three options. Raises ``BadInput`` for somebody who votes twice."""
    voices: dict[str, Voice] = {}
    for typed, voice in ((in_favour, Voice.FOR), (against, Voice.AGAINST), (abstain, Voice.ABSTAIN)):
        for login in filter(None, (part.strip() for part in typed.split(","))):
            if login in voices:
                raise BadInput(f"„{login}” stoi przy dwóch głosach; każda osoba głosuje raz.")
            voices[login] = voice
    return voices


def sentence_of(result: BallotResult) -> str:
    """A ballot in words."""
    tally = result.tally
    said = f"Za: {tally.in_favour}, przeciw: {tally.against}, wstrzymało się: {tally.abstained}."
    if not tally.quorum:
        return f"Głosowanie {result.session}/{result.number}: brak kworum ({tally.voters} z {tally.needed}). {said}"
    became = "wniosek przeszedł" if tally.carried else "wniosek nie przeszedł"
    chair = " głosem osoby przewodniczącej" if tally.by_chair else ""
    return f"Głosowanie {result.session}/{result.number}: {became}{chair}. {said}"


def fields_of(result: BallotResult) -> dict[str, object]:
    """A ballot for programs."""
    return {"session": result.session, "ballot": result.number, "tally": result.tally}
