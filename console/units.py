"""``nabor unit``: gminas, powiats and other institutions, how they are written to, and who signs for them."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command, local
from console.polish_help import PolishGroup
from console.typed_days import day_of
from flows.adapters.clock import warsaw_date
from flows.steps.institution_closing import close_institution, reopen_institution
from flows.steps.institution_table import import_institutions
from flows.steps.institutions import (
    Signatory,
    Stated,
    add_institution,
    add_units,
    code_of,
    find_institution,
    institutions_in,
    name_representative,
    set_institution,
    signatories,
)
from flows.steps.overview import story_of
from models.actor import Right
from models.errors import BadInput
from models.glossary import label
from models.tables import Institution
from models.tables.institutions import InstitutionKind
from models.tables.outbox import Channel

app = typer.Typer(
    cls=PolishGroup, name="unit", help="Gminy, powiaty i inne instytucje oraz ich przedstawiciele", no_args_is_help=True
)
Project = Annotated[str, typer.Argument(metavar="PROJEKT", help="Kod projektu")]
UnitName = Annotated[str, typer.Argument(metavar="INSTYTUCJA", help="Symbol z listy (I12) albo kod TERYT jednostki")]
Nip = Annotated[str | None, typer.Option("--nip", help="NIP")]
Sector = Annotated[str | None, typer.Option("--sector", help="Obszar kooperacji, kod z projektu")]
Level = Annotated[str | None, typer.Option("--level", help="Poziom, kod z projektu")]
EmailOption = Annotated[str | None, typer.Option("--email", help="Urzędowy adres e-mail")]
AddressOption = Annotated[
    str | None, typer.Option("--address", help='Adres do korespondencji, wiersze po średniku: "ul. Próbna 1; 62-020 …"')
]
EdeliveryOption = Annotated[str | None, typer.Option("--edelivery", help="Adres do e-Doręczeń (AE:PL-…)")]
ChannelOption = Annotated[Channel | None, typer.Option("--channel", help="Jak pisać: email, edoreczenia albo paper")]
SignsOption = Annotated[str, typer.Option("--represented-by", help="Kto podpisuje: imię i nazwisko")]
FunctionOption = Annotated[str, typer.Option("--function", help="Funkcja tej osoby, na przykład dyrektor")]
SinceOption = Annotated[str, typer.Option("--since", help="Od którego dnia, np. 2019-12-01; domyślnie od dziś")]


@command(app, "add")
def add(
    desk: Desk,
    project: Project,
    name: Annotated[
        str | None, typer.Argument(metavar="NAZWA", help="Pełna nazwa; jednostki projektu znają ją same")
    ] = None,
    kind: Annotated[
        InstitutionKind, typer.Option("--kind", help="gmina, powiat, voivodship albo other")
    ] = InstitutionKind.OTHER,
    area: Annotated[str, typer.Option("--area", help="Siedziba: kod TERYT gminy, powiatu albo województwa")] = "",
    nip: Nip = None,
    sector: Sector = None,
    level: Level = None,
    email: EmailOption = None,
    address: AddressOption = None,
    edelivery: EdeliveryOption = None,
    channel: ChannelOption = None,
    every: Annotated[bool, typer.Option("--all-units", help="Wszystkie jednostki, które projekt wymienia")] = False,
    dry_run: DryRun = False,
) -> None:
    """Wpisuje instytucję; ta sama drugi raz zostaje jedną (po TERYT, po NIP i nazwie albo po nazwie i siedzibie).

    Przykład: nabor unit add KES "Biblioteka Publiczna w Swarzędzu" --area 3021163 --sector kultura_sport_turystyka
    """
    if every:
        if name or area:
            raise BadInput("Podaj jedną instytucję (NAZWA, --area) albo --all-units, nie jedno i drugie.")
        with desk.writing(trial=dry_run) as (session, actor, now):
            added = add_units(session, project, actor=actor, now=now)
            codes = [code_of(one.institution) for one in added]
        desk.say(f"Wpisano jednostek: {len(codes)}.", codes=codes, new=len(codes))
        return
    stated = Stated(name, kind, area, nip, sector, level, email, address, edelivery, channel)
    with desk.writing(trial=dry_run) as (session, actor, now):
        one = add_institution(session, project, stated, actor=actor, now=now)
        code, title = code_of(one.institution), one.institution.name
    was = "zmieniono jej dane" if one.changed else "nic się nie zmieniło"
    said = f"Wpisano: {code} {title}." if one.new else f"Ta instytucja już jest: {code} {title}; {was}."
    desk.say(
        "\n".join([said, *(f"Uwaga: {remark}." for remark in one.remarks)]),
        code=code,
        name=title,
        new=one.new,
        changed=list(one.changed),
        remarks=list(one.remarks),
    )


@command(app, "import")
def import_(
    desk: Desk,
    project: Project,
    table: Annotated[Path, typer.Argument(metavar="PLIK", help="Tabela Excel albo CSV, z nagłówkiem")],
    dry_run: DryRun = False,
) -> None:
    """Wpisuje instytucje z tabeli: wszystkie albo żadną; błędy podaje według wierszy.

    Przykład: nabor unit import KES instytucje.csv --dry-run
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        taken = import_institutions(session, project, table, actor=actor, now=now)
    said = f"Nowych: {len(taken.new)}, zmienionych: {len(taken.changed)}, bez zmian: {taken.unchanged}."
    desk.say(
        "\n".join([said, *taken.remarks]),
        new=list(taken.new),
        changed=list(taken.changed),
        unchanged=taken.unchanged,
        remarks=list(taken.remarks),
    )


@command(app, "list")
def list_(
    desk: Desk,
    area: Annotated[str, typer.Option("--area", help="Tylko z tego obszaru (początek kodu TERYT)")] = "",
    kind: Annotated[InstitutionKind | None, typer.Option("--kind", help="gmina, powiat, voivodship albo other")] = None,
    every: Annotated[bool, typer.Option("--all", help="Także te, które już nie działają")] = False,
) -> None:
    """Instytucje według obszaru i nazwy.

    Przykład: nabor unit list --area 3021
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.READ)
        lines = [_line(row) for row in institutions_in(session, area=area, kind=kind, closed=every)]
    desk.show(
        lines,
        {
            "Symbol": lambda line: line["code"],
            "Nazwa": lambda line: line["name"],
            "Rodzaj": lambda line: label(InstitutionKind(line["kind"])),
            "Siedziba": lambda line: line["area"],
            "Obszar": lambda line: line["sector"],
            "Jak pisać": lambda line: label(Channel(line["channel"])) + ("" if line["reachable"] else " (brak adresu)"),
        },
        empty="Nie ma tu żadnej instytucji. Wpisuje je: nabor unit add albo nabor unit import.",
    )


def _line(row: Institution) -> dict[str, str | bool | None]:
    return {
        "code": code_of(row),
        "name": row.name,
        "kind": row.kind.value,
        "teryt": row.teryt,
        "area": row.area,
        "nip": row.nip,
        "sector": row.sector,
        "level": row.level,
        "channel": row.channel.value,
        "reachable": bool(row.recipient),
        "state": row.state.value,
    }


@command(app, "show")
def show(
    desk: Desk,
    name: UnitName,
    on: Annotated[str, typer.Option("--on", help="Kto podpisywał tego dnia; domyślnie dziś")] = "",
) -> None:
    """Jedna instytucja: adresy, kto za nią podpisuje i co się z nią działo.

    Przykład: nabor unit show 3021163
    """
    with desk.reading() as (session, actor, now):
        actor.require(Right.INSTITUTIONS)
        row = find_institution(session, name)
        day = day_of(on) if on else warsaw_date(now)
        signs = [(one.name, one.function) for one in signatories(session, row.id or 0, on=day)]
        happened = story_of(session, f"institution/{row.id}")
        line, known = _line(row), (row.email, row.address, row.edelivery)
    if desk.as_json:
        representatives = [{"name": who, "function": function} for who, function in signs]
        email, address, edelivery = known
        desk.say(
            "",
            **line,
            email=email,
            address=address,
            edelivery=edelivery,
            representatives=representatives,
            story=happened,
        )
        return
    addresses = ", ".join(", ".join(one.splitlines()) for one in known if one) or "brak adresu (nabor unit set)"
    signed = "; ".join(f"{who} – {function}" for who, function in signs) or "nikogo nie wpisano (nabor unit set)"
    desk.say(
        f"{line['code']} {line['name']} ({label(row.kind)}, {label(row.state)})\n"
        f"Siedziba: {line['area']}   NIP: {line['nip'] or 'nieustalony'}   Obszar: {line['sector'] or 'nieustalony'}"
        f"   Poziom: {line['level'] or 'nieustalony'}\n"
        f"Jak pisać: {label(row.channel)}   Adresy: {addresses}\nPodpisuje: {signed}"
    )
    for one in happened:
        desk.say(f"{local(one.at)}  {one.actor}  {one.what}")


@command(app, "set")
def set_(
    desk: Desk,
    project: Project,
    name: UnitName,
    title: Annotated[str | None, typer.Option("--name", help="Nowa nazwa")] = None,
    nip: Nip = None,
    sector: Sector = None,
    level: Level = None,
    email: EmailOption = None,
    address: AddressOption = None,
    edelivery: EdeliveryOption = None,
    channel: ChannelOption = None,
    represented_by: SignsOption = "",
    function: FunctionOption = "",
    since: SinceOption = "",
    place: Annotated[int, typer.Option("--place", help="Które miejsce, gdy podpisuje kilka osób razem")] = 1,
    nobody: Annotated[bool, typer.Option("--nobody", help="Na tym miejscu nikt już nie podpisuje")] = False,
    closed: Annotated[
        bool | None, typer.Option("--closed/--reopened", help="Instytucja już nie działa albo znów działa")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Zmienia dane instytucji albo osobę, która za nią podpisuje. To, co czeka na wysłanie, pójdzie na nowy adres.

    Przykład: nabor unit set KES 3021163 --represented-by "Imię Nazwisko" --function Burmistrz
    """
    stated = Stated(title, None, None, nip, sector, level, email, address, edelivery, channel)
    names = bool(represented_by or function or nobody)
    if nobody and (represented_by or function):
        raise BadInput("Podaj osobę (--represented-by, --function) albo --nobody, nie jedno i drugie.")
    with desk.writing(trial=dry_run) as (session, actor, now):
        actor.require(Right.INSTITUTIONS)
        row = find_institution(session, name)
        changed: list[str] = []
        if stated != Stated() or not (names or closed is not None):
            row, changed = set_institution(session, project, name, stated, actor=actor, now=now)
        if names:
            day = day_of(since) if since else warsaw_date(now)
            signatory = Signatory(represented_by, function)
            if name_representative(session, name, signatory, since=day, place=place, actor=actor, now=now):
                changed.append("representative")
        if closed is not None:
            act = close_institution if closed else reopen_institution
            row = act(session, name, actor=actor, now=now)
            changed.append("state")
        code = code_of(row)
    desk.say(f"{code}: {'zapisano' if changed else 'nic się nie zmieniło'}.", code=code, changed=changed)
