"""Minutes of the commission: what was proposed by which rules, what people decided, and where the two differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from docx.document import Document

from templates.documents.ranking_lists import (
    MAIN,
    NONE_HERE,
    REJECTED,
    RESERVE,
    RankedEntry,
    cells_about,
    columns_about,
    points,
)
from templates.polish import counted, long_date
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, bullets, data_table, heading, key_values, paragraph, signature_lines


@dataclass(frozen=True, kw_only=True)
class CommissionMember:
    name: str
    role: str
    """„osoba przewodnicząca”, „osoba w składzie Komisji”, „sekretariat”."""
    symbol: str = ""
    """What stands for the person in the annex."""


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """A decision that differs from the computed proposal, and why."""

    application_number: str
    proposed: str
    decided: str
    reason: str


@dataclass(frozen=True)
class Ground:
    """Why an application was decided as it was: the project's reason and the commission's own words."""

    application_number: str
    reason: str


@dataclass(frozen=True)
class Placing:
    """Where the proposal put an application, and why."""

    application_number: str
    rank: int
    """Place in the order of all; 0 for one that took no part."""
    reason: str
    tie_break: str
    draw: str
    """The key of the public draw; empty where nothing was drawn."""


@dataclass(frozen=True, kw_only=True)
class BallotEntry:
    """One vote taken: on what, how it went, and every voice by the member's symbol."""

    name: str
    motion: str
    in_favour: int
    against: int
    abstained: int
    result: str
    voices: str


@dataclass(frozen=True, kw_only=True)
class SessionMinutes:
    """One session: when, where, who was there, what was voted on."""

    number: int
    held_on: date
    place: str
    remote: bool
    present: Sequence[str]
    quorum: str
    ballots: Sequence[BallotEntry]


@dataclass(frozen=True, kw_only=True)
class RecusalEntry:
    """Who takes no part in which application, by symbol."""

    application_number: str
    member: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class AssessmentEntry:
    """What the assessors gave one application, altogether, by symbol; and the points it came to."""

    application_number: str
    given: str
    points: str


@dataclass(frozen=True, kw_only=True)
class AppealEntry:
    """One appeal since the protocol before: when it came, what was ruled by which paragraph, what came of it."""

    number: str
    received: str
    ruling: str
    paragraph: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class PromotionEntry:
    """One seat that came free and went to the reserve: whose, to which position, and why."""

    application_number: str
    instead_of: str
    position: int
    ground: str
    sentence: str
    algorithm: str


@dataclass(frozen=True, kw_only=True)
class ProtocolDocument:
    """One session: ``main``, ``reserve`` and ``rejected`` are what was decided there."""

    letterhead: Letterhead
    number: str
    call: str
    group: str
    area: str
    met_on: date
    place: str
    seats: int
    rules_version: str
    rules_digest: str
    algorithm: str
    snapshot_digest: str
    order_rule: str
    """How applications were ordered, as a Polish sentence."""
    main: Sequence[RankedEntry]
    reserve: Sequence[RankedEntry]
    rejected: Sequence[RankedEntry]
    refusals: Sequence[Ground]
    """Why, for every one of ``rejected``."""
    beyond_seats: Sequence[Ground] = ()
    """Why more people are accepted than there are seats."""
    shortfalls: Sequence[str]
    """Requirements on the group's composition that the lists do not meet, as Polish sentences."""
    standings: Sequence[str] = ()
    """Every requirement on the composition and whether the proposal keeps it."""
    placings: Sequence[Placing] = ()
    seed: str = ""
    """The text of the public draw."""
    checked: str = ""
    """By what the proposal was checked, and that it agreed."""
    deviations: Sequence[Deviation]
    commission: Sequence[CommissionMember]
    decided_by: str
    """Who recorded the decision for the commission."""
    sessions: Sequence[SessionMinutes] = ()
    recusals: Sequence[RecusalEntry] = ()
    assessments: Sequence[AssessmentEntry] = ()
    """Of a call whose commission gives points."""
    assessed_how: str = ""
    """How the points of several assessors become one, as Polish sentences."""
    appeals: Sequence[AppealEntry] = ()
    """Filed or ruled on since the protocol before, or followed by a decision in this one."""
    promotions: Sequence[PromotionEntry] = ()
    """Carried out since the protocol before."""
    majority_rule: str = ""
    """By which majority the commission decides, as a Polish sentence."""
    annex_digest: str = ""
    """SHA-256 of the annex file, by which the signed paper vouches for it."""


def protocol(minutes: ProtocolDocument) -> bytes:
    """The .docx minutes, with sectors and points but without candidates' names."""
    title = f"Protokół nr {minutes.number} z posiedzenia Komisji Rekrutacyjnej"
    document = start(title, minutes.letterhead, minutes.met_on)
    total = len(minutes.main) + len(minutes.reserve) + len(minutes.rejected)
    key_values(
        document,
        (
            ("Nabór", minutes.call),
            ("Projekt", f"„{minutes.letterhead.project_title}”, nr {minutes.letterhead.project_number}"),
            ("Grupa", minutes.group),
            ("Obszar", minutes.area),
            ("Data i miejsce posiedzenia", _met(minutes)),
            ("Liczba miejsc", str(minutes.seats)),
            ("Rozpatrzono", counted(total, "zgłoszenie", "zgłoszenia", "zgłoszeń")),
        ),
        caption="Dane posiedzenia",
        label_width_cm=4.5,
    )

    heading(document, "1. Skład Komisji")
    commission_table(document, minutes.commission)
    session_table(document, minutes.sessions)

    heading(document, "2. Zasady, według których przygotowano propozycję")
    key_values(
        document,
        (
            ("Zasady naboru", minutes.rules_version),
            ("Kolejność zgłoszeń", minutes.order_rule),
            ("Algorytm", minutes.algorithm),
            ("Skrót zasad (SHA-256)", minutes.rules_digest),
            ("Skrót danych (SHA-256)", minutes.snapshot_digest),
            *((("Ziarno losowania", minutes.seed),) if minutes.seed else ()),
            *((("Niezależne sprawdzenie", minutes.checked),) if minutes.checked else ()),
        ),
        caption="Zasady propozycji",
        label_width_cm=5.2,
    )
    paragraph(
        document,
        "Program przygotował propozycję kolejności. Rozstrzygnięcia podjęła Komisja po zapoznaniu się ze zgłoszeniami.",
    )

    for number, (title_, first, entries) in enumerate(
        ((MAIN, "Lp.", minutes.main), (RESERVE, "Poz.", minutes.reserve), (REJECTED, "Lp.", minutes.rejected)),
        start=3,
    ):
        heading(document, f"{number}. {title_}")
        if not entries:
            paragraph(document, NONE_HERE)
            continue
        data_table(
            document,
            (
                Column(first, 1.2, Align.CENTER),
                Column("Numer zgłoszenia", 4.5, Align.CENTER),
                *columns_about(entries),
                Column("Punkty", 1.6, Align.CENTER),
                Column("Premia", 1.6, Align.CENTER),
                Column("Rozstrzygnięcie", 3.5, prose=True),
            ),
            [
                (
                    str(entry.position if entry.position is not None else place),
                    entry.application_number,
                    *cells_about(entry),
                    points(entry.points),
                    points(entry.premium),
                    entry.status,
                )
                for place, entry in enumerate(entries, start=1)
            ],
            caption=title_,
        )
    if minutes.refusals:
        paragraph(document, "Uzasadnienie odmów:", keep_with_next=True)
        _grounds(document, minutes.refusals, "Uzasadnienie odmów")

    heading(document, "6. Skład grupy")
    if minutes.shortfalls:
        paragraph(document, "Wymagania dotyczące składu grupy, których lista podstawowa nie spełnia:")
        bullets(document, minutes.shortfalls)
    else:
        paragraph(document, "Lista podstawowa spełnia wszystkie wymagania dotyczące składu grupy.")
    if minutes.standings:
        paragraph(document, "Wymagania od najważniejszego i ich spełnienie w propozycji:", keep_with_next=True)
        bullets(document, minutes.standings)
    if minutes.placings:
        paragraph(document, "Dlaczego propozycja wskazuje takie miejsca:", keep_with_next=True)
        data_table(
            document,
            (
                Column("Numer zgłoszenia", 4.6, Align.CENTER),
                Column("Lp.", 1.3, Align.CENTER),
                Column("Uzasadnienie miejsca", 6.3, prose=True),
                Column("Przy równej liczbie punktów", 4.8, prose=True),
            ),
            [
                (
                    placing.application_number,
                    str(placing.rank) if placing.rank else "–",
                    placing.reason,
                    " ".join(filter(None, (placing.tie_break, placing.draw and f"Klucz losowania: {placing.draw}."))),
                )
                for placing in minutes.placings
            ],
            caption="Uzasadnienie miejsc",
        )

    heading(document, "7. Rozstrzygnięcia inne niż propozycja")
    if minutes.deviations:
        data_table(
            document,
            (
                Column("Numer zgłoszenia", 4.5, Align.CENTER),
                Column("Propozycja", 3.5),
                Column("Rozstrzygnięcie", 3.5),
                Column("Uzasadnienie", 5.5, prose=True),
            ),
            [
                (deviation.application_number, deviation.proposed, deviation.decided, deviation.reason)
                for deviation in minutes.deviations
            ],
            caption="Rozstrzygnięcia inne niż propozycja",
        )
    else:
        paragraph(document, "Wszystkie rozstrzygnięcia są zgodne z propozycją.")
    if minutes.beyond_seats:
        paragraph(document, "Zgłoszenia przyjęte ponad liczbę miejsc:", keep_with_next=True)
        _grounds(document, minutes.beyond_seats, "Zgłoszenia przyjęte ponad liczbę miejsc")

    following = 8
    if minutes.sessions:
        heading(document, f"{following}. Wyłączenia i głosowania")
        vote_tables(document, minutes.sessions, minutes.recusals, minutes.majority_rule)
        following += 1
    if minutes.assessments:
        heading(document, f"{following}. Ocena merytoryczna")
        assessment_table(document, minutes.assessments, minutes.assessed_how)
        following += 1
    if minutes.appeals or minutes.promotions:
        heading(document, f"{following}. Odwołania i zwolnione miejsca od poprzedniego protokołu")
        appeal_table(document, minutes.appeals)
        promotion_table(document, minutes.promotions)
        following += 1
    if minutes.annex_digest:
        heading(document, f"{following}. Załącznik do sprawdzenia protokołu")
        paragraph(
            document,
            "Stan zgłoszeń, listy, głosy i rozstrzygnięcia – pod numerami i oznaczeniami, bez nazwisk – zawiera plik "
            "JSON wydany razem z protokołem. Skrót pliku (SHA-256): "
            f"{minutes.annex_digest}. Sprawdzenie: polecenie „nabor call verify-protocol” albo opis w przewodniku.",
        )
        following += 1
    heading(document, f"{following}. Podpisy")
    signature_lines(
        document,
        [" – ".join(filter(None, (member.name, member.role))) for member in minutes.commission],
        keep_with_next=True,
    )
    # Last, because a table at the end would bring an empty page along.
    paragraph(document, f"Rozstrzygnięcia w imieniu Komisji wprowadzono do programu z konta: {minutes.decided_by}.")
    return to_bytes(document)


def commission_table(document: Document, commission: Sequence[CommissionMember]) -> None:
    """The members; with their symbols where they have some."""
    columns = [Column("Lp.", 1.5, Align.CENTER), Column("Imię i nazwisko", 7.5), Column("Funkcja", 8.0)]
    rows = [[str(number), member.name, member.role] for number, member in enumerate(commission, start=1)]
    if any(member.symbol for member in commission):
        columns = [columns[0], Column("Imię i nazwisko", 6.5), Column("Funkcja", 5.5), Column("Oznaczenie", 3.5)]
        rows = [[*row, member.symbol] for row, member in zip(rows, commission, strict=True)]
    data_table(document, columns, rows, caption="Skład Komisji")


def _met(minutes: ProtocolDocument) -> str:
    """When and where: as the sessions on record say, and where there is none, as the office decided."""
    met = [(one.held_on, one.place) for one in minutes.sessions] or [(minutes.met_on, minutes.place)]
    return "; ".join(dict.fromkeys(", ".join(filter(None, (long_date(day), place))) for day, place in met))


def session_table(document: Document, sessions: Sequence[SessionMinutes]) -> None:
    """When and where the commission sat, and who was there."""
    if not sessions:
        return
    paragraph(document, "Posiedzenia, których dotyczy protokół:", keep_with_next=True)
    data_table(
        document,
        (
            Column("Nr", 1.2, Align.CENTER),
            Column("Dzień", 3.0, Align.CENTER),
            Column("Miejsce", 4.8, prose=True),
            Column("Obecni", 4.5, prose=True),
            Column("Kworum", 3.5, prose=True),
        ),
        [
            (
                str(one.number),
                f"{one.held_on:%d.%m.%Y} r.",
                one.place + (" (zdalnie)" if one.remote else ""),
                ", ".join(one.present),
                one.quorum,
            )
            for one in sessions
        ],
        caption="Posiedzenia Komisji",
    )


def vote_tables(
    document: Document, sessions: Sequence[SessionMinutes], recusals: Sequence[RecusalEntry], majority_rule: str
) -> None:
    """Who took no part in what, and every vote with its voices."""
    if recusals:
        data_table(
            document,
            (
                Column("Numer zgłoszenia", 4.5, Align.CENTER),
                Column("Kto się wyłącza", 4.0, Align.CENTER),
                Column("Przyczyna", 8.5, prose=True),
            ),
            [(one.application_number, one.member, one.cause) for one in recusals],
            caption="Wyłączenia",
        )
    else:
        paragraph(document, "Nikt z Komisji nie wyłączył się z żadnej sprawy.")
    if majority_rule:
        paragraph(document, majority_rule, keep_with_next=True)
    data_table(
        document,
        (
            Column("Nr", 1.2, Align.CENTER),
            Column("Nad czym głosowano", 4.4, prose=True),
            Column("Za", 1.1, Align.CENTER),
            Column("Przeciw", 1.7, Align.CENTER),
            Column("Wstrz.", 1.5, Align.CENTER),
            Column("Wynik", 3.2, prose=True),
            Column("Głosy", 3.9, prose=True),
        ),
        [
            (
                ballot.name,
                ballot.motion,
                str(ballot.in_favour),
                str(ballot.against),
                str(ballot.abstained),
                ballot.result,
                ballot.voices,
            )
            for one in sessions
            for ballot in one.ballots
        ],
        caption="Głosowania",
    )


def assessment_table(document: Document, assessments: Sequence[AssessmentEntry], how: str) -> None:
    """Points by assessor; the reasons stand on the sheets."""
    paragraph(document, how, keep_with_next=True)
    data_table(
        document,
        (
            Column("Numer zgłoszenia", 5.2, Align.CENTER),
            Column("Punkty osób oceniających (łącznie)", 8.6),
            Column("Punkty Komisji", 3.2, Align.CENTER),
        ),
        [(one.application_number, one.given, one.points) for one in assessments],
        caption="Ocena merytoryczna",
    )


def appeal_table(document: Document, appeals: Sequence[AppealEntry]) -> None:
    """Appeals with their rulings; the reasons stand in the rulings themselves."""
    if not appeals:
        return
    data_table(
        document,
        (
            Column("Numer odwołania", 5.2, Align.CENTER),
            Column("Wpłynęło", 2.5, prose=True),
            Column("Rozstrzygnięcie", 3.5, prose=True),
            Column("Podstawa", 2.5, prose=True),
            Column("Skutek", 3.3, prose=True),
        ),
        [(one.number, one.received, one.ruling, one.paragraph, one.effect) for one in appeals],
        caption="Odwołania",
    )


def promotion_table(document: Document, promotions: Sequence[PromotionEntry]) -> None:
    """Who of the reserve was offered which seat, and why."""
    if not promotions:
        return
    data_table(
        document,
        (
            Column("Numer zgłoszenia", 4.4, Align.CENTER),
            Column("Miejsce po", 4.4, Align.CENTER),
            Column("Poz.", 1.2, Align.CENTER),
            Column("Dlaczego", 4.4, prose=True),
            Column("Algorytm", 2.6),
        ),
        [
            (one.application_number, one.instead_of, str(one.position), f"{one.ground}. {one.sentence}", one.algorithm)
            for one in promotions
        ],
        caption="Miejsca przyznane z listy rezerwowej",
    )


def _grounds(document: Document, grounds: Sequence[Ground], caption: str, *, title: str = "Uzasadnienie") -> None:
    data_table(
        document,
        (Column("Numer zgłoszenia", 4.5, Align.CENTER), Column(title, 12.5, prose=True)),
        [(ground.application_number, ground.reason) for ground in grounds],
        caption=caption,
    )
