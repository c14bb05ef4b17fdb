"""People: recognising a candidate, and the data keys that their files lie under."""

import json
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from flows.adapters.office import Office
from models.actor import Actor
from models.errors import FormUnreadable, KeysMissing
from models.events import Happened
from models.rules.facts import FieldStatus
from models.storage import keyring_in
from models.tables import Application, Call, DataKey, FieldValue, Message, Person, StoreNote
from models.transitions import note, reference

OFFICE_KEY = "office_data_key"


def value_of(values: dict[str, FieldValue], key: str) -> str:
    """The certain text value under ``key``, or ``""``."""
    row = values.get(key)
    if row is None or row.status is not FieldStatus.READ or row.value is None:
        return ""
    value = json.loads(row.value)
    return value if isinstance(value, str) else ""


def recognise(
    session: Session,
    values: dict[str, FieldValue],
    *,
    now: datetime,
    known: Person | None = None,
    by_officer: bool = False,
) -> Person:
    """The person these values belong to: by PESEL, else by name, birth date and institution; else a new one.

    ``known`` is the person the application stands under so far: whoever cannot be told by number or identity is still
    that one, unless the numbers say they are two. What is newly known, ``learn`` writes to the person.

    Raises ``FormUnreadable`` when the values contradict the person they point to (another certain PESEL, or a wholly
    different name): then an officer looks, and nobody's data are overwritten. What an officer typed is believed.
    """
    keyring = keyring_in(session)
    pesel, identity = _pesel(values), _identity(values)
    pesel_lookup = keyring.lookup("pesel", pesel) if pesel else None
    identity_lookup = keyring.lookup("identity", identity) if identity else None
    person = None
    if pesel_lookup is not None:
        person = session.exec(select(Person).where(Person.pesel_lookup == pesel_lookup)).first()
    if person is None and identity_lookup is not None:
        same = session.exec(select(Person).where(Person.identity_lookup == identity_lookup)).all()
        # Two certain and different PESELs are two people, however alike their names.
        person = next((one for one in same if one.pesel_lookup is None or pesel_lookup is None), None)
    if person is None and known is not None and (by_officer or known.pesel_lookup is None or pesel_lookup is None):
        person = known
    if not by_officer:
        if known is not None and known is not person:
            _refuse_another(known, person, pesel_lookup)
        if person is not None and _wholly_other_name(person, values):
            raise FormUnreadable("person_contradicts", _CONTRADICTS)
    if person is None:
        person = Person(first_name="", last_name="", created_at=now)
        session.add(person)
        session.flush()
    return person


def learn(session: Session, person: Person, values: dict[str, FieldValue], *, written: Collection[str] = ()) -> None:
    """Writes to the person what their application says for certain: a PESEL unreadable before, a changed address.

    Not so where the person has another application, too: whoever knows somebody's PESEL could have their letters sent
    to himself. There only what was empty is filled, and the keys in ``written``: those that somebody was asked for or
    an officer has just set.
    """
    keyring = keyring_in(session)
    pesel, identity = _pesel(values), _identity(values)
    assert person.id is not None
    settled = _applications_of(session, person.id) > 1
    for attribute, key in _ATTRIBUTES:
        if value_of(values, key) and (not settled or key in written or not getattr(person, attribute)):
            setattr(person, attribute, value_of(values, key))
    if pesel:
        person.pesel, person.pesel_lookup = pesel, keyring.lookup("pesel", pesel)
    if identity and not (settled and person.identity_lookup):
        person.identity, person.identity_lookup = identity, keyring.lookup("identity", identity)
    session.add(person)
    session.flush()


_ATTRIBUTES = (("first_name", "imie"), ("last_name", "nazwisko"), ("sex", "plec"), ("email", "email"))
_IDENTITY = ("imie", "nazwisko", "data_urodzenia", "instytucja.nip")
IDENTIFYING = frozenset({"pesel", *_IDENTITY, *(key for _, key in _ATTRIBUTES)})
"""Keys of the answers that ``recognise``, ``learn`` and ``note_difference`` look at."""


def differing(person: Person, values: dict[str, FieldValue]) -> list[str]:
    """Keys of the answers that say of the person something else than the register does."""
    said = ((key, value_of(values, key), getattr(person, attribute) or "") for attribute, key in _ATTRIBUTES)
    return [key for key, answer, known in said if answer and _folded(answer) != _folded(known)]


def note_difference(
    session: Session,
    application: Application,
    person: Person,
    values: dict[str, FieldValue],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Shows an officer that an application says something else of the person than the register does."""
    keys = differing(person, values)
    if keys:
        note(
            session,
            reference(application),
            happened=Happened.PERSON_DIFFERS,
            actor=actor,
            now=now,
            area=application.area,
            facts={"fields": keys},
        )


_CONTRADICTS = (
    "Dane w formularzu wskazują na osobę, która w rejestrze nazywa się inaczej, albo na zgłoszenie innej osoby. "
    "Pracownik musi sprawdzić, czyj to formularz."
)


def _refuse_another(known: Person, person: Person | None, pesel_lookup: str | None) -> None:
    """A form that names an application must not carry somebody else's certain number."""
    differs = known.pesel_lookup is not None and pesel_lookup is not None and known.pesel_lookup != pesel_lookup
    if differs or (person is not None and person.id is not None and known.pesel_lookup is not None):
        raise FormUnreadable("person_contradicts", _CONTRADICTS)


def _wholly_other_name(person: Person, values: dict[str, FieldValue]) -> bool:
    """Whether both names differ. One alone may change: people marry, and first names are shortened."""
    first, last = value_of(values, "imie"), value_of(values, "nazwisko")
    if not (first and last and person.first_name and person.last_name):
        return False
    return _folded(first) != _folded(person.first_name) and _folded(last) != _folded(person.last_name)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "")


def reassign(session: Session, application: Application, person: Person) -> None:
    """Puts an application, its files' keys and its letters under the person it turned out to belong to."""
    former_id = application.person_id
    assert person.id is not None
    if former_id == person.id:
        return
    application.person_id = person.id
    session.add(application)
    session.flush()
    former = session.get_one(Person, former_id)
    if _applications_of(session, former_id) or former.pesel_lookup is not None:
        return  # somebody in their own right, who stays
    if person.salutation is None:
        person.salutation = former.salutation
        session.add(person)
    for key in session.exec(select(DataKey).where(DataKey.person_id == former_id)).all():
        key.person_id = person.id
        session.add(key)
    for message in session.exec(select(Message).where(Message.person_id == former_id)).all():
        message.person_id = person.id
        session.add(message)
    session.flush()
    session.delete(former)
    session.flush()


def _applications_of(session: Session, person_id: int) -> int:
    """How many applications stand under a person, in every area: people are nobody's alone."""
    applications = SQLModel.metadata.tables[str(Application.__tablename__)]
    counted = sa.select(sa.func.count()).where(applications.c.person_id == person_id)
    return session.connection().execute(counted).scalar_one()


def people_behind(session: Session, call: Call) -> Sequence[Person]:
    """Everybody who applied to a call. While they are held, whoever asks for one of them by id asks no database."""
    applied = select(Application.person_id).where(Application.call_id == call.id)
    return session.exec(select(Person).where(col(Person.id).in_(applied))).all()


def full_name(person: Person) -> str:
    return f"{person.first_name} {person.last_name}".strip()


def new_data_key(session: Session, person_id: int | None, *, now: datetime) -> tuple[str, bytes]:
    """A fresh data key: its id and its bytes. Only the wrapped form is stored."""
    key_id, plain = secrets.token_hex(16), secrets.token_bytes(32)
    session.add(
        DataKey(
            id=key_id, person_id=person_id, wrapped=keyring_in(session).wrap(plain, bound_to=key_id), created_at=now
        )
    )
    session.flush()
    return key_id, plain


def data_key_of(session: Session, person_id: int, *, now: datetime) -> tuple[str, bytes]:
    """A data key of the person: the oldest one that was not dropped, or a new one."""
    row = _known_key(session, person_id)
    if row is None or row.wrapped is None:
        return new_data_key(session, person_id, now=now)
    return row.id, keyring_in(session).unwrap(row.wrapped, bound_to=row.id)


def _known_key(session: Session, person_id: int) -> DataKey | None:
    return session.exec(
        select(DataKey)
        .where(DataKey.person_id == person_id, col(DataKey.dropped_at).is_(None))
        .order_by(col(DataKey.created_at), col(DataKey.id))
    ).first()


def office_data_key(session: Session, *, now: datetime) -> tuple[str, bytes]:
    """The key of documents that are nobody's own, such as public lists."""
    known = session.get(StoreNote, OFFICE_KEY)
    if known is not None:
        return known.value, open_data_key(session, known.value)
    try:
        with session.begin_nested():
            key_id, plain = new_data_key(session, None, now=now)
            session.add(StoreNote(name=OFFICE_KEY, value=key_id))
            session.flush()
    except IntegrityError:
        # Another worker made it at the same moment: this one waited until that one had ended.
        key_id = session.get_one(StoreNote, OFFICE_KEY).value
        return key_id, open_data_key(session, key_id)
    return key_id, plain


def keys_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[str, bytes]]:
    """The data key of each of these persons that ``data_key_of`` would give; who has none is not in it."""
    rows = session.exec(
        select(DataKey)
        .where(col(DataKey.person_id).in_(person_ids), col(DataKey.dropped_at).is_(None))
        .order_by(col(DataKey.created_at), col(DataKey.id))
    ).all()
    oldest: dict[int, DataKey] = {}
    for row in rows:
        if row.person_id is not None:
            oldest.setdefault(row.person_id, row)
    keyring = keyring_in(session)
    return {
        person_id: (row.id, keyring.unwrap(row.wrapped, bound_to=row.id))
        for person_id, row in oldest.items()
        if row.wrapped is not None
    }


def key_for(office: Office, session: Session, person_id: int | None, *, actor: Actor) -> tuple[str, bytes]:
    """The key that documents of the person (or nobody's own) are under. One that is still to be made is made in a
    transaction of its own, so that ``session`` may be one that only reads."""
    if person_id is None:
        known = session.get(StoreNote, OFFICE_KEY)
        if known is not None:
            return known.value, open_data_key(session, known.value)
    else:
        row = _known_key(session, person_id)
        if row is not None and row.wrapped is not None:
            return row.id, keyring_in(session).unwrap(row.wrapped, bound_to=row.id)
    try:
        with office.writing(actor) as writing:
            return (
                office_data_key(writing, now=office.now())
                if person_id is None
                else data_key_of(writing, person_id, now=office.now())
            )
    except IntegrityError:
        # Another worker made the office's key at the same moment.
        with office.reading(actor) as anew:
            key_id = anew.get_one(StoreNote, OFFICE_KEY).value
            return key_id, open_data_key(anew, key_id)


def open_data_key(session: Session, key_id: str) -> bytes:
    """The bytes of a stored data key. Raises ``KeysMissing`` when it was dropped: the person was erased."""
    row = session.get_one(DataKey, key_id)
    if row.wrapped is None:
        raise KeysMissing("Dane tej osoby usunięto; pliku nie da się już otworzyć.")
    return keyring_in(session).unwrap(row.wrapped, bound_to=row.id)


def _pesel(values: dict[str, FieldValue]) -> str:
    pesel = value_of(values, "pesel")
    return "" if pesel == "brak" else pesel


def _identity(values: dict[str, FieldValue]) -> str:
    parts = [value_of(values, key) for key in _IDENTITY]
    if not all(parts):
        return ""
    return "|".join(_folded(part) for part in parts)
