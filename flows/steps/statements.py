"""The statements that pay depends on: taxes, insurance and the account to pay to."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.steps.applications import call_of
from flows.steps.memberships import membership_of
from flows.steps.projects import newest_for
from flows.steps.seat_times import require_seat
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.identifiers import Nrb, check_nrb
from models.rules.pay import Statements
from models.storage import keyring_in
from models.tables import Application, Group, Membership, PayStatement
from models.transitions import note, reference


@dataclass(frozen=True)
class Requests:
    """What a member asked for or said of PPK, as an officer types it in; ``None``: as in the earlier statement."""

    pit2: bool | None = None
    no_advance: bool | None = None
    copyright_costs: bool | None = None
    ppk: bool | None = None

    def over(self, statements: Statements, earlier: Statements | None) -> Statements:
        """``statements`` with these requests; what is not said here stands as it did earlier."""
        stood = earlier or statements
        return replace(
            statements,
            pit2=stood.pit2 if self.pit2 is None else self.pit2,
            no_advance=stood.no_advance if self.no_advance is None else self.no_advance,
            copyright_costs=stood.copyright_costs if self.copyright_costs is None else self.copyright_costs,
            ppk=stood.ppk if self.ppk is None else self.ppk,
        )


def record_statement(
    session: Session,
    number: str,
    statements: Statements,
    *,
    account: str,
    valid_from: date,
    requests: Requests | None = None,
    form_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Statements:
    """Records a member's statement for taxes and insurance and the account to pay to; returns what stands in it.

    Asked only from members of paid groups, after acceptance (domain §5): without a seat it is refused. ``requests``
    are put over the statement that stood until then; without them ``statements`` is the whole answer.
    Raises ``BadInput``.
    """
    actor.require(Right.MONEY)
    membership = membership_of(session, number)
    require_seat(session, membership, number, "oświadczenie przyjmuje się")
    group = session.get_one(Group, membership.group_id)
    definition = newest_for(session, call_of(session, session.get_one(Application, membership.application_id)))
    if definition.group_kind(group.kind).pay is None:
        raise BadInput("Ta grupa nie jest płatna; oświadczenia do wypłaty się nie zbiera.")
    nrb = check_nrb(account)
    if not isinstance(nrb, Nrb):
        raise BadInput(nrb.sentence)
    if requests is not None:
        earlier = statement_on(session, membership, valid_from) or _newest_statement(session, membership)
        statements = requests.over(statements, statements_in(earlier) if earlier else None)
    assert membership.id is not None
    session.add(
        PayStatement(
            area=membership.area,
            membership_id=membership.id,
            body=json.dumps(statements.stated()),
            account=nrb.digits,
            account_lookup=keyring_in(session).lookup("account", nrb.digits),
            form_id=form_id,
            valid_from=valid_from,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    note(
        session,
        reference(membership),
        happened=Happened.STATEMENT_RECORDED,
        actor=actor,
        now=now,
        area=membership.area,
    )
    return statements


def statement_on(session: Session, membership: Membership, day: date) -> PayStatement | None:
    """The newest statement valid on a day."""
    return session.exec(
        select(PayStatement)
        .where(PayStatement.membership_id == membership.id, col(PayStatement.valid_from) <= day)
        .order_by(col(PayStatement.valid_from).desc(), col(PayStatement.id).desc())
    ).first()


def _newest_statement(session: Session, membership: Membership) -> PayStatement | None:
    """The statement that was entered last, whenever it begins."""
    return session.exec(
        select(PayStatement).where(PayStatement.membership_id == membership.id).order_by(col(PayStatement.id).desc())
    ).first()


def statements_in(row: PayStatement) -> Statements:
    """The stored statement as the pay rules take it."""
    body = json.loads(row.body)
    born = body.pop("birth_date")
    return Statements(**body, birth_date=date.fromisoformat(born) if born else None)
