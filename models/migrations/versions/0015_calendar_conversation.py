"""calendar conversation: meetings that move, answers out of calendars, substitutes for one meeting

Revision: 0015
Revises: 0014
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

ENCRYPTED: dict[str, tuple[str, ...]] = {
    'meeting_change': ('reason',),
    'invitation_answer': ('comment', 'delegate'),
    'substitute_attendance': (),
    'counter_verdict': ('reason',),
}
_STATES_BEFORE = ('invited', 'accepted', 'declined', 'cancelled')
_STATES_SINCE = (*_STATES_BEFORE, 'tentative', 'delegated')
_KINDS_BEFORE = ('application', 'auto_reply', 'bounce', 'empty', 'other')
_KINDS_SINCE = (*_KINDS_BEFORE, 'calendar')
_ROLES = sa.Enum('member', 'substitute', name='invitationrole', native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table('meeting_change',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('asks_anew', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_change_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_change')),
    sa.UniqueConstraint('meeting_id', 'sequence', name=op.f('uq_meeting_change_meeting_id_sequence'))
    )
    with op.batch_alter_table('meeting_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_change_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_change_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('invitation_answer',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('invitation_id', sa.Integer(), nullable=True),
    sa.Column('mail_id', sa.Integer(), nullable=True),
    sa.Column('road', sa.Enum('mail', 'link', 'officer', name='answerroad', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('method', sa.Enum('reply', 'counter', 'refresh', name='answermethod', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('partstat', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('stamped_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Enum('taken', 'repeated', 'older', 'outdated', 'proposed', 'partial', 'conflicting', 'unknown_uid', 'wrong_attendee', 'wrong_sender', 'several_events', 'method_differs', 'unreadable', 'ahead', 'cancelled', 'too_late', 'no_answer', name='answeroutcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('comment', sa.LargeBinary(), nullable=False),
    sa.Column('delegate', sa.LargeBinary(), nullable=False),
    sa.Column('proposed', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['invitation_id'], ['invitation.id'], name=op.f('fk_invitation_answer_invitation_id_invitation')),
    sa.ForeignKeyConstraint(['mail_id'], ['received_mail.id'], name=op.f('fk_invitation_answer_mail_id_received_mail')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation_answer')),
    sa.UniqueConstraint('mail_id', name=op.f('uq_invitation_answer_mail_id'))
    )
    with op.batch_alter_table('invitation_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_answer_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_answer_invitation_id'), ['invitation_id'], unique=False)

    op.create_table('substitute_attendance',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_day_id', sa.Integer(), nullable=False),
    sa.Column('invitation_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['invitation_id'], ['invitation.id'], name=op.f('fk_substitute_attendance_invitation_id_invitation')),
    sa.ForeignKeyConstraint(['meeting_day_id'], ['meeting_day.id'], name=op.f('fk_substitute_attendance_meeting_day_id_meeting_day')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_substitute_attendance')),
    sa.UniqueConstraint('meeting_day_id', 'invitation_id', 'version', name=op.f('uq_substitute_attendance_meeting_day_id_invitation_id_version'))
    )
    with op.batch_alter_table('substitute_attendance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_substitute_attendance_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_substitute_attendance_invitation_id'), ['invitation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_substitute_attendance_meeting_day_id'), ['meeting_day_id'], unique=False)

    op.create_table('counter_verdict',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('given_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['answer_id'], ['invitation_answer.id'], name=op.f('fk_counter_verdict_answer_id_invitation_answer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter_verdict')),
    sa.UniqueConstraint('answer_id', name=op.f('uq_counter_verdict_answer_id'))
    )
    with op.batch_alter_table('counter_verdict', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_counter_verdict_area'), ['area'], unique=False)

    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('role', _ROLES, nullable=False, server_default='member'))
        batch_op.add_column(sa.Column('application_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('instead_of_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('basis', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('asked_sequence', sa.Integer(), nullable=False, server_default='0'))
        batch_op.alter_column('membership_id', existing_type=sa.Integer(), nullable=True)
        batch_op.create_index(batch_op.f('ix_invitation_application_id'), ['application_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_invitation_application_id_application'), 'application', ['application_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_invitation_instead_of_id_invitation'), 'invitation', ['instead_of_id'], ['id'])
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.alter_column('role', existing_type=_ROLES, server_default=None)
        batch_op.alter_column('asked_sequence', existing_type=sa.Integer(), server_default=None)
    _known('invitation', 'state', 'invitationstate', _STATES_SINCE)
    _known('received_mail', 'kind', 'mailkind', _KINDS_SINCE)
    for table, columns in ENCRYPTED.items():
        protect(table, encrypted=columns)


def downgrade() -> None:
    for table in ENCRYPTED:
        release(table)
    for table in ('counter_verdict', 'substitute_attendance', 'invitation_answer', 'meeting_change'):
        op.drop_table(table)
    # In the words of the release before: no answer yet, or one that says the person does not come.
    op.execute("UPDATE invitation SET state = 'invited' WHERE state = 'tentative'")
    op.execute("UPDATE invitation SET state = 'declined' WHERE state = 'delegated'")
    op.execute("DELETE FROM invitation WHERE role = 'substitute'")
    op.execute("UPDATE received_mail SET kind = 'other' WHERE kind = 'calendar'")
    _known('received_mail', 'kind', 'mailkind', _KINDS_BEFORE)
    _known('invitation', 'state', 'invitationstate', _STATES_BEFORE)
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_invitation_invitationrole'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_invitation_instead_of_id_invitation'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_invitation_application_id_application'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_invitation_application_id'))
        batch_op.alter_column('membership_id', existing_type=sa.Integer(), nullable=False)
        for column in ('role', 'application_id', 'instead_of_id', 'basis', 'asked_sequence'):
            batch_op.drop_column(column)


def _known(table: str, column: str, enum: str, wanted: tuple[str, ...]) -> None:
    """Puts another CHECK on a column."""
    name = op.f(f'ck_{table}_{enum}')
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(name, type_='check')
        batch_op.create_check_constraint(name, sa.column(column).in_(wanted))
