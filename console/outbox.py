"""``nabor outbox``: what is about to leave, and what became of it."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from console.desk import Desk, DryRun, command, local
from console.polish_help import PolishGroup
from flows.steps.addresses import stated_address
from flows.steps.bounces import status_in_words
from flows.steps.correction_letters import attached_to, export_attachments
from flows.steps.delivery import BROKE_OFF, DeliveryCounts, deliver, line_of
from flows.steps.outbox import confirm_sent, discard, edit, find_message, hold, record_handed, release, release_kept
from flows.steps.overview import unconfirmed
from flows.steps.reminders import due_occasions, remind
from models.actor import Right
from models.errors import BadInput
from models.glossary import label
from models.tables import Application, Message
from models.tables.outbox import UNSENT, MessageState

app = typer.Typer(cls=PolishGroup, name="outbox", help="Skrzynka nadawcza", no_args_is_help=True)
MessageId = Annotated[int, typer.Argument(metavar="WIADOMOŚĆ", help="Numer wiadomości z listy")]


@command(app, "list")
def list_(desk: Desk, all_: Annotated[bool, typer.Option("--all", help="Także wysłane i wycofane")] = False) -> None:
    """Wiadomości, które czekają na wysłanie lub na pracownika.

    Przykład: nabor outbox list
    """
    waiting = (*UNSENT, MessageState.SENDING, MessageState.UNKNOWN, MessageState.EXPIRED)
    with desk.reading() as (session, actor, _now):
        actor.require(Right.OUTBOX)
        query = select(Message).order_by(col(Message.id))
        rows = session.exec(query if all_ else query.where(col(Message.state).in_(waiting))).all()
        lines = [
            {
                "id": row.id,
                "event": row.event,
                "about": row.subject_ref,
                "subject": row.subject,
                "recipient": row.recipient,
                "state": row.state.value,
                "created_at": row.created_at,
                "sent_at": row.sent_at,
                "bounce_status": row.bounce_status,
            }
            for row in rows
        ]
    desk.show(
        lines,
        {
            "Nr": lambda line: line["id"],
            "Stan": lambda line: f"{label(MessageState(line['state']))} {line['bounce_status']}".strip(),
            "Do": lambda line: line["recipient"] or "(brak adresu)",
            "Temat": lambda line: line["subject"],
            "Powstała": lambda line: line["created_at"],
        },
        empty="Skrzynka nadawcza jest pusta.",
    )


@command(app, "show")
def show(
    desk: Desk, message_id: MessageId, html: Annotated[bool, typer.Option("--html", help="Wersja HTML")] = False
) -> None:
    """Cała wiadomość tak, jak wyjdzie.

    Przykład: nabor outbox show 12
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.OUTBOX)
        row = find_message(session, message_id)
        attached = [one.name for one in attached_to(session, row)]
        waits = _how_to_confirm(session, row) if unconfirmed(row) else _how_to_mend(row)
    attachments = "".join(f"\n[załącznik: {name}]" for name in attached)
    calendar = "\n[załącznik: zaproszenie do kalendarza]" if row.calendar else ""
    desk.say(
        f"Stan: {label(row.state)}   Do: {row.recipient or '(brak adresu)'}   Wysłana: {local(row.sent_at)}\n"
        f"Temat: {row.subject}\n\n{row.html if html else row.text}{calendar}{attachments}{waits}",
        id=row.id,
        state=row.state,
        recipient=row.recipient,
        subject=row.subject,
        text=row.text,
        html=row.html,
        calendar=row.calendar,
        attachments=attached,
    )


def _how_to_confirm(session: Session, message: Message) -> str:
    """What stands in the form, for the officer who may ask about it."""
    application = session.get_one(Application, int(message.subject_ref.rpartition("/")[2]))
    stated = stated_address(session, application)
    said = f"W formularzu stoi adres {stated}" if stated else "W formularzu nie odczytano adresu"
    return (
        f"\n\n{said}, ale nikt go nie potwierdził: formularz z niego nie przyszedł i nie stoi nigdzie drugi raz.\n"
        "Zapytaj kandydata (na przykład telefonicznie), potem wiadomość wyjdzie sama:\n"
        f"  nabor application confirm-address {application.number} {stated or 'ADRES'} --reason UZASADNIENIE"
    )


def _how_to_mend(message: Message) -> str:
    """What to do about a message that came back."""
    if message.state is not MessageState.BOUNCED:
        return ""
    return (
        f"\n\nWróciła ({message.bounce_status}: {status_in_words(message.bounce_status)}).\n"
        "Popraw adres i wyślij ponownie:\n"
        f"  nabor outbox edit {message.id} --to ADRES\n  nabor outbox release {message.id}\n"
        f"albo wręcz lub wyślij ją na papierze i to odnotuj:\n  nabor outbox handed {message.id}"
    )


@command(app, "attachments")
def attachments_(
    desk: Desk,
    message_id: MessageId,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Dokąd zapisać, poza folderem danych")],
) -> None:
    """Zapisuje załączniki wiadomości w postaci do otwarcia.

    Przykład: nabor outbox attachments 12 folder/
    """
    with desk.office() as (office, actor):
        written = [str(path) for path in export_attachments(office, message_id, folder, actor=actor)]
    said = "Zapisano:\n  " + "\n  ".join(written) if written else "Ta wiadomość nie ma załączników."
    desk.say(said, files=written)


@command(app, "edit")
def edit_(
    desk: Desk,
    message_id: MessageId,
    subject: Annotated[str | None, typer.Option("--subject", help="Nowy temat")] = None,
    text: Annotated[Path | None, typer.Option("--text", help="Plik z nową treścią (UTF-8)")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Nowy adres")] = None,
    dry_run: DryRun = False,
) -> None:
    """Zmienia niewysłaną wiadomość.

    Przykład: nabor outbox edit 12 --text tresc.txt
    """
    try:
        body = text.read_text(encoding="utf-8") if text else None
    except (OSError, UnicodeDecodeError):
        raise BadInput("Pliku z treścią nie ma albo nie jest zapisany w UTF-8.") from None
    with desk.writing(trial=dry_run) as (session, actor, now):
        edit(session, message_id, subject=subject, text=body, recipient=to, actor=actor, now=now)
    desk.say(f"Zmieniono wiadomość {message_id}.", id=message_id)


@command(app, "hold")
def hold_(desk: Desk, message_id: MessageId, dry_run: DryRun = False) -> None:
    """Wstrzymuje wiadomość.

    Przykład: nabor outbox hold 12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        hold(session, message_id, actor=actor, now=now)
    desk.say(f"Wstrzymano wiadomość {message_id}.", id=message_id)


@command(app, "release")
def release_(desk: Desk, message_id: MessageId, dry_run: DryRun = False) -> None:
    """Zwalnia do wysłania wiadomość wstrzymaną, zachowaną, odrzuconą, zwróconą lub niepewną.

    Przykład: nabor outbox release 12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        release(session, message_id, actor=actor, now=now)
    desk.say(f"Zwolniono wiadomość {message_id}.", id=message_id)


@command(app, "confirm")
def confirm_(desk: Desk, message_id: MessageId, dry_run: DryRun = False) -> None:
    """Zapisuje, że niepewna wiadomość jednak wyszła (jest w skrzynce wysłanych).

    Przykład: nabor outbox confirm 12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        confirm_sent(session, message_id, actor=actor, now=now)
    desk.say(f"Wiadomość {message_id} oznaczono jako wysłaną.", id=message_id)


@command(app, "handed")
def handed(desk: Desk, message_id: MessageId, dry_run: DryRun = False) -> None:
    """Odnotowuje wiadomość wręczoną lub wysłaną na papierze albo taką, która jednak wyszła; odtąd biegną terminy.

    Przykład: nabor outbox handed 12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        record_handed(session, message_id, actor=actor, now=now)
    desk.say(f"Wiadomość {message_id} uznano za doręczoną.", id=message_id)


@command(app, "discard")
def discard_(desk: Desk, message_id: MessageId, dry_run: DryRun = False) -> None:
    """Wycofuje niewysłaną wiadomość; ślad zostaje.

    Przykład: nabor outbox discard 12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        discard(session, message_id, actor=actor, now=now)
    desk.say(f"Wycofano wiadomość {message_id}.", id=message_id)


@command(app, "send")
def send(
    desk: Desk,
    kept: Annotated[bool, typer.Option("--kept", help="Najpierw zwalnia zachowane, gdy nie było serwera")] = False,
    dry_run: DryRun = False,
) -> None:
    """Wysyła wszystko, na co przyszła pora.

    Przykład: nabor outbox send
    """
    total = DeliveryCounts()
    with desk.office() as (office, actor):
        if dry_run:
            with office.reading(actor) as session:
                ready = session.exec(select(Message.id).where(col(Message.state).in_(UNSENT))).all()
            desk.say(f"Czeka wiadomości: {len(ready)}.", waiting=len(ready))
            return
        with line_of(office.settings) as line:
            if kept:
                if not line.delivers:
                    raise BadInput("Nie ma serwera poczty (NABOR_SMTP_HOST), więc zachowanych nie ma jak wysłać.")
                with office.writing(actor) as session:
                    release_kept(session, actor=actor, now=office.now())
            while True:
                counts = deliver(office, actor=actor, line=line)
                total += counts
                if counts.remaining == 0 or counts.moved == 0 or counts.down:
                    break
            where = line.describe()
    if total.stopped:
        desk.say(
            f"Poczta jest zatrzymana (NABOR_MAIL_STOPPED), nic nie wyszło. Czeka: {total.stopped}.",
            stopped=total.stopped,
        )
        return
    why = f" {BROKE_OFF[total.down]}" if total.down is not None and total.down in BROKE_OFF else ""
    desk.say(
        f"Wysłano: {total.sent}, zachowano bez wysłania: {total.kept}, odłożono: {total.delayed}, "
        f"odrzucono: {total.refused}, niepewne: {total.unknown}, po czasie: {total.expired}.\nPoczta: {where}.{why}",
        sent=total.sent,
        kept=total.kept,
        expired=total.expired,
        delayed=total.delayed,
        refused=total.refused,
        unknown=total.unknown,
        transport=where,
    )


@command(app, "remind")
def remind_(desk: Desk, dry_run: DryRun = False) -> None:
    """Przygotowuje przypomnienia, na które przyszła pora, i zamyka terminy.

    Przykład: nabor outbox remind
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        done = remind(session, due_occasions(session, now=now), actor=actor, now=now)
    desk.say(f"Przypomnienia i zamknięte terminy: {done}.", done=done)
