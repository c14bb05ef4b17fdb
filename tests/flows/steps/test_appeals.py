"""Appeals: filed with their letter, ruled on by somebody else, told with reasons; nobody's seat is taken by one."""

import io
from datetime import date

import people
import pytest
from conftest import Staged
from docx import Document
from people import CALL, KINGA, RITA, STRANGER, WORKER, confirm, deliver_all, go_to, moment, reading, redefined, send_in
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.appeal_records import find_appeal, ruling_of
from flows.steps.appeals import appeal_lines, file_appeal, rule, take_up, withdraw_appeal
from flows.steps.applications import find_application
from flows.steps.calls import find_call
from flows.steps.commission import recuse
from flows.steps.corrections import overrule
from flows.steps.decisions import decide, waiting
from flows.steps.documents import content_of, export, export_submitted, newest
from flows.steps.memberships import membership_of
from flows.steps.overview import story
from flows.steps.people import open_data_key
from flows.steps.promotion import promote_call
from flows.steps.ranking import newest_ranking, rank_call
from flows.steps.reserve import calls_for_officers, calls_to_promote, reserve_lines
from flows.steps.seats import newest_decision
from flows.steps.todo import waiting_for_whom
from flows.steps.verification import newest_sheet, to_verify, verify
from flows.steps.withdrawal import withdraw
from models.actor import Actor, Role
from models.appeal_rules import AppealSeat
from models.errors import BadInput, IllegalMove, NaborError, NotAllowed, NotFound, NotYet
from models.tables import Appeal, AppealRuling, Application, Event, IssuedDocument, Membership, Message, SubmittedFile
from models.tables.appeals import AppealState
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import SEATED, MembershipState
from models.tables.outbox import MessageState

WANDA = Actor("wanda", frozenset({Role.COMMISSION}), "22")
"""Of the commission as Kinga, but took none of the decisions."""
LETTER = b"%PDF-1.4 odwolanie"
REFUSED, RESERVE = f"{CALL}/0004", f"{CALL}/0003"


def announced_four(office: Office) -> list[str]:
    """Two seats (0002, 0001) confirmed, one in reserve (0003), one refused for not working directly (0004).

    The results left on Friday, 6 July, at ten; it is the Monday after it.
    """
    people.open_kes_call(office, seats=2, reserve_seats=1)
    people.take_in(office, range(3))
    send_in(office, reading(3, {"praca_bezposrednia": "nie"}), at="2018-06-12T10:00")
    people.verified(office)
    people.ranked(office)
    people.adopted(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    deliver_all(office, "2018-07-06T10:00")
    go_to(office, "2018-07-09T10:00")
    for number in ("0002", "0001"):
        confirm(office, f"{CALL}/{number}")
    return people.numbers(office)


def filed(
    office: Office,
    number: str = REFUSED,
    *,
    received: str = "2018-07-09T09:00",
    content: bytes = LETTER,
    actor: Actor = RITA,
) -> str:
    return file_appeal(
        office,
        number,
        file_name="odwołanie Próbna.pdf",
        content=content,
        received_at=moment(received),
        channel="email",
        actor=actor,
    )


def taken_up(office: Office, number: str) -> None:
    with office.writing(WANDA) as session:
        take_up(session, number, actor=WANDA, now=office.now())


def ruled(office: Office, *, upholds: bool, number: str = REFUSED, reason: str = "Zaświadczenie to potwierdza.") -> str:
    appeal = filed(office, number)
    taken_up(office, appeal)
    rule(office, appeal, upholds=upholds, reason=reason, actor=WANDA)
    return appeal


def letters(office: Office, event: str) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


def said(message: Message) -> str:
    return message.text.replace("\xa0", " ")


def state(office: Office, appeal: str) -> AppealState:
    with office.reading(WORKER) as session:
        return find_appeal(session, appeal).state


def test_the_result_letters_say_until_when_and_how_to_appeal(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    for event in ("rejected", "reserve"):
        (letter,) = letters(office, event)
        # Five working days from Friday, 6 July.
        assert "łożyć odwołanie (§ 11 Regulaminu)" in said(letter)
        assert "Termin: piątek, 13 lipca 2018 r." in said(letter)
    assert all("odwołanie" not in said(letter) for letter in letters(office, "accepted"))


def test_an_appeal_is_kept_with_its_letter_and_confirmed(staged: Staged) -> None:
    office, _ = staged(announced_four)
    assert filed(office) == f"{REFUSED}/O1"
    with office.reading(WORKER) as session:
        appeal = find_appeal(session, f"{REFUSED}/O1")
        assert (appeal.state, appeal.late, appeal.filed_by) == (AppealState.FILED, False, "rita")
        assert appeal.period_ended_at is not None
        assert moment("2018-07-13T23:59") < appeal.period_ended_at < moment("2018-07-14T00:00")
        # Ten working days from Monday, 9 July.
        assert moment("2018-07-23T23:59") < appeal.ruling_due_at < moment("2018-07-24T00:00")
        file = session.get_one(SubmittedFile, appeal.file_id)
        assert file.application_id == find_application(session, REFUSED).id
        assert office.files.read(file.stored_as, open_data_key(session, file.data_key_id)) == LETTER
        public = find_application(session, REFUSED).public_number
        assert find_appeal(session, f"{public}/O1").id == appeal.id
    stored = (office.files.root / file.stored_as[:2] / file.stored_as).read_bytes()
    assert b"odwolanie" not in stored
    (letter,) = letters(office, "appeal_received")
    assert (letter.recipient, letter.state) == ("osoba3@example.org", MessageState.DUE)
    assert f"Odwołanie ma numer {public}/O1." in said(letter)
    assert "Termin rozstrzygnięcia: poniedziałek, 23 lipca 2018 r." in said(letter)


def test_one_that_came_late_is_recorded_told_and_can_only_be_refused(staged: Staged) -> None:
    office, _ = staged(announced_four)
    go_to(office, "2018-07-17T10:00")
    appeal = filed(office, received="2018-07-14T00:01")
    with office.reading(WORKER) as session:
        assert find_appeal(session, appeal).late
    (letter,) = letters(office, "appeal_received")
    assert "Odwołanie wpłynęło po terminie. Termin minął: piątek, 13 lipca 2018 r." in said(letter)
    taken_up(office, appeal)
    with pytest.raises(BadInput, match="po terminie"):
        rule(office, appeal, upholds=True, reason="Prośba.", actor=WANDA)
    assert state(office, appeal) is AppealState.UNDER_REVIEW
    rule(office, appeal, upholds=False, reason="Odwołanie złożono po terminie.", actor=WANDA)
    (refusal,) = letters(office, "appeal_rejected")
    assert "Termin minął: piątek, 13 lipca 2018 r." in said(refusal)
    assert "Uzasadnienie: Odwołanie złożono po terminie." in said(refusal)


def test_on_the_last_day_it_is_in_time_and_a_letter_that_left_late_moves_that_day(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    go_to(office, "2018-07-16T10:00")
    appeal = filed(office, received="2018-07-13T23:59")
    with office.reading(WORKER) as session:
        assert not find_appeal(session, appeal).late


def test_without_a_letter_that_left_no_period_runs(sqlite_office: Office) -> None:
    office = sqlite_office
    people.announced_call(office, 2, seats=1, reserve_seats=1)
    go_to(office, "2018-09-03T10:00")
    with office.reading(WORKER) as session:
        held = session.exec(select(Membership)).one().application_id
        number = next(n for n in people.numbers(office) if find_application(session, n).id != held)
    appeal = filed(office, number, received="2018-09-03T09:00")
    with office.reading(WORKER) as session:
        row = find_appeal(session, appeal)
        assert (row.late, row.period_ended_at) == (False, None)


def test_what_cannot_be_appealed_against(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    with pytest.raises(BadInput, match="przyjęto"):
        filed(office, f"{CALL}/0001")
    with pytest.raises(BadInput, match="wcześniejszy"):
        filed(office, received="2018-07-05T09:00")
    with pytest.raises(BadInput, match="późniejszy"):
        filed(office, received="2018-07-10T09:00")
    with pytest.raises(BadInput, match="pusty"):
        filed(office, content=b"")
    with pytest.raises(NotFound):
        filed(office, f"{CALL}/0099")
    with pytest.raises(NotFound):
        filed(office, actor=STRANGER)
    for actor in (KINGA, people.FILIP):
        with pytest.raises(NotAllowed):
            filed(office, actor=actor)
    filed(office)
    with pytest.raises(BadInput, match="czeka już"):
        filed(office, content=b"drugie")
    with pytest.raises(BadInput, match="innego zgłoszenia"):
        filed(office, RESERVE)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Appeal)).all()) == 1
    assert len(letters(office, "appeal_received")) == 1


def test_before_the_results_there_is_nothing_to_appeal_against(sqlite_office: Office) -> None:
    (number,) = people.ranked_call(sqlite_office, 1)
    with pytest.raises(NotYet, match="nie ogłoszono"):
        filed(sqlite_office, number)


# Ruling


def voted_on(office: Office) -> None:
    """One of three is accepted by the votes of Kinga and Konrad; Klara was there and abstained."""
    people.commissioned_call(office, 3, seats=1, reserve_seats=0)
    people.sit(office)
    people.cast(office, kinga="for", konrad="for", klara="abstain")
    people.adopted(office)
    people.rise(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    deliver_all(office, "2018-07-06T10:00")
    go_to(office, "2018-07-09T10:00")


def test_whoever_had_a_voice_does_not_rule_either(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(voted_on)
    with office.reading(WORKER) as session:
        refused = next(
            row
            for number in people.numbers(office)
            if (row := find_application(session, number))
            and (decision := newest_decision(session, row)) is not None
            and decision.outcome is DecisionOutcome.REJECTED
        ).number
    appeal = filed(office, refused)
    for actor in (people.KONRAD, people.KLARA):
        with pytest.raises(NotAllowed, match="nie brał w niej udziału"), office.writing(actor) as session:
            take_up(session, appeal, actor=actor, now=office.now())
    taken_up(office, appeal)
    assert state(office, appeal) is AppealState.UNDER_REVIEW


def test_whoever_decided_does_not_rule(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    appeal = filed(office)
    with pytest.raises(NotAllowed, match="nie brał w niej udziału"), office.writing(KINGA) as session:
        take_up(session, appeal, actor=KINGA, now=office.now())
    taken_up(office, appeal)
    with pytest.raises(NotAllowed, match="nie brał w niej udziału"):
        rule(office, appeal, upholds=False, reason="Nie.", actor=KINGA)
    for actor in (RITA, WORKER, people.FILIP, people.ADAM):
        with pytest.raises(NotAllowed):
            rule(office, appeal, upholds=False, reason="Nie.", actor=actor)
    assert state(office, appeal) is AppealState.UNDER_REVIEW


def refused_without_konrad(office: Office) -> str:
    """Konrad is recused from the application that Kinga and Klara vote to refuse."""
    people.commissioned_call(office, 3, seats=1, reserve_seats=1)
    with office.reading(WORKER) as session:
        ranking = newest_ranking(session, find_call(session, CALL))
        assert ranking is not None
        number = str(ranking.places[-1]["number"])
    people.sit(office)
    with office.writing(KINGA) as session:
        recuse(session, CALL, "konrad", number, reason="krewny", actor=KINGA, now=office.now())
    people.cast(office, number, DecisionOutcome.REJECTED, kinga="for", klara="for")
    people.cast(office)
    people.adopted(office)
    people.rise(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    deliver_all(office, "2018-07-06T10:00")
    go_to(office, "2018-07-09T10:00")
    return number


def test_whoever_was_recused_does_not_rule_either(sqlite_staged: Staged) -> None:
    office, number = sqlite_staged(refused_without_konrad)
    appeal = filed(office, number)
    with pytest.raises(NotAllowed, match="wyłączono ze sprawy"), office.writing(people.KONRAD) as session:
        take_up(session, appeal, actor=people.KONRAD, now=office.now())
    taken_up(office, appeal)
    with pytest.raises(NotAllowed, match="wyłączono ze sprawy"):
        rule(office, appeal, upholds=True, reason="Tak.", actor=people.KONRAD)
    assert state(office, appeal) is AppealState.UNDER_REVIEW


def test_whoever_drew_up_the_list_does_not_rule_either(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    appeal = filed(office)
    lister = Actor(WORKER.login, frozenset({Role.COMMISSION}), "22")
    with pytest.raises(NotAllowed, match="sporządziło listę"), office.writing(lister) as session:
        take_up(session, appeal, actor=lister, now=office.now())
    taken_up(office, appeal)
    with pytest.raises(NotAllowed, match="sporządziło listę"):
        rule(office, appeal, upholds=True, reason="Tak.", actor=lister)
    assert state(office, appeal) is AppealState.UNDER_REVIEW


def test_no_ruling_without_a_review_without_a_reason_or_a_second_time(staged: Staged) -> None:
    office, _ = staged(announced_four)
    appeal = filed(office)
    with pytest.raises(IllegalMove):
        rule(office, appeal, upholds=False, reason="Nie.", actor=WANDA)
    taken_up(office, appeal)
    for reason in ("", "  \n", "x" * 4001):
        with pytest.raises(BadInput, match="uzasadnienia"):
            rule(office, appeal, upholds=False, reason=reason, actor=WANDA)
    rule(office, appeal, upholds=False, reason="Punkty policzono dobrze.", actor=WANDA)
    for upholds in (True, False):
        with pytest.raises(IllegalMove):
            rule(office, appeal, upholds=upholds, reason="Jeszcze raz.", actor=WANDA)
    with office.reading(WORKER) as session:
        assert [row.reason for row in session.exec(select(AppealRuling)).all()] == ["Punkty policzono dobrze."]
        documents = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "appeal_ruling")).all()
        assert len(documents) == 1
    assert len(letters(office, "appeal_rejected")) == 1
    with pytest.raises(BadInput, match="już rozstrzygnięto"):
        filed(office, content=b"drugie")


def test_a_refusal_gives_reasons_and_remedies_and_changes_nothing_else(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    appeal = ruled(office, upholds=False, reason="W formularzu zaznaczono „nie”.")
    (letter,) = letters(office, "appeal_rejected")
    assert "Uzasadnienie: W formularzu zaznaczono „nie”." in said(letter)
    assert people.definition().appeals.remedies in said(letter)
    assert letters(office, "appeal_received")[0].state is MessageState.WITHDRAWN, "it had not left, and says less"
    with office.reading(WORKER) as session:
        application = find_application(session, REFUSED)
        assert application.state is ApplicationState.ANNOUNCED
        row = newest(session, "appeal_ruling", appeal)
        assert row is not None
        assert row.personal
        document = Document(io.BytesIO(content_of(office, session, row)))
        cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
        text = "\n".join([*(one.text for one in document.paragraphs), *cells]).replace("\xa0", " ")
        assert "Odwołanie nie zostało uwzględnione." in text
        assert "Zgłoszenie nie spełnia co najmniej jednego kryterium formalnego." in text
        assert "9 lipca 2018 r. – w terminie" in text
        assert application.public_number in text
        assert people.pesel(3) not in text
        told = [line.what for line in story(session, REFUSED)]
        assert told[-1] == "odwołania nie uwzględniono"
        events = session.exec(select(Event).where(col(Event.kind).like("Appeal%"))).all()
        assert "zaznaczono" not in str([event.facts for event in events])


def test_a_ruling_is_exported_into_a_folder_of_its_own(
    sqlite_staged: Staged, tmp_path_factory: pytest.TempPathFactory
) -> None:
    office, _ = sqlite_staged(announced_four)
    ruled(office, upholds=False)
    folder = tmp_path_factory.mktemp("outside")
    written = [path.relative_to(folder).as_posix() for path in export(office, folder, actor=RITA)]
    assert "odwolania/KES-PGR-2205-2018-0004-O1-rozstrzygniecie.docx" in written


def reopened(office: Office) -> str:
    """The refused candidate's appeal was upheld; a certificate says that the work is done directly."""
    return ruled(office, upholds=True)


def judged_anew(office: Office) -> None:
    """The value is put right, the application verified and a new list made."""
    now = office.now()
    with office.writing(RITA) as session:
        overrule(session, REFUSED, "praca_bezposrednia", "tak", reason="zaświadczenie", actor=RITA, now=now)
    with office.writing(WORKER) as session:
        assert verify(session, to_verify(session, CALL), actor=WORKER, now=now).eligible == 1
        rank_call(session, CALL, actor=WORKER, now=now)


def accept(office: Office, reason: str = "odwolanie_uwzglednione") -> None:
    with office.writing(KINGA) as session:
        decide(
            session,
            REFUSED,
            outcome=DecisionOutcome.ACCEPTED,
            reason_code=reason,
            note=None,
            actor=KINGA,
            now=office.now(),
        )


def test_an_upheld_appeal_leads_to_a_new_verdict_a_new_list_and_a_seat_beyond(staged: Staged) -> None:
    office, _ = staged(announced_four)
    before = seated(office)
    appeal = reopened(office)
    with office.reading(WORKER) as session:
        assert find_application(session, REFUSED).state is ApplicationState.COMPLETE
        assert seated(office) == before
    (letter,) = letters(office, "appeal_upheld")
    assert "Uwzględnienie odwołania nie jest jeszcze przyjęciem do grupy." in said(letter)
    judged_anew(office)
    with office.reading(WORKER) as session:
        ranking = newest_ranking(session, find_call(session, CALL))
        assert ranking is not None
        assert (ranking.version, REFUSED in {place["number"] for place in ranking.places}) == (2, True)
        sheet = newest_sheet(session, find_application(session, REFUSED))
        assert sheet is not None
        assert (sheet.version, sheet.outcome) == (2, "met")
    accept(office)
    assert announce(office, CALL, actor=RITA).accepted == 1
    with office.reading(WORKER) as session:
        decision = newest_decision(session, find_application(session, REFUSED))
        assert decision is not None
        assert decision.version == 2
        assert (
            decision.beyond_seats
            == f"Uwzględnione odwołanie nr {appeal}; nikt z wcześniej przyjętych nie traci miejsca."
        )
        assert membership_of(session, REFUSED).state is MembershipState.OFFERED
    assert seated(office) == before, "nobody lost a seat"


@pytest.mark.parametrize(("number", "event"), [(RESERVE, "reserve"), (REFUSED, "rejected")])
def test_judged_anew_with_the_same_outcome_it_is_decided_and_told_again(
    staged: Staged, number: str, event: str
) -> None:
    office, _ = staged(announced_four)
    before = len(letters(office, event))
    ruled(office, upholds=True, number=number)
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())
        rank_call(session, CALL, actor=WORKER, now=office.now())
    people.adopted(office, at="2018-07-09T11:00")
    with office.reading(WORKER) as session:
        assert waiting(session, CALL) == 0
    counts = announce(office, CALL, actor=RITA)
    assert (counts.accepted, counts.reserve + counts.rejected) == (0, 1)
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        decision = newest_decision(session, application)
        assert decision is not None
        assert (decision.version, decision.outcome.value, decision.announced_at) == (2, event, office.now())
        assert application.state is ApplicationState.ANNOUNCED
    assert len(letters(office, event)) == before + 1


def test_whoever_promotes_by_hand_may_rank_the_call_again(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    with office.writing(RITA) as session:
        withdraw(session, f"{CALL}/0002", actor=RITA, now=office.now())
    assert len(promote_call(office, CALL, actor=RITA).made) == 1
    reopened(office)
    with office.writing(RITA) as session:
        overrule(session, REFUSED, "praca_bezposrednia", "tak", reason="zaświadczenie", actor=RITA, now=office.now())
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())
    with office.writing(RITA) as session:
        rank_call(session, CALL, actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        ranking = newest_ranking(session, find_call(session, CALL))
        assert ranking is not None
        assert (ranking.version, ranking.ranked_by) == (2, "rita")


def seated(office: Office) -> list[int]:
    with office.reading(WORKER) as session:
        rows = session.exec(select(Membership).where(col(Membership.state).in_(SEATED)).order_by(col(Membership.id)))
        return [row.application_id for row in rows.all()]


def test_a_seat_that_is_free_is_taken_before_one_beyond(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    reopened(office)
    with office.writing(RITA) as session:
        withdraw(session, f"{CALL}/0002", actor=RITA, now=office.now())
    judged_anew(office)
    accept(office)
    with office.reading(WORKER) as session:
        decision = newest_decision(session, find_application(session, REFUSED))
        assert decision is not None
        assert decision.beyond_seats is None


def test_without_an_upheld_appeal_a_full_group_stays_full(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    with pytest.raises(BadInput, match="--beyond-seats"), office.writing(KINGA) as session:
        decide(
            session,
            RESERVE,
            outcome=DecisionOutcome.ACCEPTED,
            reason_code="sklad_grupy",
            note=None,
            actor=KINGA,
            now=office.now(),
        )


def test_where_the_project_says_so_the_next_free_seat_is_theirs(
    sqlite_staged: Staged,
) -> None:
    """Nobody waits from the sector of the one who leaves, so that the appeal decides."""
    office, _ = sqlite_staged(announced_four)
    next_free = people.definition().appeals.model_copy(update={"upheld": AppealSeat.NEXT_FREE})
    redefined(office, appeals=next_free)
    reopened(office)
    with pytest.raises(NotYet, match="uwzględniono odwołanie"):
        promote_call(office, CALL, actor=RITA)
    judged_anew(office)
    with pytest.raises(BadInput, match="--beyond-seats"):
        accept(office)
    with office.writing(KINGA) as session:
        decide(
            session,
            REFUSED,
            outcome=DecisionOutcome.RESERVE,
            reason_code="miejsce_na_liscie_rezerwowej",
            note=None,
            actor=KINGA,
            now=office.now(),
        )
    announce(office, CALL, actor=RITA)
    with office.writing(RITA) as session:
        withdraw(session, f"{CALL}/0002", actor=RITA, now=office.now())
    (made,) = promote_call(office, CALL, actor=WORKER).made
    assert made.number == REFUSED
    assert "po uwzględnionym odwołaniu" in made.sentence
    (letter,) = letters(office, "promoted")
    assert "Miejsce otrzymuje teraz osoba, której odwołanie uwzględniono." in said(letter)


def announced_one_seat(office: Office) -> list[str]:
    """One seat and two in reserve; the reserve, in its order."""
    people.announced_call(office, 4, seats=1, reserve_seats=2)
    deliver_all(office, "2018-07-06T10:00")
    go_to(office, "2018-07-09T10:00")
    with office.reading(WORKER) as session:
        return [line.number for line in reserve_lines(session, CALL)]


def test_an_upheld_appeal_that_would_not_have_given_the_seat_jumps_nobody(sqlite_staged: Staged) -> None:
    """Judged anew the place is as before, behind the first of the reserve."""
    office, (first, second) = sqlite_staged(announced_one_seat)
    redefined(office, appeals=people.definition().appeals.model_copy(update={"upheld": AppealSeat.NEXT_FREE}))
    ruled(office, upholds=True, number=second)
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())
        rank_call(session, CALL, actor=WORKER, now=office.now())
    people.adopted(office, at="2018-07-09T11:00")
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        (held,) = session.exec(select(Membership)).all()
        holder = session.get_one(Application, held.application_id).number
    with office.writing(RITA) as session:
        withdraw(session, holder, actor=RITA, now=office.now())
    (made,) = promote_call(office, CALL, actor=WORKER).made
    assert made.number == first
    assert "odwołani" not in made.sentence


@pytest.mark.parametrize("upholds", [True, False])
def test_an_appeal_that_a_promotion_made_pointless_is_not_ruled_on(staged: Staged, upholds: bool) -> None:
    office, _ = staged(announced_four)
    appeal = filed(office, RESERVE)
    taken_up(office, appeal)
    with office.writing(RITA) as session:
        withdraw(session, f"{CALL}/0002", actor=RITA, now=office.now())
    assert [one.number for one in promote_call(office, CALL, actor=WORKER).made] == [RESERVE]
    with pytest.raises(BadInput, match=f"bezprzedmiotowe.*nabor appeal withdraw {appeal}"):
        rule(office, appeal, upholds=upholds, reason="Tak.", actor=WANDA)
    assert state(office, appeal) is AppealState.UNDER_REVIEW
    with office.writing(RITA) as session:
        withdraw_appeal(session, appeal, actor=RITA, now=office.now())
    confirm(office, RESERVE)
    with office.reading(WORKER) as session:
        assert find_application(session, RESERVE).state is ApplicationState.ANNOUNCED
        assert membership_of(session, RESERVE).state is MembershipState.CONFIRMED


def test_lists_made_anew_hold_what_was_announced_last(staged: Staged) -> None:
    """Whose appeal was upheld neither vanishes from the lists nor stands there with points nobody decided on."""
    office, _ = staged(announced_four)
    before = listed(office)
    assert set(before) == set(people.numbers(office))
    reopened(office)
    judged_anew(office)
    with office.writing(RITA) as session:
        withdraw(session, f"{CALL}/0002", actor=RITA, now=office.now())
    assert [one.number for one in promote_call(office, CALL, actor=WORKER).made] == [RESERVE]
    after = listed(office)
    del before[f"{CALL}/0002"]
    assert set(after) == set(before)
    assert after[REFUSED][1:] == before[REFUSED][1:], "as announced; the place on the list may change"
    assert after[REFUSED][-1] != after[RESERVE][-1]


def listed(office: Office) -> dict[str, list[str]]:
    """The rows of the newest public list, by application number."""
    with office.reading(WORKER) as session:
        row = newest(session, "public_list", CALL)
        assert row is not None
        document = Document(io.BytesIO(content_of(office, session, row)))
        rows = [[cell.text for cell in line.cells] for table in document.tables for line in table.rows]
        numbers = {find_application(session, number).public_number: number for number in people.numbers(office)}
        return {numbers[cell]: line for line in rows for cell in line if cell in numbers}


def test_nobody_is_promoted_while_a_newer_decision_waits_to_be_announced(staged: Staged) -> None:
    """Another application is still judged anew, so that the call as a whole stays announced."""
    office, _ = staged(announced_four)
    reopened(office)
    people.refuse(office, RESERVE)
    with office.writing(RITA) as session:
        withdraw(session, f"{CALL}/0002", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert find_call(session, CALL).state is CallState.ANNOUNCED
        assert calls_to_promote(session, now=office.now()) == []
        assert calls_for_officers(session, now=office.now()) == []
    with pytest.raises(NotYet, match="nie ogłoszono jeszcze wszystkich"):
        promote_call(office, CALL, actor=RITA)


# Taking back, and what waits


def test_an_appeal_is_taken_back_and_may_be_filed_again_in_time(staged: Staged) -> None:
    office, _ = staged(announced_four)
    first = filed(office)
    with office.writing(RITA) as session:
        withdraw_appeal(session, first, actor=RITA, now=office.now())
    assert state(office, first) is AppealState.WITHDRAWN
    assert letters(office, "appeal_received")[0].state is MessageState.WITHDRAWN
    with pytest.raises(IllegalMove), office.writing(RITA) as session:
        withdraw_appeal(session, first, actor=RITA, now=office.now())
    assert filed(office, content=b"drugie") == f"{REFUSED}/O2"


def test_with_the_application_its_appeal_is_withdrawn(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    appeal = filed(office)
    with office.writing(RITA) as session:
        withdraw(session, REFUSED, actor=RITA, now=office.now())
    assert state(office, appeal) is AppealState.WITHDRAWN


def test_what_waits_is_on_the_work_list_with_its_day(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    appeal = filed(office)

    def todo() -> list[tuple[str, str, date | None]]:
        with office.reading(WORKER) as session:
            lines = waiting_for_whom(session, now=office.now())
        return [(line.what, line.who, line.due) for line in lines if line.reference == appeal]

    assert todo() == [("odwołanie czeka na podjęcie", "Komisja", date(2018, 7, 23))]
    taken_up(office, appeal)
    assert todo() == [("odwołanie czeka na rozstrzygnięcie", "Komisja", date(2018, 7, 23))]
    rule(office, appeal, upholds=False, reason="Nie.", actor=WANDA)
    assert todo() == []


def test_the_lines_of_a_call_the_open_ones_first(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    first = ruled(office, upholds=False, reason="Punkty policzono dobrze.")
    second = filed(office, RESERVE, content=b"inne", received="2018-07-09T09:30")
    with office.reading(WORKER) as session:
        lines = appeal_lines(session, CALL)
        assert [(line.number, line.state_label) for line in lines] == [
            (second, "wniesione"),
            (first, "nieuwzględnione"),
        ]
        assert appeal_lines(session) == lines
        with pytest.raises(NotFound):
            appeal_lines(session, "KES/PGR/2213/2018")
        assert ruling_of(session, find_appeal(session, second)) is None


def test_the_letter_is_exported_with_the_candidates_files(
    sqlite_staged: Staged, tmp_path_factory: pytest.TempPathFactory
) -> None:
    office, _ = sqlite_staged(announced_four)
    filed(office)
    written = export_submitted(office, REFUSED, tmp_path_factory.mktemp("outside"), actor=RITA)
    assert LETTER in [path.read_bytes() for path in written]
    assert all("Próbna" not in path.name for path in written)


def test_a_ruling_that_dies_leaves_nothing(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.steps import appeals

    office, _ = staged(announced_four)
    appeal = filed(office)
    taken_up(office, appeal)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(appeals, "_reopen", die)
        with pytest.raises(KeyboardInterrupt):
            rule(office, appeal, upholds=True, reason="Tak.", actor=WANDA)
    assert state(office, appeal) is AppealState.UNDER_REVIEW
    assert letters(office, "appeal_upheld") == []
    rule(office, appeal, upholds=True, reason="Tak.", actor=WANDA)
    assert len(letters(office, "appeal_upheld")) == 1


def test_a_number_that_is_no_appeal(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(announced_four)
    filed(office)
    with office.reading(WORKER) as session:
        for wrong in (REFUSED, f"{REFUSED}/O2", f"{REFUSED}/O0", "", "O1"):
            with pytest.raises(NaborError, match=r"Nie ma odwołania|Nie ma zgłoszenia"):
                find_appeal(session, wrong)
    with office.reading(STRANGER) as session, pytest.raises(NotFound):
        find_appeal(session, f"{REFUSED}/O1")
