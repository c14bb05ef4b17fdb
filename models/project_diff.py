"""What differs between two versions of a project, in Polish sentences that name the paragraph and both values.

Whatever has no words of its own is told by its path, so that no difference is passed over in silence.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import ndiff
from typing import TypeVar

from models.group_kinds import Admission, GroupKind
from models.nomination_rules import Replacement
from models.project import Deadlines, ProjectDefinition
from models.project_bytes import canonical_bytes
from models.regulation import Regulation, passages
from models.rule_words import Words
from models.rules.criteria import Criterion
from models.rules.points import PointRule
from models.support_rules import SupportForm, SupportKind


@dataclass(frozen=True)
class Difference:
    """One change. ``section`` is the part of the definition it stands in."""

    section: str
    sentence: str


DEADLINES: Mapping[str, str] = {
    "correction_working_days": "termin uzupełnienia zgłoszenia (dni robocze)",
    "correction_rounds": "liczba próśb o uzupełnienie",
    "verification_working_days": "czas weryfikacji (dni robocze)",
    "answer_working_days": "termin odpowiedzi na propozycję miejsca (dni robocze)",
    "result_working_days": "termin zawiadomienia o wyniku (dni robocze)",
    "originals_working_days": "termin dostarczenia oryginałów (dni robocze)",
    "bill_working_days": "termin złożenia rachunku (dni robocze)",
    "min_attendance_percent": "wymagana obecność (procent)",
}
_WORDED = frozenset(
    {"criteria", "merit", "group_kinds", "deadlines", "regulation", "templates", "support", "unit_data", "nominations"}
)
_WORDED_OF_KIND = frozenset(
    {
        *("code", "seats", "reserve_seats", "criteria", "merit", "minimum", "order", "composition"),
        *("admission", "declaration"),
    }
)
_ADMISSIONS = {
    Admission.SELECTION: "lista rankingowa i decyzje",
    Admission.NOMINATION: "wskazanie przez instytucję",
    Admission.REGISTRATION: "rejestracja w kolejności wpływu",
}
_REPLACEMENTS = {
    Replacement.OFFICER: "na polecenie pracownika",
    Replacement.AUTOMATIC: "sama, z najbliższym przebiegiem",
}
_SHOWN = 400
"""Longer values are cut in a sentence: it says what changed, and the files say the rest."""

R = TypeVar("R", Criterion, PointRule)


def differences(old: ProjectDefinition, new: ProjectDefinition) -> tuple[Difference, ...]:
    """Every difference, in the order of an officer's interest; none for two equal definitions."""
    told = (_criteria, _merit, _kinds, _nominations, _deadlines, _regulation, _templates, _support, _tables, _rest)
    return tuple(difference for tell in told for difference in tell(old, new))


def _criteria(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    before, after = Words(old), Words(new)

    def changed(one: Criterion, other: Criterion) -> Iterator[str]:
        yield from _criterion(one, other, before, after)

    for sentence in _ruled("Kryterium", old.criteria, new.criteria, changed):
        yield Difference("criteria", sentence)


def _criterion(one: Criterion, other: Criterion, before: Words, after: Words) -> Iterator[str]:
    yield from _moved("tytuł", one.title, other.title)
    yield from _moved("przepis", one.paragraph, other.paragraph)
    if one.test != other.test:
        yield _from_to("warunek", before.condition(one.test), after.condition(other.test))
    yield from _moved("zdanie „spełnia”", one.met, other.met)
    yield from _moved("zdanie „nie spełnia”", one.not_met, other.not_met)
    yield from _moved("zdanie „nie można ustalić”", one.cannot_tell, other.cannot_tell)


def _merit(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    before, after = Words(old), Words(new)

    def changed(one: PointRule, other: PointRule) -> Iterator[str]:
        yield from _moved("tytuł", one.title, other.title)
        yield from _moved("przepis", one.paragraph, other.paragraph)
        yield from _moved("rodzaj punktów", _group(one), _group(other))
        if _bare(one) != _bare(other):
            yield _from_to("punkty", before.points(one), after.points(other))

    for sentence in _ruled("Reguła punktowa", old.merit, new.merit, changed):
        yield Difference("merit", sentence)


def _group(rule: PointRule) -> str:
    return "premiowe" if rule.group == "premium" else "merytoryczne"


def _bare(rule: PointRule) -> dict[str, object]:
    return rule.model_dump(exclude={"title", "paragraph", "group"})


def _ruled(noun: str, old: Sequence[R], new: Sequence[R], changed: Callable[[R, R], Iterator[str]]) -> Iterator[str]:
    before = {one.code: one for one in old}
    after = {one.code: one for one in new}
    for code, one in before.items():
        if code not in after:
            yield f"Usunięto: {noun.lower()} „{one.title}” ({one.paragraph})."
    for code, other in after.items():
        known = before.get(code)
        if known is None:
            yield f"Dodano: {noun.lower()} „{other.title}” ({other.paragraph})."
            continue
        for what in changed(known, other):
            yield f"{noun} „{other.title}” ({other.paragraph}) – {what}."


def _kinds(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    before = {kind.code: kind for kind in old.group_kinds}
    after = {kind.code: kind for kind in new.group_kinds}
    for code in before.keys() - after.keys():
        yield Difference("group_kinds", f"Usunięto grupę {code} ({before[code].name}).")
    for code, kind in after.items():
        known = before.get(code)
        if known is None:
            yield Difference("group_kinds", f"Dodano grupę {code} ({kind.name}), miejsc: {kind.seats}.")
            continue
        for sentence in _kind(known, kind, Words(old), Words(new), old, new):
            yield Difference("group_kinds", f"Grupa {code}: {sentence}.")


def _kind(
    old: GroupKind,
    new: GroupKind,
    before: Words,
    after: Words,
    old_project: ProjectDefinition,
    new_project: ProjectDefinition,
) -> Iterator[str]:
    yield from _moved("liczba miejsc", old.seats, new.seats)
    yield from _moved("liczba miejsc na liście rezerwowej", old.reserve_seats, new.reserve_seats)
    yield from _moved("jak się do niej wchodzi", _ADMISSIONS[old.admission], _ADMISSIONS[new.admission])
    if old.declaration != new.declaration:
        yield f"deklaracja uczestnictwa: {'przygotowuje się ją' if new.declaration else 'już się jej nie przygotowuje'}"
    titles = {one.code: f"„{one.title}” ({one.paragraph})" for one in (*old_project.criteria, *old_project.merit)}
    titles |= {one.code: f"„{one.title}” ({one.paragraph})" for one in (*new_project.criteria, *new_project.merit)}
    for noun, listed, now in (
        ("kryterium", old.criteria, new.criteria),
        ("reguły punktowej", old.merit, new.merit),
    ):
        yield from (f"nie stosuje się już {noun} {titles.get(code, code)}" for code in listed if code not in now)
        yield from (f"stosuje się odtąd {noun} {titles.get(code, code)}" for code in now if code not in listed)
        if listed != now and set(listed) == set(now):
            yield f"zmieniono kolejność: {noun}"
    if old.minimum != new.minimum:
        yield _from_to("wymagana liczba punktów", _minimum(old), _minimum(new))
    if old.order != new.order:
        words = [", ".join(said.order(kind.order)) for said, kind in ((before, old), (after, new))]
        yield _from_to("kolejność na liście", *words)
    if old.composition != new.composition:
        lost = [before.constraint(one) for one in old.composition if one not in new.composition]
        found = [after.constraint(one) for one in new.composition if one not in old.composition]
        yield from (f"w składzie nie ma już wymagania: {one}" for one in lost)
        yield from (f"w składzie jest nowe wymaganie: {one}" for one in found)
        if not lost and not found:
            yield "zmieniono kolejność wymagań co do składu"
    yield from _paths(old.model_dump(mode="json"), new.model_dump(mode="json"), (), apart=_WORDED_OF_KIND)


def _minimum(kind: GroupKind) -> str:
    return "brak" if kind.minimum is None else f"{kind.minimum.points} ({kind.minimum.paragraph})"


def _nominations(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    before, after = old.nominations, new.nominations
    days = _moved(
        "Termin, w którym instytucja wskazuje osobę (dni robocze)",
        before.answer_working_days,
        after.answer_working_days,
    )
    how = _moved(
        "Zmiana osoby w miejscu instytucji", _REPLACEMENTS[before.replacement], _REPLACEMENTS[after.replacement]
    )
    for sentence in (*days, *how):
        yield Difference("nominations", f"{sentence}.")


def _deadlines(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    for name in Deadlines.model_fields:
        words = DEADLINES.get(name, name)
        for sentence in _moved(words, getattr(old.deadlines, name), getattr(new.deadlines, name)):
            yield Difference("deadlines", f"{sentence[:1].upper()}{sentence[1:]}.")


def _regulation(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    if old.regulation == new.regulation:
        return
    before, after = _texts(old.regulation), _texts(new.regulation)
    for place in before.keys() - after.keys():
        yield Difference("regulation", f"Regulamin: usunięto {place}.")
    for place, text in after.items():
        if place not in before:
            yield Difference("regulation", f"Regulamin: dodano {place}: „{_cut(text)}”.")
        elif before[place] != text:
            yield Difference("regulation", f"Regulamin, {_from_to(place, before[place], text)}.")


def _texts(regulation: Regulation | None) -> dict[str, str]:
    if regulation is None:
        return {}
    titles = {f"tytuł § {number}": paragraph.title for number, paragraph in enumerate(regulation.paragraphs, start=1)}
    bodies = {str(place): " ".join((passage.text, *passage.points)) for place, passage in passages(regulation)}
    return {"tytuł": regulation.title, "uwaga": regulation.assumption, **titles, **bodies}


def _templates(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    before, after = ({file.name: file.source for file in one.templates} for one in (old, new))
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield Difference("templates", f"Szablon {name}: usunięto własny, wraca wbudowany.")
        elif name not in before:
            yield Difference("templates", f"Szablon {name}: dodano własny w miejsce wbudowanego.")
        elif before[name] != after[name]:
            yield Difference("templates", f"Szablon {name}: {_lines(before[name], after[name])}.")


def _lines(old: str, new: str) -> str:
    """Which lines of a text went and came."""
    told = [line for line in ndiff(old.splitlines(), new.splitlines()) if line[:1] in "-+" and line[2:].strip()]
    lost, found = (" / ".join(line[2:].strip() for line in told if line[0] == sign) for sign in "-+")
    parts = [f"{what} „{_cut(lines)}”" for what, lines in (("usunięto", lost), ("dodano", found)) if lines]
    return ", ".join(parts) or "zmieniono układ wierszy"


def _tables(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    before, after = ({table.code: table for table in one.unit_data} for one in (old, new))
    names = old.area.names() | new.area.names()
    for code in before.keys() - after.keys():
        yield Difference("unit_data", f"Usunięto tabelę „{before[code].title}”.")
    for code, table in after.items():
        known = before.get(code)
        if known is None:
            yield Difference(
                "unit_data", f"Dodano tabelę „{table.title}” ({table.source}): liczba jednostek: {len(table.values)}."
            )
            continue
        told = [*_moved("tytuł", known.title, table.title), *_moved("źródło", known.source, table.source)]
        told += _moved("stan na", known.as_of.isoformat(), table.as_of.isoformat())
        for unit in sorted(known.values.keys() | table.values.keys()):
            said = [str(one.values.get(unit, "brak")) for one in (known, table)]
            told += _moved(f"{names.get(unit, 'jednostka')} ({unit})", *said)
        for what in told:
            yield Difference("unit_data", f"Tabela „{table.title}” – {what}.")


SUPPORT_FORMS: Mapping[SupportForm, str] = {SupportForm.INDIVIDUAL: "indywidualne", SupportForm.GROUP: "grupowe"}


def _support(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    before, after = ({one.code: one for one in project.support} for project in (old, new))
    for code, one in before.items():
        if code not in after:
            yield Difference("support", f"Usunięto wsparcie „{one.name}”.")
    for code, other in after.items():
        known = before.get(code)
        if known is None:
            yield Difference(
                "support", f"Dodano wsparcie {SUPPORT_FORMS[other.form]} „{other.name}”, limit godzin: {_limit(other)}."
            )
            continue
        for what in _of_support(known, other, Words(old), Words(new)):
            yield Difference("support", f"Wsparcie „{other.name}” – {what}.")


def _of_support(one: SupportKind, other: SupportKind, before: Words, after: Words) -> Iterator[str]:
    yield from _moved("nazwa", one.name, other.name)
    yield from _moved("forma", SUPPORT_FORMS[one.form], SUPPORT_FORMS[other.form])
    yield from _moved("grupy", ", ".join(one.group_kinds), ", ".join(other.group_kinds))
    yield from _moved("przepis", one.paragraph, other.paragraph)
    yield from _moved("limit godzin", _limit(one), _limit(other))
    yield from _moved("okres", _span(one), _span(other))
    yield from _moved("prowadzi", one.led_by, other.led_by)
    yield from _moved("sesje wpisane wcześniej", *("tak" if it.takes_earlier else "nie" for it in (one, other)))

    def changed(old: Criterion, new: Criterion) -> Iterator[str]:
        yield from _criterion(old, new, before, after)

    yield from (told.rstrip(".") for told in _ruled("Warunek", one.conditions, other.conditions, changed))


def _limit(kind: SupportKind) -> str:
    return "brak" if kind.limit_hours is None else str(kind.limit_hours)


def _span(kind: SupportKind) -> str:
    return "brak" if kind.period is None else f"{kind.period.starts} – {kind.period.ends}"


def _rest(old: ProjectDefinition, new: ProjectDefinition) -> Iterator[Difference]:
    before, after = (json.loads(canonical_bytes(one)) for one in (old, new))
    for section in ProjectDefinition.model_fields:
        if section not in _WORDED:
            for sentence in _paths(before.get(section), after.get(section), (section,)):
                yield Difference(section, f"{sentence[:1].upper()}{sentence[1:]}.")


def _paths(old: object, new: object, path: tuple[str, ...], *, apart: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every differing value of two JSON documents by its path; items of lists by their code where they have one."""
    if old == new:
        return
    before, after = _named(old), _named(new)
    if before is None or after is None:
        yield _from_to(f"{'.'.join(path)}", _shown(old), _shown(new))
        return
    for name in dict.fromkeys((*before, *after)):
        if name in apart:
            continue
        inner = (*path, name)
        if name not in after:
            yield f"usunięto {'.'.join(inner)}"
        elif name not in before:
            yield f"dodano {'.'.join(inner)}: {_shown(after[name])}"
        else:
            yield from _paths(before[name], after[name], inner)
    if isinstance(old, list) and list(before) != list(after) and set(before) == set(after):
        yield f"zmieniono kolejność: {'.'.join(path)}"


def _named(value: object) -> dict[str, object] | None:
    """The parts of a value by name: fields, or items of a list by code, key or number; ``None`` for a plain value."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return None
    named: dict[str, object] = {}
    for number, item in enumerate(value, start=1):
        code = (
            next((item[key] for key in ("code", "key", "teryt") if key in item), None)
            if isinstance(item, dict)
            else None
        )
        named[str(code) if code is not None and str(code) not in named else str(number)] = item
    return named


def _moved(what: str, old: object, new: object) -> Iterator[str]:
    if old != new:
        yield _from_to(what, _shown(old), _shown(new))


def _from_to(what: str, old: str, new: str) -> str:
    return f"{what}: było „{_cut(old)}”, jest „{_cut(new)}”"


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
