"""``nabor contract``: statements of members of paid groups, contracts, and what is missing."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from console.typed_days import day_of
from flows.adapters.bank_names import bank_of
from flows.steps.contracts import give_up, issue_contracts, sign_contract
from flows.steps.memberships import membership_of
from flows.steps.missing_papers import missing_papers
from flows.steps.statement_files import read_statement
from flows.steps.statement_forms import (
    accept_statement,
    answers_of,
    definition_of_form,
    gaps_of,
    refuse_statement,
    waiting_form,
)
from flows.steps.statement_requests import ask_for_statements
from forms.reading import Unreadable
from models.actor import Right
from models.errors import BadInput, NotYet
from models.form_definition import LeafType
from templates.documents.bill import spaced_account
from templates.polish import amount_zl, counted, short_date

app = typer.Typer(
    cls=PolishGroup, name="contract", help="Oświadczenia do wypłaty, umowy, brakujące dokumenty", no_args_is_help=True
)
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia członka")]
Which = Annotated[str, typer.Argument(metavar="NABÓR | NUMER", help="Kod naboru grupy albo numer zgłoszenia członka")]


@command(app, "ask")
def ask(
    desk: Desk,
    which: Which,
    again: Annotated[bool, typer.Option("--again", help="Także tych, których już poproszono")] = False,
    dry_run: DryRun = False,
) -> None:
    """Prosi o oświadczenie do wypłaty: list z czystym formularzem do każdego, kto go nie złożył.

    Pyta też o to, czego brakuje w oświadczeniu, które przyszło, i o nowe w miejsce tego, które przestało obowiązywać.

    Przykład: nabor contract ask KES/PGR/2205/2018
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        asked = ask_for_statements(session, which, again=again, actor=actor, now=now)
    said = f"Przygotowano {counted(len(asked), 'list', 'listy', 'listów')}: {', '.join(asked)}."
    desk.say(said if asked else "Nie ma kogo prosić: oświadczenia są albo już o nie poproszono (--again).", asked=asked)


@command(app, "read")
def read(
    desk: Desk,
    file: Annotated[Path, typer.Argument(metavar="PLIK", help="Wypełniony formularz oświadczenia")],
    number: Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia członka; bez niego mówi plik")] = "",
    dry_run: DryRun = False,
) -> None:
    """Przyjmuje wypełnione oświadczenie z pliku; potem sprawdza je i przyjmuje osoba od rozliczeń.

    Przykład: nabor contract read oswiadczenie.docx KES/PGR/2205/2018/0002
    """
    with desk.office(trial=dry_run) as (office, actor):
        found = read_statement(office, file, number, actor=actor)
    if isinstance(found, Unreadable):
        raise BadInput(found.sentence)
    said = f"Oświadczenie do zgłoszenia {found.application} przyjęto do sprawdzenia."
    if found.lacking:
        said += f" Brakuje albo nie dało się odczytać: {', '.join(found.lacking)}."
    desk.say(said, number=found.application, lacking=list(found.lacking))


@command(app, "show")
def show(desk: Desk, number: Number) -> None:
    """Pokazuje oświadczenie, które czeka na sprawdzenie: każdą odpowiedź z miejscem, numer rachunku z bankiem.

    Przykład: nabor contract show KES/PGR/2205/2018/0002
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.MONEY)
        form = waiting_form(session, membership_of(session, number))
        if form is None:
            raise NotYet(f"Zgłoszenie {number} nie ma oświadczenia, które czeka na sprawdzenie.")
        lacking = {gap.key: gap.reason for gap in gaps_of(session, form)}
        answers = answers_of(session, form)
        lines = []
        for leaf in definition_of_form(session, form).leaves:
            row = answers.get(leaf.key)
            value = (row.value or "").strip('"') if row is not None else ""
            bank = bank_of(value) if leaf.type is LeafType.ACCOUNT and value else ""
            lines.append(
                {
                    "field": leaf.key,
                    "label": leaf.label,
                    "value": spaced_account(value) if bank or leaf.type is LeafType.ACCOUNT else value,
                    "bank": bank,
                    "raw": row.raw if row is not None else "",
                    "place": row.place if row is not None else "",
                    "method": row.method if row is not None else "",
                    "certainty": row.certainty if row is not None else 0,
                    "to_ask": lacking.get(leaf.key, ""),
                }
            )
    desk.show(
        lines,
        {
            "Pole": lambda line: line["field"],
            "Wartość": lambda line: f"{line['value']}  ({line['bank']})" if line["bank"] else line["value"],
            "Zapis": lambda line: line["raw"],
            "Miejsce": lambda line: line["place"],
            "Do wyjaśnienia": lambda line: line["to_ask"],
        },
        empty="Formularz nie ma pól.",
    )


@command(app, "accept")
def accept(
    desk: Desk,
    number: Number,
    valid_from: Annotated[
        str, typer.Option("--from", help="Od kiedy obowiązuje; bez tego od dnia, w którym przyszło")
    ] = "",
    dry_run: DryRun = False,
) -> None:
    """Przyjmuje oświadczenie po porównaniu z podpisanym wydrukiem; od tej chwili według niego liczy się wypłatę.

    Przykład: nabor contract accept KES/PGR/2205/2018/0002 --from 2018-09-01
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        done = accept_statement(
            session, number, valid_from=day_of(valid_from) if valid_from else None, actor=actor, now=now
        )
    bank = bank_of(done.account)
    tail = done.account[-4:]
    said = [
        f"Przyjęto oświadczenie zgłoszenia {number}, ważne od {short_date(done.valid_from)}",
        f"Rachunek: …{tail}, {bank or 'bank nieznany w rejestrze NBP; proszę sprawdzić numer'}.",
        *(f"Uwaga: {remark}" for remark in done.remarks),
    ]
    desk.say(
        "\n".join(said),
        number=number,
        valid_from=done.valid_from,
        account_tail=tail,
        bank=bank,
        remarks=list(done.remarks),
    )


@command(app, "refuse")
def refuse(
    desk: Desk,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Dlaczego; zostaje w aktach")],
    dry_run: DryRun = False,
) -> None:
    """Odkłada oświadczenie, którego nie można przyjąć, na przykład niezgodne z podpisanym wydrukiem.

    Przykład: nabor contract refuse KES/PGR/2205/2018/0002 --reason "inny numer rachunku na wydruku"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        refuse_statement(session, number, reason=reason, actor=actor, now=now)
    desk.say("Odłożono oświadczenie; nie będzie podstawą wypłaty.", number=number)


_OUTCOMES = {
    "issued": "sporządzono",
    "new_version": "sporządzono nową wersję",
    "replacement": "sporządzono w miejsce podpisanej",
    "unchanged": "bez zmian",
    "signed_differs": "podpisana mówi co innego",
    "by_hand": "umowę wpisano ręcznie",
}


@command(app, "issue")
def issue(
    desk: Desk,
    which: Which,
    starts: Annotated[str, typer.Option("--from", help="Początek umowy; bez tego dziś")] = "",
    until: Annotated[str, typer.Option("--until", help="Koniec umowy; bez tego koniec projektu")] = "",
    replace_signed: Annotated[
        bool, typer.Option("--replace-signed", help="Sporządź nową umowę także w miejsce podpisanej")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Sporządza umowy do podpisu i numeruje je kolejno w roku. Dokumenty Word wydaje: nabor office export.

    Ponowne polecenie zmienia tylko to, co się zmieniło. Podpisanej umowy nie zmienia nigdy.

    Przykład: nabor contract issue KES/PGR/2205/2018
    """
    with desk.office(trial=dry_run) as (office, actor), office.writing(actor) as session:
        lines = issue_contracts(
            office,
            session,
            which,
            starts=day_of(starts) if starts else None,
            ends=day_of(until) if until else None,
            replace_signed=replace_signed,
            actor=actor,
            now=office.now(),
        )
    if desk.as_json:
        desk.say("", contracts=lines)
        return
    for line in lines:
        version = f", wersja {line.version}" if line.version is not None else ""
        rate = f"stawka {amount_zl(line.rate_grosze)}" if line.rate_grosze is not None else ""
        amount = f"kwota {amount_zl(line.amount_grosze)}" if line.amount_grosze is not None else ""
        price = ", ".join(one for one in (rate, amount) if one)
        desk.say(
            f"{line.application}: {line.number}{version} – {_OUTCOMES[line.outcome]}{f' ({price})' if price else ''}."
        )
        for warning in line.warnings:
            desk.say(f"  Uwaga: {warning}")


@command(app, "signed")
def signed(
    desk: Desk,
    number: Number,
    date: Annotated[str, typer.Option("--date", help="Data podpisania, np. 2018-09-10")],
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje podpisaną umowę; odtąd powołują się na nią rachunki.

    Przykład: nabor contract signed KES/PGR/2205/2018/0002 --date 2018-09-10
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        row = sign_contract(session, number, signed_on=day_of(date), actor=actor, now=now)
        contract_number, version = row.number, row.version
    desk.say(
        f"Odnotowano podpisaną umowę {contract_number} (wersja {version}).",
        number=number,
        contract_number=contract_number,
        version=version,
    )


@command(app, "drop")
def drop(desk: Desk, number: Number, dry_run: DryRun = False) -> None:
    """Odnotowuje, że sporządzona umowa nie zostanie podpisana.

    Przykład: nabor contract drop KES/PGR/2205/2018/0002
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        contract_number = give_up(session, number, actor=actor, now=now).number
    desk.say(f"Umowa {contract_number} nie dojdzie do skutku.", number=number, contract_number=contract_number)


@command(app, "missing")
def missing(
    desk: Desk,
    call: Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru; bez niego wszystkie")] = "",
) -> None:
    """Wypisuje, czego brakuje w aktach członków płatnych grup i od kiedy; po numerach zgłoszeń.

    Przykład: nabor contract missing KES/PGR/2205/2018
    """
    with desk.reading() as (session, _actor, now):
        lines = missing_papers(session, call or None, now=now)
    desk.show(
        lines,
        {
            "Numer": lambda line: line.application,
            "Brakuje": lambda line: line.words,
            "Od": lambda line: line.since,
            "Termin": lambda line: line.due,
        },
        empty="Niczego nie brakuje.",
    )
