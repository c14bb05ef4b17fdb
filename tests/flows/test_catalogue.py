"""What is deployed: prefect.yaml, the catalogue and the flows say the same, in Polish. No server is needed."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow, Task
from prefect.cache_policies import NO_CACHE
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from pydantic import BaseModel
from ruamel.yaml import YAML

from flows import orders
from flows.catalogue import CATALOGUE, POOL, TIMEZONE, Deployment
from flows.failures import StepFailed, record_failure

ROOT = Path(__file__).resolve().parents[2]
FORMS = [orders.CallOrder, orders.DecisionForm, orders.DecisionLine, orders.AnnouncementForm, orders.SettlementForm]
FORMS += [orders.BatchExportForm, orders.ReconciliationForm]
DESCRIPTIONS = {form.__name__: form.__doc__ for form in [*FORMS, orders.DecisionChoice, orders.BankReportKind]}
SIGNED = [orders.DecisionForm, orders.AnnouncementForm, orders.SettlementForm]
SIGNED += [orders.BatchExportForm, orders.ReconciliationForm]


def flow_of(one: Deployment) -> Flow[..., Any]:
    return load_flow_from_entrypoint(str(ROOT / one.entrypoint), use_placeholder_flow=False)


def test_prefect_yaml_equals_the_catalogue() -> None:
    said = YAML(typ="safe").load((ROOT / "prefect.yaml").read_text())
    expected = []
    for one in CATALOGUE:
        entry: dict[str, Any] = {
            "name": one.name,
            "version": "0.6.1",
            "entrypoint": one.entrypoint,
            "description": one.description,
            "tags": list(one.tags),
            "concurrency_limit": {"limit": 1, "collision_strategy": "ENQUEUE"},
            "work_pool": {"name": POOL, "work_queue_name": "default"},
        }
        if one.parameters:
            entry["parameters"] = one.parameters
        if one.cron:
            entry["schedules"] = [{"cron": one.cron, "timezone": TIMEZONE}]
        expected.append(entry)
    assert said["deployments"] == expected


def test_the_version_is_the_package_version() -> None:
    import tomllib

    said = YAML(typ="safe").load((ROOT / "prefect.yaml").read_text())
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {one["version"] for one in said["deployments"]} == {package}


def test_every_flow_of_the_folder_is_deployed_once() -> None:
    declared = {
        f"flows/{path.name}:{node.name}"
        for path in (ROOT / "flows").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "flow"
    }
    assert sorted(one.entrypoint for one in CATALOGUE) == sorted(declared)


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.flow)
def test_a_flow_is_sync_keeps_no_result_and_reports_its_failures(one: Deployment) -> None:
    flow = flow_of(one)
    assert flow.name == one.flow
    assert not flow.isasync
    assert flow.persist_result is False
    assert [hook.__name__ for hook in flow.on_failure_hooks] == [record_failure.__name__]
    assert [hook.__name__ for hook in flow.on_crashed_hooks] == [record_failure.__name__]
    # Prefect's own check of parameters logs the values it refuses.
    assert flow.should_validate_parameters is False or not flow.parameters.properties


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.flow)
def test_tasks_are_neither_cached_nor_kept(one: Deployment) -> None:
    tasks = [value for value in vars(load_module(one)).values() if isinstance(value, Task)]
    assert tasks
    assert all(task.cache_policy == NO_CACHE and task.persist_result is False for task in tasks)
    retried = {"deliver": ["send-portion"], "collect-mail": ["collect"]}
    assert [task.name for task in tasks if task.retries] == retried.get(one.flow, [])


def load_module(one: Deployment) -> Any:
    import importlib

    return importlib.import_module(one.entrypoint.partition(".py:")[0].replace("/", "."))


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.flow)
def test_a_flow_file_begins_with_the_process_in_three_lines(one: Deployment) -> None:
    lines = (load_module(one).__doc__ or "").strip().splitlines()
    assert len([line for line in lines if line]) == 3
    assert (flow_of(one).fn.__doc__ or "").strip()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_field_of_a_form_has_a_title_and_nothing_is_prefilled(form: type[BaseModel]) -> None:
    for name, field in form.model_fields.items():
        assert field.title, name
        assert field.title[0].isupper(), name
        assert field.is_required(), name


def test_prefect_shows_the_titles_and_the_signature() -> None:
    for one in CATALOGUE:
        schema = parameter_schema(flow_of(one).fn).model_dump()
        for title, definition in schema["definitions"].items():
            # Docstrings are shown too; the English ones of base classes must not get there.
            assert definition["description"] == DESCRIPTIONS[title], one.flow
            for name, field in definition.get("properties", {}).items():
                assert field.get("title", "") not in ("", name, name.replace("_", " ").title()), (one.flow, name)
    assert orders.DecisionChoice.__doc__ == "Co zdecydowała Komisja."
    for form in SIGNED:
        assert {"officer", "ticket"} <= form.model_fields.keys()


def test_decisions_money_and_announcements_wait_for_an_order() -> None:
    ordered = ["verify", "rank", "decide", "announce", "settle", "export-batch", "reconcile"]
    assert [one.flow for one in CATALOGUE if one.cron is None] == ordered


def hours(field: str) -> set[int]:
    if field == "*":
        return set(range(24))
    found: set[int] = set()
    for part in field.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


@pytest.mark.parametrize("one", [one for one in CATALOGUE if one.cron], ids=lambda one: one.flow)
def test_no_schedule_falls_into_the_hour_that_is_skipped_or_repeated(one: Deployment) -> None:
    assert one.cron is not None
    assert 2 not in hours(one.cron.split()[1])


def test_no_flow_waits_for_people_inside_a_run() -> None:
    forbidden = ("pause_flow_run", "suspend_flow_run", "wait_for_input", ".serve(")
    for path in [*(ROOT / "flows").glob("*.py"), *(ROOT / "console").glob("*.py")]:
        assert not [word for word in forbidden if word in path.read_text()], path


WATCH = """
import importlib, os, sys
class Watch:
    def find_spec(self, name, path, target=None):
        if name == "prefect":
            print("told not to report:", os.environ.get("DO_NOT_TRACK"), flush=True)
            os._exit(0)  # the rest of it takes seconds
sys.meta_path.insert(0, Watch())
importlib.import_module(sys.argv[1])
"""


@pytest.mark.parametrize("module", ["console.up", "console.run", "console.demo"])
def test_prefect_is_told_not_to_report_before_it_is_imported(module: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DO_NOT_TRACK"}
    said = subprocess.run(
        [sys.executable, "-c", WATCH, module], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == "told not to report: 1\n"


@pytest.mark.parametrize(
    "name", ["../klucze.csv", "a/b.csv", "05271312349.csv", "wyciag-05271312349.csv", ".ukryty", "", "x" * 200]
)
def test_the_name_of_a_banks_file_is_no_path_and_no_number_of_a_person(name: str) -> None:
    form = {"officer": "filip", "ticket": "0" * 12, "file": name, "kind": "wyciąg (MT940)"}
    with pytest.raises(StepFailed, match="Nazwa pliku"):
        orders.checked(orders.ReconciliationForm, form)
    assert (
        orders.checked(orders.ReconciliationForm, {**form, "file": "wyciag-2018-10-11.sta"}).kind.kind.value == "mt940"
    )
