"""Coordinators of a powiat and partners of a voivodship see and do what is theirs, by every command there is.

The office has two areas, both full (see ``neighbours``). Each command is given twice to an officer of one of them who
has every role: naming what belongs to the other area, and naming their own. Neither shows or writes anything of the
other area, and no row of it changes. A command that nobody has said anything about here fails the first test.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from beyond_area import Rows, Secrets, rows_beyond, secrets_of
from canaries import finds
from conftest import SQLITE_FILE, Copyable, Offices
from neighbours import (
    COORDINATOR,
    GMINA,
    OWN_AGREEMENT,
    OWN_BATCH,
    OWN_CALL,
    OWN_LATER,
    OWN_MEETING,
    OWN_PAID,
    OWN_UNPAID,
    PARTNER,
    POWIAT,
    SECOND,
    recruiting,
    schedule,
    two_areas,
)
from papers_back import papers_back
from people import CALL, KES, MEETING, SECRET, WORKER
from sqlmodel import col, select
from test_commands import AGREED, ALSO_FROM_ABROAD, FROM_ABROAD, NEEDS_A_SERVER, all_commands, nabor

from flows.adapters.clock import PlayedClock
from models.actor import Actor
from models.tables import Application, Message
from models.tables.outbox import MessageState

FIRST, SECOND_MEMBER, REFUSED, SHARED = (f"{OWN_CALL}/{i:04d}" for i in (1, 2, 3, 4))
"""Two members, one who was refused and appealed, and one who has a seat in the other area, too."""
OWN_DAY = "2018-10-27"
_HELD = ("--date", "2018-10-28", "--from", "16:00", "--to", "17:00", "--topic", "x")

_OWN = {
    CALL: OWN_CALL,
    MEETING: OWN_MEETING,
    AGREED: OWN_AGREEMENT,
    "R/0001/2018": OWN_PAID,
    "LP/0001/2018": OWN_BATCH,
    "2018-09-22": OWN_DAY,
    "2205083": GMINA,
    "2205023": GMINA,
}
_OWN_WORDS = {"I1": "I2", "2205": POWIAT, "kinga": SECOND.login}

# What a command is told at home, where the foreigner's words with the own area in them would not do: the stage of the
# office, and its arguments.
AT_HOME: dict[str, tuple[str, tuple[str, ...]]] = {
    "agreement open": ("paid", ("KES", GMINA, "--deadline", "2030-12-31")),
    "appeal review": ("paid", (f"{REFUSED}/O1",)),
    "appeal show": ("paid", (f"{REFUSED}/O1",)),
    "appeal withdraw": ("paid", (f"{REFUSED}/O1",)),
    "application accept": ("recruiting", (REFUSED, "instytucja.stanowisko", "--reason", "x")),
    "application changes": ("recruiting", (REFUSED,)),
    "application channel": ("paid", (SHARED, "paper", "--address", "ul. Nasza 1", "--reason", "x")),
    "application confirm-address": ("paid", (SHARED, "nasza@example.org", "--reason", "x")),
    "application prefer": ("recruiting", (SHARED,)),
    "application received": ("recruiting", (FIRST, "2018-10-03T12:00", "--reason", "x")),
    "application refuse": ("recruiting", (REFUSED, "instytucja.stanowisko", "--reason", "x")),
    "application salutation": ("paid", (SHARED, "Szanowna Pani Doktor", "--reason", "x")),
    "application set": ("recruiting", (SHARED, "telefon", "600100200", "--reason", "x")),
    "application show": ("paid", (SHARED,)),
    "application verdict": ("paid", (SHARED,)),
    "attendance coaching": ("paid", (FIRST, *_HELD)),
    "attendance file": ("paid", ("2", "-o", "{folder}/out")),
    "attendance scan": ("paid", (OWN_CALL, OWN_MEETING, OWN_DAY, "{folder}/lista.jpg")),
    "batch discard": ("paid", (OWN_BATCH, "--reason", "x", "--not-authorised")),
    "batch paid": ("paid", (OWN_BATCH, "--on", "2018-10-29")),
    "batch returned": ("paid", (OWN_PAID, "--reason", "x")),
    "call adopt": ("recruiting", (OWN_CALL,)),
    "call confirm": ("paid", (SHARED,)),
    "call decide": ("recruiting", (FIRST, "rejected", "--reason", "brak_miejsc")),
    "call verify": ("recruiting", (OWN_CALL,)),
    "commission appoint": ("paid", (OWN_CALL, COORDINATOR.login, "--function", "member")),
    "commission attend": ("recruiting", (OWN_CALL, COORDINATOR.login)),
    "commission close-session": ("recruiting", (OWN_CALL,)),
    "commission dismiss": ("paid", ("KES", COORDINATOR.login, "--scope", POWIAT)),
    "commission recuse": ("recruiting", (OWN_CALL, COORDINATOR.login, FIRST, "--reason", "x")),
    "contract issue": ("paid", (FIRST,)),
    "form blank": ("paid", ("zalacznik_1_pgr", "-o", "{folder}/form.docx", "--project", str(KES))),
    "meeting cancel": ("paid", (OWN_CALL, OWN_LATER, "--reason", "x")),
    "meeting certificates": ("paid", (OWN_CALL, "--number", FIRST)),
    "meeting import-template": ("paid", ("-o", "{folder}/h.xlsx")),
    "meeting move": ("paid", (OWN_CALL, OWN_LATER, "--place", "x", "--reason", "x")),
    "officer email": ("paid", ("{login}", "moja@example.org")),
    "officer ticket": ("paid", ()),
    "outbox attachments": ("paid", ("{message}", "{folder}/out")),
    "outbox discard": ("paid", ("{message}",)),
    "outbox edit": ("paid", ("{message}", "--subject", "x")),
    "outbox hold": ("paid", ("{message}",)),
    "outbox release": ("paid", ("{draft}",)),
    "outbox show": ("paid", ("{message}",)),
    "office upgrade": ("paid", ()),
    "project check": ("paid", (str(KES),)),
    "project diff": ("paid", ("KES/1", str(KES))),
    "project view": ("paid", ("KES", "--svg", "{folder}/kes.svg")),
    "project regulation": ("paid", (str(KES), "-o", "{folder}/r.docx")),
    "stipend settle": ("paid", (OWN_CALL, OWN_MEETING, "--paid-on", "2018-11-16")),
    "stipend signed": ("paid", (OWN_UNPAID,)),
    "support attend": ("paid", ("2", "--all-full")),
    "support cancel": ("paid", ("2", "--reason", "x")),
    "support grant": ("paid", (SECOND_MEMBER, "coaching_indywidualny")),
    "support plan": ("paid", ("coaching_grupowy", FIRST, *_HELD)),
    "support record": ("paid", (FIRST, "coaching_indywidualny", *_HELD)),
    "support refuse": ("paid", (SECOND_MEMBER, "coaching_indywidualny", "--reason", "x")),
    "support scan": ("paid", ("2", "{folder}/lista.jpg")),
    "support sheet": ("paid", ("--session", "2")),
    "template check": ("paid", (str(KES),)),
    "template list": ("paid", ("--project", str(KES))),
    "template preview": ("paid", ("withdrawn", "--project", str(KES))),
    "template show": ("paid", ("withdrawn",)),
    "unit add": ("paid", ("KES", "Szkoła Nasza", "--area", GMINA)),
    "unit import": ("paid", ("KES", "{folder}/instytucje.csv")),
}

# What an account of one area is refused, whatever it names: it belongs to all of them.
WHOLE_OFFICE = {
    *("audit verify", "batch confirm", "contract read", "intake", "mailbox collect"),
    *("office audit", "office rotate-keys", "office seal", "office settle-incident"),
    *("project load", "stipend confirm-rate", "unit terc"),
}
# What the small office has nothing for at home. The other area has, and is refused all the same.
NOTHING_AT_HOME: dict[str, str] = {
    **dict.fromkeys(("admission list", "admission refuse", "admission run"), "the group is filled by a list"),
    "appeal decide": "nobody has taken the appeal up",
    "appeal file": "an appeal waits already",
    **dict.fromkeys(("appointment issue", "appointment recall", "appointment sign"), "nobody of the PGR is appointed"),
    **dict.fromkeys(("application document",), "the project asks for no document"),
    **dict.fromkeys(
        ("application open-scan", "application settle-file", "mailbox export", "mailbox settle", "mailbox show"),
        "files and mails without a known area are those of the whole office",
    ),
    "application type": "no sheet was filled in",
    **dict.fromkeys(("assessment assign", "assessment enter", "assessment sheets"), "nobody assesses in this project"),
    "assessment import": "nobody assesses in this project",
    **dict.fromkeys(("attendance import", "attendance read", "support read"), "no sheet was filled in"),
    "attendance strike-off": "nobody missed a meeting",
    "batch approve": "approved already",
    "batch freeze": "nothing else is to be paid",
    "commission vote": "too few are there for a vote",
    **dict.fromkeys(("contract accept", "contract refuse", "contract show"), "no statement came by form"),
    **dict.fromkeys(("contract drop", "contract signed"), "the contracts are on paper"),
    "form read": "no form of its own is read here",
    "meeting answer-link": "a link is no command of an officer",
    "meeting counter": "nobody proposed another day",
    **dict.fromkeys(
        ("nomination assign", "nomination decline", "nomination end", "nomination invite", "nomination list"),
        "no institution names people into a PGR",
    ),
    **dict.fromkeys(("nomination replace", "nomination withdraw"), "no institution names people into a PGR"),
    **dict.fromkeys(("office create-keys", "officer add"), "made once, at a terminal"),
    **dict.fromkeys(
        ("outbox confirm", "outbox handed", "outbox print", "outbox returned", "outbox split"),
        "no letter is in doubt, on paper or merged",
    ),
    "team show": "a PGR is no team of an agreement",
    "unit invite": "this project has no call for units",
}


def test_every_command_is_said_to_do_something_at_home_or_why_not() -> None:
    """The foreign half of the statement is in ``FROM_ABROAD``, which is checked beside it."""
    said = set(FROM_ABROAD) | set(AT_HOME) | WHOLE_OFFICE | set(NOTHING_AT_HOME)
    assert said == all_commands() - NEEDS_A_SERVER
    assert (set(AT_HOME) & WHOLE_OFFICE, set(AT_HOME) & set(NOTHING_AT_HOME)) == (set(), set())


EXAMPLES = {"meeting import-template": ("KES/PGR/2205",)}
"""What is written as an example, whatever there is."""
_UNTOLD = {
    "form read": ("{folder}/keys.json", "--project", str(KES)),
    "officer add": ("nowa", "--name", "Nowa Swojska", "--role", "finance", "--scope", POWIAT),
    "appeal decide": (f"{REFUSED}/O1", "--reject", "--reason", "x"),
    "appeal file": (REFUSED, "--received", "2018-10-09T09:00", "--file", "{folder}/skan.pdf"),
}


def arguments_at_home(command: str) -> tuple[str, tuple[str, ...]]:
    """The stage and what the command is told: of its own, or the foreigner's words with the own area in them."""
    if command in AT_HOME:
        return AT_HOME[command]
    if command in _UNTOLD:
        return "paid", _UNTOLD[command]
    words = []
    for word in FROM_ABROAD[command][1] if command in FROM_ABROAD else ():
        for foreign, own in _OWN.items():
            word = word.replace(foreign, own)
        words.append(_OWN_WORDS.get(word, word))
    return "paid", tuple(words)


STAGES = {"recruiting": recruiting, "paid": two_areas}


@dataclass
class TwoAreas:
    """An office at both stages, of which each command gets a copy of its own."""

    stages: dict[str, Copyable]
    clock: PlayedClock
    root: Path
    who: Actor
    secrets: Secrets
    ids: dict[str, str]
    before: dict[str, Rows]
    papers: dict[str, bytes]
    """Filled papers of the other area, by file name."""
    runs: int = 0

    def wrong_of(self, command: str, stage: str, arguments: Sequence[str], code: int) -> list[object]:
        """What went wrong when the officer gave the command, in words or as JSON: another answer than said, a leak, or
        a row that changed."""
        return [
            *self._wrong_of(command, stage, arguments, code),
            *self._wrong_of(command, stage, arguments, code, "--json"),
        ]

    def _wrong_of(self, command: str, stage: str, arguments: Sequence[str], code: int, *form: str) -> list[object]:
        self.runs += 1
        self.clock.move_to(self.stages[stage].at)
        folder = self.root / f"run-{self.runs}"
        words = folder / "words"
        words.mkdir(parents=True)
        data, own = folder / "data", self.stages[stage].folder / "data"
        # Kept files are never changed; the database is.
        shutil.copytree(own, data, copy_function=os.link, ignore=lambda _, names: {SQLITE_FILE} & set(names))
        shutil.copy(own / SQLITE_FILE, data / SQLITE_FILE)
        shutil.copy(self.stages[stage].folder / "keys.json", words / "keys.json")
        call = CALL if code else OWN_CALL
        for name, content in self.papers.items():
            (words / name).write_bytes(content)
        known = [*_given_files(words, call), words / "keys.json"]
        given = [word.format(folder=words, login=self.who.login, **self.ids) for word in arguments]
        answer = nabor(*command.split(), *given, "--as", self.who.login, "--data", str(data), *form)
        told = answer.out + answer.err
        # What the officer has said comes back in the refusal: the words, and the call that stands in the file.
        typed = [
            *given,
            *(word.removesuffix("/O1") for word in given),
            *([call] if command in ("meeting import", "attendance read", "attendance import") else []),
        ]
        for word in (*sorted(typed, key=len, reverse=True), str(folder)):
            told = told.replace(word, "")
        leaks: list[object] = list(self.secrets.in_text(told))
        for path in known:
            path.unlink(missing_ok=True)
        if any(path.is_file() for path in words.rglob("*")):
            leaks += finds(words, {text: (text,) for text in self.secrets.texts})
        after = rows_beyond(data / SQLITE_FILE, self.who.scope, self.who.login)
        changed = [table for table, rows in self.before[stage].items() if after[table] != rows]
        shutil.rmtree(folder)
        leaks = [one for one in leaks if getattr(one, "kind", one) not in EXAMPLES.get(command, ())]
        if leaks or changed or answer.code != code or "Traceback" in answer.err:
            return [(command, form, stage, answer.code, leaks, changed, answer.err[:200])]
        return []


def _given_files(folder: Path, call: str) -> list[Path]:
    """The files that commands are given."""
    schedule(folder, call, "nasze", "Nasze").rename(folder / "harmonogram.csv")
    (folder / "lista.jpg").write_bytes(b"\xff\xd8\xff own")
    (folder / "skan.pdf").write_bytes(b"%PDF own")
    (folder / "instytucje.csv").write_text(f"nazwa;siedziba\nSzkoła Nasza;{GMINA}\n")
    return list(folder.iterdir())


@pytest.fixture(params=[COORDINATOR, PARTNER], ids=lambda who: str(who.login))
def area(
    request: pytest.FixtureRequest,
    offices: Offices,
    clock: PlayedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> TwoAreas:
    who: Actor = request.param
    stages = {name: offices.at_stage("sqlite", play, ()) for name, play in STAGES.items()}
    monkeypatch.setenv("NABOR_OFFICER_SECRET", SECRET)
    monkeypatch.setenv("NABOR_KEYS", str(stages["paid"].folder / "keys.json"))
    (tmp_path / "read").mkdir()
    with offices.copy(stages["paid"], tmp_path / "read") as office:
        with office.reading(WORKER) as session:
            rows = session.exec(select(Application)).all()
            public = [row.public_number for row in rows if not row.area.startswith(who.scope)]
        with office.reading(who) as session:
            letters = session.exec(select(Message.id, Message.state).order_by(col(Message.id))).all()
        papers = papers_back(office)
    ids = {
        "message": next(str(number) for number, state in letters if state is MessageState.DUE),
        "draft": next(str(number) for number, state in letters if state is MessageState.DRAFT),
    }
    before = {
        name: rows_beyond(stage.folder / "data" / SQLITE_FILE, who.scope, who.login) for name, stage in stages.items()
    }
    return TwoAreas(stages, clock, tmp_path, who, secrets_of(public, who), ids, before, papers)


@pytest.mark.slow
def test_what_is_not_theirs_is_neither_shown_nor_changed_when_it_is_asked_for(area: TwoAreas) -> None:
    wrong = []
    for command, (code, arguments) in FROM_ABROAD.items():
        wrong += area.wrong_of(command, "paid", arguments, code)
    for command, code, arguments in ALSO_FROM_ABROAD:
        wrong += area.wrong_of(command, "paid", arguments, code)
    assert wrong == [], "\n".join(map(repr, wrong))


@pytest.mark.slow
def test_what_is_theirs_is_done_and_shows_and_changes_nothing_of_others(area: TwoAreas) -> None:
    wrong = []
    told = {command: arguments_at_home(command) for command in sorted(all_commands() - NEEDS_A_SERVER)}
    # The clock runs forwards only.
    for command, (stage, arguments) in sorted(told.items(), key=lambda one: list(STAGES).index(one[1][0])):
        code = 1 if command in WHOLE_OFFICE or command in NOTHING_AT_HOME else 0
        wrong += area.wrong_of(command, stage, arguments, code)
    assert wrong == [], "\n".join(map(repr, wrong))
