"""Declarations of participation of who was named or registered: where the kind of group asks for one, each once."""

from datetime import date

import pytest
from conftest import Staged
from nominating import admit, invited, letters, name, open_registration, project, register, said
from people import CALL, RITA, WORKER, go_to, redefined
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.admission import calls_to_admit
from flows.steps.declarations import DECLARATION, declare_members
from flows.steps.documents import content_of
from flows.steps.nominees import replace_nominee
from models.group_kinds import Admission
from models.tables import IssuedDocument


def asks_for_it(office: Office, admission: Admission, seats: int = 7) -> None:
    """The call goes on under a version in which its kind of group asks for a declaration."""
    kinds = project(admission, seats).group_kinds
    asking = tuple(one.model_copy(update={"declaration": True}) if one.code == "PGR" else one for one in kinds)
    redefined(office, group_kinds=asking)


def run(office: Office) -> int:
    """A run of admission; how many declarations it made."""
    admit(office)
    with office.writing(WORKER) as session:
        return declare_members(office, session, CALL, actor=WORKER, now=office.now())


def made(office: Office) -> list[tuple[str, int]]:
    with office.reading(WORKER) as session:
        return list(
            session.exec(
                select(IssuedDocument.subject, IssuedDocument.version)
                .where(IssuedDocument.kind == DECLARATION)
                .order_by(col(IssuedDocument.id))
            ).all()
        )


def _asked(office: Office) -> list[str]:
    invited(office)
    asks_for_it(office, Admission.NOMINATION)
    found = [name(office, 1, "I1", at="2018-06-05T10:00"), name(office, 2, "I2", at="2018-06-05T11:00")]
    go_to(office, "2018-06-06T09:00")
    return found


@pytest.mark.slow
def test_who_is_named_gets_one_where_the_kind_asks_for_it(sqlite_staged: Staged) -> None:
    office, (school, library) = sqlite_staged(_asked)
    assert (run(office), run(office)) == (2, 0)
    assert made(office) == [(school, 1), (library, 1)]
    (welcome, _) = letters(office, "named")
    assert "Deklarację uczestnictwa przygotujemy my" in said(welcome)
    with office.reading(RITA) as session:
        row = session.exec(select(IssuedDocument).where(IssuedDocument.subject == school)).one()
        assert row.data_key_id != ""
        assert content_of(office, session, row).startswith(b"PK")
    # Whoever an officer seats is found by the next run, though nobody waits any more.
    other = name(office, 3, "I1", at="2018-06-07T09:00")
    go_to(office, "2018-06-07T10:00")
    admit(office)
    with office.writing(RITA) as session:
        replace_nominee(session, other, on=date(2018, 6, 7), actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert calls_to_admit(session) == [CALL]
    assert run(office) == 1
    assert made(office)[-1] == (other, 1)
    with office.reading(WORKER) as session:
        assert calls_to_admit(session) == []


@pytest.mark.slow
def test_who_registers_gets_one_and_who_waits_does_not(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(open_registration)
    asks_for_it(office, Admission.REGISTRATION, seats=1)
    go_to(office, "2018-06-05T09:00")
    first, _ = register(office, 1, at="2018-06-05T10:00"), register(office, 2, at="2018-06-05T11:00")
    go_to(office, "2018-06-06T09:00")
    assert run(office) == 1
    assert made(office) == [(first, 1)]
    (letter,) = letters(office, "registered")
    assert "Deklarację uczestnictwa przygotujemy my" in said(letter)


@pytest.mark.slow
def test_nobody_gets_one_where_nothing_is_said(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited)
    name(office, 1, "I1", at="2018-06-05T10:00")
    go_to(office, "2018-06-06T09:00")
    assert (run(office), made(office)) == (0, [])
    (welcome,) = letters(office, "named")
    assert "Deklarację" not in said(welcome)
