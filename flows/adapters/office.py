"""An office at work: settings, clock, store and files, opened together and closed together."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import Clock, clock_for
from flows.adapters.file_store import FileStore, NoKeeping
from flows.adapters.settings import Settings, load_settings
from models.actor import Actor
from models.storage import Store, open_store


@dataclass(frozen=True)
class Office:
    """What a step that touches more than the database is handed."""

    settings: Settings
    clock: Clock
    store: Store
    files: FileStore
    trial: bool = False
    """A trial (``--dry-run``) does everything inside its transactions and keeps nothing of it."""

    def now(self) -> datetime:
        return self.clock.now()

    def reading(self, actor: Actor) -> contextlib.AbstractContextManager[Session]:
        return self.store.reading(actor)

    def writing(self, actor: Actor) -> contextlib.AbstractContextManager[Session]:
        return self.store.writing(actor, keep=not self.trial)

    def on_trial(self) -> "Office":
        """The same office, in which nothing that is done is kept."""
        return replace(self, trial=True, files=NoKeeping(self.files.root))


@contextlib.contextmanager
def open_office(settings: Settings | None = None) -> Iterator[Office]:
    """Opens the office of the settings (of the environment by default) and closes its connections at the end."""
    settings = settings or load_settings()
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    store = open_store(settings.data, settings.key_file, database_url)
    try:
        yield Office(settings, clock_for(settings.clock), store, FileStore(settings.data / "files"))
    finally:
        store.close()
