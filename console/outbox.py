"""``nabor outbox``: what is about to leave, and what became of it."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from console.desk import Desk, DryRun, command, local
from console.polish_help import PolishGroup
from console.typed_days import day_of
from flows.adapters.clock import WARSAW, warsaw_date
from flows.steps.addresses import stated_address
from flows.steps.bounces import cause_of
from flows.steps.correction_letters import attached_to, export_attachments
from flows.steps.delivery import BROKE_OFF, DeliveryCounts, deliver, line_of
from flows.steps.leaving import outgoing
from flows.steps.many_messages import HELD_TOGETHER, RELEASED_TOGETHER, Acted, act_on, chosen
from flows.steps.message_frames import reworded, source_of_words
from flows.steps.outbox import discard, edit, find_message, hold, release, release_kept, split
from flows.steps.paper_letters import print_letters
from flows.steps.reminders import due_occasions, remind
from flows.steps.sent_by_hand import confirm_sent, record_handed, record_returned
from flows.steps.todo_mail import unconfirmed
from models.actor import Right
from models.errors import BadInput
from models.glossary import label
from models.tables import Application, Message
from models.tables.outbox import UNSENT, Channel, MessageState

app = typer.Typer(cls=PolishGroup, name="outbox", help="Skrzynka nadawcza", no_args_is_help=True)
MessageId = Annotated[int, typer.Argument(metavar="WIADOMOŚĆ", help="Numer wiadomości z listy")]
SomeIds = Annotated[list[int] | None, typer.Argument(metavar="WIADOMOŚĆ…", help="Numery wiadomości z listy")]
AllOption = Annotated[bool, typer.Option("--all", help="Wszystkie, które na to czekają")]
EventOption = Annotated[str, typer.Option("--event", help="Wszystkie tego zdarzenia, np. rejected")]
AboutOption = Annotated[str, typer.Option("--about", help="Wszystkie w tej sprawie, np. freeletter/3")]


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
                "channel": row.channel.value,
                "merged_into": row.merged_into_id,
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
            "Do": lambda line: _where(line["channel"], line["recipient"]),
            "Temat": lambda line: line["subject"],
            "Powstała": lambda line: line["created_at"],
        },
        empty="Skrzynka nadawcza jest pusta.",
    )


def _where(channel: str, recipient: str) -> str:
    """The address on one line; how it goes there is said unless it is by e-mail."""
    address = ", ".join(recipient.splitlines()) or "(brak adresu)"
    return address if channel == Channel.EMAIL else f"{label(Channel(channel))}: {address}"


@command(app, "today")
def today(
    desk: Desk,
    until: Annotated[
        str, typer.Option("--until", help="Do którego dnia włącznie, np. 2018-06-08; domyślnie dziś")
    ] = "",
) -> None:
    """Co dziś wyjdzie samo, a co czeka na pracownika.

    Przykład: nabor outbox today
    """
    with desk.office() as (office, actor), office.reading(actor) as session:
        actor.require(Right.OUTBOX)
        now = office.now()
        last = day_of(until) if until else warsaw_date(now)
        grace = timedelta(minutes=office.settings.outbox_grace_minutes)
        found = outgoing(session, until=datetime.combine(last, time.max, WARSAW), grace=grace)
        lines = [
            {
                "id": one.message.id,
                "at": max(one.at, now),
                "event": one.message.event,
                "recipient": one.message.recipient,
                "subject": one.message.subject,
            }
            for one in found.leaving
        ]
        waiting = {
            title: [row.id for row in rows]
            for title, rows in (
                ("drafts", found.drafts),
                ("to_print", found.to_print),
                ("printed", found.printed),
                ("stuck", found.stuck),
            )
        }
    if desk.as_json:
        desk.say("", leaving=lines, **waiting)
        return
    desk.show(
        lines,
        {
            "Nr": lambda line: line["id"],
            "Najwcześniej": lambda line: line["at"],
            "Do": lambda line: line["recipient"],
            "Temat": lambda line: line["subject"],
        },
        empty="Nic dziś samo nie wyjdzie." if not until else "Do tego dnia nic samo nie wyjdzie.",
    )
    for name, title in _WAITING_TITLES.items():
        if waiting[name]:
            desk.say(f"{title} ({len(waiting[name])}): {', '.join(map(str, waiting[name]))}")


_WAITING_TITLES = {
    "drafts": "Do zatwierdzenia (nabor outbox release)",
    "to_print": "Do wydrukowania lub e-Doręczenia (nabor outbox print)",
    "printed": "Wydrukowane, do potwierdzenia (nabor outbox handed)",
    "stuck": "Czekają na pracownika (nabor outbox list)",
}


@command(app, "show")
def show(
    desk: Desk,
    message_id: MessageId,
    html: Annotated[bool, typer.Option("--html", help="Wersja HTML")] = False,
    source: Annotated[
        bool, typer.Option("--source", help="Sama treść, do zmiany (nabor outbox edit --content)")
    ] = False,
) -> None:
    """Cała wiadomość tak, jak wyjdzie.

    Przykład: nabor outbox show 12
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.OUTBOX)
        row = find_message(session, message_id)
        attached = [one.name for one in attached_to(session, row)]
        parts = list(session.exec(select(Message.id).where(Message.merged_into_id == row.id)).all())
        waits = _how_to_confirm(session, row) if unconfirmed(row) else _how_to_mend(row)
    words = source_of_words(row)
    if source and words is None:
        raise BadInput("Tej wiadomości nie da się ułożyć na nowo. Całą treść zmienia: nabor outbox edit --text.")
    if source and not desk.as_json:
        desk.say(words or "")
        return
    attachments = "".join(f"\n[załącznik: {name}]" for name in attached)
    calendar = "\n[załącznik: zaproszenie do kalendarza]" if row.calendar else ""
    together = f"Łączy wiadomości: {', '.join(map(str, parts))}\n" if parts else ""
    together += f"Wychodzi w wiadomości {row.merged_into_id}\n" if row.merged_into_id else ""
    desk.say(
        f"Stan: {label(row.state)}   Do: {_where(row.channel, row.recipient)}   Wysłana: {local(row.sent_at)}\n"
        f"{together}Temat: {row.subject}\n\n{row.html if html else row.text}{calendar}{attachments}{waits}",
        id=row.id,
        state=row.state,
        channel=row.channel,
        recipient=row.recipient,
        merged_into=row.merged_into_id,
        parts=parts,
        receipt=row.receipt,
        subject=row.subject,
        content=words,
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
        f"\n\nWróciła ({cause_of(message.bounce_status)}).\n"
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
    content: Annotated[
        Path | None, typer.Option("--content", help="Plik z nową treścią (UTF-8), bez powitania i podpisu")
    ] = None,
    text: Annotated[
        Path | None, typer.Option("--text", help="Plik z całą nową treścią (UTF-8), jako zwykły tekst")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="Nowy adres")] = None,
    dry_run: DryRun = False,
) -> None:
    """Zmienia niewysłaną wiadomość. Treść do zmiany pokazuje: nabor outbox show NUMER --source.

    Przykład: nabor outbox edit 12 --content tresc.md
    """
    if content and text:
        raise BadInput("Podaj --content albo --text, nie jedno i drugie.")
    words, body = _read(content), _read(text)
    with desk.writing(trial=dry_run) as (session, actor, now):
        actor.require(Right.OUTBOX)
        laid_out = None if words is None else reworded(session, find_message(session, message_id), words)
        edit(
            session,
            message_id,
            subject=subject,
            text=body,
            laid_out=laid_out,
            recipient=to,
            actor=actor,
            now=now,
        )
    desk.say(f"Zmieniono wiadomość {message_id}.", id=message_id)


def _read(path: Path | None) -> str | None:
    try:
        return path.read_text(encoding="utf-8") if path else None
    except UnicodeDecodeError:
        raise BadInput("Plik z treścią nie jest zapisany w UTF-8.") from None


@command(app, "hold")
def hold_(
    desk: Desk, numbers: SomeIds = None, all_: AllOption = False, event: EventOption = "", dry_run: DryRun = False
) -> None:
    """Wstrzymuje wiadomość, kilka albo wszystkie, które czekają na wysłanie.

    Przykład: nabor outbox hold 12 13
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        states = HELD_TOGETHER if all_ or event else ()
        ids = chosen(session, numbers or [], all_in=states, event=event, actor=actor)
        acted = act_on(session, ids, hold, actor=actor, now=now)
    _said(desk, acted, "Wstrzymano")


@command(app, "release")
def release_(
    desk: Desk,
    numbers: SomeIds = None,
    all_: AllOption = False,
    event: EventOption = "",
    about: AboutOption = "",
    dry_run: DryRun = False,
) -> None:
    """Zwalnia do wysłania: po numerach (także zwrócone i niepewne) albo wszystkie do zatwierdzenia i wstrzymane.

    Przykład: nabor outbox release --event free_letter
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        states = RELEASED_TOGETHER if all_ or event or about else ()
        ids = chosen(session, numbers or [], all_in=states, event=event, about=about, actor=actor)
        acted = act_on(session, ids, release, actor=actor, now=now)
    _said(desk, acted, "Zwolniono")


@command(app, "confirm")
def confirm_(desk: Desk, message_id: MessageId, dry_run: DryRun = False) -> None:
    """Zapisuje, że niepewna wiadomość jednak wyszła (jest w skrzynce wysłanych).

    Przykład: nabor outbox confirm 12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        confirm_sent(session, message_id, actor=actor, now=now)
    desk.say(f"Wiadomość {message_id} oznaczono jako wysłaną.", id=message_id)


@command(app, "handed")
def handed(
    desk: Desk,
    message_id: MessageId,
    on: Annotated[str, typer.Option("--on", help="Dzień wręczenia lub nadania, np. 2018-07-02; domyślnie dziś")] = "",
    receipt: Annotated[str, typer.Option("--receipt", help="Numer nadania albo dowodu wysłania")] = "",
    dry_run: DryRun = False,
) -> None:
    """Odnotowuje wiadomość wręczoną, nadaną listem lub e-Doręczeniem albo taką, która jednak wyszła; odtąd biegną
    terminy.

    Przykład: nabor outbox handed 12 --on 2018-07-02 --receipt 00259007731234567890
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        day = day_of(on) if on else None
        record_handed(session, message_id, on=day, receipt=receipt, actor=actor, now=now)
    desk.say(f"Wiadomość {message_id} uznano za doręczoną.", id=message_id)


@command(app, "returned")
def returned(desk: Desk, message_id: MessageId, dry_run: DryRun = False) -> None:
    """Odnotowuje, że pismo wysłane na papierze albo przez e-Doręczenia wróciło; termin wtedy nie biegnie.

    Przykład: nabor outbox returned 12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        record_returned(session, message_id, actor=actor, now=now)
    desk.say(f"Odnotowano zwrot wiadomości {message_id}. Sprawa stoi w nabor todo.", id=message_id)


@command(app, "print")
def print_(
    desk: Desk,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Dokąd zapisać, poza folderem danych")],
    numbers: SomeIds = None,
) -> None:
    """Przygotowuje pisma do wydruku lub do e-Doręczeń: te, które tak mają wyjść, albo wskazane.

    Przykład: nabor outbox print pisma
    """
    with desk.office() as (office, actor):
        made = print_letters(office, numbers or [], folder, actor=actor)
    said = "Zapisano:\n  " + "\n  ".join(str(path) for one in made for path in one.files)
    after = "\nGdy pismo zostanie nadane lub wręczone, odnotuj to: nabor outbox handed NUMER --on DZIEŃ"
    desk.say(
        f"{said}{after}" if made else "Żadna wiadomość nie czeka na wydruk.",
        letters=[{"id": one.message_id, "files": [str(path) for path in one.files]} for one in made],
    )


@command(app, "discard")
def discard_(
    desk: Desk, numbers: SomeIds = None, event: EventOption = "", about: AboutOption = "", dry_run: DryRun = False
) -> None:
    """Wycofuje niewysłane wiadomości; ślad zostaje.

    Przykład: nabor outbox discard 12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        states = tuple(UNSENT - {MessageState.CLAIMED}) if event or about else ()
        ids = chosen(session, numbers or [], all_in=states, event=event, about=about, actor=actor)
        acted = act_on(session, ids, discard, actor=actor, now=now)
    _said(desk, acted, "Wycofano")


@command(app, "split")
def split_(desk: Desk, message_id: MessageId, dry_run: DryRun = False) -> None:
    """Rozdziela połączoną wiadomość: jej części pójdą osobno.

    Przykład: nabor outbox split 12
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        parts = split(session, message_id, actor=actor, now=now)
    desk.say(f"Osobno pójdą wiadomości: {', '.join(map(str, parts))}.", ids=parts)


def _said(desk: Desk, acted: Acted, done: str) -> None:
    """One message that was named and left is a mistake; of several, each is told with its reason."""
    if len(acted.left) == 1 and not acted.done:
        raise BadInput(acted.left[0].why)
    left = "".join(f"\n  {one.message_id}: {one.why}" for one in acted.left)
    desk.say(
        f"{done}: {len(acted.done)}." + (f" Pominięto:{left}" if left else ""),
        **({"id": acted.done[0]} if len(acted.done) == 1 else {}),
        ids=list(acted.done),
        left=list(acted.left),
    )


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
