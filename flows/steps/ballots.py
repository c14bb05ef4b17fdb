"""Ballots: the commission votes on the proposal or on one application, and a decision needs a vote that carried it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import find_application
from flows.steps.calls import find_call
from flows.steps.commission import member_named, members, present, recusals_of, recuse_own_institutions, require_open
from flows.steps.four_eyes import check_may_decide, rules_for
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.errors import BadInput, NotAllowed, NotYet
from models.events import Happened
from models.rules.voting import ALGORITHM, CommissionRules, Roll, Tally, Voice, count, without
from models.tables import Application, Ballot, Call, CommissionMember, CommissionSession, Officer, Ranking, Vote
from models.tables.commission import MemberFunction
from models.tables.decisions import DecisionOutcome
from models.transitions import note, reference


@dataclass(frozen=True)
class BallotResult:
    """A ballot as it was recorded: ``session/number``, and how it was counted."""

    session: int
    number: int
    tally: Tally


def vote(
    session: Session,
    call_code: str,
    *,
    number: str | None,
    outcome: DecisionOutcome | None,
    voices: Mapping[str, Voice],
    sitting_number: int | None = None,
    actor: Actor,
    now: datetime,
) -> BallotResult:
    """Records a ballot at the open session, with the voice of every member (by login) who is there and may vote.

    ``number`` and ``outcome``: what is moved about one application; without them the newest ranking as a whole.

    Raises ``NotYet`` without a ranking or an open session, ``BadInput`` for a voice too few or too many, and
    ``NotAllowed`` when somebody votes who drew up a ranking of the call.
    """
    actor.require(Right.DECIDE)
    call = find_call(session, call_code)
    session.refresh(call, with_for_update=True)
    sitting = require_open(session, call, sitting_number)
    check_present(session, call, sitting, actor, now=now)
    ranking = _newest_ranking(session, call)
    application = find_application(session, number) if number else None
    if (application is None) != (outcome is None):
        raise BadInput("Głosuje się nad całą propozycją albo nad zgłoszeniem i rozstrzygnięciem razem.")
    if application is not None and application.call_id != call.id:
        raise BadInput(f"Zgłoszenie {application.number} nie należy do naboru {call.code}.")
    recuse_own_institutions(session, call, present(session, sitting, at=now), actor=actor, now=now)
    roll, sitters = roll_of(session, call, sitting, application, now=now)
    given = _by_symbol(session, call, sitters, roll, voices, now=now)
    rules = rules_for(session, call)
    tally = count(given, roll, rules)
    last = session.exec(
        select(Ballot.number).where(Ballot.session_id == sitting.id).order_by(col(Ballot.number).desc())
    ).first()
    assert sitting.id is not None
    assert ranking.id is not None
    ballot = Ballot(
        area=call.area,
        session_id=sitting.id,
        number=(last or 0) + 1,
        ranking_id=ranking.id,
        application_id=application.id if application else None,
        outcome=outcome,
        rules=rules.model_dump(mode="json"),
        algorithm=ALGORITHM,
        roll=written(roll),
        tally=asdict(tally),
        carried=tally.carried,
        held_at=now,
        recorded_by=actor.login,
    )
    session.add(ballot)
    session.flush()
    assert ballot.id is not None
    by_symbol = {one.symbol: one for one in sitters}
    for symbol, voice in sorted(given.items()):
        member_id = by_symbol[symbol].id
        assert member_id is not None
        session.add(Vote(area=call.area, ballot_id=ballot.id, member_id=member_id, voice=voice))
    note(
        session,
        reference(application) if application else reference(call),
        happened=Happened.VOTED,
        actor=actor,
        now=now,
        area=call.area,
        facts={
            "session": sitting.number,
            "ballot": ballot.number,
            "ranking": ranking.version,
            "outcome": outcome,
            "for": tally.in_favour,
            "against": tally.against,
            "abstained": tally.abstained,
            "carried": tally.carried,
        },
    )
    return BallotResult(sitting.number, ballot.number, tally)


def check_present(session: Session, call: Call, sitting: CommissionSession, actor: Actor, *, now: datetime) -> None:
    """Raises ``NotAllowed`` unless the actor sits in the call's commission, is at the session, and proposed nothing."""
    member = member_named(session, call, actor.login, at=now)
    if member not in present(session, sitting, at=now):
        raise NotAllowed(
            f"Głosowania i decyzje zapisuje osoba obecna na posiedzeniu, a „{actor.login}” na nim nie ma: "
            f"nabor commission attend {call.code} {actor.login}."
        )
    check_may_decide(session, call, actor.login)


def roll_of(
    session: Session, call: Call, sitting: CommissionSession, application: Application | None, *, now: datetime
) -> tuple[Roll, list[CommissionMember]]:
    """Who may vote now, on one application or on the whole, with the members behind the symbols."""
    sitters = members(session, call, at=now)
    there = present(session, sitting, at=now)
    out = [
        member.symbol
        for _, member, about in recusals_of(session, call, {one.body for one in sitters}, at=now)
        if application is not None and about.id == application.id
    ]
    chair = next((one.symbol for one in sitters if one.function is MemberFunction.CHAIR), None)
    return (
        Roll(
            members=frozenset(one.symbol for one in sitters if one.votes),
            present=frozenset(one.symbol for one in there),
            recused=frozenset(out),
            chair=chair,
        ),
        sitters,
    )


def written(roll: Roll) -> dict[str, object]:
    """A roll as it is stored."""
    return {
        "members": sorted(roll.members),
        "present": sorted(roll.present),
        "recused": sorted(roll.recused),
        "chair": roll.chair,
    }


def read_roll(stored: Mapping[str, list[str]]) -> Roll:
    chair = stored["chair"]
    return Roll(
        members=frozenset(stored["members"]),
        present=frozenset(stored["present"]),
        recused=frozenset(stored["recused"]),
        chair=chair if isinstance(chair, str) else None,
    )


def _by_symbol(
    session: Session,
    call: Call,
    sitters: list[CommissionMember],
    roll: Roll,
    voices: Mapping[str, Voice],
    *,
    now: datetime,
) -> dict[str, Voice]:
    """Voices by symbol; exactly of those who may vote. Raises ``BadInput`` and ``NotAllowed``."""
    logins = {one.symbol: session.get_one(Officer, one.officer_id).login for one in sitters}
    given: dict[str, Voice] = {}
    for login, voice in voices.items():
        symbol = member_named(session, call, login, at=now).symbol
        if symbol in roll.recused:
            raise BadInput(f"„{login}” wyłączono z tej sprawy; nie głosuje.")
        if symbol not in roll.present:
            raise BadInput(f"„{login}” nie ma na posiedzeniu; obecność: nabor commission attend {call.code} {login}.")
        if symbol not in roll.members:
            raise BadInput(f"„{login}” uczestniczy w posiedzeniu bez prawa głosu.")
        check_may_decide(session, call, login)
        given[symbol] = voice
    silent = sorted(logins[symbol] for symbol in roll.voters - set(given))
    if silent:
        raise BadInput(f"Brakuje głosu: {', '.join(silent)}. Wstrzymanie się (--abstain) to też głos.")
    return given


@dataclass(frozen=True)
class Mandate:
    """What the ballots of the open session allow to be recorded as decided."""

    call: Call
    sitting: CommissionSession
    ballots: tuple[tuple[Ballot, dict[str, Voice]], ...]
    """Of this session, the newest first, with the voices by symbol."""
    recused: Mapping[int, frozenset[str]]
    """By application id."""

    def ballot_for(
        self, application: Application, outcome: DecisionOutcome, ranking: Ranking, proposed: bool
    ) -> Ballot:
        """The ballot that carries this decision. Raises ``NotYet`` when there is none, and says which vote is missing.

        A vote on the application itself counts before the one on the whole proposal. In either the voices of those
        recused from this application, be it later, fall away; what is left must still be a quorum and carry it.
        """
        assert application.id is not None
        recused = self.recused.get(application.id, frozenset())
        own = next((pair for pair in self.ballots if pair[0].application_id == application.id), None)
        if own is not None:
            ballot, voices = own
            if ballot.carried and ballot.outcome is outcome:
                if carried_for(ballot, voices, recused):
                    return ballot
                raise NotYet(
                    f"Ze zgłoszenia {application.number} ktoś wyłączył się po głosowaniu, a bez jego głosu ono nie "
                    f"wystarcza. Potrzebne jest nowe: nabor commission vote {self.call.code} {application.number}."
                )
            raise NotYet(
                f"Komisja głosowała osobno nad zgłoszeniem {application.number} i nie przegłosowała tego "
                "rozstrzygnięcia. Potrzebne jest nowe głosowanie: nabor commission vote."
            )
        found = next((pair for pair in self.ballots if pair[0].application_id is None), None)
        if found is None or not proposed or found[0].ranking_id != ranking.id or not found[0].carried:
            what = "nad propozycją (listą rankingową)" if proposed else f"nad zgłoszeniem {application.number}"
            raise NotYet(
                f"Na posiedzeniu nr {self.sitting.number} Komisja nie przegłosowała tego rozstrzygnięcia. Potrzebne "
                f"jest głosowanie {what}: nabor commission vote {self.call.code}."
            )
        ballot, voices = found
        if not carried_for(ballot, voices, recused):
            raise NotYet(
                f"Ze zgłoszenia {application.number} ktoś się wyłączył, a bez jego głosu głosowanie nad całością nie "
                f"wystarcza. Potrzebne jest osobne: nabor commission vote {self.call.code} {application.number}."
            )
        return ballot


def carried_for(ballot: Ballot, voices: Mapping[str, Voice], recused: frozenset[str]) -> bool:
    """Whether a ballot carries one application without the voices of those recused from it by now."""
    kept, roll = without(voices, read_roll(ballot.roll), recused)
    return count(
        kept, roll, CommissionRules.model_validate(ballot.rules, strict=False), algorithm=ballot.algorithm
    ).carried


def mandate_for(session: Session, call: Call, *, actor: Actor, now: datetime) -> Mandate | None:
    """What may be decided now; ``None`` in a project whose commission records no votes.

    Raises ``NotYet`` without an open session, ``NotAllowed`` for who is not at it, or drew up a ranking of the call.
    """
    if definition_for(session, call).commission is None:
        check_may_decide(session, call, actor.login)
        return None
    sitting = require_open(session, call)
    check_present(session, call, sitting, actor, now=now)
    ballots = session.exec(
        select(Ballot).where(Ballot.session_id == sitting.id).order_by(col(Ballot.number).desc())
    ).all()
    recused: dict[int, set[str]] = {}
    bodies = {one.body for one in members(session, call, at=now)}
    for _, member, about in recusals_of(session, call, bodies, at=now):
        assert about.id is not None
        recused.setdefault(about.id, set()).add(member.symbol)
    return Mandate(
        call,
        sitting,
        tuple((one, voices_of(session, one)) for one in ballots),
        {key: frozenset(symbols) for key, symbols in recused.items()},
    )


def voices_of(session: Session, ballot: Ballot) -> dict[str, Voice]:
    """The voices of a ballot by symbol."""
    rows = session.exec(
        select(CommissionMember.symbol, Vote.voice)
        .join(Vote, col(Vote.member_id) == CommissionMember.id)
        .where(Vote.ballot_id == ballot.id)
        .order_by(CommissionMember.symbol)
    ).all()
    return {symbol: Voice(voice) for symbol, voice in rows}


def _newest_ranking(session: Session, call: Call) -> Ranking:
    row = session.exec(select(Ranking).where(Ranking.call_id == call.id).order_by(col(Ranking.version).desc())).first()
    if row is None:
        raise NotYet(f"Nabór {call.code} nie ma jeszcze listy rankingowej; najpierw: nabor call rank {call.code}.")
    return row
