"""What a paper says of one duty, in the words of the decision: a duty that has ended no longer says why its unit is told"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice_line", sa.Column("note", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("notice_line", "note")
