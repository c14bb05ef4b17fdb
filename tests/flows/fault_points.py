"""The places at which a run may die: around every commit, every file, every mail, and while forms are being read."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiosmtplib.protocol import SMTPProtocol
from sqlalchemy.engine.default import DefaultDialect

from flows.adapters import smtp
from flows.adapters.file_store import FileStore
from flows.adapters.smtp import SmtpTransport
from flows.steps.delivery import _Journey
from forms.pool import ReadingPool


class Point(StrEnum):
    """Where in the work. ``MAIL_LEFT``: the server has the text, its answer was not read yet.

    Up to ``ENVELOPE_OPEN`` nothing of a mail was handed over; from ``MAIL_ACCEPTED`` on nobody can know.
    """

    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit"
    BEFORE_FILE = "before file"
    HALF_FILE = "file written, not in its place"
    AFTER_FILE = "after file"
    FORM_READ = "form read, others being read"
    BEFORE_MAIL = "before mail"
    RATE_WAITED = "rate waited for, server not asked yet"
    ENVELOPE_OPEN = "recipient accepted, sending not committed"
    MAIL_ACCEPTED = "mail accepted, text not sent"
    MAIL_LEFT = "mail sent, not answered"
    AFTER_MAIL = "mail answered, not noted"
    ACT_DONE = "act done"


@contextlib.contextmanager
def watched(cross: Callable[[Point], None]) -> Iterator[None]:
    """Within the block ``cross`` is called at every point that this process comes to; what it does stays real.
    Several threads may come to their points at once.

    ``ACT_DONE`` is not called here: only who plays the acts knows it.
    """
    commit, draft, place, replace = DefaultDialect.do_commit, FileStore.draft, FileStore.place, Path.replace
    open_envelope, hand_over, slot = SmtpTransport.open_envelope, SmtpTransport.hand_over, _Journey._wait_for
    read_all = ReadingPool.read_all
    transparent, answer = smtp._transparent, SMTPProtocol.read_response
    writing_to: set[object] = set()

    def committing(self: DefaultDialect, connection: Any) -> None:
        cross(Point.BEFORE_COMMIT)
        commit(self, connection)  # type: ignore[no-untyped-call]
        cross(Point.AFTER_COMMIT)

    def drafting(self: FileStore, stored_as: str, data_key: bytes, plain: bytes) -> None:
        cross(Point.BEFORE_FILE)
        draft(self, stored_as, data_key, plain)

    def placing(self: FileStore, stored_as: str) -> None:
        place(self, stored_as)
        cross(Point.AFTER_FILE)

    def replacing(self: Path, target: Path) -> Path:
        if self.suffix == ".new":
            cross(Point.HALF_FILE)
        return replace(self, target)

    def opening(self: SmtpTransport, sender: str, recipient: str, *, envelope_id: str = "") -> None:
        cross(Point.BEFORE_MAIL)
        open_envelope(self, sender, recipient, envelope_id=envelope_id)
        cross(Point.ENVELOPE_OPEN)

    def waiting(self: _Journey, moment: datetime | None) -> None:
        slot(self, moment)
        cross(Point.RATE_WAITED)

    def handing(self: SmtpTransport, data: bytes) -> str:
        receipt = hand_over(self, data)
        cross(Point.AFTER_MAIL)
        return receipt

    def encoding(data: bytes) -> bytes:
        cross(Point.MAIL_ACCEPTED)
        writing_to.add(asyncio.current_task())
        return transparent(data)

    async def answering(self: SMTPProtocol, timeout: float | None = None) -> Any:
        if asyncio.current_task() in writing_to:
            writing_to.discard(asyncio.current_task())
            cross(Point.MAIL_LEFT)
        return await answer(self, timeout=timeout)

    def reading(self: ReadingPool, items: Any) -> Iterator[Any]:
        for one in read_all(self, items):
            cross(Point.FORM_READ)
            yield one

    with (
        patch.object(DefaultDialect, "do_commit", committing),
        patch.object(FileStore, "draft", drafting),
        patch.object(FileStore, "place", placing),
        patch.object(Path, "replace", replacing),
        patch.object(SmtpTransport, "open_envelope", opening),
        patch.object(SmtpTransport, "hand_over", handing),
        patch.object(_Journey, "_wait_for", waiting),
        patch.object(smtp, "_transparent", encoding),
        patch.object(SMTPProtocol, "read_response", answering),
        patch.object(ReadingPool, "read_all", reading),
    ):
        yield
