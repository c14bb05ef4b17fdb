"""Meetings of a group, invitations to them, and who was there."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date, UniqueConstraint
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, document, encrypted, moment
from models.lifecycle import Lifecycle
from models.rules.invitation_answers import AnswerOutcome
from models.rules.meeting_kinds import MeetingKind
from models.rules.presence import AttendanceStatus
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
        MeetingState.PLANNED: frozenset({MeetingState.INVITED, MeetingState.HELD, MeetingState.CANCELLED}),
        MeetingState.INVITED: frozenset({MeetingState.INVITED, MeetingState.HELD, MeetingState.CANCELLED}),
    },
    rights={
        MeetingState.PLANNED: Right.MEETINGS,
        MeetingState.INVITED: Right.MEETINGS,
        MeetingState.HELD: Right.ATTENDANCE,
        MeetingState.CANCELLED: Right.MEETINGS,
    },
)


class MeetingOrigin(StrEnum):
    """Where a meeting was planned: in the project's own schedule, or in a Harmonogram that an officer brought in."""

    PROJECT = "project"
    IMPORT = "import"


class Meeting(Scoped, table=True):
    """One meeting, of one or more days, as the project's schedule or an imported Harmonogram names it."""

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
    kind: MeetingKind = Field(default=MeetingKind.MEETING, sa_column=choice(MeetingKind))
    origin: MeetingOrigin = Field(default=MeetingOrigin.PROJECT, sa_column=choice(MeetingOrigin))
    source: str = Field(default="", max_length=200)
    """Of an imported one: the SHA-256 of the file and the row or line that it began in."""
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


class MeetingChange(Scoped, table=True):
    """One change of a meeting: how it stood before and after, and why. Append-only, so that old days stay readable."""

    __tablename__ = "meeting_change"
    __table_args__ = (UniqueConstraint("meeting_id", "sequence"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    sequence: int
    """The SEQUENCE that the meeting has since this change (RFC 5546 §2.1.4)."""
    before: Any = Field(sa_column=document())
    after: Any = Field(sa_column=document())
    """Days, place, title and agenda; empty when the meeting was cancelled."""
    asks_anew: bool
    """Whether the days or hours changed, so that earlier answers no longer count."""
    reason: str = Field(sa_column=encrypted("meeting_change.reason"))
    changed_at: datetime = Field(sa_column=moment())
    changed_by: str = Field(max_length=60)


class MeetingRecord(Scoped, table=True):
    """What a meeting worked out, and whose assumptions it verified. Append-only: the newest version counts."""

    __tablename__ = "meeting_record"
    __table_args__ = (UniqueConstraint("meeting_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    version: int
    body: str = Field(sa_column=encrypted("meeting_record.body"))
    """JSON: ``worked_out`` and ``verified``, each a list of sentences; free text, which may name people."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class MemberNeeds(Scoped, table=True):
    """What a member needs at meetings, in an officer's words beside those of the form. Append-only."""

    __tablename__ = "member_needs"
    __table_args__ = (UniqueConstraint("membership_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    version: int
    body: str = Field(sa_column=encrypted("member_needs.body"))
    """JSON: a text for each need that an officer has set; an empty one says that nothing is needed."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class Certificate(Scoped, table=True):
    """What one certificate of participation says. Append-only: other hours are another version of the same number."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("number", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="working_group.id", index=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    ordinal: int
    number: str = Field(max_length=60)
    version: int
    attended: Any = Field(sa_column=document())
    """Meeting, day and minutes of each day that it tells of."""
    issued_at: datetime = Field(sa_column=moment())
    issued_by: str = Field(max_length=60)


class InvitationState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    DELEGATED = "delegated"
    CANCELLED = "cancelled"


_I = InvitationState
ANSWERS = frozenset({_I.ACCEPTED, _I.TENTATIVE, _I.DECLINED, _I.DELEGATED})
AWAITED = frozenset({_I.INVITED, _I.TENTATIVE})
"""Nobody knows yet whether the person comes."""
EXPECTED = frozenset({_I.INVITED, _I.TENTATIVE, _I.ACCEPTED})
"""Who may come, for all that is known. Who sends somebody else does not, until an officer has settled it."""

INVITATION = Lifecycle(
    aggregate="invitation",
    start=frozenset({_I.INVITED}),
    moves={
        # A changed time asks anew, whatever was answered before.
        _I.INVITED: ANSWERS | {_I.INVITED, _I.CANCELLED},
        **{answer: (ANSWERS - {answer}) | {_I.INVITED, _I.CANCELLED} for answer in sorted(ANSWERS)},
        # Somebody else was to represent the institution by then, and does not after all.
        _I.CANCELLED: frozenset({_I.INVITED}),
    },
    rights=dict.fromkeys(InvitationState, Right.MEETINGS),
)


class InvitationRole(StrEnum):
    MEMBER = "member"
    SUBSTITUTE = "substitute"
    SUCCESSOR = "successor"
    """Sits in an institution's seat from a day on that has not come yet, and is invited to what is after it."""


class Invitation(Scoped, table=True):
    """One person's invitation to one meeting; ``uid`` is what their calendar knows it by.

    A member is known by the membership. A substitute comes to this one meeting from the reserve, instead of a member
    who declined, and has no membership. Nor has a successor yet.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("meeting_id", "membership_id"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    role: InvitationRole = Field(default=InvitationRole.MEMBER, sa_column=choice(InvitationRole))
    membership_id: int | None = Field(default=None, foreign_key="membership.id", index=True)
    application_id: int | None = Field(default=None, foreign_key="application.id", index=True)
    """Of a substitute, and of a successor."""
    instead_of_id: int | None = Field(default=None, foreign_key="invitation.id")
    """The declined invitation whose seat a substitute takes."""
    basis: str | None = Field(default=None, sa_column=encrypted("invitation.basis", nullable=True))
    """What the choice of a substitute rests on, as with a promotion; the same bytes lead to the same choice."""
    uid: str = Field(unique=True, max_length=120)
    sequence: int
    asked_sequence: int = 0
    """Since which SEQUENCE the days and hours stand as they do: an answer to an earlier one no longer counts."""
    invited_at: datetime = Field(sa_column=moment())
    answered_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    state: InvitationState = Field(default=InvitationState.INVITED, sa_column=choice(InvitationState))


class AnswerMethod(StrEnum):
    REPLY = "reply"
    COUNTER = "counter"
    REFRESH = "refresh"


class AnswerRoad(StrEnum):
    MAIL = "mail"
    LINK = "link"
    OFFICER = "officer"


class InvitationAnswer(Scoped, table=True):
    """One answer to an invitation, by whichever road, taken or not. Append-only."""

    __tablename__ = "invitation_answer"

    id: int | None = Field(default=None, primary_key=True)
    invitation_id: int | None = Field(default=None, foreign_key="invitation.id", index=True)
    """``None`` when nobody of ours has the UID it names."""
    mail_id: int | None = Field(default=None, foreign_key="received_mail.id", unique=True)
    road: AnswerRoad = Field(sa_column=choice(AnswerRoad))
    method: AnswerMethod = Field(sa_column=choice(AnswerMethod))
    partstat: str = Field(default="", max_length=20)
    """What it says, as RFC 5545 §3.2.12 writes it."""
    sequence: int
    """Which version of the meeting it answers …"""
    stamped_at: datetime = Field(sa_column=moment())
    """… and when it was given (DTSTAMP); of two answers to one version the later counts."""
    outcome: AnswerOutcome = Field(sa_column=choice(AnswerOutcome))
    comment: str = Field(default="", sa_column=encrypted("invitation_answer.comment"))
    delegate: str = Field(default="", sa_column=encrypted("invitation_answer.delegate"))
    """Whom the person would send instead."""
    proposed: Any = Field(default=None, sa_column=document(nullable=True))
    """The proposed beginning and end, and the day of ours that they would replace (ISO)."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class CounterVerdict(Scoped, table=True):
    """What an officer made of a proposal of other hours, once. Append-only."""

    __tablename__ = "counter_verdict"

    id: int | None = Field(default=None, primary_key=True)
    answer_id: int = Field(foreign_key="invitation_answer.id", unique=True)
    accepted: bool
    reason: str = Field(sa_column=encrypted("counter_verdict.reason"))
    given_at: datetime = Field(sa_column=moment())
    given_by: str = Field(max_length=60)


class AttendanceFileKind(StrEnum):
    """A sheet that was read, a table that was imported, or a picture of a signed sheet that a person types in."""

    SHEET = "sheet"
    TABLE = "table"
    SCAN = "scan"


class AttendanceFile(Scoped, table=True):
    """A file that attendance was taken from, each content once a day or session; its bytes lie in the file store.

    It names many people, so its key is its own. It is of a meeting or of a session of group support; of a meeting,
    ``meeting_day_id`` is empty for a table of several days. Append-only.
    """

    __tablename__ = "attendance_file"
    __table_args__ = (
        UniqueConstraint("meeting_id", "content_lookup"),
        UniqueConstraint("support_session_id", "content_lookup"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", index=True)
    support_session_id: int | None = Field(default=None, foreign_key="support_session.id", index=True)
    meeting_day_id: int | None = Field(default=None, foreign_key="meeting_day.id", index=True)
    kind: AttendanceFileKind = Field(sa_column=choice(AttendanceFileKind))
    content_lookup: str = Field(max_length=64)
    content_digest: str = Field(sa_column=encrypted("attendance_file.content_digest"))
    """SHA-256 of the bytes: with the day or session, what ``content_lookup`` is the keyed digest of."""
    name: str = Field(sa_column=encrypted("attendance_file.name"))
    size: int
    stored_as: str = Field(unique=True, max_length=64)
    data_key_id: str = Field(foreign_key="data_key.id")
    received_at: datetime = Field(sa_column=moment())
    received_by: str = Field(max_length=60)


def attendance_content(digest: str, meeting_day_id: int | None, support_session_id: int | None = None) -> str:
    """What a kept file is known again by: one scan may hold the sheets of several days, and is kept for each."""
    if support_session_id is not None:
        return f"{digest}:sesja:{support_session_id}"
    return digest if meeting_day_id is None else f"{digest}:{meeting_day_id}"


class Attendance(Scoped, table=True):
    """Confirmed minutes of one member on one day. Append-only: the newest version counts.

    The minutes are what is paid for; status and times say how they came about.
    """

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_day_id", "membership_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_day_id: int = Field(foreign_key="meeting_day.id", index=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    version: int
    minutes: int
    status: AttendanceStatus = Field(sa_column=choice(AttendanceStatus))
    arrived_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    left_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    reason: str | None = Field(default=None, sa_column=encrypted("attendance.reason", nullable=True))
    """Why the person was excused, or why a confirmed day was changed."""
    raw: str | None = Field(default=None, sa_column=encrypted("attendance.raw", nullable=True))
    """What was written, where it was read from a file or typed as words."""
    file_id: int | None = Field(default=None, foreign_key="attendance_file.id", index=True)
    place: str = Field(default="", max_length=120)
    """Where in the file it stands."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class SubstituteAttendance(Scoped, table=True):
    """Confirmed minutes of a substitute on one day, kept apart since they are paid for by no rule. Append-only."""

    __tablename__ = "substitute_attendance"
    __table_args__ = (UniqueConstraint("meeting_day_id", "invitation_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_day_id: int = Field(foreign_key="meeting_day.id", index=True)
    invitation_id: int = Field(foreign_key="invitation.id", index=True)
    version: int
    minutes: int
    status: AttendanceStatus = Field(sa_column=choice(AttendanceStatus))
    arrived_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    left_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    reason: str | None = Field(default=None, sa_column=encrypted("substitute_attendance.reason", nullable=True))
    raw: str | None = Field(default=None, sa_column=encrypted("substitute_attendance.raw", nullable=True))
    file_id: int | None = Field(default=None, foreign_key="attendance_file.id", index=True)
    place: str = Field(default="", max_length=120)
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class DayConfirmation(Scoped, table=True):
    """An officer confirmed a day: everybody has an entry, and these are the ones. Append-only.

    ``entries`` names the versions that were confirmed; a later version means that the day has changed since.
    """

    __tablename__ = "day_confirmation"

    id: int | None = Field(default=None, primary_key=True)
    meeting_day_id: int = Field(foreign_key="meeting_day.id", index=True)
    entries: Any = Field(sa_column=document())
    """Ids of the rows that counted, of members and of substitutes."""
    confirmed_at: datetime = Field(sa_column=moment())
    confirmed_by: str = Field(max_length=60)


class CoachingSession(Scoped, table=True):
    """One session of individual support of a member. Append-only.

    A session that was entered wrongly is replaced by one that names it, and stays on record.
    """

    __tablename__ = "coaching_session"

    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    grant_id: int | None = Field(default=None, foreign_key="support_grant.id", index=True)
    """``None``: recorded under a project that named no kinds of support."""
    starts_at: datetime = Field(sa_column=moment())
    ends_at: datetime = Field(sa_column=moment())
    topic: str = Field(sa_column=encrypted("coaching_session.topic"))
    coach: str = Field(default="", sa_column=encrypted("coaching_session.coach"))
    reason: str | None = Field(default=None, sa_column=encrypted("coaching_session.reason", nullable=True))
    """Why the limit of hours was passed."""
    replaces_id: int | None = Field(default=None, foreign_key="coaching_session.id", unique=True)
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
