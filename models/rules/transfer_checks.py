"""Whether a bank will take a transfer, told before the file exists: every fault at once, by the transfer's reference.

No sentence quotes a name, an address or an account: a fault may be printed, logged and mailed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from stdnum import iban

from models.rules.bank_profiles import BankFormat, BankProfile
from models.rules.transfers import Payer, Transfer, TransferFault

LINE: Final = 35
"""Characters of one line of a text in Elixir-O."""
LINES: Final = 4
ADDRESS_LINE: Final = 70
"""Characters of one address line in pain.001; the EPC allows two of them."""
ADDRESS_LINES: Final = 2
NAME_LENGTH: Final = 70
"""Of a party in pain.001: the schema allows 140, the EPC 70 (EPC217-08)."""
TITLE_LENGTH: Final = 140
REFERENCE_LENGTH: Final = 16

# Banks write references in capitals and repeat nothing but letters, digits and few signs.
_REFERENCE = re.compile(r"[A-Z0-9]+(?:[-/.][A-Z0-9]+)*")
_SORT_CODE_WEIGHTS: Final = (3, 9, 7, 1, 3, 9, 7, 1)
_NAMED_SIGNS: Final = {",": "przecinek", "|": "kreska pionowa", '"': "cudzysłów", " ": "spacja"}


@dataclass(frozen=True)
class PartyLines:
    """A payer or payee as the file has it."""

    name: tuple[str, ...] = field(repr=False)
    address: tuple[str, ...] = field(repr=False)

    @property
    def all(self) -> tuple[str, ...]:
        return self.name + self.address


def lines_of(text: str, width: int) -> tuple[str, ...] | None:
    """The text in lines of at most ``width`` characters, broken between words; ``None`` if a word is longer."""
    lines: list[str] = []
    for word in text.split(" "):
        if len(word) > width:
            return None
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        elif word:
            lines.append(word)
    return tuple(lines)


def party_lines(profile: BankProfile, name: str, address: str) -> PartyLines | None:
    """Name and address as the profile's format breaks them; ``None`` if they do not fit."""
    name, address = profile.spelled(name)[0], profile.spelled(address)[0]
    if profile.format is BankFormat.ELIXIR_O:
        names, addresses = lines_of(name, LINE), lines_of(address, LINE)
        if names is None or addresses is None or len(names) + len(addresses) > LINES:
            return None
        return PartyLines(names, addresses)
    addresses = lines_of(address, ADDRESS_LINE)
    if len(name) > NAME_LENGTH or addresses is None or len(addresses) > ADDRESS_LINES:
        return None
    return PartyLines((name,), addresses)


def title_of(profile: BankProfile, transfer: Transfer) -> str:
    """The title as the file has it, with the reference at its end where the profile wants it and it is not there."""
    title = profile.spelled(transfer.title)[0]
    if profile.reference_in_title and transfer.reference not in title.split(" "):
        title = f"{title} {transfer.reference}"
    return title


def title_lines(profile: BankProfile, title: str) -> tuple[str, ...] | None:
    """The title's lines, ``None`` if it does not fit."""
    if profile.format is BankFormat.PAIN_001:
        return (title,) if len(title) <= TITLE_LENGTH else None
    lines = lines_of(title, LINE)
    return None if lines is None or len(lines) > LINES else lines


def faults(profile: BankProfile, payer: Payer, transfers: Sequence[Transfer], *, on: date) -> list[TransferFault]:
    """Why the file cannot be written, everything at once: the payer's and the file's faults first, then by transfer.

    An empty list means that :func:`flows.adapters.bank_files.payment_file` writes it. A day on which banks do not
    carry transfers is no fault of the file: a bank carries it out on the next one, and whoever freezes a batch has
    been told.
    """
    found = [TransferFault("", sentence) for sentence in _file_faults(profile, payer, transfers, on)]
    seen: set[str] = set()
    for transfer in transfers:
        shown = _shown(transfer.reference)
        found.extend(
            TransferFault(transfer.reference, f"Przelew {shown}: {sentence}")
            for sentence in _transfer_faults(profile, payer, transfer)
        )
        if transfer.reference in seen:
            found.append(
                TransferFault(
                    transfer.reference,
                    f"Przelew {shown}: tę samą referencję ma w tym pliku inny przelew, więc potwierdzenia nie "
                    "dałoby się przypisać. Proszę nadać każdemu przelewowi własną.",
                )
            )
        seen.add(transfer.reference)
    return found


def account_fault(account: str) -> str:
    """What is wrong with the 26 digits of an NRB, as the end of a Polish sentence; empty when nothing is.

    The check digits (modulo 97) decide. Where they disagree, the own check digit of the bank's sort code (digits 3–10,
    weights 3 9 7 1 3 9 7 1 modulo 10) tells in which part of the number the mistake is.
    """
    if not (account.isascii() and account.isdigit()):
        return "ma zawierać same cyfry (26 cyfr NRB, bez „PL” i bez odstępów)"
    if len(account) != 26:
        return f"ma mieć 26 cyfr, a ma ich {len(account)}"
    if len(set(account)) == 1:
        return "składa się z jednej powtórzonej cyfry"
    if iban.is_valid(f"PL{account}"):
        return ""
    weighed = sum(weight * int(digit) for weight, digit in zip(_SORT_CODE_WEIGHTS, account[2:10], strict=True))
    where = (
        "pomyłka jest wśród cyfr 3–10 (numer rozliczeniowy banku)"
        if weighed % 10
        else "pomyłka jest w cyfrach 1–2 (kontrolnych) albo 11–26 (numer klienta)"
    )
    return f"ma błędną cyfrę: suma kontrolna (modulo 97) się nie zgadza; najpewniej {where}"


def _file_faults(profile: BankProfile, payer: Payer, transfers: Sequence[Transfer], on: date) -> Iterator[str]:
    if not transfers:
        yield "Plik nie miałby ani jednego przelewu. Proszę wybrać listę, na której ktoś czeka na wypłatę."
    if len(transfers) > profile.most_transfers:
        yield (
            f"Plik miałby {len(transfers)} przelewów, a bank przyjmuje w jednym {profile.most_transfers}. "
            "Proszę podzielić listę na części."
        )
    if not 2000 <= on.year <= 2099:
        yield f"Data przelewów ({on:%d.%m.%Y}) jest nieprawdopodobna. Proszę ją poprawić."
    if why := account_fault(payer.account):
        yield f"Rachunek płatnika {why}. Proszę poprawić go w danych projektu."
    for what, text in (("nazwie płatnika", payer.name), ("adresie płatnika", payer.address)):
        yield from _sign_faults(profile, what, text)
    if not _said(payer.name):
        yield "Brak nazwy płatnika. Proszę wpisać ją w danych projektu."
    elif party_lines(profile, payer.name, payer.address) is None:
        yield f"Nazwa i adres płatnika są za długie: {_room(profile)} Proszę je skrócić w danych projektu."


def _transfer_faults(profile: BankProfile, payer: Payer, transfer: Transfer) -> Iterator[str]:
    yield from _reference_faults(transfer.reference)
    if why := account_fault(transfer.payee_account):
        yield f"rachunek odbiorcy {why}. Proszę poprosić o numer jeszcze raz i poprawić oświadczenie."
    elif transfer.payee_account == payer.account:
        yield "rachunek odbiorcy jest rachunkiem płatnika. Proszę sprawdzić oświadczenie."
    yield from _amount_faults(profile, transfer.amount)
    for what, text in (
        ("nazwie odbiorcy", transfer.payee_name),
        ("adresie odbiorcy", transfer.payee_address),
        ("tytule", transfer.title),
    ):
        yield from _sign_faults(profile, what, text)
    if not _said(transfer.payee_name):
        yield "brak nazwy odbiorcy. Proszę uzupełnić imię i nazwisko."
    elif party_lines(profile, transfer.payee_name, transfer.payee_address) is None:
        yield f"nazwa i adres odbiorcy są za długie: {_room(profile)} Proszę je skrócić."
    if not _said(transfer.title):
        yield "brak tytułu przelewu. Proszę go podać."
    elif title_lines(profile, title_of(profile, transfer)) is None:
        room = (
            f"plik ma na niego {LINES} wiersze po {LINE} znaków"
            if profile.format is BankFormat.ELIXIR_O
            else f"plik ma na niego {TITLE_LENGTH} znaków"
        )
        with_reference = " (razem z referencją)" if profile.reference_in_title else ""
        yield f"tytuł jest za długi: {room}{with_reference}. Proszę go skrócić."


def _reference_faults(reference: str) -> Iterator[str]:
    if not reference:
        yield "brak referencji. Proszę nadać ją każdemu przelewowi."
    elif len(reference) > REFERENCE_LENGTH:
        yield f"referencja ma {len(reference)} znaków, a bank przyjmuje {REFERENCE_LENGTH}. Proszę ją skrócić."
    elif not _REFERENCE.fullmatch(reference):
        yield "referencja może mieć tylko wielkie litery bez ogonków i cyfry, a między nimi „-”, „.” lub „/”."


def _amount_faults(profile: BankProfile, amount: int) -> Iterator[str]:
    if amount == 0:
        yield "kwota wynosi 0,00 zł. Proszę usunąć go z listy: pustego przelewu bank nie przyjmie."
    elif amount < 0:
        yield f"kwota jest ujemna ({_zloty(amount)}). Zwrotu od odbiorcy nie zleca się przelewem."
    elif amount > profile.largest_amount:
        yield (
            f"kwota {_zloty(amount)} przekracza {_zloty(profile.largest_amount)}, najwięcej, ile przenosi Elixir. "
            "Proszę zlecić ten przelew w banku ręcznie (SORBNET)."
        )


def _sign_faults(profile: BankProfile, what: str, text: str) -> Iterator[str]:
    for sign in profile.spelled(text)[1]:
        yield (
            f"w {what} jest {_named(sign)}, którego profil „{profile.code}” nie dopuszcza. Proszę zapisać to inaczej."
        )


def _named(sign: str) -> str:
    if not sign.isprintable():
        return f"znak niewidoczny (U+{ord(sign):04X})"
    name = _NAMED_SIGNS.get(sign)
    return f"znak „{sign}” ({name})" if name else f"znak „{sign}”"


def _shown(reference: str) -> str:
    """As it may be printed: what is no reference of ours could be anything."""
    return reference if len(reference) <= REFERENCE_LENGTH and _REFERENCE.fullmatch(reference) else "bez referencji"


def _said(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _room(profile: BankProfile) -> str:
    if profile.format is BankFormat.ELIXIR_O:
        return f"plik ma na nie razem {LINES} wiersze po {LINE} znaków, a słów się nie dzieli."
    return f"plik ma {NAME_LENGTH} znaków na nazwę i {ADDRESS_LINES} wiersze po {ADDRESS_LINE} na adres."


def _zloty(grosze: int) -> str:
    sign, whole = "-" if grosze < 0 else "", abs(grosze)
    return f"{sign}{whole // 100:,}".replace(",", "\u00a0") + f",{whole % 100:02d} zł"
