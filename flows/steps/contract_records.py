"""The contracts that members' bills refer to, as they were entered."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.memberships import membership_of
from flows.steps.seat_times import require_seat
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.tables import Contract, IssuedContract, Membership
from models.transitions import note, reference


def record_contract(
    session: Session,
    number: str,
    *,
    contract_number: str,
    signed_on: date,
    amount_grosze: int | None = None,
    issued_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Records the contract that the member's bills refer to; the same again changes nothing. Raises ``BadInput``.

    ``amount_grosze``: the sum that the contract itself states (``None``: nothing is said of it), ``issued_id``: the
    contract if it was made out here.
    """
    actor.require(Right.MONEY)
    membership = membership_of(session, number)
    require_seat(session, membership, number, "umowę wpisuje się")
    written = contract_number.strip()
    if not written or len(written) > _LONGEST_NUMBER or not written.isprintable():
        raise BadInput(f"Numer umowy to jeden wiersz, od 1 do {_LONGEST_NUMBER} znaków.")
    if signed_on > warsaw_date(now):
        raise BadInput("Data umowy nie może być późniejsza niż dziś.")
    if issued_id is None:
        # Number and day of a contract that was made out here are that contract, however they came.
        made = session.exec(
            select(IssuedContract).where(
                IssuedContract.membership_id == membership.id,
                IssuedContract.number == written,
                IssuedContract.signed_on == signed_on,
            )
        ).first()
        if made is not None:
            issued_id = made.id
            amount_grosze = made.amount_grosze if amount_grosze is None else amount_grosze
    last = contract_of(session, membership)
    # Number and day alone, typed again, take nothing away from what was said of the same contract before.
    unchanged = last is not None and (last.number, last.signed_on) == (written, signed_on)
    if last is not None and unchanged and amount_grosze in (None, last.amount_grosze):
        return
    assert membership.id is not None
    session.add(
        Contract(
            area=membership.area,
            membership_id=membership.id,
            number=written,
            signed_on=signed_on,
            amount_grosze=amount_grosze,
            issued_id=issued_id,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    note(
        session,
        reference(membership),
        happened=Happened.CONTRACT_RECORDED,
        actor=actor,
        now=now,
        area=membership.area,
    )


_LONGEST_NUMBER = 60


def contract_of(session: Session, membership: Membership) -> Contract | None:
    """The contract that was entered last for a member."""
    return session.exec(
        select(Contract).where(Contract.membership_id == membership.id).order_by(col(Contract.id).desc())
    ).first()
