"""What a campaign finished lately is counted from its index alone: the weekly bulletin read every finished duty for it"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BEFORE = ["campaign_id", "state", "due_at", "id"]


def upgrade() -> None:
    op.drop_index("ix_duty_campaign", table_name="duty")
    op.create_index("ix_duty_campaign", "duty", [*BEFORE, "finished_at"])


def downgrade() -> None:
    op.drop_index("ix_duty_campaign", table_name="duty")
    op.create_index("ix_duty_campaign", "duty", BEFORE)
