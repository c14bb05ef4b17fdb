"""``nabor batch``: lists of transfers, from freezing to what the bank says of them."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from console.typed_days import day_of
from flows.adapters.bank_statements import StatementKind
from flows.adapters.clock import warsaw_date
from flows.steps.bank_reports import confirm as confirm_file
from flows.steps.bank_reports import mark_paid, mark_returned
from flows.steps.batch_approval import approve as approve_batch
from flows.steps.batch_files import export_batch
from flows.steps.batch_freezing import discard as discard_batch
from flows.steps.batch_freezing import freeze as freeze_batch
from flows.steps.batch_overview import batch_lines, batch_view
from flows.steps.documents import outside_data
from models.errors import BadInput
from models.glossary import label
from models.tables.batches import BatchState, ItemState
from templates.polish import amount_zl, short_date

app = typer.Typer(cls=PolishGroup, name="batch", help="Listy przelewów: od zamrożenia do banku", no_args_is_help=True)
Number = Annotated[str, typer.Argument(metavar="LISTA", help="Numer listy, np. LP/0001/2018")]
Reason = Annotated[str, typer.Option("--reason", help="Dlaczego; zostaje w aktach")]


@command(app, "freeze")
def freeze(
    desk: Desk,
    paid_on: Annotated[str, typer.Option("--paid-on", help="Dzień wypłaty, np. 2018-10-10")],
    call: Annotated[str | None, typer.Argument(metavar="[NABÓR]", help="Tylko grupa tego naboru")] = None,
    meeting: Annotated[str | None, typer.Option("--meeting", help="Tylko to spotkanie grupy")] = None,
    project: Annotated[str | None, typer.Option("--project", help="Tylko ten projekt")] = None,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Pomiń wypłaty, które coś zatrzymuje, i zamroź pozostałe")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Zamraża wypłaty w listę przelewów; odtąd nikt ich nie zmieni.

    Bez naboru: wszystko, co czeka. Pomija niepodpisane rachunki i mówi, na co czekają.

    Przykład: nabor batch freeze NABÓR --meeting SPOTKANIE --paid-on 2018-10-10
    """
    with desk.office(trial=dry_run) as (office, actor):
        made = freeze_batch(
            office,
            paid_on=day_of(paid_on),
            call=call,
            meeting=meeting,
            project=project,
            leave_out=leave_out,
            actor=actor,
        )
    said = [f"Lista {made.number}: przelewów {made.payments}, razem {amount_zl(made.total)}. Zatwierdza ją inna osoba."]
    if made.left_out:
        said += ["Poza listą:", *(f"- {one.number}: {one.sentence}" for one in made.left_out)]
    if made.to_acknowledge:
        said += ["Do potwierdzenia przy zatwierdzeniu:", *(f"- {one} [{one.code}]" for one in made.to_acknowledge)]
    desk.say(
        "\n".join(said),
        number=made.number,
        payments=made.payments,
        total=made.total,
        left_out=[{"number": one.number, "sentence": one.sentence} for one in made.left_out],
        to_acknowledge=[
            {"code": one.code, "number": one.number, "sentence": one.sentence} for one in made.to_acknowledge
        ],
    )


@command(app, "list")
def list_(desk: Desk) -> None:
    """Listy przelewów, najnowsze najpierw.

    Przykład: nabor batch list
    """
    with desk.reading() as (session, actor, _now):
        rows = batch_lines(session, actor=actor)
    desk.show(
        rows,
        {
            "Numer": lambda row: row.number,
            "Stan": lambda row: label(BatchState(row.state)),
            "Dzień wypłaty": lambda row: row.paid_on,
            "Przelewy": lambda row: row.payments,
            "Razem": lambda row: amount_zl(row.total),
            "Wypłacono": lambda row: amount_zl(row.settled),
            "Sporządzono": lambda row: row.made_by,
            "Zatwierdzono": lambda row: row.approved_by,
        },
        empty="Nie ma jeszcze list przelewów.",
    )


@command(app, "show")
def show(desk: Desk, number: Number) -> None:
    """Pokazuje listę: przelewy według numerów zgłoszeń, uwagi do potwierdzenia i odpowiedzi banku.

    Przykład: nabor batch show LP/0001/2018
    """
    with desk.office() as (office, actor), office.reading(actor) as session:
        view = batch_view(office, session, number, actor=actor)
    if desk.as_json:
        desk.say(
            "",
            batch=view.batch,
            transfers=view.transfers,
            findings=view.findings,
            acknowledged=view.acknowledged,
        )
        return
    desk.say(
        f"Lista {view.batch.number}: {label(BatchState(view.batch.state))}; dzień wypłaty "
        f"{short_date(view.batch.paid_on)}; przelewów {view.batch.payments}, razem {amount_zl(view.batch.total)}; "
        f"wypłacono {amount_zl(view.batch.settled)}."
    )
    desk.show(
        view.transfers,
        {
            "Numer": lambda row: row.number,
            "Rachunek": lambda row: row.bill,
            "Stan": lambda row: label(ItemState(row.state)),
            "Kwota": lambda row: amount_zl(row.amount),
            "Konto": lambda row: row.account,
            "Oznaczenie": lambda row: row.reference,
            "Zaksięgowano": lambda row: row.booked_on,
            "Powód zwrotu": lambda row: row.reason,
        },
        empty="Na tej liście nie ma przelewów.",
    )
    for title, sentences in (("Do potwierdzenia:", view.findings), ("Potwierdzono:", view.acknowledged)):
        if sentences:
            desk.say("\n".join([title, *(f"- {sentence}" for sentence in sentences)]))


@command(app, "approve")
def approve(
    desk: Desk,
    number: Number,
    acknowledge: Annotated[
        list[str] | None,
        typer.Option("--acknowledge", help="Uwaga i powód: KOD=POWÓD, np. new_account=sprawdzono; można powtórzyć"),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Zatwierdza listę i wystawia listę wypłat dla księgowości.

    Robi to inna osoba niż ta, która rozliczała albo sporządziła listę. Uwagi pokazuje nabor batch show.

    Przykład: nabor batch approve LP/0001/2018 --acknowledge "new_account=numery zgodne z oświadczeniami"
    """
    with desk.office(trial=dry_run) as (office, actor):
        batch = approve_batch(office, number, acknowledged=_reasons(acknowledge or []), actor=actor)
    desk.say(
        f"Zatwierdzono listę {number}: przelewów {batch.payments}, razem {amount_zl(batch.total)}. Teraz można "
        "sporządzić plik dla banku (nabor batch export).",
        number=number,
        payments=batch.payments,
        total=batch.total,
    )


@command(app, "export")
def export(
    desk: Desk,
    number: Number,
    output: Annotated[Path, typer.Option("-o", "--output", help="Plik, do którego zapisać przelewy")],
    dry_run: DryRun = False,
) -> None:
    """Zapisuje plik dla banku. Powstaje raz; później to zawsze te same bajty.

    Plik tylko przygotowuje przelewy: w banku podpisuje je uprawniona osoba.

    Przykład: nabor batch export LP/0001/2018 -o przelewy.txt
    """
    with desk.office(trial=dry_run) as (office, actor):
        outside_data(office, output.parent)
        made = export_batch(office, number, actor=actor)
    if not dry_run:
        output.write_bytes(made.content)
    desk.say(
        f"Zapisano plik listy {number} ({'nowy' if made.new else 'ten sam, co przedtem'}): {output}. Przelewów "
        f"{made.payments}, razem {amount_zl(made.total)}.",
        number=number,
        file=output,
        payments=made.payments,
        total=made.total,
        new=made.new,
    )


@command(app, "confirm")
def confirm(
    desk: Desk,
    file: Annotated[Path, typer.Argument(metavar="PLIK", help="Wyciąg albo historia operacji z banku")],
    kind: Annotated[StatementKind, typer.Option("--kind", help="Rodzaj pliku")],
    dry_run: DryRun = False,
) -> None:
    """Wczytuje, co bank zrobił z przelewami: wszystko albo nic, błędy według wierszy.

    Przykład: nabor batch confirm wyciag.csv --kind csv
    """
    with desk.office(trial=dry_run) as (office, actor):
        done = confirm_file(office, file.read_bytes(), kind=kind, actor=actor)
    said = (
        f"Ten plik wczytano już jako {done.number}; nic się nie zmieniło."
        if done.again
        else f"Wczytano {done.number}: wykonane {done.paid}, zwrócone {done.returned}, znane wcześniej {done.known}."
    )
    if done.other_days:
        said += f"\nWpisane ręcznie z innym dniem niż w banku: {', '.join(done.other_days)}."
    if done.carried_out:
        said += (
            f"\nBank wykonał przelewy, które wpisano jako zwrócone albo zdjęto z listy: {', '.join(done.carried_out)}. "
            "Nie płać drugi raz; co zrobić: nabor todo."
        )
    desk.say(
        said,
        number=done.number,
        paid=done.paid,
        returned=done.returned,
        known=done.known,
        batches=done.batches,
        again=done.again,
        other_days=done.other_days,
        carried_out=done.carried_out,
    )


@command(app, "paid")
def paid(
    desk: Desk,
    number: Number,
    on: Annotated[str, typer.Option("--on", help="Kiedy bank wykonał przelewy, np. 2018-10-10")],
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje ręcznie, że bank wykonał przelewy listy, o których jeszcze nic nie wiadomo.

    Przykład: nabor batch paid LP/0001/2018 --on 2018-10-10
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        count = mark_paid(session, number, on=day_of(on), actor=actor, now=now)
    desk.say(f"Odnotowano wykonane przelewy listy {number}: {count}.", number=number, paid=count)


@command(app, "returned")
def returned(
    desk: Desk,
    bill: Annotated[str, typer.Argument(metavar="RACHUNEK", help="Numer rachunku z listy")],
    reason: Annotated[str, typer.Option("--reason", help="Powód, jak podał go bank")],
    on: Annotated[str | None, typer.Option("--on", help="Kiedy pieniądze wróciły; domyślnie dziś")] = None,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje ręcznie, że przelew wrócił; po poprawieniu konta można go wpisać na nową listę.

    Przykład: nabor batch returned RACHUNEK --reason "rachunek zamknięty"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        day = day_of(on) if on else warsaw_date(now)
        number = mark_returned(session, bill, on=day, reason=reason, actor=actor, now=now)
    desk.say(f"Odnotowano zwrot przelewu do rachunku {bill} z listy {number}.", number=number, bill=bill)


@command(app, "discard")
def discard(
    desk: Desk,
    number: Number,
    reason: Reason,
    not_authorised: Annotated[
        bool, typer.Option("--not-authorised", help="Plik jest, ale w banku nikt go nie autoryzował (rola approver)")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Zaniechuje listy; wypłaty są znowu takie jak przedtem.

    Gdy jest już plik dla banku, robi to osoba zatwierdzająca wypłaty, inna niż ta, która sporządziła plik.

    Przykład: nabor batch discard LP/0001/2018 --reason "błędne konto"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        count = discard_batch(session, number, reason=reason, not_authorised=not_authorised, actor=actor, now=now)
    desk.say(f"Zaniechano listy {number}; zdjęto z niej wypłaty: {count}.", number=number, released=count)


def _reasons(given: list[str]) -> dict[str, str]:
    reasons = {}
    for one in given:
        code, equals, reason = one.partition("=")
        if not equals or not reason.strip():
            raise BadInput(f"„{one}” nie ma postaci KOD=POWÓD, np. new_account=sprawdzono z oświadczeniem.")
        reasons[code.strip()] = reason.strip()
    return reasons
