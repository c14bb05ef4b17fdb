"""Answers to invitations as calendars send them, each in the shape of one program. Nobody here exists.

Written by us after RFC 5545, 5546 and 6047 and the habits these programs are known for; no recorded mail of anybody.
"""

import base64
import quopri
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.header import Header
from itertools import count

_numbers = count(1)


@dataclass(frozen=True)
class Reply:
    """What the person means, whatever the program makes of it."""

    uid: str
    attendee: str
    partstat: str = "ACCEPTED"
    sequence: int = 0
    stamp: str = "20180904T081500Z"
    method: str = "REPLY"
    comment: str = ""
    starts: str = "20180922T090000"
    ends: str = "20180922T150000"
    instance: str = ""
    delegate: str = ""
    sender: str = ""
    """Address of the mail; the attendee's unless somebody else writes."""
    extra: str = ""
    """Parameters of the attendee."""

    @property
    def author(self) -> str:
        return self.sender or self.attendee


SUBJECTS = {
    "ACCEPTED": ("Zaakceptowano: ", "Accepted: ", "Zugesagt: "),
    "DECLINED": ("Odrzucono: ", "Declined: ", "Abgesagt: "),
    "TENTATIVE": ("Wstępnie zaakceptowano: ", "Tentative: ", "Mit Vorbehalt: "),
    "DELEGATED": ("Delegowano: ", "Delegated: ", "Delegiert: "),
}
_ATTACHED = 'Content-Disposition: attachment; filename="invite.ics"'
TITLE = "I spotkanie Powiatowej Grupy Refleksyjnej"
WARSAW_BY_WINDOWS = """BEGIN:VTIMEZONE
TZID:Central European Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def outlook(said: Reply) -> bytes:
    """Exchange and Outlook: one alternative in base64, a Windows zone, properties of their own, marked automatic."""
    body = _calendar(
        said,
        product="Microsoft Exchange Server 2010",
        zones=WARSAW_BY_WINDOWS,
        zone="Central European Standard Time",
        attendee=f"ATTENDEE;PARTSTAT={said.partstat};CN=Zmyślona Próbna{said.extra}:MAILTO:{said.attendee}",
        own="CLASS:PUBLIC\nPRIORITY:5\nTRANSP:OPAQUE\nSTATUS:CONFIRMED\nX-MICROSOFT-CDO-APPT-SEQUENCE:0\n"
        "X-MICROSOFT-CDO-OWNERAPPTID:-1522817533\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\nX-MICROSOFT-CDO-INTENDEDSTATUS:BUSY\n"
        "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE\nX-MICROSOFT-CDO-IMPORTANCE:1\nX-MICROSOFT-CDO-INSTTYPE:0\n"
        "X-MICROSOFT-DISALLOW-COUNTER:FALSE\n",
        comment=f"COMMENT;LANGUAGE=pl-PL:{said.comment or chr(92) + 'n'}\n",
    )
    headers = (
        "Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: DR, OOF, AutoReply\nThread-Topic: Spotkanie\n"
        "X-MS-Has-Attach: \nX-MS-TNEF-Correlator: \n"
    )
    return _mail(
        said,
        _alternative(
            _text("", "plain", "windows-1250"),
            _text("<html><body></body></html>", "html", "windows-1250"),
            _part(body, f'text/calendar; charset="utf-8"; method={said.method}', "base64"),
        ),
        subject=SUBJECTS[said.partstat][0],
        headers=headers,
    )


def german_outlook(said: Reply) -> bytes:
    """The same office's other Outlook: the calendar is the whole mail, in quoted-printable."""
    body = _calendar(
        said,
        product="Microsoft Corporation//Outlook 16.0 MIMEDIR",
        zones="",
        zone="",
        attendee=f"ATTENDEE;PARTSTAT={said.partstat}{said.extra}:mailto:{said.attendee}",
        own="X-ALT-DESC;FMTTYPE=text/html:<br>\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\n",
        comment=_comment(said),
    )
    part = _part(body, f'text/calendar; method={said.method}; charset="UTF-8"', "quoted-printable")
    return _mail(said, part, subject=SUBJECTS[said.partstat][2], headers="X-Mailer: Microsoft Outlook 16.0\n")


def gmail(said: Reply) -> bytes:
    """Google: the calendar as an alternative and once more as invite.ics, both in base64."""
    body = _calendar(
        said,
        product="Google Inc//Google Calendar 70.9054",
        zones="",
        zone="UTC",
        attendee=f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={said.partstat};CN=osoba\n "
        f"@example;X-NUM-GUESTS=0{said.extra}:mailto:{said.attendee}",
        own="CREATED:20180903T070000Z\nLAST-MODIFIED:20180904T081500Z\nSTATUS:CONFIRMED\nTRANSP:OPAQUE\n",
        comment=_comment(said),
    )
    mixed = _multipart(
        "mixed",
        _alternative(
            _text("Osoba zaakceptowała zaproszenie.\n", "plain", "UTF-8"),
            _text("<p>Osoba zaakceptowała zaproszenie.</p>", "html", "UTF-8"),
            _part(body, f'text/calendar; charset="UTF-8"; method={said.method}', "base64"),
        ),
        _part(
            body,
            'application/ics; name="invite.ics"',
            "base64",
            'Content-Disposition: attachment; filename="invite.ics"',
        ),
    )
    return _mail(said, mixed, subject=SUBJECTS[said.partstat][1], headers="Sender: Kalendarz <kalendarz@example.com>\n")


def apple(said: Reply) -> bytes:
    """Apple: lines folded anywhere, a zone of another name that the file does not explain, mailto in quotes."""
    body = _calendar(
        said,
        product="Apple Inc.//macOS 10.13.6",
        zones="",
        zone="/freeassociation.sourceforge.net/Europe/Warsaw",
        attendee=f'ATTENDEE;CUTYPE=INDIVIDUAL;EMAIL="{said.attendee}";PARTSTAT={said.partstat};ROLE=REQ-PARTI\n '
        f"CIPANT{said.extra}:mailto:{said.attendee.upper()}",
        own="X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC\nTRANSP:OPAQUE\n",
        comment=_comment(said),
    )
    alternative = _alternative(
        _text("Zaproszenie przyjęte.\n", "plain", "utf-8"),
        _part(
            body,
            f"text/calendar; charset=utf-8; name=iCal-20180904-101500.ics; method={said.method}",
            "quoted-printable",
            "Content-Disposition: attachment;\n\tfilename=iCal-20180904-101500.ics",
        ),
    )
    return _mail(said, alternative, subject=SUBJECTS[said.partstat][0], headers="X-Mailer: iCloud MailClient\n")


def thunderbird(said: Reply) -> bytes:
    """Thunderbird: 8bit text/calendar between text and attachment, properties of Mozilla, an old product name."""
    body = _calendar(
        said,
        product="Mozilla.org/NONSGML Mozilla Calendar V1.1",
        zones=WARSAW_BY_WINDOWS.replace("Central European Standard Time", "Europe/Warsaw"),
        zone="Europe/Warsaw",
        attendee=f"ATTENDEE;PARTSTAT={said.partstat};ROLE=REQ-PARTICIPANT{said.extra}:mailto:{said.attendee}",
        own="CREATED:20180903T070000Z\nX-MOZ-GENERATION:2\nX-MOZ-RECEIVED-SEQUENCE:0\n"
        "X-MOZ-RECEIVED-DTSTAMP:20180903T070000Z\nX-MOZ-SEND-INVITATIONS:TRUE\n",
        comment=_comment(said),
    )
    mixed = _multipart(
        "mixed",
        _alternative(
            _text(f"Osoba {said.attendee} odpowiada na zaproszenie.\n", "plain", "UTF-8"),
            _part(body, f"text/calendar; method={said.method}; charset=UTF-8", "8bit"),
        ),
        _part(
            body,
            'application/ics; name="invite.ics"',
            "base64",
            'Content-Disposition: attachment; filename="invite.ics"',
        ),
    )
    return _mail(said, mixed, subject=SUBJECTS[said.partstat][0], headers="User-Agent: Mozilla Thunderbird\n")


SHAPES: dict[str, Callable[[Reply], bytes]] = {
    "outlook": outlook,
    "german_outlook": german_outlook,
    "gmail": gmail,
    "apple": apple,
    "thunderbird": thunderbird,
}


def counter(said: Reply, starts: str, ends: str) -> Reply:
    """The same person proposes other hours."""
    return replace(said, method="COUNTER", partstat="TENTATIVE", starts=starts, ends=ends)


def refresh(said: Reply) -> Reply:
    return replace(said, method="REFRESH")


def _comment(said: Reply) -> str:
    return f"COMMENT:{said.comment}\n" if said.comment else ""


def _calendar(said: Reply, *, product: str, zones: str, zone: str, attendee: str, own: str, comment: str) -> str:
    if said.delegate:
        attendee = attendee.replace("ATTENDEE;", f'ATTENDEE;DELEGATED-TO="mailto:{said.delegate}";', 1)
    at = f";TZID={zone}" if zone and zone != "UTC" else ""
    instance = f"RECURRENCE-ID{at}:{said.instance}\n" if said.instance else ""
    return (
        f"BEGIN:VCALENDAR\nMETHOD:{said.method}\nPRODID:-//{product}//PL\nVERSION:2.0\nCALSCALE:GREGORIAN\n{zones}"
        f"BEGIN:VEVENT\n{attendee}\n{comment}UID:{_folded(said.uid)}\nSUMMARY:{TITLE} – źdźbło\n{instance}"
        f"DTSTART{at}:{said.starts}\nDTEND{at}:{said.ends}\n"
        f"ORGANIZER;CN=Biuro projektu:mailto:rekrutacja@rops.example.org\n"
        f"{own}SEQUENCE:{said.sequence}\nDTSTAMP:{said.stamp}\nEND:VEVENT\nEND:VCALENDAR\n"
    )


def _folded(uid: str) -> str:
    return f"{uid[:30]}\n {uid[30:]}"


def _mail(said: Reply, entity: str, *, subject: str, headers: str) -> bytes:
    title = Header(f"{subject}{TITLE}", "utf-8").encode(linesep="\n")
    head = (
        f"From: Zmyslona Probna <{said.author}>\nTo: Biuro <rekrutacja@rops.example.org>\nSubject: {title}\n"
        f"Date: Tue, 04 Sep 2018 10:15:00 +0200\nMessage-ID: <{next(_numbers)}.kalendarz@example.org>\n"
        f"MIME-Version: 1.0\n{headers}"
    )
    return (head + entity).encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _alternative(*parts: str) -> str:
    return _multipart("alternative", *parts)


def _multipart(kind: str, *parts: str) -> str:
    boundary = f"_granica_{kind}_{next(_numbers)}_"
    inner = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind};\n\tboundary="{boundary}"\n\n{inner}--{boundary}--\n'


def _text(text: str, kind: str, charset: str) -> str:
    body = quopri.encodestring(text.encode(charset)).decode("ascii")
    return f'Content-Type: text/{kind}; charset="{charset}"\nContent-Transfer-Encoding: quoted-printable\n\n{body}'


def _part(body: str, kind: str, encoding: str, more: str = "") -> str:
    content = body.replace("\n", "\r\n").encode()
    match encoding:
        case "base64":
            encoded = base64.encodebytes(content).decode()
        case "quoted-printable":
            encoded = quopri.encodestring(content.replace(b"\r\n", b"\n")).decode("ascii")
        case _:
            encoded = body
    further = f"{more}\n" if more else ""
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n{further}\n{encoded}"
