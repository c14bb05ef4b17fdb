"""The third project, that of the tests: units apply first, then persons. Real Word forms; all else is invented."""

from functools import cache
from pathlib import Path

from form_filling import fill
from people import ADAM, WORKER, Sent, go_to, load, moment, send_in

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.calls import open_call
from flows.steps.decisions import decide_as_proposed
from flows.steps.forms import blank_form
from flows.steps.ranking import rank_call
from flows.steps.verification import to_verify, verify
from forms.reader import read_form
from models.actor import Actor, Role
from models.project import ProjectDefinition
from models.project_file import load_project

PROJECT = Path(__file__).resolve().parent / "projects" / "zagroda"
CALL = "ZAG/GMINY/PL/2018"
CARDS = "ZAG/KARTA/PL/2018"
GROUP = "ZAG/GRUPA/2205/2018"
ZOFIA = Actor("zofia", frozenset({Role.RECRUITMENT}), "")
KAZIMIERA = Actor("kazimiera", frozenset({Role.COMMISSION}), "")

APPLYING = (
    *("Brusy", "Kartuzy", "Żukowo", "Skarszewy", "Dzierzgoń", "Krobia", "Śrem", "Trzemeszno", "Witkowo"),
    *("Kcynia", "Gniewkowo", "Kruszwica"),
)
"""Twelve that meet the criteria, in the order in which they apply."""
SAMPLES = 3
"""Of so many of them there is a form among the project's samples."""


@cache
def definition() -> ProjectDefinition:
    return load_project(PROJECT)


@cache
def _blank(form: str) -> bytes:
    return blank_form(definition(), form)


def gmina_form(name: str, **answers: str | bool) -> bytes:
    """The form of a gmina, filled in by somebody who does not exist."""
    return fill(
        _blank("zgloszenie_gminy"),
        {
            "jednostka": name,
            "imie": "Zmyślona",
            "nazwisko": "Kontaktowa",
            "email": f"kontakt@{len(name)}{ord(name[0])}{ord(name[1])}.example.org",
            "telefon": "600 100 200",
            "osw_prawda": True,
            **answers,
        },
    )


def card_form(name: str) -> bytes:
    return fill(
        _blank("karta_powiatu"),
        {
            "jednostka": name,
            "imie": "Wymyślona",
            "nazwisko": "Powiatowa",
            "email": "karta@example.org",
            "telefon": "600 100 200",
            "osw_prawda": True,
        },
    )


def person_form(name: str, gmina: str) -> bytes:
    """The form of somebody who would sit in the small group, and does not exist."""
    return fill(
        _blank("zgloszenie_osoby"),
        {
            "imie": name,
            "nazwisko": "Zmyślona",
            "email": f"{len(name)}{ord(name[0])}@example.org",
            "gmina": gmina,
            "osw_prawda": True,
        },
    )


def open_unit_calls(office: Office) -> None:
    """The project is loaded, and its calls are open: for gminas, for the cards of powiats, and for persons."""
    with office.writing(ADAM) as session:
        load(session, definition(), now=office.now())
    for kind, area, opens, closes in (
        ("GMINY", "PL", "2018-05-28T08:00", "2018-06-15T15:30"),
        ("KARTA", "PL", "2018-06-18T08:00", "2018-09-28T15:30"),
        ("GRUPA", "2205", "2018-06-04T08:00", "2018-06-22T15:30"),
    ):
        with office.writing(ZOFIA) as session:
            open_call(
                session, "ZAG", kind, area, opens_at=moment(opens), closes_at=moment(closes), actor=ZOFIA,
                now=office.now(),
            )  # fmt: skip


def apply(office: Office, content: bytes, *, at: str, number: str = "", sender: str | None = None) -> Sent:
    """A filled form arrives and is filed as it is read."""
    go_to(office, at)
    reading = read_form(content, definition().forms)
    return send_in(office, reading, at=at[:19], content=content, number=number, sender=sender)


def applied(office: Office, names: tuple[str, ...] = APPLYING) -> list[str]:
    """A call to which these gminas have applied, in their order; their numbers."""
    open_unit_calls(office)
    for day, name in enumerate(names, start=1):
        apply(office, gmina_form(name), at=f"2018-06-{day:02d}T10:00")
    return [f"{CALL}/{serial:04d}" for serial in range(1, len(names) + 1)]


def chosen(office: Office) -> list[str]:
    """The call with announced results, as proposed."""
    numbers = applied(office)
    decided(office, CALL, "2018-06-18")
    return numbers


def decided(office: Office, call: str, day: str) -> None:
    """A call goes as proposed from verification to announced results on one day."""
    now = go_to(office, f"{day}T09:00")
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, call), actor=WORKER, now=now)
    with office.writing(ZOFIA) as session:
        rank_call(session, call, actor=ZOFIA, now=now)
    now = go_to(office, f"{day}T12:00")
    with office.writing(KAZIMIERA) as session:
        decide_as_proposed(session, call, actor=KAZIMIERA, now=now)
    go_to(office, f"{day}T15:00")
    announce(office, call, actor=ZOFIA)
