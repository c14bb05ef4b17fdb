"""the first tables

Revision: 0001
Revises: 
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.migrations.append_only import protect, release

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('event',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_subject'), ['subject'], unique=False)

    op.create_table('incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('flow', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('run', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('open', 'settled', name='incidentstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
    sa.UniqueConstraint('run', name=op.f('uq_incident_run'))
    )
    op.create_table('officer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('secret', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('roles', sa.Text(), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_officer')),
    sa.UniqueConstraint('login', name=op.f('uq_officer_login'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.LargeBinary(), nullable=False),
    sa.Column('last_name', sa.LargeBinary(), nullable=False),
    sa.Column('sex', sa.LargeBinary(), nullable=True),
    sa.Column('email', sa.LargeBinary(), nullable=True),
    sa.Column('pesel', sa.LargeBinary(), nullable=True),
    sa.Column('pesel_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('identity', sa.LargeBinary(), nullable=True),
    sa.Column('identity_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('pesel_lookup', name=op.f('uq_person_pesel_lookup'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_identity_lookup'), ['identity_lookup'], unique=False)

    op.create_table('project_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('schema_version', sa.Integer(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('loaded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_version')),
    sa.UniqueConstraint('code', 'digest', name=op.f('uq_project_version_code_digest')),
    sa.UniqueConstraint('code', 'version', name=op.f('uq_project_version_code_version'))
    )
    op.create_table('seal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('first_event', sa.Integer(), nullable=False),
    sa.Column('last_event', sa.Integer(), nullable=False),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('previous', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seal')),
    sa.UniqueConstraint('day', name=op.f('uq_seal_day'))
    )
    op.create_table('store_note',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_store_note'))
    )
    op.create_table('call',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('project_version_id', sa.Integer(), nullable=False),
    sa.Column('group_kind', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_sequence', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'ranked', 'decided', 'announced', name='callstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['project_version_id'], ['project_version.id'], name=op.f('fk_call_project_version_id_project_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call')),
    sa.UniqueConstraint('code', name=op.f('uq_call_code'))
    )
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_area'), ['area'], unique=False)

    op.create_table('data_key',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_data_key_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_key'))
    )
    with op.batch_alter_table('data_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_data_key_person_id'), ['person_id'], unique=False)

    op.create_table('message',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('event', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('subject_ref', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('recipient', sa.LargeBinary(), nullable=False),
    sa.Column('sender_name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('sender_address', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('reply_to', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('subject', sa.LargeBinary(), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('html', sa.LargeBinary(), nullable=False),
    sa.Column('calendar', sa.LargeBinary(), nullable=True),
    sa.Column('calendar_method', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('contradicts', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('message_id', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_by', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_code', sa.Integer(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('edited_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('state', sa.Enum('unaddressed', 'held', 'due', 'claimed', 'sending', 'sent', 'delayed', 'refused', 'unknown', 'withdrawn', name='messagestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_message_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('key', name=op.f('uq_message_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_message_message_id'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_subject_ref'), ['subject_ref'], unique=False)

    op.create_table('officer_ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_officer_ticket_officer_id_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_officer_ticket')),
    sa.UniqueConstraint('digest', name=op.f('uq_officer_ticket_digest'))
    )
    with op.batch_alter_table('officer_ticket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_officer_ticket_officer_id'), ['officer_id'], unique=False)

    op.create_table('application',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('public_number', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('form_key', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('form_version', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('state', sa.Enum('received', 'awaiting_typing', 'incomplete', 'corrected', 'closed_incomplete', 'complete', 'eligible', 'not_eligible', 'ranked', 'accepted', 'reserve', 'rejected', 'announced', 'withdrawn', name='applicationstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_application_call_id_call')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_application_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('number', name=op.f('uq_application_number')),
    sa.UniqueConstraint('public_number', name=op.f('uq_application_public_number'))
    )
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_call_id'), ['call_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_state'), ['state'], unique=False)

    op.create_table('issued_document',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('stored_as', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('data_key_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('personal', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_issued_document_data_key_id_data_key')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_document')),
    sa.UniqueConstraint('stored_as', name=op.f('uq_issued_document_stored_as'))
    )
    with op.batch_alter_table('issued_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issued_document_area'), ['area'], unique=False)

    op.create_table('ranking',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('project_version_id', sa.Integer(), nullable=False),
    sa.Column('rules_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('algorithm', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('snapshot', sa.LargeBinary(), nullable=False),
    sa.Column('snapshot_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('places', sa.Text(), nullable=False),
    sa.Column('shortfalls', sa.Text(), nullable=False),
    sa.Column('ranked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ranked_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_ranking_call_id_call')),
    sa.ForeignKeyConstraint(['project_version_id'], ['project_version.id'], name=op.f('fk_ranking_project_version_id_project_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ranking')),
    sa.UniqueConstraint('call_id', 'version', name=op.f('uq_ranking_call_id_version'))
    )
    with op.batch_alter_table('ranking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ranking_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_ranking_call_id'), ['call_id'], unique=False)

    op.create_table('working_group',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_working_group_call_id_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_working_group')),
    sa.UniqueConstraint('call_id', name=op.f('uq_working_group_call_id'))
    )
    with op.batch_alter_table('working_group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_working_group_area'), ['area'], unique=False)

    op.create_table('correction',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('items', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('open', 'answered', 'expired', 'closed', name='correctionstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_correction_application_id_application')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
    sa.UniqueConstraint('application_id', 'round', name=op.f('uq_correction_application_id_round'))
    )
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_correction_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_correction_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_correction_state'), ['state'], unique=False)

    op.create_table('decision',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('ranking_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.Enum('accepted', 'reserve', 'rejected', name='decisionoutcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason_code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('as_proposed', sa.Boolean(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_decision_application_id_application')),
    sa.ForeignKeyConstraint(['ranking_id'], ['ranking.id'], name=op.f('fk_decision_ranking_id_ranking')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('application_id', 'version', name=op.f('uq_decision_application_id_version'))
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_area'), ['area'], unique=False)

    op.create_table('meeting',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('project_version_id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('host', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('agenda', sa.Text(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'invited', 'held', 'cancelled', name='meetingstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['working_group.id'], name=op.f('fk_meeting_group_id_working_group')),
    sa.ForeignKeyConstraint(['project_version_id'], ['project_version.id'], name=op.f('fk_meeting_project_version_id_project_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting')),
    sa.UniqueConstraint('group_id', 'code', name=op.f('uq_meeting_group_id_code'))
    )
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_group_id'), ['group_id'], unique=False)

    op.create_table('membership',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('joined_on', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
    sa.Column('state', sa.Enum('offered', 'confirmed', 'declined', 'expired', 'member', 'left', 'struck_off', 'replaced', 'revoked', name='membershipstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_membership_application_id_application')),
    sa.ForeignKeyConstraint(['group_id'], ['working_group.id'], name=op.f('fk_membership_group_id_working_group')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_state'), ['state'], unique=False)

    op.create_table('submitted_file',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('content_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('content_digest', sa.LargeBinary(), nullable=True),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('stored_as', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('data_key_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('sender', sa.LargeBinary(), nullable=True),
    sa.Column('answers_number', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('application_id', sa.Integer(), nullable=True),
    sa.Column('reason_code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('state', sa.Enum('stored', 'filed', 'unreadable', 'settled', name='filestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('taken_in_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_submitted_file_application_id_application')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_submitted_file_data_key_id_data_key')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submitted_file')),
    sa.UniqueConstraint('content_lookup', name=op.f('uq_submitted_file_content_lookup')),
    sa.UniqueConstraint('stored_as', name=op.f('uq_submitted_file_stored_as'))
    )
    with op.batch_alter_table('submitted_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submitted_file_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_submitted_file_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_submitted_file_state'), ['state'], unique=False)

    op.create_table('verdict_sheet',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('project_version_id', sa.Integer(), nullable=False),
    sa.Column('rules_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('algorithm', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('facts_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('verdicts', sa.Text(), nullable=False),
    sa.Column('merit', sa.Integer(), nullable=False),
    sa.Column('premium', sa.Integer(), nullable=False),
    sa.Column('judged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('judged_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_verdict_sheet_application_id_application')),
    sa.ForeignKeyConstraint(['project_version_id'], ['project_version.id'], name=op.f('fk_verdict_sheet_project_version_id_project_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verdict_sheet')),
    sa.UniqueConstraint('application_id', 'version', name=op.f('uq_verdict_sheet_application_id_version'))
    )
    with op.batch_alter_table('verdict_sheet', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_verdict_sheet_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_verdict_sheet_area'), ['area'], unique=False)

    op.create_table('field_value',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('origin', sa.Enum('form', 'officer', name='origin', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('status', sa.Enum('read', 'blank', 'unreadable', 'ambiguous', 'contradictory', name='fieldstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('path', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
    sa.Column('method', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('certainty', sa.Integer(), nullable=False),
    sa.Column('reason_code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_field_value_application_id_application')),
    sa.ForeignKeyConstraint(['file_id'], ['submitted_file.id'], name=op.f('fk_field_value_file_id_submitted_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_field_value'))
    )
    with op.batch_alter_table('field_value', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_field_value_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_field_value_area'), ['area'], unique=False)

    op.create_table('invitation',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('uid', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Enum('invited', 'accepted', 'declined', 'cancelled', name='invitationstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_invitation_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_invitation_membership_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('meeting_id', 'membership_id', name=op.f('uq_invitation_meeting_id_membership_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_invitation_uid'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_meeting_id'), ['meeting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_membership_id'), ['membership_id'], unique=False)

    op.create_table('meeting_day',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_day_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_day')),
    sa.UniqueConstraint('meeting_id', 'on', name=op.f('uq_meeting_day_meeting_id_on'))
    )
    with op.batch_alter_table('meeting_day', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_day_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_day_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('pay_statement',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('account', sa.LargeBinary(), nullable=False),
    sa.Column('account_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_pay_statement_membership_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_statement'))
    )
    with op.batch_alter_table('pay_statement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_statement_account_lookup'), ['account_lookup'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_statement_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_statement_membership_id'), ['membership_id'], unique=False)

    op.create_table('stipend',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('gross', sa.BigInteger(), nullable=False),
    sa.Column('social', sa.BigInteger(), nullable=False),
    sa.Column('health', sa.BigInteger(), nullable=False),
    sa.Column('tax', sa.BigInteger(), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.Column('algorithm', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('snapshot', sa.LargeBinary(), nullable=False),
    sa.Column('snapshot_lookup', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('blocks', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('state', sa.Enum('calculated', 'blocked', 'signed', 'superseded', name='stipendstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_stipend_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_stipend_membership_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stipend')),
    sa.UniqueConstraint('membership_id', 'meeting_id', 'version', name=op.f('uq_stipend_membership_id_meeting_id_version')),
    sa.UniqueConstraint('number', name=op.f('uq_stipend_number'))
    )
    with op.batch_alter_table('stipend', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stipend_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_stipend_meeting_id'), ['meeting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stipend_membership_id'), ['membership_id'], unique=False)

    op.create_table('attendance',
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_day_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.ForeignKeyConstraint(['meeting_day_id'], ['meeting_day.id'], name=op.f('fk_attendance_meeting_day_id_meeting_day')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_attendance_membership_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('meeting_day_id', 'membership_id', 'version', name=op.f('uq_attendance_meeting_day_id_membership_id_version'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendance_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_attendance_meeting_day_id'), ['meeting_day_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attendance_membership_id'), ['membership_id'], unique=False)

    for table in ("event", "seal", "project_version", "verdict_sheet"):
        protect(table)


def downgrade() -> None:
    for table in ("event", "seal", "project_version", "verdict_sheet"):
        release(table)
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attendance_membership_id'))
        batch_op.drop_index(batch_op.f('ix_attendance_meeting_day_id'))
        batch_op.drop_index(batch_op.f('ix_attendance_area'))

    op.drop_table('attendance')
    with op.batch_alter_table('stipend', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stipend_membership_id'))
        batch_op.drop_index(batch_op.f('ix_stipend_meeting_id'))
        batch_op.drop_index(batch_op.f('ix_stipend_area'))

    op.drop_table('stipend')
    with op.batch_alter_table('pay_statement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pay_statement_membership_id'))
        batch_op.drop_index(batch_op.f('ix_pay_statement_area'))
        batch_op.drop_index(batch_op.f('ix_pay_statement_account_lookup'))

    op.drop_table('pay_statement')
    with op.batch_alter_table('meeting_day', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_day_meeting_id'))
        batch_op.drop_index(batch_op.f('ix_meeting_day_area'))

    op.drop_table('meeting_day')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_membership_id'))
        batch_op.drop_index(batch_op.f('ix_invitation_meeting_id'))
        batch_op.drop_index(batch_op.f('ix_invitation_area'))

    op.drop_table('invitation')
    with op.batch_alter_table('field_value', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_field_value_area'))
        batch_op.drop_index(batch_op.f('ix_field_value_application_id'))

    op.drop_table('field_value')
    with op.batch_alter_table('verdict_sheet', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_verdict_sheet_area'))
        batch_op.drop_index(batch_op.f('ix_verdict_sheet_application_id'))

    op.drop_table('verdict_sheet')
    with op.batch_alter_table('submitted_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submitted_file_state'))
        batch_op.drop_index(batch_op.f('ix_submitted_file_area'))
        batch_op.drop_index(batch_op.f('ix_submitted_file_application_id'))

    op.drop_table('submitted_file')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_state'))
        batch_op.drop_index(batch_op.f('ix_membership_person_id'))
        batch_op.drop_index(batch_op.f('ix_membership_group_id'))
        batch_op.drop_index(batch_op.f('ix_membership_area'))
        batch_op.drop_index(batch_op.f('ix_membership_application_id'))

    op.drop_table('membership')
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_group_id'))
        batch_op.drop_index(batch_op.f('ix_meeting_area'))

    op.drop_table('meeting')
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decision_area'))
        batch_op.drop_index(batch_op.f('ix_decision_application_id'))

    op.drop_table('decision')
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_correction_state'))
        batch_op.drop_index(batch_op.f('ix_correction_area'))
        batch_op.drop_index(batch_op.f('ix_correction_application_id'))

    op.drop_table('correction')
    with op.batch_alter_table('working_group', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_working_group_area'))

    op.drop_table('working_group')
    with op.batch_alter_table('ranking', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ranking_call_id'))
        batch_op.drop_index(batch_op.f('ix_ranking_area'))

    op.drop_table('ranking')
    with op.batch_alter_table('issued_document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issued_document_area'))

    op.drop_table('issued_document')
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_state'))
        batch_op.drop_index(batch_op.f('ix_application_person_id'))
        batch_op.drop_index(batch_op.f('ix_application_call_id'))
        batch_op.drop_index(batch_op.f('ix_application_area'))

    op.drop_table('application')
    with op.batch_alter_table('officer_ticket', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_officer_ticket_officer_id'))

    op.drop_table('officer_ticket')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_subject_ref'))
        batch_op.drop_index(batch_op.f('ix_message_state'))
        batch_op.drop_index(batch_op.f('ix_message_person_id'))
        batch_op.drop_index(batch_op.f('ix_message_area'))

    op.drop_table('message')
    with op.batch_alter_table('data_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_data_key_person_id'))

    op.drop_table('data_key')
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_area'))

    op.drop_table('call')
    op.drop_table('store_note')
    op.drop_table('seal')
    op.drop_table('project_version')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_identity_lookup'))

    op.drop_table('person')
    op.drop_table('officer')
    op.drop_table('incident')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_subject'))
        batch_op.drop_index(batch_op.f('ix_event_kind'))
        batch_op.drop_index(batch_op.f('ix_event_at'))
        batch_op.drop_index(batch_op.f('ix_event_area'))

    op.drop_table('event')
