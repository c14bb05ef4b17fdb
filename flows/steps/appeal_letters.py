"""What an appeal brings to the candidate: that it came, and how it was ruled on."""

from datetime import date, datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.steps.appeal_records import public_number_of
from flows.steps.applications import call_of
from flows.steps.calls import group_of
from flows.steps.outbox import compose, office_block, sex_of
from models.actor import Actor
from models.appeal_rules import Appeals
from models.project import ProjectDefinition
from models.tables import Appeal, AppealRuling, Application, Message, Person
from models.transitions import reference
from templates.letters.appeals import AppealReceivedLetter, AppealRejectedLetter, AppealUpheldLetter
from templates.letters.frame import Letter


def topic_of(appeal: Appeal) -> str:
    """What letters about the appeal speak of, so that a later one takes the place of those before it."""
    return f"appeal/{appeal.application_id}/{appeal.ordinal}"


def _late_after(appeal: Appeal) -> date | None:
    return warsaw_date(appeal.period_ended_at) if appeal.late and appeal.period_ended_at is not None else None


def appeal_letter(
    session: Session,
    application: Application,
    appeal: Appeal,
    event: str,
    letter: Letter,
    definition: ProjectDefinition,
    *,
    actor: Actor,
    now: datetime,
) -> Message | None:
    """A letter about the appeal, ready to go with the step that it tells of."""
    return compose(
        session,
        event,
        letter,
        subject_ref=reference(application),
        area=application.area,
        occasion=f"appeal-{appeal.ordinal}",
        actor=actor,
        now=now,
        person=session.get_one(Person, application.person_id),
        contradicts=topic_of(appeal),
        definition=definition,
    )


def who_rules(session: Session, application: Application, definition: ProjectDefinition) -> str:
    """Who rules, in the nominative: where no commission decided and the project says nothing, the office."""
    said = definition.appeals.who
    kind = definition.group_kind(call_of(session, application).group_kind)
    return said if kind.selects or said != Appeals().who else "inna osoba z biura projektu"


def received_letter(
    session: Session, application: Application, appeal: Appeal, definition: ProjectDefinition
) -> AppealReceivedLetter:
    """That the appeal came, who rules on it and by when."""
    return AppealReceivedLetter(
        office=office_block(definition),
        sex=sex_of(session.get_one(Person, application.person_id)),
        public_number=application.public_number,
        group_name=group_of(session, call_of(session, application)).name,
        appeal_number=f"{application.public_number}/O{appeal.ordinal}",
        received_on=warsaw_date(appeal.received_at),
        who=who_rules(session, application, definition),
        ruling_by=warsaw_date(appeal.ruling_due_at),
        late_after=_late_after(appeal),
    )


def ruling_letter(
    session: Session, application: Application, appeal: Appeal, ruling: AppealRuling, definition: ProjectDefinition
) -> Letter:
    """How the appeal was ruled on, and why."""
    office, sex = office_block(definition), sex_of(session.get_one(Person, application.person_id))
    call = call_of(session, application)
    group_name = group_of(session, call).name
    ruled_on = warsaw_date(ruling.ruled_at)
    if ruling.upheld:
        return AppealUpheldLetter(
            office=office,
            sex=sex,
            public_number=application.public_number,
            group_name=group_name,
            appeal_number=public_number_of(session, appeal),
            ruled_on=ruled_on,
            reason=ruling.reason,
        )
    return AppealRejectedLetter(
        office=office,
        sex=sex,
        public_number=application.public_number,
        group_name=group_name,
        appeal_number=public_number_of(session, appeal),
        ruled_on=ruled_on,
        reason=ruling.reason,
        late_after=_late_after(appeal),
        remedies=definition.appeals.remedies,
    )
