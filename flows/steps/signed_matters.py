"""Which signed papers count: the files that the newest word on a signature names, wherever they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, func, select

from flows.steps.agreement_parties import JOINS
from models.tables import ActSigning, AgreementParty, AppointmentAct, DeclarationSigning, UnitDeclaration

T = TypeVar("T", bound=tuple[object, ...])


@dataclass(frozen=True)
class Named:
    """``files``: by id, those that some newest word names, with the matter whose newer word would let go of it (an act
    or a unit; empty for an agreement, whose steps all stand). ``once``: those that any word ever named. ``documents``:
    acts that 0.6.0 kept among the documents and that still count."""

    files: dict[int, str]
    once: frozenset[int]
    documents: frozenset[int]


def named_papers(session: Session) -> Named:
    """Of acts the newest signing counts, of a unit its newest declaration, of an institution its newest step into an
    agreement. Past the scope: a paper of another area is somebody's too."""
    acts = _rows(
        session,
        sa.select(col(ActSigning.file_id), col(ActSigning.document_id), col(AppointmentAct.number))
        .join(AppointmentAct, col(AppointmentAct.id) == col(ActSigning.act_id))
        .where(col(ActSigning.id).in_(select(func.max(ActSigning.id)).group_by(col(ActSigning.act_id)))),
    )
    newest = select(func.max(UnitDeclaration.id)).group_by(col(UnitDeclaration.project), col(UnitDeclaration.teryt))
    declarations = _rows(
        session,
        sa.select(col(DeclarationSigning.file_id), col(UnitDeclaration.project), col(UnitDeclaration.teryt))
        .join(UnitDeclaration, col(UnitDeclaration.id) == col(DeclarationSigning.unit_declaration_id))
        .where(col(DeclarationSigning.unit_declaration_id).in_(newest)),
    )
    joined = (
        select(func.max(AgreementParty.id))
        .where(col(AgreementParty.step).in_(JOINS))
        .group_by(col(AgreementParty.agreement_id), col(AgreementParty.institution_id))
    )
    parties = _rows(session, sa.select(col(AgreementParty.file_id)).where(col(AgreementParty.id).in_(joined)))
    files = {file_id: "" for (file_id,) in parties if file_id is not None}
    files |= {file_id: f"{project}/{teryt}" for file_id, project, teryt in declarations if file_id is not None}
    files |= {file_id: number for file_id, _, number in acts if file_id is not None}
    once = {
        file_id
        for table in (ActSigning, DeclarationSigning, AgreementParty)
        for (file_id,) in _rows(session, sa.select(SQLModel.metadata.tables[str(table.__tablename__)].c.file_id))
    }
    documents = frozenset(document_id for _, document_id, _ in acts if document_id is not None)
    return Named(files, frozenset(once - {None}), documents)


def _rows(session: Session, statement: sa.Select[T]) -> Sequence[sa.Row[T]]:
    return session.connection().execute(statement).all()
