"""Whether the contract that a payment refers to names the rate that the payment is reckoned by."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from flows.steps.bills import PER_WORDS
from flows.steps.pay_cases import Case
from flows.steps.portions import AT_ONCE, portions
from models.rules.grosze import zloty
from models.rules.pay import RatePer, Remark
from models.tables import IssuedContract

RATE_DIFFERS = "contract_rate_differs"


def with_contract_checks(session: Session, cases: Sequence[Case]) -> list[Case]:
    """Blocks a payee whose signed contract, made out here, names another rate; other cases stay as they are.

    What a contract says that an officer typed in is not known here, so it is not compared.
    """
    wanted = sorted({case.contract.issued_id for case in cases if case.contract and case.contract.issued_id})
    issued = {
        row.id: row
        for some in portions(wanted, AT_ONCE)
        for row in session.exec(select(IssuedContract).where(col(IssuedContract.id).in_(some))).all()
    }
    checked = []
    for case in cases:
        made = issued.get(case.contract.issued_id) if case.contract is not None else None
        remark = _rate_differs(made, case) if made is not None and not case.settled else None
        checked.append(case if remark is None else replace(case, remarks=(*case.remarks, remark)))
    return checked


def _rate_differs(made: IssuedContract, case: Case) -> Remark | None:
    per = RatePer(case.pay.per)
    if (made.rate_grosze, made.per) == (case.pay.rate_grosze, per):
        return None
    return Remark(
        RATE_DIFFERS,
        f"Podpisana umowa {made.number} podaje stawkę {zloty(made.rate_grosze)} {PER_WORDS[made.per]}, a to spotkanie "
        f"rozlicza się po {zloty(case.pay.rate_grosze)} {PER_WORDS[per]}. Sporządź i podpisz umowę z tą stawką "
        "(nabor contract issue NUMER --replace-signed) albo wpisz umowę, według której wykonano pracę "
        "(nabor stipend contract), i rozlicz ponownie.",
    )
