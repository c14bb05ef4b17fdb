"""Appeals against decisions: how long there is time, who rules, and what an upheld one leads to."""

from enum import StrEnum

from models.form_definition import Strict
from models.project_values import Days, Text


class AppealSeat(StrEnum):
    """Which seat an upheld appeal leads to when all are taken: nobody who was accepted loses one."""

    BEYOND = "beyond"
    NEXT_FREE = "next_free"


class Appeals(Strict):
    """Appeals against decisions. Periods in working days: to file from the result letter, to rule from receipt."""

    period_working_days: Days = 5
    decision_working_days: Days = 10
    who: Text = "Komisja Rekrutacyjna w innym składzie"
    """Who rules, in the nominative, as letters say it."""
    paragraph: str = ""
    """Where the regulation speaks of appeals: „§ 8 Regulaminu”."""
    remedies: Text = (
        "To rozstrzygnięcie kończy postępowanie odwoławcze w projekcie. Nie ogranicza prawa do złożenia skargi "
        "do instytucji, która nadzoruje projekt, ani do wystąpienia do sądu."
    )
    """What can still be done after a refusal, as sentences that close the letter."""
    upheld: AppealSeat = AppealSeat.BEYOND
