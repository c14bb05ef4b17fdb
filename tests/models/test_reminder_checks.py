"""What makes no sense in reminders and quiet hours is said in Polish, and where it stands."""

from datetime import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.mail_rules import QuietHours
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, from_canonical
from models.project_checks import faults
from models.project_file import load_project
from models.reminder_rules import (
    ReminderDate,
    ReminderEvent,
    ReminderRule,
    ReminderSide,
    ReminderTo,
    UnlessState,
    UnlessWritten,
)
from models.rules.due import FreeDay, Unit

KES = load_project(Path(__file__).parents[2] / "projects" / "kes")
CORRECTION, OFFER = ReminderEvent.CORRECTION_DUE, ReminderEvent.CONFIRMATION_DUE
INVITATION, MEETING, BILL = (
    ReminderEvent.INVITATION_UNANSWERED,
    ReminderEvent.MEETING_TOMORROW,
    ReminderEvent.BILL_MISSING,
)


def rule(event: ReminderEvent, **changes: object) -> ReminderRule:
    """One reminder, a working day from the usual date unless the test says otherwise."""
    distance = {} if any(name.startswith("offset_") for name in changes) else {"offset_working_days": 1}
    return ReminderRule.model_validate({"code": "pierwsza", "event": event, "times": 1, **distance, **changes})


def with_rules(*rules: ReminderRule) -> ProjectDefinition:
    return KES.model_copy(update={"reminders": rules})


def said(*rules: ReminderRule) -> list[tuple[tuple[str | int, ...], str]]:
    return [(fault.location, fault.sentence) for fault in faults(with_rules(*rules))]


def test_a_reminder_of_an_agreement_needs_its_words() -> None:
    unsigned = rule(ReminderEvent.AGREEMENT_UNSIGNED, offset_working_days=5)
    assert said(unsigned) == []
    without = with_rules(unsigned).model_copy(update={"agreements": None})
    assert [fault.location for fault in faults(without)] == [("reminders", 0, "event")]
    assert said(rule(ReminderEvent.AGREEMENT_UNSIGNED, offset_working_days=60)) == [], "its day is set with each"


def test_the_shipped_project_reminds_sensibly() -> None:
    assert faults(KES) == ()


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        (rule(CORRECTION, offset_working_days=5), "offset_working_days", "w dniu prośby albo wcześniej"),
        (rule(OFFER, offset_working_days=2, times=3), "offset_working_days", "w dniu prośby albo wcześniej"),
        (rule(CORRECTION, side=ReminderSide.AFTER), "side", "po terminie zgłoszenie jest zamknięte"),
        (rule(OFFER, side=ReminderSide.AFTER), "side", "po terminie propozycja wygasa"),
        (rule(MEETING, side=ReminderSide.AFTER), "side", "po spotkaniu"),
        (rule(INVITATION, side=ReminderSide.BEFORE), "side", "Przed dniem prośby"),
        (
            rule(CORRECTION, side=ReminderSide.AFTER, counted_from=ReminderDate.ASKED, offset_working_days=6),
            "offset_working_days",
            "po terminie",
        ),
        (rule(CORRECTION, counted_from=ReminderDate.MEETING), "counted_from", "nie ma początku spotkania"),
        (rule(MEETING, spacing=2), "spacing", "więcej niż jedno"),
        (rule(MEETING, free_day=FreeDay.NEXT), "free_day", "nie wypada w dzień wolny"),
        (rule(MEETING, offset_days=1, free_day=FreeDay.NEXT), "free_day", "previous"),
        (rule(BILL, unless=(UnlessState(kind="declined"),)), "unless", "nie może być odmowy"),
    ],
)
def test_what_makes_no_sense_is_said(wrong: ReminderRule, field: str, words: str) -> None:
    found = said(wrong)
    assert [location for location, _ in found if location == ("reminders", 0, field)]
    assert any(words in sentence for _, sentence in found)


@pytest.mark.parametrize(
    "right",
    [
        rule(CORRECTION, side=ReminderSide.AFTER, counted_from=ReminderDate.ASKED, offset_working_days=2),
        rule(MEETING, offset_hours=2, free_day=FreeDay.KEEP),
        rule(MEETING, offset_days=3, to=ReminderTo.BOTH),
        rule(INVITATION, counted_from=ReminderDate.MEETING, side=ReminderSide.BEFORE, offset_days=7),
        rule(INVITATION, times=3, spacing=2, unless=(UnlessWritten(kind="written_within", days=2),)),
        rule(BILL, side=ReminderSide.AFTER, counted_from=ReminderDate.DEADLINE, offset_days=1),
    ],
)
def test_what_makes_sense_is_let_through(right: ReminderRule) -> None:
    assert said(right) == []


def test_two_rules_on_one_day_for_one_matter_are_said() -> None:
    second = rule(MEETING, offset_days=1, code="druga")
    weekly = rule(MEETING, offset_days=7, code="tydzien")
    assert said(rule(MEETING), second) == [
        (("reminders", 1, "code"), "Przypomnienia „pierwsza” i „druga” w jednej sprawie wypadają tego samego dnia.")
    ]
    assert said(rule(MEETING), weekly) == []
    assert said(rule(MEETING), rule(OFFER, code="druga")) == []
    # A week and five working days are mostly the same day.
    assert len(said(rule(MEETING, offset_working_days=5), weekly)) == 1
    # Of an invitation somebody may be reminded by two kinds of rules.
    before = {"counted_from": ReminderDate.MEETING, "side": ReminderSide.BEFORE}
    assert len(said(rule(MEETING), rule(INVITATION, code="druga", **before))) == 1


@pytest.mark.parametrize("offsets", [{}, {"offset_days": 1, "offset_hours": 2}])
def test_the_distance_is_said_once(offsets: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="odstęp przypomnienia podaje się raz"):
        ReminderRule.model_validate({"code": "x", "event": MEETING, "times": 1, **offsets})


def test_a_rule_of_before_means_what_it_meant() -> None:
    """Stored by an earlier release: no side, no date, no unit but working days."""
    body = (Path(__file__).parent / "stored" / "kes-rules-1.json").read_bytes()
    old = from_canonical(body)
    assert [(one.code, one.is_before, one.date, one.unit, one.to) for one in old.reminders] == [
        ("uzupelnienie", True, ReminderDate.DEADLINE, Unit.WORKING_DAYS, ReminderTo.PERSON),
        ("potwierdzenie", True, ReminderDate.DEADLINE, Unit.WORKING_DAYS, ReminderTo.PERSON),
        ("zaproszenie", False, ReminderDate.ASKED, Unit.WORKING_DAYS, ReminderTo.PERSON),
        ("spotkanie_jutro", True, ReminderDate.MEETING, Unit.WORKING_DAYS, ReminderTo.PERSON),
        ("rachunek", False, ReminderDate.ASKED, Unit.WORKING_DAYS, ReminderTo.PERSON),
    ]
    assert old.reminders == tuple(rule for rule in KES.reminders if rule.event is not ReminderEvent.AGREEMENT_UNSIGNED)


def test_every_kind_of_rule_comes_back_from_its_stored_bytes() -> None:
    project = with_rules(
        rule(MEETING, offset_hours=2, free_day=FreeDay.KEEP, at=time(9, 30)),
        rule(INVITATION, code="druga", times=2, spacing=1, unless=(UnlessState(kind="out_of_group"),)),
        rule(OFFER, code="trzecia", unless=(UnlessWritten(kind="written_within", days=2),), to=ReminderTo.OFFICERS),
    )
    assert from_canonical(canonical_bytes(project)) == project


@pytest.mark.parametrize(
    ("quiet", "found"),
    [
        (QuietHours(starts=time(20), ends=time(7)), 0),
        (QuietHours(starts=time(7), ends=time(7)), 1),
    ],
)
def test_a_silence_without_end_is_said(quiet: QuietHours, found: int) -> None:
    project = KES.model_copy(update={"mail": KES.mail.model_copy(update={"quiet": quiet})})
    assert len(faults(project)) == found
