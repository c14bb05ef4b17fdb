"""indexes: messages by the topic that they may contradict, issued documents by what they are of

Revision: 0031
Revises: 0030
"""

from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_message_contradicts'), 'message', ['contradicts'])
    op.create_index('ix_issued_document_kind_subject', 'issued_document', ['kind', 'subject'])


def downgrade() -> None:
    op.drop_index('ix_issued_document_kind_subject', table_name='issued_document')
    op.drop_index(op.f('ix_message_contradicts'), table_name='message')
