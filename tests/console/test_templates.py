"""``nabor template``: what an officer sees of the letters, without an office and without an account."""

import contextlib
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from people import KES

from console.main import main
from templates.letters.events import EVENTS

FRAME = '{% extends "_base/body.md" %}\n{% block content %}\n'


@dataclass(frozen=True)
class Answer:
    """What a call of ``nabor`` said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)


def nabor(*arguments: str) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    return Answer(code, out.getvalue(), err.getvalue())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped project with one letter of its own; there is no office beside it."""
    monkeypatch.setenv("NABOR_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(KES, tmp_path / "kes", ignore=shutil.ignore_patterns("samples"))
    (tmp_path / "kes" / "templates" / "withdrawn").mkdir(parents=True)
    word(tmp_path / "kes", "**wycofano** {{ public_number }}\n{% endblock %}")
    return tmp_path / "kes"


def word(project: Path, body: str) -> None:
    (project / "templates" / "withdrawn" / "body.md").write_text(FRAME + body, encoding="utf-8")


def test_the_list_names_every_letter_and_what_the_project_words_itself(project: Path) -> None:
    lines = nabor("template", "list", "--project", str(project), "--json").json
    assert isinstance(lines, list)
    assert [line["event"] for line in lines] == list(EVENTS)
    assert {line["event"]: line["own"] for line in lines if line["own"]} == {"withdrawn": ["withdrawn/body.md"]}
    assert "withdrawn_on" in next(line for line in lines if line["event"] == "withdrawn")["placeholders"]
    shown = nabor("template", "list").out
    assert [line.split()[0] for line in shown.splitlines() if not line.startswith(" ")] == ["Szablon", *EVENTS]
    assert "przesłanie" in shown


def test_show_gives_the_source_to_begin_from(project: Path) -> None:
    ours = nabor("template", "show", "withdrawn").out
    assert "szablon wbudowany" in ours
    assert "zgodnie z {{ you.genitive }} prośbą" in ours
    assert "Dane w temacie: public_number, office" in ours
    own = nabor("template", "show", "withdrawn", "--project", str(project)).out
    assert "własne pliki projektu: withdrawn/body.md" in own
    assert "**wycofano** {{ public_number }}" in own
    base = nabor("template", "show", "_base", "--json").json
    assert isinstance(base, dict)
    assert set(base["files"]) == {
        f"_base/{name}" for name in ("body.md", "footer.md", "parts.md", "earlier.md", "words.md", "style.css")
    }


def test_check_names_file_line_and_reason(project: Path) -> None:
    assert nabor("template", "check").out == f"Szablony są poprawne. Wiadomości: {len(EVENTS)}.\n"
    right = nabor("template", "check", str(project))
    assert (right.code, right.out) == (0, f"Szablony są poprawne. Wiadomości: {len(EVENTS)}, własne pliki: 1.\n")
    word(project, "raz\n{{ public_numer }}\n{% endblock %}")
    for command in ("template", "project"):
        wrong = nabor(command, "check", str(project))
        assert (wrong.code, wrong.out) == (1, "")
        assert "templates/withdrawn/body.md:4: Wiadomość nie zna danej „public_numer”." in wrong.err


def test_project_check_counts_own_letters_and_diff_tells_of_them(project: Path) -> None:
    assert nabor("project", "check", str(project)).out.strip().endswith(", własne szablony 1.")
    told = nabor("project", "diff", str(KES), str(project)).out
    assert "szablony" in told
    assert "dodano własny w miejsce wbudowanego" in " ".join(told.split())


def test_a_preview_is_the_letter_of_the_project_with_invented_data(project: Path, tmp_path: Path) -> None:
    shown = nabor("template", "preview", "withdrawn", "--project", str(project)).out
    assert "Temat: Potwierdzenie wycofania zgłoszenia ZG-PRZY-KLAD – KES" in shown
    assert "\nwycofano ZG-PRZY-KLAD\n" in shown
    assert "Regionalny Ośrodek Polityki Społecznej w" in shown
    page, text = tmp_path / "podglad.html", tmp_path / "podglad.txt"
    assert nabor("template", "preview", "withdrawn", "--project", str(project), "-o", str(page)).code == 0
    assert "<strong>wycofano</strong> ZG-PRZY-KLAD" in page.read_text(encoding="utf-8")
    assert nabor("template", "preview", "accepted", "--bare", "-o", str(text)).code == 0
    assert "Kryteria" not in text.read_text(encoding="utf-8")
    assert "Kryteria spełnione" in nabor("template", "preview", "accepted").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "acepted"), "Nie ma wiadomości „acepted”. Nazwy wymienia: nabor template list."),
        (("preview", "acepted"), "Nie ma wiadomości „acepted”."),
        (("preview", "accepted", "-o", "x.pdf"), "„.html” albo „.txt”"),
        (("check", "nie-ma"), "Nie ma folderu „nie-ma”."),
        (("list", "--project", "nie-ma"), "Nie ma folderu „nie-ma”."),
    ],
)
def test_what_cannot_be_shown_is_said(project: Path, arguments: tuple[str, ...], said: str) -> None:
    answer = nabor("template", *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err


def test_no_link_out_of_the_project_is_followed(project: Path) -> None:
    (project / "templates" / "accepted").symlink_to(project / "templates" / "withdrawn")
    answer = nabor("template", "list", "--project", str(project))
    assert answer.code == 1
    assert "templates/accepted:1: Szablon nie może być dowiązaniem" in answer.err


def test_nothing_of_this_needs_an_office(project: Path) -> None:
    assert nabor("template", "list").code == 0
    assert not (project.parent / "data").exists()
