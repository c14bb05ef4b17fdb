"""Nominations: an institution is invited, names a person by form, replaces them from a day on, and keeps its seat."""

from datetime import date

import pytest
from conftest import Staged
from nominating import (
    admit,
    invited,
    letters,
    name,
    open_nominations,
    said,
    seated,
)
from people import CALL, FILIP, RITA, STRANGER, WORKER, go_to, reading, send_in
from sqlalchemy import text
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps import overview
from flows.steps.institution_seats import close_seat, decline, find_seat, invite_institutions, seat_lines, sitting_lines
from flows.steps.nominations import step_in, step_out, strayed_seats
from flows.steps.nominees import end_nomination, replace_nominee
from flows.steps.seat_claims import assign_seat
from flows.steps.support import grant_support
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
from forms.reading import FieldReading
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.group_kinds import SEAT_FIELD
from models.nomination_rules import Replacement
from models.rules.facts import FactValue, FieldStatus
from models.tables import Application, Call, InstitutionSeat, Membership, Nomination
from models.tables.applications import ApplicationState
from models.tables.memberships import MembershipState
from models.tables.nominations import InstitutionSeatState, NominationCause
from models.tables.outbox import MessageState


def seats(office: Office) -> list[InstitutionSeatState]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(InstitutionSeat.state).order_by(col(InstitutionSeat.id))).all())


def state(office: Office, number: str) -> ApplicationState:
    with office.reading(WORKER) as session:
        return session.exec(select(Application.state).where(Application.number == number)).one()


def membership(office: Office, number: str) -> MembershipState | None:
    with office.reading(WORKER) as session:
        return session.exec(
            select(Membership.state)
            .join(Application, col(Application.id) == Membership.application_id)
            .where(Application.number == number)
            .order_by(col(Membership.id).desc())
        ).first()


def sat(office: Office, day: str) -> dict[str, str]:
    """Who sat for whom on a day."""
    with office.reading(RITA) as session:
        lines = seat_lines(session, CALL, on=date.fromisoformat(day))
    return {line.institution: line.number for line in lines if line.number}


def test_an_invited_institution_gets_one_letter_with_the_form(staged: Staged) -> None:
    office, done = staged(invited)
    assert (done.invited, done.before, done.answer_by) == (("I1", "I2", "I3"), (), date(2018, 6, 18))
    again = invite_institutions(office, CALL, ("I1", "I2", "I3"), actor=RITA)
    assert (again.invited, again.before) == ((), ("I1", "I2", "I3"))
    asked = letters(office, "seat_invited")
    assert [one.recipient for one in asked] == ["szkola@example.org", "biblioteka@example.org", "osrodek@example.org"]
    assert "Na odpowiedź czekamy do: poniedziałek, 18 czerwca 2018 r." in said(asked[0])
    assert "Próbna-" not in said(asked[0])


def test_whom_an_institution_names_sits_in_its_seat(staged: Staged) -> None:
    office, (school, library) = staged(seated)
    assert [state(office, one) for one in (school, library)] == [ApplicationState.ADMITTED] * 2
    assert membership(office, school) is MembershipState.CONFIRMED
    assert seats(office) == [*[InstitutionSeatState.NAMED] * 2, InstitutionSeatState.INVITED]
    assert sat(office, "2018-06-06") == {"I1": school, "I2": library}
    assert sat(office, "2018-06-05") == {}
    (welcome, _) = letters(office, "named")
    assert "wskazała Panią instytucja „Szkoła Próbna w Kartuzach”" in said(welcome)
    (told, _) = letters(office, "seat_taken")
    assert told.recipient == "szkola@example.org"
    assert "Próbna-b" not in said(told)
    before = len(letters(office, "named"))
    assert admit(office).admitted == ()
    assert len(letters(office, "named")) == before


def test_a_second_person_waits_for_the_officer_who_says_from_which_day(staged: Staged) -> None:
    office, (school, library) = staged(seated)
    go_to(office, "2018-09-03T10:00")
    other = name(office, 3, "I1", at="2018-09-03T09:00")
    (waits,) = admit(office).held
    assert (waits.number, "nabor nomination replace" in waits.why) == (other, True)
    assert state(office, other) is ApplicationState.ELIGIBLE
    with office.writing(RITA) as session:
        replace_nominee(session, other, on=date(2018, 9, 1), reason="zmiana pracy", actor=RITA, now=office.now())
    assert (membership(office, school), membership(office, other)) == (
        MembershipState.REPLACED,
        MembershipState.CONFIRMED,
    )
    assert sat(office, "2018-08-31") == {"I1": school, "I2": library}
    assert sat(office, "2018-09-01") == {"I1": other, "I2": library}
    (farewell,) = letters(office, "nomination_ended")
    assert "wskazała inną osobę" in said(farewell)
    with office.reading(RITA) as session:
        history = [(one.number, one.since, one.until, one.reason) for one in sitting_lines(session, CALL)]
    assert history == [
        (school, date(2018, 6, 6), date(2018, 9, 1), "zmiana pracy"),
        (other, date(2018, 9, 1), None, ""),
        (library, date(2018, 6, 6), None, ""),
    ]


def test_where_no_points_are_given_nobody_is_shown_to_have_none(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    with office.reading(RITA) as session:
        assert {line.points for line in overview.numbers(session, CALL)} == {None}


def test_where_the_project_says_so_a_run_replaces(staged: Staged) -> None:
    office, _ = staged(_automatic)
    go_to(office, "2018-09-03T10:00")
    other = name(office, 3, "I1", at="2018-09-03T09:00")
    assert admit(office).admitted == (other,)
    assert sat(office, "2018-09-03") == {"I1": other}


def _automatic(office: Office) -> None:
    open_nominations(office, Replacement.AUTOMATIC)
    go_to(office, "2018-06-04T09:00")
    invite_institutions(office, CALL, ("I1",), actor=RITA)
    name(office, 1, "I1", at="2018-06-05T10:00")
    admit(office)


def test_who_leaves_leaves_the_seat_to_the_institution(staged: Staged) -> None:
    office, (school, _) = staged(seated)
    go_to(office, "2018-07-02T10:00")
    with office.writing(RITA) as session:
        withdraw(session, school, actor=RITA, now=office.now())
    assert seats(office)[0] is InstitutionSeatState.VACANT
    (asked,) = letters(office, "seat_vacant")
    assert "jest wolne od 2 lipca 2018 r." in said(asked)
    assert sat(office, "2018-07-02") == sat(office, "2018-07-03")
    other = name(office, 3, "I1", at="2018-07-04T10:00")
    go_to(office, "2018-07-05T10:00")
    assert admit(office).admitted == (other,)
    assert sat(office, "2018-07-05")["I1"] == other


def test_what_a_form_does_not_say_for_certain_an_officer_says(staged: Staged) -> None:
    office, _ = staged(invited)
    go_to(office, "2018-06-06T10:00")
    # The NIP of the school and of the centre, and a name that neither has.
    unclear = name(office, 1, "I1", at="2018-06-05T10:00", instytucja__nazwa="Szkoła Próbna")
    stranger = name(office, 2, "I2", at="2018-06-05T11:00", instytucja__nazwa="Muzeum Zmyślone")
    assert [one.number for one in admit(office).held] == [unclear, stranger]
    with office.reading(WORKER) as session:
        lines = [line.reference for line in waiting_for_whom(session, now=office.now()) if "assign" in line.what]
    assert lines == [unclear, stranger]
    with office.writing(RITA) as session:
        assign_seat(session, unclear, "I1", actor=RITA, now=office.now())
    assert admit(office).admitted == (unclear,)
    with office.writing(RITA) as session, pytest.raises(NotFound, match="nie zaproszono"):
        assign_seat(session, stranger, "I9", actor=RITA, now=office.now())


def test_the_symbol_of_the_letter_names_the_seat_unless_something_else_is_said(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited)
    with_symbol(office, 1, "i 1", **{"instytucja.nip": "5260250274"})
    with_symbol(office, 2, "I3", **{"instytucja.nazwa": "Szkoła Próbna w Kartuzach", "instytucja.nip": "5260250274"})
    with_symbol(office, 3, "I7")
    with office.reading(WORKER) as session:
        found = session.exec(select(Application.seat_id).order_by(col(Application.id))).all()
    assert list(found) == [1, None, None]


def with_symbol(office: Office, i: int, symbol: str, **changes: str) -> None:
    """A form that asks for the institution as the letter calls it."""
    told: dict[str, FactValue | FieldReading] = {"instytucja.nazwa": "Szkoła Próbna w Kartuzach", **changes}
    form = reading(i, told)
    asked = FieldReading(key=SEAT_FIELD, status=FieldStatus.READ, raw=symbol, value=symbol, certainty=100)
    send_in(office, form.model_copy(update={"fields": (*form.fields, asked)}), at=f"2018-06-05T1{i}:00")


def test_an_institution_may_decline_recall_and_be_asked_again(staged: Staged) -> None:
    office, (school, _) = staged(seated)
    now = go_to(office, "2018-07-02T10:00")
    with office.writing(RITA) as session:
        decline(session, CALL, "I3", actor=RITA, now=now)
        end_nomination(session, CALL, "I1", on=date(2018, 7, 1), reason="urlop", actor=RITA, now=now)
        with pytest.raises(NotYet, match="--close"):
            decline(session, CALL, "I2", actor=RITA, now=now)
        end_nomination(session, CALL, "I2", on=date(2018, 7, 1), reason="koniec", close=True, actor=RITA, now=now)
    assert seats(office) == [
        InstitutionSeatState.VACANT,
        InstitutionSeatState.CLOSED,
        InstitutionSeatState.DECLINED,
    ]
    assert sat(office, "2018-07-01") == {}
    assert sat(office, "2018-06-30").keys() == {"I1", "I2"}
    # Named once more by the same form.
    with office.writing(RITA) as session:
        replace_nominee(session, school, on=date(2018, 7, 2), actor=RITA, now=now)
    assert sat(office, "2018-07-02") == {"I1": school}
    assert membership(office, school) is MembershipState.CONFIRMED


def test_what_has_not_left_yet_does_not_say_that_a_seat_is_taken_which_is_free(sqlite_staged: Staged) -> None:
    office, (_, library) = sqlite_staged(seated)
    assert {one.state for one in letters(office, "seat_taken")} == {MessageState.DUE}
    now = go_to(office, "2018-06-07T10:00")
    with office.writing(RITA) as session:
        end_nomination(session, CALL, "I1", on=date(2018, 6, 7), reason="urlop", actor=RITA, now=now)
        withdraw(session, library, actor=RITA, now=now)
    assert {one.state for one in letters(office, "seat_taken")} == {MessageState.WITHDRAWN}
    assert {one.state for one in letters(office, "seat_vacant")} == {MessageState.DUE}


def test_nobody_sits_in_a_free_seat_before_the_last_one_left_it(sqlite_staged: Staged) -> None:
    office, (school, _) = sqlite_staged(seated)
    now = go_to(office, "2018-09-03T10:00")
    with office.writing(RITA) as session:
        end_nomination(session, CALL, "I1", on=date(2018, 9, 1), reason="urlop", actor=RITA, now=now)
        with pytest.raises(BadInput, match=rf"wolne od 01\.09\.2018.*{school}"):
            replace_nominee(session, school, on=date(2018, 8, 31), actor=RITA, now=now)
        replace_nominee(session, school, on=date(2018, 9, 1), actor=RITA, now=now)
        assert strayed_seats(session) == ()
        # As it could be written down before it was refused.
        again = session.exec(select(Membership).order_by(col(Membership.id).desc())).first()
        assert again is not None
        seat = session.get_one(InstitutionSeat, 1)
        step_out(session, seat, again, on=date(2018, 9, 2), cause=NominationCause.RECALLED, actor=RITA, now=now)
        step_in(session, seat, again, on=date(2018, 8, 1), actor=RITA, now=now)
        (flaw,) = strayed_seats(session)
        session.rollback()
    assert "jest w nim od 01.08.2018" in flaw


def test_who_leaves_with_the_institution_is_told_so_and_that_support_ends(sqlite_staged: Staged) -> None:
    office, (school, _) = sqlite_staged(seated)
    now = go_to(office, "2018-07-02T10:00")
    with office.writing(RITA) as session:
        grant_support(session, school, "coaching_grupowy", reason="wyjątek", actor=RITA, now=now)
        for institution in ("I1", "I2"):
            end_nomination(
                session, CALL, institution, on=date(2018, 7, 2), reason="koniec", close=True, actor=RITA, now=now
            )
    with_support, without = (said(one) for one in letters(office, "nomination_ended"))
    assert "miejsce instytucji „Szkoła Próbna w Kartuzach” w grupie" in with_support
    assert "zostało zamknięte" in with_support
    assert "kończy się też przyznane wsparcie: coaching grupowy." in with_support
    assert "zawiadomiła nas" not in with_support + without
    assert "wsparcie" not in without


@pytest.mark.parametrize(
    ("on", "words"), [("2018-06-03", "jest w grupie od 06.06.2018"), ("2018-12-31", "nie może być późniejszy niż dziś")]
)
def test_a_day_that_cannot_be_is_refused(sqlite_staged: Staged, on: str, words: str) -> None:
    office, _ = sqlite_staged(seated)
    now = go_to(office, "2018-09-03T10:00")
    with office.writing(RITA) as session, pytest.raises(BadInput, match=words):
        end_nomination(session, CALL, "I1", on=date.fromisoformat(on), reason="próba", actor=RITA, now=now)


def test_nobody_else_touches_these_seats(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    for actor, error in ((STRANGER, NotFound), (FILIP, NotAllowed)):
        with pytest.raises(error):
            invite_institutions(office, CALL, ("I1",), actor=actor)
        with office.writing(actor) as session, pytest.raises(error):
            end_nomination(session, CALL, "I1", on=date(2018, 6, 4), reason="x", actor=actor, now=office.now())


def test_the_history_only_grows(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    with office.writing(WORKER) as session:
        row = session.exec(select(Nomination)).first()
        assert row is not None
        row.on_day = date(2018, 1, 1)
        session.add(row)
        with pytest.raises(Exception, match="append-only"):
            session.flush()
        session.rollback()
    with office.writing(RITA) as session:
        call = session.exec(select(Call).where(Call.code == CALL)).one()
        close_seat(session, find_seat(session, call, "I3"), reason="Próba.", actor=RITA, now=office.now())
    assert seats(office)[2] is InstitutionSeatState.CLOSED
    with office.reading(WORKER) as session:
        assert strayed_seats(session) == ()


def test_the_audit_sees_a_seat_that_stands_otherwise_than_its_history(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    with office.writing(WORKER) as session:
        # Past the door, as only somebody with the database in their hands could.
        session.connection().execute(text("UPDATE institution_seat SET state = 'vacant' WHERE id = 1"))
    with office.reading(WORKER) as session:
        (flaw,) = strayed_seats(session)
    assert flaw.startswith("miejsce instytucji I1, ")
