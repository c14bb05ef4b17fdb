"""The protocol's annex: everything that a list was made of and decided by, by numbers and symbols, under a seal.

It is built from append-only rows by the moment of the announcement, so it can be built again at any later time and
must come to the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.assessment_records import assessment_part
from flows.steps.ballots import voices_of
from flows.steps.commission import ever_members, present, recusals_of
from flows.steps.protocol_changes import appeals_between, promotions_between
from flows.steps.session_records import ballots_of, sessions_of
from models.rules.ranking import ListKind
from models.tables import (
    Application,
    Ballot,
    Call,
    CommissionSession,
    Decision,
    IssuedDocument,
    ProjectVersion,
    Promotion,
    Ranking,
)
from models.tables.decisions import DecisionOutcome

FORMAT = "nabor-protocol-annex-2"
FORMAT_1 = "nabor-protocol-annex-1"
"""Of the release before: without appeals, promotions and assessments."""
ANNEX = "protocol_annex"
PROPOSED = {
    ListKind.MAIN: DecisionOutcome.ACCEPTED,
    ListKind.RESERVE: DecisionOutcome.RESERVE,
    ListKind.BEYOND: DecisionOutcome.REJECTED,
}


@dataclass(frozen=True)
class Issue:
    """One protocol of a call: its number, when it was announced, and the one before."""

    number: int
    at: datetime
    before: datetime | None


def issues(session: Session, call: Call) -> list[Issue]:
    """The protocols of a call that have an annex, in their order."""
    rows = session.exec(
        select(IssuedDocument)
        .where(IssuedDocument.kind == ANNEX, IssuedDocument.subject == call.code)
        .order_by(col(IssuedDocument.version))
    ).all()
    times = [row.made_at for row in rows]
    return [Issue(row.version, row.made_at, before) for row, before in zip(rows, [None, *times], strict=False)]


def body_of(session: Session, call: Call, issue: Issue, *, tells: str = FORMAT) -> dict[str, object]:
    """What the annex of a protocol says, in one of its formats. Reads rows of the past only."""
    version = session.get_one(ProjectVersion, call.project_version_id)
    told = session.exec(
        select(Decision, Application)
        .join(Application, col(Application.id) == Decision.application_id)
        .where(
            Application.call_id == call.id,
            col(Decision.announced_at) == issue.at,
            # Those that carry out a promotion are told of as promotions, by the protocol after.
            col(Decision.id).not_in(select(Promotion.decision_id)),
        )
        .order_by(Application.number)
    ).all()
    sittings = sittings_of(session, call, issue)
    ballots = {ballot.id: (sitting, ballot) for sitting in sittings for ballot in ballots_of(session, sitting)}
    used = {decision.ranking_id for decision, _ in told} | {ballot.ranking_id for _, ballot in ballots.values()}
    rankings = [
        row
        for row in session.exec(
            select(Ranking)
            .where(Ranking.call_id == call.id, col(Ranking.ranked_at) <= issue.at)
            .order_by(col(Ranking.version))
        ).all()
        if row.id in used
    ]
    versions = {row.id: row.version for row in rankings}
    return {
        "format": tells,
        "call": call.code,
        "protocol": issue.number,
        "announced_at": issue.at.isoformat(),
        "rules": {"project": version.code, "version": version.version, "digest": version.digest},
        "rankings": [ranking_part(row) for row in rankings],
        "decisions": [
            {
                "number": application.number,
                "version": decision.version,
                "outcome": decision.outcome.value,
                "reason": decision.reason_code,
                "ranking": versions.get(decision.ranking_id),
                "as_proposed": decision.as_proposed,
                "beyond_seats": decision.beyond_seats is not None,
                "ballot": _name(ballots.get(decision.ballot_id)),
                "decided_at": decision.decided_at.isoformat(),
            }
            for decision, application in told
        ],
        "sessions": [_session_part(session, call, one, versions, issue) for one in sittings],
        "recusals": [
            {
                "number": application.number,
                "symbol": member.symbol,
                "cause": row.cause.value,
                "recorded_at": row.recorded_at.isoformat(),
            }
            for row, member, application in recusals_of(session, call, bodies_of(session, call, issue), at=issue.at)
        ],
        **({} if tells == FORMAT_1 else _told_since_the_second_format(session, call, issue)),
    }


def _told_since_the_second_format(session: Session, call: Call, issue: Issue) -> dict[str, object]:
    return {
        "appeals": appeals_between(session, call, after=issue.before, at=issue.at),
        "promotions": promotions_between(session, call, after=issue.before, at=issue.at),
        "assessment": assessment_part(session, call, at=issue.at),
    }


def ranking_part(row: Ranking) -> dict[str, object]:
    """A ranking as the annex carries it; the snapshot is the very text that was ranked."""
    return {
        "version": row.version,
        "algorithm": row.algorithm,
        "rules_digest": row.rules_digest,
        "snapshot": row.snapshot,
        "snapshot_digest": row.snapshot_digest,
        "places": row.places,
        "shortfalls": row.shortfalls,
    }


def sittings_of(session: Session, call: Call, issue: Issue) -> list[CommissionSession]:
    """The sessions that a protocol tells of: those since the protocol before."""
    return [
        row
        for row in sessions_of(session, call, at=issue.at)
        if issue.before is None or row.closed_at is None or row.closed_at > issue.before
    ]


def bodies_of(session: Session, call: Call, issue: Issue) -> set[str]:
    """The commissions that sat at the sessions a protocol tells of; without any, the one of its moment."""
    ends = [one.closed_at or issue.at for one in sittings_of(session, call, issue)] or [issue.at]
    return {one.body for end in ends for one in ever_members(session, call, at=end)}


def _session_part(
    session: Session, call: Call, sitting: CommissionSession, versions: Mapping[int | None, int], issue: Issue
) -> dict[str, object]:
    end = sitting.closed_at or issue.at
    there = present(session, sitting, at=end)
    return {
        "session": sitting.number,
        "held_on": sitting.held_on.isoformat(),
        "remote": sitting.remote,
        "members": [
            {"symbol": one.symbol, "function": one.function.value, "votes": one.votes}
            for one in ever_members(session, call, at=end)
            if one.dismissed_at is None or one.dismissed_at > sitting.opened_at
        ],
        "present_at_the_end": [one.symbol for one in there],
        "ballots": [
            {
                "ballot": f"{sitting.number}/{one.number}",
                "number": _number(session, one),
                "outcome": one.outcome.value if one.outcome else None,
                "ranking": versions.get(one.ranking_id),
                "algorithm": one.algorithm,
                "rules": one.rules,
                "roll": one.roll,
                "voices": {symbol: voice.value for symbol, voice in voices_of(session, one).items()},
                "tally": one.tally,
                "carried": one.carried,
            }
            for one in ballots_of(session, sitting)
        ],
    }


def _number(session: Session, ballot: Ballot) -> str | None:
    return None if ballot.application_id is None else session.get_one(Application, ballot.application_id).number


def _name(found: tuple[CommissionSession, Ballot] | None) -> str | None:
    return None if found is None else f"{found[0].number}/{found[1].number}"
