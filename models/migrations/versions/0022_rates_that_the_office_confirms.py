"""rates that the office confirms: who, when and why, and what is taken back again

Revision: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

from models.migrations.append_only import protect, release

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'rate_confirmation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('row_id', sa.String(length=60), nullable=False),
        sa.Column('row_digest', sa.String(length=64), nullable=False),
        sa.Column('confirmed', sa.Boolean(), nullable=False),
        sa.Column('reason', sa.LargeBinary(), nullable=False),
        sa.Column('source', sa.LargeBinary(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rate_confirmation')),
    )
    op.create_index(op.f('ix_rate_confirmation_row_id'), 'rate_confirmation', ['row_id'], unique=False)
    protect('rate_confirmation', encrypted=('reason', 'source'))
    op.add_column('stipend', sa.Column('warnings', sa.Text(), nullable=True))
    op.execute("UPDATE stipend SET warnings = '[]'")
    with op.batch_alter_table('stipend', schema=None) as batch_op:
        batch_op.alter_column('warnings', existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    op.drop_column('stipend', 'warnings')
    release('rate_confirmation')
    op.drop_index(op.f('ix_rate_confirmation_row_id'), table_name='rate_confirmation')
    op.drop_table('rate_confirmation')
