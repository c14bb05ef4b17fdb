"""What waits for whom: every matter that a person must look after, since when and until when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, and_, col, func, select

from flows.adapters.clock import warsaw_date
from flows.steps.admission import calls_without_selection, held
from flows.steps.appeal_records import number_of
from flows.steps.appeals import pending_appeals
from flows.steps.applications import current_values, newest_correction
from flows.steps.appointments import acts_awaited
from flows.steps.assessments import assessment_lines
from flows.steps.assessors import waiting_for_assessors
from flows.steps.attendance_files import waiting_scans
from flows.steps.batch_overview import batches_waiting
from flows.steps.bounces import cause_of
from flows.steps.call_clocks import clock_of, stood_words
from flows.steps.calls import find_call
from flows.steps.cooperation import waiting_for_units
from flows.steps.correction_letters import REQUEST
from flows.steps.corrections import period_ends
from flows.steps.decisions import waiting
from flows.steps.declines import declines_in_a_row
from flows.steps.institution_seat_letters import closed_institutions
from flows.steps.institution_seats import silent_seats
from flows.steps.institutions import REFERENCE
from flows.steps.mail_accounts import stopped_since, troubles
from flows.steps.mail_words import why
from flows.steps.meeting_letters import invited_application
from flows.steps.meetings import days_of
from flows.steps.memberships import offer_ends
from flows.steps.missing_papers import watched_papers
from flows.steps.people import differing
from flows.steps.preferences import RANK_FIRST, may_leave, pending_sentences
from flows.steps.reserve import standing_of
from flows.steps.statement_forms import forms_waiting, gaps_of
from flows.steps.stipend_papers import papers_awaited
from flows.steps.striking_off import proposals
from flows.steps.support_hours import grant_lines
from flows.steps.support_sessions import session_lines
from flows.steps.teams import seats_astray
from flows.steps.verification import newest_sheet
from models.actor import Right
from models.contract_rules import Paper
from models.errors import DeliveryFault
from models.events import Happened
from models.pay_labels import pay_labels
from models.rules.ternary import Result
from models.tables import (
    Agreement,
    AgreementInvitation,
    Application,
    Call,
    Correction,
    Event,
    Group,
    Incident,
    InstitutionSeat,
    Invitation,
    Meeting,
    MeetingDay,
    Membership,
    Message,
    Person,
    ReceivedMail,
    Stipend,
    SubmittedFile,
    UnaskedChange,
)
from models.tables.agreements import AgreementState, AskedState
from models.tables.appeals import AppealState
from models.tables.applications import ON_THE_WAY, ApplicationState, ChangeState, CorrectionState
from models.tables.calls import CallState
from models.tables.files import FileState
from models.tables.log import IncidentState
from models.tables.mail import MailKind, MailState
from models.tables.meetings import AWAITED, InvitationState
from models.tables.memberships import MembershipState
from models.tables.nominations import ASKED_TO_NAME, InstitutionSeatState
from models.tables.outbox import Channel, MessageState
from models.tables.stipends import COMMITTED, StipendState
from models.tables.support import COUNTING, SupportState
from models.transitions import reference

OFFICER, CANDIDATE, COMMISSION, INSTITUTION = "pracownik", "kandydat", "Komisja", "instytucja"


@dataclass(frozen=True)
class TodoLine:
    """One thing that waits: what, about which number, for whom, since when, until when."""

    what: str
    reference: str
    who: str
    since: date
    due: date | None
    needs: Right | None = None
    """The right it takes to act on it, where that is not the usual one of whoever it waits for."""
    shown: str | None = None
    """What Prefect's page says instead, where ``what`` tells of one person's money or statements."""


def waiting_for_whom(session: Session, *, now: datetime) -> list[TodoLine]:
    """What waits, the most overdue first: things for officers, the commission and the candidates."""
    lines = [
        *_files(session),
        *_seen_again(session),
        *_mails(session),
        *_applications(session),
        *_differing(session),
        *_declarations(session),
        *_calls(session, now),
        *_corrections(session),
        *_changes(session),
        *_memberships(session, now),
        *_appeals(session),
        *_invitations(session, now),
        *_attendance(session, now),
        *_agreements(session, now),
        *_teams(session, now),
        *_acts(session),
        *_without_selection(session, now),
        *_seats(session, now),
        *_support(session, now),
        *_messages(session),
        *_stipends(session),
        *_batches(session),
        *_contract_papers(session, now),
        *_incidents(session),
    ]
    far = date.max
    return sorted(lines, key=lambda line: (line.due or far, line.since, line.what, line.reference))


def _files(session: Session) -> list[TodoLine]:
    rows = session.exec(select(SubmittedFile).where(SubmittedFile.state == FileState.UNREADABLE)).all()
    return [
        TodoLine(f"plik nieczytelny: {row.reason}", f"plik {row.id}", OFFICER, warsaw_date(row.received_at), None)
        for row in rows
    ]


def _seen_again(session: Session) -> list[TodoLine]:
    """Files that came again from another sender, while the application they made is undecided."""
    lines = []
    for event in session.exec(select(Event).where(Event.kind == Happened.FILE_SEEN_AGAIN)).all():
        row = session.get_one(SubmittedFile, int(event.subject.partition("/")[2]))
        application = session.get(Application, row.application_id) if row.application_id is not None else None
        settled = row.state is FileState.SETTLED or (
            application is not None and application.state not in ON_THE_WAY | {ApplicationState.RANKED}
        )
        if not settled:
            about = application.number if application is not None else f"plik {row.id}"
            what = "ten sam plik przyszedł od innego nadawcy; trzeba mu odpowiedzieć"
            lines.append(TodoLine(what, about, OFFICER, warsaw_date(event.at), None))
    return lines


def _applications(session: Session) -> list[TodoLine]:
    lines = []
    assessed = _to_assess(session)
    spent = set(session.exec(select(Event.subject).where(Event.kind == Happened.CORRECTION_ROUNDS_SPENT)).all())
    for row in session.exec(
        select(Application).where(
            col(Application.state).in_((ApplicationState.COMPLETE, ApplicationState.AWAITING_TYPING))
        )
    ).all():
        sheet = newest_sheet(session, row)
        what = "zgłoszenie czeka na weryfikację"
        if row.state is ApplicationState.AWAITING_TYPING:
            lines.append(_to_type(session, row))
            continue
        if row.number in assessed:
            lines.append(TodoLine(assessed[row.number], row.number, COMMISSION, warsaw_date(row.received_at), None))
            continue
        if sheet is not None and sheet.outcome == "cannot_tell":
            what = "kryterium wymaga ustalenia przez pracownika"
        elif reference(row) in spent:
            what = "mimo próśb brakuje odpowiedzi; zgłoszenie czeka na weryfikację"
        lines.append(TodoLine(what, row.number, OFFICER, warsaw_date(row.received_at), None))
    return lines


def _declarations(session: Session) -> list[TodoLine]:
    """Units whose declaration of cooperation applications wait for."""
    lines = []
    for unit, numbers in sorted(waiting_for_units(session).items()):
        received = session.exec(
            select(func.min(col(Application.received_at))).where(col(Application.number).in_(numbers))
        ).one()
        what = f"na deklarację współpracy tej jednostki czekają zgłoszenia: {len(numbers)} (nabor unit waiting)"
        lines.append(TodoLine(what, f"jednostka {unit}", OFFICER, warsaw_date(received), None, needs=Right.CORRECT))
    return lines


def _to_assess(session: Session) -> dict[str, str]:
    """What the commission has yet to give, by number of the application."""
    found = {}
    for call in session.exec(select(Call).where(Call.state != CallState.ANNOUNCED)).all():
        waiting_rows = waiting_for_assessors(session, call)
        known = {line.number: line for line in assessment_lines(session, call)} if waiting_rows else {}
        for row in waiting_rows:
            line = known.get(row.number)
            if line is None:
                found[row.number] = "zgłoszenie czeka na przydzielenie do oceny (nabor assessment assign)"
            elif line.wide and line.given < line.needed:
                found[row.number] = f"oceny są rozbieżne ({line.spread} pkt); potrzebna kolejna ocena"
            else:
                found[row.number] = f"brakuje kart oceny: {line.given} z {line.needed}"
    return found


def _differing(session: Session) -> list[TodoLine]:
    """Applications that say something else of a person than the register, until an officer sets the right value."""
    seen = select(Event.subject).where(Event.kind == Happened.PERSON_DIFFERS)
    subjects = set(session.exec(seen).all())
    lines = []
    undecided = ON_THE_WAY | {ApplicationState.RANKED}
    for row in session.exec(select(Application).where(col(Application.state).in_(undecided))).all():
        if reference(row) not in subjects:
            continue
        keys = differing(session.get_one(Person, row.person_id), current_values(session, row))
        if keys:
            what = f"dane inne niż w rejestrze osób: {', '.join(keys)}; listy idą na dotychczasowy adres"
            lines.append(TodoLine(what, row.number, OFFICER, warsaw_date(row.received_at), None))
    return lines


def _to_type(session: Session, application: Application) -> TodoLine:
    """What an officer has to type in: a whole form, or the answer to a request; since the file came."""
    if newest_correction(session, application) is None:
        return TodoLine(
            "zgłoszenie czeka na przepisanie", application.number, OFFICER, warsaw_date(application.received_at), None
        )
    came = session.exec(
        select(SubmittedFile.received_at)
        .where(SubmittedFile.application_id == application.id)
        .order_by(col(SubmittedFile.received_at).desc())
    ).first()
    since = warsaw_date(came or application.received_at)
    return TodoLine("uzupełnienie (skan) czeka na przepisanie", application.number, OFFICER, since, None)


def _calls(session: Session, now: datetime) -> list[TodoLine]:
    lines = []
    unranked = set(calls_without_selection(session))
    for call in session.exec(select(Call).where(Call.state == CallState.ANNOUNCED)).all():
        late = waiting(session, call.code)
        if late:
            since = warsaw_date(call.closes_at)
            lines.append(TodoLine(f"zgłoszenia czekają na decyzję: {late}", call.code, COMMISSION, since, None))
    for call in session.exec(select(Call).where(Call.state != CallState.ANNOUNCED)).all():
        closed = warsaw_date(call.closes_at)
        if call.code in unranked:
            continue
        if call.state is CallState.OPEN and now > call.closes_at:
            clock = clock_of(session, call, now=now)
            what = f"nabór zamknięty, brak listy rankingowej{stood_words(clock)}"
            lines.append(TodoLine(what, call.code, OFFICER, closed, clock.due))
        elif call.state is CallState.RANKED:
            lines.append(TodoLine("lista rankingowa czeka na decyzję", call.code, COMMISSION, closed, None))
        elif call.state is CallState.DECIDED:
            lines.append(TodoLine("decyzje czekają na ogłoszenie", call.code, OFFICER, closed, None))
        lines += [
            TodoLine(f"przed ogłoszeniem: {said}", call.code, OFFICER, closed, None)
            for said in pending_sentences(may_leave(session, call), RANK_FIRST)
        ]
    return lines


def _changes(session: Session) -> list[TodoLine]:
    """One line an application, by keys of fields: what they hold is shown by „application changes”."""
    found: dict[str, list[UnaskedChange]] = {}
    for change, number in session.exec(
        select(UnaskedChange, Application.number)
        .join(Application, col(Application.id) == UnaskedChange.application_id)
        .where(UnaskedChange.state == ChangeState.WAITING)
        .order_by(col(UnaskedChange.id))
    ).all():
        found.setdefault(number, []).append(change)
    return [
        TodoLine(
            f"w odpowiedzi zmieniono pola, o które nie pytano: {', '.join(one.key for one in changes)}",
            number,
            OFFICER,
            warsaw_date(changes[0].seen_at),
            None,
        )
        for number, changes in found.items()
    ]


def _corrections(session: Session) -> list[TodoLine]:
    rows = session.exec(
        select(Correction, Application.number)
        .join(Application, col(Application.id) == Correction.application_id)
        .where(Correction.state == CorrectionState.OPEN)
    ).all()
    lines = []
    for row, number in rows:
        ends = period_ends(session, row)
        what = "uzupełnienie formularza" if ends else "uzupełnienie formularza (prośba jeszcze nie wyszła)"
        due = warsaw_date(ends) if ends else None
        lines.append(TodoLine(what, number, CANDIDATE, warsaw_date(row.asked_at), due))
    return lines


def _appeals(session: Session) -> list[TodoLine]:
    """Appeals wait for whoever rules, until the day that the candidate was told."""
    lines = []
    for row in pending_appeals(session):
        what = "odwołanie czeka na podjęcie" if row.state is AppealState.FILED else "odwołanie czeka na rozstrzygnięcie"
        what += " (wpłynęło po terminie)" if row.late else ""
        since, due = warsaw_date(row.received_at), warsaw_date(row.ruling_due_at)
        lines.append(TodoLine(what, number_of(session, row), COMMISSION, since, due))
    return lines


def _memberships(session: Session, now: datetime) -> list[TodoLine]:
    rows = session.exec(
        select(Membership, Application.number)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Membership.state == MembershipState.OFFERED)
    ).all()
    lines = []
    for row, number in rows:
        ends, since = offer_ends(session, row), warsaw_date(row.offered_at)
        if ends is None:
            lines.append(TodoLine("propozycja miejsca nie wyszła, termin nie biegnie", number, OFFICER, since, None))
        else:
            lines.append(TodoLine("potwierdzenie udziału", number, CANDIDATE, since, warsaw_date(ends)))
    return [*lines, *_vacancies(session, now)]


def _vacancies(session: Session, now: datetime) -> Iterator[TodoLine]:
    """Seats that came free: for the officer while somebody is in reserve, for the commission when nobody is."""
    for call in session.exec(select(Call).where(Call.state == CallState.ANNOUNCED).order_by(Call.code)).all():
        standing = standing_of(session, call, now=now)
        if standing is None:
            continue
        since = warsaw_date(standing.since)
        if standing.fillable:
            how = "zaproponuje je najbliższy przebieg" if standing.automatic else "trzeba je zaproponować"
            what = f"zwolnione miejsca: {standing.fillable}; {how} (nabor call promote)"
            yield TodoLine(what, call.code, OFFICER, since, None)
        if standing.kept:
            yield TodoLine(
                f"wolne miejsca w grupie: {standing.kept}; nikt z listy rezerwowej nie może ich zająć ze względu na "
                "wymagania bezwzględne (dlaczego: nabor call promote --dry-run)",
                call.code,
                COMMISSION,
                since,
                None,
            )
        left = standing.free - standing.fillable - standing.kept
        if left:
            yield TodoLine(
                f"wolne miejsca w grupie: {left}; lista rezerwowa wyczerpana", call.code, COMMISSION, since, None
            )


def _invitations(session: Session, now: datetime) -> list[TodoLine]:
    rows = session.exec(
        select(Invitation).where(
            col(Invitation.state).in_(AWAITED),
            col(Invitation.meeting_id).in_(select(MeetingDay.meeting_id).where(col(MeetingDay.starts_at) > now)),
        )
    ).all()
    asked = [
        TodoLine(
            "odpowiedź na zaproszenie"
            if row.state is InvitationState.INVITED
            else "ostateczna odpowiedź na zaproszenie",
            invited_application(session, row).number,
            CANDIDATE,
            warsaw_date(row.invited_at),
            None,
        )
        for row in rows
    ]
    return [*asked, *_declines(session)]


def _declines(session: Session) -> list[TodoLine]:
    """Who has declined so many meetings in a row that, by the project's rule, a person asks about the seat."""
    return [
        TodoLine(
            f"odmowy z rzędu: {line.count}; według zasady projektu trzeba zapytać o dalszy udział w grupie",
            line.number,
            OFFICER,
            warsaw_date(line.since),
            None,
        )
        for line in declines_in_a_row(session)
    ]


def _attendance(session: Session, now: datetime) -> list[TodoLine]:
    """Signed sheets that came as pictures, and members whose share of hours can no longer be met."""
    scans = [
        TodoLine(
            f"obecność do przepisania ze skanu (plik {one.id}): {one.meeting}, {one.on:%d.%m.%Y}; "
            f"brakuje wpisów: {len(one.missing)}",
            one.call,
            OFFICER,
            one.since,
            None,
        )
        for one in waiting_scans(session)
    ]
    struck = [
        TodoLine(
            f"propozycja skreślenia: {one.sentence}; rozstrzyga pracownik (nabor attendance strike-off)",
            one.number,
            OFFICER,
            one.since,
            None,
        )
        for one in proposals(session, now=now)
    ]
    return [*scans, *struck]


def _agreements(session: Session, now: datetime) -> Iterator[TodoLine]:
    """Who was asked to sign an agreement and has not: theirs to do until the day, and after it ours to ask."""
    for asked, agreement in session.exec(
        select(AgreementInvitation, Agreement)
        .join(Agreement, col(Agreement.id) == AgreementInvitation.agreement_id)
        .where(AgreementInvitation.state == AskedState.ASKED, Agreement.state == AgreementState.OPEN)
        .order_by(col(AgreementInvitation.id))
    ).all():
        number, since = f"{agreement.code} {REFERENCE}{asked.institution_id}", warsaw_date(asked.asked_at)
        if warsaw_date(now) <= agreement.deadline:
            yield TodoLine("podpis pod porozumieniem", number, INSTITUTION, since, agreement.deadline)
        else:
            what = "porozumienie niepodpisane w terminie; trzeba zapytać (nabor agreement remind)"
            yield TodoLine(what, number, OFFICER, since, agreement.deadline, Right.INSTITUTIONS)


def _teams(session: Session, now: datetime) -> list[TodoLine]:
    """Seats of teams that do not follow the parties of their agreement."""
    return [
        TodoLine(one.what, one.reference, OFFICER, one.since, None, Right.INSTITUTIONS)
        for one in seats_astray(session, now=now)
    ]


def _acts(session: Session) -> list[TodoLine]:
    """Acts of appointment and recall to be made out, and those that have not come back signed."""
    return [
        TodoLine(one.what, one.reference, OFFICER, one.since, None, Right.MEMBERSHIP) for one in acts_awaited(session)
    ]


def _without_selection(session: Session, now: datetime) -> Iterator[TodoLine]:
    """Of calls without ranking: who needs an officer before they may sit, and who does not meet the criteria. Nobody
    is turned down by a machine."""
    for code in calls_without_selection(session):
        call = find_call(session, code)
        rows = session.exec(
            select(Application)
            .where(Application.call_id == call.id, col(Application.state).in_(_ENDED_BADLY))
            .order_by(Application.number)
        ).all()
        for row in rows:
            what = f"{_ENDED_BADLY[row.state]}; popraw je (nabor application set) albo odmów (nabor admission refuse)"
            yield TodoLine(what, row.number, OFFICER, warsaw_date(row.received_at), None)
        waits = {one.number: one.why for one in held(session, call, now=now)}
        for row in session.exec(
            select(Application).where(col(Application.number).in_(waits)).order_by(Application.number)
        ).all():
            yield TodoLine(waits[row.number], row.number, OFFICER, warsaw_date(row.received_at), None)


_ENDED_BADLY = {
    ApplicationState.NOT_ELIGIBLE: "zgłoszenie nie spełnia kryterium",
    ApplicationState.CLOSED_INCOMPLETE: "zgłoszenie zamknięto jako niekompletne",
}


def _seats(session: Session, now: datetime) -> Iterator[TodoLine]:
    """Institutions that were asked to name a person: theirs to do until the day, and after it ours to ask. The
    seat of one that works no more is ours to close."""
    for seat, call in session.exec(
        select(InstitutionSeat, Call)
        .join(Group, col(Group.id) == InstitutionSeat.group_id)
        .join(Call, col(Call.id) == Group.call_id)
        .where(
            col(InstitutionSeat.state).in_(ASKED_TO_NAME | {InstitutionSeatState.NAMED}),
            col(InstitutionSeat.institution_id).in_(closed_institutions(session)),
        )
        .order_by(col(InstitutionSeat.id))
    ).all():
        what = "instytucja nie działa, a ma miejsce w grupie (nabor nomination end --close)"
        number = f"{call.code} {REFERENCE}{seat.institution_id}"
        yield TodoLine(what, number, OFFICER, warsaw_date(seat.asked_at), None, Right.MEMBERSHIP)
    for seat, call in silent_seats(session):
        number, since = f"{call.code} {REFERENCE}{seat.institution_id}", warsaw_date(seat.asked_at)
        if warsaw_date(now) <= seat.answer_due:
            yield TodoLine("wskazanie osoby do grupy", number, INSTITUTION, since, seat.answer_due)
        else:
            what = "instytucja nie wskazała osoby w terminie; trzeba zapytać albo odnotować odmowę (nabor nomination)"
            yield TodoLine(what, number, OFFICER, since, seat.answer_due, Right.INSTITUTIONS)


_MESSAGE_CASES = {
    MessageState.UNADDRESSED: "wiadomość bez adresu",
    MessageState.PRINTED: "pismo wydrukowane, ale nie potwierdzono, że poszło",
    MessageState.HELD: "wiadomość wstrzymana",
    MessageState.REFUSED: "wiadomość odrzucona przez serwer",
    MessageState.UNKNOWN: "nie wiadomo, czy wiadomość wyszła",
    MessageState.EXPIRED: "wiadomość nie wyszła w porę i już nie wyjdzie",
}


def _support(session: Session, now: datetime) -> list[TodoLine]:
    """Support that only a person can decide on, and sessions of groups of which nobody has said who was there."""
    lines = [
        TodoLine(
            f"wsparcie „{one.name}” czeka na decyzję: {_UNSETTLED[one.outcome]} (nabor support grant albo refuse)",
            one.number,
            OFFICER,
            one.asked_on,
            None,
            needs=Right.MEMBERSHIP,
        )
        for one in grant_lines(session, state=SupportState.WAITING)
    ]
    return lines + [
        TodoLine(
            f"brakuje obecności na sesji wsparcia grupowego, osób: {one.not_entered} (nabor support attend {one.id})",
            f"sesja {one.id}",
            OFFICER,
            one.on,
            None,
            needs=Right.ATTENDANCE,
        )
        for one in session_lines(session)
        if one.state in COUNTING and one.not_entered and one.on < warsaw_date(now)
    ]


_UNSETTLED = {
    Result.MET: "warunki są spełnione",
    Result.NOT_MET: "nie każdy warunek jest spełniony",
    Result.CANNOT_TELL: "nie można ustalić, czy warunki są spełnione",
}


def _messages(session: Session) -> list[TodoLine]:
    rows = session.exec(select(Message).where(col(Message.state).in_(tuple(_MESSAGE_CASES)))).all()
    lines = [
        TodoLine(
            _UNCONFIRMED if unconfirmed(row) else _MESSAGE_CASES[row.state],
            f"wiadomość {row.id}",
            OFFICER,
            warsaw_date(row.created_at),
            None,
        )
        for row in rows
    ]
    for row in session.exec(select(Message).where(Message.state == MessageState.BOUNCED)).all():
        what = (
            f"wiadomość wróciła ({cause_of(row.bounce_status)}); popraw adres i zwolnij ją "
            "albo wręcz na papierze (nabor outbox handed); terminy nie biegną"
        )
        lines.append(TodoLine(what, f"wiadomość {row.id}", OFFICER, warsaw_date(row.sent_at or row.created_at), None))
    together = (
        ("wiadomości zachowane, bo nie ma serwera poczty", Message.state == MessageState.KEPT),
        ("wiadomości do zatwierdzenia", Message.state == MessageState.DRAFT),
        (
            "pisma do wydrukowania lub e-Doręczenia",
            and_(col(Message.state) == MessageState.DUE, col(Message.channel) != Channel.EMAIL),
        ),
    )
    for what, which in together:
        since = session.exec(select(Message.created_at).where(which).order_by(col(Message.created_at))).all()
        if since:
            lines.append(TodoLine(f"{what}: {len(since)}", "skrzynka", OFFICER, warsaw_date(since[0]), None))
    return lines + _mail_line(session)


_TROUBLES = {
    DeliveryFault.LOGIN: "serwer poczty nie przyjmuje loginu lub hasła; popraw NABOR_SMTP_USER i NABOR_SMTP_PASSWORD",
    DeliveryFault.ENCRYPTION: "szyfrowane połączenie z serwerem poczty się nie udaje (certyfikat albo ustawienia); "
    "sprawdź NABOR_SMTP_HOST i NABOR_SMTP_SECURITY",
}


def _mail_line(session: Session) -> list[TodoLine]:
    """What stands in the way of all mail: a stop that the office set, or settings that the server does not accept."""
    waiting = session.exec(
        select(func.count(col(Message.id))).where(col(Message.state).in_((MessageState.DUE, MessageState.DELAYED)))
    ).one()
    lines = [
        TodoLine(f"{_TROUBLES[fault]}; czeka wiadomości: {waiting}", "skrzynka", OFFICER, warsaw_date(since), None)
        for fault, since in troubles(session)
    ]
    stopped = stopped_since(session)
    if stopped is not None:
        what = f"poczta wychodząca jest zatrzymana (NABOR_MAIL_STOPPED); czeka wiadomości: {waiting}"
        lines.append(TodoLine(what, "skrzynka", OFFICER, warsaw_date(stopped), None))
    return lines


_UNCONFIRMED = "prośba o uzupełnienie czeka na potwierdzony adres"


def unconfirmed(message: Message) -> bool:
    """Whether a message waits because nobody stands behind the address, not because there is none."""
    return message.state is MessageState.UNADDRESSED and message.event == REQUEST


def _stipends(session: Session) -> list[TodoLine]:
    rows = session.exec(
        select(Stipend).where(
            col(Stipend.state).in_((StipendState.BLOCKED, StipendState.CALCULATED, StipendState.SIGNED, *COMMITTED))
        )
    ).all()
    lines = [*_papers(session)]
    for row in rows:
        if row.state is StipendState.BLOCKED:
            lines.append(_of_money(row, row.blocks, "wypłata wstrzymana"))
        elif row.doubts:
            what = (
                "wypłata zlecona, a jest co wyjaśnić" if row.state in COMMITTED else "podpisany rachunek do wyjaśnienia"
            )
            lines.append(_of_money(row, row.doubts, what))
        elif row.state is StipendState.CALCULATED:
            lines.append(TodoLine("podpisany rachunek", row.number, CANDIDATE, warsaw_date(row.made_at), row.paid_on))
        if row.state not in COMMITTED:
            lines += [_of_money(row, [warning]) for warning in row.warnings if warning["code"] in _LOOKED_AT]
    return lines


def _of_money(row: Stipend, remarks: Sequence[Mapping[str, str]], what: str = "") -> TodoLine:
    """Whole sentences for the officer; for the page, what the codes are called."""
    before = f"{what}: " if what else ""
    return TodoLine(
        before + " ".join(remark["sentence"] for remark in remarks),
        row.number,
        OFFICER,
        warsaw_date(row.made_at),
        row.paid_on,
        Right.MONEY,
        shown=before + pay_labels(remark["code"] for remark in remarks),
    )


_LOOKED_AT = frozenset({"minimum_hourly_rate", "paid_before_work"})
"""Warnings that a person should judge before the money leaves; others stand on the bill and in the list."""


def _papers(session: Session) -> list[TodoLine]:
    """Settlements that were broken off between their records and their papers."""
    rows = session.exec(select(Meeting).where(col(Meeting.id).in_(papers_awaited(session)))).all()
    return [
        TodoLine(
            "rozliczenie przerwano przed wystawieniem rachunków; uruchom je jeszcze raz (nabor stipend settle)",
            f"spotkanie {row.code}",
            OFFICER,
            max(day.on for day in days_of(session, row)),
            None,
            Right.MONEY,
        )
        for row in rows
    ]


def _batches(session: Session) -> list[TodoLine]:
    return [
        TodoLine(one.what, one.reference, OFFICER, one.since, one.due, one.needs) for one in batches_waiting(session)
    ]


def _contract_papers(session: Session, now: datetime) -> list[TodoLine]:
    """Statement forms that came and wait for an officer, and what projects want to be watched in members' files."""
    lines = []
    for form in forms_waiting(session):
        membership = session.get_one(Membership, form.membership_id)
        number = session.get_one(Application, membership.application_id).number
        lacking = [gap.key for gap in gaps_of(session, form)]
        what = (
            f"oświadczenie do wypłaty do uzupełnienia: {', '.join(lacking)} (nabor contract ask)"
            if lacking
            else "oświadczenie do wypłaty czeka na sprawdzenie z podpisanym (nabor contract accept)"
        )
        lines.append(TodoLine(what, number, OFFICER, warsaw_date(form.received_at), None, Right.MONEY))
    known = {line.reference for line in lines}
    for one in watched_papers(session, now=now):
        if one.paper in _SAID_OTHERWISE or (one.application in known and one.paper in _OF_STATEMENT):
            continue
        asked = one.due is not None or one.paper is Paper.CONTRACT_SIGNED
        who, needs = (CANDIDATE, None) if asked else (OFFICER, Right.MONEY)
        lines.append(TodoLine(f"brakuje: {one.words}", one.application, who, one.since, one.due, needs))
    return lines


_SAID_OTHERWISE = frozenset({Paper.BILL})
"""Signed bills stand among what waits already."""
_OF_STATEMENT = frozenset({Paper.STATEMENT, Paper.ACCOUNT})


def _mails(session: Session) -> list[TodoLine]:
    rows = session.exec(select(ReceivedMail).where(ReceivedMail.state == MailState.WAITING)).all()
    return [
        TodoLine(
            why(row.kind, row.remarks, row.letter_id) + _of_whom(session, row),
            f"list {row.id}",
            OFFICER,
            warsaw_date(row.received_at),
            None,
        )
        for row in rows
    ]


def _of_whom(session: Session, mail: ReceivedMail) -> str:
    """Whose answer to an invitation it is, by number."""
    if mail.kind is not MailKind.CALENDAR or mail.application_id is None:
        return ""
    return f" (zgłoszenie {session.get_one(Application, mail.application_id).number})"


def _incidents(session: Session) -> list[TodoLine]:
    rows = session.exec(select(Incident).where(Incident.state == IncidentState.OPEN)).all()
    return [
        TodoLine(f"awaria przebiegu {row.flow} ({row.code})", f"awaria {row.id}", OFFICER, warsaw_date(row.at), None)
        for row in rows
    ]
