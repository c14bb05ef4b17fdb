"""Bringing in a Harmonogram: all or nothing, once, with its origin; the rest of a meeting's life is the same."""

from pathlib import Path

import people
import pytest
from conftest import Staged
from people import CALL, MEETING, RITA, STRANGER, WORKER, deliver_all, go_to, group, invited_group, moment
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.documents import OUTDATED, export
from flows.steps.invitation_answers import answer_invitation
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.meeting_changes import Wanted, cancel_meeting, move_meeting
from flows.steps.meeting_papers import prepared_for
from flows.steps.meetings import day_in, days_of, find_meeting, plan_meetings
from flows.steps.schedule import schedule, warnings_of
from flows.steps.schedule_import import Imported, import_schedule
from models.errors import BadInput, NotAllowed, ScheduleFaulty
from models.rules.meeting_kinds import MeetingKind
from models.tables import Event, Invitation, IssuedDocument, Meeting, MeetingChange, Message
from models.tables.meetings import InvitationState, MeetingOrigin, MeetingState

HEAD = "Nabór;Kod;Rodzaj;Tytuł;Data;Od;Do;Miejsce;Prowadzący;Program;Powtarzaj;Powtarzaj do;Bez dni"
TRAINING = f"{CALL};szkolenie;szkolenie;Szkolenie z rodziną;13.10.2018;9:00;15:00;Kartuzy, PCPR;ROPS;Wprowadzenie;;;"
SERIES = f"{CALL};pgr;;Spotkanie grupy;2018-10-20;9:00;15:00;Kartuzy;UMK;Praca;3. sobota miesiąca;2018-12-31;"


def file_of(office: Office, *rows: str, name: str = "harmonogram.csv") -> Path:
    path = office.settings.data.parent / name
    path.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    return path


def bring(office: Office, *rows: str) -> Imported:
    return import_schedule(office, file_of(office, *rows), actor=RITA)


def test_a_training_and_a_series_become_meetings_with_their_origin(staged: Staged) -> None:
    office, _ = staged(group, 1)
    done = bring(office, TRAINING, SERIES)
    assert (done.new, done.unchanged, done.differing) == (4, 0, ())
    assert [(one.code, one.days[0][:10], one.series) for one in done.meetings] == [
        ("szkolenie", "2018-10-13", ""),
        ("pgr_1", "2018-10-20", "3. sobota miesiąca"),
        ("pgr_2", "2018-11-17", "3. sobota miesiąca"),
        ("pgr_3", "2018-12-15", "3. sobota miesiąca"),
    ]
    with office.reading(WORKER) as session:
        _, _, meeting = find_meeting(session, CALL, "szkolenie")
        (day,) = days_of(session, meeting)
        assert (meeting.kind, meeting.origin, meeting.state) == (
            MeetingKind.TRAINING,
            MeetingOrigin.IMPORT,
            MeetingState.PLANNED,
        )
        assert (day.starts_at, day.ends_at) == (moment("2018-10-13T09:00"), moment("2018-10-13T15:00"))
        document = session.exec(select(IssuedDocument).where(IssuedDocument.kind == "schedule_import")).one()
        told = session.exec(select(Event).where(Event.kind == "ScheduleImported")).one()
        planned = session.exec(select(Event).where(Event.kind == "MeetingPlanned").order_by(col(Event.id).desc())).all()
        assert meeting.source == f"sha256:{told.facts['digest']} 2"
        assert told.subject == f"document/{document.id}"
        assert planned[0].facts["origin"] == "import"
        assert [one.origin for one in session.exec(select(Meeting).where(Meeting.code == MEETING)).all()] == ["project"]


def test_the_same_file_again_changes_nothing(staged: Staged) -> None:
    office, _ = staged(group, 1)
    bring(office, TRAINING, SERIES)

    def rows(session: Session) -> list[int]:
        return [len(session.exec(select(table)).all()) for table in (Meeting, Event, IssuedDocument, MeetingChange)]

    with office.reading(WORKER) as session:
        before = rows(session)
    done = bring(office, TRAINING, SERIES)
    assert (done.new, done.unchanged, done.differing) == (0, 4, ())
    with office.reading(WORKER) as session:
        assert rows(session) == before


def test_what_differs_is_told_and_stays(staged: Staged) -> None:
    office, _ = staged(group, 1)
    bring(office, TRAINING)
    done = bring(
        office,
        TRAINING.replace("13.10.2018", "14.10.2018")
        .replace(";ROPS;", ";UMK;")
        .replace(";szkolenie;Sz", ";coaching;Sz"),
        f"{CALL};{MEETING};;Inny tytuł;2018-09-22;9:00;15:00;Kartuzy;UMK;Praca;;;",
    )
    assert (done.new, done.unchanged) == (0, 0)
    first, second = done.differing
    said = " ".join(first.sentences).replace("\u00a0", " ")
    assert "Nowy termin: niedziela, 14 października 2018 r." in said
    assert "Nowy rodzaj: coaching. Poprzedni rodzaj: szkolenie." in said
    assert "Prowadzenie: UMK. Poprzednio: ROPS." in said
    assert (second.code, second.call) == (MEETING, CALL)
    with office.reading(WORKER) as session:
        _, _, meeting = find_meeting(session, CALL, "szkolenie")
        assert (meeting.host, meeting.kind, meeting.sequence) == ("ROPS", MeetingKind.TRAINING, 0)


def test_one_unknown_call_and_nothing_comes_in(staged: Staged) -> None:
    office, _ = staged(group, 1)
    with pytest.raises(ScheduleFaulty) as caught:
        bring(office, TRAINING, TRAINING.replace(CALL, "KES/PGD/9999/2018"))
    assert [(one.line, one.sentence) for one in caught.value.problems] == [
        (3, "kolumna „Nabór”: Nie ma naboru „KES/PGD/9999/2018” (albo leży poza obszarem tego konta).")
    ]
    with office.reading(WORKER) as session:
        assert [one.code for one in session.exec(select(Meeting)).all()] == [MEETING]


def test_a_rehearsed_import_keeps_nothing(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(group, 1)
    assert import_schedule(office.on_trial(), file_of(office, TRAINING, SERIES), actor=RITA).new == 4
    with office.reading(WORKER) as session:
        assert [one.code for one in session.exec(select(Meeting)).all()] == [MEETING]
        assert session.exec(select(IssuedDocument).where(IssuedDocument.kind == "schedule_import")).all() == []


def test_a_meeting_of_the_past_comes_in_and_is_told(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(group, 1)
    past = TRAINING.replace("13.10.2018", "16.06.2018")
    assert "szkolenie: wszystkie dni już minęły; zaproszenia na to spotkanie nie wyjdą." in bring(office, past).warnings
    with office.reading(WORKER) as session:
        late = session.exec(select(Meeting.id).where(Meeting.code == "szkolenie")).one()
        assert late not in meetings_to_invite(session, now=office.now())


def test_only_who_keeps_meetings_of_the_area_may(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(group, 1)
    with pytest.raises(NotAllowed):
        import_schedule(office, file_of(office, TRAINING), actor=people.FILIP)
    with pytest.raises(ScheduleFaulty):
        import_schedule(office, file_of(office, TRAINING), actor=STRANGER)


def test_the_schedule_of_the_project_and_the_file_name_one_meeting_once(sqlite_staged: Staged) -> None:
    """Whichever comes first makes it."""
    office, _ = sqlite_staged(group, 1)
    bring(office, TRAINING)
    shipped = people.definition().schedule
    again = shipped[0].model_copy(update={"code": "szkolenie", "kind": MeetingKind.TRAINING})
    people.redefined(office, schedule=(*shipped, again))
    with office.writing(RITA) as session:
        assert plan_meetings(session, find_meeting(session, CALL, MEETING)[0], actor=RITA, now=office.now()) == 0


# What follows from a moved or cancelled meeting


def invited_to_both(office: Office) -> list[str]:
    registered = invited_group(office, 1)
    bring(office, TRAINING)
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=office.now()):
            invite(session, meeting, actor=WORKER, now=office.now())
    return registered


def test_an_imported_training_is_invited_to_moved_and_called_off_like_any_other(staged: Staged) -> None:
    office, _ = staged(invited_to_both)
    deliver_all(office, "2018-09-03T10:00")
    with office.reading(WORKER) as session:
        text = session.exec(
            select(Message.text).where(Message.event == "invitation").order_by(col(Message.id).desc())
        ).first()
        assert text is not None
        assert "na szkolenie grupy" in text.replace("\u00a0", " ")
        subjects = session.exec(select(Message.subject).where(Message.event == "invitation")).all()
        assert any(
            one.startswith("Zaproszenie na szkolenie 13 października")
            for one in (subject.replace("\u00a0", " ") for subject in subjects)
        )
    with office.writing(RITA) as session:
        wanted = Wanted(days=(day_in("2018-10-14T09:00-15:00"),), host="UMK", kind=MeetingKind.COACHING)
        changed = move_meeting(session, CALL, "szkolenie", wanted, reason="Sala.", actor=RITA, now=office.now())
    assert (changed.asks_anew, changed.told) == (True, 1)
    with office.reading(WORKER) as session:
        _, _, meeting = find_meeting(session, CALL, "szkolenie")
        assert (meeting.host, meeting.kind) == ("UMK", MeetingKind.COACHING)
        text = session.exec(select(Message.text).where(Message.event == "invitation_update")).one()
        assert "Prowadzenie: UMK. Poprzednio: ROPS." in text.replace("\u00a0", " ")
        assert "Nowy rodzaj: coaching. Poprzedni rodzaj: szkolenie." in text.replace("\u00a0", " ")
    deliver_all(office, "2018-09-03T11:00")
    with office.writing(RITA) as session:
        assert cancel_meeting(session, CALL, "szkolenie", reason="Choroba.", actor=RITA, now=office.now()).told == 1
    with office.reading(WORKER) as session:
        _, _, meeting = find_meeting(session, CALL, "szkolenie")
        states = session.exec(select(Invitation.state).where(Invitation.meeting_id == meeting.id)).all()
        assert (meeting.state, states) == (MeetingState.CANCELLED, [InvitationState.CANCELLED])
    done = bring(office, TRAINING)
    assert done.differing[0].sentences == ("Spotkanie jest odwołane; nowe musi mieć inny kod.",)


def test_sheets_of_the_old_days_lie_apart_after_a_move(staged: Staged, tmp_path: Path) -> None:
    office, _ = staged(invited_group, 1)
    issue_sheets(office, CALL, MEETING, actor=RITA)
    with office.reading(RITA) as session:
        assert prepared_for(session, CALL, MEETING) == 2
    export(office, tmp_path / "export", actor=RITA)
    assert len(list((tmp_path / "export" / "obecnosc").glob("*.docx"))) == 2
    go_to(office, "2018-09-04T09:00")
    with office.writing(RITA) as session:
        wanted = Wanted(days=(day_in("2018-09-22T10:00-15:00"), day_in("2018-09-30T10:00-14:00")))
        move_meeting(session, CALL, MEETING, wanted, reason="Sala.", actor=RITA, now=office.now())
        assert prepared_for(session, CALL, MEETING) == 0
    export(office, tmp_path / "export", actor=RITA)
    assert list((tmp_path / "export" / "obecnosc").glob("*.docx")) == []
    assert len(list((tmp_path / "export" / "obecnosc" / OUTDATED).glob("*.docx"))) == 2
    go_to(office, "2018-09-04T10:00")
    issue_sheets(office, CALL, MEETING, actor=RITA)
    export(office, tmp_path / "export", actor=RITA)
    assert sorted(path.name[-35:-19] for path in (tmp_path / "export" / "obecnosc").glob("*.docx")) == [
        "tuski_1-2018-09-22-lista-obecnosci.docx"[-35:-19],
        "tuski_1-2018-09-30-lista-obecnosci.docx"[-35:-19],
    ]


# The whole, with warnings


def test_collisions_and_odd_days_are_told_with_numbers_and_without_names(staged: Staged) -> None:
    office, (number,) = staged(invited_group, 1)
    clash = f"{CALL};zbieg;;Drugie;22.09.2018;12:00;18:00;Kartuzy;UMK;Praca;;;"
    weekday = f"{CALL};tydzien;;Trzecie;1.10.2018;9:00;15:00;Kartuzy;UMK;Praca;;;"
    warnings = bring(office, clash, weekday).warnings
    assert (
        f"zbieg: 22.09.2018 r. w tym samym czasie jest spotkanie {CALL} {MEETING}: te same osoby ({number})."
        in warnings
    )
    assert "zbieg: Liczba dni: 1; spotkania tej grupy mają ich 2." in warnings
    assert any(one.startswith("tydzien: 01.10.2018 r. wypada w poniedziałek w godzinach pracy") for one in warnings)
    with office.reading(RITA) as session:
        assert any("zbieg" in one for one in warnings_of(session, [(CALL, MEETING)]))
        lines = schedule(session)
        assert [(line.on.isoformat(), line.code) for line in lines] == [
            ("2018-09-22", MEETING),
            ("2018-09-22", "zbieg"),
            ("2018-09-23", MEETING),
            ("2018-10-01", "tydzien"),
        ]
        assert [bool(line.warnings) for line in lines] == [True, True, False, True]
        assert [line.code for line in schedule(session, month="2018-10", area="22", call=CALL)] == ["tydzien"]
        assert schedule(session, area="30") == []
        with pytest.raises(BadInput, match="nie jest miesiącem"):
            schedule(session, month="2018")
    with office.reading(STRANGER) as session:
        assert schedule(session) == []


def test_who_has_refused_is_not_expected_and_a_cancelled_meeting_is_in_nobodys_way(staged: Staged) -> None:
    office, (number,) = staged(invited_group, 1)
    bring(office, f"{CALL};zbieg;;Drugie;22.09.2018;12:00;18:00;Gdynia;ROPS;Praca;;;")
    with office.writing(RITA) as session:
        people_clash = [one for one in warnings_of(session, [(CALL, "zbieg")]) if number in one]
        assert len(people_clash) == 1
        answer_invitation(session, CALL, MEETING, number, accepts=False, actor=RITA, now=office.now())
        assert [one for one in warnings_of(session, [(CALL, "zbieg")]) if number in one] == []
        answer_invitation(session, CALL, MEETING, number, accepts=True, actor=RITA, now=office.now())
        cancel_meeting(session, CALL, MEETING, reason="Choroba.", actor=RITA, now=office.now())
        assert [one for one in warnings_of(session, [(CALL, "zbieg")]) if number in one] == []
