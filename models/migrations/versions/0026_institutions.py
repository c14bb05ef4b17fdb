"""institutions, who signs for them, and letters to them

Revision: 0026
Revises: 0018
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0026'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('institution',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('gmina', 'powiat', 'voivodship', 'other', name='institutionkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('name_plain', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('teryt', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=True),
    sa.Column('nip', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
    sa.Column('sector', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('level', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('edelivery', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('channel', sa.Enum('email', 'edoreczenia', 'paper', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('state', sa.Enum('active', 'closed', name='institutionstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_institution')),
    sa.UniqueConstraint('area', 'name_plain', name=op.f('uq_institution_area_name_plain')),
    sa.UniqueConstraint('teryt', name=op.f('uq_institution_teryt'))
    )
    with op.batch_alter_table('institution', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_institution_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_institution_nip'), ['nip'], unique=False)
        batch_op.create_index(batch_op.f('ix_institution_state'), ['state'], unique=False)

    op.create_table('institution_representative',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('function', sa.LargeBinary(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_institution_representative_institution_id_institution')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_institution_representative'))
    )
    with op.batch_alter_table('institution_representative', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_institution_representative_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_institution_representative_institution_id'), ['institution_id'], unique=False)
    protect('institution_representative', encrypted=('name', 'function'))

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('institution_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_message_institution_id_institution'), 'institution', ['institution_id'], ['id'])
        batch_op.create_index(op.f('ix_message_institution_id'), ['institution_id'], unique=False)


def downgrade() -> None:
    # The release before knows no institutions: their letters stay, as letters to an address.
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_message_institution_id'))
        batch_op.drop_constraint(op.f('fk_message_institution_id_institution'), type_='foreignkey')
        batch_op.drop_column('institution_id')
    release('institution_representative')
    op.drop_table('institution_representative')
    op.drop_table('institution')
