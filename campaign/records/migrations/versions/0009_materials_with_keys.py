"""A material keeps its number whatever its place in the plan: it is known by a key, and stays when a plan no longer asks for it"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("requirement", sa.Column("key", Text(length=60), nullable=True))
    op.add_column("requirement", sa.Column("removed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("requirement", "removed")
    op.drop_column("requirement", "key")
