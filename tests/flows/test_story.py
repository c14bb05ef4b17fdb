"""The whole recruitment, step by step without Prefect: the same end on every database, and nothing sent twice."""

from pathlib import Path

import pytest
from story_player import Told, mails, misplaced, opened, told_in

from console.stories.persons import CALL
from models.actor import process

pytestmark = pytest.mark.xdist_group("told")


def test_the_story_is_told_to_its_end(told: Told) -> None:
    announced = {"ogłoszono: przyjęte": 8, "ogłoszono: lista rezerwowa": 2, "ogłoszono: odrzucone": 15}
    assert told.state["funnel"] == {CALL: {"zgłoszenia razem": 25, **announced}}
    assert told.state["log"] == []
    with opened(told.settings) as (office, _):
        assert misplaced(office) == []


def test_nothing_is_sent_twice_and_everything_that_is_sent_arrives(told: Told) -> None:
    with opened(told.settings) as (office, _), office.reading(process("test")) as session:
        sent = [mail for mail in mails(session) if mail.state == "sent"]
    assert len(sent) > 24
    assert (told.received.twice, len(told.received.message_ids)) == (0, len(sent))
    assert told.received.recipients == {mail.recipient for mail in sent}


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_it_ends_the_same_again_and_on_the_other_database(
    told: Told, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    again = told_in(tmp_path, database_url=url)
    assert again.state == told.state
    assert (again.received.twice, len(again.received.message_ids)) == (0, len(told.received.message_ids))
    with opened(again.settings) as (office, _):
        assert misplaced(office) == []
