"""contracts that bills refer to, and what speaks against a signed bill

Revision: 0006
Revises: 0005
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contract',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_contract_membership_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract'))
    )
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contract_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_contract_membership_id'), ['membership_id'], unique=False)

    op.add_column('stipend', sa.Column('doubts', sa.Text(), nullable=True))
    op.add_column('stipend', sa.Column('replaced_because', sa.LargeBinary(), nullable=True))
    # Records of before are not doubted.
    op.execute("UPDATE stipend SET doubts = '[]'")
    with op.batch_alter_table('stipend', schema=None) as batch_op:
        batch_op.alter_column('doubts', existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    op.drop_column('stipend', 'replaced_because')
    op.drop_column('stipend', 'doubts')
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contract_membership_id'))
        batch_op.drop_index(batch_op.f('ix_contract_area'))

    op.drop_table('contract')
