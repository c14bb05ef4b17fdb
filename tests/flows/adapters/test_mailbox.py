"""The mailbox against real servers: read without a trace, put away, never deleted; trouble told without secrets."""

import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from socket import SHUT_RDWR, socket

import pytest
from imap_servers import HANDLED, PASSWORD, USER, Server, certificate, dovecot, free_port, pymap
from mails import letter

from flows.adapters import mailbox as adapter
from flows.adapters.mailbox import HANDLED_MARK, ImapMailbox
from models.errors import MailboxRefused, MailboxUnreachable, NaborError, SettingsFaulty

AT = datetime(2018, 6, 5, 8, 0, tzinfo=UTC)
SERVERS = ["pymap", pytest.param("dovecot", marks=pytest.mark.dovecot)]


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with pymap() if request.param == "pymap" else dovecot() as running:
        yield running


@pytest.fixture(params=SERVERS)
def immovable(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that does not know MOVE; dovecot lets mails be marked, pymap does not."""
    plain = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ UIDPLUS"
    with pymap(without=b"MOVE") if request.param == "pymap" else dovecot(plain) as running:
        yield running


def test_a_mail_comes_as_it_went_and_stays_unread(server: Server) -> None:
    raw = letter({"zgłoszenie – żółć.docx": bytes(range(256))})
    server.put(raw, at=AT)
    with server.mailbox() as box:
        (uid,) = box.uids()
        fetched = box.fetch(uid)
    assert fetched is not None
    assert (fetched.raw, fetched.size, fetched.arrived_at, fetched.whole) == (raw, len(raw), AT, True)
    assert "\\Seen" not in server.flags()[0]


def test_what_is_put_away_lies_in_a_folder_that_is_made_for_it(server: Server) -> None:
    for subject in ("a", "b"):
        server.put(letter(subject=subject), at=AT)
    before = server.raw_mails()
    with server.mailbox() as box:
        first, second = box.uids()
        box.put_away(first)
        assert box.uids() == [second]
        assert box.fetch(first) is None
        box.put_away(first)  # as after a crash
    assert server.folders() == {"INBOX": 1, HANDLED: 1}
    assert server.raw_mails() == before


def test_the_second_time_the_folder_is_there(server: Server) -> None:
    for _ in range(2):
        server.put(letter(), at=AT)
        with server.mailbox() as box:
            box.put_away(box.uids()[0])
    assert server.folders() == {"INBOX": 0, HANDLED: 2}


def test_what_others_marked_as_deleted_is_not_expunged(server: Server) -> None:
    """imap-tools' own flag and move would do it."""
    for subject in ("deleted by somebody", "ours"):
        server.put(letter(subject=subject), at=AT)
    with server.looked_at() as box:
        box.folder.set("INBOX")
        uid = box.uids("ALL", charset=None)[0]
        box.client.uid("STORE", uid, "+FLAGS", "(\\Deleted)")
    with server.mailbox() as box:
        box.put_away(box.uids()[1])
    assert sum(server.folders().values()) == 2
    assert "\\Deleted" in server.flags()[0]


def test_a_server_that_cannot_move_keeps_the_mail_where_it_is(immovable: Server) -> None:
    server = immovable
    for subject in ("a", "b"):
        server.put(letter(subject=subject), at=AT)
    with server.mailbox() as box:
        first, second = box.uids()
        box.put_away(first)
        left = box.uids()
        assert left == ([first, second] if box.keeps_in_place else [second])
    assert server.folders() == {"INBOX": 2}
    assert set(server.flags()[0]) & {"\\Seen", HANDLED_MARK}


def test_folders_may_have_polish_names(server: Server) -> None:
    with server.looked_at() as box:
        box.folder.create("Zgłoszenia żółte & inne")
    server.put(letter(), at=AT, folder="Zgłoszenia żółte & inne")
    with server.mailbox(folder="Zgłoszenia żółte & inne", handled_folder="Przyjęte (źródło)") as box:
        box.put_away(box.uids()[0])
    assert server.folders()["Przyjęte (źródło)"] == 1


def test_a_mail_too_large_is_not_fetched(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "LARGEST_MAIL", 5000)
    raw = letter({"film.mp4": b"x" * 6000}, subject="Duży list")
    server.put(raw, at=AT)
    with server.mailbox() as box:
        fetched = box.fetch(box.uids()[0])
    assert fetched is not None
    assert (fetched.whole, fetched.size) == (False, len(raw))
    assert b"Duz" in fetched.raw or b"Subject:" in fetched.raw
    assert b"xxxx" not in fetched.raw


def test_looking_only_changes_nothing(server: Server) -> None:
    server.put(letter(), at=AT)
    with server.mailbox(look_only=True) as box:
        assert len(box.uids()) == 1
        with pytest.raises(RuntimeError):
            box.put_away(box.uids()[0])
    assert server.folders() == {"INBOX": 1}


def test_a_wrong_password_is_told_without_it(server: Server) -> None:
    with pytest.raises(MailboxRefused, match="odrzucił logowanie") as refusal, server.mailbox(password="hasło-z-ł"):
        pass
    assert_says_nothing(refusal.value)
    with pytest.raises(MailboxRefused, match="odrzucił logowanie") as refusal, server.mailbox(password="zle-haslo"):
        pass
    assert_says_nothing(refusal.value)


def test_a_folder_that_is_not_there_is_told(server: Server) -> None:
    with pytest.raises(MailboxRefused, match="NABOR_IMAP_FOLDER"), server.mailbox(folder="Nie ma"):
        pass


def assert_says_nothing(error: NaborError) -> None:
    for secret in (PASSWORD, USER, "zle-haslo", "hasło-z-ł"):
        assert secret not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_server_that_is_down_is_unreachable() -> None:
    with pytest.raises(MailboxUnreachable) as trouble, Server(free_port()).mailbox():
        pass
    assert_says_nothing(trouble.value)


def test_a_server_that_says_nothing_is_given_up_on() -> None:
    with closing(socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(MailboxUnreachable), Server(silent.getsockname()[1]).mailbox(timeout=0.2):
            pass


def test_a_line_that_breaks_in_between_is_told_as_unreachable() -> None:
    with pymap() as server:
        server.put(letter(), at=AT)
        box = server.mailbox()
        box.__enter__()
        uids = box.uids()
        box._box.client.sock.shutdown(SHUT_RDWR)
        with pytest.raises(MailboxUnreachable):
            box.fetch(uids[0])
        box.__exit__(None, None, None)


def test_starttls_with_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with pymap(encrypted_by=(cert, key)) as server:
        trusting = ssl.create_default_context(cafile=str(cert))
        with server.mailbox(security="starttls", tls_context=trusting) as box:
            assert box.uids() == []
        with pytest.raises(MailboxUnreachable, match="szyfrowanego"), server.mailbox(security="starttls"):
            pass


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_without_encryption_is_not_spoken_to(security: str) -> None:
    with pymap() as server, pytest.raises((MailboxUnreachable, MailboxRefused)), server.mailbox(security=security):
        pass


def test_without_encryption_only_this_computer_is_asked() -> None:
    with pytest.raises(SettingsFaulty, match="nieszyfrowaną"):
        ImapMailbox("imap.example.org", 143, security="none", user="a", password="b", handled_folder="c")
