"""What each member of a group is due for one meeting, and what stands in the way of paying it.

Hours that nobody entered, a missing statement and an account that two people gave block; earlier payments of the
month count, wherever they were made. What is ordered or paid already is never reckoned again: only a difference is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.steps.pay_sources import Sources
from flows.steps.statements import statements_in
from models.group_kinds import GroupKind
from models.pay_rules import Pay
from models.rules.grosze import zloty
from models.rules.pay import Amounts, EarlierPayment, PaymentKind, RatePer, Remark, Settlement, Statements, Work
from models.rules.settlement import gross_for, settle
from models.tables import Contract, Meeting, MeetingDay, Membership, PayStatement, Stipend
from templates.polish import short_date

PAYMENT_KINDS = {
    "wynagrodzenie": PaymentKind.REMUNERATION,
    "stypendium": PaymentKind.STIPEND,
    "zwrot": PaymentKind.TRAVEL,
}
OVERPAID = "overpaid"
NO_LONGER_DUE = Remark("no_longer_due", "To, co zlecono do wypłaty, już odpowiada obecności.")


@dataclass(frozen=True)
class Inputs:
    """All that the settlement of one case was computed from, so that it can be computed again."""

    work: Work
    statements: Statements
    earlier: tuple[EarlierPayment, ...]
    year_before: int
    confirmed: tuple[str, ...]
    """Ids of unconfirmed rows that the office stood behind and that the settlement used."""


@dataclass(frozen=True)
class Case:
    """One member's payment for one meeting, with everything its record keeps. ``gross`` and ``minutes`` are those of
    this payment: where it corrects an earlier one, the difference, which may be negative."""

    membership: Membership
    statement: PayStatement | None
    contract: Contract | None
    attended: tuple[tuple[MeetingDay, int], ...]
    pay: Pay
    minutes: int
    gross: int
    settlement: Settlement | None
    """``None`` for money that was paid too much: nothing is computed of it."""
    inputs: Inputs | None
    remarks: tuple[Remark, ...]
    corrects: Stipend | None = None
    """The record ordered or paid last, which this one adds to."""
    already: int = 0
    """Grosze ordered or paid for the same meeting before, or about to go out again."""
    kept: tuple[Stipend, ...] = ()
    """Open records that go out again as they are, since something ordered or paid adds to them."""
    needless: Remark = NO_LONGER_DUE
    """Why no open record may be paid where nothing is to be added."""

    @property
    def amounts(self) -> Amounts | None:
        """``None`` when nothing could be computed."""
        return self.settlement.amounts if self.settlement else None

    @property
    def settled(self) -> bool:
        """Whether what was ordered or paid is what is due, so that nothing is to be added."""
        return self.corrects is not None and self.gross == 0


def cases_of(sources: Sources, meeting: Meeting, kind: GroupKind) -> list[Case]:
    """A case for every member who was there, or of whom hours are missing, or who was paid; none while nobody's hours
    were entered."""
    assert kind.pay is not None
    if not sources.entered:
        return []
    cases = []
    for member in sources.members:
        assert member.id is not None
        attended = [(day, minutes) for day, minutes in sources.minutes[member.id] if minutes]
        missing = sources.missing[member.id]
        committed = sources.committed(member)
        if committed:
            cases.append(_difference(sources, meeting, member, kind.pay, attended, missing, committed))
        elif attended or missing:
            cases.append(_whole(sources, meeting, member, kind.pay, attended, missing))
    return cases


def gross_of(pay: Pay, attended: Sequence[tuple[MeetingDay, int]]) -> int:
    """Gross in grosze for confirmed minutes of each day attended."""
    minutes = sum(minutes for _, minutes in attended)
    return gross_for(minutes, pay.rate_grosze, RatePer(pay.per), days=len(attended))


def _whole(
    sources: Sources,
    meeting: Meeting,
    member: Membership,
    pay: Pay,
    attended: list[tuple[MeetingDay, int]],
    missing: Sequence[MeetingDay],
) -> Case:
    """The payment of the whole meeting."""
    minutes = sum(minutes for _, minutes in attended)
    work = Work(
        minutes=minutes,
        gross=gross_of(pay, attended),
        contract_amount=_stated(sources, member),
        kind=PAYMENT_KINDS[pay.kind],
    )
    settlement, inputs = _settled(sources, meeting, member, work, attended, None)
    return _case(
        sources,
        member,
        pay,
        attended,
        minutes=minutes,
        gross=work.gross,
        settlement=settlement,
        inputs=inputs,
        remarks=(*_attendance_remarks(missing), *_settlement_remarks(settlement, missing)),
    )


def _difference(
    sources: Sources,
    meeting: Meeting,
    member: Membership,
    pay: Pay,
    attended: list[tuple[MeetingDay, int]],
    missing: Sequence[MeetingDay],
    committed: Sequence[Stipend],
) -> Case:
    """What is due beyond what was ordered or paid: an addition is computed as another payment on its own day, and too
    much is a matter for a person. Hours that nobody entered are not absence, so with them nothing is said yet."""
    kept = sources.added_to(member)
    minutes, due = sum(minutes for _, minutes in attended), gross_of(pay, attended)
    if not missing and due < sum(row.gross for row in (*committed, *kept)):
        # What has not left may still be made smaller.
        kept = []
    standing = (*committed, *kept)
    already = sum(row.gross for row in standing)
    gross = 0 if missing else due - already
    last = committed[-1]
    settlement: Settlement | None = None
    inputs: Inputs | None = None
    remarks: tuple[Remark, ...] = ()
    if gross > 0:
        work = Work(
            minutes=minutes,
            gross=gross,
            contract_amount=_stated(sources, member),
            kind=PAYMENT_KINDS[pay.kind],
            already=already,
        )
        settlement, inputs = _settled(sources, meeting, member, work, attended, last.id, [row.id for row in kept])
        remarks = settlement.blocked_by
    elif gross < 0:
        remarks = (_overpaid(-gross, committed),)
    return _case(
        sources,
        member,
        pay,
        attended,
        minutes=minutes - sum(row.minutes for row in standing),
        gross=gross,
        settlement=settlement,
        inputs=inputs,
        remarks=remarks,
        corrects=last,
        already=already,
        kept=tuple(kept),
        needless=next(iter(_attendance_remarks(missing)), NO_LONGER_DUE),
    )


def _stated(sources: Sources, member: Membership) -> int | None:
    """The sum in grosze that the member's contract itself states."""
    contract = sources.contracts.get(member.id or 0)
    return contract.amount_grosze if contract else None


def _overpaid(grosze: int, committed: Sequence[Stipend]) -> Remark:
    bills = ", ".join(row.number for row in committed)
    return Remark(
        OVERPAID,
        f"Nadpłata {zloty(grosze)} brutto: według obecności wpisanej teraz należy się mniej, niż zlecono do wypłaty "
        f"({bills}). Niczego nie potrącono; rozstrzyga pracownik księgowości.",
    )


def _settled(
    sources: Sources,
    meeting: Meeting,
    member: Membership,
    work: Work,
    attended: Sequence[tuple[MeetingDay, int]],
    corrects_id: int | None,
    kept: Sequence[int | None] = (),
) -> tuple[Settlement, Inputs]:
    statement = sources.statements.get(member.id or 0)
    statements = statements_in(statement) if statement else Statements(None, None, None, None, None)
    earlier = sources.earlier(member, meeting, corrects_id, kept)
    year_before = sources.year_before(member, meeting, kept)
    settlement = settle(
        work,
        statements,
        paid_on=sources.paid_on,
        worked_on=max((day.on for day, _ in attended), default=sources.days[-1].on),
        earlier=earlier,
        year_before=year_before,
        confirmed=sources.confirmed,
    )
    used = tuple(sorted(sources.confirmed & {row.id for row in settlement.rows}))
    return settlement, Inputs(work, statements, tuple(earlier), year_before, used)


def _case(
    sources: Sources,
    member: Membership,
    pay: Pay,
    attended: Sequence[tuple[MeetingDay, int]],
    *,
    minutes: int,
    gross: int,
    settlement: Settlement | None,
    inputs: Inputs | None,
    remarks: tuple[Remark, ...],
    corrects: Stipend | None = None,
    already: int = 0,
    kept: tuple[Stipend, ...] = (),
    needless: Remark = NO_LONGER_DUE,
) -> Case:
    return Case(
        membership=member,
        statement=sources.statements.get(member.id or 0),
        contract=sources.contracts.get(member.id or 0),
        attended=tuple(attended),
        pay=pay,
        minutes=minutes,
        gross=gross,
        settlement=settlement,
        inputs=inputs,
        remarks=(*remarks, *_account_remarks(sources, member)),
        corrects=corrects,
        already=already,
        kept=kept,
        needless=needless,
    )


def _settlement_remarks(settlement: Settlement, missing: Sequence[MeetingDay]) -> list[Remark]:
    """What the rules say stands in the way; that there is nothing to pay is not known while hours are missing."""
    return [remark for remark in settlement.blocked_by if not (missing and remark.code == "nothing_to_pay")]


def _attendance_remarks(missing: Sequence[MeetingDay]) -> list[Remark]:
    """Hours that nobody has entered are not absence (law 5)."""
    if not missing:
        return []
    days = ", ".join(short_date(day.on) for day in missing)
    return [Remark("missing_attendance", f"Nie wpisano obecności: {days}; wpisz minuty, a za nieobecność 0.")]


def _account_remarks(sources: Sources, member: Membership) -> list[Remark]:
    """Blocks a payee whose account somebody else gave, too, and one who gave two (domain §6), wherever that was."""
    own = sources.accounts.get(member.id or 0)
    if own is None:
        return []
    remarks = []
    if any(person_id != member.person_id for person_id in sources.givers[own.lookup]):
        remarks.append(Remark("shared_account", "To samo konto podała inna osoba; wyjaśnij przed wypłatą."))
    if len(sources.given[member.person_id]) > 1:
        remarks.append(Remark("two_accounts", "Ta osoba podała w innej grupie inne konto; wyjaśnij przed wypłatą."))
    return remarks
