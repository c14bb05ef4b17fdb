"""Rotation of keys: everything encrypted moves to a new key in one transaction, or nothing does."""

from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, SQLModel, select

from flows.steps.batch_records import approval_text
from models.actor import Actor, Right
from models.columns import Encrypted
from models.errors import KeysMissing
from models.events import Happened
from models.keys import Keyring, add_key, read_key_file
from models.storage import CURRENT_KEY, Store
from models.tables import (
    AttendanceFile,
    BankReport,
    DataKey,
    IssuedContract,
    PayBatch,
    PayBatchItem,
    PayStatement,
    Person,
    ReceivedMail,
    Stipend,
    StoreNote,
    SubmittedFile,
)
from models.tables.meetings import attendance_content
from models.transitions import note


def rotate(store: Store, *, actor: Actor, now: datetime) -> str:
    """Adds a key to the key file, re-encrypts every encrypted column, re-wraps every data key and renews every keyed
    look-up. Returns the new key id.

    The old key stays in the file: backups made before need it. Sealed events hold nothing encrypted, so
    they are not touched; of append-only rows only the encrypted columns are written, with the same text.
    """
    actor.require_everywhere(Right.MANAGE_KEYS)
    path = store.keyring.path
    if path is None:
        raise KeysMissing("Nie wiadomo, gdzie leży plik kluczy.")
    new_id = add_key(path)
    old_current, old_sets = store.keyring.current, store.keyring.sets
    store.keyring.sets = read_key_file(path)
    try:
        with store.writing(actor) as session:
            rows = _load_everything(session)
            data_keys = {
                key.id: store.keyring.unwrap(key.wrapped, bound_to=key.id)
                for key in session.exec(select(DataKey)).all()
                if key.wrapped is not None
            }
            store.keyring.current = new_id
            _rewrite(session, rows, store.keyring, data_keys)
            current = session.get_one(StoreNote, CURRENT_KEY)
            current.value = new_id
            session.add(current)
            note(session, f"key/{new_id}", happened=Happened.KEYS_ROTATED, actor=actor, now=now)
    except BaseException:
        # Nothing was committed, so the data still open with the old key.
        store.keyring.current, store.keyring.sets = old_current, old_sets
        raise
    return new_id


def _load_everything(session: Session) -> list[SQLModel]:
    """Every row with an encrypted column, opened with the old key."""
    rows: list[SQLModel] = []
    for mapper in SQLModel._sa_registry.mappers:
        if _encrypted(mapper.class_):
            rows += session.exec(select(mapper.class_)).all()
    return rows


def _encrypted(table: type[SQLModel]) -> list[str]:
    columns = SQLModel.metadata.tables[str(table.__tablename__)].columns
    return [column.key for column in columns if isinstance(column.type, Encrypted)]


def _rewrite(session: Session, rows: list[SQLModel], keyring: Keyring, data_keys: dict[str, bytes]) -> None:
    for row in rows:
        for name in _encrypted(type(row)):
            if getattr(row, name) is not None:
                flag_modified(row, name)
        _renew_lookups(row, keyring)
        session.add(row)
    for key_id, plain in data_keys.items():
        key = session.get_one(DataKey, key_id)
        key.wrapped = keyring.wrap(plain, bound_to=key_id)
        session.add(key)
    session.flush()


def _renew_lookups(row: SQLModel, keyring: Keyring) -> None:
    """Look-ups are digests under the look-up key, so they are made anew from what they were digests of."""
    match row:
        case Person():
            row.pesel_lookup = keyring.lookup("pesel", row.pesel) if row.pesel else None
            row.identity_lookup = keyring.lookup("identity", row.identity) if row.identity else None
        case SubmittedFile():
            if row.content_digest is not None:
                row.content_lookup = keyring.lookup("content", row.content_digest)
        case ReceivedMail():
            row.content_lookup = keyring.lookup("mail", row.content_digest)
            row.message_lookup = keyring.lookup("message_id", row.message_id) if row.message_id else None
        case Stipend():
            row.snapshot_lookup = keyring.lookup("stipend", row.snapshot)
        case AttendanceFile():
            row.content_lookup = keyring.lookup(
                "attendance", attendance_content(row.content_digest, row.meeting_day_id, row.support_session_id)
            )
        case IssuedContract():
            row.terms_lookup = keyring.lookup("contract", row.terms)
        case PayStatement():
            row.account_lookup = keyring.lookup("account", row.account)
        case PayBatch():
            row.digest = keyring.lookup("pay_batch", row.body)
            row.approval = keyring.lookup("pay_approval", approval_text(row)) if row.approval else ""
        case PayBatchItem():
            row.account_lookup = keyring.lookup("account", row.account)
            row.digest = keyring.lookup("pay_batch_item", row.body)
        case BankReport():
            row.content_lookup = keyring.lookup("bank_report", row.content_digest)
