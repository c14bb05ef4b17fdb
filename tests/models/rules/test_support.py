"""Who may get support, in three values; and hours that neither overlap nor pass a limit."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.conditions import SectorIn
from models.rules.criteria import Criterion, Result
from models.rules.facts import Fact, Facts, FieldStatus
from models.rules.support import ALGORITHM, Claimant, Entitlement, Spent, clashing, entitled, minutes_beyond

SECTOR = Criterion(
    code="obszar",
    title="Obszar",
    paragraph="§ 12 ust. 1",
    test=SectorIn(kind="sector_in", sectors=("pomoc_spoleczna",)),
    met="Tak.",
    not_met="Nie.",
    cannot_tell="Nie wiadomo.",
)
NOW = datetime(2018, 10, 1, 8, tzinfo=UTC)


def claimant(sector: str | None, *, kind: str = "PGR", seated: bool = True, on: date = date(2018, 10, 1)) -> Claimant:
    status = FieldStatus.READ if sector else FieldStatus.UNREADABLE
    fields = {"instytucja.obszar": Fact("instytucja.obszar", status, sector)}
    return Claimant(kind, seated, on, Facts(fields, NOW, NOW, NOW, "2205"))


def asked(**given: date) -> Entitlement:
    return Entitlement(("PGR", "PGD"), (SECTOR,), "§ 12", **given)


@pytest.mark.parametrize(
    ("who", "result", "sentence"),
    [
        (claimant("pomoc_spoleczna"), Result.MET, "Tak."),
        (claimant("oswiata"), Result.NOT_MET, "Nie."),
        (claimant(None), Result.CANNOT_TELL, "Nie wiadomo."),
        (claimant("pomoc_spoleczna", kind="RGR"), Result.NOT_MET, "Tak."),
        (claimant("pomoc_spoleczna", seated=False), Result.NOT_MET, "Tak."),
        (claimant(None, seated=False), Result.NOT_MET, "Nie wiadomo."),
    ],
)
def test_every_condition_says_its_sentence(who: Claimant, result: Result, sentence: str) -> None:
    outcome = entitled(asked(), who)
    assert outcome.eligible is result
    assert [verdict.code for verdict in outcome.verdicts] == ["miejsce_w_grupie", "obszar"]
    assert outcome.verdicts[-1].sentence == sentence
    assert outcome.verdicts[-1].paragraph == "§ 12 ust. 1"


def test_a_support_that_is_over_is_not_given() -> None:
    period = {"starts": date(2018, 6, 1), "ends": date(2018, 10, 1)}
    assert entitled(asked(**period), claimant("pomoc_spoleczna")).eligible is Result.MET
    late = entitled(asked(**period), claimant("pomoc_spoleczna", on=date(2018, 10, 2)))
    assert late.eligible is Result.NOT_MET
    assert late.verdicts[1].sentence == "Wsparcie już się zakończyło; trwało od 01.06.2018 r. do 01.10.2018 r."


def test_only_algorithms_that_there_were_can_be_run() -> None:
    assert entitled(asked(), claimant("oswiata"), algorithm=ALGORITHM) == entitled(asked(), claimant("oswiata"))
    with pytest.raises(KeyError):
        entitled(asked(), claimant("oswiata"), algorithm="support-0")


@given(spans=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5), st.sampled_from((None, 0, 1))), max_size=12))
def test_what_is_let_in_never_overlaps_nor_passes_the_limit(spans: list[tuple[int, int, int | None]]) -> None:
    """Session by session in any order; who is only expected is at it as well, who was absent is not."""
    limit = 600
    kept: list[Spent] = []
    for number, (start, length, there) in enumerate(spans):
        starts = NOW + timedelta(hours=start)
        ends = starts + timedelta(hours=length)
        minutes = None if there is None else there * length * 60
        if clashing(kept, starts, ends) or minutes_beyond(limit, sum(one.minutes or 0 for one in kept), minutes or 0):
            continue
        kept.append(Spent("coaching", True, number, starts, ends, minutes))
    there_at = sorted((one for one in kept if one.minutes != 0), key=lambda one: one.starts)
    assert all(one.ends <= other.starts for one, other in pairwise(there_at))
    assert sum(one.minutes or 0 for one in kept) <= limit
    assert minutes_beyond(None, 10_000, 60) == 0
