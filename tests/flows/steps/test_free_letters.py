"""Free letters: each person of the group once, in the officer's words, and only after consent."""

import people
import pytest
from conftest import Staged
from people import CALL, KINGA, RITA, STRANGER, deliver_all, reading, send_in
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.free_letters import WrittenLetter, letters_of, write_letter
from flows.steps.many_messages import RELEASED_TOGETHER, act_on, chosen
from flows.steps.outbox import release
from models.errors import BadInput, NotAllowed, NotFound
from models.tables import FreeLetter, Message
from models.tables.outbox import Audience, MessageState

WORDS = "spotkanie odbędzie się w **innej sali**:\n\n- wejście od podwórza,\n- II piętro."


def write(
    office: Office,
    audience: Audience = Audience.CANDIDATES,
    *,
    subject: str = "Zmiana sali",
    content: str = WORDS,
    only: tuple[str, ...] = (),
    again: bool = False,
) -> WrittenLetter:
    with office.writing(RITA) as session:
        return write_letter(
            session,
            CALL,
            audience,
            subject=subject,
            content=content,
            only=only,
            again=again,
            actor=RITA,
            now=office.now(),
        )


def drafts(office: Office) -> list[Message]:
    with office.reading(RITA) as session:
        return list(session.exec(select(Message).where(Message.event == "free_letter")).all())


def let_go(office: Office, letter: WrittenLetter) -> None:
    with office.writing(RITA) as session:
        ids = chosen(session, [], all_in=RELEASED_TOGETHER, about=f"freeletter/{letter.letter_id}", actor=RITA)
        act_on(session, ids, release, actor=RITA, now=office.now())


def test_each_person_of_the_group_gets_one_after_consent(staged: Staged) -> None:
    office, registered = staged(people.group, 3)
    deliver_all(office, "2018-07-09T11:00")
    letter = write(office, Audience.MEMBERS)
    assert letter.numbers == tuple(registered)
    assert deliver_all(office, "2018-07-09T12:00").mails == [], "nothing leaves without consent"
    let_go(office, letter)
    sent = deliver_all(office, "2018-07-09T13:00").mails
    assert sorted(recipient for _, recipient, _ in sent) == [f"osoba{i}@example.org" for i in range(3)]
    assert deliver_all(office, "2018-07-09T14:00").mails == []


def test_the_words_are_formatted_and_the_frame_is_the_houses(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.group, 1)
    write(office, Audience.MEMBERS)
    (draft,) = drafts(office)
    assert draft.subject.startswith("Zmiana sali")
    assert "<strong>innej sali</strong>" in draft.html
    assert "– wejście od podwórza," in draft.text
    assert "**" not in draft.text
    assert "Szanowna Pani" in draft.text
    assert "inspektora ochrony danych" in draft.text.replace("\xa0", " ")


def test_html_in_the_words_is_only_letters(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.group, 1)
    write(office, Audience.MEMBERS, content="Wzór: <script>alert(1)</script> i {{ office }}")
    (draft,) = drafts(office)
    assert "<script>" not in draft.html
    assert "<script>alert(1)</script> i {{ office }}" in draft.text.replace("\xa0", " ")


def test_two_applications_of_one_person_bring_one_letter(staged: Staged) -> None:
    def twice(office: Office) -> None:
        people.open_kes_call(office)
        send_in(office, reading(0))
        send_in(office, reading(1), at="2018-06-05T11:00")
        send_in(office, reading(0, {"telefon": "600 100 201"}), at="2018-06-05T12:00")
        people.go_to(office, "2018-06-06T12:00")

    office, _ = staged(twice)
    assert len(people.numbers(office)) == 3
    assert len(write(office).numbers) == 2
    assert len({one.person_id for one in drafts(office)}) == len(drafts(office)) == 2


def test_audiences_are_those_that_were_told_so(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_of_each)
    found = {audience: len(write(office, audience, subject=audience).numbers) for audience in Audience}
    assert found[Audience.CANDIDATES] == 4
    assert (found[Audience.OFFERED], found[Audience.MEMBERS]) == (1, 1)
    assert (found[Audience.RESERVE], found[Audience.REJECTED]) == (1, 1)


def announced_of_each(office: Office) -> None:
    """Two seats and one place in reserve for four; one of the accepted has confirmed."""
    people.announced_call(office, 4, seats=2)
    with office.reading(RITA) as session:
        accepted = session.exec(select(Message.subject_ref).where(Message.event == "accepted")).first()
        assert accepted is not None
        number = people.number_of(session, accepted)
    people.confirm(office, number)


def test_the_same_words_to_the_same_people_are_asked_about_first(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(people.group, 2)
    write(office, Audience.MEMBERS, only=(registered[0],))
    write(office, Audience.MEMBERS, only=(registered[1],))
    with pytest.raises(BadInput, match="--again"):
        write(office, Audience.MEMBERS)
    assert len(write(office, Audience.MEMBERS, again=True).numbers) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": " "},
        {"subject": "PESEL 02611200017"},
        {"subject": "Temat\x07"},
        {"content": " \n "},
        {"content": "x" * 20_001},
        {"content": "dzwonek\x07"},
        {"only": ("KES/PGR/2205/2018/0002",)},
    ],
)
def test_what_makes_no_letter_is_refused_and_nothing_is_written(sqlite_staged: Staged, wrong: dict[str, str]) -> None:
    office, _ = sqlite_staged(people.announced_call, 1)
    with pytest.raises((BadInput, NotFound)):
        write(office, Audience.OFFERED, **wrong)  # type: ignore[arg-type]
    with office.reading(RITA) as session:
        assert session.exec(select(FreeLetter)).all() == []
    assert drafts(office) == []


def test_a_group_of_nobody_gets_no_letter(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.announced_call, 1)
    with pytest.raises(BadInput, match="nikogo nie ma"):
        write(office, Audience.REJECTED)


@pytest.mark.parametrize(("actor", "error"), [(STRANGER, NotFound), (KINGA, NotAllowed)])
def test_only_who_may_write_to_them_does(sqlite_staged: Staged, actor: people.Actor, error: type[Exception]) -> None:
    office, _ = sqlite_staged(people.announced_call, 1)
    with pytest.raises(error), office.writing(actor) as session:
        write_letter(session, CALL, Audience.OFFERED, subject="Temat", content=WORDS, actor=actor, now=office.now())


def test_the_list_of_letters_says_where_their_messages_stand(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.group, 2)
    letter = write(office, Audience.MEMBERS)
    with office.reading(RITA) as session:
        ((row, counts),) = letters_of(session, CALL)
    assert (row.id, counts) == (letter.letter_id, {MessageState.DRAFT: 2})
