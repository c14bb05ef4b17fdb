"""The papers of an agreement in Word: the agreement itself with those who were asked, and an accession sheet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.agreement_parties import Party
from flows.steps.attachments import attach
from flows.steps.calls import area_name
from flows.steps.documents import issue, letterhead, next_version
from flows.steps.institutions import code_of, signatories
from flows.steps.projects import definition_of
from models.actor import Actor
from models.agreement_rules import AgreementRules
from models.project import ProjectDefinition
from models.tables import Agreement, Institution, IssuedDocument, Message
from templates.documents.agreement import AgreementDocument, AgreementParty, accession_sheet, agreement

AGREEMENT, ACCESSION_SHEET = "agreement", "accession_sheet"
"""Kinds of the documents."""
_ATTACHED_AS = "Porozumienie.docx"


def issue_agreement(
    office: Office,
    session: Session,
    row: Agreement,
    institutions: Sequence[Institution],
    parties: Sequence[Party],
    *,
    actor: Actor,
    now: datetime,
) -> IssuedDocument:
    """Makes the agreement that names these institutions, ready to be signed by those who are no parties yet, and keeps
    it as the next version."""
    number = next_version(session, AGREEMENT, row.code)
    signed = {one.institution_id: one for one in parties}
    return issue(
        office,
        session,
        kind=AGREEMENT,
        subject=row.code,
        file_name=f"{row.code.replace('/', '-')}-porozumienie.docx",
        content=agreement(_document(session, row, institutions, signed, number=number, now=now)),
        area=row.area,
        actor=actor,
        now=now,
    )


def issue_accession_sheet(
    office: Office, session: Session, row: Agreement, institution: Institution, *, actor: Actor, now: datetime
) -> IssuedDocument:
    """Makes the accession sheet of an institution and keeps it as the next version."""
    subject = f"{row.code}/{code_of(institution)}"
    return issue(
        office,
        session,
        kind=ACCESSION_SHEET,
        subject=subject,
        file_name=f"{subject.replace('/', '-')}-karta-przystapienia.docx",
        content=accession_sheet(_document(session, row, [institution], {}, now=now)),
        area=row.area,
        actor=actor,
        now=now,
    )


def attach_agreement(session: Session, message: Message, document: IssuedDocument, *, about: str) -> None:
    """Has the agreement go with a letter that is in the outbox already."""
    attach(session, message, kind=AGREEMENT, about=about, name=_ATTACHED_AS, document=document)


def _document(
    session: Session,
    row: Agreement,
    institutions: Sequence[Institution],
    signed: Mapping[int, Party],
    *,
    number: int = 0,
    now: datetime,
) -> AgreementDocument:
    definition = definition_of(session, row.project_version_id)
    rules = _rules(definition)
    today = warsaw_date(now)
    listed = []
    for one in institutions:
        party = signed.get(one.id or 0)
        # Who has signed stands as it signed.
        signs = party.signatories if party is not None else signatories(session, one.id or 0, on=today)
        listed.append(
            AgreementParty(
                name=party.name if party is not None else one.name,
                seat=", ".join(one.address.splitlines()),
                signatories=tuple((who.name, who.function) for who in signs),
                since=party.on_day if party is not None else None,
            )
        )
    return AgreementDocument(
        letterhead=letterhead(definition),
        issued_on=today,
        title=row.title,
        code=row.code,
        number=number,
        area=area_name(definition, row.area),
        sign_by=row.deadline,
        parties=tuple(listed),
        preamble=rules.preamble,
        subject=rules.subject,
        commitments=rules.commitments,
        accession=rules.accession,
        closing=rules.closing,
        statement=rules.statement,
    )


def _rules(definition: ProjectDefinition) -> AgreementRules:
    assert definition.agreements is not None, "an agreement is opened only where the project has one"
    return definition.agreements
