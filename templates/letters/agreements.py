"""Letters to institutions about an agreement."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from templates.letters.frame import STRICT, Letter


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AgreementLetter(Letter):
    """A letter to an institution about an agreement; it never names a person."""

    agreement_title: str
    """„Porozumienie o współpracy – gmina Próbna”; stands in quotes."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AgreementInvitationLetter(AgreementLetter):
    """Zaproszenie do podpisania porozumienia; the agreement itself goes with it."""

    sign_by: date
    """The last day."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AgreementRedatedLetter(AgreementLetter):
    """Nowy termin podpisania; the text with the new day goes with it."""

    sign_by: date
    before: date
    """The last day as it was."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AgreementJoinedLetter(AgreementLetter):
    """Zawiadomienie o nowej stronie porozumienia."""

    newcomer: str
    """The institution that joined."""
    joined_on: date
    parties: Annotated[int, Field(ge=2)]
    """How many there are now, with the newcomer."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderAgreementLetter(AgreementLetter):
    """Przypomnienie o podpisaniu porozumienia."""

    sign_by: date
    passed: bool = False
    """Whether that day has passed: signing is still possible then."""
