"""Letters to institutions about their seats in a group: to name a person, that the person sits there, to name another.

They name institutions and numbers of applications, never a person.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.attachments import attach_call_form
from flows.steps.institution_letters import letter_to
from flows.steps.institutions import code_of
from flows.steps.outbox import office_block, told_at
from flows.steps.projects import definition_for
from models.actor import Actor
from models.group_kinds import SEAT_FIELD
from models.project import ProjectDefinition
from models.tables import (
    Application,
    Call,
    Group,
    Institution,
    InstitutionSeat,
    IssuedDocument,
    Message,
    SeatChange,
)
from models.tables.applications import ON_THE_WAY, ApplicationState
from models.tables.institutions import InstitutionState
from models.tables.nominations import ASKED_TO_NAME, InstitutionSeatState, SeatChangeState
from models.transitions import queue, reference
from templates.letters.nominations import (
    ReminderSeatLetter,
    SeatClosedLetter,
    SeatInvitedLetter,
    SeatTakenLetter,
    SeatVacantLetter,
)

ASKS, ASKS_ANEW, TAKEN, REMINDS = "seat_invited", "seat_vacant", "seat_taken", "reminder_seat"
CLOSED = "seat_closed"


def call_of_seat(session: Session, seat: InstitutionSeat) -> Call:
    """The call of the seat's group."""
    return session.get_one(Call, session.get_one(Group, seat.group_id).call_id)


def institution_of_seat(session: Session, seat: InstitutionSeat) -> Institution:
    """Whose seat it is. Looked up by key: whoever sees the seat may know whose it is, wherever that one has its own."""
    return session.get_one(Institution, seat.institution_id)


def closed_institutions(session: Session) -> frozenset[int]:
    """Institutions that work no more, wherever they have their seat: nobody writes to them."""
    columns = SQLModel.metadata.tables[str(Institution.__tablename__)].c
    found = session.connection().execute(sa.select(columns.id).where(columns.state == InstitutionState.CLOSED))
    return frozenset(found.scalars())


def topic_of(seat: InstitutionSeat) -> str:
    """What letters that ask for a person are about: once there is one, the unsent ones are withdrawn."""
    return f"{reference(seat)}/ask"


def taken_topic(seat: InstitutionSeat) -> str:
    """What letters that somebody sits in the seat are about: once that ends, the unsent ones are withdrawn."""
    return f"{reference(seat)}/taken"


def closed_topic(seat: InstitutionSeat) -> str:
    """What the letter that the seat is closed is about: once it stands again, the unsent one is withdrawn."""
    return f"{reference(seat)}/closed"


def ask_to_name(
    session: Session,
    seat: InstitutionSeat,
    form: IssuedDocument | None,
    *,
    free_since: date | None = None,
    refused: Application | None = None,
    actor: Actor,
    now: datetime,
) -> Message | None:
    """Queues the letter that asks an institution for a person, with the blank form; ``None`` when it was written,
    and for an institution that works no more.

    For the first time, after its refusal, when whoever sat in the seat does not any more (``free_since``), or when the
    application of whom it named was ``refused``.
    """
    call = call_of_seat(session, seat)
    definition = definition_for(session, call)
    kind = definition.group_kind(call.group_kind)
    institution = institution_of_seat(session, seat)
    if institution.state is not InstitutionState.ACTIVE:
        return None
    anew = seat.state is InstitutionSeatState.VACANT or free_since is not None or refused is not None
    office, group = office_block(definition), session.get_one(Group, seat.group_id).name
    asked = any(leaf.key == SEAT_FIELD for leaf in definition.form(kind.form).leaves)
    letter = SeatInvitedLetter(
        office=office,
        institution=institution.name,
        group_name=group,
        code=code_of(institution),
        who=kind.who,
        tasks=kind.tasks,
        answer_by=seat.answer_due,
        code_asked=asked,
    )
    if anew:
        letter = SeatVacantLetter(
            office=office,
            institution=institution.name,
            group_name=group,
            code=code_of(institution),
            who=kind.who,
            tasks=kind.tasks,
            answer_by=seat.answer_due,
            code_asked=asked,
            free_since=free_since,
            refused_number=refused.public_number if refused is not None else "",
        )
    message = letter_to(
        session,
        institution,
        ASKS_ANEW if anew else ASKS,
        letter,
        subject_ref=reference(seat),
        area=seat.area,
        occasion=_asking(seat),
        actor=actor,
        now=now,
        contradicts=topic_of(seat),
        definition=definition,
    )
    if message is None:
        return None
    queue(session, [message], actor=actor, now=now)
    if form is not None:
        attach_call_form(session, message, call, form)
    return message


def _asking(seat: InstitutionSeat) -> str:
    return f"round-{seat.rounds}"


def was_asked_to_name(session: Session, seat: InstitutionSeat) -> bool:
    """Whether the letter that asks for a person has left."""
    return any(told_at(session, reference(seat), event, _asking(seat)) is not None for event in (ASKS, ASKS_ANEW))


def nobody_on_the_way() -> ColumnElement[bool]:
    """Holds for a seat for which no form is being completed, judged, or looked at by an officer: nobody was named."""
    return (
        ~select(Application.id)
        .where(
            Application.seat_id == InstitutionSeat.id,
            col(Application.state).in_(ON_THE_WAY | {ApplicationState.NOT_ELIGIBLE}),
        )
        .correlate(InstitutionSeat)
        .exists()
    ) & ~(
        select(SeatChange.id)
        .where(SeatChange.seat_id == InstitutionSeat.id, SeatChange.state == SeatChangeState.AWAITED)
        .correlate(InstitutionSeat)
        .exists()
    )


def reminder_to_name(session: Session, seat_id: int, *, occasion: str, actor: Actor, now: datetime) -> Message | None:
    """The letter to an institution that has named nobody; ``None`` when there is nothing to remind of any more."""
    seat = session.get_one(InstitutionSeat, seat_id, with_for_update=True)
    silent = select(InstitutionSeat.id).where(InstitutionSeat.id == seat_id, nobody_on_the_way())
    if seat.state not in ASKED_TO_NAME or session.exec(silent).first() is None:
        return None
    definition = definition_for(session, call_of_seat(session, seat))
    institution = institution_of_seat(session, seat)
    if institution.state is not InstitutionState.ACTIVE:
        return None
    return letter_to(
        session,
        institution,
        REMINDS,
        ReminderSeatLetter(
            office=office_block(definition),
            institution=institution.name,
            group_name=session.get_one(Group, seat.group_id).name,
            code=code_of(institution),
            answer_by=seat.answer_due,
            passed=warsaw_date(now) > seat.answer_due,
        ),
        subject_ref=reference(seat),
        area=seat.area,
        occasion=occasion,
        actor=actor,
        now=now,
        contradicts=topic_of(seat),
        definition=definition,
    )


def tell_taken(
    session: Session,
    seat: InstitutionSeat,
    application: Application,
    definition: ProjectDefinition,
    *,
    since: date,
    replaced: bool,
    ordinal: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Tells an institution that whom it named sits in its seat: by the number of the application only."""
    institution = institution_of_seat(session, seat)
    if institution.state is not InstitutionState.ACTIVE:
        return
    message = letter_to(
        session,
        institution,
        TAKEN,
        SeatTakenLetter(
            office=office_block(definition),
            institution=institution.name,
            group_name=session.get_one(Group, seat.group_id).name,
            public_number=application.public_number,
            since=since,
            replaced=replaced,
        ),
        subject_ref=reference(seat),
        area=seat.area,
        occasion=f"nomination-{ordinal}",
        actor=actor,
        now=now,
        contradicts=taken_topic(seat),
        definition=definition,
    )
    queue(session, [message] if message else [], actor=actor, now=now)


def tell_closed(
    session: Session, seat: InstitutionSeat, *, reason: str, sat: bool, actor: Actor, now: datetime
) -> Message | None:
    """The letter that the seat of an institution is closed, why, and what it can do, not yet added; once a round.

    ``None`` for an institution that works no more: it is written to once it works again.
    """
    institution = institution_of_seat(session, seat)
    if institution.state is not InstitutionState.ACTIVE:
        return None
    call = call_of_seat(session, seat)
    definition = definition_for(session, call)
    return letter_to(
        session,
        institution,
        CLOSED,
        SeatClosedLetter(
            office=office_block(definition),
            institution=institution.name,
            group_name=session.get_one(Group, seat.group_id).name,
            reason=reason,
            may_return=call.closes_at > now,
            sat=sat,
        ),
        subject_ref=reference(seat),
        area=seat.area,
        occasion=_asking(seat),
        actor=actor,
        now=now,
        contradicts=closed_topic(seat),
        definition=definition,
    )
