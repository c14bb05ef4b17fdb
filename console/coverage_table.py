"""How institutions cover the project's sectors, as people and programs are shown it."""

from console.desk import Desk
from models.rules.sector_coverage import UNSETTLED, Coverage


def show_coverage(desk: Desk, coverage: Coverage, **values: object) -> None:
    """A table of all sectors with what is missing said underneath; for programs one document."""
    if desk.as_json:
        desk.say(
            "",
            **values,
            institutions=coverage.total,
            sectors=[
                {"code": one.code, "label": one.label, "count": one.count, "institutions": list(one.names)}
                for one in coverage.sectors
            ],
            missing=[one.code for one in coverage.missing],
            unsettled=list(coverage.unsettled),
            said=coverage.said,
        )
        return
    lines = [(one.label, one.names) for one in coverage.sectors]
    if coverage.unsettled:
        lines.append((UNSETTLED, coverage.unsettled))
    desk.show(
        lines,
        {
            "Obszar kooperacji": lambda line: line[0],
            "Ile": lambda line: len(line[1]),
            "Instytucje": lambda line: ", ".join(line[1]),
        },
        empty="Projekt nie ma obszarów kooperacji.",
    )
    desk.say(coverage.said)
