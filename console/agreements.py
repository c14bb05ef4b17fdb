"""``nabor agreement``: agreements of institutions, who signed, who joined later, and who was a party when."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from console.coverage_table import show_coverage
from console.desk import Desk, DryRun, command, local
from console.polish_help import PolishGroup
from console.signatures import MannerOption, SignedFileOption, manner_of, signed_file_of
from console.typed_days import day_of, moment_of
from flows.adapters.clock import warsaw_date
from flows.steps import agreements as steps
from flows.steps.agreement_parties import Party, agreement_lines, asked_of, find_agreement, parties_of
from flows.steps.institutions import REFERENCE
from flows.steps.member_institutions import agreement_coverage
from flows.steps.overview import story_of
from models.actor import Right
from models.errors import BadInput
from models.glossary import label
from models.tables.agreements import AgreementState, PartyStep
from models.tables.projects import Manner

app = typer.Typer(
    cls=PolishGroup, name="agreement", help="Porozumienia instytucji i przystępowanie do nich", no_args_is_help=True
)
Code = Annotated[str, typer.Argument(metavar="POROZUMIENIE", help="Kod porozumienia, np. KES/POR/3021163/2019")]
Names = Annotated[list[str], typer.Argument(metavar="INSTYTUCJA…", help="Symbole (I12) albo kody TERYT jednostek")]
Name = Annotated[str, typer.Argument(metavar="INSTYTUCJA", help="Symbol (I12) albo kod TERYT jednostki")]
OnOption = Annotated[str, typer.Option("--on", help="Dzień podpisu, np. 2019-12-05; domyślnie dziś")]
TextOption = Annotated[
    int | None, typer.Option("--text", help="Numer tekstu z podpisanego egzemplarza; domyślnie ten, który wysłano")
]


@command(app, "open")
def open_(
    desk: Desk,
    project: Annotated[
        str, typer.Argument(metavar="PROJEKT", help="Kod projektu; przy --move, --close i --reopen kod porozumienia")
    ],
    area: Annotated[str | None, typer.Argument(metavar="TERYT", help="Kod powiatu albo gminy")] = None,
    deadline: Annotated[str, typer.Option("--deadline", help="Do kiedy zaproszeni mają podpisać, np. 2020-02-29")] = "",
    title: Annotated[str, typer.Option("--title", help="Tytuł, gdy ma być inny niż w projekcie")] = "",
    move: Annotated[bool, typer.Option("--move", help="Przesuwa termin podpisania na podany (--deadline)")] = False,
    close: Annotated[bool, typer.Option("--close", help="Zamyka porozumienie: nikt już nie przystępuje")] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Otwiera zamknięte porozumienie na nowo")] = False,
    dry_run: DryRun = False,
) -> None:
    """Otwiera porozumienie powiatu albo gminy; --move przesuwa termin, --close zamyka, --reopen otwiera znów.

    Przykład: nabor agreement open KES 3021163 --deadline 2020-02-29
    """
    if move + close + reopen > 1:
        raise BadInput("Podaj jedno z: --move, --close, --reopen.")
    if move:
        if area or title or not deadline:
            raise BadInput("Z --move podaje się kod porozumienia i nowy termin (--deadline).")
        with desk.office(trial=dry_run) as (office, actor):
            row = steps.move_deadline(office, project, day_of(deadline), actor=actor)
    elif close or reopen:
        if area or deadline or title:
            raise BadInput("Z --close albo --reopen podaje się tylko kod porozumienia.")
        act = steps.close_agreement if close else steps.reopen_agreement
        with desk.writing(trial=dry_run) as (session, actor, now):
            row = act(session, project, actor=actor, now=now)
    else:
        if not area or not deadline:
            raise BadInput("Podaj powiat albo gminę (TERYT) i termin podpisania (--deadline).")
        day = day_of(deadline)
        with desk.writing(trial=dry_run) as (session, actor, now):
            row = steps.open_agreement(session, project, area, deadline=day, title=title, actor=actor, now=now)
    desk.say(f"{row.code}: {row.title} – {label(row.state)}.", code=row.code, title=row.title, state=row.state)


@command(app, "invite")
def invite(
    desk: Desk,
    code: Code,
    names: Names,
    declined: Annotated[bool, typer.Option("--declined", help="Odnotowuje odmowę zamiast zaproszenia")] = False,
    dry_run: DryRun = False,
) -> None:
    """Zaprasza instytucje do podpisania: każda dostaje list z porozumieniem w załączniku, raz.

    Przykład: nabor agreement invite KES/POR/3021163/2019 3021163 I12 I13
    """
    if declined:
        with desk.writing(trial=dry_run) as (session, actor, now):
            for name in names:
                steps.decline(session, code, name, actor=actor, now=now)
        desk.say(f"Odnotowano odmowę: {', '.join(names)}.", code=code, invited=[], declined=names)
        return
    with desk.office(trial=dry_run) as (office, actor):
        asked = steps.invite(office, code, names, actor=actor)
    said = f"Zaproszono: {', '.join(asked)}." if asked else "Wszystkie te instytucje już zaproszono albo są stronami."
    desk.say(said, code=code, invited=asked, declined=[])


@command(app, "sign")
def sign(
    desk: Desk,
    code: Code,
    names: Names,
    on: OnOption = "",
    manner: MannerOption = None,
    text: TextOption = None,
    file: SignedFileOption = None,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje podpisy pod samym porozumieniem; strony, których tekst nie wymienia podpisującej, dostają list.

    Przykład: nabor agreement sign KES/POR/3021163/2019 3021163 I12 --on 2019-12-05 --manner paper
    """
    how, signed_file = manner_of(manner), signed_file_of(file)
    with desk.office(trial=dry_run) as (office, actor):
        day = day_of(on) if on else warsaw_date(office.now())
        joined = steps.sign(office, code, names, on=day, manner=how, text=text, file=signed_file, actor=actor)
    lines = [
        f"{one.institution}: podpis odnotowano; listów do innych stron: {one.told}."
        if one.new
        else f"{one.institution}: jest już stroną."
        for one in joined
    ]
    signed = [{"institution": one.institution, "new": one.new, "told": one.told} for one in joined]
    desk.say("\n".join(lines), code=code, signed=signed)


@command(app, "accede")
def accede(
    desk: Desk,
    code: Code,
    name: Name,
    on: OnOption = "",
    manner: MannerOption = None,
    file: SignedFileOption = None,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje przystąpienie na podstawie karty; każda inna strona dostaje o tym jeden list.

    Przykład: nabor agreement accede KES/POR/3021163/2019 I15 --on 2020-01-10 --manner qualified --file karta.pdf
    """
    how, signed_file = manner_of(manner), signed_file_of(file)
    with desk.office(trial=dry_run) as (office, actor):
        day = day_of(on) if on else warsaw_date(office.now())
        one = steps.accede(office, code, name, on=day, manner=how, file=signed_file, actor=actor)
    said = f"{one.institution} przystąpiła do porozumienia; listów do innych stron: {one.told}."
    desk.say(
        said if one.new else f"{one.institution} jest już stroną; niczego nie zmieniono.",
        code=code,
        institution=one.institution,
        new=one.new,
        told=one.told,
    )


@command(app, "leave")
def leave(
    desk: Desk,
    code: Code,
    name: Name,
    on: Annotated[str, typer.Option("--on", help="Od którego dnia nie jest stroną; domyślnie od dziś")] = "",
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje wystąpienie z porozumienia. Wcześniejszy podpis zostaje na liście historycznej.

    Przykład: nabor agreement leave KES/POR/3021163/2019 I12 --on 2020-03-31
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        day = day_of(on) if on else warsaw_date(now)
        left = steps.leave(session, code, name, on=day, actor=actor, now=now)
    desk.say(
        f"{name}: {'wystąpienie odnotowano' if left else 'nie jest stroną'}.", code=code, institution=name, left=left
    )


@command(app, "parties")
def parties(
    desk: Desk,
    code: Code,
    on: Annotated[str, typer.Option("--on", help="Kto był stroną tego dnia, według dat podpisów")] = "",
    at: Annotated[str, typer.Option("--at", help="Co było zapisane w tej chwili, np. 2020-01-10T12:00")] = "",
) -> None:
    """Lista stron, ponumerowana: dzisiejsza, z wybranego dnia (--on) albo zapisana w wybranej chwili (--at).

    Przykład: nabor agreement parties KES/POR/3021163/2019 --on 2020-02-29
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.READ)
        agreement = find_agreement(session, code)
        found = parties_of(session, agreement, at=_moment(at), on=day_of(on) if on else None)
    desk.show(
        [_party(one) for one in found],
        {
            "Lp.": lambda line: line["number"],
            "Symbol": lambda line: line["institution"],
            "Instytucja": lambda line: line["name"],
            "Od": lambda line: line["on"],
            "Jak": lambda line: label(PartyStep(line["step"])),
            "Podpis": lambda line: label(Manner(line["manner"])),
            "Plik": lambda line: line["file"],
        },
        empty="Porozumienie nie ma wtedy żadnej strony.",
    )


def _moment(text: str) -> datetime | None:
    return moment_of(text) if text else None


def _party(one: Party) -> dict[str, object]:
    return {
        "number": one.number,
        "institution": f"{REFERENCE}{one.institution_id}",
        "name": one.name,
        "on": one.on_day,
        "step": one.step.value,
        "manner": one.manner.value if one.manner else None,
        "file": one.file_id is not None,
        "recorded_at": one.recorded_at,
    }


@command(app, "coverage")
def coverage(
    desk: Desk,
    code: Code,
    on: Annotated[str, typer.Option("--on", help="Według stron z tego dnia")] = "",
    at: Annotated[str, typer.Option("--at", help="Według stron zapisanych w tej chwili, np. 2020-01-10T12:00")] = "",
) -> None:
    """Jakie obszary kooperacji mają strony porozumienia, ile razy, i których brakuje.

    Przykład: nabor agreement coverage KES/POR/3021163/2019 --on 2020-02-29
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.READ)
        found = agreement_coverage(session, code, at=_moment(at), on=day_of(on) if on else None)
    show_coverage(desk, found, code=code)


@command(app, "remind")
def remind(desk: Desk, code: Code, dry_run: DryRun = False) -> None:
    """Przypomina teraz tym, którzy jeszcze nie podpisali, najwyżej raz dziennie. Reguły projektu przypominają same.

    Przykład: nabor agreement remind KES/POR/3021163/2019
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        told = steps.remind(session, code, actor=actor, now=now)
    desk.say(f"Przypomniano: {', '.join(told) or 'nikomu'}.", code=code, reminded=told)


@command(app, "list")
def list_(
    desk: Desk,
    area: Annotated[str, typer.Option("--area", help="Tylko z tego obszaru (początek kodu TERYT)")] = "",
) -> None:
    """Porozumienia z liczbą stron i tych, którzy jeszcze nie podpisali.

    Przykład: nabor agreement list --area 30
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.READ)
        lines = agreement_lines(session, area=area)
    desk.show(
        lines,
        {
            "Kod": lambda line: line.code,
            "Tytuł": lambda line: line.title,
            "Stan": lambda line: label(AgreementState(line.state)),
            "Termin": lambda line: line.deadline,
            "Stron": lambda line: line.parties,
            "Bez podpisu": lambda line: line.unsigned,
        },
        empty="Nie ma tu żadnego porozumienia. Otwiera je: nabor agreement open.",
    )


@command(app, "show")
def show(desk: Desk, code: Code) -> None:
    """Jedno porozumienie: zaproszeni, strony z osobami, które podpisały, i historia.

    Przykład: nabor agreement show KES/POR/3021163/2019
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.INSTITUTIONS)
        row = find_agreement(session, code)
        asked, current = asked_of(session, row), parties_of(session, row)
        happened = story_of(session, f"agreement/{row.id}")
    if desk.as_json:
        invited = [
            {
                "institution": f"{REFERENCE}{one.institution_id}",
                "name": one.name,
                "state": one.state.value,
                "asked_at": one.asked_at,
                "text": one.text,
            }
            for one in asked
        ]
        signed = [
            _party(one) | {"signatories": [[who.name, who.function] for who in one.signatories]} for one in current
        ]
        desk.say(
            "",
            code=row.code,
            title=row.title,
            state=row.state,
            deadline=row.deadline,
            invited=invited,
            parties=signed,
            story=happened,
        )
        return
    desk.say(f"{row.code}: {row.title} – {label(row.state)}; termin podpisania {row.deadline:%d.%m.%Y}")
    for one in asked:
        text = f" (tekst {one.text})" if one.text is not None else ""
        desk.say(f"  {REFERENCE}{one.institution_id} {one.name}: {label(one.state)}{text}")
    desk.say(f"Strony ({len(current)}):")
    for party in current:
        signs = ", ".join(f"{who.name} – {who.function}" for who in party.signatories) or "nie wpisano, kto podpisał"
        desk.say(f"  {party.number}. {party.name}, {label(party.step)} {party.on_day:%d.%m.%Y}: {signs}")
    for line in happened:
        who = line.facts.get("institution")
        desk.say(f"{local(line.at)}  {line.actor}  {line.what}{f' ({who})' if who else ''}")


@command(app, "text")
def text_(
    desk: Desk,
    code: Code,
    output: Annotated[Path, typer.Option("-o", "--output", help="Plik .docx, poza folderem danych")],
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[INSTYTUCJA…]", help="Kogo wymienić poza stronami i zaproszonymi")
    ] = None,
) -> None:
    """Sporządza tekst porozumienia do podpisania na spotkaniu (Word), bez wysyłania zaproszeń. Numer podaje się przy
    podpisie: sign --text.

    Przykład: nabor agreement text KES/POR/3021163/2019 I12 I13 -o porozumienie.docx
    """
    with desk.office() as (office, actor):
        number = steps.hand_out(office, code, names or [], output, actor=actor)
    desk.say(f"Tekst nr {number} zapisano: {output}.", code=code, text=number, file=str(output))


@command(app, "sheet")
def sheet(
    desk: Desk,
    code: Code,
    name: Name,
    output: Annotated[Path, typer.Option("-o", "--output", help="Plik .docx, poza folderem danych")],
) -> None:
    """Sporządza kartę przystąpienia dla instytucji (Word) i zapisuje ją do pliku.

    Przykład: nabor agreement sheet KES/POR/3021163/2019 I15 -o karta.docx
    """
    with desk.office() as (office, actor):
        steps.hand_out_sheet(office, code, name, output, actor=actor)
    desk.say(f"Zapisano kartę przystąpienia: {output}.", file=str(output))
