"""Answers to invitations read out of mails: every program's shape says the same, and nothing hostile breaks it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from calendar_replies import SHAPES, Reply, counter, gmail, outlook, thunderbird
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import AUTO_REPLY, bounce, forwarded, letter

from flows.adapters.calendar_reading import CalendarAnswer, FaultyAnswer, is_calendar, read_answer
from flows.adapters.mail_decoding import decode_mail
from models.rules.invitation_answers import AnswerOutcome
from models.tables.meetings import AnswerMethod

UID = "0123456789abcdef0123456789abcdef@rops.example.org"
SAID = Reply(UID, "osoba1@example.org")
UTC_START, UTC_END = datetime(2018, 9, 22, 7, tzinfo=UTC), datetime(2018, 9, 22, 13, tzinfo=UTC)


def read(raw: bytes) -> CalendarAnswer | FaultyAnswer | None:
    return read_answer(decode_mail(raw))


def answer(raw: bytes) -> CalendarAnswer:
    found = read(raw)
    assert isinstance(found, CalendarAnswer)
    return found


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_every_program_says_the_same(shape: str, partstat: str) -> None:
    found = answer(SHAPES[shape](replace(SAID, partstat=partstat, sequence=2, comment="Będę\\, dziękuję")))
    assert found == CalendarAnswer(
        method=AnswerMethod.REPLY,
        uid=UID,
        sequence=2,
        stamped_at=datetime(2018, 9, 4, 8, 15, tzinfo=UTC),
        attendee="osoba1@example.org",
        sent_by="",
        partstat=partstat,
        delegate="",
        comment="Będę, dziękuję",
        starts=UTC_START if shape != "gmail" else found.starts,
        ends=UTC_END if shape != "gmail" else found.ends,
        instance=None,
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_every_program_names_a_delegate_and_who_writes_for_somebody(shape: str) -> None:
    said = replace(
        SAID, partstat="DELEGATED", delegate="zastepca@example.org", extra=';SENT-BY="mailto:sekretariat@example.org"'
    )
    found = answer(SHAPES[shape](said))
    assert (found.partstat, found.delegate, found.sent_by) == (
        "DELEGATED",
        "zastepca@example.org",
        "sekretariat@example.org",
    )


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "gmail"])
def test_a_proposal_is_read_in_the_time_of_warsaw_whatever_the_zone_is_called(shape: str) -> None:
    found = answer(SHAPES[shape](counter(SAID, "20180923T100000", "20180923T140000")))
    assert found.method is AnswerMethod.COUNTER
    assert (found.starts, found.ends) == (
        datetime(2018, 9, 23, 8, tzinfo=UTC),
        datetime(2018, 9, 23, 12, tzinfo=UTC),
    )


def test_an_answer_for_one_day_says_which() -> None:
    assert answer(thunderbird(replace(SAID, instance="20180923T090000"))).instance == datetime(
        2018, 9, 23, 7, tzinfo=UTC
    )


def test_mails_without_an_answer_have_none() -> None:
    invitation = gmail(replace(SAID, method="REQUEST"))
    for raw in (letter(), letter({"a.docx": b"x"}), AUTO_REPLY, bounce("<1@example.org>"), invitation, b""):
        assert read(raw) is None


def test_an_answer_inside_a_forwarded_mail_is_not_the_forwarders() -> None:
    assert read(forwarded(gmail(SAID))) is None


def test_two_answers_in_one_mail_are_nobodys() -> None:
    files = {f"{partstat}.ics": _calendar(replace(SAID, partstat=partstat)) for partstat in ("ACCEPTED", "DECLINED")}
    found = read(letter(files))
    assert isinstance(found, FaultyAnswer)
    assert found.why is AnswerOutcome.SEVERAL_EVENTS
    assert isinstance(read(letter({"a.ics": files["ACCEPTED.ics"]})), CalendarAnswer)


def _calendar(said: Reply) -> bytes:
    raw = thunderbird(said)
    return raw[raw.index(b"BEGIN:VCALENDAR") : raw.index(b"END:VCALENDAR") + 15]


def _changed(old: str, new: str) -> FaultyAnswer:
    """A mail in plain sight (8bit, no second copy) with one thing changed."""
    raw = thunderbird(SAID)
    cut = raw[: raw.index(b"application/ics")]
    found = read(cut.replace(old.encode(), new.encode()))
    assert isinstance(found, FaultyAnswer)
    return found


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("\r\nMETHOD:REPLY", "\r\nMETHOD:REQUEST", AnswerOutcome.METHOD_DIFFERS),
        ("SEQUENCE:0", "SEQUENCE:-1", AnswerOutcome.UNREADABLE),
        ("SEQUENCE:0", "SEQUENCE:99999999999", AnswerOutcome.UNREADABLE),
        ("SEQUENCE:0", "SEQUENCE:abc", AnswerOutcome.UNREADABLE),
        ("ATTENDEE;", "ATTENDEE:mailto:obcy@example.org\r\nATTENDEE;", AnswerOutcome.WRONG_ATTENDEE),
        ("ATTENDEE;", "X-ATTENDEE;", AnswerOutcome.UNREADABLE),
        ("END:VEVENT", "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:inne\r\nEND:VEVENT", AnswerOutcome.SEVERAL_EVENTS),
        ("BEGIN:VEVENT", "BEGIN:VTODO", AnswerOutcome.UNREADABLE),
        ("BEGIN:VEVENT", "BEGIN VEVENT", AnswerOutcome.UNREADABLE),
    ],
)
def test_what_is_wrong_with_an_answer_is_told(old: str, new: str, why: AnswerOutcome) -> None:
    assert _changed(old, new).why is why


def test_a_calendar_file_is_known_by_name_or_by_how_it_begins() -> None:
    assert is_calendar("Invite.ICS", b"")
    assert is_calendar("", b"\xef\xbb\xbfBEGIN:VCALENDAR\r\n")
    assert not is_calendar("formularz.docx", b"PK")


@settings(max_examples=40)
@given(st.binary(max_size=400), st.integers(min_value=0, max_value=3000))
def test_no_damage_makes_the_reader_raise(noise: bytes, place: int) -> None:
    raw = outlook(SAID)
    cut = place % len(raw)
    read(raw[:cut] + noise + raw[cut + len(noise) :])


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_no_text_in_a_calendar_makes_it_raise(text: str) -> None:
    read(thunderbird(replace(SAID, comment=text.replace("\n", " ").replace("\r", " "))))
