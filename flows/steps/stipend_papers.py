"""Papers of a settlement: bills with the letters that bring them, and the list by which the payments are made.

They follow the records, in transactions of their own: a Word document takes far longer than a record, and whoever is
killed between them leaves records whose papers the next run issues. What is owed lies in the records alone.
"""

from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.bills import bill_of, issue_bill, tell
from flows.steps.payment_lists import issue_payment_list, payee_of
from flows.steps.portions import PORTION
from flows.steps.projects import definition_of
from models.actor import Actor
from models.tables import Call, Group, IssuedDocument, Meeting, Stipend, StoreNote
from models.tables.stipends import StipendState

TO_PAY = (StipendState.CALCULATED, StipendState.SIGNED, StipendState.RETURNED)
"""What a payment list names: owed, and neither ordered nor paid."""
_AWAITED = "papers/"


def expect_papers(session: Session, meeting: Meeting, paid_on: date) -> None:
    """Notes, with the records, that the meeting's papers are to follow."""
    awaited = session.get(StoreNote, f"{_AWAITED}{meeting.id}") or StoreNote(name=f"{_AWAITED}{meeting.id}", value="")
    awaited.value = paid_on.isoformat()
    session.add(awaited)
    session.flush()


def papers_awaited(session: Session) -> list[int]:
    """Ids of the meetings whose papers were begun and not finished."""
    names = session.exec(select(StoreNote.name).where(col(StoreNote.name).startswith(_AWAITED))).all()
    return sorted(int(name.removeprefix(_AWAITED)) for name in names)


def issue_papers(
    office: Office, session: Session, call: Call, group: Group, meeting: Meeting, *, actor: Actor, now: datetime
) -> tuple[int, bool]:
    """Issues a portion of the bills that a meeting still lacks, and after the last of them its payment list.

    Returns how many documents were issued, and whether the papers are complete now.
    """
    awaited = session.get(StoreNote, f"{_AWAITED}{meeting.id}", with_for_update=True)
    if awaited is None:
        return 0, True
    definition = definition_of(session, meeting.project_version_id)
    bills = _without_bill(session, meeting)
    for stipend in bills[:PORTION]:
        paper = bill_of(session, stipend)
        issue_bill(office, session, group, meeting, definition, paper, actor=actor, now=now)
        tell(session, meeting, definition, paper, actor=actor, now=now)
    if len(bills) > PORTION:
        return PORTION, False
    rows = session.exec(
        select(Stipend)
        .where(Stipend.meeting_id == meeting.id, col(Stipend.state).in_(TO_PAY))
        .order_by(col(Stipend.id))
    ).all()
    issue_payment_list(
        office,
        session,
        call,
        group,
        meeting,
        definition,
        [(payee_of(session, row), row) for row in rows],
        date.fromisoformat(awaited.value),
        actor=actor,
        now=now,
    )
    session.delete(awaited)
    session.flush()
    return len(bills) + 1, True


def _without_bill(session: Session, meeting: Meeting) -> list[Stipend]:
    issued = select(IssuedDocument.subject).where(IssuedDocument.kind == "bill")
    return list(
        session.exec(
            select(Stipend)
            .where(
                Stipend.meeting_id == meeting.id,
                Stipend.state == StipendState.CALCULATED,
                col(Stipend.number).not_in(issued),
            )
            .order_by(col(Stipend.id))
        ).all()
    )
