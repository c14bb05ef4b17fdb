"""Small invented calls for tests of composition, and what the best group of one is, by trying every group.

The trying counts for itself: it shares nothing with the composer or the checker but the kinds of constraints.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations

from pydantic import TypeAdapter

from models.rules.composition import Constraint
from models.rules.order import Candidate, OrderKey
from models.rules.ranking import Rules

CONSTRAINT: TypeAdapter[Constraint] = TypeAdapter(Constraint)
ORDER = (OrderKey.POINTS_DESC, OrderKey.RECEIVED_ASC, OrderKey.DRAW)
OPENING = datetime(2018, 6, 4, 8, tzinfo=UTC)


def constraint(**data: object) -> Constraint:
    return CONSTRAINT.validate_python(data)


def candidate(
    number: int,
    points: int,
    sector: str = "oswiata",
    level: str = "gmina",
    gmina: str = "2205023",
    institution: str = "",
) -> Candidate:
    """A candidate in an institution of their own, if none is given."""
    return Candidate(
        f"K/{number}", points, 0, OPENING + timedelta(hours=number), sector, level, institution or f"I{number}", gmina
    )


@dataclass(frozen=True)
class Case:
    """A small call. Its candidates are of few kinds, so that constraints overlap and clash."""

    candidates: tuple[Candidate, ...]
    rules: Rules


def case(seed: int, *, candidates: int = 12, seats: int = 6, constraints: int = 4) -> Case:
    """A case of at most this size; the same one for the same seed."""
    chance = random.Random(seed)
    pool = [
        Candidate(
            number=f"K/{number}",
            points=chance.randint(0, 3),
            premium=0,
            received_at=OPENING + timedelta(hours=chance.randint(0, 1)),
            sector=chance.choice(("oswiata", "policja", "samorzad", "inne", "")),
            level=chance.choice(("gmina", "powiat")),
            institution=f"I{chance.randint(1, 7)}",
            gmina=chance.choice(("2205023", "2205024", "2205083", "2202023", "")),
        )
        for number in range(1, chance.randint(0, candidates) + 1)
    ]
    asked = {}
    for _ in range(chance.randint(0, constraints)):
        one = _constraint(chance)
        # Two on the same subject are allowed only if one of them is firm and the other is not.
        asked[one.kind, getattr(one, one.kind, ""), one.firm] = one
    rules = Rules(
        chance.randint(1, seats), chance.randint(0, 3), ORDER, tuple(asked.values()), seed=f"losowanie {seed}"
    )
    return Case(tuple(pool), rules)


def _constraint(chance: random.Random) -> Constraint:
    least = chance.randint(0, 3)
    bounds = {"minimum": least, "maximum": chance.choice((None, least, least + 1))}
    firm = chance.random() < 0.3
    return chance.choice(
        (
            constraint(kind="sector", sector=chance.choice(("oswiata", "policja", "samorzad")), firm=firm, **bounds),
            constraint(kind="level", level=chance.choice(("gmina", "powiat")), firm=firm, **bounds),
            constraint(kind="gmina", gmina=chance.choice(("2205023", "2205083")), firm=firm, **bounds),
            constraint(kind="each_sector", maximum=chance.randint(1, 3), firm=firm),
            constraint(kind="each_gmina", maximum=chance.randint(1, 3), firm=firm),
            constraint(kind="each_institution", maximum=chance.randint(1, 2), firm=firm),
            constraint(kind="sectors_covered", minimum=chance.randint(1, 4), firm=firm),
        )
    )


def best_by_trying(ranked: Sequence[Candidate], rules: Rules) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The chosen indices and what they miss, among all groups; ``None`` when even the empty group is not allowed."""
    for size in range(min(rules.seats, len(ranked)), -1, -1):
        best = None
        for chosen in combinations(range(len(ranked)), size):
            group = [ranked[index] for index in chosen]
            if allowed(group, rules):
                missed = tuple(misses(one, group) for one in rules.composition)
                if best is None or (missed, chosen) < best:
                    best = (missed, chosen)
        if best is not None:
            return best[1], best[0]
    return None


def misses(one: Constraint, group: Sequence[Candidate]) -> int:
    """By how many seats a group misses a constraint."""
    of = {
        "sector": [c.sector for c in group],
        "level": [c.level for c in group],
        "gmina": [c.gmina[:6] for c in group],
        "institution": [c.institution for c in group],
    }
    data = one.model_dump()
    if one.kind == "sectors_covered":
        return max(0, data["minimum"] - len(set(of["sector"]) - {""}))
    if one.kind.startswith("each_"):
        counts = Counter(of[one.kind.removeprefix("each_")])
        return sum(max(0, count - data["maximum"]) for name, count in counts.items() if name)
    have = of[one.kind].count(data[one.kind][:6] if one.kind == "gmina" else data[one.kind])
    most = have if data["maximum"] is None else data["maximum"]
    return max(0, data["minimum"] - have) + max(0, have - most)


def allowed(group: Sequence[Candidate], rules: Rules) -> bool:
    """Whether invented people on the empty seats could make all firm constraints hold, each of one wanted kind.

    Their kinds are free, but what a maximum limits they need not be: whatever no minimum asks for is left blank.
    """
    firm = [one for one in rules.composition if one.firm]
    if any(misses(one.model_copy(update={"minimum": 0}), group) for one in firm if one.kind != "sectors_covered"):
        return False
    empty = rules.seats - len(group)
    wanted: dict[str, list[str]] = {"sector": [], "level": [], "gmina": []}
    for one in firm:
        if one.kind in wanted:
            data = one.model_dump()
            short = misses(one.model_copy(update={"maximum": None}), group)
            wanted[one.kind] += [data[one.kind]] * short
    for one in firm:
        if one.kind == "sectors_covered":
            there = {c.sector for c in group if c.sector} | set(wanted["sector"])
            wanted["sector"] += ["?"] * max(0, one.model_dump()["minimum"] - len(there))
    return all(len(kinds) <= empty for kinds in wanted.values())
