"""A person in two calls of one project: the order they want the groups in, and who is left out of which list."""

import threading
import time
from collections.abc import Callable

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from people import CALL, KINGA, RITA, WORKER, go_to, open_another_call, open_kes_call, reading, send_in
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps import promotion
from flows.steps.announcement import announce
from flows.steps.applications import find_application
from flows.steps.calls import find_call, open_call
from flows.steps.corrections import overrule
from flows.steps.decisions import decide, decide_as_proposed
from flows.steps.memberships import answer_offer
from flows.steps.overview import story
from flows.steps.preferences import prefer
from flows.steps.promotion import promote_call
from flows.steps.ranking import RankingCounts, newest_ranking, rank_call
from flows.steps.seats import newest_decision
from flows.steps.todo import waiting_for_whom
from flows.steps.verification import to_verify, verify
from flows.steps.withdrawal import withdraw
from forms.reading import FieldReading
from models.errors import BadInput, NaborError, NotAllowed, NotYet
from models.rules.facts import FactValue, FieldStatus
from models.rules.order import OrderKey
from models.tables import Application, Membership
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import SEATED, MembershipState

OTHER = "KES/PGR/2202/2018"
"""The call of powiat chojnicki."""
BOTH = (f"{CALL}/0001", f"{OTHER}/0001")
"""One person, who comes first in both calls."""


def two_calls(office: Office) -> list[str]:
    """A seat and a reserve seat in each of two calls. The first person applies to both, a second one to each."""
    open_kes_call(office, seats=1, reserve_seats=1, composition=())
    open_another_call(office, "2202")
    for hour, (i, call) in enumerate(((0, CALL), (0, OTHER), (2, CALL), (4, OTHER)), start=10):
        gmina = "2205083" if call == CALL else "2202023"
        send_in(office, reading(i, {"instytucja.gmina": gmina}), at=f"2018-06-05T{hour}:00", call=call)
    now = go_to(office, "2018-07-03T09:00")
    with office.writing(WORKER) as session:
        for call in (CALL, OTHER):
            verify(session, to_verify(session, call), actor=WORKER, now=now)
    return people.numbers(office)


def rank(office: Office, call: str, seed: str | None = None) -> RankingCounts:
    with office.writing(WORKER) as session:
        return rank_call(session, call, seed=seed, actor=WORKER, now=office.now())


def said(office: Office, *numbers: str) -> None:
    with office.writing(RITA) as session:
        prefer(session, numbers, actor=RITA, now=office.now())


def main_list(office: Office, call: str) -> list[str]:
    with office.reading(WORKER) as session:
        ranking = newest_ranking(session, find_call(session, call))
        assert ranking is not None
        return [place["number"][-4:] for place in ranking.places if place["list"] == "main"]


def reason(office: Office, number: str) -> str:
    with office.reading(WORKER) as session:
        ranking = newest_ranking(session, find_call(session, number[: len(CALL)]))
        assert ranking is not None
        [found] = [place["reason"] for place in ranking.places if place["number"] == number]
        return str(found)


def test_the_wanted_group_has_the_person_and_the_other_says_why_not(staged: Staged) -> None:
    office, registered = staged(two_calls)
    assert registered == [f"{OTHER}/0001", f"{OTHER}/0002", f"{CALL}/0001", f"{CALL}/0002"]
    said(office, BOTH[1], BOTH[0])
    rank(office, OTHER)
    assert rank(office, CALL).remarks == ()
    assert (main_list(office, OTHER), main_list(office, CALL)) == (["0001"], ["0002"])
    assert reason(office, BOTH[0]) == (
        "Nie bierze udziału w układaniu tej listy: osoba jest proponowana w innej grupie, która ma pierwszeństwo "
        "według wskazania tej osoby albo, gdy go nie podała, według kolejności grup w projekcie "
        f"(nabór {OTHER})."
    )


def test_a_later_list_says_which_earlier_one_it_changes(staged: Staged) -> None:
    """Ranked first, the less wanted call does not know yet; made again, it does."""
    office, _ = staged(two_calls)
    said(office, BOTH[1], BOTH[0])
    rank(office, CALL)
    assert main_list(office, CALL) == ["0001"]
    assert rank(office, OTHER).remarks == (
        f"Lista naboru {CALL} byłaby dziś inna (kolejność grup wybrana przez osoby, nowe decyzje lub rezygnacje): "
        "sporządź ją ponownie.",
    )
    assert rank(office, CALL).remarks == ()
    assert (main_list(office, OTHER), main_list(office, CALL)) == (["0001"], ["0002"])


def test_a_new_statement_replaces_the_old_one_and_both_stay_in_the_story(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_calls)
    said(office, BOTH[1], BOTH[0])
    said(office, *BOTH)
    rank(office, CALL)
    rank(office, OTHER)
    assert (main_list(office, CALL), main_list(office, OTHER)) == (["0001"], ["0002"])
    with office.reading(WORKER) as session:
        told = [line.facts["place"] for line in story(session, BOTH[0]) if "place" in line.facts]
    assert told == [2, 1]


def test_without_a_statement_the_first_received_counts_as_wanted_more(sqlite_staged: Staged) -> None:
    """Both are of one kind, so the project's order of kinds says nothing."""
    office, _ = sqlite_staged(two_calls)
    rank(office, OTHER)
    rank(office, CALL)
    assert (main_list(office, CALL), main_list(office, OTHER)) == (["0001"], ["0001"])
    rank(office, OTHER)
    assert main_list(office, OTHER) == ["0002"]


def test_who_has_a_seat_elsewhere_is_left_out_whatever_they_want(staged: Staged) -> None:
    office, _ = staged(two_calls)
    said(office, *BOTH)
    rank(office, OTHER)
    with office.writing(KINGA) as session:
        decide(
            session,
            BOTH[1],
            outcome=DecisionOutcome.ACCEPTED,
            reason_code="miejsce_w_rankingu",
            note=None,
            actor=KINGA,
            now=office.now(),
        )
    rank(office, CALL)
    assert main_list(office, CALL) == ["0002"]
    assert "ma już miejsce w innej grupie" in reason(office, BOTH[0])
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    with office.reading(KINGA) as session:
        decision = newest_decision(session, find_application(session, BOTH[0]))
    assert decision is not None
    assert (decision.outcome, decision.reason_code) == (DecisionOutcome.REJECTED, "inna_grupa")


def contested(office: Office) -> list[str]:
    """One seat each. The wanted call has somebody else first, so that the person gets a seat in the other."""
    open_kes_call(office, seats=1, reserve_seats=1, composition=())
    for powiat in ("2202", "2213"):
        open_another_call(office, powiat)
    sent = ((0, CALL), (4, OTHER), (0, OTHER), (2, CALL), (4, THIRD))
    for hour, (i, call) in enumerate(sent, start=10):
        send_in(office, reading(i, {"instytucja.gmina": GMINA[call]}), at=f"2018-06-05T{hour}:00", call=call)
    now = go_to(office, "2018-07-03T09:00")
    with office.writing(WORKER) as session:
        for call in GMINA:
            verify(session, to_verify(session, call), actor=WORKER, now=now)
    said(office, WANTED, BOTH[0])
    rank(office, OTHER)
    rank(office, THIRD)
    return people.numbers(office)


THIRD = "KES/PGR/2213/2018"
GMINA = {CALL: "2205083", OTHER: "2202023", THIRD: "2213093"}
FIRST, WANTED = f"{OTHER}/0001", f"{OTHER}/0002"
"""In the wanted call: who comes first, and the person who wants it."""


def withdrawn(office: Office) -> None:
    with office.writing(RITA) as session:
        withdraw(session, FIRST, actor=RITA, now=office.now())


def rejected(office: Office) -> None:
    decided(office, FIRST, DecisionOutcome.REJECTED, "inny_powod")


def seated_elsewhere(office: Office) -> None:
    decided(office, f"{THIRD}/0001", DecisionOutcome.ACCEPTED, "miejsce_w_rankingu")


def decided(office: Office, number: str, outcome: DecisionOutcome, reason: str) -> None:
    with office.writing(KINGA) as session:
        decide(session, number, outcome=outcome, reason_code=reason, note="x", actor=KINGA, now=office.now())


def nothing(office: Office) -> None:
    """Whoever came first is still there."""


@pytest.mark.parametrize(
    ("happened", "seated"),
    [(nothing, "0001"), (withdrawn, "0002"), (rejected, "0002"), (seated_elsewhere, "0002")],
    ids=["nothing", "withdrawn", "rejected", "seated-elsewhere"],
)
def test_who_can_take_no_seat_of_another_call_takes_none_of_its_simulation(
    staged: Staged, happened: Callable[[Office], None], seated: str
) -> None:
    """With the first one gone, the wanted call has a seat for the person, who leaves this one to the next."""
    office, _ = staged(contested)
    happened(office)
    counts = rank(office, CALL)
    assert main_list(office, CALL) == [seated]
    named = [remark for remark in counts.remarks if OTHER in remark]
    assert bool(named) is (happened is not nothing)
    rank(office, OTHER)
    assert main_list(office, OTHER) == (["0001"] if happened is nothing else ["0002"])
    assert rank(office, CALL).remarks == ()


def test_a_wanted_call_without_a_list_is_named_until_it_has_one(staged: Staged) -> None:
    office, _ = staged(two_calls)
    said(office, BOTH[1], BOTH[0])
    [remark] = rank(office, CALL).remarks
    assert remark == (
        f"Nabór {OTHER} nie ma jeszcze listy z tymi osobami, a ma u nich pierwszeństwo (według ich wskazania albo "
        f"kolejności grup w projekcie): {BOTH[0]}. Miejsca, które mogą się tu zwolnić: 1. "
        "Jeśli można, sporządź najpierw tamtą listę."
    )
    assert waits(office) == {CALL: f"przed ogłoszeniem: {remark}"}
    rank(office, OTHER)
    assert waits(office) == {}


def waits(office: Office) -> dict[str, str]:
    with office.reading(WORKER) as session:
        lines = waiting_for_whom(session, now=office.now())
    return {line.reference: line.what for line in lines if line.what.startswith("przed ogłoszeniem")}


def test_nothing_is_said_of_a_call_that_is_wanted_less(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_calls)
    said(office, *BOTH)
    assert rank(office, CALL).remarks == ()
    assert waits(office) == {}


def test_nothing_is_said_of_whom_the_list_does_not_seat(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_calls)
    said(office, BOTH[1], BOTH[0])
    decided_after = f"{CALL}/0002"
    rank(office, CALL)
    decided(office, BOTH[0], DecisionOutcome.RESERVE, "miejsce_na_liscie_rezerwowej")
    decided(office, decided_after, DecisionOutcome.ACCEPTED, "miejsce_w_rankingu")
    assert waits(office) == {}
    assert announce(office, CALL, actor=RITA).remarks == ()


def test_announcing_says_how_many_may_leave_and_the_wanted_list_says_who_sits_below(staged: Staged) -> None:
    """It holds nobody up: the list is announced, and the person keeps the seat until it is given up."""
    office, _ = staged(two_calls)
    said(office, BOTH[1], BOTH[0])
    rank(office, CALL)
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    counts = announce(office, CALL, actor=RITA)
    [remark] = counts.remarks
    assert (counts.accepted, OTHER in remark, BOTH[0] in remark) == (1, True, True)
    assert "mogą się tu zwolnić: 1." in remark
    assert remark.endswith("Kto przyjmie miejsce tutaj, nie wejdzie na tamtą listę.")
    assert rank(office, OTHER).remarks == (
        f"Zgłoszenie {BOTH[1]}: osoba ma już miejsce w naborze {CALL}, choć ta grupa ma dla niej pierwszeństwo. "
        "Jeśli zrezygnuje z tamtego miejsca, sporządź tę listę ponownie.",
    )
    with office.writing(RITA) as session:
        answer_offer(session, BOTH[0], accepts=False, actor=RITA, now=office.now())
    assert rank(office, OTHER).remarks == ()
    assert main_list(office, OTHER) == ["0001"]


def test_a_seat_in_the_group_wanted_more_is_no_matter_to_remark_on(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_calls)
    said(office, *BOTH)
    rank(office, CALL)
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    assert announce(office, CALL, actor=RITA).remarks == ()
    assert rank(office, OTHER).remarks == ()


def to_be_drawn(years: str) -> Callable[[Office], list[str]]:
    """One person joins both calls after they were ranked without a draw, equal there to whoever was alone."""

    def arranged(office: Office) -> list[str]:
        order = (OrderKey.POINTS_DESC, OrderKey.DRAW)
        open_kes_call(office, seats=1, reserve_seats=1, composition=(), order=order)
        open_another_call(office, "2202")
        sent: tuple[tuple[int, str, dict[str, FactValue]], ...]
        sent = ((0, CALL, {}), (0, OTHER, {}), (2, CALL, {"staz_lat": years}), (4, OTHER, {}))
        for hour, (i, call, answers) in enumerate(sent, start=10):
            direct = {"praca_bezposrednia": "nie"} if i == 0 else {}
            form = reading(i, {"instytucja.gmina": GMINA[call], **answers, **direct})
            send_in(office, form, at=f"2018-06-05T{hour}:00", call=call)
        now = go_to(office, "2018-07-03T09:00")
        for number in ("", *BOTH):
            if number:
                with office.writing(RITA) as session:
                    overrule(session, number, "praca_bezposrednia", "tak", reason="x", actor=RITA, now=now)
            with office.writing(WORKER) as session:
                for call in (CALL, OTHER):
                    verify(session, to_verify(session, call), actor=WORKER, now=now)
            if not number:
                rank(office, CALL)
                rank(office, OTHER)
        return people.numbers(office)

    return arranged


def test_a_draw_that_another_call_lacks_is_asked_for_there(sqlite_office: Office) -> None:
    to_be_drawn("do_2")(sqlite_office)
    said(sqlite_office, BOTH[1], BOTH[0])
    with pytest.raises(NotYet) as refused:
        rank(sqlite_office, CALL)
    said_so = str(refused.value)
    assert f"{OTHER}/0001, {OTHER}/0002" in said_so
    assert f"nabor call rank {OTHER} --seed ZIARNO" in said_so
    assert said_so.endswith(f"Potem powtórz: nabor call rank {CALL}.")
    rank(sqlite_office, OTHER, seed="lotto z 2 lipca")
    assert rank(sqlite_office, CALL).main == 1


def test_two_calls_that_both_lack_a_draw_do_not_wait_for_each_other(sqlite_office: Office) -> None:
    """The first one to be drawn is ranked without the other, and says so."""
    to_be_drawn("ponad_10")(sqlite_office)
    said(sqlite_office, BOTH[1], BOTH[0])
    with pytest.raises(NotYet, match="--seed"):
        rank(sqlite_office, CALL)
    remarks = rank(sqlite_office, CALL, seed="lotto z 2 lipca").remarks
    assert any(f"nabor call rank {OTHER} --seed ZIARNO" in one for one in remarks)
    assert rank(sqlite_office, OTHER, seed="lotto z 3 lipca").main == 1
    assert not any("--seed" in one for one in rank(sqlite_office, CALL).remarks)


def test_an_order_is_of_one_person_and_names_each_group_once(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_calls)
    with pytest.raises(BadInput, match="różnych osób"):
        said(office, f"{CALL}/0001", f"{OTHER}/0002")
    with pytest.raises(BadInput, match="jednego naboru"):
        said(office, BOTH[0], BOTH[0])
    with pytest.raises(NotAllowed), office.writing(KINGA) as session:
        prefer(session, BOTH, actor=KINGA, now=office.now())


REGIONAL = "KES/RGR/22/2018"
REACH = FieldReading(key="zasieg", status=FieldStatus.READ, raw="☒", value=("wsparcie_samorzadow",), certainty=100)
"""Which only the form of the regional group asks for."""
LEVELS = ("powiat", "wojewodztwo")
WIDE = (f"{CALL}/0001", f"{REGIONAL}/0001")
"""One person's applications to a group of a powiat and to the regional one, which the project's order puts first."""


def two_kinds(*answers: str | None) -> Callable[[Office], list[str]]:
    """One person in calls of two kinds, who answers which group matters most: in PGR first, an hour later in RGR."""

    def arranged(office: Office) -> list[str]:
        open_kes_call(office, seats=1, reserve_seats=1, composition=())
        with office.writing(RITA) as session:
            open_call(
                session,
                "KES",
                "RGR",
                "22",
                opens_at=people.moment("2018-06-04T08:00"),
                closes_at=people.moment("2018-06-22T15:30"),
                actor=RITA,
                now=office.now(),
            )
        for hour, (call, level, answer) in enumerate(zip((CALL, REGIONAL), LEVELS, answers, strict=True), start=10):
            form = reading(0, {"preferencja": answer, "instytucja.poziom": level})
            if call == REGIONAL:
                form = form.model_copy(update={"form_key": "zalacznik_3_rgr", "fields": (*form.fields, REACH)})
            send_in(office, form, at=f"2018-06-05T{hour}:00", call=call)
        now = go_to(office, "2018-07-03T09:00")
        with office.writing(WORKER) as session:
            for call in (CALL, REGIONAL):
                verify(session, to_verify(session, call), actor=WORKER, now=now)
        return people.numbers(office)

    return arranged


def lists(office: Office) -> tuple[list[str], list[str]]:
    """Who is on the main lists of PGR and RGR once both know of each other."""
    for call in (CALL, REGIONAL, CALL, REGIONAL):
        rank(office, call)
    return main_list(office, CALL), main_list(office, REGIONAL)


IN_PGR, IN_RGR = (["0001"], []), ([], ["0001"])


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((None, None), IN_RGR),
        (("pgr", None), IN_PGR),
        (("rgr", "pgr"), IN_PGR),
        (("pgr", "rgr"), IN_RGR),
        (("pgr", "pgd"), IN_RGR),
    ],
    ids=["none", "older-alone", "newer-pgr", "newer-rgr", "of-neither"],
)
def test_the_answer_of_the_newest_form_counts_before_the_projects_order(
    sqlite_office: Office, answers: tuple[str | None, ...], expected: tuple[list[str], list[str]]
) -> None:
    two_kinds(*answers)(sqlite_office)
    assert lists(sqlite_office) == expected


def test_a_recorded_statement_counts_before_the_answer(sqlite_office: Office) -> None:
    two_kinds("pgr", "pgr")(sqlite_office)
    said(sqlite_office, WIDE[1], WIDE[0])
    assert lists(sqlite_office) == IN_RGR


def test_of_several_statements_only_the_newest_counts(sqlite_office: Office) -> None:
    """What it does not name is unstated, whatever place an older one gave it."""
    two_kinds(None, None)(sqlite_office)
    said(sqlite_office, WIDE[1], WIDE[0])
    said(sqlite_office, WIDE[0])
    assert lists(sqlite_office) == IN_PGR
    go_to(sqlite_office, "2018-07-03T10:00")
    said(sqlite_office, WIDE[1])
    assert lists(sqlite_office) == IN_RGR


# Two calls that would seat one person at the same moment, over two real connections: one of them waits and sees.


def waiting_in_both(office: Office) -> None:
    """One person first in reserve of two calls, in each of which the only seat came free."""
    two_calls(office)
    for call in (CALL, OTHER):
        rank(office, call)
        for number, outcome, reason in (
            (f"{call}/0001", DecisionOutcome.RESERVE, "miejsce_na_liscie_rezerwowej"),
            (f"{call}/0002", DecisionOutcome.ACCEPTED, "miejsce_w_rankingu"),
        ):
            say(office, number, outcome, reason)
    go_to(office, "2018-07-06T09:00")
    for call in (CALL, OTHER):
        announce(office, call, actor=RITA)
        with office.writing(RITA) as session:
            answer_offer(session, f"{call}/0002", accepts=False, actor=RITA, now=office.now())


def say(office: Office, number: str, outcome: DecisionOutcome, reason: str) -> None:
    with office.writing(KINGA) as session:
        decide(session, number, outcome=outcome, reason_code=reason, note=None, actor=KINGA, now=office.now())


class Meanwhile:
    """Work on a connection of its own, begun while a transaction is open; whoever began it goes on once it waits."""

    def __init__(self, office: Office, work: Callable[[], object]) -> None:
        self.office = office
        self.begun = False
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.failed: NaborError | None = None

    def _run(self) -> None:
        try:
            self._work()
        except NaborError as error:
            self.failed = error

    def begin(self) -> None:
        self.begun = True
        self._thread.start()
        until = time.monotonic() + 30
        while self._thread.is_alive() and not self._waits():
            assert time.monotonic() < until, "neither done nor waiting"
            time.sleep(0.02)

    def end(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _waits(self) -> bool:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        with self.office.store.engine.connect() as connection:
            return connection.execute(sa.text(waiting)).scalar_one() > 0


def holding(office: Office) -> list[str]:
    with office.reading(WORKER) as session:
        standing = col(Membership.state).in_((MembershipState.OFFERED, *SEATED))
        joined = select(Application.number).join(Membership, col(Membership.application_id) == Application.id)
        return list(session.exec(joined.where(standing).order_by(Application.number)).all())


@pytest.mark.slow
def test_two_promotions_give_one_person_one_seat(postgres_staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    office, _ = postgres_staged(waiting_in_both)
    meanwhile = Meanwhile(office, lambda: promote_call(office, OTHER, actor=WORKER))
    issue_lists = promotion.issue_lists

    def begin_the_other(*given: object, **named: object) -> int:
        if not meanwhile.begun:
            meanwhile.begin()
        return issue_lists(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(promotion, "issue_lists", begin_the_other)
    assert [one.number for one in promote_call(office, CALL, actor=WORKER).made] == [BOTH[0]]
    meanwhile.end()
    assert meanwhile.failed is None
    assert holding(office) == [BOTH[0]]
    # Nobody else waits there, so the other seat is still free.
    assert promote_call(office, OTHER, actor=WORKER).made == ()


@pytest.mark.slow
def test_two_decisions_give_one_person_one_seat(postgres_staged: Staged) -> None:
    office, _ = postgres_staged(two_calls)
    for call in (CALL, OTHER):
        rank(office, call)
    accepted = (DecisionOutcome.ACCEPTED, "miejsce_w_rankingu")
    meanwhile = Meanwhile(office, lambda: say(office, BOTH[1], *accepted))
    with office.writing(KINGA) as session:
        outcome, reason = accepted
        decide(session, BOTH[0], outcome=outcome, reason_code=reason, note=None, actor=KINGA, now=office.now())
        meanwhile.begin()
    meanwhile.end()
    assert isinstance(meanwhile.failed, BadInput)
    assert "przyjęto już do innej grupy" in str(meanwhile.failed)
