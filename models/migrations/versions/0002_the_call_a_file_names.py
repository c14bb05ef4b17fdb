"""the call a file names

Revision: 0002
Revises: 0001
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('submitted_file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('call_code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('submitted_file', schema=None) as batch_op:
        batch_op.drop_column('call_code')
