"""A database whose clock can be set forward, so that what is kept there becomes old."""

from datetime import timedelta

from tests.support.postgres import Base, session

# Found before PostgreSQL's own; what the record itself is dated by does not look here.
MADE = """
CREATE SCHEMA later;
CREATE TABLE later.offset_now (by interval NOT NULL);
INSERT INTO later.offset_now VALUES ('0');
CREATE FUNCTION later.now() RETURNS timestamptz STABLE LANGUAGE sql AS
    'SELECT pg_catalog.now() + by FROM later.offset_now';
GRANT USAGE ON SCHEMA later TO PUBLIC;
GRANT SELECT ON later.offset_now TO PUBLIC;
"""


class DatabaseClock:
    """What `now()` says to whoever connects to a database from now on."""

    def __init__(self, base: Base) -> None:
        """Of this database."""
        self._base = base

    async def begin(self) -> "DatabaseClock":
        """Let it be set forward."""
        async with session(self._base.admin) as connection:
            await connection.execute(MADE)
            name = await connection.fetchval("SELECT current_database()")
            await connection.execute(f'ALTER DATABASE "{name}" SET search_path = later, pg_catalog, public')
        return self

    async def set_forward(self, by: timedelta) -> None:
        """Let it be so much later than it is."""
        async with session(self._base.admin) as connection:
            await connection.execute("UPDATE later.offset_now SET by = $1", by)
