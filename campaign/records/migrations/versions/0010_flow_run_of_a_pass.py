"""The Prefect run that carried out a pass, so that a duty's page can lead to it"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pass_run", sa.Column("flow_run_id", sa.String(length=36), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("pass_run", "flow_run_id")
