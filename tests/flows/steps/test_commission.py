"""The commission: who sits, who is there, who is recused, how it votes, and that decisions rest on votes."""

from collections.abc import Callable
from datetime import date

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from people import ADAM, CALL, KINGA, KLARA, KONRAD, RITA, WORKER, cast, go_to, rise, sit
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.ballots import vote
from flows.steps.calls import find_call
from flows.steps.commission import (
    appoint,
    attend,
    close_session,
    dismiss,
    member_lines,
    members,
    open_session,
    recusals,
    recuse,
)
from flows.steps.decisions import DecisionCounts, decide, decide_as_proposed
from flows.steps.protocol_checks import check_call
from flows.steps.ranking import rank_call
from flows.steps.session_records import ballot_lines
from flows.steps.withdrawal import withdraw
from models.actor import Actor, Role
from models.errors import BadInput, IllegalMove, NaborError, NotAllowed, NotFound, NotYet
from models.events import Happened
from models.rules.voting import CommissionRules, Voice
from models.tables import Ballot, CommissionSession, Decision, Event, Officer, Vote
from models.tables.commission import MemberFunction, SessionState
from models.tables.decisions import DecisionOutcome
from models.transitions import move

RITA_TOO = Actor("rita", frozenset({Role.RECRUITMENT, Role.COMMISSION}), "22")


def adopt(office: Office, actor: Actor = KINGA) -> DecisionCounts:
    with office.writing(actor) as session:
        return decide_as_proposed(session, CALL, actor=actor, now=office.now())


def decide_one(
    office: Office,
    number: str,
    outcome: DecisionOutcome = DecisionOutcome.REJECTED,
    reason: str = "inny_powod",
    actor: Actor = KINGA,
) -> None:
    with office.writing(actor) as session:
        decide(
            session,
            number,
            outcome=outcome,
            reason_code=reason,
            note="Wyjaśniono na posiedzeniu.",
            actor=actor,
            now=office.now(),
        )


def decisions(session: Session) -> list[tuple[str, int | None]]:
    return [
        (row.outcome.value, row.ballot_id) for row in session.exec(select(Decision).order_by(col(Decision.id))).all()
    ]


def test_a_carried_vote_on_the_list_adopts_it_and_every_decision_names_the_vote(staged: Staged) -> None:
    office, _ = staged(people.commissioned_call, 4)
    assert sit(office) == 1
    result = cast(office, kinga="for", konrad="for", klara="abstain")
    assert (result.session, result.number, result.tally.carried) == (1, 1, True)
    assert adopt(office) == DecisionCounts(accepted=4, reserve=0, rejected=0)
    with office.reading(WORKER) as session:
        ballot = session.exec(select(Ballot)).one()
        assert decisions(session) == [("accepted", ballot.id)] * 4
        assert ballot.roll == {
            "members": ["C1", "P1", "S1"],
            "present": ["C1", "P1", "S1"],
            "recused": [],
            "chair": "P1",
        }
        (line,) = ballot_lines(session, find_call(session, CALL))
        assert (line.name, line.motion, line.result) == ("1/1", "propozycja (lista rankingowa) w całości", "przeszło")
        assert line.voices == {"P1": "za", "C1": "wstrzymuje się", "S1": "za"}


# Each way in which a decision is not yet allowed, with what is done before, and a word of the refusal.
NOT_YET = {
    "no session": ([], "nie trwa posiedzenie"),
    "no vote": (["sit"], "głosowanie nad propozycją"),
    "lost": (["sit", "lose"], "głosowanie nad propozycją"),
    "no quorum": (["sit alone", "vote alone"], "głosowanie nad propozycją"),
    "closed again": (["sit", "win", "rise"], "nie trwa posiedzenie"),
    "another session": (["sit", "win", "rise", "sit"], "głosowanie nad propozycją"),
}


@pytest.mark.parametrize(("before", "words"), NOT_YET.values(), ids=NOT_YET)
def test_nothing_is_decided_without_a_session_and_a_carried_vote(
    sqlite_staged: Staged, before: list[str], words: str
) -> None:
    office, registered = sqlite_staged(people.commissioned_call, 2)
    do = {
        "sit": lambda: sit(office),
        "sit alone": lambda: sit(office, "kinga"),
        "win": lambda: cast(office),
        "lose": lambda: cast(office, kinga="for", konrad="against", klara="against"),
        "vote alone": lambda: cast(office, kinga="for"),
        "rise": lambda: rise(office),
    }
    for step in before:
        do[step]()
    with pytest.raises(NotYet, match=words):
        adopt(office)
    with pytest.raises(NotYet):
        decide_one(office, registered[0])
    with office.reading(WORKER) as session:
        assert decisions(session) == []


def test_one_application_is_decided_by_its_own_vote_and_the_rest_by_the_vote_on_the_list(staged: Staged) -> None:
    office, registered = staged(people.commissioned_call, 3)
    sit(office)
    cast(office)
    with pytest.raises(NotYet, match=f"głosowanie nad zgłoszeniem {registered[0]}"):
        decide_one(office, registered[0])
    cast(office, registered[0], DecisionOutcome.REJECTED, kinga="for", konrad="for", klara="against")
    decide_one(office, registered[0])
    with pytest.raises(NotYet, match="osobno"):
        decide_one(office, registered[0], DecisionOutcome.ACCEPTED, "miejsce_w_rankingu")
    assert adopt(office) == DecisionCounts(accepted=2, reserve=0, rejected=0)
    with office.reading(WORKER) as session:
        assert decisions(session) == [("rejected", 2), ("accepted", 1), ("accepted", 1)]


def test_a_vote_that_was_lost_can_be_taken_again_and_both_stay(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    assert not cast(office, kinga="against", konrad="for", klara="against").tally.carried
    assert cast(office).tally.carried
    assert adopt(office).accepted == 2
    with office.reading(WORKER) as session:
        assert [row.carried for row in session.exec(select(Ballot).order_by(col(Ballot.id))).all()] == [False, True]
        assert len(session.exec(select(Vote)).all()) == 6


def test_the_chair_decides_a_tie(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    result = cast(office, kinga="for", konrad="against", klara="abstain")
    assert (result.tally.carried, result.tally.by_chair) == (True, True)


def test_a_new_ranking_needs_a_new_vote(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(people.commissioned_call, 3)
    sit(office)
    cast(office)
    with office.writing(RITA) as session:
        withdraw(session, registered[2], actor=RITA, now=office.now())
        rank_call(session, CALL, actor=RITA, now=office.now())
    with pytest.raises(NotYet, match="głosowanie nad propozycją"):
        adopt(office)
    cast(office)
    assert adopt(office).accepted == 2


def test_who_is_recused_has_no_voice_in_that_application(staged: Staged) -> None:
    """Konrad's voice carries the list; without it the application he is recused from is not carried."""
    office, registered = staged(people.commissioned_call, 3)
    sit(office)
    with office.writing(KINGA) as session:
        for _ in range(2):
            recuse(session, CALL, "konrad", registered[1], reason="Rodzina.", actor=KINGA, now=office.now())
    cast(office, kinga="abstain", konrad="for", klara="abstain")
    with pytest.raises(NotYet, match=f"Ze zgłoszenia {registered[1]} ktoś się wyłączył"):
        adopt(office)
    with pytest.raises(BadInput, match="wyłączono"):
        cast(office, registered[1], DecisionOutcome.ACCEPTED)
    own = cast(office, registered[1], DecisionOutcome.ACCEPTED, kinga="for", klara="for")
    assert (own.tally.voters, own.tally.carried) == (2, True)
    assert adopt(office).accepted == 3
    with office.reading(WORKER) as session:
        assert sorted(decisions(session)) == [("accepted", 1), ("accepted", 1), ("accepted", 2)]
        assert len(recusals(session, find_call(session, CALL), at=office.now())) == 1


@pytest.mark.parametrize(("body", "scope"), [("KES", "22"), (CALL, "")], ids=["the same seat", "the call's own"])
def test_who_was_recused_stays_so_in_another_seat(sqlite_staged: Staged, body: str, scope: str) -> None:
    office, registered = sqlite_staged(people.commissioned_call, 2)
    with office.writing(KINGA) as session:
        recuse(session, CALL, "konrad", registered[1], reason="Rodzina.", actor=KINGA, now=office.now())
    go_to(office, "2018-07-04T10:00")
    with office.writing(ADAM) as session:
        if body == CALL:
            for login, function in (("kinga", MemberFunction.CHAIR), ("klara", MemberFunction.MEMBER)):
                appoint(session, body, login, function=function, actor=ADAM, now=office.now())
        else:
            dismiss(session, body, "konrad", scope=scope, actor=ADAM, now=office.now())
        symbol = appoint(
            session, body, "konrad", function=MemberFunction.MEMBER, scope=scope, actor=ADAM, now=office.now()
        )
    assert symbol == "C2"
    sit(office)
    with pytest.raises(BadInput, match="„konrad” wyłączono"):
        cast(office, registered[1], DecisionOutcome.ACCEPTED)
    with office.reading(WORKER) as session:
        assert [
            (member.symbol, application.number, row.cause, row.reason)
            for row, member, application in recusals(session, find_call(session, CALL), at=office.now())
        ] == [(who, registered[1], "declared", "Rodzina.") for who in ("S1", "C2")]
    cast(office, registered[1], DecisionOutcome.ACCEPTED, kinga="for", klara="for")
    cast(office)
    assert adopt(office).accepted == 2


def test_the_recusal_of_another_commissions_member_recuses_nobody_here(sqlite_staged: Staged) -> None:
    """Kinga, chair of the project's commission, is recused; the call's own is chaired by Klara: both are ``P1``."""
    office, registered = sqlite_staged(people.commissioned_call, 2)
    with office.writing(KINGA) as session:
        recuse(session, CALL, "kinga", registered[0], reason="Rodzina.", actor=KINGA, now=office.now())
    go_to(office, "2018-07-04T10:00")
    with office.writing(ADAM) as session:
        for login, function in (("klara", MemberFunction.CHAIR), ("konrad", MemberFunction.SECRETARY)):
            appoint(session, CALL, login, function=function, actor=ADAM, now=office.now())
    now = go_to(office, "2018-07-05T10:00")
    with office.writing(KLARA) as session:
        open_session(session, CALL, place="x", remote=False, held_on=None, actor=KLARA, now=now)
        attend(session, CALL, ("klara", "konrad"), leaves=False, actor=KLARA, now=now)
        whole: dict[str, Voice] = {"klara": Voice.FOR, "konrad": Voice.FOR}
        for number, outcome in ((registered[0], DecisionOutcome.ACCEPTED), (None, None)):
            result = vote(session, CALL, number=number, outcome=outcome, voices=whole, actor=KLARA, now=now)
            assert (result.tally.voters, result.tally.carried) == (2, True)
    assert adopt(office, KLARA).accepted == 2
    with office.writing(KLARA) as session:
        close_session(session, CALL, actor=KLARA, now=now)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        assert check_call(office, session, CALL, actor=WORKER).flaws == ()


def test_who_changed_seats_after_a_vote_and_is_recused_takes_the_earlier_voice_along(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    cast(office, kinga="abstain", konrad="for", klara="abstain")
    go_to(office, "2018-07-05T10:10")
    with office.writing(ADAM) as session:
        dismiss(session, "KES", "konrad", scope="22", actor=ADAM, now=office.now())
        appoint(session, "KES", "konrad", function=MemberFunction.MEMBER, scope="22", actor=ADAM, now=office.now())
    with office.writing(KINGA) as session:
        recuse(session, CALL, "konrad", registered[1], reason="Rodzina.", actor=KINGA, now=office.now())
    with pytest.raises(NotYet, match=f"Ze zgłoszenia {registered[1]} ktoś się wyłączył"):
        adopt(office)


def test_whatever_changes_a_session_locks_its_call_first(sqlite_staged: Staged) -> None:
    """SQLite has one writer anyway; what is asked of the database shows that PostgreSQL would wait too."""
    office, registered = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    now = office.now()
    changes: list[Callable[[Session], object]] = [
        lambda session: attend(session, CALL, ["klara"], leaves=True, actor=KINGA, now=now),
        lambda session: recuse(session, CALL, "konrad", registered[0], reason="Rodzina.", actor=KINGA, now=now),
        lambda session: close_session(session, CALL, actor=KINGA, now=now),
    ]
    for change in changes:
        with office.writing(KINGA) as session:
            asked = _locks_asked(session)
            change(session)
        assert asked[:2] == [False, True]


def _locks_asked(session: Session) -> list[bool]:
    """Filled as the session asks: whether each statement wants the lock of its row."""
    asked: list[bool] = []

    def heard(told: ORMExecuteState) -> None:
        asked.append(getattr(told.statement, "_for_update_arg", None) is not None)

    sa.event.listen(session, "do_orm_execute", heard)
    return asked


def test_a_vote_on_one_application_is_counted_again_after_a_later_recusal(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(people.commissioned_call, 3)
    sit(office)
    cast(office, registered[1], DecisionOutcome.ACCEPTED, kinga="abstain", konrad="for", klara="abstain")
    cast(office)
    with office.writing(KINGA) as session:
        recuse(session, CALL, "konrad", registered[1], reason="Rodzina.", actor=KINGA, now=office.now())
    with pytest.raises(NotYet, match=f"Ze zgłoszenia {registered[1]} ktoś wyłączył się po głosowaniu"):
        adopt(office)
    cast(office, registered[1], DecisionOutcome.ACCEPTED, kinga="for", klara="for")
    assert adopt(office).accepted == 3
    rise(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        assert check_call(office, session, CALL, actor=WORKER).flaws == ()


def test_an_application_of_the_own_institution_is_recused_by_itself(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(people.commissioned_call, 2)
    with office.writing(ADAM) as session:
        dismiss(session, "KES", "klara", scope="22", actor=ADAM, now=office.now())
        appoint(
            session,
            "KES",
            "klara",
            function=MemberFunction.MEMBER,
            scope="22",
            institution_nip="778-13-46-888",
            actor=ADAM,
            now=office.now(),
        )
    sit(office)
    with office.reading(WORKER) as session:
        found = [
            (member.symbol, application.number, row.cause)
            for row, member, application in recusals(session, find_call(session, CALL), at=office.now())
        ]
    assert found == [("C2", number, "same_institution") for number in registered]


def test_who_proposed_neither_votes_nor_decides(staged: Staged) -> None:
    office, registered = staged(people.commissioned_call, 2)
    with office.writing(RITA) as session:
        withdraw(session, registered[1], actor=RITA, now=office.now())
        rank_call(session, CALL, actor=RITA, now=office.now())
        _give_role(session, "rita")
    with office.writing(ADAM) as session:
        appoint(session, "KES", "rita", function=MemberFunction.MEMBER, scope="22", actor=ADAM, now=office.now())
    sit(office, "kinga", "konrad", "klara", "rita")
    with pytest.raises(NotAllowed, match="sporządziło listę rankingową"):
        cast(office, kinga="for", konrad="for", klara="for", rita="for")
    with pytest.raises(NotAllowed, match="dwóch osób"):
        adopt(office, RITA_TOO)


def test_who_votes_or_decides_proposes_no_more(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    cast(office)
    konrad = Actor("konrad", frozenset({Role.COMMISSION, Role.RECRUITMENT}), "22")
    with pytest.raises(NotAllowed, match="sporządza"), office.writing(konrad) as session:
        rank_call(session, CALL, actor=konrad, now=office.now())
    with office.writing(RITA) as session:
        rank_call(session, CALL, actor=RITA, now=office.now())


def test_a_project_may_let_one_person_do_both(sqlite_office: Office) -> None:
    office = sqlite_office
    people.for_commission(office, CommissionRules(four_eyes=False))
    people.take_in(office, range(2))
    people.verified(office)
    kinga = Actor("kinga", frozenset({Role.COMMISSION, Role.RECRUITMENT}), "22")
    now = go_to(office, "2018-07-03T09:30")
    with office.writing(kinga) as session:
        rank_call(session, CALL, actor=kinga, now=now)
    sit(office)
    cast(office)
    assert adopt(office).accepted == 2


def test_four_eyes_hold_in_a_project_without_a_commission_section(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.ranked_call, 2)
    both = Actor("process:test", frozenset({Role.COMMISSION}), "")
    with pytest.raises(NotAllowed, match="sporządziło listę"), office.writing(both) as session:
        decide_as_proposed(session, CALL, actor=both, now=office.now())


def _give_role(session: Session, login: str) -> None:
    officer = session.exec(select(Officer).where(Officer.login == login)).one()
    officer.roles = [*officer.roles, Role.COMMISSION]
    session.add(officer)


# A voice that cannot be recorded: who says what, and a word of the refusal.
FAULTY_VOICES = {
    "too few": ({"kinga": "for", "konrad": "for"}, BadInput, "Brakuje głosu: klara"),
    "a stranger": ({"kinga": "for", "filip": "for"}, NotAllowed, "nie jest w składzie"),
}


@pytest.mark.parametrize(("voices", "kind", "words"), FAULTY_VOICES.values(), ids=FAULTY_VOICES)
def test_every_voice_is_of_a_member_who_is_there_and_nobody_is_silent(
    sqlite_staged: Staged, voices: dict[str, str], kind: type[NaborError], words: str
) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    with pytest.raises(kind, match=words):
        cast(office, **voices)


def test_who_left_the_room_does_not_vote_and_who_is_not_in_it_records_nothing(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    with office.writing(KINGA) as session:
        assert attend(session, CALL, ["klara"], leaves=True, actor=KINGA, now=office.now()) == [
            "P1",
            "S1",
        ]
    with pytest.raises(BadInput, match="„klara” nie ma na posiedzeniu"):
        cast(office)
    assert cast(office, kinga="for", konrad="for").tally.carried
    with pytest.raises(NotAllowed, match="obecna na posiedzeniu"):
        adopt(office, KLARA)
    assert adopt(office, KONRAD).accepted == 2


def test_a_member_without_a_vote_is_there_and_does_not_vote(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    with office.writing(ADAM) as session:
        dismiss(session, "KES", "konrad", scope="22", actor=ADAM, now=office.now())
        appoint(
            session, "KES", "konrad", function=MemberFunction.SECRETARY, votes=False, scope="22",
            actor=ADAM, now=office.now(),
        )  # fmt: skip
    sit(office)
    with pytest.raises(BadInput, match="bez prawa głosu"):
        cast(office)
    assert cast(office, kinga="for", klara="for").tally.needed == 2


FAULTY_APPOINTMENTS = {
    "no such account": (("KES", "nikt", MemberFunction.MEMBER, "22", None), NotFound, "czynnego konta"),
    "no role": (("KES", "rita", MemberFunction.MEMBER, "22", None), BadInput, "roli commission"),
    "a second chair": (("KES", "klara2", MemberFunction.CHAIR, "22", None), BadInput, "przewodniczącą"),
    "two functions": (("KES", "klara", MemberFunction.SECRETARY, "22", None), BadInput, "jest już"),
    "wider than the account": (("KES", "klara", MemberFunction.MEMBER, "", None), BadInput, "nie zobaczy"),
    "no such project": (("XYZ", "klara", MemberFunction.MEMBER, "22", None), NotFound, "projektu ani naboru"),
    "a false area": (("KES", "klara", MemberFunction.MEMBER, "x", None), BadInput, "TERYT"),
    "an area for a call": ((CALL, "klara", MemberFunction.MEMBER, "22", None), BadInput, "nabór ma swój"),
    "a false NIP": (("KES", "klara2", MemberFunction.MEMBER, "22", "7781346889"), BadInput, "NIP"),
}


@pytest.mark.parametrize(("given", "kind", "words"), FAULTY_APPOINTMENTS.values(), ids=FAULTY_APPOINTMENTS)
def test_an_appointment_that_makes_no_sense_is_refused(
    sqlite_staged: Staged,
    given: tuple[str, str, MemberFunction, str, str | None],
    kind: type[NaborError],
    words: str,
) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 0)
    body, login, function, scope, nip = given
    with office.writing(ADAM) as session:
        if login == "klara2":
            people.add_officer(
                session, login, name="Klara Druga", secret=people.SECRET, roles=[Role.COMMISSION], scope="22",
                actor=ADAM, now=office.now(),
            )  # fmt: skip
    with pytest.raises(kind, match=words), office.writing(ADAM) as session:
        appoint(session, body, login, function=function, scope=scope, institution_nip=nip, actor=ADAM, now=office.now())


def test_only_an_administrator_appoints_and_only_the_commissions_people_sit(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    for actor in (RITA, KINGA, WORKER, people.FILIP):
        with pytest.raises(NotAllowed), office.writing(actor) as session:
            appoint(session, "KES", "klara", function=MemberFunction.MEMBER, actor=actor, now=office.now())
    for actor in (ADAM, WORKER, people.FILIP):
        with pytest.raises(NotAllowed), office.writing(actor) as session:
            open_session(session, CALL, place="x", remote=False, held_on=None, actor=actor, now=office.now())
    sit(office)
    for actor in (ADAM, WORKER, RITA):
        with pytest.raises(NotAllowed), office.writing(actor) as session:
            vote(session, CALL, number=None, outcome=None, voices={"kinga": Voice.FOR}, actor=actor, now=office.now())


def test_a_call_may_have_a_commission_of_its_own(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    with office.writing(ADAM) as session:
        appoint(session, CALL, "klara", function=MemberFunction.CHAIR, actor=ADAM, now=office.now())
        appoint(session, CALL, "klara", function=MemberFunction.CHAIR, actor=ADAM, now=office.now())
    with office.reading(KLARA) as session:
        call = find_call(session, CALL)
        assert [(one.symbol, one.function) for one in members(session, call, at=office.now())] == [("P1", "chair")]
        assert [line.login for line in member_lines(session, call, at=office.now())] == ["klara"]


TAKING_OVER = {"of the call": (CALL, "", True), "narrower": ("KES", "2205", True), "wider": ("KES", "", False)}


@pytest.mark.parametrize(("body", "scope", "takes_over"), TAKING_OVER.values(), ids=TAKING_OVER)
def test_no_new_commission_takes_the_place_of_one_that_sits(
    sqlite_staged: Staged, body: str, scope: str, takes_over: bool
) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    with office.writing(ADAM) as session:
        session.exec(select(Officer).where(Officer.login == "klara")).one().scope = ""

    def appointed() -> str:
        with office.writing(ADAM) as session:
            return appoint(
                session, body, "klara", function=MemberFunction.CHAIR, scope=scope, actor=ADAM, now=office.now()
            )

    sit(office)
    if takes_over:
        with pytest.raises(NotYet, match=f"Trwa posiedzenie nr 1 w sprawie naboru {CALL}"):
            appointed()
        rise(office)
    assert appointed() == "P1"


def test_one_session_at_a_time_and_none_in_the_future(staged: Staged) -> None:
    office, _ = staged(people.commissioned_call, 2)
    go_to(office, "2018-07-05T10:00")
    with pytest.raises(BadInput, match="gdy się odbywa"), office.writing(KINGA) as session:
        open_session(session, CALL, place="x", remote=False, held_on=date(2018, 7, 6), actor=KINGA, now=office.now())
    with pytest.raises(BadInput, match="miejsce"), office.writing(KINGA) as session:
        open_session(session, CALL, place=" ", remote=True, held_on=None, actor=KINGA, now=office.now())
    sit(office)
    with pytest.raises(NotYet, match="już trwa"):
        sit(office)
    rise(office)
    with pytest.raises(NotYet, match="nie trwa"), office.writing(KINGA) as session:
        close_session(session, CALL, actor=KINGA, now=office.now())
    assert sit(office) == 2


def test_a_closed_session_opens_no_more(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    rise(office)
    with office.writing(KINGA) as session:
        row = session.exec(select(CommissionSession)).one()
        with pytest.raises(IllegalMove):
            move(session, row, SessionState.OPEN, happened=Happened.SESSION_OPENED, actor=KINGA, now=office.now())


def test_no_results_are_announced_while_the_commission_sits(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    cast(office)
    adopt(office)
    with pytest.raises(NotYet, match="posiedzenie nr 1"):
        announce(office, CALL, actor=RITA)
    rise(office)
    assert announce(office, CALL, actor=RITA).accepted == 2


def test_a_recorded_decision_stands_after_the_session_and_the_same_again_changes_nothing(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    cast(office)
    adopt(office)
    rise(office)
    assert adopt(office) == DecisionCounts(0, 0, 0)
    decide_one(office, registered[0], DecisionOutcome.ACCEPTED, "miejsce_w_rankingu")
    with office.reading(WORKER) as session:
        assert len(decisions(session)) == 2
    with pytest.raises(NotYet, match="nie trwa"):
        decide_one(office, registered[0])


def test_ballots_and_voices_cannot_be_changed(staged: Staged) -> None:
    office, _ = staged(people.commissioned_call, 2)
    sit(office)
    cast(office)
    for statement in (
        "UPDATE vote SET voice = 'against'",
        "DELETE FROM ballot",
        "UPDATE session_presence SET present = false",
    ):
        with pytest.raises(DatabaseError, match="append-only"), office.writing(WORKER) as session:
            session.execute(sa.text(statement))


def test_the_log_tells_of_sessions_and_votes_without_names(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    cast(office, registered[0], DecisionOutcome.REJECTED, kinga="for", konrad="for", klara="against")
    with office.reading(WORKER) as session:
        (event,) = session.exec(select(Event).where(Event.kind == Happened.VOTED)).all()
        assert (event.subject, event.facts["for"], event.facts["against"]) == ("application/1", 2, 1)
        assert event.facts["carried"] is True
        told = str([row.facts for row in session.exec(select(Event)).all()])
    assert "Próbna" not in told
