"""Letters that ask institutions to sign an agreement, and that remind those who have not.

They name institutions, never a person.
"""

from datetime import date, datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.steps.agreement_papers import attach_agreement
from flows.steps.agreement_texts import ASKS, REDATED, asking
from flows.steps.institution_letters import letter_to
from flows.steps.institutions import institutions_by_id
from flows.steps.outbox import office_block
from flows.steps.projects import definition_of
from models.actor import Actor
from models.tables import Agreement, AgreementInvitation, AgreementText, IssuedDocument, Message
from models.tables.agreements import AgreementState, AskedState
from models.tables.institutions import InstitutionState
from models.transitions import queue, reference
from templates.letters.agreements import AgreementInvitationLetter, AgreementRedatedLetter, ReminderAgreementLetter

REMINDS = "reminder_agreement"


def ask_to_sign(
    session: Session,
    agreement: Agreement,
    invitation: AgreementInvitation,
    *,
    instead_of: date | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Queues the letter with the text that the invitation names; ``instead_of``: the day that held before, for those
    who have a letter already."""
    definition = definition_of(session, agreement.project_version_id)
    (institution,) = institutions_by_id(session, [invitation.institution_id])
    frame = office_block(definition)
    event, letter = (
        (
            ASKS,
            AgreementInvitationLetter(office=frame, agreement_title=agreement.title, sign_by=agreement.deadline),
        )
        if instead_of is None
        else (
            REDATED,
            AgreementRedatedLetter(
                office=frame, agreement_title=agreement.title, sign_by=agreement.deadline, before=instead_of
            ),
        )
    )
    message = letter_to(
        session,
        institution,
        event,
        letter,
        subject_ref=reference(invitation),
        area=agreement.area,
        occasion=asking(invitation),
        actor=actor,
        now=now,
        contradicts=topic_of(invitation),
        definition=definition,
    )
    if message is not None:
        queue(session, [message], actor=actor, now=now)
        text = session.get_one(AgreementText, invitation.text_id)
        document = session.get_one(IssuedDocument, text.document_id)
        attach_agreement(session, message, document, about=reference(agreement))


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
    if institution.state is not InstitutionState.ACTIVE:
        return None
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
