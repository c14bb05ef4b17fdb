"""``nabor stipend``: statements, settlement, bills, registers of hours."""

from typing import Annotated

import typer
from sqlmodel import col, select

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from console.typed_days import day_of
from flows.steps.contract_records import record_contract
from flows.steps.hours_registers import issue_hours
from flows.steps.statements import Requests, record_statement
from flows.steps.stipend_records import record_signed_bill
from flows.steps.stipend_story import stipend_story
from flows.steps.stipends import settle_meeting
from models.actor import Right
from models.glossary import label
from models.rules.pay import Statements
from models.tables import Stipend
from models.tables.stipends import StipendState
from templates.polish import amount_zl

app = typer.Typer(cls=PolishGroup, name="stipend", help="Oświadczenia, rozliczenia, rachunki", no_args_is_help=True)
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia członka")]
YesNo = bool | None


@command(app, "statement")
def statement(
    desk: Desk,
    number: Number,
    account: Annotated[str, typer.Option("--account", help="Numer konta, 26 cyfr")],
    valid_from: Annotated[str, typer.Option("--from", help="Od kiedy obowiązuje, np. 2018-09-01")],
    employed_elsewhere: Annotated[
        YesNo, typer.Option("--employed-elsewhere/--not-employed-elsewhere", help="Zatrudnienie za co najmniej minimum")
    ] = None,
    student: Annotated[YesNo, typer.Option("--student/--no-student", help="Uczeń lub student do 26 lat")] = None,
    sickness: Annotated[YesNo, typer.Option("--sickness/--no-sickness", help="Dobrowolna składka chorobowa")] = None,
    own_employer: Annotated[
        YesNo, typer.Option("--own-employer/--other-employer", help="Czy zatrudnia ją płatnik")
    ] = None,
    born: Annotated[str | None, typer.Option("--born", help="Data urodzenia, np. 1985-03-15")] = None,
    ppk: Annotated[YesNo, typer.Option("--ppk/--no-ppk", help="Uczestnik PPK u płatnika")] = None,
    pit2: Annotated[YesNo, typer.Option("--pit2/--no-pit2", help="PIT-2: zaliczka o kwotę zmniejszającą")] = None,
    no_advance: Annotated[
        YesNo, typer.Option("--no-advance/--advance", help="Wniosek o niepobieranie zaliczek")
    ] = None,
    copyright_costs: Annotated[
        YesNo, typer.Option("--copyright-costs/--no-copyright-costs", help="Koszty autorskie")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Przyjmuje oświadczenie członka do wypłaty.

    O PPK, PIT-2, niepobieraniu zaliczek i kosztach autorskich: bez opcji zostaje to, co osoba oświadczyła wcześniej.

    Przykład: nabor stipend statement NUMER --account 30… --from 2018-09-01 --employed-elsewhere --no-student
    """
    statements = Statements(
        employed_elsewhere_at_minimum=employed_elsewhere,
        student_under_26=student,
        voluntary_sickness=sickness,
        birth_date=day_of(born) if born else None,
        employed_by_payer=own_employer,
    )
    requests = Requests(pit2=pit2, no_advance=no_advance, copyright_costs=copyright_costs, ppk=ppk)
    with desk.writing(trial=dry_run) as (session, actor, now):
        stands = record_statement(
            session,
            number,
            statements,
            account=account,
            valid_from=day_of(valid_from),
            requests=requests,
            actor=actor,
            now=now,
        )
    kept = [
        name
        for name in _REQUESTS
        if getattr(requests, name) is None and getattr(stands, name) != getattr(statements, name)
    ]
    said = "Przyjęto oświadczenie."
    if kept:
        said += f" Z wcześniejszego zostaje: {', '.join(_REQUESTS[name][getattr(stands, name)] for name in kept)}."
    desk.say(said, number=number, kept=kept)


_REQUESTS = {
    "pit2": {True: "PIT-2"},
    "no_advance": {True: "wniosek o niepobieranie zaliczek"},
    "copyright_costs": {True: "koszty autorskie"},
    "ppk": {True: "udział w PPK", False: "brak udziału w PPK"},
}
"""What is carried over from an earlier statement, in words."""


@command(app, "contract")
def contract(
    desk: Desk,
    number: Number,
    contract_number: Annotated[str, typer.Option("--contract-number", help="Numer umowy, jak na umowie")],
    signed_on: Annotated[str, typer.Option("--date", help="Data umowy, np. 2018-09-03")],
    dry_run: DryRun = False,
) -> None:
    """Wpisuje umowę, do której wystawia się rachunki; bez niej rachunek ma wykropkowane miejsca.

    Przykład: nabor stipend contract NUMER --contract-number UZ/12/2018 --date 2018-09-03
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        record_contract(
            session, number, contract_number=contract_number, signed_on=day_of(signed_on), actor=actor, now=now
        )
    desk.say("Wpisano umowę.", number=number, contract_number=contract_number)


@command(app, "settle")
def settle(
    desk: Desk,
    call: Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru grupy")],
    meeting: Annotated[str, typer.Argument(metavar="SPOTKANIE", help="Kod spotkania")],
    paid_on: Annotated[str, typer.Option("--paid-on", help="Data wypłaty; od niej zależą stawki")],
    replace_signed: Annotated[
        bool, typer.Option("--replace-signed", help="Zastąp także podpisane rachunki; wymaga --reason")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Dlaczego; zostaje w aktach")] = "",
    dry_run: DryRun = False,
) -> None:
    """Rozlicza spotkanie: wynagrodzenia, rachunki, lista wypłat.

    Podpisanych rachunków nie zmienia, chyba że z --replace-signed i --reason.

    Przykład: nabor stipend settle NABÓR SPOTKANIE --paid-on 2018-10-10
    """
    with desk.office(trial=dry_run) as (office, actor):
        counts = settle_meeting(
            office,
            call,
            meeting,
            paid_on=day_of(paid_on),
            replace_signed=replace_signed,
            reason=reason,
            actor=actor,
        )
    said = (
        f"Obliczono: {counts.calculated}, wstrzymano: {counts.blocked}, bez zmian: {counts.unchanged}, "
        f"dokumenty: {counts.documents}."
    )
    if counts.kept:
        said += (
            f"\nPodpisane rachunki zostały, choć obliczenie się różni: {', '.join(counts.kept)}. Powody: nabor todo. "
            "Zastąpienie wymaga opcji --replace-signed i --reason."
        )
    desk.say(
        said,
        kept=counts.kept,
        calculated=counts.calculated,
        blocked=counts.blocked,
        unchanged=counts.unchanged,
        documents=counts.documents,
    )


@command(app, "hours")
def hours(
    desk: Desk,
    call: Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru grupy")],
    what: Annotated[str, typer.Argument(metavar="SPOTKANIE|NUMER", help="Kod spotkania albo numer zgłoszenia")],
    dry_run: DryRun = False,
) -> None:
    """Wystawia ewidencję godzin: po spotkaniu dla każdej osoby albo jednej osobie ze wszystkich spotkań.

    Przykład: nabor stipend hours NABÓR SPOTKANIE
    """
    with desk.office(trial=dry_run) as (office, actor):
        counts = issue_hours(office, call, what, actor=actor)
    said = f"Ewidencje godzin: wystawiono {counts.documents}, bez zmian {counts.unchanged}."
    if counts.missing:
        said += (
            f"\nBez ewidencji, bo nie wpisano obecności za każdy dzień: {', '.join(counts.missing)}. "
            "Wpisz minuty, a za nieobecność 0 (nabor meeting attend), i wystaw jeszcze raz."
        )
    desk.say(said, documents=counts.documents, unchanged=counts.unchanged, missing=counts.missing)


@command(app, "list")
def list_(desk: Desk) -> None:
    """Rozliczenia z kwotami.

    Przykład: nabor stipend list
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.MONEY)
        rows = session.exec(select(Stipend).order_by(col(Stipend.id))).all()
        numbers = {row.id: row.number for row in rows}
        lines = [
            {
                "number": row.number,
                "state": row.state.value,
                "minutes": row.minutes,
                "gross": row.gross,
                "social": row.social,
                "health": row.health,
                "tax": row.tax,
                "net": row.net,
                "blocks": row.blocks,
                "doubts": row.doubts,
                "warnings": row.warnings,
                "paid_on": row.paid_on,
                "corrects": numbers.get(row.corrects_id),
            }
            for row in rows
        ]
    desk.show(
        lines,
        {
            "Rachunek": lambda line: line["number"],
            "Stan": lambda line: label(StipendState(line["state"])),
            "Godziny": lambda line: f"{line['minutes'] // 60}:{line['minutes'] % 60:02d}",
            "Brutto": lambda line: amount_zl(line["gross"]),
            "Składki": lambda line: amount_zl(line["social"] + line["health"]),
            "Podatek": lambda line: amount_zl(line["tax"]),
            "Netto": lambda line: amount_zl(line["net"]),
            "Dopłata do": lambda line: line["corrects"],
            "Do wyjaśnienia": lambda line: " ".join(
                one["sentence"] for one in (*line["blocks"], *line["doubts"], *line["warnings"])
            ),
        },
        empty="Nie ma jeszcze rozliczeń.",
    )


@command(app, "show")
def show(desk: Desk, bill: Annotated[str, typer.Argument(metavar="RACHUNEK", help="Numer rachunku z listy")]) -> None:
    """Jedno rozliczenie: każdy wiersz obliczenia, stawka, z której wynika, i jej źródło.

    Przykład: nabor stipend show R/0001/2018
    """
    with desk.reading() as (session, actor, _now):
        told = stipend_story(session, bill, actor=actor)
    if desk.as_json:
        desk.say("", **told.plain())
        return
    desk.say(told.text())


@command(app, "signed")
def signed(
    desk: Desk,
    bill: Annotated[str, typer.Argument(metavar="RACHUNEK", help="Numer rachunku z listy")],
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje podpisany rachunek.

    Przykład: nabor stipend signed RACHUNEK
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        record_signed_bill(session, bill, actor=actor, now=now)
    desk.say(f"Odnotowano podpisany rachunek {bill}.", number=bill)
