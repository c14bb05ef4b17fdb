"""The papers of a protocol: the sealed annex, and what the Word document says beyond the decisions announced with it:
sessions, votes, recusals, assessments, appeals and promotions.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.ballots import roll_of
from flows.steps.commission import ever_members, present, recusals_of
from flows.steps.documents import issue
from flows.steps.four_eyes import rules_for
from flows.steps.protocol import ANNEX, Issue, bodies_of, body_of, issues, sittings_of
from flows.steps.session_records import ballot_lines, ballots_of
from models.actor import Actor
from models.events import Happened
from models.glossary import label
from models.rule_words import assessment_in_words
from models.rules.assessment import AssessmentRules
from models.rules.promotion import Ground
from models.rules.voting import CommissionRules, quorum_of
from models.sealed_document import sealed
from models.tables import Call, CommissionMember, CommissionSession, Officer
from models.tables.appeals import AppealState
from models.tables.commission import MemberFunction
from models.tables.decisions import DecisionOutcome
from models.transitions import note, reference
from templates.documents.protocol import (
    AppealEntry,
    AssessmentEntry,
    BallotEntry,
    PromotionEntry,
    RecusalEntry,
    SessionMinutes,
)
from templates.documents.protocol import CommissionMember as NamedMember


@dataclass(frozen=True)
class Annex:
    """An annex as it was issued."""

    issue: Issue
    digest: str
    body: Mapping[str, Any]


class Minutes(TypedDict, total=False):
    """Fields of the protocol's document that come from the annex and from the records of the commission."""

    commission: list[NamedMember]
    sessions: list[SessionMinutes]
    recusals: list[RecusalEntry]
    majority_rule: str
    annex_digest: str
    appeals: list[AppealEntry]
    promotions: list[PromotionEntry]
    assessments: list[AssessmentEntry]
    assessed_how: str


def issue_annex(
    office: Office, session: Session, call: Call, *, number: int, name: str, actor: Actor, now: datetime
) -> Annex:
    """Builds, seals and keeps the annex of the protocol that is being announced; its digest goes to the log."""
    session.flush()
    before = issues(session, call)
    this = Issue(number, now, before[-1].at if before else None)
    body = body_of(session, call, this)
    content = sealed(body)
    digest = hashlib.sha256(content).hexdigest()
    issue(
        office,
        session,
        kind=ANNEX,
        subject=call.code,
        file_name=f"{name}-zalacznik.json",
        content=content,
        area=call.area,
        actor=actor,
        now=now,
        at_least=number,
    )
    note(
        session,
        reference(call),
        happened=Happened.PROTOCOL_ISSUED,
        actor=actor,
        now=now,
        area=call.area,
        facts={"version": number, "digest": digest},
    )
    return Annex(this, digest, body)


def minutes_of(session: Session, call: Call, annex: Annex) -> Minutes:
    """What the annex and the records of the commission add to the protocol."""
    found = Minutes(
        annex_digest=annex.digest,
        appeals=[_appeal(one, annex.body["decisions"]) for one in annex.body["appeals"]],
        promotions=[_promotion(one) for one in annex.body["promotions"]],
        **_assessments(annex.body["assessment"]),
    )
    sittings = sittings_of(session, call, annex.issue)
    if not sittings:
        return found
    rules = rules_for(session, call)
    bodies = bodies_of(session, call, annex.issue)
    return Minutes(
        **found,
        commission=[_named(session, one) for one in _sat(session, call, sittings, annex.issue)],
        sessions=[_session(session, call, one, rules) for one in sittings],
        recusals=[
            RecusalEntry(application_number=application.number, member=member.symbol, cause=label(row.cause))
            for row, member, application in recusals_of(session, call, bodies, at=annex.issue.at)
        ],
        majority_rule=f"Komisja rozstrzyga: {label(rules.majority)}; przy równej liczbie głosów: {label(rules.tie)}.",
    )


def _appeal(part: Mapping[str, Any], decisions: list[dict[str, Any]]) -> AppealEntry:
    """As the annex tells it, in words."""
    ruling, effect = "do dnia protokołu nie rozstrzygnięto", "–"
    if part["upheld"] is not None:
        said = label(AppealState.UPHELD if part["upheld"] else AppealState.REJECTED)
        ruling = f"{said}, {_day(part['ruled_at'])}"
        effect = "zgłoszenie oceniane ponownie" if part["upheld"] else "decyzja bez zmian"
    if part["decision"] is not None:
        new = next(one for one in decisions if (one["number"], one["version"]) == (part["number"], part["decision"]))
        effect = f"nowa decyzja: {label(DecisionOutcome(new['outcome']))}"
    return AppealEntry(
        number=part["appeal"],
        received=_day(part["received_at"]) + (" (po terminie)" if part["late"] else ""),
        ruling=ruling,
        paragraph=part["paragraph"] or "–",
        effect=effect,
    )


def _promotion(part: Mapping[str, Any]) -> PromotionEntry:
    ground = label(Ground(part["ground"]))
    return PromotionEntry(
        application_number=part["number"],
        instead_of=part["instead_of"],
        position=part["position"],
        ground=ground[0].upper() + ground[1:],
        sentence=part["sentence"],
        algorithm=part["algorithm"],
    )


def _assessments(part: Mapping[str, Any] | None) -> Minutes:
    """Who gave how many points to which application, altogether, and what they came to."""
    if part is None or not part["applications"]:
        return Minutes()
    return Minutes(
        assessments=[
            AssessmentEntry(
                application_number=one["number"],
                given="; ".join(f"{sheet['symbol']}: {sum(sheet['points'].values())}" for sheet in one["sheets"])
                or "–",
                points=str(sum(one["points"].values())) if one["points"] else "–",
            )
            for one in part["applications"]
        ],
        assessed_how=assessment_in_words(AssessmentRules.model_validate(part["rules"])),
    )


def _day(moment: str) -> str:
    return f"{warsaw_date(datetime.fromisoformat(moment)):%d.%m.%Y} r."


def _sat(session: Session, call: Call, sittings: list[CommissionSession], issue: Issue) -> list[CommissionMember]:
    """Who belonged to the commission at any of the sessions."""
    found = {
        one.id: one
        for sitting in sittings
        for one in ever_members(session, call, at=sitting.closed_at or issue.at)
        if one.dismissed_at is None or one.dismissed_at > sitting.opened_at
    }
    return list(found.values())


def _named(session: Session, member: CommissionMember) -> NamedMember:
    vote = "" if member.votes else ", bez prawa głosu"
    return NamedMember(
        name=session.get_one(Officer, member.officer_id).name,
        role=_ROLES[member.function] + vote,
        symbol=member.symbol,
    )


_ROLES = {
    MemberFunction.CHAIR: "osoba przewodnicząca",
    MemberFunction.SECRETARY: "sekretarz",
    MemberFunction.MEMBER: "osoba w składzie Komisji",
}


def _session(session: Session, call: Call, sitting: CommissionSession, rules: CommissionRules) -> SessionMinutes:
    end = sitting.closed_at or sitting.opened_at
    there = present(session, sitting, at=end)
    return SessionMinutes(
        number=sitting.number,
        held_on=sitting.held_on,
        place=sitting.place,
        remote=sitting.remote,
        present=[one.symbol for one in there],
        quorum=_quorum(session, call, sitting, rules, at=end),
        ballots=[
            BallotEntry(
                name=line.name,
                motion=line.motion,
                in_favour=line.in_favour,
                against=line.against,
                abstained=line.abstained,
                result=line.result,
                voices="; ".join(f"{symbol}: {voice}" for symbol, voice in line.voices.items()),
            )
            for line in ballot_lines(session, call, of=sitting)
        ],
    )


def _quorum(session: Session, call: Call, sitting: CommissionSession, rules: CommissionRules, *, at: datetime) -> str:
    """As it was at each ballot; who came or left after the last one changes nothing. Without ballots, at the end."""
    counted = [
        (f"{sitting.number}/{one.number}", one.tally["voters"], len(one.roll["members"]), one.tally["needed"])
        for one in ballots_of(session, sitting)
    ]
    if not counted:
        roll, _ = roll_of(session, call, sitting, None, now=at)
        return _quorum_line(len(roll.voters), len(roll.members), quorum_of(len(roll.members), rules))
    lines = {name: _quorum_line(*numbers) for name, *numbers in counted}
    if len(set(lines.values())) == 1:
        return next(iter(lines.values()))
    return "; ".join(f"{name}: {line}" for name, line in lines.items())


def _quorum_line(voters: int, members: int, needed: int) -> str:
    return f"głosujących {voters} z {members}, potrzeba {needed}"
