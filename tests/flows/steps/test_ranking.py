"""Ranking a call: a proposal from a stored snapshot, made when everything it needs is there."""

import json
from collections.abc import Callable
from dataclasses import replace

import people
import pytest
from conftest import Staged
from people import CALL, KINGA, RITA, STRANGER, WORKER, go_to, open_kes_call, reading, send_in
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.applications import find_application
from flows.steps.calls import find_call
from flows.steps.corrections import overrule
from flows.steps.decisions import decide, decide_as_proposed
from flows.steps.memberships import answer_offer, expire_offer, membership_of
from flows.steps.ranking import RankingCounts, newest_ranking, rank_call, rank_snapshot, seed_of, standings_of
from flows.steps.seats import newest_decision
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotAllowed, NotFound, NotYet, RankingDisputed
from models.rules.composition import LevelSeats
from models.rules.composition_proof import CHECKER
from models.rules.order import OrderKey
from models.rules.ranking import ALGORITHM, RANKERS, Candidate, LeftOut, Rules
from models.rules.ranking import Ranking as Order
from models.rules.whole_numbers import SolverFailed
from models.tables import Ranking
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome


def verified_four(office: Office) -> list[str]:
    """Two seats and one in reserve for four candidates; the third has the most points, the fourth the fewest."""
    open_kes_call(office, seats=2, reserve_seats=1)
    send_in(office, reading(0, {"staz_lat": "od_3_do_5"}), at="2018-06-06T10:00")
    send_in(office, reading(2, {"staz_lat": "od_3_do_5"}), at="2018-06-05T10:00")
    send_in(office, reading(4), at="2018-06-07T10:00")
    send_in(office, reading(6, {"staz_lat": "do_2"}), at="2018-06-04T10:00")
    people.verified(office)
    return people.numbers(office)


def rank(office: Office, seed: str | None = None) -> RankingCounts:
    with office.writing(WORKER) as session:
        return rank_call(session, CALL, seed=seed, actor=WORKER, now=office.now())


def places(office: Office) -> list[tuple[str, str, int]]:
    with office.reading(WORKER) as session:
        ranking = newest_ranking(session, find_call(session, CALL))
        assert ranking is not None
        return [(place["number"][-4:], place["list"], place["position"]) for place in ranking.places]


def change(office: Office, number: str, value: str) -> None:
    with office.writing(RITA) as session:
        overrule(session, number, "staz_lat", value, reason="zaświadczenie", actor=RITA, now=office.now())


def test_seats_go_by_points_and_then_by_receipt(staged: Staged) -> None:
    office, _ = staged(verified_four)
    counts = rank(office)
    assert (counts.version, counts.main, counts.reserve, counts.beyond) == (1, 2, 1, 1)
    assert places(office) == [("0003", "main", 1), ("0002", "main", 2), ("0001", "reserve", 1), ("0004", "beyond", 1)]
    with office.reading(WORKER) as session:
        assert find_call(session, CALL).state is CallState.RANKED
        assert find_application(session, f"{CALL}/0004").state is ApplicationState.RANKED


def test_what_the_group_lacks_is_said(staged: Staged) -> None:
    office, _ = staged(verified_four)
    assert any("gminn" in sentence for sentence in rank(office).shortfalls)


def test_the_same_snapshot_makes_no_new_version(staged: Staged) -> None:
    office, _ = staged(verified_four)
    first = rank(office)
    go_to(office, "2018-07-04T09:00")
    assert rank(office) == first
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Ranking)).all()) == 1


def test_a_changed_value_makes_a_new_version_and_the_old_one_stays(staged: Staged) -> None:
    office, registered = staged(verified_four)
    rank(office)
    change(office, registered[3], "ponad_10")
    with pytest.raises(NotYet, match="0004"):
        rank(office)
    people.verified(office, "2018-07-04T09:00")
    assert rank(office).version == 2
    # Now as many points as the third, and received earlier.
    assert places(office)[0] == ("0004", "main", 1)
    with office.reading(WORKER) as session:
        first, second = session.exec(select(Ranking).order_by(col(Ranking.version))).all()
        assert [place["number"][-4:] for place in first.places] == ["0003", "0002", "0001", "0004"]
        assert rank_snapshot(first.snapshot).places[0].number == f"{CALL}/0003"
        assert first.snapshot_digest != second.snapshot_digest


def test_a_snapshot_names_nobody(staged: Staged) -> None:
    office, _ = staged(verified_four)
    rank(office)
    with office.reading(WORKER) as session:
        snapshot = session.exec(select(Ranking.snapshot)).one()
    assert {one["institution"] for one in json.loads(snapshot)["candidates"]} == {"I1"}
    for personal in ("Próbna", "7781346888", "osoba", people.pesel(0)):
        assert personal not in snapshot


def test_those_decided_meanwhile_keep_their_seats_in_a_new_ranking(staged: Staged) -> None:
    """Two of two seats are given; a change that lifts another over one of them must not give a third."""
    office, registered = staged(verified_four)
    rank(office)
    with office.writing(KINGA) as session:
        for number in (registered[2], registered[1]):
            decide(
                session,
                number,
                outcome=DecisionOutcome.ACCEPTED,
                reason_code="miejsce_w_rankingu",
                note=None,
                actor=KINGA,
                now=office.now(),
            )
    change(office, registered[3], "od_3_do_5")
    people.verified(office, "2018-07-04T09:00")
    assert rank(office).main == 2
    assert places(office)[:2] == [("0003", "main", 1), ("0004", "main", 2)]
    with pytest.raises(BadInput, match="więcej miejsc"), office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    with office.reading(KINGA) as session:
        states = [find_application(session, number).state for number in registered]
    accepted, waiting = ApplicationState.ACCEPTED, ApplicationState.RANKED
    assert states == [waiting, accepted, accepted, waiting]


def test_there_is_no_list_before_the_call_has_closed(office: Office) -> None:
    open_kes_call(office)
    with pytest.raises(NotYet, match="jeszcze trwa"):
        rank(office)
    go_to(office, "2018-06-22T15:30")
    with pytest.raises(NotYet, match="jeszcze trwa"):
        rank(office)
    go_to(office, "2018-06-22T15:31")
    assert rank(office).main == 0


def test_there_is_no_list_while_somebody_owes_an_answer_or_waits_for_a_verdict(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1, {"telefon": None}))
    send_in(office, reading(2))
    go_to(office, "2018-07-03T09:00")
    with pytest.raises(NotYet, match=r"0001.*0002"):
        rank(office)
    with office.writing(RITA) as session:
        overrule(session, f"{CALL}/0001", "telefon", "600100200", reason="x", actor=RITA, now=office.now())
    people.verified(office, "2018-07-03T10:00")
    assert rank(office).main == 2


def test_who_may_not_rank_or_works_elsewhere_makes_no_list(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(verified_four)
    with pytest.raises(NotAllowed), office.writing(KINGA) as session:
        rank_call(session, CALL, actor=KINGA, now=office.now())
    with pytest.raises(NotFound), office.writing(STRANGER) as session:
        rank_call(session, CALL, actor=STRANGER, now=office.now())


def equal_two(office: Office) -> list[str]:
    """One seat for two candidates who are equal by everything but the draw."""
    open_kes_call(office, seats=1, order=(OrderKey.POINTS_DESC, OrderKey.DRAW), composition=())
    send_in(office, reading(0), at="2018-06-06T10:00")
    send_in(office, reading(2), at="2018-06-05T10:00")
    people.verified(office)
    return people.numbers(office)


def test_a_draw_needs_a_seed_and_the_first_one_counts_for_good(staged: Staged) -> None:
    office, registered = staged(equal_two)
    with pytest.raises(NotYet, match=r"0001.*0002.*--seed"):
        rank(office)
    with pytest.raises(BadInput, match="od 1 do"):
        rank(office, "  ")
    assert rank(office, " lotto  z 2 lipca: 4 8 15 ").version == 1
    first = places(office)
    assert rank(office) == rank(office, "lotto z 2 lipca: 4 8 15")
    with pytest.raises(BadInput, match="nie można go zmienić"):
        rank(office, "inne ziarno")
    change(office, registered[0], "do_2")
    change(office, registered[1], "do_2")
    people.verified(office, "2018-07-04T09:00")
    assert rank(office).version == 2
    assert places(office) == first
    with office.reading(WORKER) as session:
        row = newest_ranking(session, find_call(session, CALL))
        assert row is not None
        assert seed_of(row) == "lotto z 2 lipca: 4 8 15"
        drawn = [place["draw"] for place in row.places]
        assert drawn == sorted(drawn)
        assert {len(one) for one in drawn} == {64}


def test_a_seed_has_no_place_where_nothing_is_drawn(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(verified_four)
    with pytest.raises(BadInput, match="nie przewidują losowania"):
        rank(office, "ziarno")


def two_levels(office: Office) -> list[str]:
    """Two seats, one of them for the gmina; the best three are of the powiat."""
    gmina = LevelSeats(kind="level", level="gmina", minimum=1)
    open_kes_call(office, seats=2, reserve_seats=1, composition=(gmina,))
    for i in (0, 2, 4):
        send_in(office, reading(i), at=f"2018-06-05T1{i}:00")
    send_in(office, reading(1, {"staz_lat": "do_2"}), at="2018-06-05T18:00")
    people.verified(office)
    return people.numbers(office)


def test_the_group_is_composed_and_every_place_says_why(staged: Staged) -> None:
    office, registered = staged(two_levels)
    counts = rank(office)
    assert (counts.main, counts.shortfalls) == (2, ())
    assert places(office) == [("0001", "main", 1), ("0004", "main", 2), ("0002", "reserve", 1), ("0003", "beyond", 1)]
    with office.reading(WORKER) as session:
        row = newest_ranking(session, find_call(session, CALL))
        assert row is not None
        assert {place["number"][-4:]: (place["rank"], place["reason"]) for place in row.places} == {
            "0001": (1, "Miejsce 1 w kolejności mieści się w liczbie miejsc (2)."),
            "0004": (
                4,
                "Miejsce 4 w kolejności: przyjęcie zapewnia wymagany skład grupy (poziom „gminny”: co najmniej 1).",
            ),
            "0002": (
                2,
                "Lista rezerwowa: miejsce 2 pominięte: pozostałe miejsca są potrzebne dla poziomu „gminny” "
                "(co najmniej 1).",
            ),
            "0003": (
                3,
                "Poza listami: miejsce 3 pominięte: pozostałe miejsca są potrzebne dla poziomu „gminny” "
                "(co najmniej 1).",
            ),
        }
        assert (row.checker, row.refuted) == (CHECKER, 2)
        assert [(one.asked, one.amount) for one in standings_of(row)] == [("poziom „gminny”: co najmniej 1", 0)]
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    with office.reading(KINGA) as session:
        rows = [newest_decision(session, find_application(session, number)) for number in registered]
    assert [row.reason_code for row in rows if row is not None] == [
        "miejsce_w_rankingu",
        "rezerwa_ze_wzgledu_na_sklad",
        "brak_miejsc_ze_wzgledu_na_sklad",
        "sklad_grupy",
    ]


def test_what_the_checker_disputes_is_not_stored(sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    """A composer that seats the wrong person is found out."""
    office, _ = sqlite_staged(two_levels)

    right = RANKERS[ALGORITHM]

    def without_composition(candidates: tuple[Candidate, ...], rules: Rules, left_out: tuple[LeftOut, ...]) -> Order:
        return right(candidates, replace(rules, composition=()), left_out)

    monkeypatch.setattr("models.rules.ranking.RANKERS", {ALGORITHM: without_composition})
    with pytest.raises(RankingDisputed, match="nr 1 można zachować"):
        rank(office)
    with office.reading(WORKER) as session:
        assert newest_ranking(session, find_call(session, CALL)) is None
        assert find_application(session, f"{CALL}/0001").state is ApplicationState.ELIGIBLE


def test_a_solver_that_fails_is_told_and_nothing_is_stored(
    sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _ = sqlite_staged(two_levels)

    def failing(*_: object) -> Order:
        raise SolverFailed("HiGHS: Unknown")

    monkeypatch.setattr("models.rules.ranking.RANKERS", {ALGORITHM: failing})
    with pytest.raises(RankingDisputed, match=f"nie udało się ułożyć listy naboru {CALL} i niczego nie zapisał"):
        rank(office)
    with office.reading(WORKER) as session:
        assert newest_ranking(session, find_call(session, CALL)) is None


def test_a_list_altered_after_it_was_stored_is_not_announced(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_levels)
    rank(office)
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    with office.writing(WORKER) as session:
        row = newest_ranking(session, find_call(session, CALL))
        assert row is not None
        row.places = [{**place, "points": place["points"] + (place["rank"] == 3)} for place in row.places]
        session.add(row)
    with pytest.raises(RankingDisputed, match="0003 ma na liście inne punkty"):
        announce(office, CALL, actor=RITA)


def candidates_four(office: Office) -> list[str]:
    """Two seats and one in reserve for four ranked candidates; the first is the best of them."""
    open_kes_call(office, seats=2, reserve_seats=1, composition=())
    for hour, years in enumerate(("ponad_10", "od_6_do_10", "od_3_do_5", "do_2"), start=8):
        send_in(office, reading(2 * hour, {"staz_lat": years}), at=f"2018-06-05T{hour:02d}:00")
    people.verified(office)
    people.ranked(office)
    return people.numbers(office)


BEST = f"{CALL}/0001"


def decided(office: Office, *steps: tuple[DecisionOutcome, str]) -> None:
    for outcome, reason in steps:
        with office.writing(KINGA) as session:
            decide(session, BEST, outcome=outcome, reason_code=reason, note="x", actor=KINGA, now=office.now())


ACCEPTED = (DecisionOutcome.ACCEPTED, "miejsce_w_rankingu")
RESERVED = (DecisionOutcome.RESERVE, "miejsce_na_liscie_rezerwowej")
REJECTED = (DecisionOutcome.REJECTED, "inny_powod")


def told(office: Office) -> None:
    """The commission adopts the rest of the list, and everything decided is announced."""
    people.adopted(office)
    announce(office, CALL, actor=RITA)


def declined(office: Office) -> None:
    told(office)
    with office.writing(RITA) as session:
        answer_offer(session, BEST, accepts=False, actor=RITA, now=office.now())


def expired(office: Office) -> None:
    told(office)
    people.deliver_all(office, "2018-07-06T12:00")
    now = go_to(office, "2018-08-01T09:00")
    with office.writing(WORKER) as session:
        assert expire_offer(session, membership_of(session, BEST).id or 0, actor=WORKER, now=now)


def withdrawn(office: Office) -> None:
    with office.writing(RITA) as session:
        withdraw(session, BEST, actor=RITA, now=office.now())


def told_then(*steps: tuple[DecisionOutcome, str]) -> Callable[[Office], None]:
    """Another decision after the first was announced, and announced as well."""

    def became(office: Office) -> None:
        told(office)
        decided(office, *steps)
        announce(office, CALL, actor=RITA)

    return became


def declined_then_accepted(office: Office) -> None:
    declined(office)
    decided(office, (DecisionOutcome.ACCEPTED, "sklad_grupy"))


TURNED_DOWN = "Nie bierze udziału w układaniu tej listy: Komisja odrzuciła to zgłoszenie."
SEAT_GONE = (
    "Nie bierze udziału w układaniu tej listy: osoba nie ma już miejsca, które jej przyznano "
    "(rezygnacja, brak odpowiedzi w terminie albo skreślenie)."
)


@pytest.mark.parametrize(
    ("became", "expected"),
    [
        (lambda office: None, ("main", "")),
        (lambda office: decided(office, ACCEPTED), ("main", "")),
        (lambda office: decided(office, RESERVED), ("main", "")),
        (lambda office: decided(office, REJECTED), ("beyond", TURNED_DOWN)),
        (lambda office: decided(office, REJECTED, ACCEPTED), ("main", "")),
        (withdrawn, None),
        (told, ("main", "")),
        (told_then(RESERVED), ("main", "")),
        (told_then(REJECTED), ("beyond", TURNED_DOWN)),
        (told_then(REJECTED, RESERVED), ("main", "")),
        (declined, ("beyond", SEAT_GONE)),
        (expired, ("beyond", SEAT_GONE)),
        (declined_then_accepted, ("main", "")),
    ],
    ids=[
        "undecided",
        "accepted",
        "reserve",
        "rejected",
        "rejected-then-accepted",
        "withdrawn",
        "announced",
        "announced-reserve",
        "announced-rejected",
        "announced-back-in-reserve",
        "declined",
        "expired",
        "declined-then-accepted",
    ],
)
def test_what_a_new_ranking_makes_of_what_was_decided(
    sqlite_staged: Staged, became: Callable[[Office], None], expected: tuple[str, str] | None
) -> None:
    """Who holds a seat or waits for one is ranked; who was rejected, or lost the seat, is named and not seated."""
    office, _ = sqlite_staged(candidates_four)
    became(office)
    rank(office)
    with office.reading(WORKER) as session:
        ranking = newest_ranking(session, find_call(session, CALL))
        assert ranking is not None
        found = [place for place in ranking.places if place["number"] == BEST]
    if expected is None:
        assert found == []
        return
    [place] = found
    kind, sentence = expected
    assert (place["list"], place["reason"] if sentence else "") == (kind, sentence)
    assert (place["rank"] == 0) is bool(sentence)


def test_the_seat_of_one_who_was_rejected_goes_to_the_next(staged: Staged) -> None:
    office, registered = staged(candidates_four)
    decided(office, REJECTED)
    assert rank(office).main == 2
    assert [(number, kind) for number, kind, _ in places(office)] == [
        ("0002", "main"),
        ("0003", "main"),
        ("0004", "reserve"),
        ("0001", "beyond"),
    ]
    told(office)
    with office.reading(WORKER) as session:
        decisions = [newest_decision(session, find_application(session, number)) for number in registered]
    assert [one.outcome.value for one in decisions if one] == ["rejected", "accepted", "accepted", "reserve"]
