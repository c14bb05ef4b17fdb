"""A project as its office describes it: everything a recruitment follows that is not code.

A definition is read from ``projects/<name>/`` by :mod:`models.project_file`, stored as canonical bytes and never
changed afterwards: a new wording is a new version, and everything decided under the old one still refers to it.
"""

from collections.abc import Iterable
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import Field

from models.agreement_rules import AgreementRules
from models.appeal_rules import Appeals
from models.appointment_rules import AppointmentRules
from models.attendance_rules import AttendanceRules, Decline
from models.contract_rules import ContractRules
from models.form_definition import FormDefinition, Strict
from models.group_kinds import GroupKind
from models.mail_rules import MailIdentity
from models.nomination_rules import NominationRules
from models.pay_rules import PaymentRules
from models.project_area import Area
from models.project_templates import TemplateFile
from models.project_values import Code, Days, EmailAddress, Text, UpperCode, VoivodshipCode
from models.regulation import Regulation
from models.reminder_rules import ReminderRule
from models.rules.assessment import AssessmentRules
from models.rules.criteria import Criterion, PointRule
from models.rules.meeting_kinds import MeetingKind
from models.rules.voting import CommissionRules
from models.support_rules import SupportKind
from models.unit_data import UnitTable

UNKNOWN = "nieustalone"
"""What stands in place of a fact that nobody has published. Never replaced by a guess."""


class PeriodVersion(Strict):
    """The period as it stood from ``recorded_from`` on. ``basis``: the agreement or annex that says so."""

    recorded_from: date
    starts: date
    ends: date
    basis: Text


class Period(Strict):
    """All versions of the project's period, the oldest first: end dates move, and old papers carry the old ones."""

    versions: Annotated[tuple[PeriodVersion, ...], Field(min_length=1)]

    def on(self, day: date) -> PeriodVersion:
        """The version known on ``day``; before the first record, the first one."""
        known = [version for version in self.versions if version.recorded_from <= day]
        return known[-1] if known else self.versions[0]


class Milestone(Strict):
    """Kamień milowy. Dates nobody has published are empty."""

    number: Annotated[int, Field(ge=1)]
    title: Text
    starts: date | None = None
    ends: date | None = None


class Body(Strict):
    """A leader or a partner: the contracting body and the unit that does the work."""

    name: Text
    unit: Text
    voivodship: VoivodshipCode


class Buyer(Strict):
    """The contracting party on contracts and bills."""

    name: Text
    address: Text
    nip: Text


class Unit(Strict):
    """The unit that runs the recruitment and writes the letters. ``iod``: how to reach its data protection officer."""

    name: Text
    address: Text
    postcode_town: Text
    hours: Text
    phone: Text
    email: EmailAddress
    iod: Text


class Moderator(Strict):
    """Who leads the meetings: a body and its part, not a person."""

    unit: Text
    task: Text


class Office(Strict):
    """A project office, one a voivodship."""

    name: Text
    voivodship: VoivodshipCode
    address: Text = UNKNOWN
    postcode_town: Text = UNKNOWN
    hours: Text = UNKNOWN


class Labelled(Strict):
    """A code and what people read for it: a sector (obszar kooperacji) or a level of an institution."""

    code: Code
    label: Text


class Sector(Labelled):
    """An obszar kooperacji. ``catch_all``: „inne”, which is not missed where nobody is of it."""

    catch_all: bool = False


class Deadlines(Strict):
    """Periods in working days, counted from the day after the event, and the attendance that is asked for."""

    correction_working_days: Days
    correction_rounds: Annotated[int, Field(ge=1, le=10)] = 2
    """How often a candidate is asked at most; what is still missing then is an officer's case."""
    verification_working_days: Days = 10
    """From the close of a call to the end of verification; days on which a candidate is waited for do not count."""
    answer_working_days: Days
    result_working_days: Days
    originals_working_days: Days
    bill_working_days: Days
    min_attendance_percent: Annotated[int, Field(ge=0, le=100)]


class Purpose(StrEnum):
    """When a reason is given without being chosen by hand: the commission takes the proposal as it is, or a seat that
    came free goes to the reserve in its order."""

    PROPOSED_MAIN = "proposed_main"
    PROPOSED_RESERVE = "proposed_reserve"
    PROPOSED_BEYOND = "proposed_beyond"
    MAIN_FOR_COMPOSITION = "main_for_composition"
    """On the main list although the points alone would not have sufficed."""
    RESERVE_FOR_COMPOSITION = "reserve_for_composition"
    """Passed over for the sake of the composition, and in reserve."""
    BEYOND_FOR_COMPOSITION = "beyond_for_composition"
    OTHER_GROUP = "other_group"
    """The person has a seat in another group, or is proposed in one that they want more."""
    NOT_ELIGIBLE = "not_eligible"
    INCOMPLETE = "incomplete"
    PROMOTED = "promoted"


class PromotionUntil(StrEnum):
    """How long a free seat goes to the reserve by itself."""

    FIRST_MEETING = "first_meeting"
    LAST_MEETING = "last_meeting"
    ALWAYS = "always"


class ReservePromotion(Strict):
    """What becomes of a seat that came free: offered to the reserve by a scheduled run, or by an officer."""

    automatic: bool = True
    until: PromotionUntil = PromotionUntil.FIRST_MEETING
    """The group's meeting at whose beginning the automatism ends; after it an officer offers the seat."""


class Reason(Strict):
    """A reason of a decision. ``label`` is the Polish sentence a candidate reads."""

    code: Code
    outcome: Literal["accepted", "reserve", "rejected"]
    label: Text
    used_for: tuple[Purpose, ...] = ()
    needs_note: bool = False
    """Whether the sentence says nothing without the commission's own words, which then stand in the protocol."""


class ScheduledDay(Strict):
    """One day of a meeting; times are local (Europe/Warsaw)."""

    date: date
    starts: time
    ends: time


class ScheduledMeeting(Strict):
    """A meeting of the Harmonogram. ``powiat`` is the TERYT of the group's area: a voivodship for a regional one,
    a gmina for one of a gmina."""

    code: Code
    group_kind: UpperCode
    powiat: Annotated[str, Field(pattern=r"^[0-9]{2}([0-9]{2}([0-9]{3})?)?$")]
    title: Text
    place: Text
    agenda: Annotated[tuple[Text, ...], Field(min_length=1)]
    host: Text
    days: Annotated[tuple[ScheduledDay, ...], Field(min_length=1)]
    kind: MeetingKind = MeetingKind.MEETING


class Entitled(StrEnum):
    """Who gets a certificate of participation: whoever has the attendance that the project asks for, or was there."""

    MIN_ATTENDANCE = "min_attendance"
    ONCE = "once"


class Certificates(Strict):
    """Certificates of participation (zaświadczenia)."""

    entitled: Entitled = Entitled.MIN_ATTENDANCE
    signed_by: Text = "podpis osoby upoważnionej"
    """What stands under the line to sign on."""


class Retention(Strict):
    """How long papers are kept. Nothing is erased by this: the software proposes, a person approves."""

    basis: Text
    years: Annotated[int, Field(ge=0, le=100)]
    counted_from: Text


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


C = TypeVar("C", bound=_Coded)


class ProjectDefinition(Strict):
    """A whole project. Helpers raise ``KeyError`` for a code the project does not have."""

    schema_version: Literal[1]
    code: UpperCode
    title: Text
    number: Text
    call_number: Text
    programme: Text
    action: Text
    fund: Text
    funding_line: Text
    period: Period
    milestones: tuple[Milestone, ...]
    leader: Body
    partners: tuple[Body, ...]
    buyer: Buyer
    unit: Unit
    moderators: tuple[Moderator, ...]
    offices: tuple[Office, ...]
    sectors: Annotated[tuple[Sector, ...], Field(min_length=1)]
    levels: Annotated[tuple[Labelled, ...], Field(min_length=1)]
    area: Area
    group_kinds: Annotated[tuple[GroupKind, ...], Field(min_length=1)]
    criteria: tuple[Criterion, ...]
    merit: tuple[PointRule, ...]
    documents: tuple[Labelled, ...] = ()
    """What candidates may be asked to attach, by code; an officer confirms what has come."""
    deadlines: Deadlines
    reasons: tuple[Reason, ...]
    reminders: tuple[ReminderRule, ...]
    schedule: tuple[ScheduledMeeting, ...]
    mail: MailIdentity
    retention: Retention
    allow_two_groups: bool
    group_preference: tuple[UpperCode, ...] = ()
    """Which group a person who applies to several is taken to want first, where the person has not said."""
    promotion: ReservePromotion = ReservePromotion()
    decline: Decline | None = None
    certificates: Certificates = Certificates()
    attendance: AttendanceRules | None = None
    appeals: Appeals = Appeals()
    regulation: Regulation | None = None
    commission: CommissionRules | None = None
    """How the commission sits and votes; ``None``: decisions are recorded without sessions and votes."""
    assessment: AssessmentRules | None = None
    """How the commission assesses; needed where a rule gives ``points_by_assessor``."""
    payments: PaymentRules | None = None
    """How money leaves; ``None``: the software orders no transfers."""
    contracts: ContractRules | None = None
    """Statements and contracts of paid groups; ``None``: an officer enters both by hand."""
    agreements: AgreementRules | None = None
    """The words of agreements of institutions; ``None``: the project has none."""
    appointments: tuple[AppointmentRules, ...] = ()
    """Acts of appointment, by kinds of groups; members of a kind that none of them names get no act."""
    nominations: NominationRules = NominationRules()
    """For group kinds into which institutions name people."""
    support: tuple[SupportKind, ...] = ()
    """What members may get beside the group: coaching and the like."""
    unit_data: tuple[UnitTable, ...] = ()
    """Numbers about gminas and powiats that rules ask for; read from the folder of the same name."""
    forms: tuple[FormDefinition, ...]
    templates: tuple[TemplateFile, ...] = ()
    """Letters that the office words itself, by name; ours stand for all others."""

    def group_kind(self, code: str) -> GroupKind:
        return _find(self.group_kinds, code)

    def criterion(self, code: str) -> Criterion:
        return _find(self.criteria, code)

    def point_rule(self, code: str) -> PointRule:
        return _find(self.merit, code)

    def reason(self, code: str) -> Reason:
        return _find(self.reasons, code)

    def appointment(self, kind: str) -> AppointmentRules | None:
        """How members of a kind of group are appointed; ``None``: by no act."""
        return next((one for one in self.appointments if kind in one.group_kinds), None)

    def support_kind(self, code: str) -> SupportKind:
        return _find(self.support, code)

    def sector_label(self, code: str) -> str:
        return _find(self.sectors, code).label

    def form(self, key: str) -> FormDefinition:
        for form in self.forms:
            if form.key == key:
                return form
        raise KeyError(key)


def _find(coded: Iterable[C], code: str) -> C:
    for one in coded:
        if one.code == code:
            return one
    raise KeyError(code)
