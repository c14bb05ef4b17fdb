"""What the sample forms come to, against tables that were made by hand.

``tests/corpus/expected_demo.json`` was worked out from what each form says and from the project's criteria, points and
order. The stipends below were reckoned on paper.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import Session, col, select
from story_player import Told, opened

from flows.steps.ranking import newest_ranking
from models.actor import process
from models.tables import (
    Application,
    Call,
    Decision,
    IssuedDocument,
    Membership,
    PayBatch,
    PayEntry,
    Stipend,
    SubmittedFile,
    VerdictSheet,
)

pytestmark = pytest.mark.xdist_group("told")

TABLE = json.loads((Path(__file__).parents[1] / "corpus" / "expected_demo.json").read_text(encoding="utf-8"))
REGISTER = "KES/PGR/2205/2018/"
MAIN = ("0002", "0006", "0003", "0017", "0008", "0018", "0023")
RESERVE = ("0001", "0021", "0005")
BEYOND = ("0020", "0024", "0007", "0013", "0014", "0010", "0011", "0012", "0004")
"""Points ↓, premium ↓, received ↑: lists in the order of their places, by the last four digits of the number."""


@dataclass(frozen=True)
class Pay:
    """One line of the payment list, in grosze; ``amounts`` are gross, social, health, tax, net."""

    minutes: int
    amounts: tuple[int, int, int, int, int]
    state: str = "paid"
    blocks: tuple[str, ...] = ()


# 60,00 zł an hour. Paid on 10 October 2018: the rules of 2018 hold. Health 9 % of (gross − social); KUP 20 % of (gross
# − social); base and tax in whole złoty, half up; PIT 18 % of the base less 7,75 % of what health is taken from.
STIPENDS = {
    # Employed elsewhere, 12 h = 720,00. Health 64,80. KUP 144,00, base 576. 103,68 − 55,80 = 47,88 → tax 48.
    # Net 720,00 − 64,80 − 48,00 = 607,20.
    "0002": Pay(720, (72000, 0, 6480, 4800, 60720)),
    "0006": Pay(720, (72000, 0, 6480, 4800, 60720)),
    # Full social, no sickness: 9,76 % = 70,27 and 1,5 % = 10,80, together 81,07. Health base 638,93: 57,50 and, off the
    # tax, 49,52. KUP 127,79, base 511,14 → 511. 91,98 − 49,52 = 42,46 → tax 42.
    # Net 720,00 − 81,07 − 57,50 − 42,00 = 539,43.
    "0003": Pay(720, (72000, 8107, 5750, 4200, 53943)),
    # With sickness 2,45 % = 17,64: social 98,71. Health base 621,29: 55,92 and, off the tax, 48,15. KUP 124,26,
    # base 497,03 → 497. 89,46 − 48,15 = 41,31 → tax 41. Net 720,00 − 98,71 − 55,92 − 41,00 = 524,37.
    "0017": Pay(720, (72000, 9871, 5592, 4100, 52437)),
    # A student under 26: no contributions, and no relief before August 2019. Base 576, 103,68 → tax 104. Net 616,00.
    "0008": Pay(720, (72000, 0, 0, 10400, 61600)),
    # Employed elsewhere, 6 h + 4 h = 600,00. Health 54,00. KUP 120,00, base 480. 86,40 − 46,50 = 39,90 → tax 40.
    # Net 600,00 − 54,00 − 40,00 = 506,00. The bill has not come back.
    "0018": Pay(600, (60000, 0, 5400, 4000, 50600), "calculated"),
    # Came one day, handed in no statement: 6 h = 360,00 gross, nothing can be reckoned, nothing may be paid.
    "0001": Pay(360, (36000, 0, 0, 0, 0), "blocked", ("missing_employed_by_payer", "missing_student_under_26")),
}
GROSS_TOTAL, NET_TOTAL = 4200_00, 3400_20
"""5 × 720,00 + 600,00, and 607,20 + 607,20 + 539,43 + 524,37 + 616,00 + 506,00."""


@pytest.fixture(scope="module")
def session(told: Told) -> Iterator[Session]:
    with opened(told.settings) as (office, _), office.reading(process("test")) as opened_session:
        yield opened_session


@pytest.mark.parametrize("line", TABLE, ids=lambda line: str(line["file"]))
def test_each_file_comes_to_what_the_table_says(session: Session, line: dict[str, object]) -> None:
    [file] = [row for row in session.exec(select(SubmittedFile)).all() if row.name == line["file"]]
    if line["outcome"] == "unreadable":
        assert (file.state, file.application_id) == ("unreadable", None)
        return
    application = session.get_one(Application, file.application_id)
    sheet = session.exec(
        select(VerdictSheet)
        .where(VerdictSheet.application_id == application.id)
        .order_by(col(VerdictSheet.version).desc())
    ).first()
    ranking = newest_ranking(session, session.exec(select(Call)).one())
    assert ranking is not None
    place: dict[str, object] = next((one for one in ranking.places if one["number"] == application.number), {})
    verdicts = sheet.verdicts["verdicts"] if sheet else []
    outcome = {None: "closed_incomplete", "met": "ranked", "not_met": "not_eligible"}[sheet.outcome if sheet else None]
    assert {
        "file": file.name,
        "number": application.number,
        "points": sheet.merit + sheet.premium if sheet else None,
        "premium": sheet.premium if sheet else None,
        "outcome": outcome,
        "list": place.get("list"),
        "position": place.get("position"),
        "reasons": [verdict["code"] for verdict in verdicts if verdict["result"] != "met"],
    } == line


def test_every_file_of_the_inbox_stands_in_the_table(session: Session) -> None:
    answers = {row.name for row in session.exec(select(SubmittedFile)).all()} - {line["file"] for line in TABLE}
    assert len(TABLE) == 26
    assert len(answers) == 4  # what came in later completes an application of the table


def test_the_lists_are_in_the_order_of_the_rules(session: Session) -> None:
    ranking = newest_ranking(session, session.exec(select(Call)).one())
    assert ranking is not None
    for kind, expected in (("main", MAIN), ("reserve", RESERVE), ("beyond", BEYOND)):
        numbers = [place["number"].removeprefix(REGISTER) for place in ranking.places if place["list"] == kind]
        assert tuple(numbers) == expected
    assert ranking.shortfalls == []


def test_the_commission_decided_as_the_lists_say_and_filled_the_seat_that_came_free(session: Session) -> None:
    decided: dict[str, list[tuple[str, str, bool]]] = {}
    for row in session.exec(select(Decision).order_by(col(Decision.application_id), col(Decision.version))).all():
        number = session.get_one(Application, row.application_id).number.removeprefix(REGISTER)
        decided.setdefault(number, []).append((row.outcome.value, row.reason_code, row.as_proposed))
    expected = {number: [("accepted", "miejsce_w_rankingu", True)] for number in MAIN}
    expected |= {number: [("reserve", "miejsce_na_liscie_rezerwowej", True)] for number in RESERVE}
    expected |= {number: [("rejected", "brak_miejsc", True)] for number in BEYOND}
    # Out of the area, not working directly, a duplicate, too late.
    expected |= {number: [("rejected", "niespelnione_kryteria", True)] for number in ("0009", "0015", "0016", "0025")}
    # One did not answer, the other photographed the first page of three and did not send the rest.
    expected |= {number: [("rejected", "brak_uzupelnienia", True)] for number in ("0019", "0022")}
    expected["0001"].append(("accepted", "zwolnione_miejsce", False))
    assert decided == expected


def test_who_sits_in_the_group(session: Session) -> None:
    states = {
        session.get_one(Application, row.application_id).number.removeprefix(REGISTER): row.state.value
        for row in session.exec(select(Membership)).all()
    }
    assert states == {**dict.fromkeys((*MAIN[:6], "0001"), "member"), "0023": "declined"}


def test_everybody_is_owed_what_was_reckoned_by_hand(session: Session) -> None:
    owed = {
        application.number.removeprefix(REGISTER): Pay(
            row.minutes,
            (row.gross, row.social, row.health, row.tax, row.net),
            row.state.value,
            tuple(block["code"] for block in row.blocks),
        )
        for row, application in session.exec(
            select(Stipend, Application)
            .join(Membership, col(Membership.id) == Stipend.membership_id)
            .join(Application, col(Application.id) == Membership.application_id)
        ).all()
    }
    assert owed == STIPENDS
    payable = [pay.amounts for pay in owed.values() if pay.state != "blocked"]
    assert (sum(one[0] for one in payable), sum(one[-1] for one in payable)) == (GROSS_TOTAL, NET_TOTAL)
    assert all(gross - social - health - tax == net for gross, social, health, tax, net in payable)


def test_the_bank_pays_five_and_the_ledger_says_so(session: Session) -> None:
    """All but 0018, whose bill has not come back, and 0001."""
    batch = session.exec(select(PayBatch)).one()
    ledger = session.exec(select(PayEntry.amount)).all()
    assert (batch.number, batch.state.value, batch.payments) == ("LP/0001/2018", "confirmed", 5)
    assert batch.total == sum(ledger) == NET_TOTAL - 506_00


def test_the_papers_of_the_recruitment_are_there(session: Session) -> None:
    papers = sorted((row.kind, row.version) for row in session.exec(select(IssuedDocument)).all() if row.kind != "mail")
    assert papers == sorted(
        [
            *[
                (kind, version)
                for kind in ("public_list", "public_page", "internal_list", "protocol", "protocol_annex")
                for version in (1, 2)
            ],
            *[("declaration", 1)] * 8,
            *[("attendance_sheet", 1)] * 2,
            *[("bill", 1)] * 6,
            # Of the meeting, and of the batch that paid it.
            *[("payment_list", 1)] * 2,
            ("payment_list_word", 1),
            ("bank_file", 1),
            ("bank_report", 1),
            # Five were asked to complete their form and got their own document back; the sixth had sent a picture.
            *[("correction_copy", 1)] * 5,
            ("blank_form", 1),
        ]
    )
