"""Runs the steps on the connection that `tissuesense.store.upgrade` hands over."""

from alembic import context

from tissuesense.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by building it anew
    transactional_ddl=True,  # we begin transactions ourselves, so that SQLite has it too
)
with context.begin_transaction():
    context.run_migrations()
