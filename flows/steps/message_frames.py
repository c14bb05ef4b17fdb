"""The frame of a message: in the name of which project it was written, and about which application."""

from sqlmodel import Session, SQLModel, col, select

from flows.steps.meeting_letters import invited_application
from flows.steps.outbox import office_block, sex_of
from flows.steps.projects import definition_for, definition_of
from models.errors import BadInput
from models.project import ProjectDefinition
from models.tables import (
    Agreement,
    AgreementInvitation,
    Appeal,
    Application,
    Call,
    Correction,
    FreeLetter,
    Invitation,
    Meeting,
    Membership,
    Message,
    Person,
    Stipend,
)
from templates.letters.frame import Letter
from templates.literal import as_source
from templates.render import RenderedMail, set_anew

_KINDS: dict[str, type[SQLModel]] = {
    kind.__name__.lower(): kind
    for kind in (
        *(Agreement, AgreementInvitation, Application, Call, Membership, Correction, Appeal, Invitation, Meeting),
        *(Stipend, FreeLetter),
    )
}


def definition_behind(session: Session, message: Message) -> ProjectDefinition | None:
    """The rules that the subject of a message runs under; ``None`` for what belongs to no call."""
    match _subject(session, message):
        case Call() as row:
            return definition_for(session, row)
        case Agreement() as row:
            return definition_of(session, row.project_version_id)
        case AgreementInvitation() as row:
            return definition_of(session, session.get_one(Agreement, row.agreement_id).project_version_id)
        case Application() | FreeLetter() as row:
            return definition_for(session, session.get_one(Call, row.call_id))
        case Membership() | Correction() | Appeal() as row:
            application = session.get_one(Application, row.application_id)
            return definition_for(session, session.get_one(Call, application.call_id))
        case Meeting() as row:
            return definition_of(session, row.project_version_id)
        case Invitation() | Stipend() as row:
            return definition_of(session, session.get_one(Meeting, row.meeting_id).project_version_id)
        case _:
            return None


def application_behind(session: Session, message: Message) -> Application | None:
    """The application that a message is about: the person's own, where it is about a meeting or to a group.

    ``None`` for files that are none yet, and for officers and institutions.
    """
    if message.institution_id is not None:
        return None
    match _subject(session, message):
        case Application() as row:
            return row
        case Membership() | Correction() | Appeal() as row:
            return session.get_one(Application, row.application_id)
        case Invitation() as row:
            return invited_application(session, row)
        case Stipend() as row:
            return session.get_one(Application, session.get_one(Membership, row.membership_id).application_id)
        case Meeting() as row:
            return session.exec(
                select(Application)
                .join(Membership, col(Membership.application_id) == Application.id)
                .where(Membership.group_id == row.group_id, Membership.person_id == message.person_id)
                .order_by(col(Membership.id).desc())
            ).first()
        case FreeLetter() as row:
            return session.exec(
                select(Application)
                .where(Application.call_id == row.call_id, Application.person_id == message.person_id)
                .order_by(Application.number)
            ).first()
        case _:
            return None


def in_frame(
    session: Session, definition: ProjectDefinition, message: Message, *, subject: str, content: str
) -> RenderedMail:
    """Words in the frame of a message: the same salutation, signature and funding line, text and HTML made anew."""
    frame = frame_of(session, definition, message)
    return set_anew(frame, subject, content, overrides=definition.templates)


def frame_of(session: Session, definition: ProjectDefinition, message: Message) -> Letter:
    """Who writes and to whom, as a letter without words."""
    person = session.get(Person, message.person_id) if message.person_id is not None else None
    greeted = (person.salutation if person is not None else None) or ""
    return Letter(office=office_block(definition), sex=sex_of(person), salutation_override=greeted)


def source_of_words(message: Message) -> str | None:
    """The words of a message as somebody may go on writing them; ``None`` where only the whole text is known."""
    return None if message.content is None else as_source(message.content)


def reworded(session: Session, message: Message, content: str) -> RenderedMail:
    """Other words in the frame of a message. Raises ``BadInput`` where the frame is not known, or without any words."""
    definition = definition_behind(session, message)
    if message.content is None or definition is None:
        raise BadInput("Tej wiadomości nie da się ułożyć na nowo. Całą treść zmienia --text.")
    if not content.strip():
        raise BadInput("Treść nie może być pusta.")
    return in_frame(session, definition, message, subject=message.subject, content=content.strip() + "\n")


def _subject(session: Session, message: Message) -> SQLModel | None:
    kind, _, row_id = message.subject_ref.partition("/")
    table = _KINDS.get(kind)
    return session.get(table, int(row_id)) if table is not None and row_id.isdigit() else None
