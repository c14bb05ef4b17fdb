"""bounces and accounts: a message can come back, and workers share the rate of an account

Revision: 0014
Revises: 0013
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

_BEFORE = ('unaddressed', 'held', 'due', 'claimed', 'sending', 'sent', 'kept', 'delayed', 'refused', 'unknown', 'withdrawn', 'expired', 'draft', 'printed', 'merged')
_SINCE = (*_BEFORE, 'bounced')


def upgrade() -> None:
    op.create_table('mail_account',
    sa.Column('account', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.Column('slowdowns', sa.Integer(), nullable=False),
    sa.Column('trouble', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('trouble_since', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('account', name=op.f('pk_mail_account'))
    )
    op.create_table('mail_slot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_slot'))
    )
    op.create_index('ix_mail_slot_account_at', 'mail_slot', ['account', 'at'])
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bounce_status', sqlmodel.sql.sqltypes.AutoString(length=12), server_default='', nullable=False))
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.alter_column('bounce_status', server_default=None)
    _states(_BEFORE, _SINCE)


def downgrade() -> None:
    # The release before knew only that the server had taken it.
    op.execute("UPDATE message SET state = 'refused' WHERE state = 'bounced'")
    _states(_SINCE, _BEFORE)
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_column('bounce_status')
    op.drop_table('mail_slot')
    op.drop_table('mail_account')


def _states(known: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """Puts another CHECK on the states of a message."""
    name = op.f('ck_message_messagestate')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_constraint(name, type_='check')
        batch_op.create_check_constraint(name, sa.column('state').in_(wanted))
