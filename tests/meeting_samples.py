"""Documents about meetings with invented people, as the tests of all Word documents and of these look at them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from pathlib import Path

from models.identifiers import Sex
from models.project_file import load_project
from models.rules.meeting_kinds import MeetingKind
from models.rules.sector_coverage import UNSETTLED, Expected, Placed, sector_coverage
from templates.documents.certificate import AttendedDay, CertificateDocument, certificate
from templates.documents.harmonogram import HarmonogramDocument, HarmonogramLine, harmonogram
from templates.documents.host_list import ExpectedDay, Guest, HostListDocument, Wanted, host_list
from templates.documents.meeting_protocol import HeldDay, MeetingProtocolDocument, Present, meeting_protocol
from templates.word_base import Letterhead

LETTERHEAD = Letterhead(
    office="Regionalny Ośrodek Polityki Społecznej w Gdańsku",
    project_title="Kooperacja – efektywna i skuteczna",
    project_number="POWR.02.05.00-00-0207/17-00",
    funding_line="Projekt współfinansowany przez Unię Europejską ze środków Europejskiego Funduszu Społecznego "
    "w ramach Programu Operacyjnego Wiedza Edukacja Rozwój 2014–2020",
    logo_line="Fundusze Europejskie · Rzeczpospolita Polska · Unia Europejska, Europejski Fundusz Społeczny",
)
GROUP = "Powiatowa Grupa Refleksyjna – powiat kartuski"
TITLE = "Spotkanie Powiatowej Grupy Refleksyjnej – powiat kartuski"
HOST = "moderatorzy Uniwersytetu Mikołaja Kopernika"
PEOPLE = (
    ("Żelisława", "Łąkowa", "Szkoła Podstawowa nr 900 w Żukowie", "oświata"),
    ("Adam", "Lisowicz", "Ośrodek Pomocy Społecznej w Kartuzach", "pomoc i integracja społeczna"),
    ("Świętosława", "Ćwiek-Próbna", "Powiatowy Urząd Pracy w Kartuzach", "rynek pracy"),
    ("Ludomir", "Mak", "Powiatowy Urząd Pracy w Kartuzach", "rynek pracy"),
)
SATURDAY, SUNDAY = date(2018, 12, 1), date(2018, 12, 2)


def line(number: int, *, cancelled: bool = False) -> HarmonogramLine:
    return HarmonogramLine(
        on=date(2018, 9, number),
        starts=time(9),
        ends=time(15),
        group=GROUP,
        kind=MeetingKind.TRAINING if number % 2 else MeetingKind.MEETING,
        title=TITLE,
        place="Kartuzy, sala spotkań wskazana w zaproszeniu",
        host=HOST,
        cancelled=cancelled,
    )


PUBLISHED = HarmonogramDocument(
    letterhead=LETTERHEAD,
    issued_on=date(2018, 8, 1),
    lines=[line(number, cancelled=number == 4) for number in range(1, 23)],
    narrowed="powiat kartuski",
)
RECORD = MeetingProtocolDocument(
    letterhead=LETTERHEAD,
    issued_on=date(2018, 12, 3),
    kind=MeetingKind.MEETING,
    title=TITLE,
    group=GROUP,
    area="powiat kartuski",
    gminas=("Żukowo", "Kartuzy"),
    days=[HeldDay(on=day, starts=time(9), ends=time(15)) for day in (SATURDAY, SUNDAY)],
    place="Kartuzy, ul. Przykładowa 2, sala 12",
    host=HOST,
    tasks=("wypracowanie założeń modelu kooperacji w powiecie",),
    agenda=("Dzień pierwszy: założenia modelu", "Dzień drugi: bariery współpracy"),
    present=[
        Present(
            first_name=first,
            last_name=last,
            institution=institution,
            sector=sector,
            days=(SATURDAY, SUNDAY) if last != "Mak" else (SUNDAY,),
            substitute=last == "Mak",
        )
        for first, last, institution, sector in PEOPLE
    ],
    worked_out=("Opisano zasoby instytucji powiatu i gmin.",),
    verified=("założenia Powiatowej Grupy Refleksyjnej",),
)
SREM = (
    ("Gmina Śrem", "samorzad", "samorząd"),
    ("Ośrodek Pomocy Społecznej w Śremie", "pomoc_spoleczna", "pomoc i integracja społeczna"),
    ("Powiatowe Centrum Pomocy Rodzinie w Śremie", "pomoc_spoleczna", "pomoc i integracja społeczna"),
    ("Powiatowy Urząd Pracy w Śremie", "rynek_pracy", "rynek pracy"),
    ("Zespół kuratorskiej służby sądowej w Śremie", "sadownictwo", "sądownictwo"),
    ("Komenda Powiatowa Policji w Śremie", "policja", "policja"),
    ("Szkoła Podstawowa nr 1 w Śremie", "oswiata", "oświata"),
    ("Poradnia Psychologiczno-Pedagogiczna w Śremie", "oswiata", "oświata"),
    ("Fundacja Próbna w Śremie", "organizacje_pozarzadowe", "organizacje pozarządowe"),
    ("Fundacja Zmyślona w Śremie", "", UNSETTLED),
    ("Izba Gospodarcza w Śremie", "inne", "inne"),
)
"""The eleven of Śrem (domain.md §2.2); of one nobody has said the sector yet."""
SECTORS = [
    Expected(one.code, one.label, one.catch_all)
    for one in load_project(Path(__file__).resolve().parents[1] / "projects" / "kes").sectors
]
TEAM_RECORD = replace(
    RECORD,
    title="Spotkanie Partnerskiego Zespołu Kooperacji – gmina Śrem",
    group="Partnerski Zespół Kooperacji – gmina Śrem",
    area="gmina Śrem",
    powiat="śremski",
    gminas=("Śrem",),
    hosts=("Gmina Śrem", "Ośrodek Pomocy Społecznej w Śremie"),
    host="animatorzy Regionalnego Ośrodka Polityki Społecznej w Poznaniu",
    place="Śrem, ratusz, sala 12",
    days=[HeldDay(on=SATURDAY, starts=time(10), ends=time(14))],
    tasks=("wdrażanie modelu kooperacji w pilotażu na obszarze porozumienia",),
    agenda=("Wspólna diagnoza", "Uzgodnienie działań"),
    present=[
        Present(
            first_name="Zmyślona",
            last_name=f"Decyzyjna-{letter}",
            institution=institution,
            sector=label,
            days=(SATURDAY,),
        )
        for letter, (institution, _, label) in zip("abcdefghijk", SREM, strict=True)
    ],
    worked_out=("Uzgodniono wspólną diagnozę potrzeb rodzin w gminie.",),
    coverage=sector_coverage(SECTORS, [Placed(institution, code) for institution, code, _ in SREM]),
)
CERTIFICATE = CertificateDocument(
    letterhead=LETTERHEAD,
    number="ZU/KES/PGR/2205/2018/001",
    place="Gdańsk",
    issued_on=date(2018, 12, 20),
    sex=Sex.WOMAN,
    first_name="Świętosława",
    last_name="Ćwiek-Próbna",
    group=GROUP,
    days=(
        AttendedDay(on=SATURDAY, meeting=TITLE, kind=MeetingKind.MEETING, minutes=360),
        AttendedDay(on=date(2018, 12, 8), meeting="Praca z rodziną", kind=MeetingKind.TRAINING, minutes=330),
    ),
    signed_by="podpis osoby upoważnionej",
)
FOR_THE_HOST = HostListDocument(
    letterhead=LETTERHEAD,
    issued_on=date(2018, 11, 28),
    group=GROUP,
    meeting=TITLE,
    kind=MeetingKind.MEETING,
    place="Kartuzy, sala 1",
    host=HOST,
    days=[ExpectedDay(on=SATURDAY, starts=time(9), ends=time(15))],
    accepted=3,
    unanswered=1,
    guests=[
        Guest(first_name=first, last_name=last, wanted=[Wanted(what="dieta", text="wegetariańska")] * (last != "Mak"))
        for first, last, _, _ in PEOPLE
    ],
    with_names=True,
)
WORD: dict[str, Callable[[], bytes]] = {
    "harmonogram": lambda: harmonogram(PUBLISHED),
    "meeting_protocol": lambda: meeting_protocol(RECORD),
    "team_record": lambda: meeting_protocol(TEAM_RECORD),
    "certificate": lambda: certificate(CERTIFICATE),
    "host_list": lambda: host_list(FOR_THE_HOST),
}
