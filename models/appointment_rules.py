"""What an act of appointment (akt powołania) of a member of a group says, and the act of recall (akt odwołania).

Every sentence is the office's own. Marks in braces are written out for the person: ``{you:biernik}``,
``{member:biernik}``, ``{sex:powołana|powołany|w składzie}``; all of them stand in :data:`MARKS`, and a number or a text
of the definition is named by its path, as in the regulation.
"""

import re
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from models.contract_rules import CASES as CASES
from models.form_definition import Strict
from models.regulation import Passage

Text: TypeAlias = Annotated[str, Field(pattern=r"\S")]
Kind: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$")]
Pattern: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z0-9{][A-Za-z0-9{}./-]{0,59}$")]


class ActText(Strict):
    """The words of one act. ``basis``: the legal basis, as it stands before them („Na podstawie § 10 …”)."""

    title: Text
    basis: Text
    number: Pattern
    """How acts are numbered: ``{number}`` (four digits, from 1 each year) and ``{year}`` must stand in it, ``{kind}``
    and ``{area}`` may; acts whose numbers look alike are counted together."""
    passages: Annotated[tuple[Passage, ...], Field(min_length=1)]


class AppointmentRules(Strict):
    """One entry of the section ``appointments``: who appoints the members of some kinds of groups, and in what words.

    ``recall``: the act that ends an appointment when the membership has ended; ``None``: it ends without one.
    """

    group_kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    organ: Text
    """Who appoints, in the nominative, as it stands under the act."""
    assumption: str = ""
    """Printed under the title as long as the office has not made the text its own."""
    appointment: ActText
    recall: ActText | None = None


NUMBER_MARKS: Final = frozenset({"number", "year", "kind", "area"})
NUMBER_MARKS_NEEDED: Final = frozenset({"number", "year"})
MARKS: Final = frozenset(
    {
        *("act", "organ", "group", "area", "tasks", "name", "institution", "since"),
        *(f"you:{case}" for case in CASES),
        *(f"member:{case}" for case in CASES),
    }
)
ONLY_IN_RECALL: Final = frozenset({"appointed.act", "appointed.since"})
"""The act that is ended."""
_BY_SEX = re.compile(r"sex:[^|{}]+\|[^|{}]+\|[^|{}]+")


def is_act_mark(mark: str) -> bool:
    """Whether it is written out from the act itself, and not by its path in the definition."""
    return mark in MARKS | ONLY_IN_RECALL or _BY_SEX.fullmatch(mark) is not None
