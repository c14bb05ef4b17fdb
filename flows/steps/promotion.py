"""Promotion from the reserve: a seat that came free is offered to the next one, once, and why is on record.

The commission has decided who waits and in which order; a promotion carries that decision out. Each vacancy (a
membership that ended) leads to one promotion at most, whoever runs this, and how often.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.announcement_papers import issue_lists
from flows.steps.calls import find_call, group_of, require_selection
from flows.steps.decisions import reason_for, unannounced
from flows.steps.declarations import issue_declaration
from flows.steps.memberships import offer_seat
from flows.steps.outbox import compose, office_block, sex_of, withdraw_contrary
from flows.steps.projects import definition_for
from flows.steps.ranking import decided_ranking
from flows.steps.reserve import SaidOfInstitution, Vacancy, basis, choose, owed_and_undecided, reserve_of, vacancies
from flows.steps.seats import lock_people, newest_decision
from flows.steps.unit_consent import consent_of
from models.actor import Actor, Right
from models.columns import canonical
from models.errors import NotYet
from models.events import Happened
from models.project import ProjectDefinition, Purpose
from models.rules.promotion import ALGORITHM, KeptFree
from models.rules.promotion import Promotion as Choice
from models.tables import Application, Call, Decision, Membership, Person, Promotion, Ranking
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.transitions import note, queue, reference
from templates.letters.decisions import PromotedLetter


@dataclass(frozen=True)
class Promoted:
    """One promotion in numbers, for the officer: whose seat it was, who is offered it, and why."""

    vacancy: str
    number: str
    position: int
    sentence: str


@dataclass(frozen=True)
class StaysFree:
    """A vacancy that nobody of those who wait may fill: whose seat it was, and why it stays free."""

    vacancy: str
    sentence: str


@dataclass(frozen=True)
class Promotions:
    """What became of the vacancies of a call for which somebody waits, in the order in which they came free."""

    made: tuple[Promoted, ...]
    kept: tuple[StaysFree, ...]


def promote_call(office: Office, call_code: str, *, actor: Actor) -> Promotions:
    """Offers every seat of a call that came free to the next of the reserve, all in one transaction.

    Vacancies are filled in the order in which the seats came free; each choice counts those made before it, and one
    that stays free for a firm constraint stops none after it. Without a vacancy, or with nobody in reserve, nothing
    happens. Raises ``NotYet`` before the results are announced, while a
    newer decision waits to be, and while an upheld appeal that is owed the next seat waits for its decision.
    """
    actor.require(Right.OFFER)
    with office.writing(actor) as session:
        call = find_call(session, call_code)
        require_selection(session, call)
        # Two runs at once wait here for each other: the second one finds the vacancy filled.
        session.refresh(call, with_for_update=True)
        # Only now: what waited for an announcement is later than it, and stands in the protocol after.
        now = office.now()
        if call.state is not CallState.ANNOUNCED or unannounced(session, call):
            raise NotYet(
                f"W naborze {call.code} nie ogłoszono jeszcze wszystkich wyników; miejsca z listy rezerwowej proponuje "
                "się po ogłoszeniu."
            )
        definition = definition_for(session, call)
        if owed_and_undecided(session, call, definition):
            raise NotYet(
                f"W naborze {call.code} uwzględniono odwołanie, a nowej decyzji jeszcze nie ma; najbliższe wolne "
                "miejsce czeka na nią."
            )
        if not definition.allow_two_groups:
            lock_people(session, [row for row, _ in reserve_of(session, call, definition)])
        made: list[Promoted] = []
        kept: list[StaysFree] = []
        said: dict[int | None, SaidOfInstitution] = {}
        _held = decided_ranking(session, call)
        for vacancy in vacancies(session, call):
            body = canonical(basis(session, call, definition, vacancy.application, said=said))
            choice = choose(body)
            if choice is None:
                continue
            if isinstance(choice, KeptFree):
                kept.append(StaysFree(vacancy.application.number, choice.sentence))
                continue
            _promote(office, session, call, definition, vacancy, body, choice, actor=actor, now=now)
            made.append(Promoted(vacancy.application.number, choice.number, choice.position, choice.sentence))
        if made:
            issue_lists(office, session, call, actor=actor, now=now)
        return Promotions(tuple(made), tuple(kept))


def _promote(
    office: Office,
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    vacancy: Vacancy,
    body: str,
    choice: Choice,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Decision, offer, letter, declaration and the record of why: together or not at all."""
    application = session.exec(select(Application).where(Application.number == choice.number)).one()
    session.refresh(application, with_for_update=True)
    reserved, ranking = newest_decision(session, application), decided_ranking(session, call)
    if (
        application.state is not ApplicationState.ANNOUNCED
        or reserved is None
        or reserved.outcome is not DecisionOutcome.RESERVE
    ):
        raise NotYet(f"Zgłoszenie {application.number} nie czeka już na liście rezerwowej; spróbuj jeszcze raz.")
    assert ranking is not None
    withdraw_contrary(session, f"result/{application.id}", actor=actor, now=now)
    decision = _decide(session, application, reserved, ranking, definition, actor=actor, now=now)
    membership = offer_seat(session, application, actor=actor, now=now)
    digest = hashlib.sha256(body.encode()).hexdigest()
    session.add(
        Promotion(
            area=application.area,
            vacancy_id=_id(vacancy.membership),
            application_id=_id(application),
            membership_id=_id(membership),
            decision_id=_id(decision),
            reserve_decision_id=_id(reserved),
            ranking_id=_id(ranking),
            position=choice.position,
            ground=choice.ground,
            reason=choice.sentence,
            basis=body,
            basis_digest=digest,
            algorithm=ALGORITHM,
            promoted_at=now,
            promoted_by=actor.login,
        )
    )
    note(
        session,
        reference(application),
        happened=Happened.RESERVE_PROMOTED,
        actor=actor,
        now=now,
        area=application.area,
        facts={
            "instead_of": vacancy.application.number,
            "position": choice.position,
            "ground": choice.ground,
            "decision": decision.version,
            "ranking": ranking.version,
            "basis": digest,
            "algorithm": ALGORITHM,
        },
    )
    _write(session, call, definition, application, decision, membership, choice, actor=actor, now=now)
    issue_declaration(office, session, application, actor=actor, now=now)


def _decide(
    session: Session,
    application: Application,
    reserved: Decision,
    ranking: Ranking,
    definition: ProjectDefinition,
    *,
    actor: Actor,
    now: datetime,
) -> Decision:
    """The decision that carries out the commission's own on the reserve; it is known at once, by the letter."""
    decision = Decision(
        area=application.area,
        application_id=_id(application),
        version=reserved.version + 1,
        ranking_id=ranking.id,
        outcome=DecisionOutcome.ACCEPTED,
        reason_code=reason_for(definition, Purpose.PROMOTED),
        as_proposed=False,
        decided_at=now,
        decided_by=actor.login,
        announced_at=now,
    )
    session.add(decision)
    session.flush()
    return decision


def _write(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    application: Application,
    decision: Decision,
    membership: Membership,
    choice: Choice,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    person = session.get_one(Person, application.person_id)
    consent = consent_of(session, application)
    message = compose(
        session,
        "promoted",
        PromotedLetter(
            office=office_block(definition),
            sex=sex_of(person),
            public_number=application.public_number,
            group_name=group_of(session, call).name,
            ground=choice.ground,
            answer_until=warsaw_date(membership.answer_due_at),
            agreed=consent is not None,
            signed_on=consent.signed_on if consent else None,
        ),
        subject_ref=reference(application),
        area=application.area,
        occasion=f"decision-{decision.version}",
        actor=actor,
        now=now,
        person=person,
        contradicts=f"result/{application.id}",
        definition=definition,
    )
    queue(session, [message] if message else [], actor=actor, now=now)


def _id(row: Application | Decision | Membership | Ranking) -> int:
    assert row.id is not None
    return row.id
