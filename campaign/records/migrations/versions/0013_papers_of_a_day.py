"""A unit's papers by the day on which they began to go out: each sending counts them, and would else read all that the unit ever got"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _replace(["unit_id", "sent_on"])


def downgrade() -> None:
    _replace(["unit_id"])


def _replace(columns: list[str]) -> None:
    op.drop_index("ix_notice_unit_id", table_name="notice")
    op.create_index("ix_notice_unit_id", "notice", columns)
