"""Lists of duties in the order of their deadline from the index alone, with what a phase counts; and the queue of reviews by version"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = {name: [f"{name}_id", "state", "due_at"] for name in ("unit", "phase", "campaign")}
AFTER = {name: [*columns, "id"] for name, columns in BEFORE.items()} | {"phase": [*BEFORE["phase"], "id", "kind", "required", "unit_id"]}
WAITING = sa.text("state = 'open' AND kind IN ('review', 'recheck')")


def upgrade() -> None:
    _replace(AFTER)
    op.create_index("ix_duty_reviewing", "duty", ["submission_id"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index("ix_duty_reviewing", table_name="duty")
    _replace(BEFORE)


def _replace(wanted: dict[str, list[str]]) -> None:
    for name, columns in wanted.items():
        op.drop_index(f"ix_duty_{name}", table_name="duty")
        op.create_index(f"ix_duty_{name}", "duty", columns)
