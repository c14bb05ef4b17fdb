"""Announcement: lists, protocol, letters with reasons and offered seats, once."""

import io

import people
import pytest
from conftest import Staged
from docx import Document
from people import CALL, KINGA, RITA, WORKER, go_to, moment
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.announcement import AnnouncementCounts, announce
from flows.steps.applications import find_application
from flows.steps.calls import find_call
from flows.steps.decisions import decide
from flows.steps.documents import content_of, newest
from flows.steps.memberships import membership_of
from flows.steps.reminders import due_occasions, remind
from models.errors import NotAllowed, NotFound, NotYet
from models.tables import Decision, IssuedDocument, Meeting, MeetingDay, Membership, Message
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import MembershipState


def decided_four(office: Office) -> list[str]:
    """Two seats, one in reserve: two accepted, one in reserve, one rejected."""
    registered = people.ranked_call(office, 4, seats=2)
    people.adopted(office)
    go_to(office, "2018-07-06T09:00")
    return registered


def text_of(office: Office, kind: str) -> str:
    with office.reading(WORKER) as session:
        row = newest(session, kind, CALL)
        assert row is not None
        document = Document(io.BytesIO(content_of(office, session, row)))
    cells = (cell.text for table in document.tables for line in table.rows for cell in line.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def rows_of(office: Office, caption: str) -> dict[str, str]:
    """A table of the protocol, by its first column: what the last one says."""
    with office.reading(WORKER) as session:
        row = newest(session, "protocol", CALL)
        assert row is not None
        document = Document(io.BytesIO(content_of(office, session, row)))
    for table in document.tables:
        said = table._tbl.tblPr.xpath("w:tblCaption/@w:val")
        if said == [caption]:
            return {line.cells[0].text: line.cells[-1].text.replace("\xa0", " ") for line in table.rows[1:]}
    raise AssertionError(f"no table „{caption}”")


def test_everybody_is_told_and_the_accepted_are_offered_a_seat(staged: Staged) -> None:
    office, registered = staged(decided_four)
    assert announce(office, CALL, actor=RITA) == AnnouncementCounts(accepted=2, reserve=1, rejected=1, documents=7)
    with office.reading(WORKER) as session:
        assert find_call(session, CALL).state is CallState.ANNOUNCED
        assert {find_application(session, number).state for number in registered} == {ApplicationState.ANNOUNCED}
        letters = session.exec(select(Message.event).where(Message.event != "acknowledgement")).all()
        assert sorted(letters) == ["accepted", "accepted", "rejected", "reserve"]
        for number in (registered[1], registered[3]):
            seat = membership_of(session, number)
            assert seat.state is MembershipState.OFFERED
            # Four working days from Friday, 6 July.
            assert moment("2018-07-12T23:59") < seat.answer_due_at < moment("2018-07-13T00:00")
        assert len(session.exec(select(Membership)).all()) == 2
        assert all(session.exec(select(Decision.announced_at)).all())


def test_a_letter_gives_reasons_with_their_paragraphs(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(decided_four)
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        letters = {one.event: one.text.replace("\xa0", " ") for one in session.exec(select(Message)).all()}
    assert "§ 4 ust. 1 pkt 4" in letters["rejected"]
    assert "Liczba uzyskanych punktów nie dała miejsca na liście podstawowej ani rezerwowej." in letters["rejected"]
    assert "12 lipca 2018 r." in letters["accepted"]


def test_a_letter_says_what_the_points_are_made_of(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(decided_four)
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        letters = session.exec(select(Message.event, Message.text).where(Message.event != "acknowledgement")).all()
    for event, text in letters:
        lines = text.replace("\xa0", " ").splitlines()
        start, end = lines.index("Punkty:"), next(i for i, line in enumerate(lines) if line.startswith("Suma punktów"))
        given = [line.partition(": ")[2].partition(" z ") for line in lines[start + 1 : end] if line]
        assert lines[start + 1] == "– Staż pracy: 7 z 7 (§ 5 ust. 1 pkt 1)", event
        assert sum(int(points) for points, _, _ in given) == int(lines[end].partition(": ")[2])
        assert len(given) == 3


def test_the_public_list_shows_public_numbers_and_nobody(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(decided_four)
    announce(office, CALL, actor=RITA)
    public, internal = text_of(office, "public_list"), text_of(office, "internal_list")
    with office.reading(WORKER) as session:
        numbers = [find_application(session, number).public_number for number in registered]
    assert [number for number in numbers if number not in public] == []
    assert [number for number in registered if number in public] == []
    assert [number for number in registered if number not in internal] == []
    for personal in ("Próbna", "Zmyślona", people.pesel(0), "osoba0@"):
        assert personal not in public + internal + text_of(office, "protocol")


def test_the_protocol_says_by_which_rules_and_who_decided(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(decided_four)
    announce(office, CALL, actor=RITA)
    protocol = text_of(office, "protocol")
    for stated in ("kinga", "ranking-2", "liczba punktów (od najwyższej)", f"{CALL}/1"):
        assert stated in protocol


def test_the_protocol_gives_the_reason_of_every_refusal_and_of_what_differs(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(decided_four)
    change(office, registered[1], DecisionOutcome.REJECTED, "inny_powod")
    with office.writing(KINGA) as session:
        decide(
            session,
            registered[0],
            outcome=DecisionOutcome.ACCEPTED,
            reason_code="sklad_grupy",
            note="Jedyna osoba z sądu.",
            actor=KINGA,
            now=office.now(),
        )
    announce(office, CALL, actor=RITA)
    refusals = rows_of(office, "Uzasadnienie odmów")
    assert ("Na własną prośbę." in refusals[registered[1]], len(refusals)) == (True, 2)
    assert "Liczba uzyskanych punktów nie dała miejsca" in refusals[registered[2]]
    differs = rows_of(office, "Rozstrzygnięcia inne niż propozycja")
    assert differs.keys() == {registered[0], registered[1]}
    assert differs[registered[0]].endswith("Przyjęcie zapewnia wymagany skład grupy. Jedyna osoba z sądu.")


def test_a_list_made_after_a_refusal_does_not_hide_that_it_was_not_as_proposed(sqlite_staged: Staged) -> None:
    """A new list leaves the refused out; the protocol goes by the list that the commission had before it."""
    office, registered = sqlite_staged(decided_four)
    change(office, registered[1], DecisionOutcome.REJECTED, "inny_powod")
    people.ranked(office, "2018-07-06T09:30")
    announce(office, CALL, actor=RITA)
    assert rows_of(office, "Rozstrzygnięcia inne niż propozycja").keys() == {registered[1]}


def test_the_protocol_says_why_more_are_accepted_than_there_are_seats(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(decided_four)
    with office.writing(KINGA) as session:
        decide(
            session,
            registered[0],
            outcome=DecisionOutcome.ACCEPTED,
            reason_code="sklad_grupy",
            note=None,
            beyond_seats="Instytucja Zarządzająca zgodziła się na trzecie miejsce.",
            actor=KINGA,
            now=office.now(),
        )
    announce(office, CALL, actor=RITA)
    assert rows_of(office, "Zgłoszenia przyjęte ponad liczbę miejsc") == {
        registered[0]: "Instytucja Zarządzająca zgodziła się na trzecie miejsce."
    }


def test_everybody_accepted_has_a_declaration_to_sign(staged: Staged) -> None:
    office, registered = staged(decided_four)
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        rows = session.exec(
            select(IssuedDocument).where(IssuedDocument.kind == "declaration").order_by(col(IssuedDocument.subject))
        ).all()
        assert sorted(row.subject for row in rows) == [registered[1], registered[3]]
        assert all(row.personal for row in rows)
        written = Document(io.BytesIO(content_of(office, session, rows[0])))
        public_number = find_application(session, rows[0].subject).public_number
    cells = [cell.text for table in written.tables for line in table.rows for cell in line.cells]
    assert public_number in cells
    assert "Zmyślona Próbna-b" in cells
    assert people.pesel(1) not in str(cells)


def test_nobody_is_asked_to_sign_what_nobody_gave_them(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(decided_four)
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        letter = session.exec(select(Message).where(Message.event == "accepted")).first()
    assert letter is not None
    for version in (letter.text, letter.html):
        said = version.replace("\xa0", " ")
        assert "„Potwierdzam udział”" in said
        assert "deklarację uczestnictwa przygotujemy my" in said
        assert "Prosimy podpisać" not in said


def test_announcing_again_does_nothing(staged: Staged) -> None:
    office, _ = staged(decided_four)
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        before = (len(session.exec(select(Message)).all()), len(session.exec(select(IssuedDocument)).all()))
    assert announce(office, CALL, actor=RITA) == AnnouncementCounts(0, 0, 0, 0)
    with office.reading(WORKER) as session:
        assert (len(session.exec(select(Message)).all()), len(session.exec(select(IssuedDocument)).all())) == before


def test_the_meetings_of_the_schedule_are_planned(staged: Staged) -> None:
    office, _ = staged(decided_four)
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        assert session.exec(select(Meeting.code)).all() == [people.MEETING]
        days = session.exec(select(MeetingDay).order_by(col(MeetingDay.on))).all()
        assert [(day.on, day.starts_at, day.ends_at) for day in days] == [
            (day, moment(f"{day}T09:00"), moment(f"{day}T15:00")) for day in people.MEETING_DAYS
        ]


def change(office: Office, number: str, outcome: DecisionOutcome, reason: str) -> None:
    with office.writing(KINGA) as session:
        decide(
            session,
            number,
            outcome=outcome,
            reason_code=reason,
            note="Na własną prośbę.",
            actor=KINGA,
            now=office.now(),
        )


def test_only_what_is_new_is_announced_after_a_new_decision(staged: Staged) -> None:
    office, registered = staged(decided_four)
    announce(office, CALL, actor=RITA)
    change(office, registered[1], DecisionOutcome.REJECTED, "inny_powod")
    go_to(office, "2018-07-13T11:00")
    assert announce(office, CALL, actor=RITA) == AnnouncementCounts(accepted=0, reserve=0, rejected=1, documents=5)
    with office.reading(WORKER) as session:
        assert membership_of(session, registered[1]).state is MembershipState.REVOKED
        versions = session.exec(select(IssuedDocument.version).where(IssuedDocument.kind == "protocol")).all()
        assert sorted(versions) == [1, 2]
    protocol = text_of(office, "protocol")
    assert f"{CALL}/2" in protocol
    assert "1 zgłoszenie" in protocol.replace("\xa0", " ")
    assert [number for number in registered if number in protocol] == [registered[1]]


def test_a_revoked_seat_is_reminded_of_no_more(staged: Staged) -> None:
    office, registered = staged(decided_four)
    announce(office, CALL, actor=RITA)
    people.deliver_all(office, "2018-07-06T10:00")
    now = go_to(office, "2018-07-11T08:00")
    with office.writing(WORKER) as session:
        assert remind(session, due_occasions(session, now=now), actor=WORKER, now=now) == 2
    change(office, registered[1], DecisionOutcome.REJECTED, "inny_powod")
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        seat = membership_of(session, registered[1])
        reminder = session.exec(select(Message).where(Message.subject_ref == f"membership/{seat.id}")).one()
        assert reminder.state == "withdrawn"


def test_nothing_is_announced_before_everything_is_decided(office: Office) -> None:
    people.ranked_call(office, 2)
    with pytest.raises(NotYet, match="kompletu decyzji"):
        announce(office, CALL, actor=RITA)


def test_who_may_not_announce_or_works_elsewhere_does_not(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(decided_four)
    for actor, refusal in ((KINGA, NotAllowed), (WORKER, NotAllowed), (people.STRANGER, NotFound)):
        with pytest.raises(refusal):
            announce(office, CALL, actor=actor)


def test_a_rehearsed_announcement_leaves_nothing(staged: Staged) -> None:
    office, _ = staged(decided_four)
    assert announce(office.on_trial(), CALL, actor=RITA).accepted == 2
    with office.reading(WORKER) as session:
        assert find_call(session, CALL).state is CallState.DECIDED
        assert session.exec(select(IssuedDocument)).all() == []
        assert session.exec(select(Membership)).all() == []


def test_a_contrary_letter_names_the_one_that_left_and_answers_it(staged: Staged) -> None:
    office, registered = staged(decided_four)
    announce(office, CALL, actor=RITA)
    people.deliver_all(office, "2018-07-06T10:00")
    go_to(office, "2018-07-09T09:00")
    people.refuse(office, registered[1])
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        refusal = session.exec(
            select(Message).where(Message.event == "rejected").order_by(col(Message.id).desc())
        ).first()
        assert refusal is not None
        accepted = session.exec(select(Message).where(Message.message_id == refusal.refers_to)).one()
        assert (accepted.event, accepted.person_id) == ("accepted", refusal.person_id)
        said = refusal.text.replace("\xa0", " ").split("\n")[0]
    assert said == (
        f"Ta wiadomość zastępuje naszą wiadomość z 6 lipca 2018 r. („{accepted.subject}”). "
        "Tamta już nie obowiązuje; przepraszamy za zamieszanie."
    )
    sent = people.deliver_all(office, "2018-07-09T10:00").mails
    (wire,) = [data for _, recipient, data in sent if recipient == refusal.recipient]
    assert f"In-Reply-To:\r\n {accepted.message_id}\r\n".encode() in wire


def test_a_first_letter_and_one_whose_earlier_stayed_here_name_none(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(decided_four)
    announce(office, CALL, actor=RITA)
    people.refuse(office, registered[1])
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        assert {one.refers_to for one in session.exec(select(Message)).all()} == {""}
