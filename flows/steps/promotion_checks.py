"""Verifying promotions: each choice is made again from its stored basis, by the algorithm that made it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, select

from flows.steps.projects import definition_of
from flows.steps.protocol_changes import promotion_part
from flows.steps.reserve import choose, labels_of
from models.columns import canonical
from models.errors import KeysMissing
from models.events import Happened
from models.rules.composition import Labels
from models.rules.promotion import Promotion as Choice
from models.sealed_document import UNREADABLE, Flaw
from models.tables import Application, Call, Event, Promotion, Ranking

_CHOSEN = ("number", "position", "ground", "sentence")


def stored_promotions(session: Session, call: Call) -> tuple[int, list[Flaw]]:
    """How many promotions of a call lie in the database, and everything in which one differs from what it follows from.

    A flaw names the promotion by its number and by who was offered whose seat.
    """
    of_call = select(Promotion.id).join(Application, col(Application.id) == Promotion.application_id)
    ids = session.exec(of_call.where(Application.call_id == call.id).order_by(col(Promotion.id))).all()
    return len(ids), [flaw for row_id in ids for flaw in _stored_promotion(session, call, row_id)]


def _stored_promotion(session: Session, call: Call, row_id: int | None) -> Iterator[Flaw]:
    where = f"promocja z listy rezerwowej nr {row_id}"
    try:
        row = session.get_one(Promotion, row_id)
        part = json.loads(canonical(promotion_part(session, row)))
    except KeysMissing:
        yield Flaw(where, "", "zapisanej podstawy nie da się odszyfrować: bajty w bazie zmieniono.")
        return
    where = f"{where} (za {part['instead_of']})"
    logged = session.exec(
        select(Event).where(
            Event.subject == f"application/{row.application_id}", Event.kind == Happened.RESERVE_PROMOTED
        )
    ).all()
    told = [(event.facts.get("basis"), event.facts.get("algorithm"), event.facts.get("position")) for event in logged]
    if (row.basis_digest, row.algorithm, row.position) not in told:
        yield Flaw(where, part["number"], "skrót podstawy, algorytm albo pozycja różnią się od zapisanych w dzienniku.")
    labels = labels_of(definition_of(session, session.get_one(Ranking, row.ranking_id).project_version_id))
    for flaw in chosen_again(part, call.code, labels):
        yield Flaw(f"{where}: {flaw.place}", flaw.number, flaw.sentence)


def chosen_again(part: Mapping[str, Any], call: str, labels: Labels | None = None) -> Iterator[Flaw]:
    """The choice, made again from the very bytes of the basis, is the one that is recorded.

    ``labels`` are for a basis of before ``promotion-2``, which holds none; without them its sentence is not compared.
    """
    number = str(part["number"])
    if hashlib.sha256(part["basis"].encode()).hexdigest() != part["basis_digest"]:
        yield Flaw("$.basis", number, "zapisana podstawa nie zgadza się ze swoim skrótem.")
    try:
        given = json.loads(part["basis"])
        told = (given["call"], given["algorithm"], given["left"]["number"])
        choice = choose(part["basis"], labels) if labels is not None else choose(part["basis"])
    except UNREADABLE as error:
        yield Flaw("$.basis", number, f"wyboru nie da się z niej odtworzyć ({type(error).__name__}).")
        return
    if told != (call, part["algorithm"], part["instead_of"]):
        yield Flaw("$.basis", number, "zapisana podstawa jest innego naboru, innego algorytmu albo innego miejsca.")
    if not isinstance(choice, Choice):
        yield Flaw("$.number", number, "z zapisanej podstawy wynika, że miejsce pozostaje wolne.")
        return
    compared = _CHOSEN if labels is not None or "labels" in given else _CHOSEN[:-1]
    for name in compared:
        again = getattr(choice, name)
        if again != part[name]:
            yield Flaw(f"$.{name}", number, f"z zapisanej podstawy wynika „{again}”, a zapisano „{part[name]}”.")
