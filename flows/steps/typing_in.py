"""Typing in: the answers of a sheet become the values of an application, all of them or none."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of, current_values, find_application, form_of, newest_correction, parsed
from flows.steps.applying_units import has_other_of_unit
from flows.steps.belonging import has_other
from flows.steps.corrections import OPEN_TO_CHANGE, assess, identify_anew, judge_anew
from flows.steps.projects import definition_for
from flows.steps.registration import acknowledge
from flows.steps.territory import territory_of
from flows.steps.typing_sheets import shown_in, values_as_of
from forms.contradictions import against_receipt, cross_check
from forms.outcome import example
from forms.reading import FieldReading
from forms.sheet import UNCLEAR, Known, TypedSheet, read_sheet, row_keys
from forms.typed import typed_value
from forms.workbook import NO, YES
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.form_definition import FormDefinition, Leaf, LeafType
from models.rules.facts import FieldStatus
from models.tables import Application, FieldValue, Message, Person
from models.tables.applications import ApplicationState, Origin
from models.territory import Territory
from models.transitions import move, note, reference

_METHOD = "officer"


@dataclass(frozen=True)
class TypedIn:
    """What a sheet came to."""

    changed: int
    state: ApplicationState


def type_in(session: Session, number: str, content: bytes, *, reason: str, actor: Actor, now: datetime) -> TypedIn:
    """Takes the answers of a sheet: every one that differs from what is stored becomes a row beside it.

    An application that awaits typing is then judged like any other that came in: complete, or asked about. Of another
    one, open to change, the values are overruled. Raises ``BadInput``, with one line a row, when anything in the sheet
    cannot be taken; nothing is stored then.
    """
    actor.require(Right.CORRECT)
    application = find_application(session, number)
    session.refresh(application, with_for_update=True)
    if not reason.strip():
        raise BadInput("Wpisanie odpowiedzi wymaga uzasadnienia (--reason), na przykład „przepisano ze skanu”.")
    waits = application.state is ApplicationState.AWAITING_TYPING
    if not waits and application.state not in OPEN_TO_CHANGE:
        raise BadInput("O tym zgłoszeniu już zdecydowano albo je zamknięto; wartości zmienia się przed decyzją.")
    form = form_of(definition_for(session, call_of(session, application)), application)
    sheet = read_sheet(content)
    _belongs(session, sheet, application)
    stored = current_values(session, application)
    _holds_every_row(form, sheet)
    typed = _typed_readings(form, sheet, stored, territory_of(session))
    readings = {key: _as_reading(row) for key, row in stored.items()} | typed
    if waits:
        # What stands on the paper is the candidate's word, and is held against itself like any form.
        judged = against_receipt(tuple(readings.values()), warsaw_date(application.received_at))
        readings = cross_check(form, {reading.key: reading for reading in judged})
    changed = [reading for key, reading in readings.items() if _differs(reading, stored.get(key))]
    answer = newest_correction(session, application) is not None
    if not changed and not (waits and answer):
        raise BadInput("Arkusz nie zmienia żadnej odpowiedzi; niczego nie zapisano.")
    rows = [_row(application, reading, reason=reason, actor=actor, now=now) for reading in changed]
    session.add_all(rows)
    session.flush()
    if not waits:
        for row in rows:
            note(
                session,
                reference(application),
                happened=Happened.VALUE_OVERRULED,
                actor=actor,
                now=now,
                area=application.area,
                facts={"key": row.key, "value_row": row.id},
            )
    written = [row.key for row in rows]
    identify_anew(session, application, written, by_officer=not waits, actor=actor, now=now)
    if waits:
        _take_up(session, application, written, answer=answer, actor=actor, now=now)
    else:
        judge_anew(session, application, actor=actor, now=now)
    return TypedIn(len(rows), application.state)


def _belongs(session: Session, sheet: TypedSheet, application: Application) -> None:
    head = sheet.head
    if head.public_number != application.public_number:
        raise BadInput("Ten arkusz sporządzono dla innego zgłoszenia; niczego nie zapisano.")
    if (head.form_key, head.form_version) != (application.form_key, application.form_version):
        raise BadInput("Ten arkusz sporządzono dla innej wersji formularza; niczego nie zapisano.")
    if head.values_as_of != values_as_of(session, application):
        raise BadInput(
            "Od sporządzenia tego arkusza zapisano w zgłoszeniu nowe wartości; niczego nie zapisano. "
            f"Proszę sporządzić nowy arkusz: nabor application sheet {application.number} -o plik.xlsx"
        )


def _holds_every_row(form: FormDefinition, sheet: TypedSheet) -> None:
    """A deleted row is no blank answer. Raises ``BadInput`` with the questions whose rows are gone."""
    lost = [leaf.label for leaf in form.leaves if not set(row_keys(leaf)) <= set(sheet.cells)]
    if lost:
        raise BadInput(f"W arkuszu brakuje wierszy: {'; '.join(lost)}. Niczego nie zapisano.")


def _typed_readings(
    form: FormDefinition, sheet: TypedSheet, stored: dict[str, FieldValue], units: Territory
) -> dict[str, FieldReading]:
    """The leaves whose rows say something else than they showed. Raises ``BadInput`` with one line a faulty row."""
    found: dict[str, FieldReading] = {}
    faulty: list[str] = []
    for leaf in form.leaves:
        cells = [sheet.cells[key] for key in row_keys(leaf)]
        shown = shown_in(leaf, stored.get(leaf.key), units)
        if all(_same(cell.text, shown.get(key, Known()).text) for key, cell in zip(row_keys(leaf), cells, strict=True)):
            continue
        reading = _typed(leaf, [cell.text for cell in cells], cells[0].row, units)
        if reading.status in (FieldStatus.READ, FieldStatus.BLANK) or reading.reason_code == _UNCLEAR_CODE:
            found[leaf.key] = reading
        else:
            faulty.append(f"wiersz {cells[0].row} („{leaf.label}”): {reading.reason}")
    if faulty:
        raise BadInput(
            f"Odpowiedzi, których nie można przyjąć: {len(faulty)}. Niczego nie zapisano.\n  "
            + "\n  ".join(faulty)
            + f"\nJeżeli tak właśnie jest na papierze, proszę wpisać „{UNCLEAR}” – wtedy poprosimy kandydata."
        )
    return found


def _same(typed: str, shown: str) -> bool:
    return typed.split() == shown.split()


_UNCLEAR_CODE = "typed_unclear"


def _typed(leaf: Leaf, texts: list[str], row: int, units: Territory) -> FieldReading:
    place = f"arkusz, wiersz {row}"
    if any(text.strip() == UNCLEAR for text in texts):
        return FieldReading(
            key=leaf.key,
            status=FieldStatus.UNREADABLE,
            raw=UNCLEAR,
            place=place,
            method=_METHOD,
            reason_code=_UNCLEAR_CODE,
            reason="Na nadesłanym skanie albo papierze ta odpowiedź jest nieczytelna albo jest w niej pomyłka. "
            + example(leaf),
        )
    text = "\n".join(texts)
    if leaf.type == LeafType.CHOICES:
        unknown = {text.strip().casefold() for text in texts} - {"", YES, NO, "x"}
        if unknown:
            return FieldReading(
                key=leaf.key, status=FieldStatus.UNREADABLE, reason=f"Proszę wybrać „{YES}” albo zostawić puste pole."
            )
        chosen = [o for o, said in zip(leaf.options, texts, strict=True) if said.strip().casefold() in (YES, "x")]
        outcome = typed_value(leaf, ", ".join(option.code for option in chosen))
        text = "; ".join(option.label for option in chosen)
    else:
        outcome = typed_value(leaf, text, territory=units)
    return FieldReading(
        key=leaf.key,
        status=outcome.status,
        raw=text,
        value=outcome.value,
        place=place,
        method=_METHOD,
        certainty=100 if outcome.status is FieldStatus.READ else 0,
        reason_code=outcome.reason_code,
        reason=outcome.reason,
    )


def _as_reading(row: FieldValue) -> FieldReading:
    return FieldReading(
        key=row.key,
        status=row.status,
        raw=row.raw,
        value=parsed(row),
        place=row.place,
        path=row.path,
        method=row.method,
        certainty=row.certainty,
        reason_code=row.reason_code,
        reason=row.reason or "",
    )


def _differs(reading: FieldReading, row: FieldValue | None) -> bool:
    if row is None:
        return reading.status is not FieldStatus.BLANK
    return (reading.status, reading.value) != (row.status, parsed(row))


def _row(application: Application, reading: FieldReading, *, reason: str, actor: Actor, now: datetime) -> FieldValue:
    assert application.id is not None
    read = reading.status is FieldStatus.READ
    return FieldValue(
        area=application.area,
        application_id=application.id,
        key=reading.key,
        origin=Origin.OFFICER,
        status=reading.status,
        raw=reading.raw,
        value=None if reading.value is None else json.dumps(reading.value, ensure_ascii=False),
        place=reading.place,
        path=reading.path,
        method=_METHOD,
        certainty=reading.certainty,
        reason_code=reading.reason_code,
        # Of an answer that has to be asked for, the reason is the candidate's to read; else it is the officer's own.
        reason=reason.strip() if read else reading.reason,
        recorded_at=now,
        recorded_by=actor.login,
    )


def _take_up(
    session: Session, application: Application, keys: list[str], *, answer: bool, actor: Actor, now: datetime
) -> None:
    """The application goes the way of one that came in as a Word form; the sender of a scan was thanked already."""
    call = call_of(session, application)
    person = session.get_one(Person, application.person_id)
    repeated = (
        has_other(session, call, person, beside=application)
        if application.unit is None
        else has_other_of_unit(session, call, application.unit, beside=application)
    )
    if repeated:
        note(
            session,
            reference(application),
            happened=Happened.DUPLICATE_SEEN,
            actor=actor,
            now=now,
            area=application.area,
        )
    move(
        session,
        application,
        ApplicationState.CORRECTED if answer else ApplicationState.RECEIVED,
        happened=Happened.APPLICATION_CORRECTED if answer else Happened.APPLICATION_TYPED,
        actor=actor,
        now=now,
        facts={"fields": keys},
    )
    complete = assess(session, application, actor=actor, now=now)
    thanked = session.exec(
        select(Message.id).where(Message.event == "scan_received", Message.subject_ref == reference(application))
    ).first()
    if not answer and (complete or thanked is None):
        acknowledge(session, application, call, person, complete=complete, actor=actor, now=now)
