"""What is stored. One file an aggregate, each with its lifecycle; importing this package knows every table."""

from models.tables.agreements import Agreement, AgreementInvitation, AgreementParty, AgreementText
from models.tables.appeals import Appeal, AppealRuling
from models.tables.applications import Application, AttachedDocument, Correction, FieldValue, UnaskedChange
from models.tables.appointments import ActSigning, AppointmentAct
from models.tables.assessments import AssessmentSheet, AssessmentTask
from models.tables.batches import BankReport, PayAcknowledgement, PayBatch, PayBatchItem, PayEntry
from models.tables.calls import Call, Group
from models.tables.commission import (
    Ballot,
    CommissionMember,
    CommissionSession,
    Recusal,
    SessionPresence,
    Vote,
)
from models.tables.contracts import IssuedContract, StatementAnswer, StatementForm
from models.tables.decisions import Decision, GroupPreference, Ranking, VerdictSheet
from models.tables.files import IssuedDocument, StoreNote, SubmittedFile
from models.tables.institutions import Institution, InstitutionRepresentative
from models.tables.log import Event, Incident, Seal
from models.tables.mail import MailPlace, ReceivedMail
from models.tables.meetings import (
    Attendance,
    AttendanceFile,
    Certificate,
    CoachingSession,
    CounterVerdict,
    DayConfirmation,
    Invitation,
    InvitationAnswer,
    Meeting,
    MeetingChange,
    MeetingDay,
    MeetingRecord,
    MemberNeeds,
    SubstituteAttendance,
)
from models.tables.memberships import Contract, Membership, PayStatement, StrikingOff
from models.tables.nominations import InstitutionSeat, Nomination, SeatChange
from models.tables.officers import Officer, OfficerTicket
from models.tables.outbox import FreeLetter, MailAccount, MailSlot, Message, MessageAttachment
from models.tables.people import ConfirmedAddress, DataKey, Person
from models.tables.projects import DeclarationSigning, ProjectVersion, UnitDeclaration
from models.tables.promotions import Promotion
from models.tables.rates import RateConfirmation
from models.tables.stipends import Stipend
from models.tables.support import SupportAttendance, SupportGrant, SupportSession, SupportVerdict
from models.tables.teams import Team
from models.tables.territory import TercRegister

__all__ = [
    "ActSigning",
    "Agreement",
    "AgreementInvitation",
    "AgreementParty",
    "AgreementText",
    "Appeal",
    "AppealRuling",
    "Application",
    "AppointmentAct",
    "AssessmentSheet",
    "AssessmentTask",
    "AttachedDocument",
    "Attendance",
    "AttendanceFile",
    "Ballot",
    "BankReport",
    "Call",
    "Certificate",
    "CoachingSession",
    "CommissionMember",
    "CommissionSession",
    "ConfirmedAddress",
    "Contract",
    "Correction",
    "CounterVerdict",
    "DataKey",
    "DayConfirmation",
    "Decision",
    "DeclarationSigning",
    "Event",
    "FieldValue",
    "FreeLetter",
    "Group",
    "GroupPreference",
    "Incident",
    "Institution",
    "InstitutionRepresentative",
    "InstitutionSeat",
    "Invitation",
    "InvitationAnswer",
    "IssuedContract",
    "IssuedDocument",
    "MailAccount",
    "MailPlace",
    "MailSlot",
    "Meeting",
    "MeetingChange",
    "MeetingDay",
    "MeetingRecord",
    "MemberNeeds",
    "Membership",
    "Message",
    "MessageAttachment",
    "Nomination",
    "Officer",
    "OfficerTicket",
    "PayAcknowledgement",
    "PayBatch",
    "PayBatchItem",
    "PayEntry",
    "PayStatement",
    "Person",
    "ProjectVersion",
    "Promotion",
    "Ranking",
    "RateConfirmation",
    "ReceivedMail",
    "Recusal",
    "Seal",
    "SeatChange",
    "SessionPresence",
    "StatementAnswer",
    "StatementForm",
    "Stipend",
    "StoreNote",
    "StrikingOff",
    "SubmittedFile",
    "SubstituteAttendance",
    "SupportAttendance",
    "SupportGrant",
    "SupportSession",
    "SupportVerdict",
    "Team",
    "TercRegister",
    "UnaskedChange",
    "UnitDeclaration",
    "VerdictSheet",
    "Vote",
]
