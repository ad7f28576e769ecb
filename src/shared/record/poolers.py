"""Whether something between the service and PostgreSQL shares sessions out, which the service can't do with.

Locks, LISTEN and prepared statements live in a session. PgBouncer in transaction mode gives each
transaction another one: every such thing is then lost, or somebody else's.
"""

from contextlib import AsyncExitStack

import asyncpg

from shared.record.database import CONNECT_SECONDS, TO_WRITE
from shared.settings import NotConfigured

ROUNDS = 4
OTHERS = 3

# A simple query, in which no prepared statement is needed: a pooler answers with a number of its own.
SAME_PROCESS = "SELECT 1 / (pg_backend_pid() = {pid})::int"
PROCESS = "SELECT pg_backend_pid()"


async def must_keep_sessions(pool: asyncpg.Pool, url: str) -> None:
    """Refuse a pooler that gives a connection's transactions to one session and another."""
    async with pool.acquire() as connection:
        try:
            await connection.execute(SAME_PROCESS.format(pid=connection.get_server_pid()))
        except asyncpg.DivisionByZeroError:
            pass
        else:
            return
    try:
        shared = await _shares_sessions(url)
    except asyncpg.ConnectionDoesNotExistError:  # in statement mode it hangs up on a transaction
        shared = True
    if shared:
        raise NotConfigured(
            "DATABASE_URL leads through a pooler in transaction or statement mode (PgBouncer's"
            " `pool_mode`), and this service keeps locks and listens in its sessions: give it PostgreSQL's"
            " own address, or a pool in session mode."
        )


async def _shares_sessions(url: str) -> bool:
    """Say whether the session of one connection serves others while that one is still open."""
    async with AsyncExitStack() as stack:
        first, *others = [await _connection(stack, url) for _ in range(1 + OTHERS)]
        own = await _process(first)
        for _ in range(ROUNDS):
            async with AsyncExitStack() as held:
                for other in others:
                    await held.enter_async_context(other.transaction())
                    if await other.fetchval(PROCESS) == own:
                        return True
                if await _process(first) != own:
                    return True
    return False


async def _connection(stack: AsyncExitStack, url: str) -> asyncpg.Connection:
    connection: asyncpg.Connection = await asyncpg.connect(
        url, timeout=CONNECT_SECONDS, statement_cache_size=0, **TO_WRITE
    )
    stack.push_async_callback(connection.close, timeout=CONNECT_SECONDS)
    return connection


async def _process(connection: asyncpg.Connection) -> int:
    """Return which process serves a connection; inside a transaction, as a pooler keeps that together."""
    async with connection.transaction():
        process: int = await connection.fetchval(PROCESS)
        return process
