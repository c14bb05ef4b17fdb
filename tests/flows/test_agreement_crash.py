"""Killed at every point of recording who joins and of delivering the notices, and by many hands at once: each party is
told of exactly those who came after it, and each letter leaves once, or nobody can tell."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from agreeing import CODE, founding, letters, listed, swarzedz, symbols, told_of
from agreement_lives import AgreementLife, agreement_lives
from conftest import Offices
from fault_points import Point
from forked_lives import Giver
from people import WORKER, moment

from console.local_smtp import Received, local_smtp
from flows.adapters.clock import PlayedClock, playing
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings
from flows.steps.agreement_notices import JOINED
from flows.steps.agreement_parties import find_agreement
from flows.steps.delivery import LEASE
from models.tables.outbox import MessageState

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("agreements")]

FOUNDERS = 3
NOW = "2019-12-03T09:00"
_RECORDING = ["BEFORE_FILE", "HALF_FILE", "AFTER_FILE", "BEFORE_COMMIT", "AFTER_COMMIT"]
_UNCERTAIN = {Point.MAIL_ACCEPTED.name, Point.MAIL_LEFT.name, Point.AFTER_MAIL.name}
_ON_THE_WAY = {
    *(Point.BEFORE_MAIL.name, Point.RATE_WAITED.name, Point.ENVELOPE_OPEN.name, *_UNCERTAIN),
    *(Point.BEFORE_COMMIT.name, Point.AFTER_COMMIT.name, Point.BEFORE_FILE.name, Point.AFTER_FILE.name),
}


@pytest.fixture
def smtp() -> Iterator[tuple[int, Received]]:
    with local_smtp() as server:
        yield server


class Scene:
    """An agreement with three founders in an office on disk, which others open in processes of their own."""

    def __init__(self, offices: Offices, folder: Path, database: str, port: int) -> None:
        self.diary = folder / "diary"
        self.diary.touch()
        source = offices.at_stage(database, swarzedz, ())
        clock = PlayedClock(source.at)
        with playing(clock), offices.copy(source, folder) as office:
            assert isinstance(source.returned, list)
            self.codes: list[str] = source.returned
            founding(office, self.codes[:FOUNDERS])
            url = office.settings.database_url
        self.given: dict[str, str | int | bool] = {"data": str(folder / "data"), "keys": str(folder / "keys.json")}
        self.given |= {"database_url": url.get_secret_value()} if url else {}
        self.given |= {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_connections": 1}
        self.given |= {"smtp_allow_reserved": True, "smtp_rate_per_minute": 100_000, "outbox_grace_minutes": 0}

    def life(self, who: str = "", *, signs: bool = False, now: str = NOW) -> AgreementLife:
        return AgreementLife(self.given, now, str(self.diary), who=who, signs=signs)

    def met(self) -> list[str]:
        """The points that lives have come to since this was asked last."""
        found = self.diary.read_text().split()
        self.diary.write_text("")
        return found

    @contextmanager
    def looking(self) -> Iterator[Office]:
        with playing(PlayedClock(moment("2020-02-28T09:00"))), open_office(Settings(**self.given)) as office:  # type: ignore[arg-type]
            yield office

    def standing(self) -> tuple[int, int]:
        """How many parties there are, and how many notices."""
        with self.looking() as office:
            return len(listed(office)), len(letters(office, JOINED))

    def being_sent(self) -> int:
        """How many notices somebody began to hand over and has not noted the end of."""
        with self.looking() as office:
            return sum(row.state is MessageState.SENDING for row in letters(office, JOINED))

    def all_told(self) -> int:
        """Looks whether each party is told of exactly those who came after it; how many notices that is."""
        with self.looking() as office:
            order = symbols(listed(office))
            with office.reading(WORKER) as session:
                number = find_agreement(session, CODE).id
            assert number is not None
            expected = Counter(
                (one, step, step) for step in range(FOUNDERS + 1, len(order) + 1) for one in order[: step - 1]
            )
            assert told_of(office, number) == expected
            return expected.total()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_at_every_point_each_party_is_told_once_of_all_who_came_after(
    offices: Offices,
    tmp_path: Path,
    smtp: tuple[int, Received],
    database: str,
    record_property: Callable[[str, object], None],
) -> None:
    port, received = smtp
    scene = Scene(offices, tmp_path, database, port)
    with agreement_lives(tmp_path) as giver:
        for parties, who in enumerate(scene.codes[FOUNDERS : FOUNDERS + 3], start=FOUNDERS):
            _recorded_by_lives_that_die(scene, giver, who, parties)
        notices = scene.all_told()
        kills, doubts = _delivered_by_lives_that_die(scene, giver)
    assert set(kills) >= _ON_THE_WAY, "a point that nobody came to proves nothing"
    with scene.looking() as office:
        rows = letters(office, JOINED)
    states = Counter(row.state for row in rows)
    assert doubts >= len(_UNCERTAIN)
    assert states == {MessageState.SENT: notices - doubts, MessageState.UNKNOWN: doubts}
    assert received.twice == 0
    sent = {row.message_id for row in rows if row.state is MessageState.SENT}
    assert sent <= set(received.message_ids) <= {row.message_id for row in rows}
    assert scene.all_told() == notices
    record_property("kills", f"{kills.total()} while delivering {notices} notices: {dict(kills)}; {doubts} unknown")


def _recorded_by_lives_that_die(scene: Scene, giver: Giver, who: str, parties: int) -> None:
    """Dies at the first point of recording, the next life at the second, and so on; and once more when all is done."""
    before = scene.standing()
    assert before[0] == parties
    after = (parties + 1, before[1] + parties)
    scene.met()
    signs = parties % 2 == 0
    for nth, point in enumerate(_RECORDING, start=1):
        assert not giver.give(replace(scene.life(who, signs=signs), nth=nth))
        assert scene.met() == _RECORDING[:nth]
        assert scene.standing() == (after if point == "AFTER_COMMIT" else before)
    assert giver.give(scene.life(who, signs=signs))
    assert scene.standing() == after


def _delivered_by_lives_that_die(scene: Scene, giver: Giver) -> tuple[Counter[str], int]:
    """Dies at the first point of delivering, the next life at the second, and so on, until one comes to its end, and
    another finds nothing left to do; how often it died where, and how often in the midst of handing a letter over."""
    kills = Counter[str]()
    at, nth, doubts = moment(NOW), 1, 0
    while True:
        # Whoever starts again may take over what the dead one had claimed.
        at += LEASE + timedelta(minutes=1)
        scene.met()
        life = scene.life(now=f"{at:%Y-%m-%dT%H:%M}")
        if giver.give(replace(life, nth=nth)):
            break
        point = scene.met()[-1]
        kills[point] += 1
        in_doubt = scene.being_sent()
        assert in_doubt == 1 or point not in _UNCERTAIN
        doubts += in_doubt
        nth += 1
        assert nth < 200, "letters that never leave"
    at += LEASE + timedelta(minutes=1)
    assert giver.give(scene.life(now=f"{at:%Y-%m-%dT%H:%M}"))
    return kills, doubts


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_many_processes_at_once_tell_each_party_once_of_all_who_came_after(
    offices: Offices, tmp_path: Path, smtp: tuple[int, Received], database: str
) -> None:
    """Seven institutions join at the same moment, each entered by two coordinators of the powiat; some are killed."""
    port, _ = smtp
    scene = Scene(offices, tmp_path, database, port)
    newcomers = scene.codes[FOUNDERS:]
    assert len(newcomers) == 7
    with agreement_lives(tmp_path) as giver:
        first = [
            replace(scene.life(who, signs=number % 3 == 0), coordinator=coordinator, nth=(0, 4, 5)[(number + hand) % 3])
            for number, who in enumerate(newcomers)
            for hand, coordinator in enumerate(("naklo", "kcynia"))
        ]
        survived = giver.give_together([replace(life, starts=time.time() + 2) for life in first])
        assert 0 < survived.count(False) < len(first)
        assert all(giver.give_together([scene.life(who) for who in newcomers for _ in range(2)]))
        with scene.looking() as office:
            assert sorted(symbols(listed(office))) == sorted(scene.codes)
        assert scene.all_told() == sum(range(FOUNDERS, 10))
