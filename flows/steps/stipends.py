"""Stipends: from confirmed minutes to records in grosze, bills and the payment list."""

import calendar
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from flows.adapters.office import Office
from flows.steps.bills import issue_bill, replaced_bill, tell
from flows.steps.documents import newest
from flows.steps.meetings import days_of, find_meeting
from flows.steps.pay_cases import cases_of, with_account_checks
from flows.steps.payment_lists import issue_payment_list, list_number, payee_of
from flows.steps.projects import definition_of
from flows.steps.statement_checks import with_statement_checks
from flows.steps.stipend_records import Hand, store, take_back
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
    """Settles a meeting for everybody who held a seat on its days, in one transaction.

    The same inputs again change nothing; changed ones make a new version of the record that supersedes the old one,
    and who turns out not to have been there loses it. A signed record is left and doubted instead, unless
    ``replace_signed`` comes with a ``reason``. Raises ``NotYet`` when the group is not paid or nobody's attendance was
    entered, ``BadInput`` for a day of payment that cannot be meant.
    """
    actor.require(Right.MONEY)
    if replace_signed and not reason.strip():
        raise BadInput("Zastąpienie podpisanego rachunku wymaga uzasadnienia (--reason).")
    if reason.strip() and not replace_signed:
        raise BadInput("Uzasadnienie (--reason) podaje się razem z --replace-signed.")
    now = office.now()
    with office.writing(actor) as session:
        call, group, meeting = find_meeting(session, call_code, meeting_code)
        definition = definition_of(session, meeting.project_version_id)
        kind = definition.group_kind(group.kind)
        if kind.pay is None:
            raise NotYet(f"Grupa {group.kind} nie jest płatna.")
        _check_day(office, session, meeting, paid_on)
        hand = Hand(session, meeting, paid_on, reason.strip() or None, actor, now)
        cases = cases_of(office, session, group, meeting, kind, paid_on)
        taken_back = take_back(hand, cases)
        if not cases and not taken_back and not hand.kept:
            raise NotYet(f"Dla spotkania {meeting_code} nie wpisano jeszcze obecności.")
        calculated = blocked = unchanged = documents = 0
        payable = [(payee_of(session, row), row) for row in hand.left]
        checked = with_account_checks(office, with_statement_checks(definition, cases, paid_on), paid_on)
        for case in checked:
            stipend, new = store(hand, case)
            if stipend.state is not StipendState.BLOCKED:
                payable.append((case.person, stipend))
            if stipend.number in hand.kept:
                continue
            if not new:
                unchanged += 1
            elif stipend.state is StipendState.BLOCKED:
                blocked += 1
            else:
                calculated += 1
                replaced = replaced_bill(session, stipend)
                issue_bill(
                    office, session, group, meeting, definition, kind, case, stipend, replaced, actor=actor, now=now
                )
                tell(session, meeting, definition, case, stipend, replaced, actor=actor, now=now)
                documents += 1
        # A list that named somebody who is blocked or gone by now must not stay the newest one.
        if calculated or (
            (blocked or taken_back or hand.relist) and newest(session, "payment_list", list_number(call, meeting))
        ):
            issue_payment_list(
                office, session, call, group, meeting, definition, payable, paid_on, actor=actor, now=now
            )
            documents += 1
    return SettlementCounts(calculated, blocked, unchanged, documents, tuple(hand.kept))


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
