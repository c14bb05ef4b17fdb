"""LibreOffice as a converter: .doc, .odt and .rtf become .docx that our own reader reads.

The files are hostile. LibreOffice runs without a network, with macros and links switched off in a profile that lives
as long as one run, in a folder only we may open, with limits on time, memory and the size of what it writes, and all
it started is killed at the end. A batch that fails is done again file by file, so that one file never costs another.
"""

import functools
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final

from flows.adapters.settings import Settings
from forms.kinds import CONVERTIBLE, Kind
from forms.reading import Unreadable
from forms.safety import MAX_BYTES

BATCH: Final = 20
"""Files in one run: the start costs a second, each file a tenth of one."""

_SENTENCES: Final = {
    "conversion_failed": "Pliku nie udało się przekształcić do odczytu; może być uszkodzony. "
    "Proszę otworzyć go w Wordzie lub LibreOffice i zapisać jako .docx.",
    "conversion_timeout": "Otwieranie pliku trwało zbyt długo i zostało przerwane. "
    "Proszę otworzyć go w Wordzie lub LibreOffice i zapisać jako .docx.",
    "no_isolation": "Na komputerze biura nie da się teraz bezpiecznie otworzyć pliku w tym formacie. "
    "Proszę otworzyć go w Wordzie lub LibreOffice i zapisać jako .docx.",
}


@dataclass(frozen=True)
class Limits:
    """What one run may use. ``seconds`` is for the start, ``seconds_per_file`` for each file of a batch on top."""

    seconds: float = 20
    seconds_per_file: float = 2
    seconds_alone: float = 20
    memory_mb: int = 2_000
    output_mb: int = 60


@dataclass(frozen=True)
class LibreOffice:
    """A LibreOffice that is installed here. ``cut_off`` are the words of a command that take the network from what
    follows them, or ``None`` where that is not possible; nothing is opened then."""

    program: str
    cut_off: tuple[str, ...] | None
    limits: Limits = Limits()

    def convert(self, files: Sequence[tuple[int, bytes, Kind]]) -> dict[int, bytes | Unreadable]:
        """The .docx of each file, or why there is none, under the number it came with. Raises nothing because of one.

        The files must have passed :func:`forms.safety.preflight_foreign`.
        """
        wrong = {kind for _, _, kind in files} - CONVERTIBLE
        if wrong:
            raise ValueError(f"not to be opened by an office program: {', '.join(sorted(wrong))}")
        if self.cut_off is None:
            return {number: _unreadable("no_isolation") for number, _, _ in files}
        answers: dict[int, bytes | Unreadable] = {}
        for start in range(0, len(files), BATCH):
            batch = files[start : start + BATCH]
            made, end = self._run(batch, self.limits.seconds + self.limits.seconds_per_file * len(batch))
            answers.update(made)
            for one in batch:
                if one[0] in made:
                    continue
                alone, its_end = made, end
                if end is not _End.DONE and len(batch) > 1:
                    # Which file it was nobody knows.
                    alone, its_end = self._run([one], self.limits.seconds_alone)
                code = "conversion_timeout" if its_end is _End.LATE else "conversion_failed"
                answers[one[0]] = alone.get(one[0], _unreadable(code))
        return answers

    def _run(self, files: Sequence[tuple[int, bytes, Kind]], seconds: float) -> tuple[dict[int, bytes], "_End"]:
        """What one run of the program makes of the files, and how it ended."""
        with _room() as room:
            source, target, profile = room / "in", room / "out", room / "profile"
            for folder in (source, target, profile / "user"):
                folder.mkdir(parents=True)
            (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
            for place, (_, data, kind) in enumerate(files):
                (source / f"{place}.{kind}").write_bytes(data)
            end = self._call(room, sorted(source.iterdir()), seconds)
            made: dict[int, bytes] = {}
            for place, (number, _, _) in enumerate(files):
                path = target / f"{place}.docx"
                # What a killed program was still writing has no directory at its end.
                if path.is_file() and path.stat().st_size <= MAX_BYTES and zipfile.is_zipfile(path):
                    made[number] = path.read_bytes()
            return made, end

    def _call(self, room: Path, files: Sequence[Path], seconds: float) -> "_End":
        assert self.cut_off is not None
        limits = (self.limits.memory_mb * 1024, int(seconds) + 1, self.limits.output_mb * 2048)
        command = [
            *("/bin/sh", "-c", _WITH_LIMITS, "sh", *map(str, limits), *self.cut_off, self.program),
            *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
            f"-env:UserInstallation={(room / 'profile').as_uri()}",
            *("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(room / "out"), *map(str, files)),
        ]
        path = os.pathsep.join((str(Path(self.program).parent), os.defpath))
        process = subprocess.Popen(  # noqa: S603 - the program is the office's own setting
            command,
            cwd=room,
            env={"PATH": path, "HOME": str(room), "TMPDIR": str(room), "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return _End.DONE if process.wait(seconds) == 0 else _End.DIED
        except subprocess.TimeoutExpired:
            return _End.LATE
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class _End(Enum):
    """How a run of the program ended. It may be done and still have refused a file."""

    DONE = auto()
    DIED = auto()
    LATE = auto()


def libreoffice_of(settings: Settings) -> LibreOffice | None:
    """The LibreOffice of the office's settings; ``None`` when there is none or it is switched off."""
    program = shutil.which(settings.libreoffice) if settings.libreoffice else None
    if program is None:
        return None
    open_network = () if settings.libreoffice_with_network else None
    return LibreOffice(str(Path(program).absolute()), _ways_out_closed() or open_network)


@functools.cache
def _ways_out_closed() -> tuple[str, ...] | None:
    """The command that starts another one without a network and with processes that end with it, if one works here.

    The first way needs root, the second user namespaces; containers and some systems allow neither.
    """
    inside = ("--net", "--pid", "--fork", "--kill-child", "--")
    for words in (("unshare", *inside), ("unshare", "--user", "--map-root-user", *inside)):
        with suppress(OSError, subprocess.TimeoutExpired):
            if subprocess.run([*words, "true"], capture_output=True, timeout=10).returncode == 0:  # noqa: S603
                return words
    return None


def _unreadable(code: str) -> Unreadable:
    return Unreadable(code=code, sentence=_SENTENCES[code])


_WITH_LIMITS: Final = 'ulimit -v "$1"; ulimit -t "$2"; ulimit -f "$3"; ulimit -c 0; shift 3; exec "$@"'
"""The shell sets the limits: code between fork and exec would be unsafe in a program with threads."""

_ROOM: Final = "nabor-libreoffice-"


@contextmanager
def _room() -> Iterator[Path]:
    """A folder only we may open, gone afterwards. Folders of programs that were killed before they could go are
    removed first: they hold what people wrote."""
    for left in Path(tempfile.gettempdir()).glob(f"{_ROOM}*"):
        owner = left.name.removeprefix(_ROOM).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_ROOM}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _switch(path: str, name: str, value: str) -> str:
    return (
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
    )


_PROFILE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    + _switch("Office.Common/Security/Scripting", "DisableMacrosExecution", "true")
    + _switch("Office.Common/Security/Scripting", "MacroSecurityLevel", "3")
    + _switch("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true")
    + _switch("Office.Writer/Content/Update", "Link", "0")
    + "</oor:items>"
)
