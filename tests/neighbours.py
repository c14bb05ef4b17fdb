"""An office of two areas: powiat kartuski, full of everything, and beside it powiat gostyński of another voivodship.

The coordinator of powiat gostyński and the partner of wielkopolskie have every role there is, so only their area can
keep anything from them.
"""

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path

import people
from people import EMPLOYED, SECRET, WORKER, everything, go_to, reading, send_in
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.agreements import invite as ask_to_sign
from flows.steps.agreements import open_agreement, sign
from flows.steps.announcement import announce
from flows.steps.appeals import file_appeal
from flows.steps.attendance import record
from flows.steps.attendance_files import keep_scans
from flows.steps.batch_approval import approve
from flows.steps.batch_files import export_batch
from flows.steps.batch_freezing import freeze
from flows.steps.calls import open_call
from flows.steps.commission import appoint, close_session, open_session
from flows.steps.contract_records import record_contract
from flows.steps.cooperation import issue_cooperation_declaration, record_declaration
from flows.steps.decisions import decide, decide_as_proposed
from flows.steps.free_letters import write_letter
from flows.steps.institutions import Signatory, Stated, add_institution, code_of, name_representative
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.memberships import answer_offer
from flows.steps.officers import add_officer
from flows.steps.ranking import rank_call
from flows.steps.schedule_import import import_schedule
from flows.steps.statements import record_statement
from flows.steps.stipend_records import record_signed_bill
from flows.steps.stipends import settle_meeting
from flows.steps.support import grant_support
from flows.steps.support_sessions import Planned, plan_session
from flows.steps.verification import to_verify, verify
from models.actor import Actor, Role
from models.tables import Stipend
from models.tables.commission import MemberFunction
from models.tables.decisions import DecisionOutcome
from models.tables.outbox import Audience
from models.tables.projects import Manner

POWIAT, VOIVODSHIP, GMINA = "3004", "30", "3004033"
OWN_CALL = "KES/PGR/3004/2018"
REGIONAL_CALL = "KES/RGR/30/2018"
OWN_MEETING = "pgr_gostynski_1"
OWN_DAYS = (date(2018, 10, 27), date(2018, 10, 28))
OWN_LATER = "pgr_gostynski_2"
IN_BOTH = 0
"""The candidate of both areas: a member of the group in powiat kartuski, and accepted in powiat gostyński."""
OWN_AGREEMENT = "KES/POR/3004/2018"
OWN_ACCOUNTS = ("68999900000000000000000010", "41999900000000000000000011")
OWN_PAID, OWN_UNPAID, OWN_BATCH = "R/0003/2018", "R/0004/2018", "LP/0002/2018"
PAID_ON = date(2018, 11, 15)
REGIONAL_BODY = "Instytut Regionalny Wymyślony"
_EVERY_ROLE = frozenset(role for role in Role if role is not Role.PROCESS)

COORDINATOR = Actor("koordynator", _EVERY_ROLE, POWIAT)
PARTNER = Actor("partnerka", _EVERY_ROLE, VOIVODSHIP)
SECOND = Actor("druga-partnerka", _EVERY_ROLE, VOIVODSHIP)
"""Decides, and lets go what the first has prepared."""
THIRD = Actor("trzecia-partnerka", _EVERY_ROLE, VOIVODSHIP)
"""Makes the ranking and the bank file, so that the others may decide on both."""


def recruiting(office: Office) -> people.Everything:
    """The office of everything in powiat kartuski, and a ranked call in powiat gostyński whose commission sits: four
    applications, one of them of somebody who has a seat in powiat kartuski, and one that changed what nobody asked for.
    """
    found = everything(office)
    _accounts(office)
    _applied(office)
    return found


def two_areas(office: Office) -> people.Everything:
    """The same, and the recruitment in powiat gostyński went on up to a payment."""
    found = recruiting(office)
    _decided(office)
    _met(office)
    _supported(office)
    _agreed(office)
    _paid(office)
    return found


def _accounts(office: Office) -> None:
    with office.writing(people.ADAM) as session:
        for one in (COORDINATOR, PARTNER, SECOND):
            add_officer(
                session,
                one.login,
                name="Swojska Bliska",
                secret=SECRET,
                roles=one.roles,
                scope=one.scope,
                actor=people.ADAM,
                now=office.now(),
            )
        for one, scope in ((COORDINATOR, POWIAT), (PARTNER, VOIVODSHIP)):
            function = MemberFunction.CHAIR
            appoint(session, "KES", one.login, function=function, scope=scope, actor=people.ADAM, now=office.now())


def _applied(office: Office) -> None:
    now = go_to(office, "2018-10-02T08:00")
    with office.writing(PARTNER) as session:
        for kind, area in (("PGR", POWIAT), ("RGR", VOIVODSHIP)):
            opens, closes = people.moment("2018-10-02T08:00"), people.moment("2018-10-05T15:30")
            open_call(session, "KES", kind, area, opens_at=opens, closes_at=closes, actor=PARTNER, now=now)
    go_to(office, "2018-10-04T09:00")
    home = {"adres.gmina": GMINA, "adres.miejscowosc": "Krobia", "instytucja.nazwa": "Dom Próbny w Krobi"}
    for hour, (i, surname) in enumerate(((20, "Bliska-a"), (21, "Bliska-b"), (22, "Bliska-c"))):
        own = {"imie": "Swojska", "nazwisko": surname, "email": f"blisko{i}@example.org", "instytucja.gmina": GMINA}
        changes = {**own, **home, **({"telefon": None} if i == 22 else {})}
        send_in(office, reading(i, changes), at=f"2018-10-03T{10 + hour}:00")
    mended = {**own, **home, "instytucja.stanowisko": "kierowniczka"}
    send_in(office, reading(22, mended), at="2018-10-03T13:00")
    send_in(office, reading(IN_BOTH, {"instytucja.gmina": GMINA}), at="2018-10-03T14:00")
    now = go_to(office, "2018-10-08T09:00")
    with office.writing(PARTNER) as session:
        verify(session, to_verify(session, OWN_CALL), actor=PARTNER, now=now)
        rank_call(session, OWN_CALL, actor=THIRD, now=now)
        open_session(session, OWN_CALL, place="sala", remote=False, held_on=None, actor=PARTNER, now=now)


def _decided(office: Office) -> None:
    """The third is refused and appeals; the fourth has not answered yet."""
    now = office.now()
    with office.writing(SECOND) as session:
        close_session(session, OWN_CALL, actor=SECOND, now=now)
        refused = {"outcome": DecisionOutcome.REJECTED, "reason_code": "brak_miejsc", "note": None}
        decide(session, f"{OWN_CALL}/0003", **refused, actor=SECOND, now=now)
        decide_as_proposed(session, OWN_CALL, actor=SECOND, now=now)
    announce(office, OWN_CALL, actor=PARTNER)
    with office.writing(PARTNER) as session:
        for i in (1, 2):
            answer_offer(session, f"{OWN_CALL}/{i:04d}", accepts=True, actor=PARTNER, now=now)
        write_letter(session, OWN_CALL, Audience.MEMBERS, subject="Nasze", content="u nas.", actor=PARTNER, now=now)
    letter = {"file_name": "odwolanie.pdf", "content": b"%PDF nasze", "received_at": now, "channel": "email"}
    file_appeal(office, f"{OWN_CALL}/0003", **letter, actor=PARTNER)


def schedule(folder: Path, call: str, code: str, title: str, days: Sequence[date] = OWN_DAYS) -> Path:
    """A Harmonogram of one meeting."""
    head = "Nabór;Kod;Tytuł;Data;Od;Do;Miejsce;Prowadzący;Program"
    lines = [f"{call};{code};{title};{day:%d.%m.%Y};9:00;15:00;Tu;Tam;Praca" for day in days]
    path = folder / f"{code}.csv"
    path.write_text("\n".join([head, *lines]))
    return path


def _met(office: Office) -> None:
    folder = office.settings.data.parent
    import_schedule(office, schedule(folder, OWN_CALL, OWN_MEETING, "Nasze spotkanie"), actor=PARTNER)
    later = schedule(folder, OWN_CALL, OWN_LATER, "Nasze następne", days=(date(2018, 12, 1),))
    import_schedule(office, later, actor=PARTNER)
    now = office.now()
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=now):
            invite(session, meeting, actor=WORKER, now=now)
    now = go_to(office, "2018-10-29T09:00")
    with office.writing(PARTNER) as session:
        for number in (f"{OWN_CALL}/0001", f"{OWN_CALL}/0002"):
            for day in OWN_DAYS:
                record(session, OWN_CALL, OWN_MEETING, day, number, 360, actor=PARTNER, now=now)
    keep_scans(office, OWN_CALL, OWN_MEETING, OWN_DAYS[0], [("lista.jpg", b"\xff\xd8\xff own")], actor=PARTNER)


def _supported(office: Office) -> None:
    """The first member may be coached alone and together with others, and is to come to one session."""
    now, first, day = office.now(), f"{OWN_CALL}/0001", OWN_DAYS[0]
    with office.writing(PARTNER) as session:
        for kind in ("coaching_indywidualny", "coaching_grupowy"):
            grant_support(session, first, kind, first_day=day, actor=PARTNER, now=now)
        planned = Planned(day, time(18), time(19), "Nasza rozmowa.", "Swojska Prowadząca")
        plan_session(session, "coaching_grupowy", [first], planned, actor=PARTNER, now=now)


def _agreed(office: Office) -> None:
    now = office.now()
    with office.writing(PARTNER) as session:
        near = Stated("Dom Próbny w Krobi", area=GMINA, email="dom@example.org")
        added = add_institution(session, "KES", near, actor=PARTNER, now=now)
        signs = Signatory("Swojska Bliska-Dyrektorska", "dyrektorka")
        name_representative(session, code_of(added.institution), signs, since=now.date(), actor=PARTNER, now=now)
        add_institution(session, "KES", Stated(REGIONAL_BODY, area=VOIVODSHIP), actor=PARTNER, now=now)
        open_agreement(session, "KES", POWIAT, deadline=date(2018, 12, 31), actor=PARTNER, now=now)
        issue_cooperation_declaration(office, session, "KES", GMINA, actor=PARTNER, now=now)
        near_code = code_of(added.institution)
    ask_to_sign(office, OWN_AGREEMENT, [near_code], actor=PARTNER)
    sign(office, OWN_AGREEMENT, [near_code], on=now.date(), manner=Manner.PAPER, actor=PARTNER)
    record_declaration(office, "KES", GMINA, signed_on=now.date(), manner=Manner.PAPER, actor=PARTNER)


def _paid(office: Office) -> None:
    """Both bills are made; one is signed, approved, and its file with the bank."""
    now = office.now()
    with office.writing(PARTNER) as session:
        for i, contract in enumerate(("UZ/90/2018", "UZ/91/2018")):
            number, signed = f"{OWN_CALL}/{i + 1:04d}", date(2018, 10, 10)
            record_contract(session, number, contract_number=contract, signed_on=signed, actor=PARTNER, now=now)
            statement = {"account": OWN_ACCOUNTS[i], "valid_from": date(2018, 9, 1)}
            record_statement(session, number, EMPLOYED, **statement, actor=PARTNER, now=now)
    settle_meeting(office, OWN_CALL, OWN_MEETING, paid_on=PAID_ON, actor=PARTNER)
    with office.writing(PARTNER) as session:
        bill = session.exec(select(Stipend.number).order_by(col(Stipend.id))).first()
        assert bill == OWN_PAID
        record_signed_bill(session, bill, actor=PARTNER, now=now)
    number = freeze(office, paid_on=PAID_ON, actor=PARTNER).number
    approve(office, number, acknowledged={"new_account": "zgodne z oświadczeniem"}, actor=SECOND)
    export_batch(office, number, actor=THIRD)
