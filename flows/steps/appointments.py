"""Acts of appointment: made out for the members of a group, ended by acts of recall, and kept when they come signed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.calls import area_name, find_call, group_of
from flows.steps.counters import locked_counter, next_of
from flows.steps.documents import issue, letterhead, newest
from flows.steps.member_institutions import institution_of
from flows.steps.outbox import sex_of
from flows.steps.projects import definition_of, newest_for, newest_version
from flows.steps.seat_times import held_any_seat
from flows.steps.signed_papers import SignedFile, keep_signed
from models.actor import Actor, Right
from models.appointment_rules import ActText, AppointmentRules
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.project import ProjectDefinition
from models.tables import (
    ActSigning,
    Application,
    AppointmentAct,
    Call,
    Group,
    IssuedDocument,
    Membership,
    Person,
    ProjectVersion,
)
from models.tables.appointments import ActKind
from models.tables.memberships import SEATED
from models.tables.projects import Manner
from models.transitions import note, reference
from templates.documents.appointment_act import Appointed, AppointmentActDocument, appointment_act

ACT: Final = "appointment_act"
"""Kind of the documents; the subject is the number of the act."""
_FILE_WORDS: Final = {ActKind.APPOINTMENT: "akt-powolania", ActKind.RECALL: "akt-odwolania"}
_HAPPENED: Final = {
    ActKind.APPOINTMENT: Happened.APPOINTMENT_ISSUED,
    ActKind.RECALL: Happened.RECALL_ISSUED,
}


@dataclass(frozen=True)
class ActLine:
    """What became of one member: the number of the act, whether it was made out now, or why there is none."""

    application: str
    number: str
    version: int
    new: bool
    why_not: str = ""


def issue_acts(
    office: Office,
    call_code: str,
    *,
    numbers: Sequence[str] = (),
    since: date | None = None,
    again: bool = False,
    actor: Actor,
) -> list[ActLine]:
    """Makes out the act of appointment of every member of the group who has none in force, or of those named.

    ``since``: from which day they are appointed, today unless it is said. ``again``: another version of an act that is
    not signed yet, under its number, where what it says of the person was put right since. Raises ``BadInput`` where
    the project appoints nobody to such groups, and for a number that is not of this group.
    """
    actor.require(Right.MEMBERSHIP)
    with office.writing(actor) as session:
        made = _Making.of(office, session, call_code, ActKind.APPOINTMENT, since=since, actor=actor)
        return [made.appoint(membership, again=again) for membership in _members(session, made.group, numbers)]


def recall_acts(
    office: Office, call_code: str, *, numbers: Sequence[str] = (), since: date | None = None, actor: Actor
) -> list[ActLine]:
    """Makes out the act of recall of everybody who was appointed and whose membership has ended, or of those named.

    Raises ``BadInput`` where the project recalls by no act.
    """
    actor.require(Right.MEMBERSHIP)
    with office.writing(actor) as session:
        made = _Making.of(office, session, call_code, ActKind.RECALL, since=since, actor=actor)
        members = _members(session, made.group, numbers, ended=not numbers)
        lines = [made.recall(membership) for membership in members]
        return lines if numbers else [line for line in lines if line.number]


@dataclass(frozen=True)
class _Making:
    """What all acts of one command have in common."""

    office: Office
    session: Session
    call: Call
    group: Group
    definition: ProjectDefinition
    version_id: int
    rules: AppointmentRules
    text: ActText
    kind: ActKind
    since: date
    actor: Actor
    now: datetime

    @classmethod
    def of(
        cls, office: Office, session: Session, call_code: str, kind: ActKind, *, since: date | None, actor: Actor
    ) -> "_Making":
        now = office.now()
        call = find_call(session, call_code)
        group = group_of(session, call)
        # Nobody is appointed twice: whoever makes out acts in this group waits for the other.
        session.refresh(group, with_for_update=True)
        version_id, definition, rules = _rules(session, call)
        text = rules.appointment if kind is ActKind.APPOINTMENT else rules.recall
        if text is None:
            raise BadInput(f"Projekt nie przewiduje aktu odwołania z grupy {group.kind} (appointments, recall).")
        return cls(
            office,
            session,
            call,
            group,
            definition,
            version_id,
            rules,
            text,
            kind,
            since or warsaw_date(now),
            actor,
            now,
        )

    def appoint(self, membership: Membership, *, again: bool) -> ActLine:
        session = self.session
        application = session.get_one(Application, membership.application_id)
        standing = in_force(session, membership)
        if standing is None:
            if membership.state not in SEATED:
                return ActLine(application.number, "", 0, False, "nie zajmuje miejsca w grupie")
            return self._new(application, membership, None)
        row = newest(session, ACT, standing.number)
        version = row.version if row is not None else 0
        if not again:
            return ActLine(application.number, standing.number, version, False)
        if signing_of(session, standing) is not None:
            return ActLine(application.number, standing.number, version, False, "akt jest już podpisany")
        paper = self._paper(application, membership, standing, None)
        # The row keeps the version of its first paper and cannot change; whose words a later one has, the log says.
        note(
            session,
            reference(membership),
            happened=_HAPPENED[self.kind],
            actor=self.actor,
            now=self.now,
            area=self.group.area,
            facts={
                "number": standing.number,
                "version": paper.version,
                "project_version": session.get_one(ProjectVersion, self.version_id).version,
            },
        )
        return ActLine(application.number, standing.number, paper.version, True)

    def recall(self, membership: Membership) -> ActLine:
        session = self.session
        application = session.get_one(Application, membership.application_id)
        standing = in_force(session, membership)
        if standing is None:
            return ActLine(application.number, "", 0, False, "nie ma aktu powołania, który obowiązuje")
        if membership.state in SEATED:
            return ActLine(application.number, "", 0, False, "nadal zajmuje miejsce w grupie")
        if self.since < standing.since:
            raise BadInput(f"Odwołanie nie może być wcześniejsze niż powołanie {standing.number} (--from).")
        return self._new(application, membership, standing)

    def _new(self, application: Application, membership: Membership, recalled: AppointmentAct | None) -> ActLine:
        row = AppointmentAct(
            area=self.group.area,
            membership_id=membership.id or 0,
            project_version_id=self.version_id,
            kind=self.kind,
            number=self._number(),
            since=self.since,
            recalls_id=recalled.id if recalled is not None else None,
            issued_at=self.now,
            issued_by=self.actor.login,
        )
        self.session.add(row)
        self.session.flush()
        paper = self._paper(application, membership, row, recalled)
        note(
            self.session,
            reference(membership),
            happened=_HAPPENED[self.kind],
            actor=self.actor,
            now=self.now,
            area=self.group.area,
            facts={"number": row.number, "since": row.since.isoformat()},
        )
        return ActLine(application.number, row.number, paper.version, True)

    def _number(self) -> str:
        """The next number of its series; the counter is a locked row, so two officers never share one."""
        fixed = {"{kind}": self.group.kind, "{area}": self.group.area, "{year}": str(warsaw_date(self.now).year)}
        series = self.text.number
        for mark, value in fixed.items():
            series = series.replace(mark, value)
        counter = f"acts/{hashlib.sha256(series.encode()).hexdigest()[:32]}"
        return series.replace("{number}", f"{next_of(self.session, locked_counter(self.session, counter)):04d}")

    def _paper(
        self, application: Application, membership: Membership, row: AppointmentAct, recalled: AppointmentAct | None
    ) -> IssuedDocument:
        session, definition = self.session, self.definition
        person = session.get_one(Person, membership.person_id)
        content = appointment_act(
            AppointmentActDocument(
                letterhead=letterhead(definition),
                number=row.number,
                place=definition.unit.postcode_town.partition(" ")[2],
                issued_on=warsaw_date(self.now),
                since=row.since,
                organ=self.rules.organ,
                assumption=self.rules.assumption,
                sex=sex_of(person),
                first_name=person.first_name,
                last_name=person.last_name,
                institution=institution_of(session, application).name,
                group=self.group.name,
                area=area_name(definition, self.group.area),
                tasks=definition.group_kind(self.group.kind).tasks,
                text=self.text,
                appointed=None if recalled is None else Appointed(number=recalled.number, since=recalled.since),
                definition=definition,
            )
        )
        return issue(
            self.office,
            session,
            kind=ACT,
            subject=row.number,
            file_name=f"{_plain(row.number)}-{_FILE_WORDS[row.kind]}.docx",
            content=content,
            area=self.group.area,
            actor=self.actor,
            now=self.now,
            person_id=membership.person_id,
        )


@dataclass(frozen=True)
class SignedBefore:
    """How an act had been signed by an earlier word. ``file_left``: a file was kept then and none is named now."""

    signed_on: date
    manner: Manner
    file_left: bool


def sign_act(
    office: Office,
    number: str,
    *,
    on: date,
    manner: Manner,
    signed_file: SignedFile | None = None,
    actor: Actor,
) -> SignedBefore | None:
    """Records that an act was signed, on which day and how, and keeps the signed scan or file under the person's key.

    The newest word counts; what the one before said comes back. Raises ``NotFound``, ``BadInput`` for a day to come or
    before the act, and for a file that cannot be kept or belongs to another matter.
    """
    actor.require(Right.MEMBERSHIP)
    now = office.now()
    with office.writing(actor) as session:
        row = find_act(session, number)
        if on > warsaw_date(now):
            raise BadInput("Ten dzień jeszcze nie nadszedł.")
        if on < warsaw_date(row.issued_at):
            raise BadInput(f"Akt sporządzono {warsaw_date(row.issued_at):%d.%m.%Y}; podpis nie może być wcześniejszy.")
        before, kept = signing_of(session, row), None
        if signed_file is not None:
            person_id = session.get_one(Membership, row.membership_id).person_id
            kept = keep_signed(
                office, session, signed_file, matter=row.number, area=row.area, person_id=person_id, actor=actor
            )
        session.add(
            ActSigning(
                area=row.area,
                act_id=row.id or 0,
                signed_on=on,
                manner=manner,
                file_id=kept.id if kept is not None else None,
                recorded_at=now,
                recorded_by=actor.login,
            )
        )
        session.flush()
        note(
            session,
            f"membership/{row.membership_id}",
            happened=Happened.ACT_SIGNED,
            actor=actor,
            now=now,
            area=row.area,
            facts={"number": number, "on": on.isoformat(), "manner": manner.value, "file": kept is not None},
        )
    if before is None:
        return None
    had_file = (before.file_id or before.document_id) is not None
    return SignedBefore(before.signed_on, before.manner, had_file and kept is None)


def find_act(session: Session, number: str) -> AppointmentAct:
    """The act of that number within the actor's scope. Raises ``NotFound``."""
    row = session.exec(select(AppointmentAct).where(AppointmentAct.number == number)).first()
    if row is None:
        raise NotFound(
            f"Nie ma aktu „{number}” (albo leży poza obszarem tego konta). Pokaż je: nabor appointment list."
        )
    return row


def in_force(session: Session, membership: Membership) -> AppointmentAct | None:
    """The appointment of a member that no recall has ended."""
    recalled = select(AppointmentAct.recalls_id).where(col(AppointmentAct.recalls_id).is_not(None))
    return session.exec(
        select(AppointmentAct)
        .where(
            AppointmentAct.membership_id == membership.id,
            AppointmentAct.kind == ActKind.APPOINTMENT,
            col(AppointmentAct.id).not_in(recalled),
        )
        .order_by(col(AppointmentAct.id).desc())
    ).first()


def signing_of(session: Session, row: AppointmentAct) -> ActSigning | None:
    """The newest word on how an act was signed."""
    return session.exec(
        select(ActSigning).where(ActSigning.act_id == row.id).order_by(col(ActSigning.id).desc())
    ).first()


@dataclass(frozen=True)
class ActShown:
    """One act in a list."""

    number: str
    kind: ActKind
    application: str
    since: date
    issued_on: date
    signed_on: date | None
    manner: Manner | None
    file_kept: bool
    recalled_by: str


def acts_of(session: Session, call_code: str) -> list[ActShown]:
    """All acts of a group in the order in which they were made out."""
    group = group_of(session, find_call(session, call_code))
    rows = session.exec(
        select(AppointmentAct, Application.number)
        .join(Membership, col(Membership.id) == AppointmentAct.membership_id)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Membership.group_id == group.id)
        .order_by(col(AppointmentAct.id))
    ).all()
    ended = {row.recalls_id: row.number for row, _ in rows}
    shown = []
    for row, application in rows:
        signing = signing_of(session, row)
        shown.append(
            ActShown(
                number=row.number,
                kind=row.kind,
                application=application,
                since=row.since,
                issued_on=warsaw_date(row.issued_at),
                signed_on=signing.signed_on if signing is not None else None,
                manner=signing.manner if signing is not None else None,
                file_kept=signing is not None and (signing.file_id or signing.document_id) is not None,
                recalled_by=ended.get(row.id, ""),
            )
        )
    return shown


@dataclass(frozen=True)
class ActAwaited:
    """Something about acts that a person must look after, by number of the application or of the act."""

    what: str
    reference: str
    since: date


def acts_awaited(session: Session) -> list[ActAwaited]:
    """Members without an act where the project appoints, acts to be ended, and acts that have not come back signed."""
    lines = []
    for call in session.exec(select(Call).order_by(Call.code)).all():
        rules = newest_for(session, call).appointment(call.group_kind)
        if rules is None:
            continue
        standing, signed = _standing_in(session, group_of(session, call))
        for membership, number in _rows(session, group_of(session, call)):
            act = standing.get(membership.id or 0)
            lines += _awaited_of(membership, number, act, rules, signed=act is not None and act.id in signed)
    return lines


def _standing_in(session: Session, group: Group) -> tuple[dict[int, AppointmentAct], set[int]]:
    """The appointments of a group that are in force, by membership, and the ids of all its acts that were signed."""
    acts = session.exec(
        select(AppointmentAct)
        .join(Membership, col(Membership.id) == AppointmentAct.membership_id)
        .where(Membership.group_id == group.id)
        .order_by(col(AppointmentAct.id))
    ).all()
    ended = {act.recalls_id for act in acts}
    signed = session.exec(select(ActSigning.act_id).where(col(ActSigning.act_id).in_([act.id for act in acts]))).all()
    appointments = [act for act in acts if act.kind is ActKind.APPOINTMENT and act.id not in ended]
    return {act.membership_id: act for act in appointments}, set(signed)


def _awaited_of(
    membership: Membership, number: str, standing: AppointmentAct | None, rules: AppointmentRules, *, signed: bool
) -> list[ActAwaited]:
    if standing is None:
        if membership.state not in SEATED:
            return []
        since = warsaw_date(membership.answered_at or membership.offered_at)
        return [ActAwaited("akt powołania do sporządzenia (nabor appointment issue)", number, since)]
    since = warsaw_date(standing.issued_at)
    if membership.state not in SEATED and rules.recall is not None:
        what = "członkostwo ustało; akt odwołania do sporządzenia (nabor appointment recall)"
        return [ActAwaited(what, number, since)]
    return (
        [] if signed else [ActAwaited("akt powołania czeka na podpis (nabor appointment sign)", standing.number, since)]
    )


def _rules(session: Session, call: Call) -> tuple[int, ProjectDefinition, AppointmentRules]:
    """How members of a call's group are appointed, by the newest version. Raises ``BadInput`` where they are not."""
    version = newest_version(session, definition_of(session, call.project_version_id).code)
    assert version.id is not None
    definition = definition_of(session, version.id)
    rules = definition.appointment(call.group_kind)
    if rules is None:
        raise BadInput(
            f"Projekt nie przewiduje aktów powołania do grupy {call.group_kind} (sekcja „appointments” w definicji)."
        )
    return version.id, definition, rules


def _rows(session: Session, group: Group) -> Sequence[tuple[Membership, str]]:
    """Memberships of a group with the numbers of their applications, in the order of the register, so that nobody reads
    the ranking off the numbers of acts."""
    return session.exec(
        select(Membership, Application.number)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Membership.group_id == group.id)
        .order_by(Application.number, col(Membership.id))
    ).all()


def _members(session: Session, group: Group, numbers: Sequence[str], *, ended: bool = False) -> list[Membership]:
    """Everybody who holds a seat (``ended``: who held one), or those named."""
    rows = _rows(session, group)
    if not numbers:
        return [membership for membership, _ in rows if (membership.state in SEATED) is not ended]
    by_number = {number: membership for membership, number in rows}
    for number in numbers:
        if number not in by_number:
            raise BadInput(f"Zgłoszenie {number} nie ma miejsca w grupie tego naboru.")
        if not held_any_seat(session, by_number[number]):
            raise NotYet(f"Zgłoszenie {number} nie ma potwierdzonego miejsca; akt sporządza się po nim.")
    return [by_number[number] for number in dict.fromkeys(numbers)]


def _plain(number: str) -> str:
    return number.replace("/", "-")
