"""Days as officers type them."""

from datetime import date, time

from models.errors import BadInput


def day_of(text: str, *, example: str = "2018-10-10") -> date:
    """A day in the ISO form. Raises ``BadInput`` with an example of one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"„{text}” nie jest datą. Wzór: {example}.") from None


def time_of_day(text: str) -> time:
    """A clock time as it is typed. Raises ``BadInput``."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise BadInput(f"„{text}” nie jest godziną. Wzór: 16:00.") from None
