"""What the file of each member of a paid group lacks, since when, by application number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.calls import find_call
from flows.steps.contract_records import contract_of
from flows.steps.contracts import contract_in_force
from flows.steps.projects import newest_for
from flows.steps.seat_times import held_any_seat
from flows.steps.statement_forms import gaps_of, waiting_form
from flows.steps.statement_requests import requests_to
from flows.steps.statements import statement_on, statements_in
from models.contract_rules import ACCOUNT, ContractRules, Paper
from models.events import Happened
from models.glossary import label
from models.rules.statement_validity import lapsed
from models.tables import Application, AttachedDocument, Call, Event, Group, Membership, Stipend
from models.tables.contracts import ContractState
from models.tables.memberships import SEATED
from models.tables.stipends import StipendState
from models.transitions import reference
from templates.polish import short_date


@dataclass(frozen=True)
class MissingPaper:
    """One paper that is not there. ``words`` say what is known of it; no personal data."""

    application: str
    call: str
    paper: Paper
    since: date
    words: str
    due: date | None = None


def missing_papers(session: Session, call_code: str | None = None, *, now: datetime) -> list[MissingPaper]:
    """What is missing of each member of a paid group (of one call, or of all), in the order of the register.

    Who left or was struck off after a meeting is listed for as long as a payment for it waits. Raises ``NotFound`` for
    a call that is not there.
    """
    if call_code is not None:
        find_call(session, call_code)
    rows = session.exec(
        select(Membership, Application, Call)
        .join(Application, col(Application.id) == Membership.application_id)
        .join(Call, col(Call.id) == Application.call_id)
        .order_by(Application.number, col(Membership.id))
    ).all()
    found: list[MissingPaper] = []
    for membership, application, call in rows:
        if call_code is None or call.code == call_code:
            found += _missing_of(session, membership, application, call, now=now)
    return found


def watched_papers(session: Session, *, now: datetime) -> list[MissingPaper]:
    """Those that the projects want to see among the matters that wait."""
    watching = [
        call.code
        for call in session.exec(select(Call).order_by(Call.code)).all()
        if (rules := newest_for(session, call).contracts) is not None and rules.watched
    ]
    return [one for code in watching for one in missing_papers(session, code, now=now)]


def _missing_of(
    session: Session, membership: Membership, application: Application, call: Call, *, now: datetime
) -> Iterator[MissingPaper]:
    definition = newest_for(session, call)
    kind = session.get_one(Group, membership.group_id).kind
    if definition.group_kind(kind).pay is None or not held_any_seat(session, membership):
        return
    unpaid = _unpaid(session, membership)
    if membership.state not in SEATED and not unpaid:
        return
    rules = definition.contracts or ContractRules()
    look = _Look(session, membership, application, call, rules, _seated_on(session, membership), warsaw_date(now))
    for paper in rules.needed:
        yield from look.at(paper, unpaid)


@dataclass(frozen=True)
class _Look:
    """One member's file, looked through."""

    session: Session
    membership: Membership
    application: Application
    call: Call
    rules: ContractRules
    seated_on: date
    today: date

    def at(self, paper: Paper, unpaid: Sequence[Stipend]) -> Iterator[MissingPaper]:
        match paper:
            case Paper.DECLARATION:
                if not self._declared():
                    yield self._line(paper, self.seated_on)
            case Paper.STATEMENT | Paper.ACCOUNT | Paper.PIT2:
                yield from self._statement(paper)
            case Paper.CONTRACT_ISSUED:
                if contract_in_force(self.session, self.membership) is None and not self._signed():
                    yield self._line(paper, self.seated_on, "nie sporządzono")
            case Paper.CONTRACT_SIGNED:
                yield from self._contract()
            case Paper.BILL:
                for row in unpaid:
                    if row.state is StipendState.CALCULATED:
                        yield self._line(paper, warsaw_date(row.made_at), row.number)

    def _declared(self) -> bool:
        said = self.session.exec(
            select(AttachedDocument.found)
            .where(
                AttachedDocument.application_id == self.application.id,
                AttachedDocument.document == self.rules.declaration,
            )
            .order_by(col(AttachedDocument.id).desc())
        ).first()
        return said is True

    def _statement(self, paper: Paper) -> Iterator[MissingPaper]:
        statement = statement_on(self.session, self.membership, self.today)
        remark = lapsed(statement.valid_from, self.today, self.rules.validity) if statement is not None else None
        if statement is not None and remark is None:
            if paper is Paper.PIT2 and not statements_in(statement).pit2:
                yield self._line(paper, warsaw_date(statement.recorded_at), "nie złożono wniosku")
            return
        if paper is Paper.PIT2:
            return  # it is asked for with the statement
        form = waiting_form(self.session, self.membership)
        if form is not None:
            lacking = {gap.key for gap in gaps_of(self.session, form)}
            if paper is Paper.ACCOUNT and ACCOUNT in lacking:
                yield self._line(paper, warsaw_date(form.received_at), "nieczytelny albo błędny w oświadczeniu")
            elif paper is Paper.STATEMENT:
                to_mend = f"do uzupełnienia: {', '.join(sorted(lacking))}"
                words = to_mend if lacking else "przyszło, czeka na sprawdzenie"
                yield self._line(paper, warsaw_date(form.received_at), words)
            return
        if paper is Paper.ACCOUNT and statement is not None:
            return  # the account is known; what has to be made anew is the statement
        words, due = self._asked()
        yield self._line(paper, self.seated_on, remark.sentence if remark is not None else words, due)

    def _asked(self) -> tuple[str, date | None]:
        letters = requests_to(self.session, self.membership)
        if not letters:
            return "nie poproszono", None
        asked = self.session.exec(
            select(Event)
            .where(Event.subject == reference(self.membership), Event.kind == Happened.STATEMENT_ASKED)
            .order_by(col(Event.id).desc())
        ).first()
        due = date.fromisoformat(asked.facts["due_on"]) if asked is not None else None
        return f"poproszono {short_date(warsaw_date(letters[-1].created_at))}", due

    def _contract(self) -> Iterator[MissingPaper]:
        made = contract_in_force(self.session, self.membership)
        if made is not None and made.state is ContractState.ISSUED:
            yield self._line(Paper.CONTRACT_SIGNED, warsaw_date(made.made_at), f"{made.number}, do podpisu")
        elif not self._signed():
            yield self._line(Paper.CONTRACT_SIGNED, self.seated_on)

    def _signed(self) -> bool:
        return contract_of(self.session, self.membership) is not None

    def _line(self, paper: Paper, since: date, words: str = "", due: date | None = None) -> MissingPaper:
        said = label(paper) + (f" ({words})" if words else "")
        return MissingPaper(self.application.number, self.call.code, paper, since, said, due)


def _unpaid(session: Session, membership: Membership) -> list[Stipend]:
    """Records of this member whose money has not left."""
    waiting = (StipendState.CALCULATED, StipendState.BLOCKED, StipendState.SIGNED, StipendState.RETURNED)
    rows = session.exec(
        select(Stipend)
        .where(Stipend.membership_id == membership.id, col(Stipend.state).in_(waiting))
        .order_by(col(Stipend.id))
    ).all()
    return list(rows)


def _seated_on(session: Session, membership: Membership) -> date:
    """The day the seat was confirmed: from then on papers are asked for."""
    at = session.exec(
        select(Event.at).where(Event.subject == reference(membership), Event.kind == Happened.SEAT_CONFIRMED)
    ).first()
    return warsaw_date(at or membership.offered_at)
