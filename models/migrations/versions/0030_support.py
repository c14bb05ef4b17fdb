"""support: what members are granted beside the group, verdicts on it, and sessions of several people

Sessions of coaching on record stay as they are: they name no grant, and none is made for them. Which kind they count
towards, the project's definition says.

Revision: 0030
Revises: 0029
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_STATES = sa.Enum('waiting', 'granted', 'refused', 'ended', name='supportstate', native_enum=False, create_constraint=True, length=40)
_SESSION_STATES = sa.Enum('planned', 'held', 'cancelled', 'replaced', name='supportsessionstate', native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table('support_grant',
    sa.Column('area', _TEXT(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('project', _TEXT(length=40), nullable=False),
    sa.Column('kind', _TEXT(length=60), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', _TEXT(length=60), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', _TEXT(length=60), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('first_day', sa.Date(), nullable=True),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('end_reason', sa.LargeBinary(), nullable=True),
    sa.Column('state', _STATES, nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_support_grant_membership_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_grant'))
    )
    for column in ('area', 'membership_id', 'state'):
        op.create_index(op.f(f'ix_support_grant_{column}'), 'support_grant', [column])
    op.create_table('support_verdict',
    sa.Column('area', _TEXT(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('grant_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('project_version_id', sa.Integer(), nullable=False),
    sa.Column('rules_digest', _TEXT(length=64), nullable=False),
    sa.Column('algorithm', _TEXT(length=20), nullable=False),
    sa.Column('facts_lookup', _TEXT(length=64), nullable=False),
    sa.Column('outcome', _TEXT(length=20), nullable=False),
    sa.Column('verdicts', sa.Text(), nullable=False),
    sa.Column('judged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('judged_by', _TEXT(length=60), nullable=False),
    sa.ForeignKeyConstraint(['grant_id'], ['support_grant.id'], name=op.f('fk_support_verdict_grant_id_support_grant')),
    sa.ForeignKeyConstraint(['project_version_id'], ['project_version.id'], name=op.f('fk_support_verdict_project_version_id_project_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_verdict')),
    sa.UniqueConstraint('grant_id', 'version', name=op.f('uq_support_verdict_grant_id_version'))
    )
    for column in ('area', 'grant_id'):
        op.create_index(op.f(f'ix_support_verdict_{column}'), 'support_verdict', [column])
    protect('support_verdict')
    op.create_table('support_session',
    sa.Column('area', _TEXT(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project', _TEXT(length=40), nullable=False),
    sa.Column('kind', _TEXT(length=60), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('topic', sa.LargeBinary(), nullable=False),
    sa.Column('coach', sa.LargeBinary(), nullable=False),
    sa.Column('place', _TEXT(length=200), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', _TEXT(length=60), nullable=False),
    sa.Column('state', _SESSION_STATES, nullable=False),
    sa.ForeignKeyConstraint(['replaces_id'], ['support_session.id'], name=op.f('fk_support_session_replaces_id_support_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_session')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_support_session_replaces_id'))
    )
    for column in ('area', 'state'):
        op.create_index(op.f(f'ix_support_session_{column}'), 'support_session', [column])
    op.create_table('support_attendance',
    sa.Column('area', _TEXT(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('grant_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('raw', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', _TEXT(length=60), nullable=False),
    sa.ForeignKeyConstraint(['grant_id'], ['support_grant.id'], name=op.f('fk_support_attendance_grant_id_support_grant')),
    sa.ForeignKeyConstraint(['session_id'], ['support_session.id'], name=op.f('fk_support_attendance_session_id_support_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_attendance')),
    sa.UniqueConstraint('session_id', 'grant_id', 'version', name=op.f('uq_support_attendance_session_id_grant_id_version'))
    )
    for column in ('area', 'session_id', 'grant_id'):
        op.create_index(op.f(f'ix_support_attendance_{column}'), 'support_attendance', [column])
    protect('support_attendance', encrypted=('reason', 'raw'))

    release('coaching_session')
    # A batch makes the table anew on SQLite, and its triggers with it.
    with op.batch_alter_table('coaching_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('grant_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('reason', sa.LargeBinary(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_coaching_session_grant_id_support_grant'), 'support_grant', ['grant_id'], ['id'])
        batch_op.create_index(op.f('ix_coaching_session_grant_id'), ['grant_id'], unique=False)
    protect('coaching_session', encrypted=('topic', 'coach', 'reason'))


def downgrade() -> None:
    release('coaching_session')
    with op.batch_alter_table('coaching_session', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_coaching_session_grant_id'))
        batch_op.drop_constraint(op.f('fk_coaching_session_grant_id_support_grant'), type_='foreignkey')
        batch_op.drop_column('reason')
        batch_op.drop_column('grant_id')
    protect('coaching_session', encrypted=('topic', 'coach'))
    for table in ('support_attendance', 'support_verdict'):
        release(table)
    for table in ('support_attendance', 'support_session', 'support_verdict', 'support_grant'):
        op.drop_table(table)
