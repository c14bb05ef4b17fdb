"""lists of sessions of group support that come back: kept files, and where each presence is known from

Revision: 0034
Revises: 0033
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

_FILE = ('content_lookup', 'content_digest', 'name')
_PRESENCE = ('reason', 'raw')


def upgrade() -> None:
    # A batch makes the table anew on SQLite, and its triggers with it.
    release('attendance_file')
    with op.batch_alter_table('attendance_file', schema=None) as batch_op:
        batch_op.alter_column('meeting_id', existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column('support_session_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_attendance_file_support_session_id_support_session'), 'support_session', ['support_session_id'], ['id'])
        batch_op.create_unique_constraint(op.f('uq_attendance_file_support_session_id_content_lookup'), ['support_session_id', 'content_lookup'])
        batch_op.create_index(op.f('ix_attendance_file_support_session_id'), ['support_session_id'], unique=False)
    protect('attendance_file', encrypted=_FILE)

    release('support_attendance')
    with op.batch_alter_table('support_attendance', schema=None) as batch_op:
        batch_op.add_column(sa.Column('file_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False, server_default=''))
        batch_op.create_foreign_key(op.f('fk_support_attendance_file_id_attendance_file'), 'attendance_file', ['file_id'], ['id'])
        batch_op.create_index(op.f('ix_support_attendance_file_id'), ['file_id'], unique=False)
    with op.batch_alter_table('support_attendance', schema=None) as batch_op:
        batch_op.alter_column('place', existing_type=sqlmodel.sql.sqltypes.AutoString(length=120), server_default=None)
    protect('support_attendance', encrypted=_PRESENCE)


def downgrade() -> None:
    release('support_attendance')
    with op.batch_alter_table('support_attendance', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_support_attendance_file_id'))
        batch_op.drop_constraint(op.f('fk_support_attendance_file_id_attendance_file'), type_='foreignkey')
        batch_op.drop_column('place')
        batch_op.drop_column('file_id')
    protect('support_attendance', encrypted=_PRESENCE)

    release('attendance_file')
    # The release before knows no files of sessions.
    op.execute('DELETE FROM attendance_file WHERE meeting_id IS NULL')
    with op.batch_alter_table('attendance_file', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_attendance_file_support_session_id'))
        batch_op.drop_constraint(op.f('uq_attendance_file_support_session_id_content_lookup'), type_='unique')
        batch_op.drop_constraint(op.f('fk_attendance_file_support_session_id_support_session'), type_='foreignkey')
        batch_op.drop_column('support_session_id')
        batch_op.alter_column('meeting_id', existing_type=sa.Integer(), nullable=False)
    protect('attendance_file', encrypted=_FILE)
