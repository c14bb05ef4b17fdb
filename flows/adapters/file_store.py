"""The encrypted file store: received files, kept mails, issued documents, each under a data key (law 7)."""

import os
from pathlib import Path

from models.errors import NotFound
from models.keys import decrypt_file, encrypt_file


class FileStore:
    """Files lie two levels deep under names that say nothing. A write is whole or not at all.

    Whoever writes has put the row of that name into its transaction first, so nobody else writes the same file, and
    what a killed writer left half done is overwritten when the work is done again.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, stored_as: str, data_key: bytes, plain: bytes) -> None:
        self.draft(stored_as, data_key, plain)
        self.place(stored_as)

    def draft(self, stored_as: str, data_key: bytes, plain: bytes) -> None:
        """The slow half of a write: the bytes are on the disk, and nobody finds them under their name yet."""
        draft = self._draft_of(stored_as)
        draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(encrypt_file(data_key, plain))
            handle.flush()
            os.fsync(handle.fileno())

    def place(self, stored_as: str) -> None:
        """The quick half: the draft takes its name."""
        self._draft_of(stored_as).replace(self._path(stored_as))

    def drop_draft(self, stored_as: str) -> None:
        """Takes away a draft that is not to be placed after all."""
        self._draft_of(stored_as).unlink(missing_ok=True)

    def read(self, stored_as: str, data_key: bytes) -> bytes:
        """Raises ``NotFound`` when the file is gone, ``KeysMissing`` when the key does not open it."""
        try:
            sealed = self._path(stored_as).read_bytes()
        except FileNotFoundError:
            raise NotFound("Pliku nie ma w magazynie plików. Przywróć folder „files” z kopii.") from None
        return decrypt_file(data_key, sealed)

    def _path(self, stored_as: str) -> Path:
        return self.root / stored_as[:2] / stored_as

    def _draft_of(self, stored_as: str) -> Path:
        return self.root / stored_as[:2] / f"{stored_as}.new"


class NoKeeping(FileStore):
    """The store of a trial run: reads what is there, writes nothing."""

    def draft(self, stored_as: str, data_key: bytes, plain: bytes) -> None:
        return None

    def place(self, stored_as: str) -> None:
        return None

    def drop_draft(self, stored_as: str) -> None:
        return None


class InMemory(FileStore):
    """The store of a rehearsal: reads what is there and what was written in it, and leaves nothing behind."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._written: dict[str, bytes] = {}
        self._drafts: dict[str, bytes] = {}

    def draft(self, stored_as: str, data_key: bytes, plain: bytes) -> None:
        self._drafts[stored_as] = encrypt_file(data_key, plain)

    def place(self, stored_as: str) -> None:
        self._written[stored_as] = self._drafts.pop(stored_as)

    def drop_draft(self, stored_as: str) -> None:
        self._drafts.pop(stored_as, None)

    def read(self, stored_as: str, data_key: bytes) -> bytes:
        sealed = self._written.get(stored_as)
        return super().read(stored_as, data_key) if sealed is None else decrypt_file(data_key, sealed)
