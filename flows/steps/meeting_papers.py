"""Papers made for a meeting before it was moved or called off: nobody is to sign on a sheet of the old day."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from models.tables import Call, Group, IssuedDocument, Meeting, MeetingChange

PREPARED = ("attendance_sheet", "host_list")
"""Kinds that are made beforehand, of the meeting as it stood then. Their subject begins with call and meeting."""


def outdated(session: Session, rows: Sequence[IssuedDocument]) -> set[int]:
    """Ids of those that say what a later change of their meeting made untrue."""
    changed = _changes(session)
    return {
        row.id
        for row in rows
        if row.id is not None
        and row.kind in PREPARED
        and (at := changed.get(_meeting_in(row.subject))) is not None
        and at > row.made_at
    }


def prepared_for(session: Session, call: str, meeting: str) -> int:
    """How many papers lie ready for a meeting as it stands, the newest of each kind and day."""
    rows = session.exec(
        select(IssuedDocument)
        .where(col(IssuedDocument.kind).in_(PREPARED), col(IssuedDocument.subject).startswith(f"{call}:{meeting}"))
        .order_by(col(IssuedDocument.id))
    ).all()
    own = {(row.kind, row.subject): row for row in rows if _meeting_in(row.subject) == f"{call}:{meeting}"}
    return len(own) - len(outdated(session, list(own.values())))


def _meeting_in(subject: str) -> str:
    return ":".join(subject.split(":")[:2])


def _changes(session: Session) -> dict[str, datetime]:
    """When each meeting was changed last, by the codes of its call and its own."""
    rows = session.exec(
        select(Call.code, Meeting.code, func.max(MeetingChange.changed_at))
        .join(Group, col(Group.call_id) == col(Call.id))
        .join(Meeting, col(Meeting.group_id) == col(Group.id))
        .join(MeetingChange, col(MeetingChange.meeting_id) == col(Meeting.id))
        .group_by(Call.code, Meeting.code)
    ).all()
    return {f"{call}:{code}": at for call, code, at in rows}
