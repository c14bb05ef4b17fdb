"""What a member may need at a meeting, and which answer of a form says it."""

from collections.abc import Mapping
from enum import StrEnum


class Need(StrEnum):
    """What the host of a meeting prepares for."""

    ACCESS = "access"
    DIET = "diet"
    LODGING = "lodging"
    TRAVEL = "travel"


ASKED_AS: Mapping[Need, str] = {
    Need.ACCESS: "potrzeby",
    Need.DIET: "dieta",
    Need.LODGING: "nocleg",
    Need.TRAVEL: "dojazd",
}
"""The key under which a project's form asks for it, if it does."""
NOTHING = frozenset({"", "-", "–", "brak", "nie", "nie dotyczy", "nie mam", "brak potrzeb", "n/d", "nd"})
"""Answers that ask for nothing, in small letters and without a full stop."""


def wanted(answer: str) -> str:
    """What an answer asks for; empty for one that asks for nothing („brak”)."""
    text = " ".join(answer.split())
    return "" if text.casefold().rstrip(".") in NOTHING else text
