"""One payment told whole: what it was computed from, every line of how, and the rows and sources it rests on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models.actor import Actor, Right
from models.errors import NotFound
from models.glossary import label
from models.rules.pay_tables import RowStatus
from models.tables import Stipend
from templates.documents.bill import masked_account
from templates.polish import amount_zl, percent, short_date


@dataclass(frozen=True)
class StipendStory:
    """A record with its snapshot opened. ``corrected_by``: numbers of records that add to it."""

    stipend: Stipend
    body: dict[str, Any]
    corrects: str | None
    corrected_by: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """For programs: the record and its snapshot as kept, the account masked."""
        row = self.stipend
        account = self.body["account"]
        return {
            "number": row.number,
            "state": row.state.value,
            "version": row.version,
            "paid_on": row.paid_on,
            "minutes": row.minutes,
            "gross": row.gross,
            "social": row.social,
            "health": row.health,
            "tax": row.tax,
            "net": row.net,
            "corrects": self.corrects,
            "corrected_by": self.corrected_by,
            "blocks": row.blocks,
            "doubts": row.doubts,
            "warnings": row.warnings,
            "algorithm": row.algorithm,
            "snapshot": {**self.body, "account": masked_account(account) if account else None},
        }

    def text(self) -> str:
        """For people."""
        return "\n".join(self._told())

    def _told(self) -> Iterator[str]:
        row, settlement = self.stipend, self.body["settlement"]
        yield f"{row.number}: {label(row.state)}, wersja {row.version}, dzień wypłaty {short_date(row.paid_on)}"
        if self.corrects:
            yield f"Dopłata do rachunku {self.corrects}; wcześniej zlecono {amount_zl(self.body['already'])} brutto."
        if self.corrected_by:
            yield f"Dopłaty i korekty do tego rachunku: {', '.join(self.corrected_by)}."
        if "attendance" in self.body:
            days = ", ".join(f"{_day(day)} {minutes} min" for day, minutes in self.body["attendance"])
            yield f"Obecność: {days or 'nie ma'}."
        yield f"Brutto: {amount_zl(row.gross)}"
        for line in settlement["lines"] if settlement else ():
            rate = f", {percent(line['rate'])}" if line["rate"] is not None else ""
            base = f" od {amount_zl(line['base'])}" if line["base"] is not None else ""
            sign = "−" if line["withheld"] else " "
            yield f"  {sign} {line['label']}: {amount_zl(line['amount'])}{base}{rate}" + (
                f" [{line['row']}]" if line["row"] else ""
            )
        yield f"Do wypłaty: {amount_zl(row.net)}"
        for title, remarks in (("Wstrzymuje", row.blocks), ("Do wyjaśnienia", row.doubts), ("Uwaga", row.warnings)):
            for remark in remarks:
                yield f"{title}: {remark['sentence']}"
        if settlement and settlement["rows"]:
            yield "Stawki i ich źródła:"
            yield from (f"  {self._row(one)}" for one in settlement["rows"])
        yield f"Sposób obliczenia: {row.algorithm or 'bez obliczenia'}; sporządzono {short_date(row.made_at.date())}"

    def _row(self, row: dict[str, Any]) -> str:
        until = f"do {_day(row['valid_to'])}" if row["valid_to"] else "do zmiany przepisów"
        confirmed = (self.body.get("inputs") or {}).get("confirmed", ())
        status = ""
        if row["status"] == RowStatus.UNCONFIRMED:
            status = "; potwierdzone przez biuro" if row["id"] in confirmed else "; niepotwierdzone"
        return f"{row['id']}: od {_day(row['valid_from'])} {until}, {row['source']}{status}"


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d.%m.%Y}"


def stipend_story(session: Session, number: str, *, actor: Actor) -> StipendStory:
    """The payment of a bill number, whatever became of it. Raises ``NotFound``."""
    actor.require(Right.MONEY)
    row = session.exec(select(Stipend).where(Stipend.number == number)).first()
    if row is None:
        raise NotFound(f"Nie ma rachunku {number}.")
    corrected = session.get(Stipend, row.corrects_id) if row.corrects_id else None
    adding = session.exec(select(Stipend.number).where(Stipend.corrects_id == row.id).order_by(col(Stipend.id))).all()
    return StipendStory(row, json.loads(row.snapshot), corrected.number if corrected else None, tuple(adding))
