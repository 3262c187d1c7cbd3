"""Paper receipts, registers of signatories, requests beside the plan, and what a scanner and a camera say of a file"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from campaign.records.tables.base import json_column

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "cover_sheet",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("code", Text(length=40), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_cover_sheet_duty_id")),
        sa.UniqueConstraint("code", name=op.f("uq_cover_sheet_code")),
        sa.PrimaryKeyConstraint("duty_id", name=op.f("pk_cover_sheet")),
    )
    op.create_table(
        "paper_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("key", Text(length=40), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("handed_by", Text(length=60), nullable=False),
        sa.Column("received_by", Text(length=60), nullable=False),
        sa.Column("noted_at", Moment(), nullable=False),
        sa.Column("note", Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.CheckConstraint("copies >= 1", name=op.f("ck_paper_receipt_at_least_one_copy")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_paper_receipt_duty_id")),
        sa.UniqueConstraint("key", name=op.f("uq_paper_receipt_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_receipt")),
    )
    op.create_index(op.f("ix_paper_receipt_duty_id"), "paper_receipt", ["duty_id"])
    op.create_table(
        "signatory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("register_name", Text(length=40), nullable=False),
        sa.Column("name", Text(length=120), nullable=False),
        sa.Column("address", Text(length=200), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("sha256", Text(length=64), nullable=True),
        sa.Column("file_name", Text(length=255), nullable=False),
        sa.Column("entered_by", Text(length=60), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_signatory_campaign_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_signatory_unit_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_signatory_sha256")),
        sa.UniqueConstraint(
            "campaign_id", "register_name", "unit_id", "name", "address", name=op.f("uq_signatory_campaign_id_register_name_unit_id_name_address")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatory")),
    )
    op.create_index(op.f("ix_signatory_unit_id"), "signatory", ["unit_id"])
    op.create_table(
        "extra_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("key", Text(length=40), nullable=False),
        sa.Column("kind", Text(length=16), nullable=False),
        sa.Column("title", Text(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("detail", json_column().type, nullable=False),
        sa.Column("state", Text(length=16), nullable=False),
        sa.Column("asked_by", Text(length=60), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("decided_by", Text(length=60), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('finding', 'material', 'perform')", name=op.f("ck_extra_request_kind")),
        sa.CheckConstraint("state IN ('sent', 'held', 'confirmed', 'dropped')", name=op.f("ck_extra_request_state")),
        sa.CheckConstraint("state IN ('sent', 'held') OR (decided_by IS NOT NULL AND reason <> '')", name=op.f("ck_extra_request_decided_with_a_reason")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_extra_request_campaign_id")),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_extra_request_phase_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_extra_request_unit_id")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_extra_request_duty_id")),
        sa.UniqueConstraint("key", name=op.f("uq_extra_request_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_request")),
    )
    op.create_index(op.f("ix_extra_request_campaign_id"), "extra_request", ["campaign_id"])
    held = sa.text("state = 'held'")
    op.create_index("ix_extra_request_held", "extra_request", ["campaign_id"], sqlite_where=held, postgresql_where=held)
    with op.batch_alter_table("stored_file") as table:
        table.add_column(sa.Column("scan", Text(length=12), nullable=False, server_default=""))
        table.add_column(sa.Column("taken_on", sa.Date(), nullable=True))
        table.create_check_constraint(op.f("ck_stored_file_scan"), "scan IN ('', 'clean', 'unchecked', 'infected')")
    unchecked = sa.text("scan = 'unchecked'")
    op.create_index("ix_stored_file_unchecked", "stored_file", ["sha256"], sqlite_where=unchecked, postgresql_where=unchecked)
    op.add_column("upload", sa.Column("scan", Text(length=12), nullable=False, server_default=""))
    op.add_column("upload", sa.Column("taken_on", sa.Date(), nullable=True))
    op.add_column("upload", sa.Column("personal", Text(length=200), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("personal", "taken_on", "scan"):
        op.drop_column("upload", name)
    op.drop_index("ix_stored_file_unchecked", "stored_file")
    with op.batch_alter_table("stored_file") as table:
        table.drop_constraint(op.f("ck_stored_file_scan"), type_="check")
        table.drop_column("taken_on")
        table.drop_column("scan")
    for name in ("extra_request", "signatory", "paper_receipt", "cover_sheet"):
        op.drop_table(name)
