"""Promotion from the reserve: each seat that came free once, with decision, offer, letter and reason together."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import people
import pytest
from conftest import Staged
from people import CALL, KINGA, RITA, STRANGER, WORKER, confirm, go_to, reading, redefined, send_in
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps import promotion as steps
from flows.steps.announcement import announce
from flows.steps.applications import find_application
from flows.steps.decisions import decide
from flows.steps.documents import content_of, newest
from flows.steps.memberships import answer_offer, expired_offers, membership_of
from flows.steps.promotion import Promotions, promote_call
from flows.steps.reminders import due_occasions, remind
from flows.steps.reserve import calls_for_officers, calls_to_promote, choose, labels_of, reserve_lines
from flows.steps.seats import newest_decision
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
from models.errors import NotAllowed, NotYet
from models.events import Happened
from models.project import PromotionUntil, ReservePromotion
from models.rules.composition import Constraint, EachSector, SectorSeats
from models.rules.promotion import Promotion as Choice
from models.tables import Application, Decision, Event, IssuedDocument, Membership, Message, Promotion, Ranking
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import MembershipState
from models.tables.outbox import MessageState

SECTORS = [option.code for option in people.definition().form("zalacznik_1_pgr").leaf("instytucja.obszar").options]


def announced_seven(office: Office) -> list[str]:
    """Three seats, three in reserve, one below. In the order of the list: points differ by level and time.

    Seats: 0002 (sector 1), 0004 (sector 3), 0006 (sector 5). Reserve: 0001 (sector 0), 0003 (sector 3), 0005
    (sector 5); the last, 0007, is not in reserve.
    """
    people.open_kes_call(office, seats=3, reserve_seats=3, composition=(EachSector(kind="each_sector", maximum=2),))
    changes = {2: SECTORS[3], 4: SECTORS[5]}
    for i in range(7):
        send_in(
            office,
            reading(i, {"instytucja.obszar": changes.get(i, SECTORS[i]), "instytucja.nip": nip(i)}),
            at=f"2018-06-05T{8 + i:02d}:00",
        )
    people.verified(office)
    people.ranked(office)
    people.adopted(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    people.deliver_all(office, "2018-07-06T10:00")
    go_to(office, "2018-07-09T10:00")
    return people.numbers(office)


def nip(i: int) -> str:
    """Another institution for each; the rules look at equality only."""
    return f"77813468{i:02d}"


def decline(office: Office, number: str) -> None:
    with office.writing(RITA) as session:
        answer_offer(session, number, accepts=False, actor=RITA, now=office.now())


def resign(office: Office, number: str) -> None:
    """Leaves after having confirmed."""
    confirm(office, number)
    give_up(office, number)


def give_up(office: Office, number: str) -> None:
    """Withdraws before answering."""
    with office.writing(RITA) as session:
        withdraw(session, number, actor=RITA, now=office.now())


def lapse(office: Office, number: str) -> None:
    """Lets the deadline pass; the others have answered."""
    with office.reading(WORKER) as session:
        offered = session.exec(select(Membership).where(Membership.state == MembershipState.OFFERED)).all()
        others = [row.application_id for row in offered]
    for other in others:
        with office.reading(WORKER) as session:
            name = session.get_one(Application, other).number
        if name != number:
            confirm(office, name)
    now = go_to(office, "2018-07-16T08:00")
    with office.writing(WORKER) as session:
        assert remind(session, due_occasions(session, now=now), actor=WORKER, now=now) == 1


def strike_off(office: Office, number: str) -> None:
    """The commission takes the seat back and the office announces it."""
    people.refuse(office, number)
    announce(office, CALL, actor=RITA)


def seats(office: Office) -> dict[str, str]:
    with office.reading(WORKER) as session:
        return {
            session.get_one(Application, row.application_id).number[-4:]: row.state.value
            for row in session.exec(select(Membership).order_by(col(Membership.id))).all()
        }


def promotions(session: Session) -> list[Promotion]:
    return list(session.exec(select(Promotion).order_by(col(Promotion.id))).all())


def test_the_lists_are_as_the_examples_say(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(announced_seven)
    assert [number[-4:] for number in registered] == [f"000{n}" for n in range(1, 8)]
    assert seats(office) == dict.fromkeys(("0002", "0004", "0006"), "offered")
    with office.reading(WORKER) as session:
        lines = reserve_lines(session, CALL)
    assert [(line.position, line.number[-4:]) for line in lines] == [(1, "0001"), (2, "0003"), (3, "0005")]
    # Nobody waits from the sector of 0002; 0003 is of the sector of 0004, 0005 of that of 0006.
    assert [[number[-4:] for number in line.next_if_left] for line in lines] == [["0002"], ["0004"], ["0006"]]
    assert {line.next_for for line in lines} == {()}


@pytest.mark.parametrize(("gone", "successor", "position"), [("0004", "0003", 2), ("0006", "0005", 3)])
def test_the_sector_that_lost_its_only_seat_is_filled_first(
    sqlite_staged: Staged, gone: str, successor: str, position: int
) -> None:
    office, _ = sqlite_staged(announced_seven)
    decline(office, f"{CALL}/{gone}")
    (made,) = promote_call(office, CALL, actor=WORKER).made
    assert (made.vacancy, made.number, made.position) == (f"{CALL}/{gone}", f"{CALL}/{successor}", position)
    assert "którego nie ma już w grupie" in made.sentence
    assert seats(office)[successor] == "offered"


@pytest.mark.parametrize("end", [decline, resign, give_up, lapse, strike_off])
def test_however_a_seat_comes_free_the_next_is_offered_it_once(
    staged: Staged, end: Callable[[Office, str], None]
) -> None:
    office, _ = staged(announced_seven)
    end(office, f"{CALL}/0002")
    assert [one.number for one in promote_call(office, CALL, actor=WORKER).made] == [f"{CALL}/0001"]
    assert promote_call(office, CALL, actor=WORKER).made == ()
    assert promote_call(office, CALL, actor=RITA).made == ()
    with office.reading(WORKER) as session:
        assert len(promotions(session)) == 1
        assert len(session.exec(select(Message).where(Message.event == "promoted")).all()) == 1


def test_decision_offer_letter_declaration_and_reason_stand_together(staged: Staged) -> None:
    office, _ = staged(announced_seven)
    decline(office, f"{CALL}/0004")
    promote_call(office, CALL, actor=WORKER)
    with office.reading(WORKER) as session:
        application = find_application(session, f"{CALL}/0003")
        (row,) = promotions(session)
        decision = newest_decision(session, application)
        assert decision is not None
        assert (decision.version, decision.outcome, decision.reason_code) == (
            2,
            DecisionOutcome.ACCEPTED,
            "zwolnione_miejsce",
        )
        assert decision.announced_at == office.now()
        reserved = session.get_one(Decision, row.reserve_decision_id)
        assert (reserved.outcome, reserved.decided_by) == (DecisionOutcome.RESERVE, "kinga"), "people decided on it"
        seat = membership_of(session, application.number)
        assert (row.application_id, row.membership_id, row.decision_id) == (application.id, seat.id, decision.id)
        assert row.vacancy_id == membership_of(session, f"{CALL}/0004").id
        assert (row.ground, row.position, row.algorithm, row.promoted_by) == (
            "sector",
            2,
            "promotion-2",
            "process:test",
        )
        # What is stored leads to the same choice again.
        assert hashlib.sha256(row.basis.encode()).hexdigest() == row.basis_digest
        again = choose(row.basis)
        assert isinstance(again, Choice)
        assert (again.number, again.sentence) == (application.number, row.reason)
        letter = session.exec(select(Message).where(Message.event == "promoted")).one()
        # Four working days from Monday, 9 July.
        assert "13 lipca 2018 r." in letter.text.replace("\xa0", " ")
        assert (letter.recipient, letter.state) == ("osoba2@example.org", MessageState.DUE)
        declarations = session.exec(select(IssuedDocument.subject).where(IssuedDocument.kind == "declaration")).all()
        assert application.number in declarations
        event = session.exec(select(Event).where(Event.kind == Happened.RESERVE_PROMOTED)).one()
        assert (event.subject, event.facts["instead_of"]) == (f"application/{application.id}", f"{CALL}/0004")
        versions = session.exec(select(IssuedDocument.version).where(IssuedDocument.kind == "public_list")).all()
        assert sorted(versions) == [1, 2]


def test_several_vacancies_are_filled_in_the_order_in_which_they_came_free(staged: Staged) -> None:
    office, _ = staged(announced_seven)
    decline(office, f"{CALL}/0006")
    go_to(office, "2018-07-09T11:00")
    decline(office, f"{CALL}/0002")
    with office.reading(WORKER) as session:
        foreseen = {line.number[-4:]: [one[-4:] for one in line.next_for] for line in reserve_lines(session, CALL)}
    made = promote_call(office, CALL, actor=WORKER).made
    assert [(one.vacancy[-4:], one.number[-4:]) for one in made] == [("0006", "0005"), ("0002", "0001")]
    assert foreseen == {"0001": ["0002"], "0003": [], "0005": ["0006"]}


def test_a_promoted_person_who_declines_is_followed_by_the_next(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_seven)
    decline(office, f"{CALL}/0002")
    for number, following in (("0001", "0003"), ("0003", "0005")):
        (one,) = promote_call(office, CALL, actor=WORKER).made
        assert one.number[-4:] == number
        decline(office, one.number)
        with office.reading(WORKER) as session:
            (waiting, *_) = [line for line in waiting_for_whom(session, now=office.now()) if "miejsca" in line.what]
        assert (waiting.who, waiting.reference) == ("pracownik", CALL), following
    (last,) = promote_call(office, CALL, actor=WORKER).made
    decline(office, last.number)
    assert promote_call(office, CALL, actor=WORKER).made == ()
    with office.reading(WORKER) as session:
        (waiting,) = [line for line in waiting_for_whom(session, now=office.now()) if "miejsca" in line.what]
    assert (waiting.who, waiting.what) == ("Komisja", "wolne miejsca w grupie: 1; lista rezerwowa wyczerpana")


def test_the_offer_to_the_promoted_lapses_by_its_own_letter(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_seven)
    for number in ("0004", "0006"):
        confirm(office, f"{CALL}/{number}")
    decline(office, f"{CALL}/0002")
    promote_call(office, CALL, actor=WORKER)
    with office.reading(WORKER) as session:
        late = go_to(office, "2018-07-20T08:00")
        assert expired_offers(session, now=late) == [], "the letter has not left, so no period runs"
    people.deliver_all(office, "2018-07-20T09:00")
    with office.reading(WORKER) as session:
        promoted = membership_of(session, f"{CALL}/0001")
        assert expired_offers(session, now=people.moment("2018-07-26T23:59")) == []
        assert expired_offers(session, now=people.moment("2018-07-27T00:01")) == [promoted.id]


def test_the_reserve_letter_that_has_not_left_is_taken_back(sqlite_office: Office) -> None:
    office = sqlite_office
    people.announced_call(office, 3, seats=1, reserve_seats=1)
    (holder,) = seats(office)
    decline(office, f"{CALL}/{holder}")
    (one,) = promote_call(office, CALL, actor=WORKER).made
    with office.reading(WORKER) as session:
        about = f"application/{find_application(session, one.number).id}"
        letters = session.exec(select(Message).where(Message.subject_ref == about).order_by(col(Message.id))).all()
        assert [(row.event, row.state) for row in letters][-2:] == [
            ("reserve", MessageState.WITHDRAWN),
            ("promoted", MessageState.DUE),
        ]


def test_a_seat_that_the_commission_gave_away_itself_is_not_offered_again(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_seven)
    decline(office, f"{CALL}/0004")
    with office.writing(KINGA) as session:
        decide(
            session,
            f"{CALL}/0001",
            outcome=DecisionOutcome.ACCEPTED,
            reason_code="zwolnione_miejsce",
            note=None,
            actor=KINGA,
            now=office.now(),
        )
    with pytest.raises(NotYet, match="nie ogłoszono"):
        promote_call(office, CALL, actor=WORKER)
    announce(office, CALL, actor=RITA)
    assert promote_call(office, CALL, actor=WORKER).made == ()
    # The next seat that comes free is the one that counts, not the one that was filled by hand.
    decline(office, f"{CALL}/0006")
    assert [(one.vacancy[-4:], one.number[-4:]) for one in promote_call(office, CALL, actor=WORKER).made] == [
        ("0006", "0005")
    ]


def test_a_seat_beyond_the_number_leaves_no_vacancy(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_seven)
    with office.writing(KINGA) as session:
        decide(
            session,
            f"{CALL}/0007",
            outcome=DecisionOutcome.ACCEPTED,
            reason_code="sklad_grupy",
            note=None,
            beyond_seats="Zgoda instytucji.",
            actor=KINGA,
            now=office.now(),
        )
    announce(office, CALL, actor=RITA)
    decline(office, f"{CALL}/0007")
    assert promote_call(office, CALL, actor=WORKER).made == ()


def test_a_vacancy_cannot_have_two_successors(staged: Staged) -> None:
    """What two runs at once would come to without the lock: the database refuses the second."""
    office, _ = staged(announced_seven)
    decline(office, f"{CALL}/0002")
    promote_call(office, CALL, actor=WORKER)
    with pytest.raises(IntegrityError), office.writing(WORKER) as session:
        (row,) = promotions(session)
        session.add(Promotion(**row.model_dump(exclude={"id"})))


def test_a_run_that_dies_leaves_nothing_and_the_next_one_does_it_all(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _ = staged(announced_seven)
    decline(office, f"{CALL}/0002")
    before = seats(office)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(steps, "issue_lists", die)
        with pytest.raises(KeyboardInterrupt):
            promote_call(office, CALL, actor=WORKER)
    assert seats(office) == before
    with office.reading(WORKER) as session:
        assert promotions(session) == []
        assert session.exec(select(Message).where(Message.event == "promoted")).all() == []
    assert len(promote_call(office, CALL, actor=WORKER).made) == 1


def test_only_who_still_waits_is_offered_a_seat(sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a choice from before the lock would come to when the application has left the reserve meanwhile."""
    office, _ = sqlite_staged(announced_seven)
    decline(office, f"{CALL}/0002")

    def stale(body: str) -> Choice:
        choice = choose(body)
        assert isinstance(choice, Choice)
        return replace(choice, number=f"{CALL}/0007")

    monkeypatch.setattr(steps, "choose", stale)
    with pytest.raises(NotYet, match="nie czeka już na liście rezerwowej"):
        promote_call(office, CALL, actor=WORKER)
    assert "0007" not in seats(office)


def test_a_list_that_nobody_decided_on_moves_nobody(staged: Staged) -> None:
    """A newer ranking with the places the other way round waits for the commission."""
    office, _ = staged(announced_seven)
    with office.writing(WORKER) as session:
        first = session.exec(select(Ranking)).one()
        turned = {"version": 2, "places": first.places[::-1]}
        session.add(Ranking(**first.model_dump(exclude={"id"}) | turned))
    with office.reading(WORKER) as session:
        lines = reserve_lines(session, CALL)
        assert [(line.position, line.number[-4:]) for line in lines] == [(1, "0001"), (2, "0003"), (3, "0005")]
    decline(office, f"{CALL}/0002")
    assert [one.number for one in promote_call(office, CALL, actor=WORKER).made] == [f"{CALL}/0001"]
    with office.reading(WORKER) as session:
        (row,) = promotions(session)
        decision = session.get_one(Decision, row.decision_id)
        assert (row.ranking_id, decision.ranking_id) == (first.id, first.id)
        page = published(office, session)
        waiting = ("0003", "0005")
        order = [place["number"] for place in first.places if place["number"][-4:] in waiting]
        listed = [find_application(session, number).public_number for number in order]
        assert sorted(listed, key=page.index) == listed
        main = [place["number"] for place in first.places if place["number"][-4:] not in (*waiting, "0007")]
        listed = [find_application(session, number).public_number for number in main]
        assert sorted(listed, key=page.index) == listed


def published(office: Office, session: Session) -> str:
    """The newest public list as the web page."""
    row = newest(session, "public_page", CALL)
    assert row is not None
    return content_of(office, session, row).decode()


def test_a_trial_keeps_nothing(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_seven)
    decline(office, f"{CALL}/0002")
    assert [one.number for one in promote_call(office.on_trial(), CALL, actor=RITA).made] == [f"{CALL}/0001"]
    assert "0001" not in seats(office)


def test_who_may_offer_a_free_seat(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_seven)
    for actor in (KINGA, people.FILIP, people.ADAM):
        with pytest.raises(NotAllowed):
            promote_call(office, CALL, actor=actor)
    with pytest.raises(Exception, match="Nie ma naboru"):
        promote_call(office, CALL, actor=STRANGER)


# Firm requirements


def firmly(office: Office, *composition: Constraint) -> None:
    """The group of PGR from now on has to be made of this."""
    kinds = people.definition().group_kinds
    changes = {"seats": 3, "reserve_seats": 3, "composition": composition}
    kinds = tuple(kind.model_copy(update=changes) if kind.code == "PGR" else kind for kind in kinds)
    redefined(office, group_kinds=kinds)


def needs(sector: str) -> SectorSeats:
    return SectorSeats(kind="sector", sector=sector, minimum=1, firm=True)


def test_of_two_vacancies_the_last_free_seat_is_kept_for_the_sector_that_must_be_there(staged: Staged) -> None:
    office, _ = staged(announced_seven)
    firmly(office, needs(SECTORS[1]))
    decline(office, f"{CALL}/0002")
    go_to(office, "2018-07-09T11:00")
    decline(office, f"{CALL}/0004")
    with office.reading(WORKER) as session:
        foreseen = {line.number[-4:]: [one[-4:] for one in line.next_for] for line in reserve_lines(session, CALL)}
    found = promote_call(office, CALL, actor=WORKER)
    assert [(one.vacancy[-4:], one.number[-4:]) for one in found.made] == [("0002", "0001")]
    assert foreseen == {"0001": ["0002"], "0003": [], "0005": []}
    (kept,) = found.kept
    label = labels_of(people.definition()).sector(SECTORS[1])
    assert (kept.vacancy[-4:], kept.sentence) == (
        "0004",
        "Miejsce pozostaje wolne. Pozycje 1, 2 listy rezerwowej: nie do pogodzenia z wymaganiem bezwzględnym "
        f"(obszar „{label}”: co najmniej 1).",
    )
    assert promote_call(office, CALL, actor=WORKER) == Promotions((), (kept,)), "and it stays free"
    assert left_to(office) == ([], []), "there is nothing that a run or an officer could offer"
    with office.reading(WORKER) as session:
        (waiting,) = [line for line in waiting_for_whom(session, now=office.now()) if "wolne miejsca" in line.what]
    assert waiting.who == "Komisja"
    assert waiting.what.startswith("wolne miejsca w grupie: 1; nikt z listy rezerwowej nie może ich zająć")
    # As soon as the requirement is another one, the seat is offered.
    firmly(office)
    assert [one.number[-4:] for one in promote_call(office, CALL, actor=WORKER).made] == ["0003"]


def test_a_seat_that_was_never_given_is_one_of_those_that_may_stay_free(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_seven)
    decline(office, f"{CALL}/0002")
    kinds = people.definition().group_kinds
    changes = {"seats": 4, "composition": (needs(SECTORS[1]),)}
    redefined(office, group_kinds=tuple(kind.model_copy(update=changes) for kind in kinds))
    found = promote_call(office, CALL, actor=WORKER)
    assert ([one.number[-4:] for one in found.made], found.kept) == (["0001"], ())


def test_who_must_be_there_is_offered_the_seat_before_the_others(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_seven)
    firmly(office, needs(SECTORS[5]))
    decline(office, f"{CALL}/0006")
    go_to(office, "2018-07-09T11:00")
    decline(office, f"{CALL}/0002")
    found = promote_call(office, CALL, actor=WORKER)
    assert [(one.vacancy[-4:], one.number[-4:]) for one in found.made] == [("0006", "0005"), ("0002", "0001")]


def test_a_vacancy_that_cannot_be_filled_stops_none_after_it(
    sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _ = sqlite_staged(announced_seven)
    decline(office, f"{CALL}/0006")
    go_to(office, "2018-07-09T11:00")
    decline(office, f"{CALL}/0002")
    chosen = [None, choose]

    def nobody_at_first(body: str) -> object:
        choosing = chosen.pop(0)
        return choosing(body) if choosing else None

    monkeypatch.setattr(steps, "choose", nobody_at_first)
    assert [one.vacancy[-4:] for one in promote_call(office, CALL, actor=WORKER).made] == ["0002"]


# By itself or on an officer's word


def left_to(office: Office) -> tuple[list[str], list[str]]:
    with office.reading(WORKER) as session:
        now = office.now()
        return calls_to_promote(session, now=now), calls_for_officers(session, now=now)


def test_the_project_says_whether_the_program_offers_by_itself(staged: Staged) -> None:
    office, _ = staged(announced_seven)
    assert left_to(office) == ([], [])
    decline(office, f"{CALL}/0002")
    assert left_to(office) == ([CALL], [])
    redefined(office, promotion=ReservePromotion(automatic=False))
    assert left_to(office) == ([], [CALL])
    with office.reading(WORKER) as session:
        (waiting,) = [line for line in waiting_for_whom(session, now=office.now()) if "miejsca" in line.what]
    assert waiting.what == "zwolnione miejsca: 1; trzeba je zaproponować (nabor call promote)"
    assert (waiting.since, waiting.who) == (date(2018, 7, 9), "pracownik")
    assert len(promote_call(office, CALL, actor=RITA).made) == 1


@pytest.mark.parametrize(
    ("until", "by_itself"), [(None, False), (PromotionUntil.LAST_MEETING, False), (PromotionUntil.ALWAYS, True)]
)
def test_after_the_first_meeting_an_officer_offers_the_seat(
    sqlite_staged: Staged, until: PromotionUntil | None, by_itself: bool
) -> None:
    office, _ = sqlite_staged(announced_seven)
    if until is not None:
        redefined(office, promotion=ReservePromotion(until=until))
    confirm(office, f"{CALL}/0002")
    go_to(office, "2018-09-22T09:00")
    give_up(office, f"{CALL}/0002")
    assert left_to(office) == (([CALL], []) if by_itself else ([], [CALL]))
