"""The run of the reserve: offers lapse, seats are offered, each once; where people are to do it, it waits."""

import people
import pytest
from conftest import Staged
from people import CALL, RITA, WORKER, deliver_all, go_to, redefined
from prefect import flow
from prefect.artifacts import Artifact
from sqlmodel import select

from flows import promotion
from flows.adapters.office import Office
from flows.artifacts import publish_call
from flows.states import End
from flows.steps.composition import made_of
from flows.steps.memberships import answer_offer
from models.actor import Actor
from models.errors import NotYet
from models.project import ReservePromotion
from models.rules.composition import SectorSeats
from models.tables import Application, Incident, Membership, Message

pytestmark = [pytest.mark.usefixtures("prefect"), pytest.mark.slow]


def told_three(office: Office) -> list[str]:
    """One seat, one in reserve, one below; the letters have left, and the first one's four working days are over."""
    registered = people.announced_call(office, 3, seats=1, reserve_seats=1)
    deliver_all(office, "2018-07-06T10:00")
    go_to(office, "2018-07-13T08:20")
    return registered


@pytest.fixture
def office(sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office that flows open by the environment."""
    staged, _ = sqlite_staged(told_three)
    monkeypatch.setenv("NABOR_DATA", str(staged.settings.data))
    monkeypatch.setenv("NABOR_KEYS", str(staged.settings.keys))
    return staged


def seats(office: Office) -> dict[str, str]:
    with office.reading(WORKER) as session:
        rows = session.exec(select(Membership, Application).where(Membership.application_id == Application.id)).all()
        return {application.number[-4:]: membership.state.value for membership, application in rows}


def test_an_offer_lapses_and_the_next_is_offered_the_seat_in_one_run(office: Office) -> None:
    state = promotion.promote(return_state=True)
    assert (state.name, state.message) == (End.DONE, "Wygasłe propozycje: 1. Zaproponowane miejsca: 1.")
    assert seats(office) == {"0002": "expired", "0001": "offered"}
    state = promotion.promote(return_state=True)
    assert state.name == End.NOTHING_TO_DO
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Message).where(Message.event == "promoted")).all()) == 1


def report() -> str:
    """The call's newest report on the Prefect page."""
    found = Artifact.get("nabor-kes-pgr-2205-2018")
    return str(getattr(found, "data", ""))


def test_the_report_of_the_run_says_which_requirements_the_group_keeps_now(office: Office) -> None:
    """Before the promotion the ranking's proposal stands in it; after it, what has become of the group as well."""
    promotion.promote()
    told = report()
    _, _, made = told.partition("## Wymagania składu grupy po ogłoszeniu i zmianach miejsc")
    made, _, _ = made.partition("\n## ")
    with office.reading(WORKER) as session:
        group = made_of(session, CALL)
    assert group is not None
    assert len(group.standings) == len(people.definition().group_kind("PGR").composition) > 0
    for asked, stands in group.standings:
        assert f"| {asked} | {stands} |" in made
    assert {stands for _, stands in group.standings} > {"spełnione"}, "one seat keeps some, not all"
    assert [word for word in ("Próbna", "Zmyślona", "7781346888", people.pesel(0), "@example") if word in told] == []


def test_the_report_says_why_a_seat_stays_free(office: Office) -> None:
    kinds = people.definition().group_kinds
    firm = SectorSeats(kind="sector", sector="policja", minimum=1, firm=True)
    redefined(office, group_kinds=tuple(one.model_copy(update={"seats": 1, "composition": (firm,)}) for one in kinds))
    state = promotion.promote(return_state=True)
    assert state.message == "Wygasłe propozycje: 1. Zaproponowane miejsca: 0."
    flow(publish_call)(CALL)
    told = report()
    assert "| obszar „policja”: co najmniej 1 | niespełnione (różnica: 1) |" in told
    assert "Miejsce pozostaje wolne. Pozycja 1 listy rezerwowej: nie do pogodzenia z wymaganiem bezwzględnym" in told
    assert seats(office) == {"0002": "expired"}


def test_a_run_that_dies_between_lapse_and_offer_is_finished_by_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(promotion.steps, "promote_call", die)
        with pytest.raises(KeyboardInterrupt):
            promotion.promote()
    assert seats(office) == {"0002": "expired"}
    assert promotion.promote(return_state=True).message == "Wygasłe propozycje: 0. Zaproponowane miejsca: 1."
    assert seats(office) == {"0002": "expired", "0001": "offered"}


def test_where_the_project_leaves_it_to_people_the_run_says_so(office: Office) -> None:
    redefined(office, promotion=ReservePromotion(automatic=False))
    with office.writing(RITA) as session:
        answer_offer(session, f"{CALL}/0002", accepts=False, actor=RITA, now=office.now())
    state = promotion.promote(return_state=True)
    assert state.name == End.WAITING_FOR_OFFICER
    assert state.message == (
        f"Wygasłe propozycje: 0. Zaproponowane miejsca: 0. Na polecenie pracownika czekają nabory: {CALL}."
    )
    assert seats(office) == {"0002": "declined"}


def test_a_call_that_fails_stops_no_other_and_the_run_names_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = "KES/PGR/2213/2018"
    monkeypatch.setattr(promotion.reserve, "calls_to_promote", lambda *_, **__: [gone, CALL])
    state = promotion.promote(return_state=True)
    assert state.is_failed()
    assert state.message is not None
    assert f"Zaproponowane miejsca: 1. Nie udało się w naborach: {gone} (NotFound)." in state.message
    assert seats(office) == {"0002": "expired", "0001": "offered"}
    with office.reading(WORKER) as session:
        (incident,) = session.exec(select(Incident)).all()
    assert (incident.flow, incident.code) == ("promote", "NotFound")


def test_a_call_whose_results_are_under_way_waits_for_a_later_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision came in between what the run asked and what it did."""
    going = promotion.steps.promote_call

    def overtaken(office: Office, call: str, *, actor: Actor) -> promotion.steps.Promotions:
        if call != CALL:
            raise NotYet("Wyników jeszcze nie ogłoszono.")
        return going(office, call, actor=actor)

    other = "KES/PGR/2213/2018"
    monkeypatch.setattr(promotion.reserve, "calls_to_promote", lambda *_, **__: [other, CALL])
    monkeypatch.setattr(promotion.steps, "promote_call", overtaken)
    state = promotion.promote(return_state=True)
    assert (state.name, state.message) == (
        End.WAITING_FOR_OFFICER,
        f"Wygasłe propozycje: 1. Zaproponowane miejsca: 1. Nie teraz, bo ich wyniki są w toku: {other}.",
    )
    assert seats(office) == {"0002": "expired", "0001": "offered"}


def test_who_still_waits_when_all_meetings_are_over_is_told_so_once(office: Office) -> None:
    people.confirm(office, f"{CALL}/0002")
    go_to(office, "2018-12-31T08:20")
    state = promotion.promote(return_state=True)
    assert (state.name, state.message) == (
        End.DONE,
        "Wygasłe propozycje: 0. Zaproponowane miejsca: 0. Zawiadomienia o końcu listy rezerwowej: 1.",
    )
    assert promotion.promote(return_state=True).name == End.NOTHING_TO_DO
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Message).where(Message.event == "reserve_ended")).all()) == 1
