"""Everything that Nabór raises on purpose, by cause.

::

    NaborError
    ├── NotAllowed              the actor lacks the right or the scope
    │   └── NotLoggedIn         unknown officer or wrong secret
    ├── NotFound                no such row within the actor's scope
    ├── IllegalMove             the lifecycle does not know this change of state
    ├── NotYet                  a step before this one is missing
    ├── PaymentsBlocked         guards stand in the way of a payment, each with a sentence
    ├── BatchAltered            a batch of payments does not say any more what was frozen
    ├── RankingDisputed         the independent checker does not agree with a ranking
    ├── BadInput                what was given cannot be used (a value, a file, a manifest)
    │   ├── DefinitionFaulty    a project definition with mistakes, each with file and line
    │   ├── ScheduleFaulty      a Harmonogram with mistakes, each with file and row
    │   └── FormUnreadable      a document that is not a readable form
    ├── KeysMissing             no key file, or one that does not fit the data
    ├── DatabaseNotReady        tables missing or of another release
    ├── SettingsFaulty          a setting that cannot be used
    ├── DeliveryFailed          the mail server's answer, by code
    ├── MailboxUnreachable      the incoming mail server does not answer: trying again makes sense
    ├── MailboxRefused          it answers and says no: settings, password, folder
    └── DeliveryUncertain       (flows.adapters.smtp) the mail may have left: a person settles it

``str()`` is a Polish sentence that says what to do and holds no personal data: it may end in a log.
"""

from dataclasses import dataclass
from enum import StrEnum


class NaborError(Exception):
    """Base of all errors that are somebody's to mend."""

    @property
    def on_page(self) -> str:
        """What the Prefect page may say of it: the sentence, unless it tells of one person's money."""
        return str(self)


class NotAllowed(NaborError):
    """The actor lacks the right, or the row lies outside the actor's area."""


class NotLoggedIn(NotAllowed):
    """Unknown officer, wrong secret, or a ticket that is used up."""


class NotFound(NaborError):
    """No such row within the actor's scope."""


class IllegalMove(NaborError):
    """The lifecycle of the aggregate does not know this move."""


class NotYet(NaborError):
    """The state of things does not allow this step yet; the message names the missing one."""


class BatchAltered(NaborError):
    """Somebody or something changed a batch of payments after it was frozen: nothing of it may be paid.

    ``found`` names each place by application number and what is not as it was; never a value.
    """

    def __init__(self, number: str, found: tuple[str, ...]) -> None:
        self.number = number
        self.found = found
        super().__init__(
            f"Lista {number} nie zgadza się z tym, co zamrożono: {'; '.join(found)}. Nic nie wyszło. Zaniechaj jej "
            "(nabor batch discard), wyjaśnij, kto zmienił dane, i sporządź nową."
        )


class PaymentsBlocked(NaborError):
    """What stands in the way of paying: ``found`` are Polish sentences, each with a number and what to do."""

    def __init__(self, what: str, found: tuple[str, ...]) -> None:
        self.found = found
        self._what = what
        super().__init__(f"{what} Przeszkody ({len(found)}):\n" + "\n".join(f"- {sentence}" for sentence in found))

    @property
    def on_page(self) -> str:
        return f"{self._what} Przeszkody: {len(self.found)}; wymieni je to samo polecenie w wierszu poleceń."


class RankingDisputed(NaborError):
    """The independent checker does not agree with a ranking: nothing may be proposed or announced by it."""


class BadInput(NaborError):
    """What was given cannot be used; nothing was changed."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a definition: where it stands and what is wrong, as a Polish sentence."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class DefinitionFaulty(BadInput):
    """A project definition with mistakes."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(f"Definicja projektu zawiera błędy ({len(problems)}).")


class ScheduleFaulty(BadInput):
    """A Harmonogram with mistakes; nothing of it was taken in."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(f"Harmonogram zawiera błędy ({len(problems)}); niczego z niego nie wczytano.")


class FormUnreadable(BadInput):
    """A document that cannot be read as a form of this project."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


class KeysMissing(NaborError):
    """No key file, or one that does not fit the data."""


class DatabaseNotReady(NaborError):
    """The tables are missing or belong to another release."""


class SettingsFaulty(NaborError):
    """A setting that cannot be used."""


class DeliveryFault(StrEnum):
    """Whose fault it is that a mail was not taken: its own or its recipient's, the line's, the office's, our pace."""

    MAIL = "mail"
    LINE = "line"
    LOGIN = "login"
    ENCRYPTION = "encryption"
    RATE = "rate"


class DeliveryFailed(NaborError):
    """The mail server refused or could not be reached. ``temporary`` tells whether trying again makes sense."""

    def __init__(self, code: int, sentence: str, *, temporary: bool, fault: DeliveryFault = DeliveryFault.MAIL) -> None:
        self.code = code
        self.temporary = temporary
        self.fault = fault
        super().__init__(sentence)


class MailboxUnreachable(NaborError):
    """The server of incoming mail could not be reached or fell silent. The next run goes on where this one ended."""


class MailboxRefused(NaborError):
    """The server of incoming mail said no: to the login, to a folder or to a command. An officer mends the settings."""
