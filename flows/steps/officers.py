"""Officers: adding them, logging them in, and the single-use tickets they sign decisions with on the Prefect page."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models.actor import Actor, Right, Role
from models.errors import BadInput, NotAllowed, NotFound, NotLoggedIn
from models.events import Happened
from models.identifiers import Fault, check_email
from models.rules.area import is_teryt
from models.storage import keyring_in
from models.tables import Officer, OfficerTicket
from models.transitions import note

TICKET_LIFE = timedelta(minutes=30)
SHORTEST_SECRET = 10
_SCRYPT_N = 2**14
_NOBODY = f"scrypt${_SCRYPT_N}${'0' * 32}${'0' * 128}"
"""A stored secret that none opens."""
_REFUSAL = "Nieznane konto albo błędne hasło."


def add_officer(
    session: Session,
    login: str,
    *,
    name: str,
    secret: str,
    roles: Iterable[Role],
    scope: str = "",
    actor: Actor | None,
    now: datetime,
) -> None:
    """Adds an officer. The very first one needs no actor: somebody must open the office."""
    if actor is None and session.exec(select(Officer)).first() is not None:
        raise NotLoggedIn("Konta zakłada administrator. Zaloguj się (--as).")
    given = set(roles)
    if actor is not None:
        actor.require(Right.MANAGE_OFFICERS)
    elif Role.ADMINISTRATOR not in given or scope:
        raise BadInput("Pierwsze konto to administrator bez obszaru (--role administrator): on zakłada następne.")
    if not name.strip():
        raise BadInput("Podaj imię i nazwisko osoby (--name): stoi w dokumentach, które podpisuje.")
    if actor is not None and not actor.covers(scope):
        raise NotAllowed("Nowe konto nie może działać na większym obszarze niż konto, które je zakłada.")
    if scope and not is_teryt(scope):
        raise BadInput("Obszar (--scope) to początek kodu TERYT: 2, 4 albo 7 cyfr, np. 2205.")
    if not login.isascii() or not login.replace(".", "").replace("-", "").isalnum():
        raise BadInput("Login składa się z liter bez polskich znaków, cyfr, kropek i myślników.")
    if len(secret) < SHORTEST_SECRET:
        raise BadInput(f"Hasło musi mieć co najmniej {SHORTEST_SECRET} znaków.")
    if session.exec(select(Officer).where(Officer.login == login)).first() is not None:
        raise BadInput("Takie konto już istnieje.")
    officer = Officer(
        login=login,
        name=name,
        secret=_digest(secret),
        roles=sorted(given),
        scope=scope,
        created_at=now,
        created_by=actor.login if actor else login,
    )
    session.add(officer)
    session.flush()
    note(
        session,
        f"officer/{officer.id}",
        happened=Happened.OFFICER_ADDED,
        actor=actor or actor_of(officer),
        now=now,
        area=scope,
        facts={"roles": officer.roles, "scope": scope},
    )


def log_in(session: Session, login: str, secret: str) -> Actor:
    """The actor behind a login and its secret. Raises ``NotLoggedIn`` without saying which of the two was wrong."""
    officer = session.exec(select(Officer).where(Officer.login == login, Officer.active)).first()
    if officer is None:
        _matches(secret, _NOBODY)  # the same time passes, so logins cannot be guessed by waiting
        raise NotLoggedIn(_REFUSAL)
    if not _matches(secret, officer.secret):
        raise NotLoggedIn(_REFUSAL)
    return actor_of(officer)


def issue_ticket(session: Session, *, actor: Actor, now: datetime) -> str:
    """A ticket for one decision within half an hour. Only its keyed digest is stored."""
    officer = session.exec(select(Officer).where(Officer.login == actor.login, Officer.active)).first()
    if officer is None or officer.id is None:
        raise NotLoggedIn("Bilet wydaje się tylko zalogowanej osobie.")
    ticket = secrets.token_hex(6)
    session.add(
        OfficerTicket(
            officer_id=officer.id,
            digest=keyring_in(session).lookup("ticket", ticket),
            expires_at=now + TICKET_LIFE,
        )
    )
    note(session, f"officer/{officer.id}", happened=Happened.TICKET_ISSUED, actor=actor, now=now, area=actor.scope)
    return ticket


def redeem(session: Session, login: str, ticket: str, *, now: datetime) -> Actor:
    """Uses a ticket up and returns who holds it. Raises ``NotLoggedIn`` when it is unknown, used, foreign or late."""
    digest = keyring_in(session).lookup("ticket", ticket.strip().lower())
    row = session.exec(
        select(OfficerTicket)
        .join(Officer, col(Officer.id) == OfficerTicket.officer_id)
        .where(OfficerTicket.digest == digest, Officer.login == login, Officer.active)
        .with_for_update()
    ).first()
    if row is None or row.used_at is not None or row.expires_at < now:
        raise NotLoggedIn("Bilet jest nieznany, zużyty albo przeterminowany. Weź nowy: nabor officer ticket.")
    row.used_at = now
    session.add(row)
    officer = session.get_one(Officer, row.officer_id)
    actor = actor_of(officer)
    note(session, f"officer/{officer.id}", happened=Happened.TICKET_USED, actor=actor, now=now, area=actor.scope)
    return actor


def set_address(session: Session, login: str, address: str, *, actor: Actor, now: datetime) -> None:
    """Notes where the office writes to an officer; an empty address takes it back. One's own, or by an administrator.

    Raises ``NotFound``, ``NotAllowed``, and ``BadInput`` for what is no address.
    """
    if login != actor.login:
        actor.require(Right.MANAGE_OFFICERS)
    officer = session.exec(select(Officer).where(Officer.login == login)).first()
    if officer is None:
        raise NotFound(f"Nie ma konta „{login}”.")
    if not actor.covers(officer.scope):
        raise NotAllowed(f"Konto „{actor.login}” działa na obszarze {actor.scope}; konto „{login}” – poza nim.")
    checked = check_email(address) if address.strip() else None
    if isinstance(checked, Fault):
        raise BadInput(f"To nie jest adres e-mail. {checked.sentence}")
    officer.email = address.strip() or None
    session.add(officer)
    note(
        session,
        f"officer/{officer.id}",
        happened=Happened.OFFICER_ADDRESSED,
        actor=actor,
        now=now,
        area=officer.scope,
        facts={"given": officer.email is not None},
    )


def actor_of(officer: Officer) -> Actor:
    """The officer as one who acts."""
    return Actor(login=officer.login, roles=frozenset(Role(role) for role in officer.roles), scope=officer.scope)


def _digest(secret: str, salt: bytes | None = None) -> str:
    salt = salt or secrets.token_bytes(16)
    body = hashlib.scrypt(secret.encode(), salt=salt, n=_SCRYPT_N, r=8, p=1)
    return f"scrypt${_SCRYPT_N}${salt.hex()}${body.hex()}"


def _matches(secret: str, stored: str) -> bool:
    _, cost, salt, body = stored.split("$")
    candidate = hashlib.scrypt(secret.encode(), salt=bytes.fromhex(salt), n=int(cost), r=8, p=1)
    return hmac.compare_digest(candidate, bytes.fromhex(body))
