"""Attendance lists of invented people, of a meeting and of a session of support, and what hands do to their cells."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from lxml import etree

from forms.wordml import W14, w
from models.rules.sheet_codes import SheetKey, SupportListKey, row_code
from templates.documents.attendance_sheet import AttendanceSheetDocument, Attendee, attendance_sheet
from templates.documents.support_list import SupportedPerson, SupportListDocument, support_list
from templates.word_base import Letterhead

CALL = "KES/PGR/2205/2018"
KEY = SheetKey(CALL, "pgr_kartuski_1", date(2018, 9, 22))
SESSION = SupportListKey(CALL, 12, date(2018, 10, 12), (time(16), time(18)))
NAMES = ("Celina Cyprysowa", "Świętosława Ćwiek-Próbna", "Adam Lisowicz", "Żelisława Łąkowa", "Ludomir Mak")
DOCUMENT = "word/document.xml"


@dataclass(frozen=True)
class Hand:
    """What somebody does to a row. ``over_the_box`` is typed in place of the box."""

    tick: bool = False
    over_the_box: str = ""
    hours: str = ""
    crossed_hours: str = ""
    crossed_name: bool = False
    signature: str = ""


def number(index: int) -> str:
    """The application number of the person at ``index`` of the names."""
    return f"{CALL}/{index + 1:04d}"


def sheet(names: tuple[str, ...] = NAMES, key: SheetKey = KEY) -> bytes:
    """The sheet as it is printed."""
    attendees = []
    for index, name in enumerate(names):
        first, _, last = name.partition(" ")
        attendees.append(
            Attendee(
                first_name=first, last_name=last, institution="Szkoła Próbna", number=f"{key.call}/{index + 1:04d}"
            )
        )
    return attendance_sheet(
        AttendanceSheetDocument(
            letterhead=Letterhead("ROPS", "Projekt próbny", "POWR.00", "Sfinansowano ze środków UE"),
            group="Grupa próbna",
            meeting="Spotkanie próbne",
            day=key.on,
            day_number=1,
            days=2,
            starts=time(9),
            ends=time(15),
            place="Kartuzy",
            key=key,
            attendees=attendees,
        )
    )


def list_of_session(numbers: tuple[str, ...] = (), key: SupportListKey = SESSION) -> bytes:
    """The list of a session of support as it is printed; the people of :data:`NAMES`, under other numbers if given."""
    people = []
    for index, name in enumerate(NAMES):
        first, _, last = name.partition(" ")
        given = numbers[index] if numbers else number(index)
        people.append(SupportedPerson(first_name=first, last_name=last, institution="MGOPS", group="PGR", number=given))
    return support_list(
        SupportListDocument(
            letterhead=Letterhead("ROPS", "Projekt próbny", "POWR.00", "Sfinansowano ze środków UE"),
            support="coaching grupowy",
            topic="Superwizja",
            place="Kartuzy",
            coach="Jan Wymyślony",
            key=key,
            people=people,
        )
    )


def filled(content: bytes, hands: Mapping[str, Hand], *, call: str = CALL, bound_to: str = "") -> bytes:
    """The sheet after these hands, by application number; ``bound_to``: what the codes of a session's list are."""
    root = _document(content)
    for number_, hand in hands.items():
        _fill(_row_of(root, row_code(call, number_, bound_to=bound_to)), hand)
    return _with(content, root)


def changed(content: bytes, old: str, new: str) -> bytes:
    """The sheet with another text in its document."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read(DOCUMENT).decode()
    assert old in body
    return _with(content, etree.fromstring(body.replace(old, new).encode()))


def with_row_again(content: bytes, number_: str, *, bound_to: str = "", **texts: str) -> bytes:
    """The sheet with a copy of a row at the end; ``code`` and ``name`` put other texts into its cells."""
    root = _document(content)
    row = _row_of(root, row_code(CALL, number_, bound_to=bound_to))
    copy = etree.fromstring(etree.tostring(row))
    parent = row.getparent()
    assert parent is not None
    parent.append(copy)
    for column, key in ((1, "code"), (2, "name")):
        if key in texts:
            next(_cells(copy)[column].iter(w("t"))).text = texts[key]
    return _with(content, root)


def without_row(content: bytes, number_: str, *, bound_to: str = "") -> bytes:
    root = _document(content)
    row = _row_of(root, row_code(CALL, number_, bound_to=bound_to))
    parent = row.getparent()
    assert parent is not None
    parent.remove(row)
    return _with(content, root)


def _document(content: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(DOCUMENT))


def _with(content: bytes, root: etree._Element) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(name, body if name == DOCUMENT else source.read(name))
    return made.getvalue()


def _row_of(root: etree._Element, code: str) -> etree._Element:
    for row in root.iter(w("tr")):
        if any(text.text == code for text in row.iter(w("t"))):
            return row
    raise KeyError(code)


def _cells(row: etree._Element) -> list[etree._Element]:
    return list(row.findall(w("tc")))


def _fill(row: etree._Element, hand: Hand) -> None:
    name, box, hours, signature = (_cells(row)[column] for column in (2, 4, 5, 6))
    if hand.tick:
        next(box.iter(f"{{{W14}}}checked")).set(f"{{{W14}}}val", "1")
        next(box.iter(w("t"))).text = "☒"
    if hand.over_the_box:
        paragraph = next(box.iter(w("p")))
        control = paragraph.find(w("sdt"))
        assert control is not None
        paragraph.remove(control)
        _write(box, hand.over_the_box)
    if hand.crossed_hours:
        _write(hours, hand.crossed_hours, struck=True)
    if hand.hours:
        _write(hours, hand.hours)
    if hand.crossed_name:
        for run in name.iter(w("r")):
            properties = run.find(w("rPr"))
            assert properties is not None
            properties.insert(0, etree.Element(w("strike")))
    if hand.signature:
        _write(signature, hand.signature)


def _write(cell: etree._Element, text: str, *, struck: bool = False) -> None:
    run = etree.SubElement(next(cell.iter(w("p"))), w("r"))
    if struck:
        etree.SubElement(etree.SubElement(run, w("rPr")), w("strike"))
    shown = etree.SubElement(run, w("t"))
    shown.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    shown.text = text
