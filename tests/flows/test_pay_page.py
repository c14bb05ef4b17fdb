"""What Prefect's page says of payments: nothing that one person declared or is owed, whatever stops their payment."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from conftest import Staged
from payees import EMPLOYED
from paying import account, approved, frozen, record_of, sign
from people import CALL, FILIP, MEETING, PAID_ON, WORKER, attend, definition, met_group, redefined, state_pay
from sqlmodel import col, select

from flows import artifacts
from flows.adapters.office import Office
from flows.steps.meetings import find_meeting
from flows.steps.projects import newest_version
from flows.steps.stipends import settle_meeting
from flows.steps.todo import waiting_for_whom
from models.tables import Event

DECLARED = (
    replace(EMPLOYED, employed_by_payer=True),
    replace(EMPLOYED, ppk=True),
    replace(EMPLOYED, student_under_26=True),
    replace(EMPLOYED, voluntary_sickness=True),
)


def settled(office: Office) -> None:
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)


def stopped_group(office: Office, people: int) -> list[str]:
    """Payments below the minimum rate, each stopped by something else, the first by too much that was ordered."""
    registered = met_group(office, people)
    cheap = tuple(
        kind.model_copy(update={"pay": kind.pay.model_copy(update={"rate_grosze": 1000})}) if kind.pay else kind
        for kind in definition().group_kinds
    )
    redefined(office, group_kinds=cheap)
    with office.writing(WORKER) as session:
        _, _, meeting = find_meeting(session, CALL, MEETING)
        meeting.project_version_id = newest_version(session, "KES").id or 0
        session.add(meeting)
    for i, statements in enumerate((EMPLOYED, *DECLARED)):
        state_pay(office, registered[i], account(i), statements)
    settled(office)
    sign(office, registered[0])
    frozen(office, leave_out=True)
    approved(office)
    attend(office, registered[0], 300, 300)
    settled(office)
    return registered


@pytest.fixture
def page(sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch) -> tuple[Office, list[str]]:
    """An office of stopped payments, and what was published for it."""
    office, _ = sqlite_staged(stopped_group, 6)
    said: list[str] = []

    @contextmanager
    def at_work() -> Iterator[Office]:
        yield office

    def keep(markdown: str, **_: str) -> None:
        said.append(markdown.replace("\xa0", " "))

    monkeypatch.setattr(artifacts, "office_at_work", at_work)
    monkeypatch.setattr(artifacts, "create_markdown_artifact", keep)
    return office, said


def test_the_page_names_what_stops_a_payment_by_a_label_alone(page: tuple[Office, list[str]]) -> None:
    office, said = page
    with office.reading(WORKER) as session:
        lines = waiting_for_whom(session, now=office.now())
    told = [line.what for line in lines if line.shown is not None]
    everything = " ".join(told).replace("\xa0", " ")
    for sentence in ("Nadpłata", "Osoba jest pracownikiem płatnika", "PPK", "Stawka 10,00 zł"):
        assert sentence in everything
    artifacts.publish_settlement(CALL, MEETING)
    artifacts.publish_todo()
    artifacts.publish_call(CALL)
    artifacts.publish_batch("LP/0001/2018")
    assert len(said) == 4
    for markdown in said:
        sums = re.findall(r"^(.*?)\d+(?: \d{3})*,\d\d zł", markdown, re.MULTILINE)
        assert [place for place in sums if not place.startswith(("| Brutto razem", "| Do wypłaty razem"))] == []
        for secret in ("pracownikiem płatnika", "PPK", "studenta", "chorobowe", "Stawka", "Nadpłata", "należy się"):
            assert secret not in markdown
        assert not any(sentence.replace("\xa0", " ") in markdown for sentence in told)


def test_each_number_has_its_label(page: tuple[Office, list[str]]) -> None:
    office, said = page
    artifacts.publish_settlement(CALL, MEETING)
    waiting = said[0].split("## Co na kogo czeka")[0]
    assert f"- **{CALL}/0001**: nadpłata do rozliczenia\n" in waiting
    for i in range(2, 7):
        assert f"- **{CALL}/{i:04d}**: oświadczenie do wyjaśnienia" in waiting
    assert f"- **{record_of(office, f'{CALL}/0003').number}**: stawka do sprawdzenia" in said[0]
    assert "wypłata wstrzymana: oświadczenie do wyjaśnienia" in said[0]


def test_the_log_holds_labels_and_never_what_somebody_declared(page: tuple[Office, list[str]]) -> None:
    office, _ = page
    with office.reading(WORKER) as session:
        facts = [
            word
            for event in session.exec(select(Event).where(col(Event.subject).startswith("stipend/"))).all()
            for word in (*event.facts.get("blocks", ()), *event.facts.get("doubts", ()))
        ]
    assert "oświadczenie do wyjaśnienia" in facts
    assert not {"own_employer", "ppk", "contradiction_student_age", "contradiction_sickness"} & set(facts)
