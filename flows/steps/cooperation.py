"""The declaration of cooperation of a unit: made as a document, signed or declined, and who waits for it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

import sqlalchemy as sa
from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.declaring_units import declaring_unit, dropped_units
from flows.steps.documents import issue, letterhead
from flows.steps.facts import facts_for
from flows.steps.institutions import signatories
from flows.steps.memberships import answer_offer
from flows.steps.projects import definition_for, definition_of, newest_version
from flows.steps.said_by_office import declare_unit
from flows.steps.signed_papers import SignedFile, check_signed, keep_signed
from flows.steps.territory import names_of_units
from flows.steps.verification import rules_of
from models.actor import Actor, Right
from models.errors import BadInput, NotAllowed
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.unit_numbers import unit_key
from models.tables import (
    Application,
    Call,
    DeclarationSigning,
    Institution,
    IssuedDocument,
    Membership,
    ProjectVersion,
    UnitDeclaration,
)
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.memberships import SEATED, MembershipState
from models.tables.projects import Manner
from models.transitions import note
from models.unit_kinds import in_full, unit_kind
from templates.documents.cooperation_declaration import CooperationDeclaration, cooperation_declaration

DECLARATION: Final = "cooperation_declaration"


def ask_declaration(
    office: Office, session: Session, project: str, unit: str, *, actor: Actor, now: datetime
) -> IssuedDocument:
    """An officer has the declaration of a unit made. Raises ``BadInput`` for one of which the project expects none."""
    actor.require(Right.CORRECT, area=unit)
    declaring_unit(session, project, unit)
    return issue_cooperation_declaration(office, session, project, unit, actor=actor, now=now)


def issue_cooperation_declaration(
    office: Office, session: Session, project: str, unit: str, *, actor: Actor, now: datetime
) -> IssuedDocument:
    """Makes the declaration of a unit and keeps it, as the next version.

    Whoever asks for it has been asked for a right of their own: to announce, or to offer a free seat. A unit that was
    chosen although the project does not name it, or does so no more, is called as the register TERC calls it, or the
    version of its call: one unit must not hold up all others of its call.
    """
    definition = _newest(session, project)
    name = names_of_units(session, definition).get(unit) or _name_in_its_call(session, project, unit) or f"({unit})"
    known = session.exec(select(Institution).where(Institution.teryt == unit)).first()
    signs = signatories(session, known.id or 0, on=warsaw_date(now)) if known is not None else ()
    place = definition.unit
    content = cooperation_declaration(
        CooperationDeclaration(
            letterhead=letterhead(definition),
            issued_on=warsaw_date(now),
            unit=known.name if known is not None else in_full(unit, name),
            unit_kind=unit_kind(unit),
            unit_address=", ".join((known.address if known is not None else "").splitlines()),
            representatives=tuple((one.name, one.function) for one in signs),
            buyer=f"{definition.buyer.name}, {definition.buyer.address}",
            office=f"{place.name}, {place.address}, {place.postcode_town}",
        )
    )
    return issue(
        office,
        session,
        kind=DECLARATION,
        subject=f"{definition.code}/{unit}",
        file_name=f"{definition.code}-{unit}-deklaracja-wspolpracy.docx",
        content=content,
        area=unit,
        actor=actor,
        now=now,
    )


def _name_in_its_call(session: Session, project: str, unit: str) -> str:
    """What the version of its call names a unit that the newest does not; also where only persons wait for it."""
    try:
        _, version = declaring_unit(session, project, unit)
    except BadInput:
        # Nobody waits for it any more; the register still calls it something.
        return names_of_units(session, _newest(session, project)).get(unit, "")
    return version.area.names().get(unit, "")


@dataclass(frozen=True)
class Declared:
    """What recording a declaration came to. ``seats``: numbers of applications of the unit that it answered."""

    unit: str
    seats: tuple[str, ...]


def record_declaration(
    office: Office,
    project: str,
    unit: str,
    *,
    signed_on: date | None,
    manner: Manner | None = None,
    signed_file: SignedFile | None = None,
    actor: Actor,
) -> Declared:
    """Records that a unit signed (when, how, and the file) or declined (no day), and what follows for its seat in a
    call for units: a signed declaration confirms it, a declined one gives it back, so that the reserve comes next.

    Raises ``BadInput`` for a unit of which the project expects none, a day to come, or a file that cannot be kept.
    """
    if signed_on is None and (manner is not None or signed_file is not None):
        raise BadInput("Sposób podpisania i plik podaje się przy podpisanej deklaracji (--signed).")
    if signed_file is not None and manner is None:
        raise BadInput("Przy pliku proszę podać, jak podpisano deklarację (--manner paper albo qualified).")
    if signed_file is not None:
        check_signed(signed_file)
    now = office.now()
    with office.writing(actor) as session:
        name = declare_unit(session, project, unit, signed_on=signed_on, actor=actor, now=now)
        if manner is not None:
            _keep_signing(office, session, project, unit, manner, signed_file, actor=actor, now=now)
        seats = _answer_seats(session, project, unit, accepts=signed_on is not None, actor=actor, now=now)
    return Declared(name, seats)


def _keep_signing(
    office: Office,
    session: Session,
    project: str,
    unit: str,
    manner: Manner,
    signed_file: SignedFile | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    matter = f"{project}/{unit}"
    kept = (
        keep_signed(office, session, signed_file, matter=matter, area=unit, actor=actor)
        if signed_file is not None
        else None
    )
    declaration = session.exec(
        select(UnitDeclaration)
        .where(UnitDeclaration.project == project, UnitDeclaration.teryt == unit)
        .order_by(col(UnitDeclaration.id).desc())
    ).first()
    assert declaration is not None
    assert declaration.id is not None
    session.add(
        DeclarationSigning(
            area=unit, unit_declaration_id=declaration.id, manner=manner, file_id=kept.id if kept else None
        )
    )
    session.flush()
    note(
        session,
        f"unit/{unit}",
        happened=Happened.UNIT_SIGNING_KEPT,
        actor=actor,
        now=now,
        area=unit,
        facts={"project": project, "unit": unit, "manner": manner.value, "file": kept is not None},
    )


def _answer_seats(
    session: Session, project: str, unit: str, *, accepts: bool, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Answers the offers of seats that the unit has; the numbers of its applications that had one.

    They are looked for wherever they lie. Raises ``NotAllowed`` for one outside the actor's area: a declaration that
    left the seat unanswered would lose it; and ``BadInput`` for a refusal of a unit that holds a seat, which would keep
    the seat from the reserve.
    """
    rows = session.connection().execute(
        sa.select(col(Application.number), col(Application.area), col(Application.unit), col(Membership.state))
        .join(Membership, col(Membership.application_id) == col(Application.id))
        .join(Call, col(Call.id) == col(Application.call_id))
        .join(ProjectVersion, col(ProjectVersion.id) == col(Call.project_version_id))
        .where(
            col(Application.unit).startswith(unit_key(unit), autoescape=True),
            col(Application.state) == ApplicationState.ANNOUNCED,
            col(Membership.state).in_({MembershipState.OFFERED, *SEATED}),
            col(ProjectVersion.code) == project,
        )
        .order_by(col(Application.number))
    )
    own = [(number, area, state) for number, area, applied, state in rows if unit_key(applied) == unit_key(unit)]
    held = [number for number, _, state in own if state in SEATED]
    if held and not accepts:
        raise BadInput(
            f"Ta jednostka ma już potwierdzone miejsce ({', '.join(held)}). Odmowę odnotowuje się po zwolnieniu "
            f"miejsca: nabor application withdraw {held[0]}."
        )
    offered = [(number, area) for number, area, state in own if state is MembershipState.OFFERED]
    for number, area in offered:
        if not actor.covers(area):
            raise NotAllowed(
                f"Deklaracja rozstrzyga o miejscu tej jednostki w naborze {number.rpartition('/')[0]}, który leży poza "
                "obszarem tego konta. Proszę ją odnotować z konta, które obejmuje cały nabór (dla naboru „PL” – cały "
                "projekt)."
            )
        answer_offer(session, number, accepts=accepts, actor=actor, now=now)
    return tuple(number for number, _ in offered)


@dataclass(frozen=True)
class UnitStanding:
    """How it stands with the declaration of one unit, and whose applications wait for it, by number."""

    teryt: str
    name: str
    state: Literal["signed", "declined", "none"]
    signed_on: date | None
    manner: Manner | None
    file_kept: bool
    waiting: tuple[str, ...]


def standings(session: Session, project: str, *, actor: Actor) -> list[UnitStanding]:
    """Every gmina and powiat of the project within the actor's area, in the order of their codes; also those that it
    names no more and whose applications stand."""
    definition = _newest(session, project)
    words = {
        row.teryt: row
        for row in session.exec(
            select(UnitDeclaration).where(UnitDeclaration.project == project).order_by(col(UnitDeclaration.id))
        ).all()
    }
    signings = {row.unit_declaration_id: row for row in session.exec(select(DeclarationSigning)).all()}
    waiting = waiting_for_units(session, project)
    found = []
    names = definition.area.names()
    dropped = dropped_units(session, project)
    for teryt in sorted({code for code in names if len(code) > 2} | dropped.keys() | waiting.keys() | words.keys()):
        if not actor.covers(teryt):
            continue
        word = words.get(teryt)
        signing = signings.get(word.id or 0) if word is not None else None
        found.append(
            UnitStanding(
                teryt=teryt,
                name=names.get(teryt) or _name_in_its_call(session, project, teryt),
                state="none" if word is None else "signed" if word.signed_on else "declined",
                signed_on=word.signed_on if word else None,
                manner=signing.manner if signing else None,
                file_kept=signing is not None and signing.file_id is not None,
                waiting=tuple(waiting.get(teryt, ())),
            )
        )
    return found


def waiting_for_units(session: Session, project: str | None = None) -> dict[str, list[str]]:
    """By TERYT of the unit, the applications (by number) that cannot be judged while it has said nothing."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    calls = select(Call).where(Call.state != CallState.ANNOUNCED).order_by(Call.code)
    for call in session.exec(calls).all():
        definition = definition_for(session, call)
        if project is None or definition.code == project:
            for unit, number in _awaited(session, call, definition):
                found[unit].append(number)
    return dict(found)


def _awaited(session: Session, call: Call, definition: ProjectDefinition) -> Iterator[tuple[str, str]]:
    rules = rules_of(definition, call)
    if not rules.goes_by_declarations:
        return
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.state == ApplicationState.COMPLETE)
        .order_by(Application.number)
    ).all()
    for row, facts in facts_for(
        session, call, rows, keys=rules.keys_of_declarations, unit_data=rules.unit_data, named_units=rules.named_units
    ):
        for unit in rules.awaited(facts):
            yield unit, row.number


def _newest(session: Session, project: str) -> ProjectDefinition:
    version = newest_version(session, project)
    assert version.id is not None
    return definition_of(session, version.id)
