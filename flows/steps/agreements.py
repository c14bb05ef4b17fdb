"""Agreements of institutions: opening one, asking to sign, signing, joining at any time, leaving."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, func, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.agreement_letters import ask_to_sign, reminder_to_sign, topic_of
from flows.steps.agreement_notices import tell_of
from flows.steps.agreement_papers import issue_accession_sheet
from flows.steps.agreement_parties import JOINS, asked_rows, find_agreement, parties_of, steps_of
from flows.steps.agreement_texts import find_text, make_text, may_have_left, text_held_by, was_asked
from flows.steps.calls import area_name
from flows.steps.documents import content_of, outside_data
from flows.steps.institutions import code_of, find_institution, signatories
from flows.steps.outbox import withdraw_contrary
from flows.steps.projects import definition_of, newest_version
from flows.steps.signed_papers import SignedFile, keep_signed
from flows.steps.teams import follow_party
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.tables import (
    Agreement,
    AgreementInvitation,
    AgreementParty,
    AgreementText,
    Institution,
    IssuedDocument,
    SubmittedFile,
)
from models.tables.agreements import AgreementState, AskedState, PartyStep
from models.tables.institutions import InstitutionState
from models.tables.projects import Manner
from models.transitions import Facts, enter, move, note, queue, reference
from models.written_line import one_line

_SHORTEST_AREA = 4


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
    told = one_line(title or f"{definition.agreements.title} – {place}", what="Tytuł porozumienia", longest=300)
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
            settle(session, row, AskedState.WITHDRAWN, Happened.AGREEMENT_ASKING_ENDED, actor=actor, now=now)
    return agreement


def reopen_agreement(session: Session, code: str, *, actor: Actor, now: datetime) -> Agreement:
    """Institutions may join again. Who was asked before is asked anew only by another invitation."""
    agreement = find_agreement(session, code, lock=True)
    move(session, agreement, AgreementState.OPEN, happened=Happened.AGREEMENT_REOPENED, actor=actor, now=now)
    return agreement


def move_deadline(office: Office, code: str, deadline: date, *, actor: Actor) -> Agreement:
    """Sets another last day for signing, and tells all who are asked to sign, each by a letter with the new text.

    Letters with the day before that have not left are withdrawn: whoever has none yet is asked with the new day.
    """
    actor.require(Right.INSTITUTIONS)
    now = office.now()
    with office.writing(actor) as session:
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
        asked = [row for row in asked_rows(session, agreement) if row.state is AskedState.ASKED]
        text = make_text(office, session, agreement, actor=actor, now=now) if asked else None
        for row in asked:
            withdraw_contrary(session, topic_of(row), actor=actor, now=now)
            instead_of = before if may_have_left(session, row) else None
            row.text_id = text.id if text else None
            session.add(row)
            session.flush()
            ask_to_sign(session, agreement, row, instead_of=instead_of, actor=actor, now=now)
        return agreement


def invite(office: Office, code: str, names: Sequence[str], *, actor: Actor) -> list[str]:
    """Asks institutions to sign: each once, by a letter with the agreement in it. Returns whom it asked now.

    Whoever is being asked, or is a party, is left out, so a second run asks nobody twice; whoever declined, left, or
    was not asked any more, is asked anew.
    """
    actor.require(Right.INSTITUTIONS)
    now = office.now()
    with office.writing(actor) as session:
        agreement = _open(session, code)
        actor.require(Right.INSTITUTIONS, area=agreement.area)
        before = {row.institution_id: row for row in asked_rows(session, agreement)}
        parties = {party.institution_id for party in parties_of(session, agreement)}
        to_ask: list[Institution] = []
        for institution in _once(_working(session, name) for name in names):
            row = before.get(institution.id or 0)
            if institution.id not in parties and (row is None or row.state is not AskedState.ASKED):
                to_ask.append(institution)
        if to_ask:
            text = make_text(office, session, agreement, to_ask, actor=actor, now=now)
            for institution in to_ask:
                row = _ask(session, agreement, institution, before.get(institution.id or 0), text, actor=actor, now=now)
                ask_to_sign(session, agreement, row, actor=actor, now=now)
        return [code_of(institution) for institution in to_ask]


def hand_out(office: Office, code: str, names: Sequence[str], output: Path, *, actor: Actor) -> int:
    """Writes a text to be signed at a table, which names the parties, all who are asked and these institutions; returns
    its number. Nobody is asked by a letter."""
    _may_write(office, output, actor)
    with office.writing(actor) as session:
        agreement = _open(session, code)
        actor.require(Right.INSTITUTIONS, area=agreement.area)
        named = _once(_working(session, name) for name in names)
        text = make_text(office, session, agreement, named, actor=actor, now=office.now())
        document = session.get_one(IssuedDocument, text.document_id)
        _write(office, session, agreement, document, output, actor=actor)
        return text.number


def hand_out_sheet(office: Office, code: str, name: str, output: Path, *, actor: Actor) -> None:
    """Writes the accession sheet of an institution."""
    _may_write(office, output, actor)
    with office.writing(actor) as session:
        agreement = find_agreement(session, code)
        actor.require(Right.INSTITUTIONS, area=agreement.area)
        institution = find_institution(session, name)
        document = issue_accession_sheet(office, session, agreement, institution, actor=actor, now=office.now())
        _write(office, session, agreement, document, output, actor=actor)


def _may_write(office: Office, output: Path, actor: Actor) -> None:
    actor.require(Right.INSTITUTIONS)
    actor.require(Right.EXPORT_LISTS)
    if output.suffix.lower() != ".docx":
        raise BadInput("To dokument Word: nazwa pliku (-o) musi się kończyć na „.docx”.")
    outside_data(office, output)


def _write(
    office: Office, session: Session, agreement: Agreement, document: IssuedDocument, output: Path, *, actor: Actor
) -> None:
    """Both papers name who signs for an institution, so that they leave the store is on record."""
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(content_of(office, session, document))
    note(
        session,
        reference(agreement),
        happened=Happened.EXPORTED,
        actor=actor,
        now=office.now(),
        area=agreement.area,
        facts={"documents": 1},
    )


def _ask(
    session: Session,
    agreement: Agreement,
    institution: Institution,
    before: AgreementInvitation | None,
    text: AgreementText,
    *,
    actor: Actor,
    now: datetime,
) -> AgreementInvitation:
    facts: Facts = {"agreement": agreement.code, "institution": code_of(institution), "text": text.number}
    if before is not None:
        before.asked_at, before.text_id = now, text.id
        session.add(before)
        move(session, before, AskedState.ASKED, happened=Happened.AGREEMENT_ASKED, actor=actor, now=now, facts=facts)
        return before
    row = AgreementInvitation(
        area=agreement.area,
        agreement_id=agreement.id or 0,
        institution_id=institution.id or 0,
        asked_at=now,
        text_id=text.id,
    )
    enter(session, row, happened=Happened.AGREEMENT_ASKED, actor=actor, now=now, facts=facts)
    return row


def decline(session: Session, code: str, name: str, *, actor: Actor, now: datetime) -> None:
    """An institution that was asked will not sign: it is not reminded any more, and may still join later."""
    agreement = _open(session, code)
    institution = find_institution(session, name)
    row = next((one for one in asked_rows(session, agreement) if one.institution_id == institution.id), None)
    if row is None or row.state is not AskedState.ASKED:
        raise BadInput(f"{code_of(institution)}: ta instytucja nie czeka na podpisanie porozumienia {code}.")
    settle(session, row, AskedState.DECLINED, Happened.AGREEMENT_DECLINED, actor=actor, now=now)


def sign(
    office: Office,
    code: str,
    names: Sequence[str],
    *,
    on: date,
    manner: Manner,
    text: int | None = None,
    file: SignedFile | None = None,
    actor: Actor,
) -> list[Joined]:
    """Records that institutions signed the agreement itself, at any time: all of them, or none.

    Every other party is told of each of them, unless the text that the party holds named it. ``text`` is the number on
    the paper that was signed; without it, it is the one that the institution was sent last. Raises ``BadInput``.
    """
    actor.require(Right.INSTITUTIONS)
    with office.writing(actor) as session:
        agreement = _open(session, code)
        signed = find_text(session, agreement, text).id if text is not None else None
        kept = _kept(office, session, agreement, file, actor=actor)
        how = _How(PartyStep.SIGNED, on, manner, kept, signed)
        institutions = _once(_working(session, name) for name in names)
        return [_join(session, agreement, one, how, actor=actor, now=office.now()) for one in institutions]


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
        how = _How(PartyStep.ACCEDED, on, manner, _kept(office, session, agreement, file, actor=actor))
        return _join(session, agreement, _working(session, name), how, actor=actor, now=office.now())


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
    _step(session, agreement, institution, _How(PartyStep.LEFT, on), actor=actor, now=now)
    return True


def remind(session: Session, code: str, *, actor: Actor, now: datetime) -> list[str]:
    """Writes now to all who were asked and have not signed, at most once a day. Returns whom.

    Whom the letter that asks has not reached yet is not reminded of it.
    """
    actor.require(Right.INSTITUTIONS)
    agreement = _open(session, code)
    actor.require(Right.INSTITUTIONS, area=agreement.area)
    told = []
    for row in asked_rows(session, agreement):
        if not was_asked(session, row):
            continue
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


def _not_to_come(day: date, now: datetime) -> None:
    if day > warsaw_date(now):
        raise BadInput("Ten dzień jeszcze nie nadszedł.")


@dataclass(frozen=True)
class _How:
    """What is recorded of a step beside whose it is."""

    step: PartyStep
    on: date
    manner: Manner | None = None
    file: SubmittedFile | None = None
    text_id: int | None = None


def _join(
    session: Session, agreement: Agreement, institution: Institution, how: _How, *, actor: Actor, now: datetime
) -> Joined:
    actor.require(Right.INSTITUTIONS, area=agreement.area)
    if institution.id in {party.institution_id for party in parties_of(session, agreement)}:
        return Joined(code_of(institution), new=False)
    _not_to_come(how.on, now)
    left = [one.on_day for one in steps_of(session, agreement) if one.institution_id == institution.id]
    if left and how.on < left[-1]:
        who, day = code_of(institution), f"{left[-1]:%d.%m.%Y}"
        raise BadInput(f"{who} wystąpiła z porozumienia {day}; ponowny podpis nie może być wcześniejszy.")
    asked = next((row for row in asked_rows(session, agreement) if row.institution_id == institution.id), None)
    held = how.text_id or text_held_by(session, asked)
    row = _step(session, agreement, institution, replace(how, text_id=held), actor=actor, now=now)
    if asked is not None and asked.state is not AskedState.SIGNED:
        settle(session, asked, AskedState.SIGNED, Happened.AGREEMENT_SIGNED, actor=actor, now=now)
    return Joined(code_of(institution), new=True, told=tell_of(session, agreement, row, actor=actor, now=now))


def _step(
    session: Session, agreement: Agreement, institution: Institution, how: _How, *, actor: Actor, now: datetime
) -> AgreementParty:
    last = session.exec(
        select(func.max(AgreementParty.ordinal)).where(AgreementParty.agreement_id == agreement.id)
    ).one()
    signed_by = signatories(session, institution.id or 0, on=how.on) if how.step in JOINS else ()
    row = AgreementParty(
        area=agreement.area,
        agreement_id=agreement.id or 0,
        institution_id=institution.id or 0,
        ordinal=(last or 0) + 1,
        step=how.step,
        on_day=how.on,
        manner=how.manner,
        name=institution.name,
        signatories=json.dumps([asdict(one) for one in signed_by], ensure_ascii=False),
        file_id=how.file.id if how.file is not None else None,
        text_id=how.text_id,
        recorded_at=now,
        recorded_by=actor.login,
    )
    session.add(row)
    session.flush()
    note(
        session,
        reference(agreement),
        happened=Happened.AGREEMENT_LEFT if how.step is PartyStep.LEFT else Happened.AGREEMENT_JOINED,
        actor=actor,
        now=now,
        area=agreement.area,
        facts={
            "institution": code_of(institution),
            "step": how.step,
            "ordinal": row.ordinal,
            "on": how.on.isoformat(),
            "manner": how.manner,
            "file": row.file_id,
        },
    )
    follow_party(session, agreement, institution, how.step, how.on, actor=actor, now=now)
    return row


def settle(
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
    if file is None:
        return None
    return keep_signed(office, session, file, matter=agreement.code, area=agreement.area, actor=actor)
