"""The command line as scripts use it: one JSON document an answer, exit codes 0, 1 and 2, and nothing out of sight.

One small office goes through a whole recruitment by commands alone, once for all tests of this file.
"""

import contextlib
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

import openpyxl
import paying
import people
import pytest
import typer.main
from beyond_area import AGREED, rows_beyond
from conftest import BEGINNING, SQLITE_FILE, Staged
from imap_servers import HANDLED, pymap
from mails import letter
from papers_back import papers_back
from people import ACCOUNTS, CALL, KES, MEETING, PAID_ON, SECRET, WORKER, Postbox, candidate, everything, filled
from sheet_filling import Hand
from sheet_filling import filled as filled_sheet
from sqlmodel import col, select
from terc_files import as_csv
from typer.core import TyperGroup

from console.forms import register_of
from console.main import app, main
from console.stories.persons import filled_in
from flows.adapters.clock import PlayedClock, playing
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings, load_settings
from flows.adapters.smtp import DeliveryUncertain
from flows.steps.delivery import deliver
from flows.steps.documents import content_of, newest
from flows.steps.incidents import record_incident
from flows.steps.invitation_answers import Said, take
from flows.steps.memberships import membership_of
from flows.steps.officers import add_officer
from flows.steps.statements import statement_on, statements_in
from models.actor import Role
from models.form_definition import Sensitivity
from models.rules.sheet_codes import SupportListKey
from models.tables import Application, Invitation, Message, SubmittedFile
from models.tables.meetings import AnswerMethod, AnswerRoad, InvitationState
from models.tables.outbox import MessageState

NEEDS_A_SERVER = {"demo", "up", "run"}
"""Tested with the server they work with."""
NEEDS_A_RULE = {"outbox split"}
"""Nothing is merged in a project without a rule for it; tested in tests/flows/steps/test_merging.py."""


def all_commands() -> set[str]:
    def walk(command: object, path: tuple[str, ...]) -> Iterator[str]:
        if isinstance(command, TyperGroup):
            for name, inner in command.commands.items():
                yield from walk(inner, (*path, name))
        else:
            yield " ".join(path)

    return set(walk(typer.main.get_command(app), ()))


@dataclass(frozen=True)
class Answer:
    """What a call of ``nabor`` said."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)


def nabor(*arguments: str) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    return Answer(arguments, code, out.getvalue(), err.getvalue())


@dataclass
class Recruitment:
    """The office that is played by commands, and the first answer of each command."""

    folder: Path
    clock: PlayedClock
    answers: dict[str, Answer] = field(default_factory=dict)

    def run(self, officer: str, command: str, *arguments: str) -> object:
        """Calls a command with ``--json`` as an officer (nobody: ``""``) and returns what it answered."""
        signed = ["--as", officer] if officer else []
        answer = nabor(*command.split(), *arguments, *signed, "--json")
        self.answers.setdefault(command, answer)
        assert answer.code == 0, answer
        return answer.json

    def at(self, text: str) -> None:
        self.clock.move_to(people.moment(text))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recruitment]:
    folder = tmp_path_factory.mktemp("commands")
    clock = PlayedClock(BEGINNING)
    with pytest.MonkeyPatch.context() as environment, playing(clock):
        environment.setenv("NABOR_DATA", str(folder / "data"))
        environment.setenv("NABOR_KEYS", str(folder / "keys.json"))
        environment.setenv("NABOR_OFFICER_SECRET", SECRET)
        recruitment = Recruitment(folder, clock)
        _play(recruitment)
        yield recruitment


def _play(r: Recruitment) -> None:
    _open_the_office(r)
    _take_forms_in(r)
    _decide(r)
    _meet_and_pay(r)
    _appoint(r)
    _assess(r)
    _pay(r)
    _agree(r)
    _invite_units(r)
    _nominate(r)
    _keep_the_office(r)


def _open_the_office(r: Recruitment) -> None:
    r.run("", "office create-keys")
    r.run("", "office upgrade")
    r.run("", "officer add", "adam", "--name", "Adam Próbny", "--role", "administrator")
    with open_office(Settings(data=r.folder / "data", keys=r.folder / "keys.json")) as office:
        for login, role, scope in (
            ("zofia", Role.RECRUITMENT, ""),
            ("rita", Role.RECRUITMENT, "22"),
            ("kinga", Role.COMMISSION, "22"),
            ("wanda", Role.COMMISSION, "22"),
            ("konrad", Role.COMMISSION, "22"),
            ("klara", Role.COMMISSION, "22"),
            ("filip", Role.FINANCE, ""),
            ("franka", Role.APPROVER, ""),
        ):
            with office.writing(people.ADAM) as session:
                add_officer(
                    session,
                    login,
                    name="Osoba Próbna",
                    secret=SECRET,
                    roles=[role],
                    scope=scope,
                    actor=people.ADAM,
                    now=office.now(),
                )
    r.run("zofia", "officer email", "zofia", "zofia@example.org")
    (r.folder / "TERC.csv").write_text(as_csv(), encoding="utf-8")
    r.run("zofia", "unit terc", str(r.folder / "TERC.csv"))
    r.run("", "project check", str(KES))
    r.run("adam", "project load", str(KES))
    for login, function in (("kinga", "chair"), ("konrad", "secretary"), ("klara", "member")):
        r.run("adam", "commission appoint", "KES", login, "--function", function, "--scope", "22")
    r.run("adam", "commission dismiss", "KES", "klara", "--scope", "22")
    r.run("adam", "commission appoint", "KES", "klara", "--function", "member", "--scope", "22")
    r.run("", "project regulation", str(KES), "-o", str(r.folder / "regulamin.docx"))
    r.run("", "project regulation", str(KES), "-o", str(r.folder / "regulamin.html"))
    r.run("adam", "project load", str(_appointing(_asking_for_a_consent(r.folder / "kes"))))
    r.run("adam", "project diff", "KES/1", "KES/2")
    r.run("", "template list", "--project", str(KES))
    r.run("", "template show", "withdrawn")
    r.run("", "template check", str(KES))
    r.run("", "template preview", "withdrawn", "--project", str(KES))
    r.run("", "form blank", "zalacznik_1_pgr", "-o", str(r.folder / "blank.docx"), "--project", str(KES))
    _enter_institutions(r)
    r.run(
        *("rita", "call open", "KES", "PGR", "2205"),
        *("--from", "2018-06-04T08:00", "--to", "2018-06-22T15:30"),
    )


def _enter_institutions(r: Recruitment) -> None:
    r.run("rita", "unit add", "KES", "Biblioteka Próbna", "--area", "2205023", "--sector", "kultura_sport_turystyka")
    r.run("rita", "unit add", "KES", "--all-units")
    (r.folder / "instytucje.csv").write_text("nazwa;siedziba\nSzkoła Próbna;2205083\n")
    r.run("rita", "unit import", "KES", str(r.folder / "instytucje.csv"))
    signs = ("--represented-by", "Zmyślona Próbna", "--function", "dyrektorka", "--since", "2018-01-01")
    r.run("rita", "unit set", "KES", "I1", "--email", "biblioteka@example.org", *signs)
    r.run("rita", "unit list", "--area", "2205")
    r.run("rita", "unit show", "I1")


def _agree(r: Recruitment) -> None:
    r.run("rita", "agreement open", "KES", "2205", "--deadline", "2018-12-31")
    r.run("rita", "agreement invite", AGREED, "2205", "I1")
    r.run("rita", "agreement sign", AGREED, "2205", "--manner", "paper")
    (r.folder / "karta.pdf").write_bytes(b"%PDF karta")
    r.run("rita", "agreement sheet", AGREED, "I1", "-o", str(r.folder / "karta.docx"))
    r.run("rita", "agreement text", AGREED, "I1", "-o", str(r.folder / "tekst.docx"))
    r.run("rita", "agreement remind", AGREED)
    r.run("rita", "agreement accede", AGREED, "I1", "--manner", "qualified", "--file", str(r.folder / "karta.pdf"))
    r.run("rita", "agreement parties", AGREED)
    r.run("rita", "agreement coverage", AGREED)
    r.run("rita", "agreement show", AGREED)
    r.run("rita", "team open", AGREED)
    r.run("rita", "team show", "KES/PZK/2205/2018")
    r.run("rita", "team list")
    r.run("rita", "agreement leave", AGREED, "I1")
    r.run("rita", "agreement list")
    r.run("rita", "project view", "KES", "--svg", str(r.folder / "kes.svg"))


def _asking_for_a_consent(folder: Path) -> Path:
    """The project with one thing more that only the office can tell."""
    shutil.copytree(KES, folder, ignore=shutil.ignore_patterns("samples"))
    project = folder / "project.yaml"
    either = "{kind: any_of, of: [{kind: level_in, levels: [gmina]}, {kind: document_attached, document: zgoda}]}"
    text = project.read_text(encoding="utf-8")
    text = text.replace("{kind: level_in, field: instytucja.poziom, levels: [gmina]}", either)
    text = text.replace("\ndeadlines:\n", "\ndocuments: [{code: zgoda, label: zgoda pracodawcy}]\ndeadlines:\n")
    project.write_text(text, encoding="utf-8")
    return folder


def _appointing(folder: Path) -> Path:
    """The project appoints members of the PGR, too."""
    project = folder / "project.yaml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("- group_kinds: [RGR, PZK]", "- group_kinds: [PGR, RGR, PZK]"), encoding="utf-8")
    return folder


def _take_forms_in(r: Recruitment) -> None:
    inbox = r.folder / "inbox"
    inbox.mkdir()
    forms = {
        "a.docx": filled(candidate(1)),
        "b.docx": filled(candidate(2)),
        "c.docx": filled(candidate(3, email="to nie adres")),
        "d.docx": filled(candidate(4)),
        "e.jpg": b"\xff\xd8\xff\xe0 not word",
        "f.docx": b"PK\x03\x04 broken",
        "g.jpg": b"\xff\xd8\xff\xe0 from before the call",
    }
    lines = ["file,received_at,channel"]
    for day, (name, content) in enumerate(forms.items(), start=5):
        (inbox / name).write_bytes(content)
        lines.append(f"{name},2018-06-{day if name != 'g.jpg' else 3:02d}T10:00,email")
    (inbox / "manifest.csv").write_text("\n".join(lines))
    r.run("", "form read", str(inbox / "a.docx"), str(inbox / "b.docx"), "--project", str(KES))
    r.at("2018-06-11T09:00")
    r.run("zofia", "intake", str(inbox))
    _collect_mail(r)
    r.run("zofia", "application files")
    r.run("zofia", "application settle-file", "6")
    r.run("rita", "application list", CALL)
    r.run("rita", "application show", f"{CALL}/0001")
    waiting = r.run("rita", "todo")
    assert isinstance(waiting, list)
    unaddressed = [line["reference"].split()[-1] for line in waiting if "bez adresu" in line["what"]]
    r.run("rita", "outbox handed", unaddressed[0])
    request = _request(waiting)
    r.run(
        *("rita", "application salutation", f"{CALL}/0003", "Szanowna Pani Doktor"),
        *("--reason", "prośba kandydatki"),
    )
    r.run(
        *("rita", "application confirm-address", f"{CALL}/0003", "osoba3@example.org"),
        *("--reason", "rozmowa telefoniczna"),
    )
    r.run("rita", "outbox attachments", request, str(r.folder / "attachments"))
    more = r.folder / "more"
    more.mkdir()
    answer = candidate(3, telefon="600 100 300", **{"instytucja.stanowisko": "kierowniczka"})
    (more / "f.docx").write_bytes(filled(answer))
    r.run("zofia", "intake", str(more))
    r.run("rita", "application changes", f"{CALL}/0003")
    r.run("rita", "application accept", f"{CALL}/0003", "telefon", "--reason", "rozmowa")
    r.run("rita", "application refuse", f"{CALL}/0003", "instytucja.stanowisko", "--reason", "rozmowa")
    r.run("rita", "application received", f"{CALL}/0003", "2018-06-08T10:00", "--reason", "data stempla")
    r.run("rita", "application set", f"{CALL}/0003", "email", "osoba3@example.org", "--reason", "rozmowa")
    r.run("rita", "application export", f"{CALL}/0001", str(r.folder / "sent"))
    r.run("rita", "application withdraw", f"{CALL}/0004")
    _type_in(r)
    r.run("rita", "outbox list")
    r.run("rita", "outbox show", "1")
    (r.folder / "text.txt").write_text("Inna treść.\n")
    r.run("rita", "outbox edit", "1", "--subject", "Inny temat", "--text", str(r.folder / "text.txt"))
    r.run("rita", "outbox hold", "1")
    r.run("rita", "outbox release", "1")
    r.run("rita", "outbox discard", "1")
    paper = ("paper", "--address", "ul. Wymyślona 5; 83-300 Kartuzy", "--reason", "Prośba na piśmie.")
    r.run("rita", "application channel", f"{CALL}/0004", *paper)
    r.run("rita", "outbox print", str(r.folder / "letters"))
    words = ("--to", "candidates", "--subject", "Zmiana sali", "--text", str(r.folder / "text.txt"))
    printed = json.loads(r.answers["outbox print"].out)["letters"][0]["id"]
    r.run("rita", "outbox handed", str(printed), "--receipt", "00259007731234567890")
    r.run("rita", "outbox returned", str(printed))
    r.run("rita", "letter write", CALL, *words)
    r.run("rita", "letter list", CALL)
    r.run("rita", "outbox today")
    r.run("rita", "outbox discard", "--about", "freeletter/1")
    r.at("2018-06-11T10:00")
    with open_office(Settings(data=r.folder / "data", keys=r.folder / "keys.json")) as office:
        deliver(office, actor=WORKER, transport=Postbox(DeliveryUncertain()), limit=1)
        with office.reading(WORKER) as session:
            unknown = session.exec(select(Message.id).where(Message.state == MessageState.UNKNOWN)).one()
    r.run("rita", "outbox confirm", str(unknown))
    r.run("rita", "outbox send")
    r.run("rita", "outbox remind")


def _type_in(r: Recruitment) -> None:
    """A scan is typed in; one from before the call, one on paper and, in the end, this one are withdrawn."""
    r.run("zofia", "application open-scan", "7", "--call", CALL)
    r.run("rita", "application new", CALL, "--received-at", "2018-06-10T12:00", "--channel", "post")
    sheet = r.folder / "sheet.xlsx"
    r.run("rita", "application sheet", f"{CALL}/0005", "-o", str(sheet))
    answers = {key: "tak" if answer is True else str(answer) for key, answer in candidate(5).items()}
    sheet.write_bytes(filled_in(sheet.read_bytes(), answers))
    r.run("rita", "application type", f"{CALL}/0005", str(sheet), "--reason", "przepisano")
    for number in ("0005", "0006", "0007"):
        r.run("rita", "application withdraw", f"{CALL}/{number}")


def _request(waiting: list[dict[str, str]]) -> str:
    """The number of the letter that waits for a confirmed address."""
    (number,) = [line["reference"].split()[-1] for line in waiting if "potwierdzony adres" in line["what"]]
    shown = nabor("outbox", "show", number, "--as", "rita")
    assert f"nabor application confirm-address {CALL}/0003 ADRES" in shown.out
    return number


def _collect_mail(r: Recruitment) -> None:
    """A question, and a form that an officer saved on the disk."""
    with pymap() as server, pytest.MonkeyPatch.context() as environment:
        for name, value in server.settings().items():
            environment.setenv(f"NABOR_{name.upper()}", str(value))
        server.put(letter({"paczka.zip": b"PK"}, subject="Pytanie"), at=people.moment("2018-06-11T09:10"))
        r.run("zofia", "mailbox collect", "--dry-run")
        assert server.folders() == {"INBOX": 1}
        r.run("zofia", "mailbox collect")
        assert server.folders() == {"INBOX": 0, HANDLED: 1}
    r.run("zofia", "mailbox list")
    r.run("zofia", "mailbox show", "1")
    r.run("zofia", "mailbox export", "1", str(r.folder / "mail"))
    r.run("zofia", "mailbox settle", "1", "--reason", "Odpisano.")


def _decide(r: Recruitment) -> None:
    r.at("2018-07-03T09:00")
    r.run("rita", "unit declaration", "KES", "2205083")
    signed = ("--signed", "2018-05-21", "--manner", "paper", "--file", str(r.folder / "blank.docx"))
    r.run("rita", "call declare-unit", "KES", "2205083", *signed)
    r.run("rita", "unit waiting", "KES")
    r.run("rita", "application document", f"{CALL}/0001", "zgoda")
    r.run("rita", "call verify", CALL)
    r.run("rita", "call rank", CALL)
    r.run("rita", "call rehearse", CALL, "--rules", str(KES), "--closes", "2018-06-06T12:00")
    r.run("rita", "call show", CALL)
    r.run("kinga", "application verdict", f"{CALL}/0001")
    r.run("rita", "application prefer", f"{CALL}/0001")
    r.at("2018-07-05T10:00")
    r.run("kinga", "commission open-session", CALL, "--place", "sala 2")
    r.run("kinga", "commission attend", CALL, "kinga", "konrad", "klara")
    r.run("kinga", "commission recuse", CALL, "klara", f"{CALL}/0003", "--reason", "wspólna praca")
    r.run("kinga", "commission vote", CALL, f"{CALL}/0003", "rejected", "--for", "kinga,konrad")
    r.run("kinga", "call decide", f"{CALL}/0003", "rejected", "--reason", "brak_miejsc")
    r.run("kinga", "call adopt", CALL, "--session", "1", "--for", "kinga,konrad", "--abstain", "klara")
    r.run("kinga", "commission close-session", CALL)
    r.run("rita", "commission show", CALL)
    r.at("2018-07-06T09:00")
    r.run("rita", "call announce", CALL)
    r.run("rita", "call verify-protocol", CALL)
    for number in ("0001", "0002"):
        r.run("rita", "call confirm", f"{CALL}/{number}")
    r.run("rita", "call reserve", CALL)
    r.run("rita", "call promote", CALL)
    _appeal(r)


def _appeal(r: Recruitment) -> None:
    """One appeal is taken back; the next is ruled on by somebody who did not decide."""
    letter_file = r.folder / "odwolanie.pdf"
    for ordinal, content in ((1, b"%PDF pierwsze"), (2, b"%PDF drugie")):
        letter_file.write_bytes(content)
        told = ("--received", "2018-07-06T08:30", "--file", str(letter_file))
        r.run("rita", "appeal file", f"{CALL}/0003", *told)
        if ordinal == 1:
            r.run("rita", "appeal withdraw", f"{CALL}/0003/O1")
    r.run("rita", "appeal list")
    r.run("wanda", "appeal review", f"{CALL}/0003/O2")
    r.run("wanda", "appeal decide", f"{CALL}/0003/O2", "--reject", "--reason", "Punkty policzono dobrze.")
    r.run("rita", "appeal show", f"{CALL}/0003/O2")


def _converse(r: Recruitment) -> None:
    """The meeting gets another room, somebody clicks a link, and somebody proposes another day."""
    moved = ("--place", "Sala próbna", "--agenda", "Otwarcie", "--reason", "Remont.")
    r.run("rita", "meeting move", CALL, MEETING, *moved)
    r.run("rita", "meeting cancel", CALL, MEETING, "--reason", "Choroba.", "--dry-run")
    tokens = r.run("rita", "meeting link", CALL, MEETING, f"{CALL}/0001")
    assert isinstance(tokens, dict)
    r.run("rita", "meeting answer-link", tokens["declines"], "--confirm")
    settings = Settings(data=r.folder / "data", keys=r.folder / "keys.json")
    with open_office(settings) as office, office.writing(WORKER) as session:
        invitation = session.exec(select(Invitation).where(Invitation.state == InvitationState.DECLINED)).one()
        proposed = {"starts": "2018-09-30T10:00:00+02:00", "ends": "2018-09-30T14:00:00+02:00"}
        said = Said(AnswerMethod.COUNTER, "TENTATIVE", invitation.sequence, office.now(), proposed=proposed)
        take(session, invitation, said, road=AnswerRoad.MAIL, actor=WORKER, now=office.now())
    r.run("rita", "meeting counters")
    (line,) = lines_of(r, "meeting counters")
    r.run("rita", "meeting counter", "decline", str(line["answer_id"]), "--reason", "Inni nie mogą.")
    r.run("rita", "meeting answers", CALL, MEETING)


def _plan(r: Recruitment) -> None:
    """A Harmonogram with one training, a day after the shipped meeting; what a member needs there."""
    template = r.folder / "harmonogram.xlsx"
    r.run("", "meeting import-template", "-o", str(template))
    book = openpyxl.load_workbook(template)
    told = (
        CALL,
        "szkolenie",
        "szkolenie",
        "Praca z rodziną",
        "24.09.2018",
        "16:00",
        "20:00",
        "Kartuzy",
        "ROPS",
        "Wstęp",
    )
    for column, text in enumerate(told, start=1):
        book["Harmonogram"].cell(2, column).value = text
    book.save(template)
    r.run("rita", "meeting import", str(template), "--dry-run")
    r.run("rita", "meeting schedule", "--month", "2018-09")
    word = r.run("rita", "meeting schedule", "-o", str(r.folder / "harmonogram.docx"))
    assert word == {"file": str(r.folder / "harmonogram.docx"), "days": 2}
    r.run("rita", "meeting needs", f"{CALL}/0001", "--diet", "wegetariańska")


def _tell_of_the_meeting(r: Recruitment) -> None:
    r.run("rita", "meeting record", CALL, MEETING, "--worked-out", "Opisano zasoby.", "--verified", "PGR")
    r.run("rita", "meeting protocol", CALL, MEETING)
    r.run("rita", "meeting certificates", CALL, "--number", f"{CALL}/0001")


def _meet_and_pay(r: Recruitment) -> None:
    r.run("rita", "meeting plan", CALL)
    _plan(r)
    r.run("rita", "meeting list", CALL)
    r.at("2018-09-03T09:00")
    r.run("rita", "meeting invite")
    r.run("rita", "meeting answer", CALL, MEETING, f"{CALL}/0001")
    _converse(r)
    r.run("rita", "rehearse", "--weeks", "1")
    r.run("rita", "meeting sheets", CALL, MEETING)
    r.run("rita", "meeting host-list", CALL, MEETING, "--names")
    r.at("2018-09-24T09:00")
    _take_attendance(r)
    for number, *minutes in (("0001", "360", "0"), ("0002", "0", "0")):
        for day, length in zip(("2018-09-22", "2018-09-23"), minutes, strict=True):
            r.run("rita", "meeting attend", CALL, MEETING, day, f"{CALL}/{number}", length)
    _tell_of_the_meeting(r)
    _papers(r)
    r.run("filip", "stipend contract", f"{CALL}/0001", "--contract-number", "UZ/1/2018", "--date", "2018-09-10")
    r.run(
        *("filip", "stipend statement", f"{CALL}/0001", "--account", ACCOUNTS[0], "--from", "2018-09-01"),
        *("--employed-elsewhere", "--no-student", "--no-sickness", "--other-employer"),
    )
    r.at("2018-10-01T09:00")
    r.run("filip", "stipend settle", CALL, MEETING, "--paid-on", PAID_ON.isoformat())
    r.run("filip", "stipend hours", CALL, MEETING)
    r.run("filip", "stipend list")
    r.run("filip", "stipend show", "R/0001/2018")
    r.run("filip", "stipend rates", "--on", "2018-10-10")
    r.run("filip", "stipend confirm-rate", "lump-sum-tax-2018", "--reason", "tak liczy księgowość")
    r.run("filip", "stipend costs", "-o", str(r.folder / "koszty.xlsx"))
    r.run("filip", "stipend signed", "R/0001/2018")


def _pay(r: Recruitment) -> None:
    """The one payment: given up once, then approved by other hands, exported, paid, and sent back."""
    r.at("2018-10-09T09:00")
    r.run("filip", "batch freeze", CALL, "--paid-on", PAID_ON.isoformat())
    r.run("filip", "batch discard", "LP/0001/2018", "--reason", "próba")
    r.run("filip", "batch freeze", "--paid-on", PAID_ON.isoformat())
    r.run("franka", "batch show", "LP/0002/2018")
    r.run("franka", "batch approve", "LP/0002/2018", "--acknowledge", "new_account=zgodne z oświadczeniem")
    r.run("filip", "batch export", "LP/0002/2018", "-o", str(r.folder / "przelewy.txt"))
    r.at("2018-10-11T09:00")
    history = r.folder / "historia.csv"
    history.write_bytes(paying.history([paying.Booked("LP0002/18/0001", 30360, ACCOUNTS[0])]))
    r.run("filip", "batch confirm", str(history), "--kind", "csv")
    r.run("filip", "batch paid", "LP/0002/2018", "--on", PAID_ON.isoformat())
    r.run("filip", "batch returned", "R/0001/2018", "--reason", "rachunek zamknięty")
    r.run("filip", "batch list")


def _take_attendance(r: Recruitment) -> None:
    """One day from the filled sheet, the other by words and in a table; then what is made of it."""
    settings = Settings(data=r.folder / "data", keys=r.folder / "keys.json")
    with open_office(settings) as office:
        with office.reading(WORKER) as session:
            printed = newest(session, "attendance_sheet", f"{CALL}:{MEETING}:2018-09-22")
            assert printed is not None
            blank = content_of(office, session, printed)
        people.further_meeting(office)
    present, absent = f"{CALL}/0001", f"{CALL}/0002"
    sheet = r.folder / "lista.docx"
    sheet.write_bytes(filled_sheet(blank, {present: Hand(tick=True), absent: Hand(hours="nieob.")}))
    shown = r.run("rita", "attendance read", str(sheet))
    assert isinstance(shown, dict)
    assert (shown["asked"], shown["entered"]) == (0, [])
    r.run("rita", "attendance read", str(sheet), "--confirm")
    picture = r.folder / "lista.jpg"
    picture.write_bytes(b"\xff\xd8\xff signed")
    r.run("rita", "attendance scan", CALL, MEETING, "2018-09-23", str(picture))
    told = ("--all-full", "--except", "0001=nieob.", "--except", "0002=nieob.", "--scan", "2")
    r.run("rita", "attendance enter", CALL, MEETING, "2018-09-23", *told)
    table = r.folder / "obecnosc.xlsx"
    r.run("rita", "attendance table", CALL, MEETING, "-o", str(table))
    r.run("rita", "attendance import", str(table))
    r.run("rita", "attendance confirm", CALL, MEETING, "2018-09-22")
    r.run("rita", "attendance list", CALL, MEETING)
    r.run("rita", "attendance standing", CALL)
    r.run("rita", "attendance file", "1", "-o", str(r.folder / "obecnosc"))
    r.run("rita", "attendance strike-off", absent, "--reason", "Nieobecność.", "--dry-run")
    held = ("--date", "2018-09-20", "--from", "16:00", "--to", "17:30", "--topic", "Praca z rodziną")
    r.run("rita", "support show", present)
    r.run("rita", "support grant", present, "coaching_indywidualny", "--from", "2018-09-01", "--reason", "Świetlica.")
    r.run("rita", "attendance coaching", present, *held)
    r.run("rita", "attendance coaching-list", present)
    r.run("rita", "attendance coaching-sheet", present)
    later = ("--date", "2018-09-21", "--from", "16:00", "--to", "17:00", "--topic", "Granice")
    r.run("rita", "support record", present, "coaching_indywidualny", *later)
    for number in (present, absent):
        r.run("rita", "support grant", number, "coaching_grupowy", "--from", "2018-09-01", "--reason", "Prośba OPS.")
    r.run("rita", "support plan", "coaching_grupowy", present, absent, *held[:2], *("--from", "18:00", "--to", "19:00"),
          "--topic", "Razem")  # fmt: skip
    r.run("rita", "support sheet", "--session", "1")
    signed = r.folder / "lista-sesji.docx"
    signed.write_bytes(_signed_list(r, {present: Hand(tick=True), absent: Hand(hours="nieob.")}))
    r.run("rita", "support read", str(signed))
    r.run("rita", "support read", str(signed), "--confirm")
    kept = r.run("rita", "support scan", "1", str(picture))
    assert isinstance(kept, dict)
    r.run("rita", "support attend", "1", "0002=nieob.", "--all-full", "--scan", str(kept["scans"][0]))
    r.run("rita", "support plan", "coaching_grupowy", absent, *later)
    r.run("rita", "support cancel", "2", "--reason", "Choroba.")
    r.run("rita", "support sessions")
    r.run("rita", "support refuse", absent, "coaching_indywidualny", "--reason", "Inny obszar.")
    r.run("rita", "support end", absent, "coaching_grupowy", "--on", "2018-09-30", "--reason", "Prośba.")
    r.run("rita", "support list", CALL)
    r.run("rita", "support hours", CALL)


def _signed_list(r: Recruitment, hands: dict[str, Hand]) -> bytes:
    """The list of the first session of a group, as it was printed, after these hands."""
    settings = Settings(data=r.folder / "data", keys=r.folder / "keys.json")
    with open_office(settings) as office, office.reading(WORKER) as session:
        printed = newest(session, "support_list", "support_session/1")
        assert printed is not None
        blank = content_of(office, session, printed)
    key = SupportListKey(CALL, 1, date(2018, 9, 20), (time(18), time(19)))
    return filled_sheet(blank, hands, bound_to=key.binding)


def _papers(r: Recruitment) -> None:
    """Statements by form and contracts made out, for the second member; the first has brought paper of his own."""
    second = f"{CALL}/0002"
    r.run("rita", "contract ask", CALL)
    form = r.folder / "oswiadczenie.docx"
    for ppk in ("nie", "tak"):
        form.write_bytes(people.statement_docx(1, pesel="brak PESEL", ppk=ppk))
        r.run("zofia", "contract read", str(form), second)
        if "contract refuse" not in r.answers:
            r.run("filip", "contract show", second)
            r.run("filip", "contract refuse", second, "--reason", "inny numer na wydruku")
    r.run("filip", "contract accept", second, "--from", "2018-09-01")
    r.run("filip", "contract issue", second)
    r.run("filip", "contract drop", second)
    r.run("filip", "contract issue", second)
    r.run("filip", "contract signed", second, "--date", "2018-09-10")
    r.run("filip", "contract missing", CALL)


ASSESSED = "KES/PGR/2213/2018"


def _assess(r: Recruitment) -> None:
    """Another call, under a version whose commission gives points: one sheet by command, one in the table."""
    r.run("adam", "project load", str(_assessed_by_the_commission(r.folder / "oceniany")))
    r.run("rita", "call declare-unit", "KES", "2213093", "--signed", "2018-05-21")
    r.run("rita", "call open", "KES", "PGR", "2213", "--from", "2018-10-01T08:00", "--to", "2018-10-05T15:30")
    inbox = r.folder / "assessed"
    inbox.mkdir()
    elsewhere = {"instytucja.gmina": "Skarszewy", "adres.gmina": "Skarszewy"}
    (inbox / "h.docx").write_bytes(filled(candidate(8, **elsewhere)))
    r.at("2018-10-02T09:00")
    r.run("zofia", "intake", str(inbox))
    r.at("2018-10-08T09:00")
    r.run("rita", "call verify", ASSESSED)
    shared = r.run("rita", "assessment assign", ASSESSED)
    assert isinstance(shared, dict)
    assert [one["symbol"] for one in shared["assigned"]] == ["C2", "P1"]
    papers = r.folder / "karty"
    r.run("rita", "assessment sheets", ASSESSED, "-o", str(papers))
    given = ("--impartial", "--points", "staz=5", "--why", "staz=Długi staż.")
    r.run("rita", "assessment enter", ASSESSED, "klara", f"{ASSESSED}/0001", *given)
    table = papers / "P1" / "oceny-P1.xlsx"
    book = openpyxl.load_workbook(table)
    for column, text in enumerate(("tak", "6", "Bardzo długi staż."), start=2):
        book["Oceny"].cell(5, column).value = text
    book.save(table)
    r.run("rita", "assessment import", str(table))
    r.run("rita", "assessment list", ASSESSED)
    r.run("kinga", "assessment show", f"{ASSESSED}/0001")


def _invite_units(r: Recruitment) -> None:
    """The project of the tests asks units first."""
    r.run("adam", "project load", str(Path(__file__).resolve().parents[1] / "projects" / "zagroda"))
    r.run("zofia", "call open", "ZAG", "GMINY", "PL", "--from", "2018-10-01T08:00", "--to", "2018-10-31T15:30")
    r.run("zofia", "unit invite", "ZAG/GMINY/PL/2018")


NAMED = "KES/PGR/2202/2018"


def _nominate(r: Recruitment) -> None:
    """A version of the project in which institutions name people into the PGR."""
    r.run("adam", "project load", str(_named_by_institutions(r.folder / "wskazania")))
    r.run("rita", "call declare-unit", "KES", "2202023", "--signed", "2018-05-21")
    r.run("rita", "call open", "KES", "PGR", "2202", "--from", "2018-10-01T08:00", "--to", "2018-12-31T15:30")
    (r.folder / "zaproszone.txt").write_text("I1\n")
    r.run("rita", "nomination invite", NAMED, "2202", "--list", str(r.folder / "zaproszone.txt"))
    house = {"instytucja.nazwa": "Biblioteka Próbna", "instytucja.gmina": "Brusy"}
    inbox = r.folder / "wskazani"
    inbox.mkdir()
    lines = ["file,received_at,channel,sender,application,call"]
    for day, i in enumerate((21, 22, 23), start=10):
        (inbox / f"{i}.docx").write_bytes(filled(candidate(i, praca_bezposrednia="nie" if i == 23 else "tak", **house)))
        lines.append(f"{i}.docx,2018-10-{day}T10:00,email,osoba{i}@example.org,,{NAMED}")
    (inbox / "manifest.csv").write_text("\n".join(lines))
    r.run("zofia", "intake", str(inbox))
    r.run("rita", "nomination assign", f"{NAMED}/0001", "I1")
    r.run("rita", "nomination assign", f"{NAMED}/0002", "I1")
    r.run("rita", "admission run", NAMED)
    r.run("rita", "nomination replace", f"{NAMED}/0002", "--on", "2018-12-31")
    r.run("rita", "nomination withdraw", f"{NAMED}/0002")
    r.run("rita", "nomination replace", f"{NAMED}/0002", "--reason", "zmiana pracy")
    r.run("rita", "admission list", NAMED)
    r.run("rita", "admission refuse", f"{NAMED}/0003", "--reason", "Praca nie jest bezpośrednia.")
    r.run("rita", "nomination list", NAMED)
    r.run("rita", "nomination decline", NAMED, "2202")
    r.run("rita", "nomination end", NAMED, "I1", "--reason", "koniec udziału", "--close")


def _named_by_institutions(folder: Path) -> Path:
    shutil.copytree(KES, folder, ignore=shutil.ignore_patterns("samples"))
    project = folder / "project.yaml"
    before, pgr, after = project.read_text(encoding="utf-8").partition("  - code: PGR\n")
    kind, pgd, rest = after.partition("  - code: PGD\n")
    kind = kind.replace("      - w_terminie\n", "").replace("      - jedno_zgloszenie\n", "")
    kind = kind.replace("reserve_seats: 3", "reserve_seats: 0\n    admission: nomination")
    kind = kind.replace("merit: [staz, zakres_wsparcia, premia_gmina]", "merit: []")
    kind = kind.partition("    composition:\n")[0] + "    composition: []\n"
    project.write_text(before + pgr + kind + pgd + rest, encoding="utf-8")
    return folder


def _assessed_by_the_commission(folder: Path) -> Path:
    """The project with the commission's points in place of those for years of work."""
    _asking_for_a_consent(folder)
    project = folder / "project.yaml"
    text = project.read_text(encoding="utf-8")
    table = 'kind: points_by_table\n    title: "Staż pracy"\n    paragraph: "§ 5 ust. 1 pkt 1"\n    field: staz_lat\n'
    assert table in text
    head, _, tail = text.partition(table)
    points = 'kind: points_by_assessor\n    title: "Staż pracy"\n    paragraph: "§ 5 ust. 1 pkt 1"\n    maximum: 7\n'
    text = head + points + tail.partition("\n")[2]
    project.write_text(text.replace("\ndeadlines:\n", "\nassessment: {assessors: 2}\ndeadlines:\n"), encoding="utf-8")
    return folder


def _appoint(r: Recruitment) -> None:
    made = r.run("rita", "appointment issue", CALL)
    assert isinstance(made, dict)
    (r.folder / "akt.pdf").write_bytes(b"%PDF akt")
    signed = ("--manner", "paper", "--file", str(r.folder / "akt.pdf"))
    number = made["members"][0]["number"]
    r.run("rita", "appointment sign", number, *signed)
    again = nabor("appointment", "sign", number, "--manner", "qualified", "--dry-run", "--as", "rita")
    assert (again.code, ", na papierze. Zachowany wtedy plik już się nie liczy." in again.out) == (0, True), again
    r.run("rita", "appointment list", CALL)
    r.run("rita", "appointment recall", CALL)


def _keep_the_office(r: Recruitment) -> None:
    r.run("kinga", "officer ticket")
    settings = Settings(data=r.folder / "data", keys=r.folder / "keys.json")
    with open_office(settings) as office, office.writing(WORKER) as session:
        record_incident(session, flow="deliver", run="run-1", code="TimeoutError", now=office.now())
    r.run("adam", "office settle-incident", "1")
    r.run("adam", "office seal")
    r.run("adam", "office audit")
    r.run("adam", "audit verify")
    r.run("rita", "office export", str(r.folder / "export"))
    r.run("filip", "office export", str(r.folder / "export"))
    r.run("adam", "office rotate-keys")


# The fields that scripts may rely on: of the document, or of each line of a list.
FIELDS: dict[str, set[str]] = {
    "agreement accede": {"code", "institution", "new", "told"},
    "agreement coverage": {"code", "institutions", "sectors", "missing", "unsettled", "said"},
    "agreement invite": {"code", "invited", "declined"},
    "agreement leave": {"code", "institution", "left"},
    "agreement list": {"code", "title", "area", "state", "deadline", "parties", "unsigned"},
    "agreement open": {"code", "title", "state"},
    "agreement parties": {"number", "institution", "name", "on", "step", "manner", "file", "recorded_at"},
    "agreement remind": {"code", "reminded"},
    "agreement sheet": {"file"},
    "agreement show": {"code", "title", "state", "deadline", "invited", "parties", "story"},
    "agreement sign": {"code", "signed"},
    "agreement text": {"code", "text", "file"},
    "appeal decide": {"appeal", "upheld"},
    "appeal file": {"appeal", "number"},
    "appeal list": {"number", "application", "state", "state_label", "received_at", "late", "ruling_due_at"},
    "appeal review": {"appeal"},
    "appeal show": {"number", "application", "state", "against", "received_at", "late", "ruling_due_at", "ruled_at"}
    | {"ruled_by", "reason"},
    "appeal withdraw": {"appeal"},
    "appointment issue": {"issued", "members"},
    "appointment list": {"number", "kind", "application", "since", "issued_on", "signed_on", "manner", "file_kept"}
    | {"recalled_by"},
    "appointment recall": {"issued", "members"},
    "appointment sign": {"number", "signed_on", "file", "before"},
    "team list": {"call", "agreement", "name", "area", "seats", "named", "missing"},
    "team open": {"call", "group", "invited", "unaddressed", "answer_by"},
    "team show": {"call", "name", "agreement", "seats", "institutions", "sectors", "missing", "unsettled", "said"},
    "application accept": {"number", "state"},
    "application changes": {"key", "label", "state", "before", "before_place", "after", "after_place"},
    "application confirm-address": {"number", "released"},
    "application document": {"number", "document", "found"},
    "application export": {"files"},
    "application files": {"id", "name", "received_at", "reason"},
    "application new": {"number", "public_number", "state"},
    "application open-scan": {"number", "public_number", "state"},
    "application sheet": {"file"},
    "application type": {"number", "changed", "state"},
    "application list": {"number", "state", "state_label", "points"},
    "application refuse": {"number", "state"},
    "application received": {"number", "state"},
    "application salutation": {"number", "own"},
    "application set": {"number", "state"},
    "application settle-file": {"file", "again"},
    "application show": {"number", "public_number", "state", "values", "story"},
    "application withdraw": {"number"},
    "contract accept": {"number", "valid_from", "account_tail", "bank", "remarks"},
    "contract ask": {"asked"},
    "contract drop": {"number", "contract_number"},
    "contract issue": {"contracts"},
    "contract missing": {"application", "call", "paper", "since", "words", "due"},
    "contract read": {"number", "lacking"},
    "contract refuse": {"number"},
    "contract show": {"field", "label", "value", "bank", "raw", "place", "method", "certainty", "to_ask"},
    "contract signed": {"number", "contract_number", "version"},
    "call adopt": {"accepted", "reserve", "rejected"},
    "call announce": {"accepted", "reserve", "rejected", "documents", "remarks"},
    "call confirm": {"number", "accepted"},
    "call decide": {"number", "outcome", "reason"},
    "call declare-unit": {"project", "unit", "signed_on", "manner", "seats"},
    "call open": {"call"},
    "call promote": {"promoted"},
    "call rank": {"version", "main", "reserve", "beyond", "shortfalls", "remarks"},
    "call rehearse": {"call", "rules_digest", "basis", "now", "then", "moved", "composition", "cost", "created"}
    | {"withdrawn", "remarks", "snapshot_digest", "places"},
    "call show": {"call", "state", "funnel", "places", "shortfalls", "applications"},
    "call verify-protocol": {"sound", "checked"},
    "assessment assign": {"call", "assigned", "short"},
    "assessment enter": {"call", "login", "number", "result"},
    "assessment import": {"call", "login", "new", "changed", "unchanged", "recused", "blank"},
    "assessment list": {"number", "assessors", "missing", "given", "needed", "points", "spread", "wide"},
    "assessment sheets": {"files"},
    "assessment show": {"symbol", "version", "code", "title", "points", "reason", "counts", "recorded_at"}
    | {"recorded_by"},
    "attendance coaching": {"number", "session"},
    "attendance coaching-list": {"id", "on", "starts", "ends", "minutes", "topic", "coach", "kind"},
    "attendance coaching-sheet": {"number", "version"},
    "support attend": {"session", "changed", "unchanged", "remarks"},
    "support cancel": {"session"},
    "support end": {"number", "kind", "state", "last_day"},
    "support grant": {"number", "kind", "state", "outcome", "changed", "verdicts"},
    "support hours": {
        *("number", "call", "individual_sessions", "individual_minutes", "group_sessions", "group_minutes"),
        *("minutes", "kinds"),
    },
    "support list": {"number", "kind", "name", "state", "outcome", "asked_on", "first_day", "last_day"},
    "support plan": {"session", "kind", "numbers", "remarks"},
    "support read": {"sheets", "entered", "asked"},
    "support record": {"number", "kind", "session", "remarks"},
    "support refuse": {"number", "kind", "state", "outcome", "changed", "verdicts"},
    "support scan": {"session", "scans"},
    "support sessions": {
        *("id", "kind", "on", "starts", "ends", "minutes", "topic", "coach", "place", "state", "listed", "present"),
        "not_entered",
    },
    "support sheet": {"file", "version"},
    "support show": {
        *("kind", "name", "form", "granted", "result", "sentence", "paragraph", "limit_hours", "counted_minutes"),
    },
    "attendance confirm": {"day", "entries"},
    "attendance enter": {"day", "entered", "minutes"},
    "attendance file": {"file"},
    "attendance import": {"entered", "changed"},
    "attendance list": {"day", "number", "substitute", "minutes", "status", "arrived", "left", "file_id", "place"}
    | {"confirmed"},
    "attendance read": {"sheets", "entered", "asked"},
    "attendance scan": {"scans"},
    "attendance standing": {"number", "verdict", "attended", "counted", "percent", "best_percent", "required"}
    | {"days_left", "missed", "excused", "not_entered"},
    "attendance strike-off": {"number"},
    "attendance table": {"rows"},
    "audit verify": {"seals", "events", "unsealed", "states", "calls"},
    "commission appoint": {"login", "function", "symbol"},
    "commission attend": {"call", "present"},
    "commission close-session": {"call", "session"},
    "commission dismiss": {"login"},
    "commission open-session": {"call", "session"},
    "commission recuse": {"call", "login", "number"},
    "commission show": {"call", "rules", "members", "sessions", "recusals", "ballots"},
    "commission vote": {"call", "session", "ballot", "tally"},
    "batch approve": {"number", "payments", "total"},
    "batch confirm": {"number", "paid", "returned", "known", "batches", "again"},
    "batch discard": {"number", "released"},
    "batch export": {"number", "file", "payments", "total", "new"},
    "batch freeze": {"number", "payments", "total", "left_out", "to_acknowledge"},
    "batch list": {"number", "state", "paid_on", "payments", "total", "settled", "made_by", "approved_by"},
    "batch paid": {"number", "paid"},
    "batch returned": {"number", "bill"},
    "batch show": {"batch", "transfers", "findings", "acknowledged"},
    "call verify": {"eligible", "not_eligible", "cannot_tell"},
    "letter list": {"id", "audience", "subject", "written_at", "written_by", "messages"},
    "letter write": {"id", "numbers", "unaddressed"},
    "application channel": {"number", "channel", "turned"},
    "form blank": {"file"},
    "form read": {"files", "unconsulted"},
    "intake": {"new", "known", "skipped", "complete", "incomplete", "answers", "to_type", "unreadable"}
    | {"duplicates", "further"},
    "mailbox collect": {"new", "known", "files", "set_aside", "for_officer", "remaining", "complete", "further"}
    | {"replies"},
    "mailbox export": {"files"},
    "mailbox list": {"id", "kind", "state", "received_at", "sender", "subject", "why"},
    "mailbox settle": {"id"},
    "mailbox show": {"id", "kind", "state", "sender", "subject", "received_at", "remarks", "files", "text", "letter"},
    "meeting answer": {"number", "accepted"},
    "meeting answer-link": {"accepts", "changed"},
    "meeting answers": {"at", "number", "said", "road", "outcome", "mail_id", "delegate", "comment"},
    "meeting attend": {"number", "minutes"},
    "meeting cancel": {"sequence", "told", "withdrawn", "outdated_papers"},
    "meeting certificates": {"issued", "members"},
    "meeting counter": {"proposal", "accepted"},
    "meeting counters": {"answer_id", "call", "meeting", "number", "starts", "ends"},
    "meeting link": {"accepts", "declines", "expires_at"},
    "meeting host-list": {"expected"},
    "meeting import": {"meetings", "new", "unchanged", "differing", "warnings"},
    "meeting import-template": {"file"},
    "meeting move": {"sequence", "asks_anew", "told", "withdrawn", "outdated_papers", "warnings"},
    "meeting needs": {"need", "text", "origin"},
    "meeting protocol": {"present"},
    "meeting record": {"version"},
    "meeting schedule": {"on", "starts", "ends", "call", "code", "kind", "title", "place", "host", "state", "origin"}
    | {"warnings"},
    "meeting invite": {"invited"},
    "meeting list": {"code", "kind", "origin", "title", "place", "state", "days"},
    "meeting plan": {"planned", "differing", "warnings"},
    "meeting sheets": {"sheets"},
    "office audit": {"seals", "events", "unsealed"},
    "office export": {"files"},
    "office rotate-keys": {"key"},
    "office seal": {"seals"},
    "office settle-incident": {"incident"},
    "office upgrade": {"before", "now"},
    "officer add": {"login", "roles", "scope"},
    "officer ticket": {"ticket"},
    "outbox attachments": {"files"},
    "outbox discard": {"ids", "left"},
    "outbox edit": {"id"},
    "outbox hold": {"id", "ids", "left"},
    "outbox list": {"id", "event", "about", "subject", "recipient", "state", "created_at", "sent_at"},
    "outbox release": {"id", "ids", "left"},
    "outbox remind": {"done"},
    "outbox send": {"sent", "kept", "expired", "delayed", "refused", "unknown", "transport"},
    "outbox print": {"letters"},
    "outbox returned": {"id"},
    "admission list": {"number", "state", "state_label", "received_at", "place", "waits"},
    "admission refuse": {"number", "state"},
    "admission run": {"call", "admitted", "waiting", "held", "not_eligible", "cannot_tell", "freed", "declarations"},
    "nomination assign": {"number", "institution"},
    "nomination decline": {"call", "institution", "state"},
    "nomination end": {"call", "institution", "state", "on"},
    "nomination invite": {"call", "invited", "before", "unaddressed", "answer_by"},
    "nomination list": {
        *("institution", "name", "state", "state_label", "asked_at", "answer_by", "number", "since"),
        *("next_number", "next_since"),
    },
    "nomination replace": {"number", "institution", "on", "ahead"},
    "nomination withdraw": {"number", "institution", "on"},
    "unit declaration": {"file", "version"},
    "unit invite": {"invited", "before", "unaddressed", "not_yet"},
    "unit waiting": {"teryt", "name", "state", "signed_on", "manner", "file_kept", "waiting"},
    "unit terc": {"as_of", "units", "digest", "new", "counts"},
    "outbox today": {"leaving", "drafts", "to_print", "printed", "stuck"},
    "outbox show": {
        "id",
        "channel",
        "content",
        "merged_into",
        "parts",
        "receipt",
        "state",
        "recipient",
        "subject",
        "text",
        "html",
        "calendar",
        "attachments",
    },
    "project check": {"code", "forms", "templates"},
    "project diff": {"section", "sentence"},
    "project load": {"code", "version", "digest", "new"},
    "project regulation": {"file", "code"},
    "project view": {"project", "title", "version", "at", "scope", "summary", "kinds", "groups", "units", "svg"},
    "stipend confirm-rate": {"row", "confirmed"},
    "stipend contract": {"number", "contract_number"},
    "stipend hours": {"documents", "unchanged", "missing"},
    "stipend costs": {"groups", "meetings", "months", "total", "file"},
    "stipend rates": {"row", "table", "value", "valid_from", "valid_to", "source", "status"},
    "stipend show": {"number", "state", "gross", "net", "corrects", "algorithm", "snapshot"},
    "stipend list": {"number", "state", "minutes", "gross", "social", "health", "tax", "net", "blocks", "doubts"},
    "stipend settle": {"calculated", "blocked", "unchanged", "documents", "kept"},
    "stipend signed": {"number"},
    "stipend statement": {"number", "kept"},
    "template check": {"events", "own"},
    "template list": {"event", "title", "when", "placeholders", "own"},
    "template preview": {"event", "subject", "text"},
    "template show": {"event", "title", "when", "placeholders", "own", "subject", "body"},
    "todo": {"what", "reference", "who", "since", "due"},
    "unit add": {"code", "name", "new", "changed", "remarks"},
    "unit import": {"new", "changed", "unchanged", "remarks"},
    "unit list": {"code", "name", "kind", "teryt", "area", "nip", "sector", "level", "channel", "reachable", "state"},
    "unit set": {"code", "changed"},
    "unit show": {"code", "name", "state", "email", "address", "edelivery", "representatives", "story"},
}


def test_every_command_is_played(played: Recruitment) -> None:
    assert set(played.answers) == all_commands() - NEEDS_A_SERVER - NEEDS_A_RULE


@pytest.mark.parametrize("command", sorted(all_commands() - NEEDS_A_SERVER - NEEDS_A_RULE))
def test_the_answer_is_one_document_and_nothing_beside_it(played: Recruitment, command: str) -> None:
    answer = played.answers[command]
    document = answer.json
    assert answer.err == ""
    if command in FIELDS:
        first = document[0] if isinstance(document, list) else document
        assert isinstance(first, dict)
        assert FIELDS[command] <= set(first)


def lines_of(played: Recruitment, command: str) -> list[dict[str, object]]:
    """The lines that a command listed."""
    lines = played.answers[command].json
    assert isinstance(lines, list)
    return lines


def test_figures_of_the_recruitment(played: Recruitment) -> None:
    def said(command: str) -> dict[str, object]:
        answer = played.answers[command].json
        assert isinstance(answer, dict)
        return answer

    assert said("intake") | {"skipped": []} == {
        "new": 7,
        "known": 0,
        "skipped": [],
        "complete": 3,
        "incomplete": 1,
        "answers": 0,
        "to_type": 1,
        "unreadable": 2,
        "duplicates": 0,
        "further": 0,
        "statements": 0,
    }
    assert (said("application type")["changed"], said("application type")["state"]) == (25, "complete")
    assert said("call verify") == {"eligible": 3, "not_eligible": 0, "cannot_tell": 0}
    assert (said("call rank")["main"], said("call adopt")["accepted"]) == (3, 2)
    assert said("stipend settle") == {"calculated": 1, "blocked": 0, "unchanged": 0, "documents": 2, "kept": []}
    assert said("stipend hours") == {"documents": 1, "unchanged": 0, "missing": []}
    (stipend,) = lines_of(played, "stipend list")
    # Six hours, employed elsewhere: costs 72,00; base 288; 51,84 - 27,90 = 23,94.
    assert (stipend["gross"], stipend["health"], stipend["tax"], stipend["net"]) == (36000, 3240, 2400, 30360)


def test_a_rehearsal_tells_who_would_move_by_number_and_what_it_costs(
    played: Recruitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Had the call closed a day after the second form, the third would have been late."""
    found = played.answers["call rehearse"].json
    assert isinstance(found, dict)
    assert [(one["number"], one["now"], one["then"]) for one in found["moved"]] == [
        (f"{CALL}/0003", "accepted", "rejected")
    ]
    assert found["moved"][0]["causes"][0]["code"] == "w_terminie"
    assert (found["cost"]["now"]["grosze"], found["cost"]["then"]["grosze"]) == (3 * 72000, 2 * 72000)
    _as_in(played, monkeypatch)
    asked = ("call", "rehearse", CALL, "--closes", "2018-06-05T12:00", "--as", "rita")
    said = nabor(*asked)
    assert "Próba dla naboru" in said.out
    assert f"{CALL}/0002" in said.out
    assert "Próbna" not in said.out
    named = nabor(*asked, "--names", "--json").json
    assert isinstance(named, dict)
    assert [one["name"] for one in named["moved"]] == ["Zmyślona Próbna-C"]


def test_a_rehearsal_of_time_tells_days_numbers_and_rules(played: Recruitment, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no mail server in this office: everything would be kept, and that is said."""
    said = played.answers["rehearse"].json
    assert isinstance(said, dict)
    assert {"begins", "ends", "letters", "warnings", "remarks", "runs", "slots"} == set(said)
    assert {"day", "at", "number", "event", "rule"} == set(said["letters"][0])
    assert {one["number"] for one in said["letters"]} >= {f"{CALL}/0001"}
    assert ("reminder_invitation", "zaproszenie") in {(one["event"], one["rule"]) for one in said["letters"]}
    assert any("nie ma serwera poczty" in remark for remark in said["remarks"])
    _as_in(played, monkeypatch)
    shown = nabor("rehearse", "--weeks", "1", "--as", "zofia")
    assert shown.code == 0
    assert "niczego nie zapisano i nic nie wyszło" in shown.out
    assert nabor("rehearse", "--weeks", "0", "--as", "zofia").code == 2
    assert nabor("rehearse", "--from", "2017-01-01", "--as", "zofia").code == 1


def test_a_statement_typed_again_keeps_the_requests_of_the_earlier_one(
    sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, (member, _) = sqlite_staged(people.group, 2)
    with office.writing(people.ADAM) as session:
        add_officer(
            session,
            "filip",
            name="Filip Próbny",
            secret=SECRET,
            roles=[Role.FINANCE],
            scope="",
            actor=people.ADAM,
            now=office.now(),
        )
    monkeypatch.setenv("NABOR_DATA", str(office.settings.data))
    monkeypatch.setenv("NABOR_KEYS", str(office.settings.keys))
    monkeypatch.setenv("NABOR_OFFICER_SECRET", SECRET)
    monkeypatch.setenv("NABOR_OFFICER", "filip")
    typed = ("stipend", "statement", member, "--from", "2018-09-01", "--employed-elsewhere", "--account")

    def requests() -> tuple[bool, bool, bool, bool | None]:
        with office.reading(people.WORKER) as session:
            row = statement_on(session, membership_of(session, member), date(2018, 9, 1))
            assert row is not None
            said = statements_in(row)
            return said.pit2, said.no_advance, said.copyright_costs, said.ppk

    assert nabor(*typed, ACCOUNTS[0], "--json").json == {"number": member, "kept": []}
    assert requests() == (False, False, False, None)
    nabor(*typed, ACCOUNTS[0], "--pit2", "--no-advance", "--copyright-costs", "--no-ppk")
    assert requests() == (True, True, True, False)
    again = nabor(*typed, ACCOUNTS[1])
    assert requests() == (True, True, True, False), "another account says nothing of the requests"
    assert again.out == (
        "Przyjęto oświadczenie. Z wcześniejszego zostaje: PIT-2, wniosek o niepobieranie zaliczek, koszty autorskie, "
        "brak udziału w PPK.\n"
    )
    taken_back = nabor(*typed, ACCOUNTS[1], "--no-pit2", "--advance", "--no-copyright-costs", "--ppk", "--json")
    assert taken_back.json == {"number": member, "kept": []}
    assert requests() == (False, False, False, True)


def test_times_and_money_are_plain_values(played: Recruitment) -> None:
    assert str(lines_of(played, "outbox list")[0]["created_at"]).startswith("2018-06-11T07:00:00")
    assert all(isinstance(line["minutes"], int) for line in lines_of(played, "stipend list"))


def test_the_commission_sees_answers_and_nobody_behind_them(
    played: Recruitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_in(played, monkeypatch)
    shown = {
        login: nabor("application", "show", f"{CALL}/0001", "--as", login, "--json") for login in ("rita", "kinga")
    }
    assert [answer.code for answer in shown.values()] == [0, 0]
    behind = ("Próbna-b", "Zmyślona", people.pesel(1), "osoba1@", "Wymyślona", "600 100 200", "600100200", "83-300")
    for secret in behind[:5]:
        assert secret in shown["rita"].out
    assert [secret for secret in behind if secret in shown["kinga"].out] == []
    document = shown["kinga"].json
    assert isinstance(document, dict)
    keys = {line["key"] for line in document["values"]}
    assert {"instytucja.obszar", "instytucja.stanowisko", "motywacja", "staz_lat"} <= keys
    form = people.definition().form("zalacznik_1_pgr")
    assert keys == {leaf.key for leaf in form.leaves if leaf.sensitivity is Sensitivity.OPEN}


def test_the_export_lies_where_it_was_asked_for(played: Recruitment) -> None:
    assert {path.name for path in (played.folder / "export").iterdir()} >= {"listy", "protokoly", "rachunki", "wyplaty"}
    assert len(list((played.folder / "sent").iterdir())) == 1
    assert [path.name for path in (played.folder / "mail").iterdir()] == ["list-1.eml"]


def test_single_files_are_taken_in_with_what_the_officer_says_of_them(
    sqlite_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.add_officers(sqlite_office)
    with sqlite_office.writing(people.ADAM) as session:
        add_officer(
            session,
            "zofia2",
            name="Zofia Próbna",
            secret=SECRET,
            roles=[Role.RECRUITMENT],
            actor=people.ADAM,
            now=sqlite_office.now(),
        )
    people.open_kes_call(sqlite_office)
    monkeypatch.setenv("NABOR_DATA", str(sqlite_office.settings.data))
    monkeypatch.setenv("NABOR_KEYS", str(sqlite_office.settings.keys))
    monkeypatch.setenv("NABOR_OFFICER_SECRET", SECRET)
    paths = []
    for i in (1, 2):
        paths.append(tmp_path / f"zgłoszenie {i}.docx")
        paths[-1].write_bytes(filled(candidate(i)))
    told = ("--channel", "in_person", "--received-at", "2018-06-05T10:15", "--sender", "a@example.org")
    said = nabor("intake", *map(str, paths), *told, "--as", "zofia2", "--json")
    assert isinstance(said.json, dict)
    assert (said.json["new"], said.json["complete"]) == (2, 2)
    mended = tmp_path / "poprawka.jpg"
    mended.write_bytes(b"\xff\xd8\xff scan")
    assert nabor("intake", str(mended), "--application", f"{CALL}/0001", "--as", "zofia2").code == 0
    with sqlite_office.reading(WORKER) as session:
        first, second, third = session.exec(select(SubmittedFile).order_by(col(SubmittedFile.id))).all()
    when = people.moment("2018-06-05T10:15")
    assert (first.channel, first.received_at, first.sender) == ("in_person", when, "a@example.org")
    assert (second.received_at, second.name) == (when, "zgłoszenie 2.docx")
    assert (third.channel, third.received_at, third.answers_number) == (
        "folder",
        sqlite_office.now(),
        f"{CALL}/0001",
    )


# Exit codes and errors

SETTLE = ("stipend", "settle", "--as", "filip", CALL, MEETING)
CONTRACT = ("stipend", "contract", "--as", "filip")
ENGLISH = ("Traceback", "Error", "Usage", "Missing", "Invalid", "No such", "not found")


def refused(*arguments: str) -> Answer:
    answer = nabor(*arguments)
    for english in ENGLISH:
        assert english not in answer.err
    return answer


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("todo",), "kto działa"),
        (("todo", "--as", "nikt"), "Nieznane konto"),
        (("application", "show", f"{CALL}/0099", "--as", "rita"), "Nie ma zgłoszenia"),
        (("application", "show", f"{CALL}/0001", "--as", "filip"), "uprawnienia"),
        (("application", "set", f"{CALL}/0001", "pesel", "1", "--reason", "x", "--as", "rita"), "przed decyzją"),
        (("call", "verify", "KES/PGD/2205/2018", "--as", "rita"), "Nie ma naboru"),
        (("call", "open", "KES", "PGR", "2205", "--from", "jutro", "--to", "2018-07-01", "--as", "rita"), "czasem"),
        (("call", "open", "KES", "PGR", "3021", "--from", "2018-06-04", "--to", "2018-07-01", "--as", "rita"), "poza"),
        (
            ("call", "open", "KES", "XXX", "2205", "--from", "2018-06-04", "--to", "2018-07-01", "--as", "rita"),
            "rodzaju",
        ),
        (("call", "decide", f"{CALL}/0001", "rejected", "--reason", "bo_tak", "--as", "kinga"), "Możliwe"),
        (("outbox", "show", "999", "--as", "rita"), "Nie ma wiadomości"),
        (("outbox", "edit", "2", "--as", "rita"), "już wyszła"),
        (("outbox", "edit", "2", "--text", "brak.txt", "--as", "rita"), "nie ma takiego pliku"),
        (("meeting", "attend", CALL, MEETING, "wczoraj", f"{CALL}/0001", "10", "--as", "rita"), "nie jest datą"),
        (("meeting", "attend", CALL, MEETING, "2018-09-22", f"{CALL}/0001", "999", "--as", "rita"), "od 0 do 360"),
        (("stipend", "settle", CALL, "inne", "--paid-on", "2018-10-10", "--as", "filip"), "nie ma spotkania"),
        ((*SETTLE, "--paid-on", "2018-09-22"), "koniec spotkania"),
        ((*SETTLE, "--paid-on", "2019-10-10"), "najpóźniejsza"),
        ((*SETTLE, "--paid-on", "2018-10-10", "--replace-signed"), "--reason"),
        ((*CONTRACT, f"{CALL}/0001", "--contract-number", " ", "--date", "2018-09-10"), "od 1 do"),
        ((*CONTRACT, f"{CALL}/0001", "--contract-number", "U/1", "--date", "2118-09-10"), "dziś"),
        ((*CONTRACT, f"{CALL}/0003", "--contract-number", "U/1", "--date", "2018-09-10"), "miejsca"),
        (("stipend", "signed", "R/0001/2018", "--as", "filip"), "ma stan „przelew wrócił”"),
        (("form", "blank", "zalacznik_9", "-o", "x.docx", "--project", str(KES)), "Są: karta_powiatu, zalacznik_1_pgr"),
        (("form", "blank", "zalacznik_1_pgr", "-o", "brak/x.docx", "--project", str(KES)), "zapisać"),
        (("form", "read", "brak.docx", "--project", str(KES)), "Nie ma pliku"),
        (("project", "check", "brak"), "Definicja"),
        (("intake", "brak", "--as", "zofia"), "Nie ma folderu"),
        (("intake", "brak", "też-brak.docx", "--as", "zofia"), "To nie są pliki: brak, też-brak.docx"),
        (("intake", str(KES), "--channel", "email", "--as", "zofia"), "manifest.csv"),
        (("intake", str(KES / "project.yaml"), "--channel", "gołąb", "--as", "zofia"), "Kanał"),
        (("intake", str(KES / "project.yaml"), "--received-at", "wczoraj", "--as", "zofia"), "Czas wpływu"),
        (("intake", str(KES / "project.yaml"), "--application", f"{CALL}/0099", "--as", "zofia"), "Nie ma zgłoszenia"),
        (
            ("intake", *[str(KES / "project.yaml")] * 2, "--application", f"{CALL}/0001", "--as", "zofia"),
            "przy jednym pliku",
        ),
        (("mailbox", "collect", "--as", "zofia"), "NABOR_IMAP_HOST"),
        (("mailbox", "show", "99", "--as", "zofia"), "Nie ma listu"),
        (("mailbox", "settle", "1", "--reason", "znowu", "--as", "zofia"), "list ma już stan „sprawa zamknięta”"),
        (("office", "create-keys"), "już istnieje"),
        (("office", "settle-incident", "99", "--as", "adam"), "awarii"),
        (("officer", "add", "nowy", "--name", "X", "--role", "finance", "--as", "adam"), "w terminalu"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_said_in_polish_and_ends_with_one(
    played: Recruitment, arguments: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_in(played, monkeypatch)
    answer = refused(*arguments, "--json")
    assert answer.code == 1
    assert said in answer.err
    document = answer.json
    assert isinstance(document, dict)
    assert said in document["message"]
    assert set(document) == {"error", "message", "problems"}


def test_without_json_an_error_is_a_sentence_beside_an_empty_answer(
    played: Recruitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_in(played, monkeypatch)
    answer = refused("outbox", "show", "999", "--as", "rita")
    assert (answer.code, answer.out, answer.err) == (1, "", "Nie ma wiadomości 999.\n")


def test_a_database_that_does_not_open_is_told_of_in_a_sentence(
    played: Recruitment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_in(played, monkeypatch)
    data = tmp_path / "data"
    data.mkdir()
    (data / "nabor.sqlite3").write_bytes(b"no database at all " * 100)
    answer = refused("todo", "--as", "rita", "--data", str(data), "--json")
    assert (answer.code, set(answer.json)) == (1, {"error", "message", "problems"})
    assert "Niczego nie zapisano" in answer.err
    assert "Traceback" not in answer.err


def _as_in(played: Recruitment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the played office; another fixture clears it before each test."""
    monkeypatch.setenv("NABOR_DATA", str(played.folder / "data"))
    monkeypatch.setenv("NABOR_KEYS", str(played.folder / "keys.json"))
    monkeypatch.setenv("NABOR_OFFICER_SECRET", SECRET)


@pytest.mark.parametrize(
    "arguments",
    [
        ("zgłoszenie",),
        ("application", "pokaz"),
        ("application", "show"),
        ("application", "set", "a", "b", "c"),
        ("application", "list", "a", "b"),
        ("application", "list", "a", "--nieznana"),
        ("outbox", "show", "dwa"),
        ("support", "attend", "100000000000000000000"),
        ("support", "sessions", "100000000000000000000"),
        ("support", "sheet", "--session", "100000000000000000000"),
        ("call", "decide", "a", "może", "--reason", "x"),
        ("call", "open", "KES", "PGR", "2205", "--from"),
        ("todo", "--json=tak"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_said_in_polish_and_ends_with_two(arguments: tuple[str, ...]) -> None:
    answer = refused(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("Złe użycie.")
    assert "--help" in answer.err


def test_whoever_chose_another_word_reads_which_there_are() -> None:
    answer = refused("call", "declare-unit", "KES", "2205083", "--manner", "papier")
    assert answer.err == "Złe użycie. Zła wartość: --manner. Może być: paper, qualified. Pomoc: dodaj --help.\n"


def test_what_comes_along_unseen_when_a_code_is_copied_is_no_part_of_it(
    played: Recruitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_in(played, monkeypatch)
    plain = nabor("unit", "show", "2205023", "--json", "--as", "rita")
    assert nabor("unit", "show", "\u200b 2205023\u00a0\ufeff", "--json", "--as", "rita").json == plain.json


def test_the_story_of_an_agreement_says_which_institution_joined(
    played: Recruitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_in(played, monkeypatch)
    told = nabor("agreement", "show", AGREED, "--as", "rita").out
    assert "instytucja stała się stroną porozumienia (I1)" in told


def test_whoever_interrupts_a_command_reads_so(played: Recruitment, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    _as_in(played, monkeypatch)
    monkeypatch.setattr("console.intake.waiting_for_whom", interrupted)
    answer = nabor("todo", "--as", "rita")
    assert (answer.code, answer.out, answer.err) == (1, "", "Przerwano.\n")


def test_whoever_interrupts_the_start_reads_so() -> None:
    """Before the commands are loaded: Ctrl-C comes with the first of many imports."""
    begin = (
        "import sys\n"
        "from console.start import run\n"
        "class Told:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'console.main':\n"
        "            import os, signal\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Told())\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", begin], capture_output=True, text=True, check=False, cwd=KES.parents[1]
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Przerwano.\n")


def test_a_file_in_a_circle_of_links_or_without_an_end_is_told(
    tmp_path: Path, played: Recruitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_in(played, monkeypatch)
    circle = tmp_path / "kółko.csv"
    circle.symlink_to(circle)
    answer = nabor("unit", "terc", str(circle), "--as", "rita")
    assert (answer.code, answer.err) == (
        1,
        "Nie można odczytać ani zapisać „kółko.csv”: dowiązania prowadzą w kółko.\n",
    )
    assert "więcej niż 10 MB" in nabor("unit", "terc", "/dev/zero", "--as", "zofia").err


def test_a_faulty_definition_lists_every_mistake_with_file_and_line(tmp_path: Path) -> None:
    shutil.copytree(KES, tmp_path / "kes", ignore=shutil.ignore_patterns("samples"))
    project = tmp_path / "kes" / "project.yaml"
    project.write_text(
        project.read_text().replace("code: KES\n", "code: kes\n").replace("seats: 15\n", "seats: wiele\n")
    )
    answer = refused("project", "check", str(tmp_path / "kes"), "--json")
    assert answer.code == 1
    document = answer.json
    assert isinstance(document, dict)
    assert len(document["problems"]) == 2
    assert all("project.yaml:" in problem for problem in document["problems"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("project", "regulation", str(KES), "-o", "regulamin.pdf"), "„.docx” albo „.html”"),
        (("project", "diff", "KES/9", str(KES)), "nie jest folderem ani jedną wczytaną wersją"),
        (("project", "diff", "stara", str(KES)), "nie jest folderem ani jedną wczytaną wersją"),
        (("call", "declare-unit", "KES", "2205083"), "Podaj dzień podpisania (--signed) albo odmowę (--refused)."),
        (("call", "declare-unit", "KES", "2205083", "--signed", "wczoraj"), "„wczoraj” nie jest datą."),
        (("call", "show", "KES\udcbf"), "terminal zapisuje je inaczej niż w UTF-8"),
        (("nomination", "invite", "LK/G-PZK/1419/2018", "1419", "I\udcbf"), "inaczej niż w UTF-8"),
        (("unit", "terc", str(KES)), "„kes”: to folder, a potrzebny jest plik."),
        (("unit", "terc", "d" * 300), "nazwa jest za długa"),
        (("nomination", "invite", "LK/G-PZK/1419/2018", "--list", "brak.txt"), "„brak.txt”: nie ma takiego pliku"),
        (("call", "show", CALL, "--at", "0001-01-01T00:00"), "rok 1 wygląda na pomyłkę"),
        (("agreement", "text", AGREED, "-o", "tekst.pdf"), "musi się kończyć na „.docx”"),
        (("agreement", "sheet", AGREED, "I1", "-o", "karta"), "musi się kończyć na „.docx”"),
        (("agreement", "open", AGREED, "--reopen"), "Niczego nie zmieniono: porozumienie ma już stan „otwarte na"),
        (("support", "list", "KES/PGR/2205/1999"), "Nie ma naboru „KES/PGR/2205/1999”"),
        (("support", "hours", "KES/PGR/2205/1999"), "Nie ma naboru „KES/PGR/2205/1999”"),
        (("support", "hours", "--project", "SEK"), "Projektu „SEK” nie wczytano"),
        (("support", "hours", "--from", "2018-12-01", "--until", "1.10.2018"), "wcześniejszy niż pierwszy"),
        (("support", "sheet", f"{CALL}/0001", "coaching_grupowy"), "nabor support sheet --session SESJA"),
        (("support", "attend", "1", "0006=nieob.", "0006=16:00-17:00"), "Numer 0006 podano dwa razy."),
    ],
)
def test_what_cannot_be_done_is_said(
    played: Recruitment, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    _as_in(played, monkeypatch)
    answer = nabor(*arguments, "--as", "rita")
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err


def test_two_folders_are_compared_without_an_office(tmp_path: Path) -> None:
    answer = nabor("project", "diff", str(KES), str(_asking_for_a_consent(tmp_path / "kes")), "--json")
    told = [line["sentence"] for line in json.loads(answer.out)]
    assert len(told) == 2
    assert told[0].startswith("Reguła punktowa „Instytucja z poziomu gminy” (§ 5 ust. 2) – punkty: było „2 pkt, jeżeli")
    assert told[1] == 'Dodano documents.zgoda: {"code": "zgoda", "label": "zgoda pracodawcy"}.'


def test_what_needs_no_officer_asks_for_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NABOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NABOR_KEYS", str(tmp_path / "keys.json"))
    for arguments in (
        ("project", "check", str(KES)),
        ("form", "blank", "zalacznik_1_pgr", "-o", str(tmp_path / "b.docx"), "--project", str(KES)),
        ("form", "read", str(tmp_path / "b.docx"), "--project", str(KES)),
    ):
        assert nabor(*arguments).code == 0
    assert not (tmp_path / "data").exists(), "nor an office"
    assert nabor("office", "create-keys").code == 0
    assert nabor("office", "upgrade").code == 0
    assert nabor("todo").code == 1


def test_a_form_is_read_without_the_database_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading is done, so the exit code says so; what could not be asked stands aside, and in what programs get."""
    monkeypatch.setenv("NABOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NABOR_KEYS", str(tmp_path / "keys.json"))
    file, project = str(tmp_path / "b.docx"), ("--project", str(KES))
    assert nabor("form", "blank", "zalacznik_1_pgr", "-o", file, *project).code == 0
    monkeypatch.setenv("NABOR_DATABASE_URL", "postgresql://nikt@127.0.0.1:1/nic")
    answer = nabor("form", "read", file, *project, "--json")
    assert answer.code == 0
    assert isinstance(answer.json, dict)
    (told,) = answer.json["unconsulted"]
    assert answer.err == f"Uwaga: {told}\n"
    assert "do wykazu gmin (TERYT) wczytanego przez biuro. Baza danych nie odpowiada" in told
    assert "wykazu wbudowanego w program" in told
    for faulty in ("postgresql://nikt:tajne@127.0.0.1:abc/nic", "tajne"):
        monkeypatch.setenv("NABOR_DATABASE_URL", faulty)
        why_not = register_of(load_settings()).why_not
        assert "NABOR_DATABASE_URL nie jest adresem bazy danych" in why_not
        assert "tajne" not in why_not
    monkeypatch.delenv("NABOR_DATABASE_URL")
    assert register_of(load_settings()).why_not == "", "no office, nothing to be said"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nabor.sqlite3").write_bytes(b"to nie jest baza" * 100)
    assert "czy jej plik nie jest uszkodzony" in register_of(load_settings()).why_not
    (tmp_path / "data" / "nabor.sqlite3").unlink()
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "nabor.sqlite3")) as database, database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        database.execute("INSERT INTO alembic_version VALUES ('0001')")
    assert "kluczy" in register_of(load_settings()).why_not


def test_forms_of_a_folder_are_read_in_order_and_a_bad_one_shows_in_the_exit_code(
    played: Recruitment, tmp_path: Path
) -> None:
    good = (played.folder / "inbox" / "a.docx").read_bytes()
    for name, content in {"b.docx": good, "a.docx": b"nic", "~$b.docx": b"lock", "c.docx": good}.items():
        (tmp_path / name).write_bytes(content)
    answer = nabor("form", "read", str(tmp_path), "--project", str(KES), "--json")
    assert answer.code == 1
    assert isinstance(answer.json, dict)
    assert [(one["file"], one["readable"]) for one in answer.json["files"]] == [
        ("a.docx", False),
        ("b.docx", True),
        ("c.docx", True),
    ]
    assert answer.json["files"][0]["code"] == "not_zip"
    assert answer.err == ""


def test_progress_of_many_files_is_told_aside(played: Recruitment, tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number}.docx").write_bytes(b"nic")
    answer = nabor("form", "read", str(tmp_path), "--project", str(KES))
    assert answer.code == 1
    assert answer.err.splitlines() == ["  Odczytano 50 z 60", "  Odczytano 60 z 60"]
    assert "Odczytano" not in answer.out


def test_data_and_officer_may_be_given_by_option(played: Recruitment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NABOR_KEYS", str(played.folder / "keys.json"))
    monkeypatch.setenv("NABOR_OFFICER_SECRET", SECRET)
    monkeypatch.setenv("NABOR_OFFICER", "nikt")
    assert nabor("todo", "--data", str(played.folder / "data"), "--as", "rita").code == 0


def test_people_read_tables(played: Recruitment, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_in(played, monkeypatch)
    table = nabor("application", "list", CALL, "--as", "rita").out
    assert f"{CALL}/0001" in table
    assert "ogłoszono: przyjęte" in table
    stipends = nabor("stipend", "list", "--as", "filip").out.replace("\xa0", " ")
    assert "303,60" in stipends
    assert "6:00" in stipends
    listed = nabor("meeting", "import", str(played.folder / "harmonogram.xlsx"), "--dry-run", "--as", "rita").out
    assert "Nowe spotkania: 1, bez zmian: 0, inne w pliku: 0." in listed
    assert f"  + {CALL} szkolenie: 24.09.2018 16:00–20:00" in listed
    needs = nabor("meeting", "needs", f"{CALL}/0001", "--as", "rita").out
    assert re.search(r"dieta +wegetariańska +pracownik", needs)
    tables = (("outbox", "list", "--all"), ("todo",), ("call", "show", CALL), ("meeting", "schedule"))
    for command in (("meeting", "list", CALL), *tables):
        said = nabor(*command, "--as", "rita").out
        for code in ("planned", "invited", "held", "withdrawn", "announced", "calculated"):
            assert f" {code}" not in said


# Scope: what an officer of another area can learn by any command

ELSEWHERE = "obca"


@pytest.fixture
def abroad(sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch) -> Recruitment:
    """An office full of powiat kartuski, and an officer of wielkopolskie who has every role there is."""
    office, _ = sqlite_staged(everything)
    with office.writing(people.ADAM) as session:
        add_officer(
            session,
            ELSEWHERE,
            name="Obca Próbna",
            secret=SECRET,
            roles=[role for role in Role if role is not Role.PROCESS],
            scope="30",
            actor=people.ADAM,
            now=office.now(),
        )
    monkeypatch.setenv("NABOR_DATA", str(office.settings.data))
    monkeypatch.setenv("NABOR_KEYS", str(office.settings.keys))
    monkeypatch.setenv("NABOR_OFFICER_SECRET", SECRET)
    assert isinstance(office.clock, PlayedClock)
    folder = office.settings.data.parent
    head = "Nabór;Kod;Tytuł;Data;Od;Do;Miejsce;Prowadzący;Program"
    (folder / "harmonogram.csv").write_text(f"{head}\n{CALL};obce;Obce;22.09.2018;9:00;15:00;Tu;Tam;Praca\n")
    for name, content in papers_back(office).items():
        (folder / name).write_bytes(content)
    return Recruitment(folder, office.clock)


FOREIGN = f"{CALL}/0001"
# What each command says to her: nothing to show (0) or that there is no such thing for her (1).
FROM_ABROAD: dict[str, tuple[int, tuple[str, ...]]] = {
    "agreement accede": (1, (AGREED, "I1", "--manner", "paper")),
    "agreement coverage": (1, (AGREED,)),
    "agreement invite": (1, (AGREED, "I1")),
    "agreement leave": (1, (AGREED, "I1")),
    "agreement list": (0, ()),
    "agreement open": (1, ("KES", "2205083", "--deadline", "2030-12-31")),
    "agreement parties": (1, (AGREED,)),
    "agreement remind": (1, (AGREED,)),
    "agreement sheet": (1, (AGREED, "I1", "-o", "{folder}/out/karta.docx")),
    "agreement show": (1, (AGREED,)),
    "agreement sign": (1, (AGREED, "I1", "--manner", "paper")),
    "agreement text": (1, (AGREED, "I1", "-o", "{folder}/out/tekst.docx")),
    "appointment issue": (1, (CALL,)),
    "appointment list": (1, (CALL,)),
    "appointment recall": (1, (CALL,)),
    "appointment sign": (1, ("POW/PGR/0007/2018", "--manner", "paper")),
    "team list": (0, ()),
    "team open": (1, (AGREED,)),
    "team show": (1, (CALL,)),
    "appeal decide": (1, (f"{FOREIGN}/O1", "--reject", "--reason", "x")),
    "appeal file": (1, (FOREIGN, "--received", "2018-07-06T09:00", "--file", "{folder}/keys.json")),
    "appeal list": (1, (CALL,)),
    "appeal review": (1, (f"{FOREIGN}/O1",)),
    "appeal show": (1, (f"{FOREIGN}/O1",)),
    "appeal withdraw": (1, (f"{FOREIGN}/O1",)),
    "application accept": (1, (FOREIGN, "telefon", "--reason", "x")),
    "application changes": (1, (FOREIGN,)),
    "application confirm-address": (1, (FOREIGN, "obca@example.org", "--reason", "x")),
    "application document": (1, (FOREIGN, "zgoda")),
    "application refuse": (1, (FOREIGN, "telefon", "--reason", "x")),
    "outbox attachments": (1, ("1", "{folder}/out")),
    "application export": (1, (FOREIGN, "{folder}/out")),
    "application files": (0, ()),
    "application list": (1, (CALL,)),
    "application new": (1, (CALL, "--received-at", "2018-06-10T12:00", "--channel", "post")),
    "application open-scan": (1, ("3", "--call", CALL)),
    "application sheet": (1, (FOREIGN, "-o", "{folder}/out/sheet.xlsx")),
    "application type": (1, (FOREIGN, "{folder}/keys.json", "--reason", "x")),
    "application prefer": (1, (FOREIGN,)),
    "application received": (1, (FOREIGN, "2018-06-05T10:00", "--reason", "x")),
    "application salutation": (1, (FOREIGN, "Szanowna Pani Doktor", "--reason", "x")),
    "application set": (1, (FOREIGN, "telefon", "600100200", "--reason", "x")),
    "application settle-file": (1, ("3",)),
    "application show": (1, (FOREIGN,)),
    "application verdict": (1, (FOREIGN,)),
    "application withdraw": (1, (FOREIGN,)),
    "assessment assign": (1, (CALL,)),
    "assessment enter": (1, (CALL, "kinga", FOREIGN, "--impartial", "--points", "x=1")),
    "assessment import": (1, ("{folder}/keys.json",)),
    "assessment list": (1, (CALL,)),
    "assessment sheets": (1, (CALL, "-o", "{folder}/out")),
    "assessment show": (1, (FOREIGN,)),
    "batch approve": (1, ("LP/0001/2018",)),
    "batch confirm": (1, ("{folder}/keys.json", "--kind", "csv")),
    "batch discard": (1, ("LP/0001/2018", "--reason", "x")),
    "batch export": (1, ("LP/0001/2018", "-o", "{folder}/out.txt")),
    "batch freeze": (1, ("--paid-on", "2018-10-10")),
    "batch list": (0, ()),
    "batch paid": (1, ("LP/0001/2018", "--on", "2018-10-10")),
    "batch returned": (1, ("R/0001/2018", "--reason", "x")),
    "batch show": (1, ("LP/0001/2018",)),
    "attendance coaching": (
        1,
        (FOREIGN, "--date", "2018-09-20", "--from", "16:00", "--to", "17:00", "--topic", "x"),
    ),
    "attendance coaching-list": (1, (FOREIGN,)),
    "support attend": (1, ("1", "--all-full")),
    "support cancel": (1, ("1", "--reason", "x")),
    "support end": (1, (FOREIGN, "coaching_indywidualny", "--reason", "x")),
    "support grant": (1, (FOREIGN, "coaching_indywidualny")),
    "support hours": (0, ()),
    "support list": (0, ()),
    "support plan": (
        1,
        (
            *("coaching_grupowy", FOREIGN, "--date", "2018-09-20", "--from", "16:00", "--to", "17:00"),
            *("--topic", "x"),
        ),
    ),
    "support record": (
        1,
        (
            *(FOREIGN, "coaching_indywidualny", "--date", "2018-09-20", "--from", "16:00", "--to", "17:00"),
            *("--topic", "x"),
        ),
    ),
    "support read": (1, ("{folder}/lista-sesji.docx", "--confirm")),
    "support refuse": (1, (FOREIGN, "coaching_indywidualny", "--reason", "x")),
    "support scan": (1, ("1", "{folder}/lista.jpg")),
    "support sessions": (0, ()),
    "support sheet": (1, ("--session", "1")),
    "support show": (1, (FOREIGN,)),
    "attendance coaching-sheet": (1, (FOREIGN,)),
    "attendance confirm": (1, (CALL, MEETING, "2018-09-22")),
    "attendance enter": (1, (CALL, MEETING, "2018-09-22", "--all-full")),
    "attendance file": (1, ("1", "-o", "{folder}/out")),
    "attendance import": (1, ("{folder}/obecnosc.csv",)),
    "attendance list": (1, (CALL, MEETING)),
    "attendance read": (1, ("{folder}/lista.docx", "--confirm")),
    "attendance scan": (1, (CALL, MEETING, "2018-09-22", "{folder}/lista.jpg")),
    "attendance standing": (1, (CALL,)),
    "attendance strike-off": (1, (FOREIGN, "--reason", "x")),
    "attendance table": (1, (CALL, MEETING, "-o", "{folder}/out/t.xlsx")),
    "call adopt": (1, (CALL,)),
    "call announce": (1, (CALL,)),
    "call confirm": (1, (FOREIGN,)),
    "call decide": (1, (FOREIGN, "rejected", "--reason", "inny_powod")),
    "call declare-unit": (1, ("KES", "2205083", "--refused")),
    "call open": (1, ("KES", "PGD", "2205", "--from", "2018-06-04", "--to", "2018-07-01")),
    "call promote": (1, (CALL,)),
    "call rank": (1, (CALL,)),
    "call rehearse": (1, (CALL, "--rules", str(KES))),
    "call reserve": (1, (CALL,)),
    "call show": (1, (CALL,)),
    "call verify": (1, (CALL,)),
    "call verify-protocol": (1, (CALL,)),
    "audit verify": (1, ()),
    "commission appoint": (1, (CALL, "kinga", "--function", "member")),
    "commission attend": (1, (CALL, "kinga")),
    "commission close-session": (1, (CALL,)),
    "commission dismiss": (1, (CALL, "kinga")),
    "commission open-session": (1, (CALL, "--place", "x")),
    "commission recuse": (1, (CALL, "kinga", FOREIGN, "--reason", "x")),
    "commission show": (1, (CALL,)),
    "commission vote": (1, (CALL, "--for", "kinga")),
    "intake": (1, ("{folder}",)),
    "mailbox collect": (1, ()),
    "mailbox export": (1, ("1", "{folder}/out")),
    "mailbox list": (0, ("--all",)),
    "mailbox settle": (1, ("1", "--reason", "x")),
    "mailbox show": (1, ("1",)),
    "meeting answer": (1, (CALL, MEETING, FOREIGN)),
    "meeting answer-link": (1, ("1.0.tak.1600000000." + "0" * 40, "--confirm")),
    "meeting answers": (1, (CALL, MEETING)),
    "meeting attend": (1, (CALL, MEETING, "2018-09-22", FOREIGN, "10")),
    "meeting cancel": (1, (CALL, MEETING, "--reason", "x")),
    "meeting certificates": (1, (CALL,)),
    "meeting host-list": (1, (CALL, MEETING, "--names")),
    "meeting import": (1, ("{folder}/harmonogram.csv",)),
    "meeting needs": (1, (FOREIGN,)),
    "meeting protocol": (1, (CALL, MEETING)),
    "meeting record": (1, (CALL, MEETING, "--worked-out", "x")),
    "meeting schedule": (0, ()),
    "meeting counter": (1, ("accept", "1", "--reason", "x")),
    "meeting counters": (0, ()),
    "meeting link": (1, (CALL, MEETING, FOREIGN)),
    "meeting move": (1, (CALL, MEETING, "--place", "x", "--reason", "x")),
    "meeting invite": (0, ()),
    "meeting list": (1, (CALL,)),
    "meeting plan": (1, (CALL,)),
    "meeting sheets": (1, (CALL, MEETING)),
    "office audit": (1, ()),
    "office export": (0, ("{folder}/out",)),
    "office rotate-keys": (1, ()),
    "office seal": (1, ()),
    "office settle-incident": (1, ("1",)),
    "officer email": (1, ("rita", "obca@example.org")),
    "project load": (1, (str(KES),)),
    "project view": (0, ("KES",)),
    "outbox confirm": (1, ("1",)),
    "outbox discard": (1, ("1",)),
    "outbox edit": (1, ("1", "--subject", "x")),
    "outbox handed": (1, ("1",)),
    "outbox hold": (1, ("1",)),
    "outbox list": (0, ("--all",)),
    "outbox release": (1, ("1",)),
    "outbox remind": (0, ()),
    "outbox print": (1, ("{folder}/out", "1")),
    "outbox returned": (1, ("1",)),
    "outbox send": (0, ()),
    "outbox show": (1, ("1",)),
    "outbox split": (1, ("1",)),
    "outbox today": (0, ()),
    "letter list": (1, (CALL,)),
    "letter write": (1, (CALL, "--to", "members", "--subject", "x", "--text", "{folder}/keys.json")),
    "application channel": (1, (FOREIGN, "paper", "--address", "ul. Obca 1", "--reason", "x")),
    "rehearse": (0, ("--weeks", "1")),
    "stipend confirm-rate": (1, ("lump-sum-tax-2018", "--reason", "x")),
    "stipend costs": (0, ()),
    "stipend rates": (0, ()),
    "stipend show": (1, ("R/0001/2018",)),
    "contract accept": (1, (FOREIGN,)),
    "contract ask": (1, (CALL,)),
    "contract drop": (1, (FOREIGN,)),
    "contract issue": (1, (CALL,)),
    "contract missing": (1, (CALL,)),
    "contract read": (1, ("{folder}/keys.json", FOREIGN)),
    "contract refuse": (1, (FOREIGN, "--reason", "x")),
    "contract show": (1, (FOREIGN,)),
    "contract signed": (1, (FOREIGN, "--date", "2018-09-10")),
    "stipend contract": (1, (FOREIGN, "--contract-number", "UZ/1/2018", "--date", "2018-09-10")),
    "stipend hours": (1, (CALL, MEETING)),
    "stipend list": (0, ()),
    "stipend settle": (1, (CALL, MEETING, "--paid-on", "2018-10-10")),
    "stipend signed": (1, ("R/0001/2018",)),
    "stipend statement": (1, (FOREIGN, "--account", ACCOUNTS[2], "--from", "2018-09-01")),
    "todo": (0, ()),
    "admission list": (1, (CALL,)),
    "admission refuse": (1, (FOREIGN, "--reason", "x")),
    "admission run": (1, (CALL,)),
    "nomination assign": (1, (FOREIGN, "I1")),
    "nomination decline": (1, (CALL, "I1")),
    "nomination end": (1, (CALL, "I1", "--reason", "x")),
    "nomination invite": (1, (CALL, "I1")),
    "nomination list": (1, (CALL,)),
    "nomination replace": (1, (FOREIGN,)),
    "nomination withdraw": (1, (FOREIGN,)),
    "unit declaration": (1, ("KES", "2205023")),
    "unit invite": (1, (CALL,)),
    "unit terc": (1, ("{folder}/keys.json",)),
    "unit waiting": (0, ("KES",)),
    "unit add": (1, ("KES", "Szkoła Obca", "--area", "2205023")),
    "unit import": (1, ("KES", "{folder}/keys.json")),
    "unit list": (0, ("--all",)),
    "unit set": (1, ("KES", "I1", "--email", "obca@example.org")),
    "unit show": (1, ("I1",)),
}
# The same with other words, where one call does not say all.
ALSO_FROM_ABROAD: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("commission appoint", 1, ("KES", "kinga", "--function", "member")),
    ("commission appoint", 1, ("KES", "kinga", "--function", "member", "--scope", "22")),
    ("commission dismiss", 1, ("KES", "kinga", "--scope", "22")),
)
NAMES_ALL_AREAS = {"project view": ("Kartuzy", "kartuski")}
"""What names the areas of others as the definition does, and says nothing of what happens there."""
OF_NO_AREA = {
    # What is nobody's area: definitions, blank forms, one's own account.
    *("project regulation", "project diff", "meeting import-template"),
    *("template list", "template show", "template check", "template preview"),
    *("project check", "form blank", "form read", "office create-keys", "office upgrade"),
    *("officer add", "officer ticket"),
}


def test_the_table_of_the_foreigner_is_whole() -> None:
    assert set(FROM_ABROAD) | OF_NO_AREA | NEEDS_A_SERVER == all_commands()


def test_an_officer_of_another_area_learns_and_changes_nothing(abroad: Recruitment) -> None:
    settings = Settings(data=abroad.folder / "data", keys=abroad.folder / "keys.json")
    with open_office(settings) as office, office.reading(WORKER) as session:
        public = session.exec(select(Application.public_number)).all()
    before = rows_beyond(settings.data / SQLITE_FILE, "30", ELSEWHERE)
    secrets = [*public, "Próbna-", "Zmyślona", people.pesel(0), "osoba0@", "R/0001/2018", "Kartuzy", "kartuski"]
    wrong = []
    calls = [*((name, *said) for name, said in FROM_ABROAD.items()), *ALSO_FROM_ABROAD]
    for command, code, arguments in calls:
        given = [argument.format(folder=abroad.folder) for argument in arguments]
        answer = nabor(*command.split(), *given, "--as", ELSEWHERE, "--json")
        told = answer.out.replace("R/0001/2018", "", given.count("R/0001/2018"))
        leaked = [one for one in secrets if one in told and one not in NAMES_ALL_AREAS.get(command, ())]
        if answer.code != code or leaked:
            wrong.append((command, answer.code, leaked, answer.err))
    assert wrong == []
    assert rows_beyond(settings.data / SQLITE_FILE, "30", ELSEWHERE) == before
    out = abroad.folder / "out"
    assert not out.exists() or [path for path in out.rglob("*") if path.is_file()] == []


def test_the_officer_at_home_sees_what_the_foreigner_does_not(abroad: Recruitment) -> None:
    for command in ("application list", "application show", "call show", "meeting list", "outbox list", "todo"):
        _, arguments = FROM_ABROAD[command]
        answer = nabor(*command.split(), *arguments, "--as", "rita", "--json")
        assert answer.code == 0
        assert len(answer.out) > 100, command
    assert abroad.clock.now() > BEGINNING


@pytest.mark.slow
def test_the_officer_at_home_may_enter_what_the_foreigner_may_not(abroad: Recruitment) -> None:
    """What is held against the foreigner is her area, not her papers."""
    for command in ("attendance read", "attendance import", "attendance scan", "support read", "support scan"):
        given = [argument.format(folder=abroad.folder) for argument in FROM_ABROAD[command][1]]
        answer = nabor(*command.split(), *given, "--as", "rita", "--json")
        assert (command, answer.code, answer.err) == (command, 0, "")
