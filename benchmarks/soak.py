"""A large call on one computer: N filled-in forms through real flows, from the folder to the ranking.

    python -m benchmarks.soak [N]        (1 000 by default)

Prints documents a second, applications a second, and how many task runs it took. Everybody in it is invented.
"""

import io
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from lxml import etree

from console.demo import PROJECT
from console.server import PrefectServer, client_of, flows_against
from console.stories.persons import CALL
from flows.adapters.clock import WARSAW, PlayedClock, playing
from flows.adapters.office import open_office
from flows.adapters.settings import load_settings
from flows.intake import intake
from flows.orders import CallOrder
from flows.ranking import rank
from flows.steps.calls import open_call
from flows.steps.forms import blank_form
from flows.steps.projects import load_version
from flows.steps.said_by_office import declare_unit
from flows.verification import verify
from models.actor import Actor, Role
from models.keys import create_key_file
from models.project_file import load_project

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
LEAD = Actor("soak", frozenset(Role))
_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)


def main(number: int) -> None:
    """Plays the call of ``number`` applications in a temporary folder and prints what it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_forms(folder / "inbox", number)
        create_key_file(folder / "keys.json")
        os.environ.update({"NABOR_DATA": str(folder / "data"), "NABOR_KEYS": str(folder / "keys.json")})
        clock = PlayedClock(datetime(2018, 6, 1, 8, 0, tzinfo=WARSAW))
        settings = load_settings()
        with playing(clock), PrefectServer(settings) as server, open_office(settings) as office:
            with office.writing(LEAD) as session:
                load_version(session, PROJECT, actor=LEAD, now=office.now())
                opens, closes = clock.now(), datetime(2018, 6, 29, 15, 0, tzinfo=WARSAW)
                open_call(session, "KES", "PGR", "2205", opens_at=opens, closes_at=closes, actor=LEAD, now=opens)
                declare_unit(session, "KES", "2205", signed_on=opens.date(), actor=LEAD, now=opens)
            with flows_against(server):
                clock.move_to(datetime(2018, 6, 20, 8, 0, tzinfo=WARSAW))
                _say("intake", number, _timed(lambda: intake(str(folder / "inbox"))))
                clock.move_to(datetime(2018, 7, 2, 8, 0, tzinfo=WARSAW))
                _say("verify", number, _timed(lambda: verify(CallOrder(call=CALL))))
                _say("rank", number, _timed(lambda: rank(CallOrder(call=CALL))))
            time.sleep(5)
            with client_of(server.api_url) as client:
                runs = client.request("POST", "/task_runs/count", json={}).json()
        sys.stdout.write(f"task runs: {runs}\n")


def write_forms(folder: Path, number: int) -> None:
    """``number`` complete forms of different invented people, filled in by editing the content controls."""
    folder.mkdir(parents=True)
    blank = blank_form(load_project(PROJECT), "zalacznik_1_pgr")
    for index in range(number):
        (folder / f"formularz-{index:05d}.docx").write_bytes(_filled(blank, _answers(index)))


def _answers(index: int) -> dict[str, str]:
    day, rest = index // 5000 + 1, index % 5000 * 2
    digits = f"0261{day:02d}{rest:04d}"  # born in January 2202
    check = -sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 10
    return {
        "imie": "Zmyślona",
        "nazwisko": f"Próbna-{index}",
        "pesel": f"{digits}{check}",
        "data_urodzenia": f"{day:02d}.01.2202",
        "plec": "kobieta",
        "adres.ulica": "ul. Wymyślona 1",
        "adres.kod": "83-300",
        "adres.miejscowosc": "Kartuzy",
        "adres.gmina": "Kartuzy",
        "email": f"osoba{index}@example.org",
        "telefon": "600 100 200",
        "instytucja.nazwa": "Instytucja Próbna",
        "instytucja.nip": "7781346888",
        "instytucja.obszar": "oświata",
        "instytucja.poziom": "gminny",
        "instytucja.gmina": "Żukowo",
        "instytucja.stanowisko": "specjalistka",
        "staz_lat": "ponad 10 lat" if index % 3 else "do 2 lat",
        "praca_bezposrednia": "tak",
        "motywacja": "Chcę współpracować.",
        "zakres_wsparcia:rodziny": "☒",
        "osw_regulamin": "☒",
        "osw_udzial": "☒",
        "osw_prawda": "☒",
        "osw_rodo": "☒",
    }


def _filled(blank: bytes, answers: dict[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(blank)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                root = etree.fromstring(content)
                for control in root.iter(f"{W}sdt"):
                    _fill(control, answers)
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(name, content)
    return written.getvalue()


def _fill(control: etree._Element, answers: dict[str, str]) -> None:
    tag = control.find(f"{W}sdtPr/{W}tag")
    answer = answers.get(tag.get(f"{W}val") or "") if tag is not None else None
    if answer is None:
        return
    state = control.find(f"{W}sdtPr/{W14}checkbox/{W14}checked")
    if state is not None:
        state.set(f"{W14}val", "1")
    flag = control.find(f"{W}sdtPr/{W}showingPlcHdr")
    if flag is not None and (parent := flag.getparent()) is not None:
        parent.remove(flag)
    first, *others = control.iter(f"{W}t")
    first.text = answer
    for other in others:
        other.text = ""


def _timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _say(what: str, number: int, seconds: float) -> None:
    sys.stdout.write(f"{what}: {seconds:.1f} s, {number / seconds:.0f} a second\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
