"""What a paid member's papers must say: the statement for taxes, how long it holds, and the clauses of the contract.

Every clause is the office's own text. Marks in braces are written out when a contract is made: ``{rate}``,
``{contractor:narzednik}``, ``{sex:zwaną|zwanym|zwaną}``; all of them stand in :data:`MARKS`, and a number or a text of
the definition is named by its path, as in the regulation.
"""

import re
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from models.form_definition import KEY, Strict
from models.regulation import RegulationParagraph
from models.rules.statement_validity import StatementValidity

Text: TypeAlias = Annotated[str, Field(pattern=r"\S")]


class States(StrEnum):
    """What a contract names as its price. Only a stated amount decides on the lump-sum tax (art. 30 ust. 1 pkt 5a of
    the income tax act): „not more than” is a limit and no stated amount."""

    RATE = "rate"
    AMOUNT = "amount"


class Paper(StrEnum):
    """What a paid member's file may lack."""

    DECLARATION = "declaration"
    STATEMENT = "statement"
    ACCOUNT = "account"
    PIT2 = "pit2"
    CONTRACT_ISSUED = "contract_issued"
    CONTRACT_SIGNED = "contract_signed"
    BILL = "bill"


class ContractRules(Strict):
    """The section ``contracts`` of a project."""

    statement_form: Annotated[str, Field(pattern=KEY)] | None = None
    """Key of the form in which members of paid groups make their statement; ``None``: officers type statements in."""
    statement_working_days: Annotated[int, Field(ge=1, le=365)] = 7
    """Until when a statement that was asked for should come back."""
    validity: StatementValidity = StatementValidity()
    declaration: Annotated[str, Field(pattern=KEY)] | None = None
    """Code of the project's document (``documents``) that is the signed declaration of participation."""
    needed: tuple[Paper, ...] = (Paper.STATEMENT, Paper.ACCOUNT, Paper.CONTRACT_SIGNED, Paper.BILL)
    """What is looked for in the file of each member of a paid group."""
    watched: bool = False
    """Whether what is missing stands among the matters that wait (``nabor todo``), too."""
    title: Text = "Umowa zlecenie"
    number_prefix: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9/-]{0,15}$")] = "UZ"
    """Contracts are numbered in a row each year: „UZ/0001/2018”."""
    assumption: str = ""
    """Printed under the title as long as the office has not made the text its own."""
    represented_by: str = ""
    """Who signs for the buyer; empty leaves a dotted line."""
    states: States = Field(default=States.RATE, strict=False)
    preamble: str = ""
    clauses: tuple[RegulationParagraph, ...] = ()
    """The paragraphs (§) of the contract; without any there is no contract to be issued."""


CASES: Final = ("mianownik", "dopelniacz", "celownik", "biernik", "narzednik")
"""How a mark names a grammatical case."""
MARKS: Final = frozenset(
    {
        *("contract", "group", "tasks", "area", "period.from", "period.until", "hours"),
        *("rate", "rate.words", "per", "most", "most.words", "amount", "amount.words", "minimum_rate"),
        *("contractor.name", "contractor.address", "contractor.pesel", "represented_by", "bill_days", "replaces"),
        *(f"contractor:{case}" for case in CASES),
        *(f"you:{case}" for case in CASES),
    }
)
ONLY_WITH_AMOUNT: Final = frozenset({"amount", "amount.words"})
_BY_SEX = re.compile(r"sex:[^|{}]+\|[^|{}]+\|[^|{}]+")


def is_contract_mark(mark: str) -> bool:
    """Whether it is written out from the contract itself, and not by its path in the definition."""
    return mark in MARKS or _BY_SEX.fullmatch(mark) is not None


# The questions of a statement form, by the keys of their leaves.

ACCOUNT: Final = "konto"
BORN: Final = "data_urodzenia"
EMPLOYED: Final = "zatrudnienie"
STUDENT: Final = "student"
SICKNESS: Final = "chorobowe"
OWN_EMPLOYER: Final = "zatrudnia_zleceniodawca"
PPK: Final = "ppk"
PIT2: Final = "pit2"
NO_ADVANCE: Final = "bez_zaliczek"
COPYRIGHT: Final = "koszty_autorskie"
REQUIRED_QUESTIONS: Final = (ACCOUNT, BORN, EMPLOYED, STUDENT, SICKNESS, OWN_EMPLOYER)
YES_NO_QUESTIONS: Final = (EMPLOYED, STUDENT, SICKNESS, OWN_EMPLOYER, PPK, PIT2, NO_ADVANCE, COPYRIGHT)
YES, NO = "tak", "nie"
