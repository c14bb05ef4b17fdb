"""Inviting units to a call: one letter with the blank form to each gmina or powiat of the project in its area."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw, warsaw_date
from flows.adapters.office import Office
from flows.steps.attachments import CALL_FORM, attach_call_form
from flows.steps.calls import find_call, group_of
from flows.steps.documents import issue, newest
from flows.steps.forms import blank_form
from flows.steps.institution_letters import letter_to
from flows.steps.institutions import Stated, add_institution, code_of
from flows.steps.outbox import office_block
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.form_definition import LeafType
from models.group_kinds import UNIT_FIELD, Applicant, GroupKind, InvitedAfter
from models.project import ProjectDefinition
from models.tables import Call, Institution, IssuedDocument, UnitDeclaration
from models.tables.institutions import InstitutionKind, InstitutionState
from models.transitions import note, queue, reference
from models.unit_kinds import UNIT_DIGITS, in_full, unit_kind
from templates.letters.units import UnitCardLetter, UnitInvitedLetter

_INVITED, _CARD = "unit_invited", "unit_card_asked"
_ASKED: Final = {LeafType.GMINA: InstitutionKind.GMINA, LeafType.POWIAT: InstitutionKind.POWIAT}
"""Which units the question for the unit is about."""


@dataclass(frozen=True)
class InvitedUnits:
    """Codes of the institutions: invited now, before, and among the former those whose address is not known; and the
    units, by TERYT, that are not asked yet because gminas of theirs have not declared."""

    invited: tuple[str, ...]
    before: tuple[str, ...]
    unaddressed: tuple[str, ...]
    not_yet: tuple[str, ...]


def invite_units(office: Office, call_code: str, *, actor: Actor) -> InvitedUnits:
    """Writes to every unit that the project names in the area of a call for units, once a unit and call.

    Units that are no institutions of the register yet are entered. Raises ``BadInput`` for a call for persons, or one
    that has closed.
    """
    actor.require(Right.INSTITUTIONS)
    now = office.now()
    with office.writing(actor) as session:
        call = find_call(session, call_code)
        actor.require(Right.INSTITUTIONS, area=call.area)
        session.refresh(call, with_for_update=True)
        definition = definition_for(session, call)
        kind = definition.group_kind(call.group_kind)
        if kind.applicant is not Applicant.UNIT:
            raise BadInput(f"Nabór {call_code} jest dla osób; zaprasza się do naboru jednostek.")
        if call.closes_at <= now:
            raise BadInput(f"Nabór {call_code} jest już zamknięty.")
        invited: list[str] = []
        before: list[str] = []
        unaddressed: list[str] = []
        not_yet: list[str] = []
        form = call_form(office, session, call, definition, kind, actor=actor, now=now)
        for teryt in _units(definition, kind, call):
            signed = (
                _signed_gminas(session, definition, teryt) if kind.invited_after is not InvitedAfter.NOTHING else ()
            )
            if signed is None:
                not_yet.append(teryt)
                continue
            institution = _institution(session, definition, teryt, actor=actor, now=now)
            if institution.state is InstitutionState.CLOSED:
                continue
            known = _write(session, call, definition, institution, form, signed, actor=actor, now=now)
            (invited if known else before).append(code_of(institution))
            if known and not institution.recipient:
                unaddressed.append(code_of(institution))
        if invited:
            note(
                session,
                reference(call),
                happened=Happened.UNITS_INVITED,
                actor=actor,
                now=now,
                area=call.area,
                facts={"call": call.code, "invited": len(invited)},
            )
    return InvitedUnits(tuple(invited), tuple(before), tuple(unaddressed), tuple(not_yet))


def _units(definition: ProjectDefinition, kind: GroupKind, call: Call) -> Iterator[str]:
    digits = UNIT_DIGITS[_ASKED[definition.form(kind.form).leaf(UNIT_FIELD).type]]
    yield from sorted(
        code for code in definition.area.names() if len(code) == digits and code.startswith(call.area[:digits])
    )


def _signed_gminas(session: Session, definition: ProjectDefinition, powiat: str) -> tuple[str, ...] | None:
    """Names of the gminas of a powiat that have signed; ``None`` while one of them has said nothing, or none has."""
    names = {code: name for code, name in definition.area.names().items() if len(code) == 7 and code[:4] == powiat}
    rows = session.exec(
        select(UnitDeclaration)
        .where(UnitDeclaration.project == definition.code, col(UnitDeclaration.teryt).in_(sorted(names)))
        .order_by(col(UnitDeclaration.id))
    ).all()
    words = {row.teryt: row.signed_on for row in rows}
    signed = tuple(in_full(code, names[code]) for code in sorted(words) if words[code] is not None)
    return signed if signed and words.keys() == names.keys() else None


def _institution(
    session: Session, definition: ProjectDefinition, teryt: str, *, actor: Actor, now: datetime
) -> Institution:
    known = session.exec(select(Institution).where(Institution.teryt == teryt)).first()
    if known is not None:
        return known
    stated = Stated(kind=unit_kind(teryt), area=teryt)
    return add_institution(session, definition.code, stated, actor=actor, now=now).institution


def call_form(
    office: Office,
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    kind: GroupKind,
    *,
    actor: Actor,
    now: datetime,
) -> IssuedDocument:
    """The blank form that goes with every letter of the call: made once."""
    known = newest(session, CALL_FORM, call.code)
    if known is not None:
        return known
    return issue(
        office,
        session,
        kind=CALL_FORM,
        subject=call.code,
        file_name=f"{call.code.replace('/', '-')}-formularz.docx",
        content=blank_form(definition, kind.form),
        area=call.area,
        actor=actor,
        now=now,
    )


def _write(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    institution: Institution,
    form: IssuedDocument,
    signed: tuple[str, ...],
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Whether the letter is new."""
    office, unit, group = office_block(definition), institution.name, group_of(session, call).name
    opens_on, closes_at = warsaw_date(call.opens_at), warsaw(call.closes_at)
    letter = UnitInvitedLetter(office=office, unit=unit, group_name=group, opens_on=opens_on, closes_at=closes_at)
    if signed:
        letter = UnitCardLetter(
            office=office, unit=unit, group_name=group, opens_on=opens_on, closes_at=closes_at, gminas=signed
        )
    message = letter_to(
        session,
        institution,
        _CARD if signed else _INVITED,
        letter,
        subject_ref=reference(call),
        area=institution.area,
        occasion="invited",
        actor=actor,
        now=now,
        definition=definition,
    )
    if message is None:
        return False
    queue(session, [message], actor=actor, now=now)
    attach_call_form(session, message, call, form)
    return True
