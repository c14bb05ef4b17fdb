"""The letter that tells a candidate what was decided, with its grounds."""

from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.steps.decided_applications import DecidedApplication
from flows.steps.outbox import compose, office_block, sex_of
from flows.steps.projects import definition_for
from flows.steps.unit_consent import consent_of
from models.actor import Actor
from models.rules.working_days import deadline
from models.tables import Call, Group, Membership, Message, Person, VerdictSheet
from models.tables.decisions import DecisionOutcome
from models.transitions import reference
from templates.letters.decisions import AcceptedLetter, RejectedLetter, ReserveLetter, ScoreLine
from templates.letters.frame import Letter, VerdictLine


def result_letter(
    session: Session,
    call: Call,
    group: Group,
    one: DecidedApplication,
    position: int,
    membership: Membership | None,
    topic: str,
    *,
    actor: Actor,
    now: datetime,
) -> Message | None:
    """The letter of one decision. ``position`` is the place on the reserve list, ``membership`` the seat offered."""
    definition = definition_for(session, call)
    person = session.get_one(Person, one.application.person_id)
    verdicts = verdict_lines(one.sheet)
    scored = one.sheet is not None and one.sheet.outcome == "met"
    points = one.sheet.merit + one.sheet.premium if one.sheet is not None and scored else None
    scores = _score_lines(one.sheet) if scored else ()
    letter: Letter
    office, sex, number = office_block(definition), sex_of(person), one.application.public_number
    group_name, decided_on = group.name, warsaw_date(one.decision.decided_at)
    appeal_until = warsaw_date(deadline(now, definition.appeals.period_working_days))
    match one.decision.outcome:
        case DecisionOutcome.ACCEPTED:
            assert membership is not None
            consent = consent_of(session, one.application)
            letter = AcceptedLetter(
                office=office,
                sex=sex,
                public_number=number,
                group_name=group_name,
                decided_on=decided_on,
                verdicts=verdicts,
                points=points,
                scores=scores,
                answer_until=warsaw_date(membership.answer_due_at),
                agreed=consent is not None,
                signed_on=consent.signed_on if consent else None,
            )
        case DecisionOutcome.RESERVE:
            letter = ReserveLetter(
                office=office,
                sex=sex,
                public_number=number,
                group_name=group_name,
                decided_on=decided_on,
                verdicts=verdicts,
                points=points,
                scores=scores,
                position=position,
                appeal_until=appeal_until,
                appeal_paragraph=definition.appeals.paragraph,
            )
        case DecisionOutcome.REJECTED:
            letter = RejectedLetter(
                office=office,
                sex=sex,
                public_number=number,
                group_name=group_name,
                decided_on=decided_on,
                verdicts=verdicts,
                points=points,
                scores=scores,
                reason=definition.reason(one.decision.reason_code).label,
                appeal_until=appeal_until,
                appeal_paragraph=definition.appeals.paragraph,
            )
    return compose(
        session,
        one.decision.outcome.value,
        letter,
        subject_ref=reference(one.application),
        area=one.application.area,
        occasion=f"decision-{one.decision.version}",
        actor=actor,
        now=now,
        person=person,
        contradicts=topic,
        definition=definition,
    )


def verdict_lines(sheet: VerdictSheet | None) -> tuple[VerdictLine, ...]:
    """What a sheet says of each criterion, as letters tell it."""
    if sheet is None:
        return ()
    return tuple(
        VerdictLine(sentence=line["sentence"], paragraph=line["paragraph"], result=line["result"])
        for line in sheet.verdicts["verdicts"]
    )


def _score_lines(sheet: VerdictSheet | None) -> tuple[ScoreLine, ...]:
    if sheet is None:
        return ()
    return tuple(
        ScoreLine(title=line["title"], points=line["points"], maximum=line["maximum"], paragraph=line["paragraph"])
        for line in sheet.verdicts["points"]
    )
