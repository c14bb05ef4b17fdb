"""Hands that run the processes of the story as plain steps, without Prefect."""

from datetime import date
from pathlib import Path

from console.stories.acts import Ticket
from flows.adapters.bank_statements import StatementKind
from flows.adapters.office import Office
from flows.adapters.smtp_pool import Line
from flows.steps import (
    admission,
    announcement,
    bank_inbox,
    batch_files,
    decisions,
    declarations,
    delivery,
    intake,
    invitations,
    kept_files,
    ranking,
    reminders,
    stipends,
)
from flows.steps import verification as verifying
from flows.steps.officers import redeem
from flows.steps.sealing import seal_days
from models.actor import Actor, process
from models.tables.decisions import DecisionOutcome


class StepHands:
    """What each flow does, in the same order, in this process."""

    def __init__(self, office: Office, line: Line | None = None) -> None:
        self.office = office
        self.line = line

    def intake(self, folder: Path) -> None:
        actor = process("intake")
        kept_files.store_folder(self.office, folder, actor=actor)
        with self.office.reading(actor) as session:
            waiting = intake.unread_files(session)
        if waiting:
            intake.read_and_file(self.office, waiting, actor=actor)

    def verify(self, call: str) -> None:
        actor = process("verify")
        with self.office.writing(actor) as session:
            verifying.verify(session, verifying.to_verify(session, call), actor=actor, now=self.office.now())

    def rank(self, call: str) -> None:
        actor = process("rank")
        with self.office.writing(actor) as session:
            ranking.rank_call(session, call, actor=actor, now=self.office.now())

    def decide(
        self, call: str, lines: list[tuple[str, str, str]], *, rest_as_proposed: bool, officer: str, ticket: Ticket
    ) -> None:
        actor = self._signed(officer, ticket)
        with self.office.writing(actor) as session:
            for number, outcome, reason in lines:
                decisions.decide(
                    session,
                    number,
                    outcome=DecisionOutcome(outcome),
                    reason_code=reason,
                    note=None,
                    actor=actor,
                    now=self.office.now(),
                )
            if rest_as_proposed:
                decisions.decide_as_proposed(session, call, actor=actor, now=self.office.now())

    def announce(self, call: str, *, officer: str, ticket: Ticket) -> None:
        announcement.announce(self.office, call, actor=self._signed(officer, ticket))

    def admit(self) -> None:
        actor = process("admit")
        with self.office.reading(actor) as session:
            waiting = admission.calls_to_admit(session)
        for call in waiting:
            self.verify(call)
            with self.office.writing(actor) as session:
                admission.admit_call(session, call, actor=actor, now=self.office.now())
                declarations.declare_members(self.office, session, call, actor=actor, now=self.office.now())

    def invite(self) -> None:
        actor = process("invite")
        with self.office.reading(actor) as session:
            waiting = invitations.meetings_to_invite(session, now=self.office.now())
        for meeting in waiting:
            with self.office.writing(actor) as session:
                invitations.invite(session, meeting, actor=actor, now=self.office.now())

    def settle(self, call: str, meeting: str, paid_on: date, *, officer: str, ticket: Ticket) -> None:
        stipends.settle_meeting(self.office, call, meeting, paid_on=paid_on, actor=self._signed(officer, ticket))

    def export_batch(self, batch: str, *, officer: str, ticket: Ticket) -> None:
        batch_files.export_batch(self.office, batch, actor=self._signed(officer, ticket))

    def reconcile(self, file: str, *, officer: str, ticket: Ticket) -> None:
        bank_inbox.take_in(self.office, file, kind=StatementKind.CSV, actor=self._signed(officer, ticket))

    def remind(self) -> None:
        actor = process("remind")
        with self.office.writing(actor) as session:
            waiting = reminders.due_occasions(session, now=self.office.now())
            reminders.remind(session, waiting, actor=actor, now=self.office.now())

    def deliver(self) -> None:
        while delivery.deliver(self.office, actor=process("deliver"), line=self.line).remaining:
            pass

    def seal(self) -> None:
        actor = process("seal")
        with self.office.writing(actor) as session:
            seal_days(session, actor=actor, now=self.office.now())

    def _signed(self, officer: str, ticket: Ticket) -> Actor:
        signature = ticket()
        with self.office.writing(process("ticket")) as session:
            return redeem(session, officer, signature, now=self.office.now())
