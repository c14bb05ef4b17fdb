"""The costs of payments laid out as the tables of a workbook."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.costs import Costs, Spent, costs
from flows.steps.documents import outside_data
from models.actor import Actor, Right
from models.events import Happened
from models.transitions import note
from templates.documents.costs import Cell, CostsDocument, CostTable, Grosze, Hours, cost_workbook, used_words

_SUMS = (
    ("Wypłaty", 9),
    ("Godziny", 14),
    ("Brutto", 14),
    ("W tym zlecone lub wypłacone", 14),
    ("Składki płatnika", 14),
    ("Koszt razem", 14),
    ("Do wypłaty (netto)", 14),
    ("Nadpłaty do wyjaśnienia", 14),
    ("Wstrzymane (liczba)", 12),
)
_GROSS_AT = 2
"""Where gross stands among the sums."""


def export_costs(office: Office, path: Path, *, actor: Actor) -> Costs:
    """Writes the workbook to a file, which must lie outside the data folder. The export is on record."""
    actor.require(Right.EXPORT_BILLS)
    outside_data(office, path.parent)
    now = office.now()
    with office.writing(actor) as session:
        found = costs(session, actor=actor)
        path.write_bytes(workbook_of(found, made_on=warsaw_date(now)))
        facts = {"groups": len(found.groups), "meetings": len(found.meetings)}
        note(
            session,
            "export/costs",
            happened=Happened.EXPORTED,
            actor=actor,
            now=now,
            area=actor.scope,
            facts=facts,
        )
    return found


def workbook_of(found: Costs, *, made_on: date) -> bytes:
    """The .xlsx of all costs, with a chart of the groups against their budgets."""
    groups = CostTable(
        "Grupy",
        (
            ("Grupa", 24),
            ("Nazwa", 32),
            ("Spotkania", 10),
            *_SUMS,
            ("Budżet", 14),
            ("Wykorzystano", 13),
            ("Zostało", 14),
        ),
        [
            (
                one.call,
                one.group,
                one.meetings,
                *_sums(one.spent),
                _maybe(one.budget),
                used_words(one.used),
                _maybe(one.left),
            )
            for one in found.groups
        ],
        (
            "Razem",
            "",
            sum(one.meetings for one in found.groups),
            *_sums(found.total),
            _sum_known([one.budget for one in found.groups]),
            "",
            _sum_known([one.left for one in found.groups]),
        ),
    )
    meetings = CostTable(
        "Spotkania",
        (("Grupa", 24), ("Spotkanie", 22), ("Tytuł", 32), ("Od", 13), ("Do", 13), *_SUMS),
        [(one.call, one.meeting, one.title, one.first, one.last, *_sums(one.spent)) for one in found.meetings],
        ("Razem", "", "", "", "", *_sums(sum((one.spent for one in found.meetings), Spent()))),
    )
    months = CostTable(
        "Miesiące",
        (("Miesiąc wypłaty", 24), ("Projekt", 14), *_SUMS),
        [(one.month, one.project, *_sums(one.spent)) for one in found.months],
        ("Razem", "", *_sums(sum((one.spent for one in found.months), Spent()))),
    )
    budgeted = any(one.budget is not None for one in found.groups)
    first_sum = len(groups.columns) - len(_SUMS) - 3
    return cost_workbook(
        CostsDocument(
            title="Koszty wypłat",
            made_on=made_on,
            tables=(groups, meetings, months),
            charted=(first_sum + _GROSS_AT, *((first_sum + len(_SUMS),) if budgeted else ())),
            notes=_notes(found.total),
        )
    )


def _sums(spent: Spent) -> Sequence[Cell]:
    return (
        spent.payments,
        Hours(spent.minutes),
        Grosze(spent.gross),
        Grosze(spent.committed),
        Grosze(spent.payer),
        Grosze(spent.total),
        Grosze(spent.net),
        Grosze(spent.overpaid),
        spent.blocked,
    )


def _sum_known(sums: Sequence[int | None]) -> Cell:
    """Of the sums that are known; nothing where none is: no group has a budget, which is not a budget of zero."""
    known = [one for one in sums if one is not None]
    return Grosze(sum(known)) if known else None


def _maybe(grosze: int | None) -> Cell:
    return None if grosze is None else Grosze(grosze)


def _notes(total: Spent) -> list[str]:
    notes = [
        "Budżet dotyczy kwot brutto bez składek płatnika. Wstrzymane wypłaty nie wchodzą do sum.",
        "Nadpłaty są częścią kwot brutto: niczego nie potrącono.",
    ]
    if total.payer_open:
        notes.append(
            "Składki wypadkowej, Funduszu Pracy i FGŚP nie doliczono, dopóki biuro nie potwierdzi ich stawek "
            "(nabor stipend confirm-rate)."
        )
    return notes
