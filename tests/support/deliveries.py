"""Deliveries whose time comes when a specification says so."""

import asyncpg

from rfp_service.worker import TO_BE_TOLD


async def let_be_due(pool: asyncpg.Pool, target: str = "%") -> None:
    """Let the time of what waits for a target come, and the sender hear of it at once."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "UPDATE deliveries SET due_at = now() WHERE status = 'pending' AND target LIKE $1", target
        )
        await connection.execute(f"NOTIFY {TO_BE_TOLD}")


async def one_has_failed(pool: asyncpg.Pool) -> bool:
    """Say whether an attempt has failed, and is judged: what is due before that is put off once more."""
    failed: bool = await pool.fetchval(
        "SELECT EXISTS (SELECT FROM delivery_attempts WHERE outcome IN ('failed', 'unknown'))"
    )
    return failed
