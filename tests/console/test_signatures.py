"""Signed files at the command line: every command reads them in one way and says the same of what it cannot read."""

import contextlib
import io
from pathlib import Path

import pytest

from console.main import main
from console.signatures import signed_file_of
from flows.steps.kept_files import LARGEST_KEPT

SIGNING = (
    ("appointment", "sign", "POW/RGR/0001/2018"),
    ("agreement", "sign", "KES/POR/2205/2019", "2205"),
    ("agreement", "accede", "KES/POR/2205/2019", "I1"),
    ("call", "declare-unit", "KES", "2205", "--signed", "2018-05-21"),
)


def said(*arguments: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    assert out.getvalue() == ""
    return code, err.getvalue()


@pytest.mark.parametrize("command", SIGNING)
def test_a_file_that_cannot_be_read_is_told_alike_before_anybody_logs_in(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NABOR_DATA", str(tmp_path / "data"))
    (tmp_path / "folder.pdf").mkdir()
    for name, cause in (
        ("nie-ma.pdf", "nie ma takiego pliku ani folderu"),
        ("folder.pdf", "to folder, a potrzebny jest plik"),
    ):
        assert said(*command, "--manner", "paper", "--file", str(tmp_path / name)) == (
            1,
            f"Nie można odczytać ani zapisać „{name}”: {cause}.\n",
        )


@pytest.mark.parametrize("command", SIGNING[:3])
def test_how_it_was_signed_is_asked_for_alike(command: tuple[str, ...]) -> None:
    assert said(*command) == (
        1,
        "Podaj, jak podpisano: --manner paper (papier) albo --manner qualified (podpis kwalifikowany).\n",
    )


def test_no_more_is_read_than_tells_that_a_file_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "akt.pdf"
    with path.open("wb") as file:
        file.truncate(LARGEST_KEPT * 40)
    found = signed_file_of(path)
    assert found is not None
    assert (found.name, len(found.content)) == ("akt.pdf", LARGEST_KEPT + 1)
