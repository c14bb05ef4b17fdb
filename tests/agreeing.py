"""Institutions of gmina Swarzędz and their agreement: taken in, opened, signed and joined, and who was told of whom."""

import io
from collections import Counter
from datetime import date, datetime
from email import message_from_bytes, policy

import docx
import people
from people import STRANGER, WORKER, go_to
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.agreement_notices import JOINED
from flows.steps.agreement_parties import Party, find_agreement, parties_of
from flows.steps.agreements import accede, hand_out, invite, leave, open_agreement, sign
from flows.steps.institution_table import import_institutions
from flows.steps.signed_papers import SignedFile
from models.tables import AgreementParty, Message
from models.tables.projects import Manner

POLA = STRANGER
"""The officer of wielkopolskie, where these agreements are; rita of pomorskie is the stranger here."""
INSTITUTIONS = people.KES / "samples" / "instytucje"
CODE = "KES/POR/3021163/2019"
DEADLINE = date(2020, 2, 28)


def loaded(office: Office) -> None:
    """The project is loaded, and the day in December 2019 has come."""
    people.open_kes_call(office)
    go_to(office, "2019-12-02T09:00")


def taken_in(office: Office, mix: str = "swarzedz") -> list[str]:
    """The institutions of a mix, by symbol."""
    with office.writing(POLA) as session:
        path = INSTITUTIONS / f"{mix}.csv"
        return list(import_institutions(session, "KES", path, actor=POLA, now=office.now()).new)


def swarzedz(office: Office) -> list[str]:
    """An agreement of gmina Swarzędz, open for signing; nobody was asked yet."""
    loaded(office)
    codes = taken_in(office)
    opened(office)
    return codes


def opened(office: Office, area: str = "3021163", deadline: date = DEADLINE) -> str:
    """Opens an agreement; its code."""
    with office.writing(POLA) as session:
        return open_agreement(session, "KES", area, deadline=deadline, actor=POLA, now=office.now()).code


def join(office: Office, code: str, who: str, on: str = "", file: SignedFile | None = None) -> tuple[bool, int]:
    """Joins by the sheet: whether that was news, and how many were told."""
    day = date.fromisoformat(on) if on else office.now().date()
    joined = accede(office, code, who, on=day, manner=Manner.PAPER, file=file, actor=POLA)
    return joined.new, joined.told


def founding(office: Office, codes: list[str], on: str = "2019-12-02") -> None:
    """Sign together a text that names them all."""
    number, _ = at_table(office, codes)
    signed(office, codes, on, text=number)


def at_table(office: Office, codes: list[str], code: str = CODE) -> tuple[int, bytes]:
    """A text to be signed at a table: its number, and the document."""
    paper = office.settings.data.parent / "tekst.docx"
    number = hand_out(office, code, codes, paper, actor=POLA)
    return number, paper.read_bytes()


def signed(office: Office, codes: list[str], on: str = "", text: int | None = None, code: str = CODE) -> list[int]:
    """Sign what they were sent, or the text of that number; how many were told of each."""
    day = date.fromisoformat(on) if on else office.now().date()
    return [one.told for one in sign(office, code, codes, on=day, manner=Manner.PAPER, text=text, actor=POLA)]


def out(office: Office, code: str, who: str, on: str = "") -> bool:
    """Leaves; whether it was a party."""
    day = date.fromisoformat(on) if on else office.now().date()
    with office.writing(POLA) as session:
        return leave(session, code, who, on=day, actor=POLA, now=office.now())


def listed(office: Office, code: str = CODE, *, at: datetime | None = None, on: date | None = None) -> list[Party]:
    """The list of parties."""
    with office.reading(POLA) as session:
        return parties_of(session, find_agreement(session, code), at=at, on=on)


def symbols(parties: list[Party]) -> list[str]:
    """Their symbols, in order."""
    return [f"I{party.institution_id}" for party in parties]


def letters(office: Office, event: str) -> list[Message]:
    """All letters of an event, in the order in which they were written."""
    with office.writing(WORKER) as session:
        return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


def told_of(office: Office, agreement_id: int) -> Counter[tuple[str, int, int]]:
    """Recipient, step of the newcomer, and the length of the list that the letter names."""
    with office.writing(WORKER) as session:
        found: Counter[tuple[str, int, int]] = Counter()
        steps = {
            row.ordinal: row.name
            for row in session.exec(select(AgreementParty).where(AgreementParty.agreement_id == agreement_id)).all()
        }
        for row in session.exec(select(Message).where(Message.subject_ref == f"agreement/{agreement_id}")).all():
            assert row.event == JOINED
            ordinal = int(row.key.rpartition("-")[2])
            text = row.text.replace("\u00a0", " ")
            assert f"Nowa strona: {steps[ordinal]}\n" in text
            length = int(text.partition("razem z nową: ")[2].split()[0])
            found[f"I{row.institution_id}", ordinal, length] += 1
        return found


def asked(office: Office, codes: list[str], at: str) -> None:
    """Invited, and the letters have arrived by then."""
    invite(office, CODE, codes, actor=POLA)
    people.deliver_all(office, at)


def delivered(office: Office, at: str) -> list[tuple[str, str]]:
    """Recipients and subjects of all that has left by then."""
    postbox = people.deliver_all(office, at)
    return [
        (recipient, str(message_from_bytes(body, policy=policy.default)["Subject"]))
        for _, recipient, body in postbox.mails
    ]


def text_of(content: bytes) -> str:
    """What stands in a Word file."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells]).replace("\u00a0", " ")
