"""The ruling on an appeal as a document."""

from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.appeal_letters import who_rules
from flows.steps.appeal_records import number_of, public_number_of
from flows.steps.applications import call_of
from flows.steps.calls import group_of
from flows.steps.documents import issue, letterhead
from models.actor import Actor
from models.appeal_rules import AppealSeat
from models.glossary import label
from models.project import ProjectDefinition
from models.tables import Appeal, AppealRuling, Application, Decision, Person
from templates.documents.appeal_ruling import AppealRulingDocument, appeal_ruling

RULING = "appeal_ruling"
"""Kind of the document that says what was ruled."""
_SEAT_RULES = {
    AppealSeat.BEYOND: "Jeśli w grupie nie ma wolnego miejsca, przyjęcie następuje ponad liczbę miejsc; nikt z "
    "wcześniej przyjętych nie traci miejsca.",
    AppealSeat.NEXT_FREE: "Jeśli w grupie nie ma wolnego miejsca, przyjęcie następuje na najbliższe miejsce, które się "
    "zwolni; nikt z wcześniej przyjętych nie traci miejsca.",
}


def issue_ruling(
    office: Office,
    session: Session,
    application: Application,
    appeal: Appeal,
    ruling: AppealRuling,
    definition: ProjectDefinition,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The ruling as a document, under the candidate's key."""
    call, decision = call_of(session, application), session.get_one(Decision, appeal.decision_id)
    person = session.get_one(Person, application.person_id)
    number = number_of(session, appeal)
    content = appeal_ruling(
        AppealRulingDocument(
            letterhead=letterhead(definition),
            place=definition.unit.postcode_town.partition(" ")[2],
            ruled_on=warsaw_date(ruling.ruled_at),
            appeal_number=public_number_of(session, appeal),
            public_number=application.public_number,
            first_name=person.first_name,
            last_name=person.last_name,
            call=call.code,
            group=group_of(session, call).name,
            decided_on=warsaw_date(decision.decided_at),
            decision=label(decision.outcome),
            decision_reason=definition.reason(decision.reason_code).label,
            received_on=warsaw_date(appeal.received_at),
            period_ended_on=warsaw_date(appeal.period_ended_at) if appeal.period_ended_at else None,
            late=appeal.late,
            upheld=ruling.upheld,
            reason=ruling.reason,
            seat_rule=_SEAT_RULES[definition.appeals.upheld],
            remedies=definition.appeals.remedies,
            who=who_rules(session, application, definition),
            ruled_by=ruling.ruled_by,
        )
    )
    issue(
        office,
        session,
        kind=RULING,
        subject=number,
        file_name=f"{number.replace('/', '-')}-rozstrzygniecie.docx",
        content=content,
        area=application.area,
        actor=actor,
        now=now,
        person_id=person.id,
    )
