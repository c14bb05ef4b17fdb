"""Plays a story that is data: its officers' commands as they would type them, its processes by the hands given."""

import contextlib
import io
import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from console.stories.acts import SECRET, Act, Hands, moment, played, ticket_of
from console.stories.script import (
    Deed,
    Ordered,
    Scheduled,
    Script,
    ScriptedAct,
    Signed,
    TakenIn,
    Typed,
    project_of,
)
from flows.adapters.clock import PlayedClock
from flows.adapters.office import Office
from flows.steps.officers import add_officer, log_in
from models.actor import process
from models.errors import BadInput


class ScriptedStory:
    """The acts of a script in an office whose settings stand in the environment, where commands look for them."""

    def __init__(self, office: Office, clock: PlayedClock, hands: Hands, file: Path) -> None:
        self.office = office
        self.clock = clock
        self.hands = hands
        self.script = Script.of(file)
        self.places = {"{project}": str(project_of(file)), "{samples}": str(file.parent)}
        self.samples = file.parent

    def play(self) -> Iterator[Act]:
        """Plays the acts in order; yields each one before it is played. Raises ``BadInput`` for a command that the
        office refuses."""
        self._hire()
        return played([self._act(one) for one in self.script.acts], self.clock)

    def _act(self, said: ScriptedAct) -> Act:
        def play() -> None:
            for deed in said.do:
                self._do(deed)

        return Act(moment(said.at), said.title, play)

    def _hire(self) -> None:
        first, *_ = self.script.officers
        for one in self.script.officers:
            with self.office.writing(process("demo")) as session:
                add_officer(
                    session,
                    one.login,
                    name=one.name,
                    secret=SECRET,
                    roles=one.roles,
                    scope=one.scope,
                    actor=None if one is first else log_in(session, first.login, SECRET),
                    now=self.office.now(),
                )

    def _do(self, deed: Deed) -> None:
        match deed:
            case TakenIn(intake=folder):
                self.hands.intake(self.samples / folder)
            case Scheduled(run=name):
                getattr(self.hands, name)()
            case Ordered(run=name, call=call):
                getattr(self.hands, name)(call)
            case Signed(run="announce", call=call, officer=login):
                self.hands.announce(call, officer=login, ticket=ticket_of(self.office, login))
            case Signed(call=call, officer=login):
                self.hands.decide(call, [], rest_as_proposed=True, officer=login, ticket=ticket_of(self.office, login))
            case Typed(officer=login, types=lines):
                for line in lines:
                    self._type(login, line)

    def _type(self, login: str, line: str) -> None:
        """Runs a command as the officer does; what it says is shown only when it is refused."""
        from console.main import main

        words = [self._placed(word) for word in shlex.split(line)]
        said, complained = io.StringIO(), io.StringIO()
        with (
            _in_environment({"NABOR_OFFICER": login, "NABOR_OFFICER_SECRET": SECRET}),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(complained),
        ):
            code = main(words)
        if code != 0:
            raise BadInput(f"Historia „{self.script.name}”, nabor {line}: {complained.getvalue().strip()}")

    def _placed(self, word: str) -> str:
        for mark, folder in self.places.items():
            word = word.replace(mark, folder)
        return word


@contextlib.contextmanager
def _in_environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
