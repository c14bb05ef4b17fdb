"""Pay batches: which payments go to the bank together, who let them go, what the bank made of each, and the ledger.

All amounts in grosze. The text of a batch and of its items is stored as canonical bytes; keyed digests stand over
them, and the columns beside only repeat what can be searched for. A change of either after freezing shows.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Date, Index, UniqueConstraint, text
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, encrypted, grosze, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped
from models.tables.stipends import StipendState


class BatchState(StrEnum):
    FROZEN = "frozen"
    APPROVED = "approved"
    EXPORTED = "exported"
    PARTLY_CONFIRMED = "partly_confirmed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


_B = BatchState

BATCH = Lifecycle(
    aggregate="pay_batch",
    start=frozenset({_B.FROZEN}),
    moves={
        _B.FROZEN: frozenset({_B.APPROVED, _B.DISCARDED}),
        _B.APPROVED: frozenset({_B.EXPORTED, _B.DISCARDED}),
        # From here on the file may be in the bank: only who approves payments says that nobody authorised it there.
        _B.EXPORTED: frozenset({_B.PARTLY_CONFIRMED, _B.CONFIRMED, _B.DISCARDED}),
        _B.PARTLY_CONFIRMED: frozenset({_B.CONFIRMED}),
    },
    rights={
        _B.FROZEN: Right.MONEY,
        _B.APPROVED: Right.APPROVE_PAYMENTS,
        _B.EXPORTED: Right.MONEY,
        _B.PARTLY_CONFIRMED: Right.MONEY,
        _B.CONFIRMED: Right.MONEY,
        _B.DISCARDED: Right.MONEY,
    },
    by_move={(_B.EXPORTED, _B.DISCARDED): (Right.APPROVE_PAYMENTS,)},
)
WITH_THE_BANK = frozenset({_B.EXPORTED, _B.PARTLY_CONFIRMED})
"""Its file was made, and not every transfer in it has been answered."""


class PayBatch(Scoped, table=True):
    """Payments of one day from one account. ``area`` is what the areas of its items have in common."""

    __tablename__ = "pay_batch"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=20)
    """``LP/0001/2018``, counted by the year of the payment."""
    project_version_id: int = Field(foreign_key="project_version.id")
    """Whose rules of payment it was frozen under."""
    paid_on: date = Field(sa_column=Column(Date, nullable=False))
    profile: str = Field(max_length=40)
    """The bank profile that its file follows."""
    payments: int
    total: int = Field(sa_column=grosze())
    body: str = Field(sa_column=encrypted("pay_batch.body"))
    """JSON of number, day, payer, profile, and the digest of every item's body in their order."""
    digest: str = Field(max_length=64)
    """Keyed, over ``body``."""
    file_digest: str | None = Field(default=None, sa_column=encrypted("pay_batch.file_digest", nullable=True))
    """Number and SHA-256 of the bank file, once there is one."""
    made_at: datetime = Field(sa_column=moment())
    made_by: str = Field(max_length=60)
    approved_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    approved_by: str = Field(default="", max_length=60)
    approval: str = Field(default="", max_length=64)
    """Keyed, over ``body`` and who approved it: a state that somebody wrote into the database has none."""
    exported_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    exported_by: str = Field(default="", max_length=60)
    discarded_because: str | None = Field(
        default=None, sa_column=encrypted("pay_batch.discarded_because", nullable=True)
    )
    state: BatchState = Field(default=_B.FROZEN, sa_column=choice(BatchState, index=True))


class ItemState(StrEnum):
    ORDERED = "ordered"
    PAID = "paid"
    RETURNED = "returned"
    RELEASED = "released"


_I = ItemState

BATCH_ITEM = Lifecycle(
    aggregate="pay_batch_item",
    start=frozenset({_I.ORDERED}),
    moves={
        _I.ORDERED: frozenset({_I.PAID, _I.RETURNED, _I.RELEASED}),
        # The payee's bank may send a transfer back days after ours carried it out.
        _I.PAID: frozenset({_I.RETURNED}),
    },
    rights=dict.fromkeys(ItemState, Right.MONEY),
    # Goes with its batch.
    by_move={(_I.ORDERED, _I.RELEASED): (Right.MONEY, Right.APPROVE_PAYMENTS)},
)
LIVE = frozenset({_I.ORDERED, _I.PAID})
"""The money is on its way or there: no other batch may hold the same record."""


class PayBatchItem(Scoped, table=True):
    """One transfer of a batch: whom it pays, how much, where to."""

    __tablename__ = "pay_batch_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        # What makes paying twice impossible, whoever freezes at the same moment.
        Index(
            "uq_pay_batch_item_live_stipend",
            "stipend_id",
            unique=True,
            sqlite_where=text("state IN ('ordered', 'paid')"),
            postgresql_where=text("state IN ('ordered', 'paid')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="pay_batch.id", index=True)
    position: int
    stipend_id: int = Field(foreign_key="stipend.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    amount: int = Field(sa_column=grosze())
    account: str = Field(sa_column=encrypted("pay_batch_item.account"))
    account_lookup: str = Field(max_length=64, index=True)
    reference: str = Field(unique=True, max_length=16)
    """Ours, by which the bank answers: ``LP0001/18/0001``."""
    body: str = Field(sa_column=encrypted("pay_batch_item.body"))
    """JSON of the whole transfer and of the record, the person and the statement that it rests on."""
    digest: str = Field(max_length=64)
    """Keyed, over ``body``: it binds person, account and amount."""
    stipend_was: StipendState = Field(sa_column=choice(StipendState))
    """The state of the record before, to which a discarded batch gives it back."""
    state: ItemState = Field(default=_I.ORDERED, sa_column=choice(ItemState))


class PayAcknowledgement(Scoped, table=True):
    """What somebody who approved a batch knew of one of its transfers, and why it goes all the same. Append-only."""

    __tablename__ = "pay_acknowledgement"
    __table_args__ = (UniqueConstraint("item_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="pay_batch_item.id", index=True)
    code: str = Field(max_length=40)
    reason: str = Field(sa_column=encrypted("pay_acknowledgement.reason"))
    given_at: datetime = Field(sa_column=moment())
    given_by: str = Field(max_length=60)


class BankReport(Scoped, table=True):
    """A file of confirmations as the bank gave it out, taken in whole and once. Append-only.

    Its bytes are an issued document of the same number. ``area`` is what the areas of its transfers have in common.
    """

    __tablename__ = "bank_report"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=20)
    content_lookup: str = Field(unique=True, max_length=64)
    content_digest: str = Field(sa_column=encrypted("bank_report.content_digest"))
    """SHA-256 of the bytes: what ``content_lookup`` is the keyed digest of."""
    kind: str = Field(max_length=20)
    paid: int
    returned: int
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class EntryKind(StrEnum):
    PAID = "paid"
    RETURNED = "returned"


class PayEntry(Scoped, table=True):
    """One line of the ledger of what really left the account and came back. Append-only; the sum of a batch's entries
    is what its payees have."""

    __tablename__ = "pay_entry"
    # A transfer is carried out once, and comes back once.
    __table_args__ = (UniqueConstraint("item_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="pay_batch_item.id", index=True)
    kind: EntryKind = Field(sa_column=choice(EntryKind))
    amount: int = Field(sa_column=grosze())
    """What left (above zero), or came back (below; zero when the bank never carried it out)."""
    booked_on: date = Field(sa_column=Column(Date, nullable=False))
    report_id: int | None = Field(default=None, foreign_key="bank_report.id", index=True)
    """``None``: an officer entered it by hand."""
    line: int | None = None
    reason: str = Field(default="", sa_column=encrypted("pay_entry.reason"))
    """The bank's, for what came back."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
