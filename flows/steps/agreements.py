"""Agreements of institutions: opening one, asking to sign, signing, joining at any time, leaving."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import PurePath

from sqlmodel import Session, func, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.agreement_letters import invitation_to_sign, notices_of, reminder_to_sign, topic_of
from flows.steps.agreement_papers import attach_agreement, issue_agreement
from flows.steps.agreement_parties import JOINS, asked_rows, find_agreement, parties_of
from flows.steps.calls import area_name
from flows.steps.institutions import code_of, find_institution, institutions_by_id, signatories
from flows.steps.kept_files import LARGEST_KEPT, keep_file, known_file
from flows.steps.outbox import withdraw_contrary
from flows.steps.projects import definition_of, newest_version
from flows.steps.reminders import withdraw_outdated
from flows.steps.teams import follow_party
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.tables import Agreement, AgreementInvitation, AgreementParty, Institution, SubmittedFile
from models.tables.agreements import AgreementState, AskedState, PartyStep
from models.tables.files import FileState
from models.tables.institutions import InstitutionState
from models.tables.projects import Manner
from models.transitions import Facts, enter, move, note, queue, reference

_CHANNEL = "agreement"
_SHORTEST_AREA = 4


@dataclass(frozen=True)
class SignedFile:
    """The scan or signed file that somebody brought."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Joined:
    """What came of a signature: whether it is new, and how many others were told."""

    institution: str
    new: bool
    told: int = 0


def open_agreement(
    session: Session, project: str, area: str, *, deadline: date, title: str = "", actor: Actor, now: datetime
) -> Agreement:
    """Opens the agreement of a powiat or a gmina. Raises ``BadInput`` for an area that has one this year already."""
    actor.require(Right.INSTITUTIONS, area=area)
    version = newest_version(session, project)
    assert version.id is not None
    definition = definition_of(session, version.id)
    if definition.agreements is None:
        raise BadInput(f"Projekt „{project}” nie ma treści porozumienia (sekcja „agreements” w definicji projektu).")
    place = area_name(definition, area)
    if len(area) < _SHORTEST_AREA:
        raise BadInput("Porozumienie zawiera się w powiecie (4 cyfry TERYT) albo w gminie (7 cyfr).")
    today = warsaw_date(now)
    if deadline < today:
        raise BadInput("Termin podpisania już minął.")
    told = " ".join(title.split()) or f"{definition.agreements.title} – {place}"
    if not told.isprintable() or len(told) > 300:
        raise BadInput("Tytuł porozumienia to jeden wiersz, najwyżej 300 znaków.")
    code = f"{project}/POR/{area}/{today.year}"
    if session.exec(select(Agreement.id).where(Agreement.code == code)).first() is not None:
        raise BadInput(f"Porozumienie {code} już istnieje.")
    row = Agreement(
        area=area,
        code=code,
        project_version_id=version.id,
        title=told,
        deadline=deadline,
        opened_at=now,
        opened_by=actor.login,
    )
    facts = {"code": code, "deadline": deadline.isoformat()}
    enter(session, row, happened=Happened.AGREEMENT_OPENED, actor=actor, now=now, facts=facts)
    return row


def close_agreement(session: Session, code: str, *, actor: Actor, now: datetime) -> Agreement:
    """Nobody joins any more; who was asked and has not signed is asked no longer. The parties stay on record."""
    agreement = find_agreement(session, code, lock=True)
    move(session, agreement, AgreementState.CLOSED, happened=Happened.AGREEMENT_CLOSED, actor=actor, now=now)
    for row in asked_rows(session, agreement):
        if row.state is AskedState.ASKED:
            _settle(session, row, AskedState.WITHDRAWN, Happened.AGREEMENT_ASKING_ENDED, actor=actor, now=now)
    return agreement


def reopen_agreement(session: Session, code: str, *, actor: Actor, now: datetime) -> Agreement:
    """Institutions may join again. Who was asked before is asked anew only by another invitation."""
    agreement = find_agreement(session, code, lock=True)
    move(session, agreement, AgreementState.OPEN, happened=Happened.AGREEMENT_REOPENED, actor=actor, now=now)
    return agreement


def move_deadline(session: Session, code: str, deadline: date, *, actor: Actor, now: datetime) -> Agreement:
    """Sets another last day for signing. Reminders of the day before that have not left are withdrawn."""
    actor.require(Right.INSTITUTIONS)
    agreement = _open(session, code)
    actor.require(Right.INSTITUTIONS, area=agreement.area)
    if deadline < warsaw_date(now):
        raise BadInput("Termin podpisania już minął.")
    if deadline == agreement.deadline:
        return agreement
    before, agreement.deadline = agreement.deadline, deadline
    session.add(agreement)
    session.flush()
    note(
        session,
        reference(agreement),
        happened=Happened.AGREEMENT_REDATED,
        actor=actor,
        now=now,
        area=agreement.area,
        facts={"before": before.isoformat(), "deadline": deadline.isoformat()},
    )
    withdraw_outdated(session, actor=actor, now=now)
    return agreement


def invite(office: Office, code: str, names: Sequence[str], *, actor: Actor) -> list[str]:
    """Asks institutions to sign: each once, by a letter with the agreement in it. Returns whom it asked now.

    Whoever is being asked, or is a party, is left out, so a second run asks nobody twice; whoever declined, or was not
    asked any more, is asked anew.
    """
    actor.require(Right.INSTITUTIONS)
    now = office.now()
    with office.writing(actor) as session:
        agreement = _open(session, code)
        actor.require(Right.INSTITUTIONS, area=agreement.area)
        before = {row.institution_id: row for row in asked_rows(session, agreement)}
        parties = {party.institution_id for party in parties_of(session, agreement)}
        asked: list[tuple[Institution, AgreementInvitation]] = []
        for institution in _once(_working(session, name) for name in names):
            row = before.get(institution.id or 0)
            if institution.id in parties or (row is not None and row.state is AskedState.ASKED):
                continue
            asked.append((institution, _ask(session, agreement, institution, row, actor=actor, now=now)))
        if asked:
            document = issue_agreement(office, session, agreement, _listed(session, agreement), actor=actor, now=now)
            for _, row in asked:
                message = invitation_to_sign(session, agreement, row, actor=actor, now=now)
                if message is not None:
                    queue(session, [message], actor=actor, now=now)
                    attach_agreement(session, message, document, about=reference(agreement))
        return [code_of(institution) for institution, _ in asked]


def _ask(
    session: Session,
    agreement: Agreement,
    institution: Institution,
    before: AgreementInvitation | None,
    *,
    actor: Actor,
    now: datetime,
) -> AgreementInvitation:
    facts = {"agreement": agreement.code, "institution": code_of(institution)}
    if before is not None:
        before.asked_at = now
        session.add(before)
        move(session, before, AskedState.ASKED, happened=Happened.AGREEMENT_ASKED, actor=actor, now=now, facts=facts)
        return before
    row = AgreementInvitation(
        area=agreement.area, agreement_id=agreement.id or 0, institution_id=institution.id or 0, asked_at=now
    )
    enter(session, row, happened=Happened.AGREEMENT_ASKED, actor=actor, now=now, facts=facts)
    return row


def decline(session: Session, code: str, name: str, *, actor: Actor, now: datetime) -> None:
    """An institution that was asked will not sign: it is not reminded any more, and may still join later."""
    agreement = _open(session, code)
    institution = find_institution(session, name)
    row = next((one for one in asked_rows(session, agreement) if one.institution_id == institution.id), None)
    if row is None or row.state is not AskedState.ASKED:
        raise BadInput("Ta instytucja nie czeka na podpisanie tego porozumienia.")
    _settle(session, row, AskedState.DECLINED, Happened.AGREEMENT_DECLINED, actor=actor, now=now)


def sign(
    office: Office,
    code: str,
    names: Sequence[str],
    *,
    on: date,
    manner: Manner,
    file: SignedFile | None = None,
    actor: Actor,
) -> list[Joined]:
    """Records that institutions signed the agreement itself: all of them, or none.

    Its text names all who sign it, so no letter tells them of each other. Once somebody has joined by the accession
    sheet there are parties who would not learn of it: from then on everybody joins that way. Raises ``NotYet`` then.
    """
    actor.require(Right.INSTITUTIONS)
    with office.writing(actor) as session:
        agreement = _open(session, code)
        if _acceded(session, agreement):
            raise NotYet(
                "Do tego porozumienia przystąpiono już kartą przystąpienia. Kolejne instytucje też przystępują kartą, "
                "żeby wszystkie strony się o tym dowiedziały: nabor agreement accede."
            )
        kept = _kept(office, session, agreement, file, actor=actor)
        return [
            _join(session, agreement, institution, PartyStep.SIGNED, on, manner, kept, actor=actor, now=office.now())
            for institution in _once(_working(session, name) for name in names)
        ]


def accede(
    office: Office,
    code: str,
    name: str,
    *,
    on: date,
    manner: Manner,
    file: SignedFile | None = None,
    actor: Actor,
) -> Joined:
    """Records that an institution joined by the accession sheet, and writes to every other party of this moment.

    The step and all its letters are one transaction: either all are there or none is, and a second run finds the
    institution a party already and writes nothing.
    """
    actor.require(Right.INSTITUTIONS)
    with office.writing(actor) as session:
        agreement = _open(session, code)
        kept = _kept(office, session, agreement, file, actor=actor)
        institution = _working(session, name)
        return _join(
            session, agreement, institution, PartyStep.ACCEDED, on, manner, kept, actor=actor, now=office.now()
        )


def leave(session: Session, code: str, name: str, *, on: date, actor: Actor, now: datetime) -> bool:
    """Records that a party is none any more from a day on. Returns ``False`` when it was none already.

    What it was told while it was a party stays; it is told of nobody who joins after this.
    """
    actor.require(Right.INSTITUTIONS)
    agreement = find_agreement(session, code, lock=True)
    actor.require(Right.INSTITUTIONS, area=agreement.area)
    institution = find_institution(session, name)
    current = {party.institution_id: party for party in parties_of(session, agreement)}
    party = current.get(institution.id or 0)
    if party is None:
        return False
    if on < party.on_day:
        raise BadInput("Wystąpienie nie może być wcześniejsze niż podpis.")
    _not_to_come(on, now)
    _step(session, agreement, institution, PartyStep.LEFT, on, None, None, actor=actor, now=now)
    return True


def remind(session: Session, code: str, *, actor: Actor, now: datetime) -> list[str]:
    """Writes now to all who were asked and have not signed, at most once a day. Returns whom."""
    actor.require(Right.INSTITUTIONS)
    agreement = _open(session, code)
    actor.require(Right.INSTITUTIONS, area=agreement.area)
    told = []
    for row in asked_rows(session, agreement):
        occasion = f"hand-{warsaw_date(now):%Y%m%d}"
        message = reminder_to_sign(session, row.id or 0, occasion=occasion, actor=actor, now=now)
        if message is not None:
            queue(session, [message], actor=actor, now=now)
            facts: Facts = {"rule": "", "nth": 1}
            about = reference(row)
            note(session, about, happened=Happened.REMINDED, actor=actor, now=now, area=row.area, facts=facts)
            told.append(f"I{row.institution_id}")
    return told


def _open(session: Session, code: str) -> Agreement:
    agreement = find_agreement(session, code, lock=True)
    if agreement.state is not AgreementState.OPEN:
        raise NotYet(f"Porozumienie {code} jest zamknięte. Otwiera je znów: nabor agreement open --reopen {code}.")
    return agreement


def _once(institutions: Iterable[Institution]) -> list[Institution]:
    """Each once, however often and by whichever of its names it was named."""
    return list({one.id: one for one in institutions}.values())


def _working(session: Session, name: str) -> Institution:
    institution = find_institution(session, name)
    if institution.state is not InstitutionState.ACTIVE:
        raise BadInput(f"{code_of(institution)}: ta instytucja już nie działa.")
    return institution


def _listed(session: Session, agreement: Agreement) -> list[Institution]:
    """Whom the text of the agreement names: those who were asked and have not said no."""
    rows = [row for row in asked_rows(session, agreement) if row.state in (AskedState.ASKED, AskedState.SIGNED)]
    return institutions_by_id(session, [row.institution_id for row in rows])


def _acceded(session: Session, agreement: Agreement) -> bool:
    steps = select(AgreementParty.id).where(
        AgreementParty.agreement_id == agreement.id, AgreementParty.step == PartyStep.ACCEDED
    )
    return session.exec(steps).first() is not None


def _not_to_come(day: date, now: datetime) -> None:
    if day > warsaw_date(now):
        raise BadInput("Ten dzień jeszcze nie nadszedł.")


def _join(
    session: Session,
    agreement: Agreement,
    institution: Institution,
    step: PartyStep,
    on: date,
    manner: Manner,
    file: SubmittedFile | None,
    *,
    actor: Actor,
    now: datetime,
) -> Joined:
    actor.require(Right.INSTITUTIONS, area=agreement.area)
    assert institution.id is not None
    before = [party.institution_id for party in parties_of(session, agreement)]
    if institution.id in before:
        return Joined(code_of(institution), new=False)
    _not_to_come(on, now)
    row = _step(session, agreement, institution, step, on, manner, file, actor=actor, now=now)
    for asked in asked_rows(session, agreement):
        if asked.institution_id == institution.id and asked.state is not AskedState.SIGNED:
            _settle(session, asked, AskedState.SIGNED, Happened.AGREEMENT_SIGNED, actor=actor, now=now)
    letters = notices_of(session, agreement, row, before, actor=actor, now=now) if step is PartyStep.ACCEDED else []
    queue(session, letters, actor=actor, now=now)
    return Joined(code_of(institution), new=True, told=len(letters))


def _step(
    session: Session,
    agreement: Agreement,
    institution: Institution,
    step: PartyStep,
    on: date,
    manner: Manner | None,
    file: SubmittedFile | None,
    *,
    actor: Actor,
    now: datetime,
) -> AgreementParty:
    last = session.exec(
        select(func.max(AgreementParty.ordinal)).where(AgreementParty.agreement_id == agreement.id)
    ).one()
    signed_by = signatories(session, institution.id or 0, on=on) if step in JOINS else ()
    row = AgreementParty(
        area=agreement.area,
        agreement_id=agreement.id or 0,
        institution_id=institution.id or 0,
        ordinal=(last or 0) + 1,
        step=step,
        on_day=on,
        manner=manner,
        name=institution.name,
        signatories=json.dumps([asdict(one) for one in signed_by], ensure_ascii=False),
        file_id=file.id if file is not None else None,
        recorded_at=now,
        recorded_by=actor.login,
    )
    session.add(row)
    session.flush()
    note(
        session,
        reference(agreement),
        happened=Happened.AGREEMENT_LEFT if step is PartyStep.LEFT else Happened.AGREEMENT_JOINED,
        actor=actor,
        now=now,
        area=agreement.area,
        facts={
            "institution": code_of(institution),
            "step": step,
            "ordinal": row.ordinal,
            "on": on.isoformat(),
            "manner": manner,
            "file": row.file_id,
        },
    )
    follow_party(session, agreement, institution, step, on, actor=actor, now=now)
    return row


def _settle(
    session: Session,
    row: AgreementInvitation,
    state: AskedState,
    happened: Happened,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Ends the asking; letters that ask and have not left are withdrawn."""
    move(session, row, state, happened=happened, actor=actor, now=now)
    withdraw_contrary(session, topic_of(row), actor=actor, now=now)


def _kept(
    office: Office, session: Session, agreement: Agreement, file: SignedFile | None, *, actor: Actor
) -> SubmittedFile | None:
    """The signed scan or file in the store; one scan may carry several signatures, and is kept once."""
    if file is None:
        return None
    if not file.content:
        raise BadInput("Plik jest pusty.")
    if len(file.content) > LARGEST_KEPT:
        raise BadInput("Plik jest większy niż 30 MB.")
    now = office.now()
    known = known_file(session, file.content)
    if known is not None:
        if known.channel != _CHANNEL or known.area != agreement.area:
            raise BadInput("Dokładnie taki plik należy już do innej sprawy; proszę sprawdzić, czy to właściwy.")
        return known
    row = keep_file(
        office,
        session,
        file.content,
        name=PurePath(file.name).name,
        received_at=now,
        channel=_CHANNEL,
        area=agreement.area,
        actor=actor,
    )
    facts = {"agreement": agreement.code}
    move(session, row, FileState.FILED, happened=Happened.FILE_ADDED, actor=actor, now=now, facts=facts)
    return row
