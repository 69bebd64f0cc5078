"""Alembic's way in.

Knows: the connection that the opening store hands over. Must not know: where the file lies.
"""

from alembic import context

from hairwise.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
