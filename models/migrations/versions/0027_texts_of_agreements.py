"""which text of an agreement each institution was asked to sign or signed, and signed papers kept in one way

Revision: 0027
Revises: 0025
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0027'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agreement_text',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agreement_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('after_step', sa.Integer(), nullable=False),
    sa.Column('named', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_agreement_text_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_agreement_text_document_id_issued_document')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_text')),
    sa.UniqueConstraint('agreement_id', 'number', name=op.f('uq_agreement_text_agreement_id_number'))
    )
    with op.batch_alter_table('agreement_text', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreement_text_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreement_text_agreement_id'), ['agreement_id'], unique=False)
    protect('agreement_text')

    with op.batch_alter_table('agreement_invitation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('text_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_agreement_invitation_text_id_agreement_text'), 'agreement_text', ['text_id'], ['id'])

    release('agreement_party')
    with op.batch_alter_table('agreement_party', schema=None) as batch_op:
        batch_op.add_column(sa.Column('text_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_agreement_party_text_id_agreement_text'), 'agreement_text', ['text_id'], ['id'])
    protect('agreement_party', encrypted=('signatories',))

    # No release has kept a signed declaration among the documents that the office makes.
    release('declaration_signing')
    with op.batch_alter_table('declaration_signing', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_declaration_signing_document_id_issued_document'), type_='foreignkey')
        batch_op.drop_column('document_id')
        batch_op.add_column(sa.Column('file_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_declaration_signing_file_id_submitted_file'), 'submitted_file', ['file_id'], ['id'])
    protect('declaration_signing')


def downgrade() -> None:
    release('declaration_signing')
    with op.batch_alter_table('declaration_signing', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_declaration_signing_file_id_submitted_file'), type_='foreignkey')
        batch_op.drop_column('file_id')
        batch_op.add_column(sa.Column('document_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_declaration_signing_document_id_issued_document'), 'issued_document', ['document_id'], ['id'])
    protect('declaration_signing')
    release('agreement_party')
    with op.batch_alter_table('agreement_party', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_agreement_party_text_id_agreement_text'), type_='foreignkey')
        batch_op.drop_column('text_id')
    protect('agreement_party', encrypted=('signatories',))
    with op.batch_alter_table('agreement_invitation', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_agreement_invitation_text_id_agreement_text'), type_='foreignkey')
        batch_op.drop_column('text_id')
    release('agreement_text')
    op.drop_table('agreement_text')
