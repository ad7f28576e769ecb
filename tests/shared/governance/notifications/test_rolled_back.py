"""After a roll-back: what a later release left holds up no other telling, and is told in the end."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from rfp_service.rooms import SUBJECTS
from shared.governance.notifications import claims, sender
from shared.governance.notifications.digests import drop_what_no_longer_waits
from shared.governance.notifications.domain import (
    EndpointPaused,
    EndpointResumed,
    EndpointStatus,
    WebhookEndpoint,
)
from shared.governance.notifications.fan_out import BLOCK, REST_SECONDS
from shared.governance.notifications.places import SendingPlaces
from shared.governance.notifications.transport import ReceiverAnswer
from tests.rfps.examples import RAISED
from tests.shared.governance.notifications.ground import Ground, ground
from tests.shared.governance.notifications.receiver import receiving
from tests.shared.governance.notifications.test_sending import rest_of
from tests.support.postgres import by_owner
from tests.support.specs import as_stored

OF_CASE = "UPDATE notifications SET case_id = $1 WHERE spread_at IS NULL"
TO_DIGEST = """
INSERT INTO deliveries (notification_id, target, target_kind, status)
SELECT id, 'digest:hugo', 'digest', 'pending' FROM notifications
"""
WAITING = "SELECT count(*) FROM notifications WHERE spread_at IS NULL"


@pytest.fixture
async def later(pool: asyncpg.Pool) -> AsyncIterator[Ground]:
    async with ground(pool) as made:
        yield made


@pytest.fixture
async def rolled_back(pool: asyncpg.Pool) -> AsyncIterator[Ground]:
    async with ground(pool, unknown={"RfpRaised", "EndpointResumed"}) as made:
        yield made


async def unreadable_case(later: Ground) -> UUID:
    case = uuid4()
    await later.happened(case, as_stored(RAISED))
    return case


@pytest.mark.slow
async def test_more_than_a_block_that_cant_be_read_keeps_nothing_from_being_told_and_the_sender_rests(
    later: Ground, rolled_back: Ground
) -> None:
    async with receiving() as receiver:
        endpoint, _ = await later.endpoint(receiver.url)
        case = await unreadable_case(later)
        await later.tell(BLOCK + 20)
        await by_owner(later.pool, OF_CASE, case)
        await later.tell(3)
        await rolled_back.send()
        assert await rolled_back.statuses(endpoint) == ["delivered"] * 3
        assert await later.pool.fetchval(WAITING) == BLOCK + 20
        assert await rolled_back.spreading.spread() == 0
        assert await rest_of(rolled_back) == REST_SECONDS
        await later.tell()
        assert await rolled_back.spreading.rest_seconds() == 0
        await unreadable_case(later)  # and the views come as far as what was told
        await rolled_back.send()
        assert len(receiver.got) == 4
        await later.send()
        assert len({got.id for got in receiver.got}) == len(receiver.got) == BLOCK + 24
        assert await rest_of(later) is None


@pytest.mark.parametrize("column", ["type", "case_kind"])
async def test_a_type_or_a_kind_of_a_later_release_waits_for_it_and_the_others_are_told(
    later: Ground, column: str
) -> None:
    async with receiving() as receiver:
        await later.endpoint(receiver.url)
        await later.tell()
        await by_owner(later.pool, f"UPDATE notifications SET {column} = 'of-later'")
        await later.tell(2)
        await later.send()
        assert len(receiver.got) == 2
        assert await later.pool.fetchval(WAITING) == 1


async def test_of_a_digest_what_cant_be_read_is_put_off_alone(later: Ground, rolled_back: Ground) -> None:
    case = await unreadable_case(later)
    await later.tell()
    await by_owner(later.pool, OF_CASE, case)
    await later.tell(2)
    await by_owner(later.pool, TO_DIGEST)
    unread, *others = [row["id"] for row in await later.pool.fetch("SELECT id FROM deliveries ORDER BY id")]
    assert sorted(await drop_what_no_longer_waits(later.pool, rolled_back.store, SUBJECTS)) == others
    assert await later.statuses("digest:hugo") == ["pending"] * 3
    put_off = await later.pool.fetch("SELECT id FROM deliveries WHERE due_at > now() + interval '1 minute'")
    assert [row["id"] for row in put_off] == [unread]
    await later.time_passes()
    assert sorted(await drop_what_no_longer_waits(later.pool, later.store, SUBJECTS)) == [unread, *others]


async def test_nothing_is_begun_before_all_is_claimed(later: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError

    async with receiving() as receiver:
        endpoint, _ = await later.endpoint(receiver.url)
        await later.tell()
        with monkeypatch.context() as patched:
            patched.setattr(sender.claims, "claim_for_people", fails)
            with pytest.raises(RuntimeError):
                await later.sender.start_what_is_due()
        await later.sender.finish()
        assert receiver.got == []
        await later.leases_run_out()
        await later.send()
        assert len(receiver.got) == 1
        assert await later.statuses(endpoint) == ["delivered"]


async def test_an_answer_that_cant_be_judged_holds_up_no_other_and_is_not_asked_for_again(
    later: Ground, rolled_back: Ground
) -> None:
    async with receiving() as receiver:
        gone, _ = await later.endpoint(receiver.url)
        await later.happened(UUID(gone), EndpointPaused(reason="Works."), EndpointResumed())
        well, _ = await later.endpoint(receiver.url)
        await later.tell()
        await later.spreading.spread()
        for claimed in await claims.claim_for_endpoints(later.pool, SendingPlaces(), 60):
            await claims.answered(later.pool, claimed, ReceiverAnswer(410 if claimed.target == gone else 200))
        await later.leases_run_out()
        await rolled_back.send()
        assert (await later.statuses(gone), await later.statuses(well)) == (["pending"], ["delivered"])
        rest = await rest_of(rolled_back)
        assert rest is not None
        assert rest > REST_SECONDS
        await later.leases_run_out()
        await later.send()
        assert await later.statuses(gone) == ["failed"]
        assert (await later.store.load(UUID(gone), WebhookEndpoint())).state.status is EndpointStatus.DISABLED
        assert receiver.got == []
