"""``nabor call rehearse``: what other rules, or another closing time, would change."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from console.calls import Code
from console.desk import Desk, command
from console.typed_days import moment_of
from flows.steps.rehearsal import Basis, Cost, GroupStanding, LetterLine, Moved, Rehearsal, rehearse, rules_to_try
from models.glossary import label
from models.rules.rehearsal import Stand
from templates.polish import amount_zl


def register(app: typer.Typer) -> None:
    """Adds the command to the group ``call``."""
    command(app, "rehearse")(rehearse_)


def rehearse_(
    desk: Desk,
    code: Code,
    rules: Annotated[
        Path | None, typer.Option("--rules", help="Nowe zasady: plik YAML albo folder projektu; bez nich obecne")
    ] = None,
    closes: Annotated[str, typer.Option("--closes", help="Inny koniec naboru, np. 2018-06-29T15:30")] = "",
    names: Annotated[bool, typer.Option("--names", help="Pokaż też imiona i nazwiska")] = False,
) -> None:
    """Próba: kto zmieniłby miejsce według innych zasad, przez co, i co z tego wynika. Niczego nie zapisuje.

    Przykład: nabor call rehearse KES/PGR/2205/2018 --rules projects/kes
    """
    with desk.reading() as (session, actor, now):
        tried = rules_to_try(session, code, rules) if rules is not None else None
        closes_at = moment_of(closes) if closes else None
        found = rehearse(session, code, rules=tried, closes_at=closes_at, names=names, actor=actor, now=now)
    if desk.as_json:
        desk.say("", **_fields(found))
    else:
        _show(desk, found)


def _fields(found: Rehearsal) -> dict[str, object]:
    return {
        "call": found.call,
        "rules_digest": found.rules_digest,
        "basis": found.basis,
        "now": {stand: found.counts_now.get(stand, 0) for stand in Stand},
        "then": {stand: found.counts_then.get(stand, 0) for stand in Stand},
        "moved": [_line(one) for one in found.moved],
        "composition": {"now": _composition(found.group_now), "then": _composition(found.group_then)},
        "cost": {"now": found.cost_now, "then": found.cost_then},
        "created": list(found.created),
        "withdrawn": list(found.withdrawn),
        "remarks": list(found.remarks),
        "snapshot_digest": found.snapshot_digest,
        "places": list(found.places),
    }


def _line(one: Moved) -> dict[str, object]:
    named = {} if one.name is None else {"name": one.name}
    return {"number": one.number, **named, "now": one.now, "then": one.then, "causes": list(one.causes)}


def _composition(group: GroupStanding | None) -> dict[str, object] | None:
    if group is None:
        return None
    return {
        "seats": group.seats,
        "seated": group.seated,
        "standings": [{"asked": one.asked, "missing": one.amount} for one in group.composition],
        "shortfalls": list(group.shortfalls),
    }


_BASES: Mapping[Basis, str] = {
    Basis.RANKING: "Teraz: decyzje Komisji, a gdzie ich nie ma – ostatnia lista.",
    Basis.RULES: "Listy jeszcze nie ma. Teraz: to, co dałyby obecne zasady naboru.",
    Basis.VERDICTS: "Listy jeszcze nie ma. Teraz: wyniki oceny formalnej.",
}


def _show(desk: Desk, found: Rehearsal) -> None:
    desk.say(f"Próba dla naboru {found.call}; niczego nie zapisano. {_BASES[found.basis]}")
    named: dict[str, Callable[[Moved], object]] = (
        {"Osoba": lambda one: one.name} if any(one.name for one in found.moved) else {}
    )
    desk.show(
        found.moved,
        {
            "Numer": lambda one: one.number,
            **named,
            "Teraz": lambda one: label(one.now),
            "Byłoby": lambda one: label(one.then),
            "Dlaczego": lambda one: " ".join(cause.sentence for cause in one.causes),
        },
        empty="Nikt nie zmieniłby miejsca.",
    )
    for stand in Stand:
        before, after = found.counts_now.get(stand, 0), found.counts_then.get(stand, 0)
        if before or after:
            desk.say(f"{label(stand)}: {before} → {after}")
    for title, group in (("Skład teraz", found.group_now), ("Skład po zmianie", found.group_then)):
        _show_group(desk, title, group)
    _show_cost(desk, found.cost_now, found.cost_then)
    for title, letters in (("Powstałyby wiadomości", found.created), ("Wycofano by wiadomości", found.withdrawn)):
        _show_letters(desk, title, letters)
    for remark in found.remarks:
        desk.say(remark)


def _show_group(desk: Desk, title: str, group: GroupStanding | None) -> None:
    if group is None:
        return
    desk.say(f"{title}: {group.seated} z {group.seats} miejsc")
    for one in group.composition:
        desk.say(f"  {one.asked} – {one.said}")
    for sentence in group.shortfalls:
        desk.say(f"  {sentence}")


def _show_cost(desk: Desk, before: Cost, after: Cost) -> None:
    desk.say(
        f"Koszt wynagrodzeń brutto: {amount_zl(before.grosze)} → {amount_zl(after.grosze)} "
        f"(osoby: {after.people}, spotkania: {after.meetings}, godziny osoby: {after.hours}, "
        f"stawka: {amount_zl(after.rate_grosze)})"
    )


def _show_letters(desk: Desk, title: str, letters: tuple[LetterLine, ...]) -> None:
    events = sorted({one.event for one in letters})
    for event in events:
        numbers = [one.number for one in letters if one.event == event]
        desk.say(f"{title} „{event}” ({len(numbers)}): {', '.join(numbers)}")
