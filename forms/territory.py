"""Answers that name a gmina or a powiat become TERYT codes; several that may be meant are listed."""

from typing import Final

from forms.filler import one_line
from forms.outcome import Outcome
from models.rules.facts import FieldStatus
from models.territory import Territory, Unit


def gmina_in(text: str, territory: Territory) -> Outcome:
    """The seven-digit TERYT code of the gmina that the text names."""
    found = territory.find_gmina(one_line(text))
    if len(found) == 1:
        return Outcome(FieldStatus.READ, found[0].code)
    if not found:
        return Outcome(
            FieldStatus.UNREADABLE,
            None,
            "gmina_unknown",
            "Nie udało się rozpoznać gminy. Proszę podać jej urzędową nazwę z powiatem (na przykład „Żukowo, powiat "
            "kartuski”) albo siedmiocyfrowy kod TERYT (na przykład 2205083).",
            0,
        )
    return Outcome(
        FieldStatus.AMBIGUOUS,
        None,
        "gmina_several",
        f"Ta odpowiedź może oznaczać więcej niż jedną gminę: {_listed(found, territory)}. Proszę dopisać powiat "
        "(na przykład „Żukowo, powiat kartuski”) albo podać siedmiocyfrowy kod TERYT (na przykład 2205083).",
        0,
    )


def powiat_in(text: str, territory: Territory) -> Outcome:
    """The four-digit TERYT code of the powiat that the text names."""
    found = territory.find_powiat(one_line(text))
    if len(found) == 1:
        return Outcome(FieldStatus.READ, found[0].code)
    if not found:
        return Outcome(
            FieldStatus.UNREADABLE,
            None,
            "powiat_unknown",
            "Nie udało się rozpoznać powiatu. Proszę podać jego urzędową nazwę (na przykład „kartuski”) albo "
            "czterocyfrowy kod TERYT (na przykład 2205).",
            0,
        )
    return Outcome(
        FieldStatus.AMBIGUOUS,
        None,
        "powiat_several",
        f"Ta odpowiedź może oznaczać więcej niż jeden powiat: {_listed(found, territory)}. Proszę dopisać województwo "
        "albo podać czterocyfrowy kod TERYT (na przykład 2205).",
        0,
    )


_MOST_LISTED: Final = 5


def _listed(units: tuple[Unit, ...], territory: Territory) -> str:
    """The units that may be meant, each with what it lies in. These are public names, not anybody's data."""
    named = [territory.described(unit) for unit in units[:_MOST_LISTED]]
    return "; ".join(named) + (" i inne" if len(units) > _MOST_LISTED else "")
