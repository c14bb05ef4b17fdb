"""What an officer reads on the Prefect page: one artifact a run, by application numbers and counts, without names.

Keys are stable, so the page keeps one history per call, for intake, for delivery and for the work list.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from sqlmodel import Session

from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.failures import guarded, office_at_work
from flows.steps import overview
from flows.steps.bank_reports import Reconciled
from flows.steps.batch_records import find_batch
from flows.steps.call_clocks import clock_sentence
from flows.steps.calls import find_call
from flows.steps.composition import made_of
from flows.steps.delivery import DeliveryCounts
from flows.steps.filing import IntakeCounts
from flows.steps.mailbox import CollectCounts
from flows.steps.pay_overview import batch_totals, settled_meeting
from flows.steps.portions import PORTION
from flows.steps.project_picture import agreement_words, group_words, sentences
from flows.steps.project_view import project_view, table_rows
from flows.steps.projects import project_codes
from flows.steps.todo import waiting_for_whom
from flows.steps.todo_line import TodoLine
from models.actor import process

ACTOR = process("overview")

T = TypeVar("T")


def publish_call(call: str, remarks: Sequence[str] = ()) -> None:
    """The funnel of a call, the list of its applications by number, and what waits for whom.

    ``remarks``: what the run found out about other calls of the project.
    """
    with office_at_work() as office, _reading_area_of(office, call) as session:
        now = office.now()
        parts = [
            f"# Nabór {call}",
            _as_of(now),
            *_funnel(session, call, now),
            "## Zgłoszenia",
            _table(
                ("Numer", "Stan", "Punkty"),
                [(line.number, line.state_label, _shown(line.points)) for line in overview.numbers(session, call)],
            ),
            *_proposal(session, call),
            *_made_of(session, call),
            *(["## Uwagi o innych naborach", "\n".join(f"- {one}" for one in remarks)] if remarks else []),
            *_todo(session, now),
        ]
    _publish(f"nabor-{_slug(call)}", f"Nabór {call}: lejek i lista zgłoszeń", parts)


def publish_settlement(call: str, meeting: str) -> None:
    """Totals of a meeting's payments, what stops whom by number, and what waits for whom."""
    with office_at_work() as office, _reading_area_of(office, call) as session:
        now = office.now()
        found = settled_meeting(session, call, meeting)
        parts = [
            f"# Rozliczenie spotkania {meeting}",
            _as_of(now),
            _table(("Co", "Ile"), found.totals),
            "## Co wstrzymuje wypłatę",
            _listed(found.waiting),
            *_todo(session, now),
        ]
    _publish(f"rozliczenie-{_slug(call)}", f"Nabór {call}: rozliczenie spotkania i co wstrzymuje wypłaty", parts)


def publish_batch(number: str) -> None:
    """Where a batch stands: counts and the sum of all its transfers."""
    with office_at_work() as office, _reading_area_of_batch(office, number) as session:
        now = office.now()
        found = batch_totals(session, number)
        parts = [f"# Lista przelewów {number}", _as_of(now), _table(("Co", "Ile"), found.totals), *_todo(session, now)]
    _publish(f"lista-{_slug(number)}", f"Lista przelewów {number}", parts)


def publish_reconciliation(done: Reconciled) -> None:
    """What the bank said, and where each batch stands that it spoke of."""
    rows = [
        ("Przelewy wykonane", str(done.paid)),
        ("Przelewy zwrócone", str(done.returned)),
        ("Znane wcześniej", str(done.known)),
        ("Wpisane ręcznie z innym dniem", str(len(done.other_days))),
        ("Wykonane, choć wpisano je jako zwrócone albo zdjęto z listy", str(len(done.carried_out))),
    ]
    with office_at_work() as office, office.reading(ACTOR) as session:
        now = office.now()
        parts = ["# Potwierdzenia z banku", _as_of(now), _table(("Co", "Ile"), rows)]
        for number in done.batches:
            parts += [f"## Lista {number}", _table(("Co", "Ile"), batch_totals(session, number).totals)]
        parts += _todo(session, now)
    _publish("potwierdzenia-z-banku", "Które przelewy bank wykonał, a które wróciły", parts)


def publish_todo() -> None:
    """What waits for whom since when."""
    with office_at_work() as office, office.reading(ACTOR) as session:
        now = office.now()
        parts = ["# Do zrobienia", _as_of(now), *_todo(session, now)]
    _publish("do-zrobienia", "Co na kogo czeka", parts)


def publish_projects() -> None:
    """How each project stands: a page a project, of its groups, units and what is missing, in counts."""
    with office_at_work() as office, office.reading(ACTOR) as session:
        now = office.now()
        views = [project_view(session, code, actor=ACTOR, now=now) for code in project_codes(session)]
    for view in views:
        rows = [
            (row.kind, row.place, group_words(row.line, row.many), row.line.call) for row in table_rows(view.groups)
        ]
        units = [
            (f"{unit.level} {unit.name}", unit.teryt, unit.declaration_label, agreement_words(unit))
            for unit in view.units
        ]
        parts = [
            f"# Projekt {view.project}: {view.title}",
            _as_of(now),
            "\n".join(f"- {sentence}" for sentence in sentences(view)),
            "## Grupy i nabory",
            _table(("Grupa", "Obszar", "Stan", "Nabór"), rows),
            "## Deklaracje i porozumienia",
            _table(("Jednostka", "TERYT", "Deklaracja", "Porozumienie"), units),
            f"Obraz: `nabor project view {view.project} --svg PLIK.svg`.",
        ]
        _publish(f"projekt-{_slug(view.project)}", f"Projekt {view.project}: co jest, a czego brakuje", parts)


def publish_intake(*, new: int, skipped: int, counts: IntakeCounts) -> None:
    """What came in, and where the open calls stand after it."""
    with office_at_work() as office, office.reading(ACTOR) as session:
        now = office.now()
        parts = [
            "# Przyjęcie formularzy",
            _as_of(now),
            _table(
                ("Co", "Ile"),
                [
                    ("Nowe pliki", str(new)),
                    ("Pominięte pliki", str(skipped)),
                    ("Zgłoszenia kompletne", str(counts.complete)),
                    ("Zgłoszenia do uzupełnienia", str(counts.incomplete)),
                    ("Odpowiedzi na prośby o uzupełnienie", str(counts.answers)),
                    ("Powtórzone", str(counts.duplicates)),
                    ("Do przepisania (skany i zdjęcia)", str(counts.to_type)),
                    ("Oświadczenia do wypłaty", str(counts.statements)),
                    ("Pliki dodatkowe", str(counts.further)),
                    ("Nieczytelne", str(counts.unreadable)),
                ],
            ),
        ]
        for call in overview.open_calls(session):
            parts += [f"# Nabór {call}", *_funnel(session, call, now)]
        parts += _todo(session, now)
    _publish("przyjecie-formularzy", "Co wpłynęło i na jakim etapie są nabory", parts)


def publish_mail(mails: CollectCounts, counts: IntakeCounts) -> None:
    """What came by mail and what became of it, and what waits after it."""
    rows = [
        ("Nowe listy", str(mails.new)),
        ("Załączniki", str(mails.files)),
        ("Odłożone (automaty)", str(mails.set_aside)),
        ("Odpowiedzi na zaproszenia", str(mails.replies)),
        ("Czekają na pracownika", str(mails.for_officer)),
        ("Zgłoszenia kompletne", str(counts.complete)),
        ("Zgłoszenia do uzupełnienia", str(counts.incomplete)),
        ("Odpowiedzi na prośby o uzupełnienie", str(counts.answers)),
        ("Oświadczenia do wypłaty", str(counts.statements)),
        ("Pliki dodatkowe", str(counts.further)),
        ("Nieczytelne", str(counts.unreadable)),
    ]
    with office_at_work() as office, office.reading(ACTOR) as session:
        now = office.now()
        parts = ["# Poczta przychodząca", _as_of(now), _table(("Co", "Ile"), rows), *_todo(session, now)]
    _publish("poczta-przychodzaca", "Ile listów przyszło i co się z nimi stało", parts)


def publish_delivery(counts: DeliveryCounts, *, remaining: int) -> None:
    """What left the outbox and what did not."""
    with office_at_work() as office:
        now = office.now()
    rows = [
        ("Wysłane", str(counts.sent)),
        ("Zachowane, nie wysłane (brak SMTP)", str(counts.kept)),
        ("Odłożone przez serwer, spróbujemy ponownie", str(counts.delayed)),
        ("Odrzucone, do wyjaśnienia", str(counts.refused)),
        ("Niepewne, do sprawdzenia w skrzynce", str(counts.unknown)),
        ("Nie wyszły w porę, do wyjaśnienia", str(counts.expired)),
        ("Zatrzymane ustawieniem NABOR_MAIL_STOPPED", str(counts.stopped)),
        ("Zostało do wysłania", str(remaining)),
    ]
    parts = ["# Skrzynka nadawcza", _as_of(now), _table(("Co", "Ile"), rows)]
    _publish("skrzynka-nadawcza", "Ile wiadomości wyszło", parts)


@contextlib.contextmanager
def _reading_area_of(office: Office, call: str) -> Iterator[Session]:
    """A session that sees the area of a call. Whoever orders a run about it may have no other, so what waits in other
    areas does not stand on its page."""
    with office.reading(ACTOR) as session:
        area = find_call(session, call).area
    with office.reading(replace(ACTOR, scope=area)) as session:
        yield session


@contextlib.contextmanager
def _reading_area_of_batch(office: Office, number: str) -> Iterator[Session]:
    """The same for a batch; one with payments of several areas is seen only by those who have them all."""
    with office.reading(ACTOR) as session:
        area = find_batch(session, number).area
    with office.reading(replace(ACTOR, scope=area)) as session:
        yield session


@contextlib.contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[T, int], T]]:
    """A progress bar for work of more than one portion: ``advance(result, size)`` moves it and hands the result on."""
    if total <= PORTION:
        yield lambda result, size: result
        return
    with guarded():
        bar = cast(UUID, create_progress_artifact(0.0, description=f"{what}: {total}"))
    done = 0

    def advance(result: T, size: int) -> T:
        nonlocal done
        done += size
        with guarded():
            update_progress_artifact(bar, 100.0 * done / total)
        return result

    yield advance


def _publish(key: str, description: str, parts: Iterable[str]) -> None:
    with guarded():
        create_markdown_artifact("\n\n".join(parts), key=key, description=description)


def _funnel(session: Session, call: str, now: datetime) -> list[str]:
    rows = [(label, str(count)) for label, count in overview.funnel(session, call)]
    return ["## Lejek naboru", _table(("Etap", "Ile"), rows), clock_sentence(session, call, now=now)]


def _proposal(session: Session, call: str) -> list[str]:
    """The newest list by number with the reason of every place, and the requirements it keeps."""
    proposal = overview.proposal(session, call)
    if proposal is None:
        return []
    return [
        "## Propozycja: miejsca i ich uzasadnienie",
        _table(("Numer", "Lista", "Pozycja", "Kolejność"), [place[:4] for place in proposal.places]),
        "### Dlaczego",
        _listed((place[0], " ".join(filter(None, place[4:]))) for place in proposal.places),
        "## Wymagania składu grupy",
        _table(("Wymaganie", "Stan"), proposal.standings) if proposal.standings else "Brak wymagań.",
        proposal.checked,
    ]


def _made_of(session: Session, call: str) -> list[str]:
    """The requirements by the seats that are held now: what resignations and promotions have made of the proposal."""
    made = made_of(session, call)
    if made is None:
        return []
    return [
        "## Wymagania składu grupy po ogłoszeniu i zmianach miejsc",
        _table(("Wymaganie", "Stan"), made.standings) if made.standings else "Brak wymagań.",
        *made.kept_free,
    ]


def _todo(session: Session, now: datetime) -> list[str]:
    lines = waiting_for_whom(session, now=now)
    rows = [(line.reference, f"{line.shown or line.what} ({line.who}, {_since(line)})") for line in lines]
    return ["## Co na kogo czeka", _listed(rows)]


def _since(line: TodoLine) -> str:
    due = f", termin {line.due:%d.%m.%Y}" if line.due else ""
    return f"od {line.since:%d.%m.%Y}{due}"


def _listed(rows: Iterable[tuple[str, str]]) -> str:
    """What needs whole sentences: Prefect's page cuts long cells of a table off, and breaks the lines of a list."""
    return "\n".join(f"- **{about}**: {said}" for about, said in rows) or "Nic."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "Nic."
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _shown(points: int | None) -> str:
    return "" if points is None else str(points)


def _as_of(now: datetime) -> str:
    return f"Stan na {warsaw(now):%d.%m.%Y, godz. %H:%M}."


def _slug(code: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")
