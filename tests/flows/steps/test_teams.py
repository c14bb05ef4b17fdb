"""Teams of an agreement: seats that follow its parties, who is named for them, their sectors and their meetings."""

import io
from datetime import date
from functools import cache

import people
import pytest
from conftest import Staged
from docx import Document
from form_filling import fill
from people import RITA, STRANGER, WORKER, go_to, send_in
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.admission import admit_call
from flows.steps.agreement_parties import find_agreement, parties_of
from flows.steps.agreements import accede, leave, open_agreement, sign
from flows.steps.appointments import issue_acts
from flows.steps.attendance import record
from flows.steps.documents import content_of, newest
from flows.steps.forms import blank_form
from flows.steps.institution_table import import_institutions
from flows.steps.institutions import Stated, add_institution, code_of, find_institution, set_institution
from flows.steps.meeting_records import issue_protocol, record_findings
from flows.steps.member_institutions import agreement_coverage
from flows.steps.project_view import project_view
from flows.steps.schedule_import import import_schedule
from flows.steps.teams import TeamShown, open_team, seats_astray, team_lines, team_shown
from flows.steps.todo import waiting_for_whom
from flows.steps.verification import to_verify, verify
from forms.reader import read_form
from models.errors import BadInput, NotFound, NotYet
from models.rules.sector_coverage import Coverage
from models.tables import Event, InstitutionSeat, Message, Team
from models.tables.nominations import InstitutionSeatState
from models.tables.projects import Manner

POLA = STRANGER
"""The officer of wielkopolskie, where these agreements are."""
INSTITUTIONS = people.KES / "samples" / "instytucje"
MIXES = {"swarzedz": ("3021163", 10), "krobia": ("3004033", 7), "srem": ("3026043", 11), "czerniejewo": ("3003023", 5)}
AREA, AGREEMENT, CALL = "3021163", "KES/POR/3021163/2019", "KES/PZK/3021163/2019"
MEETING = "pzk_swarzedz_1"


def agreed(office: Office, mix: str = "swarzedz", *, parties: int | None = None) -> list[str]:
    """An agreement that the institutions of a mix have signed (or the first so many); all their symbols."""
    people.open_kes_call(office)
    go_to(office, "2019-12-02T09:00")
    area, _ = MIXES[mix]
    with office.writing(POLA) as session:
        codes = list(import_institutions(session, "KES", INSTITUTIONS / f"{mix}.csv", actor=POLA, now=office.now()).new)
        open_agreement(session, "KES", area, deadline=date(2020, 2, 28), actor=POLA, now=office.now())
    signing = codes[:parties]
    sign(office, f"KES/POR/{area}/2019", signing, on=date(2019, 12, 2), manner=Manner.PAPER, actor=POLA)
    return codes


def with_team(office: Office) -> list[str]:
    """The team of Swarzędz, of six of its ten institutions."""
    codes = agreed(office, parties=6)
    open_team(office, AGREEMENT, actor=POLA)
    return codes


def join(office: Office, who: str, on: str = "2019-12-02") -> None:
    accede(office, AGREEMENT, who, on=date.fromisoformat(on), manner=Manner.PAPER, actor=POLA)


def out(office: Office, who: str, on: str) -> None:
    with office.writing(POLA) as session:
        leave(session, AGREEMENT, who, on=date.fromisoformat(on), actor=POLA, now=office.now())


def shown(office: Office, on: str = "2020-02-01") -> TeamShown:
    with office.reading(POLA) as session:
        return team_shown(session, CALL, on=date.fromisoformat(on))


def states(office: Office) -> dict[str, InstitutionSeatState]:
    return {one.institution: one.state for one in shown(office).seats}


def asked(office: Office) -> list[str]:
    """Recipients of all letters that ask for a person, in order."""
    with office.reading(WORKER) as session:
        rows = session.exec(select(Message).where(Message.event == "seat_invited").order_by(col(Message.id))).all()
        return [row.recipient for row in rows]


def astray(office: Office) -> list[tuple[str, str]]:
    with office.reading(POLA) as session:
        found = [(one.what.partition(" (")[0], one.reference) for one in seats_astray(session, now=office.now())]
        told = {(line.what.partition(" (")[0], line.reference) for line in waiting_for_whom(session, now=office.now())}
    assert set(found) <= told
    return found


@cache
def _blank() -> bytes:
    return blank_form(people.definition(), "zgloszenie_pzk")


@cache
def _read_once() -> people.FormReading:
    """A form for the team, filled in and read once; what differs is put in its place."""
    answers: dict[str, str | bool] = {
        "symbol_instytucji": "I1",
        **{key: value for key, value in people.candidate(0).items() if not key.startswith(("staz", "praca", "zakres"))},
        "rola_decyzyjna": "kieruję instytucją (np. dyrektor, kierownik, wójt, burmistrz, starosta, prezes)",
    }
    del answers["motywacja"]
    return read_form(fill(_blank(), answers), people.definition().forms)


def name_for(office: Office, who: str, i: int) -> str:
    """The institution names candidate ``i``, who meets the criteria and is seated; the number of the application."""
    before = set(people.numbers(office))
    with office.reading(POLA) as session:
        institution = find_institution(session, who)
    values = {
        "symbol_instytucji": code_of(institution),
        "nazwisko": f"Decyzyjna-{'abcdefghij'[i]}",
        "pesel": people.pesel(i),
        "email": f"decyzyjna{i}@example.org",
        "instytucja.nazwa": institution.name,
        "instytucja.obszar": institution.sector or "inne",
        "instytucja.nip": institution.nip or "7781346888",
    }
    form = _read_once()
    fields = tuple(people._changed(field, values) for field in form.fields)
    send_in(office, form.model_copy(update={"fields": fields}), at=f"{office.now():%Y-%m-%dT%H:%M}", call=CALL)
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())
        admit_call(session, CALL, actor=WORKER, now=office.now())
    (number,) = set(people.numbers(office)) - before
    return number


# Opening


@pytest.mark.parametrize("mix", MIXES)
def test_every_party_of_the_four_mixes_gets_a_seat_and_one_letter(sqlite_staged: Staged, mix: str) -> None:
    """domain.md §2.2: 10 institutions in Swarzędz, 7 in Krobia, 11 in Śrem, 5 in Czerniejewo."""
    office, codes = sqlite_staged(agreed, mix)
    area, size = MIXES[mix]
    opened = open_team(office, f"KES/POR/{area}/2019", answer_by=date(2020, 1, 15), actor=POLA)
    assert opened.call == f"KES/PZK/{area}/2019"
    assert (opened.invited, opened.unaddressed, opened.answer_by) == (tuple(codes), (), date(2020, 1, 15))
    assert asked(office) == [f"{mix}{n}@example.org" for n in range(1, size + 1)]
    with office.reading(POLA) as session:
        (line,) = team_lines(session, on=date(2019, 12, 2))
        assert (line.seats, line.named, len(line.missing)) == (size, 0, 9), "„inne” is missed by nobody"
    with pytest.raises(BadInput, match="ma już zespół PZK"):
        open_team(office, f"KES/POR/{area}/2019", actor=POLA)
    assert len(asked(office)) == size


def test_a_team_needs_parties_and_an_agreement_in_the_officers_area(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(agreed)
    with office.writing(POLA) as session:
        open_agreement(session, "KES", "3021", deadline=date(2020, 2, 28), actor=POLA, now=office.now())
    with pytest.raises(NotYet, match="nie ma jeszcze żadnej strony"):
        open_team(office, "KES/POR/3021/2019", actor=POLA)
    with pytest.raises(NotFound):
        open_team(office, AGREEMENT, actor=RITA)
    with pytest.raises(BadInput, match=r"--kind\). W projekcie są: PZK"):
        open_team(office, AGREEMENT, kind="PGD", actor=POLA)
    with pytest.raises(BadInput, match="nie może być wcześniejszy"):
        open_team(office, AGREEMENT, answer_by=date(2019, 12, 1), actor=POLA)
    with office.reading(WORKER) as session:
        assert session.exec(select(Team)).all() == []


# Keeping up with the parties


def test_a_newcomer_is_given_a_seat_once_and_one_that_leaves_loses_it(staged: Staged) -> None:
    office, codes = staged(with_team)
    join(office, codes[6])
    join(office, codes[6])
    assert list(states(office)) == codes[:7]
    assert asked(office)[6:] == ["swarzedz7@example.org"]
    go_to(office, "2019-12-10T09:00")
    out(office, codes[0], "2019-12-10")
    out(office, codes[0], "2019-12-10")
    assert states(office)[codes[0]] is InstitutionSeatState.CLOSED
    with office.reading(WORKER) as session:
        rows = session.exec(select(Message).where(Message.event == "seat_invited")).all()
        asks = [row for row in rows if row.recipient == "swarzedz1@example.org"]
        assert [row.state.value for row in asks] == ["withdrawn"], "what asks for a person has not left and does not"
        closed = session.exec(select(Event).where(Event.kind == "InstitutionSeatClosed")).all()
        assert len(closed) == 1
    join(office, codes[0], "2019-12-10")
    assert states(office)[codes[0]] is InstitutionSeatState.INVITED
    assert asked(office)[7:] == ["swarzedz1@example.org"], "who comes back is asked anew"
    assert astray(office) == []


def test_a_team_has_as_many_seats_as_parties_that_want_them(sqlite_staged: Staged) -> None:
    office, codes = sqlite_staged(with_team)
    out(office, codes[0], "2019-12-02")
    with office.reading(POLA) as session:
        view = project_view(session, "KES", actor=POLA, now=office.now())
    (line,) = [one for one in view.groups if one.call == CALL]
    assert (line.seats, line.seated, line.missing) == (5, 0, 5)


def test_who_sat_for_a_party_leaves_the_team_with_it(sqlite_staged: Staged) -> None:
    office, codes = sqlite_staged(with_team)
    number = name_for(office, codes[1], 1)
    assert {one.institution: one.number for one in shown(office).seats if one.number} == {codes[1]: number}
    go_to(office, "2020-01-20T09:00")
    out(office, codes[1], "2020-01-15")
    assert states(office)[codes[1]] is InstitutionSeatState.CLOSED
    assert [one.number for one in shown(office, "2020-01-14").seats if one.number] == [number]
    assert [one.number for one in shown(office, "2020-01-15").seats if one.number] == []


def test_what_does_not_follow_by_itself_waits_for_an_officer(sqlite_staged: Staged) -> None:
    """Somebody came to a meeting after the day on which the institution left; and a seat of no party."""
    office, codes = sqlite_staged(with_team)
    name_for(office, codes[1], 1)
    _met(office, [shown(office).seats[1].number])
    out(office, codes[1], "2020-01-10")
    assert states(office)[codes[1]] is InstitutionSeatState.NAMED
    what = "instytucja nie jest stroną porozumienia, a ma miejsce w zespole"
    assert astray(office) == [(what, f"{CALL} {codes[1]}")]


# Sectors


def covered(office: Office, on: str = "") -> Coverage:
    with office.reading(POLA) as session:
        return agreement_coverage(session, AGREEMENT, on=date.fromisoformat(on) if on else None)


def test_the_parties_of_a_day_cover_what_they_cover(sqlite_staged: Staged) -> None:
    office, codes = sqlite_staged(with_team)
    assert [one.code for one in covered(office).missing] == [
        *("ochrona_zdrowia", "sadownictwo", "policja", "kultura_sport_turystyka", "organizacje_pozarzadowe"),
    ]
    go_to(office, "2020-01-07T09:00")
    join(office, codes[6], "2020-01-07")
    with office.writing(POLA) as session:
        unknown = add_institution(
            session, "KES", Stated("Zespół Zmyślony", area=AREA), actor=POLA, now=office.now()
        ).institution
    join(office, code_of(unknown), "2020-01-07")
    now = covered(office)
    assert "kultura_sport_turystyka" not in [one.code for one in now.missing]
    assert now.unsettled == ("Zespół Zmyślony",)
    assert "Obszar nieustalony, instytucji: 1 (Zespół Zmyślony)." in now.said
    assert covered(office, "2020-01-06").total == 6
    with office.writing(POLA) as session:
        set_institution(session, "KES", code_of(unknown), Stated(sector="policja"), actor=POLA, now=office.now())
    assert covered(office).unsettled == ()


def test_the_team_covers_the_sectors_of_those_who_have_somebody_in_it(sqlite_staged: Staged) -> None:
    office, codes = sqlite_staged(with_team)
    for i, code in enumerate(codes[:3], start=1):
        name_for(office, code, i)
    found = shown(office).coverage
    assert {one.code: one.count for one in found.present} == {"oswiata": 2, "samorzad": 1}
    assert found.said.startswith("Brakuje obszarów (7): „pomoc i integracja społeczna”, „ochrona zdrowia”")


# Meetings and acts


def _met(office: Office, numbers: list[str]) -> None:
    """One meeting on 16 January 2020, to which these came."""
    planned = office.settings.data.parent / "pzk.csv"
    head = "Nabór;Kod;Tytuł;Data;Od;Do;Miejsce;Prowadzący;Program"
    row = f"{CALL};{MEETING};Spotkanie zespołu;16.01.2020;10:00;14:00;Swarzędz, ratusz;ROPS w Poznaniu;Diagnoza"
    planned.write_text(f"{head}\n{row}\n", encoding="utf-8")
    import_schedule(office, planned, actor=POLA)
    go_to(office, "2020-01-17T09:00")
    with office.writing(POLA) as session:
        for number in numbers:
            record(session, CALL, MEETING, date(2020, 1, 16), number, 240, actor=POLA, now=office.now())


def said(office: Office, subject: str) -> str:
    with office.reading(WORKER) as session:
        row = newest(session, "meeting_protocol", subject)
        assert row is not None
        document = Document(io.BytesIO(content_of(office, session, row)))
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells]).replace("\u00a0", " ")


def test_the_record_of_a_team_names_institutions_sectors_and_what_is_missing(staged: Staged) -> None:
    office, codes = staged(with_team)
    numbers = [name_for(office, code, i) for i, code in enumerate(codes[:4], start=1)]
    _met(office, numbers[:3])
    with office.writing(POLA) as session:
        record_findings(
            session,
            CALL,
            MEETING,
            worked_out=["Uzgodniono wspólną diagnozę."],
            verified=[],
            hosts=["Gmina Swarzędz", "Ośrodek Pomocy Społecznej w Swarzędzu"],
            actor=POLA,
            now=office.now(),
        )
    assert issue_protocol(office, CALL, MEETING, actor=POLA) == 3
    text = said(office, f"{CALL}:{MEETING}")
    for part in (
        "Partnerski Zespół Kooperacji – gmina Swarzędz",
        "16 stycznia 2020 r.",
        "Powiat\npoznański\nGmina\nSwarzędz\nMiejsce\nSwarzędz, ratusz",
        "Gospodarze\nGmina Swarzędz\nOśrodek Pomocy Społecznej w Swarzędzu\nProwadzenie\nROPS w Poznaniu",
        "1.\nGmina Swarzędz\nsamorząd\n2.\nSzkoła Podstawowa nr 1 w Swarzędzu\noświata\n3.",
        "Razem: 3 instytucje, 3 osoby.",
        "oświata\n2\nochrona zdrowia\n–",
        "Brakuje obszarów (7): „pomoc i integracja społeczna”, „ochrona zdrowia”, „rynek pracy”",
        "Decyzyjna-b",
        "Uzgodniono wspólną diagnozę.",
    ):
        assert part in text
    assert "Decyzyjna-e" not in text, "who was not there"
    issue_protocol(office, CALL, MEETING, by_institution=True, actor=POLA)
    nameless = said(office, f"{CALL}:{MEETING}:instytucje")
    assert "Decyzyjna" not in nameless
    assert "Brakuje obszarów (7)" in nameless


def test_a_named_decision_maker_is_appointed_in_the_name_of_the_institution(sqlite_staged: Staged) -> None:
    office, codes = sqlite_staged(with_team)
    name_for(office, codes[1], 1)
    (line,) = issue_acts(office, CALL, actor=POLA)
    assert line.number == "POW/PZK/0001/2019"
    with office.reading(WORKER) as session:
        row = newest(session, "appointment_act", line.number)
        assert row is not None
        paragraphs = [one.text for one in Document(io.BytesIO(content_of(office, session, row))).paragraphs]
    assert "Szkoła Podstawowa nr 1 w Swarzędzu" in "\n".join(paragraphs).replace("\u00a0", " ")


def test_parties_and_seats_stay_together_whatever_happens(sqlite_staged: Staged) -> None:
    office, codes = sqlite_staged(with_team)
    for code in codes[6:]:
        join(office, code)
    for code in codes[::3]:
        out(office, code, "2019-12-02")
    join(office, codes[3])
    with office.reading(POLA) as session:
        parties = {one.institution_id for one in parties_of(session, find_agreement(session, AGREEMENT))}
        seats = session.exec(select(InstitutionSeat)).all()
    assert {one.institution_id for one in seats if one.state is not InstitutionSeatState.CLOSED} == parties
    assert len(asked(office)) == len(codes) + 1
