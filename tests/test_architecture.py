"""The house stands as design.md §1 draws it: imports point one way, and what is forbidden is not there."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

# All in one worker: each file is read once.
pytestmark = pytest.mark.xdist_group("test_architecture.py")
ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("models", "forms", "templates", "flows", "console")
FILES = sorted(path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py"))

# Each room with the rooms it may import from, itself always among them.
MAY_IMPORT: dict[str, set[str]] = {
    "models.rules": set(),
    "models": {"models.rules"},
    "forms": {"models", "models.rules"},
    "templates": {"models", "models.rules"},
    "flows.adapters": {"models", "models.rules", "forms", "templates"},
    "flows.steps": {"models", "models.rules", "forms", "templates", "flows.adapters"},
    "flows": {"models", "models.rules", "forms", "templates", "flows.adapters", "flows.steps"},
    "console": {"models", "models.rules", "forms", "templates", "flows.adapters", "flows.steps", "flows"},
}
AT_THE_TOP = {
    *(".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "benchmarks"),
    *("console", "constraints.txt", "docs", "flows", "forms", "models", "prefect.yaml", "projects", "pyproject.toml"),
    *("templates", "tests"),
}
NOT_A_NAME = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
CLOCK = Path("flows/adapters/clock.py")
# Who asks the computer what time it is. ``time.monotonic`` measures how long something takes, and is no date.
ASKS_THE_TIME = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "func.now", "func.current_timestamp"),
}


def room_of(module: str) -> str:
    """The room a module of ours lies in: the longest name in the table that it begins with."""
    parts = module.split(".")
    return next(name for end in range(len(parts), 0, -1) if (name := ".".join(parts[:end])) in MAY_IMPORT)


def module_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@dataclass(frozen=True)
class Read:
    """What the tests ask of a file: every module it imports anywhere, inside functions and for type checking too, every
    name that it calls, and whether it says what it is."""

    imports: tuple[str, ...]
    calls: frozenset[str]
    described: bool


@cache
def read(path: Path) -> Read:
    """Read once for all tests of this file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    imports: list[str] = []
    calls = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                imports += (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                # ``from flows import states`` names a module as well.
                imports += (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom():
                raise AssertionError(f"{path}: relative imports hide where they point")
            # ``datetime.datetime.now()`` counts as ``datetime.now``.
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
                calls.add(f"{owner}.{name}")
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=owner), attr=name)):
                calls.add(f"{owner}.{name}")
    return Read(tuple(imports), frozenset(calls), ast.get_docstring(tree) is not None)


def test_the_rooms_are_where_they_are_looked_for() -> None:
    assert {room_of(module_of(path)) for path in FILES} == set(MAY_IMPORT)


def test_imports_point_one_way() -> None:
    wrong = []
    for path in FILES:
        here = room_of(module_of(path))
        ours = {name for name in read(path).imports if name.split(".")[0] in ROOMS}
        wrong += [(str(path), name) for name in ours if room_of(name) not in MAY_IMPORT[here] | {here}]
    assert wrong == []


def test_prefect_is_known_only_directly_in_flows_and_in_console() -> None:
    knowing = {path for path in FILES if any(name.split(".")[0].startswith("prefect") for name in read(path).imports)}
    assert {path for path in knowing if path.parent not in (Path("flows"), Path("console"))} == set()
    assert Path("flows/intake.py") in knowing


def test_no_flow_or_step_speaks_to_a_mail_server_past_the_transport() -> None:
    speaking = {
        path for path in FILES if {name.split(".")[0] for name in read(path).imports} & {"smtplib", "aiosmtplib"}
    }
    assert speaking == {Path("flows/adapters/smtp.py")}


def test_only_the_clock_asks_what_time_it_is() -> None:
    asking = {(path, asked) for path in FILES for asked in read(path).calls if asked in ASKS_THE_TIME}
    assert asking == {(CLOCK, "datetime.now")}


def test_nothing_else_stands_at_the_top() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert {Path(name).parts[0] for name in listed.stdout.split("\0") if name} <= AT_THE_TOP


def test_no_file_is_named_after_nothing() -> None:
    assert {path for path in FILES if path.stem in NOT_A_NAME} == set()


def test_every_file_says_what_it_is() -> None:
    assert {path for path in FILES if not read(path).described and "versions" not in path.parts} == set()
