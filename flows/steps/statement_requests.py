"""Asking members of a paid group for their statement: the letter, and the blank form that goes with it.

The blank holds no personal data but the hidden id by which it is recognised when it comes back. Nobody is asked by a
schedule: an officer asks, after acceptance (domain §5), and asks again only when something changed or time passed.
"""

from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import Gap, call_of
from flows.steps.attachments import attach
from flows.steps.calls import find_call, group_of
from flows.steps.documents import issue
from flows.steps.forms import blank_form
from flows.steps.hidden_ids import token_of
from flows.steps.memberships import membership_of, seated
from flows.steps.outbox import compose, office_block, sex_of
from flows.steps.projects import newest_for
from flows.steps.seat_times import require_seat
from flows.steps.statement_forms import gaps_of, waiting_form
from flows.steps.statements import statement_on
from forms.marked_copy import marked_copy
from models.actor import Actor, Right
from models.contract_rules import ContractRules
from models.errors import BadInput, NotFound
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.statement_validity import lapsed
from models.rules.working_days import add_working_days
from models.tables import (
    Application,
    Group,
    IssuedDocument,
    Membership,
    Message,
    MessageAttachment,
    Person,
    StatementForm,
)
from models.tables.outbox import MessageState
from models.transitions import note, queue, reference
from templates.letters.frame import CorrectionLine
from templates.letters.pay import StatementRequestLetter

REQUEST = "statement_request"
STATEMENT_FORM = "statement_form"
"""Kind of the attachment and of the issued document."""


def ask_for_statements(session: Session, which: str, *, again: bool = False, actor: Actor, now: datetime) -> list[str]:
    """Queues the letter to every seated member of a call whose statement is missing, unclear or too old, or to one
    application's member. Returns the numbers of the applications that are written to.

    Who was asked already, and whose letter has not been answered, is asked again only with ``again``. Raises
    ``BadInput`` where the group is not paid or the project has no statement form.
    """
    actor.require(Right.MEMBERSHIP)
    try:
        call = find_call(session, which)
    except NotFound:
        membership = membership_of(session, which)
        require_seat(session, membership, which, "o oświadczenie prosi się")
        members = [membership]
    else:
        members = seated(session, group_of(session, call).id or 0)
    pairs = [(session.get_one(Application, one.application_id), one) for one in members]
    asked = []
    for application, membership in sorted(pairs, key=lambda pair: pair[0].number):
        if _ask(session, membership, application, again=again, actor=actor, now=now):
            asked.append(application.number)
    return asked


def _ask(
    session: Session, membership: Membership, application: Application, *, again: bool, actor: Actor, now: datetime
) -> bool:
    session.refresh(membership, with_for_update=True)
    call = call_of(session, application)
    definition = newest_for(session, call)
    rules = statement_rules(session, membership, definition)
    form = waiting_form(session, membership)
    gaps = gaps_of(session, form) if form is not None else []
    renewal = _needs_renewal(session, membership, rules, warsaw_date(now))
    if form is not None and not gaps:
        return False  # it is the officer's turn
    if form is None and not renewal and statement_on(session, membership, warsaw_date(now)) is not None:
        return False
    before = requests_to(session, membership)
    open_ = [one for one in before if one.state is not MessageState.WITHDRAWN]
    if open_ and not again and not _came_since(form, open_[-1]):
        return False
    due_on = add_working_days(warsaw_date(now), rules.statement_working_days)
    message = compose(
        session,
        REQUEST,
        StatementRequestLetter(
            office=office_block(definition),
            sex=sex_of(session.get_one(Person, membership.person_id)),
            public_number=application.public_number,
            group_name=group_of(session, call).name,
            corrections=_lines(gaps),
            renewal=renewal is not None,
            due_on=due_on,
        ),
        subject_ref=reference(membership),
        area=membership.area,
        occasion=f"asked-{len(before) + 1}",
        actor=actor,
        now=now,
        person=session.get_one(Person, membership.person_id),
        contradicts=f"statement/{membership.id}",
        definition=definition,
    )
    if message is None:
        return False
    queue(session, [message], actor=actor, now=now)
    attach(
        session,
        message,
        kind=STATEMENT_FORM,
        about=reference(membership),
        name=f"oswiadczenie-{application.public_number}.docx",
    )
    note(
        session,
        reference(membership),
        happened=Happened.STATEMENT_ASKED,
        actor=actor,
        now=now,
        area=membership.area,
        facts={"application": application.number, "due_on": due_on.isoformat(), "fields": [gap.key for gap in gaps]},
    )
    return True


def statement_rules(session: Session, membership: Membership, definition: ProjectDefinition) -> ContractRules:
    """The section by which statements are asked for. Raises ``BadInput`` where they are not."""
    kind = session.get_one(Group, membership.group_id).kind
    if definition.group_kind(kind).pay is None:
        raise BadInput(f"Grupa {kind} nie jest płatna; oświadczenia do wypłaty się nie zbiera.")
    if definition.contracts is None or definition.contracts.statement_form is None:
        raise BadInput(
            "Projekt nie ma formularza oświadczenia (contracts, statement_form). Oświadczenie złożone na papierze "
            "wpisuje: nabor stipend statement."
        )
    return definition.contracts


def _needs_renewal(session: Session, membership: Membership, rules: ContractRules, today: date) -> str | None:
    """The code of why the member's statement does not hold any more; ``None`` when it does or there is none."""
    statement = statement_on(session, membership, today)
    remark = lapsed(statement.valid_from, today, rules.validity) if statement is not None else None
    return remark.code if remark is not None else None


def _came_since(form: StatementForm | None, letter: Message) -> bool:
    """Whether a form came after the last letter, so that what it lacks has not been asked for yet."""
    return form is not None and form.received_at > letter.created_at


def requests_to(session: Session, membership: Membership) -> list[Message]:
    """Every letter that asked this member for a statement, the oldest first."""
    rows = session.exec(
        select(Message)
        .where(Message.event == REQUEST, Message.subject_ref == reference(membership))
        .order_by(col(Message.id))
    ).all()
    return list(rows)


def _lines(gaps: list[Gap]) -> tuple[CorrectionLine, ...]:
    return tuple(CorrectionLine(label=gap.label, reason=gap.reason) for gap in gaps)


def issue_statement_blank(
    office: Office, session: Session, attachment: MessageAttachment, *, actor: Actor
) -> IssuedDocument:
    """The blank statement form for one member, with the hidden id of the application in it."""
    membership = session.get_one(Membership, int(attachment.about.rpartition("/")[2]))
    application = session.get_one(Application, membership.application_id)
    definition = newest_for(session, call_of(session, application))
    rules = statement_rules(session, membership, definition)
    assert rules.statement_form is not None
    content = marked_copy(
        blank_form(definition, rules.statement_form), asked=(), numbers=(), token=token_of(session, application)
    )
    return issue(
        office,
        session,
        kind=STATEMENT_FORM,
        subject=application.number,
        file_name=attachment.name,
        content=content,
        area=membership.area,
        actor=actor,
        now=office.now(),
        person_id=membership.person_id,
    )
