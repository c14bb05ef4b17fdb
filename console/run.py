"""``nabor run FLOW``: orders a run of a deployment on the running server and waits for its end."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Before Prefect itself: it keeps Prefect's SDK from reporting its use.
from console.server import HOST, address_file, client_of

# isort: split
import httpx
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.adapters.settings import Settings
from flows.catalogue import CATALOGUE, deployment_of
from flows.states import LABELS
from models.errors import BadInput, NotFound, NotYet

TIMEOUT_SECONDS = 600.0
_KINDS = {
    StateType.COMPLETED: "zakończony",
    StateType.FAILED: "nieudany",
    StateType.CRASHED: "przerwany",
    StateType.CANCELLED: "odwołany",
}


@dataclass(frozen=True)
class RunResult:
    """How a run ended. ``state`` is Prefect's name of it (``NothingToDo``), ``label`` says it in Polish."""

    flow: str
    run: str
    page: str
    state: str
    label: str
    message: str
    finished: bool
    ok: bool


def run_flow(
    settings: Settings, name: str, parameters: Mapping[str, str], *, timeout: float = TIMEOUT_SECONDS
) -> RunResult:
    """Runs the deployment of the flow ``name`` and waits at most ``timeout`` seconds.

    A flow whose only parameter is a form takes the form's fields directly (``call=KES/PGR/2205/2018``); a value that
    begins with ``[`` or ``{`` is JSON. Raises ``NotFound`` for an unknown flow, ``BadInput`` when the server refuses
    the parameters, ``NotYet`` when no server answers.
    """
    deployment = deployment_of(name)
    if deployment is None:
        raise NotFound(f"Nie ma przepływu „{name}”. Są: {', '.join(one.flow for one in CATALOGUE)}.")
    api_url = _address(settings)
    try:
        with client_of(api_url) as client:
            schema = client.read_deployment_by_name(deployment.full_name).parameter_openapi_schema or {}
        with temporary_settings({PREFECT_API_URL: api_url}):
            run = run_deployment(
                deployment.full_name, parameters=_parameters(parameters, schema), timeout=timeout, poll_interval=1
            )
    except PrefectHTTPStatusError as error:
        raise BadInput(f"Serwer nie przyjął parametrów. Popraw: {_faulty(error)}.") from None
    except httpx.TransportError:
        raise NotYet("Serwer Prefect nie odpowiada. Uruchom go: nabor up.") from None
    assert isinstance(run, FlowRun)  # outside of an event loop it is no coroutine
    return _result(name, run, api_url)


def _address(settings: Settings) -> str:
    """Where the server of this data folder answers; one started by hand is looked for at the port of the settings."""
    try:
        address = json.loads(address_file(settings).read_text())["api_url"]
    except FileNotFoundError:
        return f"http://{HOST}:{settings.prefect_port}/api"
    assert isinstance(address, str)
    return address


def _parameters(given: Mapping[str, str], schema: dict[str, Any]) -> dict[str, Any]:
    values = {name: _value(name, text) for name, text in given.items()}
    fields = schema.get("properties", {})
    if len(fields) == 1:
        [(form, field)] = fields.items()
        if "$ref" in field or "allOf" in field:
            return {form: values}
    unknown = sorted(values.keys() - fields.keys())
    if unknown:
        raise BadInput(f"Ten przepływ nie zna parametrów: {', '.join(unknown)}. Zna: {', '.join(fields) or 'żadnych'}.")
    return values


def _value(name: str, text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if not text.startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise BadInput(f"Parametr „{name}” zaczyna się jak JSON, ale nim nie jest.") from None


def _faulty(error: PrefectHTTPStatusError) -> str:
    """The fields the server names. Its answer also quotes the refused values, which go no further."""
    text = error.response.text
    found = re.findall(r"'(\w+)' is a required property", text) or re.findall(r"for field '([\w.\[\]]+)'", text)
    return ", ".join(found) or "pola formularza"


def _result(name: str, run: FlowRun, api_url: str) -> RunResult:
    state = run.state
    assert state is not None
    label = LABELS.get(state.name or "") or _KINDS.get(state.type, "trwa")
    page = f"{api_url.removesuffix('/api')}/runs/flow-run/{run.id}"
    return RunResult(
        flow=name,
        run=str(run.id),
        page=page,
        state=state.name or state.type.value,
        label=label,
        message=(state.message or "").removeprefix("Flow run encountered an exception: "),
        finished=state.is_final(),
        ok=state.is_completed(),
    )
