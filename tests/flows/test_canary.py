"""Nothing personal lies open in what a recruitment leaves behind (law 7)."""

import base64
import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from canaries import (
    ACCOUNTS,
    E_MAIL,
    EVERYTHING,
    MOTIVATION,
    NEVER_OPEN,
    PESELS,
    SENSITIVE,
    SURNAME,
    WRONG_PESEL,
    canary_project,
    finds,
    names_of_files,
)
from sqlmodel import select
from story_player import BEGINNING, opened, settings_for, tell

from console.local_smtp import local_smtp
from console.stories.acts import Act
from console.stories.persons import CALL
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.ballots import vote
from flows.steps.commission import attend, close_session, open_session, recuse
from flows.steps.corrections import overrule
from flows.steps.decisions import decide
from flows.steps.documents import export
from models.actor import Actor, Role
from models.rules.voting import Voice
from models.tables import Decision, FieldValue
from models.tables.decisions import DecisionOutcome

OFFICER = Actor("rekrutacja", frozenset({Role.RECRUITMENT}))
WHOLE_OFFICE = Actor("biuro", frozenset({Role.RECRUITMENT, Role.FINANCE}))
COMMISSION = Actor("kinga", frozenset({Role.COMMISSION}))
LAST_DAY = BEGINNING.replace(month=10, day=10)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An office in which nine marked people applied and seven of them were paid, as steps without Prefect."""
    folder = tmp_path_factory.mktemp("canary")
    project = canary_project(folder)
    with local_smtp() as (port, _):
        settings = settings_for(folder, port)
        tell(settings, project, before_act=write_of_people)
    return settings


def write_of_people(office: Office, act: Act, _number: int) -> None:
    """Officers name people too: in the reason for a changed value, and in the note to a decision."""
    said = f"Telefon od: {SURNAME}, PESEL {PESELS[8]}, zamiast {WRONG_PESEL}; konto {ACCOUNTS[0]}; {SENSITIVE}"
    last = f"{CALL}/0009"
    if act.title == "Weryfikacja formalna i punkty":
        with office.writing(OFFICER) as session:
            overrule(session, last, "potrzeby", SENSITIVE, reason=said, actor=OFFICER, now=office.now())
    if act.title == "Ogłoszenie wyników: listy, protokół, pisma":
        with office.writing(COMMISSION) as session:
            now = office.now()
            open_session(session, CALL, place="sala 2", remote=False, held_on=None, actor=COMMISSION, now=now)
            attend(session, CALL, ["kinga", "konrad", "klara"], leaves=False, actor=COMMISSION, now=now)
            recuse(session, CALL, "klara", last, reason=said, actor=COMMISSION, now=now)
            vote(
                session,
                CALL,
                number=last,
                outcome=DecisionOutcome.REJECTED,
                voices={"kinga": Voice.FOR, "konrad": Voice.FOR},
                actor=COMMISSION,
                now=now,
            )
            decide(
                session,
                last,
                outcome=DecisionOutcome.REJECTED,
                reason_code="inny_powod",
                note=said,
                actor=COMMISSION,
                now=now,
            )
            close_session(session, CALL, actor=COMMISSION, now=now)


@pytest.mark.slow
def test_nothing_personal_lies_open_in_the_data_folder(left: Settings) -> None:
    assert finds(left.data, EVERYTHING) == []
    assert names_of_files(left.data, EVERYTHING) == []


@pytest.fixture(scope="module")
def exported(left: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that the office has issued, open."""
    folder = tmp_path_factory.mktemp("exported") / "export"
    with opened(left, LAST_DAY) as (office, _):
        export(office, folder, actor=WHOLE_OFFICE)
    return folder


@pytest.mark.slow
def test_the_markers_went_all_the_way(left: Settings, exported: Path) -> None:
    """What cannot leak proves nothing: the exported papers and mails hold every kind of marker that belongs there."""
    with opened(left, LAST_DAY) as (office, _), office.reading(OFFICER) as session:
        written = [*session.exec(select(FieldValue.reason)).all(), *session.exec(select(Decision.note)).all()]
    assert sum(SURNAME in (text or "") for text in written) == 2
    out = finds(exported, EVERYTHING)
    assert {find.kind for find in out} >= {"PESEL", "account", "surname", "first name", "e-mail", "institution"}
    assert names_of_files(exported, EVERYTHING) == []


@pytest.mark.slow
def test_a_returned_copy_names_its_owner_and_hides_the_number(exported: Path) -> None:
    copies = exported / "uzupelnienia"
    assert len(list(copies.iterdir())) == 1
    assert {"surname", "sensitive answer"} <= {find.kind for find in finds(copies, EVERYTHING)}
    assert {find for find in finds(copies, NEVER_OPEN) if find.kind in ("PESEL", "account")} == set()


def as_mail(text: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["To"] = f"{text} <a@example.org>"
    mail.set_content(f"Dzień dobry {text}, " * 9)
    return mail.as_bytes()


def zipped(content: bytes, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", content)


def in_a_database(text: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE note (body TEXT)")
        # Longer than a page, with the marker across the end of it.
        database.execute("INSERT INTO note VALUES (?)", ("x" * 4000 + text * 30,))
        database.commit()


HIDING: dict[str, Callable[[str, Path], object]] = {
    "plain text": lambda text, path: path.write_text(f"a{text}b"),
    "UTF-16": lambda text, path: path.write_bytes(text.encode("utf-16")),
    "Latin 2": lambda text, path: path.write_bytes(text.encode("iso-8859-2")),
    "JSON": lambda text, path: path.write_text(json.dumps({"error": f"row of {text}"})),
    "a traceback in JSON": lambda text, path: path.write_text(json.dumps(json.dumps({"error": text}))),
    "base64": lambda text, path: path.write_bytes(base64.b64encode(f"ab{text}".encode())),
    "wrapped base64": lambda text, path: path.write_bytes(base64.encodebytes(f"{'x' * 50}{text}".encode())),
    "capitals": lambda text, path: path.write_text(text.upper()),
    "a mail": lambda text, path: path.write_bytes(as_mail(text)),
    "a Word file": lambda text, path: zipped(text.encode(), path),
    "a packed file": lambda text, path: path.write_bytes(gzip.compress(text.encode())),
    "a database": in_a_database,
}


@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize("marker", [SURNAME, PESELS[3], ACCOUNTS[2], SENSITIVE, MOTIVATION])
def test_the_search_sees_through(hiding: str, marker: str, tmp_path: Path) -> None:
    HIDING[hiding](marker, tmp_path / "kept")
    assert finds(tmp_path, EVERYTHING)


def test_encrypted_bytes_that_begin_like_a_packed_file_are_no_archive(tmp_path: Path) -> None:
    for number, rest in enumerate((b"\x00" * 20, b"\x08" + b"\x00" * 20, b"")):
        (tmp_path / f"kept{number}").write_bytes(b"\x1f\x8b" + rest + PESELS[3].encode())
    assert len(finds(tmp_path, NEVER_OPEN)) == 3


@pytest.mark.parametrize("grouped", ["20 9999 0000 0000 0000 0000 0001", "20-9999-0000-0000-0000-0000-0001"])
def test_the_search_sees_through_groups_of_digits(grouped: str, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text(f"PL{grouped}")
    assert {find.kind for find in finds(tmp_path, NEVER_OPEN)} == {"account"}


def test_the_search_reads_names_of_files(tmp_path: Path) -> None:
    (tmp_path / f"{E_MAIL}7.docx").touch()
    (tmp_path / "Zoltodziob.docx").touch()
    assert {find.kind for find in names_of_files(tmp_path, EVERYTHING)} == {"e-mail", "surname"}
    assert finds(tmp_path, EVERYTHING) == []
