"""contracts that are made out here, and statement forms that come back

Revision: 0021
Revises: 0020
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

_PER = sa.Enum('hour', 'day', 'meeting', name='rateper', native_enum=False, create_constraint=True, length=40)
_CONTRACT = sa.Enum('issued', 'signed', 'replaced', 'given_up', name='contractstate', native_enum=False, create_constraint=True, length=40)
_FORM = sa.Enum('waiting', 'accepted', 'refused', 'overtaken', name='statementformstate', native_enum=False, create_constraint=True, length=40)
_STATUS = sa.Enum('read', 'blank', 'unreadable', 'ambiguous', 'contradictory', name='fieldstatus', native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table('issued_contract',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('starts', sa.Date(), nullable=False),
    sa.Column('ends', sa.Date(), nullable=False),
    sa.Column('rate_grosze', sa.BigInteger(), nullable=False),
    sa.Column('per', _PER, nullable=False),
    sa.Column('amount_grosze', sa.BigInteger(), nullable=True),
    sa.Column('terms', sa.LargeBinary(), nullable=False),
    sa.Column('terms_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('state', _CONTRACT, nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_issued_contract_membership_id_membership')),
    sa.ForeignKeyConstraint(['replaces_id'], ['issued_contract.id'], name=op.f('fk_issued_contract_replaces_id_issued_contract')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_contract')),
    sa.UniqueConstraint('number', 'version', name=op.f('uq_issued_contract_number_version'))
    )
    with op.batch_alter_table('issued_contract', schema=None) as batch_op:
        for column in ('area', 'membership_id', 'number', 'state'):
            batch_op.create_index(batch_op.f(f'ix_issued_contract_{column}'), [column], unique=False)

    op.create_table('statement_form',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('form_key', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('form_version', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('state', _FORM, nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_statement_form_membership_id_membership')),
    sa.ForeignKeyConstraint(['file_id'], ['submitted_file.id'], name=op.f('fk_statement_form_file_id_submitted_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_form')),
    sa.UniqueConstraint('file_id', name=op.f('uq_statement_form_file_id'))
    )
    with op.batch_alter_table('statement_form', schema=None) as batch_op:
        for column in ('area', 'membership_id', 'state'):
            batch_op.create_index(batch_op.f(f'ix_statement_form_{column}'), [column], unique=False)

    op.create_table('statement_answer',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form_id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('status', _STATUS, nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=True),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('path', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
    sa.Column('method', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('certainty', sa.Integer(), nullable=False),
    sa.Column('reason_code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['form_id'], ['statement_form.id'], name=op.f('fk_statement_answer_form_id_statement_form')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_answer')),
    sa.UniqueConstraint('form_id', 'key', name=op.f('uq_statement_answer_form_id_key'))
    )
    with op.batch_alter_table('statement_answer', schema=None) as batch_op:
        for column in ('area', 'form_id'):
            batch_op.create_index(batch_op.f(f'ix_statement_answer_{column}'), [column], unique=False)

    with op.batch_alter_table('pay_statement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('form_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_pay_statement_form_id_statement_form'), 'statement_form', ['form_id'], ['id'])
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.add_column(sa.Column('amount_grosze', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('issued_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_contract_issued_id_issued_contract'), 'issued_contract', ['issued_id'], ['id'])
    protect('statement_answer', encrypted=('raw', 'value', 'reason'))


def downgrade() -> None:
    release('statement_answer')
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_contract_issued_id_issued_contract'), type_='foreignkey')
        batch_op.drop_column('issued_id')
        batch_op.drop_column('amount_grosze')
    with op.batch_alter_table('pay_statement', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_pay_statement_form_id_statement_form'), type_='foreignkey')
        batch_op.drop_column('form_id')
    for table in ('statement_answer', 'statement_form', 'issued_contract'):
        op.drop_table(table)
