"""presence and where it is known from: status and times of a day, files it was read from, confirmations, coaching

Revision: 0020
Revises: 0019
"""

from datetime import datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

_ENTRIES = ('attendance', 'substitute_attendance')
_ENCRYPTED = {
    'attendance_file': ('content_lookup', 'content_digest', 'name'),
    'day_confirmation': (),
    'coaching_session': ('topic', 'coach'),
    'striking_off': ('reason',),
}
_STATUSES = ('present', 'late', 'left_early', 'late_and_left_early', 'partial', 'absent', 'excused')


def upgrade() -> None:
    op.create_table('attendance_file',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('meeting_day_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('sheet', 'table', 'scan', name='attendancefilekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('content_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('content_digest', sa.LargeBinary(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('stored_as', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('data_key_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_attendance_file_data_key_id_data_key')),
    sa.ForeignKeyConstraint(['meeting_day_id'], ['meeting_day.id'], name=op.f('fk_attendance_file_meeting_day_id_meeting_day')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_attendance_file_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_file')),
    sa.UniqueConstraint('meeting_id', 'content_lookup', name=op.f('uq_attendance_file_meeting_id_content_lookup')),
    sa.UniqueConstraint('stored_as', name=op.f('uq_attendance_file_stored_as'))
    )
    with op.batch_alter_table('attendance_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendance_file_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_attendance_file_meeting_day_id'), ['meeting_day_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attendance_file_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('day_confirmation',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_day_id', sa.Integer(), nullable=False),
    sa.Column('entries', sa.Text(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['meeting_day_id'], ['meeting_day.id'], name=op.f('fk_day_confirmation_meeting_day_id_meeting_day')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_day_confirmation'))
    )
    with op.batch_alter_table('day_confirmation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_day_confirmation_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_day_confirmation_meeting_day_id'), ['meeting_day_id'], unique=False)

    op.create_table('coaching_session',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('topic', sa.LargeBinary(), nullable=False),
    sa.Column('coach', sa.LargeBinary(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_coaching_session_membership_id_membership')),
    sa.ForeignKeyConstraint(['replaces_id'], ['coaching_session.id'], name=op.f('fk_coaching_session_replaces_id_coaching_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coaching_session')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_coaching_session_replaces_id'))
    )
    with op.batch_alter_table('coaching_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_coaching_session_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_coaching_session_membership_id'), ['membership_id'], unique=False)

    op.create_table('striking_off',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('algorithm', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('by_rule', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_striking_off_membership_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_striking_off')),
    sa.UniqueConstraint('membership_id', name=op.f('uq_striking_off_membership_id'))
    )
    with op.batch_alter_table('striking_off', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_striking_off_area'), ['area'], unique=False)

    # A batch makes the table anew on SQLite, and its triggers with it.
    release('substitute_attendance')
    for table in _ENTRIES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('status', sa.String(length=40), nullable=False, server_default='present'))
            batch_op.add_column(sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True))
            batch_op.add_column(sa.Column('left_at', sa.DateTime(timezone=True), nullable=True))
            batch_op.add_column(sa.Column('reason', sa.LargeBinary(), nullable=True))
            batch_op.add_column(sa.Column('raw', sa.LargeBinary(), nullable=True))
            batch_op.add_column(sa.Column('file_id', sa.Integer(), nullable=True))
            batch_op.add_column(sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False, server_default=''))
            batch_op.create_foreign_key(op.f(f'fk_{table}_file_id_attendance_file'), 'attendance_file', ['file_id'], ['id'])
            batch_op.create_index(op.f(f'ix_{table}_file_id'), ['file_id'], unique=False)
        _say_what_is_known(table)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column('status', existing_type=sa.String(length=40), server_default=None)
            batch_op.alter_column('place', existing_type=sqlmodel.sql.sqltypes.AutoString(length=120), server_default=None)
            batch_op.create_check_constraint(op.f(f'ck_{table}_attendancestatus'), sa.column('status').in_(_STATUSES))
        protect(table, encrypted=('reason', 'raw'))
    for table, columns in _ENCRYPTED.items():
        protect(table, encrypted=columns)


def downgrade() -> None:
    for table in (*_ENTRIES, *_ENCRYPTED):
        release(table)
    for table in _ENTRIES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f'ck_{table}_attendancestatus'), type_='check')
            batch_op.drop_constraint(op.f(f'fk_{table}_file_id_attendance_file'), type_='foreignkey')
            batch_op.drop_index(op.f(f'ix_{table}_file_id'))
            for column in ('status', 'arrived_at', 'left_at', 'reason', 'raw', 'file_id', 'place'):
                batch_op.drop_column(column)
    for table in ('striking_off', 'coaching_session', 'day_confirmation', 'attendance_file'):
        op.drop_table(table)
    protect('substitute_attendance')


def _say_what_is_known(table: str) -> None:
    """What minutes alone say of the days that were entered before: all of it, nothing, or a part nobody described."""
    entries = sa.table(table, sa.column('id'), sa.column('meeting_day_id'), sa.column('minutes'), sa.column('status'))
    days = sa.table('meeting_day', sa.column('id'), sa.column('starts_at'), sa.column('ends_at'))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(entries.c.id, entries.c.minutes, days.c.starts_at, days.c.ends_at).join(
            days, days.c.id == entries.c.meeting_day_id
        )
    ).all()
    for row, minutes, starts, ends in rows:
        length = (_moment(ends) - _moment(starts)).total_seconds() // 60
        status = 'absent' if minutes == 0 else 'present' if minutes >= length else 'partial'
        connection.execute(entries.update().where(entries.c.id == row).values(status=status))


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
