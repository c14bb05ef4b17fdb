"""The order in which a person wants the groups, and who therefore takes no part in which ranking."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import call_of, find_application
from flows.steps.facts import chunked
from flows.steps.people import value_of
from flows.steps.seats import seat_elsewhere
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.order import Candidate
from models.rules.preferences import seat_by_preference
from models.rules.ranking import ListKind, Rules, rank
from models.rules.snapshot import Absent, Elsewhere, read
from models.tables import Application, Call, FieldValue, GroupPreference, Ranking
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.transitions import note, reference


@dataclass(frozen=True)
class OtherGroups:
    """What the other calls of a project mean for the ranking of one."""

    absent: tuple[Absent, ...] = ()
    outdated: tuple[str, ...] = ()
    """Calls whose list would be another one now, and has to be made again."""
    settled: bool = True
    """Whether the persons' orders could be reconciled; if not, nobody is left out for an order's sake."""


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
) -> OtherGroups:
    """Who of the candidates takes no part in the call's ranking because of another group of the project.

    Whoever is not among the ``undecided`` is decided here already and stays. Calls outside the account's area are not
    seen.
    """
    if definition.allow_two_groups:
        return OtherGroups()
    here = {one.number: one for one in candidates}
    rows = [row for row in undecided if row.number in here]
    absent = []
    open_rows = []
    for row in rows:
        elsewhere = seat_elsewhere(session, row, definition.code)
        if elsewhere is None:
            open_rows.append(row)
        else:
            absent.append(Absent(here[row.number], Elsewhere.SEATED, call_of(session, elsewhere).code))
    gone = {one.candidate.number for one in absent}
    taking_part = {number: one for number, one in here.items() if number not in gone}
    persons = {row.person_id for row in open_rows}
    pools = [_Pool(call.code, rules, taking_part, {row.number: row.person_id for row in open_rows})]
    pools += [pool for other in _ranked_calls(session, call, definition) if (pool := _pool(session, other)) is not None]
    if not any(persons & set(pool.person_of.values()) for pool in pools[1:]):
        return OtherGroups(tuple(absent))
    wishes = _wishes(session, definition, pools)
    by_code = {pool.call: pool for pool in pools}
    seating = seat_by_preference(wishes, lambda code, people: by_code[code].chosen(people))
    if not seating.settled:
        return OtherGroups(tuple(absent), settled=False)
    for row in open_rows:
        seat = seating.call_of.get(row.person_id)
        order = wishes[row.person_id]
        if seat is not None and order.index(seat) < order.index(call.code):
            absent.append(Absent(here[row.number], Elsewhere.PRECEDED, seat))
    outdated = tuple(
        pool.call
        for pool in pools[1:]
        if pool.stored != {one for one, seat in seating.call_of.items() if seat == pool.call}
    )
    return OtherGroups(tuple(absent), outdated)


@dataclass(frozen=True)
class _Pool:
    """The candidates of one call, and the persons behind those who are not decided yet."""

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
        seated = rank(competing, self.rules).on(ListKind.MAIN)
        return frozenset(self.person_of[place.number] for place in seated if place.number in self.person_of)


def _undecided(session: Session, call: Call) -> Sequence[Application]:
    return session.exec(
        select(Application)
        .where(
            Application.call_id == call.id,
            col(Application.state).in_((ApplicationState.ELIGIBLE, ApplicationState.RANKED)),
        )
        .order_by(Application.number)
    ).all()


def _ranked_calls(session: Session, call: Call, definition: ProjectDefinition) -> Sequence[Call]:
    return session.exec(
        select(Call)
        .where(
            Call.id != call.id,
            Call.state == CallState.RANKED,
            col(Call.code).startswith(f"{definition.code}/", autoescape=True),
        )
        .order_by(Call.code)
    ).all()


def _pool(session: Session, call: Call) -> _Pool | None:
    newest = session.exec(
        select(Ranking).where(Ranking.call_id == call.id).order_by(col(Ranking.version).desc())
    ).first()
    if newest is None:
        return None
    snapshot = read(newest.snapshot)
    candidates = {one.number: one for one in snapshot.candidates}
    candidates |= {one.candidate.number: one.candidate for one in snapshot.absent if one.why is not Elsewhere.SEATED}
    undecided = {row.number: row.person_id for row in _undecided(session, call) if row.number in candidates}
    main = {line["number"] for line in newest.places if line["list"] == ListKind.MAIN}
    return _Pool(
        call=call.code,
        rules=snapshot.rules,
        candidates=candidates,
        person_of=undecided,
        stored=frozenset(person for number, person in undecided.items() if number in main),
    )


def _wishes(session: Session, definition: ProjectDefinition, pools: Sequence[_Pool]) -> dict[int, list[str]]:
    """The calls that each person wants, in order: as stated, else as answered, else by the project or as received."""
    kinds = [*definition.group_preference, *(kind.code for kind in definition.group_kinds)]
    persons = sorted({person for pool in pools for person in pool.person_of.values()})
    stated = _stated(session, definition, persons)
    answered = _answered(session, definition, [one for one in persons if one not in stated])
    wanted: defaultdict[int, list[tuple[tuple[int, int, datetime, str], str]]] = defaultdict(list)
    for pool in pools:
        code = pool.call.split("/")[1]
        for number, person in pool.person_of.items():
            # Whoever stated an order for some groups wants those before the others.
            places = stated.get(person, {})
            place = places.get(number, len(places) + 1)
            kind = -1 if answered.get(person) == code else kinds.index(code)
            wanted[person].append(((place, kind, pool.candidates[number].received_at, number), pool.call))
    return {person: [call for _, call in sorted(found)] for person, found in wanted.items()}


def _stated(session: Session, definition: ProjectDefinition, persons: Sequence[int]) -> dict[int, dict[str, int]]:
    """The newest statement of each person who made one: the places by number. What it does not name is unstated."""
    found: dict[int, dict[str, int]] = {}
    last: dict[int, tuple[datetime, int]] = {}
    for ids in chunked(persons):
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
    for ids in chunked(persons):
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
