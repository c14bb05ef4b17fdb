"""The events that letters are written at, by code: what a project may name where it speaks of letters."""

from typing import Final

LETTER_EVENTS: Final = frozenset(
    {
        *("acknowledgement", "scan_received", "correction_request", "unreadable_form"),
        *("accepted", "reserve", "rejected", "promoted", "offer_confirmed", "withdrawn"),
        *("appeal_received", "appeal_upheld", "appeal_rejected"),
        *("invitation", "invitation_update", "invitation_cancel"),
        *("reminder_correction", "reminder_confirmation", "reminder_invitation", "reminder_meeting", "reminder_bill"),
        *("stipend_ready", "free_letter"),
    }
)
