"""Alembic's entry: runs on the connection that `migrate` hands over, in its transaction."""

from alembic import context

from campaign.records.migrations import VERSION_TABLE
from campaign.records.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
