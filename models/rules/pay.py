"""What is paid for, what the payee declared, and what comes of it: the values of a settlement.

:mod:`models.rules.settlement` works them out. All amounts are in whole grosze.
"""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from models.rules.pay_tables import Row


class RatePer(StrEnum):
    """What a rate is paid for."""

    HOUR = "hour"
    DAY = "day"
    MEETING = "meeting"


class PaymentKind(StrEnum):
    """By which rules a sum is paid."""

    REMUNERATION = "remuneration"
    STIPEND = "stipend"
    TRAVEL = "travel"


class PayCase(StrEnum):
    """Which contributions are due."""

    HEALTH_ONLY = "health_only"
    """Employed elsewhere at or above the minimum wage (art. 9 ust. 1a of the social insurance act)."""
    FULL_SOCIAL = "full_social"
    STUDENT = "student"
    """Pupil or student under 26 (art. 6 ust. 4): no contributions at all."""
    EXEMPT = "exempt"
    """A stipend or a refund, until the office settles its rules."""


@dataclass(frozen=True)
class Work:
    """What is paid for: minutes of confirmed attendance and the gross sum in grosze."""

    minutes: int
    gross: int
    contract_amount: int | None = None
    """Grosze stated in the contract itself; ``None`` when it states a rate only. Decides on the lump-sum tax."""
    kind: PaymentKind = PaymentKind.REMUNERATION
    already: int = 0
    """Grosze that were ordered or paid for the same minutes before, when this payment only adds to them. The minimum
    hourly rate and the sum of the contract are judged on both."""

    def __post_init__(self) -> None:
        if self.minutes < 0 or self.gross < 0 or self.already < 0 or (self.contract_amount or 0) < 0:
            raise ValueError("minutes and amounts are never negative")


@dataclass(frozen=True)
class Statements:
    """What the payee declared. ``None`` means not declared, which is never read as *no*."""

    employed_elsewhere_at_minimum: bool | None
    student_under_26: bool | None
    voluntary_sickness: bool | None
    birth_date: date | None
    employed_by_payer: bool | None
    pit2: bool = False
    """A request, so absent unless made: reduce the advance by the monthly amount."""
    no_advance: bool = False
    """A request: withhold no advances this year."""
    copyright_costs: bool = False
    ppk: bool | None = None
    """Whether the payee takes part in the employee capital plans (PPK) through this payer; for a person to look at."""

    def stated(self) -> dict[str, object]:
        """As it is stored and put into snapshots: dates in ISO form. A question that the first form did not have is
        left out while nobody answered it, so that what was recorded before it still reads the same."""
        body: dict[str, object] = {
            key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(self).items()
        }
        if self.ppk is None:
            del body["ppk"]
        return body


@dataclass(frozen=True)
class Remark:
    """A warning or an obstacle: a stable code, safe to log, and a Polish sentence for the officer."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Amounts:
    """All in grosze. ``gross == net + social + health + tax``."""

    gross: int
    social_base: int
    pension: int
    disability: int
    sickness_base: int
    """The social base when sickness insurance was asked for, else nothing."""
    sickness: int
    health_base: int
    health: int
    health_deduction: int
    """The part of the health contribution that reduced the tax (until 2021)."""
    costs: int
    tax_base: int
    """Whole złoty."""
    tax_reduction: int
    tax: int
    """Whole złoty."""
    net: int

    @property
    def social(self) -> int:
        """Social contributions together."""
        return self.pension + self.disability + self.sickness


@dataclass(frozen=True)
class Line:
    """One line of the computation as a bill shows it. ``rate`` in basis points, ``base`` and ``amount`` in grosze."""

    code: str
    label: str
    base: int | None
    rate: int | None
    amount: int
    withheld: bool
    """Whether the amount is taken off the payee's gross."""
    row: str
    """Id of the table row the rate comes from; empty for a sum."""


@dataclass(frozen=True)
class MinimumRate:
    """Whether gross divided by confirmed hours reaches the minimum hourly rate of the day of work."""

    required: int
    """Grosze an hour."""
    reached: int
    """Whole grosze an hour, rounded down; the comparison itself is exact."""
    met: bool


@dataclass(frozen=True)
class EarlierPayment:
    """What the payee was already paid in the same calendar month; its contributions count towards the month's."""

    paid_on: date
    gross: int
    social_base: int
    pension: int
    disability: int
    sickness_base: int
    sickness: int
    health_base: int
    health: int
    tax_reduction: int

    @classmethod
    def of(cls, settlement: "Settlement") -> Self:
        """The earlier payment a settlement became. Raises ``ValueError`` when it never had amounts."""
        amounts = settlement.amounts
        if amounts is None:
            raise ValueError("a settlement without amounts was never paid")
        return cls(
            paid_on=settlement.paid_on,
            gross=amounts.gross,
            social_base=amounts.social_base,
            pension=amounts.pension,
            disability=amounts.disability,
            sickness_base=amounts.sickness_base,
            sickness=amounts.sickness,
            health_base=amounts.health_base,
            health=amounts.health,
            tax_reduction=amounts.tax_reduction,
        )


@dataclass(frozen=True)
class Settlement:
    """One payment, fully itemised, with the table rows it rests on."""

    algorithm: str
    kind: PaymentKind
    paid_on: date
    worked_on: date
    minutes: int
    gross: int
    case: PayCase | None
    amounts: Amounts | None
    """``None`` when a statement or a rule is missing, so that nothing could be computed."""
    lines: tuple[Line, ...]
    minimum_rate: MinimumRate | None
    rows: tuple[Row, ...]
    warnings: tuple[Remark, ...]
    blocked_by: tuple[Remark, ...]

    @property
    def payable(self) -> bool:
        """Whether it may be paid as it stands."""
        return self.amounts is not None and not self.blocked_by
