"""LibreOffice's part in filling the samples: opens a form and works in it as a person at the keyboard would.

Runs under the Python that comes with LibreOffice's UNO bridge, not under the project's, so it knows nothing of Nabór.
Reads one JSON file of jobs (see ``fill_samples.Job``); called by ``fill_samples.py`` only.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import uno  # type: ignore[import-not-found]  # not in the project's environment: comes with LibreOffice
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

Uno: TypeAlias = Any
"""An object of LibreOffice: the bridge makes its attributes up as they are asked for."""
Job: TypeAlias = Mapping[str, Any]

TICKED = "☒"
START_SECONDS = 60


def named(name: str, value: object) -> Uno:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


class Office:
    """A LibreOffice of our own, with a fresh profile."""

    def __init__(self, soffice: str, profile: Path) -> None:
        pipe = f"samples{profile.name}"
        self.process = subprocess.Popen(
            [
                soffice,
                "--headless",
                "--norestore",
                "--nologo",
                "--nodefault",
                f"-env:UserInstallation={profile.as_uri()}",
                f"--accept=pipe,name={pipe};urp",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except NoConnectException:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        self.desktop = self.service("com.sun.star.frame.Desktop")
        self.dispatcher = self.service("com.sun.star.frame.DispatchHelper")

    def service(self, name: str) -> Uno:
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def sign(self, author: str) -> None:
        """Puts the name of the person at the keyboard into the program's settings."""
        provider = self.service("com.sun.star.configuration.ConfigurationProvider")
        where = named("nodepath", "/org.openoffice.UserProfile/Data")
        data = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationUpdateAccess", (where,))
        first, _, last = author.partition(" ")
        data.givenname, data.sn = first, last
        data.commitChanges()

    def close(self) -> None:
        self.desktop.terminate()
        self.process.wait(START_SECONDS)


class Form:
    """An open form and the hand that works in it."""

    def __init__(self, office: Office, job: Job) -> None:
        self.office = office
        self.manner = job["hand"]
        source = Path(job["source"]).as_uri()
        self.document = office.desktop.loadComponentFromURL(source, "_blank", 0, (named("Hidden", True),))
        self.cursor = self.document.CurrentController.ViewCursor
        self.frame = self.document.CurrentController.Frame
        places = list(self._controls(self.document.Text, None))
        if len(places) != len(job["tags"]):
            raise SystemExit(f"{len(places)} controls found, {len(job['tags'])} expected")
        # LibreOffice drops the tags; the controls stay in the order of the form.
        self.places = dict(zip(job["tags"], places, strict=True))

    def _controls(self, text: Uno, cell: Uno) -> Iterator[tuple[Uno, Uno, Uno]]:
        """Every control with its paragraph and the cell that holds it, in the order of the document."""
        paragraphs = text.createEnumeration()
        while paragraphs.hasMoreElements():
            paragraph = paragraphs.nextElement()
            if paragraph.supportsService("com.sun.star.text.TextTable"):
                for name in paragraph.getCellNames():
                    inner = paragraph.getCellByName(name)
                    yield from self._controls(inner, inner)
                continue
            portions = paragraph.createEnumeration()
            while portions.hasMoreElements():
                portion = portions.nextElement()
                if portion.TextPortionType == "ContentControl":
                    yield portion.ContentControl, paragraph, cell

    def answer(self, tag: str, text: str, *, picked: bool) -> None:
        control, paragraph, cell = self.places[tag]
        if control.Checkbox:
            self._tick(control, paragraph, beside_label=":" in tag)
        elif self.manner == "plain":
            # The whole cell is marked and overtyped; the control goes with it.
            cell.setString(text)
        elif control.ListItems or picked:
            # Chosen from the list or the calendar: the program itself puts the words in and drops the prompt.
            control.ShowingPlaceHolder = False
            self._selected(control).setString(text)
        else:
            self._type(control, text)

    def _tick(self, control: Uno, paragraph: Uno, *, beside_label: bool) -> None:
        if self.manner == "crossed":
            # A box before its words gets the cross before it, a box alone in its cell behind it.
            where, cross = (paragraph.Start, "X ") if beside_label else (paragraph.End, " X")
            paragraph.Text.insertString(where, cross, False)
            return
        # What a click does: the state is set and the sign exchanged.
        control.Checked = not control.Checked
        self._selected(control).setString(TICKED if control.Checked else "☐")

    def _parts(self, control: Uno) -> Iterator[Uno]:
        portions = control.createEnumeration()
        while portions.hasMoreElements():
            yield portions.nextElement()

    def _selected(self, control: Uno) -> Uno:
        """All that stands in the control. Its closing mark must not be taken along, or the text lands behind it."""
        parts = list(self._parts(control))
        cursor = parts[0].Text.createTextCursorByRange(parts[0].Start)
        cursor.goRight(sum(len(part.String) for part in parts), True)
        return cursor

    def _type(self, control: Uno, text: str) -> None:
        parts = [part for part in self._parts(control) if part.String]
        self.cursor.gotoRange(parts[0].Start, False)
        self.cursor.goRight(sum(len(part.String) for part in parts), True)
        for char in text:
            if char == "\n":
                self._press(".uno:InsertLinebreak")
            else:
                self._press(".uno:InsertText", named("Text", char))

    def _press(self, command: str, *arguments: Uno) -> None:
        self.office.dispatcher.executeDispatch(self.frame, command, "", 0, arguments)

    def save(self, target: Path) -> None:
        name = "writer_pdf_Export" if target.suffix == ".pdf" else "MS Word 2007 XML"
        self.document.storeToURL(target.as_uri(), (named("FilterName", name),))
        self.document.close(True)


def carry_out(office: Office, job: Job) -> None:
    office.sign(job["author"])
    form = Form(office, job)
    form.document.RecordChanges = job["hand"] == "tracked"
    for tag, text in job["answers"]:
        form.answer(tag, text, picked=tag in job["picked"])
    form.save(Path(job["target"]))


def main() -> None:
    soffice, jobs = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as profile:
        office = Office(soffice, Path(profile))
        try:
            for job in jobs:
                carry_out(office, job)
        finally:
            office.close()


if __name__ == "__main__":
    main()
