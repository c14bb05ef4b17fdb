"""What became known after a record was settled: too much was ordered, or attendance says something else by now.

The newest record of a member and a meeting speaks for all of them: one that adds to another holds the whole attendance.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from flows.steps.batch_candidates import Candidate
from flows.steps.pay_sources import minutes_entered
from models.rules.pay import RatePer, Remark
from models.rules.settlement import gross_for
from models.tables import MeetingDay, Stipend
from models.tables.stipends import COMMITTED, StipendState
from templates.polish import amount_zl


@dataclass(frozen=True)
class Attended:
    """The days on which somebody was there, and their minutes in all: what a payment is made of."""

    days: tuple[date, ...]
    minutes: int


def changes_since(session: Session, one: Candidate) -> Iterator[Remark]:
    """What stops a payment for what was found out since it was settled; ``session`` sees the whole project."""
    standing = session.exec(
        select(Stipend)
        .where(
            Stipend.membership_id == one.stipend.membership_id,
            Stipend.meeting_id == one.stipend.meeting_id,
            Stipend.state != StipendState.SUPERSEDED,
        )
        .order_by(col(Stipend.version))
    ).all()
    newest, ordered = standing[-1], one.stipend.state is StipendState.ORDERED
    if newest.gross < 0:
        what = f"za to spotkanie rozliczono za dużo o {amount_zl(-newest.gross)} brutto ({newest.number})"
        first = "zaniechaj listę (nabor batch discard) i " if ordered else ""
        yield Remark("overpaid", f"{what}; {first}{_SETTLE_AGAIN}.")
        return
    settled, now = _settled(standing), _entered(session, one.stipend)
    if settled != now and not (_added_to(one, standing) and _comes_to_the_same(newest, now)):
        # Where the days changed and the sum did not, nothing is added to what is ordered.
        then = "; gdy to nic nie zmieni, zaniechaj listę (nabor batch discard) i rozlicz je ponownie" if ordered else ""
        yield Remark("attendance_changed", f"obecność zmieniła się po rozliczeniu; {_SETTLE_AGAIN}{then}.")


_SETTLE_AGAIN = "rozlicz spotkanie jeszcze raz (nabor stipend settle)"


def _settled(standing: Sequence[Stipend]) -> Attended:
    """What the records rest on; one of an older release holds days, but no minutes of each."""
    body = json.loads(standing[-1].snapshot)
    days = tuple(sorted(date.fromisoformat(day) for day in body["days"]))
    if "attendance" in body:
        return Attended(days, sum(minutes for _, minutes in body["attendance"]))
    return Attended(days, sum(row.minutes for row in standing))


def _entered(session: Session, stipend: Stipend) -> Attended:
    days = session.exec(
        select(MeetingDay).where(MeetingDay.meeting_id == stipend.meeting_id).order_by(col(MeetingDay.on))
    ).all()
    attended = minutes_entered(session, days, [stipend.membership_id])[stipend.membership_id]
    return Attended(tuple(day.on for day, minutes in attended if minutes), sum(minutes for _, minutes in attended))


def _added_to(one: Candidate, standing: Sequence[Stipend]) -> bool:
    """Whether something that is ordered or paid adds to it: then settling makes nothing new where the sum is the
    same."""
    return any(row.state in COMMITTED and row.version > one.stipend.version for row in standing)


def _comes_to_the_same(newest: Stipend, now: Attended) -> bool:
    body = json.loads(newest.snapshot)
    rate = body["rate"]
    due = gross_for(now.minutes, rate["grosze"], RatePer(rate["per"]), days=len(now.days))
    return bool(due == body["gross"] + body["already"])
