"""Who acts: an officer or a scheduled process, with rights and a territorial scope.

Roles are what an office hands out; rights are what code asks for. The scope is a TERYT prefix: ``""`` is the
whole project, ``"22"`` a voivodship, ``"2205"`` a powiat.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.errors import NotAllowed


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    RECRUITMENT = "recruitment"
    COMMISSION = "commission"
    FINANCE = "finance"
    APPROVER = "approver"
    PROCESS = "process"


class Right(StrEnum):
    MANAGE_OFFICERS = "manage_officers"
    MANAGE_KEYS = "manage_keys"
    LOAD_PROJECT = "load_project"
    READ = "read"
    TAKE_IN = "take_in"
    CORRECT = "correct"
    VERIFY = "verify"
    RANK = "rank"
    APPOINT = "appoint"
    CONVENE = "convene"
    DECIDE = "decide"
    ANNOUNCE = "announce"
    OFFER = "offer"
    MEMBERSHIP = "membership"
    APPEAL = "appeal"
    MEETINGS = "meetings"
    ATTENDANCE = "attendance"
    MONEY = "money"
    APPROVE_PAYMENTS = "approve_payments"
    INSTITUTIONS = "institutions"
    OUTBOX = "outbox"
    DELIVER = "deliver"
    REMIND = "remind"
    SEAL = "seal"
    EXPORT_LISTS = "export_lists"
    EXPORT_MAILS = "export_mails"
    EXPORT_FILES = "export_files"
    EXPORT_ATTENDANCE = "export_attendance"
    EXPORT_BILLS = "export_bills"


RIGHT_WORDS: Mapping[StrEnum, str] = {
    Right.MANAGE_OFFICERS: "zakładanie kont",
    Right.MANAGE_KEYS: "zmiana kluczy",
    Right.LOAD_PROJECT: "wczytywanie projektu i otwieranie naborów",
    Right.READ: "wgląd",
    Right.TAKE_IN: "przyjmowanie formularzy",
    Right.CORRECT: "zmiana wartości",
    Right.VERIFY: "weryfikacja",
    Right.RANK: "sporządzanie list",
    Right.APPOINT: "powoływanie Komisji",
    Right.CONVENE: "prowadzenie posiedzeń Komisji",
    Right.DECIDE: "decydowanie",
    Right.ANNOUNCE: "ogłaszanie wyników",
    Right.OFFER: "proponowanie miejsc w grupie",
    Right.MEMBERSHIP: "prowadzenie członkostwa",
    Right.APPEAL: "rozstrzyganie odwołań",
    Right.MEETINGS: "prowadzenie spotkań",
    Right.ATTENDANCE: "wpisywanie obecności",
    Right.MONEY: "rozliczenia",
    Right.APPROVE_PAYMENTS: "zatwierdzanie wypłat",
    Right.INSTITUTIONS: "prowadzenie instytucji i porozumień",
    Right.OUTBOX: "zmiana wiadomości",
    Right.DELIVER: "wysyłanie poczty",
    Right.REMIND: "przypomnienia",
    Right.SEAL: "pieczętowanie dziennika",
    Right.EXPORT_LISTS: "eksport list i protokołów",
    Right.EXPORT_MAILS: "eksport poczty",
    Right.EXPORT_FILES: "eksport nadesłanych plików",
    Right.EXPORT_ATTENDANCE: "eksport list obecności",
    Right.EXPORT_BILLS: "eksport rachunków i list wypłat",
}
"""What an officer is told that he may not do."""

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            Right.MANAGE_OFFICERS,
            Right.MANAGE_KEYS,
            Right.LOAD_PROJECT,
            Right.READ,
            Right.SEAL,
            # As with accounts: who proposes does not choose who decides.
            Right.APPOINT,
        }
    ),
    Role.RECRUITMENT: frozenset(
        {
            Right.READ,
            Right.LOAD_PROJECT,
            Right.TAKE_IN,
            Right.CORRECT,
            Right.VERIFY,
            Right.RANK,
            Right.CONVENE,
            Right.ANNOUNCE,
            Right.OFFER,
            Right.MEMBERSHIP,
            Right.MEETINGS,
            Right.ATTENDANCE,
            Right.INSTITUTIONS,
            Right.OUTBOX,
            Right.DELIVER,
            Right.REMIND,
            Right.EXPORT_LISTS,
            Right.EXPORT_MAILS,
            Right.EXPORT_FILES,
            Right.EXPORT_ATTENDANCE,
        }
    ),
    Role.COMMISSION: frozenset({Right.READ, Right.CONVENE, Right.DECIDE, Right.APPEAL}),
    Role.FINANCE: frozenset({Right.READ, Right.ATTENDANCE, Right.MONEY, Right.EXPORT_ATTENDANCE, Right.EXPORT_BILLS}),
    # As with lists and decisions: who prepares payments does not let them go.
    Role.APPROVER: frozenset({Right.READ, Right.APPROVE_PAYMENTS, Right.EXPORT_BILLS}),
    # What a scheduled run may do without a person: never decide, announce, erase or pay. A free seat it may offer, in
    # the order of the reserve that people decided on.
    Role.PROCESS: frozenset(
        {
            Right.READ,
            Right.TAKE_IN,
            Right.VERIFY,
            Right.RANK,
            Right.OFFER,
            Right.MEMBERSHIP,
            Right.MEETINGS,
            Right.DELIVER,
            Right.REMIND,
            Right.SEAL,
        }
    ),
}


@dataclass(frozen=True)
class Actor:
    """One who acts. ``login`` stands in every event: an officer's login or ``process:<flow>``."""

    login: str
    roles: frozenset[Role]
    scope: str = ""

    def has(self, right: Right) -> bool:
        return any(right in RIGHTS[role] for role in self.roles)

    def require(self, right: Right, *, area: str | None = None) -> None:
        """Raises ``NotAllowed`` unless the actor has the right, and covers ``area`` when one is named."""
        if not self.has(right):
            raise NotAllowed(
                f"Konto „{self.login}” nie ma uprawnienia: {RIGHT_WORDS[right]}. Poproś administratora o rolę."
            )
        if area is not None and not self.covers(area):
            raise NotAllowed(f"Konto „{self.login}” działa na obszarze {self.scope}; to jest poza nim.")

    def require_everywhere(self, right: Right) -> None:
        """For what belongs to the whole office (keys, seals). Raises ``NotAllowed`` for an actor of one area."""
        self.require(right)
        if self.scope:
            raise NotAllowed(f"Konto „{self.login}” działa na obszarze {self.scope}; to dotyczy całego biura.")

    def covers(self, area: str) -> bool:
        return area.startswith(self.scope)


def process(name: str) -> Actor:
    """The scheduled process ``name`` (a flow), acting for the whole project."""
    return Actor(login=f"process:{name}", roles=frozenset({Role.PROCESS}))
