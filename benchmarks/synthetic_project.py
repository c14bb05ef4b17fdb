"""A project that nobody runs: so many voivodship-size partners, so many groups, so many applications to each group.

Made in memory and the same every time: the rules, forms and letters are those of the shipped project, its area and its
partners are invented (TERYT codes from 40 on belong to no voivodship), and so is everybody who applies. Of every 25
answers to a call one is a second form of the same person, one comes from somebody who has already applied to the
neighbouring call of the same partner, and five fail a criterion.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from benchmarks.inputs import PROJECT
from flows.adapters.clock import WARSAW
from forms.reading import FieldReading, FormReading
from forms.typed import typed_value
from models.columns import canonical
from models.project import Body, ProjectDefinition
from models.project_area import Area, Gmina, Powiat, Voivodship
from models.project_file import load_project
from models.rules.facts import FieldStatus
from models.territory import Territory, Unit

KIND: Final = "PGR"
OPENS: Final = datetime(2018, 6, 4, 8, 0, tzinfo=WARSAW)
CLOSES: Final = datetime(2018, 6, 22, 15, 30, tzinfo=WARSAW)
TAKEN_IN: Final = datetime(2018, 6, 25, 8, 0, tzinfo=WARSAW)
DECIDED: Final = datetime(2018, 7, 3, 9, 0, tzinfo=WARSAW)
SEALED: Final = datetime(2018, 7, 4, 3, 0, tzinfo=WARSAW)
_FIRST_VOIVODSHIP: Final = 40
_ROUND: Final = 25
"""Applications after which their mixture begins anew."""
_PESEL_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_NIP_WEIGHTS: Final = (6, 5, 7, 2, 3, 4, 5, 6, 7)
_BIRTHDAYS: Final = 14_000
_WOMEN: Final = ("Zmyślona", "Nieistna", "Wymyśla", "Próbna")
_MEN: Final = ("Zmyślony", "Nieistny", "Wymysław", "Próbny")
_NAMES: Final = ("Wzorowicz", "Przykładek", "Próbka", "Wymysł", "Niebyłek", "Zmyślak", "Pozorek")


@dataclass(frozen=True)
class Plan:
    """How large the project is. Groups are shared out among the partners, ``applications`` go to each group."""

    partners: int
    groups: int
    applications: int

    @property
    def total(self) -> int:
        return self.groups * self.applications

    @property
    def areas(self) -> tuple[str, ...]:
        """TERYT of the powiat of each group, partner by partner."""
        each, more = divmod(self.groups, self.partners)
        return tuple(
            f"{_FIRST_VOIVODSHIP + partner:02d}{number:02d}"
            for partner in range(self.partners)
            for number in range(1, each + (partner < more) + 1)
        )

    @property
    def calls(self) -> tuple[str, ...]:
        return tuple(f"KES/{KIND}/{area}/2018" for area in self.areas)

    def pairs(self) -> list[tuple[int, ...]]:
        """The places of neighbouring calls, which people share: one worker works on both, in this order."""
        return [tuple(range(first, min(first + 2, self.groups))) for first in range(0, self.groups, 2)]


def plan_of(applications: int) -> Plan:
    """At full size 50 partners, 2,000 groups and 100,000 applications; a smaller one has fewer groups."""
    groups = max(1, applications // 50)
    return Plan(min(50, (groups + 1) // 2), groups, min(50, applications))


@lru_cache(maxsize=4)
def definition_of(plan: Plan) -> ProjectDefinition:
    """The shipped project with the plan's partners and powiats, and without votes: its commission decides by hand."""
    shipped = load_project(PROJECT)
    voivodships: dict[str, list[Powiat]] = {}
    for area in plan.areas:
        powiat = Powiat(teryt=area, name=f"wymyślony {area}", gminas=(Gmina(teryt=_gmina(area), name=f"Gmina {area}"),))
        voivodships.setdefault(area[:2], []).append(powiat)
    return shipped.model_copy(
        update={
            "leader": shipped.leader.model_copy(update={"voivodship": next(iter(voivodships))}),
            "partners": tuple(
                Body(name=f"Województwo wymyślone {code}", unit=f"Jednostka {code}", voivodship=code)
                for code in voivodships
            ),
            "offices": (),
            "schedule": (),
            "commission": None,
            "area": Area(
                planned_gminas=plan.groups,
                voivodships=tuple(
                    Voivodship(
                        teryt=code, name=f"wymyślone {code}", planned_powiats=len(powiats), powiats=tuple(powiats)
                    )
                    for code, powiats in voivodships.items()
                ),
            ),
        }
    )


def _gmina(area: str) -> str:
    return f"{area}013"


@dataclass(frozen=True)
class Row:
    """One row of a table of answers: what was sent, and when."""

    number: int
    """In the table of the call, from 1."""
    received_at: datetime
    answers: Mapping[str, str]

    @property
    def content(self) -> bytes:
        """The row as it is kept."""
        return canonical({"row": self.number, **self.answers}).encode()


def rows_of(plan: Plan, place: int) -> Iterator[Row]:
    """The answers to the call at that place of the plan, in the order in which they came."""
    area = plan.areas[place]
    chance = random.Random(f"2018/{area}")  # noqa: S311 - made-up answers
    length = (CLOSES - OPENS) / (plan.applications + 1)
    for number in range(plan.applications):
        person, decides_again = place * plan.applications + number, random.Random(chance.random())  # noqa: S311
        if number % _ROUND == 7:
            person -= 5  # the same person once more
        elif number % _ROUND == 13 and place % 2 == 1 and plan.areas[place - 1][:2] == area[:2]:
            person -= plan.applications  # who has applied to the call before this one
        yield Row(
            number=number + 1,
            received_at=OPENS + length * number + timedelta(seconds=1 + place % 2),
            answers=_answers(person, area, decides_again, works=number % 5 != 4),
        )


def _answers(person: int, area: str, chance: random.Random, *, works: bool) -> dict[str, str]:
    woman = person % 3 != 0
    born = date(1960, 1, 1) + timedelta(days=person % _BIRTHDAYS)
    serial = person // _BIRTHDAYS * 2 + (not woman)
    digits = f"{born:%y%m%d}{serial:04d}"
    check = -sum(int(digit) * weight for digit, weight in zip(digits, _PESEL_WEIGHTS, strict=True)) % 10
    scope = [
        code for code in ("rodziny", "seniorzy", "niepelnosprawni", "bezrobotni", "mlodziez") if chance.random() < 0.4
    ]
    return {
        "imie": (_WOMEN if woman else _MEN)[person % 4],
        "nazwisko": f"{_NAMES[person % len(_NAMES)]}",
        "pesel": f"{digits}{check}",
        "data_urodzenia": f"{born:%d.%m.%Y}",
        "plec": "kobieta" if woman else "mezczyzna",
        "adres.ulica": f"ul. Wymyślona {person % 200 + 1}",
        "adres.kod": "83-300",
        "adres.miejscowosc": f"Miejscowość {area}",
        "adres.gmina": _gmina(area),
        "email": f"osoba{person}@example.org",
        "telefon": "600 100 200",
        "instytucja.nazwa": f"Instytucja Próbna {person % 20}",
        "instytucja.nip": _nip(f"{area}{person % 20:02d}"),
        "instytucja.obszar": chance.choices(
            ("pomoc_spoleczna", "oswiata", "ochrona_zdrowia", "rynek_pracy", "policja", "samorzad"),
            (30, 30, 15, 10, 5, 10),
        )[0],
        "instytucja.poziom": chance.choice(("gmina", "powiat")),
        "instytucja.gmina": _gmina(area),
        "instytucja.stanowisko": "specjalistka" if woman else "specjalista",
        "staz_lat": chance.choice(("do_2", "od_3_do_5", "od_6_do_10", "ponad_10")),
        "praca_bezposrednia": "tak" if works else "nie",
        "zakres_wsparcia": ", ".join(scope or ["rodziny"]),
        "motywacja": "Chcę współpracować z innymi instytucjami powiatu i poznać ich sposób pracy.",
        "osw_regulamin": "tak",
        "osw_udzial": "tak",
        "osw_prawda": "tak",
        "osw_rodo": "tak",
    }


@lru_cache(maxsize=100)
def _nip(six: str) -> str:
    """A number with a right check digit that begins with 999, which no tax office gives."""
    for last in range(10):
        digits = f"99{six}{last}"
        check = sum(int(digit) * weight for digit, weight in zip(digits, _NIP_WEIGHTS, strict=True)) % 11
        if check < 10:
            return f"{digits}{check}"
    raise AssertionError(six)


def reading_of(definition: ProjectDefinition, row: Row, territory: Territory) -> FormReading:
    """What the row says, by the rules for what an officer types in: in the place of reading a Word file."""
    form = definition.form(definition.group_kind(KIND).form)
    place = f"tabela odpowiedzi, wiersz {row.number}"
    found = []
    for leaf in form.leaves:
        text = row.answers.get(leaf.key, "")
        outcome = typed_value(leaf, text, territory=territory)
        found.append(
            FieldReading(
                key=leaf.key,
                status=outcome.status,
                raw=text,
                value=outcome.value,
                place=place,
                method="table",
                certainty=100 if outcome.status is FieldStatus.READ else 0,
                reason_code=outcome.reason_code,
                reason=outcome.reason,
            )
        )
    return FormReading(
        form_key=form.key, form_version=form.version, recognised_by="tabela odpowiedzi", fields=tuple(found)
    )


def territory_of(definition: ProjectDefinition) -> Territory:
    """The invented units as a register."""
    return Territory({code: Unit(code, name) for code, name in definition.area.names().items()}, "2018-01-01")
