"""LibreOffice as a converter: what one bad file costs, what the program may see and use, and what is left of it.

The first part plays a program that hangs, dies or spies, as a shell script; the second needs a real LibreOffice.
"""

import http.server
import io
import os
import stat
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from form_filling import BLANK, CORPUS, EVERY_TYPE, VALUES

from flows.adapters import libreoffice as adapter
from flows.adapters.libreoffice import BATCH, LibreOffice, Limits, libreoffice_of
from flows.adapters.settings import Settings
from forms.kinds import Kind, kind_of
from forms.reader import read_form
from forms.reading import Unreadable

SHORT = Limits(seconds=2, seconds_per_file=0, seconds_alone=1)
SAMPLES = CORPUS / "formats"
PLAY = """#!/bin/sh
# The last arguments are the files; the one before them is the folder to write to.
while [ "$1" != "--outdir" ]; do shift; done
out="$2"; shift 2
for file in "$@"; do
  name=$(basename "$file"); name="${name%.*}"
  case "$(head -c 40 "$file")" in
    *hang*) sleep 30 ;;
    *die*) kill -KILL $$ ;;
    *refuse*) ;;
    *half*) head -c 900 "BLANK" > "$out/$name.docx" ;;
    *) cp "BLANK" "$out/$name.docx" ;;
  esac
  SPY
done
"""


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., LibreOffice]:
    """A program that treats each file as its text says, and a folder of temporary files that is ours alone."""
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    (tmp_path / "blank.docx").write_bytes(BLANK)

    def make(*, spy: str = ":", limits: Limits = SHORT) -> LibreOffice:
        program = tmp_path / "soffice"
        program.write_text(PLAY.replace("BLANK", str(tmp_path / "blank.docx")).replace("SPY", spy))
        program.chmod(0o700)
        return LibreOffice(str(program), (), limits)

    return make


def rtf(*words: str) -> list[tuple[int, bytes, Kind]]:
    return [(10 + number, f"{{\\rtf1 {word}}}".encode(), Kind.RTF) for number, word in enumerate(words)]


def codes(answers: dict[int, bytes | Unreadable]) -> dict[int, str]:
    return {number: answer.code for number, answer in answers.items() if isinstance(answer, Unreadable)}


def rooms() -> list[str]:
    return [path.name for path in Path(tempfile.gettempdir()).iterdir()]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("hang", "conversion_timeout"),
        ("die", "conversion_failed"),
        ("refuse", "conversion_failed"),
        ("half", "conversion_failed"),
    ],
)
def test_one_bad_file_costs_no_other(play: Callable[..., LibreOffice], word: str, code: str) -> None:
    answers = play().convert(rtf("one", word, "three"))
    assert codes(answers) == {11: code}
    assert answers[10] == answers[12] == BLANK
    assert rooms() == []


def test_files_are_taken_a_batch_at_a_time(play: Callable[..., LibreOffice], tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    answers = play(spy=f'echo "$$" >> {runs}').convert(rtf(*["good"] * (BATCH + 3)))
    assert codes(answers) == {}
    assert len(answers) == BATCH + 3
    assert len(set(runs.read_text().split())) == 2


def test_the_program_sees_nothing_of_ours_and_has_limits(
    play: Callable[..., LibreOffice], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NABOR_OFFICER_SECRET", "tajne")
    seen = tmp_path / "seen"
    spy = f"(env; ulimit -v; ulimit -t; ulimit -f; ulimit -c; stat -c %a . ; ls profile/user) > {seen}"
    play(spy=spy, limits=Limits(memory_mb=700)).convert(rtf("good"))
    said = seen.read_text()
    assert "tajne" not in said
    assert {line.partition("=")[0] for line in said.split("\n") if "=" in line} <= {
        *("PATH", "HOME", "TMPDIR", "LANG", "SAL_USE_VCLPLUGIN", "PWD", "OLDPWD", "SHLVL", "_")
    }
    assert said.split("\n")[-7:] == [str(700 * 1024), "23", str(60 * 2048), "0", "700", "registrymodifications.xcu", ""]


def test_what_a_hanging_program_started_ends_with_it(play: Callable[..., LibreOffice], tmp_path: Path) -> None:
    child = tmp_path / "child"
    play(spy=f"sleep 30 & echo $! > {child}; wait").convert(rtf("good"))
    until = time.monotonic() + 5
    while _alive(int(child.read_text())):
        assert time.monotonic() < until
        time.sleep(0.02)


def _alive(process: int) -> bool:
    """A killed child may stay as an entry until its new parent looks at it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_what_a_killed_program_of_ours_left_behind_is_removed(play: Callable[..., LibreOffice]) -> None:
    room = Path(tempfile.gettempdir())
    for owner in (4_194_305, os.getpid()):
        (room / f"nabor-libreoffice-{owner}-x").mkdir()
    play().convert(rtf("good"))
    assert rooms() == [f"nabor-libreoffice-{os.getpid()}-x"]


def test_a_word_file_never_goes_in(play: Callable[..., LibreOffice]) -> None:
    """It might be active, and we read it ourselves."""
    with pytest.raises(ValueError, match="docx"):
        play().convert([(1, BLANK, Kind.DOCX)])


def test_an_office_may_have_none(tmp_path: Path) -> None:
    assert libreoffice_of(Settings(libreoffice="")) is None
    assert libreoffice_of(Settings(libreoffice=str(tmp_path / "soffice"))) is None


def test_where_the_network_cannot_be_cut_off_nothing_is_opened_unless_allowed(
    play: Callable[..., LibreOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = play().program
    monkeypatch.setattr(adapter, "_ways_out_closed", lambda: None)
    refusing = libreoffice_of(Settings(libreoffice=program))
    assert refusing is not None
    assert codes(refusing.convert(rtf("good"))) == {10: "no_isolation"}
    allowed = libreoffice_of(Settings(libreoffice=program, libreoffice_with_network=True))
    assert allowed is not None
    assert allowed.convert(rtf("good")) == {10: BLANK}


def test_every_sentence_is_one() -> None:
    assert len(set(adapter._SENTENCES.values())) == len(adapter._SENTENCES)
    assert all(sentence.endswith(".docx.") for sentence in adapter._SENTENCES.values())


# With a real LibreOffice


@pytest.fixture
def real() -> LibreOffice:
    found = libreoffice_of(Settings(libreoffice_with_network=True))
    assert found is not None
    return found


@pytest.fixture
def cut_off(real: LibreOffice) -> LibreOffice:
    if not real.cut_off:
        pytest.skip("this machine lets nobody take the network from a program (unshare)")
    return real


def sample(suffix: str) -> tuple[bytes, Kind]:
    data = (SAMPLES / f"formularz.{suffix}").read_bytes()
    return data, kind_of(data)


def values(docx: bytes | Unreadable) -> dict[str, object]:
    assert isinstance(docx, bytes)
    return {field.key: field.value for field in read_form(docx, (EVERY_TYPE,)).fields}


@pytest.mark.libreoffice
def test_every_answer_survives_the_conversion_of_twenty_files_and_a_corrupt_one_fails_alone(real: LibreOffice) -> None:
    files = [(number, *sample(("doc", "odt", "rtf")[number % 3])) for number in range(BATCH)]
    data, kind = files[6][1:]
    files[6] = (6, data[: len(data) // 3], kind)
    answers = real.convert(files)
    assert codes(answers) == {6: "conversion_failed"}
    for number, answer in answers.items():
        assert number == 6 or values(answer) == VALUES


@pytest.mark.libreoffice
def test_two_offices_convert_at_once(real: LibreOffice) -> None:
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(real.convert, [[(1, *sample("doc"))], [(1, *sample("rtf"))]]))
    assert [values(answers[1]) for answers in both] == [VALUES, VALUES]


@pytest.mark.libreoffice
def test_it_works_without_root_where_user_namespaces_are_open(cut_off: LibreOffice) -> None:
    assert cut_off.cut_off is not None
    own = ("unshare", "--user", "--map-root-user", *cut_off.cut_off[cut_off.cut_off.index("--net") :])
    assert values(LibreOffice(cut_off.program, own).convert([(1, *sample("odt"))])[1]) == VALUES


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A web server on this computer, and the paths it was asked for."""
    asked: list[str] = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - the names the server calls

        def log_message(self, format: str, *arguments: object) -> None:
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def odt_of(body: str) -> bytes:
    """An OpenDocument text with the page picture or section named, and nothing else."""
    oasis = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = {
        "office": f"{oasis}:office:1.0",
        "text": f"{oasis}:text:1.0",
        "draw": f"{oasis}:drawing:1.0",
        "svg": f"{oasis}:svg-compatible:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
    }
    declared = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    media = "application/vnd.oasis.opendocument.text"
    entry = '<m:file-entry m:full-path="{}" m:media-type="{}"/>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", media)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{oasis}:manifest:1.0">{entry.format("/", media)}'
            f"{entry.format('content.xml', 'text/xml')}</m:manifest>",
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content {declared} office:version="1.2"><office:body><office:text>{body}'
            "</office:text></office:body></office:document-content>",
        )
    return target.getvalue()


def hostile(address: str, secret: Path) -> list[tuple[int, bytes, Kind]]:
    """Documents that ask for something outside themselves as soon as they are opened."""
    frame = '<text:p>x<draw:frame svg:width="3cm" svg:height="3cm" text:anchor-type="as-char">{}</draw:frame></text:p>'
    section = '<text:section text:name="s"><text:section-source xlink:href="{}"/><text:p>x</text:p></text:section>'
    field = r"{{\rtf1\ansi x {{\field{{\*\fldinst {}}}{{\fldrslt y}}}}\par}}"
    contents = [
        odt_of(frame.format(f'<draw:image xlink:type="simple" xlink:href="{address}/image.png"/>')),
        odt_of(frame.format(f'<draw:object xlink:type="simple" xlink:href="{address}/object.odt"/>')),
        odt_of(section.format(f"{address}/section.odt")),
        odt_of(section.format(secret.as_uri())),
        field.format(f'INCLUDEPICTURE "{address}/picture.png" \\\\d').encode(),
        field.format(f'INCLUDETEXT "{secret}"').encode(),
        rf"{{\rtf1\ansi{{\*\template {address}/template.dot}} x\par}}".encode(),
    ]
    return [(number, content, kind_of(content)) for number, content in enumerate(contents)]


@pytest.mark.libreoffice
def test_nothing_outside_a_file_is_fetched(
    cut_off: LibreOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TAJNE")
    with listening() as (address, asked):
        files = hostile(address, secret)
        answers = cut_off.convert(files)
        assert codes(answers) == {}
        assert asked == []
        for answer in answers.values():
            assert isinstance(answer, bytes)
            with zipfile.ZipFile(io.BytesIO(answer)) as archive:
                assert not any(b"TAJNE" in archive.read(name) for name in archive.namelist())
        # The profile alone keeps it from asking …
        LibreOffice(cut_off.program, ()).convert(files)
        assert asked == []
        # … and so does the missing network alone; without both it asks, so these files are what they should be.
        monkeypatch.setattr(
            adapter, "_PROFILE", '<oor:items xmlns:oor="http://openoffice.org/2001/registry"></oor:items>'
        )
        cut_off.convert(files)
        assert asked == []
        LibreOffice(cut_off.program, ()).convert(files)
        assert {"/image.png", "/object.odt"} <= set(asked)


@pytest.mark.libreoffice
def test_the_room_is_private_while_it_works(real: LibreOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    modes: set[int] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            modes.update(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir())
            time.sleep(0.05)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        real.convert([(1, *sample("doc"))])
    finally:
        done.set()
        watcher.join()
    assert modes == {0o700}
    assert list(tmp_path.iterdir()) == []
