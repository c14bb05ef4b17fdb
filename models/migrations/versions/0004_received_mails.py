"""received mails, and which file came with which

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('received_mail',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('content_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('content_digest', sa.LargeBinary(), nullable=False),
    sa.Column('message_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('message_id', sa.LargeBinary(), nullable=True),
    sa.Column('sender', sa.LargeBinary(), nullable=True),
    sa.Column('subject', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('stored_as', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('data_key_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('kind', sa.Enum('application', 'auto_reply', 'bounce', 'empty', 'other', name='mailkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('answers_number', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('application_id', sa.Integer(), nullable=True),
    sa.Column('letter_id', sa.Integer(), nullable=True),
    sa.Column('settled_reason', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.Enum('stored', 'filed', 'waiting', 'set_aside', 'settled', name='mailstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('taken_in_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_received_mail_application_id_application')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_received_mail_data_key_id_data_key')),
    sa.ForeignKeyConstraint(['letter_id'], ['message.id'], name=op.f('fk_received_mail_letter_id_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_received_mail')),
    sa.UniqueConstraint('content_lookup', name=op.f('uq_received_mail_content_lookup')),
    sa.UniqueConstraint('stored_as', name=op.f('uq_received_mail_stored_as'))
    )
    with op.batch_alter_table('received_mail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_received_mail_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_received_mail_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_received_mail_letter_id'), ['letter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_received_mail_message_lookup'), ['message_lookup'], unique=False)
        batch_op.create_index(batch_op.f('ix_received_mail_state'), ['state'], unique=False)

    op.create_table('mail_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mail_id', sa.Integer(), nullable=False),
    sa.Column('box', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['mail_id'], ['received_mail.id'], name=op.f('fk_mail_place_mail_id_received_mail')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_place')),
    sa.UniqueConstraint('box', 'uidvalidity', 'uid', name=op.f('uq_mail_place_box_uidvalidity_uid'))
    )
    with op.batch_alter_table('mail_place', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_place_mail_id'), ['mail_id'], unique=False)

    # Not as a batch: that would make the table anew, and SQLite refuses to drop one that others refer to.
    op.execute(
        'ALTER TABLE submitted_file ADD COLUMN mail_id INTEGER '
        'CONSTRAINT fk_submitted_file_mail_id_received_mail REFERENCES received_mail (id)'
    )
    op.create_index('ix_submitted_file_mail_id', 'submitted_file', ['mail_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_submitted_file_mail_id', table_name='submitted_file')
    with op.batch_alter_table('submitted_file', schema=None) as batch_op:
        batch_op.drop_column('mail_id')

    op.drop_table('mail_place')
    op.drop_table('received_mail')
