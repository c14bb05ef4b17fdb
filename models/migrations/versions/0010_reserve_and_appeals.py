"""promotions from the reserve, appeals and the rulings on them

Revision: 0010
Revises: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('promotion',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('vacancy_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('reserve_decision_id', sa.Integer(), nullable=False),
    sa.Column('ranking_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('ground', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('basis', sa.LargeBinary(), nullable=False),
    sa.Column('basis_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('algorithm', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('promoted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('promoted_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_promotion_application_id_application')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_promotion_decision_id_decision')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_promotion_membership_id_membership')),
    sa.ForeignKeyConstraint(['ranking_id'], ['ranking.id'], name=op.f('fk_promotion_ranking_id_ranking')),
    sa.ForeignKeyConstraint(['reserve_decision_id'], ['decision.id'], name=op.f('fk_promotion_reserve_decision_id_decision')),
    sa.ForeignKeyConstraint(['vacancy_id'], ['membership.id'], name=op.f('fk_promotion_vacancy_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promotion')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_promotion_decision_id')),
    sa.UniqueConstraint('membership_id', name=op.f('uq_promotion_membership_id')),
    sa.UniqueConstraint('vacancy_id', name=op.f('uq_promotion_vacancy_id'))
    )
    with op.batch_alter_table('promotion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_promotion_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_promotion_area'), ['area'], unique=False)

    op.create_table('appeal',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('period_ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('ruling_due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('filed_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('state', sa.Enum('filed', 'under_review', 'upheld', 'rejected', 'withdrawn', name='appealstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_appeal_application_id_application')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_appeal_decision_id_decision')),
    sa.ForeignKeyConstraint(['file_id'], ['submitted_file.id'], name=op.f('fk_appeal_file_id_submitted_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal')),
    sa.UniqueConstraint('application_id', 'ordinal', name=op.f('uq_appeal_application_id_ordinal'))
    )
    with op.batch_alter_table('appeal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appeal_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_appeal_area'), ['area'], unique=False)
        batch_op.create_index('ix_appeal_one_pending', ['application_id'], unique=True, sqlite_where=sa.text("state IN ('filed', 'under_review')"), postgresql_where=sa.text("state IN ('filed', 'under_review')"))
        batch_op.create_index(batch_op.f('ix_appeal_state'), ['state'], unique=False)

    op.create_table('appeal_ruling',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('appeal_id', sa.Integer(), nullable=False),
    sa.Column('upheld', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('ruled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ruled_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['appeal_id'], ['appeal.id'], name=op.f('fk_appeal_ruling_appeal_id_appeal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal_ruling')),
    sa.UniqueConstraint('appeal_id', name=op.f('uq_appeal_ruling_appeal_id'))
    )
    with op.batch_alter_table('appeal_ruling', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appeal_ruling_area'), ['area'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('appeal_ruling', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appeal_ruling_area'))

    op.drop_table('appeal_ruling')
    with op.batch_alter_table('appeal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appeal_state'))
        batch_op.drop_index('ix_appeal_one_pending')
        batch_op.drop_index(batch_op.f('ix_appeal_area'))
        batch_op.drop_index(batch_op.f('ix_appeal_application_id'))

    op.drop_table('appeal')
    with op.batch_alter_table('promotion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_promotion_area'))
        batch_op.drop_index(batch_op.f('ix_promotion_application_id'))

    op.drop_table('promotion')
