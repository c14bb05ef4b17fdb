"""units: loaded versions of the register TERC

Revision: 0025
Revises: 0026
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0025'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('terc_register',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('loaded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_terc_register'))
    )
    protect('terc_register')


def downgrade() -> None:
    release('terc_register')
    op.drop_table('terc_register')
