"""Proof of telling: what was tried, and what came of it, can't be changed unseen once it is on the record."""

import asyncpg
import pytest

from rfp_service.bookkeeping.comparison import bookkeeping_differences
from shared.governance.notifications.attempts_log import (
    LOG_ID,
    AttemptsLog,
    DeliveryAttemptsHashed,
    HashDeliveryAttempts,
    batches_that_differ,
    hash_attempts,
)
from tests.shared.governance.notifications.ground import ground
from tests.shared.governance.notifications.receiver import receiving
from tests.support.postgres import as_owner, session
from tests.support.specs import given, stamp

FIRST = HashDeliveryAttempts(batch=1, attempts=(1, 2), root="ab")


def test_each_batch_is_taken_once() -> None:
    hashed = DeliveryAttemptsHashed(batch=1, attempts=(1, 2), root="ab")
    given(AttemptsLog()).when(FIRST).then(hashed)
    given(AttemptsLog(), hashed).when(FIRST).then()


@pytest.mark.slow
async def test_every_judged_attempt_is_vouched_for_and_a_change_is_found(pool: asyncpg.Pool) -> None:
    async with receiving() as receiver, ground(pool) as here, session(as_owner(pool)) as owner:
        await here.endpoint(receiver.url)
        await here.tell(300)
        await here.send()
        assert await hash_attempts(pool, here.store, stamp("sender")) == 300
        assert await hash_attempts(pool, here.store, stamp("sender")) == 0
        log = await here.store.load(LOG_ID, AttemptsLog())
        assert (log.version, log.state.batch) == (2, 2)
        assert {row["batch"] for row in await here.attempts()} == {1, 2}
        assert await batches_that_differ(pool, here.store.reader) == []
        last = log.state.attempts[-1]
        for change, back in (
            ("outcome = 'failed'", "outcome = 'delivered'"),
            ("started_at = started_at - interval '1 hour'", "started_at = started_at + interval '1 hour'"),
            ("status_code = 500", "status_code = 200"),
        ):
            await owner.execute(f"UPDATE delivery_attempts SET {change} WHERE id = $1", last)
            assert await batches_that_differ(pool, here.store.reader) == [2]
            async with pool.acquire() as connection:
                told = [said async for said in bookkeeping_differences(connection, here.store.reader)]
            assert "The attempts of batch 2 are not those that the record has" in told
            await owner.execute(f"UPDATE delivery_attempts SET {back} WHERE id = $1", last)
            assert await batches_that_differ(pool, here.store.reader) == []


async def test_whoever_died_before_the_rows_said_so_is_made_up_for(pool: asyncpg.Pool) -> None:
    async with receiving() as receiver, ground(pool) as here:
        await here.endpoint(receiver.url)
        await here.tell(3)
        await here.send()
        await hash_attempts(pool, here.store, stamp("sender"))
        async with session(as_owner(pool)) as owner:
            await owner.execute("UPDATE delivery_attempts SET batch = NULL")
        assert await hash_attempts(pool, here.store, stamp("sender")) == 0
        assert (await here.store.load(LOG_ID, AttemptsLog())).version == 1
        assert {row["batch"] for row in await here.attempts()} == {1}


async def test_attempts_answered_before_the_databases_clock_was_set_back_are_vouched_for(
    pool: asyncpg.Pool,
) -> None:
    async with receiving() as receiver, ground(pool) as here:
        await here.endpoint(receiver.url)
        await here.tell(3)
        await here.send()
        async with session(as_owner(pool)) as owner:
            await owner.execute("UPDATE delivery_attempts SET answered_at = now() + interval '1 minute'")
        assert await hash_attempts(pool, here.store, stamp("sender")) == 3
        assert await batches_that_differ(pool, here.store.reader) == []
