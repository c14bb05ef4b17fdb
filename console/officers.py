"""``nabor officer``: accounts and single-use tickets."""

from typing import Annotated

import typer
from pydantic import SecretStr
from sqlmodel import select

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from flows.adapters.office import open_office
from flows.steps.officers import add_officer, issue_ticket, set_address
from models.actor import Actor, Role, process
from models.errors import BadInput
from models.tables import Officer

app = typer.Typer(cls=PolishGroup, name="officer", help="Konta pracowników i bilety", no_args_is_help=True)


@command(app, "add")
def add(
    desk: Desk,
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="Login nowej osoby")],
    name: Annotated[str, typer.Option("--name", help="Imię i nazwisko")],
    role: Annotated[list[Role], typer.Option("--role", help="Rola; można podać kilka razy")],
    scope: Annotated[str, typer.Option("--scope", help="Obszar (początek TERYT); pusty: cały projekt")] = "",
) -> None:
    """Zakłada konto; pierwsze konto w nowym biurze zakłada się bez logowania.

    Przykład: nabor officer add anna --name "Anna Próbna" --role recruitment
    """
    with open_office(desk.settings) as office:
        with office.reading(process("login")) as session:
            first = session.exec(select(Officer)).first() is None
        actor: Actor | None = None
        if not first:
            with desk.office() as (_office, logged_in):
                actor = logged_in
        secret = _new_secret(desk, first)
        with office.writing(actor or process("first-officer")) as session:
            add_officer(
                session, login, name=name, secret=secret, roles=role, scope=scope, actor=actor, now=office.now()
            )
    desk.say(f"Założono konto {login}.", login=login, roles=role, scope=scope)


@command(app, "email")
def email(
    desk: Desk,
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="Konto, do którego należy adres")],
    address: Annotated[str, typer.Argument(metavar="ADRES", help="Adres e-mail; bez niego adres się usuwa")] = "",
    dry_run: DryRun = False,
) -> None:
    """Zapisuje, na jaki adres biuro pisze do pracownika: przegląd tygodnia i przypomnienia. Swój wpisuje każdy.

    Przykład: nabor officer email zofia zofia.zgloszeniowa@example.org
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        set_address(session, login, address, actor=actor, now=now)
    said = "Zapisano adres konta" if address.strip() else "Usunięto adres konta"
    desk.say(f"{said} {login}.", login=login, given=bool(address.strip()))


@command(app, "ticket")
def ticket(desk: Desk) -> None:
    """Wydaje bilet jednorazowy do podpisania decyzji na stronie Prefect.

    Przykład: nabor officer ticket --as anna
    """
    with desk.writing() as (session, actor, now):
        issued = issue_ticket(session, actor=actor, now=now)
    desk.say(f"Bilet (działa raz, przez 30 minut): {issued}", ticket=issued)


def _new_secret(desk: Desk, first: bool) -> str:
    given: SecretStr | None = desk.settings.officer_secret if first else None
    if given is not None:
        return given.get_secret_value()
    secret = desk.ask_secret("Hasło nowego konta: ", of="nowego konta")
    if secret != desk.ask_secret("To samo hasło jeszcze raz: ", of="nowego konta"):
        raise BadInput("Hasła się różnią.")
    return secret
