"""merit assessment: who assesses what, and the sheets

Revision: 0011
Revises: 0010
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ENCRYPTED: dict[str, tuple[str, ...]] = {'assessment_task': (), 'assessment_sheet': ('reasons', 'change_reason')}


def upgrade() -> None:
    op.create_table('assessment_task',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('assigned_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_assessment_task_application_id_application')),
    sa.ForeignKeyConstraint(['member_id'], ['commission_member.id'], name=op.f('fk_assessment_task_member_id_commission_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment_task')),
    sa.UniqueConstraint('application_id', 'member_id', name=op.f('uq_assessment_task_application_id_member_id'))
    )
    with op.batch_alter_table('assessment_task', schema=None) as batch_op:
        for column in ('application_id', 'area', 'member_id'):
            batch_op.create_index(batch_op.f(f'ix_assessment_task_{column}'), [column], unique=False)

    op.create_table('assessment_sheet',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('points', sa.Text(), nullable=False),
    sa.Column('reasons', sa.LargeBinary(), nullable=False),
    sa.Column('change_reason', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['assessment_task.id'], name=op.f('fk_assessment_sheet_task_id_assessment_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment_sheet')),
    sa.UniqueConstraint('task_id', 'version', name=op.f('uq_assessment_sheet_task_id_version'))
    )
    with op.batch_alter_table('assessment_sheet', schema=None) as batch_op:
        for column in ('area', 'task_id'):
            batch_op.create_index(batch_op.f(f'ix_assessment_sheet_{column}'), [column], unique=False)
    for table, columns in ENCRYPTED.items():
        protect(table, encrypted=columns)


def downgrade() -> None:
    for table in ENCRYPTED:
        release(table)
    op.drop_table('assessment_sheet')
    op.drop_table('assessment_task')
