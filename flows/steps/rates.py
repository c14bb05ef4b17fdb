"""Rates of pay as the office sees them, and its word for those that the tables could not confirm."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.actor import Actor, Right
from models.columns import canonical
from models.errors import BadInput, NotFound
from models.events import Happened
from models.rules.pay_law import TABLE_LABELS
from models.rules.pay_tables import ROWS, Row, RowStatus
from models.tables import RateConfirmation
from models.transitions import note


@dataclass(frozen=True)
class RateLine:
    """One row of the tables, and who in the office stands behind it. ``value`` in the unit of its table."""

    row: str
    table: str
    value: int
    valid_from: date
    valid_to: date | None
    selected_by: str
    source: str
    status: str
    """``confirmed`` by the tables, ``office`` by an officer, or ``niepotwierdzone``."""
    note: str
    confirmed_by: str
    confirmed_at: datetime | None
    confirmed_because: str
    confirmed_source: str


OFFICE = "office"


def confirmed_rows(session: Session) -> frozenset[str]:
    """The ids of the rows that the office stands behind now."""
    return frozenset(
        row_id
        for row_id, last in _newest(session).items()
        if last.confirmed and row_id in _ROWS and last.row_digest == _digest(_ROWS[row_id])
    )


def rates(session: Session, *, on: date | None, actor: Actor) -> list[RateLine]:
    """All rows, or those that hold on a day, in the order of the tables."""
    actor.require(Right.MONEY)
    last, standing = _newest(session), confirmed_rows(session)
    return [_line(row, last.get(row.id), standing) for row in ROWS if on is None or row.holds_on(on)]


def confirm_rate(session: Session, row_id: str, *, reason: str, source: str, actor: Actor, now: datetime) -> None:
    """The office relies on an unconfirmed row from now on. Records that wait for it are computed anew by settling.

    Raises ``NotFound`` for a row that the tables do not have, ``BadInput`` for one that needs no confirmation.
    """
    row = _asked(session, row_id, reason, actor)
    if row_id in confirmed_rows(session):
        raise BadInput(f"Stawkę „{row_id}” biuro już potwierdziło. Stan wszystkich: nabor stipend rates.")
    _record(session, row, True, reason, source, actor=actor, now=now)


def revoke_rate(session: Session, row_id: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """The office no longer relies on a row. Records made under it stay as they are; the next settling blocks."""
    row = _asked(session, row_id, reason, actor)
    if row_id not in confirmed_rows(session):
        raise BadInput(f"Stawki „{row_id}” biuro nie potwierdziło, więc nie ma czego cofać.")
    _record(session, row, False, reason, "", actor=actor, now=now)


_ROWS = {row.id: row for row in ROWS}


def _asked(session: Session, row_id: str, reason: str, actor: Actor) -> Row:
    actor.require_everywhere(Right.MONEY)
    row = _ROWS.get(row_id)
    if row is None:
        raise NotFound(f"Nie ma stawki „{row_id}”. Spis: nabor stipend rates.")
    if row.status is RowStatus.CONFIRMED:
        raise BadInput(f"Stawka „{row_id}” wynika wprost z przepisów ({row.source}); potwierdzenia nie wymaga.")
    if not reason.strip():
        raise BadInput("Potwierdzenie stawki i jego cofnięcie wymaga uzasadnienia (--reason).")
    return row


def _record(
    session: Session, row: Row, confirmed: bool, reason: str, source: str, *, actor: Actor, now: datetime
) -> None:
    session.add(
        RateConfirmation(
            row_id=row.id,
            row_digest=_digest(row),
            confirmed=confirmed,
            reason=reason.strip(),
            source=source.strip() or None,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    note(
        session,
        f"rate/{row.id}",
        happened=Happened.RATE_CONFIRMED if confirmed else Happened.RATE_REVOKED,
        actor=actor,
        now=now,
        facts={"row": row.id, "value": row.value},
    )


def _newest(session: Session) -> dict[str, RateConfirmation]:
    rows: Sequence[RateConfirmation] = session.exec(select(RateConfirmation).order_by(col(RateConfirmation.id))).all()
    return {row.row_id: row for row in rows}


def _digest(row: Row) -> str:
    said = {
        "table": row.table.value,
        "value": row.value,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "selected_by": row.selected_by.value,
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def _line(row: Row, last: RateConfirmation | None, standing: frozenset[str]) -> RateLine:
    by_office = last is not None and row.id in standing
    return RateLine(
        row=row.id,
        table=TABLE_LABELS[row.table],
        value=row.value,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        selected_by=row.selected_by.value,
        source=row.source,
        status=OFFICE if by_office else row.status.value,
        note=row.note,
        confirmed_by=last.recorded_by if last and by_office else "",
        confirmed_at=last.recorded_at if last and by_office else None,
        confirmed_because=last.reason if last and by_office else "",
        confirmed_source=(last.source or "") if last and by_office else "",
    )
