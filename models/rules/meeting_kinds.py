"""What a meeting of a group can be. Only plain meetings run as the group's kind says; the others have a shape of their
own."""

from enum import StrEnum


class MeetingKind(StrEnum):
    """Meeting, training, focus study, exchange with other gminas, coaching."""

    MEETING = "meeting"
    TRAINING = "training"
    FOCUS_STUDY = "focus_study"
    EXCHANGE = "exchange"
    COACHING = "coaching"
