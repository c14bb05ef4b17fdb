"""What waits about applications: files, answers, verification, typing, assessment and corrections."""

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import current_values, newest_correction
from flows.steps.assessments import assessment_lines
from flows.steps.assessors import waiting_for_assessors
from flows.steps.corrections import period_ends
from flows.steps.people import differing
from flows.steps.todo_line import CANDIDATE, COMMISSION, OFFICER, TodoLine
from flows.steps.verification import newest_sheet
from models.events import Happened
from models.tables import Application, Call, Correction, Event, Person, SubmittedFile, UnaskedChange
from models.tables.applications import ON_THE_WAY, ApplicationState, ChangeState, CorrectionState
from models.tables.calls import CallState
from models.tables.files import FileState
from models.transitions import reference


def applications_waiting(session: Session) -> list[TodoLine]:
    """Applications and their files on the way to a complete, verified form."""
    return [
        *_files(session),
        *_seen_again(session),
        *_applications(session),
        *_differing(session),
        *_corrections(session),
        *_changes(session),
    ]


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
