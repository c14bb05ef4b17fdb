"""Reading files from outside in worker processes with limits on time and memory.

A file that hangs, eats memory or kills its worker costs that worker only: the file becomes an ``Unreadable`` with its
reason, a fresh worker takes over, and the other files are read as if nothing had happened.
"""

import logging
import resource
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from forms.attendance_sheet import SheetReading, SupportListReading, read_sheet, read_support_list
from forms.reader import read_form
from forms.reading import FormReading, Unreadable
from models.errors import FormUnreadable
from models.form_definition import FormDefinition
from models.territory import SHIPPED, Territory

if TYPE_CHECKING:
    from multiprocessing.popen_spawn_posix import Popen
    from multiprocessing.process import BaseProcess

T = TypeVar("T")
_LOG: Final = logging.getLogger(__name__)

_TASKS_PER_WORKER: Final = 50
"""A worker is replaced after so many files, so that nothing a file left behind lives long."""
_IN_FLIGHT: Final = 4
"""Files handed to the pool ahead of time, for each worker: enough to keep it busy, few enough to hold in memory."""

_SENTENCES: Final = {
    "timeout": "Odczytywanie pliku trwało zbyt długo i zostało przerwane; tak nie wygląda formularz. "
    "Proszę obejrzeć plik ostrożnie albo poprosić nadawcę o ponowne przesłanie formularza.",
    "memory": "Odczytanie pliku wymagałoby zbyt wiele pamięci; tak nie wygląda formularz. "
    "Proszę poprosić nadawcę o ponowne przesłanie formularza.",
    "worker_died": "Odczytywanie pliku przerwało program czytający. "
    "Proszę poprosić nadawcę o ponowne przesłanie formularza; plik lepiej zostawić nieotwarty.",
    "reader_failed": "Programu odczytującego nie przygotowano na taki plik. Proszę przepisać odpowiedzi ręcznie "
    "i zgłosić to opiekunowi programu.",
}


def _unreadable(code: str) -> Unreadable:
    return Unreadable(code=code, sentence=_SENTENCES[code])


class ReadingPool:
    """Worker processes that read forms; use it in a ``with`` statement.

    ``seconds`` is the time one file may take, ``memory_mb`` the address space of one worker in megabytes.
    """

    def __init__(
        self,
        definitions: Sequence[FormDefinition],
        *,
        workers: int = 2,
        seconds: float = 20,
        memory_mb: int = 600,
        territory: Territory = SHIPPED,
    ) -> None:
        self._workers = workers
        self._seconds = seconds
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=_TASKS_PER_WORKER,
            initializer=_start_worker,
            initargs=(tuple(definitions), territory, memory_mb),
            context=_BareSpawnContext(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Whoever leaves before the last answer does not want the rest.
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def read_all(self, items: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, FormReading | Unreadable]]:
        """What each file says, under the number it came with, as soon as it is known: the order is not kept.

        Raises nothing because of a file. The items are fetched a few at a time.
        """
        return self._all(_read_as_form, items)

    def read_sheets(self, items: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, SheetReading | Unreadable]]:
        """The same of filled attendance sheets of meetings."""
        return self._all(_read_as_sheet, items)

    def read_support_lists(
        self, items: Iterable[tuple[int, bytes]]
    ) -> Iterator[tuple[int, SupportListReading | Unreadable]]:
        """The same of filled lists of sessions of support."""
        return self._all(_read_as_support_list, items)

    def _all(
        self, reader: Callable[[bytes], T], items: Iterable[tuple[int, bytes]]
    ) -> Iterator[tuple[int, T | Unreadable]]:
        source = iter(items)
        running: dict[Future[T | Unreadable], int] = {}
        while True:
            while len(running) < self._workers * _IN_FLIGHT:
                item = next(source, None)
                if item is None:
                    break
                number, data = item
                running[self._pool.schedule(_read, args=[reader, data, self._seconds], timeout=self._seconds)] = number
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), _answer(future)


def _answer(future: "Future[T | Unreadable]") -> T | Unreadable:
    try:
        return future.result()
    except TimeoutError:
        return _unreadable("timeout")
    except MemoryError:
        return _unreadable("memory")
    except ProcessExpired as death:
        _LOG.warning("a reading worker ended with code %s", death.exitcode)
        return _unreadable("worker_died")


# --- in the worker ---------------------------------------------------------------------------------------------------


@dataclass
class _Setting:
    """What a worker was started with."""

    definitions: tuple[FormDefinition, ...]
    territory: Territory


_setting: _Setting | None = None


def _start_worker(definitions: tuple[FormDefinition, ...], territory: Territory, memory_mb: int) -> None:
    global _setting
    _setting = _Setting(definitions, territory)
    limit = memory_mb * 1024 * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    # A killed worker must not write its memory, with somebody's answers in it, to a core file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read_as_form(data: bytes) -> FormReading:
    if _setting is None:
        raise RuntimeError("a reading worker was started without its definitions")
    return read_form(data, _setting.definitions, territory=_setting.territory)


def _read_as_sheet(data: bytes) -> SheetReading:
    return read_sheet(data)


def _read_as_support_list(data: bytes) -> SupportListReading:
    return read_support_list(data)


def _read(reader: Callable[[bytes], T], data: bytes, seconds: float) -> T | Unreadable:
    """Read one file in a worker. Errors come back as values, so that no value of a form travels in a traceback."""
    # The wall clock is watched from outside; this one stops a worker whose watcher is gone.
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    try:
        return reader(data)
    except FormUnreadable as refusal:
        return Unreadable(code=refusal.code, sentence=str(refusal))
    except MemoryError:
        return _unreadable("memory")
    except Exception as error:  # noqa: BLE001 - one unforeseen file must not stop the batch; the officer is told
        frame = traceback.extract_tb(error.__traceback__)[-1]
        # The message of the error may hold what somebody wrote; its kind and place do not.
        _LOG.error("reader failed: %s in %s, line %s", type(error).__name__, frame.name, frame.lineno)
        return _unreadable("reader_failed")


# --- starting workers inside any program -----------------------------------------------------------------------------

_main_swap = threading.Lock()


@contextmanager
def _without_main() -> Iterator[None]:
    """Let ``multiprocessing`` see an empty main module.

    A spawned child imports the parent's main module again. Nothing of it is needed here, and it would cost seconds
    and memory (Prefect's engine), or start the whole program once more where the main module has no guard.
    """
    with _main_swap:
        real = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = real


class _BareProcess(SpawnProcess):
    """A spawned process that knows nothing of the parent's main module."""

    @staticmethod
    def _Popen(process_obj: "BaseProcess") -> "Popen":  # noqa: N802 - the name multiprocessing calls
        with _without_main():
            return SpawnProcess._Popen(process_obj)


class _BareSpawnContext(SpawnContext):
    Process = _BareProcess
