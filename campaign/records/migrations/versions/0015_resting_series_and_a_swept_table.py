"""Which series rest, from an index that holds suspended duties only; and counts from an index alone, for PostgreSQL sweeps the duties at each fiftieth change"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

RESTING = sa.text("state = 'suspended' AND series_id IS NOT NULL")
SHARES = ("autovacuum_vacuum_scale_factor", "autovacuum_vacuum_insert_scale_factor", "autovacuum_analyze_scale_factor")


def upgrade() -> None:
    op.create_index("ix_duty_resting", "duty", ["series_id"], sqlite_where=RESTING, postgresql_where=RESTING)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE duty SET ({', '.join(f'{share} = 0.02' for share in SHARES)})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE duty RESET ({', '.join(SHARES)})")
    op.drop_index("ix_duty_resting", table_name="duty")
