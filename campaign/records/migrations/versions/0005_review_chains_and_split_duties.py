"""Reviews as chains of steps with a verdict each, duties split to units below, versions compiled of others"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
UTC = sqlmodel.sql.sqltypes.UTCDateTime
PART = sa.text("parent_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "review_chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text(length=24), nullable=False),
        sa.Column("title", Text(length=60), nullable=False),
        sa.Column("sha256", Text(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_chain")),
        sa.UniqueConstraint("name", "sha256", name=op.f("uq_review_chain_name_sha256")),
    )
    op.create_table(
        "review_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", Text(length=24), nullable=False),
        sa.Column("name", Text(length=24), nullable=False),
        sa.Column("who", Text(length=16), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("ladder_id", sa.Integer(), nullable=True),
        sa.Column("receipt", sa.Boolean(), nullable=False),
        sa.CheckConstraint("who IN ('unit_head', 'lead_unit', 'office', 'above')", name=op.f("ck_review_step_who")),
        sa.ForeignKeyConstraint(["chain_id"], ["review_chain.id"], name=op.f("fk_review_step_chain_id")),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladder.id"], name=op.f("fk_review_step_ladder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_step")),
        sa.UniqueConstraint("chain_id", "key", name=op.f("uq_review_step_chain_id_key")),
        sa.UniqueConstraint("chain_id", "number", name=op.f("uq_review_step_chain_id_number")),
    )
    op.create_table(
        "review_choice",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("item_key", Text(length=80), nullable=False),
        sa.Column("duty_kind", Text(length=16), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_review_choice_campaign_id")),
        sa.ForeignKeyConstraint(["chain_id"], ["review_chain.id"], name=op.f("fk_review_choice_chain_id")),
        sa.PrimaryKeyConstraint("campaign_id", "item_key", "duty_kind", name=op.f("pk_review_choice")),
    )
    op.create_table(
        "step_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", Text(length=16), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("sha256", Text(length=64), nullable=False),
        sa.Column("given_by", Text(length=60), nullable=False),
        sa.Column("given_at", UTC(), nullable=False),
        sa.Column("receipt", Text(length=120), nullable=False),
        sa.Column("receipt_sha256", Text(length=64), nullable=True),
        sa.Column("receipt_name", Text(length=255), nullable=False),
        sa.CheckConstraint("outcome IN ('accepted', 'returned')", name=op.f("ck_step_verdict_outcome")),
        sa.ForeignKeyConstraint(["receipt_sha256"], ["stored_file.sha256"], name=op.f("fk_step_verdict_receipt_sha256")),
        sa.ForeignKeyConstraint(["step_id"], ["review_step.id"], name=op.f("fk_step_verdict_step_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_step_verdict_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_verdict")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_step_verdict_submission_id_number")),
    )
    op.create_table(
        "compiled_part",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["submission.id"], name=op.f("fk_compiled_part_part_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_compiled_part_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", "part_id", name=op.f("pk_compiled_part")),
    )
    op.create_index(op.f("ix_compiled_part_part_id"), "compiled_part", ["part_id"])
    op.add_column("duty", sa.Column("parent_id", sa.Integer(), nullable=True))
    op.add_column("duty", sa.Column("review_step_id", sa.Integer(), nullable=True))
    op.create_index("ix_duty_parent", "duty", ["parent_id"], sqlite_where=PART, postgresql_where=PART)
    op.add_column("submission", sa.Column("chain_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("submission", "chain_id")
    op.drop_index("ix_duty_parent", "duty")
    for column in ("review_step_id", "parent_id"):
        op.drop_column("duty", column)
    for table in ("compiled_part", "step_verdict", "review_choice", "review_step", "review_chain"):
        op.drop_table(table)
