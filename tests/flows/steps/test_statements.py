"""The statement form: asked for, read, filed to its seat, checked by a person, and only then what pay follows."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import people
import pytest
from conftest import Staged
from form_filling import HEADER, without_tags
from mails import letter
from people import (
    ACCOUNTS,
    CALL,
    FILIP,
    MEETING,
    PAID_ON,
    RITA,
    STRANGER,
    WORKER,
    Letterbox,
    file_all,
    go_to,
    group,
    met_group,
    redefined,
    send_in,
    state_pay,
    statement_docx,
    statement_reading,
    unread,
    version_after,
)
from sqlmodel import col, select

from flows.adapters.bank_names import bank_of
from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.correction_letters import attached_to, attachment_bytes, make_ready
from flows.steps.filing import IntakeCounts
from flows.steps.mailbox import collect
from flows.steps.memberships import answer_offer, membership_of
from flows.steps.missing_papers import missing_papers
from flows.steps.statement_files import ReadStatement, read_statement
from flows.steps.statement_forms import (
    accept_statement,
    answers_of,
    gaps_of,
    refuse_statement,
    statements_said,
    waiting_form,
)
from flows.steps.statement_requests import ask_for_statements
from flows.steps.statements import statement_on, statements_in
from flows.steps.stipends import settle_meeting
from flows.steps.todo import waiting_for_whom
from forms.blanks import write_blank
from forms.reader import read_form
from forms.reading import FieldReading, Unreadable
from models.actor import Actor, Role
from models.contract_rules import YES_NO_QUESTIONS, ContractRules, Paper
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.form_definition import FormPurpose
from models.rules.facts import FactValue, FieldStatus
from models.rules.pay import Statements
from models.rules.statement_validity import StatementValidity
from models.tables import (
    Application,
    Event,
    Message,
    PayStatement,
    ReceivedMail,
    StatementAnswer,
    StatementForm,
    SubmittedFile,
)
from models.tables.contracts import StatementFormState
from models.tables.files import FileState
from models.tables.mail import MailState

SAVED = Path(__file__).parents[2] / "corpus" / "oswiadczenie" / "libreoffice_7_4.docx"
FORM = "zlecenie_oswiadczenie"
ZENON = Actor("zenon", frozenset({Role.RECRUITMENT}))
"""Takes files in for the whole project: whose a file is, it says itself."""
Changes = Mapping[str, FactValue | FieldReading]


def two(office: Office) -> list[str]:
    registered = group(office, 2)
    go_to(office, "2018-09-03T09:00")
    return registered


def come(office: Office, i: int, changes: Changes | None = None, *, number: str = "", token: str = "") -> IntakeCounts:
    """The statement of candidate ``i`` arrives."""
    said = statement_reading(i, dict(changes or {})).model_copy(update={"application_token": token})
    return send_in(office, said, at="2018-09-04T10:00", sender="ktos@example.org", number=number).counts


def ask(office: Office, which: str = CALL, *, again: bool = False) -> list[str]:
    with office.writing(RITA) as session:
        return ask_for_statements(session, which, again=again, actor=RITA, now=office.now())


def accept(office: Office, number: str) -> Statements:
    with office.writing(FILIP) as session:
        return accept_statement(session, number, actor=FILIP, now=office.now()).statements


def states(office: Office) -> list[StatementFormState]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(StatementForm.state).order_by(col(StatementForm.id))).all())


def applications(office: Office) -> int:
    with office.reading(WORKER) as session:
        return len(session.exec(select(Application.id)).all())


def left_to_officer(office: Office) -> str:
    with office.reading(WORKER) as session:
        return session.exec(select(SubmittedFile.reason_code).where(SubmittedFile.state == FileState.UNREADABLE)).one()


# Reading


def test_what_libreoffice_saved_is_read_whole() -> None:
    """Filled in and saved by LibreOffice 7.4.7: its tags are lost."""
    reading = read_form(SAVED.read_bytes(), people.definition().forms)
    assert (reading.form_key, reading.purpose) == (FORM, FormPurpose.PAY_STATEMENT)
    assert {field.key: field.value for field in reading.fields} == {
        "imie": "Zmyślona",
        "nazwisko": "Próbna-A",
        "pesel": people.pesel(0),
        "data_urodzenia": "2202-01-12",
        "numer_zgloszenia": None,
        "zatrudnienie": "tak",
        "zatrudnia_zleceniodawca": "nie",
        "student": "nie",
        "chorobowe": "nie",
        "ppk": "nie",
        "konto": ACCOUNTS[0],
        "osw_prawda": True,
    }
    assert all(field.place for field in reading.fields if field.value is not None)


def test_its_title_blurs_no_application_that_was_retyped() -> None:
    """What the reader knows of groups comes from applications alone."""
    forms = people.definition().forms
    pgr = people.definition().form("zalacznik_1_pgr")
    blank = without_tags(write_blank(pgr, HEADER))
    assert read_form(blank, forms).form_key == pgr.key


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("20 9999 0000 0000 0000 0000 0002", "nrb_checksum"),
        ("20 9999 0000 0000 0000 0000 000", "nrb_length"),
        (f"{ACCOUNTS[0]} albo {ACCOUNTS[1]}", "nrb_several"),
        ("to samo co w 2017 r.", "nrb_length"),
    ],
)
def test_a_wrong_account_is_named_and_never_mended(typed: str, code: str) -> None:
    field = read_form(statement_docx(0, konto=typed), people.definition().forms).field("konto")
    assert field.status in (FieldStatus.UNREADABLE, FieldStatus.AMBIGUOUS)
    assert (field.value, field.reason_code) == (None, code)
    assert field.raw == typed


def test_the_bank_of_an_account_is_shown_where_the_register_knows_it() -> None:
    assert bank_of("30114020040000300000000017") == "mBank Spółka Akcyjna"
    assert bank_of(ACCOUNTS[0]) == ""
    assert bank_of("nie numer") == ""


# Whose it is


def test_a_statement_makes_no_application_and_waits_for_a_person(staged: Staged) -> None:
    office, (first, second) = staged(two)
    before = applications(office)
    assert come(office, 0) == IntakeCounts(statements=1)
    assert applications(office) == before
    assert states(office) == [StatementFormState.WAITING]
    with office.reading(WORKER) as session:
        form = waiting_form(session, membership_of(session, first))
        assert form is not None
        assert waiting_form(session, membership_of(session, second)) is None
        answers = answers_of(session, form)
        account = answers["konto"]
        assert (account.raw, account.value) == (ACCOUNTS[0], f'"{ACCOUNTS[0]}"')
        assert account.place.startswith("tabela")
        assert session.get_one(SubmittedFile, form.file_id).application_id == find_application(session, first).id
        assert session.exec(select(PayStatement)).all() == [], "money follows no file by itself"


def test_it_is_matched_by_number_by_our_own_blank_or_by_pesel(staged: Staged) -> None:
    office, (first, second) = staged(two)
    nobody: Changes = {"pesel": "brak"}
    assert come(office, 0, nobody) == IntakeCounts(unreadable=1)
    assert left_to_officer(office) == "no_seat"
    assert come(office, 0, nobody, number=second) == IntakeCounts(statements=1)
    with office.reading(WORKER) as session:
        public = find_application(session, first).public_number
    assert come(office, 0, {**nobody, "numer_zgloszenia": public}) == IntakeCounts(statements=1)
    with office.reading(WORKER) as session:
        for number in (first, second):
            assert waiting_form(session, membership_of(session, number)) is not None


def test_a_form_with_somebody_elses_pesel_is_left_to_a_person(staged: Staged) -> None:
    office, (first, _) = staged(two)
    assert come(office, 1, number=first) == IntakeCounts(unreadable=1)
    assert left_to_officer(office) == "person_contradicts"


def test_who_has_no_seat_hands_in_no_statement(staged: Staged) -> None:
    office, registered = staged(people.announced_call, 2)
    with office.writing(RITA) as session:
        answer_offer(session, registered[0], accepts=False, actor=RITA, now=office.now())
    assert come(office, 0, number=registered[0]) == IntakeCounts(unreadable=1)
    assert left_to_officer(office) == "no_seat"


def test_a_newer_form_takes_the_place_of_one_that_waits(staged: Staged) -> None:
    office, (first, _) = staged(two)
    come(office, 0)
    come(office, 0, {"konto": ACCOUNTS[2]})
    assert states(office) == [StatementFormState.OVERTAKEN, StatementFormState.WAITING]
    accept(office, first)
    with office.reading(WORKER) as session:
        statement = statement_on(session, membership_of(session, first), date(2018, 9, 4))
        assert statement is not None
        assert statement.account == ACCOUNTS[2]


def test_a_statement_in_a_mail_with_a_scan_needs_no_officer_for_the_mail(staged: Staged) -> None:
    office, (first, _) = staged(two)
    scan = Unreadable(code="scan", sentence="To jest skan.")
    read = {"oswiadczenie.docx": statement_reading(0), "podpisane.pdf": scan}
    files = {name: name.encode() for name in read}
    collect(office, Letterbox(letter(files, subject="Re: oświadczenie"), uidvalidity=77), actor=WORKER)
    assert file_all(office, read) == IntakeCounts(statements=1, further=1)
    with office.reading(WORKER) as session:
        ids = {
            row.application_id
            for row in session.exec(select(SubmittedFile).where(col(SubmittedFile.mail_id).is_not(None))).all()
        }
        assert ids == {find_application(session, first).id}
        mail = session.exec(select(ReceivedMail)).one()
        assert mail.state is MailState.FILED


# Accepting


def test_an_accepted_form_becomes_the_statement_with_unknowns_left_unknown(staged: Staged) -> None:
    office, (first, _) = staged(two)
    come(office, 0, {"ppk": None})
    said = accept(office, first)
    assert said == Statements(True, False, False, date(2202, 1, 12), False, ppk=None)
    with office.reading(WORKER) as session:
        statement = statement_on(session, membership_of(session, first), date(2018, 9, 4))
        assert statement is not None
        assert statements_in(statement) == said
        assert (statement.account, statement.valid_from) == (ACCOUNTS[0], date(2018, 9, 4))
        assert session.get_one(StatementForm, statement.form_id).state is StatementFormState.ACCEPTED
    with office.writing(FILIP) as session, pytest.raises(NotYet, match="czeka na sprawdzenie"):
        accept_statement(session, first, actor=FILIP, now=office.now())


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"student": None}, ["student"]),
        ({"konto": unread("konto", code="nrb_checksum")}, ["konto"]),
        ({"zatrudnienie": unread("zatrudnienie", FieldStatus.CONTRADICTORY, "two_answers")}, ["zatrudnienie"]),
        ({"osw_prawda": False}, ["osw_prawda"]),
        ({"numer_zgloszenia": None, "ppk": None}, []),
    ],
)
def test_what_cannot_be_read_is_asked_for_and_never_guessed(
    staged: Staged, changes: Changes, lacking: list[str]
) -> None:
    office, (first, _) = staged(two)
    come(office, 0, changes)
    with office.reading(WORKER) as session:
        form = waiting_form(session, membership_of(session, first))
        assert form is not None
        assert [gap.key for gap in gaps_of(session, form)] == lacking
    if not lacking:
        accept(office, first)
        return
    with office.writing(FILIP) as session, pytest.raises(BadInput, match=lacking[0]):
        accept_statement(session, first, actor=FILIP, now=office.now())
    assert ask(office, first) == [first]
    with office.reading(WORKER) as session:
        text = session.exec(select(Message.text).where(Message.event == "statement_request")).one()
    assert "potrzebujemy jeszcze kilku odpowiedzi" in text
    assert people.definition().form(FORM).leaf(lacking[0]).label.split()[0] in text


@pytest.mark.parametrize(
    ("key", "field"), [("pit2", "pit2"), ("bez_zaliczek", "no_advance"), ("koszty_autorskie", "copyright_costs")]
)
def test_each_request_about_the_advance_reaches_its_own_rule(key: str, field: str) -> None:
    said = {one: StatementAnswer(key=one, status=FieldStatus.READ, value='"nie"') for one in YES_NO_QUESTIONS}
    said[key].value = '"tak"'
    asked = statements_said(said)
    assert {one for one in ("pit2", "no_advance", "copyright_costs") if getattr(asked, one)} == {field}


def test_only_finance_accepts_and_a_refusal_needs_a_reason(staged: Staged) -> None:
    office, (first, _) = staged(two)
    come(office, 0)
    with office.writing(RITA) as session, pytest.raises(NotAllowed):
        accept_statement(session, first, actor=RITA, now=office.now())
    with office.writing(FILIP) as session:
        with pytest.raises(BadInput, match="--reason"):
            refuse_statement(session, first, reason=" ", actor=FILIP, now=office.now())
        refuse_statement(session, first, reason="inny numer na wydruku", actor=FILIP, now=office.now())
    assert states(office) == [StatementFormState.REFUSED]


def test_what_a_person_should_know_is_remarked(staged: Staged) -> None:
    office, (first, _) = staged(two)
    come(
        office,
        0,
        {"ppk": "tak", "zatrudnia_zleceniodawca": "tak", "nazwisko": "Przezwana", "data_urodzenia": "2202-01-13"},
    )
    with office.writing(FILIP) as session:
        done = accept_statement(session, first, actor=FILIP, now=office.now())
    assert done.statements.ppk is True
    assert done.statements.employed_by_payer is True
    assert len(done.remarks) == 4
    assert "Przezwana" not in " ".join(done.remarks)


def test_pay_follows_the_accepted_statement(staged: Staged) -> None:
    office, (first, second) = staged(met_group, 2)
    state_pay(office, second, ACCOUNTS[1])
    assert settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP).blocked == 1
    come(office, 0)
    accept(office, first)
    counts = settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    assert (counts.calculated, counts.blocked, counts.unchanged) == (1, 0, 1)


# Asking


def test_each_member_is_asked_once_with_a_blank_that_knows_them(staged: Staged) -> None:
    office, (first, second) = staged(two)
    assert ask(office) == [first, second]
    assert ask(office) == []
    assert ask(office, first, again=True) == [first]
    make_ready(office, actor=WORKER)
    with office.reading(WORKER) as session:
        membership = membership_of(session, first)
        message = session.exec(
            select(Message).where(
                Message.subject_ref == f"membership/{membership.id}", Message.event == "statement_request"
            )
        ).first()
        assert message is not None
        assert message.recipient == "osoba0@example.org"
        assert "12 września 2018" in message.text.replace("\xa0", " ")
        (attached,) = attached_to(session, message)
        blank = attachment_bytes(office, session, attached)
        public = find_application(session, first).public_number
    assert attached.name == f"oswiadczenie-{public}.docx"
    reading = read_form(blank, people.definition().forms)
    assert reading.application_token.startswith(public)
    # It comes back filled in, without a number and without a PESEL: the hidden id says whose it is.
    assert come(office, 0, {"pesel": "brak"}, token=reading.application_token) == IntakeCounts(statements=1)
    with office.reading(WORKER) as session:
        assert waiting_form(session, membership_of(session, first)) is not None
    forged = public + reading.application_token.removeprefix(public)[:-4] + "0000"
    assert come(office, 1, {"pesel": "brak"}, token=forged) == IntakeCounts(unreadable=1)


def test_who_has_handed_in_is_not_asked_until_it_lapses(staged: Staged) -> None:
    office, (first, second) = staged(two)
    state_pay(office, first, ACCOUNTS[0])
    come(office, 1)
    assert ask(office) == [], "one is there, one waits for the officer"
    shipped = people.definition().contracts
    assert shipped is not None
    redefined(office, contracts=shipped.model_copy(update={"validity": StatementValidity(same_year=True)}))
    go_to(office, "2019-01-07T09:00")
    assert ask(office) == [first]
    with office.reading(WORKER) as session:
        text = session.exec(select(Message.text).where(Message.event == "statement_request")).one()
        lines = missing_papers(session, CALL, now=office.now())
    assert "przestało obowiązywać" in text
    (renewed,) = [one for one in lines if one.application == first and one.paper is Paper.STATEMENT]
    assert "Oświadczenie jest z 2018 r." in renewed.words
    (waiting,) = [one for one in lines if one.application == second and one.paper is Paper.STATEMENT]
    assert "czeka na sprawdzenie" in waiting.words


def test_nobody_is_asked_where_there_is_nothing_to_ask_for(staged: Staged) -> None:
    office, (first, _) = staged(two)
    with office.writing(STRANGER) as session, pytest.raises(NotFound):
        ask_for_statements(session, CALL, actor=STRANGER, now=office.now())
    redefined(office, contracts=ContractRules())
    with office.writing(RITA) as session, pytest.raises(BadInput, match="nie ma formularza oświadczenia"):
        ask_for_statements(session, first, actor=RITA, now=office.now())


# By an officer's hand


@pytest.mark.slow  # reads in a pool of processes; the commands are played by default, too
def test_the_newest_version_of_the_project_says_by_which_form(staged: Staged) -> None:
    office, (first, second) = staged(two)
    assert ask(office, first) == [first]
    version_after(office, contracts=ContractRules())
    with pytest.raises(BadInput, match="nie ma formularza oświadczenia"):
        ask(office, second)
    # What came by a form of the version before is read by its own questions.
    come(office, 0)
    others = tuple(form for form in people.definition().forms if form.key != FORM)
    version_after(office, forms=others, contracts=ContractRules())
    assert accept(office, first).student_under_26 is False


def test_a_file_in_hand_is_kept_read_and_filed(staged: Staged, tmp_path: Path) -> None:
    office, (first, _) = staged(two)
    path = tmp_path / "oswiadczenie.docx"
    path.write_bytes(SAVED.read_bytes())
    assert read_statement(office, path, "", actor=ZENON) == ReadStatement(first, ())
    with pytest.raises(BadInput, match="już przyjęto"):
        read_statement(office, path, "", actor=ZENON)
    path.write_bytes(people.filled(people.candidate(0)))
    wrong = read_statement(office, path, first, actor=ZENON)
    assert isinstance(wrong, Unreadable)
    assert wrong.code == "wrong_form"
    path.write_bytes(b"to nie jest dokument")
    assert isinstance(read_statement(office, path, first, actor=ZENON), Unreadable)
    with office.reading(WORKER) as session:
        kept = session.exec(select(SubmittedFile).where(SubmittedFile.channel == "in_person")).all()
        assert len(kept) == 1, "what is no statement is not kept"


@pytest.mark.slow  # reads in a pool of processes; the commands are played by default, too
def test_what_was_left_to_an_officer_can_be_read_for_a_number(staged: Staged, tmp_path: Path) -> None:
    office, (first, _) = staged(two)
    content = statement_docx(0, pesel="brak PESEL")
    send_in(
        office, statement_reading(0, {"pesel": "brak"}), sender="x@example.org", content=content, at="2018-09-04T10:00"
    )
    assert left_to_officer(office) == "no_seat"
    path = tmp_path / "a.docx"
    path.write_bytes(content)
    assert read_statement(office, path, first, actor=ZENON) == ReadStatement(first, ())


# What is said of it


def test_it_stands_in_todo_without_personal_data(staged: Staged) -> None:
    office, (first, second) = staged(two)
    come(office, 0)
    come(office, 1, {"konto": None})
    with office.reading(FILIP) as session:
        lines = {one.reference: one.what for one in waiting_for_whom(session, now=office.now())}
        events = repr([(one.subject, one.kind, one.facts) for one in session.exec(select(Event)).all()])
    assert "czeka na sprawdzenie" in lines[first]
    assert "do uzupełnienia: konto" in lines[second]
    for secret in (*ACCOUNTS, people.pesel(0), "Próbna", hashlib.sha256(ACCOUNTS[0].encode()).hexdigest()):
        assert secret not in events + repr(lines)
