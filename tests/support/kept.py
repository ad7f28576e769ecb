"""Databases that specifications have one after another, each as if it were new.

What a connection has learnt of a database, its catalogue and the plans of its statements, is most of what
PostgreSQL does for a specification, and is gone with either. So both are kept: connections that a pool gave
back, and a database out of which everything was taken that the last specification put in. Where anything
else is no longer as it was, its tables or functions, who may do what, or who is connected to it, that
database is dropped and another one made.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, cast

import psycopg

from shared.record.database import Pool, stop

ENDING_SECONDS = 5.0
LIVES = 60  # specifications; what was deleted is still looked through

# Which transactions wrote the catalogue, summed up: another sum where anything was made, changed or removed.
# At last: how many have something to do in this database, and what is locked in it.
STANDING = """
    SELECT array[
        (SELECT sum(xmin::text::bigint) FROM pg_class WHERE oid >= 16384),
        (SELECT sum(xmin::text::bigint) FROM pg_attribute WHERE attrelid >= 16384),
        (SELECT sum(xmin::text::bigint) FROM pg_proc WHERE oid >= 16384),
        (SELECT sum(xmin::text::bigint) FROM pg_trigger WHERE oid >= 16384),
        (SELECT sum(xmin::text::bigint) FROM pg_constraint WHERE oid >= 16384),
        (SELECT sum(xmin::text::bigint) FROM pg_policy),
        (SELECT sum(xmin::text::bigint) FROM pg_namespace),
        (SELECT sum(xmin::text::bigint) FROM pg_database WHERE datname = current_database()),
        (SELECT sum(xmin::text::bigint) FROM pg_db_role_setting),
        (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'),
        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    ]
"""
TABLES = """
    SELECT oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND relpersistence = 'p' AND oid >= 16384 ORDER BY oid
"""
# What forbids to take anything out of the record forbids it to superusers too: it is told of this one case.
LET_PUT_BACK = """
    SELECT format(
        'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS %L',
        regexp_replace(prosrc, 'BEGIN',
            $$BEGIN IF current_setting('spec.putting_back', true) = 'on' THEN RETURN NULL; END IF;$$)
    ) FROM pg_proc WHERE oid = 'refuse_change'::regproc
"""
SEQUENCES = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND oid >= 16384 ORDER BY oid"


class KeptDatabase:
    """A database that is put back into the state in which it was made."""

    def __init__(self, name: str, admin: str) -> None:
        self.name = name
        self.lives = LIVES
        self.lent = False
        self._admin = psycopg.connect(admin, autocommit=True)
        self._admin.execute("SET session_replication_role = replica")  # no other trigger, no foreign key
        [allowing] = self._column(LET_PUT_BACK)
        self._admin.execute(allowing.encode())
        self._admin.execute(self._putting_back().encode())
        self._standing = self._stands()

    def put_back(self) -> bool:
        """Take out what was put in; say whether all is as it was, so that it may be used again."""
        self.lives -= 1
        if self.lives <= 0:
            return False
        try:
            self._admin.execute("SELECT pg_temp.put_back()")
            return self._stands() == self._standing
        except psycopg.Error:  # somebody has locked, changed or ended something
            return False

    def close(self) -> None:
        self._admin.close()

    def _stands(self) -> object:
        return self._admin.execute(STANDING.encode()).fetchone()

    def _column(self, query: str) -> list[str]:
        return [name for (name,) in self._admin.execute(query.encode())]

    def _putting_back(self) -> str:
        """Return a function that empties what was empty, and fills as it was what is not."""
        steps = ["SET LOCAL lock_timeout = '2s'; SET LOCAL spec.putting_back = 'on';"]
        for number, table in enumerate(self._column(TABLES)):
            if self._column(f"SELECT EXISTS (SELECT FROM {table})") == [False]:
                steps.append(f"DELETE FROM {table};")
                continue
            first = f"pg_temp.first_{number}"
            self._admin.execute(f"CREATE TABLE {first} AS TABLE {table}".encode())
            summed = "SELECT sum(hashtextextended(each::text, 0)) FROM"
            steps.append(
                f"IF ({summed} {table} each) IS DISTINCT FROM ({summed} {first} each) THEN"
                f" DELETE FROM {table}; INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE {first}; END IF;"
            )
        for sequence in self._column(SEQUENCES):
            ((last, called),) = self._admin.execute(f"SELECT last_value, is_called FROM {sequence}".encode())
            steps.append(
                f"PERFORM setval('{sequence}', {last}, {called}) FROM {sequence}"
                f" WHERE (last_value, is_called) IS DISTINCT FROM ({last}, {called});"
            )
        body = "\n".join(steps)
        return f"CREATE FUNCTION pg_temp.put_back() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n{body}\nEND $$"


class KeptPool(Pool):
    """A pool that is lent again once all its connections are back, instead of being closed."""

    lender: "Lender"
    key: object

    async def close(self) -> None:
        """Wait until nobody holds a connection, as any pool does, and leave nothing on any of them."""
        if self.fault:
            await super().close()
            return
        self._closing = True
        if self._maintenance_task is not None:  # type: ignore[has-type]  # its stubs lack it
            await self._maintenance_task
        holders = self._holders  # type: ignore[attr-defined]  # its stubs lack it
        await asyncio.gather(*(holder.wait_until_released() for holder in holders))
        for holder in holders:
            if holder.is_connected():
                await holder._con.reset()  # noqa: SLF001  # a pool can't be asked for each of them
        self.lender.take_back(self)

    def lend(self) -> None:
        """Give out connections again."""
        self._closing = False


class Lender:
    """Lends the kept database's pools, each to one service at a time."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None  # the one in which specifications run
        self._name = ""
        self._out: set[KeptPool] = set()
        self._back: dict[object, list[KeptPool]] = {}

    def begin(self, name: str) -> None:
        """Lend pools to this database from now on."""
        self._name = name

    def pool(self, url: str, **how: Any) -> Awaitable[Pool]:  # asyncpg's own arguments
        """Return a pool, which is opened when it is awaited: one that was lent before, if there is one."""
        of_it = self._name and url.partition("?")[0].endswith(f"/{self._name}")
        if not of_it or asyncio.get_running_loop() is not self.loop:
            return cast(Awaitable[Pool], Pool(url, **how))
        key = (url, how["init_size"], how["max_size"], "target_session_attrs" in how)
        if back := self._back.get(key):
            lent = back.pop()
            lent.lend()
        else:
            lent = KeptPool(url, **how)
            lent.lender, lent.key = self, key
        self._out.add(lent)
        return cast(Awaitable[Pool], lent)

    def take_back(self, pool: KeptPool) -> None:
        """Have a pool again of which nothing is in use."""
        self._out.discard(pool)
        self._back.setdefault(pool.key, []).append(pool)

    @property
    def all_back(self) -> bool:
        return not self._out

    def end(self) -> None:
        """Close all connections to the database that was kept: it will be dropped."""
        for pool in (*self._out, *(each for back in self._back.values() for each in back)):
            pool.terminate()
        self._name = ""
        self._out, self._back = set(), {}

    def nothing_goes_on(self) -> None:
        """Insist that no task goes on in the loop, and leave none to those who are not at fault."""
        if self.loop is None or not (left := asyncio.all_tasks(self.loop)):
            return
        self.loop.run_until_complete(asyncio.wait(left, timeout=ENDING_SECONDS))
        if going_on := [task for task in left if not task.done()]:
            said = f"it goes on when nobody is there any more: {going_on}"
            for task in going_on:
                self.loop.run_until_complete(stop(task))
            raise AssertionError(said)

    async def close(self) -> None:
        """Close them while their loop runs, and keep none any more."""
        self.loop = None
        for pool in [each for back in self._back.values() for each in back]:
            pool.lend()
            await Pool.close(pool)
        self.end()


LENDER = Lender()
