"""Mails as people and machines send them. Nobody here exists."""

from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

SENDER = "osoba1@example.org"
_numbers = count(1)


def letter(
    files: Mapping[str, bytes] | None = None,
    *,
    subject: str = "Zgłoszenie do grupy",
    sender: str = f"Zmyślona Próbna <{SENDER}>",
    text: str = "Dzień dobry,\nprzesyłam zgłoszenie.\n",
    html: str = "",
    pictures: Mapping[str, bytes] | None = None,
    headers: Mapping[str, str] | None = None,
    message_id: str = "",
) -> bytes:
    """A mail with attachments. ``pictures`` are shown in the ``html`` by their Content-ID."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = "Biuro <biuro@example.org>"
    mail["Subject"] = subject
    mail["Date"] = "Tue, 05 Jun 2018 09:59:58 +0200"
    mail["Message-ID"] = message_id or f"<{next(_numbers)}.list@example.org>"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
        body = mail.get_payload()[1]
        for content_id, content in (pictures or {}).items():
            body.add_related(content, "image", "png", cid=f"<{content_id}>", filename=f"{content_id}.png")
    for name, content in (files or {}).items():
        mail.add_attachment(content, "application", "octet-stream", filename=name)
    return mail.as_bytes()


def forwarded(inner: bytes, *, levels: int = 1) -> bytes:
    """A mail that carries another one as an attachment, so many times."""
    for _ in range(levels):
        mail = EmailMessage(policy=SMTP)
        mail["From"] = "sekretariat@example.com"
        mail["Subject"] = "PD: Zgłoszenie"
        mail["Message-ID"] = f"<{next(_numbers)}.dalej@example.com>"
        mail.set_content("Przekazuję.")
        mail.add_attachment(message_from_bytes(inner, policy=SMTP))
        inner = mail.as_bytes()
    return inner


def bounce(message_id: str, *, action: str = "failed") -> bytes:
    """What a mail server reports of a mail that it could not deliver (RFC 3464)."""
    return (
        "Return-Path: <>\r\n"
        "From: Mail Delivery System <MAILER-DAEMON@example.com>\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\n"
        f"Message-ID: <{next(_numbers)}.dsn@example.com>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="granica"\r\n'
        "MIME-Version: 1.0\r\n\r\n"
        "--granica\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you...\r\n"
        "--granica\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; example.com\r\n\r\n"
        f"Final-Recipient: rfc822; nieznana@example.com\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n"
        "--granica\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: biuro@example.org\r\nMessage-ID: {message_id}\r\nSubject: Potwierdzenie\r\n\r\n"
        "--granica--\r\n"
    ).encode()


AUTO_REPLY = letter(
    subject="Automatyczna odpowiedź: Potwierdzenie", text="Nie ma mnie.", headers={"Auto-Submitted": "auto-replied"}
)
