"""Documents: versions kept encrypted, written out only on purpose, outside the data folder, and on record."""

from pathlib import Path

import people
import pytest
from conftest import Staged
from people import ADAM, CALL, FILIP, FRANKA, RITA, STRANGER, WORKER, Everything, everything, reading, send_in
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.agreement_papers import issue_accession_sheet, issue_agreement
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.certificates import issue_certificates
from flows.steps.channels import choose_channel
from flows.steps.coaching import issue_coaching_sheet
from flows.steps.documents import EXPORT_RIGHTS, content_of, export, export_submitted, issue, newest
from flows.steps.host_lists import issue_host_list
from flows.steps.meeting_records import issue_protocol
from flows.steps.paper_letters import print_letters
from flows.steps.schedule_import import import_schedule
from flows.steps.stipends import settle_meeting
from flows.steps.support_sessions import issue_support_list
from models.actor import Actor
from models.errors import BadInput, NotAllowed, NotFound
from models.events import Happened
from models.tables import Agreement, Application, Event, Institution, IssuedDocument, Membership, Stipend
from models.tables.outbox import Channel

RITA_AND_FILIP = Actor("biuro", RITA.roles | FILIP.roles)
EXAMPLE = {"kind": "protocol", "subject": "X", "file_name": "x.docx", "area": "2205"}


def make(office: Office, content: bytes, person_id: int | None = None) -> None:
    with office.writing(RITA) as session:
        issue(office, session, content=content, actor=RITA, now=office.now(), person_id=person_id, **EXAMPLE)


def test_versions_stay_and_the_newest_counts(office: Office) -> None:
    for content in (b"first", b"second"):
        make(office, content)
    with office.reading(WORKER) as session:
        rows = session.exec(select(IssuedDocument).order_by(IssuedDocument.version)).all()  # type: ignore[arg-type]
        assert [content_of(office, session, row) for row in rows] == [b"first", b"second"]
        last = newest(session, "protocol", "X")
        assert last is not None
        assert (last.version, last.personal) == (2, False)
        assert newest(session, "protocol", "Y") is None
        noted = session.exec(select(Event).where(Event.kind == Happened.DOCUMENT_ISSUED)).all()
        assert sorted(event.facts["version"] for event in noted) == [1, 2]


def test_what_is_somebodys_lies_under_their_own_key(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(everything)
    with office.reading(WORKER) as session:
        rows = session.exec(select(IssuedDocument)).all()
        keys = {(row.personal, row.data_key_id) for row in rows}
    assert len({key for personal, key in keys if not personal}) == 1
    assert len({key for personal, key in keys if personal}) == 2
    assert {key for personal, key in keys if personal}.isdisjoint({key for personal, key in keys if not personal})


def test_an_export_writes_the_newest_of_everything_and_is_on_record(staged: Staged, tmp_path: Path) -> None:
    office, _ = staged(everything)
    people.deliver_all(office, "2018-10-01T12:00")
    written = export(office, tmp_path / "export", actor=RITA_AND_FILIP)
    folders = {path.relative_to(tmp_path / "export").parts[0] for path in written}
    assert {"listy", "protokoly", "rachunki", "wyplaty", "poczta"} <= folders
    assert len(set(written)) == len(written)
    assert all(path.stat().st_size for path in written)
    assert [path.name for path in written if "Próbna" in path.name or "0261120" in path.name] == []
    with office.reading(WORKER) as session:
        (told,) = session.exec(select(Event).where(Event.kind == Happened.EXPORTED)).all()
        assert told.facts["documents"] == len(written)


def test_every_protocol_is_exported_and_of_lists_the_newest(office: Office, tmp_path: Path) -> None:
    """Each session of the commission has its own protocol; the later one says nothing of the earlier."""
    for content in (b"first", b"second"):
        make(office, content)
    with office.writing(RITA) as session:
        for content in (b"old", b"new"):
            listed = EXAMPLE | {"kind": "public_list", "file_name": "X-lista.docx"}
            issue(office, session, content=content, actor=RITA, now=office.now(), person_id=None, **listed)
    written = {path.name: path.read_bytes() for path in export(office, tmp_path / "export", actor=RITA)}
    stem = Path(EXAMPLE["file_name"]).stem
    assert written == {f"{stem}-1.docx": b"first", f"{stem}-2.docx": b"second", "X-lista.docx": b"new"}


def test_each_role_exports_its_own_kinds_of_papers(staged: Staged, tmp_path: Path) -> None:
    office, example = staged(everything)
    issue_sheets(office, CALL, example.meeting, actor=RITA)
    issue_protocol(office, CALL, example.meeting, actor=RITA)
    issue_certificates(office, CALL, actor=RITA)
    issue_host_list(office, CALL, example.meeting, actor=RITA)
    planned = tmp_path / "harmonogram.csv"
    head = "Nabór;Kod;Tytuł;Data;Od;Do;Miejsce;Prowadzący;Program"
    planned.write_text(f"{head}\n{CALL};nowe;Nowe;20.10.2018;9:00;15:00;Kartuzy;ROPS;Praca\n", encoding="utf-8")
    import_schedule(office, planned, actor=RITA)
    issue_coaching_sheet(office, example.members[0], actor=RITA)
    issue_support_list(office, 1, actor=RITA)
    with office.writing(RITA) as session:
        paper = {"address": "ul. Wymyślona 5", "reason": "Prośba."}
        choose_channel(session, people.numbers(office)[-1], Channel.PAPER, **paper, actor=RITA, now=office.now())
    with office.writing(RITA) as session:
        agreement = session.exec(select(Agreement)).one()
        library = session.exec(select(Institution)).one()
        issue_agreement(office, session, agreement, [library], [], actor=RITA, now=office.now())
        issue_accession_sheet(office, session, agreement, library, actor=RITA, now=office.now())
    print_letters(office, [], tmp_path / "letters", actor=RITA)
    people.deliver_all(office, "2018-10-01T12:00")

    def folders(actor: Actor) -> set[str]:
        into = tmp_path / actor.login
        return {path.relative_to(into).parts[0] for path in export(office, into, actor=actor)}

    assert folders(RITA) == {
        *("listy", "protokoly", "deklaracje", "poczta", "pisma", "obecnosc", "formularze"),
        *("spotkania", "zaswiadczenia", "dla-prowadzacych", "harmonogram", "porozumienia", "podpisane"),
    }
    assert folders(FILIP) == {"rachunki", "wyplaty", "godziny", "przelewy", "umowy", "obecnosc", "spotkania"}
    assert folders(FRANKA) == {"rachunki", "wyplaty", "przelewy", "godziny", "umowy"}
    with office.reading(WORKER) as session:
        kinds = set(session.exec(select(IssuedDocument.kind)).all())
    # The forms of this office are no Word files, so nobody got a copy of their own back; nobody was refused.
    # Forms of calls for units, and acts of appointment, have tests of their own.
    assert kinds == set(EXPORT_RIGHTS) - {"correction_copy", "appeal_ruling", "call_form", "appointment_act"}, (
        "a kind nobody may export, or one nobody makes"
    )
    with pytest.raises(NotAllowed, match="nadesłanych plików"):
        export_submitted(office, example.members[0], tmp_path / "sent", actor=FILIP)


def test_a_bill_that_was_replaced_does_not_lie_among_those_to_sign(staged: Staged, tmp_path: Path) -> None:
    office, example = staged(everything)
    export(office, tmp_path / "export", actor=FILIP)
    assert sorted(path.name for path in (tmp_path / "export" / "rachunki").glob("*.docx")) == [
        "R-0001-2018-rachunek.docx",
        "R-0002-2018-rachunek.docx",
    ]
    with office.reading(WORKER) as session:
        first = session.exec(select(Stipend).where(Stipend.number == "R/0001/2018")).one()
        application = session.get_one(Application, session.get_one(Membership, first.membership_id).application_id)
    people.attend(office, application.number, 360, 240)
    settle_meeting(office, CALL, example.meeting, paid_on=people.PAID_ON, actor=FILIP)
    export(office, tmp_path / "export", actor=FILIP)
    assert sorted(
        path.relative_to(tmp_path / "export").as_posix() for path in (tmp_path / "export" / "rachunki").rglob("*.docx")
    ) == [
        "rachunki/R-0002-2018-rachunek.docx",
        "rachunki/R-0003-2018-rachunek.docx",
        "rachunki/zastapione/R-0001-2018-rachunek.docx",
    ]


@pytest.mark.parametrize("inside", ["", "export", "../data/export"])
def test_nothing_is_exported_into_the_data_folder(sqlite_staged: Staged, inside: str) -> None:
    office, example = sqlite_staged(everything)
    with pytest.raises(BadInput, match="w folderze danych"):
        export(office, office.settings.data / inside, actor=FILIP)
    with pytest.raises(BadInput, match="w folderze danych"):
        export_submitted(office, example.members[0], office.settings.data / inside, actor=RITA)
    assert not (office.settings.data / "export").exists()


def test_a_link_into_the_data_folder_is_seen_through(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(everything)
    (tmp_path / "link").symlink_to(office.settings.data)
    with pytest.raises(BadInput, match="w folderze danych"):
        export(office, tmp_path / "link" / "export", actor=FILIP)


def test_sent_files_come_out_as_they_came_in(staged: Staged, tmp_path: Path) -> None:
    office, example = staged(everything)
    assert isinstance(example, Everything)
    send_in(office, reading(9), at="2018-10-01T08:45", number=example.incomplete, content=b"the answer itself")
    written = export_submitted(office, example.incomplete, tmp_path / "export", actor=RITA)
    assert len(written) == 2
    assert b"the answer itself" in [path.read_bytes() for path in written]
    assert {path.name.partition("-2018-")[0] for path in written} == {"KES-PGR-2205"}
    with office.reading(WORKER) as session:
        (told,) = session.exec(select(Event).where(Event.kind == Happened.EXPORTED)).all()
        assert told.facts == {"files": 2}


def test_who_may_not_export_or_works_elsewhere_gets_nothing(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, example = sqlite_staged(everything)
    for actor in (people.KINGA, ADAM, WORKER):
        with pytest.raises(NotAllowed):
            export(office, tmp_path / "export", actor=actor)
    assert export(office, tmp_path / "export", actor=STRANGER) == []
    with pytest.raises(NotFound):
        export_submitted(office, example.members[0], tmp_path / "export", actor=STRANGER)
    assert not (tmp_path / "export").exists()
    assert example.members[0].startswith(CALL)
