"""Free letters: what an officer writes to a group in their own words; each person gets it once, after consent."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import find_application
from flows.steps.calls import find_call, group_of
from flows.steps.memberships import newest_membership
from flows.steps.outbox import compose, office_block, sender_of, sex_of
from flows.steps.projects import definition_for
from flows.steps.seats import announced_decision
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.tables import Application, Call, FreeLetter, Message, Person
from models.tables.applications import ApplicationState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import SEATED, MembershipState
from models.tables.outbox import Audience, MessageState
from models.transitions import note, queue, reference
from templates.letters.free import FreeLetterText, Words

EVENT = "free_letter"
LONGEST = 20_000
_LONG_NUMBER = re.compile(r"\d[\d -]{9,}\d")


@dataclass(frozen=True)
class WrittenLetter:
    """What came of a free letter: the drafts, by application number, and who has no address."""

    letter_id: int
    numbers: tuple[str, ...]
    unaddressed: tuple[str, ...]


def write_letter(
    session: Session,
    call_code: str,
    audience: Audience,
    *,
    subject: str,
    content: str,
    only: Sequence[str] = (),
    again: bool = False,
    actor: Actor,
    now: datetime,
) -> WrittenLetter:
    """Writes a letter to everybody of the audience (``only``: to these applications of it), as drafts.

    One person gets one message, with however many applications. The words are Markdown: paragraphs, lists, bold.

    Raises ``BadInput`` for words that make no letter, an audience of nobody, a number outside of it, or the same words
    to the same people a second time unless ``again``.
    """
    actor.require(Right.OUTBOX)
    call = find_call(session, call_code)
    actor.require(Right.OUTBOX, area=call.area)
    title, words = _checked(subject, content)
    receivers = _receivers(session, call, audience, only)
    if not again and _written_before(session, call, receivers, title, words):
        raise BadInput(
            "Taki sam list do tych samych osób już napisano. Jeśli ma pójść jeszcze raz, proszę dodać --again."
        )
    assert call.id is not None
    letter = FreeLetter(
        area=call.area,
        call_id=call.id,
        audience=audience,
        subject=title,
        content=words,
        written_at=now,
        written_by=actor.login,
    )
    session.add(letter)
    session.flush()
    messages = [_message(session, call, letter, one, actor=actor, now=now) for one in receivers]
    queue(session, messages, actor=actor, now=now)
    note(
        session,
        reference(letter),
        happened=Happened.LETTER_WRITTEN,
        actor=actor,
        now=now,
        area=call.area,
        facts={"call": call.code, "audience": audience, "messages": len(messages)},
    )
    assert letter.id is not None
    return WrittenLetter(
        letter.id,
        tuple(one.number for one in receivers),
        tuple(one.number for one, message in zip(receivers, messages, strict=True) if not message.recipient),
    )


def letters_of(session: Session, call_code: str) -> list[tuple[FreeLetter, dict[MessageState, int]]]:
    """The free letters of a call, the newest first, and how many of their messages stand where."""
    call = find_call(session, call_code)
    rows = session.exec(
        select(FreeLetter).where(FreeLetter.call_id == call.id).order_by(col(FreeLetter.id).desc())
    ).all()
    return [(row, _counts(session, row)) for row in rows]


def _counts(session: Session, letter: FreeLetter) -> dict[MessageState, int]:
    states = session.exec(select(Message.state).where(Message.subject_ref == reference(letter))).all()
    return Counter(MessageState(state) for state in states)


def _checked(subject: str, content: str) -> tuple[str, str]:
    title, words = " ".join(subject.split()), content.replace("\r\n", "\n").strip()
    if not title or len(title) > 120 or not title.isprintable():
        raise BadInput("Temat listu to jeden niepusty wiersz, najwyżej 120 znaków.")
    if _LONG_NUMBER.search(title):
        raise BadInput("W temacie nie może być długiego numeru (PESEL, numer rachunku): temat widzi każdy po drodze.")
    if not words or len(words) > LONGEST:
        raise BadInput(f"Treść listu nie może być pusta ani dłuższa niż {LONGEST} znaków.")
    if any(not letter.isprintable() and letter not in "\n\t" for letter in words):
        raise BadInput("W treści listu są znaki sterujące. Proszę zapisać plik jako zwykły tekst w UTF-8.")
    return title, words


def _receivers(session: Session, call: Call, audience: Audience, only: Sequence[str]) -> list[Application]:
    """One application a person, the first by number."""
    fits = _AUDIENCES[audience]
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.state != ApplicationState.WITHDRAWN)
        .order_by(Application.number)
    ).all()
    within = [row for row in rows if fits(session, row)]
    if only:
        wanted = {find_application(session, number).number for number in only}
        outside = sorted(wanted - {row.number for row in within})
        if outside:
            raise BadInput(f"Tych zgłoszeń nie ma w tej grupie odbiorców: {', '.join(outside)}.")
        within = [row for row in within if row.number in wanted]
    if not within:
        raise BadInput("W tej grupie odbiorców nikogo nie ma.")
    first: dict[int, Application] = {}
    for row in within:
        first.setdefault(row.person_id, row)
    return list(first.values())


def _written_before(session: Session, call: Call, receivers: Sequence[Application], title: str, words: str) -> bool:
    """Whether the same words went, or are about to go, to any of these people."""
    rows = session.exec(select(FreeLetter).where(FreeLetter.call_id == call.id, FreeLetter.subject == title)).all()
    same = [reference(row) for row in rows if row.content == words]
    told = set(
        session.exec(
            select(Message.person_id).where(col(Message.subject_ref).in_(same), Message.state != MessageState.WITHDRAWN)
        ).all()
    )
    return any(one.person_id in told for one in receivers)


def _message(
    session: Session, call: Call, letter: FreeLetter, application: Application, *, actor: Actor, now: datetime
) -> Message:
    definition = definition_for(session, call)
    person = session.get_one(Person, application.person_id)
    message = compose(
        session,
        EVENT,
        FreeLetterText(
            office=office_block(definition),
            sex=sex_of(person),
            public_number=application.public_number,
            group_name=group_of(session, call).name,
            title=letter.subject,
            words=Words(letter.content),
        ),
        subject_ref=reference(letter),
        area=application.area,
        occasion="1",
        actor=actor,
        now=now,
        person=person,
        recipient=person.email or sender_of(session, application.id),
        draft=True,
        definition=definition,
    )
    assert message is not None
    return message


def _seated(session: Session, application: Application) -> bool:
    membership = newest_membership(session, application)
    return membership is not None and membership.state in SEATED


def _offered(session: Session, application: Application) -> bool:
    membership = newest_membership(session, application)
    return membership is not None and membership.state is MembershipState.OFFERED


def _announced(outcome: DecisionOutcome) -> Callable[[Session, Application], bool]:
    def told(session: Session, application: Application) -> bool:
        decision = announced_decision(session, application)
        return decision is not None and decision.outcome is outcome

    return told


_AUDIENCES: dict[Audience, Callable[[Session, Application], bool]] = {
    Audience.CANDIDATES: lambda _session, _application: True,
    Audience.MEMBERS: _seated,
    Audience.OFFERED: _offered,
    Audience.RESERVE: _announced(DecisionOutcome.RESERVE),
    Audience.REJECTED: _announced(DecisionOutcome.REJECTED),
}
