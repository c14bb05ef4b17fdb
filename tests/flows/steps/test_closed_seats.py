"""Seats of institutions that are closed, or whose institution works no more, or again: it is told, and asked anew."""

from datetime import date

import pytest
from conftest import Staged
from nominating import admit, letters, name, said, seated
from people import CALL, RITA, deliver_all, go_to
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.attachments import CALL_FORM
from flows.steps.institution_closing import close_institution, reopen_institution
from flows.steps.institution_seats import invite_institutions
from flows.steps.nominees import end_nomination
from flows.steps.withdrawal import withdraw
from models.actor import Actor, Role
from models.errors import NotAllowed
from models.tables import InstitutionSeat, Message, MessageAttachment
from models.tables.outbox import MessageState

REASON = "Instytucja nie bierze już udziału w projekcie."


def close(office: Office, house: str, reason: str = REASON) -> None:
    today = office.now().date()
    with office.writing(RITA) as session:
        end_nomination(session, CALL, house, on=today, reason=reason, close=True, actor=RITA, now=office.now())


def works(office: Office, house: str, *, again: bool) -> None:
    act = reopen_institution if again else close_institution
    with office.writing(RITA) as session:
        act(session, house, actor=RITA, now=office.now())


def to(office: Office, house: str, event: str) -> list[Message]:
    return [one for one in letters(office, event) if one.institution_id == int(house[1:])]


def due(office: Office, house: str) -> date:
    with office.reading(RITA) as session:
        return session.exec(
            select(InstitutionSeat.answer_due).where(InstitutionSeat.institution_id == int(house[1:]))
        ).one()


def forms(office: Office, message: Message) -> int:
    with office.reading(RITA) as session:
        rows = session.exec(select(MessageAttachment).where(MessageAttachment.message_id == message.id)).all()
        return sum(one.kind == CALL_FORM for one in rows)


def test_a_closed_seat_is_told_with_the_reason_and_the_way_back(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    go_to(office, "2018-06-08T10:00")
    close(office, "I1")
    close(office, "I3")
    (sat,), (empty,) = to(office, "I1", "seat_closed"), to(office, "I3", "seat_closed")
    for one in (sat, empty):
        assert f"Powód: {REASON}" in said(one)
        assert "Chętnie zaprosimy ją ponownie." in said(one)
        assert "Próbna-" not in said(one)
    assert ("zawiadomiliśmy osobno" in said(sat), "zawiadomiliśmy osobno" in said(empty)) == (True, False)
    # Asked anew before it left, it is not told what is not so any more; closed again, it is told again.
    invite_institutions(office, CALL, ("I1",), actor=RITA)
    assert [one.state for one in to(office, "I1", "seat_closed")] == [MessageState.WITHDRAWN]
    close(office, "I1")
    assert [one.state for one in to(office, "I1", "seat_closed")] == [MessageState.WITHDRAWN, MessageState.DUE]


@pytest.mark.slow
def test_after_the_call_nobody_is_promised_another_invitation(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    go_to(office, "2018-09-03T10:00")
    close(office, "I2")
    (told,) = to(office, "I2", "seat_closed")
    assert "Nowych instytucji do tej grupy już nie zapraszamy." in said(told)


@pytest.mark.slow
def test_who_works_again_is_asked_anew_with_the_form_and_a_day_of_its_own(sqlite_staged: Staged) -> None:
    office, (school, _) = sqlite_staged(seated)
    go_to(office, "2018-06-08T10:00")
    for house in ("I1", "I2", "I3"):
        works(office, house, again=False)
    with office.writing(RITA) as session:
        withdraw(session, school, actor=RITA, now=office.now())
    assert to(office, "I1", "seat_vacant") == []
    go_to(office, "2018-06-11T10:00")
    for house in ("I1", "I2", "I3"):
        works(office, house, again=True)
    (first, anew) = to(office, "I3", "seat_invited")
    assert (first.state, anew.state, due(office, "I3")) == (MessageState.WITHDRAWN, MessageState.DUE, date(2018, 6, 25))
    assert "Na odpowiedź czekamy do: poniedziałek, 25 czerwca 2018 r." in said(anew)
    (vacant,) = to(office, "I1", "seat_vacant")
    assert "jest wolne od 8 czerwca 2018 r." in said(vacant)
    assert [forms(office, one) for one in (anew, vacant)] == [1, 1]
    assert len(to(office, "I2", "seat_invited")) == 1, "its person sits in the seat"
    other = name(office, 3, "I3", at="2018-06-12T10:00")
    go_to(office, "2018-06-13T10:00")
    assert admit(office).admitted == (other,)


@pytest.mark.slow
def test_whose_form_is_on_the_way_is_not_asked_again(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    name(office, 3, "I3", at="2018-06-07T10:00", praca_bezposrednia="nie")
    works(office, "I3", again=False)
    works(office, "I3", again=True)
    assert len(to(office, "I3", "seat_invited")) == 1


@pytest.mark.slow
def test_a_seat_that_was_closed_meanwhile_is_told_once_the_institution_works_again(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    go_to(office, "2018-06-08T10:00")
    close(office, "I3")
    deliver_all(office, "2018-06-08T11:00")
    for house in ("I2", "I3"):
        works(office, house, again=False)
    close(office, "I2")
    assert to(office, "I2", "seat_closed") == []
    for house in ("I2", "I3"):
        works(office, house, again=True)
    (told,) = to(office, "I2", "seat_closed")
    assert "Gdy miejsce zamykano, instytucja była u nas odnotowana jako taka, która już nie działa." in said(told)
    assert len(to(office, "I3", "seat_closed")) == 1, "it was told before"
    assert to(office, "I2", "seat_vacant") == []


@pytest.mark.slow
def test_who_does_not_see_the_group_does_not_reopen_its_institution(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(seated)
    gmina = Actor("gabi", frozenset({Role.RECRUITMENT}), "2205023")
    works(office, "I1", again=False)
    close(office, "I1")
    with office.writing(gmina) as session, pytest.raises(NotAllowed, match="spoza obszaru tego konta"):
        reopen_institution(session, "I1", actor=gmina, now=office.now())


@pytest.mark.slow
def test_a_seat_of_another_area_that_was_closed_before_does_not_keep_an_institution_from_working(
    sqlite_staged: Staged,
) -> None:
    office, _ = sqlite_staged(seated)
    gmina = Actor("gabi", frozenset({Role.RECRUITMENT}), "2205023")
    go_to(office, "2018-06-08T10:00")
    close(office, "I1")
    with office.writing(gmina) as session:
        close_institution(session, "I1", actor=gmina, now=office.now())
    with office.writing(gmina) as session:
        reopen_institution(session, "I1", actor=gmina, now=office.now())
    assert len(to(office, "I1", "seat_closed")) == 1
