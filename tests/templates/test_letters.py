"""Letters take what is right and say what is wrong without repeating it."""

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, date, datetime, time
from importlib.resources import files

import pytest
from pydantic import ValidationError

from models.letter_events import LETTER_EVENTS
from templates.letters.applications import AcknowledgementLetter
from templates.letters.events import EVENTS
from templates.letters.frame import Letter, MeetingDayLine, OfficeBlock, VerdictLine
from templates.letters.pay import AmountLine

OFFICE = OfficeBlock(**{field.name: "x" for field in fields(OfficeBlock)})


def test_every_event_has_its_subject_and_body_and_no_template_is_left_over() -> None:
    mail = files("templates").joinpath("mail")
    folders = {entry.name for entry in mail.iterdir() if not entry.name.startswith("_")}
    assert folders == set(EVENTS)
    for event in EVENTS:
        assert {entry.name for entry in mail.joinpath(event).iterdir()} == {"subject.txt", "body.md"}


def test_every_letter_is_told_apart_by_its_own_context() -> None:
    assert len(set(EVENTS.values())) == len(EVENTS)
    assert all(issubclass(letter, Letter) for letter in EVENTS.values())


def test_letters_offer_templates_their_values_and_nothing_else() -> None:
    for letter in EVENTS.values():
        public = {name for name in dir(letter) if not name.startswith("_")}
        assert public <= {field.name for field in fields(letter)}


def test_letters_do_not_change() -> None:
    line = AmountLine(label="zaliczka na podatek", grosze=6700)
    with pytest.raises(FrozenInstanceError):
        line.grosze = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    "make",
    [
        lambda: MeetingDayLine(date=datetime(2018, 11, 24, tzinfo=UTC), starts=time(9), ends=time(15)),
        lambda: MeetingDayLine(date="2018-11-24", starts=time(9), ends=time(15)),  # type: ignore[arg-type]
        lambda: AmountLine(label="zaliczka", grosze=67.5),  # type: ignore[arg-type]
        lambda: VerdictLine(sentence="a", paragraph="§ 1", result="maybe"),  # type: ignore[arg-type]
        lambda: AcknowledgementLetter(
            office=OFFICE,
            public_number="A",
            group_name="B",
            complete=True,
            received_at=datetime(2018, 10, 12),  # noqa: DTZ001
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(make: object) -> None:
    with pytest.raises(ValidationError):
        make()  # type: ignore[operator]


def test_a_refused_value_is_not_quoted() -> None:
    with pytest.raises(ValidationError) as refusal:
        MeetingDayLine(date="02290112345", starts=time(9), ends=time(15))  # type: ignore[arg-type]
    assert "02290112345" not in str(refusal.value)


def test_a_letter_without_a_value_it_needs_cannot_be_written() -> None:
    with pytest.raises(ValidationError):
        AcknowledgementLetter(office=OFFICE, public_number="A", group_name="B", complete=True)  # type: ignore[call-arg]
    assert (
        AcknowledgementLetter(
            office=OFFICE,
            public_number="A",
            group_name="B",
            complete=True,
            received_at=datetime(2018, 10, 12, tzinfo=UTC),
            results_by=date(2018, 11, 9),
        ).sex
        is None
    )


def test_a_project_may_name_every_event_and_no_other() -> None:
    assert set(EVENTS) == LETTER_EVENTS
