import pytest

from models.rules.area import is_teryt, too_coarse, within


@pytest.mark.parametrize(
    ("code", "area", "inside"),
    [
        ("2205023", "22", True),
        ("2205023", "2205", True),
        ("2205023", "2205023", True),
        ("2205024", "2205023", True),  # the town of the gmina
        ("2205025", "2205023", True),  # its rural part
        ("2205023", "2205024", False),  # the gmina is more than its town
        ("2205025", "2205024", False),
        ("220502", "2205023", True),
        ("2205083", "2205023", False),
        ("2202023", "2205", False),
        ("2205", "2205", True),
        ("2205", "2205023", False),
        ("22", "2205", False),
        ("0410013", "04", True),
        ("1419122", "", True),
        ("Kartuzy", "22", False),
        ("", "", False),
        ("2205023\n", "22", False),
        ("²²", "", False),
    ],
)
def test_gminas_match_on_six_digits(code: str, area: str, inside: bool) -> None:
    assert within(code, area) is inside


@pytest.mark.parametrize("area", ["2", "220", "22050234", "pomorskie", "22\n"])
def test_an_area_that_is_no_code_opens_nothing(area: str) -> None:
    with pytest.raises(ValueError):
        within("2205023", area)


@pytest.mark.parametrize(
    ("code", "area", "coarse"),
    [
        ("22", "2205", True),
        ("2205", "2205023", True),
        ("2205023", "2205024", True),
        ("2205023", "2205", False),
        ("2202", "2205023", False),
        ("2205024", "2205025", False),
        ("x", "22", False),
    ],
)
def test_a_larger_unit_says_nothing_of_a_smaller_one(code: str, area: str, coarse: bool) -> None:
    assert too_coarse(code, area) is coarse


def test_codes_are_of_two_four_six_or_seven_digits() -> None:
    assert [length for length in range(9) if is_teryt("1" * length)] == [2, 4, 6, 7]
