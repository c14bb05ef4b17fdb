"""Every mail Nabór sends, by its event."""

from collections.abc import Mapping

from templates.letters.agreements import (
    AgreementInvitationLetter,
    AgreementJoinedLetter,
    AgreementRedatedLetter,
    ReminderAgreementLetter,
)
from templates.letters.appeals import (
    AppealReceivedLetter,
    AppealRejectedLetter,
    AppealUpheldLetter,
    AppealWithdrawnLetter,
)
from templates.letters.applications import (
    AcknowledgementLetter,
    ClosedIncompleteLetter,
    CompletedLetter,
    CorrectionRequestLetter,
    ReminderCorrectionLetter,
    ScanReceivedLetter,
    UnreadableFormLetter,
    WithdrawnLetter,
)
from templates.letters.decisions import (
    AcceptedLetter,
    OfferConfirmedLetter,
    OfferDeclinedLetter,
    OfferLapsedLetter,
    PromotedLetter,
    RefusedLetter,
    RegisteredLetter,
    RejectedLetter,
    ReminderConfirmationLetter,
    ReserveEndedLetter,
    ReserveLetter,
    WaitingListLetter,
)
from templates.letters.frame import Letter
from templates.letters.free import FreeLetterText
from templates.letters.meetings import (
    AttendanceWarningLetter,
    CounterDeclinedLetter,
    InvitationCancelLetter,
    InvitationLetter,
    InvitationSubstituteLetter,
    InvitationUpdateLetter,
    InvitationWithdrawnLetter,
    ReminderInvitationLetter,
    ReminderMeetingLetter,
    StruckOffLetter,
)
from templates.letters.nominations import (
    NamedLetter,
    NominationEndedLetter,
    ReminderSeatLetter,
    SeatInvitedLetter,
    SeatTakenLetter,
    SeatVacantLetter,
)
from templates.letters.officers import DigestLetter, ReminderOfficersLetter
from templates.letters.pay import (
    BillReceivedLetter,
    ReminderBillLetter,
    StatementRequestLetter,
    StipendPaidLetter,
    StipendReadyLetter,
    StipendReturnedLetter,
)
from templates.letters.support import SupportEndedLetter, SupportGrantedLetter, SupportRefusedLetter
from templates.letters.units import UnitCardLetter, UnitInvitedLetter

EVENTS: Mapping[str, type[Letter]] = {
    "acknowledgement": AcknowledgementLetter,
    "scan_received": ScanReceivedLetter,
    "correction_request": CorrectionRequestLetter,
    "completed": CompletedLetter,
    "closed_incomplete": ClosedIncompleteLetter,
    "unreadable_form": UnreadableFormLetter,
    "accepted": AcceptedLetter,
    "reserve": ReserveLetter,
    "rejected": RejectedLetter,
    "promoted": PromotedLetter,
    "appeal_received": AppealReceivedLetter,
    "appeal_withdrawn": AppealWithdrawnLetter,
    "appeal_upheld": AppealUpheldLetter,
    "appeal_rejected": AppealRejectedLetter,
    "offer_confirmed": OfferConfirmedLetter,
    "offer_declined": OfferDeclinedLetter,
    "offer_lapsed": OfferLapsedLetter,
    "reserve_ended": ReserveEndedLetter,
    "statement_request": StatementRequestLetter,
    "invitation": InvitationLetter,
    "invitation_update": InvitationUpdateLetter,
    "invitation_cancel": InvitationCancelLetter,
    "invitation_substitute": InvitationSubstituteLetter,
    "invitation_withdrawn": InvitationWithdrawnLetter,
    "counter_declined": CounterDeclinedLetter,
    "attendance_warning": AttendanceWarningLetter,
    "struck_off": StruckOffLetter,
    "reminder_correction": ReminderCorrectionLetter,
    "reminder_confirmation": ReminderConfirmationLetter,
    "reminder_invitation": ReminderInvitationLetter,
    "reminder_meeting": ReminderMeetingLetter,
    "reminder_bill": ReminderBillLetter,
    "agreement_invitation": AgreementInvitationLetter,
    "agreement_redated": AgreementRedatedLetter,
    "agreement_joined": AgreementJoinedLetter,
    "reminder_agreement": ReminderAgreementLetter,
    "reminder_officers": ReminderOfficersLetter,
    "digest": DigestLetter,
    "stipend_ready": StipendReadyLetter,
    "bill_received": BillReceivedLetter,
    "stipend_paid": StipendPaidLetter,
    "stipend_returned": StipendReturnedLetter,
    "withdrawn": WithdrawnLetter,
    "unit_invited": UnitInvitedLetter,
    "unit_card_asked": UnitCardLetter,
    "seat_invited": SeatInvitedLetter,
    "seat_vacant": SeatVacantLetter,
    "seat_taken": SeatTakenLetter,
    "reminder_seat": ReminderSeatLetter,
    "named": NamedLetter,
    "nomination_ended": NominationEndedLetter,
    "registered": RegisteredLetter,
    "waiting_list": WaitingListLetter,
    "refused": RefusedLetter,
    "free_letter": FreeLetterText,
    "support_granted": SupportGrantedLetter,
    "support_refused": SupportRefusedLetter,
    "support_ended": SupportEndedLetter,
}
"""Every mail Nabór sends: the folder under ``mail/`` and the context its templates are given."""
