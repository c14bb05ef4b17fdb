"""From judged applications and a project's rules to the input of a ranking. Pure.

The ranking that is stored and the one that is only rehearsed are made here, so that the same answers under the same
rules give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.group_kinds import GroupKind
from models.project import ProjectDefinition
from models.rules.composition import GminaSeats, Labels
from models.rules.order import Candidate, OrderKey, rule_of
from models.rules.ranking import Rules


@dataclass(frozen=True)
class Entrant:
    """One application that meets the criteria, with the points of its sheet and what the composition looks at."""

    number: str
    received_at: datetime
    nip: str
    """Of the institution; where it gave none, whatever else tells it from others."""
    sector: str
    level: str
    gmina: str
    merit: int = 0
    premium: int = 0
    points: Mapping[str, int] | None = None
    """By rule; ``None`` where nothing was scored."""


def candidates_of(entrants: Sequence[Entrant], kind: GroupKind) -> tuple[Candidate, ...]:
    """The candidates of a ranking. Institutions are numbered in the order of the entrants, so none is named."""
    named = named_rules(kind)
    institutions: dict[str, str] = {}
    return tuple(
        Candidate(
            number=one.number,
            points=one.merit + one.premium,
            premium=one.premium,
            received_at=one.received_at,
            sector=one.sector,
            level=one.level,
            gmina=one.gmina,
            institution=institutions.setdefault(one.nip, f"I{len(institutions) + 1}"),
            points_by={} if one.points is None else {rule: one.points[rule] for rule in named},
        )
        for one in entrants
    )


def rules_of_ranking(
    definition: ProjectDefinition, kind: GroupKind, candidates: Sequence[Candidate], *, seed: str | None
) -> Rules:
    """What the ranking of these candidates follows, with the Polish words for all codes it may have to speak of."""
    return Rules(
        seats=kind.seats,
        reserve_seats=kind.reserve_seats,
        order=kind.order,
        composition=kind.composition,
        seed=seed,
        labels=labels_for(definition, kind, candidates),
        rule_titles={rule: definition.point_rule(rule).title for rule in named_rules(kind)},
    )


def labels_for(definition: ProjectDefinition, kind: GroupKind, candidates: Sequence[Candidate]) -> Labels:
    """Words for the codes of sectors and levels, and of the gminas that candidates or constraints name."""
    names = definition.area.names()
    asked = [one.gmina for one in kind.composition if isinstance(one, GminaSeats)]
    return Labels(
        sectors={one.code: one.label for one in definition.sectors},
        levels={one.code: one.label for one in definition.levels},
        gminas={gmina: names[gmina] for gmina in (*(one.gmina for one in candidates), *asked) if gmina in names},
    )


def named_rules(kind: GroupKind) -> list[str]:
    """The point rules that the order names."""
    return [rule_of(key) for key in kind.order if not isinstance(key, OrderKey)]
