"""The office's word for a rate that the tables could not confirm: who, when, why, and taken back again."""

from dataclasses import replace
from datetime import date

import people
import pytest
from conftest import Staged
from people import ACCOUNTS, ADAM, CALL, FILIP, MEETING, RITA, attend, met_group, state_pay
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps import rates as steps
from flows.steps.memberships import membership_of
from flows.steps.rates import confirm_rate, confirmed_rows, rates, revoke_rate
from flows.steps.stipend_checks import check_stipends
from flows.steps.stipend_story import stipend_story
from flows.steps.stipends import settle_meeting
from models.actor import Actor, Role
from models.errors import BadInput, NotAllowed, NotFound
from models.tables import RateConfirmation, Stipend
from models.tables.stipends import StipendState

LUMP = "copyright-costs-2018"
AREA_FINANCE = Actor("franek", frozenset({Role.FINANCE}), "22")


def confirm(office: Office, row: str = LUMP, source: str = "pismo z 3.09.2018") -> None:
    with office.writing(FILIP) as session:
        confirm_rate(session, row, reason="tak liczy księgowość", source=source, actor=FILIP, now=office.now())


def revoke(office: Office) -> None:
    with office.writing(FILIP) as session:
        revoke_rate(session, LUMP, reason="pomyłka", actor=FILIP, now=office.now())


def standing(office: Office) -> frozenset[str]:
    with office.reading(FILIP) as session:
        return confirmed_rows(session)


def test_a_rate_is_confirmed_taken_back_and_confirmed_again(office: Office) -> None:
    assert standing(office) == frozenset()
    confirm(office)
    assert standing(office) == {LUMP}
    with pytest.raises(BadInput, match="już potwierdziło"):
        confirm(office)
    revoke(office)
    assert standing(office) == frozenset()
    with pytest.raises(BadInput, match="nie ma czego cofać"):
        revoke(office)
    confirm(office)
    with office.reading(FILIP) as session:
        kept = session.exec(select(RateConfirmation)).all()
        (line,) = [line for line in rates(session, on=date(2018, 10, 10), actor=FILIP) if line.row == LUMP]
    assert [row.confirmed for row in kept] == [True, False, True]
    assert (line.status, line.confirmed_by, line.confirmed_source) == ("office", "filip", "pismo z 3.09.2018")


def test_who_may_and_what_can_be_confirmed(office: Office) -> None:
    with office.writing(FILIP) as session:
        now = office.now()
        with pytest.raises(NotFound):
            confirm_rate(session, "inna", reason="x", source="", actor=FILIP, now=now)
        with pytest.raises(BadInput, match="wprost z przepisów"):
            confirm_rate(session, "health-2018", reason="x", source="", actor=FILIP, now=now)
        with pytest.raises(BadInput, match="--reason"):
            confirm_rate(session, LUMP, reason=" ", source="", actor=FILIP, now=now)
        for actor in (RITA, ADAM, AREA_FINANCE):
            with pytest.raises(NotAllowed):
                confirm_rate(session, LUMP, reason="x", source="", actor=actor, now=now)
        with pytest.raises(NotAllowed):
            rates(session, on=None, actor=RITA)


def test_a_row_that_says_something_else_by_now_is_not_confirmed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(office)
    other = {**steps._ROWS, LUMP: replace(steps._ROWS[LUMP], value=2000)}
    monkeypatch.setattr(steps, "_ROWS", other)
    assert standing(office) == frozenset()


def test_a_payment_waits_for_the_confirmation_and_keeps_it(staged: Staged) -> None:
    office, (number, _) = staged(met_group, 2)
    state_pay(office, number, ACCOUNTS[0], replace(people.EMPLOYED, copyright_costs=True))
    attend(office, number, 360, 360)

    def settle() -> Stipend:
        settle_meeting(office, CALL, MEETING, paid_on=people.PAID_ON, actor=FILIP)
        with office.reading(FILIP) as session:
            of_first = Stipend.membership_id == membership_of(session, number).id
            return session.exec(select(Stipend).where(of_first, Stipend.state != StipendState.SUPERSEDED)).one()

    assert {block["code"] for block in settle().blocks} == {LUMP}
    confirm(office)
    after = settle()
    assert (after.state, after.blocks) == (StipendState.CALCULATED, [])
    assert LUMP in {warning["code"] for warning in after.warnings}
    with office.reading(FILIP) as session:
        story = stipend_story(session, after.number, actor=FILIP)
        assert check_stipends(session).flaws == ()
    assert story.body["inputs"]["confirmed"] == [LUMP]
    assert "potwierdzone przez biuro" in story.text()
    revoke(office)
    assert LUMP in {block["code"] for block in settle().blocks}
    with office.reading(FILIP) as session:
        assert check_stipends(session).flaws == (), "what was computed under it stays computed under it"
