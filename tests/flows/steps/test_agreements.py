"""Agreements of institutions: who is asked, who signs, who joins later, and that every party learns of it once."""

from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import people
import pytest
from agreeing import (
    CODE,
    DEADLINE,
    INSTITUTIONS,
    POLA,
    asked,
    delivered,
    founding,
    join,
    letters,
    listed,
    loaded,
    opened,
    out,
    signed,
    swarzedz,
    symbols,
    taken_in,
    text_of,
)
from conftest import Staged
from mails import letter
from people import ADAM, RITA, WORKER, go_to
from sqlmodel import col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.agreement_letters import ASKS, REMINDS
from flows.steps.agreement_notices import JOINED
from flows.steps.agreement_parties import agreement_lines, asked_of, find_agreement
from flows.steps.agreement_texts import REDATED
from flows.steps.agreements import (
    close_agreement,
    decline,
    invite,
    leave,
    move_deadline,
    open_agreement,
    remind,
    reopen_agreement,
    sign,
)
from flows.steps.documents import content_of, export, newest
from flows.steps.institutions import (
    Signatory,
    Stated,
    add_institution,
    code_of,
    institutions_in,
    name_representative,
    set_institution,
)
from flows.steps.mailbox import collect
from flows.steps.people import open_data_key
from flows.steps.reminders import due_occasions
from flows.steps.reminders import remind as remind_due
from flows.steps.signed_papers import SignedFile, keep_signed
from flows.steps.time_rehearsal import rehearse_time
from flows.steps.todo import waiting_for_whom
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.events import Happened
from models.project import ProjectDefinition
from models.reminder_rules import ReminderEvent, ReminderRule, ReminderSide
from models.tables import AgreementParty, Event, Message, ReceivedMail, SubmittedFile
from models.tables.agreements import AgreementState, AskedState, PartyStep
from models.tables.files import FileState
from models.tables.mail import MailState
from models.tables.outbox import MessageState
from models.tables.projects import Manner
from models.transitions import reference

MIXES = {"swarzedz": ("3021163", 10), "krobia": ("3004033", 7), "srem": ("3026043", 11), "czerniejewo": ("3003023", 5)}


# Opening and asking


def test_an_agreement_belongs_to_one_powiat_or_gmina_a_year(staged: Staged) -> None:
    office, _ = staged(swarzedz)
    with office.reading(POLA) as session:
        (line,) = agreement_lines(session, area="30")
        assert (line.code, line.title) == (CODE, "Porozumienie o współpracy – gmina Swarzędz")
        assert (line.state, line.deadline, line.parties, line.unsigned) == (AgreementState.OPEN, DEADLINE, 0, 0)
    for area, deadline, said in (
        ("3021163", DEADLINE, "już istnieje"),
        ("30", DEADLINE, "w powiecie"),
        ("3021999", DEADLINE, "nie należy do projektu"),
        ("3021", date(2019, 12, 1), "już minął"),
    ):
        with pytest.raises(BadInput, match=said):
            opened(office, area, deadline)
    assert opened(office, "3021") == "KES/POR/3021/2019"


def test_a_project_without_the_words_has_no_agreement(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(loaded)
    people.redefined(office, agreements=None)
    with pytest.raises(BadInput, match="nie ma treści porozumienia"):
        opened(office)


def test_everybody_is_asked_once_with_the_agreement_in_the_letter(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    assert invite(office, CODE, codes[:3], actor=POLA) == codes[:3]
    assert invite(office, CODE, [*codes[:4], "3021163"], actor=POLA) == codes[3:4]
    assert len(letters(office, ASKS)) == 4
    postbox = people.deliver_all(office, "2019-12-02T12:00")
    assert [recipient for _, recipient, _ in postbox.mails] == [f"swarzedz{n}@example.org" for n in range(1, 5)]
    mail = message_from_bytes(postbox.mails[3][2], policy=policy.default)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "Porozumienie.docx"
    said = text_of(attached.get_content())
    assert "Szkoła Podstawowa nr 1 w Swarzędzu" in said
    assert "28 lutego 2020 r." in said
    with office.reading(POLA) as session:
        kept = newest(session, "agreement", CODE)
        assert kept is not None
        assert (kept.version, kept.personal, content_of(office, session, kept)) == (2, False, attached.get_content())


def test_who_declines_is_asked_no_more_until_asked_anew(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    invite(office, CODE, codes[:2], actor=POLA)
    with office.writing(POLA) as session:
        decline(session, CODE, codes[1], actor=POLA, now=office.now())
    assert [row.state for row in letters(office, ASKS)] == [MessageState.DUE, MessageState.WITHDRAWN]
    with office.writing(POLA) as session, pytest.raises(BadInput, match=f"{codes[1]}: ta instytucja nie czeka"):
        decline(session, CODE, codes[1], actor=POLA, now=office.now())
    go_to(office, "2019-12-03T09:00")
    assert invite(office, CODE, codes[:2], actor=POLA) == [codes[1]]
    assert len(letters(office, ASKS)) == 3


def test_a_signature_takes_back_the_letters_that_ask(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    invite(office, CODE, codes[:2], actor=POLA)
    founding(office, codes[:1])
    assert [row.state for row in letters(office, ASKS)] == [MessageState.WITHDRAWN, MessageState.DUE]
    with office.reading(POLA) as session:
        found = [(one.state, one.text) for one in asked_of(session, find_agreement(session, CODE))]
    assert found == [(AskedState.SIGNED, 1), (AskedState.ASKED, 1)]


# Signing, joining, leaving


@pytest.mark.parametrize(
    "mix", ["swarzedz", *(pytest.param(mix, marks=pytest.mark.slow) for mix in ("krobia", "srem", "czerniejewo"))]
)
def test_the_four_mixes_sign_and_are_told_of_a_newcomer(sqlite_staged: Staged, mix: str) -> None:
    """domain.md §2.2: ten institutions in Swarzędz, seven in Krobia, eleven in Śrem, five in Czerniejewo."""
    office, _ = sqlite_staged(loaded)
    area, size = MIXES[mix]
    codes = taken_in(office, mix)
    assert len(codes) == size
    code = opened(office, area)
    assert invite(office, code, codes, actor=POLA) == codes
    assert len(delivered(office, "2019-12-02T12:00")) == size
    assert signed(office, codes, code=code) == [0] * size, "the text that reached each of them names all the others"
    with office.writing(POLA) as session:
        late = Stated("Stowarzyszenie Nowe", area=area, email="nowe@example.org")
        newcomer = code_of(add_institution(session, "KES", late, actor=POLA, now=office.now()).institution)
    assert join(office, code, newcomer) == (True, size)
    told = letters(office, JOINED)
    assert sorted(row.recipient for row in told) == sorted(f"{mix}{n}@example.org" for n in range(1, size + 1))
    assert all("Nowa strona: Stowarzyszenie Nowe" in row.text.replace("\u00a0", " ") for row in told)
    assert all(f"razem z nową: {size + 1}" in row.text.replace("\u00a0", " ") for row in told)
    assert len(delivered(office, "2019-12-02T13:00")) == size
    assert [party.number for party in listed(office, code)] == list(range(1, size + 2))


def test_the_letter_names_an_institution_and_never_a_person(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    for code in codes:
        with office.writing(POLA) as session:
            signs = Signatory("Kanarkowa Osoba", "dyrektorka Kanarek")
            name_representative(session, code, signs, since=date(2019, 1, 1), actor=POLA, now=office.now())
    invite(office, CODE, codes[:3], actor=POLA)
    founding(office, codes[:2])
    join(office, CODE, codes[2])
    with office.writing(POLA) as session:
        assert remind(session, CODE, actor=POLA, now=office.now()) == []
    with office.writing(WORKER) as session:
        rows = session.exec(select(Message)).all()
        said = "".join(f"{row.subject}{row.text}{row.html}{row.content}" for row in rows)
        facts = str(session.exec(select(Event.facts)).all())
    assert "Kanar" not in said + facts
    assert symbols(listed(office))[:2] == codes[:2]
    assert listed(office)[0].signatories == (Signatory("Kanarkowa Osoba", "dyrektorka Kanarek"),)


def test_signed_twice_it_is_one_party_and_nobody_is_told_again(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    founding(office, codes[:2])
    assert [join(office, CODE, codes[2]), join(office, CODE, codes[2])] == [(True, 2), (False, 0)]
    assert signed(office, codes[:3]) == [0, 0, 0]
    assert len(letters(office, JOINED)) == 2
    assert symbols(listed(office)) == codes[:3]


def test_whoever_was_asked_may_still_sign_after_others_have_joined(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    asked(office, codes[:2], "2019-12-02T12:00")
    signed(office, codes[:1])
    assert join(office, CODE, codes[5]) == (True, 1)
    go_to(office, "2020-03-05T09:00")
    assert signed(office, codes[1:2], "2020-02-27") == [1], "who joined before by the sheet is told, who signed is not"
    asked(office, codes[2:3], "2020-03-05T12:00")
    with office.reading(POLA) as session:
        kept = newest(session, "agreement", CODE)
        assert kept is not None
        said = text_of(content_of(office, session, kept))
    names = [party.name for party in listed(office)]
    assert len(names) == 3
    for name in names:
        assert f"{name} (strona od " in said.replace(", ul.", " (") or name in said
    assert said.count("(strona od ") == 3
    assert "1. " not in said.partition("Podpisy stron")[2], "a party does not sign again"


def test_all_sign_together_or_none(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    with pytest.raises(NotFound):
        founding(office, [*codes[:2], "I999"])
    with pytest.raises(BadInput, match="nie nadszedł"):
        founding(office, codes[:2], "2019-12-03")
    assert listed(office) == []


def test_who_left_is_told_of_nobody_and_may_come_back(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    founding(office, codes[:3])
    go_to(office, "2019-12-10T09:00")
    with pytest.raises(BadInput, match="wcześniejsze niż podpis"):
        out(office, CODE, codes[0], "2019-12-01")
    assert [out(office, CODE, codes[0]), out(office, CODE, codes[0])] == [True, False]
    assert join(office, CODE, codes[3]) == (True, 2)
    assert join(office, CODE, codes[0]) == (True, 3)
    assert symbols(listed(office)) == [codes[1], codes[2], codes[3], codes[0]]


def test_closed_nobody_joins_and_nobody_is_asked(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    invite(office, CODE, codes[:2], actor=POLA)
    founding(office, codes[:1])
    with office.writing(POLA) as session:
        close_agreement(session, CODE, actor=POLA, now=office.now())
    with pytest.raises(NotYet, match="jest zamknięte"):
        join(office, CODE, codes[1])
    with office.reading(POLA) as session:
        states = [one.state for one in asked_of(session, find_agreement(session, CODE))]
        assert [line for line in waiting_for_whom(session, now=office.now()) if CODE in line.reference] == []
    assert states == [AskedState.SIGNED, AskedState.WITHDRAWN]
    with office.writing(POLA) as session:
        reopen_agreement(session, CODE, actor=POLA, now=office.now())
    assert join(office, CODE, codes[1]) == (True, 1)


def test_a_signed_scan_is_kept_once_and_belongs_to_its_agreement(staged: Staged, tmp_path: Path) -> None:
    office, codes = staged(swarzedz)
    scan = SignedFile("podpisy Kanarkowej.pdf", b"%PDF podpisy")
    for part in (codes[:2], codes[2:3]):
        sign(office, CODE, part, on=date(2019, 12, 2), manner=Manner.PAPER, file=scan, actor=POLA)
    with office.writing(WORKER) as session:
        (row,) = session.exec(select(SubmittedFile)).all()
        assert (row.state, row.area, row.application_id) == (FileState.FILED, "3021163", None)
        assert office.files.read(row.stored_as, open_data_key(session, row.data_key_id)) == b"%PDF podpisy"
    assert {party.file_id for party in listed(office)} == {row.id}
    other = opened(office, "3021")
    with pytest.raises(BadInput, match="należy już do innej sprawy"):
        join(office, other, codes[4], file=scan)
    for name, content, said in (("x.pdf", b"", "pusty"), ("x.exe", b"MZ", "jednego z rodzajów")):
        with pytest.raises(BadInput, match=said):
            join(office, CODE, codes[4], file=SignedFile(name, content))
    (written,) = [path for path in export(office, tmp_path / "out", actor=POLA) if path.parent.name == "podpisane"]
    assert (written.name, written.read_bytes()) == (f"KES-POR-3021163-2019-podpis-{row.id}.pdf", b"%PDF podpisy")
    assert export(office, tmp_path / "rita", actor=RITA) == [], "another area"
    with office.writing(RITA) as session, pytest.raises(BadInput, match="należy już do innej sprawy"):
        keep_signed(office, session, scan, matter="KES/2205", area="2205", actor=RITA)


# Whoever was a party when


def test_parties_are_known_for_every_day_and_every_moment_of_recording(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    founding(office, codes[:2])
    first = office.now()
    go_to(office, "2020-01-20T09:00")
    join(office, CODE, codes[2], "2020-01-05")
    go_to(office, "2020-02-10T09:00")
    out(office, CODE, codes[0], "2020-02-01")
    assert symbols(listed(office)) == codes[1:3]
    assert symbols(listed(office, at=first)) == codes[:2]
    assert symbols(listed(office, at=people.moment("2020-01-10T09:00"))) == codes[:2], "not on record yet"
    assert symbols(listed(office, on=date(2020, 1, 10))) == codes[:3], "though it had signed"
    assert symbols(listed(office, on=date(2020, 1, 31))) == codes[:3]
    assert symbols(listed(office, on=date(2020, 2, 1))) == codes[1:3]
    assert listed(office, on=date(2019, 12, 1)) == []


def test_a_party_keeps_the_name_it_signed_under(sqlite_staged: Staged) -> None:
    office, codes = sqlite_staged(swarzedz)
    founding(office, codes[1:2])
    with office.writing(POLA) as session:
        set_institution(session, "KES", codes[1], Stated("Zespół Szkół"), actor=POLA, now=office.now())
    assert [party.name for party in listed(office)] == ["Szkoła Podstawowa nr 1 w Swarzędzu"]


def test_an_answer_to_a_notice_waits_for_an_officer(sqlite_staged: Staged) -> None:
    """It is about no application, so nothing is filed by itself."""
    office, codes = sqlite_staged(swarzedz)
    founding(office, codes[:1])
    join(office, CODE, codes[1])
    people.deliver_all(office, "2019-12-02T12:00")
    (notice,) = letters(office, JOINED)
    answer = letter({}, subject="Re: Nowa strona porozumienia", headers={"In-Reply-To": notice.message_id})
    collect(office, people.Letterbox(answer, at="2019-12-02T13:00"), actor=WORKER)
    with office.reading(WORKER) as session:
        (mail,) = session.exec(select(ReceivedMail)).all()
    assert (mail.state, mail.application_id) == (MailState.WAITING, None)


# Reminders


def rules(*told: ReminderRule) -> dict[str, object]:
    return {"reminders": told}


BEFORE = ReminderRule(code="por", event=ReminderEvent.AGREEMENT_UNSIGNED, offset_working_days=5, times=2, spacing=3)
AFTER = ReminderRule(code="po", event=ReminderEvent.AGREEMENT_UNSIGNED, offset_days=3, times=1, side=ReminderSide.AFTER)


def chased(office: Office, at: str) -> list[str]:
    """Whom the scheduled reminders write to at a time."""
    now = go_to(office, at)
    known = {row.id for row in letters(office, REMINDS)}
    with office.writing(WORKER) as session:
        remind_due(session, due_occasions(session, now=now), actor=WORKER, now=now)
    return [f"I{row.institution_id}" for row in letters(office, REMINDS) if row.id not in known]


def test_the_unsigned_are_reminded_before_the_day_and_after_it(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    people.redefined(office, reminders=(BEFORE, AFTER))
    invite(office, CODE, codes[:3], actor=POLA)
    assert chased(office, "2020-02-14T09:00") == [], "the letter that asks has not left"
    people.deliver_all(office, "2020-02-17T09:00")
    assert chased(office, "2020-02-18T09:00") == codes[:3]
    assert chased(office, "2020-02-18T10:00") == []
    sign(office, CODE, codes[:1], on=date(2020, 2, 18), manner=Manner.PAPER, actor=POLA)
    with office.writing(POLA) as session:
        decline(session, CODE, codes[1], actor=POLA, now=office.now())
    assert chased(office, "2020-02-21T09:00") == codes[2:3]
    assert chased(office, "2020-03-02T09:00") == codes[2:3]
    last = letters(office, REMINDS)[-1]
    assert "Termin podpisania minął" in last.text
    assert "Podpisać można nadal" in last.text


def test_a_moved_day_takes_back_the_reminder_of_the_old_one(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    people.redefined(office, reminders=(BEFORE,))
    invite(office, CODE, codes[:1], actor=POLA)
    people.deliver_all(office, "2020-02-17T09:00")
    assert chased(office, "2020-02-18T09:00") == codes[:1]
    move_deadline(office, CODE, date(2020, 3, 31), actor=POLA)
    assert [row.state for row in letters(office, REMINDS)] == [MessageState.WITHDRAWN]
    assert len(delivered(office, "2020-02-18T12:00")) == 1, "the word of the new day"
    assert chased(office, "2020-02-21T09:00") == []
    assert chased(office, "2020-03-24T09:00") == codes[:1]
    with pytest.raises(BadInput, match="już minął"):
        move_deadline(office, CODE, date(2020, 3, 1), actor=POLA)


def test_a_moved_day_reaches_everybody_who_is_asked(staged: Staged) -> None:
    """Who has the letter is told of the new day, who has none yet is asked with it; both get the text that says so."""
    office, codes = staged(swarzedz)
    asked(office, codes[:2], "2019-12-02T12:00")
    signed(office, codes[:1])
    with office.writing(POLA) as session:
        set_institution(session, "KES", codes[3], Stated(email=""), actor=POLA, now=office.now())
    invite(office, CODE, codes[2:4], actor=POLA)
    move_deadline(office, CODE, date(2020, 3, 31), actor=POLA)
    move_deadline(office, CODE, date(2020, 3, 31), actor=POLA)
    states = [(f"I{row.institution_id}", row.state) for row in letters(office, ASKS)]
    assert states == [
        (codes[0], MessageState.SENT),
        (codes[1], MessageState.SENT),
        (codes[2], MessageState.WITHDRAWN),
        (codes[3], MessageState.WITHDRAWN),
        (codes[2], MessageState.DUE),
        (codes[3], MessageState.UNADDRESSED),
    ]
    (told,) = letters(office, REDATED)
    assert f"I{told.institution_id}" == codes[1]
    assert "31 marca 2020 r." in told.text.replace("\u00a0", " ")
    assert "28 lutego 2020 r." in told.text.replace("\u00a0", " ")
    assert "28 lutego" not in "".join(row.text for row in letters(office, ASKS)[-2:]).replace("\u00a0", " ")
    mails = people.deliver_all(office, "2019-12-02T14:00").mails
    assert len(mails) == 2
    for _, _, mail in mails:
        (attached,) = message_from_bytes(mail, policy=policy.default).iter_attachments()
        assert "o podpis do 31 marca 2020 r." in text_of(attached.get_content())
    assert signed(office, codes[1:3]) == [0, 1], "the second text still names the first, but not the other way round"


def test_a_rehearsal_of_time_knows_when_they_will_be_reminded(sqlite_staged: Staged) -> None:
    office, codes = sqlite_staged(swarzedz)
    people.redefined(office, reminders=(BEFORE,))
    invite(office, CODE, codes[:2], actor=POLA)
    people.deliver_all(office, "2020-02-17T09:00")
    found = rehearse_time(office, {"remind": "0 9 * * *", "deliver": "0 10 * * *"}, weeks=1, actor=POLA)
    told = [(warsaw_date(one.at), one.number, one.rule) for one in found.letters if one.event == REMINDS]
    assert told == [(day, CODE, "por") for day in (date(2020, 2, 18), date(2020, 2, 21)) for _ in codes[:2]]


def test_by_hand_they_are_reminded_once_a_day(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    asked(office, codes[:2], "2019-12-02T12:00")
    invite(office, CODE, codes[2:3], actor=POLA)
    for expected in (codes[:2], []):
        with office.writing(POLA) as session:
            assert remind(session, CODE, actor=POLA, now=office.now()) == expected


def test_what_waits_says_who_has_not_signed(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    invite(office, CODE, codes[:2], actor=POLA)
    founding(office, codes[:1])
    number = f"{CODE} {codes[1]}"
    for at, who in (("2020-02-28T12:00", "instytucja"), ("2020-02-29T08:00", "pracownik")):
        now = go_to(office, at)
        with office.reading(POLA) as session:
            lines = [line for line in waiting_for_whom(session, now=now) if line.reference == number]
        assert [(line.who, line.since, line.due) for line in lines] == [(who, date(2019, 12, 2), DEADLINE)]


# Scope and rights


def test_an_officer_of_another_area_sees_and_does_nothing(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    founding(office, codes[:2])
    invite(office, CODE, codes[2:3], actor=POLA)
    with office.writing(RITA) as session:
        assert agreement_lines(session) == []
        assert institutions_in(session) == []
        for act in (
            lambda: find_agreement(session, CODE),
            lambda: leave(session, CODE, codes[0], on=date(2019, 12, 2), actor=RITA, now=office.now()),
            lambda: remind(session, CODE, actor=RITA, now=office.now()),
            lambda: close_agreement(session, CODE, actor=RITA, now=office.now()),
        ):
            with pytest.raises(NotFound):
                act()
        with pytest.raises(NotAllowed):
            open_agreement(session, "KES", "3021", deadline=DEADLINE, actor=RITA, now=office.now())
    with pytest.raises(NotFound):
        invite(office, CODE, codes, actor=RITA)
    with pytest.raises(NotAllowed), office.writing(ADAM) as session:
        open_agreement(session, "KES", "3021", deadline=DEADLINE, actor=ADAM, now=office.now())


def test_the_words_leave_no_trace_in_a_project_without_them() -> None:
    from models.project_bytes import canonical_bytes

    definition = people.definition()
    without: ProjectDefinition = definition.model_copy(update={"agreements": None})
    assert b'"agreements"' in canonical_bytes(definition)
    assert b'"agreements"' not in canonical_bytes(without)


def test_the_sample_tables_are_as_the_pages_say() -> None:
    sizes = {mix: len(path.read_text("utf-8").splitlines()) - 1 for mix in MIXES for path in [_path(mix)]}
    assert sizes == {mix: size for mix, (_, size) in MIXES.items()}


def _path(mix: str) -> Path:
    return INSTITUTIONS / f"{mix}.csv"


def test_every_step_is_on_record(staged: Staged) -> None:
    office, codes = staged(swarzedz)
    founding(office, codes[:1])
    join(office, CODE, codes[1])
    out(office, CODE, codes[0])
    with office.reading(WORKER) as session:
        about = reference(find_agreement(session, CODE))
        events = session.exec(select(Event).where(Event.subject == about).order_by(col(Event.id))).all()
        rows = session.exec(select(AgreementParty).order_by(col(AgreementParty.ordinal))).all()
    assert [event.kind for event in events] == [
        Happened.AGREEMENT_OPENED,
        Happened.EXPORTED,
        Happened.AGREEMENT_JOINED,
        Happened.AGREEMENT_JOINED,
        Happened.AGREEMENT_LEFT,
    ]
    assert [(row.ordinal, row.step) for row in rows] == [
        (1, PartyStep.SIGNED),
        (2, PartyStep.ACCEDED),
        (3, PartyStep.LEFT),
    ]
