"""Decisions of the commission: each with a reason that fits, the old one on record, nothing contrary left to leave."""

import people
import pytest
from conftest import Staged
from people import CALL, KINGA, RITA, WORKER, deliver_all, go_to, open_kes_call, reading, send_in
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.applications import find_application
from flows.steps.calls import find_call, open_call
from flows.steps.decisions import DecisionCounts, decide, decide_as_proposed, reason_for, waiting
from flows.steps.memberships import answer_offer
from flows.steps.reminders import due_occasions, remind
from flows.steps.seats import newest_decision
from models.actor import Actor
from models.errors import BadInput, NotAllowed, NotYet
from models.events import Happened
from models.tables import Application, Decision, Event, Message
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.outbox import MessageState

ACCEPT, RESERVE, REJECT = DecisionOutcome.ACCEPTED, DecisionOutcome.RESERVE, DecisionOutcome.REJECTED


def ranked_five(office: Office) -> list[str]:
    """Two seats, one in reserve: three ranked candidates and one below, one not eligible, one closed incomplete."""
    open_kes_call(office, seats=2, reserve_seats=1)
    registered = people.take_in(office, range(4))
    send_in(office, reading(4, {"praca_bezposrednia": "nie"}), at="2018-06-12T10:00")
    send_in(office, reading(5, {"telefon": None}), at="2018-06-13T10:00")
    deliver_all(office, "2018-05-28T12:00")
    now = go_to(office, "2018-07-02T08:00")
    with office.writing(WORKER) as session:
        remind(session, due_occasions(session, now=now), actor=WORKER, now=now)
    people.verified(office)
    people.ranked(office)
    return people.numbers(office) or registered


def say(
    office: Office,
    number: str,
    outcome: DecisionOutcome,
    reason: str,
    note: str | None = None,
    actor: Actor = KINGA,
    beyond_seats: str | None = None,
) -> None:
    with office.writing(actor) as session:
        decide(
            session,
            number,
            outcome=outcome,
            reason_code=reason,
            note=note,
            beyond_seats=beyond_seats,
            actor=actor,
            now=office.now(),
        )


def adopt(office: Office) -> DecisionCounts:
    with office.writing(KINGA) as session:
        return decide_as_proposed(session, CALL, actor=KINGA, now=office.now())


def call_state(office: Office) -> CallState:
    with office.reading(WORKER) as session:
        return find_call(session, CALL).state


def state(office: Office, number: str) -> ApplicationState:
    with office.reading(WORKER) as session:
        return find_application(session, number).state


def decisions(office: Office, number: str) -> list[tuple[int, str, str, bool]]:
    with office.reading(WORKER) as session:
        rows = session.exec(
            select(Decision)
            .where(Decision.application_id == find_application(session, number).id)
            .order_by(col(Decision.version))
        ).all()
        return [(row.version, row.outcome.value, row.reason_code, row.as_proposed) for row in rows]


def test_the_commission_adopts_the_list_with_the_projects_reasons(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    with office.reading(WORKER) as session:
        assert waiting(session, CALL) == 6
    assert adopt(office) == DecisionCounts(accepted=2, reserve=1, rejected=3)
    with office.reading(WORKER) as session:
        assert waiting(session, CALL) == 0
    # Candidates 1 and 3 are from a gmina: two premium points more.
    said = {number[-4:]: decisions(office, number)[0][1:] for number in registered}
    assert said == {
        "0001": ("reserve", "miejsce_na_liscie_rezerwowej", True),
        "0002": ("accepted", "miejsce_w_rankingu", True),
        "0003": ("rejected", "brak_miejsc", True),
        "0004": ("accepted", "miejsce_w_rankingu", True),
        "0005": ("rejected", "niespelnione_kryteria", True),
        "0006": ("rejected", "brak_uzupelnienia", True),
    }
    assert call_state(office) is CallState.DECIDED


def test_a_decision_against_the_list_is_on_record_as_such(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    say(office, registered[1], RESERVE, "rezerwa_ze_wzgledu_na_sklad", "Trzecia osoba z tej szkoły.")
    assert decisions(office, registered[1]) == [(1, "reserve", "rezerwa_ze_wzgledu_na_sklad", False)]
    with office.reading(WORKER) as session:
        decision = newest_decision(session, find_application(session, registered[1]))
        assert decision is not None
        assert (decision.note, decision.decided_by, decision.decided_at) == (
            "Trzecia osoba z tej szkoły.",
            "kinga",
            office.now(),
        )
        told = session.exec(select(Event).where(Event.kind == Happened.DECIDED)).one()
        assert "szkoły" not in str(told.facts)
    assert call_state(office) is CallState.RANKED
    assert adopt(office).accepted == 1
    assert call_state(office) is CallState.DECIDED


def test_the_call_is_decided_with_its_last_decision(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    for number in registered[:-1]:
        say(office, number, REJECT, "brak_miejsc")
    assert call_state(office) is CallState.RANKED
    say(office, registered[-1], REJECT, "brak_uzupelnienia")
    assert call_state(office) is CallState.DECIDED


@pytest.mark.parametrize(
    ("outcome", "reason"), [(ACCEPT, "brak_miejsc"), (REJECT, "miejsce_w_rankingu"), (RESERVE, "bo_tak")]
)
def test_a_reason_must_fit_the_decision(sqlite_staged: Staged, outcome: DecisionOutcome, reason: str) -> None:
    office, registered = sqlite_staged(ranked_five)
    with pytest.raises(BadInput, match="Możliwe"):
        say(office, registered[0], outcome, reason)
    assert decisions(office, registered[0]) == []


def test_nobody_but_the_commission_decides(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(ranked_five)
    for actor in (RITA, WORKER, people.ADAM, people.FILIP):
        with pytest.raises(NotAllowed):
            say(office, registered[0], ACCEPT, "miejsce_w_rankingu", actor=actor)


def test_there_is_nothing_to_decide_before_the_ranking(office: Office) -> None:
    open_kes_call(office)
    (number,) = people.take_in(office, [1])
    with pytest.raises(NotYet, match="nabor call rank"):
        say(office, number, ACCEPT, "miejsce_w_rankingu")
    with pytest.raises(NotYet, match="nabor call rank"):
        adopt(office)


def test_who_does_not_meet_the_criteria_cannot_be_let_in(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    for number in registered[4:]:
        for outcome, reason in ((ACCEPT, "sklad_grupy"), (RESERVE, "rezerwa_ze_wzgledu_na_sklad")):
            with pytest.raises(BadInput, match="kryteriów"):
                say(office, number, outcome, reason)


def test_nor_by_a_second_decision_after_the_first(staged: Staged) -> None:
    """Decided once, the application is no longer in the state that says so; the verdict still is."""
    office, registered = staged(ranked_five)
    adopt(office)
    for number in registered[4:]:
        with pytest.raises(BadInput, match="kryteriów"):
            say(office, number, ACCEPT, "sklad_grupy")
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    for number in registered[4:]:
        with pytest.raises(BadInput, match="kryteriów"):
            say(office, number, ACCEPT, "sklad_grupy")


def test_the_same_decision_again_changes_nothing(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    for _ in range(2):
        say(office, registered[1], ACCEPT, "miejsce_w_rankingu")
    assert len(decisions(office, registered[1])) == 1


def test_the_same_decision_after_the_announcement_does_not_open_the_call_again(staged: Staged) -> None:
    """A flow that is run again after it was killed, and an officer who adopts the list twice."""
    office, registered = staged(ranked_five)
    adopt(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    say(office, registered[1], ACCEPT, "miejsce_w_rankingu")
    assert adopt(office) == DecisionCounts(0, 0, 0)
    assert call_state(office) is CallState.ANNOUNCED


def test_a_new_decision_supersedes_and_the_old_one_stays(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    adopt(office)
    say(office, registered[1], REJECT, "inny_powod", "Rezygnacja telefoniczna.")
    assert decisions(office, registered[1]) == [
        (1, "accepted", "miejsce_w_rankingu", True),
        (2, "rejected", "inny_powod", False),
    ]
    assert state(office, registered[1]) is ApplicationState.REJECTED
    assert call_state(office) is CallState.DECIDED


def test_a_new_decision_takes_back_the_unsent_letter_about_the_old_one(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    adopt(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    say(office, registered[1], RESERVE, "rezerwa_ze_wzgledu_na_sklad")
    say(office, registered[0], ACCEPT, "zwolnione_miejsce")
    assert call_state(office) is CallState.DECIDED
    with office.reading(WORKER) as session:
        about = f"application/{find_application(session, registered[0]).id}"
        letters = session.exec(select(Message).where(Message.subject_ref == about).order_by(col(Message.id))).all()
        assert [(one.event, one.state) for one in letters] == [
            ("acknowledgement", MessageState.SENT),
            ("reserve", MessageState.WITHDRAWN),
        ]
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        newest = session.exec(
            select(Message).where(Message.subject_ref == about).order_by(col(Message.id).desc())
        ).first()
        assert newest is not None
        assert (newest.event, newest.state) == ("accepted", MessageState.DUE)


# Seats


def test_a_single_decision_gives_no_seat_that_is_not_there(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    adopt(office)
    with pytest.raises(BadInput, match="--beyond-seats"):
        say(office, registered[0], ACCEPT, "sklad_grupy")
    assert decisions(office, registered[0]) == [(1, "reserve", "miejsce_na_liscie_rezerwowej", True)]
    say(office, registered[1], RESERVE, "rezerwa_ze_wzgledu_na_sklad")
    say(office, registered[0], ACCEPT, "sklad_grupy")
    assert state(office, registered[0]) is ApplicationState.ACCEPTED


def test_one_seat_more_needs_a_reason_which_stays_with_the_decision(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    adopt(office)
    say(office, registered[0], ACCEPT, "sklad_grupy", beyond_seats="Zgoda instytucji z 4 lipca.")
    say(office, registered[0], ACCEPT, "zwolnione_miejsce")
    with office.reading(WORKER) as session:
        decision = newest_decision(session, find_application(session, registered[0]))
        assert decision is not None
        assert (decision.version, decision.beyond_seats) == (3, "Zgoda instytucji z 4 lipca.")
    go_to(office, "2018-07-06T09:00")
    assert announce(office, CALL, actor=RITA).accepted == 3
    with pytest.raises(BadInput, match="tylko przyjąć"):
        say(office, registered[0], REJECT, "brak_miejsc", beyond_seats="x")


def test_more_acceptances_than_seats_are_not_announced(staged: Staged) -> None:
    """As the version before this one let them be recorded."""
    office, registered = staged(ranked_five)
    adopt(office)
    say(office, registered[0], ACCEPT, "sklad_grupy", beyond_seats="x")
    with office.writing(KINGA) as session:
        decision = newest_decision(session, find_application(session, registered[0]))
        assert decision is not None
        decision.beyond_seats = None
        session.add(decision)
    go_to(office, "2018-07-06T09:00")
    with pytest.raises(BadInput, match=registered[0]):
        announce(office, CALL, actor=RITA)
    assert call_state(office) is CallState.DECIDED
    say(office, registered[0], ACCEPT, "sklad_grupy", beyond_seats="Za zgodą instytucji.")
    assert announce(office, CALL, actor=RITA).accepted == 3


def test_a_seat_that_was_given_up_counts_again_when_its_person_is_accepted_anew(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    adopt(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    with office.writing(RITA) as session:
        answer_offer(session, registered[1], accepts=False, actor=RITA, now=office.now())
    say(office, registered[0], ACCEPT, "zwolnione_miejsce")
    with pytest.raises(BadInput, match="--beyond-seats"):
        say(office, registered[1], ACCEPT, "sklad_grupy")


def test_the_reason_that_points_to_the_protocol_stands_there(staged: Staged) -> None:
    office, registered = staged(ranked_five)
    for note in (None, "  "):
        with pytest.raises(BadInput, match="--note"):
            say(office, registered[1], REJECT, "inny_powod", note)
    assert decisions(office, registered[1]) == []


def two_groups(office: Office) -> tuple[str, str]:
    """The same person is ranked in powiat kartuski and has applied in powiat starogardzki as well."""
    (first,) = people.ranked_call(office, 1)
    with office.writing(RITA) as session:
        call = open_call(
            session,
            "KES",
            "PGR",
            "2213",
            opens_at=people.moment("2018-07-03T10:00"),
            closes_at=people.moment("2018-07-13T15:30"),
            actor=RITA,
            now=office.now(),
        )
        other = Application.model_validate(
            find_application(session, first).model_dump()
            | {
                "id": None,
                "area": "2213",
                "call_id": call.id,
                "number": f"{call.code}/0001",
                "public_number": "ZG-2222-3333",
                "state": ApplicationState.ACCEPTED,
            }
        )
        session.add(other)
        session.flush()
        number = other.number
    elsewhere(office, number, ACCEPT, version=1)
    return first, number


def elsewhere(office: Office, number: str, outcome: DecisionOutcome, *, version: int) -> None:
    """What the commission of the other group decides."""
    with office.writing(KINGA) as session:
        application = find_application(session, number)
        assert application.id is not None
        session.add(
            Decision(
                area=application.area,
                application_id=application.id,
                version=version,
                outcome=outcome,
                reason_code="sklad_grupy",
                as_proposed=False,
                decided_at=office.now(),
                decided_by="kinga",
            )
        )


def test_a_person_sits_in_one_group_of_the_project(staged: Staged) -> None:
    office, (first, other) = staged(two_groups)
    with pytest.raises(BadInput, match=other):
        say(office, first, ACCEPT, "miejsce_w_rankingu")
    with pytest.raises(BadInput, match=other):
        adopt(office)
    assert decisions(office, first) == []
    elsewhere(office, other, REJECT, version=2)
    assert adopt(office).accepted == 1
    elsewhere(office, other, ACCEPT, version=3)
    go_to(office, "2018-07-06T09:00")
    with pytest.raises(BadInput, match=other):
        announce(office, CALL, actor=RITA)
    elsewhere(office, other, REJECT, version=4)
    assert announce(office, CALL, actor=RITA).accepted == 1


def test_every_kind_of_proposal_has_its_reason() -> None:
    for purpose in ("proposed_main", "proposed_reserve", "proposed_beyond", "not_eligible", "incomplete"):
        assert people.definition().reason(reason_for(people.definition(), purpose))
