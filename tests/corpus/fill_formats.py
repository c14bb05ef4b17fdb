"""Saves the filled-in test form in the formats that come back. Run by hand, where LibreOffice is installed; not a test.

    python tests/corpus/fill_formats.py

``formularz-libreoffice.pdf`` is a blank PDF form as LibreOffice exports it. Each other file says what ``VALUES`` in
``tests/forms/form_filling.py`` says; ``…-wstecz.docx`` is what LibreOffice makes of it again, so that reading it can be
tested where there is no LibreOffice.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent / "forms")]

from form_filling import BLANK, EVERY_TYPE, TYPED, fill  # noqa: E402
from pdf_filling import fields_of  # noqa: E402

from flows.adapters.libreoffice import libreoffice_of  # noqa: E402
from flows.adapters.settings import Settings  # noqa: E402
from forms.kinds import kind_of  # noqa: E402

FILTERS = {"doc": "MS Word 97", "odt": "writer8", "rtf": "Rich Text Format"}
FOLDER = HERE / "formats"
PROTECTED = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
def named(name, value):
    made = PropertyValue(); made.Name, made.Value = name, value
    return made
here = uno.getComponentContext()
resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
for _ in range(120):
    try:
        context = resolver.resolve("uno:pipe,name=formats;urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.5)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
source, folder = sys.argv[1:]
for suffix, name in (("doc", "MS Word 97"), ("odt", "writer8")):
    document = desktop.loadComponentFromURL(source, "_blank", 0, (named("Hidden", True),))
    document.storeToURL(f"{folder}/haslo.{suffix}", (named("FilterName", name), named("Password", "tajne")))
    document.close(True)
desktop.terminate()
"""


def html_form() -> str:
    """The test form as a page with a control for each question; LibreOffice makes PDF fields of them."""
    lines = []
    for one in fields_of(EVERY_TYPE, {}, named=True):
        match one.kind:
            case "Ch":
                options = "".join(f"<option>{shown}</option>" for _, shown in (("", ""), *one.options))
                control = f'<select name="{one.name}">{options}</select>'
            case "Btn" if len(one.states) > 1:
                control = "".join(f'<input type="radio" name="{one.name}" value="{state}">' for state in one.states)
            case "Btn":
                control = f'<input type="checkbox" name="{one.name}">'
            case _:
                control = f'<input type="text" name="{one.name}">'
        lines.append(f"<p>{one.name} {control}</p>")
    head = f'<head><meta charset="utf-8"><title>{EVERY_TYPE.title}</title></head>'
    return f"<html>{head}<body><h1>{EVERY_TYPE.title}</h1><form>{''.join(lines)}</form></body></html>"


def main() -> None:
    soffice, python = shutil.which("soffice"), shutil.which("python3", path=os.defpath)
    libreoffice = libreoffice_of(Settings())
    if not soffice or not python or libreoffice is None:
        sys.exit("LibreOffice or the Python of its UNO bridge is missing.")
    with tempfile.TemporaryDirectory() as room:
        office = [soffice, "--headless", "--norestore", f"-env:UserInstallation={Path(room).as_uri()}/profile"]
        source = Path(room) / "formularz.docx"
        source.write_bytes(fill(BLANK, TYPED))
        for suffix, name in FILTERS.items():
            convert = ["--convert-to", f"{suffix}:{name}", "--outdir", str(FOLDER), str(source)]
            subprocess.run([*office, *convert], check=True)
        served = subprocess.Popen([*office, "--accept=pipe,name=formats;urp"])
        subprocess.run([python, "-c", PROTECTED, source.as_uri(), FOLDER.as_uri()], check=True)
        served.wait(60)
        page = Path(room) / "formularz-libreoffice.html"
        page.write_text(html_form(), encoding="utf-8")
        convert = ["--infilter=HTML (StarWriter)", "--convert-to", "pdf", "--outdir", str(FOLDER), str(page)]
        subprocess.run([*office, *convert], check=True)
    contents = [(FOLDER / f"formularz.{suffix}").read_bytes() for suffix in FILTERS]
    made = libreoffice.convert([(number, data, kind_of(data)) for number, data in enumerate(contents)])
    for number, suffix in enumerate(FILTERS):
        content = made[number]
        assert isinstance(content, bytes)
        (FOLDER / f"formularz-{suffix}-wstecz.docx").write_bytes(content)


if __name__ == "__main__":
    main()
