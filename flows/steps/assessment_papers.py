"""Papers of merit assessment: the sheets and the table that an assessor gets, and the table that comes back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import current_values, form_of, parsed
from flows.steps.assessments import Task, login_of, rules_of_assessors, tasks_of, way_of
from flows.steps.assessors import Filled, Recorded, mistakes, record, require_hand
from flows.steps.calls import find_call
from flows.steps.documents import letterhead, outside_data
from flows.steps.people import value_of
from flows.steps.projects import definition_for
from flows.steps.territory import names_of_units
from forms.assessment_table import RuleColumn, TableHead, TableRow, TypedRow, read_table, write_table
from forms.workbook import NO, YES
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.form_definition import FormDefinition, Leaf, LeafType, Sensitivity
from models.project import ProjectDefinition
from models.rule_words import assessment_in_words
from models.rules.assessment import most_of_one
from models.rules.facts import FieldStatus
from models.rules.points import PointsByAssessor
from models.tables import Application, Call, CommissionMember, FieldValue, Officer
from models.transitions import note, reference
from templates.documents.assessment_sheet import AssessedRule, AssessmentSheetDocument, assessment_sheet


def write_papers(office: Office, call_code: str, folder: Path, *, login: str | None = None, actor: Actor) -> list[Path]:
    """Writes what the assessors of a call fill in, a folder each by symbol: a Word sheet for every application that
    has none from them yet, and one table of all they have.

    A member of the commission who is no officer gets only their own. This leaves the encrypted store on purpose; it
    is on record. Raises ``NotYet`` while nothing is shared out.
    """
    actor.require(Right.CONVENE)
    outside_data(office, folder)
    written: list[Path] = []
    with office.writing(actor) as session:
        call = find_call(session, call_code)
        definition = definition_for(session, call)
        # The register is large; it is looked into once, and not once a sheet.
        units = names_of_units(session, definition)
        for member, given in _by_member(session, call):
            account = login_of(session, member)
            if login not in (None, account):
                continue
            if login is not None or actor.has(Right.TAKE_IN):
                require_hand(session, call, account, actor, now=office.now())
            elif account != actor.login:
                continue
            place = folder / member.symbol
            place.mkdir(parents=True, exist_ok=True)
            for application, task in given:
                if task.sheet is None:
                    path = place / f"karta-{application.number.replace('/', '-')}-{member.symbol}.docx"
                    path.write_bytes(
                        _sheet(session, definition, call, application, member, units=units, now=office.now())
                    )
                    written.append(path)
            path = place / f"oceny-{member.symbol}.xlsx"
            path.write_bytes(_table(definition, call, account, member, given))
            written.append(path)
        if not written:
            raise NotYet(
                f"W naborze {call.code} nikomu nie przydzielono zgłoszeń do oceny: nabor assessment assign {call.code}."
            )
        note(
            session, reference(call), happened=Happened.EXPORTED, actor=actor, now=office.now(), area=call.area,
            facts={"assessment_papers": len(written)},
        )  # fmt: skip
    return written


def _by_member(session: Session, call: Call) -> list[tuple[CommissionMember, list[tuple[Application, Task]]]]:
    """The tasks of each assessor of the call, by number."""
    rows = session.exec(select(Application).where(Application.call_id == call.id).order_by(Application.number)).all()
    tasks = tasks_of(session, rows)
    found: dict[str, tuple[CommissionMember, list[tuple[Application, Task]]]] = {}
    for row in rows:
        assert row.id is not None
        for task in tasks.get(row.id, ()):
            found.setdefault(reference(task.member), (task.member, []))[1].append((row, task))
    return list(found.values())


def _sheet(
    session: Session,
    definition: ProjectDefinition,
    call: Call,
    application: Application,
    member: CommissionMember,
    *,
    units: Mapping[str, str],
    now: datetime,
) -> bytes:
    values = current_values(session, application)
    rules, way = rules_of_assessors(definition, call), way_of(definition)
    return assessment_sheet(
        AssessmentSheetDocument(
            letterhead=letterhead(definition),
            issued_on=warsaw_date(now),
            call=call.code,
            group=definition.group_kind(call.group_kind).name,
            number=application.number,
            candidate=" ".join(value_of(values, key) for key in ("imie", "nazwisko")),
            institution=value_of(values, _INSTITUTION),
            assessor=f"{session.get_one(Officer, member.officer_id).name} ({member.symbol})",
            answers=tuple(_open_answers(form_of(definition, application), values, units)),
            rules=tuple(AssessedRule(one.title, one.paragraph, most_of_one(one.maximum, way)) for one in rules),
            how=assessment_in_words(way),
        )
    )


_FOR_THE_OFFICE = frozenset({LeafType.STATEMENT, LeafType.CONSENT, LeafType.NIP})
_UNITS = frozenset({LeafType.GMINA, LeafType.POWIAT})
_INSTITUTION = "instytucja.nazwa"


def _open_answers(
    form: FormDefinition, values: Mapping[str, FieldValue], units: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Question and answer of what the commission may see, without statements, which are no merit, and without what
    stands at the head of the sheet. ``units``: names of gminas and powiats by code."""
    for leaf in form.leaves:
        if leaf.sensitivity is not Sensitivity.OPEN or leaf.type in _FOR_THE_OFFICE or leaf.key == _INSTITUTION:
            continue
        answer = _answer(leaf, values.get(leaf.key))
        yield leaf.label, units.get(answer, answer) if leaf.type in _UNITS else answer


def _answer(leaf: Leaf, row: FieldValue | None) -> str:
    if row is None or row.status is FieldStatus.BLANK:
        return "–"
    if row.status is not FieldStatus.READ:
        return "nie można odczytać"
    labels = {option.code: option.label for option in leaf.options}
    value = parsed(row)
    chosen = value if isinstance(value, tuple) else (value,)
    return "; ".join(labels.get(str(one), str(one)) for one in chosen)


def _table(
    definition: ProjectDefinition,
    call: Call,
    account: str,
    member: CommissionMember,
    given: Sequence[tuple[Application, Task]],
) -> bytes:
    way = way_of(definition)
    columns = [
        RuleColumn(rule.code, rule.title, most_of_one(rule.maximum, way))
        for rule in rules_of_assessors(definition, call)
    ]
    rows = [TableRow(application.number, task.points, task.reasons) for application, task in given]
    return write_table(TableHead(call.code, account, member.symbol), columns, rows)


@dataclass(frozen=True)
class TableTaken:
    """What a table brought: how many sheets became what, and how many rows are still blank."""

    call: str
    login: str
    new: int
    changed: int
    unchanged: int
    recused: int
    blank: int


def take_table(session: Session, data: bytes, *, reason: str = "", actor: Actor, now: datetime) -> TableTaken:
    """Records a table that an assessor filled in: all of it, or nothing and every mistake by row.

    Raises ``BadInput``, and what ``record`` raises.
    """
    actor.require(Right.CONVENE)
    table = read_table(data)
    call = find_call(session, table.head.call)
    definition = definition_for(session, call)
    rules, way = rules_of_assessors(definition, call), way_of(definition)
    filled: list[Filled] = []
    faults: list[str] = []
    for row in table.rows:
        if row.is_blank:
            continue
        sheet, wrong = _filled(row, rules)
        faults += [f"Wiersz {row.row} ({row.number}): {one}" for one in wrong]
        if not wrong and sheet.impartial:
            faults += [f"Wiersz {row.row} ({row.number}): {one}" for one in mistakes(sheet, rules, way)]
        filled.append(sheet)
    if faults:
        raise BadInput("Arkusza nie przyjęto, niczego nie zapisano.\n" + "\n".join(faults))
    done = Counter(
        record(session, call.code, table.head.login, sheet, reason=reason, actor=actor, now=now) for sheet in filled
    )
    return TableTaken(
        call=call.code,
        login=table.head.login,
        new=done[Recorded.NEW],
        changed=done[Recorded.CHANGED],
        unchanged=done[Recorded.UNCHANGED],
        recused=done[Recorded.RECUSED],
        blank=sum(row.is_blank for row in table.rows),
    )


def _filled(row: TypedRow, rules: Sequence[PointsByAssessor]) -> tuple[Filled, list[str]]:
    """The row as a sheet, and what is no answer at all in it."""
    faults = []
    said = row.impartial.casefold()
    if said not in (YES, NO):
        faults.append("w kolumnie bezstronności potrzebne jest „tak” albo „nie”.")
    points: dict[str, int] = {}
    for rule in rules:
        text = row.points.get(rule.code, "")
        if text.isdecimal() and len(text) <= _DIGITS:
            points[rule.code] = int(text)
        elif text:
            faults.append(f"„{text[:20]}” w kryterium „{rule.title}” to nie są całe punkty.")
    return Filled(row.number, said != NO, points, row.reasons), faults


_DIGITS = 6
