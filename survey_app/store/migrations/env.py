"""Environment of the migrations: runs them on the connection it is handed."""

from __future__ import annotations

from alembic import context

from survey_app.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
