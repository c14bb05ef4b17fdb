"""What may leave a task when something goes wrong: a code, a safe sentence and a place, never a value.

Prefect writes the text of an exception into its states, events and logs, and pickles the exception of a failed flow
into its storage. The text of a foreign exception may hold a PESEL (a database error quotes the parameters, a parser
quotes the input). So every exception is replaced here before Prefect sees it.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State

from flows.adapters.office import Office, open_office
from flows.steps.incidents import record_incident
from models.actor import process
from models.errors import DeliveryFailed, MailboxUnreachable, NaborError

_OURS = Path(__file__).resolve().parent.parent


class StepFailed(NaborError):
    """A step raised. ``code`` is the kind of error; the text of errors that are not ours is left behind."""

    def __init__(self, code: str, sentence: str = "", *, temporary: bool = False) -> None:
        self.code = code
        self.sentence = sentence
        self.temporary = temporary
        super().__init__(f"{code}: {sentence}" if sentence else code)


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Lets only ``StepFailed`` out of the block, without cause or context."""
    try:
        yield
    except StepFailed:
        raise
    except NaborError as error:
        # Our own sentences are safe; attributes (problems, values) need not be, so the object itself stays behind.
        temporary = isinstance(error, MailboxUnreachable) or (isinstance(error, DeliveryFailed) and error.temporary)
        raise StepFailed(type(error).__name__, error.on_page, temporary=temporary) from None
    except Exception as error:  # noqa: BLE001  (it is replaced, not swallowed)
        raise StepFailed(type(error).__name__, f"błąd programu, {_place(error.__traceback__)}") from None


@contextlib.contextmanager
def office_at_work() -> Iterator[Office]:
    """The office of the environment, opened for one task and guarded."""
    with guarded(), open_office() as office:
        yield office


def record_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Failure hook of every flow: an incident row for an officer, with names and codes only."""
    with office_at_work() as office, office.writing(process(flow.name)) as session:
        record_incident(session, flow=flow.name, run=str(flow_run.id), code=_code(state), now=office.now())


def is_temporary(_task: object, _run: object, state: State[Any]) -> bool:
    """Retry condition of I/O tasks: only failures that may pass by themselves."""
    error = _error(state)
    return isinstance(error, StepFailed) and error.temporary


def _place(traceback: TracebackType | None) -> str:
    """Module and line of the innermost frame in our own code: enough to find the fault, and no value in it."""
    place = "miejsce nieznane"
    while traceback is not None:
        frame = traceback.tb_frame
        if Path(frame.f_code.co_filename).is_relative_to(_OURS):
            place = f"{frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def _error(state: State[Any]) -> object:
    # A failed flow's exception comes wrapped in a result record, a failed task's as it is.
    return getattr(state.data, "result", state.data)


def _code(state: State[Any]) -> str:
    error = _error(state)
    if isinstance(error, StepFailed):
        return error.code
    if isinstance(error, BaseException):
        return type(error).__name__
    return state.name or state.type.value
