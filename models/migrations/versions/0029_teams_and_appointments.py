"""teams of agreements, and acts of appointment

Revision: 0029
Revises: 0028
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('team',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agreement_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_team_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['group_id'], ['working_group.id'], name=op.f('fk_team_group_id_working_group')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('group_id', name=op.f('uq_team_group_id'))
    )
    op.create_index(op.f('ix_team_agreement_id'), 'team', ['agreement_id'])
    op.create_index(op.f('ix_team_area'), 'team', ['area'])
    protect('team')
    op.create_table('appointment_act',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('project_version_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('appointment', 'recall', name='actkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('recalls_id', sa.Integer(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_appointment_act_membership_id_membership')),
    sa.ForeignKeyConstraint(['project_version_id'], ['project_version.id'], name=op.f('fk_appointment_act_project_version_id_project_version')),
    sa.ForeignKeyConstraint(['recalls_id'], ['appointment_act.id'], name=op.f('fk_appointment_act_recalls_id_appointment_act')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment_act')),
    sa.UniqueConstraint('number', name=op.f('uq_appointment_act_number')),
    sa.UniqueConstraint('recalls_id', name=op.f('uq_appointment_act_recalls_id')),
    )
    op.create_index(op.f('ix_appointment_act_area'), 'appointment_act', ['area'])
    op.create_index(op.f('ix_appointment_act_membership_id'), 'appointment_act', ['membership_id'])
    protect('appointment_act')
    op.create_table('act_signing',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('act_id', sa.Integer(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('manner', sa.Enum('paper', 'qualified', name='manner', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['act_id'], ['appointment_act.id'], name=op.f('fk_act_signing_act_id_appointment_act')),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_act_signing_document_id_issued_document')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act_signing'))
    )
    op.create_index(op.f('ix_act_signing_act_id'), 'act_signing', ['act_id'])
    op.create_index(op.f('ix_act_signing_area'), 'act_signing', ['area'])
    protect('act_signing')


def downgrade() -> None:
    for table in ('act_signing', 'appointment_act', 'team'):
        release(table)
        op.drop_table(table)
