"""Any order of moves, cancellations, answers, replays and forgeries, against a model of a few lines.

The model keeps every genuine answer that could count and takes the highest by (SEQUENCE, DTSTAMP); the office judges
each as it comes. That both always agree is what makes the order of arrival meaningless.
"""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from calendar_replies import SHAPES, Reply
from conftest import Offices
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from people import CALL, MEETING, RITA, WORKER, Letterbox, told_group
from sqlmodel import col, func, select

from flows.adapters.clock import PlayedClock, playing
from flows.adapters.office import Office
from flows.steps.invitation_answers import answer_invitation
from flows.steps.invitations import meetings_to_invite
from flows.steps.link_answers import answer_by_token, tokens_for
from flows.steps.mailbox import collect
from flows.steps.meeting_changes import Wanted, cancel_meeting, move_meeting
from flows.steps.meetings import day_in
from models.errors import NotYet
from models.tables import Application, Invitation, InvitationAnswer, Membership, Message
from models.tables.meetings import InvitationState

PEOPLE = 2
BEGIN = datetime(2018, 9, 4, 6, 0, tzinfo=UTC)
STATES = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
people_ = st.integers(0, PEOPLE - 1)
partstats = st.sampled_from(sorted(STATES))
shapes = st.sampled_from(sorted(SHAPES))
FORGERIES = ("uid", "attendee", "sender", "ahead")
WEIGHTED = (*["mail"] * 8, *["move"] * 3, *["replay", "forgery", "officer", "link"] * 2, "invite", "cancel")


@dataclass
class Known:
    """What the model knows of one person: the answers that may count, keyed by version and time; the first stays."""

    number: str
    said: Reply
    answers: dict[tuple[int, datetime], str] = field(default_factory=dict)

    def state(self, asked: int, *, off: bool) -> str:
        counting = {key: partstat for key, partstat in self.answers.items() if key[0] >= asked}
        return "cancelled" if off else STATES[counting[max(counting)]] if counting else "invited"


class Conversation(RuleBasedStateMachine):
    offices: Offices
    kind: str

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        source = self.offices.at_stage(self.kind, told_group, (PEOPLE,))
        self.clock = PlayedClock(BEGIN)
        self.open.enter_context(playing(self.clock))
        self.office: Office = self.open.enter_context(self.offices.copy(source, folder))
        self.sequence = self.asked = self.moves = self.mails = 0
        self.off = False
        self.now = BEGIN
        self.sent: list[bytes] = []
        self.known = self._told()

    def teardown(self) -> None:
        self.open.close()

    def _told(self) -> list[Known]:
        with self.office.reading(WORKER) as session:
            rows = session.exec(
                select(Application.number, Invitation.uid, Message.recipient)
                .join(Membership, col(Membership.application_id) == Application.id)
                .join(Invitation, col(Invitation.membership_id) == Membership.id)
                .join(Message, col(Message.person_id) == Membership.person_id)
                .where(Message.event == "invitation")
                .order_by(Application.number)
            ).all()
            return [Known(number, Reply(uid, recipient)) for number, uid, recipient in rows]

    def _later(self) -> datetime:
        self.now += timedelta(minutes=1)
        self.clock.move_to(self.now)
        return self.now

    def _arrive(self, raw: bytes) -> None:
        now = self._later()
        self.mails += 1
        box = Letterbox(raw, uidvalidity=self.mails)
        box.arrived_at = now
        collect(self.office, box, actor=WORKER)

    def _gone(self, minutes: int) -> datetime:
        """A time of an answer: some minutes after the beginning, at the latest now."""
        return min(BEGIN + timedelta(minutes=minutes), self.now)

    @rule(what=st.sampled_from(WEIGHTED), data=st.data())
    def something_happens(self, what: str, data: st.DataObject) -> None:
        """One rule with weights, since hypothesis leaves out whole rules and the office's day does not."""
        who, partstat, accepts = data.draw(people_), data.draw(partstats), data.draw(st.booleans())
        match what:
            case "mail":
                minutes, back = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 2))
                self._answer_by_mail(who, partstat, data.draw(shapes), minutes, back)
            case "replay" if self.sent:
                self._arrive(data.draw(st.sampled_from(self.sent)))
            case "forgery":
                self._forge(who, partstat, data.draw(shapes), data.draw(st.sampled_from(FORGERIES)))
            case "officer":
                self._enter(who, accepts=accepts)
            case "link":
                self._click(who, accepts=accepts)
            case "move" if not self.off:
                self._change(hours=accepts)
            case "cancel" if not self.off and self.moves > 2:
                self._call_off()
            case "invite":
                self._invite()

    def _answer_by_mail(self, who: int, partstat: str, shape: str, minutes: int, back: int) -> None:
        known, stamp, sequence = self.known[who], self._gone(minutes), max(0, self.sequence - back)
        raw = SHAPES[shape](replace(known.said, partstat=partstat, sequence=sequence, stamp=f"{stamp:%Y%m%dT%H%M%SZ}"))
        self.sent.append(raw)
        if not self.off and sequence >= self.asked:
            known.answers.setdefault((sequence, stamp), partstat)
        self._arrive(raw)

    def _forge(self, who: int, partstat: str, shape: str, how: str) -> None:
        said = replace(self.known[who].said, partstat=partstat, sequence=self.sequence, stamp="20180904T235900Z")
        other = self.known[1 - who].said
        forged = {
            "uid": replace(said, uid=f"{'0' * 32}@rops.example.org"),
            "attendee": replace(said, attendee=other.attendee),
            "sender": replace(said, sender="obca@example.org"),
            "ahead": replace(said, sequence=self.sequence + 1),
        }[how]
        self._arrive(SHAPES[shape](forged))

    def _enter(self, who: int, *, accepts: bool) -> None:
        known, now = self.known[who], self._later()
        try:
            with self.office.writing(RITA) as session:
                answer_invitation(session, CALL, MEETING, known.number, accepts=accepts, actor=RITA, now=now)
        except NotYet:
            assert self.off
            return
        known.answers[self.sequence, now] = "ACCEPTED" if accepts else "DECLINED"

    def _click(self, who: int, *, accepts: bool) -> None:
        known, now = self.known[who], self._later()
        try:
            with self.office.writing(RITA) as session:
                both = tokens_for(session, CALL, MEETING, known.number, actor=RITA, now=now)
                token = both.accepts if accepts else both.declines
                changed = answer_by_token(session, token, confirmed=True, actor=WORKER, now=now).changed
        except NotYet:
            assert self.off
            return
        if changed:
            known.answers[self.sequence, now] = "ACCEPTED" if accepts else "DECLINED"

    def _change(self, *, hours: bool) -> None:
        now = self._later()
        self.moves += 1
        days = (day_in(f"2018-10-{self.moves % 28 + 1:02d}T09:00-15:00"),)
        wanted = Wanted(days=days) if hours else Wanted(place=f"Sala {self.moves}")
        with self.office.writing(RITA) as session:
            move_meeting(session, CALL, MEETING, wanted, reason="x", actor=RITA, now=now)
        self.sequence += 1
        if hours:
            self.asked = self.sequence

    def _call_off(self) -> None:
        now = self._later()
        with self.office.writing(RITA) as session:
            cancel_meeting(session, CALL, MEETING, reason="x", actor=RITA, now=now)
        self.off = True

    def _invite(self) -> None:
        """The scheduled run: everybody is invited already."""
        with self.office.writing(WORKER) as session:
            assert meetings_to_invite(session, now=self._later()) == []

    @invariant()
    def both_agree(self) -> None:
        with self.office.reading(WORKER) as session:
            for known in self.known:
                row = session.exec(select(Invitation).where(Invitation.uid == known.said.uid)).one()
                assert row.state == InvitationState(known.state(self.asked, off=self.off))
            mails = session.exec(
                select(InvitationAnswer.mail_id).where(col(InvitationAnswer.mail_id).is_not(None))
            ).all()
            assert len(mails) == len(set(mails))
            unsent = session.exec(
                select(func.count(), Message.person_id)
                .where(col(Message.event).in_(("invitation", "invitation_update")), Message.state == "due")
                .group_by(col(Message.person_id))
            ).all()
            assert all(count == 1 for count, _ in unsent), "never two requests at once on the way"


def converse(offices: Offices, kind: str, *, examples: int, steps: int) -> None:
    machine = type("Machine", (Conversation,), {"offices": offices, "kind": kind})
    run_state_machine_as_test(
        machine,  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_no_order_of_answers_moves_and_forgeries_confuses_the_office(offices: Offices) -> None:
    converse(offices, "sqlite", examples=5, steps=18)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_longer_order_does_either(offices: Offices, kind: str) -> None:
    converse(offices, kind, examples=25 if kind == "sqlite" else 6, steps=30)
