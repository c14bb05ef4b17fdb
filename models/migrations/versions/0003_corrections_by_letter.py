"""corrections by letter: attachments, confirmed addresses, changes nobody asked for, one open request

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

_SCOPED = ('confirmed_address', 'message_attachment', 'unasked_change')


def upgrade() -> None:
    op.add_column('field_value', sa.Column('times', sa.Integer(), nullable=True))
    op.add_column('field_value', sa.Column('aside', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True))
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index(
            'ix_correction_one_open',
            ['application_id'],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
    op.create_table('confirmed_address',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_confirmed_address_application_id_application')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_confirmed_address'))
    )
    op.create_index(op.f('ix_confirmed_address_application_id'), 'confirmed_address', ['application_id'])
    op.create_table('message_attachment',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('about', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('media_type', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('issued_document_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['issued_document_id'], ['issued_document.id'], name=op.f('fk_message_attachment_issued_document_id_issued_document')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_attachment_message_id_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_attachment'))
    )
    op.create_index(op.f('ix_message_attachment_message_id'), 'message_attachment', ['message_id'])
    op.create_table('unasked_change',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('value_id', sa.Integer(), nullable=False),
    sa.Column('before_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'accepted', 'refused', 'overtaken', name='changestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_unasked_change_application_id_application')),
    sa.ForeignKeyConstraint(['before_id'], ['field_value.id'], name=op.f('fk_unasked_change_before_id_field_value')),
    sa.ForeignKeyConstraint(['value_id'], ['field_value.id'], name=op.f('fk_unasked_change_value_id_field_value')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unasked_change'))
    )
    op.create_index(op.f('ix_unasked_change_application_id'), 'unasked_change', ['application_id'])
    op.create_index(op.f('ix_unasked_change_state'), 'unasked_change', ['state'])
    for table in _SCOPED:
        op.create_index(op.f(f'ix_{table}_area'), table, ['area'])


def downgrade() -> None:
    for table in _SCOPED:
        op.drop_table(table)
    op.drop_index('ix_correction_one_open', table_name='correction')
    with op.batch_alter_table('field_value', schema=None) as batch_op:
        batch_op.drop_column('aside')
        batch_op.drop_column('times')
