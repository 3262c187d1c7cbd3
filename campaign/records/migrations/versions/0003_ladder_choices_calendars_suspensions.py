"""Ladders by phase and duty kind, calendars with hours and overlays, suspensions with a document, papers with the day of their sending"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
UTC = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "calendar",
        sa.Column("name", Text(length=24), nullable=False),
        sa.Column("title", Text(length=120), nullable=False),
        sa.Column("base", Text(length=24), nullable=True),
        sa.Column("hours", Text(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["base"], ["calendar.name"], name=op.f("fk_calendar_base")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_calendar")),
    )
    op.execute("INSERT INTO calendar (name, title, hours, version) SELECT DISTINCT calendar, '中国工作日历', '9:00,17:30', 1 FROM calendar_day")
    op.create_table(
        "calendar_overlay",
        sa.Column("calendar", Text(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("note", Text(length=60), nullable=False),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.name"], name=op.f("fk_calendar_overlay_calendar")),
        sa.PrimaryKeyConstraint("calendar", "day", name=op.f("pk_calendar_overlay")),
    )
    op.create_table(
        "ladder_choice",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("phase_kind", Text(length=16), nullable=False),
        sa.Column("duty_kind", Text(length=16), nullable=False),
        sa.Column("ladder_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_ladder_choice_campaign_id")),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladder.id"], name=op.f("fk_ladder_choice_ladder_id")),
        sa.PrimaryKeyConstraint("campaign_id", "phase_kind", "duty_kind", name=op.f("pk_ladder_choice")),
    )
    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("document", Text(length=200), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("began_at", UTC(), nullable=False),
        sa.Column("began_by", Text(length=60), nullable=False),
        sa.Column("ended_at", UTC(), nullable=True),
        sa.Column("ended_by", Text(length=60), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_suspension_campaign_id")),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_suspension_phase_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_suspension_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index("ix_suspension_open", "suspension", ["campaign_id"], sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "suspension_duty",
        sa.Column("suspension_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_suspension_duty_duty_id")),
        sa.ForeignKeyConstraint(["suspension_id"], ["suspension.id"], name=op.f("fk_suspension_duty_suspension_id")),
        sa.PrimaryKeyConstraint("suspension_id", "duty_id", name=op.f("pk_suspension_duty")),
    )
    op.create_index(op.f("ix_suspension_duty_duty_id"), "suspension_duty", ["duty_id"])
    op.add_column("notice", sa.Column("sent_on", sa.Date(), nullable=True))
    op.add_column("notice", sa.Column("unit_name", Text(length=120), nullable=True))
    op.add_column("rung", sa.Column("urgent", sa.Boolean(), nullable=True))
    op.add_column("rung", sa.Column("digest", sa.Integer(), nullable=True))
    _decisions("campaign_id")


def downgrade() -> None:
    _decisions()
    for table, column in (("rung", "digest"), ("rung", "urgent"), ("notice", "unit_name"), ("notice", "sent_on")):
        op.drop_column(table, column)
    for table in ("suspension_duty", "suspension", "ladder_choice", "calendar_overlay", "calendar"):
        op.drop_table(table)


def _decisions(*more: str) -> None:
    """The working rows of a pass: nothing in them outlives it, so the table is made anew."""
    op.drop_table("pass_decision")
    keys = ("pass_id", "batch", *more, "ladder_id", "rung", "floor_rung")
    op.create_table(
        "pass_decision",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in keys),
        sa.Column("due_at", UTC(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("rung_after", sa.Integer(), nullable=False),
        sa.Column("next_rung_at", UTC(), nullable=True),
        sa.ForeignKeyConstraint(["pass_id"], ["pass_run.id"], name=op.f("fk_pass_decision_pass_id")),
        sa.PrimaryKeyConstraint(*keys, "due_at", name=op.f("pk_pass_decision")),
    )
