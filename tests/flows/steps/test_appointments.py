"""Acts of appointment and of recall: who gets one, under which number, and what is kept when it comes back signed."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import people
import pytest
from conftest import Staged
from docx import Document
from people import ADAM, CALL, RITA, STRANGER, WORKER, go_to, group, version_after
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.appointments import ActLine, acts_of, find_act, issue_acts, recall_acts, sign_act
from flows.steps.cooperation import record_declaration
from flows.steps.documents import content_of, export, newest
from flows.steps.documents import issue as issue_document
from flows.steps.kept_files import LARGEST_KEPT
from flows.steps.signed_papers import CHANNEL, SIGNED_ACT, SignedFile
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
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
