"""The pages say what is there: every setting, every command, every link; and the officers' guide can be played."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from console.local_smtp import local_smtp
from console.main import app, main
from console.stories.persons import ON_THE_PICTURE, filled_in
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from flows.steps.officers import add_officer, log_in
from models.actor import Role, process

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "przewodnik"
DECISIONS = ROOT / "docs" / "decisions"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOR_PEOPLE_AT_WORK = [README, *sorted(GUIDE.glob("*.md"))]

_BLOCK = re.compile(r"(?:<!-- (?P<note>[^>]*?) -->\n)?```(?P<kind>\w*)\n(?P<body>.*?)```", re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_OWN_PATH = re.compile(
    r"`((?:projects|models|forms|templates|flows|console|tests|docs|benchmarks)/[\w./-]*|[\w-]+\.(?:md|toml|yaml)|constraints\.txt)`"
)
SECRET = "haslo-do-przewodnika"
OFFICERS = (
    ("zofia", Role.RECRUITMENT, ""),
    ("rita", Role.RECRUITMENT, "22"),
    ("kinga", Role.COMMISSION, "22"),
    ("konrad", Role.COMMISSION, "22"),
    ("klara", Role.COMMISSION, "22"),
    ("filip", Role.FINANCE, ""),
    ("gosia", Role.APPROVER, ""),
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, with the comment before it: ``played <time> <login>`` or ``at a terminal``."""

    page: Path
    note: str
    body: str

    @property
    def commands(self) -> list[list[str]]:
        """Every line that calls ``nabor``, as arguments; settings given in front of it are left out."""
        lines = [shlex.split(line, comments=True) for line in self.body.splitlines() if re.search(r"\bnabor ", line)]
        called = [line[next(i for i, word in enumerate(line) if "=" not in word) :] for line in lines]
        return [line[1:] for line in called if line[0] == "nabor"]


def blocks(page: Path) -> list[Block]:
    """The blocks of commands of a page; ``text`` blocks show answers and files."""
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(page, one["note"] or "", one["body"]) for one in found if one["kind"] not in ("text", "mermaid")]


def command_tree(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    for name, one in group.commands.items():
        if isinstance(one, TyperGroup):
            yield from command_tree(one, (*path, name))
        else:
            assert isinstance(one, TyperCommand)
            yield (*path, name), one


def all_commands() -> dict[tuple[str, ...], TyperCommand]:
    tree = typer.main.get_command(app)
    assert isinstance(tree, TyperGroup)
    return dict(command_tree(tree))


def written_commands() -> list[tuple[Path, list[str]]]:
    return [(page, line) for page in FOR_PEOPLE_AT_WORK for block in blocks(page) for line in block.commands]


def test_the_settings_table_is_the_settings() -> None:
    table = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `NABOR_")]
    assert table == [setting_row(name) for name in Settings.model_fields]


def setting_row(name: str) -> str:
    field = Settings.model_fields[name]
    shown = {"None": "–", "": "–", "True": "`true`", "False": "`false`"}.get(str(field.default), f"`{field.default}`")
    if name == "keys":
        shown = "`~/.config/nabor/keys.json`"
    return f"| `NABOR_{name.upper()}` | {shown} | {field.description} |"


def test_every_command_is_mentioned_where_people_at_work_look() -> None:
    texts = " ".join(page.read_text(encoding="utf-8") for page in FOR_PEOPLE_AT_WORK)
    assert [" ".join(path) for path in all_commands() if f"nabor {' '.join(path)}" not in texts] == []


def test_every_written_command_exists_with_its_options() -> None:
    known = all_commands()
    wrong = []
    for page, line in written_commands():
        path = next((p for p in (tuple(line[:2]), tuple(line[:1])) if p in known), None)
        if path is None:
            if line[-1] != "--help":
                wrong.append((page.name, line))
            continue
        options = {name for one in known[path].params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
        given = [word.partition("=")[0] for word in line[len(path) :] if re.match(r"-[a-z-]", word)]
        wrong += [(page.name, [*path, option]) for option in given if option not in options]
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    broken = [target for target in _LINK.findall(text) if not leads_somewhere(page, target)]
    broken += [path for path in _OWN_PATH.findall(text) if not (ROOT / path).exists() and path not in NOT_OURS]
    assert broken == []


NOT_OURS = {"project.yaml", "manifest.csv", "body.md", "story.yaml"}
"""Names of files that every project, intake or letter folder has, not paths of this checkout."""


def leads_somewhere(page: Path, target: str) -> bool:
    if target.startswith(("https://", "http://")):
        return True
    path, _, anchor = target.partition("#")
    led_to = (page.parent / path).resolve() if path else page
    if not led_to.exists():
        return False
    return not anchor or anchor in {slug(line) for line in led_to.read_text(encoding="utf-8").splitlines()}


def slug(line: str) -> str:
    """The anchor that a forge gives a heading."""
    if not line.startswith("#"):
        return ""
    return re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("folder", [GUIDE, DECISIONS], ids=["guide", "decisions"])
def test_the_index_leads_to_every_page(folder: Path) -> None:
    targets = {target.partition("#")[0] for target in _LINK.findall((folder / "README.md").read_text(encoding="utf-8"))}
    assert {page.name for page in folder.glob("*.md")} - {"README.md"} <= targets


def test_the_changelog_begins_with_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    first = re.search(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert first is not None
    assert first[1] == version


@pytest.mark.slow
def test_the_guide_can_be_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every block that is marked with a time and a login, in the order of the times, ends with exit code 0.

    Its mails go to a server of the test: the guide's periods run, so its letters must have left.
    """
    (tmp_path / "projects").symlink_to(ROOT / "projects")
    (tmp_path / "tresc.txt").write_text("Szanowni Państwo,\n\ntreść poprawiona.\n", encoding="utf-8")
    table = re.search(r"```csv\n(.*?)```", (GUIDE / "harmonogram.md").read_text(encoding="utf-8"), re.DOTALL)
    assert table is not None
    (tmp_path / "harmonogram.csv").write_text(table[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NABOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NABOR_KEYS", str(tmp_path / "keys" / "keys.json"))
    monkeypatch.setenv("NABOR_OFFICER_SECRET", SECRET)
    failed = []
    with local_smtp() as (port, _):
        for name, value in {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none", "ALLOW_RESERVED": "1"}.items():
            monkeypatch.setenv(f"NABOR_SMTP_{name}", value)
        monkeypatch.setenv("NABOR_SMTP_RATE_PER_MINUTE", "100000")
        for moment, login, block in played():
            monkeypatch.setenv("NABOR_CLOCK", moment.isoformat())
            monkeypatch.setenv("NABOR_OFFICER", login)
            for line in block.commands:
                if main(line) != 0:
                    failed.append((block.page.name, line, capsys.readouterr().err))
                if line[:2] == ["application", "sheet"]:
                    sheet = tmp_path / line[-1]
                    sheet.write_bytes(filled_in(sheet.read_bytes(), ON_THE_PICTURE))
                if line[:3] == ["officer", "add", "adam"]:
                    hire_the_others()
    assert failed == []


def played() -> list[tuple[datetime, str, Block]]:
    marked = [block for page in sorted(GUIDE.glob("*.md")) for block in blocks(page) if block.note.startswith("played")]
    told = [(block.note.split(), block) for block in marked]
    return sorted(
        ((datetime.fromisoformat(words[1]), words[2] if len(words) > 2 else "", block) for words, block in told),
        key=lambda one: one[0],
    )


def hire_the_others() -> None:
    """What the guide does at a terminal, where the new officer types the secret."""
    with open_office() as office:
        with office.reading(process("test")) as session:
            adam = log_in(session, "adam", SECRET)
        with office.writing(adam) as session:
            for login, role, scope in OFFICERS:
                add_officer(
                    session,
                    login,
                    name="Osoba Zmyślona",
                    secret=SECRET,
                    roles=[role],
                    scope=scope,
                    actor=adam,
                    now=office.now(),
                )
