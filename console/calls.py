"""``nabor call`` and ``nabor call decide``: the steps of a recruitment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from console.commission import Abstain, Against, For, fields_of, sentence_of, voices_of
from console.desk import Desk, DryRun, command, local
from console.polish_help import PolishGroup
from console.signatures import MannerOption, SignedFileOption, signed_file_of
from console.typed_days import day_of, moment_of
from flows.steps.announcement import announce
from flows.steps.applications import call_of, find_application
from flows.steps.ballots import BallotResult, vote
from flows.steps.call_clocks import clock_of, clock_sentence
from flows.steps.calls import find_call, open_call
from flows.steps.commission import require_open
from flows.steps.cooperation import record_declaration
from flows.steps.decisions import DecisionCounts, decide, decide_as_proposed
from flows.steps.memberships import answer_offer
from flows.steps.overview import LISTS, funnel
from flows.steps.projects import definition_for
from flows.steps.protocol_checks import check_call, check_file
from flows.steps.ranking import newest_ranking, rank_call, seed_of, standings_of
from flows.steps.standing import CallStanding, call_at, call_now
from flows.steps.verification import to_verify, verify
from models.errors import BadInput
from models.glossary import label
from models.tables.decisions import DecisionOutcome

app = typer.Typer(cls=PolishGroup, name="call", help="Nabory: od otwarcia do ogłoszenia", no_args_is_help=True)
Code = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru, np. KES/PGR/2205/2018")]
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia")]


@command(app, "open")
def open_(
    desk: Desk,
    project: Annotated[str, typer.Argument(metavar="PROJEKT", help="Kod projektu, np. KES")],
    kind: Annotated[str, typer.Argument(metavar="RODZAJ", help="Rodzaj grupy, np. PGR")],
    area: Annotated[str, typer.Argument(metavar="TERYT", help="Obszar, np. 2205; PL: cały projekt (nabór jednostek)")],
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
    unit: Annotated[str, typer.Argument(metavar="TERYT", help="Gmina, powiat albo województwo, np. 2205023")],
    signed: Annotated[str | None, typer.Option("--signed", help="Dzień podpisania, np. 2018-05-21")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="Jednostka odmówiła podpisania")] = False,
    manner: MannerOption = None,
    file: SignedFileOption = None,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje deklarację współpracy gminy, powiatu albo województwa; pyta o nią warunek „declaration_signed”.

    Przykład: nabor call declare-unit KES 2205023 --signed 2018-05-21
    """
    if (signed is None) is not refused:
        raise BadInput("Podaj dzień podpisania (--signed) albo odmowę (--refused).")
    day, signed_file = None if signed is None else day_of(signed), signed_file_of(file)
    with desk.office(trial=dry_run) as (office, actor):
        done = record_declaration(
            office, project, unit, signed_on=day, manner=manner, signed_file=signed_file, actor=actor
        )
    said = "odmówiono podpisania deklaracji" if day is None else f"deklaracja podpisana {day:%d.%m.%Y}"
    seats = f" Miejsce w naborze jednostek: {', '.join(done.seats)}." if done.seats else ""
    desk.say(
        f"Odnotowano: {done.unit}, {said}.{seats}",
        project=project,
        unit=unit,
        signed_on=day,
        manner=manner,
        seats=list(done.seats),
    )


@command(app, "show")
def show(
    desk: Desk,
    code: Code,
    at: Annotated[str, typer.Option("--at", help="Jak było w tej chwili, np. 2018-11-30T12:00")] = "",
) -> None:
    """Stan naboru w liczbach, lista i zgłoszenia; z --at taki, jaki był wtedy.

    Przykład: nabor call show KES/PGR/2205/2018 --at 2018-07-05T12:00
    """
    if at:
        with desk.reading() as (session, _actor, now):
            stood = call_at(session, code, moment_of(at), now=now)
        _show_standing(desk, stood, at)
        return
    with desk.reading() as (session, _actor, now):
        lines = funnel(session, code)
        clock = clock_of(session, find_call(session, code), now=now)
        sentence = clock_sentence(session, code, now=now)
        call = find_call(session, code)
        selects = definition_for(session, call).group_kind(call.group_kind).selects
        ranking = newest_ranking(session, call)
        places = ranking.places if ranking else []
        shortfalls = ranking.shortfalls if ranking else []
        standings = standings_of(ranking) if ranking else ()
        seed = seed_of(ranking) if ranking else None
        checker = ranking.checker if ranking else None
        applications = call_now(session, code).applications
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
            applications=list(applications),
            verification_due=clock.due,
            stood_still_working_days=clock.stood,
        )
        return
    desk.show(lines, {"Stan": lambda line: line[0], "Zgłoszeń": lambda line: line[1]}, empty="")
    if selects:
        desk.say(sentence)
        _show_places(desk, places, shortfalls)
    else:
        desk.say(f"Tu nie ma listy rankingowej; kto jest w grupie: nabor admission list {code}.")
    for one in standings:
        desk.say(f"Skład: {one.asked} – {one.said}")
    if seed is not None:
        desk.say(f"Ziarno losowania: {seed}")
    if checker is not None:
        desk.say(f"Listę sprawdzono drugim, niezależnym sposobem ({checker}); oba się zgadzają.")


def _show_standing(desk: Desk, stood: CallStanding, at: str) -> None:
    """How a call stood at a moment."""
    if desk.as_json:
        desk.say(
            "",
            call=stood.call,
            at=moment_of(at),
            state=stood.state,
            funnel=dict(stood.funnel),
            ranking=stood.ranking,
            places=list(stood.places),
            shortfalls=list(stood.shortfalls),
            applications=list(stood.applications),
        )
        return
    desk.say(f"Nabór {stood.call}, stan na {local(moment_of(at))}: {label(stood.state)}.")
    desk.show(list(stood.funnel), {"Stan": lambda line: line[0], "Zgłoszeń": lambda line: line[1]}, empty="")
    desk.show(
        list(stood.applications),
        {
            "Numer": lambda line: line.number,
            "Stan": lambda line: line.state_label,
            "Punkty": lambda line: line.points,
            "Decyzja": lambda line: label(line.decision) if line.decision else "",
            "Ogłoszona": lambda line: line.announced if line.decision else None,
            "Miejsce": lambda line: label(line.membership) if line.membership else "",
        },
        empty="Nie było jeszcze zgłoszeń.",
    )
    _show_places(desk, list(stood.places), list(stood.shortfalls))


def _show_places(desk: Desk, places: list[Mapping[str, Any]], shortfalls: list[str]) -> None:
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
    in_favour: For = "",
    against: Against = "",
    abstain: Abstain = "",
    dry_run: DryRun = False,
) -> None:
    """Zapisuje decyzję Komisji o jednym zgłoszeniu; z --for, --against, --abstain także głosowanie nad nim.

    Przykład: nabor call decide NUMER reserve --reason rezerwa_ze_wzgledu_na_sklad
    """
    voices = voices_of(in_favour, against, abstain)
    result: BallotResult | None = None
    with desk.writing(trial=dry_run) as (session, actor, now):
        if voices:
            call = call_of(session, find_application(session, number))
            result = vote(session, call.code, number=number, outcome=outcome, voices=voices, actor=actor, now=now)
        if result is None or result.tally.carried:
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
    _refuse_if_lost(result)
    said = f" {sentence_of(result)}" if result else ""
    ballot = {"vote": fields_of(result)} if result else {}
    desk.say(f"Zapisano decyzję o zgłoszeniu {number}.{said}", number=number, outcome=outcome, reason=reason, **ballot)


@command(app, "adopt")
def adopt(
    desk: Desk,
    code: Code,
    sitting: Annotated[
        int | None, typer.Option("--session", help="Numer posiedzenia, na którym zapisuje się głosowanie")
    ] = None,
    in_favour: For = "",
    against: Against = "",
    abstain: Abstain = "",
    dry_run: DryRun = False,
) -> None:
    """Komisja przyjmuje listę bez zmian dla zgłoszeń, o których nie zdecydowała inaczej.

    Z --for, --against, --abstain zapisuje przedtem głosowanie nad listą: jedno i drugie razem albo wcale.

    Przykład: nabor call adopt NABÓR --session 1 --for kinga,konrad --against klara
    """
    voices = voices_of(in_favour, against, abstain)
    result: BallotResult | None = None
    counts = DecisionCounts(0, 0, 0)
    with desk.writing(trial=dry_run) as (session, actor, now):
        if sitting is not None:
            require_open(session, find_call(session, code), sitting)
        if voices:
            result = vote(session, code, number=None, outcome=None, voices=voices, actor=actor, now=now)
        if result is None or result.tally.carried:
            counts = decide_as_proposed(session, code, actor=actor, now=now)
    _refuse_if_lost(result)
    said = f"{sentence_of(result)} " if result else ""
    ballot = {"vote": fields_of(result)} if result else {}
    desk.say(
        f"{said}Przyjęto: {counts.accepted}, rezerwa: {counts.reserve}, odrzucono: {counts.rejected}.",
        **ballot,
        accepted=counts.accepted,
        reserve=counts.reserve,
        rejected=counts.rejected,
    )


@command(app, "verify-protocol")
def verify_protocol(
    desk: Desk,
    subject: Annotated[
        str, typer.Argument(metavar="PLIK|NABÓR", help="Załącznik do protokołu (plik JSON) albo kod naboru")
    ],
) -> None:
    """Sprawdza protokół: sporządza listę ponownie z zapisanego stanu, liczy głosy i porównuje.

    Plikowi wystarcza on sam: bez bazy, kluczy i konta. Nabór porównuje się też z wydanymi załącznikami.

    Przykład: nabor call verify-protocol KES/PGR/2205/2018
    """
    path = Path(subject)
    if path.suffix == ".json" or path.is_file():
        found = check_file(path.read_bytes())
    else:
        with desk.office() as (office, actor), office.reading(actor) as session:
            found = check_call(office, session, subject, actor=actor)
    if not found.sound:
        raise BadInput("Niezgodne:\n  " + "\n  ".join(map(str, found.flaws)))
    desk.say("\n".join(["Zgodne.", *(f"  {line}" for line in found.checked)]), sound=True, checked=list(found.checked))


@command(app, "announce")
def announce_(desk: Desk, code: Code, dry_run: DryRun = False) -> None:
    """Ogłasza wyniki: listy, protokół, wiadomości do wszystkich.

    Przykład: nabor call announce KES/PGR/2205/2018
    """
    with desk.office(trial=dry_run) as (office, actor):
        counts = announce(office, code, actor=actor)
    desk.say(
        f"Ogłoszono. Przyjęci: {counts.accepted}, rezerwa: {counts.reserve}, odrzuceni: {counts.rejected}. "
        f"Dokumenty: {counts.documents}." + "".join(f"\n  {sentence}" for sentence in counts.remarks),
        accepted=counts.accepted,
        reserve=counts.reserve,
        rejected=counts.rejected,
        documents=counts.documents,
        remarks=list(counts.remarks),
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


def _refuse_if_lost(result: BallotResult | None) -> None:
    """A vote that was lost is on record; the decision is not, and the command says so."""
    if result is not None and not result.tally.carried:
        raise BadInput(f"{sentence_of(result)} Głosowanie zapisano, decyzji nie.")
