"""Who an account is to the organisation's own sign-on"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "portal_identity",
        sa.Column("issuer", Text(length=300), nullable=False),
        sa.Column("subject", Text(length=255), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["portal_account.id"], name=op.f("fk_portal_identity_account_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_portal_identity")),
    )
    op.create_index(op.f("ix_portal_identity_account_id"), "portal_identity", ["account_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_portal_identity_account_id"), table_name="portal_identity")
    op.drop_table("portal_identity")
