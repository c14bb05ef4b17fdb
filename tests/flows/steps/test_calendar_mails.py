"""Answers out of the mailbox: whoever's calendar wrote them, one person's answer is one answer, and nobody else's."""

from dataclasses import replace
from itertools import count

import people
import pytest
from calendar_replies import SHAPES, Reply, counter, gmail, outlook, refresh, thunderbird
from conftest import Staged
from mails import bounce, letter
from people import CALL, MEETING, RITA, WORKER, Letterbox, go_to, told_group
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.counter_proposals import accept_counter, decline_counter, open_counters
from flows.steps.invitation_answers import answer_invitation, answer_lines
from flows.steps.mail_words import NEED_A_PERSON, remark_of
from flows.steps.mailbox import CollectCounts, collect
from flows.steps.meeting_changes import Wanted, cancel_meeting, move_meeting
from flows.steps.meetings import day_in
from flows.steps.todo import waiting_for_whom
from models.errors import BadInput, NotFound
from models.rules.invitation_answers import QUIET, AnswerOutcome
from models.tables import (
    CounterVerdict,
    Event,
    Invitation,
    InvitationAnswer,
    Meeting,
    Message,
    ReceivedMail,
    SubmittedFile,
)
from models.tables.mail import MailKind, MailState
from models.tables.meetings import AnswerMethod, InvitationState

_boxes = count(100)
ANSWERED_AT = "2018-09-04T10:15"
LATER = (day_in("2018-09-29T09:00-15:00"), day_in("2018-09-30T09:00-15:00"))


def said(office: Office, recipient: str = "osoba0@example.org") -> Reply:
    """The answer of one person to what they were told, still to be changed."""
    with office.reading(WORKER) as session:
        message = session.exec(select(Message).where(Message.event == "invitation").order_by(col(Message.id))).all()
        calendar = next(one.calendar for one in message if one.recipient == recipient)
    assert calendar is not None
    uid = calendar.replace("\r\n ", "").partition("UID:")[2].partition("\r\n")[0]
    return Reply(uid, recipient)


def arrive(office: Office, *mails: bytes, at: str = ANSWERED_AT) -> CollectCounts:
    go_to(office, at)
    return collect(office, Letterbox(*mails, at=at, uidvalidity=next(_boxes)), actor=WORKER)


def invitation(office: Office, answered: Reply) -> Invitation:
    with office.reading(WORKER) as session:
        return session.exec(select(Invitation).where(Invitation.uid == answered.uid)).one()


def outcomes(office: Office) -> list[AnswerOutcome]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(InvitationAnswer.outcome).order_by(col(InvitationAnswer.id))).all())


def mails(office: Office) -> list[ReceivedMail]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(ReceivedMail).order_by(col(ReceivedMail.id))).all())


@pytest.mark.parametrize("shape", SHAPES)
def test_every_programs_answer_is_taken_and_the_mail_is_done(sqlite_staged: Staged, shape: str) -> None:
    office, _ = sqlite_staged(told_group, 2)
    answered = replace(said(office), comment="Będę z koleżanką.")
    assert arrive(office, SHAPES[shape](answered)) == CollectCounts(new=1, replies=1)
    assert invitation(office, answered).state is InvitationState.ACCEPTED
    (mail,) = mails(office)
    assert (mail.kind, mail.state, mail.remarks, mail.area) == (MailKind.CALENDAR, MailState.FILED, [], "2205")
    assert mail.application_id is not None
    assert mail.stored_as is not None, "it is kept whole as every mail"
    with office.reading(WORKER) as session:
        assert session.exec(select(SubmittedFile).where(SubmittedFile.mail_id == mail.id)).all() == []
        row = session.exec(select(InvitationAnswer)).one()
        assert (row.partstat, row.sequence, row.outcome, row.comment, row.mail_id) == (
            "ACCEPTED",
            0,
            AnswerOutcome.TAKEN,
            "Będę z koleżanką.",
            mail.id,
        )
        assert "koleżank" not in str([event.facts for event in session.exec(select(Event)).all()])


def test_answers_are_taken_on_both_databases(staged: Staged) -> None:
    office, _ = staged(told_group, 2)
    first, second = said(office), replace(said(office, "osoba1@example.org"), partstat="DECLINED")
    assert arrive(office, outlook(first), gmail(second)).replies == 2
    assert invitation(office, first).state is InvitationState.ACCEPTED
    assert invitation(office, second).state is InvitationState.DECLINED
    with office.reading(RITA) as session:
        lines = answer_lines(session, CALL, MEETING)
    assert [(line.said, line.outcome) for line in lines] == [("przyjęte", "taken"), ("odrzucone", "taken")]


@pytest.mark.parametrize(("partstat", "state"), [("TENTATIVE", InvitationState.TENTATIVE)])
def test_perhaps_is_waited_for_on(sqlite_staged: Staged, partstat: str, state: InvitationState) -> None:
    office, _ = sqlite_staged(told_group, 1)
    answered = replace(said(office), partstat=partstat)
    arrive(office, thunderbird(answered))
    assert invitation(office, answered).state is state
    with office.reading(RITA) as session:
        assert "ostateczna odpowiedź na zaproszenie" in [
            line.what for line in waiting_for_whom(session, now=office.now())
        ]


def test_later_answers_count_in_whatever_order_they_come(staged: Staged) -> None:
    office, _ = staged(told_group, 1)
    yes = said(office)
    no = replace(yes, partstat="DECLINED", stamp="20180904T090000Z")
    perhaps = replace(yes, partstat="TENTATIVE", stamp="20180904T070000Z")
    arrive(office, gmail(no), gmail(yes), gmail(perhaps), at="2018-09-04T12:00")
    assert invitation(office, yes).state is InvitationState.DECLINED
    assert outcomes(office) == ["taken", "older", "older"]
    assert [mail.state for mail in mails(office)] == [MailState.FILED] * 3


def test_the_same_answer_again_changes_nothing_and_another_of_the_same_second_is_shown(staged: Staged) -> None:
    office, _ = staged(told_group, 1)
    yes = said(office)
    arrive(office, gmail(yes), outlook(yes), gmail(replace(yes, partstat="DECLINED")))
    assert outcomes(office) == ["taken", "repeated", "conflicting"]
    assert invitation(office, yes).state is InvitationState.ACCEPTED
    assert mails(office)[-1].state is MailState.WAITING


def test_a_clock_that_runs_ahead_does_not_outvote_what_comes_later(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    ahead = replace(said(office), stamp="20990101T000000Z")
    arrive(office, gmail(ahead))
    arrive(office, gmail(replace(ahead, partstat="DECLINED", stamp="20180905T080000Z")), at="2018-09-05T12:00")
    assert invitation(office, ahead).state is InvitationState.DECLINED


def test_what_an_officer_enters_counts_and_a_later_click_counts_again(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(told_group, 1)
    yes = said(office)
    go_to(office, "2018-09-04T11:00")
    with office.writing(RITA) as session:
        answer_invitation(session, CALL, MEETING, number, accepts=False, actor=RITA, now=office.now())
    arrive(office, gmail(yes), at="2018-09-04T12:00")
    assert invitation(office, yes).state is InvitationState.DECLINED, "given before the call"
    arrive(office, gmail(replace(yes, stamp="20180905T080000Z")), at="2018-09-05T12:00")
    assert invitation(office, yes).state is InvitationState.ACCEPTED


def test_an_answer_to_an_earlier_time_never_counts_for_the_new_one(staged: Staged) -> None:
    office, _ = staged(told_group, 1)
    old = replace(said(office), stamp="20180904T100000Z")
    with office.writing(RITA) as session:
        move_meeting(session, CALL, MEETING, Wanted(days=LATER), reason="x", actor=RITA, now=office.now())
    new = replace(old, sequence=1, partstat="DECLINED", stamp="20180904T080000Z")
    arrive(office, gmail(old), gmail(new), gmail(replace(old, stamp="20180904T100100Z")), at="2018-09-04T13:00")
    assert outcomes(office) == ["outdated", "taken", "outdated"]
    assert invitation(office, old).state is InvitationState.DECLINED


def test_an_answer_to_an_earlier_place_counts(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    old = said(office)
    with office.writing(RITA) as session:
        move_meeting(session, CALL, MEETING, Wanted(place="Sala 2"), reason="x", actor=RITA, now=office.now())
    arrive(office, gmail(old))
    assert invitation(office, old).state is InvitationState.ACCEPTED


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"uid": "ffffffffffffffffffffffffffffffff@rops.example.org"}, AnswerOutcome.UNKNOWN_UID),
        ({"attendee": "obca@example.org"}, AnswerOutcome.WRONG_ATTENDEE),
        ({"attendee": "osoba1@example.org"}, AnswerOutcome.WRONG_ATTENDEE),
        ({"sender": "obca@example.org"}, AnswerOutcome.WRONG_SENDER),
        (
            {"sender": "obca@example.org", "extra": ';SENT-BY="mailto:inna@example.org"'},
            AnswerOutcome.WRONG_SENDER,
        ),
        ({"sequence": 1}, AnswerOutcome.AHEAD),
        ({"partstat": "NEEDS-ACTION"}, AnswerOutcome.NO_ANSWER),
        ({"partstat": "X-COS"}, AnswerOutcome.NO_ANSWER),
        ({"instance": "20180923T090000"}, AnswerOutcome.PARTIAL),
    ],
)
def test_what_is_not_theirs_or_not_clear_changes_nothing_and_is_shown(
    sqlite_staged: Staged, change: dict[str, str | int], outcome: AnswerOutcome
) -> None:
    office, _ = sqlite_staged(told_group, 2)
    real = said(office)
    before = invitation(office, real).model_dump()
    raw = thunderbird_with(replace(real, **change))  # type: ignore[arg-type]
    assert arrive(office, raw).for_officer == 1
    assert invitation(office, real).model_dump() == before
    assert outcomes(office) == [outcome]
    (mail,) = mails(office)
    assert (mail.state, mail.remarks) == (MailState.WAITING, [remark_of(outcome)])
    with office.reading(people.WORKER) as session:
        (line,) = [one for one in waiting_for_whom(session, now=office.now()) if one.reference == f"list {mail.id}"]
        assert NEED_A_PERSON[remark_of(outcome)] in line.what


def thunderbird_with(answered: Reply) -> bytes:
    known = answered.partstat in ("ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED")
    raw = thunderbird(answered if known else replace(answered, partstat="DELEGATED"))
    if known:
        return raw
    plain = raw[: raw.index(b"application/ics")]
    return plain.replace(b"PARTSTAT=DELEGATED", f"PARTSTAT={answered.partstat}".encode())


def test_a_secretary_may_answer_and_letters_of_an_address_do_not_matter(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    answered = replace(said(office), attendee="Osoba0@Example.org", sender="sekretariat@example.org")
    arrive(office, gmail(replace(answered, extra=';SENT-BY="MAILTO:Sekretariat@example.org"')))
    assert invitation(office, answered).state is InvitationState.ACCEPTED


def test_a_delegation_is_an_officers_and_the_person_is_not_expected(staged: Staged) -> None:
    office, (number,) = staged(told_group, 1)
    answered = replace(said(office), partstat="DELEGATED", delegate="zastepca@example.org")
    arrive(office, gmail(answered))
    assert invitation(office, answered).state is InvitationState.DELEGATED
    (mail,) = mails(office)
    assert mail.state is MailState.WAITING
    with office.reading(people.WORKER) as session:
        (line,) = [one for one in waiting_for_whom(session, now=office.now()) if one.reference == f"list {mail.id}"]
        assert "przysłać kogoś innego" in line.what
        assert number in line.what
    with office.reading(RITA) as session:
        assert [one.delegate for one in answer_lines(session, CALL, MEETING)] == ["zastepca@example.org"]


def test_an_answer_after_the_meeting_is_shown_and_changes_nothing(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    answered = said(office)
    arrive(office, gmail(replace(answered, stamp="20180924T080000Z")), at="2018-09-24T12:00")
    assert outcomes(office) == ["too_late"]
    assert invitation(office, answered).state is InvitationState.INVITED


def test_an_answer_after_the_cancellation_is_shown(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    answered = said(office)
    with office.writing(RITA) as session:
        cancel_meeting(session, CALL, MEETING, reason="Choroba.", actor=RITA, now=office.now())
    arrive(office, gmail(answered))
    assert outcomes(office) == ["cancelled"]
    assert invitation(office, answered).state is InvitationState.CANCELLED


def test_whoever_asks_for_the_invitation_again_gets_it_once(staged: Staged) -> None:
    office, _ = staged(told_group, 1)
    asked = refresh(said(office))
    arrive(office, gmail(asked), outlook(replace(asked, stamp="20180904T081600Z")))
    assert outcomes(office) == ["taken", "repeated"]
    with office.reading(WORKER) as session:
        first, again = session.exec(select(Message).where(Message.event == "invitation").order_by(col(Message.id)))
    assert (first.state, again.state) == ("sent", "due")
    assert (asked.uid in (again.calendar or "").replace("\r\n ", ""), again.calendar_method) == (True, "REQUEST")


def proposed(office: Office) -> Reply:
    """One person of two proposes another Sunday."""
    return counter(replace(said(office), instance="20180923T090000"), "20180930T100000", "20180930T140000")


def test_a_proposal_moves_nothing_by_itself(staged: Staged) -> None:
    office, _ = staged(told_group, 2)
    answered = proposed(office)
    assert arrive(office, outlook(answered), outlook(replace(answered, stamp="20180904T082000Z"))).for_officer == 1
    assert outcomes(office) == ["proposed", "repeated"]
    assert invitation(office, answered).state is InvitationState.INVITED
    with office.reading(RITA) as session:
        (line,) = open_counters(session)
    assert (line.meeting, str(line.instead_of), f"{line.starts:%d %H:%M}", f"{line.ends:%H:%M}") == (
        MEETING,
        "2018-09-23",
        "30 10:00",
        "14:00",
    )


def test_an_accepted_proposal_moves_the_meeting_for_everybody(staged: Staged) -> None:
    office, _ = staged(told_group, 2)
    arrive(office, thunderbird(proposed(office)))
    with office.writing(RITA) as session:
        (line,) = open_counters(session)
        changed = accept_counter(session, line.answer_id, reason="Pasuje.", actor=RITA, now=office.now())
    assert (changed.asks_anew, changed.told) == (True, 2)
    (mail,) = mails(office)
    assert mail.state is MailState.SETTLED
    with office.reading(RITA) as session:
        days = session.exec(select(Meeting)).one()
        assert days.sequence == 1
        assert open_counters(session) == []
        assert session.exec(select(CounterVerdict.accepted)).one() is True


def test_a_declined_proposal_is_answered_kindly_with_the_request_once_more(staged: Staged) -> None:
    office, _ = staged(told_group, 2)
    arrive(office, outlook(proposed(office)))
    with office.writing(RITA) as session:
        (line,) = open_counters(session)
        decline_counter(session, line.answer_id, reason="Inni nie mogą.", actor=RITA, now=office.now())
    with office.reading(RITA) as session:
        (message,) = session.exec(select(Message).where(Message.event == "counter_declined")).all()
        assert message.recipient == "osoba0@example.org"
        assert message.calendar_method == "REQUEST"
        assert "Inni nie mogą." in message.text.replace("\u00a0", " ")
        assert open_counters(session) == []
    with office.writing(RITA) as session, pytest.raises(NotFound, match="propozycji"):
        decline_counter(session, line.answer_id, reason="x", actor=RITA, now=office.now())


def test_a_proposal_that_does_not_say_which_day_needs_the_days(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    arrive(office, outlook(replace(proposed(office), instance="")))
    with office.writing(RITA) as session:
        (line,) = open_counters(session)
        with pytest.raises(BadInput, match="--day"):
            accept_counter(session, line.answer_id, reason="x", actor=RITA, now=office.now())
        accept_counter(session, line.answer_id, days=LATER, reason="x", actor=RITA, now=office.now())


def test_a_proposal_about_hours_that_have_changed_is_no_task_any_more(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    arrive(office, outlook(proposed(office)))
    with office.writing(RITA) as session:
        move_meeting(session, CALL, MEETING, Wanted(days=LATER), reason="x", actor=RITA, now=office.now())
        assert open_counters(session) == []


def test_a_calendar_file_is_never_a_form(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    foreign = gmail(replace(said(office), method="REQUEST"))
    assert arrive(office, foreign, letter({"spotkanie.ics": b"BEGIN:VCALENDAR"})).files == 0
    assert [mail.kind for mail in mails(office)] == [MailKind.EMPTY, MailKind.EMPTY]
    assert outcomes(office) == []


def test_an_answer_beside_a_form_is_taken_and_the_form_is_read(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    answered = said(office)
    raw = thunderbird(answered)
    ics = raw[raw.index(b"BEGIN:VCALENDAR") : raw.index(b"END:VCALENDAR") + 15]
    counts = arrive(office, letter({"formularz.docx": b"form", "odpowiedz.ics": ics}, sender=answered.attendee))
    assert counts.files == 1
    assert invitation(office, answered).state is InvitationState.ACCEPTED


def test_an_invitation_that_came_back_is_a_bounce(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    raw = bounce("<1@example.org>").replace(
        b"--granica--", b"--granica\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\n--granica--"
    )
    arrive(office, raw)
    assert [mail.kind for mail in mails(office)] == [MailKind.BOUNCE]
    assert outcomes(office) == []


def test_every_outcome_that_needs_somebody_has_words() -> None:
    assert {remark_of(one) for one in AnswerOutcome if one not in QUIET} <= set(NEED_A_PERSON)


def test_answers_are_append_only(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(told_group, 1)
    arrive(office, gmail(said(office)))
    with pytest.raises(Exception, match="append-only"), office.writing(WORKER) as session:
        _overwrite(session)


def _overwrite(session: Session) -> None:
    row = session.exec(select(InvitationAnswer)).one()
    row.method = AnswerMethod.COUNTER
    session.add(row)
    session.flush()
