"""Project versions: checking and loading definitions, and finding the one something was decided under."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlmodel import Session, col, func, select

from models.actor import Actor, Right
from models.errors import DefinitionFaulty, NotFound
from models.events import Happened
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, digest, from_canonical
from models.project_file import load_project
from models.tables import Call, ProjectVersion
from models.transitions import note
from templates.check import template_problems


@dataclass(frozen=True)
class LoadedVersion:
    code: str
    version: int
    digest: str
    new: bool


def checked_project(folder: Path) -> ProjectDefinition:
    """The definition in a folder, its letters tried out as well. Raises ``DefinitionFaulty`` with every mistake."""
    definition = load_project(folder)
    problems = template_problems(definition.templates) if definition.templates else ()
    if problems:
        raise DefinitionFaulty(problems)
    return definition


def load_version(session: Session, folder: Path, *, actor: Actor, now: datetime) -> LoadedVersion:
    """Loads a definition as a new immutable version; the same content again is the version it already was.

    Every later call of the project follows it, whatever its area, so it takes an account of the whole project. Raises
    ``DefinitionFaulty`` with every mistake.
    """
    actor.require_everywhere(Right.LOAD_PROJECT)
    definition = checked_project(folder)
    body = canonical_bytes(definition)
    known = session.exec(
        select(ProjectVersion).where(ProjectVersion.code == definition.code, ProjectVersion.digest == digest(body))
    ).first()
    if known is not None:
        return LoadedVersion(known.code, known.version, known.digest, new=False)
    last = session.exec(
        select(ProjectVersion.version)
        .where(ProjectVersion.code == definition.code)
        .order_by(col(ProjectVersion.version).desc())
    ).first()
    row = ProjectVersion(
        code=definition.code,
        version=(last or 0) + 1,
        schema_version=definition.schema_version,
        digest=digest(body),
        body=body,
        loaded_at=now,
        loaded_by=actor.login,
    )
    session.add(row)
    session.flush()
    note(
        session,
        f"projectversion/{row.id}",
        happened=Happened.PROJECT_LOADED,
        actor=actor,
        now=now,
        facts={"code": row.code, "version": row.version, "digest": row.digest},
    )
    return LoadedVersion(row.code, row.version, row.digest, new=True)


def newest_version(session: Session, code: str) -> ProjectVersion:
    """The newest loaded version of a project. Raises ``NotFound``."""
    row = session.exec(
        select(ProjectVersion).where(ProjectVersion.code == code).order_by(col(ProjectVersion.version).desc())
    ).first()
    if row is None:
        raise NotFound(f"Projektu „{code}” nie wczytano. Użyj: nabor project load FOLDER.")
    return row


def newest_definitions(session: Session) -> list[ProjectDefinition]:
    """The newest version of every project of the office."""
    newest = select(func.max(ProjectVersion.id)).group_by(ProjectVersion.code)
    rows = session.exec(
        select(ProjectVersion.body).where(col(ProjectVersion.id).in_(newest)).order_by(ProjectVersion.code)
    ).all()
    return [_parse(body) for body in rows]


def project_codes(session: Session) -> list[str]:
    """Codes of the projects of the office."""
    return sorted(session.exec(select(ProjectVersion.code).distinct()).all())


def stored_version(session: Session, name: str) -> ProjectDefinition:
    """A loaded version by code and number (``KES/2``) or by the beginning of its digest, at least six signs of it.

    Raises ``NotFound``, also for a beginning that several share.
    """
    code, slash, number = name.rpartition("/")
    if slash and number.isdecimal():
        wanted = (ProjectVersion.code == code, ProjectVersion.version == int(number))
        rows = session.exec(select(ProjectVersion).where(*wanted)).all()
    elif _DIGEST.fullmatch(name):
        rows = session.exec(select(ProjectVersion).where(col(ProjectVersion.digest).startswith(name))).all()
    else:
        rows = []
    if len(rows) != 1:
        raise NotFound(f"„{name}” nie jest folderem ani jedną wczytaną wersją. Wzór: KES/2 albo początek skrótu.")
    return _parse(rows[0].body)


_DIGEST = re.compile(r"[0-9a-f]{6,64}")


def definition_of(session: Session, project_version_id: int) -> ProjectDefinition:
    """The definition stored under an id, read from its stored bytes.

    Every step asks for it, again and again, and of a large project it is a large document that never changes: a session
    asks the database once, and a process that has read the version before asks for its digest only.
    """
    held: dict[int, ProjectDefinition] = session.info.setdefault(_HELD, {})
    if project_version_id not in held:
        told = session.exec(select(ProjectVersion.digest).where(ProjectVersion.id == project_version_id)).one()
        held[project_version_id] = _READ.get(told) or _read(session, project_version_id, told)
    return held[project_version_id]


_HELD = "definitions"
_READ: dict[str, ProjectDefinition] = {}
"""What this process has read, by the digest of its bytes."""
_MOST_READ = 16


def _read(session: Session, project_version_id: int, told: str) -> ProjectDefinition:
    body = session.exec(select(ProjectVersion.body).where(ProjectVersion.id == project_version_id)).one()
    definition = _parse(body)
    if digest(body) == told:
        while len(_READ) >= _MOST_READ:
            _READ.pop(next(iter(_READ)), None)
        _READ[told] = definition
    return definition


def definition_for(session: Session, call: Call) -> ProjectDefinition:
    """The definition a call runs under."""
    return definition_of(session, call.project_version_id)


def newest_for(session: Session, call: Call) -> ProjectDefinition:
    """The newest version of the project of a call: by it meetings are planned, and the contracts and statements that
    their pay follows are made; what was decided on applications stays under ``definition_for``."""
    code = definition_for(session, call).code
    newest = select(ProjectVersion.id).where(ProjectVersion.code == code).order_by(col(ProjectVersion.version).desc())
    return definition_of(session, session.exec(newest).first() or call.project_version_id)


@lru_cache(maxsize=16)
def _parse(body: bytes) -> ProjectDefinition:
    return from_canonical(body)
