"""Records of appeals: finding them, their numbers, and until when one can be filed."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import call_of, find_application
from flows.steps.outbox import told_at
from flows.steps.projects import definition_for
from models.errors import NotFound
from models.rules.working_days import deadline
from models.tables import Appeal, AppealRuling, Application, Decision
from models.tables.appeals import PENDING, AppealState
from models.transitions import reference

_NUMBER = re.compile(r"(?P<application>.+)/O(?P<ordinal>[1-9][0-9]*)")


def number_of(session: Session, appeal: Appeal) -> str:
    """How the office calls an appeal: the number of the application and the appeal's own, ``…/0007/O1``."""
    return f"{session.get_one(Application, appeal.application_id).number}/O{appeal.ordinal}"


def public_number_of(session: Session, appeal: Appeal) -> str:
    """How the candidate calls it: by the public number."""
    return f"{session.get_one(Application, appeal.application_id).public_number}/O{appeal.ordinal}"


def find_appeal(session: Session, number: str) -> Appeal:
    """By either number, within the actor's scope. Raises ``NotFound``."""
    parts = _NUMBER.fullmatch(number.strip())
    row = None
    if parts is not None:
        application = find_application(session, parts["application"])
        row = session.exec(
            select(Appeal).where(Appeal.application_id == application.id, Appeal.ordinal == int(parts["ordinal"]))
        ).first()
    if row is None:
        raise NotFound(f"Nie ma odwołania „{number}”. Numer odwołania to numer zgłoszenia z końcówką /O1.")
    return row


def appeals_of(session: Session, application: Application) -> list[Appeal]:
    """All appeals of an application, the first one first."""
    return list(
        session.exec(select(Appeal).where(Appeal.application_id == application.id).order_by(col(Appeal.ordinal))).all()
    )


def pending_appeal(session: Session, application: Application) -> Appeal | None:
    """The appeal that waits for a ruling, if one does."""
    return next((row for row in appeals_of(session, application) if row.state in PENDING), None)


def upheld_appeal(session: Session, application: Application) -> Appeal | None:
    """The newest appeal of the application that was upheld."""
    upheld = [row for row in appeals_of(session, application) if row.state is AppealState.UPHELD]
    return upheld[-1] if upheld else None


def ruling_of(session: Session, appeal: Appeal) -> AppealRuling | None:
    return session.exec(select(AppealRuling).where(AppealRuling.appeal_id == appeal.id)).first()


def period_ends(session: Session, application: Application, decision: Decision) -> datetime | None:
    """The last instant for an appeal against an announced decision; ``None`` while its letter has not left.

    It never ends before the day that the letter names, and counts from when the letter left if that was later.
    """
    # Without a selection it is an officer's refusal, which has a letter of its own.
    letters = (decision.outcome.value, "refused")
    tellings = [told_at(session, reference(application), one, f"decision-{decision.version}") for one in letters]
    told = next((at for at in tellings if at is not None), None)
    if told is None or decision.announced_at is None:
        return None
    days = definition_for(session, call_of(session, application)).appeals.period_working_days
    return max(deadline(decision.announced_at, days), deadline(told, days))
