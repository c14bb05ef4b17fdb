"""Plays a story of the projects without Prefect: its commands as the demo types them, its processes as plain steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from step_hands import StepHands

from console.local_smtp import Received, local_smtp
from console.stories import ground
from console.stories.acts import moment
from console.stories.figures import Figures, figures_of
from console.stories.script import Script, scripts
from console.stories.scripted import ScriptedStory
from flows.adapters.clock import PlayedClock, playing
from flows.adapters.office import Office, open_office
from flows.adapters.settings import load_settings
from flows.steps.delivery import line_of
from models.keys import create_key_file


@dataclass(frozen=True)
class Scripted:
    """A story at its end: its office, still open, and what the mail server had received."""

    office: Office
    received: Received
    figures: Figures


@contextmanager
def scripted(name: str, folder: Path) -> Iterator[Scripted]:
    """The story of that name, played in a new office in ``folder``."""
    file = scripts()[name]
    clock = PlayedClock(moment(Script.of(file).begins))
    create_key_file(folder / "keys" / "nabor-keys.json")
    with local_smtp() as (port, received), ground.environment(folder, port, {}), playing(clock):
        settings = load_settings()
        with open_office(settings) as office:
            with line_of(settings) as line:
                for _ in ScriptedStory(office, clock, StepHands(office, line), file).play():
                    pass
            yield Scripted(office, received, figures_of(office, received, 0, 0))
