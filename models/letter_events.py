"""The events that letters are written at, by code: what a project may name where it speaks of letters."""

from typing import Final

LETTER_EVENTS: Final = frozenset(
    {
        *("acknowledgement", "scan_received", "correction_request", "unreadable_form"),
        *("completed", "closed_incomplete", "offer_declined", "offer_lapsed", "reserve_ended"),
        *("accepted", "reserve", "rejected", "promoted", "offer_confirmed", "withdrawn"),
        *("appeal_received", "appeal_upheld", "appeal_rejected", "appeal_withdrawn"),
        *("invitation", "invitation_update", "invitation_cancel", "invitation_withdrawn"),
        *("invitation_substitute", "counter_declined", "attendance_warning", "struck_off"),
        *("reminder_correction", "reminder_confirmation", "reminder_invitation", "reminder_meeting", "reminder_bill"),
        *("statement_request", "agreement_invitation", "agreement_redated", "agreement_joined", "reminder_agreement"),
        *("unit_invited", "unit_card_asked"),
        *("seat_invited", "seat_vacant", "seat_taken", "seat_change", "seat_closed", "reminder_seat"),
        *("named", "nomination_ahead", "nomination_ending", "nomination_ended"),
        *("registered", "waiting_list", "refused"),
        *("reminder_officers", "digest", "stipend_ready", "bill_received", "free_letter"),
        *("stipend_paid", "stipend_returned"),
        *("support_granted", "support_refused", "support_ended"),
    }
)
