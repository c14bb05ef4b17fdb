"""What waits for whom: every matter that a person must look after, since when and until when."""

from datetime import date, datetime

from sqlmodel import Session, select

from flows.adapters.clock import warsaw_date
from flows.steps.todo_applications import applications_waiting
from flows.steps.todo_calls import calls_waiting
from flows.steps.todo_institutions import institutions_waiting
from flows.steps.todo_line import OFFICER, TodoLine
from flows.steps.todo_mail import mail_waiting
from flows.steps.todo_members import members_waiting
from flows.steps.todo_money import money_waiting
from models.tables import Incident
from models.tables.log import IncidentState


def waiting_for_whom(session: Session, *, now: datetime) -> list[TodoLine]:
    """What waits, the most overdue first: things for officers, the commission, the candidates and institutions."""
    lines = [
        *applications_waiting(session),
        *calls_waiting(session, now),
        *members_waiting(session, now),
        *institutions_waiting(session, now),
        *mail_waiting(session),
        *money_waiting(session, now),
        *_incidents(session),
    ]
    far = date.max
    return sorted(lines, key=lambda line: (line.due or far, line.since, line.what, line.reference))


def _incidents(session: Session) -> list[TodoLine]:
    rows = session.exec(select(Incident).where(Incident.state == IncidentState.OPEN)).all()
    return [
        TodoLine(f"awaria przebiegu {row.flow} ({row.code})", f"awaria {row.id}", OFFICER, warsaw_date(row.at), None)
        for row in rows
    ]
