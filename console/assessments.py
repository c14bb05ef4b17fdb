"""``nabor assessment``: merit assessment by the members of the commission."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from flows.steps.assessment_papers import take_table, write_papers
from flows.steps.assessments import assessment_lines, sheet_lines_of, way_of
from flows.steps.assessors import Filled, Recorded, Shared, give, record, share_out
from flows.steps.calls import find_call
from flows.steps.projects import definition_for
from forms.workbook import MAX_BYTES
from models.actor import Right
from models.errors import BadInput
from models.rule_words import assessment_in_words

app = typer.Typer(
    cls=PolishGroup,
    name="assessment",
    help="Ocena merytoryczna: kto ocenia, karty oceny, punkty Komisji",
    no_args_is_help=True,
)
Code = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru, np. KES/PGR/2205/2018")]
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="Konto osoby oceniającej")]
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia")]
Reason = Annotated[str, typer.Option("--reason", help="Powód, gdy karta zmienia wcześniejszą")]


@command(app, "assign")
def assign(
    desk: Desk,
    code: Code,
    number: Annotated[
        str | None, typer.Argument(metavar="NUMER", help="Jedno zgłoszenie; bez niego wszystkie, które czekają")
    ] = None,
    to: Annotated[str, typer.Option("--to", help="Komu je przydzielić (login)")] = "",
    dry_run: DryRun = False,
) -> None:
    """Przydziela zgłoszenia do oceny: po równo, bez wyłączonych i bez zgłoszeń z własnej instytucji.

    Przykład: nabor assessment assign KES/PGR/2205/2018
    """
    if (number is None) != (not to):
        raise BadInput("Jedno zgłoszenie przydziela się jednej osobie: NUMER razem z --to LOGIN.")
    with desk.writing(trial=dry_run) as (session, actor, now):
        if number is not None:
            symbol = give(session, code, number, to, actor=actor, now=now)
            shared = Shared(((number, symbol),), ())
        else:
            shared = share_out(session, code, actor=actor, now=now)
    lines = [f"{one}: {symbol}" for one, symbol in shared.assigned] or ["Wszystko było już przydzielone."]
    lines += [
        f"{one}: za mało osób, które mogą ocenić to zgłoszenie; trzeba kogoś powołać (nabor commission appoint)."
        for one in shared.short
    ]
    desk.say(
        "\n".join(lines),
        call=code,
        assigned=[{"number": one, "symbol": symbol} for one, symbol in shared.assigned],
        short=list(shared.short),
    )


@command(app, "sheets")
def sheets(
    desk: Desk,
    code: Code,
    folder: Annotated[Path, typer.Option("-o", "--output", help="Folder na karty, poza folderem danych")],
    assessor: Annotated[str | None, typer.Option("--assessor", help="Tylko jedna osoba (login)")] = None,
) -> None:
    """Zapisuje karty oceny do podpisu (Word) i arkusz ocen dla każdej osoby oceniającej (Excel).

    Przykład: nabor assessment sheets KES/PGR/2205/2018 -o karty
    """
    with desk.office() as (office, actor):
        written = write_papers(office, code, folder, login=assessor, actor=actor)
    desk.say(f"Zapisano plików: {len(written)}, w folderze {folder}.", files=[str(path) for path in written])


@command(app, "enter")
def enter(
    desk: Desk,
    code: Code,
    login: Login,
    number: Number,
    points: Annotated[list[str] | None, typer.Option("--points", help="KOD=PUNKTY, dla każdego kryterium")] = None,
    why: Annotated[list[str] | None, typer.Option("--why", help='KOD="uzasadnienie", dla każdego kryterium')] = None,
    impartial: Annotated[
        bool | None,
        typer.Option("--impartial/--conflict", help="Co oświadczono w karcie: bezstronność albo konflikt interesów"),
    ] = None,
    reason: Reason = "",
    dry_run: DryRun = False,
) -> None:
    """Wpisuje jedną kartę oceny. Po ostatniej potrzebnej karcie zgłoszenie jest od razu rozstrzygane.

    Przykład: nabor assessment enter KES/PGR/2205/2018 kinga NUMER --impartial --points motywacja=7 --why "motywacja=…"
    """
    if impartial is None:
        raise BadInput("Podaj, co osoba oceniająca oświadczyła w karcie: --impartial albo --conflict.")
    sheet = Filled(number, impartial, _points(points or []), dict(_pair(one, "--why") for one in why or []))
    with desk.writing(trial=dry_run) as (session, actor, now):
        became = record(session, code, login, sheet, reason=reason, actor=actor, now=now)
    desk.say(_BECAME[became].format(login=login, number=number), call=code, login=login, number=number, result=became)


_BECAME = {
    Recorded.NEW: "{number}: zapisano kartę ({login}).",
    Recorded.CHANGED: "{number}: zapisano nową wersję karty ({login}); poprzednia zostaje w historii.",
    Recorded.UNCHANGED: "{number}: ta sama karta ({login}) jest już zapisana.",
    Recorded.RECUSED: "{number}: {login} nie bierze udziału w tej sprawie. Innej osobie: nabor assessment assign.",
}


@command(app, "import")
def import_(
    desk: Desk,
    file: Annotated[Path, typer.Argument(metavar="PLIK.xlsx", help="Wypełniony arkusz ocen")],
    reason: Reason = "",
    dry_run: DryRun = False,
) -> None:
    """Wczytuje wypełniony arkusz ocen jednej osoby: cały albo wcale, z listą błędów po wierszach.

    Przykład: nabor assessment import karty/P1/oceny-P1.xlsx
    """
    if file.stat().st_size > MAX_BYTES:
        raise BadInput("Arkusz ma ponad 40 MB; tak duży nie powstaje w tym programie.")
    with desk.writing(trial=dry_run) as (session, actor, now):
        taken = take_table(session, file.read_bytes(), reason=reason, actor=actor, now=now)
    desk.say(
        f"Arkusz ({taken.login}): nowych kart {taken.new}, zmienionych {taken.changed}, bez zmian {taken.unchanged}, "
        f"wyłączeń {taken.recused}, jeszcze pustych wierszy {taken.blank}.",
        **{name: getattr(taken, name) for name in taken.__dataclass_fields__},
    )


@command(app, "list")
def list_(desk: Desk, code: Code) -> None:
    """Oceny w naborze: kto ocenia, czego brakuje, punkty i rozbieżności.

    Przykład: nabor assessment list KES/PGR/2205/2018
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.CONVENE)
        call = find_call(session, code)
        way = way_of(definition_for(session, call))
        lines = assessment_lines(session, call, viewer=actor.login)
    if not desk.as_json and lines:
        desk.say(assessment_in_words(way))
    desk.show(
        lines,
        {
            "Numer": lambda one: one.number,
            "Oceniają": lambda one: ", ".join(one.assessors),
            "Brakuje": lambda one: ", ".join(one.missing),
            "Karty": lambda one: f"{one.given} z {one.needed}",
            "Punkty": lambda one: one.points,
            "Różnica": lambda one: f"{one.spread}, rozbieżne" if one.wide else one.spread,
        },
        empty=f"Nikomu jeszcze nie przydzielono zgłoszeń do oceny: nabor assessment assign {code}.",
    )


@command(app, "show")
def show(desk: Desk, number: Number) -> None:
    """Karty oceny jednego zgłoszenia: punkty i uzasadnienia, z wcześniejszymi wersjami.

    Przykład: nabor assessment show NUMER
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.CONVENE)
        lines = sheet_lines_of(session, number, viewer=actor.login)
    desk.show(
        lines,
        {
            "Oceniający": lambda one: one.symbol,
            "Wersja": lambda one: one.version,
            "Kryterium": lambda one: one.title,
            "Punkty": lambda one: one.points,
            "Uzasadnienie": lambda one: one.reason,
            "Liczy się": lambda one: one.counts,
            "Wpisano": lambda one: one.recorded_at,
            "Kto wpisał": lambda one: one.recorded_by,
        },
        empty=f"Zgłoszenie {number} nie ma jeszcze kart oceny.",
    )


def _points(given: list[str]) -> dict[str, int]:
    found = {}
    for one in given:
        code, text = _pair(one, "--points")
        if not text.isdecimal() or len(text) > _DIGITS:
            raise BadInput(f"„{text}” to nie są całe punkty (--points {code}=LICZBA).")
        found[code] = int(text)
    return found


_DIGITS = 6


def _pair(text: str, option: str) -> tuple[str, str]:
    code, equals, rest = text.partition("=")
    if not equals or not code.strip():
        raise BadInput(f"„{text}”: po {option} stoi KOD=wartość, np. motywacja=7.")
    return code.strip(), rest.strip()
