"""The whole recruitment, step by step without Prefect: the same end on every database, and nothing sent twice."""

from pathlib import Path

import pytest
from story_player import Told, misplaced, opened, settings_for, tell

from console.local_smtp import local_smtp


def test_the_story_is_told_to_its_end(told: Told) -> None:
    assert told.state["funnel"] == {"KES/PGR/2205/2018": [["zgłoszenia razem", 24], ["wynik ogłoszony", 24]]}
    assert told.state["log"] == []


def test_nothing_is_sent_twice_and_everything_that_is_sent_arrives(told: Told) -> None:
    sent = [mail for mail in told.mails if mail.state == "sent"]
    assert len(told.message_ids) == len(set(told.message_ids)) == len(sent)
    assert told.recipients == {mail.recipient for mail in sent}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_it_ends_the_same_again_and_on_the_other_database(
    told: Told, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    with local_smtp() as (port, received):
        settings = settings_for(tmp_path, port, database_url=url)
        state = tell(settings)
    assert state == told.state
    assert (received.twice, len(received.message_ids)) == (0, len(told.message_ids))
    with opened(settings) as (office, _):
        assert misplaced(office) == []
