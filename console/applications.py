"""``nabor application``: zgłoszenia, and the files that could not be read."""

import json
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import select

from console.desk import Desk, DryRun, command, local
from console.forms import STATUS_LABELS
from console.polish_help import PolishGroup
from console.typed_days import moment_of
from flows.steps.answers import changes_of
from flows.steps.applications import file_remarks, find_application
from flows.steps.channels import choose_channel
from flows.steps.corrections import confirm_address, correct_receipt, overrule, settle_change
from flows.steps.documents import export_submitted
from flows.steps.overview import numbers, state_label, story, values_of
from flows.steps.preferences import prefer
from flows.steps.said_by_office import note_document
from flows.steps.salutations import set_salutation
from flows.steps.unreadable_files import settle_file
from flows.steps.verification import newest_sheet
from flows.steps.withdrawal import withdraw
from models.actor import Right
from models.errors import NotYet
from models.glossary import label
from models.rules.facts import FieldStatus
from models.tables import SubmittedFile
from models.tables.applications import ChangeState, Origin
from models.tables.outbox import Channel

app = typer.Typer(cls=PolishGroup, name="application", help="Zgłoszenia i pliki", no_args_is_help=True)
Number = Annotated[str, typer.Argument(metavar="NUMER", help="Numer zgłoszenia, np. KES/PGR/2205/2018/0001")]


@command(app, "list")
def list_(desk: Desk, call: Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru")]) -> None:
    """Lista zgłoszeń naboru według numerów.

    Przykład: nabor application list KES/PGR/2205/2018
    """
    with desk.reading() as (session, _actor, _now):
        lines = numbers(session, call)
    desk.show(
        lines,
        {
            "Numer": lambda line: line.number,
            "Stan": lambda line: line.state_label,
            "Punkty": lambda line: line.points,
        },
        empty="W tym naborze nie ma jeszcze zgłoszeń.",
    )


@command(app, "show")
def show(desk: Desk, number: Number) -> None:
    """Zgłoszenie: wartości z pochodzeniem i historia. Komisja widzi obszar, stanowisko i odpowiedzi jawne.

    Przykład: nabor application show KES/PGR/2205/2018/0001
    """
    with desk.reading() as (session, actor, _now):
        judging = actor.has(Right.DECIDE) and not actor.has(Right.CORRECT)
        actor.require(Right.DECIDE if judging else Right.CORRECT)
        application = find_application(session, number)
        values, happened = values_of(session, number, only_open=judging), story(session, number)
        remarks = [] if judging else [one for of_file in file_remarks(session, application).values() for one in of_file]
        head = (
            application.number,
            application.public_number,
            state_label(session, application),
            application.received_at,
        )
    if desk.as_json:
        desk.say(
            "",
            number=head[0],
            public_number=head[1],
            state=application.state,
            values=values,
            story=happened,
            remarks=remarks,
        )
        return
    desk.say(f"{head[0]} (numer publiczny {head[1]}): {head[2]}; wpływ {local(head[3])}")
    desk.show(
        values,
        {
            "Pole": lambda line: line.key,
            "Stan": lambda line: STATUS_LABELS[FieldStatus(line.status)],
            "Wartość": lambda line: _shown(line.value),
            "Zapis": lambda line: line.raw,
            "Skąd": lambda line: label(Origin(line.origin)) if line.origin else "",
            "Miejsce": lambda line: line.place,
            "Pewność": lambda line: line.certainty,
            "Uwaga": lambda line: line.reason,
        },
        empty="",
    )
    for remark in remarks:
        desk.say(f"Uwaga: {remark}")
    desk.show(
        happened,
        {"Kiedy": lambda line: line.at, "Kto": lambda line: line.actor, "Co": lambda line: line.what},
        empty="",
    )


@command(app, "prefer")
def prefer_(
    desk: Desk,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMER…", help="Zgłoszenia osoby, ważniejsze najpierw")],
    dry_run: DryRun = False,
) -> None:
    """Zapisuje, w jakiej kolejności osoba wybiera grupy, do których się zgłosiła.

    Przykład: nabor application prefer KES/RGR/22/2018/0004 KES/PGR/2205/2018/0001
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        prefer(session, numbers, actor=actor, now=now)
    desk.say(f"Zapisano kolejność grup: {', '.join(numbers)}. Liczy się przy następnej liście.", numbers=numbers)


@command(app, "document")
def document_(
    desk: Desk,
    number: Number,
    document: Annotated[str, typer.Argument(metavar="DOKUMENT", help="Kod dokumentu z definicji projektu")],
    missing: Annotated[bool, typer.Option("--missing", help="Dokumentu nie ma albo jest wadliwy")] = False,
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje, czy wśród plików zgłoszenia jest wymagany dokument; pyta o niego warunek „document_attached”.

    Przykład: nabor application document NUMER zgoda_przelozonego
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        label_ = note_document(session, number, document, found=not missing, actor=actor, now=now)
    said = "nie ma" if missing else "jest"
    desk.say(f"Odnotowano: {label_} – {said}.", number=number, document=document, found=not missing)


@command(app, "verdict")
def verdict(desk: Desk, number: Number) -> None:
    """Arkusz oceny: kryteria z paragrafami i punkty, bez danych osobowych; widzi go także Komisja.

    Przykład: nabor application verdict KES/PGR/2205/2018/0001
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.READ)
        sheet = newest_sheet(session, find_application(session, number))
    if sheet is None:
        raise NotYet(f"Zgłoszenie {number} nie ma jeszcze arkusza oceny.")
    if desk.as_json:
        desk.say("", number=number, outcome=sheet.outcome, merit=sheet.merit, premium=sheet.premium, **sheet.verdicts)
        return
    desk.show(
        sheet.verdicts["verdicts"],
        {
            "Kryterium": lambda line: line["paragraph"],
            "Wynik": lambda line: _RESULTS[line["result"]],
            "Uzasadnienie": lambda line: line["sentence"],
        },
        empty="",
    )
    desk.show(
        sheet.verdicts["points"],
        {
            "Punkty za": lambda line: line["title"],
            "Podstawa": lambda line: line["paragraph"],
            "Punkty": lambda line: f"{line['points']} z {line['maximum']}",
        },
        empty="",
    )
    desk.say(f"Razem: {sheet.merit + sheet.premium}, w tym premiowe: {sheet.premium}.")


_RESULTS = {"met": "spełnia", "not_met": "nie spełnia", "cannot_tell": "nie można ustalić"}


def _shown(value: str | None) -> str:
    """A stored value as people write it."""
    parsed = json.loads(value) if value is not None else ""
    if isinstance(parsed, bool):
        return "tak" if parsed else "nie"
    return ", ".join(parsed) if isinstance(parsed, list) else str(parsed)


@command(app, "set")
def set_(
    desk: Desk,
    number: Number,
    field: Annotated[str, typer.Argument(metavar="POLE", help="Klucz pola, np. pesel")],
    value: Annotated[str, typer.Argument(metavar="WARTOŚĆ", help="Nowa wartość")],
    reason: Annotated[str, typer.Option("--reason", help="Uzasadnienie; zostaje w aktach")],
    dry_run: DryRun = False,
) -> None:
    """Zmienia wartość z uzasadnieniem; odczytana zostaje obok.

    Przykład: nabor application set NUMER telefon 600100200 --reason "rozmowa"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        overrule(session, number, field, value, reason=reason, actor=actor, now=now)
        state = find_application(session, number).state
    desk.say(f"Zapisano. Stan zgłoszenia: {label(state)}.", number=number, state=state)


@command(app, "confirm-address")
def confirm_address_(
    desk: Desk,
    number: Number,
    address: Annotated[str, typer.Argument(metavar="ADRES", help="Adres, za który ręczy pracownik")],
    reason: Annotated[str, typer.Option("--reason", help="Skąd to wiadomo; zostaje w aktach")],
    dry_run: DryRun = False,
) -> None:
    """Potwierdza adres e-mail kandydata; wiadomość, która na to czekała, wychodzi sama.

    Przykład: nabor application confirm-address NUMER imie@example.pl --reason "rozmowa telefoniczna"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        released = confirm_address(session, number, address, reason=reason, actor=actor, now=now)
    desk.say(f"Adres potwierdzono. Wiadomości, które wyjdą: {released}.", number=number, released=released)


@command(app, "salutation")
def salutation(
    desk: Desk,
    number: Number,
    text: Annotated[str, typer.Argument(metavar="ZWROT", help="Bez przecinka; pusty („”) przywraca zwrot według płci")],
    reason: Annotated[str, typer.Option("--reason", help="Skąd to wiadomo; zostaje w aktach")],
    dry_run: DryRun = False,
) -> None:
    """Ustala, jak następne listy zwracają się do osoby; listy już przygotowane zostają, jakie są.

    Przykład: nabor application salutation NUMER "Szanowna Pani Doktor" --reason "prośba kandydatki"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        own = set_salutation(session, number, text, reason=reason, actor=actor, now=now)
    said = "Zwrot zapisano; dotyczy następnych listów." if own else "Następne listy będą miały zwrot według płci."
    desk.say(said, number=number, own=own)


@command(app, "changes")
def changes(desk: Desk, number: Number) -> None:
    """Zmiany w odpowiedzi kandydata, o które nie pytano: było, jest i gdzie to stoi.

    Przykład: nabor application changes KES/PGR/2205/2018/0001
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.CORRECT)
        lines = changes_of(session, number)
    desk.show(
        lines,
        {
            "Pole": lambda line: line.key,
            "Stan": lambda line: label(ChangeState(line.state)),
            "Było": lambda line: line.before or "(puste)",
            "Gdzie było": lambda line: line.before_place,
            "Jest": lambda line: line.after or "(puste)",
            "Odczyt": lambda line: STATUS_LABELS[FieldStatus(line.after_status)],
            "Gdzie jest": lambda line: line.after_place,
        },
        empty="W odpowiedziach nie ma zmian, o które nie pytano.",
    )


Field = Annotated[str, typer.Argument(metavar="POLE", help="Klucz pola z listy changes")]
WhyDecided = Annotated[str, typer.Option("--reason", help="Uzasadnienie; zostaje w aktach")]


@command(app, "accept")
def accept(desk: Desk, number: Number, field: Field, reason: WhyDecided, dry_run: DryRun = False) -> None:
    """Przyjmuje zmianę, o którą nie pytano; od teraz liczy się nowa wartość.

    Przykład: nabor application accept NUMER telefon --reason "rozmowa"
    """
    _settle(desk, number, field, accepts=True, reason=reason, trial=dry_run)


@command(app, "refuse")
def refuse(desk: Desk, number: Number, field: Field, reason: WhyDecided, dry_run: DryRun = False) -> None:
    """Nie przyjmuje zmiany, o którą nie pytano; zostaje wartość dotychczasowa.

    Przykład: nabor application refuse NUMER telefon --reason "pomyłka, potwierdzona telefonicznie"
    """
    _settle(desk, number, field, accepts=False, reason=reason, trial=dry_run)


def _settle(desk: Desk, number: str, field: str, *, accepts: bool, reason: str, trial: bool) -> None:
    with desk.writing(trial=trial) as (session, actor, now):
        settle_change(session, number, field, accepts=accepts, reason=reason, actor=actor, now=now)
        state = find_application(session, number).state
    said = "Przyjęto nową wartość." if accepts else "Zostaje wartość dotychczasowa."
    desk.say(f"{said} Stan zgłoszenia: {label(state)}.", number=number, state=state)


@command(app, "received")
def received(
    desk: Desk,
    number: Number,
    at: Annotated[str, typer.Argument(metavar="CZAS", help="Kiedy wpłynęło, np. 2018-06-04T10:15")],
    reason: Annotated[str, typer.Option("--reason", help="Uzasadnienie; zostaje w aktach")],
    dry_run: DryRun = False,
) -> None:
    """Poprawia czas wpływu zgłoszenia z uzasadnieniem; poprzedni zostaje w historii.

    Przykład: nabor application received NUMER 2018-06-04T10:15 --reason "data stempla"
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        correct_receipt(session, number, moment_of(at), reason=reason, actor=actor, now=now)
        state = find_application(session, number).state
    desk.say(f"Zapisano. Stan zgłoszenia: {label(state)}.", number=number, state=state)


@command(app, "withdraw")
def withdraw_(desk: Desk, number: Number, dry_run: DryRun = False) -> None:
    """Odnotowuje wycofanie zgłoszenia przez kandydata.

    Przykład: nabor application withdraw NUMER
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        withdraw(session, number, actor=actor, now=now)
    desk.say(f"Zgłoszenie {number} wycofano.", number=number)


@command(app, "export")
def export(
    desk: Desk,
    number: Number,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Dokąd zapisać pliki, poza folderem danych")],
) -> None:
    """Zapisuje pliki, które nadesłał kandydat, w postaci do otwarcia.

    Przykład: nabor application export NUMER folder/
    """
    with desk.office() as (office, actor):
        written = [str(path) for path in export_submitted(office, number, folder, actor=actor)]
    desk.say("Zapisano:\n  " + "\n  ".join(written), files=written)


@command(app, "files")
def files(desk: Desk) -> None:
    """Pliki, których nie dało się odczytać, z powodem.

    Przykład: nabor application files
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.CORRECT)
        rows = session.exec(select(SubmittedFile).where(SubmittedFile.state == "unreadable")).all()
        lines = [{"id": row.id, "name": row.name, "received_at": row.received_at, "reason": row.reason} for row in rows]
    desk.show(
        lines,
        {
            "Plik": lambda line: line["id"],
            "Nazwa": lambda line: line["name"],
            "Wpływ": lambda line: line["received_at"],
            "Powód": lambda line: line["reason"],
        },
        empty="Wszystkie pliki odczytano.",
    )


@command(app, "settle-file")
def settle(
    desk: Desk,
    file_id: Annotated[int, typer.Argument(metavar="PLIK", help="Numer pliku z listy files")],
    again: Annotated[
        bool, typer.Option("--again", help="Odczytaj plik jeszcze raz przy najbliższym przyjęciu")
    ] = False,
    application: Annotated[
        str, typer.Option("--application", help="Z --again: numer zgłoszenia, które ten plik uzupełnia")
    ] = "",
    dry_run: DryRun = False,
) -> None:
    """Zamyka sprawę nieczytelnego pliku albo kieruje go do ponownego odczytu.

    Przykład: nabor application settle-file 3
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        settle_file(session, file_id, again=again, answers=application, actor=actor, now=now)
    desk.say("Skierowano do ponownego odczytu." if again else "Sprawę zamknięto.", file=file_id, again=again)


@command(app, "channel")
def channel_(
    desk: Desk,
    number: Number,
    channel: Annotated[Channel, typer.Argument(metavar="SPOSÓB", help="email, edoreczenia albo paper")],
    reason: Annotated[str, typer.Option("--reason", help="Uzasadnienie, np. prośba na piśmie")],
    address: Annotated[
        str, typer.Option("--address", help="Adres e-Doręczeń (AE:PL-…) albo do korespondencji; wiersze rozdziela „;”")
    ] = "",
    dry_run: DryRun = False,
) -> None:
    """Zapisuje, jak pisać do tej osoby: e-mailem, przez e-Doręczenia albo listem na papierze.

    Przykład: nabor application channel NUMER paper --address "ul. Wymyślona 5; 83-300 Kartuzy" --reason "Prośba."
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        turned = choose_channel(
            session, number, channel, address=address.replace(";", "\n"), reason=reason, actor=actor, now=now
        )
    desk.say(
        f"Zapisano: {label(channel)}. Czekające wiadomości, które tak wyjdą: {turned}.",
        number=number,
        channel=channel,
        turned=turned,
    )
