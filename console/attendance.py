"""``nabor attendance``: who was there, from sheets, tables and words; thresholds; individual coaching."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, a_row, command
from console.filled_lists import ConfirmOption, ListKind, PartialOption, SetOption, named, take_lists
from console.polish_help import PolishGroup
from console.typed_days import day_of, time_of_day
from flows.steps.attendance_days import confirm_day, day_lines, enter_all, enter_words, full_number
from flows.steps.attendance_files import export_file, keep_scans
from flows.steps.attendance_reading import enter_sheet, preview, read_sheets
from flows.steps.attendance_tables import take_table, write_table
from flows.steps.coaching import Coaching, coaching_of, issue_coaching_sheet, record_coaching
from flows.steps.presence import standing_lines
from flows.steps.striking_off import strike_off as strike_off_member
from forms.attendance_sheet import SheetReading
from models.errors import BadInput
from models.glossary import label
from templates.polish import hours

app = typer.Typer(
    cls=PolishGroup,
    name="attendance",
    help="Obecność: listy, wpisy, próg obecności, wsparcie indywidualne",
    no_args_is_help=True,
)
Call = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru grupy")]
Meeting = Annotated[str, typer.Argument(metavar="SPOTKANIE", help="Kod spotkania z harmonogramu")]
Day = Annotated[str, typer.Argument(metavar="DZIEŃ", help="Dzień, np. 2018-09-22")]
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia")]
Reason = Annotated[str, typer.Option("--reason", help="Powód usprawiedliwienia albo zmiany; zapisywany zaszyfrowany")]
Scan = Annotated[int | None, typer.Option("--scan", help="Numer skanu, z którego wpis przepisano (nabor todo)")]


@command(app, "list")
def list_(desk: Desk, call: Call, meeting: Meeting) -> None:
    """Obecność na spotkaniu, dzień po dniu: minuty, godziny, skąd są znane.

    Przykład: nabor attendance list KES/PGR/2205/2018 pgr_kartuski_1
    """
    with desk.reading() as (session, _actor, _now):
        lines = day_lines(session, call, meeting)
    desk.show(
        lines,
        {
            "Dzień": lambda line: line.day,
            "Numer": lambda line: line.number,
            "Jako": lambda line: "zastępstwo" if line.substitute else "członek grupy",
            "Minuty": lambda line: line.minutes,
            "Stan": lambda line: label(line.status) if line.status else "nie wpisano",
            "Od": lambda line: line.arrived,
            "Do": lambda line: line.left,
            "Skąd": lambda line: f"plik {line.file_id}, {line.place}" if line.file_id else "",
            "Potwierdzono dzień": lambda line: line.confirmed,
        },
        empty="Nikt nie miał jeszcze miejsca w tej grupie.",
    )


@command(app, "enter")
def enter(
    desk: Desk,
    call: Call,
    meeting: Meeting,
    day: Day,
    number: Annotated[str | None, typer.Argument(metavar="NUMER", help="Zgłoszenie; bez niego --all-full")] = None,
    words: Annotated[
        str | None,
        typer.Argument(metavar="OBECNOŚĆ", help="Np. „cały dzień”, „9:00-14:30”, „6 h”, „nieob.”, „usp.”"),
    ] = None,
    all_full: Annotated[
        bool, typer.Option("--all-full", help="Wszyscy byli cały dzień, oprócz podanych w --except")
    ] = False,
    exceptions: Annotated[
        list[str] | None, typer.Option("--except", help="NUMER=OBECNOŚĆ, np. 0003=nieob.; można podać kilka")
    ] = None,
    reason: Reason = "",
    scan: Scan = None,
    dry_run: DryRun = False,
) -> None:
    """Wpisuje obecność jednej osoby albo wszystkich naraz.

    Przykład: nabor attendance enter NABÓR SPOTKANIE 2018-09-22 --all-full --except 0003=9:00-12:00
    """
    on = day_of(day)
    if all_full == (number is not None) or (number is None) != (words is None) or (exceptions and not all_full):
        raise BadInput("Proszę podać jedno: NUMER i OBECNOŚĆ jednej osoby albo --all-full (z wyjątkami w --except).")
    with desk.writing(trial=dry_run) as (session, actor, now):
        if number is not None and words is not None:
            said = enter_words(
                session, call, meeting, on, full_number(call, number), words,
                reason=reason, file_id=scan, actor=actor, now=now,
            )  # fmt: skip
            entered, minutes = 1, said.minutes
            told = f"Wpisano {minutes} min ({said.how})."
        else:
            answers = {full_number(call, one): text for one, text in pairs_of(exceptions or [], "--except")}
            entered, changed = enter_all(
                session, call, meeting, on, answers, reason=reason, file_id=scan, actor=actor, now=now
            )
            told, minutes = f"Wpisano obecność osób: {entered}, w tym nowych lub zmienionych: {changed}.", None
    desk.say(told, day=on, entered=entered, minutes=minutes)


@command(app, "read")
def read(
    desk: Desk,
    files: Annotated[list[Path], typer.Argument(metavar="PLIK.docx…", help="Wypełnione listy obecności")],
    answers: SetOption = None,
    partial: PartialOption = False,
    confirm: ConfirmOption = False,
    reason: Reason = "",
    dry_run: DryRun = False,
) -> None:
    """Odczytuje wypełnione listy obecności (Word): najpierw pokazuje każdy wiersz, a z --confirm wpisuje.

    Przykład: nabor attendance read lista.docx --set 0003=nieob. --confirm
    """
    given = dict(pairs_of(answers or [], "--set"))

    def told(reading: SheetReading) -> dict[str, str]:
        return {full_number(reading.call, one): text for one, text in given.items()}

    kind = ListKind(
        read=read_sheets,
        preview=lambda session, reading, content, actor, _now: preview(
            session, reading, content, told(reading), reason=reason, actor=actor
        ),
        enter=lambda office, session, reading, content, name, actor: enter_sheet(
            office,
            session,
            reading,
            content,
            name=name,
            answers=told(reading),
            partial=partial,
            reason=reason,
            actor=actor,
        ),
        title=lambda one: f"{one.call}, {one.meeting}, {one.on:%d.%m.%Y}",
    )
    take_lists(desk, files, kind, answered=bool(given), partial=partial, confirm=confirm, trial=dry_run)


@command(app, "scan")
def scan_(
    desk: Desk,
    call: Call,
    meeting: Meeting,
    day: Day,
    files: Annotated[list[Path], typer.Argument(metavar="PLIK…", help="Zdjęcia, skany albo PDF podpisanej listy")],
    dry_run: DryRun = False,
) -> None:
    """Zachowuje skan podpisanej listy do przepisania; czeka w „nabor todo”, aż wpiszesz obecność z tego dnia.

    Przykład: nabor attendance scan NABÓR SPOTKANIE 2018-09-22 lista.jpg
    """
    on = day_of(day)
    with desk.office(trial=dry_run) as (office, actor):
        kept = [row.id for row in keep_scans(office, call, meeting, on, named(files), actor=actor)]
    desk.say(f"Zachowano skany: {', '.join(map(str, kept))}. Przepisując, podaj --scan NUMER.", scans=kept)


@command(app, "file")
def file_(
    desk: Desk,
    file_id: Annotated[int, typer.Argument(metavar="PLIK", help="Numer pliku z „attendance list” albo „todo”")],
    folder: Annotated[Path, typer.Option("-o", "--output", help="Folder, poza folderem danych")],
) -> None:
    """Zapisuje zachowany plik z obecnością tak, jak przyszedł.

    Przykład: nabor attendance file 3 -o skany
    """
    with desk.office() as (office, actor):
        path = export_file(office, file_id, folder, actor=actor)
    desk.say(f"Zapisano {path}.", file=str(path))


@command(app, "table")
def table(
    desk: Desk,
    call: Call,
    meeting: Meeting,
    output: Annotated[Path, typer.Option("-o", "--output", help="PLIK.xlsx albo PLIK.csv")],
) -> None:
    """Zapisuje tabelę obecności do wypełnienia w Excelu, z tym, co już wpisano.

    Przykład: nabor attendance table NABÓR SPOTKANIE -o obecnosc.xlsx
    """
    with desk.office() as (office, actor):
        rows = write_table(office, call, meeting, output, actor=actor)
    desk.say(f"Zapisano tabelę, wierszy: {rows}. Wypełnioną wczytasz: nabor attendance import.", rows=rows)


@command(app, "import")
def import_(
    desk: Desk,
    path: Annotated[Path, typer.Argument(metavar="PLIK", help="Wypełniona tabela .xlsx albo .csv")],
    dry_run: DryRun = False,
) -> None:
    """Wczytuje tabelę obecności: całą albo wcale, z listą błędów po wierszach.

    Przykład: nabor attendance import obecnosc.xlsx
    """
    if not path.is_file():
        raise BadInput(f"Nie ma pliku „{path.name}”.")
    with desk.office(trial=dry_run) as (office, actor):
        taken = take_table(office, path.read_bytes(), name=path.name, actor=actor)
    desk.say(f"Wpisano wierszy: {taken.entered}, w tym nowych lub zmienionych: {taken.changed}.", **asdict(taken))


@command(app, "confirm")
def confirm_(desk: Desk, call: Call, meeting: Meeting, day: Day, dry_run: DryRun = False) -> None:
    """Potwierdza obecność z całego dnia; późniejsza zmiana wymaga uzasadnienia.

    Przykład: nabor attendance confirm NABÓR SPOTKANIE 2018-09-22
    """
    on = day_of(day)
    with desk.writing(trial=dry_run) as (session, actor, now):
        entries = confirm_day(session, call, meeting, on, actor=actor, now=now)
    desk.say(f"Potwierdzono dzień {on:%d.%m.%Y}, wpisów: {entries}.", day=on, entries=entries)


@command(app, "standing")
def standing(desk: Desk, call: Call) -> None:
    """Obecność każdej osoby w procentach godzin, wobec progu projektu.

    Przykład: nabor attendance standing KES/PGR/2205/2018
    """
    with desk.reading() as (session, _actor, now):
        lines = standing_lines(session, call, now=now)
    desk.show(
        lines,
        {
            "Numer": lambda line: line.number,
            "Obecność": lambda line: f"{line.percent}%" if line.percent is not None else "",
            "Próg": lambda line: f"{line.required}%",
            "Godziny": lambda line: f"{hours(line.attended)} z {hours(line.counted)}",
            "Najwyżej": lambda line: f"{line.best_percent}%" if line.best_percent is not None else "",
            "Dni przed nami": lambda line: line.days_left,
            "Usprawiedliwione": lambda line: len(line.excused),
            "Bez wpisu": lambda line: len(line.not_entered),
            "Jak jest": lambda line: label(line.verdict),
        },
        empty="Nikt nie ma jeszcze miejsca w tej grupie.",
    )


@command(app, "strike-off")
def strike_off(
    desk: Desk,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Uzasadnienie; przeczyta je osoba skreślona")],
    dry_run: DryRun = False,
) -> None:
    """Skreśla z listy członków osobę, która nie osiągnie już progu obecności; miejsce wraca do listy rezerwowej.

    Przykład: nabor attendance strike-off NUMER --reason "Nieobecność na trzech spotkaniach bez wyjaśnienia."
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        strike_off_member(session, number, reason=reason, actor=actor, now=now)
    desk.say(f"Skreślono {number}. List jest w skrzynce nadawczej, miejsce wraca do listy rezerwowej.", number=number)


@command(app, "coaching")
def coaching(
    desk: Desk,
    number: Number,
    day: Annotated[str, typer.Option("--date", help="Dzień sesji, np. 2018-10-05")],
    starts: Annotated[str, typer.Option("--from", help="Początek, np. 16:00")],
    ends: Annotated[str, typer.Option("--to", help="Koniec, np. 17:30")],
    topic: Annotated[str, typer.Option("--topic", help="Temat sesji")],
    coach: Annotated[str, typer.Option("--coach", help="Kto prowadził")] = "",
    instead_of: Annotated[
        int | None,
        typer.Option("--instead-of", help="Numer sesji wpisanej przez pomyłkę, którą ta zastępuje", callback=a_row),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Dlaczego można przekroczyć limit godzin")] = "",
    dry_run: DryRun = False,
) -> None:
    """Wpisuje sesję wsparcia indywidualnego (coachingu); przy kilku rodzajach wsparcia: nabor support record.

    Przykład: nabor attendance coaching NUMER --date 2018-10-05 --from 16:00 --to 17:30 --topic "Praca z rodziną"
    """
    held = Coaching(day_of(day), time_of_day(starts), time_of_day(ends), topic, coach)
    with desk.writing(trial=dry_run) as (session, actor, now):
        made = record_coaching(session, number, held, instead_of=instead_of, reason=reason, actor=actor, now=now)
    desk.say(f"Wpisano sesję {made}.", number=number, session=made)


@command(app, "coaching-list")
def coaching_list(desk: Desk, number: Number) -> None:
    """Sesje wsparcia indywidualnego jednej osoby.

    Przykład: nabor attendance coaching-list NUMER
    """
    with desk.reading() as (session, actor, _now):
        rows = coaching_of(session, number, actor=actor)
    desk.show(
        rows,
        {
            "Sesja": lambda row: row.id,
            "Rodzaj": lambda row: row.kind,
            "Dzień": lambda row: row.on,
            "Od": lambda row: row.starts,
            "Do": lambda row: row.ends,
            "Temat": lambda row: row.topic,
            "Prowadzi": lambda row: row.coach,
        },
        empty="Nie wpisano jeszcze żadnej sesji.",
    )


@command(app, "coaching-sheet")
def coaching_sheet(desk: Desk, number: Number, dry_run: DryRun = False) -> None:
    """Przygotowuje kartę wsparcia indywidualnego do podpisu (Word), z wierszem na każdą sesję.

    Przykład: nabor attendance coaching-sheet NUMER
    """
    with desk.office(trial=dry_run) as (office, actor):
        row = issue_coaching_sheet(office, number, actor=actor)
        version = row.version
    desk.say(
        f"Karta wsparcia, wersja {version}. Zapisz ją poleceniem: nabor office export FOLDER.",
        number=number,
        version=version,
    )


def pairs_of(given: list[str], option: str) -> list[tuple[str, str]]:
    """Numbers with what is said of each, as ``NUMER=OBECNOŚĆ``. Raises ``BadInput``, also for a number that is there
    twice: which of the two is meant, nobody knows."""
    found: list[tuple[str, str]] = []
    for text in given:
        number, equals, words = text.partition("=")
        if not equals or not number.strip() or not words.strip():
            raise BadInput(f"„{text}”: po {option} stoi NUMER=OBECNOŚĆ, np. 0003=nieob.")
        if number.strip() in dict(found):
            raise BadInput(f"Numer {number.strip()} podano dwa razy.")
        found.append((number.strip(), words.strip()))
    return found
