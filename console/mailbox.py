"""``nabor mailbox``: mails that came in, and what became of them."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command, local
from console.intake import read_waiting
from console.polish_help import PolishGroup
from flows.steps.filing import IntakeCounts
from flows.steps.mail_words import WORDS, why
from flows.steps.mailbox import CollectCounts, collect, mailbox_of
from flows.steps.received_mails import export_mail, find_mail, kept_mails, settle_mail, text_and_files
from models.actor import Right
from models.errors import NotFound, NotYet
from models.glossary import label
from models.tables import Application, Message

app = typer.Typer(cls=PolishGroup, name="mailbox", help="Poczta przychodząca", no_args_is_help=True)
MailId = Annotated[int, typer.Argument(metavar="LIST", help="Numer listu z listy")]


@command(app, "collect")
def collect_(desk: Desk, dry_run: DryRun = False) -> None:
    """Odbiera listy ze skrzynki biura (NABOR_IMAP_HOST) i przyjmuje z nich formularze.

    Przykład: nabor mailbox collect
    """
    total = CollectCounts()
    with desk.office(trial=dry_run) as (office, actor):
        actor.require_everywhere(Right.TAKE_IN)
        mailbox = mailbox_of(office.settings, look_only=dry_run)
        if mailbox is None:
            raise NotYet("Biuro nie ma skrzynki: ustaw NABOR_IMAP_HOST, NABOR_IMAP_USER i NABOR_IMAP_PASSWORD.")
        with mailbox as opened:
            while True:
                counts = collect(office, opened, actor=actor)
                total += counts
                if not counts.remaining or not counts.new + counts.known or dry_run:
                    break
        filed = IntakeCounts() if dry_run else read_waiting(desk, office, actor=actor)
    desk.say(
        f"Nowe listy: {total.new}, znane: {total.known}, załączniki: {total.files}, odłożone: {total.set_aside}, "
        f"odpowiedzi na zaproszenia: {total.replies}, do pracownika: {total.for_officer}, zostało: {total.remaining}.\n"
        f"Zgłoszenia kompletne: {filed.complete}, do uzupełnienia: {filed.incomplete}, "
        f"uzupełnienia: {filed.answers}, oświadczenia do wypłaty: {filed.statements}, "
        f"pliki dodatkowe: {filed.further}, nieczytelne: {filed.unreadable}.",
        new=total.new,
        known=total.known,
        files=total.files,
        set_aside=total.set_aside,
        for_officer=total.for_officer,
        replies=total.replies,
        remaining=total.remaining,
        complete=filed.complete,
        incomplete=filed.incomplete,
        answers=filed.answers,
        further=filed.further,
        statements=filed.statements,
        unreadable=filed.unreadable,
    )


@command(app, "list")
def list_(desk: Desk, all_: Annotated[bool, typer.Option("--all", help="Także załatwione")] = False) -> None:
    """Listy, które czekają na pracownika.

    Przykład: nabor mailbox list
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.CORRECT)
        lines = [
            {
                "id": row.id,
                "kind": row.kind,
                "state": row.state,
                "received_at": row.received_at,
                "sender": row.sender,
                "subject": row.subject,
                "why": why(row.kind, row.remarks, row.letter_id),
            }
            for row in kept_mails(session, all_=all_)
        ]
    desk.show(
        lines,
        {
            "Nr": lambda line: line["id"],
            "Stan": lambda line: label(line["state"]),
            "Wpływ": lambda line: line["received_at"],
            "Od": lambda line: line["sender"] or "(nie wiadomo)",
            "Temat": lambda line: line["subject"],
            "Sprawa": lambda line: line["why"],
        },
        empty="Żaden list nie czeka.",
    )


@command(app, "show")
def show(desk: Desk, mail_id: MailId) -> None:
    """Cały list: od kogo, kiedy, treść, załączniki i co program o nim zauważył.

    Przykład: nabor mailbox show 3
    """
    with desk.office() as (office, actor), office.reading(actor) as session:
        actor.require(Right.CORRECT)
        row = find_mail(session, mail_id)
        application = session.get(Application, row.application_id) if row.application_id else None
        letter = session.get(Message, row.letter_id) if row.letter_id else None
        try:
            text, files = text_and_files(office, session, row)
        except NotFound as missing:
            text, files = str(missing), []
    named = ", ".join(f"{one.name} ({_size(one.size)})" for one in files) or "brak"
    remarks = "".join(f"\n  {WORDS[code]}" for code in row.remarks)
    about = f"\nZgłoszenie: {application.number}" if application else ""
    about += f"\nDotyczy naszej wiadomości: {letter.id}" if letter else ""
    about += f"\nZamknięto: {row.settled_reason}" if row.settled_reason else ""
    desk.say(
        f"{label(row.kind).capitalize()}. Stan: {label(row.state)}.\nOd: {row.sender or '(nie wiadomo)'}   "
        f"Wpływ: {local(row.received_at)}   Data w liście: {local(row.sent_at)}\nTemat: {row.subject}\n"
        f"Załączniki: {named}{about}{remarks and f'{chr(10)}Uwagi:{remarks}'}\n\n{text}",
        id=row.id,
        kind=row.kind,
        state=row.state,
        sender=row.sender,
        subject=row.subject,
        received_at=row.received_at,
        sent_at=row.sent_at,
        application=application.number if application else None,
        letter=letter.id if letter else None,
        letter_key=letter.key if letter else None,
        remarks=list(row.remarks),
        files=files,
        text=text,
    )


@command(app, "export")
def export_(
    desk: Desk, mail_id: MailId, folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Dokąd zapisać")]
) -> None:
    """Zapisuje list (.eml) i jego załączniki do otwarcia; eksport jest odnotowany.

    Przykład: nabor mailbox export 3 odczyt
    """
    with desk.office() as (office, actor):
        written = export_mail(office, mail_id, folder, actor=actor)
    desk.say("Zapisano:\n  " + "\n  ".join(map(str, written)), files=written)


@command(app, "settle")
def settle(
    desk: Desk,
    mail_id: MailId,
    reason: Annotated[str, typer.Option("--reason", help="Co zrobiono w tej sprawie")],
    dry_run: DryRun = False,
) -> None:
    """Zamyka sprawę listu, który czekał na pracownika; list zostaje.

    Przykład: nabor mailbox settle 3 --reason "Odpowiedziano telefonicznie."
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        settle_mail(session, mail_id, reason=reason, actor=actor, now=now)
    desk.say(f"Zamknięto sprawę listu {mail_id}.", id=mail_id)


def _size(count: int) -> str:
    return f"{max(1, round(count / 1024))} kB"
