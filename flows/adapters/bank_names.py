"""Which bank an account is at, by the register of the National Bank of Poland that ``schwifty`` ships."""

from functools import lru_cache


@lru_cache(maxsize=1024)
def bank_of(account: str) -> str:
    """The bank's name for an account of 26 digits; ``""`` where the register knows none.

    It is only shown: an account at a bank that the register does not know may be a new bank's.
    """
    # Imported where it is needed: a tenth of a second that only few commands should pay.
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    try:
        return IBAN(f"PL{account}").bank_name or ""
    except SchwiftyException:
        return ""
