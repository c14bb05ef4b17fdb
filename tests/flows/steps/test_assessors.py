"""Merit assessment: applications shared out, sheets recorded, points that count, and who stays out of it."""

import io
import json
from pathlib import Path

import openpyxl
import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from docx import Document
from people import ADAM, CALL, KINGA, KLARA, KONRAD, RITA, STRANGER, WORKER, cast, go_to, ranked, rise, sit, verified
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.applications import find_application
from flows.steps.assessment_papers import TableTaken, take_table, write_papers
from flows.steps.assessments import AssessmentLine, assessment_lines, sheet_lines_of
from flows.steps.assessors import Filled, Recorded, Shared, give, record, share_out
from flows.steps.calls import find_call
from flows.steps.commission import appoint, dismiss, recuse
from flows.steps.decisions import decide_as_proposed
from flows.steps.documents import content_of
from flows.steps.protocol_checks import check_call, check_file
from flows.steps.todo import waiting_for_whom
from flows.steps.todo_line import TodoLine
from flows.steps.verification import newest_sheet
from models.actor import Actor
from models.errors import BadInput, IllegalMove, NaborError, NotAllowed, NotYet
from models.events import Happened
from models.rules.assessment import AssessmentRules, Reckoning
from models.sealed_document import sealed
from models.tables import Event, IssuedDocument, Recusal
from models.tables.applications import ApplicationState
from models.tables.commission import MemberFunction, RecusalCause

MOTIVATION, RECORD = "ocena_motywacji", "ocena_dorobku"
WORDS = {MOTIVATION: "Jasno opisana motywacja.", RECORD: "Dorobek zgodny z tematem."}


def shared(office: Office, actor: Actor = RITA) -> Shared:
    with office.writing(actor) as session:
        return share_out(session, CALL, actor=actor, now=office.now())


def enter(
    office: Office,
    login: str,
    number: str,
    *points: int,
    impartial: bool = True,
    reason: str = "",
    actor: Actor = RITA,
) -> Recorded:
    with office.writing(actor) as session:
        given = dict(zip((MOTIVATION, RECORD), points, strict=False))
        sheet = Filled(number, impartial, given, WORDS)
        return record(session, CALL, login, sheet, reason=reason, actor=actor, now=office.now())


def lines(office: Office) -> list[AssessmentLine]:
    with office.reading(WORKER) as session:
        return assessment_lines(session, find_call(session, CALL))


def state(office: Office, number: str) -> tuple[ApplicationState, int]:
    """The state of an application and its points of merit."""
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        sheet = newest_sheet(session, application)
        return application.state, sheet.merit if sheet is not None else -1


def todo(office: Office) -> list[TodoLine]:
    with office.reading(WORKER) as session:
        return waiting_for_whom(session, now=office.now())


def logins(office: Office, number: str) -> list[str]:
    """Who has an application, by symbol."""
    (line,) = [one for one in lines(office) if one.number == number]
    return [{"P1": "kinga", "S1": "konrad", "C1": "klara"}[symbol] for symbol in line.assessors]


def test_every_application_goes_to_two_members_and_everybody_gets_as_many(staged: Staged) -> None:
    office, numbers = staged(people.assessed_call, 3)
    found = shared(office)
    assert found.short == ()
    assert [number for number, _ in found.assigned] == [one for one in numbers for _ in range(2)]
    symbols = [symbol for _, symbol in found.assigned]
    assert {symbol: symbols.count(symbol) for symbol in symbols} == {"P1": 2, "C1": 2, "S1": 2}
    assert all(len(set(line.assessors)) == 2 for line in lines(office))
    assert shared(office).assigned == ()


def test_the_mean_of_two_sheets_are_the_points_and_the_last_one_judges(staged: Staged) -> None:
    office, (number, *_) = staged(people.assessed_call, 2)
    shared(office)
    first, second = logins(office, number)
    before, by_rules = state(office, number)
    assert before is ApplicationState.COMPLETE
    assert enter(office, first, number, 7, 4) is Recorded.NEW
    assert state(office, number)[0] is ApplicationState.COMPLETE
    assert enter(office, second, number, 8, 4) is Recorded.NEW
    assert state(office, number) == (ApplicationState.ELIGIBLE, by_rules + 8 + 4)
    assert [line.points for line in lines(office)] == [12, None]
    with office.reading(WORKER) as session:
        facts = [one.facts for one in session.exec(select(Event).where(Event.kind == Happened.ASSESSED)).all()]
        # By symbol, and no points: the other assessor may read an application's story before giving theirs.
        assert [sorted(one) for one in facts] == [["symbol", "version"]] * 2


def test_a_minimum_that_the_commission_does_not_give_is_not_met(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    shared(office)
    for login in logins(office, number):
        enter(office, login, number, 10, 1)
    assert state(office, number)[0] is ApplicationState.NOT_ELIGIBLE


def test_nobody_sees_the_others_points_before_giving_their_own(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    people.redefined(office, assessment=AssessmentRules(spread=2))
    shared(office)
    first, second = logins(office, number)
    enter(office, first, number, 7, 4)

    def seen(login: str) -> tuple[int, AssessmentLine]:
        with office.reading(WORKER) as session:
            found = len(sheet_lines_of(session, number, viewer=login))
            return found, assessment_lines(session, find_call(session, CALL), viewer=login)[0]

    with pytest.raises(NotYet, match="po oddaniu własnej karty"):
        seen(second)
    assert seen(first)[0] == seen("rita")[0] == 2
    enter(office, second, number, 2, 4)
    assert seen(second)[0] == 4
    assert seen(second)[1].points == lines(office)[0].points == 9


def test_an_assessor_too_many_gives_nobody_another_one(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    people.redefined(office, assessment=AssessmentRules(assessors=1))
    for login in ("kinga", "klara"):
        with office.writing(RITA) as session:
            give(session, CALL, number, login, actor=RITA, now=office.now())
    assert shared(office) == Shared((), ())


def test_the_same_sheet_again_changes_nothing_and_another_needs_a_reason(staged: Staged) -> None:
    office, (number,) = staged(people.assessed_call, 1)
    shared(office)
    first, second = logins(office, number)
    enter(office, first, number, 7, 4)
    assert enter(office, first, number, 7, 4) is Recorded.UNCHANGED
    with pytest.raises(BadInput, match="wymaga powodu"):
        enter(office, first, number, 3, 4)
    enter(office, second, number, 7, 4)
    before = state(office, number)
    assert enter(office, first, number, 3, 4, reason="Pomyłka w przepisaniu.") is Recorded.CHANGED
    assert state(office, number) == (ApplicationState.ELIGIBLE, before[1] - 2)
    with office.reading(WORKER) as session:
        told = [(one.version, one.code, one.points, one.counts) for one in sheet_lines_of(session, number)]
    assert told[:4] == [
        (1, RECORD, 4, False),
        (1, MOTIVATION, 7, False),
        (2, RECORD, 4, True),
        (2, MOTIVATION, 3, True),
    ]


MISTAKES = {
    "too many": ((11, 4), WORDS, "od 0 do 10"),
    "missing": ((7,), WORDS, "Brakuje punktów w kryterium „Dorobek”"),
    "unjustified": ((7, 4), {MOTIVATION: " "}, "Brakuje uzasadnienia w kryterium „Motywacja”"),
}


@pytest.mark.parametrize(("points", "words", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_faulty_sheet_is_refused_with_its_mistakes(
    sqlite_staged: Staged, points: tuple[int, ...], words: dict[str, str], said: str
) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    shared(office)
    sheet = Filled(number, True, dict(zip((MOTIVATION, RECORD), points, strict=False)), words)
    with pytest.raises(BadInput, match=said), office.writing(RITA) as session:
        record(session, CALL, logins(office, number)[0], sheet, actor=RITA, now=office.now())
    assert lines(office)[0].given == 0


def test_nobody_assesses_an_application_of_their_own_institution(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    with office.writing(ADAM) as session:
        dismiss(session, "KES", "kinga", scope="22", actor=ADAM, now=office.now())
        appoint(
            session, "KES", "kinga", function=MemberFunction.CHAIR, scope="22", institution_nip="7781346888",
            actor=ADAM, now=office.now(),
        )  # fmt: skip
    assert [symbol for _, symbol in shared(office).assigned] == ["C1", "S1"]
    with office.reading(WORKER) as session:
        assert session.exec(select(Recusal.cause)).all() == [RecusalCause.SAME_INSTITUTION]
    with pytest.raises(NotAllowed, match="wyłączon"), office.writing(RITA) as session:
        give(session, CALL, number, "kinga", actor=RITA, now=office.now())


def test_a_declared_conflict_sets_the_sheet_aside_and_another_member_takes_over(staged: Staged) -> None:
    office, (number,) = staged(people.assessed_call, 1)
    shared(office)
    first, second = logins(office, number)
    enter(office, first, number, 10, 6)
    assert enter(office, second, number, impartial=False) is Recorded.RECUSED
    with pytest.raises(NotAllowed, match="wyłączon"):
        enter(office, second, number, 10, 6)
    (assigned,) = shared(office).assigned
    third = ({"kinga", "konrad", "klara"} - {first, second}).pop()
    assert logins(office, number) == [first, third]
    assert assigned[0] == number
    enter(office, third, number, 4, 4)
    assert lines(office)[0].points == 7 + 5


def test_a_later_recusal_opens_an_assessment_that_was_complete(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    shared(office)
    first, second = logins(office, number)
    enter(office, first, number, 10, 6)
    enter(office, second, number, 10, 6)
    with office.writing(RITA) as session:
        recuse(session, CALL, first, number, reason="wspólny projekt", actor=RITA, now=office.now())
    verified(office, "2018-07-04T09:00")
    assert state(office, number)[0] is ApplicationState.COMPLETE
    assert len(shared(office).assigned) == 1


def test_too_few_assessors_are_told_by_number(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    with office.writing(RITA) as session:
        for login in ("konrad", "klara"):
            recuse(session, CALL, login, number, reason="wspólny projekt", actor=RITA, now=office.now())
    assert shared(office) == Shared(((number, "P1"),), (number,))


def test_a_wide_spread_waits_for_a_further_assessor(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    people.redefined(office, assessment=AssessmentRules(spread=5, further_assessor=True))
    shared(office)
    first, second = logins(office, number)
    enter(office, first, number, 10, 6)
    enter(office, second, number, 4, 6)
    assert state(office, number)[0] is ApplicationState.COMPLETE
    assert [(line.what, line.who) for line in todo(office) if line.reference == number] == [
        ("oceny są rozbieżne (6 pkt); potrzebna kolejna ocena", "Komisja")
    ]
    ((_, symbol),) = shared(office).assigned
    third = logins(office, number)[2]
    assert symbol == lines(office)[0].assessors[2]
    enter(office, third, number, 7, 6)
    assert state(office, number)[0] is ApplicationState.ELIGIBLE
    assert lines(office)[0].points == 7 + 6


def test_of_a_sum_nobody_gets_a_further_sheet(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    people.redefined(office, assessment=AssessmentRules(reckoning=Reckoning.SUM))
    shared(office)
    third = ({"kinga", "konrad", "klara"} - set(logins(office, number))).pop()
    with pytest.raises(BadInput, match="zmieniłaby sumę"), office.writing(RITA) as session:
        give(session, CALL, number, third, actor=RITA, now=office.now())
    with pytest.raises(BadInput, match="od 0 do 5"):
        enter(office, logins(office, number)[0], number, 6, 3)
    for login in logins(office, number):
        enter(office, login, number, 5, 3)
    assert lines(office)[0].points == 10 + 6


def test_what_waits_is_told_to_the_commission(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)

    def told() -> list[str]:
        return [line.what for line in todo(office) if line.reference == number]

    assert told() == ["zgłoszenie czeka na przydzielenie do oceny (nabor assessment assign)"]
    shared(office)
    enter(office, logins(office, number)[0], number, 5, 3)
    assert told() == ["brakuje kart oceny: 1 z 2"]


def test_who_may_enter_whose_sheet(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    shared(office)
    first, second = logins(office, number)
    assert {first, second} == {"klara", "kinga"}
    with pytest.raises(NotAllowed, match="pracownik albo sekretarz"):
        enter(office, "klara", number, 5, 3, actor=KINGA)
    assert enter(office, "klara", number, 5, 3, actor=KLARA) is Recorded.NEW
    assert enter(office, "kinga", number, 5, 3, actor=KONRAD) is Recorded.NEW  # the secretary
    assert state(office, number)[0] is ApplicationState.ELIGIBLE
    with office.reading(WORKER) as session:
        judged = session.exec(select(Event.actor).where(Event.kind == Happened.VERIFIED_ELIGIBLE)).one()
    assert judged == "process:verification"


REFUSED: dict[str, tuple[type[NaborError], str]] = {
    "not given": (NotYet, "nie przydzielono do oceny"),
    "not a member": (NotYet, "nie przydzielono do oceny"),
    "another area": (NaborError, "Nie ma naboru"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_sheet_of_one_who_does_not_assess_is_refused(sqlite_staged: Staged, case: str) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    shared(office)
    login = {"not given": "konrad", "not a member": "filip", "another area": "kinga"}[case]
    error, words = REFUSED[case]
    with pytest.raises(error, match=words):
        enter(office, login, number, 5, 3, actor=STRANGER if case == "another area" else RITA)


def test_after_the_decision_no_sheet_changes(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(people.assessed_call, 1)
    shared(office)
    first, second = logins(office, number)
    enter(office, first, number, 5, 3)
    enter(office, second, number, 5, 3)
    ranked(office)
    sit(office)
    cast(office)
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    with pytest.raises(IllegalMove, match="kart oceny już się nie zmienia"):
        enter(office, first, number, 9, 3, reason="za późno")


def test_a_call_without_points_of_assessors_says_so(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(people.ranked_call, 1)
    with pytest.raises(BadInput, match="Komisja nie ocenia merytorycznie"):
        shared(office)
    assert lines(office) == []


def test_who_assesses_what_only_grows(staged: Staged) -> None:
    office, (number,) = staged(people.assessed_call, 1)
    shared(office)
    enter(office, logins(office, number)[0], number, 5, 3)
    for statement in (
        "DELETE FROM assessment_task",
        "UPDATE assessment_task SET member_id = 1",
        "DELETE FROM assessment_sheet",
        "UPDATE assessment_sheet SET points = '{}'",
    ):
        with office.store.engine.connect() as connection, pytest.raises(DBAPIError, match="is append-only"):
            connection.execute(sa.text(statement))
    with office.store.engine.connect() as connection:  # as a rotation of keys does
        connection.execute(sa.text("UPDATE assessment_sheet SET reasons = reasons"))


# Papers


def papers(office: Office, folder: Path, actor: Actor = RITA) -> list[str]:
    return [str(path.relative_to(folder)) for path in write_papers(office, CALL, folder, actor=actor)]


def take(office: Office, data: bytes, *, reason: str = "", actor: Actor = RITA) -> TableTaken:
    with office.writing(actor) as session:
        return take_table(session, data, reason=reason, actor=actor, now=office.now())


def typed(path: Path, *rows: tuple[str, ...]) -> bytes:
    """The table as it comes back with these answers: impartial, then points and reason by rule."""
    book = openpyxl.load_workbook(path)
    page = book["Oceny"]
    for line, texts in enumerate(rows, start=5):
        for column, text in enumerate(texts, start=2):
            page.cell(line, column).value = text
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


GOOD = ("tak", "7", "Jasno.", "4", "Zgodny.")


def test_the_papers_say_what_the_commission_may_see_and_nothing_else(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, (first, second) = sqlite_staged(people.assessed_call, 2)
    shared(office)
    written = papers(office, tmp_path)
    assert sum(name.endswith(".docx") for name in written) == 4
    assert {name for name in written if name.endswith(".xlsx")} == {
        f"{one}/oceny-{one}.xlsx" for one in {name.partition("/")[0] for name in written}
    }
    name = next(name for name in written if name.endswith(".docx") and first.replace("/", "-") in name)
    document = Document(str(tmp_path / name))
    text = "\n".join(
        [one.text for one in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    ).replace("\u00a0", " ")
    answers = people.candidate(0)
    for shown in (
        "Zmyślona Próbna-a",
        "Instytucja Próbna",
        "Chcę współpracować.",
        "Żukowo",
        "Motywacja (§ 5 ust. 4)",
        first,
    ):
        assert shown in text
    for key in ("pesel", "email", "telefon", "adres.ulica", "data_urodzenia"):
        assert str(answers[key]) not in text
    assert second not in text
    with office.reading(WORKER) as session:
        exported = session.exec(select(Event).where(Event.kind == Happened.EXPORTED)).one()
        assert exported.facts == {"assessment_papers": len(written)}


def test_a_member_gets_only_their_own_papers(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(people.assessed_call, 3)
    shared(office)
    assert {name.partition("/")[0] for name in papers(office, tmp_path, KLARA)} == {"C1"}
    with pytest.raises(NotAllowed):
        write_papers(office, CALL, tmp_path, login="kinga", actor=KLARA)
    with pytest.raises(BadInput, match="nie może leżeć w folderze danych"):
        write_papers(office, CALL, office.settings.data / "karty", actor=RITA)


def test_a_table_comes_back_whole_and_again_changes_nothing(staged: Staged, tmp_path: Path) -> None:
    office, numbers = staged(people.assessed_call, 3)
    shared(office)
    papers(office, tmp_path)
    table = typed(tmp_path / "P1" / "oceny-P1.xlsx", GOOD, ("nie",))
    taken = take(office, table)
    assert (taken.login, taken.new, taken.recused, taken.blank) == ("kinga", 1, 1, 0)
    again = typed(tmp_path / "P1" / "oceny-P1.xlsx", GOOD)
    taken = take(office, again)
    assert (taken.new, taken.unchanged, taken.blank) == (0, 1, 1)
    assert sum(line.given for line in lines(office)) == 1
    assert len(numbers) == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("", *GOOD[1:]), "bezstronności"),
        (("tak", "7,5", *GOOD[2:]), "„7,5” w kryterium „Motywacja” to nie są całe punkty"),
        (("tak", "12", *GOOD[2:]), "od 0 do 10 pkt, a wpisano 12"),
        (("tak", "7", "", "4", "Zgodny."), "Brakuje uzasadnienia"),
    ],
)
def test_one_bad_row_and_nothing_is_recorded(
    sqlite_staged: Staged, tmp_path: Path, row: tuple[str, ...], said: str
) -> None:
    office, _ = sqlite_staged(people.assessed_call, 3)
    shared(office)
    papers(office, tmp_path)
    with pytest.raises(BadInput) as refused:
        take(office, typed(tmp_path / "P1" / "oceny-P1.xlsx", GOOD, row))
    assert "niczego nie zapisano" in str(refused.value)
    assert "Wiersz 6 " in str(refused.value)
    assert said in str(refused.value)
    assert sum(line.given for line in lines(office)) == 0


def protocolled(office: Office) -> list[str]:
    """Two assessed applications, voted on, decided and announced."""
    numbers = people.assessed_call(office, 2)
    shared(office)
    for number in numbers:
        for login, points in zip(logins(office, number), ((7, 4), (10, 5)), strict=True):
            enter(office, login, number, *points)
    ranked(office)
    sit(office)
    cast(office)
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    rise(office)
    go_to(office, "2018-07-06T09:00")
    announce(office, CALL, actor=RITA)
    return numbers


def issued(office: Office, kind: str) -> bytes:
    with office.reading(WORKER) as session:
        row = session.exec(select(IssuedDocument).where(IssuedDocument.kind == kind)).one()
        return content_of(office, session, row)


def test_the_protocol_tells_who_gave_what_by_symbol_and_can_be_reckoned_again(staged: Staged) -> None:
    office, numbers = staged(protocolled)
    with office.reading(WORKER) as session:
        assert check_call(office, session, CALL, actor=WORKER).flaws == ()
    annex = issued(office, "protocol_annex")
    assert check_file(annex).flaws == ()
    body = json.loads(annex)["body"]
    assert [one["number"] for one in body["assessment"]["applications"]] == numbers
    assert "Jasno opisana" not in annex.decode()
    document = Document(io.BytesIO(issued(office, "protocol")))
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    symbols = [sheet["symbol"] for sheet in body["assessment"]["applications"][0]["sheets"]]
    assert [numbers[0], f"{symbols[0]}: 11; {symbols[1]}: 15", "14"] in cells

    body["assessment"]["applications"][1]["sheets"][0]["points"][MOTIVATION] -= 2
    (flaw,) = check_file(sealed(body)).flaws
    assert (flaw.place, flaw.number) == ("$.assessment.applications[1].points", numbers[1])
    assert flaw.sentence == "z kart oceny wynika 13 pkt, a zapisano 14."


def test_a_recusal_of_after_the_protocol_changes_nothing_of_it(sqlite_staged: Staged) -> None:
    office, numbers = sqlite_staged(protocolled)
    go_to(office, "2018-07-09T09:00")
    login = logins(office, numbers[0])[0]
    with office.writing(RITA) as session:
        recuse(session, CALL, login, numbers[0], reason="wyszło na jaw później", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert check_call(office, session, CALL, actor=WORKER).flaws == ()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"numer;punkty\n"])
def test_what_is_no_table_is_refused(sqlite_staged: Staged, data: bytes) -> None:
    office, _ = sqlite_staged(people.assessed_call, 1)
    with pytest.raises(BadInput, match="To nie jest arkusz ocen"):
        take(office, data)


def test_a_formula_is_not_a_number(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(people.assessed_call, 1)
    shared(office)
    papers(office, tmp_path)
    with pytest.raises(BadInput, match="wiersz 5: stoi tu formuła"):
        take(office, typed(tmp_path / "P1" / "oceny-P1.xlsx", ("tak", "=1+1", "", "4", "")))
