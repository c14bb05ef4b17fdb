"""the commission: members, sessions, presence, recusals, ballots; and the vote a decision rests on

Revision: 0009
Revises: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

APPEND_ONLY = ('session_presence', 'ballot', 'vote')


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{to}.id'], name=op.f(f'fk_{table}_{column}_{to}'))


def _index(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.create_index(batch_op.f(f'ix_{table}_{column}'), [column], unique=False)


def upgrade() -> None:
    op.create_table('commission_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area', _text(7), nullable=False),
    sa.Column('body', _text(60), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.Column('project', _text(20), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('function', _choice('chair', 'secretary', 'member', name='memberfunction'), nullable=False),
    sa.Column('votes', sa.Boolean(), nullable=False),
    sa.Column('symbol', _text(20), nullable=False),
    sa.Column('institution_nip', sa.LargeBinary(), nullable=True),
    sa.Column('appointed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dismissed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', _choice('appointed', 'dismissed', name='seatstate'), nullable=False),
    _refers('commission_member', 'call_id', 'call'),
    _refers('commission_member', 'officer_id', 'officer'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commission_member')),
    sa.UniqueConstraint('body', 'symbol', name=op.f('uq_commission_member_body_symbol'))
    )
    _index('commission_member', 'call_id', 'officer_id', 'project')

    op.create_table('commission_session',
    sa.Column('area', _text(7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('place', _text(200), nullable=False),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', _text(60), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', _choice('open', 'closed', name='sessionstate'), nullable=False),
    _refers('commission_session', 'call_id', 'call'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commission_session')),
    sa.UniqueConstraint('call_id', 'number', name=op.f('uq_commission_session_call_id_number'))
    )
    _index('commission_session', 'area', 'call_id')
    op.create_index('ix_commission_session_one_open', 'commission_session', ['call_id'], unique=True,
                    sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('session_presence',
    sa.Column('area', _text(7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', _text(60), nullable=False),
    _refers('session_presence', 'session_id', 'commission_session'),
    _refers('session_presence', 'member_id', 'commission_member'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_presence'))
    )
    _index('session_presence', 'area', 'member_id', 'session_id')

    op.create_table('recusal',
    sa.Column('area', _text(7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('cause', _choice('declared', 'same_institution', name='recusalcause'), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', _text(60), nullable=False),
    _refers('recusal', 'member_id', 'commission_member'),
    _refers('recusal', 'application_id', 'application'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recusal')),
    sa.UniqueConstraint('member_id', 'application_id', name=op.f('uq_recusal_member_id_application_id'))
    )
    _index('recusal', 'application_id', 'area', 'member_id')

    op.create_table('ballot',
    sa.Column('area', _text(7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('ranking_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=True),
    sa.Column('outcome', _choice('accepted', 'reserve', 'rejected', name='decisionoutcome'), nullable=True),
    sa.Column('rules', sa.Text(), nullable=False),
    sa.Column('algorithm', _text(20), nullable=False),
    sa.Column('roll', sa.Text(), nullable=False),
    sa.Column('tally', sa.Text(), nullable=False),
    sa.Column('carried', sa.Boolean(), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', _text(60), nullable=False),
    _refers('ballot', 'session_id', 'commission_session'),
    _refers('ballot', 'ranking_id', 'ranking'),
    _refers('ballot', 'application_id', 'application'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballot')),
    sa.UniqueConstraint('session_id', 'number', name=op.f('uq_ballot_session_id_number'))
    )
    _index('ballot', 'application_id', 'area', 'ranking_id', 'session_id')

    op.create_table('vote',
    sa.Column('area', _text(7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('voice', _choice('for', 'against', 'abstain', name='voice'), nullable=False),
    _refers('vote', 'ballot_id', 'ballot'),
    _refers('vote', 'member_id', 'commission_member'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vote')),
    sa.UniqueConstraint('ballot_id', 'member_id', name=op.f('uq_vote_ballot_id_member_id'))
    )
    _index('vote', 'area', 'ballot_id', 'member_id')

    # Not as a batch: that would make the table anew.
    op.execute('ALTER TABLE decision ADD COLUMN ballot_id INTEGER '
               'CONSTRAINT fk_decision_ballot_id_ballot REFERENCES ballot (id)')
    for table in APPEND_ONLY:
        protect(table)


def downgrade() -> None:
    for table in APPEND_ONLY:
        release(table)
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_column('ballot_id')
    for table in ('vote', 'ballot', 'recusal', 'session_presence', 'commission_session', 'commission_member'):
        op.drop_table(table)
