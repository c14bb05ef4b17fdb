"""``nabor nomination``: institutions that are invited to a group, whom they name, and who sat for whom when."""

from pathlib import Path
from typing import Annotated

import typer

from console.calls import Code, Number
from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from console.typed_days import day_of
from flows.adapters.clock import warsaw_date
from flows.steps import institution_seats as steps
from flows.steps.awaited_changes import awaited_change
from flows.steps.nominees import end_nomination, replace_nominee
from flows.steps.seat_changes import house_of, withdraw_change
from flows.steps.seat_claims import assign_seat
from forms.csv_text import text_in
from models.actor import Right
from models.errors import BadInput

app = typer.Typer(
    cls=PolishGroup,
    name="nomination",
    help="Instytucje zaproszone do grupy i osoby, które wskazują",
    no_args_is_help=True,
)
Names = Annotated[
    list[str] | None, typer.Argument(metavar="INSTYTUCJA…", help="Symbole (I12) albo kody TERYT jednostek")
]
Name = Annotated[str, typer.Argument(metavar="INSTYTUCJA", help="Symbol (I12) albo kod TERYT jednostki")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Powód; zostaje w historii miejsca")]
EndReasonOption = Annotated[
    str, typer.Option("--reason", help="Powód; zostaje w historii miejsca, a z --close przeczyta go instytucja")
]
DayOption = Annotated[str, typer.Option("--on", help="Od którego dnia, np. 2018-09-01; domyślnie dziś")]


@command(app, "invite")
def invite(
    desk: Desk,
    code: Code,
    names: Names = None,
    listed: Annotated[
        Path | None, typer.Option("--list", metavar="PLIK", help="Plik z symbolami albo kodami, po jednym w wierszu")
    ] = None,
    every: Annotated[bool, typer.Option("--all-units", help="Wszystkie jednostki projektu z obszaru naboru")] = False,
    answer_by: Annotated[
        str, typer.Option("--answer-by", help="Do kiedy mają odpowiedzieć; domyślnie według zasad projektu")
    ] = "",
    dry_run: DryRun = False,
) -> None:
    """Zaprasza instytucje do grupy: miejsce, list i czysty formularz; każdą raz, chyba że odmówiła.

    Przykład: nabor nomination invite LK/G-PZK/1419/2018 1419 I12 I13
    """
    told = [*(names or ()), *(_listed(listed) if listed is not None else ())]
    with desk.office(trial=dry_run) as (office, actor):
        done = steps.invite_institutions(
            office, code, told, all_units=every, answer_by=day_of(answer_by) if answer_by else None, actor=actor
        )
    said = f"Zaproszono: {', '.join(done.invited) or 'nikogo'}. Odpowiedź do {done.answer_by:%d.%m.%Y}."
    if done.before:
        said += f" Zaproszone wcześniej: {', '.join(done.before)}."
    if done.unaddressed:
        said += f" Brak adresu (nabor unit set): {', '.join(done.unaddressed)}."
    desk.say(
        said,
        call=code,
        invited=list(done.invited),
        before=list(done.before),
        unaddressed=list(done.unaddressed),
        answer_by=done.answer_by,
    )


def _listed(path: Path) -> list[str]:
    try:
        lines = text_in(path.read_bytes()).splitlines()
    except BadInput:
        raise BadInput("Lista instytucji (--list) to plik tekstowy, po jednym symbolu w wierszu.") from None
    return [line.strip() for line in lines if line.strip()]


@command(app, "list")
def list_(
    desk: Desk,
    code: Code,
    on: Annotated[str, typer.Option("--on", help="Kto zajmował miejsca tego dnia; domyślnie dziś")] = "",
    history: Annotated[bool, typer.Option("--history", help="Wszyscy, którzy kiedykolwiek zajmowali miejsca")] = False,
) -> None:
    """Miejsca instytucji: kto kogo wskazał, od kiedy, i na kogo się czeka; z --on tak, jak było tego dnia.

    Przykład: nabor nomination list LK/G-PZK/1419/2018 --on 2018-09-01
    """
    with desk.reading() as (session, actor, now):
        actor.require(Right.READ)
        if history:
            sittings = steps.sitting_lines(session, code)
        else:
            seats = steps.seat_lines(session, code, on=day_of(on) if on else warsaw_date(now))
    if history:
        desk.show(
            sittings,
            {
                "Symbol": lambda line: line.institution,
                "Instytucja": lambda line: line.name,
                "Numer": lambda line: line.number,
                "Od": lambda line: line.since,
                "Do (bez tego dnia)": lambda line: line.until,
                "Dlaczego koniec": lambda line: line.ended,
            },
            empty="Nikt jeszcze nie zajmował miejsca.",
        )
        return
    desk.show(
        seats,
        {
            "Symbol": lambda line: line.institution,
            "Instytucja": lambda line: line.name,
            # Who sat is of the day asked about, where a seat stands is of today.
            ("Stan dziś" if on else "Stan"): lambda line: line.state_label,
            "Odpowiedź do": lambda line: line.answer_by,
            "Numer": lambda line: line.number,
            "Od": lambda line: line.since,
            "Następna osoba": lambda line: line.next_number,
            "Zajmie je": lambda line: line.next_since,
        },
        empty="Nikogo jeszcze nie zaproszono (nabor nomination invite).",
    )


@command(app, "assign")
def assign(desk: Desk, number: Number, name: Name, dry_run: DryRun = False) -> None:
    """Mówi, w imieniu której zaproszonej instytucji złożono zgłoszenie, gdy nie wynika to z formularza.

    Przykład: nabor nomination assign NUMER I12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        seat = assign_seat(session, number, name, actor=actor, now=now)
        house = f"I{seat.institution_id}"
    desk.say(f"Zgłoszenie {number} jest w imieniu {house}.", number=number, institution=house)


@command(app, "replace")
def replace(desk: Desk, number: Number, on: DayOption = "", reason: ReasonOption = "", dry_run: DryRun = False) -> None:
    """Od podanego dnia miejsce instytucji zajmuje osoba z tego zgłoszenia, zamiast dotychczasowej.

    Dzień może dopiero nadejść: zmiana nastąpi wtedy sama, a do tego dnia wszystko zostaje, jak jest.

    Przykład: nabor nomination replace NUMER --on 2018-09-01
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        day = day_of(on) if on else warsaw_date(now)
        ahead = day > warsaw_date(now)
        seat = replace_nominee(session, number, on=day, reason=reason, actor=actor, now=now)
        house = f"I{seat.institution_id}"
    said = f"Od {day:%d.%m.%Y} miejsce {house} zajmuje osoba ze zgłoszenia {number}."
    if ahead:
        said = (
            f"Zapisano: od {day:%d.%m.%Y} miejsce {house} zajmie osoba ze zgłoszenia {number}. Do tego dnia nic się "
            f"nie zmienia, a potem zmiana nastąpi sama. Odwołuje ją: nabor nomination withdraw {number}."
        )
    desk.say(said, number=number, institution=house, on=day, ahead=ahead)


@command(app, "withdraw")
def withdraw(desk: Desk, number: Number, dry_run: DryRun = False) -> None:
    """Odwołuje zmianę osoby zapisaną na później; zawiadomieni dowiedzą się, że nie nastąpi.

    Przykład: nabor nomination withdraw NUMER
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        change = withdraw_change(session, number, actor=actor, now=now)
        day, house = change.on_day, house_of(session, change)
    desk.say(
        f"Odwołano zmianę, która miała nastąpić {day:%d.%m.%Y} w miejscu {house} (zgłoszenie {number}).",
        number=number,
        institution=house,
        on=day,
    )


@command(app, "end")
def end(
    desk: Desk,
    code: Code,
    name: Name,
    on: DayOption = "",
    reason: EndReasonOption = "",
    close: Annotated[bool, typer.Option("--close", help="Instytucja rezygnuje z udziału; miejsce się zamyka")] = False,
    dry_run: DryRun = False,
) -> None:
    """Instytucja odwołuje osobę; miejsce na nią czeka, a list prosi o wskazanie innej. Z --close miejsca już nie ma,
    a list mówi jej dlaczego.

    Przykład: nabor nomination end LK/G-PZK/1419/2018 I12 --on 2018-09-01 --reason "zmiana pracy"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        day = day_of(on) if on else warsaw_date(now)
        seat = end_nomination(session, code, name, on=day, reason=reason, close=close, actor=actor, now=now)
        state, change = seat.state, awaited_change(session, seat)
        ahead = change.on_day if change is not None else None
    said = "miejsce zamknięto" if close else "miejsce jest wolne, poproszono o wskazanie innej osoby"
    if ahead is not None:
        said = f"miejsce jest wolne, a od {ahead:%d.%m.%Y} zajmie je osoba, którą instytucja już wskazała"
    desk.say(f"{name}: {said}.", call=code, institution=name, state=state, on=day)


@command(app, "decline")
def decline(desk: Desk, code: Code, name: Name, dry_run: DryRun = False) -> None:
    """Odnotowuje, że zaproszona instytucja nikogo nie wskaże. Można ją później zaprosić jeszcze raz.

    Przykład: nabor nomination decline LK/G-PZK/1419/2018 I12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        seat = steps.decline(session, code, name, actor=actor, now=now)
        state = seat.state
    desk.say(f"{name}: odnotowano, że instytucja nikogo nie wskaże.", call=code, institution=name, state=state)
