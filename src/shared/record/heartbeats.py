"""Who is at work: each kind of process says so every other second, in a row of its own."""

import asyncio
import os
import socket
from typing import Any

import asyncpg

BEATEN_EVERY_SECONDS = 2.0
WORKED, SERVED = "worker", "serve"

BEAT = """
INSERT INTO heartbeats (name, process) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET process = excluded.process, beaten_at = now()
"""
SINCE = "SELECT extract(epoch FROM now() - beaten_at)::float8 FROM heartbeats WHERE name = $1"


def process_name() -> str:
    """Return the name of this process: its machine and its number there."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def beat(connection: Any, name: str) -> None:  # noqa: ANN401  # a pool, or a connection
    """Say that this process is at work."""
    await connection.execute(BEAT, name, process_name())


async def keep_beating(pool: asyncpg.Pool, name: str) -> None:
    """Say so until cancelled; a fault ends it, as it ends the work that it speaks for."""
    while True:
        await beat(pool, name)
        await asyncio.sleep(BEATEN_EVERY_SECONDS)


async def seconds_since(pool: asyncpg.Pool, name: str) -> float | None:
    """Return how long ago such a process last said that it is at work; nothing if none ever did."""
    seconds: float | None = await pool.fetchval(SINCE, name)
    return seconds
