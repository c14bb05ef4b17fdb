"""What is different about a meeting, as sentences for the people who were told of it before."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.glossary import label
from models.rules.meeting_kinds import MeetingKind
from templates import polish
from templates.letters.frame import MeetingDayLine


@dataclass(frozen=True)
class MeetingFacts:
    """How a meeting stands, or stood: what people are told of it."""

    days: tuple[MeetingDayLine, ...]
    place: str
    title: str
    agenda: tuple[str, ...]
    host: str | None = None
    kind: MeetingKind | None = None
    """``None`` where it was not kept, as with changes made before the two could be changed."""


def change_sentences(before: MeetingFacts, after: MeetingFacts) -> tuple[str, ...]:
    """A sentence for each thing that differs; empty when nothing does. The new comes first: that is what counts."""
    said = []
    if before.days != after.days:
        said.append(f"Nowy termin: {_days(after.days)}. Poprzedni termin: {_days(before.days)}.")
    if before.place != after.place:
        said.append(f"Nowe miejsce: {_bare(after.place)}. Poprzednie miejsce: {_bare(before.place)}.")
    if before.title != after.title:
        said.append(f"Nowa nazwa spotkania: „{after.title}”. Poprzednia nazwa: „{before.title}”.")
    if before.kind is not None and after.kind is not None and before.kind is not after.kind:
        said.append(f"Nowy rodzaj: {label(after.kind)}. Poprzedni rodzaj: {label(before.kind)}.")
    if before.host is not None and after.host is not None and before.host != after.host:
        said.append(f"Prowadzenie: {_bare(after.host)}. Poprzednio: {_bare(before.host) or 'nie podano'}.")
    if before.agenda != after.agenda:
        said.append("Zmienił się program spotkania.")
    return tuple(said)


def _days(days: Sequence[MeetingDayLine]) -> str:
    return "; ".join(
        f"{polish.weekday(day.date)}, {polish.long_date(day.date)}, godz. "
        f"{polish.clock(day.starts)}–{polish.clock(day.ends)}"
        for day in days
    )


def _bare(text: str) -> str:
    return text.rstrip(".")
