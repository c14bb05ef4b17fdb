"""Everything a ranking depends on, as one JSON document: the same bytes give the same lists for ever.

The document names nobody: applications go by number, institutions by a pseudonym that holds within it. The format
of ``ranking-2`` is described in docs/decisions/0018; documents of ``ranking-1`` are still read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from models.rules.composition import Constraint, Labels
from models.rules.composition_proof import Proof, check
from models.rules.order import Candidate, OrderKey, key_of
from models.rules.ranking import ALGORITHM, FIRST, LeftOut, ListKind, Place, Ranking, Rules, rank

_CONSTRAINTS: TypeAdapter[tuple[Constraint, ...]] = TypeAdapter(tuple[Constraint, ...])


class Elsewhere(StrEnum):
    """Why an eligible person takes no part in a ranking."""

    SEATED = "seated"
    """The person has a seat in another group, or is about to."""
    PREFERRED = "preferred"
    """As ``PRECEDED``, in snapshots of before: they keep the sentence that was issued with them."""
    PRECEDED = "preceded"
    """The person is proposed in a group that stands before this one in the person's order, or in the project's."""
    REJECTED = "rejected"
    """The commission has rejected the application. Only a new decision of its own can seat it, or an upheld appeal."""
    RELEASED = "released"
    """The commission gave a seat, and it was declined, left or taken back since."""


@dataclass(frozen=True)
class Absent:
    """An application left out, and the call because of which: the ranked one itself, for what was decided there."""

    candidate: Candidate
    why: Elsewhere
    call: str

    @property
    def sentence(self) -> str:
        if self.why is Elsewhere.SEATED:
            return f"Nie bierze udziału w układaniu tej listy: osoba ma już miejsce w innej grupie (nabór {self.call})."
        if self.why is Elsewhere.REJECTED:
            return "Nie bierze udziału w układaniu tej listy: Komisja odrzuciła to zgłoszenie."
        if self.why is Elsewhere.RELEASED:
            return (
                "Nie bierze udziału w układaniu tej listy: osoba nie ma już miejsca, które jej przyznano "
                "(rezygnacja, brak odpowiedzi w terminie albo skreślenie)."
            )
        if self.why is Elsewhere.PREFERRED:
            return (
                "Nie bierze udziału w układaniu tej listy: osoba jest proponowana w grupie, "
                f"którą wskazała jako ważniejszą (nabór {self.call})."
            )
        return (
            "Nie bierze udziału w układaniu tej listy: osoba jest proponowana w innej grupie, która ma pierwszeństwo "
            "według wskazania tej osoby albo, gdy go nie podała, według kolejności grup w projekcie "
            f"(nabór {self.call})."
        )


@dataclass(frozen=True)
class Snapshot:
    """One ranking's input. ``written`` and ``read`` are each other's reverse."""

    call: str
    rules: Rules
    candidates: tuple[Candidate, ...]
    absent: tuple[Absent, ...] = ()
    algorithm: str = ALGORITHM

    def ranking(self) -> Ranking:
        """The lists. Raises ``SeedMissing`` and ``CompositionFaulty``."""
        return rank(self.candidates, self.rules, left_out=self._left_out(), algorithm=self.algorithm)

    def proof(self, places: Sequence[Place]) -> Proof:
        """What the independent checker says of such places. A ranking of the first kind composed nothing."""
        return check(self.candidates, self.rules, places, left_out=self._left_out(), algorithm=self.algorithm)

    def _left_out(self) -> tuple[LeftOut, ...]:
        return tuple(LeftOut(one.candidate, one.sentence) for one in self.absent)


def written(snapshot: Snapshot) -> dict[str, object]:
    """The document of a ``ranking-2``. Which labels stand in it is the caller's choice."""
    rules = snapshot.rules
    order = rules.ordering(snapshot.algorithm)
    named = [key.removeprefix("points:") for key in rules.order if not isinstance(key, OrderKey)]

    def line(one: Candidate) -> dict[str, object]:
        return {
            "number": one.number,
            "points": one.points,
            "premium": one.premium,
            "received_at": one.received_at.isoformat(),
            "sector": one.sector,
            "level": one.level,
            "gmina": one.gmina,
            "institution": one.institution,
            "points_by": {rule: one.points_by[rule] for rule in named},
            "draw": order.draw_of(one.number),
        }

    return {
        "call": snapshot.call,
        "algorithm": snapshot.algorithm,
        "seats": rules.seats,
        "reserve_seats": rules.reserve_seats,
        "order": [str(key) for key in rules.order],
        "seed": rules.seed,
        "composition": [one.model_dump(mode="json") for one in rules.composition],
        "labels": {
            "sectors": dict(rules.labels.sectors),
            "levels": dict(rules.labels.levels),
            "gminas": dict(rules.labels.gminas),
            "rules": dict(rules.rule_titles),
        },
        "candidates": [line(one) for one in sorted(snapshot.candidates, key=lambda one: one.number)],
        "left_out": [
            {**line(one.candidate), "why": one.why, "because_of": one.call}
            for one in sorted(snapshot.absent, key=lambda one: one.candidate.number)
        ],
    }


def read(body: str) -> Snapshot:
    """The snapshot of stored bytes. Raises ``ValueError`` for a draw key that is not the seed's."""
    document: dict[str, Any] = json.loads(body)
    labels = document.get("labels", {})
    rules = Rules(
        seats=document["seats"],
        reserve_seats=document["reserve_seats"],
        order=tuple(key_of(key) for key in document["order"]),
        composition=_CONSTRAINTS.validate_json(json.dumps(document.get("composition", []))),
        seed=document.get("seed"),
        labels=Labels(labels.get("sectors", {}), labels.get("levels", {}), labels.get("gminas", {})),
        rule_titles=labels.get("rules", {}),
    )
    snapshot = Snapshot(
        call=document["call"],
        rules=rules,
        candidates=tuple(_candidate(line) for line in document["candidates"]),
        absent=tuple(
            Absent(_candidate(line), Elsewhere(line["why"]), line["because_of"])
            for line in document.get("left_out", [])
        ),
        algorithm=document["algorithm"],
    )
    _check_draw(document, snapshot)
    return snapshot


def stored_places(ranking: Ranking, algorithm: str) -> list[dict[str, object]]:
    """The places as rows keep them: those of ``ranking-1`` had no rank, reason and draw."""
    fields: tuple[str, ...] = ("number", "position", "list", "points", "premium", "tie_break")
    if algorithm != FIRST:
        fields += ("rank", "reason", "draw")
    return [{name: getattr(place, name) for name in fields} for place in ranking.places]


def places_from(lines: Sequence[Mapping[str, Any]]) -> tuple[Place, ...]:
    """Places back from a row. Those of ``ranking-1`` were cut in the order of ranks, so their line is their rank."""
    return tuple(
        Place(**{"rank": number, **line, "list": ListKind(line["list"])}) for number, line in enumerate(lines, start=1)
    )


def _candidate(line: Mapping[str, Any]) -> Candidate:
    return Candidate(
        number=line["number"],
        points=int(line["points"]),
        premium=int(line["premium"]),
        received_at=datetime.fromisoformat(line["received_at"]),
        sector=line["sector"],
        level=line["level"],
        institution=line["institution"],
        gmina=line.get("gmina", ""),
        points_by=MappingProxyType(dict(line.get("points_by", {}))),
    )


def _check_draw(document: Mapping[str, Any], snapshot: Snapshot) -> None:
    order = snapshot.rules.ordering(snapshot.algorithm)
    for line in (*document["candidates"], *document.get("left_out", [])):
        if line.get("draw", "") != (order.draw_of(line["number"]) if snapshot.algorithm != FIRST else ""):
            raise ValueError(f"Klucz losowania zgłoszenia {line['number']} nie wynika z ziarna.")
