"""``nabor call`` and ``nabor call decide``: the steps of a recruitment."""

from datetime import date, datetime
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from flows.adapters.clock import WARSAW
from flows.steps.announcement import announce
from flows.steps.call_clocks import clock_of
from flows.steps.calls import find_call, open_call
from flows.steps.decisions import decide, decide_as_proposed
from flows.steps.memberships import answer_offer
from flows.steps.overview import LISTS, clock_sentence, funnel
from flows.steps.ranking import newest_ranking, rank_call, seed_of, standings_of
from flows.steps.said_by_office import declare_unit
from flows.steps.verification import to_verify, verify
from models.errors import BadInput
from models.tables.decisions import DecisionOutcome

app = typer.Typer(cls=PolishGroup, name="call", help="Nabory: od otwarcia do ogłoszenia", no_args_is_help=True)
Code = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru, np. KES/PGR/2205/2018")]
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia")]


@command(app, "open")
def open_(
    desk: Desk,
    project: Annotated[str, typer.Argument(metavar="PROJEKT", help="Kod projektu, np. KES")],
    kind: Annotated[str, typer.Argument(metavar="RODZAJ", help="Rodzaj grupy, np. PGR")],
    area: Annotated[str, typer.Argument(metavar="TERYT", help="Obszar, np. 2205")],
    opens: Annotated[str, typer.Option("--from", help="Początek, np. 2018-06-04T08:00")],
    closes: Annotated[str, typer.Option("--to", help="Koniec, np. 2018-06-22T15:30")],
    dry_run: DryRun = False,
) -> None:
    """Otwiera nabór.

    Przykład: nabor call open KES PGR 2205 --from 2018-06-04T08:00 --to 2018-06-22T15:30
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        call = open_call(
            session, project, kind, area, opens_at=moment_of(opens), closes_at=moment_of(closes), actor=actor, now=now
        )
        code = call.code
    desk.say(f"Otwarto nabór {code}.", call=code)


@command(app, "declare-unit")
def declare_unit_(
    desk: Desk,
    project: Annotated[str, typer.Argument(metavar="PROJEKT", help="Kod projektu, np. KES")],
    unit: Annotated[str, typer.Argument(metavar="TERYT", help="Gmina albo powiat, np. 2205023")],
    signed: Annotated[str | None, typer.Option("--signed", help="Dzień podpisania, np. 2018-05-21")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="Jednostka odmówiła podpisania")] = False,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje deklarację współpracy gminy albo powiatu; pyta o nią warunek „declaration_signed”.

    Przykład: nabor call declare-unit KES 2205023 --signed 2018-05-21
    """
    if (signed is None) is not refused:
        raise BadInput("Podaj dzień podpisania (--signed) albo odmowę (--refused).")
    with desk.writing(trial=dry_run) as (session, actor, now):
        day = None if signed is None else _day_of(signed)
        name = declare_unit(session, project, unit, signed_on=day, actor=actor, now=now)
    said = "odmówiono podpisania deklaracji" if refused else f"deklaracja podpisana {signed}"
    desk.say(f"Odnotowano: {name}, {said}.", project=project, unit=unit, signed_on=signed)


@command(app, "show")
def show(desk: Desk, code: Code) -> None:
    """Stan naboru w liczbach i proponowana lista.

    Przykład: nabor call show KES/PGR/2205/2018
    """
    with desk.reading() as (session, _actor, now):
        lines = funnel(session, code)
        clock = clock_of(session, find_call(session, code), now=now)
        sentence = clock_sentence(session, code, now=now)
        call = find_call(session, code)
        ranking = newest_ranking(session, call)
        places = ranking.places if ranking else []
        shortfalls = ranking.shortfalls if ranking else []
        standings = standings_of(ranking) if ranking else ()
        seed = seed_of(ranking) if ranking else None
        checker = ranking.checker if ranking else None
    if desk.as_json:
        desk.say(
            "",
            call=code,
            state=call.state,
            funnel=dict(lines),
            places=places,
            shortfalls=shortfalls,
            composition=[{"asked": one.asked, "missing": one.amount} for one in standings],
            seed=seed,
            checker=checker,
            verification_due=clock.due,
            stood_still_working_days=clock.stood,
        )
        return
    desk.show(lines, {"Stan": lambda line: line[0], "Zgłoszeń": lambda line: line[1]}, empty="")
    desk.say(sentence)
    desk.show(
        places,
        {
            "Lista": lambda place: LISTS[place["list"]],
            "Miejsce": lambda place: place["position"],
            "Numer": lambda place: place["number"],
            "Punkty": lambda place: place["points"],
            "Kolejność": lambda place: place.get("rank") or "",
            "Rozstrzygnięcie": lambda place: place["tie_break"],
            "Dlaczego tutaj": lambda place: place.get("reason", ""),
        },
        empty="Nie ma jeszcze listy rankingowej.",
    )
    for one in standings:
        desk.say(f"Skład: {one.asked} – {one.said}")
    if seed is not None:
        desk.say(f"Ziarno losowania: {seed}")
    if checker is not None:
        desk.say(f"Listę sprawdzono drugim, niezależnym sposobem ({checker}); oba się zgadzają.")
    for sentence in shortfalls:
        desk.say(f"Skład: {sentence}")


@command(app, "verify")
def verify_(desk: Desk, code: Code, dry_run: DryRun = False) -> None:
    """Weryfikuje kompletne zgłoszenia według kryteriów.

    Przykład: nabor call verify KES/PGR/2205/2018
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        counts = verify(session, to_verify(session, code), actor=actor, now=now)
    desk.say(
        f"Spełnia: {counts.eligible}, nie spełnia: {counts.not_eligible}, nie można ustalić: {counts.cannot_tell}.",
        eligible=counts.eligible,
        not_eligible=counts.not_eligible,
        cannot_tell=counts.cannot_tell,
    )


@command(app, "rank")
def rank_(
    desk: Desk,
    code: Code,
    seed: Annotated[
        str | None, typer.Option("--seed", help="Ziarno publicznego losowania; pierwsze podane obowiązuje na stałe")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Sporządza listę rankingową i skład grupy, sprawdza je drugim sposobem; to propozycja dla Komisji.

    Przykład: nabor call rank KES/PGR/2205/2018
    """
    if dry_run and seed is not None:
        raise BadInput("Losowania nie robi się na próbę: ziarno podaje się raz, po publicznym odczytaniu.")
    with desk.writing(trial=dry_run) as (session, actor, now):
        counts = rank_call(session, code, seed=seed, actor=actor, now=now)
    lacking = "".join(f"\n  {sentence}" for sentence in (*counts.shortfalls, *counts.remarks))
    desk.say(
        f"Lista nr {counts.version}: podstawowa {counts.main}, rezerwowa {counts.reserve}, "
        f"poza listami {counts.beyond}.{lacking}",
        version=counts.version,
        main=counts.main,
        reserve=counts.reserve,
        beyond=counts.beyond,
        shortfalls=list(counts.shortfalls),
        remarks=list(counts.remarks),
    )


@command(app, "decide")
def decide_(
    desk: Desk,
    number: Number,
    outcome: Annotated[DecisionOutcome, typer.Argument(metavar="DECYZJA", help="accepted, reserve albo rejected")],
    reason: Annotated[str, typer.Option("--reason", help="Kod powodu z definicji projektu")],
    note: Annotated[str | None, typer.Option("--note", help="Uzasadnienie do protokołu, bez danych osobowych")] = None,
    beyond_seats: Annotated[
        str | None,
        typer.Option("--beyond-seats", help="Dlaczego Komisja przyjmuje ponad liczbę miejsc (do protokołu)"),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Zapisuje decyzję Komisji o jednym zgłoszeniu.

    Przykład: nabor call decide NUMER reserve --reason rezerwa_ze_wzgledu_na_sklad
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        decide(
            session,
            number,
            outcome=outcome,
            reason_code=reason,
            note=note,
            beyond_seats=beyond_seats,
            actor=actor,
            now=now,
        )
    desk.say(f"Zapisano decyzję o zgłoszeniu {number}.", number=number, outcome=outcome, reason=reason)


@command(app, "adopt")
def adopt(desk: Desk, code: Code, dry_run: DryRun = False) -> None:
    """Komisja przyjmuje listę bez zmian dla zgłoszeń, o których nie zdecydowała inaczej.

    Przykład: nabor call adopt NABÓR
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        counts = decide_as_proposed(session, code, actor=actor, now=now)
    desk.say(
        f"Przyjęto: {counts.accepted}, rezerwa: {counts.reserve}, odrzucono: {counts.rejected}.",
        accepted=counts.accepted,
        reserve=counts.reserve,
        rejected=counts.rejected,
    )


@command(app, "announce")
def announce_(desk: Desk, code: Code, dry_run: DryRun = False) -> None:
    """Ogłasza wyniki: listy, protokół, wiadomości do wszystkich.

    Przykład: nabor call announce KES/PGR/2205/2018
    """
    with desk.office(trial=dry_run) as (office, actor):
        counts = announce(office, code, actor=actor)
    desk.say(
        f"Ogłoszono. Przyjęci: {counts.accepted}, rezerwa: {counts.reserve}, odrzuceni: {counts.rejected}. "
        f"Dokumenty: {counts.documents}.",
        accepted=counts.accepted,
        reserve=counts.reserve,
        rejected=counts.rejected,
        documents=counts.documents,
    )


@command(app, "confirm")
def confirm(
    desk: Desk,
    number: Number,
    decline: Annotated[bool, typer.Option("--decline", help="Osoba rezygnuje z miejsca")] = False,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje potwierdzenie udziału (na piśmie, e-mailem, przez telefon) albo rezygnację.

    Przykład: nabor call confirm NUMER
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        answer_offer(session, number, accepts=not decline, actor=actor, now=now)
    desk.say("Odnotowano rezygnację." if decline else "Udział potwierdzono.", number=number, accepted=not decline)


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"„{text}” nie jest datą. Wzór: 2018-05-21.") from None


def moment_of(text: str) -> datetime:
    """A time as an officer types it, by the clock in Warsaw unless it says otherwise. Raises ``BadInput``."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"„{text}” nie jest czasem. Wzór: 2018-06-04T08:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=WARSAW)
