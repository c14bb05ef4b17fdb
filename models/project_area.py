"""Where a project works: its voivodships, powiats and gminas."""

from typing import Annotated

from pydantic import Field

from models.form_definition import Strict
from models.project_values import GminaCode, PowiatCode, Text, VoivodshipCode


class Gmina(Strict):
    teryt: GminaCode
    name: Text


class Powiat(Strict):
    """``name`` as in „powiat kartuski”: *kartuski*. No gminas means that none has been published."""

    teryt: PowiatCode
    name: Text
    gminas: tuple[Gmina, ...] = ()
    coordinators: tuple[Text, ...] = ()


class Voivodship(Strict):
    teryt: VoivodshipCode
    name: Text
    planned_powiats: Annotated[int, Field(ge=0)]
    powiats: tuple[Powiat, ...] = ()

    @property
    def unknown_powiats(self) -> int:
        """How many planned powiats are not published."""
        return self.planned_powiats - len(self.powiats)


class Area(Strict):
    planned_gminas: Annotated[int, Field(ge=0)]
    voivodships: Annotated[tuple[Voivodship, ...], Field(min_length=1)]

    def names(self) -> dict[str, str]:
        """Names of all units of the project by TERYT code."""
        powiats = [powiat for voivodship in self.voivodships for powiat in voivodship.powiats]
        return (
            {voivodship.teryt: voivodship.name for voivodship in self.voivodships}
            | {powiat.teryt: powiat.name for powiat in powiats}
            | {gmina.teryt: gmina.name for powiat in powiats for gmina in powiat.gminas}
        )
