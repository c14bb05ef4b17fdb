"""One click instead of a calendar: signed, good until the meeting begins, and never clicked by a machine."""

from collections.abc import Callable

import people
import pytest
from conftest import Staged
from hypothesis import given, settings
from hypothesis import strategies as st
from people import ADAM, CALL, MEETING, RITA, WORKER, go_to, invited_group
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.invitation_answers import answer_invitation
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.link_answers import TokenAnswer, Tokens, answer_by_token, read_token, tokens_for
from flows.steps.meeting_changes import Wanted, cancel_meeting, move_meeting
from flows.steps.meetings import day_in
from flows.steps.rotation import rotate
from models.errors import BadInput, NotAllowed, NotYet
from models.tables import Invitation, InvitationAnswer, Message
from models.tables.meetings import AnswerRoad, InvitationState


def tokens(office: Office, number: str) -> Tokens:
    with office.reading(RITA) as session:
        return tokens_for(session, CALL, MEETING, number, actor=RITA, now=office.now())


def click(office: Office, token: str, *, confirmed: bool = True) -> TokenAnswer:
    with office.writing(WORKER) as session:
        return answer_by_token(session, token, confirmed=confirmed, actor=WORKER, now=office.now())


def state(office: Office) -> InvitationState:
    with office.reading(WORKER) as session:
        return session.exec(select(Invitation.state).order_by(col(Invitation.id))).all()[0]


def test_a_click_answers_once_however_often_it_is_made(staged: Staged) -> None:
    office, (number,) = staged(invited_group, 1)
    both = tokens(office, number)
    assert click(office, both.accepts).changed
    assert not click(office, both.accepts).changed
    assert state(office) is InvitationState.ACCEPTED
    assert click(office, both.declines).changed
    assert state(office) is InvitationState.DECLINED
    with office.reading(WORKER) as session:
        rows = session.exec(select(InvitationAnswer).order_by(col(InvitationAnswer.id))).all()
    assert [(row.road, row.partstat) for row in rows] == [
        (AnswerRoad.LINK, "ACCEPTED"),
        (AnswerRoad.LINK, "DECLINED"),
    ]


def test_a_link_that_is_only_opened_answers_nothing(sqlite_staged: Staged) -> None:
    """Scanners and previews open every link of a mail."""
    office, (number,) = sqlite_staged(invited_group, 1)
    both = tokens(office, number)
    with office.reading(WORKER) as session:
        assert read_token(session, both.declines, now=office.now()).accepts is False
    with pytest.raises(NotYet, match="potwierdzić"):
        click(office, both.declines, confirmed=False)
    assert state(office) is InvitationState.INVITED


def test_a_link_is_good_until_the_meeting_begins(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(invited_group, 1)
    both = tokens(office, number)
    go_to(office, "2018-09-22T08:59")
    assert click(office, both.accepts).changed
    go_to(office, "2018-09-22T09:00")
    with pytest.raises(NotYet, match="stracił ważność"):
        click(office, both.declines)


@pytest.mark.parametrize(
    ("wanted", "counts"),
    [(Wanted(place="Sala 2"), True), (Wanted(days=(day_in("2018-09-29T09:00-15:00"),)), False)],
)
def test_a_link_of_before_a_change_counts_only_while_the_hours_stand(
    sqlite_staged: Staged, wanted: Wanted, counts: bool
) -> None:
    office, (number,) = sqlite_staged(invited_group, 1)
    both = tokens(office, number)
    with office.writing(RITA) as session:
        move_meeting(session, CALL, MEETING, wanted, reason="x", actor=RITA, now=office.now())
    if counts:
        assert click(office, both.accepts).changed
        return
    with pytest.raises(NotYet, match="zmieniły się"):
        click(office, both.accepts)
    assert state(office) is InvitationState.INVITED


def test_a_link_to_what_was_called_off_says_so(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(invited_group, 1)
    both = tokens(office, number)
    with office.writing(RITA) as session:
        cancel_meeting(session, CALL, MEETING, reason="x", actor=RITA, now=office.now())
    with pytest.raises(NotYet, match="odwołane"):
        click(office, both.accepts)
    with pytest.raises(NotYet, match="odwołane"):
        tokens(office, number)


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token.replace(".tak.", ".nie."),
        lambda token: token[:-1] + ("0" if token[-1] != "0" else "1"),
        lambda token: "9" + token[1:],
        lambda token: token[:-5],
        lambda token: token.rpartition(".")[0] + ".",
        lambda token: "",
        lambda token: token + "0",
    ],
)
def test_a_forged_link_is_refused(sqlite_staged: Staged, forge: Callable[[str], str]) -> None:
    office, (first, _) = sqlite_staged(invited_group, 2)
    with pytest.raises(BadInput, match="nieprawidłowy"):
        click(office, forge(tokens(office, first).accepts))


def test_no_text_opens_or_breaks_anything(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)

    @settings(max_examples=50, deadline=None)
    @given(st.text(max_size=90))
    def opened(text: str) -> None:
        with office.reading(WORKER) as session, pytest.raises(BadInput):
            read_token(session, text, now=office.now())

    opened()


def test_a_link_of_before_a_rotation_of_keys_still_opens(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(invited_group, 1)
    both = tokens(office, number)
    people.add_officers(office)
    rotate(office.store, actor=ADAM, now=office.now())
    assert click(office, both.accepts).changed


def test_letters_carry_links_only_where_there_is_a_page(sqlite_staged: Staged) -> None:
    office, numbers = sqlite_staged(people.group, 2)
    now = go_to(office, "2018-09-03T09:00")
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=now):
            invite(session, meeting, answer_url="https://biuro.example.org/odpowiedz/", actor=WORKER, now=now)
    with office.reading(WORKER) as session:
        letters = session.exec(select(Message).where(Message.event == "invitation")).all()
    both = tokens(office, numbers[0])
    (mine,) = [one for one in letters if both.accepts in one.text]
    for body in (mine.text, mine.html):
        assert f"https://biuro.example.org/odpowiedz/{both.accepts}" in body
        assert f"https://biuro.example.org/odpowiedz/{both.declines}" in body


def test_without_a_page_no_letter_has_a_link(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    with office.reading(WORKER) as session:
        (message,) = session.exec(select(Message).where(Message.event == "invitation")).all()
    assert "kliknięciem" not in message.text.replace("\u00a0", " ")
    assert "http" not in message.html


def test_only_who_runs_meetings_gets_links(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(invited_group, 1)
    with pytest.raises(NotAllowed), office.reading(people.KINGA) as session:
        tokens_for(session, CALL, MEETING, number, actor=people.KINGA, now=office.now())


def test_an_officers_later_entry_stands_until_the_next_click(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(invited_group, 1)
    both = tokens(office, number)
    click(office, both.accepts)
    with office.writing(RITA) as session:
        answer_invitation(session, CALL, MEETING, number, accepts=False, actor=RITA, now=office.now())
    assert state(office) is InvitationState.DECLINED
    assert click(office, both.accepts).changed
