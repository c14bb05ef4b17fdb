"""The named ends of a run: what the Prefect page shows instead of a bare *Completed*, with a Polish message."""

from collections.abc import Mapping
from enum import StrEnum

from prefect.client.schemas.objects import State
from prefect.states import Completed


class End(StrEnum):
    NOTHING_TO_DO = "NothingToDo"
    DONE = "Done"
    WAITING_FOR_COMMISSION = "WaitingForCommission"
    WAITING_FOR_OFFICER = "WaitingForOfficer"
    PARTLY_SENT = "PartlySent"


LABELS: Mapping[str, str] = {
    End.NOTHING_TO_DO: "nic do zrobienia",
    End.DONE: "zrobione",
    End.WAITING_FOR_COMMISSION: "czeka na Komisję",
    End.WAITING_FOR_OFFICER: "czeka na urzędnika",
    End.PARTLY_SENT: "wysłano część",
}
"""How ``nabor`` says the end of a run."""


def ended(end: End, message: str) -> State[None]:
    """The completed state a flow returns. ``message`` is a Polish sentence without personal data."""
    return Completed(name=end.value, message=message)
