"""What is stored. One file an aggregate, each with its lifecycle; importing this package knows every table."""

from models.tables.appeals import Appeal, AppealRuling
from models.tables.applications import Application, AttachedDocument, Correction, FieldValue, UnaskedChange
from models.tables.assessments import AssessmentSheet, AssessmentTask
from models.tables.calls import Call, Group
from models.tables.commission import (
    Ballot,
    CommissionMember,
    CommissionSession,
    Recusal,
    SessionPresence,
    Vote,
)
from models.tables.decisions import Decision, GroupPreference, Ranking, VerdictSheet
from models.tables.files import IssuedDocument, StoreNote, SubmittedFile
from models.tables.institutions import Institution, InstitutionRepresentative
from models.tables.log import Event, Incident, Seal
from models.tables.mail import MailPlace, ReceivedMail
from models.tables.meetings import (
    Attendance,
    CounterVerdict,
    Invitation,
    InvitationAnswer,
    Meeting,
    MeetingChange,
    MeetingDay,
    SubstituteAttendance,
)
from models.tables.memberships import Contract, Membership, PayStatement
from models.tables.officers import Officer, OfficerTicket
from models.tables.outbox import FreeLetter, MailAccount, MailSlot, Message, MessageAttachment
from models.tables.people import ConfirmedAddress, DataKey, Person
from models.tables.projects import DeclarationSigning, ProjectVersion, UnitDeclaration
from models.tables.promotions import Promotion
from models.tables.stipends import Stipend
from models.tables.territory import TercRegister

__all__ = [
    "Appeal",
    "AppealRuling",
    "Application",
    "AssessmentSheet",
    "AssessmentTask",
    "AttachedDocument",
    "Attendance",
    "Ballot",
    "Call",
    "CommissionMember",
    "CommissionSession",
    "ConfirmedAddress",
    "Contract",
    "Correction",
    "CounterVerdict",
    "DataKey",
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
    "Invitation",
    "InvitationAnswer",
    "IssuedDocument",
    "MailAccount",
    "MailPlace",
    "MailSlot",
    "Meeting",
    "MeetingChange",
    "MeetingDay",
    "Membership",
    "Message",
    "MessageAttachment",
    "Officer",
    "OfficerTicket",
    "PayStatement",
    "Person",
    "ProjectVersion",
    "Promotion",
    "Ranking",
    "ReceivedMail",
    "Recusal",
    "Seal",
    "SessionPresence",
    "Stipend",
    "StoreNote",
    "SubmittedFile",
    "SubstituteAttendance",
    "TercRegister",
    "UnaskedChange",
    "UnitDeclaration",
    "VerdictSheet",
    "Vote",
]
