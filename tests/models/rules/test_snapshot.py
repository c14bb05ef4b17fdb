"""The stored input of a ranking: the same bytes give the same lists for ever."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from composing import candidate, case, constraint

from models.rules.composer import CompositionFaulty
from models.rules.composition import Labels
from models.rules.order import Candidate, OrderKey
from models.rules.ranking import ALGORITHM, ListKind, Rules
from models.rules.snapshot import Absent, Elsewhere, Snapshot, places_from, read, stored_places, written

CALL = "KES/PGR/2205/2018"
FULL = Snapshot(
    CALL,
    Rules(
        2,
        1,
        (OrderKey.POINTS_DESC, "points:staz", OrderKey.DRAW),
        (constraint(kind="gmina", gmina="2205083", minimum=1, firm=True), constraint(kind="each_sector", maximum=1)),
        seed="losowanie",
        labels=Labels({"oswiata": "oświata"}, {"gmina": "gminny"}, {"2205083": "Żukowo"}),
        rule_titles={"staz": "Staż pracy"},
    ),
    tuple(replace(candidate(number, 5), points_by={"staz": number % 2}) for number in range(1, 5)),
    (Absent(replace(candidate(9, 7), points_by={"staz": 7}), Elsewhere.PRECEDED, "KES/RGR/22/2018"),),
)
# As release 0.2.0 stored it.
FIRST = (
    '{"algorithm":"ranking-1","call":"KES/PGR/2205/2018","candidates":[{"institution":"I1","level":"gmina",'
    '"number":"KES/PGR/2205/2018/0001","points":3,"premium":0,"received_at":"2018-06-06T08:00:00+00:00",'
    '"sector":"oswiata"},{"institution":"I1","level":"powiat","number":"KES/PGR/2205/2018/0002","points":7,'
    '"premium":2,"received_at":"2018-06-05T08:00:00+00:00","sector":"policja"}],'
    '"order":["points_desc","premium_desc","received_asc","number_asc"],"reserve_seats":1,"seats":1}'
)


def body(snapshot: Snapshot) -> str:
    return json.dumps(written(snapshot), ensure_ascii=False, sort_keys=True)


def test_what_is_written_is_read_back_and_written_the_same() -> None:
    back = read(body(FULL))

    assert back == FULL
    assert body(back) == body(FULL)
    assert back.ranking() == FULL.ranking()


def test_the_document_names_every_field_of_its_format() -> None:
    document = written(FULL)

    assert list(document) == [
        *("call", "algorithm", "seats", "reserve_seats", "order", "seed", "composition", "labels"),
        *("candidates", "left_out"),
    ]
    [first, *_] = json.loads(body(FULL))["candidates"]
    assert set(first) == {
        *("number", "points", "premium", "received_at", "sector", "level", "gmina", "institution", "points_by", "draw"),
    }


def test_who_is_left_out_stands_last_without_a_rank() -> None:
    last = FULL.ranking().places[-1]

    assert (last.number, last.list, last.rank) == ("K/9", ListKind.BEYOND, 0)
    assert last.reason == (
        "Nie bierze udziału w układaniu tej listy: osoba jest proponowana w innej grupie, która ma pierwszeństwo "
        "według wskazania tej osoby albo, gdy go nie podała, według kolejności grup w projekcie "
        "(nabór KES/RGR/22/2018)."
    )
    assert FULL.proof(FULL.ranking().places).agrees


def test_a_snapshot_of_before_keeps_the_sentence_issued_with_it() -> None:
    back = read(body(FULL).replace('"preceded"', '"preferred"'))

    assert "którą wskazała jako ważniejszą (nabór KES/RGR/22/2018)" in back.ranking().places[-1].reason


def test_a_ranking_of_the_first_kind_gives_its_lists_and_can_be_checked() -> None:
    snapshot = read(FIRST)
    lines = stored_places(snapshot.ranking(), snapshot.algorithm)

    assert lines == [
        {
            "number": f"{CALL}/{number}",
            "position": 1,
            "list": kind,
            "points": points,
            "premium": premium,
            "tie_break": "",
        }
        for number, kind, points, premium in (("0002", "main", 7, 2), ("0001", "reserve", 3, 0))
    ]
    assert snapshot.proof(places_from(lines)).agrees
    assert not snapshot.proof(places_from([lines[1], lines[0]])).agrees


def test_places_come_back_from_a_row_as_they_were() -> None:
    ranking = FULL.ranking()

    assert places_from(json.loads(json.dumps(stored_places(ranking, ALGORITHM)))) == ranking.places


def test_a_draw_key_that_is_not_the_seeds_is_refused() -> None:
    for altered in (body(FULL).replace("losowanie", "inne"), body(FULL).replace('"draw": "', '"draw": "0', 1)):
        with pytest.raises(ValueError, match="nie wynika z ziarna"):
            read(altered)


def test_random_cases_survive_storing() -> None:
    for seed in range(30):
        one = case(seed)
        snapshot = Snapshot(CALL, one.rules, one.candidates)
        try:
            expected = snapshot.ranking()
        except CompositionFaulty:
            continue
        assert read(body(snapshot)).ranking() == expected


def test_times_keep_their_instant() -> None:
    at = datetime(2018, 6, 5, 8, 0, 0, 1, tzinfo=UTC)
    one = Candidate("K/1", 1, 0, at, "oswiata", "gmina", "I1")
    snapshot = Snapshot(CALL, Rules(1, 1, (OrderKey.RECEIVED_ASC,)), (one,))

    assert read(body(snapshot)).candidates[0].received_at == at
