"""The order in which a person wants the groups, and who therefore takes no part in which ranking."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from flows.steps.applications import call_of, find_application
from flows.steps.entrants import UNDECIDED, entrants_of
from flows.steps.people import value_of
from flows.steps.portions import AT_ONCE, portions
from flows.steps.projects import definition_for
from flows.steps.seats import seats_elsewhere
from models.actor import Actor, Right
from models.entrants import candidates_of, named_rules, rules_of_ranking
from models.errors import BadInput
from models.events import Happened
from models.group_kinds import Applicant
from models.project import ProjectDefinition
from models.rules.composer import CompositionFaulty
from models.rules.order import Candidate, SeedMissing
from models.rules.preferences import Seating, seat_by_preference
from models.rules.ranking import ListKind, Rules, rank
from models.rules.snapshot import Absent, Elsewhere, read
from models.rules.whole_numbers import SolverFailed
from models.tables import Application, Call, FieldValue, GroupPreference, Ranking
from models.tables.applications import ON_THE_WAY, ApplicationState
from models.tables.calls import CallState
from models.transitions import note, reference


class Wanted(NamedTuple):
    """An application, and another call of its person that it is compared with."""

    number: str
    call: str


@dataclass(frozen=True)
class OtherGroups:
    """What the other calls of a project mean for the ranking of one."""

    absent: tuple[Absent, ...] = ()
    outdated: tuple[str, ...] = ()
    """Calls whose list would be another one now, and has to be made again."""
    settled: bool = True
    """Whether the persons' orders could be reconciled; if not, nobody is left out for an order's sake."""
    pending: tuple[Wanted, ...] = ()
    """Calls that the person of an application wants more, and that have not ranked the person yet."""
    seated_below: tuple[Wanted, ...] = ()
    """Calls that the person of an application wants less, and whose seat keeps it out of this list."""
    undrawn: tuple[str, ...] = ()
    """Calls that were not taken into account, because they need a draw that was not made."""


class NotRankable(Exception):
    """A call cannot be ranked now, which the ranking of a call of the same persons has to know."""

    def __init__(self, call: str, cause: SeedMissing | CompositionFaulty | SolverFailed) -> None:
        self.call, self.cause = call, cause
        super().__init__(f"{call}: {cause}")


def prefer(session: Session, numbers: Sequence[str], *, actor: Actor, now: datetime) -> None:
    """Records the order in which a person wants the groups: their applications, the one wanted most first.

    A later statement of the person replaces this one as a whole; both stay on record. It counts in the next ranking.
    Raises ``BadInput`` for applications of different people or projects, or to one group.
    """
    actor.require(Right.CORRECT)
    rows = [find_application(session, number) for number in numbers]
    calls = [call_of(session, row) for row in rows]
    if len({row.person_id for row in rows}) > 1:
        raise BadInput("Te zgłoszenia należą do różnych osób; kolejność grup podaje się dla jednej osoby.")
    if len({call.code.partition("/")[0] for call in calls}) > 1:
        raise BadInput("Te zgłoszenia dotyczą różnych projektów.")
    if len({call.id for call in calls}) < len(calls):
        raise BadInput("Każdą grupę podaje się raz: dwa z tych zgłoszeń dotyczą jednego naboru.")
    for place, row in enumerate(rows, start=1):
        assert row.id is not None
        session.add(
            GroupPreference(area=row.area, application_id=row.id, place=place, recorded_at=now, recorded_by=actor.login)
        )
        note(
            session,
            reference(row),
            happened=Happened.PREFERENCE_RECORDED,
            actor=actor,
            now=now,
            area=row.area,
            facts={"place": place, "of": len(rows)},
        )


def other_groups(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    candidates: Sequence[Candidate],
    rules: Rules,
    undecided: Sequence[Application],
    *,
    skip_undrawn: bool = False,
) -> OtherGroups:
    """Who of the candidates takes no part in the call's ranking because of another group of the project.

    Whoever is not among the ``undecided`` is decided here already and stays. Calls outside the account's area are not
    seen. ``skip_undrawn`` does without the calls that need a draw first: two calls would wait for each other for ever.

    Raises ``NotRankable`` with the call whose rules or whose missing draw stand in the way.
    """
    if definition.allow_two_groups or _for_units(definition, call):
        return OtherGroups()
    here = {one.number: one for one in candidates}
    rows = [row for row in undecided if row.number in here]
    seats = seats_elsewhere(session, rows, definition.code)
    absent = [
        Absent(here[row.number], Elsewhere.SEATED, call_of(session, seats[row.number]).code)
        for row in rows
        if row.number in seats
    ]
    open_rows = [row for row in rows if row.number not in seats]
    taking_part = {number: one for number, one in here.items() if number not in seats}
    pools = [_Pool(call.code, rules, taking_part, {row.number: row.person_id for row in open_rows})]
    connected = _connected(session, call, definition, {row.person_id for row in open_rows})
    pools += [pool for other in connected if (pool := _pool(session, other)) is not None]
    seating, undrawn = _seated(session, definition, pools, call.code, skip_undrawn=skip_undrawn)
    simulated = [pool for pool in pools if pool.call not in undrawn]
    below = _seated_below(session, definition, call, [row for row in rows if row.number in seats], seats)
    unranked = {one.code for one in connected} - {pool.call for pool in simulated}
    pending = pending_of(session, definition, call, open_rows, unranked=unranked)
    if not seating.settled:
        return OtherGroups(tuple(absent), (), False, pending, below, undrawn)
    wishes = _wishes(session, definition, _bids(simulated))
    for row in open_rows:
        seat = seating.call_of.get(row.person_id)
        order = [bid.call for bid in wishes[row.person_id]]
        if seat is not None and order.index(seat) < order.index(call.code):
            absent.append(Absent(here[row.number], Elsewhere.PRECEDED, seat))
    outdated = tuple(
        pool.call
        for pool in simulated[1:]
        if pool.stored != {one for one, seat in seating.call_of.items() if seat == pool.call}
    )
    return OtherGroups(tuple(absent), outdated, True, pending, below, undrawn)


def pending_of(
    session: Session,
    definition: ProjectDefinition,
    call: Call,
    applications: Sequence[Application],
    *,
    unranked: Collection[str] = (),
) -> tuple[Wanted, ...]:
    """The calls that the persons of these applications want more and that may still take them: not ranked, or not them.

    ``unranked``: calls with a list that count as if they had none.
    """
    if definition.allow_two_groups or _for_units(definition, call):
        return ()
    rivals = list(_not_ranked_yet(session, call, definition, applications, unranked))
    own = {row.number: row.person_id for row in applications}
    persons = {bid.person for bid in rivals}
    bids = [Bid(row.person_id, row.number, call.code, row.received_at) for row in applications]
    wishes = _wishes(session, definition, [*(bid for bid in bids if bid.person in persons), *rivals])
    found = []
    for number, person in own.items():
        for bid in wishes.get(person, ()):
            if bid.number == number:
                break
            found.append(Wanted(number, bid.call))
    return tuple(sorted(set(found)))


def _for_units(definition: ProjectDefinition, call: Call) -> bool:
    """Whether units apply: whoever answers for one may be in a group, and answer for two."""
    return definition.group_kind(call.group_kind).applicant is Applicant.UNIT


RANK_FIRST = "Jeśli można, sporządź najpierw tamtą listę."
SEAT_KEEPS_OUT = "Kto przyjmie miejsce tutaj, nie wejdzie na tamtą listę."


def may_leave(session: Session, call: Call) -> tuple[Wanted, ...]:
    """Whom a list that is not announced yet would seat, though a group that they want more has not ranked them."""
    newest = session.exec(
        select(Ranking).where(Ranking.call_id == call.id).order_by(col(Ranking.version).desc())
    ).first()
    if newest is None:
        return ()
    main = [line["number"] for line in newest.places if line["list"] == ListKind.MAIN]
    rows = session.exec(
        select(Application)
        .where(
            Application.call_id == call.id,
            col(Application.state).in_((ApplicationState.RANKED, ApplicationState.ACCEPTED)),
        )
        .order_by(Application.number)
    ).all()
    seated = [row for row in rows if row.state is ApplicationState.ACCEPTED or row.number in main]
    return pending_of(session, definition_for(session, call), call, seated)


def pending_sentences(pending: Iterable[Wanted], advice: str) -> list[str]:
    """How many may leave for a group they want more, in Polish, for each call that has not ranked them yet."""
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for number, call in pending:
        numbers[call].append(number)
    return [
        f"Nabór {call} nie ma jeszcze listy z tymi osobami, a ma u nich pierwszeństwo (według ich wskazania albo "
        f"kolejności grup w projekcie): {', '.join(found)}. Miejsca, które mogą się tu zwolnić: {len(found)}. "
        f"{advice}"
        for call, found in sorted(numbers.items())
    ]


def _not_ranked_yet(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    applications: Sequence[Application],
    unranked: Collection[str],
) -> Iterable["Bid"]:
    """The same persons' applications to other calls, on their way to a ranking."""
    for portion in portions(sorted({row.person_id for row in applications}), AT_ONCE):
        rows = session.exec(
            select(Application, Call)
            .join(Call, col(Call.id) == Application.call_id)
            .where(
                col(Application.person_id).in_(portion),
                Application.call_id != call.id,
                col(Application.unit).is_(None),
                col(Application.number).startswith(f"{definition.code}/", autoescape=True),
                col(Application.state).in_({*ON_THE_WAY, *UNDECIDED}),
            )
            .order_by(Application.number)
        )
        for row, other in rows:
            judged = row.state in UNDECIDED
            if not judged or other.state is CallState.OPEN or other.code in unranked:
                yield Bid(row.person_id, row.number, other.code, row.received_at)


def _seated_below(
    session: Session,
    definition: ProjectDefinition,
    call: Call,
    rows: Sequence[Application],
    seats: Mapping[str, Application],
) -> tuple[Wanted, ...]:
    """Whose seat elsewhere is in a group that the person wants less than this one."""
    code_of = {row.number: call_of(session, seats[row.number]).code for row in rows}
    bids = [Bid(row.person_id, row.number, call.code, row.received_at) for row in rows]
    others = [(row.number, seats[row.number]) for row in rows]
    bids += [Bid(seat.person_id, seat.number, code_of[number], seat.received_at) for number, seat in others]
    wishes = _wishes(session, definition, bids)
    return tuple(
        Wanted(row.number, code_of[row.number]) for row in rows if wishes[row.person_id][0].number == row.number
    )


def _seated(
    session: Session, definition: ProjectDefinition, pools: Sequence["_Pool"], own: str, *, skip_undrawn: bool
) -> tuple[Seating, tuple[str, ...]]:
    """Who sits where, and the calls that had to be done without."""
    by_code = {pool.call: pool for pool in pools}
    undrawn: list[str] = []
    if len(pools) == 1:
        return Seating({}, settled=True), ()
    while True:
        bids = _bids([pool for pool in pools if pool.call not in undrawn])
        wishes = {person: [bid.call for bid in found] for person, found in _wishes(session, definition, bids).items()}
        try:
            return seat_by_preference(wishes, lambda code, people: by_code[code].chosen(people)), tuple(undrawn)
        except NotRankable as failed:
            if not skip_undrawn or failed.call == own or not isinstance(failed.cause, SeedMissing):
                raise
            undrawn.append(failed.call)


@dataclass(frozen=True)
class _Pool:
    """Those who can take a seat of one call today, and the persons behind those who are not decided yet."""

    call: str
    rules: Rules
    candidates: Mapping[str, Candidate]
    person_of: Mapping[str, int]
    stored: frozenset[int] = frozenset()
    """Who of them stands on the stored main list."""

    def chosen(self, people: frozenset[int]) -> frozenset[int]:
        """Whom the call would seat out of these people; those decided already compete in any case."""
        competing = [
            one
            for number, one in self.candidates.items()
            if number not in self.person_of or self.person_of[number] in people
        ]
        try:
            seated = rank(competing, self.rules).on(ListKind.MAIN)
        except (SeedMissing, CompositionFaulty, SolverFailed) as cause:
            raise NotRankable(self.call, cause) from cause
        return frozenset(self.person_of[place.number] for place in seated if place.number in self.person_of)


def _connected(session: Session, call: Call, definition: ProjectDefinition, persons: Collection[int]) -> list[Call]:
    """The other calls with a list and without decisions that these persons wait in, or wait in through others."""
    found: dict[int | None, Call] = {}
    reached, newly = set[int](), set(persons)
    # From these persons on, and not through all that wait: a project may have thousands of calls.
    while newly:
        reached |= newly
        joined: dict[int | None, Call] = {}
        for ids in portions(sorted(newly), AT_ONCE):
            rows = session.exec(
                select(Call)
                .join(Application, col(Application.call_id) == Call.id)
                .where(
                    col(Application.person_id).in_(ids),
                    col(Application.state).in_(UNDECIDED),
                    col(Application.unit).is_(None),
                    Call.id != call.id,
                    Call.state == CallState.RANKED,
                    col(Call.code).startswith(f"{definition.code}/", autoescape=True),
                )
                .distinct()
            )
            joined |= {one.id: one for one in rows if one.id not in found}
        found |= joined
        newly = set()
        for ids in portions(sorted(one for one in joined if one is not None), AT_ONCE):
            newly.update(
                session.exec(
                    select(Application.person_id).where(
                        col(Application.call_id).in_(ids),
                        col(Application.state).in_(UNDECIDED),
                        col(Application.unit).is_(None),
                    )
                )
            )
        newly -= reached
    return sorted(found.values(), key=lambda one: one.code)


def _pool(session: Session, call: Call) -> _Pool | None:
    """The call as it would be ranked today; ``None`` while its sheets lack points that its order asks for."""
    newest = session.exec(
        select(Ranking).where(Ranking.call_id == call.id).order_by(col(Ranking.version).desc())
    ).first()
    if newest is None:
        return None
    definition = definition_for(session, call)
    kind = definition.group_kind(call.group_kind)
    now = entrants_of(session, call)
    if any(rule not in (one.points or {}) for one in now.entrants for rule in named_rules(kind)):
        return None
    candidates = candidates_of(now.entrants, kind)
    seats = seats_elsewhere(session, now.undecided, definition.code)
    undecided = {row.number: row.person_id for row in now.undecided if row.number not in seats}
    main = {line["number"] for line in newest.places if line["list"] == ListKind.MAIN}
    return _Pool(
        call=call.code,
        rules=rules_of_ranking(definition, kind, candidates, seed=read(newest.snapshot).rules.seed),
        candidates={one.number: one for one in candidates if one.number not in now.out and one.number not in seats},
        person_of=undecided,
        stored=frozenset(person for number, person in undecided.items() if number in main),
    )


class Bid(NamedTuple):
    """One application, as far as its person's order of groups goes by it."""

    person: int
    number: str
    call: str
    received_at: datetime


def _bids(pools: Iterable[_Pool]) -> list[Bid]:
    return [
        Bid(person, number, pool.call, pool.candidates[number].received_at)
        for pool in pools
        for number, person in pool.person_of.items()
    ]


def _wishes(session: Session, definition: ProjectDefinition, bids: Sequence[Bid]) -> dict[int, list[Bid]]:
    """What each person wants, in order: as stated, else as answered, else by the project or as received."""
    kinds = [*definition.group_preference, *(kind.code for kind in definition.group_kinds)]
    persons = sorted({bid.person for bid in bids})
    stated = _stated(session, definition, persons)
    answered = _answered(session, definition, [one for one in persons if one not in stated])

    def place(bid: Bid) -> tuple[int, int, datetime, str]:
        code = bid.call.split("/")[1]
        # Whoever stated an order for some groups wants those before the others.
        places = stated.get(bid.person, {})
        # An older version of the project may not have the kind of a newer call.
        kind = -1 if answered.get(bid.person) == code else [*kinds, code].index(code)
        return places.get(bid.number, len(places) + 1), kind, bid.received_at, bid.number

    wanted: defaultdict[int, list[Bid]] = defaultdict(list)
    for bid in sorted(bids, key=place):
        wanted[bid.person].append(bid)
    return dict(wanted)


def _stated(session: Session, definition: ProjectDefinition, persons: Sequence[int]) -> dict[int, dict[str, int]]:
    """The newest statement of each person who made one: the places by number. What it does not name is unstated."""
    found: dict[int, dict[str, int]] = {}
    last: dict[int, tuple[datetime, int]] = {}
    for ids in portions(persons, AT_ONCE):
        rows = session.exec(
            select(Application.person_id, Application.number, GroupPreference.place, GroupPreference.recorded_at)
            .join(Application, col(Application.id) == GroupPreference.application_id)
            .where(
                col(Application.person_id).in_(ids),
                col(Application.number).startswith(f"{definition.code}/", autoescape=True),
            )
            .order_by(col(GroupPreference.id))
        )
        for person, number, place, recorded_at in rows:
            moment, before = last.get(person, (recorded_at, place))
            # Places rise within a statement; where they do not, another one begins.
            if recorded_at != moment or place <= before:
                found[person] = {}
            found[person][number] = place
            last[person] = recorded_at, place
    return found


_WANTED = "preferencja"
"""The question of the forms for the group that matters most; its options are codes of group kinds in small letters."""


def _answered(session: Session, definition: ProjectDefinition, persons: Sequence[int]) -> dict[int, str]:
    """The kind of group that each person named as most important in the newest form that answers it."""
    kinds = {kind.code.lower(): kind.code for kind in definition.group_kinds}
    newest: dict[int, tuple[int, FieldValue]] = {}
    for ids in portions(persons, AT_ONCE):
        rows = session.exec(
            select(Application.person_id, FieldValue)
            .join(Application, col(Application.id) == FieldValue.application_id)
            .where(
                col(Application.person_id).in_(ids),
                col(Application.number).startswith(f"{definition.code}/", autoescape=True),
                Application.state != ApplicationState.WITHDRAWN,
                FieldValue.key == _WANTED,
                col(FieldValue.aside).is_(None),
            )
            .order_by(col(Application.received_at), Application.number, col(FieldValue.id))
        )
        # The last row of an application is the one that counts.
        newest |= {value.application_id: (person, value) for person, value in rows}
    found: dict[int, str] = {}
    for person, value in newest.values():
        code = kinds.get(value_of({_WANTED: value}, _WANTED))
        if code is not None:
            found[person] = code
    return found
