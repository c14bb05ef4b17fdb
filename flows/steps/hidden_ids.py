"""The hidden id of a document that is wanted back: the public number of an application with a keyed check."""

from sqlmodel import Session

from models.identifiers import application_token
from models.storage import keyring_in
from models.tables import Application

HIDDEN_ID = "application-id"


def token_of(session: Session, application: Application) -> str:
    """The hidden id of a copy: the public number with a keyed check."""
    return application_token(
        application.public_number, keyring_in(session).lookup(HIDDEN_ID, application.public_number)
    )
