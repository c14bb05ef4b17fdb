"""A day as a whole: how somebody was there, everybody at once, pictures that wait, and a confirmed day."""

from datetime import date, time

import people
import pytest
from conftest import Staged
from people import CALL, FILIP, KINGA, MEETING, MEETING_DAYS, RITA, STRANGER, WORKER, go_to, invited_group
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.attendance import Entry, enter
from flows.steps.attendance_days import DayLine, confirm_day, day_lines, enter_all, enter_words
from flows.steps.attendance_files import export_file, keep_scans, waiting_scans
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.invitation_answers import answer_invitation
from flows.steps.meeting_changes import cancel_meeting
from flows.steps.stipends import settle_meeting
from flows.steps.todo import waiting_for_whom
from models.actor import Actor
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.rules.presence import AttendanceStatus
from models.tables import Attendance, AttendanceFile

DAY = MEETING_DAYS[0]


def held(office: Office) -> list[str]:
    registered = invited_group(office, 3)
    go_to(office, "2018-09-24T09:00")
    return registered


def say(
    office: Office, number: str, words: str, *, reason: str = "", actor: Actor = RITA, scan: int | None = None
) -> None:
    with office.writing(actor) as session:
        enter_words(
            session, CALL, MEETING, DAY, number, words, reason=reason, file_id=scan, actor=actor, now=office.now()
        )


def lines(office: Office) -> dict[str, DayLine]:
    with office.reading(WORKER) as session:
        return {line.number: line for line in day_lines(session, CALL, MEETING) if line.day == DAY}


def rows(office: Office) -> list[Attendance]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Attendance).order_by(col(Attendance.id))).all())


def test_how_somebody_was_there_is_kept_beside_the_minutes(staged: Staged) -> None:
    office, (late, early, away) = staged(held)
    say(office, late, "10:30–15:00")
    say(office, early, "wyszła o 12:00")
    say(office, away, "usp.", reason="Choroba dziecka.")
    told = lines(office)
    assert [
        (told[one].minutes, told[one].status, told[one].arrived, told[one].left) for one in (late, early, away)
    ] == [
        (270, AttendanceStatus.LATE, "10:30", "15:00"),
        (180, AttendanceStatus.LEFT_EARLY, "09:00", "12:00"),
        (0, AttendanceStatus.EXCUSED, "", ""),
    ]
    assert [(row.reason, row.raw) for row in rows(office)][-1] == ("Choroba dziecka.", "usp.")


def test_bare_minutes_that_agree_take_no_detail_away(sqlite_staged: Staged) -> None:
    office, (number, *_) = sqlite_staged(held)
    say(office, number, "10:30–15:00")
    say(office, number, "270 min")
    assert [row.status for row in rows(office)] == [AttendanceStatus.LATE]
    say(office, number, "nieob.")
    say(office, number, "usp.", reason="Wypadek.")
    say(office, number, "usp.", reason="Wypadek.")
    assert [(row.version, row.status) for row in rows(office)[1:]] == [
        (2, AttendanceStatus.ABSENT),
        (3, AttendanceStatus.EXCUSED),
    ]


def test_what_cannot_be_understood_or_lacks_a_reason_is_asked(sqlite_staged: Staged) -> None:
    office, (number, *_) = sqlite_staged(held)
    for words, asked in (("5:30", "godzina, czy liczba"), ("usp.", "wymaga powodu"), ("8:00–15:00", "poza ten dzień")):
        with pytest.raises(BadInput, match=asked):
            say(office, number, words)
    with pytest.raises(NotAllowed):
        say(office, number, "6 h", actor=KINGA)
    assert rows(office) == []


def everybody(office: Office, **exceptions: str) -> tuple[int, int]:
    answers = {f"{CALL}/{number.removeprefix('n')}": words for number, words in exceptions.items()}
    with office.writing(FILIP) as session:
        return enter_all(session, CALL, MEETING, DAY, answers, actor=FILIP, now=office.now())


def test_everybody_was_there_but_for_some(staged: Staged) -> None:
    office, _ = staged(held)
    assert everybody(office, n0002="nieob.", n0003="9:00-12:00") == (3, 3)
    assert [line.minutes for line in lines(office).values()] == [360, 0, 180]
    assert everybody(office, n0002="nieob.", n0003="9:00-12:00") == (3, 0)


def test_one_reason_for_all_is_only_theirs_who_need_one(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(held)

    def enter_with(**exceptions: str) -> None:
        answers = {f"{CALL}/{number.removeprefix('n')}": words for number, words in exceptions.items()}
        with office.writing(RITA) as session:
            enter_all(session, CALL, MEETING, DAY, answers, reason="Wspólny.", actor=RITA, now=office.now())

    enter_with(n0002="usp. pogrzeb", n0003="usp.")
    assert [row.reason for row in rows(office)] == [None, "pogrzeb", "Wspólny."]
    enter_with(n0001="5 h", n0002="usp. pogrzeb", n0003="usp.")
    assert [row.reason for row in rows(office)[3:]] == ["Wspólny."], "only a changed entry is written again"


def test_who_declined_is_nobodys_whole_day_unless_said(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(people.invited_group, 3)
    with office.writing(RITA) as session:
        answer_invitation(session, CALL, MEETING, first, accepts=False, actor=RITA, now=office.now())
    go_to(office, "2018-09-24T09:00")
    with pytest.raises(BadInput, match=f"{first}: odmówiono udziału"):
        everybody(office)
    with pytest.raises(BadInput, match="0099: nie miało"):
        everybody(office, n0099="nieob.")
    assert rows(office) == []
    everybody(office, n0001="cały dzień")
    assert [row.minutes for row in rows(office)] == [360, 360, 360]


def test_a_confirmed_day_changes_with_a_reason_only(staged: Staged) -> None:
    office, (first, second, third) = staged(held)
    say(office, first, "cały dzień")
    with office.writing(RITA) as session, pytest.raises(NotYet, match=f"{second}, {third}"):
        confirm_day(session, CALL, MEETING, DAY, actor=RITA, now=office.now())
    everybody(office)
    for _ in range(2):
        with office.writing(RITA) as session:
            assert confirm_day(session, CALL, MEETING, DAY, actor=RITA, now=office.now()) == 3
    assert all(line.confirmed for line in lines(office).values())
    say(office, first, "cały dzień")
    with pytest.raises(BadInput, match=r"jest potwierdzona.*nabor attendance enter … --reason"):
        say(office, first, "5 h")
    say(office, first, "5 h", reason="Pomyłka przy przepisywaniu.")
    assert not any(line.confirmed for line in lines(office).values()), "what was confirmed is no longer what counts"


def test_a_picture_waits_until_the_day_is_entered(staged: Staged) -> None:
    office, (first, second, third) = staged(held)
    scan = keep_scans(office, CALL, MEETING, DAY, [("lista.jpg", b"\xff\xd8\xff podpisy")], actor=RITA)[0]
    again = keep_scans(office, CALL, MEETING, DAY, [("inna.jpg", b"\xff\xd8\xff podpisy")], actor=RITA)[0]
    assert again.id == scan.id, "each content once"
    say(office, first, "cały dzień", scan=scan.id)
    with office.reading(RITA) as session:
        (waits,) = waiting_scans(session)
        assert waits.missing == (second, third)
        todo = [line.what for line in waiting_for_whom(session, now=office.now()) if "do przepisania" in line.what]
    assert todo == [f"obecność do przepisania ze skanu (plik {scan.id}): {MEETING}, 22.09.2018; brakuje wpisów: 2"]
    with pytest.raises(BadInput, match="innego dnia"), office.writing(RITA) as session:
        now = office.now()
        enter_words(session, CALL, MEETING, MEETING_DAYS[1], second, "6 h", file_id=scan.id, actor=RITA, now=now)
    for number in (second, third):
        say(office, number, "nieob.", scan=scan.id)
    with office.reading(RITA) as session:
        assert waiting_scans(session) == []
    assert {(row.file_id, row.place) for row in rows(office)} == {(scan.id, "przepisano ze skanu")}


def test_one_scan_of_both_days_is_kept_for_each(staged: Staged) -> None:
    office, (first, *_) = staged(held)
    kept = [
        keep_scans(office, CALL, MEETING, on, [("lista.pdf", b"%PDF-1.4 oba dni")], actor=RITA)[0]
        for on in (*MEETING_DAYS, *MEETING_DAYS)
    ]
    assert [one.id for one in kept] == [1, 2, 1, 2]
    with office.reading(RITA) as session:
        assert [(one.id, one.on) for one in waiting_scans(session)] == [(1, MEETING_DAYS[0]), (2, MEETING_DAYS[1])]
    with office.writing(RITA) as session:
        now = office.now()
        enter_words(session, CALL, MEETING, MEETING_DAYS[1], first, "6 h", file_id=2, actor=RITA, now=now)
    folder = office.settings.data.parent / "out"
    for one in (1, 2):
        assert export_file(office, one, folder, actor=RITA).read_bytes() == b"%PDF-1.4 oba dni"


def test_a_kept_file_comes_out_as_it_came_and_to_nobody_else(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(held)
    scan = keep_scans(office, CALL, MEETING, DAY, [("Lista Próbnej.PDF", b"%PDF-1.4 podpisy")], actor=RITA)[0]
    folder = office.settings.data.parent / "out"
    path = export_file(office, scan.id or 0, folder, actor=RITA)
    assert (path.name, path.read_bytes()) == (f"obecnosc-{scan.id}.pdf", b"%PDF-1.4 podpisy")
    with pytest.raises(NotFound):
        export_file(office, scan.id or 0, folder, actor=STRANGER)
    stored = b"".join(one.read_bytes() for one in (office.settings.data / "files").rglob("*") if one.is_file())
    assert b"podpisy" not in stored
    with office.reading(WORKER) as session:
        assert session.exec(select(AttendanceFile.name)).all() == ["Lista Próbnej.PDF"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"tekst", b"\xff\xd8\xff" + b"x" * (10 * 1024 * 1024)])
def test_only_pictures_of_a_reasonable_size_are_kept(sqlite_staged: Staged, content: bytes) -> None:
    office, _ = sqlite_staged(held)
    with pytest.raises(BadInput):
        keep_scans(office, CALL, MEETING, DAY, [("plik", content)], actor=RITA)


def test_minutes_outside_the_times_are_the_callers_to_say(sqlite_staged: Staged) -> None:
    """A break is none of the times' business: minutes stay what is paid for."""
    office, (number, *_) = sqlite_staged(held)
    with office.writing(RITA) as session:
        entry = Entry(minutes=300, arrived=time(9), left=time(15))
        assert enter(session, CALL, MEETING, DAY, number, entry, actor=RITA, now=office.now())
        assert not enter(session, CALL, MEETING, DAY, number, entry, actor=RITA, now=office.now())
        with pytest.raises(NotFound):
            enter(session, CALL, MEETING, date(2018, 9, 25), number, entry, actor=RITA, now=office.now())


def test_nobody_was_at_a_meeting_that_was_called_off(sqlite_staged: Staged) -> None:
    office, (number, *_) = sqlite_staged(invited_group, 3)
    with office.writing(RITA) as session:
        cancel_meeting(session, CALL, MEETING, reason="Choroba.", new_date_follows=False, actor=RITA, now=office.now())
    go_to(office, "2018-09-24T09:00")
    called_off = f"Spotkanie „{MEETING}” odwołano"
    with pytest.raises(NotYet, match=f"{called_off}; obecności na nim się nie wpisuje"):
        say(office, number, "6 h")
    with pytest.raises(NotYet, match=called_off):
        keep_scans(office, CALL, MEETING, DAY, [("lista.jpg", b"\xff\xd8\xff podpisy")], actor=RITA)
    with office.writing(RITA) as session, pytest.raises(NotYet, match=called_off):
        confirm_day(session, CALL, MEETING, DAY, actor=RITA, now=office.now())
    with pytest.raises(NotYet, match=called_off):
        issue_sheets(office, CALL, MEETING, actor=RITA)
    with pytest.raises(NotYet, match=f"{called_off}; niczego się za nie nie wypłaca"):
        settle_meeting(office, CALL, MEETING, paid_on=date(2018, 10, 1), actor=FILIP)
    assert rows(office) == []
