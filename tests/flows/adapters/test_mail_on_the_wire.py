"""Three thousand Polish subjects and names through a real mail server, on each Python that Nabór runs on."""

import json
import shutil
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from mail_servers import FaultyServer, running

ROOT = Path(__file__).resolve().parents[3]
MAILS = 3000
VERSIONS = ("3.11", "3.12", "3.13")
OWN = ".".join(map(str, sys.version_info[:2]))


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_subjects_and_names_come_back_as_they_were_written(version: str, tmp_path: Path) -> None:
    python = sys.executable if version == OWN else _found(version)
    if python is None:
        pytest.skip(f"there is no python{version} on the path that runs; the default interpreter is tried in any case")
    # Beside the source and the standard library it needs nothing, so no such version needs anything installed.
    command = [python, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv = sys.argv[1:]; " + _RUN]
    script = str(Path(__file__).with_name("wire_check.py"))
    server = FaultyServer()
    with running(server) as port:
        subprocess.run([*command, script, "send", str(port), str(MAILS)], check=True, timeout=300)
    arrived = tmp_path / "arrived"
    arrived.write_text("".join(b64encode(raw).decode() + "\n" for raw in server.contents))
    said = subprocess.run(
        [*command, script, "check", str(arrived), str(MAILS)], check=True, timeout=300, capture_output=True, text=True
    )
    told = json.loads(said.stdout)
    assert told.pop("python").startswith(version)
    assert told == {"mails": MAILS, "subjects": 0, "subjects by policy": 0, "names": 0}


def _found(version: str) -> str | None:
    """An interpreter of the version. A name on the path may be a stand-in for one that was not chosen or installed."""
    python = shutil.which(f"python{version}")
    if python is None:
        return None
    asked = subprocess.run([python, "-c", "print(1)"], capture_output=True, text=True, check=False)
    return python if asked.returncode == 0 and asked.stdout == "1\n" else None


_RUN = "import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"
