"""Reports of mails that did not arrive, in the shapes of Postfix, Exchange, Gmail and Exim, after RFC 3464.

All are written by us. Exim's is the letter that it writes where it makes no such report. Nobody here exists.
"""

from collections.abc import Callable
from itertools import count

_numbers = count(1)
Report = Callable[..., bytes]


def _report(
    *,
    head: str,
    words: str,
    per_message: str,
    per_recipient: str,
    returned: str,
    returned_type: str = "text/rfc822-headers",
) -> bytes:
    return (
        "Return-Path: <>\r\n"
        f"{head}"
        f"Message-ID: <{next(_numbers)}.report@mx.example.com>\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_granica"\r\n\r\n'
        f"--=_granica\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{words}\r\n"
        f"--=_granica\r\nContent-Type: message/delivery-status\r\n\r\n{per_message}\r\n{per_recipient}\r\n"
        f"--=_granica\r\nContent-Type: {returned_type}\r\n\r\n{returned}\r\n--=_granica--\r\n"
    ).encode()


def _copy(message_id: str) -> str:
    return f"From: biuro@rops.example.org\r\nSubject: =?utf-8?B?UG90d2llcmR6ZW5pZQ==?=\r\nMessage-ID: {message_id}\r\n"


def postfix(
    message_id: str, address: str, *, action: str = "failed", status: str = "5.1.1", envelope_id: str = ""
) -> bytes:
    """With our envelope's id, and the headers returned."""
    told = f"Original-Envelope-Id: {envelope_id}\r\n" if envelope_id else ""
    return _report(
        head=(
            "From: MAILER-DAEMON@mx.example.com (Mail Delivery System)\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        ),
        words="This is the mail system at host mx.example.com.\r\n\r\nI'm sorry to have to inform you...\r\n",
        per_message=f"Reporting-MTA: dns; mx.example.com\r\n{told}X-Postfix-Queue-ID: 4F2A\r\n",
        per_recipient=(
            f"Final-Recipient: rfc822; {address}\r\nOriginal-Recipient: rfc822;{address}\r\nAction: {action}\r\n"
            f"Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} <{address}>: Recipient address rejected\r\n"
        ),
        returned=_copy(message_id) if message_id else "Subject: nic\r\n",
    )


def exchange(message_id: str, address: str, *, action: str = "failed", status: str = "5.1.10") -> bytes:
    """The whole mail returned; only the final address, in capitals; a postmaster writes."""
    return _report(
        head=(
            "From: Microsoft Outlook <postmaster@example.com>\r\nSubject: Undeliverable: Potwierdzenie\r\n"
            "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: DR, OOF, AutoReply\r\n"
        ),
        words="Delivery has failed to these recipients or groups:\r\n",
        per_message="Reporting-MTA: dns;EX01.example.com\r\nReceived-From-MTA: dns;mail.example.org\r\n",
        per_recipient=(
            f"Final-Recipient: rfc822;{address.upper()}\r\nAction: {action}\r\nStatus: {status}\r\n"
            "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found\r\n"
        ),
        returned=f"{_copy(message_id)}Content-Type: text/plain\r\n\r\nTekst.\r\n",
        returned_type="message/rfc822",
    )


def gmail(message_id: str, address: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """The whole mail returned, and headers of its own beside the report."""
    return _report(
        head=(
            "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\r\n"
            "Subject: Delivery Status Notification (Failure)\r\nAuto-Submitted: auto-replied\r\n"
            f"X-Failed-Recipients: {address}\r\nReferences: {message_id}\r\nIn-Reply-To: {message_id}\r\n"
        ),
        words="** Address not found **\r\n\r\nYour message wasn't delivered.\r\n",
        per_message=(
            "Reporting-MTA: dns; googlemail.com\r\nArrival-Date: Mon, 25 Jun 2018 03:05:00 -0700 (PDT)\r\n"
            f"X-Original-Message-ID: {message_id}\r\n"
        ),
        per_recipient=(
            f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
            "Remote-MTA: dns; gmail-smtp-in.example.com.\r\n"
            f"Diagnostic-Code: smtp; 550-{status} The email account that you tried to reach does not exist.\r\n"
            "Last-Attempt-Date: Mon, 25 Jun 2018 03:05:01 -0700 (PDT)\r\n"
        ),
        returned=f"{_copy(message_id)}Content-Type: text/plain\r\n\r\nTekst.\r\n",
        returned_type="message/rfc822",
    )


def exim(message_id: str, address: str, *, status: str = "5.1.1") -> bytes:
    """A letter in English, with the headers of our mail copied beneath."""
    return (
        "Return-Path: <>\r\n"
        f"X-Failed-Recipients: {address}\r\nAuto-Submitted: auto-replied\r\n"
        "From: Mail Delivery System <Mailer-Daemon@mx.example.com>\r\n"
        "Subject: Mail delivery failed: returning message to sender\r\n"
        f"Message-ID: <E{next(_numbers)}@mx.example.com>\r\n\r\n"
        "This message was created automatically by mail delivery software.\r\n\r\n"
        "A message that you sent could not be delivered to one or more of its\r\nrecipients. "
        f"This is a permanent error. The following address(es) failed:\r\n\r\n  {address}\r\n"
        f"    SMTP error from remote mail server after RCPT TO:<{address}>:\r\n"
        f"    host mx.example.com [192.0.2.1]: 550 {status} User unknown\r\n\r\n"
        "------ This is a copy of the message's headers. ------\r\n\r\n"
        f"{_copy(message_id)}"
    ).encode()


SHAPES: dict[str, Report] = {"Postfix": postfix, "Exchange": exchange, "Gmail": gmail, "Exim": exim}
