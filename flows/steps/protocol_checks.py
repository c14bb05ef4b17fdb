"""Verifying a protocol: the list is made again from the stored snapshot, the votes are counted again, and every seal is
looked at. ``check_file`` needs nothing but the annex; ``check_call`` also compares it with the database.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.assessment_records import NOT_ASSESSED, assessed_again
from flows.steps.ballots import read_roll
from flows.steps.calls import find_call
from flows.steps.documents import content_of
from flows.steps.promotion_checks import chosen_again, stored_promotions
from flows.steps.protocol import ANNEX, FORMAT, FORMAT_1, PROPOSED, body_of, issues, ranking_part
from flows.steps.ranking import rank_snapshot
from models.actor import Actor, Right
from models.columns import canonical
from models.errors import KeysMissing, NotFound
from models.events import Happened
from models.rules.json_place import Absent, Path, differences, number_of, path_at, spelled
from models.rules.ranking import ListKind
from models.rules.voting import CommissionRules, Roll, Voice, count, without
from models.sealed_document import UNREADABLE, Flaw, opened
from models.tables import Call, Event, IssuedDocument, ProjectVersion, Ranking
from models.transitions import reference

_AT_MOST = 20
"""More differences than these help nobody."""


@dataclass(frozen=True)
class Verification:
    """What was looked at, in Polish, and everything that does not fit; none: „zgodne”."""

    checked: tuple[str, ...]
    flaws: tuple[Flaw, ...]

    @property
    def sound(self) -> bool:
        return not self.flaws


def check_file(content: bytes) -> Verification:
    """Verifies an annex by itself: its seal, the list of every snapshot in it, decisions and votes."""
    body, flaws = opened(content)
    checked = [f"SHA-256 pliku: {hashlib.sha256(content).hexdigest()}"]
    if not isinstance(body, dict) and not flaws:
        flaws = (Flaw("$.body", "", "pieczęć jest w porządku, ale pod nią nie ma treści załącznika do protokołu."),)
    if isinstance(body, dict):
        flaws = (*flaws, *_within(body))
        checked += [f"Nabór {body.get('call')}, protokół nr {body.get('protocol')}", *_said(body)]
    return Verification(tuple(checked), flaws[:_AT_MOST])


def check_call(office: Office, session: Session, call_code: str, *, actor: Actor) -> Verification:
    """Verifies the rankings and protocols of a call in the database, and every issued annex against it."""
    actor.require(Right.READ)
    call = find_call(session, call_code)
    checked: list[str] = []
    annexes, flaws = _annexes(office, session, call)
    sealed_rankings = {
        str(part.get("version")): part
        for body in annexes.values()
        if isinstance(body.get("rankings"), list)
        for part in body["rankings"]
        if isinstance(part, dict)
    }
    sound = True
    for ranking_id, version in session.exec(
        select(Ranking.id, Ranking.version).where(Ranking.call_id == call.id).order_by(col(Ranking.version))
    ).all():
        found = list(_stored_ranking(session, call, ranking_id, version, sealed_rankings.get(str(version))))
        sound = sound and not any("odszyfrować" in one.sentence for one in found)
        flaws += found
        checked.append(f"Lista rankingowa nr {version}: z zapisanego stanu sporządzono ją ponownie.")
    promoted, differing = stored_promotions(session, call)
    sound = sound and not any("odszyfrować" in one.sentence for one in differing)
    flaws += differing
    if promoted:
        checked.append(f"Miejsca przyznane z listy rezerwowej: {promoted}; z zapisanych podstaw wybrano ponownie.")
    for number, body in annexes.items():
        flaws += _within(body)
        if sound:  # rows that do not open were named above
            flaws += _against_database(session, call, number, body)
        checked.append(f"Protokół nr {number}: załącznik porównano z bazą, głosy policzono ponownie.")
    without_annex = session.exec(
        select(IssuedDocument.version).where(IssuedDocument.kind == "protocol", IssuedDocument.subject == call.code)
    ).all()
    checked += [
        f"Protokół nr {number}: sporządzono go bez załącznika."
        for number in sorted(without_annex)
        if number not in annexes
    ]
    return Verification(tuple(checked), tuple(dict.fromkeys(flaws))[:_AT_MOST])


def _annexes(office: Office, session: Session, call: Call) -> tuple[dict[int, dict[str, Any]], list[Flaw]]:
    """Every issued annex that opens, and what is wrong with the files."""
    found: dict[int, dict[str, Any]] = {}
    flaws: list[Flaw] = []
    digests = {
        event.facts["version"]: event.facts["digest"]
        for event in session.exec(
            select(Event).where(Event.subject == reference(call), Event.kind == Happened.PROTOCOL_ISSUED)
        ).all()
    }
    rows = session.exec(
        select(IssuedDocument)
        .where(IssuedDocument.kind == ANNEX, IssuedDocument.subject == call.code)
        .order_by(col(IssuedDocument.version))
    ).all()
    for number in sorted(set(digests) - {row.version for row in rows}):
        flaws.append(Flaw(f"protokół nr {number}", "", "załącznika, o którym mówi dziennik, nie ma."))
    for row in rows:
        where = f"protokół nr {row.version}: załącznik"
        try:
            content = content_of(office, session, row)
        except (KeysMissing, NotFound, OSError):
            flaws.append(Flaw(where, "", "nie da się go odczytać z magazynu plików."))
            continue
        body, broken = opened(content)
        flaws += [Flaw(f"{where} {flaw.place}", flaw.number, flaw.sentence) for flaw in broken]
        if hashlib.sha256(content).hexdigest() != digests.get(row.version):
            flaws.append(Flaw(where, "", "jego skrót różni się od zapisanego w dzienniku."))
        if isinstance(body, dict):
            found[row.version] = body
    return found, flaws


def _stored_ranking(
    session: Session, call: Call, ranking_id: int | None, version: int, sealed: Mapping[str, Any] | None
) -> Iterator[Flaw]:
    """A ranking as it lies in the database: it opens, it is what the log and the annex say, and it ranks the same."""
    where = f"lista rankingowa nr {version}"
    try:
        row = session.get_one(Ranking, ranking_id)
    except KeysMissing:
        yield Flaw(f"{where}: $.snapshot", "", "zapisanego stanu nie da się odszyfrować: bajty w bazie zmieniono.")
        return
    part = json.loads(canonical(ranking_part(row)))
    logged = session.exec(
        select(Event).where(Event.subject == reference(call), Event.kind == Happened.CALL_RANKED)
    ).all()
    told = {event.facts.get("version"): event.facts.get("snapshot") for event in logged}
    if told.get(version) != row.snapshot_digest:
        yield Flaw(f"{where}: $.snapshot_digest", "", "skrót różni się od zapisanego w dzienniku.")
    if session.get_one(ProjectVersion, row.project_version_id).digest != row.rules_digest:
        yield Flaw(f"{where}: $.rules_digest", "", "skrót zasad różni się od skrótu wersji projektu.")
    if sealed is not None:
        yield from _compared(sealed, part, where)
    for flaw in _ranked_again(part, call.code):
        yield Flaw(f"{where}: {flaw.place}", flaw.number, flaw.sentence)


def _against_database(session: Session, call: Call, number: int, body: Mapping[str, Any]) -> Iterator[Flaw]:
    """What the annex says, against what the rows say today of that moment."""
    (issue,) = [one for one in issues(session, call) if one.number == number]
    # One of an earlier release tells of less.
    tells = FORMAT_1 if body.get("format") == FORMAT_1 else FORMAT
    stored = json.loads(canonical(body_of(session, call, issue, tells=tells)))
    yield from _compared(body, stored, f"protokół nr {number}")


def _compared(sealed: Mapping[str, Any], stored: Mapping[str, Any], where: str) -> Iterator[Flaw]:
    for path, expected, found in differences(sealed, stored):
        precise, shown_expected, shown_found = _precise(path, expected, found)
        number = number_of(sealed, precise)
        yield Flaw(
            f"{where}: {spelled(precise)}",
            number,
            f"w bazie jest {shown_found}, w załączniku {shown_expected}.",
        )


def _precise(path: Path, expected: object, found: object) -> tuple[Path, str, str]:
    """Into a snapshot, to the very value that differs."""
    if path and path[-1] == "snapshot" and isinstance(expected, str) and isinstance(found, str):
        at = next(
            (i for i, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), min(len(expected), len(found))
        )
        inner = path_at(expected, min(at, len(expected) - 1))
        return (*path, *inner), f"„{expected[at : at + 12]}”", f"„{found[at : at + 12]}” (znak {at})"
    return path, _short(expected), _short(found)


def _short(value: object) -> str:
    if isinstance(value, Absent):
        return value.value
    text = canonical(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _within(body: Mapping[str, Any]) -> Iterator[Flaw]:
    """What an annex says must follow from itself."""
    try:
        for index, part in enumerate(body["rankings"]):
            for flaw in _ranked_again(part, body["call"]):
                yield Flaw(f"$.rankings[{index}]{flaw.place.removeprefix('$')}", flaw.number, flaw.sentence)
        yield from _voted_again(body)
        yield from _decided_again(body)
        if body["format"] != FORMAT_1:
            yield from _followed_again(body)
            yield from assessed_again(body["assessment"] or NOT_ASSESSED)
    except UNREADABLE as error:
        yield Flaw("$", "", f"treści nie da się zrozumieć ({type(error).__name__}).")


def _ranked_again(part: Mapping[str, Any], call: str) -> Iterator[Flaw]:
    """The list, made again from the very bytes of the snapshot, is the list that is stored."""
    snapshot = part["snapshot"]
    if hashlib.sha256(snapshot.encode()).hexdigest() != part["snapshot_digest"]:
        yield Flaw("$.snapshot", "", "zapisany stan nie zgadza się ze swoim skrótem.")
    try:
        body = json.loads(snapshot)
        told = (body["call"], body["algorithm"])
        places = [json.loads(canonical(asdict(place))) for place in rank_snapshot(snapshot).places]
    except UNREADABLE as error:
        yield Flaw("$.snapshot", "", f"listy nie da się z niego sporządzić ({type(error).__name__}).")
        return
    if told != (call, part["algorithm"]):
        yield Flaw("$.snapshot", "", "zapisany stan jest innego naboru albo innego algorytmu.")
    for path, expected, found in differences(_as_stored(places, part["places"]), part["places"], ("places",)):
        yield Flaw(
            spelled(path),
            number_of(part, path) or number_of({"places": places}, path),
            f"z zapisanego stanu wynika {_short(expected)}, a na liście jest {_short(found)}.",
        )


def _as_stored(places: list[dict[str, Any]], stored: object) -> list[dict[str, Any]]:
    """Only the fields that a place had when it was stored: later releases may tell more of the same place."""
    first = stored[0] if isinstance(stored, list) and stored and isinstance(stored[0], dict) else {}
    known = set(first) | {"number", "position", "list", "points", "premium"}
    return [{key: value for key, value in place.items() if key in known} for place in places]


def _voted_again(body: Mapping[str, Any]) -> Iterator[Flaw]:
    for s, sitting in enumerate(body["sessions"]):
        for b, ballot in enumerate(sitting["ballots"]):
            where = f"$.sessions[{s}].ballots[{b}]"
            tally = asdict(_count(ballot, frozenset()))
            for path, expected, found in differences(tally, ballot["tally"], ("tally",)):
                yield Flaw(
                    where + spelled(path).removeprefix("$"),
                    ballot["number"] or "",
                    f"z głosów wynika {_short(expected)}, a zapisano {_short(found)}.",
                )
            if ballot["carried"] != tally["carried"]:
                yield Flaw(f"{where}.carried", ballot["number"] or "", "wynik głosowania nie zgadza się z głosami.")


def _count(ballot: Mapping[str, Any], recused: frozenset[str]) -> Any:
    voices = {symbol: Voice(voice) for symbol, voice in ballot["voices"].items()}
    roll: Roll = read_roll(ballot["roll"])
    voices, roll = without(voices, roll, recused)
    rules = CommissionRules.model_validate(ballot["rules"], strict=False)
    return count(voices, roll, rules, algorithm=ballot["algorithm"])


def _decided_again(body: Mapping[str, Any]) -> Iterator[Flaw]:
    """Each decision: as proposed or not, as the list says, and carried by the vote it names."""
    lists = {
        part["version"]: {place["number"]: PROPOSED[ListKind(place["list"])].value for place in part["places"]}
        for part in body["rankings"]
    }
    ballots = {ballot["ballot"]: ballot for sitting in body["sessions"] for ballot in sitting["ballots"]}
    for index, decision in enumerate(body["decisions"]):
        where, number = f"$.decisions[{index}]", decision["number"]
        proposed = lists[decision["ranking"]].get(number, "rejected")
        if decision["as_proposed"] != (proposed == decision["outcome"]):
            yield Flaw(f"{where}.as_proposed", number, f"propozycją było „{proposed}”, a to mówi co innego.")
        if decision["ballot"] is None:
            continue
        ballot = ballots.get(decision["ballot"])
        if ballot is None:
            yield Flaw(f"{where}.ballot", number, "takiego głosowania nie ma.")
            continue
        if ballot["number"] is None:
            fits = decision["as_proposed"] and ballot["ranking"] == decision["ranking"]
        else:
            fits = (ballot["number"], ballot["outcome"]) == (number, decision["outcome"])
        recused = frozenset(
            one["symbol"]
            for one in body["recusals"]
            if one["number"] == number and one["recorded_at"] <= decision["decided_at"]
        )
        if not fits or not _count(ballot, recused - frozenset(ballot["roll"]["recused"])).carried:
            yield Flaw(f"{where}.ballot", number, "to głosowanie nie niesie tej decyzji.")


def _followed_again(body: Mapping[str, Any]) -> Iterator[Flaw]:
    """Each promotion follows from its basis, and each new decision after an appeal is one of those announced here."""
    for index, part in enumerate(body["promotions"]):
        for flaw in chosen_again(part, body["call"]):
            yield Flaw(f"$.promotions[{index}]{flaw.place.removeprefix('$')}", flaw.number, flaw.sentence)
    announced = {(one["number"], one["version"]) for one in body["decisions"]}
    for index, appeal in enumerate(body["appeals"]):
        where, number, version = f"$.appeals[{index}]", appeal["number"], appeal["decision"]
        if (appeal["upheld"] is None) != (appeal["ruled_at"] is None):
            yield Flaw(f"{where}.ruled_at", number, "rozstrzygnięcie ma dzień wtedy i tylko wtedy, gdy zapadło.")
        if appeal["upheld"] and appeal["late"]:
            yield Flaw(f"{where}.upheld", number, "odwołania po terminie nie można uwzględnić.")
        if version is None:
            continue
        if not appeal["upheld"] or version <= appeal["against"] or (number, version) not in announced:
            yield Flaw(f"{where}.decision", number, "takiej nowej decyzji po tym odwołaniu nie ogłoszono.")


def _said(body: Mapping[str, Any]) -> Iterator[str]:
    rankings, decisions = body.get("rankings"), body.get("decisions")
    if isinstance(rankings, list) and isinstance(decisions, list):
        yield f"Listy rankingowe: {len(rankings)}, decyzje: {len(decisions)}."
    appeals, promotions = body.get("appeals"), body.get("promotions")
    if isinstance(appeals, list) and isinstance(promotions, list):
        yield f"Odwołania: {len(appeals)}, miejsca z listy rezerwowej: {len(promotions)}."
