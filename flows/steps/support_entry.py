"""What every session of support is held to before it is put on record: words, hours, one place at a time, the limit."""

from collections.abc import Sequence
from datetime import date, datetime, time

from flows.adapters.clock import WARSAW
from flows.steps.support_time import PersonTime, counted_minutes, when
from models import written_line
from models.errors import BadInput
from models.project import ProjectDefinition
from models.rules.support import Spent, clashing, minutes_beyond
from models.support_rules import SupportKind
from templates.polish import hours

LONGEST = 200


def one_line(topic: str, coach: str) -> tuple[str, str]:
    """Topic and coach as they are stored. Raises ``BadInput`` for no topic, and for more than a line."""
    told = written_line.one_line(topic, what="Temat", longest=LONGEST)
    if not told:
        raise BadInput(f"Sesja musi mieć temat, najwyżej {LONGEST} znaków.")
    return told, written_line.one_line(coach, what="Osoba prowadząca", longest=LONGEST)


def span_of(on: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """Local hours of a day as instants. Raises ``BadInput`` for an end that is not later."""
    begun, ended = (datetime.combine(on, at, WARSAW) for at in (starts, ends))
    if begun >= ended:
        raise BadInput("Koniec sesji musi być późniejszy niż jej początek (--from, --to).")
    return begun, ended


def minutes_of(starts: datetime, ends: datetime) -> int:
    """Whole minutes of a session."""
    return int((ends - starts).total_seconds()) // 60


def refuse_clash(
    sessions: Sequence[Spent], number: str, starts: datetime, ends: datetime, *, mended: bool = False
) -> None:
    """Raises ``BadInput`` where the person is in another session at the same time.

    ``mended``: whether an individual session in the way can be put right by the one that is entered.
    """
    for one in clashing(sessions, starts, ends):
        what = f"sesja grupowa {one.session_id}" if one.grouped else f"sesja {one.session_id}"
        how = f" Pomyłkę poprawia się z --instead-of {one.session_id}." if mended and not one.grouped else ""
        raise BadInput(
            f"Zgłoszenie {number}: w tym czasie jest już wpisana {what} ({when(one.starts, one.ends)}).{how}"
        )


def refuse_beyond_limit(
    definition: ProjectDefinition,
    kind: SupportKind,
    number: str,
    sessions: Sequence[PersonTime],
    minutes: int,
    *,
    reason: str,
    option: str = "--reason",
    but: Spent | None = None,
) -> None:
    """Raises ``BadInput`` where the limit of hours would be passed and nobody says why it may be.

    ``option``: that of the command which takes the ``reason``.
    """
    beyond = 0 if reason.strip() else beyond_limit(definition, kind, sessions, minutes, but=but)
    if beyond and kind.limit_hours is not None:
        raise BadInput(
            f"Zgłoszenie {number}: limit wsparcia „{kind.name}” to {hours(kind.limit_hours * 60)}, wpisano już "
            f"{hours(counted_minutes(definition, kind, sessions, but=but))}, a z tą sesją byłoby o {hours(beyond)} za "
            f"dużo. Jeśli tak ma być, podaj powód ({option})."
        )


def beyond_limit(
    definition: ProjectDefinition,
    kind: SupportKind,
    sessions: Sequence[PersonTime],
    minutes: int,
    *,
    but: Spent | None = None,
) -> int:
    """By how many minutes another session of so many would pass the limit of hours of a kind; 0 where it would not."""
    if kind.limit_hours is None:
        return 0
    return minutes_beyond(kind.limit_hours * 60, counted_minutes(definition, kind, sessions, but=but), minutes)
