"""units: loaded versions of the register TERC, units that apply, and how they signed

Revision: 0025
Revises: 0024
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0025'
down_revision = '0024'
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
    op.create_table('declaration_signing',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_declaration_id', sa.Integer(), nullable=False),
    sa.Column('manner', sa.Enum('paper', 'qualified', name='manner', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_declaration_signing_document_id_issued_document')),
    sa.ForeignKeyConstraint(['unit_declaration_id'], ['unit_declaration.id'], name=op.f('fk_declaration_signing_unit_declaration_id_unit_declaration')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration_signing')),
    sa.UniqueConstraint('unit_declaration_id', name=op.f('uq_declaration_signing_unit_declaration_id'))
    )
    op.create_index(op.f('ix_declaration_signing_area'), 'declaration_signing', ['area'])
    protect('declaration_signing')
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unit', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=True))
        batch_op.create_index(op.f('ix_application_unit'), ['unit'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_application_unit'))
        batch_op.drop_column('unit')
    release('declaration_signing')
    op.drop_table('declaration_signing')
    release('terc_register')
    op.drop_table('terc_register')
