"""seat_change: another person for an institution's seat from a day to come on, and invitations of who is to come

Revision: 0032
Revises: 0031
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

_BEFORE = ('member', 'substitute')


def upgrade() -> None:
    op.create_table('seat_change',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seat_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('state', sa.Enum('awaited', 'done', 'called_off', name='seatchangestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_seat_change_application_id_application')),
    sa.ForeignKeyConstraint(['seat_id'], ['institution_seat.id'], name=op.f('fk_seat_change_seat_id_institution_seat')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seat_change'))
    )
    with op.batch_alter_table('seat_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seat_change_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_seat_change_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_seat_change_seat_id'), ['seat_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_seat_change_state'), ['state'], unique=False)
        for one in ('seat', 'application'):
            batch_op.create_index(f'ix_seat_change_one_awaited_{one}', [f'{one}_id'], unique=True,
                                  sqlite_where=sa.text("state = 'awaited'"), postgresql_where=sa.text("state = 'awaited'"))
    _roles((*_BEFORE, 'successor'))


def downgrade() -> None:
    # Answers are kept, and hang on them.
    op.execute("UPDATE invitation SET role = 'substitute', state = 'cancelled' WHERE role = 'successor'")
    _roles(_BEFORE)
    op.drop_table('seat_change')


def _roles(roles: tuple[str, ...]) -> None:
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_invitation_invitationrole'), type_='check')
        batch_op.create_check_constraint(op.f('ck_invitation_invitationrole'), sa.column('role').in_(roles))
