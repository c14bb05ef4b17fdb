"""What a flow does for an officer of one area stays in it; the scheduled ones work for the whole office.

The Prefect page knows no accounts (decision 0005), so what a run of an area leaves there holds nothing of another area,
and what scheduled runs leave there is for those who may see the whole office.
"""

import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from beyond_area import Secrets, rows_beyond, secrets_of
from conftest import SQLITE_FILE, Staged
from neighbours import COORDINATOR, OWN_BATCH, OWN_CALL, OWN_MEETING, PARTNER, recruiting, two_areas
from people import ADAM, CALL, MEETING, WORKER
from prefect.client.schemas.objects import State
from prefect.settings import get_current_settings
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.announcement import announce
from flows.catalogue import CATALOGUE
from flows.decision import decide
from flows.digest import digest
from flows.export_batch import export_batch
from flows.orders import (
    AnnouncementForm,
    BankReportKind,
    BatchExportForm,
    DecisionForm,
    Order,
    ReconciliationForm,
    SettlementForm,
    SignedOrder,
)
from flows.reconcile import reconcile
from flows.states import End
from flows.steps.commission import close_session
from flows.steps.officers import issue_ticket, set_address
from flows.stipends import settle
from models.actor import Actor
from models.tables import Application, Message

SIGNED = {"decide", "announce", "settle", "export-batch", "reconcile"}
"""Ordered by an officer with a ticket, and done with that officer's rights and area."""
WHOLE_OFFICE = {
    *("intake", "collect-mail", "verify", "rank", "admit", "promote"),
    *("invite", "remind", "digest", "deliver", "seal"),
}
"""Done by the scheduled process for the whole office, whoever starts it on the page."""


def test_every_flow_is_said_to_act_for_an_officer_or_for_the_whole_office() -> None:
    assert {one.flow for one in CATALOGUE} == SIGNED | WHOLE_OFFICE
    assert set() == SIGNED & WHOLE_OFFICE


@pytest.mark.parametrize("deployment", CATALOGUE, ids=lambda one: str(one.flow))
def test_a_flow_takes_a_ticket_if_and_only_if_it_acts_for_an_officer(deployment: object) -> None:
    entry = str(getattr(deployment, "entrypoint", ""))
    path, _, name = entry.partition(":")
    function = getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name).fn
    forms = [one.annotation for one in inspect.signature(function, eval_str=True).parameters.values()]
    signed = [one for one in forms if inspect.isclass(one) and issubclass(one, Order) and issubclass(one, SignedOrder)]
    assert bool(signed) == (getattr(deployment, "flow", "") in SIGNED)


@dataclass
class Page:
    """The office, who orders, and what the runs left with Prefect."""

    office: Office
    who: Actor
    secrets: Secrets
    left: list[str]

    def signed(self) -> dict[str, str]:
        with self.office.writing(self.who) as session:
            return {
                "officer": self.who.login,
                "ticket": issue_ticket(session, actor=self.who, now=self.office.now()),
            }

    def done(self, state: State[None]) -> str:
        """Takes down what a run left: its state, its artifacts and its log. Returns the name of its end."""
        run = {"id": {"any_": [str(state.state_details.flow_run_id)]}}
        api = get_current_settings().api.url
        artifacts = httpx.post(f"{api}/artifacts/filter", json={"flow_runs": run}).raise_for_status().json()
        logs = httpx.post(f"{api}/logs/filter", json={"logs": {"flow_run_id": run["id"]}}).raise_for_status().json()
        self.left += [str(state.message), *(str(one["data"]) for one in artifacts), *(one["message"] for one in logs)]
        return "failed" if state.is_failed() else str(state.name)


@pytest.fixture(params=[COORDINATOR, PARTNER], ids=lambda who: str(who.login))
def who(request: pytest.FixtureRequest) -> Actor:
    actor: Actor = request.param
    return actor


def page_of(office: Office, who: Actor, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setenv("NABOR_DATA", str(office.settings.data))
    monkeypatch.setenv("NABOR_KEYS", str(office.settings.keys))
    with office.reading(WORKER) as session:
        public = [
            row.public_number for row in session.exec(select(Application)).all() if not row.area.startswith(who.scope)
        ]
    return Page(office, who, secrets_of(public, who), [])


def changed(page: Page, before: dict[str, frozenset[tuple[object, ...]]]) -> Iterator[str]:
    """Tables in which a row of another area changed; the log and the incidents of the whole office grow."""
    after = rows_beyond(page.office.settings.data / SQLITE_FILE, page.who.scope, page.who.login)
    for table, rows in before.items():
        grows = table in ("event", "incident")
        if (rows - after[table]) if grows else rows != after[table]:
            yield table


def rows_of(page: Page) -> dict[str, frozenset[tuple[object, ...]]]:
    return rows_beyond(page.office.settings.data / SQLITE_FILE, page.who.scope, page.who.login)


@pytest.mark.slow
@pytest.mark.usefixtures("prefect")
class TestAnOfficerOfOneArea:
    def test_decides_and_announces_at_home_and_the_page_tells_of_nothing_else(
        self, sqlite_staged: Staged, who: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = page_of(sqlite_staged(recruiting)[0], who, monkeypatch)
        before = rows_of(page)
        decisions = {"decisions": [], "others_as_proposed": True}
        with page.office.writing(who) as session:
            close_session(session, OWN_CALL, actor=who, now=page.office.now())
        for call, ends in ((CALL, "failed"), (OWN_CALL, End.DONE)):
            form = DecisionForm(**page.signed(), call=call, **decisions)  # type: ignore[arg-type]
            assert page.done(decide(form, return_state=True)) == ends
            order = AnnouncementForm(**page.signed(), call=call)  # type: ignore[arg-type]
            assert page.done(announce(order, return_state=True)) == ends
        self._only_home(page, before)

    def test_settles_and_exports_at_home_and_the_page_tells_of_nothing_else(
        self, sqlite_staged: Staged, who: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = page_of(sqlite_staged(two_areas)[0], who, monkeypatch)
        before = rows_of(page)
        for call, meeting, ends in (
            (CALL, MEETING, {"failed"}),
            (OWN_CALL, OWN_MEETING, {*map(str, End)} - {"failed"}),
        ):
            form = SettlementForm.model_validate(
                {**page.signed(), "call": call, "meeting": meeting, "paid_on": "2018-11-16"}
            )
            assert page.done(settle(form, return_state=True)) in ends
        for batch, ends in (("LP/0001/2018", {"failed"}), (OWN_BATCH, {*map(str, End)} - {"failed"})):
            order = BatchExportForm(**page.signed(), batch=batch)  # type: ignore[arg-type]
            assert page.done(export_batch(order, return_state=True)) in ends
        answer = ReconciliationForm(**page.signed(), file="historia.csv", kind=BankReportKind.CSV)  # type: ignore[arg-type]
        assert page.done(reconcile(answer, return_state=True)) == "failed"
        self._only_home(page, before)

    def test_reads_in_the_digest_what_waits_at_home(
        self, sqlite_staged: Staged, who: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = page_of(sqlite_staged(two_areas)[0], who, monkeypatch)
        with page.office.writing(ADAM) as session:
            set_address(session, who.login, "ona@example.org", actor=ADAM, now=page.office.now())
        digest(return_state=True)
        with page.office.reading(who) as session:
            letters = session.exec(select(Message).where(col(Message.event) == "digest")).all()
            said = [f"{one.subject} {one.text} {one.html}" for one in letters]
        assert len(said) == 1
        assert OWN_CALL in said[0]
        assert page.secrets.in_text(said[0]) == []

    @staticmethod
    def _only_home(page: Page, before: dict[str, frozenset[tuple[object, ...]]]) -> None:
        told = "\n".join(page.left)
        assert OWN_CALL in told
        # What was asked for in vain comes back in no more than its own words.
        for word in (f"„{CALL}”", "LP/0001/2018"):
            told = told.replace(word, "")
        assert page.secrets.in_text(told) == []
        assert list(changed(page, before)) == []
