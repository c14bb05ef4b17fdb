"""Shares of amounts and their rounding, in whole grosze."""


def percent(amount: int, basis_points: int) -> int:
    """A share of an amount, half up to a grosz (amounts here are never negative)."""
    return (amount * basis_points + 5_000) // 10_000


def to_zloty(grosze: int) -> int:
    """Rounded half up to whole złoty (art. 63 of the Tax Ordinance), still in grosze."""
    return (grosze + 50) // 100 * 100


def zloty(grosze: int) -> str:
    """An amount as people read it."""
    return f"{grosze // 100},{grosze % 100:02d} zł"
