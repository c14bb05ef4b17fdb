"""Rehearsing the coming weeks of an office with many applications: what ``nabor rehearse`` takes.

    python -m benchmarks.time_rehearsal [N [WEEKS]]        (1 000 and 6 by default)

The office has one announced call: three in ten were offered a seat, half of those have confirmed, one in ten waits in
reserve, the others were refused; the letters of that have left. So in the weeks that come offers are reminded of and
lapse, seats go to the reserve, and members are invited to a meeting and reminded of it. Prints the seconds of the
rehearsal, runs played of all, and letters foretold. Everybody in it is invented; making them does not count.
"""

import gc
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlmodel import col, select

from benchmarks.inputs import PROJECT
from benchmarks.verification import CALL, LEAD, fill_call
from flows.adapters.clock import WARSAW, PlayedClock, playing
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings
from flows.catalogue import CATALOGUE
from flows.steps.announcement import announce
from flows.steps.decisions import decide_as_proposed
from flows.steps.delivery import deliver
from flows.steps.memberships import answer_offer
from flows.steps.ranking import rank_call
from flows.steps.time_rehearsal import Nowhere, rehearse_time
from flows.steps.verification import to_verify, verify
from models.actor import Actor, Role
from models.keys import create_key_file
from models.project import ProjectDefinition
from models.project_file import load_project
from models.tables import Application, Membership, Person
from models.tables.memberships import MembershipState

COMMISSION: Final = Actor("komisja", frozenset({Role.COMMISSION}))
ANNOUNCED: Final = datetime(2018, 8, 20, 9, 0, tzinfo=WARSAW)
"""Five weeks before the meeting of the call's group."""


def main(number: int, weeks: int) -> None:
    """Prints the figures."""
    schedule = {one.flow: one.cron for one in CATALOGUE if one.cron}
    with tempfile.TemporaryDirectory() as name, playing(PlayedClock(ANNOUNCED)):
        folder = Path(name)
        create_key_file(folder / "keys.json")
        # A host that nobody has: the rehearsal asks none, and must not.
        settings = Settings(data=folder / "data", keys=folder / "keys.json", smtp_host="poczta.invalid")
        settings = settings.model_copy(update={"smtp_allow_reserved": True})
        with open_office(settings) as office:
            began = time.monotonic()
            confirmed = _announce(office, _with_seats(load_project(PROJECT), number))
            sys.stdout.write(f"{number} applications, {confirmed} members; made in {time.monotonic() - began:.1f} s\n")
            gc.collect()
            gc.freeze()  # as the command line does when it begins
            wall, processor = time.monotonic(), time.process_time()
            found = rehearse_time(office, schedule, weeks=weeks, actor=LEAD)
            sys.stdout.write(
                f"rehearsed {weeks} weeks in {time.monotonic() - wall:.1f} s (processor "
                f"{time.process_time() - processor:.1f} s): {found.runs} runs of {found.slots}, "
                f"{len(found.letters)} letters, {len(found.warnings)} warnings\n"
            )
            for event, count in sorted(Counter(one.event for one in found.letters).items()):
                sys.stdout.write(f"{count:>8} {event}\n")


def _with_seats(definition: ProjectDefinition, number: int) -> ProjectDefinition:
    seats = {"seats": number * 3 // 10, "reserve_seats": number // 10, "composition": ()}
    kinds = tuple(one.model_copy(update=seats) if one.code == "PGR" else one for one in definition.group_kinds)
    return definition.model_copy(update={"group_kinds": kinds, "commission": None})


def _announce(office: Office, definition: ProjectDefinition) -> int:
    """The call with its results announced; every second offer is confirmed at once. Returns how many."""
    number = definition.group_kind("PGR").seats * 10 // 3
    fill_call(office.store, definition, number)
    with office.writing(LEAD) as session:
        for person in session.exec(select(Person)).all():
            person.email = f"osoba{person.id}@example.org"
            session.add(person)
    with office.writing(LEAD) as session:
        verify(session, to_verify(session, CALL), actor=LEAD, now=office.now())
    with office.writing(LEAD) as session:
        rank_call(session, CALL, actor=LEAD, now=office.now())
    with office.writing(COMMISSION) as session:
        decide_as_proposed(session, CALL, actor=COMMISSION, now=office.now())
    announce(office, CALL, actor=LEAD)
    nowhere = Nowhere(redirect_to=None, allow_reserved=True)
    hasty = replace(office, settings=office.settings.model_copy(update={"outbox_grace_minutes": 0}))
    while deliver(hasty, actor=LEAD, transport=nowhere).remaining:
        pass
    with office.reading(LEAD) as session:
        offers = session.exec(
            select(Application.number)
            .join(Membership, col(Membership.application_id) == Application.id)
            .where(Membership.state == MembershipState.OFFERED)
            .order_by(Application.number)
        ).all()
    with office.writing(LEAD) as session:
        for one in offers[::2]:
            answer_offer(session, one, accepts=True, actor=LEAD, now=office.now())
    return len(offers[::2])


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [1_000, 6][len(given) :]))
