"""Flows as flow runs: named ends, artifacts, incidents, and nothing personal in what Prefect keeps."""

import re
import time
import traceback
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect import flow
from prefect.settings import get_current_settings
from sqlmodel import Session, select

from flows import delivery, digest, intake, ranking, reminders, sealing, verification
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from flows.artifacts import progress
from flows.decision import decide
from flows.failures import StepFailed, guarded, is_temporary
from flows.orders import CallOrder, DecisionChoice, DecisionForm, DecisionLine, SettlementForm, checked
from flows.states import LABELS, End
from flows.steps.calls import open_call
from flows.steps.officers import add_officer, issue_ticket, log_in
from flows.steps.portions import PORTION, portions
from flows.steps.projects import load_version
from models.actor import Actor, Role, process
from models.errors import BadInput, DeliveryFailed, MailboxRefused, MailboxUnreachable, NaborError, NotFound
from models.tables import Incident
from models.tables.decisions import DecisionOutcome

PESEL = "05271312349"
CALL = "KES/PGR/2205/2018"
ROOT = Path(__file__).resolve().parents[2]
RECRUITER = Actor("rekrutacja", frozenset({Role.RECRUITMENT}))


@pytest.fixture
def call(office_settings: Settings) -> str:
    """A closed call of the KES project to which nobody applied."""
    with open_office(office_settings) as office, office.writing(RECRUITER) as session:
        load_version(session, ROOT / "projects" / "kes", actor=RECRUITER, now=office.now())
        opened = open_call(
            session,
            "KES",
            "PGR",
            "2205",
            opens_at=datetime(2018, 6, 1, tzinfo=UTC),
            closes_at=datetime(2018, 6, 29, tzinfo=UTC),
            actor=RECRUITER,
            now=office.now(),
        )
        return opened.code


def incidents(settings: Settings) -> list[tuple[str, str]]:
    with open_office(settings) as office, office.reading(process("test")) as session:
        return [(one.flow, one.code) for one in session.exec(select(Incident)).all()]


@pytest.mark.usefixtures("prefect")
class TestRuns:
    def test_an_empty_log_leaves_nothing_to_seal(self, office_settings: Settings) -> None:
        state = sealing.seal(return_state=True)
        assert (state.name, state.message) == (End.NOTHING_TO_DO, "Wszystkie minione dni są opieczętowane.")

    def test_an_empty_outbox_leaves_nothing_to_send(self, office_settings: Settings) -> None:
        assert delivery.deliver(return_state=True).name == End.NOTHING_TO_DO

    def test_an_empty_folder_leaves_nothing_to_read(self, office_settings: Settings, tmp_path: Path) -> None:
        (tmp_path / "inbox").mkdir()
        assert intake.intake(str(tmp_path / "inbox"), return_state=True).name == End.NOTHING_TO_DO

    def test_without_a_folder_intake_does_what_an_interrupted_run_left(self, office_settings: Settings) -> None:
        assert intake.intake(return_state=True).name == End.NOTHING_TO_DO

    def test_nothing_is_due_in_an_empty_office(self, office_settings: Settings) -> None:
        assert reminders.remind(return_state=True).name == End.NOTHING_TO_DO
        assert "do-zrobienia" in {one["key"] for one in kept("artifacts")}

    def test_an_officer_without_an_address_is_left_out_of_the_digest_and_named(self, office_settings: Settings) -> None:
        assert digest.digest(return_state=True).name == End.NOTHING_TO_DO
        with open_office(office_settings) as office, office.writing(process("test")) as session:
            add_officer(
                session,
                "adam",
                name="Adam Próbny",
                secret="tylko-do-testow",
                roles=[Role.ADMINISTRATOR],
                actor=None,
                now=office.now(),
            )
        state = digest.digest(return_state=True)
        assert state.name == End.WAITING_FOR_OFFICER
        assert "pominięte konta: adam" in (state.message or "")

    def test_an_unknown_call_fails_and_becomes_one_incident(self, office_settings: Settings) -> None:
        state = ranking.rank(CallOrder(call=CALL), return_state=True)
        assert state.is_failed()
        assert "NotFound" in (state.message or "")
        assert incidents(office_settings) == [("rank", "NotFound")]

    def test_a_decision_with_a_wrong_ticket_is_refused(self, office_settings: Settings) -> None:
        form = DecisionForm.model_validate(
            {
                "officer": "anna.nowak",
                "ticket": "a1b2c3",
                "call": CALL,
                "decisions": [],
                "others_as_proposed": True,
            }
        )
        assert decide(form, return_state=True).is_failed()
        assert incidents(office_settings) == [("decide", "NotLoggedIn")]

    def test_a_foreign_error_with_a_pesel_in_its_text_reaches_nothing_that_prefect_keeps(
        self, office_settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def quoting(*_arguments: object, **_named: object) -> None:
            try:
                int(f"PESEL {PESEL}")
            except ValueError as error:
                raise RuntimeError(f"row of {PESEL}") from error

        monkeypatch.setattr(ranking.steps, "rank_call", quoting)
        state = ranking.rank(CallOrder(call=CALL), return_state=True)
        assert "RuntimeError" in (state.message or "")
        assert incidents(office_settings) == [("rank", "RuntimeError")]
        wait_for_log_of("rank")
        for kind in ("flow_runs", "task_runs", "flow_run_states", "task_run_states", "logs", "artifacts", "events"):
            assert PESEL not in str(kept(kind)), kind
        home = get_current_settings().home
        for path in [*home.rglob("*"), *office_settings.data.rglob("*")]:
            assert path.is_dir() or PESEL.encode() not in path.read_bytes(), path

    def test_refused_fields_are_named_and_their_values_are_not_logged(
        self, office_settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        state = decide({"officer": PESEL, "ticket": "x", "call": PESEL}, return_state=True)  # type: ignore[arg-type]
        assert "Kod naboru" in (state.message or "")
        assert PESEL not in (state.message or "")
        assert PESEL not in caplog.text

    def test_a_closed_call_goes_to_the_commission_and_its_report_is_readable(self, call: str) -> None:
        assert verification.verify(CallOrder(call=call), return_state=True).name == End.NOTHING_TO_DO
        state = ranking.rank(CallOrder(call=call), return_state=True)
        assert state.name == End.WAITING_FOR_COMMISSION
        assert "Decyzja należy do Komisji" in (state.message or "")
        [report] = [one for one in kept("artifacts") if one["key"] == "nabor-kes-pgr-2205-2018"]
        assert f"# Nabór {call}" in report["data"]
        assert "| Etap | Ile |" in report["data"]
        assert "## Co na kogo czeka" in report["data"]
        assert re.search(
            r"^- \*\*[^*]+\*\*: .+ \((pracownik|kandydat|Komisja), od \d\d\.\d\d\.\d{4}", report["data"], re.M
        )
        assert "## Uwagi o innych naborach" not in report["data"]

    def test_what_concerns_other_calls_stands_in_the_report_and_is_counted_in_the_state(
        self, call: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rank_call = ranking.steps.rank_call

        def remarking(session: Session, code: str, *, actor: Actor, now: datetime) -> ranking.steps.RankingCounts:
            return replace(rank_call(session, code, actor=actor, now=now), remarks=("Nabór X nie ma jeszcze listy.",))

        monkeypatch.setattr(ranking.steps, "rank_call", remarking)
        state = ranking.rank(CallOrder(call=call), return_state=True)
        assert "Uwagi o innych naborach: 1." in (state.message or "")
        reports = [one for one in kept("artifacts") if one["key"] == "nabor-kes-pgr-2205-2018"]
        report = max(reports, key=lambda one: str(one["created"]))
        assert "## Uwagi o innych naborach\n\n- Nabór X nie ma jeszcze listy." in report["data"]

    def test_a_ticket_signs_once(self, office_settings: Settings, call: str) -> None:
        with open_office(office_settings) as office, office.writing(process("test")) as session:
            add_officer(
                session,
                "anna.nowak",
                name="Anna Nowak",
                secret="tajne hasło",
                roles=[Role.ADMINISTRATOR, Role.COMMISSION],
                actor=None,
                now=office.now(),
            )
            ticket = issue_ticket(session, actor=log_in(session, "anna.nowak", "tajne hasło"), now=office.now())
        ranking.rank(CallOrder(call=call))
        form = DecisionForm.model_validate(
            {"officer": "anna.nowak", "ticket": ticket, "call": call, "decisions": [], "others_as_proposed": True}
        )
        first, second = decide(form, return_state=True), decide(form, return_state=True)
        assert (first.name, second.is_failed()) == (End.DONE, True)
        assert "Bilet" in (second.message or "")
        assert ticket not in str(kept("flow_runs"))

    def test_a_long_work_shows_a_bar_and_a_short_one_does_not(self, office_settings: Settings) -> None:
        @flow
        def work(total: int) -> None:
            with progress("Próba", total) as advance:
                assert advance("a", PORTION) == "a"

        def bars() -> list[float]:
            return [one["data"] for one in kept("artifacts") if one["type"] == "progress"]

        work(PORTION)
        assert bars() == []
        work(2 * PORTION)
        assert bars() == [50.0]


def kept(kind: str) -> list[dict[str, Any]]:
    """What the server answers when asked for everything of a kind."""
    api = get_current_settings().api.url
    if kind.endswith("_run_states"):
        owner = kind.removesuffix("_states")
        runs = kept(f"{owner}s")
        return [
            state
            for run in runs
            for state in httpx.get(f"{api}/{owner}_states/", params={f"{owner}_id": run["id"]}).json()
        ]
    answer = (
        httpx.post(f"{api}/{kind}/filter", json={"limit": 50} if kind == "events" else {}).raise_for_status().json()
    )
    found: list[dict[str, Any]] = answer["events"] if kind == "events" else answer
    return found


def wait_for_log_of(flow: str) -> None:
    deadline = time.monotonic() + 20
    while not any("RuntimeError" in one["message"] for one in kept("logs")):
        assert time.monotonic() < deadline, f"no log of {flow}"
        time.sleep(0.3)


def test_only_a_code_and_a_place_leave_a_guarded_block() -> None:
    with pytest.raises(StepFailed) as caught, guarded():
        raise KeyError(PESEL)
    assert caught.value.code == "KeyError"
    assert f"{__name__.rpartition('.')[2]}:" in str(caught.value)
    assert PESEL not in "".join(traceback.format_exception(caught.value))


def test_our_own_sentences_pass_and_their_attributes_stay_behind() -> None:
    with pytest.raises(StepFailed) as caught, guarded():
        raise NotFound("Nie ma naboru.")
    assert str(caught.value) == "NotFound: Nie ma naboru."
    assert not isinstance(caught.value, NotFound)


def test_a_guard_within_a_guard_changes_nothing() -> None:
    with pytest.raises(StepFailed) as caught, guarded(), guarded():
        raise BadInput("Popraw.")
    assert str(caught.value) == "BadInput: Popraw."


@pytest.mark.parametrize("temporary", [True, False])
def test_only_a_temporary_failure_of_delivery_is_tried_again(temporary: bool) -> None:
    from prefect.states import Failed

    with pytest.raises(StepFailed) as caught, guarded():
        raise DeliveryFailed(421, "Serwer prosi o przerwę.", temporary=temporary)
    assert is_temporary(None, None, Failed(data=caught.value)) is temporary


@pytest.mark.parametrize(("kind", "again"), [(MailboxUnreachable, True), (MailboxRefused, False)])
def test_a_mailbox_that_does_not_answer_is_tried_again_and_one_that_refuses_is_not(
    kind: type[NaborError], again: bool
) -> None:
    from prefect.states import Failed

    with pytest.raises(StepFailed) as caught, guarded():
        raise kind("Serwer poczty przychodzącej.")
    assert is_temporary(None, None, Failed(data=caught.value)) is again


@given(st.lists(st.integers()))
def test_portions_keep_every_id_in_order(ids: list[int]) -> None:
    cut = list(portions(ids))
    assert [one for portion in cut for one in portion] == ids
    assert all(0 < len(portion) <= PORTION for portion in cut)


@given(st.dictionaries(st.sampled_from(["officer", "ticket", "call", "decisions", PESEL]), st.just(PESEL)))
def test_a_refused_order_never_quotes_what_was_given(given_values: dict[str, str]) -> None:
    with pytest.raises(StepFailed) as caught:
        checked(DecisionForm, given_values)
    assert PESEL not in str(caught.value)
    assert PESEL not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("code", [PESEL, "Nowak", "anna@example.org", "KES", "KES/PGR/2205/05271312349", ""])
def test_a_call_code_has_the_shape_of_one(code: str) -> None:
    with pytest.raises(StepFailed, match="Kod naboru"):
        checked(CallOrder, {"call": code})


def test_a_form_reads_what_the_page_sends() -> None:
    form = checked(
        SettlementForm,
        {
            "officer": "anna.nowak",
            "ticket": "a1b2c3",
            "call": CALL,
            "meeting": "pgr_kartuski_1",
            "paid_on": "2018-10-31",
        },
    )
    assert form.paid_on == date(2018, 10, 31)
    assert "a1b2c3" not in repr(form)


def test_the_commission_speaks_polish_and_the_tables_english() -> None:
    line = DecisionLine.model_validate({"number": f"{CALL}/0001", "decision": "odrzucić", "reason_code": "brak_miejsc"})
    assert line.decision.outcome is DecisionOutcome.REJECTED
    assert {choice.outcome for choice in DecisionChoice} == set(DecisionOutcome)


def test_every_end_has_a_polish_label() -> None:
    assert set(LABELS) == set(End)
