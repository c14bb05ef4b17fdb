"""What a project's agreement of institutions (porozumienie) says: its clauses are the project's, not the program's."""

from typing import Annotated, TypeAlias

from pydantic import Field

from models.form_definition import Strict

Clause: TypeAlias = Annotated[str, Field(pattern=r"\S")]
Clauses: TypeAlias = Annotated[tuple[Clause, ...], Field(min_length=1)]


class AgreementRules(Strict):
    """The words of the agreement and of the accession sheet. Parties, days and places are put in by the program."""

    title: Clause = "Porozumienie o współpracy"
    preamble: tuple[Clause, ...] = ()
    subject: Clauses
    """What the parties agree on: the cooperation model, the partner teams (PZK)."""
    commitments: Clauses
    accession: Clauses
    """On which terms others join at any time."""
    closing: tuple[Clause, ...] = ()
    statement: Clauses
    """What an institution declares on the accession sheet."""
