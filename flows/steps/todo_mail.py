"""What waits about mail: received letters, messages that did not leave or came back, and what holds up all mail."""

from sqlmodel import Session, and_, col, func, select

from flows.adapters.clock import warsaw_date
from flows.steps.bounces import cause_of
from flows.steps.correction_letters import REQUEST
from flows.steps.mail_accounts import stopped_since, troubles
from flows.steps.mail_words import why
from flows.steps.todo_line import OFFICER, TodoLine
from models.errors import DeliveryFault
from models.tables import Application, Message, ReceivedMail
from models.tables.mail import MailKind, MailState
from models.tables.outbox import Channel, MessageState


def mail_waiting(session: Session) -> list[TodoLine]:
    """Letters in and out."""
    return [
        *_received(session),
        *_messages(session),
        *_together(session),
        *_held_up(session),
    ]


def _received(session: Session) -> list[TodoLine]:
    rows = session.exec(select(ReceivedMail).where(ReceivedMail.state == MailState.WAITING)).all()
    return [
        TodoLine(
            why(row.kind, row.remarks, row.letter_id) + _of_whom(session, row),
            f"list {row.id}",
            OFFICER,
            warsaw_date(row.received_at),
            None,
        )
        for row in rows
    ]


def _of_whom(session: Session, mail: ReceivedMail) -> str:
    """Whose answer to an invitation it is, by number."""
    if mail.kind is not MailKind.CALENDAR or mail.application_id is None:
        return ""
    return f" (zgłoszenie {session.get_one(Application, mail.application_id).number})"


def _messages(session: Session) -> list[TodoLine]:
    rows = session.exec(select(Message).where(col(Message.state).in_(tuple(_MESSAGE_CASES)))).all()
    lines = [
        TodoLine(
            _UNCONFIRMED if unconfirmed(row) else _MESSAGE_CASES[row.state],
            f"wiadomość {row.id}",
            OFFICER,
            warsaw_date(row.created_at),
            None,
        )
        for row in rows
    ]
    for row in session.exec(select(Message).where(Message.state == MessageState.BOUNCED)).all():
        what = (
            f"wiadomość wróciła ({cause_of(row.bounce_status)}); popraw adres i zwolnij ją "
            "albo wręcz na papierze (nabor outbox handed); terminy nie biegną"
        )
        lines.append(TodoLine(what, f"wiadomość {row.id}", OFFICER, warsaw_date(row.sent_at or row.created_at), None))
    return lines


def _together(session: Session) -> list[TodoLine]:
    """Messages that one step lets go together, and letters to print: a line for all of them."""
    lines = []
    kinds = (
        ("wiadomości zachowane, bo nie ma serwera poczty", Message.state == MessageState.KEPT),
        ("wiadomości do zatwierdzenia", Message.state == MessageState.DRAFT),
        (
            "pisma do wydrukowania lub e-Doręczenia",
            and_(col(Message.state) == MessageState.DUE, col(Message.channel) != Channel.EMAIL),
        ),
    )
    for what, which in kinds:
        since = session.exec(select(Message.created_at).where(which).order_by(col(Message.created_at))).all()
        if since:
            lines.append(TodoLine(f"{what}: {len(since)}", "skrzynka", OFFICER, warsaw_date(since[0]), None))
    return lines


_MESSAGE_CASES = {
    MessageState.UNADDRESSED: "wiadomość bez adresu",
    MessageState.PRINTED: "pismo wydrukowane, ale nie potwierdzono, że poszło",
    MessageState.HELD: "wiadomość wstrzymana",
    MessageState.REFUSED: "wiadomość odrzucona przez serwer",
    MessageState.UNKNOWN: "nie wiadomo, czy wiadomość wyszła",
    MessageState.EXPIRED: "wiadomość nie wyszła w porę i już nie wyjdzie",
}


_UNCONFIRMED = "prośba o uzupełnienie czeka na potwierdzony adres"


def unconfirmed(message: Message) -> bool:
    """Whether a message waits because nobody stands behind the address, not because there is none."""
    return message.state is MessageState.UNADDRESSED and message.event == REQUEST


def _held_up(session: Session) -> list[TodoLine]:
    """What stands in the way of all mail: a stop that the office set, or settings that the server does not accept."""
    waiting = session.exec(
        select(func.count(col(Message.id))).where(col(Message.state).in_((MessageState.DUE, MessageState.DELAYED)))
    ).one()
    lines = [
        TodoLine(f"{_TROUBLES[fault]}; czeka wiadomości: {waiting}", "skrzynka", OFFICER, warsaw_date(since), None)
        for fault, since in troubles(session)
    ]
    stopped = stopped_since(session)
    if stopped is not None:
        what = f"poczta wychodząca jest zatrzymana (NABOR_MAIL_STOPPED); czeka wiadomości: {waiting}"
        lines.append(TodoLine(what, "skrzynka", OFFICER, warsaw_date(stopped), None))
    return lines


_TROUBLES = {
    DeliveryFault.LOGIN: "serwer poczty nie przyjmuje loginu lub hasła; popraw NABOR_SMTP_USER i NABOR_SMTP_PASSWORD",
    DeliveryFault.ENCRYPTION: "szyfrowane połączenie z serwerem poczty się nie udaje (certyfikat albo ustawienia); "
    "sprawdź NABOR_SMTP_HOST i NABOR_SMTP_SECURITY",
}
