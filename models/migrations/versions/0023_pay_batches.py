"""pay batches: what goes to the bank together, what became of each transfer, and the ledger

Revision: 0023
Revises: 0022
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

WRITABLE: dict[str, tuple[str, ...]] = {
    # What a move of state writes, and what a rotation of keys writes anew. Person, record and amount stay for good.
    'pay_batch': (
        'body', 'digest', 'file_digest', 'approved_at', 'approved_by', 'approval', 'exported_at', 'exported_by',
        'discarded_because', 'state',
    ),
    'pay_batch_item': ('account', 'account_lookup', 'body', 'digest', 'state'),
    'pay_acknowledgement': ('reason',),
    'bank_report': ('content_digest', 'content_lookup'),
    'pay_entry': ('reason',),
}
_STIPEND_STATES = ('calculated', 'blocked', 'signed', 'ordered', 'paid', 'returned', 'superseded')
_LIVE = sa.text("state IN ('ordered', 'paid')")


def upgrade() -> None:
    op.create_table('pay_batch',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('project_version_id', sa.Integer(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('profile', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('payments', sa.Integer(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('file_digest', sa.LargeBinary(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('approval', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('exported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('exported_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('discarded_because', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.Enum('frozen', 'approved', 'exported', 'partly_confirmed', 'confirmed', 'discarded', name='batchstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['project_version_id'], ['project_version.id'], name=op.f('fk_pay_batch_project_version_id_project_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_batch')),
    sa.UniqueConstraint('number', name=op.f('uq_pay_batch_number'))
    )
    with op.batch_alter_table('pay_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_batch_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_batch_state'), ['state'], unique=False)

    op.create_table('pay_batch_item',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('stipend_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('account', sa.LargeBinary(), nullable=False),
    sa.Column('account_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('stipend_was', sa.Enum(*_STIPEND_STATES, name='stipendstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('ordered', 'paid', 'returned', 'released', name='itemstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['pay_batch.id'], name=op.f('fk_pay_batch_item_batch_id_pay_batch')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_pay_batch_item_person_id_person')),
    sa.ForeignKeyConstraint(['stipend_id'], ['stipend.id'], name=op.f('fk_pay_batch_item_stipend_id_stipend')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_batch_item')),
    sa.UniqueConstraint('batch_id', 'position', name=op.f('uq_pay_batch_item_batch_id_position')),
    sa.UniqueConstraint('reference', name=op.f('uq_pay_batch_item_reference'))
    )
    with op.batch_alter_table('pay_batch_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_batch_item_account_lookup'), ['account_lookup'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_batch_item_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_batch_item_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_batch_item_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_batch_item_stipend_id'), ['stipend_id'], unique=False)
        batch_op.create_index('uq_pay_batch_item_live_stipend', ['stipend_id'], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)

    op.create_table('pay_acknowledgement',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('given_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['pay_batch_item.id'], name=op.f('fk_pay_acknowledgement_item_id_pay_batch_item')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_acknowledgement')),
    sa.UniqueConstraint('item_id', 'code', name=op.f('uq_pay_acknowledgement_item_id_code'))
    )
    with op.batch_alter_table('pay_acknowledgement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_acknowledgement_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_acknowledgement_item_id'), ['item_id'], unique=False)

    op.create_table('bank_report',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('content_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('content_digest', sa.LargeBinary(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('paid', sa.Integer(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_report')),
    sa.UniqueConstraint('content_lookup', name=op.f('uq_bank_report_content_lookup')),
    sa.UniqueConstraint('number', name=op.f('uq_bank_report_number'))
    )
    with op.batch_alter_table('bank_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bank_report_area'), ['area'], unique=False)

    op.create_table('pay_entry',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('paid', 'returned', name='entrykind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=True),
    sa.Column('line', sa.Integer(), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['pay_batch_item.id'], name=op.f('fk_pay_entry_item_id_pay_batch_item')),
    sa.ForeignKeyConstraint(['report_id'], ['bank_report.id'], name=op.f('fk_pay_entry_report_id_bank_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_entry')),
    sa.UniqueConstraint('item_id', 'kind', name=op.f('uq_pay_entry_item_id_kind'))
    )
    with op.batch_alter_table('pay_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_entry_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_entry_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_entry_report_id'), ['report_id'], unique=False)
    for table, columns in WRITABLE.items():
        protect(table, encrypted=columns)


def downgrade() -> None:
    for table in WRITABLE:
        release(table)
    for table in ('pay_entry', 'bank_report', 'pay_acknowledgement', 'pay_batch_item', 'pay_batch'):
        op.drop_table(table)
