"""rankings that a checker agreed to, and the order in which a person wants groups

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rankings of before were made without a checker; announcing checks them anew.
    op.add_column('ranking', sa.Column('checker', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True))
    op.add_column('ranking', sa.Column('refuted', sa.Integer(), nullable=True))
    op.create_table('group_preference',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_group_preference_application_id_application')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_preference'))
    )
    with op.batch_alter_table('group_preference', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_preference_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_group_preference_area'), ['area'], unique=False)
    protect('group_preference')


def downgrade() -> None:
    release('group_preference')
    with op.batch_alter_table('group_preference', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_group_preference_area'))
        batch_op.drop_index(batch_op.f('ix_group_preference_application_id'))

    op.drop_table('group_preference')
    op.drop_column('ranking', 'refuted')
    op.drop_column('ranking', 'checker')
