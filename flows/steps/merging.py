"""Merging: what several letters tell one person within a short while goes out as one mail, by the project's rule.

A new message carries the words; the parts point to it and keep their keys, so that nothing is written twice and the
periods that they set begin when the carrier leaves. It can be taken apart as long as it has not left. What is said of
persons here holds for institutions.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from flows.steps.message_frames import definition_behind, in_frame
from flows.steps.outbox import message_id_for
from flows.steps.projects import newest_definitions
from models.actor import Actor
from models.events import Happened
from models.mail_rules import MergeRule
from models.project import ProjectDefinition
from models.tables import Message, MessageAttachment
from models.tables.outbox import Channel, MessageState
from models.transitions import enter, move
from templates.literal import hide

EVENT = "several"


def merge_waiting(session: Session, *, grace: timedelta, actor: Actor, now: datetime) -> int:
    """Merges what the rules say, as soon as one of the letters could leave. Returns how many carriers were written."""
    if not any(definition.mail.merge for definition in newest_definitions(session)):
        return 0
    rows = session.exec(
        select(Message)
        .where(
            Message.state == MessageState.DUE,
            Message.channel == Channel.EMAIL,
            or_(col(Message.person_id).is_not(None), col(Message.institution_id).is_not(None)),
            col(Message.content).is_not(None),
            col(Message.not_after).is_(None),
            col(Message.calendar).is_(None),
            # What an officer has rewritten is theirs, and goes as it is.
            Message.edited_by == "",
            Message.event != EVENT,
            col(Message.id).not_in(
                select(MessageAttachment.message_id).where(col(MessageAttachment.issued_document_id).is_(None))
            ),
        )
        .order_by(col(Message.id))
        .with_for_update(skip_locked=True)
    ).all()
    written = 0
    for together in _by_addressee(rows):
        definition = definition_behind(session, together[0])
        for rule in definition.mail.merge if definition else ():
            parts = _parts(rule, together)
            if definition and parts and any(max(one.not_before, one.created_at + grace) <= now for one in parts):
                _carry(session, definition, parts, actor=actor, now=now)
                written += 1
                break
    return written


def _by_addressee(rows: Iterable[Message]) -> Iterator[list[Message]]:
    groups: dict[tuple[str, str, str], list[Message]] = {}
    for row in rows:
        groups.setdefault((_whom(row), row.recipient, row.area), []).append(row)
    yield from (group for group in groups.values() if len(group) > 1)


def _whom(message: Message) -> str:
    institution = message.institution_id
    return f"person/{message.person_id}" if institution is None else f"institution/{institution}"


def _parts(rule: MergeRule, together: Sequence[Message]) -> list[Message]:
    """Those of the rule's events within its window, in the rule's order; none when there is nothing to merge."""
    fitting = [row for row in together if row.event in rule.events]
    if len(fitting) < 2:
        return []
    first = min(row.created_at for row in fitting)
    near = [row for row in fitting if row.created_at - first <= timedelta(minutes=rule.within_minutes)]
    near.sort(key=lambda row: (rule.events.index(row.event), row.id))
    return near if len(near) > 1 else []


def _carry(
    session: Session, definition: ProjectDefinition, parts: Sequence[Message], *, actor: Actor, now: datetime
) -> None:
    first = parts[0]
    whole = f"{EVENT}:message/{min(one.id or 0 for one in parts)}:{_whom(first)}:"
    before = session.exec(select(Message.id).where(col(Message.key).startswith(whole))).all()
    key = f"{whole}{len(before) + 1}"
    content = _OPENING + "\n".join(f"## {hide(one.subject)}\n\n{_sentence(one.content or '')}" for one in parts)
    mail = in_frame(session, definition, first, subject=first.subject, content=content)
    carrier = Message(
        area=first.area,
        key=key,
        event=EVENT,
        subject_ref=first.subject_ref,
        person_id=first.person_id,
        institution_id=first.institution_id,
        recipient=first.recipient,
        sender_name=first.sender_name,
        sender_address=first.sender_address,
        reply_to=first.reply_to,
        subject=mail.subject,
        content=content,
        text=mail.text,
        html=mail.html,
        message_id=message_id_for(session, key, definition),
        refers_to=next((one.refers_to for one in parts if one.refers_to), ""),
        not_before=max(one.not_before for one in parts),
        # Whoever wants to look at it has as long as the newest of its parts gives.
        created_at=max(one.created_at for one in parts),
        created_by=actor.login,
    )
    enter(
        session,
        carrier,
        happened=Happened.MESSAGE_QUEUED,
        actor=actor,
        now=now,
        facts={"key": key, "parts": [str(one.id) for one in parts]},
    )
    for one in parts:
        one.merged_into_id = carrier.id
        session.add(one)
        move(session, one, MessageState.MERGED, happened=Happened.MESSAGE_MERGED, actor=actor, now=now)


_OPENING = "piszemy od razu w kilku sprawach, żeby nie wysyłać osobnych wiadomości.\n\n"


def _sentence(content: str) -> str:
    """Letters go on in small after the salutation; under a heading of its own one begins anew."""
    return content[:1].upper() + content[1:]
