"""Collecting mail as flow runs: named ends, incidents, and nothing personal outside of encrypted columns."""

from pathlib import Path

import pytest
from canaries import E_MAIL, FIRST_NAME, PESELS, SENSITIVE, SURNAME, finds, names_of_files
from imap_servers import HANDLED, PASSWORD, Server, pymap
from mails import bounce, letter
from people import ADAM, RITA, candidate, filled, moment
from sqlmodel import select
from test_flows import kept

from flows import mailbox
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from flows.states import End
from flows.steps.calls import open_call
from flows.steps.projects import load_version
from models.actor import process
from models.tables import Application, Incident, Message

ROOT = Path(__file__).resolve().parents[2]
MARKS = {"surname": (SURNAME,), "first name": (FIRST_NAME,), "e-mail": (E_MAIL,), "other": (PESELS[0], SENSITIVE)}


@pytest.fixture
def with_mailbox(office_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> object:
    """Points the environment of the office to a server."""

    def point(server: Server) -> None:
        for name, value in server.settings().items():
            monkeypatch.setenv(f"NABOR_{name.upper()}", str(value))

    return point


@pytest.mark.slow
@pytest.mark.usefixtures("prefect")
class TestRuns:
    def test_an_office_without_a_mailbox_has_nothing_to_do(self, office_settings: Settings) -> None:
        state = mailbox.collect_mail(return_state=True)
        assert (state.name, state.message) == (End.NOTHING_TO_DO, "Nie skonfigurowano skrzynki (NABOR_IMAP_HOST).")

    def test_a_wrong_password_is_one_incident_and_is_not_tried_again(
        self, office_settings: Settings, with_mailbox: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pymap() as server:
            with_mailbox(server)  # type: ignore[operator]
            monkeypatch.setenv("NABOR_IMAP_PASSWORD", f"not-{PASSWORD}")
            state = mailbox.collect_mail(return_state=True)
        assert state.is_failed()
        assert "NABOR_IMAP_PASSWORD" in (state.message or "")
        assert PASSWORD not in (state.message or "")
        with open_office(office_settings) as office, office.reading(process("test")) as session:
            assert [(one.flow, one.code) for one in session.exec(select(Incident)).all()] == [
                ("collect-mail", "MailboxRefused")
            ]

    def test_mail_becomes_applications_and_leaves_nothing_personal_behind(
        self, office_settings: Settings, with_mailbox: object, caplog: pytest.LogCaptureFixture
    ) -> None:
        with open_office(office_settings) as office, office.writing(ADAM) as session:
            load_version(session, ROOT / "projects" / "kes", actor=ADAM, now=office.now())
        with open_office(office_settings) as office, office.writing(RITA) as session:
            opens, closes = moment("2018-06-04T08:00"), moment("2018-06-22T15:30")
            open_call(session, "KES", "PGR", "2205", opens_at=opens, closes_at=closes, actor=RITA, now=opens)
        answers = candidate(1, imie=FIRST_NAME, nazwisko=SURNAME, pesel=PESELS[0], potrzeby=SENSITIVE)
        sender = f"{FIRST_NAME} {SURNAME} <{E_MAIL}1@example.org>"
        with pymap() as server:
            with_mailbox(server)  # type: ignore[operator]
            files = {f"{SURNAME}.docx": filled(answers), f"skan {PESELS[0]}.jpg": b"\xff\xd8\xff\xe0 scan"}
            server.put(letter(files, subject=f"Zgłoszenie {SURNAME}", sender=sender), at=moment("2018-06-05T10:00"))
            server.put(letter(text=SENSITIVE, subject=SURNAME, sender=sender), at=moment("2018-06-05T11:00"))
            first = mailbox.collect_mail(return_state=True)
            with open_office(office_settings) as office, office.reading(process("test")) as session:
                assert len(session.exec(select(Application)).all()) == 1
                ours = session.exec(select(Message.message_id)).first()
            second = mailbox.collect_mail(return_state=True)
            server.put(bounce(ours or ""), at=moment("2018-06-05T12:00"))
            third = mailbox.collect_mail(return_state=True)
            assert server.folders() == {"INBOX": 0, HANDLED: 3}
        assert [one.name for one in (first, second, third)] == [
            End.WAITING_FOR_OFFICER,
            End.NOTHING_TO_DO,
            End.WAITING_FOR_OFFICER,
        ]
        assert "pliki dodatkowe: 1" in (first.message or "")
        reports = [one["data"] for one in kept("artifacts") if one["key"] == "poczta-przychodzaca"]
        assert any("| Nowe listy | 2 |" in data and "| Pliki dodatkowe | 1 |" in data for data in reports)
        assert any("zwrot poczty: nasza wiadomość nie dotarła (wiadomość 1)" in data for data in reports)
        for kind in ("flow_runs", "task_runs", "flow_run_states", "task_run_states", "logs", "artifacts", "events"):
            told = str(kept(kind))
            assert [mark for marks in MARKS.values() for mark in marks if mark in told] == [], kind
        assert SURNAME not in caplog.text
        assert E_MAIL not in caplog.text
        assert finds(office_settings.data, MARKS) == []
        assert names_of_files(office_settings.data, MARKS) == []
