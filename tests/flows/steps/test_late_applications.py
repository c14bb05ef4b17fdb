"""Nobody is decided over while their application is on the way: changed after the ranking, or come late."""

import pytest
from conftest import Staged
from people import CALL, KINGA, RITA, WORKER, announced_call, go_to, numbers, ranked_call, reading, send_in
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.applications import find_application
from flows.steps.corrections import overrule
from flows.steps.decisions import decide, decide_as_proposed, waiting
from flows.steps.ranking import newest_ranking, rank_call
from flows.steps.seats import newest_decision
from flows.steps.todo import waiting_for_whom
from flows.steps.verification import to_verify, verify
from models.errors import NotYet
from models.tables import Call
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome


def changed(office: Office, number: str, key: str, value: str) -> None:
    with office.writing(RITA) as session:
        overrule(session, number, key, value, reason="rozmowa telefoniczna", actor=RITA, now=office.now())


def verified_again(office: Office) -> None:
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())


def test_a_value_changed_after_the_ranking_stops_the_decisions_until_it_is_ranked_anew(staged: Staged) -> None:
    office, registered = staged(ranked_call, 3)
    changed(office, registered[0], "staz_lat", "do_2")

    with pytest.raises(NotYet, match=registered[0]), office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    verified_again(office)
    with pytest.raises(NotYet, match=registered[0]), office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    with office.writing(WORKER) as session:
        assert rank_call(session, CALL, actor=WORKER, now=office.now()).version == 2
    with office.writing(KINGA) as session:
        assert decide_as_proposed(session, CALL, actor=KINGA, now=office.now()).accepted == 3


def test_a_new_ranking_keeps_those_who_are_decided_in_their_places(staged: Staged) -> None:
    office, registered = staged(ranked_call, 3)
    with office.writing(KINGA) as session:
        decide(
            session,
            registered[1],
            outcome=DecisionOutcome.ACCEPTED,
            reason_code="miejsce_w_rankingu",
            note=None,
            actor=KINGA,
            now=office.now(),
        )
    changed(office, registered[0], "staz_lat", "do_2")
    verified_again(office)
    with office.writing(WORKER) as session:
        rank_call(session, CALL, actor=WORKER, now=office.now())
        ranking = newest_ranking(session, session.exec(select(Call)).one())
        assert ranking is not None
        assert {place["number"] for place in ranking.places} == set(registered)
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
        assert session.exec(select(Call)).one().state is CallState.DECIDED


def test_a_form_that_comes_after_the_announcement_is_decided_and_announced_by_itself(staged: Staged) -> None:
    office, registered = staged(announced_call, 2)
    go_to(office, "2018-07-09T09:00")
    send_in(office, reading(7), at="2018-07-09T08:55")
    late = numbers(office)[-1]
    verified_again(office)
    with office.reading(KINGA) as session:
        assert find_application(session, late).state is ApplicationState.NOT_ELIGIBLE
        assert waiting(session, CALL) == 1
        assert "zgłoszenia czekają na decyzję: 1" in [line.what for line in waiting_for_whom(session, now=office.now())]
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    counts = announce(office, CALL, actor=RITA)
    assert (counts.accepted, counts.reserve, counts.rejected) == (0, 0, 1)
    with office.reading(WORKER) as session:
        decision = newest_decision(session, find_application(session, late))
        assert decision is not None
        assert decision.outcome is DecisionOutcome.REJECTED
        assert [find_application(session, one).state for one in registered] == [ApplicationState.ANNOUNCED] * 2
