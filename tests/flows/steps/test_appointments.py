"""Acts of appointment and of recall: who gets one, under which number, and what is kept when it comes back signed."""

import contextlib
import io
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import people
import pytest
from conftest import Staged
from docx import Document
from people import ADAM, CALL, RITA, STRANGER, WORKER, go_to, group, version_after
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps import signed_papers as signed_papers_step
from flows.steps.applications import find_application
from flows.steps.appointments import ActLine, SignedBefore, acts_of, find_act, issue_acts, recall_acts, sign_act
from flows.steps.cooperation import record_declaration
from flows.steps.documents import content_of, export, newest
from flows.steps.documents import issue as issue_document
from flows.steps.kept_files import LARGEST_KEPT, keep_file
from flows.steps.mail_files import file_beside
from flows.steps.people import open_data_key
from flows.steps.signed_papers import CHANNEL, SIGNED_ACT, SignedFile
from flows.steps.todo import waiting_for_whom
from flows.steps.unreadable_files import leave_to_officer, settle_file
from flows.steps.withdrawal import withdraw
from forms.reading import Unreadable
from models.actor import Actor
from models.appointment_rules import AppointmentRules
from models.errors import BadInput, NotAllowed, NotFound
from models.tables import (
    ActSigning,
    AppointmentAct,
    DataKey,
    Event,
    IssuedDocument,
    Membership,
    Person,
    ProjectVersion,
    SubmittedFile,
)
from models.tables.appointments import ActKind
from models.tables.files import FileState
from models.tables.projects import Manner

SCAN = SignedFile("podpis Zmyślonej.pdf", b"%PDF podpis")


def rules(**settings: object) -> AppointmentRules:
    """The shipped act, for the group of the tests."""
    shipped = people.definition().appointment("RGR")
    assert shipped is not None
    return shipped.model_copy(update={"group_kinds": ("PGR",), **settings})


def appointing(office: Office, people_: int = 3) -> list[str]:
    registered = group(office, people_)
    version_after(office, appointments=(rules(),))
    go_to(office, "2018-08-01T09:00")
    return registered


def issue(office: Office, *numbers: str, again: bool = False, actor: Actor = RITA) -> list[ActLine]:
    return issue_acts(office, CALL, numbers=numbers, again=again, actor=actor)


def leave(office: Office, number: str) -> None:
    with office.writing(RITA) as session:
        withdraw(session, number, actor=RITA, now=office.now())


def said(office: Office, number: str) -> str:
    with office.reading(WORKER) as session:
        row = newest(session, "appointment_act", number)
        assert row is not None
        assert row.personal
        document = Document(io.BytesIO(content_of(office, session, row)))
    return "\n".join(one.text for one in document.paragraphs).replace("\u00a0", " ")


def waiting(office: Office) -> list[tuple[str, str]]:
    with office.reading(RITA) as session:
        lines = waiting_for_whom(session, now=office.now())
    return [(line.what.partition(" (")[0], line.reference) for line in lines if "akt " in line.what]


def acts(lines: Sequence[ActLine]) -> list[tuple[str, bool]]:
    return [(line.number, line.new) for line in lines]


def test_everybody_in_the_group_gets_one_act_with_a_number_of_its_own(staged: Staged) -> None:
    office, registered = staged(appointing)
    assert waiting(office) == [("akt powołania do sporządzenia", number) for number in registered]
    lines = issue(office)
    assert acts(lines) == [(f"POW/PGR/000{n}/2018", True) for n in (1, 2, 3)]
    assert [line.application for line in lines] == registered
    assert acts(issue(office)) == [(line.number, False) for line in lines], "a second run appoints nobody twice"
    text = said(office, "POW/PGR/0001/2018")
    for part in (
        "Akt powołania\nnr POW/PGR/0001/2018",
        "Założenie – do zmiany przez biuro",
        "Poznań, 1 sierpnia 2018 r.",
        "Pani\nZmyślona Próbna-",
        "\nInstytucja Próbna\nNa podstawie",
        "powołuję Panią z dniem 1 sierpnia 2018 r. w skład grupy „Powiatowa Grupa Refleksyjna – powiat kartuski”.",
        people.definition().group_kind("PGR").tasks[0],
        "W grupie reprezentuje Pani instytucję: Instytucja Próbna.",
    ):
        assert part in text
    assert waiting(office) == [("akt powołania czeka na podpis", line.number) for line in lines]


def test_one_person_may_be_appointed_before_the_others_and_from_another_day(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(appointing)
    (line,) = issue_acts(office, CALL, numbers=registered[1:2], since=date(2018, 9, 1), actor=RITA)
    assert (line.application, line.number) == (registered[1], "POW/PGR/0001/2018")
    assert "z dniem 1 września 2018 r." in said(office, line.number)
    assert acts(issue(office)) == [
        ("POW/PGR/0002/2018", True),
        ("POW/PGR/0001/2018", False),
        ("POW/PGR/0003/2018", True),
    ]
    with pytest.raises(BadInput, match="nie ma miejsca w grupie"):
        issue(office, "KES/PGR/2205/2018/9999")


def test_the_words_follow_the_persons_sex(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(appointing)
    with office.writing(WORKER) as session:
        persons = session.exec(select(Person).order_by(col(Person.id))).all()
        for row, sex in zip(persons, ("kobieta", "mezczyzna", None), strict=True):
            row.sex = sex
            session.add(row)
    texts = [said(office, line.number) for line in issue(office)]
    assert ["powołuję Panią" in texts[0], "powołuję Pana" in texts[1], "powołuję Państwa" in texts[2]] == [True] * 3
    assert ["reprezentuje Pani " in texts[0], "reprezentuje Pan " in texts[1]] == [True, True]
    assert "reprezentują Państwo" in texts[2]
    assert len(registered) == 3


def test_a_signed_scan_is_kept_under_the_persons_key_and_exported(staged: Staged, tmp_path: Path) -> None:
    office, _ = staged(appointing)
    issue(office)
    go_to(office, "2018-08-03T09:00")
    for on, number, file, fault in (
        (date(2018, 8, 4), "POW/PGR/0001/2018", SCAN, "jeszcze nie nadszedł"),
        (date(2018, 7, 31), "POW/PGR/0001/2018", SCAN, "nie może być wcześniejszy"),
        (date(2018, 8, 2), "POW/PGR/0001/2018", SignedFile("akt.exe", b"MZ"), "jednego z rodzajów"),
        (date(2018, 8, 2), "POW/PGR/0001/2018", SignedFile("akt.pdf", b""), "pusty"),
        (date(2018, 8, 2), "POW/PGR/0001/2018", SignedFile("akt.pdf", bytes(LARGEST_KEPT + 1)), "większy niż 30 MB"),
    ):
        with pytest.raises(BadInput, match=fault):
            sign_act(office, number, on=on, manner=Manner.PAPER, signed_file=file, actor=RITA)
    sign_act(office, "POW/PGR/0001/2018", on=date(2018, 8, 2), manner=Manner.PAPER, signed_file=SCAN, actor=RITA)
    sign_act(office, "POW/PGR/0002/2018", on=date(2018, 8, 3), manner=Manner.QUALIFIED, actor=RITA)
    with office.reading(RITA) as session:
        shown = acts_of(session, CALL)
    assert [(one.signed_on, one.manner, one.file_kept) for one in shown] == [
        (date(2018, 8, 2), Manner.PAPER, True),
        (date(2018, 8, 3), Manner.QUALIFIED, False),
        (None, None, False),
    ]
    assert waiting(office) == [("akt powołania czeka na podpis", "POW/PGR/0003/2018")]
    written = [path.relative_to(tmp_path / "e") for path in export(office, tmp_path / "e", actor=RITA)]
    with office.writing(WORKER) as session:
        (kept,) = session.exec(select(SubmittedFile).where(SubmittedFile.channel == CHANNEL)).all()
        assert (kept.state, kept.area, kept.answers_number) == (FileState.FILED, "2205", "POW/PGR/0001/2018")
        membership = session.get_one(Membership, find_act(session, "POW/PGR/0001/2018").membership_id)
        assert session.get_one(DataKey, kept.data_key_id).person_id == membership.person_id
        assert session.exec(select(IssuedDocument).where(IssuedDocument.kind == SIGNED_ACT)).all() == []
        facts = str([event.facts for event in session.exec(select(Event)).all()])
    assert "Zmyśl" not in facts
    assert sorted(str(path) for path in written if path.parent.name in ("podpisane", "powolania")) == [
        f"podpisane/POW-PGR-0001-2018-podpis-{kept.id}.pdf",
        *(f"powolania/POW-PGR-000{n}-2018-akt-powolania.docx" for n in (1, 2, 3)),
    ]


def as_before(office: Office, number: str, scan: SignedFile, on: date) -> None:
    """A signed act as 0.6.0 kept it: among the documents, with no file of its matter."""
    with office.writing(RITA) as session:
        act = find_act(session, number)
        kept = issue_document(
            office,
            session,
            kind=SIGNED_ACT,
            subject=number,
            file_name=f"{number.replace('/', '-')}-akt-powolania-podpisany.pdf",
            content=scan.content,
            area=act.area,
            actor=RITA,
            now=office.now(),
            person_id=session.get_one(Membership, act.membership_id).person_id,
        )
        session.add(
            ActSigning(
                area=act.area,
                act_id=act.id or 0,
                signed_on=on,
                manner=Manner.PAPER,
                document_id=kept.id,
                recorded_at=office.now(),
                recorded_by=RITA.login,
            )
        )


def test_one_file_is_of_one_matter_whatever_is_signed(staged: Staged, tmp_path: Path) -> None:
    office, _ = staged(appointing)
    issue(office)
    day, (first, second, third) = date(2018, 8, 1), (f"POW/PGR/000{n}/2018" for n in (1, 2, 3))

    def sign(number: str, scan: SignedFile, actor: Actor = RITA) -> None:
        sign_act(office, number, on=day, manner=Manner.PAPER, signed_file=scan, actor=actor)

    def declare(scan: SignedFile) -> None:
        record_declaration(office, "KES", "2205023", signed_on=day, manner=Manner.PAPER, signed_file=scan, actor=RITA)

    sign(first, SCAN)
    sign(first, SCAN)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(SubmittedFile).where(SubmittedFile.channel == CHANNEL)).all()) == 1
    with pytest.raises(BadInput, match=rf"należy już do innej sprawy \({first}\)"):
        sign(second, SCAN)
    with pytest.raises(BadInput, match=rf"należy już do innej sprawy \({first}\)"):
        declare(SCAN)
    of_unit = SignedFile("deklaracja.pdf", b"%PDF deklaracja")
    declare(of_unit)
    with pytest.raises(BadInput, match=r"należy już do innej sprawy \(KES/2205023\)"):
        sign(second, of_unit)
    # What 0.6.0 kept is nobody else's, stays where it is, and may be brought again for its own act.
    old = SignedFile("dawny.pdf", b"%PDF dawny akt")
    as_before(office, second, old, day)
    for refused in (lambda: sign(third, old), lambda: declare(old)):
        with pytest.raises(BadInput, match="należy już do innej sprawy;"):
            refused()
    assert waiting(office) == [("akt powołania czeka na podpis", third)]
    folder = [path for path in export(office, tmp_path / "e", actor=RITA) if path.parent.name == "podpisane"]
    assert ("POW-PGR-0002-2018-akt-powolania-podpisany.pdf", old.content) in [
        (path.name, path.read_bytes()) for path in folder
    ]
    sign(second, old)
    with office.reading(RITA) as session:
        assert [one.file_kept for one in acts_of(session, CALL)] == [True, True, False]
        kept = select(SubmittedFile.answers_number).where(SubmittedFile.channel == CHANNEL)
        assert session.exec(kept.order_by(col(SubmittedFile.id))).all() == [first, "KES/2205023", second]
    with office.writing(WORKER) as session:
        document = session.exec(select(IssuedDocument).where(IssuedDocument.kind == SIGNED_ACT)).one()
        (office.files.root / document.stored_as[:2] / document.stored_as).unlink()
    sign(third, SignedFile("trzeci.pdf", b"%PDF trzeci akt"))


def signed(office: Office, number: str, scan: SignedFile | None, actor: Actor = RITA) -> SignedBefore | None:
    return sign_act(office, number, on=date(2018, 8, 1), manner=Manner.PAPER, signed_file=scan, actor=actor)


def signed_papers(folder: Path, office: Office) -> dict[str, bytes]:
    """What an export writes of signed papers, by its place."""
    export(office, folder, actor=RITA)
    found = sorted((folder / "podpisane").rglob("*.*"))
    return {str(path.relative_to(folder / "podpisane")): path.read_bytes() for path in found}


def test_a_scan_put_to_another_act_by_mistake_goes_to_its_own(staged: Staged, tmp_path: Path) -> None:
    office, _ = staged(appointing)
    first, second, third = (line.number for line in issue(office))
    of_first, of_second = SignedFile("a.pdf", b"%PDF pierwszy"), SignedFile("b.pdf", b"%PDF drugi")
    assert signed(office, first, of_second) is None
    assert list(signed_papers(tmp_path, office)) == ["POW-PGR-0001-2018-podpis-4.pdf"]
    with pytest.raises(BadInput, match=rf"\({first}\).*proszę najpierw odnotować tam właściwy podpis"):
        signed(office, second, of_second)
    assert signed(office, first, of_first) == SignedBefore(date(2018, 8, 1), Manner.PAPER, file_left=False)
    assert signed_papers(tmp_path, office) == {
        "POW-PGR-0001-2018-podpis-5.pdf": of_first.content,
        "zastapione/POW-PGR-0001-2018-podpis-4.pdf": of_second.content,
    }
    signed(office, second, of_second)
    assert signed_papers(tmp_path, office) == {
        "POW-PGR-0001-2018-podpis-5.pdf": of_first.content,
        "POW-PGR-0002-2018-podpis-4.pdf": of_second.content,
    }
    with office.writing(RITA) as session:
        acts_ = [find_act(session, number) for number in (second, first)]
        persons = [session.get_one(Membership, act.membership_id).person_id for act in acts_]
        kept = session.exec(
            select(SubmittedFile).where(SubmittedFile.channel == CHANNEL).order_by(col(SubmittedFile.id))
        )
        keys = [session.get_one(DataKey, row.data_key_id) for row in kept.all()]
        assert [key.person_id for key in keys] == persons, "each lies under a key of its own person"
        told = session.exec(select(Event.facts).where(Event.subject == "file/4").order_by(col(Event.id))).all()
        assert told[-1] == {"matter": second, "before": first}
        # Something else came to lie under the file's key: the file gets another.
        row = session.exec(select(SubmittedFile).where(SubmittedFile.answers_number == first)).one()
        row.data_key_id = keys[0].id
        session.add(row)
        office.files.write(row.stored_as, open_data_key(session, keys[0].id), of_first.content)
    before = signed(office, second, None)
    assert before == SignedBefore(date(2018, 8, 1), Manner.PAPER, file_left=True)
    signed(office, third, of_second)
    assert signed_papers(tmp_path, office) == {
        "POW-PGR-0001-2018-podpis-5.pdf": of_first.content,
        "POW-PGR-0003-2018-podpis-4.pdf": of_second.content,
    }
    with office.reading(RITA) as session:
        own, other = session.exec(select(SubmittedFile).where(SubmittedFile.channel == CHANNEL)).all()
        assert own.data_key_id != other.data_key_id


def test_an_act_of_an_earlier_release_that_was_signed_anew_lies_apart(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(appointing)
    first, second, _ = (line.number for line in issue(office))
    as_before(office, first, SCAN, date(2018, 8, 1))
    old = "POW-PGR-0001-2018-akt-powolania-podpisany.pdf"
    assert list(signed_papers(tmp_path, office)) == [old]
    signed(office, first, SignedFile("nowy.pdf", b"%PDF nowy"))
    signed(office, second, SCAN)
    assert list(signed_papers(tmp_path, office)) == [
        "POW-PGR-0001-2018-podpis-4.pdf",
        "POW-PGR-0002-2018-podpis-5.pdf",
        f"zastapione/{old}",
    ]


def came(office: Office, content: bytes, application: str = "") -> int:
    """A file that came by itself: filed to an application, or left to an officer."""
    with office.writing(WORKER) as session:
        row = keep_file(
            office, session, content, name="z poczty.PDF", received_at=office.now(), channel="email", actor=WORKER
        )
        if not application:
            trouble = Unreadable(code="form_unknown", sentence="To nie jest formularz.")
            leave_to_officer(session, row, trouble, actor=WORKER, now=office.now())
        else:
            home = find_application(session, application)
            trouble = Unreadable(code="scan", sentence="Skan.")
            file_beside(session, row, home, trouble, actor=WORKER, now=office.now())
        return row.id or 0


def test_a_signed_act_that_came_by_mail_first_can_be_kept(staged: Staged, tmp_path: Path) -> None:
    office, registered = staged(appointing)
    first, second, third = (line.number for line in issue(office))
    unread, settled, beside = (SignedFile("akt.pdf", b"%%PDF %d" % n) for n in range(3))
    numbers = [came(office, unread.content), came(office, settled.content), came(office, beside.content, registered[0])]
    of_all = replace(RITA, scope="")
    with office.writing(of_all) as session:
        settle_file(session, numbers[1], actor=of_all, now=office.now())
    with pytest.raises(BadInput, match=rf"plik {numbers[0]}\) i leży poza obszarem tego konta"):
        signed(office, second, unread)
    signed(office, second, unread, actor=of_all)
    signed(office, third, settled, actor=of_all)
    with pytest.raises(BadInput, match=rf"plik {numbers[2]}\) i leży przy zgłoszeniu {registered[0]}\. Tam zostaje"):
        signed(office, second, beside)
    signed(office, first, beside)
    assert signed_papers(tmp_path, office) == {
        f"POW-PGR-0001-2018-podpis-{numbers[2]}.pdf": beside.content,
        f"POW-PGR-0002-2018-podpis-{numbers[0]}.pdf": unread.content,
        f"POW-PGR-0003-2018-podpis-{numbers[1]}.pdf": settled.content,
    }
    with office.reading(RITA) as session:
        rows = [session.get_one(SubmittedFile, number) for number in numbers]
        assert [(row.state, row.reason) for row in rows[:2]] == [(FileState.FILED, "")] * 2
        home = find_application(session, registered[0])
        assert (rows[2].channel, rows[2].application_id) == ("email", home.id), "it lies where it lay"
        persons = [
            session.get_one(Membership, find_act(session, one).membership_id).person_id for one in (second, third)
        ]
        assert [session.get_one(DataKey, row.data_key_id).person_id for row in rows[:2]] == persons
    with office.writing(WORKER) as session:
        keep_file(office, session, b"%PDF s", name="s.pdf", received_at=office.now(), channel="email", actor=WORKER)
    with pytest.raises(BadInput, match="czeka na odczyt"):
        signed(office, second, SignedFile("s.pdf", b"%PDF s"), actor=of_all)


@pytest.mark.slow
def test_two_officers_keep_the_same_file_at_once(postgres_staged: Staged) -> None:
    office, _ = postgres_staged(appointing)
    number = issue(office)[0].number
    looked, troubles = threading.Barrier(2), []
    look = signed_papers_step._is_other_act

    def both_look(*given: object) -> bool:
        """Neither finds the file before both have looked; whoever looks again waits for nobody."""
        with contextlib.suppress(threading.BrokenBarrierError):
            looked.wait(timeout=5)
        return look(*given)  # type: ignore[arg-type]

    def work() -> None:
        try:
            signed(office, number, SCAN)
        except Exception as trouble:  # noqa: BLE001 - told by the test below
            troubles.append(trouble)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signed_papers_step, "_is_other_act", both_look)
        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert troubles == []
    with office.reading(RITA) as session:
        (row,) = session.exec(select(SubmittedFile).where(SubmittedFile.channel == CHANNEL)).all()
        assert session.exec(select(ActSigning.file_id)).all() == [row.id, row.id]


def test_an_act_that_is_not_signed_can_be_put_right_under_its_number(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(appointing)
    issue(office)
    with office.writing(WORKER) as session:
        row = session.exec(select(Person).order_by(col(Person.id))).first()
        assert row is not None
        row.last_name = "Poprawna"
        session.add(row)
    version_after(office, appointments=(rules(organ="Zarząd Próbny"),))
    (line,) = issue(office, registered[0], again=True)
    assert (line.number, line.version, line.new) == ("POW/PGR/0001/2018", 2, True)
    assert "Zmyślona Poprawna" in said(office, line.number)
    with office.reading(WORKER) as session:
        row = session.exec(select(AppointmentAct).order_by(col(AppointmentAct.id))).first()
        assert row is not None
        first = session.get_one(ProjectVersion, row.project_version_id).version
        told = session.exec(select(Event.facts).where(Event.subject == f"membership/{row.membership_id}")).all()
    assert [one for one in told if "project_version" in one] == [
        {"number": line.number, "version": 2, "project_version": first + 1}
    ]
    sign_act(office, line.number, on=date(2018, 8, 1), manner=Manner.PAPER, actor=RITA)
    (line,) = issue(office, registered[0], again=True)
    assert (line.version, line.new, line.why_not) == (2, False, "akt jest już podpisany")


def test_who_leaves_is_recalled_by_an_act_once(staged: Staged) -> None:
    office, registered = staged(appointing)
    issue(office)
    leave(office, registered[0])
    assert ("członkostwo ustało; akt odwołania do sporządzenia", registered[0]) in waiting(office)
    go_to(office, "2018-08-10T09:00")
    lines = recall_acts(office, CALL, actor=RITA)
    assert [(line.application, line.number, line.new) for line in lines] == [(registered[0], "ODW/PGR/0001/2018", True)]
    assert recall_acts(office, CALL, actor=RITA) == []
    (again,) = recall_acts(office, CALL, numbers=registered[:1], actor=RITA)
    assert again.why_not == "nie ma aktu powołania, który obowiązuje"
    (still,) = recall_acts(office, CALL, numbers=registered[1:2], actor=RITA)
    assert still.why_not == "nadal zajmuje miejsce w grupie"
    text = said(office, "ODW/PGR/0001/2018")
    assert "odwołuję Panią z dniem 10 sierpnia 2018 r." in text
    assert "akt powołania nr POW/PGR/0001/2018, obowiązujący od 1 sierpnia 2018 r." in text
    with office.reading(RITA) as session:
        shown = {one.number: (one.kind, one.recalled_by) for one in acts_of(session, CALL)}
    assert shown["POW/PGR/0001/2018"] == (ActKind.APPOINTMENT, "ODW/PGR/0001/2018")
    assert shown["ODW/PGR/0001/2018"] == (ActKind.RECALL, "")
    assert registered[0] not in [reference for _, reference in waiting(office)]


def test_a_project_may_recall_by_no_act_or_appoint_nobody(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(appointing)
    issue(office)
    version_after(office, appointments=(rules(recall=None),))
    leave(office, registered[0])
    with pytest.raises(BadInput, match="nie przewiduje aktu odwołania"):
        recall_acts(office, CALL, actor=RITA)
    assert registered[0] not in [reference for _, reference in waiting(office)]
    version_after(office, appointments=())
    with pytest.raises(BadInput, match="nie przewiduje aktów powołania"):
        issue(office)
    assert waiting(office) == []


def test_only_who_may_lead_memberships_in_the_area_appoints(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(appointing)
    with pytest.raises(NotAllowed):
        issue(office, actor=ADAM)
    with pytest.raises(NotFound):
        issue(office, actor=STRANGER)
    issue(office)
    with pytest.raises(NotFound):
        sign_act(office, "POW/PGR/0001/2018", on=date(2018, 8, 1), manner=Manner.PAPER, actor=STRANGER)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(AppointmentAct)).all()) == 3
