"""Appeals: filing with the candidate's letter, taking up, ruling by another person, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.appeal_letters import appeal_letter, received_letter, ruling_letter, topic_of
from flows.steps.appeal_papers import issue_ruling
from flows.steps.appeal_records import (
    appeals_of,
    find_appeal,
    number_of,
    pending_appeal,
    period_ends,
    public_number_of,
    ruling_of,
)
from flows.steps.applications import call_of, find_application
from flows.steps.calls import find_call
from flows.steps.four_eyes import check_may_decide, is_recused, took_part
from flows.steps.kept_files import keep_file, known_file
from flows.steps.manifest import CHANNELS
from flows.steps.notices import notice
from flows.steps.outbox import withdraw_contrary
from flows.steps.projects import definition_for
from flows.steps.seats import newest_decision
from forms.safety import MAX_BYTES
from models.actor import Actor, Right, process
from models.errors import BadInput, NotAllowed, NotYet
from models.events import Happened
from models.glossary import label
from models.rules.working_days import deadline
from models.tables import Appeal, AppealRuling, Application, Decision, SubmittedFile
from models.tables.appeals import PENDING, AppealState
from models.tables.applications import ApplicationState
from models.tables.decisions import DecisionOutcome
from models.tables.files import FileState
from models.transitions import enter, move, queue, reference
from templates.letters.appeals import AppealWithdrawnLetter

_LONGEST_REASON = 4000
_AFTERWARDS = process("appeals")
"""Who reopens the application: whoever rules may rule, and nothing else."""


@dataclass(frozen=True)
class AppealLine:
    """One appeal as officers see it: by number, with its dates and what became of it."""

    number: str
    application: str
    state: AppealState
    state_label: str
    against: str
    received_at: datetime
    late: bool
    period_ended_at: datetime | None
    ruling_due_at: datetime
    ruled_at: datetime | None
    ruled_by: str
    reason: str


def file_appeal(
    office: Office,
    number: str,
    *,
    file_name: str,
    content: bytes,
    received_at: datetime,
    channel: str,
    actor: Actor,
) -> str:
    """Records an appeal with the candidate's letter, and confirms it by letter. Returns the appeal's number.

    One that came after its period is recorded all the same, as late. Raises ``NotYet`` before a result was announced,
    ``BadInput`` when the application was accepted, when one of its appeals waits for a ruling or was ruled on against
    this very decision, and for a file that cannot be kept.
    """
    actor.require(Right.TAKE_IN)
    with office.writing(actor) as session:
        application = find_application(session, number)
        # The call first, and the time only then: a protocol that is being made tells of what was filed before it.
        session.refresh(call_of(session, application), with_for_update=True)
        session.refresh(application, with_for_update=True)
        now = office.now()
        decision = _appealable(session, application)
        _check_given(content, received_at, channel, decision, now)
        definition = definition_for(session, call_of(session, application))
        ends = period_ends(session, application, decision)
        for earlier in appeals_of(session, application):
            if earlier.state is AppealState.WITHDRAWN:
                # Entered anew, with another day: that the one before it was taken back is no news for anybody.
                withdraw_contrary(session, topic_of(earlier), actor=actor, now=now)
        file = _keep_letter(office, session, application, content, file_name, received_at, channel, actor=actor)
        assert application.id is not None
        assert decision.id is not None
        assert file.id is not None
        appeal = Appeal(
            area=application.area,
            application_id=application.id,
            ordinal=len(appeals_of(session, application)) + 1,
            decision_id=decision.id,
            file_id=file.id,
            received_at=received_at,
            period_ended_at=ends,
            late=ends is not None and received_at > ends,
            ruling_due_at=deadline(received_at, definition.appeals.decision_working_days),
            filed_at=now,
            filed_by=actor.login,
        )
        letter = received_letter(session, application, appeal, definition)
        message = appeal_letter(
            session, application, appeal, "appeal_received", letter, definition, actor=actor, now=now
        )
        enter(
            session,
            appeal,
            happened=Happened.APPEAL_FILED,
            actor=actor,
            now=now,
            facts={"application": application.number, "decision": decision.version, "late": appeal.late},
            messages=[message] if message else [],
        )
        return number_of(session, appeal)


def take_up(session: Session, number: str, *, actor: Actor, now: datetime) -> None:
    """The one who is to rule takes the appeal up. Raises ``NotAllowed`` for whoever had a part in the decision."""
    appeal = find_appeal(session, number)
    actor.require(Right.APPEAL)
    _other_eyes(session, appeal, actor)
    move(session, appeal, AppealState.UNDER_REVIEW, happened=Happened.APPEAL_TAKEN_UP, actor=actor, now=now)


def rule(office: Office, number: str, *, upholds: bool, reason: str, actor: Actor) -> None:
    """Rules on an appeal that was taken up: record, letter and document; upheld, the application is judged anew.

    Nobody's seat is touched. Raises ``NotAllowed`` for whoever had a part in the decision, ``BadInput`` without a
    reason, when a late appeal would be upheld, and when another decision has taken the place of the one it is against
    (a seat was offered meanwhile), ``IllegalMove`` when it was not taken up or was ruled on.
    """
    actor.require(Right.APPEAL)
    with office.writing(actor) as session:
        appeal = find_appeal(session, number)
        application = session.get_one(Application, appeal.application_id)
        # The call first, as a promotion does: of two at once the second one sees what the first one did.
        session.refresh(call_of(session, application), with_for_update=True)
        now = office.now()
        session.refresh(application, with_for_update=True)
        session.refresh(appeal, with_for_update=True)
        _other_eyes(session, appeal, actor)
        _still_against(session, application, appeal)
        written = reason.strip()
        if not written or len(written) > _LONGEST_REASON:
            raise BadInput(f"Rozstrzygnięcie wymaga uzasadnienia, najwyżej {_LONGEST_REASON} znaków.")
        if upholds and appeal.late:
            raise BadInput(
                "Odwołanie wpłynęło po terminie, więc można je tylko odrzucić, z uzasadnieniem. Jeśli dzień wpływu "
                "jest wpisany błędnie, odnotuj wycofanie odwołania i wpisz je jeszcze raz."
            )
        definition = definition_for(session, call_of(session, application))
        ruling = _record(session, appeal, upholds, written, actor=actor, now=now)
        withdraw_contrary(session, topic_of(appeal), actor=actor, now=now)
        letter = ruling_letter(session, application, appeal, ruling, definition)
        event = "appeal_upheld" if upholds else "appeal_rejected"
        message = appeal_letter(session, application, appeal, event, letter, definition, actor=actor, now=now)
        move(
            session,
            appeal,
            AppealState.UPHELD if upholds else AppealState.REJECTED,
            happened=Happened.APPEAL_UPHELD if upholds else Happened.APPEAL_REJECTED,
            actor=actor,
            now=now,
            facts={"application": application.number, "late": appeal.late},
            messages=[message] if message else [],
        )
        issue_ruling(office, session, application, appeal, ruling, definition, actor=actor, now=now)
        if upholds:
            _reopen(session, application, appeal, now=now)


def withdraw_appeal(session: Session, number: str, *, actor: Actor, now: datetime) -> None:
    """The candidate takes the appeal back; the decision stays as it is."""
    appeal = find_appeal(session, number)
    close_appeal(session, appeal, actor=actor, now=now)
    messages = notice(
        session,
        session.get_one(Application, appeal.application_id),
        "appeal_withdrawn",
        AppealWithdrawnLetter,
        subject_ref=reference(appeal),
        occasion="withdrawn",
        topic=topic_of(appeal),
        actor=actor,
        now=now,
        appeal_number=public_number_of(session, appeal),
        withdrawn_on=warsaw_date(now),
    )
    queue(session, messages, actor=actor, now=now)


def close_appeal(session: Session, appeal: Appeal, *, actor: Actor, now: datetime) -> None:
    """Closes an appeal that nobody wants to be ruled on any more."""
    withdraw_contrary(session, topic_of(appeal), actor=actor, now=now)
    move(session, appeal, AppealState.WITHDRAWN, happened=Happened.APPEAL_WITHDRAWN, actor=actor, now=now)


def appeal_lines(session: Session, call_code: str = "") -> list[AppealLine]:
    """All appeals within the actor's scope, of one call if it is named; the ones due first come first."""
    asked = select(Appeal).join(Application, col(Application.id) == Appeal.application_id)
    if call_code:
        asked = asked.where(Application.call_id == find_call(session, call_code).id)
    lines = [line_of(session, appeal) for appeal in session.exec(asked).all()]
    return sorted(lines, key=lambda line: (line.state not in PENDING, line.ruling_due_at, line.number))


def line_of(session: Session, appeal: Appeal) -> AppealLine:
    application = session.get_one(Application, appeal.application_id)
    ruling = ruling_of(session, appeal)
    return AppealLine(
        number=number_of(session, appeal),
        application=application.number,
        state=appeal.state,
        state_label=label(appeal.state),
        against=label(session.get_one(Decision, appeal.decision_id).outcome),
        received_at=appeal.received_at,
        late=appeal.late,
        period_ended_at=appeal.period_ended_at,
        ruling_due_at=appeal.ruling_due_at,
        ruled_at=ruling.ruled_at if ruling else None,
        ruled_by=ruling.ruled_by if ruling else "",
        reason=ruling.reason if ruling else "",
    )


def pending_appeals(session: Session) -> Sequence[Appeal]:
    """Appeals that wait for a ruling."""
    return session.exec(select(Appeal).where(col(Appeal.state).in_(PENDING)).order_by(col(Appeal.id))).all()


def _appealable(session: Session, application: Application) -> Decision:
    """The announced decision that stands. Raises ``NotYet`` and ``BadInput``."""
    decision = newest_decision(session, application)
    if application.state not in (ApplicationState.ANNOUNCED, ApplicationState.REFUSED) or decision is None:
        raise NotYet(f"Wyniku zgłoszenia {application.number} nie ogłoszono; nie ma od czego się odwołać.")
    if decision.outcome is DecisionOutcome.ACCEPTED:
        raise BadInput(f"Zgłoszenie {application.number} przyjęto; nie ma od czego się odwołać.")
    pending = pending_appeal(session, application)
    if pending is not None:
        raise BadInput(f"Na rozstrzygnięcie czeka już odwołanie {number_of(session, pending)}.")
    ruled = [row for row in appeals_of(session, application) if row.decision_id == decision.id]
    if any(row.state is AppealState.REJECTED for row in ruled):
        raise BadInput(f"Odwołanie od tej decyzji już rozstrzygnięto ({number_of(session, ruled[-1])}).")
    return decision


def _check_given(content: bytes, received_at: datetime, channel: str, decision: Decision, now: datetime) -> None:
    if channel not in CHANNELS:
        raise BadInput(f"Kanał (--channel) to jedno z: {', '.join(sorted(CHANNELS))}.")
    if received_at > now:
        raise BadInput("Dzień wpływu odwołania nie może być późniejszy niż dziś.")
    if decision.announced_at is not None and warsaw_date(received_at) < warsaw_date(decision.announced_at):
        raise BadInput("Dzień wpływu odwołania jest wcześniejszy niż ogłoszenie decyzji, której dotyczy.")
    if not content or len(content) > MAX_BYTES:
        raise BadInput(f"Plik odwołania jest pusty albo większy niż {MAX_BYTES // 1024**2} MB.")


def _keep_letter(
    office: Office,
    session: Session,
    application: Application,
    content: bytes,
    file_name: str,
    received_at: datetime,
    channel: str,
    *,
    actor: Actor,
) -> SubmittedFile:
    """The letter among the candidate's files. One that came by mail and is kept already is not kept twice."""
    known = known_file(session, content)
    if known is not None:
        if known.application_id not in (None, application.id):
            raise BadInput("Dokładnie taki plik należy już do innego zgłoszenia; sprawdź, czy to właściwy.")
        file = known
    else:
        file = keep_file(
            office,
            session,
            content,
            name=PurePath(file_name).name,
            received_at=received_at,
            channel=channel,
            area=application.area,
            actor=actor,
        )
    now = office.now()
    file.application_id, file.area = application.id, application.area
    session.add(file)
    if file.state is not FileState.FILED:
        move(session, file, FileState.FILED, happened=Happened.FILE_ADDED, actor=actor, now=now, facts={"appeal": True})
    return file


def _other_eyes(session: Session, appeal: Appeal, actor: Actor) -> None:
    """Four eyes: nobody rules who recorded, voted on or proposed the decision, or was recused from the application."""
    number = number_of(session, appeal)
    if took_part(session, session.get_one(Decision, appeal.decision_id), actor.login):
        raise NotAllowed(
            f"Z konta „{actor.login}” zapisano decyzję objętą odwołaniem {number} albo głosowano nad nią; odwołanie "
            "rozpatruje ktoś, kto nie brał w niej udziału."
        )
    application = session.get_one(Application, appeal.application_id)
    if is_recused(session, application, actor.login):
        raise NotAllowed(
            f"Konto „{actor.login}” wyłączono ze sprawy zgłoszenia {application.number}; odwołanie {number} rozpatruje "
            "ktoś inny."
        )
    check_may_decide(session, call_of(session, application), actor.login)


def _still_against(session: Session, application: Application, appeal: Appeal) -> None:
    """Raises ``BadInput`` when the decision that a pending appeal is against is no longer the one that counts."""
    newest = newest_decision(session, application)
    if appeal.state in PENDING and (newest is None or newest.id != appeal.decision_id):
        number = number_of(session, appeal)
        raise BadInput(
            f"Po wniesieniu odwołania {number} zapadła nowa decyzja o zgłoszeniu {application.number}, więc odwołanie "
            f"od poprzedniej stało się bezprzedmiotowe. Odnotuj jego wycofanie: nabor appeal withdraw {number}."
        )


def _record(
    session: Session, appeal: Appeal, upholds: bool, reason: str, *, actor: Actor, now: datetime
) -> AppealRuling:
    assert appeal.id is not None
    ruling = AppealRuling(
        area=appeal.area, appeal_id=appeal.id, upheld=upholds, reason=reason, ruled_at=now, ruled_by=actor.login
    )
    # The door refuses a second ruling before the row could clash with the first one.
    if appeal.state is AppealState.UNDER_REVIEW:
        session.add(ruling)
        session.flush()
    return ruling


def _reopen(session: Session, application: Application, appeal: Appeal, *, now: datetime) -> None:
    """The application goes back to be judged: values may be overruled again, and a new decision follows."""
    withdraw_contrary(session, f"result/{application.id}", actor=_AFTERWARDS, now=now)
    for state, happened in (
        (ApplicationState.CORRECTED, Happened.APPLICATION_REOPENED),
        (ApplicationState.COMPLETE, Happened.APPLICATION_COMPLETE),
    ):
        facts = {"appeal": number_of(session, appeal)}
        move(session, application, state, happened=happened, actor=_AFTERWARDS, now=now, facts=facts)
