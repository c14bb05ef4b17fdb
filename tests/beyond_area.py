"""What is not of an area: the rows that nobody who works in it may change, and the words that nobody there may read."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import people
from neighbours import COORDINATOR, REGIONAL_BODY, REGIONAL_CALL
from people import MEETING

from models.actor import Actor

AGREED = "KES/POR/2205/2018"

AREA_OF_NONE = frozenset({"officer_ticket", "store_note", "mail_account", "mail_slot", "data_key"})
"""Tables without an area in which somebody at home may write: tickets, counters, when mail left, keys of documents."""


Rows = dict[str, frozenset[tuple[object, ...]]]


def rows_beyond(database: Path, scope: str, login: str) -> Rows:
    """Every row that is not of the area: by area where the table has one, else all but own people and accounts."""
    with closing(sqlite3.connect(database)) as connection:
        found: Rows = {}
        own = f"SELECT person_id FROM application WHERE area LIKE '{scope}%'"
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
            beyond = "1"
            if "area" in columns:
                beyond = f"area NOT LIKE '{scope}%'"
            elif table == "person":
                beyond = f"id NOT IN ({own})"
            elif table == "officer":
                beyond = f"login <> '{login}'"
            elif table in AREA_OF_NONE:
                continue
            found[table] = frozenset(connection.execute(f'SELECT * FROM "{table}" WHERE {beyond}').fetchall())
    return found


@dataclass(frozen=True)
class Secrets:
    """What belongs to the other area and stands in no definition: texts, and logins as whole words."""

    texts: tuple[str, ...]
    logins: tuple[str, ...] = ("rita", "kinga")

    def in_text(self, text: str) -> list[str]:
        close = re.sub(r"[\s-]", "", text)
        found = [one for one in self.texts if one in text or (one.isdigit() and one in close)]
        return found + [one for one in self.logins if re.search(rf"\b{one}\b", text)]


def secrets_of(public_numbers: Sequence[str], who: Actor) -> Secrets:
    of_both = (
        *public_numbers,
        *("KES/PGR/2205", AGREED, "KES/2205", MEETING, "R/0001/2018", "R/0002/2018", "LP/0001/2018", "UZ/1/2018"),
        *("Próbna-b", "Próbna-i", "Próbna-j", "Próbna-Dyrektorska", "osoba1@", "osoba8@", "osoba9@"),
        *(people.pesel(1), people.pesel(8), people.pesel(9), *people.ACCOUNTS[:2]),
        *("Biblioteka Zmyślona", "biblioteka@", "nadawca@", "Wolę niedzielę", "Sala jest zajęta", "trudnej sprawie"),
        *("Choroba dziecka", "glutenu", "ani razu", "Uzasadnienie próbne", "Wspólna praca", "lista Próbnej"),
    )
    return Secrets((*of_both, *((REGIONAL_CALL, REGIONAL_BODY) if who is COORDINATOR else ())))
