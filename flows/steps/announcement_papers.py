"""What is published and filed of an announcement: the lists, and the protocol of what was decided."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.applications import values_under
from flows.steps.calls import call_area
from flows.steps.decided_applications import DecidedApplication, announced_last, decided_applications
from flows.steps.documents import issue, letterhead, newest
from flows.steps.memberships import newest_memberships
from flows.steps.people import value_of
from flows.steps.projects import definition_for
from flows.steps.protocol_papers import issue_annex, minutes_of
from flows.steps.ranking import decided_ranking, newest_ranking, seed_of, standings_of
from flows.steps.territory import names_of_units
from models.actor import Actor
from models.project import ProjectDefinition
from models.rules.order import in_words
from models.rules.ranking import ListKind
from models.tables import Call, Decision, ProjectVersion, Ranking
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import MembershipState
from models.unit_kinds import in_full
from templates.documents.protocol import CommissionMember, Deviation, Ground, Placing, ProtocolDocument, protocol
from templates.documents.ranking_lists import RankedEntry, RankingListDocument, internal_list, public_list
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


def issue_lists(office: Office, session: Session, call: Call, *, actor: Actor, now: datetime) -> int:
    """The public and the internal list anew, of what was announced and as the seats stand. Returns how many."""
    ranking = decided_ranking(session, call)
    assert ranking is not None
    document = _list_document(session, call, decided_applications(session, call, ranking, announced_last), now=now)
    return _issue_all(office, session, call, _lists(call, document), actor=actor, now=now)


def issue_documents(
    office: Office,
    session: Session,
    call: Call,
    decided: list[DecidedApplication],
    fresh: list[DecidedApplication],
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


def _list_document(
    session: Session, call: Call, decided: list[DecidedApplication], *, now: datetime
) -> RankingListDocument:
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
    session: Session, definition: ProjectDefinition, decided: list[DecidedApplication]
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
    fresh: list[DecidedApplication],
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


def _places_decided_by(session: Session, fresh: list[DecidedApplication], newest: Ranking) -> dict[str, dict[str, Any]]:
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
