"""The sheet (:mod:`forms.sheet`) to type an application in: what is known of it, with the pictures beside it."""

from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session, col, func, select

from flows.adapters.office import Office
from flows.steps.applications import call_of, current_values, find_application, form_of, parsed
from flows.steps.people import open_data_key
from flows.steps.projects import definition_for
from flows.steps.territory import territory_of
from forms.blank_marks import NO_PESEL
from forms.sheet import LONGEST_CELL, Known, SheetHead, can_show, row_keys, write_sheet
from forms.typed import typed_value
from forms.workbook import NO, YES
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.form_definition import Leaf, LeafType
from models.rules.facts import FieldStatus
from models.tables import Application, FieldValue, SubmittedFile
from models.territory import Territory
from models.transitions import note, reference


def sheet_for(office: Office, number: str, target: Path, *, actor: Actor) -> Path:
    """Writes the typing sheet of an application to ``target``, outside the data folder. The export is on record."""
    actor.require(Right.EXPORT_FILES)
    if target.resolve().is_relative_to(office.settings.data.resolve()):
        raise BadInput("Arkusz nie może leżeć w folderze danych: tam wszystko zostaje zaszyfrowane.")
    with office.writing(actor) as session:
        application = find_application(session, number)
        content = sheet_of(office, session, application)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        note(
            session,
            reference(application),
            happened=Happened.EXPORTED,
            actor=actor,
            now=office.now(),
            area=application.area,
            facts={"sheets": 1},
        )
    return target


def sheet_of(office: Office, session: Session, application: Application) -> bytes:
    """The sheet with what is known already, the pictures beside it, and what to open where there is no picture."""
    form = form_of(definition_for(session, call_of(session, application)), application)
    values = current_values(session, application)
    units = territory_of(session)
    known = {key: shown for leaf in form.leaves for key, shown in shown_in(leaf, values.get(leaf.key), units).items()}
    pictures: list[bytes] = []
    others = room = 0
    for row in _scans(session, application):
        content = office.files.read(row.stored_as, open_data_key(session, row.data_key_id))
        if can_show(content) and room + len(content) <= _LARGEST_PICTURES:
            pictures.append(content)
            room += len(content)
        else:
            others += 1
    notes = ["Nadesłany obraz stoi obok, na prawo od tabeli."] if pictures else []
    if others:
        notes.append(
            f"Pliki do otwarcia osobno: {others}. Zapisuje je polecenie "
            f"„nabor application export {application.number} FOLDER”."
        )
    if not notes:
        notes = ["Do tego zgłoszenia nie ma pliku w systemie: przepisuje się je z papieru."]
    head = SheetHead(
        application.number, application.public_number, form.key, form.version, values_as_of(session, application)
    )
    return write_sheet(form, head, known=known, pictures=pictures, notes=notes)


_LARGEST_PICTURES = 25 * 1024 * 1024
"""Bytes of pictures beside the rows: a sheet has to be small enough to open, and to be taken back."""


def _scans(session: Session, application: Application) -> Sequence[SubmittedFile]:
    return session.exec(
        select(SubmittedFile)
        .where(SubmittedFile.application_id == application.id)
        .order_by(col(SubmittedFile.received_at), col(SubmittedFile.id))
    ).all()


def values_as_of(session: Session, application: Application) -> int:
    """The row of the newest value: a sheet that was made before it is out of date. 0 while there is none."""
    newest = session.exec(select(func.max(col(FieldValue.id))).where(FieldValue.application_id == application.id)).one()
    return newest or 0


def shown_in(leaf: Leaf, row: FieldValue | None, units: Territory) -> dict[str, Known]:
    """What the rows of a leaf show: the answer that counts in words that read back as the same answer."""
    if row is None:
        return {}
    if row.status is not FieldStatus.READ:
        said = f"W formularzu: „{row.raw}”. " if row.raw else ""
        return {key: Known("", f"{said}{row.reason or ''}".strip()) for key in row_keys(leaf)}
    value = parsed(row)
    if leaf.type == LeafType.CHOICES:
        chosen = value if isinstance(value, tuple) else ()
        return {
            key: Known(YES if option.code in chosen else "")
            for key, option in zip(row_keys(leaf), leaf.options, strict=True)
        }
    if isinstance(value, bool):
        return {leaf.key: Known(YES if value else NO)}
    if leaf.type == LeafType.CHOICE:
        return {leaf.key: Known(next((o.label for o in leaf.options if o.code == value), ""))}
    text = "brak" if value == NO_PESEL else str(value)
    if row.raw and typed_value(leaf, row.raw, territory=units).value == value:
        text = row.raw
    if len(text) > LONGEST_CELL:
        return {leaf.key: Known("", "Odpowiedź jest dłuższa, niż mieści komórka; puste pole niczego nie zmieni.")}
    return {leaf.key: Known(text)}
