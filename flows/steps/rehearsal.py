"""What if: a call judged and ranked in memory by other rules, laid beside how it stands. Nothing is written.

Law 4: the rehearsal folds the plans that verification and ranking apply, and never needs a rollback. What is read is
read as they read it, so the same rules loaded for real give the same snapshot, byte for byte.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session, col, select

from flows.steps.calls import find_call, require_selection
from flows.steps.correction_letters import REQUEST
from flows.steps.entrants import entrant_of, why_out
from flows.steps.facts import facts_for
from flows.steps.memberships import newest_membership
from flows.steps.portions import AT_ONCE, portions
from flows.steps.preferences import NotRankable
from flows.steps.projects import definition_for
from flows.steps.ranking import Taken, newest_ranking, proved, refusal, remarks_on, seed_for, snapshot_of
from flows.steps.seats import newest_decision, seat_by
from flows.steps.verification import effect_of, evidence_to_ask, newest_sheets, overtaken, rules_of
from flows.steps.withdrawal import topics_of_seat
from models.actor import Actor, Right
from models.columns import canonical
from models.entrants import candidates_of, labels_for
from models.errors import BadInput, NaborError, NotYet
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, digest
from models.project_file import load_rules
from models.rules.composer import CompositionFaulty
from models.rules.composition import Standing, shortfalls, standings
from models.rules.criteria import Result
from models.rules.order import SeedMissing
from models.rules.pay import RatePer
from models.rules.ranking import ALGORITHM, ListKind, Place
from models.rules.ranking import Ranking as Order
from models.rules.rehearsal import STAND_OF_LIST, Cause, Sheet, Stand, causes, forecast
from models.rules.snapshot import Elsewhere, places_from, stored_places, written
from models.rules.verification import sheet_lines
from models.rules.whole_numbers import SolverFailed
from models.tables import Application, Call, Message, Person, VerdictSheet
from models.tables.applications import DECIDED, ApplicationState
from models.tables.memberships import SEATED, MembershipState
from models.tables.outbox import UNSENT


class Basis(StrEnum):
    """What "now" is, where the commission has not decided over an application yet."""

    RANKING = "ranking"
    """The newest list."""
    RULES = "rules"
    """There is no list yet: what the call's own rules would give today."""
    VERDICTS = "verdicts"
    """There is no list yet, and the call's own rules are what is rehearsed."""


@dataclass(frozen=True)
class Moved:
    """One application that would stand elsewhere. ``name`` only where it was asked for."""

    number: str
    now: Stand
    then: Stand
    causes: tuple[Cause, ...]
    name: str | None = None


@dataclass(frozen=True)
class GroupStanding:
    """The main list against the composition that its rules ask for."""

    seats: int
    seated: int
    composition: tuple[Standing, ...]
    shortfalls: tuple[str, ...]


@dataclass(frozen=True)
class Cost:
    """What the group is paid, gross and in grosze, when everybody attends every meeting of the schedule."""

    grosze: int
    people: int
    meetings: int
    hours: int
    """Of all meetings, for one person."""
    rate_grosze: int
    per: str


@dataclass(frozen=True)
class LetterLine:
    """One letter: what it is about, and whose."""

    event: str
    number: str


@dataclass(frozen=True)
class Rehearsal:
    """What would be, beside what is. ``snapshot`` is the very text that a ranking by these rules would store."""

    call: str
    rules_digest: str
    basis: Basis
    counts_now: Mapping[Stand, int]
    counts_then: Mapping[Stand, int]
    moved: tuple[Moved, ...]
    group_now: GroupStanding | None
    group_then: GroupStanding
    cost_now: Cost
    cost_then: Cost
    created: tuple[LetterLine, ...]
    withdrawn: tuple[LetterLine, ...]
    remarks: tuple[str, ...]
    snapshot: str
    snapshot_digest: str
    places: tuple[Mapping[str, object], ...]


def rules_to_try(session: Session, call_code: str, path: Path) -> ProjectDefinition:
    """The rules of a project folder or file, for a call. Raises ``DefinitionFaulty`` with every mistake."""
    own = definition_for(session, find_call(session, call_code))
    return load_rules(path, forms=own.forms, unit_data=own.unit_data)


def rehearse(
    session: Session,
    call_code: str,
    *,
    rules: ProjectDefinition | None = None,
    closes_at: datetime | None = None,
    names: bool = False,
    actor: Actor,
    now: datetime,
) -> Rehearsal:
    """Judges and ranks a call by ``rules`` (its own by default), as if it closed at ``closes_at``, and compares.

    Under other rules those over whom the commission has decided are judged anew as well; for real they would not be.

    Raises ``BadInput`` for rules of another project, ``NotYet`` where a draw has no seed, ``NotAllowed``.
    """
    if not (actor.has(Right.RANK) or actor.has(Right.DECIDE)):
        actor.require(Right.RANK)
    if names:
        actor.require(Right.CORRECT)
    call = find_call(session, call_code)
    require_selection(session, call)
    own = definition_for(session, call)
    tried = own if rules is None else rules
    _check_fit(call, own, tried)
    applications = session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.state != ApplicationState.WITHDRAWN)
        .order_by(Application.number)
    ).all()
    other = canonical_bytes(tried) != canonical_bytes(own) or closes_at is not None
    then = _play(session, _closing(call, closes_at), tried, applications, anew=other)
    stood = _stood(session, call, own, applications, other=other)
    stands_then = {one.number: then.stand(one) for one in applications}
    moved = [one for one in applications if stood.stands[one.number] is not stands_then[one.number]]
    created, withdrawn = _letters(session, applications, then, stands_then)
    return Rehearsal(
        call=call.code,
        rules_digest=digest(canonical_bytes(tried)),
        basis=stood.basis,
        counts_now=Counter(stood.stands.values()),
        counts_then=Counter(stands_then.values()),
        moved=tuple(
            Moved(
                one.number,
                stood.stands[one.number],
                stands_then[one.number],
                _through(one, stood.sheets.get(one.number), then),
                _name(session, one) if names else None,
            )
            for one in moved
        ),
        group_now=_group_now(session, call, own, applications, stood),
        group_then=then.group(tried.group_kind(call.group_kind).seats),
        cost_now=_cost(own, call, stood.stands),
        cost_then=_cost(tried, call, stands_then),
        created=created,
        withdrawn=withdrawn,
        remarks=tuple(_remarks(_closing(call, closes_at), applications, then, stands_then, anew=other, now=now)),
        snapshot=then.body,
        snapshot_digest=hashlib.sha256(then.body.encode()).hexdigest(),
        places=tuple(stored_places(then.order, ALGORITHM)),
    )


def _check_fit(call: Call, own: ProjectDefinition, tried: ProjectDefinition) -> None:
    if tried.code != own.code:
        raise BadInput(f"To są zasady projektu „{tried.code}”, a nabór {call.code} należy do projektu „{own.code}”.")
    kinds = {one.code for one in own.group_kinds} - {one.code for one in tried.group_kinds}
    forms = {one.key for one in own.forms} - {one.key for one in tried.forms}
    if kinds or forms:
        raise BadInput(
            f"Nowe zasady nie mają: {', '.join(sorted(kinds | forms))}. Zgłoszenia złożono do tych grup i na tych "
            "formularzach, więc nie można ich według takich zasad ocenić."
        )


def _closing(call: Call, closes_at: datetime | None) -> Call:
    """The call as it would be; a copy that no session knows, so that nothing of it can be stored."""
    if closes_at is None:
        return call
    if closes_at <= call.opens_at:
        raise BadInput("Nabór musi się kończyć później, niż się zaczyna.")
    return Call(**{**call.model_dump(), "closes_at": closes_at})


# What the rules give

_SETTLED = frozenset({*DECIDED, ApplicationState.ANNOUNCED})
_JUDGEABLE = frozenset(
    {
        ApplicationState.COMPLETE,
        ApplicationState.ELIGIBLE,
        ApplicationState.NOT_ELIGIBLE,
        ApplicationState.RANKED,
    }
)


@dataclass(frozen=True)
class _Played:
    """Verification and ranking of a call, in memory."""

    sheets: Mapping[str, Sheet]
    asked: Collection[str]
    """Numbers of those who would be asked for an answer."""
    taken: Taken
    body: str
    order: Order
    places: Mapping[str, Place]

    def stand(self, application: Application) -> Stand:
        if any(
            one.candidate.number == application.number and one.why is Elsewhere.RELEASED
            for one in self.taken.snapshot.absent
        ):
            return Stand.RELEASED
        if application.number in self.places:
            return STAND_OF_LIST[self.places[application.number].list]
        sheet = self.sheets.get(application.number)
        if sheet is not None:
            return Stand.OPEN if sheet.outcome is Result.CANNOT_TELL else Stand.REJECTED
        # Closed for want of an answer, and decided without ever having been eligible.
        turned_down = application.state is ApplicationState.CLOSED_INCOMPLETE or application.state in _SETTLED
        return Stand.REJECTED if turned_down else Stand.OPEN

    def group(self, seats: int) -> GroupStanding:
        chosen = {place.number for place in self.order.on(ListKind.MAIN)}
        group = [one for one in self.taken.snapshot.candidates if one.number in chosen]
        rules = self.taken.snapshot.rules
        lacking = shortfalls(group, rules.composition, labels=rules.labels)
        return GroupStanding(
            seats,
            len(group),
            standings(group, rules.composition, labels=rules.labels),
            tuple(one.sentence for one in lacking),
        )


def _play(
    session: Session, call: Call, definition: ProjectDefinition, applications: Sequence[Application], *, anew: bool
) -> _Played:
    """``anew``: those over whom the commission has decided are judged too, instead of keeping their sheets."""
    sheets, asked = _judged(session, call, definition, applications, anew=anew)
    entrants = [
        entrant_of(session, one, merit=sheet.merit, premium=sheet.premium, points=sheet.points)
        for one in applications
        if (sheet := sheets.get(one.number)) is not None and sheet.outcome is Result.MET
    ]
    undecided = [one for one in applications if one.state not in _SETTLED]
    seed = seed_for(call, definition, newest_ranking(session, call), None)
    decided = [one for one in applications if one.state in _SETTLED and not anew]
    out = {one.number: why for one in decided if (why := why_out(session, one)) is not None}
    try:
        taken = snapshot_of(session, call, definition, entrants, undecided, out=out, seed=seed)
        body = canonical(written(taken.snapshot))
        taken.snapshot.ranking()
    except NotRankable as failed:
        if failed.call != call.code or isinstance(failed.cause, SolverFailed):
            raise refusal(call, failed.call, failed.cause) from failed
        raise _not_played(failed.cause) from failed
    except (SeedMissing, CompositionFaulty) as cause:
        raise _not_played(cause) from cause
    order, _ = proved(call, body)
    return _Played(sheets, asked, taken, body, order, {place.number: place for place in order.places})


def _not_played(cause: SeedMissing | CompositionFaulty) -> NaborError:
    if isinstance(cause, SeedMissing):
        return NotYet(f"{cause} Na próbę się nie losuje: ziarno podaje się raz, przy sporządzaniu listy.")
    return BadInput(f"Skład grupy w tych zasadach jest sprzeczny: {cause}")


def _judged(
    session: Session, call: Call, definition: ProjectDefinition, applications: Sequence[Application], *, anew: bool
) -> tuple[dict[str, Sheet], set[str]]:
    """The sheet of each application that has or would have one, and who would be asked for an answer."""
    rules = rules_of(definition, call)
    found: dict[str, Sheet] = {}
    asked = set()
    for portion in portions(applications, AT_ONCE):
        stored = newest_sheets(session, portion)
        for one in portion:
            sheet = stored.get(one.id or 0)
            if sheet is not None and one.state in _SETTLED:
                found[one.number] = _as_stored(sheet)
        to_judge = [
            one for one in portion if one.state in _JUDGEABLE or (anew and one.state in _SETTLED and one.id in stored)
        ]
        for one, facts in facts_for(
            session, call, to_judge, keys=rules.keys, unit_data=rules.unit_data, named_units=rules.named_units
        ):
            sheet = stored.get(one.id or 0)
            complete = one.state is ApplicationState.COMPLETE
            if sheet is not None and not complete and not overtaken(sheet, one, facts, rules):
                found[one.number] = _as_stored(sheet)
                continue
            effect = effect_of(one, facts, rules)
            found[one.number] = Sheet(effect.outcome, sheet_lines(effect), effect.points.merit, effect.points.premium)
            open_ = effect.outcome is Result.CANNOT_TELL and one.state not in _SETTLED
            if open_ and evidence_to_ask(session, one, effect, definition):
                asked.add(one.number)
    return found, asked


def _as_stored(sheet: VerdictSheet) -> Sheet:
    return Sheet(Result(sheet.outcome), sheet.verdicts, sheet.merit, sheet.premium)


# How it stands


@dataclass(frozen=True)
class _Stood:
    basis: Basis
    stands: Mapping[str, Stand]
    sheets: Mapping[str, Sheet]


def _stood(
    session: Session, call: Call, own: ProjectDefinition, applications: Sequence[Application], *, other: bool
) -> _Stood:
    ranking = newest_ranking(session, call)
    sheets = {
        one.number: _as_stored(sheet)
        for portion in portions(applications, AT_ONCE)
        for stored in [newest_sheets(session, portion)]
        for one in portion
        if (sheet := stored.get(one.id or 0)) is not None
    }
    if ranking is None and other:
        try:
            played = _play(session, call, own, applications, anew=False)
        except NotYet:
            pass  # the call's own order needs a draw that was not made: what is known are the verdicts
        else:
            return _Stood(Basis.RULES, {one.number: played.stand(one) for one in applications}, played.sheets)
    places = {} if ranking is None else {one.number: one for one in places_from(ranking.places)}
    stands = {one.number: _stand_now(session, one, places) for one in applications}
    return _Stood(Basis.VERDICTS if ranking is None else Basis.RANKING, stands, sheets)


def _stand_now(session: Session, application: Application, places: Mapping[str, Place]) -> Stand:
    state = application.state
    if state in _SETTLED:
        decision = newest_decision(session, application)
        assert decision is not None
        stand = Stand(decision.outcome.value)
        return Stand.RELEASED if stand is Stand.ACCEPTED and seat_by(session, application) is None else stand
    if state is ApplicationState.RANKED and application.number in places:
        return STAND_OF_LIST[places[application.number].list]
    if state in (ApplicationState.NOT_ELIGIBLE, ApplicationState.CLOSED_INCOMPLETE):
        return Stand.REJECTED
    return Stand.ELIGIBLE if state in (ApplicationState.ELIGIBLE, ApplicationState.RANKED) else Stand.OPEN


def _group_now(
    session: Session, call: Call, own: ProjectDefinition, applications: Sequence[Application], stood: _Stood
) -> GroupStanding | None:
    """``None`` where nobody knows yet who would be in the group."""
    if stood.basis is Basis.VERDICTS:
        return None
    kind = own.group_kind(call.group_kind)
    seated = [entrant_of(session, one) for one in applications if stood.stands[one.number] is Stand.ACCEPTED]
    group = candidates_of(seated, kind)
    labels = labels_for(own, kind, group)
    lacking = shortfalls(group, kind.composition, labels=labels)
    return GroupStanding(
        kind.seats,
        len(group),
        standings(group, kind.composition, labels=labels),
        tuple(one.sentence for one in lacking),
    )


# What follows


def _through(application: Application, before: Sheet | None, then: _Played) -> tuple[Cause, ...]:
    return causes(before, then.sheets.get(application.number), then.places.get(application.number))


def _cost(definition: ProjectDefinition, call: Call, stands: Mapping[str, Stand]) -> Cost:
    kind = definition.group_kind(call.group_kind)
    people = list(stands.values()).count(Stand.ACCEPTED)
    meetings = sum((one.group_kind, one.powiat) == (call.group_kind, call.area) for one in definition.schedule)
    hours = meetings * kind.meeting.days * kind.meeting.hours_per_day
    if kind.pay is None:
        return Cost(0, people, meetings, hours, 0, "")
    grosze = forecast(
        kind.pay.rate_grosze,
        RatePer(kind.pay.per),
        people=people,
        meetings=meetings,
        days=kind.meeting.days,
        hours_per_day=kind.meeting.hours_per_day,
    )
    return Cost(grosze, people, meetings, hours, kind.pay.rate_grosze, kind.pay.per.value)


_OUTCOMES = frozenset({Stand.ACCEPTED, Stand.RESERVE, Stand.REJECTED})


def _letters(
    session: Session, applications: Sequence[Application], then: _Played, stands: Mapping[str, Stand]
) -> tuple[tuple[LetterLine, ...], tuple[LetterLine, ...]]:
    """Letters that would be written until the results are announced, and those still here that would not leave."""
    created = []
    topics: dict[str, str] = {}
    for one in applications:
        stand = stands[one.number]
        if one.number in then.asked:
            created.append(LetterLine(REQUEST, one.number))
        if stand not in _OUTCOMES or _announced(session, one, stand):
            continue
        created.append(LetterLine(stand.value, one.number))
        topics[f"result/{one.id}"] = one.number
        membership = newest_membership(session, one)
        holds = membership is not None and membership.state in {MembershipState.OFFERED, *SEATED}
        if membership is not None and holds and stand is not Stand.ACCEPTED:
            topics |= dict.fromkeys(topics_of_seat(session, membership), one.number)
    return tuple(created), tuple(_unsent(session, topics))


def _announced(session: Session, application: Application, stand: Stand) -> bool:
    """Whether this very outcome was announced, so that no other letter is due."""
    if application.state is not ApplicationState.ANNOUNCED:
        return False
    decision = newest_decision(session, application)
    return decision is not None and decision.outcome.value == stand.value


def _unsent(session: Session, topics: Mapping[str, str]) -> Iterable[LetterLine]:
    for some in portions(topics, AT_ONCE):
        rows = session.exec(
            select(Message.event, Message.contradicts)
            .where(col(Message.contradicts).in_(some), col(Message.state).in_(UNSENT))
            .order_by(col(Message.id))
        )
        for event, topic in rows:
            yield LetterLine(event, topics[topic])


def _remarks(
    call: Call,
    applications: Sequence[Application],
    then: _Played,
    stands: Mapping[str, Stand],
    *,
    anew: bool,
    now: datetime,
) -> Iterator[str]:
    if now <= call.closes_at:
        yield "Nabór jeszcze trwa; nowe zgłoszenia zmienią ten wynik."
    waiting = [number for number, stand in stands.items() if stand is Stand.OPEN]
    if waiting:
        yield f"Bez rozstrzygnięcia pozostają zgłoszenia: {', '.join(waiting)}. Listy nie sporządza się bez nich."
    decided = sum(one.state in _SETTLED for one in applications)
    if decided and anew:
        yield (
            f"O części zgłoszeń ({decided}) Komisja już zdecydowała. Tu oceniono je ponownie na próbę; naprawdę "
            "zmienia je tylko nowa decyzja z uzasadnieniem."
        )
    yield from remarks_on(call, then.taken.others, then.order)


def _name(session: Session, application: Application) -> str:
    person = session.get_one(Person, application.person_id)
    return f"{person.first_name} {person.last_name}"
