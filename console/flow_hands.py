"""The hands of the demo: they run the processes of a story as Prefect flows."""

from datetime import date
from pathlib import Path

from console.stories.acts import Ticket
from flows.admission import admit
from flows.announcement import announce
from flows.decision import decide
from flows.delivery import deliver
from flows.export_batch import export_batch
from flows.intake import intake
from flows.invitations import invite
from flows.orders import (
    AnnouncementForm,
    BankReportKind,
    BatchExportForm,
    CallOrder,
    DecisionChoice,
    DecisionForm,
    ReconciliationForm,
    SettlementForm,
)
from flows.ranking import rank
from flows.reconcile import reconcile
from flows.reminders import remind
from flows.sealing import seal
from flows.stipends import settle
from flows.verification import verify

CHOICES = {"accepted": DecisionChoice.ACCEPT, "reserve": DecisionChoice.RESERVE, "rejected": DecisionChoice.REJECT}


class FlowHands:
    """Runs the processes as Prefect flows, called in this process against the demo's server."""

    def intake(self, folder: Path) -> None:
        intake(str(folder))

    def verify(self, call: str) -> None:
        verify(CallOrder(call=call))

    def rank(self, call: str) -> None:
        rank(CallOrder(call=call))

    def decide(
        self, call: str, lines: list[tuple[str, str, str]], *, rest_as_proposed: bool, officer: str, ticket: Ticket
    ) -> None:
        decisions = [
            {"number": number, "decision": CHOICES[outcome], "reason_code": reason} for number, outcome, reason in lines
        ]
        decide(
            DecisionForm.model_validate(
                _signed(officer, ticket, call=call, decisions=decisions, others_as_proposed=rest_as_proposed)
            )
        )

    def announce(self, call: str, *, officer: str, ticket: Ticket) -> None:
        announce(AnnouncementForm.model_validate(_signed(officer, ticket, call=call)))

    def admit(self) -> None:
        admit()

    def invite(self) -> None:
        invite()

    def settle(self, call: str, meeting: str, paid_on: date, *, officer: str, ticket: Ticket) -> None:
        settle(SettlementForm.model_validate(_signed(officer, ticket, call=call, meeting=meeting, paid_on=paid_on)))

    def export_batch(self, batch: str, *, officer: str, ticket: Ticket) -> None:
        export_batch(BatchExportForm.model_validate(_signed(officer, ticket, batch=batch)))

    def reconcile(self, file: str, *, officer: str, ticket: Ticket) -> None:
        reconcile(ReconciliationForm.model_validate(_signed(officer, ticket, file=file, kind=BankReportKind.CSV)))

    def remind(self) -> None:
        remind()

    def deliver(self) -> None:
        deliver()

    def seal(self) -> None:
        seal()


def _signed(officer: str, ticket: Ticket, **fields: object) -> dict[str, object]:
    return {"officer": officer, "ticket": ticket(), **fields}
