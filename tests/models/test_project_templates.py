"""An office's own letters as part of its project: what can be one, and what a version keeps of them."""

import shutil
from pathlib import Path

import pytest

from models.errors import DefinitionFaulty, Problem
from models.project_bytes import canonical_bytes, from_canonical
from models.project_diff import differences
from models.project_file import load_project
from models.project_templates import LARGEST, MOST, read_templates

KES = Path(__file__).parents[2] / "projects" / "kes"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(KES / "forms", tmp_path / "forms")
    shutil.copy(KES / "project.yaml", tmp_path)
    (tmp_path / "templates" / "withdrawn").mkdir(parents=True)
    return tmp_path


def problems_of(folder: Path) -> list[Problem]:
    problems: list[Problem] = []
    read_templates(folder, problems)
    return problems


def test_a_version_keeps_the_letters_and_one_without_any_stays_what_it_was(folder: Path) -> None:
    without = load_project(folder)
    assert canonical_bytes(without) == canonical_bytes(load_project(KES))
    assert b'"templates"' not in canonical_bytes(without)
    (folder / "templates" / "withdrawn" / "body.md").write_bytes(b"\xef\xbb\xbfzgoda\r\n")
    (folder / "templates" / ".DS_Store").write_bytes(b"\0")
    definition = load_project(folder)
    assert [(file.name, file.source) for file in definition.templates] == [("withdrawn/body.md", "zgoda\n")]
    assert from_canonical(canonical_bytes(definition)) == definition


def test_a_difference_says_which_letter_and_which_lines(folder: Path) -> None:
    body = folder / "templates" / "withdrawn" / "body.md"
    ours = load_project(folder)
    body.write_text("raz\n\ndwa")
    own = load_project(folder)
    body.write_text("raz\n\ntrzy")
    other = load_project(folder)
    assert [(one.section, one.sentence) for one in differences(ours, own)] == [
        ("templates", "Szablon withdrawn/body.md: dodano własny w miejsce wbudowanego.")
    ]
    assert [one.sentence for one in differences(own, other)] == [
        "Szablon withdrawn/body.md: usunięto „dwa”, dodano „trzy”."
    ]
    assert [one.sentence for one in differences(own, ours)] == [
        "Szablon withdrawn/body.md: usunięto własny, wraca wbudowany."
    ]
    body.write_text("raz\ndwa")
    assert [one.sentence for one in differences(own, load_project(folder))] == [
        "Szablon withdrawn/body.md: zmieniono układ wierszy."
    ]


@pytest.mark.parametrize(
    ("name", "content", "line", "said"),
    [
        ("withdrawn/body.md", "ą".encode("cp1250"), 1, "UTF-8"),
        ("withdrawn/body.md", b"raz\ndwa\n\xb9", 3, "UTF-8"),
        ("withdrawn/body.md", b"a" * (LARGEST + 1), 1, "za duży"),
        ("withdrawn/body.md", b"raz\n\x07", 2, "znak sterujący"),
        ("withdrawn/body.md", "raz\n\n\U000f0041".encode(), 3, "znak prywatny"),
        ("withdrawn/body.html", b"", 1, "nie ma miejsca"),
        ("withdrawn/Body.md", b"", 1, "nie ma miejsca"),
        ("body.md", b"", 1, "nie ma miejsca"),
        ("withdrawn/więcej/body.md", b"", 1, "nie ma miejsca"),
    ],
)
def test_what_cannot_be_a_letter_is_told(folder: Path, name: str, content: bytes, line: int, said: str) -> None:
    path = folder / "templates" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    (problem,) = problems_of(folder)
    assert problem.file.startswith("templates/")
    assert problem.line == line
    assert said in problem.sentence
    with pytest.raises(DefinitionFaulty) as refused:
        load_project(folder)
    assert refused.value.problems == (problem,)


@pytest.mark.parametrize("where", ["templates/withdrawn/body.md", "templates/accepted", "templates"])
def test_no_link_is_followed(folder: Path, where: str) -> None:
    outside = folder / "outside"
    (outside / "withdrawn").mkdir(parents=True)
    (outside / "withdrawn" / "body.md").write_text("tajne")
    (outside / "body.md").write_text("tajne")
    if where == "templates":
        shutil.rmtree(folder / where)
    (folder / where).symlink_to(outside / "body.md" if where.endswith(".md") else outside)
    (problem,) = problems_of(folder)
    assert (problem.file, problem.line) == (where, 1)
    assert "dowiązaniem" in problem.sentence


def test_too_many_files_are_not_read(folder: Path) -> None:
    for number in range(MOST + 1):
        name = "".join("abcdefghij"[int(digit)] for digit in str(number))
        (folder / "templates" / "withdrawn" / f"{name}.md").write_text("raz")
    (problem,) = problems_of(folder)
    assert str(MOST) in problem.sentence


def test_templates_do_not_stand_in_the_project_file(folder: Path) -> None:
    with (folder / "project.yaml").open("a") as file:
        file.write("\ntemplates: []\n")
    with pytest.raises(DefinitionFaulty, match=r"błędy \(1\)") as refused:
        load_project(folder)
    assert "folderze „templates”" in refused.value.problems[0].sentence
