"""Reads a bank's statement in SWIFT's MT940, as Polish banks write it.

``:61:`` is a movement, ``:86:`` its description: one text, or sub-fields that begin with a sign of the bank's choice
and two digits (``~20``, ``?20``, ``<20``, ``^20``, ``+20``): 00 what the bank calls it, 20–29 the title, 31 and 38 the
other account. Sources of the variants are listed in docs/decisions/0037-bank-files.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from flows.adapters.statement_lines import (
    Fault,
    Statement,
    StatementUnreadable,
    account_in,
    ours_in,
    reason_from,
    told_twice,
)
from models.rules.transfers import Confirmation

_TAG = re.compile(r":(\d{2}[A-Z]?):")
# SWIFT's "6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]"; some banks leave out the type or write the currency's letter apart.
_MOVEMENT = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4}| {4})?(?P<mark>R?[DC])(?P<funds>[A-Z])? ?"
    r"(?P<whole>\d{1,13}),(?P<rest>\d{0,2})"
    r"(?P<kind>[A-Z][A-Z0-9 ]{3})?(?P<reference>.*)"
)
_BALANCE = re.compile(r"(?P<mark>[DC])(?P<day>\d{6})(?P<currency>[A-Z]{3})(?P<whole>\d{1,13}),(?P<rest>\d{0,2})")
_SUBFIELDS = re.compile(r"\s*\d{0,3}\s*([~?<^+])(?=\d{2})")
_TITLE: Final = tuple(str(number) for number in range(20, 30))
_OTHER_ACCOUNT: Final = ("38", "31", "30")
_ZLOTY: Final = "PLN"


@dataclass
class _Field:
    """One tag with its lines."""

    line: int
    tag: str
    lines: list[str] = field(repr=False)


@dataclass(frozen=True)
class _Movement:
    line: int
    booked_on: date
    amount: int
    mark: str
    texts: tuple[str, ...] = field(repr=False)

    @property
    def change(self) -> int:
        """What it does to the balance: a reversal (R) undoes what it names."""
        return self.amount if self.mark in {"C", "RD"} else -self.amount


@dataclass
class _Reading:
    """What has been read so far."""

    references: re.Pattern[str]
    account: str
    confirmations: list[Confirmation] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    others: int = 0
    here: bool = True
    """Whether the block is about the account that is asked for."""
    currency: str = _ZLOTY
    opening: int | None = None
    changes: int = 0


def read_mt940(text: str, references: re.Pattern[str], account: str) -> Statement:
    """Our transfers in the statement; blocks of another account than ``account`` (26 digits or empty) are passed over.

    D is money that left, C and RD money that came (back); RC is left to a person. The sums must lead from the opening
    balance to the closing one, so that a file that lost lines is noticed. Raises :class:`StatementUnreadable`.
    """
    fields = list(_fields(text))
    if not any(one.tag in {"61", "60F", "60M"} for one in fields):
        raise StatementUnreadable(
            [(0, "To nie jest wyciąg MT940: brak pól „:60F:” i „:61:”. Proszę pobrać z banku wyciąg MT940 albo CSV.")]
        )
    reading = _Reading(references, account)
    for place, one in enumerate(fields):
        following = fields[place + 1] if place + 1 < len(fields) else None
        match one.tag:
            case "20":
                reading.here, reading.currency, reading.opening = True, _ZLOTY, None
            case "25":
                stated = account_in(one.lines[0]) or account_in(one.lines[0].split("/")[-1])
                reading.here = not (stated and account) or stated == account
            case "60F" | "60M":
                _open(reading, one)
            case "61":
                _take(reading, one, following if following and following.tag == "86" else None)
            case "62F" | "62M":
                _close(reading, one)
    reading.faults.extend(told_twice(reading.confirmations))
    if reading.faults:
        raise StatementUnreadable(sorted(reading.faults))
    return Statement(tuple(reading.confirmations), reading.others)


def _fields(text: str) -> Iterator[_Field]:
    current: _Field | None = None
    for number, raw in enumerate(text.split("\n"), start=1):
        # Some banks put SOH and ETX around a block; SWIFT's own frame is "{1:…}{4:" and "-}".
        line = raw.rstrip("\r").strip("\x01\x03\x1a")
        line = line[line.rfind("{4:") + 3 :] if line.startswith("{1:") and "{4:" in line else line
        if match := _TAG.match(line):
            if current:
                yield current
            current = _Field(number, match[1], [line[match.end() :]])
        elif line in {"-", "-}", ""}:
            if current:
                yield current
            current = None
        elif current:
            current.lines.append(line)
    if current:
        yield current


def _open(reading: _Reading, one: _Field) -> None:
    match = _BALANCE.fullmatch(one.lines[0].strip())
    if match is None:
        reading.faults.append((one.line, "saldo otwarcia jest nieczytelne. Proszę pobrać wyciąg jeszcze raz."))
        reading.opening = None
        return
    reading.currency = match["currency"]
    reading.opening, reading.changes = _signed(match), 0


def _close(reading: _Reading, one: _Field) -> None:
    match = _BALANCE.fullmatch(one.lines[0].strip())
    if match is None:
        reading.faults.append((one.line, "saldo zamknięcia jest nieczytelne. Proszę pobrać wyciąg jeszcze raz."))
    elif reading.opening is not None and reading.opening + reading.changes != _signed(match):
        reading.faults.append(
            (
                one.line,
                "saldo zamknięcia nie zgadza się z saldem otwarcia i operacjami: w pliku brakuje wierszy albo zostały "
                "zmienione. Proszę pobrać wyciąg jeszcze raz.",
            )
        )
    reading.opening = None


def _take(reading: _Reading, one: _Field, description: _Field | None) -> None:
    """A movement of any account; what is faulty is told whether or not it is ours, for that cannot be known."""
    movement = _movement(one)
    if isinstance(movement, str):
        reading.faults.append((one.line, movement))
        # Without one of its movements a balance proves nothing: the line is faulty, not the sum.
        reading.opening = None
        return
    reading.changes += movement.change
    parts = _parts(description.lines if description else ())
    titles = [text for code, text in parts if code in (*_TITLE, "")]
    others = [text for code, text in parts if code not in (*_TITLE, "")]
    ours = ours_in(movement.texts, reading.references) or ours_in(titles, reading.references)
    ours = ours or [found for text in others for found in ours_in([text], reading.references)]
    if not ours or not reading.here:
        reading.others += 1
        return
    if len(set(ours)) > 1:
        reading.faults.append(
            (one.line, f"jedna operacja ma kilka naszych referencji ({', '.join(ours)}). Proszę wyjaśnić z bankiem.")
        )
    elif reading.currency != _ZLOTY:
        reading.faults.append((one.line, "wyciąg jest w innej walucie niż złote, a wypłacamy w złotych."))
    elif movement.mark == "RC":
        reading.faults.append(
            (one.line, f"bank wycofał zwrot przelewu {ours[0]} (storno uznania, RC). Proszę wyjaśnić to z bankiem.")
        )
    else:
        returned = movement.change > 0
        reading.confirmations.append(
            Confirmation(
                line=one.line,
                reference=ours[0],
                account=next((found for code in _OTHER_ACCOUNT if (found := _account(parts, code))), ""),
                amount=movement.amount,
                booked_on=movement.booked_on,
                returned=returned,
                reason=reason_from(*(text for code, text in parts if code in {"00", "", *_TITLE})) if returned else "",
            )
        )


def _movement(one: _Field) -> _Movement | str:
    """The movement, or a Polish sentence why it is none."""
    match = _MOVEMENT.fullmatch(one.lines[0].rstrip())
    if match is None:
        return "operacja („:61:”) jest nieczytelna: nie widać daty, strony (D/C) albo kwoty z przecinkiem."
    value = _day(match["value"])
    if value is None:
        return "operacja („:61:”) ma datę, której nie ma w kalendarzu."
    booked = value
    if (entry := (match["entry"] or "").strip()) and (near := _near(entry, value)) is not None:
        booked = near
    elif entry:
        return "operacja („:61:”) ma datę księgowania, której nie ma w kalendarzu."
    amount = _grosze(match)
    if amount == 0:
        return "operacja („:61:”) ma kwotę zero."
    own, _, of_the_bank = match["reference"].partition("//")
    return _Movement(one.line, booked, amount, match["mark"], (own.strip(), of_the_bank.strip(), *one.lines[1:]))


def _day(digits: str) -> date | None:
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def _near(entry: str, value: date) -> date | None:
    """The booking day, which MT940 writes without its year: the one nearest to the value date."""
    candidates = []
    for year in (value.year - 1, value.year, value.year + 1):
        try:
            candidates.append(date(year, int(entry[:2]), int(entry[2:])))
        except ValueError:
            continue
    return min(candidates, key=lambda day: abs(day - value), default=None)


def _grosze(match: re.Match[str]) -> int:
    return int(match["whole"]) * 100 + int(match["rest"].ljust(2, "0"))


def _signed(match: re.Match[str]) -> int:
    return _grosze(match) if match["mark"] == "C" else -_grosze(match)


def _parts(lines: Sequence[str]) -> list[tuple[str, str]]:
    """The sub-fields of a description by their two digits; one part without digits where there are none."""
    whole = "".join(lines)
    mark = _SUBFIELDS.match(whole)
    if mark is None:
        return [("", line) for line in lines]
    pieces = re.split(rf"{re.escape(mark[1])}(?=\d\d)", whole)
    return [(piece[:2], piece[2:].strip()) for piece in pieces[1:]]


def _account(parts: Sequence[tuple[str, str]], code: str) -> str:
    joined = "".join(text for found, text in parts if found == code)
    return account_in(joined)
