"""A story as data: what a file may say, and that a small one is played as it says."""

from pathlib import Path

import pytest

from console.stories import ground
from console.stories.acts import moment
from console.stories.script import PROJECTS, Script, project_of, scripts
from console.stories.scripted import ScriptedStory
from flows.adapters.clock import PlayedClock, playing
from flows.adapters.office import open_office
from flows.adapters.settings import load_settings
from models.errors import BadInput
from models.keys import create_key_file

HEAD = """\
name: mała
title: "Mała historia"
begins: "2018-04-09T08:00"
officers: [{login: adam, name: "Adam Próbny", roles: [administrator]}]
acts:
""".replace("mała", "mala")
LOAD = '- {at: "2018-04-09T09:00", title: "Projekt", do: [{officer: adam, types: ["project load {project}"]}]}\n'
SENT = '- {at: "2018-04-09T10:00", title: "Poczta", do: [{run: deliver}, {intake: inbox}, {run: verify, call: A/B}]}\n'


class Noted:
    """Hands that only remember what they were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def __getattr__(self, name: str) -> object:
        return lambda *given: self.asked.append((name, *map(str, given)))


def story(folder: Path, acts: str) -> Path:
    file = folder / "projekt" / "samples" / "story.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(HEAD + acts, encoding="utf-8")
    return file


def test_every_story_of_the_projects_can_be_read_and_names_itself_once() -> None:
    files = sorted(PROJECTS.glob("*/samples/**/story.yaml"))
    assert [Script.of(file).name for file in sorted(scripts().values())] == [Script.of(file).name for file in files]
    assert "units" in scripts()
    for file in files:
        assert (project_of(file) / "project.yaml").is_file()


@pytest.mark.parametrize(
    ("acts", "sentence"),
    [
        ("[]\n", "nie daje się odczytać"),
        (
            SENT.replace("deliver", "explode"),
            "nie daje się odczytać:\nwiersz [0-9]+: Pole „run” ma niedozwoloną wartość",
        ),
        (SENT.replace("run:", "biegnie:"), "nie daje się odczytać:\nwiersz [0-9]+: .*pol"),
        (SENT + LOAD, "nie stoją w kolejności"),
    ],
)
def test_a_file_that_is_no_story_is_refused(tmp_path: Path, acts: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        Script.of(story(tmp_path, acts))


def test_commands_are_typed_and_processes_run_and_a_refused_command_ends_the_story(tmp_path: Path) -> None:
    refused = LOAD.replace("project load {project}", "project load {samples}/nie-ma").replace("T09:00", "T11:00")
    file = story(tmp_path, SENT.replace("T10:00", "T08:30") + refused)
    clock, hands = PlayedClock(moment("2018-04-09T08:00")), Noted()
    create_key_file(tmp_path / "keys" / "nabor-keys.json")
    with ground.environment(tmp_path, 25, {}), playing(clock), open_office(load_settings()) as office:
        told = ScriptedStory(office, clock, hands, file).play()  # type: ignore[arg-type]  # they answer to any name
        assert [next(told).title, next(told).title] == ["Poczta", "Projekt"]
        assert clock.now() == moment("2018-04-09T11:00")
        assert hands.asked == [("deliver",), ("intake", str(file.parent / "inbox")), ("verify", "A/B")]
        with pytest.raises(BadInput, match="nabor project load"):
            next(told)
