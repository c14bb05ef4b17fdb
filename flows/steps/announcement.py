"""Announcement: what was decided is made known: lists, protocol, letters with reasons, offered seats."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import values_under
from flows.steps.calls import call_area, find_call, group_of, require_selection
from flows.steps.commission import require_risen
from flows.steps.decisions import check_places
from flows.steps.declarations import issue_declaration
from flows.steps.documents import issue, letterhead, newest
from flows.steps.meetings import plan_meetings
from flows.steps.memberships import newest_memberships, offer_seat
from flows.steps.outbox import compose, office_block, sex_of, withdraw_contrary
from flows.steps.people import people_behind, value_of
from flows.steps.portions import AT_ONCE, portions
from flows.steps.preferences import SEAT_KEEPS_OUT, may_leave, pending_sentences
from flows.steps.projects import definition_for
from flows.steps.protocol_papers import issue_annex, minutes_of
from flows.steps.ranking import decided_ranking, newest_ranking, require_proof, seed_of, standings_of
from flows.steps.seats import decisions_on
from flows.steps.territory import names_of_units
from flows.steps.unit_consent import consent_of
from flows.steps.verification import newest_sheets
from flows.steps.withdrawal import revoke_seat
from models.actor import Actor, Right
from models.errors import NotYet
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.order import in_words
from models.rules.ranking import ListKind
from models.rules.working_days import deadline
from models.tables import (
    Application,
    Call,
    Decision,
    Group,
    Membership,
    Message,
    Person,
    ProjectVersion,
    Ranking,
    VerdictSheet,
)
from models.tables.applications import DECIDED, ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import MembershipState
from models.transitions import move, reference
from models.unit_kinds import in_full
from templates.documents.protocol import CommissionMember, Deviation, Ground, Placing, ProtocolDocument, protocol
from templates.documents.ranking_lists import RankedEntry, RankingListDocument, internal_list, public_list
from templates.letters import AcceptedLetter, Letter, RejectedLetter, ReserveLetter, ScoreLine, VerdictLine
from templates.web_page import public_list_page

STATUS = {
    DecisionOutcome.ACCEPTED: "zakwalifikowane",
    DecisionOutcome.RESERVE: "lista rezerwowa",
    DecisionOutcome.REJECTED: "niezakwalifikowane",
}
_PROPOSED = {
    ListKind.MAIN: DecisionOutcome.ACCEPTED,
    ListKind.RESERVE: DecisionOutcome.RESERVE,
    ListKind.BEYOND: DecisionOutcome.REJECTED,
}


@dataclass(frozen=True)
class AnnouncementCounts:
    accepted: int
    reserve: int
    rejected: int
    documents: int
    remarks: tuple[str, ...] = ()
    """Polish sentences on accepted people who may leave for a group that they want more."""


@dataclass(frozen=True)
class _Decided:
    """One decided application with what its letter and its line on the lists are made of."""

    application: Application
    decision: Decision
    sheet: VerdictSheet | None
    place: int
    """Place in the ranking, from 1; after all ranked ones when it was never ranked."""
    tie_break: str


def announce(office: Office, call_code: str, *, actor: Actor) -> AnnouncementCounts:
    """Announces every decision of a call that was not announced yet, all in one transaction.

    Raises ``NotYet`` while an application of the call waits for its decision, and ``RankingDisputed`` when the
    independent checker does not agree with the ranking that was decided by.
    """
    actor.require(Right.ANNOUNCE)
    now = office.now()
    with office.writing(actor) as session:
        call = find_call(session, call_code)
        require_selection(session, call)
        session.refresh(call, with_for_update=True)
        if call.state in (CallState.OPEN, CallState.RANKED):
            raise NotYet(f"W naborze {call_code} nie ma jeszcze kompletu decyzji Komisji.")
        require_risen(session, call)
        ranking = newest_ranking(session, call)
        assert ranking is not None
        # What is asked for again and again below is in the session's hands meanwhile.
        group, people = group_of(session, call), people_behind(session, call)
        decided = _listed(session, call, ranking, _to_be_known)
        fresh = [one for one in decided if one.application.state in DECIDED]
        if not fresh:
            return AnnouncementCounts(0, 0, 0, 0)
        check_places(session, call, [one.application for one in fresh])
        require_proof(ranking)
        remarks = pending_sentences(may_leave(session, call), SEAT_KEEPS_OUT)
        reserve = [one.application.id for one in decided if one.decision.outcome is DecisionOutcome.RESERVE]
        positions = {application_id: position for position, application_id in enumerate(reserve, start=1)}
        for one in fresh:
            position = positions.get(one.application.id, 0)
            _announce_one(session, call, group, one, position, actor=actor, now=now)
        documents = _issue_documents(office, session, call, decided, fresh, actor=actor, now=now)
        for one in fresh:
            if one.decision.outcome is DecisionOutcome.ACCEPTED:
                made = issue_declaration(office, session, one.application, actor=actor, now=now)
                documents += made is not None
        if call.state is CallState.DECIDED:
            move(
                session,
                call,
                CallState.ANNOUNCED,
                happened=Happened.CALL_ANNOUNCED,
                actor=actor,
                now=now,
                facts={"announced": len(fresh)},
            )
        plan_meetings(session, call, actor=actor, now=now)
        outcomes = [one.decision.outcome for one in fresh]
        del people
    return AnnouncementCounts(
        accepted=outcomes.count(DecisionOutcome.ACCEPTED),
        reserve=outcomes.count(DecisionOutcome.RESERVE),
        rejected=outcomes.count(DecisionOutcome.REJECTED),
        documents=documents,
        remarks=tuple(remarks),
    )


def _listed(
    session: Session,
    call: Call,
    ranking: Ranking,
    decision_of: Callable[[Application, Sequence[Decision]], Decision | None],
) -> list[_Decided]:
    """Every application with such a decision, in the order of a ranking; one that is judged anew keeps its last."""
    order = {place["number"]: (index, place["tie_break"]) for index, place in enumerate(ranking.places, start=1)}
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.state != ApplicationState.WITHDRAWN)
        .order_by(Application.number)
    ).all()
    found = []
    for portion in portions(rows, AT_ONCE):
        decisions, sheets = decisions_on(session, portion), newest_sheets(session, portion)
        for row in portion:
            assert row.id is not None
            decision = decision_of(row, decisions.get(row.id, ()))
            if decision is not None:
                place, tie_break = order.get(row.number, (len(order) + 1, ""))
                sheet = _sheet(session, row, decision, sheets.get(row.id))
                found.append(_Decided(row, decision, sheet, place, tie_break))
    return sorted(found, key=lambda one: (one.place, one.application.number))


def _to_be_known(application: Application, decisions: Sequence[Decision]) -> Decision | None:
    return next(iter(decisions), None) if application.state in DECIDED else _known(application, decisions)


def _known(_application: Application, decisions: Sequence[Decision]) -> Decision | None:
    """What was announced last."""
    return next((one for one in decisions if one.announced_at is not None), None)


def _sheet(
    session: Session, application: Application, decision: Decision, newest: VerdictSheet | None
) -> VerdictSheet | None:
    """The verdicts behind the decision: those of an application that is judged anew are not known yet."""
    if application.state in (*DECIDED, ApplicationState.ANNOUNCED):
        return newest
    return session.exec(
        select(VerdictSheet)
        .where(VerdictSheet.application_id == application.id, col(VerdictSheet.judged_at) <= decision.decided_at)
        .order_by(col(VerdictSheet.version).desc())
    ).first()


def _announce_one(
    session: Session, call: Call, group: Group, one: _Decided, position: int, *, actor: Actor, now: datetime
) -> None:
    application, decision = one.application, one.decision
    topic = f"result/{application.id}"
    withdraw_contrary(session, topic, actor=actor, now=now)
    membership = None
    if decision.outcome is DecisionOutcome.ACCEPTED:
        membership = offer_seat(session, application, actor=actor, now=now)
    else:
        revoke_seat(session, application, actor=actor, now=now)
    message = _letter(session, call, group, one, position, membership, topic, actor=actor, now=now)
    decision.announced_at = now
    session.add(decision)
    move(
        session,
        application,
        ApplicationState.ANNOUNCED,
        happened=Happened.ANNOUNCED,
        actor=actor,
        now=now,
        facts={"outcome": decision.outcome, "decision": decision.version},
        messages=[message] if message else [],
    )


def _letter(
    session: Session,
    call: Call,
    group: Group,
    one: _Decided,
    position: int,
    membership: Membership | None,
    topic: str,
    *,
    actor: Actor,
    now: datetime,
) -> Message | None:
    definition = definition_for(session, call)
    person = session.get_one(Person, one.application.person_id)
    verdicts = verdict_lines(one.sheet)
    scored = one.sheet is not None and one.sheet.outcome == "met"
    points = one.sheet.merit + one.sheet.premium if one.sheet is not None and scored else None
    scores = _score_lines(one.sheet) if scored else ()
    letter: Letter
    office, sex, number = office_block(definition), sex_of(person), one.application.public_number
    group_name, decided_on = group.name, warsaw_date(one.decision.decided_at)
    appeal_until = warsaw_date(deadline(now, definition.appeals.period_working_days))
    match one.decision.outcome:
        case DecisionOutcome.ACCEPTED:
            assert membership is not None
            consent = consent_of(session, one.application)
            letter = AcceptedLetter(
                office=office,
                sex=sex,
                public_number=number,
                group_name=group_name,
                decided_on=decided_on,
                verdicts=verdicts,
                points=points,
                scores=scores,
                answer_until=warsaw_date(membership.answer_due_at),
                agreed=consent is not None,
                signed_on=consent.signed_on if consent else None,
            )
        case DecisionOutcome.RESERVE:
            letter = ReserveLetter(
                office=office,
                sex=sex,
                public_number=number,
                group_name=group_name,
                decided_on=decided_on,
                verdicts=verdicts,
                points=points,
                scores=scores,
                position=position,
                appeal_until=appeal_until,
                appeal_paragraph=definition.appeals.paragraph,
            )
        case DecisionOutcome.REJECTED:
            letter = RejectedLetter(
                office=office,
                sex=sex,
                public_number=number,
                group_name=group_name,
                decided_on=decided_on,
                verdicts=verdicts,
                points=points,
                scores=scores,
                reason=definition.reason(one.decision.reason_code).label,
                appeal_until=appeal_until,
                appeal_paragraph=definition.appeals.paragraph,
            )
    return compose(
        session,
        one.decision.outcome.value,
        letter,
        subject_ref=reference(one.application),
        area=one.application.area,
        occasion=f"decision-{one.decision.version}",
        actor=actor,
        now=now,
        person=person,
        contradicts=topic,
        definition=definition,
    )


def verdict_lines(sheet: VerdictSheet | None) -> tuple[VerdictLine, ...]:
    """What a sheet says of each criterion, as letters tell it."""
    if sheet is None:
        return ()
    return tuple(
        VerdictLine(sentence=line["sentence"], paragraph=line["paragraph"], result=line["result"])
        for line in sheet.verdicts["verdicts"]
    )


def _score_lines(sheet: VerdictSheet | None) -> tuple[ScoreLine, ...]:
    if sheet is None:
        return ()
    return tuple(
        ScoreLine(title=line["title"], points=line["points"], maximum=line["maximum"], paragraph=line["paragraph"])
        for line in sheet.verdicts["points"]
    )


def issue_lists(office: Office, session: Session, call: Call, *, actor: Actor, now: datetime) -> int:
    """The public and the internal list anew, of what was announced and as the seats stand. Returns how many."""
    ranking = decided_ranking(session, call)
    assert ranking is not None
    document = _list_document(session, call, _listed(session, call, ranking, _known), now=now)
    return _issue_all(office, session, call, _lists(call, document), actor=actor, now=now)


def _issue_documents(
    office: Office,
    session: Session,
    call: Call,
    decided: list[_Decided],
    fresh: list[_Decided],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """The lists as they stand now, and the protocol of what was decided since the one before."""
    definition = definition_for(session, call)
    document = _list_document(session, call, decided, now=now)
    last = newest(session, "protocol", call.code)
    number = (last.version if last else 0) + 1
    name = f"{_stem(call)}-protokol"
    annex = issue_annex(office, session, call, number=number, name=name, actor=actor, now=now)
    minutes = replace(
        _protocol(session, call, definition, fresh, document, document.order_rule),
        **minutes_of(session, call, annex),
    )
    contents = {**_lists(call, document), "protocol": (f"{name}.docx", protocol(minutes))}
    return _issue_all(office, session, call, contents, actor=actor, now=now)


def _list_document(session: Session, call: Call, decided: list[_Decided], *, now: datetime) -> RankingListDocument:
    definition = definition_for(session, call)
    listed = _entries(session, definition, decided)
    kind = definition.group_kind(call.group_kind)
    return RankingListDocument(
        letterhead=letterhead(definition),
        call=f"Nabór {call.code}",
        group=kind.name,
        area=call_area(definition, call.area),
        issued_on=warsaw_date(now),
        place=_town(definition),
        seats=kind.seats,
        order_rule=in_words(kind.order, {rule.code: rule.title for rule in definition.merit}),
        main=listed[DecisionOutcome.ACCEPTED],
        reserve=listed[DecisionOutcome.RESERVE],
        rejected=listed[DecisionOutcome.REJECTED],
    )


def _lists(call: Call, document: RankingListDocument) -> dict[str, tuple[str, bytes]]:
    return {
        "public_list": (f"{_stem(call)}-lista-publiczna.docx", public_list(document)),
        "public_page": (f"{_stem(call)}-lista-publiczna.html", public_list_page(document)),
        "internal_list": (f"{_stem(call)}-lista-wewnetrzna.docx", internal_list(document)),
    }


def _stem(call: Call) -> str:
    return call.code.replace("/", "-")


def _issue_all(
    office: Office,
    session: Session,
    call: Call,
    contents: Mapping[str, tuple[str, bytes]],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Keeps the documents of a call, each under its kind. Returns how many."""
    for name, (file_name, content) in contents.items():
        issue(
            office,
            session,
            kind=name,
            subject=call.code,
            file_name=file_name,
            content=content,
            area=call.area,
            actor=actor,
            now=now,
        )
    return len(contents) + 1  # the annex


def _entries(
    session: Session, definition: ProjectDefinition, decided: list[_Decided]
) -> dict[DecisionOutcome, list[RankedEntry]]:
    levels = {level.code: level.label for level in definition.levels}
    sectors = {sector.code: sector.label for sector in definition.sectors}
    units = names_of_units(session, definition)
    applications = [one.application for one in decided]
    answers = values_under(session, applications, ("instytucja.obszar", "instytucja.poziom"))
    seats = newest_memberships(session, applications)
    entries: dict[DecisionOutcome, list[RankedEntry]] = {outcome: [] for outcome in DecisionOutcome}
    for one in decided:
        outcome = one.decision.outcome
        assert one.application.id is not None
        values, seat = answers.get(one.application.id, {}), seats.get(one.application.id)
        scored = one.sheet is not None and one.sheet.outcome == "met"
        sector, level = value_of(values, "instytucja.obszar"), value_of(values, "instytucja.poziom")
        entries[outcome].append(
            RankedEntry(
                public_number=one.application.public_number,
                application_number=one.application.number,
                status=STATUS[outcome] + _AFTERWARDS.get(seat.state if seat else None, ""),
                position=None if outcome is DecisionOutcome.REJECTED else len(entries[outcome]) + 1,
                points=one.sheet.merit + one.sheet.premium if one.sheet is not None and scored else None,
                premium=one.sheet.premium if one.sheet is not None and scored else None,
                sector=sectors.get(sector, ""),
                level=levels.get(level, ""),
                unit=in_full(unit, units.get(unit, "")) if (unit := one.application.unit) else "",
                tie_break=one.tie_break,
            )
        )
    return entries


_AFTERWARDS: dict[MembershipState | None, str] = {
    MembershipState.DECLINED: " – rezygnacja",
    MembershipState.EXPIRED: " – brak potwierdzenia w terminie",
}


def _protocol(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    fresh: list[_Decided],
    document: RankingListDocument,
    order_rule: str,
) -> ProtocolDocument:
    """Of this session only: what an earlier protocol says is not said again as if it were decided now."""
    ranking = newest_ranking(session, call)
    assert ranking is not None
    version = session.get_one(ProjectVersion, call.project_version_id)
    last = newest(session, "protocol", call.code)
    places = _places_decided_by(session, fresh, ranking)
    proposed = {number: _PROPOSED[ListKind(place["list"])] for number, place in places.items()}
    deviations = [
        Deviation(
            application_number=one.application.number,
            proposed=STATUS[proposed[one.application.number]],
            decided=STATUS[one.decision.outcome],
            reason=_grounds(definition, one.decision),
        )
        for one in fresh
        if one.application.number in proposed and proposed[one.application.number] is not one.decision.outcome
    ]
    numbers = {one.application.number for one in fresh}
    return ProtocolDocument(
        letterhead=document.letterhead,
        number=f"{call.code}/{(last.version if last else 0) + 1}",
        call=call.code,
        group=document.group,
        area=document.area,
        met_on=max(warsaw_date(one.decision.decided_at) for one in fresh),
        place=document.place,
        seats=document.seats,
        rules_version=f"{version.code} {version.version}",
        rules_digest=ranking.rules_digest,
        algorithm=ranking.algorithm,
        snapshot_digest=ranking.snapshot_digest,
        order_rule=order_rule,
        main=[entry for entry in document.main if entry.application_number in numbers],
        reserve=[entry for entry in document.reserve if entry.application_number in numbers],
        rejected=[entry for entry in document.rejected if entry.application_number in numbers],
        refusals=[
            Ground(one.application.number, _grounds(definition, one.decision))
            for one in fresh
            if one.decision.outcome is DecisionOutcome.REJECTED
        ],
        beyond_seats=[
            Ground(one.application.number, one.decision.beyond_seats) for one in fresh if one.decision.beyond_seats
        ],
        shortfalls=list(ranking.shortfalls),
        standings=[f"{one.asked} – {one.said}" for one in standings_of(ranking)],
        placings=[
            Placing(place["number"], place.get("rank", 0), place["reason"], place["tie_break"], place["draw"])
            for place in places.values()
            if place.get("reason")
        ],
        seed=seed_of(ranking) or "",
        checked=f"{ranking.checker}: zgodne z propozycją" if ranking.checker else "",
        deviations=deviations,
        commission=[CommissionMember(name="", role="osoba w składzie Komisji")] * 3,
        decided_by=", ".join(sorted({one.decision.decided_by for one in fresh})),
    )


def _places_decided_by(session: Session, fresh: list[_Decided], newest: Ranking) -> dict[str, dict[str, Any]]:
    """The place of each on the list that its decision rests on: a newer list may leave out who was decided before."""
    found: dict[str, dict[str, Any]] = {}
    lists: dict[int | None, dict[str, dict[str, Any]]] = {}
    for one in fresh:
        ranking_id = one.decision.ranking_id
        if ranking_id not in lists:
            ranking = newest if ranking_id in (None, newest.id) else session.get_one(Ranking, ranking_id)
            lists[ranking_id] = {place["number"]: place for place in ranking.places}
        number = one.application.number
        if number in lists[ranking_id]:
            found[number] = lists[ranking_id][number]
    return found


def _grounds(definition: ProjectDefinition, decision: Decision) -> str:
    """The reason, and what the commission wrote about it."""
    label = definition.reason(decision.reason_code).label
    return f"{label} {decision.note.strip()}" if decision.note and decision.note.strip() else label


def _town(definition: ProjectDefinition) -> str:
    return definition.unit.postcode_town.partition(" ")[2]
