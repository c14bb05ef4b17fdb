"""Notices to the parties of an agreement: who joined. Which are due follows from the steps; each is written once."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from flows.steps.agreement_parties import steps_of
from flows.steps.agreement_texts import as_rule, texts_of
from flows.steps.institution_letters import letter_to
from flows.steps.institutions import institutions_by_id
from flows.steps.outbox import office_block
from flows.steps.projects import definition_of
from models.actor import Actor
from models.rules.accession import Kind, Notice, Step, notices
from models.tables import Agreement, AgreementParty
from models.tables.institutions import InstitutionState
from models.transitions import queue, reference
from templates.letters.agreements import AgreementJoinedLetter

JOINED = "agreement_joined"


def tell_of(session: Session, agreement: Agreement, newcomer: AgreementParty, *, actor: Actor, now: datetime) -> int:
    """Writes to every other party that is to learn of a step that was just recorded. Returns how many letters.

    A party that works no more is told when it works again. Raises ``NotAllowed`` when a party lies outside the actor's
    scope, also one that needs no letter.
    """
    steps = steps_of(session, agreement)
    institutions_by_id(session, sorted({one.institution_id for one in steps if _is_party(steps, one)}))
    due = [one for one in _due(session, agreement, steps) if one.of == newcomer.ordinal]
    return _write(session, agreement, steps, due, actor=actor, now=now)


def tell_missed(session: Session, agreement: Agreement, institution_id: int, *, actor: Actor, now: datetime) -> int:
    """Writes to a party what it was not told while it did not work. Returns how many letters."""
    steps = steps_of(session, agreement)
    own = [one for one in steps if one.institution_id == institution_id]
    if not own or not _is_party(steps, own[-1]):
        return 0
    due = [one for one in _due(session, agreement, steps) if one.to == institution_id and one.of > own[-1].ordinal]
    return _write(session, agreement, steps, due, actor=actor, now=now)


def _is_party(steps: list[AgreementParty], step: AgreementParty) -> bool:
    """Whether this is the last step of its institution, and one in."""
    last = max(one.ordinal for one in steps if one.institution_id == step.institution_id)
    return step.ordinal == last and Kind(step.step) is not Kind.LEFT


def _due(session: Session, agreement: Agreement, steps: Iterable[AgreementParty]) -> list[Notice]:
    return notices(
        (Step(one.ordinal, one.institution_id, Kind(one.step), one.text_id) for one in steps),
        map(as_rule, texts_of(session, agreement)),
    )


def _write(
    session: Session,
    agreement: Agreement,
    steps: Iterable[AgreementParty],
    due: list[Notice],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    if not due:
        return 0
    definition = definition_of(session, agreement.project_version_id)
    by_ordinal = {one.ordinal: one for one in steps}
    found = institutions_by_id(session, sorted({one.to for one in due}))
    institutions = {one.id: one for one in found}
    written = 0
    for notice in due:
        institution, newcomer = institutions[notice.to], by_ordinal[notice.of]
        if institution.state is not InstitutionState.ACTIVE:
            continue
        letter = AgreementJoinedLetter(
            office=office_block(definition),
            agreement_title=agreement.title,
            newcomer=newcomer.name,
            joined_on=newcomer.on_day,
            parties=notice.parties,
        )
        message = letter_to(
            session,
            institution,
            JOINED,
            letter,
            subject_ref=reference(agreement),
            area=agreement.area,
            occasion=f"step-{notice.of}",
            actor=actor,
            now=now,
            definition=definition,
        )
        if message is not None:
            queue(session, [message], actor=actor, now=now)
            written += 1
    return written
