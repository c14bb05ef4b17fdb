"""The deployments: what runs when, and how it is called on the Prefect page.

``prefect.yaml`` says the same for Prefect's own tools; a test proves that the two are equal.
"""

from dataclasses import dataclass, field

POOL = "nabor"
TIMEZONE = "Europe/Warsaw"


@dataclass(frozen=True)
class Deployment:
    """One flow as it is offered: scheduled by a cron in Warsaw time, or only on order of an officer (``None``)."""

    flow: str
    name: str
    entrypoint: str
    description: str
    tags: tuple[str, ...]
    cron: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """How Prefect addresses it: ``intake/Przyjmowanie formularzy``."""
        return f"{self.flow}/{self.name}"


# The hours from two to three at night are avoided: one night a year they do not exist, another they come twice.
CATALOGUE: tuple[Deployment, ...] = (
    Deployment(
        flow="intake",
        name="Przyjmowanie formularzy",
        entrypoint="flows/intake.py:intake",
        description="Przyjmuje nowe pliki z folderu: numeruje zgłoszenia, potwierdza wpływ, prosi o uzupełnienia.",
        tags=("nabór", "z harmonogramu"),
        cron="*/15 0-1,3-23 * * *",
        parameters={"folder": ""},
    ),
    Deployment(
        flow="collect-mail",
        name="Poczta przychodząca",
        entrypoint="flows/mailbox.py:collect_mail",
        description="Odbiera listy ze skrzynki biura i przyjmuje z nich formularze, każdy raz.",
        tags=("poczta", "z harmonogramu"),
        cron="*/10 0-1,3-23 * * *",
    ),
    Deployment(
        flow="verify",
        name="Ocena formalna",
        entrypoint="flows/verification.py:verify",
        description="Sprawdza kryteria formalne zgłoszeń jednego naboru.",
        tags=("nabór", "na polecenie"),
    ),
    Deployment(
        flow="admit",
        name="Przyjmowanie do grup",
        entrypoint="flows/admission.py:admit",
        description="Ocenia zgłoszenia do grup bez rankingu i przyjmuje osoby wskazane albo zarejestrowane, każdą raz.",
        tags=("nabór", "z harmonogramu"),
        cron="40 6-20 * * *",
    ),
    Deployment(
        flow="rank",
        name="Lista rankingowa",
        entrypoint="flows/ranking.py:rank",
        description="Układa propozycję listy rankingowej i rezerwowej dla Komisji Rekrutacyjnej.",
        tags=("nabór", "na polecenie"),
    ),
    Deployment(
        flow="decide",
        name="Decyzje Komisji",
        entrypoint="flows/decision.py:decide",
        description="Zapisuje decyzje Komisji Rekrutacyjnej. Wymaga loginu i biletu jednorazowego.",
        tags=("nabór", "decyzja osoby"),
    ),
    Deployment(
        flow="announce",
        name="Ogłoszenie wyników",
        entrypoint="flows/announcement.py:announce",
        description="Ogłasza wyniki naboru: listy, protokół i wiadomości. Wymaga loginu i biletu jednorazowego.",
        tags=("nabór", "decyzja osoby"),
    ),
    Deployment(
        flow="invite",
        name="Zaproszenia na spotkania",
        entrypoint="flows/invitations.py:invite",
        description="Zaprasza na najbliższe spotkania, z wpisem do kalendarza.",
        tags=("spotkania", "z harmonogramu"),
        cron="0 7 * * *",
    ),
    Deployment(
        flow="settle",
        name="Rozliczenie spotkania",
        entrypoint="flows/stipends.py:settle",
        description="Oblicza wynagrodzenia, rachunki i listę wypłat. Wymaga loginu i biletu jednorazowego.",
        tags=("wypłaty", "decyzja osoby"),
    ),
    Deployment(
        flow="export-batch",
        name="Plik dla banku",
        entrypoint="flows/export_batch.py:export_batch",
        description="Sporządza plik dla banku z zatwierdzonej listy przelewów. Wymaga loginu i biletu jednorazowego.",
        tags=("wypłaty", "decyzja osoby"),
    ),
    Deployment(
        flow="reconcile",
        name="Potwierdzenia z banku",
        entrypoint="flows/reconcile.py:reconcile",
        description="Odnotowuje, które przelewy bank wykonał, a które wróciły. Wymaga loginu i biletu jednorazowego.",
        tags=("wypłaty", "decyzja osoby"),
    ),
    Deployment(
        flow="remind",
        name="Przypomnienia",
        entrypoint="flows/reminders.py:remind",
        description="Co godzinę od 6:00 do 20:00 przypomina o terminach, gdy przyszła pora, o każdym raz.",
        tags=("terminy", "z harmonogramu"),
        cron="0 6-20 * * *",
    ),
    Deployment(
        flow="digest",
        name="Przegląd tygodnia",
        entrypoint="flows/digest.py:digest",
        description="W poniedziałki o 7:30 pisze do pracowników, co na nich czeka: numery i terminy, bez nazwisk.",
        tags=("terminy", "z harmonogramu"),
        cron="30 7 * * 1",
    ),
    Deployment(
        flow="promote",
        name="Lista rezerwowa",
        entrypoint="flows/promotion.py:promote",
        description="Zamyka propozycje bez odpowiedzi i proponuje zwolnione miejsca z listy rezerwowej, każde raz.",
        tags=("terminy", "z harmonogramu"),
        cron="20 8 * * 1-5",
    ),
    Deployment(
        flow="deliver",
        name="Wysyłka wiadomości",
        entrypoint="flows/delivery.py:deliver",
        description="Wysyła wiadomości, których czas nadszedł, każdą raz.",
        tags=("poczta", "z harmonogramu"),
        cron="*/5 0-1,3-23 * * *",
    ),
    Deployment(
        flow="seal",
        name="Pieczętowanie dziennika",
        entrypoint="flows/sealing.py:seal",
        description="Po północy zamyka dziennik zdarzeń dni minionych pieczęcią.",
        tags=("dziennik", "z harmonogramu"),
        cron="30 0 * * *",
    ),
)


def deployment_of(flow: str) -> Deployment | None:
    """The deployment of the flow of that name."""
    return next((one for one in CATALOGUE if one.flow == flow), None)
