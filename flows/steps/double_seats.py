"""Whom a group does not seat a second time: who sits in it, and, where a project allows one group, elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from flows.steps.calls import group_of
from flows.steps.memberships import seated
from models.group_kinds import Admission
from models.project import ProjectDefinition
from models.tables import Application, Call, Group, Membership
from models.tables.memberships import SEATED, MembershipState


@dataclass(frozen=True)
class SeatedPeople:
    """Who holds a seat, as things stand now, by the ids of people."""

    here: tuple[Membership, ...]
    """In the group of the call."""
    elsewhere: Mapping[int, str]
    """The code of the call, by person, in whose group else somebody sits; empty where that does not matter."""

    def twice(self, person_id: int, *, instead_of: int | None = None) -> str | None:
        """Why a person may not be seated, as a sentence; ``None``: nothing of this kind hinders it.

        ``instead_of``: the membership that ends by it.
        """
        if any(one.person_id == person_id and one.id != instead_of for one in self.here):
            return IN_GROUP
        other = self.elsewhere.get(person_id)
        if other is not None:
            return f"osoba jest już w innej grupie projektu ({other}), a projekt na to nie pozwala"
        return None


IN_GROUP = "osoba jest już w tej grupie z innego zgłoszenia; zbędne zgłoszenie wycofuje: nabor application withdraw"


def seated_people(session: Session, call: Call, definition: ProjectDefinition) -> SeatedPeople:
    """Who sits in the group of a call, and, where it matters, in another one of the project."""
    named = definition.group_kind(call.group_kind).admission is Admission.NOMINATION
    return SeatedPeople(
        here=tuple(seated(session, group_of(session, call).id or 0)),
        elsewhere={} if definition.allow_two_groups or not named else _elsewhere(session, call, definition),
    )


def _elsewhere(session: Session, call: Call, definition: ProjectDefinition) -> dict[int, str]:
    """Who holds a seat, or is offered one, in another group of the project; meetings that anybody may register for
    do not count."""
    rows = session.exec(
        select(Membership.person_id, Call)
        .join(Group, col(Group.id) == Membership.group_id)
        .join(Call, col(Call.id) == Group.call_id)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(
            # Who answers for a unit may sit in a group of their own.
            col(Application.unit).is_(None),
            col(Membership.state).in_((MembershipState.OFFERED, *SEATED)),
            Call.id != call.id,
            col(Call.code).startswith(f"{definition.code}/", autoescape=True),
        )
        .order_by(col(Membership.id))
    ).all()
    kinds = {kind.code: kind for kind in definition.group_kinds}
    return {
        person: other.code
        for person, other in rows
        if other.group_kind not in kinds or kinds[other.group_kind].admission is not Admission.REGISTRATION
    }
