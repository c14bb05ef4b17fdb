"""Institutions: entering them, finding them again, changing what is known of them, and who signs for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.steps.channels import checked_address
from flows.steps.institution_letters import turn_waiting
from flows.steps.projects import definition_of, newest_version
from flows.steps.territory import territory_of
from models.actor import Actor, Right
from models.errors import BadInput, NotAllowed, NotFound
from models.events import Happened
from models.identifiers import Fault, check_email, check_nip
from models.project import ProjectDefinition
from models.tables import Institution, InstitutionRepresentative
from models.tables.institutions import InstitutionKind, InstitutionState
from models.tables.outbox import Channel
from models.territory import SHIPPED, plain
from models.transitions import enter, note, reference
from models.unit_kinds import UNIT_DIGITS, in_full, unit_kind
from models.written_line import one_line

_LONGEST_NAME, _LONGEST_PERSON = 300, 120
_NO_NAME = "Instytucja musi mieć nazwę."
REFERENCE = "I"
"""An institution is called ``I12``, or by the TERYT code of the unit that it is."""
MOST_PLACES = 5


@dataclass(frozen=True)
class Stated:
    """What somebody says of an institution; ``None``: nothing is said of that."""

    name: str | None = None
    kind: InstitutionKind | None = None
    area: str | None = None
    """TERYT of its seat: for a unit, of the unit itself."""
    nip: str | None = None
    sector: str | None = None
    level: str | None = None
    email: str | None = None
    address: str | None = None
    edelivery: str | None = None
    channel: Channel | None = None


@dataclass(frozen=True)
class Added:
    """The institution, whether it is new, what was changed of one that was known, and remarks for the officer."""

    institution: Institution
    new: bool
    changed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signatory:
    """Who signs: name and function (``dyrektor``)."""

    name: str
    function: str


def code_of(institution: Institution) -> str:
    """How officers call it: ``I12``."""
    return f"{REFERENCE}{institution.id}"


def find_institution(session: Session, name: str) -> Institution:
    """The institution called ``I12``, or the unit of that TERYT code, within the actor's scope. Raises ``NotFound``."""
    number = name[len(REFERENCE) :]
    row = None
    if name.upper().startswith(REFERENCE) and number.isdecimal() and len(number) < 10:
        # A look-up by key would not ask for the scope.
        row = session.exec(select(Institution).where(Institution.id == int(number))).first()
    elif name.isdecimal():
        row = session.exec(select(Institution).where(Institution.teryt == name)).first()
    if row is None:
        raise NotFound(f"Nie ma instytucji „{name}” (albo leży poza obszarem tego konta). Pokaż je: nabor unit list.")
    return row


def institutions_by_id(session: Session, ids: Sequence[int]) -> list[Institution]:
    """These institutions, in this order. Raises ``NotAllowed`` when one lies outside the actor's scope: whoever cannot
    see all whom a matter concerns must not act on it as if they were not there."""
    rows = {row.id: row for row in session.exec(select(Institution).where(col(Institution.id).in_(ids))).all()}
    if len(rows) != len(set(ids)):
        raise NotAllowed(
            "Część instytucji tego porozumienia ma siedzibę poza obszarem tego konta. Proszę to zrobić z konta, które "
            "obejmuje cały powiat albo województwo."
        )
    return [rows[number] for number in ids]


def add_institution(session: Session, project: str, stated: Stated, *, actor: Actor, now: datetime) -> Added:
    """Enters an institution, or finds the one that it is and changes what is said of it now.

    Found again by TERYT, else by NIP and name, else by name and seat. Raises ``BadInput`` for what cannot be.
    """
    actor.require(Right.INSTITUTIONS)
    definition = definition_of(session, newest_version(session, project).id or 0)
    said = checked(definition, stated)
    known = _known(session, said)
    if known is not None:
        became = _became_unit(session, known, said, actor=actor, now=now)
        # What nobody typed takes the place of nothing: an officer may have named the unit otherwise.
        told = replace(said, kind=None, area=None, name=said.name if stated.name else None)
        changed = [*became, *_change(session, known, told, actor=actor, now=now)]
        moved = said.area not in (None, known.area)
        remarks = (f"siedziba w rejestrze to {known.area}; zostaje bez zmian",) if moved else ()
        return Added(known, False, tuple(changed), remarks)
    assert said.name is not None
    assert said.area is not None
    assert said.kind is not None
    actor.require(Right.INSTITUTIONS, area=said.area)
    row = Institution(
        area=said.area,
        kind=said.kind,
        name=said.name,
        name_plain=plain(said.name),
        teryt=said.area if said.kind in UNIT_DIGITS else None,
        nip=said.nip or None,
        sector=said.sector or "",
        level=said.level or "",
        email=said.email or "",
        address=said.address or "",
        edelivery=said.edelivery or "",
        channel=said.channel or Channel.EMAIL,
        created_at=now,
        created_by=actor.login,
    )
    enter(session, row, happened=Happened.INSTITUTION_ADDED, actor=actor, now=now, facts={"kind": row.kind})
    return Added(row, True, (), (*_no_such_area(session, row), *_same_nip(session, row)))


def _became_unit(session: Session, row: Institution, said: Stated, *, actor: Actor, now: datetime) -> list[str]:
    """A body that was entered under the name of the unit in whose area it sits is that unit. Returns what changed."""
    if said.kind is None or said.kind not in UNIT_DIGITS or row.teryt is not None:
        return []
    actor.require(Right.INSTITUTIONS, area=row.area)
    row.kind, row.teryt = said.kind, row.area
    changed = ["kind", "teryt"]
    _note_changed(session, row, changed, actor=actor, now=now)
    return changed


def add_units(session: Session, project: str, *, actor: Actor, now: datetime) -> list[Added]:
    """Enters every unit that the project names (within the actor's area) and that is not entered yet."""
    actor.require(Right.INSTITUTIONS)
    definition = definition_of(session, newest_version(session, project).id or 0)
    known = set(session.exec(select(Institution.teryt).where(col(Institution.teryt).is_not(None))).all())
    return [
        add_institution(session, project, Stated(kind=unit_kind(code), area=code), actor=actor, now=now)
        for code in sorted(definition.area.names())
        if code not in known and actor.covers(code)
    ]


def checked(definition: ProjectDefinition, stated: Stated) -> Stated:
    """The same as it is written into the register. Raises ``BadInput`` with a sentence for whoever typed it."""
    kind = stated.kind or InstitutionKind.OTHER
    area = (stated.area or "").strip()
    if not area.isdecimal() or len(area) not in UNIT_DIGITS.values():
        raise BadInput(_no_seat(area))
    if kind in UNIT_DIGITS and len(area) != UNIT_DIGITS[kind]:
        raise BadInput(f"Kod TERYT tej jednostki ma {UNIT_DIGITS[kind]} cyfr.")
    if area[:2] not in {one.teryt for one in definition.area.voivodships}:
        raise BadInput(f"Obszar {area} leży w województwie, którego projekt nie obejmuje.")
    name = " ".join((stated.name or "").split())
    if not name and kind in UNIT_DIGITS:
        name = in_full(area, definition.area.names().get(area, "")).strip()
        if area not in definition.area.names():
            raise BadInput(f"Projekt nie wymienia jednostki {area}; proszę podać jej nazwę.")
    if not plain(name):
        raise BadInput(_NO_NAME)
    return replace(_checked_values(definition, stated), name=checked_name(name), kind=kind, area=area)


def _no_seat(area: str) -> str:
    """What is wrong with the code of a seat; a spreadsheet takes a number for a number, and drops its leading zero."""
    sentence = (
        "Siedziba to kod TERYT: województwa (2 cyfry), powiatu (4) albo gminy (7). Podaje się ją w poleceniu po "
        "--area, a w tabeli w kolumnie „siedziba”."
    )
    if area.isdecimal() and len(area) + 1 in UNIT_DIGITS.values():
        return f"{sentence} Z „{area}” zginęło chyba zero na początku; jeśli tak, kod brzmi 0{area}."
    return sentence


def checked_name(name: str) -> str:
    """A name of an institution. Raises ``BadInput`` for one that no register would hold."""
    told = one_line(name, what="Nazwa instytucji", longest=_LONGEST_NAME)
    if not plain(told):
        raise BadInput(_NO_NAME)
    return told


def _checked_values(definition: ProjectDefinition, stated: Stated) -> Stated:
    """What is said beside name, kind and seat; empty text stands for „nothing any more”."""
    said = stated
    for what, text, known in (
        ("obszaru", said.sector, definition.sectors),
        ("poziomu", said.level, definition.levels),
    ):
        if text and text not in {one.code for one in known}:
            codes = ", ".join(one.code for one in known)
            raise BadInput(f"Projekt nie zna {what} „{text}”. Kody: {codes}.")
    if said.nip:
        nip = check_nip(said.nip)
        if isinstance(nip, Fault):
            raise BadInput(nip.sentence)
        said = replace(said, nip=nip.digits)
    if said.email:
        email = check_email(said.email)
        if isinstance(email, Fault):
            raise BadInput(email.sentence)
        said = replace(said, email=email.address)
    if said.address:
        said = replace(said, address=checked_address(Channel.PAPER, _lines(said.address)) or "")
    if said.edelivery:
        said = replace(said, edelivery=checked_address(Channel.EDORECZENIA, said.edelivery) or "")
    return said


def _lines(address: str) -> str:
    """An address typed in one line, as it stands on an envelope."""
    return "\n".join(part.strip() for part in address.replace(";", "\n").splitlines() if part.strip())


def _known(session: Session, said: Stated) -> Institution | None:
    name = plain(said.name or "")
    if said.kind in UNIT_DIGITS:
        found = session.exec(select(Institution).where(Institution.teryt == said.area)).first()
        same = select(Institution).where(Institution.area == said.area, Institution.name_plain == name)
        return found or session.exec(same).first()
    if said.nip:
        same = select(Institution).where(Institution.nip == said.nip, Institution.name_plain == name)
        if (found := session.exec(same.order_by(col(Institution.id))).first()) is not None:
            return found
    return session.exec(
        select(Institution).where(Institution.area == said.area, Institution.name_plain == name)
    ).first()


def _no_such_area(session: Session, row: Institution) -> Iterator[str]:
    """A seat that the loaded register does not know: one wrong digit is another gmina, or none."""
    territory = territory_of(session)
    if territory is not SHIPPED and row.area not in territory.units:
        yield f"wczytany rejestr TERC nie zna jednostki {row.area}; proszę sprawdzić kod siedziby"


def _same_nip(session: Session, row: Institution) -> Iterator[str]:
    """Another institution of this NIP: a gmina's own bodies share its, and else it may be the same one, renamed."""
    if row.nip:
        others = select(Institution).where(Institution.nip == row.nip, Institution.id != row.id)
        for other in session.exec(others.order_by(col(Institution.id))).all():
            yield f"ten sam NIP ma {code_of(other)} ({other.name}); jeśli to ta sama instytucja, proszę zamknąć jedną"


def set_institution(
    session: Session, project: str, name: str, stated: Stated, *, actor: Actor, now: datetime
) -> tuple[Institution, list[str]]:
    """Changes what is known of an institution; returns which of its data changed.

    What still waits in the outbox for it goes to the new address. Raises ``BadInput``, also when nothing was said.
    """
    actor.require(Right.INSTITUTIONS)
    row = find_institution(session, name)
    actor.require(Right.INSTITUTIONS, area=row.area)
    definition = definition_of(session, newest_version(session, project).id or 0)
    said = _checked_values(definition, stated)
    if said.name is not None:
        said = replace(said, name=checked_name(said.name))
    if all(getattr(said, one.name) is None for one in fields(said)):
        raise BadInput("Podaj, co zmienić, na przykład --email albo --address.")
    return row, _change(session, row, said, actor=actor, now=now)


def _change(session: Session, row: Institution, said: Stated, *, actor: Actor, now: datetime) -> list[str]:
    told: dict[str, object] = {
        one.name: getattr(said, one.name) for one in fields(said) if getattr(said, one.name) is not None
    }
    if "nip" in told:
        told["nip"] = told["nip"] or None
    changed = [key for key, value in told.items() if getattr(row, key) != value]
    if not changed:
        return []
    actor.require(Right.INSTITUTIONS, area=row.area)
    if "name" in changed:
        name = plain(str(told["name"]))
        same = select(Institution.id).where(
            Institution.area == row.area, Institution.name_plain == name, Institution.id != row.id
        )
        if session.exec(same).first() is not None:
            raise BadInput("Instytucja o tej nazwie i siedzibie już jest w rejestrze.")
        row.name_plain = name
    before = (row.channel, row.recipient)
    for key in changed:
        setattr(row, key, told[key])
    _note_changed(session, row, changed, actor=actor, now=now)
    turn_waiting(session, row, before=before, actor=actor, now=now)
    return changed


def _note_changed(session: Session, row: Institution, changed: list[str], *, actor: Actor, now: datetime) -> None:
    session.add(row)
    note(
        session,
        reference(row),
        happened=Happened.INSTITUTION_CHANGED,
        actor=actor,
        now=now,
        area=row.area,
        facts={"changed": changed},
    )


def name_representative(
    session: Session,
    name: str,
    signatory: Signatory,
    *,
    since: date,
    place: int = 1,
    actor: Actor,
    now: datetime,
) -> bool:
    """Notes who signs for an institution from a day on; an empty name: nobody does, in this place, any more.

    Returns whether that was news. Raises ``BadInput``.
    """
    actor.require(Right.INSTITUTIONS)
    row = find_institution(session, name)
    actor.require(Right.INSTITUTIONS, area=row.area)
    told = Signatory(
        one_line(signatory.name, what="Imię i nazwisko", longest=_LONGEST_PERSON),
        one_line(signatory.function, what="Funkcja", longest=_LONGEST_PERSON),
    )
    if bool(told.name) != bool(told.function):
        raise BadInput(
            "Proszę podać i osobę, i jej funkcję (--represented-by i --function, a w tabeli kolumny „reprezentant” "
            "i „funkcja”)."
        )
    if not 1 <= place <= MOST_PLACES:
        raise BadInput(f"Razem podpisuje najwyżej {MOST_PLACES} osób (--place od 1 do {MOST_PLACES}).")
    assert row.id is not None
    counting = _counting(session, row.id, on=since).get(place)
    if counting is not None and (counting.name, counting.function) == (told.name, told.function):
        return False
    if counting is None and not told.name:
        return False
    session.add(
        InstitutionRepresentative(
            area=row.area,
            institution_id=row.id,
            place=place,
            name=told.name,
            function=told.function,
            since=since,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    session.flush()
    note(
        session,
        reference(row),
        happened=Happened.REPRESENTATIVE_NAMED,
        actor=actor,
        now=now,
        area=row.area,
        facts={"place": place, "since": since.isoformat(), "named": bool(told.name)},
    )
    return True


def signatories(session: Session, institution_id: int, *, on: date) -> tuple[Signatory, ...]:
    """Who signs for an institution on a day, by place; none while nobody has been named."""
    counting = _counting(session, institution_id, on=on)
    return tuple(Signatory(row.name, row.function) for _, row in sorted(counting.items()) if row.name)


def _counting(session: Session, institution_id: int, *, on: date) -> dict[int, InstitutionRepresentative]:
    """Of each place the newest row that has begun by the day: the latest beginning, of these the latest word."""
    rows = session.exec(
        select(InstitutionRepresentative)
        .where(InstitutionRepresentative.institution_id == institution_id, col(InstitutionRepresentative.since) <= on)
        .order_by(col(InstitutionRepresentative.since), col(InstitutionRepresentative.id))
    ).all()
    return {row.place: row for row in rows}


def institutions_in(
    session: Session, *, area: str = "", kind: InstitutionKind | None = None, closed: bool = False
) -> Sequence[Institution]:
    """The institutions whose seat lies in an area, by area and name. Closed ones only when they are asked for."""
    query = select(Institution).where(col(Institution.area).startswith(area, autoescape=True))
    if kind is not None:
        query = query.where(Institution.kind == kind)
    if not closed:
        query = query.where(Institution.state == InstitutionState.ACTIVE)
    return session.exec(query.order_by(Institution.area, Institution.name_plain, col(Institution.id))).all()
