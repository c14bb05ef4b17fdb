"""promotions and rulings on appeals are never changed or deleted

Revision: 0012
Revises: 0011
"""

from models.migrations.append_only import protect, release

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

ENCRYPTED = {'promotion': ('basis', 'reason'), 'appeal_ruling': ('reason',)}


def upgrade() -> None:
    for table, columns in ENCRYPTED.items():
        protect(table, encrypted=columns)


def downgrade() -> None:
    for table in ENCRYPTED:
        release(table)
