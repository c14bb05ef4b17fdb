"""Ballots: quorum, majorities, ties, and voices that fall away."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.voting import CommissionRules, Majority, Roll, Tie, Voice, count, quorum_of, without

FIVE = frozenset("abcde")
RULES = CommissionRules()


def roll(*present: str, recused: str = "", chair: str | None = "a", members: frozenset[str] = FIVE) -> Roll:
    return Roll(members, frozenset(present), frozenset(recused), chair)


def voices(**said: str) -> dict[str, Voice]:
    return {symbol: Voice(voice) for symbol, voice in said.items()}


@pytest.mark.parametrize(
    ("rules", "said", "carried", "by_chair"),
    [
        (RULES, {"a": "for", "b": "for", "c": "against"}, True, False),
        (RULES, {"a": "for", "b": "abstain", "c": "abstain"}, True, False),
        (RULES, {"a": "for", "b": "against", "c": "abstain"}, True, True),
        (RULES, {"a": "against", "b": "for", "c": "abstain"}, False, False),
        (RULES, {"a": "abstain", "b": "for", "c": "against"}, False, False),
        (RULES, {"a": "abstain", "b": "abstain", "c": "abstain"}, False, False),
        (CommissionRules(tie=Tie.FALLS), {"a": "for", "b": "against", "c": "abstain"}, False, False),
        (CommissionRules(majority=Majority.ABSOLUTE), {"a": "for", "b": "abstain", "c": "abstain"}, False, False),
        (CommissionRules(majority=Majority.ABSOLUTE), {"a": "for", "b": "for", "c": "abstain"}, True, False),
        (CommissionRules(majority=Majority.TWO_THIRDS), {"a": "for", "b": "for", "c": "against"}, True, False),
        (CommissionRules(majority=Majority.TWO_THIRDS), {"a": "for", "b": "abstain", "c": "against"}, False, False),
    ],
)
def test_what_carries_a_motion(rules: CommissionRules, said: dict[str, str], carried: bool, by_chair: bool) -> None:
    tally = count(voices(**said), roll("a", "b", "c"), rules)
    assert (tally.quorum, tally.carried, tally.by_chair) == (True, carried, by_chair)


@pytest.mark.parametrize(
    ("members", "percent", "least", "needed"),
    [(3, 50, 2, 2), (4, 50, 2, 2), (5, 50, 2, 3), (5, 1, 1, 1), (7, 66, 2, 5), (3, 100, 2, 3), (1, 50, 2, 2)],
)
def test_the_quorum_counts_upwards_from_the_members_with_a_vote(
    members: int, percent: int, least: int, needed: int
) -> None:
    assert quorum_of(members, CommissionRules(quorum_percent=percent, quorum_at_least=least)) == needed


def test_without_a_quorum_nothing_is_carried() -> None:
    tally = count(voices(a="for", b="for"), roll("a", "b"), RULES)
    assert (tally.needed, tally.voters, tally.quorum, tally.carried) == (3, 2, False, False)


def test_the_recused_and_those_without_a_vote_make_no_quorum() -> None:
    there = roll("a", "b", "c", "z", recused="c")
    tally = count(voices(a="for", b="for"), there, RULES)
    assert (tally.voters, tally.quorum) == (2, False)
    for stranger in ("c", "z", "d"):
        with pytest.raises(ValueError, match=stranger):
            count(voices(**{stranger: "for"}), there, RULES)


def test_a_voice_that_falls_away_may_take_the_motion_with_it() -> None:
    said, there = voices(a="against", b="for", c="for", d="against"), roll("a", "b", "c", "d")
    assert not count(said, there, RULES).carried  # a tie, and the chair is against it
    kept, left = without(said, there, {"a"})
    assert (kept, left.recused) == (voices(b="for", c="for", d="against"), frozenset("a"))
    assert count(kept, left, RULES).carried
    assert not count(*without(said, there, {"b"}), RULES).carried


@given(st.lists(st.sampled_from([None, *Voice]), min_size=1, max_size=9), st.sampled_from(Majority))
def test_a_voice_more_in_favour_never_sinks_a_motion(said: list[Voice | None], majority: Majority) -> None:
    rules = CommissionRules(majority=majority, quorum_at_least=1, quorum_percent=1)
    symbols = [f"m{i}" for i in range(len(said))]
    everybody = Roll(frozenset(symbols), frozenset(symbols), frozenset(), "m0")
    given_ = {symbol: voice for symbol, voice in zip(symbols, said, strict=True) if voice is not None}
    before = count(given_, everybody, rules)
    for symbol in symbols:
        assert count({**given_, symbol: Voice.FOR}, everybody, rules).carried >= before.carried


def test_every_count_adds_up() -> None:
    for said in product(Voice, repeat=3):
        tally = count(dict(zip("abc", said, strict=True)), roll("a", "b", "c"), RULES)
        assert tally.in_favour + tally.against + tally.abstained == tally.voters == 3
