"""The commission: who sits in it, its sessions, who was there, and who takes no part in which application."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select
from stdnum.pl import nip as nip_number

from flows.adapters.clock import warsaw_date
from flows.steps.applications import current_values, find_application
from flows.steps.calls import find_call, require_selection
from flows.steps.people import value_of
from models.actor import Actor, Right, Role
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.events import Happened
from models.glossary import label
from models.rules.area import is_teryt
from models.tables import (
    Application,
    Call,
    CommissionMember,
    CommissionSession,
    Officer,
    ProjectVersion,
    Recusal,
    SessionPresence,
)
from models.tables.commission import MemberFunction, RecusalCause, SeatState, SessionState
from models.transitions import enter, move, note, reference

_LETTERS = {MemberFunction.CHAIR: "P", MemberFunction.SECRETARY: "S", MemberFunction.MEMBER: "C"}
"""Przewodnicząca/y, sekretarz, członkini/członek: symbols stand in papers that people read."""


@dataclass(frozen=True)
class MemberLine:
    """A member as officers see one."""

    login: str
    name: str
    function: str
    symbol: str
    votes: bool
    since: datetime
    until: datetime | None
    present: bool


def appoint(
    session: Session,
    body: str,
    login: str,
    *,
    function: MemberFunction,
    scope: str = "",
    votes: bool = True,
    institution_nip: str | None = None,
    actor: Actor,
    now: datetime,
) -> str:
    """Appoints an officer to the commission of a project, or of one call (which then has its own). Returns the symbol.

    ``body`` is a project's code or a call's; ``scope`` narrows the project's commission to an area. The same again
    changes nothing. Raises ``BadInput`` for an account without the commission's role, and for a second chair, and
    ``NotYet`` for a commission that would take the place of one that sits. Recusals of the officer in other seats of
    the project hold in this one too.
    """
    actor.require(Right.APPOINT)
    officer = session.exec(select(Officer).where(Officer.login == login, Officer.active)).first()
    if officer is None or officer.id is None:
        raise NotFound(f"Nie ma czynnego konta „{login}”.")
    call, project, area, known_as = _body(session, body, scope)
    actor.require(Right.APPOINT, area=area)
    if Role.COMMISSION not in officer.roles:
        raise BadInput(
            f"Konto „{login}” nie ma roli commission, a bez niej nikt nie rozstrzyga. Nadaje ją administrator."
        )
    if not area.startswith(officer.scope):
        raise BadInput(f"Konto „{login}” działa na obszarze {officer.scope}; tej Komisji nie zobaczy.")
    number = (institution_nip or "").strip()
    if number and not nip_number.is_valid(number):
        raise BadInput("NIP instytucji jest błędny: nie zgadza się cyfra kontrolna.")
    sitting = [one for one in _of_body(session, known_as) if one.state is SeatState.APPOINTED]
    standing = next((one for one in sitting if one.officer_id == officer.id), None)
    if standing is not None:
        if standing.function is function:
            return standing.symbol
        raise BadInput(f"„{login}” jest już w tej Komisji ({label(standing.function)}). Najpierw: odwołaj.")
    if function is MemberFunction.CHAIR and any(one.function is MemberFunction.CHAIR for one in sitting):
        raise BadInput("Ta Komisja ma już osobę przewodniczącą; najpierw trzeba ją odwołać.")
    before = _of_body(session, known_as)
    if not before:
        _require_nobody_sits(session, call, project, area, now=now)
    ever = [one for one in before if one.function is function]
    member = CommissionMember(
        area=area,
        body=known_as,
        call_id=call.id if call else None,
        project=project,
        officer_id=officer.id,
        function=function,
        votes=votes,
        symbol=f"{_LETTERS[function]}{len(ever) + 1}",
        institution_nip=nip_number.compact(number) if number else None,
        appointed_at=now,
    )
    enter(
        session,
        member,
        happened=Happened.COMMISSION_APPOINTED,
        actor=actor,
        now=now,
        facts={"body": known_as, "login": login, "function": function, "symbol": member.symbol, "votes": votes},
    )
    _carry_recusals(session, member, actor=actor, now=now)
    return member.symbol


def _carry_recusals(session: Session, member: CommissionMember, *, actor: Actor, now: datetime) -> None:
    """Whoever was recused in another seat stays recused in this one: the conflict is the person's, not the seat's."""
    earlier = session.exec(
        select(Recusal, Application)
        .join(CommissionMember, col(CommissionMember.id) == Recusal.member_id)
        .join(Application, col(Application.id) == Recusal.application_id)
        .where(CommissionMember.officer_id == member.officer_id, CommissionMember.project == member.project)
        .order_by(col(Recusal.id))
    ).all()
    for recusal, application in earlier:
        if member.call_id in (None, application.call_id) and application.area.startswith(member.area):
            _recuse(session, member, application, recusal.cause, recusal.reason, actor=actor, now=now)


def _require_nobody_sits(session: Session, own: Call | None, project: str, area: str, *, now: datetime) -> None:
    """Raises ``NotYet`` while a session is open of a call that the new commission would take over."""
    calls = session.exec(
        select(Call)
        .join(ProjectVersion, col(ProjectVersion.id) == Call.project_version_id)
        .where(ProjectVersion.code == project, Call.id == own.id if own else col(Call.area).startswith(area))
        .order_by(col(Call.id))
        .with_for_update(of=Call)
    ).all()
    for call in calls:
        sitting = open_session_of(session, call)
        seated = ever_members(session, call, at=now)
        if sitting is None or (own is None and any(one.call_id or len(one.area) >= len(area) for one in seated)):
            continue
        raise NotYet(
            f"Trwa posiedzenie nr {sitting.number} w sprawie naboru {call.code}, a nowa Komisja przejęłaby ten nabór. "
            f"Najpierw: nabor commission close-session {call.code}."
        )


def dismiss(session: Session, body: str, login: str, *, scope: str = "", actor: Actor, now: datetime) -> None:
    """Ends somebody's appointment from now on. What was voted stays. Raises ``NotFound``."""
    actor.require(Right.APPOINT)
    _, _, area, known_as = _body(session, body, scope)
    actor.require(Right.APPOINT, area=area)
    for member in _of_body(session, known_as):
        if member.state is SeatState.APPOINTED and session.get_one(Officer, member.officer_id).login == login:
            member.dismissed_at = now
            move(
                session, member, SeatState.DISMISSED, happened=Happened.COMMISSION_DISMISSED, actor=actor, now=now,
                facts={"body": known_as, "login": login},
            )  # fmt: skip
            return
    raise NotFound(f"„{login}” nie jest w składzie tej Komisji.")


def _body(session: Session, body: str, scope: str) -> tuple[Call | None, str, str, str]:
    """The call, if it is one; the project; the area; and what the commission is known as."""
    call = session.exec(select(Call).where(Call.code == body)).first()
    if call is not None:
        if scope:
            raise BadInput("Obszar podaje się tylko dla Komisji projektu; nabór ma swój.")
        return call, session.get_one(ProjectVersion, call.project_version_id).code, call.area, call.code
    if scope and not is_teryt(scope):
        raise BadInput("Obszar (--scope) to początek kodu TERYT: 2, 4 albo 7 cyfr, np. 22.")
    if session.exec(select(ProjectVersion.id).where(ProjectVersion.code == body)).first() is None:
        raise NotFound(f"Nie ma projektu ani naboru „{body}” (albo leży poza obszarem tego konta).")
    return None, body, scope, f"{body}:{scope}"


def _of_body(session: Session, known_as: str) -> Sequence[CommissionMember]:
    return session.exec(
        select(CommissionMember).where(CommissionMember.body == known_as).order_by(col(CommissionMember.id))
    ).all()


def ever_members(session: Session, call: Call, *, at: datetime) -> list[CommissionMember]:
    """Everybody appointed until a moment to what was then the commission of the call, with those dismissed since.

    That is its own one, else the narrowest of the project. A commission appointed later changes nothing of the past.
    """
    own = session.exec(
        select(CommissionMember)
        .where(CommissionMember.call_id == call.id, col(CommissionMember.appointed_at) <= at)
        .order_by(col(CommissionMember.id))
    ).all()
    if own:
        return list(own)
    project = session.get_one(ProjectVersion, call.project_version_id).code
    rows = session.exec(
        select(CommissionMember)
        .where(
            CommissionMember.project == project,
            col(CommissionMember.call_id).is_(None),
            col(CommissionMember.appointed_at) <= at,
        )
        .order_by(col(CommissionMember.id))
    ).all()
    near = [row for row in rows if call.area.startswith(row.area)]
    narrowest = max((len(row.area) for row in near), default=0)
    return [row for row in near if len(row.area) == narrowest]


def members(session: Session, call: Call, *, at: datetime) -> list[CommissionMember]:
    """Who sits in the call's commission at a moment, in the order of the appointments."""
    return [one for one in ever_members(session, call, at=at) if one.dismissed_at is None or one.dismissed_at > at]


def member_named(session: Session, call: Call, login: str, *, at: datetime) -> CommissionMember:
    """The member behind a login. Raises ``NotAllowed`` for one who does not sit in the call's commission."""
    for one in members(session, call, at=at):
        if session.get_one(Officer, one.officer_id).login == login:
            return one
    raise NotAllowed(
        f"„{login}” nie jest w składzie Komisji naboru {call.code}. Powołuje administrator: nabor commission appoint."
    )


def member_lines(session: Session, call: Call, *, at: datetime) -> list[MemberLine]:
    """The commission of a call, with those who were dismissed, and who is at the open session."""
    sitting = open_session_of(session, call)
    there = present(session, sitting, at=at) if sitting else []
    lines = []
    for one in ever_members(session, call, at=at):
        officer = session.get_one(Officer, one.officer_id)
        lines.append(
            MemberLine(
                login=officer.login,
                name=officer.name,
                function=label(one.function),
                symbol=one.symbol,
                votes=one.votes,
                since=one.appointed_at,
                until=one.dismissed_at,
                present=one in there,
            )
        )
    return lines


def open_session(
    session: Session, call_code: str, *, place: str, remote: bool, held_on: date | None, actor: Actor, now: datetime
) -> CommissionSession:
    """Opens a session about a call. Raises ``NotYet`` while another one is open or nobody is appointed."""
    actor.require(Right.CONVENE)
    call = find_call(session, call_code)
    require_selection(session, call)
    session.refresh(call, with_for_update=True)
    if open_session_of(session, call) is not None:
        raise NotYet(f"Posiedzenie w sprawie naboru {call.code} już trwa; najpierw: nabor commission close-session.")
    if not members(session, call, at=now):
        raise NotYet(f"Nikogo nie powołano do Komisji naboru {call.code}; najpierw: nabor commission appoint.")
    if not place.strip():
        raise BadInput("Podaj miejsce posiedzenia (--place); stoi w protokole.")
    day = held_on or warsaw_date(now)
    if day > warsaw_date(now):
        raise BadInput("Posiedzenia otwiera się, gdy się odbywa, a nie wcześniej.")
    numbers = session.exec(select(CommissionSession.number).where(CommissionSession.call_id == call.id)).all()
    assert call.id is not None
    row = CommissionSession(
        area=call.area,
        call_id=call.id,
        number=max(numbers, default=0) + 1,
        held_on=day,
        place=place.strip(),
        remote=remote,
        opened_at=now,
        opened_by=actor.login,
    )
    enter(
        session, row, happened=Happened.SESSION_OPENED, actor=actor, now=now,
        facts={"call": call.code, "number": row.number, "remote": remote},
    )  # fmt: skip
    return row


def close_session(session: Session, call_code: str, *, actor: Actor, now: datetime) -> int:
    """Closes the open session of a call; its number. Raises ``NotYet`` when none is open."""
    actor.require(Right.CONVENE)
    call = find_call(session, call_code)
    session.refresh(call, with_for_update=True)
    row = require_open(session, call)
    row.closed_at = now
    move(
        session, row, SessionState.CLOSED, happened=Happened.SESSION_CLOSED, actor=actor, now=now,
        facts={"number": row.number},
    )  # fmt: skip
    return row.number


def open_session_of(session: Session, call: Call) -> CommissionSession | None:
    """The session of a call that is going on."""
    return session.exec(
        select(CommissionSession).where(
            CommissionSession.call_id == call.id, CommissionSession.state == SessionState.OPEN
        )
    ).first()


def require_open(session: Session, call: Call, number: int | None = None) -> CommissionSession:
    """The open session, which bears this number if one is asked for. Raises ``NotYet``."""
    row = open_session_of(session, call)
    if row is None:
        raise NotYet(
            f"W sprawie naboru {call.code} nie trwa posiedzenie Komisji; najpierw: "
            f"nabor commission open-session {call.code}."
        )
    if number is not None and row.number != number:
        raise NotYet(f"Trwa posiedzenie nr {row.number}, a nie nr {number}.")
    return row


def require_risen(session: Session, call: Call) -> None:
    """Raises ``NotYet`` while the commission sits: a protocol tells of a whole session."""
    sitting = open_session_of(session, call)
    if sitting is not None:
        raise NotYet(
            f"Trwa posiedzenie nr {sitting.number}; wyniki ogłasza się po nim: "
            f"nabor commission close-session {call.code}."
        )


def attend(
    session: Session, call_code: str, logins: Sequence[str], *, leaves: bool, actor: Actor, now: datetime
) -> list[str]:
    """Records who came to the open session, or left it; the symbols of all who are there now.

    Applications from a member's own institution are recused at once, where its NIP is known.
    """
    actor.require(Right.CONVENE)
    call = find_call(session, call_code)
    session.refresh(call, with_for_update=True)
    sitting = require_open(session, call)
    there = present(session, sitting, at=now)
    assert sitting.id is not None
    for login in logins:
        member = member_named(session, call, login, at=now)
        if (member in there) is not leaves:
            continue
        assert member.id is not None
        session.add(
            SessionPresence(
                area=call.area, session_id=sitting.id, member_id=member.id, present=not leaves,
                recorded_at=now, recorded_by=actor.login,
            )
        )  # fmt: skip
        note(
            session, reference(sitting), actor=actor, now=now, area=call.area,
            happened=Happened.SESSION_DEPARTED if leaves else Happened.SESSION_ATTENDED,
            facts={"symbol": member.symbol},
        )  # fmt: skip
    recuse_own_institutions(session, call, present(session, sitting, at=now), actor=actor, now=now)
    return [one.symbol for one in present(session, sitting, at=now)]


def present(session: Session, sitting: CommissionSession, *, at: datetime) -> list[CommissionMember]:
    """Who is at the session at a moment."""
    rows = session.exec(
        select(SessionPresence)
        .where(SessionPresence.session_id == sitting.id, col(SessionPresence.recorded_at) <= at)
        .order_by(col(SessionPresence.id))
    ).all()
    latest = {row.member_id: row.present for row in rows}
    call = session.get_one(Call, sitting.call_id)
    return [one for one in members(session, call, at=at) if one.id is not None and latest.get(one.id, False)]


def recuse(
    session: Session, call_code: str, login: str, number: str, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Records that a member declares a conflict of interest about an application. The same again changes nothing.

    Raises ``BadInput`` without a reason, ``NotAllowed`` for one who is not a member.
    """
    actor.require(Right.CONVENE)
    call = find_call(session, call_code)
    session.refresh(call, with_for_update=True)
    member = member_named(session, call, login, at=now)
    application = find_application(session, number)
    if application.call_id != call.id:
        raise BadInput(f"Zgłoszenie {application.number} nie należy do naboru {call.code}.")
    if not reason.strip():
        raise BadInput("Podaj powód wyłączenia (--reason), bez danych osobowych kandydata.")
    # Whoever changed seats during a session may have voted in the earlier one.
    for seat in ever_members(session, call, at=now):
        if seat.officer_id == member.officer_id:
            _recuse(session, seat, application, RecusalCause.DECLARED, reason.strip(), actor=actor, now=now)


def recuse_own_institutions(
    session: Session, call: Call, sitters: Sequence[CommissionMember], *, actor: Actor, now: datetime
) -> None:
    """Recuses these members from applications of their own institution, by NIP."""
    told = [one for one in sitters if one.institution_nip]
    if not told:
        return
    for application in session.exec(
        select(Application).where(Application.call_id == call.id).order_by(col(Application.id))
    ).all():
        number = value_of(current_values(session, application), "instytucja.nip")
        for member in told:
            if number and nip_number.compact(number) == member.institution_nip:
                _recuse(session, member, application, RecusalCause.SAME_INSTITUTION, None, actor=actor, now=now)


def _recuse(
    session: Session,
    member: CommissionMember,
    application: Application,
    cause: RecusalCause,
    reason: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    known = session.exec(
        select(Recusal.id).where(Recusal.member_id == member.id, Recusal.application_id == application.id)
    ).first()
    if known is not None:
        return
    assert member.id is not None
    assert application.id is not None
    session.add(
        Recusal(
            area=application.area, member_id=member.id, application_id=application.id, cause=cause, reason=reason,
            recorded_at=now, recorded_by=actor.login,
        )
    )  # fmt: skip
    note(
        session, reference(application), happened=Happened.RECUSED, actor=actor, now=now, area=application.area,
        facts={"symbol": member.symbol, "cause": cause},
    )  # fmt: skip


def recusals(session: Session, call: Call, *, at: datetime) -> list[tuple[Recusal, CommissionMember, Application]]:
    """Recusals in a call, known at a moment, in the order they were recorded; of every commission it has had."""
    rows = session.exec(
        select(Recusal, CommissionMember, Application)
        .join(CommissionMember, col(CommissionMember.id) == Recusal.member_id)
        .join(Application, col(Application.id) == Recusal.application_id)
        .where(Application.call_id == call.id, col(Recusal.recorded_at) <= at)
        .order_by(col(Recusal.id))
    ).all()
    return list(rows)


def recusals_of(
    session: Session, call: Call, bodies: Collection[str], *, at: datetime
) -> list[tuple[Recusal, CommissionMember, Application]]:
    """Recusals of members of these commissions only: another one's ``P1`` is another person."""
    return [found for found in recusals(session, call, at=at) if found[1].body in bodies]
