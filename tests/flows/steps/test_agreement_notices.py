"""Notices to the parties of an agreement: each is told of everybody who came after it, once, whatever happens."""

import itertools
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from threading import Barrier

import people
import pytest
from agreeing import (
    CODE,
    POLA,
    asked,
    at_table,
    delivered,
    founding,
    join,
    letters,
    listed,
    opened,
    out,
    signed,
    swarzedz,
    symbols,
    text_of,
    told_of,
)
from conftest import Staged
from fault_points import Point, watched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import WORKER, go_to
from sqlalchemy import ColumnElement, String, cast
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.agreement_letters import ASKS
from flows.steps.agreement_notices import JOINED
from flows.steps.agreement_parties import asked_of, find_agreement
from flows.steps.agreements import (
    accede,
    decline,
    invite,
    remind,
    sign,
)
from flows.steps.institution_closing import close_institution, reopen_institution
from flows.steps.institutions import (
    Stated,
    add_institution,
    code_of,
)
from flows.steps.signed_papers import SignedFile
from models.actor import Actor, Role
from models.errors import BadInput, NotAllowed
from models.events import Happened
from models.tables import Agreement, AgreementInvitation, Event, Message
from models.tables.agreements import AskedState
from models.tables.outbox import MessageState
from models.tables.projects import Manner
from models.transitions import enter, move


def test_who_signs_late_is_told_of_to_those_whose_text_did_not_name_it(staged: Staged) -> None:
    """A has its paper when B is asked: the text that B gets names both, the one that A signed does not."""
    office, codes = staged(swarzedz)
    asked(office, codes[:1], "2019-12-02T12:00")
    assert signed(office, codes[:1]) == [0]
    go_to(office, "2020-01-07T09:00")
    asked(office, codes[1:3], "2020-01-07T12:00")
    assert signed(office, codes[1:2]) == [1]
    (told,) = letters(office, JOINED)
    assert f"I{told.institution_id}" == codes[0]
    assert signed(office, codes[2:3]) == [1], "the text that the second party signed names the third"
    assert signed(office, codes[3:4]) == [3], "nobody asked this one: it stands in no text"


def test_what_was_never_sent_names_nobody_to_anybody(staged: Staged) -> None:
    """The letters still wait when the first two come by and sign: no text had reached them."""
    office, codes = staged(swarzedz)
    invite(office, CODE, codes[:3], actor=POLA)
    assert signed(office, codes[:2]) == [0, 1]
    assert join(office, CODE, codes[2]) == (True, 2)


def test_an_institution_that_works_no_more_is_left_alone_and_catches_up(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    founding(office, codes[:2])
    asked(office, codes[2:3], "2019-12-02T12:00")
    with office.writing(POLA) as session:
        for code in (codes[0], codes[2]):
            close_institution(session, code, actor=POLA, now=office.now())
        assert remind(session, CODE, actor=POLA, now=office.now()) == []
        assert [one.state for one in asked_of(session, find_agreement(session, CODE))] == [AskedState.WITHDRAWN]
    assert join(office, CODE, codes[3]) == (True, 1)
    with office.writing(POLA) as session:
        for code in (codes[0], codes[2]):
            reopen_institution(session, code, actor=POLA, now=office.now())
    told = letters(office, JOINED)
    assert [f"I{row.institution_id}" for row in told] == [codes[1], codes[0]]
    assert all("razem z nową: 3" in row.text.replace("\u00a0", " ") for row in told)
    assert join(office, CODE, codes[4]) == (True, 3)


def test_who_left_may_be_asked_again_with_others_and_is_news_again(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    asked(office, codes[:2], "2019-12-02T12:00")
    signed(office, codes[:2])
    go_to(office, "2019-12-10T09:00")
    out(office, CODE, codes[0])
    with pytest.raises(BadInput, match=r"wystąpiła z porozumienia 10\.12\.2019"):
        join(office, CODE, codes[0], "2019-12-09")
    assert invite(office, CODE, codes[:3], actor=POLA) == [codes[0], codes[2]]
    people.deliver_all(office, "2019-12-10T12:00")
    assert signed(office, [codes[2], codes[0]]) == [1, 1], "the text of the third names the first anew"
    assert [f"I{row.institution_id}" for row in letters(office, JOINED)] == [codes[1], codes[1]]


def test_a_text_signed_at_a_table_is_told_by_its_number(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    number, content = at_table(office, codes[:3])
    assert number == 1
    assert "tekst 1 z 2 grudnia 2019 r." in text_of(content)
    with office.reading(POLA) as session:
        last = session.exec(select(Event).order_by(col(Event.id).desc())).first()
    assert last is not None
    assert (last.kind, last.area, last.facts) == (Happened.EXPORTED, "3021163", {"documents": 1})
    assert letters(office, ASKS) == []
    assert signed(office, codes[:3], text=1) == [0, 0, 0]
    with pytest.raises(BadInput, match=r"nie ma tekstu nr 4\. Sporządzone teksty: 1"):
        signed(office, codes[3:4], text=4)


def test_nobody_adds_a_party_without_seeing_all_who_must_be_told(staged: Staged) -> None:
    """An account of the gmina alone does not see the labour office of the powiat, which would be left untold."""
    office, codes = staged(swarzedz)
    founding(office, codes)
    gmina = Actor("gabi", frozenset({Role.RECRUITMENT}), "3021163")
    with office.writing(POLA) as session:
        late = Stated("Stowarzyszenie Nowe", area="3021163")
        newcomer = code_of(add_institution(session, "KES", late, actor=POLA, now=office.now()).institution)
    with pytest.raises(NotAllowed, match="poza obszarem tego konta"):
        accede(office, CODE, newcomer, on=date(2019, 12, 2), manner=Manner.PAPER, actor=gmina)
    assert (len(listed(office)), letters(office, JOINED)) == (10, [])


def test_nobody_closes_an_institution_whose_agreement_they_do_not_see(staged: Staged) -> None:
    """It would go on being asked, or miss who joined, with nobody knowing."""
    office, codes = staged(swarzedz)
    powiat = opened(office, "3021")
    gmina = Actor("gabi", frozenset({Role.RECRUITMENT}), "3021163")
    invite(office, powiat, codes[:1], actor=POLA)
    with pytest.raises(NotAllowed, match="spoza obszaru tego konta"), office.writing(gmina) as session:
        close_institution(session, codes[0], actor=gmina, now=office.now())
    with office.writing(POLA) as session:
        close_institution(session, codes[0], actor=POLA, now=office.now())
        assert [one.state for one in asked_of(session, find_agreement(session, powiat))] == [AskedState.WITHDRAWN]
    with pytest.raises(NotAllowed, match="spoza obszaru tego konta"), office.writing(gmina) as session:
        reopen_institution(session, codes[0], actor=gmina, now=office.now())


# Any mix of acts, each killed anywhere and done again


class Died(BaseException):
    """The process is gone."""


def dying(act: Callable[[], object], where: Point | None) -> None:
    """Does an act; at the point, if it comes there, the process dies, and the act is done again from the start."""

    def cross(point: Point) -> None:
        if point is where:
            raise Died

    try:
        with watched(cross):
            act()
    except Died:
        act()


POINTS = (None, Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.BEFORE_FILE, Point.HALF_FILE, Point.AFTER_FILE)
SIX = 6
WORDS = ("invite", "invite", "deliver", "sign", "sign", "accede", "table", "leave", "decline")
ACTS = st.lists(
    st.tuples(st.integers(0, SIX - 1), st.sampled_from(WORDS), st.sampled_from(POINTS)), min_size=2, max_size=14
)
_numbers = itertools.count(1)


@dataclass
class Remembered:
    """What somebody with pencil and paper would note of an agreement, and whom they would write to."""

    parties: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    on_the_way: dict[str, set[str]] = field(default_factory=dict)
    arrived: dict[str, set[str]] = field(default_factory=dict)
    """Whom the text names that reached an institution, but for those who have left since."""
    held: dict[str, set[str]] = field(default_factory=dict)
    """The same for the text that a party signed."""
    step: int = 0
    told: Counter[tuple[str, int, int]] = field(default_factory=Counter)

    def asks(self, who: str) -> None:
        if who not in self.parties and who not in self.asked:
            self.asked.append(who)
            self.arrived.pop(who, None)
            self.on_the_way[who] = {*self.parties, *self.asked}

    def delivers(self) -> None:
        self.arrived |= self.on_the_way
        self.on_the_way = {}

    def declines(self, who: str) -> None:
        self.asked.remove(who)
        self.on_the_way.pop(who, None)

    def joins(self, who: str, *, sheet: bool, at_table: set[str] | None = None) -> None:
        if who in self.parties:
            return
        self.step += 1
        for party in self.parties:
            if sheet or who not in self.held[party]:
                self.told[party, self.step, len(self.parties) + 1] += 1
        self.on_the_way.pop(who, None)
        arrived = self.arrived.pop(who, set())
        self.held[who] = arrived if at_table is None else at_table
        self.parties.append(who)
        if who in self.asked:
            self.asked.remove(who)

    def leaves(self, who: str) -> None:
        if who in self.parties:
            self.step += 1
            self.parties.remove(who)
            for named in (*self.held.values(), *self.arrived.values(), *self.on_the_way.values()):
                named.discard(who)


def _each_is_told_of_all_who_came_after(office: Office, codes: list[str], acts: list[tuple[int, str, Point]]) -> None:
    code, agreement_id = another_agreement(office)
    memory = Remembered()
    for number, (index, act, where) in enumerate(acts):
        who = codes[index]
        scan = SignedFile("podpis.pdf", f"%PDF {code} {number}".encode())
        if act == "invite":
            dying(lambda who=who: invite(office, code, [who], actor=POLA), where)  # type: ignore[misc]
            memory.asks(who)
        elif act == "deliver":
            arrive(office, agreement_id)
            memory.delivers()
        elif act == "decline" and who in memory.asked:
            with office.writing(POLA) as session:
                decline(session, code, who, actor=POLA, now=office.now())
            memory.declines(who)
        elif act == "sign":
            dying(lambda who=who, scan=scan: put_name(office, code, who, scan), where)  # type: ignore[misc]
            memory.joins(who, sheet=False)
        elif act == "accede":
            dying(lambda who=who, scan=scan: join(office, code, who, file=scan), where)  # type: ignore[misc]
            memory.joins(who, sheet=True)
        elif act == "table":
            others = codes[index : index + 3]
            text, _ = at_table(office, others, code)
            named = {*memory.parties, *memory.asked, *others}
            dying(lambda who=who, text=text: put_name(office, code, who, None, text), where)  # type: ignore[misc]
            memory.joins(who, sheet=False, at_table=named)
        elif act == "leave":
            dying(lambda who=who: out(office, code, who), where)  # type: ignore[misc]
            memory.leaves(who)
    assert symbols(listed(office, code)) == memory.parties
    assert told_of(office, agreement_id) == memory.told


def put_name(office: Office, code: str, who: str, file: SignedFile | None, text: int | None = None) -> None:
    sign(office, code, [who], on=office.now().date(), manner=Manner.PAPER, file=file, text=text, actor=POLA)


def arrive(office: Office, agreement_id: int) -> None:
    """The letters that ask leave and arrive."""
    with office.writing(WORKER) as session:
        rows = session.exec(
            select(Message)
            .join(AgreementInvitation, col(Message.contradicts) == _topic())
            .where(
                AgreementInvitation.agreement_id == agreement_id,
                Message.event == ASKS,
                Message.state == MessageState.DUE,
            )
        ).all()
        for row in rows:
            for state in (MessageState.CLAIMED, MessageState.SENDING, MessageState.SENT):
                move(session, row, state, happened=Happened.MESSAGE_SENT, actor=WORKER, now=office.now())


def _topic() -> ColumnElement[str]:
    numbers = (
        cast(col(AgreementInvitation.agreement_id), String),
        cast(col(AgreementInvitation.institution_id), String),
    )
    return "agreement/" + numbers[0] + "/ask/" + numbers[1]


def another_agreement(office: Office) -> tuple[str, int]:
    with office.writing(POLA) as session:
        model = find_agreement(session, CODE)
        row = Agreement(
            area=model.area,
            code=f"{CODE}-{next(_numbers)}",
            project_version_id=model.project_version_id,
            title=model.title,
            deadline=model.deadline,
            opened_at=office.now(),
            opened_by=POLA.login,
        )
        enter(session, row, happened=Happened.AGREEMENT_OPENED, actor=POLA, now=office.now())
        assert row.id is not None
        return row.code, row.id


@pytest.mark.parametrize("examples", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_each_party_gets_exactly_the_notices_of_those_who_came_after_it(staged: Staged, examples: int) -> None:
    """Any mix of asking, signing, joining, leaving and coming back, each act killed anywhere and done again."""
    office, codes = staged(swarzedz)
    quietly = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

    @settings(max_examples=examples, deadline=None, suppress_health_check=quietly)
    @given(acts=ACTS)
    def mixed(acts: list[tuple[int, str, Point]]) -> None:
        _each_is_told_of_all_who_came_after(office, codes, acts)

    mixed()


@pytest.mark.parametrize("where", POINTS[1:])
def test_killed_anywhere_an_accession_is_whole_and_told_once(staged: Staged, where: Point) -> None:
    office, codes = staged(swarzedz)
    founding(office, codes[:4])
    met = []

    def cross(point: Point) -> None:
        met.append(point)
        if point is where:
            raise Died

    with pytest.raises(Died), watched(cross):
        join(office, CODE, codes[4], file=SignedFile("karta.pdf", b"%PDF karta"))
    assert where in met
    done = where is Point.AFTER_COMMIT
    assert (len(listed(office)), len(letters(office, JOINED))) == ((5, 4) if done else (4, 0))
    assert join(office, CODE, codes[4], file=SignedFile("karta.pdf", b"%PDF karta")) == (
        (False, 0) if done else (True, 4)
    )
    assert (len(listed(office)), len(letters(office, JOINED))) == (5, 4)
    assert len(delivered(office, "2019-12-02T12:00")) == 4


def test_who_joins_at_the_same_moment_is_told_of_in_one_order(staged: Staged) -> None:
    """Four accessions at once and two founders: whoever is on the list before is told of everybody after."""
    office, codes = staged(swarzedz)
    founding(office, codes[:2])
    together = Barrier(4)

    def joining(who: str) -> tuple[bool, int]:
        together.wait(timeout=30)
        return join(office, CODE, who)

    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(joining, codes[2:6]))
    assert sorted(found) == [(True, told) for told in (2, 3, 4, 5)]
    order = symbols(listed(office))
    assert set(order) == set(codes[:6])
    with office.reading(POLA) as session:
        number = find_agreement(session, CODE).id
    assert number is not None
    expected = Counter((one, step, step) for step in range(3, 7) for one in order[: step - 1])
    assert told_of(office, number) == expected
