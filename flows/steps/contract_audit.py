"""Verifying contracts: what was printed against its digest, and the register against what was printed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.errors import KeysMissing
from models.storage import keyring_in
from models.tables import IssuedContract


@dataclass(frozen=True)
class ContractAudit:
    """``flaws``: sentences by number and version, without any sum."""

    contracts: int
    flaws: tuple[str, ...]


def check_contracts(session: Session) -> ContractAudit:
    """Every contract that was made out, replaced ones too."""
    flaws: list[str] = []
    rows = session.exec(
        select(IssuedContract.id, IssuedContract.number, IssuedContract.version).order_by(col(IssuedContract.id))
    ).all()
    for row_id, number, version in rows:
        try:
            found = list(_flaws(session, session.get_one(IssuedContract, row_id)))
        except (KeysMissing, ValueError, KeyError, TypeError):
            found = ["zapisanej treści nie da się odczytać: bajty w bazie zmieniono."]
        flaws += [f"umowa {number}, wersja {version}: {flaw}" for flaw in found]
    return ContractAudit(len(rows), tuple(flaws))


def _flaws(session: Session, row: IssuedContract) -> Iterator[str]:
    if keyring_in(session).lookup("contract", row.terms) != row.terms_lookup:
        yield "zapisana treść nie zgadza się ze swoim skrótem."
    terms = json.loads(row.terms)
    differing = [name for name, said in _columns(row).items() if terms[name] != said]
    if differing:
        yield f"w rejestrze jest co innego niż w treści umowy: {', '.join(differing)}."


def _columns(row: IssuedContract) -> Mapping[str, object]:
    """What stands in the register as well as in the terms, by its name there."""
    return {
        "starts": row.starts.isoformat(),
        "ends": row.ends.isoformat(),
        "rate": row.rate_grosze,
        "per": row.per.value,
        "amount": row.amount_grosze,
    }
