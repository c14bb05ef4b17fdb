"""What a call for units must have, told by file and sentence."""

import shutil
from pathlib import Path

import pytest

from models.errors import DefinitionFaulty
from models.project_file import load_project

ZAGRODA = Path(__file__).parents[1] / "projects" / "zagroda"
PROJECT = "project.yaml"
CARD = "criteria: [w_terminie, jednostka_z_obszaru, oswiadczenie, jedno_zgloszenie]"
GROUP = '    name: "Mała grupa"\n'


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (PROJECT, CARD, CARD.replace("jednostka_z_obszaru, ", ""), "Grupa KARTA to nabór jednostek, więc potrzebuje"),
        (PROJECT, GROUP, f"{GROUP}    invited_after: gminas_declared\n", "Grupa GRUPA: „gminas_declared” dotyczy"),
        ("forms/karta_powiatu.yaml", "type: powiat,", "type: gmina,", "czekałyby bez końca"),
        ("forms/zgloszenie_gminy.yaml", "type: gmina,", "type: text,", "musi mieć wymagane pole „jednostka”"),
        (
            "forms/zgloszenie_gminy.yaml",
            "      - {key: imie,",
            '      - {key: pesel, label: "PESEL", type: pesel}\n      - {key: imie,',
            "nie może pytać o numer PESEL",
        ),
    ],
)
def test_what_a_call_for_units_lacks_is_told(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    folder = Path(shutil.copytree(ZAGRODA, tmp_path / "zagroda"))
    load_project(folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionFaulty) as caught:
        load_project(folder)
    assert [one.file for one in caught.value.problems if said in one.sentence], caught.value.problems
