"""nominations: the seats of institutions, who sits in them, and applications that are admitted without a selection

Revision: 0028
Revises: 0027
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

_BEFORE = (
    'received', 'awaiting_typing', 'incomplete', 'corrected', 'closed_incomplete', 'complete', 'eligible',
    'not_eligible', 'ranked', 'accepted', 'reserve', 'rejected', 'announced', 'withdrawn',
)
_SINCE = (*_BEFORE, 'admitted', 'refused')


def upgrade() -> None:
    op.create_table('institution_seat',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_due', sa.Date(), nullable=False),
    sa.Column('rounds', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('invited', 'named', 'vacant', 'declined', 'closed', name='institutionseatstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['working_group.id'], name=op.f('fk_institution_seat_group_id_working_group')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_institution_seat_institution_id_institution')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_institution_seat')),
    sa.UniqueConstraint('group_id', 'institution_id', name=op.f('uq_institution_seat_group_id_institution_id'))
    )
    with op.batch_alter_table('institution_seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_institution_seat_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_institution_seat_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_institution_seat_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_institution_seat_state'), ['state'], unique=False)

    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seat_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_application_seat_id_institution_seat'), 'institution_seat', ['seat_id'], ['id'])
        batch_op.create_index(op.f('ix_application_seat_id'), ['seat_id'], unique=False)
    _states(_SINCE)

    op.create_table('nomination',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seat_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('step', sa.Enum('seated', 'ended', name='nominationstep', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('cause', sa.Enum('named', 'replaced', 'recalled', 'left', 'struck_off', 'withdrawn', 'seat_closed', name='nominationcause', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_nomination_application_id_application')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_nomination_membership_id_membership')),
    sa.ForeignKeyConstraint(['seat_id'], ['institution_seat.id'], name=op.f('fk_nomination_seat_id_institution_seat')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nomination')),
    sa.UniqueConstraint('seat_id', 'ordinal', name=op.f('uq_nomination_seat_id_ordinal'))
    )
    with op.batch_alter_table('nomination', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_nomination_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_nomination_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_nomination_membership_id'), ['membership_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_nomination_seat_id'), ['seat_id'], unique=False)
    protect('nomination', encrypted=('reason',))


def downgrade() -> None:
    release('nomination')
    op.drop_table('nomination')
    # In the words of the release before: judged, and more it did not know.
    op.execute("UPDATE application SET state = 'eligible' WHERE state = 'admitted'")
    op.execute("UPDATE application SET state = 'not_eligible' WHERE state = 'refused'")
    _states(_BEFORE)
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_application_seat_id'))
        batch_op.drop_constraint(op.f('fk_application_seat_id_institution_seat'), type_='foreignkey')
        batch_op.drop_column('seat_id')
    op.drop_table('institution_seat')


def _states(states: tuple[str, ...]) -> None:
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_application_applicationstate'), type_='check')
        batch_op.create_check_constraint(op.f('ck_application_applicationstate'), sa.column('state').in_(states))
