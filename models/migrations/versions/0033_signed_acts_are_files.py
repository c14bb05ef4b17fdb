"""a signed act is kept as every signed paper is, under its number; those that lie among the documents stay there

Revision: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

from models.migrations.append_only import protect, release

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    release('act_signing')
    with op.batch_alter_table('act_signing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('file_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_act_signing_file_id_submitted_file'), 'submitted_file', ['file_id'], ['id'])
    protect('act_signing')
    # The number of an act may be longer than that of an application.
    with op.batch_alter_table('submitted_file', schema=None) as batch_op:
        batch_op.alter_column('answers_number', existing_type=sa.String(length=60), type_=sa.String(length=80), existing_nullable=True)


def downgrade() -> None:
    # PostgreSQL refuses a column shorter than what is in it; the release before keeps no signed act under its number.
    op.execute('UPDATE submitted_file SET answers_number = substr(answers_number, 1, 60) WHERE length(answers_number) > 60')
    with op.batch_alter_table('submitted_file', schema=None) as batch_op:
        batch_op.alter_column('answers_number', existing_type=sa.String(length=80), type_=sa.String(length=60), existing_nullable=True)
    release('act_signing')
    with op.batch_alter_table('act_signing', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_act_signing_file_id_submitted_file'), type_='foreignkey')
        batch_op.drop_column('file_id')
    protect('act_signing')
