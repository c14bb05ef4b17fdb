"""``nabor audit``: whether the records are what they were."""

import typer

from console.desk import Desk, command
from console.polish_help import PolishGroup
from flows.steps.audit import verify_records
from models.errors import BadInput

app = typer.Typer(cls=PolishGroup, name="audit", help="Kontrola zapisów", no_args_is_help=True)


@command(app, "verify")
def verify(desk: Desk) -> None:
    """Sprawdza zapisy: pieczęcie dziennika, stany spraw, listy, miejsca i protokoły; wypłaty oblicza jeszcze raz.

    Listy przelewów, księgę wypłat, pliki dla banku i umowy porównuje z tym, co zamrożono.

    Przykład: nabor audit verify
    """
    with desk.office() as (office, actor), office.reading(actor) as session:
        found = verify_records(office, session, actor=actor)
    if found.broken:
        raise BadInput("Zapisy nie zgadzają się ze sobą:\n  " + "\n  ".join(found.broken))
    desk.say(
        f"Zgodne: pieczęcie {found.log.seals}, zdarzenia {found.log.events} (jeszcze bez pieczęci "
        f"{found.log.unsealed}), stany spraw {found.states}, nabory {found.calls}, miejsca z listy "
        f"rezerwowej {found.promotions}, wypłaty obliczone jeszcze raz {found.stipends.again}"
        + (f" (ze starszych wydań, bez pełnych danych {found.stipends.older})" if found.stipends.older else "")
        + f", listy przelewów {found.batches.batches}, wpisy w księdze wypłat {found.batches.entries}, umowy "
        f"{found.contracts.contracts}.",
        seals=found.log.seals,
        events=found.log.events,
        unsealed=found.log.unsealed,
        states=found.states,
        calls=found.calls,
        promotions=found.promotions,
        stipends=found.stipends.again,
        stipends_older=found.stipends.older,
        batches=found.batches.batches,
        entries=found.batches.entries,
        contracts=found.contracts.contracts,
    )
