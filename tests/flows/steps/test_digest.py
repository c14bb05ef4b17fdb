"""The weekly digest: one mail a week to each officer for whom something waits, by number, in the officer's own area."""

import re

import people
import pytest
from conftest import Staged
from people import ADAM, CALL, RITA, WORKER, add_officers, go_to, open_kes_call, reading, send_in
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.digest import Digests, digests_to_write, write_digests
from flows.steps.incidents import record_incident
from flows.steps.officers import set_address
from models.actor import process
from models.errors import BadInput, NotAllowed, NotFound
from models.tables import Message, Officer
from models.tables.outbox import MessageState

MONDAY = "2018-07-02T07:30"


def waiting(office: Office) -> str:
    """A complete application waits for verification; officers are there, three of them with an address."""
    add_officers(office)
    open_kes_call(office)
    send_in(office, reading(1))
    with office.writing(ADAM) as session:
        for login in ("rita", "kinga", "zofia"):
            set_address(session, login, f"{login}@example.org", actor=ADAM, now=office.now())
    return f"{CALL}/0001"


def write(office: Office, at: str) -> Digests:
    go_to(office, at)
    with office.reading(WORKER) as session:
        officers = digests_to_write(session)
    return write_digests(office, officers, actor=process("digest"))


def digests(office: Office) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).where(Message.event == "digest").order_by(Message.key)).all())


def test_each_officer_reads_what_waits_in_the_own_area_by_rights(staged: Staged) -> None:
    """Rita recruits in the voivodship, Zofia in another one, Kinga decides: nothing waits for the last two."""
    office, number = staged(waiting)
    assert write(office, MONDAY) == Digests(("rita",), ("adam", "filip"))
    (letter,) = digests(office)
    assert letter.recipient == "rita@example.org"
    assert letter.area == "22"
    assert letter.key.endswith(":2018-W27")
    text = letter.text.replace("\xa0", " ")
    assert f"zgłoszenie czeka na weryfikację: 1\n– {number}, od 05.06.2018 r.\n" in text


def test_a_digest_holds_numbers_and_no_personal_data(staged: Staged) -> None:
    office, _ = staged(waiting)
    write(office, MONDAY)
    (letter,) = digests(office)
    for secret in ("Próbna", "Zmyślona", people.pesel(1), "osoba1@example.org", "600 100 200"):
        assert secret not in letter.text + letter.html + letter.subject
    assert re.search(r"KES/PGR/2205/2018/0001", letter.text)


def test_one_a_week_and_an_old_one_does_not_leave_any_more(staged: Staged) -> None:
    office, _ = staged(waiting)
    assert [write(office, at).written for at in (MONDAY, "2018-07-02T09:00", "2018-07-08T23:00")] == [
        ("rita",),
        (),
        (),
    ]
    assert write(office, "2018-07-09T07:30").written == ("rita",)
    assert [one.state for one in digests(office)] == [MessageState.WITHDRAWN, MessageState.DUE]


def test_nothing_is_written_when_nothing_waits(sqlite_office: Office) -> None:
    add_officers(sqlite_office)
    open_kes_call(sqlite_office)
    with sqlite_office.writing(ADAM) as session:
        set_address(session, "rita", "rita@example.org", actor=ADAM, now=sqlite_office.now())
    assert write(sqlite_office, "2018-06-11T07:30").written == ()


def test_a_failed_run_waits_for_every_recruiter(sqlite_office: Office) -> None:
    add_officers(sqlite_office)
    open_kes_call(sqlite_office)
    with sqlite_office.writing(ADAM) as session:
        for login in ("rita", "zofia", "kinga"):
            set_address(session, login, f"{login}@example.org", actor=ADAM, now=sqlite_office.now())
        record_incident(session, flow="rank", run="przebieg-1", code="NotFound", now=sqlite_office.now())
    assert write(sqlite_office, "2018-06-11T07:30").written == ("rita", "zofia")


def test_an_address_is_kept_encrypted_and_can_be_taken_back(office: Office) -> None:
    add_officers(office)
    for address, kept in (("rita@example.org", "rita@example.org"), ("", None)):
        with office.writing(RITA) as session:
            set_address(session, "rita", address, actor=RITA, now=office.now())
        with office.reading(WORKER) as session:
            assert session.exec(select(Officer.email).where(Officer.login == "rita")).one() == kept
        with office.store.engine.connect() as connection:
            stored = connection.exec_driver_sql("SELECT email FROM officer WHERE login = 'rita'").scalar_one()
        assert (stored is None) == (kept is None)
        assert b"rita" not in bytes(stored or b"")


def test_only_administrators_enter_the_address_of_somebody_else(sqlite_office: Office) -> None:
    add_officers(sqlite_office)
    with pytest.raises(NotAllowed), sqlite_office.writing(RITA) as session:
        set_address(session, "zofia", "x@example.org", actor=RITA, now=sqlite_office.now())
    with pytest.raises(NotFound), sqlite_office.writing(ADAM) as session:
        set_address(session, "nikt", "x@example.org", actor=ADAM, now=sqlite_office.now())
    with pytest.raises(BadInput), sqlite_office.writing(ADAM) as session:
        set_address(session, "rita", "bez-malpy", actor=ADAM, now=sqlite_office.now())
