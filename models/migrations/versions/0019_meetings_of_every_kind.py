"""meetings of every kind: where they come from, what they worked out, what members need, certificates

Revision: 0019
Revises: 0018
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

ENCRYPTED: dict[str, tuple[str, ...]] = {'meeting_record': ('body',), 'member_needs': ('body',), 'certificate': ()}
_KINDS = sa.Enum('meeting', 'training', 'focus_study', 'exchange', 'coaching', name='meetingkind', native_enum=False, create_constraint=True, length=40)
_ORIGINS = sa.Enum('project', 'import', name='meetingorigin', native_enum=False, create_constraint=True, length=40)
_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', _KINDS, nullable=False, server_default='meeting'))
        batch_op.add_column(sa.Column('origin', _ORIGINS, nullable=False, server_default='project'))
        batch_op.add_column(sa.Column('source', _TEXT(length=200), nullable=False, server_default=''))
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.alter_column('kind', existing_type=_KINDS, server_default=None)
        batch_op.alter_column('origin', existing_type=_ORIGINS, server_default=None)
        batch_op.alter_column('source', existing_type=_TEXT(length=200), server_default=None)
    _append_only('meeting_record', 'meeting_id', 'meeting')
    _append_only('member_needs', 'membership_id', 'membership')
    op.create_table('certificate',
    sa.Column('area', _TEXT(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('number', _TEXT(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('attended', sa.Text(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by', _TEXT(length=60), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['working_group.id'], name=op.f('fk_certificate_group_id_working_group')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_certificate_membership_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('number', 'version', name=op.f('uq_certificate_number_version'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        for column in ('area', 'group_id', 'membership_id'):
            batch_op.create_index(batch_op.f(f'ix_certificate_{column}'), [column], unique=False)
    for table, columns in ENCRYPTED.items():
        protect(table, encrypted=columns)


def _append_only(table: str, owner_id: str, owner: str) -> None:
    op.create_table(table,
    sa.Column('area', _TEXT(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column(owner_id, sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', _TEXT(length=60), nullable=False),
    sa.ForeignKeyConstraint([owner_id], [f'{owner}.id'], name=op.f(f'fk_{table}_{owner_id}_{owner}')),
    sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
    sa.UniqueConstraint(owner_id, 'version', name=op.f(f'uq_{table}_{owner_id}_version'))
    )
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f'ix_{table}_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f(f'ix_{table}_{owner_id}'), [owner_id], unique=False)


def downgrade() -> None:
    for table in ENCRYPTED:
        release(table)
        op.drop_table(table)
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_meeting_meetingkind'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_meeting_meetingorigin'), type_='check')
        for column in ('kind', 'origin', 'source'):
            batch_op.drop_column(column)
