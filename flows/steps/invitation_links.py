"""One-click answers to an invitation, for people whose calendar cannot answer: a signed token for each answer.

It names the invitation, the version of the meeting, the answer and until when it is good, with a keyed digest over all
four under a purpose of its own, so that it can neither be made up nor be turned into another answer.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlmodel import Session

from models.errors import BadInput
from models.storage import keyring_in
from models.tables import Invitation

_PURPOSE = "answer-link"
_DIGITS = 40
"""160 bits of the keyed digest, in hexadecimal."""
_TOKEN = re.compile(rf"(?P<signed>(\d{{1,12}})\.(\d{{1,6}})\.(tak|nie)\.(\d{{1,12}}))\.(?P<mac>[0-9a-f]{{{_DIGITS}}})")


class LinkAnswer(StrEnum):
    ACCEPTS = "tak"
    DECLINES = "nie"


@dataclass(frozen=True)
class OpenedToken:
    """What a genuine token says. Whether it still counts is for the invitation to tell."""

    invitation_id: int
    sequence: int
    answer: LinkAnswer
    expires_at: datetime


def token_of(session: Session, invitation: Invitation, answer: LinkAnswer, *, expires_at: datetime) -> str:
    """The token for one answer to an invitation as it stands now."""
    signed = f"{invitation.id}.{invitation.sequence}.{answer}.{int(expires_at.timestamp())}"
    return f"{signed}.{keyring_in(session).lookup(_PURPOSE, signed)[:_DIGITS]}"


def link_of(answer_url: str, token: str) -> str:
    """The address that a letter carries; empty where the office has no page for answers (``NABOR_ANSWER_URL``)."""
    return f"{answer_url.rstrip('/')}/{token}" if answer_url else ""


def open_token(session: Session, token: str) -> OpenedToken:
    """Reads a token; one signed with a key of before a rotation still opens. Raises ``BadInput`` for a false one."""
    found = _TOKEN.fullmatch(token.strip())
    if found is None or not keyring_in(session).knows_lookup(_PURPOSE, found["signed"], found["mac"]):
        raise BadInput(
            "Ten odnośnik jest nieprawidłowy. Prosimy użyć odnośnika z naszej wiadomości w całości albo odpowiedzieć "
            "na nią zwykłym listem."
        )
    invitation_id, sequence, answer, expires = found["signed"].split(".")
    return OpenedToken(int(invitation_id), int(sequence), LinkAnswer(answer), datetime.fromtimestamp(int(expires), UTC))
