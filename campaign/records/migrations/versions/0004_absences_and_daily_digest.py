"""Who stands in for somebody on leave, and when a campaign's office is next told of the day"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("entered_by", Text(length=60), nullable=False),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_absence_ends_after_it_begins")),
        sa.CheckConstraint("deputy_id <> person_id", name=op.f("ck_absence_somebody_else")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_absence_deputy_id")),
        sa.UniqueConstraint("person_id", "from_on", name=op.f("uq_absence_person_id_from_on")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.add_column("campaign", sa.Column("next_digest_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.execute("UPDATE campaign SET next_digest_at = next_bulletin_at")


def downgrade() -> None:
    op.drop_column("campaign", "next_digest_at")
    op.drop_table("absence")
