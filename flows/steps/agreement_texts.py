"""The texts of an agreement that were handed out for signing: whom each names, and which one a party holds."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from flows.adapters.office import Office
from flows.steps.agreement_papers import issue_agreement
from flows.steps.agreement_parties import asked_rows, parties_of, steps_of
from flows.steps.institutions import institutions_by_id
from models.actor import Actor
from models.errors import BadInput
from models.rules.accession import Text
from models.tables import Agreement, AgreementInvitation, AgreementText, Institution, Message
from models.tables.agreements import AskedState
from models.tables.outbox import MessageState
from models.transitions import reference

ASKS, REDATED = "agreement_invitation", "agreement_redated"
"""The letters that carry a text."""
_MAY_HAVE_LEFT = frozenset({MessageState.SENT, MessageState.SENDING, MessageState.UNKNOWN})


def make_text(
    office: Office,
    session: Session,
    agreement: Agreement,
    asked_now: Iterable[Institution] = (),
    *,
    actor: Actor,
    now: datetime,
) -> AgreementText:
    """Makes the next text, which names the parties, all who are asked to sign, and those who are being asked now.

    Raises ``NotAllowed`` when one of them lies outside the actor's scope.
    """
    parties = parties_of(session, agreement)
    asked = [row.institution_id for row in asked_rows(session, agreement) if row.state is AskedState.ASKED]
    ids = dict.fromkeys([*(one.institution_id for one in parties), *asked, *(one.id or 0 for one in asked_now)])
    named = institutions_by_id(session, list(ids))
    document = issue_agreement(office, session, agreement, named, parties, actor=actor, now=now)
    steps = steps_of(session, agreement)
    row = AgreementText(
        area=agreement.area,
        agreement_id=agreement.id or 0,
        number=document.version,
        after_step=max((one.ordinal for one in steps), default=0),
        named=json.dumps(list(ids)),
        document_id=document.id or 0,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def texts_of(session: Session, agreement: Agreement) -> list[AgreementText]:
    """Every text that was made, the oldest first."""
    rows = select(AgreementText).where(AgreementText.agreement_id == agreement.id)
    return list(session.exec(rows.order_by(col(AgreementText.number))).all())


def as_rule(row: AgreementText) -> Text:
    """The text as the rule of accession knows it."""
    assert row.id is not None
    return Text(row.id, row.after_step, frozenset(json.loads(row.named)))


def find_text(session: Session, agreement: Agreement, number: int) -> AgreementText:
    """The text of that number. Raises ``BadInput`` when there is none."""
    texts = texts_of(session, agreement)
    for row in texts:
        if row.number == number:
            return row
    known = ", ".join(str(row.number) for row in texts) or "nie ma żadnego"
    raise BadInput(f"Porozumienie {agreement.code} nie ma tekstu nr {number}. Sporządzone teksty: {known}.")


def asking(invitation: AgreementInvitation) -> str:
    """The occasion of the letter that carries the text: each text is sent once."""
    return f"text-{invitation.text_id}"


def carried(session: Session, invitation: AgreementInvitation) -> MessageState | None:
    """What became of the letter with the text; what was merged shares the way of the message that carries it."""
    carrier = aliased(Message)
    return session.exec(
        select(func.coalesce(carrier.state, Message.state))
        .select_from(Message)
        .outerjoin(carrier, col(carrier.id) == Message.merged_into_id)
        .where(
            Message.subject_ref == reference(invitation),
            col(Message.event).in_((ASKS, REDATED)),
            col(Message.key).endswith(f":{asking(invitation)}"),
        )
    ).first()


def was_asked(session: Session, invitation: AgreementInvitation) -> bool:
    """Whether the letter with the text has left."""
    return carried(session, invitation) == MessageState.SENT


def may_have_left(session: Session, invitation: AgreementInvitation) -> bool:
    """Whether the letter with the text has left, or nobody can rule it out."""
    return carried(session, invitation) in _MAY_HAVE_LEFT


def text_held_by(session: Session, invitation: AgreementInvitation | None) -> int | None:
    """The text that an institution holds which joins now: the one that reached it when it was asked last.

    ``None`` when none did, and for one that was a party before and was not asked anew.
    """
    if invitation is None or invitation.state is AskedState.SIGNED or not was_asked(session, invitation):
        return None
    return invitation.text_id
