"""institutions, who signs for them, letters to them, and their agreements

Revision: 0024
Revises: 0023
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0024'
down_revision = '0023'
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

    op.create_table('agreement',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('project_version_id', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('deadline', sa.Date(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('state', sa.Enum('open', 'closed', name='agreementstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['project_version_id'], ['project_version.id'], name=op.f('fk_agreement_project_version_id_project_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement')),
    sa.UniqueConstraint('code', name=op.f('uq_agreement_code'))
    )
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreement_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreement_state'), ['state'], unique=False)

    op.create_table('agreement_invitation',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agreement_id', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('asked', 'signed', 'declined', 'withdrawn', name='askedstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_agreement_invitation_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_agreement_invitation_institution_id_institution')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_invitation')),
    sa.UniqueConstraint('agreement_id', 'institution_id', name=op.f('uq_agreement_invitation_agreement_id_institution_id'))
    )
    with op.batch_alter_table('agreement_invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreement_invitation_agreement_id'), ['agreement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreement_invitation_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreement_invitation_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreement_invitation_state'), ['state'], unique=False)

    op.create_table('agreement_party',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agreement_id', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('step', sa.Enum('signed', 'acceded', 'left', name='partystep', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('manner', sa.Enum('paper', 'qualified', name='manner', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('signatories', sa.LargeBinary(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_agreement_party_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['file_id'], ['submitted_file.id'], name=op.f('fk_agreement_party_file_id_submitted_file')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_agreement_party_institution_id_institution')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_party')),
    sa.UniqueConstraint('agreement_id', 'ordinal', name=op.f('uq_agreement_party_agreement_id_ordinal'))
    )
    with op.batch_alter_table('agreement_party', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreement_party_agreement_id'), ['agreement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreement_party_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreement_party_institution_id'), ['institution_id'], unique=False)
    protect('agreement_party', encrypted=('signatories',))


def downgrade() -> None:
    release('agreement_party')
    op.drop_table('agreement_party')
    op.drop_table('agreement_invitation')
    op.drop_table('agreement')
    # The release before knows no institutions: their letters stay, as letters to an address.
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_message_institution_id'))
        batch_op.drop_constraint(op.f('fk_message_institution_id_institution'), type_='foreignkey')
        batch_op.drop_column('institution_id')
    release('institution_representative')
    op.drop_table('institution_representative')
    op.drop_table('institution')
