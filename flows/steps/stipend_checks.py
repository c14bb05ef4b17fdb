"""Verifying payments: each is computed again from what its own record holds, by the algorithm that made it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlmodel import Session, col, select

from flows.steps.pay_sources import payment_in
from models.errors import KeysMissing
from models.rules.pay import PaymentKind, RatePer, Settlement, Statements, Work
from models.rules.pay_tables import Row, RowStatus, SelectedBy, Table
from models.rules.settlement import ALGORITHMS, gross_for
from models.storage import keyring_in
from models.tables import Stipend


@dataclass(frozen=True)
class StipendAudit:
    """``again``: records computed again; ``older``: of releases that did not keep all inputs, compared with their own
    snapshot only; ``flaws``: sentences by number, without any sum."""

    again: int
    older: int
    flaws: tuple[str, ...]


def check_stipends(session: Session) -> StipendAudit:
    """Every record, superseded ones too: its digest, its columns, and its computation."""
    again = older = 0
    flaws: list[str] = []
    for row_id in session.exec(select(Stipend.id).order_by(col(Stipend.id))).all():
        try:
            row = session.get_one(Stipend, row_id)
            body = json.loads(row.snapshot)
        except (KeysMissing, ValueError):
            flaws.append(f"wypłata nr {row_id}: zapisanego obliczenia nie da się odczytać: bajty w bazie zmieniono.")
            continue
        if "inputs" in body:
            again += 1
        else:
            older += 1
        flaws += [f"wypłata {row.number}: {flaw}" for flaw in _flaws(session, row, body)]
    return StipendAudit(again, older, tuple(flaws))


def _flaws(session: Session, row: Stipend, body: Mapping[str, Any]) -> Iterator[str]:
    if keyring_in(session).lookup("stipend", row.snapshot) != row.snapshot_lookup:
        yield "zapisane obliczenie nie zgadza się ze swoim skrótem."
    if "of" in body and body["of"] != [row.membership_id, row.meeting_id, row.version]:
        yield "zapisane obliczenie należy do innej osoby, innego spotkania albo innej wersji."
    differing = [name for name, value in _columns(body).items() if getattr(row, name) != value]
    if differing:
        yield f"w rejestrze jest co innego niż w zapisanym obliczeniu: {', '.join(differing)}."
    if "inputs" not in body:
        return
    due = gross_for(
        sum(minutes for _, minutes in body["attendance"]),
        body["rate"]["grosze"],
        RatePer(body["rate"]["per"]),
        days=len(body["attendance"]),
    )
    if row.gross != due - body["already"]:
        yield "kwota brutto nie wynika z zapisanych godzin i stawki."
    settlement = body["settlement"]
    if settlement is None:
        return
    try:
        told = json.loads(orjson.dumps(computed_again(body)))
    except (KeyError, TypeError, ValueError) as error:
        yield f"obliczenia nie da się powtórzyć ({type(error).__name__})."
        return
    wrong = sorted(name for name in told if _figures(told[name]) != _figures(settlement.get(name)))
    if wrong:
        yield f"obliczone jeszcze raz daje co innego: {', '.join(wrong)}."


def _figures(value: object) -> object:
    """A part of a settlement without its sentences and labels: a release may word them otherwise, and those that were
    told are bound by the digest."""
    if isinstance(value, dict):
        return {key: _figures(inner) for key, inner in value.items() if key not in ("sentence", "label")}
    return [_figures(one) for one in value] if isinstance(value, list) else value


def _columns(body: Mapping[str, Any]) -> dict[str, Any]:
    settlement = body["settlement"]
    found: dict[str, Any] = {name: body[name] for name in ("gross", "minutes") if name in body}
    if settlement is None:
        return found | dict.fromkeys(("social", "health", "tax", "net"), 0)
    amounts = settlement["amounts"]
    found |= {"gross": settlement["gross"], "paid_on": date.fromisoformat(settlement["paid_on"])}
    if amounts is None:
        return found | dict.fromkeys(("social", "health", "tax", "net"), 0)
    social = amounts["pension"] + amounts["disability"] + amounts["sickness"]
    return found | {"social": social} | {name: amounts[name] for name in ("health", "tax", "net")}


def computed_again(body: Mapping[str, Any]) -> Settlement:
    """The settlement that follows from a snapshot's inputs, by its algorithm, and by the rows as they stood then.

    Raises ``KeyError`` for an algorithm that is not here.
    """
    inputs, settlement = body["inputs"], body["settlement"]
    said = inputs["statements"]
    born = said["birth_date"]
    return ALGORITHMS[settlement["algorithm"]](
        Work(**{**inputs["work"], "kind": PaymentKind(inputs["work"]["kind"])}),
        Statements(**{**said, "birth_date": date.fromisoformat(born) if born else None}),
        paid_on=date.fromisoformat(settlement["paid_on"]),
        worked_on=date.fromisoformat(settlement["worked_on"]),
        earlier=[payment_in(payment) for payment in inputs["earlier"]],
        year_before=inputs["year_before"],
        confirmed=inputs["confirmed"],
        kept={row["id"]: _row(row) for row in settlement["rows"]},
    )


def _row(body: Mapping[str, Any]) -> Row:
    return Row(
        id=body["id"],
        table=Table(body["table"]),
        value=body["value"],
        valid_from=date.fromisoformat(body["valid_from"]),
        valid_to=date.fromisoformat(body["valid_to"]) if body["valid_to"] else None,
        selected_by=SelectedBy(body["selected_by"]),
        source=body["source"],
        status=RowStatus(body["status"]),
        note=body["note"],
    )
