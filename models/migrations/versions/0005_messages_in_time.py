"""messages in time: a last moment for a message, mails kept without a server, seats given beyond the number

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_BEFORE = ('unaddressed', 'held', 'due', 'claimed', 'sending', 'sent', 'delayed', 'refused', 'unknown', 'withdrawn')
_SINCE = (*_BEFORE, 'kept', 'expired')


def upgrade() -> None:
    op.add_column('decision', sa.Column('beyond_seats', sa.LargeBinary(), nullable=True))
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('not_after', sa.DateTime(timezone=True), nullable=True))
    _states(_BEFORE, _SINCE)


def downgrade() -> None:
    # What was only kept, or came too late, has not left: in the words of the release before it is held or withdrawn.
    op.execute("UPDATE message SET state = 'held' WHERE state = 'kept'")
    op.execute("UPDATE message SET state = 'withdrawn' WHERE state = 'expired'")
    _states(_SINCE, _BEFORE)
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_column('not_after')
    op.drop_column('decision', 'beyond_seats')


def _states(known: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """Puts another CHECK on the states of a message."""
    name = op.f('ck_message_messagestate')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_constraint(name, type_='check')
        batch_op.create_check_constraint(name, sa.column('state').in_(wanted))
