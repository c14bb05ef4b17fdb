"""Officers: accounts, secrets, and tickets that sign one decision."""

from datetime import timedelta

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from people import ADAM, SECRET, WORKER, add_officers
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.officers import TICKET_LIFE, add_officer, issue_ticket, log_in, redeem
from models.actor import Actor, Role
from models.errors import BadInput, NotAllowed, NotLoggedIn
from models.events import Happened
from models.tables import Event, Officer

WHOLE = {"name": "Anna Próbna", "secret": SECRET, "roles": [Role.RECRUITMENT]}


def add(office: Office, login: str, actor: Actor | None = ADAM, **changes: object) -> None:
    with office.writing(ADAM) as session:
        add_officer(session, login, actor=actor, now=office.now(), **(WHOLE | changes))  # type: ignore[arg-type]


def ticket_of(office: Office, login: str) -> str:
    with office.writing(WORKER) as session:
        return issue_ticket(session, actor=log_in(session, login, SECRET), now=office.now())


def use(office: Office, login: str, ticket: str, after: timedelta = timedelta(0)) -> Actor:
    with office.writing(WORKER) as session:
        return redeem(session, login, ticket, now=office.now() + after)


def test_the_right_secret_gives_the_actor_with_roles_and_area(staged: Staged) -> None:
    office, _ = staged(add_officers)
    with office.reading(WORKER) as session:
        assert log_in(session, "rita", SECRET) == people.RITA
        assert log_in(session, "adam", SECRET) == people.ADAM


@pytest.mark.parametrize(("login", "secret"), [("rita", "zle-haslo-zle"), ("nikt", SECRET), ("rita", ""), ("", SECRET)])
def test_a_refusal_does_not_say_what_was_wrong(staged: Staged, login: str, secret: str) -> None:
    office, _ = staged(add_officers)
    with office.reading(WORKER) as session, pytest.raises(NotLoggedIn, match=r"^Nieznane konto albo błędne hasło\.$"):
        log_in(session, login, secret)


def test_an_account_that_was_closed_logs_in_no_more(staged: Staged) -> None:
    office, _ = staged(add_officers)
    ticket = ticket_of(office, "rita")
    with office.writing(ADAM) as session:
        officer = session.exec(select(Officer).where(Officer.login == "rita")).one()
        officer.active = False
        session.add(officer)
    with office.reading(WORKER) as session, pytest.raises(NotLoggedIn):
        log_in(session, "rita", SECRET)
    with pytest.raises(NotLoggedIn):
        use(office, "rita", ticket)


def test_secrets_and_names_are_not_stored(staged: Staged) -> None:
    office, _ = staged(add_officers)
    ticket = ticket_of(office, "rita")
    with office.store.engine.connect() as connection:
        stored = str(connection.execute(sa.text("SELECT * FROM officer")).all())
        stored += str(connection.execute(sa.text("SELECT * FROM officer_ticket")).all())
        stored += str(connection.execute(sa.text("SELECT * FROM event")).all())
    for secret in (SECRET, "Próbna", ticket):
        assert secret not in stored


def test_the_first_account_opens_the_office_and_the_second_needs_an_administrator(office: Office) -> None:
    add(office, "adam", actor=None, roles=[Role.ADMINISTRATOR])
    with pytest.raises(NotLoggedIn, match="administrator"):
        add(office, "obcy", actor=None)
    with pytest.raises(NotAllowed):
        add(office, "obcy", actor=people.RITA)
    add(office, "anna")
    with office.reading(WORKER) as session:
        assert log_in(session, "anna", SECRET).roles == {Role.RECRUITMENT}
        added = session.exec(select(Event).where(Event.kind == Happened.OFFICER_ADDED).order_by(col(Event.id))).all()
        assert [(event.actor, event.facts["roles"]) for event in added] == [
            ("adam", ["administrator"]),
            ("adam", ["recruitment"]),
        ]


@pytest.mark.parametrize(
    ("login", "changes", "said"),
    [
        ("żółw", {}, "polskich znaków"),
        ("", {}, "Login"),
        ("process:x", {}, "Login"),
        ("a b", {}, "Login"),
        ("anna", {"secret": "krótkie"}, "10 znaków"),
        ("adam", {}, "już istnieje"),
        ("anna", {"scope": "pomorskie"}, "TERYT"),
        ("anna", {"scope": "%"}, "TERYT"),
        ("anna", {"name": " "}, "--name"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    sqlite_office: Office, login: str, changes: dict[str, str], said: str
) -> None:
    add(sqlite_office, "adam", actor=None, roles=[Role.ADMINISTRATOR])
    with pytest.raises(BadInput, match=said):
        add(sqlite_office, login, actor=ADAM, **changes)


def test_the_first_account_is_one_that_can_make_others(sqlite_office: Office) -> None:
    with pytest.raises(BadInput, match="administrator"):
        add(sqlite_office, "anna", actor=None, roles=[Role.COMMISSION])
    with pytest.raises(BadInput, match="administrator"):
        add(sqlite_office, "anna", actor=None, roles=[Role.ADMINISTRATOR], scope="2205")
    add(sqlite_office, "adam", actor=None, roles=[Role.ADMINISTRATOR, Role.RECRUITMENT])


# Tickets


def test_a_ticket_signs_once(staged: Staged) -> None:
    office, _ = staged(add_officers)
    ticket = ticket_of(office, "kinga")
    assert use(office, "kinga", ticket) == people.KINGA
    with pytest.raises(NotLoggedIn, match="zużyty"):
        use(office, "kinga", ticket)


def test_a_ticket_is_forgiving_about_how_it_is_typed(staged: Staged) -> None:
    office, _ = staged(add_officers)
    assert use(office, "kinga", f"  {ticket_of(office, 'kinga').upper()} ") == people.KINGA


def test_a_ticket_is_good_for_half_an_hour(staged: Staged) -> None:
    office, _ = staged(add_officers)
    first, second = ticket_of(office, "kinga"), ticket_of(office, "kinga")
    with pytest.raises(NotLoggedIn, match="przeterminowany"):
        use(office, "kinga", first, TICKET_LIFE + timedelta(seconds=1))
    assert use(office, "kinga", second, TICKET_LIFE) == people.KINGA


def test_a_ticket_signs_for_its_own_officer_only_and_is_not_spent_by_another(staged: Staged) -> None:
    office, _ = staged(add_officers)
    ticket = ticket_of(office, "kinga")
    for login in ("rita", "nikt", ""):
        with pytest.raises(NotLoggedIn):
            use(office, login, ticket)
    assert use(office, "kinga", ticket) == people.KINGA


@pytest.mark.parametrize("invented", ["", "000000000000", "'; DROP TABLE officer; --"])
def test_an_invented_ticket_signs_nothing(staged: Staged, invented: str) -> None:
    office, _ = staged(add_officers)
    with pytest.raises(NotLoggedIn):
        use(office, "kinga", invented)


def test_only_who_is_logged_in_gets_a_ticket(sqlite_staged: Staged) -> None:
    sqlite_office, _ = sqlite_staged(add_officers)
    with sqlite_office.writing(WORKER) as session, pytest.raises(NotLoggedIn):
        issue_ticket(session, actor=WORKER, now=sqlite_office.now())


def test_tickets_are_on_record_without_themselves(staged: Staged) -> None:
    office, _ = staged(add_officers)
    use(office, "kinga", ticket_of(office, "kinga"))
    with office.reading(WORKER) as session:
        kinds = _kinds_of(session, "officer/3")
    assert kinds == [Happened.OFFICER_ADDED, Happened.TICKET_ISSUED, Happened.TICKET_USED]


def _kinds_of(session: Session, subject: str) -> list[str]:
    return list(session.exec(select(Event.kind).where(Event.subject == subject).order_by(sa.text("id"))).all())


def test_who_does_not_exist_is_refused_no_slower(sqlite_staged: Staged) -> None:
    """Otherwise logins could be guessed by waiting. Each refusal costs one derivation of a key, not two."""
    import hashlib
    from unittest.mock import patch

    sqlite_office, _ = sqlite_staged(add_officers)
    costs = []
    for login in ("rita", "nikt"):
        with patch("hashlib.scrypt", wraps=hashlib.scrypt) as derivations, sqlite_office.reading(WORKER) as session:
            with pytest.raises(NotLoggedIn):
                log_in(session, login, "zle-haslo-zle")
            costs.append(derivations.call_count)
    assert costs == [1, 1]
