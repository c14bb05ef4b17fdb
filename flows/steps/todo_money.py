"""What waits about money: payments, batches of transfers, and the papers that payments need."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.batch_overview import batches_waiting
from flows.steps.meetings import days_of
from flows.steps.missing_papers import watched_papers
from flows.steps.statement_forms import forms_waiting, gaps_of
from flows.steps.stipend_papers import papers_awaited
from flows.steps.todo_line import CANDIDATE, OFFICER, TodoLine
from models.actor import Right
from models.contract_rules import Paper
from models.pay_labels import pay_labels
from models.tables import Application, Meeting, Membership, Stipend
from models.tables.stipends import COMMITTED, StipendState


def money_waiting(session: Session, now: datetime) -> list[TodoLine]:
    """What stands between a meeting and the money for it."""
    return [
        *_papers(session),
        *_stipends(session),
        *_batches(session),
        *_contract_papers(session, now),
    ]


def _papers(session: Session) -> list[TodoLine]:
    """Settlements that were broken off between their records and their papers."""
    rows = session.exec(select(Meeting).where(col(Meeting.id).in_(papers_awaited(session)))).all()
    return [
        TodoLine(
            "rozliczenie przerwano przed wystawieniem rachunków; uruchom je jeszcze raz (nabor stipend settle)",
            f"spotkanie {row.code}",
            OFFICER,
            max(day.on for day in days_of(session, row)),
            None,
            Right.MONEY,
        )
        for row in rows
    ]


def _stipends(session: Session) -> list[TodoLine]:
    rows = session.exec(
        select(Stipend).where(
            col(Stipend.state).in_((StipendState.BLOCKED, StipendState.CALCULATED, StipendState.SIGNED, *COMMITTED))
        )
    ).all()
    lines = []
    for row in rows:
        if row.state is StipendState.BLOCKED:
            lines.append(_of_money(row, row.blocks, "wypłata wstrzymana"))
        elif row.doubts:
            what = (
                "wypłata zlecona, a jest co wyjaśnić" if row.state in COMMITTED else "podpisany rachunek do wyjaśnienia"
            )
            lines.append(_of_money(row, row.doubts, what))
        elif row.state is StipendState.CALCULATED:
            lines.append(TodoLine("podpisany rachunek", row.number, CANDIDATE, warsaw_date(row.made_at), row.paid_on))
        if row.state not in COMMITTED:
            lines += [_of_money(row, [warning]) for warning in row.warnings if warning["code"] in _LOOKED_AT]
    return lines


def _of_money(row: Stipend, remarks: Sequence[Mapping[str, str]], what: str = "") -> TodoLine:
    """Whole sentences for the officer; for the page, what the codes are called."""
    before = f"{what}: " if what else ""
    return TodoLine(
        before + " ".join(remark["sentence"] for remark in remarks),
        row.number,
        OFFICER,
        warsaw_date(row.made_at),
        row.paid_on,
        Right.MONEY,
        shown=before + pay_labels(remark["code"] for remark in remarks),
    )


_LOOKED_AT = frozenset({"minimum_hourly_rate", "paid_before_work"})
"""Warnings that a person should judge before the money leaves; others stand on the bill and in the list."""


def _batches(session: Session) -> list[TodoLine]:
    return [
        TodoLine(one.what, one.reference, OFFICER, one.since, one.due, one.needs) for one in batches_waiting(session)
    ]


def _contract_papers(session: Session, now: datetime) -> list[TodoLine]:
    """Statement forms that came and wait for an officer, and what projects want to be watched in members' files."""
    lines = []
    for form in forms_waiting(session):
        membership = session.get_one(Membership, form.membership_id)
        number = session.get_one(Application, membership.application_id).number
        lacking = [gap.key for gap in gaps_of(session, form)]
        what = (
            f"oświadczenie do wypłaty do uzupełnienia: {', '.join(lacking)} (nabor contract ask)"
            if lacking
            else "oświadczenie do wypłaty czeka na sprawdzenie z podpisanym (nabor contract accept)"
        )
        lines.append(TodoLine(what, number, OFFICER, warsaw_date(form.received_at), None, Right.MONEY))
    known = {line.reference for line in lines}
    for one in watched_papers(session, now=now):
        if one.paper in _SAID_OTHERWISE or (one.application in known and one.paper in _OF_STATEMENT):
            continue
        asked = one.due is not None or one.paper is Paper.CONTRACT_SIGNED
        who, needs = (CANDIDATE, None) if asked else (OFFICER, Right.MONEY)
        lines.append(TodoLine(f"brakuje: {one.words}", one.application, who, one.since, one.due, needs))
    return lines


_SAID_OTHERWISE = frozenset({Paper.BILL})
"""Signed bills stand among what waits already."""


_OF_STATEMENT = frozenset({Paper.STATEMENT, Paper.ACCOUNT})
