"""The list of a session comes back: shown first, entered whole, held to what is held to when it is typed."""

from datetime import date, time

import people
import pytest
from conftest import Staged
from people import KINGA, RITA, STRANGER, WORKER, go_to
from session_lists import FROM, TO, asks, bound, by_hand, entered, everybody, held, on_record, printed, shown
from sheet_filling import Hand, filled, with_row_again, without_row
from sqlmodel import col, select
from supporting import DAY, attend, plan, read, record, social_workers, write

from flows.steps.attendance_files import export_file
from flows.steps.coaching import Coaching
from flows.steps.people import open_data_key
from flows.steps.rotation import rotate
from flows.steps.sheet_lines import SheetEntered
from flows.steps.support_files import keep_list_scans
from flows.steps.support_lists import listed_in
from flows.steps.support_sessions import cancel_session, find_session
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
from forms.attendance_sheet import read_support_list
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.events import Happened
from models.tables import AttendanceFile, Event, SupportAttendance


def test_a_list_is_shown_then_entered_with_file_and_place(staged: Staged) -> None:
    office, made, blank, (first, second, third) = held(staged)
    hands = {first: Hand(tick=True, signature="x"), second: Hand(hours="9:30–11"), third: Hand(hours="usp. pogrzeb")}
    content = by_hand(blank, made, hands)
    told = shown(office, content)
    assert (told.session, told.kind, told.on, told.remarks) == (made, "coaching grupowy", DAY, ())
    assert [(line.number, line.minutes, line.how) for line in told.lines] == [
        (first, 120, "zaznaczono „cała sesja”"),
        (second, 90, "godziny od–do"),
        (third, 0, "nieobecność usprawiedliwiona"),
    ]
    assert on_record(office, made) == [(None, None)] * 3, "a preview stores nothing"
    done = entered(office, content)
    assert (done.entered, done.changed, done.left) == (3, 3, 0)
    assert on_record(office, made) == [(120, None), (90, None), (0, "pogrzeb")]
    with office.reading(WORKER) as session:
        file = session.exec(select(AttendanceFile)).one()
        assert (file.meeting_id, file.support_session_id, file.id) == (None, made, done.file_id)
        assert office.files.read(file.stored_as, open_data_key(session, file.data_key_id)) == content
        rows = session.exec(select(SupportAttendance).where(SupportAttendance.version == 2)).all()
        assert {row.raw for row in rows} == {"☒", "9:30–11", "usp. pogrzeb"}
        assert all(row.file_id == file.id and row.place.startswith("tabela 2, wiersz") for row in rows)
    again = entered(office, content)
    assert (again.entered, again.changed, again.file_id) == (3, 0, done.file_id)
    assert len(read(office, lambda s: s.exec(select(SupportAttendance)).all(), WORKER)) == 3 + 3
    path = export_file(office, done.file_id, office.settings.data.parent / "pliki", actor=RITA)
    assert path.read_bytes() == content


def test_what_cannot_be_read_or_may_not_be_is_asked(sqlite_staged: Staged) -> None:
    """One office for all of it: nothing of this is stored."""
    office, made, blank, (first, second, third) = held(sqlite_staged)
    binding = bound(made)
    content = by_hand(blank, made, {first: Hand(tick=True), second: Hand(hours="1:30"), third: Hand(hours="usp.")})
    assert set(asks(office, content)) == {second, third}
    assert "wymaga powodu" in asks(office, content)[third]
    assert set(asks(office, content, excuse="Choroba.")) == {second}
    with pytest.raises(BadInput, match="Wiersze bez odpowiedzi: 2"):
        entered(office, content)
    for answers, wrong in (({"0099": "nieob."}, "nie ma na sesji"), ({"0002": "kiedyś"}, "nie da się zrozumieć")):
        with pytest.raises(BadInput, match=wrong):
            shown(office, content, answers)
    with pytest.raises(BadInput, match="ani jednego wiersza"):
        entered(office, blank, partial=True)

    whole = by_hand(blank, made, everybody((first, second, third)))
    assert asks(office, whole) == {}
    twice = with_row_again(without_row(whole, second, bound_to=binding), first, bound_to=binding, name="Ktoś Inny")
    told = asks(office, twice)
    assert ("dwóch wierszach" in told[first], "Nie ma tej osoby" in told[second]) == (True, True)
    renamed = without_row(with_row_again(whole, first, bound_to=binding, name="Ktoś Inny"), first, bound_to=binding)
    assert "Nazwisko w wierszu" in asks(office, renamed)[first]
    added = with_row_again(whole, first, bound_to=binding, code="", name="Ktoś Dopisany")
    assert "Wiersz bez właściwego kodu" in asks(office, added)[""]

    for actor, error in ((KINGA, NotAllowed), (STRANGER, NotFound)):
        with pytest.raises(error):
            entered(office, whole, actor=actor)
    entered(office.on_trial(), whole)
    assert on_record(office, made) == [(None, None)] * 3
    assert read(office, lambda s: s.exec(select(AttendanceFile)).all(), WORKER) == []


def test_answers_and_what_is_left_for_later(sqlite_staged: Staged) -> None:
    office, made, blank, (first, second, third) = held(sqlite_staged)
    content = by_hand(blank, made, {first: Hand(tick=True), second: Hand(hours="?"), third: Hand(hours="usp. sąd")})
    done = entered(office, content, partial=True)
    assert (done.entered, done.left, on_record(office, made)) == (2, 1, [(120, None), (None, None), (0, "sąd")])
    done = entered(office, content, {"0002": "9:00-10:00"})
    assert (done.changed, on_record(office, made)) == (1, [(120, None), (60, None), (0, "sąd")])
    with office.reading(WORKER) as session:
        row = session.exec(select(SupportAttendance).order_by(col(SupportAttendance.id).desc())).first()
        assert row is not None
        assert (row.raw, row.place.rpartition("; ")[2]) == ("9:00-10:00", "podał pracownik")
    # The answer stands until another is given, and another list says that it would change what is known.
    assert set(asks(office, content)) == {second}
    other = by_hand(
        blank, made, {first: Hand(hours="9-10:30"), second: Hand(hours="1 h"), third: Hand(hours="usp. sąd")}
    )
    told = shown(office, other)
    assert [remark.replace("\u00a0", " ") for remark in told.remarks] == [
        f"Zgłoszenie {first}: wpisano już co innego (2 godz.); lista to zmieni."
    ]
    entered(office, other)
    assert on_record(office, made) == [(90, None), (60, None), (0, "sąd")]


@pytest.mark.slow
def test_who_led_the_session_is_taken_from_the_list_where_nobody_knew(sqlite_staged: Staged) -> None:
    office, made, blank, registered = held(sqlite_staged)
    content = by_hand(blank, made, everybody(registered))
    reading = read_support_list(content)
    assert (reading.coach, reading.place) == ("", "")
    told = reading.model_copy(update={"coach": "Jan Wymyślony", "place": "Kartuzy"})
    other = reading.model_copy(update={"coach": "Ktoś Inny"})
    for given in (reading, told, other):
        entered(office, content, reading=given)
        with office.reading(RITA) as session:
            row = find_session(session, made)
            known = ("", "") if given is reading else ("Jan Wymyślony", "Kartuzy")
            assert (row.coach, row.place) == known
        remarks = shown(office, content, reading=other).remarks
    assert remarks == ("Osoba prowadząca: na liście „Ktoś Inny”, w sesji „Jan Wymyślony”; zostaje to, co w sesji.",)
    with office.reading(WORKER) as session:
        facts = [one.facts for one in session.exec(select(Event).where(Event.kind == Happened.SUPPORT_COMPLETED))]
    assert facts == [{"fields": ["coach", "place"]}]


@pytest.mark.slow
def test_the_limit_and_other_sessions_hold_as_when_typed(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(social_workers)
    first, second, _ = registered
    kinds = people.definition().support
    short = (kinds[0], kinds[1].model_copy(update={"limit_hours": 1}), *kinds[2:])
    people.redefined(office, support=short)
    made = plan(office, [first, second], FROM, TO)
    attend(office, made, {first: "nieob."})
    record(office, first, Coaching(DAY, time(10), time(12), "w tym czasie"))
    content = by_hand(printed(office, made), made, everybody((first, second)))
    told = asks(office, content)
    assert "w tym czasie jest już wpisana sesja" in told[first]
    assert told[second].startswith("limit wsparcia „coaching grupowy”")
    assert set(asks(office, content, over_limit="Zgoda kierowniczki.")) == {first}
    entered(office, content, partial=True, over_limit="Zgoda kierowniczki.")
    assert on_record(office, made) == [(0, None), (120, "Zgoda kierowniczki.")]


def test_who_left_is_not_asked_about(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(social_workers)
    first, second, third = registered
    later = date(2018, 10, 25)
    made = plan(office, registered, FROM, TO, on=later)
    blank = printed(office, made)
    for gone in (second, third):
        write(office, lambda s, n=gone: withdraw(s, n, actor=RITA, now=office.now()))
    unheard = filled(blank, everybody((first, second)), bound_to=bound(made, later))
    with pytest.raises(NotYet, match="po tym, jak sesja się odbyła"):
        shown(office, unheard)
    go_to(office, "2018-10-26T09:00")
    told = shown(office, unheard)
    assert [(line.number, "tylko nieobecność" in line.asks) for line in told.lines] == [(first, False), (second, True)]
    assert [remark for remark in told.remarks if third in remark and "pusty wiersz pominięto" in remark]
    entered(office, unheard, {second: "nieob."})
    assert on_record(office, made) == [(120, None), (0, None), (None, None)]


def test_a_list_of_another_or_an_older_session_is_refused(sqlite_staged: Staged) -> None:
    office, made, blank, registered = held(sqlite_staged)
    content = by_hand(blank, made, everybody(registered))
    reading = read_support_list(content)
    for other, wrong in (
        ({"on": date(2018, 10, 6)}, "To nie jest lista sesji"),
        ({"printed": reading.printed.__class__(FROM, time(12))}, "9:00–12:00, a ta sesja była"),
        ({"call": "KES/PGD/2205/2018"}, "nie ma z niego nikogo"),
    ):
        with pytest.raises(BadInput, match=wrong):
            shown(office, content, reading=reading.model_copy(update=other))
    with pytest.raises(NotFound):
        shown(office, content, reading=reading.model_copy(update={"session_id": 99}))
    newer = plan(office, registered[:2], FROM, TO, instead_of=made)
    with pytest.raises(NotYet, match=f"Zastąpiła ją sesja {newer}"):
        entered(office, content)
    off = printed(office, newer)
    write(office, lambda s: cancel_session(s, newer, reason="Choroba.", actor=RITA, now=office.now()))
    with pytest.raises(NotYet, match="odwołano"):
        shown(office, off)


def test_a_reason_is_kept_of_whom_it_concerns(sqlite_staged: Staged) -> None:
    office, made, _, (first, second, third) = held(sqlite_staged)
    attend(office, made, {third: "usp."}, all_full=True, reason="Choroba dziecka.")
    assert on_record(office, made) == [(120, None), (120, None), (0, "Choroba dziecka.")]
    assert attend(office, made, {third: "usp."}) == (0, []), "its reason is known"
    assert attend(office, made, {second: "nieob."}, reason="Pomyłka w liście.") == (1, [])
    assert attend(office, made, {second: "usp. sąd"}) == (1, []), "an excuse that came later"
    assert on_record(office, made) == [(120, None), (0, "sąd"), (0, "Choroba dziecka.")]
    assert first


def test_a_picture_of_a_list_is_kept_and_typed_in(sqlite_staged: Staged) -> None:
    office, made, blank, (first, *others) = held(sqlite_staged)
    picture = b"\xff\xd8\xff signed"
    kept = keep_list_scans(office, made, [("Lista Próbnej.jpg", picture)], actor=RITA)[0].id
    assert kept is not None
    assert keep_list_scans(office, made, [("jeszcze raz.jpg", picture)], actor=RITA)[0].id == kept
    with office.reading(RITA) as session:
        [line] = [one.what for one in waiting_for_whom(session, now=office.now()) if "sesji wsparcia" in one.what]
    assert f"osób: 3; jest skan do przepisania: {kept} (nabor support attend {made})" in line
    other = plan(office, others, time(12), time(13))
    with pytest.raises(BadInput, match=f"nie dotyczy sesji {other}"):
        attend(office, other, {}, all_full=True, scan=kept)
    with pytest.raises(NotFound):
        attend(office, made, {}, all_full=True, scan=99)
    attend(office, made, {first: "nieob."}, all_full=True, scan=kept)
    files = read(office, lambda s: {one.file_id for one in listed_in(s, find_session(s, made))})
    assert files == {kept}
    with pytest.raises(BadInput, match="nabor support read"):
        keep_list_scans(office, made, [("lista.docx", blank)], actor=RITA)
    coming = plan(office, others, time(12), time(13), on=date(2018, 11, 5))
    with pytest.raises(NotYet, match="jeszcze się nie zaczęła"):
        keep_list_scans(office, coming, [("l.jpg", picture)], actor=RITA)


@pytest.mark.slow
def test_a_kept_list_is_known_again_after_the_keys_changed(sqlite_staged: Staged) -> None:
    office, made, blank, registered = held(sqlite_staged)
    content = by_hand(blank, made, everybody(registered))
    done = entered(office, content)
    rotate(office.store, actor=people.ADAM, now=office.now())
    assert entered(office, content) == SheetEntered(3, 0, 0, done.file_id)
