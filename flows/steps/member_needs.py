"""What a member needs at meetings: the form's answer, and an officer's later word, which counts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import call_of, current_values, form_of, parsed
from flows.steps.memberships import membership_of
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.form_definition import FormDefinition
from models.rules.facts import FieldStatus
from models.rules.member_needs import ASKED_AS, Need, wanted
from models.tables import Application, FieldValue, MemberNeeds, Membership
from models.transitions import note, reference

HIDDEN = "ukryte"
"""What stands for a need that the actor may not read; also where there is none, so that it tells nothing."""
_LONGEST = 500


@dataclass(frozen=True)
class NeedLine:
    """One kind of need of a member: what it is, and who said so (``form``, ``officer`` or nobody)."""

    need: Need
    text: str
    origin: str


def set_needs(
    session: Session, number: str, said: Mapping[Need, str], *, actor: Actor, now: datetime
) -> list[NeedLine]:
    """Keeps an officer's word on some needs; the others stay as they were. The same again changes nothing.

    Raises ``BadInput`` for a text that is too long or of several lines.
    """
    actor.require(Right.MEETINGS)
    membership = membership_of(session, number)
    session.refresh(membership, with_for_update=True)
    for text in said.values():
        if len(text) > _LONGEST or not text.isprintable():
            raise BadInput(f"Potrzebę opisuje jeden wiersz, do {_LONGEST} znaków.")
    last = _newest(session, membership)
    before = _in(last)
    after = before | {need: wanted(text) for need, text in said.items()}
    if after != before:
        assert membership.id is not None
        version = (last.version if last else 0) + 1
        session.add(
            MemberNeeds(
                area=membership.area,
                membership_id=membership.id,
                version=version,
                body=json.dumps({need.value: text for need, text in after.items()}, ensure_ascii=False),
                recorded_at=now,
                recorded_by=actor.login,
            )
        )
        # Which needs were set would itself tell something of the person.
        note(
            session,
            reference(membership),
            happened=Happened.NEEDS_RECORDED,
            actor=actor,
            now=now,
            area=membership.area,
            facts={"version": version},
        )
    return needs_of(session, membership, actor=actor)


def needs_by_number(session: Session, number: str, *, actor: Actor) -> list[NeedLine]:
    """The needs of a member, hidden from who does not prepare meetings."""
    return needs_of(session, membership_of(session, number), actor=actor)


def needs_of(session: Session, membership: Membership, *, actor: Actor) -> list[NeedLine]:
    """A line for each kind of need, with an empty text where there is none."""
    if not actor.has(Right.MEETINGS):
        return [NeedLine(need, HIDDEN, "") for need in Need]
    application = session.get_one(Application, membership.application_id)
    form = form_of(definition_for(session, call_of(session, application)), application)
    values = current_values(session, application)
    by_officer = _in(_newest(session, membership))
    lines = []
    for need in Need:
        if need in by_officer:
            lines.append(NeedLine(need, by_officer[need], "officer"))
            continue
        answer = wanted(_answer(form, values.get(ASKED_AS[need])))
        lines.append(NeedLine(need, answer, "form" if answer else ""))
    return lines


def _answer(form: FormDefinition, row: FieldValue | None) -> str:
    """What the form's answer says in words: a chosen option by its label, several of them after one another."""
    if row is None or row.status is not FieldStatus.READ:
        return ""
    value = parsed(row)
    said = value if isinstance(value, tuple) else (value,)
    labels = {option.code: option.label for leaf in form.leaves if leaf.key == row.key for option in leaf.options}
    return ", ".join(labels.get(one, one) for one in said if isinstance(one, str))


def _newest(session: Session, membership: Membership) -> MemberNeeds | None:
    return session.exec(
        select(MemberNeeds).where(MemberNeeds.membership_id == membership.id).order_by(col(MemberNeeds.version).desc())
    ).first()


def _in(row: MemberNeeds | None) -> dict[Need, str]:
    return {} if row is None else {Need(need): text for need, text in json.loads(row.body).items()}
