"""payments that left: records that were ordered, paid or returned, and records that correct them

Revision: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

_BEFORE = ('calculated', 'blocked', 'signed', 'superseded')
_SINCE = ('calculated', 'blocked', 'signed', 'ordered', 'paid', 'returned', 'superseded')


def upgrade() -> None:
    with op.batch_alter_table('stipend', schema=None) as batch_op:
        batch_op.add_column(sa.Column('corrects_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_stipend_corrects_id_stipend'), 'stipend', ['corrects_id'], ['id'])
        batch_op.create_index(op.f('ix_stipend_corrects_id'), ['corrects_id'], unique=False)
    _states(_SINCE)


def downgrade() -> None:
    # In the words of the release before: the bill was signed, and more it did not know.
    op.execute("UPDATE stipend SET state = 'signed' WHERE state IN ('ordered', 'paid', 'returned')")
    _states(_BEFORE)
    with op.batch_alter_table('stipend', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_stipend_corrects_id'))
        batch_op.drop_constraint(op.f('fk_stipend_corrects_id_stipend'), type_='foreignkey')
        batch_op.drop_column('corrects_id')


def _states(states: tuple[str, ...]) -> None:
    with op.batch_alter_table('stipend', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_stipend_stipendstate'), type_='check')
        batch_op.create_check_constraint(op.f('ck_stipend_stipendstate'), sa.column('state').in_(states))
