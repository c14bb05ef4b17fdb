"""The register of territorial units that the office works with: loaded versions, and the newest of them."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlmodel import Session, col, select

from models.actor import Actor, Right
from models.columns import canonical
from models.events import Happened
from models.project import ProjectDefinition
from models.tables import TercRegister
from models.terc import read_register
from models.territory import SHIPPED, Territory, Unit
from models.transitions import note


@dataclass(frozen=True)
class LoadedRegister:
    as_of: date
    units: int
    digest: str
    new: bool
    """Whether it was loaded now: it was not the last one of its day before."""
    counts: bool
    """Whether it is the one that is read from now on: another one of a later day stays the newest."""


def load_terc(
    session: Session, data: bytes, *, as_of: date | None = None, actor: Actor, now: datetime
) -> LoadedRegister:
    """Loads the register from a file of the statistical office; what was loaded last of its day loads nothing again.

    Raises ``BadInput`` with the line of the first mistake, and loads nothing then.
    """
    actor.require_everywhere(Right.LOAD_PROJECT)
    territory, day = read_register(data, as_of=as_of)
    body = canonical([[unit.code, unit.name] for _, unit in sorted(territory.units.items())]).encode()
    digest = hashlib.sha256(body).hexdigest()
    last = session.exec(
        select(TercRegister.digest).where(TercRegister.as_of == day).order_by(col(TercRegister.id).desc())
    ).first()
    new = last != digest
    if new:
        row = TercRegister(
            as_of=day, units=len(territory.units), digest=digest, body=body, loaded_at=now, loaded_by=actor.login
        )
        session.add(row)
        session.flush()
        note(
            session,
            f"tercregister/{row.id}",
            happened=Happened.TERC_LOADED,
            actor=actor,
            now=now,
            facts={"as_of": day.isoformat(), "units": row.units, "digest": digest},
        )
    newest = _newest(session)
    counts = newest is not None and (newest.as_of, newest.digest) == (day, digest)
    return LoadedRegister(day, len(territory.units), digest, new=new, counts=counts)


def territory_of(session: Session) -> Territory:
    """The newest loaded register; the small built-in table where none was loaded."""
    newest = _newest(session)
    return SHIPPED if newest is None else _territory(newest.body, newest.as_of.isoformat())


def names_of_units(session: Session, definition: ProjectDefinition) -> dict[str, str]:
    """Names of units by code: as the project calls its own, and as the register calls all others."""
    return {code: unit.name for code, unit in territory_of(session).units.items()} | definition.area.names()


def _newest(session: Session) -> TercRegister | None:
    return session.exec(
        select(TercRegister).order_by(col(TercRegister.as_of).desc(), col(TercRegister.id).desc())
    ).first()


@lru_cache(maxsize=4)
def _territory(body: bytes, as_of: str) -> Territory:
    return Territory({code: Unit(code, name) for code, name in json.loads(body)}, as_of)
