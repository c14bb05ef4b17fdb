"""``nabor support``: what members get beside the group – conditions, grants, sessions alone and together, hours."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from console.attendance import pairs_of
from console.desk import Desk, DryRun, a_row, command
from console.filled_lists import ConfirmOption, ListKind, PartialOption, SetOption, named, take_lists
from console.polish_help import PolishGroup
from console.typed_days import day_of, time_of_day
from flows.adapters.clock import warsaw_date
from flows.steps.coaching import Coaching, issue_coaching_sheet, record_coaching
from flows.steps.memberships import membership_of
from flows.steps.support import Settled, end_support, grant_support, refuse_support
from flows.steps.support_entry import span_of
from flows.steps.support_files import keep_list_scans
from flows.steps.support_hours import PersonHours, condition_lines, grant_lines, hours_lines
from flows.steps.support_lists import listed_in, session_lines
from flows.steps.support_presence import Reasons, attend_session, lock_sessions
from flows.steps.support_reading import enter_list, preview_list, read_lists
from flows.steps.support_sessions import (
    Planned,
    cancel_session,
    find_session,
    issue_support_list,
    plan_session,
)
from flows.steps.support_time import meeting_remarks
from models.actor import Right
from models.errors import BadInput
from models.glossary import label
from models.rules.criteria import Result
from models.tables.support import SupportState
from templates.polish import hours

app = typer.Typer(
    cls=PolishGroup,
    name="support",
    help="Wsparcie obok grupy, np. coaching: warunki, przyznanie, sesje, godziny",
    no_args_is_help=True,
)
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia")]
Kind = Annotated[str, typer.Argument(metavar="RODZAJ", help="Kod rodzaju wsparcia z definicji projektu")]
SessionId = Annotated[
    int, typer.Argument(metavar="SESJA", help="Numer sesji grupowej (nabor support sessions)", callback=a_row)
]
DayOption = Annotated[str, typer.Option("--date", help="Dzień sesji, np. 2018-10-05")]
FromOption = Annotated[str, typer.Option("--from", help="Początek, np. 16:00")]
ToOption = Annotated[str, typer.Option("--to", help="Koniec, np. 17:30")]
TopicOption = Annotated[str, typer.Option("--topic", help="Temat sesji")]
CoachOption = Annotated[str, typer.Option("--coach", help="Kto prowadzi")]
OverLimit = Annotated[
    str, typer.Option("--over-limit", help="Dlaczego można przekroczyć limit godzin; zapisywany zaszyfrowany")
]
InsteadOption = Annotated[
    int | None,
    typer.Option("--instead-of", help="Numer sesji wpisanej przez pomyłkę, którą ta zastępuje", callback=a_row),
]
RESULTS = {Result.MET: "spełnia", Result.NOT_MET: "nie spełnia", Result.CANNOT_TELL: "nie można ustalić"}


@command(app, "list")
def list_(
    desk: Desk,
    call: Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru; bez niego wszystkie")] = "",
) -> None:
    """Komu i jakie wsparcie przyznano, komu odmówiono, co czeka na decyzję.

    Przykład: nabor support list KES/PGR/2205/2018
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.READ)
        lines = grant_lines(session, call=call)
    desk.show(
        lines,
        {
            "Numer": lambda line: line.number,
            "Rodzaj": lambda line: line.kind,
            "Stan": lambda line: label(line.state),
            "Warunki": lambda line: RESULTS[line.outcome],
            "Od": lambda line: line.first_day,
            "Do": lambda line: line.last_day,
        },
        empty="Nikomu nie przyznano jeszcze wsparcia.",
    )


@command(app, "show")
def show(desk: Desk, number: Number) -> None:
    """Warunki każdego rodzaju wsparcia dla jednej osoby, na dziś; niczego nie zapisuje.

    Przykład: nabor support show NUMER
    """
    with desk.reading() as (session, actor, now):
        lines = condition_lines(session, number, actor=actor, now=now)
    desk.show(
        lines,
        {
            "Rodzaj": lambda line: line.kind,
            "Przyznane": lambda line: line.granted,
            "Wynik": lambda line: RESULTS[line.result],
            "Warunek": lambda line: line.sentence,
            "Przepis": lambda line: line.paragraph,
            "Wykorzystano": lambda line: hours(line.counted_minutes) if line.counted_minutes else "",
            "Limit": lambda line: hours(line.limit_hours * 60) if line.limit_hours else "",
        },
        empty="Projekt nie przewiduje wsparcia (sekcja support).",
    )


@command(app, "grant")
def grant(
    desk: Desk,
    number: Number,
    kind: Kind,
    first: Annotated[str, typer.Option("--from", help="Pierwszy dzień wsparcia; domyślnie dziś")] = "",
    last: Annotated[str, typer.Option("--until", help="Ostatni dzień; domyślnie do końca udziału w grupie")] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="Dlaczego przyznać, choć nie każdy warunek jest spełniony")
    ] = "",
    dry_run: DryRun = False,
) -> None:
    """Sprawdza warunki i przyznaje wsparcie; gdy czegoś brakuje, czeka na decyzję człowieka.

    Przykład: nabor support grant NUMER coaching_indywidualny
    """
    days = [day_of(text) if text else None for text in (first, last)]
    with desk.writing(trial=dry_run) as (session, actor, now):
        settled = grant_support(
            session, number, kind, reason=reason, first_day=days[0], last_day=days[1], actor=actor, now=now
        )
        state, told = settled.grant.state, _verdicts(settled)
    if state is SupportState.GRANTED:
        said = "Wsparcie przyznano; list jest w skrzynce nadawczej." if settled.new else "Wsparcie jest już przyznane."
    else:
        said = (
            f"Wsparcia nie przyznano; czeka na decyzję. Odmowa: nabor support refuse {number} {kind} --reason …, "
            f"przyznanie mimo to: nabor support grant {number} {kind} --reason …"
        )
    _say(desk, said, number, kind, settled, state, told)


@command(app, "refuse")
def refuse(
    desk: Desk,
    number: Number,
    kind: Kind,
    reason: Annotated[str, typer.Option("--reason", help="Uzasadnienie; przeczyta je osoba")],
    dry_run: DryRun = False,
) -> None:
    """Odmawia wsparcia, z uzasadnieniem; osoba dostaje list.

    Przykład: nabor support refuse NUMER coaching_indywidualny --reason "Coaching jest dla pracowników socjalnych."
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        settled = refuse_support(session, number, kind, reason=reason, actor=actor, now=now)
        state, told = settled.grant.state, _verdicts(settled)
    _say(desk, "Odmówiono wsparcia; list jest w skrzynce nadawczej.", number, kind, settled, state, told)


@command(app, "end")
def end(
    desk: Desk,
    number: Number,
    kind: Kind,
    reason: Annotated[str, typer.Option("--reason", help="Powód; przeczyta go osoba")],
    on: Annotated[str, typer.Option("--on", help="Ostatni dzień wsparcia; domyślnie dziś")] = "",
    dry_run: DryRun = False,
) -> None:
    """Kończy wsparcie z podanym dniem; z końcem udziału w grupie kończy się samo.

    Przykład: nabor support end NUMER coaching_indywidualny --on 2018-12-31 --reason "Prośba osoby."
    """
    day = day_of(on) if on else None
    with desk.writing(trial=dry_run) as (session, actor, now):
        ended = end_support(session, number, kind, on=day or warsaw_date(now), reason=reason, actor=actor, now=now)
        state, last_day = ended.state, ended.last_day
    until = f", ostatni dzień: {last_day:%d.%m.%Y}" if last_day else ""
    desk.say(f"Wsparcie: {label(state)}{until}.", number=number, kind=kind, state=state, last_day=last_day)


@command(app, "record")
def record(
    desk: Desk,
    number: Number,
    kind: Kind,
    day: DayOption,
    starts: FromOption,
    ends: ToOption,
    topic: TopicOption,
    coach: CoachOption = "",
    instead_of: InsteadOption = None,
    reason: Annotated[str, typer.Option("--reason", help="Dlaczego można przekroczyć limit godzin")] = "",
    dry_run: DryRun = False,
) -> None:
    """Wpisuje sesję wsparcia indywidualnego, która się odbyła.

    Przykład: nabor support record NUMER coaching_indywidualny --date 2018-10-05 --from 16:00 --to 17:30 --topic "Cel"
    """
    held = Coaching(day_of(day), time_of_day(starts), time_of_day(ends), topic, coach)
    with desk.writing(trial=dry_run) as (session, actor, now):
        made = record_coaching(
            session, number, held, kind=kind, instead_of=instead_of, reason=reason, actor=actor, now=now
        )
        span = span_of(held.on, held.starts, held.ends)
        remarks = meeting_remarks(session, membership_of(session, number).person_id, number, *span)
    desk.say(f"Wpisano sesję {made}.{_remarked(remarks)}", number=number, kind=kind, session=made, remarks=remarks)


@command(app, "plan")
def plan(
    desk: Desk,
    kind: Kind,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMER…", help="Zgłoszenia osób, które mają być na sesji")],
    day: DayOption,
    starts: FromOption,
    ends: ToOption,
    topic: TopicOption,
    coach: CoachOption = "",
    place: Annotated[str, typer.Option("--place", help="Miejsce sesji")] = "",
    instead_of: InsteadOption = None,
    dry_run: DryRun = False,
) -> None:
    """Wpisuje sesję wsparcia grupowego z listą osób, przed nią albo po niej.

    Przykład: nabor support plan coaching_grupowy NUMER NUMER --date 2018-10-12 --from 16:00 --to 18:00 --topic "Cel"
    """
    planned = Planned(day_of(day), time_of_day(starts), time_of_day(ends), topic, coach, place)
    with desk.writing(trial=dry_run) as (session, actor, now):
        made, remarks = plan_session(session, kind, numbers, planned, instead_of=instead_of, actor=actor, now=now)
    said = (
        f"Wpisano sesję grupową {made}, osób: {len(numbers)}. Lista do podpisu: nabor support sheet --session {made}."
    )
    desk.say(f"{said}{_remarked(remarks)}", session=made, kind=kind, numbers=numbers, remarks=remarks)


@command(app, "attend")
def attend(
    desk: Desk,
    session_id: SessionId,
    answers: Annotated[
        list[str] | None,
        typer.Argument(metavar="NUMER=OBECNOŚĆ…", help="Np. 0003=nieob. 0004=16:00-17:00; słowa jak przy spotkaniach"),
    ] = None,
    all_full: Annotated[bool, typer.Option("--all-full", help="Pozostali z listy byli przez całą sesję")] = False,
    reason: Annotated[
        str,
        typer.Option("--reason", help="Powód usprawiedliwienia; jednej osoby – także zmiany; zapisywany zaszyfrowany"),
    ] = "",
    over_limit: OverLimit = "",
    scan: Annotated[
        int | None, typer.Option("--scan", help="Numer skanu, z którego wpis przepisano", callback=a_row)
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Wpisuje, kto był na sesji grupowej i jak długo.

    Przykład: nabor support attend 1 --all-full 0003=nieob.
    """
    words = dict(pairs_of(answers or [], "SESJA"))
    with desk.writing(trial=dry_run) as (session, actor, now):
        done = attend_session(
            session, session_id, words,
            all_full=all_full, reason=reason, over_limit=over_limit, scan=scan, actor=actor, now=now,
        )  # fmt: skip
    told = f"Wpisano obecność, nowych lub zmienionych: {done.changed}, bez zmian: {done.unchanged}."
    desk.say(f"{told}{_remarked(done.remarks)}", session=session_id, **asdict(done))


@command(app, "read")
def read(
    desk: Desk,
    files: Annotated[list[Path], typer.Argument(metavar="PLIK.docx…", help="Wypełnione listy sesji grupowych")],
    answers: SetOption = None,
    partial: PartialOption = False,
    confirm: ConfirmOption = False,
    reason: Annotated[
        str,
        typer.Option("--reason", help="Powód nieobecności usprawiedliwionych bez własnego; zapisywany zaszyfrowany"),
    ] = "",
    over_limit: OverLimit = "",
    dry_run: DryRun = False,
) -> None:
    """Odczytuje wypełnione listy sesji grupowych (Word): najpierw pokazuje każdy wiersz, a z --confirm wpisuje.

    Przykład: nabor support read lista.docx --set 0003=nieob. --confirm
    """
    given, reasons = dict(pairs_of(answers or [], "--set")), Reasons(reason, over_limit)
    kind = ListKind(
        read=read_lists,
        preview=lambda session, reading, content, actor, now: preview_list(
            session, reading, content, given, reasons, actor=actor, now=now
        ),
        enter=lambda office, session, reading, content, name, actor: enter_list(
            office,
            session,
            reading,
            content,
            name=name,
            answers=given,
            reasons=reasons,
            partial=partial,
            actor=actor,
        ),
        lock=lambda session, readings: lock_sessions(session, [one.session_id for one in readings]),
        title=lambda one: f"sesja {one.session}, {one.kind}, {one.on:%d.%m.%Y}",
    )
    take_lists(desk, files, kind, answered=bool(given), partial=partial, confirm=confirm, trial=dry_run)


@command(app, "scan")
def scan_(
    desk: Desk,
    session_id: SessionId,
    files: Annotated[list[Path], typer.Argument(metavar="PLIK…", help="Zdjęcia, skany albo PDF podpisanej listy")],
    dry_run: DryRun = False,
) -> None:
    """Zachowuje skan podpisanej listy sesji grupowej, z którego przepisuje się obecność.

    Przykład: nabor support scan 1 lista.jpg
    """
    with desk.office(trial=dry_run) as (office, actor):
        kept = [row.id for row in keep_list_scans(office, session_id, named(files), actor=actor)]
    desk.say(
        f"Zachowano skany: {', '.join(map(str, kept))}. Przepisując (nabor support attend), podaj --scan NUMER.",
        session=session_id,
        scans=kept,
    )


@command(app, "cancel")
def cancel(
    desk: Desk,
    session_id: SessionId,
    reason: Annotated[str, typer.Option("--reason", help="Dlaczego sesja się nie odbędzie")],
    dry_run: DryRun = False,
) -> None:
    """Odwołuje sesję grupową, która się nie odbyła; listów nie pisze.

    Przykład: nabor support cancel 1 --reason "Choroba prowadzącej."
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        cancel_session(session, session_id, reason=reason, actor=actor, now=now)
    desk.say(f"Odwołano sesję grupową {session_id}.", session=session_id)


@command(app, "sessions")
def sessions(
    desk: Desk,
    session_id: Annotated[
        int | None, typer.Argument(metavar="SESJA", help="Jedna sesja: kto jest na liście", callback=a_row)
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="Tylko ten rodzaj wsparcia")] = "",
) -> None:
    """Sesje grupowe: kiedy, na jaki temat, ile osób było; z numerem sesji – kto jest na liście.

    Przykład: nabor support sessions
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.ATTENDANCE)
        if session_id is not None:
            people = [
                {
                    "session": session_id,
                    "number": one.number,
                    "minutes": one.minutes,
                    "file_id": one.file_id,
                    "place": one.place,
                }
                for one in listed_in(session, find_session(session, session_id))
            ]
            desk.show(
                people,
                {
                    "Numer": lambda line: line["number"],
                    "Obecność": lambda line: _presence(line["minutes"]),
                    "Skąd": lambda line: _known_from(line["file_id"], line["place"]),
                },
                empty="Na liście nie ma nikogo.",
            )
            return
        lines = session_lines(session, kind=kind)
    desk.show(
        lines,
        {
            "Sesja": lambda line: line.id,
            "Rodzaj": lambda line: line.kind,
            "Dzień": lambda line: line.on,
            "Od": lambda line: line.starts,
            "Do": lambda line: line.ends,
            "Temat": lambda line: line.topic,
            "Prowadzi": lambda line: line.coach,
            "Stan": lambda line: label(line.state),
            "Na liście": lambda line: line.listed,
            "Było": lambda line: line.present,
            "Nie wpisano": lambda line: line.not_entered,
        },
        empty="Nie wpisano jeszcze żadnej sesji grupowej.",
    )


@command(app, "sheet")
def sheet(
    desk: Desk,
    number: Annotated[str, typer.Argument(metavar="NUMER", help="Zgłoszenie: karta wsparcia indywidualnego")] = "",
    kind: Annotated[str, typer.Argument(metavar="RODZAJ", help="Kod rodzaju wsparcia indywidualnego")] = "",
    session_id: Annotated[
        int | None,
        typer.Option("--session", help="Numer sesji grupowej: lista obecności do podpisu", callback=a_row),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Przygotowuje do podpisu (Word) kartę wsparcia indywidualnego albo listę sesji grupowej.

    Przykład: nabor support sheet NUMER coaching_indywidualny
    """
    if (session_id is None) == (not number) or bool(number) != bool(kind):
        raise BadInput("Podaj jedno: NUMER i RODZAJ (karta jednej osoby) albo --session SESJA (lista sesji grupowej).")
    with desk.office(trial=dry_run) as (office, actor):
        if session_id is not None:
            row = issue_support_list(office, session_id, actor=actor)
        else:
            row = issue_coaching_sheet(office, number, kind, actor=actor)
        version, name = row.version, row.file_name
    desk.say(f"{name}, wersja {version}. Zapisz poleceniem: nabor office export FOLDER.", file=name, version=version)


@command(app, "hours")
def hours_(
    desk: Desk,
    call: Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru; bez niego wszystkie")] = "",
    project: Annotated[str, typer.Option("--project", help="Tylko ten projekt")] = "",
    since: Annotated[str, typer.Option("--from", help="Sesje od tego dnia")] = "",
    until: Annotated[str, typer.Option("--until", help="Sesje do tego dnia")] = "",
) -> None:
    """Godziny wsparcia każdej osoby: indywidualne, grupowe, razem i ile zostało z limitów.

    Przykład: nabor support hours KES/PGR/2205/2018 --from 2018-10-01 --until 2018-12-31
    """
    days = [day_of(text) if text else None for text in (since, until)]
    with desk.reading() as (session, actor, _now):
        lines = hours_lines(session, project=project, call=call, since=days[0], until=days[1], actor=actor)
    desk.show(
        lines,
        {
            "Numer": lambda line: line.number,
            "Indywidualne": lambda line: hours(line.individual_minutes),
            "Grupowe": lambda line: hours(line.group_minutes),
            "Razem": lambda line: hours(line.minutes),
            "Zostało": _left,
        },
        empty="Nikt nie ma jeszcze wsparcia.",
    )


def _left(line: PersonHours) -> str:
    return "; ".join(f"{one.name}: {hours(one.left_minutes)}" for one in line.kinds if one.left_minutes is not None)


def _known_from(file_id: int | None, place: str) -> str:
    return ", ".join(part for part in (f"plik {file_id}" if file_id else "", place) if part)


def _presence(minutes: int | None) -> str:
    if minutes is None:
        return "nie wpisano"
    return hours(minutes) if minutes else "nieobecność"


def _verdicts(settled: Settled) -> list[dict[str, str]]:
    return [{"result": one.result, "sentence": one.sentence, "paragraph": one.paragraph} for one in settled.verdicts]


def _say(
    desk: Desk,
    said: str,
    number: str,
    kind: str,
    settled: Settled,
    state: SupportState,
    verdicts: list[dict[str, str]],
) -> None:
    open_ones = [one["sentence"] for one in verdicts if one["result"] != Result.MET]
    lines = "".join(f"\n  {sentence}" for sentence in open_ones)
    desk.say(
        f"{said}{lines}",
        number=number,
        kind=kind,
        state=state,
        outcome=settled.outcome,
        changed=settled.new,
        verdicts=verdicts,
    )


def _remarked(remarks: Sequence[str]) -> str:
    return "".join(f"\nUwaga: {one}" for one in remarks)
