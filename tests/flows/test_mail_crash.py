"""Killed at every point of collecting and filing mail and run again: each mail taken in once, nothing lost, nothing
deleted on the server."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from calendar_replies import Reply, apple, counter, gmail, outlook, refresh, thunderbird
from conftest import Offices
from fault_points import Point
from imap_servers import HANDLED, Server, dovecot, pymap
from mail_lives import AFTER_MOVE, BEFORE_MOVE, MAILS, NOW, MailLife, mail_lives
from mails import letter
from people import CALL, WORKER, moment, open_kes_call, told_group
from sqlmodel import col, func, select

from flows.adapters.clock import PlayedClock, playing
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from flows.steps.people import open_data_key
from models.tables import (
    Application,
    Event,
    Invitation,
    InvitationAnswer,
    MailPlace,
    Membership,
    Message,
    ReceivedMail,
    SubmittedFile,
)
from models.tables.files import FileState
from models.tables.mail import MailState

COLLECTING = [
    *(Point.BEFORE_FILE, Point.HALF_FILE, Point.AFTER_FILE, Point.BEFORE_COMMIT, Point.AFTER_COMMIT),
    *(BEFORE_MOVE, AFTER_MOVE),
]
FILING = [Point.BEFORE_COMMIT, Point.AFTER_COMMIT]


@pytest.fixture(params=["pymap", pytest.param("dovecot", marks=pytest.mark.dovecot)])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with pymap() if request.param == "pymap" else dovecot() as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "times"),
    [
        ("sqlite", (1, 2)),
        ("postgresql", (1, 2)),
    ],
)
def test_killed_anywhere_each_mail_is_taken_in_once(
    server: Server,
    tmp_path: Path,
    offices: Offices,
    database: str,
    times: tuple[int, ...],
    request: pytest.FixtureRequest,
) -> None:
    given: dict[str, str | int] = {"data": str(tmp_path / "data"), "keys": str(tmp_path / "keys.json")}
    given |= server.settings()  # type: ignore[arg-type]
    shutil.copy(offices.empty("sqlite").folder / "keys.json", tmp_path / "keys.json")
    if database == "postgresql":
        given["database_url"] = request.getfixturevalue("postgres_url")
    with playing(PlayedClock(moment("2018-06-01T08:00"))), open_office(Settings(**given)) as office:  # type: ignore[arg-type]
        open_kes_call(office)
    for i in range(MAILS):
        files = {f"skan-{i}.pdf": b"scan %d" % i, f"formularz-{i}.docx": b"form %d" % i}
        server.put(letter(files), at=moment(f"2018-06-05T{8 + i:02d}:00"))
    server.put(letter(subject="Pytanie"), at=moment("2018-06-06T08:00"))
    before = server.raw_mails()

    survived = []
    with mail_lives(tmp_path) as giver:
        lives = [MailLife(given, point, nth) for nth in times for point in COLLECTING]
        survived += [life for life in lives if giver.give(life)]
        assert giver.give(MailLife(given))
        survived += [life for n in times for point in FILING if giver.give(life := MailLife(given, point, n, True))]
        assert giver.give(MailLife(given, files=True))
    assert survived == [], "a point that nobody came to proves nothing"

    assert server.raw_mails() == before
    assert server.folders() == {"INBOX": 0, HANDLED: MAILS + 1}
    with playing(PlayedClock(moment(NOW))), open_office(Settings(**given)) as office, office.reading(WORKER) as session:  # type: ignore[arg-type]
        mails = session.exec(select(ReceivedMail)).all()
        states = [mail.state for mail in mails]
        assert (states.count(MailState.FILED), states.count(MailState.WAITING), len(states)) == (MAILS, 1, MAILS + 1)
        assert session.exec(select(func.count()).select_from(MailPlace)).one() == MAILS + 1
        applications = session.exec(select(Application).order_by(Application.number)).all()
        assert [one.number for one in applications] == [f"{CALL}/{i + 1:04d}" for i in range(MAILS)]
        files = session.exec(select(SubmittedFile)).all()
        assert sorted((one.application_id, one.name) for one in files) == sorted(
            (one.id, name) for i, one in enumerate(applications) for name in (f"skan-{i}.pdf", f"formularz-{i}.docx")
        )
        assert {one.state for one in files} == {FileState.FILED}
        kept = [office.files.read(one.stored_as, open_data_key(session, one.data_key_id)) for one in mails]  # type: ignore[arg-type]
        assert sorted(kept) == before
        for one in files:
            assert len(office.files.read(one.stored_as, open_data_key(session, one.data_key_id))) == one.size


ANSWERED = "2018-09-04T12:00"


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_anywhere_each_answer_is_recorded_once(
    server: Server, tmp_path: Path, offices: Offices, database: str
) -> None:
    """Answers of two people, a proposal, a request for the invitation and a forgery; collected by lives that die."""
    with offices.copy(offices.at_stage(database, told_group, (3,)), tmp_path) as office:
        url = office.settings.database_url
        given: dict[str, str | int] = {"data": str(tmp_path / "data"), "keys": str(tmp_path / "keys.json")}
        given |= server.settings()  # type: ignore[arg-type]
        given |= {"database_url": url.get_secret_value()} if url else {}
        with office.reading(WORKER) as session:
            told = session.exec(
                select(Invitation.uid, Message.recipient).join(Membership).join(Message, _TO_THEM)
            ).all()
    first, second, third = (Reply(uid, recipient) for uid, recipient in sorted(told, key=lambda one: one[1]))
    other_day = counter(replace(second, instance="20180923T090000"), "20180930T100000", "20180930T140000")
    sent = [
        outlook(first),
        gmail(replace(first, partstat="DECLINED", stamp="20180904T090000Z")),
        thunderbird(other_day),
        apple(refresh(third)),
        gmail(replace(third, attendee="obca@example.org")),
    ]
    for minute, raw in enumerate(sent):
        server.put(raw, at=moment(f"2018-09-04T11:{minute:02d}"))
    before = server.raw_mails()

    with mail_lives(tmp_path) as giver:
        lives = [MailLife(given, point, nth, now=ANSWERED) for nth in (1, 2) for point in COLLECTING]
        survived = [life for life in lives if giver.give(life)]
        assert giver.give(MailLife(given, now=ANSWERED))
    assert len(survived) < len(lives) // 2, "so many lives end at a point that only a few may come to nothing more"

    assert server.raw_mails() == before
    assert server.folders() == {"INBOX": 0, HANDLED: len(sent)}
    with (
        playing(PlayedClock(moment(ANSWERED))),
        open_office(Settings(**given)) as office,
        office.reading(WORKER) as session,
    ):  # type: ignore[arg-type]
        rows = session.exec(select(InvitationAnswer)).all()
        assert sorted(row.outcome for row in rows) == ["proposed", "taken", "taken", "taken", "wrong_attendee"]
        assert len({row.mail_id for row in rows}) == len(sent)
        states = dict(session.exec(select(Invitation.uid, Invitation.state)).all())
        assert [states[one.uid] for one in (first, second, third)] == ["declined", "invited", "invited"]
        again = session.exec(select(Message).where(Message.event == "invitation", Message.state == "due")).all()
        assert [message.recipient for message in again] == [third.attendee]
        moves = session.exec(
            select(func.count()).where(col(Event.kind).in_(("InvitationAccepted", "InvitationDeclined")))
        )
        assert moves.one() == 2


_TO_THEM = (col(Message.person_id) == Membership.person_id) & (col(Message.event) == "invitation")
