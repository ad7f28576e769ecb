"""Orders: having a delivery made again, recovering a period, dropping what an endpoint leaves behind."""

import asyncpg

THERE_IS_ONE = "SELECT EXISTS (SELECT FROM delivery_orders WHERE done_at IS NULL)"
OPEN = "SELECT * FROM delivery_orders WHERE done_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
DONE = "UPDATE delivery_orders SET done_at = clock_timestamp(), deliveries = $2 WHERE id = $1"
AGAIN = "status = 'pending', due_at = clock_timestamp(), tries = 0, settled_at = NULL, leased_until = NULL"
RESEND = f"""
UPDATE deliveries SET {AGAIN} WHERE id = $1 AND target = $2
  AND (status <> 'pending' OR leased_until IS NULL OR leased_until < now())
"""
RECOVER = f"""
UPDATE deliveries d SET {AGAIN}
FROM notifications n
WHERE n.id = d.notification_id AND d.target = $1 AND d.status IN ('failed', 'held')
  AND n.happened_at >= $2 AND n.happened_at < $3
"""
DROP = """
UPDATE deliveries SET status = 'dropped', settled_at = clock_timestamp()
WHERE target = $1 AND status IN ('pending', 'held')
"""


async def carry_out_next(pool: asyncpg.Pool) -> bool:
    """Carry out the oldest order in one transaction with its being done; say whether there was one."""
    if not await pool.fetchval(THERE_IS_ONE):
        return False
    async with pool.acquire() as connection, connection.transaction():
        order = await connection.fetchrow(OPEN)
        if order is None:
            return False
        match order["order_kind"]:
            case "resend":
                done = await connection.execute(RESEND, order["delivery_id"], order["target"])
            case "recover":
                done = await connection.execute(RECOVER, order["target"], order["since"], order["until"])
            case _:
                done = await connection.execute(DROP, order["target"])
        await connection.execute(DONE, order["id"], int(done.split()[-1]))
        return True
