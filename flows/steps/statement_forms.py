"""Statement forms that came back: what they lack, and how a person makes of one the statement that pay follows.

Nothing that decides about money is taken from a file alone. What was read waits until an officer of finance has seen
that it is what the member signed; an answer that could not be read is asked for, never guessed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import Gap, call_of, current_values, parsed_value
from flows.steps.memberships import membership_of
from flows.steps.people import value_of
from flows.steps.projects import definition_for, newest_for
from flows.steps.statements import record_statement
from models.actor import Actor, Right
from models.contract_rules import (
    ACCOUNT,
    BORN,
    COPYRIGHT,
    EMPLOYED,
    NO,
    NO_ADVANCE,
    OWN_EMPLOYER,
    PIT2,
    PPK,
    SICKNESS,
    STUDENT,
    YES,
)
from models.errors import BadInput, NotYet
from models.events import Happened
from models.form_definition import FormDefinition, LeafType
from models.identifiers import Nrb, check_nrb
from models.project import ProjectDefinition
from models.rules.facts import FieldStatus
from models.rules.pay import Statements
from models.tables import Application, Membership, Person, StatementAnswer, StatementForm, SubmittedFile
from models.tables.contracts import StatementFormState
from models.transitions import move


def _definitions(session: Session, membership: Membership) -> tuple[ProjectDefinition, ProjectDefinition]:
    """The newest version of the project, and the one that the call runs under."""
    call = call_of(session, session.get_one(Application, membership.application_id))
    return newest_for(session, call), definition_for(session, call)


def forms_waiting(session: Session) -> list[StatementForm]:
    """The forms that wait for an officer, the oldest first."""
    rows = session.exec(
        select(StatementForm)
        .where(StatementForm.state == StatementFormState.WAITING)
        .order_by(col(StatementForm.received_at), col(StatementForm.id))
    ).all()
    return list(rows)


def waiting_form(session: Session, membership: Membership) -> StatementForm | None:
    """The form of this member that waits for an officer, if one does."""
    return next(iter(forms_in(session, membership, StatementFormState.WAITING)), None)


def forms_in(session: Session, membership: Membership, state: StatementFormState) -> list[StatementForm]:
    rows = session.exec(
        select(StatementForm)
        .where(StatementForm.membership_id == membership.id, StatementForm.state == state)
        .order_by(col(StatementForm.id))
    ).all()
    return list(rows)


def answers_of(session: Session, form: StatementForm) -> dict[str, StatementAnswer]:
    """Every answer by its key, in the order of the form."""
    rows = session.exec(
        select(StatementAnswer).where(StatementAnswer.form_id == form.id).order_by(col(StatementAnswer.id))
    ).all()
    return {row.key: row for row in rows}


def definition_of_form(session: Session, form: StatementForm) -> FormDefinition:
    """The questions it was read by."""
    newest, under = _definitions(session, session.get_one(Membership, form.membership_id))
    for known in (*newest.forms, *under.forms):
        if (known.key, known.version) == (form.form_key, form.form_version):
            return known
    return newest.form(form.form_key)


def gaps_of(session: Session, form: StatementForm) -> list[Gap]:
    """The answers that must be asked for before the form can become a statement, each with its reason."""
    answers = answers_of(session, form)
    found = []
    for leaf in definition_of_form(session, form).leaves:
        row = answers.get(leaf.key)
        status = row.status if row is not None else FieldStatus.BLANK
        unticked = leaf.type is LeafType.STATEMENT and row is not None and row.value == "false"
        if status is FieldStatus.READ and not unticked:
            continue
        if status is FieldStatus.BLANK and not leaf.required:
            continue
        if status is FieldStatus.READ:
            found.append(Gap(leaf.key, leaf.label, "statement_unticked", _UNTICKED))
            continue
        code = (row.reason_code if row else "") or "required_blank"
        reason = (row.reason if row else None) or "Nie znaleźliśmy tu odpowiedzi. Prosimy ją wpisać."
        found.append(Gap(leaf.key, leaf.label, code, reason))
    return found


_UNTICKED = (
    "Oświadczenie nie jest zaznaczone. Jeżeli je Pani / Pan składa, prosimy zaznaczyć kratkę, na przykład znakiem X."
)


@dataclass(frozen=True)
class Accepted:
    """What an accepted form became. ``remarks``: what a person should know, without values."""

    application: str
    statements: Statements
    account: str
    valid_from: date
    remarks: tuple[str, ...]


def accept_statement(
    session: Session, number: str, *, valid_from: date | None = None, actor: Actor, now: datetime
) -> Accepted:
    """An officer has compared the waiting form with the signed paper: it becomes the member's statement, valid from
    the day it came unless said otherwise.

    Raises ``NotYet`` when no form waits, ``BadInput`` while an answer is missing or unreadable.
    """
    actor.require(Right.MONEY)
    membership = membership_of(session, number)
    form = waiting_form(session, membership)
    if form is None:
        raise NotYet(f"Zgłoszenie {number} nie ma oświadczenia, które czeka na sprawdzenie.")
    missing = gaps_of(session, form)
    if missing:
        raise BadInput(
            f"W oświadczeniu brakuje odpowiedzi albo nie dały się odczytać: {', '.join(gap.key for gap in missing)}. "
            f"Poproś o nie: nabor contract ask {number}."
        )
    answers = answers_of(session, form)
    said = statements_said(answers)
    account = check_nrb(_text(answers, ACCOUNT))
    if not isinstance(account, Nrb):
        raise BadInput(account.sentence)
    day = valid_from or warsaw_date(form.received_at)
    record_statement(
        session,
        number,
        said,
        account=account.digits,
        valid_from=day,
        form_id=form.id,
        actor=actor,
        now=now,
    )
    move(session, form, StatementFormState.ACCEPTED, happened=Happened.STATEMENT_ACCEPTED, actor=actor, now=now)
    return Accepted(number, said, account.digits, day, tuple(_remarks(session, membership, answers)))


def statements_said(answers: dict[str, StatementAnswer]) -> Statements:
    """The answers as the pay rules take them. A question that was not answered stays unknown; a request that was not
    made is not made."""
    born = _text(answers, BORN)
    return Statements(
        employed_elsewhere_at_minimum=_yes_no(answers, EMPLOYED),
        student_under_26=_yes_no(answers, STUDENT),
        voluntary_sickness=_yes_no(answers, SICKNESS),
        birth_date=date.fromisoformat(born) if born else None,
        employed_by_payer=_yes_no(answers, OWN_EMPLOYER),
        pit2=_yes_no(answers, PIT2) is True,
        no_advance=_yes_no(answers, NO_ADVANCE) is True,
        copyright_costs=_yes_no(answers, COPYRIGHT) is True,
        ppk=_yes_no(answers, PPK),
    )


def _text(answers: dict[str, StatementAnswer], key: str) -> str:
    row = answers.get(key)
    value = parsed_value(row.value) if row is not None and row.status is FieldStatus.READ else None
    return value if isinstance(value, str) else ""


def _yes_no(answers: dict[str, StatementAnswer], key: str) -> bool | None:
    return {YES: True, NO: False}.get(_text(answers, key))


def _remarks(session: Session, membership: Membership, answers: dict[str, StatementAnswer]) -> list[str]:
    """Where the statement says something else than the register does; a person decides what follows."""
    person = session.get_one(Person, membership.person_id)
    values = current_values(session, session.get_one(Application, membership.application_id))
    remarks = []
    if _text(answers, "nazwisko").casefold() not in ("", person.last_name.casefold()):
        remarks.append("Nazwisko w oświadczeniu różni się od zapisanego w rejestrze osób.")
    if _text(answers, BORN) not in ("", value_of(values, BORN)):
        remarks.append("Data urodzenia w oświadczeniu różni się od podanej w zgłoszeniu.")
    if _text(answers, PPK) == YES:
        remarks.append("Osoba uczestniczy w PPK; składek PPK program nie oblicza, wypłatę sprawdza pracownik.")
    if _text(answers, OWN_EMPLOYER) == YES:
        remarks.append("Pracodawcą jest Zleceniodawca (art. 8 ust. 2a); składki ustala pracownik.")
    return remarks


def refuse_statement(session: Session, number: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """An officer does not accept the waiting form. Raises ``NotYet`` when none waits, ``BadInput`` without a reason."""
    actor.require(Right.MONEY)
    form = waiting_form(session, membership_of(session, number))
    if form is None:
        raise NotYet(f"Zgłoszenie {number} nie ma oświadczenia, które czeka na sprawdzenie.")
    if not reason.strip():
        raise BadInput("Odmowa przyjęcia oświadczenia wymaga uzasadnienia (--reason).")
    form.reason = reason.strip()
    session.add(form)
    session.flush()
    move(session, form, StatementFormState.REFUSED, happened=Happened.STATEMENT_REFUSED, actor=actor, now=now)


def is_statement_file(session: Session, row: SubmittedFile) -> bool:
    """Whether a file was filed as a statement form."""
    return session.exec(select(StatementForm.id).where(StatementForm.file_id == row.id)).first() is not None
