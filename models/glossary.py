"""The Polish word for every stored state, role and right: what officers read wherever one is shown.

A state is looked up by its own type: ``ranked`` is one word of an application and another of a call.
"""

from collections.abc import Mapping
from enum import StrEnum

from models.actor import RIGHT_WORDS, Right, Role
from models.contract_rules import Paper, States
from models.rules.invitation_answers import AnswerOutcome
from models.rules.meeting_kinds import MeetingKind
from models.rules.member_needs import Need
from models.rules.presence import AttendanceStatus, Presence
from models.rules.promotion import Ground
from models.rules.rehearsal import Stand
from models.rules.voting import Majority, Tie, Voice
from models.support_rules import SupportForm
from models.tables.agreements import AgreementState, AskedState, PartyStep
from models.tables.appeals import AppealState
from models.tables.applications import ApplicationState, ChangeState, CorrectionState, Origin
from models.tables.appointments import ActKind
from models.tables.batches import BatchState, EntryKind, ItemState
from models.tables.calls import CallState
from models.tables.commission import MemberFunction, RecusalCause, SeatState, SessionState
from models.tables.contracts import ContractState, StatementFormState
from models.tables.decisions import DecisionOutcome
from models.tables.files import FileState
from models.tables.institutions import InstitutionKind, InstitutionState
from models.tables.log import IncidentState
from models.tables.mail import MailKind, MailState
from models.tables.meetings import (
    AnswerMethod,
    AnswerRoad,
    AttendanceFileKind,
    InvitationRole,
    InvitationState,
    MeetingOrigin,
    MeetingState,
)
from models.tables.memberships import MembershipState
from models.tables.nominations import InstitutionSeatState, NominationCause, NominationStep, SeatChangeState
from models.tables.outbox import Audience, Channel, MessageState
from models.tables.projects import Manner
from models.tables.stipends import StipendState
from models.tables.support import SupportSessionState, SupportState

GLOSSARY: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    ApplicationState: {
        ApplicationState.RECEIVED: "przyjęte",
        ApplicationState.AWAITING_TYPING: "czeka na przepisanie",
        ApplicationState.INCOMPLETE: "do uzupełnienia",
        ApplicationState.CORRECTED: "uzupełnione",
        ApplicationState.CLOSED_INCOMPLETE: "zamknięte – niekompletne",
        ApplicationState.COMPLETE: "kompletne – do weryfikacji",
        ApplicationState.ELIGIBLE: "spełnia kryteria formalne",
        ApplicationState.NOT_ELIGIBLE: "nie spełnia kryteriów formalnych",
        ApplicationState.RANKED: "na liście rankingowej",
        ApplicationState.ACCEPTED: "decyzja: przyjęte",
        ApplicationState.RESERVE: "decyzja: lista rezerwowa",
        ApplicationState.REJECTED: "decyzja: odrzucone",
        ApplicationState.ANNOUNCED: "wynik ogłoszony",
        ApplicationState.ADMITTED: "przyjęte do grupy",
        ApplicationState.REFUSED: "nieprzyjęte do grupy",
        ApplicationState.WITHDRAWN: "wycofane",
    },
    Origin: {Origin.FORM: "formularz", Origin.OFFICER: "pracownik"},
    Ground: {
        Ground.SECTOR: "obszar kooperacji",
        Ground.APPEAL: "uwzględnione odwołanie",
        Ground.COMPOSITION: "skład grupy",
        Ground.ORDER: "kolejność na liście",
    },
    AgreementState: {AgreementState.OPEN: "otwarte na przystąpienie", AgreementState.CLOSED: "zamknięte"},
    AskedState: {
        AskedState.ASKED: "czeka na podpis",
        AskedState.SIGNED: "podpisane",
        AskedState.DECLINED: "odmowa podpisania",
        AskedState.WITHDRAWN: "zaproszenie wycofane",
    },
    SupportForm: {SupportForm.INDIVIDUAL: "indywidualne", SupportForm.GROUP: "grupowe"},
    SupportState: {
        SupportState.WAITING: "czeka na decyzję",
        SupportState.GRANTED: "przyznane",
        SupportState.REFUSED: "odmowa",
        SupportState.ENDED: "zakończone",
    },
    SupportSessionState: {
        SupportSessionState.PLANNED: "zaplanowana",
        SupportSessionState.HELD: "odbyła się",
        SupportSessionState.CANCELLED: "odwołana",
        SupportSessionState.REPLACED: "zastąpiona",
    },
    PartyStep: {
        PartyStep.SIGNED: "podpisanie porozumienia",
        PartyStep.ACCEDED: "przystąpienie",
        PartyStep.LEFT: "wystąpienie",
    },
    ActKind: {ActKind.APPOINTMENT: "powołanie", ActKind.RECALL: "odwołanie"},
    AppealState: {
        AppealState.FILED: "wniesione",
        AppealState.UNDER_REVIEW: "w rozpatrywaniu",
        AppealState.UPHELD: "uwzględnione",
        AppealState.REJECTED: "nieuwzględnione",
        AppealState.WITHDRAWN: "wycofane",
    },
    CorrectionState: {
        CorrectionState.OPEN: "czeka na odpowiedź",
        CorrectionState.ANSWERED: "otrzymano odpowiedź",
        CorrectionState.EXPIRED: "termin minął",
        CorrectionState.CLOSED: "zamknięte",
    },
    ChangeState: {
        ChangeState.WAITING: "czeka na pracownika",
        ChangeState.ACCEPTED: "przyjęta",
        ChangeState.REFUSED: "nieprzyjęta",
        ChangeState.OVERTAKEN: "nieaktualna",
    },
    CallState: {
        CallState.OPEN: "otwarty",
        CallState.RANKED: "lista rankingowa gotowa",
        CallState.DECIDED: "decyzje podjęte",
        CallState.ANNOUNCED: "wyniki ogłoszone",
    },
    DecisionOutcome: {
        DecisionOutcome.ACCEPTED: "przyjęte",
        DecisionOutcome.RESERVE: "lista rezerwowa",
        DecisionOutcome.REJECTED: "odrzucone",
    },
    MemberFunction: {
        MemberFunction.CHAIR: "osoba przewodnicząca",
        MemberFunction.SECRETARY: "sekretarz",
        MemberFunction.MEMBER: "osoba w składzie",
    },
    SeatState: {SeatState.APPOINTED: "w składzie", SeatState.DISMISSED: "odwołana"},
    SessionState: {SessionState.OPEN: "trwa", SessionState.CLOSED: "zamknięte"},
    RecusalCause: {
        RecusalCause.DECLARED: "oświadczenie o konflikcie interesów",
        RecusalCause.SAME_INSTITUTION: "zgłoszenie z własnej instytucji",
    },
    Voice: {Voice.FOR: "za", Voice.AGAINST: "przeciw", Voice.ABSTAIN: "wstrzymuje się"},
    Majority: {
        Majority.SIMPLE: "zwykła większość (więcej za niż przeciw)",
        Majority.ABSOLUTE: "bezwzględna większość (ponad połowa głosujących)",
        Majority.TWO_THIRDS: "dwie trzecie głosujących",
    },
    Tie: {Tie.CHAIR: "rozstrzyga głos osoby przewodniczącej", Tie.FALLS: "wniosek upada"},
    FileState: {
        FileState.STORED: "czeka na odczytanie",
        FileState.FILED: "włączony do zgłoszenia",
        FileState.UNREADABLE: "nieczytelny",
        FileState.SETTLED: "sprawa zamknięta",
    },
    MailKind: {
        MailKind.APPLICATION: "list z załącznikami",
        MailKind.AUTO_REPLY: "odpowiedź automatyczna",
        MailKind.BOUNCE: "zwrot poczty",
        MailKind.CALENDAR: "odpowiedź z kalendarza",
        MailKind.EMPTY: "list bez załącznika",
        MailKind.OTHER: "inny list",
    },
    MailState: {
        MailState.STORED: "pliki czekają na odczytanie",
        MailState.FILED: "przyjęty",
        MailState.WAITING: "czeka na pracownika",
        MailState.SET_ASIDE: "odłożony bez czynności",
        MailState.SETTLED: "sprawa zamknięta",
    },
    InstitutionKind: {
        InstitutionKind.GMINA: "gmina",
        InstitutionKind.POWIAT: "powiat",
        InstitutionKind.VOIVODSHIP: "województwo",
        InstitutionKind.OTHER: "instytucja",
    },
    InstitutionState: {InstitutionState.ACTIVE: "działa", InstitutionState.CLOSED: "zamknięta"},
    InstitutionSeatState: {
        InstitutionSeatState.INVITED: "czeka na wskazanie osoby",
        InstitutionSeatState.NAMED: "osoba w grupie",
        InstitutionSeatState.VACANT: "wolne – czeka na wskazanie innej osoby",
        InstitutionSeatState.DECLINED: "instytucja nie wskaże nikogo",
        InstitutionSeatState.CLOSED: "zamknięte",
    },
    NominationStep: {NominationStep.SEATED: "zajęcie miejsca", NominationStep.ENDED: "zwolnienie miejsca"},
    SeatChangeState: {
        SeatChangeState.AWAITED: "czeka na swój dzień",
        SeatChangeState.DONE: "nastąpiła",
        SeatChangeState.CALLED_OFF: "odwołana",
    },
    NominationCause: {
        NominationCause.NAMED: "wskazanie przez instytucję",
        NominationCause.REPLACED: "instytucja wskazała inną osobę",
        NominationCause.RECALLED: "instytucja odwołała osobę",
        NominationCause.LEFT: "rezygnacja osoby",
        NominationCause.STRUCK_OFF: "skreślenie z listy",
        NominationCause.WITHDRAWN: "wycofanie zgłoszenia",
        NominationCause.SEAT_CLOSED: "zamknięcie miejsca instytucji",
    },
    IncidentState: {IncidentState.OPEN: "do wyjaśnienia", IncidentState.SETTLED: "zamknięta"},
    MeetingState: {
        MeetingState.PLANNED: "zaplanowane",
        MeetingState.INVITED: "zaproszenia wysłane",
        MeetingState.HELD: "odbyło się",
        MeetingState.CANCELLED: "odwołane",
    },
    MeetingKind: {
        MeetingKind.MEETING: "spotkanie",
        MeetingKind.TRAINING: "szkolenie",
        MeetingKind.FOCUS_STUDY: "badanie fokusowe",
        MeetingKind.EXCHANGE: "wymiana doświadczeń",
        MeetingKind.COACHING: "coaching",
    },
    MeetingOrigin: {
        MeetingOrigin.PROJECT: "harmonogram projektu",
        MeetingOrigin.IMPORT: "plik z harmonogramem",
    },
    Need: {
        Need.ACCESS: "dostępność i szczególne potrzeby",
        Need.DIET: "dieta",
        Need.LODGING: "nocleg",
        Need.TRAVEL: "dojazd",
    },
    InvitationState: {
        InvitationState.INVITED: "bez odpowiedzi",
        InvitationState.ACCEPTED: "przyjęte",
        InvitationState.TENTATIVE: "wstępnie przyjęte",
        InvitationState.DECLINED: "odrzucone",
        InvitationState.DELEGATED: "osoba wskazuje kogoś innego",
        InvitationState.CANCELLED: "odwołane",
    },
    AttendanceStatus: {
        AttendanceStatus.PRESENT: "obecność",
        AttendanceStatus.LATE: "późniejsze przyjście",
        AttendanceStatus.LEFT_EARLY: "wcześniejsze wyjście",
        AttendanceStatus.LATE_AND_LEFT_EARLY: "późniejsze przyjście i wcześniejsze wyjście",
        AttendanceStatus.PARTIAL: "obecność przez część dnia",
        AttendanceStatus.ABSENT: "nieobecność",
        AttendanceStatus.EXCUSED: "nieobecność usprawiedliwiona",
    },
    AttendanceFileKind: {
        AttendanceFileKind.SHEET: "wypełniona lista",
        AttendanceFileKind.TABLE: "tabela",
        AttendanceFileKind.SCAN: "skan lub zdjęcie listy",
    },
    Presence: {
        Presence.NOTHING_YET: "nic jeszcze nie wpisano",
        Presence.MET: "wystarcza",
        Presence.AT_RISK: "zagrożona: kolejna nieobecność może przekreślić próg",
        Presence.BELOW: "poniżej progu, można jeszcze nadrobić",
        Presence.UNDECIDED: "poniżej progu, nie ma zaplanowanych dni",
        Presence.LOST: "progu nie da się już osiągnąć",
    },
    InvitationRole: {
        InvitationRole.MEMBER: "członek grupy",
        InvitationRole.SUBSTITUTE: "zastępstwo",
        InvitationRole.SUCCESSOR: "następna osoba z instytucji",
    },
    AnswerMethod: {
        AnswerMethod.REPLY: "odpowiedź",
        AnswerMethod.COUNTER: "propozycja innego terminu",
        AnswerMethod.REFRESH: "prośba o ponowne przesłanie zaproszenia",
    },
    AnswerRoad: {
        AnswerRoad.MAIL: "z kalendarza, pocztą",
        AnswerRoad.LINK: "odnośnikiem",
        AnswerRoad.OFFICER: "wpisał pracownik",
    },
    AnswerOutcome: {
        AnswerOutcome.TAKEN: "uwzględniona",
        AnswerOutcome.REPEATED: "ta sama co poprzednio",
        AnswerOutcome.OLDER: "starsza niż ta, którą już mamy",
        AnswerOutcome.OUTDATED: "dotyczy poprzedniego terminu spotkania",
        AnswerOutcome.PROPOSED: "proponuje inny termin",
        AnswerOutcome.PARTIAL: "dotyczy tylko jednego dnia spotkania",
        AnswerOutcome.CONFLICTING: "dwie różne odpowiedzi z tej samej chwili",
        AnswerOutcome.UNKNOWN_UID: "nie dotyczy żadnego naszego zaproszenia",
        AnswerOutcome.WRONG_ATTENDEE: "odpowiada ktoś inny niż osoba zaproszona",
        AnswerOutcome.WRONG_SENDER: "wysłano ją z innego adresu niż adres osoby zaproszonej",
        AnswerOutcome.SEVERAL_EVENTS: "zawiera kilka różnych wydarzeń",
        AnswerOutcome.METHOD_DIFFERS: "list i kalendarz mówią co innego o tym, czym ona jest",
        AnswerOutcome.UNREADABLE: "nie da się jej odczytać",
        AnswerOutcome.AHEAD: "odpowiada na wersję spotkania, której nie było",
        AnswerOutcome.CANCELLED: "dotyczy odwołanego zaproszenia",
        AnswerOutcome.TOO_LATE: "przyszła po spotkaniu",
        AnswerOutcome.NO_ANSWER: "nie mówi, czy osoba przyjdzie",
    },
    MembershipState: {
        MembershipState.OFFERED: "miejsce zaproponowane",
        MembershipState.CONFIRMED: "udział potwierdzony",
        MembershipState.DECLINED: "rezygnacja z miejsca",
        MembershipState.EXPIRED: "brak potwierdzenia w terminie",
        MembershipState.MEMBER: "uczestniczy w grupie",
        MembershipState.LEFT: "rezygnacja w trakcie",
        MembershipState.STRUCK_OFF: "skreślenie z listy",
        MembershipState.REPLACED: "miejsce zajęła inna osoba",
        MembershipState.REVOKED: "propozycja cofnięta",
    },
    Stand: {
        Stand.ACCEPTED: "przyjęte",
        Stand.RESERVE: "lista rezerwowa",
        Stand.REJECTED: "odrzucone",
        Stand.RELEASED: "przyjęte, miejsce zwolnione",
        Stand.ELIGIBLE: "spełnia kryteria, bez listy",
        Stand.OPEN: "nierozstrzygnięte",
    },
    Audience: {
        Audience.CANDIDATES: "wszyscy, którzy złożyli zgłoszenie",
        Audience.MEMBERS: "członkinie i członkowie grupy",
        Audience.OFFERED: "osoby, którym zaproponowano miejsce",
        Audience.RESERVE: "lista rezerwowa",
        Audience.REJECTED: "osoby niezakwalifikowane",
    },
    Channel: {
        Channel.EMAIL: "e-mail",
        Channel.EDORECZENIA: "e-Doręczenia",
        Channel.PAPER: "list papierowy",
    },
    MessageState: {
        MessageState.DRAFT: "do zatwierdzenia",
        MessageState.UNADDRESSED: "brak adresu",
        MessageState.HELD: "wstrzymana",
        MessageState.DUE: "do wysłania",
        MessageState.CLAIMED: "podjęta",
        MessageState.SENDING: "w trakcie wysyłki",
        MessageState.SENT: "wysłana",
        MessageState.KEPT: "zachowana (brak serwera poczty)",
        MessageState.PRINTED: "wydrukowana, do potwierdzenia",
        MessageState.DELAYED: "odłożona przez serwer",
        MessageState.REFUSED: "odrzucona przez serwer",
        MessageState.UNKNOWN: "nie wiadomo, czy wyszła",
        MessageState.BOUNCED: "wróciła, nie dotarła",
        MessageState.WITHDRAWN: "wycofana",
        MessageState.MERGED: "połączona z inną",
        MessageState.EXPIRED: "nie wyszła w porę",
    },
    ContractState: {
        ContractState.ISSUED: "sporządzona, do podpisu",
        ContractState.SIGNED: "podpisana",
        ContractState.REPLACED: "zastąpiona nową",
        ContractState.GIVEN_UP: "nie dojdzie do skutku",
    },
    StatementFormState: {
        StatementFormState.WAITING: "czeka na sprawdzenie",
        StatementFormState.ACCEPTED: "przyjęte",
        StatementFormState.REFUSED: "nieprzyjęte",
        StatementFormState.OVERTAKEN: "zastąpione nowszym",
    },
    Paper: {
        Paper.DECLARATION: "podpisana deklaracja uczestnictwa",
        Paper.STATEMENT: "oświadczenie do celów podatkowych i ubezpieczeniowych",
        Paper.ACCOUNT: "numer rachunku bankowego",
        Paper.PIT2: "oświadczenie PIT-2",
        Paper.CONTRACT_ISSUED: "umowa do podpisu",
        Paper.CONTRACT_SIGNED: "podpisana umowa",
        Paper.BILL: "podpisany rachunek",
    },
    States: {States.RATE: "stawka", States.AMOUNT: "kwota"},
    StipendState: {
        StipendState.CALCULATED: "obliczone, czeka na podpis",
        StipendState.BLOCKED: "wstrzymane",
        StipendState.SIGNED: "rachunek podpisany",
        StipendState.ORDERED: "na liście przelewów",
        StipendState.PAID: "wypłacone",
        StipendState.RETURNED: "przelew wrócił",
        StipendState.SUPERSEDED: "zastąpione nowym obliczeniem",
    },
    BatchState: {
        BatchState.FROZEN: "czeka na zatwierdzenie",
        BatchState.APPROVED: "zatwierdzona, czeka na plik",
        BatchState.EXPORTED: "plik gotowy, czeka na potwierdzenie banku",
        BatchState.PARTLY_CONFIRMED: "potwierdzona w części",
        BatchState.CONFIRMED: "potwierdzona",
        BatchState.DISCARDED: "zaniechana",
    },
    ItemState: {
        ItemState.ORDERED: "zlecony",
        ItemState.PAID: "wypłacony",
        ItemState.RETURNED: "wrócił",
        ItemState.RELEASED: "zdjęty z listy",
    },
    EntryKind: {EntryKind.PAID: "wypłata", EntryKind.RETURNED: "zwrot"},
    Manner: {Manner.PAPER: "na papierze", Manner.QUALIFIED: "kwalifikowanym podpisem elektronicznym"},
    Role: {
        Role.ADMINISTRATOR: "administrator",
        Role.RECRUITMENT: "rekrutacja",
        Role.COMMISSION: "Komisja Rekrutacyjna",
        Role.FINANCE: "finanse",
        Role.APPROVER: "zatwierdzanie wypłat",
        Role.PROCESS: "przebieg automatyczny",
    },
    Right: RIGHT_WORDS,
}

AGGREGATES: Mapping[str, str] = {
    "agreement": "porozumienie",
    "agreement_invitation": "zaproszenie do porozumienia",
    "appeal": "odwołanie",
    "application": "zgłoszenie",
    "call": "nabór",
    "commission_member": "miejsce w Komisji",
    "commission_session": "posiedzenie Komisji",
    "change": "zmiana odpowiedzi",
    "contract": "umowa",
    "correction": "uzupełnienie",
    "file": "plik",
    "incident": "zdarzenie do wyjaśnienia",
    "institution": "instytucja",
    "institution_seat": "miejsce instytucji",
    "invitation": "zaproszenie",
    "mail": "list",
    "meeting": "spotkanie",
    "membership": "miejsce w grupie",
    "message": "wiadomość",
    "pay_batch": "lista przelewów",
    "pay_batch_item": "przelew",
    "seat_change": "zmiana osoby w miejscu instytucji",
    "statement_form": "oświadczenie do wypłaty",
    "stipend": "wynagrodzenie",
    "support_grant": "wsparcie",
    "support_session": "sesja wsparcia",
}
"""What a lifecycle belongs to, as officers call it."""


def label(member: StrEnum) -> str:
    """The Polish word for a state, a role or a right. Raises ``KeyError`` for one that has none."""
    return GLOSSARY[type(member)][member]
