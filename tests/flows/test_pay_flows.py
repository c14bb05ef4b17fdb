"""The flows of money: settled, exported, answered by the bank – counts and sums of many on the page, and no person."""

import people
import pytest
from conftest import Staged
from paying import BATCH, account, approved, booked, frozen, history, signed_group
from people import CALL, FILIP, MEETING, PAID_ON, go_to
from prefect.artifacts import Artifact

from flows.adapters.office import Office
from flows.export_batch import export_batch
from flows.orders import BankReportKind, BatchExportForm, ReconciliationForm, SettlementForm
from flows.reconcile import reconcile
from flows.states import End
from flows.steps.bank_inbox import inbox
from flows.steps.officers import issue_ticket
from flows.stipends import settle

pytestmark = [pytest.mark.usefixtures("prefect"), pytest.mark.slow]

HISTORY = "historia-2018-10-11.csv"


@pytest.fixture
def office(sqlite_staged: Staged, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A group of three whose bills came back signed, as flows open it by the environment."""
    staged, _ = sqlite_staged(signed_group, 3)
    people.add_officers(staged)
    monkeypatch.setenv("NABOR_DATA", str(staged.settings.data))
    monkeypatch.setenv("NABOR_KEYS", str(staged.settings.keys))
    return staged


def signature(office: Office) -> dict[str, str]:
    with office.writing(FILIP) as session:
        return {"officer": "filip", "ticket": issue_ticket(session, actor=FILIP, now=office.now())}


def artifact(key: str) -> str:
    return str(getattr(Artifact.get(key), "data", "")).replace("\xa0", " ")


def nobody_in(text: str) -> bool:
    hidden = ["Próbna", "607,20", people.pesel(0), *(account(i) for i in range(3))]
    return [one for one in hidden if one in text] == []


def test_the_page_of_a_settlement_tells_sums_of_three_and_what_stops_whom(office: Office) -> None:
    form = {**signature(office), "call": CALL, "meeting": MEETING, "paid_on": PAID_ON}
    assert settle(SettlementForm.model_validate(form), return_state=True).name == End.NOTHING_TO_DO
    people.attend(office, f"{CALL}/0001", 360, 240)
    form = {**signature(office), "call": CALL, "meeting": MEETING, "paid_on": PAID_ON}
    assert settle(SettlementForm.model_validate(form), return_state=True).name == End.WAITING_FOR_OFFICER
    told = artifact("rozliczenie-kes-pgr-2205-2018")
    assert "| Brutto razem | 2 160,00 zł |" in told
    assert "| Do wypłaty razem | 1 821,60 zł |" in told
    assert f"- **{CALL}/0001**: rachunek do zastąpienia\n" in told
    assert nobody_in(told)


def test_a_batch_goes_to_the_bank_and_comes_back_through_the_page(office: Office) -> None:
    go_to(office, "2018-10-09T09:00")
    frozen(office)
    refused = export_batch(BatchExportForm(**signature(office), batch=BATCH), return_state=True)
    assert refused.is_failed()
    approved(office)
    made = export_batch(BatchExportForm(**signature(office), batch=BATCH), return_state=True)
    assert made.name == End.WAITING_FOR_OFFICER
    again = export_batch(BatchExportForm(**signature(office), batch=BATCH), return_state=True)
    assert again.name == End.NOTHING_TO_DO
    told = artifact("lista-lp-0001-2018")
    assert "| Razem | 1 821,60 zł |" in told
    assert nobody_in(told)
    go_to(office, "2018-10-11T09:00")
    inbox(office).mkdir(parents=True)
    (inbox(office) / HISTORY).write_bytes(history(booked(office)))
    form = {"file": HISTORY, "kind": BankReportKind.CSV}
    done = reconcile(ReconciliationForm(**signature(office), **form), return_state=True)
    assert (done.name, done.message) == (End.DONE, "Wykonane przelewy: 3, zwrócone: 0, znane wcześniej: 0.")
    assert list(inbox(office).iterdir()) == []
    told = artifact("potwierdzenia-z-banku")
    assert "| Przelewy wykonane | 3 |" in told
    assert "| Stan listy | potwierdzona |" in told
    assert nobody_in(told)
    gone = reconcile(ReconciliationForm(**signature(office), **form), return_state=True)
    assert gone.is_failed()
    assert "nie ma pliku" in (gone.message or "")


def test_a_file_that_does_not_fit_stays_where_it_is(office: Office) -> None:
    inbox(office).mkdir(parents=True)
    (inbox(office) / HISTORY).write_bytes(b"nic")
    form = {"file": HISTORY, "kind": BankReportKind.MT940}
    assert reconcile(ReconciliationForm(**signature(office), **form), return_state=True).is_failed()
    assert (inbox(office) / HISTORY).exists()
