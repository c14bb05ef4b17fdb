"""Why a place is what it is, in a Polish sentence that a candidate and an auditor can read."""

from bisect import bisect
from collections.abc import Sequence

from models.rules.composer import Composed
from models.rules.composition import (
    Bounded,
    Constraint,
    EachGmina,
    EachInstitution,
    EachSector,
    GminaSeats,
    Labels,
    LevelSeats,
    Seated,
    SectorsCovered,
    SectorSeats,
    asked,
    of_constraint,
    subject_of,
)


class Reasons:
    """The sentences of one composed group."""

    def __init__(
        self,
        ranked: Sequence[Seated],
        composed: Composed,
        *,
        seats: int,
        constraints: Sequence[Constraint],
        labels: Labels,
    ) -> None:
        self._ranked, self._composed, self._seats = ranked, composed, seats
        self._constraints, self._labels = constraints, labels
        self._earlier: dict[int, tuple[int, ...]] = {}
        """For everybody seated: the constraints that stood in the way of somebody before them."""
        standing: set[int] = set()
        for index in range(max(composed.chosen, default=-1) + 1):
            if index in composed.passed_over:
                standing |= set(composed.passed_over[index])
            else:
                self._earlier[index] = tuple(sorted(standing))

    def seated(self, index: int) -> str:
        """Why a candidate has a seat: by rank alone, or for the sake of the composition."""
        place = index + 1
        if place <= self._seats:
            return f"Miejsce {place} w kolejności mieści się w liczbie miejsc ({self._seats})."
        standing = self._earlier[index]
        served = [number for number in standing if self._serves(number, index)]
        wanted = ", ".join(asked(self._constraints[number], self._labels) for number in served or standing)
        why = (
            "przyjęcie zapewnia wymagany skład grupy"
            if served
            else "wcześniejsze zgłoszenia pominięto ze względu na skład grupy"
        )
        return f"Miejsce {place} w kolejności: {why} ({wanted})."

    def reserve(self, index: int) -> str:
        return f"Lista rezerwowa: {self._not_seated(index)}"

    def beyond(self, index: int) -> str:
        return f"Poza listami: {self._not_seated(index)}"

    def _not_seated(self, index: int) -> str:
        place = index + 1
        if index not in self._composed.passed_over:
            return (
                f"miejsce {place} w kolejności; wszystkie miejsca ({self._seats}) "
                "przypadły zgłoszeniom z wyższych miejsc."
            )
        numbers = self._composed.passed_over[index]
        return f"miejsce {place} pominięte: {self._in_the_way(numbers, index)}."

    def _in_the_way(self, numbers: tuple[int, ...], index: int) -> str:
        found = [self._constraints[number] for number in numbers]
        chosen = self._composed.chosen
        full = bisect(chosen, index) == len(chosen) < self._seats
        kept = "pozostają wolne dla" if full else "są potrzebne dla"
        if all(self._is_need(one, index) for one in found):
            wanted = " i ".join(self._needed_for(one) for one in found)
            return f"pozostałe miejsca {kept} {wanted}"
        if len(found) == 1:
            return self._limit(found[0])
        together = "; ".join(asked(one, self._labels) for one in found)
        return f"z tym zgłoszeniem nie da się zachować razem wymagań składu grupy: {together}"

    def _is_need(self, constraint: Constraint, index: int) -> bool:
        """Whether the seats are wanted for others, rather than this candidate's own share being used up."""
        match constraint:
            case SectorSeats() | LevelSeats() | GminaSeats():
                return constraint.minimum > 0 and of_constraint(constraint)(self._ranked[index]) != subject_of(
                    constraint
                )
            case SectorsCovered():
                return True
            case _:
                return False

    def _serves(self, number: int, index: int) -> bool:
        constraint = self._constraints[number]
        match constraint:
            case SectorSeats() | LevelSeats() | GminaSeats():
                return constraint.minimum > 0 and of_constraint(constraint)(self._ranked[index]) == subject_of(
                    constraint
                )
            case SectorsCovered():
                mine = self._ranked[index].sector
                return bool(mine) and all(
                    self._ranked[one].sector != mine for one in self._composed.chosen if one < index
                )
            case _:
                return False

    def _needed_for(self, constraint: Constraint) -> str:
        match constraint:
            case SectorSeats():
                return f"obszaru „{self._labels.sector(constraint.sector)}” (co najmniej {constraint.minimum})"
            case LevelSeats():
                return f"poziomu „{self._labels.level(constraint.level)}” (co najmniej {constraint.minimum})"
            case GminaSeats():
                return f"gminy „{self._labels.gmina(constraint.gmina)}” (co najmniej {constraint.minimum})"
            case SectorsCovered():
                return f"kolejnych obszarów kooperacji (w grupie co najmniej {constraint.minimum})"
            case _:
                raise TypeError(constraint.kind)

    def _limit(self, constraint: Constraint) -> str:
        match constraint:
            case SectorSeats():
                return self._used_up(constraint, f"obszaru „{self._labels.sector(constraint.sector)}”")
            case LevelSeats():
                return self._used_up(constraint, f"poziomu „{self._labels.level(constraint.level)}”")
            case GminaSeats():
                return self._used_up(constraint, f"gminy „{self._labels.gmina(constraint.gmina)}”")
            case EachSector():
                return f"z jednego obszaru kooperacji może być najwyżej {constraint.maximum} i ten limit już wyczerpano"
            case EachGmina():
                return f"z jednej gminy może być najwyżej {constraint.maximum} i ten limit już wyczerpano"
            case EachInstitution():
                return f"z jednej instytucji może być najwyżej {constraint.maximum} i ten limit już wyczerpano"
            case SectorsCovered():
                return f"pozostałe miejsca są potrzebne dla {self._needed_for(constraint)}"

    def _used_up(self, constraint: Bounded, whose: str) -> str:
        return f"dla {whose} może być najwyżej {constraint.maximum} i ten limit już wyczerpano"
