"""Stipends: from confirmed minutes to records in grosze, bills and the payment list."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from flows.adapters.office import Office
from flows.steps.attendance import refuse_called_off
from flows.steps.contract_checks import with_contract_checks
from flows.steps.counters import locked_counter
from flows.steps.documents import newest
from flows.steps.meetings import days_of, find_meeting
from flows.steps.pay_cases import cases_of
from flows.steps.pay_sources import sources_of
from flows.steps.payment_lists import list_number
from flows.steps.projects import definition_of
from flows.steps.statement_checks import with_statement_checks
from flows.steps.stipend_papers import expect_papers, issue_papers, papers_awaited
from flows.steps.stipend_records import Hand, store_all, take_back
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.tables import Meeting
from models.tables.stipends import StipendState
from templates.polish import counted, short_date


@dataclass(frozen=True)
class SettlementCounts:
    """What became of the payments of one meeting."""

    calculated: int
    blocked: int
    unchanged: int
    documents: int
    kept: tuple[str, ...] = ()
    """Numbers of signed bills that were left as they are, though they would be computed differently now."""


def settle_meeting(
    office: Office,
    call_code: str,
    meeting_code: str,
    *,
    paid_on: date,
    replace_signed: bool = False,
    reason: str = "",
    actor: Actor,
) -> SettlementCounts:
    """Settles a meeting for everybody who held a seat on its days: the records in one transaction, then their papers.

    The same inputs again change nothing; changed ones make a new version of the record that supersedes the old one,
    and who turns out not to have been there loses it. A signed record is left and doubted instead, unless
    ``replace_signed`` comes with a ``reason``; one that is ordered or paid is never touched: a record of the difference
    stands beside it. Whoever is killed before the papers are complete issues the rest by settling again. Raises
    ``NotYet`` when the group is not paid, the meeting was called off or nobody's attendance was entered, ``BadInput``
    for a day of payment that cannot be meant.
    """
    actor.require(Right.MONEY)
    if replace_signed and not reason.strip():
        raise BadInput("Zastąpienie podpisanego rachunku wymaga uzasadnienia (--reason).")
    if reason.strip() and not replace_signed:
        raise BadInput("Uzasadnienie (--reason) podaje się razem z --replace-signed.")
    now = office.now()
    why = reason.strip() or None
    with office.writing(actor) as session:
        counts = settle_records(
            office, session, call_code, meeting_code, paid_on=paid_on, reason=why, actor=actor, now=now
        )
        documents, complete = 0, not counts.papers
        # A trial keeps nothing of the records, so their papers can only be tried in the same transaction.
        while office.trial and not complete:
            issued, complete = _papers(office, session, call_code, meeting_code, actor, now)
            documents += issued
    while not complete:
        with office.writing(actor) as session:
            issued, complete = _papers(office, session, call_code, meeting_code, actor, now)
            documents += issued
    return SettlementCounts(counts.calculated, counts.blocked, counts.unchanged, documents, counts.kept)


@dataclass(frozen=True)
class RecordCounts:
    """What became of the records of one meeting. ``papers``: whether papers are to follow."""

    calculated: int
    blocked: int
    unchanged: int
    kept: tuple[str, ...]
    papers: bool


def settle_records(
    office: Office,
    session: Session,
    call_code: str,
    meeting_code: str,
    *,
    paid_on: date,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> RecordCounts:
    """Makes the records of a meeting, without their papers."""
    # Payments of one person add up over meetings: who settles second waits here and then sees the first's.
    locked_counter(session, "settlements")
    actor.require(Right.MONEY)
    call, group, meeting = find_meeting(session, call_code, meeting_code)
    definition = definition_of(session, meeting.project_version_id)
    kind = definition.group_kind(group.kind)
    if kind.pay is None:
        raise NotYet(f"Grupa {group.kind} nie jest płatna.")
    refuse_called_off(meeting, "niczego się za nie nie wypłaca")
    _check_day(office, session, meeting, paid_on)
    hand = Hand(session, meeting, paid_on, reason, actor, now)
    sources = sources_of(office, session, group, meeting, paid_on)
    cases = with_statement_checks(definition, cases_of(sources, meeting, kind), paid_on)
    cases = with_contract_checks(session, cases)
    take_back(hand, sources, cases)
    if not cases and not hand.taken_back and not hand.kept:
        raise NotYet(f"Dla spotkania {meeting_code} nie wpisano jeszcze obecności.")
    made = store_all(hand, sources, cases)
    blocked = sum(state is StipendState.BLOCKED for state in made)
    calculated = len(made) - blocked
    # A list that named somebody who is blocked or gone by now must not stay the newest one.
    changed = bool(blocked or hand.taken_back or hand.relist)
    if calculated or (changed and newest(session, "payment_list", list_number(call, meeting))):
        expect_papers(session, meeting, paid_on)
    return RecordCounts(calculated, blocked, hand.unchanged, tuple(hand.kept), meeting.id in papers_awaited(session))


def _papers(
    office: Office, session: Session, call_code: str, meeting_code: str, actor: Actor, now: datetime
) -> tuple[int, bool]:
    call, group, meeting = find_meeting(session, call_code, meeting_code)
    return issue_papers(office, session, call, group, meeting, actor=actor, now=now)


def _check_day(office: Office, session: Session, meeting: Meeting, paid_on: date) -> None:
    """Raises ``BadInput`` for a payment before the meeting is over, or so long after it that it must be a slip."""
    last = days_of(session, meeting)[-1].on
    if paid_on < last:
        raise BadInput(
            f"Data wypłaty {short_date(paid_on)} jest wcześniejsza niż koniec spotkania ({short_date(last)}). Popraw."
        )
    months = office.settings.payment_months
    latest = months_after(last, months)
    if paid_on > latest:
        raise BadInput(
            f"Data wypłaty {short_date(paid_on)} wypada ponad {counted(months, 'miesiąc', 'miesiące', 'miesięcy')} po "
            f"spotkaniu; najpóźniejsza to {short_date(latest)} Popraw datę albo ustawienie NABOR_PAYMENT_MONTHS."
        )


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
