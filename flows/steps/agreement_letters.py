"""Letters about agreements: to those who are asked to sign, to those who have not, and to every party when one joins.

They name institutions, never a person.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.steps.institution_letters import letter_to
from flows.steps.institutions import institutions_by_id
from flows.steps.outbox import office_block, told_at
from flows.steps.projects import definition_of
from models.actor import Actor
from models.tables import Agreement, AgreementInvitation, AgreementParty, Message
from models.tables.agreements import AgreementState, AskedState
from models.transitions import reference
from templates.letters import AgreementInvitationLetter, AgreementJoinedLetter, ReminderAgreementLetter

ASKS, JOINED, REMINDS = "agreement_invitation", "agreement_joined", "reminder_agreement"


def invitation_to_sign(
    session: Session, agreement: Agreement, invitation: AgreementInvitation, *, actor: Actor, now: datetime
) -> Message | None:
    """The letter that asks an institution to sign; ``None`` when it was written before."""
    definition = definition_of(session, agreement.project_version_id)
    (institution,) = institutions_by_id(session, [invitation.institution_id])
    return letter_to(
        session,
        institution,
        ASKS,
        AgreementInvitationLetter(
            office=office_block(definition), agreement_title=agreement.title, sign_by=agreement.deadline
        ),
        subject_ref=reference(invitation),
        area=agreement.area,
        occasion=_asking(invitation),
        actor=actor,
        now=now,
        contradicts=topic_of(invitation),
        definition=definition,
    )


def was_asked(session: Session, invitation: AgreementInvitation) -> bool:
    """Whether the letter that asks to sign has left."""
    return told_at(session, reference(invitation), ASKS, _asking(invitation)) is not None


def _asking(invitation: AgreementInvitation) -> str:
    """Which asking it is: an institution that declined may be asked anew."""
    return f"{invitation.asked_at.astimezone(UTC):%Y%m%dT%H%M%S}"


def reminder_to_sign(
    session: Session, invitation_id: int, *, occasion: str, actor: Actor, now: datetime
) -> Message | None:
    """The letter to an institution that has not signed; ``None`` when there is nothing to remind of any more."""
    invitation = session.get_one(AgreementInvitation, invitation_id, with_for_update=True)
    agreement = session.get_one(Agreement, invitation.agreement_id)
    if invitation.state is not AskedState.ASKED or agreement.state is not AgreementState.OPEN:
        return None
    definition = definition_of(session, agreement.project_version_id)
    (institution,) = institutions_by_id(session, [invitation.institution_id])
    return letter_to(
        session,
        institution,
        REMINDS,
        ReminderAgreementLetter(
            office=office_block(definition),
            agreement_title=agreement.title,
            sign_by=agreement.deadline,
            passed=warsaw_date(now) > agreement.deadline,
        ),
        subject_ref=reference(invitation),
        area=agreement.area,
        occasion=occasion,
        actor=actor,
        now=now,
        contradicts=topic_of(invitation),
        definition=definition,
    )


def topic_of(invitation: AgreementInvitation) -> str:
    """What letters that ask to sign are about: once it is signed or declined, the unsent ones are withdrawn."""
    return f"agreement/{invitation.agreement_id}/ask/{invitation.institution_id}"


def notices_of(
    session: Session,
    agreement: Agreement,
    newcomer: AgreementParty,
    others: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
) -> list[Message]:
    """One letter to each of the ``others`` (ids of institutions): who joined, when, and how many parties there are."""
    if not others:
        return []
    definition = definition_of(session, agreement.project_version_id)
    letter = AgreementJoinedLetter(
        office=office_block(definition),
        agreement_title=agreement.title,
        newcomer=newcomer.name,
        joined_on=newcomer.on_day,
        parties=len(others) + 1,
    )
    written = [
        letter_to(
            session,
            institution,
            JOINED,
            letter,
            subject_ref=reference(agreement),
            area=agreement.area,
            occasion=f"step-{newcomer.ordinal}",
            actor=actor,
            now=now,
            definition=definition,
        )
        for institution in institutions_by_id(session, others)
    ]
    return [one for one in written if one is not None]
