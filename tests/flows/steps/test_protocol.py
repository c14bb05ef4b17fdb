"""The protocol: what its papers say, and that whatever is changed in them or below them is found and named."""

import hashlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from docx import Document
from people import ADAM, CALL, KINGA, RITA, WORKER, cast, go_to, rise, sit
from sqlmodel import Session, select

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.calls import find_call
from flows.steps.commission import appoint, attend, members, recuse
from flows.steps.decisions import decide, decide_as_proposed
from flows.steps.documents import content_of, newest
from flows.steps.protocol_checks import Verification, check_call, check_file
from flows.steps.ranking import rank_snapshot
from models.actor import Actor
from models.columns import canonical
from models.errors import NotAllowed
from models.sealed_document import sealed, sealed_bytes
from models.storage import keyring_in
from models.tables import IssuedDocument, Ranking
from models.tables.commission import MemberFunction
from models.tables.decisions import DecisionOutcome


def protocolled(office: Office) -> list[str]:
    """Four candidates for two seats: one decided by a vote of its own from which Konrad is recused, the rest as
    proposed; announced; then a second session that reverses one decision, announced too."""
    registered = people.commissioned_call(office, 4, seats=2)
    sit(office)
    with office.writing(KINGA) as session:
        recuse(session, CALL, "konrad", registered[0], reason="Rodzina.", actor=KINGA, now=office.now())
    cast(office, kinga="for", konrad="for", klara="abstain")
    cast(office, registered[3], DecisionOutcome.REJECTED, kinga="for", konrad="against", klara="abstain")
    with office.writing(KINGA) as session:
        decide_one(session, office, registered[3], DecisionOutcome.REJECTED, "inny_powod")
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    rise(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    sit(office, at="2018-07-12T10:00")
    cast(office, registered[2], DecisionOutcome.REJECTED)
    with office.writing(KINGA) as session:
        decide_one(session, office, registered[2], DecisionOutcome.REJECTED, "inny_powod")
    rise(office)
    go_to(office, "2018-07-13T09:00")
    announce(office, CALL, actor=RITA)
    return registered


def decide_one(session: Session, office: Office, number: str, outcome: DecisionOutcome, reason: str) -> None:
    decide(session, number, outcome=outcome, reason_code=reason, note="Wyjaśniono.", actor=KINGA, now=office.now())


def verified(office: Office) -> Verification:
    with office.reading(WORKER) as session:
        return check_call(office, session, CALL, actor=WORKER)


def annex(office: Office, version: int = 1) -> bytes:
    with office.reading(WORKER) as session:
        row = session.exec(
            select(IssuedDocument).where(IssuedDocument.kind == "protocol_annex", IssuedDocument.version == version)
        ).one()
        return content_of(office, session, row)


def test_a_protocol_is_sound_by_itself_and_with_the_database(staged: Staged) -> None:
    office, _ = staged(protocolled)
    for version in (1, 2):
        found = check_file(annex(office, version))
        assert found.flaws == ()
        assert found.checked[1] == f"Nabór {CALL}, protokół nr {version}"
    found = verified(office)
    assert found.flaws == ()
    assert [line for line in found.checked if "Protokół" in line] == [
        f"Protokół nr {version}: załącznik porównano z bazą, głosy policzono ponownie." for version in (1, 2)
    ]


# A commission appointed after the protocols: of the call alone, or of its powiat.
LATER_BODIES = {"of the call": (CALL, ""), "of the powiat": ("KES", "2205")}


@pytest.mark.parametrize(("body", "scope"), LATER_BODIES.values(), ids=LATER_BODIES)
def test_a_commission_appointed_later_changes_no_protocol(sqlite_staged: Staged, body: str, scope: str) -> None:
    office, _ = sqlite_staged(protocolled)
    assert verified(office).flaws == ()
    with office.writing(ADAM) as session:
        appoint(session, body, "klara", function=MemberFunction.CHAIR, scope=scope, actor=ADAM, now=office.now())
    assert verified(office).flaws == ()
    now = go_to(office, "2018-07-16T10:00")
    with office.reading(WORKER) as session:
        call = find_call(session, CALL)
        assert [one.body for one in members(session, call, at=now)] == [CALL if body == CALL else "KES:2205"]


def test_the_annex_names_nobody_and_says_everything(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(protocolled)
    first, second = (json.loads(annex(office, version))["body"] for version in (1, 2))
    assert [one["number"] for one in first["decisions"]] == registered
    assert [one["ballot"] for one in first["decisions"]] == ["1/1", "1/1", "1/1", "1/2"]
    assert [(one["number"], one["outcome"], one["ballot"]) for one in second["decisions"]] == [
        (registered[2], "rejected", "2/1")
    ]
    assert [one["session"] for one in second["sessions"]] == [2]
    assert first["sessions"][0]["ballots"][1]["voices"] == {
        "P1": "for",
        "C1": "abstain",
        "S1": "against",
    }
    assert first["sessions"][0]["ballots"][1]["tally"]["by_chair"] is True
    (recusal,) = first["recusals"]
    assert (recusal["number"], recusal["symbol"], recusal["cause"]) == (registered[0], "S1", "declared")
    told = annex(office).decode() + annex(office, 2).decode()
    nip = str(people.candidate(0)["instytucja.nip"])  # whole: digests hold any three digits
    hidden = ("Próbna", "kinga", "konrad", "klara", "Rodzina", "Wyjaśniono", people.pesel(0), nip, "@example")
    assert [word for word in hidden if word in told] == []


def test_the_paper_tells_of_sessions_votes_recusals_and_the_annex(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(protocolled)
    with office.reading(WORKER) as session:
        row = session.exec(
            select(IssuedDocument).where(IssuedDocument.kind == "protocol", IssuedDocument.version == 1)
        ).one()
        paper = Document(io.BytesIO(content_of(office, session, row)))
    text = "\n".join(
        [one.text for one in paper.paragraphs]
        + [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    ).replace("\xa0", " ")
    for said in (
        *("Kinga Próbna", "osoba przewodnicząca", "P1", "sala 2", "05.07.2018", "głosujących 3 z 3, potrzeba 2"),
        *("propozycja (lista rankingowa) w całości", "przeszło (głos osoby przewodniczącej)", "S1: przeciw"),
        "oświadczenie o konflikcie interesów",
        "zwykła większość",
        hashlib.sha256(annex(office)).hexdigest(),
    ):
        assert said in text, said
    assert "Rodzina" not in text
    assert registered[0] in text


def test_the_paper_tells_the_quorum_of_each_vote_whoever_left_afterwards(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(people.commissioned_call, 2)
    sit(office)
    with office.writing(KINGA) as session:
        recuse(session, CALL, "konrad", registered[0], reason="Rodzina.", actor=KINGA, now=office.now())
    cast(office)
    cast(office, registered[0], DecisionOutcome.ACCEPTED, kinga="for", klara="for")
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    go_to(office, "2018-07-05T11:00")
    with office.writing(KINGA) as session:
        attend(session, CALL, ["klara", "konrad"], leaves=True, actor=KINGA, now=office.now())
    rise(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    with office.reading(WORKER) as session:
        row = newest(session, "protocol", CALL)
        assert row is not None
        paper = Document(io.BytesIO(content_of(office, session, row)))
    text = "\n".join(
        [one.text for one in paper.paragraphs]
        + [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    ).replace("\xa0", " ")
    assert "1/1: głosujących 3 z 3, potrzeba 2; 1/2: głosujących 2 z 3, potrzeba 2" in text
    assert "głosujących 1" not in text


EVERY = pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.slow), 97])
"""Every position takes a minute; every 97th stands for them in each run."""


@EVERY
def test_one_changed_byte_of_the_file_is_found_at_every_position(sqlite_staged: Staged, step: int) -> None:
    office, _ = sqlite_staged(protocolled)
    content = annex(office)
    end = content.rfind(b',"seal":')
    for at in range(0, len(content), step):
        changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        found = check_file(changed)
        assert not found.sound, at
        if 8 <= at < end:
            assert found.flaws[0].sentence.startswith(f"bajt {at} pliku"), (at, found.flaws)


@EVERY
def test_one_changed_byte_of_the_stored_snapshot_is_found_at_every_position(sqlite_staged: Staged, step: int) -> None:
    """The bytes as they lie in the database: they do not open any more."""
    office, _ = sqlite_staged(protocolled)
    blob = stored(office)
    for at in range(0, len(blob), step):
        store(office, blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :])
        found = verified_quickly(office)
        assert any("lista rankingowa nr 1: $.snapshot" in flaw.place for flaw in found), at
    store(office, blob)
    assert verified(office).sound


@EVERY
def test_who_has_the_keys_and_changes_the_snapshot_is_found_to_the_letter(sqlite_staged: Staged, step: int) -> None:
    """Changed and encrypted again: at every position the place is named by its path in the snapshot."""
    office, _ = sqlite_staged(protocolled)
    blob = stored(office)
    with office.reading(WORKER) as session:
        plain = session.exec(select(Ranking)).one().snapshot
    for at in range(0, len(plain), step):
        changed = plain[:at] + chr(ord(plain[at]) ^ 1) + plain[at + 1 :]
        with office.reading(WORKER) as session:
            store(office, keyring_in(session).seal(changed.encode(), bound_to="ranking.snapshot"))
        found = verified_quickly(office)
        assert any(f"znak {at}" in flaw.sentence and "$.snapshot" in flaw.place for flaw in found), (at, found)
        assert any("nie zgadza się ze swoim skrótem" in flaw.sentence for flaw in found), at
    store(office, blob)


def verified_quickly(office: Office) -> tuple[Any, ...]:
    return verified(office).flaws


def stored(office: Office) -> bytes:
    with office.store.engine.connect() as connection:
        blob = connection.execute(sa.text("SELECT snapshot FROM ranking")).scalar_one()
    return bytes(blob)


def store(office: Office, blob: bytes) -> None:
    with office.store.engine.execution_options(nabor_writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE ranking SET snapshot = :blob"), {"blob": blob})


# What somebody with the database in their hands may change, and a word of the flaw that tells of it.
TAMPERED = {
    "a place": ("UPDATE ranking SET places = replace(places, '\"main\"', '\"reserve\"')", "$.places[0].list"),
    "a digest": (f"UPDATE ranking SET snapshot_digest = '{'0' * 64}'", "skrót różni się od zapisanego w dzienniku"),
    "an outcome": ("UPDATE decision SET outcome = 'reserve' WHERE id = 1", ".outcome"),
    "a reason": ("UPDATE decision SET reason_code = 'sklad_grupy' WHERE id = 2", ".reason"),
    "a vote": ("UPDATE decision SET ballot_id = NULL WHERE id = 2", ".ballot"),
    "a recusal": ("DELETE FROM recusal", "$.recusals[0]"),
    "a session": ("UPDATE commission_session SET held_on = '2018-07-04' WHERE number = 1", "$.sessions[0].held_on"),
    "an annex": ("DELETE FROM issued_document WHERE kind = 'protocol_annex' AND version = 2", "nie ma"),
    "shortfalls": ("UPDATE ranking SET shortfalls = '[\"x\"]'", "$.shortfalls"),
}


@pytest.mark.parametrize(("statement", "told"), TAMPERED.values(), ids=TAMPERED)
def test_whatever_is_changed_in_the_database_is_named(sqlite_staged: Staged, statement: str, told: str) -> None:
    office, _ = sqlite_staged(protocolled)
    with office.store.engine.execution_options(nabor_writes=True).begin() as connection:
        connection.execute(sa.text(statement))
    found = verified(office)
    assert any(told in str(flaw) for flaw in found.flaws), found.flaws


def forged(office: Office, change: Any) -> Verification:
    """An annex whose body was changed and which was sealed anew: the seal is right, the content is not."""
    body = json.loads(annex(office))["body"]
    change(body)
    return check_file(sealed(body))


def other_snapshot(body: Any) -> None:
    part = body["rankings"][0]
    snapshot = json.loads(part["snapshot"])
    snapshot["candidates"][0]["points"] += 100
    part["snapshot"] = canonical(snapshot)


FORGED = {
    "the snapshot": (other_snapshot, "nie zgadza się ze swoim skrótem"),
    "a place": (lambda body: body["rankings"][0]["places"][0].update(points=99), "$.rankings[0].places[0].points"),
    "a voice": (lambda body: body["sessions"][0]["ballots"][0]["voices"].update({"P1": "against"}), ".tally"),
    "a result": (lambda body: body["sessions"][0]["ballots"][0].update(carried=False), "wynik głosowania"),
    "an outcome": (lambda body: body["decisions"][3].update(outcome="accepted"), "$.decisions[3].ballot"),
    "proposed": (lambda body: body["decisions"][3].update(as_proposed=True), "$.decisions[3].as_proposed"),
    "a strange vote": (lambda body: body["decisions"][0].update(ballot="7/7"), "takiego głosowania nie ma"),
    "another call": (lambda body: body.update(call="KES/PGR/9999/2018"), "innego naboru"),
    "an algorithm": (lambda body: body["rankings"][0].update(algorithm="ranking-0"), "innego algorytmu"),
    "a vote on another list": (
        lambda body: body["sessions"][0]["ballots"][0].update(ranking=2),
        "$.decisions[0].ballot",
    ),
    "recused after a vote of its own": (
        lambda body: body["recusals"].append(
            {**body["recusals"][0], "symbol": "P1", "number": body["decisions"][3]["number"]}
        ),
        "$.decisions[3].ballot",
    ),
    "recused": (
        lambda body: body["recusals"].extend(
            {**body["recusals"][0], "symbol": symbol, "number": body["decisions"][1]["number"]}
            for symbol in ("P1", "S1")
        ),
        "nie niesie tej decyzji",
    ),
    "nonsense": (lambda body: body.pop("sessions"), "nie da się zrozumieć"),
}


@pytest.mark.parametrize(("change", "told"), FORGED.values(), ids=FORGED)
def test_a_forged_annex_contradicts_itself(sqlite_staged: Staged, change: Any, told: str) -> None:
    office, _ = sqlite_staged(protocolled)
    found = forged(office, change)
    assert any(told in str(flaw) for flaw in found.flaws), found.flaws


NO_SUCH_CONTENT = {
    "a snapshot that is no text": {"call": CALL, "rankings": [{"snapshot": 7, "snapshot_digest": "0"}]},
    "lone surrogates": {"call": CALL, "rankings": [{"snapshot": "\ud800", "snapshot_digest": "0"}]},
    "numbers for lists": {"call": CALL, "rankings": 7, "sessions": 7, "decisions": 7},
    "rolls that are texts": {
        "call": CALL,
        "rankings": [],
        "sessions": [{"ballots": [{"voices": "x", "roll": "x", "rules": "x", "algorithm": "x"}]}],
        "decisions": [],
    },
    "a list": ["a"],
    "nothing": None,
}


@pytest.mark.parametrize("body", NO_SUCH_CONTENT.values(), ids=NO_SUCH_CONTENT)
def test_a_hand_made_annex_is_told_to_be_faulty(body: object) -> None:
    plain = json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
    found = check_file(sealed_bytes(plain))
    assert any("nie da się zrozumieć" in one.sentence or "nie ma treści" in one.sentence for one in found.flaws), found


def test_an_annex_too_deep_to_be_read_is_told_to_be_faulty() -> None:
    found = check_file(sealed_bytes(b"[" * 200_000 + b"]" * 200_000))
    assert [one.place for one in found.flaws] == ["$.body"]


@pytest.mark.parametrize("sums", ["[[Infinity,1]]", "[[1]]", "[[1,2,3]]", "[[NaN,1]]", "[7]", '[["a","b"]]', "null"])
def test_a_seal_with_impossible_sums_is_told_to_be_unreadable(sums: str) -> None:
    found = check_file(b'{"body":{"call":"x"},"seal":{"digest":"0","sums":' + sums.encode() + b"}}\n")
    assert [(one.place, "nie da się odczytać" in one.sentence) for one in found.flaws] == [("$.seal", True)]


def test_a_changed_byte_of_what_was_never_text_is_told_too() -> None:
    whole = sealed_bytes(b"\xff\xfe" * 20)
    found = check_file(whole.replace(b"\xff", b"\xfd", 1))
    assert [one.place for one in found.flaws] == ["$.body"]


def test_an_annex_swapped_in_the_file_store_is_found(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(protocolled)
    with office.reading(WORKER) as session:
        row = newest(session, "protocol_annex", CALL)
        assert row is not None
        path = office.files.root / row.stored_as[:2] / row.stored_as
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert any("nie da się go odczytać z magazynu" in flaw.sentence for flaw in verified(office).flaws)
    path.unlink()
    found = verified(office).flaws
    assert any("nie da się go odczytać z magazynu" in flaw.sentence for flaw in found), "a file that is gone, too"


def test_the_published_description_is_enough_to_check_an_annex(sqlite_staged: Staged, tmp_path: Path) -> None:
    """The few lines on the page, run by a Python that has nothing of ours."""
    office, _ = sqlite_staged(protocolled)
    page = (Path(__file__).parents[3] / "docs" / "przewodnik" / "sprawdzanie.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    content = annex(office)
    changed = content.replace(b'"outcome":"accepted"', b'"outcome":"rejected"', 1)
    said = []
    for name, body in (("whole.json", content), ("changed.json", changed)):
        (tmp_path / name).write_bytes(body)
        run = subprocess.run(
            [sys.executable, "-I", "-c", program, name], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        said.append((run.returncode, run.stdout, "nie zgadza się z pieczęcią" in run.stderr))
    assert said == [(0, f"zgodne {hashlib.sha256(content).hexdigest()}\n", False), (1, "", True)]


def test_the_door_ranks_the_sealed_bytes_again(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(protocolled)
    part = json.loads(annex(office))["body"]["rankings"][0]
    again = rank_snapshot(part["snapshot"])
    assert [place.number for place in again.places] == [place["number"] for place in part["places"]]


def test_nobody_verifies_a_call_out_of_sight(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(protocolled)
    nobody = Actor("nikt", frozenset())
    with pytest.raises(NotAllowed), office.reading(nobody) as session:
        check_call(office, session, CALL, actor=nobody)
