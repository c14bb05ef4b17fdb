"""Invented people and the way they go: their forms, the officers who work for them, and a call at each of its stages.

Nobody here exists: all are born in 2202, whatever their names. What a test sends in is a reading of a form (made once
from a real one, then changed), so that no worker process has to start.
"""

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from form_filling import fill
from mails import letter
from pydantic import BaseModel
from sqlmodel import Session, col, func, select
from terc_files import as_csv

from flows.adapters.bank_statements import StatementKind
from flows.adapters.clock import WARSAW, PlayedClock
from flows.adapters.mailbox import Fetched
from flows.adapters.office import Office
from flows.steps.agreements import open_agreement
from flows.steps.announcement import announce
from flows.steps.appointments import sign_act
from flows.steps.attendance import Entry, record
from flows.steps.attendance import enter as enter_attendance
from flows.steps.attendance_days import confirm_day
from flows.steps.attendance_files import keep_scans
from flows.steps.ballots import BallotResult, vote
from flows.steps.bank_reports import confirm as confirm_payments
from flows.steps.batch_approval import approve
from flows.steps.batch_files import export_batch
from flows.steps.batch_freezing import freeze
from flows.steps.calls import open_call
from flows.steps.coaching import Coaching, record_coaching
from flows.steps.commission import appoint, close_session, open_session, recuse
from flows.steps.commission import attend as attend_session
from flows.steps.contract_records import record_contract
from flows.steps.contracts import issue_contracts
from flows.steps.cooperation import issue_cooperation_declaration, record_declaration
from flows.steps.corrections import confirm_address
from flows.steps.decisions import decide, decide_as_proposed
from flows.steps.delivery import deliver
from flows.steps.documents import issue
from flows.steps.filing import IntakeCounts, file_reading
from flows.steps.forms import blank_form
from flows.steps.free_letters import write_letter
from flows.steps.hours_registers import issue_hours
from flows.steps.incidents import record_incident
from flows.steps.institutions import Signatory, Stated, add_institution, code_of, name_representative
from flows.steps.intake import unread_files
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.kept_files import store_folder
from flows.steps.mail_accounts import take_slots
from flows.steps.mail_files import forms_first, mails_of, with_siblings
from flows.steps.mailbox import collect
from flows.steps.manifest import MANIFEST
from flows.steps.memberships import answer_offer
from flows.steps.officers import add_officer, issue_ticket
from flows.steps.preferences import prefer
from flows.steps.projects import newest_version
from flows.steps.ranking import rank_call
from flows.steps.rates import confirm_rate
from flows.steps.reserve import choose
from flows.steps.sealing import seal_days
from flows.steps.signed_papers import SIGNED_ACT, SignedFile
from flows.steps.statement_requests import ask_for_statements
from flows.steps.statements import record_statement
from flows.steps.stipend_records import record_signed_bill
from flows.steps.stipends import settle_meeting
from flows.steps.support import grant_support
from flows.steps.support_presence import attend_session as attend_support
from flows.steps.support_sessions import Planned, plan_session
from flows.steps.territory import load_terc
from flows.steps.verification import to_verify, verify
from forms.reader import read_form
from forms.reading import FieldReading, FormReading, Unreadable
from models.actor import Actor, Role, process
from models.columns import canonical
from models.events import Happened
from models.group_kinds import GroupKind
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, digest, from_canonical
from models.project_file import load_project
from models.rules.assessment import AssessmentRules
from models.rules.composition import NO_LABELS, Constraint
from models.rules.facts import FactValue, FieldStatus
from models.rules.invitation_answers import AnswerOutcome
from models.rules.order import Key
from models.rules.pay import Statements
from models.rules.points import PointsByAssessor
from models.rules.presence import AttendanceStatus
from models.rules.promotion import ALGORITHM, InReserve, Seat
from models.rules.promotion import Promotion as Choice
from models.rules.voting import CommissionRules, Voice
from models.tables import (
    ActSigning,
    Agreement,
    AgreementInvitation,
    AgreementParty,
    AgreementText,
    Appeal,
    AppealRuling,
    Application,
    AppointmentAct,
    AssessmentSheet,
    AssessmentTask,
    AttachedDocument,
    Call,
    Certificate,
    CommissionMember,
    CounterVerdict,
    Decision,
    Institution,
    InstitutionSeat,
    Invitation,
    InvitationAnswer,
    IssuedDocument,
    Meeting,
    MeetingChange,
    MeetingDay,
    MeetingRecord,
    MemberNeeds,
    Membership,
    Nomination,
    ProjectVersion,
    Promotion,
    Ranking,
    SeatChange,
    Stipend,
    StrikingOff,
    SubmittedFile,
    SubstituteAttendance,
    Team,
)
from models.tables.agreements import PartyStep
from models.tables.appointments import ActKind
from models.tables.commission import MemberFunction
from models.tables.decisions import DecisionOutcome
from models.tables.meetings import AnswerMethod, AnswerRoad
from models.tables.nominations import InstitutionSeatState, NominationCause, NominationStep
from models.tables.outbox import Audience
from models.tables.projects import Manner
from models.transitions import enter, move, note, reference

KES = Path(__file__).resolve().parents[1] / "projects" / "kes"
CALL = "KES/PGR/2205/2018"
MEETING = "pgr_kartuski_1"
MEETING_DAYS = (date(2018, 9, 22), date(2018, 9, 23))
PAID_ON = date(2018, 10, 10)
SECRET = "tylko-do-testow"

RITA = Actor("rita", frozenset({Role.RECRUITMENT}), "22")
KINGA = Actor("kinga", frozenset({Role.COMMISSION}), "22")
KONRAD = Actor("konrad", frozenset({Role.COMMISSION}), "22")
KLARA = Actor("klara", frozenset({Role.COMMISSION}), "22")
FILIP = Actor("filip", frozenset({Role.FINANCE}), "")
FRANKA = Actor("franka", frozenset({Role.APPROVER}), "")
"""Lets payments go that Filip has prepared."""
ADAM = Actor("adam", frozenset({Role.ADMINISTRATOR}), "")
STRANGER = Actor("zofia", frozenset({Role.RECRUITMENT}), "30")
"""An officer of another voivodship: nothing of powiat kartuski is hers to see."""
WORKER = process("test")

EMPLOYED = Statements(True, False, False, date(2202, 1, 12), False)
ACCOUNTS = ("20999900000000000000000001", "90999900000000000000000002", "63999900000000000000000003")
"""Valid numbers of a bank that does not exist."""

_folders = itertools.count(1)


def pesel(i: int) -> str:
    """A valid number of a woman born on 12 January 2202; another one for each ``i`` up to 4999."""
    digits = f"026112{2 * i:04d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True))
    return f"{digits}{-total % 10}"


def candidate(i: int, **answers: str | bool) -> dict[str, str | bool]:
    """What candidate ``i`` types into the form for PGR, by tag; each in a sector and a level of her own."""
    sectors = definition().form("zalacznik_1_pgr").leaf("instytucja.obszar").options
    return {
        "imie": "Zmyślona",
        "nazwisko": f"Próbna-{_word(i)}",
        "pesel": pesel(i),
        "data_urodzenia": "12.01.2202",
        "plec": "kobieta",
        "adres.ulica": "ul. Wymyślona 5",
        "adres.kod": "83-300",
        "adres.miejscowosc": "Kartuzy",
        "adres.gmina": "Kartuzy",
        "email": f"osoba{i}@example.org",
        "telefon": "600 100 200",
        "instytucja.nazwa": "Instytucja Próbna",
        "instytucja.nip": "7781346888",
        "instytucja.obszar": sectors[i % len(sectors)].label,
        "instytucja.poziom": "gminny" if i % 2 else "powiatowy",
        "instytucja.gmina": "Żukowo",
        "instytucja.stanowisko": "specjalistka",
        "staz_lat": "ponad 10 lat",
        "praca_bezposrednia": "tak",
        "zakres_wsparcia:rodziny": True,
        "motywacja": "Chcę współpracować.",
        "osw_regulamin": True,
        "osw_udzial": True,
        "osw_prawda": True,
        "osw_rodo": True,
        **answers,
    }


def filled(answers: dict[str, str | bool]) -> bytes:
    """The shipped form for PGR with these answers typed in."""
    return fill(_blank(), answers)


def reading(i: int, changes: dict[str, FactValue | FieldReading] | None = None) -> FormReading:
    """What the reader makes of the form of candidate ``i``. ``None`` in ``changes`` is a question left blank."""
    sectors = definition().form("zalacznik_1_pgr").leaf("instytucja.obszar").options
    values: dict[str, FactValue | FieldReading] = {
        "nazwisko": f"Próbna-{_word(i)}",
        "pesel": pesel(i),
        "email": f"osoba{i}@example.org",
        "instytucja.obszar": sectors[i % len(sectors)].code,
        "instytucja.poziom": "gmina" if i % 2 else "powiat",
        **(changes or {}),
    }
    form = _read_once()
    return form.model_copy(update={"fields": tuple(_changed(field, values) for field in form.fields)})


def unread(key: str, status: FieldStatus = FieldStatus.UNREADABLE, code: str = "pesel_checksum") -> FieldReading:
    """An answer that stands in the form and cannot be relied on."""
    return FieldReading(key=key, status=status, raw="??", reason_code=code, reason="Prosimy sprawdzić tę odpowiedź.")


STATED: dict[str, str | bool] = {
    "imie": "Zmyślona",
    "nazwisko": "Próbna-a",
    "pesel": "",
    "data_urodzenia": "12.01.2202",
    "zatrudnienie": "tak",
    "zatrudnia_zleceniodawca": "nie",
    "student": "nie",
    "chorobowe": "nie",
    "ppk": "nie",
    "konto": ACCOUNTS[0],
    "osw_prawda": True,
}
"""What a member types into the statement form, by tag."""


def statement_docx(i: int, **answers: str | bool) -> bytes:
    """The shipped statement form as candidate ``i`` fills it in."""
    own = {**STATED, "nazwisko": f"Próbna-{_word(i)}", "pesel": pesel(i), "konto": ACCOUNTS[i % len(ACCOUNTS)]}
    return fill(_blank_statement(), {**own, **answers})


@cache
def _blank_statement() -> bytes:
    return blank_form(definition(), "zlecenie_oswiadczenie")


def statement_reading(i: int, changes: dict[str, FactValue | FieldReading] | None = None) -> FormReading:
    """What the reader makes of the statement of candidate ``i``. ``None`` in ``changes`` is a question left blank."""
    values: dict[str, FactValue | FieldReading] = {
        "nazwisko": f"Próbna-{_word(i)}",
        "pesel": pesel(i),
        "konto": ACCOUNTS[i % len(ACCOUNTS)],
        **(changes or {}),
    }
    form = _read_statement_once()
    return form.model_copy(update={"fields": tuple(_changed(field, values) for field in form.fields)})


@cache
def _read_statement_once() -> FormReading:
    return read_form(statement_docx(0), definition().forms)


def _changed(field: FieldReading, values: dict[str, FactValue | FieldReading]) -> FieldReading:
    if field.key not in values:
        return field
    value = values[field.key]
    if isinstance(value, FieldReading):
        return value
    if value is None:
        return field.model_copy(update={"status": FieldStatus.BLANK, "raw": "", "value": None, "certainty": 0})
    return field.model_copy(update={"status": FieldStatus.READ, "raw": str(value), "value": value, "certainty": 100})


def _word(i: int) -> str:
    """A number as letters: names hold no digits."""
    return "".join("abcdefghij"[int(digit)] for digit in str(i))


BY_ASSESSORS = (
    PointsByAssessor(
        kind="points_by_assessor", code="ocena_motywacji", title="Motywacja", paragraph="§ 5 ust. 4", maximum=10
    ),
    PointsByAssessor(
        kind="points_by_assessor", code="ocena_dorobku", title="Dorobek", paragraph="§ 5 ust. 5", maximum=6, minimum=2
    ),
)
"""Rules whose points the commission gives, where a test has it assess."""


GATE = "deklaracja_jednostki"
"""The criterion by which persons wait for the declaration of their gmina or powiat."""


@cache
def definition() -> ProjectDefinition:
    """The shipped project, in which here nobody waits for the declaration of a unit: that gate has tests of its own."""
    whole = load_project(KES)
    return whole.model_copy(
        update={
            "group_kinds": tuple(_without_gate(kind) for kind in whole.group_kinds),
            "criteria": tuple(one for one in whole.criteria if one.code != GATE),
        }
    )


def _without_gate(kind: GroupKind) -> GroupKind:
    return kind.model_copy(update={"criteria": tuple(one for one in kind.criteria if one != GATE)})


@cache
def _blank() -> bytes:
    return blank_form(definition(), "zalacznik_1_pgr")


@cache
def _read_once() -> FormReading:
    return read_form(filled(candidate(0)), definition().forms)


def moment(text: str) -> datetime:
    """An instant by the clock in Warsaw."""
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


def go_to(office: Office, text: str) -> datetime:
    """Moves the office's clock to a time in Warsaw, and returns it."""
    assert isinstance(office.clock, PlayedClock)
    office.clock.move_to(moment(text))
    return office.now()


def add_officers(office: Office) -> None:
    """The officers as rows with the secret ``SECRET``; tests that need no log-in do without."""
    with office.writing(ADAM) as session:
        for one in (ADAM, RITA, KINGA, FILIP, STRANGER):
            add_officer(
                session,
                one.login,
                name=f"{one.login.capitalize()} Próbna",
                secret=SECRET,
                roles=one.roles,
                scope=one.scope,
                actor=None if one is ADAM else ADAM,
                now=office.now(),
            )


def open_kes_call(
    office: Office,
    *,
    seats: int | None = None,
    reserve_seats: int = 1,
    order: tuple[Key, ...] | None = None,
    composition: tuple[Constraint, ...] | None = None,
    commission: CommissionRules | None = None,
    assessment: AssessmentRules | None = None,
) -> str:
    """Loads the shipped project (with fewer seats or other rules, if asked) and opens the call of PGR in kartuski.

    Decisions need no session here, as in a project without rules of a commission, unless a test gives some; and
    nobody assesses unless a test says how.
    """
    changes: dict[str, object] = {} if seats is None else {"seats": seats, "reserve_seats": reserve_seats}
    changes |= {} if order is None else {"order": order}
    changes |= {} if composition is None else {"composition": composition}
    if assessment is not None:
        changes["merit"] = ("staz", *(rule.code for rule in BY_ASSESSORS))
    project = _changed_pgr(changes) if changes else definition()
    if assessment is not None:
        project = project.model_copy(update={"merit": (*project.merit, *BY_ASSESSORS), "assessment": assessment})
    with office.writing(ADAM) as session:
        load(session, project.model_copy(update={"commission": commission}), now=office.now())
    return open_another_call(office, "2205")


def open_another_call(office: Office, powiat: str) -> str:
    """The call of PGR in a powiat, on the same days as that of powiat kartuski."""
    with office.writing(RITA) as session:
        call = open_call(
            session,
            "KES",
            "PGR",
            powiat,
            opens_at=moment("2018-06-04T08:00"),
            closes_at=moment("2018-06-22T15:30"),
            actor=RITA,
            now=office.now(),
        )
        return call.code


def _changed_pgr(changes: Mapping[str, object]) -> ProjectDefinition:
    whole = definition()
    kinds = tuple(kind.model_copy(update=changes) if kind.code == "PGR" else kind for kind in whole.group_kinds)
    return whole.model_copy(update={"group_kinds": kinds})


def load(session: Session, project: ProjectDefinition, *, now: datetime) -> None:
    """As ``flows.steps.projects`` does, without reading the files again each time."""
    body = canonical_bytes(project)
    session.add(
        ProjectVersion(
            code=project.code,
            version=1,
            schema_version=project.schema_version,
            digest=digest(body),
            body=body,
            loaded_at=now,
            loaded_by=ADAM.login,
        )
    )


def redefined(office: Office, **sections: BaseModel | tuple[BaseModel, ...]) -> None:
    """The call goes on under a version of the project that says otherwise in these sections."""
    with office.writing(WORKER) as session:
        call = session.exec(select(Call).where(Call.code == CALL)).one()
        old = session.get_one(ProjectVersion, call.project_version_id)
        body = canonical_bytes(from_canonical(old.body).model_copy(update=sections))
        new = ProjectVersion(
            **old.model_dump(exclude={"id", "version", "body", "digest"}),
            version=newest_version(session, old.code).version + 1,
            body=body,
            digest=digest(body),
        )
        session.add(new)
        session.flush()
        call.project_version_id = new.id or 0
        session.add(call)


def version_after(office: Office, **sections: BaseModel | tuple[BaseModel, ...]) -> None:
    """A newer version of the project, which says otherwise in these sections; the call goes on under its own."""
    with office.reading(WORKER) as session:
        own = session.exec(select(Call.project_version_id).where(Call.code == CALL)).one()
    redefined(office, **sections)
    with office.writing(WORKER) as session:
        call = session.exec(select(Call).where(Call.code == CALL)).one()
        call.project_version_id = own
        session.add(call)


@dataclass(frozen=True)
class Sent:
    """What became of one file that was sent in."""

    file_id: int
    counts: IntakeCounts


def send_in(
    office: Office,
    answer: FormReading | Unreadable,
    *,
    at: str = "2018-06-05T10:00",
    sender: str | None = None,
    number: str = "",
    call: str = "",
    content: bytes = b"",
) -> Sent:
    """A file arrives at a time in Warsaw and is filed as ``answer`` reads it.

    ``number``: whose answer it is; ``call``: the call that the manifest names. It comes from the address that stands
    in it, unless the test says otherwise.
    """
    if sender is None:
        stated = answer.field("email").value if isinstance(answer, FormReading) else None
        sender = stated if isinstance(stated, str) else ""
    serial = next(_folders)
    folder = office.settings.data.parent / f"inbox-{serial}"
    folder.mkdir()
    (folder / "formularz.docx").write_bytes(content or f"file {serial}".encode())
    (folder / MANIFEST).write_text(
        f"file,received_at,channel,sender,application,call\nformularz.docx,{at},email,{sender},{number},{call}\n"
    )
    store_folder(office, folder, actor=WORKER)
    with office.writing(WORKER) as session:
        (file_id,) = unread_files(session)
        return Sent(file_id, file_reading(session, file_id, answer, actor=WORKER, now=office.now()))


def file_all(office: Office, readings: Mapping[str, FormReading | Unreadable]) -> IntakeCounts:
    """Files what is stored as ``read_and_file`` does, each file as the reading under its name says."""
    counts = IntakeCounts()
    with office.reading(WORKER) as session:
        ids = with_siblings(session, unread_files(session))
        read = {one: readings[session.get_one(SubmittedFile, one).name or ""] for one in ids}
        order = forms_first(ids, read, mails_of(session, ids))
    for file_id in order:
        with office.writing(WORKER) as session:
            counts += file_reading(session, file_id, read[file_id], actor=WORKER, now=office.now())
    return counts


def numbers(office: Office) -> list[str]:
    """Numbers of all applications, in the order of the register."""
    with office.reading(WORKER) as session:
        return list(session.exec(select(Application.number).order_by(col(Application.number))).all())


def take_in(office: Office, people: Iterable[int]) -> list[str]:
    """A complete form of each of these candidates, one an hour; their numbers."""
    for hour, i in enumerate(people):
        send_in(office, reading(i), at=f"2018-06-{5 + hour // 10:02d}T{8 + hour % 10:02d}:00")
    return numbers(office)


def verified(office: Office, at: str = "2018-07-03T09:00") -> None:
    now = go_to(office, at)
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=now)


def ranked(office: Office, at: str = "2018-07-03T09:30") -> None:
    now = go_to(office, at)
    with office.writing(WORKER) as session:
        rank_call(session, CALL, actor=WORKER, now=now)


def ranked_call(office: Office, people: int, *, seats: int | None = None, reserve_seats: int = 1) -> list[str]:
    """A call with the ranking of so many candidates; their numbers."""
    open_kes_call(office, seats=seats, reserve_seats=reserve_seats)
    registered = take_in(office, range(people))
    verified(office)
    ranked(office)
    return registered


def commissioned_call(office: Office, people: int, *, seats: int | None = None, reserve_seats: int = 1) -> list[str]:
    """A ranked call of a project whose commission of three votes: Kinga in the chair, Konrad and Klara."""
    for_commission(office, CommissionRules(), seats=seats, reserve_seats=reserve_seats)
    registered = take_in(office, range(people))
    verified(office)
    ranked(office)
    return registered


def for_commission(
    office: Office,
    rules: CommissionRules,
    *,
    seats: int | None = None,
    reserve_seats: int = 1,
    assessment: AssessmentRules | None = None,
) -> None:
    """An open call under these rules, with officers and the commission of three."""
    add_officers(office)
    with office.writing(ADAM) as session:
        for one in (KONRAD, KLARA):
            add_officer(
                session,
                one.login,
                name=f"{one.login.capitalize()} Próbna",
                secret=SECRET,
                roles=one.roles,
                scope=one.scope,
                actor=ADAM,
                now=office.now(),
            )
    open_kes_call(office, seats=seats, reserve_seats=reserve_seats, commission=rules, assessment=assessment)
    with office.writing(ADAM) as session:
        for one, function in (
            (KINGA, MemberFunction.CHAIR),
            (KONRAD, MemberFunction.SECRETARY),
            (KLARA, MemberFunction.MEMBER),
        ):
            appoint(session, "KES", one.login, function=function, scope="22", actor=ADAM, now=office.now())


def assessed_call(office: Office, people: int) -> list[str]:
    """A verified call whose commission of three has yet to assess every application, two members each."""
    for_commission(office, CommissionRules(), assessment=AssessmentRules())
    registered = take_in(office, range(people))
    verified(office)
    return registered


def sit(office: Office, *logins: str, at: str = "2018-07-05T10:00") -> int:
    """A session begins with these members there (all three, unless a test names them); its number."""
    now = go_to(office, at)
    with office.writing(KINGA) as session:
        sitting = open_session(session, CALL, place="sala 2", remote=False, held_on=None, actor=KINGA, now=now)
        attend_session(session, CALL, logins or ("kinga", "konrad", "klara"), leaves=False, actor=KINGA, now=now)
        return sitting.number


def rise(office: Office) -> None:
    with office.writing(KINGA) as session:
        close_session(session, CALL, actor=KINGA, now=office.now())


def cast(
    office: Office, number: str | None = None, outcome: DecisionOutcome | None = None, **voices: str
) -> BallotResult:
    """A ballot on an application or on the whole; all three are for it unless a test says otherwise."""
    given = voices or {"kinga": "for", "konrad": "for", "klara": "for"}
    with office.writing(KINGA) as session:
        return vote(
            session,
            CALL,
            number=number,
            outcome=outcome,
            voices={login: Voice(voice) for login, voice in given.items()},
            actor=KINGA,
            now=office.now(),
        )


def adopted(office: Office, at: str = "2018-07-05T10:00") -> None:
    """The commission takes the proposal as it is."""
    now = go_to(office, at)
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=now)


def announced_call(office: Office, people: int, *, seats: int | None = None, reserve_seats: int = 1) -> list[str]:
    """A call with announced results, as proposed."""
    registered = ranked_call(office, people, seats=seats, reserve_seats=reserve_seats)
    adopted(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    return registered


def refuse(office: Office, number: str, note: str = "Brak zgody pracodawcy.") -> None:
    """The commission decides against an application, whatever it has decided before."""
    with office.writing(KINGA) as session:
        decide(
            session,
            number,
            outcome=DecisionOutcome.REJECTED,
            reason_code="inny_powod",
            note=note,
            actor=KINGA,
            now=office.now(),
        )


def confirm(office: Office, number: str) -> None:
    with office.writing(RITA) as session:
        answer_offer(session, number, accepts=True, actor=RITA, now=office.now())


def group(office: Office, people: int) -> list[str]:
    """A group whose members have all confirmed."""
    registered = announced_call(office, people)
    go_to(office, "2018-07-09T10:00")
    for number in registered:
        confirm(office, number)
    return registered


def invited_group(office: Office, people: int) -> list[str]:
    """A group that is invited to its two-day meeting."""
    registered = group(office, people)
    now = go_to(office, "2018-09-03T09:00")
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=now):
            invite(session, meeting, actor=WORKER, now=now)
    return registered


def further_meeting(office: Office) -> None:
    """The group is to meet again, on one day of six hours in October."""
    starts = datetime(2018, 10, 20, 9, 0, tzinfo=WARSAW)
    with office.writing(WORKER) as session:
        first = session.exec(select(Meeting)).one()
        meeting = Meeting(
            **first.model_dump(include={"area", "group_id", "project_version_id", "title", "place", "host"}),
            code="pgr_kartuski_2",
            agenda=["Praca w grupie"],
        )
        enter(session, meeting, happened=Happened.MEETING_PLANNED, actor=WORKER, now=office.now())
        ends = starts.replace(hour=15)
        whole = {"area": meeting.area, "meeting_id": meeting.id or 0}
        session.add(MeetingDay(**whole, on=starts.date(), starts_at=starts, ends_at=ends))


def attend(office: Office, number: str, *minutes: int) -> None:
    """Confirmed minutes on the first day, on the second."""
    with office.writing(RITA) as session:
        for day, length in zip(MEETING_DAYS, minutes, strict=False):
            record(session, CALL, MEETING, day, number, length, actor=RITA, now=office.now())


def state_pay(office: Office, number: str, account: str, statements: Statements = EMPLOYED) -> None:
    """A member hands in the statement for taxes with an account."""
    with office.writing(FILIP) as session:
        record_statement(
            session,
            number,
            statements,
            account=account,
            valid_from=date(2018, 9, 1),
            actor=FILIP,
            now=office.now(),
        )


def sign_contract(office: Office, number: str, contract: str = "UZ/1/2018") -> None:
    """The contract of a member is entered."""
    with office.writing(FILIP) as session:
        record_contract(
            session, number, contract_number=contract, signed_on=date(2018, 9, 10), actor=FILIP, now=office.now()
        )


def met_group(office: Office, people: int) -> list[str]:
    """A group that has met for two days of six hours; nobody has handed in a statement yet."""
    registered = invited_group(office, people)
    go_to(office, "2018-09-24T09:00")
    for number in registered:
        attend(office, number, 360, 360)
    go_to(office, "2018-10-01T09:00")
    return registered


@dataclass(frozen=True)
class Everything:
    """Numbers of an office that holds a row of every kind."""

    members: list[str]
    changed: str
    incomplete: str
    meeting: str = MEETING


def _attached(session: Session, number: str, now: datetime) -> AttachedDocument:
    """The shipped project asks for no document, so the row is put there as the step would."""
    application = session.exec(select(Application).where(Application.number == number)).one()
    assert application.id is not None
    return AttachedDocument(
        area=application.area,
        application_id=application.id,
        document="zgoda_przelozonego",
        found=True,
        recorded_at=now,
        recorded_by=RITA.login,
    )


def _assessed(session: Session, number: str, now: datetime) -> None:
    """The shipped project has nobody assess, so the rows are put there as the steps would."""
    application = session.exec(select(Application).where(Application.number == number)).one()
    member = session.exec(select(CommissionMember).where(CommissionMember.symbol == "P1")).one()
    task = AssessmentTask(
        area=application.area,
        application_id=application.id or 0,
        member_id=member.id or 0,
        assigned_at=now,
        assigned_by=RITA.login,
    )
    session.add(task)
    session.flush()
    session.add(
        AssessmentSheet(
            area=application.area,
            task_id=task.id or 0,
            version=1,
            points={"ocena_motywacji": 7},
            reasons='{"ocena_motywacji": "Jasno opisana."}',
            recorded_at=now,
            recorded_by=RITA.login,
        )
    )


def _in_agreement(session: Session, library: Institution, now: datetime) -> None:
    """Of an agreement a row of each kind: one that was asked to sign, and one that has."""
    agreement = open_agreement(session, "KES", "2205", deadline=now.date() + timedelta(days=30), actor=RITA, now=now)
    asked = AgreementInvitation(
        area="2205", agreement_id=agreement.id or 0, institution_id=library.id or 0, asked_at=now
    )
    session.add(
        AgreementText(
            area="2205",
            agreement_id=agreement.id or 0,
            number=1,
            after_step=0,
            named=f"[{library.id}]",
            document_id=session.exec(select(func.min(IssuedDocument.id))).one(),
            made_at=now,
        )
    )
    enter(session, asked, happened=Happened.AGREEMENT_ASKED, actor=RITA, now=now)
    session.add(
        AgreementParty(
            area="2205",
            agreement_id=agreement.id or 0,
            institution_id=library.id or 0,
            ordinal=1,
            step=PartyStep.SIGNED,
            on_day=now.date(),
            manner=Manner.PAPER,
            name=library.name,
            signatories='[{"name": "Zmyślona Próbna-Dyrektorska", "function": "dyrektorka"}]',
            recorded_at=now,
            recorded_by=RITA.login,
        )
    )
    session.flush()


def _has_a_seat(session: Session, library: Institution, now: datetime) -> None:
    """An institution's seat and who sits in it, as rows: the small office has no group of that kind."""
    membership = session.exec(select(Membership)).first()
    assert membership is not None
    seat = InstitutionSeat(
        area=membership.area,
        group_id=membership.group_id,
        institution_id=library.id or 0,
        asked_at=now,
        answer_due=now.date() + timedelta(days=14),
    )
    enter(session, seat, happened=Happened.INSTITUTION_INVITED, actor=RITA, now=now)
    move(session, seat, InstitutionSeatState.NAMED, happened=Happened.INSTITUTION_NAMED, actor=RITA, now=now)
    session.add(
        Nomination(
            area=membership.area,
            seat_id=seat.id or 0,
            ordinal=1,
            step=NominationStep.SEATED,
            cause=NominationCause.NAMED,
            on_day=date(2018, 7, 6),
            application_id=membership.application_id,
            membership_id=membership.id or 0,
            reason="Wskazano telefonicznie.",
            recorded_at=now,
            recorded_by=RITA.login,
        )
    )
    change = SeatChange(
        area=membership.area,
        seat_id=seat.id or 0,
        application_id=membership.application_id,
        on_day=date(2018, 12, 1),
        reason="Pismo z 10 października.",
        recorded_at=now,
        recorded_by=RITA.login,
    )
    enter(session, change, happened=Happened.SEAT_CHANGE_AWAITED, actor=RITA, now=now)


def _has_an_act(office: Office, session: Session, now: datetime) -> None:
    """An act of appointment that was signed, and a team, as rows: the small office has no group that gets either."""
    membership = session.exec(select(Membership)).first()
    agreement = session.exec(select(Agreement)).first()
    version = session.exec(select(ProjectVersion)).first()
    assert membership is not None
    assert agreement is not None
    assert version is not None
    act = AppointmentAct(
        area=membership.area,
        membership_id=membership.id or 0,
        project_version_id=version.id or 0,
        kind=ActKind.APPOINTMENT,
        number="POW/PGR/0007/2018",
        since=now.date(),
        issued_at=now,
        issued_by=RITA.login,
    )
    session.add(act)
    session.flush()
    # Signed in the time of 0.6.0, which kept the paper among the documents.
    signed = issue(
        office,
        session,
        kind=SIGNED_ACT,
        subject=act.number,
        file_name="POW-PGR-0007-2018-akt-powolania-podpisany.pdf",
        content=b"%PDF podpis Zmyslonej",
        area=act.area,
        actor=RITA,
        now=now,
        person_id=membership.person_id,
    )
    session.add(
        ActSigning(
            area=act.area,
            act_id=act.id or 0,
            signed_on=now.date(),
            manner=Manner.PAPER,
            document_id=signed.id,
            recorded_at=now,
            recorded_by=RITA.login,
        )
    )
    session.add(
        Team(
            area=agreement.area,
            agreement_id=agreement.id or 0,
            group_id=membership.group_id,
            opened_at=now,
            opened_by=RITA.login,
        )
    )
    session.flush()


def everything(office: Office) -> Everything:
    """A small office in which something of every kind has happened: every table has a row."""
    add_officers(office)
    open_kes_call(office)
    members = take_in(office, range(2))
    send_in(office, Unreadable(code="not_word", sentence="To nie jest plik Word."), sender="nadawca@example.org")
    verified(office)
    ranked(office)
    with office.writing(ADAM) as session:
        appoint(session, CALL, "kinga", function=MemberFunction.CHAIR, actor=ADAM, now=office.now())
    sit(office, "kinga")
    with office.writing(KINGA) as session:
        recuse(session, CALL, "kinga", members[0], reason="Wspólna praca.", actor=KINGA, now=office.now())
    cast(office, kinga="for")
    adopted(office)
    rise(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    for number in members:
        confirm(office, number)
    now = go_to(office, "2018-09-03T09:00")
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=now):
            invite(session, meeting, actor=WORKER, now=now)
    go_to(office, "2018-09-24T09:00")
    with office.writing(RITA) as session:
        ask_for_statements(session, members[0], actor=RITA, now=office.now())
    for number, account in zip(members, ACCOUNTS, strict=False):
        attend(office, number, 360, 360)
        state_pay(office, number, account)
        sign_contract(office, number)
    send_in(office, statement_reading(1), at="2018-09-24T08:00", sender="osoba1@example.org")
    with office.writing(FILIP) as session:
        issue_contracts(office, session, members[1], replace_signed=True, actor=FILIP, now=office.now())
    now = go_to(office, "2018-10-01T09:00")
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    issue_hours(office, CALL, MEETING, actor=FILIP)
    with office.writing(ADAM) as session:
        issue_ticket(session, actor=ADAM, now=now)
        confirm_rate(session, "lump-sum-tax-2018", reason="tak liczy księgowość", source="", actor=FILIP, now=now)
        record_incident(session, flow="deliver", run="run-1", code="TimeoutError", now=now)
        take_slots(session, "konto", 1, per_minute=60)
        seal_days(session, actor=ADAM, now=now)
    # An answer that says more than it was asked for, and an address that somebody vouches for.
    send_in(office, reading(8, {"telefon": None}), at="2018-06-20T08:00")
    send_in(office, reading(8, {"instytucja.stanowisko": "kierowniczka"}), at="2018-06-20T08:10")
    with office.writing(RITA) as session:
        prefer(session, members[:1], actor=RITA, now=now)
        issue_cooperation_declaration(office, session, "KES", "2205", actor=RITA, now=now)
        session.add(_attached(session, members[0], now))
        _assessed(session, members[1], now)
        load_terc(session, as_csv().encode(), actor=ADAM, now=now)
        library = Stated("Biblioteka Zmyślona w powiecie kartuskim", area="2205", email="biblioteka@example.org")
        added = add_institution(session, "KES", library, actor=RITA, now=now)
        signs = Signatory("Zmyślona Próbna-Dyrektorska", "dyrektorka")
        name_representative(session, code_of(added.institution), signs, since=now.date(), actor=RITA, now=now)
        _in_agreement(session, added.institution, now)
        _has_a_seat(session, added.institution, now)
        _has_an_act(office, session, now)
        write_letter(session, CALL, Audience.MEMBERS, subject="Sala", content="prosimy.", actor=RITA, now=office.now())
        confirm_address(session, numbers(office)[-1], "osoba8@example.org", reason="rozmowa", actor=RITA, now=now)
    signed, scan = date(2018, 5, 21), SignedFile("skan.pdf", b"%PDF")
    record_declaration(office, "KES", "2205", signed_on=signed, manner=Manner.PAPER, signed_file=scan, actor=RITA)
    sign_act(
        office,
        "POW/PGR/0007/2018",
        on=now.date(),
        manner=Manner.QUALIFIED,
        signed_file=SignedFile("Zmyslona.pdf", b"%PDF podpis kwalifikowany"),
        actor=RITA,
    )
    _appealed_and_promoted(office, now)
    _conversed(office, now)
    _paid(office)
    _told_of_the_meeting(office, now)
    _attended(office, members, now)
    # In time, found in a drawer, and without an answer that is needed: it waits for its correction.
    send_in(office, reading(9, {"telefon": None}), at="2018-06-20T08:30", content=b"in the drawer")
    # The same form came by mail as well.
    collect(office, Letterbox(letter({"formularz.docx": b"in the drawer"})), actor=WORKER)
    return Everything(members, *numbers(office)[-2:])


def _paid(office: Office) -> None:
    """One payment is on its way through the bank, and came back."""
    with office.writing(FILIP) as session:
        bill = session.exec(select(Stipend.number).order_by(col(Stipend.id))).first()
        assert bill is not None
        record_signed_bill(session, bill, actor=FILIP, now=office.now())
    number = freeze(office, paid_on=PAID_ON, actor=FILIP).number
    approve(office, number, acknowledged={"new_account": "zgodne z oświadczeniem"}, actor=FRANKA)
    export_batch(office, number, actor=FILIP)
    row = "2018-10-01;607,20;;Rachunek LP0001/18/0001;Zwrot przelewu"
    history = f"Data księgowania;Kwota;Rachunek kontrahenta;Tytuł operacji;Opis operacji\r\n{row}\r\n"
    confirm_payments(office, history.encode(), kind=StatementKind.CSV, actor=FILIP)


def _attended(office: Office, members: list[str], now: datetime) -> None:
    """A picture of a signed sheet, a day with a reason and raw words, a confirmed day, coaching alone and together;
    and, as a row, what somebody was struck off for: nobody here was."""
    keep_scans(office, CALL, MEETING, MEETING_DAYS[0], [("lista Próbnej.jpg", b"\xff\xd8\xff signed")], actor=RITA)
    with office.writing(RITA) as session:
        excused = Entry(minutes=360, reason="Choroba dziecka.", raw="była, mimo choroby dziecka")
        enter_attendance(session, CALL, MEETING, MEETING_DAYS[1], members[1], excused, actor=RITA, now=now)
        confirm_day(session, CALL, MEETING, MEETING_DAYS[0], actor=RITA, now=now)
        given = Coaching(MEETING_DAYS[0], time(16), time(17, 30), "Rozmowa o trudnej sprawie.", "Ktoś Prowadzący")
        earlier = MEETING_DAYS[0]
        grant_support(session, members[0], "coaching_indywidualny", first_day=earlier, actor=RITA, now=now)
        record_coaching(session, members[0], given, reason="Trudna sytuacja rodzinna.", actor=RITA, now=now)
        grant_support(session, members[0], "coaching_grupowy", first_day=earlier, actor=RITA, now=now)
        together = Planned(earlier, time(18), time(19), "Rozmowa o granicach.", "Ktoś Prowadzący")
        held, _ = plan_session(session, "coaching_grupowy", members[:1], together, actor=RITA, now=now)
        attend_support(session, held, {members[0]: "18:00-18:30"}, reason="Wyszła wcześniej.", actor=RITA, now=now)
        membership = session.exec(select(Membership)).first()
        assert membership is not None
        session.add(
            StrikingOff(
                area=membership.area,
                membership_id=membership.id or 0,
                algorithm="presence-1",
                basis={"attended": 0, "counted": 720},
                by_rule=False,
                reason="Nie przyszła ani razu.",
                decided_at=now,
                decided_by=RITA.login,
            )
        )


def _conversed(office: Office, now: datetime) -> None:
    """What is said about a meeting, as rows: the small office has nobody who answers, moves it or stands in."""
    with office.writing(WORKER) as session:
        meeting = session.exec(select(Meeting)).first()
        invitation = session.exec(select(Invitation)).first()
        day = session.exec(select(MeetingDay)).first()
        assert meeting is not None
        assert invitation is not None
        assert day is not None
        told = {"days": ["2018-09-22T09:00-15:00"], "place": meeting.place, "title": meeting.title, "agenda": []}
        whole = {"area": meeting.area, "recorded_at": now, "recorded_by": RITA.login}
        answer = InvitationAnswer(
            **whole,
            invitation_id=invitation.id,
            road=AnswerRoad.OFFICER,
            method=AnswerMethod.COUNTER,
            sequence=0,
            stamped_at=now,
            outcome=AnswerOutcome.OUTDATED,
            comment="Wolę niedzielę.",
            delegate="zastepca@example.org",
        )
        change = MeetingChange(
            area=meeting.area,
            meeting_id=meeting.id or 0,
            sequence=1,
            before={**told, "place": "Sala próbna"},
            after=told,
            asks_anew=False,
            reason="Sala jest zajęta.",
            changed_at=now,
            changed_by=RITA.login,
        )
        substitute = SubstituteAttendance(
            **whole,
            meeting_day_id=day.id or 0,
            invitation_id=invitation.id or 0,
            version=1,
            minutes=60,
            status=AttendanceStatus.PARTIAL,
        )
        session.add_all([answer, change, substitute])
        session.flush()
        verdict = CounterVerdict(
            area=meeting.area,
            answer_id=answer.id or 0,
            accepted=False,
            reason="Inni nie mogą.",
            given_at=now,
            given_by=RITA.login,
        )
        session.add(verdict)


def _told_of_the_meeting(office: Office, now: datetime) -> None:
    """What the meeting worked out, what a member needs there, and a certificate, as rows."""
    with office.writing(WORKER) as session:
        meeting = session.exec(select(Meeting)).first()
        member = session.exec(select(Membership)).first()
        assert meeting is not None
        assert member is not None
        whole = {"area": meeting.area, "version": 1, "recorded_at": now, "recorded_by": RITA.login}
        worked_out = '{"verified": [], "worked_out": ["Założenia spisano."]}'
        session.add_all(
            [
                MeetingRecord(**whole, meeting_id=meeting.id or 0, body=worked_out),
                MemberNeeds(**whole, membership_id=member.id or 0, body='{"diet": "bez glutenu"}'),
                Certificate(
                    area=meeting.area,
                    group_id=meeting.group_id,
                    membership_id=member.id or 0,
                    ordinal=1,
                    number=f"ZU/{CALL}/001",
                    version=1,
                    attended=[],
                    issued_at=now,
                    issued_by=RITA.login,
                ),
            ]
        )


def _appealed_and_promoted(office: Office, now: datetime) -> None:
    """A row of each of these kinds, as rows: the small office has nobody who was refused or waits in reserve."""
    with office.writing(WORKER) as session:
        application = session.exec(select(Application).order_by(col(Application.id).desc())).first()
        file = session.exec(select(SubmittedFile).order_by(col(SubmittedFile.id).desc())).first()
        (vacant, offered), decisions = session.exec(select(Membership)).all(), session.exec(select(Decision)).all()
        ranking = session.exec(select(Ranking)).one()
        assert application is not None
        assert file is not None
        appeal = Appeal(
            area=application.area,
            application_id=application.id or 0,
            ordinal=1,
            decision_id=decisions[0].id or 0,
            file_id=file.id or 0,
            received_at=now,
            late=False,
            ruling_due_at=now,
            filed_at=now,
            filed_by=WORKER.login,
        )
        facts = {"application": application.number}
        enter(session, appeal, happened=Happened.APPEAL_FILED, actor=WORKER, now=now, facts=facts)
        ruling = AppealRuling(
            area=application.area,
            appeal_id=appeal.id or 0,
            upheld=False,
            reason="Uzasadnienie próbne.",
            ruled_at=now,
            ruled_by=KINGA.login,
        )
        left, taker = (session.get_one(Application, row.application_id) for row in (vacant, offered))
        body = canonical(
            {
                "call": CALL,
                "algorithm": ALGORITHM,
                "left": asdict(Seat(left.number, "policja", "gmina", "I1")),
                "seated": [],
                "reserve": [asdict(InReserve(taker.number, "policja", "gmina", "I2", position=1))],
                "free": 1,
                "constraints": [],
                "labels": asdict(NO_LABELS),
            }
        )
        choice = choose(body)
        assert isinstance(choice, Choice)
        basis_digest = hashlib.sha256(body.encode()).hexdigest()
        carried_out = Decision(
            area=taker.area,
            application_id=taker.id or 0,
            version=2,
            ranking_id=ranking.id,
            outcome=DecisionOutcome.ACCEPTED,
            reason_code="zwolnione_miejsce",
            as_proposed=False,
            decided_at=now,
            decided_by=WORKER.login,
            announced_at=now,
        )
        session.add(carried_out)
        session.flush()
        promotion = Promotion(
            area=application.area,
            vacancy_id=vacant.id or 0,
            application_id=offered.application_id,
            membership_id=offered.id or 0,
            decision_id=carried_out.id or 0,
            reserve_decision_id=decisions[0].id or 0,
            ranking_id=ranking.id or 0,
            position=choice.position,
            ground=choice.ground,
            reason=choice.sentence,
            basis=body,
            basis_digest=basis_digest,
            algorithm=ALGORITHM,
            promoted_at=now,
            promoted_by=WORKER.login,
        )
        session.add_all([ruling, promotion])
        promoted = {"position": choice.position, "basis": basis_digest, "algorithm": ALGORITHM}
        about = reference(taker)
        note(session, about, happened=Happened.RESERVE_PROMOTED, actor=WORKER, now=now, area=taker.area, facts=promoted)


class Postbox:
    """A mail server as delivery knows it: takes every mail, or answers as it is told to."""

    delivers = True

    def __init__(self, *answers: Exception | None, to_envelopes: Iterable[BaseException | None] = ()) -> None:
        self.mails: list[tuple[str, str, bytes]] = []
        self.answers = list(answers)
        """What it says to the texts of the next mails; after that it takes them."""
        self.to_envelopes = list(to_envelopes)
        """What it says before it wants to see a text: while it is waited for, to MAIL or RCPT."""
        self.envelope: tuple[str, str] | None = None
        self.dropped = 0

    def open_envelope(self, sender: str, recipient: str, *, envelope_id: str = "") -> None:
        assert self.envelope is None, "the envelope before was neither used nor dropped"
        answer = self.to_envelopes.pop(0) if self.to_envelopes else None
        if answer is not None:
            raise answer
        self.envelope = (sender, recipient)

    def hand_over(self, data: bytes) -> str:
        assert self.envelope is not None
        (sender, recipient), self.envelope = self.envelope, None
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.mails.append((sender, recipient, data))
        return "250 przyjęto"

    def drop_envelope(self) -> None:
        self.envelope = None
        self.dropped += 1

    def describe(self) -> str:
        return "skrzynka testu"


class Letterbox:
    """A mailbox as collecting knows it: mails in the order of arrival, and those that were put away."""

    box = "letterbox"
    keeps_in_place = False

    def __init__(self, *mails: bytes, at: str = "2018-06-05T10:00", uidvalidity: int = 7) -> None:
        self.uidvalidity = uidvalidity
        self.arrived_at = moment(at)
        self.mails = dict(enumerate(mails, 1))
        self.away: dict[int, bytes] = {}

    def uids(self) -> list[int]:
        return sorted(self.mails)

    def fetch(self, uid: int) -> Fetched | None:
        raw = self.mails.get(uid)
        return None if raw is None else Fetched(uid, raw, len(raw), self.arrived_at)

    def put_away(self, uid: int) -> None:
        self.away[uid] = self.mails.pop(uid)


def find_call_id(session: Session) -> int:
    """The row of the call of powiat kartuski."""
    return session.exec(select(Call.id).where(Call.code == CALL)).one() or 0


def number_of(session: Session, subject_ref: str) -> str:
    """The number of the application that a message is about."""
    return session.get_one(Application, int(subject_ref.partition("/")[2])).number


def deliver_all(office: Office, at: str) -> Postbox:
    """Everything that is due by then leaves."""
    go_to(office, at)
    postbox = Postbox()
    while deliver(office, actor=WORKER, transport=postbox).remaining:
        pass
    return postbox


def told_group(office: Office, people: int) -> list[str]:
    """A group whose invitations have left."""
    registered = invited_group(office, people)
    deliver_all(office, "2018-09-03T10:00")
    return registered
