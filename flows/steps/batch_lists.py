"""The list for the accountants that goes with an approved batch."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.batch_records import Line
from flows.steps.documents import issue, letterhead
from flows.steps.projects import definition_of
from models.actor import Actor
from models.rules.pay import Amounts
from models.tables import Group, Meeting, PayBatch, Person
from templates.documents.payment_list import Payee, PaymentListDocument, payment_list
from templates.documents.payment_list_word import PaymentListWordDocument, payment_list_word
from templates.polish import counted

_NAMED = 3
"""So many groups or meetings are named; of more the list says how many."""


def issue_lists(
    office: Office, session: Session, batch: PayBatch, lines: Sequence[Line], *, actor: Actor, now: datetime
) -> None:
    """Issues the list of a batch, as a workbook and on paper: whom it pays, where to, how much and how that came about.

    The paper carries the batch's digest, which ties it to the file that is exported.
    """
    definition = definition_of(session, batch.project_version_id)
    meetings = [session.get_one(Meeting, one) for one in dict.fromkeys(line.stipend.meeting_id for line in lines)]
    groups = [session.get_one(Group, one) for one in dict.fromkeys(meeting.group_id for meeting in meetings)]
    group = _named([group.name for group in groups], ("grupa", "grupy", "grup"))
    meeting = _named([meeting.title for meeting in meetings], ("spotkanie", "spotkania", "spotkań"))
    payees = [_payee(session, line) for line in lines]
    workbook = payment_list(
        PaymentListDocument(
            number=batch.number,
            office=definition.unit.name,
            project_title=definition.title,
            project_number=definition.number,
            group=group,
            meeting=meeting,
            issued_on=warsaw_date(now),
            paid_on=batch.paid_on,
            payees=payees,
        )
    )
    paper = payment_list_word(
        PaymentListWordDocument(
            letterhead=letterhead(definition),
            number=batch.number,
            about=(("Grupa", group), ("Spotkanie", meeting)),
            issued_on=warsaw_date(now),
            paid_on=batch.paid_on,
            payees=payees,
            digest=batch.digest,
        )
    )
    for kind, suffix, content in (("payment_list", "xlsx", workbook), ("payment_list_word", "docx", paper)):
        issue(
            office,
            session,
            kind=kind,
            subject=batch.number,
            file_name=f"{file_stem(batch.number)}-lista-wyplat.{suffix}",
            content=content,
            area=batch.area,
            actor=actor,
            now=now,
        )


def file_stem(number: str) -> str:
    """How files of a batch are named: ``LP-0001-2018``."""
    return number.replace("/", "-")


def _named(names: Sequence[str], words: tuple[str, str, str]) -> str:
    distinct = list(dict.fromkeys(names))
    return "; ".join(distinct) if len(distinct) <= _NAMED else counted(len(distinct), *words)


def _payee(session: Session, line: Line) -> Payee:
    person = session.get_one(Person, line.item.person_id)
    return Payee(
        bill_number=line.stipend.number,
        first_name=person.first_name,
        last_name=person.last_name,
        pesel=person.pesel,
        account=line.item.account,
        amounts=Amounts(**json.loads(line.stipend.snapshot)["settlement"]["amounts"]),
    )
