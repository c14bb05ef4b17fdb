"""Run by any Python from 3.11 on, with nothing installed: makes mails with generated Polish subjects and names, sends
them to a mail server, and reads what arrived. ``send PORT COUNT`` and then ``check FILE COUNT``."""

import json
import random
import smtplib
import sys
from base64 import b64decode
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import default

from flows.adapters.mail_encoding import Mail, encode_mail

WORDS = (
    "Zgłoszenie", "nr", "K7M4-Q2XR", "–", "w", "z", "i", "„Kooperacja – efektywna i skuteczna”", "Powiatowej", "Grupy",
    "Refleksyjnej", "źdźbło", "żółć", "łódź", "spotkanie", "24–25.11.2018 r.", "(powiat kartuski)", "uzupełnienia",
    '"cytat"', "§ 4 ust. 1", "=?utf-8?q?nie?=", "=", "?", "_", "a,b;c", "zaproszenie:", "\u00a0", "e-mail", "ROPS",
    "Konstantynopolitańczykowianeczka-Gżegżółka-Świętopełk-Wielkopolska", "<b>", "😀", "z\u0301", "Ośrodek", "Pomocy",
    "Społecznej", "im. św. Brata Alberta", "Grażyna", "Święcicka-Żółkiewska", "Łukasz", "Ćwięk", "Bydgoszcz", "@", "\\",
)  # fmt: skip
GAPS = (" ", " ", " ", " ", "  ", "   ", "", " – ")
LETTERS = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźżAĄBCĆDEĘFGHIJKLŁMNŃOÓPQRSŚTUVWXYZŹŻ0123456789 .,-–—'’()/&"


def generated(count: int) -> list[tuple[str, str]]:
    """Subjects and names, the same ones for the same count on every version."""
    dice = random.Random(1918)
    return [(_text(dice), _text(dice)) for _ in range(count)]


def _text(dice: random.Random) -> str:
    if dice.random() < 0.25:
        return "".join(dice.choice(LETTERS) for _ in range(dice.randint(1, 120))) or "x"
    return "".join(dice.choice(WORDS) + dice.choice(GAPS) for _ in range(dice.randint(1, 25))) or "x"


def send(port: int, count: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        for number, (subject, name) in enumerate(generated(count)):
            mail = Mail(
                from_name=name,
                from_address="rekrutacja@rops.example",
                to_address=f"osoba{number}@poczta.example",
                to_name=name,
                subject=subject,
                text="Dzień dobry.",
                html="",
                message_id=f"<{number}@rops.example>",
                date=datetime(2018, 10, 12, 9, 41, tzinfo=UTC),
            )
            client.sendmail(mail.from_address, [mail.to_address], encode_mail(mail))


def check(path: str, count: int) -> dict[str, int]:
    """How many came back, and how many subjects and names of them otherwise than they were written."""
    with open(path, encoding="utf-8") as handle:  # noqa: PTH123 - one file, named on the command line
        arrived = [b64decode(line) for line in handle]
    counts = {"mails": len(arrived), "subjects": 0, "subjects by policy": 0, "names": 0}
    for raw, (subject, name) in zip(arrived, generated(count), strict=True):
        mail = message_from_bytes(raw)
        counts["subjects"] += str(make_header(decode_header(str(mail["Subject"])))) != subject
        counts["subjects by policy"] += str(message_from_bytes(raw, policy=default)["Subject"]) != subject
        counts["names"] += (_name(mail, "From") != name) + (_name(mail, "To") != name)
    return counts


def _name(mail: Message, header: str) -> str:
    phrase = str(mail[header]).rpartition("<")[0]
    return str(make_header(decode_header(phrase.rstrip("\r\n "))))


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(int(sys.argv[2]), int(sys.argv[3]))
    else:
        print(json.dumps({"python": sys.version.split()[0], **check(sys.argv[2], int(sys.argv[3]))}))  # noqa: T201
