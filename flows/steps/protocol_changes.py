"""What happened between two protocols of a call: appeals filed and ruled on, and seats that went to the reserve.

The protocol tells of it after the fact, from rows that only grow, so the same can be told again at any later time.
What happened in the very moment of a protocol belongs to the next one.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.appeal_records import number_of, ruling_of
from flows.steps.projects import definition_for
from models.tables import Appeal, Application, Call, Decision, Membership, Promotion, Ranking


def appeals_between(session: Session, call: Call, *, after: datetime | None, at: datetime) -> list[dict[str, object]]:
    """Appeals that were filed, ruled on or followed by the new decision that is announced at ``at``.

    ``decision`` is the version of that new decision, if it is this protocol that announces it. The candidate's letter
    and the reason of the ruling are not told: both are words about a person.
    """
    paragraph = definition_for(session, call).appeals.paragraph
    rows = session.exec(
        select(Appeal, Application)
        .join(Application, col(Application.id) == Appeal.application_id)
        .where(Application.call_id == call.id, col(Appeal.filed_at) < at)
        .order_by(col(Appeal.filed_at), col(Appeal.id))
    ).all()
    told: list[dict[str, object]] = []
    for appeal, application in rows:
        ruling = ruling_of(session, appeal)
        if ruling is not None and ruling.ruled_at >= at:
            ruling = None
        against = session.get_one(Decision, appeal.decision_id)
        following = _following(session, against, at=at) if ruling is not None and ruling.upheld else None
        announces = following is not None and following.announced_at == at
        new = [appeal.filed_at] if ruling is None else [appeal.filed_at, ruling.ruled_at]
        if not announces and after is not None and all(moment < after for moment in new):
            continue
        told.append(
            {
                "appeal": number_of(session, appeal),
                "number": application.number,
                "received_at": appeal.received_at.isoformat(),
                "filed_at": appeal.filed_at.isoformat(),
                "late": appeal.late,
                "against": against.version,
                "paragraph": paragraph,
                "upheld": ruling.upheld if ruling else None,
                "ruled_at": ruling.ruled_at.isoformat() if ruling else None,
                "decision": following.version if following is not None and announces else None,
            }
        )
    return told


def _following(session: Session, against: Decision, *, at: datetime) -> Decision | None:
    """The first decision that was announced after the one an appeal is against, by then."""
    return session.exec(
        select(Decision)
        .where(
            Decision.application_id == against.application_id,
            col(Decision.version) > against.version,
            col(Decision.announced_at) <= at,
        )
        .order_by(col(Decision.version))
    ).first()


def promotions_between(
    session: Session, call: Call, *, after: datetime | None, at: datetime
) -> list[dict[str, object]]:
    """Promotions carried out since the protocol before, in their order."""
    return [
        promotion_part(session, row)
        for row in promotions_of(session, call)
        if (after is None or row.promoted_at >= after) and row.promoted_at < at
    ]


def promotions_of(session: Session, call: Call) -> list[Promotion]:
    """All promotions of a call, the first one first. Raises ``KeysMissing`` when one of them does not open."""
    rows = select(Promotion).join(Application, col(Application.id) == Promotion.application_id)
    return list(session.exec(rows.where(Application.call_id == call.id).order_by(col(Promotion.id))).all())


def promotion_part(session: Session, row: Promotion) -> dict[str, object]:
    """A promotion as the annex carries it; the basis is the very text that the choice was made from."""
    vacancy = session.get_one(Membership, row.vacancy_id)
    return {
        "number": session.get_one(Application, row.application_id).number,
        "instead_of": session.get_one(Application, vacancy.application_id).number,
        "position": row.position,
        "ground": row.ground,
        "sentence": row.reason,
        "decision": session.get_one(Decision, row.decision_id).version,
        "ranking": session.get_one(Ranking, row.ranking_id).version,
        "algorithm": row.algorithm,
        "basis": row.basis,
        "basis_digest": row.basis_digest,
        "promoted_at": row.promoted_at.isoformat(),
    }
