"""what only the office can say: units' declarations and documents among the files

Revision: 0008
Revises: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('unit_declaration',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('teryt', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_declaration'))
    )
    op.create_table('attached_document',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('document', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('found', sa.Boolean(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_attached_document_application_id_application')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attached_document'))
    )
    op.create_index(op.f('ix_attached_document_application_id'), 'attached_document', ['application_id'])
    for table in ('unit_declaration', 'attached_document'):
        op.create_index(op.f(f'ix_{table}_area'), table, ['area'])
        protect(table)


def downgrade() -> None:
    for table in ('attached_document', 'unit_declaration'):
        release(table)
        op.drop_table(table)
