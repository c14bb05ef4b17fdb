"""The Word documents that go with letters: which one goes with which, and the blank form of a call."""

from typing import Final

from sqlmodel import Session

from models.tables import Call, IssuedDocument, Message, MessageAttachment
from models.transitions import reference

CALL_FORM: Final = "call_form"
"""Kind of the attachment and of the issued document: the blank form of a call."""
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def attach(
    session: Session, message: Message, *, kind: str, about: str, name: str, document: IssuedDocument | None = None
) -> None:
    """Has a Word document go with a letter that is in the outbox already; without one the letter waits until it is
    made. ``name`` must say nothing about a person."""
    assert message.id is not None
    session.add(
        MessageAttachment(
            area=message.area,
            message_id=message.id,
            kind=kind,
            about=about,
            name=name,
            media_type=_DOCX,
            issued_document_id=document.id if document is not None else None,
        )
    )
    session.flush()


def attach_call_form(session: Session, message: Message, call: Call, form: IssuedDocument) -> None:
    """Has the blank form of a call go with a letter."""
    attach(session, message, kind=CALL_FORM, about=reference(call), name="formularz.docx", document=form)
