"""Lists at a terminal of any width: no word is broken over two lines."""

import pytest

from console.desk import Desk
from flows.adapters.settings import Settings

ROWS = [("R/0001/2018", "obliczone, czeka na podpis", "607,20\u00a0zł", ""), ("R/0002/2018", "wstrzymane", "", "powód")]
COLUMNS = {
    "Rachunek": lambda row: row[0],
    "Stan": lambda row: row[1],
    "Do wypłaty": lambda row: row[2],
    "Do wyjaśnienia": lambda row: row[3],
}


def listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    Desk(Settings(), as_json=False).show(ROWS, COLUMNS, empty="nic")
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_list_that_fits_is_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    head, first, *_ = listed(monkeypatch, capsys, 90)
    assert head.split() == ["Rachunek", "Stan", "Do", "wypłaty", "Do", "wyjaśnienia"]
    assert "obliczone, czeka na podpis" in first


@pytest.mark.parametrize("width", [50, 60, 70, 80])
def test_no_word_is_broken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int) -> None:
    shown = " ".join(listed(monkeypatch, capsys, width))
    for word in ("R/0001/2018", "obliczone,", "podpis", "wstrzymane", "607,20\u00a0zł", "wyjaśnienia", "powód"):
        assert word in shown


def test_what_is_too_wide_for_a_table_stands_below_each_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(monkeypatch, capsys, 40) == [
        "Rachunek: R/0001/2018",
        "  Stan: obliczone, czeka na podpis",
        "  Do wypłaty: 607,20\u00a0zł",
        "",
        "Rachunek: R/0002/2018",
        "  Stan: wstrzymane",
        "  Do wyjaśnienia: powód",
    ]
