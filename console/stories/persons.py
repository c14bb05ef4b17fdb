"""One recruitment of persons in 2018, act by act, from filled-in forms to paid stipends.

Every act may be played again: it then finds its work done.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import openpyxl
from sqlmodel import Session, col, select

from console.stories.acts import SECRET, Act, Hands, Ticket, moment, officer_of, played, ticket_of
from flows.adapters.clock import PlayedClock
from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.attendance import record
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.ballots import vote
from flows.steps.bank_inbox import inbox
from flows.steps.batch_approval import approve
from flows.steps.batch_freezing import freeze
from flows.steps.batch_records import lines_of_batch, transfer_of
from flows.steps.calls import find_call, open_call
from flows.steps.commission import appoint, attend, close_session, open_session, open_session_of
from flows.steps.contract_records import record_contract
from flows.steps.cooperation import record_declaration
from flows.steps.decisions import waiting
from flows.steps.documents import newest
from flows.steps.invitation_answers import answer_invitation
from flows.steps.memberships import answer_offer, membership_of
from flows.steps.officers import add_officer, log_in
from flows.steps.projects import load_version
from flows.steps.ranking import newest_ranking
from flows.steps.seats import newest_decision
from flows.steps.statements import record_statement, statement_on
from flows.steps.stipend_records import record_signed_bill
from flows.steps.typing_in import type_in
from flows.steps.typing_sheets import sheet_of
from models.actor import Actor, Role, process
from models.rules.pay import Statements
from models.rules.voting import Voice
from models.tables import Application, Call, Invitation, Membership, Officer, PayBatch, Stipend, UnitDeclaration
from models.tables.applications import ApplicationState
from models.tables.batches import BatchState
from models.tables.commission import MemberFunction
from models.tables.decisions import DecisionOutcome
from models.tables.meetings import InvitationState
from models.tables.memberships import MembershipState
from models.tables.projects import Manner
from models.tables.stipends import StipendState

CALL = "KES/PGR/2205/2018"
MEETING = "pgr_kartuski_1"
PAID_ON = date(2018, 10, 10)
DECLARED = ("2205", "2205023", "2205083")
"""Powiat kartuski and its two gminas of the project."""
DECLARED_ON = date(2018, 5, 31)
HISTORY = "historia-2018-10-11.csv"
"""The bank's file, as an officer put it into the folder for it."""
OFFICERS = (
    ("adam", "Adam Administracyjny", Role.ADMINISTRATOR, ""),
    ("rita", "Rita Rekrutacyjna", Role.RECRUITMENT, "22"),
    ("kinga", "Kinga Komisyjna", Role.COMMISSION, "22"),
    ("konrad", "Konrad Komisyjny", Role.COMMISSION, "22"),
    ("klara", "Klara Komisyjna", Role.COMMISSION, "22"),
    ("filip", "Filip Finansowy", Role.FINANCE, ""),
    ("gosia", "Gosia Główna", Role.APPROVER, ""),
)
COMMISSION = (
    ("kinga", MemberFunction.CHAIR),
    ("konrad", MemberFunction.SECRETARY),
    ("klara", MemberFunction.MEMBER),
)
_BORN = date(2202, 1, 12)
EMPLOYED = Statements(True, False, False, _BORN, False)
FULL_SOCIAL = Statements(False, False, False, _BORN, False)
WITH_SICKNESS = Statements(False, False, True, _BORN, False)
STUDENT = Statements(False, True, None, _BORN, False)
# By the order of the main list; accounts of a bank that does not exist. The last one hands nothing in.
STATEMENTS: tuple[tuple[Statements, str] | None, ...] = (
    (EMPLOYED, "20999900000000000000000001"),
    (EMPLOYED, "90999900000000000000000002"),
    (FULL_SOCIAL, "63999900000000000000000003"),
    (WITH_SICKNESS, "36999900000000000000000004"),
    (STUDENT, "09999900000000000000000005"),
    (EMPLOYED, "79999900000000000000000006"),
    None,
)
# Confirmed minutes on the two days, in the same order; the days last six hours.
ATTENDED = ((360, 360), (360, 360), (360, 360), (360, 360), (360, 360), (360, 240), (360, 0))

# The first page of the form of Bogna Zdjęciowa, the only one that she photographed.
ON_THE_PICTURE = {
    "imie": "Bogna",
    "nazwisko": "Zdjęciowa",
    "pesel": "brak PESEL",
    "data_urodzenia": "09.09.2277",
    "plec": "kobieta",
    "adres.ulica": "ul. Migawkowa 1",
    "adres.kod": "83-300",
    "adres.miejscowosc": "Kartuzy",
    "adres.gmina": "Kartuzy",
    "email": "bogna.zdjeciowa@example.org",
}


class Story:
    """The acts of the recruitment in an office, with its project folder and the samples in it."""

    def __init__(self, office: Office, clock: PlayedClock, hands: Hands, project: Path) -> None:
        self.office = office
        self.clock = clock
        self.hands = hands
        self.project = project

    def play(self) -> Iterator[Act]:
        """Plays the acts in order; yields each one before it is played."""
        return played(self.acts(), self.clock)

    def acts(self) -> tuple[Act, ...]:
        samples = self.project / "samples"
        return (
            _act("2018-05-28T09:00", "Biuro zakłada konta, wczytuje projekt i otwiera nabór", self._open),
            _act("2018-06-01T10:00", "Gminy i powiat podpisały deklaracje współpracy", self._declare),
            _act("2018-06-25T12:00", "Wpłynęły formularze", lambda: self.hands.intake(samples / "inbox")),
            _act("2018-06-25T12:10", "Pracownik przepisuje zgłoszenie ze zdjęcia", self._type_scan),
            _act("2018-06-25T12:30", "Wychodzą potwierdzenia i prośby o uzupełnienie", self.hands.deliver),
            _act("2018-06-28T08:00", "Przypomnienia o uzupełnieniach", self.hands.remind),
            _act("2018-06-28T08:30", "Wychodzi poczta", self.hands.deliver),
            _act("2018-06-29T15:00", "Wpłynęły uzupełnienia", lambda: self.hands.intake(samples / "corrections")),
            _act("2018-07-03T08:00", "Mija termin uzupełnień", self.hands.remind),
            _act("2018-07-03T09:00", "Weryfikacja formalna i punkty", lambda: self.hands.verify(CALL)),
            _act("2018-07-03T09:30", "Lista rankingowa – propozycja dla Komisji", lambda: self.hands.rank(CALL)),
            _act("2018-07-05T10:00", "Komisja Rekrutacyjna podejmuje decyzje", self._decide),
            _act("2018-07-06T09:00", "Ogłoszenie wyników: listy, protokół, pisma", self._announce),
            _act("2018-07-06T09:30", "Wychodzą pisma z wynikami", self.hands.deliver),
            _act("2018-07-09T10:00", "Członkowie potwierdzają udział, jedna osoba rezygnuje", self._answer_offers),
            _act("2018-07-11T08:00", "Przypomnienie o potwierdzeniu udziału", self.hands.remind),
            _act("2018-07-11T08:30", "Wychodzi poczta", self.hands.deliver),
            _act("2018-07-12T12:00", "Spóźnione potwierdzenie", self._answer_last_offer),
            _act("2018-07-13T10:00", "Zwolnione miejsce dostaje pierwsza osoba z rezerwy", self._promote),
            _act("2018-07-13T11:00", "Ogłoszenie zmiany", self._announce),
            _act("2018-07-13T11:30", "Wychodzi poczta", self.hands.deliver),
            _act("2018-07-17T10:00", "Potwierdza osoba z listy rezerwowej", self._answer_last_offer),
            _act("2018-09-03T09:00", "Zaproszenia na dwudniowe spotkanie PGR", self.hands.invite),
            _act("2018-09-03T09:30", "Wychodzą zaproszenia z kalendarzem", self.hands.deliver),
            _act("2018-09-04T10:00", "Odpowiedzi na zaproszenia", self._answer_invitations),
            _act("2018-09-06T08:00", "Przypomnienie o odpowiedzi", self.hands.remind),
            _act("2018-09-06T08:30", "Wychodzi poczta", self.hands.deliver),
            _act("2018-09-10T10:00", "Umowy i oświadczenia do wypłaty", self._record_statements),
            _act("2018-09-21T08:00", "Przypomnienie o jutrzejszym spotkaniu", self.hands.remind),
            _act("2018-09-21T08:30", "Wychodzi poczta", self.hands.deliver),
            _act("2018-09-21T12:00", "Listy obecności na oba dni", self._sheets),
            _act("2018-09-24T09:00", "Wpisana obecność", self._attend),
            _act("2018-10-01T09:00", "Rozliczenie: rachunki i lista wypłat", self._settle),
            _act("2018-10-01T09:30", "Wychodzi poczta", self.hands.deliver),
            _act("2018-10-05T10:00", "Wracają podpisane rachunki", self._sign_bills),
            _act("2018-10-08T08:00", "Przypomnienie o brakującym rachunku", self.hands.remind),
            _act("2018-10-08T08:30", "Wychodzi poczta", self.hands.deliver),
            _act("2018-10-09T00:30", "Pieczęć nad dziennikiem zdarzeń", self.hands.seal),
            _act("2018-10-09T09:00", "Lista przelewów z podpisanych rachunków", self._freeze),
            _act("2018-10-09T10:00", "Inna osoba zatwierdza listę przelewów", self._approve),
            _act("2018-10-09T11:00", "Plik dla banku (Elixir-O)", self._export),
            _act("2018-10-11T09:00", "Bank potwierdza przelewy", self._reconcile),
            _act("2018-10-11T09:30", "Wychodzą pisma o przelewach", self.hands.deliver),
            _act("2018-10-12T00:30", "Pieczęć nad dziennikiem zdarzeń", self.hands.seal),
        )

    def officer(self, login: str) -> Actor:
        return officer_of(self.office, login)

    def _ticket(self, login: str) -> Ticket:
        return ticket_of(self.office, login)

    def _open(self) -> None:
        with self.office.writing(process("demo")) as session:
            first: Actor | None = None
            for login, name, role, scope in OFFICERS:
                if not _known(session, login):
                    add_officer(
                        session,
                        login,
                        name=name,
                        secret=SECRET,
                        roles=[role],
                        scope=scope,
                        actor=first,
                        now=self.office.now(),
                    )
                first = log_in(session, "adam", SECRET)
        adam = self.officer("adam")
        with self.office.writing(adam) as session:
            load_version(session, self.project, actor=adam, now=self.office.now())
            for login, function in COMMISSION:
                appoint(session, "KES", login, function=function, scope="22", actor=adam, now=self.office.now())
        rita = self.officer("rita")
        with self.office.writing(rita) as session:
            if not _call_known(session):
                open_call(
                    session,
                    "KES",
                    "PGR",
                    "2205",
                    opens_at=moment("2018-06-04T08:00"),
                    closes_at=moment("2018-06-22T15:30"),
                    actor=rita,
                    now=self.office.now(),
                )

    def _declare(self) -> None:
        """What the call for units came to before: without it nobody of these gminas can be chosen."""
        rita = self.officer("rita")
        with self.office.reading(rita) as session:
            known = set(session.exec(select(UnitDeclaration.teryt)).all())
        for unit in DECLARED:
            if unit not in known:
                record_declaration(self.office, "KES", unit, signed_on=DECLARED_ON, manner=Manner.PAPER, actor=rita)

    def _type_scan(self) -> None:
        """What stands on the page goes through the sheet; of the pages that were not photographed nothing is known."""
        rita = self.officer("rita")
        with self.office.reading(rita) as session:
            waiting = session.exec(
                select(Application).where(Application.state == ApplicationState.AWAITING_TYPING)
            ).first()
            if waiting is None:
                return
            number = waiting.number
            sheet = filled_in(sheet_of(self.office, session, waiting), ON_THE_PICTURE)
        with self.office.writing(rita) as session:
            type_in(session, number, sheet, reason="przepisano ze zdjęcia", actor=rita, now=self.office.now())

    def _decide(self) -> None:
        """The commission votes on the list, signs it on the Prefect page's form, and adopts the rest as proposed."""
        with self.office.reading(process("demo")) as session:
            done = waiting(session, CALL) == 0
        self._sit(None, done=done)
        lines = [(number, "accepted", "miejsce_w_rankingu") for number in self.main_list()]
        self.hands.decide(CALL, lines, rest_as_proposed=True, officer="kinga", ticket=self._ticket("kinga"))
        self._rise()

    def _sit(self, number: str | None, *, done: bool) -> None:
        """A session at which all are there and vote on the list, or on the acceptance of one application."""
        kinga, now = self.officer("kinga"), self.office.now()
        logins = [login for login, _ in COMMISSION]
        with self.office.writing(kinga) as session:
            sitting = open_session_of(session, find_call(session, CALL))
            if sitting is not None or done:
                return
            open_session(
                session, CALL, place="Poznań, sala posiedzeń", remote=False, held_on=None, actor=kinga, now=now
            )
            attend(session, CALL, logins, leaves=False, actor=kinga, now=now)
            outcome = DecisionOutcome.ACCEPTED if number else None
            # On the list one abstains; the others carry it.
            voices = dict.fromkeys(logins, Voice.FOR) | ({} if number else {"klara": Voice.ABSTAIN})
            vote(session, CALL, number=number, outcome=outcome, voices=voices, actor=kinga, now=now)

    def _rise(self) -> None:
        kinga = self.officer("kinga")
        with self.office.writing(kinga) as session:
            if open_session_of(session, find_call(session, CALL)) is not None:
                close_session(session, CALL, actor=kinga, now=self.office.now())

    def _announce(self) -> None:
        self.hands.announce(CALL, officer="rita", ticket=self._ticket("rita"))

    def _answer_offers(self) -> None:
        """Everybody answers but the sixth; the seventh declines."""
        *confirming, _sixth, declining = self.main_list()
        for number in confirming:
            self._answer_offer(number, accepts=True)
        self._answer_offer(declining, accepts=False)

    def _answer_last_offer(self) -> None:
        for number in self._numbers(MembershipState.OFFERED):
            self._answer_offer(number, accepts=True)

    def _answer_offer(self, number: str, *, accepts: bool) -> None:
        rita = self.officer("rita")
        if number in self._numbers(MembershipState.OFFERED):
            with self.office.writing(rita) as session:
                answer_offer(session, number, accepts=accepts, actor=rita, now=self.office.now())

    def _promote(self) -> None:
        number = self._list("reserve")[0]
        with self.office.reading(process("demo")) as session:
            decision = newest_decision(session, find_application(session, number))
            done = decision is not None and decision.outcome is DecisionOutcome.ACCEPTED
        self._sit(number, done=done)
        self.hands.decide(
            CALL,
            [(number, "accepted", "zwolnione_miejsce")],
            rest_as_proposed=False,
            officer="kinga",
            ticket=self._ticket("kinga"),
        )
        self._rise()

    def _answer_invitations(self) -> None:
        """Five accept at once; the others are reminded."""
        rita = self.officer("rita")
        for number in self.members()[:5]:
            with self.office.writing(rita) as session:
                if _unanswered(session, number):
                    answer_invitation(session, CALL, MEETING, number, accepts=True, actor=rita, now=self.office.now())

    def _record_statements(self) -> None:
        """All have a contract; the last one hands no statement in."""
        filip = self.officer("filip")
        for place, number in enumerate(self.members(), start=1):
            with self.office.writing(filip) as session:
                record_contract(
                    session,
                    number,
                    contract_number=f"UZ/{place}/2018",
                    signed_on=date(2018, 9, 10),
                    actor=filip,
                    now=self.office.now(),
                )
        for number, given in zip(self.members(), STATEMENTS, strict=True):
            if given is not None and not self._has_statement(number):
                statements, account = given
                with self.office.writing(filip) as session:
                    record_statement(
                        session,
                        number,
                        statements,
                        account=account,
                        valid_from=date(2018, 9, 1),
                        actor=filip,
                        now=self.office.now(),
                    )

    def _sheets(self) -> None:
        with self.office.reading(process("demo")) as session:
            if newest(session, "attendance_sheet", f"{CALL}:{MEETING}:2018-09-23"):
                return
        issue_sheets(self.office, CALL, MEETING, actor=self.officer("rita"))

    def _attend(self) -> None:
        rita = self.officer("rita")
        days = (date(2018, 9, 22), date(2018, 9, 23))
        for number, minutes in zip(self.members(), ATTENDED, strict=True):
            for day, length in zip(days, minutes, strict=True):
                with self.office.writing(rita) as session:
                    record(session, CALL, MEETING, day, number, length, actor=rita, now=self.office.now())

    def _settle(self) -> None:
        self.hands.settle(CALL, MEETING, PAID_ON, officer="filip", ticket=self._ticket("filip"))

    def _sign_bills(self) -> None:
        """Every bill but the last comes back."""
        filip = self.officer("filip")
        with self.office.writing(filip) as session:
            rows = session.exec(
                select(Stipend)
                .where(col(Stipend.state).in_((StipendState.CALCULATED, StipendState.SIGNED)))
                .order_by(col(Stipend.id))
            ).all()
            for row in rows[:-1]:
                if row.state is StipendState.CALCULATED:
                    record_signed_bill(session, row.number, actor=filip, now=self.office.now())

    def _freeze(self) -> None:
        """All whose bills came back; the last one's has not."""
        filip = self.officer("filip")
        if self._batch() is None:
            freeze(self.office, call=CALL, paid_on=PAID_ON, actor=filip)

    def _approve(self) -> None:
        """The numbers of the accounts were compared with the statements on paper."""
        gosia, batch = self.officer("gosia"), self._batch()
        assert batch is not None
        if batch.state is BatchState.FROZEN:
            reasons = {"new_account": "numery kont zgodne z oświadczeniami na papierze"}
            approve(self.office, batch.number, acknowledged=reasons, actor=gosia)

    def _export(self) -> None:
        batch = self._batch()
        assert batch is not None
        self.hands.export_batch(batch.number, officer="filip", ticket=self._ticket("filip"))

    def _reconcile(self) -> None:
        """The bank has carried everything out; its history of operations lies in the folder for it."""
        batch = self._batch()
        assert batch is not None
        file = inbox(self.office) / HISTORY
        if batch.state is not BatchState.CONFIRMED:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.write_bytes(self._history(batch))
        elif not file.exists():
            return
        self.hands.reconcile(HISTORY, officer="filip", ticket=self._ticket("filip"))

    def _history(self, batch: PayBatch) -> bytes:
        """What the bank of the demo says, as CSV: of each transfer that it took off the account."""
        with self.office.reading(process("demo")) as session:
            transfers = [transfer_of(line.item) for line in lines_of_batch(session, batch)]
        rows = ["Data księgowania;Kwota;Rachunek kontrahenta;Tytuł operacji;Opis operacji"]
        for one in transfers:
            zloty, grosze = divmod(one.amount, 100)
            title = f"{one.title} {one.reference}"
            rows.append(f"{PAID_ON};-{zloty},{grosze:02d};{one.payee_account};{title};Przelew wychodzący")
        return ("\r\n".join(rows) + "\r\n").encode()

    def _batch(self) -> PayBatch | None:
        with self.office.reading(process("demo")) as session:
            return session.exec(select(PayBatch).order_by(col(PayBatch.id))).first()

    def main_list(self) -> list[str]:
        """Numbers on the proposed main list, in order."""
        return self._list("main")

    def members(self) -> list[str]:
        """Numbers of those who hold a seat: the main list in its order, then who came from the reserve."""
        seated = {
            *self._numbers(MembershipState.CONFIRMED),
            *self._numbers(MembershipState.MEMBER),
        }
        order = [*self.main_list(), *self._list("reserve")]
        return [number for number in order if number in seated]

    def _list(self, kind: str) -> list[str]:
        with self.office.reading(process("demo")) as session:
            ranking = newest_ranking(session, find_call(session, CALL))
            assert ranking is not None
            return [place["number"] for place in ranking.places if place["list"] == kind]

    def _numbers(self, state: MembershipState) -> list[str]:
        with self.office.reading(process("demo")) as session:
            return list(
                session.exec(
                    select(Application.number)
                    .join(Membership, col(Membership.application_id) == Application.id)
                    .where(Membership.state == state)
                    .order_by(Application.number)
                ).all()
            )

    def _has_statement(self, number: str) -> bool:
        with self.office.reading(process("demo")) as session:
            return statement_on(session, membership_of(session, number), PAID_ON) is not None


def _known(session: Session, login: str) -> bool:
    return session.exec(select(Officer.id).where(Officer.login == login)).first() is not None


def _call_known(session: Session) -> bool:
    return session.exec(select(Call.id).where(Call.code == CALL)).first() is not None


def _unanswered(session: Session, number: str) -> bool:
    membership = membership_of(session, number)
    return (
        session.exec(
            select(Invitation.id).where(
                Invitation.membership_id == membership.id, Invitation.state == InvitationState.INVITED
            )
        ).first()
        is not None
    )


def filled_in(sheet: bytes, answers: Mapping[str, str]) -> bytes:
    """A typing sheet with these answers, by row key, as somebody at a spreadsheet leaves it."""
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    for row in book.worksheets[0].iter_rows(max_col=3):
        if row[0].value in answers:
            row[2].value = answers[str(row[0].value)]
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _act(at: str, title: str, play: Callable[[], None]) -> Act:
    return Act(moment(at), title, play)
