"""Meetings of a group, invitations to them, and who was there."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date, UniqueConstraint
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, document, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class MeetingState(StrEnum):
    PLANNED = "planned"
    INVITED = "invited"
    HELD = "held"
    CANCELLED = "cancelled"


MEETING = Lifecycle(
    aggregate="meeting",
    start=frozenset({MeetingState.PLANNED}),
    moves={
        MeetingState.PLANNED: frozenset({MeetingState.INVITED, MeetingState.CANCELLED}),
        MeetingState.INVITED: frozenset({MeetingState.INVITED, MeetingState.HELD, MeetingState.CANCELLED}),
    },
    rights={
        MeetingState.PLANNED: Right.MEETINGS,
        MeetingState.INVITED: Right.MEETINGS,
        MeetingState.HELD: Right.ATTENDANCE,
        MeetingState.CANCELLED: Right.MEETINGS,
    },
)


class Meeting(Scoped, table=True):
    """One meeting, of one or more days, as the project's schedule names it."""

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("group_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="working_group.id", index=True)
    project_version_id: int = Field(foreign_key="project_version.id")
    code: str = Field(max_length=60)
    title: str = Field(max_length=200)
    place: str = Field(max_length=200)
    host: str = Field(default="", max_length=200)
    agenda: Any = Field(sa_column=document())
    sequence: int = 0
    state: MeetingState = Field(default=MeetingState.PLANNED, sa_column=choice(MeetingState))


class MeetingDay(Scoped, table=True):
    """One day of a meeting, with its hours in Warsaw time stored as instants."""

    __tablename__ = "meeting_day"
    __table_args__ = (UniqueConstraint("meeting_id", "on"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    on: date = Field(sa_column=Column("on", Date, nullable=False))
    starts_at: datetime = Field(sa_column=moment())
    ends_at: datetime = Field(sa_column=moment())


class InvitationState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


INVITATION = Lifecycle(
    aggregate="invitation",
    start=frozenset({InvitationState.INVITED}),
    moves={
        InvitationState.INVITED: frozenset(
            {InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.CANCELLED}
        ),
        InvitationState.ACCEPTED: frozenset({InvitationState.DECLINED, InvitationState.CANCELLED}),
        InvitationState.DECLINED: frozenset({InvitationState.ACCEPTED, InvitationState.CANCELLED}),
    },
    rights=dict.fromkeys(InvitationState, Right.MEETINGS),
)


class Invitation(Scoped, table=True):
    """One member's invitation to one meeting; ``uid`` is what their calendar knows it by."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("meeting_id", "membership_id"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    uid: str = Field(unique=True, max_length=120)
    sequence: int
    invited_at: datetime = Field(sa_column=moment())
    answered_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    state: InvitationState = Field(default=InvitationState.INVITED, sa_column=choice(InvitationState))


class Attendance(Scoped, table=True):
    """Confirmed minutes of one member on one day. Append-only: the newest version counts."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_day_id", "membership_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_day_id: int = Field(foreign_key="meeting_day.id", index=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    version: int
    minutes: int
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
