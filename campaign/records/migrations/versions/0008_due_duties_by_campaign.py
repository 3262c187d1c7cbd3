"""Due duties by campaign and phase, read from the index alone, and never through those of a rehearsal"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ARMED = sa.text("next_rung_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_duty_due", "duty", ["campaign_id", "next_rung_at", "phase_id"], sqlite_where=ARMED, postgresql_where=ARMED)
    op.drop_index("ix_duty_next_rung", table_name="duty")


def downgrade() -> None:
    op.create_index("ix_duty_next_rung", "duty", ["next_rung_at"], sqlite_where=ARMED, postgresql_where=ARMED)
    op.drop_index("ix_duty_due", table_name="duty")
