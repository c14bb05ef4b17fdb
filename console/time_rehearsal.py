"""``nabor rehearse``: what the coming weeks would bring, without any effect."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Annotated

import typer

from console.desk import Desk, command, local
from console.typed_days import moment_of
from flows.adapters.clock import warsaw, warsaw_date
from flows.catalogue import CATALOGUE
from flows.steps.letter_lines import LetterLine
from flows.steps.time_rehearsal import FLOOD, Rehearsed, rehearse_time
from models.rules.working_days import holiday, is_working_day
from templates.polish import weekday

_NUMBERS_SHOWN = 12


def register(app: typer.Typer) -> None:
    """Adds the command to the program itself."""
    command(app, "rehearse")(rehearse)


def rehearse(
    desk: Desk,
    weeks: Annotated[int, typer.Option("--weeks", help="Ile tygodni naprzód", min=1, max=26)] = 6,
    begins: Annotated[str, typer.Option("--from", help="Od kiedy pokazać, np. 2018-06-29; bez tego od teraz")] = "",
    flood: Annotated[int, typer.Option("--flood", help="Ile wiadomości dziennie do wszystkich to za dużo")] = FLOOD,
) -> None:
    """Próba czasu: kto i kiedy dostałby jaką wiadomość w najbliższych tygodniach. Niczego nie zapisuje i nie wysyła.

    Przykład: nabor rehearse --weeks 6
    """
    schedule = {one.flow: one.cron for one in CATALOGUE if one.cron}
    with desk.office() as (office, actor):
        found = rehearse_time(
            office,
            schedule,
            weeks=weeks,
            begins=moment_of(begins) if begins else None,
            flood=flood,
            actor=actor,
        )
    if desk.as_json:
        desk.say("", **_fields(found))
    else:
        _show(desk, found)


def _fields(found: Rehearsed) -> dict[str, object]:
    return {
        "begins": found.begins,
        "ends": found.ends,
        "letters": [
            {"day": warsaw_date(one.at), "at": one.at, "number": one.number, "event": one.event, "rule": one.rule}
            for one in found.letters
        ],
        "warnings": list(found.warnings),
        "remarks": list(found.remarks),
        "runs": found.runs,
        "slots": found.slots,
    }


def _show(desk: Desk, found: Rehearsed) -> None:
    desk.say(
        f"Próba od {local(found.begins)} do {local(found.ends)}; niczego nie zapisano i nic nie wyszło. "
        f"Wiadomości: {len(found.letters)}, ostrzeżenia: {len(found.warnings)}."
    )
    for remark in found.remarks:
        desk.say(remark)
    letters = {day: list(some) for day, some in groupby(found.letters, lambda one: warsaw_date(one.at))}
    warned = {day: list(some) for day, some in groupby(found.warnings, lambda one: one.day)}
    for day in sorted({*letters, *warned}):
        desk.say(f"\n{_heading(day)} – wiadomości: {len(letters.get(day, ()))}")
        for line in _lines(letters.get(day, ())):
            desk.say(f"  {line}")
        for one in warned.get(day, ()):
            desk.say(f"  ! {one.sentence}")


def _heading(day: date) -> str:
    free = "" if is_working_day(day) else f" ({holiday(day) or 'dzień wolny'})"
    return f"{day:%d.%m.%Y}, {weekday(day)}{free}"


def _lines(letters: Sequence[LetterLine]) -> list[str]:
    """One line for each kind of letter: from which hour, by which rule, to whom by number."""
    counted = Counter((one.event, one.rule) for one in letters)
    lines = []
    for (event, rule), count in counted.items():
        mine = [one for one in letters if (one.event, one.rule) == (event, rule)]
        numbers = list(dict.fromkeys(one.number for one in mine))
        more = f" i dalsze: {len(numbers) - _NUMBERS_SHOWN}" if len(numbers) > _NUMBERS_SHOWN else ""
        by_rule = f", zasada „{rule}”" if rule else ""
        first = min(warsaw(one.at) for one in mine)
        lines.append(f"{first:%H:%M} „{event}”{by_rule} ({count}): {', '.join(numbers[:_NUMBERS_SHOWN])}{more}")
    return lines
