"""how a person wants to be greeted in letters

Revision: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('person', sa.Column('salutation', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column('person', 'salutation')
