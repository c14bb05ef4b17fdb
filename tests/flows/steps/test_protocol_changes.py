"""What happened after an announcement: the next protocol tells of it, and every stored choice is made again."""

import io
import json
from datetime import datetime
from typing import Any

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from docx import Document
from people import CALL, KINGA, RITA, WORKER, confirm, deliver_all, go_to, moment, reading, send_in
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps import promotion, protocol_papers
from flows.steps.announcement import announce
from flows.steps.appeals import file_appeal, rule, take_up
from flows.steps.audit import FullAudit, verify_records
from flows.steps.corrections import overrule
from flows.steps.decisions import decide
from flows.steps.documents import content_of
from flows.steps.memberships import answer_offer
from flows.steps.promotion import promote_call
from flows.steps.protocol import FORMAT, FORMAT_1
from flows.steps.protocol_checks import Verification, check_call, check_file
from flows.steps.ranking import rank_call
from flows.steps.reserve import basis, choose, labels_of
from flows.steps.verification import to_verify, verify
from models.actor import Actor, Role
from models.columns import canonical
from models.rules.promotion import KeptFree
from models.rules.promotion import Promotion as Choice
from models.sealed_document import sealed
from models.tables import AppealRuling, IssuedDocument, Promotion
from models.tables.decisions import DecisionOutcome

WANDA = Actor("wanda", frozenset({Role.COMMISSION}), "22")
UPHELD, REJECTED, PENDING = (f"{CALL}/000{n}" for n in (4, 5, 6))
GONE, PROMOTED = f"{CALL}/0002", f"{CALL}/0003"
SECRET_WORDS = ("Zaświadczenie od Zmyślonej.", "Punkty policzono dobrze.")


def announced(office: Office) -> None:
    """Two seats (0002, 0001), one in reserve (0003), three refused (0004 to 0006); the letters have left."""
    people.open_kes_call(office, seats=2, reserve_seats=1)
    people.take_in(office, range(3))
    for i in (3, 4, 5):
        send_in(office, reading(i, {"praca_bezposrednia": "nie"}), at=f"2018-06-12T1{i}:00")
    people.verified(office)
    people.ranked(office)
    people.adopted(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    deliver_all(office, "2018-07-06T10:00")
    go_to(office, "2018-07-09T10:00")
    confirm(office, f"{CALL}/0001")


def promoted(office: Office) -> None:
    """0002 declined, and 0003 was offered the seat."""
    announced(office)
    with office.writing(RITA) as session:
        answer_offer(session, GONE, accepts=False, actor=RITA, now=office.now())
    assert [one.number for one in promote_call(office, CALL, actor=WORKER).made] == [PROMOTED]


def followed(office: Office) -> None:
    """Of three appeals one is upheld, one rejected, one waits; a new decision is announced: protocol no. 2.

    In the very moment of that announcement a further appeal is ruled on.
    """
    promoted(office)
    for number in (UPHELD, REJECTED, PENDING):
        file_appeal(
            office,
            number,
            file_name="odwolanie.pdf",
            content=number.encode(),
            received_at=moment("2018-07-09T09:00"),
            channel="email",
            actor=RITA,
        )
    for number, upholds, reason in ((UPHELD, True, SECRET_WORDS[0]), (REJECTED, False, SECRET_WORDS[1])):
        ruled(office, number, upholds, reason)
    now = go_to(office, "2018-07-11T09:00")
    with office.writing(RITA) as session:
        overrule(session, UPHELD, "praca_bezposrednia", "tak", reason="zaświadczenie", actor=RITA, now=now)
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=now)
        rank_call(session, CALL, actor=WORKER, now=now)
    with office.writing(KINGA) as session:
        decide(
            session,
            UPHELD,
            outcome=DecisionOutcome.ACCEPTED,
            reason_code="odwolanie_uwzglednione",
            note=None,
            actor=KINGA,
            now=now,
        )
    go_to(office, "2018-07-12T09:00")
    announce(office, CALL, actor=RITA)
    ruled(office, PENDING, False, "Nie.")


def ruled(office: Office, number: str, upholds: bool, reason: str) -> None:
    with office.writing(WANDA) as session:
        take_up(session, f"{number}/O1", actor=WANDA, now=office.now())
    rule(office, f"{number}/O1", upholds=upholds, reason=reason, actor=WANDA)


def annex(office: Office, version: int) -> bytes:
    return issued(office, "protocol_annex", version)


def issued(office: Office, kind: str, version: int) -> bytes:
    with office.reading(WORKER) as session:
        row = session.exec(
            select(IssuedDocument).where(IssuedDocument.kind == kind, IssuedDocument.version == version)
        ).one()
        return content_of(office, session, row)


def verified(office: Office) -> Verification:
    with office.reading(WORKER) as session:
        return check_call(office, session, CALL, actor=WORKER)


def audited(office: Office) -> FullAudit:
    with office.reading(people.ADAM) as session:
        return verify_records(office, session, actor=people.ADAM)


def test_the_next_protocol_tells_of_appeals_and_promotions_and_names_nobody(staged: Staged) -> None:
    office, _ = staged(followed)
    first, second = (json.loads(annex(office, version))["body"] for version in (1, 2))
    assert (first["format"], first["appeals"], first["promotions"]) == (FORMAT, [], [])
    assert [
        (one["appeal"], one["number"], one["upheld"], one["against"], one["decision"], one["paragraph"])
        for one in second["appeals"]
    ] == [
        (f"{UPHELD}/O1", UPHELD, True, 1, 2, "§ 11 Regulaminu"),
        (f"{REJECTED}/O1", REJECTED, False, 1, None, "§ 11 Regulaminu"),
        (f"{PENDING}/O1", PENDING, None, 1, None, "§ 11 Regulaminu"),
    ]
    assert {datetime.fromisoformat(one["ruled_at"]) for one in second["appeals"][:2]} == {moment("2018-07-09T10:00")}
    assert second["appeals"][2]["ruled_at"] is None, "ruled on in the moment of the protocol, so in the next one"
    (told,) = second["promotions"]
    assert (told["number"], told["instead_of"], told["position"], told["ground"], told["algorithm"]) == (
        PROMOTED,
        GONE,
        1,
        "order",
        "promotion-2",
    )
    hidden = ("Próbna", "Zmyślon", "kinga", "wanda", "rita", *SECRET_WORDS, people.pesel(0), "7781346888", "@example")
    assert [word for word in hidden if word in annex(office, 2).decode()] == []


def test_the_paper_says_the_same_in_words(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(followed)
    papers = [Document(io.BytesIO(issued(office, "protocol", version))) for version in (1, 2)]
    told = [
        "\n".join(
            [one.text for one in paper.paragraphs]
            + [" | ".join(cell.text for cell in row.cells) for table in paper.tables for row in table.rows]
        ).replace("\xa0", " ")
        for paper in papers
    ]
    assert "Odwołania i zwolnione miejsca" not in told[0]
    assert "8. Odwołania i zwolnione miejsca od poprzedniego protokołu" in told[1]
    for line in (
        f"{UPHELD}/O1 | 09.07.2018 r. | uwzględnione, 09.07.2018 r. | § 11 Regulaminu | nowa decyzja: przyjęte",
        f"{REJECTED}/O1 | 09.07.2018 r. | nieuwzględnione, 09.07.2018 r. | § 11 Regulaminu | decyzja bez zmian",
        f"{PENDING}/O1 | 09.07.2018 r. | do dnia protokołu nie rozstrzygnięto | § 11 Regulaminu | –",
        f"{PROMOTED} | {GONE} | 1 | Kolejność na liście. ",
    ):
        assert line in told[1], told[1]
    assert all(word not in told[1] for word in SECRET_WORDS)


def test_both_protocols_are_sound_by_themselves_and_with_the_database(staged: Staged) -> None:
    office, _ = staged(followed)
    for version in (1, 2):
        assert check_file(annex(office, version)).flaws == ()
    assert "Odwołania: 3, miejsca z listy rezerwowej: 1." in check_file(annex(office, 2)).checked
    found = verified(office)
    assert found.flaws == ()
    assert "Miejsca przyznane z listy rezerwowej: 1; z zapisanych podstaw wybrano ponownie." in found.checked
    assert (audited(office).broken, audited(office).promotions) == ((), 1)


FORGED = {
    "a position": (lambda body: body["promotions"][0].update(position=3), "$.promotions[0].position"),
    "a sentence": (lambda body: body["promotions"][0].update(sentence="Tak."), "$.promotions[0].sentence"),
    "a basis": (
        lambda body: body["promotions"][0].update(basis=body["promotions"][0]["basis"].replace("0003", "0007")),
        "nie zgadza się ze swoim skrótem",
    ),
    "another's seat": (lambda body: body["promotions"][0].update(instead_of=PROMOTED), "innego miejsca"),
    "an algorithm that never was": (
        lambda body: body["promotions"][0].update(basis='{"algorithm":"promotion-0"}'),
        "nie da się z niej odtworzyć",
    ),
    "a ruling turned round": (lambda body: body["appeals"][0].update(upheld=False), "$.appeals[0].decision"),
    "a decision that was not": (lambda body: body["appeals"][1].update(upheld=True, decision=2), "$.appeals[1]"),
    "a ruling without a day": (lambda body: body["appeals"][0].update(ruled_at=None), "$.appeals[0].ruled_at"),
    "late and upheld": (lambda body: body["appeals"][0].update(late=True), "$.appeals[0].upheld"),
    "without promotions": (lambda body: body.pop("promotions"), "nie da się zrozumieć"),
}


@pytest.mark.parametrize(("change", "told"), FORGED.values(), ids=FORGED)
def test_a_forged_annex_contradicts_itself(sqlite_staged: Staged, change: Any, told: str) -> None:
    office, _ = sqlite_staged(followed)
    body = json.loads(annex(office, 2))["body"]
    change(body)
    found = check_file(sealed(body))
    assert any(told in str(flaw) for flaw in found.flaws), found.flaws


TAMPERED = {
    "an appeal that came at another time": ("UPDATE appeal SET late = true WHERE id = 1", "$.appeals[0].late"),
    "an appeal that is gone": (
        "UPDATE appeal SET filed_at = '2018-07-20 00:00:00+00' WHERE id = 2",
        "protokół nr 2: $.appeals",
    ),
}


@pytest.mark.parametrize(("statement", "told"), TAMPERED.values(), ids=TAMPERED)
def test_whatever_is_changed_in_the_database_is_named(staged: Staged, statement: str, told: str) -> None:
    office, _ = staged(followed)
    with office.store.engine.execution_options(nabor_writes=True).begin() as connection:
        connection.execute(sa.text(statement))
    assert any(told in str(flaw) for flaw in verified(office).flaws), verified(office).flaws


def test_an_annex_of_the_release_before_still_verifies(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    office, _ = staged(announced)

    def as_before(body: dict[str, object]) -> bytes:
        known = {key: value for key, value in body.items() if key not in ("appeals", "promotions", "assessment")}
        return sealed(known | {"format": FORMAT_1})

    people.refuse(office, GONE)
    monkeypatch.setattr(protocol_papers, "sealed", as_before)
    announce(office, CALL, actor=RITA)
    monkeypatch.undo()
    assert json.loads(annex(office, 2))["body"]["format"] == FORMAT_1
    assert check_file(annex(office, 2)).flaws == ()
    assert len(promote_call(office, CALL, actor=WORKER).made) == 1
    assert verified(office).flaws == ()


# Replaying promotions


def the_promotion(session: Session) -> Promotion:
    return session.exec(select(Promotion).order_by(col(Promotion.id))).one()


def other_basis(row: Promotion) -> None:
    """Whoever has the keys makes the one of the reserve another application."""
    row.basis = row.basis.replace(f'"number":"{PROMOTED}"', f'"number":"{CALL}/0009"')


def other_reason(row: Promotion) -> None:
    row.reason = "Bo tak."


def unreadable_basis(row: Promotion) -> None:
    row.basis = "{}"


CHANGED = {
    "the basis": (other_basis, f"z zapisanej podstawy wynika „{CALL}/0009”, a zapisano „{PROMOTED}”"),
    "its digest": (other_basis, "nie zgadza się ze swoim skrótem"),
    "the reason": (other_reason, "a zapisano „Bo tak.”"),
    "a basis of nothing": (unreadable_basis, "wyboru nie da się z niej odtworzyć (KeyError)"),
}


@pytest.mark.parametrize(("change", "told"), CHANGED.values(), ids=CHANGED)
def test_the_audit_names_a_promotion_that_does_not_follow_from_its_basis(
    staged: Staged, change: Any, told: str
) -> None:
    office, _ = staged(promoted)
    assert (audited(office).broken, audited(office).promotions) == ((), 1)
    with office.writing(WORKER) as session:
        row = the_promotion(session)
        change(row)
        session.add(row)
    broken = audited(office).broken
    named = f"{CALL}: promocja z listy rezerwowej nr 1 (za {GONE})"
    assert any(line.startswith(named) and PROMOTED in line and told in line for line in broken), broken


def test_changed_bytes_of_a_basis_are_told_not_raised(staged: Staged) -> None:
    office, _ = staged(promoted)
    with office.store.engine.execution_options(nabor_writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE promotion SET basis = reason"))
    assert [line for line in audited(office).broken if "nie da się odszyfrować" in line] == [
        f"{CALL}: promocja z listy rezerwowej nr 1: zapisanej podstawy nie da się odszyfrować: bajty w bazie zmieniono."
    ]


def test_a_digest_changed_along_with_its_basis_is_found_by_the_log(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(promoted)
    with office.store.engine.execution_options(nabor_writes=True).begin() as connection:
        connection.execute(sa.text("DROP TRIGGER promotion_no_update"))
        connection.execute(sa.text("UPDATE promotion SET position = 2"))
    broken = audited(office).broken
    assert any("różnią się od zapisanych w dzienniku" in line for line in broken)
    assert any("$.position" in line and "wynika „1”, a zapisano „2”" in line for line in broken)


@pytest.mark.parametrize("column", ["position", "ground", "algorithm", "basis_digest", "promoted_by"])
def test_the_database_refuses_to_change_a_promotion_but_lets_keys_be_rotated(staged: Staged, column: str) -> None:
    office, _ = staged(promoted)
    with office.store.engine.connect() as connection, pytest.raises(DBAPIError, match="promotion is append-only"):
        connection.execute(sa.text(f"UPDATE promotion SET {column} = {column}"))
    with office.writing(WORKER) as session:
        row = the_promotion(session)
        flag_modified(row, "reason")
        session.add(row)
    assert audited(office).broken == ()


def test_the_database_refuses_to_change_a_ruling(staged: Staged) -> None:
    office, _ = staged(followed)
    with pytest.raises(DBAPIError, match="appeal_ruling is append-only"), office.writing(WORKER) as session:
        row = session.exec(select(AppealRuling).order_by(col(AppealRuling.id))).first()
        assert row is not None
        row.upheld = not row.upheld
        session.add(row)


def test_a_promotion_of_the_release_before_is_made_again_by_its_own_algorithm(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _ = staged(announced)
    labels = labels_of(people.definition())

    def as_before(*given: Any, **more: Any) -> dict[str, object]:
        known = {key: value for key, value in basis(*given, **more).items() if key not in ("free", "labels")}
        return known | {"algorithm": "promotion-1"}

    def chosen_before(body: str) -> Choice | KeptFree | None:
        return choose(body, labels)

    monkeypatch.setattr(promotion, "basis", as_before)
    monkeypatch.setattr(promotion, "choose", chosen_before)
    monkeypatch.setattr(promotion, "ALGORITHM", "promotion-1")
    with office.writing(RITA) as session:
        answer_offer(session, GONE, accepts=False, actor=RITA, now=office.now())
    assert len(promote_call(office, CALL, actor=WORKER).made) == 1
    monkeypatch.undo()
    with office.reading(WORKER) as session:
        row = the_promotion(session)
        assert (row.algorithm, "„" in row.reason) == ("promotion-1", True), "the sentence names a sector"
    assert audited(office).broken == ()


STORED = (
    '{"algorithm":"promotion-1","call":"KES/PGR/2205/2018","constraints":[{"firm":true,"kind":"sector","maximum":null,'
    '"minimum":1,"sector":"policja"}],"left":{"gmina":"2205083","institution":"I3","level":"gmina","number":"a",'
    '"sector":"policja"},"reserve":[{"gmina":"2205083","institution":"I1","level":"gmina","number":"r","owed":false,'
    '"position":1,"sector":"oswiata"}],"seated":[{"gmina":"2205083","institution":"I2","level":"gmina","number":"b",'
    '"sector":"oswiata"}]}'
)
"""A basis as the release before stored it: it gave a seat that a firm requirement would keep free today."""


def test_a_stored_basis_of_before_gives_what_it_gave() -> None:
    assert json.loads(canonical(json.loads(STORED))) == json.loads(STORED)
    choice = choose(STORED, labels_of(people.definition()))
    assert isinstance(choice, Choice)
    assert (choice.number, choice.sentence) == (
        "r",
        "Na liście rezerwowej nie ma nikogo z obszaru „policja”. Miejsce otrzymuje pierwsza w kolejności osoba z listy "
        "rezerwowej: pozycja 1.",
    )
    today = STORED.replace("promotion-1", "promotion-2")
    assert isinstance(choose(today), KeptFree)
