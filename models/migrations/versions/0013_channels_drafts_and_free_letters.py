"""channels, drafts and free letters: how a message goes out, what waits for consent, what was merged

Revision: 0013
Revises: 0012
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

_BEFORE = (
    'unaddressed', 'held', 'due', 'claimed', 'sending', 'sent', 'kept', 'delayed', 'refused', 'unknown', 'withdrawn',
    'expired',
)
_SINCE = (*_BEFORE, 'draft', 'printed', 'merged')
_CHANNELS = ('email', 'edoreczenia', 'paper')


def upgrade() -> None:
    _channel('person')
    op.add_column('person', sa.Column('channel_address', sa.LargeBinary(), nullable=True))
    _channel('message')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('content', sa.LargeBinary(), nullable=True))
        batch_op.add_column(
            sa.Column('refers_to', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False, server_default='')
        )
        batch_op.add_column(
            sa.Column('receipt', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False, server_default='')
        )
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f('fk_message_merged_into_id_message'), 'message', ['merged_into_id'], ['id']
        )
        batch_op.create_index(op.f('ix_message_merged_into_id'), ['merged_into_id'], unique=False)
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.alter_column('refers_to', server_default=None)
        batch_op.alter_column('receipt', server_default=None)
    _states(_SINCE)
    op.create_table('free_letter',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('audience', sa.Enum('candidates', 'members', 'offered', 'reserve', 'rejected', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('written_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_free_letter_call_id_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_free_letter'))
    )
    with op.batch_alter_table('free_letter', schema=None) as batch_op:
        for column in ('area', 'call_id'):
            batch_op.create_index(batch_op.f(f'ix_free_letter_{column}'), [column], unique=False)


def downgrade() -> None:
    op.drop_table('free_letter')
    # In the words of the release before: what waits for somebody is held, what was merged has left with the other.
    op.execute("UPDATE message SET state = 'held' WHERE state IN ('draft', 'printed')")
    op.execute("UPDATE message SET state = 'withdrawn' WHERE state = 'merged'")
    _states(_BEFORE)
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_message_merged_into_id'))
        batch_op.drop_constraint(op.f('fk_message_merged_into_id_message'), type_='foreignkey')
        for column in ('merged_into_id', 'receipt', 'refers_to', 'content'):
            batch_op.drop_column(column)
    _no_channel('message')
    op.drop_column('person', 'channel_address')
    _no_channel('person')


def _channel(table: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column('channel', sa.String(length=40), nullable=False, server_default='email'))
        batch_op.create_check_constraint(op.f(f'ck_{table}_channel'), sa.column('channel').in_(_CHANNELS))
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column('channel', server_default=None)


def _no_channel(table: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f'ck_{table}_channel'), type_='check')
        batch_op.drop_column('channel')


def _states(wanted: tuple[str, ...]) -> None:
    """Puts another CHECK on the states of a message."""
    name = op.f('ck_message_messagestate')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_constraint(name, type_='check')
        batch_op.create_check_constraint(name, sa.column('state').in_(wanted))
