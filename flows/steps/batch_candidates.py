"""Whose payment may go into a batch, and who waits for what: by application number, with what to do."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from flows.steps.applications import current_values
from flows.steps.hand_entries import carried_out_after_all
from flows.steps.people import full_name, value_of
from flows.steps.statements import statement_on
from models.group_kinds import GroupKind
from models.pay_rules import PaymentRules
from models.project import ProjectDefinition
from models.rules.transfers import Transfer
from models.tables import Application, Call, Group, Meeting, Membership, PayStatement, Person, Stipend
from models.tables.stipends import StipendState


@dataclass(frozen=True)
class Candidate:
    """A record that may be paid, with whom and what it is about. ``account`` is where the money would go."""

    stipend: Stipend
    membership: Membership
    person: Person
    application: Application
    call: Call
    group: Group
    statement: PayStatement | None
    was: StipendState
    """The state of the record before it was ordered."""
    carried_out: bool = False
    """Whether the bank carried out a transfer of it that an officer had entered as returned."""

    @property
    def number(self) -> str:
        return self.application.number

    @property
    def account(self) -> str:
        return self.statement.account if self.statement else ""

    @property
    def account_on_bill(self) -> str | None:
        """The account that the bill names."""
        account = json.loads(self.stipend.snapshot)["account"]
        assert account is None or isinstance(account, str)
        return account

    @property
    def days(self) -> frozenset[date]:
        """The days that the record pays for."""
        return frozenset(date.fromisoformat(day) for day in json.loads(self.stipend.snapshot)["days"])


@dataclass(frozen=True)
class LeftOut:
    """A payment that is not in the batch, and what it waits for."""

    number: str
    sentence: str


_PAYABLE = frozenset({StipendState.CALCULATED, StipendState.SIGNED, StipendState.RETURNED, StipendState.BLOCKED})


def due_records(session: Session, paid_on: date, *, call: str | None, meeting: str | None) -> list[Candidate]:
    """Every record that neither left nor was replaced: of a meeting, of a call, or of the whole scope of the actor."""
    narrowed = select(Stipend.id, Meeting.code, Call.code).join(Meeting, col(Meeting.id) == Stipend.meeting_id)
    rows = session.exec(
        narrowed.join(Group, col(Group.id) == Meeting.group_id)
        .join(Call, col(Call.id) == Group.call_id)
        .where(col(Stipend.state).in_(_PAYABLE))
        .order_by(col(Stipend.id))
    ).all()
    ids = [
        stipend
        for stipend, meeting_code, call_code in rows
        if stipend is not None and call in (None, call_code) and meeting in (None, meeting_code)
    ]
    found = [candidate_of(session, session.get_one(Stipend, one), paid_on) for one in ids]
    return sorted(found, key=lambda one: (one.number, one.stipend.version))


def candidate_of(session: Session, stipend: Stipend, paid_on: date, *, was: StipendState | None = None) -> Candidate:
    """A record with whom and what it is about. ``was``: its state before a batch took it."""
    membership = session.get_one(Membership, stipend.membership_id)
    group = session.get_one(Group, membership.group_id)
    return Candidate(
        stipend=stipend,
        membership=membership,
        person=session.get_one(Person, membership.person_id),
        application=session.get_one(Application, membership.application_id),
        call=session.get_one(Call, group.call_id),
        group=group,
        statement=statement_on(session, membership, paid_on),
        was=was or stipend.state,
        carried_out=bool(carried_out_after_all(session, of=stipend)),
    )


def sorted_out(candidates: Iterable[Candidate], rules: PaymentRules) -> tuple[list[Candidate], list[LeftOut]]:
    """Who may be paid as far as the record itself goes, and who waits, with what for."""
    ready, waiting = [], []
    for one in candidates:
        why = _waits_for(one, rules)
        if why:
            waiting.append(LeftOut(one.number, why))
        else:
            ready.append(one)
    return ready, waiting


def _waits_for(one: Candidate, rules: PaymentRules) -> str:
    stipend = one.stipend
    if one.carried_out:
        return (
            "bank wykonał przelew za to spotkanie, który wpisano jako zwrócony albo zdjęto z listy. Gdy pieniądze "
            "naprawdę wróciły, wczytaj wyciąg ze zwrotem albo wpisz zwrot jeszcze raz (nabor batch returned)."
        )
    blocks = " ".join(str(block["sentence"]) for block in stipend.blocks)
    if stipend.state is StipendState.BLOCKED or blocks:
        return f"rozliczenie jest wstrzymane: {blocks} Wyjaśnij i rozlicz spotkanie ponownie (nabor stipend settle)."
    if stipend.state is StipendState.CALCULATED and rules.signed_bill:
        return f"rachunek {stipend.number} nie wrócił podpisany (nabor stipend signed)."
    if stipend.net <= 0:
        return f"rachunek {stipend.number} nie ma kwoty do wypłaty."
    return ""


def transfer_for(session: Session, one: Candidate, rules: PaymentRules, project: str, *, reference: str) -> Transfer:
    """The transfer that pays a record."""
    values = current_values(session, one.application)
    town = f"{value_of(values, 'adres.kod')} {value_of(values, 'adres.miejscowosc')}".strip()
    street = value_of(values, "adres.ulica")
    return Transfer(
        reference=reference,
        payee_name=full_name(one.person),
        payee_address=" ".join(part for part in (street, town) if part),
        payee_account=one.account,
        amount=one.stipend.net,
        title=rules.title.format(bill=one.stipend.number, project=project),
    )


def kind_of(definition: ProjectDefinition, one: Candidate) -> GroupKind:
    """The kind of the candidate's group."""
    return definition.group_kind(one.group.kind)


def by_group(candidates: Iterable[Candidate]) -> Mapping[int, list[Candidate]]:
    """Candidates of each group, by the group's id."""
    groups: dict[int, list[Candidate]] = {}
    for one in candidates:
        assert one.group.id is not None
        groups.setdefault(one.group.id, []).append(one)
    return groups
