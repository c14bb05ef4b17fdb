"""Keeping an office: keys, database, log, export."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, command
from console.polish_help import PolishGroup
from flows.steps.documents import export
from flows.steps.incidents import settle_incident
from flows.steps.rotation import rotate
from flows.steps.sealing import audit_log, seal_days
from models import migrations
from models.errors import BadInput
from models.keys import create_key_file
from models.storage import connect
from templates.polish import counted

app = typer.Typer(cls=PolishGroup, name="office", help="Klucze, baza, dziennik, eksport", no_args_is_help=True)


@command(app, "create-keys")
def create_keys(desk: Desk) -> None:
    """Tworzy plik kluczy wskazany w NABOR_KEYS (poza folderem danych).

    Przykład: nabor office create-keys
    """
    create_key_file(desk.settings.key_file)
    desk.say(
        f"Utworzono plik kluczy {desk.settings.key_file}. Zrób jego kopię i trzymaj ją osobno: "
        "bez kluczy danych nie da się odczytać."
    )


@command(app, "rotate-keys")
def rotate_keys(desk: Desk) -> None:
    """Przenosi wszystkie dane na nowy klucz.

    Przykład: nabor office rotate-keys
    """
    with desk.office() as (office, actor):
        key_id = rotate(office.store, actor=actor, now=office.now())
    desk.say(f"Dane są zaszyfrowane nowym kluczem {key_id}. Zrób nową kopię pliku kluczy.", key=key_id)


@command(app, "upgrade")
def upgrade(desk: Desk) -> None:
    """Przenosi bazę do tego wydania programu; najpierw zrób kopię.

    Przykład: nabor office upgrade
    """
    url = desk.settings.database_url
    engine = connect(desk.settings.data, url.get_secret_value() if url else None)
    before = migrations.current_revision(engine)
    migrations.upgrade(engine)
    engine.dispose()
    desk.say(
        f"Baza: {before or 'pusta'} → {migrations.head_revision()}.", before=before, now=migrations.head_revision()
    )


@command(app, "seal")
def seal(desk: Desk) -> None:
    """Pieczętuje zdarzenia dni, które się skończyły.

    Przykład: nabor office seal
    """
    with desk.writing() as (session, actor, now):
        made = seal_days(session, actor=actor, now=now)
    desk.say(f"Nowe pieczęcie: {made}.", seals=made)


@command(app, "audit")
def audit(desk: Desk) -> None:
    """Sprawdza, czy dziennik zdarzeń zgadza się z pieczęciami.

    Przykład: nabor office audit
    """
    with desk.reading() as (session, actor, _now):
        found = audit_log(session, actor=actor)
    if found.broken:
        raise BadInput("Dziennik nie zgadza się z pieczęciami:\n  " + "\n  ".join(found.broken))
    desk.say(
        f"Dziennik jest nienaruszony: pieczęcie {found.seals}, zdarzenia {found.events}, "
        f"jeszcze bez pieczęci {found.unsealed}.",
        seals=found.seals,
        events=found.events,
        unsealed=found.unsealed,
    )


@command(app, "export")
def export_(
    desk: Desk, folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Dokąd, poza folderem danych")]
) -> None:
    """Zapisuje dokumenty i wiadomości w postaci do otwarcia.

    Przykład: nabor office export eksport/
    """
    with desk.office() as (office, actor):
        written = export(office, folder, actor=actor)
    desk.say(
        f"Zapisano {counted(len(written), 'plik', 'pliki', 'plików')} w {folder}.",
        files=[str(path) for path in written],
    )


@command(app, "settle-incident")
def settle(desk: Desk, incident: Annotated[int, typer.Argument(metavar="AWARIA", help="Numer z nabor todo")]) -> None:
    """Zamyka sprawę awarii przebiegu.

    Przykład: nabor office settle-incident 1
    """
    with desk.writing() as (session, actor, now):
        settle_incident(session, incident, actor=actor, now=now)
    desk.say("Sprawę zamknięto.", incident=incident)
