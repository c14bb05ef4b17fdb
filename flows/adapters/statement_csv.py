"""Reads a bank's statement, or its report on an imported file, from CSV.

Banks name the columns as they like: the header is looked for by the names below, or given as :class:`CsvColumns`.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from flows.adapters.statement_lines import (
    Fault,
    Statement,
    StatementUnreadable,
    account_in,
    day_in,
    grosze_in,
    ours_in,
    reason_from,
    told_twice,
)
from models.rules.transfers import Confirmation

_DELIMITERS: Final = (";", ",", "\t", "|")
_HEADER_WITHIN: Final = 60


@dataclass(frozen=True, kw_only=True)
class CsvColumns:
    """The names of a bank's columns, any spelling of case and diacritics. Amounts: either ``amount``, signed or with a
    ``side``, or ``debit`` and ``credit``. Our reference is looked for in ``texts``, or everywhere if that is empty.
    """

    booked_on: str
    amount: str = ""
    side: str = ""
    debit: str = ""
    credit: str = ""
    status: str = ""
    account: str = ""
    currency: str = ""
    reason: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


# By the column's use: names as banks write them, small and without diacritics, the best first.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "booked_on": (
        "data ksiegowania", "data zaksiegowania", "data operacji", "data transakcji", "data realizacji",
        "data wykonania", "data waluty", "data",
    ),
    "amount": ("kwota operacji", "kwota transakcji", "kwota przelewu", "kwota w pln", "kwota pln", "kwota"),
    "side": ("strona", "wn/ma", "d/c", "dt/ct", "debet/kredyt", "obciazenie/uznanie"),
    "debit": ("obciazenia", "obciazenie", "wn", "winien", "debet", "kwota obciazenia"),
    "credit": ("uznania", "uznanie", "ma", "kredyt", "kwota uznania"),
    "status": ("status", "stan", "status przelewu", "status operacji", "status transakcji", "status zlecenia"),
    "account": (
        "rachunek kontrahenta", "numer rachunku kontrahenta", "nr rachunku kontrahenta", "rachunek odbiorcy",
        "numer rachunku odbiorcy", "nr rachunku odbiorcy", "konto kontrahenta", "rachunek przeciwstawny",
    ),
    "currency": ("waluta", "waluta operacji", "waluta transakcji"),
}  # fmt: skip
_REASONS: Final = (
    "przyczyna", "przyczyna odrzucenia", "powod", "powod odrzucenia", "powod zwrotu", "opis bledu", "komunikat",
    "rodzaj operacji", "typ operacji", "typ transakcji", "opis", "opis operacji", "opis transakcji",
    "tytul", "tytul operacji", "tytul przelewu", "tytulem",
)  # fmt: skip


class _Outcome(Enum):
    PAID = auto()
    BOOKED = auto()
    """Said of money that went and of money that came back alike: the sign tells."""
    RETURNED = auto()
    PENDING = auto()


_STATUSES: Final[Mapping[str, _Outcome]] = {
    **dict.fromkeys(
        ("zrealizowany", "zrealizowana", "zrealizowane", "wykonany", "wykonana", "wykonane", "wyslany",
         "wyslana"),
        _Outcome.PAID,
    ),
    **dict.fromkeys(
        ("zaksiegowany", "zaksiegowana", "zaksiegowane", "rozliczony", "rozliczona"),
        _Outcome.BOOKED,
    ),
    **dict.fromkeys(
        ("odrzucony", "odrzucona", "odrzucone", "zwrocony", "zwrocona", "zwrot", "niezrealizowany", "niezrealizowana",
         "anulowany", "anulowana", "wycofany", "wycofana"),
        _Outcome.RETURNED,
    ),
    **dict.fromkeys(
        ("w realizacji", "oczekuje", "oczekujacy", "oczekujaca", "przyjety", "przyjeta", "do realizacji", "nowy",
         "nowa", "do autoryzacji", "zaplanowany", "zaplanowana"),
        _Outcome.PENDING,
    ),
}  # fmt: skip
_DEBITS: Final = frozenset({"d", "dt", "wn", "winien", "obciazenie", "debet", "-"})
_CREDITS: Final = frozenset({"c", "ct", "ma", "uznanie", "kredyt", "+"})


@dataclass(frozen=True)
class _Row:
    line: int
    cells: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class _Layout:
    """Where the columns of a header stand."""

    width: int
    booked_on: int
    amount: int | None
    side: int | None
    debit: int | None
    credit: int | None
    status: int | None
    account: int | None
    currency: int | None
    reasons: tuple[int, ...]
    texts: tuple[int, ...]


def read_csv(text: str, references: re.Pattern[str], columns: CsvColumns | None) -> Statement:
    """Our transfers in the file: a negative amount, a debit or a status such as „zrealizowany” is money that went; a
    positive amount, a credit or „odrzucony” is money that came back.

    Rows without a reference of ours are other movements, whatever they hold; in rows with one everything is checked.
    Raises :class:`StatementUnreadable` with every faulty line.
    """
    rows, place, layout = _table(text, columns)
    signed = _is_signed(rows[place + 1 :], layout)
    confirmations: list[Confirmation] = []
    faults: list[Fault] = []
    others = pending = 0
    for row in rows[place + 1 :]:
        if not any(cell.strip() for cell in row.cells):
            continue
        searched = [row.cells[at] for at in layout.texts if at < len(row.cells)]
        # Cell by cell, so that two cells side by side never make a reference together.
        ours = list(dict.fromkeys(found for cell in searched for found in ours_in(cell.splitlines(), references)))
        if not ours:
            others += 1
            continue
        read = _confirmed(row, ours, layout, signed=signed)
        if isinstance(read, Confirmation):
            confirmations.append(read)
        elif read is None:
            pending += 1
        else:
            faults.append((row.line, read))
    faults.extend(told_twice(confirmations))
    if faults:
        raise StatementUnreadable(sorted(faults))
    return Statement(tuple(confirmations), others, pending)


def _table(text: str, columns: CsvColumns | None) -> tuple[list[_Row], int, _Layout]:
    """The rows, and the place and layout of the header among them, by the delimiter that shows one."""
    broken: list[Fault] = []
    for delimiter in _DELIMITERS:
        rows: list[_Row] = []
        try:
            rows.extend(_rows(text, delimiter))
        except StatementUnreadable as error:
            broken.extend(error.faults)
            continue
        for place, row in enumerate(rows[:_HEADER_WITHIN]):
            if layout := _layout(row, columns):
                return rows, place, layout
    if broken:
        raise StatementUnreadable(broken[:1])
    wanted = (
        "Nie ma w nim wiersza z podanymi nazwami kolumn."
        if columns
        else "Nie ma w nim wiersza z nazwami kolumn, w którym byłyby data i kwota (albo obciążenia i uznania)."
    )
    raise StatementUnreadable([(0, f"{wanted} Proszę pobrać z banku wyciąg CSV z nagłówkiem albo MT940.")])


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield _Row(line, tuple(cells))
            line = reader.line_num + 1
    except csv.Error:
        raise StatementUnreadable(
            [(line, "cudzysłowy są otwarte i niezamknięte albo stoją w środku tekstu. Proszę pobrać plik jeszcze raz.")]
        ) from None


def _plain(text: str) -> str:
    """A name of a column or a status without case, diacritics, ``#`` and doubled spaces."""
    flat = unicodedata.normalize("NFKD", text.lower().replace("ł", "l"))
    letters = "".join(sign for sign in flat if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[#:*\"'.]+", " ", letters).split())


def _layout(row: _Row, columns: CsvColumns | None) -> _Layout | None:
    names = [_plain(cell) for cell in row.cells]

    def at(use: str) -> int | None:
        given = getattr(columns, use) if columns else ""
        candidates = (_plain(given),) if given else () if columns else _NAMES[use]
        return next((names.index(one) for one in candidates if one in names), None)

    booked_on = at("booked_on")
    amount, debit, credit = at("amount"), at("debit"), at("credit")
    if booked_on is None or (amount is None and (debit is None or credit is None)):
        return None
    reasons = tuple(map(_plain, columns.reason)) if columns else _REASONS
    searched = tuple(map(_plain, columns.texts)) if columns else ()
    return _Layout(
        width=len(names),
        booked_on=booked_on,
        amount=amount,
        side=at("side"),
        debit=debit,
        credit=credit,
        status=at("status"),
        account=at("account"),
        currency=at("currency"),
        reasons=tuple(names.index(name) for name in reasons if name in names),
        texts=tuple(place for place, name in enumerate(names) if not searched or name in searched),
    )


def _is_signed(rows: Sequence[_Row], layout: _Layout) -> bool:
    """Whether the file tells money that went from money that came: a report on an imported file has no signs."""
    if layout.amount is None or layout.side is not None:
        return True
    return any((grosze_in(row.cells[layout.amount]) or 0) < 0 for row in rows if len(row.cells) > layout.amount)


def _confirmed(row: _Row, ours: Sequence[str], layout: _Layout, *, signed: bool) -> Confirmation | str | None:
    """What became of our transfer; a Polish sentence for a fault, ``None`` while the bank has not decided."""
    if len(ours) > 1:
        return f"ma kilka naszych referencji ({', '.join(ours)}). Proszę wyjaśnić z bankiem."
    # An empty last column is often left out; anything else moves the amounts into other columns.
    if len(row.cells) < layout.width - 1 or any(cell.strip() for cell in row.cells[layout.width :]):
        return f"ma {len(row.cells)} kolumn, a nagłówek {layout.width}. Proszę pobrać plik jeszcze raz."

    def cell(place: int | None) -> str:
        return row.cells[place].strip() if place is not None and place < len(row.cells) else ""

    if (currency := _plain(cell(layout.currency))) and currency not in {"pln", "zl"}:
        return "jest w innej walucie niż złote, a wypłacamy w złotych."
    booked_on = day_in(cell(layout.booked_on))
    if booked_on is None:
        return "nie ma czytelnej daty (RRRR-MM-DD albo DD.MM.RRRR)."
    change = _change(
        amount=cell(layout.amount), side=cell(layout.side), debit=cell(layout.debit), credit=cell(layout.credit)
    )
    if isinstance(change, str):
        return change
    returned = change > 0
    if layout.status is not None:
        outcome = _STATUSES.get(_plain(cell(layout.status)))
        if outcome is None:
            return "ma status, którego nie znamy. Proszę sprawdzić w banku i wczytać wyciąg MT940."
        if outcome is _Outcome.PENDING:
            return None
        if outcome is _Outcome.BOOKED and not signed:
            return "ma status, z którego nie wynika, czy pieniądze wyszły, czy wróciły. Proszę wczytać wyciąg MT940."
        returned = outcome is _Outcome.RETURNED or (signed and change > 0)
    return Confirmation(
        line=row.line,
        reference=ours[0],
        account=account_in(cell(layout.account)),
        amount=abs(change),
        booked_on=booked_on,
        returned=returned,
        reason=reason_from(*(cell(place) for place in layout.reasons)) if returned else "",
    )


def _change(*, amount: str, side: str, debit: str, credit: str) -> int | str:
    """What a row does to the account, in grosze; a Polish sentence if that cannot be told."""
    if not amount and bool(debit) != bool(credit):
        grosze = grosze_in(debit or credit)
        change = None if grosze is None else -abs(grosze) if debit else abs(grosze)
    elif not amount:
        both = [grosze_in(debit) if debit else 0, grosze_in(credit) if credit else 0]
        # Some banks write 0,00 into the column that does not apply.
        told = debit or credit
        change = None if not told or None in both or 0 not in both else abs(both[1] or 0) - abs(both[0] or 0)
    else:
        change = grosze_in(amount)
        if change is not None and (said := _plain_side(side)) is not None:
            change = said * abs(change)
        elif side:
            return "nie wiadomo, czy to obciążenie, czy uznanie (kolumna strony jest nieczytelna)."
    if change is None:
        return "kwota jest nieczytelna albo dwuznaczna (na przykład „1.234”). Kwotę zapisuje się tak: 1 234,56."
    if change == 0:
        return "kwota wynosi zero."
    return change


def _plain_side(side: str) -> int | None:
    said = side.strip() if side.strip() in {"+", "-"} else _plain(side)
    return -1 if said in _DEBITS else 1 if said in _CREDITS else None
