"""``nabor intake`` of many files on one computer, as an office runs it: seconds, files a second, and memory.

    python -m benchmarks.intake [N]        (1 000 by default)

Everybody in it is invented. The folder is made first and does not count.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from benchmarks.soak import write_forms
from console.demo import PROJECT
from flows.adapters.clock import WARSAW
from flows.adapters.office import open_office
from flows.adapters.settings import load_settings
from flows.steps.calls import open_call
from flows.steps.officers import add_officer
from flows.steps.projects import load_version
from flows.steps.said_by_office import declare_unit
from models.actor import Actor, Role
from models.keys import create_key_file

LEAD = Actor("benchmark", frozenset(Role))
SECRET = "tajne-haslo-probne"  # noqa: S105 - of an office that lives for a minute


def main(number: int) -> None:
    """Prints what the command said of its progress and how long it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_forms(folder / "inbox", number)
        create_key_file(folder / "keys.json")
        os.environ.update(
            {
                "NABOR_DATA": str(folder / "data"),
                "NABOR_KEYS": str(folder / "keys.json"),
                "NABOR_OFFICER": "zofia",
                "NABOR_OFFICER_SECRET": SECRET,
            }
        )
        _open_the_office()
        started = time.monotonic()
        command = [sys.executable, "-c", "from console.main import run; run()", "intake", str(folder / "inbox")]
        subprocess.run(command, check=True)  # noqa: S603 - our own command
        seconds = time.monotonic() - started
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        sys.stdout.write(
            f"{number} files: {seconds:.1f} s, {number / seconds:.1f} a second; processor "
            f"{used.ru_utime + used.ru_stime:.1f} s; largest process {used.ru_maxrss / 1024:.0f} MB\n"
        )


def _open_the_office() -> None:
    with open_office(load_settings()) as office, office.writing(LEAD) as session:
        now = office.now()
        load_version(session, PROJECT, actor=LEAD, now=now)
        opens = datetime(2018, 6, 1, 8, 0, tzinfo=WARSAW)
        open_call(
            session, "KES", "PGR", "2205", opens_at=opens, closes_at=opens.replace(year=2100), actor=LEAD, now=now
        )
        declare_unit(session, "KES", "2205", signed_on=opens.date(), actor=LEAD, now=now)
        roles = [Role.RECRUITMENT]
        add_officer(session, "zofia", name="Zofia Próbna", secret=SECRET, roles=roles, actor=LEAD, now=now)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
