"""What is on record about the sessions of a call: for officers to read, and for the protocol."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.steps.ballots import voices_of
from flows.steps.commission import recusals
from models.glossary import label
from models.rules.voting import Voice
from models.tables import Application, Ballot, Call, CommissionSession


@dataclass(frozen=True)
class SessionLine:
    number: int
    held_on: date
    place: str
    remote: bool
    state: str


@dataclass(frozen=True)
class RecusalLine:
    """By symbol, never by name: what the member said stays with the record."""

    number: str
    symbol: str
    cause: str


@dataclass(frozen=True)
class BallotLine:
    """One vote taken; ``name`` is ``session/number``, ``voices`` are by symbol."""

    name: str
    motion: str
    in_favour: int
    against: int
    abstained: int
    result: str
    voices: dict[str, str]


def sessions_of(session: Session, call: Call, *, at: datetime | None = None) -> list[CommissionSession]:
    """The sessions of a call in their order, those opened by a moment if one is given."""
    rows = session.exec(
        select(CommissionSession).where(CommissionSession.call_id == call.id).order_by(col(CommissionSession.number))
    ).all()
    return [row for row in rows if at is None or row.opened_at <= at]


def session_lines(session: Session, call: Call) -> list[SessionLine]:
    return [
        SessionLine(row.number, row.held_on, row.place, row.remote, label(row.state))
        for row in sessions_of(session, call)
    ]


def recusal_lines(session: Session, call: Call, *, at: datetime) -> list[RecusalLine]:
    return [
        RecusalLine(application.number, member.symbol, label(row.cause))
        for row, member, application in recusals(session, call, at=at)
    ]


def ballots_of(session: Session, sitting: CommissionSession) -> list[Ballot]:
    return list(session.exec(select(Ballot).where(Ballot.session_id == sitting.id).order_by(col(Ballot.number))).all())


def ballot_lines(session: Session, call: Call, *, of: CommissionSession | None = None) -> list[BallotLine]:
    """The ballots of a call, or of one session."""
    lines = []
    for sitting in sessions_of(session, call) if of is None else [of]:
        for ballot in ballots_of(session, sitting):
            tally = ballot.tally
            result = "przeszło" if ballot.carried else "nie przeszło" if tally["quorum"] else "brak kworum"
            lines.append(
                BallotLine(
                    name=f"{sitting.number}/{ballot.number}",
                    motion=motion_of(session, ballot),
                    in_favour=tally["in_favour"],
                    against=tally["against"],
                    abstained=tally["abstained"],
                    result=result + (" (głos osoby przewodniczącej)" if tally["by_chair"] else ""),
                    voices={symbol: label(Voice(voice)) for symbol, voice in voices_of(session, ballot).items()},
                )
            )
    return lines


def motion_of(session: Session, ballot: Ballot) -> str:
    """What was voted on, in words."""
    if ballot.application_id is None:
        return "propozycja (lista rankingowa) w całości"
    assert ballot.outcome is not None
    return f"{session.get_one(Application, ballot.application_id).number}: {label(ballot.outcome)}"
