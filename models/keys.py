"""The keyring: what turns stored bytes back into people.

A key file lies **outside** the data folder (a stolen backup of the data is then worthless) and holds, per key id,
three independent keys: for columns, for wrapping data keys of files, and for keyed look-up (HMAC). Which id is
*current* stands in the database, so that a rotation switches data and key in one transaction.

Columns: AES-256-GCM, 96-bit random nonce, associated data = table and column, so a ciphertext moved to another
column does not open. Data keys: AES-256-GCM wrapped with the id of the row as associated data.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.errors import KeysMissing

_NONCE = 12
_KEY = 32
_SHORTEST_CHECK = 24
"""96 bits of a keyed digest, in hexadecimal."""


@dataclass(frozen=True, repr=False)
class KeySet:
    """The three keys of one key id, 32 bytes each."""

    columns: bytes
    wrapping: bytes
    lookup: bytes

    @cached_property
    def column_cipher(self) -> AESGCM:
        """Made once: setting a cipher up takes longer than opening a short value with it."""
        return AESGCM(self.columns)

    @staticmethod
    def fresh() -> "KeySet":
        return KeySet(secrets.token_bytes(32), secrets.token_bytes(32), secrets.token_bytes(32))


@dataclass(repr=False)
class Keyring:
    """All key sets of a key file, and which one new data are written with."""

    sets: dict[str, KeySet]
    current: str
    path: Path | None = field(default=None)

    def __post_init__(self) -> None:
        if self.current not in self.sets:
            raise KeysMissing(
                "Plik kluczy nie zawiera klucza, którym zaszyfrowano te dane. Wskaż właściwy plik kluczy."
            )

    def _set(self, key_id: str) -> KeySet:
        try:
            return self.sets[key_id]
        except KeyError:
            raise KeysMissing(
                f"Plik kluczy nie zawiera klucza „{key_id}”, którym zaszyfrowano część danych. Wskaż właściwy plik."
            ) from None

    def seal(self, plain: bytes, *, bound_to: str) -> bytes:
        """``key id | 0x00 | nonce | ciphertext``, opened only with the same ``bound_to``."""
        nonce = os.urandom(_NONCE)
        body = self._set(self.current).column_cipher.encrypt(nonce, plain, bound_to.encode())
        return self.current.encode() + b"\x00" + nonce + body

    def open(self, sealed: bytes, *, bound_to: str) -> bytes:
        key_id, _, rest = sealed.partition(b"\x00")
        return self._decrypt(self._set(key_id.decode(errors="replace")).column_cipher, rest, bound_to)

    def wrap(self, data_key: bytes, *, bound_to: str) -> bytes:
        nonce = os.urandom(_NONCE)
        body = AESGCM(self._set(self.current).wrapping).encrypt(nonce, data_key, bound_to.encode())
        return self.current.encode() + b"\x00" + nonce + body

    def unwrap(self, wrapped: bytes, *, bound_to: str) -> bytes:
        key_id, _, rest = wrapped.partition(b"\x00")
        return self._decrypt(AESGCM(self._set(key_id.decode(errors="replace")).wrapping), rest, bound_to)

    def lookup(self, kind: str, value: str | bytes) -> str:
        """A keyed digest to find equal values by, without storing them. ``kind`` keeps PESEL and account apart."""
        body = value if isinstance(value, bytes) else value.encode()
        return hmac.new(self._set(self.current).lookup, kind.encode() + b"\x00" + body, hashlib.sha256).hexdigest()

    def knows_lookup(self, kind: str, value: str, digest: str) -> bool:
        """Whether ``digest`` begins a keyed digest of the value by any key of the ring, also one of before a rotation:
        for what was handed out once and may come back later. At least 24 hexadecimal digits are compared."""
        body = kind.encode() + b"\x00" + value.encode()
        return len(digest) >= _SHORTEST_CHECK and any(
            hmac.compare_digest(hmac.new(keys.lookup, body, hashlib.sha256).hexdigest()[: len(digest)], digest)
            for keys in self.sets.values()
        )

    @staticmethod
    def _decrypt(cipher: AESGCM, rest: bytes, bound_to: str) -> bytes:
        try:
            return cipher.decrypt(rest[:_NONCE], rest[_NONCE:], bound_to.encode())
        except (InvalidTag, ValueError):  # a wrong key or changed bytes, or too few of them
            raise KeysMissing(
                "Danych nie da się odszyfrować: plik kluczy nie pasuje do tych danych albo dane uszkodzono."
            ) from None


def encrypt_file(data_key: bytes, plain: bytes) -> bytes:
    """A whole file under the data key of its person."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(data_key).encrypt(nonce, plain, b"nabor-file")


def decrypt_file(data_key: bytes, sealed: bytes) -> bytes:
    return Keyring._decrypt(AESGCM(data_key), sealed, "nabor-file")


def create_key_file(path: Path, key_id: str = "k1") -> None:
    """A new key file, readable by its owner only. Refuses to overwrite: losing keys is losing data."""
    if path.exists():
        raise KeysMissing("Plik kluczy już istnieje i nie zostanie nadpisany: bez starych kluczy dane przepadają.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, {key_id: KeySet.fresh()})


def add_key(path: Path) -> str:
    """Adds a fresh key set to the file and returns its id. It becomes current only when the data have moved to it."""
    sets = read_key_file(path)
    key_id = f"k{max(int(known[1:]) for known in sets) + 1}"
    _write(path, {**sets, key_id: KeySet.fresh()})
    return key_id


def read_key_file(path: Path) -> dict[str, KeySet]:
    """Raises ``KeysMissing`` with what to do when there is no readable key file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        sets = {
            key_id: KeySet(*(base64.b64decode(body[name], validate=True) for name in ("columns", "wrapping", "lookup")))
            for key_id, body in document["keys"].items()
        }
        if not sets or not all(_whole(key_id, keys) for key_id, keys in sets.items()):
            raise ValueError("not a whole key file")
        return sets
    except FileNotFoundError:
        raise KeysMissing(
            "Brak pliku kluczy. Utwórz go poleceniem „nabor office create-keys” poza folderem danych "
            "i wskaż w NABOR_KEYS (albo przywróć z kopii, jeśli dane już istnieją)."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        raise KeysMissing("Plik kluczy jest nieczytelny lub uszkodzony. Przywróć go z kopii.") from None


def _whole(key_id: str, keys: KeySet) -> bool:
    return re.fullmatch(r"k[0-9]+", key_id) is not None and all(
        len(key) == _KEY for key in (keys.columns, keys.wrapping, keys.lookup)
    )


def _write(path: Path, sets: dict[str, KeySet]) -> None:
    document = {
        "format": 1,
        "keys": {
            key_id: {
                "columns": base64.b64encode(keys.columns).decode(),
                "wrapping": base64.b64encode(keys.wrapping).decode(),
                "lookup": base64.b64encode(keys.lookup).decode(),
            }
            for key_id, keys in sets.items()
        },
    }
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(document, handle, indent=1)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)
