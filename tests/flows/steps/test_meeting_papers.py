"""What is written of a meeting: its record, certificates for those entitled, and the list for its host."""

import io
from pathlib import Path

import people
import pytest
from conftest import Staged
from docx import Document
from people import (
    CALL,
    FILIP,
    KINGA,
    MEETING,
    MEETING_DAYS,
    RITA,
    WORKER,
    attend,
    further_meeting,
    go_to,
    invited_group,
    reading,
    redefined,
)
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select, text

from flows.adapters.office import Office
from flows.steps.attendance import Entry, enter
from flows.steps.certificates import CertificateLine, issue_certificates
from flows.steps.documents import content_of, export, newest
from flows.steps.host_lists import issue_host_list
from flows.steps.invitation_answers import answer_invitation
from flows.steps.meeting_changes import cancel_meeting
from flows.steps.meeting_records import Findings, findings_of, issue_protocol, record_findings
from flows.steps.meetings import find_meeting
from flows.steps.member_needs import HIDDEN, needs_by_number, set_needs
from flows.steps.memberships import membership_of
from flows.steps.presence import standing_lines
from models.actor import Actor
from models.attendance_rules import AttendanceRules
from models.errors import BadInput, NotAllowed, NotYet
from models.project import Certificates, Entitled
from models.rules.member_needs import Need
from models.rules.presence import ExcusedDays
from models.tables import Certificate, Event, IssuedDocument, MeetingRecord, MemberNeeds, Person


def after_the_meeting(office: Office) -> list[str]:
    """One was there all the time, one for less than eighty of a hundred, one never."""
    registered = invited_group(office, 3)
    go_to(office, "2018-09-24T09:00")
    for number, minutes in zip(registered, ((360, 360), (360, 200), (0, 0)), strict=True):
        attend(office, number, *minutes)
    return registered


def words_of(office: Office, kind: str, subject: str) -> str:
    with office.reading(WORKER) as session:
        row = newest(session, kind, subject)
        assert row is not None
        document = Document(io.BytesIO(content_of(office, session, row)))
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells]).replace("\u00a0", " ")


def record(office: Office, *worked_out: str, verified: tuple[str, ...] = (), actor: Actor = RITA) -> int:
    with office.writing(actor) as session:
        return record_findings(
            session, CALL, MEETING, worked_out=worked_out, verified=verified, actor=actor, now=office.now()
        )


# The record


def test_what_was_worked_out_is_kept_version_by_version_and_sealed(staged: Staged) -> None:
    office, _ = staged(after_the_meeting)
    assert record(office, "Pani Zmyślona opisze zasoby gmin.") == 1
    assert record(office, " Pani Zmyślona  opisze zasoby gmin. ") == 1, "the same again"
    assert record(office, "Opisano zasoby gmin.", verified=("PGR – powiat kartuski",)) == 2
    with office.reading(WORKER) as session:
        _, _, meeting = find_meeting(session, CALL, MEETING)
        assert findings_of(session, meeting) == Findings(("Opisano zasoby gmin.",), ("PGR – powiat kartuski",))
        kept = session.exec(select(MeetingRecord).order_by(col(MeetingRecord.id))).all()
        assert [row.version for row in kept] == [1, 2]
        events = session.exec(select(Event).where(Event.kind == "MeetingRecorded")).all()
        assert "Zmyślona" not in str([event.facts for event in events])
        raw = session.connection().execute(text("SELECT body FROM meeting_record")).scalars().all()
        assert not any("Zmyślona".encode() in bytes(body) for body in raw)
    with pytest.raises(DBAPIError, match="append-only"), office.store.engine.begin() as connection:
        connection.execute(text("UPDATE meeting_record SET version = 9"))


def test_the_record_tells_task_agenda_people_and_findings(staged: Staged) -> None:
    office, _ = staged(after_the_meeting)
    record(office, "Opisano zasoby gmin.", verified=("PGR – powiat kartuski",))
    assert issue_protocol(office, CALL, MEETING, actor=RITA) == 2
    said = words_of(office, "meeting_protocol", f"{CALL}:{MEETING}")
    for part in (
        "Protokół spotkania",
        "powiat kartuski",
        "Kartuzy, Żukowo",
        "sobota, 22 września 2018 r., 9:00–15:00",
        people.definition().group_kind("PGR").tasks[0],
        "Dzień pierwszy: założenia modelu kooperacji",
        "Zmyślona Próbna-b",
        "22.09, 23.09",
        "Razem: 2 osoby.",
        "Opisano zasoby gmin.",
        "PGR – powiat kartuski",
        "moderatorzy Uniwersytetu Mikołaja Kopernika",
    ):
        assert part in said
    assert "Próbna-c" not in said, "who was not there"
    issue_protocol(office, CALL, MEETING, by_institution=True, actor=RITA)
    said = words_of(office, "meeting_protocol", f"{CALL}:{MEETING}:instytucje")
    assert "Próbna-b" not in said
    assert "instytucj" in said
    assert "2 osoby." in said


def test_there_is_no_record_before_the_meeting_nor_of_one_that_was_called_off(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    with pytest.raises(NotYet, match="jeszcze się nie zaczęło"):
        record(office, "Cokolwiek.")
    go_to(office, "2018-09-22T12:00")
    with pytest.raises(NotYet, match="Nikomu nie wpisano"):
        issue_protocol(office, CALL, MEETING, actor=RITA)
    with pytest.raises(BadInput, match="Podaj, co wypracowano"):
        record(office, "  ")
    with pytest.raises(NotAllowed):
        record(office, "Cokolwiek.", actor=KINGA)


def test_of_a_meeting_called_off_nothing_is_recorded(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    with office.writing(RITA) as session:
        cancel_meeting(session, CALL, MEETING, reason="Choroba.", actor=RITA, now=office.now())
    go_to(office, "2018-09-24T09:00")
    with pytest.raises(NotYet, match="odwołano"):
        record(office, "Cokolwiek.")
    with pytest.raises(NotYet, match="odwołano"):
        issue_host_list(office, CALL, MEETING, actor=RITA)


# Certificates


def certified(office: Office, *numbers: str) -> list[CertificateLine]:
    return issue_certificates(office, CALL, numbers=numbers, actor=RITA)


def test_who_was_there_long_enough_gets_a_numbered_certificate_once(staged: Staged, tmp_path: Path) -> None:
    office, (first, second, third) = staged(after_the_meeting)
    lines = certified(office)
    assert [(one.application, one.number, one.minutes, one.why_not) for one in lines] == [
        (first, f"ZU/{CALL}/001", 720, ""),
        (second, "", 560, "obecność 77%, potrzeba 80%"),
        (third, "", 0, "bez potwierdzonej obecności"),
    ]
    assert [one.new for one in certified(office)] == [False, False, False]
    said = words_of(office, "certificate", f"ZU/{CALL}/001")
    assert "Pani Zmyślona Próbna-a" in said
    assert "uczestniczka projektu" in said
    assert "wzięła udział w spotkaniach grupy" in said
    assert "12 godz." in said
    with office.reading(WORKER) as session:
        row = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "certificate")).one()
        assert row.personal
        assert row.file_name == f"ZU-{CALL.replace('/', '-')}-001-zaswiadczenie.docx"
    written = export(office, tmp_path / "export", actor=RITA)
    assert [path.parent.name for path in written if "zaswiadczenie" in path.name] == ["zaswiadczenia"]


def test_other_hours_are_another_version_of_the_same_number(staged: Staged) -> None:
    office, (first, second, _) = staged(after_the_meeting)
    certified(office)
    attend(office, first, 360, 300)
    attend(office, second, 360, 360)
    assert [(one.number, one.version, one.new) for one in certified(office)[:2]] == [
        (f"ZU/{CALL}/001", 2, True),
        (f"ZU/{CALL}/002", 1, True),
    ]
    with office.reading(WORKER) as session:
        rows = session.exec(select(Certificate).order_by(col(Certificate.id))).all()
        assert [(row.number[-3:], row.version, sum(day["minutes"] for day in row.attended)) for row in rows] == [
            ("001", 1, 720),
            ("001", 2, 660),
            ("002", 1, 720),
        ]
    with pytest.raises(DBAPIError, match="append-only"), office.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM certificate"))


def test_a_project_may_certify_whoever_was_there_once(sqlite_staged: Staged) -> None:
    office, (_, second, _) = sqlite_staged(after_the_meeting)
    redefined(office, certificates=Certificates(entitled=Entitled.ONCE))
    assert [bool(one.number) for one in certified(office)] == [True, True, False]
    assert certified(office, second)[0].number == f"ZU/{CALL}/002"


def half_excused(office: Office) -> list[str]:
    """Of two days the first was there on one and excused on the other, the second excused on both."""
    first, second, third = registered = invited_group(office, 3)
    go_to(office, "2018-09-24T09:00")
    attend(office, first, 360)
    attend(office, third, 360, 360)
    with office.writing(RITA) as session:
        for number, day in ((first, 1), (second, 0), (second, 1)):
            entry = Entry(minutes=0, excused=True, reason="Sąd.")
            enter(session, CALL, MEETING, MEETING_DAYS[day], number, entry, actor=RITA, now=office.now())
    return registered


def test_a_certificate_whose_ground_is_gone_is_told_of_and_put_aside(staged: Staged, tmp_path: Path) -> None:
    office, (first, second, _) = staged(after_the_meeting)
    attend(office, second, 360, 300)
    certified(office)

    def exported() -> list[str]:
        export(office, tmp_path, actor=RITA)
        return sorted(one.relative_to(tmp_path / "zaswiadczenia").as_posix() for one in tmp_path.rglob("ZU-*.docx"))

    one, other = (f"ZU-{CALL.replace('/', '-')}-00{i}-zaswiadczenie.docx" for i in (1, 2))
    assert exported() == [one, other]
    attend(office, first, 360, 0)
    attend(office, second, 0, 0)
    said = "zaświadczenie {} już wystawiono; trzeba je wycofać: {}"
    assert [(line.number, line.version, line.new, line.why_not) for line in certified(office)[:2]] == [
        (f"ZU/{CALL}/001", 1, False, said.format(f"ZU/{CALL}/001", "obecność 50%, potrzeba 80%")),
        (f"ZU/{CALL}/002", 1, False, said.format(f"ZU/{CALL}/002", "bez potwierdzonej obecności")),
    ]
    assert exported() == [f"do-wycofania/{one}", f"do-wycofania/{other}"]
    attend(office, first, 360, 360)
    assert certified(office, first)[0].why_not == ""
    assert exported() == [one, f"do-wycofania/{other}"]


def test_a_day_not_entered_yet_takes_no_certificate_back(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, (first, *_) = sqlite_staged(after_the_meeting)
    certified(office, first)
    further_meeting(office)
    go_to(office, "2018-11-30T09:00")
    (line,) = certified(office, first)
    assert line.why_not.startswith(f"zaświadczenie ZU/{CALL}/001 już wystawiono; nie wpisano obecności: ")
    assert [one.parent.name for one in export(office, tmp_path, actor=RITA) if "zaswiad" in one.name] == [
        "zaswiadczenia"
    ]


NEVER_THERE = "bez potwierdzonej obecności"


@pytest.mark.parametrize(
    ("excused", "percent", "why_not"),
    [
        (None, 100, ("", NEVER_THERE)),
        (ExcusedDays.LEFT_OUT, 100, ("", NEVER_THERE)),
        (ExcusedDays.PRESENT, 100, ("", NEVER_THERE)),
        (ExcusedDays.ABSENT, 50, ("obecność 50%, potrzeba 80%", NEVER_THERE)),
    ],
)
def test_a_certificate_takes_excused_days_as_the_watched_share_does(
    sqlite_staged: Staged, excused: ExcusedDays | None, percent: int, why_not: tuple[str, str]
) -> None:
    office, (first, second, _) = sqlite_staged(half_excused)
    if excused is not None:
        redefined(office, attendance=AttendanceRules(excused=excused))
    one, other = certified(office, first, second)
    assert (one.minutes, one.percent, (one.why_not, other.why_not)) == (360, percent, why_not)
    assert not other.number, "who was never there gets no certificate, whatever an excused day counts as"
    with office.reading(WORKER) as session:
        watched = {line.number: line.percent for line in standing_lines(session, CALL, now=office.now())}
        printed = [row.attended for row in session.exec(select(Certificate)).all()]
    assert watched[first] == one.percent
    assert [[day["minutes"] for day in days] for days in printed] == ([] if one.why_not else [[360]])


@pytest.mark.parametrize(("minutes", "percent", "entitled"), [((360, 216), 80, True), ((360, 215), 79, False)])
def test_the_share_is_measured_in_whole_minutes(
    sqlite_staged: Staged, minutes: tuple[int, int], percent: int, entitled: bool
) -> None:
    office, (_, second, _) = sqlite_staged(after_the_meeting)
    attend(office, second, *minutes)
    (line,) = certified(office, second)
    assert (line.percent, bool(line.number)) == (percent, entitled)


def test_a_day_without_an_entry_is_settled_first(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(invited_group, 1)
    go_to(office, "2018-09-24T09:00")
    attend(office, number, 360)
    assert certified(office)[0].why_not == "nie wpisano obecności: 23.09.2018"


def test_everybodys_certificates_wait_for_the_last_meeting(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(invited_group, 1)
    go_to(office, "2018-09-22T20:00")
    with pytest.raises(NotYet, match=f"przed sobą spotkania: {MEETING}"):
        certified(office)
    assert certified(office, number)[0].why_not == "bez potwierdzonej obecności"
    with pytest.raises(NotAllowed):
        issue_certificates(office, CALL, actor=FILIP)


@pytest.mark.parametrize(("sex", "said"), [("mezczyzna", "Pan Z"), (None, "osoba uczestnicząca w realizacji projektu")])
def test_words_follow_sex_and_fit_everybody_where_it_is_unknown(
    sqlite_staged: Staged, sex: str | None, said: str
) -> None:
    office, (number, *_) = sqlite_staged(after_the_meeting)
    with office.writing(RITA) as session:
        person = session.get_one(Person, membership_of(session, number).person_id)
        person.sex = sex
        session.add(person)
    certified(office, number)
    assert said in words_of(office, "certificate", f"ZU/{CALL}/001")


# Needs, and the list for the host


def with_needs(office: Office) -> list[str]:
    """The form of the first asks for something; the second's says that there is nothing."""
    people.open_kes_call(office)
    for i, answer in enumerate(("dostęp bez schodów", "brak", None)):
        people.send_in(office, reading(i, {"potrzeby": answer}))
    registered = people.numbers(office)
    people.verified(office)
    people.ranked(office)
    people.adopted(office)
    go_to(office, "2018-07-06T09:00")
    people.announce(office, CALL, actor=RITA)
    for number in registered:
        people.confirm(office, number)
    return registered


def needs(office: Office, number: str, actor: Actor = RITA) -> dict[Need, tuple[str, str]]:
    with office.reading(actor) as session:
        return {one.need: (one.text, one.origin) for one in needs_by_number(session, number, actor=actor)}


def say(office: Office, number: str, **said: str) -> None:
    with office.writing(RITA) as session:
        told = {Need(need): words for need, words in said.items()}
        set_needs(session, number, told, actor=RITA, now=office.now())


def test_the_form_is_read_and_an_officers_word_counts(staged: Staged) -> None:
    office, (first, second, _) = staged(with_needs)
    assert needs(office, first)[Need.ACCESS] == ("dostęp bez schodów", "form")
    assert needs(office, second)[Need.ACCESS] == ("", "")
    say(office, first, diet="wegetariańska", access="tłumacz języka migowego")
    say(office, first, diet="wegetariańska")
    say(office, first, lodging="z piątku na sobotę")
    assert needs(office, first) == {
        Need.ACCESS: ("tłumacz języka migowego", "officer"),
        Need.DIET: ("wegetariańska", "officer"),
        Need.LODGING: ("z piątku na sobotę", "officer"),
        Need.TRAVEL: ("", ""),
    }
    say(office, first, access="")
    assert needs(office, first)[Need.ACCESS] == ("", "officer")
    with office.reading(WORKER) as session:
        kept = session.exec(select(MemberNeeds).order_by(col(MemberNeeds.id))).all()
        assert [row.version for row in kept] == [1, 2, 3]
        events = session.exec(select(Event).where(Event.kind == "NeedsRecorded").order_by(col(Event.id))).all()
        assert [event.facts for event in events] == [{"version": 1}, {"version": 2}, {"version": 3}]
        raw = session.connection().execute(text("SELECT body FROM member_needs")).scalars().all()
        assert not any(b"diet" in bytes(body) for body in raw)


def test_who_does_not_prepare_meetings_reads_nothing_and_learns_nothing(sqlite_staged: Staged) -> None:
    office, (first, second, _) = sqlite_staged(with_needs)
    for number in (first, second):
        assert set(needs(office, number, actor=FILIP).values()) == {(HIDDEN, "")}
    with pytest.raises(NotAllowed), office.writing(FILIP) as session:
        set_needs(session, first, {Need.DIET: "x"}, actor=FILIP, now=office.now())
    with pytest.raises(NotAllowed):
        issue_host_list(office, CALL, MEETING, actor=FILIP)


def test_the_host_gets_counts_and_needs_and_names_only_when_the_office_says_so(staged: Staged, tmp_path: Path) -> None:
    office, (first, second, third) = staged(with_needs)
    say(office, second, diet="wegetariańska")
    say(office, third, diet="wegetariańska")
    assert issue_host_list(office, CALL, MEETING, actor=RITA) == 3
    said = words_of(office, "host_list", f"{CALL}:{MEETING}")
    assert "Dokument zawiera dane osobowe" in said
    assert "wegetariańska\n2" in said
    assert "dostęp bez schodów\n1" in said
    for secret in ("Próbna", "Zmyślona", people.pesel(0), "osoba0@"):
        assert secret not in said
    issue_host_list(office, CALL, MEETING, with_names=True, actor=RITA)
    said = words_of(office, "host_list", f"{CALL}:{MEETING}")
    assert "Zmyślona Próbna-b" in said
    assert "niepełnosprawno" not in said
    folders = {path.parent.name for path in export(office, tmp_path / "rita", actor=RITA)}
    assert "dla-prowadzacych" in folders
    assert "dla-prowadzacych" not in {path.parent.name for path in export(office, tmp_path / "filip", actor=FILIP)}
    assert first != second


def test_who_does_not_come_needs_nothing(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(with_needs)
    now = go_to(office, "2018-09-03T09:00")
    with office.writing(WORKER) as session:
        for meeting in people.meetings_to_invite(session, now=now):
            people.invite(session, meeting, actor=WORKER, now=now)
    with office.writing(RITA) as session:
        answer_invitation(session, CALL, MEETING, first, accepts=False, actor=RITA, now=now)
    assert issue_host_list(office, CALL, MEETING, actor=RITA) == 2
    assert "dostęp bez schodów" not in words_of(office, "host_list", f"{CALL}:{MEETING}")
