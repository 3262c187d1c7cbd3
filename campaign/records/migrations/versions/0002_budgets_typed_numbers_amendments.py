"""Budgets of channels, numbers typed by hand, papers about papers; numbers of bulletins repeat from campaign to campaign"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBERED = "number IS NOT NULL"
NOT_BY_ISSUE = "number IS NOT NULL AND kind NOT IN ('日报', '周报', '月报', '工作简报')"


def upgrade() -> None:
    op.create_table(
        "channel_budget",
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("window_start", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "window_start", name=op.f("pk_channel_budget")),
    )
    op.create_table(
        "typed_number",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("given_by", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_typed_number_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_typed_number")),
    )
    op.create_table(
        "amendment",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("amends_id", sa.Integer(), nullable=False),
        sa.Column("way", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.CheckConstraint("way IN ('correct', 'withdraw')", name=op.f("ck_amendment_way")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_amendment_notice_id")),
        sa.ForeignKeyConstraint(["amends_id"], ["notice.id"], name=op.f("fk_amendment_amends_id")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_amendment")),
    )
    op.create_index(op.f("ix_amendment_amends_id"), "amendment", ["amends_id"])
    _unique_number(NOT_BY_ISSUE)


def downgrade() -> None:
    _unique_number(NUMBERED)
    op.drop_table("amendment")
    op.drop_table("typed_number")
    op.drop_table("channel_budget")


def _unique_number(condition: str) -> None:
    op.drop_index("uq_notice_number", table_name="notice")
    op.create_index("uq_notice_number", "notice", ["number"], unique=True, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))
