"""To which call and which application a file belongs, by what it says and by what was said of it.

Nothing is guessed: a name that leads nowhere, or two that differ, is :class:`FormUnreadable`, an officer's case.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from flows.steps.addresses import confirmed_address
from flows.steps.applications import find_application, newest_correction
from flows.steps.applying_units import applications_of_unit
from flows.steps.calls import find_call
from flows.steps.corrections import period_ends
from flows.steps.hidden_ids import HIDDEN_ID
from flows.steps.projects import definition_for
from forms.reading import FormReading
from models.errors import FormUnreadable, NotFound
from models.identifiers import split_token
from models.rules.area import within
from models.rules.unit_numbers import unit_key
from models.storage import keyring_in
from models.tables import Application, Call, Institution, Person, SubmittedFile
from models.tables.applications import ApplicationState


@dataclass(frozen=True)
class Claim:
    """The application a file says it belongs to, and what an officer should know of that."""

    number: str = ""
    remarks: tuple[str, ...] = ()


_FALSE_ID = "Plik podaje identyfikator zgłoszenia, który się nie zgadza; pominięto go."
_OLD_ID = (
    "Plik jest kopią zwróconą do uzupełnienia, ale tamto zgłoszenie na nic już nie czeka; identyfikator pominięto."
)


def claimed(session: Session, row: SubmittedFile, reading: FormReading, *, only_awaited: bool = True) -> Claim:
    """The number that the manifest, an officer or the subject of a mail gives, else the checked hidden id of our copy.

    An id whose check fails is never trusted: it is left out, and said. Raises ``FormUnreadable`` when the two differ.
    ``only_awaited``: the hidden id counts only where an answer to a request is waited for.
    """
    remarks: list[str] = []
    given = _checked(session, row.answers_number or "", remarks)
    hidden = _checked(session, reading.application_token, remarks, only_tokens=True)
    if hidden:
        try:
            copied = find_application(session, hidden)
        except NotFound:
            copied = None
        unawaited = only_awaited and copied is not None and not awaits(session, copied, row.received_at)
        if copied is None or (not given and unawaited):
            remarks.append(_OLD_ID)
            hidden = ""
        elif given and given not in (copied.number, copied.public_number):
            raise FormUnreadable(
                "numbers_differ",
                "Plik oznaczono numerem innego zgłoszenia niż to, do którego należy zwrócona kopia. "
                "Pracownik musi sprawdzić, czyja to odpowiedź.",
            )
    return Claim(given or hidden, tuple(dict.fromkeys(remarks)))


def _checked(session: Session, text: str, remarks: list[str], *, only_tokens: bool = False) -> str:
    """A plain number as it is, a token as its number if its keyed check is right; else nothing, with a remark."""
    token = split_token(text)
    if token is None:
        if text and only_tokens:
            remarks.append(_FALSE_ID)
        return "" if only_tokens else text
    if keyring_in(session).knows_lookup(HIDDEN_ID, *token):
        return token[0]
    remarks.append(_FALSE_ID)
    return ""


def call_for(session: Session, number: str, row: SubmittedFile, reading: FormReading, gmina: str) -> Call:
    """The call the form was sent to: named by its number, else the one of that group kind whose area the gmina is in,
    else the only one that could be meant. Raises ``FormUnreadable`` when several could."""
    if number:
        try:
            return session.get_one(Call, find_application(session, number).call_id)
        except NotFound:
            raise FormUnreadable(
                "unknown_number", "Plik oznaczono numerem zgłoszenia, którego nie ma w rejestrze."
            ) from None
    if row.call_code:
        named = call_named(session, row.call_code)
        if definition_for(session, named).group_kind(named.group_kind).form != reading.form_key:
            raise FormUnreadable("wrong_form", "Formularz jest czytelny, ale nie należy do naboru, który podano.")
        return named
    # Of a large project the calls around a gmina are few among thousands.
    inside = [call for call in _taking(session, reading, around=gmina) if within(gmina, call.area)] if gmina else []
    fitting = [] if inside else _taking(session, reading)
    started = [call for call in (inside or fitting) if call.opens_at <= row.received_at] or inside or fitting
    if len(started) == 1 or inside:
        return started[0]
    if not started:
        raise FormUnreadable("no_call", "Formularz jest czytelny, ale nie otwarto naboru, do którego należy.")
    raise FormUnreadable(
        "call_unclear",
        "Formularz jest czytelny, ale nie wiadomo, do którego naboru należy (obszar instytucji niejasny).",
    )


def _taking(session: Session, reading: FormReading, *, around: str = "") -> list[Call]:
    """The calls that take such a form, the newest first; ``around``: only those for areas that may hold the gmina."""
    rows = select(Call).order_by(col(Call.opens_at).desc(), col(Call.id))
    if around:
        larger = col(Call.area).in_(["", around[:2], around[:4]])
        rows = rows.where(or_(larger, col(Call.area).startswith(around[:6], autoescape=True)))
    return [
        call
        for call in session.exec(rows).all()
        if definition_for(session, call).group_kind(call.group_kind).form == reading.form_key
    ]


def call_named(session: Session, code: str) -> Call:
    """The call of that code. Raises ``FormUnreadable`` when there is none."""
    try:
        return find_call(session, code)
    except NotFound:
        raise FormUnreadable("unknown_call", "Plik oznaczono kodem naboru, którego nie ma w rejestrze.") from None


def named_in(session: Session, claim: Claim, row: SubmittedFile, reading: FormReading) -> Application | None:
    """The application that the sender, the manifest or our own copy names as the one this file completes.

    Raises ``FormUnreadable`` when that one does not wait for an answer or is of another form: never a new application.
    """
    if not claim.number:
        return None
    named = find_application(session, claim.number)
    if reading.form_key != named.form_key:
        raise FormUnreadable("wrong_form", "Plik oznaczono numerem zgłoszenia złożonego na innym formularzu.")
    if not awaits(session, named, row.received_at):
        raise FormUnreadable("not_awaited", "Plik oznaczono numerem zgłoszenia, które nie czeka na uzupełnienie.")
    return named


def waiting_of(session: Session, row: SubmittedFile, call: Call, person: Person) -> Application | None:
    """The application of the same person and call that waits for this answer."""
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.person_id == person.id)
        .order_by(col(Application.id))
    ).all()
    return next((one for one in rows if awaits(session, one, row.received_at)), None)


def waiting_of_unit(session: Session, row: SubmittedFile, call: Call, unit: str) -> Application | None:
    """The application of the same unit and call that waits for this answer.

    The name of a unit is no secret, so it proves nothing: the answer counts if it comes from where the application
    came from, from its confirmed address, or from the unit's official one. Raises ``FormUnreadable`` for any other.
    """
    waiting = [one for one in applications_of_unit(session, call, unit) if awaits(session, one, row.received_at)]
    found = next((one for one in waiting if _known_sender(session, row, one, unit)), None)
    if waiting and found is None:
        raise FormUnreadable(
            "unit_sender_unknown",
            "Zgłoszenie tej jednostki czeka na uzupełnienie, a formularz przyszedł z adresu, którego przy zgłoszeniu "
            "nie ma, albo bez adresu nadawcy. Proszę sprawdzić, kto go złożył; jeżeli ta jednostka, proszę podać numer "
            "jej zgłoszenia: nabor application settle-file PLIK --again --application NUMER.",
        )
    return found


def _known_sender(session: Session, row: SubmittedFile, application: Application, unit: str) -> bool:
    confirmed = confirmed_address(session, application)
    known = [
        *session.exec(select(SubmittedFile.sender).where(SubmittedFile.application_id == application.id)).all(),
        confirmed.address if confirmed is not None else "",
        *_official_addresses(session, unit),
    ]
    sender = (row.sender or "").strip().casefold()
    return bool(sender) and sender in {(one or "").strip().casefold() for one in known}


def _official_addresses(session: Session, unit: str) -> list[str]:
    rows = session.exec(
        select(Institution).where(col(Institution.teryt).startswith(unit_key(unit), autoescape=True))
    ).all()
    return [one.email for one in rows if unit_key(one.teryt or "") == unit_key(unit)]


def asked_of(session: Session, application: Application) -> list[str]:
    """The keys that the last request asked for: what came back under them was meant to change."""
    last = newest_correction(session, application)
    return [item["key"] for item in last.items] if last is not None else []


def awaits(session: Session, application: Application, received_at: datetime) -> bool:
    """Whether an answer received at that time counts: to an open request, or in time to one that was closed since."""
    if application.state is ApplicationState.INCOMPLETE:
        return True
    last = newest_correction(session, application)
    if application.state is not ApplicationState.CLOSED_INCOMPLETE or last is None:
        return False
    ends = period_ends(session, last)
    return ends is not None and received_at <= ends


def has_other(session: Session, call: Call, person: Person, *, beside: Application | None = None) -> bool:
    """Whether the person has applied to this call, ``beside`` that application, and not withdrawn."""
    rows = session.exec(
        select(Application.id).where(
            Application.call_id == call.id,
            Application.person_id == person.id,
            Application.state != ApplicationState.WITHDRAWN,
        )
    ).all()
    return any(beside is None or one != beside.id for one in rows)
