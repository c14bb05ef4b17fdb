"""What an answer changes: what was asked for, and nothing else without an officer."""

import pytest

from models.rules.answers import Bearing, Said, bearing
from models.rules.facts import FieldStatus

OLD = Said(FieldStatus.READ, "600100200", "600 100 200")
OTHER_WORDS = Said(FieldStatus.READ, "600100200", "+48 600100200")
NEW = Said(FieldStatus.READ, "600100300", "600 100 300")
BLANK = Said(FieldStatus.BLANK)
UNREAD = Said(FieldStatus.UNREADABLE, None, "600 100")
UNREAD_BLANKS = Said(FieldStatus.UNREADABLE, None, "600  100 ")


@pytest.mark.parametrize(
    ("answer", "current", "sent", "asked", "expected"),
    [
        pytest.param(NEW, BLANK, BLANK, True, Bearing.COUNTS, id="what was missing is there"),
        pytest.param(BLANK, BLANK, BLANK, True, Bearing.UNCHANGED, id="still missing"),
        pytest.param(UNREAD_BLANKS, UNREAD, UNREAD, True, Bearing.UNCHANGED, id="still unreadable, the same words"),
        pytest.param(BLANK, UNREAD, UNREAD, True, Bearing.COUNTS, id="struck out"),
        pytest.param(BLANK, NEW, BLANK, True, Bearing.UNCHANGED, id="an officer typed it meanwhile"),
        pytest.param(BLANK, OLD, None, True, Bearing.UNCHANGED, id="a blank form that was sent comes back blank"),
        pytest.param(NEW, None, None, True, Bearing.COUNTS, id="nothing was known"),
        pytest.param(OLD, OLD, OLD, False, Bearing.UNCHANGED, id="not asked, the same"),
        pytest.param(OTHER_WORDS, OLD, OLD, False, Bearing.UNCHANGED, id="not asked, in other words"),
        pytest.param(OLD, NEW, OLD, False, Bearing.UNCHANGED, id="not asked, as in the document that went out"),
        pytest.param(NEW, OLD, OLD, False, Bearing.UNASKED, id="not asked and changed"),
        pytest.param(BLANK, OLD, OLD, False, Bearing.UNASKED, id="not asked and struck out"),
        pytest.param(UNREAD, OLD, OLD, False, Bearing.UNASKED, id="not asked and spoilt"),
        pytest.param(NEW, BLANK, BLANK, False, Bearing.UNASKED, id="not asked and added"),
        pytest.param(BLANK, OLD, None, False, Bearing.UNCHANGED, id="not asked, in a blank form"),
        pytest.param(OLD, OLD, None, False, Bearing.UNCHANGED, id="not asked, repeated in a blank form"),
    ],
)
def test_a_field_of_an_answer(
    answer: Said, current: Said | None, sent: Said | None, asked: bool, expected: Bearing
) -> None:
    assert bearing(answer, current=current, sent=sent, asked=asked, masked=False) is expected


@pytest.mark.parametrize("asked", [True, False])
def test_a_number_that_we_hid_ourselves_says_nothing(asked: bool) -> None:
    assert bearing(UNREAD, current=OLD, sent=OLD, asked=asked, masked=True) is Bearing.UNCHANGED
