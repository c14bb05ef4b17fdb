"""The closed list of what can happen, with the Polish words an officer reads in an application's story."""

from enum import StrEnum


class Happened(StrEnum):
    PROJECT_LOADED = "ProjectLoaded"
    TERC_LOADED = "TercLoaded"
    UNIT_DECLARED = "UnitDeclared"
    INSTITUTION_ADDED = "InstitutionAdded"
    INSTITUTION_CHANGED = "InstitutionChanged"
    INSTITUTION_CLOSED = "InstitutionClosed"
    INSTITUTION_REOPENED = "InstitutionReopened"
    REPRESENTATIVE_NAMED = "RepresentativeNamed"
    AGREEMENT_OPENED = "AgreementOpened"
    AGREEMENT_CLOSED = "AgreementClosed"
    AGREEMENT_REDATED = "AgreementRedated"
    AGREEMENT_REOPENED = "AgreementReopened"
    AGREEMENT_ASKED = "AgreementAsked"
    AGREEMENT_SIGNED = "AgreementSigned"
    AGREEMENT_DECLINED = "AgreementDeclined"
    AGREEMENT_ASKING_ENDED = "AgreementAskingEnded"
    AGREEMENT_JOINED = "AgreementJoined"
    AGREEMENT_LEFT = "AgreementLeft"
    TEAM_OPENED = "TeamOpened"
    UNIT_SIGNING_KEPT = "UnitSigningKept"
    UNITS_INVITED = "UnitsInvited"
    DOCUMENT_NOTED = "DocumentNoted"
    OFFICER_ADDED = "OfficerAdded"
    OFFICER_ADDRESSED = "OfficerAddressed"
    TICKET_ISSUED = "TicketIssued"
    TICKET_USED = "TicketUsed"
    KEYS_ROTATED = "KeysRotated"
    CALL_OPENED = "CallOpened"
    FILE_STORED = "FileStored"
    FILE_FILED = "FileFiled"
    FILE_TO_TYPE = "FileToType"
    FILE_ADDED = "FileAdded"
    FILE_UNREADABLE = "FileUnreadable"
    FILE_REOPENED = "FileReopened"
    FILE_SETTLED = "FileSettled"
    FILE_SEEN_AGAIN = "FileSeenAgain"
    RECEIPT_CORRECTED = "ReceiptCorrected"
    MAIL_RECEIVED = "MailReceived"
    MAIL_FILED = "MailFiled"
    MAIL_LEFT_TO_OFFICER = "MailLeftToOfficer"
    MAIL_SET_ASIDE = "MailSetAside"
    MAIL_SETTLED = "MailSettled"
    APPLICATION_RECEIVED = "ApplicationReceived"
    APPLICATION_AWAITS_TYPING = "ApplicationAwaitsTyping"
    APPLICATION_TYPED = "ApplicationTyped"
    ANSWER_AWAITS_TYPING = "AnswerAwaitsTyping"
    APPLICATION_INCOMPLETE = "ApplicationIncomplete"
    APPLICATION_CORRECTED = "ApplicationCorrected"
    APPLICATION_COMPLETE = "ApplicationComplete"
    APPLICATION_CLOSED = "ApplicationClosedIncomplete"
    DUPLICATE_SEEN = "DuplicateSeen"
    PERSON_DIFFERS = "PersonDiffers"
    VALUE_OVERRULED = "ValueOverruled"
    CORRECTION_ASKED = "CorrectionAsked"
    CORRECTION_ANSWERED = "CorrectionAnswered"
    CORRECTION_EXPIRED = "CorrectionExpired"
    CORRECTION_CLOSED = "CorrectionClosed"
    CORRECTION_ROUNDS_SPENT = "CorrectionRoundsSpent"
    CORRECTION_REDATED = "CorrectionRedated"
    COPY_NOT_MADE = "CopyNotMade"
    CHANGE_SEEN = "ChangeSeen"
    CHANGE_ACCEPTED = "ChangeAccepted"
    CHANGE_REFUSED = "ChangeRefused"
    CHANGE_OVERTAKEN = "ChangeOvertaken"
    ADDRESS_CONFIRMED = "AddressConfirmed"
    SALUTATION_SET = "SalutationSet"
    FALSE_ID_SEEN = "FalseIdSeen"
    VERIFIED_ELIGIBLE = "VerifiedEligible"
    VERIFIED_NOT_ELIGIBLE = "VerifiedNotEligible"
    VERIFICATION_OPEN = "VerificationOpen"
    ASSESSOR_ASSIGNED = "AssessorAssigned"
    ASSESSED = "Assessed"
    APPLICATION_RANKED = "ApplicationRanked"
    CALL_RANKED = "CallRanked"
    PREFERENCE_RECORDED = "PreferenceRecorded"
    COMMISSION_APPOINTED = "CommissionAppointed"
    COMMISSION_DISMISSED = "CommissionDismissed"
    SESSION_OPENED = "SessionOpened"
    SESSION_CLOSED = "SessionClosed"
    SESSION_ATTENDED = "SessionAttended"
    SESSION_DEPARTED = "SessionDeparted"
    RECUSED = "Recused"
    VOTED = "Voted"
    PROTOCOL_ISSUED = "ProtocolIssued"
    DECIDED = "Decided"
    CALL_DECIDED = "CallDecided"
    ANNOUNCED = "Announced"
    CALL_ANNOUNCED = "CallAnnounced"
    APPLICATION_WITHDRAWN = "ApplicationWithdrawn"
    APPEAL_FILED = "AppealFiled"
    APPEAL_TAKEN_UP = "AppealTakenUp"
    APPEAL_UPHELD = "AppealUpheld"
    APPEAL_REJECTED = "AppealRejected"
    APPEAL_WITHDRAWN = "AppealWithdrawn"
    APPLICATION_REOPENED = "ApplicationReopened"
    RESERVE_PROMOTED = "ReservePromoted"
    SEAT_OFFERED = "SeatOffered"
    SEAT_CONFIRMED = "SeatConfirmed"
    SEAT_DECLINED = "SeatDeclined"
    SEAT_EXPIRED = "SeatExpired"
    SEAT_REVOKED = "SeatRevoked"
    SEAT_LEFT = "SeatLeft"
    SEAT_STRUCK_OFF = "SeatStruckOff"
    SEAT_REPLACED = "SeatReplaced"
    INSTITUTION_INVITED = "InstitutionInvited"
    INSTITUTION_ASKED_ANEW = "InstitutionAskedAnew"
    INSTITUTION_NAMED = "InstitutionNamed"
    INSTITUTION_SEAT_FREED = "InstitutionSeatFreed"
    INSTITUTION_DECLINED = "InstitutionDeclined"
    INSTITUTION_SEAT_CLOSED = "InstitutionSeatClosed"
    SEAT_CHANGE_AWAITED = "SeatChangeAwaited"
    SEAT_CHANGE_DONE = "SeatChangeDone"
    SEAT_CHANGE_CALLED_OFF = "SeatChangeCalledOff"
    NAMED_FOR_SEAT = "NamedForSeat"
    SEAT_UNCLEAR = "SeatUnclear"
    APPLICATION_ADMITTED = "ApplicationAdmitted"
    APPLICATION_REFUSED = "ApplicationRefused"
    PLACED_ON_WAITING_LIST = "PlacedOnWaitingList"
    PARTICIPATION_BEGAN = "ParticipationBegan"
    STATEMENT_RECORDED = "StatementRecorded"
    CONTRACT_RECORDED = "ContractRecorded"
    STATEMENT_ASKED = "StatementAsked"
    STATEMENT_CAME = "StatementCame"
    STATEMENT_ACCEPTED = "StatementAccepted"
    STATEMENT_REFUSED = "StatementRefused"
    STATEMENT_OVERTAKEN = "StatementOvertaken"
    CONTRACT_ISSUED = "ContractIssued"
    CONTRACT_SIGNED = "ContractSigned"
    CONTRACT_REPLACED = "ContractReplaced"
    CONTRACT_GIVEN_UP = "ContractGivenUp"
    MEETING_PLANNED = "MeetingPlanned"
    MEETING_INVITED = "MeetingInvited"
    MEETING_CHANGED = "MeetingChanged"
    MEETING_HELD = "MeetingHeld"
    MEETING_CANCELLED = "MeetingCancelled"
    SCHEDULE_IMPORTED = "ScheduleImported"
    MEETING_RECORDED = "MeetingRecorded"
    NEEDS_RECORDED = "NeedsRecorded"
    CERTIFICATE_ISSUED = "CertificateIssued"
    APPOINTMENT_ISSUED = "AppointmentIssued"
    RECALL_ISSUED = "RecallIssued"
    ACT_SIGNED = "ActSigned"
    INVITED = "Invited"
    REMINDED = "Reminded"
    INVITATION_ACCEPTED = "InvitationAccepted"
    INVITATION_DECLINED = "InvitationDeclined"
    INVITATION_CANCELLED = "InvitationCancelled"
    INVITATION_TENTATIVE = "InvitationTentative"
    INVITATION_DELEGATED = "InvitationDelegated"
    INVITATION_RENEWED = "InvitationRenewed"
    INVITATION_UPDATED = "InvitationUpdated"
    INVITATION_SENT_AGAIN = "InvitationSentAgain"
    ANSWER_NOT_TAKEN = "AnswerNotTaken"
    COUNTER_PROPOSED = "CounterProposed"
    COUNTER_ACCEPTED = "CounterAccepted"
    COUNTER_DECLINED = "CounterDeclined"
    SUBSTITUTE_INVITED = "SubstituteInvited"
    SUBSTITUTE_ATTENDED = "SubstituteAttended"
    ATTENDANCE_RECORDED = "AttendanceRecorded"
    ATTENDANCE_FILE_KEPT = "AttendanceFileKept"
    DAY_CONFIRMED = "DayConfirmed"
    ATTENDANCE_WARNED = "AttendanceWarned"
    COACHING_RECORDED = "CoachingRecorded"
    SUPPORT_ASKED = "SupportAsked"
    SUPPORT_JUDGED = "SupportJudged"
    SUPPORT_GRANTED = "SupportGranted"
    SUPPORT_REFUSED = "SupportRefused"
    SUPPORT_REDATED = "SupportRedated"
    SUPPORT_ENDED = "SupportEnded"
    SUPPORT_PLANNED = "SupportPlanned"
    SUPPORT_LISTED = "SupportListed"
    SUPPORT_HELD = "SupportHeld"
    SUPPORT_ATTENDED = "SupportAttended"
    SUPPORT_COMPLETED = "SupportCompleted"
    SUPPORT_CANCELLED = "SupportCancelled"
    SUPPORT_REPLACED = "SupportReplaced"
    STIPEND_CALCULATED = "StipendCalculated"
    STIPEND_BLOCKED = "StipendBlocked"
    STIPEND_SUPERSEDED = "StipendSuperseded"
    BILL_SIGNED = "BillSigned"
    SIGNED_BILL_KEPT = "SignedBillKept"
    PAYMENT_QUESTIONED = "PaymentQuestioned"
    RATE_CONFIRMED = "RateConfirmed"
    RATE_REVOKED = "RateRevoked"
    BATCH_FROZEN = "BatchFrozen"
    BATCH_APPROVED = "BatchApproved"
    BATCH_EXPORTED = "BatchExported"
    BATCH_FILE_TAKEN = "BatchFileTaken"
    BATCH_CONFIRMED = "BatchConfirmed"
    BATCH_DISCARDED = "BatchDiscarded"
    TRANSFER_ORDERED = "TransferOrdered"
    TRANSFER_RELEASED = "TransferReleased"
    TRANSFER_PAID = "TransferPaid"
    TRANSFER_RETURNED = "TransferReturned"
    HAND_ENTRY_ANSWERED = "HandEntryAnswered"
    STIPEND_ORDERED = "StipendOrdered"
    STIPEND_GIVEN_BACK = "StipendGivenBack"
    STIPEND_PAID = "StipendPaid"
    STIPEND_RETURNED = "StipendReturned"
    BANK_REPORT_READ = "BankReportRead"
    DOCUMENT_ISSUED = "DocumentIssued"
    EXPORTED = "Exported"
    LETTER_WRITTEN = "LetterWritten"
    CHANNEL_CHOSEN = "ChannelChosen"
    MESSAGE_QUEUED = "MessageQueued"
    MESSAGE_DRAFTED = "MessageDrafted"
    MESSAGE_UNADDRESSED = "MessageUnaddressed"
    MESSAGE_HELD = "MessageHeld"
    MESSAGE_RELEASED = "MessageReleased"
    MESSAGE_EDITED = "MessageEdited"
    MESSAGE_CLAIMED = "MessageClaimed"
    MESSAGE_SENDING = "MessageSending"
    MESSAGE_SENT = "MessageSent"
    MESSAGE_KEPT = "MessageKept"
    MESSAGE_PRINTED = "MessagePrinted"
    MESSAGE_MERGED = "MessageMerged"
    MESSAGE_UNMERGED = "MessageUnmerged"
    MESSAGE_DELAYED = "MessageDelayed"
    MESSAGE_REFUSED = "MessageRefused"
    MESSAGE_UNKNOWN = "MessageUnknown"
    MESSAGE_BOUNCED = "MessageBounced"
    MESSAGE_HELD_UP = "MessageHeldUp"
    MESSAGE_WITHDRAWN = "MessageWithdrawn"
    MESSAGE_EXPIRED = "MessageExpired"
    INCIDENT_RECORDED = "IncidentRecorded"
    INCIDENT_SETTLED = "IncidentSettled"


LABELS: dict[Happened, str] = {
    Happened.PROJECT_LOADED: "wczytano wersję projektu",
    Happened.TERC_LOADED: "wczytano rejestr TERC",
    Happened.UNIT_DECLARED: "odnotowano deklarację współpracy jednostki",
    Happened.INSTITUTION_ADDED: "wpisano instytucję",
    Happened.INSTITUTION_CHANGED: "zmieniono dane instytucji",
    Happened.INSTITUTION_CLOSED: "odnotowano, że instytucja już nie działa",
    Happened.INSTITUTION_REOPENED: "odnotowano, że instytucja znów działa",
    Happened.REPRESENTATIVE_NAMED: "wpisano, kto podpisuje w imieniu instytucji",
    Happened.AGREEMENT_OPENED: "otwarto porozumienie",
    Happened.AGREEMENT_CLOSED: "zamknięto porozumienie",
    Happened.AGREEMENT_REDATED: "przesunięto termin podpisania porozumienia",
    Happened.AGREEMENT_REOPENED: "porozumienie znów jest otwarte",
    Happened.AGREEMENT_ASKED: "zaproszono instytucję do podpisania porozumienia",
    Happened.AGREEMENT_SIGNED: "instytucja podpisała porozumienie",
    Happened.AGREEMENT_DECLINED: "instytucja odmówiła podpisania porozumienia",
    Happened.AGREEMENT_ASKING_ENDED: "wycofano zaproszenie do porozumienia",
    Happened.AGREEMENT_JOINED: "instytucja stała się stroną porozumienia",
    Happened.AGREEMENT_LEFT: "instytucja wystąpiła z porozumienia",
    Happened.TEAM_OPENED: "utworzono zespół porozumienia",
    Happened.UNIT_SIGNING_KEPT: "odnotowano, jak jednostka podpisała deklarację",
    Happened.UNITS_INVITED: "zaproszono jednostki do naboru",
    Happened.DOCUMENT_NOTED: "odnotowano, czy dołączono dokument",
    Happened.OFFICER_ADDED: "dodano konto",
    Happened.OFFICER_ADDRESSED: "zmieniono adres, na który biuro pisze do pracownika",
    Happened.TICKET_ISSUED: "wydano bilet jednorazowy",
    Happened.TICKET_USED: "użyto biletu jednorazowego",
    Happened.KEYS_ROTATED: "zmieniono klucze",
    Happened.CALL_OPENED: "otwarto nabór",
    Happened.FILE_STORED: "przyjęto plik",
    Happened.FILE_FILED: "plik odczytano i włączono do zgłoszenia",
    Happened.FILE_TO_TYPE: "plik jest skanem lub zdjęciem; włączono go do zgłoszenia, do przepisania",
    Happened.FILE_ADDED: "dołączono plik do zgłoszenia",
    Happened.FILE_UNREADABLE: "pliku nie dało się odczytać",
    Happened.FILE_REOPENED: "plik skierowano do ponownego odczytu",
    Happened.FILE_SETTLED: "sprawę pliku zamknięto",
    Happened.FILE_SEEN_AGAIN: "ten sam plik przyszedł od innego nadawcy",
    Happened.RECEIPT_CORRECTED: "poprawiono czas wpływu",
    Happened.MAIL_RECEIVED: "przyjęto list z poczty elektronicznej",
    Happened.MAIL_FILED: "list włączono do zgłoszenia",
    Happened.MAIL_LEFT_TO_OFFICER: "list przekazano do pracownika",
    Happened.MAIL_SET_ASIDE: "list odłożono bez czynności",
    Happened.MAIL_SETTLED: "sprawę listu zamknięto",
    Happened.APPLICATION_RECEIVED: "zarejestrowano zgłoszenie",
    Happened.APPLICATION_AWAITS_TYPING: "zarejestrowano zgłoszenie, które trzeba przepisać",
    Happened.APPLICATION_TYPED: "wpisano odpowiedzi z arkusza",
    Happened.ANSWER_AWAITS_TYPING: "otrzymano uzupełnienie, które trzeba przepisać",
    Happened.APPLICATION_INCOMPLETE: "zgłoszenie wymaga uzupełnienia",
    Happened.APPLICATION_CORRECTED: "zgłoszenie uzupełniono lub poprawiono",
    Happened.APPLICATION_COMPLETE: "zgłoszenie jest kompletne",
    Happened.APPLICATION_CLOSED: "zgłoszenie zamknięto jako niekompletne",
    Happened.DUPLICATE_SEEN: "zauważono wcześniejsze zgłoszenie tej samej osoby",
    Happened.PERSON_DIFFERS: "dane osoby są tu inne niż w jej wcześniejszym zgłoszeniu; zostały dotychczasowe",
    Happened.VALUE_OVERRULED: "wartość zmieniono z uzasadnieniem",
    Happened.CORRECTION_ASKED: "wezwano do uzupełnienia",
    Happened.CORRECTION_ANSWERED: "otrzymano uzupełnienie",
    Happened.CORRECTION_EXPIRED: "termin uzupełnienia minął",
    Happened.CORRECTION_CLOSED: "wezwanie zamknięto",
    Happened.CORRECTION_ROUNDS_SPENT: "po ostatniej prośbie nadal brakuje odpowiedzi",
    Happened.CORRECTION_REDATED: "termin uzupełnienia liczy się od nowa, bo prośba dopiero wychodzi",
    Happened.COPY_NOT_MADE: "kopii formularza nie udało się sporządzić; z prośbą idzie czysty formularz",
    Happened.CHANGE_SEEN: "w odpowiedzi zmieniono pole, o które nie pytano",
    Happened.CHANGE_ACCEPTED: "przyjęto zmianę, o którą nie pytano",
    Happened.CHANGE_REFUSED: "nie przyjęto zmiany, o którą nie pytano",
    Happened.CHANGE_OVERTAKEN: "zmiana, o którą nie pytano, jest nieaktualna",
    Happened.ADDRESS_CONFIRMED: "potwierdzono adres do korespondencji",
    Happened.SALUTATION_SET: "ustalono zwrot grzecznościowy w listach",
    Happened.FALSE_ID_SEEN: "nie uznano identyfikatora w pliku",
    Happened.VERIFIED_ELIGIBLE: "weryfikacja: spełnia kryteria formalne",
    Happened.VERIFIED_NOT_ELIGIBLE: "weryfikacja: nie spełnia kryteriów formalnych",
    Happened.VERIFICATION_OPEN: "weryfikacja: nie można ustalić",
    Happened.APPLICATION_RANKED: "ujęto na liście rankingowej",
    Happened.PREFERENCE_RECORDED: "zapisano, w jakiej kolejności osoba wybiera grupy",
    Happened.CALL_RANKED: "sporządzono listę rankingową",
    Happened.COMMISSION_APPOINTED: "powołano do Komisji",
    Happened.COMMISSION_DISMISSED: "odwołano z Komisji",
    Happened.SESSION_OPENED: "otwarto posiedzenie Komisji",
    Happened.SESSION_CLOSED: "zamknięto posiedzenie Komisji",
    Happened.SESSION_ATTENDED: "odnotowano obecność na posiedzeniu",
    Happened.SESSION_DEPARTED: "odnotowano wyjście z posiedzenia",
    Happened.ASSESSOR_ASSIGNED: "przydzielono zgłoszenie do oceny merytorycznej",
    Happened.ASSESSED: "wpisano kartę oceny merytorycznej",
    Happened.RECUSED: "członek Komisji wyłączył się ze sprawy",
    Happened.VOTED: "Komisja głosowała",
    Happened.PROTOCOL_ISSUED: "sporządzono protokół z załącznikiem",
    Happened.DECIDED: "podjęto decyzję",
    Happened.CALL_DECIDED: "podjęto decyzje w naborze",
    Happened.ANNOUNCED: "ogłoszono decyzję",
    Happened.CALL_ANNOUNCED: "ogłoszono wyniki naboru",
    Happened.APPLICATION_WITHDRAWN: "wycofano zgłoszenie",
    Happened.APPEAL_FILED: "wpłynęło odwołanie",
    Happened.APPEAL_TAKEN_UP: "rozpoczęto rozpatrywanie odwołania",
    Happened.APPEAL_UPHELD: "odwołanie uwzględniono",
    Happened.APPEAL_REJECTED: "odwołania nie uwzględniono",
    Happened.APPEAL_WITHDRAWN: "wycofano odwołanie",
    Happened.APPLICATION_REOPENED: "po uwzględnionym odwołaniu zgłoszenie wraca do oceny",
    Happened.RESERVE_PROMOTED: "z listy rezerwowej: przyznano zwolnione miejsce",
    Happened.SEAT_OFFERED: "zaproponowano miejsce w grupie",
    Happened.SEAT_CONFIRMED: "potwierdzono udział",
    Happened.SEAT_DECLINED: "zrezygnowano z miejsca",
    Happened.SEAT_EXPIRED: "termin potwierdzenia minął",
    Happened.SEAT_REVOKED: "cofnięto propozycję miejsca po nowej decyzji",
    Happened.SEAT_LEFT: "opuszczono grupę",
    Happened.SEAT_STRUCK_OFF: "skreślono z listy członków",
    Happened.SEAT_REPLACED: "miejsce zajęła inna osoba z tej samej instytucji",
    Happened.INSTITUTION_INVITED: "zaproszono instytucję do wskazania osoby",
    Happened.INSTITUTION_ASKED_ANEW: "poproszono instytucję o wskazanie innej osoby",
    Happened.INSTITUTION_NAMED: "miejsce instytucji zajęła wskazana osoba",
    Happened.INSTITUTION_SEAT_FREED: "miejsce instytucji jest wolne",
    Happened.INSTITUTION_DECLINED: "instytucja nie wskaże osoby",
    Happened.INSTITUTION_SEAT_CLOSED: "zamknięto miejsce instytucji",
    Happened.SEAT_CHANGE_AWAITED: "zapisano na później zmianę osoby w miejscu instytucji",
    Happened.SEAT_CHANGE_DONE: "nastąpiła zapisana wcześniej zmiana osoby w miejscu instytucji",
    Happened.SEAT_CHANGE_CALLED_OFF: "odwołano zapisaną zmianę osoby w miejscu instytucji",
    Happened.NAMED_FOR_SEAT: "zgłoszenie przypisano do miejsca instytucji",
    Happened.SEAT_UNCLEAR: "nie wiadomo, w imieniu której zaproszonej instytucji jest to zgłoszenie",
    Happened.APPLICATION_ADMITTED: "przyjęto do grupy bez naboru z rankingiem",
    Happened.APPLICATION_REFUSED: "nie przyjęto do grupy",
    Happened.PLACED_ON_WAITING_LIST: "wpisano na listę oczekujących",
    Happened.PARTICIPATION_BEGAN: "rozpoczęto udział",
    Happened.STATEMENT_RECORDED: "przyjęto oświadczenie do wypłaty",
    Happened.CONTRACT_RECORDED: "wpisano umowę",
    Happened.STATEMENT_ASKED: "poproszono o oświadczenie do wypłaty",
    Happened.STATEMENT_CAME: "wpłynęło oświadczenie do wypłaty",
    Happened.STATEMENT_ACCEPTED: "oświadczenie do wypłaty sprawdzono i przyjęto",
    Happened.STATEMENT_REFUSED: "oświadczenia do wypłaty nie przyjęto",
    Happened.STATEMENT_OVERTAKEN: "wpłynęło nowsze oświadczenie do wypłaty",
    Happened.CONTRACT_ISSUED: "sporządzono umowę",
    Happened.CONTRACT_SIGNED: "odnotowano podpisaną umowę",
    Happened.CONTRACT_REPLACED: "umowę zastąpiono nową",
    Happened.CONTRACT_GIVEN_UP: "odstąpiono od zawarcia umowy",
    Happened.MEETING_PLANNED: "zaplanowano spotkanie",
    Happened.MEETING_INVITED: "zaproszono na spotkanie",
    Happened.MEETING_CHANGED: "zmieniono ustalenia spotkania",
    Happened.MEETING_HELD: "spotkanie się odbyło",
    Happened.MEETING_CANCELLED: "odwołano spotkanie",
    Happened.SCHEDULE_IMPORTED: "wczytano harmonogram z pliku",
    Happened.MEETING_RECORDED: "zapisano ustalenia spotkania",
    Happened.NEEDS_RECORDED: "zapisano, czego osoba potrzebuje na spotkaniach",
    Happened.CERTIFICATE_ISSUED: "wystawiono zaświadczenie o udziale",
    Happened.APPOINTMENT_ISSUED: "sporządzono akt powołania",
    Happened.RECALL_ISSUED: "sporządzono akt odwołania",
    Happened.ACT_SIGNED: "odnotowano podpis pod aktem",
    Happened.INVITED: "przygotowano zaproszenie na spotkanie",
    Happened.REMINDED: "przygotowano przypomnienie",
    Happened.INVITATION_ACCEPTED: "przyjęto zaproszenie",
    Happened.INVITATION_DECLINED: "odmówiono udziału w spotkaniu",
    Happened.INVITATION_CANCELLED: "odwołano zaproszenie",
    Happened.INVITATION_TENTATIVE: "wstępnie przyjęto zaproszenie",
    Happened.INVITATION_DELEGATED: "osoba zaproszona wskazała kogoś innego",
    Happened.INVITATION_RENEWED: "zmienił się termin spotkania; poproszono o odpowiedź od nowa",
    Happened.INVITATION_UPDATED: "zmieniły się ustalenia spotkania; odpowiedź pozostaje ważna",
    Happened.INVITATION_SENT_AGAIN: "na prośbę przygotowano zaproszenie jeszcze raz",
    Happened.ANSWER_NOT_TAKEN: "odpowiedzi na zaproszenie nie uwzględniono",
    Happened.COUNTER_PROPOSED: "zaproponowano inny termin spotkania",
    Happened.COUNTER_ACCEPTED: "przyjęto propozycję innego terminu",
    Happened.COUNTER_DECLINED: "nie przyjęto propozycji innego terminu",
    Happened.SUBSTITUTE_INVITED: "z listy rezerwowej: zaproszono na jedno spotkanie w zastępstwie",
    Happened.SUBSTITUTE_ATTENDED: "wpisano obecność osoby w zastępstwie",
    Happened.ATTENDANCE_RECORDED: "wpisano obecność",
    Happened.ATTENDANCE_FILE_KEPT: "zachowano plik z obecnością",
    Happened.DAY_CONFIRMED: "potwierdzono obecność z całego dnia",
    Happened.ATTENDANCE_WARNED: "napisano o zbyt niskiej obecności",
    Happened.COACHING_RECORDED: "wpisano sesję wsparcia indywidualnego",
    Happened.SUPPORT_ASKED: "rozpoczęto sprawę wsparcia",
    Happened.SUPPORT_JUDGED: "sprawdzono warunki wsparcia",
    Happened.SUPPORT_GRANTED: "przyznano wsparcie",
    Happened.SUPPORT_REFUSED: "odmówiono wsparcia",
    Happened.SUPPORT_REDATED: "wyznaczono ostatni dzień wsparcia",
    Happened.SUPPORT_ENDED: "zakończono wsparcie",
    Happened.SUPPORT_PLANNED: "wpisano sesję wsparcia grupowego",
    Happened.SUPPORT_LISTED: "wpisano na listę sesji wsparcia",
    Happened.SUPPORT_HELD: "odbyła się sesja wsparcia grupowego",
    Happened.SUPPORT_ATTENDED: "wpisano obecność na sesji wsparcia",
    Happened.SUPPORT_COMPLETED: "z listy sesji wsparcia dopisano, kto prowadził albo gdzie",
    Happened.SUPPORT_CANCELLED: "odwołano sesję wsparcia grupowego",
    Happened.SUPPORT_REPLACED: "sesję wsparcia grupowego zastąpiono poprawioną",
    Happened.STIPEND_CALCULATED: "obliczono wynagrodzenie",
    Happened.STIPEND_BLOCKED: "wynagrodzenie wstrzymano do wyjaśnienia",
    Happened.STIPEND_SUPERSEDED: "wynagrodzenie zastąpiono nowym obliczeniem",
    Happened.BILL_SIGNED: "otrzymano podpisany rachunek",
    Happened.PAYMENT_QUESTIONED: "dane zmieniły się po zleceniu wypłaty; sprawę wskazano do wyjaśnienia",
    Happened.RATE_CONFIRMED: "biuro potwierdziło stawkę",
    Happened.RATE_REVOKED: "biuro cofnęło potwierdzenie stawki",
    Happened.SIGNED_BILL_KEPT: "nowe obliczenie różni się od podpisanego rachunku; rachunek zostawiono",
    Happened.BATCH_FROZEN: "sporządzono listę przelewów",
    Happened.BATCH_APPROVED: "zatwierdzono listę przelewów",
    Happened.BATCH_EXPORTED: "sporządzono plik dla banku",
    Happened.BATCH_FILE_TAKEN: "wydano plik dla banku jeszcze raz",
    Happened.BATCH_CONFIRMED: "bank odpowiedział na przelewy z listy",
    Happened.BATCH_DISCARDED: "zaniechano listy przelewów",
    Happened.TRANSFER_ORDERED: "przelew wpisano na listę",
    Happened.TRANSFER_RELEASED: "przelew zdjęto z listy",
    Happened.TRANSFER_PAID: "bank wykonał przelew",
    Happened.TRANSFER_RETURNED: "przelew wrócił z banku",
    Happened.HAND_ENTRY_ANSWERED: "bank odpowiedział na przelew odnotowany ręcznie",
    Happened.STIPEND_ORDERED: "wynagrodzenie wpisano na listę przelewów",
    Happened.STIPEND_GIVEN_BACK: "wynagrodzenie zdjęto z listy przelewów",
    Happened.STIPEND_PAID: "wynagrodzenie wypłacono",
    Happened.STIPEND_RETURNED: "przelew wynagrodzenia wrócił",
    Happened.BANK_REPORT_READ: "wczytano potwierdzenia z banku",
    Happened.DOCUMENT_ISSUED: "sporządzono dokument",
    Happened.EXPORTED: "wyeksportowano dokumenty",
    Happened.LETTER_WRITTEN: "napisano list do grupy",
    Happened.CHANNEL_CHOSEN: "zapisano, jak pisać do osoby",
    Happened.MESSAGE_QUEUED: "przygotowano wiadomość",
    Happened.MESSAGE_DRAFTED: "przygotowano wiadomość do zatwierdzenia",
    Happened.MESSAGE_UNADDRESSED: "przygotowano wiadomość, ale brak adresu",
    Happened.MESSAGE_HELD: "wstrzymano wiadomość",
    Happened.MESSAGE_RELEASED: "zwolniono wiadomość",
    Happened.MESSAGE_EDITED: "zmieniono treść wiadomości",
    Happened.MESSAGE_CLAIMED: "podjęto wysyłkę wiadomości",
    Happened.MESSAGE_SENDING: "rozpoczęto nadawanie wiadomości",
    Happened.MESSAGE_SENT: "wysłano wiadomość",
    Happened.MESSAGE_KEPT: "zachowano wiadomość, bo nie ma serwera poczty",
    Happened.MESSAGE_PRINTED: "przygotowano pismo do wysłania poza pocztą elektroniczną",
    Happened.MESSAGE_MERGED: "połączono wiadomość z inną do tej samej osoby",
    Happened.MESSAGE_UNMERGED: "wiadomość znów jest osobna",
    Happened.MESSAGE_DELAYED: "serwer odłożył przyjęcie wiadomości",
    Happened.MESSAGE_REFUSED: "serwer odmówił przyjęcia wiadomości",
    Happened.MESSAGE_UNKNOWN: "nie wiadomo, czy wiadomość wyszła",
    Happened.MESSAGE_BOUNCED: "wiadomość wróciła: serwer adresata jej nie doręczył",
    Happened.MESSAGE_HELD_UP: "serwer adresata opóźnia doręczenie wiadomości",
    Happened.MESSAGE_WITHDRAWN: "wycofano wiadomość",
    Happened.MESSAGE_EXPIRED: "wiadomość nie wyszła w porę i już nie wyjdzie",
    Happened.INCIDENT_RECORDED: "odnotowano awarię przebiegu",
    Happened.INCIDENT_SETTLED: "zamknięto sprawę awarii",
}
