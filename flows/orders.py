"""What an officer orders on the Prefect page: the typed parameters of deployments, which are the form people fill in.

Flows are declared with ``validate_parameters=False`` and check their order here, because Prefect's own check logs the
rejected values. The server still refuses what does not fit the JSON schema before a run exists, so the patterns matter.
Nothing here can hold a name or a PESEL: numbers, codes, dates, a login and a single-use ticket.
"""

from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from flows.adapters.bank_statements import StatementKind
from flows.failures import StepFailed
from models.tables.decisions import DecisionOutcome

# Codes and numbers as the office gives them out (KES/PGR/2205/2018/0001): no eleven digits fit, nor a name.
CALL = r"^[A-Z0-9-]{1,10}(/[A-Z0-9-]{1,10}){3}$"
NUMBER = r"^[A-Z0-9-]{1,10}(/[A-Z0-9-]{1,10}){3}/[0-9]{1,6}$"
BATCH = r"^LP/[0-9]{4,6}/20[0-9]{2}$"
# Ten digits at most in a row: neither a PESEL nor an account number is the name of a file.
BANK_FILE_NAME = r"^[A-Za-z][A-Za-z._-]{0,30}([0-9]{1,10}[A-Za-z._-]{1,20}){0,4}$"
MEETING = r"^[a-z][a-z0-9_]{0,59}$"

OrderT = TypeVar("OrderT", bound="Order")


class Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class CallOrder(Order):
    """Którego naboru dotyczy."""

    call: str = Field(title="Kod naboru", description="Na przykład KES/PGR/2205/2018", pattern=CALL)


class SignedOrder(Order):
    """Co podpisuje osoba: loginem i biletem, który działa raz."""

    officer: str = Field(title="Login osoby", description="Kto działa", pattern=r"^[A-Za-z0-9.-]{1,40}$")
    ticket: SecretStr = Field(
        title="Bilet jednorazowy",
        description="Wydaje go polecenie „nabor officer ticket”; działa raz, przez pół godziny",
    )


# The docstrings of these classes are Polish on purpose: the page shows them, and the values of the enum in a list.
class DecisionChoice(StrEnum):
    """Co zdecydowała Komisja."""

    ACCEPT = "przyjąć"
    RESERVE = "na listę rezerwową"
    REJECT = "odrzucić"

    @property
    def outcome(self) -> DecisionOutcome:
        return _OUTCOMES[self]


_OUTCOMES = {
    DecisionChoice.ACCEPT: DecisionOutcome.ACCEPTED,
    DecisionChoice.RESERVE: DecisionOutcome.RESERVE,
    DecisionChoice.REJECT: DecisionOutcome.REJECTED,
}


class DecisionLine(Order):
    """Jedno zgłoszenie i decyzja o nim."""

    number: str = Field(title="Numer zgłoszenia", description="Na przykład KES/PGR/2205/2018/0001", pattern=NUMBER)
    decision: DecisionChoice = Field(title="Decyzja")
    reason_code: str = Field(
        title="Kod powodu", description="Kod z listy powodów naboru, bez opisu", pattern=r"^[a-z][a-z0-9_]{0,59}$"
    )


class DecisionForm(SignedOrder):
    """Decyzje Komisji Rekrutacyjnej z jednego posiedzenia. Wszystkie zapisują się razem albo żadna."""

    call: str = Field(title="Kod naboru", description="Na przykład KES/PGR/2205/2018", pattern=CALL)
    decisions: list[DecisionLine] = Field(
        title="Decyzje o zgłoszeniach", description="Po jednej pozycji na zgłoszenie", max_length=50
    )
    others_as_proposed: bool = Field(
        title="Pozostałe zgodnie z listą rankingową",
        description="Zaznacz, jeśli Komisja przyjęła listę rankingową dla wszystkich pozostałych zgłoszeń",
    )


class AnnouncementForm(SignedOrder):
    """Ogłoszenie wyników naboru: listy, protokół i wiadomości do wszystkich zgłoszonych."""

    call: str = Field(title="Kod naboru", description="Na przykład KES/PGR/2205/2018", pattern=CALL)


class SettlementForm(SignedOrder):
    """Rozliczenie spotkania: wynagrodzenia, rachunki i lista wypłat."""

    call: str = Field(title="Kod naboru", description="Na przykład KES/PGR/2205/2018", pattern=CALL)
    meeting: str = Field(title="Kod spotkania", description="Jak w harmonogramie projektu", pattern=MEETING)
    paid_on: date = Field(title="Data wypłaty", description="Od niej zależą stawki i podatek")


class BatchExportForm(SignedOrder):
    """Plik dla banku z zatwierdzonej listy przelewów."""

    batch: str = Field(title="Numer listy", description="Na przykład LP/0001/2018", pattern=BATCH)


class BankReportKind(StrEnum):
    """Co bank wydał."""

    CSV = "historia operacji (CSV)"
    MT940 = "wyciąg (MT940)"

    @property
    def kind(self) -> StatementKind:
        return StatementKind[self.name]


class ReconciliationForm(SignedOrder):
    """Potwierdzenia z banku: które przelewy wykonano, a które wróciły."""

    file: str = Field(
        title="Nazwa pliku",
        description="Plik w folderze „bank/in” w folderze danych; w nazwie tylko litery bez ogonków, cyfry, - _ i .",
        pattern=BANK_FILE_NAME,
    )
    kind: BankReportKind = Field(title="Rodzaj pliku")


def checked(kind: type[OrderT], given: OrderT | dict[str, Any]) -> OrderT:
    """The order, validated. Raises ``StepFailed`` that names the faulty fields and never their values."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        known = {name: field.title or name for name, field in kind.model_fields.items()}
        faulty = sorted(
            {known.get(str(problem["loc"][0]), "pole spoza formularza") for problem in error.errors() if problem["loc"]}
        )
    raise StepFailed("BadInput", f"Popraw pola: {', '.join(faulty) or 'cały formularz'}.")
