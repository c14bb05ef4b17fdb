"""Lists of sessions after something else was said: corrections stand, reasons stay with whom they were given for."""

import threading
from datetime import date, time

import people
import pytest
from conftest import Staged
from people import RITA, WORKER, go_to
from session_lists import FROM, TO, asks, bound, by_hand, entered, everybody, held, on_record, printed, shown
from sheet_filling import Hand, changed, filled
from sqlmodel import select
from supporting import attend, plan, read, social_workers, write

from flows.adapters.office import Office
from flows.steps.support_files import keep_list_scans
from flows.steps.support_lists import listed_in
from flows.steps.support_presence import attend_session
from flows.steps.support_sessions import find_session
from flows.steps.support_time import lock_people
from flows.steps.withdrawal import withdraw
from forms.attendance_sheet import read_support_list
from models.errors import BadInput
from models.tables import SupportAttendance

MENDED = "Wpis poprawiono po wczytaniu tej listy"
CONSENT = "Zgoda kierowniczki."


def limited(office: Office, hours: int) -> None:
    """Coaching in a group for so many hours."""
    kinds = people.definition().support
    people.redefined(office, support=(kinds[0], kinds[1].model_copy(update={"limit_hours": hours}), *kinds[2:]))


def plain(remarks: tuple[str, ...] | list[str]) -> list[str]:
    return [one.replace("\u00a0", " ") for one in remarks]


def versions(office: Office) -> int:
    return len(read(office, lambda s: s.exec(select(SupportAttendance)).all(), WORKER))


def files(office: Office, session_id: int) -> list[int | None]:
    return read(office, lambda s: [one.file_id for one in listed_in(s, find_session(s, session_id))], WORKER)


def test_the_same_list_does_not_undo_what_was_put_right_since(staged: Staged) -> None:
    office, made, blank, (first, second, third) = held(staged)
    content = by_hand(blank, made, {first: Hand(tick=True), second: Hand(tick=True), third: Hand(hours="usp. sąd")})
    entered(office, content, {second: "1 h"})
    attend(office, made, {first: "9:00-10:30"})
    attend(office, made, {third: "usp. pogrzeb"})
    stands = [(90, None), (60, None), (0, "pogrzeb")]
    assert on_record(office, made) == stands
    told = asks(office, content)
    assert {number: MENDED in sentence for number, sentence in told.items()} == dict.fromkeys(
        (first, second, third), True
    )
    with pytest.raises(BadInput, match="Wiersze bez odpowiedzi: 3"):
        entered(office, content)
    done = entered(office, content, {first: "9:00-10:30", second: "1 h"}, partial=True)
    assert (done.changed, done.left, on_record(office, made)) == (1, 1, stands), "an entry that is typed gains the file"
    # Who answers that the list is right is believed.
    entered(office, content, {first: "cała sesja", second: "1 h", third: "usp. sąd"})
    assert on_record(office, made) == [(120, None), (60, None), (0, "sąd")]


@pytest.mark.slow
def test_another_list_says_that_it_changes_a_reason(sqlite_staged: Staged) -> None:
    office, made, blank, (first, second, third) = held(sqlite_staged)
    attend(office, made, {first: "usp. sąd", second: "nieob.", third: "usp. pogrzeb"})
    content = by_hand(
        blank, made, {first: Hand(hours="usp. choroba"), second: Hand(hours="usp. choroba"), third: Hand(hours="usp.")}
    )
    told = shown(office, content, excuse="Wspólny.")
    assert [one.asks for one in told.lines] == ["", "", ""]
    assert told.remarks == (
        f"Zgłoszenie {first}: wpisano już inny powód; lista to zmieni.",
        f"Zgłoszenie {second}: wpisano już to bez powodu; lista to zmieni.",
        "Powodu z --reason nie zapisano: nikt nie jest usprawiedliwiony bez własnego powodu.",
    )
    entered(office, content, excuse="Wspólny.")
    assert on_record(office, made) == [(0, "choroba"), (0, "choroba"), (0, "pogrzeb")], "a known reason is one's own"


@pytest.mark.slow
def test_an_excuse_does_not_lift_the_limit_nor_the_limit_an_excuse(sqlite_staged: Staged) -> None:
    office, made, blank, (first, second, third) = held(sqlite_staged)
    limited(office, 1)
    words = {first: "usp.", second: "1 h"}
    with pytest.raises(BadInput, match=f"(?s){third}: limit wsparcia.*--over-limit") as refused:
        attend(office, made, words, all_full=True, reason="Choroba.")
    assert first not in str(refused.value)
    with pytest.raises(BadInput, match=f"{first}: usprawiedliwienie wymaga powodu") as refused:
        attend(office, made, words, all_full=True, over_limit=CONSENT)
    assert third not in str(refused.value)
    content = by_hand(blank, made, {first: Hand(hours="usp."), second: Hand(hours="1 h"), third: Hand(tick=True)})
    assert set(asks(office, content, excuse="Choroba.")) == {third}
    assert set(asks(office, content, over_limit=CONSENT)) == {first}
    beyond = [f"Zgłoszenie {third}: z tą sesją o 1 godz. ponad limit wsparcia „coaching grupowy”."]
    given = {"excuse": "Choroba.", "over_limit": CONSENT}
    assert plain(shown(office, content, **given).remarks) == beyond
    done, remarks = attend(office, made, words, all_full=True, reason="Choroba.", over_limit=CONSENT)
    assert (done, plain(remarks)) == (3, beyond)
    assert on_record(office, made) == [(0, "Choroba."), (60, None), (120, CONSENT)]
    _, remarks = attend(office, made, {second: "30 min"}, over_limit=CONSENT)
    assert remarks == ["Powodu z --over-limit nie zapisano: nikt nie przekracza limitu godzin."]
    # What the list says is on record: now it comes from the list, with the reasons that were given.
    assert entered(office, content, {second: "30 min"}).changed == 3
    assert on_record(office, made) == [(0, "Choroba."), (30, None), (120, CONSENT)]


@pytest.mark.slow
def test_a_list_after_presence_was_typed_leaves_its_link(sqlite_staged: Staged) -> None:
    office, made, blank, registered = held(sqlite_staged)
    attend(office, made, {registered[2]: "usp. pogrzeb"}, all_full=True)
    hands = {**everybody(registered), registered[2]: Hand(hours="nieob.")}
    content = by_hand(blank, made, hands)
    assert shown(office, content).remarks == (), "nothing that is known changes"
    done = entered(office, content)
    assert (done.entered, done.changed, files(office, made)) == (3, 3, [done.file_id] * 3)
    assert on_record(office, made) == [(120, None), (120, None), (0, "pogrzeb")]
    known = versions(office)
    assert entered(office, content).changed == 0
    [scan] = keep_list_scans(office, made, [("l.jpg", b"\xff\xd8\xff")], actor=RITA)
    told = write(
        office, lambda s: attend_session(s, made, {}, all_full=True, scan=scan.id, actor=RITA, now=office.now())
    )
    assert (told.changed, told.unchanged) == (1, 2), "the absent one was said to be there; the others have their link"
    assert versions(office) == known + 1


@pytest.mark.slow
def test_a_signature_of_who_had_no_support_any_more_is_asked_about(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(social_workers)
    first, second, third = registered
    later = date(2018, 10, 25)
    made = plan(office, registered, FROM, TO, on=later)
    blank = printed(office, made)
    for gone in (second, third):
        write(office, lambda s, n=gone: withdraw(s, n, actor=RITA, now=office.now()))
    go_to(office, "2018-10-26T09:00")
    hands = {first: Hand(tick=True), second: Hand(signature="podpis"), third: Hand(crossed_hours="9-11")}
    told = shown(office, filled(blank, hands, bound_to=bound(made, later)))
    assert [line.number for line in told.lines] == [first, second, third]
    assert {line.number for line in told.asked} == {second, third}
    assert not [remark for remark in told.remarks if "pusty wiersz" in remark]


@pytest.mark.slow
def test_who_leads_by_any_version_of_the_project_is_not_who_led(sqlite_staged: Staged) -> None:
    office, made, blank, registered = held(sqlite_staged)
    kinds = people.definition().support
    led = "Pracownia Próbna S.A."
    for who in (led, "Ktoś Nowy"):
        people.redefined(office, support=(kinds[0], kinds[1].model_copy(update={"led_by": who}), *kinds[2:]))
        if who == led:
            blank = printed(office, made)
    content = by_hand(blank, made, everybody(registered))
    assert read_support_list(content).coach == led
    assert shown(office, content).remarks == ()
    entered(office, content)
    assert read(office, lambda s: find_session(s, made).coach) == ""
    by_a_hand = changed(content, led, "..... Jan W. ____")
    assert read_support_list(by_a_hand).coach == "Jan W."
    long = read_support_list(content).model_copy(update={"coach": "x" * 201})
    (remark,) = shown(office, content, reading=long).remarks
    assert "nie zapisano: może to być jeden wiersz, najwyżej 200 znaków" in remark
    entered(office, content, reading=long)
    assert read(office, lambda s: find_session(s, made).coach) == ""


@pytest.mark.slow
def test_doubts_of_a_session_speak_of_a_session_and_nobody_is_named_twice(sqlite_staged: Staged) -> None:
    office, made, blank, (first, second, third) = held(sqlite_staged)
    told = asks(
        office, by_hand(blank, made, {first: Hand(hours="8-10"), second: Hand(hours="5 h"), third: Hand(hours="1")})
    )
    assert "wykraczają poza tę sesję" in told[first]
    assert "trwała ta sesja (120 min)" in told[second]
    assert "„1 h” albo „cała sesja”" in told[third]
    with pytest.raises(BadInput, match=f"Zgłoszenie {first} podano dwa razy"):
        plan(office, [first, second, first], time(12), time(13))
    with pytest.raises(BadInput, match=f"Zgłoszenie {first} podano dwa razy"):
        attend(office, made, {first: "nieob.", "0001": "1 h"})


@pytest.mark.slow
def test_a_session_is_replaced_while_its_presence_is_entered(postgres_staged: Staged) -> None:
    """Both lock the session before the people: one waits for the other, and neither is turned away."""
    office, registered = postgres_staged(social_workers)
    made = plan(office, registered, FROM, TO)
    found: list[int | Exception] = []

    def replace_it() -> None:
        try:
            found.append(plan(office, registered, FROM, TO, instead_of=made))
        except Exception as fault:  # noqa: BLE001  (told to the test)
            found.append(fault)

    other = threading.Thread(target=replace_it)
    with office.writing(RITA) as session:
        row = find_session(session, made)
        session.refresh(row, with_for_update=True)
        other.start()
        other.join(timeout=1)
        assert other.is_alive(), "it waits for the session"
        lock_people(session, [one.membership.person_id for one in listed_in(session, row)])
    other.join(timeout=30)
    assert found == [made + 1]
