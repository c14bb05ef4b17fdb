"""Every mail as a candidate gets it. People and places are invented."""

import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser

import pytest

from models.errors import BadInput
from models.identifiers import Sex
from models.project_templates import TemplateFile
from models.rules.promotion import Ground
from templates.check import check_templates
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
    ScoreLine,
    WaitingListLetter,
)
from templates.letters.events import EVENTS
from templates.letters.frame import (
    ApplicationLetter,
    CorrectionLine,
    EarlierLetter,
    Letter,
    MeetingDayLine,
    OfficeBlock,
    VerdictLine,
)
from templates.letters.free import FreeLetterText, Words
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
    NominationAheadLetter,
    NominationEndedLetter,
    NominationEndingLetter,
    ReminderSeatLetter,
    SeatChangeLetter,
    SeatClosedLetter,
    SeatInvitedLetter,
    SeatTakenLetter,
    SeatVacantLetter,
)
from templates.letters.officers import DigestLetter, ReminderOfficersLetter, WaitingGroup, WaitingLine
from templates.letters.pay import (
    AmountLine,
    BillReceivedLetter,
    ReminderBillLetter,
    StatementRequestLetter,
    StipendPaidLetter,
    StipendReadyLetter,
    StipendReturnedLetter,
)
from templates.letters.support import SupportEndedLetter, SupportGrantedLetter, SupportRefusedLetter
from templates.letters.units import UnitCardLetter, UnitInvitedLetter
from templates.render import render_mail

OFFICE = OfficeBlock(
    project_title="Kooperacja – efektywna i skuteczna",
    project_short_title="Kooperacja",
    project_number="POWR.02.05.00-00-0207/17-00",
    unit_name="Regionalny Ośrodek Polityki Społecznej",
    unit_address="ul. Przykładowa 1, 80-000 Gdańsk",
    phone="58 000 00 00",
    email="rekrutacja@rops.example",
    hours="poniedziałek–piątek, 7:30–15:30",
    iod="iod@rops.example",
    funding_line="Projekt współfinansowany ze środków Unii Europejskiej w ramach Europejskiego Funduszu Społecznego.",
)
DAYS = (
    MeetingDayLine(date=date(2018, 11, 24), starts=time(9), ends=time(15)),
    MeetingDayLine(date=date(2018, 11, 25), starts=time(9), ends=time(13, 30)),
)
CORRECTIONS = (
    CorrectionLine(label="PESEL", reason="Cyfra kontrolna numeru się nie zgadza.", example="11 cyfr albo „brak PESEL”"),
    CorrectionLine(label="Obszar kooperacji", reason="Zaznaczone są dwie odpowiedzi, a powinna być jedna."),
)
VERDICTS = (
    VerdictLine(sentence="Instytucja działa w powiecie.", paragraph="§ 4 ust. 1 pkt 1 Regulaminu", result="met"),
    VerdictLine(sentence="Zgłoszenie wpłynęło w terminie", paragraph="§ 5 ust. 2 Regulaminu", result="met"),
    VerdictLine(
        sentence="Praca nie polega na bezpośrednim wsparciu osób.",
        paragraph="§ 4 ust. 1 pkt 2 Regulaminu",
        result="not_met",
    ),
    VerdictLine(
        sentence="Nie można ustalić poziomu instytucji.", paragraph="§ 4 ust. 2 Regulaminu", result="cannot_tell"
    ),
)
SCORES = (
    ScoreLine(title="Staż pracy", points=5, maximum=7, paragraph="§ 5 ust. 1 pkt 1 Regulaminu"),
    ScoreLine(title="Premia dla gminy", points=9, maximum=9, paragraph="§ 5 ust. 2 Regulaminu"),
)
APPLICATION = {
    "office": OFFICE,
    "public_number": "K7M4-Q2XR",
    "group_name": "Powiatowa Grupa Refleksyjna – powiat kartuski",
}
APPEAL = {**APPLICATION, "appeal_number": "K7M4-Q2XR/O1"}
DECISION = {**APPLICATION, "decided_on": date(2018, 11, 5)}
AGREED = {"agreed": True, "signed_on": date(2018, 10, 30), "for_unit": True}
MEETING = {
    "office": OFFICE,
    "meeting_name": "I spotkanie Powiatowej Grupy Refleksyjnej",
    "days": DAYS,
    "place": "Kartuzy, ul. Wymyślona 2, sala 3",
}
GROUP = {**MEETING, "group_name": APPLICATION["group_name"], "answer_until": date(2018, 11, 16)}
AGENDA = ("9:00 – powitanie", "10:00 – warsztat w grupach")
RECEIVED = datetime(2018, 10, 12, 7, 41, tzinfo=UTC)
STIPEND = {
    **MEETING,
    "minutes": 630,
    "gross": 100000,
    "net": 84300,
    "bill_number": "R/0002/2018",
    "return_until": date(2018, 12, 5),
}

AGREEMENT = {
    "office": OFFICE,
    "agreement_title": "Porozumienie o współpracy – gmina Swarzędz",
}

HOUSE = {"office": OFFICE, "institution": "Szkoła Próbna", "group_name": "Zespół Kooperacji – gmina Próbna"}
SEAT = {**HOUSE, "code": "I12"}

LETTERS: dict[str, tuple[Letter, ...]] = {
    "attendance_warning": (
        AttendanceWarningLetter(
            **APPLICATION,
            sex=Sex.WOMAN,
            attended="9 godz. 20 min",
            counted="12 godz.",
            percent=77,
            required_percent=80,
            paragraph="§ 9 ust. 5 Regulaminu",
            missed_on=(date(2018, 9, 22), date(2018, 9, 23)),
            days_left=4,
            below=True,
            can_be_met=True,
            may_be_struck_off=True,
            by_rule=False,
            explain_until=date(2018, 10, 1),
        ),
        *(
            AttendanceWarningLetter(
                **APPLICATION,
                sex=Sex.MAN,
                attended="0 godz.",
                counted="12 godz.",
                percent=0,
                required_percent=80,
                paragraph="",
                missed_on=missed_on,
                days_left=days_left,
                below=below,
                can_be_met=can_be_met,
                may_be_struck_off=struck,
                by_rule=by_rule,
                explain_until=date(2018, 10, 1),
            )
            for missed_on, days_left, below, can_be_met, struck, by_rule in (
                ((date(2018, 9, 22),), 1, True, False, True, False),
                ((date(2018, 9, 22),), 1, True, False, True, True),
                ((date(2018, 9, 22),), 3, True, True, True, True),
                ((date(2018, 9, 22),), 0, True, False, False, False),
                ((), 1, False, True, True, False),
            )
        ),
    ),
    "struck_off": tuple(
        StruckOffLetter(
            **APPLICATION,
            sex=sex,
            struck_off_on=date(2018, 10, 8),
            reason="Nieobecność na trzech spotkaniach bez wyjaśnienia.",
            attended="6 godz.",
            counted="12 godz.",
            percent=50,
            required_percent=80,
            paragraph=paragraph,
            by_rule=by_rule,
            paid=paid,
        )
        for sex, paragraph, by_rule, paid in (
            (Sex.WOMAN, "§ 9 ust. 5 Regulaminu", False, True),
            (Sex.MAN, "", True, False),
        )
    ),
    "support_granted": (
        SupportGrantedLetter(
            **APPLICATION,
            sex=Sex.WOMAN,
            support_name="coaching indywidualny",
            together=False,
            limit_hours=10,
            led_by="zespół coachów projektu",
            first_day=date(2018, 10, 1),
        ),
        SupportGrantedLetter(
            **APPLICATION,
            support_name="coaching grupowy",
            together=True,
            limit_hours=0,
            led_by="",
            first_day=date(2018, 10, 1),
            last_day=date(2018, 12, 31),
        ),
    ),
    "support_refused": (
        SupportRefusedLetter(
            **APPLICATION,
            sex=Sex.MAN,
            support_name="coaching indywidualny",
            reason="Zgłoszenie dotyczy szkoły, a coaching jest dla pracowników socjalnych.",
            verdicts=(
                VerdictLine(sentence="Podano inny obszar.", paragraph="§ 12 Regulaminu", result="not_met"),
                VerdictLine(sentence="Nie można ustalić stażu.", paragraph="", result="cannot_tell"),
            ),
        ),
        SupportRefusedLetter(**APPLICATION, support_name="coaching grupowy", reason="Godziny są już wykorzystane."),
    ),
    "support_ended": (
        SupportEndedLetter(
            **APPLICATION,
            sex=Sex.WOMAN,
            support_name="coaching indywidualny",
            last_day=date(2018, 12, 31),
            reason="Prośba osoby wspieranej.",
        ),
    ),
    "acknowledgement": (
        AcknowledgementLetter(
            **APPLICATION, sex=Sex.WOMAN, received_at=RECEIVED, complete=True, results_by=date(2018, 11, 9)
        ),
        AcknowledgementLetter(**APPLICATION, received_at=RECEIVED, complete=False),
        AcknowledgementLetter(**APPLICATION, received_at=RECEIVED, complete=True, admission="nomination"),
        AcknowledgementLetter(**APPLICATION, received_at=RECEIVED, complete=True, admission="registration"),
        AcknowledgementLetter(**APPLICATION, received_at=RECEIVED, complete=True, late=True, admission="registration"),
    ),
    "scan_received": (
        ScanReceivedLetter(**APPLICATION, received_at=RECEIVED),
        ScanReceivedLetter(**APPLICATION, sex=Sex.WOMAN, received_at=RECEIVED, answer=True),
        ScanReceivedLetter(**APPLICATION, received_at=RECEIVED, late=True),
    ),
    "correction_request": (
        CorrectionRequestLetter(
            **APPLICATION,
            sex=Sex.MAN,
            corrections=CORRECTIONS,
            due_on=date(2018, 10, 19),
            closing_paragraph="§ 6 ust. 3 Regulaminu",
        ),
        CorrectionRequestLetter(
            **APPLICATION, corrections=CORRECTIONS[:1], due_on=date(2018, 10, 19), keeps_receipt=False
        ),
    ),
    "unreadable_form": (
        UnreadableFormLetter(
            office=OFFICE,
            received_at=RECEIVED,
            reason="Plik nie jest dokumentem Word.",
            file_name="zgloszenie.jpg",
            closes_at=datetime(2018, 10, 31, 14, 30, tzinfo=UTC),
        ),
        UnreadableFormLetter(office=OFFICE, received_at=RECEIVED, reason="Plik jest uszkodzony."),
    ),
    "completed": (
        CompletedLetter(**APPLICATION, sex=Sex.WOMAN, complete=True),
        CompletedLetter(**APPLICATION, complete=False),
        CompletedLetter(**APPLICATION, complete=True, admission="nomination"),
    ),
    "closed_incomplete": (ClosedIncompleteLetter(**APPLICATION, sex=Sex.MAN, due_on=date(2018, 10, 19)),),
    "offer_declined": (OfferDeclinedLetter(**APPLICATION, sex=Sex.WOMAN, declined_on=date(2018, 11, 7)),),
    "offer_lapsed": (OfferLapsedLetter(**APPLICATION, sex=Sex.MAN, answer_until=date(2018, 11, 9)),),
    "reserve_ended": (ReserveEndedLetter(**APPLICATION, sex=Sex.WOMAN),),
    "appeal_withdrawn": (AppealWithdrawnLetter(**APPEAL, sex=Sex.WOMAN, withdrawn_on=date(2018, 11, 20)),),
    "bill_received": (
        BillReceivedLetter(**MEETING, sex=Sex.MAN, bill_number="R/0002/2018", paid_on=date(2018, 12, 10)),
        BillReceivedLetter(**MEETING, bill_number="R/0002/2018"),
    ),
    "stipend_paid": (
        StipendPaidLetter(
            **MEETING,
            sex=Sex.WOMAN,
            bill_number="R/0002/2018",
            net=60720,
            paid_on=date(2018, 12, 10),
            account_end="0001",
        ),
        StipendPaidLetter(
            **MEETING, bill_number="R/0002/2018", net=1, paid_on=date(2018, 12, 10), account_end="0001", on_paper=True
        ),
    ),
    "stipend_returned": (
        StipendReturnedLetter(
            **MEETING, sex=Sex.MAN, bill_number="R/0002/2018", account_end="0001", reason="rachunek zamknięty"
        ),
        StipendReturnedLetter(**MEETING, bill_number="R/0002/2018", account_end="0001"),
    ),
    "accepted": (
        AcceptedLetter(
            **DECISION,
            sex=Sex.WOMAN,
            verdicts=VERDICTS[:2],
            points=14,
            scores=SCORES,
            answer_until=date(2018, 11, 9),
            documents=("deklaracja uczestnictwa w projekcie", "oświadczenie uczestnika"),
        ),
        AcceptedLetter(**DECISION, sex=Sex.MAN, answer_until=date(2018, 11, 9)),
        AcceptedLetter(**DECISION, answer_until=date(2018, 11, 9), **AGREED),
        AcceptedLetter(**DECISION, answer_until=date(2018, 11, 9), agreed=True, for_unit=True),
    ),
    "reserve": (
        ReserveLetter(**DECISION, sex=Sex.MAN, verdicts=VERDICTS[:2], points=9, position=3),
        ReserveLetter(**DECISION, position=1),
        ReserveLetter(**DECISION, position=2, appeal_until=date(2018, 11, 19), appeal_paragraph="§ 9 Regulaminu"),
    ),
    "rejected": (
        RejectedLetter(
            **DECISION,
            sex=Sex.WOMAN,
            verdicts=VERDICTS,
            reason="Nie są spełnione wszystkie kryteria formalne.",
            appeal_until=date(2018, 11, 19),
            appeal_paragraph="§ 9 Regulaminu",
        ),
        RejectedLetter(**DECISION, reason="Zgłoszeń było więcej niż miejsc.", points=2, scores=SCORES[:1]),
    ),
    "promoted": (
        PromotedLetter(**APPLICATION, sex=Sex.WOMAN, ground=Ground.COMPOSITION, answer_until=date(2018, 11, 20)),
        PromotedLetter(
            **APPLICATION,
            ground=Ground.ORDER,
            answer_until=date(2018, 11, 20),
            documents=("deklaracja uczestnictwa",),
        ),
        PromotedLetter(**APPLICATION, sex=Sex.MAN, ground=Ground.APPEAL, answer_until=date(2018, 11, 20)),
        PromotedLetter(**APPLICATION, ground=Ground.ORDER, answer_until=date(2018, 11, 20), **AGREED),
    ),
    "appeal_received": (
        AppealReceivedLetter(
            **APPEAL,
            sex=Sex.MAN,
            received_on=date(2018, 11, 16),
            who="Komisja Rekrutacyjna w innym składzie",
            ruling_by=date(2018, 11, 30),
        ),
        AppealReceivedLetter(
            **APPEAL,
            received_on=date(2018, 11, 22),
            who="Komisja Rekrutacyjna w innym składzie",
            ruling_by=date(2018, 12, 6),
            late_after=date(2018, 11, 19),
        ),
    ),
    "appeal_upheld": (
        AppealUpheldLetter(
            **APPEAL,
            sex=Sex.WOMAN,
            ruled_on=date(2018, 11, 26),
            reason="Zaświadczenie potwierdza pracę bezpośrednio z rodzinami.",
        ),
        AppealUpheldLetter(**APPEAL, ruled_on=date(2018, 11, 26), reason="Zgłoszenie wpłynęło w terminie."),
        AppealUpheldLetter(**APPEAL, ruled_on=date(2018, 11, 26), reason="Praca jest inna.", admission="registration"),
    ),
    "appeal_rejected": (
        AppealRejectedLetter(
            **APPEAL,
            sex=Sex.MAN,
            ruled_on=date(2018, 11, 26),
            reason="Punkty policzono zgodnie z § 5 Regulaminu.",
            remedies="To rozstrzygnięcie kończy postępowanie odwoławcze w projekcie.",
        ),
        AppealRejectedLetter(
            **APPEAL,
            ruled_on=date(2018, 11, 26),
            reason="Odwołanie złożono trzy dni po terminie.",
            late_after=date(2018, 11, 19),
            remedies="To rozstrzygnięcie kończy postępowanie odwoławcze w projekcie.",
        ),
    ),
    "offer_confirmed": (
        OfferConfirmedLetter(**APPLICATION, sex=Sex.WOMAN, confirmed_on=date(2018, 11, 7), first_days=DAYS),
        OfferConfirmedLetter(**APPLICATION, confirmed_on=date(2018, 11, 7)),
        OfferConfirmedLetter(**APPLICATION, confirmed_on=date(2018, 11, 7), paid=True),
    ),
    "statement_request": (
        StatementRequestLetter(**APPLICATION, sex=Sex.WOMAN, due_on=date(2018, 9, 12)),
        StatementRequestLetter(**APPLICATION, sex=Sex.MAN, due_on=date(2018, 9, 12), renewal=True),
        StatementRequestLetter(**APPLICATION, due_on=date(2018, 9, 12), corrections=CORRECTIONS),
    ),
    "invitation": (
        InvitationLetter(**GROUP, sex=Sex.WOMAN, agenda=AGENDA),
        InvitationLetter(**{**GROUP, "days": DAYS[:1]}, decline_offers="membership", decline_after=3),
        InvitationLetter(**GROUP, decline_offers="seat_for_meeting"),
    ),
    "invitation_update": (
        InvitationUpdateLetter(
            **GROUP, sex=Sex.MAN, agenda=AGENDA, changes=("Spotkanie odbędzie się w innej sali.",), asks_anew=False
        ),
        InvitationUpdateLetter(**GROUP, changes=("Zmienił się termin.", "Zmieniło się miejsce.")),
    ),
    "invitation_cancel": (
        InvitationCancelLetter(**MEETING, reason="Sala jest niedostępna.", new_date_follows=True),
        InvitationCancelLetter(**MEETING),
    ),
    "invitation_substitute": (
        InvitationSubstituteLetter(**GROUP, sex=Sex.WOMAN, agenda=AGENDA),
        InvitationSubstituteLetter(**GROUP),
    ),
    "invitation_withdrawn": (
        InvitationWithdrawnLetter(**MEETING, sex=Sex.MAN, why="left_group"),
        InvitationWithdrawnLetter(**MEETING, why="member_comes"),
        InvitationWithdrawnLetter(**MEETING, why="meeting_moved"),
        InvitationWithdrawnLetter(**MEETING, why="application_withdrawn"),
        InvitationWithdrawnLetter(**MEETING, why="other_person"),
        InvitationWithdrawnLetter(**MEETING, why="change_off"),
    ),
    "counter_declined": (
        CounterDeclinedLetter(**GROUP, sex=Sex.WOMAN, reason="Innym osobom ten dzień nie odpowiada."),
        CounterDeclinedLetter(**GROUP, agenda=AGENDA, reason="Sala jest wtedy zajęta."),
    ),
    "reminder_correction": (
        ReminderCorrectionLetter(**APPLICATION, sex=Sex.WOMAN, corrections=CORRECTIONS, due_on=date(2018, 10, 19)),
        ReminderCorrectionLetter(
            **APPLICATION, corrections=CORRECTIONS[:1], due_on=date(2018, 10, 19), closing_paragraph="§ 6 Regulaminu"
        ),
    ),
    "reminder_confirmation": (
        ReminderConfirmationLetter(**APPLICATION, sex=Sex.MAN, answer_until=date(2018, 11, 9)),
        ReminderConfirmationLetter(**APPLICATION, answer_until=date(2018, 11, 9), documents=("deklaracja",)),
    ),
    "reminder_invitation": (
        ReminderInvitationLetter(**MEETING, sex=Sex.WOMAN, answer_until=date(2018, 11, 16)),
        ReminderInvitationLetter(**MEETING, answer_until=date(2018, 11, 16)),
    ),
    "reminder_meeting": (
        ReminderMeetingLetter(**MEETING, sex=Sex.MAN, agenda=AGENDA),
        ReminderMeetingLetter(**{**MEETING, "days": DAYS[1:]}),
    ),
    "reminder_bill": (
        ReminderBillLetter(**MEETING, sex=Sex.WOMAN, prepared_on=date(2018, 11, 28), return_until=date(2018, 12, 5)),
        ReminderBillLetter(
            **MEETING,
            prepared_on=date(2018, 11, 28),
            return_until=date(2018, 12, 5),
            extended_to=date(2018, 12, 14),
        ),
        ReminderBillLetter(
            **MEETING, prepared_on=date(2018, 11, 28), return_until=date(2018, 12, 5), signed_first=False
        ),
    ),
    "agreement_invitation": (AgreementInvitationLetter(**AGREEMENT, sign_by=date(2020, 2, 28)),),
    "agreement_redated": (AgreementRedatedLetter(**AGREEMENT, sign_by=date(2020, 3, 31), before=date(2020, 2, 28)),),
    "agreement_joined": (
        AgreementJoinedLetter(
            **AGREEMENT, newcomer="Biblioteka Próbna w Swarzędzu", joined_on=date(2020, 1, 10), parties=11
        ),
    ),
    "reminder_agreement": (
        ReminderAgreementLetter(**AGREEMENT, sign_by=date(2020, 2, 28)),
        ReminderAgreementLetter(**AGREEMENT, sign_by=date(2020, 2, 28), passed=True),
    ),
    "reminder_officers": (
        ReminderOfficersLetter(
            office=OFFICE,
            matter="odpowiedź na zaproszenie",
            lines=(
                WaitingLine(number="KES/PGR/2205/2018/0002", due=date(2018, 9, 3)),
                WaitingLine(number="KES/PGR/2205/2018/0007"),
            ),
        ),
    ),
    "digest": (
        DigestLetter(
            office=OFFICE,
            monday=date(2018, 7, 2),
            total=23,
            overdue=1,
            groups=(
                WaitingGroup(
                    what="zgłoszenie czeka na weryfikację",
                    count=22,
                    lines=(
                        WaitingLine(number="KES/PGR/2205/2018/0002", since=date(2018, 6, 5), due=date(2018, 7, 3)),
                        WaitingLine(number="KES/PGR/2205/2018/0003", since=date(2018, 6, 5)),
                    ),
                    more=20,
                ),
                WaitingGroup(
                    what="wiadomość bez adresu e-mail",
                    count=1,
                    lines=(WaitingLine(number="wiadomość 5", since=date(2018, 6, 6)),),
                ),
            ),
        ),
    ),
    "stipend_ready": (
        StipendReadyLetter(
            **STIPEND,
            sex=Sex.WOMAN,
            attached=True,
            deductions=(
                AmountLine(label="składka na ubezpieczenie zdrowotne", grosze=9000),
                AmountLine(label="zaliczka na podatek", grosze=6700),
            ),
        ),
        StipendReadyLetter(**STIPEND, attached=False, replaces="R/0001/2018"),
        StipendReadyLetter(**STIPEND, attached=False, corrects="R/0001/2018"),
        StipendReadyLetter(**STIPEND, attached=True, signed_first=False),
    ),
    "withdrawn": (
        WithdrawnLetter(**APPLICATION, sex=Sex.WOMAN, withdrawn_on=date(2018, 10, 30)),
        WithdrawnLetter(**APPLICATION, withdrawn_on=date(2018, 10, 30)),
    ),
    "unit_invited": (
        UnitInvitedLetter(
            office=OFFICE,
            unit="Gmina Brusy",
            group_name="Gminy w projekcie – cały obszar projektu",
            opens_on=date(2018, 5, 28),
            closes_at=datetime(2018, 6, 15, 13, 30, tzinfo=UTC),
        ),
    ),
    "unit_card_asked": (
        UnitCardLetter(
            office=OFFICE,
            unit="Powiat kartuski",
            group_name="Karty powiatów – cały obszar projektu",
            opens_on=date(2018, 6, 18),
            closes_at=datetime(2018, 9, 28, 13, 30, tzinfo=UTC),
            gminas=("Gmina Kartuzy", "Gmina Żukowo"),
        ),
    ),
    "seat_invited": (
        SeatInvitedLetter(**SEAT, who="osoby decyzyjne", tasks=("wypracowanie zasad",), answer_by=date(2018, 6, 18)),
        SeatInvitedLetter(
            **SEAT, who="osoby decyzyjne", tasks=("a", "b"), answer_by=date(2018, 6, 18), code_asked=True
        ),
    ),
    "seat_vacant": (
        SeatVacantLetter(
            **SEAT,
            who="osoby decyzyjne",
            tasks=("a",),
            answer_by=date(2018, 7, 16),
            free_since=date(2018, 7, 2),
        ),
        SeatVacantLetter(
            **SEAT, who="osoby decyzyjne", tasks=("a",), answer_by=date(2018, 7, 16), refused_number="7K3M-9XQA"
        ),
        SeatVacantLetter(**SEAT, who="osoby decyzyjne", tasks=("a",), answer_by=date(2018, 7, 16), code_asked=True),
    ),
    "seat_change": (
        SeatChangeLetter(**HOUSE, public_number="7K3M-9XQA", since=date(2018, 12, 1), replaces=True),
        SeatChangeLetter(**HOUSE, public_number="7K3M-9XQA", since=date(2018, 12, 1), replaces=False),
        SeatChangeLetter(**HOUSE, public_number="7K3M-9XQA", since=date(2018, 12, 1), replaces=True, off=True),
        SeatChangeLetter(**HOUSE, public_number="7K3M-9XQA", since=date(2018, 12, 1), replaces=False, off=True),
    ),
    "seat_closed": (
        SeatClosedLetter(**HOUSE, reason="Instytucja rezygnuje z udziału.", may_return=True, sat=True),
        SeatClosedLetter(**HOUSE, reason="Instytucja wystąpiła z porozumienia KES/P/2205.", may_return=False),
    ),
    "seat_taken": (
        SeatTakenLetter(**HOUSE, public_number="7K3M-9XQA", since=date(2018, 6, 6)),
        SeatTakenLetter(**HOUSE, public_number="7K3M-9XQA", since=date(2018, 9, 1), replaced=True),
    ),
    "reminder_seat": (
        ReminderSeatLetter(**SEAT, answer_by=date(2018, 6, 18)),
        ReminderSeatLetter(**SEAT, answer_by=date(2018, 6, 18), passed=True),
    ),
    "named": (
        NamedLetter(**APPLICATION, sex=Sex.WOMAN, institution="Szkoła Próbna", since=date(2018, 6, 6)),
        NamedLetter(**APPLICATION, institution="Szkoła Próbna", since=date(2018, 6, 6), paid=True, declaration=True),
    ),
    "nomination_ahead": (
        NominationAheadLetter(
            **APPLICATION, sex=Sex.WOMAN, institution="Szkoła Próbna", since=date(2018, 12, 1), replaces=True
        ),
        NominationAheadLetter(**APPLICATION, institution="Szkoła Próbna", since=date(2018, 12, 1), replaces=False),
        NominationAheadLetter(
            **APPLICATION, sex=Sex.MAN, institution="Szkoła Próbna", since=date(2018, 12, 1), replaces=True, off=True
        ),
    ),
    "nomination_ending": (
        NominationEndingLetter(**APPLICATION, sex=Sex.MAN, institution="Szkoła Próbna", since=date(2018, 12, 1)),
        NominationEndingLetter(**APPLICATION, institution="Szkoła Próbna", since=date(2018, 12, 1), off=True),
    ),
    "nomination_ended": (
        NominationEndedLetter(
            **APPLICATION, sex=Sex.MAN, institution="Szkoła Próbna", ended_on=date(2018, 9, 1), successor=True
        ),
        NominationEndedLetter(**APPLICATION, institution="Szkoła Próbna", ended_on=date(2018, 9, 1), successor=False),
        NominationEndedLetter(
            **APPLICATION,
            institution="Szkoła Próbna",
            ended_on=date(2018, 9, 1),
            successor=False,
            closed=True,
            support=("coaching indywidualny", "coaching grupowy"),
        ),
    ),
    "registered": (
        RegisteredLetter(**APPLICATION, sex=Sex.WOMAN),
        RegisteredLetter(**APPLICATION, came_free=True, declaration=True),
    ),
    "waiting_list": (WaitingListLetter(**APPLICATION),),
    "refused": (
        RefusedLetter(
            **APPLICATION, sex=Sex.WOMAN, reason="Instytucja działa poza powiatem.", refused_on=date(2018, 7, 2)
        ),
        RefusedLetter(
            **APPLICATION,
            reason="Instytucja działa poza powiatem.",
            refused_on=date(2018, 7, 2),
            verdicts=(VerdictLine(sentence="Instytucja nie działa na obszarze.", paragraph="§ 4", result="not_met"),),
            appeal_until=date(2018, 7, 9),
            appeal_paragraph="§ 8 Regulaminu",
        ),
    ),
    "free_letter": (
        FreeLetterText(**APPLICATION, title="Zmiana sali", words=Words("spotkanie będzie w **innej** sali:\n\n- nr 3")),
        FreeLetterText(**APPLICATION, sex=Sex.MAN, title="Zmiana sali", words=Words("prosimy o telefon.")),
    ),
}
ALL = [pytest.param(event, letter, id=f"{event}-{n}") for event in LETTERS for n, letter in enumerate(LETTERS[event])]


class Reader(HTMLParser):
    """What a screen reader says: the words of the page, in order, and the tags on the way."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "head" not in self.open:
            self.words.extend(data.split())


def words(text: str) -> list[str]:
    return re.sub(r"^(– |\d+\. (?!\w+ \d{4}))", "", text, flags=re.M).split()


def test_every_event_has_an_example_here() -> None:
    assert set(LETTERS) == set(EVENTS)


def test_our_own_templates_have_no_mistake() -> None:
    assert check_templates() == ()


@pytest.mark.parametrize(("event", "letter"), ALL)
@pytest.mark.parametrize("sex", [*Sex, None])
def test_text_and_html_say_the_same_to_everybody(event: str, letter: Letter, sex: Sex | None) -> None:
    mail = render_mail(event, replace(letter, sex=sex))
    reader = Reader(mail.html)
    assert reader.words == words(mail.text)
    assert reader.open == []
    opening = {Sex.WOMAN: "Szanowna Pani,", Sex.MAN: "Szanowny Panie,", None: "Szanowni Państwo,"}[sex]
    assert mail.text.startswith(f"{opening}\n\n")
    assert re.match(r"[a-ząćęłńóśźż]", mail.text.split("\n")[2])  # a comma before it, so no capital
    forms = {
        Sex.WOMAN: r"\b(Panu|Pana|Panem|Państwa)\b",
        Sex.MAN: r"\b(Pani|Panią|Państwa)\b",
        None: r"\b(Pan(i|ią|a|u|em)?)\b",
    }
    assert not re.search(forms[sex], mail.text)


@pytest.mark.parametrize(("event", "letter"), ALL)
def test_every_mail_says_who_writes_how_to_answer_and_who_pays(event: str, letter: Letter) -> None:
    mail = render_mail(event, letter)
    for needed in (
        OFFICE.unit_name, OFFICE.unit_address, OFFICE.phone, OFFICE.email, OFFICE.hours, OFFICE.iod,
        OFFICE.project_title, OFFICE.project_number, OFFICE.funding_line, "Dane osobowe przetwarzamy",
    ):  # fmt: skip
        assert needed in mail.text.replace("\u00a0", " ")


@pytest.mark.parametrize(("event", "letter"), ALL)
def test_no_slip_of_the_pen(event: str, letter: Letter) -> None:
    mail = render_mail(event, letter)
    for text in (mail.subject, mail.text):
        assert not re.search(r"\.\.|  | [.,;:)]|\( |None|True|False|\{|\}|_|,\.", text)
        assert text.count("„") == text.count("”")
    assert "\n\n\n" not in mail.text
    assert not re.search(r"(?m)^– .*\n\n– ", mail.text)
    assert not re.search(r"(?<!\w)[aiouwz] ", mail.text)  # one-letter words never end a line
    assert not re.search(r"\d (zł|r\.)", mail.text)


@pytest.mark.parametrize(("event", "letter"), ALL)
def test_html_can_be_read_by_everyone(event: str, letter: Letter) -> None:
    html = render_mail(event, letter).html
    assert '<html lang="pl">' in html
    assert set(Reader(html).tags) <= {
        "html", "head", "meta", "title", "body", "main", "p", "h2", "ul", "ol", "li", "strong", "br", "address", "a",
        "footer",
    }  # fmt: skip
    assert "http" not in html


@pytest.mark.parametrize(("event", "letter"), ALL)
def test_headings_come_in_order_and_colours_stand_out(event: str, letter: Letter) -> None:
    """WCAG 2.1 AA: 4.5 to 1 between a text and what lies behind it; no level of headings is left out."""
    html = render_mail(event, letter).html
    assert {tag for tag in Reader(html).tags if re.fullmatch("h[1-6]", tag)} <= {"h2"}
    assert "class=" not in html.replace('class="apart"', "")
    assert "<style" not in html
    behind = re.findall(r"background: (#\w{6})", html)
    assert behind == ["#ffffff"]
    for colour in set(re.findall(r"(?<![-\w])color: (#\w{6})", html)):
        assert contrast(colour, behind[0]) >= 4.5, colour


CHOICES = ("decline_offers", "why", "admission")
"""Fields of letters that hold a code, and so nobody's data."""


def contrast(one: str, other: str) -> float:
    """As WCAG 2.1 reckons it from the relative luminance of both."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(("event", "letter"), ALL)
def test_no_personal_data_reach_a_subject(event: str, letter: Letter) -> None:
    """Whatever a letter holds beside number, days and office may be anything: its subject stays the same."""
    other: dict[str, object] = {"sex": None, "salutation_override": "Szanowna Pani Nowak"}
    for one in fields(letter):
        value = getattr(letter, one.name)
        if type(value) is str and one.name not in (*CHOICES, "public_number", "title", "words", "salutation_override"):
            other[one.name] = "copy" if one.name == "attached" else "Nowak 77010112345"
    changed = replace(letter, **other)
    assert render_mail(event, changed).subject == render_mail(event, letter).subject


def test_what_a_letter_takes_the_place_of_stands_above_it_by_itself() -> None:
    earlier = EarlierLetter(sent_on=date(2018, 11, 2), subject="Wynik *rekrutacji*")
    mail = render_mail("withdrawn", replace(LETTERS["withdrawn"][0], instead_of=earlier))
    first, empty, opening = mail.text.splitlines()[:3]
    said = first.replace("\u00a0", " ")
    assert said.startswith("Ta wiadomość zastępuje naszą wiadomość z 2 listopada 2018 r. („Wynik *rekrutacji*”).")
    assert (empty, opening) == ("", "Szanowna Pani,")


PERSONAL = re.compile(r"do grupy|w grupie|kolejn\w+ os[oó]b|os[oó]bie z tego|imię, nazwisko|bez nazwisk", re.IGNORECASE)

ONLY_TO_PEOPLE = {
    *("named", "nomination_ahead", "nomination_ending", "nomination_ended", "registered", "waiting_list", "refused"),
    *("free_letter", "stipend_ready", "bill_received", "statement_request"),
    *("support_granted", "support_refused", "support_ended"),
}
"""Units come by selection (the checks of a project see to it), and are neither paid nor supported."""


@pytest.mark.parametrize("event", sorted(e for e, kind in EVENTS.items() if issubclass(kind, ApplicationLetter)))
def test_a_letter_to_a_unit_speaks_to_an_institution(event: str) -> None:
    """Neither one person, nor a group that somebody joins, nor what only a person has."""
    for letter in LETTERS[event]:
        if event in ONLY_TO_PEOPLE or not isinstance(letter, ApplicationLetter):
            continue
        said = render_mail(event, replace(letter, for_unit=True, sex=None)).text.replace("\u00a0", " ")
        assert said.startswith("Szanowni Państwo,")
        assert PERSONAL.findall(said) == []
        assert re.search(r"\bPan(i|a|u|ią)?\b", said) is None


@pytest.mark.parametrize("admission", ["nomination", "registration"])
@pytest.mark.parametrize(
    "event",
    [
        *("acknowledgement", "scan_received", "completed", "closed_incomplete", "struck_off", "withdrawn"),
        *("refused", "named", "registered", "waiting_list", "nomination_ended", "appeal_upheld"),
        *("nomination_ahead", "nomination_ending"),
    ],
)
def test_where_nobody_is_ranked_no_letter_speaks_of_a_commission_or_a_reserve(event: str, admission: str) -> None:
    for letter in LETTERS[event]:
        assert isinstance(letter, ApplicationLetter)
        said = render_mail(event, replace(letter, admission=admission)).text
        assert re.findall(r"Komisj\w+|rezerwow\w+|Listy wyników", said) == []


@pytest.mark.parametrize(("event", "letter"), ALL)
def test_a_subject_is_one_line_that_names_nobody(event: str, letter: Letter) -> None:
    subject = render_mail(event, letter).subject
    assert subject.isprintable()
    assert "\u00a0" not in subject
    assert len(subject) <= 110
    assert subject.endswith("– Kooperacja")
    assert "kartuski" not in subject


def test_the_subject_does_not_tell_the_outcome() -> None:
    subjects = {render_mail(event, LETTERS[event][0]).subject for event in ("accepted", "reserve", "rejected")}
    assert subjects == {"Wynik rekrutacji: zgłoszenie K7M4-Q2XR – Kooperacja"}


def test_meeting_days_stand_with_weekday_and_hours() -> None:
    mail = render_mail("invitation", LETTERS["invitation"][0])
    text = mail.text.replace("\u00a0", " ")
    assert "– sobota, 24 listopada 2018 r., godz. 9:00–15:00\n" in text
    assert "– niedziela, 25 listopada 2018 r., godz. 9:00–13:30\n" in text
    assert mail.subject == "Zaproszenie na spotkanie 24–25 listopada 2018 r. – Kooperacja"


def test_receipt_is_told_in_polish_time() -> None:
    text = render_mail("acknowledgement", LETTERS["acknowledgement"][0]).text.replace("\u00a0", " ")
    assert "Wpłynęło 12 października 2018 r. o godz. 9:41 i otrzymało numer K7M4-Q2XR." in text


def test_a_refusal_gives_every_criterion_with_its_paragraph() -> None:
    text = render_mail("rejected", LETTERS["rejected"][0]).text.replace("\u00a0", " ")
    assert (
        "Kryteria spełnione:\n"
        "– Instytucja działa w powiecie (§ 4 ust. 1 pkt 1 Regulaminu).\n"
        "– Zgłoszenie wpłynęło w terminie (§ 5 ust. 2 Regulaminu).\n\n"
        "Kryteria niespełnione:\n"
        "– Praca nie polega na bezpośrednim wsparciu osób (§ 4 ust. 1 pkt 2 Regulaminu).\n\n"
        "Kryteria, których nie dało się ustalić:\n"
        "– Nie można ustalić poziomu instytucji (§ 4 ust. 2 Regulaminu).\n"
    ) in text
    assert "Złożyć odwołanie (§ 9 Regulaminu)" in text


@pytest.mark.parametrize(
    ("ground", "why"),
    [
        (Ground.SECTOR, "osoba, dzięki której grupa zachowa wymagany skład"),
        (Ground.COMPOSITION, "osoba, dzięki której grupa zachowa wymagany skład"),
        (Ground.APPEAL, "osoba, której odwołanie uwzględniono"),
        (Ground.ORDER, "kolejna osoba z tej listy"),
    ],
)
def test_an_offer_from_the_reserve_gives_the_true_reason(ground: Ground, why: str) -> None:
    mail = render_mail(
        "promoted", PromotedLetter(**APPLICATION, sex=Sex.WOMAN, ground=ground, answer_until=date(2018, 11, 20))
    )
    said = f"Miejsce otrzymuje teraz {why}."
    assert said in mail.text.replace("\u00a0", " ")
    assert said in " ".join(Reader(mail.html).words)


def test_amounts_are_written_as_money() -> None:
    text = render_mail("stipend_ready", LETTERS["stipend_ready"][0]).text.replace("\u00a0", " ")
    assert "– potwierdzony czas udziału: 10 godz. 30 min\n– kwota brutto: 1 000,00 zł\n" in text
    assert "– zaliczka na podatek: 67,00 zł\n– do wypłaty: 843,00 zł\n" in text


def test_a_bill_names_the_one_it_replaces_or_adds_to() -> None:
    first, second, third = (
        render_mail("stipend_ready", letter).text.replace("\u00a0", " ") for letter in LETTERS["stipend_ready"][:3]
    )
    replacing = "\n\nTen rachunek zastępuje rachunek nr R/0001/2018, który jest już nieważny.\n\n"
    adding = "\n\nTo dopłata do rachunku nr R/0001/2018, który pozostaje ważny: "
    assert "rachunek nr R/0002/2018 do podpisu" in first
    assert [replacing in mail for mail in (first, second, third)] == [False, True, False]
    assert [adding in mail for mail in (first, second, third)] == [False, False, True]


def test_a_bill_that_is_late_gets_a_new_day_and_is_told_the_old_one() -> None:
    in_time, late = (
        render_mail("reminder_bill", letter).text.replace("\u00a0", " ") for letter in LETTERS["reminder_bill"][:2]
    )
    assert "Termin: środa, 5 grudnia 2018 r.\n" in in_time
    assert "Termin minął: środa, 5 grudnia 2018 r.\nNowy termin: piątek, 14 grudnia 2018 r.\n" in late


def test_values_cannot_become_markup() -> None:
    letter = replace(LETTERS["invitation_cancel"][0], reason='<img src=x onerror="a()"> & {{ office }} \x07\u2028')
    mail = render_mail("invitation_cancel", letter)
    assert '&lt;img src=x onerror="a()"&gt; &amp; {{ office }} </p>' in mail.html.replace("\u00a0", " ")
    assert '<img src=x onerror="a()"> & {{ office }}\n' in mail.text


def own(name: str, source: str) -> tuple[TemplateFile, ...]:
    """A template an office has put in the place of ours."""
    return (TemplateFile(name=name, source=source),)


def test_an_office_may_word_one_mail_itself_and_keeps_the_rest() -> None:
    overrides = own(
        "withdrawn/body.md",
        '{% extends "_base/body.md" %}{% block content %}po naszemu: **{{ public_number }}**{% endblock %}',
    )
    mail = render_mail("withdrawn", LETTERS["withdrawn"][0], overrides=overrides)
    assert mail.text.startswith("Szanowna Pani,\n\npo naszemu: K7M4-Q2XR\n\n")
    assert "<strong>K7M4-Q2XR</strong>" in mail.html
    assert mail.subject == render_mail("withdrawn", LETTERS["withdrawn"][0]).subject
    assert check_templates(overrides) == ()


@pytest.mark.parametrize(
    ("file", "source", "line", "said"),
    [
        ("body.md", "raz\n{{ public_numer }}", 2, "„public_numer”"),
        ("body.md", "{% if 1 > 2 %}{{ pesel }}{% endif %}", 1, "„pesel”"),
        ("subject.txt", "Grupa {{ group_name }}", 1, "„group_name”"),
        ("body.md", "raz\n\n{% if %}", 3, "składni"),
    ],
)
def test_mistakes_of_an_office_are_named_with_file_and_line(file: str, source: str, line: int, said: str) -> None:
    (problem,) = check_templates(own(f"withdrawn/{file}", source))
    assert (problem.file, problem.line) == (f"withdrawn/{file}", line)
    assert said in problem.sentence


@pytest.mark.parametrize(
    "source",
    [
        "{{ public_numer }}",
        "{{ office.nazwa }}",
        "{{ public_number.__class__.__mro__ }}",
        "{{ public_number | upper | nieznany }}",
        "{{ public_number + 1 }}",
        "{{ public_number | amount }}",
        '{% include "../../pyproject.toml" %}',
        '{% include "/etc/hostname" %}',
        "{{ 1 / 0 }}",
        "{% for %}",
        "{{ withdrawn_on }}",
        "{{ none }}",
        "{{ true }}",
        "{{ office }}",
    ],
)
def test_a_template_with_a_mistake_stops_the_mail_and_quotes_no_value(source: str) -> None:
    overrides = own("withdrawn/body.md", f"raz\n{source}")
    with pytest.raises(BadInput) as refusal:
        render_mail("withdrawn", LETTERS["withdrawn"][0], overrides=overrides)
    assert "withdrawn/body.md" in str(refusal.value)
    assert "K7M4" not in str(refusal.value)
    problems = check_templates(overrides)
    assert {problem.file for problem in problems} == {"withdrawn/body.md"}
    assert {problem.line for problem in problems} <= {2, 0 if "include" in source else 2}


@pytest.mark.parametrize("subject", ["{{ group_name }}", "{{ salutation }}", "{{ sex }}", "", "Nabór\x07"])
def test_a_subject_gets_nothing_personal(subject: str) -> None:
    with pytest.raises(BadInput):
        render_mail("withdrawn", LETTERS["withdrawn"][0], overrides=own("withdrawn/subject.txt", subject))


def test_a_subject_over_two_lines_becomes_one() -> None:
    overrides = own("withdrawn/subject.txt", "Wycofanie\r\n  {{ public_number }}\n")
    assert render_mail("withdrawn", LETTERS["withdrawn"][0], overrides=overrides).subject == "Wycofanie K7M4-Q2XR"


def test_a_letter_of_another_event_is_refused() -> None:
    with pytest.raises(BadInput):
        render_mail("accepted", LETTERS["withdrawn"][0])
    with pytest.raises(BadInput):
        render_mail("nieznane", LETTERS["withdrawn"][0])


def test_a_result_letter_says_what_the_points_are_made_of() -> None:
    mail = render_mail("accepted", LETTERS["accepted"][0])
    lines = mail.text.replace("\u00a0", " ").splitlines()
    start = lines.index("Punkty:")
    assert lines[start - 1] == ""
    assert lines[start + 1 : start + 5] == [
        "– Staż pracy: 5 z 7 (§ 5 ust. 1 pkt 1 Regulaminu)",
        "– Premia dla gminy: 9 z 9 (§ 5 ust. 2 Regulaminu)",
        "",
        "Suma punktów: 14",
    ]
    assert "<li>Staż pracy: 5 z 7" in mail.html.replace("\u00a0", " ")


@pytest.mark.parametrize("event", [event for event in EVENTS if event.startswith(("invitation", "counter"))])
def test_on_paper_nothing_is_to_be_clicked_or_opened(event: str) -> None:
    for letter in LETTERS[event]:
        text = render_mail(event, replace(letter, on_paper=True)).text
        assert not re.search(r"invite\.ics|kliknięci|przyciskiem|https?://", text)
