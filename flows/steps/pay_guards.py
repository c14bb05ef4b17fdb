"""The guards before money leaves: what stops a payment, and what somebody who approves it has to know of.

Each names a person by application number only and says what to do. They look at the whole project: a person may sit
in groups of other areas, and an account may have been given there.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.batch_candidates import Candidate, by_group, kind_of
from flows.steps.pay_changes import changes_since
from flows.steps.statements import statement_on
from models.actor import process
from models.errors import BadInput
from models.project import ProjectDefinition
from models.rules.bank_profiles import BankProfile
from models.rules.transfer_checks import faults
from models.rules.transfers import Payer, Transfer
from models.rules.working_days import holiday, is_working_day
from models.storage import keyring_in
from models.tables import Application, MeetingDay, Membership, PayBatchItem, PayStatement, Stipend
from models.tables.batches import LIVE, ItemState
from models.tables.stipends import COMMITTED, StipendState
from templates.polish import amount_zl, short_date

WHOLE_PROJECT = process("batches")
"""Sees every area; used only to compare accounts and days."""
LONGEST_AHEAD = 31
"""Days from freezing to the payment, at most: a later day is a slip."""


@dataclass(frozen=True)
class Finding:
    """What a guard found about one application or, for a whole group, about its call."""

    code: str
    number: str
    sentence: str
    stops: bool = True
    """Whether nothing helps but mending it; otherwise whoever approves may let it go, with a reason that is kept."""

    def __str__(self) -> str:
        return f"{self.number}: {self.sentence}"


ACKNOWLEDGED = {
    "new_account": "pierwszy przelew na to konto",
    "returned_account": "konto, z którego przelew już raz wrócił",
    "other_day": "inny dzień wypłaty niż na rachunku",
    "same_day": "dwie wypłaty za jeden dzień o różnych godzinach",
}
"""What may go all the same when whoever approves says why, and how it is called."""


def check_day(paid_on: date, today: date) -> None:
    """Raises ``BadInput`` for a day on which no bank carries out a transfer ordered now."""
    if paid_on < today:
        raise BadInput(f"Dzień wypłaty {short_date(paid_on)} już minął. Podaj dzisiejszy albo późniejszy.")
    if not is_working_day(paid_on):
        why = holiday(paid_on) or "weekend"
        raise BadInput(f"Dzień wypłaty {short_date(paid_on)} jest wolny ({why}): banki nie robią przelewów.")
    if (paid_on - today).days > LONGEST_AHEAD:
        raise BadInput(f"Dzień wypłaty {short_date(paid_on)} jest za ponad {LONGEST_AHEAD} dni. Sprawdź datę.")


def guard(
    office: Office,
    candidates: Sequence[Candidate],
    transfers: Sequence[Transfer],
    *,
    definition: ProjectDefinition,
    profile: BankProfile,
    payer: Payer,
    paid_on: date,
) -> list[Finding]:
    """Everything that the guards find, in the order of the candidates; ``transfers`` are theirs."""
    found = [finding for one in candidates for finding in _record(one, paid_on)]
    found += [
        Finding(
            "account_changed",
            one.number,
            "konto w oświadczeniu jest inne niż w przelewie; zaniechaj listy (nabor batch discard) "
            "i sporządź ją ponownie.",
        )
        for one, transfer in zip(candidates, transfers, strict=True)
        if one.was is StipendState.RETURNED and one.statement is not None and one.account != transfer.payee_account
    ]
    with office.reading(WHOLE_PROJECT) as session:
        found += [
            Finding(change.code, one.number, change.sentence)
            for one in candidates
            for change in changes_since(session, one)
        ]
        found += _accounts(session, candidates, paid_on)
        found += _history(session, candidates)
        found += _days(session, candidates)
        found += _budgets(session, candidates, definition)
    numbers = {transfer.reference: one.number for one, transfer in zip(candidates, transfers, strict=True)}
    found += [
        Finding("bank_file", numbers.get(fault.reference, "plik"), fault.sentence)
        for fault in faults(profile, payer, transfers, on=paid_on)
    ]
    return found


def _record(one: Candidate, paid_on: date) -> Iterator[Finding]:
    """What the record and the statement say by themselves."""
    stipend, again = one.stipend, one.was is StipendState.RETURNED
    if one.carried_out:
        yield Finding(
            "carried_out",
            one.number,
            "bank wykonał przelew za to spotkanie, który wpisano jako zwrócony albo zdjęto z listy; zaniechaj listy "
            "(nabor batch discard) i wyjaśnij (nabor todo).",
        )
    if stipend.doubts:
        doubts = " ".join(str(doubt["sentence"]) for doubt in stipend.doubts)
        yield Finding("doubts", one.number, f"podpisany rachunek jest do wyjaśnienia: {doubts}")
    if one.statement is None:
        yield Finding(
            "no_statement",
            one.number,
            f"na dzień {short_date(paid_on)} nie ma ważnego oświadczenia z numerem konta; wpisz je "
            "(nabor stipend statement).",
        )
    elif not again and one.account != one.account_on_bill:
        yield Finding(
            "account_changed",
            one.number,
            "konto w oświadczeniu jest inne niż na rachunku; rozlicz spotkanie ponownie (nabor stipend settle), żeby "
            "powstał nowy rachunek.",
        )
    if again and paid_on < stipend.paid_on:
        yield Finding("other_day", one.number, "dzień wypłaty jest wcześniejszy niż na rachunku; podaj późniejszy.")
    if not again and paid_on != stipend.paid_on:
        same_month = (paid_on.year, paid_on.month) == (stipend.paid_on.year, stipend.paid_on.month)
        yield Finding(
            "other_day",
            one.number,
            f"rachunek liczono na wypłatę {short_date(stipend.paid_on)}, a lista jest na {short_date(paid_on)}; "
            + (
                "w tym samym miesiącu podatek i składki są te same."
                if same_month
                else "podatek i składki zależą od dnia wypłaty, więc rozlicz spotkanie na ten dzień "
                "(nabor stipend settle)."
            ),
            stops=not same_month,
        )


def _accounts(session: Session, candidates: Sequence[Candidate], paid_on: date) -> Iterator[Finding]:
    """Two payees with one account, and one payee with two (domain §6), wherever the other one stands."""
    keyring = keyring_in(session)
    holders: defaultdict[str, set[int | None]] = defaultdict(set)
    given: defaultdict[int | None, set[str]] = defaultdict(set)
    for one in candidates:
        if one.account:
            holders[keyring.lookup("account", one.account)].add(one.person.id)
            given[one.person.id].add(keyring.lookup("account", one.account))
    for one in candidates:
        if not one.account:
            continue
        lookup = keyring.lookup("account", one.account)
        others = holders[lookup] | _payees_of(session, lookup) | _stated_by(session, lookup, paid_on)
        if others - {one.person.id}:
            yield Finding(
                "shared_account",
                one.number,
                "to samo konto ma także inna osoba; wyjaśnij, do kogo należy, i popraw oświadczenie.",
            )
        if (given[one.person.id] | _own_accounts(session, one, paid_on)) - {lookup}:
            yield Finding(
                "two_accounts",
                one.number,
                "ta osoba ma w różnych grupach różne konta; ustal jedno i popraw oświadczenie.",
            )


def _payees_of(session: Session, lookup: str) -> set[int | None]:
    """Whom transfers to an account paid or are about to pay."""
    rows = session.exec(
        select(PayBatchItem.person_id).where(PayBatchItem.account_lookup == lookup, col(PayBatchItem.state).in_(LIVE))
    ).all()
    return set(rows)


def _stated_by(session: Session, lookup: str, day: date) -> set[int | None]:
    """Who gave an account as theirs; a number that somebody corrected since is nobody's any more."""
    rows = session.exec(
        select(Membership)
        .join(PayStatement, col(PayStatement.membership_id) == Membership.id)
        .where(PayStatement.account_lookup == lookup)
    ).all()
    return {row.person_id for row in rows if _account_on(session, row, day) == lookup}


def _own_accounts(session: Session, one: Candidate, day: date) -> set[str]:
    rows = session.exec(select(Membership).where(Membership.person_id == one.person.id)).all()
    found = {_account_on(session, row, day) for row in rows}
    return {lookup for lookup in found if lookup}


def _account_on(session: Session, membership: Membership, day: date) -> str | None:
    statement = statement_on(session, membership, day)
    return statement.account_lookup if statement else None


def _history(session: Session, candidates: Sequence[Candidate]) -> Iterator[Finding]:
    """Whether the person was ever paid to this account, and whether it once sent money back."""
    keyring = keyring_in(session)
    for one in candidates:
        if not one.account:
            continue
        states = session.exec(
            select(PayBatchItem.state).where(
                PayBatchItem.person_id == one.person.id,
                PayBatchItem.account_lookup == keyring.lookup("account", one.account),
                # Its own transfer, when the batch is looked at again.
                ~((col(PayBatchItem.stipend_id) == one.stipend.id) & (col(PayBatchItem.state) == ItemState.ORDERED)),
            )
        ).all()
        if ItemState.RETURNED in states:
            yield Finding(
                "returned_account",
                one.number,
                "na to konto przelew już raz nie doszedł; wpisz poprawione (nabor stipend statement) albo potwierdź "
                "przy zatwierdzeniu, że numer jest dobry.",
                stops=False,
            )
        elif ItemState.PAID not in states:
            yield Finding(
                "new_account",
                one.number,
                "to pierwszy przelew na to konto; przy zatwierdzeniu potwierdź, że numer sprawdzono z oświadczeniem.",
                stops=False,
            )


def _days(session: Session, candidates: Sequence[Candidate]) -> Iterator[Finding]:
    """Two payments of one person for the same day, in whatever group; a correcting record adds to its own day."""
    for one in candidates:
        for other in _other_records(session, one, candidates):
            if (other.membership_id, other.meeting_id) == (one.stipend.membership_id, one.stipend.meeting_id):
                if other.id not in _chain(session, one.stipend) and one.stipend.id not in _chain(session, other):
                    yield Finding(
                        "paid_twice",
                        one.number,
                        f"za to spotkanie zlecono już rachunek {other.number}; drugiej wypłaty nie będzie.",
                    )
                continue
            for day in sorted(one.days & _days_of(other)):
                overlap = _overlap(session, one.stipend, other, day)
                where = _number_of(session, other)
                yield Finding(
                    "paid_twice" if overlap else "same_day",
                    one.number,
                    f"za dzień {short_date(day)} ta osoba ma też rachunek {other.number} (zgłoszenie {where}); "
                    + (
                        "godziny spotkań się pokrywają, więc popraw obecność na jednym z nich."
                        if overlap
                        else "godziny się nie pokrywają: przy zatwierdzeniu potwierdź, że należą się obie wypłaty."
                    ),
                    stops=overlap,
                )


def _other_records(session: Session, one: Candidate, candidates: Iterable[Candidate]) -> list[Stipend]:
    """Records of the same person that were ordered or paid, or stand beside this one."""
    rows = session.exec(
        select(Stipend)
        .join(Membership, col(Membership.id) == Stipend.membership_id)
        .where(
            Membership.person_id == one.person.id,
            col(Stipend.state).in_(COMMITTED),
            col(Stipend.id) != one.stipend.id,
        )
        .order_by(col(Stipend.id))
    ).all()
    known = {row.id for row in rows}
    beside = [
        other.stipend
        for other in candidates
        if other.person.id == one.person.id and other.stipend.id != one.stipend.id and other.stipend.id not in known
    ]
    return [*rows, *beside]


def _chain(session: Session, stipend: Stipend) -> set[int | None]:
    """The records that a correcting record adds to, one after another."""
    found: set[int | None] = set()
    at: Stipend | None = stipend
    while at is not None and at.corrects_id is not None and at.corrects_id not in found:
        found.add(at.corrects_id)
        at = session.get(Stipend, at.corrects_id)
    return found


def _days_of(stipend: Stipend) -> set[date]:
    return {date.fromisoformat(day) for day in json.loads(stipend.snapshot)["days"]}


def _overlap(session: Session, one: Stipend, other: Stipend, day: date) -> bool:
    first, second = (_hours(session, row.meeting_id, day) for row in (one, other))
    if first is None or second is None:
        return True
    return first[0] < second[1] and second[0] < first[1]


def _hours(session: Session, meeting_id: int, day: date) -> tuple[datetime, datetime] | None:
    row = session.exec(select(MeetingDay).where(MeetingDay.meeting_id == meeting_id, MeetingDay.on == day)).first()
    return (row.starts_at, row.ends_at) if row else None


def _number_of(session: Session, stipend: Stipend) -> str:
    membership = session.get_one(Membership, stipend.membership_id)
    return session.get_one(Application, membership.application_id).number


def _budgets(session: Session, candidates: Sequence[Candidate], definition: ProjectDefinition) -> Iterator[Finding]:
    """Groups whose payments, those that left and these, come to more than their budget."""
    for group_id, ours in by_group(candidates).items():
        pay = kind_of(definition, ours[0]).pay
        if pay is None or pay.budget_grosze is None:
            continue
        rows = session.exec(
            select(Stipend)
            .join(Membership, col(Membership.id) == Stipend.membership_id)
            .where(Membership.group_id == group_id, col(Stipend.state).in_(COMMITTED))
        ).all()
        gross = {row.id: row.gross for row in (*rows, *(one.stipend for one in ours))}
        if sum(gross.values()) > pay.budget_grosze:
            yield Finding(
                "over_budget",
                ours[0].call.code,
                f"wypłaty grupy wyniosłyby {amount_zl(sum(gross.values()))} brutto, a jej budżet to "
                f"{amount_zl(pay.budget_grosze)}; zmniejsz listę albo zmień budżet w projekcie.",
            )
