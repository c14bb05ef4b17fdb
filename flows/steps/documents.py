"""Documents we issue: each version kept encrypted in the file store, and written out only by an explicit export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Table, insert
from sqlmodel import Session, col, func, select

from flows.adapters.office import Office
from flows.steps.applications import file_remarks, find_application
from flows.steps.certificate_grounds import groundless
from flows.steps.meeting_papers import outdated
from flows.steps.people import data_key_of, office_data_key, open_data_key
from flows.steps.signed_matters import named_papers
from flows.steps.signed_papers import FOLDER, SIGNED_ACT, write_signed
from models.actor import Actor, Right
from models.errors import BadInput, NotAllowed
from models.events import Happened
from models.project import ProjectDefinition
from models.storage import keyring_in
from models.tables import IssuedContract, IssuedDocument, PayBatch, Stipend, SubmittedFile
from models.tables.batches import BatchState
from models.tables.contracts import ContractState
from models.tables.stipends import StipendState
from models.transitions import note, note_quickly, reference
from templates.word_base import Letterhead


def letterhead(definition: ProjectDefinition) -> Letterhead:
    """What stands at the head and foot of every document of the project."""
    return Letterhead(
        office=definition.unit.name,
        project_title=definition.title,
        project_number=definition.number,
        funding_line=definition.funding_line,
        logo_line=f"{definition.fund} · {definition.programme}",
    )


def issue(
    office: Office,
    session: Session,
    *,
    kind: str,
    subject: str,
    file_name: str,
    content: bytes,
    area: str,
    actor: Actor,
    now: datetime,
    person_id: int | None = None,
    at_least: int = 1,
) -> IssuedDocument:
    """Keeps a document as the next version of its kind and subject. ``file_name`` must say nothing about a person.

    ``at_least``: the version of a document that it belongs to, which may have more versions than this one.
    """
    version = next_version(session, kind, subject, at_least=at_least)
    key_id, data_key = (
        office_data_key(session, now=now) if person_id is None else data_key_of(session, person_id, now=now)
    )
    row = IssuedDocument(
        area=area,
        kind=kind,
        subject=subject,
        version=version,
        file_name=file_name,
        stored_as=stored_name(session, kind, subject, version),
        data_key_id=key_id,
        personal=person_id is not None,
        made_at=now,
        made_by=actor.login,
    )
    # The row holds the name from here on, and counts only when the transaction ends: by then the bytes are there.
    session.add(row)
    session.flush()
    office.files.write(row.stored_as, data_key, content)
    _note_issued(session, row, actor=actor, now=now)
    return row


@dataclass(frozen=True)
class Draft:
    """The next version of a document whose bytes lie in the store already, without their name and without a row."""

    kind: str
    subject: str
    version: int
    stored_as: str
    data_key_id: str


def next_draft(session: Session, kind: str, subject: str, *, after: int, key_id: str) -> Draft:
    """What would become the version ``after`` the last one; its bytes are still to be laid down (``FileStore.draft``),
    outside any transaction that others wait for.

    Only who alone may issue this document makes one. A draft that never becomes a document is overwritten by the next.
    """
    version = after + 1
    return Draft(kind, subject, version, stored_name(session, kind, subject, version), key_id)


def last_versions(session: Session, kind: str, subjects: Sequence[str]) -> dict[str, int]:
    """The newest version of each of these documents that has one."""
    rows = session.exec(
        select(IssuedDocument.subject, func.max(col(IssuedDocument.version)))
        .where(IssuedDocument.kind == kind, col(IssuedDocument.subject).in_(subjects))
        .group_by(IssuedDocument.subject)
    ).all()
    return dict(rows)


def issue_draft(
    office: Office,
    session: Session,
    draft: Draft,
    *,
    file_name: str,
    area: str,
    actor: Actor,
    now: datetime,
    personal: bool,
) -> None:
    """Makes a draft the document that ``issue`` would have made."""
    # Past the unit of work, as ``move_as_read`` does it: this is done for every mail while its server waits.
    connection = session.connection()
    document = connection.execute(
        _INTO_DOCUMENTS,
        {
            "area": area,
            "kind": draft.kind,
            "subject": draft.subject,
            "version": draft.version,
            "file_name": file_name,
            "stored_as": draft.stored_as,
            "data_key_id": draft.data_key_id,
            "personal": personal,
            "made_at": now,
            "made_by": actor.login,
        },
    ).inserted_primary_key
    assert document is not None
    office.files.place(draft.stored_as)
    note_quickly(
        session,
        [f"document/{document[0]}"],
        happened=Happened.DOCUMENT_ISSUED,
        actor=actor,
        now=now,
        area=area,
        facts={"kind": draft.kind, "subject": draft.subject, "version": draft.version},
    )


def next_version(session: Session, kind: str, subject: str, *, at_least: int = 1) -> int:
    last = newest(session, kind, subject)
    return max((last.version if last else 0) + 1, at_least)


def stored_name(session: Session, kind: str, subject: str, version: int) -> str:
    """The name in the file store, which says nothing."""
    return keyring_in(session).lookup("issued", f"{kind}:{subject}:{version}")


def _note_issued(session: Session, row: IssuedDocument, *, actor: Actor, now: datetime) -> None:
    note(
        session,
        f"document/{row.id}",
        happened=Happened.DOCUMENT_ISSUED,
        actor=actor,
        now=now,
        area=row.area,
        facts={"kind": row.kind, "subject": row.subject, "version": row.version},
    )


def newest(session: Session, kind: str, subject: str) -> IssuedDocument | None:
    """The newest version of a document."""
    return session.exec(
        select(IssuedDocument)
        .where(IssuedDocument.kind == kind, IssuedDocument.subject == subject)
        .order_by(col(IssuedDocument.version).desc())
    ).first()


def content_of(office: Office, session: Session, row: IssuedDocument) -> bytes:
    """The bytes of a kept document, opened."""
    return office.files.read(row.stored_as, open_data_key(session, row.data_key_id))


def export(office: Office, folder: Path, *, actor: Actor) -> list[Path]:
    """Writes the newest version of every document that the actor's roles open, and signed papers, for people.

    This leaves the encrypted store on purpose; the folder must lie outside the data folder. Bills and contracts that
    were replaced or dropped, papers of a meeting that has changed since, certificates to be withdrawn and bank files
    of batches that were given up lie apart, so that nobody signs or sends one. The export is on record. Raises
    ``NotAllowed`` when no kind is the actor's.
    """
    kinds = {kind for kind, right in EXPORT_RIGHTS.items() if actor.has(right)}
    if not kinds:
        raise NotAllowed(f"Konto „{actor.login}” nie ma uprawnienia do eksportu. Poproś administratora o rolę.")
    outside_data(office, folder)
    written: list[Path] = []
    with office.writing(actor) as session:
        rows = session.exec(
            select(IssuedDocument).where(col(IssuedDocument.kind).in_(kinds)).order_by(col(IssuedDocument.id))
        ).all()
        newest_rows = {(row.kind, row.subject, row.version * (row.kind in _EACH_STANDS)): row for row in rows}
        apart = _aside(session, list(newest_rows.values()), now=office.now())
        for row in newest_rows.values():
            place = folder / _FOLDERS[row.kind]
            path = place / _name_of(row)
            if aside := apart.get(row.id or 0):
                # An earlier export may have put it among those to sign.
                path.unlink(missing_ok=True)
                path = place / aside / row.file_name
            elif row.kind == "certificate":
                # What was in the way may have been put right since.
                (place / TO_WITHDRAW / row.file_name).unlink(missing_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content_of(office, session, row))
            written.append(path)
        if actor.has(Right.EXPORT_LISTS):
            written += write_signed(office, session, folder, replaced=REPLACED)
        note(
            session,
            "export/documents",
            happened=Happened.EXPORTED,
            actor=actor,
            now=office.now(),
            area=actor.scope,
            facts={"documents": len(written), "kinds": sorted({row.kind for row in newest_rows.values()})},
        )
    return written


def _aside(session: Session, rows: Sequence[IssuedDocument], *, now: datetime) -> dict[int, str]:
    """In which folder apart a document belongs, by id; most belong in none."""
    replaced = _replaced(session)
    certificates = any(row.kind == "certificate" for row in rows)
    withdraw = groundless(session, now=now) if certificates else set()
    apart = dict.fromkeys(outdated(session, rows), OUTDATED)
    signed_acts = any(row.kind == SIGNED_ACT for row in rows)
    counting = named_papers(session).documents if signed_acts else frozenset()
    given_up = set(session.exec(select(PayBatch.number).where(PayBatch.state == BatchState.DISCARDED)).all())
    for row in rows:
        if row.kind == "bank_file" and row.subject in given_up:
            apart[row.id or 0] = OUTDATED
        elif (row.kind, row.subject) in replaced or (row.kind == SIGNED_ACT and row.id not in counting):
            apart[row.id or 0] = REPLACED
        elif row.kind == "certificate" and row.subject in withdraw:
            apart[row.id or 0] = TO_WITHDRAW
    return apart


def export_submitted(office: Office, number: str, folder: Path, *, actor: Actor) -> list[Path]:
    """Writes the files that a candidate sent, as they came, under names that say nothing. The export is on record.

    What the reader remarked on a file (macros, a foreign template) lies beside it, for whoever opens it.
    """
    actor.require(Right.EXPORT_FILES)
    outside_data(office, folder)
    written: list[Path] = []
    with office.writing(actor) as session:
        application = find_application(session, number)
        rows = session.exec(select(SubmittedFile).where(SubmittedFile.application_id == application.id)).all()
        remarks = file_remarks(session, application)
        for row in rows:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{application.number.replace('/', '-')}-{row.id}{Path(row.name or '').suffix}"
            path.write_bytes(office.files.read(row.stored_as, open_data_key(session, row.data_key_id)))
            written.append(path)
            if row.id in remarks:
                warning = path.with_name(f"{path.stem}-uwagi.txt")
                warning.write_text("\n".join(remarks[row.id]) + "\n", encoding="utf-8")
                written.append(warning)
        note(
            session,
            reference(application),
            happened=Happened.EXPORTED,
            actor=actor,
            now=office.now(),
            area=application.area,
            facts={"files": len(rows)},
        )
    return written


def outside_data(office: Office, folder: Path) -> None:
    """Raises ``BadInput`` for a folder of an export that lies within the data folder."""
    if folder.resolve().is_relative_to(office.settings.data.resolve()):
        raise BadInput("Folder eksportu nie może leżeć w folderze danych: tam wszystko zostaje zaszyfrowane.")


def _replaced(session: Session) -> set[tuple[str, str]]:
    """Kind and number of bills and contracts that nobody is to sign any more."""
    bills = session.exec(select(Stipend.number).where(Stipend.state == StipendState.SUPERSEDED)).all()
    contracts = select(IssuedContract.number)
    in_force = contracts.where(col(IssuedContract.state).in_((ContractState.ISSUED, ContractState.SIGNED)))
    ended = set(session.exec(contracts).all()) - set(session.exec(in_force).all())
    return {("bill", number) for number in bills} | {("contract", number) for number in ended}


def _name_of(row: IssuedDocument) -> str:
    if row.kind not in _EACH_STANDS:
        return row.file_name
    name = Path(row.file_name)
    return f"{name.stem}-{row.version}{name.suffix}"


_EACH_STANDS = frozenset({"protocol", "protocol_annex", "schedule_import"})
"""Kinds of which a later one does not take the place of the earlier: each session of the commission has its own, and
each file that meetings came from."""
_INTO_DOCUMENTS = insert(cast(Table, IssuedDocument.__table__))  # type: ignore[attr-defined]
REPLACED = "zastapione"
"""Folder for bills and contracts that newer ones took the place of, and contracts that were dropped."""
OUTDATED = "nieaktualne"
"""Folder for papers of a meeting that was moved or called off since, and bank files of batches given up."""
TO_WITHDRAW = "do-wycofania"
"""Folder for certificates that their members are no longer entitled to."""
EXPORT_RIGHTS: Mapping[str, Right] = {
    "mail": Right.EXPORT_MAILS,
    "letter": Right.EXPORT_MAILS,
    "declaration": Right.EXPORT_LISTS,
    "agreement": Right.EXPORT_LISTS,
    "accession_sheet": Right.EXPORT_LISTS,
    "cooperation_declaration": Right.EXPORT_LISTS,
    "call_form": Right.EXPORT_LISTS,
    "appeal_ruling": Right.EXPORT_LISTS,
    "correction_copy": Right.EXPORT_FILES,
    "blank_form": Right.EXPORT_FILES,
    "public_list": Right.EXPORT_LISTS,
    "public_page": Right.EXPORT_LISTS,
    "internal_list": Right.EXPORT_LISTS,
    "protocol": Right.EXPORT_LISTS,
    "protocol_annex": Right.EXPORT_LISTS,
    "attendance_sheet": Right.EXPORT_ATTENDANCE,
    "meeting_protocol": Right.EXPORT_ATTENDANCE,
    "certificate": Right.EXPORT_LISTS,
    "appointment_act": Right.EXPORT_LISTS,
    "signed_act": Right.EXPORT_LISTS,
    "host_list": Right.EXPORT_FILES,
    "schedule_import": Right.EXPORT_LISTS,
    "coaching_sheet": Right.EXPORT_ATTENDANCE,
    "support_list": Right.EXPORT_ATTENDANCE,
    "bill": Right.EXPORT_BILLS,
    "contract": Right.EXPORT_BILLS,
    "statement_form": Right.EXPORT_FILES,
    "payment_list": Right.EXPORT_BILLS,
    "payment_list_word": Right.EXPORT_BILLS,
    "hours_register": Right.EXPORT_BILLS,
    "bank_file": Right.EXPORT_BILLS,
    "bank_report": Right.EXPORT_BILLS,
}
"""Which right opens a kind of document; a kind that is not here is exported by nobody."""
_FOLDERS = {
    "mail": "poczta",
    "letter": "pisma",
    "correction_copy": "uzupelnienia",
    "blank_form": "formularze",
    "public_list": "listy",
    "public_page": "listy",
    "internal_list": "listy",
    "protocol": "protokoly",
    "protocol_annex": "protokoly",
    "declaration": "deklaracje",
    "agreement": "porozumienia",
    "accession_sheet": "porozumienia",
    "cooperation_declaration": "deklaracje",
    "call_form": "formularze",
    "appeal_ruling": "odwolania",
    "attendance_sheet": "obecnosc",
    "meeting_protocol": "spotkania",
    "certificate": "zaswiadczenia",
    "appointment_act": "powolania",
    "signed_act": FOLDER,
    "host_list": "dla-prowadzacych",
    "schedule_import": "harmonogram",
    "coaching_sheet": "obecnosc",
    "support_list": "obecnosc",
    "bill": "rachunki",
    "contract": "umowy",
    "statement_form": "formularze",
    "payment_list": "wyplaty",
    "payment_list_word": "wyplaty",
    "hours_register": "godziny",
    "bank_file": "przelewy",
    "bank_report": "przelewy",
}
