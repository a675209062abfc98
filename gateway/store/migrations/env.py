"""How Alembic reaches the database: by the connection that `gateway.store.schema` hands it."""

from alembic import context
from sqlalchemy import Connection

from gateway.store.models import Base

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True
)
context.run_migrations()
