"""What can happen and what it is called: every event, state, role and right has a Polish word of its own."""

import pytest
from conftest import Staged
from people import WORKER, everything
from sqlmodel import select

from models.actor import Right, Role
from models.events import LABELS, Happened
from models.glossary import AGGREGATES, GLOSSARY, label
from models.tables import Event
from models.transitions import LIFECYCLES


def test_everything_that_can_happen_has_a_polish_word_of_its_own() -> None:
    assert set(LABELS) == set(Happened)
    assert len(set(LABELS.values())) == len(LABELS)


@pytest.mark.parametrize("kind", [*(type(next(iter(one.rights))) for one in LIFECYCLES.values()), Role, Right])
def test_every_state_role_and_right_has_a_polish_word_of_its_own(kind: type[Role]) -> None:
    words = [label(member) for member in kind]
    assert len(set(words)) == len(kind)
    assert all(words)


def test_the_glossary_explains_nothing_that_is_not_there() -> None:
    assert {kind: set(words) for kind, words in GLOSSARY.items()} == {kind: set(kind) for kind in GLOSSARY}


def test_everything_that_has_states_has_a_name_for_officers() -> None:
    assert set(AGGREGATES) == {lifecycle.aggregate for lifecycle in LIFECYCLES.values()}


def test_one_code_may_be_two_words() -> None:
    assert len({label(member) for kind in GLOSSARY for member in kind if member == "ranked"}) == 2


def test_events_hold_no_personal_data(staged: Staged) -> None:
    """Law 7 for everything that the example office has been through."""
    office, _ = staged(everything)
    with office.reading(WORKER) as session:
        told = "\n".join(repr(event.facts) + event.subject + event.actor for event in session.exec(select(Event)))
    assert "KES/PGR/2205/2018/0001" in told
    for personal in ("Próbna", "Zmyślona", "0261120", "@example.org", "600 100", "9999000000", "Instytucja Próbna"):
        assert personal not in told


def test_what_is_stored_as_an_event_can_be_told(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.reading(WORKER) as session:
        kinds = set(session.exec(select(Event.kind)).all())
    assert len(kinds) >= 25
    assert {Happened(kind) for kind in kinds} <= set(LABELS)
