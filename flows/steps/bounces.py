"""Mails that came back: a report of a server turns the message that it is about into one that did not arrive.

It is believed only when it names a message of ours by its Message-ID or envelope, which come from a keyed digest and so
cannot be guessed, and an address that the message was sent to. Whatever else says that something came back changes
nothing and is left to an officer.
"""

import re
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from flows.adapters.delivery_reports import DELAYED, FAILED, DeliveryReport, ReportedRecipient
from flows.steps.mail_words import REPORT_ABOUT_NOBODY, REPORT_NOT_APPLICABLE, REPORT_OTHER_ADDRESS
from models.actor import Actor
from models.events import Happened
from models.tables import Event, Message, ReceivedMail
from models.tables.mail import MailState
from models.tables.outbox import MessageState
from models.transitions import move, note, reference

_ENVELOPE = re.compile(r"[0-9a-f]{32}")
_CLOCKS_DIFFER = timedelta(minutes=10)
_IN_WORDS = (
    ("x.1.", "nie ma takiego adresu"),
    ("x.2.2", "skrzynka adresata jest pełna"),
    ("x.2.3", "wiadomość jest za duża dla tej skrzynki"),
    ("x.2.", "skrzynka adresata nie działa"),
    ("x.3.4", "wiadomość jest za duża dla serwera adresata"),
    ("x.4.", "serwera adresata nie dało się dosięgnąć"),
    ("x.7.", "serwer adresata nie przyjmuje naszych wiadomości"),
)


def status_in_words(status: str) -> str:
    """What a status says, in Polish (RFC 3463). Without one it was a letter on paper."""
    if not status:
        return "przesyłka wróciła do biura"
    asked = f"x{status[1:]}"
    return next((words for begins, words in _IN_WORDS if asked.startswith(begins)), "serwer adresata jej nie doręczył")


def cause_of(status: str) -> str:
    """Why a message came back, with the server's code where there is one."""
    return f"{status}: {status_in_words(status)}" if status else status_in_words(status)


def is_bad_address(status: str) -> bool:
    """Whether the same address would only let it come back again."""
    return status.startswith("5.1.")


def settle_report(session: Session, mail: ReceivedMail, report: DeliveryReport, *, actor: Actor, now: datetime) -> bool:
    """Does what follows from a report, and files it. ``False``: nothing follows from it, and an officer has to see."""
    letter = _letter(session, report)
    if letter is None:
        return _left(session, mail, report, REPORT_ABOUT_NOBODY)
    mail.letter_id = letter.id
    session.add(mail)
    about = [one for one in report.recipients if letter.recipient.strip().lower() in one.addresses]
    if not about:
        return _left(session, mail, report, REPORT_OTHER_ADDRESS)
    session.refresh(letter, with_for_update=True)
    failed = next((one for one in about if one.action == FAILED), None)
    if failed is not None:
        if _applies(session, mail, letter):
            return _bounced(session, mail, letter, failed, actor=actor, now=now)
        return _left(session, mail, report, REPORT_NOT_APPLICABLE)
    if any(one.action == DELAYED for one in about) and letter.state is MessageState.SENT:
        note(
            session,
            reference(letter),
            happened=Happened.MESSAGE_HELD_UP,
            actor=actor,
            now=now,
            area=letter.area,
            facts={"mail": mail.id, "status": about[0].status},
        )
    mail.area = letter.area
    session.add(mail)
    move(session, mail, MailState.SET_ASIDE, happened=Happened.MAIL_SET_ASIDE, actor=actor, now=now)
    return True


def _applies(session: Session, mail: ReceivedMail, letter: Message) -> bool:
    """Whether the report can be about the last time that the message left."""
    if letter.state is not MessageState.SENT or letter.sent_at is None or _by_hand(session, letter):
        return False
    return mail.received_at + _CLOCKS_DIFFER >= letter.sent_at


def _bounced(
    session: Session, mail: ReceivedMail, letter: Message, failed: ReportedRecipient, *, actor: Actor, now: datetime
) -> bool:
    letter.bounce_status = failed.status
    session.add(letter)
    facts = {"status": failed.status, "mail": mail.id}
    move(
        session,
        letter,
        MessageState.BOUNCED,
        happened=Happened.MESSAGE_BOUNCED,
        actor=actor,
        now=now,
        facts=facts,
    )
    mail.area = letter.area
    session.add(mail)
    move(session, mail, MailState.FILED, happened=Happened.MAIL_FILED, actor=actor, now=now)
    return True


def _letter(session: Session, report: DeliveryReport) -> Message | None:
    if report.message_ids:
        rows = session.exec(
            select(Message).where(col(Message.message_id).in_(report.message_ids)).order_by(col(Message.id))
        ).all()
        if rows:
            return rows[0]
    if _ENVELOPE.fullmatch(report.envelope_id):
        return session.exec(
            select(Message).where(col(Message.message_id).startswith(f"<{report.envelope_id}@"))
        ).first()
    return None


def _by_hand(session: Session, letter: Message) -> bool:
    """Whether it reached the person on paper in the end: what the mail did then matters no more."""
    last = session.exec(
        select(Event)
        .where(Event.subject == reference(letter), Event.kind == Happened.MESSAGE_SENT)
        .order_by(col(Event.id).desc())
    ).first()
    return last is not None and bool(last.facts.get("by_hand"))


def _left(session: Session, mail: ReceivedMail, report: DeliveryReport, remark: str) -> bool:
    """A mail that came back is an officer's; one that is only late is not."""
    if report.failed:
        mail.remarks = [*mail.remarks, remark]
        session.add(mail)
    return False
