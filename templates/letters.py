"""What each mail may say: one declared context an event. A template that asks for more fails ``check_templates``.

Values are plain and already chosen: a letter decides nothing. Dates are dates, times are local clock times (hours of a
meeting) or aware instants (times of receipt), money is grosze.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, InstanceOf
from pydantic.dataclasses import dataclass

from models.identifiers import Sex
from models.rules.meeting_kinds import MeetingKind
from models.rules.promotion import Ground

# Input is hidden in errors, because they may end in a log.
STRICT = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class OfficeBlock:
    """Who writes: the unit people may call, and the project in whose name it writes."""

    project_title: str
    project_short_title: str
    """Stands in mail subjects; says nothing about a person."""
    project_number: str
    unit_name: str
    unit_address: str
    phone: str
    """Empty when the project does not state one."""
    email: str
    hours: str
    """When somebody answers the telephone: „poniedziałek–piątek, 7:30–15:30”."""
    iod: str
    """How to reach the data protection inspector, as one line."""
    funding_line: str
    """The sentence on EU funding that the programme asks for."""

    @property
    def reach(self) -> str:
        """How to reach us quickly, after „prosimy”: by telephone when there is one, else by mail."""
        return f"zadzwonić: {self.phone}" if self.phone else f"napisać: {self.email}"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CorrectionLine:
    """One answer to be completed: the form's label, why (a sentence without the value), an example of a good one
    unless the reason gives one, and where it stands in the candidate's own document."""

    label: str
    reason: str
    example: str = ""
    place: str = ""
    """„tabela 2, wiersz 5”; empty when it was not found there."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class VerdictLine:
    """One criterion and how it came out, as the sentence the project has for that result."""

    sentence: str
    paragraph: str
    """Where the regulation says so: „§ 4 ust. 1 pkt 2 Regulaminu”."""
    result: Literal["met", "not_met", "cannot_tell"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ScoreLine:
    """What one rule gave, and the most that it gives."""

    title: str
    points: Annotated[int, Field(ge=0)]
    maximum: Annotated[int, Field(ge=0)]
    paragraph: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class MeetingDayLine:
    """One day of a meeting, in Polish local time."""

    date: date
    starts: time
    ends: time


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AmountLine:
    """One deduction of a bill, in grosze."""

    label: str
    grosze: int


class Words(str):
    """Markdown that somebody wrote by hand: it is source, and not a value that must stay as it is."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class EarlierLetter:
    """A letter that left and does not hold any more."""

    sent_on: date
    subject: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Letter:
    """What every mail knows. ``sex`` is ``None`` when unknown: the form of address is neutral then."""

    office: OfficeBlock
    sex: Annotated[Sex, Field(strict=False)] | None = None
    salutation_override: str = ""
    """How the person wants to be greeted, without the comma; empty: by sex."""
    on_paper: bool = False
    """Whether it goes on paper or by e-Doręczenia: nothing can be clicked then, and no calendar file goes along."""
    instead_of: EarlierLetter | None = None
    """The letter that this one contradicts and takes the place of."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ApplicationLetter(Letter):
    """A letter about one application, named by its public number."""

    public_number: str
    group_name: str
    """„Powiatowa Grupa Refleksyjna – powiat kartuski”; stands in quotes."""
    for_unit: bool = False
    """Whether a gmina or a powiat applied, and not a person."""
    admission: Literal["selection", "nomination", "registration"] = "selection"
    """How one comes into the group, and so what follows; as ``for_unit`` set where letters are written."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class MeetingLetter(Letter):
    """A letter about one meeting."""

    meeting_name: str
    """„I spotkanie Powiatowej Grupy Refleksyjnej”; stands as a heading or in quotes."""
    days: Annotated[tuple[MeetingDayLine, ...], Field(min_length=1)]
    place: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AcknowledgementLetter(ApplicationLetter):
    """Potwierdzenie wpływu."""

    received_at: AwareDatetime
    complete: bool
    """Whether nothing is missing; otherwise a correction request follows, which this mail must not contradict."""
    late: bool = False
    """Whether it came after the call had closed: nothing is asked for then, and nothing is promised."""
    opens_at: AwareDatetime | None = None
    """When the call begins, for a form that came before it."""
    results_by: date | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ScanReceivedLetter(ApplicationLetter):
    """Potwierdzenie wpływu skanu lub zdjęcia: an officer retypes it, and there is nothing to do."""

    received_at: AwareDatetime
    answer: bool = False
    """Whether it answers a request to complete the form; otherwise it is a new application."""
    late: bool = False
    """Whether the application came after the call had closed: nothing is promised then."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CorrectionRequestLetter(ApplicationLetter):
    """Wezwanie do uzupełnienia. ``due_on`` is the last day an answer counts."""

    corrections: Annotated[tuple[CorrectionLine, ...], Field(min_length=1)]
    due_on: date
    attached: Literal["copy", "blank"] = "blank"
    """What goes with the letter: the candidate's own document with the places marked, or a blank form."""
    hides_number: bool = False
    """Whether the copy hides the digits of a PESEL …"""
    asks_hidden: bool = False
    """… and whether that is itself among what is asked for."""
    keeps_receipt: bool = True
    """Whether a correction in time keeps the first time of receipt (the regulation may say otherwise)."""
    closing_paragraph: str = ""
    """Where the regulation says that an application not completed in time is closed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class UnreadableFormLetter(Letter):
    """Pliku nie udało się odczytać; there is no application yet."""

    received_at: AwareDatetime
    reason: str
    file_name: str = ""
    closes_at: AwareDatetime | None = None
    """When the call closes; ``None`` when it has."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class DecisionLetter(ApplicationLetter):
    """What a decision of the commission rests on."""

    decided_on: date
    verdicts: tuple[VerdictLine, ...] = ()
    points: int | None = None
    """Altogether; ``None`` where points decided nothing."""
    scores: tuple[ScoreLine, ...] = ()
    """What they are made of, rule by rule."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AcceptedLetter(DecisionLetter):
    """Przyjęcie: an offer with an answer deadline."""

    answer_until: date
    documents: tuple[str, ...] = ()
    """What is attached, to be signed and sent back to confirm; empty when a plain answer is enough."""
    agreed: bool = False
    """Whether a unit has agreed already, so that nothing is to be confirmed …"""
    signed_on: date | None = None
    """… and when it signed its declaration; ``None`` where its form is enough."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReserveLetter(DecisionLetter):
    """Lista rezerwowa."""

    position: Annotated[int, Field(ge=1)]
    appeal_until: date | None = None
    appeal_paragraph: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class PromotedLetter(ApplicationLetter):
    """Zwolnione miejsce dla osoby z listy rezerwowej: an offer with an answer deadline of its own."""

    ground: Ground
    """What decided between those who wait."""
    answer_until: date
    documents: tuple[str, ...] = ()
    agreed: bool = False
    signed_on: date | None = None
    """Both as with acceptance."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RejectedLetter(DecisionLetter):
    """Odmowa. ``reason`` is the commission's, as a sentence."""

    reason: str
    appeal_until: date | None = None
    appeal_paragraph: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealLetter(ApplicationLetter):
    """A letter about an appeal, by the number that the candidate knows."""

    appeal_number: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealReceivedLetter(AppealLetter):
    """Potwierdzenie wpływu odwołania."""

    received_on: date
    who: str
    """Who rules on it, in the nominative."""
    ruling_by: date
    late_after: date | None = None
    """The last day of the period, when it came after that."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealUpheldLetter(AppealLetter):
    """Odwołanie uwzględnione: the application is judged anew, which is not yet a seat."""

    ruled_on: date
    reason: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealRejectedLetter(AppealLetter):
    """Odwołanie nieuwzględnione, with reasons and what can still be done."""

    ruled_on: date
    reason: str
    late_after: date | None = None
    remedies: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class OfferConfirmedLetter(ApplicationLetter):
    """Potwierdzenie członkostwa."""

    confirmed_on: date
    first_days: tuple[MeetingDayLine, ...] = ()
    """The first meeting, when its dates stand already."""
    paid: bool = False
    """Whether the group is paid: a statement and an account are asked for then, not earlier (domain §5)."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StatementRequestLetter(ApplicationLetter):
    """Prośba o oświadczenie do wypłaty; the blank form goes with it."""

    due_on: date
    corrections: tuple[CorrectionLine, ...] = ()
    """What the form that came lacks; empty when none came yet."""
    renewal: bool = False
    """Whether an earlier statement does not hold any more."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationLetter(MeetingLetter):
    """Zaproszenie; a calendar file goes with it."""

    group_name: str
    kind: MeetingKind = MeetingKind.MEETING
    agenda: tuple[str, ...] = ()
    answer_until: date
    accept_link: str = ""
    decline_link: str = ""
    """One click each, where the office has a page for it; empty when it has none."""
    decline_offers: Literal["seat_for_meeting", "membership", ""] = ""
    """What a refusal leads to by the project's rule, which people are told before they refuse; empty: to nothing."""
    decline_after: Annotated[int, Field(ge=0)] = 0
    """With ``membership``: after so many refusals in a row."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationUpdateLetter(InvitationLetter):
    """Zmiana ustaleń; the calendar file replaces the earlier one."""

    changes: Annotated[tuple[str, ...], Field(min_length=1)]
    """What is different, as sentences."""
    asks_anew: bool = True
    """Whether an answer is needed again: the days or hours changed."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationSubstituteLetter(InvitationLetter):
    """Zaproszenie na jedno spotkanie w zastępstwie, for a person in reserve."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationCancelLetter(MeetingLetter):
    """Odwołanie spotkania; the calendar file removes it."""

    reason: str = ""
    new_date_follows: bool = False


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationWithdrawnLetter(MeetingLetter):
    """Odwołanie jednego zaproszenia: the meeting takes place without the person; the calendar file removes it."""

    why: Literal["left_group", "member_comes", "meeting_moved", "application_withdrawn", "other_person"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CounterDeclinedLetter(InvitationLetter):
    """Propozycja innego terminu nie została przyjęta; the calendar file says once more when the meeting is."""

    reason: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderCorrectionLetter(ApplicationLetter):
    """Przypomnienie o uzupełnieniu."""

    corrections: Annotated[tuple[CorrectionLine, ...], Field(min_length=1)]
    due_on: date
    closing_paragraph: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderConfirmationLetter(ApplicationLetter):
    """Przypomnienie o potwierdzeniu udziału."""

    answer_until: date
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderInvitationLetter(MeetingLetter):
    """Przypomnienie o odpowiedzi na zaproszenie."""

    answer_until: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderMeetingLetter(MeetingLetter):
    """Przypomnienie o spotkaniu. Names the day, never „jutro”: before a Monday it leaves on Friday."""

    agenda: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderBillLetter(MeetingLetter):
    """Przypomnienie o rachunku."""

    prepared_on: date
    return_until: date
    """The day that the letter with the bill named."""
    extended_to: date | None = None
    """The new day, once that one has passed."""
    signed_first: bool = True
    """Whether the payment waits for the signed bill."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AgreementLetter(Letter):
    """A letter to an institution about an agreement; it never names a person."""

    agreement_title: str
    """„Porozumienie o współpracy – gmina Próbna”; stands in quotes."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AgreementInvitationLetter(AgreementLetter):
    """Zaproszenie do podpisania porozumienia; the agreement itself goes with it."""

    sign_by: date
    """The last day."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AgreementRedatedLetter(AgreementLetter):
    """Nowy termin podpisania; the text with the new day goes with it."""

    sign_by: date
    before: date
    """The last day as it was."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AgreementJoinedLetter(AgreementLetter):
    """Zawiadomienie o nowej stronie porozumienia."""

    newcomer: str
    """The institution that joined."""
    joined_on: date
    parties: Annotated[int, Field(ge=2)]
    """How many there are now, with the newcomer."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderAgreementLetter(AgreementLetter):
    """Przypomnienie o podpisaniu porozumienia."""

    sign_by: date
    passed: bool = False
    """Whether that day has passed: signing is still possible then."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WaitingLine:
    """One thing that waits, by number: since when, and until when (or the date that it is about)."""

    number: str
    since: date | None = None
    due: date | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WaitingGroup:
    """Things of one kind that wait, the oldest first. ``more``: how many there are beside those listed."""

    what: str
    count: Annotated[int, Field(ge=1)]
    lines: Annotated[tuple[WaitingLine, ...], Field(min_length=1)]
    more: int = 0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderOfficersLetter(Letter):
    """Przypomnienie dla pracowników: what to look after, by number."""

    matter: str
    """What it is about, in the nominative: „odpowiedź na zaproszenie”."""
    lines: Annotated[tuple[WaitingLine, ...], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class DigestLetter(Letter):
    """Przegląd tygodnia: what waits for one officer, by number and without a name."""

    monday: date
    """The first day of the week."""
    total: Annotated[int, Field(ge=1)]
    overdue: Annotated[int, Field(ge=0)]
    """How many of these are past their day."""
    groups: Annotated[tuple[WaitingGroup, ...], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StipendReadyLetter(MeetingLetter):
    """Rachunek do podpisu. ``minutes`` is the confirmed time; the amounts are grosze."""

    minutes: Annotated[int, Field(gt=0)]
    gross: Annotated[int, Field(ge=0)]
    deductions: tuple[AmountLine, ...] = ()
    net: Annotated[int, Field(ge=0)]
    attached: bool
    """Whether the bill goes with the mail; otherwise it waits at the office (unconfirmed address)."""
    bill_number: str
    replaces: str = ""
    """Number of the bill that this one takes the place of; empty for a first one."""
    corrects: str = ""
    """Number of the bill that this one adds to, and that still stands; empty for a payment of its own."""
    return_until: date
    signed_first: bool = True
    """Whether the payment waits for the signed bill."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WithdrawnLetter(ApplicationLetter):
    """Potwierdzenie wycofania."""

    withdrawn_on: date
    support: tuple[str, ...] = ()
    """Kinds of support that ended with the seat."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CompletedLetter(ApplicationLetter):
    """Potwierdzenie uzupełnienia: the answer came, and nothing more is asked for."""

    complete: bool
    """Whether nothing is missing now; otherwise it is judged by what is there."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ClosedIncompleteLetter(ApplicationLetter):
    """Zamknięcie niekompletnego zgłoszenia; the commission's decision follows. ``due_on`` is the day that passed."""

    due_on: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class OfferLapsedLetter(ApplicationLetter):
    """Wygaśnięcie propozycji miejsca. ``answer_until`` is the day that passed."""

    answer_until: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class OfferDeclinedLetter(ApplicationLetter):
    """Potwierdzenie rezygnacji z miejsca."""

    declined_on: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReserveEndedLetter(ApplicationLetter):
    """Koniec listy rezerwowej."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AttendanceWarningLetter(ApplicationLetter):
    """Zbyt niska obecność. Percents are whole, rounded down; hours are written out („9 godz. 30 min”)."""

    attended: str
    counted: str
    percent: int
    required_percent: int
    paragraph: str
    """Where the regulation asks for it; may be empty."""
    missed_on: tuple[date, ...]
    """Days on which less than all was attended, without the excused ones."""
    days_left: int
    below: bool
    """Whether the share is below what is asked for already; otherwise one more absence may lead there."""
    can_be_met: bool
    """Whether coming to all that is planned would still be enough."""
    may_be_struck_off: bool
    """Whether the project may strike off for it; then the letter says who decides."""
    by_rule: bool
    """Whether nobody decides: the rule does."""
    explain_until: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StruckOffLetter(ApplicationLetter):
    """Skreślenie z listy członków za nieobecności."""

    struck_off_on: date
    reason: str
    attended: str
    counted: str
    percent: int
    required_percent: int
    paragraph: str
    by_rule: bool
    paid: bool
    """Whether hours that were attended are paid for all the same."""
    support: tuple[str, ...] = ()
    """Kinds of support that ended with the seat."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealWithdrawnLetter(AppealLetter):
    """Potwierdzenie wycofania odwołania."""

    withdrawn_on: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class BillReceivedLetter(MeetingLetter):
    """Potwierdzenie otrzymania rachunku."""

    bill_number: str
    paid_on: date | None = None
    """The planned day of payment; ``None`` when it has passed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StipendPaidLetter(MeetingLetter):
    """Potwierdzenie przelewu. ``net`` is in grosze; ``account_end`` are the last digits of the account."""

    bill_number: str
    net: Annotated[int, Field(gt=0)]
    paid_on: date
    account_end: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StipendReturnedLetter(MeetingLetter):
    """Przelew wrócił: prośba o numer konta. ``reason``: the bank's own words, or empty."""

    bill_number: str
    account_end: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class FreeLetterText(ApplicationLetter):
    """List pracownika do grupy, własnymi słowami."""

    title: str
    words: InstanceOf[Words]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class UnitInvitedLetter(Letter):
    """Zaproszenie gminy albo powiatu do naboru jednostek; the blank form goes with it."""

    unit: str
    """„Gmina Brusy”."""
    group_name: str
    opens_on: date
    closes_at: AwareDatetime


@dataclass(frozen=True, kw_only=True, config=STRICT)
class UnitCardLetter(UnitInvitedLetter):
    """Prośba o kartę powiatu, once the gminas of the powiat have declared."""

    gminas: Annotated[tuple[str, ...], Field(min_length=1)]
    """Those that have signed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InstitutionSeatLetter(Letter):
    """A letter to an institution about its seat in a group; it never names a person."""

    institution: str
    group_name: str
    """„Gminno-Powiatowy Zespół Kooperacji – gmina Próbna”; stands in quotes."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatInvitedLetter(InstitutionSeatLetter):
    """Zaproszenie instytucji do wskazania osoby; the blank form goes with it."""

    code: str
    """How the office calls the institution: „I12”."""
    who: str
    """Whom the group looks for, as the project says it."""
    tasks: Annotated[tuple[str, ...], Field(min_length=1)]
    answer_by: date
    code_asked: bool = False
    """Whether the form asks for ``code``."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatVacantLetter(SeatInvitedLetter):
    """Prośba o wskazanie innej osoby: the seat came free, or who was named could not take it."""

    free_since: date | None = None
    """From which day on nobody sits in it; ``None`` where nobody has yet."""
    refused_number: str = ""
    """Public number of the application that was refused."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatTakenLetter(InstitutionSeatLetter):
    """Potwierdzenie dla instytucji: whom it named sits in its seat, by number."""

    public_number: str
    since: date
    replaced: bool = False
    """Whether somebody sat in it before."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatChangeLetter(InstitutionSeatLetter):
    """Zmiana osoby w miejscu instytucji od dnia, który dopiero nadejdzie: written down, or called off."""

    public_number: str
    """Of who is to come."""
    since: date
    replaces: bool
    """Whether somebody sits in the seat until then."""
    off: bool = False
    """It was written down and does not take place."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatClosedLetter(InstitutionSeatLetter):
    """Zamknięcie miejsca instytucji w grupie: why, and how it comes back."""

    reason: str
    """A sentence, as the officer or the agreement gives it."""
    may_return: bool
    """Whether the office still invites institutions to this group."""
    sat: bool = False
    """Whether somebody sat in the seat until it was closed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderSeatLetter(InstitutionSeatLetter):
    """Przypomnienie o wskazaniu osoby."""

    code: str
    answer_by: date
    passed: bool = False
    """Whether that day has passed: a person can still be named then."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class NamedLetter(ApplicationLetter):
    """Przyjęcie osoby, którą wskazała instytucja."""

    institution: str
    since: date
    paid: bool = False
    declaration: bool = False
    """Whether the office makes out a declaration of participation to be signed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class NominationAheadLetter(ApplicationLetter):
    """Zapowiedź dla osoby, którą instytucja wskazała od dnia, który dopiero nadejdzie."""

    institution: str
    since: date
    replaces: bool
    """Whether somebody else represents the institution until then."""
    off: bool = False
    """It was announced and does not take place."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class NominationEndingLetter(ApplicationLetter):
    """Zapowiedź dla osoby, którą instytucja zastąpi inną od dnia, który dopiero nadejdzie."""

    institution: str
    since: date
    """From this day on somebody else represents the institution."""
    off: bool = False
    """It was announced and does not take place."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class NominationEndedLetter(ApplicationLetter):
    """Zawiadomienie osoby, że instytucja wskazała kogoś innego albo ją odwołała, albo że jej miejsce zamknięto."""

    institution: str
    ended_on: date
    """From this day on the person sits in the group no more."""
    successor: bool
    """Whether the institution named somebody else."""
    closed: bool = False
    """Whether the seat of the institution was closed, which need not be at its word."""
    support: tuple[str, ...] = ()
    """Names of the support that was granted and ends with the seat."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RegisteredLetter(ApplicationLetter):
    """Przyjęcie w kolejności zgłoszeń."""

    came_free: bool = False
    """Whether the person waited for the place."""
    declaration: bool = False
    """Whether the office makes out a declaration of participation to be signed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WaitingListLetter(ApplicationLetter):
    """Lista oczekujących: wszystkie miejsca są zajęte."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RefusedLetter(ApplicationLetter):
    """Odmowa przyjęcia do grupy bez naboru z rankingiem. ``reason`` is the officer's, as sentences."""

    reason: str
    refused_on: date
    verdicts: tuple[VerdictLine, ...] = ()
    appeal_until: date | None = None
    appeal_paragraph: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SupportGrantedLetter(ApplicationLetter):
    """Przyznanie wsparcia obok udziału w grupie."""

    support_name: str
    """„coaching indywidualny”; stands in quotes."""
    together: bool
    """Whether the sessions are of several people."""
    limit_hours: Annotated[int, Field(ge=0)]
    """0 where there is no limit."""
    led_by: str
    """Empty when nobody has said."""
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SupportRefusedLetter(ApplicationLetter):
    """Odmowa wsparcia; a person decided so."""

    support_name: str
    reason: str
    verdicts: tuple[VerdictLine, ...] = ()
    """Conditions that are not met, and those that could not be told."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SupportEndedLetter(ApplicationLetter):
    """Zakończenie wsparcia przez pracownika."""

    support_name: str
    last_day: date
    reason: str


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
    "seat_change": SeatChangeLetter,
    "seat_closed": SeatClosedLetter,
    "seat_taken": SeatTakenLetter,
    "reminder_seat": ReminderSeatLetter,
    "named": NamedLetter,
    "nomination_ahead": NominationAheadLetter,
    "nomination_ending": NominationEndingLetter,
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
